"""Money in sheets: deposits and balances beside trips, payments, and what taking them back does."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from tests.importer import Shop
from tests.quick import quick

FEW = examples(4, derandomize=True)
PEOPLE = "code,name,phone\nK1,王芳,13812345678\nK2,李娜,13812345679\n"
HEAD = "订单号,客户,目的地,出发日期,团费,定金,已付,尾款,尾款日期\n"
SHEET = HEAD + (
    "A1,K1,云南,2027-05-01,10000,3000,3000,7000,2027-04-01\n"
    'A2,K2,云南,2027-05-01,"¥10,000.00"," 3,000元 ",1万,0,\n'
    "A3,K2,北疆,2027-06-01,5000,,0,5000,2027-05-02\n"
    "A4,K2,北疆,2025-06-01,5000,1000,4000,900,\n"
    "A5,K2,西藏,2025-08-01,5000,,,,\n"  # settled: nobody says a word
    "A6,K1,西藏,2027-09-01,,1000,1000,4000,\n"
)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.chdir(tmp_path)
    return Shop.holding(tmp_path, ("customers", PEOPLE))


def told(shop: Shop, *words: str) -> list[dict[str, Any]]:
    done = shop.run(*words, "-f", "json")
    assert done.exit_code == 0, done.stderr
    return list(json.loads(done.stdout, parse_float=Decimal))


def due(shop: Shop, *words: str) -> dict[str, tuple[Any, str]]:
    rows = told(shop, "payments", "due", *words)
    return {row["trip"]: (row["balance"], row["due_on"]) for row in rows}


def lines(shop: Shop) -> list[tuple[Any, ...]]:
    return shop.rows(
        "SELECT t.code, p.kind, p.amount FROM payment p JOIN trip t ON t.id = p.trip_id "
        "ORDER BY p.id"
    )


# --- beside trips --------------------------------------------------------------------------------


def test_deposits_and_balances_become_payments_and_a_plan(office: Shop) -> None:
    dry = office.take("trips", SHEET, "--dry-run")
    assert office.rows("SELECT 1 FROM trip") == lines(office) == []
    before = office.state()
    said = office.take("trips", SHEET)
    assert dry["notes"] == said["notes"] and said["added"] == 6
    notes = "\n".join(said["notes"])
    assert "已付: all that was paid, the deposit with it, as the sums of 2 rows say" in notes
    assert "first 4000.00 + 900.00 against 5000.00" in notes and "(rows: 1, lines 5)" in notes
    assert "1 prices told by what was paid and what is left" in notes
    assert "payments written down: 6, 18000.00 together; plans of payment: 2" in notes
    assert lines(office) == [
        ("A1", "deposit", 300_000),
        ("A2", "deposit", 300_000), ("A2", "balance", 700_000),
        ("A4", "deposit", 100_000), ("A4", "balance", 300_000),
        ("A6", "deposit", 100_000),
    ]  # fmt: skip
    assert due(office) == {
        "A4": (1000, "2025-06-01"),
        "A1": (7000, "2027-04-01"),
        "A3": (5000, "2027-05-02"),
        "A6": (4000, due(office)["A6"][1]),
    }
    again = office.take("trips", SHEET)
    assert (again["operation"], again["unchanged"]) == (None, 6)
    # The trips that it added go, and their lines with them.
    done = office.run("imports", "undo", str(said["operation"]))
    assert "6 trips removed" in done.stdout and office.state() == before
    assert office.take("trips", SHEET)["added"] == 6


def test_a_later_sheet_adds_what_was_paid_since(office: Shop) -> None:
    office.take("trips", SHEET)
    later = SHEET.replace("3000,3000,7000,2027-04-01", "3000,10000,0,2027-04-08")
    said = office.take("trips", later)
    assert (said["updated"], said["unchanged"]) == (1, 5)
    assert lines(office)[-1] == ("A1", "balance", 700_000)
    assert office.one("SELECT due_on FROM installment WHERE kind = 'balance' AND trip_id = 1") == (
        "2027-04-08"
    )
    # Lines on trips that were there are reversed, and a plan is what it was.
    office.run("imports", "undo", str(said["operation"]))
    assert lines(office)[-1] == ("A1", "reversal", -700_000)
    assert due(office)["A1"] == (7000, "2027-04-01")
    # What a sheet said once it does not say again, and less than is known takes nothing back.
    office.run("payments", "reverse", "P0000002", "--reason", "x")
    assert office.take("trips", SHEET)["operation"] is None
    office.run("payments", "add", "A1", "500")
    said = office.take("trips", SHEET.replace("3000,3000,7000", "3000,3000,6999"))
    assert any("more is written down as paid" in note for note in said["notes"])
    assert office.take("trips", later, "--on-duplicate", "skip")["operation"] is None
    # tourcrm undo does as imports undo.
    last = office.take("trips", later)["operation"]
    done = office.run("undo", str(last))
    assert done.exit_code == 0 and "payment 1" in done.stdout


def test_what_went_back_is_no_payment_that_is_lacking(office: Shop) -> None:
    sheet = "order_no,customer,departure,price,已付\nA1,K1,2026-12-20,5000,3000\n"
    office.take("trips", sheet)
    paid = lines(office)
    assert sum(amount for _, _, amount in paid) == 300_000
    assert office.run("payments", "add", "A1", "200", "--kind", "refund").exit_code == 0
    office.take("trips", sheet.replace("3000", "3500"))
    assert [one for one in lines(office) if one[1] in ("deposit", "balance")] == [
        *paid,
        ("A1", "balance", 50_000),
    ]


@pytest.mark.parametrize(
    ("header", "cells", "expected"),
    [
        ("price,deposit,amount paid,balance,balance due on", "100,30,30,70,2027-04-01", [3000]),
        ("团费,订金,已收,未收", "100,30,20,50", [3000, 2000]),  # 已收 beside the deposit
        ("团费,定金,已付（含定金）", "100,30,50", [3000, 2000]),
        ("团费,定金,已付(不含定金)", "100,30,50", [3000, 5000]),
        ("团费,定金,尾款已付,付款日期", "100,30,70,2026-11-01", [3000, 7000]),
        ("团费(万元),定金(元),未付", "1,30,9970", [3000]),
        ("人数,团费,定金（每人）", "2,100,30", [6000]),
        ("团费,未付款", "100,40", [6000]),
        ("团费,已付,尾款", "100,120,-20", [12000]),  # more than the price
        ("团费,定金,定金日期", "100,30,2026-12-24", []),  # to be paid
        ("团费,定金", "10000000000,10000000000", [10**12]),
    ],
)
def test_headers_and_what_they_say(
    office: Shop, header: str, cells: str, expected: list[int]
) -> None:
    office.take("trips", f"订单号,客户,出发日期,{header}\nA1,K1,2027-05-01,{cells}\n")
    assert [line[2] for line in lines(office)] == expected


def test_what_is_unclear_is_refused_with_what_to_do(office: Shop) -> None:
    text = "订单号,客户,出发日期,团费,定金,已付\nA1,K1,2027-05-01,100,30,50\n"
    done = office.run("trips", "import", office.sheet(text))
    assert done.exit_code == 1 and '--map "已付=paid_beside" if it does not' in done.stderr
    for target, whole in (("paid", 5000), ("paid_beside", 8000)):
        said = office.take("trips", text, "--map", f"已付={target}")
        assert sum(line[2] for line in lines(office)) == whole
        office.run("imports", "undo", str(said["operation"]))
    head = "订单号,客户,出发日期,团费,定金,已付,付款日期\n"
    bad = {
        "-200": "below zero", "(200)": "below zero", "1e5": "scientific", "=1+2": "no amount",
        "<b>3</b>": "no amount", "3\x00": "", "9" * 300: "", "USD 30": "USD",
        "10000000000.01": "too large",
    }  # fmt: skip
    rows = "".join(f'B{n},K1,2027-05-01,100,,"{cell}",\n' for n, cell in enumerate(bad))
    said = office.take("trips", head + rows + "C1,K1,2027-05-01,100,,30,2026-12-01\n")
    reasons = office.reasons(said)
    assert len(reasons) == len(bad) + 1 and lines(office) == []
    assert all(why in reasons[line] for line, why in enumerate(bad.values(), 2))
    assert "lies ahead" in reasons[len(bad) + 2]


def test_of_many_rows_the_first_lines_are_named(office: Shop) -> None:
    head = "订单号,客户,目的地,出发日期,团费,定金,已付（含定金）,尾款\n"
    rows = ["5000,1000,4000,900"] * 7 + ["5000,1000,6000,"] * 6
    text = "".join(f"A{n},K1,北疆,2025-06-{n + 1:02},{row}\n" for n, row in enumerate(rows))
    notes = "\n".join(office.take("trips", head + text)["notes"])
    first = "lines 2, 3, 4, 5, 6, 7, …)"
    assert f"do not come to the price (rows: 7, {first}, first 4000.00 + 900.00" in notes
    assert "more was paid than the price (rows: 6, lines 9, 10, 11, 12, 13, 14)" in notes
    assert f"as the sheet has it: 7, 7000.00 together ({first}" in notes


def test_travellers_lines_and_other_currencies_add_up(office: Shop) -> None:
    text = "订单号,客户,出发日期,团费,定金,币种\n" + (
        "A1,K1,2027-05-01,100,30,USD\nA1,K2,2027-05-01,100,10,USD\n"
    )
    office.take("trips", text, "--rows", "travellers", "--rate", "USD=7")
    assert lines(office) == [("A1", "deposit", 28_000)]
    assert office.one("SELECT price FROM trip") == 140_000
    text = "订单号,客户,出发日期,团费,已付\nL1,K1,2027-06-01,100,30\nL1,K1,2027-06-01,50,5\n"
    office.take("trips", text, "--rows", "lines")
    assert lines(office)[-1] == ("L1", "balance", 3500)


def test_the_lost_are_back_and_collisions_are_told(office: Shop) -> None:
    office.run("customers", "lose", "K2", "--reason", "x", "--on", "2026-10-01")
    head = "订单号,客户,目的地,出发日期,状态,预订日期,顾问\n"
    before = office.state()
    office.take("trips", head + "Z0,K2,泰国,2026-05-01,已预订,2026-04-01,\n")
    assert office.one("SELECT status FROM customer WHERE code = 'K2'") == "lost"
    said = office.take(
        "trips",
        head + "Z1,K2,泰国,2027-05-01,已预订,2026-11-01,\n"
        "Z2,K1,泰国,2027-05-01,询价,,小林\nZ3,K1,泰国,2027-06-01,询价,,小李\n",
    )
    notes = "\n".join(said["notes"])
    assert "active from now on: 1 (K2 李娜)" in notes
    assert "several advisers have: 1 (K1 王芳: 小林, 小李)" in notes
    assert office.one("SELECT status, lost_on FROM customer WHERE code = 'K2'") == (
        "active", "2026-10-01",
    )  # fmt: skip
    assert "Collision" in office.run("trips", "quote", "Z2", "--price", "90").stderr
    office.run("undo")
    office.run("imports", "undo", str(said["operation"]))
    assert office.state()["customer"] == before["customer"]


def test_a_company_owes_what_its_people_owe(office: Shop) -> None:
    office.run("customers", "add", "大成", "--kind", "company", "--code", "F1", "--credit-limit",
               "9000", "--credit-days", "30")  # fmt: skip
    for who in ("K1", "K2"):
        office.run("customers", "edit", who, "--company", "F1")
    head = "订单号,客户,目的地,出发日期,预订日期,团费,定金,状态\n"
    office.take("trips", head + "A1,K1,云南,2027-05-01,2026-11-01,6000,1000,\n"
                "A2,K2,云南,2027-05-01,2026-11-02,6000,1000,询价\n")  # fmt: skip
    done = office.run("trips", "book", "A2", "--on", "2026-11-02")
    assert "大成 owes 10000.00 with this trip, beyond the credit limit of 9000.00" in done.stderr
    assert due(office, "--customer", "F1") == {
        "A1": (5000, "2026-12-01"), "A2": (5000, "2026-12-02"),
    }  # fmt: skip
    assert "¥10,000.00" in office.run("customers", "show", "F1").stdout
    [row] = told(office, "customers", "show", "F1")
    assert (row["balance"], row["overdue"]) == (10_000, 0)


# --- payments ------------------------------------------------------------------------------------

TRIPS = (
    "订单号,客户,目的地,出发日期,团费\nA1,K1,云南,2027-05-01,10000\nA2,K2,云南,2027-05-01,10000\n"
)
PAID = "订单号,日期,金额,款项类型,付款方式,流水号,客户\n" + (
    'A1,2026-11-01,"¥3,000.00",定金,微信,1,K1\n'
    "A1,2026/11/02, 7000 ,,微信,2,\n"  # settles the price
    "A1,2026-11-03,(200),,,3,\n"  # a refund
    "A2,2026-11-03,500,,,,\n"
    "A2,2026-11-03,500,,,,\n"  # twice a day
)
WRONG = {
    "A1,2026-11-03,-200,定金,,4,": "above zero",
    "A1,2026-11-03,20,,,4,K2": "one of customer K1",
    "A2,2027-11-04,5000,定金,,,": "lies ahead",
    "A9,2026-11-04,5000,定金,,,": "no trip A9",
    "A2,,5000,定金,,,": "no day",
    "A2,2026-11-04,0,定金,,,": "no amount",
    "A2,2026-11-04,,定金,,,": "no amount",
    "A2,2026-11-04,1001,退款,,,": "cannot go back",
    "A2,2026-11-04,12345678901,,,,": "too large",
    "A2,2026-11-04,5,冲销,,,": "names the payment",
    ",2026-11-04,5,定金,,,": "no order number",
    "合计,,23000,,,,": "foot of a sheet",
}


def test_payments_come_in_and_their_export_comes_back(office: Shop, tmp_path: Path) -> None:
    office.take("trips", TRIPS)
    assert office.take("payments", PAID, "--dry-run")["added"] == 5
    said = office.take("payments", PAID + "\n".join(WRONG))
    assert (said["added"], said["rejected"]) == (5, len(WRONG))
    reasons = office.reasons(said)
    assert all(why in reasons[line] for line, why in enumerate(WRONG.values(), 7))
    assert [note.split(":")[0] for note in said["notes"][:-1]] == [
        "3 without a kind", "1 below zero without a kind",
        "1 say the same as another row, without a number of a receipt",
    ]  # fmt: skip
    assert lines(office) == [
        ("A1", "deposit", 300_000), ("A1", "balance", 700_000), ("A1", "refund", -20_000),
        ("A2", "deposit", 50_000), ("A2", "balance", 50_000),
    ]  # fmt: skip
    assert office.take("payments", PAID)["operation"] is None
    fewer = "订单号,日期,金额\nA1,2026-11-01,3000\nA1,2026-11-02,7000\nA2,2026-11-03,500\n"
    again = office.take("payments", fewer)
    assert (again["operation"], again["unchanged"]) == (None, 3)
    assert again["notes"] == ["2 are known by trip, day and amount: here already"]
    office.run("payments", "reverse", "P0000002", "--reason", "x")
    exported = office.export("payments")
    assert office.take("payments", exported)["operation"] is None
    (tmp_path / "other").mkdir()
    other = Shop.opened(tmp_path / "other")
    other.take("customers", PEOPLE)
    other.take("trips", TRIPS)
    number = 0
    for lang, name in (("en", "p.csv"), ("zh", "p.xlsx")):
        office.run("payments", "export", "-o", tmp_path / name, lang=lang)
        taken = other.take("payments", tmp_path / name)
        assert taken["rejected"] == 0
        number = number or taken["operation"]
        assert other.export("payments") == exported
    # Taken back by reversals: nothing is deleted, and all of it comes to nothing.
    other.run("imports", "undo", str(number))
    assert other.one("SELECT sum(amount) FROM payment") == 0
    assert other.one("SELECT count(*) FROM payment WHERE kind <> 'reversal'") == 5
    again = other.take("payments", exported)
    assert again["operation"] is None and "were reversed since" in " ".join(again["notes"])
    # The same cells without codes are new lines; those that stand are known by their sums.
    assert other.take("payments", PAID)["added"] == 5
    office.run("imports", "undo", str(said["operation"]))
    assert office.one("SELECT sum(amount) FROM payment") == 0


@pytest.mark.parametrize("code", ["P1", ""])
def test_a_payment_that_is_there_is_passed_over_or_refused(office: Shop, code: str) -> None:
    office.take("trips", "order_no,customer,departure,price\nA1,K1,2026-12-20,5000\n")
    sheet = f"code,trip,kind,amount,paid_on\n{code},A1,deposit,50,2026-11-02\n"
    assert office.take("payments", sheet)["added"] == 1
    for way, counts in ((), (1, 0)), (("--on-duplicate", "error"), (0, 1)):
        said = office.take("payments", sheet, *way)
        assert (said["unchanged"], said["rejected"]) == counts, way
    assert len(lines(office)) == 1


def test_lines_are_never_edited_and_reversals_fit(office: Shop) -> None:
    office.take("trips", TRIPS)
    head = "payment,trip,kind,amount,promised_on,paid_on,reverses\n"
    office.take("payments", head + "P1,A1,deposit,50,,2026-11-01,\nP2,A1,refund,-20,2026-11-02,,\n")
    bad = {
        "P1,A1,deposit,60,,2026-11-01,": "a line is never edited",
        "P2,A2,refund,-20,2026-11-02,,": "a line is never edited",
        "P3,A1,reversal,-60,,2026-11-03,P1": "another trip or amount",
        "P4,A1,reversal,-50,,2026-11-03,P99": "neither here nor in the sheet",
        "P5,A1,reversal,20,,2026-11-03,P2": "only there",
        "P7,A1,deposit,50,,2026-11-03,": "",
        "P7,A1,deposit,51,,2026-11-03,": "line 7 is the same payment",
        "P8,A1,reversal,-50,,2026-11-03,P1": "",
        "P9,A1,reversal,-50,,2026-11-03,P1": "reversed already",
    }
    said = office.take("payments", head + "\n".join(bad))
    reasons = office.reasons(said)
    assert set(reasons) == {n for n, why in enumerate(bad.values(), 2) if why}
    assert [
        (n, why) for n, why in enumerate(bad.values(), 2) if why and why not in reasons[n]
    ] == []
    twins = "P17,A1,deposit,5,,2026-11-03,\n" * 3
    twice = office.take("payments", head + twins)
    assert (twice["added"], twice["unchanged"]) == (1, 2)
    assert twice["notes"] == ["2 say more of what an earlier row began: taken together"]
    office.run("imports", "undo", str(twice["operation"]))
    # A promise becomes paid, and is owed again once that is taken back.
    paid = office.take("payments", head + "P2,A1,refund,-20,2026-11-02,2026-11-04,\n")
    assert (paid["updated"], office.one("SELECT paid_on FROM payment WHERE code = 'P2'")) == (
        1, "2026-11-04",
    )  # fmt: skip
    office.run("imports", "undo", str(paid["operation"]))
    assert office.one("SELECT paid_on FROM payment WHERE code = 'P2'") is None
    # A reversal that came with a sheet is taken back by the line anew.
    office.run("imports", "undo", str(said["operation"]))
    assert sorted(lines(office)[-2:]) == [("A1", "deposit", 5000), ("A1", "reversal", -5000)]


def test_a_sheet_without_days_is_refused_and_hostile_cells_are_texts(office: Shop) -> None:
    office.take("trips", TRIPS)
    done = office.run("payments", "import", office.sheet("订单号,金额\nA1,5\n"))
    assert done.exit_code == 1 and "--set paid_on=" in done.stderr
    head = "订单号,金额,付款方式,备注\n"
    on = ("--set", "paid_on=2026-11-01")
    said = office.take("payments", head + 'A1,5,"[bold]=cmd|x","=1+2"\nA1,6,微\x00信,\n', *on)
    assert (said["added"], said["rejected"]) == (1, 1)
    assert office.one("SELECT method, note FROM payment") == ("[bold]=cmd|x", "=1+2")
    huge = office.sheet(head + 'A1,7,,"' + "长" * 3_000_000 + '"\n')
    done = office.run("payments", "import", huge, *on)
    assert done.exit_code == 1 and "line 2: a cell of over" in done.stderr


# --- whatever the sheet says ---------------------------------------------------------------------

amounts = st.sampled_from((0, 1, 33, 100, 10**9, 10**12 - 1, 10**12))
books = st.lists(st.tuples(amounts, amounts, amounts), min_size=1, max_size=6)


def _text(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02}"


@FEW
@given(books)
def test_money_in_the_sheet_is_money_in_every_report(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, int, int]]
) -> None:
    with quick():
        shop = Shop.holding(tmp_path_factory.mktemp("book"), ("customers", PEOPLE))
        head = "order_no,customer,destination,departs_on,price,deposit,paid,balance,balance due on"
        text = "\n".join(
            [head]
            + [
                # The deposit is a part of what was paid, and all of it comes to the price.
                f"A{n},K1,云南,2027-05-01,{_text(paid + left)},{_text(min(part, paid))},"
                f"{_text(paid)},{_text(left)},2027-04-01"
                for n, (part, paid, left) in enumerate(rows)
            ]
        )
        taken = [(paid, left) for _part, paid, left in rows if paid + left <= 10**12]
        before = shop.state()
        said = shop.take("trips", text, "--map", "paid=paid")
        assert said["added"] == len(taken)
        whole = sum(paid for paid, _left in taken)
        for _ in range(2):
            exported = told(shop, "payments", "list", "--limit", "100")
            assert sum(row["amount"] for row in exported) * 100 == whole
            assert all(row["amount"] == row["amount"].quantize(Decimal("0.01")) for row in exported)
            owing = told(shop, "payments", "due")
            assert sum(row["paid"] for row in owing) <= Decimal(whole) / 100
            owed = sum(row["balance"] for row in owing)
            assert owed * 100 == sum(left for paid, left in taken)
            finance = told(shop, "stats", "finance")
            assert sum(row["revenue"] for row in finance) * 100 == sum(map(sum, taken))
            assert {type(one) for [one] in shop.rows("SELECT amount FROM payment")} <= {int}
            assert shop.take("trips", text, "--map", "paid=paid")["operation"] is None
        if said["operation"]:
            shop.run("imports", "undo", str(said["operation"]))
        assert shop.state() == before


def test_a_small_sheet_with_a_deposit_in_the_owners_words(shop: Shop) -> None:
    """已订 is booked; whether 已付 holds the deposit follows from the sums of all rows."""
    said = shop.take(
        "trips",
        "订单号,姓名,手机,目的地,出发日期,天数,团费,人数,定金,已付,尾款,尾款日期,状态\n"
        'A1,王芳,13812345678,云南,2027-12-20,6,"¥8,000",2,2000,2000,6000,2027-12-06,已订\n'
        "A2,何伟, 13912345678 ,北疆,2027-12-25,8,12000元,3,3000,12000,0,,已订\n",
        "--create-customers",
    )
    assert (said["added"], said["rejected"]) == (2, 0)
    lines = [(one["trip"], one["kind"], one["amount"]) for one in told(shop, "payments", "list")]
    assert sorted(lines) == [
        ("A1", "deposit", 2000),
        ("A2", "balance", 9000),
        ("A2", "deposit", 3000),
    ]
    assert [(one["trip"], one["balance"]) for one in told(shop, "payments", "due")] == [
        ("A1", 6000)
    ]
