"""The one aggregate a customer that segments and follow-ups rest on, as of a day.

`build` takes what history.py makes of all trips, adds what follows from all customers together, and
leaves a temporary table `population`: one row for each customer who had departed at least once by
that day. Days are ISO texts there, durations whole days, money fen.

- trips, trip_days (distinct departure days), first_on, last_on (departures), last_return (latest
  return, or departure where none is known), recency_days (0 while travelling): of all history.
- window_trips, window_priced (those with a known price), window_first_on, revenue, yearly_spend,
  value_per_trip: of the window. The last two are REAL, and NULL where no price is known; but
  whoever has no trip in the window spent 0 a year.
- scale_value: what scale goes by, in fen, or in people where that is party_size.
- expected_gap (days), lateness, cadence; scale, loyalty, quadrant; tier (NULL without revenue).

- apart: internal customers (the agency's own people) and the deceased have a row with their facts,
  but no part in the median gap, the median scale and the tiers, and no place in lists of segments.
"""

from calendar import monthrange
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from sqlmodel import Session

from tourcrm.analysis import trip_history
from tourcrm.analysis.trip_history import COUNTED, COUNTED_OF_ALL, DAYS_A_YEAR, Histories
from tourcrm.db import dialect, engine
from tourcrm.db.engine import Raw

if TYPE_CHECKING:
    from tourcrm.analysis.trip_history import Codes, Flags, Numbers, Reals

FEWEST_GAPS = 30
ASSUMED_GAP = 365.0  # days; where fewer gaps than that were seen
GAP_WEIGHT = 2  # the median gap counts like so many gaps of the customer's own
CADENCES = ("active", "due", "at_risk", "lapsed")
LATE_FROM = (1.0, 1.5, 2.5)  # lateness above which the next cadence begins
LOYAL_UP_TO = 1.5  # lateness
TIERS = "ABCD"
QUADRANTS = ("small_low", "small_high", "large_low", "large_high", "new")  # 2 x scale + loyalty
SCALES = ("yearly_spend", "value_per_trip", "party_size")


@dataclass(frozen=True, slots=True)
class Basis:
    """What conclusions rest on.

    months: the window holds the departures in (as_of - months, as_of]; None = all of them.
    cuts: tier cuts, in percent of sales. gap: days (above 0), instead of the median gap of all.
    large_from: fen, or hundredths of people where scale_by is party_size; None = the median.
    """

    as_of: date
    months: int | None
    cuts: tuple[int, ...]
    gap: float | None = None
    scale_by: str = "yearly_spend"
    large_from: int | None = None

    @property
    def start(self) -> date | None:
        """The day after which the window begins; None where it has no beginning."""
        return None if self.months is None else months_before(self.as_of, self.months)


class Tie(NamedTuple):
    """Customers of equal revenue whom a cut would have parted; all of them have the better tier."""

    tier: str
    revenue: int  # fen, of each
    customers: int


@dataclass(frozen=True, slots=True)
class Population:
    """What is known of all customers together."""

    basis: Basis
    customers: int  # rows of the table
    window_customers: int  # those with a trip in the window, but for those apart
    gap: float  # G in days: given, the median, or assumed
    gaps: int  # gaps between distinct departure days that were seen
    gap_assumed: bool
    scale_cut: float | None  # large from here up (fen, or people); None where nobody has a value
    revenue: int  # of all customers in the window, fen
    tier_from: dict[str, int]  # tier -> the lowest revenue in it, fen; only tiers with members
    ties: tuple[Tie, ...]
    people: "People"


def months_before(day: date, months: int) -> date:
    """The same day of the month so many months earlier, clipped to that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if year < date.min.year:
        return date.min
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def tier_cuts(
    revenues: "Sequence[int] | Numbers", cuts: Sequence[int]
) -> tuple[dict[str, int], tuple[Tie, ...]]:
    """Tiers by the share of sales that stands before a customer, the largest first.

    Returns the lowest revenue of each tier that has members, the best tier first, and the ties
    that span a cut. Revenue of 0 or less has no tier.
    """
    from numpy import cumsum, flatnonzero, searchsorted, unique

    given = trip_history.numbers(revenues)
    paying = given[given > 0]
    amounts, times = unique(paying, return_counts=True)
    amounts, times = amounts[::-1], times[::-1]
    upto = cumsum(amounts * times)
    limits = [-(-cut * int(paying.sum()) // 100) for cut in cuts]  # up to a whole fen
    places = searchsorted(limits, upto - amounts * times, side="right")
    parted = searchsorted(limits, upto - amounts, side="right") > places
    # Without the places, numpy would load masked arrays first.
    found, lasts = unique(places[::-1], return_index=True)
    least = amounts[::-1][lasts].tolist()
    lowest = {
        TIERS[place]: int(amount) for place, amount in zip(found.tolist(), least, strict=True)
    }
    ties = tuple(
        Tie(TIERS[places[at]], int(amounts[at]), int(times[at])) for at in flatnonzero(parted)
    )
    return lowest, ties


# A row a customer, as the text at the top of this module tells.
_CREATE = """
CREATE TEMP TABLE population (
    customer_id INTEGER NOT NULL PRIMARY KEY, trips INTEGER NOT NULL, trip_days INTEGER NOT NULL,
    first_on TEXT NOT NULL, last_on TEXT NOT NULL, last_return TEXT NOT NULL,
    recency_days INTEGER NOT NULL, window_trips INTEGER NOT NULL, window_priced INTEGER NOT NULL,
    window_first_on TEXT, revenue INTEGER NOT NULL, yearly_spend REAL, value_per_trip REAL,
    scale_value REAL, expected_gap REAL NOT NULL, lateness REAL NOT NULL, cadence TEXT NOT NULL,
    scale TEXT NOT NULL, loyalty TEXT NOT NULL, quadrant TEXT NOT NULL, tier TEXT,
    apart INTEGER NOT NULL
)
"""
_INSERT = f"INSERT INTO population VALUES ({', '.join('?' * 22)})"  # noqa: S608 - question marks

# Who stands apart: a customer `c`.
APART = "c.kind = 'internal' OR (c.status = 'deceased' AND coalesce(c.lost_on, '') <= :as_of)"

# What RFM needs, and no more: it takes half the time of the whole.
_RECENT = f"""
SELECT
    c.code, c.name,
    max({dialect.days_between("last_return", ":as_of")}, 0),
    window_trips, revenue
FROM (
    SELECT
        customer_id,
        max(coalesce(returns_on, departs_on)) AS last_return,
        count(*) FILTER (WHERE +departs_on > :start) AS window_trips,
        coalesce(sum(price) FILTER (WHERE +departs_on > :start), 0) AS revenue
    FROM {dialect.by_index("trip", "trip_customer")} WHERE {COUNTED_OF_ALL}
    GROUP BY customer_id ORDER BY customer_id DESC
)
JOIN customer c ON c.id = customer_id
WHERE window_trips > 0 AND NOT ({APART})
ORDER BY revenue DESC, customer_id
"""  # noqa: S608 - constants of this module

_PARTIES = f"""
SELECT customer_id, avg(party_size) FROM trip
WHERE {COUNTED} AND departs_on > :start AND party_size IS NOT NULL GROUP BY customer_id
"""  # noqa: S608 - constants of this module


class Who(NamedTuple):
    """Customers whom a rule can be for, in the order of their ids, and the least offset (days) that
    each may have."""

    customers: "Numbers"
    offsets: "Numbers"

    @classmethod
    def of(cls, groups: "Sequence[tuple[Numbers, int]]") -> "Who":
        """Customers, in groups with their offsets."""
        from numpy import concatenate, full, lexsort, unique

        every = concatenate([some for some, _offset in groups])
        days = concatenate([full(len(some), offset) for some, offset in groups])
        order = lexsort((days, every))
        found, firsts = unique(every[order], return_index=True)
        return cls(found, days[order][firsts])


def _coded(names: Sequence[str], codes: "Codes", wanted: Collection[str]) -> "Flags":
    """Whose code stands for one of these names; "none" for those without, whose code is -1."""
    from numpy import array

    found: Flags = array([name in wanted for name in (*names, "none")])[codes]
    return found


class People:
    """What follows for everybody, a place a customer as in `known`; codes stand for words.

    The table `population` has the rows only of those who were asked for: whoever needs a few of a
    hundred thousand would wait longer for the writing of all of them than for the working out.
    """

    def __init__(self, connection: Raw, known: Histories, basis: Basis) -> None:
        from numpy import isin, maximum, ones

        self._connection = connection
        self._params = _params(basis)
        self._kinds: dict[tuple[str, ...], Numbers] = {}
        self._waiting = ones(len(known.customer), dtype=bool)
        strangers = connection.execute(f"SELECT c.id FROM customer c WHERE {APART}", self._params)  # noqa: S608 - a constant
        self.known = known
        self.apart: Flags = isin(known.customer, [row[0] for row in strangers])
        self.counted: Flags = (known.window_trips > 0) & ~self.apart
        today = trip_history.day_number(basis.as_of)
        self.recency: Numbers = maximum(today - known.last_return, 0)
        self.yearly_spend, self.value_per_trip = _spending(known, today)

    def conclude(
        self, scale_value: "Reals", scale_cut: float | None, gap: float, tiers: dict[str, int]
    ) -> None:
        """Work out the rest. tiers: tier -> the lowest revenue in it, the best first.

        Where a quotient decides, both of its terms are exact: 1.5 times the gap is exactly 1.5.
        """
        from numpy import full, int8, searchsorted, where

        known = self.known
        span = known.last - known.first
        self.scale_value = scale_value
        self.expected_gap = (GAP_WEIGHT * gap + span) / (1 + known.trip_days)
        self.lateness = self.recency * (1 + known.trip_days) / (GAP_WEIGHT * gap + span)
        self.cadence = searchsorted(LATE_FROM, self.lateness)
        cut = float("inf") if scale_cut is None else scale_cut
        self.large: Flags = (scale_value > 0) & (scale_value >= cut)
        self.loyal: Flags = (known.trip_days > 1) & (self.lateness <= LOYAL_UP_TO)
        first_timer = (known.trips == 1) & (self.lateness <= LOYAL_UP_TO)
        self.quadrant = where(first_timer, QUADRANTS.index("new"), 2 * self.large + self.loyal)
        self.tier = full(len(self.apart), -1, dtype=int8)
        for tier, least in reversed(tiers.items()):
            self.tier[~self.apart & (known.revenue >= least)] = TIERS.index(tier)

    def fitting(
        self,
        tiers: Collection[str] | None,
        quadrants: Collection[str] | None,
        cadences: Collection[str] | None,
        ahead: "Callable[[], Numbers]",
    ) -> "Numbers | None":
        """The customers of one of these tiers, quadrants and cadences (None = of any, "none" =
        without one); None = it may be anybody, even who never travelled.

        ahead: finds those with a trip to come; they are active.
        """
        from numpy import concatenate, full

        known = self.known.customer
        some = full(len(known), True)
        strangers = True  # may it be somebody who never travelled?
        for names, codes, wanted in (
            (TIERS, self.tier, tiers),
            (QUADRANTS, self.quadrant, quadrants),
        ):
            if wanted is not None:
                some &= _coded(names, codes, wanted)
                strangers &= "none" in wanted
        if cadences is None:
            return None if strangers else known[some]
        if strangers and "none" in cadences:
            return None
        found = some & _coded(CADENCES, self.cadence, cadences)
        if "active" not in cadences:
            return known[found]
        found |= some & trip_history.among(known, ahead())
        if not strangers:
            return known[found]
        return concatenate([known[found], ahead()[~trip_history.among(ahead(), known)]])

    def of_kinds(self, kinds: Collection[str]) -> "Numbers":
        """The customers of these kinds, travelled or not; asked for once."""
        asked = tuple(sorted(kinds))
        if asked not in self._kinds:
            marks = ", ".join("?" * len(asked))
            sql = f"SELECT id FROM customer WHERE kind IN ({marks})"  # noqa: S608 - marks only
            rows = self._connection.execute(sql, asked)
            self._kinds[asked] = trip_history.numbers(row[0] for row in rows)
        return self._kinds[asked]

    def places_of(self, customers: "Iterable[int] | Numbers") -> "Numbers":
        """The places of these customers (each named once), of those who have one."""
        from numpy import flatnonzero

        return flatnonzero(trip_history.among(self.known.customer, trip_history.numbers(customers)))

    def standing_of(self, customers: Iterable[int]) -> dict[int, tuple[str | None, str, str, str]]:
        """Tier, quadrant, cadence and last departure of these customers, if they travelled."""
        at = self.places_of(customers)
        standing = zip(
            [None if code < 0 else TIERS[code] for code in self.tier[at].tolist()],
            [QUADRANTS[code] for code in self.quadrant[at].tolist()],
            [CADENCES[code] for code in self.cadence[at].tolist()],
            trip_history.iso_days(self.known.last[at]),
            strict=True,
        )
        return dict(zip(self.known.customer[at].tolist(), standing, strict=True))

    def rising_stars(self) -> "Numbers":
        """Customers of tier C who are on time, and spend on a trip like the middle of tier B."""
        from numpy import flatnonzero, sort

        each = self.value_per_trip
        middle = sort(each[self.tier == TIERS.index("B")])
        if not len(middle):
            return self.known.customer[:0]
        on_time = (self.tier == TIERS.index("C")) & (self.lateness <= 1)
        at = flatnonzero(on_time)
        found: Numbers = self.known.customer[at[each[at] >= middle[len(middle) // 2]]]
        return found

    def everybody(self) -> None:
        """Put all rows into the table."""
        from numpy import arange

        self.put(arange(len(self._waiting)))

    def put(self, places: "Numbers") -> None:
        """Put the rows of these places into the table."""
        at = places[self._waiting[places]]
        self._waiting[at] = False
        known = self.known
        firsts = trip_history.iso_days(known.window_first[at])
        in_window = known.window_trips[at].tolist()
        columns = (
            known.customer[at].tolist(),
            known.trips[at].tolist(),
            known.trip_days[at].tolist(),
            trip_history.iso_days(known.first[at]),
            trip_history.iso_days(known.last[at]),
            trip_history.iso_days(known.last_return[at]),
            self.recency[at].tolist(),
            in_window,
            known.window_priced[at].tolist(),
            [day if trips else None for day, trips in zip(firsts, in_window, strict=True)],
            known.revenue[at].tolist(),
            self.yearly_spend[at].tolist(),  # SQLite takes nan for NULL
            self.value_per_trip[at].tolist(),
            self.scale_value[at].tolist(),
            self.expected_gap[at].tolist(),
            self.lateness[at].tolist(),
            [CADENCES[code] for code in self.cadence[at]],
            ["large" if yes else "small" for yes in self.large[at]],
            ["high" if yes else "low" for yes in self.loyal[at]],
            [QUADRANTS[code] for code in self.quadrant[at]],
            [None if code < 0 else TIERS[code] for code in self.tier[at].tolist()],
            self.apart[at].tolist(),
        )
        self._connection.executemany(_INSERT, zip(*columns, strict=True))

    def party_sizes(self) -> "Reals":
        """How many people travel with each customer on average, nan where nobody said; only this
        is not in the index."""
        from numpy import full, nan, searchsorted

        sizes = full(len(self.apart), nan)
        for customer, size in self._connection.execute(_PARTIES, self._params):
            sizes[searchsorted(self.known.customer, customer)] = size
        return sizes


def _spending(known: Histories, today: int) -> "tuple[Reals, Reals]":
    """Spend a year, over the days since the first trip of the window (a year at least), and revenue
    a trip: in fen, of everybody.

    Averages pass over trips without a price: who has only such spent nobody knows what (nan), and
    who has no trip in the window nothing a year.
    """
    from numpy import errstate, maximum, nan, where

    days = maximum(today - known.window_first, DAYS_A_YEAR)
    yearly = known.revenue * DAYS_A_YEAR / days
    with errstate(invalid="ignore"):
        each = known.revenue / known.window_priced  # 0 / 0 is nan
    unknown = (known.window_trips > 0) & (known.window_priced == 0)
    return where(unknown, nan, yearly), each


def _median(values: "Codes | Reals") -> float:
    """The middle value. numpy's own median would load masked arrays first."""
    from numpy import partition

    low, high = (len(values) - 1) // 2, len(values) // 2
    parted = partition(values, (low, high))
    return float(parted[low] + parted[high]) / 2


def build(session: Session, basis: Basis, *, whole: bool = True) -> Population:
    """Make the temporary `population` as of a day (an earlier one of the session goes).

    Returns what is known of all customers together. Without `whole` the rows of customers come
    into `population` only as `people` is asked for them. Raises ValueError for an unknown
    `scale_by`.
    """
    from numpy import isnan

    scale_by = SCALES[SCALES.index(basis.scale_by)]
    connection = engine.raw(session)
    for statement in ("DROP TABLE IF EXISTS temp.population", _CREATE):
        connection.execute(statement)
    people = People(connection, trip_history.read(connection, basis.as_of, basis.start), basis)
    known = people.known

    gaps = known.gaps(people.apart)
    assumed = basis.gap is None and len(gaps) < FEWEST_GAPS
    gap = basis.gap or (ASSUMED_GAP if assumed else _median(gaps))
    revenues = known.revenue[people.counted]
    tier_from, ties = tier_cuts(revenues, basis.cuts)
    by_party = scale_by == "party_size"
    values = people.party_sizes() if by_party else getattr(people, scale_by)
    cut: float | None
    if basis.large_from is None:
        some = values[people.counted & ~isnan(values)]
        cut = _median(some) if len(some) else None
    else:
        cut = basis.large_from / (100 if by_party else 1)
    people.conclude(values, cut, float(gap), tier_from)
    if whole:
        people.everybody()
    return Population(
        basis=basis,
        customers=len(known.customer),
        window_customers=int(people.counted.sum()),
        gap=gap,
        gaps=len(gaps),
        gap_assumed=assumed,
        scale_cut=cut,
        revenue=int(revenues.sum()),
        tier_from=tier_from,
        ties=ties,
        people=people,
    )


def recent(session: Session, basis: Basis) -> list[tuple[str, str, int, int, int]]:
    """Code, name, recency in days, trips and revenue (fen) in the window, the highest first.

    Of all with a trip in the window, but for those apart; the same numbers as `build` gives.
    """
    return engine.raw(session).execute(_RECENT, _params(basis)).fetchall()


def anybody(session: Session, as_of: date) -> bool:
    """Whether anybody had departed by that day."""
    found = engine.raw(session).execute(
        f"SELECT EXISTS (SELECT 1 FROM trip WHERE {COUNTED})",  # noqa: S608 - a constant
        {"as_of": as_of.isoformat()},
    )
    return bool(found.fetchone()[0])


def _params(basis: Basis) -> dict[str, str]:
    return {
        "as_of": basis.as_of.isoformat(),
        "start": basis.start.isoformat() if basis.start else "",
    }
