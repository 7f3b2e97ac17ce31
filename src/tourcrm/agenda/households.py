"""Who is spoken to: one household, one voice. Pure functions on items and what is known of people.

Who shares a phone is a household, and is called once about what is due to several of them: on the
line of the person of the order, naming the others. What is due to a child is said to its parents.
What is due about one trip on one day is one call. On the list each such call is one line, decided
at once; its items keep their states, and each is counted.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from tourcrm.agenda.listing import order, set_alone
from tourcrm.agenda.rules.model import Rule
from tourcrm.agenda.states import Facts, Item, contacted, silenced

OF_AGE = 16  # years: who is younger is a child
BIRTHDAY = "birthday"
# What each is told on their own: what a colleague noted, and what somebody complained of.
_OWN = frozenset({"task", "complaint"})
# What words may name without differing between people of one household on one day.
_SAME = frozenset({"name", "full_name", "owner", "count", "child"})
_OF_TRIP = frozenset({"shown", "waiting", "ahead", "decided"})
_JOINED = _OF_TRIP | {"lapsed"}


def is_child(customer: Facts, day: date) -> bool:
    """Whether a customer is under age on a day."""
    born = customer.born
    if born is None or customer.kind != "person" or day.year - born.year > OF_AGE:
        return False
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return years < OF_AGE


def address(item: Item, as_of: date) -> None:
    """Tell an item whether its customer is a child on the day on which it is said, and to which
    adult its words go then: the first on the phone who wants such words."""
    customer = item.customer
    if customer.born is None:
        return
    day = max(as_of, item.due_on)
    item.is_child = is_child(customer, day)
    if item.is_child:
        fitting = (
            one
            for one in customer.adults
            if not silenced(one[1], day, item.rule.kind, mass=item.step.mass)
        )
        item.parent = next(fitting, None)
        if item.parent is not None:
            id_, known = item.parent
            item.party = known.phone or id_
            if item.owner == customer.owner:  # it is for whoever knows the parent
                item.owner = known.owner or item.owner


def join(items: Sequence[Item], as_of: date) -> None:
    """Tell items on whose line they are told, where that is another's: see above."""
    parties: dict[str | int, list[Item]] = {}
    for item in items:
        parties.setdefault(item.party, []).append(item)
    several = [some for some in parties.values() if len(some) > 1]
    for some in several:
        _spoken_to(some)
        _same_card(some)
    set_alone(items)
    same: dict[tuple[str, str], bool] = {}
    for some in several:
        households: dict[Any, list[Item]] = {}
        for item in some:
            if item.state in _JOINED and item.shared is None and not _is_own(item):
                key = item.rule.id, item.step.name
                if key not in same:
                    same[key] = _says_the_same(item.rule, item.step.name)
                what = None if same[key] and not is_birthday(item) else _event(item)
                who = item.step.owner
                households.setdefault((*key, who, what, _when(item, as_of)), []).append(item)
        for household in households.values():
            if len(household) > 1:
                _told_by(min(household, key=_first), household)
        _one_call_a_trip(some, as_of)


def _spoken_to(items: Iterable[Item]) -> None:
    """What would have been one call is settled for all of a household by a talk with one of them,
    also where that was noted by hand."""
    calls: dict[Any, list[Item]] = {}
    for item in items:
        if (
            "personal_contact" in item.rule.satisfied_by
            and item.shared is None
            and not _is_own(item)
        ):
            calls.setdefault((item.rule.id, item.step.name, _event(item)), []).append(item)
    for call in calls.values():
        if len(call) > 1 and any(one.state == "satisfied" and contacted(one) for one in call):
            for item in call:
                if item.state in ("shown", "waiting"):
                    item.state, item.why = "satisfied", ""


def _same_card(items: Iterable[Item]) -> None:
    """Of a message to many a household gets one: the best of those that are meant for it."""
    cards: dict[Any, list[Item]] = {}
    for item in items:
        if item.batch is not None and item.batch[1] != "departure":
            key = item.rule.id, item.step.name, item.anchor_on, item.state, item.why
            cards.setdefault(key, []).append(item)
    for some in cards.values():
        if len({item.batch for item in some}) > 1:
            best = min(some, key=order).batch
            for item in some:
                item.batch = best


def _is_own(item: Item) -> bool:
    return item.key.subject_table in _OWN or (is_birthday(item) and not item.is_child)


def is_birthday(item: Item) -> bool:
    """Whether it is for a birthday, which is each person's own."""
    return item.rule.anchor.name == "special_date" and item.key.occurrence.startswith(BIRTHDAY)


def _says_the_same(rule: Rule, name: str) -> bool:
    """Whether what a step says is the same whatever the day of the event and the place."""
    return all(
        words.names() <= _SAME
        for step in rule.steps
        if step.name == name
        for words in step.to_one.script.values()
    )


def _event(item: Item) -> Any:
    return item.anchor_on, item.destination, item.key.occurrence.split(":")[0]


def _when(item: Item, as_of: date) -> Any:
    """What those have in common that stand in the same state on the same day."""
    if item.decision is not None and item.state == "decided":
        return item.decision.status, item.decision.at, item.decision.until
    day = item.last_on if item.state == "lapsed" else max(item.due_on, as_of)
    return item.state, item.why, day


def _first(item: Item) -> tuple[Any, ...]:
    """The person of the order in front: an adult, whose order came first; then by code."""
    trip = item.trip_id if item.trip_id is not None else 0
    return item.is_child, trip, item.customer.code, item.key.subject_id, item.key.occurrence


def _told_by(lead: Item, items: Iterable[Item]) -> None:
    for item in items:
        item.lead = None if item is lead else lead


def _one_call_a_trip(items: Iterable[Item], as_of: date) -> None:
    """What care is due about one trip on one day is one call, on the line of the most urgent."""
    calls: dict[Any, list[Item]] = {}
    of_call: dict[int, list[Item]] = {}
    for item in items:
        of_call.setdefault(id(item.told), []).append(item)
        if _is_of_trip(item):
            call = item.voice, item.trip_id, item.step.owner, _when(item, as_of)
            calls.setdefault(call, []).append(item)
    for leads in calls.values():
        if len({one.rule.id for one in leads}) > 1:
            first = min(leads, key=order)
            _told_by(first, [item for one in leads for item in of_call[id(one)]])


def _is_of_trip(item: Item) -> bool:
    return (
        item.lead is None
        and item.shared is None
        and item.trip_id is not None
        and item.rule.kind == "care"
        and item.rule.anchor.name in ("return", "answer", "resolution")
        and item.state in _OF_TRIP
    )


def calls(items: Iterable[Item]) -> Iterator[list[Item]]:
    """The items of each line, in their order; that on whose line they are told in front."""
    units: dict[Any, list[Item]] = {}
    for item in items:
        line = item.shared or item.told.key
        units.setdefault((line, item.state, item.why), []).append(item)
    for unit in units.values():
        if len(unit) > 1 and unit[0].shared is None:
            unit.sort(key=lambda item: item.lead is not None)
        yield unit
