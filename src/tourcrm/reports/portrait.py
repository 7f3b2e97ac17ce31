"""What the trips of a customer tell of them, apart from what they said; each with what it rests on.

A trip that does not say something has no part in it: `Told.of` is how many did.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import median

from sqlmodel import Session

from tourcrm.analysis import price_sensitivity
from tourcrm.analysis.price_sensitivity import Sensitivity
from tourcrm.models import Trip

FAVOURITES = 3
SEASONS = ("winter", "spring", "summer", "autumn")


@dataclass(frozen=True, slots=True)
class Told:
    """A number, and how many trips (or gaps between them) tell it."""

    value: float
    of: int


@dataclass(frozen=True, slots=True)
class Often:
    """What comes up, with how often, the most frequent first; of so many trips."""

    values: tuple[tuple[str, int], ...]
    of: int


@dataclass(frozen=True, slots=True)
class Portrait:
    """All of it; amounts in fen. season: that of most trips, None where there is no such."""

    trips: int
    season: Often | None
    party: Told | None
    a_head: Told | None
    a_day: Told | None  # a head and day
    interval: Told | None  # days between departures
    kinds: Often | None
    services: Often | None
    places: Often | None
    price: Sensitivity


def drawn(session: Session, customer: int, trips: Sequence[Trip], as_of: date) -> Portrait:
    """The portrait by the trips that have departed, in the order of their days."""
    return Portrait(
        trips=len(trips),
        season=_season(trips),
        party=_middle(trips, lambda trip: trip.party_size),
        a_head=_middle(trips, _a_head),
        a_day=_middle(trips, _a_day),
        interval=_interval(trips),
        kinds=_often(trip.kind for trip in trips),
        services=_often(trip.service for trip in trips),
        places=_often(trip.destination for trip in trips),
        price=price_sensitivity.of_customer(session, as_of, customer),
    )


def _season(trips: Sequence[Trip]) -> Often | None:
    found = _often(SEASONS[trip.departs_on.month % 12 // 3] for trip in trips if trip.departs_on)
    if found is None or found.of < 2 or found.values[0][1] * 2 <= found.of:
        return None
    return Often(found.values[:1], found.of)


def _middle(trips: Sequence[Trip], of: Callable[[Trip], float | None]) -> Told | None:
    values = [value for trip in trips if (value := of(trip)) is not None]
    return Told(median(values), len(values)) if values else None


def _a_head(trip: Trip) -> float | None:
    return trip.price / trip.party_size if trip.price is not None and trip.party_size else None


def _a_day(trip: Trip) -> float | None:
    whole = _a_head(trip)
    if whole is None or trip.departs_on is None:
        return None
    return whole / (((trip.returns_on or trip.departs_on) - trip.departs_on).days + 1)


def _interval(trips: Sequence[Trip]) -> Told | None:
    days = sorted({trip.departs_on for trip in trips if trip.departs_on})
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    return Told(median(gaps), len(gaps)) if gaps else None


def _often(values: Iterable[str | None]) -> Often | None:
    counted = Counter(value for value in values if value)
    if not counted:
        return None
    some = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return Often(tuple(some[:FAVOURITES]), counted.total())
