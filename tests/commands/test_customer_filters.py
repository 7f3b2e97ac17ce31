"""Customers chosen by filters, saved under names; own fields and preferences in every place."""

import csv
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.builders import (
    add_customer,
    add_special_date,
    add_trip,
    agency,
    numbering,
    writing,
)
from tests.conftest import Invoke
from tourcrm.models import CustomerTag, Interaction, SurveyResponse

DAY = "2026-11-20"


@pytest.fixture
def book(db: Path) -> Path:
    """A: two trips, dear; B: one, cheap, lunar birthday; C: never travelled; D: deceased; K: a
    company."""
    agency(db, today=DAY)
    with writing(db) as session:
        number = numbering(session)()
        a = add_customer(session, "A", name="王芳", city="杭州", owner="李娜", source="抖音")
        b = add_customer(session, "B", name="何伟", city="Suzhou", owner="小林")
        c = add_customer(session, "C", name="李四", city="杭州")
        d = add_customer(session, "D", name="赵六", status="deceased", city="杭州")
        add_customer(session, "K", name="某公司", kind="company", owner="李娜")
        for who, tag in ((a, "亲子"), (a, "摄影"), (b, "亲子"), (d, "亲子")):
            session.add(CustomerTag(customer_id=who, tag=tag, operation_id=number))
        add_trip(session, a, "2025-05-01", destination="日本东京", price=9_000_00, party_size=1)
        add_trip(session, a, "2026-05-01", destination="云南", price=8_000_00, service="cruise")
        add_trip(session, b, "2026-06-01", destination="云南", price=1_000_00)
        add_trip(session, c, "2027-02-01", destination="海岛", price=1_000_00)
        add_special_date(session, a, "birthday", 3, 5)
        add_special_date(session, b, "birthday", 8, 15, calendar="lunar")
        for who, day, nps in ((a, "2026-05-10", 3), (a, "2026-06-10", 9), (b, "2026-06-10", 6)):
            on = date.fromisoformat(day)
            row = SurveyResponse(customer_id=who, answered_on=on, nps=nps, operation_id=number)
            session.add(row)
        session.add(
            Interaction(
                customer_id=a,
                at=datetime(2026, 11, 1, tzinfo=UTC),
                channel="phone",
                direction="out",
                kind="followup",
                personal=True,
                staff="李娜",
                operation_id=number,
            )
        )
    return db


def codes(invoke: Invoke, *words: str) -> str:
    said = invoke("customers", "list", *words, "-f", "json")
    assert said.exit_code == 0, said.output
    return "".join(one["code"] for one in json.loads(said.stdout))


CASES: list[tuple[str, str]] = [
    ("", "ABCK"),
    ("--status all", "ABCDK"),
    ("--tag 亲子", "AB"),
    ("--tag 亲子 --tag 摄影", "A"),
    ("--tag 摄影,没有", "A"),
    ("--not-tag 摄影", "BCK"),
    ("--tag 亲子 --not-tag 摄影", "B"),
    ("--kind 公司", "K"),
    ("--kind person,company", "ABCK"),
    ("--city suzhou,杭州", "ABC"),
    ("--owner 李娜", "AK"),
    ("--unowned", "C"),
    ("--source 抖音", "A"),
    ("--tier none", "CK"),
    ("--tier A,none", "ACK"),
    ("--cadence none", "K"),  # C has a trip ahead, and is active
    ("--cadence active", "ABC"),
    ("--quadrant large_high", "A"),
    ("--bought 云南", "AB"),
    ("--bought 邮轮", "A"),
    ("--bought 海岛,东京", "AC"),
    ("--not-bought 云南", "CK"),
    ("--departed 2026", "AB"),
    ("--departed 2026-05..2026-05", "A"),
    ("--departed ..2025-12-31", "A"),
    ("--departed 2026-12..", ""),  # ahead, and not departed
    ("--spend-over 1000", "A"),
    ("--spend-over 999.99", "AB"),
    ("--trips 2", "A"),
    ("--trips 1..", "AB"),
    ("--trips 0", "CK"),
    ("--trips ..1", "BCK"),
    ("--birthday-in 3", "A"),
    ("--birthday-in 9月", "B"),  # 农历八月十五 of 2027
    ("--answered nps:0..6", "B"),  # the last answer counts
    ("--answered nps:9..", "A"),
    ("--contacted-not-since 19", "BCK"),
    ("--contacted-not-since 18", "ABCK"),
    ("--price-sensitive", ""),
]


def test_each_filter_by_a_known_answer(invoke: Invoke, book: Path) -> None:
    for words, found in CASES:
        assert codes(invoke, *words.split()) == found, words
    assert codes(invoke, "--quadrant", "large, high") == "A"  # a word with a comma in it


def test_a_trip_counts_from_the_day_it_is_booked_until_it_is_cancelled(
    invoke: Invoke, book: Path
) -> None:
    with writing(book) as session:
        who = add_customer(session, "E", name="周七")
        row = {"destination": "西藏", "booked_on": date(2026, 11, 18)}
        add_trip(
            session, who, "2026-11-18", status="cancelled", cancelled_on=date(2026, 11, 20), **row
        )
    for today, found in (("17", ""), ("18", "E"), ("19", "E"), ("20", "")):
        assert invoke("settings", "today", f"2026-11-{today}").exit_code == 0
        assert codes(invoke, "--bought", "西藏") == found, today
        assert ("E" in codes(invoke, "--trips", "1")) == (found == "E"), today


def test_what_cannot_be_is_refused_and_nothing_is_saved(invoke: Invoke, book: Path) -> None:
    for words in (
        "--tier E", "--trips 5..2", "--trips ..", "--departed soon", "--birthday-in 13",
        "--answered nps", "--prefer reply=pigeon", "--spend-over much", "--tag ,",
        "--owner 李娜 --unowned", "--contacted-not-since week",
    ):  # fmt: skip
        said = invoke("customers", "list", *words.split(), "--save", "坏")
        assert said.exit_code == 2, (words, said.output)
    assert invoke("customers", "list", "--field", "没有=1").exit_code == 3
    assert invoke("customers", "list", "--saved", "没有").exit_code == 3
    assert invoke("customers", "list", "--save", "空").exit_code == 2
    assert json.loads(invoke("customers", "filters", "-f", "json").stdout) == []


def test_filters_are_saved_combined_replaced_and_removed(invoke: Invoke, book: Path) -> None:
    kept = invoke("customers", "list", "--tag", "亲子", "--bought", "云南", "--save", "亲子海岛")
    assert "--tag 亲子 --bought 云南" in kept.stderr
    assert codes(invoke, "--saved", "亲子海岛") == "AB"
    assert codes(invoke, "--saved", "亲子海岛", "--tag", "摄影") == "A"
    invoke("customers", "list", "--owner", "小林", "--save", "小林的")
    assert codes(invoke, "--saved", "亲子海岛", "--saved", "小林的") == "B"
    exported = invoke("customers", "export", "--saved", "亲子海岛", "-f", "json", "--reveal")
    assert [one["code"] for one in json.loads(exported.stdout)] == ["A", "B"]
    plain = invoke("customers", "export", "-f", "json").stdout  # all of them, whatever became
    assert [one["code"] for one in json.loads(plain)] == ["A", "B", "C", "D", "K"]
    invoke("customers", "list", "--tag", "摄影", "--save", "亲子海岛")
    assert codes(invoke, "--saved", "亲子海岛") == "A"
    rows = json.loads(invoke("customers", "filters", "-f", "json").stdout)
    assert rows[0] == {"name": "亲子海岛", "options": "--tag 摄影", "customers": 1}
    assert invoke("customers", "filters", "--remove", "亲子海岛").exit_code == 0
    assert invoke("customers", "list", "--saved", "亲子海岛").exit_code == 3
    invoke("undo")
    assert codes(invoke, "--saved", "亲子海岛") == "A"


def test_own_fields_have_a_place_everywhere(invoke: Invoke, book: Path, tmp_path: Path) -> None:
    fields = (("饮食禁忌", "text"), ("到期", "day"), ("积分", "number"), ("会员", "flag"))
    for name, kind in fields:
        assert invoke("customers", "fields", "add", name, "--kind", kind).exit_code == 0
    for taken in ("姓名", "饮食禁忌 ", "a=b"):
        assert invoke("customers", "fields", "add", taken).exit_code == 1, taken
    given = [f"--field={one}" for one in ("饮食禁忌=不吃辣", "到期=2027-1-2", "积分=1,200.50")]
    assert invoke("customers", "edit", "A", *given, "--field", "会员=是").exit_code == 0
    assert invoke("customers", "edit", "A", "--field", "积分=很多").exit_code == 2
    # 饮食禁忌 is a header of needs elsewhere: the agency's own field goes before it.
    sheet = tmp_path / "客户.csv"
    sheet.write_text(
        "客户编号,饮食禁忌,到期,积分,会员\nB,不吃葱,2026/12/31,7,否\n", encoding="utf-8"
    )
    assert invoke("customers", "import", sheet).exit_code == 0
    shown = json.loads(invoke("customers", "show", "B", "-f", "json").stdout)[0]
    assert (shown["饮食禁忌"], shown["needs"]) == ("不吃葱", None)
    assert (shown["到期"], shown["积分"], shown["会员"]) == ("2026-12-31", 7, False)
    assert "不吃辣" in invoke("customers", "show", "A").stdout
    for words, found in (
        ("饮食禁忌=不吃辣", "A"), ("饮食禁忌", "AB"), ("饮食禁忌=", "CK"), ("积分=100..", "A"),
        ("到期=..2026-12-31", "B"), ("会员=yes", "A"),
    ):  # fmt: skip
        assert codes(invoke, "--field", words) == found, words
    out = tmp_path / "all.csv"
    invoke("customers", "export", "--reveal", "-o", out)
    with out.open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.DictReader(file))["积分"] == "1200.5"
    again = invoke("customers", "import", out, "-f", "json")
    assert json.loads(again.stdout)[0]["unchanged"] == 5
    assert "不吃葱" in invoke("customers", "dossier", "B").stdout
    assert "2 values" in invoke("customers", "fields", "remove", "饮食禁忌", "--yes").stdout
    assert "饮食禁忌" not in invoke("customers", "list", "-f", "json").stdout
    invoke("undo")
    assert codes(invoke, "--field", "饮食禁忌=不吃辣") == "A"
    number = str(json.loads(invoke("imports", "list", "-f", "json").stdout)[0]["operation"])
    assert invoke("imports", "undo", number, "--keep-touched").exit_code == 0
    assert codes(invoke, "--field", "积分") == "A"


def test_preferences_are_noted_shown_and_stand_on_every_due_line(
    invoke: Invoke, book: Path, tmp_path: Path
) -> None:
    invoke("customers", "prefer", "A", "seat=aisle", "reply=微信@晚上", "宠物=狗")
    invoke("customers", "prefer", "A", "seat=")
    assert "reply: WeChat evening" in invoke("customers", "prefer", "A").stdout
    assert invoke("customers", "prefer", "A", "seat").exit_code == 2
    assert "联系偏好: 微信 晚上 · 宠物: 狗" in invoke("customers", "show", "A", lang="zh").stdout
    invoke("followups", "add", "A", "回电", "--on", DAY)
    row = next(
        one
        for one in json.loads(invoke("followups", "due", "-f", "json").stdout)
        if one["customer"] == "A"
    )
    assert row["reply"] == "wechat@evening"
    for words in (
        ("followups", "due"), ("followups", "due", "--brief"), ("followups", "calendar", "-"),
        ("today",), ("followups", "show", row["id"]),
    ):  # fmt: skip
        said = invoke(*words, lang="zh").stdout.replace("\r\n ", "")
        assert "微信 晚上" in said, words
    assert codes(invoke, "--prefer", "reply=微信") == "A"  # at whatever time
    assert codes(invoke, "--prefer", "seat") == ""
    assert codes(invoke, "--prefer", "宠物=") == "A"  # whatever is noted there
    out = tmp_path / "all.xlsx"
    invoke("customers", "export", "--reveal", "-o", out, lang="zh")
    assert json.loads(invoke("customers", "import", out, "-f", "json").stdout)[0]["updated"] == 0
    sheet = tmp_path / "likes.csv"
    sheet.write_text("code,preferences\nA,宠物=猫; diet=清真\nA,宠物=鱼\n", encoding="utf-8")
    read = json.loads(invoke("customers", "import", sheet, "-f", "json").stdout)[0]
    assert (read["updated"], read["rejected"]) == (1, 1)  # the second row says otherwise
    shown = json.loads(invoke("customers", "show", "A", "-f", "json").stdout)[0]
    assert shown["preferences"] == "reply=wechat@evening; diet=halal; 宠物=猫"
    invoke("undo")
    shown = json.loads(invoke("customers", "show", "A", "-f", "json").stdout)[0]
    assert shown["preferences"] == "reply=wechat@evening; 宠物=狗"
