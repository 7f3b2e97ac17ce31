"""How a trip stood on a day: booked or not, over or not. No I/O, and no models.

A trip is stored as inquiry, quoted, booked, cancelled or lost. "Completed" is no stored status: it
is what a booked trip is called from the day after its return on. One that was cancelled later was
still booked on the day. Each question is asked twice here, in SQL and of a row.
"""

from datetime import date
from typing import Protocol

COMPLETED = "completed"
TOGETHER = ("tour", "cruise")  # services whose travellers are on the way together


class Stored(Protocol):
    """What a trip says of itself."""

    status: str
    booked_on: date | None
    cancelled_on: date | None


def stood_sql(trip: str = "t.", plus: str = "") -> str:
    """SQL: a trip was not cancelled by :as_of, whenever it was booked. plus: a + before a day that
    no index is to be sought for."""
    cancelled_later = f"{trip}status = 'cancelled' AND {plus}{trip}cancelled_on > :as_of"
    return f"({trip}status = 'booked' OR ({cancelled_later}))"


def stood(trip: Stored, as_of: date) -> bool:
    """Whether a trip was not cancelled by the end of a day, whenever it was booked."""
    cancelled_later = trip.status == "cancelled" and (trip.cancelled_on or date.min) > as_of
    return trip.status == "booked" or cancelled_later


# SQL: a trip `t` was booked by :as_of, and not cancelled until later.
BOOKED = f"{stood_sql()} AND (t.booked_on IS NULL OR t.booked_on <= :as_of)"


def was_booked(trip: Stored, as_of: date) -> bool:
    """Whether a trip was booked by the end of a day, and not cancelled until later."""
    return stood(trip, as_of) and (trip.booked_on is None or trip.booked_on <= as_of)


def decision_days(inquired_on: date | None, booked_on: date | None) -> int | None:
    """The days from inquiry to booking; None where a trip does not tell both, in this order."""
    if inquired_on is None or booked_on is None or booked_on < inquired_on:
        return None
    return (booked_on - inquired_on).days


def status_on(status: str, departs_on: date | None, returns_on: date | None, today: date) -> str:
    """The status to show: completed for a booked trip whose return lies before `today`."""
    last = returns_on or departs_on
    return COMPLETED if status == "booked" and last is not None and last < today else status
