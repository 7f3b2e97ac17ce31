"""A trip on a departure: days and place come from there, and its people need seats there."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from tourcrm.base.errors import Message, Refused
from tourcrm.base.i18n import N_
from tourcrm.bookings import departures, seats
from tourcrm.models import Departure, Product, Trip

# What a trip has from its departure.
_FIXED = ("departs_on", "returns_on")


def fill(session: Session, facts: dict[str, Any], departure: Departure) -> Iterator[Message]:
    """Give a trip what its departure, and the product of that, say: days, place, service, kind, and
    a price where none is said. Raises Refused for other days than those of the departure."""
    for field in _FIXED:
        day = getattr(departure, field)
        if facts.setdefault(field, day) != day:
            raise Refused(
                N_("{code} departs on {departs} and returns on {returns}; leave the days out."),
                code=departure.code,
                departs=departure.departs_on,
                returns=departure.returns_on,
            )
    facts["departure_id"] = departure.id
    sold = session.get(Product, departure.product_id) if departure.product_id else None
    of_product = {f: getattr(sold, f) for f in ("service", "kind", "abroad")} if sold else {}
    for field, value in {"destination": departure.destination, **of_product}.items():
        if value is not None:
            facts.setdefault(field, value)
    if sold is not None and sold.list_price is not None and "price" not in facts:
        people = seats.people_of(facts.get("party_size"))
        facts["price"] = sold.list_price * people
        yield Message(
            N_("The price is that of {product} for {people}; another: --price"),
            product=sold.code,
            people=people,
        )


def seat(
    session: Session,
    departure: Departure,
    facts: dict[str, Any],
    queue_at: datetime | None,
) -> bool:
    """Let a new or changed trip take its seats, where `facts` say that it is booked.

    facts: status and party_size as they will be, with id where the trip is stored. queue_at: where
    there are too few, it waits from then on. Returns whether it waits. Raises Refused where there
    are too few and it is not to wait.
    """
    people, own = seats.people_of(facts.get("party_size")), facts.get("id")
    free = seats.left(session, departure, own)
    if queue_at is not None and not seats.fit(people, free):
        if not seats.fit(people, departure.seats):
            raise Refused(
                N_("{code} has only {seats} seats in all; {people} will never find room."),
                code=departure.code,
                seats=departure.seats,
                people=people,
            )
        return True
    seats.refuse_over(session, departure, people, own)
    return False


def moved(session: Session, row: Trip, facts: dict[str, Any]) -> tuple[Departure | None, bool]:
    """The departure that a stored trip is on after an edit, and whether it must find seats anew.

    A trip that leaves its departure keeps its days. Raises Refused where its days are to be others
    than those of its departure.
    """
    if "departure_code" in facts:
        code = facts.pop("departure_code")
        if code is None:
            facts |= {"departure_id": None, "queued_at": None}
            return None, False
        departure = departures.find_one(session, code)
        _refuse_other_days(departure, facts, row)
        facts |= {field: getattr(departure, field) for field in _FIXED}
        facts.setdefault("destination", departure.destination or row.destination)
        facts["departure_id"] = departure.id
        booked = facts.get("status", row.status) == "booked"
        return departure, _grows(row, facts) or (booked and departure.id != row.departure_id)
    there = seats.departure_of(session, row)
    if there is None:
        return None, False
    _refuse_other_days(there, facts, row)
    return there, _grows(row, facts)


def _refuse_other_days(departure: Departure, facts: Mapping[str, Any], row: Trip) -> None:
    if any(
        facts.get(field, getattr(departure, field)) != getattr(departure, field) for field in _FIXED
    ):
        raise Refused(
            N_(
                "{trip} is on the departure {code}, and has its days. To move all: tourcrm "
                'departures edit {code}; to take this one off it: --departure ""'
            ),
            trip=row.code,
            code=departure.code,
        )


def _grows(row: Trip, facts: Mapping[str, Any]) -> bool:
    before = seats.people_of(row.party_size) if row.status == "booked" else 0
    status = facts.get("status", row.status)
    people = seats.people_of(facts.get("party_size", row.party_size))
    return status == "booked" and people > before
