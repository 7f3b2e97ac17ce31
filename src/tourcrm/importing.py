"""Import: a sheet becomes rows, all of it in one transaction and one operation."""

import json
from collections.abc import Iterator, Mapping

from sqlmodel import Session

from tourcrm import store
from tourcrm.columns import Column
from tourcrm.digest import Unsettled
from tourcrm.importing_base import Intake, Request, Result
from tourcrm.importing_customers import Customers
from tourcrm.importing_interactions import Interactions
from tourcrm.importing_trips import Trips

__all__ = ["Request", "Result", "entity_columns", "rejects", "run"]

_KINDS: Mapping[str, type[Intake]] = {
    "customers": Customers,
    "trips": Trips,
    "interactions": Interactions,
}


def run(session: Session, request: Request) -> Result:
    """Import a sheet into the session's transaction.

    Rejected rows stay readable through `rejects` until the session ends. Raises Refused where
    the file cannot be taken at all, WrongUsage for a mapping that cannot be.
    """
    intake = _KINDS[request.entity](session, request)
    try:
        result = intake.run()
    except Unsettled:
        intake.reader.settle()
        result = intake.run()
    return result


def rejects(session: Session) -> Iterator[tuple[int, list[str], str]]:
    """The rejected rows of the import just run: line, original cells, reason in words."""
    for line, row, reason in store.raw(session).execute(
        "SELECT line, cells, reason FROM rejected ORDER BY line"
    ):
        yield line, json.loads(row), reason


def entity_columns(entity: str) -> tuple[Column, ...]:
    """The columns that an import of this entity understands."""
    return _KINDS[entity].columns
