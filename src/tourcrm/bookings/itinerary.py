"""What happens on the days of a trip: its own lines, and those of its departure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, select

from tourcrm.base import parsing
from tourcrm.base.display import visible
from tourcrm.base.errors import CellError, NotFound, Refused, WrongUsage
from tourcrm.base.i18n import N_
from tourcrm.base.patterns import pattern
from tourcrm.bookings import seats
from tourcrm.db import operations
from tourcrm.db.codes import Number, id_of
from tourcrm.models import Departure, ItineraryLine, Trip


@dataclass(frozen=True, slots=True)
class Line:
    """What happens on a day. day: 1 for the first of the journey. departure, trip: whose it is."""

    day: int
    on_day: date
    what: str
    departure: str | None
    trip: str | None
    id: int


def of_departure(session: Session, row: Departure) -> list[Line]:
    """The lines of a departure, by day, those of one day as they were added."""
    return _lines(session, row)


def of_trip_alone(session: Session, row: Trip) -> list[Line]:
    """The lines that a trip has of its own."""
    return _lines(session, row)


def of_trip(session: Session, row: Trip) -> list[Line]:
    """All that happens on a trip: what its departure does, and what it does by itself."""
    departure = seats.departure_of(session, row)
    shared = of_departure(session, departure) if departure else []
    return sorted([*shared, *of_trip_alone(session, row)], key=lambda line: line.on_day)


def of(session: Session, row: Trip | Departure) -> list[Line]:
    """All that happens on a trip or a departure."""
    return of_trip(session, row) if isinstance(row, Trip) else of_departure(session, row)


def _stored(session: Session, row: Trip | Departure) -> Sequence[ItineraryLine]:
    whose = ItineraryLine.trip_id if isinstance(row, Trip) else ItineraryLine.departure_id
    chosen = select(ItineraryLine).where(col(whose) == row.id)
    return session.exec(chosen.order_by(col(ItineraryLine.on_day), col(ItineraryLine.id))).all()


def _lines(session: Session, row: Trip | Departure) -> list[Line]:
    code = row.code
    departure, trip = (None, code) if isinstance(row, Trip) else (code, None)
    return [
        Line(_day_of(row, one.on_day), one.on_day, one.what, departure, trip, id_of(one))
        for one in _stored(session, row)
    ]


def _day_of(row: Trip | Departure, on: date) -> int:
    return (on - row.departs_on).days + 1 if row.departs_on else 0


_NUMBER = pattern(r"(?:第|day|d)?\s*(\d{1,3})\s*天?", re.IGNORECASE)
_SAID = pattern(r"\s*([^:：]+?)\s*[:：]\s*(.+?)\s*", re.DOTALL)


def said(row: Trip | Departure, text: str) -> tuple[date, str]:
    """The day and the words of "2: 石林", "第2天：石林" or "2027-05-02: 石林".

    Raises WrongUsage for another form, Refused for a day that is none of the journey's.
    """
    found = _SAID.fullmatch(text)
    if found is None:
        raise WrongUsage(
            N_('--add “{given}”: write it as "DAY: TEXT", for example "2: 石林"'),
            given=visible(text, 60),
        )
    if row.departs_on is None:
        raise Refused(N_("{code} has no day of departure yet."), code=row.code)
    last = row.returns_on or row.departs_on
    number = _NUMBER.fullmatch(found[1])
    try:
        on = _at(row.departs_on, int(number[1])) if number else parsing.day(found[1])
        what = parsing.text(found[2])
    except CellError as reason:
        raise WrongUsage(
            N_("{option} {given}: {reason}"), option="--add", given=visible(text, 60), reason=reason
        ) from None
    if not row.departs_on <= on <= last:
        raise Refused(
            N_("{code} is from {first} to {last}; “{given}” is none of its days."),
            code=row.code,
            first=row.departs_on,
            last=last,
            given=visible(found[1], 30),
        )
    return on, what


def _at(first: date, number: int) -> date:
    return first + timedelta(days=number - 1)


def change(
    session: Session,
    number: Number,
    row: Trip | Departure,
    add: Iterable[str] = (),
    remove: Iterable[int] = (),
) -> tuple[int, int]:
    """Take lines off by their numbers in the list as it was, and add others; returns how many.

    Raises NotFound for a number that no line has, Refused for a line of the departure that is to be
    taken off one of its trips, and like `said`.
    """
    there = of(session, row)
    gone = sorted(set(remove))
    for at in gone:
        if not 1 <= at <= len(there):
            raise NotFound(
                N_("{code} has no line {number}; there are {count}."),
                code=row.code,
                number=at,
                count=len(there),
            )
        line = there[at - 1]
        if isinstance(row, Trip) and line.departure:
            raise Refused(
                N_(
                    "Line {number} is that of the departure {departure} and of all on it: tourcrm "
                    "trips itinerary --departure {departure}"
                ),
                number=at,
                departure=line.departure,
            )
        operations.delete(session, number(), session.get_one(ItineraryLine, line.id), _whose(row))
    new = [said(row, text) for text in add]
    of_trip, of_run = (row.id, None) if isinstance(row, Trip) else (None, row.id)
    for on, what in new:
        if any(line.on_day == on and line.what == what for line in there):
            continue
        session.add(
            ItineraryLine(
                trip_id=of_trip, departure_id=of_run, on_day=on, what=what, operation_id=number()
            )
        )
    session.flush()
    return len(new), len(gone)


def _whose(row: Trip | Departure) -> int | None:
    return row.customer_id if isinstance(row, Trip) else None


def move(session: Session, number: Number, row: Trip | Departure, before: date | None) -> None:
    """Let the lines move with a journey that departed on `before` until now: the second day stays
    the second day."""
    if before is None or row.departs_on is None or before == row.departs_on:
        return
    for one in _stored(session, row):
        moved = {"on_day": one.on_day + (row.departs_on - before)}
        operations.edit(session, number(), one, moved, _whose(row))
