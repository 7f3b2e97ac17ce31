"""Papers that change while a booked trip is ahead: the supplier has the old ones."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from json import loads

from sqlmodel import Session

from tourcrm.base.columns import CUSTOMER, by_field
from tourcrm.base.display import visible
from tourcrm.base.errors import Message
from tourcrm.base.i18n import N_, language
from tourcrm.bookings.status import BOOKED
from tourcrm.customers.documents import PAPERS
from tourcrm.db import dialect, engine

MOST = 5  # that are named

# Changes `g` of papers, for the index of such changes.
OF_PAPERS = "g.table_name = 'customer' AND ({})".format(
    " OR ".join(f"instr(g.after, '\"{name}\"')" for name in PAPERS)
)
CHANGES = dialect.by_index("change g", "change_papers")
# The trips `t` of whom a change is about, and those on which they go along.
OWN = f"CROSS JOIN {dialect.by_index('trip t', 'trip_customer')} ON t.customer_id = g.row_id"
BESIDE = """
    CROSS JOIN traveller v ON v.customer_id = g.row_id CROSS JOIN trip t ON t.id = v.trip_id
"""


def changed(before: str, after: str) -> set[str]:
    """Which papers a change replaced; what was blank before is no change."""
    was, now = loads(before), loads(after)
    return {name for name in PAPERS if name in now and was.get(name) and was[name] != now[name]}


def named(fields: Collection[str], lang: str) -> str:
    """Papers by their names, never what is in them."""
    columns = by_field(CUSTOMER)
    names = [columns[one].header(lang).replace("_", " ") for one in PAPERS if one in fields]
    return ("、" if lang == "zh" else ", ").join(names)


@dataclass(frozen=True, slots=True)
class _Ahead:
    name: str
    trip: str
    departs_on: str
    fields: frozenset[str]


def _ahead(session: Session, operation: int, today: date) -> list[_Ahead]:
    found = {}
    for joined in (OWN, BESIDE):
        sql = f"""
            SELECT g.row_id, t.code, t.departs_on, c.name, g.before, g.after
            FROM {CHANGES} CROSS JOIN customer c ON c.id = g.row_id {joined}
            WHERE {OF_PAPERS} AND g.operation_id = :operation AND c.kind = 'person'
                AND t.departs_on >= :as_of AND {BOOKED}
            ORDER BY t.departs_on, t.id
        """  # noqa: S608 - constants
        params = {"operation": operation, "as_of": today.isoformat()}
        for who, trip, day, name, before, after in engine.raw(session).execute(sql, params):
            if names := changed(before, after):
                found[who, trip] = _Ahead(name, trip, day, frozenset(names))
    return sorted(found.values(), key=lambda one: (one.departs_on, one.trip, one.name))


def cautions(session: Session, operation: int, today: date) -> Iterator[Message]:
    """What an operation changed of somebody with a booked trip ahead."""
    found = _ahead(session, operation, today)
    for one in found[:MOST]:
        yield Message(
            N_(
                "{name} leaves on {day} ({trip}), and this changed: {fields}. Tell the supplier; "
                "it is on the list of follow-ups."
            ),
            name=visible(one.name, 40),
            day=one.departs_on,
            trip=visible(one.trip, 30),
            fields=named(one.fields, language()),
        )
    if len(found) > MOST:
        yield Message(
            N_(
                "{n} more whose papers changed have a trip ahead: tell the suppliers; they are on "
                "the list of follow-ups."
            ),
            n=len(found) - MOST,
        )
