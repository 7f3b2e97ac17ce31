"""Many customers at once: shared out among colleagues, and one change to all of them."""

import json
import random
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.builders import add_customer, add_trip, agency, prepared, writing
from tests.conftest import Invoke


@pytest.fixture
def shop(db: Path) -> Path:
    agency(db)
    with writing(db) as session:
        add_customer(session, "A", name="张三", phone="+8613800138000")
        add_customer(session, "B", name="张太太", phone2="+8613800138000")
        company = add_customer(session, "C", name="甲公司", kind="company")
        add_customer(session, "D", name="周八", company_id=company)
        add_customer(session, "E", name="孙七")
        add_customer(session, "F", name="赵六")
        add_customer(session, "G", name="李四", owner="小林", phone="+8613800138001")
        add_customer(session, "H", name="李太", phone="+8613800138001")
        add_customer(session, "I", name="王五", owner="小王")
        add_customer(session, "J", name="去世", status="deceased")
    return db


def _owners(db: Path) -> dict[str, Any]:
    with closing(sqlite3.connect(db)) as connection:
        return dict(connection.execute("SELECT code, owner FROM customer"))


def test_what_belongs_to_nobody_is_shared_out_evenly_and_households_stay_together(
    invoke: Invoke, shop: Path
) -> None:
    done = invoke("customers", "assign", "--unowned", "--to", "小林，小王")
    assert done.exit_code == 0, done.stderr
    found = _owners(shop)
    assert found["A"] == found["B"]
    assert found["C"] == found["D"]
    assert found["H"] == "小林"  # as the others of the household
    assert (found["G"], found["I"], found["J"]) == ("小林", "小王", None)
    shares = Counter(found[code] for code in "ABCDEFH")
    assert sorted(shares.values()) == [3, 4]
    assert "7 customers given: 小林 " in done.stdout
    assert invoke("customers", "assign", "--unowned", "--to", "小林").stdout.startswith("Nothing")


@pytest.mark.parametrize("to", ["小林,小王", "小林、小王", "小林；小王", " 小林 , 小王,"])
def test_a_dry_run_says_the_same_and_changes_nothing(invoke: Invoke, shop: Path, to: str) -> None:
    words = ("customers", "assign", "--unowned", "--to", to)
    before = _owners(shop)
    planned = json.loads(invoke(*words, "--dry-run", "-f", "json").stdout)
    assert _owners(shop) == before
    invoke(*words)
    after = _owners(shop)
    assert {one["customer"]: one["new_owner"] for one in planned} == {
        code: after[code] for code in after if after[code] != before[code]
    }


def test_it_is_taken_back_as_one_operation(invoke: Invoke, shop: Path) -> None:
    before = _owners(shop)
    said = invoke("customers", "assign", "--unowned", "--to", "小林,小王").stdout
    number = said.split("imports undo ")[1].strip()
    line = next(
        one
        for one in json.loads(invoke("imports", "list", "-f", "json").stdout)
        if str(one["operation"]) == number
    )
    assert (line["verb"], line["updated"]) == ("customers assign", 7)
    assert invoke("imports", "undo", number).exit_code == 0
    assert _owners(shop) == before


def test_a_colleague_leaves(invoke: Invoke, shop: Path) -> None:
    with writing(shop) as session:
        add_customer(session, "K", name="老客", owner="小林", status="lost")
    invoke("followups", "add", "王五", "call", "--on", "2030-01-01", "--owner", "小林")
    done = invoke("customers", "assign", "--from", "小林", "--to", "小王,小赵")
    found = _owners(shop)
    assert sorted([found["G"], found["K"]]) == ["小王", "小赵"]
    assert "小林" not in found.values()
    assert "Noted tasks that go to whoever looks after the customer: 1." in done.stdout
    assert "小赵" in done.stderr  # a name that nobody had
    rows = json.loads(
        invoke(
            "followups", "list", "--from", "2030-01-01", "--to", "2030-01-01", "-f", "json", "--all"
        ).stdout
    )
    assert [row["owner"] for row in rows] == ["小王"]


def test_those_who_are_named(invoke: Invoke, shop: Path) -> None:
    assert invoke("customers", "assign", "E", "王五", "--to", "小林").exit_code == 0
    found = _owners(shop)
    assert (found["E"], found["I"], found["F"]) == ("小林", "小林", None)


@pytest.mark.parametrize(
    "words",
    [
        ("--to", "小林"),
        ("--unowned", "--to", ""),
        ("--unowned", "--to", "无"),
        ("--unowned", "--from", "小林", "--to", "小王"),
        ("E", "--unowned", "--to", "小王"),
        ("--from", "小林", "--to", "小王,小林"),
        ("--from", "小李", "--to", "小王"),
        ("谁", "--to", "小王"),
    ],
)
def test_what_is_not_clear_is_refused(invoke: Invoke, shop: Path, words: tuple[str, ...]) -> None:
    before = _owners(shop)
    assert invoke("customers", "assign", *words).exit_code not in (0, None)
    assert _owners(shop) == before


@pytest.mark.parametrize("seed", range(6))
def test_no_share_is_larger_than_another_by_more_than_one_household(
    invoke: Invoke, db: Path, seed: int
) -> None:
    rng = random.Random(seed)
    agency(db)
    homes = [rng.randint(1, 4) for _ in range(rng.randint(1, 15))]
    with writing(db) as session:
        for home, size in enumerate(homes):
            for member in range(size):
                add_customer(session, f"H{home}-{member}", phone=f"+861380000{home:04d}")
    names = ["甲", "乙", "丙"][: rng.randint(1, 3)]
    invoke("customers", "assign", "--unowned", "--to", ",".join(names))
    found = _owners(db)
    shares = Counter(found.values())
    assert set(shares) <= set(names)
    assert max(shares.values()) - min(shares[name] for name in names) <= max(homes)
    for home, size in enumerate(homes):
        assert len({found[f"H{home}-{member}"] for member in range(size)}) == 1


# --- lists of one colleague -----------------------------------------------------------------------


@pytest.mark.parametrize(("lang", "mark"), [("en", "nobody's"), ("zh", "无人负责")])
def test_lists_of_one_colleague_mark_what_belongs_to_nobody(
    invoke: Invoke, db: Path, lang: str, mark: str
) -> None:
    agency(db, today="2026-11-20")
    with writing(db) as session:
        mine = add_customer(session, "A", name="张三", owner="小林", phone="+8613800138000")
        free = add_customer(session, "B", name="李四", phone="+8613800138001")
        for who in (mine, free):
            add_trip(session, who, "2026-11-22", destination="云南")
    invoke("followups", "add", "B", "打电话", "--on", "2026-11-20")
    invoke("followups", "add", "A", "打电话", "--on", "2026-11-20")
    for code in "AB":
        invoke("complaints", "open", code, "车晚了", "--category", "transport")
    for words in (("followups", "due"), ("followups", "list"), ("today",), ("complaints", "list")):
        one = invoke(*words, "--owner", "小林", lang=lang).stdout
        assert mark in one, words
        everybody = invoke(*words, lang=lang).stdout
        assert mark not in everybody, words
    for line in invoke("complaints", "list", "--owner", "小林", lang=lang).stdout.splitlines():
        assert (mark in line) == ("李四" in line)
    parts = json.loads(invoke("today", "--owner", "小林", "-f", "json").stdout)
    assert [one["unowned"] for one in parts["departures"]] == [1]
    assert {one["owner"] for one in parts["due"] if one["customer"] == "B"} == {None}
    said = invoke("customers", "list", "--owner", "小林", lang=lang)
    assert "customers list --unowned" in said.stderr
    free_ones = json.loads(invoke("customers", "list", "--unowned", "-f", "json").stdout)
    assert [one["code"] for one in free_ones] == ["B"]


def test_one_colleague_sees_no_complaint_of_another(invoke: Invoke, db: Path) -> None:
    agency(db)
    with writing(db) as session:
        for code, owner in (("A", "小林"), ("B", None), ("C", "小王")):
            add_customer(session, code, name=f"客{code}", owner=owner)
    for who in "ABC":
        invoke("complaints", "open", who, "车晚了", "--category", "transport")
    rows = json.loads(invoke("complaints", "list", "--owner", "小林", "-f", "json").stdout)
    assert sorted(row["customer"] for row in rows) == ["A", "B"]


# --- one change to many ---------------------------------------------------------------------------


@pytest.fixture
def fair(db: Path) -> Path:
    def make() -> None:
        agency(db)
        with writing(db) as session:
            add_customer(
                session, "A", name="张三", city="杭州", owner="小林", marketing_consent="yes"
            )
            add_customer(session, "B", name="李四", city="杭州")
            add_customer(session, "C", name="王五", city="上海", kind="company")
            add_customer(session, "D", name="赵六", city="杭州", status="lost")
        for code in "AC":
            assert invoke_tag(db, code)

    return prepared("many fair", db, make)


def invoke_tag(db: Path, code: str) -> bool:
    from tourcrm.customers import lookup, service

    with writing(db) as session:
        number = session.info["operation"]
        row = lookup.find_one(session, code)
        return bool(service.tag(session, lambda: number, row, ["展会"]))


def _consents(db: Path) -> dict[str, str]:
    with closing(sqlite3.connect(db)) as connection:
        return dict(connection.execute("SELECT code, marketing_consent FROM customer"))


@pytest.mark.parametrize(
    ("where", "meant"),
    [
        (["tag=展会"], "AC"),
        (["标签=展会"], "AC"),
        (["tag=展会", "城市=杭州"], "A"),
        (["city=杭州"], "AB"),
        (["city=杭州", "status=all"], "ABD"),
        (["status=流失"], "D"),
        (["kind=company"], "C"),
        (["客户类型=企业"], "C"),
        (["owner=小林"], "A"),
        (["负责人＝小林"], "A"),
        (["owner="], "BC"),
        (["status=active"], "ABC"),
    ],
)
def test_consent_is_edited_for_many(
    invoke: Invoke, fair: Path, where: list[str], meant: str
) -> None:
    words = ["customers", "edit", *(part for one in where for part in ("--where", one))]
    before = _consents(fair)
    dry = invoke(*words, "--consent", "no", "--dry-run")
    assert f"{len(meant)} of {len(meant)} customers" in dry.stdout
    assert _consents(fair) == before
    assert invoke(*words, "--consent", "no", input="n\n").exit_code != 0
    assert _consents(fair) == before
    done = invoke(*words, "--consent", "no", input="y\n")
    after = _consents(fair)
    assert {code for code in after if after[code] == "no"} == set(meant)
    assert "Nothing changed" in invoke(*words, "--consent", "no", "--yes").stdout
    number = done.stdout.split("imports undo ")[1].strip()
    assert invoke("imports", "undo", number).exit_code == 0
    assert _consents(fair) == before


def test_the_day_of_a_consent_is_todays(invoke: Invoke, db: Path) -> None:
    agency(db, today="2026-11-20")
    with writing(db) as session:
        add_customer(session, "A")
    invoke("customers", "edit", "--where", "status=active", "--consent", "no", "--yes")
    [row] = json.loads(invoke("customers", "list", "-f", "json").stdout)
    assert (row["marketing_consent"], row["consent_on"]) == ("no", "2026-11-20")


@pytest.mark.parametrize(
    "words",
    [
        ("--where", "tag=展会", "--phone", "13900139000"),
        ("--where", "tag=展会", "--name", "王"),
        ("--where", "tag=展会", "--status", "active"),
        ("--where", "tag=展会"),
        ("--where", "foo=1", "--consent", "no"),
        ("--where", "tag", "--consent", "no"),
        ("--where", "city=", "--consent", "no"),
        ("--where", "city=杭州", "--where", "city=上海", "--consent", "no"),
        ("--where", "kind=whatever", "--consent", "no"),
        ("--where", "tag=nobody has it", "--consent", "no"),
        ("A", "--where", "tag=展会", "--consent", "no"),
        ("--consent", "no"),
    ],
)
def test_an_edit_of_many_that_is_not_clear_is_refused(
    invoke: Invoke, fair: Path, words: tuple[str, ...]
) -> None:
    before = _consents(fair)
    assert invoke("customers", "edit", *words, "--yes").exit_code not in (0, None)
    assert _consents(fair) == before


def test_a_sheet_corrects_consent(invoke: Invoke, fair: Path, tmp_path: Path) -> None:
    invoke("customers", "edit", "A", "--consent", "no")
    sheet = tmp_path / "consent.csv"
    sheet.write_text("客户编号,同意营销\nA,是\nB,否\n", "utf-8")
    kept = json.loads(invoke("customers", "import", sheet, "-f", "json").stdout)[0]
    assert kept["kept"] == 1
    assert _consents(fair) | {"C": "", "D": ""} == {"A": "no", "B": "no", "C": "", "D": ""}
    invoke("customers", "import", sheet, "--even-decisions")
    assert _consents(fair)["A"] == "yes"


def test_one_customer_may_be_edited_dry(invoke: Invoke, fair: Path) -> None:
    said = invoke("customers", "edit", "A", "--city", "北京", "--dry-run").stdout
    assert "nothing was changed" in said
    [row] = json.loads(
        invoke("customers", "list", "--city", "杭州", "--tag", "展会", "-f", "json").stdout
    )
    assert row["code"] == "A"
