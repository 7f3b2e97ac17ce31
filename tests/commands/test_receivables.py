"""Money that customers pay and still owe, at the command line."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests import builders
from tests.conftest import Invoke


@pytest.fixture(autouse=True)
def agency(db: Path) -> Path:
    builders.agency(db, today="2026-11-20", time_zone="Asia/Shanghai")
    with builders.writing(db) as session:
        builders.add_customer(session, name="王芳", phone="+8613812345678", owner="李娜")
        builders.add_customer(session, name="甲公司", kind="company", credit_days=30)
        day = {"booked_on": date(2026, 11, 1), "price": 1_000_000}
        builders.add_trip(session, 1, "2027-05-01", code="T1", **day)
        builders.add_trip(session, 2, "2027-05-01", code="T2", **day)
        builders.add_trip(session, 1, "2026-11-10", code="OLD", price=500_000)
    return db


@pytest.fixture
def does(invoke: Invoke) -> Any:
    def run(line: str) -> str:
        done = invoke(*line.split())
        assert done.exit_code == 0, done.stderr
        return done.stdout

    return run


def due(does: Any, words: str = "") -> dict[str, dict[str, Any]]:
    return {row["trip"]: row for row in json.loads(does(f"payments due -f json {words}"))}


def test_history_without_a_payment_or_a_plan_owes_nothing(does: Any) -> None:
    assert due(does) == {}


def test_what_is_owed_stands_with_its_day_and_age(does: Any) -> None:
    assert "¥7,000.00 is left" in does("payments add T1 3000 --kind deposit --method 微信")
    row = due(does)["T1"]
    promised = ("customer", "name", "departs_on", "price", "paid", "balance", "due_on")
    assert tuple(row[key] for key in promised) == (
        "C000001", "王芳", "2027-05-01", 10000.00, 3000.00, 7000.00, "2027-04-17",
    )  # fmt: skip
    assert (row["days_overdue"], row["bucket"]) == (0, "not_due")


@pytest.mark.parametrize(
    ("as_of", "days", "bucket"),
    [
        ("2027-04-16", 0, "not_due"),
        ("2027-04-17", 0, "0-30"),
        ("2027-05-17", 30, "0-30"),
        ("2027-05-18", 31, "31-60"),
        ("2027-06-16", 60, "31-60"),
        ("2027-06-17", 61, "61-90"),
        ("2027-07-16", 90, "61-90"),
        ("2027-07-17", 91, "over_90"),
    ],
)
def test_a_debt_grows_old(does: Any, as_of: str, days: int, bucket: str) -> None:
    does("payments add T1 3000")
    row = due(does, f"--as-of {as_of}")["T1"]
    assert (row["days_overdue"], row["bucket"]) == (days, bucket)


def test_a_company_pays_within_its_days_of_credit(does: Any) -> None:
    does("payments add T2 100")
    assert due(does)["T2"]["due_on"] == "2026-12-01"


def test_a_plan_of_its_own_goes_first(does: Any) -> None:
    does("payments plan T1 --deposit 2000 --deposit-by 2026-11-10 --balance-by 2027-01-15")
    row = due(does)["T1"]
    assert (row["due_on"], row["overdue"], row["days_overdue"]) == ("2026-11-10", 2000.00, 10)
    does("payments add T1 2000")
    row = due(does)["T1"]
    assert (row["due_on"], row["overdue"]) == ("2027-01-15", 0.00)
    does("payments add T1 8000")
    assert due(does) == {}
    does("trips edit T1 --price 12000")
    assert due(does)["T1"]["balance"] == 2000.00


def test_a_reversal_takes_a_payment_back(does: Any) -> None:
    does("payments add T1 3000")
    does("payments add T1 7000")
    assert due(does) == {}
    does("payments reverse P0000002 --reason 记错")
    assert due(does)["T1"]["balance"] == 7000.00


def test_money_goes_back_for_the_customers_reasons_and_no_more_than_there_is(
    does: Any, invoke: Invoke
) -> None:
    does("payments add T1 3000")
    refused = invoke("payments", "add", "T1", "3001", "--kind", "refund")
    assert refused.exit_code == 1
    assert "3000.00 of the customer's money" in refused.stderr
    does("payments add T1 1000 --kind refund")
    assert due(does)["T1"]["paid"] == 2000.00


def test_what_was_given_for_a_failure_is_not_owed(does: Any, invoke: Invoke) -> None:
    does("payments add OLD 5000")
    does("complaints open 王芳 房间有霉味 --trip OLD")
    does("complaints respond K00001 已换房")
    does("complaints attribute K00001 service_failure")
    does("complaints compensate K00001")
    [line] = json.loads(does("payments list --promised -f json"))
    does(f"payments pay {line['code']}")
    assert due(does) == {}


def test_a_trip_that_was_cancelled_owes_no_more(does: Any) -> None:
    does("payments add T1 3000")
    does("trips cancel T1")
    assert due(does) == {}


def test_as_of_a_day_later_payments_do_not_count(does: Any) -> None:
    does("payments add T1 3000 --on 2026-11-01")
    does("payments add T1 7000 --on 2026-11-19")
    assert due(does, "--as-of 2026-11-18")["T1"]["balance"] == 7000.00
    assert due(does) == {}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("payments add T1 0", 1),
        ("payments add T1 x", 2),
        ("payments add T9 100", 3),
        ("payments add T1 100 --on 2026-12-01", 1),
        ("payments add T1 100 --kind reversal", 2),
        ("payments plan T1 --deposit 20000", 1),
    ],
)
def test_a_payment_that_cannot_be_is_refused(
    does: Any, invoke: Invoke, words: str, code: int
) -> None:
    assert invoke(*words.split()).exit_code == code
    assert json.loads(does("payments list -f json")) == []


def test_the_ages_are_added_up_under_the_table(invoke: Invoke, does: Any) -> None:
    does("payments add T1 3000")
    said = invoke("payments", "due", lang="zh").stdout
    assert "合计 ¥7,000.00：未到期 ¥7,000.00" in said
    assert "138****5678" in does("payments due -f csv")
    assert "+8613812345678" in does("payments due -f csv --reveal")
