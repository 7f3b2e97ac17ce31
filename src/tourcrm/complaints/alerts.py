"""Which clocks of complaints are to be told of, and by which word each is told only once.

A crisis is told at once; a routine complaint when its time runs out, and the minutes are a setting.
Both are told when the time is over, and again as long as nobody answers: a crisis every hour of the
first twelve, then once a day; a routine complaint once a day. Nobody is told every five minutes.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tourcrm.base.moments import moment_text
from tourcrm.notifications.outbox import Word

if TYPE_CHECKING:
    from tourcrm.complaints.clock import Clock

_HOUR = timedelta(hours=1)
_HOURLY = {"crisis": 12}  # so many hours after the time is over, it is told every hour


def stage(severity: str, left: timedelta, late: timedelta, warn: timedelta) -> str | None:
    """The last word that there is about a clock; None while there is none.

    left: what it still shows. late: how long its time is over, below zero before that. warn: how
    much is left when a routine clock is told of.
    """
    if late < timedelta():
        if severity == "crisis":
            return "opened"
        return "closing" if left <= warn else None
    hours = late // _HOUR
    if hours >= _HOURLY.get(severity, 1):
        # The first days end at the last hour that was told.
        hours = max(hours // 24 * 24, _HOURLY.get(severity, 1) - 1)
    return f"over {hours}h"


def ringing(
    clocks: "Iterable[Clock]", now: datetime, warn: timedelta
) -> "list[tuple[Clock, Word]]":
    """The clocks of which something is to be told, in their order, each with its word.

    A complaint that was reopened has a clock of its own, and is told of anew.
    """
    found = []
    for clock in clocks:
        said = stage(clock.severity, clock.left, now - clock.due_at, warn)
        if said is not None:
            once = f"{moment_text(clock.opened_at)} {said}"
            found.append((clock, Word("complaint", clock.complaint_id, once)))
    return found
