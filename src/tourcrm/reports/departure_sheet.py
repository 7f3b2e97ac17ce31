"""The sheet that a guide takes along: who comes, with which papers and needs, what happens when,
and whom to ring.

Only booked trips are on it. Whom nobody named is counted, never made up.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from tourcrm.base import lunar
from tourcrm.base.columns.column import column
from tourcrm.base.lunar import BIRTHDAY
from tourcrm.bookings import destinations, itinerary, seats, travellers
from tourcrm.bookings.destinations import Known
from tourcrm.bookings.itinerary import Line
from tourcrm.customers import special_days
from tourcrm.db.codes import id_of
from tourcrm.models import Customer, Departure, Trip

PEOPLE = (
    column("trip", "code", "trip", "订单号"),
    column("customer", "code", "customer", "客户编号"),
    column("name", "name", "name", "姓名"),
    column("role", "word", "role", "身份", words="traveller_role"),
    column("party", "count", "party", "人数"),
    column("unnamed", "count", "unnamed", "未登记人数"),
    column("gender", "word", "gender", "性别", words="gender"),
    column("birthday", "text", "birthday", "生日"),
    column("phone", "phone", "phone", "手机"),
    column("phone2", "phone", "second phone", "备用电话"),
    column("id_number", "id_number", "ID number", "身份证号", mask="id_number"),
    column("passport_no", "passport", "passport", "护照号", mask="passport"),
    column("passport_name", "text", "passport name", "护照姓名"),
    column("passport_expires_on", "day", "passport expires", "护照有效期"),
    column("diet", "text", "diet", "饮食"),
    column("room", "text", "room", "房型"),
    column("needs", "text", "other needs", "其他需求"),
)  # fmt: skip
NUMBERS = (
    column("topic", "word", "topic", "主题", words="destination_topic"),
    column("place", "text", "place", "目的地"),
    column("text", "text", "text", "内容"),
)
BIRTHDAYS = (
    column("on", "day", "day", "日期"),
    column("customer", "code", "customer", "客户编号"),
    column("name", "name", "name", "姓名"),
    column("years", "count", "years", "岁数"),
)
# What is looked up while something goes wrong.
_TOPICS = ("emergency", "hospital", "embassy")


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody on a departure. Of the customer of a trip: party, how many people it is for, and
    unnamed, how many of them nobody has named."""

    trip: str
    customer: str
    name: str
    role: str
    party: int | None
    unnamed: int | None
    gender: str | None
    birthday: str | None
    phone: str | None
    phone2: str | None
    id_number: str | None
    passport_no: str | None
    passport_name: str | None
    passport_expires_on: date | None
    diet: str | None
    room: str | None
    needs: str | None


@dataclass(frozen=True, slots=True)
class Birthday:
    """Whose birthday is on the way, on which day, and how old they become where that is known."""

    on: date
    customer: str
    name: str
    years: int | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """All of it. people: how many are booked, named or not."""

    departure: Departure
    people: int
    members: tuple[Member, ...]
    itinerary: tuple[Line, ...]
    numbers: tuple[Known, ...]
    birthdays: tuple[Birthday, ...]


def build(session: Session, row: Departure) -> Sheet:
    """The sheet of a departure."""
    booked = select(Trip).where(col(Trip.departure_id) == row.id, col(Trip.status) == "booked")
    trips = session.exec(booked.order_by(col(Trip.id))).all()
    others = travellers.of_trips(session, [id_of(trip) for trip in trips])
    parties = [
        (trip, [session.get_one(Customer, trip.customer_id), *others[id_of(trip)]])
        for trip in trips
    ]
    known = destinations.known_of(session, row.destination)
    lines = [*itinerary.of_departure(session, row)]
    lines += [line for trip in trips for line in itinerary.of_trip_alone(session, trip)]
    return Sheet(
        departure=row,
        people=sum(_party(trip, people) for trip, people in parties),
        members=tuple(
            member for trip, people in parties for member in _members(session, trip, people)
        ),
        itinerary=tuple(sorted(lines, key=lambda line: line.on_day)),
        numbers=tuple(known[topic] for topic in _TOPICS if topic in known),
        birthdays=tuple(_birthdays(session, row, (who for _trip, some in parties for who in some))),
    )


def _party(trip: Trip, people: Sequence[Customer]) -> int:
    """How many people a trip is for: as many as are said, and no fewer than are named."""
    return max(seats.people_of(trip.party_size), sum(map(travellers.travels, people)))


def _members(session: Session, trip: Trip, people: Sequence[Customer]) -> Iterator[Member]:
    party = _party(trip, people)
    unnamed = party - sum(map(travellers.travels, people))
    for number, who in enumerate(people):
        first = number == 0
        said = (who.needs, trip.needs) if first else (who.needs,)
        diet, room, needs = sorted_needs(said)
        days = special_days.called(session, id_of(who), BIRTHDAY)
        yield Member(
            trip=trip.code,
            customer=who.code,
            name=who.name,
            role="customer" if first else "traveller",
            party=party if first else None,
            unnamed=unnamed or None if first else None,
            gender=who.gender,
            birthday=special_days.text(
                (BIRTHDAY, special_days.day_of(one)) for one in days
            ).replace(f"{BIRTHDAY}=", "")
            or None,
            phone=who.phone,
            phone2=who.phone2,
            id_number=who.id_number,
            passport_no=who.passport_no,
            passport_name=who.passport_name,
            passport_expires_on=who.passport_expires_on,
            diet=diet,
            room=room,
            needs=needs,
        )


_DIET = re.compile(
    "素|清真|忌口|忌食|不吃|过敏|餐|饮食|diet|vegetarian|vegan|halal|kosher|allerg|gluten|no pork",
    re.IGNORECASE,
)
_ROOM = re.compile("房|大床|双床|加床|同住|room|bed|twin|smok", re.IGNORECASE)
_PIECES = re.compile(r"[;；。\n]+")


def sorted_needs(said: Iterable[str | None]) -> tuple[str | None, str | None, str | None]:
    """Needs as a guide looks for them: what concerns meals, rooms, and all else. Nothing is left
    out: a piece that speaks of both, or of neither, stands whole among the rest."""
    found: dict[str, list[str]] = {"diet": [], "room": [], "rest": []}
    for text in said:
        for piece in _PIECES.split(text or ""):
            for part in _parts(piece.strip()):
                some = found[_kind(part)]
                if part not in some:
                    some.append(part)
    diet, room, rest = ("; ".join(some) or None for some in found.values())
    return diet, room, rest


def _parts(piece: str) -> list[str]:
    """A piece, taken apart at its commas only where each part is clearly of one kind."""
    parts = [part.strip() for part in re.split("[,，]", piece) if part.strip()]
    return parts if all(_kind(part) != "rest" for part in parts) else [piece]


def _kind(text: str) -> str:
    diet, room = _DIET.search(text), _ROOM.search(text)
    return "rest" if bool(diet) == bool(room) else "diet" if diet else "room"


def _birthdays(session: Session, row: Departure, people: Iterable[Customer]) -> Iterator[Birthday]:
    """Whose birthday is on the way, the first first; of two calendars each."""
    found = []
    for who in {one.id: one for one in people}.values():
        for stored in special_days.called(session, id_of(who), BIRTHDAY):
            day = special_days.day_of(stored)
            for year, on in lunar.occurrences(day, row.departs_on, row.returns_on):
                years = year - day.year if day.year and year > day.year else None
                found.append(Birthday(on, who.code, who.name, years))
    yield from sorted(found, key=lambda one: (one.on, one.customer))
