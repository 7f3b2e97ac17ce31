"""What was built on an operation since: it comes first, before that is taken back."""

import json
import sqlite3
from collections.abc import Iterator
from functools import cache
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from tourcrm.base.errors import Message, Refused
from tourcrm.base.i18n import N_
from tourcrm.db import engine
from tourcrm.db.codes import id_of
from tourcrm.history.deeds import TAKING_BACK, Row, called, changes, going, owned
from tourcrm.models import Operation

_SHOWN = 8


def refuse(session: Session, row: Operation) -> None:
    """Raise Refused where something was built on an operation since, naming what and what to do."""
    connection, number = engine.raw(session), id_of(row)
    named = list(dict.fromkeys([*_built_on(connection, number), *_overwritten(connection, number)]))
    if not named:
        return
    later = session.exec(
        select(Operation)
        .where(
            col(Operation.id).in_([by for by, _what in named if by]),
            col(Operation.undone_by).is_(None),
            col(Operation.verb).not_in(TAKING_BACK),
        )
        .order_by(col(Operation.id).desc())
    ).all()
    raise Refused(
        N_(
            "Operation {number} ({verb}) was not taken back: something was built on it since: "
            "{what}. {then}"
        ),
        number=number,
        verb=row.verb,
        what=", ".join(dict.fromkeys(what for _by, what in named[:_SHOWN]))
        + (" ..." if len(named) > _SHOWN else ""),
        then=Message(
            N_("First take back what came later: {later}"),
            later=", ".join(f"tourcrm undo {one.id} ({one.verb})" for one in later),
        )
        if later
        else Message(N_("Lines of money stay, reversed: cancel or lose the trip instead.")),
    )


def _built_on(connection: sqlite3.Connection, number: int) -> Iterator[tuple[int, str]]:
    """Rows of other operations that hang on the rows that would go, and later changes of these:
    the operation, and what it is called."""
    for child, column, parent in _references():
        for by, row_id in connection.execute(
            f"SELECT operation_id, id FROM {child} WHERE {column} IN {going(parent)} "  # noqa: S608 - our tables
            f"AND id NOT IN {going(child)}"
        ):
            yield by, called(connection, child, row_id)
    for table in owned():
        for by, row_id in connection.execute(
            f"SELECT operation_id, id FROM followup_outcome WHERE subject_table = '{table}' "  # noqa: S608 - our tables
            f"AND subject_id IN {going(table)} AND id NOT IN {going('followup_outcome')}"
        ):
            yield by, called(connection, "followup_outcome", row_id)
    for by, table, row_id in connection.execute(
        """
        SELECT c.operation_id, c.table_name, c.row_id FROM change c
        JOIN operation o ON o.id = c.operation_id AND o.undone_by IS NULL
        WHERE c.operation_id > :number
            AND (c.table_name, c.row_id) IN (SELECT table_name, row_id FROM temp.going)
            AND NOT EXISTS (SELECT 1 FROM operation w WHERE w.undone_by = o.id AND w.id > :number)
            AND c.after IS NOT NULL
        """,
        {"number": number},
    ):
        yield by, called(connection, table, row_id)


@cache
def _references() -> tuple[tuple[str, str, str], ...]:
    """Which column of which table refers to the rows of which other: (child, column, parent)."""
    ours = set(owned())
    return tuple(
        (table.name, key.parent.name, key.column.table.name)
        for table in SQLModel.metadata.sorted_tables
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name)
        if table.name in ours and key.column.table.name in ours
    )


def _overwritten(connection: sqlite3.Connection, number: int) -> Iterator[tuple[int, str]]:
    """Cells of the operation that hold something else by now: who wrote that, and whose it is."""
    wrote: dict[Row, dict[str, Any]] = {}
    for table, row_id, _customer, _before, after in reversed(changes(connection, number)):
        if table == "import_row":  # it follows the row that it is of
            continue
        if table == "setting":
            said = json.loads(after)
            wrote[f"setting:{said['key']}", 0] = said
        elif after is not None:
            wrote.setdefault((table, row_id), {}).update(json.loads(after))
        else:
            wrote.pop((table, row_id), None)
    for (table, row_id), values in wrote.items():
        if table.startswith("setting:"):
            present = connection.execute(
                "SELECT value FROM setting WHERE key = ?", (values["key"],)
            ).fetchone()
            if (present[0] if present else None) != values["value"]:
                yield _last_setter(connection, "setting", 0, number), str(values["key"])
            continue
        present = connection.execute(
            f"SELECT {', '.join(values)} FROM {table} WHERE id = ?",  # noqa: S608 - names that we wrote
            (row_id,),
        ).fetchone()
        if present is None or list(present) != list(values.values()):
            by = _last_setter(connection, table, row_id, number)
            yield by, called(connection, table, row_id)


def _last_setter(connection: sqlite3.Connection, table: str, row_id: int, number: int) -> int:
    """The last operation after this one that changed a row; 0 where there is none."""
    found = connection.execute(
        "SELECT max(c.operation_id) FROM change c JOIN operation o ON o.id = c.operation_id "
        "WHERE c.operation_id > ? AND c.table_name = ? AND c.row_id = ? AND o.undone_by IS NULL",
        (number, table, row_id),
    ).fetchone()
    return int(found[0] or 0)
