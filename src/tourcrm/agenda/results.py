"""What became of customers after their follow-ups: how many booked again.

A comparison, not an experiment: whom one reached, and whom one left out, was not chosen by lot.

Who was followed up stands in the decisions. Who was not is worked out: the agenda is planned as of
the end of each four weeks of the past, with the rules of today, and what was to lapse in them with
nobody deciding is counted: as settled where a contact or a trip had made it needless by then, else
as never decided. A rule that asks how active customers are must be for them by what was known
before these weeks as well: whoever books after their birthday was no better known on the day.
The day of a booking is booked_on, else the day of departure, for all that is counted here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, text
from sqlmodel import Session

from tourcrm.agenda import decisions, planner
from tourcrm.agenda.day import everybody
from tourcrm.agenda.facts import NEVER_TRAVELLED
from tourcrm.agenda.keys import Key
from tourcrm.agenda.rules import parser
from tourcrm.agenda.rules.model import Rule
from tourcrm.agenda.states import Item, Span, fits, hold
from tourcrm.base import moments
from tourcrm.bookings.status import BOOKED
from tourcrm.db import dialect, engine
from tourcrm.db.setting import Settings

AGAIN_DAYS = 180  # a booking up to so many days later counts
SPAN_DAYS = 365  # of the span, where none is given
FEW = 30  # customers: a share of fewer says little
PLANNED = 28  # days that are planned at once
TRIP_AHEAD = "trip_ahead"  # decided here, by the days of bookings
DECIDED = ("done", "tried", "skipped")
# A customer counts in the first that applies.
AFTERMATHS = (*DECIDED, "settled", "never")
MANY = 1_000_000  # trips times plans from which on these take long


@dataclass(frozen=True, slots=True)
class Result:
    """One group: the customers of a rule of whom the same became. share: of those customers."""

    rule: str
    what: str
    aftermath: str
    customers: int
    booked_again: int

    @property
    def share(self) -> float:
        """How many of them booked again, 0 to 1."""
        return self.booked_again / self.customers

    @property
    def too_few(self) -> bool:
        """Whether chance alone can make such a share."""
        return self.customers < FEW


@dataclass(frozen=True, slots=True)
class Settled:
    """A follow-up that was decided, settled or lapsed, from which day on bookings count. own_trip:
    the one that it was about."""

    aftermath: str
    day: date
    own_trip: int | None


Standing = tuple[str | None, str | None, str | None, str | None]


class Left(NamedTuple):
    """An item that left the list, the day before which nothing of its weeks was known, and where
    its customer stood on it (tier, quadrant, cadence, last departure)."""

    item: Item
    before: date
    standing: Standing


class Booking(NamedTuple):
    """A trip, the day on which it was booked, and that on which it departed."""

    trip: int
    day: date
    departs_on: date


def usual_span(as_of: date) -> tuple[date, date]:
    """The first and the last day of a year that ends as long ago as bookings are waited for."""
    last = as_of - timedelta(AGAIN_DAYS)
    return last - timedelta(SPAN_DAYS - 1), last


def first_decision(session: Session, settings: Settings, as_of: date) -> date | None:
    """The day from which on somebody worked with the list; None where nobody ever did."""
    end = moments.day_end(as_of, settings.zone)
    found = engine.rows(session, "SELECT min(at) FROM followup_outcome WHERE at < :end", end=end)
    return moments.local_day(found[0][0], settings.zone) if found[0][0] else None


def is_large(session: Session, first: date, last: date) -> bool:
    """Whether planning a span takes long."""
    trips: int = engine.rows(session, "SELECT coalesce(max(id), 0) FROM trip")[0][0]
    return trips * ((last - first).days // PLANNED + 1) > MANY


def of_span(
    session: Session,
    settings: Settings,
    as_of: date,
    first: date,
    last: date,
    language: str,
) -> list[Result]:
    """The groups of all rules. What counts was decided, or left the list, from `first` to `last`.

    A customer counts once for a rule: with what was done, else tried, else skipped, else settled,
    and from the first such day on. What left the list before the first decision of all is left out.
    """
    began = first_decision(session, settings, as_of)
    if began is None:
        return []
    standing = decisions.since(session, first, as_of, settings.zone)
    settled: dict[tuple[str, int], list[Settled]] = {}
    decided = set()
    for decision in standing:
        if decision.status in DECIDED:
            decided.add(decision.key)
            day = decision.at.date()
            if day <= last:
                one = Settled(decision.status, day, _own_trip(decision.key))
                settled.setdefault((decision.key.rule, decision.customer_id), []).append(one)
    rules = parser.merged(settings.own_rules)
    left = [
        one
        for one in _left(session, settings, rules, max(first, began), last)
        if one.item.key not in decided
    ]
    customers = {one.item.customer_id for one in left}
    customers |= {customer for _rule, customer in settled}
    bookings = _bookings(session, as_of, customers)
    needless = {one.id for one in rules if TRIP_AHEAD in one.satisfied_by}
    for item, before, standing_before in left:
        known = bookings.get(item.customer_id, ())
        if not _was_for(item, before, standing_before, known):
            continue
        by_itself = item.state == "satisfied" or (
            item.rule.id in needless and has_trip_ahead(known, item.due_on, item.last_on)
        )
        one = Settled("settled" if by_itself else "never", item.due_on, _own_trip(item.key))
        settled.setdefault((item.rule.id, item.customer_id), []).append(one)
    return _counted(rules, settled, bookings, language)


def _own_trip(key: Key) -> int | None:
    return key.subject_id if key.subject_table == "trip" else None


def _left(
    session: Session, settings: Settings, rules: Sequence[Rule], first: date, last: date
) -> Iterable[Left]:
    """What left the list from the first day to the last with nobody deciding: it lapsed, or a
    contact had settled it. Whether a trip had is not looked at.

    As of a day, and so many days back, the agenda holds what was to lapse in just these days.
    """
    # What stays until it is settled never lapses. Of marketing the others want to know.
    planned = [
        replace(one, satisfied_by=one.satisfied_by - {TRIP_AHEAD})
        for one in rules
        if one.kind == "marketing" or any(step.lapses_after is not None for step in one.steps)
    ]
    people = everybody(session, settings, first)
    as_of = first
    while as_of <= last:
        before, people_before = as_of, people
        as_of = min(before + timedelta(PLANNED), last + timedelta(1))
        span = Span(back=(as_of - before).days)
        people = everybody(session, settings, as_of)
        agenda = planner.agenda(session, settings, as_of, span, people=people, rules=planned)
        left = [item for item in agenda.of_state("lapsed", "satisfied") if _counts(item, as_of)]
        standing = people_before.standing_of({item.customer_id for item in left})
        for item in left:
            if before <= item.last_on < as_of:
                yield Left(item, before, standing.get(item.customer_id, NEVER_TRAVELLED))


def _counts(item: Item, as_of: date) -> bool:
    """Whether it could have been done, and nobody did anything about it."""
    decided = item.decision is not None and item.decision.status in DECIDED
    return not decided and hold(item, as_of) in ("", "on_trip")


def _was_for(item: Item, day: date, standing: Standing, bookings: Sequence[Booking]) -> bool:
    """Whether the rule was for the customer by what was known on an earlier day, where it asks for
    what a booking changes."""
    if not item.rule.uses("cadences"):
        return True
    tier, quadrant, cadence, _departed_on = standing
    then = replace(
        item.customer,
        tier=tier,
        quadrant=quadrant,
        cadence=cadence,
        ahead=has_trip_ahead(bookings, day, day),
    )
    return any(
        fits(replace(step, conditions=replace(step.conditions, services=None, kinds=None)), then)
        for step in item.rule.steps
        if step.name == item.step.name
    )


def _bookings(
    session: Session, as_of: date, customers: Iterable[int]
) -> Mapping[int, list[Booking]]:
    """What these customers booked up to a day."""
    day = "coalesce(t.booked_on, t.departs_on)"
    statement = text(
        f"""
        SELECT t.customer_id, t.id, {day}, t.departs_on
        FROM {dialect.by_index("trip t", "trip_customer")}
        WHERE t.customer_id IN :ids AND {BOOKED} AND {day} <= :as_of AND t.departs_on IS NOT NULL
        """  # noqa: S608 - pieces of this module
    ).bindparams(bindparam("ids", expanding=True))
    wanted = sorted(customers)
    found: dict[int, list[Booking]] = {}
    for start in range(0, len(wanted), 500):  # what every SQLite takes
        params = {"ids": wanted[start : start + 500], "as_of": as_of.isoformat()}
        for customer_id, trip, booked, left in session.connection().execute(statement, params):
            one = Booking(trip, date.fromisoformat(booked), date.fromisoformat(left))
            found.setdefault(customer_id, []).append(one)
    return found


def _counted(
    rules: Sequence[Rule],
    settled: Mapping[tuple[str, int], Sequence[Settled]],
    bookings: Mapping[int, Sequence[Booking]],
    language: str,
) -> list[Result]:
    counts: dict[tuple[str, str], list[int]] = {}
    for (id_, customer_id), ways in settled.items():
        one = min(ways, key=lambda way: (AFTERMATHS.index(way.aftermath), way.day))
        count = counts.setdefault((id_, one.aftermath), [0, 0])
        count[0] += 1
        count[1] += booked_again(one, bookings.get(customer_id, ()))
    known = {one.id: one for one in rules}
    ids = [*known, *sorted({id_ for id_, _aftermath in counts} - set(known))]
    return [
        Result(id_, _what(known.get(id_), id_, language), aftermath, *counts[id_, aftermath])
        for id_ in ids
        for aftermath in AFTERMATHS
        if (id_, aftermath) in counts
    ]


def booked_again(one: Settled, bookings: Iterable[Booking]) -> bool:
    """Whether another trip than its own was booked after the day, within the days that count."""
    return any(
        booking.trip != one.own_trip and 0 < (booking.day - one.day).days <= AGAIN_DAYS
        for booking in bookings
    )


def has_trip_ahead(bookings: Iterable[Booking], first: date, last: date) -> bool:
    """Whether on one of these days something was booked that had not departed on the first."""
    return any(booking.day <= last and booking.departs_on >= first for booking in bookings)


def _what(one: Rule | None, id_: str, language: str) -> str:
    """What a rule is about: the titles of its steps, of alternatives the last."""
    if one is None:
        return id_
    return " / ".join({step.name: one.about(step, language) for step in one.steps}.values())
