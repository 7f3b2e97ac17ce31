"""`tourcrm followups` as its users call it: a colleague, cron, a script."""

import csv
import io
import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from python_calamine import load_workbook

from tests.builders import add_customer, add_special_date, add_trip, agency, writing
from tests.conftest import Invoke
from tourcrm.base.display import width

KEYS = [
    *("id", "due_on", "days_late", "priority", "rule", "owner", "customer", "name", "phone"),
    *("tier", "trip", "destination", "reason", "script", "channel", "count"),
    *("household", "also", "line", "reply"),
]
NAUGHTY = "=1+1 [b]x[/b] \x1b[31m{name}\u202e\n王"


@pytest.fixture
def filled(db: Path) -> Path:
    """A small agency on 20 November 2026: two to welcome, a birthday, a departure of two."""
    agency(db, today="2026-11-20", language="zh")
    with writing(db) as session:
        fang = add_customer(
            session, "C1", name="王芳", gender="female", phone="+8613812345678", owner="李娜"
        )
        add_trip(
            session,
            fang,
            "2026-11-12",
            returns_on="2026-11-18",
            destination="桂林",
            price=500_000,
            code="T1",
        )
        add_special_date(session, fang, "birthday", 11, 20)
        odd = add_customer(session, "C2", name=NAUGHTY, owner="吴昊")
        add_trip(session, odd, "2026-11-12", returns_on="2026-11-19", destination=NAUGHTY)
        for number in (3, 4):
            who = add_customer(session, f"C{number}")
            add_trip(session, who, "2026-11-22", destination="云南")
        add_customer(session, "C5", name="李四")
    return db


def rows(output: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(output)))


def id_of(invoke: Invoke, rule: str, name: str = "王芳") -> str:
    """The id of the line of a rule."""
    found = rows(invoke("followups", "due", "-f", "csv").stdout)
    return next(row["id"] for row in found if row["rule"] == rule and row["name"] in (name, ""))


# --- due ----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("filled")
def test_scripts_get_exactly_the_promised_keys_with_the_phone_in_full(invoke: Invoke) -> None:
    found = json.loads(invoke("followups", "due", "-f", "json", lang="zh").stdout)
    assert all(list(row) == KEYS for row in found)
    assert invoke("followups", "due", "-f", "csv").stdout.splitlines()[0] == ",".join(KEYS)
    lines = invoke("followups", "due", "-f", "jsonl").stdout.splitlines()
    assert [list(json.loads(line)) for line in lines] == [KEYS] * len(found)
    fang = next(row for row in found if row["rule"] == "welcome_home" and row["customer"] == "C1")
    assert fang | {"id": "", "script": ""} == {
        "id": "",
        "due_on": "2026-11-19",
        "days_late": 1,
        "priority": 70,
        "rule": "welcome_home",
        "owner": "李娜",
        "customer": "C1",
        "name": "王芳",
        "phone": "+8613812345678",
        "tier": "A",
        "trip": "T1",
        "destination": "桂林",
        "reason": "11月18日从桂林回来",
        "script": "",
        "channel": "phone",
        "reply": None,
        "count": 1,
        "household": None,
        "also": None,
        "line": None,
    }
    assert fang["script"].startswith("王女士您好，我是李娜。欢迎回家")
    (batch,) = [row for row in found if row["rule"] == "handbook"]
    assert (batch["count"], batch["customer"], batch["name"], batch["phone"]) == (2,) + (None,) * 3


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_fits_80_cells_and_shows_stored_text_harmlessly(invoke: Invoke, lang: str) -> None:
    page = invoke("followups", "due", lang=lang).stdout
    assert "王芳 C1  138 1234 5678" in page
    assert max(width(line) for line in page.splitlines()) <= 80
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", page)
    assert "[b]x[/b]" in page
    assert "{name}" in page
    assert re.search(r"^ 1\. ", page, re.M)


@pytest.mark.usefixtures("filled")
def test_one_customers_items_stand_together_as_one_call(invoke: Invoke) -> None:
    page = invoke("followups", "due").stdout
    assert page.count("王芳 C1") == 1
    found = rows(invoke("followups", "due", "-f", "csv").stdout)
    assert [row["customer"] for row in found] == ["", "C1", "C1", "C1", "C2"]


@pytest.mark.usefixtures("filled")
def test_each_colleague_has_a_list_of_their_own(invoke: Invoke) -> None:
    found = rows(invoke("followups", "due", "--owner", "李娜", "-f", "csv").stdout)
    assert {row["customer"] for row in found} == {"", "C1"}


@pytest.mark.usefixtures("filled")
def test_any_day_can_be_asked_for(invoke: Invoke) -> None:
    found = rows(invoke("followups", "due", "--as-of", "2026-11-19", "-f", "csv").stdout)
    assert {(row["rule"], row["name"]) for row in found} == {
        ("handbook", ""),
        ("welcome_home", "王芳"),
        ("birthday", "王芳"),
    }
    assert invoke("followups", "due", "--as-of", "gestern").exit_code == 2


@pytest.mark.parametrize(
    ("zone", "eve", "day"),
    [
        ("Pacific/Kiritimati", "2026-03-05T09:59Z", "2026-03-05T10:00Z"),  # 14 hours ahead of UTC
        ("America/Los_Angeles", "2026-03-06T07:59Z", "2026-03-06T08:00Z"),  # 8 hours behind
    ],
)
def test_cron_in_utc_makes_the_list_of_the_agencys_day(
    db: Path, invoke: Invoke, zone: str, eve: str, day: str
) -> None:
    agency(db, time_zone=zone)
    with writing(db) as session:
        add_trip(session, add_customer(session, name="王芳"), "2026-03-01", returns_on="2026-03-05")
    with time_machine.travel(eve, tick=False):
        assert invoke("followups", "due", "--quiet").stdout == ""
    with time_machine.travel(day, tick=False):
        id_ = id_of(invoke, "welcome_home")
    late = datetime.fromisoformat(day) + timedelta(hours=23, minutes=30)
    with time_machine.travel(late, tick=False):
        assert invoke("followups", "done", id_, "--staff", "Wu").exit_code == 0
        again = invoke("followups", "done", id_)
        assert "decided already: done by Wu on 2026-03-06" in again.stderr
    with time_machine.travel(late + timedelta(days=1), tick=False):
        yesterday = ("followups", "list", "--all", "--as-of", "2026-03-06", "-f", "csv")
        (row,) = [one for one in rows(invoke(*yesterday).stdout) if one["rule"] == "welcome_home"]
        assert row["state"] == "decided"


def test_quiet_says_nothing_when_nothing_is_due(db: Path, invoke: Invoke) -> None:
    agency(db, today="2026-11-20")
    assert invoke("followups", "due", "--quiet").stdout == ""
    assert invoke("followups", "due", "--quiet", "-f", "json").stdout == ""
    said = invoke("followups", "due").stdout
    assert said == "Nothing is due on 2026-11-20 Friday.\n"
    assert invoke("followups", "due", "-f", "json").stdout == "[]\n"
    assert invoke("followups", "due", "-f", "csv").stdout.strip() == ",".join(KEYS)


@pytest.mark.usefixtures("filled")
def test_the_last_line_says_what_is_not_on_the_list(db: Path, invoke: Invoke) -> None:
    with writing(db) as session:
        gone = add_customer(session, status="deceased")
        add_trip(session, gone, "2026-11-12", returns_on="2026-11-19")
    with writing(db, at=datetime(2026, 10, 1, tzinfo=UTC)) as session:
        late = add_customer(session)
        add_trip(session, late, "2026-11-01", returns_on="2026-11-03")
    last = invoke("followups", "due").stdout.split("\n\n")[-1].replace("\n", " ")
    assert "Held: deceased 1." in last
    assert "nobody deciding: 1." in last
    assert last.endswith("More: tourcrm followups list --held, tourcrm followups list --all. "), (
        "what shows them, and nothing of what does not wait"
    )
    assert "lapsed" in invoke("followups", "list", "--all").stdout
    found = rows(invoke("followups", "list", "--held", "-f", "csv").stdout)
    assert [(row["rule"], row["state"], row["why"]) for row in found] == [
        ("welcome_home", "held", "deceased"),
        ("survey", "held", "deceased"),
    ]


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_line_is_wider_than_a_narrow_terminal(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    monkeypatch.setattr("tourcrm.commands.pages.layout.line_width", lambda: 32)
    assert max(map(width, invoke("followups", "due", lang=lang).stdout.splitlines())) <= 32


@pytest.mark.usefixtures("filled")
def test_what_does_not_fit_the_day_is_in_all_of_it(db: Path, invoke: Invoke) -> None:
    invoke("settings", "daily_capacity", "1")
    with writing(db) as session:
        who = add_customer(session, owner="李娜")
        add_trip(session, who, "2026-11-12", returns_on="2026-11-19")
    said = " ".join(invoke("followups", "due").stdout.split())
    assert said.endswith("fits the day 1. More: tourcrm followups due --all.")
    assert "Waiting" not in invoke("followups", "due", "--all").stdout


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(("lang", "title"), [("en", "Travel handbook"), ("zh", "出行手册")])
def test_a_file_for_people_has_titles_where_scripts_get_ids_of_rules(
    invoke: Invoke, tmp_path: Path, lang: str, title: str
) -> None:
    book = tmp_path / "due.xlsx"
    assert invoke("followups", "due", "-o", book, lang=lang).exit_code == 0
    cells = {
        str(cell) for row in load_workbook(book).get_sheet_by_index(0).to_python() for cell in row
    }
    assert title in cells
    assert "handbook" not in cells
    assert title in invoke("followups", "due", "-f", "csv", "--excel", lang=lang).stdout
    scripts = invoke("followups", "due", "-f", "csv", lang=lang).stdout
    assert "handbook" in {row["rule"] for row in rows(scripts)}


@pytest.mark.usefixtures("filled")
def test_the_list_goes_into_a_file(tmp_path: Path, invoke: Invoke) -> None:
    target = tmp_path / "due.csv"
    assert invoke("followups", "due", "-o", target).exit_code == 0
    assert rows(target.read_text(encoding="utf-8"))[1]["phone"] == "+8613812345678"


# --- list, show -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("filled")
def test_list_shows_what_is_open_and_what_comes(invoke: Invoke) -> None:
    found = rows(invoke("followups", "list", "-f", "csv").stdout)
    assert {(row["rule"], row["state"]) for row in found} == {
        ("handbook", "shown"),
        ("welcome_home", "shown"),
        ("birthday", "shown"),
        ("welcome_home", "ahead"),
        ("survey", "ahead"),
    }
    later = rows(
        invoke(
            "followups", "list", "--from", "2026-11-21", "--to", "2027-11-30", "-f", "csv"
        ).stdout
    )
    assert ("birthday", "2027-11-20", "ahead") in {
        (row["rule"], row["due_on"], row["state"]) for row in later
    }
    assert all("2026-11-21" <= row["due_on"] <= "2027-11-30" for row in later)
    days = [row["due_on"] for row in later]
    assert days == sorted(days)
    wrong = invoke("followups", "list", "--from", "2026-12-02", "--to", "2026-12-01")
    assert wrong.exit_code == 2


@pytest.mark.usefixtures("filled")
def test_show_tells_rule_event_and_members(invoke: Invoke) -> None:
    batch = invoke("followups", "show", id_of(invoke, "handbook")).stdout
    assert "handbook (duty)" in batch
    assert re.search(r"Event +2026-11-22", batch)
    assert "C3 C3, C4 C4" in batch
    id_ = id_of(invoke, "welcome_home")
    invoke("followups", "done", id_, "--note", "想去北疆", "--staff", "小李")
    shown = invoke("followups", "show", id_[:5].lower(), lang="en").stdout
    assert "done by 小李 on 2026-11-20" in shown
    assert "想去北疆" in shown
    row = json.loads(invoke("followups", "show", id_, "-f", "json").stdout)[0]
    assert (row["id"], row["state"]) == (id_, "decided")


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_show_is_the_whole_page_for_the_call(invoke: Invoke, lang: str) -> None:
    for day, text in enumerate(("想去北疆", "第二次", "第三次", "第四次", "第五次", "第六次"), 10):
        at = f"2026-11-{day} 10:00"
        invoke("interactions", "log", "C1", "--note", text, "--channel", "wechat", "--at", at)
    id_ = id_of(invoke, "welcome_home")
    invoke("followups", "tried", id_, "--note", "没人接", "--staff", "小李")
    page = invoke("followups", "show", id_, lang=lang).stdout
    assert max(width(line) for line in page.splitlines()) <= 80
    assert page.startswith("王芳 C1")
    for told in (
        "138 1234 5678",  # to be called
        "2026-11-12 – 2026-11-18 · 桂林",  # the trip
        "welcome_home",
        "2026-11-19 – 2026-12-03",  # on the list
        "第六次",
        id_of(invoke, "birthday"),  # what else is due
        "没人接 · 小李",  # what was decided before
    ):
        assert told in page, told
    assert "想去北疆" not in page  # five contacts, the last
    assert page.count("2026-11-12 – 2026-11-18") == 1
    assert "王女士您好" in page if lang == "zh" else "Hello 王芳" in page


# --- deciding -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("filled")
def test_done_echoes_customer_and_rule_and_undo_takes_it_back(invoke: Invoke) -> None:
    id_ = id_of(invoke, "welcome_home")
    done = invoke("followups", "done", id_)
    assert done.stdout == f"Done: 王芳 · Welcome home: a call ({id_}).\n"
    again = invoke("followups", "done", id_)
    assert again.exit_code == 1
    assert f"{id_} was decided already: done by" in again.stderr
    assert id_ not in invoke("followups", "due", "-f", "csv").stdout
    assert invoke("followups", "undo", id_).exit_code == 0
    assert id_ in invoke("followups", "due", "-f", "csv").stdout
    assert invoke("followups", "undo", id_).exit_code == 1


@pytest.mark.usefixtures("filled")
def test_several_are_done_at_once_or_none(invoke: Invoke) -> None:
    first, second = id_of(invoke, "welcome_home"), id_of(invoke, "birthday")
    wrong = invoke("followups", "done", first, "ZZZZ")
    assert wrong.exit_code == 3
    assert first in invoke("followups", "due", "-f", "csv").stdout
    done = invoke("followups", "done", first, second)
    assert done.stdout.count("Done: 王芳") == 2


@pytest.mark.usefixtures("filled")
def test_all_that_is_due_about_a_customer_is_done_in_one_go(invoke: Invoke) -> None:
    done = invoke("followups", "done", "王芳", "--all")
    assert done.stdout.count("Done: 王芳") == 3
    assert "C1" not in [
        row["customer"] for row in rows(invoke("followups", "due", "-f", "csv").stdout)
    ]
    nothing = invoke("followups", "done", "李四", "--all")
    assert nothing.exit_code == 3
    assert "Nothing is due about 李四." in nothing.stderr


@pytest.mark.usefixtures("filled")
def test_snooze_skip_and_tried(invoke: Invoke) -> None:
    id_ = id_of(invoke, "welcome_home")
    assert invoke("followups", "tried", id_).stdout.startswith("Tried, back tomorrow: 王芳")
    snoozed = invoke("followups", "snooze", id_, "--days", "3")
    assert snoozed.stdout.startswith("Put off until 2026-11-23: 王芳")
    later = invoke("followups", "snooze", id_, "--until", "2026-12-01")
    assert later.stdout.startswith("Put off until 2026-12-01")
    assert invoke("followups", "skip", id_, "--reason", "问过了").exit_code == 0
    day = str(date(2026, 11, 20) + timedelta(1))
    assert id_ not in invoke("followups", "due", "--as-of", day, "-f", "csv").stdout


@pytest.mark.usefixtures("filled")
def test_what_cannot_be_done_says_why_and_changes_nothing(invoke: Invoke) -> None:
    ids = {"id": id_of(invoke, "welcome_home"), "batch": id_of(invoke, "handbook")}
    before = invoke("followups", "list", "--all", "-f", "csv").stdout
    for words, code, told in (
        (("skip", "{id}"), 2, "--reason"),
        (("skip", "{id}", "--reason", " "), 2, "--reason"),
        (("snooze", "{id}"), 2, "--until DATE or --days"),
        (("snooze", "{id}", "--days", "3", "--until", "2026-12-01"), 2, "either"),
        (("snooze", "{id}", "--until", "2026-11-20"), 1, "not after today"),
        (("snooze", "{id}", "--days", "0"), 2, "between 1 and 366"),
        (("snooze", "{batch}", "--days", "3"), 1, "cannot be put off past it"),
        (("done", "{id}", "--channel", "pigeon"), 2, "phone"),
        (("done", "ABC"), 2, "too short"),
        (("done", "YYYYYYYY"), 3, "followups list --all"),
        (("done", "no one", "--all"), 3, "no one"),
        (("show", "YYYYYYYY"), 3, "followups list --all"),
    ):
        result = invoke("followups", *(word.format(**ids) for word in words))
        assert (result.exit_code, result.stdout) == (code, ""), words
        assert told in result.stderr, words
    assert invoke("followups", "list", "--all", "-f", "csv").stdout == before


@pytest.mark.usefixtures("filled")
def test_every_decision_is_an_operation_of_its_own(db: Path, invoke: Invoke) -> None:
    from tourcrm.db import engine

    id_ = id_of(invoke, "welcome_home")
    invoke("followups", "done", id_)
    invoke("followups", "undo", id_)
    with engine.reading(db) as session:
        verbs = [row[0] for row in engine.rows(session, "SELECT verb FROM operation ORDER BY id")]
    assert verbs[-2:] == ["followups done", "followups undo"]


def test_what_is_held_and_all_are_not_asked_for_together(filled: Path, invoke: Invoke) -> None:
    done = invoke("followups", "list", "--held", "--all")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "--all does not go with --held" in done.stderr


def test_what_was_noted_shows_on_the_customers_page_whatever_its_day(
    db: Path, invoke: Invoke
) -> None:
    agency(db, today="2026-11-20")
    with writing(db) as session:
        who = add_customer(session, "C1", name="王芳")
        add_trip(session, who, "2026-11-10", returns_on="2026-11-19", destination="桂林")

    def noted() -> Any:
        (row,) = json.loads(invoke("customers", "show", "C1", "-f", "json").stdout)
        return row["noted"], row["noted_ids"]

    assert noted() == (None, None)
    invoke("followups", "add", "C1", "谈云南", "--on", "2028-03-01")
    (line,) = json.loads(invoke("followups", "due", "-f", "json").stdout)
    invoke("followups", "done", line["id"], "--note", "再打电话", "--next", "2026-12-01")
    what, ids = noted()
    assert what == "2026-12-01 再打电话、2028-03-01 谈云南".replace("、", ";")
    page = invoke("customers", "show", "C1").stdout
    assert "2026-12-01 · 再打电话" in page
    assert "2028-03-01 · 谈云南" in page
    first = ids.split(";")[0]
    invoke("settings", "today", "2026-12-01")
    assert noted()[0] == "2028-03-01 谈云南"
    assert first in invoke("customers", "show", "C1").stdout  # as due
    invoke("followups", "snooze", first, "--until", "2026-12-05")
    assert noted()[0] == "2026-12-05 再打电话;2028-03-01 谈云南"
    invoke("followups", "done", first)
    assert noted()[0] == "2028-03-01 谈云南"


# --- one household, one voice ---------------------------------------------------------------------


@pytest.fixture
def families(db: Path) -> Path:
    """Three who came home from one departure: a couple with a child, one alone, one more child."""
    agency(db, today="2026-11-20", language="zh")
    people = (
        ("C1", "王建军", "male", "+8613800138001", None),
        ("C2", "李秀兰", "female", "+8613800138001", None),
        ("C3", "王小宝", "male", "+8613800138001", 2016),
        ("C4", "赵强", "male", "+8613800138004", None),
        ("C5", "孙小美", "female", "+8613800138005", 2017),
    )
    with writing(db) as session:
        for code, name, gender, phone, born in people:
            who = add_customer(session, code, name=name, gender=gender, phone=phone, owner="李娜")
            add_trip(
                session,
                who,
                "2026-11-12",
                returns_on="2026-11-17",
                destination="桂林",
                kind="independent",
                code=f"T-{code}",
            )
            if born:
                add_special_date(session, who, "birthday", 5, 20, year=born)
    return db


def _id_of_all(page: str) -> str:
    (found,) = set(re.findall(r"\bU[0-9A-Z]{7}\b", page))
    return str(found)


@pytest.mark.usefixtures("families")
@pytest.mark.parametrize(
    ("lang", "blank", "others", "parents"),
    [
        ("en", "“Hello [name]", "one call, also for: 李秀兰, 王小宝", "parents of 孙小美"),
        ("zh", "“〔称呼〕您好", "同一电话，一并告知：李秀兰、王小宝", "孙小美的家长"),
    ],
)
def test_the_same_words_are_printed_once_with_the_names(
    invoke: Invoke, lang: str, blank: str, others: str, parents: str
) -> None:
    page = invoke("followups", "due", lang=lang).stdout
    joined = re.sub(r"\s+", "", page)
    assert joined.count("“") == 1
    assert re.sub(r"\s+", "", blank) in joined
    for name in ("王建军 C1", "赵强 C4", f"{parents} C5", others):
        assert joined.count(re.sub(r"\s+", "", name)) == 1
    assert "李秀兰 C2" not in page
    shown = invoke("followups", "show", _id_of_all(page), lang=lang).stdout
    assert all(name in shown for name in ("王建军 C1", "赵强 C4", f"{parents} C5"))


@pytest.mark.usefixtures("families")
def test_the_id_of_all_decides_all_and_is_taken_back(invoke: Invoke) -> None:
    all_ = _id_of_all(invoke("followups", "due").stdout)
    rows = json.loads(invoke("followups", "due", "-f", "json").stdout)
    assert {row["line"] for row in rows} == {all_}
    assert [row["customer"] for row in rows] == ["C1", "C4", "C5"]
    assert rows[0]["household"] == "C2;C3"
    assert rows[0]["also"] == "survey"
    said = invoke("followups", "done", all_[:5], "--note", "ok").stdout.splitlines()
    assert len(said) == 3
    assert said[0].endswith("· 3 customers.")
    assert invoke("followups", "due", "--quiet").stdout == ""
    assert len(json.loads(invoke("interactions", "list", "-f", "json").stdout)) == 3
    assert len(invoke("followups", "undo", all_).stdout.splitlines()) == 3
    assert json.loads(invoke("interactions", "list", "-f", "json").stdout) == []
    assert json.loads(invoke("followups", "due", "-f", "json").stdout) == rows
    assert invoke("followups", "skip", all_, "--reason", "no").exit_code == 0
    assert invoke("followups", "due", "--quiet").stdout == ""
    missing = invoke("followups", "done", "U0000000")
    assert missing.exit_code != 0
    assert "U0000000" in missing.stderr


@pytest.mark.usefixtures("families")
def test_a_household_has_its_line_on_the_page_of_each_member(invoke: Invoke) -> None:
    lines = json.loads(invoke("followups", "due", "-f", "json").stdout)
    for code in ("C1", "C2", "C3"):
        shown = json.loads(invoke("customers", "show", code, "-f", "json").stdout)
        shown = shown[0] if isinstance(shown, list) else shown
        assert shown["due_ids"] == lines[0]["id"]
    page = invoke("followups", "show", lines[0]["id"]).stdout
    assert "One call, also for  李秀兰 C2" in page
    done = invoke("followups", "done", "李秀兰", "--all").stdout
    assert done.startswith("Done: 王建军")
    assert "Due         Nothing is due." in invoke("customers", "show", "C3").stdout
