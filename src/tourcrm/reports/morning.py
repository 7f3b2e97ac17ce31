"""The morning on one page: clocks, what else is open of complaints, refunds that were promised,
what is due, who leaves, who comes home, whose birthday it is.

Trips are found by the days of their departures and returns; the population is built once, for the
due list.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, text
from sqlmodel import Session

from tourcrm import followup
from tourcrm.agenda import on_the_way
from tourcrm.agenda.events.search import Search
from tourcrm.agenda.events.selects import SELECTS
from tourcrm.agenda.facts import NEVER_TRAVELLED
from tourcrm.agenda.on_the_way import OnTheWay
from tourcrm.agenda.rules import parser
from tourcrm.agenda.rules.model import Rule
from tourcrm.analysis.population import People
from tourcrm.base import lunar, moments
from tourcrm.base.folding import same
from tourcrm.base.lunar import FESTIVALS, LunarDay, SpecialDay
from tourcrm.base.vocabulary import SELDOM_TRAVEL
from tourcrm.bookings import payments, receivables
from tourcrm.bookings.receivables import Debt
from tourcrm.bookings.status import BOOKED
from tourcrm.complaints import clock, queries
from tourcrm.complaints.clock import Clock
from tourcrm.complaints.queries import Row
from tourcrm.db import dialect, engine
from tourcrm.db.setting import Settings
from tourcrm.followup import DueList

FESTIVAL_DAYS = 14  # festivals up to so many days from today
MONEY_DAYS = 7  # what is to be paid in so many days, today the first
BIRTHDAY_DAYS = 7  # birthdays of so many days, today the first
DEPARTURE_DAYS = 7  # departures up to so many days from today
RETURNED_DAYS = 2  # returns from so many days ago
RETURNING_DAYS = 3  # ... up to so many days from today
HANDBOOK = "handbook"  # the rule that sends travellers off
LONGEST_TRIP = 366  # days; bookings.travel_days.LONGEST_DAYS sees to it, and is not loaded for this


@dataclass(frozen=True, slots=True)
class Festival:
    """A festival (a name of lunar.FESTIVALS) and its day."""

    day: date
    festival: str


@dataclass(frozen=True, slots=True)
class Group:
    """Those who leave, or come home, on one day from one place.

    travellers: all who are booked; one each where nobody said how many. unowned: customers whom
    nobody looks after. handbook: sent, partly, or open; None where none is due, and for returns.
    birthdays: those on the way, for the guide; None where there are none, and for returns.
    """

    day: date
    destination: str | None
    customers: int
    travellers: int
    unowned: int
    handbook: str | None = None
    birthdays: str | None = None


@dataclass(frozen=True, slots=True)
class Birthday:
    """A birthday; lunar_on is the lunar day, where it is counted in that calendar."""

    day: date
    customer: str
    name: str
    tier: str | None
    owner: str | None
    lunar_on: LunarDay | None


@dataclass(frozen=True, slots=True)
class Away:
    """How many are on a trip."""

    customers: int
    travellers: int


@dataclass(frozen=True, slots=True)
class Refund:
    """Money that was promised to a customer and is not paid, for so many days. amount: fen, above
    zero."""

    code: str
    customer: str
    name: str
    trip: str
    complaint: str | None
    amount: int
    promised_on: date
    days: int
    owner: str | None


@dataclass(frozen=True, slots=True)
class Morning:
    """All of it. lunar_on: None outside the years that the lunar calendar is known for. unfinished:
    complaints that were answered and are not closed. money: what customers are to pay this week, or
    were to pay before. empty: the agency has no customers yet."""

    as_of: date
    lunar_on: LunarDay | None
    festivals: tuple[Festival, ...]
    clocks: tuple[Clock, ...]
    unfinished: tuple[Row, ...]
    refunds: tuple[Refund, ...]
    money: tuple[Debt, ...]
    due: DueList
    departures: tuple[Group, ...]
    returns: tuple[Group, ...]
    away: Away
    birthdays: tuple[Birthday, ...]
    empty: bool


def build(
    session: Session,
    settings: Settings,
    as_of: date,
    now: datetime,
    language: str,
    *,
    owner: str | None = None,
) -> Morning:
    """The morning of a day: of all, or of one colleague's customers and those of nobody.

    now: the moment of that day as of which the clocks of complaints are read.
    """
    people = followup.everybody(session, settings, as_of)
    due = followup.due(session, settings, as_of, language, owner=owner, people=people, now=now)
    birthdays = _birthdays(session, settings, as_of, owner, people)
    handbook = next((r for r in parser.merged(settings.own_rules) if r.id == HANDBOOK), None)
    leaving = _leaving(session, as_of, as_of, as_of + timedelta(DEPARTURE_DAYS), owner)
    sent = _sent(session, settings, as_of, handbook, leaving)
    first, last = as_of - timedelta(RETURNED_DAYS), as_of + timedelta(RETURNING_DAYS)
    returning = _returning(session, as_of, first, last, owner)
    clocks = clock.clocks(session, settings, now, people=people)
    complaints = queries.listing(session, settings, now, queries.Wanted(), people=people)
    return Morning(
        as_of=as_of,
        lunar_on=_lunar(as_of),
        festivals=tuple(_festivals(as_of)),
        clocks=tuple(
            one
            for one in clocks
            if owner is None or same(one.in_charge or one.owner or owner, owner)
        ),
        unfinished=tuple(
            one
            for one in complaints
            if one.left is None
            and (owner is None or same(one.in_charge or one.owner or owner, owner))
        ),
        refunds=tuple(_refunds(session, as_of, owner)),
        money=tuple(_money(session, settings, as_of, owner)),
        due=due,
        departures=_grouped(leaving, sent, _on_the_way(session, as_of, language, leaving)),
        returns=_grouped(returning, {}, lambda _trips: None),
        away=_away(session, as_of, owner),
        birthdays=birthdays,
        empty=not engine.rows(session, "SELECT 1 FROM customer LIMIT 1"),
    )


def _lunar(day: date) -> LunarDay | None:
    try:
        return lunar.solar_to_lunar(day)
    except ValueError:
        return None


def _festivals(as_of: date) -> Iterable[Festival]:
    last = as_of + timedelta(FESTIVAL_DAYS)
    found = [
        Festival(day, name)
        for name, (calendar, month, number) in FESTIVALS.items()
        for _year, day in lunar.occurrences(
            SpecialDay(month, number, calendar=calendar), as_of, last
        )
    ]
    return sorted(found, key=lambda one: one.day)


def _money(session: Session, settings: Settings, as_of: date, owner: str | None) -> Iterable[Debt]:
    if not engine.rows(
        session, "SELECT 1 FROM payment UNION ALL SELECT 1 FROM installment LIMIT 1"
    ):
        return ()
    terms = receivables.Terms(int(settings["deposit_percent"]), int(settings["balance_days"]))
    last = as_of + timedelta(MONEY_DAYS - 1)
    return receivables.soon(session, terms, as_of, last, owner)


def _refunds(session: Session, as_of: date, owner: str | None) -> Iterable[Refund]:
    wanted = payments.Wanted(day=as_of, promised=True, owner=owner)
    found = list(payments.listed(session, wanted))
    sql = "SELECT code, owner FROM customer WHERE code IN (SELECT value FROM json_each(:codes))"
    codes = json.dumps([one.customer for one in found])
    owners = {row[0]: row[1] for row in engine.rows(session, sql, codes=codes)}
    for one in found:
        yield Refund(
            code=one.code,
            customer=one.customer,
            name=one.name,
            trip=one.trip,
            complaint=one.complaint,
            amount=-one.amount,
            promised_on=one.promised_on,
            days=(as_of - one.promised_on).days,
            owner=owners[one.customer],
        )


# --- birthdays ------------------------------------------------------------------------------------


def _birthdays(
    session: Session, settings: Settings, as_of: date, owner: str | None, people: People
) -> tuple[Birthday, ...]:
    """The birthdays of the week, of those who may be congratulated."""
    search = Search(
        "today",
        as_of,
        as_of + timedelta(BIRTHDAY_DAYS - 1),
        as_of,
        people,
        settings,
        labels=("birthday",),
    )
    found = list(SELECTS["special_date"](engine.raw(session), search))
    ids = {one.customer_id for one in found}
    standing = people.standing_of(ids)
    sql = f"""
        SELECT c.id, c.code, c.name, c.owner FROM json_each(:ids) w
        CROSS JOIN customer c ON c.id = w.value
        WHERE c.status = 'active' AND NOT c.do_not_contact AND {_OWNED}
    """  # noqa: S608 - pieces of this module
    rows = engine.rows(session, sql, owner=owner, ids=dialect.numbers(ids))
    known = {row[0]: row for row in rows}
    birthdays = []
    for one in found:
        if one.customer_id in known:
            _id, code, name, whose = known[one.customer_id]
            tier, *_rest = standing.get(one.customer_id, NEVER_TRAVELLED)
            day = date.fromisoformat(one.anchor_on)
            lunar_on = _lunar(day) if one.calendar == "lunar" else None
            birthdays.append(Birthday(day, code, name, tier, whose, lunar_on))
    return tuple(sorted(birthdays, key=lambda one: (one.day, one.tier or "Z", one.customer)))


# --- trips ----------------------------------------------------------------------------------------

_OWNED = "(:owner IS NULL OR folded(c.owner) = folded(:owner) OR coalesce(c.owner, '') = '')"
_AT_HOME = ", ".join(f"'{service}'" for service in SELDOM_TRAVEL)
_COLUMNS = "t.id, t.customer_id, t.destination, t.party_size, t.service, t.departs_on, c.owner"
_TRAVELS = f"{BOOKED} AND t.service NOT IN ({_AT_HOME}) AND {_OWNED}"
_DEPARTS = dialect.by_index("trip t", "trip_departs")
_RETURNS = dialect.by_index("trip t", "trip_returns")


def _leaving(
    session: Session, as_of: date, first: date, last: date, owner: str | None
) -> list[Any]:
    """The trips that depart on these days, each with its day in front."""
    sql = f"""
        SELECT t.departs_on AS day, {_COLUMNS}
        FROM {_DEPARTS} JOIN customer c ON c.id = t.customer_id
        WHERE t.departs_on BETWEEN :first AND :last AND {_TRAVELS}
    """  # noqa: S608 - pieces of this module
    return _trips(session, sql, as_of, first, last, owner)


def _returning(
    session: Session, as_of: date, first: date, last: date, owner: str | None, departed: str = ""
) -> list[Any]:
    """The trips that return on these days; where no return is known, that depart on them."""
    sql = f"""
        SELECT t.returns_on AS day, {_COLUMNS}
        FROM {_RETURNS} JOIN customer c ON c.id = t.customer_id
        WHERE t.returns_on BETWEEN :first AND :last AND {_TRAVELS} {departed}
        UNION ALL
        SELECT t.departs_on, {_COLUMNS}
        FROM {_DEPARTS} JOIN customer c ON c.id = t.customer_id
        WHERE t.returns_on IS NULL AND t.departs_on BETWEEN :first AND :last AND {_TRAVELS}
            {departed}
    """  # noqa: S608 - pieces of this module
    return _trips(session, sql, as_of, first, last, owner)


def _away(session: Session, as_of: date, owner: str | None) -> Away:
    """Who is on a trip, the days of departure and return included. A trip lasts a year at most."""
    last = as_of + timedelta(LONGEST_TRIP)
    trips = _returning(session, as_of, as_of, last, owner, "AND t.departs_on <= :as_of")
    return Away(len({row.customer_id for row in trips}), sum(map(_travellers, trips)))


def _trips(
    session: Session, sql: str, as_of: date, first: date, last: date, owner: str | None
) -> list[Any]:
    days = {"as_of": as_of.isoformat(), "first": first.isoformat(), "last": last.isoformat()}
    return engine.rows(session, sql, owner=owner, **days)


def _travellers(trip: Any) -> int:
    return max(trip.party_size or 1, 1)


def _on_the_way(
    session: Session, as_of: date, language: str, trips: Iterable[Any]
) -> Callable[[Iterable[Any]], str | None]:
    """What tells of some of these trips whose birthdays fall on the way."""
    found: dict[int, list[OnTheWay]] = {}
    for one in on_the_way.birthdays(engine.raw(session), [trip.id for trip in trips]):
        found.setdefault(one.trip, []).append(one)

    def told(members: Iterable[Any]) -> str | None:
        some = [one for trip in members for one in found.get(trip.id, ())]
        return on_the_way.named(some, as_of, language) or None

    return told


def _grouped(
    trips: Sequence[Any],
    sent: Mapping[int, bool],
    birthdays: Callable[[Iterable[Any]], str | None],
) -> tuple[Group, ...]:
    """The groups of trips, by day and destination. sent: of trips that are to have a handbook.
    birthdays: tells which there are on some trips."""
    groups: dict[tuple[str, str], list[Any]] = {}
    for trip in trips:
        groups.setdefault((trip.day, trip.destination or ""), []).append(trip)
    return tuple(
        Group(
            day=date.fromisoformat(day),
            destination=destination or None,
            customers=len({trip.customer_id for trip in members}),
            travellers=sum(map(_travellers, members)),
            unowned=len({trip.customer_id for trip in members if not trip.owner}),
            handbook=_handbook([sent[trip.id] for trip in members if trip.id in sent]),
            birthdays=birthdays(members),
        )
        for (day, destination), members in sorted(groups.items())
    )


def _handbook(sent: Sequence[bool]) -> str | None:
    if not sent:
        return None
    return "sent" if all(sent) else "partly" if any(sent) else "open"


def _sent(
    session: Session,
    settings: Settings,
    as_of: date,
    handbook: Rule | None,
    trips: Sequence[Any],
) -> dict[int, bool]:
    """Of the trips that are to have a handbook: whether its follow-up is done."""
    if handbook is None:
        return {}
    services = [step.conditions.services for step in handbook.steps]
    due = {
        trip.id: date.fromisoformat(trip.departs_on)
        for trip in trips
        if any(known is None or trip.service in known for known in services)
    }
    statement = text(
        """
        SELECT subject_id, status, anchor_on FROM followup_outcome
        WHERE rule = :rule AND subject_table = 'trip' AND subject_id IN :ids AND at < :end
        ORDER BY at, id
        """
    ).bindparams(bindparam("ids", expanding=True))
    done = dict.fromkeys(due, False)
    wanted = sorted(due)
    for start in range(0, len(wanted), 500):  # what every SQLite takes
        params = {
            "rule": handbook.id,
            "ids": wanted[start : start + 500],
            "end": moments.day_end(as_of, settings.zone),
        }
        for trip, status, meant in session.connection().execute(statement, params):
            moved = abs((date.fromisoformat(meant) - due[trip]).days)
            done[trip] = status == "done" and moved <= handbook.moved_by
    return done
