"""Whether a trip was booked on a day: SQL and Python say the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import pytest
from sqlmodel import Session

from tests import builders
from tests.builders import TODAY
from tourcrm.bookings import status
from tourcrm.db import engine
from tourcrm.models import Trip

DAYS = (None, TODAY - timedelta(1), TODAY, TODAY + timedelta(1))


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """A trip in every status, cancelled and booked before, on or after the day, or at any time."""
    with builders.writing(builders.agency(tmp_path)) as session:
        who = builders.add_customer(session)
        for kind, cancelled, booked in product(
            ("inquiry", "quoted", "booked", "cancelled", "lost"), DAYS, DAYS
        ):
            if cancelled is None or kind == "cancelled":
                builders.add_trip(
                    session, who, TODAY, status=kind, cancelled_on=cancelled, booked_on=booked
                )
        yield session


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        (status.BOOKED, status.was_booked),
        (status.stood_sql(), status.stood),
        (status.stood_sql(plus="+"), status.stood),
    ],
)
def test_sql_and_python_say_the_same(session: Session, sql: str, told: object) -> None:
    assert callable(told)
    found = {
        row.id
        for row in engine.rows(
            session, f"SELECT t.id FROM trip t WHERE {sql}", as_of=TODAY.isoformat()
        )
    }
    trips = {number: session.get_one(Trip, number) for number in range(1, 33)}
    assert found == {number for number, trip in trips.items() if told(trip, TODAY)}
    assert len(trips) == 5 * 4 + 3 * 4
    assert 0 < len(found) < len(trips)


@dataclass
class Known:
    """A trip, as far as it matters."""

    status: str
    cancelled_on: date | None = None
    booked_on: date | None = None


@pytest.mark.parametrize(
    ("trip", "stood", "booked"),
    [
        (Known("booked"), True, True),
        (Known("booked", booked_on=TODAY), True, True),
        (Known("booked", booked_on=TODAY + timedelta(1)), True, False),
        (Known("cancelled"), False, False),
        (Known("cancelled", TODAY), False, False),
        (Known("cancelled", TODAY + timedelta(1)), True, True),
        (Known("cancelled", TODAY + timedelta(2), TODAY + timedelta(1)), True, False),
        (Known("quoted"), False, False),
        (Known("lost"), False, False),
    ],
)
def test_a_trip_stands_until_the_day_on_which_it_is_cancelled(
    trip: Known, stood: bool, booked: bool
) -> None:
    assert (status.stood(trip, TODAY), status.was_booked(trip, TODAY)) == (stood, booked)
