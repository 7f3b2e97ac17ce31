"""What travellers are sent before they go: the facts of their trip, and what is known of the place.

Nothing is made up: what nobody noted is left out, and named as missing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session, col, select

from tourcrm.base.errors import Refused
from tourcrm.base.i18n import N_, known
from tourcrm.bookings import destinations, itinerary, seats, travellers
from tourcrm.bookings.destinations import TOPICS, Known
from tourcrm.bookings.itinerary import Line
from tourcrm.models import Customer, Departure, Product, Trip

# What each handbook should say; the embassy for a trip that leaves the country.
_WANTED = ("weather", "clothing", "emergency", "hospital")


@dataclass(frozen=True, slots=True)
class Handbook:
    """Of one trip. language: that of its customer, else None. party: who is named. missing: what
    nobody noted: topics, and "meeting"."""

    trip: str
    customer: str
    name: str
    phone: str | None
    language: str | None
    destination: str | None
    departs_on: date
    returns_on: date
    people: int
    party: tuple[str, ...]
    guide: str | None
    meeting: str | None
    itinerary: tuple[Line, ...]
    notes: tuple[Known, ...]
    product: str | None
    missing: tuple[str, ...]


def of(session: Session, row: Trip | Departure) -> list[Handbook]:
    """The handbook of a trip, or of each booked trip of a departure.

    Raises Refused for a trip that is not booked, and for a departure on which nobody is.
    """
    return [_of_trip(session, trip) for trip in booked(session, row)]


def booked(session: Session, row: Trip | Departure) -> Sequence[Trip]:
    """The booked trips that are meant by a trip or a departure. Raises Refused without any."""
    if isinstance(row, Trip):
        if row.status != "booked" or row.departs_on is None:
            raise Refused(
                N_("{code} is not booked; only those who go are written to."), code=row.code
            )
        return [row]
    chosen = select(Trip).where(col(Trip.departure_id) == row.id, col(Trip.status) == "booked")
    found = session.exec(chosen.order_by(col(Trip.id))).all()
    if not found:
        raise Refused(N_("Nobody is booked on {code}."), code=row.code)
    return found


def _of_trip(session: Session, row: Trip) -> Handbook:
    who = session.get_one(Customer, row.customer_id)
    departure = seats.departure_of(session, row)
    product = None
    if departure is not None and departure.product_id:
        product = session.get(Product, departure.product_id)
    others = travellers.of_trip(session, row)
    people = [one for one in (who, *others) if travellers.travels(one)]
    lines = itinerary.of_trip(session, row)
    about = destinations.known_of(session, row.destination)
    note = product.note if product else None
    meeting = _meeting([departure.note if departure else None, note], lines)
    wanted = (*_WANTED, "embassy") if row.abroad else _WANTED
    missing = [topic for topic in wanted if topic not in about]
    departs = row.departs_on or date.min
    return Handbook(
        trip=row.code,
        customer=who.code,
        name=who.name,
        phone=who.phone or who.phone2,
        language=known(who.language),
        destination=row.destination,
        departs_on=departs,
        returns_on=row.returns_on or departs,
        people=max(seats.people_of(row.party_size), len(people)),
        party=tuple(one.name for one in people),
        guide=row.guide or (departure.guide if departure else None),
        meeting=meeting,
        itinerary=tuple(lines),
        notes=tuple(about[topic] for topic in TOPICS if topic in about),
        product=_without(note, meeting),
        missing=tuple([] if meeting else ["meeting"]) + tuple(missing),
    )


_MEETING = re.compile(
    r"\s*(?:(?:集合|集中|碰头|上车)(?:地点|时间|点|时间地点)?|meeting(?: point| place)?|meet)"
    r"\s*[:：]\s*(\S.*?)\s*",
    re.IGNORECASE,
)
_MEETS = re.compile("集合|集中上车|碰头|meet", re.IGNORECASE)
_SENTENCES = re.compile(r"[\n；;。]+")


def _meeting(notes: Sequence[str | None], lines: Sequence[Line]) -> str | None:
    """Where and when to meet: "集合: ..." in the note of the departure, or of the product; else the
    line of the first day that speaks of it. Of the departure's note, which is the agency's own,
    nothing else is told."""
    for note in notes:
        if found := [told[1] for told in map(_MEETING.fullmatch, _pieces(note)) if told]:
            return "; ".join(found)
    first = (line.what for line in lines if line.day == 1 and _MEETS.search(line.what))
    return next(first, None)


def _pieces(note: str | None) -> list[str]:
    return [piece.strip() for piece in _SENTENCES.split(note or "") if piece.strip()]


def _without(note: str | None, meeting: str | None) -> str | None:
    """The product's note without the place to meet, which is told by itself, as the departure has
    it."""
    lines = []
    for line in (note or "").splitlines():
        pieces = _pieces(line)
        kept = [piece for piece in pieces if not (meeting and _MEETING.fullmatch(piece))]
        if kept:
            lines.append(line.strip() if kept == pieces else "; ".join(kept))
    return "\n".join(lines) or None


def addressed(one: Handbook, who: Customer) -> Handbook:
    """What is written to somebody on a trip: to them by name, in their language."""
    phone = who.phone or who.phone2
    return replace(one, customer=who.code, name=who.name, phone=phone, language=known(who.language))
