"""A crisis strands a coach, not a person: who is on the departure that it is about.

A departure is what the agenda takes for one: tours and cruises of one day to one place; and all
that is sold on one by its code. Where the place is not known, or the trip is of another kind, its
traveller is alone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlmodel import Session

from tourcrm.base.moments import local_day
from tourcrm.bookings.status import BOOKED, TOGETHER
from tourcrm.complaints.story import escalation
from tourcrm.db import dialect, engine

if TYPE_CHECKING:
    from tourcrm.models import Complaint, Trip


# The trips `t` that are on the departure of a trip `d`.
_WITH = f"CROSS JOIN {dialect.by_index('trip t', 'trip_departs')}"
_SAME = f"""
    WHERE t.departs_on = d.departs_on AND (
        t.id = d.id OR t.departure_id = d.departure_id OR t.destination = d.destination
            AND d.service IN {TOGETHER} AND t.service IN {TOGETHER}
    ) AND {BOOKED}
"""


@dataclass(frozen=True, slots=True)
class Traveller:
    """A customer on a departure, and the order that says so. travellers: how many they are."""

    customer: str
    name: str
    phone: str | None
    trip: str
    travellers: int
    owner: str | None


def of_crisis(session: Session, row: "Complaint", as_of: date) -> list[Traveller]:
    """Who is on the departure that a crisis is about, as of a day, by their orders; nobody where it
    is none."""
    if row.severity != "crisis" or row.trip_id is None:
        return []
    sql = f"""
        SELECT c.code, c.name, coalesce(c.phone, c.phone2), t.code, max(t.party_size, 1), c.owner
        FROM trip d {_WITH} CROSS JOIN customer c {_SAME}
            AND c.id = t.customer_id AND d.id = :trip
        ORDER BY t.id
    """  # noqa: S608 - pieces of SQL
    rows = engine.rows(session, sql, trip=row.trip_id, as_of=as_of.isoformat())
    return [
        Traveller(code, name, phone, trip, many or 1, owner)
        for code, name, phone, trip, many, owner in rows
    ]


def order_of(session: Session, about: "Trip", customer_id: int, as_of: date) -> "Trip | None":
    """The order by which a customer is on the departure of a trip."""
    from tourcrm.models import Trip

    sql = f"SELECT t.id FROM trip d {_WITH} {_SAME} AND d.id = :trip AND t.customer_id = :who"  # noqa: S608 - pieces of SQL
    found = engine.rows(session, sql, trip=about.id, who=customer_id, as_of=as_of.isoformat())
    return session.get_one(Trip, found[0][0]) if found else None


def stranded(
    session: Session, complaints: Iterable[int], as_of: date, zone: ZoneInfo
) -> Iterator[tuple[int, int, date]]:
    """Of those of these complaints that are crises: the complaint, each customer of its departure,
    and the first day on which it was one. Read once for all of them."""
    sql = f"""
        SELECT k.id, t.customer_id, coalesce((
            SELECT min(x.at) FROM complaint_event x
            WHERE x.complaint_id = k.id AND {escalation("x")}
        ), k.opened_at)
        FROM json_each(:ids) w CROSS JOIN complaint k CROSS JOIN trip d {_WITH} {_SAME}
            AND k.id = w.value AND k.severity = 'crisis' AND d.id = k.trip_id
    """  # noqa: S608 - pieces of SQL
    wanted = sorted(set(complaints))
    params = {"ids": dialect.numbers(wanted), "as_of": as_of.isoformat()}
    for number, who, at in engine.raw(session).execute(sql, params) if wanted else ():
        yield number, who, local_day(at, zone)
