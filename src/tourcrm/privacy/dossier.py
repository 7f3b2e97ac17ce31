"""All that is stored of a person, for that person: every cell of every row that is theirs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, SQLModel

from tourcrm.customers.belongings import belongings
from tourcrm.db import engine

# What says how the agency works, and nothing of the person.
_INNER = ("id", "operation_id", "customer_id", "name_pinyin", "name_initials", "outcome_id")
# Looks and changes stand in the history; whom a customer is not is no fact of them.
_LEFT_OUT = ("look", "distinct_pair")


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one table that are a person's: column -> value, only what is filled in."""

    table: str
    rows: tuple[Mapping[str, Any], ...]


def of_customer(session: Session, customer: int) -> list[Part]:
    """The tables in which there is something of a customer, their own row first."""
    connection = engine.raw(session)
    parts = []
    for one in belongings():
        if one.table in _LEFT_OUT:
            continue
        cursor = connection.execute(
            f"SELECT * FROM {one.table} WHERE {one.condition} ORDER BY rowid",  # noqa: S608 - our tables
            {"customer": customer},
        )
        names = [column[0] for column in cursor.description]
        rows = tuple(
            _told(session, one.table, dict(zip(names, cells, strict=True)))
            for cells in cursor.fetchall()
        )
        if rows:
            parts.append(Part(one.table, rows))
    return sorted(parts, key=lambda part: part.table != "customer")


def _told(session: Session, table: str, values: dict[str, Any]) -> dict[str, Any]:
    """What is filled in, references as codes."""
    columns = SQLModel.metadata.tables[table].columns
    told: dict[str, Any] = {}
    for name, value in values.items():
        if value is None or name in _INNER:
            continue
        key = next(iter(columns[name].foreign_keys), None)
        if key is None:
            told[name] = value
        elif "code" in key.column.table.columns:
            other = key.column.table.name
            [code] = (
                engine.raw(session)
                .execute(
                    f"SELECT code FROM {other} WHERE id = ?",  # noqa: S608 - our tables
                    (value,),
                )
                .fetchone()
            )
            told[name.removesuffix("_id")] = code
    return told
