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
from functools import cache
from itertools import islice
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from tourcrm.base.display import visible
from tourcrm.base.errors import Message, NotFound, Refused
from tourcrm.base.i18n import N_
from tourcrm.bookings import costs, payments, seats
from tourcrm.db import encryption, engine, operations
from tourcrm.imports import undo as imports
from tourcrm.models import Change, Operation, Payment, Trip, TripCost

VERB = "undo"
_TAKING_BACK = (VERB, "imports undo")
# What a person has had erased stays erased.
FINAL = ("customers erase",)
# Lines that are reversed where what they belong to stays: by which column that is known.
_LEDGERS: Mapping[str, tuple[str, type[SQLModel]]] = {
    "payment": ("trip_id", Payment),
    "trip_cost": ("trip_id", TripCost),
}
# What tells of operations, and is none of what they did.
_RECORDS = ("change", "look")
# What nobody calls by a name: it follows what does.
_UNTOLD = (*_RECORDS, "import_row", "notice")
_SHOWN = 8

Row = tuple[str, int]  # a table, and the id of a row in it


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
        if _did_anything(connection, row.id or 0):
            return row
    raise NotFound(N_("There is no command of {actor} to take back."), actor=visible(actor, 60))


def _standing(session: Session, actor: str | None = None) -> Iterator[Operation]:
    wanted = select(Operation).where(
        col(Operation.undone_by).is_(None), col(Operation.verb).not_in(_TAKING_BACK)
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
        Command(row.id or 0, row.at, row.actor, row.verb, row.file)
        for row in _standing(session)
        if row.verb not in FINAL and _did_anything(connection, row.id or 0)
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
    if not _did_anything(connection, number):
        raise Refused(
            N_("Operation {number} ({verb}) changed nothing."), number=number, verb=row.verb
        )
    if row.verb.endswith(" import"):
        return _import_taken_back(session, row, now, today, actor)
    session.flush()
    _note_going(connection, number)
    _refuse_built_on(session, row)
    mine = operations.begin(session, VERB, now, actor)
    reversed_ = tuple(_reverse(session, mine, number, today))
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
    number = row.id or 0
    done = imports.undo_import(session, number, verb=VERB, now=now, today=today, actor=actor)
    gone = tuple(Touched(table, str(count)) for table, count in done.removed.items())
    restored = (Touched("row", str(done.restored)),) if done.restored else ()
    lines = (Touched("payment", str(done.reversed)),) if done.reversed else ()
    return TakenBack(done.operation, number, row.verb, row.at, row.actor, gone, (), restored, lines)


def _mark(session: Session, row: Operation, mine: int) -> None:
    """Note that an operation was taken back; one that took another back lets that stand again."""
    session.refresh(row)
    if row.verb in _TAKING_BACK:
        for other in session.exec(select(Operation).where(col(Operation.undone_by) == row.id)):
            other.undone_by = None
    row.undone_by = mine
    session.flush()


# --- what it did ----------------------------------------------------------------------------------


@cache
def _owned() -> tuple[str, ...]:
    """The tables whose rows carry their operation, those that others refer to first."""
    return tuple(
        table.name
        for table in SQLModel.metadata.sorted_tables
        if {"operation_id", "id"} <= set(table.columns.keys()) and table.name not in _RECORDS
    )


def _did_anything(connection: sqlite3.Connection, number: int) -> bool:
    return any(
        connection.execute(
            f"SELECT 1 FROM {table} WHERE operation_id = ? LIMIT 1",  # noqa: S608 - our tables
            (number,),
        ).fetchone()
        for table in ("change", *_owned())
    )


def _note_going(connection: sqlite3.Connection, number: int) -> None:
    """Put into temp.going the rows that the operation added, or put back."""
    execute = connection.execute
    execute("CREATE TEMP TABLE IF NOT EXISTS going (table_name TEXT, row_id INTEGER)")
    execute("DELETE FROM temp.going")
    for table in _owned():
        execute(
            f"INSERT INTO temp.going SELECT '{table}', id FROM {table} WHERE operation_id = ?",  # noqa: S608 - our tables
            (number,),
        )
    execute(
        "INSERT INTO temp.going SELECT table_name, row_id FROM change "
        "WHERE operation_id = ? AND before = '{}'",
        (number,),
    )


def _going(table: str) -> str:
    return f"(SELECT row_id FROM temp.going WHERE table_name = '{table}')"  # noqa: S608 - our tables


def _changes(connection: sqlite3.Connection, number: int) -> list[tuple[Any, ...]]:
    """Of the rows that the operation updated or deleted, the last change first."""
    return connection.execute(
        "SELECT table_name, row_id, customer_id, before, after FROM change "
        "WHERE operation_id = ? AND before <> '{}' ORDER BY id DESC",
        (number,),
    ).fetchall()


# --- what was built on it -------------------------------------------------------------------------


def _refuse_built_on(session: Session, row: Operation) -> None:
    connection, number = engine.raw(session), row.id or 0
    named = list(dict.fromkeys([*_built_on(connection, number), *_overwritten(connection, number)]))
    if not named:
        return
    later = session.exec(
        select(Operation)
        .where(
            col(Operation.id).in_([by for by, _what in named if by]),
            col(Operation.undone_by).is_(None),
            col(Operation.verb).not_in(_TAKING_BACK),
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
            f"SELECT operation_id, id FROM {child} WHERE {column} IN {_going(parent)} "  # noqa: S608 - our tables
            f"AND id NOT IN {_going(child)}"
        ):
            yield by, called(connection, child, row_id)
    for table in _owned():
        for by, row_id in connection.execute(
            f"SELECT operation_id, id FROM followup_outcome WHERE subject_table = '{table}' "  # noqa: S608 - our tables
            f"AND subject_id IN {_going(table)} AND id NOT IN {_going('followup_outcome')}"
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
    owned = set(_owned())
    return tuple(
        (table.name, key.parent.name, key.column.table.name)
        for table in SQLModel.metadata.sorted_tables
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name)
        if table.name in owned and key.column.table.name in owned
    )


def _overwritten(connection: sqlite3.Connection, number: int) -> Iterator[tuple[int, str]]:
    """Cells of the operation that hold something else by now: who wrote that, and whose it is."""
    wrote: dict[Row, dict[str, Any]] = {}
    for table, row_id, _customer, _before, after in reversed(_changes(connection, number)):
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


# --- names ----------------------------------------------------------------------------------------


def called(connection: sqlite3.Connection, table: str, row_id: int) -> str:
    """What people call a row: its code, its number where it has none, and whose it is."""
    columns = SQLModel.metadata.tables[table].columns
    if "code" in columns:
        sql = f"SELECT code FROM {table} WHERE id = ?"  # noqa: S608 - our tables
    elif "customer_id" in columns:
        sql = f"SELECT c.code FROM {table} r JOIN customer c ON c.id = r.customer_id WHERE r.id = ?"  # noqa: S608 - our tables
    elif "trip_id" in columns:
        sql = f"SELECT t.code FROM {table} r JOIN trip t ON t.id = r.trip_id WHERE r.id = ?"  # noqa: S608 - our tables
    elif "complaint_id" in columns:
        sql = (
            f"SELECT k.code FROM {table} r JOIN complaint k ON k.id = r.complaint_id WHERE r.id = ?"  # noqa: S608 - our tables
        )
    else:
        sql = f"SELECT id FROM {table} WHERE id = ?"  # noqa: S608 - our tables
    found = connection.execute(sql, (row_id,)).fetchone()
    return visible(str(found[0] if found else row_id), 64)


def _touched(
    connection: sqlite3.Connection, table: str, row_id: int, fields: Iterable[str] = ()
) -> Touched:
    return Touched(table, called(connection, table, row_id), tuple(fields))


# --- taking it back -------------------------------------------------------------------------------


def _reverse(session: Session, mine: int, number: int, today: date) -> Iterator[Touched]:
    """Reverse the lines of money of what stays, so that only those of what goes would go with it.

    A line that was not paid yet is owed no more; one that was is given back on this day.
    """
    connection = engine.raw(session)
    for table, (column, model) in _LEDGERS.items():
        stays = connection.execute(
            f"SELECT id FROM {table} WHERE id IN {_going(table)} "  # noqa: S608 - our tables
            f"AND {column} NOT IN {_going('trip')} ORDER BY id"
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
    for table, row_id, customer, before, after in _changes(connection, number):
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
    for table, row_id, customer, before, after in _changes(connection, number):
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
    connection.execute(f"DELETE FROM look WHERE customer_id IN {_going('customer')}")  # noqa: S608 - our tables
    for table in reversed(_owned()):
        for (row_id,) in connection.execute(
            f"SELECT id FROM {table} WHERE id IN {_going(table)} ORDER BY id DESC"  # noqa: S608 - our tables
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
