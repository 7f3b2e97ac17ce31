"""The follow-ups of the coming weeks, each on its day, for a calendar that is imported again.

What was settled since the last time is among them as cancelled: with no words, for nobody needs
them any more, and the customer may be one who must not be mentioned. What must be done within hours
is not among them: a file that is made in the morning comes too late.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from tourcrm.agenda import decisions, keys, planner
from tourcrm.agenda.keys import Key
from tourcrm.agenda.planner import Agenda
from tourcrm.agenda.rules import parser
from tourcrm.agenda.states import Item, Span
from tourcrm.agenda.wording import Line, lines
from tourcrm.base import moments
from tourcrm.db import engine
from tourcrm.db.setting import Settings
from tourcrm.models import Customer


@dataclass(frozen=True, slots=True)
class Entry:
    """A line and the day on which it stands; without a line, what is settled. id: for the calendar;
    that of the line may be another (see `_uids`)."""

    id: str
    day: date
    rule: str
    line: Line | None


@dataclass(frozen=True, slots=True)
class Schedule:
    """The entries by day. waiting: customers whose items do not fit the day, and have none."""

    last: date
    entries: tuple[Entry, ...]
    waiting: int


def plan(
    session: Session,
    settings: Settings,
    as_of: date,
    language: str,
    *,
    days: int,
    owner: str | None = None,
) -> Schedule:
    """What is due up to so many days from now; what is overdue stands on the day itself."""
    last = as_of + timedelta(days)
    agenda = planner.for_day(session, settings, as_of, owner=owner, span=Span(back=0, ahead=days))
    items = [item for item in agenda.items if not item.is_clock]
    uid = _uids(items)
    settled: dict[str, Entry] = {}
    placed: list[tuple[date, Item]] = []
    for item in items:
        day = _day(item, as_of, last)
        if day is not None:
            placed.append((day, item))
        elif item.why != "capacity":
            day = max(item.due_on, as_of)
            settled[uid(item)] = Entry(uid(item), day, item.rule.id, None)
    placed.sort(key=lambda pair: pair[0])
    days_of: dict[str, date] = {}
    for day, item in placed:
        days_of.setdefault(item.id, day)
    entries: dict[str, Entry] = {}
    for line in lines(session, [item for _day, item in placed], as_of, language):
        id_ = uid(line.items[0])
        if id_ in entries:  # of a departure that is not done for all on one day
            id_ = line.id
        entries.setdefault(id_, Entry(id_, days_of[line.id], line.rule, line))
    for one in (
        *_decided(session, settings, as_of, as_of - timedelta(days), owner),
        *_of_the_dead(agenda),
        *_of_cancelled_trips(session, settings, as_of, as_of - timedelta(days)),
        *_of_reopened_complaints(session, settings, as_of, as_of - timedelta(days)),
    ):
        settled.setdefault(one.id, one)
    gone = [entry for id_, entry in settled.items() if id_ not in entries]
    return Schedule(
        last=last,
        entries=(*entries.values(), *sorted(gone, key=lambda entry: (entry.day, entry.id))),
        waiting=len({item.customer_id for item in agenda.items if item.why == "capacity"}),
    )


def _day(item: Item, as_of: date, last: date) -> date | None:
    """The day on which an item is to be done; None where it is settled, or has to wait."""
    if item.state in ("shown", "ahead"):
        return max(item.due_on, as_of)
    decision = item.decision
    if item.state == "decided" and decision is not None and decision.status in keys.PUT_OFF:
        return decision.until if decision.until and decision.until <= last else None
    return None


def _uids(items: Iterable[Item]) -> Callable[[Item], str]:
    """What an item's entry is known by: its id; of a departure the id of the order that came first,
    so that it stays the same whoever books as well, and when the departure is moved."""
    first: dict[tuple[str, ...], Key] = {}
    for item in items:
        if item.batch is not None and item.batch[1] == "departure":
            known = first.setdefault(item.batch, item.key)
            first[item.batch] = min(known, item.key, key=lambda key: key.subject_id)

    def uid(item: Item) -> str:
        key = first.get(item.batch) if item.batch else None
        return keys.printed_id(key) if key else item.id

    return uid


def _decided(
    session: Session, settings: Settings, as_of: date, first: date, owner: str | None
) -> Iterable[Entry]:
    """What was decided for good since a day: its event may be over, or have made way to another."""
    batches = {one.id for one in parser.merged(settings.own_rules) if one.in_batches}
    for decision in decisions.since(session, first, as_of, settings.zone):
        if decision.status in keys.FINAL and decision.key.rule not in batches:
            whose = session.get_one(Customer, decision.customer_id).owner
            if owner is None or whose in (owner, None, ""):
                id_ = keys.printed_id(decision.key)
                yield Entry(id_, max(decision.due_on, first), decision.key.rule, None)


def _of_the_dead(agenda: Agenda) -> Iterable[Entry]:
    """All that might have been planned for those who died since: without a tier they have no items
    of which the agenda could tell that they are held."""
    for one in agenda.day.rules.values():
        for event in agenda.events[one.id]:
            if one.in_batches or agenda.customers[event.customer_id].status != "deceased":
                continue
            for step in one.steps:
                occurrence = keys.occurrence(event.series, event.period, step.name)
                day = date.fromisoformat(event.anchor_on) + timedelta(step.offset)
                key = Key(one.id, event.subject_table, event.subject_id, occurrence)
                yield Entry(keys.printed_id(key), max(day, agenda.as_of), one.id, None)


def _of_cancelled_trips(
    session: Session, settings: Settings, as_of: date, first: date
) -> Iterable[Entry]:
    """All that might have been planned for trips that were cancelled since a day."""
    trips = engine.rows(
        session,
        """
        SELECT id, departs_on, coalesce(returns_on, departs_on) AS returns_on FROM trip
        WHERE status = 'cancelled' AND cancelled_on BETWEEN :first AND :as_of
            AND departs_on IS NOT NULL
        """,
        first=first.isoformat(),
        as_of=as_of.isoformat(),
    )
    for one in parser.merged(settings.own_rules):
        if one.anchor.name in ("departure", "return"):
            for trip_id, departs_on, returns_on in trips:
                event = departs_on if one.anchor.name == "departure" else returns_on
                for step in one.steps:
                    day = date.fromisoformat(event) + timedelta(step.offset)
                    occurrence = keys.occurrence("once", step.name)
                    id_ = keys.printed_id(Key(one.id, "trip", trip_id, occurrence))
                    if day >= first:
                        yield Entry(id_, max(day, as_of), one.id, None)


def _of_reopened_complaints(
    session: Session, settings: Settings, as_of: date, first: date
) -> Iterable[Entry]:
    """What had been planned for after complaints that were reopened since a day."""
    rounds = engine.rows(
        session,
        """
        SELECT b.complaint_id, b.id, b.step FROM complaint_event b
        JOIN complaint_event r ON r.complaint_id = b.complaint_id AND r.id > b.id
        WHERE b.step IN ('opened', 'reopened') AND r.step = 'reopened'
            AND r.at >= :start AND r.at < :end
        """,
        start=moments.day_start(first, settings.zone),
        end=moments.day_end(as_of, settings.zone),
    )
    for one in parser.merged(settings.own_rules):
        if one.anchor.name == "resolution":
            for complaint, begun, step_ in rounds:
                series = "once" if step_ == "opened" else f"r{begun}"
                for name in {step.name for step in one.steps}:
                    occurrence = keys.occurrence(series, name)
                    id_ = keys.printed_id(Key(one.id, "complaint", complaint, occurrence))
                    yield Entry(id_, as_of, one.id, None)
