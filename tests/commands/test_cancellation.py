"""What it costs to cancel, at the command line."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests import builders
from tests.conftest import Invoke
from tourcrm.bookings.cancellation import share_of
from tourcrm.db.setting import parse_ladder

LADDER = "30:5,14:20,7:50,3:70,0:90"


@pytest.fixture(autouse=True)
def agency(db: Path) -> Path:
    builders.agency(db, today="2026-11-20", time_zone="Asia/Shanghai", cancellation_fees=LADDER)
    with builders.writing(db) as session:
        builders.add_customer(session, name="王芳", phone="+8613812345678")
        builders.add_trip(session, 1, "2026-12-10", code="T1", price=999_999)
        builders.add_trip(session, 1, "2026-12-10", code="OLD", price=999_999)
    return db


@pytest.fixture
def does(invoke: Invoke) -> Any:
    def run(line: str) -> str:
        done = invoke(*line.split())
        assert done.exit_code == 0, done.stderr
        return done.stdout

    return run


def trip(does: Any, code: str = "T1") -> dict[str, Any]:
    [row] = json.loads(does(f"trips show {code} -f json"))
    return dict(row)


@pytest.mark.parametrize(
    ("days", "share"),
    [
        (31, 0), (30, 5), (15, 5), (14, 20), (8, 20), (7, 50), (4, 50), (3, 70), (1, 70), (0, 90),
        (-1, 90), (1000, 0),
    ],
)  # fmt: skip
def test_the_ladder_goes_by_the_days_before_the_departure(days: int, share: int) -> None:
    assert share_of(parse_ladder(LADDER), days) == share


def test_an_empty_ladder_costs_nothing() -> None:
    assert share_of(parse_ladder(""), 0) == 0


def test_it_is_quoted_before_it_is_done(does: Any) -> None:
    does("payments add T1 5000")
    said = does("trips cancel T1 --quote --on 2026-11-19")
    assert said == (
        "21 days before the departure the fee is 5% of ¥9,999.99: ¥500.00.\n"
        "¥5,000.00 is paid; ¥4,500.00 goes back to the customer.\n"
    )
    [row] = json.loads(does("trips cancel T1 --quote --on 2026-11-19 -f json"))
    assert row == {
        "trip": "T1", "on": "2026-11-19", "days": 21, "share": 5, "price": 9999.99, "fee": 500.0,
        "paid": 5000.0, "back": 4500.0, "owed": 0.0,
    }  # fmt: skip
    assert trip(does)["status"] == "booked"
    assert json.loads(does("payments list --promised -f json")) == []


def test_cancelling_stores_the_fee_and_promises_the_rest_back(does: Any) -> None:
    does("payments add T1 5000")
    assert "¥4,500.00 goes back" in does("trips cancel T1")
    assert trip(does)["fee"] == 500
    [promise] = json.loads(does("payments list --promised -f json"))
    assert (promise["amount"], promise["reason"]) == (-4500, "customer")
    does(f"payments pay {promise['payment' if 'payment' in promise else 'code']}")
    assert json.loads(does("payments due -f json")) == []
    assert trip(does)["margin"] is None
    does("trips cost T1 100")
    assert trip(does)["margin"] == 400


def test_what_of_the_fee_is_not_paid_is_owed(does: Any) -> None:
    does("payments add T1 100")
    assert "owes ¥400.00" in does("trips cancel T1")
    [debt] = json.loads(does("payments due -f json"))
    assert (debt["price"], debt["balance"], debt["due_on"]) == (500, 400, "2026-11-20")
    assert json.loads(does("payments list --promised -f json")) == []


def test_booking_again_clears_the_fee_and_the_promise(does: Any) -> None:
    does("payments add T1 5000")
    for again in ("trips book T1", "trips edit T1 --status booked"):
        does("trips cancel T1")
        does(again)
        row = trip(does)
        assert (row["status"], row["fee"]) == ("booked", None), again
        assert json.loads(does("payments list --promised -f json")) == []
        [debt] = json.loads(does("payments due -f json"))
        assert debt["paid"] == 5000


def test_a_refund_that_was_paid_is_to_be_paid_again(does: Any, invoke: Invoke) -> None:
    does("payments add T1 5000")
    does("trips cancel T1")
    does("payments pay P0000002")
    done = invoke("trips", "book", "T1")
    assert "4500.00 went back to the customer already" in done.stderr
    [debt] = json.loads(does("payments due -f json"))
    assert debt["paid"] == 500


def test_what_was_promised_before_is_not_promised_twice(does: Any, db: Path) -> None:
    does("payments add T1 5000")
    with builders.writing(db) as session:
        from tourcrm.bookings import payments
        from tourcrm.models import Trip

        row = session.get_one(Trip, 1)
        payments.promise_refund(
            session, lambda: 1, row, 100_000, reason="customer", day=builders.TODAY
        )
    does("trips cancel T1")
    promised = json.loads(does("payments list --promised -f json"))
    assert sorted(one["amount"] for one in promised) == [-3500, -1000]


def test_history_costs_nothing(does: Any, invoke: Invoke) -> None:
    assert "costs nothing that is known" in does("trips cancel OLD --quote")
    assert json.loads(does("trips cancel OLD --quote -f json")) == []
    does("trips cancel OLD")
    assert trip(does, "OLD")["fee"] is None
    again = invoke("trips", "cancel", "OLD", "--quote")
    assert (again.exit_code, "cancelled already" in again.stderr) == (1, True)


def test_without_a_ladder_the_money_that_is_there_is_said(does: Any, invoke: Invoke) -> None:
    does("payments add T1 5000")
    invoke("settings", "cancellation_fees", "")
    done = invoke("trips", "cancel", "T1")
    assert "¥5,000.00 of the customer's money is there" in done.stderr
    assert trip(does)["fee"] is None
    assert json.loads(does("payments list --promised -f json")) == []


def test_a_plan_is_enough_for_a_fee(does: Any) -> None:
    does("payments plan T1")
    assert "owes ¥500.00" in does("trips cancel T1")


@pytest.mark.parametrize("ladder", ["30", "30:5,30:6", "30:50,0:10", "30:101", "a:b", "-1:5"])
def test_a_ladder_that_cannot_be_is_refused(invoke: Invoke, ladder: str) -> None:
    assert invoke("settings", "cancellation_fees", ladder).exit_code in (1, 2)


def test_a_ladder_is_taken_as_people_write_it(does: Any) -> None:
    does("settings cancellation_fees 0：90%，30：5%")
    assert "30:5,0:90" in does("settings cancellation_fees")
