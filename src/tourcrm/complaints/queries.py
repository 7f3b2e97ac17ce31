"""The book of complaints: lists of them as of any moment, what each lacks, the page of one."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias

from sqlmodel import Session, col, select

from tourcrm.analysis.population import People
from tourcrm.base import columns
from tourcrm.base.moments import moment_of, moment_text
from tourcrm.complaints import clock, departures, policy
from tourcrm.complaints.deadlines import due_at, in_time, nearly_out, time_left
from tourcrm.complaints.departures import Traveller
from tourcrm.complaints.lifecycle import Course, Event, follow, rounds_of
from tourcrm.complaints.policy import Compensation, given, owed
from tourcrm.complaints.story import BEGUN, SEVERITY, events_of, taken
from tourcrm.db import engine
from tourcrm.db.codes import id_of
from tourcrm.db.setting import Settings
from tourcrm.models import Complaint, ComplaintFix, Customer

# --- lists ----------------------------------------------------------------------------------------


# A complaint as of a moment, with the fields of columns.COMPLAINT. opened_at: since when its clock
# runs, or ran. left: of a clock that runs; minutes_left: the same, rounded down. in_time: whether
# it was answered by due_at; None while that is open. lacks: what is missing until it can be closed
# (names of lifecycle). fixes_open: promises of the agency to itself.
Row: TypeAlias = Any
_Row = columns.row_type(columns.COMPLAINT, "id", "left")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which complaints a list shows: closed ones, open ones, or both; of a customer."""

    opened: bool = True
    closed: bool = False
    customer_id: int | None = None
    complaint_id: int | None = None


_PLAIN = columns.plain(columns.COMPLAINT)
_STORED = {*_PLAIN, "id", "customer", "name", "owner", "trip", "destination", "fixes_open"}
_OF_COURSE = ("opened_at", "in_charge", "cause", "resolved_at", "closed_at", "satisfaction")
_ROWS = f"""
SELECT
    {", ".join(f"k.{field}" for field in _PLAIN if field != "severity")},
    {SEVERITY} AS severity, k.id, k.customer_id, k.trip_id,
    c.code AS customer, c.name, c.owner, t.code AS trip, t.destination, t.price,
    (SELECT count(*) FROM complaint_fix f WHERE f.complaint_id = k.id AND f.promised_on <= :day
        AND (f.done_on IS NULL OR f.done_on > :day)) AS fixes_open
FROM complaint k
JOIN complaint_event b ON b.id = {BEGUN}
JOIN customer c ON c.id = k.customer_id
LEFT JOIN trip t ON t.id = k.trip_id
WHERE {taken("closed")} IN (:one, :two)
"""  # noqa: S608 - pieces of SQL


def listing(
    session: Session,
    settings: Settings,
    now: datetime,
    wanted: Wanted,
    *,
    people: People | None = None,
) -> list[Row]:
    """The complaints that are wanted, as of a moment: those whose clocks run first, by what
    is urgent (`clock.urgency`); then the other open ones, the oldest first; then the closed, the
    latest first.

    people: of a population that was built in this session for the day.
    """
    sql = _ROWS
    params: dict[str, Any] = {
        "end": moment_text(now + clock.SECOND),
        "day": now.astimezone(settings.zone).date().isoformat(),
        "one": 0 if wanted.opened else 1,
        "two": 1 if wanted.closed else 0,
    }
    for column, value in (("customer_id", wanted.customer_id), ("id", wanted.complaint_id)):
        if value is not None:
            sql += f" AND k.{column} = :{column}"
            params[column] = value
    rows = engine.rows(session, sql, **params)
    tiers = clock.tiers_of(session, settings, now, {row.customer_id for row in rows}, people)
    events = events_of(session, (row.id for row in rows), now)
    granted = given(session)
    found = []
    for row in rows:
        course = follow(events[row.id], moment_of(row.opened_at))
        owes = owed(course.cause, row.trip_id is not None, row.price, settings)
        lacks = () if course.closed_at else course.lacks(bool(owes - granted.get(row.id, set())))
        stored = {field: getattr(row, field) for field in _STORED}
        found.append(_row(stored, course, tiers.get(row.customer_id), lacks, now, settings))
    nearly = nearly_out(settings)
    return sorted(found, key=lambda row: _place(row, nearly))


def _row(
    stored: dict[str, Any],
    course: Course,
    tier: str | None,
    lacks: tuple[str, ...],
    now: datetime,
    settings: Settings,
) -> Row:
    due = due_at(course.opened_at, stored["severity"], settings, course.clock)
    left = None
    if course.responded_at is None:
        left = time_left(due, now, stored["severity"], settings, course.clock)
    known = {
        "supplier": stored["supplier"] if course.cause == "third_party" else None,
        "tier": tier,
        "state": course.state,
        "due_at": due,
        "left": left,
        "minutes_left": None if left is None else left // timedelta(minutes=1),
        "breached": (course.responded_at or now) > due,
        "answered_at": course.responded_at,
        "in_time": in_time(course.responded_at, due, now),
        "lacks": lacks,
        "reopened": course.rounds - 1,
    }
    return _Row(**stored | known | {field: getattr(course, field) for field in _OF_COURSE})


def _place(row: Row, nearly: timedelta) -> tuple[int, float, str, int]:
    if row.left is not None:
        turn, minutes, tier = clock.urgency(row.left, row.tier, row.severity, nearly)
        return turn, minutes, tier, row.id
    if row.closed_at is None:
        return 3, row.opened_at.timestamp(), "", row.id
    return 4, -row.closed_at.timestamp(), "", -row.id


@dataclass(frozen=True, slots=True)
class Fix:
    """What the agency promised itself to mend. number: which of the complaint's, from 1."""

    complaint: str
    number: int
    what: str
    owner: str
    promised_on: date
    done_on: date | None
    name: str
    days: int


def fixes(
    session: Session,
    day: date,
    complaint_id: int | None = None,
    *,
    customer_id: int | None = None,
    undone: bool = False,
) -> list[Fix]:
    """What the agency promised itself up to a day, the oldest first; of one complaint, of those of
    a customer, or of all.

    undone: only what was not done by that day. days: how many it is, or was, open.
    """
    chosen = (
        select(ComplaintFix, Complaint.code, Customer.name)
        .join(Complaint, col(Complaint.id) == col(ComplaintFix.complaint_id))
        .join(Customer, col(Customer.id) == col(Complaint.customer_id))
        .where(col(ComplaintFix.promised_on) <= day)
        .order_by(col(ComplaintFix.complaint_id), col(ComplaintFix.id))
    )
    if complaint_id is not None:
        chosen = chosen.where(col(ComplaintFix.complaint_id) == complaint_id)
    if customer_id is not None:
        chosen = chosen.where(col(Complaint.customer_id) == customer_id)
    numbers: dict[int, int] = defaultdict(int)
    found = []
    for row, code, name in session.exec(chosen):
        numbers[row.complaint_id] += 1
        done_on = row.done_on if row.done_on is not None and row.done_on <= day else None
        if undone and done_on is not None:
            continue
        days = ((done_on or day) - row.promised_on).days
        number = numbers[row.complaint_id]
        found.append(Fix(code, number, row.what, row.owner, row.promised_on, done_on, name, days))
    return sorted(found, key=lambda fix: (fix.promised_on, fix.complaint, fix.number))


# --- one complaint ---


@dataclass(frozen=True, slots=True)
class Page:
    """All about a complaint, as of now. price: of its trip, in fen. due: the kinds of compensation
    that its cause owes and it has not. waived: the step that said why they are not given. aboard:
    of a crisis, who is on the departure. escalated: its clock runs since it has become one."""

    row: Row
    phone: str | None
    price: int | None
    events: tuple[Event, ...]
    ticks: Mapping[str, datetime]
    compensations: tuple[Compensation, ...]
    fixes: tuple[Fix, ...]
    due: frozenset[str]
    waived: Event | None
    aboard: tuple[Traveller, ...]
    escalated: bool


def page(session: Session, settings: Settings, row: Complaint, now: datetime, today: date) -> Page:
    """All about a complaint."""
    number = id_of(row)
    course, events = clock.course_of(session, row)
    [found] = listing(
        session,
        settings,
        max([now, *(event.at for event in events)]),
        Wanted(opened=True, closed=True, complaint_id=number),
    )
    trip = clock.trip_of(session, row)
    owes = owed(course.cause, trip is not None, trip.price if trip else None, settings)
    return Page(
        row=found,
        phone=clock.customer_of(session, row).phone,
        price=trip.price if trip else None,
        events=tuple(sorted(events, key=lambda event: (event.at, event.id))),
        ticks=course.ticks,
        compensations=tuple(policy.compensations(session, row, events, today)),
        fixes=tuple(fixes(session, today, number)),
        due=frozenset(owes - given(session).get(number, set())),
        waived=course.waived,
        aboard=tuple(departures.of_crisis(session, row, today)),
        escalated=bool(known := rounds_of(events)) and known[-1].escalated,
    )
