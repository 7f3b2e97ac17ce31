"""Trips from sheets: whose they are, which are the same, what old ones leave out."""

from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from scripts import make_sample
from tests.importer import Shop, columns
from tourcrm import sample

CUSTOMERS = """code,name,phone,id_number
K1,王芳,13812345678,
K2,李强,13912345678,110101199003070011
007,赵六,13700000000,
K3,孙七,13800000000,
K4,孙八,13800000000,
13612345678,周九,,
"""


def check_digit(body: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


CARD = check_digit("11010119900307001")


@pytest.fixture
def full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """An agency that knows some customers."""
    monkeypatch.chdir(tmp_path)
    known = CUSTOMERS.replace("110101199003070011", CARD)
    return Shop.holding(tmp_path, ("customers", known))


def trip(**given: str) -> dict[str, str]:
    return {"customer": "K1", "departs_on": "2026-05-01", "destination": "云南", **given}


def sheet(*rows: dict[str, str]) -> list[list[str]]:
    return columns(rows, list(dict.fromkeys(name for row in rows for name in row)))


# --- whose ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"customer": "K1"}, "K1"),
        ({"customer": "007"}, "007"),
        ({"customer": "138 1234 5678"}, "K1"),
        ({"customer": "13812345678/010-62345678"}, "K1"),
        ({"customer": CARD.lower()}, "K2"),
        ({"customer": "13612345678"}, "13612345678"),  # a code that looks like a phone
        ({"customer": "13800000000", "name": "孙八"}, "K4"),
        ({"customer": "", "phone": "13912345678"}, "K2"),
        ({"customer": "", "id_number": CARD}, "K2"),
        ({"customer": "李强", "phone": "13912345678"}, "K2"),
    ],
)
def test_a_trip_names_its_customer(full: Shop, row: dict[str, str], code: str) -> None:
    said = full.take("trips", sheet(trip(**row)))
    assert said["added"] == 1
    found = full.one("SELECT c.code FROM trip t JOIN customer c ON c.id = t.customer_id")
    assert found == code


@pytest.mark.parametrize(
    ("row", "words", "hidden"),
    [
        ({"customer": "K9"}, "nobody has the code, phone or ID number K9", ""),
        ({"customer": "13512345678"}, "135****5678", "13512345678"),
        ({"customer": "12812340000"}, "128****0000", "12812340000"),
        ({"customer": check_digit("11010119910307001")}, "nobody has", "19910307"),
        ({"customer": "13800000000"}, "several have this number: K3 孙七, K4 孙八", "13800000000"),
        ({"customer": "138****5678"}, "masked", "138****5678"),
        ({"customer": "1.38E+10"}, "damaged", ""),
        ({"customer": "", "phone": ""}, "names no customer", ""),
        ({"customer": "无", "phone": ""}, "names no customer", ""),
        (
            {"customer": "", "phone": "13812345678", "name": "王强"},
            "K1 王芳, but the name",
            "13812",
        ),
        ({"customer": "", "id_number": "", "phone": "13522223333"}, "135****3333", "13522223333"),
    ],
)
def test_a_trip_of_nobody_is_rejected_with_what_was_given(
    full: Shop, row: dict[str, str], words: str, hidden: str
) -> None:
    path = full.sheet(sheet(trip(**row)))
    said = full.take("trips", path)
    assert said["rejected"] == 1
    assert words in full.reasons(said)[2]
    shown = full.run("trips", "import", path).output
    assert not hidden or hidden not in shown


def test_a_sheet_that_names_no_customers_is_refused(full: Shop) -> None:
    done = full.run("trips", "import", full.sheet("出发日期,目的地\n2026-05-01,云南\n"))
    assert done.exit_code == 1
    assert "customer" in done.stderr


def test_a_sheet_of_orders_and_what_is_new_needs_no_customer(full: Shop) -> None:
    full.take("trips", sheet(trip(code="A1"), trip(code="A2")))
    said = full.take("trips", "订单号,状态\nA1,已取消\nA9,已取消\nA2,已完成\n")
    assert (said["updated"], said["unchanged"], said["rejected"]) == (1, 1, 1)
    assert "names no customer" in full.reasons(said)[3]


# --- making customers ----------------------------------------------------------------------------


def make(shop: Shop, *rows: dict[str, str]) -> dict[str, Any]:
    return shop.take("trips", sheet(*(trip(**row) for row in rows)), "--create-customers")


@pytest.mark.parametrize(
    ("row", "made"),
    [
        ({"customer": "Brion Stark"}, ("Brion Stark", "Brion Stark", None)),
        ({"customer": "X9", "name": "钱七"}, ("X9", "钱七", None)),
        (
            {"customer": "X9", "name": "钱七", "phone": "13512345678"},
            ("X9", "钱七", "+8613512345678"),
        ),
        ({"customer": "钱七", "phone": "13512345678"}, ("C000007", "钱七", "+8613512345678")),
        ({"customer": "13512345678", "name": "钱七"}, ("C000007", "钱七", "+8613512345678")),
        (
            {"customer": "", "phone": "13512345678", "name": "钱 七"},
            ("C000007", "钱七", "+8613512345678"),
        ),
        ({"customer": "C000099"}, ("C000099", "C000099", None)),
    ],
)
def test_an_unknown_customer_is_made_from_the_row(
    full: Shop, row: dict[str, str], made: tuple[Any, ...]
) -> None:
    make(full, row, {**row, "departs_on": "2026-07-01"})
    assert full.rows("SELECT code, name, phone FROM customer WHERE id > 6") == [made]
    assert full.one("SELECT count(*) FROM trip t JOIN customer c ON c.id = t.customer_id") == 2
    assert make(full, row, {**row, "departs_on": "2026-07-01"})["operation"] is None


def test_codes_that_are_made_never_meet_those_of_the_file(full: Shop) -> None:
    make(full, {"customer": "13512345678", "name": "钱七"}, {"customer": "C000007"})
    codes = full.rows("SELECT name, code FROM customer WHERE id > 6 ORDER BY name")
    assert codes[0] == ("C000007", "C000007")
    assert codes[1][1] > "C000007"
    assert full.rows(
        "SELECT c.name FROM trip t JOIN customer c ON c.id = t.customer_id ORDER BY t.id"
    ) == [("钱七",), ("C000007",)]


def test_birthday_and_gender_come_from_the_id_number(full: Shop) -> None:
    make(full, {"customer": check_digit("11010119910307002"), "name": "钱七"})
    assert full.one("SELECT gender FROM customer WHERE name = '钱七'") == "female"
    assert full.one("SELECT year, month, day FROM special_date WHERE customer_id > 6") == (
        1991,
        3,
        7,
    )


def test_the_same_phone_under_another_name_makes_the_household(full: Shop) -> None:
    path = full.sheet(sheet(trip(customer="", phone="13812345678", name="王强")))
    said = full.run("trips", "import", path, "--create-customers").stdout
    assert "1 customer was made" in said
    assert "1 share a phone" in said


@pytest.mark.parametrize(
    "row",
    [
        {"customer": "X9", "departs_on": "2026-02-30"},
        {"customer": "X9", "returns_on": "2026-04-01"},
        {"customer": "X9", "departs_on": ""},
        {"customer": "X9", "code": "A1"},  # the order of somebody else
        {"customer": "13512345678"},  # without a name
        {"customer": "13800000000"},  # two may be meant
    ],
)
def test_a_row_that_is_rejected_makes_nobody(full: Shop, row: dict[str, str]) -> None:
    full.take("trips", sheet(trip(code="A1")))
    said = make(full, row)
    assert (said["rejected"], said["operation"]) == (1, None)
    assert full.one("SELECT count(*) FROM customer") == 6


def test_only_those_are_made_whose_trips_go_in(full: Shop) -> None:
    full.take("trips", sheet(trip(code="A1")))
    said = make(full, {"customer": "X9", "code": "A1"}, {"customer": "X8", "code": "A8"})
    assert (said["added"], said["rejected"]) == (1, 1)
    assert full.rows("SELECT code FROM customer WHERE id > 6") == [("X8",)]


# --- what is inferred ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "returns"),
    [
        ({}, "2026-05-01"),
        ({"days": "5"}, "2026-05-05"),
        ({"days": "5天4晚"}, "2026-05-05"),
        ({"returns_on": "2026-05-09"}, "2026-05-09"),
        ({"returns_on": "2026-05-09", "days": "5"}, "2026-05-09"),
        ({"days": "366"}, "2027-05-01"),
    ],
)
def test_the_return_is_inferred(full: Shop, row: dict[str, str], returns: str) -> None:
    full.take("trips", sheet(trip(**row)))
    assert full.one("SELECT returns_on FROM trip") == returns


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"returns_on": "2026-04-30"}, "before it departs"),
        ({"returns_on": "2027-05-02"}, "it lasts 367 days: more than 366"),
        ({"days": "367"}, "more than 366"),
        ({"departs_on": ""}, "no departure date"),
        ({"departs_on": "", "status": "completed"}, "no departure date"),
        ({"price": "面议"}, "no amount"),
        ({"price": "$100"}, "USD"),
        ({"price": "-1"}, "tourcrm payments refund CODE AMOUNT"),
        ({"price": "(200)"}, "trips cancel"),
        ({"party_size": "0"}, "out of range"),
        ({"status": "on hold"}, "not known"),
        ({"service": "rocket"}, "not known"),
    ],
)
def test_what_cannot_be_is_rejected(full: Shop, row: dict[str, str], words: str) -> None:
    said = full.take("trips", sheet(trip(**row)))
    assert said["rejected"] == 1
    assert words in full.reasons(said)[2]


def test_what_old_trips_leave_out_is_filled_in_and_said(full: Shop) -> None:
    path = full.sheet(sheet(trip(), trip(destination="西藏", status="已完成", price="1.2万")))
    said = full.run("trips", "import", path).stdout
    assert full.rows("SELECT service, kind, status, price FROM trip ORDER BY id") == [
        ("tour", "group", "booked", None),
        ("tour", "group", "booked", 1_200_000),
    ]
    for words in (
        "1 without a status: taken as booked",
        "2 without a service",
        "2 without a kind",
        "2 without a return",
        "1 without a price",
    ):
        assert words in said
    quiet = full.run("trips", "import", path).stdout
    assert "without" not in quiet
    assert "nothing to do" in quiet


def test_old_open_quotes_come_in_as_lost_and_stay_so(full: Shop) -> None:
    rows = [
        trip(customer="K1", status="quoted", quoted_on="2026-09-01", departs_on="2027-01-01"),
        trip(customer="K2", status="quoted", quoted_on="2026-11-01", departs_on="2027-01-01"),
        trip(customer="K3", status="inquiry", inquired_on="2026-01-01", departs_on=""),
        trip(customer="K4", status="quoted", departs_on="2026-01-01", lost_reason="太贵"),
    ]
    path = full.sheet(sheet(*rows))
    assert "3 quotes" in full.run("trips", "import", path).stdout
    stored = [
        ("lost", "imported", "2026-10-31"),
        ("quoted", None, None),
        ("lost", "imported", "2026-03-02"),
        ("lost", "太贵", "2026-03-02"),
    ]
    select = "SELECT status, lost_reason, lost_on FROM trip ORDER BY id"
    assert full.rows(select) == stored
    assert full.take("trips", path)["operation"] is None
    assert full.rows(select) == stored
    sold = sheet({**rows[0], "status": "booked"})
    assert full.take("trips", sold)["updated"] == 1
    assert full.rows(select)[0] == ("booked", "imported", None)


# Status, inquired, quoted, departure, and whether that is an old quote, which is lost: its day is
# that of the quote, else of the inquiry, else the departure, and 60 days ago was 2026-09-21.
QUOTES = [
    (("quoted", "", "2026-09-20", "2027-01-01"), True),
    (("quoted", "", "2026-09-21", "2027-01-01"), False),
    (("quoted", "2026-01-01", "2026-11-01", "2026-09-01"), False),
    (("quoted", "2026-11-01", "2026-08-01", "2027-01-01"), True),
    (("quoted", "2026-09-20", "", "2027-01-01"), True),
    (("quoted", "", "", "2026-09-20"), True),
    (("quoted", "", "", "2026-09-21"), False),
    (("quoted", "", "", ""), False),
    (("inquiry", "2026-09-20", "", ""), True),
    (("inquiry", "2026-09-21", "", "2026-09-01"), False),
    (("inquiry", "2026-01-01", "2026-11-01", ""), False),
    (("inquiry", "", "", "2026-01-01"), True),
    (("booked", "2026-01-01", "2026-01-01", "2026-01-01"), False),
    (("cancelled", "2026-01-01", "2026-01-01", "2026-01-01"), False),
]


def test_a_quote_is_as_old_when_it_is_new_as_when_it_was_lost_before(full: Shop) -> None:
    """New trips are judged by SQL, those that are there in Python: the same rule twice."""
    names = ("status", "inquired_on", "quoted_on", "departs_on")
    told = [dict(zip(names, facts, strict=True)) for facts, _old in QUOTES]
    lost = [trip(**row, code=f"L{n:02d}") for n, row in enumerate(told)]
    assert full.take("trips", sheet(*({**row, "status": "lost"} for row in lost)))["rejected"] == 0
    new = [trip(**row, code=f"N{n:02d}") for n, row in enumerate(told)]
    assert full.take("trips", sheet(*lost, *new))["rejected"] == 0
    wanted = [("lost" if old else facts[0],) for facts, old in QUOTES]
    for letter, rule in (("N", "_infer"), ("L", "_is_old_quote")):
        found = full.rows(f"SELECT status FROM trip WHERE code GLOB '{letter}*' ORDER BY code")
        assert found == wanted, rule


# --- which is the same ---------------------------------------------------------------------------


def test_the_order_code_is_the_trip(full: Shop) -> None:
    full.take("trips", sheet(trip(code="0012", price="100")))
    said = full.take("trips", sheet(trip(code="0012", price="200", departs_on="2026-06-01")))
    assert said["updated"] == 1
    assert full.one("SELECT code, price, departs_on, returns_on FROM trip") == (
        "0012",
        20_000,
        "2026-06-01",
        "2026-06-01",
    )


def test_a_trip_that_moves_keeps_its_length(full: Shop) -> None:
    full.take("trips", sheet(trip(code="1", days="5")))
    full.take("trips", "order_no,customer,departs_on\n1,K1,2026-06-01\n")
    assert full.one("SELECT returns_on FROM trip") == "2026-06-05"


def test_a_trip_that_departs_later_and_returns_as_before_gets_shorter(full: Shop) -> None:
    full.take("trips", sheet(trip(code="1", days="5")))
    shorter = "order_no,customer,departs_on,returns_on\n1,K1,2026-05-03,2026-05-05\n"
    assert full.take("trips", shorter)["updated"] == 1
    assert full.one("SELECT departs_on, returns_on FROM trip") == ("2026-05-03", "2026-05-05")
    assert full.take("trips", shorter)["unchanged"] == 1


def test_without_a_code_it_is_customer_day_place_and_which_of_the_equals(full: Shop) -> None:
    rows = [trip(price="1"), trip(price="2"), trip(destination="西藏"), trip(customer="K2")]
    assert full.take("trips", sheet(*rows))["added"] == 4
    assert full.take("trips", sheet(*rows))["operation"] is None
    said = full.take("trips", sheet(*rows[:2], trip(price="3")))
    assert (said["added"], said["updated"]) == (1, 0)
    assert sorted(full.rows("SELECT price FROM trip WHERE price > 0")) == [(100,), (200,), (300,)]


def test_codes_and_none_in_one_file_are_kept_apart(full: Shop) -> None:
    rows = [trip(code="A1", price="1"), trip(code="", price="2")]
    for order in (rows, rows[::-1], rows):
        full.take("trips", sheet(*order))
        assert sorted(full.rows("SELECT code = 'A1', price FROM trip")) == [(0, 200), (1, 100)]


def test_a_dash_is_no_order_code(full: Shop) -> None:
    assert full.take("trips", sheet(trip(code="-"), trip(code="-", price="5")))["added"] == 2


def test_an_order_of_somebody_else_is_rejected(full: Shop) -> None:
    full.take("trips", sheet(trip(code="A1")))
    said = full.take("trips", sheet(trip(code="A1", customer="K2")))
    assert "that of customer K1" in full.reasons(said)[2]
    both = full.take("trips", sheet(trip(code="A2"), trip(code="A2", customer="K2")))
    assert (both["added"], both["rejected"]) == (1, 1)
    assert "line 2 has the same order number" in full.reasons(both)[3]


@pytest.mark.parametrize(
    ("way", "known", "price", "note", "rejected"),
    [
        ("update", False, 100, None, 1),
        ("update", True, 100, None, 1),
        ("fill", False, 100, None, 1),
        ("fill", True, 100, None, 1),
        ("skip", False, 100, None, 1),
        ("skip", True, 100, None, 1),
        ("error", False, 100, None, 1),
        ("error", True, 100, None, 2),
    ],
)
def test_two_rows_of_one_order_settle_once(
    full: Shop, way: str, known: bool, price: int, note: str | None, rejected: int
) -> None:
    if known:
        full.take("trips", sheet(trip(code="A1", price="1")))
    rows = sheet(trip(code="A1", price="1"), trip(code="A1", price="2", note="x"))
    said = full.take("trips", rows, "--on-duplicate", way)
    assert said["rejected"] == rejected
    assert full.one("SELECT price, note FROM trip") == (price, note)
    assert full.take("trips", rows, "--on-duplicate", way)["operation"] is None


def test_error_rejects_also_what_is_there_just_so(full: Shop) -> None:
    full.take("trips", sheet(trip(code="A1"), trip(destination="西藏")))
    rows = sheet(trip(code="A1"), trip(code="", destination="西藏"), trip(code="A2"))
    said = full.take("trips", rows, "--on-duplicate", "error")
    assert (said["added"], said["rejected"]) == (1, 2)
    assert "there already" in full.reasons(said)[2]


def test_two_rows_of_one_order_that_cannot_be_one_are_not_made_one(full: Shop) -> None:
    rows = sheet(
        trip(code="A1", departs_on="2026-05-01", returns_on="2026-05-03"),
        trip(code="A1", departs_on="2026-06-01", returns_on=""),
        trip(code="A1", departs_on="", returns_on="2026-05-03"),
    )
    said = full.take("trips", rows)
    assert (said["added"], said["unchanged"], said["rejected"]) == (1, 1, 1)
    assert full.one("SELECT departs_on, returns_on FROM trip") == ("2026-05-01", "2026-05-03")
    assert "line 2 has the same order number" in full.reasons(said)[3]
    assert "departs_on" in full.reasons(said)[3]


def test_two_rows_that_are_not_possible_together_are_not_made_one(full: Shop) -> None:
    rows = sheet(
        trip(code="A1", departs_on="2026-06-01", status="quoted"),
        trip(code="A1", departs_on="", returns_on="2026-05-03", status="quoted"),
    )
    said = full.take("trips", rows)
    assert (said["added"], said["rejected"]) == (1, 1)
    assert "before it departs" in full.reasons(said)[3]


def test_a_change_that_cannot_be_is_rejected_and_changes_nothing(full: Shop) -> None:
    full.take("trips", sheet(trip(code="A1", returns_on="2026-05-09", price="1")))
    said = full.take("trips", "order_no,customer,returns_on,price\nA1,K1,2026-04-01,2\n")
    assert (said["rejected"], said["operation"]) == (1, None)
    assert full.one("SELECT returns_on, price FROM trip") == ("2026-05-09", 100)


def test_a_cancelled_trip_that_is_booked_after_all_has_no_day_of_cancelling(full: Shop) -> None:
    full.take("trips", sheet(trip(code="A1", status="cancelled", cancelled_on="2026-04-01")))
    full.take("trips", sheet(trip(code="A1", status="booked")))
    assert full.one("SELECT status, cancelled_on FROM trip") == ("booked", None)


def test_codes_that_are_made_for_trips_never_meet_those_of_the_file(full: Shop) -> None:
    full.take("trips", sheet(trip(code=""), trip(code="T0000001", destination="x")))
    codes = dict(full.rows("SELECT destination, code FROM trip"))
    assert codes["x"] == "T0000001"
    assert codes["云南"] > "T0000001"


def test_the_code_of_a_rejected_row_is_given_to_no_other_trip(full: Shop) -> None:
    rows = sheet(trip(code=""), trip(code="T0000001", destination="x", departs_on=""))
    assert full.take("trips", rows)["rejected"] == 1
    assert full.rows("SELECT code FROM trip") != [("T0000001",)]
    assert full.take("trips", rows)["operation"] is None


def test_the_same_file_again_writes_nothing(full: Shop) -> None:
    rows = sheet(trip(code="A1", price="1"), trip(code="", destination="西藏"), trip(code="A2"))
    full.take("trips", rows)
    before = full.db.read_bytes()
    assert full.take("trips", rows)["unchanged"] == 3
    assert full.db.read_bytes() == before


def test_the_order_of_rows_and_columns_is_the_same_to_the_second_import(full: Shop) -> None:
    rows = [trip(code=f"A{n}", price=str(n), days=str(n % 5 + 1)) for n in range(1, 30)]
    full.take("trips", sheet(*rows))
    names = ["price", "days", "destination", "code", "departs_on", "customer"]
    assert full.take("trips", columns(rows[::-1], names))["operation"] is None


# --- a dry run -----------------------------------------------------------------------------------


def test_a_dry_run_tells_the_truth_and_leaves_no_trace(full: Shop) -> None:
    full.take("trips", sheet(trip(code="A1")))
    path = full.sheet(
        sheet(
            trip(code="A1", price="5"),
            trip(code="A2", customer="新客户"),
            trip(code="A3", customer=""),
            trip(code="A4", departs_on="x"),
        ),
        "next.csv",
    )
    before = full.db.read_bytes(), full.state(), sorted(full.folder.iterdir())
    dry = full.take("trips", path, "--dry-run", "--create-customers")
    assert (full.db.read_bytes(), full.state(), sorted(full.folder.iterdir())) == before
    real = full.take("trips", path, "--create-customers")
    hidden = {"operation": 0, "rejected_file": 0}
    assert dry | hidden == real | hidden
    assert (real["added"], real["updated"], real["rejected"]) == (2 - 1, 1, 2)


# --- the sample agency ---------------------------------------------------------------------------


def test_the_sample_is_rejected_just_where_it_is_wrong(shop: Shop) -> None:
    wrong = make_sample.expected_rejects()
    files = {
        sample.CUSTOMERS: "customers",
        sample.OLD_ORDERS: "trips",
        sample.NEW_ORDERS: "trips",
        sample.CONTACTS: "interactions",
    }
    assert set(wrong) == set(files)
    for name, entity in files.items():
        copy = shop.sheet((sample.FOLDER / name).read_bytes(), name)
        said = shop.take(entity, Path(copy))
        reasons = shop.reasons(said)
        assert set(reasons) == set(wrong[name]), name


# --- merged cells ---------------------------------------------------------------------------------


def test_a_customer_merged_over_several_trips_is_that_of_each(shop: Shop) -> None:
    """His price, merged too, is that of all three together; the title and the foot stay apart."""
    path = shop.folder / "merged.xlsx"
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet()
    page.merge_range("A1:E1", "2026 年订单")
    page.merge_range("A2:A3", "姓名")
    page.write_row("B2", ["手机", "出发日期", "目的地", "金额"])
    page.merge_range("A4:A6", "王芳")
    page.merge_range("B4:B7", "13812345678")
    page.merge_range("E4:E6", 9000)
    for row, (day, place) in enumerate(
        [("2026-03-01", "桂林"), ("2026-04-01", "云南"), ("2026-05-01", "北疆")], 3
    ):
        page.write_row(row, 2, [day, place])
    page.write_row("A8", ["李四", "13912345678", "2026-06-01", "三亚", 3000])
    page.merge_range("A9:A10", "合计")
    page.write_row("E9", [12000])
    book.close()
    said = shop.take("trips", path, "--create-customers")
    assert shop.rows(
        "SELECT c.name, c.phone, t.destination, t.price FROM trip t "
        "JOIN customer c ON c.id = t.customer_id ORDER BY t.departs_on"
    ) == [
        ("王芳", "+8613812345678", "桂林", 900_000),
        ("王芳", "+8613812345678", "云南", None),
        ("王芳", "+8613812345678", "北疆", None),
        ("李四", "+8613912345678", "三亚", 300_000),
    ]
    assert (said["added"], sorted(shop.reasons(said))) == (4, [9])
    assert "merged cells: each counts" in shop.run("trips", "import", path).stdout


@pytest.mark.parametrize(
    ("entity", "header"), [("trips", "顾客"), ("trips", "游客手机"), ("interactions", "客户号")]
)
def test_a_reason_names_the_column_as_the_file_does(shop: Shop, entity: str, header: str) -> None:
    content = f"备注,{header},日期\nx,13800009999,2026-05-01\n"
    field = "phone" if header == "游客手机" else "customer"
    day = "at" if entity == "interactions" else "departs_on"
    said = shop.take(entity, content, "--map", f"{header}={field}", "--map", f"日期={day}")
    assert shop.reasons(said)[2].startswith(f"{header}: nobody has the code")


@pytest.mark.parametrize("turned", [False, True])
def test_a_code_that_nobody_has_means_one_customer_in_all_rows(shop: Shop, turned: bool) -> None:
    """The number of another program, with a phone that is known in one of its rows."""
    shop.take("customers", [["name", "phone"], ["王芳", "13812345678"]])
    rows = [["8812", "", "2026-05-01"], ["8812", "13812345678", "2026-06-01"]]
    sheet = [["customer", "phone", "departs_on"], *(rows[::-1] if turned else rows)]
    assert shop.take("trips", sheet, "--create-customers")["added"] == 2
    assert shop.rows(
        "SELECT DISTINCT c.name FROM trip t JOIN customer c ON c.id = customer_id"
    ) == [("王芳",)]
    assert shop.take("trips", sheet, "--create-customers")["operation"] is None


# --- words, sums, days of the door ---------------------------------------------------------------


def test_words_that_are_not_known_are_listed_and_can_be_told(shop: Shop) -> None:
    shop.run("customers", "add", "王芳", "--code", "1")
    sheet = shop.sheet(
        "订单号,客户,出发日期,状态\nA,1,2026-12-01,等通知\nB,1,2026-12-02,等通知\nC,1,2026-12-03,飞了\n"
        "D,1,2026-12-04,已成团\n"
    )
    done = shop.run("trips", "import", sheet)
    assert "状态: words that are not known: 等通知 (2), 飞了 (1)" in done.stdout
    assert '--word "等通知=..."' in done.stdout
    words = ("--word", "等通知=报价", "--word", "飞了=cancelled")
    done = shop.run("trips", "import", sheet, *words, "--profile", "sea")
    assert done.exit_code == 0, done.stdout
    assert shop.rows("SELECT code, status FROM trip ORDER BY code") == [
        ("A", "quoted"),
        ("B", "quoted"),
        ("C", "cancelled"),
        ("D", "booked"),
    ]
    more = shop.sheet("订单号,客户,出发日期,状态\nE,1,2026-12-05,飞了\n")
    assert shop.run("trips", "import", more, "--profile", "sea").exit_code == 0
    assert shop.run("trips", "import", more, "--profile", "land").exit_code == 1


@pytest.mark.parametrize("pair", ["飞了", "飞了=", "=booked", "飞了=gone"])
def test_a_word_that_means_nothing_is_refused(shop: Shop, pair: str) -> None:
    sheet = shop.sheet("订单号,客户,出发日期,状态\nA,1,2026-12-01,飞了\n")
    assert shop.run("trips", "import", sheet, "--word", pair).exit_code == 2


def test_sums_and_parties_are_worked_out_and_kept_in_the_note(shop: Shop) -> None:
    shop.run("customers", "add", "王芳", "--code", "1")
    sheet = shop.sheet(
        "订单号,客户,出发日期,人数,团费\nA,1,2026-12-01,2成人1儿童,3980*2\n"
        "B,1,2026-12-02,2大1小,3980元/人 x 2人\nC,1,2026-12-03,3,3980+200\n"
        "D,1,2026-12-04,2,3980-200\n"
        "E,1,2026-12-05,2,3980*2=7000\n"
    )
    done = shop.run("trips", "import", sheet)
    assert "人数: 2 cells say who the people are" in done.stdout
    assert "团费: 3 cells are sums" in done.stdout
    assert "the sum comes to something else" in done.stdout
    assert shop.rows("SELECT party_size, price, note FROM trip ORDER BY code") == [
        (3, 796_000, "[人数] 2成人1儿童; [团费] 3980*2"),
        (3, 796_000, "[人数] 2大1小; [团费] 3980元/人 x 2人"),
        (3, 418_000, "[团费] 3980+200"),
    ]


def test_a_place_in_two_spellings_is_found(shop: Shop) -> None:
    shop.run("customers", "add", "王芳", "--code", "1")
    shop.take("trips", "订单号,客户,出发日期,目的地\nA,1,2026-12-01,E\u0301vora\n")
    for wanted in ("évora", "ÉVORA", "E\u0301vora"):
        assert "A" in shop.run("trips", "find", wanted, "-f", "csv").stdout


SPANS = [
    ("2025-3-5至2025-3-9", "2025-03-05", "2025-03-09"),
    ("3.5-3.9", "2025-03-05", "2025-03-09"),
    ("3月5日-3月9日", "2025-03-05", "2025-03-09"),
    ("3月5-9日", "2025-03-05", "2025-03-09"),
    ("2025.12.30-2026.1.3", "2025-12-30", "2026-01-03"),
    ("12.30—1.3", "2025-12-30", "2026-01-03"),
    ("2025-03-05 ~ 03-09", "2025-03-05", "2025-03-09"),
    ("Mar 5 - Mar 9, 2025", "2025-03-05", "2025-03-09"),
    ("11月6日", "2025-11-06", "2025-11-06"),
    ("1月6日", "2026-01-06", "2026-01-06"),
]


def test_a_departure_may_tell_its_return_and_take_its_year_from_the_booking(full: Shop) -> None:
    shop = full
    rows = [[f"A{n}", "K1", cell, "2025-02-01"] for n, (cell, *_days) in enumerate(SPANS)]
    sheet = shop.sheet([["订单号", "客户", "出发日期", "预订日期"], *rows])
    assert shop.run("trips", "import", sheet).exit_code == 0
    found = shop.rows("SELECT departs_on, returns_on FROM trip ORDER BY id")
    assert [(cell, *days) for (cell, *_), days in zip(SPANS, found, strict=True)] == SPANS
    assert "nothing to do" in shop.run("trips", "import", sheet).stdout


@pytest.mark.parametrize(
    ("cell", "returns", "words"),
    [
        ("11月6日", "", "no year"),
        ("3.5-3.9", "", "no year"),
        ("2025-3-5至2025-3-9", "2025-03-10", "in its own column 2025-03-10"),
        ("2025-3-9至2025-3-5", "", "before it departs"),
    ],
)
def test_days_that_cannot_be_told_are_refused(
    shop: Shop, cell: str, returns: str, words: str
) -> None:
    shop.run("customers", "add", "王芳", "--code", "1")
    rows = [["订单号", "客户", "出发日期", "返回日期"], ["A", "1", cell, returns]]
    said = shop.take("trips", rows)
    assert words in shop.reasons(said)[2]


def test_names_of_products_say_what_nobody_else_says(shop: Shop) -> None:
    shop.run("customers", "add", "王芳", "--code", "1")
    sheet = shop.sheet(
        "订单号,客户,出发日期,产品名称,产品类型\nA,1,2026-11-01,三亚5日4晚自由行,\n"
        "B,1,2026-11-02,日本签证 单次,\n"
        "C,1,2026-11-03,杭州-北京 机票,\nD,1,2026-11-04,北疆8日游,邮轮\nE,1,2026-11-05,三亚,\n"
        "F,1,2026-11-06,北海道六日跟團遊（含机票）,\n"
    )
    done = shop.run("trips", "import", sheet)
    assert "4 services told by the name of the product" in done.stdout
    assert shop.rows("SELECT service, kind, returns_on FROM trip ORDER BY code") == [
        ("tour", "independent", "2026-11-05"),
        ("visa", "group", "2026-11-02"),
        ("flight", "group", "2026-11-03"),
        ("cruise", "group", "2026-11-11"),
        ("tour", "group", "2026-11-05"),
        ("tour", "group", "2026-11-11"),
    ]
    due = shop.run("followups", "due", "--as-of", "2026-11-04", "-f", "json").stdout
    assert '"welcome_home"' not in due
