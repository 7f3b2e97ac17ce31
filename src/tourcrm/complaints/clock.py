"""Complaints and their clocks: which run, and how long still.

A complaint is a row and its steps (`lifecycle` says where they lead). A clock runs from the
opening, the last reopening, or the moment at which it became a crisis, until the first answer:
within 2 hours, in a crisis within 30 minutes (settings). Clocks of routine complaints run in
business hours only, where the agency has set them.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlmodel import Session, col, select

from tourcrm.analysis import population
from tourcrm.analysis.population import People
from tourcrm.base.i18n import N_
from tourcrm.base.moments import day_end, moment_of, moment_text
from tourcrm.complaints.deadlines import due_at, nearly_out, time_left, turn
from tourcrm.complaints.lifecycle import Course, Event, follow
from tourcrm.complaints.story import BEGUN, SEVERITY, events_of, taken
from tourcrm.db import codes, engine
from tourcrm.db.codes import id_of
from tourcrm.db.setting import Settings, parse_window
from tourcrm.models import Complaint, Customer, Trip
from tourcrm.notifications.outbox import Word

NO_TIER = "~"  # sorts after every tier
SECOND = timedelta(seconds=1)  # moments are stored to the second


def find_one(session: Session, code: str) -> Complaint:
    """The complaint with this code. Raises NotFound."""
    none = N_("There is no complaint {code}. All there are: tourcrm complaints list --all")
    return codes.find_one(session, Complaint, code, none)


def end_of(day: date, today: date, now: datetime, settings: Settings) -> datetime:
    """The moment as of which a day is looked at: now for today, its end for any other."""
    if day == today:
        return now
    return moment_of(day_end(day, settings.zone)) - SECOND


# --- clocks ---------------------------------------------------------------------------------------


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


_RUNNING = f"""
SELECT
    k.id AS complaint_id, k.code, c.id AS customer_id, c.code AS customer_code, c.name, c.phone,
    {SEVERITY} AS severity, k.category, k.text, b.at AS opened_at, b.clock, k.in_charge, c.owner
FROM complaint k
JOIN complaint_event b ON b.id = {BEGUN}
JOIN customer c ON c.id = k.customer_id
WHERE NOT {taken("responded")}
"""  # noqa: S608 - pieces of SQL


def clocks(
    session: Session,
    settings: Settings,
    now: datetime,
    *,
    people: People | None = None,
    ranked: bool = True,
) -> list[Clock]:
    """The clocks that run: those that are nearly out, then those of tier A, then the others; of
    each the least time left first, the best tier first among equals (to the minute).

    people: of a population that was built in this session for the day; without it, one is built
    where a clock runs at all. ranked=False: without tiers, which take the trips of everybody.
    """
    rows = engine.rows(session, _RUNNING, end=moment_text(now + SECOND))
    asked = {row.customer_id for row in rows} if ranked else set()
    tiers = tiers_of(session, settings, now, asked, people)
    found = []
    for row in rows:
        stored = {**row._asdict(), "opened_at": moment_of(row.opened_at)}
        by = stored.pop("clock")
        due = due_at(stored["opened_at"], row.severity, settings, by)
        left = time_left(due, now, row.severity, settings, by)
        tier = tiers.get(stored.pop("customer_id"))
        found.append(Clock(**stored, tier=tier, due_at=due, left=left, breached=now > due))
    nearly = nearly_out(settings)

    def place(clock: Clock) -> tuple[int, int, str, int]:
        return (*urgency(clock.left, clock.tier, clock.severity, nearly), clock.complaint_id)

    return sorted(found, key=place)


def urgency(
    left: timedelta, tier: str | None, severity: str, nearly: timedelta
) -> tuple[int, int, str]:
    """What lists of running clocks are sorted by."""
    return turn(left, tier, severity, nearly), left // timedelta(minutes=1), tier or NO_TIER


def tiers_of(
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


# --- the story ------------------------------------------------------------------------------------


def course_of(session: Session, row: Complaint) -> tuple[Course, list[Event]]:
    """Where a complaint stands, and its steps."""
    events = events_of(session, [id_of(row)])[id_of(row)]
    return follow(events, row.opened_at), events


def trip_of(session: Session, row: Complaint) -> Trip | None:
    """The trip that a complaint is about."""
    return None if row.trip_id is None else session.get_one(Trip, row.trip_id)


def customer_of(session: Session, row: Complaint) -> Customer:
    """Whose complaint it is."""
    return session.get_one(Customer, row.customer_id)


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


# --- what is told of them -------------------------------------------------------------------------

# A crisis is told at once; a routine complaint when its time runs out, and the minutes are a
# setting. Both are told when the time is over, and again as long as nobody answers: a crisis every
# hour of the first twelve, then once a day; a routine complaint once a day.
_HOUR = timedelta(hours=1)
_HOURLY = {"crisis": 12}  # so many hours after the time is over, it is told every hour


def stage(severity: str, left: timedelta, late: timedelta, warn: timedelta) -> str | None:
    """The last word that there is about a clock; None while there is none.

    left: what it still shows. late: how long its time is over, below zero before that. warn: how
    much is left when a routine clock is told of.
    """
    if late < timedelta():
        if severity == "crisis":
            return "opened"
        return "closing" if left <= warn else None
    hours = late // _HOUR
    if hours >= _HOURLY.get(severity, 1):
        # The first days end at the last hour that was told.
        hours = max(hours // 24 * 24, _HOURLY.get(severity, 1) - 1)
    return f"over {hours}h"


def ringing(running: Iterable[Clock], now: datetime, warn: timedelta) -> list[tuple[Clock, Word]]:
    """The clocks of which something is to be told, in their order, each with its word.

    A complaint that was reopened has a clock of its own, and is told of anew.
    """
    found = []
    for clock in running:
        said = stage(clock.severity, clock.left, now - clock.due_at, warn)
        if said is not None:
            once = f"{moment_text(clock.opened_at)} {said}"
            found.append((clock, Word("complaint", clock.complaint_id, once)))
    return found
