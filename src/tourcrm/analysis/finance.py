"""What sales bring, cut by month, destination, kind or supplier; and by whom and through what they
came. Whole fen throughout: whatever is cut, the parts add up to the same sum.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median
from typing import Any

from sqlmodel import Session

from tourcrm.bookings import margins
from tourcrm.bookings.costs import COMMISSION
from tourcrm.bookings.margins import Sold
from tourcrm.bookings.status import decision_days
from tourcrm.db import engine


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

    def add(self, live: bool, amounts: Sequence[int], known: bool, priced: bool) -> None:
        """Add a trip, or a part of it. amounts: revenue, cost, commission, refunds, received."""
        revenue, cost, commission, refunds, received = amounts
        self.trips += live
        self.revenue += revenue
        self.cost += cost
        self.commission += commission
        self.refunds += refunds
        self.received += received
        self.known += live and known
        self.costed = self.costed or known
        self.priced += live and priced


def amounts_of(one: Sold) -> tuple[int, int, int, int, int]:
    """What a trip brings: revenue, cost, commission, refunds, received."""
    money = one.money
    return (money.price or 0, money.cost or 0, money.commission, money.refunds, money.moved)


_NAMES: dict[str, Callable[[Sold], str | None]] = {
    "month": lambda one: f"{one.departs_on:%Y-%m}" if one.departs_on else None,
    "destination": lambda one: one.destination,
    "kind": lambda one: one.kind,
    "channel": lambda one: one.channel,
    "advisor": lambda one: one.advisor,
}
CUTS = ("month", "destination", "kind", "supplier")


def finance(
    session: Session, by: str, as_of: date, first: date | None = None, last: date | None = None
) -> list[Cut]:
    """Sales that were booked by a day and depart in a period: months in their order, all else by
    revenue. by: of CUTS. What a trip with several suppliers brings is shared out among them as the
    costs are."""
    sold = margins.sold(session, as_of, first, last)
    if by == "supplier":
        cuts = _by_supplier(sold, _suppliers(session, as_of))
    else:
        cuts = _cut(sold, _NAMES[by])

    def place(cut: Cut) -> tuple[bool, int, str]:
        return cut.name is None, 0 if by == "month" else -cut.revenue, cut.name or ""

    return sorted(cuts, key=place)


def _cut(sold: Iterable[Sold], name_of: Callable[[Sold], str | None]) -> list[Cut]:
    found: dict[str | None, Cut] = {}
    for one in sold:
        name = name_of(one)
        cut = found.get(name) or found.setdefault(name, Cut(name))
        money = one.money
        cut.add(one.live, amounts_of(one), money.cost is not None, money.price is not None)
    return list(found.values())


Supplier = tuple[str | None, int, int]


def _suppliers(session: Session, as_of: date) -> dict[int, list[Supplier]]:
    """The suppliers of each trip, with cost and commission."""
    sql = f"""
        SELECT trip_id, supplier, sum(amount), sum({COMMISSION}) FROM trip_cost
        WHERE noted_on <= :as_of GROUP BY trip_id, supplier ORDER BY trip_id, min(id)
    """  # noqa: S608 - a piece of SQL
    found: dict[int, list[Supplier]] = {}
    for trip, supplier, cost, commission in engine.rows(session, sql, as_of=as_of.isoformat()):
        found.setdefault(trip, []).append((supplier, cost, commission))
    return found


def _by_supplier(sold: Iterable[Sold], suppliers: dict[int, list[Supplier]]) -> list[Cut]:
    found: dict[str | None, Cut] = {}
    for one in sold:
        money = one.money
        theirs = (money.cost is not None and suppliers.get(one.id)) or [(None, 0, 0)]
        weights = [cost for _name, cost, _commission in theirs]
        shares = zip(
            theirs,
            shared_out(money.price or 0, weights),
            shared_out(money.refunds, weights),
            shared_out(money.moved, weights),
            strict=True,
        )
        for (name, cost, commission), revenue, refunds, received in shares:
            cut = found.get(name) or found.setdefault(name, Cut(name))
            parts = (revenue, cost, commission, refunds, received)
            cut.add(one.live, parts, money.cost is not None, money.price is not None)
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


@dataclass(slots=True)
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


def sources(
    session: Session, by: str, as_of: date, first: date | None = None, last: date | None = None
) -> list[Source]:
    """Sales by channel, destination or advisor, the highest revenue first."""
    name_of = _NAMES[by]
    days: dict[int, set[Any]] = {}
    groups: dict[str | None, _Group] = {}
    for one in margins.sold(session, as_of):
        if one.live:
            days.setdefault(one.customer_id, set()).add(one.departs_on)
        day = one.departs_on
        if (first and (day is None or day < first)) or (last and (day is None or day > last)):
            continue
        name = name_of(one)
        group = groups.get(name) or groups.setdefault(name, _Group(Cut(name)))
        group.add(one)
    found = [group.told(days) for group in groups.values()]
    return sorted(found, key=lambda one: (one.name is None, -one.revenue, one.name or ""))


@dataclass(slots=True)
class _Group:
    cut: Cut
    customers: set[int] = field(default_factory=set)
    decisions: list[int] = field(default_factory=list)

    def add(self, one: Sold) -> None:
        money = one.money
        self.cut.add(one.live, amounts_of(one), money.cost is not None, money.price is not None)
        if not one.live:
            return
        self.customers.add(one.customer_id)
        days = decision_days(one.inquired_on, one.booked_on)
        if days is not None:
            self.decisions.append(days)

    def told(self, days: dict[int, set[Any]]) -> Source:
        again = sum(len(days[customer]) > 1 for customer in self.customers)
        return Source(
            name=self.cut.name,
            customers=len(self.customers),
            trips=self.cut.trips,
            revenue=self.cut.revenue,
            margin=self.cut.margin,
            repeat_rate=again / len(self.customers) if self.customers else None,
            decision_days=median(self.decisions) if self.decisions else None,
        )
