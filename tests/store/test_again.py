"""A file of orders that comes again, a little different: no difference is passed over."""

from pathlib import Path

import pytest

from tests.importer import Shop
from tourcrm import sheet_base

HEADER = [
    *("order_no", "customer", "departs_on", "returns_on", "destination", "status", "abroad"),
    *("party_size", "price", "note"),
]
CUSTOMERS = [["code", "name"], ["K1", "张三"], ["K2", "李四"]]
SHEET = [
    HEADER,
    ["D1", "K1", "2025-03-01", "2025-03-05", "云南", "booked", "no", "2", "1000", ""],
    ["D2", "K2", "2025-04-01", "2025-04-05", "西藏", "booked", "yes", "1", "2000", "靠窗"],
    ["D3", "K1", "2025-05-01", "2025-05-05", "日本", "booked", "yes", "", "", ""],
    ["D4", "K2", "2025-06-01", "2025-06-05", "冰岛", "booked", "yes", "4", "9000", ""],
]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    shop = Shop.opened(tmp_path)
    shop.take("customers", CUSTOMERS)
    assert shop.take("trips", SHEET)["added"] == 4
    return shop


def changed(line: int, column: str, cell: str) -> list[list[str]]:
    rows = [list(row) for row in SHEET]
    rows[line][HEADER.index(column)] = cell
    return rows


@pytest.mark.parametrize(
    ("column", "cell", "stored"),
    [
        ("departs_on", "2025-05-02", "2025-05-02"),
        ("returns_on", "2025-05-06", "2025-05-06"),
        ("destination", "日本北海道", "日本北海道"),
        ("status", "cancelled", "cancelled"),
        ("abroad", "no", 0),
        ("party_size", "3", 3),
        ("price", "0.10", 10),
        ("note", "素食", "素食"),
    ],
)
def test_one_cell_that_differs_is_written(
    column: str, cell: str, stored: object, shop: Shop
) -> None:
    said = shop.take("trips", changed(3, column, cell))
    assert (said["updated"], said["unchanged"]) == (1, 3)
    assert shop.one(f"SELECT {column} FROM trip WHERE code = 'D3'") == stored


@pytest.mark.parametrize(
    "rows",
    [
        [HEADER, *reversed(SHEET[1:])],
        [HEADER, *SHEET[2:4]],
        [HEADER, SHEET[1], SHEET[4]],
        [HEADER, SHEET[1], SHEET[1], SHEET[4]],
        changed(2, "note", ""),
        changed(4, "status", ""),
        [[*row[:3], *row[4:]] for row in SHEET],
    ],
    ids=["reversed", "middle", "ends", "twice", "a blank cell", "an inferred one", "fewer columns"],
)
def test_what_says_nothing_new_changes_nothing(rows: list[list[str]], shop: Shop) -> None:
    before = shop.state()
    said = shop.take("trips", rows)
    assert (said["unchanged"], said["operation"]) == (len(rows) - 1, None)
    assert shop.state() == before


def test_rows_that_are_not_there_yet_are_added(shop: Shop) -> None:
    new = ["D9", "K1", "2025-07-01", "2025-07-05", "三亚", "booked", "no", "2", "100", ""]
    said = shop.take("trips", [HEADER, *SHEET[1:3], new, *SHEET[3:]])
    assert (said["added"], said["unchanged"]) == (1, 4)


def test_a_second_row_of_an_order_wins_over_one_that_is_as_it_stands(shop: Shop) -> None:
    later = changed(2, "price", "2500")[2]
    said = shop.take("trips", [*SHEET, later])
    assert said["updated"] == 1
    assert shop.one("SELECT price FROM trip WHERE code = 'D2'") == 250_000


def test_a_last_row_that_says_how_it_stands_wins_over_an_earlier_one(shop: Shop) -> None:
    header, many = HEADER[:5], 2 * sheet_base.CHUNK_ROWS
    rows = [[f"E{n}", "K1", "2025-08-01", "2025-08-09", f"线路{n}"] for n in range(many)]
    shop.take("trips", [header, *rows])
    said = shop.take("trips", [header, [*rows[-1][:4], "三亚"], *rows])
    assert (said["updated"], said["unchanged"]) == (0, many + 1)


def test_a_trip_changed_meanwhile_becomes_what_the_file_says(shop: Shop) -> None:
    assert shop.run("trips", "edit", "D3", "--destination", "韩国").exit_code == 0
    assert shop.take("trips", SHEET)["updated"] == 1
    assert shop.one("SELECT destination FROM trip WHERE code = 'D3'") == "日本"


def test_every_order_that_is_there_is_refused_where_that_is_asked(shop: Shop) -> None:
    assert shop.take("trips", SHEET, "--on-duplicate", "error")["rejected"] == 4
