"""The stages of a trip: inquiry, quoted, booked, completed; or cancelled, or lost. Each is dated.

Completed is nothing that is stored: it follows from the day of return (see `status`). To complete a
trip is to say that it ended earlier than was planned.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from tourcrm.base.errors import Message, Refused
from tourcrm.base.i18n import N_
from tourcrm.bookings import boarding, seats, travel_days, trips
from tourcrm.bookings.trips import Stored
from tourcrm.db.codes import Number
from tourcrm.models import Trip


def quote(
    session: Session, number: Number, row: Trip, on: date, today: date, price: int | None = None
) -> Stored:
    """Say that a trip was quoted on a day, and at which price (fen). A quote may be repeated: the
    last day counts. Raises Refused for a trip that is booked or cancelled, and for a day ahead."""
    _refuse_ahead(on, today)
    if row.status in ("booked", "cancelled"):
        raise Refused(
            N_("{code} is booked already; a new price: tourcrm trips edit {code} --price")
            if row.status == "booked"
            else N_("{code} is cancelled. To sell it after all: tourcrm trips book {code}"),
            code=row.code,
        )
    facts: dict[str, Any] = {"status": "quoted", "quoted_on": on, **_BACK}
    if price is not None:
        facts["price"] = price
    stored = trips.changed(session, number, row, facts)
    told = trips.collisions(session, trips.customer_of(session, row), row, today)
    return replace(stored, notes=(*stored.notes, *told))


# What a trip that was lost or cancelled is said no more, once it goes on.
_BACK: Mapping[str, Any] = dict.fromkeys(("cancelled_on", "fee", "lost_on", "lost_reason", "rival"))


def book(
    session: Session,
    number: Number,
    row: Trip,
    on: date,
    today: date,
    queue_at: datetime | None = None,
) -> Stored:
    """Book a trip on a day; on a departure it takes its seats. One that is booked stays as it is.

    queue_at: where there are too few seats, it waits for them from then on (its place in the queue
    stays where it waited before). Raises Refused where it has no day of departure, for a day ahead,
    and where seats are too few and it is not to wait.
    """
    if row.status == "booked":
        return trips.changed(session, number, row, {})
    _refuse_ahead(on, today)
    facts: dict[str, Any] = {"status": "booked", "booked_on": on, "queued_at": None, **_BACK}
    notes = list(trips.goes_on(session, number, row, today))
    travel_days.check(
        {"departs_on": row.departs_on, "returns_on": row.returns_on, "status": "booked"}
    )
    departure = seats.departure_of(session, row)
    if departure is not None:
        asked = {"party_size": row.party_size, "id": row.id}
        if boarding.seat(session, departure, asked, queue_at):
            stage = row.status if row.status == "quoted" else "inquiry"
            facts = {"status": stage, "queued_at": row.queued_at or queue_at, "booked_on": None}
            facts |= _BACK
            facts[trips.SINCE[stage]] = getattr(row, trips.SINCE[stage]) or on
        else:
            others = [one for one in seats.waiting(session, departure) if one.id != row.id]
            first = others[0].queued_at if others else None
            if first is not None and (row.queued_at is None or first < row.queued_at):
                notes.append(Message(N_("Others wait for seats on {code}."), code=departure.code))
    elif queue_at is not None:
        raise Refused(
            N_(
                "{code} is on no departure, so there is no queue. To put it on one: tourcrm trips "
                "edit {code} --departure DEPARTURE"
            ),
            code=row.code,
        )
    stored = trips.changed(session, number, row, facts, notes)
    told = trips.back(session, number, trips.customer_of(session, row), row)
    return replace(stored, notes=(*stored.notes, *told), waits=trips.place_of(session, row))


def complete(session: Session, number: Number, row: Trip, on: date, today: date) -> Stored:
    """Say that a booked trip ended on a day before its planned return. One that is over stays as it
    is. Raises Refused for a trip that is not booked or has not begun, and for a day ahead."""
    if row.status != "booked" or row.departs_on is None:
        raise Refused(N_("{code} is not booked; only a journey can be completed."), code=row.code)
    _refuse_ahead(on, today)
    if on < row.departs_on:
        raise Refused(
            N_("{code} departs on {day}; it cannot have ended before."),
            code=row.code,
            day=row.departs_on,
        )
    last = min(on, row.returns_on or row.departs_on)
    return trips.changed(session, number, row, {"returns_on": last})


def cancel(
    session: Session, number: Number, row: Trip, on: date, today: date, reason: str | None = None
) -> Stored:
    """Cancel a trip on a day. Raises Refused as `refuse_to_cancel` does."""
    refuse_to_cancel(row, on, today)
    facts: dict[str, Any] = {"status": "cancelled", "cancelled_on": on, "queued_at": None}
    if reason:
        facts["lost_reason"] = reason
    return trips.changed(session, number, row, facts)


def refuse_to_cancel(row: Trip, on: date, today: date) -> None:
    """Raise Refused where a trip cannot be cancelled on a day: over, lost, cancelled, ahead."""
    if row.status == "cancelled":
        raise Refused(
            N_("{code} is cancelled already, since {day}."),
            code=row.code,
            day=row.cancelled_on or "?",
        )
    if row.status == "lost":
        raise Refused(N_("{code} was lost; there is nothing to cancel."), code=row.code)
    _refuse_ahead(on, today)
    last = row.returns_on or row.departs_on
    if last is not None and last < on:
        raise Refused(
            N_(
                "{code} ended on {last}, before {on}. If it was cancelled in time, say when: "
                "--on DATE"
            ),
            code=row.code,
            last=last,
            on=on,
        )


def lose(
    session: Session,
    number: Number,
    row: Trip,
    on: date,
    today: date,
    *,
    reason: str | None = None,
    rival: str | None = None,
) -> Stored:
    """Close an inquiry or a quote as lost: why, and to whom. Raises Refused for any other trip."""
    if row.status in ("booked", "cancelled"):
        raise Refused(
            N_("{code} was booked, and so cannot be lost: tourcrm trips cancel {code}")
            if row.status == "booked"
            else N_("{code} is cancelled already; there is nothing to lose."),
            code=row.code,
        )
    _refuse_ahead(on, today)
    facts: dict[str, Any] = {"lost_reason": reason or row.lost_reason, "rival": rival or row.rival}
    if row.status != "lost":
        facts |= {"status": "lost", "lost_on": on, "queued_at": None}
    return trips.changed(session, number, row, facts)


def _refuse_ahead(on: date, today: date) -> None:
    if on > today:
        raise Refused(N_("{day} lies ahead; say a day that has come."), day=on)
