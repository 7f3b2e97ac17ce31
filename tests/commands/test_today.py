"""`tourcrm today`: what a colleague reads in the morning."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.builders import add_customer, add_special_date, add_trip, agency, writing
from tests.conftest import Invoke
from tourcrm.base.display import width

# The catalogue is checked elsewhere; what is told is the same in both languages.
LANGUAGES = ("en", "zh")


@pytest.fixture
def filled(db: Path) -> Path:
    """A small agency on 20 September 2026, five days before the Mid-Autumn Festival."""
    agency(db, today="2026-09-20", language="zh")
    with writing(db) as session:
        fang = add_customer(session, "C1", name="王芳", phone="+8613812345678", owner="李娜")
        home = {"returns_on": "2026-09-19", "destination": "桂林", "party_size": 2}
        add_trip(session, fang, "2026-09-12", price=500_000, **home)
        add_special_date(session, fang, "birthday", 8, 15, calendar="lunar")
        for number, size in ((2, 2), (3, 3)):
            who = add_customer(session, f"C{number}", owner="吴昊")
            add_trip(
                session,
                who,
                "2026-09-22",
                returns_on="2026-09-30",
                destination="云南",
                party_size=size,
            )
        away = add_customer(session, "C4", name="李四")
        add_trip(session, away, "2026-09-18", returns_on="2026-09-25", party_size=4)
        add_trip(session, away, "2026-09-24", service="visa", destination="日本")
        add_trip(
            session, away, "2026-09-23", destination="三亚", status="cancelled",
            cancelled_on="2026-09-01",
        )  # fmt: skip
        add_trip(session, away, "2026-09-28", destination="太晚")
        add_special_date(session, away, "birthday", 9, 20)
        silent: list[dict[str, Any]] = [{"status": "deceased"}, {"do_not_contact": True}]
        for number, fields in enumerate(silent, 5):
            add_special_date(
                session, add_customer(session, f"C{number}", **fields), "birthday", 9, 21
            )
    return db


def parts(invoke: Invoke, *words: str) -> dict[str, Any]:
    done = invoke("today", "-f", "json", *words)
    assert done.exit_code == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.usefixtures("filled")
def test_the_page_tells_the_morning(invoke: Invoke) -> None:
    page = invoke("today").stdout.splitlines()
    assert page[:2] == [
        "2026-09-20 Sunday",
        "Festivals: Mid-Autumn Festival 09-25, in 5 days · National Day 10-01, in 11 days",
    ]
    assert "   1. Travel handbook · 云南 · 2 customers" in page
    assert (
        "   2. 王芳 A              138 1234 5678   Welcome home: a call + Send a birthda…" in page
    )
    assert "  09-22  云南 · 2 customers, 5 travellers · no handbook yet" in page
    assert "  09-19  桂林 · 1 customer, 2 travellers" in page
    assert "On a trip now: 1 customer, 4 travellers" in page
    assert "  09-20  李四  -  C4" in page
    assert "  09-25  王芳  A  C1 · lunar 15th of the 8th month" in page
    assert not [line for line in page if "C5" in line or "C6" in line]


@pytest.mark.usefixtures("filled")
def test_in_chinese_the_day_has_its_lunar_name(invoke: Invoke) -> None:
    page = invoke("today", lang="zh").stdout
    assert page.startswith("2026-09-20 星期日 · 农历八月初十\n")
    assert "中秋" in page
    assert "手册未发" in page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_money_due_this_week_and_the_most_overdue(invoke: Invoke, filled: Path, lang: str) -> None:
    booked = {"price": 100_000, "booked_on": "2026-08-01"}
    with writing(filled) as session:
        for number, departs in enumerate(("2026-09-08", "2026-10-10", "2026-10-11"), 1):
            who = add_customer(session, f"M{number}", name=f"欠{number}", owner="李娜")
            add_trip(session, who, departs, code=f"M{number}", **booked)
    for number in (1, 2, 3):
        assert invoke("payments", "add", f"M{number}", "300", "--on", "2026-08-01").exit_code == 0
    owed = parts(invoke)["money"]  # what is to be paid on 27 September is for another week
    assert [(one["trip"], one["days_overdue"]) for one in owed] == [("M1", 26), ("M2", 0)]
    page = invoke("today", lang=lang).stdout
    assert "¥1,400.00" in page
    heading, told = {
        "en": ("Money due this week: ¥1,400.00 · of it overdue: ¥700.00", "26 days overdue"),
        "zh": ("本周应收：¥1,400.00 · 其中逾期：¥700.00", "逾期 26 天"),
    }[lang]
    assert heading in page
    assert f"欠1 M1 · ¥700.00 · {told} · M1" in page
    assert parts(invoke, "--owner", "吴昊")["money"] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_birthday_on_the_way_stands_at_its_departure(
    invoke: Invoke, filled: Path, lang: str
) -> None:
    with writing(filled) as session:
        who = add_customer(session, "C9", name="韩梅")
        add_special_date(session, who, "birthday", 9, 24)
        away = {"returns_on": "2026-09-30", "destination": "云南", "guide": "阿明"}
        add_trip(session, who, "2026-09-22", **away)
    page = invoke("today", lang=lang).stdout
    assert {"en": "birthdays on the way: 韩梅", "zh": "途中生日：韩梅 9月24日"}[lang] in page
    (one,) = parts(invoke)["departures"]
    assert one["birthdays"] == "韩梅 24 September"
    handbook = next(line for line in parts(invoke)["due"] if line["rule"] == "handbook")
    assert "tell the guide 阿明, birthdays on the way: 韩梅 24 September" in handbook["reason"]


@pytest.mark.usefixtures("filled")
def test_scripts_get_one_object_of_all_parts(invoke: Invoke) -> None:
    found = parts(invoke)
    due = json.loads(invoke("followups", "due", "-f", "json").stdout)
    assert found["due"] == due
    assert {name: found[name] for name in found if name != "due"} == {
        "as_of": "2026-09-20",
        "customers_away": 1,
        "travellers_away": 4,
        "lapsed_unseen": 0,
        "festivals": [
            {"day": "2026-09-25", "festival": "mid_autumn"},
            {"day": "2026-10-01", "festival": "national_day"},
        ],
        "clocks": [],
        "unfinished": [],
        "refunds": [],
        "money": [],
        "waiting": [],
        "held": [{"why": "on a trip", "count": 1}],
        "departures": [
            {
                "day": "2026-09-22",
                "destination": "云南",
                "customers": 2,
                "travellers": 5,
                "unowned": 0,
                "handbook": "open",
                "birthdays": None,
            }
        ],
        "returns": [
            {
                "day": "2026-09-19",
                "destination": "桂林",
                "customers": 1,
                "travellers": 2,
                "unowned": 0,
            }
        ],
        "birthdays": [
            {
                "day": "2026-09-20",
                "customer": "C4",
                "name": "李四",
                "tier": None,
                "owner": None,
                "lunar": False,
            },
            {
                "day": "2026-09-25",
                "customer": "C1",
                "name": "王芳",
                "tier": "A",
                "owner": "李娜",
                "lunar": True,
            },
        ],
    }
    for form in ("csv", "jsonl"):
        refused = invoke("today", "-f", form)
        assert refused.exit_code == 2
        assert f"tourcrm followups due -f {form}" in refused.stderr


@pytest.mark.usefixtures("filled")
def test_a_departure_tells_whether_its_handbook_was_sent(invoke: Invoke) -> None:
    (line,) = [row for row in parts(invoke)["due"] if row["rule"] == "handbook"]
    assert invoke("followups", "done", line["id"]).exit_code == 0
    assert [row["handbook"] for row in parts(invoke)["departures"]] == ["sent"]
    assert invoke("followups", "undo", line["id"]).exit_code == 0
    assert [row["handbook"] for row in parts(invoke)["departures"]] == ["open"]


@pytest.mark.usefixtures("filled")
def test_one_joins_late_and_the_handbook_is_sent_to_some(invoke: Invoke, db: Path) -> None:
    (line,) = [row for row in parts(invoke)["due"] if row["rule"] == "handbook"]
    invoke("followups", "done", line["id"])
    with writing(db) as session:
        add_trip(session, 1, "2026-09-22", destination="云南")
    assert [row["handbook"] for row in parts(invoke)["departures"]] == ["partly"]


@pytest.mark.usefixtures("filled")
def test_a_colleague_sees_their_own_and_what_is_nobodys(invoke: Invoke) -> None:
    found = parts(invoke, "--owner", "李娜")
    assert (found["departures"], len(found["returns"])) == ([], 1)
    assert [row["customer"] for row in found["birthdays"]] == ["C4", "C1"]
    assert parts(invoke, "--owner", "吴昊")["returns"] == []


@pytest.fixture
def complaining(db: Path, invoke: Invoke) -> Path:
    """A complaint that was answered on 10 September and is made good on the 20th."""
    agency(db, today="2026-09-10", language="en")
    with writing(db) as session:
        fang = add_customer(session, "C1", name="王芳", owner="李娜")
        add_trip(session, fang, "2026-09-01", code="T1", price=500_000)
    for words in (
        ("open", "王芳", "房间有霉味", "--trip", "T1", "--category", "hotel"),
        ("respond", "K00001", "已换房"),
        ("attribute", "K00001", "service_failure"),
        ("compensate", "K00001"),
    ):
        assert invoke("complaints", *words).exit_code == 0
    invoke("settings", "today", "2026-09-20")
    return db


@pytest.mark.usefixtures("complaining")
def test_what_is_open_of_complaints_stays_in_sight_until_it_is_done(invoke: Invoke) -> None:
    page = invoke("today").stdout.splitlines()
    place = page.index("Complaints answered, not closed")
    assert (
        page[place + 1] == "  K00001 · 王芳 C1 · hotel · for 10 days · next: what was done · 李娜"
    )
    assert page[place + 3 :][:2] == [
        "Refunds promised, not paid",
        "  P0000001 · 王芳 C1 · ¥500.00 · for 10 days · T1",
    ]
    found = parts(invoke)
    (case,) = found["unfinished"]
    assert (case["code"], case["state"], case["lacks"]) == ("K00001", "judged", "resolution")
    assert found["refunds"] == [
        {
            "code": "P0000001",
            "customer": "C1",
            "name": "王芳",
            "trip": "T1",
            "complaint": "K00001",
            "amount": 500.0,
            "promised_on": "2026-09-10",
            "days": 10,
            "owner": "李娜",
        }
    ]
    (row,) = csv.DictReader(
        io.StringIO(invoke("payments", "list", "--promised", "-f", "csv").stdout)
    )
    assert row["days"] == "10"
    invoke("complaints", "resolve", "K00001", "已退款")
    assert "next: that the customer was told" in invoke("today").stdout
    invoke("complaints", "close", "K00001", "--told")
    assert parts(invoke)["unfinished"] == []
    assert len(parts(invoke)["refunds"]) == 1
    invoke("payments", "pay", "P0000001")
    assert parts(invoke)["refunds"] == []
    assert "Refunds" not in invoke("today").stdout


@pytest.mark.usefixtures("complaining")
def test_what_is_open_is_that_of_whoever_it_is_for(invoke: Invoke) -> None:
    for owner, count in (("李娜", 1), ("吴昊", 0)):
        found = parts(invoke, "--owner", owner)
        assert (len(found["unfinished"]), len(found["refunds"])) == (count, count)
    before = parts(invoke, "--as-of", "2026-09-09")
    assert (before["unfinished"], before["refunds"]) == ([], [])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_full_page_fits_80_cells_and_says_where_the_rest_is(
    invoke: Invoke, db: Path, lang: str
) -> None:
    agency(db, today="2026-11-20")
    with writing(db) as session:
        for number in range(30):
            name = "非常非常长的姓名" * 5 + str(number)
            who = add_customer(session, name=name, phone="+8613812345678")
            add_special_date(session, who, "birthday", 11, 20)
            place = f"{'很远的地方' * 9}{number:02}"
            day = "2026-11-21" if number % 2 else "2026-11-01"
            add_trip(session, who, day, returns_on="2026-11-22", destination=place)
            if number % 2:
                continue
            add_trip(session, who, "2026-10-01", returns_on="2026-10-02")
    page = invoke("today", lang=lang).stdout.splitlines()
    assert max(map(width, page)) <= 80
    assert [line for line in page if line.endswith("tourcrm followups due")]
    assert len(page) < 70


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_new_agency_is_told_how_to_begin(invoke: Invoke, db: Path, lang: str) -> None:
    agency(db, today="2026-11-20")
    page = invoke("today", lang=lang).stdout
    assert "tourcrm customers import" in page
    assert len(page.splitlines()) <= 5
    assert parts(invoke)["due"] == []


def test_a_quiet_day_has_no_empty_parts(invoke: Invoke, db: Path) -> None:
    agency(db, today="2026-11-20")
    with writing(db) as session:
        add_customer(session)
    assert invoke("today").stdout.splitlines() == ["2026-11-20 Friday", "", "Nothing is due."]


def test_tiers_are_known_where_no_rule_looks_at_birthdays(invoke: Invoke, db: Path) -> None:
    from tourcrm.agenda.rules.parser import DEFAULTS
    from tourcrm.models import Setting

    agency(db, today="2026-11-20")
    source = DEFAULTS.read_text("utf-8")
    birthday = source[source.index("[birthday]") : source.index("[dormant]")]
    own = birthday[: birthday.rindex("#")].replace('["birthday"]', '["wedding"]')
    with writing(db) as session:
        session.add(Setting(key="rules", value=own))
        who = add_customer(session, "C1", name="王芳")
        add_trip(session, who, "2026-03-01", price=100)
        add_special_date(session, who, "birthday", 11, 22)
    assert [row["tier"] for row in parts(invoke)["birthdays"]] == ["A"]
