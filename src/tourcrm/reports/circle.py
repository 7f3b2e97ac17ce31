"""Who belongs to a company, whom a channel brought, and their trips together."""

from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import ColumnElement, func, or_
from sqlalchemy import select as core_select
from sqlmodel import Session, col

from tourcrm.analysis.filters import Scene
from tourcrm.db import dialect
from tourcrm.db.setting import Settings
from tourcrm.models import Customer, Trip

SHOWN = 8


@dataclass(frozen=True, slots=True)
class Member:
    """One of them, and their trips that have departed."""

    code: str
    name: str
    occupation: str | None
    trips: int
    revenue: int


@dataclass(frozen=True, slots=True)
class Circle:
    """members: the first of `people`, those who travelled most first. trips: that have departed,
    the company's or channel's own among them; ahead: booked, still to come; fen."""

    people: int
    members: tuple[Member, ...]
    trips: int
    revenue: int
    ahead: int
    ahead_revenue: int


def of_customer(session: Session, settings: Settings, who: Customer, as_of: date) -> Circle | None:
    """The circle of a company or a channel; None of anybody else."""
    if who.kind not in ("company", "channel"):
        return None
    scene = Scene(session, settings, as_of)
    theirs = _theirs(who)
    whose: list[ColumnElement[bool]] = [
        col(Trip.customer_id) == who.id,
        col(Trip.customer_id).in_(core_select(col(Customer.id)).where(theirs)),
    ]
    if who.kind == "channel":
        whose.append(dialect.spelled(Trip.channel, who.name))
        whose.append(dialect.spelled(Trip.channel, who.code))
    gone = _sum(session, or_(*whose), *scene.counted)
    ahead = _sum(session, or_(*whose), col(Trip.departs_on) > as_of, *scene.booked)
    return Circle(
        people=int(
            session.connection()
            .execute(core_select(func.count()).select_from(Customer).where(theirs))
            .scalar_one()
        ),
        members=_members(session, scene, theirs),
        trips=gone[0],
        revenue=gone[1],
        ahead=ahead[0],
        ahead_revenue=ahead[1],
    )


def _theirs(who: Customer) -> ColumnElement[bool]:
    """The condition of being one of them; nobody is one of their own."""
    if who.kind == "company":
        theirs: Any = col(Customer.company_id) == who.id
    else:
        theirs = or_(
            col(Customer.referred_by_id) == who.id,
            dialect.spelled(Customer.source, who.name),
            dialect.spelled(Customer.source, who.code),
        )
    found: ColumnElement[bool] = (
        theirs & col(Customer.erased_on).is_(None) & (col(Customer.id) != who.id)
    )
    return found


def _sum(session: Session, *conditions: ColumnElement[bool]) -> tuple[int, int]:
    chosen = core_select(func.count(), func.coalesce(func.sum(col(Trip.price)), 0))
    count, amount = session.connection().execute(chosen.where(*conditions)).one()
    return count or 0, amount or 0


def _members(session: Session, scene: Scene, theirs: ColumnElement[bool]) -> tuple[Member, ...]:
    trips = (
        core_select(
            col(Trip.customer_id).label("who"),
            func.count().label("trips"),
            func.coalesce(func.sum(col(Trip.price)), 0).label("revenue"),
        )
        .where(
            col(Trip.customer_id).in_(core_select(col(Customer.id)).where(theirs)), *scene.counted
        )
        .group_by(col(Trip.customer_id))
        .subquery()
    )
    count, revenue = (func.coalesce(column, 0) for column in (trips.c.trips, trips.c.revenue))
    chosen = (
        core_select(
            col(Customer.code), col(Customer.name), col(Customer.occupation), count, revenue
        )
        .outerjoin(trips, trips.c.who == col(Customer.id))
        .where(theirs)
        .order_by(revenue.desc(), count.desc(), col(Customer.id))
        .limit(SHOWN)
    )
    return tuple(Member(*cast("Any", row)) for row in session.connection().execute(chosen))
