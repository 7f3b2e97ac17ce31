"""Trips: adding, editing, cancelling and losing them by hand; rows for lists and exports.

How one stood on a day is told by `status`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from tourcrm.base import columns, parsing, vocabulary
from tourcrm.base.columns import TRIP, option
from tourcrm.base.display import visible
from tourcrm.base.errors import Message, Refused
from tourcrm.base.i18n import N_
from tourcrm.base.money import plain_amount
from tourcrm.bookings import (
    boarding,
    departures,
    itinerary,
    leads,
    payments,
    seats,
    travel_days,
    travellers,
)
from tourcrm.bookings.status import COMPLETED, TOGETHER
from tourcrm.customers import lookup, search
from tourcrm.customers import service as customers
from tourcrm.db import codes, dialect, engine, operations, setting
from tourcrm.db.codes import Number, id_of
from tourcrm.models import Customer, Departure, Trip

_NEVER_EMPTY = ("code", "customer", "service", "kind", "status")
# The day on which a trip came into a status, filled in with today where nobody says it.
SINCE = MappingProxyType(
    {
        "inquiry": "inquired_on",
        "quoted": "quoted_on",
        "booked": "booked_on",
        "cancelled": "cancelled_on",
        "lost": "lost_on",
    }
)


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a request to write: the trip, its customer, what changed, what to know."""

    code: str
    customer: str
    name: str
    changed: tuple[str, ...] = ()
    notes: tuple[Message, ...] = ()
    waits: int = 0  # its place in the queue for seats; 0: it does not wait


def find_one(session: Session, code: str) -> Trip:
    """The trip with this code. Raises NotFound."""
    none = N_("There is no trip {code}. Look around with: tourcrm trips find TEXT")
    return codes.find_one(session, Trip, code, none)


def all_of(session: Session, customer_id: int) -> Sequence[Trip]:
    """The trips of a customer, the latest departure first."""
    latest = (col(Trip.departs_on).is_(None).desc(), col(Trip.departs_on).desc(), col(Trip.id))
    return session.exec(
        select(Trip).where(col(Trip.customer_id) == customer_id).order_by(*latest)
    ).all()


def of_customer(session: Session, code: str, who: Customer) -> Trip:
    """The trip with this code, of this customer. Raises NotFound, and Refused for another's."""
    row = find_one(session, code)
    if row.customer_id != who.id:
        raise Refused(
            N_("Trip {trip} is not one of {customer}; see: tourcrm trips show {trip}"),
            trip=row.code,
            customer=who.code,
        )
    return row


def customer_of(session: Session, row: Trip) -> Customer:
    """The customer whose trip it is."""
    return session.get_one(Customer, row.customer_id)


# --- adding and editing ---------------------------------------------------------------------------


def add(
    session: Session,
    number: Number,
    who: Customer,
    values: Mapping[str, Any],
    today: date,
    queue_at: datetime | None = None,
) -> Stored:
    """Add a trip of a customer from checked values by column.

    A return that nobody says is departure + days - 1, or the departure. On a departure it has the
    days and the place of that, and takes seats once it is booked; queue_at: where there are too
    few, it waits for them from then on, as an inquiry. Raises Refused for a booked trip without a
    departure, impossible days, a code that another trip has, and too few seats.
    """
    facts = {field: value for field, value in values.items() if value is not None}
    code = facts.pop("departure_code", None)
    departure = departures.find_one(session, code) if code else None
    told = list(boarding.fill(session, facts, departure)) if departure else []
    if queue_at is not None and departure is None:
        raise Refused(N_("--waitlist is for a departure; say which: --departure CODE"))
    if not facts.get("destination") and "service" not in facts:
        raise Refused(N_("Where to? Say --destination, or --service for anything but a tour."))
    status = facts.setdefault("status", "booked")
    travel_days.settle(facts, facts.pop("days", None))
    travel_days.check(facts)
    if departure is not None and status == "booked":
        if boarding.seat(session, departure, facts, queue_at):
            status = facts["status"] = "inquiry"
            facts["queued_at"] = queue_at
        elif seats.waiting(session, departure):
            told.append(Message(N_("Others wait for seats on {code}."), code=departure.code))
    # A booked trip that has begun was booked some day before; which, nobody said.
    if status != "booked" or facts["departs_on"] >= today:
        # A trip that is typed in as cancelled was so before it began.
        departs = facts.get("departs_on", today)
        facts.setdefault(SINCE[status], min(today, departs) if status == "cancelled" else today)
    _refuse_same_code(session, facts)
    identifier = codes.next_id(session, "trip")
    facts.setdefault("code", codes.code_of(identifier, "trip"))
    told += _same_trips(session, id_of(who), facts)
    row = operations.add(
        session, Trip(id=identifier, customer_id=id_of(who), operation_id=number(), **facts)
    )
    told += [*collisions(session, who, row, today), *back(session, number, who, row)]
    told += travellers.clashes(session, row)
    return Stored(row.code, who.code, who.name, tuple(facts), tuple(told), place_of(session, row))


def collisions(session: Session, who: Customer, row: Trip, today: date) -> Iterator[Message]:
    """Tell where a lead of the customer is another adviser's."""
    if row.status in ("inquiry", "quoted"):
        facts = {"code": row.code, "advisor": row.advisor}
        yield from leads.collisions(session, setting.load(session).zone, today, who, facts)


def back(session: Session, number: Number, who: Customer, row: Trip) -> Iterator[Message]:
    """Make a lost customer active again where a trip was booked since, and say so."""
    booked_on = row.booked_on or row.departs_on
    if row.status != "booked" or who.status != "lost" or booked_on is None:
        return
    if (who.lost_on is None or booked_on >= who.lost_on) and customers.come_back(
        session, number, who
    ):
        yield Message(
            N_("{name} was lost since {day}, and books again: active from now on."),
            name=visible(who.name, 40),
            day=who.lost_on or "?",
        )


def place_of(session: Session, row: Trip) -> int:
    """Its place among those who wait for seats on its departure; 0 where it does not wait."""
    departure = seats.departure_of(session, row)
    if departure is None or row.queued_at is None:
        return 0
    ids = [one.id for one in seats.waiting(session, departure)]
    return ids.index(row.id) + 1 if row.id in ids else 0


def edit(
    session: Session,
    number: Number,
    row: Trip,
    values: Mapping[str, Any],
    today: date,
    region: str = "CN",
) -> Stored:
    """Change a trip's columns; None clears one. Without a change nothing is recorded.

    Where only the departure moves, the return moves with it. Raises Refused like `add`, and for a
    status that has a command of its own (`cancel`, `lose`).
    """
    facts = dict(values)
    for field in _NEVER_EMPTY:
        if field in facts and facts[field] is None:
            raise Refused(N_("{option} cannot be empty."), option=option(field))
    status = facts.get("status", row.status)
    if status != row.status:
        if status in ("cancelled", "lost"):
            raise Refused(
                N_("A trip gets this status with: tourcrm trips {verb} {code}"),
                verb="cancel" if status == "cancelled" else "lose",
                code=row.code,
            )
        facts |= dict.fromkeys(("cancelled_on", "fee", "lost_on", "lost_reason", "rival"))
        if status == "booked":
            facts["queued_at"] = None
        facts.setdefault(SINCE[status], getattr(row, SINCE[status]) or today)
    if "customer" in facts:
        facts["customer_id"] = lookup.find_one(session, facts.pop("customer"), region).id
    departure, seeks = boarding.moved(session, row, facts)
    notes = list(travel_days.move(row, facts))
    if status != row.status:
        notes += goes_on(session, number, row, today)
    if departure is not None and seeks:
        after_all = {"party_size": facts.get("party_size", row.party_size), "id": row.id}
        boarding.seat(session, departure, after_all, None)
    after = {field: facts.get(field, getattr(row, field)) for field in _DAYS} | {"status": status}
    travel_days.check(after)
    _refuse_same_code(session, {field: facts[field] for field in facts if facts[field] != row.code})
    stored = changed(session, number, row, facts, notes)
    if not stored.changed:
        return stored
    who = customer_of(session, row)
    told = [*back(session, number, who, row)]
    if {"advisor", "customer_id", "status"} & set(stored.changed):
        told += collisions(session, who, row, today)
    return replace(stored, notes=(*stored.notes, *told))


_DAYS = ("departs_on", "returns_on")


def goes_on(session: Session, number: Number, row: Trip, today: date) -> Iterator[Message]:
    """Of a trip that was cancelled and goes on after all: its fee falls away (the caller clears
    it), and so does what was promised back for it."""
    if row.status != "cancelled":
        return
    if back := payments.withdraw_promises(session, number, row, today):
        yield Message(
            N_("What was promised back when it was cancelled is not owed any more: {amount}."),
            amount=plain_amount(back),
        )
    if refunded := payments.given_back(session, row):
        yield Message(
            N_("{amount} went back to the customer already: it is to be paid again."),
            amount=plain_amount(refunded),
        )


def changed(
    session: Session,
    number: Number,
    row: Trip,
    facts: Mapping[str, Any],
    notes: list[Message] | None = None,
) -> Stored:
    """Set what differs; returns what became of it."""
    different: tuple[str, ...] = ()
    departed = row.departs_on
    if any(getattr(row, field) != value for field, value in facts.items()):
        different = operations.edit(session, number(), row, facts, row.customer_id)
    who = customer_of(session, row)
    itinerary.move(session, number, row, departed)
    told = [*(notes or ())] if different else []
    if not travellers.MOVES.isdisjoint(different):
        told += travellers.clashes(session, row)
    return Stored(row.code, who.code, who.name, different, tuple(told))


def _refuse_same_code(session: Session, facts: Mapping[str, Any]) -> None:
    code = facts.get("code")
    if code and session.exec(select(Trip.id).where(col(Trip.code) == code)).first():
        raise Refused(
            N_("The order code {code} is taken; choose another, or leave it out."), code=code
        )


def _same_trips(session: Session, customer_id: int, facts: Mapping[str, Any]) -> Iterator[Message]:
    """Tell of trips of the customer on the same day to the same place: typed twice?"""
    if not facts.get("departs_on"):
        return
    same = select(Trip.code).where(
        col(Trip.customer_id) == customer_id,
        col(Trip.departs_on) == facts["departs_on"],
        col(Trip.destination) == facts.get("destination"),
        col(Trip.status).not_in(("cancelled", "lost")),
    )
    there = session.exec(same.order_by(col(Trip.id))).all()
    if there:
        yield Message(
            N_(
                "The customer had this trip already: {codes}. "
                "If it was typed twice: tourcrm trips cancel {new}"
            ),
            codes=operations.names(there),
            new=facts["code"],
        )


# --- rows -----------------------------------------------------------------------------------------

_PLAIN = columns.plain(TRIP)
_LOOKED_THROUGH = columns.found(TRIP)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which trips a list shows; from and to are days of departure, both included.

    status may be "completed"; "booked" then means those that are not completed. destination: a part
    of it. departure: whatever stands for one, see `departure`.
    """

    customer_id: int | None = None
    first: date | None = None
    last: date | None = None
    status: str | None = None
    advisor: str | None = None
    service: str | None = None
    destination: str | None = None
    departure: Trip | str | None = None
    limit: int | None = None


def listed(session: Session, wanted: Wanted, today: date) -> Iterator[Row[Any]]:
    """The trips that are wanted, latest departure first, as rows with the fields of columns.TRIP.

    Their status is the one to show, completed among them; `name` is the customer's.
    """
    chosen = _everything(today).where(*_conditions(wanted, today))
    ordered = chosen.order_by(col(Trip.departs_on).desc(), col(Trip.id).desc())
    return engine.selected(session, ordered.limit(wanted.limit))


def count(session: Session, wanted: Wanted, today: date) -> int:
    """How many trips are wanted, whatever the limit."""
    return engine.count(session, Trip, _conditions(wanted, today))


def exported(session: Session) -> Iterator[Row[Any]]:
    """All trips by id, as rows with the fields of columns.TRIP; their status is the stored one."""
    customer = engine.coded(session, col(Trip.customer_id), Customer).label("customer")
    departure = engine.coded(session, col(Trip.departure_id), Departure).label("departure_code")
    stored = core_select(customer, departure, *engine.fields(Trip, _PLAIN)).order_by(col(Trip.id))
    return engine.selected(session, stored)


def find(session: Session, text: str, limit: int, today: date) -> list[Row[Any]]:
    """Trips in which every word of `text` is found, latest first; as rows like `listed`.

    Looked through: code, destination, advisor, guide, note, and the customer's name, pinyin, code
    and phone digits; a word for a service or a kind of trip means those.
    """
    if not text.strip():
        return []
    digits = search.phone_digits(text)
    parts = search.words(text, digits)
    latest = (col(Trip.departs_on).desc(), col(Trip.id).desc())
    found = _everything(today).where(*(or_(*_holds(part, digits)) for part in parts))
    return list(engine.selected(session, found.order_by(*latest).limit(limit)))


def _holds(part: str, digits: str) -> Iterator[ColumnElement[bool]]:
    for field, words in (("service", "service"), ("kind", "trip_kind")):
        value = vocabulary.vocabulary(words).get(parsing.word_key(part))
        if value is not None:
            yield col(getattr(Trip, field)) == value
    for field in _LOOKED_THROUGH:
        yield dialect.holding(getattr(Trip, field), part)
    # Customers are looked through once, not for each of their trips.
    theirs = core_select(col(Customer.id)).where(or_(*search.called(part, digits)))
    yield col(Trip.customer_id).in_(theirs)


def _conditions(wanted: Wanted, today: date) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.customer_id is not None:
        conditions.append(col(Trip.customer_id) == wanted.customer_id)
    if wanted.first:
        conditions.append(col(Trip.departs_on) >= wanted.first)
    if wanted.last:
        conditions.append(col(Trip.departs_on) <= wanted.last)
    if wanted.advisor:
        conditions.append(dialect.spelled(Trip.advisor, wanted.advisor))
    if wanted.service:
        conditions.append(col(Trip.service) == wanted.service)
    if wanted.destination:
        conditions.append(dialect.holding(Trip.destination, wanted.destination))
    if wanted.departure:
        conditions.append(_on_departure(wanted.departure))
    if wanted.status:
        conditions.append(_status_on(today) == wanted.status)
    return conditions


def _on_departure(departure: Trip | str) -> ColumnElement[bool]:
    """The trips of one departure: tours and cruises of one day to one place, as that of an order;
    or those whose code or note holds the text, as the code of a group."""
    if isinstance(departure, str):
        coded = core_select(col(Departure.id)).where(dialect.holding(Departure.code, departure))
        held = (dialect.holding(field, departure) for field in (Trip.code, Trip.note))
        return or_(col(Trip.departure_id).in_(coded), *held)
    alone = col(Trip.id) == departure.id
    if departure.departure_id is not None:
        return or_(alone, col(Trip.departure_id) == departure.departure_id)
    if departure.service not in TOGETHER or not departure.destination or not departure.departs_on:
        return alone
    same = and_(
        col(Trip.departs_on) == departure.departs_on,
        col(Trip.destination) == departure.destination,
        col(Trip.service).in_(TOGETHER),
    )
    return or_(alone, same)


def _status_on(today: date) -> ColumnElement[str]:
    """`status_on`, of every trip."""
    over = func.coalesce(Trip.returns_on, Trip.departs_on) < today
    return case((and_(col(Trip.status) == "booked", over), COMPLETED), else_=col(Trip.status))


def _everything(today: date) -> Select[Any]:
    """Trips with the status of a day, and the customer's code and name."""
    chosen = core_select(
        col(Trip.id),
        col(Customer.code).label("customer"),
        col(Customer.name),
        func.coalesce(Customer.phone, Customer.phone2).label("phone"),
        col(Departure.code).label("departure_code"),
        *engine.fields(Trip, (field for field in _PLAIN if field != "status")),
        _status_on(today).label("status"),
    )
    chosen = chosen.join(Customer, col(Customer.id) == col(Trip.customer_id))
    return chosen.outerjoin(Departure, col(Departure.id) == col(Trip.departure_id))


def shown(session: Session, row: Trip, today: date) -> Any:
    """One trip, as a row like `listed`."""
    [found] = engine.selected(session, _everything(today).where(col(Trip.id) == id_of(row)))
    return found
