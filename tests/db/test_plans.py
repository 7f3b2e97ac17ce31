"""What costs time at a million trips, seen in the query plans instead of on a clock."""

import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session
from typer.testing import CliRunner

from tests.builders import (
    NOW,
    TODAY,
    add_customer,
    add_special_date,
    add_trip,
    agency,
    usual_basis,
    writing,
)
from tests.contacts import (
    add_answer,
    add_complaint,
    add_interaction,
    add_step,
    add_task,
    moment,
)
from tests.importer import Shop
from tests.plans import assert_one_pass, scans_of_trip, told
from tourcrm import cli, followup
from tourcrm.agenda.rules import parser
from tourcrm.analysis import finance, population, referrals, trip_history
from tourcrm.db import engine, files, operations, setting
from tourcrm.models import Departure, Payment, Trip
from tourcrm.reports import morning

RULES = {one.id for one in parser.defaults()}


def list_what_is_due(session: Session) -> None:
    found = followup.due(session, setting.load(session), TODAY, "zh", everything=True)
    assert {item.rule.id for line in found.lines for item in line.items} == RULES - {"festival"}


def list_what_is_due_before_a_festival(session: Session) -> None:
    day = date(2026, 12, 30)
    found = followup.due(session, setting.load(session), day, "zh", everything=True)
    assert "festival" in {line.rule for line in found.lines}


def read_the_morning(session: Session) -> None:
    found = morning.build(session, setting.load(session), TODAY, NOW, "zh")
    assert found.departures
    assert found.returns
    assert found.birthdays


def build_the_population(session: Session) -> None:
    population.build(session, usual_basis(TODAY))


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An agency for which every rule has something to find; it is only read."""
    path = agency(tmp_path_factory.mktemp("plans"), today=TODAY.isoformat())
    with writing(path) as session:
        for number in range(30):
            customer = add_customer(session, name="王芳", marketing_consent="yes")
            add_special_date(session, customer, "birthday", 11, 1 + number)
            add_special_date(session, customer, "wedding", 11, 1 + number)
            for year in range(2020, 2026):
                add_trip(session, customer, f"{year}-03-{1 + number:02}", price=900_000)
        add_trip(session, add_customer(session), "2026-11-15", returns_on="2026-11-19")
        add_trip(session, add_customer(session), "2026-11-22", returns_on="2026-11-29")
        add_trip(session, add_customer(session), "2026-11-10", returns_on="2026-11-15")
        add_trip(session, add_customer(session), "2024-11-20")
        fond = add_customer(session)
        for year in (2023, 2024, 2025):
            add_trip(session, fond, f"{year}-01-10")
        drops = add_customer(session, kind="company")
        for day in ("2025-12-10", "2026-02-10", "2026-04-10"):
            add_trip(session, drops, day, price=1_000)
        for price in (1_700_000, 1) * 8:  # rising stars, and as many below the middle
            add_trip(session, add_customer(session), "2026-08-10", price=price)
        company = add_customer(session, kind="company")
        add_trip(session, company, "2026-05-10", booked_on="2026-05-01")
        friend = add_customer(session, referred_by_id=fond)
        add_trip(session, friend, "2026-12-20", booked_on="2026-11-18")
        best = add_customer(session)
        add_trip(session, best, "2026-01-10", price=90_000_000)
        add_interaction(session, best, "2026-03-01 10:00", personal=True)
        add_task(session, best, TODAY, TODAY)
        for who, nps in ((add_customer(session), 2), (add_customer(session), 10)):
            add_answer(session, who, date(2026, 11, 15), nps=nps, trip_id=1)
        at = moment("2026-11-12 09:00")
        add_complaint(session, add_customer(session), at, "K00001", trip_id=1)
        quoted = {"quoted_on": "2026-11-10", "status": "quoted"}
        add_trip(session, add_customer(session), "2026-12-20", **quoted)
        add_trip(session, best, "2026-11-24", code="OWES", price=900_000)
        owes = add_trip(session, best, "2027-01-24", price=900_000, booked_on="2026-11-01")
        late = add_customer(
            session, credit_days=3, credit_limit=0, passport_expires_on=date(2026, 12, 30)
        )
        operations.changed(session, 1, "customer", late, late, {"phone": "1"}, {"phone": "2"})
        trip = add_trip(
            session, late, "2027-01-24", price=900_000, booked_on="2026-11-01", abroad=True
        )
        soon = add_trip(session, late, "2026-11-24", price=900_000)
        for number, one in enumerate((owes, trip, soon)):
            paid: dict[str, Any] = {
                "kind": "deposit",
                "amount": 1,
                "promised_on": TODAY,
                "paid_on": TODAY,
            }
            session.add(Payment(code=f"P{number}", trip_id=one, operation_id=1, **paid))
        seats = Departure(
            code="D1", departs_on=date(2026, 12, 1), returns_on=date(2026, 12, 5), seats=3,
            operation_id=1,
        )  # fmt: skip
        session.add(seats)
        session.flush()
        waits = add_trip(session, add_customer(session), "2026-12-01", status="inquiry")
        there = session.get_one(Trip, waits)
        there.departure_id, there.queued_at = seats.id, moment("2026-11-12 09:00")
        gone: dict[str, Any] = {
            "status": "lost",
            "lost_on": date(2026, 10, 10),
            "lost_reason": "服务不好",
        }
        add_customer(session, **gone)
        over = add_complaint(session, add_customer(session), at, "K00002")
        for step in ("responded", "resolved", "closed"):
            add_step(session, over, step, at)
    return path


@pytest.mark.parametrize(
    "work",
    [build_the_population, list_what_is_due, list_what_is_due_before_a_festival, read_the_morning],
)
def test_all_trips_are_gone_through_once_and_in_an_index(
    work: Callable[[Session], None], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trip_history, "PIECE", 2)
    with engine.reading(file) as session:
        connection = engine.raw(session)
        with told(connection) as statements:
            work(session)
        assert_one_pass(connection, statements)


@pytest.mark.parametrize(
    ("statement", "steps"),
    [
        ("SELECT sum(price) FROM trip WHERE note = '靠窗'", ["SCAN trip"]),
        ("SELECT t.id FROM customer c JOIN trip t ON t.note = c.note WHERE c.id = 1", ["SCAN t"]),
        ("SELECT * FROM trip WHERE id = 1", []),
    ],
)
def test_a_scan_would_be_seen(statement: str, steps: list[str], file: Path) -> None:
    with engine.reading(file) as session:
        assert scans_of_trip(engine.raw(session), statement) == steps


@pytest.mark.parametrize(
    "ask",
    [
        lambda session: finance.finance(session, "month", TODAY),
        lambda session: finance.finance(session, "supplier", TODAY),
        lambda session: finance.sources(session, "channel", TODAY),
        lambda session: referrals.trees(session, TODAY),
    ],
    ids=["month", "supplier", "channel", "referrals"],
)
def test_sales_are_added_up_where_they_lie(
    ask: Callable[[Session], object], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row a month or a customer comes out of the file, not a row a trip."""
    most, rows = [0], engine.rows

    def counting(*asked: Any, **params: Any) -> list[Any]:
        found = rows(*asked, **params)
        most.append(len(found))
        return found

    monkeypatch.setattr(engine, "rows", counting)
    with engine.reading(file) as session:
        [(trips, customers)] = rows(
            session, "SELECT count(*), count(DISTINCT customer_id) FROM trip"
        )
        ask(session)
    assert 0 < max(most) <= customers < trips / 3


DAYS = [f"2025-{1 + number % 12:02}-10" for number in range(40)]
CUSTOMERS = [
    ["code", "name", "phone"],
    *([f"K{number}", f"客户{number}", f"1390000000{number}"] for number in range(9)),
]
TRIPS = [
    ["order_no", "customer", "departs_on", "days", "destination", "party_size", "price"],
    *([f"D{n}", f"K{n % 9}", day, "5", "云南", "2", f"{n}00"] for n, day in enumerate(DAYS)),
]
UNCODED = [row[1:] for row in TRIPS]
CONTACTS = [
    ["customer", "at", "summary"],
    *([f"K{number}", f"2026-05-0{number + 1} 10:00", "回访"] for number in range(9)),
]


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement of every connection that is opened."""
    seen: list[str] = []
    connect = files.connect

    def listening(path: Path) -> sqlite3.Connection:
        connection = connect(path)
        connection.set_trace_callback(seen.append)
        return connection

    monkeypatch.setattr(files, "connect", listening)
    return seen


def test_an_export_asks_no_more_for_many_rows_than_for_few(
    tmp_path: Path, statements: list[str]
) -> None:
    nouns = ("customers", "trips", "interactions", "surveys")
    asked: list[dict[str, int]] = []
    for rows in (2, 300):
        path = agency(tmp_path / f"{rows}.db", today=TODAY.isoformat())
        with writing(path) as session:
            for _ in range(rows):
                customer = add_customer(session)
                add_special_date(session, customer, "birthday", 5, 3)
                add_trip(session, customer, TODAY)
                add_answer(session, customer, TODAY)
                add_interaction(session, customer, "2026-11-20 09:30")
        asked.append({})
        for noun in nouns:
            statements.clear()
            done = CliRunner().invoke(cli.app, ["--db", str(path), noun, "export"])
            assert done.stdout.count("\n") == rows + 1, noun
            asked[-1][noun] = sum(one.startswith("SELECT") for one in statements)
            assert asked[-1][noun], "no statement was heard"
    assert asked[0] == asked[1]


@pytest.mark.parametrize(
    ("entity", "sheet"),
    [
        ("customers", CUSTOMERS),
        ("trips", TRIPS),
        ("trips", UNCODED),
        ("interactions", CONTACTS),
    ],
    ids=["customers", "trips", "trips-without-codes", "interactions"],
)
def test_the_same_file_again_writes_no_byte(
    entity: str, sheet: list[list[str]], tmp_path: Path
) -> None:
    shop = Shop.opened(tmp_path)
    shop.take("customers", CUSTOMERS)
    shop.take(entity, sheet)
    before = shop.db.read_bytes()
    said = shop.take(entity, sheet)
    assert (said["unchanged"], said["operation"]) == (len(sheet) - 1, None)
    assert shop.db.read_bytes() == before
    log = shop.db.with_name(shop.db.name + "-wal")
    assert not log.exists() or log.stat().st_size == 0


@pytest.mark.parametrize("sheet", [TRIPS, UNCODED], ids=["orders", "without-codes"])
def test_a_file_of_trips_that_comes_again_is_not_even_staged(
    sheet: list[list[str]], tmp_path: Path, statements: list[str]
) -> None:
    shop = Shop.opened(tmp_path)
    shop.take("customers", CUSTOMERS)
    shop.take("trips", sheet)
    staging = ("INSERT INTO incoming", "INSERT INTO temp.chunk")
    del statements[:]
    shop.take("trips", sheet)
    assert not any(one.startswith(staging) for one in statements)
    new = ["D99", "K1", "2025-01-01", "2", "三亚", "2", "100"]
    shop.take("trips", [*sheet, new[-len(sheet[0]) :]])
    assert any(one.startswith(staging) for one in statements)


def test_one_row_among_many_is_looked_up_by_its_customer_not_by_its_day(
    tmp_path: Path, statements: list[str]
) -> None:
    shop = Shop.opened(tmp_path)
    shop.take("customers", CUSTOMERS)
    shop.take("trips", UNCODED)
    del statements[:]
    shop.take("trips", [UNCODED[0], *reversed(UNCODED[1:])])
    asked = [one for one in statements if "ON t.customer_id = c.customer_id" in one]
    assert {"temp.chunk" in one for one in asked} == {True, False}
    assert all("trip t INDEXED BY trip_customer" in one for one in asked)
