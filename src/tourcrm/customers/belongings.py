"""Which rows of which tables belong to a customer: directly, or by way of a trip or a complaint.

Worked out from the models, so that a table that comes later cannot be forgotten.
"""

from dataclasses import dataclass
from functools import cache

from sqlmodel import SQLModel

_OWNER = "customer_id"
# What a row may hang on instead, and the condition by which that is the customer's.
_BY_WAY_OF = {
    "trip_id": "SELECT id FROM trip WHERE customer_id = :customer",
    "complaint_id": "SELECT id FROM complaint WHERE customer_id = :customer",
}


@dataclass(frozen=True, slots=True)
class Belonging:
    """Rows of a table that are a customer's. condition: SQL, :customer stands for their id."""

    table: str
    condition: str


@cache
def belongings() -> tuple[Belonging, ...]:
    """The customer's own row, and all that hangs on it, what others refer to first."""
    found = []
    for table in SQLModel.metadata.sorted_tables:
        if table.name == "customer":
            found.append(Belonging("customer", "id = :customer"))
        elif table.name == "change":
            continue
        elif _OWNER in table.columns:
            found.append(Belonging(table.name, f"{_OWNER} = :customer"))
        else:
            ways = [way for way in _BY_WAY_OF if way in table.columns]
            if ways:
                found.append(Belonging(table.name, f"{ways[0]} IN ({_BY_WAY_OF[ways[0]]})"))
    return tuple(found)
