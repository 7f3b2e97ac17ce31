"""Answers at the command line: taken down once for each trip, counted, and who is to be asked."""

import json
import re
import sqlite3
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests import builders
from tests.conftest import Invoke
from tests.contacts import add_interaction
from tourcrm.models import Complaint, ComplaintEvent, SurveyResponse


@pytest.fixture(autouse=True)
def agency(db: Path) -> Path:
    builders.agency(db, today="2026-11-20")
    with builders.writing(db) as session:
        who = builders.add_customer(
            session, "C1", name="王芳", gender="female", owner="小林", phone="+8613812345678"
        )
        trip = {
            "destination": "北疆",
            "advisor": "阿芳",
            "guide": "老马",
            "returns_on": "2026-06-08",
        }
        builders.add_trip(session, who, "2026-06-01", code="T1", **trip)
        builders.add_trip(session, who, "2025-01-01", code="T0", destination="三亚")
        visa = {"service": "visa", "destination": "日本"}
        builders.add_trip(session, who, "2026-11-01", code="T3", **visa)
        builders.add_trip(session, who, "2026-12-01", code="T4", destination="日本")
        builders.add_trip(session, who, "2026-02-01", code="T5", status="quoted")
        other = builders.add_customer(session, "C2", name="Ann", language="en")
        builders.add_trip(session, other, "2026-06-01", code="T2", kind="independent")
    return db


def listed(invoke: Invoke, *words: str) -> list[dict[str, Any]]:
    done = invoke("surveys", *words, "-f", "json")
    assert done.exit_code == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def fill(db: Path, *answers: dict[str, Any]) -> None:
    """Answers straight into the table, each of a customer of its own unless it says whose."""
    with builders.writing(db) as session:
        for facts in answers:
            who = facts.get("customer_id") or builders.add_customer(session)
            row = {"answered_on": builders.TODAY, "customer_id": who, **facts}
            session.add(SurveyResponse(operation_id=session.info["operation"], **row))


# --- asking ---------------------------------------------------------------------------------------


def test_the_form_speaks_the_customers_language(invoke: Invoke) -> None:
    assert invoke("surveys", "form", "t1").stdout.startswith("王女士您好，我是小林！")
    assert invoke("surveys", "form", "T2", lang="zh").stdout.startswith("Hello Ann.")
    assert invoke("surveys", "form", "T2", "--in", "zh").stdout.startswith("Ann您好")
    assert invoke("surveys", "form", "T1", "--group").stdout.startswith("各位贵宾您好")


def test_the_form_warns_where_it_comes_too_early_or_twice(invoke: Invoke) -> None:
    assert "back only on 2026-12-01" in invoke("surveys", "form", "T4").stderr
    invoke("surveys", "add", "王芳", "--nps", "9")
    assert "has an answer already" in invoke("surveys", "form", "T1").stderr
    refused = invoke("surveys", "form", "T5")
    assert (refused.exit_code, refused.stdout) == (1, "")


# --- taking down ----------------------------------------------------------------------------------


def test_every_answer_can_be_given_and_comes_back(invoke: Invoke) -> None:
    points = [("nps", "9分"), ("csat", "满意"), ("guide", "5"), ("hotel", "4"), ("meals", "3")]
    points += [("transport", "2"), ("itinerary", "1"), ("price", "★★★★☆")]
    words = [word for name, value in points for word in (f"--{name}", value)]
    more = ["--comment", "房间小", "--on", "2026-06-10", "--staff", "阿芳"]
    done = invoke("surveys", "add", "王芳", *words, *more)
    assert done.exit_code == 0, done.stderr
    assert "about T1 北疆, back on 2026-06-08: NPS 9/10, overall 4/5, guide 5/5" in done.stdout
    assert listed(invoke, "export") == [
        {
            "customer": "C1", "trip": "T1", "answered_on": "2026-06-10", "nps": 9, "csat": 4,
            "guide": 5, "hotel": 4, "meals": 3, "transport": 2, "itinerary": 1, "price": 4,
            "comment": "房间小", "staff": "阿芳",
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "at", "channel", "personal"),
    [
        ([], "2026-11-20T", "other", False),
        (["--channel", "微信"], "2026-11-20T", "wechat", False),
        (["--channel", "phone"], "2026-11-20T", "phone", True),
        (["--on", "2026-06-10", "--channel", "store"], "2026-06-10T12:00", "store", True),
    ],
)
def test_an_answer_is_a_contact_and_a_talk_only_if_it_was_one(
    invoke: Invoke, words: list[str], at: str, channel: str, personal: bool
) -> None:
    invoke("surveys", "add", "王芳", "--nps", "7", "--comment", "好", *words)
    [row] = json.loads(invoke("interactions", "list", "-f", "json").stdout)
    assert row["at"].startswith(at)
    del row["at"], row["staff"]
    assert row == {
        "customer": "C1", "name": "王芳", "trip": "T1", "channel": channel, "direction": "in",
        "kind": "survey", "personal": personal, "summary": "NPS 7: 好",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "trip"),
    [
        ([], "T1"),  # not the visa of November, nor what lies ahead
        (["--on", "2025-06-07"], "T0"),
        (["--on", "2024-12-31"], None),
        (["--trip", "T3"], "T3"),
    ],
)
def test_it_is_about_the_trip_returned_from_last_unless_said(
    invoke: Invoke, words: list[str], trip: str | None
) -> None:
    done = invoke("surveys", "add", "王芳", "--nps", "7", *words)
    assert done.exit_code == 0, done.stderr
    assert (f"about {trip}" if trip else "about no trip") in done.stdout
    assert [row["trip"] for row in listed(invoke, "list")] == [trip]


@pytest.mark.parametrize(("on", "trip"), [("2026-12-05", "T1"), ("2026-12-06", None)])
def test_an_answer_long_after_a_return_is_about_no_trip_and_that_is_said(
    invoke: Invoke, on: str, trip: str | None
) -> None:
    invoke("settings", "today", "2026-12-20")
    invoke("trips", "edit", "T4", "--departs", "2027-12-01")
    said = invoke("surveys", "add", "王芳", "--nps", "7", "--on", on).stdout
    assert [row["trip"] for row in listed(invoke, "list")] == [trip]
    told = "about no trip: the last, T1, was over on 2026-06-08 (is it about that: --trip T1)"
    assert (told in said) is (trip is None)
    named = invoke("surveys", "add", "王芳", "--csat", "4", "--on", "2026-12-19", "--trip", "T1")
    assert named.exit_code == (1 if trip else 0)


def test_a_second_answer_about_a_trip_is_refused_or_replaces_the_first(
    invoke: Invoke, db: Path
) -> None:
    add = ("surveys", "add", "王芳")
    invoke(*add, "--nps", "9", "--comment", "好", "--on", "2026-06-10")
    again = invoke(*add, "--nps", "3")
    assert again.exit_code == 1
    assert "on 2026-06-10: NPS 9: 好." in again.stderr
    assert "--replace" in again.stderr
    done = invoke(*add, "--nps", "3", "--guide", "2", "--comment", "", "--replace")
    assert "Changed for C1 王芳, about T1" in done.stdout
    [row] = listed(invoke, "list")
    assert (row["nps"], row["guide"], row["comment"]) == (3, 2, None)
    assert row["answered_on"] == "2026-06-10"
    assert "Nothing to change" in invoke(*add, "--nps", "3", "--replace").stdout
    assert invoke(*add, "--nps", "", "--guide", "", "--replace").exit_code == 1
    with sqlite3.connect(db) as connection:
        changes = connection.execute("SELECT table_name, before, after FROM change").fetchall()
    assert [(t, json.loads(b), json.loads(a)) for t, b, a in changes] == [
        (
            "interaction",
            {"summary": "NPS 9: 好"},
            {"summary": "NPS 3 (changed on 2026-11-20; it was: NPS 9: 好)"},
        ),
        (
            "survey_response",
            {"nps": 9, "guide": None, "comment": "好"},
            {"nps": 3, "guide": 2, "comment": None},
        ),
    ]
    (contact,) = json.loads(invoke("interactions", "list", "-f", "json").stdout)
    assert contact["summary"] == "NPS 3 (changed on 2026-11-20; it was: NPS 9: 好)"
    assert contact["at"].startswith("2026-06-10")


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["王芳"], 1, "at least one"),
        (["王芳", "--nps", "11"], 2, "--nps “11”: it is out of range"),
        (["王芳", "--nps", "满意"], 2, "how satisfied"),
        (["王芳", "--csat", "6"], 2, "from 1 to 5"),
        (["王芳", "--nps", "9", "--on", "2026-11-21"], 1, "lies ahead"),
        (["王芳", "--nps", "9", "--trip", "T2"], 1, "not one of C1"),
        (["王芳", "--nps", "9", "--trip", "T4"], 1, "departs on 2026-12-01"),
        (["王芳", "--nps", "9", "--trip", "T5"], 1, "not a booked trip"),
        (["王芳", "--nps", "9", "--trip", "T9"], 3, "no trip T9"),
        (["没有", "--nps", "9"], 3, "No customer"),
    ],
)
def test_what_cannot_be_is_refused(
    invoke: Invoke, db: Path, words: list[str], code: int, says: str
) -> None:
    done = invoke("surveys", "add", *words)
    assert (done.exit_code, says in done.stderr) == (code, True), done.stderr
    with sqlite3.connect(db) as connection:
        assert connection.execute("SELECT count(*) FROM operation").fetchone() == (1,)


def test_answers_are_listed_latest_first_by_customer_trip_day_and_attitude(
    invoke: Invoke,
) -> None:
    for who, trip, nps, day in (
        ("C1", "T0", "6", "2025-02-01"),
        ("C1", "T1", "7", "2026-06-10"),
        ("C2", "T2", "9", "2026-06-11"),
    ):
        invoke("surveys", "add", who, "--trip", trip, "--nps", nps, "--on", day)
    for words, expected in (
        ([], [9, 7, 6]),
        (["王芳"], [7, 6]),
        (["--trip", "T1"], [7]),
        (["--from", "2026-06-10", "--to", "2026-06-10"], [7]),
        (["--only", "detractors"], [6]),
        (["--only", "passives"], [7]),
        (["--only", "promoters"], [9]),
        (["--limit", "1"], [9]),
    ):
        assert [row["nps"] for row in listed(invoke, "list", *words)] == expected, words
    table = invoke("surveys", "list", lang="zh").stdout
    assert re.search(r"C1 +王芳 +T1 +北疆 +2026-06-10 +7", table)


# --- counting -------------------------------------------------------------------------------------


def test_the_net_promoter_score_with_its_margin(invoke: Invoke, db: Path) -> None:
    times = {10: 45, 8: 40, 6: 15}
    fill(db, *({"nps": nps} for nps, n in times.items() for _ in range(n)))
    [row] = listed(invoke, "nps")
    assert row == {
        "group": None, "nps": 30, "margin": pytest.approx(13.997, abs=0.001), "answers": 100,
        "promoters": 45, "passives": 40, "detractors": 15, "too_few": False,
    }  # fmt: skip
    table = invoke("surveys", "nps").stdout
    assert re.search(r" \+30 +14\.00 +100 ", table)
    assert "chance" not in table


def test_fewer_than_thirty_answers_are_pointed_out(invoke: Invoke, db: Path) -> None:
    fill(db, *({"nps": 9} for _ in range(29)))
    assert "fewer than 30 answers" in invoke("surveys", "nps").stdout
    assert "fewer than 30 answers" in invoke("surveys", "nps", "--by", "month").stdout
    fill(db, {"nps": 0})
    assert "fewer than" not in invoke("surveys", "nps").stdout
    assert listed(invoke, "nps")[0]["too_few"] is False


def test_one_answer_of_a_customer_about_a_trip_counts(invoke: Invoke, db: Path) -> None:
    old, new = date(2026, 7, 1), date(2026, 8, 1)
    fill(
        db,
        {"customer_id": 1, "trip_id": 1, "nps": 0, "answered_on": old},
        {"customer_id": 1, "trip_id": 1, "nps": 10, "answered_on": new},
        {"customer_id": 1, "trip_id": 1, "csat": 5, "answered_on": builders.TODAY},
        {"customer_id": 1, "trip_id": 2, "nps": 9},
    )
    assert [(row["nps"], row["answers"]) for row in listed(invoke, "nps")] == [(100, 2)]
    as_of = listed(invoke, "nps", "--as-of", "2026-07-31")
    assert [(row["nps"], row["answers"]) for row in as_of] == [(-100, 1)]


def test_the_agencys_own_people_do_not_count(invoke: Invoke, db: Path) -> None:
    with builders.writing(db) as session:
        own = builders.add_customer(session, kind="internal")
    fill(db, {"customer_id": own, "nps": 10})
    assert listed(invoke, "nps") == []
    assert "No answers" in invoke("surveys", "nps").stdout


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        ("month", {"2026-06": 1, "2026-11": 1}),
        ("destination", {"北疆": 1, None: 1}),
        ("advisor", {"阿芳": 1, None: 1}),
        ("guide", {"老马": 1, None: 1}),
        ("trip_kind", {"group": 1, "independent": 1}),
    ],
)
def test_scores_by_what_is_known_of_the_trip(
    invoke: Invoke, db: Path, by: str, groups: dict[str | None, int]
) -> None:
    june = date(2026, 6, 9)
    fill(
        db,
        {"customer_id": 1, "trip_id": 1, "nps": 9, "csat": 2, "answered_on": june},
        {"customer_id": 2, "trip_id": 6, "nps": 6, "csat": 4},
    )
    for verb in ("nps", "csat"):
        rows = listed(invoke, verb, "--by", by)
        assert {row["group"]: row["answers"] for row in rows} == groups
    shown = invoke("surveys", "nps", "--by", by).stdout
    for group in groups:
        assert (group or "not known") in shown


def test_satisfaction_overall_and_by_aspect(invoke: Invoke, db: Path) -> None:
    fill(db, *({"csat": csat, "guide": 5} for csat in (5, 4, 4, 3, 1)), {"hotel": 2})
    [row] = listed(invoke, "csat")
    assert (row["mean"], row["satisfied"], row["answers"]) == (3.4, 0.6, 5)
    assert row["margin"] == pytest.approx(1.329, abs=0.001)
    assert row["satisfied_low"] < 0.6 < row["satisfied_high"]
    rows = listed(invoke, "csat", "--by", "aspect")
    assert [(r["group"], r["mean"], r["answers"]) for r in rows] == [
        ("csat", 3.4, 5), ("guide", 5, 5), ("hotel", 2, 1),
    ]  # fmt: skip
    assert rows[2]["margin"] is None
    [row] = listed(invoke, "csat", "--of", "guide", "--by", "month")
    assert (row["group"], row["mean"]) == ("2026-11", 5)


# --- the random sample ----------------------------------------------------------------------------


@pytest.fixture
def crowd(db: Path) -> Path:
    """Thirty customers of one trip in 2025, and some who must not be called."""
    with builders.writing(db) as session:
        for number in range(30):
            phone = f"+86137{number:08d}"
            who = builders.add_customer(session, f"N{number:02}", phone=phone)
            trip = {"price": 100_000 * (number + 1), "destination": "云南"}
            builders.add_trip(session, who, "2024-03-01", returns_on="2024-03-05", **trip)
        never: dict[str, dict[str, Any]] = {
            "LOST": {"status": "lost"}, "DEAD": {"status": "deceased"},
            "OWN": {"kind": "internal"}, "LEAVE": {"do_not_contact": True},
            "NO": {"marketing_consent": "no"}, "MUTE": {"phone": None},
            "ANGRY": {}, "CALM": {}, "AWAY": {},
        }  # fmt: skip
        for code, own in never.items():
            who = builders.add_customer(session, code, **{"phone": "+8613600000000", **own})
            builders.add_trip(session, who, "2024-03-01", price=5_000_000)
            if code == "AWAY":
                builders.add_trip(session, who, "2026-11-19", returns_on="2026-11-25")
            if code in ("ANGRY", "CALM"):
                number = session.info["operation"]
                complaint = Complaint(
                    code=code,
                    customer_id=who,
                    text="x",
                    opened_at=builders.NOW,
                    operation_id=number,
                )
                session.add(complaint)
                session.flush()
                assert complaint.id is not None
                for step in ("opened", "closed" if code == "CALM" else "responded"):
                    event = {"step": step, "at": builders.NOW, "staff": "x", "operation_id": number}
                    session.add(ComplaintEvent(complaint_id=complaint.id, **event))
            if code == "CALM":
                add_interaction(session, who, "2026-05-05 10:00", personal=True)
    return db


def test_the_same_seed_draws_the_same_ones_and_more_of_them(invoke: Invoke, crowd: Path) -> None:
    def draw(*words: str) -> list[str]:
        return [row["customer"] for row in listed(invoke, "sample", *words)]

    ten = draw("-n", "10", "--seed", "7")
    assert len(ten) == 10
    assert draw("-n", "10", "--seed", "7") == ten
    assert draw("-n", "4", "--seed", "7") == ten[:4]
    assert draw("-n", "10", "--seed", "8") != ten
    assert draw("-n", "10") == draw("-n", "10", "--seed", "2026-11-20")
    everybody = draw("-n", "999", "--seed", "7")
    assert everybody[:10] == ten
    assert set(everybody) == {"CALM", *(f"N{number:02}" for number in range(30))}


def test_only_those_of_the_quadrant_and_tier_are_drawn(invoke: Invoke, crowd: Path) -> None:
    quadrants = json.loads(invoke("segments", "quadrants", "-f", "json").stdout)
    large = {row["customer"] for row in quadrants if row["quadrant"] == "large_low"}
    found = listed(invoke, "sample", "--quadrant", "large_low", "-n", "999")
    assert {row["customer"] for row in found} <= large
    assert found
    tiers = json.loads(invoke("segments", "tiers", "-f", "json").stdout)
    best = {row["customer"] for row in tiers if row["tier"] == "B"}
    found = listed(invoke, "sample", "--tier", "B", "-n", "999")
    assert {row["customer"] for row in found} == best & {row["customer"] for row in found} != set()


def test_the_call_list_says_whom_to_call_and_whom_it_left_out(invoke: Invoke, crowd: Path) -> None:
    [row] = [row for row in listed(invoke, "sample", "-n", "999") if row["customer"] == "CALM"]
    assert (row["phone"], row["returned_on"], row["contacted_on"]) == (
        "+8613600000000", "2024-03-01", "2026-05-05",
    )  # fmt: skip
    shown = invoke("surveys", "sample", "-n", "3").stdout
    assert "3 drawn of 31 who may be called, as of 2026-11-20, seed 2026-11-20." in shown
    left = ("lost customer", "do not contact", "no consent to marketing", "on a trip")
    for why in (*left, "open complaint", "has booked again"):
        assert f"{why}: 1" in shown
    assert "no phone number: 2" in shown  # one of the agency above, as who has booked again
    assert "136 0000 0000" in invoke("surveys", "sample", "-n", "99").stdout
    before = listed(invoke, "sample", "-n", "999", "--as-of", "2024-03-02")
    assert "N00" not in {row["customer"] for row in before}  # still on that trip


def test_who_has_booked_again_is_not_asked_why_they_stay_away(invoke: Invoke, crowd: Path) -> None:
    with builders.writing(crowd) as session:
        who = builders.add_customer(session, "AGAIN", phone="+8613600000001")
        builders.add_trip(session, who, "2024-03-01", price=100_000)
        builders.add_trip(session, who, "2026-11-22", booked_on="2026-11-15")
    shown = invoke("surveys", "sample", "-n", "999")
    assert "has booked again: 2" in shown.stdout
    assert "AGAIN" not in {row["customer"] for row in listed(invoke, "sample", "-n", "999")}
    before = listed(invoke, "sample", "-n", "999", "--as-of", "2026-11-14")
    assert "AGAIN" in {row["customer"] for row in before}
    page = invoke("customers", "show", "AGAIN").stdout
    assert "active: last trip 994 days ago, the next begins on 2026-11-22" in " ".join(page.split())
    (row,) = json.loads(invoke("customers", "show", "AGAIN", "-f", "json").stdout)
    assert row["cadence"] == "active"


@pytest.mark.parametrize(
    ("days", "drawn"),
    [
        ({"cancelled_on": "2026-11-21"}, False),  # on that day nobody knew that they would cancel
        ({"cancelled_on": "2026-11-20"}, True),
        ({"cancelled_on": "2026-11-21", "booked_on": "2026-11-21"}, True),
    ],
)
def test_who_travels_as_of_a_day_is_not_drawn_though_they_cancelled_later(
    invoke: Invoke, crowd: Path, days: dict[str, str], drawn: bool
) -> None:
    with builders.writing(crowd) as session:
        who = builders.add_customer(session, "LATER", phone="+8613600000001")
        builders.add_trip(session, who, "2024-03-01", price=100_000)
        builders.add_trip(
            session, who, "2026-11-19", returns_on="2026-11-25", status="cancelled", **days
        )
    found = listed(invoke, "sample", "-n", "999", "--as-of", "2026-11-20")
    assert ("LATER" in {row["customer"] for row in found}) is drawn
    trip = [row["returned_on"] for row in found if row["customer"] == "LATER"]
    assert trip == (["2024-03-01"] if drawn else [])
    morning = json.loads(invoke("today", "-f", "json", "--as-of", "2026-11-20").stdout)
    assert morning["customers_away"] == (1 if drawn else 2)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("csat --by aspect --of guide", "leave --of out"),
        ("csat --by aspect --of overall", "leave --of out"),
        ("csat --from 2026-05-02 --to 2026-05-01", "is before --from 2026-05-02"),
        ("nps --from 2026-05-02 --to 2026-05-01", "is before --from 2026-05-02"),
        ("list --from 2026-05-02 --to 2026-05-01", "is before --from 2026-05-02"),
        ("export -f json --excel", "--excel is for CSV"),
    ],
)
def test_no_option_is_left_out_silently(invoke: Invoke, words: str, said: str) -> None:
    done = invoke("surveys", *words.split())
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr


def test_a_channel_that_comes_too_late_is_told(invoke: Invoke) -> None:
    said = []
    for nps in ("8", "9"):
        done = invoke("surveys", "add", "C1", "--nps", nps, "--channel", "phone", "--replace")
        assert done.exit_code == 0
        said.append("keeps its channel" in done.stderr)
    assert said == [False, True]
