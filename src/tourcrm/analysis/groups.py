"""The members of a segment, tier or quadrant together, and who is listed in any of them.

Listed are living customers who are not the agency's own people. Customers marked as lost stay: they
can be won back, and what they spent was sold.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session

from tourcrm.base.errors import Message
from tourcrm.bookings.status import BOOKED
from tourcrm.db import dialect, engine


@dataclass(frozen=True, slots=True)
class Group:
    """The members of one segment, tier or quadrant together. Revenue: of the window, fen."""

    name: str
    customers: int
    share: float  # of the customers listed
    revenue: int
    revenue_share: float
    lowest: int | None = None  # the lowest revenue in it, fen
    treatment: Message | None = None


def listed(session: Session, columns: str, condition: str, order: str) -> list[Any]:
    """Columns of the population (p) and the customer (c), without those who stand apart."""
    sql = (
        f"SELECT c.code, c.name, {columns} FROM population p "  # noqa: S608 - texts of this module
        f"JOIN customer c ON c.id = p.customer_id WHERE NOT p.apart AND {condition} "
        f"ORDER BY {order}, p.customer_id"
    )
    return engine.raw(session).execute(sql).fetchall()


def next_trips(session: Session, as_of: date) -> Mapping[str, date]:
    """When whoever has a booked trip to come leaves next, by the customers' codes. It changes no
    score; but nobody who leaves next week is just "lapsed"."""
    sql = f"""
        SELECT c.code, n.departs_on FROM (
            SELECT t.customer_id AS who, min(t.departs_on) AS departs_on
            FROM {dialect.by_index("trip t", "trip_departs")}
            WHERE t.departs_on > :as_of AND {BOOKED} GROUP BY t.customer_id
        ) n CROSS JOIN customer c ON c.id = n.who
    """  # noqa: S608 - pieces of SQL
    rows = engine.raw(session).execute(sql, {"as_of": as_of.isoformat()})
    return {code: date.fromisoformat(day) for code, day in rows}


def grouped(
    members: Iterable[tuple[str, int]], names: Iterable[str], of: Callable[[str], Message | None]
) -> tuple[Group, ...]:
    """Groups of (name, revenue) pairs, in the order of `names`; those without members left out."""
    customers: Counter[str] = Counter()
    revenue: Counter[str] = Counter()
    lowest: dict[str, int] = {}
    above = 0  # a margin may be below zero: shares are of what is above
    for name, amount in members:
        customers[name] += 1
        revenue[name] += amount
        above += max(amount, 0)
        lowest[name] = min(amount, lowest.get(name, amount))
    everybody, sales = customers.total(), above
    return tuple(
        Group(
            name,
            customers[name],
            customers[name] / everybody,
            revenue[name],
            revenue[name] / sales if sales else 0.0,
            lowest[name],
            of(name),
        )
        for name in names
        if customers[name]
    )
