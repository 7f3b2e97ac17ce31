"""The follow-ups of the coming weeks, each on its day, for a calendar that is imported again.

What was settled since the last time is among them as cancelled: with no words, for nobody needs
them any more, and the customer may be one who must not be mentioned.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from tourcrm import followup, outcome, rule, store
from tourcrm.item import Item, Span
from tourcrm.line import Line, lines
from tourcrm.models import Customer
from tourcrm.outcome import Key
from tourcrm.setting import Settings


@dataclass(frozen=True, slots=True)
class Entry:
    """A line and the day on which it stands; without a line, what is settled."""

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
    agenda = followup.for_day(session, settings, as_of, owner=owner, span=Span(back=0, ahead=days))
    settled: dict[str, Entry] = {}
    placed: list[tuple[date, Item]] = []
    for item in agenda.items:
        day = _day(item, as_of, last)
        if day is not None:
            placed.append((day, item))
        elif item.why != "capacity":
            day = max(item.due_on, as_of)
            settled[item.id] = Entry(item.id, day, item.rule.id, None)
    placed.sort(key=lambda pair: pair[0])
    days_of: dict[str, date] = {}
    for day, item in placed:
        days_of.setdefault(item.id, day)
    entries: dict[str, Entry] = {}
    for line in lines(session, [item for _day, item in placed], as_of, language):
        entries.setdefault(line.id, Entry(line.id, days_of[line.id], line.rule, line))
    for one in (
        *_decided(session, settings, as_of, as_of - timedelta(days), owner),
        *_of_the_dead(session, settings, as_of),
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
    if item.state == "decided" and decision is not None and decision.status in outcome.PUT_OFF:
        return decision.until if decision.until and decision.until <= last else None
    return None


def _decided(
    session: Session, settings: Settings, as_of: date, first: date, owner: str | None
) -> Iterable[Entry]:
    """What was decided for good since a day: its event may be over, or have made way to another."""
    batches = {one.id for one in rule.merged(settings.own_rules) if one.in_batches}
    for decision in outcome.since(session, first, as_of, settings.zone):
        if decision.status in outcome.FINAL and decision.key.rule not in batches:
            whose = session.get_one(Customer, decision.customer_id).owner
            if owner is None or whose in (owner, None, ""):
                id_ = outcome.printed_id(decision.key)
                yield Entry(id_, max(decision.due_on, first), decision.key.rule, None)


def _of_the_dead(session: Session, settings: Settings, as_of: date) -> Iterable[Entry]:
    """All that might have been planned for those who died since: without a tier they have no items
    of which the agenda could tell that they are held."""
    rules = {one.id: one for one in rule.merged(settings.own_rules) if not one.in_batches}
    rows = store.rows(
        session,
        """
        SELECT DISTINCT e.rule, e.subject_table, e.subject_id, e.series, e.period, e.anchor_on
        FROM followup_event e JOIN customer c ON c.id = e.customer_id WHERE c.status = 'deceased'
        """,
    )
    for id_, table, subject, series, period, anchor_on in rows:
        for step in rules[id_].steps if id_ in rules else ():
            occurrence = ":".join(part for part in (series, period, step.name) if part)
            day = date.fromisoformat(anchor_on) + timedelta(step.offset)
            key = Key(id_, table, subject, occurrence)
            yield Entry(outcome.printed_id(key), max(day, as_of), id_, None)
