"""How the last twelve months of each customer compare with the twelve before, and the money at
stake.

Counted are departures as everywhere in segments, by their price. Rising or losing is whoever brings
so many percent more or less than before; new, whose first departure of all falls in the last twelve
months (whoever comes back after a year without any is rising); gone, who departed in the twelve
before, and not since. The others are steady.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from sqlmodel import Session

from tourcrm.analysis.population import APART, months_before
from tourcrm.analysis.trip_history import COUNTED_OF_ALL
from tourcrm.db import dialect, engine

MONTHS = 12
PERCENT = 20  # more or less than before, from which on it is rising or losing
TRENDS = ("gone", "losing", "steady", "rising", "new")

_LATE = "FILTER (WHERE +departs_on > :middle)"
_EARLY = "FILTER (WHERE +departs_on > :start AND +departs_on <= :middle)"
_SUMS = f"""
    SELECT c.code, c.name, c.owner, s.* FROM (
        SELECT
            customer_id, min(departs_on) > :middle AS is_new,
            count(*) {_LATE} AS trips, coalesce(sum(price) {_LATE}, 0) AS revenue,
            count(*) {_EARLY} AS before, coalesce(sum(price) {_EARLY}, 0) AS revenue_before,
            count(*) {_LATE} + count(*) {_EARLY} - count(price) {_LATE} - count(price) {_EARLY}
                AS unpriced
        FROM {dialect.by_index("trip", "trip_customer")} WHERE {COUNTED_OF_ALL}
        GROUP BY customer_id
    ) s JOIN customer c ON c.id = s.customer_id
    WHERE s.trips + s.before > 0 AND NOT ({APART})
"""  # noqa: S608 - pieces of SQL


class TrendRow(NamedTuple):
    """A customer in both periods; money in fen. change: None where there was none before."""

    customer: str
    name: str
    owner: str | None
    trend: str
    difference: int
    change: float | None
    revenue: int
    revenue_before: int
    trips: int
    trips_before: int


class TrendSum(NamedTuple):
    """The customers of one trend together."""

    trend: str
    customers: int
    difference: int
    revenue: int
    revenue_before: int


@dataclass(frozen=True, slots=True)
class Trend:
    """Customers by what they bring more or less, whoever takes most away first. start, middle,
    as_of: the last days before, of, and after the twelve months before. unpriced: trips that have
    no price."""

    rows: list[TrendRow]
    sums: tuple[TrendSum, ...]
    start: date
    middle: date
    as_of: date
    percent: int
    unpriced: int

    @property
    def periods(self) -> tuple[date, date, date, date]:
        """The first and last day of the last twelve months, and of those before."""
        day = timedelta(1)
        return self.middle + day, self.as_of, self.start + day, self.middle

    @property
    def at_stake(self) -> int:
        """What those who are losing or gone bring less, in fen."""
        return -sum(one.difference for one in self.sums if one.trend in ("gone", "losing"))


def trend(session: Session, as_of: date, percent: int = PERCENT) -> Trend:
    """All with a departure in these two years. percent: as PERCENT."""
    middle, start = months_before(as_of, MONTHS), months_before(as_of, 2 * MONTHS)
    days = {"as_of": as_of, "middle": middle, "start": start}
    params = {name: day.isoformat() for name, day in days.items()}
    rows, unpriced = [], 0
    for row in engine.raw(session).execute(_SUMS, params):
        code, name, owner, _id, is_new, trips, revenue, before, revenue_before, missing = row
        unpriced += missing
        told = trend_of(bool(is_new), (trips, revenue), (before, revenue_before), percent)
        difference = revenue - revenue_before
        change = difference / revenue_before if revenue_before else None
        rows.append(
            TrendRow(
                code, name, owner, told, difference, change, revenue, revenue_before, trips, before
            )
        )
    rows.sort(key=lambda one: (one.difference, one.customer))
    return Trend(rows, _summed(rows), start, middle, as_of, percent, unpriced)


def trend_of(is_new: bool, now: tuple[int, int], before: tuple[int, int], percent: int) -> str:
    """The trend of trips and revenue (fen) in both periods."""
    trips, revenue = now
    trips_before, revenue_before = before
    if not trips:
        return "gone"
    if not trips_before:
        return "new" if is_new else "rising"
    if revenue == revenue_before:
        return "steady"
    if revenue * 100 >= revenue_before * (100 + percent):
        return "rising"
    return "losing" if revenue * 100 <= revenue_before * (100 - percent) else "steady"


def _summed(rows: Sequence[TrendRow]) -> tuple[TrendSum, ...]:
    found = []
    for name in TRENDS:
        some = [one for one in rows if one.trend == name]
        if some:
            revenue = sum(one.revenue for one in some)
            before = sum(one.revenue_before for one in some)
            found.append(TrendSum(name, len(some), revenue - before, revenue, before))
    return tuple(found)
