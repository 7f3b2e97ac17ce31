"""Days of the Chinese lunar calendar, and when a yearly day falls.

Our rules where a year lacks the day (none of the libraries has them):
a leap-month day falls in the ordinary month of that number in years without that leap month;
day 30 falls on the 29th in a month of 29 days; 29 February falls on the 28th in common years.

The month table is borax's; it covers the lunar years 1900 to 2100, that is 31 January 1900 to
28 January 2101.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Literal, NamedTuple

from tourcrm.base.i18n import N_

Calendar = Literal["solar", "lunar"]
FIRST_YEAR = 1900
LAST_YEAR = 2100

_MONTHS = ("正", "二", "三", "四", "五", "六", "七", "八", "九", "十", "冬", "腊")
_DIGITS = "一二三四五六七八九十"

# name -> calendar, month, day
FESTIVALS: dict[str, tuple[Calendar, int, int]] = {
    "new_year": ("solar", 1, 1),
    "spring_festival": ("lunar", 1, 1),
    "dragon_boat": ("lunar", 5, 5),
    "mid_autumn": ("lunar", 8, 15),
    "national_day": ("solar", 10, 1),
}


# Labels of yearly days that have names for people.
BIRTHDAY = "birthday"
WEDDING = "wedding"
LABEL_NAMES = MappingProxyType({BIRTHDAY: N_("birthday"), WEDDING: N_("wedding day")})


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that comes back every year: a birthday, a wedding day.

    `month` and `day` are counted in `calendar`; `leap` marks a leap month (lunar only); `year` is
    the year it began, in the same calendar, None where nobody said.
    """

    month: int
    day: int
    year: int | None = None
    calendar: Calendar = "solar"
    leap: bool = False


class LunarDay(NamedTuple):
    """A day of the lunar calendar; `length` is the number of days in its month, 29 or 30."""

    year: int
    month: int
    day: int
    leap: bool
    length: int


class _Month(NamedTuple):
    start: int  # ordinal of its first day
    year: int
    month: int
    leap: bool
    length: int


class _Table(NamedTuple):
    months: list[_Month]
    starts: list[int]
    by_name: dict[tuple[int, int, bool], _Month]
    end: int  # ordinal of the first day after the last month


@cache
def _table() -> _Table:
    from borax.calendars import LCalendars, LunarDate

    start = LunarDate(FIRST_YEAR, 1, 1).to_solar_date().toordinal()
    months = []
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        for month, length, leap in LCalendars.iter_year_month(year):
            months.append(_Month(start, year, month, bool(leap), length))
            start += length
    by_name = {(one.year, one.month, one.leap): one for one in months}
    return _Table(months, [one.start for one in months], by_name, start)


def month_length(year: int, month: int, leap: bool = False) -> int:
    """Days in a month of a lunar year: 29 or 30; 0 where the year has no such (leap) month.

    ValueError for a year outside 1900 to 2100 or a month outside 1 to 12.
    """
    _check(year, month, 1)
    found = _table().by_name.get((year, month, leap))
    return found.length if found else 0


def lunar_to_solar(year: int, month: int, day: int, leap: bool = False) -> date:
    """The day on which a lunar day falls in lunar year `year`, under our rules (see the module).

    ValueError for a year outside 1900 to 2100, a month outside 1 to 12 or a day outside 1 to 30.
    """
    _check(year, month, day)
    by_name = _table().by_name
    found = by_name.get((year, month, leap)) or by_name[year, month, False]
    return date.fromordinal(found.start + min(day, found.length) - 1)


def solar_to_lunar(day: date) -> LunarDay:
    """The lunar name of a day. ValueError outside 31 January 1900 to 28 January 2101."""
    table, ordinal = _table(), day.toordinal()
    place = bisect_right(table.starts, ordinal) - 1
    if place < 0 or ordinal >= table.end:
        raise ValueError("outside the lunar years 1900 to 2100")
    month = table.months[place]
    return LunarDay(month.year, month.month, ordinal - month.start + 1, month.leap, month.length)


def occurrences(special_day: SpecialDay, first: date, last: date) -> list[tuple[int, date]]:
    """Each day from `first` to `last`, both included, on which a special day falls.

    Each comes with the year it belongs to: for a lunar day the lunar year, so that 腊月三十 is
    once a year even where it falls twice, or never, between two New Year's days of the other
    calendar. The year of `special_day` itself is not looked at. Lunar days outside the lunar
    years 1900 to 2100 are not known and left out.
    """
    return [(year, day) for year, day in _yearly(special_day, first, last) if first <= day <= last]


def _yearly(special_day: SpecialDay, first: date, last: date) -> Iterator[tuple[int, date]]:
    month, day = special_day.month, special_day.day
    if special_day.calendar == "solar":
        for year in range(first.year, last.year + 1):
            yield year, _solar(year, month, day)
        return
    # A lunar year begins in January or February of the year of its number.
    for year in range(max(first.year - 1, FIRST_YEAR), min(last.year, LAST_YEAR) + 1):
        yield year, lunar_to_solar(year, month, day, special_day.leap)


def _solar(year: int, month: int, day: int) -> date:
    if (month, day) == (2, 29) and not _is_leap_year(year):
        day = 28
    return date(year, month, day)


def _is_leap_year(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


Key = tuple[Calendar, int, int, bool, int]


def keys_on(day: date) -> list[Key]:
    """Every (calendar, month, day, leap, year) whose special day falls on `day`.

    The inverse of `occurrences`, for joins: the keys of a window are a few dozen rows. Outside the
    lunar years 1900 to 2100 only solar keys are returned.
    """
    keys: list[Key] = [("solar", day.month, day.day, False, day.year)]
    if (day.month, day.day) == (2, 28) and not _is_leap_year(day.year):
        keys.append(("solar", 2, 29, False, day.year))
    try:
        lunar = solar_to_lunar(day)
    except ValueError:
        return keys
    leaps = [lunar.leap]
    if not lunar.leap and (lunar.year, lunar.month, True) not in _table().by_name:
        leaps.append(True)
    days = [lunar.day] if lunar.day != 29 or lunar.length == 30 else [29, 30]
    keys += [("lunar", lunar.month, one, leap, lunar.year) for leap in leaps for one in days]
    return keys


def festival(name: str, year: int) -> date:
    """The day of a festival of FESTIVALS in `year`. ValueError for an unknown name or year."""
    if name not in FESTIVALS:
        raise ValueError(name)
    calendar, month, day = FESTIVALS[name]
    return date(year, month, day) if calendar == "solar" else lunar_to_solar(year, month, day)


def lunar_text(month: int, day: int, leap: bool, language: str) -> str:
    """A lunar day in words: "农历闰四月初五" (zh), "lunar 5th of the leap 4th month" (en)."""
    if language == "zh":
        return f"农历{'闰' if leap else ''}{_MONTHS[month - 1]}月{_day_name(day)}"
    return f"lunar {_ordinal(day)} of the {'leap ' if leap else ''}{_ordinal(month)} month"


def _day_name(day: int) -> str:
    if day <= 10:
        return "初" + _DIGITS[day - 1]
    tens, ones = divmod(day, 10)
    if ones == 0:
        return ("", "十", "二十", "三十")[tens]
    return ("", "十", "廿")[tens] + _DIGITS[ones - 1]


def _ordinal(n: int) -> str:
    ending = "th" if 10 < n < 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


def _check(year: int, month: int, day: int) -> None:
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12 and 1 <= day <= 30):
        raise ValueError("no such lunar day")
