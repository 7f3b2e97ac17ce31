"""One household, one voice: who is spoken to about what is due."""

from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from tests.agenda.test_rules_parser import GOOD
from tests.builders import add_customer, add_special_date, add_trip, agency, writing
from tests.contacts import (
    ZONE,
    add_answer,
    add_complaint,
    add_interaction,
    add_task,
    moment,
)
from tourcrm import followup
from tourcrm.agenda import actions
from tourcrm.agenda.actions import Act
from tourcrm.agenda.keys import printed_id
from tourcrm.agenda.rules import parser
from tourcrm.agenda.wording import Line
from tourcrm.db import engine, operations, setting
from tourcrm.followup import DueList
from tourcrm.models import Customer, FollowupOutcome, Interaction

DAY = date(2026, 11, 20)
PHONE = "+8613800138001"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return agency(tmp_path)


class Family:
    """Rows of a household, put straight into a file."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def member(self, code: str, *, trip: dict[str, Any] | None = None, **fields: Any) -> int:
        """Somebody with the phone of all, back from Guilin since three days."""
        birthday = fields.pop("birthday", None)
        with writing(self.file) as session:
            who = add_customer(session, code, **{"phone": PHONE, "name": f"N{code}", **fields})
            if birthday:
                add_special_date(session, who, "birthday", **birthday)
            if trip is not None:
                usual = {
                    "departs_on": "2026-11-13",
                    "returns_on": "2026-11-17",
                    "destination": "桂林",
                    "kind": "independent",
                }
                add_trip(session, who, code=f"T-{code}", **{**usual, **trip})
        return who


@pytest.fixture
def family(file: Path) -> Family:
    return Family(file)


def due(file: Path, day: date = DAY, language: str = "en", **how: Any) -> DueList:
    with engine.reading(file) as session:
        return followup.due(session, setting.load(session), day, language, **how)


def told(file: Path, day: date = DAY, **how: Any) -> list[tuple[str, str | None, tuple[str, ...]]]:
    """rule (and what is said with it), who is called, for whom else."""
    return [
        ("+".join((line.rule, *(line.also or ()))), line.customer, line.household or ())
        for line in due(file, day, **how).lines
    ]


def act(file: Path, id_: str, verb: str = "done", day: date = DAY, hour: int = 11) -> None:
    at = datetime.combine(day, time(hour), ZONE)
    with engine.writing(file) as session:
        settings = setting.load(session)
        who = Act(operations.begin(session, "test", at, "Li"), day, at, "Li")
        found = actions.find_all(session, settings, day, id_, "en")
        if verb == "done":
            for line, items in actions.still_open(found):
                actions.done(session, who, line, items)
        elif verb == "undo":
            for _line, items in actions.decided_last(found):
                actions.undo(session, who, items)
        elif verb == "skip":
            for _line, items in found:
                actions.skip(session, who, items, "no")


def contacts(file: Path) -> list[str]:
    with engine.reading(file) as session:
        chosen = select(Customer.code).join(Interaction).order_by(col(Customer.code))
        return list(session.exec(chosen).all())


def outcomes(file: Path) -> list[str]:
    with engine.reading(file) as session:
        return sorted(one.status for one in session.exec(select(FollowupOutcome)).all())


# --- one message a phone and trip -----------------------------------------------------------------


def test_a_household_is_told_once_on_the_line_of_whose_order_came_first(
    file: Path, family: Family
) -> None:
    family.member("C2", trip={})
    family.member("C1", trip={})
    family.member("C9", trip={}, phone="+8613800138009")
    found = due(file, date(2026, 11, 18)).lines
    first = next(line for line in found if line.household)
    assert (first.customer, first.household, first.count) == ("C2", ("C1",), 2)
    assert first.reason.endswith("(one call, also for: NC1)")
    assert first.script.endswith("My best wishes to NC1 as well.")
    assert [line.customer for line in found] == ["C2", "C9"]


@pytest.mark.parametrize(("many", "more"), [(4, "NC4)"), (5, "NC4, and 1 more)")])
def test_three_of_a_household_are_named(file: Path, family: Family, many: int, more: str) -> None:
    for number in range(1, many + 1):
        family.member(f"C{number}", trip={})
    (line,) = due(file, date(2026, 11, 18)).lines
    assert line.reason.endswith(f"(one call, also for: NC2, NC3, {more}")


def test_an_adult_speaks_for_children_whose_order_came_first(file: Path, family: Family) -> None:
    family.member("C1", trip={}, id_number="11010520161120001X")
    family.member("C2", trip={})
    assert told(file) == [("welcome_home+survey", "C2", ("C1",))]


@pytest.mark.parametrize("prices", [(60_000, 30_000), (30_000, 60_000)])
def test_a_household_is_as_good_as_its_best(
    file: Path, family: Family, prices: tuple[int, int]
) -> None:
    for number, price in enumerate(prices):
        family.member(f"C{number}", trip={"price": price})
    (line,) = due(file).lines
    assert (line.tier, {item.customer.tier for item in line.items}) == ("A", {"A", "B"})


@pytest.mark.parametrize(
    "apart",
    [
        {"destination": "云南"},
        {"departs_on": "2026-11-12", "returns_on": "2026-11-16"},
    ],
)
def test_other_departures_are_other_calls(
    file: Path, family: Family, apart: dict[str, str]
) -> None:
    family.member("C1", trip={})
    family.member("C2", trip=apart)
    assert {line[1] for line in told(file)} == {"C1", "C2"}


def test_a_second_phone_counts_where_there_is_no_first(file: Path, family: Family) -> None:
    family.member("C1", trip={})
    family.member("C2", trip={}, phone=None, phone2=PHONE)
    family.member("C3", trip={}, phone="+8613800138003", phone2=PHONE)
    assert [line[1:] for line in told(file)] == [("C1", ("C2",)), ("C3", ())]


def test_whoever_is_held_is_not_named_and_silences_nobody(file: Path, family: Family) -> None:
    family.member("C1", trip={}, status="deceased")
    family.member("C2", trip={}, do_not_contact=True)
    family.member("C3", trip={})
    family.member("C4", trip={})
    found = due(file)
    assert [(line.customer, line.household) for line in found.lines] == [("C3", ("C4",))]
    everything = " ".join(line.reason + line.script for line in found.lines)
    assert "NC1" not in everything
    assert "NC2" not in everything
    assert sum(one.count for one in found.held) == 4


def test_done_decides_all_of_a_household_and_is_one_contact(file: Path, family: Family) -> None:
    family.member("C1", trip={})
    family.member("C2", trip={})
    (line,) = due(file).lines
    act(file, line.id)
    assert due(file).lines == []
    assert outcomes(file) == ["done"] * 4  # the welcome and the form, of two
    assert contacts(file) == ["C1"]
    act(file, line.id, "undo")
    assert contacts(file) == []
    assert [one.household for one in due(file).lines] == [("C2",)]


def test_a_member_can_be_decided_alone_by_its_own_id(file: Path, family: Family) -> None:
    family.member("C1", trip={})
    family.member("C2", trip={})
    (line,) = due(file, date(2026, 11, 18)).lines
    other = next(item for item in line.items if item.customer.code == "C2")
    act(file, printed_id(other.key), "skip", date(2026, 11, 18))
    (line,) = due(file, date(2026, 11, 18)).lines
    assert (line.customer, line.household, line.count) == ("C1", None, 1)


def test_a_household_takes_one_place_of_the_day(tmp_path: Path) -> None:
    file = agency(tmp_path, daily_capacity="1")
    family = Family(file)
    family.member("C1", trip={})
    family.member("C2", trip={}, birthday={"month": 11, "day": 20, "year": 1980})
    family.member("C9", trip={}, phone="+8613800138009")
    found = due(file)
    assert {line.phone for line in found.lines} == {PHONE}
    assert {line.rule for line in found.lines} == {"welcome_home", "birthday"}
    assert sum(one.count for one in found.waiting) == 2
    act(file, next(line.id for line in found.lines if line.rule == "welcome_home"))
    again = due(file)
    assert [line.rule for line in again.lines] == ["birthday"]  # the place is taken


def test_the_list_of_a_colleague_has_the_households_that_they_call(
    file: Path, family: Family
) -> None:
    family.member("C1", trip={}, owner="Li")
    family.member("C2", trip={}, owner="Wu")
    assert told(file, owner="Li") == [("welcome_home+survey", "C1", ("C2",))]
    assert told(file, owner="Wu") == []


def test_a_batch_of_one_household_is_its_own_call(file: Path, family: Family) -> None:
    leaves = {"departs_on": "2026-11-22", "returns_on": "2026-11-25"}
    family.member("C1", trip=leaves)
    family.member("C2", trip=leaves)
    (line,) = due(file).lines
    assert (line.rule, line.customer, line.household) == ("handbook", "C1", ("C2",))
    assert line.script.endswith("Please tell NC2 as well.")
    family.member("C3", trip=leaves, phone=None)
    (line,) = due(file).lines
    assert (line.rule, line.customer, line.count) == ("handbook", None, 3)


def test_departures_of_one_day_to_two_places_stay_two_messages(file: Path, family: Family) -> None:
    leaves = {"departs_on": "2026-11-22", "returns_on": "2026-11-25"}
    for code, place in (("C1", "桂林"), ("C2", "云南"), ("D1", "桂林"), ("D2", "云南")):
        own = {} if code[0] == "C" else {"phone": f"+861380013820{code[1]}"}
        family.member(code, trip={**leaves, "destination": place}, **own)
    found = [(line.rule, line.destination, line.count) for line in due(file).lines]
    assert sorted(found) == [("handbook", "云南", 2), ("handbook", "桂林", 2)]


def test_two_who_would_recommend_us_are_asked_in_one_call(file: Path, family: Family) -> None:
    for code, day in (("C1", 14), ("C2", 16)):
        who = family.member(code)
        with writing(file) as session:
            add_answer(session, who, date(2026, 11, day), nps=9, comment=f"said {code}")
    (line,) = due(file).lines
    assert (line.rule, line.customer, line.household) == ("ask_referral", "C1", ("C2",))
    assert "said C1" in line.reason
    assert "NC2: Would gladly recommend us: 9 of 10; “said C2”" in line.reason


def test_the_same_month_and_the_same_card_are_one_message(file: Path, family: Family) -> None:
    for code in ("C1", "C2"):
        who = family.member(code, marketing_consent="yes")
        with writing(file) as session:
            for year in (2024, 2025):
                add_trip(session, who, f"{year}-01-1{code[1]}", destination="三亚", price=90_000)
    assert ("season", "C1", ("C2",)) in told(file)
    cards = [line for line in due(file, date(2026, 12, 29)).lines if line.rule == "festival"]
    assert [(line.customer, line.household) for line in cards] == [("C1", ("C2",))]


def test_a_household_gets_one_offer_at_a_time(file: Path, family: Family) -> None:
    who, other = family.member("C1"), family.member("C2")
    with writing(file) as session:
        for year in (2024, 2025):
            add_trip(session, who, f"{year}-01-10", destination="三亚", price=90_000)
        add_trip(session, other, "2025-11-22", destination="桂林", price=90_000)
    found = due(file)
    assert [line.rule for line in found.lines if line.rule in ("season", "dormant")] == ["season"]
    assert [str(one.why) for one in found.waiting] == ["too soon after the last contact or offer"]


def test_tasks_and_complaints_are_told_each_on_its_own(file: Path, family: Family) -> None:
    for code in ("C1", "C2"):
        who = family.member(code)
        with writing(file) as session:
            add_task(session, who, noted_on=DAY, due_on=DAY)
            add_complaint(session, who, moment("2026-11-20 09:00"), f"K{code}")
    assert [line[0] for line in told(file)] == ["complaint_clock", "task"] * 2
    assert all(not line[2] for line in told(file))


def test_what_is_decided_alone_is_told_by_its_own_id(file: Path, family: Family) -> None:
    family.member("C1", trip={})
    family.member("C2", trip={})
    (line,) = due(file).lines
    with engine.reading(file) as session:
        settings = setting.load(session)
        for item in line.items[1:]:
            id_ = printed_id(item.key)
            ((alone, items),) = actions.find_all(session, settings, DAY, id_, "en")
            assert (alone.id, alone.rule, alone.customer) == (id_, item.rule.id, item.customer.code)
            assert [one.key for one in items] == [item.key]


# --- birthdays, and children ----------------------------------------------------------------------


@pytest.mark.parametrize("phones", [{}, {"phone": None, "phone2": PHONE}])
def test_a_birthday_on_a_shared_phone_says_whose_it_is(
    file: Path, family: Family, phones: dict[str, Any]
) -> None:
    family.member("C1", trip={})
    family.member("C2", trip={}, birthday={"month": 11, "day": 20}, **phones)
    line = next(one for one in due(file).lines if one.rule == "birthday")
    assert (line.customer, line.household) == ("C2", None)
    assert "(the birthday of NC2; others have the same phone)" in line.reason
    zh = next(one for one in due(file, language="zh").lines if one.rule == "birthday")
    assert zh.script.startswith("NC2，生日快乐")


CHILDREN: Sequence[dict[str, Any]] = (
    {"birthday": {"month": 11, "day": 20, "year": 2012}},
    {"birthday": {"month": 10, "day": 12, "year": 2012, "calendar": "lunar"}},
    {"birthday": {"month": 11, "day": 20}, "id_number": "110105201211200015"},
    {"birthday": {"month": 11, "day": 21, "year": 2010}},
)


@pytest.mark.parametrize("child", CHILDREN[:3])
def test_the_birthday_of_a_child_is_told_to_the_parent(
    file: Path, family: Family, child: dict[str, Any]
) -> None:
    family.member("C1", trip={})
    family.member("C2", trip={}, **child)
    line = next(one for one in due(file).lines if one.rule == "birthday" and not one.days_late)
    assert (line.customer, line.name, line.household) == ("C1", "NC1", ("C2",))
    assert line.script.startswith("Hello NC1. Today is NC2's birthday")
    zh = [one for one in due(file, language="zh").lines if one.rule == "birthday"]
    assert all("NC2，生日快乐" not in one.script for one in zh)


@pytest.mark.parametrize("child", CHILDREN)
def test_the_parents_of_a_child_are_spoken_to_where_nobody_knows_them(
    file: Path, family: Family, child: dict[str, Any]
) -> None:
    family.member("C2", trip={}, **child)
    for line in due(file).lines:
        assert line.name == "parents of NC2"
        assert line.customer == "C2"
        assert line.reason.startswith("Speak to the parents of NC2: ") or line.rule == "birthday"
        assert "Hello NC2" not in line.script
        assert "birthday, NC2" not in line.script
    assert {line.rule for line in due(file).lines} >= {"welcome_home"}
    zh = due(file, language="zh").lines
    assert all(line.name == "NC2的家长" for line in zh)


def test_whoever_is_sixteen_on_the_day_is_told_in_person(file: Path, family: Family) -> None:
    family.member("C1", trip={})
    family.member("C2", trip={}, birthday={"month": 11, "day": 20, "year": 2010})
    found = {(line.customer, line.household) for line in due(file).lines}
    assert found == {("C1", ("C2",)), ("C2", None)}
    before = [line for line in due(file, date(2026, 11, 19)).lines if line.rule == "birthday"]
    assert {line.customer for line in before} <= {"C1"}


def test_an_id_number_says_more_than_a_birthday(file: Path, family: Family) -> None:
    family.member(
        "C1", trip={}, id_number="11010519801120001X", birthday={"month": 1, "day": 1, "year": 2015}
    )
    assert {line.name for line in due(file).lines} == {"NC1"}


@pytest.mark.parametrize(
    ("fields", "why"),
    [({"do_not_contact": True}, "do not contact"), ({"status": "lost"}, "lost customer")],
)
def test_a_parent_who_wants_no_contact_gets_none_for_the_child(
    file: Path, family: Family, fields: dict[str, Any], why: str
) -> None:
    family.member("C1", **fields)
    family.member("C2", trip={}, birthday={"month": 1, "day": 1, "year": 2015})
    found = due(file)
    assert found.lines == []
    assert [str(one.why) for one in found.held] == [why]


def test_a_parent_who_complains_is_not_greeted_about_the_child(file: Path, family: Family) -> None:
    who = family.member("C1")
    family.member("C2", birthday={"month": 11, "day": 20, "year": 2015}, trip={})
    with writing(file) as session:
        add_complaint(session, who, moment("2026-11-19 09:00"), "K1")
    assert {line.rule for line in due(file).lines} == {"complaint_clock"}


def test_a_deceased_parent_is_nobody_to_speak_to(file: Path, family: Family) -> None:
    family.member("C1", status="deceased")
    family.member("C2", trip={}, birthday={"month": 1, "day": 1, "year": 2015})
    assert [line.name for line in due(file).lines] == ["parents of NC2"]


def test_what_is_done_for_a_child_is_a_contact_with_the_parent(file: Path, family: Family) -> None:
    family.member("C1")
    family.member("C2", trip={}, birthday={"month": 1, "day": 1, "year": 2015})
    (line,) = due(file).lines
    assert (line.customer, line.household) == ("C1", ("C2",))
    act(file, line.id)
    assert contacts(file) == ["C1"]
    assert due(file).lines == []


def test_what_was_said_to_a_parent_was_said_about_the_child(file: Path, family: Family) -> None:
    who = family.member("C1")
    family.member("C2", trip={}, birthday={"month": 1, "day": 1, "year": 2015})
    assert [line[0] for line in told(file, date(2026, 11, 19))] == ["welcome_home"]
    with writing(file) as session:
        add_interaction(session, who, "2026-11-18 10:00", personal=True, channel="phone")
    assert told(file, date(2026, 11, 19)) == []


def test_a_talk_with_one_settles_for_the_others_only_what_a_talk_settles(
    file: Path, family: Family
) -> None:
    members = [family.member("C1", trip={}), family.member("C2", trip={})]
    with writing(file) as session:
        add_trip(session, members[0], "2026-12-20")
        add_interaction(session, members[0], "2026-11-19 10:00", personal=True)
    settled = {"ahead": "trip_ahead", "talk": "personal_contact"}
    rules = parser.load(
        "".join(
            f'{GOOD.replace("thanks", name)}satisfied_by = ["{what}"]\n'
            for name, what in settled.items()
        ),
        "own",
    )
    with engine.reading(file) as session:
        items = followup.agenda(session, setting.load(session), DAY, rules=rules).items
    assert sorted((item.rule.id, item.customer.code, item.state) for item in items) == [
        ("ahead", "C1", "satisfied"),
        ("ahead", "C2", "shown"),
        ("talk", "C1", "satisfied"),
        ("talk", "C2", "satisfied"),
    ]


def test_what_is_said_to_a_parent_is_the_work_of_who_knows_the_parent(
    file: Path, family: Family
) -> None:
    family.member("C1", owner="Li")
    family.member("C2", trip={}, owner="Wu", birthday={"month": 1, "day": 1, "year": 2015})
    assert [line.owner for line in due(file).lines] == ["Li"]
    assert [line[1] for line in told(file, owner="Li")] == ["C1"]
    assert told(file, owner="Wu") == []


def test_twins_are_one_word_to_their_parent(file: Path, family: Family) -> None:
    family.member("C1", trip={})
    for code in ("C2", "C3"):
        family.member(code, trip={}, birthday={"month": 11, "day": 20, "year": 2015})
    lines = [one for one in due(file).lines if one.rule == "birthday" and not one.days_late]
    assert [(one.customer, one.household) for one in lines] == [("C1", ("C2", "C3"))]
    assert "NC2 and NC3" in lines[0].script


# --- one call a trip, and the same words once -----------------------------------------------------


@pytest.mark.parametrize("kind", ["independent", "business", "group"])
def test_welcome_and_opinion_of_one_trip_on_one_day_are_one_call(
    file: Path, family: Family, kind: str
) -> None:
    family.member("C1", trip={"kind": kind})
    assert [line[0] for line in told(file, date(2026, 11, 18))] == ["welcome_home"]
    (line,) = due(file).lines
    assert (line.rule, line.also, line.days_late) == ("welcome_home", ("survey",), 2)
    assert line.script.count("Hello") == 1
    assert line.script.count("NC1") == 1
    assert "two minutes" in line.script
    zh = due(file, language="zh").lines[0].script
    assert zh.count("您好") == 1
    act(file, line.id)
    assert due(file).lines == []
    assert contacts(file) == ["C1"]


def test_on_other_days_they_are_two(file: Path, family: Family) -> None:
    family.member("C1", trip={})
    day = date(2026, 11, 18)
    (line,) = due(file, day).lines
    act(file, line.id, day=day)
    assert [line[0] for line in told(file)] == ["survey"]


def test_a_message_in_the_group_is_no_part_of_a_call(file: Path, family: Family) -> None:
    family.member("C1", trip={"kind": "group"})
    family.member("C2", trip={"kind": "group"}, phone=None)
    lines = told(file)
    assert ("survey", None, ()) in lines
    (welcome,) = [one for one in due(file).lines if one.customer == "C1"]
    act(file, welcome.id)  # by its id, of which only its customer is looked at
    assert ("survey", None, ()) in told(file)


def _ten(family: Family, **fields: Any) -> None:
    for number in range(10):
        family.member(f"D{number}", trip={}, phone=f"+861380013810{number}", **fields)


def test_the_same_words_to_ten_have_one_id_that_decides_all(file: Path, family: Family) -> None:
    _ten(family)
    lines = due(file).lines
    assert len(lines) == 10
    (id_,) = {line.line for line in lines}
    assert id_ is not None
    assert id_.startswith("U")
    assert {line.said for line in lines} == {lines[0].said}
    assert "[name]" in lines[0].said
    assert {line.line for line in due(file, language="zh").lines} == {id_}
    act(file, lines[3].id, hour=10)
    assert len(due(file).lines) == 9
    act(file, id_)
    assert due(file).lines == []
    assert len(contacts(file)) == 10
    act(file, id_, "undo")
    assert len(due(file).lines) == 9  # not what was done before


def test_words_with_full_names_are_the_same_words(
    file: Path, family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = parser.DEFAULTS.read_text(encoding="utf-8").replace("{name}", "{full_name}")
    rules = parser.load(text, "mine.toml")
    monkeypatch.setattr(parser, "merged", lambda _own: rules)
    _ten(family)
    lines = due(file).lines
    assert len({line.line for line in lines}) == 1
    assert lines[0].line is not None
    assert "ND0" in lines[0].script
    assert "[name]" in lines[0].said


def test_other_words_or_other_owners_are_told_apart(file: Path, family: Family) -> None:
    _ten(family)
    family.member("E1", trip={}, phone="+8613800138201", owner="Li")
    family.member("E2", trip={}, phone="+8613800138202", owner="Li")
    family.member("E3", trip={"destination": "云南"}, phone="+8613800138203")
    found = {line.customer: line.line for line in due(file).lines}
    assert found["E1"] == found["E2"] is not None
    assert found["D1"] not in (None, found["E1"])
    assert found["E3"] is None


def test_promoters_of_a_departure_are_asked_in_the_same_words(file: Path, family: Family) -> None:
    for number in range(3):
        phone = f"+861380013810{number}"
        who = family.member(f"D{number}", phone=phone)
        with writing(file) as session:
            trip = add_trip(session, who, "2026-09-01", returns_on="2026-09-05", destination="桂林")
            day = date(2026, 11, 14 + number)
            add_answer(session, who, day, nps=9 + number % 2, trip_id=trip)
    lines = [line for line in due(file).lines if line.rule == "ask_referral"]
    assert len(lines) == 3
    assert len({line.line for line in lines}) == 1
    assert lines[0].line is not None
    assert len({line.reason for line in lines}) > 1


def test_what_waits_for_a_place_is_not_decided_with_what_is_shown(tmp_path: Path) -> None:
    file = agency(tmp_path, daily_capacity="4")
    _ten(Family(file))
    lines = due(file).lines
    assert len(lines) == 4
    act(file, lines[0].line or "")
    assert len(contacts(file)) == 4


def test_a_page_of_a_member_tells_the_line_of_the_household(file: Path, family: Family) -> None:
    family.member("C1", trip={})
    who = family.member("C2", trip={})
    with engine.reading(file) as session:
        (line,) = followup.for_customer(session, setting.load(session), DAY, who, "en")
    assert (line.customer, line.household) == ("C1", ("C2",))


def test_nothing_is_counted_twice_or_lost(file: Path, family: Family) -> None:
    family.member("C1", trip={})
    family.member("C2", trip={}, birthday={"month": 11, "day": 20, "year": 2015})
    family.member("C3", trip={}, do_not_contact=True)
    with engine.reading(file) as session:
        items = followup.agenda(session, setting.load(session), DAY).items
    lines: Sequence[Line] = due(file).lines
    shown = [item.key for line in lines for item in line.items]
    assert len(shown) == len(set(shown))
    assert sorted(shown) == sorted(item.key for item in items if item.state == "shown")
