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
from tourcrm.db import engine

# SQL: what moves a payment line `p` moves by :as_of. Reversals go with what they take back: one
# above zero takes back a refund.
_REFUND = "(p.kind = 'refund' OR (p.kind = 'reversal' AND p.amount > 0))"
_OWN = f"{_REFUND} AND coalesce(p.reason, 'customer') = 'customer'"
_MONEY = f"""
    coalesce(sum(p.amount) FILTER (WHERE NOT {_REFUND} AND p.paid_on <= :as_of), 0),
    -coalesce(sum(p.amount) FILTER (WHERE {_OWN}), 0),
    -coalesce(sum(p.amount) FILTER (WHERE {_REFUND} AND NOT ({_OWN})), 0),
    coalesce(sum(p.amount) FILTER (WHERE p.paid_on <= :as_of), 0)
"""


def refunded(owed: int, received: int, own: int, failures: int) -> int:
    """What refunds take from a trip, in fen: all for failures; of those for the customer's own
    reasons what is beyond money that was paid too much."""
    return failures + max(0, own - max(0, received - owed))


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
    found: dict[int, Money] = {}
    for start in range(0, len(ids), _TOGETHER):
        some = ",".join(map(str, ids[start : start + _TOGETHER]))
        costs, moved = _costs(session, as_of, some), _moved(session, as_of, some)
        sql = f"""
            SELECT id, CASE status WHEN 'cancelled' THEN coalesce(fee, 0) WHEN 'lost' THEN 0
                ELSE price END
            FROM trip WHERE id IN ({some})
        """  # noqa: S608 - numbers
        for trip, price in engine.rows(session, sql):
            found[trip] = _money(price, costs.get(trip), moved.get(trip))
    return found


_TOGETHER = 500

Moved = tuple[int, int, int, int]
_NOTHING: Moved = (0, 0, 0, 0)


def _money(price: int | None, costs: tuple[int, int] | None, moved: Moved | None) -> Money:
    received, own, failures, net = moved or _NOTHING
    cost, commission = costs or (None, 0)
    # Without a price nobody knows what was paid too much.
    owed = received if price is None else price
    return Money(price, cost, commission, refunded(owed, received, own, failures), net)


def _costs(session: Session, as_of: date, ids: str = "") -> dict[int, tuple[int, int]]:
    """Cost and commission of trips: all, or those with these ids."""
    some = f"AND trip_id IN ({ids})" if ids else ""
    sql = f"""
        SELECT trip_id, sum(amount), sum({COMMISSION}) FROM trip_cost
        WHERE noted_on <= :as_of {some} GROUP BY trip_id
    """  # noqa: S608 - numbers
    return {
        trip: (cost, commission)
        for trip, cost, commission in engine.rows(session, sql, as_of=as_of.isoformat())
    }


def _moved(session: Session, as_of: date, ids: str = "") -> dict[int, Moved]:
    """Of trips: received, refunded for the customer's reasons, for others, and the cash moved."""
    some = f"AND p.trip_id IN ({ids})" if ids else ""
    sql = f"""
        SELECT p.trip_id, {_MONEY} FROM payment p
        WHERE p.promised_on <= :as_of {some} GROUP BY p.trip_id
    """  # noqa: S608 - numbers
    return {
        trip: (received, own, failures, net)
        for trip, received, own, failures, net in engine.rows(session, sql, as_of=as_of.isoformat())
    }


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
    """The trips that were booked by a day and depart from one day to another; of all others those
    that moved money, so that none is missing: a payment, a refund, and of those that were cancelled
    or lost a fee and costs, too. What an offer would cost is no cost yet."""
    costs, moved = _costs(session, as_of), _moved(session, as_of)
    sql = f"""
        SELECT t.id, t.customer_id, {BOOKED}, t.departs_on, t.destination, t.kind, t.channel,
            t.advisor, t.inquired_on, t.booked_on, t.price,
            CASE t.status WHEN 'cancelled' THEN coalesce(t.fee, 0) ELSE 0 END,
            t.status IN ('cancelled', 'lost')
        FROM trip t
        WHERE (:first IS NULL OR t.departs_on >= :first)
            AND (:last IS NULL OR t.departs_on <= :last)
        ORDER BY t.id
    """  # noqa: S608 - a piece of SQL
    days = {"as_of": as_of, "first": first, "last": last}
    found = engine.rows(session, sql, **{k: v and v.isoformat() for k, v in days.items()})
    for trip, customer, live, departs, where, kind, channel, advisor, *rest in found:
        inquired, booked, price, fee, over = rest
        spent = costs.get(trip) if live or over else None
        money = _money(price if live else fee, spent, moved.get(trip))
        if not live and not (money.price or money.cost or money.moved or money.refunds):
            continue
        yield Sold(
            trip, customer, bool(live), _day(departs), where, kind, channel, advisor,
            _day(inquired), _day(booked), money,
        )  # fmt: skip


def _day(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None
