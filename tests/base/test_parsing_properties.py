"""What holds for every cell, amount and yearly day."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import example, given, note, settings
from hypothesis import strategies as st

from tourcrm.base import parsing
from tourcrm.base.errors import CellError
from tourcrm.base.lunar import (
    Calendar,
    LunarDay,
    SpecialDay,
    keys_on,
    lunar_text,
    lunar_to_solar,
    occurrences,
    solar_to_lunar,
)
from tourcrm.base.money import LIMIT, format_amount, parse_amount, plain_amount

PARSERS: dict[str, Callable[[str], Any]] = {
    "text": parsing.text,
    "phones": parsing.phones,
    "id_number": parsing.id_number,
    "passport": parsing.passport,
    "email": parsing.email,
    "code": parsing.code,
    "name": parsing.name,
    "day": partial(parsing.day, order="dmy", serials=True),
    "moment": partial(parsing.moment, zone=ZoneInfo("Asia/Shanghai"), serials=True),
    "special_day": partial(parsing.special_day, serials=True),
    "count": parsing.count,
    "word": partial(parsing.word, words={"yes": "yes", "是": "yes"}),
    "flag": parsing.flag,
    "tags": parsing.tags,
    "masked": parsing.masked,
    "amount": partial(parse_amount, signed=True),
}
# Texts near the edges of what the parsers take.
SIGNS = "0123456789-/.,:年月日号 农历闰初十廿腊*xXE+元万¥()（）'\"=转、\u3000\u200b\0\ud800"
WORDS = "2024 138 12345678 lunar leap Mar 13812345678 11010519491231002X 99:99"
PIECES = st.sampled_from([*SIGNS, *WORDS.split()])
NASTY = st.one_of(st.text(), st.lists(PIECES, max_size=12).map("".join))


@settings(max_examples=300)  # making up a text takes far longer than reading it in every way
@given(cell=NASTY)
@example(cell="00")
@example(cell="+00000000000000000000")
@example(cell="2024-03-05 12:00+99:99")
def test_every_cell_is_taken_or_refused_in_words(cell: str) -> None:
    for kind, parse in PARSERS.items():
        note(kind)
        try:
            parse(cell)
        except CellError as refused:
            assert str(refused)


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_every_day_is_read_in_every_form(day: date) -> None:
    wide = "".join(chr(ord(one) + 0xFEE0) for one in day.isoformat())
    for form in (
        "{0:%Y-%m-%d}",
        "{0:%Y%m%d}",
        "{0.year}/{0.month}/{0.day}",
        "{0.year}年{0.month}月{0.day}日",
    ):
        assert parsing.day(form.format(day)) == parsing.day(wide) == day
    assert parsing.day(f"{day.day}/{day.month}/{day.year}", order="dmy") == day
    assert parsing.day(f"{day.month}/{day.day}/{day.year}", order="mdy") == day
    if day >= date(1927, 5, 18):
        assert parsing.day(str((day - date(1899, 12, 30)).days), serials=True) == day


solar_days = st.one_of(
    st.dates(date(1900, 1, 1), date(2100, 12, 31)).map(
        lambda d: SpecialDay(d.month, d.day, d.year)
    ),
    st.dates(date(2000, 1, 1), date(2000, 12, 31)).map(lambda d: SpecialDay(d.month, d.day)),
)
yearless_lunar_days = st.builds(
    SpecialDay, st.integers(1, 12), st.integers(1, 30), st.none(), st.just("lunar"), st.booleans()
)
lunar_days = st.dates(date(1900, 1, 31), date(2101, 1, 28)).map(solar_to_lunar)
special_days = st.one_of(
    solar_days,
    yearless_lunar_days,
    lunar_days.map(lambda d: SpecialDay(d.month, d.day, d.year, "lunar", d.leap)),
)


@given(special_days)
def test_a_yearly_day_reads_back_from_its_machine_form(special_day: SpecialDay) -> None:
    assert parsing.special_day(parsing.special_day_text(special_day)) == special_day


@given(yearless_lunar_days)
def test_a_lunar_day_reads_back_from_its_chinese_words(special_day: SpecialDay) -> None:
    words = lunar_text(special_day.month, special_day.day, special_day.leap, "zh")
    assert parsing.special_day(words) == special_day


@given(lunar_days)
def test_lunar_days_convert_there_and_back(lunar: LunarDay) -> None:
    assert solar_to_lunar(lunar_to_solar(*lunar[:4])) == lunar


def test_the_keys_of_every_day_and_the_days_of_every_key_agree() -> None:
    first, last = date(2023, 1, 1), date(2027, 12, 31)  # leap years of both calendars among them
    by_key = defaultdict(list)
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        for calendar, month, number, leap, year in keys_on(day):
            by_key[calendar, month, number, leap].append((year, day))
    leap_year = [date(2000, 1, 1) + timedelta(days=offset) for offset in range(366)]
    every: list[tuple[Calendar, int, int, bool]] = [
        ("solar", day.month, day.day, False) for day in leap_year
    ]
    every += [
        ("lunar", month, number, leap)
        for month in range(1, 13)
        for number in range(1, 31)
        for leap in (False, True)
    ]
    assert set(by_key) == set(every)
    for key in every:
        calendar, month, number, leap = key
        special_day = SpecialDay(month, number, None, calendar, leap)
        assert occurrences(special_day, first, last) == by_key[key]


@given(special_days, st.integers(1901, 2099))
def test_a_yearly_day_falls_once_in_each_of_its_years(special_day: SpecialDay, year: int) -> None:
    found = occurrences(special_day, date(year - 1, 1, 1), date(year + 1, 12, 31))
    assert sum(one == year for one, _ in found) == 1


@given(st.integers(-LIMIT, LIMIT))
def test_amounts_read_back_exactly(fen: int) -> None:
    assert parse_amount(plain_amount(fen), signed=True) == fen
    assert parse_amount(format_amount(fen), signed=True) == fen
    assert parse_amount(format_amount(fen, "USD", grouping=False), "USD", signed=True) == fen


@given(st.text())
def test_a_cell_made_plain_stays_as_it_is(cell: str) -> None:
    plain = parsing.clean(cell)
    assert parsing.clean(plain) == plain


@settings(max_examples=200)
@given(cell=NASTY)
def test_what_was_taken_once_is_taken_again_unchanged(cell: str) -> None:
    for kind in ("text", "name", "code", "email", "passport", "id_number"):
        try:
            value = PARSERS[kind](cell)
        except CellError:
            continue
        assert PARSERS[kind](value) == value, kind


@given(
    st.lists(
        st.text(st.characters(exclude_characters=",，;；、|｜\r\n", codec="utf-8"), max_size=20)
    )
)
def test_tags_read_back_from_a_list(words: list[str]) -> None:
    try:
        tags = parsing.tags("、".join(words))
    except CellError:
        return
    assert not tags or parsing.tags("、".join(tags)) == tags
