"""Departures: dated runs of what is sold, each with its seats."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from tourcrm.base.columns import option
from tourcrm.base.errors import Message, Refused
from tourcrm.base.i18n import N_
from tourcrm.bookings import itinerary, products, seats, travel_days, travellers
from tourcrm.bookings.status import status_on
from tourcrm.db import codes, dialect, engine, operations
from tourcrm.db.codes import Number, id_of
from tourcrm.models import Customer, Departure, Product, Trip

_NEVER_EMPTY = ("code", "departs_on", "returns_on")


def find_one(session: Session, code: str) -> Departure:
    """The departure with this code. Raises NotFound."""
    none = N_("There is no departure {code}. Look around with: tourcrm departures list")
    return codes.find_one(session, Departure, code, none)


def add(session: Session, number: Number, values: Mapping[str, Any]) -> Departure:
    """Add a departure from checked values by column.

    What it does not say comes from its product: the destination, and the return from the number of
    days. Raises Refused without seats or a day, for impossible days, and for a code that is taken.
    """
    facts = {field: value for field, value in values.items() if value is not None}
    sold = products.find_one(session, facts.pop("product")) if "product" in facts else None
    if sold is not None:
        facts["product_id"] = sold.id
        if sold.destination:
            facts.setdefault("destination", sold.destination)
    if not facts.get("destination"):
        raise Refused(N_("Where to? Say --destination, or the --product that is sold."))
    if "departs_on" not in facts:
        raise Refused(N_("A departure needs its day: --departs 2027-05-01"))
    if "seats" not in facts:
        raise Refused(N_("How many seats? Say --seats, for example --seats 20."))
    days = sold.days if sold is not None else None
    facts.setdefault("returns_on", facts["departs_on"] + timedelta(days=(days or 1) - 1))
    travel_days.check(facts)
    _refuse_same_code(session, facts["code"])
    return operations.add(session, Departure(operation_id=number(), **facts))


@dataclass(frozen=True, slots=True)
class Edited:
    """What an edit changed of a departure, how many trips moved with its days, what to know."""

    changed: tuple[str, ...]
    moved: int = 0
    notes: tuple[Message, ...] = ()


def edit(session: Session, number: Number, row: Departure, values: Mapping[str, Any]) -> Edited:
    """Change a departure's columns; None clears one. Where its days move, the trips on it that are
    not cancelled or lost move with them. Raises Refused like `add`, and for fewer seats than are
    taken."""
    facts = dict(values)
    for field in _NEVER_EMPTY:
        if field in facts and facts[field] is None:
            raise Refused(N_("{option} cannot be empty."), option=option(field))
    if "product" in facts:
        code = facts.pop("product")
        facts["product_id"] = products.find_one(session, code).id if code else None
    if "departs_on" in facts and "returns_on" not in facts:
        facts["returns_on"] = facts["departs_on"] + (row.returns_on - row.departs_on)
    travel_days.check({"departs_on": row.departs_on, "returns_on": row.returns_on, **facts})
    taken = seats.taken(session, row)
    if facts.get("seats") is not None and facts["seats"] < taken:
        raise Refused(
            N_("{taken} seats of {code} are taken; it cannot have only {seats}."),
            taken=taken,
            code=row.code,
            seats=facts["seats"],
        )
    if facts.get("code", row.code) != row.code:
        _refuse_same_code(session, facts["code"])
    if all(getattr(row, field) == value for field, value in facts.items()):
        return Edited(())
    departed = row.departs_on
    changed = operations.edit(session, number(), row, facts, None)
    itinerary.move(session, number, row, departed)
    moved = _move_trips(session, number, row)
    notes = [] if travellers.MOVES.isdisjoint(changed) else [*travellers.of_departure(session, row)]
    for trip in moved:
        # Its guide was asked about with the departure.
        notes += [one for one in travellers.clashes(session, trip) if "guide" not in one.params]
    return Edited(changed, len(moved), tuple(notes))


def _move_trips(session: Session, number: Number, row: Departure) -> list[Trip]:
    on_it = select(Trip).where(
        col(Trip.departure_id) == row.id, col(Trip.status).in_(("inquiry", "quoted", "booked"))
    )
    days = {"departs_on": row.departs_on, "returns_on": row.returns_on}
    moved = []
    for trip in session.exec(on_it).all():
        if any(getattr(trip, field) != day for field, day in days.items()):
            departed = trip.departs_on
            operations.edit(session, number(), trip, days, trip.customer_id)
            itinerary.move(session, number, trip, departed)
            moved.append(trip)
    return moved


def _refuse_same_code(session: Session, code: str) -> None:
    if session.exec(select(Departure.id).where(col(Departure.code) == code)).first():
        raise Refused(N_("There is a departure {code} already; choose another code."), code=code)


# --- rows -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which departures a list shows; from and to are days of departure, both included. free: only
    those with seats left."""

    first: date | None = None
    last: date | None = None
    destination: str | None = None
    free: bool = False
    limit: int | None = None


def listed(session: Session, wanted: Wanted, today: date) -> Iterator[Row[Any]]:
    """The departures that are wanted, as rows with the fields of columns.DEPARTURE_LIST: those
    ahead, the earliest first, then those gone by, the latest first."""
    day = col(Departure.departs_on)
    gone = day < today
    chosen = _chosen(wanted).order_by(
        gone, case((gone, None), else_=day), day.desc(), col(Departure.id)
    )
    return engine.selected(session, chosen.limit(wanted.limit))


def count(session: Session, wanted: Wanted) -> int:
    """How many departures are wanted, whatever the limit."""
    chosen = core_select(func.count()).select_from(_chosen(wanted).subquery())
    return int(session.connection().execute(chosen).scalar_one())


def shown(session: Session, row: Departure) -> Any:
    """One departure, as a row like `listed`."""
    [found] = engine.selected(session, _chosen(Wanted()).where(col(Departure.id) == row.id))
    return found


@dataclass(frozen=True, slots=True)
class Aboard:
    """A trip of a departure. waits: its place in the queue; None for one that does not wait."""

    trip: str
    customer: str
    name: str
    phone: str | None
    people: int
    status: str
    waits: int | None
    needs: str | None
    travellers: tuple[str, ...] | None  # who else is on the trip


def aboard(session: Session, row: Departure, today: date) -> list[Aboard]:
    """The trips of a departure: those booked, those that wait by their turn, open ones, others."""
    turns = {trip.id: turn for turn, trip in enumerate(seats.waiting(session, row), 1)}
    wanted = (
        select(Trip, Customer)
        .join(Customer, col(Customer.id) == col(Trip.customer_id))
        .where(col(Trip.departure_id) == row.id)
    )
    rows = session.exec(wanted.order_by(col(Trip.id))).all()
    others = travellers.of_trips(session, [id_of(trip) for trip, _who in rows])
    found = [
        Aboard(
            trip.code,
            who.code,
            who.name,
            who.phone or who.phone2,
            seats.people_of(trip.party_size),
            status_on(trip.status, trip.departs_on, trip.returns_on, today),
            turns.get(trip.id),
            "; ".join(said for said in (who.needs, trip.needs) if said) or None,
            tuple(one.name for one in others[id_of(trip)]) or None,
        )
        for trip, who in rows
    ]
    return sorted(found, key=_turn)


_ORDER = ("booked", "completed", "waiting", "quoted", "inquiry", "cancelled", "lost")


def _turn(one: Aboard) -> tuple[int, int]:
    return _ORDER.index("waiting" if one.waits else one.status), one.waits or 0


def _chosen(wanted: Wanted) -> Select[Any]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.first:
        conditions.append(col(Departure.departs_on) >= wanted.first)
    if wanted.last:
        conditions.append(col(Departure.departs_on) <= wanted.last)
    if wanted.destination:
        conditions.append(dialect.spelled(Departure.destination, wanted.destination))
    left = col(Departure.seats) - seats.TAKEN
    chosen = (
        core_select(
            col(Departure.code).label("departure"),
            col(Product.code).label("product"),
            *engine.fields(Departure, ("destination", "departs_on", "returns_on", "seats")),
            seats.TAKEN.label("taken"),
            left.label("left"),
            seats.WAITING.label("waiting"),
            *engine.fields(Departure, ("guide", "note")),
        )
        .outerjoin(Product, col(Product.id) == col(Departure.product_id))
        .outerjoin(Trip, col(Trip.departure_id) == col(Departure.id))
        .where(*conditions)
        .group_by(col(Departure.id))
    )
    return chosen.having(left > 0) if wanted.free else chosen
