"""Debts beyond a limit, and papers that change while a trip is ahead: told from that day on."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlmodel import Session

from tests.builders import NOW, TODAY, add_customer, add_trip, agency, writing
from tests.conftest import Invoke
from tourcrm import followup
from tourcrm.agenda.events import sales
from tourcrm.agenda.wording import Line
from tourcrm.db import engine, setting
from tourcrm.models import Installment, Payment, Traveller

DAY = timedelta(1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def pay(session: Session, trip: int, amount: int, day: str, kind: str = "deposit") -> None:
    on = date.fromisoformat(day)
    number = session.info["operation"]
    made = session.info.setdefault("paid", [0])
    made[0] += 1
    session.add(
        Payment(
            code=f"P{on:%m%d}{made[0]}{trip}", trip_id=trip, kind=kind, amount=amount,
            promised_on=on, paid_on=on, operation_id=number,
        )
    )  # fmt: skip
    session.flush()


def told(db: Path, rule: str, as_of: date = TODAY, **more: Any) -> list[Line]:
    with engine.reading(db) as session:
        found = followup.due(session, setting.load(session), as_of, "zh", **more)
        return [line for line in found.lines if rule in (line.rule, *(line.also or ()))]


def test_who_owes_more_than_the_limit_is_told_from_that_day_until_it_is_paid(
    db: Path, invoke: Invoke
) -> None:
    agency(db, language="zh")
    with writing(db) as session:
        firm = add_customer(session, name="宏图", kind="company", credit_limit=100_000)
        man = add_customer(session, name="小周", company_id=firm)
        other = add_customer(session, name="老吴", company_id=firm, credit_limit=0)
        free = add_customer(session, name="无额度")
        for who, booked, price in (
            (firm, "2026-10-01", 60_000),
            (man, "2026-11-10", 60_000),  # the two go beyond the limit
            (other, "2026-11-01", 10_000),
            (free, "2026-11-01", 900_000),
        ):
            trip = add_trip(session, who, "2027-12-24", booked_on=booked, price=price)
            pay(session, trip, 100, booked)
        old = add_trip(session, firm, "2025-01-10", booked_on="2024-12-01", price=5_000)
        pay(session, old, 100, "2024-12-01")
    assert [line.name for line in told(db, "over_limit", date(2026, 11, 9))] == ["老吴"]
    lines = {line.name: line for line in told(db, "over_limit")}
    assert set(lines) == {"宏图", "老吴"}
    firm_line = lines["宏图"]
    assert (firm_line.due_on, firm_line.priority) == (date(2026, 11, 10), 88)
    assert "1,247.00" in firm_line.reason  # 600 + 600 + 50 less 3
    assert "1,000.00" in firm_line.reason
    assert invoke("followups", "done", firm_line.id).exit_code == 0
    assert [line.name for line in told(db, "over_limit")] == ["老吴"]
    with writing(db) as session:
        pay(session, 2, 30_000, "2026-11-20", "balance")
        pay(session, 3, 9_900, "2026-11-20", "balance")
    assert told(db, "over_limit") == []
    with writing(db) as session:  # and once more, on another day: a new occurrence
        trip = add_trip(session, firm, "2027-01-24", booked_on="2026-11-21", price=90_000)
        pay(session, trip, 100, "2026-11-21")
    assert told(db, "over_limit") == []
    assert [line.name for line in told(db, "over_limit", TODAY + DAY)] == ["宏图"]


@pytest.mark.parametrize(("price", "over"), [(100_100, False), (100_101, True)])
def test_the_limit_itself_is_within_it(db: Path, price: int, over: bool) -> None:
    agency(db, language="zh")
    with writing(db) as session:
        firm = add_customer(session, name="宏图", kind="company", credit_limit=100_000)
        trip = add_trip(session, firm, "2027-12-24", booked_on="2026-11-10", price=price)
        pay(session, trip, 100, "2026-11-10")
    assert bool(told(db, "over_limit")) == over


def test_debts_are_looked_up_once_for_all_rules_and_not_where_nothing_is_paid(
    db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tourcrm.bookings import receivables

    agency(db, language="zh")
    asked = []
    owing = receivables.owing

    def counted(*words: Any) -> Any:
        asked.append(words)
        return owing(*words)

    monkeypatch.setattr(receivables, "owing", counted)
    with writing(db) as session:
        who = add_customer(session)
        trip = add_trip(session, who, TODAY + 10 * DAY, booked_on=TODAY - DAY, price=10_000)
    told(db, "balance_due")
    assert asked == []
    with writing(db) as session:
        pay(session, trip, 100, "2026-11-19")
    assert [line.rule for line in told(db, "balance_due")] == ["balance_due"]
    assert len(asked) == 1
    assert sales.LATEST_DEBT == 366


def test_what_is_overdue_is_told_of_before_all_that_is_owed(db: Path) -> None:
    agency(db, language="zh")
    with writing(db) as session:
        for name, paid in (("甲", 10_000), ("乙", 30_000)):  # of 300 that were to be paid by then
            who = add_customer(session, name=name)
            trip = add_trip(session, who, TODAY + 90 * DAY, booked_on=TODAY - DAY, price=100_000)
            pay(session, trip, paid, str(TODAY - DAY))
            for kind, amount, by in (("deposit", 30_000, -1), ("balance", 70_000, 60)):
                plan: dict[str, Any] = {"kind": kind, "amount": amount, "due_on": TODAY + by * DAY}
                session.add(
                    Installment(trip_id=trip, operation_id=session.info["operation"], **plan)
                )
    (line,) = told(db, "overdue")
    assert (line.name, "200.00" in line.reason, "900.00" in line.reason) == ("甲", True, False)


def test_papers_that_change_before_a_trip_are_warned_of_and_told_until_done_or_gone(
    db: Path, invoke: Invoke, clock: time_machine.Traveller, tmp_path: Path
) -> None:
    agency(db, language="en")
    with writing(db) as session:
        who = add_customer(
            session, name="王芳", phone="+8613812345678", passport_no="E12345678", owner="李娜",
            passport_expires_on=date(2030, 1, 1),
        )  # fmt: skip
        add_customer(session, name="李雷", phone="+8613812345679", passport_no="E99999999")
        beside = add_customer(session, name="韩梅", phone="+8613812345670")
        trip = add_trip(session, who, TODAY + 40 * DAY, destination="Rome", code="D1")
        session.add(Traveller(trip_id=trip, customer_id=beside, operation_id=1))
    quiet = invoke("customers", "edit", "李雷", "--phone", "13900000000")  # has no trip
    assert "supplier" not in quiet.stderr
    first = invoke("customers", "edit", "王芳", "--id-number", "110101199003074258")
    assert (first.exit_code, "supplier" in first.stderr) == (0, False)  # it was blank
    assert told(db, "papers_changed") == []

    done = invoke("customers", "edit", "王芳", "--passport-no", "E87654321", "--city", "杭州")
    assert (done.exit_code, done.stderr.count("Tell the supplier")) == (0, 1)
    assert all(number not in done.stderr for number in ("E87654321", "E12345678"))
    (line,) = told(db, "papers_changed")
    assert (line.due_on, line.priority, line.owner, line.trip) == (TODAY, 86, "李娜", "D1")
    assert "护照" in line.reason
    assert "E8765" not in line.reason
    assert told(db, "papers_changed", TODAY - DAY) == []
    invoke("followups", "done", line.id)
    assert told(db, "papers_changed") == []

    clock.shift(DAY)
    sheet = tmp_path / "c.csv"
    code = "C000003"
    sheet.write_text(f"code,name,phone\n{code},韩梅梅,13812345670\n", encoding="utf-8")
    done = invoke("customers", "import", str(sheet))
    said = " ".join((done.stdout + done.stderr).split())
    assert (done.exit_code, "Tell the supplier" in said) == (0, True)
    (line,) = told(db, "papers_changed", TODAY + DAY)
    assert (line.name, line.trip) == ("韩梅梅", "D1")
    assert told(db, "papers_changed", TODAY + 40 * DAY) != []
    assert told(db, "papers_changed", TODAY + 41 * DAY) == []  # departed
    (imported,) = json.loads(invoke("imports", "list", "-f", "json").stdout)
    assert invoke("imports", "undo", str(imported["operation"])).exit_code == 0
    assert told(db, "papers_changed", TODAY + DAY) == []


@pytest.mark.parametrize(("booked", "known"), [(-1, 1), (0, 1), (1, 0)])
def test_papers_count_that_change_from_the_day_of_booking_on(
    db: Path, invoke: Invoke, booked: int, known: int
) -> None:
    agency(db, language="en")
    with writing(db) as session:
        who = add_customer(session, name="王芳", passport_no="E12345678")
        add_trip(session, who, TODAY + 40 * DAY, booked_on=TODAY + booked * DAY)
    invoke("customers", "edit", "王芳", "--passport-no", "E87654321")
    assert len(told(db, "papers_changed", TODAY + DAY)) == known


@pytest.mark.parametrize(
    ("moment", "today", "tomorrow"),
    [
        ("2026-11-20T15:59:59Z", False, False),  # on the same day: nobody was told
        ("2026-11-20T16:00:00Z", True, True),  # the supplier may have been told: it is a change
        ("2026-11-22T03:00:00Z", True, True),
    ],
)
def test_papers_that_were_put_right_on_the_same_day_are_no_change(
    db: Path,
    invoke: Invoke,
    clock: time_machine.Traveller,
    moment: str,
    today: bool,
    tomorrow: bool,
) -> None:
    agency(db, language="en")
    with writing(db) as session:
        who = add_customer(session, name="王芳", passport_no="E12345678")
        add_trip(session, who, TODAY + 40 * DAY)
    assert invoke("customers", "edit", "王芳", "--passport-no", "E87654321").exit_code == 0
    assert told(db, "papers_changed") != []
    clock.move_to(datetime.fromisoformat(moment))
    assert invoke("undo").exit_code == 0
    assert bool(told(db, "papers_changed")) == today
    assert bool(told(db, "papers_changed", TODAY + DAY)) == tomorrow
    if not today:  # once more, and it stays
        assert invoke("customers", "edit", "王芳", "--passport-no", "E87654321").exit_code == 0
        assert told(db, "papers_changed") != []
