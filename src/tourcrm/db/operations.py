"""Operations: what each command did, and how it is taken back.

Inserted rows carry their operation's number; updated and deleted rows leave a change with their
columns before and after.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar, cast

from sqlmodel import Session, col, select

from tourcrm.base.moments import moment_text
from tourcrm.db import engine
from tourcrm.models import Change, Operation

Row = TypeVar("Row")


def begin(
    session: Session,
    verb: str,
    now: datetime,
    actor: str,
    *,
    file: str | None = None,
    sha256: str | None = None,
) -> int:
    """Record that a command starts to write; returns the operation's number."""
    row = (moment_text(now), actor, verb, file, sha256)
    sql = (
        "INSERT INTO operation (at, actor, verb, file, sha256, counts) VALUES (?, ?, ?, ?, ?, '{}')"
    )
    # At once: no object that a session would follow, in every command that writes.
    return cast(int, engine.raw(session).execute(sql, row).lastrowid)


def finish(session: Session, number: int, counts: Mapping[str, int]) -> None:
    """Record how many rows the operation read, added, updated, left and rejected."""
    session.flush()
    counted = (json.dumps(dict(counts)), number)
    engine.raw(session).execute("UPDATE operation SET counts = ? WHERE id = ?", counted)


def changed(
    session: Session,
    number: int,
    table: str,
    row_id: int,
    customer_id: int | None,
    before: Mapping[str, Any],
    after: Mapping[str, Any] | None,
) -> None:
    """Record an updated row (only the columns that differ) or a deleted one (after=None)."""
    session.add(
        Change(
            operation_id=number,
            table_name=table,
            row_id=row_id,
            customer_id=customer_id,
            before=_json(before),
            after=None if after is None else _json(after),
        )
    )


def _json(values: Mapping[str, Any]) -> str:
    return json.dumps(dict(values), ensure_ascii=False, default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return moment_text(value)
    return str(value.isoformat())


def add(session: Session, row: Row) -> Row:
    """Store a new row; it carries its operation itself."""
    session.add(row)
    session.flush()
    return row


def edit(
    session: Session, number: int, row: Any, values: Mapping[str, Any], customer_id: int | None
) -> tuple[str, ...]:
    """Set columns of a row, recording what they were; returns the names that changed."""
    before = {name: getattr(row, name) for name in values}
    different = {name: value for name, value in values.items() if before[name] != value}
    if different:
        changed(
            session,
            number,
            row.__tablename__,
            row.id,
            customer_id,
            {name: before[name] for name in different},
            different,
        )
        for name, value in different.items():
            setattr(row, name, value)
        session.add(row)
        session.flush()
    return tuple(different)


def _stored(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


Edit = tuple[int, int | None, Mapping[str, Any], Mapping[str, Any]]
"""Of an updated row its id, its customer's, and the columns that differ before and after."""


def edit_many(
    session: Session, number: Callable[[], int], table: str, edits: Sequence[Edit]
) -> None:
    """Update many rows in the same columns; without any, nothing is recorded."""
    if not edits:
        return
    connection, operation = engine.raw(session), number()
    connection.executemany(
        "INSERT INTO change (operation_id, table_name, row_id, customer_id, before, after) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        [(operation, table, row, of, _json(was), _json(now)) for row, of, was, now in edits],
    )
    sets = ", ".join(f"{name} = ?" for name in edits[0][3])
    connection.executemany(
        f"UPDATE {table} SET {sets} WHERE id = ?",  # noqa: S608 - our columns
        [(*map(_stored, now.values()), row) for row, _of, _was, now in edits],
    )
    session.expire_all()


def delete(session: Session, number: int, row: Any, customer_id: int | None) -> None:
    """Delete a row, keeping all its columns in a change."""
    before = {column.name: getattr(row, column.name) for column in row.__table__.columns}
    changed(session, number, row.__tablename__, row.id, customer_id, before, None)
    session.delete(row)
    session.flush()


def author(session: Session, table: str, row_id: int, field: str) -> str | None:
    """Who set a column of a row last; None where it is as it was when the row was added."""
    number = last_setting(session, table, row_id, field)
    return session.get_one(Operation, number).actor if number else None


def last_setting(session: Session, table: str, row_id: int, field: str) -> int | None:
    """The operation that set a column of a row last; None where nobody did."""
    found = session.exec(
        select(Change.operation_id, Change.after)
        .where(col(Change.table_name) == table, col(Change.row_id) == row_id)
        .order_by(col(Change.id).desc())
    )
    return next((number for number, after in found if field in json.loads(after or "{}")), None)


class Set(NamedTuple):
    """What a column was before an operation, and after it."""

    before: Any
    after: Any


def change_of(
    session: Session, number: int, table: str, row_id: int | None, field: str
) -> Set | None:
    """What an operation did to a column of a row; None where it left it."""
    found = session.exec(
        select(Change.before, Change.after).where(
            col(Change.operation_id) == number,
            col(Change.table_name) == table,
            col(Change.row_id) == row_id,
        )
    )
    for before, after in found:
        values = json.loads(after or "{}")
        if field in values:
            return Set(json.loads(before)[field], values[field])
    return None


def names(values: Iterable[str]) -> str:
    """A short list of names for a message: at most ten, then how many more."""
    known = list(values)
    more = len(known) - 10
    return ", ".join(known[:10]) + (f" (+{more})" if more > 0 else "")
