"""`tourcrm stats referrals`: who brought whom, and what came of it; no loops."""

import json
from pathlib import Path

import pytest

from tests import builders
from tests.conftest import Invoke
from tourcrm.analysis import referrals
from tourcrm.db import engine
from tourcrm.models import Customer

# code: (brought by, prices of trips in yuan)
_BROUGHT: dict[str, tuple[str | None, tuple[int, ...]]] = {
    "A": (None, (100,)),
    "B": ("A", (200, 50)),
    "C": ("B", (400,)),
    "D": ("A", ()),
    "E": (None, ()),
    "F": ("E", (1000,)),
    "G": (None, (7,)),  # neither brought nor brings
}


@pytest.fixture(autouse=True)
def agency(db: Path) -> Path:
    builders.agency(db, today="2026-11-20", time_zone="Asia/Shanghai")
    with builders.writing(db) as session:
        ids: dict[str | None, int] = {}
        for code, (by, prices) in _BROUGHT.items():
            ids[code] = builders.add_customer(session, code, referred_by_id=ids.get(by))
            for price in prices:
                builders.add_trip(session, ids[code], "2026-05-01", price=100 * price)
        builders.add_trip(session, ids["D"], "2026-05-01", price=900, status="quoted")
    return db


def test_trees_with_what_they_brought(invoke: Invoke) -> None:
    found = json.loads(invoke("stats", "referrals", "-f", "json").stdout)
    told = ("customer", "level", "path", "referred_by", "brought", "brought_all", "revenue_brought")
    assert [tuple(row[one] for one in told) for row in found] == [
        ("E", 0, "E", None, 1, 1, 1000.0),
        ("F", 1, "E > F", "E", 0, 0, 0.0),
        ("A", 0, "A", None, 2, 3, 650.0),
        ("B", 1, "A > B", "A", 1, 1, 400.0),
        ("C", 2, "A > B > C", "B", 0, 0, 0.0),
        ("D", 1, "A > D", "A", 0, 0, 0.0),
    ]
    assert [row["trips"] for row in found] == [0, 1, 1, 2, 1, 0]
    page = invoke("stats", "referrals").stdout
    assert "  └ C" in page and "3 customers brought others: 4 of them, with ¥1,650.00." in page
    assert "3 位客户介绍了 4 位客户" in invoke("stats", "referrals", lang="zh").stdout
    early = json.loads(invoke("stats", "referrals", "--limit", "1", "-f", "json").stdout)
    assert len(early) == 1


def test_nobody_is_brought_by_whom_they_brought(invoke: Invoke, tmp_path: Path) -> None:
    for code, by in (("A", "C"), ("A", "A"), ("E", "F")):
        refused = invoke("customers", "edit", code, "--referred-by", by)
        assert refused.exit_code == 1, (code, by)
    assert "loop" in invoke("customers", "edit", "A", "--referred-by", "C").stderr
    assert invoke("customers", "edit", "A", "--referred-by", "F").exit_code == 0  # that is none
    many = invoke("customers", "edit", "--where", "status=active", "--referred-by", "C", "--yes")
    assert many.exit_code == 0, many.output  # those above C, and C, are left as they are
    found = json.loads(invoke("stats", "referrals", "-f", "json").stdout)
    assert {row["customer"]: row["referred_by"] for row in found} == {
        "E": None,
        "F": "E",
        "A": "F",
        "B": "A",
        "C": "B",
        "D": "C",
        "G": "C",
    }
    sheet = tmp_path / "in.csv"
    sheet.write_text("编号,介绍人\nE,G\nG,A\n", encoding="utf-8")
    said = invoke("customers", "import", sheet)
    assert "介绍人: 1 rows name somebody whom the customer brought" in said.stdout
    found = json.loads(invoke("stats", "referrals", "-f", "json").stdout)
    known = {row["customer"]: row["referred_by"] for row in found}
    assert (known["E"], known["G"]) == (None, "A")


def test_loops_that_are_there_are_survived_and_told(invoke: Invoke, db: Path) -> None:
    with builders.writing(db) as session:
        for code, by in ((1, 3), (7, 7)):
            session.get_one(Customer, code).referred_by_id = by
        below = 3
        for _ in range(3_000):  # deeper than Python calls itself
            below = builders.add_customer(session, referred_by_id=below)
    with engine.reading(db) as session:
        found = referrals.trees(session, builders.TODAY)
    assert found.loops == [("A", "B", "C"), ("G",)]
    assert len(found.rows) == 3_007
    assert max(one.level for one in found.rows) == 3_002
    assert sum(one.revenue for one in found.rows) == 100 * (100 + 250 + 400 + 1000 + 7)
    told = invoke("stats", "referrals", "--limit", "3").stderr
    assert "A, B, C brought one another" in told and "G is noted as brought by itself" in told
