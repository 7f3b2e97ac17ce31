"""Days, moments and yearly days out of one cell."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tourcrm.base import parsing
from tourcrm.base.errors import CellError
from tourcrm.base.lunar import SpecialDay
from tourcrm.base.parsing import Order

THE_DAY = date(2024, 3, 5)
SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")


def reason(parser: Callable[..., object], *args: Any, **options: Any) -> str:
    """The template of the reason for which a cell is refused."""
    with pytest.raises(CellError) as refused:
        parser(*args, **options)
    str(refused.value)  # every field of the message is given
    return refused.value.message.template


@pytest.mark.parametrize(
    "cell",
    [
        "2024-03-05", "2024-3-5", "2024/3/5", "2024/03/05", "2024.3.5", "2024. 3. 5",
        "2024年3月5日", "2024年03月05号", "2024年3月5", "2024 年 3 月 5 日", "20240305",
        "20240305.0",
        "２０２４－０３－０５", "２０２４年３月５日", "2024–03–05", "\ufeff2024-03-05\u3000",
        "2024-03-05 00:00:00", "2024-03-05T09:30", "2024-03-05T09:30:15.123",
        "2024/3/5 9:30", "2024年3月5日14时30分",
        "2024年3月5日 下午2点",
        "2024年3月5日14:30", "2024/3/5 2:30 PM", "2024年3月5日 星期二", "2024-03-05（周二）",
        "2024-03-05 周二 09:30", "5 Mar 2024", "05-Mar-2024", "5th March, 2024", "March 5, 2024",
        "Mar-05-2024", "Mar. 5, 2024", "Tue, 5 Mar 2024", "Tuesday, March 5th 2024", "2024-Mar-05",
        "5 Mar 2024 09:30",
    ],
)  # fmt: skip
def test_one_day_in_every_usual_form(cell: str) -> None:
    assert parsing.day(cell) == THE_DAY
    assert not parsing.needs_order(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "2024-03-04T16:00:00.000Z", "2024-03-04T16:00:00+00:00", "2024-03-04 16:00:00 UTC",
        "2024-03-05 09:30:00+08:00", "2024-03-05 09:30 +0800", "2024-03-05T00:00:00+08",
        "2024-03-05T01:00:00 UTC+9", "2024-03-04T12:00:00-05:00", "2024/3/4 16:00Z",
        "Mon, 04 Mar 2024 16:00:00 GMT", "Mon Mar 04 2024 16:00:00 GMT+0000",
        "1709568000", "1709568000000", "1709568000.0",
    ],
)  # fmt: skip
def test_the_day_of_a_moment_is_that_of_the_zone(cell: str) -> None:
    assert parsing.day(cell, zone=SHANGHAI) == THE_DAY
    assert parsing.special_day(cell, zone=SHANGHAI) == SpecialDay(3, 5, 2024)
    reason(parsing.day, cell)  # where nobody says in which zone, it is refused


@pytest.mark.parametrize(
    "cell", ["5/3/2024", "05-03-2024", "5.3.2024", "５／３／２０２４", "5/3/2024 9:30"]
)
def test_day_and_month_that_may_be_swapped_need_an_order(cell: str) -> None:
    assert parsing.needs_order(cell)
    assert parsing.day(cell, order="dmy") == THE_DAY
    assert parsing.day(cell, order="mdy") == date(2024, 5, 3)
    assert "may be swapped" in reason(parsing.day, cell)
    assert "may be swapped" in reason(parsing.day, cell, order=Order.UNCLEAR)


def test_what_can_be_read_in_one_way_only_needs_no_order() -> None:
    assert parsing.day("25/3/2024") == parsing.day("3/25/2024") == date(2024, 3, 25)
    assert parsing.day("3/3/2024") == date(2024, 3, 3)


def test_an_order_given_is_kept_to() -> None:
    assert "no such day" in reason(parsing.day, "3/25/2024", order="dmy")
    assert "no such day" in reason(parsing.day, "25/3/2024", order="mdy")
    assert parsing.day("25/3/2024", order=Order.DMY) == date(2024, 3, 25)


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("2024-02-30", "no such day"), ("2023-02-29", "no such day"), ("2024-13-01", "no such day"),
        ("2024年2月30日", "no such day"), ("20240230", "no such day"),
        ("30 Feb 2024", "no such day"),
        ("2024-00-10", "no such day"), ("13/13/2024", "no such day"),
        ("0000-00-00", "outside"), ("1899-12-31", "outside"), ("2101-01-01", "outside"),
        ("9999-12-31", "outside"), ("00000000", "outside"),
        ("24-3-5", "two digits"), ("5/3/24", "two digits"), ("24年3月5日", "two digits"),
        ("5 Mar 24", "two digits"), ("5-Mar-24", "two digits"), ("Mar 5, 24", "two digits"),
        ("45356", "bare number"),
        ("2024", "no date"), ("2024-03", "no date"), ("2024年3月", "no date"), ("soon", "no date"),
        ("2024-03-05x", "no date"), ("2024-03-055", "no date"), ("202403051", "no date"),
        ("2024-03/05", "no date"), ("5 Foo 2024", "no date"), ("2024-03-05 2024-03-06", "no date"),
        ("٢٠٢٤-٠٣-٠٥", "no date"), ("1e5", "no date"), ("x" * 101, "too long"),
    ],
)  # fmt: skip
def test_what_is_no_day_is_refused_with_the_reason(cell: str, why: str) -> None:
    assert why in reason(parsing.day, cell)


def test_serial_numbers_of_excel_count_where_they_may_stand() -> None:
    assert parsing.day("45356", serials=True) == THE_DAY
    assert parsing.day("45356.604", serials=True) == THE_DAY
    assert parsing.day("43894", serials=True, epoch1904=True) == THE_DAY
    assert parsing.day("20240305", serials=True) == THE_DAY
    assert "no date" in reason(parsing.day, "2024", serials=True)  # a year, not a day of 1905
    assert "no date" in reason(parsing.day, "02024", serials=True)
    assert "outside" in reason(parsing.day, "99999", serials=True)


@pytest.mark.parametrize(
    ("column", "order"),
    [
        (["5/3/2024", "25/3/2024"], Order.DMY),
        (["5/3/2024", "3/25/2024", "2024-03-05"], Order.MDY),
        (["25/3/2024", "3/25/2024"], Order.CONTRADICTORY),
        (["5/3/2024", "4/3/2024"], Order.UNCLEAR),
        (["3/3/2024"], Order.NONE),
        (["2024-03-05", "", "soon", "13/13/2024"], Order.NONE),
        ([], Order.NONE),
    ],
)
def test_a_whole_column_settles_the_order(column: list[str], order: Order) -> None:
    assert parsing.order_of(iter(column)) is order


# ---- moments


@pytest.mark.parametrize(
    ("cell", "at"),
    [
        ("2024-03-05 14:30", (14, 30, 0)), ("2024-03-05T14:30:15", (14, 30, 15)),
        ("2024年3月5日 14:30", (14, 30, 0)), ("2024年3月5日14时30分", (14, 30, 0)),
        ("2024年3月5日 下午2点", (14, 0, 0)), ("2024年3月5日 上午9:05", (9, 5, 0)),
        ("2024-03-05 2:30 PM", (14, 30, 0)), ("2024-03-05 12:30 am", (0, 30, 0)),
        ("2024-03-05 12:30 p.m.", (12, 30, 0)), ("2024-03-05 中午12点", (12, 0, 0)),
        ("2024-03-05 中午1点", (13, 0, 0)), ("2024-03-05 晚上8:15", (20, 15, 0)),
        ("2024-03-05 中午10点", (10, 0, 0)), ("2024-03-05 中午11:30", (11, 30, 0)),
        ("２０２４/３/５ １４：３０", (14, 30, 0)), ("2024-03-05", (12, 0, 0)),
        ("2024年3月5日 星期二", (12, 0, 0)), ("2024-03-05 00:00:00", (0, 0, 0)),
    ],
)  # fmt: skip
def test_a_moment_is_said_in_the_agencys_zone_and_kept_in_utc(
    cell: str, at: tuple[int, int, int]
) -> None:
    found = parsing.moment(cell, SHANGHAI)
    assert found.tzinfo is UTC
    assert found == datetime(2024, 3, 5, *at, tzinfo=SHANGHAI)


def test_an_offset_in_the_cell_counts_before_the_zone() -> None:
    assert parsing.moment("2024-03-05T14:30Z", SHANGHAI) == datetime(2024, 3, 5, 14, 30, tzinfo=UTC)
    assert parsing.moment("2024-03-05 14:30+09:00", SHANGHAI).hour == 5


def test_a_moment_from_a_serial_number_has_its_time() -> None:
    found = parsing.moment("45356.604166666664", SHANGHAI, serials=True)
    assert found == datetime(2024, 3, 5, 14, 30, tzinfo=SHANGHAI)


def test_hours_that_the_clocks_skip_or_repeat() -> None:
    skipped = parsing.moment("2024-03-31 02:30", BERLIN)
    assert skipped.astimezone(BERLIN).isoformat() == "2024-03-31T03:30:00+02:00"
    repeated = parsing.moment("2024-10-27 02:30", BERLIN)
    assert repeated.astimezone(BERLIN).isoformat() == "2024-10-27T02:30:00+02:00"


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("2024-03-05 24:00", "no such time"), ("2024-03-05 12:60", "no such time"),
        ("2024-03-05 晚上12点", "no such time"), ("2024-03-05 上午14:00", "no such time"),
        ("2024-03-05 12:00+99:99", "no such time"), ("2024-02-30 12:00", "no such day"),
        ("14:30", "no date"), ("5/3/2024 14:30", "may be swapped"),
    ],
)  # fmt: skip
def test_moments_that_cannot_be(cell: str, why: str) -> None:
    assert why in reason(parsing.moment, cell, SHANGHAI)


# ---- yearly days


def solar(month: int, day: int, year: int | None = None) -> SpecialDay:
    return SpecialDay(month, day, year, "solar")


def moon(month: int, day: int, year: int | None = None, leap: bool = False) -> SpecialDay:
    return SpecialDay(month, day, year, "lunar", leap)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1985-03-05", solar(3, 5, 1985)), ("1985年3月5日", solar(3, 5, 1985)),
        ("1985-03-05 00:00:00", solar(3, 5, 1985)), ("19850305", solar(3, 5, 1985)),
        ("5 March 1985", solar(3, 5, 1985)), ("公历1985年3月5日", solar(3, 5, 1985)),
        ("阳历 1985.3.5", solar(3, 5, 1985)), ("25/3/1985", solar(3, 25, 1985)),
        ("03-05", solar(3, 5)), ("3/5", solar(3, 5)), ("3月5日", solar(3, 5)),
        ("３月５号", solar(3, 5)), ("8.15", solar(8, 15)), ("Mar 5", solar(3, 5)),
        ("5 March", solar(3, 5)), ("2-29", solar(2, 29)), ("1984-02-29", solar(2, 29, 1984)),
        ("阳历三月五日", solar(3, 5)), ("3月5日（阳历）", solar(3, 5)),
        ("农历八月十五", moon(8, 15)), ("阴历八月十五", moon(8, 15)), ("八月十五", moon(8, 15)),
        ("腊月三十", moon(12, 30)), ("正月初一", moon(1, 1)), ("冬月廿三", moon(11, 23)),
        ("冬月二十三", moon(11, 23)), ("十一月二十", moon(11, 20)), ("十二月卅", moon(12, 30)),
        ("闰四月初五", moon(4, 5, leap=True)), ("农历闰4月5日", moon(4, 5, leap=True)),
        ("农历1985年八月十五", moon(8, 15, 1985)), ("农历1985-8-15", moon(8, 15, 1985)),
        ("农历一九八五年八月十五", moon(8, 15, 1985)), ("农历二〇〇〇年正月初一", moon(1, 1, 2000)),
        ("农历8月15日", moon(8, 15)), ("农历8月15", moon(8, 15)), ("8月15（农历）", moon(8, 15)),
        ("1985-08-15 农历", moon(8, 15, 1985)), ("农历19850815", moon(8, 15, 1985)),
        ("农历：八月十五日", moon(8, 15)), ("八月初六日", moon(8, 6)),
        ("正月15", moon(1, 15)), ("腊月三十日", moon(12, 30)),
        ("lunar 8-15", moon(8, 15)), ("Lunar 08-15", moon(8, 15)),
        ("lunar 1985-08-15", moon(8, 15, 1985)),
        ("lunar leap 04-05", moon(4, 5, leap=True)),
        ("lunar leap 2020-04-05", moon(4, 5, 2020, True)),
        ("农历2020年闰四月初五", moon(4, 5, 2020, True)), ("除夕", moon(12, 30)),
        ("中秋节", moon(8, 15)),
        ("农历2-30", moon(2, 30)), ("1985年八月十五", moon(8, 15, 1985)),
    ],
)  # fmt: skip
def test_yearly_days_of_both_calendars(cell: str, value: object) -> None:
    assert parsing.special_day(cell) == value


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("2-30", "no such day"), ("4-31", "no such day"), ("13-1", "no such day"),
        ("1985-02-29", "no such day"), ("0-5", "no such day"),
        ("农历8-31", "no such lunar day"), ("农历13月1日", "no such lunar day"),
        ("农历1985-8-31", "no such lunar day"), ("农历0-1", "no such lunar day"),
        ("农历2021年闰四月初五", "no leap month"), ("八月十五日", "solar or lunar"),
        ("三月五号", "solar or lunar"),
        ("八月6日", "solar or lunar"), ("八-6", "no yearly day"),
        ("公历闰四月初五", "only the lunar calendar"), ("1850-03-05", "outside"),
        ("农历1850-3-5", "outside"), ("85-3-5", "two digits"), ("5/3/1985", "may be swapped"),
        ("8.2", "no yearly day"), ("soon", "no yearly day"), ("农历", "no yearly"),
        ("农历soon", "no yearly"),
        ("31085", "bare number"), ("1" * 101, "too long"),
    ],
)  # fmt: skip
def test_yearly_days_that_cannot_be(cell: str, why: str) -> None:
    assert why in reason(parsing.special_day, cell)


def test_day_thirty_is_checked_where_the_lunar_year_is_known() -> None:
    # The 12th lunar month has 30 days in 2023 and 29 in 2024 (that New Year's Eve is the 29th).
    assert parsing.special_day("农历2023年腊月三十") == moon(12, 30, 2023)
    assert "only 29 days" in reason(parsing.special_day, "农历2024年腊月三十")


def test_a_slash_follows_the_order_of_the_column_a_dash_never() -> None:
    assert parsing.special_day("5/3", order="dmy") == solar(3, 5)
    assert parsing.special_day("03-05", order="dmy") == solar(3, 5)
    assert parsing.special_day("5/3/1985", order="dmy") == solar(3, 5, 1985)


def test_serial_numbers_are_birthdays_in_excel_sheets() -> None:
    assert parsing.special_day("31111", serials=True) == solar(3, 5, 1985)
