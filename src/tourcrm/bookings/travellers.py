"""Who is on a trip beside its customer, and who would be in two places at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import Session, col, select

from tourcrm.base.display import visible
from tourcrm.base.errors import Message, NotFound, Refused
from tourcrm.base.folding import folded
from tourcrm.base.i18n import N_
from tourcrm.bookings import seats
from tourcrm.bookings.travel_days import LONGEST_DAYS
from tourcrm.customers import passports
from tourcrm.db import dialect, operations
from tourcrm.db.codes import Number, id_of
from tourcrm.models import Customer, Departure, Traveller, Trip

# Customers of these kinds book journeys, and do not go on them.
_DO_NOT_TRAVEL = ("company", "channel")


def travels(who: Customer) -> bool:
    """Whether a customer is somebody who goes along, and not a company."""
    return who.kind not in _DO_NOT_TRAVEL


def of_trips(session: Session, ids: Iterable[int]) -> Mapping[int, list[Customer]]:
    """Who is on these trips beside their customers, as they were added, by the trip's id."""
    wanted = list(ids)
    found: dict[int, list[Customer]] = {one: [] for one in wanted}
    for some in (wanted[at : at + 500] for at in range(0, len(wanted), 500)):
        chosen = (
            select(Traveller.trip_id, Customer)
            .join(Customer, col(Customer.id) == col(Traveller.customer_id))
            .where(col(Traveller.trip_id).in_(some))
        )
        for trip, who in session.exec(chosen.order_by(col(Traveller.id))).all():
            found[trip].append(who)
    return found


def of_trip(session: Session, row: Trip) -> list[Customer]:
    """Who is on a trip beside its customer, as they were added."""
    return of_trips(session, [id_of(row)])[id_of(row)]


def trips_along(session: Session, customer_id: int) -> list[Trip]:
    """The trips of others that a customer is on, cancelled and lost ones too, by their days."""
    chosen = (
        select(Trip)
        .join(Traveller, col(Traveller.trip_id) == col(Trip.id))
        .where(col(Traveller.customer_id) == customer_id)
    )
    return list(session.exec(chosen.order_by(col(Trip.departs_on), col(Trip.id))).all())


@dataclass(frozen=True, slots=True)
class Changed:
    """Who was put on a trip and taken off it, by their codes, and what to know."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    notes: tuple[Message, ...]


def change(
    session: Session,
    number: Number,
    row: Trip,
    add: Sequence[Customer] = (),
    remove: Sequence[Customer] = (),
) -> Changed:
    """Put people on a trip, and take others off it. Whoever is on it already stays as they are.

    Raises Refused for the trip's own customer and for companies, NotFound for one to be taken off
    who is not on it.
    """
    there = {
        one.customer_id: one
        for one in session.exec(select(Traveller).where(col(Traveller.trip_id) == row.id))
    }
    removed, added = [], []
    for who in _once(remove):
        gone = there.pop(id_of(who), None)
        if gone is None:
            raise NotFound(_NOT_ON_IT, name=visible(who.name, 40), customer=who.code, trip=row.code)
        operations.delete(session, number(), gone, who.id)
        removed.append(who)
    for who in _once(add):
        if who.id in there:
            continue
        _refuse_odd(who, row)
        session.add(Traveller(trip_id=id_of(row), customer_id=id_of(who), operation_id=number()))
        added.append(who)
    session.flush()
    notes = list(_more_than_said(session, row)) if added else []
    if row.status == "booked":
        notes += [said for who in added for said in _elsewhere(session, row, who)]
        notes += passports.cautions(added) if row.abroad else ()
    return Changed(_codes(added), _codes(removed), tuple(notes))


def _codes(people: Sequence[Customer]) -> tuple[str, ...]:
    return tuple(who.code for who in people)


_NOT_ON_IT = N_("{name} ({customer}) is not on {trip}. Who is: tourcrm trips travellers {trip}")


def _once(people: Sequence[Customer]) -> Iterable[Customer]:
    return {who.id: who for who in people}.values()


def _refuse_odd(who: Customer, row: Trip) -> None:
    if who.id == row.customer_id:
        raise Refused(
            N_("{trip} is the trip of {name} ({customer}) already."),
            name=visible(who.name, 40),
            customer=who.code,
            trip=row.code,
        )
    if not travels(who):
        raise Refused(
            N_("{name} ({customer}) is no person; only people travel."),
            name=visible(who.name, 40),
            customer=who.code,
        )


def _more_than_said(session: Session, row: Trip) -> Iterator[Message]:
    """Tell where more people are named than a trip is said to have: seats are counted by that."""
    named = len(of_trip(session, row)) + travels(session.get_one(Customer, row.customer_id))
    if row.party_size is None or named > row.party_size:
        yield Message(
            N_(
                "{trip} is for {said}, and {named} people are named on it: tourcrm trips edit "
                "{trip} --people {named}"
            ),
            trip=row.code,
            said=seats.people_of(row.party_size),
            named=named,
        )


# --- in two places at once ------------------------------------------------------------------------

# What moves people or days: after a change of these one asks anew.
MOVES = frozenset(
    ("status", "customer_id", "departure_id", "departs_on", "returns_on", "guide", "destination")
)
_MOST = 3  # trips that are named for one person


def clashes(session: Session, row: Trip) -> Iterator[Message]:
    """Tell who of a booked trip is on another one on the same days: its people, its guide."""
    if row.status != "booked" or row.departs_on is None:
        return
    owner = session.get_one(Customer, row.customer_id)
    for who in (owner, *of_trip(session, row)):
        if travels(who):
            yield from _elsewhere(session, row, who)
    departure = seats.departure_of(session, row)
    guide = row.guide or (departure.guide if departure else None)
    if guide:
        days = (row.departs_on, row.returns_on or row.departs_on)
        yield from _guides(session, guide, days, row.departure_id, row)


def _elsewhere(session: Session, row: Trip, who: Customer) -> Iterator[Message]:
    """Tell of other booked trips of a person on the days of this one, whosever they are."""
    if row.departs_on is None:
        return
    along = select(Traveller.trip_id).where(col(Traveller.customer_id) == who.id)
    others = select(Trip).where(
        or_(col(Trip.customer_id) == who.id, col(Trip.id).in_(along)),
        col(Trip.id) != row.id,
        _on_days(row.departs_on, row.returns_on or row.departs_on),
    )
    found = [
        other
        for other in session.exec(others.order_by(col(Trip.departs_on), col(Trip.id))).all()
        if not _of_one_journey(row, other) and not _typed_twice(row, other)
    ]
    if found:
        yield Message(
            N_("{name} ({customer}) is on another trip on these days: {trips}"),
            name=visible(who.name, 40),
            customer=who.code,
            trips=_named(found),
        )


def of_departure(session: Session, row: Departure) -> Iterator[Message]:
    """Tell whether the guide of a departure is with another group on its days."""
    if row.guide:
        yield from _guides(session, row.guide, (row.departs_on, row.returns_on), row.id, None)


def _guides(
    session: Session, guide: str, days: tuple[date, date], departure: int | None, row: Trip | None
) -> Iterator[Message]:
    """Tell of other groups that a guide has on these days: a departure, or a trip by itself."""
    runs = select(Departure).where(
        dialect.spelled(Departure.guide, guide),
        col(Departure.departs_on) <= days[1],
        col(Departure.departs_on) >= days[0] - timedelta(days=LONGEST_DAYS),
        col(Departure.returns_on) >= days[0],
    )
    groups = [one for one in session.exec(runs).all() if one.id != departure]
    own = select(Trip).where(dialect.spelled(Trip.guide, guide), _on_days(*days))
    led = [one for one in session.exec(own).all() if row is None or one.id != row.id]
    apart: dict[tuple[int | None, date | None, str], Trip] = {}
    for one in led:
        same_group = one.departure_id is not None and one.departure_id == departure
        if same_group or (row is not None and _travel_together(row, one)):
            continue
        # Those of one group are told once.
        apart.setdefault((one.departure_id, one.departs_on, folded(one.destination or "")), one)
    ids = {one.id for one in groups}
    found: list[Trip | Departure] = list(groups)
    found += [one for one in apart.values() if one.departure_id not in ids]
    if found:
        yield Message(
            N_("{guide} guides another group on these days: {trips}"),
            guide=visible(guide, 40),
            trips=_named(found),
        )


def _on_days(first: date, last: date) -> ColumnElement[bool]:
    """The booked trips that are under way on one of these days."""
    return and_(
        col(Trip.status) == "booked",
        col(Trip.departs_on) <= last,
        col(Trip.departs_on) >= first - timedelta(days=LONGEST_DAYS),
        func.coalesce(col(Trip.returns_on), col(Trip.departs_on)) >= first,
    )


_WHOLE = ("tour", "cruise")  # the others are parts of a journey: a flight, its hotel


def _of_one_journey(row: Trip, other: Trip) -> bool:
    """Whether two orders may well be parts of one journey: the flight and the hotel to a tour."""
    whole = row.service in _WHOLE and other.service in _WHOLE
    places = {folded(place) for place in (row.destination, other.destination) if place}
    return not whole and len(places) < 2


def _typed_twice(row: Trip, other: Trip) -> bool:
    """Whether it is the same journey of the same customer, which is told in words of its own."""
    return row.customer_id == other.customer_id and _travel_together(row, other)


def _travel_together(row: Trip, other: Trip) -> bool:
    if row.departure_id or other.departure_id:
        return row.departure_id == other.departure_id
    places = {folded(one.destination or "") for one in (row, other)}
    return row.departs_on == other.departs_on and len(places) == 1


def _named(found: Sequence[Trip | Departure]) -> str:
    texts = [
        f"{one.code} {visible(one.destination or '', 40)} "
        f"{one.departs_on} – {one.returns_on or one.departs_on}"
        for one in found[:_MOST]
    ]
    more = len(found) - _MOST
    return "; ".join(texts) + (f" (+{more})" if more > 0 else "")
