"""What each customer's trips come to as of a day: one pass over all trips, worked out in arrays.

The pass reads the covering index trip_customer alone, some thousand customers at a time, and hands
over three long texts for each piece; numpy takes it from there, ten times as fast as a loop. Days
are day numbers here (0 = 1970-01-01), money fen.
"""

from calendar import isleap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tourcrm.bookings.status import stood_sql
from tourcrm.db import dialect
from tourcrm.db.engine import Raw

if TYPE_CHECKING:
    from numpy import bool_, float64, int64, integer
    from numpy.typing import NDArray

    Codes = NDArray[integer[Any]]
    Reals = NDArray[float64]
    Numbers = NDArray[int64]
    Flags = NDArray[bool_]

DAYS_A_YEAR = 365.25
_EPOCH = date(1970, 1, 1)

# A trip that stood as booked at the end of the day, and had departed by then.
COUNTED = f"departs_on <= :as_of AND {stood_sql('', '+')}"

# The same where all trips are gone through. Without the plus SQLite tries, at each of them, to read
# both days as numbers, since the column is of type DATE.
COUNTED_OF_ALL = f"+{COUNTED}"

# The one pass over trip, a piece of it. Only what the covering index holds may be named here; in
# its order the trips of a customer stand together, by departure. Printing numbers takes longest:
# customers are told from the first one of the piece, prices (-1: unknown) only in the window.
PIECE = 4096  # from the first customer's id to the last one's
_NEXT = "SELECT min(customer_id) FROM trip WHERE customer_id > ?"
_LARGEST_ID = (1 << 63) - 1
_SCAN = f"""
SELECT
    {dialect.gathered("customer_id - :first", " ")},
    {dialect.gathered("departs_on", "")},
    {dialect.gathered("coalesce(returns_on, departs_on)", "")},
    {dialect.gathered("CASE WHEN +departs_on > :start THEN coalesce(price, -1) END", " ")}
FROM {dialect.by_index("trip", "trip_customer")}
WHERE customer_id BETWEEN :first AND :last AND {COUNTED_OF_ALL}
"""  # noqa: S608 - constants of this module


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - _EPOCH).days


@dataclass(frozen=True, slots=True)
class Histories:
    """One place a customer who had departed by the day, in the order of their ids.

    window_*: of the departures after the beginning of the window; window_first is only meant where
    there are any. departures: all days, by customer; whose: the place of the customer of each.
    """

    customer: "Numbers"
    trips: "Numbers"
    trip_days: "Numbers"
    first: "Numbers"
    last: "Numbers"
    last_return: "Numbers"
    window_trips: "Numbers"
    window_priced: "Numbers"
    window_first: "Numbers"
    revenue: "Numbers"
    departures: "Codes"
    whose: "Codes"

    def gaps(self, apart: "Flags") -> "Numbers":
        """The days between distinct departure days of one customer; not of those apart."""
        from numpy import diff

        between = diff(self.departures)
        same = diff(self.whose) == 0
        found: Numbers = between[same & (between > 0) & ~apart[self.whose[1:]]]
        return found

    def of_yeardays(self, yeardays: Iterable[str]) -> "Numbers":
        """The places of those whose last departure fell on one of these days (MM-DD)."""
        from numpy import flatnonzero, isin, unique

        # Without the places, numpy would load masked arrays first.
        years, _ = unique(self.last.astype("M8[D]").astype("M8[Y]"), return_index=True)
        days = [
            day_number(date(year, int(day[:2]), int(day[3:])))
            for day in yeardays
            for year in (years.astype("int64") + _EPOCH.year).tolist()
            if day != "02-29" or isleap(year)
        ]
        return flatnonzero(isin(self.last, days))

    def departed_between(
        self, spans: Sequence[tuple[date, date]], times: int, some: "Numbers | None" = None
    ) -> "tuple[Numbers, Numbers]":
        """The customers who departed in at least so many of these spans of days, and each's last
        departure in them. spans: in order. some: only these customers are of interest."""
        from numpy import flatnonzero, zeros

        counted = zeros(len(self.customer), dtype="int64")
        lasts = zeros(len(self.customer), dtype="int64")
        late = self.departures >= day_number(spans[0][0])
        if some is not None:
            late &= among(self.customer, some)[self.whose]
        departures, whose = self.departures[late], self.whose[late]
        for first, last in spans:
            low, high = day_number(first), day_number(last)
            inside = flatnonzero((departures >= low) & (departures <= high))
            counted[whose[inside]] += 1  # once, however often they departed
            lasts[whose[inside]] = departures[inside]  # of several, the last one stays
        found = flatnonzero(counted >= times)
        return self.customer[found], lasts[found]


def read(connection: Raw, as_of: date, start: date | None) -> Histories:
    """The histories as of a day; the window holds the departures after `start`, None = all."""
    import numpy as np

    pieces = list(_pieces(connection, as_of, start))
    names = [field.name for field in fields(Histories)]
    return Histories(
        *(np.concatenate([getattr(piece, name) for piece in pieces]) for name in names)
    )


def _pieces(connection: Raw, as_of: date, start: date | None) -> Iterator[Histories]:
    """The histories, some customers at a time: what is worked on should fit the processor's
    cache."""
    days = {"as_of": as_of.isoformat(), "start": start.isoformat() if start else ""}
    first = place = 0  # even where there is no trip, there is a piece
    while first is not None:
        last = min(first + PIECE, _LARGEST_ID)
        params = {**days, "first": first, "last": last}
        customers, departures, returns, prices = connection.execute(_SCAN, params).fetchone()
        piece = _histories(
            whole_numbers(customers) + first,
            _days(departures),
            _days(returns),
            whole_numbers(prices),
            start,
            place,
        )
        yield piece
        place += len(piece.customer)
        first = connection.execute(_NEXT, (last,)).fetchone()[0]


def _histories(
    ids: "Numbers",
    departed: "Numbers",
    returned: "Numbers",
    prices: "Numbers",
    start: date | None,
    place: int,
) -> Histories:
    """Histories by what is told of each trip: the customer, the departure, the return; of those in
    the window the price. place: of the first customer."""
    import numpy as np

    firsts = np.flatnonzero(np.diff(ids, prepend=-1))
    lasts = np.append(firsts[1:], len(ids))[: len(firsts)] - 1
    trips = lasts - firsts + 1
    new_day = np.diff(departed, prepend=departed[:1]) != 0
    new_day[firsts] = True
    late = departed > (day_number(start) if start else np.iinfo(np.int64).min)
    priced, price = np.zeros(len(ids), dtype=bool), np.zeros(len(ids), dtype="int64")
    priced[late], price[late] = prices >= 0, np.maximum(prices, 0)
    window_trips = _sums(late, firsts)
    return Histories(
        customer=ids[firsts],
        trips=trips,
        trip_days=_sums(new_day, firsts),
        first=departed[firsts],
        last=departed[lasts],
        last_return=np.maximum.reduceat(returned, firsts) if len(firsts) else returned,
        window_trips=window_trips,
        window_priced=_sums(priced, firsts),
        window_first=departed[lasts - np.maximum(window_trips - 1, 0)],
        revenue=_sums(price, firsts),
        departures=departed.astype(np.int32),
        whose=np.repeat(np.arange(place, place + len(firsts), dtype=np.int32), trips),
    )


def numbers(ids: "Iterable[int] | Numbers") -> "Numbers":
    """An array of these ids."""
    from numpy import asarray, ndarray

    return asarray(ids if isinstance(ids, ndarray) else list(ids), dtype="int64")


def among(some: "Numbers", others: "Numbers | None") -> "Flags":
    """Which of these ids are among the others; None: all are."""
    from numpy import isin, ones

    return ones(len(some), dtype=bool) if others is None else isin(some, others)


def whole_numbers(text: str | None) -> "Numbers":
    """The numbers of a text, a space between them."""
    from numpy import fromstring, int64

    return fromstring(text or "", dtype=int64, sep=" ")


def _days(text: str | None) -> "Numbers":
    """Day numbers of ISO days, one after the other without a mark between them.

    Digit by digit: numpy's own reading of dates takes three times as long.
    """
    from numpy import arange, frombuffer, int32, uint8

    letters = frombuffer((text or "").encode(), uint8).reshape(-1, 10)
    digit = [letters[:, place].astype(int32) - ord("0") for place in (0, 1, 2, 3, 5, 6, 8, 9)]
    year = digit[0] * 1000 + digit[1] * 100 + digit[2] * 10 + digit[3]
    month = (year - _EPOCH.year) * 12 + digit[4] * 10 + digit[5] - 1
    least = int(month.min()) if len(month) else 0
    firsts = arange(least, int(month.max(initial=least)) + 1).astype("M8[M]").astype("M8[D]")
    found: Numbers = firsts.astype("int64")[month - least] + digit[6] * 10 + digit[7] - 1
    return found


def _sums(values: Any, firsts: "Numbers") -> "Numbers":
    """The sum of each customer's values."""
    from numpy import add, int64

    if not len(firsts):
        return firsts
    found: Numbers = add.reduceat(values, firsts, dtype=int64)
    return found


def iso_days(numbers: "Numbers") -> list[str]:
    """The ISO texts of day numbers."""
    from numpy import datetime_as_string

    found: list[str] = datetime_as_string(numbers.astype("M8[D]")).tolist()
    return found


def day_of(number: int) -> date:
    """The day of a day number."""
    return _EPOCH + timedelta(number)


def iso_day(number: int) -> str:
    """The ISO text of a day number."""
    return day_of(number).isoformat()
