"""Who looks at the price: computed, and with what it rests on.

A trip's rate is its price a person and day. A customer is price-sensitive whose middle trip costs
less than three in four trips to the same places do, or most of whose trips used a voucher. Each
trip is measured against the lowest quarter of its own place: of several places a dear one does not
make a cheap one look cheap.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from statistics import median, quantiles
from typing import Any

from sqlmodel import Session

from tourcrm.analysis.trip_history import COUNTED
from tourcrm.db import dialect, engine

FEWEST = 4  # trips to a place of which the lowest quarter is told

_TRIPS = f"""
SELECT t.customer_id, t.destination, t.price * 1.0 / t.party_size / days,
    EXISTS (SELECT 1 FROM voucher v WHERE v.redeemed_trip_id = t.id)
FROM (
    SELECT id, customer_id, destination, price, party_size,
        {dialect.days_between("departs_on", "coalesce(returns_on, departs_on)")} + 1 AS days
    FROM trip WHERE {COUNTED} {{which}}
) t
"""  # noqa: S608 - constants
_SAME_PLACES = (
    "AND (customer_id = :who OR destination IN (SELECT destination FROM trip "
    "WHERE customer_id = :who AND destination IS NOT NULL))"
)


@dataclass(slots=True)
class Sensitivity:
    """What it rests on. rates: of the trips that tell one, fen a person and day; shares: each as a
    part of what the lowest quarter of its place costs at most; compared: trips to these places."""

    trips: int = 0
    vouchers: int = 0  # trips that used one
    rates: list[float] = field(default_factory=list)
    shares: list[float] = field(default_factory=list)
    compared: int = 0

    @property
    def rate(self) -> float | None:
        """The middle price a person and day, in fen."""
        return median(self.rates) if self.rates else None

    @property
    def cheap(self) -> bool:
        """Whether the middle trip is in the lowest quarter of its place."""
        return bool(self.shares) and median(self.shares) < 1

    @property
    def by_voucher(self) -> bool:
        """Whether most trips used a voucher."""
        return self.vouchers * 2 > self.trips

    @property
    def sensitive(self) -> bool:
        """Whether the customer looks at the price."""
        return self.cheap or self.by_voucher


Row = tuple[int, str | None, float | None, int]  # customer, place, rate, whether with a voucher


def measured(rows: Iterable[Row]) -> dict[int, Sensitivity]:
    """What trips say of each customer."""
    found: dict[int, Sensitivity] = defaultdict(Sensitivity)
    of_place: dict[str, list[float]] = defaultdict(list)
    rated: list[tuple[int, str, float]] = []
    for customer, place, rate, voucher in rows:
        one = found[customer]
        one.trips += 1
        one.vouchers += voucher
        if place is not None and rate is not None:
            of_place[place].append(rate)
            rated.append((customer, place, rate))
    limits = {
        place: quantiles(rates, n=4, method="inclusive")[0]
        for place, rates in of_place.items()
        if len(rates) >= FEWEST
    }
    places: Mapping[int, set[str]] = defaultdict(set)
    for customer, place, rate in rated:
        one = found[customer]
        one.rates.append(rate)
        if limits.get(place):
            one.shares.append(rate / limits[place])
            if place not in places[customer]:
                places[customer].add(place)
                one.compared += len(of_place[place])
    return found


def of_all(session: Session, as_of: date) -> list[int]:
    """The customers who are price-sensitive as of a day."""
    rows: Any = engine.raw(session).execute(_TRIPS.format(which=""), {"as_of": as_of.isoformat()})
    return [who for who, one in measured(rows).items() if one.sensitive]


def of_customer(session: Session, as_of: date, customer: int) -> Sensitivity:
    """What the trips of one customer say."""
    rows: Any = engine.raw(session).execute(
        _TRIPS.format(which=_SAME_PLACES), {"as_of": as_of.isoformat(), "who": customer}
    )
    return measured(rows).get(customer, Sensitivity())
