"""Import: a sheet becomes rows, all of it in one transaction and one operation."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlmodel import Session

from tourcrm.base.columns import Column
from tourcrm.base.errors import Refused
from tourcrm.base.i18n import N_
from tourcrm.bookings import papers
from tourcrm.db import engine
from tourcrm.imports.column_reader import Unsettled
from tourcrm.imports.contacts import Interactions
from tourcrm.imports.customers import Customers
from tourcrm.imports.offerings import Departures, Products
from tourcrm.imports.payments import Payments
from tourcrm.imports.pipeline import Intake
from tourcrm.imports.places import Itinerary, Places
from tourcrm.imports.request import Line, Request, Result
from tourcrm.imports.surveys import Surveys
from tourcrm.imports.trips import Trips

__all__ = ["Group", "Line", "Request", "Result", "entity_columns", "reasons", "rejects", "run"]

LINES_NAMED = 6  # of each reason


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that were rejected for one reason."""

    reason: str  # of a single row with its cell, of several without
    rows: int
    lines: list[int]  # the first of them


_KINDS: Mapping[str, type[Intake]] = {
    "customers": Customers,
    "trips": Trips,
    "payments": Payments,
    "interactions": Interactions,
    "surveys": Surveys,
    "products": Products,
    "departures": Departures,
    "destinations": Places,
    "itinerary": Itinerary,
}


def run(session: Session, request: Request) -> Result:
    """Import a sheet into the session's transaction.

    Rejected rows stay readable through `rejects` until the session ends. Raises Refused where
    the file cannot be taken at all, WrongUsage for a mapping that cannot be.
    """
    if request.sheet.kind == "vcard" and request.entity != "customers":
        raise Refused(
            N_("{file} is an address book: tourcrm customers import takes it."),
            file=request.sheet.name,
        )
    intake = _KINDS[request.entity](session, request)
    try:
        result = intake.run()
    except Unsettled:
        intake.reader.settle()
        result = intake.run()
    if result.operation is not None:
        result.notes += papers.cautions(session, result.operation, request.today)
    return result


def rejects(session: Session) -> Iterator[tuple[int, list[str], str]]:
    """The rejected rows of the import just run: line, original cells, reason in words."""
    for line, row, reason in engine.raw(session).execute(
        "SELECT line, cells, reason FROM rejected ORDER BY line"
    ):
        yield line, json.loads(row), reason


def reasons(session: Session, limit: int) -> list[Group]:
    """The rejected rows by reason, in the order of the file: at most `limit` groups."""
    connection = engine.raw(session)
    groups = connection.execute(
        "SELECT CASE min(reason) WHEN max(reason) THEN min(reason) ELSE alike END, alike, count(*) "
        "FROM rejected GROUP BY alike ORDER BY min(line) LIMIT ?",
        (limit,),
    ).fetchall()
    return [
        Group(
            reason,
            rows,
            [
                line
                for (line,) in connection.execute(
                    "SELECT line FROM rejected WHERE alike = ? ORDER BY line LIMIT ?",
                    (alike, LINES_NAMED),
                )
            ],
        )
        for reason, alike, rows in groups
    ]


def entity_columns(entity: str) -> tuple[Column, ...]:
    """The columns that an import of this entity understands."""
    return _KINDS[entity].columns
