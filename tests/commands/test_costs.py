"""What trips cost and what they leave, at the command line."""

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
        builders.add_trip(session, 1, "2027-05-01", code="T1", price=1_000_000)
        builders.add_trip(session, 1, "2027-06-01", code="T2", price=10**12)
        builders.add_trip(session, 1, "2027-07-01", code="NOPRICE")
    return db


@pytest.fixture
def does(invoke: Invoke) -> Any:
    def run(line: str) -> str:
        done = invoke(*line.split())
        assert done.exit_code == 0, done.stderr
        return done.stdout

    return run


def margin(does: Any, trip: str = "T1") -> Any:
    [row] = json.loads(does(f"trips show {trip} -f json"), parse_float=str)
    listed = json.loads(does("trips list -f json"), parse_float=str)
    assert [one["margin"] for one in listed if one["code"] == trip] == [row["margin"]]
    return row["margin"]


def test_without_a_cost_nobody_knows_the_margin(does: Any) -> None:
    assert margin(does) is None
    does("trips cost NOPRICE 100")
    assert margin(does, "NOPRICE") is None


def test_a_trip_leaves_its_price_less_costs_plus_commission(does: Any) -> None:
    said = does("trips cost T1 6000 --supplier 云海地接 --what 地接 --commission 10%")
    assert said == ("T1 costs ¥6,000.00: line 1.\nOf ¥10,000.00 it leaves ¥4,600.00.\n")
    does("trips cost T1 1000.01 --commission 0.125 --due 2027-04-20 --paid 2026-11-19")
    assert margin(does) == "3724.99"  # 4600 - 1000.01 + 125.00125, to the fen: 125.00
    [first, second] = json.loads(does("trips costs T1 -f json"), parse_float=str)
    assert tuple(first) == (
        "line", "trip", "customer", "name", "supplier", "what", "amount", "commission", "earned",
        "noted_on", "due_on", "paid_on", "reverses",
    )  # fmt: skip
    assert (first["commission"], first["earned"]) == ("0.1", "600.00")
    assert (second["commission"], second["earned"]) == ("0.125", "125.00")
    assert (second["due_on"], second["paid_on"]) == ("2027-04-20", "2026-11-19")


def test_a_line_is_taken_back_once_by_one_of_the_other_sign(does: Any, invoke: Invoke) -> None:
    for _ in range(2):  # two equal lines are two costs
        does("trips cost T1 0.05 --supplier A --commission 10%")
    does("trips cost T1 --reverse 1")
    does("trips cost T1 --reverse 2")
    lines = json.loads(does("trips costs T1 -f json"))
    assert [one["reverses"] for one in lines] == [None, None, 1, 2]
    again = invoke("trips", "cost", "T1", "--reverse", "1")
    assert again.exit_code == 1 and "Line 1 was taken back already." in again.stderr
    itself = invoke("trips", "cost", "T1", "--reverse", "3")
    assert itself.exit_code == 1 and "Line 3 takes a cost back itself." in itself.stderr
    lines = json.loads(does("trips costs T1 -f json"), parse_float=str)
    assert [one["amount"] for one in lines] == ["0.05", "0.05", "-0.05", "-0.05"]
    assert [one["earned"] for one in lines] == ["0.01", "0.01", "-0.01", "-0.01"]
    assert margin(does) == "10000.00"
    assert json.loads(does("trips costs --unpaid -f json")) == []


def test_a_supplier_is_paid_once(does: Any, invoke: Invoke) -> None:
    does("trips cost T1 300 --supplier A")
    assert "is paid" in does("trips cost T1 --pay 1")
    assert "was paid already" in does("trips cost T1 --pay 1")
    assert json.loads(does("trips costs --unpaid -f json")) == []
    does("trips cost T1 --reverse 1")
    back = json.loads(does("trips costs T1 -f json"))[1]
    assert (back["amount"], back["paid_on"]) == (-300, "2026-11-20")  # it came back
    other = invoke("trips", "cost", "T2", "--pay", "1")
    assert other.exit_code == 3


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("0", 1, "above zero"),
        ("5 --commission 10", 2, "in percent"),
        ("5 --commission 101%", 2, "100% at most"),
        ("5 --commission 1.23456%", 2, "too many decimals"),
        ("5 --reverse 1", 2, "does not go with"),
        ("--supplier A", 2, "how much"),
        ("--reverse 1 --supplier A", 2, "does not go with"),
        ("10000000000.01", 2, "too large"),
        ("--reverse 9", 3, "no cost line 9"),
        ("5 --on 2026-11-21", 1, "lies ahead"),
    ],
)
def test_a_cost_that_cannot_be_is_refused(
    invoke: Invoke, does: Any, words: str, code: int, said: str
) -> None:
    done = invoke("trips", "cost", "T1", *words.split())
    assert (done.exit_code, said in done.stderr) == (code, True), done.stderr
    assert json.loads(does("trips costs -f json")) == []


def test_the_largest_amounts_are_exact_to_the_fen(does: Any) -> None:
    does("trips cost T2 9999999999.99 --commission 99.99%")
    does("trips cost T2 10000000000 --commission 99.99%")
    # 10^12 - (10^12 - 1) - 10^12 fen, and 99.99 % of each cost: 999899999999 and 999900000000
    assert margin(does, "T2") == "9998000000.00"


def test_refunds_lower_the_margin_but_not_what_was_paid_too_much(does: Any, db: Path) -> None:
    does("trips cost T1 6000")
    does("payments add T1 10500 --on 2026-11-01")
    does("payments add T1 500 --kind refund")
    assert margin(does) == "4000.00"  # it was too much
    does("payments add T1 300 --kind refund")
    assert margin(does) == "3700.00"
    does("payments reverse P0000003 --reason 打错")
    assert margin(does) == "4000.00"
    with builders.writing(db) as session:
        from tourcrm.bookings import payments
        from tourcrm.models import Trip

        payments.promise_refund(
            session, lambda: 1, session.get_one(Trip, 1), 10_000, reason="service_failure",
            day=date(2026, 11, 20),
        )  # fmt: skip
    assert margin(does) == "3900.00"


def test_a_table_of_eighty_cells_has_the_margin_only_where_it_is_asked_for(does: Any) -> None:
    does("trips cost T1 6000")
    assert "4,000.00" not in does("trips list")
    assert "4,000.00" in does("trips list --margin")
    assert "4,000.00" in does("trips show T1")
