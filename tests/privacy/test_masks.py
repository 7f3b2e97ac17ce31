"""No number of a person is in any output that does not need it, whatever the command and form."""

import json
import re
from itertools import cycle
from pathlib import Path

import pytest

from scripts import reference
from tests.builders import add_customer, add_trip, agency, prepared, writing
from tests.conftest import Invoke
from tests.privacy.test_personal import ID

PASSPORT = "E76543218"
PHONE = "13987654321"
SECOND = "13787654321"
# Where calling is the job, a phone number stands in full.
CALLS = {
    *("followups due", "followups list", "followups show", "today", "customers show", "trips show"),
    "departures sheet",  # of the guide
    "trips handbook",  # to which it is sent
    *("complaints list", "complaints show", "complaints watch", "surveys sample", "followups send"),
}
WHOM = {
    "customers find": ["王"],
    "customers show": ["C1"],
    "customers history": ["C1"],
    "customers consent": ["C1"],
    "trips find": ["王"],
    "trips show": ["T1"],
    "trips handbook": ["T1"],
    "trips travellers": ["T1"],
    "trips costs": ["T1"],
    "trips itinerary": ["T1"],
    "products show": ["P1"],
    "departures show": ["D1"],
    "departures sheet": ["D1"],
    "complaints show": ["K00001"],
    "imports show": ["2"],
    "destinations list": [],
    "undo": ["--list"],
    "followups rules": [],
    "settings": [],
}
# What writes, or shows nothing of anybody.
SKIPPED = re.compile(
    r"init|demo|restore|backup|.* import|.* (add|edit|tag|untag|assign|remember|lose|log|quote|book"
    r"|complete|cancel|cost|notice|plan|pay|reverse|refund|issue|redeem|unredeem|withdraw|open"
    r"|respond|attribute|compensate|resolve|fix|close|reopen|escalate|note|done|tried|snooze|skip"
    r"|undo|calendar|erase|dossier|reveal|test|duty|remove|mark|form|show)"
)


@pytest.fixture
def marked(invoke: Invoke, db: Path, tmp_path: Path) -> Path:
    """Somebody with every number, to whom everything happens today."""
    return prepared("masks", db, lambda: _marked(invoke, db, tmp_path))


def _marked(invoke: Invoke, db: Path, tmp_path: Path) -> None:
    agency(db, today="2026-11-20")
    sheet = tmp_path / "客户.csv"
    sheet.write_text(
        "客户编号,姓名,手机,备用电话,身份证号,护照号,护照有效期,负责人\n"
        f"C1,王芳,{PHONE},{SECOND},{ID},{PASSPORT},2027-01-01,李娜\n",
        encoding="utf-8",
    )
    for words in (
        ["customers", "import", sheet],
        ["customers", "edit", "C1", "--phone", f"{PHONE}/{SECOND}", "--city", "昆明"],
        ["products", "add", "P1", "--destination", "云南", "--days", "6"],
        ["departures", "add", "D1", "--product", "P1", "--departs", "2026-11-23", "--seats", "9"],
        ["trips", "add", "C1", "--departure", "D1", "--code", "T1", "--price", "3000"],
        ["trips", "edit", "T1", "--abroad", "yes"],
        ["payments", "add", "T1", "100"],
        ["trips", "add", "C1", "--destination", "桂林", "--departs", "2026-11-01", "--code", "T0"],
        ["complaints", "open", "C1", "脏", "--trip", "T0"],
        ["surveys", "add", "C1", "--nps", "3", "--trip", "T0"],
        ["followups", "add", "C1", "回电", "--on", "2026-11-20"],
        ["vouchers", "issue", "C1", "--amount", "50"],
        ["interactions", "log", "C1", "--summary", "问价"],
    ):
        done = invoke(*words)
        assert done.exit_code == 0, (words, done.output)


def _commands() -> list[str]:
    paths = [ctx.command_path.removeprefix("tourcrm ") for ctx, _command in reference.walk()]
    nouns = {path.split()[0] for path in paths if " " in path} | {"tourcrm"}
    shown = {path for path in paths if path not in nouns and not SKIPPED.fullmatch(path)}
    return [path for path in paths if path in WHOM or path in shown]


def test_no_number_stands_where_it_is_not_needed(invoke: Invoke, marked: Path) -> None:
    """Each command as a page, in one of the languages, and in the forms for machines."""
    seen = 0
    for path, lang in zip(_commands(), cycle(("en", "zh")), strict=False):
        for form in ([], ["-f", "json"], ["-f", "csv"]):
            done = invoke(*path.split(), *WHOM.get(path, []), *form, lang=lang)
            if done.exit_code == 2 and form:
                continue  # it has one form
            assert "Internal error" not in done.output, (path, done.output)
            seen += done.exit_code == 0
            for number in (ID, ID[6:14] + ID[14:], PASSPORT):
                assert number not in done.output, (path, form)
            if path not in CALLS:
                for number in (PHONE, SECOND, "139 8765 4321"):
                    assert number not in done.output, (path, form)
    assert seen > 90


def test_no_number_stands_in_what_is_said_of_a_fault(
    invoke: Invoke, marked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault inside, in the middle of reading the person."""
    from tourcrm.customers import queries
    from tourcrm.history import story

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(f"{ID} {PASSPORT} {PHONE}")

    monkeypatch.setattr(queries, "listed", broken)
    monkeypatch.setattr(story, "of_customer", broken)
    for words in (["customers", "list"], ["customers", "history", "C1"]):
        done = invoke(*words)
        assert done.exit_code == 1
        assert "Internal error: RuntimeError" in done.stderr
        for number in (ID, PASSPORT, PHONE):
            assert number not in done.output


def test_in_what_an_import_says_numbers_are_hidden(
    invoke: Invoke, marked: Path, tmp_path: Path
) -> None:
    sheet = tmp_path / "又.csv"
    wrong = ID[:-1] + ("0" if ID[-1] != "0" else "1")
    sheet.write_text(
        f"姓名,手机,身份证号\n王芳,{PHONE},{wrong}\n何伟,{PHONE},\n王芳,{PHONE},{ID}\n",
        encoding="utf-8",
    )
    for form in ([], ["-f", "json"]):
        done = invoke("customers", "import", sheet, "--dry-run", *form)
        assert json.dumps(ID) not in done.output
        for number in (ID, PHONE):
            assert number not in done.output, done.output


def test_silent_persons_are_named_by_check(invoke: Invoke, marked: Path) -> None:
    assert "without a trip or contact" not in invoke("check").stdout
    invoke("settings", "today", "2031-11-21")
    said = invoke("check")
    assert said.exit_code == 0
    assert (
        "1 person without a trip or contact for 5 years: C1 王芳" not in said.stdout
    )  # T1 is later
    invoke("settings", "today", "2031-12-24")
    said = invoke("check", lang="zh")
    assert "C1 王芳" in said.stdout
    assert "customers erase C1" in said.stdout
    invoke("settings", "retention_years", "0")
    assert "C1 王芳" not in invoke("check").stdout


def test_who_refuses_a_channel_is_not_offered_anything_on_it(invoke: Invoke, db: Path) -> None:
    agency(db, today="2026-11-20")
    with writing(db) as session:
        fang = add_customer(session, "C1", name="王芳", phone="+8613987654321")
        add_trip(session, fang, "2025-11-20", returns_on="2025-11-25", destination="云南")
    due = "followups", "list", "-f", "json"
    [offer] = [one for one in json.loads(invoke(*due).stdout) if one["rule"] == "dormant"]
    invoke("customers", "consent", "C1", offer["channel"], "no", "--on", "2026-11-20")
    assert "dormant" not in invoke(*due).stdout
    held = json.loads(invoke(*due, "--held").stdout)
    [why] = [one["why"] for one in held if one["rule"] == "dormant"]
    assert "no consent" in why
    assert "dormant" in invoke(*due, "--as-of", "2026-11-19").stdout  # it was not said yet
