"""What customers truly bring, and who pays late."""

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
        builders.add_customer(session, name="王芳", phone="+8613812345678")
        builders.add_customer(session, name="甲公司", kind="company", credit_limit=1_000_000)
        day = date(2026, 1, 1)
        builders.add_trip(session, 1, "2026-02-01", code="A", price=900_000, booked_on=day)
        builders.add_trip(session, 2, "2026-02-01", code="B", price=1_000_000, booked_on=day)
    return db


@pytest.fixture
def does(invoke: Invoke) -> Any:
    def run(line: str) -> str:
        done = invoke(*line.split())
        assert done.exit_code == 0, done.stderr
        return done.stdout

    return run


def words(line: str) -> list[str]:
    return line.split()


def value(does: Any) -> list[tuple[Any, ...]]:
    rows = json.loads(does("segments value -f json"))
    assert all(
        tuple(row)
        == (
            "customer", "name", "revenue", "margin", "value", "days_to_pay", "rank_revenue",
            "rank_value",
        )
        for row in rows
    )  # fmt: skip
    return [tuple(row.values())[1:] for row in rows]


def test_whoever_pays_late_brings_less(does: Any, db: Path) -> None:
    with builders.writing(db) as session:  # before the months that count
        builders.add_trip(session, 1, "2020-02-01", price=100_000, booked_on=date(2020, 1, 1))
    does("trips cost A 6000")
    does("trips cost B 7000")
    does("payments add A 9000 --on 2026-01-02")
    does("payments add B 10000 --on 2026-05-09")  # 97 days after the departure
    # 10,000 for 97 of 365 days at 6 %: 159.45
    assert value(does) == [
        ("王芳", 9000.0, 3000.0, 3000.0, 0, 2, 1),
        ("甲公司", 10000.0, 3000.0, 2840.55, 97, 1, 2),
    ]
    said = does("segments value")
    assert "甲公司: by sales no. 1, by value no. 2: pays after 97 days." in said
    does("settings interest_percent 0")
    assert value(does)[0][0] == "甲公司"  # equal value: by sales then


def test_money_that_never_came_costs_up_to_the_day_that_is_asked_for(does: Any) -> None:
    does("payments add B 5000 --on 2026-01-02")
    [company] = [row for row in value(does) if row[0] == "甲公司"]
    assert company[4] == 146  # 292 days for half of it
    assert company[3] == 10000 - 240  # 5,000 for 292 of 365 days at 6 %
    assert company[2] is None


def test_what_was_refunded_was_not_brought(does: Any) -> None:
    does("trips cost A 6000")
    does("payments add A 9000 --on 2026-01-02")
    does("payments add A 300 --kind refund")
    [row] = [row for row in value(does) if row[0] == "王芳"]
    assert row[2] == 2700


def test_without_costs_others_stand_for_the_margin(does: Any) -> None:
    does("trips cost A 6000")
    assert value(does) == [
        ("甲公司", 10000.0, None, 3333.33, None, 1, 1),
        ("王芳", 9000.0, 3000.0, 3000.0, None, 2, 2),
    ]
    assert "Trips without a known cost: 1. 33% of their price" in does("segments value").replace(
        "\n", " "
    )


def test_a_late_payer_is_named_when_he_books(does: Any, invoke: Invoke) -> None:
    does("payments add B 10000 --on 2026-05-09")
    done = invoke(*words("trips add C000002 --destination X --departs 2027-06-01 --price 100"))
    # 3,000 were due on Jan 1 (128 days), 7,000 on Jan 18 (111 days)
    assert "甲公司 pays 116 days late on average: ask for prepayment." in done.stderr
    other = invoke(*words("trips add C000001 --destination X --departs 2027-06-01 --price 100"))
    assert "late on average" not in other.stderr
    quoted = invoke(
        *words("trips add C000002 --destination Y --departs 2027-07-01 --status quoted --code Q")
    )
    assert "late on average" not in quoted.stderr
    assert "late on average" in invoke("trips", "book", "Q").stderr
    assert "late on average" not in invoke("trips", "book", "Q").stderr  # nothing was booked


def test_days_of_credit_are_not_late(does: Any, invoke: Invoke) -> None:
    does("customers edit C000002 --credit-days 120")
    does("payments add B 10000 --on 2026-05-09")  # due on May 1
    done = invoke(*words("trips add C000002 --destination X --departs 2027-06-01 --price 100"))
    assert "late on average" not in done.stderr


def test_a_credit_limit_is_warned_about_where_it_is_passed(does: Any, invoke: Invoke) -> None:
    does("payments add B 4000 --on 2026-01-02")
    line = "trips add C000002 --destination X --departs 2027-06-01 --price {}"
    assert "credit limit" not in invoke(*line.format(4000).split()).stderr
    done = invoke(*line.format("4000.01 --code Z").split())
    assert (
        "甲公司 owes 10000.01 with this trip, beyond the credit limit of 10000.00." in done.stderr
    )
    does("trips cancel Z")
    assert "credit limit" in invoke("trips", "book", "Z").stderr
    does("payments add Z 0.01")
    does("trips cancel Z")
    assert "credit limit" not in invoke("trips", "book", "Z").stderr


def test_a_refund_has_a_verb_of_its_own(does: Any, invoke: Invoke) -> None:
    does("payments add A 9000 --on 2026-01-02")
    assert "refund of ¥500.00 for A" in does("payments refund A 500 --method 微信")
    [line, _paid] = json.loads(does("payments list --trip A -f json"))
    assert (line["kind"], line["amount"], line["method"]) == ("refund", -500, "微信")
    assert invoke("payments", "refund", "A", "8500.01").exit_code == 1
    assert invoke("payments", "refund", "A", "1", "--kind", "deposit").exit_code == 2


def test_payments_are_exported_as_they_stand(does: Any) -> None:
    does("payments add A 9000 --on 2026-01-02 --method 微信")
    does("payments reverse P0000001 --reason 打错")
    first, second = json.loads(does("payments export -f json"))
    assert (first["code"], first["state"], first["reversed_on"]) == (
        "P0000001", "reversed", "2026-11-20",
    )  # fmt: skip
    assert (second["kind"], second["amount"], second["reverses"]) == ("reversal", -9000, "P0000001")
    assert does("payments export").splitlines()[0].startswith("code,trip,customer,name")
