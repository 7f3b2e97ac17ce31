"""Days and moments in cells, in the forms in which people and spreadsheets write them."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from enum import StrEnum
from typing import cast

from tourcrm.base.errors import CellError
from tourcrm.base.i18n import N_
from tourcrm.base.parsing.characters import SIMPLIFIED
from tourcrm.base.parsing.texts import DASHES, clean, cleaned
from tourcrm.base.patterns import pattern

FIRST_YEAR = 1900
LAST_YEAR = 2100

FLAGS = re.ASCII | re.IGNORECASE
NAMED_MONTH = r"(?P<mon>[a-z]{3,9})\.?"
NAMED_DAY = r"(?P<d>\d{1,2})(?:st|nd|rd|th)?"
GAP = r"[\s/.,-]"
_DAY_FORMATS = tuple(
    pattern(form, FLAGS)
    for form in (
        r"(?P<y>\d{4})\s*(?P<sep>[/.-])\s*(?P<m>\d{1,2})\s*(?P=sep)\s*(?P<d>\d{1,2})(?!\d)",
        r"(?P<y>\d{4})\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*(?:[日号]|(?!\d))",
        r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?:\.0+)?(?!\d)",
        r"(?P<a>\d{1,2})\s*(?P<sep>[/.-])\s*(?P<b>\d{1,2})\s*(?P=sep)\s*(?P<y>\d{4})(?!\d)",
        rf"{NAMED_DAY}{GAP}*{NAMED_MONTH}{GAP}*(?P<y>\d{{4}})(?!\d)",
        rf"{NAMED_MONTH}{GAP}*{NAMED_DAY}{GAP}+(?P<y>\d{{4}})(?!\d)",
        rf"(?P<y>\d{{4}}){GAP}*{NAMED_MONTH}{GAP}*{NAMED_DAY}(?!\d)",
    )
)
_SERIAL = pattern(r"([1-9]\d{4})(?:\.(\d+))?", re.ASCII)
_NUMERIC = pattern(r"\s*\d{1,2}\s*([/.-])\s*\d{1,2}\s*\1\s*\d{4}(?!\d)", re.ASCII)
_TWO_DIGIT_YEAR = pattern(
    r"\d{1,2}\s*([/.-])\s*\d{1,2}\s*\1\s*\d{1,2}(?!\d)|\d{2}\s*年|"
    rf"\d{{1,2}}{GAP}*[a-z]{{3,9}}{GAP}+\d{{2}}(?!\d)|[a-z]{{3,9}}{GAP}*\d{{1,2}}{GAP}+\d{{2}}(?!\d)",
    FLAGS,
)
_WEEKDAY = r"(?:\s*[(]?(?:星期|周|礼拜)[一二三四五六日天][)]?)?"
_CLOCK = pattern(
    rf"{_WEEKDAY}(?:(?:T|\s*)(?P<half>凌晨|早上|上午|中午|下午|傍晚|晚上)?\s*(?P<hour>\d{{1,2}})"
    r"(?::(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?"
    r"|[时点](?:(?P<minute2>\d{1,2})分?)?)"
    r"\s*(?P<ampm>[AP]\.?M\.?)?\s*(?P<offset>Z|(?:UTC|GMT)(?:[+-]\d{1,2}(?::?\d{2})?)?|[+-]\d{2}(?::?\d{2})?)?)?\s*",
    FLAGS,
)
_WEEKDAY_EN = pattern(
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?[\s,.]+", re.IGNORECASE
)
_YEARLESS = pattern(
    rf"\d{{1,2}}\s*(?:月\s*\d{{1,2}}\s*[日号]?|[/-]\s*\d{{1,2}})|{NAMED_MONTH}{GAP}*{NAMED_DAY}|"
    rf"\d{{1,2}}(?:st|nd|rd|th)?{GAP}*[a-z]{{3,9}}",
    FLAGS,
)
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)

NO_DAY = N_("it is no date: write one like 2024-03-05")
NO_SUCH_DAY = N_("there is no such day in the calendar: check year, month and day")
_NO_SUCH_TIME = N_("there is no such time of day: write one like 14:30")
_NO_YEAR = N_("it has no year: write 2024-03-05")
_SHORT_YEAR = N_("the year has only two digits: write four, as in 2024-03-05")
FAR_YEAR = N_("the year is outside {first} to {last}: check it")


class Order(StrEnum):
    """The order of day and month in a column of dates such as 5/3/2024."""

    DMY = "dmy"
    MDY = "mdy"
    NONE = "none"  # no cell of that shape, or none that depends on it
    UNCLEAR = "unclear"  # nothing settles it
    CONTRADICTORY = "contradictory"  # some cells can only be dmy, some only mdy


def needs_order(cell: str) -> bool:
    """Whether a cell has the shape 5/3/2024, in which day and month may be swapped."""
    return not cell[:4].isdigit() and _numeric(cell) is not None


def _numeric(cell: str) -> tuple[int, int] | None:
    found = clean(cell[:60]).translate(DASHES)
    match = _NUMERIC.match(found)
    if not match:
        return None
    first, second = found.split(match[1], 2)[:2]
    return int(first), int(second)


def order_of(cells: Iterable[str]) -> Order:
    """The order of day and month that the cells of one column settle together."""
    pairs = {pair for cell in cells if (pair := _numeric(cell)) and pair[0] != pair[1]}
    dmy = any(first > 12 >= second for first, second in pairs)
    mdy = any(second > 12 >= first for first, second in pairs)
    if dmy or mdy:
        return Order.CONTRADICTORY if dmy and mdy else Order.DMY if dmy else Order.MDY
    return Order.UNCLEAR if any(max(pair) <= 12 for pair in pairs) else Order.NONE


def day(
    cell: str,
    order: str | None = None,
    serials: bool = False,
    epoch1904: bool = False,
    zone: tzinfo | None = None,
) -> date:
    """A day from 1900 to 2100; a time of day behind it is passed over.

    A time with an offset (Z, +08:00) is a moment: the day is that of `zone` then, and such a cell
    is refused where no zone is given. `order` ("dmy" or "mdy") says how 5/3/2024 is meant; without
    it, such a cell is refused unless it can be only one. `serials`: numbers of five digits are
    Excel's count of days, from 1904 on if `epoch1904`, else from 1900.
    """
    since = _since_1970(cell)
    if since is not None:
        if zone is None:
            raise CellError(NO_DAY)
        return since.astimezone(zone).date()
    found, clock = _day_and_clock(cell, order, serials, epoch1904)
    if clock["offset"] is None:
        return found
    if zone is None:
        raise CellError(N_("a day is wanted, without time and offset: write one like 2024-03-05"))
    local = _moment(found, clock, zone).astimezone(zone)
    return real_day(local.year, local.month, local.day)


_MILLISECONDS = pattern(r"[1-3]\d{12}(?:\.0+)?", re.ASCII)  # 2001 to 2100
_SECONDS = pattern(r"1\d{9}(?:\.0+)?", re.ASCII)  # 2001 to 2033


def _since_1970(cell: str) -> datetime | None:
    """The moment of a cell that counts seconds or milliseconds since 1970, as programs do."""
    found = clean(cell[:60])
    if _SECONDS.fullmatch(found):
        return datetime.fromtimestamp(int(found.partition(".")[0]), UTC)
    if _MILLISECONDS.fullmatch(found):
        return datetime.fromtimestamp(int(found.partition(".")[0]) // 1000, UTC)
    return None


def _day_and_clock(
    cell: str, order: str | None, serials: bool, epoch1904: bool
) -> tuple[date, re.Match[str]]:
    """The day of a cell, and the time behind it as a match of _CLOCK (which may be empty)."""
    found = cleaned(cell, 100).translate(DASHES).translate(SIMPLIFIED)
    number = _SERIAL.fullmatch(found)
    if number:
        if not serials:
            raise CellError(
                N_("a bare number is no date: format the column as a date, or write 2024-03-05")
            )
        return _serial_day(int(number[1]), epoch1904), _serial_clock(number[2] or "0")
    weekday = _WEEKDAY_EN.match(found)
    start = weekday.end() if weekday else 0
    for form in _DAY_FORMATS:
        match = form.match(found, start)
        clock = match and _CLOCK.fullmatch(found, match.end())
        if match and clock:
            return _calendar_day(match, order), clock
    if _YEARLESS.fullmatch(found, start):
        raise CellError(_NO_YEAR)
    raise CellError(_SHORT_YEAR if _TWO_DIGIT_YEAR.match(found, start) else NO_DAY)


def _serial_day(serial: int, epoch1904: bool) -> date:
    # Excel's 1900 has a 29 February: from March on its count is one ahead.
    start = date(1904, 1, 1) if epoch1904 else date(1899, 12, 30)
    found = start + timedelta(days=serial)
    return real_day(found.year, found.month, found.day)


def _serial_clock(decimals: str) -> re.Match[str]:
    seconds = min(round(float(f"0.{decimals}") * 86400), 86399)
    written = f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return cast("re.Match[str]", _CLOCK.fullmatch(written))


def _calendar_day(match: re.Match[str], order: str | None) -> date:
    parts = match.groupdict()
    year = int(parts["y"])
    if "a" in parts:
        month, number = _in_order(int(parts["a"]), int(parts["b"]), order)
    elif "mon" in parts:
        month, number = month_of(parts["mon"]), int(parts["d"])
    else:
        month, number = int(parts["m"]), int(parts["d"])
    return real_day(year, month, number)


def real_day(year: int, month: int, number: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CellError(FAR_YEAR, first=FIRST_YEAR, last=LAST_YEAR)
    try:
        return date(year, month, number)
    except ValueError:
        raise CellError(NO_SUCH_DAY) from None


def _in_order(first: int, second: int, order: str | None) -> tuple[int, int]:
    """Month and day of two numbers."""
    if order not in ("dmy", "mdy"):
        if first <= 12 and second <= 12 and first != second:
            raise CellError(
                N_(
                    "day and month may be swapped: write 2024-03-05, "
                    "or give --date-format dmy or mdy"
                )
            )
        order = "dmy" if first > 12 else "mdy"
    return (second, first) if order == "dmy" else (first, second)


def month_of(written: str) -> int:
    short = written.lower()
    for number, month in enumerate(_MONTHS, 1):
        if month.startswith(short) or (short == "sept" and number == 9):
            return number
    raise CellError(NO_DAY)


def moment(
    cell: str,
    zone: tzinfo,
    order: str | None = None,
    serials: bool = False,
    epoch1904: bool = False,
) -> datetime:
    """A moment in UTC, from a day and a time in `zone`; a day alone means its noon.

    An offset in the cell (Z, +08:00) counts before `zone`. An hour that the clocks skip is moved
    on by the gap; of an hour that comes twice the first is meant.
    """
    since = _since_1970(cell)
    if since is not None:
        return since
    found, clock = _day_and_clock(cell, order, serials, epoch1904)
    if clock["hour"] is None:
        return datetime.combine(found, time(12), zone).astimezone(UTC)
    return _moment(found, clock, zone)


def _moment(found: date, clock: re.Match[str], zone: tzinfo) -> datetime:
    """The moment of a day and the time behind it: in the offset that it names, else in `zone`."""
    try:
        at = time(
            _hour(clock), int(clock["minute"] or clock["minute2"] or 0), int(clock["second"] or 0)
        )
        offset = clock["offset"]
        if offset:
            zone = _zone_of(offset)
    except ValueError:
        raise CellError(_NO_SUCH_TIME) from None
    return datetime.combine(found, at, zone).astimezone(UTC)


def _zone_of(offset: str) -> tzinfo:
    """The zone of an offset: Z, UTC, +08:00, +0800, +08, UTC+8, GMT-05:30; ValueError for none."""
    sign, hours, minutes = re.fullmatch(
        r"(?:Z|UTC|GMT)?(?:([+-])(\d{1,2}?)(?::?(\d{2}))?)?", offset, FLAGS
    ).groups()  # type: ignore[union-attr]  # _CLOCK lets nothing else through
    shift = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    return timezone(-shift if sign == "-" else shift)


def _hour(clock: re.Match[str]) -> int:
    """The hour of 24; ValueError where the half of the day named beside it cannot be."""
    hour = int(clock["hour"])
    half = clock["half"] or (clock["ampm"] or "")[:1].upper()
    if half in ("A", "凌晨", "早上", "上午"):
        if hour > 12:
            raise ValueError
        return hour % 12
    if half in ("傍晚", "晚上") and hour == 12:
        raise ValueError  # noon or midnight?
    if half in ("P", "下午", "傍晚", "晚上") or (half == "中午" and hour < 10):
        return hour if hour >= 12 else hour + 12
    return hour
