"""What a trip brings: each line is a trip, the lines of its money, and what is told of it."""

from dataclasses import astuple
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests import builders
from tests.builders import TODAY
from tourcrm.bookings import margins
from tourcrm.db import engine
from tourcrm.models import Payment, TripCost

NOW, LATER = TODAY, TODAY + timedelta(1)
BOOKED: dict[str, Any] = {"status": "booked", "price": 1000}
UNPRICED: dict[str, Any] = {"status": "booked"}
QUOTED: dict[str, Any] = {"status": "quoted", "price": 1000}
LOST: dict[str, Any] = {"status": "lost", "price": 1000, "lost_on": NOW}
CANCELLED: dict[str, Any] = {"status": "cancelled", "price": 1000, "cancelled_on": NOW, "fee": 200}
FREE: dict[str, Any] = {"status": "cancelled", "price": 1000, "cancelled_on": NOW}

Line = tuple[
    str, int, date, date | None
]  # kind, amount, promised, paid; "failure": a refund for it
Told = tuple[int | None, int | None, int, int, int]  # price, cost, commission, refunds, moved


def paid(amount: int, day: date = NOW) -> Line:
    return "balance", amount, day, day


def back(amount: int, kind: str = "refund", promised: date = NOW, given: date | None = NOW) -> Line:
    return kind, -amount, promised, given


@pytest.mark.parametrize(
    ("trip", "lines", "spent", "told"),
    [
        (BOOKED, [], None, (1000, None, 0, 0, 0)),
        (BOOKED, [], (NOW, 700), (1000, 700, 70, 0, 0)),
        (BOOKED, [], (LATER, 700), (1000, None, 0, 0, 0)),
        (BOOKED, [paid(1000)], None, (1000, None, 0, 0, 1000)),
        (BOOKED, [paid(1000, LATER)], None, (1000, None, 0, 0, 0)),
        (BOOKED, [paid(1000), back(300)], None, (1000, None, 0, 300, 700)),
        (BOOKED, [paid(1000), back(300, given=None)], None, (1000, None, 0, 300, 1000)),
        (BOOKED, [paid(1000), back(300, promised=LATER)], None, (1000, None, 0, 0, 1000)),
        # Money that was paid beyond the price, and goes back, is no loss; what goes back for a
        # failure always is.
        (BOOKED, [paid(1300), back(300)], None, (1000, None, 0, 0, 1000)),
        (BOOKED, [paid(1300), back(400)], None, (1000, None, 0, 100, 900)),
        (BOOKED, [paid(1300), back(300, "failure")], None, (1000, None, 0, 300, 1000)),
        (BOOKED, [("balance", 1300, NOW, LATER), back(300)], None, (1000, None, 0, 300, -300)),
        (BOOKED, [paid(900), back(300)], None, (1000, None, 0, 300, 600)),
        # Without a price nobody knows what was paid too much.
        (UNPRICED, [paid(1000), back(300)], None, (None, None, 0, 300, 700)),
        (CANCELLED, [], None, (200, None, 0, 0, 0)),
        (CANCELLED, [paid(1000), back(800)], (NOW, 100), (200, 100, 10, 0, 200)),
        (FREE, [], None, None),
        (FREE, [], (NOW, 100), (0, 100, 10, 0, 0)),
        (FREE, [back(50, "failure", given=None)], None, (0, None, 0, 50, 0)),
        (LOST, [], (NOW, 100), (0, 100, 10, 0, 0)),
        (LOST, [], None, None),
        # What an offer would cost is no cost yet, and its price no sale.
        (QUOTED, [], (NOW, 100), None),
        (QUOTED, [paid(100)], (NOW, 100), (0, None, 0, 0, 100)),
    ],
)
def test_what_a_trip_brings(
    tmp_path: Path,
    trip: dict[str, Any],
    lines: list[Line],
    spent: tuple[date, int] | None,
    told: Told | None,
) -> None:
    path = builders.agency(tmp_path)
    with builders.writing(path) as session:
        number = builders.add_trip(session, builders.add_customer(session), NOW, **trip)
        for place, (kind, amount, promised_on, paid_on) in enumerate(lines):
            reason = "service_failure" if kind == "failure" else None
            session.add(
                Payment(
                    code=f"P{place}",
                    trip_id=number,
                    kind="refund" if reason else kind,
                    reason=reason,
                    amount=amount,
                    promised_on=promised_on,
                    paid_on=paid_on,
                    operation_id=1,
                )
            )
        if spent is not None:
            noted_on, amount = spent
            session.add(
                TripCost(
                    trip_id=number, amount=amount, commission=0.1, noted_on=noted_on, operation_id=1
                )
            )
    with engine.reading(path) as session:
        found = [astuple(one.money) for one in margins.sold(session, NOW)]
    assert found == ([] if told is None else [told])
