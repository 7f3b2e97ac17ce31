"""What it costs to cancel a trip: a ladder of days before the departure, and shares of the price.

`30:5,14:20,0:90`: from 30 days before the departure on 5 % of the price, from 14 days on 20 %, on
the day itself and after it 90 %; before that nothing. Only what has payments or a plan costs
anything, since of other trips nobody knows what was paid.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from tourcrm.bookings import payments, plans, stages, trips
from tourcrm.bookings.trips import Stored
from tourcrm.db import engine
from tourcrm.db.codes import Number
from tourcrm.models import Trip

Ladder = Sequence[tuple[int, int]]  # days before the departure, per cent; the most days first


@dataclass(frozen=True, slots=True)
class Quote:
    """What cancelling on a day costs, in fen. share: per cent. paid: of the customer's money; back:
    what is to be promised of it; owed: what of the fee is not paid yet."""

    trip: str
    on: date
    days: int
    share: int
    price: int
    fee: int
    paid: int
    back: int
    owed: int


def share_of(ladder: Ladder, days: int) -> int:
    """Per cent of the price, so many days before the departure (below 0: after it)."""
    reached = [share for step, share in ladder if days <= step]
    return reached[-1] if reached else 0


def quote(session: Session, row: Trip, on: date, ladder: Ladder) -> Quote | None:
    """What it costs to cancel a trip on a day; None where nothing is said of that: no ladder, no
    booking, no price, no day of departure, or neither payments nor a plan."""
    if not ladder or row.status != "booked" or row.price is None or row.departs_on is None:
        return None
    if not _money_known(session, row):
        return None
    days = (row.departs_on - on).days
    share = share_of(ladder, days)
    fee = (row.price * share + 50) // 100
    paid = payments.paid(session, row)
    promised = payments.promised(session, row)
    return Quote(
        trip=row.code,
        on=on,
        days=days,
        share=share,
        price=row.price,
        fee=fee,
        paid=paid,
        back=max(0, paid - fee - promised),
        owed=max(0, fee - paid),
    )


def _money_known(session: Session, row: Trip) -> bool:
    sql = "SELECT 1 FROM payment WHERE trip_id = :trip AND kind IN ('deposit', 'balance') LIMIT 1"
    return bool(engine.rows(session, sql, trip=row.id) or plans.of_trip(session, row))


def cancel(
    session: Session,
    number: Number,
    row: Trip,
    on: date,
    today: date,
    ladder: Ladder,
    reason: str | None = None,
) -> tuple[Stored, Quote | None]:
    """Cancel a trip on a day: its fee is stored, and what was paid beyond that is promised back.
    Raises Refused as `stages.cancel` does."""
    costs = quote(session, row, on, ladder)
    stored = stages.cancel(session, number, row, on, today, reason)
    if costs is not None:
        trips.changed(session, number, row, {"fee": costs.fee})
        if costs.back:
            payments.promise_refund(session, number, row, costs.back, reason="customer", day=on)
    return stored, costs
