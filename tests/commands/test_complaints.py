"""Complaints at the command line: what is said, what comes next, what is shown."""

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from tests import builders
from tests.conftest import Invoke
from tests.office import at_work
from tourcrm.terminal import render

HOSTILE = "x[/b]y\x1b[31m\u202e=1+1\n🙂"


@pytest.fixture(autouse=True)
def agency(db: Path) -> Path:
    def make() -> None:
        builders.agency(db, today="2026-11-20")
        with builders.writing(db) as session:
            who = builders.add_customer(session, "C000001", name="王芳", phone="+8613812345678")
            builders.add_trip(
                session, who, "2026-11-10", returns_on="2026-11-14", code="T1", price=1_234_567,
                destination="桂林", guide="赵六",
            )  # fmt: skip

    return builders.prepared("complaints", db, make)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    """It is half past nine in Shanghai."""
    with time_machine.travel(builders.NOW, tick=False):
        yield


def done(invoke: Invoke, *words: str, lang: str = "en") -> str:
    ended = invoke("complaints", *words, lang=lang)
    assert ended.exit_code == 0, ended.output
    return ended.stdout


def judged(invoke: Invoke, db: Path) -> None:
    """A complaint up to its cause, in the agency as it is at the beginning of a test."""

    def make() -> None:
        done(invoke, "open", "王芳", "房间有霉味", "--trip", "T1", "--category", "hotel")
        done(invoke, "respond", "K00001", "已换房", "--channel", "phone")
        done(invoke, "attribute", "K00001", "third_party", "--supplier", "桂林大酒店")

    builders.prepared("complaints judged", db, make)


def opened(invoke: Invoke, db: Path) -> None:
    """A complaint that was only opened, likewise."""
    builders.prepared("complaints opened", db, lambda: done(invoke, "open", "王芳", "x"))


def test_each_step_says_which_comes_next(invoke: Invoke) -> None:
    """Whoever types what it says gets to the end."""
    said = done(invoke, "open", "王芳", "房间有霉味", "--trip", "T1")
    assert "Opened K00001 for C000001 王芳." in said
    assert "an answer by 2026-11-20 11:30" in said
    values = {"TEXT": "x", "CAUSE": "service_failure"}
    taken = []
    while found := re.search(r"Next: tourcrm complaints (.*)", said):
        words = [values.get(word, word) for word in found[1].split()]
        taken.append(words[0])
        said = done(invoke, *words)
    assert taken == ["respond", "attribute", "compensate", "resolve", "close"]
    assert said == "Closed: K00001 of C000001 王芳.\n"


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ("attribute K00001 unfounded", 1, "lacks an answer to the customer. Next: tourcrm compl"),
        ("resolve K00001 x", 1, "an answer to the customer, its cause"),
        (
            "close K00001",
            1,
            "what was done, that the customer was told. Next: tourcrm complaints r",
        ),
        ("reopen K00001 x", 1, "K00001 is open"),
        ("compensate K00001", 1, "lacks an answer"),
        ("compensate K00001 --amount x", 2, "--amount “x”"),
        ("compensate K00001 --pay-ratio 20%off", 2, "--pay-ratio 20%off"),
        ("compensate K00001 --amount 5 --no-refund", 2, "--amount does not go with --no-refund"),
        ("attribute K00001 fate", 2, "CAUSE “fate”"),
        ("respond K00001", 2, "which solution"),
        ("respond K00001 x --at 2026-11-21", 1, "--at lies ahead"),
        ("resolve K00001 x --fix y", 2, "--fix-owner NAME"),
        ("fix K00001", 1, "complaints fix K00001 --add TEXT --owner NAME"),
        (f"fix K00001 --add {'x' * 2001} --owner y", 2, "--add: it is too long"),
        ("edit K00001", 2, "Say what to change"),
        ("show K2", 3, "no complaint K2"),
        ("list --sla --all", 2, "--sla does not go with --all"),
        ("list --from 2026-01-01", 2, "--from only goes with --sla"),
        ("open 王芳 x --trip T2", 3, "no trip T2"),
        ("open 王芳 x --category fun", 2, "--category “fun”"),
        ("open 王芳 x --channel fun", 2, "--channel “fun”"),
        ("open nobody x", 3, "No customer"),
        ("open 王芳 y --at 2026-11-21", 1, "--at lies ahead"),
    ],
)
def test_what_is_out_of_order_says_what_is_missing(
    invoke: Invoke, db: Path, words: str, code: int, says: str
) -> None:
    opened(invoke, db)
    before = db.read_bytes()
    ended = invoke("complaints", *words.split())
    assert ended.exit_code == code, ended.output
    assert says in ended.stderr
    assert db.read_bytes() == before  # it is waiting as it was


@pytest.mark.parametrize(
    ("lang", "reason", "instead"),
    [
        ("en", "王芳 is recorded as deceased; no voucher was issued.", "For the family, a refund"),
        ("zh", "王芳 已登记为已故，没有开出优惠券。", "只给家属退款"),
    ],
)
def test_compensation_gives_no_voucher_to_the_deceased_and_says_what_else(
    invoke: Invoke, db: Path, lang: str, reason: str, instead: str
) -> None:
    judged(invoke, db)
    invoke("customers", "lose", "王芳", "--deceased")
    before = db.read_bytes()
    refused = invoke("complaints", "compensate", "K00001", lang=lang)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert db.read_bytes() == before
    for said in (
        reason,
        instead,
        "tourcrm complaints compensate K00001 --no-voucher",
        "tourcrm complaints resolve K00001",
    ):
        assert said in refused.stderr
    given = done(invoke, "compensate", "K00001", "--no-voucher")
    assert "refund" in given
    assert "voucher" not in given.partition("Next:")[0]
    assert json.loads(invoke("vouchers", "list", "--all", "-f", "json").stdout) == []


def test_what_is_given_is_told_with_its_sum(invoke: Invoke, db: Path) -> None:
    judged(invoke, db)
    ended = invoke("complaints", "compensate", "K00001")
    assert "P0000001 refund · ¥1,234.57 · 2026-11-20 · promised, not paid" in ended.stdout
    assert (
        "V00001 discount · the customer pays 80% · 2026-11-20 · open · valid until 2027-11-20"
        in (ended.stdout)
    )
    assert "10 % of the price of T1, ¥12,345.67" in ended.stderr
    again = invoke("complaints", "compensate", "K00001")
    assert "Nothing changed: complaint K00001 of C000001 王芳" in again.stdout
    assert "P0000001 was given already" in again.stderr


def test_the_page_shows_everything(invoke: Invoke, db: Path) -> None:
    judged(invoke, db)
    done(invoke, "compensate", "K00001")
    done(invoke, "resolve", "K00001", "道歉", "--fix", "换酒店", "--fix-owner", "李娜")
    page = " ".join(done(invoke, "show", "K00001").split())
    for text in (
        "K00001 · routine · hotel · resolved · 王芳 C000001",
        "138 1234 5678 · tier A",
        "T1 · 桂林 · ¥12,345.67",
        "answered in time",
        "third party · 桂林大酒店",
        "P0000001 refund",
        "1 换酒店 · 李娜 · open",
        "responded · 已换房",
        "tourcrm complaints close K00001 --told",
    ):
        assert text in page
    found = json.loads(done(invoke, "show", "K00001", "-f", "json"))
    assert list(found) == [
        *("complaint", "checklist", "compensations", "fixes", "events", "departure"),
    ]
    assert found["departure"] == []
    assert [(one["code"], one["amount"]) for one in found["compensations"]] == [
        ("P0000001", 1234.57),
        ("V00001", None),
    ]
    assert [one["step"] for one in found["events"]] == [
        *("opened", "responded", "attributed", "compensated", "compensated", "resolved"),
    ]


def test_the_checklist_of_a_crisis_is_shown_with_its_times(invoke: Invoke) -> None:
    done(invoke, "open", "王芳", "大巴抛锚", "--crisis", "--at", "2026-11-20 09:10")
    said = done(invoke, "respond", "K00001", "--in-charge", "李娜", "--contacted")
    assert "Missing until 2026-11-20 09:40: news, plan B." in said
    assert "Next: tourcrm complaints respond K00001 --news TEXT --plan-b TEXT" in said
    page = done(invoke, "show", "K00001")
    assert re.search(r"Checklist +somebody in charge: 2026-11-20 09:30\n", page)
    assert re.search(r"\n +plan B: missing\n", page)
    said = done(invoke, "respond", "K00001", "--news", "9点到", "--plan-b", "住酒店")
    assert "clock stands still" in said


LIST = (
    "code,customer,name,tier,owner,trip,destination,severity,category,text,state,opened_at,due_at,"
    "minutes_left,breached,answered_at,in_time,in_charge,cause,supplier,lacks,fixes_open,"
    "resolved_at,closed_at,satisfaction,reopened"
)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("fix K00001 2 --add x --owner y", "NUMBER does not go with --add"),
        ("fix K00001 --add x --owner y --on 2026-11-20", "--on does not go with --add"),
        ("fix K00001 --add x --owner y --note z", "--note does not go with --add"),
        ("list --all --closed", "--closed does not go with --all"),
        ("list --closed --fixes", "--fixes does not go with --closed"),
        ("list --sla --customer 王芳", "--customer does not go with --sla"),
        ("list --sla --from 2026-12-01", "--from 2026-12-01 lies after 2026-11-20"),
        ("list --excel", "--excel is for CSV"),
        ("list -f json --excel", "--excel is for CSV"),
        ("compensate K00001 --no-voucher --pay-ratio 8折", "--pay-ratio does not go with"),
    ],
)
def test_no_option_is_left_out_silently(invoke: Invoke, db: Path, words: str, said: str) -> None:
    judged(invoke, db)
    ended = invoke("complaints", *words.split())
    assert ended.exit_code == 2, ended.output
    assert said in ended.stderr


def test_a_complaint_that_is_late_when_it_is_written_down_says_so(invoke: Invoke) -> None:
    late = "should have had an answer by 2026-11-20 09:00: answer at once"
    assert late in done(invoke, "open", "王芳", "x", "--at", "2026-11-20 07:00")
    assert "must have an answer by 2026-11-20 09:31" in done(
        invoke, "open", "王芳", "y", "--at", "2026-11-20 07:31"
    )


def test_the_same_words_with_something_else_are_not_taken_for_the_same(invoke: Invoke) -> None:
    for _twice in range(2):
        done(invoke, "open", "王芳", "房间有霉味", "--category", "hotel")
    for more in (["--crisis"], ["--trip", "T1"], ["--in-charge", "李娜"], ["--category", "meals"]):
        ended = invoke("complaints", "open", "王芳", "房间有霉味", *more)
        assert ended.exit_code == 1, more
        assert "tourcrm complaints edit K00001" in ended.stderr
    assert [one["code"] for one in json.loads(done(invoke, "list", "-f", "json"))] == ["K00001"]


def test_the_trip_that_is_proposed_is_one_of_before_the_complaint(invoke: Invoke) -> None:
    assert "T1" in invoke("complaints", "open", "王芳", "x").stderr
    assert "T1" not in invoke("complaints", "open", "王芳", "y", "--at", "2026-11-09 10:00").stderr


@pytest.mark.parametrize(
    ("departs", "returns", "proposed"),
    [
        ("2026-11-21", "2026-11-24", False),
        ("2026-11-20", "2026-11-24", True),
        ("2026-10-15", "2026-10-21", True),
        ("2026-10-15", "2026-10-20", False),
    ],
)
def test_a_trip_is_proposed_from_its_first_day_until_30_days_after_the_last(
    invoke: Invoke, departs: str, returns: str, proposed: bool
) -> None:
    dates = ("--departs", departs, "--returns", returns)
    assert invoke("trips", "edit", "T1", *dates).exit_code == 0
    assert ("T1" in invoke("complaints", "open", "王芳", "x").stderr) == proposed


def test_a_voucher_that_may_be_meant_the_other_way_round_is_asked_about(
    invoke: Invoke, db: Path
) -> None:
    """20 % was perhaps meant as 20 % off, here as in vouchers issue."""
    judged(invoke, db)
    ended = invoke("complaints", "compensate", "K00001", "--pay-ratio", "20%")
    assert ended.exit_code == 1
    assert "write --pay-ratio 80%; if it is meant: --yes" in ended.stderr
    assert "not given yet" in done(invoke, "show", "K00001")
    said = done(invoke, "compensate", "K00001", "--pay-ratio", "20%", "--yes")
    assert "the customer pays 20%" in said


def test_what_was_mended_already_is_no_mistake(invoke: Invoke, db: Path) -> None:
    judged(invoke, db)
    done(invoke, "fix", "K00001", "--add", "换酒店", "--owner", "李娜")
    assert "Mended for K00001: 换酒店." in done(invoke, "fix", "K00001")
    assert "Nothing changed: it was done." in done(invoke, "fix", "K00001")
    assert "no such fix" in invoke("complaints", "fix", "K00001", "2").stderr


def test_override_is_for_force_majeure_alone(invoke: Invoke, db: Path) -> None:
    judged(invoke, db)
    ended = invoke("complaints", "compensate", "K00001", "--override", "--reason", "x")
    assert ended.exit_code == 1
    assert "leave --override out" in ended.stderr
    assert "not given yet" in done(invoke, "show", "K00001")


def test_the_list_says_what_is_overdue(invoke: Invoke) -> None:
    done(invoke, "open", "王芳", "late", "--at", "2026-11-20 06:00", "--trip", "T1")
    done(invoke, "open", "王芳", "soon", "--at", "2026-11-20 08:00")
    listed = done(invoke, "list")
    assert re.search(r"K00001 +A +王芳 +routine +overdue by 1 h 30 min +an answer", listed)
    assert re.search(r"K00002 +A +王芳 +routine +30 min left +an answer", listed)
    head, first, second = csv.reader(io.StringIO(done(invoke, "list", "-f", "csv")))
    assert ",".join(head) == LIST
    one = dict(zip(head, first, strict=True))
    assert (one["due_at"], one["minutes_left"], one["breached"], one["in_time"]) == (
        "2026-11-20T08:00:00+08:00", "-90", "true", "false",
    )  # fmt: skip
    assert dict(zip(head, second, strict=True))["in_time"] == ""
    assert done(invoke, "list", "--as-of", "2026-11-19") == "Nothing to show.\n"


def test_midnight_belongs_to_the_day_that_begins(invoke: Invoke) -> None:
    done(invoke, "open", "王芳", "the last second", "--at", "2026-11-18 23:59:59")
    done(invoke, "open", "王芳", "midnight", "--at", "2026-11-19 00:00")
    for day, codes in (("18", {"K00001"}), ("19", {"K00001", "K00002"})):
        listed = done(invoke, "list", "--as-of", f"2026-11-{day}", "-f", "json")
        assert {row["code"] for row in json.loads(listed)} == codes


def test_what_is_overdue_is_red_at_a_terminal(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = render.console

    def colourful(width: int) -> object:
        found = plain(width)
        found.no_color, found._force_terminal = False, True
        found._color_system = 1
        return found

    done(invoke, "open", "王芳", "late", "--at", "2026-11-20 06:00")
    done(invoke, "open", "王芳", "soon")
    monkeypatch.setattr(render, "console", colourful)
    late, soon = (line for line in done(invoke, "list").splitlines() if "K0000" in line)
    assert "\x1b[31m" in late
    assert "\x1b[31m" not in soon


def test_what_is_owed_and_not_wanted_can_be_left_out(invoke: Invoke, db: Path) -> None:
    """Whoever gives a part, or nothing, is told how to go on without the rest."""
    judged(invoke, db)
    way = "tourcrm complaints resolve K00001 TEXT --no-compensation REASON"
    assert way in invoke("complaints", "resolve", "K00001", "x").stderr
    assert way in done(invoke, "compensate", "K00001", "--no-refund")
    assert way not in done(invoke, "compensate", "K00001")


def test_the_page_says_who_waived_what_is_owed_and_why(invoke: Invoke, db: Path) -> None:
    judged(invoke, db)
    assert "not given yet" in done(invoke, "show", "K00001")
    done(invoke, "compensate", "K00001", "--no-voucher")
    done(invoke, "resolve", "K00001", "x", "--no-compensation", "客人谢绝", "--staff", "李娜")
    page = done(invoke, "show", "K00001")
    assert re.search(r"Owed +\S.*: waived by 李娜 on 2026-11-20: “客人谢绝”", page)
    assert "not given yet" not in page
    # Judged anew, the agency owes what the new cause owes: nobody said that it is not given.
    done(invoke, "attribute", "K00001", "service_failure")
    assert "not given yet" in done(invoke, "show", "K00001")


def test_nothing_is_waived_where_nothing_is_owed(invoke: Invoke, db: Path) -> None:
    judged(invoke, db)
    done(invoke, "compensate", "K00001")
    ended = invoke("complaints", "resolve", "K00001", "x", "--no-compensation", "客人谢绝")
    assert ended.exit_code == 1
    assert "Leave --no-compensation out" in ended.stderr
    assert "客人谢绝" not in done(invoke, "show", "K00001")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-1, "less than 1 min left"), (0, "due now"), (59, "due now"), (60, "overdue by 1 min")],
)
def test_the_last_minute_of_a_clock_is_told_in_words(
    invoke: Invoke, db: Path, seconds: int, said: str
) -> None:
    opened(invoke, db)
    with time_machine.travel(builders.NOW + timedelta(hours=2, seconds=seconds), tick=False):
        assert said in done(invoke, "list")
        assert said in " ".join(done(invoke, "show", "K00001").split())
        aloud = said.replace("due now", "DUE NOW").replace("overdue", "OVERDUE")
        for words in (("complaints", "watch", "--all"), ("followups", "due"), ("today",)):
            assert aloud in " ".join(invoke(*words).stdout.split()), words


def test_a_gift_after_the_end_asks_for_no_step(invoke: Invoke, db: Path) -> None:
    judged(invoke, db)
    done(invoke, "resolve", "K00001", "x", "--no-compensation", "谢绝")
    done(invoke, "close", "K00001", "--told")
    assert "Next" not in done(invoke, "compensate", "K00001", "--gift", "真丝围巾")
    assert "Noted for K00001" in done(invoke, "note", "K00001", "来电道谢")
    ended = invoke("complaints", "compensate", "K00001")
    assert "complaints reopen K00001 REASON" in ended.stderr


def test_closed_ones_and_those_of_a_customer(invoke: Invoke, db: Path) -> None:
    judged(invoke, db)
    invoke("customers", "add", "李明")
    done(invoke, "compensate", "K00001")
    done(invoke, "resolve", "K00001", "x", "--fix", "y", "--fix-owner", "李娜")
    done(invoke, "close", "K00001", "--satisfaction", "4")
    done(invoke, "open", "李明", "z")

    def codes(*words: str) -> list[str]:
        return [one["code"] for one in json.loads(done(invoke, "list", *words, "-f", "json"))]

    assert codes() == ["K00002"]
    assert codes("--closed") == ["K00001"]
    assert codes("--all") == ["K00002", "K00001"]
    assert codes("--all", "--customer", "王芳") == ["K00001"]
    [fix] = json.loads(done(invoke, "list", "--fixes", "-f", "json"))
    assert json.loads(done(invoke, "list", "--fixes", "--customer", "李明", "-f", "json")) == []
    assert (fix["complaint"], fix["number"], fix["what"], fix["owner"]) == (
        "K00001",
        1,
        "y",
        "李娜",
    )
    assert "Mended for K00001: y." in done(invoke, "fix", "K00001")
    assert json.loads(done(invoke, "list", "--fixes", "-f", "json")) == []


def test_the_report_names_who_is_late(invoke: Invoke, db: Path) -> None:
    with builders.writing(db) as session:
        for number in range(30):
            who = builders.add_customer(session, f"X{number}", phone=None)
            guide = "钱七" if number < 8 else "孙八"
            builders.add_trip(session, who, "2026-11-01", code=f"X{number}", guide=guide)
    with at_work(db, "2026-11-15 09:00") as office:
        for number in range(30):
            code = office.open(number + 2, trip=number + 2)
            if number >= 8:
                office.respond(code)
    said = done(invoke, "list", "--sla")
    assert re.search(r"guide +钱七 +8 +0 +0\.0% .*yes", said)
    assert "22 of 30 answered in time (73.3%)." in said
    assert "guide 钱七 stands out: 8 of 8 late, of all others 0 of 22." in said
    assert "in <0.01% of cases" in " ".join(said.split())
    rows = json.loads(done(invoke, "list", "--sla", "-f", "json"))
    assert [row["group"] for row in rows if row["stands_out"]] == ["钱七"]
    assert json.loads(done(invoke, "list", "--sla", "--to", "2026-11-14", "-f", "json")) == []


def test_hostile_text_is_shown_as_it_is(invoke: Invoke) -> None:
    done(invoke, "open", "王芳", HOSTILE, "--in-charge", HOSTILE, "--staff", HOSTILE)
    done(invoke, "respond", "K00001", HOSTILE)
    done(invoke, "attribute", "K00001", "third_party", "--supplier", HOSTILE)
    done(invoke, "compensate", "K00001", "--gift", HOSTILE)
    done(invoke, "resolve", "K00001", HOSTILE, "--no-compensation", HOSTILE, "--fix", HOSTILE,
         "--fix-owner", HOSTILE)  # fmt: skip
    for words in (["list"], ["show", "K00001"], ["list", "--fixes"]):
        page = done(invoke, *words)
        assert "\x1b" not in page
        assert "\u202e" not in page
    [one] = json.loads(done(invoke, "list", "-f", "json"))
    assert (one["text"], one["supplier"]) == (HOSTILE, HOSTILE)


@pytest.mark.parametrize("word", ["", "   ", "x" * 2001, "a\x00b", "\udcff"])
def test_text_that_cannot_be_kept_is_refused(invoke: Invoke, word: str) -> None:
    ended = invoke("complaints", "open", "王芳", word)
    assert ended.exit_code == 2, ended.output
    assert json.loads(done(invoke, "list", "-f", "json")) == []


def test_the_hours_are_a_setting(invoke: Invoke) -> None:
    assert invoke("settings", "business_hours", "1-5 9:00-17:30").exit_code == 0
    assert invoke("settings", "complaint_minutes", "60").exit_code == 0
    said = done(invoke, "open", "王芳", "x", "--at", "2026-11-19 17:00")
    assert "an answer by 2026-11-20 09:30" in said
    for key, value in (
        ("business_hours", "9-5"),
        ("refund_percent", "101"),
        ("voucher_ratio", "2"),
    ):
        assert invoke("settings", key, value).exit_code == 1


# --- by the rules of its time ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "value"),
    [("complaint_minutes", "60"), ("business_hours", "7 09:00-10:00"), ("crisis_minutes", "1")],
)
def test_a_clock_keeps_the_settings_with_which_it_began(
    invoke: Invoke, db: Path, key: str, value: str
) -> None:
    def make() -> None:
        done(invoke, "open", "王芳", "x", "--at", "2026-11-19 10:00")
        done(invoke, "respond", "K00001", "好了", "--at", "2026-11-19 11:30")
        done(invoke, "open", "王芳", "y", "--at", "2026-11-20 09:20")
        done(invoke, "open", "王芳", "z", "--crisis", "--at", "2026-11-20 09:20", "--trip", "T1")

    builders.prepared("complaints clocks", db, make)
    before = [done(invoke, *words) for words in _ABOUT_CLOCKS]
    due = invoke("today", "-f", "json").stdout
    assert invoke("settings", key, value).exit_code == 0
    assert [done(invoke, *words) for words in _ABOUT_CLOCKS] == before
    assert invoke("today", "-f", "json").stdout == due
    said = done(invoke, "open", "王芳", "new", *(["--crisis"] if key == "crisis_minutes" else []))
    by = {"complaint_minutes": "11-20 10:30", "crisis_minutes": "11-20 09:31"}
    assert by.get(key, "11-29 10:00") in said


_ABOUT_CLOCKS = (
    ("list", "--all", "-f", "csv"),
    ("list", "--sla", "--from", "2026-01-01", "-f", "csv"),
    ("show", "K00001", "-f", "json"),
    ("show", "K00003", "-f", "json"),
)


def test_a_reopened_complaint_runs_by_the_settings_of_that_day(invoke: Invoke, db: Path) -> None:
    judged(invoke, db)
    done(invoke, "resolve", "K00001", "x", "--no-compensation", "客人谢绝")
    invoke("settings", "complaint_minutes", "60")
    assert "an answer by 2026-11-20 10:30" in done(invoke, "reopen", "K00001", "又来了")
    rows = list(csv.DictReader(io.StringIO(done(invoke, "list", "--sla", "-f", "csv"))))
    assert [(row["cases"], row["in_time"]) for row in rows if row["by"] == "severity"] == [
        ("1", "1")
    ]


# --- crises ---------------------------------------------------------------------------------------


@pytest.fixture
def coach(db: Path) -> Path:
    """Three who left for 云南 on 18 November, and some who are not on that coach."""
    with builders.writing(db) as session:
        booked: list[tuple[str, dict[str, Any]]] = [
            ("云南", {}),
            ("云南", {"service": "cruise", "party_size": 3}),
            ("云南", {"kind": "custom"}),
            ("云南", {"service": "flight"}),
            ("云南", {"status": "cancelled", "cancelled_on": "2026-11-01"}),
            ("三亚", {}),
        ]
        for number, (place, fields) in enumerate(booked, 1):
            who = builders.add_customer(session, f"Y{number}", phone=f"+861391234567{number}")
            builders.add_trip(
                session, who, "2026-11-18", returns_on="2026-11-19", code=f"O{number}",
                destination=place, **fields,
            )  # fmt: skip
    return db


def held(invoke: Invoke, day: str) -> dict[str, str]:
    """Whose welcome home is held, and why."""
    listed = invoke("followups", "list", "--all", "--as-of", day, "-f", "csv").stdout
    return {
        row["customer"]: row["why"]
        for row in csv.DictReader(io.StringIO(listed))
        if row["rule"] == "welcome_home" and row["state"] == "held" and row["customer"][0] == "Y"
    }


STRANDED = "a crisis on their departure"


@pytest.mark.usefixtures("coach")
def test_a_crisis_holds_back_the_whole_departure_until_it_is_closed(invoke: Invoke) -> None:
    assert held(invoke, "2026-11-20") == {}
    said = done(invoke, "open", "--departure", "O2", "大巴坏了", "--crisis")
    assert "Opened K00001 for Y2" in said
    assert "On this departure are 3 customers" in said
    for line in ("Y1 · 139 1234 5671 · O1", "Y2 · 139 1234 5672 · 3 travellers · O2", "Y3 · "):
        assert line in said
    assert "Y4" not in said and "Y5" not in said and "Y6" not in said
    why = {"Y1": STRANDED, "Y3": STRANDED}  # Y2 was spoken with
    assert held(invoke, "2026-11-20") == why
    assert held(invoke, "2026-11-19") == {}
    found = json.loads(done(invoke, "show", "K00001", "-f", "json"))["departure"]
    assert [(row["customer"], row["phone"]) for row in found] == [
        (f"Y{number}", f"+861391234567{number}") for number in (1, 2, 3)
    ]
    assert "Y3 · 139 1234 5673" in " ".join(done(invoke, "show", "K00001").split())
    done(
        invoke, "respond", "K00001", "ok", "--in-charge", "李娜", "--contacted", "--news", "x",
        "--plan-b", "y",
    )  # fmt: skip
    assert held(invoke, "2026-11-20") == why
    done(invoke, "attribute", "K00001", "unfounded")
    done(invoke, "resolve", "K00001", "到家了")
    done(invoke, "close", "K00001", "--told")
    assert held(invoke, "2026-11-20") == {}


@pytest.mark.usefixtures("coach")
def test_a_complaint_that_is_no_crisis_strands_nobody(invoke: Invoke) -> None:
    said = done(invoke, "open", "Y1", "早餐太少", "--trip", "O1")
    assert "On this departure" not in said
    assert held(invoke, "2026-11-20") == {}
    assert "On this departure" in done(invoke, "escalate", "K00001", "食物中毒")
    assert held(invoke, "2026-11-20")["Y3"] == STRANDED
    assert "On this departure" not in done(invoke, "open", "Y4", "延误", "--trip", "O4", "--crisis")


@pytest.mark.usefixtures("coach")
def test_whose_crisis_it_is_may_be_said_with_any_order_of_the_departure(invoke: Invoke) -> None:
    done(invoke, "open", "Y3", "大巴坏了", "--departure", "O1", "--crisis")
    assert json.loads(done(invoke, "show", "K00001", "-f", "json"))["complaint"][0]["trip"] == "O3"
    for words, code, reason in (
        (("Y6", "x", "--departure", "O1", "--crisis"), 1, "Y6 is not on the departure of O1"),
        (("Y1", "x", "--departure", "O1"), 2, "--departure only goes with --crisis"),
        (("Y1", "x", "--departure", "O1", "--trip", "O1", "--crisis"), 2, "--trip"),
        (("Y1", "--crisis"), 2, "Say what the customer says"),
        (("x", "--departure", "O9", "--crisis"), 3, "no trip O9"),
    ):
        ended = invoke("complaints", "open", *words)
        assert (ended.exit_code, reason in ended.stderr) == (code, True), ended.stderr


@pytest.mark.usefixtures("coach")
def test_a_crisis_on_the_way_is_about_that_trip_and_that_is_said(invoke: Invoke) -> None:
    ended = invoke("complaints", "open", "Y1", "大巴坏了", "--crisis", "--at", "2026-11-19 08:00")
    assert "Taken as about O1 (云南, 2026-11-18)" in ended.stderr
    assert held(invoke, "2026-11-20")["Y3"] == STRANDED
    ended = invoke("complaints", "open", "Y2", "手机丢了", "--crisis")  # they are home
    assert "No trip was named. If it is about O2" in ended.stderr


@pytest.mark.usefixtures("coach")
def test_who_is_stranded_is_not_drawn_for_a_sample(invoke: Invoke) -> None:
    done(invoke, "open", "--departure", "O2", "大巴坏了", "--crisis")
    assert f"{STRANDED}: 2" in invoke("surveys", "sample", "--quadrant", "new").stdout


def test_what_becomes_a_crisis_gets_its_half_hour_from_then(invoke: Invoke) -> None:
    done(invoke, "open", "王芳", "房间有霉味", "--at", "2026-11-20 07:00")
    assert "in the last" not in done(invoke, "list")
    said = done(invoke, "escalate", "K00001", "老人住院")
    assert "It is a crisis now: K00001" in said
    assert "an answer by 2026-11-20 10:00" in said
    assert "--in-charge NAME --contacted" in said
    (row,) = json.loads(done(invoke, "list", "-f", "json"))
    assert (row["severity"], row["minutes_left"], row["breached"], row["reopened"]) == (
        *("crisis", 30, False, 0),
    )
    page = " ".join(done(invoke, "show", "K00001").split())
    assert "a crisis since 2026-11-20 09:30" in page
    assert "it has become a crisis · 老人住院" in page
    (clock,) = json.loads(invoke("today", "-f", "json").stdout)["clocks"]
    assert (clock["severity"], clock["minutes_left"]) == ("crisis", 30)
    (line,) = json.loads(invoke("followups", "due", "-f", "json").stdout)
    assert "10:00" in line["reason"]
    assert "is like that already" in done(invoke, "escalate", "K00001")
    done(
        invoke, "respond", "K00001", "ok", "--in-charge", "李娜", "--contacted", "--news", "x",
        "--plan-b", "y",
    )  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(done(invoke, "list", "--sla", "-f", "csv"))))
    assert [(row["group"], row["in_time"]) for row in rows if row["by"] == "severity"] == [
        ("crisis", "1")
    ]


def test_what_was_answered_and_becomes_a_crisis_needs_an_answer_again(
    invoke: Invoke, db: Path
) -> None:
    judged(invoke, db)
    assert "an answer by 2026-11-20 10:00" in done(invoke, "escalate", "K00001")
    (row,) = json.loads(done(invoke, "list", "-f", "json"))
    assert (row["state"], row["cause"], row["lacks"]) == (
        *("waiting", "third_party", "response;compensation;resolution"),
    )
    rows = list(csv.DictReader(io.StringIO(done(invoke, "list", "--sla", "-f", "csv"))))
    assert [(row["group"], row["in_time"]) for row in rows if row["by"] == "severity"] == [
        ("routine", "1")
    ]


def test_the_days_before_it_became_a_crisis_know_nothing_of_it(invoke: Invoke) -> None:
    done(invoke, "open", "王芳", "x", "--at", "2026-11-19 23:30")
    done(invoke, "escalate", "K00001")
    (row,) = json.loads(done(invoke, "list", "--as-of", "2026-11-19", "-f", "json"))
    assert (row["severity"], row["minutes_left"]) == ("routine", 90)


def test_one_that_was_written_down_wrongly_is_corrected_from_its_beginning(invoke: Invoke) -> None:
    done(invoke, "open", "王芳", "x", "--at", "2026-11-20 09:20")
    done(invoke, "edit", "K00001", "--severity", "crisis")
    (row,) = json.loads(done(invoke, "list", "-f", "json"))
    assert (row["severity"], row["minutes_left"]) == ("crisis", 20)


@pytest.mark.parametrize("closed", [True, False])
def test_what_is_over_does_not_become_a_crisis(invoke: Invoke, db: Path, closed: bool) -> None:
    judged(invoke, db)
    done(invoke, "resolve", "K00001", "x", "--no-compensation", "客人谢绝")
    if closed:
        done(invoke, "close", "K00001", "--told")
    ended = invoke("complaints", "escalate", "K00001")
    assert ended.exit_code == 1
    assert "complaints reopen K00001" in ended.stderr


def test_the_same_fix_with_another_owner_is_not_said_to_be_noted(invoke: Invoke, db: Path) -> None:
    judged(invoke, db)
    done(invoke, "fix", "K00001", "--add", "换酒店", "--owner", "李娜")
    said = done(invoke, "fix", "K00001", "--add", "换酒店", "--owner", "吴昊")
    assert said == "Nothing changed: K00001 has it already, to be mended by 李娜: 换酒店.\n"
