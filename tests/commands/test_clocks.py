"""Complaints and answers where people look in the morning: the list, the page, the calendar."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine

from tests.builders import NOW, TODAY, add_customer, add_trip, agency, writing
from tests.conftest import Invoke
from tests.contacts import add_answer, add_complaint, add_interaction, add_step, moment
from tourcrm.agenda.rules import parser
from tourcrm.base.display import width


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """It is half past nine in Shanghai."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def filled(db: Path) -> Path:
    """A complaint with half an hour left, a crisis that is overdue, and one that is closed."""
    agency(db)
    with writing(db) as session:
        fang = add_customer(session, "C1", name="王芳", phone="+8613812345678", owner="李娜")
        trip = add_trip(
            session, fang, "2026-11-12", returns_on="2026-11-18", destination="桂林", price=500_000
        )
        about = {"category": "hotel", "text": "房间有霉味", "trip_id": trip}
        add_complaint(session, fang, moment("2026-11-20 08:00"), "K00001", **about)
        add_answer(session, fang, TODAY, nps=3, comment="酒店太差", trip_id=trip)
        si = add_customer(session, "C2", name="李四", phone="+8613912345678", owner="李娜")
        more = {"severity": "crisis", "text": "大巴坏了", "in_charge": "吴昊"}
        add_complaint(session, si, moment("2026-11-20 08:30"), "K00002", **more)
        old = add_complaint(session, si, moment("2026-10-20 09:00"), "K00003", text="导游迟到")
        for step in ("responded", "resolved", "closed"):
            add_step(session, old, step, moment("2026-10-20 10:00"))
    return db


def due(invoke: Invoke, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(
        invoke("followups", "due", "-f", "json", *words).stdout
    )
    return found


@pytest.mark.parametrize(
    ("lang", "crisis", "routine"),
    [
        (
            "en",
            ["Answer the complaint K00002", "crisis, other", "“大巴坏了”", "OVERDUE by 30 min"],
            ["Answer the complaint K00001", "hotel", "answered by 10:00", "30 min left"],
        ),
        (
            "zh",
            ["答复投诉K00002", "危机，其他", "“大巴坏了”", "超时 30 分钟"],
            ["答复投诉K00001", "住宿", "请在10:00前答复", "还剩 30 分钟"],
        ),
    ],
)
def test_clocks_are_first_on_the_list_and_say_what_is_left(
    lang: str, crisis: list[str], routine: list[str], invoke: Invoke
) -> None:
    page = invoke("followups", "due", lang=lang).stdout
    assert max(map(width, page.splitlines())) <= 80
    _head, first, second, *_rest = page.split("\n\n")
    for block, parts in ((first, ["139 1234 5678", *crisis]), (second, routine)):
        told = "".join(block.split())
        for said in parts:
            assert said.replace(" ", "") in told, block


def test_scripts_get_the_day_on_which_a_clock_ends(
    invoke: Invoke, clock: time_machine.Traveller
) -> None:
    first, second, *_rest = due(invoke)
    assert (first["customer"], first["rule"], first["priority"]) == ("C2", "complaint_clock", 100)
    assert (first["owner"], second["owner"]) == ("吴昊", "李娜")
    assert (first["due_on"], first["days_late"]) == ("2026-11-20", 0)
    assert [line["customer"] for line in due(invoke, "--owner", "吴昊")][:1] == ["C2"]
    assert "C2" not in {line["customer"] for line in due(invoke, "--owner", "李娜")}
    clock.move_to(moment("2026-11-22 09:30"))
    assert due(invoke)[0]["days_late"] == 2
    invoke("settings", "business_hours", "1-5 09:00-18:00")  # the 20th is a Friday
    late = invoke("complaints", "open", "李四", "退款没到", "--at", "2026-11-20 17:00")
    assert late.exit_code == 0, late.stderr
    new = next(line for line in due(invoke) if "退款没到" in line["reason"])
    assert (new["due_on"], new["days_late"]) == ("2026-11-23", -1)


def test_only_an_answer_takes_a_clock_from_the_list(invoke: Invoke) -> None:
    id_ = next(line["id"] for line in due(invoke) if line["customer"] == "C1")
    for words in (("done",), ("tried",), ("skip", "--reason", "x"), ("snooze", "--days", "1")):
        refused = invoke("followups", words[0], id_, *words[1:])
        assert refused.exit_code == 1
        assert "tourcrm complaints respond K00001" in refused.stderr
    shown = invoke("followups", "show", id_).stdout
    assert "Answer the complaint K00001" in shown
    assert invoke("complaints", "respond", "K00001", "已换房").exit_code == 0
    assert id_ not in {line["id"] for line in due(invoke)}


def test_all_of_a_customer_is_done_but_for_the_clock(invoke: Invoke) -> None:
    invoke("followups", "add", "王芳", "--on", "2026-11-20", "寄发票")
    assert [line["rule"] for line in due(invoke) if line["customer"] == "C1"] == [
        "complaint_clock",
        "task",
    ]
    done = invoke("followups", "done", "王芳", "--all")
    assert (done.exit_code, done.stdout.count("Done: 王芳")) == (0, 1)
    assert [line["rule"] for line in due(invoke) if line["customer"] == "C1"] == ["complaint_clock"]
    refused = invoke("followups", "done", "王芳", "--all")
    assert refused.exit_code == 1
    assert "tourcrm complaints respond K00001" in refused.stderr


@pytest.mark.parametrize(
    ("lang", "heading", "said"),
    [
        ("en", "Clocks running", ["OVERDUE by 30 min", "30 min left, until 10:00"]),
        ("zh", "正在计时的投诉", ["超时 30 分钟", "还剩 30 分钟"]),
    ],
)
def test_the_morning_begins_with_the_clocks(
    lang: str, heading: str, said: list[str], invoke: Invoke
) -> None:
    page = invoke("today", lang=lang).stdout
    assert max(map(width, page.splitlines())) <= 80
    first, clocks, *_rest = page.split("\n\n")
    assert first.startswith("2026-11-20")
    assert clocks.startswith(heading)
    told = " ".join(clocks.split())
    assert told.index(said[0]) < told.index("K00002") < told.index(said[1]) < told.index("K00001")
    assert "138 1234 5678" in told  # in full: it is to be called


def test_scripts_get_the_clocks_of_the_morning(invoke: Invoke) -> None:
    found = json.loads(invoke("today", "-f", "json").stdout)
    brief = [
        (one["code"], one["customer"], one["minutes_left"], one["breached"])
        for one in found["clocks"]
    ]
    assert brief == [("K00002", "C2", -30, True), ("K00001", "C1", 30, False)]
    assert [line["rule"] for line in found["due"]][:2] == ["complaint_clock"] * 2
    assert {"why": "a complaint is open", "count": 2} in found["held"]
    earlier = json.loads(invoke("today", "-f", "json", "--as-of", "2026-11-19").stdout)
    assert earlier["clocks"] == []
    of_wu = json.loads(invoke("today", "-f", "json", "--owner", "吴昊").stdout)
    assert [one["code"] for one in of_wu["clocks"]] == ["K00002"]


def test_the_page_of_a_customer_tells_complaints_promises_and_answers(invoke: Invoke) -> None:
    invoke("complaints", "respond", "K00001", "已换房")
    invoke("complaints", "attribute", "K00001", "service_failure")
    invoke("complaints", "compensate", "K00001", "--amount", "500")
    page = " ".join(invoke("customers", "show", "C1").stdout.split())
    for said in ("K00001 · hotel", "房间有霉味", "500", "recommends us: 3 of 10", "酒店太差"):
        assert said in page, said
    assert "closed on 2026-10-20" in invoke("customers", "show", "C2").stdout
    [row] = json.loads(invoke("customers", "show", "C1", "-f", "json").stdout)
    assert (row["complaints_open"], row["complaints_closed"]) == ("K00001", 0)
    assert (row["last_nps"], row["last_answered_on"]) == (3, "2026-11-20")
    assert row["refunds_promised"] == 500
    [before] = json.loads(
        invoke("customers", "show", "C1", "-f", "json", "--as-of", "2026-11-19").stdout
    )
    assert (before["complaints_open"], before["last_nps"]) == (None, None)


def test_a_complaint_is_closed_on_the_day_of_the_agency(invoke: Invoke, db: Path) -> None:
    """Early in the morning in Shanghai, when in Greenwich it is still the day before."""
    with writing(db) as session:
        early = add_complaint(session, 2, moment("2026-10-21 09:00"), "K00004", text="太早")
        for step in ("responded", "resolved", "closed"):
            add_step(session, early, step, moment("2026-10-22 07:30"))
    assert "closed on 2026-10-22 · 太早" in " ".join(
        invoke("customers", "show", "C2").stdout.split()
    )
    assert "2026-10-22结案 · 太早" in " ".join(
        invoke("customers", "show", "C2", lang="zh").stdout.split()
    )


def test_a_calendar_holds_aftercare_and_no_clock_and_takes_it_back_when_reopened(
    invoke: Invoke, db: Path, tmp_path: Path
) -> None:
    with writing(db) as session:
        add_step(session, 1, "responded", moment("2026-11-20 08:30"))
        add_step(session, 1, "resolved", moment("2026-11-20 09:00"))
    file = tmp_path / "x.ics"

    def events(rule: str) -> dict[str, str]:
        assert invoke("followups", "calendar", file).exit_code == 0
        every = file.read_text("utf-8").split("BEGIN:VEVENT")[1:]
        return {
            one.split("UID:")[1].split()[0]: one.split("STATUS:")[1].split()[0]
            for one in every
            if f"CATEGORIES:{rule}" in one
        }

    assert events("complaint_clock") == {}
    [mine] = [uid for uid, state in events("complaint_aftercare").items() if state == "CONFIRMED"]
    assert invoke("complaints", "reopen", "K00001", "又有霉味").exit_code == 0
    assert events("complaint_aftercare")[mine] == "CANCELLED"


def test_results_count_what_lapses_and_no_clock(invoke: Invoke, db: Path) -> None:
    with writing(db) as session:
        for number, nps in ((6, 2), (7, 10)):
            who = add_customer(session, f"C{number}")
            add_answer(session, who, TODAY.replace(month=3), nps=nps)
        add_interaction(session, who, "2026-01-01 10:00")
    invoke("followups", "add", "李四", "--on", "2026-11-20", "x")
    invoke("followups", "done", "李四", "--all")
    with writing(db) as session:  # somebody worked with the list from January on
        sql = "UPDATE followup_outcome SET at = '2026-01-02T01:00:00Z'"
        session.connection().exec_driver_sql(sql)
    words = ("--from", "2026-01-01", "--to", "2026-11-19", "-f", "csv")
    done = invoke("followups", "results", *words)
    assert done.exit_code == 0, done.stderr
    groups = {(row["rule"], row["aftermath"]) for row in csv.DictReader(io.StringIO(done.stdout))}
    assert {("detractor", "never"), ("ask_referral", "never")} <= groups
    assert "complaint_clock" not in {rule for rule, _aftermath in groups}


def test_rules_on_complaints_and_answers_are_tried_dumped_and_loaded(
    invoke: Invoke, db: Path, tmp_path: Path
) -> None:
    rules = ("followups", "rules")
    file = tmp_path / "own.toml"
    dumped = invoke(*rules, "--dump").stdout
    own = dumped[dumped.index("[detractor]") : dumped.index("[complaint_aftercare]")]
    own = own.replace("detractor", "glad").replace('"glad"', '"passive", "promoter"')
    file.write_text(own, encoding="utf-8")
    with writing(db) as session:
        add_answer(session, 1, TODAY.replace(month=6), nps=8)
    tried = invoke(*rules, "--try", file, "-f", "csv")
    weeks = csv.DictReader(io.StringIO(tried.stdout))
    assert [row["week"] for row in weeks if row["rule_glad"] != "0"] == ["2026-06-15"]
    assert invoke(*rules, "--load", file).exit_code == 0
    assert invoke(*rules, "--dump", "--own").stdout == own
    assert "[glad]" in invoke(*rules, "--dump").stdout
    listed = {row["rule"] for row in json.loads(invoke(*rules, "-f", "json").stdout)}
    assert {one.id for one in parser.defaults()} | {"glad"} == listed
    wrong = own.replace('"promoter"', '"fan"')
    refused = invoke(*rules, "--check", "-", input=wrong)
    assert refused.exit_code == 1
    assert "one of detractor, dissatisfied, passive, promoter is expected" in refused.stdout
    every = invoke(*rules, "--load", "-", input=dumped)
    assert every.exit_code == 0
    assert invoke(*rules, "--dump", "--own").stdout == ""
