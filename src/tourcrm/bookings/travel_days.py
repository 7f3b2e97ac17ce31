"""The days of a journey: departure, return, and how many lie between. No database."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Protocol

from tourcrm.base.errors import Message, Refused
from tourcrm.base.i18n import N_

LONGEST_DAYS = 365  # a return later than this after the departure is a mistake in typing


class _Dated(Protocol):
    departs_on: date | None
    returns_on: date | None


def settle(facts: dict[str, Any], days: int | None) -> None:
    """Work out the return of a new trip: departure + days - 1, else the departure."""
    departs, returns = facts.get("departs_on"), facts.get("returns_on")
    if departs is None:
        return
    counted = departs + timedelta(days=(days or 1) - 1)
    if returns is not None and days is not None and returns != counted:
        raise Refused(
            N_("{days} days from {departs} end on {counted}, not on {returns}; say one of them."),
            days=days,
            departs=departs,
            counted=counted,
            returns=returns,
        )
    facts.setdefault("returns_on", counted)


def move(row: _Dated, facts: dict[str, Any]) -> Iterator[Message]:
    """Keep the return in step with a departure that moves, or with a number of days."""
    days = facts.pop("days", None)
    departs = facts.get("departs_on", row.departs_on)
    if departs is None:
        return
    if days is not None:
        settle(facts | {"departs_on": departs}, days)
        facts["returns_on"] = departs + timedelta(days=days - 1)
    elif "returns_on" not in facts and departs != row.departs_on:
        length = (row.returns_on - row.departs_on) if row.returns_on and row.departs_on else None
        facts["returns_on"] = departs + (length or timedelta())
        yield Message(N_("The return moves with the departure, to {day}."), day=facts["returns_on"])


def check(facts: Mapping[str, Any]) -> None:
    """Raise Refused for days that cannot be: a return before the departure or far behind it, and
    none of departure where there is a return or a status of booked."""
    departs, returns = facts.get("departs_on"), facts.get("returns_on")
    if departs is None:
        if facts.get("status") == "booked":
            raise Refused(N_("A booked trip needs a day of departure: --departs 2026-12-24"))
        if returns is not None:
            raise Refused(N_("A day of return needs a day of departure: --departs 2026-12-24"))
        return
    if returns is not None and returns < departs:
        raise Refused(
            N_("The return, {returns}, lies before the departure, {departs}."),
            returns=returns,
            departs=departs,
        )
    if returns is not None and (returns - departs).days > LONGEST_DAYS:
        raise Refused(
            N_("The return, {returns}, lies over {days} days after the departure, {departs}."),
            returns=returns,
            departs=departs,
            days=LONGEST_DAYS,
        )
