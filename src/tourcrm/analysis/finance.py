"""What sales bring, cut by month, destination, kind or supplier; and by whom and through what they
came. Whole fen throughout: whatever is cut, the parts add up to the same sum.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import repeat
from statistics import median

from sqlmodel import Session

from tourcrm.bookings import margins
from tourcrm.bookings.costs import COMMISSION
from tourcrm.bookings.status import BOOKED
from tourcrm.db import engine
from tourcrm.db.dialect import days_between

_Days = dict[str, str | None]


@dataclass(slots=True)
class Cut:
    """The sales of one month, place, kind or supplier, in fen. known: of how many trips a cost is
    known, priced: of how many the price. received: cash of customers, in less out."""

    name: str | None
    trips: int = 0
    revenue: int = 0
    cost: int = 0
    commission: int = 0
    refunds: int = 0
    received: int = 0
    known: int = 0
    priced: int = 0
    costed: bool = False  # whether any cost is known

    @property
    def margin(self) -> int | None:
        """None where no cost is known."""
        if not self.costed:
            return None
        return self.revenue - self.cost + self.commission - self.refunds

    def add(self, live: bool, amounts: Sequence[int], priced: bool) -> None:
        """Add a part of a trip whose costs are known. amounts: revenue, cost, commission, refunds,
        received."""
        revenue, cost, commission, refunds, received = amounts
        self.trips += live
        self.revenue += revenue
        self.cost += cost
        self.commission += commission
        self.refunds += refunds
        self.received += received
        self.known += live
        self.costed = True
        self.priced += live and priced


# SQL: what a row of `margins.SOLD` is cut by.
_NAMES = {
    "month": "substr(departs_on, 1, 7)",
    "destination": "destination",
    "kind": "kind",
    "channel": "channel",
    "advisor": "advisor",
}
CUTS = ("month", "destination", "kind", "supplier")

_SUMS = """
    sum(live) AS trips, coalesce(sum(price), 0) AS revenue, coalesce(sum(cost), 0) AS cost,
    sum(commission) AS commission, sum(refunds) AS refunds, sum(moved) AS received,
    sum(live AND cost IS NOT NULL) AS known, sum(live AND price IS NOT NULL) AS priced,
    count(cost) > 0 AS costed
"""


def finance(
    session: Session, by: str, as_of: date, first: date | None = None, last: date | None = None
) -> list[Cut]:
    """Sales that were booked by a day and depart in a period: months in their order, all else by
    revenue. by: of CUTS. What a trip with several suppliers brings is shared out among them as the
    costs are."""
    days = margins.days(as_of, first, last)
    if by == "supplier":
        cuts = _by_supplier(session, days)
    else:
        cuts = _cuts(session, _NAMES[by], "TRUE", days)

    def place(cut: Cut) -> tuple[bool, int, str]:
        return cut.name is None, 0 if by == "month" else -cut.revenue, cut.name or ""

    return sorted(cuts, key=place)


def _cuts(session: Session, name: str, such: str, days: _Days) -> list[Cut]:
    sql = f"SELECT {name}, {_SUMS} FROM ({margins.SOLD}) WHERE {such} GROUP BY 1"  # noqa: S608 - SQL of ours
    return [Cut(*row) for row in engine.rows(session, sql, **days)]


Supplier = tuple[str | None, int, int]


def _suppliers(session: Session, days: _Days) -> dict[int, list[Supplier]]:
    """The suppliers of each trip, with cost and commission."""
    sql = f"""
        SELECT trip_id, supplier, sum(amount), sum({COMMISSION}) FROM trip_cost
        WHERE noted_on <= :as_of GROUP BY trip_id, supplier ORDER BY trip_id, min(id)
    """  # noqa: S608 - a piece of SQL
    found: dict[int, list[Supplier]] = {}
    for trip, supplier, cost, commission in engine.rows(session, sql, as_of=days["as_of"]):
        found.setdefault(trip, []).append((supplier, cost, commission))
    return found


def _by_supplier(session: Session, days: _Days) -> list[Cut]:
    found = {cut.name: cut for cut in _cuts(session, "NULL", "cost IS NULL", days)}
    suppliers = _suppliers(session, days)
    sql = f"SELECT id, live, price, refunds, moved FROM ({margins.SOLD}) WHERE cost IS NOT NULL"  # noqa: S608 - SQL of ours
    for trip, live, price, *more in engine.rows(session, sql, **days):
        theirs = suppliers[trip]
        weights = [cost for _name, cost, _commission in theirs]
        shares = (shared_out(amount, weights) for amount in (price or 0, *more))
        for (name, *spent), (revenue, refunds, moved) in zip(
            theirs, zip(*shares, strict=True), strict=True
        ):
            cut = found.get(name) or found.setdefault(name, Cut(name))
            cut.add(live, (revenue, *spent, refunds, moved), price is not None)
    return list(found.values())


def shared_out(amount: int, weights: Sequence[int]) -> list[int]:
    """An amount in whole parts as the weights are, with the sum of it; the first gets all where no
    weight is above zero."""
    positive = [max(weight, 0) for weight in weights]
    whole = sum(positive)
    if not whole:
        return [amount, *(0 for _ in weights[1:])]
    parts = [amount * weight // whole for weight in positive]
    by_rest = sorted(range(len(parts)), key=lambda at: (-(amount * positive[at] % whole), at))
    for at in by_rest[: amount - sum(parts)]:
        parts[at] += 1
    return parts


@dataclass(frozen=True, slots=True)
class Source:
    """What came through a channel, to a place, by an adviser. repeat_rate: the share of its
    customers who booked for two days and more, wherever; decision_days: the middle of the days from
    inquiry to booking, of those trips that tell both."""

    name: str | None
    customers: int
    trips: int
    revenue: int
    margin: int | None
    repeat_rate: float | None
    decision_days: float | None


# SQL: who booked for two days and more. Of two trips without a day nobody knows that they are two.
# With a +, no index leads to the trips of one customer after another, which lie all over the file.
_CAME_AGAIN = f"""
    SELECT t.customer_id FROM trip t WHERE {BOOKED} GROUP BY +t.customer_id
    HAVING min(coalesce(t.departs_on, '')) < max(coalesce(t.departs_on, ''))
"""  # noqa: S608 - a piece of SQL


def sources(
    session: Session, by: str, as_of: date, first: date | None = None, last: date | None = None
) -> list[Source]:
    """Sales by channel, destination or advisor, the highest revenue first."""
    name, days = _NAMES[by], margins.days(as_of, first, last)
    sql = f"""
        SELECT sum(trips > 0), sum(trips > 0 AND customer_id IN ({_CAME_AGAIN})),
            name, sum(trips), sum(revenue), sum(cost), sum(commission), sum(refunds), sum(received),
            sum(known), sum(priced), max(costed)
        FROM (
            SELECT {name} AS name, customer_id, {_SUMS} FROM ({margins.SOLD}) GROUP BY 1, 2
        ) GROUP BY name
    """  # noqa: S608 - SQL of ours
    decided = _decided(session, name, days)
    found = []
    for customers, again, *sums in engine.rows(session, sql, **days):
        cut = Cut(*sums)
        found.append(
            Source(
                name=cut.name,
                customers=customers,
                trips=cut.trips,
                revenue=cut.revenue,
                margin=cut.margin,
                repeat_rate=again / customers if customers else None,
                decision_days=decided.get(cut.name),
            )
        )
    return sorted(found, key=lambda one: (one.name is None, -one.revenue, one.name or ""))


def _decided(session: Session, name: str, days: _Days) -> dict[str | None, float]:
    """The middle of the days from inquiry to booking."""
    sql = f"""
        SELECT {name}, {days_between("inquired_on", "booked_on")}, count(*) FROM ({margins.SOLD})
        WHERE live AND inquired_on <= booked_on GROUP BY 1, 2
    """  # noqa: S608 - SQL of ours
    found: dict[str | None, list[int]] = {}
    for one, took, trips in engine.rows(session, sql, **days):
        found.setdefault(one, []).extend(repeat(took, trips))
    return {one: median(all_of) for one, all_of in found.items()}
