"""The numbers that booking sites and shops have for customers: where a file comes from one of them
(--source), its number of a customer is an identity, and no code of the agency's own."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from tourcrm.base.errors import Message
from tourcrm.base.folding import folded
from tourcrm.base.i18n import N_
from tourcrm.imports.matching import BETWEEN
from tourcrm.imports.pipeline import Intake
from tourcrm.imports.references import Referrer

Number = tuple[str, str]  # of which source, and the number
WHOSE = N_("whose number is {number}? Say the source: --source NAME, or write NAME={number}")


def spelled(connection: sqlite3.Connection, source: str | None) -> str | None:
    """A source as it is spelled already, if it is known."""
    if source is None:
        return None
    known = connection.execute("SELECT DISTINCT source FROM customer_source")
    return next((one for (one,) in known if folded(one) == folded(source)), source)


def of_rows(given: Mapping[str, list[Any]], source: str | None) -> dict[str, list[Any]]:
    """The columns of a chunk, with whose numbers they are. Where the file has no column for the
    source's number, its code of the customer is that."""
    found = dict(given)
    if source is None:
        return found
    if "sources" in found:
        found["sources"] = [
            cell and tuple((name or source, number) for name, number in cell)
            for cell in found["sources"]
        ]
    elif "code" in found:
        found["sources"] = [cell and ((source, cell),) for cell in found.pop("code")]
    return found


def nobodys(cell: Sequence[Number] | None) -> Message | None:
    """Why a cell cannot be taken that does not say whose number it is."""
    bare = next((number for name, number in cell or () if not name), None)
    return None if bare is None else Message(WHOSE, number=bare)


def text(cell: Sequence[Number] | None) -> str | None:
    """Numbers as one text, in the rows that are staged."""
    return "\n".join(map(BETWEEN.join, cell)) if cell else None


def store(intake: Intake, found: Iterable[tuple[int, Number]]) -> Iterator[int]:
    """Note which customers have which numbers, and that these were seen today; yields the places
    of those that are new."""
    today = intake.request.today.isoformat()
    for place, (who, number) in enumerate(found):
        there = intake.connection.execute(
            "SELECT id, customer_id, last_seen FROM customer_source "
            "WHERE source = ? AND number = ?",
            number,
        ).fetchone()
        if there is None:
            intake.connection.execute(
                "INSERT INTO customer_source (customer_id, source, number, first_seen, last_seen, "
                "operation_id) VALUES (?, ?, ?, ?, ?, ?)",
                (who, *number, today, today, intake.operation),
            )
            yield place
        elif there[1] == who and there[2] < today:
            # No change of what is known of anybody: the row counts as unchanged.
            intake.write_change(
                "customer_source", there[0], {"last_seen": there[2]}, {"last_seen": today}
            )


class Numbers:
    """Whom the rows of a file mean that say the source's number: those who are there already."""

    def __init__(self, referrer: Referrer, first_new: int) -> None:
        self._referrer = referrer
        self._first_new = first_new  # whoever is made has the number of himself
        self._meant: dict[str, set[int]] = {}

    def note(self, cells: Iterable[tuple[str | None, object]]) -> None:
        """Remember cells of the customer, and who is meant."""
        for cell, who in cells:
            if isinstance(who, int) and 0 < who < self._first_new:
                number = self._referrer.number(cell)
                if number is not None:
                    self._meant.setdefault(number, set()).add(who)

    def store(self, intake: Intake) -> int:
        """Note the numbers that mean one customer; returns how many are new."""
        source = self._referrer.source or ""
        found = [(min(some), (source, one)) for one, some in self._meant.items() if len(some) == 1]
        return sum(1 for _place in store(intake, found))
