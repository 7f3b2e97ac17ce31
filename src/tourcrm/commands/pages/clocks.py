"""The clocks of complaints in words, for whoever answers at once and for a message."""

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from tourcrm.base.columns import CLOCKS
from tourcrm.base.display import visible
from tourcrm.base.i18n import _
from tourcrm.commands.pages.layout import beside, duration_text, late_text, word

if TYPE_CHECKING:
    from tourcrm.complaints.clock import Clock


def lines(clock: "Clock", now: datetime, zone: tzinfo) -> Iterator[str]:
    """The lines about a clock, for whoever answers at once."""
    yield from beside("! ", " · ".join(about(clock, now, zone, phone=True)))
    yield from beside("  ", f"“{visible(clock.text, 400)}”")


def about(clock: "Clock", now: datetime, zone: tzinfo | None, *, phone: bool) -> Iterator[str]:
    """What is said of a clock. A message has no phone number: it stays in a chat for ever."""
    from tourcrm.commands.pages import due_list

    if now < clock.due_at:
        due = clock.due_at.astimezone(zone)
        today = due.date() == now.astimezone(zone).date()
        until = due.strftime("%H:%M" if today else "%Y-%m-%d %H:%M")
        text = _("{time} left, until {clock}")
        yield text.format(time=duration_text(clock.left), clock=until)
    else:
        yield late_text(now - clock.due_at)
    yield visible(clock.code, 20)
    if clock.severity == "crisis":
        yield word("severity", clock.severity)
    yield word("complaint_category", clock.category)
    yield f"{visible(clock.name, 40)} {visible(clock.customer_code, 20)}"
    if clock.tier is not None:
        yield _("tier {tier}").format(tier=clock.tier)
    if phone:
        yield due_list.phone(clock.phone)
    charge = clock.in_charge or clock.owner
    yield visible(charge, 20) if charge else _("nobody in charge")


def row(clock: "Clock") -> dict[str, object]:
    """A clock with the fields of CLOCKS."""
    return {column.field: getattr(clock, column.field, None) for column in CLOCKS} | {
        "customer": clock.customer_code,
        "minutes_left": clock.left // timedelta(minutes=1),
    }
