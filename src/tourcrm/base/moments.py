"""Moments as they are stored: UTC, as text that sorts, e.g. 2026-11-20T01:30:00Z."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tourcrm.base.i18n import _


def moment_text(moment: datetime) -> str:
    """The stored form of an aware moment; a naive one is a mistake of the caller (ValueError)."""
    if moment.tzinfo is None:
        raise ValueError("a naive datetime names no moment")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment_of(text: str) -> datetime:
    """The aware moment that a stored text names."""
    return datetime.fromisoformat(text)


def day_end(day: date, zone: ZoneInfo) -> str:
    """The moment at which a day of the agency ends, as it is stored."""
    return moment_text(datetime.combine(day + timedelta(1), time(), zone))


def day_start(day: date, zone: ZoneInfo) -> str:
    """The moment at which a day of the agency begins, as it is stored."""
    return day_end(day - timedelta(1), zone)


def local_day(stored: str, zone: ZoneInfo) -> date:
    """The agency's day of a stored moment."""
    return moment_of(stored).astimezone(zone).date()


def with_weekday(day: date) -> str:
    """A day with the name of its weekday."""
    names = (
        *(_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday")),
        *(_("Saturday"), _("Sunday")),
    )
    return f"{day.isoformat()} {names[day.weekday()]}"
