"""`tourcrm vouchers`: what was promised for a later trip, at the command line."""

import csv
import io
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlmodel import Session

from tests import builders
from tests.conftest import Invoke
from tourcrm.db import engine


@pytest.fixture(autouse=True)
def agency(db: Path) -> Path:
    builders.agency(db, today="2026-11-20", time_zone="Asia/Shanghai")
    with builders.writing(db) as session:
        builders.add_customer(session, name="王芳")
        builders.add_customer(session, name="李明", status="deceased")
        builders.add_trip(session, 1, "2026-12-24", price=1_280_050)
        builders.add_trip(session, 1, "2027-02-24")
    return db


def listed(invoke: Invoke, *words: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(
        invoke("vouchers", "list", "-f", "json", *words).stdout
    )
    return found


def issue(invoke: Invoke, *words: str) -> str:
    done = invoke("vouchers", "issue", "王芳", *words)
    assert done.exit_code == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("ratio", ["8折", "80%", "0.8", "八折"])
def test_a_discount_says_what_the_customer_pays(invoke: Invoke, ratio: str) -> None:
    assert issue(invoke, "--pay-ratio", ratio) == (
        "V00001 for C000001 王芳: the customer pays 80% of the price (8折): ¥8,000.00 instead of "
        "¥10,000.00.\nIts last day is 2027-11-20.\n"
    )
    [row] = listed(invoke)
    assert (row["kind"], row["pay_ratio"], row["state"]) == ("discount", 0.8, "open")
    assert "80%" in invoke("vouchers", "list", lang="zh").stdout


def test_what_was_perhaps_meant_as_taken_off_is_asked_again(invoke: Invoke) -> None:
    doubtful = invoke("vouchers", "issue", "王芳", "--pay-ratio", "20%")
    assert doubtful.exit_code == 1
    assert "pays only 20%" in doubtful.stderr
    assert "--pay-ratio 80%" in doubtful.stderr
    assert listed(invoke) == []
    assert "pays 20%" in issue(invoke, "--pay-ratio", "20%", "--yes")
    off = invoke("vouchers", "issue", "王芳", "--pay-ratio", "20% off")
    assert (off.exit_code, "taken off" in off.stderr) == (2, True)


def test_nothing_is_said_of_what_could_not_be_stored(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue(invoke, "--kind", "gift", "--what", "真丝围巾")
    real = engine.writing

    @contextmanager
    def full(path: Path) -> Iterator[Session]:
        with real(path) as session:
            yield session
            raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(engine, "writing", full)
    for words in (["issue", "王芳", "--pay-ratio", "8折"], ["redeem", "V00001", "T0000001"]):
        done = invoke("vouchers", *words)
        assert (done.exit_code > 0, done.stdout) == (True, "")


def test_other_kinds_and_their_last_days(invoke: Invoke) -> None:
    assert "¥500.00 off the price" in issue(invoke, "--amount", "500", "--expires", "2026-12-31")
    assert "It does not expire." in issue(
        invoke, "--kind", "礼品", "--what", "真丝围巾", "--expires", "never"
    )
    invoke("settings", "voucher_days", "30")
    assert "2026-12-20" in issue(invoke, "--kind", "upgrade", "--what", "大床房")
    assert "It does not expire." in issue(invoke, "--kind", "adviser", "--what", "小林")
    rows = listed(invoke)
    assert [(r["kind"], r["amount"], r["expires_on"]) for r in rows] == [
        ("upgrade", None, "2026-12-20"), ("amount", 500.0, "2026-12-31"), ("gift", None, None),
        ("adviser", None, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["issue", "王芳"], 2, "Say what is promised"),
        (["issue", "王芳", "--kind", "gift"], 1, "--what"),
        (["issue", "王芳", "--kind", "treat"], 2, "--kind"),
        (["issue", "王芳", "--amount", "0"], 1, "above zero"),
        (["issue", "王芳", "--amount", "5", "--expires", "2026-11-19"], 1, "cannot expire"),
        (["issue", "王芳", "--amount", "5", "--expires", "soon"], 2, "--expires"),
        (["issue", "李明", "--amount", "5"], 1, "deceased"),
        (["issue", "nobody", "--amount", "5"], 3, "nobody"),
        (["redeem", "V9", "T0000001"], 3, "vouchers list"),
        (["withdraw", "V9", "--reason", "x"], 3, "vouchers list"),
        (["list", "--state", "gone"], 2, "--state"),
    ],
)
def test_what_cannot_be_is_refused(
    invoke: Invoke, db: Path, words: list[str], code: int, told: str
) -> None:
    before = db.read_bytes()
    done = invoke("vouchers", *words)
    assert (done.exit_code, done.stdout) == (code, "")
    assert told in done.stderr
    assert db.read_bytes() == before


def price(db: Path) -> int:
    with sqlite3.connect(db) as connection:
        return int(connection.execute("SELECT price FROM trip WHERE id = 1").fetchone()[0])


def test_redeeming_says_what_to_charge_and_leaves_the_price(invoke: Invoke, db: Path) -> None:
    issue(invoke, "--pay-ratio", "85折")
    done = invoke("vouchers", "redeem", "V00001", "T0000001")
    assert done.stdout == (
        "V00001 is used for T0000001 of C000001 王芳.\n"
        "The customer pays ¥10,880.43 instead of ¥12,800.50. The trip's price was left at "
        "¥12,800.50; if that is without the voucher, set it: "
        "tourcrm trips edit T0000001 --price 10880.43\n"
    )
    assert price(db) == 1_280_050
    again = invoke("vouchers", "redeem", "V00001", "T0000001", "--apply-price")
    assert again.exit_code == 0
    assert "used for T0000001 already, on 2026-11-20" in again.stdout
    assert price(db) == 1_280_050
    other = invoke("vouchers", "redeem", "V00001", "T0000002")
    assert (other.exit_code, "can be used once" in other.stderr) == (1, True)


def test_the_price_is_set_where_that_is_asked_for(invoke: Invoke, db: Path) -> None:
    issue(invoke, "--amount", "500")
    done = invoke("vouchers", "redeem", "V00001", "T0000001", "--apply-price")
    assert "pays ¥12,300.50: that is the trip's price now; it was ¥12,800.50" in done.stdout
    assert price(db) == 1_230_050
    issue(invoke, "--amount", "1000000")
    rich = invoke("vouchers", "redeem", "V00002", "T0000001", "--apply-price")
    assert "¥987,699.50 of the voucher is not needed" in rich.stderr
    assert "before: V00001" in rich.stderr
    assert price(db) == 0


def test_a_use_is_taken_back_with_the_price_that_it_set(invoke: Invoke, db: Path) -> None:
    issue(invoke, "--amount", "500")
    for words in ((), ("--apply-price",)):
        assert invoke("vouchers", "redeem", "V00001", "T0000001", *words).exit_code == 0
        done = invoke("vouchers", "unredeem", "V00001")
        assert (done.exit_code, "costs ¥12,800.50 again" in done.stdout) == (0, bool(words))
        assert [row["state"] for row in listed(invoke)] == ["open"]
    assert "not used" in invoke("vouchers", "unredeem", "V00001").stdout
    invoke("vouchers", "redeem", "V00001", "T0000001", "--apply-price")
    invoke("trips", "edit", "T0000001", "--price", "9000")  # meant by somebody, and so it stays
    assert "again" not in invoke("vouchers", "unredeem", "V00001").stdout.partition("\n")[2]
    trip = json.loads(invoke("trips", "show", "T0000001", "-f", "json").stdout)
    assert "9000" in json.dumps(trip)


def test_a_voucher_is_not_spent_on_what_costs_nothing_unless_meant(invoke: Invoke) -> None:
    issue(invoke, "--amount", "500")
    invoke("trips", "edit", "T0000001", "--price", "0")
    done = invoke("vouchers", "redeem", "V00001", "T0000001")
    assert (done.exit_code, "--yes" in done.stderr) == (1, True)
    assert [row["state"] for row in listed(invoke)] == ["open"]
    assert invoke("vouchers", "redeem", "V00001", "T0000001", "--yes").exit_code == 0
    assert listed(invoke) == []


def test_a_gift_has_no_price(invoke: Invoke) -> None:
    issue(invoke, "--kind", "gift", "--what", "真丝围巾")
    refused = invoke("vouchers", "redeem", "V00001", "T0000001", "--apply-price")
    assert (refused.exit_code, "does not change a price" in refused.stderr) == (1, True)
    done = invoke("vouchers", "redeem", "V00001", "T0000002")
    assert "It is a gift: 真丝围巾." in done.stdout


def test_a_voucher_that_was_used_in_time_can_be_told_later(invoke: Invoke, db: Path) -> None:
    issue(invoke, "--amount", "500", "--expires", "2026-11-30")
    with sqlite3.connect(db) as connection:
        connection.execute("UPDATE setting SET value = '2026-12-02' WHERE key = 'today'")
    connection.close()
    late = invoke("vouchers", "redeem", "V00001", "T0000001")
    assert (late.exit_code, "--on DATE" in late.stderr) == (1, True)
    assert listed(invoke) == []
    assert invoke("vouchers", "redeem", "V00001", "T0000001", "--on", "2026-11-30").exit_code == 0


def test_what_is_open_is_listed_and_the_rest_on_demand(invoke: Invoke) -> None:
    for amount in ("1", "2", "3"):
        issue(invoke, "--amount", amount)
    invoke("vouchers", "redeem", "V00001", "T0000001")
    done = invoke("vouchers", "withdraw", "V00002", "--reason", "发错了")
    assert done.stdout == "V00002 is withdrawn.\n"
    again = invoke("vouchers", "withdraw", "V00002", "--reason", "发错了")
    assert (again.exit_code, "withdrawn already, on 2026-11-20" in again.stdout) == (0, True)
    for words, codes in (
        ([], ["V00003"]),
        (["--all"], ["V00003", "V00001", "V00002"]),
        (["--state", "已使用"], ["V00001"]),
        (["--state", "withdrawn"], ["V00002"]),
        (["--as-of", "2028-01-01"], []),
        (["--as-of", "2028-01-01", "--state", "expired"], ["V00003"]),
        (["--as-of", "2026-11-19", "--all"], []),
        (["--customer", "C000002", "--all"], []),
    ):
        assert [row["code"] for row in listed(invoke, *words)] == codes, words
    [row] = listed(invoke, "--state", "withdrawn")
    assert (row["withdrawn_on"], row["note"]) == ("2026-11-20", "发错了")
    page = invoke("vouchers", "list", "--all", lang="zh").stdout
    for word in ("可用", "已使用", "已作废", "¥3.00"):
        assert word in page


def test_hostile_words_are_kept_and_shown_harmless(invoke: Invoke, tmp_path: Path) -> None:
    what = "=cmd|'/c'!A1 [/red]\x1b[2J\u202e!"
    told = issue(invoke, "--kind", "gift", "--what", what)
    assert "\x1b" not in told + invoke("vouchers", "list").stdout
    assert "\u202e" not in told + invoke("vouchers", "list").stdout
    [row] = csv.DictReader(io.StringIO(invoke("vouchers", "list", "-f", "csv").stdout))
    assert row["what"] == what
    [row] = csv.DictReader(io.StringIO(invoke("vouchers", "list", "-f", "csv", "--excel").stdout))
    assert not any(value.startswith("=") for value in row.values())


def test_the_ratio_is_a_number_for_machines_and_a_percentage_for_people(
    invoke: Invoke, tmp_path: Path
) -> None:
    issue(invoke, "--pay-ratio", "97.5%")
    assert '"pay_ratio": 0.975' in invoke("vouchers", "list", "-f", "json").stdout
    [row] = csv.DictReader(io.StringIO(invoke("vouchers", "list", "-f", "csv").stdout))
    assert row["pay_ratio"] == "0.975"
    person = invoke("vouchers", "list", "-f", "csv", "--excel", lang="zh").stdout
    [row] = csv.DictReader(io.StringIO(person.lstrip("\ufeff")))
    assert row["客户付"] == "97.5%"


def test_a_state_and_all_states_are_not_asked_for_together(invoke: Invoke) -> None:
    done = invoke("vouchers", "list", "--state", "used", "--all")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "--all does not go with --state" in done.stderr
