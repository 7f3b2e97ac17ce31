"""The sample agency: made again the same, invented through and through, dirty as agreed."""

import csv
import io
import re
import zipfile
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from openpyxl import load_workbook

from scripts import make_sample
from tourcrm.sample import (
    CONTACTS,
    CUSTOMERS,
    FILES,
    FOLDER,
    NEW_ORDERS,
    OLD_ORDERS,
    SAMPLE_DAY,
)

ENCODINGS = {OLD_ORDERS: "gb18030", NEW_ORDERS: "utf-8-sig", CONTACTS: "utf-8-sig"}


def parts(workbook: bytes) -> dict[str, bytes]:
    """What is in a workbook: packed bytes differ from one zlib to another."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def orders(name: str) -> list[dict[str, str]]:
    text = (FOLDER / name).read_bytes().decode(ENCODINGS[name])
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def customers() -> list[dict[str, str]]:
    sheet = load_workbook(FOLDER / CUSTOMERS).worksheets[0]
    header, *rows = list(sheet.iter_rows(min_row=2, values_only=True))
    return [
        dict(zip(map(str, header), ("" if c is None else str(c) for c in row), strict=True))
        for row in rows
    ]


@pytest.fixture(scope="module")
def sheets() -> dict[str, make_sample.Sheet]:
    return {sheet.name: sheet for sheet in make_sample.make_sheets()}


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    with time_machine.travel(datetime(2031, 1, 2, 3, 4)):
        return make_sample.make_files()


@pytest.mark.parametrize("name", FILES)
def test_the_sample_is_what_its_script_makes_on_any_day(name: str, made: dict[str, bytes]) -> None:
    committed = (FOLDER / name).read_bytes()
    if name == CUSTOMERS:
        assert parts(made[name]) == parts(committed)
    else:
        assert made[name] == committed


def test_making_it_twice_gives_the_same_bytes(
    made: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["make_sample.py", str(tmp_path)])
    make_sample.main()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == made


def test_the_sample_is_small(made: dict[str, bytes]) -> None:
    assert tuple(made) == FILES
    assert sum((FOLDER / name).stat().st_size for name in FILES) < 600_000


def test_each_sheet_has_its_rows_and_its_share_of_bad_ones() -> None:
    bad = make_sample.expected_rejects()
    assert {
        name: (len(customers() if name == CUSTOMERS else orders(name)), len(bad[name]))
        for name in bad
    } == {
        CUSTOMERS: (433, 16),
        OLD_ORDERS: (1091, 37),
        NEW_ORDERS: (1619, 44),
        CONTACTS: (296, 8),
    }
    # They are named by the line they stand on.
    lines = (FOLDER / NEW_ORDERS).read_bytes().decode("utf-8-sig").split("\r\n")
    helicopter = next(n for n in bad[NEW_ORDERS] if "helicopter" in lines[n - 1])
    assert bad[NEW_ORDERS][helicopter] == "service: unknown word"


def test_two_or_three_rows_in_a_hundred_are_bad_for_many_reasons(
    sheets: dict[str, make_sample.Sheet],
) -> None:
    rows = [row for sheet in sheets.values() for row in sheet.rows]
    reasons = Counter(row.why for row in rows if row.why)
    assert 0.02 <= sum(reasons.values()) / len(rows) <= 0.031
    assert len(reasons) > 30
    assert max(reasons.values()) < 15


def test_nobody_in_it_can_exist(sheets: dict[str, make_sample.Sheet]) -> None:
    people = {id(r.customer): r.customer for r in sheets[CUSTOMERS].rows if r.customer}.values()
    mobiles = [n for c in people for n in (c.phone, c.phone2) if n.startswith("1")]
    assert len(mobiles) > 400
    assert all(re.fullmatch(r"1\d{2}0000\d{4}", number) for number in mobiles)
    ids = [c.id_number for c in people if c.id_number]
    assert len(ids) > 130
    for number in ids:
        assert number[2:6] == "0000"
        assert sum(
            (10 if digit == "X" else int(digit)) * 2 ** (17 - i) for i, digit in enumerate(number)
        ) % 11 == 1  # fmt: skip


def test_the_phones_are_numbers_that_a_phone_library_takes(
    sheets: dict[str, make_sample.Sheet],
) -> None:
    import phonenumbers

    for row in sheets[CUSTOMERS].rows:
        if row.customer:
            number = phonenumbers.parse(row.customer.phone, "CN")
            assert phonenumbers.is_valid_number(number), row.customer.phone


def test_a_few_customers_bring_half_of_the_sales(sheets: dict[str, make_sample.Sheet]) -> None:
    people = {id(r.customer): r.customer for r in sheets[CUSTOMERS].rows if r.customer}.values()
    tiers = make_sample.tiers(list(people))
    everybody = sum(len(members) for members in tiers.values())
    assert len(tiers["A"]) / everybody < 0.2
    assert sum(len(c.trips) == 1 for c in people) > 80
    assert sum(len(c.trips) > 10 for c in people if c.kind == "company") > 15


def test_the_morning_of_the_sample_day_has_work_for_every_rule(
    sheets: dict[str, make_sample.Sheet],
) -> None:
    taken = [
        r.trip for s in (OLD_ORDERS, NEW_ORDERS) for r in sheets[s].rows if r.trip and not r.why
    ]
    trips = [t for t in taken if t.status == "booked" and t.service in ("tour", "cruise")]

    departing = Counter(
        (t.departs, t.place) for t in trips if 0 < (t.departs - SAMPLE_DAY).days <= 5
    )
    assert max(departing.values()) >= 6  # one line for a whole group
    assert len({day for day, _ in departing}) == 5

    back = [t for t in trips if date(2026, 11, 15) <= t.returns <= date(2026, 11, 19)]
    assert {t.kind for t in back} == {"group", "independent", "custom"}
    assert len(back) >= 12

    people = {id(r.customer): r.customer for r in sheets[CUSTOMERS].rows if r.customer}.values()
    last = {c.code: make_sample.counted(c)[-1].departs for c in people if make_sample.counted(c)}
    year_ago = [
        day for day in last.values() if (day.month, day.day // 12) == (11, 1) and day.year < 2026
    ]
    assert len(year_ago) >= 12

    week = [SAMPLE_DAY + timedelta(days) for days in range(11)]
    lunar = {
        "农历" + day
        for day in ("十月十三", "十月十四", "十月十五", "十月十六", "十月十八", "十月十九")
    }
    for tier, members in make_sample.tiers(list(people)).items():
        born = [c for c in members if c.born and not c.lunar]
        assert (
            sum(
                (c.born.month, c.born.day) in {(d.month, d.day) for d in week}
                for c in born
                if c.born
            )
            >= 3
        ), tier
        assert any(c.lunar in lunar for c in members), tier


def test_the_new_sheet_reaches_into_the_next_year_and_nothing_is_booked_later_than_today(
    sheets: dict[str, make_sample.Sheet],
) -> None:
    trips = [r.trip for r in sheets[NEW_ORDERS].rows if r.trip]
    assert max(t.departs for t in trips) > date(2027, 2, 1)
    assert all(t.booked <= SAMPLE_DAY for t in trips if t.booked)
    assert all(row.day < SAMPLE_DAY for row in sheets[CONTACTS].rows if row.day)


def test_the_old_sheet_needs_gb18030_and_the_others_say_what_they_are() -> None:
    data = (FOLDER / OLD_ORDERS).read_bytes()
    with pytest.raises(UnicodeDecodeError):
        data.decode("utf-8")
    with pytest.raises(UnicodeDecodeError):
        data.decode("gbk")  # 䶮 takes four bytes
    for name in (NEW_ORDERS, CONTACTS):
        assert (FOLDER / name).read_bytes().startswith(b"\xef\xbb\xbf")
