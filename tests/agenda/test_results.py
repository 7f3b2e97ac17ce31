"""What follow-ups led to, worked out by hand: welcome-home calls of early 2026."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from tests.builders import add_customer, add_special_date, add_trip, agency, writing
from tests.conftest import Invoke
from tests.contacts import ZONE, add_interaction
from tourcrm.agenda import decisions, results
from tourcrm.agenda.keys import Key
from tourcrm.db import engine, setting

AS_OF = date(2026, 11, 20)
FIRST, LAST = results.usual_span(AS_OF)


def came_home(session: Session, returns_on: str, **customer: Any) -> tuple[int, int]:
    """A customer back from a trip of five days; returns both ids."""
    who = add_customer(session, **customer)
    back = date.fromisoformat(returns_on)
    return who, add_trip(session, who, date.fromordinal(back.toordinal() - 4), returns_on=back)


def decide(session: Session, who: int, trip: int, status: str, day: str, rule: str = "") -> None:
    decisions.record(
        session,
        1,
        Key(rule or "welcome_home", "trip", trip, "once"),
        anchor_on=date(2026, 2, 1),
        customer_id=who,
        due_on=date(2026, 2, 2),
        status=status,
        at=datetime.combine(date.fromisoformat(day), time(10), ZONE),
        staff="Li",
    )


def books(session: Session, who: int, booked_on: str | None, departs_on: str) -> None:
    add_trip(session, who, departs_on, booked_on=booked_on)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = agency(tmp_path, today=AS_OF.isoformat())
    with writing(path) as session:
        home = "2026-02-01"
        # Done on 2 February: 180 days later is 1 August.
        for booked_on in ("2026-07-01", "2026-08-01", "2026-08-02", "2026-02-02"):
            who, trip = came_home(session, home)
            decide(session, who, trip, "done", "2026-02-02")
            books(session, who, booked_on, "2026-10-05")
        who, trip = came_home(session, home)  # a booking that was cancelled is none
        decide(session, who, trip, "done", "2026-02-02")
        add_trip(
            session, who, "2026-10-05", booked_on="2026-03-01",
            status="cancelled", cancelled_on="2026-04-01",
        )  # fmt: skip
        who, trip = came_home(session, home)  # tried first, then done: done
        decide(session, who, trip, "tried", "2026-02-02")
        decide(session, who, trip, "done", "2026-02-03")
        decide(session, *came_home(session, home), "tried", "2026-02-02")
        who, trip = came_home(session, home)  # booked on an unknown day: that of departure
        decide(session, who, trip, "skipped", "2026-02-02")
        books(session, who, None, "2026-03-05")
        # Due on 2 March, on the list until 16 March, and nobody decided.
        who, trip = came_home(session, "2026-03-01", code="LAPSED")
        books(session, who, "2026-04-01", "2026-10-05")
        who, trip = came_home(session, "2026-03-01")  # done, and taken back
        decide(session, who, trip, "done", "2026-03-02")
        decide(session, who, trip, "reopened", "2026-03-02")
        decide(session, *came_home(session, "2026-03-01"), "snoozed", "2026-03-02")
        # Not among them: contacted in time; held; before anybody worked with the list.
        who, trip = came_home(session, "2026-03-01")
        add_interaction(session, who, "2026-03-05 10:00", personal=True)
        came_home(session, "2026-03-01", do_not_contact=True)
        came_home(session, "2025-08-01")
        # The handbook of a trip, whose booking day nobody knows, is no reason for that trip.
        who, trip = came_home(session, "2026-05-20", do_not_contact=True)
        decide(session, who, trip, "done", "2026-05-13", "handbook")
    return path


def found(file: Path, first: date = FIRST, last: date = LAST) -> dict[tuple[str, str], list[int]]:
    with engine.reading(file) as session:
        rows = results.of_span(session, setting.load(session), AS_OF, first, last, "en")
    return {(row.rule, row.aftermath): [row.customers, row.booked_again] for row in rows}


def test_each_customer_counts_once_with_what_was_decided_and_booked(file: Path) -> None:
    rows = found(file)
    assert {key[1]: row for key, row in rows.items() if key[0] == "welcome_home"} == {
        "done": [6, 2],
        "tried": [1, 0],
        "skipped": [1, 1],
        "settled": [1, 0],
        "never": [3, 1],
    }
    assert rows["handbook", "done"] == [1, 0]


def test_rules_whose_titles_differ_from_item_to_item_have_words_too(file: Path) -> None:
    with writing(file) as session:
        who = add_customer(session, marketing_consent="yes")
        add_trip(session, who, "2025-06-01")
        rows = results.of_span(session, setting.load(session), AS_OF, FIRST, LAST, "zh")
    said = {row.what for row in rows if row.rule == "festival"}
    assert said <= {"寄送贺卡：…", "发送节日祝福：…"}
    assert said


@pytest.mark.parametrize(
    ("first", "last", "never"),
    [
        ("2026-03-16", "2026-03-16", 3),
        ("2026-03-10", "2026-03-16", 3),
        ("2026-03-16", "2026-03-19", 3),
        ("2026-03-09", "2026-03-15", 0),
        ("2026-03-17", "2026-03-19", 0),
    ],
)
def test_what_lapsed_counts_on_its_last_day_and_no_other(
    file: Path, first: str, last: str, never: int
) -> None:
    rows = found(file, date.fromisoformat(first), date.fromisoformat(last))
    assert rows.get(("welcome_home", "never"), [0])[0] == never


def test_who_had_a_trip_ahead_needed_no_offer(tmp_path: Path) -> None:
    """The yearly day of a last departure; it lapses ten days after it was due."""
    path = agency(tmp_path, today=AS_OF.isoformat())
    with writing(path) as session:
        decide(session, *came_home(session, "2025-05-25"), "done", "2025-05-25")
        for booked_on, departs_on in (
            ("2026-01-10", "2026-08-01"),  # booked before the offer was due: needs none
            ("2026-03-05", "2026-08-01"),  # booked while it was on the list
            ("2026-03-20", "2026-08-01"),  # booked after it
            (None, "2026-07-01"),  # on an unknown day: that of departure
            ("2026-10-30", "2026-11-01"),  # too late
        ):
            who = add_customer(session)
            add_trip(session, who, "2025-03-04", returns_on="2025-03-08")
            add_trip(session, who, departs_on, booked_on=booked_on)
    rows = found(path, date(2026, 2, 20), date(2026, 3, 20))
    assert rows["dormant", "never"] == [3, 2]
    assert rows["dormant", "settled"] == [2, 1]


def test_who_became_active_after_the_day_was_not_left_out_on_it(tmp_path: Path) -> None:
    """A birthday of active customers on 6 March; the first lapsed, and books ten days after it."""
    path = agency(tmp_path, today=AS_OF.isoformat())
    with writing(path) as session:
        decide(session, *came_home(session, "2025-05-25"), "done", "2025-05-25")
        for last_trip, booked_on in (("2020-01-05", "2026-03-16"), ("2025-12-05", "2026-03-16")):
            who, _trip = came_home(session, last_trip)
            add_special_date(session, who, "birthday", 3, 6)
            books(session, who, booked_on, "2026-08-01")
    rows = found(path, date(2026, 3, 1), date(2026, 3, 20))
    assert rows["birthday", "never"] == [1, 1]


@pytest.mark.parametrize(
    ("booked", "departs", "ahead"),
    [
        ("2026-03-01", "2026-03-01", True),
        ("2026-03-10", "2026-08-01", True),
        ("2026-03-11", "2026-08-01", False),
        ("2026-01-01", "2026-03-01", True),
        ("2026-01-01", "2026-02-28", False),
    ],
)
def test_a_trip_is_ahead_that_is_booked_by_the_last_day_and_leaves_from_the_first_on(
    booked: str, departs: str, ahead: bool
) -> None:
    days = date(2026, 3, 1), date(2026, 3, 10)
    booking = results.Booking(1, date.fromisoformat(booked), date.fromisoformat(departs))
    assert results.has_trip_ahead([booking], *days) == ahead


def test_a_share_of_thirty_says_something() -> None:
    few, enough = (results.Result("x", "x", "done", customers, 6) for customers in (29, 30))
    assert (few.too_few, enough.too_few, enough.share) == (True, False, 0.2)


def test_a_million_trips_planned_twice_take_long(tmp_path: Path) -> None:
    with writing(agency(tmp_path)) as session:
        assert not results.is_large(session, FIRST, LAST)
        add_trip(session, add_customer(session), "2026-01-01")
        engine.raw(session).execute("UPDATE trip SET id = 1000000")
        assert not results.is_large(session, FIRST, FIRST + timedelta(27))
        assert results.is_large(session, FIRST, FIRST + timedelta(28))


def test_a_first_decision_is_known_from_its_day_on(tmp_path: Path) -> None:
    with writing(agency(tmp_path)) as session:
        settings, day = setting.load(session), date(2026, 2, 2)
        assert results.first_decision(session, settings, day) is None
        who, trip = came_home(session, "2026-02-01")
        midnight = datetime(2026, 2, 3, tzinfo=ZONE)
        decisions.record(
            session, 1, Key("x", "trip", trip, "once"), anchor_on=day, customer_id=who,
            due_on=day, status="done", at=midnight, staff="Li",
        )  # fmt: skip
        session.flush()
        assert results.first_decision(session, settings, day) is None
        assert results.first_decision(session, settings, AS_OF) == midnight.date()


def test_the_usual_year_ends_where_180_days_have_passed() -> None:
    assert (date(2025, 5, 25), date(2026, 5, 24)) == (FIRST, LAST)


def test_the_page_says_what_may_not_be_read_into_it(file: Path, invoke: Invoke) -> None:
    done = invoke("followups", "results", database=file)
    assert done.exit_code == 0, done.stderr
    assert "from 2025-05-25 to 2026-05-24" in done.stdout
    assert "This is no experiment" in done.stdout
    assert "under 30 customers" in done.stdout
    assert "Nobody decided anything before 2026-02-02" in done.stdout
    early = invoke(
        "followups", "results", "--from", "2026-11-01", "--to", "2026-11-19", database=file
    )
    assert "later than 2026-05-24" in early.stdout
    days = ("--from", "2026-02-01", "--to", "2026-02-03")
    text = invoke("followups", "results", *days, "-f", "csv", database=file).stdout
    assert text.splitlines()[0] == "rule,what,aftermath,customers,booked_again,share,too_few"
    assert "welcome_home,Welcome home: a message,done,6,2,0.333333,true" in text


def test_an_agency_that_never_decided_is_told_where_to_begin(invoke: Invoke, db: Path) -> None:
    with writing(agency(db, today=AS_OF.isoformat())) as session:
        came_home(session, "2026-03-01")
    page = invoke("followups", "results").stdout
    assert "begin with tourcrm followups due" in page
    assert invoke("followups", "results", "-f", "json").stdout == "[]\n"


def test_days_in_the_wrong_order_are_refused(invoke: Invoke, db: Path) -> None:
    agency(db, today=AS_OF.isoformat())
    wrong = invoke("followups", "results", "--from", "2026-05-02", "--to", "2026-05-01")
    assert wrong.exit_code == 2
