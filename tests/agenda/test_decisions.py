"""Deciding about follow-ups, and what becomes of an item when its event moves."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from tests.builders import add_customer, add_special_date, add_trip, agency
from tests.builders import writing as building
from tests.contacts import ZONE
from tourcrm import followup
from tourcrm.agenda import actions, decisions, keys
from tourcrm.agenda.actions import Act
from tourcrm.agenda.keys import Key
from tourcrm.agenda.states import STATES, Item, Span
from tourcrm.agenda.wording import Line
from tourcrm.base.errors import NotFound, Refused, WrongUsage
from tourcrm.db import engine, operations, setting
from tourcrm.models import Change, FollowupOutcome, Interaction, SpecialDate, Trip

DAY = date(2026, 11, 20)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return agency(tmp_path)


@contextmanager
def acting(file: Path, day: date = DAY, staff: str = "Li") -> Iterator[tuple[Session, Act]]:
    at = datetime.combine(day, time(10), ZONE)
    with engine.writing(file) as session:
        number = operations.begin(session, "test", at, staff)
        yield session, Act(number, day, at, staff)


def meant(session: Session, typed: str, day: date = DAY) -> tuple[Line, tuple[Item, ...]]:
    return actions.find(session, setting.load(session), day, typed, "en")


def do(file: Path, what: str, typed: str, *given: Any, day: date = DAY, **how: Any) -> int:
    """One decision: do(file, "snooze", id, until)."""
    with acting(file, day, how.pop("staff", "Li")) as (session, act):
        line, items = meant(session, typed, day)
        if what == "done":
            return actions.done(session, act, line, items, **how)
        return int(getattr(actions, what)(session, act, items, *given, **how))


def item(file: Path, rule: str, day: date = DAY, back: int = 60) -> Item | None:
    with engine.reading(file) as session:
        found = followup.agenda(session, setting.load(session), day, Span(back=back)).items
    found = [one for one in found if one.rule.id == rule]
    assert len(found) <= 1, found
    return found[0] if found else None


def state(file: Path, rule: str, day: date = DAY, back: int = 60) -> str | None:
    found = item(file, rule, day, back)
    return f"{found.state} {found.why}".strip() if found else None


def first_id(file: Path, rule: str, day: date = DAY) -> str:
    found = item(file, rule, day)
    assert found is not None
    return found.id


def came_back(file: Path, returns: str = "2026-11-18", **trip: Any) -> int:
    with building(file) as session:
        who = add_customer(session, name="王芳")
        fields = {"destination": "桂林", "price": 100, "returns_on": returns, **trip}
        departs = date.fromisoformat(returns) - timedelta(10)
        return add_trip(session, who, departs, **fields)


def contacts(file: Path) -> list[Interaction]:
    with engine.reading(file) as session:
        found = list(session.exec(select(Interaction)).all())
        session.expunge_all()
    return found


# --- done ---------------------------------------------------------------------------------------


def test_what_is_done_is_off_the_list_and_leaves_a_contact(file: Path) -> None:
    trip = came_back(file)
    assert do(file, "done", first_id(file, "welcome_home"), note="想去北疆") == 1
    assert state(file, "welcome_home") == "decided"
    (contact,) = contacts(file)
    assert (contact.trip_id, contact.channel, contact.direction) == (trip, "phone", "out")
    assert (contact.kind, contact.personal, contact.staff) == ("followup", True, "Li")
    assert contact.summary == "想去北疆"
    assert contact.at == datetime(2026, 11, 20, 2, tzinfo=UTC)
    with engine.reading(file) as session:
        (row,) = session.exec(select(FollowupOutcome)).all()
        session.expunge_all()
    assert (row.rule, row.subject_table, row.subject_id) == ("welcome_home", "trip", trip)
    assert (row.occurrence, str(row.anchor_on), str(row.due_on)) == (
        "once",
        "2026-11-18",
        "2026-11-19",
    )


def test_a_message_that_was_sent_instead_of_a_call_is_not_personal(file: Path) -> None:
    came_back(file)
    do(file, "done", first_id(file, "welcome_home"), channel="wechat")
    (contact,) = contacts(file)
    assert (contact.channel, contact.personal) == ("wechat", False)


def test_undo_brings_it_back_and_takes_the_contact_away(file: Path) -> None:
    came_back(file)
    id_ = first_id(file, "welcome_home")
    do(file, "done", id_)
    do(file, "undo", id_)
    assert state(file, "welcome_home") == "shown"
    assert contacts(file) == []
    with engine.reading(file) as session:
        (kept,) = session.exec(select(Change)).all()
        statuses = [row.status for row in session.exec(select(FollowupOutcome)).all()]
        session.expunge_all()
    assert (kept.table_name, kept.after) == ("interaction", None)
    assert statuses == ["done", "reopened"]
    with pytest.raises(Refused, match="Nothing was decided"):
        do(file, "undo", id_)


def test_a_second_decision_is_refused_and_told_who_made_the_first(file: Path) -> None:
    came_back(file)
    id_ = first_id(file, "welcome_home")
    do(file, "done", id_, staff="Wu")
    for what, given in (("done", ()), ("skip", ("x",)), ("snooze", (DAY + timedelta(2),))):
        with pytest.raises(Refused, match=f"{id_} was decided already: done by Wu on 2026-11-20"):
            do(file, what, id_, *given)
    assert len(contacts(file)) == 1


def test_a_batch_is_decided_for_each_member_and_is_no_contact(file: Path) -> None:
    with building(file) as session:
        for number in range(3):
            dead = {"status": "deceased"} if number == 2 else {}
            who = add_customer(session, **dead)
            add_trip(session, who, "2026-11-22", destination="桂林")
    with engine.reading(file) as session:
        settings = setting.load(session)
        (line,) = followup.due(session, settings, DAY, "en").lines
    assert line.count == 2
    with pytest.raises(WrongUsage, match="--channel is for one customer"):
        do(file, "done", line.id, channel="phone")
    assert do(file, "done", line.id) == 2
    assert contacts(file) == []
    with engine.reading(file) as session:
        due = followup.due(session, setting.load(session), DAY, "en")
        assert len(session.exec(select(FollowupOutcome)).all()) == 2
    assert (due.lines, [one.count for one in due.held]) == ([], [1])
    with building(file) as session:  # who books later is a line of their own
        add_trip(session, add_customer(session), "2026-11-22", destination="桂林")
    with engine.reading(file) as session:
        (late,) = followup.due(session, setting.load(session), DAY, "en").lines
    assert late.count == 1
    assert do(file, "done", line.id) == 1
    assert [one.customer_id for one in contacts(file)] == [late.items[0].customer_id]
    assert do(file, "undo", late.id) == 1
    assert contacts(file) == []
    assert do(file, "undo", line.id) == 2


@pytest.mark.parametrize("which", [slice(2), slice(2, 5)])
def test_a_batch_is_named_by_those_who_are_open(file: Path, which: slice) -> None:
    with building(file) as session:
        for _ in range(5):
            add_trip(session, add_customer(session), "2026-11-22", destination="桂林")
    with engine.reading(file) as session:
        settings = setting.load(session)
        (line,) = followup.due(session, settings, DAY, "en").lines
    for item in line.items[which]:
        do(file, "done", keys.printed_id(item.key))
    with engine.reading(file) as session:
        ((left, _items),) = actions.find_all(session, settings, DAY, line.id, "en")
    assert left.count == 5 - len(line.items[which])


def test_an_offer_that_was_made_keeps_others_waiting(file: Path) -> None:
    with building(file) as session:
        who = add_customer(session)
        add_trip(session, who, "2025-11-21", price=1)
    do(file, "done", first_id(file, "dormant"))
    with building(file) as session:  # another last trip: an item of its own
        add_trip(session, who, "2025-11-23", price=1)
    assert state(file, "dormant", DAY + timedelta(6)) == "waiting quiet"
    assert state(file, "dormant", DAY + timedelta(7)) == "shown"


def test_what_was_done_out_of_care_keeps_no_offer_waiting(file: Path) -> None:
    with building(file) as session:
        who = add_customer(session)
        add_special_date(session, who, "birthday", DAY.month, DAY.day)
        add_trip(session, who, "2025-11-21", price=1)
    with engine.reading(file) as session:
        (line,) = [
            one
            for one in followup.due(session, setting.load(session), DAY, "en").lines
            if one.rule == "birthday" and one.days_late == 0
        ]
    do(file, "done", line.id)
    assert state(file, "dormant") == "shown"


def test_what_was_decided_today_takes_up_the_day(tmp_path: Path) -> None:
    file = agency(tmp_path, daily_capacity="2")
    for _ in range(3):
        came_back(file, kind="custom")  # no survey is due

    def shown(day: date) -> list[Line]:
        with engine.reading(file) as session:
            return followup.due(session, setting.load(session), day, "en").lines

    first, second = shown(DAY)
    do(file, "done", first.id)
    assert [line.id for line in shown(DAY)] == [second.id]
    do(file, "skip", second.id, "x")
    assert shown(DAY) == []
    assert len(shown(DAY + timedelta(1))) == 1


# --- tried, skip, snooze --------------------------------------------------------------------------


def test_nobody_answered_so_it_is_back_tomorrow(file: Path) -> None:
    came_back(file)
    id_ = first_id(file, "welcome_home")
    do(file, "tried", id_)
    assert state(file, "welcome_home") == "decided"
    assert state(file, "welcome_home", DAY + timedelta(1)) == "shown"
    assert contacts(file) == []


def test_after_three_tries_the_line_suggests_a_message(file: Path) -> None:
    came_back(file, kind="custom")  # no survey is due
    id_ = first_id(file, "welcome_home")
    told = []
    for number in range(4):
        day = DAY + timedelta(number)
        with engine.reading(file) as session:
            (line,) = followup.due(session, setting.load(session), day, "en").lines
        told.append((line.channel, "send a message" in line.reason))
        do(file, "tried", id_, day=day)
    assert told == [("phone", False)] * 3 + [("wechat", True)]


def test_a_try_on_the_last_day_keeps_it_for_some_days(file: Path) -> None:
    came_back(file, returns="2026-11-05")  # its last day is the 20th
    assert state(file, "welcome_home", DAY + timedelta(1)) == "lapsed"
    do(file, "tried", first_id(file, "welcome_home"))
    assert state(file, "welcome_home", DAY + timedelta(4)) == "shown"
    assert state(file, "welcome_home", DAY + timedelta(5)) == "lapsed"


def test_skipping_needs_a_reason(file: Path) -> None:
    came_back(file)
    id_ = first_id(file, "welcome_home")
    with pytest.raises(WrongUsage, match="--reason"):
        do(file, "skip", id_, "  ")
    do(file, "skip", id_, "在群里问过")
    found = item(file, "welcome_home", DAY + timedelta(3))
    assert found is not None and found.decision is not None
    assert (found.state, found.decision.note) == ("decided", "在群里问过")
    assert contacts(file) == []


@pytest.mark.parametrize(
    ("until", "days", "expected"),
    [
        (3, 2, "decided"),
        (3, 3, "shown"),
        (3, 14, "shown"),  # its own last day
        (3, 15, "lapsed"),
        (60, 59, "decided"),
        (60, 60, "shown"),  # long after its own last day
        (60, 63, "shown"),
        (60, 64, "lapsed"),
        (60, 72, None),  # no longer counted
    ],
)
def test_what_is_put_off_is_back_on_its_day_and_stays_three_days_at_least(
    file: Path, until: int, days: int, expected: str | None
) -> None:
    came_back(file, returns="2026-11-19")
    do(file, "snooze", first_id(file, "welcome_home"), DAY + timedelta(until))
    assert state(file, "welcome_home", DAY + timedelta(days), back=7) == expected


@pytest.mark.parametrize(("until", "days"), [(5, 1), (300, 250)])
def test_what_was_put_off_can_be_done_earlier(file: Path, until: int, days: int) -> None:
    came_back(file)
    id_ = first_id(file, "welcome_home")
    do(file, "snooze", id_, DAY + timedelta(until))
    assert do(file, "done", id_, day=DAY + timedelta(days)) == 1
    assert state(file, "welcome_home", DAY + timedelta(until), back=400) == "decided"


@pytest.mark.parametrize(("days", "allowed"), [(0, False), (-1, False), (2, True), (3, False)])
def test_nothing_is_put_off_past_the_event_that_it_serves(
    file: Path, days: int, allowed: bool
) -> None:
    with building(file) as session:
        add_trip(session, add_customer(session), "2026-11-22")
    id_ = first_id(file, "handbook")
    if allowed:
        assert do(file, "snooze", id_, DAY + timedelta(days)) == 1
        assert state(file, "handbook", DAY + timedelta(days)) == "shown"
        assert state(file, "handbook", DAY + timedelta(days + 1)) == "lapsed"
    else:
        with pytest.raises(Refused):
            do(file, "snooze", id_, DAY + timedelta(days))


# --- as of another day ----------------------------------------------------------------------------


def test_a_past_day_knows_nothing_of_later_decisions(file: Path) -> None:
    came_back(file)
    id_ = first_id(file, "welcome_home")
    do(file, "done", id_)
    assert state(file, "welcome_home", DAY - timedelta(1)) == "shown"
    do(file, "undo", id_, day=DAY + timedelta(2))
    assert state(file, "welcome_home", DAY + timedelta(1)) == "decided"
    assert state(file, "welcome_home", DAY + timedelta(2)) == "shown"


def test_a_day_ends_at_the_agencys_midnight(file: Path) -> None:
    came_back(file)
    with acting(file) as (session, act):
        late = datetime(2026, 11, 20, 23, 59, 59, tzinfo=ZONE)
        act = Act(act.operation, act.today, late, act.staff)
        line, items = meant(session, first_id(file, "welcome_home"))
        actions.done(session, act, line, items)
    assert state(file, "welcome_home", DAY) == "decided"
    assert state(file, "welcome_home", DAY - timedelta(1)) == "shown"


def test_days_of_decisions_begin_and_end_at_midnight(file: Path) -> None:
    at = ("11-18 23:59:59", "11-19 00:00", "11-20 00:00", "11-20 23:59:59", "11-21 00:00")
    keys = [Key("x", "trip", subject, "once") for subject in range(1, 6)]
    with acting(file) as (session, act):
        who = add_customer(session)
        some: dict[str, Any] = {"anchor_on": DAY, "customer_id": who, "due_on": DAY, "staff": "Li"}
        for key, when in reversed(list(zip(keys, at, strict=True))):
            moment = datetime.fromisoformat(f"2026-{when}").replace(tzinfo=ZONE)
            decisions.record(session, act.operation, key, status="done", at=moment, **some)
        for subject, until in ((8, "2026-11-30"), (9, "2026-12-01")):
            decisions.record(
                session, act.operation, Key("y", "trip", subject, "once"), status="snoozed",
                at=datetime(2026, 1, 1, tzinfo=ZONE), until=date.fromisoformat(until), **some,
            )  # fmt: skip
        session.flush()
        first, last = DAY - timedelta(1), date(2026, 12, 1)
        lately = decisions.lately(session, DAY, ZONE, first, {"x"}, last)
        of_the_day = decisions.lately(session, DAY, ZONE, first, {"z"}, last)
        since = decisions.since(session, first, DAY, ZONE)
        # About one thing more may be decided than what is asked for.
        wanted = {*keys[1:], Key("y", "trip", 8, "twice")}
        about = decisions.of_keys(session, wanted, DAY, ZONE)
    assert [one.key.subject_id for one in lately.standing] == [2, 3, 4]
    assert [one.key.subject_id for one in of_the_day.standing] == [3, 4]
    assert [one.key.subject_id for one in since] == [2, 3, 4]
    assert [one.key.subject_id for one in about] == [2, 3, 4]
    assert [one.key.subject_id for one in lately.on(DAY)] == [3, 4]
    assert [one.key.subject_id for one in lately.done_since(DAY, {"x"})] == [3, 4]
    assert lately.done_since(DAY, {"y"}) == []
    assert [one.key.subject_id for one in lately.put_off["y"]] == [9]


def test_a_cancelled_trip_is_silent_whatever_was_decided(file: Path) -> None:
    trip = came_back(file)
    do(file, "snooze", first_id(file, "welcome_home"), DAY + timedelta(2))
    with building(file) as session:
        row = session.get_one(Trip, trip)
        row.status, row.cancelled_on = "cancelled", DAY + timedelta(1)
    assert state(file, "welcome_home", DAY) == "decided"
    assert state(file, "welcome_home", DAY + timedelta(2)) is None


# --- the event moves ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "moved", "expected"),
    [
        ("welcome_home", 7, "decided"),
        ("welcome_home", -7, "decided"),
        ("welcome_home", 8, "shown"),
        ("handbook", 2, "decided"),
        ("handbook", -2, "decided"),
        ("handbook", 3, "shown"),
    ],
)
def test_a_decision_holds_until_the_event_moves_too_far(
    file: Path, rule: str, moved: int, expected: str
) -> None:
    if rule == "welcome_home":
        trip = came_back(file)
    else:
        with building(file) as session:
            trip = add_trip(session, add_customer(session), "2026-11-22")
    do(file, "done", first_id(file, rule))
    with building(file) as session:
        row = session.get_one(Trip, trip)
        field = "returns_on" if rule == "welcome_home" else "departs_on"
        setattr(row, field, getattr(row, field) + timedelta(moved))
    day = DAY + timedelta(max(moved, 0))
    found = item(file, rule, day)
    assert found is not None
    assert found.state == expected
    assert found.date_changed == (expected == "shown")
    if expected == "shown":
        with engine.reading(file) as session:
            lines = followup.due(session, setting.load(session), day, "en").lines
        assert "(date changed)" in next(line.reason for line in lines if line.rule == rule)


@pytest.mark.parametrize(
    ("before", "after", "acted", "looked"),
    [
        ((11, 21), (11, 22), "2026-11-21", "2026-11-22"),
        ((1, 1), (12, 31), "2026-01-01", "2026-12-31"),  # today's is the next one: due again
        ((12, 31), (1, 1), "2026-12-31", "2027-01-01"),  # the same one, of another year
    ],
)
def test_a_birthday_corrected_by_a_day_is_not_wished_twice(
    file: Path, before: tuple[int, int], after: tuple[int, int], acted: str, looked: str
) -> None:
    with building(file) as session:
        who = add_customer(session, name="王芳")
        add_trip(session, who, "2025-12-01")
        add_trip(session, who, "2027-12-01", booked_on="2025-12-01")
        row = add_special_date(session, who, "birthday", *before)
    day = date.fromisoformat(acted)
    with engine.reading(file) as session:
        (line,) = followup.due(session, setting.load(session), day, "en").lines
    do(file, "done", line.id, day=day)
    with building(file) as session:
        found = session.get_one(SpecialDate, row)
        found.month, found.day = after
    expected = "decided" if abs((date.fromisoformat(looked) - day).days) < 7 else "shown"
    assert state(file, "birthday", date.fromisoformat(looked), back=0) == expected


# --- ids ------------------------------------------------------------------------------------------


def test_an_id_is_known_by_its_start_in_any_spelling(file: Path) -> None:
    came_back(file)
    id_ = first_id(file, "welcome_home")
    assert len(id_) == 8
    with engine.reading(file) as session:
        for typed in (id_, id_.lower(), id_[:4], f" {id_[:4]}-{id_[4:]} ", id_.replace("0", "o")):
            _line, items = meant(session, typed)
            assert [one.id for one in items] == [id_]
        with pytest.raises(WrongUsage, match="too short"):
            meant(session, id_[:3])
        with pytest.raises(NotFound, match="followups list --all"):
            meant(session, "ZZZZZZZZ" if id_ != "ZZZZZZZZ" else "YYYYYYYY")


@pytest.mark.parametrize("days", [0, 90, -30, -300])
def test_an_id_is_known_for_ninety_days_and_ahead(file: Path, days: int) -> None:
    due = DAY - timedelta(days)
    with building(file) as session:
        who = add_customer(session)
        add_trip(session, who, due - timedelta(5), returns_on=due - timedelta(1), service="cruise")
    with engine.reading(file) as session:
        settings = setting.load(session)
        lines, _total = followup.listing(session, settings, DAY, "en", due, due, STATES)
        (id_,) = [line.id for line in lines if line.rule == "welcome_home"]
        line, _items = meant(session, id_)
    assert (line.id, line.due_on) == (id_, due)


def test_a_start_of_two_ids_names_neither(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    came_back(file)
    came_back(file)
    original = keys.id_number
    a_part = keys.id_range("AAAA")
    monkeypatch.setattr(keys, "id_number", lambda key: a_part[original(key) % len(a_part)])
    with engine.reading(file) as session, pytest.raises(NotFound) as refused:
        meant(session, "aaaa")
    told = str(refused.value)
    assert told.count("王芳 Welcome home: a call") == 2


def test_a_start_stands_for_the_ids_that_begin_with_it() -> None:
    every = [("rule", "trip", number, "once") for number in range(100)]
    several = [(keys.printed_id(one), keys.id_number(one)) for one in every]
    for printed, _number in several:
        for length in range(1, 9):
            start = printed[:length]
            meant = keys.id_range(start)
            begin = [one for one in several if one[0].startswith(start)]
            assert begin == [one for one in several if one[1] in meant]
    for wrong in ("U", "IL", "ABCDEFGH0", "é"):
        assert not keys.id_range(wrong)


def test_ids_use_no_letter_that_is_read_as_another() -> None:
    printed = {keys.printed_id(("rule", "trip", number, "once")) for number in range(2000)}
    assert len(printed) == 2000
    assert set("".join(printed)) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
