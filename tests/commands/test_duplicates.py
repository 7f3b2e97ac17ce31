"""`customers duplicates` and `merge`, as a person and as a script sees them."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.builders import add_customer, add_special_date, add_trip, agency, writing
from tests.conftest import Invoke
from tourcrm.commands.customers import duplicates

ID = "110105198003051234"


@pytest.fixture
def office(db: Path) -> Path:
    agency(db, today="2026-11-20")
    with writing(db) as session:
        fang = add_customer(
            session, "C1", name="王芳", phone="+8613812345678", owner="李娜", city="杭州",
            name_pinyin="wang fang", note="靠窗",
        )  # fmt: skip
        twice = add_customer(
            session, "C2", name="王方", phone="+8613812345678", owner="小林", wechat="wf80",
            name_pinyin="wang fang", note="素食", marketing_consent="no",
            referred_by_id=fang,
        )  # fmt: skip
        add_customer(session, "C3", name="李强", phone="+8613812345678", name_pinyin="li qiang")
        add_special_date(session, twice, "birthday", 3, 5, year=1980)
        add_trip(session, twice, "2026-12-01", code="T1", price=100_000)
    return db


def pairs(invoke: Invoke, *more: str) -> Any:
    return json.loads(invoke("customers", "duplicates", "-f", "json", *more).stdout)


def test_pairs_are_listed_with_score_and_reasons(invoke: Invoke, office: Path) -> None:
    [found] = pairs(invoke)
    assert list(found) == ["customer", "name", "other", "other_name", "score", "reasons"]
    assert (found["customer"], found["other"], found["name"]) == ("C1", "C2", "王芳")
    assert 0.75 <= found["score"] <= 1
    said = "same phone; names sound alike; different staff in charge: a collision"
    assert found["reasons"] == said
    assert "13812345678" not in json.dumps(found)
    assert pairs(invoke, "--from", "100%") == []
    with writing(office) as session:
        add_customer(session, "C4", name="李强", name_pinyin="li qiang")
    assert len(pairs(invoke)) == 1
    assert [one["other"] for one in pairs(invoke, "--from", "0.5")] == ["C2", "C4"]
    assert len(pairs(invoke, "--from", "50%", "--limit", "1")) == 1
    shown = invoke("customers", "duplicates", lang="zh")
    assert "同一电话" in shown.stdout
    assert "customers merge C1 C2" in shown.stderr
    for wrong in (["--from", "2"], ["--from", "x"], ["--review"], ["--review", "-f", "json"]):
        assert invoke("customers", "duplicates", *wrong).exit_code == 2, wrong


def test_two_entries_become_one(invoke: Invoke, office: Path) -> None:
    refused = invoke("customers", "merge", "C1", "C2")
    assert (refused.exit_code, "--yes" in refused.stderr) == (1, True)
    tried = invoke("customers", "merge", "C1", "C2", "--dry-run")
    assert "Dry run" in tried.stdout
    assert pairs(invoke)
    done = invoke("customers", "merge", "C1", "C2", "--yes", "--take", "name")
    assert done.exit_code == 0
    assert "C2 王方 is one with C1 王芳 now" in done.stdout
    assert "Moved: trips 1, special days 1" in done.stdout
    for who in ("C2", "c2", "C1"):
        sheet = json.loads(invoke("customers", "show", who, "-f", "json").stdout)[0]
        assert (sheet["customer"], sheet["name"]) == ("C1", "王方")
    listed = json.loads(invoke("trips", "list", "--customer", "C2", "-f", "json").stdout)
    assert [one["code"] for one in listed] == ["T1"]
    kept = json.loads(invoke("customers", "export", "-f", "json", "--reveal").stdout)[0]
    assert (kept["code"], kept["wechat"], kept["city"]) == ("C1", "wf80", "杭州")
    assert kept["note"] == "靠窗\n素食"
    assert kept["marketing_consent"] == "no"
    assert kept["referred_by"] is None
    assert kept["birthday"] == "1980-03-05"
    assert "C1" in invoke("customers", "find", "C2").stdout
    assert pairs(invoke) == []
    taken = invoke("customers", "add", "某人", "--code", "C2")
    assert (taken.exit_code, "belongs to 王方" in taken.stderr) == (1, True)
    assert invoke("undo").exit_code == 0
    assert len(pairs(invoke)) == 1


def test_what_speaks_against_it_is_said_and_needs_a_word(invoke: Invoke, office: Path) -> None:
    invoke("customers", "lose", "C2", "--deceased")
    for zh, what in (("en", "one of them is recorded as deceased"), ("zh", "已故")):
        said = invoke("customers", "merge", "C1", "C2", "--yes", lang=zh)
        assert (said.exit_code, what in said.stderr, "--anyway" in said.stderr) == (1, True, True)
    assert invoke("customers", "merge", "C1", "C1", "--yes").exit_code == 1
    assert invoke("customers", "merge", "C1", "C9", "--yes").exit_code == 3
    assert invoke("customers", "merge", "C1", "C2", "--yes", "--take", "code").exit_code == 2
    done = invoke("customers", "merge", "C1", "C2", "--yes", "--anyway")
    assert "Careful: one of them is recorded as deceased." in done.stderr
    sheet = json.loads(invoke("customers", "list", "--status", "all", "-f", "json").stdout)
    assert {one["code"]: one["status"] for one in sheet}["C1"] == "deceased"


def test_a_sheet_with_the_old_code_finds_the_one_who_is_kept(
    invoke: Invoke, office: Path, tmp_path: Path
) -> None:
    invoke("customers", "merge", "C1", "C2", "--yes")
    sheet = tmp_path / "客户.csv"
    sheet.write_text(
        "客户编号,姓名,手机,城市,职业\nC1,王芳,13812345678,杭州,\nC2,王方,13900000000,上海,教师\n",
        encoding="utf-8",
    )
    done = invoke("customers", "import", sheet)
    assert ("0 added" in done.stdout, "0 rejected" in done.stdout) == (True, True), done.output
    kept = json.loads(invoke("customers", "export", "-f", "json", "--reveal").stdout)
    by_code = {one["code"]: one for one in kept}
    assert set(by_code) == {"C1", "C3"}
    assert (by_code["C1"]["name"], by_code["C1"]["city"]) == ("王芳", "杭州")
    assert by_code["C1"]["occupation"] == "教师"  # a blank is filled
    orders = tmp_path / "订单.csv"
    orders.write_text("订单号,客户编号,出发日期\nT9,C2,2026-12-12\n", encoding="utf-8")
    assert "1 added" in invoke("trips", "import", orders).stdout
    # A code that was ever given is never made anew.
    invoke("customers", "add", "新人")
    codes = [one["code"] for one in json.loads(invoke("customers", "list", "-f", "json").stdout)]
    assert "C2" not in codes


def test_likely_ones_are_told_when_they_come(invoke: Invoke, office: Path, tmp_path: Path) -> None:
    said = invoke("customers", "add", "王方", "--birthday", "1980-03-05")
    assert said.exit_code == 0
    assert "Likely entered already as C2 王方: same name; same birthday" in said.stderr
    assert "Likely" not in invoke("customers", "add", "周敏", "--phone", "13700000001").stderr
    sheet = tmp_path / "客户.csv"
    sheet.write_text(
        "姓名,手机,生日\n王芳,13900000001,1980-05-03\n赵六,13900000002,1977-07-07\n",
        encoding="utf-8",
    )
    done = invoke("customers", "import", sheet, "-f", "json")
    [warning] = json.loads(done.stdout)[0]["warnings"]
    assert warning.startswith("1 new customer is likely entered already: C000006 王芳")
    assert "= C000004 王方 (names sound alike; birthdays with day and month exchanged)" in warning


def test_reviewed_one_by_one(invoke: Invoke, office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicates, "at_terminal", lambda: True)
    with writing(office) as session:
        for code in ("D1", "D2"):
            add_customer(session, code, name="周敏", phone="+8613700000001", name_pinyin="zhou min")
    later = invoke("customers", "duplicates", "--review", input="l\nl\n")
    assert "Made one: 0. Told apart: 0." in later.stdout
    done = invoke("customers", "duplicates", "--review", input="?\nn\ns\nC2\n")
    assert "Pair 1 of 2, score 0.98: same phone; same name" in done.stdout
    assert "Made one: 1. Told apart: 1." in done.stdout, done.output
    assert pairs(invoke) == []
    told_apart = invoke("customers", "merge", "D1", "D2", "--yes")
    assert "somebody said that they are not the same" in told_apart.stderr
    assert json.loads(invoke("customers", "show", "C1", "-f", "json").stdout)[0]["customer"] == "C2"
    invoke("undo")
    invoke("undo")
    assert len(pairs(invoke)) == 2
    # at a terminal somebody is asked before a likely one is added, and a merge is asked for
    monkeypatch.setattr(duplicates, "confirm", lambda question: False)
    assert invoke("customers", "add", "周敏", "--birthday", "1990-01-01").exit_code == 0
    assert invoke("customers", "add", "周敏", "--birthday", "1990-01-01").exit_code == 1
    assert invoke("customers", "merge", "D1", "D2").exit_code == 1
    assert len(pairs(invoke)) == 2


@pytest.mark.parametrize("back", [False, True])
def test_whoever_was_merged_is_erased_whole(invoke: Invoke, office: Path, back: bool) -> None:
    invoke("customers", "edit", "C2", "--address", "西湖边七号")
    invoke("customers", "merge", "C1", "C2", "--yes")
    told = json.loads(invoke("customers", "history", "C2", "-f", "json").stdout)
    rows = [one["row"] for one in told]
    assert not any(row.startswith(("change", "import_row")) for row in rows)
    assert ("address", "西湖边七号") in [(one["field"], one["after"]) for one in told]
    if back:
        invoke("undo")
    assert invoke("customers", "erase", "C2", "--yes").exit_code == 0
    stored = office.read_bytes()
    for word in ("王方", "wf80", "西湖边七号"):
        assert word.encode() not in stored, word
    if not back:
        assert invoke("undo").exit_code != 0
        assert pairs(invoke, "--from", "0") == []
