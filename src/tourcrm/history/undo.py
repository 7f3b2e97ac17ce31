"""Taking back what a command did: rows that it added go, cells get their old value, rows that it
deleted come back. Lines of money are never deleted: they are reversed, and a reversal is made good
by the line anew.

Refused where something was built on it since, naming what. Taking back is an operation like any
other, so that it can be taken back as well.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from tourcrm.base.display import visible
from tourcrm.base.errors import NotFound, Refused
from tourcrm.base.i18n import N_
from tourcrm.bookings import costs, payments, seats
from tourcrm.db import encryption, engine, operations
from tourcrm.db.codes import id_of
from tourcrm.history import built_on
from tourcrm.history.deeds import (
    RECORDS,
    TAKING_BACK,
    VERB,
    Row,
    called,
    changes,
    did_anything,
    going,
    note_going,
    owned,
)
from tourcrm.imports import undo as imports
from tourcrm.models import Change, Operation, Payment, Trip, TripCost

# What a person has had erased stays erased.
FINAL = ("customers erase",)
# Lines that are reversed where what they belong to stays: by which column that is known.
_LEDGERS: Mapping[str, tuple[str, type[SQLModel]]] = {
    "payment": ("trip_id", Payment),
    "trip_cost": ("trip_id", TripCost),
}
# What nobody calls by a name: it follows what does.
_UNTOLD = (*RECORDS, "import_row", "notice")


@dataclass(frozen=True, slots=True)
class Touched:
    """A row that taking back changed. name: what people call it. fields: of a row that stays."""

    table: str
    name: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What taking back an operation did. operation: its own number. gone, back, restored and
    reversed: the rows, by what became of them."""

    operation: int
    undone: int
    verb: str
    at: datetime
    actor: str
    gone: tuple[Touched, ...]
    back: tuple[Touched, ...]
    restored: tuple[Touched, ...]
    reversed: tuple[Touched, ...]


def latest(session: Session, actor: str) -> Operation:
    """The last operation of somebody that changed anything and was not taken back.

    Raises NotFound where there is none, Refused where it is one that is never taken back.
    """
    connection = engine.raw(session)
    for row in _standing(session, actor):
        if row.verb in FINAL:
            raise Refused(_FINAL, number=row.id, verb=row.verb)
        if did_anything(connection, id_of(row)):
            return row
    raise NotFound(N_("There is no command of {actor} to take back."), actor=visible(actor, 60))


def _standing(session: Session, actor: str | None = None) -> Iterator[Operation]:
    wanted = select(Operation).where(
        col(Operation.undone_by).is_(None), col(Operation.verb).not_in(TAKING_BACK)
    )
    if actor is not None:
        wanted = wanted.where(col(Operation.actor) == actor)
    yield from session.exec(
        wanted.order_by(col(Operation.id).desc()).execution_options(yield_per=50)
    )


_FINAL = N_(
    "Operation {number} ({verb}) is never taken back. What was done before it: "
    "tourcrm undo --list, then tourcrm undo NUMBER"
)


@dataclass(frozen=True, slots=True)
class Command:
    """What somebody did that can be taken back. file: what was imported."""

    operation: int
    at: datetime
    actor: str
    verb: str
    file: str | None


def recent(session: Session, limit: int) -> list[Command]:
    """The last operations that changed something and stand, the newest first."""
    connection = engine.raw(session)
    able = (
        Command(id_of(row), row.at, row.actor, row.verb, row.file)
        for row in _standing(session)
        if row.verb not in FINAL and did_anything(connection, id_of(row))
    )
    return list(islice(able, limit))


def take_back(
    session: Session, number: int, *, now: datetime, today: date, actor: str
) -> TakenBack:
    """Take an operation back, of an import all that `imports undo` does.

    Raises NotFound for a number that no operation has, Refused where it was taken back already,
    changed nothing, is never taken back, or where something was built on it since.
    """
    row = session.get(Operation, number)
    if row is None:
        raise NotFound(N_("There is no operation {number}: tourcrm undo --list"), number=number)
    connection = engine.raw(session)
    if row.undone_by is not None:
        raise Refused(
            N_("Operation {number} ({verb}) was taken back already, by operation {by}."),
            number=number,
            verb=row.verb,
            by=row.undone_by,
        )
    if row.verb in FINAL:
        raise Refused(_FINAL, number=number, verb=row.verb)
    if not did_anything(connection, number):
        raise Refused(
            N_("Operation {number} ({verb}) changed nothing."), number=number, verb=row.verb
        )
    if row.verb.endswith(" import"):
        return _import_taken_back(session, row, now, today, actor)
    session.flush()
    note_going(connection, number)
    built_on.refuse(session, row)
    mine = operations.begin(session, VERB, now, actor)
    reversed_ = tuple(_reverse(session, mine, today))
    restored, back = _restore(connection, mine, number)
    gone = tuple(_remove(connection, mine))
    session.expire_all()
    seats.refuse_oversold(session, _OVERSOLD)
    _mark(session, row, mine)
    done = {"removed": len(gone), "updated": len(restored), "added": len(back) + len(reversed_)}
    operations.finish(session, mine, done)
    return TakenBack(mine, number, row.verb, row.at, row.actor, gone, back, restored, reversed_)


_OVERSOLD = N_(
    "Nothing was taken back: {code} would have {people} people on {seats} seats, since others took "
    "the seats that were free. More seats: tourcrm departures edit {code} --seats"
)


def _import_taken_back(
    session: Session, row: Operation, now: datetime, today: date, actor: str
) -> TakenBack:
    number = id_of(row)
    done = imports.undo_import(session, number, verb=VERB, now=now, today=today, actor=actor)
    gone = tuple(Touched(table, str(count)) for table, count in done.removed.items())
    restored = (Touched("row", str(done.restored)),) if done.restored else ()
    lines = (Touched("payment", str(done.reversed)),) if done.reversed else ()
    return TakenBack(done.operation, number, row.verb, row.at, row.actor, gone, (), restored, lines)


def _mark(session: Session, row: Operation, mine: int) -> None:
    """Note that an operation was taken back; one that took another back lets that stand again."""
    session.refresh(row)
    if row.verb in TAKING_BACK:
        for other in session.exec(select(Operation).where(col(Operation.undone_by) == row.id)):
            other.undone_by = None
    row.undone_by = mine
    session.flush()


def _touched(
    connection: sqlite3.Connection, table: str, row_id: int, fields: Iterable[str] = ()
) -> Touched:
    return Touched(table, called(connection, table, row_id), tuple(fields))


# --- taking it back -------------------------------------------------------------------------------


def _reverse(session: Session, mine: int, today: date) -> Iterator[Touched]:
    """Reverse the lines of money of what stays, so that only those of what goes would go with it.

    A line that was not paid yet is owed no more; one that was is given back on this day.
    """
    connection = engine.raw(session)
    for table, (column, model) in _LEDGERS.items():
        stays = connection.execute(
            f"SELECT id FROM {table} WHERE id IN {going(table)} "  # noqa: S608 - our tables
            f"AND {column} NOT IN {going('trip')} ORDER BY id"
        ).fetchall()
        for (row_id,) in stays:
            connection.execute(
                "DELETE FROM temp.going WHERE table_name = ? AND row_id = ?", (table, row_id)
            )
            _line_taken_back(session, mine, session.get_one(model, row_id), today)
            yield _touched(connection, table, row_id)


def _line_taken_back(session: Session, mine: int, line: Any, today: date) -> None:
    if isinstance(line, Payment):
        day = max(today, line.paid_on or line.promised_on)
        if line.kind == "reversal":
            payments.again(session, lambda: mine, line)
        else:
            payments.reverse(session, lambda: mine, line, day=day)
    elif line.reverses_id is not None:
        costs.again(session, lambda: mine, line)
    else:
        costs.reverse(session, lambda: mine, line, max(today, line.paid_on or line.noted_on))


def _restore(
    connection: sqlite3.Connection, mine: int, number: int
) -> tuple[tuple[Touched, ...], tuple[Touched, ...]]:
    """Give cells their old value and put deleted rows back; returns both, recorded as changes."""
    connection.execute("PRAGMA defer_foreign_keys = ON")
    restored: dict[Row, tuple[str, list[str]]] = {}
    back: dict[Row, None] = {}
    going = set(connection.execute("SELECT table_name, row_id FROM temp.going").fetchall())
    _restore_owners(connection, mine, number)
    for table, row_id, customer, before, after in changes(connection, number):
        if table == "change":
            continue
        old, new = json.loads(before), None if after is None else json.loads(after)
        if table == "setting":
            _restore_setting(connection, mine, old, new or {})
            restored.setdefault((table, len(restored)), (old["key"], []))
            continue
        if table == "import_row":
            _restore_fingerprint(connection, mine, row_id, customer, old, new or {})
            continue
        if (table, row_id) in going:
            continue
        if new is None:
            _insert(connection, table, old)
            back[table, row_id] = None
            whose = row_id if table == "customer" else _whose(connection, old) or customer
            _record(connection, mine, table, row_id, whose, {}, old)
            continue
        sets = ", ".join(f"{name} = ?" for name in old)
        connection.execute(
            f"UPDATE {table} SET {sets} WHERE id = ?",  # noqa: S608 - names that we wrote
            (*old.values(), row_id),
        )
        _record(connection, mine, table, row_id, customer, {key: new[key] for key in old}, old)
        restored.setdefault((table, row_id), ("", []))[1].extend(old)
    return (
        tuple(
            Touched(table, name or called(connection, table, row_id), tuple(dict.fromkeys(fields)))
            for (table, row_id), (name, fields) in restored.items()
            if table not in _UNTOLD
        ),
        tuple(
            _touched(connection, table, row_id) for table, row_id in back if table not in _UNTOLD
        ),
    )


def _restore_setting(
    connection: sqlite3.Connection, mine: int, old: Mapping[str, Any], new: Mapping[str, Any]
) -> None:
    if old["value"] is None:
        connection.execute("DELETE FROM setting WHERE key = ?", (old["key"],))
    else:
        connection.execute(
            "INSERT INTO setting (key, value) VALUES (?, ?) "
            "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (old["key"], old["value"]),
        )
    _record(connection, mine, "setting", 0, None, new, old)


def _restore_owners(connection: sqlite3.Connection, mine: int, number: int) -> None:
    """Whose changes are: those that became another's when two entries became one. First, so that
    all that is recorded from here on is recorded of the right one."""
    for table, row_id, customer, before, after in changes(connection, number):
        if table == "change":
            old = json.loads(before)
            connection.execute(
                "UPDATE change SET customer_id = ? WHERE id = ?", (old["customer_id"], row_id)
            )
            _record(connection, mine, table, row_id, customer, json.loads(after), old)


def _restore_fingerprint(
    connection: sqlite3.Connection,
    mine: int,
    row_id: int,
    customer: int | None,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
) -> None:
    """The fingerprint of an imported line, which is its only name, is again that of its row."""
    connection.execute(
        "UPDATE import_row SET row_id = ? WHERE fingerprint = ?",
        (old["row_id"], old["fingerprint"]),
    )
    _record(connection, mine, "import_row", row_id, customer, new, old)


def _insert(connection: sqlite3.Connection, table: str, values: Mapping[str, Any]) -> None:
    names = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join("?" * len(values))
    try:
        connection.execute(
            f"INSERT INTO {table} ({names}) VALUES ({marks})",  # noqa: S608 - names that we wrote
            tuple(values.values()),
        )
    except encryption.errors("IntegrityError") as taken:
        raise Refused(
            N_("Nothing was taken back: what was deleted has no place any more ({why})."),
            why=visible(str(taken), 120),
        ) from None


def _remove(connection: sqlite3.Connection, mine: int) -> Iterator[Touched]:
    """Delete the rows that go, keeping their columns in changes; what hangs on others first."""
    connection.execute(f"DELETE FROM look WHERE customer_id IN {going('customer')}")  # noqa: S608 - our tables
    for table in reversed(owned()):
        for (row_id,) in connection.execute(
            f"SELECT id FROM {table} WHERE id IN {going(table)} ORDER BY id DESC"  # noqa: S608 - our tables
        ).fetchall():
            touched = _touched(connection, table, row_id)
            cursor = connection.execute(f"SELECT * FROM {table} WHERE id = ?", (row_id,))  # noqa: S608 - our tables
            names = [column[0] for column in cursor.description]
            values = dict(zip(names, cursor.fetchone(), strict=True))
            whose = row_id if table == "customer" else _whose(connection, values)
            _record(connection, mine, table, row_id, whose, values, None)
            connection.execute(f"DELETE FROM {table} WHERE id = ?", (row_id,))  # noqa: S608 - our tables
            connection.execute(
                "DELETE FROM notice WHERE subject_table = ? AND subject_id = ? AND sent_at IS NULL",
                (table, row_id),
            )
            yield touched
    connection.execute("DELETE FROM temp.going")


def _whose(connection: sqlite3.Connection, values: Mapping[str, Any]) -> int | None:
    """The customer of a row, found by way of its trip where it names none."""
    if values.get("customer_id") is not None:
        return int(values["customer_id"])
    if values.get("trip_id") is None:
        return None
    found = connection.execute(
        f"SELECT customer_id FROM {Trip.__tablename__} WHERE id = ?",  # noqa: S608 - our table
        (values["trip_id"],),
    ).fetchone()
    return int(found[0]) if found else None


def _record(
    connection: sqlite3.Connection,
    mine: int,
    table: str,
    row_id: int,
    customer: int | None,
    before: Mapping[str, Any],
    after: Mapping[str, Any] | None,
) -> None:
    connection.execute(
        f"INSERT INTO {Change.__tablename__} "  # noqa: S608 - our table
        "(operation_id, table_name, row_id, customer_id, before, after) VALUES (?, ?, ?, ?, ?, ?)",
        (
            *(mine, table, row_id, customer, json.dumps(dict(before), ensure_ascii=False)),
            None if after is None else json.dumps(dict(after), ensure_ascii=False),
        ),
    )
