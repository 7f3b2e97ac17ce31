"""One of several who book and cancel on one departure at once."""

from datetime import date
from functools import partial
from pathlib import Path

from sqlmodel import Session

from tests.builders import NOW
from tourcrm.base.errors import Refused
from tourcrm.bookings import seats, stages, trips
from tourcrm.db import engine, operations

TODAY = date(2026, 11, 20)


def begin(session: Session) -> int:
    return operations.begin(session, "trips book", NOW, "tester")


def book(path: Path, code: str, rounds: int) -> str:
    """Book a trip so often and, where there was a seat, cancel it again; returns how often it was
    booked and how often it was refused."""
    booked = refused = 0
    for _ in range(rounds):
        try:
            with engine.writing(path) as session:
                row = trips.find_one(session, code)
                stages.book(session, partial(begin, session), row, TODAY, TODAY)
                departure = seats.departure_of(session, row)
                assert departure is not None
                free = seats.left(session, departure)
                assert free is not None and free >= 0, f"oversold: {free}"
            booked += 1
        except Refused:
            refused += 1
            continue
        with engine.writing(path) as session:
            row = trips.find_one(session, code)
            stages.cancel(session, partial(begin, session), row, TODAY, TODAY)
    return f"{booked} {refused}"
