"""Sheets with one row a traveller: one trip of each order number."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests import builders
from tests.conftest import Invoke

HEAD = "订单号,姓名,手机,目的地,出发日期,团费,特殊需求\n"
SHEET = HEAD + (
    "A1,王芳,13812345678,云南,2027-05-01,3980,不吃辣\n"
    "A1,李娜,13812345679,云南,2027-05-01,3980,轮椅\n"
    "A1,张伟,13812345670,云南,2027-05-01,1990,\n"
    "A2,赵敏,13812345671,北疆,2027-06-01,5000,\n"
)


@pytest.fixture(autouse=True)
def agency(db: Path) -> Path:
    return builders.agency(db, today="2026-11-20", time_zone="Asia/Shanghai")


def load(invoke: Invoke, folder: Path, text: str, *more: str) -> dict[str, Any]:
    file = folder / "sheet.csv"
    file.write_text(text, "utf-8")
    line = ("trips", "import", file, "--rows", "travellers", "--create-customers", "-f", "json")
    done = invoke(*line, *more)
    assert done.exit_code in (0, 4), done.stderr
    [row] = json.loads(done.stdout)
    return dict(row)


def party(invoke: Invoke, trip: str) -> list[str]:
    done = invoke("trips", "travellers", trip, "-f", "json")
    return [row["name"] for row in json.loads(done.stdout)]


def trip(invoke: Invoke, code: str) -> dict[str, Any]:
    [row] = json.loads(invoke("trips", "show", code, "-f", "json").stdout)
    return dict(row)


def test_rows_of_an_order_number_are_one_trip(invoke: Invoke, tmp_path: Path) -> None:
    done = load(invoke, tmp_path, SHEET)
    assert (done["read"], done["added"], done["rejected"]) == (4, 2, 0)
    row = trip(invoke, "A1")
    assert (row["name"], row["party_size"], row["price"]) == ("王芳", 3, 9950.00)
    assert row["needs"] == "不吃辣; 轮椅"
    assert party(invoke, "A1") == ["王芳", "李娜", "张伟"]
    assert (trip(invoke, "A2")["party_size"], party(invoke, "A2")) == (1, ["赵敏"])


def test_the_same_sheet_again_changes_nothing(invoke: Invoke, tmp_path: Path) -> None:
    load(invoke, tmp_path, SHEET)
    again = load(invoke, tmp_path, SHEET)
    assert (again["added"], again["updated"], again["rejected"]) == (0, 0, 0)
    assert party(invoke, "A1") == ["王芳", "李娜", "张伟"]


def test_a_traveller_who_comes_later_is_put_on_the_trip(invoke: Invoke, tmp_path: Path) -> None:
    load(invoke, tmp_path, SHEET)
    more = SHEET + "A1,钱七,13812345672,云南,2027-05-01,1000,\n"
    assert load(invoke, tmp_path, more)["updated"] == 1
    assert party(invoke, "A1") == ["王芳", "李娜", "张伟", "钱七"]
    assert (trip(invoke, "A1")["party_size"], trip(invoke, "A1")["price"]) == (4, 10950.00)


def test_it_is_taken_back_whole(invoke: Invoke, tmp_path: Path) -> None:
    load(invoke, tmp_path, SHEET)
    [row] = json.loads(invoke("imports", "list", "-f", "json").stdout)
    done = invoke("imports", "undo", str(row["operation"]))
    assert done.exit_code == 0, done.stderr
    assert json.loads(invoke("trips", "list", "-f", "json").stdout) == []
    assert json.loads(invoke("customers", "list", "-f", "json").stdout) == []


def test_an_order_that_cannot_be_comes_not_at_all(invoke: Invoke, tmp_path: Path) -> None:
    twice = SHEET + "A2,赵敏,13812345671,北疆,2027-06-01,5000,\n"
    assert load(invoke, tmp_path, twice)["rejected"] == 2
    spoilt = HEAD + "B1,王芳,13812345678,云南,2027-05-01,1,\nB1,李娜,13812345679,云南,never,1,\n"
    assert load(invoke, tmp_path, spoilt)["rejected"] == 2
    assert load(invoke, tmp_path, HEAD + ",王芳,13812345678,云南,2027-05-01,1,\n")["rejected"] == 1
    other = HEAD + "A1,钱七,13812345672,云南,2027-05-01,1,\n"
    assert load(invoke, tmp_path, other)["rejected"] == 1
    assert party(invoke, "A1") == ["王芳", "李娜", "张伟"]


def test_rows_that_name_nobody_are_counted(invoke: Invoke, tmp_path: Path) -> None:
    load(
        invoke,
        tmp_path,
        HEAD + "C1,王芳,13812345678,云南,2027-05-01,100,\nC1,,,云南,2027-05-01,50,\n",
    )
    assert (trip(invoke, "C1")["party_size"], trip(invoke, "C1")["price"]) == (2, 150.00)
    assert party(invoke, "C1") == ["王芳"]
