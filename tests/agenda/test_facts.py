"""What is known of customers as of a day, to the day and the second."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.builders import add_customer, add_trip, agency, writing
from tests.contacts import (
    add_answer,
    add_complaint,
    add_interaction,
    add_step,
    add_tag,
    moment,
)
from tourcrm import followup
from tourcrm.agenda.rules import parser
from tourcrm.agenda.rules.model import Conditions
from tourcrm.agenda.states import Facts, Span
from tourcrm.db import engine, setting

DAY = date(2026, 11, 20)


@pytest.fixture
def known(tmp_path: Path) -> Any:
    """A function: the facts of a customer who came back on 19 November, and of whom a call is due;
    a visa of the same days is not a journey."""

    def facts(
        *trips: dict[str, Any], contacts: tuple[str, ...] = (), answers: tuple[str, ...] = ()
    ) -> Facts:
        file = agency(tmp_path)
        with writing(file) as session:
            who = add_customer(session, "C1")
            back = add_trip(session, who, "2026-11-10", returns_on="2026-11-19")
            for trip in trips:
                add_trip(session, who, **{"departs_on": "2026-11-20", **trip})
            for at in contacts:
                add_interaction(session, who, at.removesuffix(" mail"), personal="mail" not in at)
            for day in answers:
                add_answer(session, who, date.fromisoformat(day), nps=9, trip_id=back)
            add_tag(session, who, "vip")
            session.flush()
        welcome = next(one for one in parser.defaults() if one.id == "welcome_home")
        asking = replace(
            welcome,
            id="asking",
            satisfied_by=frozenset({"answer"}),
            steps=(replace(welcome.steps[0], conditions=Conditions(tags=frozenset({"vip"}))),),
        )
        with engine.reading(file) as session:
            settings = setting.load(session)
            rules = [welcome, asking]
            return followup.agenda(session, settings, DAY, Span(), rules=rules).customers[who]

    return facts


@pytest.mark.parametrize(
    ("trip", "ahead", "away"),
    [
        ({"departs_on": "2026-11-21"}, True, False),
        ({"departs_on": "2026-11-20"}, False, True),
        ({"departs_on": "2026-11-20", "returns_on": "2026-11-25"}, False, True),
        ({"departs_on": "2026-11-15", "returns_on": "2026-11-20"}, False, True),
        ({"departs_on": "2026-11-15", "returns_on": "2026-11-19"}, False, False),
        ({"departs_on": "2026-11-19"}, False, False),
        ({"departs_on": "2025-11-20", "returns_on": "2026-11-20"}, False, True),
        ({"departs_on": "2025-11-19", "returns_on": "2026-11-20"}, False, False),
        ({"departs_on": "2026-11-20", "service": "visa"}, False, False),
        ({"departs_on": "2026-11-21", "service": "visa"}, True, False),
        ({"departs_on": "2026-11-20", "status": "quoted"}, False, False),
    ],
)
def test_who_is_away_and_who_has_a_trip_to_come(
    known: Any, trip: dict[str, Any], ahead: bool, away: bool
) -> None:
    facts = known(trip)
    assert (facts.ahead, bool(facts.travelling)) == (ahead, away)
    assert facts.tags == {"vip"}


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-11-19 00:00", date(2026, 11, 19)),
        ("2026-11-20 23:59:59", DAY),
        ("2026-11-21 00:00", None),
        ("2026-11-20 10:00 mail", None),
    ],
)
def test_contacts_are_known_to_the_end_of_the_day(known: Any, at: str, day: date | None) -> None:
    assert known(contacts=(at,)).contacts == ((day,) if day else ())


def test_a_crisis_is_known_of_all_who_are_on_the_departure(tmp_path: Path) -> None:
    """From the day on which it was opened, as long as it is open and a while after: how long is
    asked of what is found."""
    file = agency(tmp_path)
    opened = moment("2026-11-18 09:00")
    with writing(file) as session:
        who, other, alone = (add_customer(session, code) for code in ("C1", "C2", "C3"))
        places = ("云南", "云南", "北疆")
        trips = [
            add_trip(session, one, "2026-11-12", returns_on="2026-11-19", destination=place)
            for one, place in zip((who, other, alone), places, strict=True)
        ]
        for code, severity, about in (("K1", "crisis", 0), ("K2", "routine", 2)):
            case = {"severity": severity, "trip_id": trips[about]}
            add_complaint(session, (who, other, alone)[about], opened, code, **case)
        over = add_complaint(session, who, opened, "K3", severity="crisis", trip_id=trips[0])
        add_step(session, over, "closed", moment("2026-11-19 09:00"))
    with engine.reading(file) as session:
        settings = setting.load(session)
        for day, cases in ((DAY, 2), (date(2026, 11, 17), 0)):
            agenda = followup.agenda(session, settings, day, Span(back=1, ahead=3))
            stranded = {one.code: len(one.stranded) for one in agenda.customers.values()}
            assert stranded == {"C1": cases, "C2": cases, "C3": 0}, day
            why = {item.why for item in agenda.items if item.customer.code == "C2"}
            assert ("stranded" in why) == bool(cases), day


@pytest.mark.parametrize(("day", "answered"), [("2026-11-20", True), ("2026-11-21", False)])
def test_answers_are_known_from_their_day_on(known: Any, day: str, answered: bool) -> None:
    assert bool(known(answers=(day,)).answered) == answered
