"""The one aggregate a customer that segments and follow-ups rest on, as of a day.

`build` reads every trip once, from the covering index trip_customer alone, and leaves a temporary
view `population` (over a temporary table `history`): one row for each customer who had departed
at least once by that day. Days are ISO texts there, durations whole days, money fen.

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

from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from operator import sub
from sqlite3 import Connection, Cursor
from typing import Any, NamedTuple

from sqlmodel import Session

from tourcrm import store

FEWEST_GAPS = 30
ASSUMED_GAP = 365.0  # days; where fewer gaps than that were seen
GAP_WEIGHT = 2  # the median gap counts like so many gaps of the customer's own
CADENCES = ("active", "due", "at_risk", "lapsed")
LATE_FROM = (1.0, 1.5, 2.5)  # lateness above which the next cadence begins
LOYAL_UP_TO = 1.5  # lateness
TIERS = "ABCD"
SCALES = ("yearly_spend", "value_per_trip", "party_size")
DAYS_A_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Basis:
    """What conclusions rest on.

    months: the window holds the departures in (as_of - months, as_of]; None = all of them.
    cuts: tier cuts, in percent of sales. gap: days (above 0), instead of the median gap of all.
    large_from: fen, or hundredths of people where scale_by is party_size; None = the median.
    """

    as_of: date
    months: int | None = 36
    cuts: tuple[int, ...] = (50, 80, 95)
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
    paying: int  # customers with revenue
    tier_from: dict[str, int]  # tier -> the lowest revenue in it, fen; only tiers with members
    ties: tuple[Tie, ...]
    pending: "Pending"  # rows that `population` has only when they are asked for


def months_before(day: date, months: int) -> date:
    """The same day of the month so many months earlier, clipped to that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if year < date.min.year:
        return date.min
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def tier_cuts(
    revenues: Iterable[int], cuts: Sequence[int]
) -> tuple[dict[str, int], tuple[Tie, ...]]:
    """Tiers by the share of sales that stands before a customer, the largest first.

    Returns the lowest revenue of each tier that has members, the best tier first, and the ties
    that span a cut. Revenue of 0 or less has no tier. Whole numbers throughout: no share is
    rounded.
    """
    counted = Counter(revenue for revenue in revenues if revenue > 0)
    total = sum(revenue * times for revenue, times in counted.items())
    limits = [cut * total for cut in cuts]
    lowest: dict[str, int] = {}
    ties: list[Tie] = []
    before = 0
    for revenue in sorted(counted, reverse=True):
        times = counted[revenue]
        place = bisect_right(limits, before * 100)
        lowest[TIERS[place]] = revenue
        if times > 1 and bisect_right(limits, (before + revenue * (times - 1)) * 100) > place:
            ties.append(Tie(TIERS[place], revenue, times))
        before += revenue * times
    return lowest, tuple(ties)


# A trip that stood as booked at the end of the day, and had departed by then.
_COUNTED = """departs_on <= :as_of
    AND (status = 'booked' OR (status = 'cancelled' AND cancelled_on > :as_of))"""

_DROP = (
    "DROP VIEW IF EXISTS temp.population",
    "DROP VIEW IF EXISTS temp.spending",
    "DROP TABLE IF EXISTS temp.history",
)

# Every column costs time a hundred thousand times: what follows from others is in the views.
_CREATE = """
CREATE TEMP TABLE history (
    customer_id INTEGER NOT NULL PRIMARY KEY, apart INTEGER NOT NULL, trips INTEGER NOT NULL,
    trip_days INTEGER NOT NULL, last_on TEXT NOT NULL, span INTEGER NOT NULL,
    since_return INTEGER NOT NULL, window_trips INTEGER NOT NULL, window_priced INTEGER NOT NULL,
    window_days INTEGER, revenue INTEGER NOT NULL, yearly_spend REAL, value_per_trip REAL,
    party_size REAL
)
"""
_INSERT = "INSERT INTO history VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)"
_History = tuple[Any, ...]  # the columns of history but for party_size, in their order
_APART_AT, _LAST_ON_AT, _TRIPS_AT, _REVENUE_AT = 1, 4, 7, 10
_SCALE_AT = {"yearly_spend": 11, "value_per_trip": 12}

# The one scan of trip, backwards in the order of the index, so that the days of a customer fall:
# max() of rising texts would copy nearly every one. Only what the covering index holds may be
# named here, and every aggregate costs a tenth of a second a million trips: what the days say by
# themselves is taken from them afterwards.
_SCAN = f"""
SELECT
    customer_id,
    {store.gathered("departs_on")},
    max(returns_on),
    count(price) FILTER (WHERE departs_on > :start),
    coalesce(sum(price) FILTER (WHERE departs_on > :start), 0)
FROM {store.by_index("trip", "trip_customer")} WHERE {_COUNTED}
GROUP BY customer_id ORDER BY customer_id DESC
"""  # noqa: S608 - constants of this module

_APART = "c.kind = 'internal' OR (c.status = 'deceased' AND coalesce(c.lost_on, '') <= :as_of)"

# What RFM needs, and no more: it takes half the time of the whole.
_RECENT = f"""
SELECT
    c.code, c.name,
    CASE WHEN last_return < :as_of THEN {store.days_between("last_return", ":as_of")} ELSE 0 END,
    window_trips, revenue
FROM (
    SELECT
        customer_id,
        max(coalesce(returns_on, departs_on)) AS last_return,
        count(*) FILTER (WHERE departs_on > :start) AS window_trips,
        coalesce(sum(price) FILTER (WHERE departs_on > :start), 0) AS revenue
    FROM {store.by_index("trip", "trip_customer")} WHERE {_COUNTED}
    GROUP BY customer_id ORDER BY customer_id DESC
)
JOIN customer c ON c.id = customer_id
WHERE window_trips > 0 AND NOT ({_APART})
ORDER BY revenue DESC, customer_id
"""  # noqa: S608 - constants of this module

_PARTIES = f"""
UPDATE history SET party_size = (
    SELECT avg(party_size) FROM trip
    WHERE trip.customer_id = history.customer_id AND {_COUNTED} AND departs_on > :start
)
"""  # noqa: S608 - constants of this module

_SPENDING = f"""
CREATE TEMP VIEW spending AS
SELECT
    *,
    {store.add_days("last_on", "-span")} AS first_on,
    {store.add_days("'{as_of}'", "-since_return")} AS last_return,
    CASE WHEN since_return > 0 THEN since_return ELSE 0 END AS recency_days,
    CASE WHEN window_trips > 0 THEN {store.add_days("'{as_of}'", "-window_days")} END
        AS window_first_on
FROM history
"""  # noqa: S608 - constants of this module

# Where a quotient decides, both of its terms are exact: 1.5 times the gap is exactly 1.5.
_CONCLUDE = """
CREATE TEMP VIEW population AS
SELECT
    customer_id, trips, trip_days, first_on, last_on, last_return, recency_days, window_trips,
    window_priced, window_first_on, revenue, yearly_spend, value_per_trip, scale_value,
    expected_gap, lateness,
    CASE WHEN lateness <= 1 THEN 'active' WHEN lateness <= 1.5 THEN 'due'
        WHEN lateness <= 2.5 THEN 'at_risk' ELSE 'lapsed' END AS cadence,
    scale, loyalty,
    CASE WHEN trips = 1 AND lateness <= 1.5 THEN 'new' ELSE scale || '_' || loyalty END AS quadrant,
    CASE WHEN apart OR revenue <= 0 THEN NULL {tiers} END AS tier,
    apart
FROM (
    SELECT
        *,
        CASE WHEN scale_value > 0 AND scale_value >= {cut} THEN 'large' ELSE 'small' END AS scale,
        CASE WHEN trip_days > 1 AND lateness <= 1.5 THEN 'high' ELSE 'low' END AS loyalty
    FROM (
        SELECT
            *,
            {scale_by} AS scale_value,
            (2 * {gap} + span) / (1 + trip_days) AS expected_gap,
            recency_days * (1 + trip_days) / (2 * {gap} + span) AS lateness
        FROM spending
    )
)
"""

_DAY = 11  # characters that a day takes with the blank after it
_END = "|"  # parts the days of one customer from those of the next
_FAR = 10**8  # its place in time: no real day comes near it

# customer, departures (the latest first), latest return, trips in the window with a price, revenue
_Scanned = tuple[int, str, str | None, int, int]


class _Ago(dict[str, int]):
    """ISO day -> how many days before `today` it was, remembered: many trips share few days."""

    def __init__(self, today: date) -> None:
        super().__init__({_END: _FAR})
        self.today = today

    def __missing__(self, day: str) -> int:
        ago = self[day] = (self.today - date.fromisoformat(day)).days
        return ago


class Pending:
    """Rows of history that are not in the table yet.

    Whoever needs a few customers of a hundred thousand asks for these: writing all of them costs
    as much as the rest of the work in Python.
    """

    def __init__(self, connection: Connection, rows: Iterable[_History]) -> None:
        self._connection = connection
        self._rows = {row[0]: row for row in rows}

    def everybody(self) -> None:
        """Put all rows into the table."""
        self._connection.executemany(_INSERT, self._rows.values())
        self._rows.clear()

    def customers(self, wanted: Iterable[int]) -> None:
        """Put the rows of these customers into the table, where there are any."""
        rows = [self._rows.pop(one) for one in set(wanted) & self._rows.keys()]
        self._connection.executemany(_INSERT, rows)

    def departed_last_on(self, yeardays: Container[str]) -> None:
        """The rows of those whose last departure fell on one of these days of a year (MM-DD)."""
        self.customers([one for one, row in self._rows.items() if row[_LAST_ON_AT][5:] in yeardays])


def build(session: Session, basis: Basis, *, whole: bool = True) -> Population:
    """Make the temporary `population` as of a day (an earlier one of the session goes).

    Returns what is known of all customers together. Without `whole` the rows of customers come
    into `population` only as `pending` is asked for them. Raises ValueError for an unknown
    `scale_by`.
    """
    scale_by = SCALES[SCALES.index(basis.scale_by)]
    connection = store.raw(session)
    params = _params(basis)
    for statement in (*_DROP, _CREATE, _SPENDING.format(as_of=basis.as_of)):
        connection.execute(statement)
    strangers = connection.execute(f"SELECT c.id FROM customer c WHERE {_APART}", params)  # noqa: S608 - a constant
    apart = {row[0] for row in strangers}
    gaps: Counter[int] = Counter()
    scan = connection.execute(_SCAN, params)
    rows = list(_histories(scan, basis, apart, gaps))
    pending = Pending(connection, rows)
    if whole or scale_by == "party_size":
        pending.everybody()

    seen = gaps.total()
    assumed = basis.gap is None and seen < FEWEST_GAPS
    gap = basis.gap or (ASSUMED_GAP if assumed else _median_gap(gaps))
    counted = [row for row in rows if row[_TRIPS_AT] and not row[_APART_AT]]
    revenues = [row[_REVENUE_AT] for row in counted]
    tier_from, ties = tier_cuts(revenues, basis.cuts)
    if scale_by == "party_size":
        values = _party_sizes(connection, params)
    else:
        place = _SCALE_AT[scale_by]
        values = [row[place] for row in counted if row[place] is not None]
    cut: float | None
    if basis.large_from is None:
        cut = _median(values)
    else:
        cut = basis.large_from / (100 if scale_by == "party_size" else 1)
    connection.execute(
        _CONCLUDE.format(
            scale_by=scale_by,
            gap=float(gap),
            cut="NULL" if cut is None else cut,
            tiers="".join(f" WHEN revenue >= {least} THEN '{t}'" for t, least in tier_from.items()),
        )
    )
    return Population(
        basis=basis,
        customers=len(rows),
        window_customers=len(counted),
        gap=gap,
        gaps=seen,
        gap_assumed=assumed,
        scale_cut=cut,
        revenue=sum(revenues),
        paying=sum(revenue > 0 for revenue in revenues),
        tier_from=tier_from,
        ties=ties,
        pending=pending,
    )


def _party_sizes(connection: Connection, params: Mapping[str, str]) -> list[float]:
    """How many people travel with each customer on average; only that is not in the index."""
    connection.execute(_PARTIES, params)
    return [
        size
        for (size,) in connection.execute(
            "SELECT party_size FROM history "
            "WHERE window_trips > 0 AND NOT apart AND party_size IS NOT NULL"
        )
    ]


def recent(session: Session, basis: Basis) -> list[tuple[str, str, int, int, int]]:
    """Code, name, recency in days, trips and revenue (fen) in the window, the highest first.

    Of all with a trip in the window, but for those apart; the same numbers as `build` gives.
    """
    return store.raw(session).execute(_RECENT, _params(basis)).fetchall()


def anybody(session: Session, as_of: date) -> bool:
    """Whether anybody had departed by that day."""
    found = store.raw(session).execute(
        f"SELECT EXISTS (SELECT 1 FROM trip WHERE {_COUNTED})",  # noqa: S608 - a constant
        {"as_of": as_of.isoformat()},
    )
    return bool(found.fetchone()[0])


def _params(basis: Basis) -> dict[str, str]:
    return {
        "as_of": basis.as_of.isoformat(),
        "start": basis.start.isoformat() if basis.start else "",
    }


def _histories(
    scan: Cursor, basis: Basis, apart: set[int], gaps: Counter[int]
) -> Iterator[tuple[Any, ...]]:
    """The rows of history; counts in `gaps` how often each gap between distinct days occurs.

    A part of the customers at a time, all their days in one flat list: a list for each customer
    would cost three times as much.
    """
    ago = _Ago(basis.as_of)
    start = (basis.as_of - basis.start).days if basis.start else _FAR
    while part := scan.fetchmany(4096):
        times = _times(part, ago)
        between = list(map(sub, times[1:], times))
        repeated = _repeated(part, between)
        gaps.update(between)
        strange = _times([row for row in part if row[0] in apart], ago)
        gaps.subtract(map(sub, strange[1:], strange))
        end = -1
        for customer, days, last_return, priced, revenue in part:
            begin = end + 1  # past the mark
            end = begin + len(days) // _DAY + 1
            window = bisect_left(times, start, begin, end) - begin
            last = times[begin]
            window_days = times[begin + window - 1] if window else None
            yield (
                customer,
                customer in apart,
                end - begin,
                end - begin - repeated.get(customer, 0),
                days[: _DAY - 1],
                times[end - 1] - last,
                min(ago[last_return], last) if last_return else last,
                window,
                priced,
                window_days,
                revenue,
                _a_year(revenue, window, priced, window_days),
                revenue / priced if priced else None,
            )
    for gap in [gap for gap in gaps if not 0 < gap < _FAR // 2]:
        del gaps[gap]


def _a_year(revenue: int, trips: int, priced: int, days: int | None) -> float | None:
    """Spend a year, in fen, over the days since the first trip of the window, a year at least.

    Averages pass over trips without a price: who has only such spent nobody knows what.
    """
    if not trips or days is None:
        return 0.0
    if not priced:
        return None
    return float(revenue) if days < DAYS_A_YEAR else revenue * DAYS_A_YEAR / days


def _times(part: Sequence[_Scanned], ago: _Ago) -> list[int]:
    """How long ago each departure was, one customer after the other, with a mark between them."""
    days = f" {_END} ".join([row[1] for row in part]).split()
    return list(map(ago.__getitem__, days))


def _repeated(part: Sequence[_Scanned], between: list[int]) -> Counter[int]:
    """Customer -> how many departures fell on a day that had one already."""
    if 0 not in between:
        return Counter()
    ends = list(accumulate(len(row[1]) // _DAY + 2 for row in part))  # with the mark after each
    return Counter(
        part[bisect_right(ends, place)][0] for place, gap in enumerate(between) if gap == 0
    )


def _median_gap(counted: Counter[int]) -> float:
    """The median of counted gaps (at least one), in days."""
    gaps = sorted(counted)
    upto = list(accumulate(counted[gap] for gap in gaps))
    low, high = ((upto[-1] - 1) // 2, upto[-1] // 2)  # the places of the two in the middle
    return (gaps[bisect_right(upto, low)] + gaps[bisect_right(upto, high)]) / 2


def _median(values: list[float]) -> float | None:
    """The median; None of no values."""
    values.sort()
    half = len(values) // 2
    if not values:
        return None
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2
