"""Whose birthday falls on a trip. Nobody writes to people who are on the way: the guide is told, on
the line of the departure."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple

from tourcrm.agenda.states import Item
from tourcrm.base import lunar, speech
from tourcrm.base.display import visible
from tourcrm.base.errors import Message
from tourcrm.base.i18n import N_
from tourcrm.base.lunar import SpecialDay
from tourcrm.db import dialect
from tourcrm.db.engine import Raw

ANCHOR = "departure"  # the rules that see travellers off


class OnTheWay(NamedTuple):
    """A birthday while on a trip."""

    day: date
    name: str
    guide: str | None
    trip: int
    customer: int


# The customer of a trip, and who else is on it. A trip without a return is a day.
_PEOPLE = """
    SELECT t.id, t.departs_on, coalesce(t.returns_on, t.departs_on), t.guide, c.id, c.name,
        s.month, s.day, s.calendar, s.leap
    FROM (
        SELECT t.id AS trip, t.customer_id AS who FROM json_each(?1) w
        CROSS JOIN trip t ON t.id = w.value
        UNION
        SELECT o.trip_id, o.customer_id FROM json_each(?1) w
        CROSS JOIN traveller o ON o.trip_id = w.value
    ) p
    CROSS JOIN trip t ON t.id = p.trip
    CROSS JOIN customer c ON c.id = p.who
    CROSS JOIN special_date s ON s.customer_id = c.id
    WHERE s.label = ?2 AND c.status <> 'deceased'
"""


def birthdays(connection: Raw, trips: Iterable[int]) -> list[OnTheWay]:
    """The birthdays on these trips, the first in front; of who has one in both calendars, the
    first."""
    found: dict[tuple[int, int], OnTheWay] = {}
    rows = connection.execute(_PEOPLE, (dialect.numbers(sorted(trips)), lunar.BIRTHDAY))
    for trip, departs, returns, guide, who, name, month, day, calendar, leap in rows:
        if departs is None:
            continue
        special = SpecialDay(month, day, None, calendar, bool(leap))
        first, last = date.fromisoformat(departs), date.fromisoformat(returns)
        for _year, falls in lunar.occurrences(special, first, last):
            one = OnTheWay(falls, name, guide, trip, who)
            found[trip, who] = min(one, found.get((trip, who), one))
    return sorted(found.values(), key=lambda one: (one.day, one.name, one.trip, one.customer))


def of_items(connection: Raw, items: Iterable[Item]) -> dict[int, list[OnTheWay]]:
    """The birthdays on the trips whose departure items are about, by trip."""
    trips = {
        item.trip_id
        for item in items
        if item.rule.anchor.name == ANCHOR and item.rule.kind == "duty"
        if item.trip_id is not None
    }
    found: dict[int, list[OnTheWay]] = {}
    for one in birthdays(connection, trips) if trips else ():
        found.setdefault(one.trip, []).append(one)
    return found


def told(found: Collection[OnTheWay], as_of: date, language: str) -> str:
    """What the line of a departure says of them; nothing where there are none."""
    if not found:
        return ""
    guides = dict.fromkeys(one.guide for one in found if one.guide)
    who = ("、" if language == "zh" else ", ").join(guides)
    said = named(found, as_of, language)
    if who:
        text = N_(" (tell the guide {guide}, birthdays on the way: {people})")
        return str(Message(text, guide=visible(who, 60), people=said))
    return str(Message(N_(" (tell the guide, birthdays on the way: {people})"), people=said))


def named(found: Iterable[OnTheWay], as_of: date, language: str) -> str:
    """Who has a birthday on the way, and when."""
    people = sorted({(one.day, one.name, one.customer) for one in found})
    return ("、" if language == "zh" else ", ").join(
        f"{name} {speech.day_text(day, language, as_of)}" for day, name, _customer in people
    )
