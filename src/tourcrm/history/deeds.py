"""What an operation did: the rows that it added and changed, and what people call them."""

import sqlite3
from functools import cache
from typing import Any

from sqlmodel import SQLModel

from tourcrm.base.display import visible

VERB = "undo"
TAKING_BACK = (VERB, "imports undo")
# What tells of operations, and is none of what they did.
RECORDS = ("change", "look")

Row = tuple[str, int]  # a table, and the id of a row in it


@cache
def owned() -> tuple[str, ...]:
    """The tables whose rows carry their operation, those that others refer to first."""
    return tuple(
        table.name
        for table in SQLModel.metadata.sorted_tables
        if {"operation_id", "id"} <= set(table.columns.keys()) and table.name not in RECORDS
    )


def did_anything(connection: sqlite3.Connection, number: int) -> bool:
    """Whether an operation changed any row."""
    return any(
        connection.execute(
            f"SELECT 1 FROM {table} WHERE operation_id = ? LIMIT 1",  # noqa: S608 - our tables
            (number,),
        ).fetchone()
        for table in ("change", *owned())
    )


def note_going(connection: sqlite3.Connection, number: int) -> None:
    """Put into temp.going the rows that the operation added, or put back."""
    execute = connection.execute
    execute("CREATE TEMP TABLE IF NOT EXISTS going (table_name TEXT, row_id INTEGER)")
    execute("DELETE FROM temp.going")
    for table in owned():
        execute(
            f"INSERT INTO temp.going SELECT '{table}', id FROM {table} WHERE operation_id = ?",  # noqa: S608 - our tables
            (number,),
        )
    execute(
        "INSERT INTO temp.going SELECT table_name, row_id FROM change "
        "WHERE operation_id = ? AND before = '{}'",
        (number,),
    )


def going(table: str) -> str:
    """SQL: the ids of the rows of a table that go."""
    return f"(SELECT row_id FROM temp.going WHERE table_name = '{table}')"  # noqa: S608 - our tables


def changes(connection: sqlite3.Connection, number: int) -> list[tuple[Any, ...]]:
    """Of the rows that the operation updated or deleted, the last change first."""
    return connection.execute(
        "SELECT table_name, row_id, customer_id, before, after FROM change "
        "WHERE operation_id = ? AND before <> '{}' ORDER BY id DESC",
        (number,),
    ).fetchall()


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
