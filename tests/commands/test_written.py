"""What was written, what was left out, and what a narrow window has no room for, is said."""

import json
import re
import sqlite3
from pathlib import Path

import pytest

from tests.builders import add_customer, add_trip, agency, writing
from tests.commands.test_words import parameters
from tests.conftest import Invoke
from tourcrm.terminal import render, typer_i18n

LONG = "2026112000001234"
PLACE = "呼伦贝尔大草原满洲里阿尔山深度摄影十日游"


@pytest.fixture
def busy(db: Path) -> Path:
    agency(db, today="2026-11-20", language="zh")
    with writing(db) as session:
        fang = add_customer(session, "C1", name="王芳", phone="+8613812345678", owner="李娜")
        trip = {"destination": PLACE, "price": 1_234_500, "advisor": "李娜", "service": "cruise"}
        add_trip(session, fang, "2026-11-21", returns_on="2026-11-28", code=LONG, **trip)
        he = add_customer(session, "8800112233445566", name="欧阳娜娜", phone="+8613912345678")
        add_trip(session, he, "2026-11-21", returns_on="2026-11-28", code="Q1", **trip)
        add_trip(
            session, he, "2026-11-12", returns_on="2026-11-18", code="XJ1120-2", note="团XJ1120"
        )
    return db


MORE = {
    "check": ["--data"],
    "customers find": ["王"],
    "customers show": ["C1"],
    "customers reveal": ["C1"],
    "customers history": ["C1"],
    "customers dossier": ["C1"],
    "trips find": ["王"],
    "trips show": ["C1"],
    "imports show": ["1"],
    "customers assign": ["C1", "--to", "李娜"],
    "products show": ["P1"],
    "trips handbook": ["C1"],
    "trips travellers": ["C1"],
    "trips itinerary": ["C1"],
    "trips costs": ["C1"],
    "trips notice": ["C1", "改时间"],
    "departures sheet": ["D1"],
    "complaints show": ["C1"],
    "followups show": ["C1"],
    "followups rules --dump": ["--dump"],
}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_file_that_is_written_is_named(
    invoke: Invoke, busy: Path, tmp_path: Path, lang: str
) -> None:
    invoke("complaints", "open", "C1", "脏")
    sheet = tmp_path / "客户.csv"
    sheet.write_text("姓名,手机\n李四,13700000000\n", encoding="utf-8")
    invoke("customers", "import", sheet)
    number = json.loads(invoke("imports", "list", "-f", "json").stdout)[0]["operation"]
    invoke("products", "add", "P1", "--destination", "云南", "--days", "6")
    invoke("departures", "add", "D1", "--product", "P1", "--departs", "2026-12-24", "--seats", "9")
    seen = 0
    for path, _command, _ctx, param in parameters():
        if param.name != "output":
            continue
        file = tmp_path / f"{path.replace(' ', '-')}.csv"
        given = [str(number)] if path == "imports show" else MORE.get(path, [])
        done = invoke(*path.split(), *given, "-o", file, lang=lang)
        assert done.exit_code == 0, (path, done.output)
        assert file.exists(), path
        says = rf"\d+ rows? written to {file}" if lang == "en" else rf"已将 \d+ 行写入 {file}"
        assert re.search(says, done.stderr), (path, done.stderr)
        seen += 1
    assert seen > 20


def test_files_that_are_no_lists_are_named_too(invoke: Invoke, busy: Path, tmp_path: Path) -> None:
    rules, calendar = tmp_path / "rules.toml", tmp_path / "f.ics"
    assert str(rules) in invoke("followups", "rules", "--dump", "-o", rules).stderr
    assert str(calendar) in invoke("followups", "calendar", calendar).stdout
    assert str(tmp_path / "b.db") in invoke("backup", tmp_path / "b.db").output


def test_the_number_of_rows_and_what_they_are_is_said(
    invoke: Invoke, busy: Path, tmp_path: Path
) -> None:
    for ending in ("csv", "json", "jsonl", "xlsx"):
        file = tmp_path / f"a.{ending}"
        done = invoke("customers", "list", "-o", file)
        assert (done.stdout, done.stderr) == ("", f"Customers: 2 rows written to {file}.\n")
    one = invoke("customers", "list", "--owner", "李娜", "-o", file, lang="zh")
    assert one.stderr.splitlines()[0] == f"客户：已将 1 行写入 {file}。"


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_what_a_limit_leaves_out_is_said(invoke: Invoke, busy: Path, form: str) -> None:
    done = invoke("trips", "list", "--limit", "1", "-f", form)
    assert done.stderr.endswith("--limit 1 leaves out 2 rows more.\n")
    assert "Q1" in done.stdout
    assert "rows more" not in invoke("trips", "list", "--limit", "3", "-f", form).stderr
    done = invoke("customers", "list", "--limit", "1", "-f", form, lang="zh")
    assert "--limit 1 之外还有 1 行未列出。" in done.stderr
    done = invoke("trips", "find", "欧阳", "--limit", "1", "-f", form)
    assert "these are the first 1" in done.stderr
    assert "More was" not in invoke("trips", "find", "欧阳", "--limit", "2", "-f", form).stderr


# --- suggestions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["followups", "list", "--helf"], "--held"),
        (["customers", "list", "--ownr", "x"], "--owner"),
        (["customers", "list", "--lim", "3"], "--limit"),
        (["customers", "lsit"], "list"),
        (["custmers"], "customers"),
    ],
)
def test_what_was_meant_is_offered(invoke: Invoke, words: list[str], offered: str) -> None:
    done = invoke(*words)
    assert f"Did you mean {offered}" in done.stderr
    assert done.exit_code == 2


@pytest.mark.parametrize(
    "words",
    [
        ["customers", "list", "--helf"],
        ["customers", "list", "--hepl"],
        ["customers", "show", "C1", "--heap"],
        ["trips", "list", "--of", "x"],
        ["surveys", "list", "--on", "x"],
        ["customers", "list", "--xyz"],
        ["customers", "delete"],
    ],
)
def test_nothing_is_offered_that_was_not_meant(invoke: Invoke, words: list[str]) -> None:
    assert "Did you mean" not in invoke(*words).stderr


def test_help_is_never_offered() -> None:
    for _path, command, _ctx, _param in parameters():
        assert "--help" not in typer_i18n._options_of(command)


# --- narrow windows -------------------------------------------------------------------------------


def test_lists_fit_a_window_of_80_cells(
    invoke: Invoke, busy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tourcrm.base.display import width

    invoke("interactions", "log", "欧阳娜娜", "--note", "问了去呼伦贝尔的价格，等我们回复报价单")
    invoke("complaints", "open", "欧阳娜娜", "酒店房间有霉味，空调坏了一整晚", "--trip", "Q1")
    invoke("vouchers", "issue", "欧阳娜娜", "--pay-ratio", "8折")
    invoke("surveys", "add", "欧阳娜娜", "--nps", "9", "--csat", "4", "--comment", "导游很好")
    monkeypatch.setattr(render, "line_width", lambda wanted=0: 80)
    for words in (
        ["trips", "list"],
        ["trips", "list", "--phones"],
        ["trips", "find", "欧阳"],
        ["customers", "list"],
        ["customers", "find", "欧阳"],
        ["complaints", "list"],
        ["vouchers", "list"],
        ["followups", "list"],
        ["interactions", "list"],
        ["payments", "list"],
        ["surveys", "list"],
        ["surveys", "sample"],
        ["imports", "list"],
    ):
        for lang in ("en", "zh"):
            lines = invoke(*words, lang=lang).stdout.splitlines()
            assert max(map(width, lines), default=0) <= 80, (words, lang)
            assert not any("…" in line for line in lines), (words, lang)
            if words == ["trips", "list"]:
                assert any(LONG in line and "王芳" in line for line in lines)  # a table
                told = " ".join(lines[-2:])
                assert re.search("No room for: .*advisor|未显示：.*顾问", told)


# --- filters of trips -----------------------------------------------------------------------------


def codes(invoke: Invoke, *words: str) -> list[str]:
    return [row["code"] for row in json.loads(invoke(*words, "-f", "json").stdout)]


def test_trips_are_listed_by_service_place_and_departure(invoke: Invoke, busy: Path) -> None:
    assert codes(invoke, "trips", "list", "--service", "邮轮") == ["Q1", LONG]
    assert codes(invoke, "trips", "list", "--destination", "阿尔山") == ["Q1", LONG]
    assert codes(invoke, "trips", "list", "--departure", LONG) == ["Q1", LONG]
    assert codes(invoke, "trips", "list", "--group", "王芳") == ["Q1", LONG]
    assert codes(invoke, "trips", "list", "--departure", "XJ1120-2") == ["XJ1120-2"]
    assert codes(invoke, "trips", "list", "--departure", "XJ1120") == ["XJ1120-2"]
    assert codes(invoke, "trips", "list", "--service", "签证") == []


def test_trips_are_found_by_service_and_group(invoke: Invoke, busy: Path) -> None:
    assert codes(invoke, "trips", "find", "邮轮") == ["Q1", LONG]
    assert codes(invoke, "trips", "find", "cruise", "王芳") == [LONG]
    assert codes(invoke, "trips", "find", "团XJ1120") == ["XJ1120-2"]


def test_phones_of_trips_are_shown_on_demand_and_masked(invoke: Invoke, busy: Path) -> None:
    assert "138" not in invoke("trips", "list").stdout
    masked = invoke("trips", "list", "--phones", "-f", "csv").stdout
    assert "5678" in masked
    assert "13812345678" not in masked
    whole = invoke("trips", "list", "--phones", "--reveal", "-f", "csv").stdout
    assert "+8613812345678" in whole
    with sqlite3.connect(busy) as file:
        verbs = [row[0] for row in file.execute("SELECT verb FROM operation")]
    assert verbs.count("trips list --reveal") == 1
    wrong = invoke("trips", "list", "--reveal")
    assert (wrong.exit_code, "--phones" in wrong.stderr) == (2, True)


# --- satisfaction ---------------------------------------------------------------------------------


def test_satisfaction_has_its_name_and_scale_in_chinese(invoke: Invoke, busy: Path) -> None:
    added = invoke("surveys", "add", "欧阳娜娜", "--nps", "9", "--csat", "4", lang="zh")
    assert "NPS 9/10、总体满意度 4/5" in added.stdout
    for words in (["interactions", "list", "欧阳娜娜"], ["customers", "show", "欧阳娜娜"]):
        page = "".join(invoke(*words, lang="zh").stdout.split())
        assert "总体满意度4/5" in page or "满意度4分（满分5分）" in page, words
        assert "CSAT" not in page
    assert "4/5" in invoke("surveys", "list", lang="zh").stdout
    assert "满意度（满分5分）：总体" in invoke("surveys", "csat", lang="zh").stdout
    assert invoke("interactions", "list", "-f", "csv").stdout.count("CSAT 4") == 1  # as stored


def test_words_that_went_are_nowhere() -> None:
    texts = Path(__file__).parents[2] / "src/tourcrm/locales/zh/LC_MESSAGES/tourcrm.po"
    said = re.findall(r'^msgstr.*(?:\n".*)*', texts.read_text("utf-8"), re.MULTILINE)
    assert not [one for one in said if re.search("已过(?!期)|代金券|CSAT", one)]
