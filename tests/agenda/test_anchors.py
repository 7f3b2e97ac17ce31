"""What begins a follow-up, anchor by anchor: of what is near a day only what falls on it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from tests.builders import add_customer, add_trip, agency, writing
from tests.contacts import add_answer, add_complaint, add_step, add_task, moment
from tourcrm import followup
from tourcrm.agenda.events.selects import festivals
from tourcrm.agenda.events.spec import ANCHORS
from tourcrm.agenda.rules import parser
from tourcrm.agenda.rules.model import Conditions, Rule
from tourcrm.agenda.states import Item, Span
from tourcrm.db import engine, setting

DAY = date(2026, 11, 20)
NEAR = [DAY + timedelta(days) for days in (-1, 0, 1)]
EVER = date(9000, 1, 1)


def rule_on(
    anchor: str,
    conditions: Conditions = Conditions(),  # noqa: B008 - it never changes
    satisfied_by: frozenset[str] = frozenset(),
    labels: Sequence[str] = (),
) -> Rule:
    """A rule whose work is due on the day of this anchor, and on no other."""
    of = next(one for one in parser.defaults() if one.id == "welcome_home")
    step = replace(of.steps[0], offset=0, lapses_after=0, conditions=conditions)
    some: dict[str, Any] = {
        "anchor": ANCHORS[anchor],
        "labels": tuple(labels),
        "satisfied_by": satisfied_by,
    }
    return replace(of, **some, steps=(step,))


def items(file: Path, rule: Rule, day: date = DAY) -> list[Item]:
    with engine.reading(file) as session:
        settings = setting.load(session)
        return followup.agenda(session, settings, day, Span(back=0), rules=[rule]).items


def found(file: Path, anchor: str, labels: Sequence[str] = (), day: date = DAY) -> list[str]:
    return [one.customer.code for one in items(file, rule_on(anchor, labels=labels), day)]


def travels(session: Session, code: str, *trips: dict[str, Any], **fields: Any) -> int:
    who = add_customer(session, code, **fields)
    for trip in trips:
        add_trip(session, who, **trip)
    return who


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return agency(tmp_path)


def test_departures_returns_and_deals(file: Path) -> None:
    with writing(file) as session:
        for code, day in zip(("before", "on", "after"), NEAR, strict=True):
            long = {"departs_on": day - timedelta(9), "returns_on": day}
            travels(session, f"returns {code}", {**long, "booked_on": "2026-01-01"})
            travels(session, f"departs {code}", {"departs_on": day, "returns_on": EVER})
            left = {"departs_on": DAY, "returns_on": EVER, "booked_on": "2026-01-01"}
            travels(session, f"books {code}", left, {"departs_on": EVER, "booked_on": day})
        travels(session, "unknown return", {"departs_on": DAY})
        travels(session, "books again", {"departs_on": DAY}, {"departs_on": EVER, "booked_on": DAY})
        travels(session, "booked after it left", {"departs_on": NEAR[0], "booked_on": DAY})
        travels(session, "books first", {"departs_on": EVER, "booked_on": DAY})
    assert set(found(file, "return")) == {"returns on", "unknown return", "books again"}
    deals = {"departs on", "unknown return", "books on", "books again"}
    assert set(found(file, "last_deal")) == {*deals, "books first"}
    assert set(found(file, "departure")) == deals | {"books before", "books after"}


def test_who_referred_somebody_is_thanked_for_their_first_booking(file: Path) -> None:
    with writing(file) as session:
        for code, day in zip(("before", "on", "after"), NEAR, strict=True):
            one = add_customer(session, f"for {code}")
            travels(session, code, {"departs_on": EVER, "booked_on": day}, referred_by_id=one)
        one = add_customer(session, "for the second")
        travels(
            session, "second", {"departs_on": EVER, "booked_on": DAY}, {"departs_on": NEAR[0]},
            referred_by_id=one,
        )  # fmt: skip
        one = add_customer(session, "for the first")
        travels(
            session, "first", {"departs_on": DAY}, {"departs_on": EVER, "booked_on": DAY},
            referred_by_id=one,
        )  # fmt: skip
        travels(session, "nobody's", {"departs_on": DAY})
    assert set(found(file, "first_booking")) == {"for on", "for the first"}


@pytest.mark.parametrize(
    ("days", "month"),
    [
        (("2023-12-01", "2024-12-31"), True),
        (("2024-12-31", "2025-12-01"), True),
        (("2023-12-05", "2025-12-05"), True),
        (("2023-12-05",), False),
        (("2024-12-05", "2024-12-25"), False),
        (("2022-12-05", "2023-12-05"), False),
        (("2023-11-30", "2024-12-01"), False),
        (("2024-01-01", "2024-12-01"), False),
        (("2025-12-05", "2026-12-01"), False),
    ],
)
def test_a_month_in_which_they_travelled_twice_of_three_years(
    file: Path, days: Sequence[str], month: bool
) -> None:
    with writing(file) as session:
        travels(session, "C1", *({"departs_on": day} for day in days))
    first = date(2026, 12, 1)
    told = [
        (str(one.anchor_on), str(one.ends_on))
        for one in items(file, rule_on("repeated_month"), first)
    ]
    assert told == ([("2026-12-01", "2026-12-24")] if month else [])
    assert found(file, "repeated_month", day=first - timedelta(1)) == []
    assert found(file, "repeated_month", day=first + timedelta(1)) == []


@pytest.mark.parametrize(
    ("asked", "needless_by", "states"),
    [
        ({"services": frozenset({"tour"})}, set(), ["shown"]),
        ({"services": frozenset({"hotel"})}, set(), []),
        ({"kinds": frozenset({"group"})}, set(), ["shown"]),
        ({"kinds": frozenset({"custom"})}, set(), []),
        ({}, {"answer"}, ["satisfied"]),
    ],
)
def test_a_rule_that_asks_for_trips_looks_at_them(
    file: Path, asked: dict[str, frozenset[str]], needless_by: set[str], states: list[str]
) -> None:
    with writing(file) as session:
        who = add_customer(session)
        add_trip(session, who, "2023-12-05")
        last = add_trip(session, who, "2024-12-05", service="tour", kind="group")
        add_answer(session, who, DAY, nps=9, trip_id=last)
    day = date(2026, 12, 1)
    rule = rule_on("repeated_month", Conditions(**asked), frozenset(needless_by))
    assert [one.state for one in items(file, rule, day)] == states


@pytest.mark.parametrize(
    ("labels", "codes"),
    [
        (["detractor"], ["0", "6"]),
        (["passive"], ["7", "8"]),
        (["promoter"], ["9", "10"]),
        (["detractor", "promoter"], ["0", "6", "9", "10"]),
    ],
)
def test_answers_by_how_likely_they_are_to_recommend(
    file: Path, labels: list[str], codes: list[str]
) -> None:
    with writing(file) as session:
        for nps in (0, 6, 7, 8, 9, 10):
            add_answer(session, add_customer(session, str(nps)), DAY, nps=nps)
            add_answer(session, add_customer(session, f"{nps} before"), NEAR[0], nps=nps)
            add_answer(session, add_customer(session, f"{nps} after"), NEAR[2], nps=nps)
    assert sorted(found(file, "answer", labels), key=int) == codes


def test_complaints_are_resolved_within_a_day(file: Path) -> None:
    days = {
        "before": "2026-11-19 23:59:59",
        "first": "2026-11-20 00:00",
        "last": "2026-11-20 23:59:59",
        "after": "2026-11-21 00:00",
    }
    with writing(file) as session:
        for number, (code, at) in enumerate(days.items()):
            for again in (None, "2026-11-20 23:59:59", "2026-11-21 00:00"):
                name = f"{code} {again}" if again else code
                who = add_customer(session, name)
                opened = moment("2026-11-01 10:00")
                complaint = add_complaint(session, who, opened, f"K{number}{again}")
                add_step(session, complaint, "responded", moment("2026-11-01 11:00"))
                add_step(session, complaint, "resolved", moment(at))
                if again:
                    add_step(session, complaint, "reopened", moment(again))
        session.flush()
    assert set(found(file, "resolution")) == {
        *("first", "first 2026-11-21 00:00", "last", "last 2026-11-21 00:00"),
    }


def test_a_task_is_known_from_the_day_on_which_it_is_noted(file: Path) -> None:
    with writing(file) as session:
        for due, due_on in zip(("before", "on", "after"), NEAR, strict=True):
            for noted, noted_on in zip(("before", "on", "after"), NEAR, strict=True):
                add_task(session, add_customer(session, f"{due} {noted}"), due_on, noted_on)
        session.flush()
    assert set(found(file, "task")) >= {"on before", "on on"}
    assert not {code for code in found(file, "task") if "after" in code}


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2004, {"09-28": ["mid_autumn", "national_day"]}),
        (2015, {"09-27": ["mid_autumn"], "10-01": ["national_day"]}),
        (2017, {"10-01": ["national_day", "mid_autumn"]}),
        (2020, {"10-01": ["mid_autumn", "national_day"]}),
        (2025, {"10-01": ["national_day"], "10-06": ["mid_autumn"]}),
    ],
)
def test_festivals_within_three_days_are_one(year: int, days: dict[str, list[str]]) -> None:
    both = ("mid_autumn", "national_day")
    told = festivals(both, date(year, 1, 1), date(year, 12, 31))
    assert {f"{day:%m-%d}": list(names) for day, names in told} == days
    for first, names in told:
        assert festivals(both, first, first) == [(first, names)]
        assert festivals(both, first + timedelta(1), first + timedelta(3)) == []
        assert festivals(both, first - timedelta(3), first - timedelta(1)) == []
