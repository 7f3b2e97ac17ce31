"""What sales bring, at the command line."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests import builders
from tests.conftest import Invoke


@pytest.fixture(autouse=True)
def agency(db: Path) -> Path:
    builders.agency(db, today="2026-11-20", time_zone="Asia/Shanghai", cancellation_fees="30:20")
    with builders.writing(db) as session:
        builders.add_customer(session, name="王芳", phone="+8613812345678")
        builders.add_customer(session, name="李明")
        more = {"channel": "微信", "advisor": "李娜"}
        builders.add_trip(
            session, 1, "2026-05-01", code="A", price=1_000_000, destination="云南",
            inquired_on=date(2026, 3, 1), booked_on=date(2026, 3, 11), **more,
        )  # fmt: skip
        builders.add_trip(
            session, 1, "2026-06-01", code="B", price=500_000, destination="北疆", kind="custom",
            inquired_on=date(2026, 5, 1), booked_on=date(2026, 5, 5), **more,
        )  # fmt: skip
        builders.add_trip(
            session, 2, "2026-12-15", code="C", price=800_000, destination="云南",
            booked_on=date(2026, 11, 1),
        )  # fmt: skip
        builders.add_trip(session, 2, "2026-12-20", code="D", status="quoted", price=900_000)
    return db


@pytest.fixture
def does(invoke: Invoke) -> Any:
    def run(line: str) -> str:
        done = invoke(*line.split())
        assert done.exit_code == 0, done.stderr
        return done.stdout

    return run


def told(does: Any, words: str) -> Any:
    return json.loads(does(f"stats {words} -f json"))


def test_sales_by_month_of_departure(does: Any) -> None:
    does("trips cost A 6000 --supplier 云海 --commission 10%")
    does("trips cost A 2000 --supplier 车队")
    does("trips cost B 5500 --supplier 云海")
    does("payments add A 10000 --on 2026-03-11")
    does("payments add A 300 --kind refund")
    rows = told(does, "finance")
    assert tuple(rows[0]) == (
        "period", "trips", "revenue", "cost", "commission", "refunds", "margin", "received",
    )  # fmt: skip
    assert [tuple(row.values()) for row in rows] == [
        ("2026-05", 1, 10000, 8000, 600, 300, 2300, 9700),
        ("2026-06", 1, 5000, 5500, 0, 0, -500, 0),
        ("2026-12", 1, 8000, 0, 0, 0, None, 0),
    ]
    assert [row["period"] for row in told(does, "finance --from 2026-06-01 --to 2026-06-30")] == [
        "2026-06"
    ]
    assert [row["period"] for row in told(does, "finance --as-of 2026-04-01")] == ["2026-05"]


def test_however_it_is_cut_the_sums_are_the_same(does: Any) -> None:
    does("trips cost A 60.01 --supplier 云海 --commission 10%")
    does("trips cost A 20 --supplier 车队")
    does("trips cost B 55 --supplier 云海")
    does("payments add A 10000 --on 2026-03-11")
    does("payments add A 300.07 --kind refund")
    keys = ("revenue", "cost", "commission", "refunds", "received")
    sums = {
        by: [round(sum(row[key] * 100 for row in told(does, f"finance --by {by}"))) for key in keys]
        for by in ("month", "destination", "kind", "supplier")
    }
    assert set(map(tuple, sums.values())) == {(2_300_000, 13501, 600, 30007, 969_993)}
    suppliers = told(does, "finance --by supplier")
    assert [(row["supplier"], row["trips"]) for row in suppliers] == [
        ("云海", 2), ("车队", 1), (None, 1),
    ]  # fmt: skip
    assert [row["margin"] is None for row in suppliers] == [False, False, True]


@pytest.mark.parametrize("by", ["month", "destination", "kind", "supplier"])
def test_however_it_is_cut_it_says_of_how_many_something_is_missing(
    db: Path, does: Any, invoke: Invoke, by: str
) -> None:
    with builders.writing(db) as session:
        for row in (
            {"code": "E"},  # neither price nor cost
            {"code": "F", "price": 1, "status": "cancelled", "cancelled_on": date(2026, 6, 2)},
        ):
            builders.add_trip(session, 2, "2026-06-15", booked_on=date(2026, 6, 1), **row)
    does("trips cost A 60 --supplier 云海")
    does("trips cost A 20 --supplier 车队")
    # With several suppliers a trip counts with each.
    trips, known = (5, 2) if by == "supplier" else (4, 1)
    done = invoke("stats", "finance", "--by", by, "-f", "json")
    assert sum(row["trips"] for row in json.loads(done.stdout)) == trips
    assert f"Of {trips - known} trips no cost is known" in done.stderr
    assert "1 trip has no price." in done.stderr


def test_a_cancelled_trip_brings_its_fee(does: Any) -> None:
    does("trips cost C 100 --supplier 云海")
    does("payments add C 8000")
    does("trips cancel C")
    [row] = told(does, "finance --from 2026-12-01")
    assert (row["trips"], row["revenue"], row["refunds"], row["margin"]) == (0, 1600, 0, 1500)


def test_where_sales_came_from(does: Any) -> None:
    does("trips cost A 6000")
    assert told(does, "channels") == [
        {
            "channel": "微信", "customers": 1, "trips": 2, "revenue": 15000.0, "margin": 9000.0,
            "repeat_rate": 1.0, "decision_days": 7.0,
        },
        {
            "channel": None, "customers": 1, "trips": 1, "revenue": 8000.0, "margin": None,
            "repeat_rate": 0.0, "decision_days": None,
        },
    ]  # fmt: skip
    assert [row["advisor"] for row in told(does, "advisors")] == ["李娜", None]
    places = told(does, "destinations")
    assert [(row["destination"], row["customers"]) for row in places] == [("云南", 2), ("北疆", 1)]
    assert places[0]["repeat_rate"] == 0.5


def test_who_came_again_booked_for_another_day_by_whatever_way(does: Any, db: Path) -> None:
    def trip(who: int, day: str | None, status: str = "booked", channel: str = "电话") -> None:
        builders.add_trip(session, who, day, status=status, channel=channel, price=100)

    with builders.writing(db) as session:
        twice_a_day, no_day, asked, other_way = (builders.add_customer(session) for _ in range(4))
        for who, first, second in (
            (twice_a_day, ("2026-07-01",), ("2026-07-01",)),
            (no_day, (None,), (None,)),
            (asked, ("2026-07-01",), ("2026-08-01", "quoted")),
            (other_way, ("2026-07-01",), ("2025-08-01", "booked", "微信")),
        ):
            trip(who, *first)
            trip(who, *second)
    [row] = [row for row in told(does, "channels") if row["channel"] == "电话"]
    assert (row["customers"], row["trips"], row["repeat_rate"]) == (4, 6, 0.25)
    [row] = [
        row for row in told(does, "channels --from 2026-01-01") if row["channel"] == "电话"
    ]  # two trips have no day, so that nobody knows whether they are of this year
    assert (row["customers"], row["trips"]) == (3, 4)
    assert row["repeat_rate"] == pytest.approx(1 / 3)


def test_of_equal_sales_the_names_decide(does: Any, db: Path) -> None:
    with builders.writing(db) as session:
        for advisor in ("Wu", "Li", None, "Ma"):
            builders.add_trip(session, 1, "2026-07-01", price=100, advisor=advisor)
    found = [row["advisor"] for row in told(does, "advisors --from 2026-07-01 --to 2026-07-31")]
    assert found == ["Li", "Ma", "Wu", None]


def test_money_to_come_by_week_and_when_it_runs_dry(does: Any, invoke: Invoke) -> None:
    does("payments plan C --deposit 2000 --deposit-by 2026-11-25 --balance-by 2026-12-01")
    does("trips cost C 5000 --due 2026-11-26 --commission 10%")
    does("trips cost A 100 --due 2026-05-01")  # late: it goes out at once
    done = invoke("stats", "finance", "--ahead", "--weeks", "3", "-f", "json")
    rows = [tuple(row.values()) for row in json.loads(done.stdout)]
    assert rows == [
        ("2026-11-16", 0, 100, -100, -100),
        ("2026-11-23", 2000, 4500, -2500, -2600),
        ("2026-11-30", 6000, 0, 6000, 3400),
    ]
    assert "From the week of 2026-11-16 on more goes out than there is: -¥100.00." in done.stderr
    enough = invoke("stats", "finance", "--ahead", "--cash", "2600", "-f", "json")
    assert "goes out" not in enough.stderr
    does("payments add C 2500")  # more than the deposit: the rest of it is paid of the balance
    late = invoke("stats", "finance", "--ahead", "--as-of", "2026-12-02", "-f", "json")
    assert "¥5,500.00 is overdue" in late.stderr


def test_nothing_sold_is_nothing_shown(does: Any) -> None:
    assert told(does, "finance --from 2030-01-01") == []
    assert told(does, "channels --to 2000-01-01") == []
    assert "Nothing to show" in does("stats finance --from 2030-01-01")
