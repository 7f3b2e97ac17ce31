"""`tourcrm followups rules` as its users call it."""

import csv
import io
import json
import re
from pathlib import Path

import pytest

from tests.agenda.test_rulebook import OFF
from tests.agenda.test_rules_parser import GOOD
from tests.builders import (
    TODAY,
    add_customer,
    add_special_date,
    add_trip,
    agency,
    numbering,
    writing,
)
from tests.conftest import Invoke
from tests.contacts import add_complaint, add_step, moment
from tourcrm.agenda import trial as trials
from tourcrm.agenda.rules.parser import DEFAULTS
from tourcrm.agenda.rules.toml_lines import sections
from tourcrm.base.display import width
from tourcrm.db import engine, setting

RULES = ("followups", "rules")
OWN = f"# ours\n\n{GOOD}\n{OFF}"

CLOCK = """
[clock]
anchor = "complaint"
class = "duty"
priority = 90
offset = 0
channel = "phone"
title.en = "{complaint}"
title.zh = "{complaint}"
reason.en = "x"
reason.zh = "x"
script.en = "x"
script.zh = "x"
"""


@pytest.fixture
def filled(db: Path) -> Path:
    """A small agency on 20 November 2026: two trips of the year, and a birthday."""
    agency(db, today="2026-11-20")
    with writing(db) as session:
        who = add_customer(session, "C1", name="王芳")
        add_trip(session, who, "2026-03-10", returns_on="2026-03-14", destination="桂林")
        add_trip(session, who, "2026-11-10", returns_on="2026-11-17")
        add_special_date(session, who, "birthday", 11, 20)
        gone = add_customer(session, "C2", status="lost")
        add_trip(session, gone, "2026-03-10", returns_on="2026-03-14")
    return db


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(OWN, encoding="utf-8")
    return path


def own(db: Path) -> str:
    with engine.reading(db) as session:
        return setting.load(session).own_rules


def operations(db: Path) -> list[tuple[str, str]]:
    with engine.reading(db) as session:
        rows = engine.rows(session, "SELECT verb, counts FROM operation WHERE verb <> 'test'")
    return [tuple(row) for row in rows]


# --- the list -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lang", "says"),
    [
        (
            "en",
            [
                *("handbook  departure · duty 80", "3 days before", "tier: A, B", "built-in rules"),
                *("until it is done", "festival (New Year, Spring Festival, ", "Send cards: … ·"),
            ],
        ),
        (
            "zh",
            [
                *("handbook  出发 · 职责 80", "之前 3 天", "等级：A、B", "自带规则"),
                *("纪念日 (生日)", "节日 (元旦、春节、", "寄送贺卡：… ·"),
            ],
        ),
    ],
)
def test_the_rules_are_listed_for_people(
    filled: Path, invoke: Invoke, lang: str, says: list[str]
) -> None:
    done = invoke(*RULES, lang=lang)
    assert (done.exit_code, done.stderr) == (0, "")
    for text in says:
        assert text in done.stdout
    assert "{" not in done.stdout
    assert max(map(width, done.stdout.splitlines())) <= 80


def test_scripts_get_a_row_for_each_step(filled: Path, invoke: Invoke, mine: Path) -> None:
    invoke(*RULES, "--load", mine)
    rows = json.loads(invoke(*RULES, "-f", "json").stdout)
    assert list(rows[0]) == [
        *("rule", "whose", "on", "step", "what", "anchor", "labels", "offset", "due", "who"),
        *("conditions", "lapses", "lapses_after", "satisfied_by", "class", "priority", "channel"),
        "owner",
    ]
    gift = next(row for row in rows if row["step"] == "gift")
    assert (gift["rule"], gift["whose"], gift["offset"]) == ("birthday", "built_in", -7)
    assert gift["conditions"] == "customer_kinds=person;tiers=A,B;cadences=active,due,at_risk"
    known = {row["rule"]: (row["whose"], row["on"]) for row in rows}
    assert known["thanks"] == ("own", True)
    assert known["dormant"] == ("built_in", False)


# --- check ----------------------------------------------------------------------------------------


def test_check_needs_no_database(invoke: Invoke, mine: Path, db: Path) -> None:
    done = invoke(*RULES, "--check", mine)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == "1 rule, and it is right.\nSwitched off: dormant\n"
    done = invoke(*RULES, "--check", "-", input=DEFAULTS.read_bytes())
    assert "left to the program: complaint_clock, handbook" in done.stdout
    done = invoke(*RULES, "--check", "-", input=GOOD.replace("[thanks]", "[birthday]"))
    assert "They replace built-in rules: birthday" in done.stdout
    done = invoke(*RULES, "--check", "-", input="")
    assert (done.exit_code, done.stdout[:11]) == (0, "No rule in ")
    assert not db.exists()


@pytest.mark.parametrize(
    ("lang", "says"),
    [
        ("en", ["line 6, [thanks] prio: there is no such key; perhaps priority", "2 faults"]),
        ("zh", ["第 6 行", "没有这个键；是不是想写 priority", "共 2 处错误"]),
    ],
)
def test_check_says_all_that_is_wrong(
    invoke: Invoke, mine: Path, lang: str, says: list[str]
) -> None:
    mine.write_text(OWN.replace("priority", "prio").replace("[dormant]", "[x]"), encoding="utf-8")
    done = invoke(*RULES, "--check", mine, lang=lang)
    assert (done.exit_code, done.stderr) == (1, "")
    for text in says:
        assert text in done.stdout
    done = invoke(*RULES, "--check", mine, "-f", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert done.exit_code == 1
    assert [(row["line"], row["rule"], row["key"]) for row in rows] == [
        ("6", "thanks", "prio"),
        ("17", "x", ""),
    ]


def test_words_of_a_file_steer_no_terminal(filled: Path, invoke: Invoke) -> None:
    naughty = "\u202e\\u001b[[2J\\u009b"
    done = [invoke(*RULES, "--check", "-", input=f'["a{naughty}"]\n"k{naughty}" = 1\n')]
    text = GOOD.replace("Thanks", naughty) + f'tags = ["{naughty}"]\n'
    done += [invoke(*RULES, "--load", "-", input=text), invoke(*RULES)]
    done += [invoke(*RULES, "--load", "-", input="")]
    assert [one.exit_code for one in done] == [1, 0, 0, 0]
    for one in done:
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", one.stdout)


# --- load and dump --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lang", "says"),
    [
        (
            "en",
            [
                "New: thanks\n",
                "Switched off: dormant\n",
                "Gone: thanks\n",
                "Built-in again: dormant\n",
            ],
        ),
        ("zh", ["新增：thanks\n", "停用：dormant\n", "去掉：thanks\n", "恢复自带：dormant\n"]),
    ],
)
def test_rules_are_loaded_and_taken_away(
    filled: Path, invoke: Invoke, mine: Path, lang: str, says: list[str]
) -> None:
    told = invoke(*RULES, "--load", mine, lang=lang).stdout
    due = json.loads(invoke("followups", "due", "--all", "-f", "json").stdout)
    # All are care after one trip: one call, on the line of the more urgent.
    assert ("welcome_home", "survey;thanks") in {(row["rule"], row["also"]) for row in due}
    assert invoke(*RULES, "--dump", "--own").stdout == own(filled) == OWN
    again = invoke(*RULES, "--load", "-", input="", lang=lang)
    assert again.exit_code == 0
    assert "script.en = " in again.stdout, "what went is shown"
    for text in says:
        assert text in told + again.stdout
    assert own(filled) == ""
    assert operations(filled) == [
        ("followups rules", '{"added": 1, "updated": 1, "removed": 0}'),
        ("followups rules", '{"added": 0, "updated": 1, "removed": 1}'),
    ]


def test_a_file_replaces_what_was_loaded(filled: Path, invoke: Invoke, mine: Path) -> None:
    invoke(*RULES, "--load", mine)
    own_birthday = "[birthday]\nenabled = false\n" + GOOD.replace("[thanks]", "[wedding]")
    changed = GOOD.replace("offset = 2", "offset = 3")
    mine.write_text(f"{changed}\n{own_birthday}", encoding="utf-8")
    told = invoke(*RULES, "--load", mine).stdout
    assert "Changed: wedding, thanks\nSwitched off: birthday\nBuilt-in again: dormant\n\n" in told
    assert "offset = 2\n" in told
    mine.write_text(own(filled) + "# for good\n[dormant]\nenabled = false\n", encoding="utf-8")
    assert "Switched off: dormant\n" in invoke(*RULES, "--load", mine).stdout
    mine.write_text(
        own(filled)
        .replace("[thanks]", "# why\n[thanks]")
        .replace("[birthday]", "# of all\n[birthday]")
        .replace("# for good\n", ""),
        encoding="utf-8",
    )
    told = invoke(*RULES, "--load", mine).stdout
    assert "Only comments changed." in told
    assert not re.search("Changed|Switched off|Gone|Built-in again", told)
    assert "# why" in own(filled)


def test_a_dump_that_is_loaded_changes_nothing(
    filled: Path, invoke: Invoke, mine: Path, tmp_path: Path
) -> None:
    dump = tmp_path / "dump.toml"
    for _with_own in (False, True):
        before = own(filled), invoke("followups", "due", "--all", "-f", "csv").stdout
        assert invoke(*RULES, "--dump", "-o", dump).exit_code == 0
        assert invoke(*RULES, "--dump").stdout == dump.read_text("utf-8")
        assert invoke(*RULES, "--check", dump).exit_code == 0
        told = invoke(*RULES, "--load", dump)
        assert told.stdout == "Nothing changed: these rules hold already.\n"
        assert (own(filled), invoke("followups", "due", "--all", "-f", "csv").stdout) == before
        invoke(*RULES, "--load", mine)
    assert len(operations(filled)) == 1, "nothing changed, nothing is recorded"


def test_a_file_with_faults_changes_nothing(filled: Path, invoke: Invoke, mine: Path) -> None:
    invoke(*RULES, "--load", mine)
    for option in ("--load", "--try"):
        wrong = OWN.replace("priority", "prio").replace("offset = 2", "offset = 999")
        done = invoke(*RULES, option, "-", input=wrong)
        assert (done.exit_code, done.stdout) == (1, "")
        assert "line 6, [thanks] prio" in done.stderr
        assert "Faults: 2; nothing was done." in done.stderr
    assert own(filled) == OWN


def test_there_may_be_no_own_rules_to_dump(filled: Path, invoke: Invoke) -> None:
    done = invoke(*RULES, "--dump", "--own")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "no rules of your own" in done.stderr


# --- stored rules that no longer load -------------------------------------------------------------


def test_broken_own_rules_are_told_everywhere_with_the_way_out(
    filled: Path, invoke: Invoke, tmp_path: Path
) -> None:
    with writing(filled) as session:
        setting.store(session, numbering(session), setting.RULES, GOOD.replace("priority", "prio"))
    for words in (("followups", "due"), RULES, (*RULES, "--dump")):
        done = invoke(*words)
        assert (done.exit_code, done.stdout) == (1, "")
        assert "own rules, line 4, [thanks] prio" in done.stderr
        assert "--dump --own -o own.toml" in done.stderr
    done = invoke("check")
    assert (done.exit_code, "! the agency's own rules, line 4" in done.stdout) == (1, True)
    out = tmp_path / "own.toml"
    assert invoke(*RULES, "--dump", "--own", "-o", out).exit_code == 0
    out.write_text(out.read_text("utf-8").replace("prio ", "priority "), encoding="utf-8")
    assert "Changed: thanks" in invoke(*RULES, "--load", out).stdout
    assert invoke("check").exit_code == 0


def test_own_rules_that_are_no_toml_can_be_taken_away(filled: Path, invoke: Invoke) -> None:
    with writing(filled) as session:
        setting.store(session, numbering(session), setting.RULES, "whatever")
    assert invoke("followups", "due").exit_code == 1
    assert invoke(*RULES, "--dump", "--own").stdout == "whatever"
    told = invoke(*RULES, "--load", "-", input="").stdout
    assert (own(filled), told.splitlines()[-1]) == ("", "whatever")
    assert invoke("followups", "due").exit_code == 0


def test_settings_do_not_print_the_rules(filled: Path, invoke: Invoke, mine: Path) -> None:
    assert "rules" not in invoke("settings").stdout
    invoke(*RULES, "--load", mine)
    assert "2 own rules; see tourcrm followups rules" in invoke("settings").stdout
    assert "title" not in invoke("settings").stdout
    done = invoke("settings", "rules", "x")
    assert (done.exit_code, "--load FILE" in done.stderr) == (1, True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[task]\nenabled = false\n", "no rule is left on the event task"),
        ("[complaint_clock]\nenabled = false\n", "no rule is left on the event complaint"),
        (
            CLOCK.replace("[clock]", '[complaint_clock]\ntiers = ["A"]'),
            "no rule on the event complaint is for everybody",
        ),
        # Another rule that tells of them will do, and what the program notes by itself may go.
        ("[complaint_clock]\nenabled = false\n" + CLOCK, ""),
        (CLOCK.replace("[clock]", '[complaint_clock]\ntiers = ["A"]') + CLOCK, ""),
        (OFF, ""),
    ],
)
def test_what_people_noted_is_not_silenced_without_a_word(
    filled: Path, invoke: Invoke, text: str, said: str
) -> None:
    for way in ("--check", "--load", "--load"):
        told = " ".join(invoke(*RULES, way, "-", input=text).stdout.split())
        assert ("Caution: " in told, said in told) == (bool(said), True), way
    done = invoke("followups", "add", "王芳", "寄护照", "--on", "2026-11-20")
    assert (done.exit_code, "Caution" in done.stderr) == (0, "task" in said)


# --- the trial ------------------------------------------------------------------------------------


def test_try_counts_the_lines_of_each_week(filled: Path, invoke: Invoke, mine: Path) -> None:
    mine.write_text(OWN.replace("lapses_after = 5", "lapses_after = 20"), encoding="utf-8")
    done = invoke(*RULES, "--try", mine, "-f", "csv")
    weeks = list(csv.DictReader(io.StringIO(done.stdout)))
    assert list(weeks[0]) == ["week", "rule_thanks", "total", "a_day"]
    assert (len(weeks), weeks[0]["week"], weeks[-1]["week"]) == (53, "2025-11-17", "2026-11-16")
    # Due on 16 March and 19 November; the lost customer is owed nothing.
    brought = {row["week"]: row["rule_thanks"] for row in weeks if row["rule_thanks"] != "0"}
    assert brought == {"2026-03-16": "1", "2026-11-16": "1"}
    assert weeks[-1]["a_day"] == "0.200000"
    assert own(filled) == ""
    earlier = invoke(*RULES, "--try", mine, "--as-of", "2026-03-15", "-f", "csv").stdout
    assert {row["total"] for row in csv.DictReader(io.StringIO(earlier))} == {"0"}


def test_a_trial_tells_how_far_it_is(filled: Path) -> None:
    told: list[tuple[int, int]] = []
    with engine.reading(filled) as session:
        weeks = trials.trial(
            session, setting.load(session), [], TODAY, lambda done, of: told.append((done, of))
        )
    assert told == [(done, 53) for done in range(54)]
    assert [week.days for week in weeks] == [7] * 52 + [5]


def trial(invoke: Invoke, text: str) -> dict[str, int]:
    """The weeks in which the only rule of a text brings something, and how much."""
    rows = json.loads(invoke(*RULES, "--try", "-", "-f", "json", input=text).stdout)
    return {row["week"]: row["total"] for row in rows if row["total"]}


def test_try_counts_complaints_that_were_answered_and_reopened(
    filled: Path, invoke: Invoke
) -> None:
    with writing(filled) as session:
        who = add_customer(session, "C3", name="李四")
        over = add_complaint(session, who, moment("2026-03-04 10:00"), "K00001")
        for step, at in (
            ("responded", "2026-03-04 11:00"),
            ("closed", "2026-03-05 11:00"),
            ("reopened", "2026-05-06 10:00"),
            ("responded", "2026-05-06 11:00"),
        ):
            add_step(session, over, step, moment(at))
        add_complaint(session, who, moment("2026-03-08 23:59"), "K00002")
    assert trial(invoke, CLOCK) == {"2026-03-02": 2, "2026-05-04": 1}
    # Answers are hidden from the trial alone.
    page = invoke("followups", "due").stdout
    assert ("K00001" in page, "K00002" in page) == (False, True)


def test_try_counts_tasks_that_were_done_in_their_week(filled: Path, invoke: Invoke) -> None:
    invoke("followups", "add", "王芳", "寄护照", "--on", "2026-11-20")
    [task] = (
        row for row in json.loads(invoke("followups", "due", "-f", "json").stdout)
        if row["rule"] == "task"
    )  # fmt: skip
    section = next(part for part in sections(DEFAULTS.read_text("utf-8"))[1] if part.name == "task")
    assert trial(invoke, section.text) == {"2026-11-16": 1}
    assert invoke("followups", "done", task["id"]).exit_code == 0
    assert trial(invoke, section.text) == {"2026-11-16": 1}


def test_try_counts_visits_of_before_the_first_import_and_says_what_it_cannot_count(
    filled: Path, invoke: Invoke
) -> None:
    text = CLOCK.replace('"complaint"', '"last_contact"').replace("{complaint}", "x")
    text = text.replace("offset = 0", "offset = 90\nspread = true")
    assert trial(invoke, text) == {"2026-06-08": 2}  # 90 days after two returned on 14 March
    for of, told in ((text, True), (CLOCK, False)):
        page = " ".join(invoke(*RULES, "--try", "-", input=of).stdout.split())
        assert ("Note: clock will bring more than this." in page) is told


def test_what_was_put_off_is_counted_once(filled: Path, invoke: Invoke, mine: Path) -> None:
    invoke(*RULES, "--load", mine)
    due = json.loads(invoke("followups", "due", "-f", "json").stdout)
    (id_,) = (row["id"] for row in due if row["also"] == "survey;thanks")
    assert invoke("followups", "snooze", id_, "--until", "2026-11-30").exit_code == 0
    done = invoke(*RULES, "--try", mine, "--as-of", "2026-12-06", "-f", "json")
    brought = [row["week"] for row in json.loads(done.stdout) if row["total"]]
    assert brought == ["2026-03-16", "2026-11-16"]


@pytest.mark.parametrize(
    ("lang", "says"),
    [
        ("en", "Lines: 2 in 369 days, 0.0 a day (thanks 2)."),
        ("zh", "369 天共 2 行，平均每天 0.0 行（thanks 2）。"),
    ],
)
def test_try_shows_people_a_bar(
    filled: Path, invoke: Invoke, mine: Path, lang: str, says: str
) -> None:
    done = invoke(*RULES, "--try", mine, lang=lang)
    assert re.search(r"2026-03-16 +1 +1 +0\.14 +#{10}", done.stdout)
    assert done.stdout.splitlines()[-1] == says


def test_rules_that_do_not_fit_the_table_are_one_column(filled: Path, invoke: Invoke) -> None:
    text = DEFAULTS.read_text("utf-8") + GOOD
    done = invoke(*RULES, "--try", "-", input=text)
    assert "others" in done.stdout
    assert max(map(len, done.stdout.splitlines()[:60])) <= 100
    done = invoke(*RULES, "--try", "-", input=OFF)
    assert (done.exit_code, "no rule to try" in done.stderr) == (1, True)


# --- options --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--check", "a", "--load", "b"), "Say one of --check, --load."),
        (("--try", "a", "--dump"), "Say one of --try, --dump."),
        (("--own",), "--own only goes with --dump."),
        (("--as-of", "2026-01-01"), "--as-of only goes with --try."),
        (("--load", "a", "-f", "json"), "--format does not go with --load."),
        (("--dump", "--excel"), "--excel does not go with --dump."),
        (("--load", "a", "-o", "b.csv"), "--output does not go with --load."),
        (("--dump", "-o", "rules.csv"), "rules.csv must end in .toml."),
    ],
)
def test_options_that_exclude_one_another(
    invoke: Invoke, words: tuple[str, ...], says: str
) -> None:
    done = invoke(*RULES, *words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert says in done.stderr
