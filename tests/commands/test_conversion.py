"""What becomes of inquiries, who never buys, and how customers move from year to year."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests import builders
from tests.conftest import Invoke

KEYS = (
    "inquiries", "quoted", "booked", "lost", "open", "quote_rate", "booking_rate", "closing_rate",
    "days_to_quote", "days_to_book", "decision_days", "reasons", "rivals",
)  # fmt: skip


@pytest.fixture(autouse=True)
def agency(db: Path) -> Path:
    """Six leads, of which three asked in September; and a booking that was never an inquiry."""
    builders.agency(db, today="2026-11-20", time_zone="Asia/Shanghai")
    with builders.writing(db) as session:
        fang = builders.add_customer(session, "C1", name="王芳", source="抖音", owner="李娜")
        lei = builders.add_customer(session, "C2", name="李雷", source="门店")
        own = builders.add_customer(session, "C3", name="自己人", kind="internal")

        def lead(who: int, code: str, status: str, where: str, asked: str, **more: Any) -> None:
            days = {name: date.fromisoformat(day) for name, day in more.items() if "_on" in name}
            builders.add_trip(
                session, who, "2026-12-01" if status == "booked" else None, code=code,
                status=status, destination=where, inquired_on=date.fromisoformat(asked),
                **(more | days),
            )  # fmt: skip

        lead(
            fang,
            "A",
            "booked",
            "日本",
            "2026-09-01",
            quoted_on="2026-09-03",
            booked_on="2026-09-11",
        )
        lead(fang, "B", "booked", "云南", "2026-09-10", booked_on="2026-09-14", advisor="吴昊")
        for code, asked in (("X", "2026-09-20"), ("Y", "2026-10-02"), ("Z", "2026-10-05")):
            lead(
                lei, code, "lost", "日本", asked, quoted_on="2026-10-06", lost_on="2026-10-20",
                lost_reason="价格", rival="携程" if code == "X" else None, advisor="吴昊",
            )  # fmt: skip
        lead(lei, "Q", "quoted", "冰岛", "2026-11-01", quoted_on="2026-11-05", advisor="吴昊")
        for code in ("O1", "O2", "O3"):
            lead(own, code, "inquiry", "云南", "2026-11-10")
        builders.add_trip(session, lei, "2026-12-20", code="H", booked_on=date(2026, 11, 20))
    return db


def told(invoke: Invoke, words: str) -> Any:
    done = invoke(*words.split(), "-f", "json")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def test_from_inquiry_to_booking_by_month(invoke: Invoke) -> None:
    rows = told(invoke, "stats conversion")
    assert tuple(rows[0]) == ("period", *KEYS)
    assert [tuple(row.values()) for row in rows] == [
        (
            "2026-09", 3, 2, 2, 1, 0, 0.666667, 0.666667, 0.5, 9.0, 8.0, 7.0,
            "价格 (1)", "携程 (1)",
        ),
        ("2026-10", 2, 2, 0, 2, 0, 1.0, 0.0, 0.0, 2.5, None, None, "价格 (2)", None),
        ("2026-11", 4, 1, 0, 0, 4, 0.25, 0.0, 0.0, 4.0, None, None, None, None),
    ]  # fmt: skip


def test_however_it_is_cut_the_sums_are_the_same_and_later_days_do_not_count(
    invoke: Invoke,
) -> None:
    for as_of, sums in (("2026-11-20", (9, 5, 2, 3, 4)), ("2026-10-10", (5, 4, 2, 0, 3))):
        for by in ("source", "advisor", "destination", "month"):
            rows = told(invoke, f"stats conversion --by {by} --as-of {as_of}")
            assert tuple(sum(row[key] for row in rows) for key in KEYS[:5]) == sums, (by, as_of)
            assert all(
                one["inquiries"] == one["booked"] + one["lost"] + one["open"] for one in rows
            )
    for as_of, quoted in (("2026-11-04", 0), ("2026-11-05", 1)):  # the day itself counts
        rows = told(invoke, f"stats conversion --from 2026-11-01 --as-of {as_of}")
        assert [row["quoted"] for row in rows] == [quoted]
    by_source = told(invoke, "stats conversion --by source")
    assert [(row["source"], row["inquiries"]) for row in by_source] == [
        ("门店", 4), ("抖音", 2), (None, 3),
    ]  # fmt: skip
    by_adviser = told(invoke, "stats conversion --by advisor --to 2026-11-05")
    assert [(row["advisor"], row["inquiries"], row["booked"]) for row in by_adviser] == [
        ("吴昊", 5, 1), ("李娜", 1, 1),
    ]  # fmt: skip
    page = " ".join(invoke("stats", "conversion").stdout.split())
    assert "Reasons lost what losses ─" in page
    assert "携程 1 not said 2" in page


def test_who_asks_often_and_never_buys_is_named(invoke: Invoke, db: Path) -> None:
    early = "stats conversion --as-of 2026-11-19"  # on the next day he booked something
    page = " ".join(invoke(*early.split()).stdout.split())
    assert "1 customer asked 3 times or more and never booked: 李雷 (4)." in page
    assert told(invoke, f"{early} --never") == [
        {
            "customer": "C2", "name": "李雷", "inquiries": 4, "quoted": 4, "open": 1,
            "first_on": "2026-09-20", "last_on": "2026-11-01", "advisor": "吴昊",
            "reasons": "价格 (3)",
        }
    ]  # fmt: skip
    assert told(invoke, f"{early} --never --at-least 5") == []
    with builders.writing(db) as session:  # entered last, and asked first
        builders.add_trip(
            session, 2, None, code="W", status="inquiry", inquired_on=date(2026, 9, 1),
            advisor="李娜",
        )  # fmt: skip
    [often] = told(invoke, f"{early} --never --at-least 5")
    assert (often["first_on"], often["advisor"]) == ("2026-09-01", "吴昊")
    assert told(invoke, "stats conversion --never --at-least 1") == []
    assert "Nothing to show" in invoke("stats", "conversion", "--to", "2020-01-01").stdout
    assert invoke("stats", "conversion", "--never", "--by", "month").exit_code == 2


def test_a_customer_decides_after_so_many_days(invoke: Invoke) -> None:
    assert told(invoke, "customers show C1")[0]["decision_days"] == 7.0  # 10 and 4 days
    assert told(invoke, "customers show C1 --as-of 2026-09-12")[0]["decision_days"] == 10.0
    assert told(invoke, "customers show C2")[0]["decision_days"] is None
    assert "after 7 days, the middle of 2 trips" in invoke("customers", "show", "C1").stdout
    assert (
        "询价后7天（2次成交的中位数）" in invoke("--lang", "zh", "customers", "show", "C1").stdout
    )


# A customer's trips: months before 2026-11-20 (12 and more: the year before), and yuan.
HISTORIES: dict[str, tuple[tuple[tuple[str, int | None], ...], tuple[Any, ...]]] = {
    "升": ((("2025-11-20", 1000), ("2025-11-21", 1200)), ("rising", 200.0, 0.2, 1200.0, 1000.0)),
    "平": ((("2025-01-01", 1000), ("2026-01-01", 801)), ("steady", -199.0, -0.199, 801.0, 1000.0)),
    "降": ((("2025-01-01", 1000), ("2026-01-01", 800)), ("losing", -200.0, -0.2, 800.0, 1000.0)),
    "新": ((("2026-11-20", 500),), ("new", 500.0, None, 500.0, 0.0)),
    "回": ((("2020-01-01", 900), ("2026-02-01", 500)), ("rising", 500.0, None, 500.0, 0.0)),
    "走": ((("2024-11-21", 700),), ("gone", -700.0, -1.0, 0.0, 700.0)),
    "久": ((("2024-11-20", 700), ("2026-12-01", 100)), ()),  # in neither year
    "谜": ((("2025-01-01", None), ("2026-01-01", None)), ("steady", 0.0, None, 0.0, 0.0)),
}


def test_each_year_against_the_one_before(invoke: Invoke, db: Path) -> None:
    with builders.writing(db) as session:
        for name, (trips, _expected) in HISTORIES.items():
            who = builders.add_customer(session, name=name)
            for day, yuan in trips:
                builders.add_trip(session, who, day, price=None if yuan is None else yuan * 100)
    rows = told(invoke, "segments trend")
    keys = ("trend", "difference", "change", "revenue", "revenue_before")
    found = {row["name"]: tuple(row[key] for key in keys) for row in rows}
    assert found == {name: told_ for name, (_trips, told_) in HISTORIES.items() if told_}
    assert [row["difference"] for row in rows] == sorted(row["difference"] for row in rows)
    page = invoke("segments", "trend").stdout
    assert "2025-11-21 to 2026-11-20, against those from 2024-11-21 to 2025-11-20" in page
    assert "bring ¥900.00 less than before" in page
    assert "2 trips have no price." in page
    for name, difference in (("gone", "-¥700.00"), ("losing", "-¥200.00"), ("rising", "¥700.00")):
        line = next(one for one in page.splitlines() if one.split()[:1] == [name])
        assert line.split()[2] == difference
    less = told(invoke, "segments trend --percent 10 --only losing")
    assert {row["name"] for row in less} == {"平", "降"}
    assert told(invoke, "segments trend --as-of 2024-11-21 --only new")[0]["name"] in "走久"
    excel = invoke("segments", "trend", "--only", "gone", "-f", "csv", "--excel").stdout
    assert ",-700.00,-1.000000," in excel  # numbers, no text with an apostrophe


def test_tiers_by_what_is_kept_with_the_same_cuts(invoke: Invoke, db: Path) -> None:
    with builders.writing(db) as session:
        for name, yuan in (("大", 9000), ("中", 6000), ("小", 3000), ("亏", 1000)):
            who = builders.add_customer(session, name=name)
            builders.add_trip(session, who, "2026-03-01", code=name, price=yuan * 100)
    for code, cost in (("大", 8000), ("中", 3000), ("小", 2000), ("亏", 1500)):
        assert invoke("trips", "cost", code, str(cost)).exit_code == 0
    assert invoke("payments", "add", "中", "6000", "--on", "2026-11-20").exit_code == 0
    # Margins 1000, 3000, 1000, -500: of 5000, 60 % stand before the two that are equal.
    rows = told(invoke, "segments tiers --by margin")
    assert [tuple(row.values())[1:] for row in rows] == [
        ("中", 6000.0, 3000.0, 0.6, 0.6, "A"),
        ("大", 9000.0, 1000.0, 0.2, 0.8, "B"),
        ("小", 3000.0, 1000.0, 0.2, 1.0, "B"),
        ("亏", 1000.0, -500.0, -0.1, 1.0, None),
    ]
    values = {row["name"]: row["value"] for row in told(invoke, "segments value")}
    by_value = told(invoke, "segments tiers --by value")
    assert {row["name"]: row["value"] for row in by_value} == values
    assert values["中"] < 3000  # it was paid late
    page = invoke("segments", "tiers", "--by", "margin").stdout
    assert "Tiers by margin" in page
    assert "bring 50 / 80 / 95 % of all margin." in page
    assert [row["tier"] for row in told(invoke, "segments tiers")] == ["A", "A", "B", "C"]
