"""`tourcrm check --data`: what is to be mended of customers, by person in charge."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests import builders
from tests.conftest import Invoke
from tourcrm.models import Traveller

ID = "11010519491231002X"  # of a woman born on 1949-12-31
Does = Callable[..., Any]


@pytest.fixture(autouse=True)
def agency(db: Path) -> Path:
    """A to D by revenue; a company; others with documents, of whom two travel abroad."""
    builders.agency(db, today="2026-11-20", time_zone="Asia/Shanghai")
    with builders.writing(db) as session:
        add, trip = builders.add_customer, builders.add_trip
        best = add(session, "A1", name="王芳", owner="小林")
        firm = add(
            session, "A2", name="东方公司", kind="company", owner=" ", phone="+8613800000001"
        )
        small = add(session, "D1", name="李明")  # of whom nothing is known, and that hurts nobody
        lost = add(session, "X1", name="赵六", status="lost", id_number=ID, gender="male")
        add(session, "X2", name="钱七", kind="internal", passport_name="SUN/BA")
        for who, price in ((best, 6_000_000), (firm, 3_500_000), (small, 10_000), (lost, 500_000)):
            trip(session, who, "2026-05-01", price=price)
        for code, facts in {
            "P1": {"name": "单雄信", "passport_name": "DAN/XIONGXIN", "owner": "小林"},
            "P2": {"name": "單小芳", "passport_name": "SHAN/XIAOFANG"},
            "P3": {"name": "陈大文", "passport_name": "CHAN TAI MAN", "phone": "+85261234567"},
            "I1": {"name": "孙丽", "id_number": ID, "gender": "male", "owner": "阿芳"},
            "I2": {"name": "孙芳", "id_number": ID, "gender": "female"},
        }.items():
            add(session, code, **facts)
        session.flush()
        builders.add_special_date(session, 9, "birthday", 12, 30, year=1949)
        builders.add_special_date(session, 10, "birthday", 12, 31)
        early = add(
            session, "E1", name="周一", passport_expires_on=date(2026, 12, 24), owner="阿芳"
        )
        soon = add(session, "E2", name="周二", passport_expires_on=date(2027, 6, 24))
        good = add(session, "E3", name="周三", passport_expires_on=date(2027, 6, 25))
        more = {"abroad": True, "returns_on": "2026-12-25"}
        trip(session, early, "2026-12-20", code="T1", **more)
        on = trip(session, good, "2026-12-20", code="T2", **more)
        trip(session, soon, "2026-12-20", code="T3", status="quoted", **more)
        trip(session, early, "2026-12-21", code="T4", abroad=False)
        trip(session, early, "2026-03-01", code="T5", abroad=True)
        session.add(
            Traveller(trip_id=on, customer_id=soon, operation_id=builders.numbering(session)())
        )
    return db


WRONG = [
    # 小林
    ("P1", "passport_name", "DAN/XIONGXIN"),
    ("A1", "no_phone", None),
    ("A1", "no_birthday", None),
    # 阿芳
    ("E1", "passport_ends", "ends on 2026-12-24, before T1 returns on 2026-12-25"),
    ("I1", "id_birthday", "here 1949-12-30, in the ID number 1949-12-31"),
    ("I1", "id_gender", None),
    # nobody
    (
        "E2",
        "passport_ends",
        "ends on 2027-06-24, less than 6 months after T2 returns on 2026-12-25",
    ),
    ("A2", "no_owner", None),
]


def test_what_is_wrong_or_missing_where_it_hurts(invoke: Invoke) -> None:
    done = invoke("check", "--data", "-f", "json")
    found = json.loads(done.stdout)
    assert done.exit_code == 0  # that is no fault of the database
    assert [(one["customer"], one["what"], one["detail"]) for one in found] == WRONG
    assert {one["customer"]: one["owner"] for one in found}["A2"] is None
    assert [one["tier"] for one in found if one["customer"] == "A1"] == ["A", "A"]
    assert "6 customers have something to be mended." in done.stderr

    people = invoke("check", "--data").stdout
    assert (
        people.index("小林: 3 to mend") < people.index("阿芳: 3") < people.index("nobody in charge")
    )
    assert "The file is" in people and "passport has another name" in people
    chinese = invoke("check", "--data", lang="zh").stdout
    assert (
        "阿芳：3 项待补正" in chinese
        and "护照姓名与姓名不符" in chinese
        and "资料完整率" in chinese
    )
    assert "ID number" not in chinese

    for owner, codes in (("阿芳", {"E1", "I1"}), ("", {"E2", "A2"}), ("张", set())):
        mine = json.loads(invoke("check", "--data", "--owner", owner, "-f", "json").stdout)
        assert {one["customer"] for one in mine} == codes
    for wrong in (["--owner", "阿芳"], ["-f", "json"], ["--fields"], ["--data", "--repair"]):
        assert invoke("check", *wrong).exit_code == 2


def test_how_complete_the_file_is(invoke: Invoke) -> None:
    rows = json.loads(invoke("check", "--data", "--fields", "-f", "json").stdout)
    counted = {row["field"]: (row["customers"], row["filled"]) for row in rows}
    # Ten persons and a company are active; the lost and the agency's own do not count.
    assert counted["phone"] == (11, 2)
    assert counted["owner"] == (11, 4)
    assert counted["birthday"] == (10, 2)
    assert counted["gender"] == (10, 2)
    assert counted["email"] == (1, 0)
    whole = rows[-1]
    assert whole["field"] == "all"
    assert whole["customers"] == sum(one["customers"] for one in rows[:-1])
    assert whole["share"] == pytest.approx(whole["filled"] / whole["customers"], abs=1e-6)


def test_a_passport_of_another_name_is_told_at_once(invoke: Invoke) -> None:
    told = "does not spell"
    added = invoke("customers", "add", "吕布", "--passport-name", "LU/BU")
    assert added.exit_code == 0 and told in added.stderr
    code = added.stdout.split()[1]
    assert told not in invoke("customers", "edit", code, "--passport-name", "LYU/BU").stderr
    assert told in invoke("customers", "edit", code, "--name", "吕不韦").stderr
    assert told not in invoke("customers", "edit", code, "--city", "杭州").stderr

    trip = ["--destination", "日本", "--departs", "2027-03-01"]
    assert told in invoke("trips", "add", code, *trip, "--abroad", "yes").stderr
    assert told not in invoke("trips", "add", code, *trip, "--abroad", "no").stderr
    quoted = ("trips", "add", "P2", *trip, "--abroad", "yes", "--status", "quoted")
    booking = invoke(*quoted).stdout.split()[1].rstrip(".")
    along = invoke("trips", "travellers", booking, "--add", code)
    assert along.exit_code == 0, along.output
    assert told in invoke("trips", "book", booking).stderr
    assert told in invoke("trips", "travellers", booking, "--add", "P1").stderr


def test_passports_of_a_sheet_are_counted(invoke: Invoke, tmp_path: Path) -> None:
    sheet = tmp_path / "in.csv"
    sheet.write_text(
        "姓名,手机,护照姓名\n王小明,13811110001,WANG/XIAOMING\n曾一,13811110002,CENG/YI\n仇二,13811110003,CHOU/ER\n",
        encoding="utf-8",
    )
    said = invoke("customers", "import", sheet)
    assert said.exit_code == 0, said.output
    assert "护照姓名: 2 do not spell the name" in said.stdout and "lines 3, 4" in said.stdout
