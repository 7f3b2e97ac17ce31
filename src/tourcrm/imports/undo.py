"""Taking an import back: rows that it added go, cells that it overwrote get their old value.

Refused where something was built on it since, naming the rows, unless those are to be left alone.
Decisions on follow-ups never stand in the way.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlmodel import Session

from tourcrm.base import display
from tourcrm.base.errors import NotFound, Refused
from tourcrm.base.i18n import N_
from tourcrm.bookings import seats
from tourcrm.db import engine, operations
from tourcrm.imports import undo_money, undo_offerings
from tourcrm.imports.undo_offerings import STANDS
from tourcrm.models import Operation

# Tables whose rows carry their operation, children before parents.
_OWNED = (
    *("import_row", "interaction", "survey_response", "special_date", "customer_tag"),
    *("preference", "own_value", "customer_source", "traveller", "trip", "customer"),
)
# What hangs on a customer by customer_id, and on a trip by this column, apart from decisions.
CUSTOMERS_CHILDREN = (
    *("trip", "interaction", "special_date", "customer_tag", "task"),
    *("complaint", "voucher", "survey_response", "traveller", "customer_alias"),
    *("customer_source", "preference", "own_value", "channel_consent", "distinct_pair"),
)
TRIPS_CHILDREN = (
    *(("interaction", "trip_id"), ("task", "trip_id"), ("complaint", "trip_id")),
    *(("payment", "trip_id"), ("voucher", "redeemed_trip_id"), ("survey_response", "trip_id")),
    *(("traveller", "trip_id"), ("itinerary_line", "trip_id"), ("installment", "trip_id")),
    ("trip_cost", "trip_id"),
)
# Commands that change many rows at once: taken back as imports are.
TO_MANY = ("customers assign", "customers edit --where")
_SHOWN = 8
_OVERSOLD = N_(
    "Nothing was taken back: {code} would have {people} people on {seats} seats, since others took "
    "the seats that were free. More seats: tourcrm departures edit {code} --seats"
)
_EDITED = (
    *("customer", "trip", "special_date", "interaction", "survey_response"),
    *("preference", "own_value"),
)
# Others belong to these.
_COUNTED_APART = ("customer", "trip", "interaction", "survey_response", "payment")


@dataclass(slots=True)
class Undone:
    """What taking back an operation did."""

    operation: int
    undone: int
    removed: dict[str, int] = field(default_factory=dict)  # table -> rows, as people count them
    reversed: int = 0  # payments
    restored: int = 0  # customers, trips ... that got back what they were
    kept: list[str] = field(default_factory=list)


def undo_import(
    session: Session,
    number: int,
    *,
    verb: str,
    now: datetime,
    today: date,
    actor: str,
    keep_touched: bool = False,
) -> Undone:
    """Take an import back.

    Raises NotFound for a number that is no import, Refused where it was taken back already or
    where rows were touched since (without `keep_touched`, which leaves those as they are).
    """
    row = session.get(Operation, number)
    if row is None or not (row.verb.endswith(" import") or row.verb in TO_MANY):
        raise NotFound(
            N_("There is no import {number}. `tourcrm imports list` shows them."), number=number
        )
    if row.undone_by is not None:
        raise Refused(
            N_("Import {number} was taken back already, by operation {by}."),
            number=number,
            by=row.undone_by,
        )
    connection = engine.raw(session)
    touched = _touched(connection, number)
    changed = list(_changed_since(connection, number))
    named = list(dict.fromkeys([*touched.values(), *(name for _, name in changed)]))
    if named and not keep_touched:
        raise Refused(
            N_(
                "Import {number} was not taken back: {count} of its rows were changed or used "
                "since: {rows}. --keep-touched leaves these and takes back the rest."
            ),
            number=number,
            count=len(named),
            rows=", ".join(named[:_SHOWN]) + (" ..." if len(named) > _SHOWN else ""),
        )
    mine = operations.begin(session, verb, now, actor)
    result = Undone(operation=mine, undone=number, kept=named)
    restored = _restore(connection, number, {key for key, _ in changed})
    result.reversed = undo_money.reverse(session, number, mine, today)
    result.removed, lighter = _remove(connection, number, _kept(connection, number, touched))
    seats.refuse_oversold(session, _OVERSOLD)
    result.restored = len(restored | lighter)
    row.undone_by = mine
    removed = sum(result.removed.values())
    operations.finish(session, mine, {"updated": result.restored, "removed": removed})
    return result


Key = tuple[str, int]


def _touched(connection: sqlite3.Connection, number: int) -> dict[Key, str]:
    """Added rows that were edited, or on which other rows were built, with names to show."""
    return {
        (table, row_id): display.visible(str(name), 64)
        for table, sql in _questions()
        for row_id, name in connection.execute(sql, {"number": number})
    }


def _questions() -> Iterator[tuple[str, str]]:
    """Of each table: SQL for the id and name of the rows of import :number that were touched."""
    for table in _EDITED:
        yield (
            table,
            f"""
            SELECT DISTINCT r.id, {_called(table)} FROM change c JOIN {table} r ON r.id = c.row_id
            JOIN operation o ON o.id = c.operation_id AND {STANDS}
            WHERE c.operation_id > :number AND c.table_name = '{table}'
                AND r.operation_id = :number
            """,  # noqa: S608 - the tables above
        )
    for child in CUSTOMERS_CHILDREN:
        yield "customer", _hanging("customer", child, "customer_id")
    yield "customer", _hanging("customer", "distinct_pair", "other_id")
    for column in ("company_id", "referred_by_id"):
        # Whoever was given his company by this import loses it with the import.
        yield (
            "customer",
            f"""
            SELECT DISTINCT p.id, p.code FROM customer p JOIN customer r ON r.{column} = p.id
            WHERE p.operation_id = :number AND r.operation_id <> :number AND NOT EXISTS (
                SELECT 1 FROM change c WHERE c.operation_id = :number
                    AND c.table_name = 'customer' AND c.row_id = r.id
                    AND json_extract(c.after, '$.{column}') = p.id
            )
            """,  # noqa: S608 - the two above
        )
    yield from undo_offerings.questions()
    for child, column in TRIPS_CHILDREN:
        yield "trip", _hanging("trip", child, column)


def _hanging(table: str, child: str, column: str) -> str:
    """SQL for the rows of import :number on which a row of another operation hangs."""
    return f"""
        SELECT DISTINCT p.id, p.code FROM {table} p JOIN {child} r ON r.{column} = p.id
        WHERE p.operation_id = :number AND r.operation_id <> :number {_undecided(child)}
    """  # noqa: S608 - the tables above


def _kept(connection: sqlite3.Connection, number: int, touched: Iterable[Key]) -> set[Key]:
    """The rows that stay with those that were touched: what they hang on, and what hangs on it."""
    kept = set(touched)
    for table, row_id in touched:
        if table == "survey_response":
            kept |= _contacts_of_answer(connection, number, row_id)
    # A row that stays keeps the customer on whom it hangs.
    for table, row_id in list(kept):
        if table != "customer" and table not in undo_offerings.CALLED:
            (owner,) = connection.execute(
                f"SELECT customer_id FROM {table} WHERE id = ?",  # noqa: S608 - the tables above
                (row_id,),
            ).fetchone()
            kept.add(("customer", owner))
    # And a customer who stays keeps company, referrer, tags and special days.
    stay = [row_id for table, row_id in kept if table == "customer"]
    while stay:
        for other in connection.execute(
            "SELECT company_id, referred_by_id FROM customer WHERE id = ?", (stay.pop(),)
        ).fetchone():
            if other is not None and ("customer", other) not in kept:
                kept.add(("customer", other))
                stay.append(other)
    for table in ("special_date", "customer_tag"):
        for row_id, owner in connection.execute(
            f"SELECT id, customer_id FROM {table} WHERE operation_id = ?",  # noqa: S608 - the two above
            (number,),
        ):
            if ("customer", owner) in kept:
                kept.add((table, row_id))
    return kept


def _contacts_of_answer(connection: sqlite3.Connection, number: int, row_id: int) -> set[Key]:
    """The contact that the import logged with an answer: about the same trip or, without one, of
    the day on which the answer was when it came."""
    rows = connection.execute(
        """
        SELECT n.id FROM survey_response s JOIN interaction n ON n.customer_id = s.customer_id
            AND n.trip_id IS s.trip_id AND n.operation_id = s.operation_id
            AND n.kind = 'survey' AND n.direction = 'in'
        WHERE s.id = :row AND s.operation_id = :number AND (s.trip_id IS NOT NULL
            OR abs(julianday(n.at) - julianday(coalesce(
                (SELECT json_extract(c.before, '$.answered_on') FROM change c
                    WHERE c.table_name = 'survey_response' AND c.row_id = s.id
                        AND json_extract(c.before, '$.answered_on') IS NOT NULL
                    ORDER BY c.id LIMIT 1),
                s.answered_on
            ), '+12 hours')) < 0.6)
        """,  # it was noon there, which is no more than 14 hours from noon of UTC
        {"row": row_id, "number": number},
    )
    return {("interaction", id_) for (id_,) in rows}


def _undecided(child: str) -> str:
    """SQL: a contact that a decision wrote is the decision's, and goes with it."""
    return "AND r.outcome_id IS NULL" if child == "interaction" else ""


def _changed_since(connection: sqlite3.Connection, number: int) -> Iterator[tuple[int, str]]:
    """Changes of the import whose cells hold something else by now: (change id, name)."""
    for change_id, table, row_id, after in connection.execute(
        "SELECT id, table_name, row_id, after FROM change WHERE operation_id = ? ORDER BY id",
        (number,),
    ).fetchall():
        wrote = json.loads(after)
        present = connection.execute(
            f"SELECT {', '.join(wrote)} FROM {table} WHERE id = ?",  # noqa: S608 - names that we wrote
            (row_id,),
        ).fetchone()
        if present is None or list(present) != list(wrote.values()):
            yield change_id, display.visible(name_of(connection, table, row_id), 64)


def _called(table: str) -> str:
    """SQL: by what code people know a row `r`: its own, or that of its customer."""
    if table in ("customer", "trip", "payment"):
        return "r.code"
    if table in undo_offerings.CALLED:
        return undo_offerings.CALLED[table]
    if table == "installment":
        return "(SELECT code FROM trip WHERE trip.id = r.trip_id)"
    return "(SELECT code FROM customer WHERE customer.id = r.customer_id)"


def name_of(connection: sqlite3.Connection, table: str, row_id: int) -> str:
    """By which code people know a row."""
    name = connection.execute(
        f"SELECT {_called(table)} FROM {table} r WHERE r.id = ?",  # noqa: S608 - names that we wrote
        (row_id,),
    ).fetchone()
    return str(name[0] if name else row_id)


def _restore(connection: sqlite3.Connection, number: int, skipped: set[int]) -> set[Key]:
    """Give cells their old value; returns whose they are: a special day is its customer's."""
    restored: set[Key] = set()
    for change_id, table, row_id, owner, before in connection.execute(
        "SELECT id, table_name, row_id, customer_id, before FROM change "
        "WHERE operation_id = ? ORDER BY id DESC",
        (number,),
    ).fetchall():
        if change_id in skipped:
            continue
        old = json.loads(before)
        sets = ", ".join(f"{name} = ?" for name in old)
        connection.execute(
            f"UPDATE {table} SET {sets} WHERE id = ?",  # noqa: S608 - names that we wrote
            (*old.values(), row_id),
        )
        apart = table in _COUNTED_APART or owner is None
        restored.add((table, row_id) if apart else ("customer", owner))
    return restored


# The customers who go.
_GONE = (
    "SELECT id FROM customer WHERE operation_id = ? AND id NOT IN "
    "(SELECT row_id FROM temp.kept WHERE table_name = 'customer')"
)


def _remove(
    connection: sqlite3.Connection, number: int, kept: set[Key]
) -> tuple[dict[str, int], set[Key]]:
    """Delete what the import added, children first; what is kept keeps its own children.

    Returns how many there were, and which customers of others lost a tag or a day.
    """
    execute = connection.execute
    execute("CREATE TEMP TABLE IF NOT EXISTS kept (table_name TEXT, row_id INTEGER)")
    execute("DELETE FROM temp.kept")
    connection.executemany("INSERT INTO temp.kept VALUES (?, ?)", kept)
    _let_go(connection, number)
    lighter = {
        ("customer", int(owner))
        for table in (
            *("special_date", "customer_tag", "preference", "own_value", "customer_source"),
        )
        for (owner,) in execute(
            f"SELECT customer_id FROM {table} WHERE operation_id = ? AND customer_id NOT IN "  # noqa: S608 - those above
            f"({_GONE}) AND id NOT IN (SELECT row_id FROM temp.kept WHERE table_name = ?)",
            (number, number, table),
        )
    }
    undo_money.remove(connection, number)
    removed: dict[str, int] = {}
    for table in _OWNED:
        if table == "import_row":
            execute(
                "DELETE FROM import_row WHERE operation_id = ? AND NOT EXISTS (SELECT 1 FROM "
                "temp.kept k WHERE k.table_name = import_row.table_name "
                "AND k.row_id = import_row.row_id)",
                (number,),
            )
            continue
        rows = execute(
            f"DELETE FROM {table} WHERE operation_id = ? AND id NOT IN "  # noqa: S608 - the tables above
            "(SELECT row_id FROM temp.kept WHERE table_name = ?)",
            (number, table),
        ).rowcount
        if rows and table in _COUNTED_APART:
            removed[table] = rows
    removed |= undo_offerings.remove(connection, number)
    execute("DROP TABLE temp.kept")
    return removed, lighter


def _let_go(connection: sqlite3.Connection, number: int) -> None:
    """Loosen what hangs on rows that go: looks at customers; decisions on them, with the contacts
    that those decisions wrote; trips of contacts; companies and referrers of others."""
    execute = connection.execute
    execute(f"DELETE FROM look WHERE customer_id IN ({_GONE})", (number,))  # noqa: S608 - our own text
    execute(
        "DELETE FROM interaction WHERE outcome_id IN (SELECT id FROM followup_outcome "  # noqa: S608 - our own text
        f"WHERE customer_id IN ({_GONE}))",
        (number,),
    )
    execute(f"DELETE FROM followup_outcome WHERE customer_id IN ({_GONE})", (number,))  # noqa: S608 - our own text
    execute(
        "UPDATE interaction SET trip_id = NULL WHERE outcome_id IS NOT NULL AND trip_id IN "
        "(SELECT id FROM trip WHERE operation_id = ? AND id NOT IN "
        "(SELECT row_id FROM temp.kept WHERE table_name = 'trip'))",
        (number,),
    )
    execute(f"UPDATE customer SET company_id = NULL WHERE company_id IN ({_GONE})", (number,))  # noqa: S608 - our own text
    execute(
        f"UPDATE customer SET referred_by_id = NULL WHERE referred_by_id IN ({_GONE})",  # noqa: S608 - our own text
        (number,),
    )
