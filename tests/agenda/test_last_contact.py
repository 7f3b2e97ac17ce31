"""For whom it is long since anybody spoke with them: ten days, to the day and to the second."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.builders import add_customer, add_trip, agency, writing
from tests.contacts import add_interaction, moment
from tourcrm import followup
from tourcrm.agenda import decisions
from tourcrm.agenda.events import last_contact
from tourcrm.agenda.keys import Key
from tourcrm.agenda.rules import parser
from tourcrm.agenda.rules.model import Conditions, Rule
from tourcrm.agenda.states import Span
from tourcrm.db import engine, setting

DAY = date(2026, 11, 20)
LONG_AGO = "2020-01-01 12:00"


def rule(spread: bool = False) -> Rule:
    of = next(one for one in parser.defaults() if one.id == "tier_visit")
    step = replace(of.steps[0], offset=10, conditions=Conditions())
    return replace(of, spread=spread, steps=(step,))


def found(file: Path, day: date = DAY, **how: Any) -> list[tuple[str, str, str]]:
    """Anchor, due day and state of what is on the list."""
    rules = [rule(how.pop("spread", False))]
    with engine.reading(file) as session:
        settings = setting.load(session)
        items = followup.agenda(session, settings, day, Span(**how), rules=rules).items
    return [(str(one.anchor_on), str(one.due_on), one.state) for one in items]


@pytest.fixture
def one(tmp_path: Path) -> Any:
    """A function: the file with a customer of whom this is known."""

    def make(
        came: str = LONG_AGO,
        back: str | None = None,
        contacts: Sequence[str] = (),
        decided: Sequence[tuple[str, str]] = (),
        occurrence: str = "entered",
        **fields: Any,
    ) -> Path:
        file = agency(tmp_path)
        with writing(file, moment(came)) as session:
            who = add_customer(session, "C1", **fields)
            if back:
                add_trip(session, who, "2026-09-01", returns_on=back)
            for at in contacts:
                add_interaction(session, who, at.removesuffix(" mail"), personal="mail" not in at)
            session.flush()
            for status, at in decided:
                decisions.record(
                    session, 1, Key("tier_visit", "customer", who, occurrence), status=status,
                    anchor_on=date(2020, 1, 1), customer_id=who, due_on=date(2020, 1, 11),
                    at=moment(at), staff="Li",
                )  # fmt: skip
        return file

    return make


@pytest.mark.parametrize(
    ("known", "anchor"),
    [
        ({"came": "2026-11-10 23:59:59"}, "2026-11-10"),
        ({"came": "2026-11-11 00:00"}, None),
        ({"entered_on": date(2026, 11, 10)}, "2026-11-10"),
        ({"entered_on": date(2026, 11, 11)}, None),
        ({"back": "2026-11-10"}, "2026-11-10"),
        ({"back": "2026-11-11"}, None),
        ({"back": "2026-11-10", "came": "2026-11-15 12:00"}, "2026-11-10"),
        ({"contacts": ["2026-11-10 23:59:59"]}, "2026-11-10"),
        ({"contacts": ["2026-11-11 00:00"]}, None),
        ({"contacts": ["2026-11-01 10:00", "2026-11-15 10:00 mail"]}, "2026-11-01"),
        ({"contacts": ["2026-11-01 10:00", "2026-11-15 10:00"]}, None),
        # A contact counts, and not the return after it; what comes after the day is not known.
        ({"contacts": ["2026-11-01 10:00"], "back": "2026-11-15"}, "2026-11-01"),
        ({"contacts": ["2026-11-15 10:00"], "back": "2026-11-01"}, None),
        ({"contacts": ["2026-11-01 10:00", "2026-11-21 00:00"]}, "2026-11-01"),
        ({"contacts": ["2026-11-01 10:00", "2026-11-20 23:59:59"]}, None),
        # A decision begins the interval anew.
        ({"decided": [("done", "2026-11-10 23:59:59")]}, "2026-11-10"),
        ({"decided": [("skipped", "2026-11-11 00:00")]}, None),
        ({"decided": [("done", "2026-11-21 00:00")]}, "2020-01-01"),
        (
            {"decided": [("done", "2026-11-12 10:00"), ("reopened", "2026-11-13 10:00")]},
            "2020-01-01",
        ),
        ({"decided": [("done", "2026-11-09 10:00")], "contacts": ["2026-11-10 10:00"]},
         "2026-11-10"),
        ({"decided": [("done", "2026-11-09 10:00")], "contacts": ["2026-11-08 10:00"]},
         "2026-11-09"),
        ({"decided": [("done", "2026-11-09 10:00")], "back": "2026-11-15"}, None),
        ({"decided": [("done", "2026-11-12 10:00")], "contacts": ["2026-11-01 10:00"]}, None),
    ],
)  # fmt: skip
def test_ten_days_after_what_was_last(one: Any, known: dict[str, Any], anchor: str | None) -> None:
    items = found(one(**known))
    shown = [(since, due) for since, due, state in items if state == "shown"]
    due = anchor and str(date.fromisoformat(anchor) + timedelta(10))
    assert shown == ([(anchor, due)] if anchor else [])


def test_what_was_decided_of_late_is_told_as_it_was(one: Any) -> None:
    file = one(decided=[("done", "2026-11-15 00:00")])
    assert found(file, back=5) == [("2020-01-01", "2020-01-11", "decided")]
    assert found(file, back=4) == []


@pytest.mark.parametrize(
    ("known", "due_on"),
    [
        # What was due before they came is due on their day of the ten.
        ({"contacts": ["2026-10-30 23:59:59"]}, None),
        ({"contacts": ["2026-10-31 00:00"]}, "2026-11-10"),
        ({"back": "2026-10-30"}, None),
        ({"back": "2026-10-31"}, "2026-11-10"),
        ({"back": "2026-11-01"}, "2026-11-11"),
        ({"back": "2026-10-01", "contacts": ["2026-11-05 10:00"]}, "2026-11-15"),
        ({}, "2026-11-20"),
    ],
)
def test_what_was_overdue_when_they_came_is_spread(
    one: Any, known: dict[str, Any], due_on: str | None
) -> None:
    file = one(came="2026-11-10 12:00", **known)
    came = date(2026, 11, 10)
    first = date.fromisoformat(due_on) if due_on else came + timedelta(last_contact.place("C1", 10))
    assert found(file, first - timedelta(1), spread=True) == []
    for day in (first, DAY, date(2027, 3, 1)):
        assert [due for _anchor, due, _state in found(file, day, spread=True)] == [str(first)]


def test_days_to_come_are_listed_to_the_last(one: Any) -> None:
    file = one(contacts=["2026-11-13 10:00"])
    assert found(file, ahead=2) == []
    assert found(file, ahead=3) == [("2026-11-13", "2026-11-23", "ahead")]


@pytest.mark.parametrize("spread", [False, True])
def test_of_nobody_nothing_is_due(tmp_path: Path, spread: bool) -> None:
    assert found(agency(tmp_path), spread=spread) == []


@pytest.mark.parametrize(("code", "days", "place"), [("C1", 10, 7), ("C2", 10, 3), ("C1", 1, 0)])
def test_everybody_has_a_day_of_their_own(code: str, days: int, place: int) -> None:
    assert last_contact.place(code, days) == place
