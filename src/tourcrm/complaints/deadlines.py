"""Until when a complaint must have its first answer, by the agency's settings.

Within two hours, in a crisis within thirty minutes (settings). Clocks of routine complaints run in
business hours only, where the agency has set them.
"""

from datetime import datetime, timedelta

from tourcrm.base import business_hours
from tourcrm.base.business_hours import Hours
from tourcrm.db.setting import Settings


def due_at(opened_at: datetime, severity: str, settings: Settings) -> datetime:
    """The moment (UTC) by which a complaint that was opened at another must have its answer."""
    return business_hours.after(opened_at, *_clock(severity, settings), settings.zone)


def _clock(severity: str, settings: Settings) -> tuple[timedelta, Hours]:
    """How long a clock runs, and in which hours."""
    if severity == "crisis":
        return timedelta(minutes=int(settings["crisis_minutes"])), Hours()
    running = business_hours.parse(settings["business_hours"])
    return timedelta(minutes=int(settings["complaint_minutes"])), running


def time_left(due: datetime, now: datetime, severity: str, settings: Settings) -> timedelta:
    """What a clock still shows: the hours in which it runs, until it is due; once it is over, the
    time since then, below zero, as the customer feels it."""
    if now > due:
        return due - now
    return business_hours.between(now, due, _clock(severity, settings)[1], settings.zone)


def in_time(answered_at: datetime | None, due: datetime, now: datetime) -> bool | None:
    """Whether an answer came by the moment at which it was due; None while that is open."""
    if answered_at is None:
        return False if now > due else None
    return answered_at <= due
