"""Seats of a departure: how many are taken, and who waits for one.

A booked trip takes as many seats as it has people, one where nobody said; cancelling gives them
back because the trip is no longer booked. Nothing is counted up or down, so nothing can be counted
twice. A writer holds the database from its first question on (`context.writing`), so that two who
ask for the last seat are asked one after the other.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func
from sqlmodel import Session, col, select

from tourcrm.base.errors import Refused
from tourcrm.base.i18n import N_
from tourcrm.models import Customer, Departure, Trip

_PEOPLE = func.coalesce(col(Trip.party_size), 1)
IS_WAITING: ColumnElement[bool] = and_(
    col(Trip.queued_at).is_not(None), col(Trip.status).in_(("inquiry", "quoted"))
)
# Of the trips of a departure: the people who are booked, and those who wait.
TAKEN: ColumnElement[int] = func.coalesce(
    func.sum(case((col(Trip.status) == "booked", _PEOPLE), else_=0)), 0
)
WAITING: ColumnElement[int] = func.coalesce(func.sum(case((IS_WAITING, _PEOPLE), else_=0)), 0)


def people_of(party_size: int | None) -> int:
    """How many seats a trip takes."""
    return party_size or 1


def taken(session: Session, departure: Departure, but: int | None = None) -> int:
    """The seats that are taken, but those of the trip `but`."""
    others: tuple[Any, ...] = () if but is None else (col(Trip.id) != but,)
    counted = select(TAKEN).where(col(Trip.departure_id) == departure.id, *others)
    return int(session.exec(counted).one())


def left(session: Session, departure: Departure, but: int | None = None) -> int | None:
    """The seats that are free, those of the trip `but` among them; None where any number is."""
    if departure.seats is None:
        return None
    return departure.seats - taken(session, departure, but)


def fit(people: int, free: int | None) -> bool:
    """Whether so many people find seats."""
    return free is None or people <= free


def refuse_over(
    session: Session, departure: Departure, people: int, own: int | None = None
) -> None:
    """Raise Refused where so many people find no seats. own: a trip whose seats are theirs."""
    free = left(session, departure, own)
    if free is not None and people > free:
        raise Refused(
            N_(
                "Seats left on {code}: {left} of {seats}; wanted are {people}. Whoever is to wait "
                "for them queues with --waitlist, of trips add and trips book."
            ),
            code=departure.code,
            left=max(free, 0),
            seats=departure.seats,
            people=people,
        )


def refuse_oversold(session: Session, why: str) -> None:
    """Raise Refused where a departure has more people than seats, after many trips were written at
    once. why: the words, with {code}, {people} and {seats}."""
    found = session.exec(
        select(Departure.code, TAKEN, Departure.seats)
        .join(Trip, col(Trip.departure_id) == col(Departure.id))
        .where(col(Departure.seats).is_not(None))
        .group_by(col(Departure.id))
        .having(col(Departure.seats) < TAKEN)
    ).first()
    if found is not None:
        code, people, there = found
        raise Refused(why, code=code, people=people, seats=there)


def booked(session: Session, departure: Departure) -> list[Trip]:
    """The trips that are booked on a departure, in the order in which they were written."""
    wanted = select(Trip).where(
        col(Trip.departure_id) == departure.id, col(Trip.status) == "booked"
    )
    return list(session.exec(wanted.order_by(col(Trip.id))).all())


def waiting(session: Session, departure: Departure) -> list[Trip]:
    """The trips that wait for seats, those who came first in front."""
    wanted = select(Trip).where(col(Trip.departure_id) == departure.id, IS_WAITING)
    return list(session.exec(wanted.order_by(col(Trip.queued_at), col(Trip.id))).all())


@dataclass(frozen=True, slots=True)
class Next:
    """Whose turn it is: the first of those who wait whose whole party finds seats."""

    departure: str
    trip: str
    customer: str
    name: str
    people: int


def next_in_line(session: Session, departure: Departure | None) -> Next | None:
    """Whose turn it is on a departure; None where nobody waits who would find seats."""
    if departure is None:
        return None
    free = left(session, departure)
    for row in waiting(session, departure):
        if fit(people_of(row.party_size), free):
            who = session.get_one(Customer, row.customer_id)
            return Next(departure.code, row.code, who.code, who.name, people_of(row.party_size))
    return None


def departure_of(session: Session, trip: Trip) -> Departure | None:
    """The departure that a trip is on."""
    return session.get(Departure, trip.departure_id) if trip.departure_id else None
