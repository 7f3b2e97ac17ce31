"""The sheet for the guide, and the itinerary, at the command line."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests import builders
from tests.conftest import Invoke
from tourcrm.base.display import width
from tourcrm.reports.departure_sheet import sorted_needs

ID = "110101198505024826"


@pytest.fixture(autouse=True)
def agency(db: Path) -> Path:
    builders.agency(db, today="2026-11-20", time_zone="Asia/Shanghai")
    with builders.writing(db) as session:
        first = builders.add_customer(
            session, name="王芳", phone="+8613812345678", id_number=ID, needs="不吃辣；轮椅"
        )
        builders.add_special_date(session, first, "birthday", 5, 2, year=1985)
        builders.add_customer(
            session, name="李娜", passport_no="E12345678", passport_expires_on=date(2027, 5, 3)
        )
        builders.add_customer(session, name="张伟")
    return db


@pytest.fixture
def does(invoke: Invoke) -> Any:
    """Run commands that must succeed; returns what they print."""

    def run(line: str, *more: str, lang: str = "en") -> str:
        done = invoke(*line.split(), *more, lang=lang)
        assert done.exit_code == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture(autouse=True)
def coach(does: Any, agency: Path) -> None:
    """A departure with one booking of three, of whom two are named, and one that was cancelled."""
    line = "departures add D1 --destination 云南昆明 --departs 2027-05-01 --returns 2027-05-06"
    does(line + " --seats 9 --guide 老周")
    does("trips add 王芳 --departure D1 --people 3", "--needs", "大床房")
    does("trips travellers T0000001 --add 李娜")
    does("trips add 张伟 --departure D1")
    does("trips cancel T0000002")


def sheet(does: Any, *more: str) -> dict[str, Any]:
    return dict(json.loads(does("departures sheet D1 -f json", *more)))


def test_the_sheet_names_who_comes_with_papers_and_needs(does: Any) -> None:
    found = sheet(does)
    assert (found["people_booked"], found["guide"]) == (3, "老周")
    first, second = found["people"]
    assert (first["name"], first["party"], first["unnamed"]) == ("王芳", 3, 1)
    assert (first["diet"], first["room"], first["needs"]) == ("不吃辣", "大床房", "轮椅")
    assert first["phone"] == "+8613812345678"  # ringing is the job
    assert first["id_number"] == "110***********4826"
    assert (second["role"], second["passport_no"]) == ("traveller", "E*******8")
    assert second["passport_expires_on"] == "2027-05-03"


def test_papers_in_full_are_recorded(does: Any, db: Path) -> None:
    assert sheet(does, "--reveal")["people"][0]["id_number"] == ID
    with builders.writing(db) as session:
        verbs = session.connection().exec_driver_sql("SELECT verb FROM operation").scalars()
        assert "departures sheet --reveal" in list(verbs)


def test_birthdays_on_the_way_are_on_the_sheet(does: Any) -> None:
    [one] = sheet(does)["birthdays"]
    assert one == {"on": "2027-05-02", "customer": "C000001", "name": "王芳", "years": 42}


def test_the_page_fits_in_both_languages(does: Any) -> None:
    does("trips itinerary --departure D1 --add", "2: " + "石林" * 50)
    does("destinations note 云南 emergency", "电话 120；" * 20)
    for lang, words in (
        ("en", ("1 not named", "meals: 不吃辣", "EXPIRES ON 2027-05-03", "turns 42", "day 2")),
        ("zh", ("1 人未登记", "饮食：不吃辣", "2027-05-03 到期", "满 42 岁", "第 2 天")),
    ):
        page = does("departures sheet D1", lang=lang)
        for one in words:
            assert one in page
        assert ID not in page
        assert max(map(width, page.splitlines())) <= 80
        assert "张伟" not in page


def test_the_sheet_as_files(does: Any, tmp_path: Path) -> None:
    import openpyxl

    does("trips itinerary --departure D1 --add", "2: 石林")
    does("departures sheet D1 -o", str(tmp_path / "a.xlsx"), lang="zh")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["出行人", "行程", "生日", "应急电话"]
    assert [row[2].value for row in book["出行人"].iter_rows()] == ["姓名", "王芳", "李娜"]
    assert [row[2].value for row in book["行程"].iter_rows()] == ["安排", "石林"]
    does("departures sheet D1 -o", str(tmp_path / "a.json"))
    assert json.loads((tmp_path / "a.json").read_text("utf-8"))["people_booked"] == 3
    does("departures sheet D1 -o", str(tmp_path / "a.csv"))
    assert (tmp_path / "a.csv").read_text("utf-8").splitlines()[1].startswith("T0000001,C000001")
    assert does("departures sheet D1 -f csv").startswith("trip,customer,name")


def test_needs_are_sorted_and_none_is_lost() -> None:
    assert sorted_needs(["素食，大床房", None]) == ("素食", "大床房", None)
    assert sorted_needs(["对花生，海鲜过敏"]) == ("对花生，海鲜过敏", None, None)
    assert sorted_needs(["wheelchair, twin room"]) == (None, "wheelchair, twin room", None)
    assert sorted_needs(["轮椅"]) == (None, None, "轮椅")
    assert sorted_needs(["vegetarian, quiet room; child seat", "child seat"]) == (
        "vegetarian", "quiet room", "child seat",
    )  # fmt: skip


# --- the itinerary --------------------------------------------------------------------------------


def itinerary(does: Any, whose: str) -> list[tuple[int, str, str]]:
    rows = json.loads(does(f"trips itinerary {whose} -f json"))
    return [(row["n"], row["on_day"], row["what"]) for row in rows]


def test_lines_are_added_and_removed(does: Any, invoke: Invoke) -> None:
    add = ("--add", "第2天：石林 9:30", "--add", "2027-05-01: 接机", "--add", "D3：大理")
    does("trips itinerary --departure D1", *add)
    does("trips itinerary T0000001 --add", "2: 家宴")
    assert itinerary(does, "T0000001") == [
        (1, "2027-05-01", "接机"),
        (2, "2027-05-02", "石林 9:30"),
        (3, "2027-05-02", "家宴"),
        (4, "2027-05-03", "大理"),
    ]
    refused = invoke("trips", "itinerary", "T0000001", "--remove", "1")
    assert refused.exit_code == 1
    assert "--departure D1" in refused.stderr
    does("trips itinerary T0000001 --remove 3")
    does("trips itinerary --departure D1 --remove 1 --remove 3")
    assert itinerary(does, "T0000001") == [(1, "2027-05-02", "石林 9:30")]


@pytest.mark.parametrize(
    ("line", "code"), [("7: x", 1), ("0: x", 1), ("2027-04-30: x", 1), ("石林", 2), ("x: y", 2)]
)
def test_a_line_that_is_none_is_refused_and_none_is_added(
    does: Any, invoke: Invoke, line: str, code: int
) -> None:
    done = invoke("trips", "itinerary", "--departure", "D1", "--add", "1: a", "--add", line)
    assert done.exit_code == code, done.stderr
    assert itinerary(does, "--departure D1") == []


def test_lines_move_with_the_journey(does: Any) -> None:
    does("trips itinerary --departure D1 --add", "2: 石林")
    does("trips itinerary T0000001 --add", "3: 家宴")
    does("departures edit D1 --departs 2027-06-01")
    assert itinerary(does, "T0000001") == [(1, "2027-06-02", "石林"), (2, "2027-06-03", "家宴")]
    does("trips add 张伟 --destination 北疆 --departs 2027-07-01 --days 3")
    does("trips itinerary T0000003 --add", "2: 喀纳斯")
    does("trips edit T0000003 --departs 2027-07-11")
    assert itinerary(does, "T0000003") == [(1, "2027-07-12", "喀纳斯")]


def test_a_trip_or_a_departure_must_be_said(invoke: Invoke) -> None:
    assert invoke("trips", "itinerary").exit_code == 2
    assert invoke("trips", "itinerary", "T0000001", "--departure", "D1").exit_code == 2
