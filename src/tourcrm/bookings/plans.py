"""The plan of a trip: which part of its price is to be paid by which day.

A plan that is stored for a trip (its installments) goes before the customer's days of credit, and
those before what the settings say of everybody: the deposit at the booking, the rest some days
before the departure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, select

from tourcrm.base.errors import Refused
from tourcrm.base.i18n import N_
from tourcrm.db import operations
from tourcrm.db.codes import Number, id_of
from tourcrm.models import Installment, Trip


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a price, in fen, and the day by which it is to be paid."""

    amount: int
    due_on: date


def usual(
    price: int,
    booked_on: date | None,
    departs_on: date,
    *,
    share: int,
    days: int,
    credit_days: int | None = None,
    paid: int = 0,
) -> tuple[Part, ...]:
    """The parts of a price without a plan of its own. share: per cent at the booking; days before
    the departure for the rest; credit_days: after the booking, for all of it. paid: what was taken
    as the deposit, more or less than usual."""
    since = min(booked_on or departs_on, departs_on)
    if credit_days is not None:
        return (Part(price, since + timedelta(days=credit_days)),)
    rest_on = max(departs_on - timedelta(days=days), since)
    deposit = min(paid, price) if paid > 0 else price * share // 100
    parts = (Part(deposit, since), Part(price - deposit, rest_on))
    return tuple(part for part in parts if part.amount)


def unmet(parts: Sequence[Part], paid: int, as_of: date) -> tuple[date, int]:
    """Of a plan that is not met whole: the day by which the first part was to be paid that is not,
    and how much was to be paid by a day and is not (fen)."""
    together = late = 0
    first: date | None = None
    for part in sorted(parts, key=lambda part: part.due_on):
        together += part.amount
        if together > paid:
            first = first or part.due_on
            if part.due_on <= as_of:
                late = together - paid
    if first is None:
        raise ValueError("all of it is paid")
    return first, late


def store(
    session: Session,
    number: Number,
    trip: Trip,
    deposit: int,
    deposit_by: date,
    balance_by: date,
) -> tuple[Installment, ...]:
    """Give a trip a plan of its own in place of the one that it has: a deposit (fen, may be 0) by a
    day, the rest by another. Raises Refused without a price, and for a deposit beyond it."""
    if trip.price is None:
        raise Refused(
            N_("{code} has no price yet: tourcrm trips edit {code} --price"), code=trip.code
        )
    if not 0 <= deposit <= trip.price:
        raise Refused(N_("The deposit is more than the price of {code}."), code=trip.code)
    for there in of_trip(session, trip):
        operations.delete(session, number(), there, trip.customer_id)
    wanted = (("deposit", deposit, deposit_by), ("balance", trip.price - deposit, balance_by))
    rows = tuple(
        Installment(
            trip_id=id_of(trip), kind=kind, amount=amount, due_on=day, operation_id=number()
        )
        for kind, amount, day in wanted
        if amount
    )
    session.add_all(rows)
    session.flush()
    return rows


def of_trip(session: Session, trip: Trip) -> list[Installment]:
    """The stored plan of a trip, the earliest part first."""
    wanted = select(Installment).where(col(Installment.trip_id) == trip.id)
    return list(session.exec(wanted.order_by(col(Installment.due_on), col(Installment.id))).all())
