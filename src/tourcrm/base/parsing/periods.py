"""Days of a journey in one cell: 2025-3-5至2025-3-9, 3.5-3.9, and days without a year: 11月6日."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from tourcrm.base.errors import CellError
from tourcrm.base.i18n import N_
from tourcrm.base.parsing.characters import SIMPLIFIED
from tourcrm.base.parsing.days import FLAGS, NO_SUCH_DAY, day
from tourcrm.base.parsing.special_days import special_day
from tourcrm.base.parsing.texts import DASHES, cleaned
from tourcrm.base.patterns import pattern

NO_YEAR = N_("it has no year: write 2026-11-06, or give the day of the booking in its own column")


FAR = 180  # days: a journey to a day without a year is shorter


@dataclass(frozen=True, slots=True)
class Days:
    """A day that lacks its year, or the first and last day of a journey."""

    first: tuple[int | None, int, int]
    last: tuple[int | None, int, int] | None = None

    def from_day(self, base: date | None) -> tuple[date, date | None]:
        """The days themselves: those without a year are the first from `base` on.

        Raises CellError where there is no base, or no such day.
        """
        first = _from_day(self.first, base)
        last = None if self.last is None else _from_day(self.last, first)
        if last is not None and self.last and self.last[0] is None and (last - first).days > FAR:
            raise CellError(N_("it ends before it begins: check both days"))
        return first, last


def _from_day(parts: tuple[int | None, int, int], base: date | None) -> date:
    year, month, number = parts
    if year is None and base is None:
        raise CellError(NO_YEAR)
    try:
        if year is not None or base is None:
            return date(year or 0, month, number)
        found = date(base.year, month, number)
        return found if found >= base else date(base.year + 1, month, number)
    except ValueError:
        raise CellError(NO_SUCH_DAY) from None


_BETWEEN = pattern(r"\s*(?:至|到|~|→|\bto\b|-{1,2})\s*", re.IGNORECASE)
_DOTTED = pattern(r"(\d{1,2})\.(\d{1,2})", FLAGS)
_ONLY_DAY = pattern(r"(\d{1,2})\s*[日号]?", FLAGS)
_ONLY_MONTH = pattern(r"(?P<before>.*\d\s*月\s*\d{1,2})", FLAGS)


def departure(cell: str, **how: Any) -> date | Days:
    """The day of departure, or the days of departure and return; see `day` for the options."""
    return _read(cell, partial(_period, **how), **how)


def day_of_trip(cell: str, **how: Any) -> date | Days:
    """A day, which may lack its year."""
    return _read(cell, lambda found: None, **how)


def _read(cell: str, more: Any, **how: Any) -> date | Days:
    try:
        return day(cell, **how)
    except CellError as error:
        found = cleaned(cell, 100).translate(DASHES).translate(SIMPLIFIED)
        days = more(found) or _yearless(found, how.get("order"))
        if days is None:
            raise error from None
        return days


def _yearless(found: str, order: str | None) -> Days | None:
    try:
        some = special_day(found, order)
    except CellError:
        return None
    if some.calendar == "lunar" or some.year is not None:
        return None
    return Days((None, some.month, some.day))


def _period(found: str, **how: Any) -> Days | None:
    """The first way to cut a cell into two days."""
    for head, tail in _halves(found):
        first = _parts(head, **how)
        last = first and _parts(tail, first=first, **how)
        if first is None or last is None:
            continue
        if first[0] is None and last[0] is not None:
            first = (last[0] - (first[1:] > last[1:]), *first[1:])
        elif first[0] is not None and last[0] is None:
            last = (first[0] + (last[1:] < first[1:]), *last[1:])
        return Days(first, last)
    return None


def _halves(found: str) -> Iterator[tuple[str, str]]:
    for cut in _BETWEEN.finditer(found):
        if cut.start() and cut.end() < len(found):
            yield found[: cut.start()], found[cut.end() :]


def _parts(
    found: str, first: tuple[int | None, int, int] | None = None, **how: Any
) -> tuple[int | None, int, int] | None:
    """Year, month and day of one half; the second may name but the day."""
    dotted = _DOTTED.fullmatch(found)
    if dotted:
        return _real(None, int(dotted[1]), int(dotted[2]))
    only = _ONLY_DAY.fullmatch(found)
    if only:
        later = first is not None and int(only[1]) > first[2]
        return _real(first[0], first[1], int(only[1])) if first and later else None
    if _ONLY_MONTH.fullmatch(found):
        found += "日"
    try:
        whole = day(found, **how)
        return whole.year, whole.month, whole.day
    except CellError:
        days = _yearless(found, how.get("order"))
        return None if days is None else days.first


def _real(year: int | None, month: int, number: int) -> tuple[int | None, int, int] | None:
    try:
        date(year or 2000, month, number)
    except ValueError:
        return None
    return year, month, number
