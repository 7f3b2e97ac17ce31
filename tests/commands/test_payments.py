"""`tourcrm payments`: what is owed, paid and reversed at the command line."""

import csv
import io
import json
import sqlite3
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlmodel import Session

from tests import builders
from tests.builders import TODAY
from tests.conftest import Invoke
from tourcrm.bookings import outstanding, payments, vouchers
from tourcrm.commands.pages import promises
from tourcrm.models import Complaint, Customer, Trip


@pytest.fixture(autouse=True)
def agency(db: Path) -> Path:
    """王芳 is owed 1,280.00, the promise being P0000001."""
    builders.agency(db, today="2026-11-20", time_zone="Asia/Shanghai")
    with builders.writing(db) as session:
        builders.add_customer(session, name="王芳")
        builders.add_customer(session, name="李明")
        builders.add_trip(session, 1, "2026-11-01", price=1_280_000)
        builders.add_trip(session, 2, "2026-11-02", price=90_000)
        promised(session, 1, 128_000)
    return db


def promised(
    session: Session,
    trip: int,
    amount: int,
    note: str | None = None,
    complaint_id: int | None = None,
) -> None:
    payments.promise_refund(
        session,
        lambda: 1,
        session.get_one(Trip, trip),
        amount,
        reason="third_party",
        day=TODAY,
        note=note,
        complaint_id=complaint_id,
    )


def lines(invoke: Invoke, *words: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(
        invoke("payments", "list", "-f", "json", *words).stdout
    )
    return found


def operations(db: Path) -> list[str]:
    with sqlite3.connect(db) as connection:
        return [row[0] for row in connection.execute("SELECT verb FROM operation ORDER BY id")][1:]


def test_a_promise_is_listed_until_it_is_paid(invoke: Invoke, db: Path) -> None:
    owed = invoke("payments", "list", "--promised")
    assert "P0000001" in owed.stdout
    assert "1 refund is still to be paid: ¥1,280.00." in owed.stdout
    done = invoke("payments", "pay", "p0000001", "--method", "微信", "--reference", "tx1")
    assert done.stdout == (
        "P0000001 is paid: ¥1,280.00 back to C000001 王芳 for T0000001, on 2026-11-20.\n"
    )
    assert invoke("payments", "list", "--promised").stdout == "Nothing to show.\n"
    [line] = lines(invoke)
    assert (line["amount"], line["state"], line["paid_on"]) == (-1280.0, "paid", "2026-11-20")
    assert (line["method"], line["reference"], line["reason"]) == ("微信", "tx1", "third_party")
    assert operations(db) == ["payments pay"]


def test_paying_twice_changes_nothing_and_says_who_did_it_when(invoke: Invoke, db: Path) -> None:
    pay = ("payments", "pay", "P0000001", "--method", "现金")
    invoke(*pay, env={"TOURCRM_STAFF": "小林"})
    before = db.read_bytes()
    again = invoke(*pay, "--on", "2026-11-20", env={"TOURCRM_STAFF": "阿芳"})
    assert again.exit_code == 0
    assert again.stdout == (
        "P0000001 was paid already, on 2026-11-20 (现金, 小林); nothing was changed.\n"
    )
    other = invoke("payments", "pay", "P0000001", "--reference", "tx2")
    assert other.exit_code == 1
    assert "a line is paid once" in other.stderr
    assert db.read_bytes() == before


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["pay", "P0000009"], 3, "payments list"),
        (["pay", "P0000001", "--on", "2026-11-21"], 1, "lies ahead"),
        (["pay", "P0000001", "--on", "2026-11-19"], 1, "promised on 2026-11-20"),
        (["pay", "P0000001", "--on", "2026-13-01"], 2, "--on"),
        (["reverse", "P0000001", "--reason", " "], 2, "must say why"),
        (["reverse", "P0000009", "--reason", "x"], 3, "payments list"),
        (["list", "--trip", "T9"], 3, "T9"),
        (["list", "--complaint", "K9"], 3, "K9"),
        (["list", "--customer", "nobody"], 3, "nobody"),
    ],
)
def test_what_cannot_be_is_refused(
    invoke: Invoke, db: Path, words: list[str], code: int, told: str
) -> None:
    before = db.read_bytes()
    done = invoke("payments", *words)
    assert (done.exit_code, done.stdout) == (code, "")
    assert told in done.stderr
    assert db.read_bytes() == before


def test_a_reversal_is_a_line_of_its_own(invoke: Invoke, db: Path) -> None:
    done = invoke("payments", "reverse", "P0000001", "--reason", "投诉不成立")
    assert done.stdout == (
        "P0000001 is reversed by P0000002: ¥1,280.00 is not owed to C000001 王芳 any more, "
        "for T0000001.\n"
    )
    back, line = lines(invoke)
    assert (back["amount"], back["state"], back["reverses"]) == (1280.0, "reversal", "P0000001")
    assert (line["amount"], line["state"], line["reversed_on"]) == (
        -1280.0,
        "reversed",
        "2026-11-20",
    )
    assert back["note"] == "投诉不成立"
    for words in (["reverse", "P0000001", "--reason", "x"], ["pay", "P0000001"]):
        again = invoke("payments", *words)
        assert again.exit_code == 1
        assert "P0000002" in again.stderr


def test_a_refund_that_was_paid_comes_back(invoke: Invoke) -> None:
    invoke("payments", "pay", "P0000001")
    done = invoke("payments", "reverse", "P0000001", "--reason", "付重了", lang="zh")
    assert done.exit_code == 0
    assert [line["paid_on"] for line in lines(invoke)] == ["2026-11-20"] * 2


def test_the_list_is_of_a_customer_a_trip_or_a_day(invoke: Invoke, db: Path) -> None:
    with builders.writing(db) as session:
        session.add(
            Complaint(
                code="K00001",
                customer_id=2,
                trip_id=2,
                text="x",
                opened_at=builders.NOW,
                operation_id=1,
            )
        )
        session.flush()
        promised(session, 2, 900, complaint_id=1)
    for words, codes in (
        ([], ["P0000002", "P0000001"]),
        (["--promised"], ["P0000001", "P0000002"]),
        (["--customer", "李明"], ["P0000002"]),
        (["--trip", "T0000001"], ["P0000001"]),
        (["--complaint", "k00001"], ["P0000002"]),
        (["--limit", "1"], ["P0000002"]),
        (["--as-of", "2026-11-19"], []),
    ):
        assert [line["code"] for line in lines(invoke, *words)] == codes, words
    page = invoke("payments", "list", "--promised", lang="zh").stdout
    assert "姓名" in page
    assert "待支付" in page
    assert "-¥9.00" in page


def test_every_form_holds_the_exact_amount_and_the_note_as_it_is(
    invoke: Invoke, db: Path, tmp_path: Path
) -> None:
    note = "=1+1\n[/b]\x1b[2J\u202e"
    with builders.writing(db) as session:
        promised(session, 2, 10**12, note)
    words = ["payments", "list", "--trip", "T0000002"]
    [row] = csv.DictReader(io.StringIO(invoke(*words, "-f", "csv").stdout))
    assert (row["amount"], row["note"]) == ("-10000000000.00", note)
    [line] = lines(invoke, "--trip", "T0000002")
    assert line["note"] == note
    assert "-10000000000.00" in invoke(*words, "-f", "jsonl").stdout
    assert "-¥10,000,000,000.00" in invoke(*words).stdout
    book = tmp_path / "p.xlsx"
    assert invoke(*words, "-o", book, lang="zh").exit_code == 0
    head, cells = load_workbook(book).active.iter_rows()
    row_of = dict(zip([cell.value for cell in head], cells, strict=True))
    assert row_of["金额"].value == -10_000_000_000
    assert row_of["备注"].data_type == "s"  # text, no formula


def test_promises_that_are_open_are_told_on_one_page(db: Path) -> None:
    with builders.writing(db) as session:
        who = session.get_one(Customer, 1)
        for what, last in (("\x1b真丝围巾", None), ("升舱", date(2026, 12, 31))):
            vouchers.issue(session, lambda: 1, who, "gift", day=TODAY, what=what, expires_on=last)
        told = list(promises.pairs(outstanding.owed(session, 1, TODAY), "CNY"))
        assert [label for label, _text in told] == ["Promised", "", ""]
        assert told[0][1] == "¥1,280.00 back for T0000001, since 2026-11-20 (P0000001)"
        assert told[1][1] == "a gift: 升舱; until 2026-12-31 (V00002)"
        assert told[2][1].endswith("真丝围巾 (V00001)")
        assert "\x1b" not in told[2][1]
        assert list(promises.pairs(outstanding.owed(session, 2, TODAY), "CNY")) == []
