"""Business hours: when a clock runs that only runs while the shop is open.

Hours are local; what is counted is the time that really passes, so that an hour which the clocks
skip or show twice counts for what it is. No hours at all means: always open.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from itertools import pairwise

from tourcrm.base.errors import CellError
from tourcrm.base.i18n import N_
from tourcrm.base.patterns import pattern

_DAY = 24 * 60  # minutes
_PART = pattern(
    r"(?:(?P<first>[1-7])(?:-(?P<last>[1-7]))? +)?"
    r"(?P<from>[0-9]{1,2}:[0-9]{2})-(?P<to>[0-9]{1,2}:[0-9]{2})"
)
_SAME = str.maketrans("，、；;：—–～~至", ",,,,:-----")
_UNCLEAR = N_(
    "hours are written like 09:00-18:00, or with days (1 is Monday) like "
    "1-5 09:00-18:00, 6 10:00-16:00"
)

Opening = tuple[int, int]  # minutes from midnight


@dataclass(frozen=True, slots=True)
class Hours:
    """When the shop is open: for each day of the week, Monday first, its openings in order."""

    week: tuple[tuple[Opening, ...], ...] = ()

    @property
    def always(self) -> bool:
        """Whether clocks never stand still."""
        return not self.week

    def openings(self, day: date, zone: tzinfo) -> Iterator[tuple[datetime, datetime]]:
        """The moments (UTC) between which the shop is open on a day."""
        for first, last in self.week[day.weekday()]:
            yield _moment(day, first, zone), _moment(day, last, zone)


def _moment(day: date, minute: int, zone: tzinfo) -> datetime:
    days, minute = divmod(minute, _DAY)
    at = time(minute // 60, minute % 60)
    return datetime.combine(day + timedelta(days), at, zone).astimezone(UTC)


@cache
def parse(text: str) -> Hours:
    """Hours as they are written: "1-5 09:00-18:00, 6 10:00-16:00"; empty for always.

    1 is Monday. A part without days holds for all of them. Raises CellError for anything else, and
    for hours that end before they begin: a night is two parts, 22:00-24:00 and 00:00-02:00.
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).translate(_SAME).split())
    if not plain:
        return Hours()
    week: list[list[Opening]] = [[] for _day in range(7)]
    for part in re.sub(r" ?([-:]) ?", r"\1", plain).split(","):
        found = _PART.fullmatch(part.strip())
        if not found:
            raise CellError(_UNCLEAR)
        opening = _minute(found["from"]), _minute(found["to"])
        first = int(found["first"] or 1)
        last = int(found["last"] or found["first"] or 7)
        if opening[0] >= opening[1] or first > last:
            raise CellError(_UNCLEAR)
        for day in range(first - 1, last):
            week[day].append(opening)
    return Hours(tuple(_merged(openings) for openings in week))


def _minute(clock: str) -> int:
    hour, minute = map(int, clock.split(":"))
    if minute > 59 or hour * 60 + minute > _DAY:
        raise CellError(_UNCLEAR)
    return hour * 60 + minute


def _merged(openings: list[Opening]) -> tuple[Opening, ...]:
    """Openings in order, those that touch or overlap as one."""
    merged: list[Opening] = []
    for first, last in sorted(openings):
        if merged and first <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], last)
        else:
            merged.append((first, last))
    return tuple(merged)


def written(hours: Hours) -> str:
    """Hours in the form in which they are stored, days of equal hours together."""
    starts = [day for day in range(7) if hours.week and (not day or _differ(hours, day))]
    parts = []
    for first, end in pairwise([*starts, 7]):
        days = f"{first + 1}" if end == first + 1 else f"{first + 1}-{end}"
        named = "" if (first, end) == (0, 7) else f"{days} "
        parts += [f"{named}{_clock(opens)}-{_clock(closes)}" for opens, closes in hours.week[first]]
    return ", ".join(parts)


def _differ(hours: Hours, day: int) -> bool:
    return hours.week[day] != hours.week[day - 1]


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def after(start: datetime, duration: timedelta, hours: Hours, zone: tzinfo) -> datetime:
    """The moment (UTC) at which a clock that starts at a moment has run for so long."""
    start = start.astimezone(UTC)
    if hours.always:
        return start + duration
    day = start.astimezone(zone).date()
    while True:
        for opens, closes in hours.openings(day, zone):
            begins = max(opens, start)
            if closes - begins >= duration:
                return begins + duration
            duration -= max(closes - begins, timedelta())
        day += timedelta(1)


def between(start: datetime, end: datetime, hours: Hours, zone: tzinfo) -> timedelta:
    """How long a clock runs from one moment to a later one; nothing where it is no later."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    if hours.always or end <= start:
        return max(end - start, timedelta())
    passed = timedelta()
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    while day <= last:
        for opens, closes in hours.openings(day, zone):
            passed += max(min(closes, end) - max(opens, start), timedelta())
        day += timedelta(1)
    return passed
