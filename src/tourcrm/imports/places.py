"""What happens from day to day, and what there is to know of places, from sheets."""

import re
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session, col, select

from tourcrm.base import parsing
from tourcrm.base.columns import ITINERARY_SHEET, PLACES_SHEET
from tourcrm.base.errors import CellError, Refused, TourcrmError
from tourcrm.base.i18n import N_
from tourcrm.bookings import departures, destinations, trips
from tourcrm.db import dialect
from tourcrm.imports.by_row import ADDED, UNCHANGED, UPDATED, ByRow, Row
from tourcrm.imports.incoming import columns_text
from tourcrm.imports.request import Request
from tourcrm.models import Departure, DestinationNote, ItineraryLine, Trip

_NUMBER = re.compile(r"(?:第|day|d)?\s*(\d{1,3})\s*[天日]?", re.IGNORECASE)
_HAN_NUMBER = re.compile(r"第?([一二三四五六七八九十]{1,3})[天日]?")
_HAN = {one: number for number, one in enumerate("一二三四五六七八九", 1)}


class Itinerary(ByRow):
    """A line is a day of a departure or a trip, and what happens on it; those that stand stay."""

    columns = ITINERARY_SHEET
    table = "itinerary_line"
    required = ("what",)
    marks = ("departure", "trip")

    def __init__(self, session: Session, request: Request) -> None:
        super().__init__(session, request)
        self._refuse_without("departure", "trip")
        self._refuse_without("day", "on_day")

    def _refuse_without(self, *names: str) -> None:
        if not self.headers.fields.intersection(names):
            raise Refused(
                N_(
                    "{file}: no column for {missing} was found. The header (line {line}) has: "
                    '{header}. Say which column it is with --map "HEADER={field}".'
                ),
                file=self.request.sheet.name,
                missing=" / ".join(self.header_of(name) for name in names),
                field=names[0],
                line=self.request.sheet.header_line,
                header=columns_text(self.request.sheet.header),
            )

    def identity(self, row: Row) -> Any:
        return tuple(row.get(name) for name in ("departure", "trip", "day", "on_day", "what"))

    def store(self, row: Row) -> str:
        if "what" not in row:
            raise Refused(N_("it does not say what happens"))
        if ("departure" in row) == ("trip" in row):
            raise Refused(N_("a line is of a departure or of a trip: say one of them"))
        whose: Trip | Departure = (
            departures.find_one(self.session, row["departure"])
            if "departure" in row
            else trips.find_one(self.session, row["trip"])
        )
        on = self._day(whose, row)
        of_trip = isinstance(whose, Trip)
        column = ItineraryLine.trip_id if of_trip else ItineraryLine.departure_id
        same = select(ItineraryLine).where(
            col(column) == whose.id,
            col(ItineraryLine.on_day) == on,
            col(ItineraryLine.what) == row["what"],
        )
        if self.session.exec(same).first() is not None:
            if self.request.on_duplicate == "error":
                raise TourcrmError(N_("it is there already"))
            return UNCHANGED
        self.session.add(
            ItineraryLine(
                trip_id=whose.id if of_trip else None,
                departure_id=None if of_trip else whose.id,
                on_day=on,
                what=row["what"],
                operation_id=self.operation,
            )
        )
        self.session.flush()
        return ADDED

    def _day(self, whose: Trip | Departure, row: Row) -> date:
        if whose.departs_on is None:
            raise Refused(N_("{code} has no day of departure yet."), code=whose.code)
        if (on := row.get("on_day")) is None:
            if "day" not in row:
                raise Refused(N_("it does not say on which day"))
            on = self._said(whose.departs_on, row["day"])
        last = whose.returns_on or whose.departs_on
        if not whose.departs_on <= on <= last:
            raise Refused(
                N_("{code} is from {first} to {last}; “{given}” is none of its days."),
                code=whose.code,
                first=whose.departs_on,
                last=last,
                given=row.get("day") or on,
            )
        return on

    def _said(self, first: date, text: str) -> date:
        if found := _NUMBER.fullmatch(text):
            return first + timedelta(days=int(found[1]) - 1)
        if found := _HAN_NUMBER.fullmatch(text):
            return first + timedelta(days=_han(found[1]) - 1)
        try:
            return parsing.day(text, zone=self.request.terms.zone)
        except CellError as error:
            raise TourcrmError(
                N_("{column}: {reason}"), column=self.header_of("day"), reason=error.message
            ) from None


def _han(text: str) -> int:
    """一 is 1, 十二 is 12."""
    tens, ten, ones = text.partition("十")
    if not ten:
        return _HAN.get(text, 0)
    return (_HAN[tens] if tens else 1) * 10 + _HAN.get(ones, 0)


class Places(ByRow):
    """Notes of places: a row for each topic, or a column."""

    columns = PLACES_SHEET
    table = "destination_note"
    required = ("place",)
    marks = ("place",)

    def __init__(self, session: Session, request: Request) -> None:
        super().__init__(session, request)
        fields = self.headers.fields
        if not fields.intersection(destinations.TOPICS) and not {"topic", "text"} <= fields:
            raise Refused(
                N_(
                    "{file}: no column says what there is to know. Columns are topic and text, or "
                    "one a topic: {topics}. The header (line {line}) has: {header}."
                ),
                file=request.sheet.name,
                topics=", ".join(map(self.header_of, destinations.TOPICS)),
                line=request.sheet.header_line,
                header=columns_text(request.sheet.header),
            )

    def identity(self, row: Row) -> Any:
        return (row.get("place"), row.get("topic"))

    def store(self, row: Row) -> str:
        if "place" not in row:
            raise Refused(N_("it does not say where"))
        told = {topic: row[topic] for topic in destinations.TOPICS if topic in row}
        if ("topic" in row) != ("text" in row):
            raise Refused(N_("topic and text go together: one is missing"))
        if "topic" in row and told.setdefault(row["topic"], row["text"]) != row["text"]:
            raise Refused(N_("it says two different things of one topic"))
        if not told:
            raise Refused(N_("it does not say what there is to know"))
        there = {topic: self._present(row["place"], topic) for topic in told}
        wins = [
            topic
            for topic, text in told.items()
            if there[topic] is None or self.wanted(there[topic], {"text": text})
        ]
        found = [self._note(row["place"], topic, told[topic], there[topic]) for topic in wins]
        return next((one for one in (ADDED, UPDATED) if one in found), UNCHANGED)

    def _present(self, place: str, topic: str) -> DestinationNote | None:
        same = select(DestinationNote).where(
            dialect.spelled(DestinationNote.destination, place), col(DestinationNote.topic) == topic
        )
        return self.session.exec(same).first()

    def _note(self, place: str, topic: str, text: str, present: DestinationNote | None) -> str:
        new = destinations.note(self.session, self.number, place, topic, text)
        return UNCHANGED if not new else ADDED if present is None else UPDATED
