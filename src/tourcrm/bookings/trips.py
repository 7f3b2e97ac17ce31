"""Trips: adding, editing, cancelling and losing them by hand; rows for lists and exports.

How one stood on a day is told by `status`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from tourcrm.base import columns, parsing, vocabulary
from tourcrm.base.columns import TRIP, option
from tourcrm.base.errors import Message, Refused
from tourcrm.base.i18n import N_
from tourcrm.bookings.status import COMPLETED, TOGETHER
from tourcrm.customers import lookup, search
from tourcrm.customers import service as customers
from tourcrm.db import codes, dialect, engine, operations
from tourcrm.db.codes import Number
from tourcrm.models import Customer, Trip

LONGEST_DAYS = 365  # a return later than this after the departure is a mistake in typing

_NEVER_EMPTY = ("code", "customer", "service", "kind", "status")
# The day on which a trip came into a status, filled in with today where nobody says it.
_SINCE = MappingProxyType(
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


def id_of(row: Trip) -> int:
    """The id of a stored trip."""
    return cast(int, row.id)


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
    session: Session, number: Number, who: Customer, values: Mapping[str, Any], today: date
) -> Stored:
    """Add a trip of a customer from checked values by column.

    A return that nobody says is departure + days - 1, or the departure. Raises Refused for a
    booked trip without a departure, impossible days, and a code that another trip has.
    """
    facts = {field: value for field, value in values.items() if value is not None}
    if not facts.get("destination") and "service" not in facts:
        raise Refused(N_("Where to? Say --destination, or --service for anything but a tour."))
    status = facts.setdefault("status", "booked")
    _settle_days(facts, facts.pop("days", None))
    _check_days(facts)
    # A booked trip that has begun was booked some day before; which, nobody said.
    if status != "booked" or facts["departs_on"] >= today:
        # A trip that is typed in as cancelled was so before it began.
        departs = facts.get("departs_on", today)
        facts.setdefault(_SINCE[status], min(today, departs) if status == "cancelled" else today)
    _refuse_same_code(session, facts)
    identifier = codes.next_id(session, "trip")
    facts.setdefault("code", codes.code_of(identifier, "trip"))
    notes = tuple(_same_trips(session, customers.id_of(who), facts))
    row = Trip(id=identifier, customer_id=customers.id_of(who), operation_id=number(), **facts)
    session.add(row)
    session.flush()
    return Stored(row.code, who.code, who.name, tuple(facts), notes)


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
        facts |= dict.fromkeys(("cancelled_on", "lost_on", "lost_reason", "rival"))
        facts.setdefault(_SINCE[status], getattr(row, _SINCE[status]) or today)
    if "customer" in facts:
        facts["customer_id"] = lookup.find_one(session, facts.pop("customer"), region).id
    notes = list(_move_days(row, facts))
    after = {field: facts.get(field, getattr(row, field)) for field in _DAYS} | {"status": status}
    _check_days(after)
    _refuse_same_code(session, {field: facts[field] for field in facts if facts[field] != row.code})
    return _changed(session, number, row, facts, notes)


_DAYS = ("departs_on", "returns_on")


def _changed(
    session: Session,
    number: Number,
    row: Trip,
    facts: Mapping[str, Any],
    notes: list[Message] | None = None,
) -> Stored:
    changed: tuple[str, ...] = ()
    if any(getattr(row, field) != value for field, value in facts.items()):
        changed = operations.edit(session, number(), row, facts, row.customer_id)
    who = customer_of(session, row)
    return Stored(row.code, who.code, who.name, changed, tuple(notes or ()) if changed else ())


def _settle_days(facts: dict[str, Any], days: int | None) -> None:
    """Work out the return of a new trip: departure + days - 1, else the departure."""
    departs, returns = facts.get("departs_on"), facts.get("returns_on")
    if departs is None:
        return
    counted = departs + timedelta(days=(days or 1) - 1)
    if returns is not None and days is not None and returns != counted:
        raise Refused(
            N_("{days} days from {departs} end on {counted}, not on {returns}; say one of them."),
            days=days,
            departs=departs,
            counted=counted,
            returns=returns,
        )
    facts.setdefault("returns_on", counted)


def _move_days(row: Trip, facts: dict[str, Any]) -> Iterator[Message]:
    """Keep the return in step with a departure that moves, or with a number of days."""
    days = facts.pop("days", None)
    departs = facts.get("departs_on", row.departs_on)
    if departs is None:
        return
    if days is not None:
        _settle_days(facts | {"departs_on": departs}, days)
        facts["returns_on"] = departs + timedelta(days=days - 1)
    elif "returns_on" not in facts and departs != row.departs_on:
        length = (row.returns_on - row.departs_on) if row.returns_on and row.departs_on else None
        facts["returns_on"] = departs + (length or timedelta())
        yield Message(N_("The return moves with the departure, to {day}."), day=facts["returns_on"])


def _check_days(facts: Mapping[str, Any]) -> None:
    departs, returns = facts.get("departs_on"), facts.get("returns_on")
    if departs is None:
        if facts["status"] == "booked":
            raise Refused(N_("A booked trip needs a day of departure: --departs 2026-12-24"))
        if returns is not None:
            raise Refused(N_("A day of return needs a day of departure: --departs 2026-12-24"))
        return
    if returns is not None and returns < departs:
        raise Refused(
            N_("The return, {returns}, lies before the departure, {departs}."),
            returns=returns,
            departs=departs,
        )
    if returns is not None and (returns - departs).days > LONGEST_DAYS:
        raise Refused(
            N_("The return, {returns}, lies over {days} days after the departure, {departs}."),
            returns=returns,
            departs=departs,
            days=LONGEST_DAYS,
        )


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


def cancel(
    session: Session, number: Number, row: Trip, on: date, today: date, reason: str | None = None
) -> Stored:
    """Cancel a trip on a day. Raises Refused where that cannot be: over, lost, cancelled, ahead."""
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
    facts: dict[str, Any] = {"status": "cancelled", "cancelled_on": on}
    if reason:
        facts["lost_reason"] = reason
    return _changed(session, number, row, facts)


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
        facts |= {"status": "lost", "lost_on": on}
    return _changed(session, number, row, facts)


def _refuse_ahead(on: date, today: date) -> None:
    if on > today:
        raise Refused(N_("{day} lies ahead; say a day that has come."), day=on)


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
    chosen = core_select(func.count()).select_from(Trip).where(*_conditions(wanted, today))
    return int(session.connection().execute(chosen).scalar_one())


def exported(session: Session) -> Iterator[Row[Any]]:
    """All trips by id, as rows with the fields of columns.TRIP; their status is the stored one."""
    customer = engine.coded(session, col(Trip.customer_id), Customer).label("customer")
    stored = core_select(customer, *engine.fields(Trip, _PLAIN)).order_by(col(Trip.id))
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
        return or_(*(dialect.holding(field, departure) for field in (Trip.code, Trip.note)))
    alone = col(Trip.id) == departure.id
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
    return core_select(
        col(Customer.code).label("customer"),
        col(Customer.name),
        func.coalesce(Customer.phone, Customer.phone2).label("phone"),
        *engine.fields(Trip, (field for field in _PLAIN if field != "status")),
        _status_on(today).label("status"),
    ).join(Customer, col(Customer.id) == col(Trip.customer_id))


def shown(session: Session, row: Trip, today: date) -> Any:
    """One trip, as a row like `listed`."""
    [found] = engine.selected(session, _everything(today).where(col(Trip.id) == id_of(row)))
    return found
