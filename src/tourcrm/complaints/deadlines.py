"""Until when a complaint must have its first answer, by the settings with which its clock began.

Within two hours, in a crisis within thirty minutes (settings). Clocks of routine complaints run in
business hours only, where the agency has set them. Each clock keeps the minutes and hours of the
day on which it began to run: what was in time stays in time, whatever is set later.
"""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from tourcrm.base import business_hours
from tourcrm.base.business_hours import Hours
from tourcrm.db.setting import Settings


class Terms(NamedTuple):
    """By what a clock runs: minutes, those of a crisis, and business hours as they are written."""

    minutes: int
    crisis_minutes: int
    hours: str


def written(settings: Settings) -> str:
    """The terms of a clock that begins to run now, as they are stored: "120 30 1-5 09:00-18:00"."""
    names = ("complaint_minutes", "crisis_minutes", "business_hours")
    return " ".join(settings[name] for name in names).strip()


@lru_cache(maxsize=256)
def _read(clock: str) -> Terms:
    minutes, crisis_minutes, *hours = clock.split(" ", 2)
    return Terms(int(minutes), int(crisis_minutes), "".join(hours))


def due_at(
    opened_at: datetime, severity: str, settings: Settings, clock: str | None = None
) -> datetime:
    """The moment (UTC) by which a complaint that was opened at another must have its answer.

    clock: the terms of that clock as they are stored; None = those of today."""
    return business_hours.after(opened_at, *_clock(severity, settings, clock), settings.zone)


def _clock(severity: str, settings: Settings, clock: str | None) -> tuple[timedelta, Hours]:
    """How long a clock runs, and in which hours."""
    terms = _read(clock or written(settings))
    if severity == "crisis":
        return timedelta(minutes=terms.crisis_minutes), Hours()
    return timedelta(minutes=terms.minutes), business_hours.parse(terms.hours)


def time_left(
    due: datetime, now: datetime, severity: str, settings: Settings, clock: str | None = None
) -> timedelta:
    """What a clock still shows: the hours in which it runs, until it is due; once it is over, the
    time since then, below zero, as the customer feels it."""
    if now > due:
        return due - now
    return business_hours.between(now, due, _clock(severity, settings, clock)[1], settings.zone)


def in_time(answered_at: datetime | None, due: datetime, now: datetime) -> bool | None:
    """Whether an answer came by the moment at which it was due; None while that is open."""
    if answered_at is None:
        return False if now > due else None
    return answered_at <= due


def nearly_out(settings: Settings) -> timedelta:
    """How much time is left on a clock from which on nothing stands before it."""
    return timedelta(minutes=int(settings["nearly_minutes"]))


def turn(left: timedelta, tier: str | None, severity: str, nearly: timedelta) -> int:
    """Who comes first: a crisis and a clock that is nearly out, then tier A, then all others."""
    if severity == "crisis" or left <= nearly:
        return 0
    return 1 if tier == "A" else 2
