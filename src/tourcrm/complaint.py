"""Complaints as they stand: whose clocks run, which are open, what each still lacks, and its story.

A complaint is a row and its steps (`course` says where they lead); what was done about it is
written by `handling`. A clock runs from the opening, or the last reopening, until the first answer:
within 2 hours, in a crisis within 30 minutes (settings). Clocks of routine complaints run in
business hours only, where the agency has set them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

from sqlmodel import Session, col, select

from tourcrm import hours, payment, population, store, voucher
from tourcrm.course import LIABLE, Course, Event, follow
from tourcrm.customer import id_of
from tourcrm.errors import NotFound
from tourcrm.hours import Hours
from tourcrm.i18n import N_
from tourcrm.models import (
    Complaint,
    ComplaintEvent,
    ComplaintFix,
    Customer,
    Trip,
    moment_of,
    moment_text,
)
from tourcrm.outcome import day_end
from tourcrm.population import People
from tourcrm.safe import visible
from tourcrm.setting import Settings, parse_window

REFUND, DISCOUNT = "refund", "discount"  # the kinds of compensation that a cause can owe
_NO_TIER = "~"  # sorts after every tier


def number_of(row: Complaint) -> int:
    """The id of a stored complaint."""
    return cast(int, row.id)


def find_one(session: Session, code: str) -> Complaint:
    """The complaint with this code. Raises NotFound."""
    wanted = code.strip()
    for spelling in (wanted, wanted.upper()):
        row = session.exec(select(Complaint).where(col(Complaint.code) == spelling)).first()
        if row is not None:
            return row
    raise NotFound(
        N_("There is no complaint {code}. All there are: tourcrm complaints list --all"),
        code=visible(wanted, 60),
    )


def end_of(day: date, today: date, now: datetime, settings: Settings) -> datetime:
    """The moment as of which a day is looked at: now for today, its end for any other."""
    if day == today:
        return now
    return moment_of(day_end(day, settings.zone)) - timedelta(seconds=1)


# --- clocks ---------------------------------------------------------------------------------------


def due_at(opened_at: datetime, severity: str, settings: Settings) -> datetime:
    """The moment (UTC) by which a complaint that was opened at another must have its answer."""
    return hours.after(opened_at, *_clock(severity, settings), settings.zone)


def _clock(severity: str, settings: Settings) -> tuple[timedelta, Hours]:
    """How long a clock runs, and in which hours."""
    if severity == "crisis":
        return timedelta(minutes=int(settings["crisis_minutes"])), Hours()
    running = hours.parse(settings["business_hours"])
    return timedelta(minutes=int(settings["complaint_minutes"])), running


def time_left(due: datetime, now: datetime, severity: str, settings: Settings) -> timedelta:
    """What a clock still shows: the hours in which it runs, until it is due; once it is over, the
    time since then, below zero, as the customer feels it."""
    if now > due:
        return due - now
    return hours.between(now, due, _clock(severity, settings)[1], settings.zone)


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock that runs: an open complaint without an answer since it was opened or reopened.

    due_at: until when it must have one. left: below zero once that is over.
    """

    complaint_id: int
    code: str
    customer_code: str
    name: str
    phone: str | None
    tier: str | None
    severity: str
    category: str
    text: str
    opened_at: datetime
    due_at: datetime
    left: timedelta
    breached: bool
    in_charge: str | None
    owner: str | None


# The step with which each complaint was opened, or last reopened, up to a moment.
_BEGUN = """
    SELECT complaint_id, max(id) AS id FROM complaint_event
    WHERE step IN ('opened', 'reopened') AND at <= :until GROUP BY complaint_id
"""
_SINCE = "e.complaint_id = k.id AND e.id > begun.id AND e.at <= :until"
_RUNNING = f"""
SELECT
    k.id AS complaint_id, k.code, c.id AS customer_id, c.code AS customer_code, c.name, c.phone,
    k.severity, k.category, k.text, start.at AS opened_at, k.in_charge, c.owner
FROM ({_BEGUN}) AS begun
JOIN complaint k ON k.id = begun.complaint_id
JOIN complaint_event start ON start.id = begun.id
JOIN customer c ON c.id = k.customer_id
WHERE NOT EXISTS (SELECT 1 FROM complaint_event e WHERE {_SINCE} AND e.step = 'responded')
"""  # noqa: S608 - constants of this module


def clocks(
    session: Session, settings: Settings, now: datetime, *, people: People | None = None
) -> list[Clock]:
    """The clocks that run, the least time left first, the best tier first among equals (to the
    minute).

    people: of a population that was built in this session for the day; without it, one is built
    where a clock runs at all.
    """
    rows = store.rows(session, _RUNNING, until=moment_text(now))
    tiers = _tiers(session, settings, now, {row.customer_id for row in rows}, people)
    found = []
    for row in rows:
        opened_at = moment_of(row.opened_at)
        due = due_at(opened_at, row.severity, settings)
        found.append(
            Clock(
                complaint_id=row.complaint_id,
                code=row.code,
                customer_code=row.customer_code,
                name=row.name,
                phone=row.phone,
                tier=tiers.get(row.customer_id),
                severity=row.severity,
                category=row.category,
                text=row.text,
                opened_at=opened_at,
                due_at=due,
                left=time_left(due, now, row.severity, settings),
                breached=now > due,
                in_charge=row.in_charge,
                owner=row.owner,
            )
        )
    return sorted(found, key=lambda clock: (*_urgency(clock.left, clock.tier), clock.complaint_id))


def _urgency(left: timedelta, tier: str | None) -> tuple[int, str]:
    return left // timedelta(minutes=1), tier or _NO_TIER


def _tiers(
    session: Session,
    settings: Settings,
    now: datetime,
    customers: Collection[int],
    people: People | None = None,
) -> Mapping[int, str | None]:
    """The tiers of these customers, by id."""
    if not customers:
        return {}
    if people is None:
        day = now.astimezone(settings.zone).date()
        basis = population.Basis(day, parse_window(settings["window"]), settings.cuts)
        people = population.build(session, basis, whole=False).people
    return {who: standing[0] for who, standing in people.standing_of(customers).items()}


# --- lists ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """A complaint as of a moment.

    opened_at: since when its clock runs, or ran. left: of a clock that runs. in_time: whether it
    was answered by due_at; None while that is open. lacks: what is missing until it can be closed
    (names of course.py). fixes_open: promises of the agency to itself.
    """

    id: int
    code: str
    customer: str
    name: str
    tier: str | None
    owner: str | None
    trip: str | None
    destination: str | None
    severity: str
    category: str
    text: str
    state: str
    opened_at: datetime
    due_at: datetime
    left: timedelta | None
    breached: bool
    answered_at: datetime | None
    in_time: bool | None
    in_charge: str | None
    cause: str | None
    supplier: str | None
    lacks: tuple[str, ...]
    fixes_open: int
    resolved_at: datetime | None
    closed_at: datetime | None
    satisfaction: int | None
    reopened: int

    @property
    def minutes_left(self) -> int | None:
        """Whole minutes on a clock that runs, rounded down; below zero once it is over."""
        return None if self.left is None else self.left // timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which complaints a list shows: closed ones, open ones, or both; of a customer."""

    opened: bool = True
    closed: bool = False
    customer_id: int | None = None
    complaint_id: int | None = None


_ROWS = f"""
SELECT
    k.id, k.code, k.customer_id, c.code AS customer, c.name, c.owner, k.trip_id, t.code AS trip,
    t.destination, t.price, k.severity, k.category, k.text, k.opened_at, k.supplier,
    (SELECT count(*) FROM complaint_fix f WHERE f.complaint_id = k.id AND f.promised_on <= :day
        AND (f.done_on IS NULL OR f.done_on > :day)) AS fixes_open
FROM ({_BEGUN}) AS begun
JOIN complaint k ON k.id = begun.complaint_id
JOIN customer c ON c.id = k.customer_id
LEFT JOIN trip t ON t.id = k.trip_id
WHERE EXISTS (SELECT 1 FROM complaint_event e WHERE {_SINCE} AND e.step = 'closed') IN (:one, :two)
"""  # noqa: S608 - constants of this module


def listing(session: Session, settings: Settings, now: datetime, wanted: Wanted) -> list[Row]:
    """The complaints that are wanted, as of a moment: those whose clocks run first, by the time
    left and the tier; then the other open ones, the oldest first; then the closed, latest first."""
    sql = _ROWS
    params: dict[str, Any] = {
        "until": moment_text(now),
        "day": now.astimezone(settings.zone).date().isoformat(),
        "one": 0 if wanted.opened else 1,
        "two": 1 if wanted.closed else 0,
    }
    for column, value in (("customer_id", wanted.customer_id), ("id", wanted.complaint_id)):
        if value is not None:
            sql += f" AND k.{column} = :{column}"
            params[column] = value
    rows = store.rows(session, sql, **params)
    tiers = _tiers(session, settings, now, {row.customer_id for row in rows})
    events = events_of(session, (row.id for row in rows), now)
    granted = given(session)
    found = []
    for row in rows:
        course = follow(events[row.id], moment_of(row.opened_at))
        due = due_at(course.opened_at, row.severity, settings)
        running = course.responded_at is None
        owes = owed(course.cause, row.trip_id is not None, row.price, settings)
        found.append(
            Row(
                id=row.id,
                code=row.code,
                customer=row.customer,
                name=row.name,
                tier=tiers.get(row.customer_id),
                owner=row.owner,
                trip=row.trip,
                destination=row.destination,
                severity=row.severity,
                category=row.category,
                text=row.text,
                state=course.state,
                opened_at=course.opened_at,
                due_at=due,
                left=time_left(due, now, row.severity, settings) if running else None,
                breached=(course.responded_at or now) > due,
                answered_at=course.responded_at,
                in_time=in_time(course.responded_at, due, now),
                in_charge=course.in_charge,
                cause=course.cause,
                supplier=row.supplier if course.cause == "third_party" else None,
                lacks=()
                if course.closed_at
                else course.lacks(bool(owes - granted.get(row.id, set()))),
                fixes_open=row.fixes_open,
                resolved_at=course.resolved_at,
                closed_at=course.closed_at,
                satisfaction=course.satisfaction,
                reopened=course.rounds - 1,
            )
        )
    return sorted(found, key=_place)


def _place(row: Row) -> tuple[int, float, str, int]:
    if row.left is not None:
        minutes, tier = _urgency(row.left, row.tier)
        return 0, minutes, tier, row.id
    if row.closed_at is None:
        return 1, row.opened_at.timestamp(), "", row.id
    return 2, -row.closed_at.timestamp(), "", -row.id


def in_time(answered_at: datetime | None, due: datetime, now: datetime) -> bool | None:
    """Whether an answer came by the moment at which it was due; None while that is open."""
    if answered_at is None:
        return False if now > due else None
    return answered_at <= due


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
    session: Session, day: date, complaint_id: int | None = None, *, undone: bool = False
) -> list[Fix]:
    """What the agency promised itself up to a day, the oldest first; of one complaint, or of all.

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
    numbers: dict[int, int] = defaultdict(int)
    found = []
    for row, code, name in session.exec(chosen):
        numbers[row.complaint_id] += 1
        done_on = row.done_on if row.done_on is not None and row.done_on <= day else None
        if undone and done_on is not None:
            continue
        days = ((done_on or day) - row.promised_on).days
        number = numbers[row.complaint_id]
        found.append(
            Fix(code, number, row.what, row.owner, row.promised_on, done_on, name, days)
        )
    return sorted(found, key=lambda fix: (fix.promised_on, fix.complaint, fix.number))


# --- what is owed and given -----------------------------------------------------------------------


def owed(cause: str | None, trip: bool, price: int | None, settings: Settings) -> set[str]:
    """The kinds of compensation that a cause owes by default: a refund on the trip, if there is
    one that cost something, and a discount on the next."""
    if cause not in LIABLE:
        return set()
    nothing = not trip or price == 0 or settings["refund_percent"] == "0"
    return {DISCOUNT} if nothing else {REFUND, DISCOUNT}


_GIVEN = f"""
SELECT p.complaint_id, '{REFUND}' FROM payment p
WHERE p.complaint_id IS NOT NULL AND p.kind = 'refund'
    AND NOT EXISTS (SELECT 1 FROM payment r WHERE r.reverses_id = p.id)
UNION
SELECT v.complaint_id, v.kind FROM voucher v
WHERE v.complaint_id IS NOT NULL AND v.withdrawn_on IS NULL
"""  # noqa: S608 - constants of this module


def given(session: Session) -> dict[int, set[str]]:
    """The kinds of compensation that each complaint has, but for what was taken back."""
    kinds: dict[int, set[str]] = defaultdict(set)
    for complaint_id, kind in store.rows(session, _GIVEN):
        kinds[complaint_id].add(kind)
    return kinds


@dataclass(frozen=True, slots=True)
class Compensation:
    """A refund or a voucher of a complaint, as it is booked.

    amount: fen, above zero. state: a word of payment_state or voucher_state. owed: whether the
    cause that is known now owes it, or somebody decided so; None for goodwill and what was taken
    back.
    """

    code: str
    kind: str
    amount: int | None
    pay_ratio: float | None
    what: str | None
    given_on: date
    until: date | None
    state: str
    settled_on: date | None
    owed: bool | None


_STANDING = ("promised", "paid", "open", "used", "expired")


def compensations(
    session: Session, row: Complaint, events: Iterable[Event], today: date
) -> list[Compensation]:
    """The refunds and vouchers of a complaint: every row that is booked, in its order.

    A reversal is told by the state of the line that it took back.
    """
    causes = _causes_when_given(events)
    now_known = row.cause
    found = []

    def is_owed(code: str, kind: str, state: str) -> bool | None:
        if kind not in (REFUND, DISCOUNT) or state not in _STANDING or code not in causes:
            return None
        return causes[code] == now_known or {causes[code], now_known} <= set(LIABLE)

    for line in payment.of_complaint(session, number_of(row)):
        if line.kind == "refund":
            found.append(
                Compensation(
                    code=line.code,
                    kind=REFUND,
                    amount=-line.amount,
                    pay_ratio=None,
                    what=line.note,
                    given_on=line.promised_on,
                    until=None,
                    state=line.state,
                    settled_on=line.reversed_on or line.paid_on,
                    owed=is_owed(line.code, REFUND, line.state),
                )
            )
    for one in voucher.of_complaint(session, number_of(row), today):
        found.append(
            Compensation(
                code=one.code,
                kind=one.kind,
                amount=one.amount,
                pay_ratio=one.pay_ratio,
                what=one.what,
                given_on=one.issued_on,
                until=one.expires_on,
                state=one.state,
                settled_on=one.withdrawn_on or one.redeemed_on,
                owed=is_owed(one.code, one.kind, one.state),
            )
        )
    return found


def _causes_when_given(events: Iterable[Event]) -> dict[str, str | None]:
    """Code of a refund or voucher -> the cause that was known when it was given."""
    cause: str | None = None
    known = {}
    for event in events:
        if event.step == "attributed":
            cause = event.detail
        elif event.step == "compensated" and event.detail:
            known[event.detail] = cause
    return known


# --- the story ------------------------------------------------------------------------------------

_MOST = 500  # ids in one statement: what every SQLite takes


def events_of(
    session: Session, complaints: Iterable[int], until: datetime | None = None
) -> dict[int, list[Event]]:
    """The steps of these complaints up to a moment, in the order in which they were recorded."""
    wanted = sorted(complaints)
    found: dict[int, list[Event]] = {number: [] for number in wanted}
    for start in range(0, len(wanted), _MOST):
        chosen = (
            select(ComplaintEvent)
            .where(col(ComplaintEvent.complaint_id).in_(wanted[start : start + _MOST]))
            .order_by(col(ComplaintEvent.id))
        )
        if until is not None:
            chosen = chosen.where(col(ComplaintEvent.at) <= until)
        for row in session.exec(chosen):
            found[row.complaint_id].append(
                Event(cast(int, row.id), row.step, row.at, row.staff, row.detail, row.text)
            )
    return found


def course_of(session: Session, row: Complaint) -> tuple[Course, list[Event]]:
    """Where a complaint stands, and its steps."""
    events = events_of(session, [number_of(row)])[number_of(row)]
    return follow(events, row.opened_at), events


def is_due(session: Session, row: Complaint, course: Course, settings: Settings) -> bool:
    """Whether the agency owes something for a complaint that was not given."""
    trip = trip_of(session, row)
    owes = owed(course.cause, trip is not None, trip.price if trip else None, settings)
    return bool(owes - given(session).get(number_of(row), set()))


def trip_of(session: Session, row: Complaint) -> Trip | None:
    """The trip that a complaint is about."""
    return None if row.trip_id is None else session.get_one(Trip, row.trip_id)


def customer_of(session: Session, row: Complaint) -> Customer:
    """Whose complaint it is."""
    return session.get_one(Customer, row.customer_id)


@dataclass(frozen=True, slots=True)
class Page:
    """All about a complaint, as of now. likely: a trip that it may be about, where none is named."""

    row: Row
    phone: str | None
    price: int | None
    events: tuple[Event, ...]
    ticks: Mapping[str, datetime]
    compensations: tuple[Compensation, ...]
    fixes: tuple[Fix, ...]
    due: frozenset[str]


def page(
    session: Session, settings: Settings, row: Complaint, now: datetime, today: date
) -> Page:
    """All about a complaint."""
    number = number_of(row)
    course, events = course_of(session, row)
    [found] = listing(
        session,
        settings,
        max(now, *(event.at for event in events)) if events else now,
        Wanted(opened=True, closed=True, complaint_id=number),
    )
    trip = trip_of(session, row)
    owes = owed(course.cause, trip is not None, trip.price if trip else None, settings)
    return Page(
        row=found,
        phone=customer_of(session, row).phone,
        price=trip.price if trip else None,
        events=tuple(sorted(events, key=lambda event: (event.at, event.id))),
        ticks=course.ticks,
        compensations=tuple(compensations(session, row, events, today)),
        fixes=tuple(fixes(session, today, number)),
        due=frozenset(owes - given(session).get(number, set())),
    )


def likely_trip(session: Session, who: Customer, day: date) -> Trip | None:
    """The trip that a complaint of this day may be about: the only one on the way, or over for a
    month at most."""
    trips = session.exec(
        select(Trip).where(
            col(Trip.customer_id) == id_of(who),
            col(Trip.status) == "booked",
            col(Trip.departs_on) <= day,
        )
    ).all()
    lately = [
        trip
        for trip in trips
        if trip.departs_on and (trip.returns_on or trip.departs_on) >= day - timedelta(30)
    ]
    return lately[0] if len(lately) == 1 else None


def stored_moment(moment: datetime) -> datetime:
    """A moment to the second, as it is stored."""
    return moment.astimezone(UTC).replace(microsecond=0)
