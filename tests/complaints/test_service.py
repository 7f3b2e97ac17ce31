"""Complaints in a database: clocks, lists as of a moment, what is booked and taken back."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, select

from tests.builders import add_customer, add_trip, agency
from tests.office import ZONE, Office, at_work, moment
from tourcrm.base.errors import NotFound, Refused, WrongUsage
from tourcrm.bookings import payments, vouchers
from tourcrm.complaints import clock, policy, queries, sla, story
from tourcrm.complaints import fixes as fixing
from tourcrm.complaints.clock import Clock
from tourcrm.complaints.compensation import Offer, share
from tourcrm.complaints.lifecycle import CHECKLIST
from tourcrm.complaints.queries import Row, Wanted
from tourcrm.complaints.service import Answer
from tourcrm.db import setting
from tourcrm.models import Customer, Interaction, Payment, Trip, Voucher

TICKS = tuple((point, "x") for point in CHECKLIST)


@pytest.fixture(scope="module")
def everyday(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One agency for all tests: Wang (tier A) and Li (tier C), each with a trip: ¥12,345.67 and
    ¥1,000.00."""
    with at_work(agency(tmp_path_factory.mktemp("office"))) as office:
        for name, price in (("王芳", 1_234_567), ("李明", 100_000)):
            who = add_customer(office.session, name=name, owner="李娜")
            add_trip(office.session, who, "2026-11-10", returns_on="2026-11-14", price=price)
        yield office


@pytest.fixture
def office(everyday: Office) -> Iterator[Office]:
    """That agency, on 20 November at nine; what a test does in it is taken back."""
    with everyday.session.begin_nested() as step:
        yield everyday.at("2026-11-20 09:00")
        step.rollback()
    everyday.session.info.pop("operation", None)


def clocks(office: Office) -> list[Clock]:
    return clock.clocks(office.session, office.settings, office.now)


def listing(office: Office, **wanted: bool) -> list[Row]:
    return queries.listing(office.session, office.settings, office.now, Wanted(**wanted))


def test_clocks_run_by_the_time_left_and_the_best_tier_first(office: Office) -> None:
    office.open(2, "slow", 2)
    office.open(1, "slow")
    office.at("2026-11-20 10:45").open(2, "crisis", 2, severity="crisis")
    late = office.at("2026-11-20 11:01").open(1, "late", at=moment("2026-11-20 08:00"))
    answered = office.open(1, "answered")
    office.respond(answered)
    found = clocks(office)
    assert [(one.text, one.name, one.tier) for one in found] == [
        ("late", "王芳", "A"),
        ("slow", "王芳", "A"),
        ("slow", "李明", "C"),
        ("crisis", "李明", "C"),
    ]
    assert [one.left // timedelta(minutes=1) for one in found] == [-61, -1, -1, 14]
    assert [one.breached for one in found] == [True, True, True, False]
    assert found[0].code == late
    assert (found[0].opened_at, found[0].due_at) == (
        moment("2026-11-20 08:00"),
        moment("2026-11-20 10:00"),
    )


def test_within_a_minute_the_better_tier_comes_first(office: Office) -> None:
    office.open(2, "a minute less", 2, at=moment("2026-11-20 08:29:59"))
    office.open(2, "40 s less", 2, at=moment("2026-11-20 08:30:10"))
    office.open(1, "x", at=moment("2026-11-20 08:30:50"))
    assert [clock.text for clock in clocks(office)] == ["x", "a minute less", "40 s less"]
    setting.store(office.session, lambda: 1, "nearly_minutes", "120")
    by_urgency = ["a minute less", "x", "40 s less"]
    assert [clock.text for clock in clocks(office)] == by_urgency
    assert [row.text for row in listing(office)] == by_urgency


def test_a_clock_is_over_only_when_its_minutes_are(office: Office) -> None:
    office.open()
    for now, left, breached in (("10:59", 1, False), ("11:00", 0, False)):
        [clock] = clocks(office.at(f"2026-11-20 {now}"))
        assert (clock.left, clock.breached) == (timedelta(minutes=left), breached)
    office.now += timedelta(seconds=1)
    [clock] = clocks(office)
    assert (clock.left, clock.breached) == (timedelta(seconds=-1), True)


def test_outside_business_hours_routine_clocks_stand_still(db: Path) -> None:
    agency(db, business_hours="1-5 09:00-18:00")
    with at_work(db, "2026-11-20 17:30") as office:  # a Friday
        add_customer(office.session)
        office.open(trip=None)
        office.open(text="crisis", trip=None, severity="crisis")
        office.at("2026-11-22 12:00")
        found = {one.severity: one for one in clocks(office)}
        assert found["routine"].left == timedelta(minutes=90)
        assert found["routine"].due_at == moment("2026-11-23 10:30")
        assert found["crisis"].due_at == moment("2026-11-20 18:00")
        assert found["crisis"].breached
        office.at("2026-11-23 10:31")
        assert [one.breached for one in clocks(office)] == [True, True]


def test_a_reopened_complaint_has_a_new_clock_and_its_whole_story(office: Office) -> None:
    code = whole(office)
    office.at("2026-11-25 09:00").step("reopen", code, "again")
    [clock] = clocks(office)
    assert clock.due_at == moment("2026-11-25 11:00")
    [row] = listing(office)
    assert (row.state, row.cause, row.lacks, row.reopened) == (
        "waiting", "service_failure", ("response", "resolution"), 1,
    )  # fmt: skip
    assert steps(office, code) == [
        *("opened", "responded", "attributed", "compensated", "compensated", "resolved"),
        *("closed", "reopened"),
    ]
    for step in (("resolve", "x"), ("attribute", "unfounded")):
        with pytest.raises(Refused, match="an answer"):
            office.step(step[0], code, *step[1:])
    office.respond(code)
    with pytest.raises(Refused, match="what was done"):
        office.step("close", code, told=True)


def whole(office: Office, **open_: str) -> str:
    """A complaint from beginning to end, on 20 November."""
    code = office.at("2026-11-20 09:00").open(**open_)  # type: ignore[arg-type]  # fields of Opening
    office.at("2026-11-20 09:30").respond(code)
    office.at("2026-11-20 10:00").step("attribute", code, "service_failure")
    office.compensate(code)
    office.at("2026-11-21 09:00").step("resolve", code, "x")
    office.at("2026-11-22 09:00").step("close", code, told=True, satisfaction=4)
    return code


def steps(office: Office, code: str) -> list[str]:
    _course, events = clock.course_of(office.session, office.row(code))
    return [event.step for event in events]


def test_the_list_of_any_moment_of_the_past(office: Office) -> None:
    code = whole(office)
    office.step("reopen", code, "x")
    for now, state in (
        ("2026-11-20 08:59:59", None),
        ("2026-11-20 09:00:00", "waiting"),
        ("2026-11-20 09:29:59", "waiting"),
        ("2026-11-20 09:30:00", "answered"),
        ("2026-11-20 09:59:59", "answered"),
        ("2026-11-20 10:00:00", "judged"),
        ("2026-11-21 09:00:00", "resolved"),
        ("2026-11-22 08:59:59", "resolved"),
    ):
        office.at(now)
        assert [row.state for row in listing(office)] == ([state] if state else []), now
        assert listing(office, opened=False, closed=True) == []
    assert listing(office)[0].in_time is True
    office.at("2026-11-22 09:00:00")
    assert [(row.state, row.reopened) for row in listing(office)] == [("waiting", 1)]


def test_a_list_has_clocks_then_the_oldest_open_then_the_latest_closed(office: Office) -> None:
    for number, closed_on in (("1", "2026-11-25"), ("2", "2026-11-26")):
        whole(office, text=f"closed {number}")
        office.at(f"{closed_on} 09:00")
    for number, day in (("2", "2026-11-19"), ("1", "2026-11-18")):
        code = office.open(text=f"answered {number}", at=moment(f"{day} 10:00"))
        office.respond(code)
    office.open(text="new", severity="crisis")
    office.open(text="old", at=moment("2026-11-26 08:00"))
    rows = listing(office, opened=True, closed=True)
    assert [row.text for row in rows] == [
        *("new", "old", "answered 1", "answered 2", "closed 2", "closed 1")
    ]


def test_an_answer_is_in_time_to_the_very_second(office: Office) -> None:
    code, late = office.open(), office.open(text="late")
    office.at("2026-11-20 10:58:01")
    assert [row.minutes_left for row in listing(office)] == [1, 1]
    office.at("2026-11-20 11:00")
    assert [(row.in_time, row.breached, row.minutes_left) for row in listing(office)] == [
        (None, False, 0), (None, False, 0),
    ]  # fmt: skip
    office.respond(code)
    office.at("2026-11-20 11:00:01")
    office.respond(late)
    office.at("2026-11-20 12:00")
    assert {row.text: (row.in_time, row.breached) for row in listing(office)} == {
        "x": (True, False),
        "late": (False, True),
    }


def test_a_crisis_is_answered_when_its_checklist_is(office: Office) -> None:
    code = office.open(severity="crisis", in_charge="李娜")
    done = office.at("2026-11-20 09:05").respond(code, None, ticks=(("contacted", None),))
    assert done.unticked == ("news", "plan_b")
    done = office.at("2026-11-20 09:10").respond(code, "bus at 9", ticks=(("plan_b", "hotel"),))
    assert (done.unticked, done.due_at) == (("news",), moment("2026-11-20 09:30"))
    assert steps(office, code)[-1] == "noted"
    done = office.at("2026-11-20 09:29").respond(code, None, ticks=(("news", "x"),))
    assert (done.unticked, done.due_at) == ((), None)
    [row] = listing(office)
    assert (row.in_time, row.answered_at) == (True, moment("2026-11-20 09:29"))
    with pytest.raises(Refused, match="answered already"):
        office.respond(code, None, ticks=TICKS)


def test_a_routine_answer_says_something(office: Office) -> None:
    code = office.open()
    with pytest.raises(WrongUsage, match="which solution"):
        office.respond(code, None)
    office.respond(code, None, ticks=(("in_charge", "李娜"),))
    assert listing(office)[0].state == "waiting"
    assert listing(office)[0].in_charge == "李娜"


def test_an_answer_counts_from_when_it_was_given(office: Office) -> None:
    """Typed the next morning, it was in time all the same."""
    code = office.at("2026-11-20 22:10").open()
    office.at("2026-11-21 09:00").respond(code, at=moment("2026-11-20 22:40"))
    assert listing(office)[0].in_time
    for wrong in ("2026-11-20 22:09", "2026-11-21 09:01"):
        other = office.open(text=wrong, at=moment("2026-11-20 22:10"))
        with pytest.raises(Refused, match="--at lies"):
            office.respond(other, at=moment(wrong))


def test_the_same_words_twice_are_one_complaint(office: Office) -> None:
    assert office.open() == office.open() == "K00001"
    assert office.open(2, trip=2) == "K00002"
    code = whole(office)
    assert code == "K00001"
    assert office.open() == "K00003"  # the first is closed: it happened again
    assert len(office.session.exec(select(Interaction)).all()) == 3


def test_a_complaint_is_a_contact(office: Office) -> None:
    code = office.open(channel="wechat", text="房间有霉味")
    office.respond(code, "已换房", channel="phone")

    rows = office.session.exec(select(Interaction).order_by(col(Interaction.id)))
    assert [(r.channel, r.direction, r.kind, r.personal, r.summary, r.trip_id) for r in rows] == [
        ("wechat", "in", "complaint", True, "房间有霉味", 1),
        ("phone", "out", "complaint", True, "已换房", 1),
    ]


# --- what is owed, booked and taken back ----------------------------------------------------------


def judged(office: Office, cause: str, trip: int | None = 1, **more: str) -> str:
    code = office.open(trip=trip)
    office.respond(code)
    office.step("attribute", code, cause, **more)
    return code


def booked(office: Office) -> list[tuple[object, ...]]:
    """Every row of money and every voucher, as they are stored."""

    money = office.session.exec(select(Payment).order_by(col(Payment.id)))
    paper = office.session.exec(select(Voucher).order_by(col(Voucher.id)))
    return [
        *((p.code, p.kind, p.amount, p.reason, p.complaint_id) for p in money),
        *((v.code, v.kind, v.pay_ratio, v.expires_on, v.withdrawn_on) for v in paper),
    ]


REFUND = ("P0000001", "refund", -123_457, "service_failure", 1)
DISCOUNT = ("V00001", "discount", 0.8, date(2027, 11, 20), None)


def test_a_failure_owes_a_tenth_and_a_voucher_once(office: Office) -> None:
    code = judged(office, "service_failure")
    assert office.compensate(code).needs == ("resolution",)
    assert booked(office) == [REFUND, DISCOUNT]
    again = office.compensate(code)
    assert (again.changed, again.booked, len(again.notes)) == (False, (), 2)
    assert booked(office) == [REFUND, DISCOUNT]
    assert len(office.compensate(code, again=True, discount=False).booked) == 1
    assert [row[0] for row in booked(office)] == ["P0000001", "P0000002", "V00001"]
    assert [str(note)[:8] for note in office.compensate(code).notes] == ["P0000002", "V00001 w"]


def test_a_third_party_is_named(office: Office) -> None:
    with pytest.raises(WrongUsage, match="Name the third party"):
        judged(office, "third_party")
    office.step("attribute", "K00001", "third_party", supplier="桂林大酒店")
    office.compensate("K00001")
    assert booked(office)[0][3] == "third_party"
    assert office.row("K00001").supplier == "桂林大酒店"
    with pytest.raises(WrongUsage, match="goes with third_party"):
        office.step("attribute", "K00001", "unfounded", supplier="x")


def test_force_majeure_owes_an_alternative(office: Office) -> None:
    code = judged(office, "force_majeure")
    with pytest.raises(Refused, match="--alternative TEXT"):
        office.compensate(code)
    with pytest.raises(Refused, match="lacks an alternative"):
        office.step("resolve", code, "x")
    with pytest.raises(WrongUsage, match="needs its --reason"):
        office.compensate(code, override=True)
    office.compensate(code, alternative="改走海螺沟")
    assert booked(office) == []
    office.compensate(code, override=True, reason="老客户")
    assert booked(office) == [("P0000001", "refund", -123_457, "force_majeure", 1)]
    office.step("resolve", code, "x")


def test_the_unfounded_gets_an_explanation_and_perhaps_a_gift(office: Office) -> None:
    code = judged(office, "unfounded")
    with pytest.raises(Refused, match="owed an explanation"):
        office.compensate(code)
    office.compensate(code, privileges=(("gift", "真丝围巾"),))
    office.compensate(code, privileges=(("gift", "真丝围巾"),))
    assert [row[:2] for row in booked(office)] == [("V00001", "gift")]
    office.step("resolve", code, "x")


@pytest.mark.parametrize("money", [{"amount": 50_000}, {"pay_ratio": 0.9}])
def test_a_gift_may_come_with_what_is_owed(office: Office, money: dict[str, Any]) -> None:
    code = judged(office, "service_failure")
    done = office.compensate(code, privileges=(("gift", "水果"),), **money)
    assert [one.kind for one in done.booked] == ["refund", "gift", "discount"]


def test_a_gift_may_come_before_the_answer_and_an_adviser_stays(office: Office) -> None:
    code = office.open()
    office.compensate(code, privileges=(("gift", "水果"), ("adviser", "李娜")))
    assert [(row[1], row[3]) for row in booked(office)] == [
        ("gift", date(2027, 11, 20)),
        ("adviser", None),
    ]
    assert listing(office)[0].state == "waiting"


def test_what_turns_out_to_be_unfounded_is_taken_back(office: Office) -> None:
    code = judged(office, "service_failure")
    office.compensate(code, privileges=(("gift", "水果"),))
    office.compensate(code)
    done = office.at("2026-11-21 09:00").step("attribute", code, "unfounded")
    assert len(done.notes) == 2
    rows = booked(office)
    assert ("P0000002", "reversal", 123_457, "service_failure", 1) in rows
    assert {row[0]: row[4] for row in rows if row[0] == "V00002"} == {"V00002": date(2026, 11, 21)}
    assert {row[0]: row[4] for row in rows if row[1] == "gift"} == {"V00001": None}
    assert steps(office, code)[-2:] == ["reversed", "reversed"]
    # Judged a failure after all, it owes anew, and gets it.
    assert office.step("attribute", code, "service_failure").needs == ("compensation", "resolution")
    assert office.compensate(code, refund=False).needs == ("compensation", "resolution")
    assert [one.kind for one in office.compensate(code).booked] == ["refund"]


def test_what_was_paid_or_used_already_stays_and_is_named(office: Office) -> None:
    code = judged(office, "service_failure")
    office.compensate(code)
    add_trip(office.session, 1, "2026-12-01")

    def settle(session: Session, act: object, _settings: object) -> None:
        number = act.number  # type: ignore[attr-defined]  # of Act
        line = payments.find_one(session, "P0000001")
        payments.pay(session, number, line, day=date(2026, 11, 20), method="wechat", reference=None)
        paper, trip = vouchers.find_one(session, "V00001"), session.get_one(Trip, 3)
        vouchers.redeem(session, number, paper, trip, day=date(2026, 11, 20))

    office.write(settle)
    before = booked(office)
    done = office.step("attribute", code, "unfounded")
    assert booked(office) == before
    assert [str(note).partition(". If")[0] for note in done.notes] == [
        "P0000001 stays: it was paid out already, on 2026-11-20",
        "V00001 stays: it was used already, on 2026-11-20.",
    ]


def test_another_cause_shows_what_is_owed_no_more(office: Office) -> None:
    code = judged(office, "service_failure")
    office.compensate(code)
    done = office.step("attribute", code, "force_majeure")
    assert ["still stands" in str(note) for note in done.notes] == [True, True]
    ways = ("tourcrm payments reverse P0000001", "tourcrm vouchers withdraw V00001")
    assert [way in str(note) for way, note in zip(ways, done.notes, strict=True)] == [True, True]
    assert owed(office, code) == [False, False]
    office.step("attribute", code, "third_party", supplier="x")
    assert owed(office, code) == [True, True]


def owed(office: Office, code: str) -> list[bool | None]:
    row = office.row(code)
    _course, events = clock.course_of(office.session, row)
    found = policy.compensations(office.session, row, events, office.now.date())
    return [one.owed for one in found]


@pytest.mark.parametrize(
    ("price", "percent", "amount"),
    [
        (1_234_565, 10, 123_457),
        (1_234_564, 10, 123_456),
        (5, 10, 1),
        (4, 10, 0),
        (100_001, 15, 15_000),
    ],
)
def test_a_refund_is_whole_fen_half_up(price: int, percent: int, amount: int) -> None:
    assert share(price, percent) == amount


def test_a_refund_may_be_a_single_fen(office: Office) -> None:
    add_trip(office.session, 1, "2026-11-15", price=5)
    code = judged(office, "service_failure", trip=3)
    assert [one.amount for one in office.compensate(code, discount=False).booked] == [1]


def test_without_a_price_the_amount_is_asked_for(office: Office) -> None:
    add_trip(office.session, 1, "2026-11-15", price=None)
    code = judged(office, "service_failure", trip=3)
    with pytest.raises(Refused, match="--amount 500"):
        office.compensate(code)
    assert booked(office) == []
    office.compensate(code, amount=50_000)
    assert booked(office)[0][2] == -50_000


def test_without_a_trip_there_is_a_voucher_only(office: Office) -> None:
    code = judged(office, "service_failure", trip=None)
    done = office.compensate(code)
    assert [one.kind for one in done.booked] == ["discount"]
    assert "No refund, since no trip" in str(done.notes[0])
    assert done.needs == ("resolution",)
    trip = office.session.get_one(Trip, 1)
    assert office.step("edit", code, about=trip).needs == ("compensation", "resolution")


def test_who_is_deceased_gets_no_voucher_and_nothing_is_half_done(office: Office) -> None:
    code = judged(office, "service_failure")
    office.session.get_one(Customer, 1).status = "deceased"
    with pytest.raises(Refused, match=r"deceased; no voucher .*--no-voucher"):
        office.compensate(code)
    assert booked(office) == []
    with pytest.raises(Refused, match="deceased"):
        office.compensate(code, privileges=(("gift", "x"),))
    assert [one.kind for one in office.compensate(code, discount=False).booked] == ["refund"]
    office.step("resolve", code, "x", waived="客人已故")
    assert office.step("close", code, told=True).closed
    office.session.get_one(Customer, 1).status = "active"


def test_refunds_are_never_more_than_the_price(office: Office) -> None:
    code = judged(office, "service_failure")
    office.compensate(code, amount=1_000_000)
    with pytest.raises(Refused, match="more than T0000001 cost"):
        office.compensate(code, amount=300_000, again=True)


def test_what_is_owed_may_be_waived_with_a_reason(office: Office) -> None:
    code = judged(office, "service_failure")
    with pytest.raises(Refused, match="the compensation that is owed"):
        office.step("resolve", code, "x")
    office.step("resolve", code, "x", waived="客人谢绝")
    office.step("close", code, told=True)
    assert listing(office) == []


def test_no_kind_is_owed_that_was_given_up(office: Office) -> None:
    """A refund alone leaves the voucher owed."""
    code = judged(office, "service_failure")
    assert office.compensate(code, discount=False).needs == ("compensation", "resolution")


# --- fixes, closing, correcting -------------------------------------------------------------------


def test_a_fix_inside_stays_open_until_it_is_done(office: Office) -> None:
    code = judged(office, "unfounded")
    office.step("resolve", code, "x", fix=("换酒店", "李娜"))
    done = office.step("close", code, told=True)
    assert "换酒店 (李娜)" in str(done.notes[0])
    assert fixes(office) == [("换酒店", None)]
    assert fixes(office, date(2026, 11, 19)) == []
    assert fixes(office, date(2026, 11, 20)) == [("换酒店", None)]
    promise(office, code, "培训")
    with pytest.raises(Refused, match="2 open fixes; say which by its number: 1 换酒店, 2 培训"):
        fixed(office, code, None)
    office.at("2026-11-23 09:00")
    assert fixed(office, code, 2) == ("培训",)
    assert fixed(office, code, 2) == ()
    assert fixed(office, code, None) == ("换酒店",)
    assert fixes(office) == [("换酒店", date(2026, 11, 23)), ("培训", date(2026, 11, 23))]
    assert fixes(office, date(2026, 11, 22)) == [("换酒店", None), ("培训", None)]
    for day, open_ in (("20", 2), ("22", 2), ("23", 0)):
        [row] = listing(office.at(f"2026-11-{day} 10:00"), opened=True, closed=True)
        assert row.fixes_open == open_, day
    office.at("2026-11-23 09:00")
    assert fixed(office, code, None) == ()
    promise(office, code, "培训")  # again, since it was done
    promise(office, code, "培训")
    assert fixes(office)[2:] == [("培训", None)]
    with pytest.raises(Refused, match="no such fix"):
        fixed(office, code, 4)


def promise(office: Office, code: str, what: str) -> None:
    office.write(
        lambda session, act, _s: fixing.promise(act, clock.find_one(session, code), what, "小林")
    )


def fixed(office: Office, code: str, which: int | None) -> tuple[str, ...]:
    return office.write(
        lambda session, act, _s: fixing.done(
            act, clock.find_one(session, code), which, office.now.date()
        )
    )


def fixes(office: Office, day: date = date(2026, 12, 1)) -> list[tuple[str, date | None]]:
    found = queries.fixes(office.session, day)
    return [(one.what, one.done_on) for one in found]


def test_who_says_how_satisfied_they_are_was_told(office: Office) -> None:
    code = judged(office, "unfounded")
    office.step("resolve", code, "x")
    with pytest.raises(Refused, match="that the customer was told"):
        office.step("close", code, told=False)
    office.step("close", code, told=False, satisfaction=2)
    assert office.row(code).satisfaction == 2
    assert not office.step("close", code, told=True).changed
    with pytest.raises(Refused, match="reopen"):
        office.step("close", code, told=True, satisfaction=5)
    office.step("reopen", code, "x")
    assert office.row(code).satisfaction is None


def test_what_is_corrected_changes_the_clock(office: Office) -> None:
    code = office.open()
    office.step("edit", code, severity="crisis", category="safety", in_charge="李娜")
    [clock] = clocks(office)
    assert (clock.due_at, clock.category, clock.in_charge) == (
        moment("2026-11-20 09:30"), "safety", "李娜",
    )  # fmt: skip
    assert not office.step("edit", code, severity="crisis").changed


def test_what_was_answered_has_nothing_left_to_tick(office: Office) -> None:
    code = office.open()
    office.respond(code)
    done = office.step("edit", code, severity="crisis")
    assert (done.changed, done.unticked, done.due_at) == (True, (), None)


@pytest.mark.parametrize(
    ("departs_on", "returns_on", "found"),
    [
        ("2026-11-20", "2026-11-25", True),
        ("2026-11-21", "2026-11-25", False),
        ("2026-10-15", "2026-10-21", True),
        ("2026-10-15", "2026-10-20", False),
        ("2026-10-21", None, True),
        ("2026-10-20", None, False),
    ],
)
def test_a_complaint_may_be_about_a_trip_of_the_last_30_days(
    office: Office, departs_on: str, returns_on: str | None, found: bool
) -> None:
    who = add_customer(office.session, "C9")
    trip = add_trip(office.session, who, departs_on, returns_on=returns_on)
    customer = office.session.get_one(Customer, who)
    likely = clock.likely_trip(office.session, customer, office.now.date())
    assert (likely.id if likely else None) == (trip if found else None)
    add_trip(office.session, who, "2026-11-10")
    likely = clock.likely_trip(office.session, customer, office.now.date())
    assert (likely is None) == found  # of two nobody knows which


def test_days_on_which_a_complaint_is_open_end_at_midnight(office: Office) -> None:
    office.at("2026-11-23 12:00")
    for text, at in (("that day", "2026-11-20 23:59:59"), ("the next", "2026-11-21 00:00")):
        office.open(text=text, at=moment(at))
    day = date(2026, 11, 20)
    found = list(story.days_open(office.session, day, ZONE))
    assert [(first, last) for _who, _complaint, first, last in found] == [(day, None)]


@pytest.mark.parametrize(
    ("step", "given", "more"),
    [
        ("respond", [Answer("x")], {}),
        ("attribute", ["unfounded"], {}),
        ("compensate", [Offer(alternative="改期")], {}),
        ("compensate", [Offer(again=True)], {}),
        ("resolve", ["x"], {}),
        ("resolve", ["x"], {"waived": "谢绝"}),
        ("close", [], {"told": True, "satisfaction": 1}),
        ("edit", [], {"severity": "crisis"}),
    ],
)
def test_what_is_closed_is_reopened_first(
    office: Office, step: str, given: list[Any], more: dict[str, Any]
) -> None:
    code = whole(office)
    before = steps(office, code)
    with pytest.raises(Refused, match="reopen"):
        office.step(step, code, *given, **more)
    assert steps(office, code) == before
    assert office.step("note", code, "x").closed


def test_an_unknown_code_is_told(office: Office) -> None:
    office.open()
    assert office.row("k00001 ").code == "K00001"
    with pytest.raises(NotFound, match="no complaint K9"):
        office.row("K9")


def test_shares_are_counted_by_clocks_not_by_complaints(office: Office) -> None:
    whole(office)
    office.at("2026-11-22 12:00").step("reopen", "K00001", "x")
    office.at("2026-11-22 15:00").open(text="y", category="hotel")
    office.at("2026-11-22 16:00")

    span = date(2026, 11, 1), date(2026, 11, 30)
    found = sla.report(office.session, office.settings, office.now, *span)
    assert (found.cases, found.in_time, found.running) == (2, 1, 1)
    [month] = [one for one in found.shares if one.by == "month"]
    assert (month.group, month.cases, month.share, month.minutes) == ("2026-11", 2, 0.5, 30.0)


@pytest.mark.parametrize(
    ("first", "last", "cases"),
    [("20", "22", 3), ("21", "21", 1), ("20", "20", 1), ("21", "22", 2), ("23", "30", 0)],
)
def test_shares_count_from_the_first_day_to_the_last(
    office: Office, first: str, last: str, cases: int
) -> None:
    for at in ("2026-11-20 00:00", "2026-11-21 23:59:59", "2026-11-22 00:00"):
        code = office.at(at).open(text=at)
        office.respond(code)
    span = date(2026, 11, int(first)), date(2026, 11, int(last))
    found = sla.report(office.session, office.settings, office.now, *span)
    assert (found.cases, found.in_time, found.running) == (cases, cases, 0)
