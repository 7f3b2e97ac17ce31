"""Trips at the command line: from a quote to a memory."""

import csv
import io
import json
import re
import sqlite3
from pathlib import Path

import pytest

from tests import builders
from tests.conftest import Invoke


@pytest.fixture(autouse=True)
def agency(db: Path, invoke: Invoke) -> Path:
    builders.agency(db, today="2026-11-20")
    with builders.writing(db) as session:
        builders.add_customer(session, "C000001", name="王芳", name_pinyin="wang fang")
    return db


def changes(db: Path) -> list[str]:
    """The verbs of the operations of the command line."""
    with sqlite3.connect(db) as connection:
        return [row[0] for row in connection.execute("SELECT verb FROM operation ORDER BY id")][1:]


def exported(invoke: Invoke) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(invoke("trips", "export").stdout)))


def add(invoke: Invoke, *words: str) -> None:
    done = invoke("trips", "add", "王芳", *words)
    assert done.exit_code == 0, done.stderr


def test_a_trip_is_added_and_listed(invoke: Invoke) -> None:
    words = [
        "--destination",
        "北疆",
        "--departs",
        "2027年6月1日",
        "--days",
        "8",
        "--price",
        "1.2万",
    ]
    done = invoke("trips", "add", "王芳", *words, "--people", "2人")
    assert (done.exit_code, done.stdout) == (0, "Added T0000001 for C000001 王芳.\n")
    listed = invoke("trips", "list", lang="zh")
    assert "出发日期" in listed.stdout
    assert re.search(
        r"T0000001 +C000001 +王芳 +北疆 +已成交 +2027-06-01 +¥12,000.00", listed.stdout
    )


def test_every_column_can_be_given_and_comes_back(invoke: Invoke) -> None:
    given = {
        "code": "00123",
        "destination": "冰岛",
        "abroad": "是",
        "service": "邮轮",
        "kind": "定制",
        "status": "quoted",
        "departs_on": "2027-01-02",
        "returns_on": "2027-01-09",
        "party_size": "3人",
        "price": "¥12,800.50",
        "channel": "微信",
        "advisor": "小林",
        "guide": "阿芳",
        "inquired_on": "2026-11-01",
        "quoted_on": "2026-11-02",
        "note": "要靠窗",
    }
    words = [
        part for field, text in given.items() for part in ("--" + field.replace("_", "-"), text)
    ]
    add(invoke, *words)
    [row] = exported(invoke)
    expected = given | {
        "customer": "C000001",
        "abroad": "true",
        "service": "cruise",
        "kind": "custom",
        "party_size": "3",
        "price": "12800.50",
    }
    assert {field: text for field, text in row.items() if text} == expected


@pytest.mark.parametrize(
    ("words", "returns_on", "booked_on"),
    [
        (["--departs", "2027-06-01", "--days", "8"], "2027-06-08", "2026-11-20"),
        (["--departs", "2027-06-01"], "2027-06-01", "2026-11-20"),
        (["--departs", "2026-06-01", "--returns", "2026-06-03"], "2026-06-03", ""),
        (["--departs", "2027-06-01", "--booked", "2026-10-01"], "2027-06-01", "2026-10-01"),
    ],
)
def test_what_is_left_out_is_worked_out(
    invoke: Invoke, words: list[str], returns_on: str, booked_on: str
) -> None:
    add(invoke, "--destination", "北疆", *words)
    [row] = exported(invoke)
    assert (row["returns_on"], row["booked_on"]) == (returns_on, booked_on)
    assert (row["status"], row["service"], row["kind"]) == ("booked", "tour", "group")


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--departs", "2027-06-01"], 1, "Where to?"),
        (["--destination", "x"], 1, "needs a day of departure"),
        (["--destination", "x", "--departs", "2027-06-02", "--returns", "2027-06-01"], 1, "before"),
        (["--destination", "x", "--departs", "2027-06-02", "--returns", "2029-06-01"], 1, "365"),
        (
            [
                *("--destination", "x", "--departs", "2027-06-02"),
                *("--returns", "2027-06-05", "--days", "3"),
            ],
            1,
            "2027-06-04",
        ),
        (["--destination", "x", "--departs", "2027-02-30"], 2, "--departs-on “2027-02-30”"),
        (["--destination", "x", "--departs", "2027-06-02", "--price", "$100"], 2, "USD"),
        (["--destination", "x", "--departs", "2027-06-02", "--people", "0"], 2, "--party-size"),
    ],
)
def test_what_cannot_be_is_refused(
    invoke: Invoke, db: Path, words: list[str], code: int, told: str
) -> None:
    done = invoke("trips", "add", "王芳", *words)
    assert done.exit_code == code
    assert told in done.stderr
    assert changes(db) == []
    assert exported(invoke) == []


def test_a_trip_typed_twice_is_pointed_out(invoke: Invoke) -> None:
    words = ["--destination", "北疆", "--departs", "2027-06-01"]
    add(invoke, *words)
    again = invoke("trips", "add", "王芳", *words)
    assert again.exit_code == 0
    assert "T0000001" in again.stderr
    assert "trips cancel T0000002" in again.stderr


def test_a_code_that_is_taken_is_refused(invoke: Invoke) -> None:
    words = ["--destination", "北疆", "--departs", "2027-06-01", "--code", "A1"]
    add(invoke, *words)
    assert invoke("trips", "add", "王芳", *words).exit_code == 1


@pytest.mark.parametrize(
    ("departs", "returns", "status", "shown"),
    [
        ("2026-11-10", "2026-11-19", "booked", "completed"),
        ("2026-11-10", "2026-11-20", "booked", "booked"),
        ("2026-11-19", None, "booked", "completed"),
        ("2026-11-10", "2026-11-19", "cancelled", "cancelled"),
        ("2026-12-10", "2026-12-19", "booked", "booked"),
    ],
)
def test_a_trip_is_completed_from_the_day_after_its_return(
    invoke: Invoke, db: Path, departs: str, returns: str | None, status: str, shown: str
) -> None:
    with builders.writing(db) as session:
        builders.add_trip(session, 1, departs, returns_on=returns, status=status)
    [row] = json.loads(invoke("trips", "list", "-f", "json").stdout)
    assert row["status"] == shown
    assert exported(invoke)[0]["status"] == status
    for asked in ("booked", "completed", "cancelled"):
        rows = json.loads(invoke("trips", "list", "--status", asked, "-f", "json").stdout)
        assert bool(rows) is (asked == shown)
    page = invoke("trips", "show", "T0000001", lang="zh").stdout
    label = {"completed": "已完成", "booked": "已成交", "cancelled": "已取消"}[shown]
    assert re.search(rf"状态 +{label}", page)


def test_trips_are_listed_by_customer_days_and_advisor(invoke: Invoke, db: Path) -> None:
    with builders.writing(db) as session:
        other = builders.add_customer(session, "C2", name="李明")
        builders.add_trip(session, 1, "2026-01-01", code="A", advisor="小林")
        builders.add_trip(session, 1, "2026-02-01", code="B")
        builders.add_trip(session, other, "2026-03-01", code="C")
    for words, expected in (
        ([], "CBA"),
        (["--customer", "王芳"], "BA"),
        (["--from", "2026-02-01"], "CB"),
        (["--to", "2026-02-01"], "BA"),
        (["--advisor", "小林"], "A"),
        (["--limit", "1"], "C"),
    ):
        rows = json.loads(invoke("trips", "list", *words, "-f", "json").stdout)
        assert "".join(row["code"] for row in rows) == expected


def test_a_departure_that_moves_takes_the_return_along(invoke: Invoke, db: Path) -> None:
    add(invoke, "--destination", "北疆", "--departs", "2027-06-01", "--days", "8")
    done = invoke("trips", "edit", "T0000001", "--departs", "2027-07-01")
    assert "2027-07-08" in done.stderr
    assert exported(invoke)[0]["returns_on"] == "2027-07-08"
    invoke("trips", "edit", "T0000001", "--days", "3")
    assert exported(invoke)[0]["returns_on"] == "2027-07-03"
    again = invoke("trips", "edit", "T0000001", "--days", "3", "--departs", "2027-07-01")
    assert "Nothing changed" in again.stdout
    assert changes(db) == ["trips add", "trips edit", "trips edit"]
    refused = invoke("trips", "edit", "T0000001", "--returns", "2027-06-01")
    assert refused.exit_code == 1


def test_an_edit_sets_clears_and_hands_over(invoke: Invoke, db: Path) -> None:
    with builders.writing(db) as session:
        builders.add_customer(session, "C2", name="李明")
    add(invoke, "--destination", "北疆", "--departs", "2027-06-01", "--guide", "阿芳")
    done = invoke(
        "trips", "edit", "t0000001", "--guide", "", "--price", "9800", "--customer", "李明"
    )
    assert done.exit_code == 0
    [row] = exported(invoke)
    assert (row["guide"], row["price"], row["customer"]) == ("", "9800.00", "C2")
    assert invoke("trips", "edit", "T0000001", "--service", "").exit_code == 1
    assert invoke("trips", "edit", "T0000001").exit_code == 2
    assert invoke("trips", "edit", "T9", "--guide", "x").exit_code == 3


def test_a_quote_becomes_a_booking_or_is_lost(invoke: Invoke) -> None:
    add(invoke, "--destination", "北疆", "--status", "quoted")
    assert exported(invoke)[0]["quoted_on"] == "2026-11-20"
    assert invoke("trips", "edit", "T0000001", "--status", "booked").exit_code == 1  # which day?
    lost = invoke("trips", "lose", "T0000001", "--reason", "价格", "--rival", "某社")
    assert lost.exit_code == 0
    row = exported(invoke)[0]
    assert (row["status"], row["lost_on"], row["rival"]) == ("lost", "2026-11-20", "某社")
    words = ["--status", "booked", "--departs", "2027-06-01"]
    assert invoke("trips", "edit", "T0000001", *words).exit_code == 0
    row = exported(invoke)[0]
    assert (row["status"], row["booked_on"], row["lost_on"], row["rival"]) == (
        *("booked", "2026-11-20"),
        *("", ""),
    )
    assert invoke("trips", "lose", "T0000001", "--reason", "x").exit_code == 1
    assert invoke("trips", "lose", "T0000001").exit_code == 2


def test_a_trip_is_cancelled_on_a_day_that_can_be(invoke: Invoke, db: Path) -> None:
    add(invoke, "--destination", "北疆", "--departs", "2026-11-01", "--days", "3")
    for words in ([], ["--on", "2026-11-21"], ["--on", "2026-11-10"]):
        assert invoke("trips", "cancel", "T0000001", *words).exit_code == 1
    done = invoke("trips", "cancel", "T0000001", "--on", "2026-10-20", "--reason", "生病")
    assert (done.exit_code, done.stdout) == (0, "Cancelled T0000001 of C000001 王芳.\n")
    row = exported(invoke)[0]
    assert (row["status"], row["cancelled_on"], row["lost_reason"]) == (
        *("cancelled", "2026-10-20"),
        "生病",
    )
    again = invoke("trips", "cancel", "T0000001")
    assert again.exit_code == 1
    assert "2026-10-20" in again.stderr
    assert invoke("trips", "edit", "T0000001", "--status", "lost").exit_code == 1
    assert changes(db) == ["trips add", "trips cancel"]


def test_a_trip_typed_in_as_cancelled_was_so_before_it_began(invoke: Invoke) -> None:
    for departs in ("2026-06-01", "2027-06-01"):
        add(invoke, "--destination", "北疆", "--departs", departs, "--status", "cancelled")
    assert [row["cancelled_on"] for row in exported(invoke)] == ["2026-06-01", "2026-11-20"]


@pytest.mark.parametrize("text", ["北疆", "wangfang", "王芳", "T0000001", "小林", "靠窗", "8888"])
def test_a_trip_is_found_by_any_part(invoke: Invoke, text: str) -> None:
    invoke("customers", "edit", "王芳", "--phone", "13800008888")
    words = ["--departs", "2027-06-01", "--advisor", "小林", "--note", "要靠窗"]
    add(invoke, "--destination", "北疆", *words)
    with_text = json.loads(invoke("trips", "find", text, "-f", "json").stdout)
    assert [row["code"] for row in with_text] == ["T0000001"]
    assert json.loads(invoke("trips", "find", "%", "-f", "json").stdout) == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_hostile_text_comes_back_literally_and_safely(invoke: Invoke, lang: str) -> None:
    hostile = "x[/b]y\x1b[31m\u202e=1+1\n🙂"
    fields = ["destination", "channel", "advisor", "guide", "note"]
    words = [part for field in fields for part in (f"--{field}", f"A{hostile}")]
    add(invoke, "--departs", "2027-06-01", *words)
    assert [exported(invoke)[0][field] for field in fields] == [f"A{hostile}"] * len(fields)
    for verb in (["list"], ["find", "x[/b]y"], ["show", "T0000001"], ["cancel", "T0000001"]):
        done = invoke("trips", *verb, lang=lang, env={"COLUMNS": "300"})
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", done.stdout + done.stderr)
        assert "x[/b]y" in done.stdout or verb[0] == "cancel"


@pytest.mark.parametrize("noun", ["customers", "trips", "interactions", "surveys"])
def test_every_export_takes_reveal(invoke: Invoke, db: Path, noun: str) -> None:
    with builders.writing(db) as session:
        customer = builders.add_customer(session, "C000009", phone="+8613812345678")
        builders.add_trip(session, customer, "2026-11-15")
    plain = invoke(noun, "export")
    full = invoke(noun, "export", "--reveal")
    assert (plain.exit_code, full.exit_code) == (0, 0)
    assert (plain.stdout == full.stdout) == (noun != "customers")
