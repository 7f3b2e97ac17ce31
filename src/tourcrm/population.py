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

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from sqlite3 import Connection
from typing import TYPE_CHECKING, NamedTuple

from sqlmodel import Session

from tourcrm import history, store
from tourcrm.history import COUNTED, DAYS_A_YEAR, Histories

if TYPE_CHECKING:
    from tourcrm.history import Flags, Numbers, Reals

FEWEST_GAPS = 30
ASSUMED_GAP = 365.0  # days; where fewer gaps than that were seen
GAP_WEIGHT = 2  # the median gap counts like so many gaps of the customer's own
CADENCES = ("active", "due", "at_risk", "lapsed")
LATE_FROM = (1.0, 1.5, 2.5)  # lateness above which the next cadence begins
LOYAL_UP_TO = 1.5  # lateness
TIERS = "ABCD"
SCALES = ("yearly_spend", "value_per_trip", "party_size")


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
    revenues: "Sequence[int] | Numbers", cuts: Sequence[int]
) -> tuple[dict[str, int], tuple[Tie, ...]]:
    """Tiers by the share of sales that stands before a customer, the largest first.

    Returns the lowest revenue of each tier that has members, the best tier first, and the ties
    that span a cut. Revenue of 0 or less has no tier. Whole numbers throughout: no share is
    rounded.
    """
    from numpy import array, asarray, cumsum, flatnonzero, searchsorted, unique

    given = asarray(revenues)
    paying = given[given > 0] if len(given) else given
    # Hundredths of a share fit 64 bits but for sums that no agency has; Python's numbers fit all.
    numbers = "int64" if float(paying.sum()) < 2**56 else object
    amounts, times = unique(paying.astype(numbers), return_counts=True)
    amounts, times = amounts[::-1], times[::-1]
    upto = cumsum(amounts * times)
    limits = array([cut * int(upto[-1]) for cut in cuts] if len(upto) else [], dtype=numbers)
    places = searchsorted(limits, (upto - amounts * times) * 100, side="right")
    parted = (times > 1) & (searchsorted(limits, (upto - amounts) * 100, side="right") > places)
    lowest = {TIERS[place]: int(amounts[places == place][-1]) for place in unique(places).tolist()}
    ties = tuple(
        Tie(TIERS[places[at]], int(amounts[at]), int(times[at])) for at in flatnonzero(parted)
    )
    return lowest, ties


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
    FROM {store.by_index("trip", "trip_customer")} WHERE {COUNTED}
    GROUP BY customer_id ORDER BY customer_id DESC
)
JOIN customer c ON c.id = customer_id
WHERE window_trips > 0 AND NOT ({_APART})
ORDER BY revenue DESC, customer_id
"""  # noqa: S608 - constants of this module

_PARTIES = f"""
UPDATE history SET party_size = (
    SELECT avg(party_size) FROM trip
    WHERE trip.customer_id = history.customer_id AND {COUNTED} AND departs_on > :start
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


class Pending:
    """What is known of everybody, and the rows of history that are not in the table yet.

    Whoever needs a few customers of a hundred thousand asks for these: writing all of them costs
    more than working all of them out.
    """

    def __init__(self, connection: Connection, known: Histories, apart: "Flags", as_of: date):
        from numpy import ones

        self.known = known
        self.yearly_spend, self.value_per_trip = _spending(known, as_of)
        self._apart = apart
        self._today = history.day_number(as_of)
        self._connection = connection
        self._waiting = ones(len(apart), dtype=bool)

    def everybody(self) -> None:
        """Put all rows into the table."""
        from numpy import arange

        self.places(arange(len(self._waiting)))

    def customers(self, wanted: Iterable[int]) -> None:
        """Put the rows of these customers into the table, where there are any."""
        from numpy import flatnonzero, isin

        self.places(flatnonzero(isin(self.known.customer, list(wanted))))

    def places(self, places: "Numbers") -> None:
        """Put the rows at these places of the histories into the table."""
        at = places[self._waiting[places]]
        self._waiting[at] = False
        known = self.known
        columns = (
            known.customer[at].tolist(),
            self._apart[at].tolist(),
            known.trips[at].tolist(),
            known.trip_days[at].tolist(),
            history.iso_days(known.last[at]),
            (known.last - known.first)[at].tolist(),
            (self._today - known.last_return)[at].tolist(),
            known.window_trips[at].tolist(),
            known.window_priced[at].tolist(),
            (self._today - known.window_first)[at].tolist(),
            known.revenue[at].tolist(),
            self.yearly_spend[at].tolist(),  # SQLite takes nan for NULL
            self.value_per_trip[at].tolist(),
        )
        self._connection.executemany(_INSERT, zip(*columns, strict=True))


def _spending(known: Histories, as_of: date) -> "tuple[Reals, Reals]":
    """Spend a year, over the days since the first trip of the window (a year at least), and revenue
    a trip: in fen, of everybody.

    Averages pass over trips without a price: who has only such spent nobody knows what (nan), and
    who has no trip in the window nothing a year.
    """
    from numpy import errstate, nan, where

    days = history.day_number(as_of) - known.window_first
    with errstate(divide="ignore", invalid="ignore"):
        each = where(known.window_priced > 0, known.revenue / known.window_priced, nan)
        yearly = where(days < DAYS_A_YEAR, known.revenue, known.revenue * DAYS_A_YEAR / days)
    unknown = (known.window_trips > 0) & (known.window_priced == 0)
    return where(unknown, nan, yearly), each


def build(session: Session, basis: Basis, *, whole: bool = True) -> Population:
    """Make the temporary `population` as of a day (an earlier one of the session goes).

    Returns what is known of all customers together. Without `whole` the rows of customers come
    into `population` only as `pending` is asked for them. Raises ValueError for an unknown
    `scale_by`.
    """
    from numpy import isin, isnan, median

    scale_by = SCALES[SCALES.index(basis.scale_by)]
    connection = store.raw(session)
    params = _params(basis)
    for statement in (*_DROP, _CREATE, _SPENDING.format(as_of=basis.as_of)):
        connection.execute(statement)
    known = history.read(connection, basis.as_of, basis.start)
    strangers = connection.execute(f"SELECT c.id FROM customer c WHERE {_APART}", params)  # noqa: S608 - a constant
    apart = isin(known.customer, [row[0] for row in strangers])
    pending = Pending(connection, known, apart, basis.as_of)
    if whole or scale_by == "party_size":
        pending.everybody()

    gaps = known.gaps(apart)
    assumed = basis.gap is None and len(gaps) < FEWEST_GAPS
    gap = basis.gap or (ASSUMED_GAP if assumed else float(median(gaps)))
    counted = (known.window_trips > 0) & ~apart
    revenues = known.revenue[counted]
    tier_from, ties = tier_cuts(revenues, basis.cuts)
    if scale_by == "party_size":
        values = _party_sizes(connection, params)
    else:
        values = getattr(pending, scale_by)[counted]
        values = values[~isnan(values)]
    cut: float | None
    if basis.large_from is None:
        cut = float(median(values)) if len(values) else None
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
        customers=len(known.customer),
        window_customers=int(counted.sum()),
        gap=gap,
        gaps=len(gaps),
        gap_assumed=assumed,
        scale_cut=cut,
        revenue=int(revenues.sum()),
        paying=int((revenues > 0).sum()),
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
        f"SELECT EXISTS (SELECT 1 FROM trip WHERE {COUNTED})",  # noqa: S608 - a constant
        {"as_of": as_of.isoformat()},
    )
    return bool(found.fetchone()[0])


def _params(basis: Basis) -> dict[str, str]:
    return {
        "as_of": basis.as_of.isoformat(),
        "start": basis.start.isoformat() if basis.start else "",
    }
