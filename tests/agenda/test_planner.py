"""What is due, for whom and when: the rules of the agency over small databases."""

from collections.abc import Iterable, Sequence
from copy import copy
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from tests.builders import NOW, add_customer, add_special_date, add_trip, agency, writing
from tests.contacts import add_answer, add_complaint, add_interaction, add_tag, add_task, moment
from tests.plans import plan, told
from tourcrm import followup
from tourcrm.agenda import actions, candidates, planner
from tourcrm.agenda.candidates import Events
from tourcrm.agenda.day import Day
from tourcrm.agenda.listing import Used, limit
from tourcrm.agenda.rules import parser
from tourcrm.agenda.rules.model import Rule
from tourcrm.agenda.states import STATES, Item, Span
from tourcrm.db import engine, setting
from tourcrm.models import Customer

DAY = date(2026, 11, 20)
WIDE = Span(back=60)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return agency(tmp_path)


def items(
    file: Path, as_of: date = DAY, span: Span = WIDE, rules: Sequence[Rule] | None = None
) -> list[Item]:
    with engine.reading(file) as session:
        return followup.agenda(session, setting.load(session), as_of, span, rules=rules).items


def states(file: Path, rule: str, as_of: date = DAY, span: Span = WIDE) -> dict[str, str]:
    """Due day and step -> state (and why) of a rule's items."""
    return {
        f"{item.due_on} {item.step.name}".strip(): f"{item.state} {item.why}".strip()
        for item in items(file, as_of, span)
        if item.rule.id == rule
    }


def state(file: Path, rule: str, as_of: date = DAY) -> str | None:
    """The state of the only item of a rule; None where there is none."""
    found = list(states(file, rule, as_of).values())
    assert len(found) <= 1, found
    return found[0] if found else None


def due_lines(file: Path, as_of: date = DAY, language: str = "en", **how: Any) -> followup.DueList:
    with engine.reading(file) as session:
        return followup.due(session, setting.load(session), as_of, language, **how)


def back(file: Path, days_ago: int = 1, **fields: Any) -> int:
    """A person who came back so many days before DAY; returns the customer."""
    trip = {"destination": "桂林", "price": 100_000, **fields.pop("trip", {})}
    with writing(file, at=fields.pop("came", NOW)) as session:
        who = add_customer(session, **fields)
        returns = DAY - timedelta(days_ago)
        add_trip(session, who, returns - timedelta(4), returns_on=returns, **trip)
    return who


# --- when -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "days_from_event", "expected"),
    [
        ("welcome_home", 0, None),
        ("welcome_home", 1, "shown"),
        ("welcome_home", 15, "shown"),
        ("welcome_home", 16, "lapsed"),
        ("handbook", -4, None),
        ("handbook", -3, "shown"),
        ("handbook", 0, "shown"),
        ("handbook", 1, "lapsed"),
    ],
)
def test_a_trip_is_followed_up_on_its_days(
    file: Path, rule: str, days_from_event: int, expected: str | None
) -> None:
    event = DAY - timedelta(days_from_event)
    with writing(file) as session:
        who = add_customer(session)
        if rule == "handbook":
            add_trip(session, who, event, returns_on=event + timedelta(5))
        else:
            add_trip(session, who, event - timedelta(5), returns_on=event)
    assert state(file, rule) == expected


def test_a_trip_without_a_known_return_is_back_on_the_day_it_left(file: Path) -> None:
    with writing(file) as session:
        add_trip(session, add_customer(session), "2026-11-18")
    assert states(file, "welcome_home") == {"2026-11-19": "shown"}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"service": "flight"}, None),
        ({"service": "visa"}, None),
        ({"service": "cruise"}, "shown"),
        ({"status": "quoted"}, None),
        ({"status": "cancelled"}, None),
        ({"status": "cancelled", "cancelled_on": "2026-11-19"}, None),
        ({"status": "cancelled", "cancelled_on": "2026-11-20"}, None),
        ({"status": "cancelled", "cancelled_on": "2026-11-21"}, "shown"),
        ({"booked_on": "2026-11-20"}, "shown"),
        ({"booked_on": "2026-11-21"}, None),
    ],
)
def test_only_tours_and_cruises_that_are_booked_as_of_the_day_count(
    file: Path, fields: dict[str, Any], expected: str | None
) -> None:
    with writing(file) as session:
        add_trip(session, add_customer(session), "2026-11-22", **fields)
    assert state(file, "handbook") == expected


@pytest.mark.parametrize(
    ("trips", "kind", "customer", "channel", "title"),
    [
        ({"kind": "custom"}, "person", {}, "phone", "顾问回访电话：欢迎回家"),
        ({"price": 100_000}, "person", {}, "phone", "回访电话：欢迎回家"),
        ({"price": None}, "person", {}, "wechat", "问候消息：欢迎回家"),
        ({"price": None}, "company", {}, "phone", "团队回访电话"),
    ],
)
def test_who_gets_a_call_and_who_a_message(
    file: Path, trips: dict[str, Any], kind: str, customer: dict[str, Any], channel: str, title: str
) -> None:
    back(file, kind=kind, trip=trips, **customer)
    (line,) = due_lines(file, language="zh").lines
    assert (line.channel, line.title) == (channel, title)


def test_one_handbook_line_a_departure(file: Path) -> None:
    with writing(file) as session:
        for place in ("桂林", "桂林", "云南", None, None):
            add_trip(session, add_customer(session), "2026-11-22", destination=place)
        add_trip(session, add_customer(session), "2026-11-23", destination="桂林")
    lines = due_lines(file).lines
    told = sorted((line.destination or "", line.count, line.customer is None) for line in lines)
    assert told == [
        ("", 1, False),
        ("", 1, False),
        ("云南", 1, False),
        ("桂林", 1, False),
        ("桂林", 2, True),
    ]
    assert len({line.id for line in lines}) == 5
    of_two = next(line for line in lines if line.count == 2)
    alone = next(line for line in lines if line.destination == "云南")
    assert "Hello everyone" in of_two.script
    assert of_two.reason.endswith("customers: 2")
    assert f"Hello {alone.name}. Your trip to 云南" in alone.script
    assert "customers" not in alone.reason


def test_on_a_customers_page_the_line_of_a_departure_is_their_own(file: Path) -> None:
    with writing(file) as session:
        who, other = (add_customer(session, gender="female") for _ in "ab")
        for one in (who, other):
            add_trip(session, one, "2026-11-22", destination="桂林")
    (of_both,) = due_lines(file).lines
    with engine.reading(file) as session:
        (own,) = followup.for_customer(session, setting.load(session), DAY, who, "en")
    assert (own.count, own.items[0].customer_id) == (1, who)
    assert own.id != of_both.id
    with writing(file) as session:
        session.get_one(Customer, other).status = "deceased"
    assert [line.id for line in due_lines(file).lines] == [own.id]


# --- made moot ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "personal", "expected"),
    [
        ("2026-11-19 09:00", True, "shown"),  # the day of the return itself
        ("2026-11-20 00:10", True, "satisfied"),
        ("2026-11-20 00:10", False, "shown"),
        ("2026-11-21 00:10", True, "shown"),  # later than the day
    ],
)
def test_a_personal_contact_after_the_return_makes_the_welcome_call_moot(
    file: Path, at: str, personal: bool, expected: str
) -> None:
    who = back(file)
    with writing(file) as session:
        add_interaction(session, who, at, channel="phone", personal=personal)
    assert state(file, "welcome_home") == expected


def test_a_contact_after_it_lapsed_changes_nothing(file: Path) -> None:
    who = back(file, days_ago=20)
    with writing(file) as session:
        add_interaction(session, who, "2026-11-19 10:00", channel="phone", personal=True)
    assert state(file, "welcome_home") == "lapsed"


# --- never embarrass the owner --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "duty", "care", "marketing"),
    [
        ({}, "shown", "shown", "shown"),
        ({"status": "deceased"}, "held deceased", "held deceased", "held deceased"),
        ({"status": "lost"}, "shown", "held lost", "held lost"),
        ({"status": "lost", "lost_on": DAY}, "shown", "held lost", "held lost"),
        ({"status": "lost", "lost_on": DAY + timedelta(1)}, "shown", "shown", "shown"),
        ({"do_not_contact": True}, "shown", "held do_not_contact", "held do_not_contact"),
        ({"marketing_consent": "no"}, "shown", "shown", "held no_consent"),
        ({"marketing_consent": "unknown"}, "shown", "shown", "shown"),
    ],
)
def test_suppressions_come_first(
    file: Path, fields: dict[str, Any], duty: str, care: str, marketing: str
) -> None:
    with writing(file) as session:
        who = add_customer(session, **fields)
        add_trip(session, who, "2026-11-22")
    assert state(file, "handbook") == duty
    with writing(file) as session:
        who = add_customer(session, **fields)
        add_trip(session, who, "2026-11-10", returns_on="2026-11-18")
        who = add_customer(session, **fields)
        add_trip(session, who, "2025-11-21")
    assert state(file, "welcome_home") == care
    assert state(file, "dormant") == marketing


def test_internal_customers_have_duties_only(file: Path) -> None:
    with writing(file) as session:
        add_trip(session, add_customer(session, kind="internal"), "2026-11-22")
    assert state(file, "handbook") == "shown"
    back(file, kind="internal")
    assert state(file, "welcome_home") == "held internal"


@pytest.mark.parametrize(
    ("departs", "returns", "service", "expected"),
    [
        ("2026-11-18", "2026-11-20", "tour", "held on_trip"),  # back today, not yet here
        ("2026-11-18", "2026-11-19", "tour", "shown"),
        ("2026-11-20", "2026-11-25", "flight", "held on_trip"),
        ("2026-11-01", "2027-10-30", "insurance", "shown"),
        ("2026-11-21", "2026-11-25", "flight", "shown"),
    ],
)
def test_nobody_is_greeted_while_travelling(
    file: Path, departs: str, returns: str, service: str, expected: str
) -> None:
    who = back(file, days_ago=8)
    with writing(file) as session:
        add_trip(session, who, departs, returns_on=returns, service=service)
    found = states(file, "welcome_home")
    assert found["2026-11-13"] == expected


def test_on_a_trip_only_its_own_duties_are_shown(file: Path) -> None:
    with writing(file) as session:
        who = add_customer(session)
        add_trip(session, who, "2026-11-20", returns_on="2026-11-21")
        add_trip(session, who, "2026-11-22", returns_on="2026-11-29")
    assert states(file, "handbook") == {"2026-11-17": "shown", "2026-11-19": "held on_trip"}


def test_somebody_of_a_company_is_always_away(file: Path) -> None:
    who = back(file, kind="company")
    with writing(file) as session:
        add_trip(session, who, "2026-11-15", returns_on="2026-11-30")
    assert state(file, "welcome_home") == "shown"


# --- birthdays ------------------------------------------------------------------------------------


def celebrate(
    file: Path, *days: dict[str, Any], last_trip: str = "2026-06-01", **fields: Any
) -> int:
    """A person with special dates and a last trip that was paid for; returns the customer."""
    with writing(file) as session:
        who = add_customer(session, **fields)
        add_trip(session, who, last_trip, returns_on=last_trip, price=100_000)
        for day in days:
            add_special_date(session, who, **{"label": "birthday", **day})
    return who


def test_a_gift_a_week_before_and_a_message_on_the_day(file: Path) -> None:
    celebrate(file, {"month": 11, "day": 27})
    assert states(file, "birthday", date(2026, 11, 19)) == {}
    assert states(file, "birthday", date(2026, 11, 20)) == {"2026-11-20 gift": "shown"}
    on_the_day = {"2026-11-20 gift": "shown", "2026-11-27 message": "shown"}
    assert states(file, "birthday", date(2026, 11, 27)) == on_the_day
    after = {"2026-11-20 gift": "lapsed", "2026-11-27 message": "lapsed"}
    assert states(file, "birthday", date(2026, 11, 28)) == after


@pytest.mark.parametrize(
    ("last_trip", "tripled", "expected"),
    [
        ("2026-06-01", False, {"gift", "message"}),  # active
        ("2025-03-01", False, {"gift"}),  # at risk (630 days of 365): the gift may win back
        ("2024-01-01", False, set()),  # silent
        ("2024-01-01", True, {"gift", "message"}),  # silent, but has booked again
    ],
)
def test_silent_customers_get_no_birthday_wishes(
    file: Path, last_trip: str, tripled: bool, expected: set[str]
) -> None:
    who = celebrate(file, {"month": 11, "day": 20}, last_trip=last_trip)
    if tripled:
        with writing(file) as session:
            add_trip(session, who, "2027-02-01", booked_on="2026-11-01")
    found = {item.step.name for item in items(file, DAY, Span()) if item.rule.id == "birthday"}
    assert found == expected


def test_only_tiers_a_and_b_get_a_gift(file: Path) -> None:
    who = celebrate(file, {"month": 11, "day": 20})
    with writing(file) as session:
        rich = add_customer(session)
        add_trip(session, rich, "2026-05-01", price=10_000_000)
    assert {item.customer.tier for item in items(file) if item.customer_id == who} == {"D"}
    assert set(states(file, "birthday", span=Span())) == {"2026-11-20 message"}


@pytest.mark.parametrize(
    ("day", "year", "expected"),
    [
        ({"month": 2, "day": 29}, 2026, "2026-02-28"),
        ({"month": 2, "day": 29}, 2028, "2028-02-29"),
        ({"month": 8, "day": 15, "calendar": "lunar"}, 2026, "2026-09-25"),
        ({"month": 12, "day": 30, "calendar": "lunar"}, 2026, "2026-02-16"),  # the 29th, of 2025
        ({"month": 6, "day": 1, "calendar": "lunar", "leap": True}, 2025, "2025-07-25"),
        ({"month": 6, "day": 1, "calendar": "lunar", "leap": True}, 2026, "2026-07-14"),
    ],
)
def test_birthdays_fall_by_the_rules_of_their_calendar(
    file: Path, day: dict[str, Any], year: int, expected: str
) -> None:
    celebrate(file, day, last_trip=f"{year - 1}-12-01")
    found = states(file, "birthday", date.fromisoformat(expected), Span())
    assert found[f"{expected} message"] == "shown"


@pytest.mark.parametrize(
    ("solar", "lunar"),
    [
        ({"month": 3, "day": 5}, {"month": 1, "day": 14}),
        ({"month": 2, "day": 9}, {"month": 12, "day": 20}),  # of the lunar year before
        ({"month": 12, "day": 28}, {"month": 11, "day": 20}),
        ({"month": 1, "day": 3}, {"month": 12, "day": 1}),
    ],
)
def test_both_calendars_give_one_gift_and_one_message_a_year(
    file: Path, solar: dict[str, Any], lunar: dict[str, Any]
) -> None:
    celebrate(file, solar, {**lunar, "calendar": "lunar"}, last_trip="2020-01-01")
    with writing(file) as session:
        add_trip(session, 1, "2035-01-01", booked_on="2020-01-01")  # active throughout
    birthday = [one for one in parser.merged("") if one.id == "birthday"]
    day = date(2026, 1, 1)
    seen: dict[str, set[date]] = {}
    with engine.reading(file) as session:
        settings = setting.load(session)
        while day < date(
            2027, 7, 1
        ):  # whichever part of the year is looked at, the same day serves
            agenda = followup.agenda(session, settings, day, Span(back=0), rules=birthday)
            for item in agenda.items:
                seen.setdefault(item.key.occurrence, set()).add(item.anchor_on)
            day += timedelta(11)
    assert all(len(days) == 1 for days in seen.values())
    whole = Span(back=5 * 366)
    found = items(file, date(2031, 3, 1), whole, birthday)
    years: dict[tuple[str, str], int] = {}
    for item in found:
        _label, year, step = item.key.occurrence.split(":")
        years[year, step] = years.get((year, step), 0) + 1
    assert {year for year, _step in years} >= {"2027", "2028", "2029", "2030"}
    assert set(years.values()) == {1}


def test_other_labels_are_not_the_customers_birthday(file: Path) -> None:
    celebrate(
        file,
        {"month": 11, "day": 20, "label": "小明生日"},
        {"month": 11, "day": 20, "label": "wedding"},
    )
    assert states(file, "birthday") == {}


def test_the_day_of_birth_itself_is_no_birthday(file: Path) -> None:
    celebrate(file, {"month": 11, "day": 20, "year": 2026})
    assert states(file, "birthday") == {}


# --- dormant --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last_trip", "as_of", "expected"),
    [
        ("2025-11-23", "2026-11-20", {"2026-11-20": "shown"}),
        ("2025-11-13", "2026-11-20", {"2026-11-10": "shown"}),
        ("2025-11-12", "2026-11-20", {"2026-11-09": "lapsed"}),
        ("2026-11-15", "2026-11-20", {}),  # the first time it comes back is next year
        ("2024-02-29", "2026-02-28", {"2026-02-25": "shown"}),
        ("2025-01-02", "2025-12-31", {"2025-12-30": "shown"}),
    ],
)
def test_the_day_of_the_last_departure_comes_round(
    file: Path, last_trip: str, as_of: str, expected: dict[str, str]
) -> None:
    with writing(file) as session:
        who = add_customer(session)
        add_trip(session, who, last_trip, price=1)
        add_trip(session, who, "2019-06-01")  # not the last
    assert states(file, "dormant", date.fromisoformat(as_of)) == expected


def test_who_has_booked_is_not_dormant(file: Path) -> None:
    with writing(file) as session:
        who = add_customer(session)
        add_trip(session, who, "2025-11-21")
        add_trip(session, who, "2027-01-01", booked_on="2026-11-20")
    assert state(file, "dormant") == "satisfied"
    assert state(file, "dormant", date(2026, 11, 19)) == "shown"


@pytest.mark.parametrize(
    ("customer", "trip"),
    [({"kind": "company"}, {}), ({"kind": "channel"}, {}), ({}, {"service": "visa"})],
)
def test_dormant_is_for_persons_who_travelled(
    file: Path, customer: dict[str, Any], trip: dict[str, Any]
) -> None:
    with writing(file) as session:
        add_trip(session, add_customer(session, **customer), "2025-11-21", **trip)
    assert state(file, "dormant") is None


@pytest.mark.parametrize(
    ("contact", "as_of", "expected"),
    [
        ("2026-11-13 23:30", "2026-11-20", "shown"),  # a week later
        ("2026-11-14 00:30", "2026-11-20", "waiting quiet"),
        ("2026-11-28 10:00", "2026-12-04", "waiting quiet"),  # its last day was 28 November
        ("2026-11-28 10:00", "2026-12-05", "shown"),
        ("2026-11-28 10:00", "2026-12-07", "shown"),
        ("2026-11-28 10:00", "2026-12-08", "lapsed"),
        ("2026-11-29 10:00", "2026-11-29", "lapsed"),  # it had lapsed before
    ],
)
def test_no_marketing_the_week_after_a_contact_and_what_waits_does_not_lapse(
    file: Path, contact: str, as_of: str, expected: str
) -> None:
    with writing(file) as session:
        who = add_customer(session)
        add_trip(session, who, "2025-11-21", price=1)
        add_interaction(session, who, contact, channel="phone", personal=True)
    day = date.fromisoformat(as_of)
    assert state(file, "dormant", day) == expected
    # The list of the day, which looks at little, says the same.
    assert states(file, "dormant", day, Span()).get("2026-11-18") == expected


# --- words ----------------------------------------------------------------------------------------


def test_the_words_are_said_in_the_language_of_the_customer_and_the_reason_in_ours(
    file: Path,
) -> None:
    back(file, name="王芳", gender="female", owner="李娜", language="zh")
    back(file, name="Ann Lee", language="en")
    lines = {line.name: line for line in due_lines(file, language="en").lines}
    assert lines["王芳"].script.startswith("王女士您好，我是李娜。欢迎回家")
    assert lines["王芳"].reason == "Back from 桂林 on 19 November"
    assert lines["Ann Lee"].script.startswith("Hello Ann Lee. Welcome home! How was 桂林?")


def test_stored_text_is_never_read_as_a_template(file: Path) -> None:
    back(file, name="{owner}[x]", trip={"destination": "{name}|[y]"})
    (line,) = due_lines(file).lines
    assert "Hello {owner}[x]. Welcome home! How was {name}|[y]?" in line.script
    assert line.reason == "Back from {name}|[y] on 19 November"


def test_what_is_unknown_is_left_out_of_the_words(file: Path) -> None:
    back(file, name="Ann", trip={"destination": None})
    (line,) = due_lines(file).lines
    assert line.reason == "Back on 19 November"
    assert "How was your trip?" in line.script
    assert "None" not in line.script


def test_dormant_counts_the_years(file: Path) -> None:
    with writing(file) as session:
        who = add_customer(session, name="王芳")
        add_trip(session, who, "2023-11-21", destination="西藏")
    (line,) = due_lines(file, language="zh").lines
    assert "三年前这段时间，您和我们去了西藏" in line.script
    assert "2023年11月21日出发" in line.reason


@pytest.mark.parametrize(
    ("day", "zh", "en"),
    [
        ("2026-11-20", "去年这段时间，您和我们去了西藏", "About a year ago you went to 西藏"),
        ("2026-11-21", "去年的今天，您正在西藏", "On this day a year ago you were in 西藏"),
        ("2026-11-25", "去年的今天，您正在西藏", "On this day a year ago you were in 西藏"),
        ("2026-11-26", "去年这段时间，您和我们去了西藏", "About a year ago you went to 西藏"),
    ],
)
def test_that_they_were_away_a_year_ago_is_said_on_those_days_only(
    file: Path, day: str, zh: str, en: str
) -> None:
    with writing(file) as session:
        add_trip(
            session,
            add_customer(session),
            "2025-11-21",
            returns_on=date(2025, 11, 25),
            destination="西藏",
        )
    for language, said in (("zh", zh), ("en", en)):
        (line,) = due_lines(file, date.fromisoformat(day), language).lines
        assert said in line.script


def test_what_was_said_on_another_day_of_the_leap_year(file: Path) -> None:
    with writing(file) as session:
        add_trip(
            session,
            add_customer(session),
            "2023-02-28",
            returns_on=date(2023, 3, 2),
            destination="西藏",
        )
    (line,) = due_lines(file, date(2024, 2, 29), "zh").lines
    assert "去年的今天，您正在西藏" in line.script


@pytest.mark.parametrize(
    ("before", "en", "zh", "words"),
    [
        ("trip", "Last trip home on 25 April", "上次出行归来是4月25日", "您上次出行4月25日归来"),
        ("talk", "No personal contact since 2 May", "上次当面或电话联系是5月2日", "5月2日以后"),
    ],
)
def test_a_return_is_not_told_as_a_contact(
    file: Path, before: str, en: str, zh: str, words: str
) -> None:
    with writing(file, at=datetime(2025, 1, 1, tzinfo=UTC)) as session:
        who = add_customer(session, name="王芳")
        add_trip(session, who, "2026-04-20", returns_on=date(2026, 4, 25), price=100_000)
        if before == "talk":
            add_interaction(session, who, "2026-05-02T10:00", personal=True)
        for _ in range(9):
            add_trip(session, add_customer(session), "2026-06-01", price=100)
    for language, said in (("en", en), ("zh", zh)):
        found = due_lines(file, date(2026, 11, 20), language).lines
        (line,) = [one for one in found if one.rule == "tier_visit" and one.name == "王芳"]
        assert said in line.reason
        if language == "en":
            assert ("contact since" in line.reason) == (before == "talk")
            assert ("spoken" in line.script) == (before == "talk")
        else:
            assert words in line.script


def test_the_line_of_an_answer_says_what_was_not_right(file: Path) -> None:
    with writing(file) as session:
        who = add_customer(session)
        add_answer(session, who, date(2026, 11, 19), nps=10, csat=2, hotel=1, comment="房间有霉味")
    (line,) = due_lines(file, date(2026, 11, 20), "en").lines
    assert line.reason == (
        "Not content; overall 2 of 5, hotel 1 of 5; recommends us all the same: 10 of 10; "
        "“房间有霉味”"
    )
    (line,) = due_lines(file, date(2026, 11, 20), "zh").lines
    assert line.reason == (
        "有不满意的地方；总体满意度2分、住宿1分（满分5分）；推荐意愿却打了10分（满分10分）；“房间有霉味”"
    )


def test_the_words_to_paste_keep_the_signs_that_a_comment_is_written_with(file: Path) -> None:
    said = "عالی می\u200cشود 👨\u200d👩\u200d👧 \u202egpj"
    with writing(file) as session:
        add_answer(session, add_customer(session), date(2026, 11, 17), nps=10, comment=said)
    (line,) = due_lines(file, date(2026, 11, 20), "en").lines
    assert line.reason.endswith("“عالی می\u200cشود 👨\u200d👩\u200d👧 \\u202egpj”")


def test_the_line_of_a_promoter_shows_the_comment(file: Path) -> None:
    with writing(file) as session:
        add_answer(session, add_customer(session), date(2026, 11, 17), nps=10, comment="导游太好了")
    (line,) = due_lines(file, date(2026, 11, 20), "en").lines
    assert line.reason == "Would gladly recommend us: 10 of 10; “导游太好了”"


def test_a_lunar_birthday_says_its_lunar_day(file: Path) -> None:
    celebrate(file, {"month": 8, "day": 15, "calendar": "lunar"})
    lines = due_lines(file, date(2026, 9, 25), "zh").lines
    reasons = {line.reason for line in lines if line.rule == "birthday"}
    assert reasons == {"9月25日生日（农历八月十五）"}


# --- order, capacity, owners ----------------------------------------------------------------------


def test_by_priority_then_tier_then_lateness_one_customer_together(file: Path) -> None:
    back(file, 3, name="late B", trip={"price": 30_000, "kind": "custom"})
    back(file, 1, name="A", trip={"price": 60_000})
    back(file, 1, name="B", trip={"price": 30_000})
    who = back(file, 2, name="none", trip={"price": None})
    with writing(file) as session:
        add_special_date(session, who, "birthday", 11, 20)
        add_trip(session, add_customer(session), "2026-11-21", destination="云南")
    lines = due_lines(file).lines
    assert [(line.name, line.rule) for line in lines[1:]] == [
        ("A", "welcome_home"),
        ("late B", "welcome_home"),
        ("B", "welcome_home"),
        ("none", "welcome_home"),
        ("none", "birthday"),
    ]
    assert lines[0].rule == "handbook"


def test_the_list_fits_the_day_of_each_colleague(tmp_path: Path) -> None:
    file = agency(tmp_path, daily_capacity="2")
    for number in range(3):
        back(file, name=f"L{number}", owner="Li")
        back(file, name=f"W{number}", owner="Wu")
        back(file, name=f"N{number}")
    with writing(file) as session:
        for _ in range(3):
            add_trip(session, add_customer(session, owner="Li"), "2026-11-21", destination=None)
    shown = [line.name for line in due_lines(file).lines if line.rule == "welcome_home"]
    assert sorted(name[0] for name in shown if name) == ["L", "L", "N", "N", "W", "W"]
    own = due_lines(file, owner="Li")
    assert sum(line.rule == "handbook" for line in own.lines) == 3
    calls = [line.name or "" for line in own.lines if line.rule == "welcome_home"]
    assert len(calls) == 2
    assert not any(name.startswith("W") for name in calls)
    assert [(str(one.why), one.count) for one in own.waiting] == [("more than fits the day", 4)]
    assert len(due_lines(file, everything=True).lines) == 12


def test_the_lists_of_several_are_what_each_has_alone(tmp_path: Path) -> None:
    file = agency(tmp_path, daily_capacity="1")
    for owner in ("Li", "Wu", "Wu"):
        back(file, owner=owner)
    owners = ("Wu", None, "Li", "Wu")
    with engine.reading(file) as session:
        lists = followup.due_of_each(session, setting.load(session), DAY, "en", owners)
    assert {owner: len(found.lines) for owner, found in lists.items()} == {
        "Wu": 1, None: 2, "Li": 1,
    }  # fmt: skip
    for whose, found in lists.items():
        alone = due_lines(file, owner=whose)
        assert [line.id for line in found.lines] == [line.id for line in alone.lines]
        waiting, of_alone = ([one.count for one in some.waiting] for some in (found, alone))
        assert (waiting, found.customers) == (of_alone, alone.customers)


def test_all_items_of_a_customer_take_one_place(tmp_path: Path) -> None:
    file = agency(tmp_path, daily_capacity="1")
    who = back(file)
    with writing(file) as session:
        add_special_date(session, who, "birthday", 11, 20)
    assert len(due_lines(file).lines) == 3  # welcome, gift, message


@pytest.mark.parametrize(
    ("nps", "said"),
    [(6, "Would not recommend us: 6 of 10"), (9, "Would gladly recommend us: 9 of 10")],
)
def test_an_answer_is_told_with_its_number(file: Path, nps: int, said: str) -> None:
    with writing(file) as session:
        add_answer(session, add_customer(session), DAY - timedelta(7), nps=nps)
    assert any(said in line.reason for line in due_lines(file).lines)


def test_one_offer_at_a_time(tmp_path: Path) -> None:
    file = agency(tmp_path)
    with writing(file) as session:
        who = add_customer(session)
        add_trip(session, who, "2025-11-21")
    found = items(file)
    offer = next(item for item in found if item.rule.id == "dormant")
    twin = copy(offer)
    limit([offer, twin], 40, Used(), lambda item: "")
    assert [(one.state, one.why) for one in (offer, twin)] == [("shown", ""), ("waiting", "quiet")]


def test_tags_can_be_asked_for(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    back(file, name="with")
    back(file, name="without")
    with writing(file) as session:
        add_tag(session, 1, "老客户")
    text = parser.DEFAULTS.read_text(encoding="utf-8")
    text = text.replace('satisfied_by = ["personal_contact"]', 'tags = ["老客户"]')
    rules = parser.load(text, "mine.toml")
    monkeypatch.setattr(parser, "merged", lambda _own: rules)
    assert [line.name for line in due_lines(file).lines] == ["with"]


# --- one item, one customer, any span -------------------------------------------------------------


def test_what_is_due_about_one_customer(file: Path) -> None:
    who = back(file)
    other = back(file)
    with writing(file) as session:
        add_special_date(session, who, "birthday", 11, 20)
        add_special_date(session, other, "birthday", 11, 20)
    with engine.reading(file) as session:
        lines = followup.for_customer(session, setting.load(session), DAY, who, "en")
    assert [line.rule for line in lines] == ["welcome_home", "birthday", "birthday"]
    assert {line.items[0].customer_id for line in lines} == {who}


def test_a_clock_is_named_where_nothing_else_is_due_and_what_comes_where_nothing_is(
    file: Path,
) -> None:
    with writing(file) as session:
        both, clock, later, gone = (add_customer(session) for _ in "abcd")
        add_task(session, both, DAY, DAY)
        for code, who in zip("KL", (both, clock), strict=True):
            add_complaint(session, who, moment("2026-11-20 09:00"), code)
        for who in (both, clock, later):
            add_trip(session, who, "2026-12-01")
        add_trip(session, gone, "2026-11-10", returns_on="2026-11-19")
        session.get_one(Customer, gone).status = "deceased"
    with engine.reading(file) as session:
        of = partial(actions.of_customer, session, setting.load(session), DAY)
        named = [{line.rule for line in of(who, "en")} for who in (both, clock, later, gone)]
        held = {line.rule for line in of(gone, "en", ("held",))}
    comes = {"handbook", "welcome_home", "survey"}
    assert named == [{"task"}, {"complaint_clock"}, comes, set()]
    assert held == {"welcome_home", "survey"}


def test_days_to_come_can_be_listed(file: Path) -> None:
    who = back(file)
    with writing(file) as session:
        add_special_date(session, who, "birthday", 12, 24)
        add_trip(session, who, "2027-01-10")
    with engine.reading(file) as session:
        settings = setting.load(session)
        lines, _total = followup.listing(
            session, settings, DAY, "en", DAY, date(2027, 1, 31), ("shown", "waiting", "ahead")
        )
    assert [(line.rule, str(line.due_on), line.state) for line in lines] == [
        ("welcome_home", "2026-11-20", "shown"),
        ("survey", "2026-11-22", "ahead"),
        ("birthday", "2026-12-17", "ahead"),
        ("birthday", "2026-12-24", "ahead"),
        ("festival", "2026-12-29", "ahead"),
        ("handbook", "2027-01-07", "ahead"),
        ("welcome_home", "2027-01-11", "ahead"),
        ("survey", "2027-01-13", "ahead"),
    ]


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (0, 0, [0]),
        (-1, 0, [-1, 0]),
        (0, 1, [0, 1]),
        (1, 2, [1, 2]),
        (-2, -2, [-2]),
        (-1, 1, [-1, 0, 1]),
    ],
)
def test_a_list_has_its_first_day_and_its_last(
    file: Path, first: int, last: int, days: list[int]
) -> None:
    for days_ago in (3, 2, 1, 0, -1):
        back(file, days_ago)  # due on the day after
    span = DAY + timedelta(first), DAY + timedelta(last)
    with engine.reading(file) as session:
        settings = setting.load(session)
        found, many = planner.listing(session, settings, DAY, "en", *span, STATES)
        some, of = planner.listing(session, settings, DAY, "en", *span, STATES, most=1)
    due = [(line.due_on - DAY).days for line in found if line.rule == "welcome_home"]
    assert (due, many) == (days, len(found))
    assert [line.id for line in some] == [line.id for line in found[:1]]
    assert of == many


def test_an_empty_database_has_nothing_due(file: Path) -> None:
    due = due_lines(file)
    assert (due.lines, due.waiting, due.held, due.lapsed_unseen) == ([], (), (), 0)


def test_what_lapsed_lately_is_counted_but_not_what_could_not_be_shown(file: Path) -> None:
    no_survey: dict[str, Any] = {"trip": {"kind": "custom"}}
    long_ago = datetime(2026, 10, 1, tzinfo=UTC)
    back(file, days_ago=17, came=long_ago, **no_survey)
    back(file, days_ago=17, came=long_ago, do_not_contact=True, **no_survey)
    back(file, days_ago=40, came=long_ago, **no_survey)
    back(file, days_ago=17, **no_survey)  # came into the database today: nobody could have called
    assert due_lines(file).lapsed_unseen == 1


def test_a_departure_that_lapsed_counts_once(file: Path) -> None:
    with writing(file, at=datetime(2026, 10, 1, tzinfo=UTC)) as session:
        for _number in range(3):
            add_trip(session, add_customer(session), "2026-11-18", destination="桂林")
    assert due_lines(file).lapsed_unseen == 1


def test_what_is_open_is_listed_without_going_through_what_is_over(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find, found = candidates.find, list[Events]()

    def counted(session: Session, day: Day) -> Events:
        found.append(find(session, day))
        return found[-1]

    monkeypatch.setattr(candidates, "find", counted)
    for days_ago in (1, 10, 60):
        back(file, days_ago)
    span = DAY - timedelta(90), DAY + timedelta(7)
    with engine.reading(file) as session:
        settings = setting.load(session)

        def listed(states: Iterable[str]) -> tuple[list[str], int]:
            lines, _total = followup.listing(session, settings, DAY, "en", *span, tuple(states))
            count = sum(map(len, found.pop().values()))
            return [line.id for line in lines if line.state in followup.OPEN], count

        open_, few = listed(followup.OPEN)
        among_all, many = listed(STATES)
    assert open_ == among_all
    assert len(open_) >= 3
    assert few < many


def test_words_are_made_for_the_rows_that_are_shown(file: Path) -> None:
    for _number in range(4):
        back(file, trip={"kind": "custom"})
    with engine.reading(file) as session:
        how = session, setting.load(session), DAY, "en", DAY, DAY, ("shown",)
        every, _total = followup.listing(*how)
        some, total = followup.listing(*how, most=3)
    assert [line.id for line in some] == [line.id for line in every[:3]]
    assert total == len(every) == 4


# --- how it is found ------------------------------------------------------------------------------


def test_trips_are_found_by_index_but_for_the_one_pass(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = back(file)
    with writing(file) as session:
        add_special_date(session, who, "birthday", 11, 20)
        add_interaction(session, who, "2026-11-01 10:00", channel="phone", personal=True)
    with engine.reading(file) as session:
        raw = engine.raw(session)
        with told(raw) as statements:
            followup.due(session, setting.load(session), DAY, "en")
        steps = [step for one in statements for step in plan(raw, one)]
    about_trips = [step for step in steps if " t " in f"{step} " or "trip_" in step]
    assert len(about_trips) >= 5
    assert all(step.startswith("SEARCH") for step in about_trips), about_trips


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Mid-Autumn Festival and National Day"), ("zh", "中秋节、国庆节")]
)
def test_festivals_of_one_day_are_named_together(file: Path, language: str, said: str) -> None:
    with writing(file) as session:
        who = add_customer(session, marketing_consent="yes")
        add_trip(session, who, "2020-06-01", price=100)
    lines = due_lines(file, date(2020, 10, 1), language).lines
    assert [said in line.title + line.reason for line in lines if line.rule == "festival"] == [True]
