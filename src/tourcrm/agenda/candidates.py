"""What may be owed: events found by index, and of these the items with their days.

The events and facts are values that are handed in and out; states.py decides what becomes of items.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlmodel import Session

from tourcrm.agenda import keys
from tourcrm.agenda.day import Day
from tourcrm.agenda.events import last_contact, sales
from tourcrm.agenda.events.search import Event, Owing, Search
from tourcrm.agenda.events.selects import SELECTS
from tourcrm.agenda.keys import Key
from tourcrm.agenda.rules.model import Rule, Step
from tourcrm.agenda.states import LONGEST_WAIT, Facts, Item, batch_of, fits
from tourcrm.analysis import trip_history
from tourcrm.analysis.population import People, Who
from tourcrm.base import moments
from tourcrm.bookings.status import BOOKED
from tourcrm.db import dialect, engine
from tourcrm.db.engine import Raw

if TYPE_CHECKING:
    from tourcrm.analysis.trip_history import Numbers

NEVER = date(9000, 1, 1)  # the last day of what stays until it is settled

Events = Mapping[str, Sequence[Event]]  # by the id of the rule


# --- events ---------------------------------------------------------------------------------------


def find(session: Session, day: Day) -> Events:
    """What may be in the span of a day."""
    connection = engine.raw(session)
    ahead = cache(partial(_ahead, connection, day.as_of))
    recent = cache(partial(_recently_met, connection, day))
    owing = cache(partial(_owing, connection, day))
    found = {}
    for one in day.rules.values():
        search = _search(day, one, partial(_who, one, day.people, ahead), owing)
        select = SELECTS[one.anchor.name]
        found[one.id] = list(select(connection, search))
        later = None if one.anchor.lasts else _out_of_time(day, one, search, recent)
        if later is not None:
            found[one.id] += select(connection, later)
    return found


def _owing(connection: Raw, day: Day) -> tuple[Owing, ...]:
    """What is owed, as far as any rule of the day looks."""
    ahead = [
        day.span.ahead - one.earliest
        for one in day.rules.values()
        if one.anchor.name in ("balance", "debt")
    ]
    latest = day.as_of + timedelta(max([sales.LATEST_DEBT, *ahead]))
    return sales.owing_of_day(connection, day.settings, day.as_of, latest, day.span.customers)


def _search(
    day: Day,
    one: Rule,
    who: Callable[[], Who | None],
    owing: Callable[[], Sequence[Owing]],
) -> Search:
    return Search(
        rule=one.id,
        first=day.as_of - timedelta(day.span.back + one.latest),
        last=day.as_of + timedelta(day.span.ahead - one.earliest),
        as_of=day.as_of,
        people=day.people,
        settings=day.settings,
        wanted=day.span.customers,
        labels=one.labels,
        who=who,
        least=one.earliest,
        spread=one.spread,
        far_back=day.span.back,
        trip_matters=one.depends_on_trip,
        services=one.asked("services"),
        kinds=one.asked("kinds"),
        owing=owing,
    )


def _out_of_time(
    day: Day, one: Rule, search: Search, recent: Callable[[], frozenset[int]]
) -> Search | None:
    """The search for what was put off, or had to wait, and may be on the list long after its time;
    None where there is nothing of the kind."""
    put_off = day.decided.put_off.get(one.id, ())
    wanted = frozenset(decision.customer_id for decision in put_off)
    days = [decision.anchor_on for decision in put_off]
    early = min(days, default=search.first) - timedelta(one.moved_by)
    late = max(days, default=early) + timedelta(one.moved_by)
    if one.kind == "marketing":
        wanted |= recent()
        early = min(early, search.first - timedelta(LONGEST_WAIT))
        late = max(late, search.first)
    if search.wanted is not None:
        wanted &= search.wanted
    return replace(search, first=early, last=late, wanted=wanted) if wanted else None


def _recently_met(connection: Raw, day: Day) -> frozenset[int]:
    """Customers whose marketing items may have waited until the span."""
    offered = day.decided.done_since(day.met_since, day.marketing)
    sql = f"""
        SELECT DISTINCT customer_id FROM {dialect.by_index("interaction", "interaction_lately")}
        WHERE personal AND at >= ? AND at < ?
    """  # noqa: S608 - a constant
    zone = day.settings.zone
    span = moments.day_start(day.met_since, zone), moments.day_end(day.as_of, zone)
    met = frozenset(row[0] for row in connection.execute(sql, span))
    return met.union(decision.customer_id for decision in offered)


def _who(one: Rule, people: People, ahead: Callable[[], "Numbers"]) -> Who | None:
    """The customers for whom a step may be; None = anybody. Kinds are looked at where most have
    another. ahead: finds those with a trip to come."""
    groups = []
    anybody = False
    kinds: set[str] = set()
    for step in one.steps:
        asked = step.conditions
        fitting = people.fitting(asked.tiers, asked.quadrants, asked.cadences, ahead)
        if fitting is None:
            anybody = True
        else:
            groups.append((fitting, step.offset))
        kinds |= asked.customer_kinds or {"person"}
    if "person" in kinds:
        return None if anybody else Who.of(groups)
    few = people.of_kinds(kinds)
    if anybody:
        return Who.of([(few, one.earliest)])
    return Who.of([(some[trip_history.among(some, few)], offset) for some, offset in groups])


def _ahead(connection: Raw, as_of: date) -> "Numbers":
    """Customers with a trip to come."""
    sql = f"""
        SELECT DISTINCT t.customer_id FROM {dialect.by_index("trip t", "trip_departs")}
        WHERE t.departs_on > :as_of AND {BOOKED}
    """  # noqa: S608 - pieces of this module
    rows = connection.execute(sql, {"as_of": as_of.isoformat()})
    return trip_history.numbers(row[0] for row in rows)


def of_id(
    day: Day,
    events: Events,
    start: str,
    around: Callable[[Collection[int]], Collection[int]] = frozenset,
) -> Events:
    """The events of customers who have an item, or part in a batch, whose id begins like this,
    whatever the conditions; and of those around them, with whom they may share a line."""
    meant = keys.id_range(start)
    customers: set[int] = set()
    for id_, found in events.items():
        steps = day.rules[id_].steps
        names = {step.name for step in steps}
        batches = {(step.batch, step.channel) for step in steps if step.batch}
        is_meant = cache(lambda batch: keys.id_number(batch) in meant)
        for event in found:
            shared = [_batch(id_, kind, channel, event) for kind, channel in batches]
            if any(is_meant(batch) for batch in shared if batch is not None) or any(
                keys.id_number(_key(id_, event, name)) in meant for name in names
            ):
                customers.add(event.customer_id)
    meant_too = frozenset(around(customers))
    return {
        id_: [one for one in found if one.customer_id in meant_too] for id_, found in events.items()
    }


# --- items ----------------------------------------------------------------------------------------


def items(day: Day, events: Events, facts: Mapping[int, Facts]) -> Iterator[Item]:
    """What the rules owe: for each event and each name of a step, the first step that fits."""
    sorts = {who: customer.sort for who, customer in facts.items()}
    for id_, found in events.items():
        rule = day.rules[id_]
        groups = list(_by_name(rule.steps).values())
        chosen: dict[Any, tuple[Step, ...]] = {}  # by a sort of trip and customer
        spans: dict[Any, _Days] = {}  # by an event and a step
        seen: set[Key] = set()
        for event in found:
            customer = facts[event.customer_id]
            sort = event.service, event.kind, sorts[event.customer_id]
            steps = chosen.get(sort)
            if steps is None:
                steps = tuple(_first_fitting(groups, customer, event.service, event.kind))
                chosen[sort] = steps
            if rule.anchor.in_turn and len(steps) > 1:
                steps = _in_turn(steps, date.fromisoformat(event.anchor_on), day.as_of)
            for step in steps:
                key = _key(id_, event, step.name)
                if key in seen:
                    continue
                seen.add(key)
                place = event.anchor_on, event.ends_on, id(step)
                days = spans.get(place)
                if days is None:
                    days = spans[place] = _days(step, event.anchor_on, event.ends_on)
                yield _item(rule, step, key, event, customer, days)


def _key(rule: str, event: Event, name: str) -> Key:
    occurrence = event.series
    if event.period or name:
        occurrence = keys.occurrence(occurrence, event.period, name)
    return Key(rule, event.subject_table, event.subject_id, occurrence)


def _batch(rule: str, kind: str | None, channel: str, event: Event) -> tuple[str, ...] | None:
    return batch_of(rule, kind, channel, event.anchor_on, event.destination or event.code or "")


def _item(rule: Rule, step: Step, key: Key, event: Event, customer: Facts, days: "_Days") -> Item:
    due_on = days.due_on
    if rule.spread and event.since is not None and due_on.isoformat() < event.since:
        place = last_contact.place(customer.code, step.offset)
        due_on = date.fromisoformat(event.since) + timedelta(place)
    return Item(
        rule=rule,
        step=step,
        key=key,
        customer_id=event.customer_id,
        customer=customer,
        trip_id=event.trip_id,
        trip_code=event.code,
        destination=event.destination,
        anchor_on=days.anchor_on,
        ends_on=days.ends_on,
        calendar=event.calendar,
        planned_on=due_on,
        due_on=due_on,
        last_on=days.last_on,
        owner=event.owner or step.owner or customer.owner,
        batch=_batch(rule.id, step.batch, step.channel, event),
        by=datetime.fromisoformat(event.by) if event.by else None,
        departed_on=event.departed_on,
        said=event.said,
        amount=event.amount,
        figures=event.figures,
        crisis=event.crisis,
    )


def _in_turn(steps: Sequence[Step], anchor_on: date, as_of: date) -> tuple[Step, ...]:
    """The latest of the steps that are due, and those to come."""
    passed = (as_of - anchor_on).days
    latest = max((step.offset for step in steps if step.offset <= passed), default=passed)
    return tuple(step for step in steps if step.offset >= latest)


def _first_fitting(
    groups: Iterable[Sequence[Step]], customer: Facts, service: str | None, kind: str | None
) -> Iterable[Step]:
    """Of each group of steps the first that fits."""
    for steps in groups:
        for step in steps:
            if fits(step, customer, service, kind):
                yield step
                break


class _Days(NamedTuple):
    """The first and last day of an event, the due day, and the last day on the list."""

    anchor_on: date
    ends_on: date
    due_on: date
    last_on: date


def _days(step: Step, anchor: str, ends: str | None) -> _Days:
    anchor_on = date.fromisoformat(anchor)
    ends_on = date.fromisoformat(ends) if ends else anchor_on
    due_on = anchor_on + timedelta(step.offset)
    last_on = NEVER if step.lapses_after is None else due_on + timedelta(step.lapses_after)
    return _Days(
        anchor_on, ends_on, due_on, min(last_on, ends_on) if step.until_anchor else last_on
    )


def _by_name(steps: Iterable[Step]) -> dict[str, list[Step]]:
    groups: dict[str, list[Step]] = {}
    for step in steps:
        groups.setdefault(step.name, []).append(step)
    return groups
