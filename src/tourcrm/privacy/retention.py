"""Persons of whom nothing was heard for years: they are to be asked for, or erased."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from tourcrm.db import engine


@dataclass(frozen=True, slots=True)
class Silent:
    """A person without a trip, contact or payment for so long. last_on: the last of them, or the
    day on which they were entered."""

    customer: str
    name: str
    owner: str | None
    last_on: str


_SILENT = """
SELECT c.code AS customer, c.name, c.owner, max(c.entered_on,
    coalesce((SELECT max(max(coalesce(t.returns_on, ''), coalesce(t.departs_on, ''),
        coalesce(t.booked_on, ''), coalesce(t.inquired_on, ''))) FROM trip t
        WHERE t.customer_id = c.id), ''),
    coalesce((SELECT substr(max(n.at), 1, 10) FROM interaction n WHERE n.customer_id = c.id), '')
) AS last_on
FROM customer c
WHERE c.kind = 'person' AND c.erased_on IS NULL AND last_on < :before
ORDER BY last_on, c.id
"""


def silent(session: Session, today: date, years: int) -> list[Silent]:
    """The persons of whom nothing was heard for so many years, the longest first."""
    try:
        before = today.replace(year=today.year - years)
    except ValueError:  # of a 29 February
        before = today.replace(year=today.year - years, day=28)
    found = engine.rows(session, _SILENT, before=before.isoformat())
    return [Silent(*row) for row in found]
