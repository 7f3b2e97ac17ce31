"""A file of orders that comes again, a little different: no difference is passed over."""

import random
from pathlib import Path
from typing import Any

import pytest

from tests.importer import Shop
from tourcrm.files import table
from tourcrm.files.csv import TextSheet
from tourcrm.imports import pairing, trips, unchanged

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
    return Shop.holding(tmp_path, ("customers", CUSTOMERS), ("trips", SHEET))


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


@pytest.mark.parametrize("first", [True, False])
def test_a_second_row_of_an_order_does_not_overwrite_what_stands(first: bool, shop: Shop) -> None:
    other = changed(2, "price", "2500")[2]
    rows = [SHEET[0], other, *SHEET[1:]] if first else [*SHEET, other]
    said = shop.take("trips", rows)
    assert (said["updated"], said["rejected"]) == (0, 1)
    [(line, reason)] = shop.reasons(said).items()
    assert (line, f"line {4 if first else 3} has the same order number" in reason) == (
        2 if first else 6,
        True,
    )
    assert "price" in reason
    assert shop.one("SELECT price FROM trip WHERE code = 'D2'") == 200_000


def test_a_row_that_says_how_it_stands_wins_over_another_one(shop: Shop) -> None:
    header, many = HEADER[:5], 2 * table.CHUNK_ROWS
    rows = [[f"E{n}", "K1", "2025-08-01", "2025-08-09", f"线路{n}"] for n in range(many)]
    shop.take("trips", [header, *rows])
    said = shop.take("trips", [header, [*rows[-1][:4], "三亚"], *rows])
    assert (said["updated"], said["unchanged"], said["rejected"]) == (0, many, 1)
    assert f"line {many + 2} has the same order number" in shop.reasons(said)[2]


def test_a_trip_changed_meanwhile_becomes_what_the_file_says(shop: Shop) -> None:
    assert shop.run("trips", "edit", "D3", "--destination", "韩国").exit_code == 0
    assert shop.take("trips", SHEET)["updated"] == 1
    assert shop.one("SELECT destination FROM trip WHERE code = 'D3'") == "日本"


def test_every_order_that_is_there_is_refused_where_that_is_asked(shop: Shop) -> None:
    assert shop.take("trips", SHEET, "--on-duplicate", "error")["rejected"] == 4


@pytest.mark.parametrize("ends", ["\x1e", "\x1f"])
def test_what_moved_from_one_cell_to_the_next_is_written(ends: str, shop: Shop) -> None:
    header = ["order_no", "customer", "departs_on", "destination", "note"]
    shop.take("trips", [header, *[[f"N{n}", "K1", "2025-09-01", "甲", "乙"] for n in (1, 2)]])
    shop.take("trips", [header, ["N1", "", "", "", f"丙{ends}丁"], ["N2", "", "", "", "戊"]])
    said = shop.take("trips", [header, ["N1", "", "", "", "丙"], ["N2", "", "", "", f"丁{ends}戊"]])
    assert said["updated"] == 2


# --- how fast ------------------------------------------------------------------------------------


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """The places of the rows that were looked up one by one, of each chunk where any were."""
    found: list[list[int]] = []
    one_by_one = unchanged.Standing._one_by_one

    def noted(self: unchanged.Standing, rows: Any, places: Any) -> Any:
        found.extend([list(places)] if places else [])
        return one_by_one(self, rows, places)

    monkeypatch.setattr(unchanged.Standing, "_one_by_one", noted)
    return found


@pytest.mark.parametrize("codes", [True, False])
def test_rows_as_they_follow_one_another_are_not_looked_up_one_by_one(
    codes: bool, tmp_path: Path, looked_up: list[list[int]]
) -> None:
    shop = Shop.holding(tmp_path, ("customers", CUSTOMERS))
    first, *rows = [row if codes else row[1:] for row in SHEET]
    numbers = [shop.take("trips", [first, row])["operation"] for row in rows]
    for some in (rows, rows[:2], rows[1:], rows[3:]):
        looked_up.clear()
        assert shop.take("trips", [first, *some])["unchanged"] == len(some)
        assert looked_up == []
    looked_up.clear()
    changed = [first, *rows[:2], [*rows[2][:-1], "素食"], rows[3]]
    assert shop.take("trips", changed, "--dry-run")["updated"] == 1
    assert looked_up == [[2]]
    looked_up.clear()
    assert shop.take("trips", [first, rows[2], rows[0]])["unchanged"] == 2
    assert looked_up == [[0, 1]]
    # Where trips between them have gone, too: half of those that there were.
    for number in numbers[1:3]:
        assert shop.run("imports", "undo", str(number)).exit_code == 0
    looked_up.clear()
    assert shop.take("trips", [first, rows[0], rows[3]])["unchanged"] == 2
    assert looked_up == []


# --- without order codes -------------------------------------------------------------------------

PLAIN = [row[1:] for row in SHEET]
CHUNKS = TextSheet.chunks
TWINS = [
    PLAIN[0],
    *([*PLAIN[1][:6], str(number), f"{number}00", ""] for number in (1, 2, 3)),
    *PLAIN[1:],
]


@pytest.fixture
def plain(tmp_path: Path) -> Shop:
    """An agency whose trips came without codes, four of them alike but for people and price."""
    return Shop.holding(tmp_path, ("customers", CUSTOMERS), ("trips", TWINS))


def plainly(line: int, column: str, cell: str) -> list[list[str]]:
    rows = [list(row) for row in TWINS]
    rows[line][PLAIN[0].index(column)] = cell
    return rows


@pytest.mark.parametrize("line", [1, 2, 3, 4, 6, 7])
def test_a_row_without_a_code_that_differs_changes_its_own_trip(line: int, plain: Shop) -> None:
    said = plain.take("trips", plainly(line, "note", "素食"))
    assert (said["updated"], said["unchanged"]) == (1, 6)
    assert plain.rows("SELECT id FROM trip WHERE note = '素食'") == [(line,)]


@pytest.mark.parametrize("line", [1, 2, 6, 7])
def test_a_row_without_a_code_to_another_place_is_another_trip(line: int, plain: Shop) -> None:
    for column, cell in (
        ("destination", "海南"),
        ("destination", ""),
        ("departs_on", "2025-02-28"),
    ):
        said = plain.take("trips", plainly(line, column, cell), "--dry-run")
        assert (said["added"], said["updated"] + said["unchanged"]) == (1, 6)


def test_those_alike_that_come_in_another_order_change_nothing(plain: Shop) -> None:
    before = plain.state()
    said = plain.take("trips", [TWINS[0], TWINS[2], TWINS[1], *TWINS[3:]])
    assert (said["unchanged"], said["operation"]) == (7, None)
    assert plain.state() == before


def test_of_those_alike_the_row_that_is_there_is_the_one_that_says_the_same(plain: Shop) -> None:
    said = plain.take("trips", [TWINS[0], TWINS[2]])
    assert (said["unchanged"], said["operation"]) == (1, None)


@pytest.mark.parametrize("first", [True, False])
def test_a_second_row_like_one_that_is_there_is_a_second_trip(
    first: bool, plain: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TextSheet, "chunks", lambda one: CHUNKS(one, 1))
    known, other = TWINS[6], [*TWINS[6][:-1], "素食"]
    said = plain.take("trips", [TWINS[0], *((other, known) if first else (known, other))])
    assert (said["added"], said["updated"], said["unchanged"]) == (1, 0, 1)
    assert plain.rows("SELECT id FROM trip WHERE note = '素食'") == [(8,)]


def test_of_those_alike_the_next_best_is_changed(plain: Shop) -> None:
    other = [*TWINS[2][:-2], "250.00", TWINS[2][-1]]
    said = plain.take("trips", [TWINS[0], TWINS[3], other, TWINS[1]])
    assert (said["updated"], said["unchanged"]) == (1, 2)
    assert plain.rows("SELECT price FROM trip WHERE id < 4") == [(10_000,), (25_000,), (30_000,)]


SEEDS = (*range(6), *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(6, 60)))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_sheet_without_codes_may_be_shuffled(seed: int, tmp_path: Path) -> None:
    """Also in pieces, with cells left blank, and with columns left out."""
    chance = random.Random(seed)
    cells = {
        "customer": ["K1", "K1", "K2"],
        "departs_on": ["2025-03-01", "2025-03-01", "2025-04-01"],
        "destination": ["云南", "云南", ""],
        "party_size": ["", "1", "2"],
        "price": ["", "100", "200", "300"],
        "note": ["", "a", "b"],
    }
    rows = [[chance.choice(some) for some in cells.values()] for _ in range(40)]
    shop = Shop.holding(tmp_path, ("customers", CUSTOMERS))
    assert shop.take("trips", [list(cells), *rows])["added"] == 40
    before = shop.state()
    for _ in range(3):
        chance.shuffle(rows)
        kept = chance.sample(range(3, 6), 2)
        some = rows[: chance.choice((40, 25, 3))]
        for sheet in (
            [list(cells), *some],
            [
                [list(cells)[n] for n in (0, 1, 2, *kept)],
                *([r[n] for n in (0, 1, 2, *kept)] for r in some),
            ],
        ):
            with pytest.MonkeyPatch.context() as patch:
                size = chance.choice((1, 3, 7, 100))
                patch.setattr(TextSheet, "chunks", lambda one, size=size: CHUNKS(one, size))
                assert shop.take("trips", sheet)["operation"] is None
            assert shop.state() == before


def test_a_trip_named_by_its_code_is_not_meant_by_a_row_without(plain: Shop) -> None:
    code = plain.one("SELECT code FROM trip WHERE id = 1")
    rows = [["", *row] for row in TWINS[1:4]]
    for sheet in ([*rows, [code, *TWINS[1]]], [[code, *TWINS[1]], *rows]):
        said = plain.take("trips", [["order_no", *TWINS[0]], *sheet], "--dry-run")
        assert (said["added"], said["updated"], said["unchanged"]) == (0, 1, 3)


def test_a_trip_that_a_row_named_only_far_below_is_not_meant_by_the_first(plain: Shop) -> None:
    code = plain.one("SELECT code FROM trip WHERE id = 1")
    between = [
        [f"F{n}", "K2", "2025-08-01", "2025-08-05", "三亚", "booked", "no", "2", "100", ""]
        for n in range(table.CHUNK_ROWS - 1)
    ]
    rows = [["", *TWINS[1]], *between, [code, *TWINS[1]]]
    said = plain.take("trips", [["order_no", *TWINS[0]], *rows], "--dry-run")
    assert (said["added"], said["updated"], said["unchanged"]) == (len(between), 1, 1)


@pytest.mark.parametrize(
    "rows",
    [
        [TWINS[0], *reversed(TWINS[5:])],
        [TWINS[0], *TWINS[1:3]],
        [TWINS[0], TWINS[1], TWINS[7]],
        plainly(2, "price", ""),
        [row[:5] for row in TWINS],
    ],
    ids=["reversed", "the first of those alike", "ends", "a blank cell", "fewer columns"],
)
def test_without_codes_what_says_nothing_new_is_not_staged(
    rows: list[list[str]], plain: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stage(_: object, lines: list[int], *__: object) -> None:
        assert not lines

    monkeypatch.setattr(trips.Trips, "stage", stage)
    before = plain.state()
    said = plain.take("trips", rows)
    assert (said["unchanged"], said["operation"]) == (len(rows) - 1, None)
    assert plain.state() == before


def test_trips_of_another_file_between_do_not_disturb(plain: Shop) -> None:
    other = [*PLAIN[1][:6], "9", "900", ""]
    for day in ("2025-03-01", "2025-03-02"):
        plain.take("trips", [TWINS[0], [other[0], day, *other[2:]]], "--on-duplicate", "skip")
    more = [["K1", "2025-10-01", "2025-10-05", "海南", "booked", "no", "2", "100", ""]]
    plain.take("trips", [TWINS[0], *TWINS[1:3], *more])
    said = plain.take("trips", [*TWINS, *more])
    assert (said["unchanged"], said["operation"]) == (8, None)


ROW = {1: (2, 100, "x")}
NEAR_AND_BLANK = {5: (2, 90, "x"), 6: (None, None, None)}
TWO, CROSSWISE = {1: (2, 90, "x"), 2: (3, 90, "y")}, {5: (3, 80, "y"), 6: (2, 80, "x")}


@pytest.mark.parametrize(
    ("rows", "there", "blanks_fit", "of", "unsure"),
    [
        (ROW, NEAR_AND_BLANK, False, {1: 5}, {1}),
        (ROW, NEAR_AND_BLANK, True, {1: 6}, set()),
        ({1: (2, 1), 2: (2, 1)}, {7: (2, 1), 5: (2, 1)}, False, {1: 5, 2: 7}, set()),
        # The first would do for both, the second only for one.
        ({1: (2, None), 2: (None, 1)}, {5: (2, 1), 6: (2, 9)}, False, {1: 6, 2: 5}, set()),
        ({1: (2, 1), 2: (3, 1)}, {5: (2, None), 6: (None, None)}, True, {1: 5, 2: 6}, set()),
        (TWO, CROSSWISE, False, {1: 6, 2: 5}, {1, 2}),
        ({**TWO, 3: (4, 70, "z")}, {5: (2, 80, "x")}, False, {1: 5}, {1}),
        ({1: (None, None)}, {5: (None, None), 6: (1, None)}, False, {1: 5}, set()),
    ],
)
def test_which_row_is_which_trip(
    rows: dict[int, pairing.Cells],
    there: dict[int, pairing.Cells],
    blanks_fit: bool,
    of: dict[int, int],
    unsure: set[int],
) -> None:
    found = pairing.pairs(rows, there, blanks_fit)
    assert (found.of, found.unsure) == (of, unsure)


@pytest.mark.parametrize("blanks_fit", [True, False])
def test_of_too_many_to_compare_order_decides(
    monkeypatch: pytest.MonkeyPatch, blanks_fit: bool
) -> None:
    there = {6: (2, None, "x"), 5: (3, None, "y")}
    for most, of in ((4, {1: 6, 2: 5}), (3, {1: 5, 2: 6})):
        monkeypatch.setattr(pairing, "_MOST_PAIRS", most)
        assert pairing.pairs(TWO, there, blanks_fit).of == of
