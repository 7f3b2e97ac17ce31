"""Days that come back every year in cells, solar and lunar."""

import re
from datetime import tzinfo

from tourcrm.base import lunar
from tourcrm.base.errors import CellError
from tourcrm.base.i18n import N_
from tourcrm.base.lunar import Calendar, SpecialDay
from tourcrm.base.parsing.characters import SIMPLIFIED
from tourcrm.base.parsing.days import (
    FAR_YEAR,
    FIRST_YEAR,
    FLAGS,
    GAP,
    LAST_YEAR,
    NAMED_DAY,
    NAMED_MONTH,
    NO_DAY,
    NO_SUCH_DAY,
    day,
    month_of,
    real_day,
)
from tourcrm.base.parsing.texts import DASHES, cleaned
from tourcrm.base.patterns import pattern

_HAN_DIGITS = "一二三四五六七八九"
_YEAR_DIGITS = str.maketrans("〇零○" + _HAN_DIGITS, "000123456789")
_HAN_MONTHS = {text: n for n, text in enumerate("正二三四五六七八九十冬腊", 1)} | {
    "一": 1,
    "元": 1,
    "十一": 11,
    "十二": 12,
}
_HAN_DAYS = {
    text: tens + ones
    for tens, starts in ((0, ("初", "")), (10, ("十",)), (20, ("廿", "二十")))
    for start in starts
    for ones, text in enumerate([start + digit for digit in _HAN_DIGITS], 1)
} | {"初十": 10, "十": 10, "二十": 20, "廿": 20, "三十": 30, "卅": 30}
# Days that are called by a name; all lunar.
_NAMED_DAYS = {
    "除夕": (12, 30),
    "年三十": (12, 30),
    "大年三十": (12, 30),
    "春节": (1, 1),
    "大年初一": (1, 1),
    "年初一": (1, 1),
    "元宵": (1, 15),
    "元宵节": (1, 15),
    "端午": (5, 5),
    "端午节": (5, 5),
    "七夕": (7, 7),
    "七夕节": (7, 7),
    "中秋": (8, 15),
    "中秋节": (8, 15),
    "重阳": (9, 9),
    "重阳节": (9, 9),
}
_CALENDARS: dict[str, Calendar] = {
    "农历": "lunar",
    "阴历": "lunar",
    "旧历": "lunar",
    "lunar": "lunar",
    "阳历": "solar",
    "公历": "solar",
    "新历": "solar",
    "国历": "solar",
    "solar": "solar",
}
_CALENDAR_WORD = "|".join(_CALENDARS)
_CALENDAR_FIRST = pattern(rf"[(\[]?({_CALENDAR_WORD})[)\]]?[\s:]*", re.IGNORECASE)
_CALENDAR_LAST = pattern(rf"\s*[(\[]?({_CALENDAR_WORD})[)\]]?", re.IGNORECASE)
_HAN_MONTH = "|".join(sorted(_HAN_MONTHS, key=len, reverse=True))
_HAN_DAY = "|".join(sorted(_HAN_DAYS, key=len, reverse=True))
_YEARLY = pattern(
    r"(?:(?P<leap1>闰|leap\s)\s*(?=\d{4}))?"
    r"(?:(?P<y>\d{4}|[〇零○一二三四五六七八九]{4})\s*[年/.-]\s*)?"
    r"(?P<leap2>闰|leap\s)?\s*"
    rf"(?P<m>\d{{1,2}}|{_HAN_MONTH})\s*(?P<sep>[月/.-])\s*"
    rf"(?P<d>\d{{1,2}}|{_HAN_DAY})\s*(?P<end>[日号])?",
    FLAGS,
)
_YEARLY_EN = pattern(
    rf"(?:{NAMED_DAY}{GAP}*{NAMED_MONTH}|(?P<mon2>[a-z]{{3,9}})\.?{GAP}*(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?)",
    FLAGS,
)
# As address books write a day without its year: --03-05, --0305.
_NO_YEAR = pattern(r"--(\d{2})-?(\d{2})$", re.ASCII)
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_NO_SPECIAL_DAY = N_("it is no yearly day: write 1985-03-05, 03-05, 3月5日 or 农历八月十五")


def special_day(
    cell: str,
    order: str | None = None,
    serials: bool = False,
    epoch1904: bool = False,
    zone: tzinfo | None = None,
) -> SpecialDay:
    """A day that comes back every year, solar or lunar, with or without its year.

    Chinese numerals mean the lunar calendar (八月十五), unless the cell says otherwise or ends in
    日 or 号, which is said of both calendars and refused. Numbers without a year are month and
    day, unless `order` is "dmy" and a slash stands between them. For the rest see `day`.
    """
    found = cleaned(cell, 100).translate(DASHES).translate(SIMPLIFIED)
    found = _NO_YEAR.sub(r"\1-\2", found)
    calendar, found = _calendar_named(found)
    if found in _NAMED_DAYS and calendar != "solar":
        return SpecialDay(*_NAMED_DAYS[found], calendar="lunar")
    match = _YEARLY.fullmatch(found)
    if match and (calendar or not match["y"] or not _plain(match)):
        return _yearly(match, calendar, order)
    if calendar == "lunar":
        compact = re.fullmatch(r"(\d{4})(\d{2})(\d{2})", found, re.ASCII)
        if not compact:
            raise CellError(_NO_SPECIAL_DAY)
        return _lunar_day(int(compact[2]), int(compact[3]), int(compact[1]), False)
    english = _YEARLY_EN.fullmatch(found)
    if english:
        month = month_of(english["mon"] or english["mon2"])
        return _solar_day(month, int(english["d"] or english["d2"]), None)
    try:
        solar = day(found, order, serials, epoch1904, zone)
    except CellError as error:
        if error.message.template == NO_DAY:
            raise CellError(_NO_SPECIAL_DAY) from None
        raise
    return SpecialDay(solar.month, solar.day, solar.year)


def _calendar_named(found: str) -> tuple[Calendar | None, str]:
    """The calendar that a cell names, and the cell without that word."""
    first = _CALENDAR_FIRST.match(found)
    if first:
        return _CALENDARS[first[1].lower()], found[first.end() :]
    last = _CALENDAR_LAST.search(found)
    if last and last.end() == len(found):
        return _CALENDARS[last[1].lower()], found[: last.start()]
    return None, found


def _plain(match: re.Match[str]) -> bool:
    """Whether month and day are written in digits and no leap month is meant."""
    leap = match["leap1"] or match["leap2"]
    return not leap and match["m"].isdigit() and match["d"].isdigit()


def _yearly(match: re.Match[str], calendar: Calendar | None, order: str | None) -> SpecialDay:
    leap = bool(match["leap1"] or match["leap2"])
    written_month, written_day, year = match["m"], match["d"], _year(match["y"])
    month = _HAN_MONTHS.get(written_month) or int(written_month)
    number = _HAN_DAYS.get(written_day) or int(written_day)
    plain = _plain(match)
    if not written_month.isdigit() and match["sep"] != "月":
        raise CellError(_NO_SPECIAL_DAY)
    if calendar is None and not plain and match["end"] and not _only_lunar(match):
        raise CellError(N_("solar or lunar? Write 3月5日 for solar, 农历三月初五 for lunar"))
    if calendar == "lunar" or (calendar is None and not plain):
        return _lunar_day(month, number, year, leap)
    if leap:
        raise CellError(N_("only the lunar calendar has leap months: check the calendar"))
    if match["sep"] == "." and year is None and len(written_day) == 1:
        # 8.20 in a number cell arrives as 8.2.
        raise CellError(_NO_SPECIAL_DAY)
    if order == "dmy" and match["sep"] == "/" and year is None:
        month, number = number, month
    return _solar_day(month, number, year)


def _only_lunar(match: re.Match[str]) -> bool:
    """Whether a day has a name that the solar calendar never uses: 闰四月, 腊月, 初五, 廿三."""
    leap = match["leap1"] or match["leap2"]
    return bool(leap) or match["m"] in tuple("正冬腊") or match["d"][0] in "初廿卅"


def _year(written: str | None) -> int | None:
    if not written:
        return None
    year = int(written.translate(_YEAR_DIGITS))
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CellError(FAR_YEAR, first=FIRST_YEAR, last=LAST_YEAR)
    return year


def _solar_day(month: int, number: int, year: int | None) -> SpecialDay:
    if year is not None:
        real_day(year, month, number)
    elif not (1 <= month <= 12 and 1 <= number <= _LENGTHS[month - 1]):
        raise CellError(NO_SUCH_DAY)
    return SpecialDay(month, number, year)


def _lunar_day(month: int, number: int, year: int | None, leap: bool) -> SpecialDay:
    if not (1 <= month <= 12 and 1 <= number <= 30):
        raise CellError(N_("there is no such lunar day: months are 1 to 12, days 1 to 30"))
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        raise CellError(FAR_YEAR, first=FIRST_YEAR, last=LAST_YEAR)
    if year is not None and (leap or number == 30):
        length = lunar.month_length(year, month, leap)
        if not length:
            raise CellError(
                N_("the lunar year {year} has no leap month {month}: check year and month"),
                year=year,
                month=month,
            )
        if number > length:
            raise CellError(
                N_("that month of the lunar year {year} has only 29 days: check it"), year=year
            )
    return SpecialDay(month, number, year, "lunar", leap)


def special_day_text(special_day: SpecialDay) -> str:
    """The machine form, which parses back: 1985-03-05, lunar 08-15, lunar leap 2020-04-05."""
    calendar = "lunar " if special_day.calendar == "lunar" else ""
    leap = "leap " if special_day.leap else ""
    year = "" if special_day.year is None else f"{special_day.year}-"
    return f"{calendar}{leap}{year}{special_day.month:02d}-{special_day.day:02d}"
