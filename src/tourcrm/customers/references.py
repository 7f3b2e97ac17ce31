"""What refers to a customer: known from the tables themselves, so that no new one is forgotten.

Most name their customer in a column with a foreign key. A few say table and id: decisions on
follow-ups, messages that are to be sent, fingerprints of imported lines.
"""

from dataclasses import dataclass
from functools import cache

from sqlalchemy import UniqueConstraint
from sqlmodel import SQLModel

from tourcrm.models import Customer

_TABLE_AND_ID = (("subject_table", "subject_id"), ("table_name", "row_id"))
# A change tells what a row was: that of a customer who went stays as it is.
_TELLS = ("change",)
CUSTOMER = str(Customer.__tablename__)


@dataclass(frozen=True, slots=True)
class Reference:
    """A column that holds the id of a row. once: of each constraint that allows that row one such
    row, the other columns. table_in: the column that names the table, where any may be meant.
    key: the name of the row itself."""

    table: str
    column: str
    once: tuple[tuple[str, ...], ...] = ()
    table_in: str | None = None
    key: str = "id"


@cache
def to_customers() -> tuple[Reference, ...]:
    """Every column with a foreign key to customers, those of customers themselves last."""
    found = [
        Reference(table.name, key.parent.name, _once(table.name, key.parent.name))
        for table in SQLModel.metadata.sorted_tables
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name)
        if key.column.table.name == CUSTOMER
    ]
    return tuple(sorted(found, key=lambda one: one.table == CUSTOMER))


@cache
def to_any_row() -> tuple[Reference, ...]:
    """Every pair of columns that names a row by its table and id."""
    return tuple(
        Reference(
            *(table.name, id, _once(table.name, id, of), of),
            next(iter(table.primary_key.columns)).name,
        )
        for table in SQLModel.metadata.sorted_tables
        for of, id in _TABLE_AND_ID
        if {of, id} <= set(table.columns.keys()) and table.name not in _TELLS
    )


@cache
def _once(table: str, column: str, besides: str | None = None) -> tuple[tuple[str, ...], ...]:
    there = SQLModel.metadata.tables[table]
    sets = [
        [one.name for one in rule.columns]
        for rule in there.constraints
        if isinstance(rule, UniqueConstraint)
    ]
    sets += [[one.name for one in index.columns] for index in there.indexes if index.unique]
    return tuple(
        tuple(name for name in names if name not in (column, besides))
        for names in sorted(sets)
        if column in names
    )
