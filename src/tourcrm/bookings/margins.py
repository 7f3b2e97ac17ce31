"""What trips bring: price, less costs, plus commission, less refunds. SQL, in whole fen.

A trip that was cancelled or lost brings its fee. Refunds are those that were promised, paid or not,
and not taken back; what only gives back money that was paid beyond the price is none. Without a
cost line nobody knows the margin.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session

from tourcrm.bookings.costs import COMMISSION
from tourcrm.bookings.status import BOOKED
from tourcrm.db import dialect, engine

# SQL of a payment line `p`. Reversals go with what they take back: one above zero takes back a
# refund.
_REFUND = "(p.kind = 'refund' OR (p.kind = 'reversal' AND p.amount > 0))"
_OWN = f"{_REFUND} AND coalesce(p.reason, 'customer') = 'customer'"


def _worth(trips: str, of: str = "") -> str:
    """SQL: rows of trips with what they cost, brought and gave back by :as_of.

    trips: a select of them, with id, spends (whether its costs are costs yet) and price:
    what is owed for it, NULL where unknown. of: a condition on trip_id that these trips fulfil.
    All for failures is given back; of refunds for the customer's own reasons what is beyond money
    that was paid too much, and without a price nobody knows what that was.
    """
    return f"""
        SELECT s.*, CASE WHEN s.spends THEN c.cost END AS cost,
            CASE WHEN s.spends THEN coalesce(c.commission, 0) ELSE 0 END AS commission,
            coalesce(m.failures + max(0, m.own - max(0, m.received
                - coalesce(s.price, m.received))), 0) AS refunds,
            coalesce(m.moved, 0) AS moved
        FROM ({trips}) s
        LEFT JOIN (
            SELECT trip_id, sum(amount) AS cost, sum({COMMISSION}) AS commission
            FROM trip_cost WHERE noted_on <= :as_of {of} GROUP BY trip_id
        ) c ON c.trip_id = s.id
        LEFT JOIN (
            SELECT p.trip_id,
                coalesce(sum(p.amount) FILTER (WHERE NOT {_REFUND} AND p.paid_on <= :as_of), 0)
                    AS received,
                -coalesce(sum(p.amount) FILTER (WHERE {_OWN}), 0) AS own,
                -coalesce(sum(p.amount) FILTER (WHERE {_REFUND} AND NOT ({_OWN})), 0) AS failures,
                coalesce(sum(p.amount) FILTER (WHERE p.paid_on <= :as_of), 0) AS moved
            FROM payment p WHERE p.promised_on <= :as_of {of} GROUP BY p.trip_id
        ) m ON m.trip_id = s.id
    """  # noqa: S608 - pieces of this module


@dataclass(frozen=True, slots=True)
class Money:
    """What a trip brings as of a day, in fen. price: what is owed for it, None where unknown (the
    fee, once it is cancelled). cost: None where none is known. moved: cash of the customer's, in
    less out."""

    price: int | None
    cost: int | None
    commission: int
    refunds: int
    moved: int

    @property
    def margin(self) -> int | None:
        """None where price or costs are unknown."""
        if self.price is None or self.cost is None:
            return None
        return self.price - self.cost + self.commission - self.refunds


def of_trips(session: Session, ids: list[int], as_of: date) -> dict[int, Money]:
    """The money of these trips as of a day. A trip that is no booking yet has its price."""
    these = "IN (SELECT value FROM json_each(:ids))"
    trips = f"""
        SELECT id, 1 AS spends,
            CASE status WHEN 'cancelled' THEN coalesce(fee, 0) WHEN 'lost' THEN 0 ELSE price END
            AS price
        FROM trip WHERE id {these}
    """  # noqa: S608 - a constant
    sql = f"""
        SELECT id, price, cost, commission, refunds, moved
        FROM ({_worth(trips, f"AND trip_id {these}")})
    """  # noqa: S608 - pieces of this module
    found = engine.rows(session, sql, as_of=as_of.isoformat(), ids=dialect.numbers(ids))
    return {trip: Money(*money) for trip, *money in found}


# SQL: the trips that were booked by :as_of (live) and depart from :first to :last, or whenever; of
# all others those that moved money, so that none is missing: a payment, a refund, and of those that
# were cancelled or lost a fee and costs, too. What an offer would cost is no cost yet.
# With a LIMIT (none) SQLite works the amounts out first and sorts these, not what they come from.
_DEPARTING = f"""
    SELECT t.id, t.customer_id, ({BOOKED}) IS TRUE AS live, t.departs_on, t.destination, t.kind,
        t.channel, t.advisor, t.inquired_on, t.booked_on,
        ({BOOKED}) IS TRUE OR t.status IN ('cancelled', 'lost') AS spends,
        CASE WHEN {BOOKED} THEN t.price WHEN t.status = 'cancelled' THEN coalesce(t.fee, 0)
            ELSE 0 END AS price
    FROM trip t
    WHERE (:first IS NULL OR t.departs_on >= :first) AND (:last IS NULL OR t.departs_on <= :last)
"""  # noqa: S608 - a piece of SQL
SOLD = f"""
    SELECT * FROM ({_worth(_DEPARTING)}) WHERE live OR price OR cost OR moved OR refunds
    LIMIT -1
"""  # noqa: S608 - pieces of this module


def days(as_of: date, first: date | None = None, last: date | None = None) -> dict[str, str | None]:
    """What SOLD is asked with."""
    given = {"as_of": as_of, "first": first, "last": last}
    return {name: day.isoformat() if day else None for name, day in given.items()}


@dataclass(frozen=True, slots=True)
class Sold:
    """A trip that was booked (live), or another that moved money."""

    id: int
    customer_id: int
    live: bool
    departs_on: date | None
    destination: str | None
    kind: str
    channel: str | None
    advisor: str | None
    inquired_on: date | None
    booked_on: date | None
    money: Money


def sold(
    session: Session, as_of: date, first: date | None = None, last: date | None = None
) -> Iterator[Sold]:
    """The trips of SOLD, one by one in the order in which they were entered."""
    sql = f"""
        SELECT id, customer_id, live, departs_on, destination, kind, channel, advisor, inquired_on,
            booked_on, price, cost, commission, refunds, moved
        FROM ({SOLD}) ORDER BY id
    """  # noqa: S608 - pieces of this module
    found = engine.raw(session).execute(sql, days(as_of, first, last))
    for trip, customer, live, departs, where, kind, channel, advisor, *rest in found:
        inquired, booked, *money = rest
        yield Sold(
            trip, customer, bool(live), _day(departs), where, kind, channel, advisor,
            _day(inquired), _day(booked), Money(*money),
        )  # fmt: skip


def _day(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None
