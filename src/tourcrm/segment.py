"""Who deserves what: RFM scores, tiers (the A/B/C/D pyramid), quadrants of scale and loyalty.

Everything rests on population.build; the scores are pure functions of whole numbers, so that no
rounding ever parts equals. Plain Python, no pandas: a hundred thousand customers are scored in less
time than pandas takes to be imported.

Listed are living customers who are not the agency's own people: in RFM and tiers those with a trip
in the window, in quadrants all who ever travelled. Customers marked as lost stay: they can be won
back, and what they spent was sold.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlmodel import Session

from tourcrm.analysis import population
from tourcrm.analysis.population import Basis, Population
from tourcrm.base.errors import Message
from tourcrm.base.i18n import N_
from tourcrm.db import engine

FEW = 25  # customers; with fewer, fifths of them say little
FULL = 5  # the best score
NO_TIER = "-"  # the group of those without revenue

# --- scores -------------------------------------------------------------------------------------

FIXED_FREQUENCY = (2, 3, 4, 5)  # trips from which the scores 2, 3, 4, 5 begin

# Name, the scores for recency and those for frequency that it covers. Every pair has one name.
SEGMENTS = (
    ("champions", range(5, 6), range(4, 6)),
    ("loyal_customers", range(3, 5), range(4, 6)),
    ("potential_loyalists", range(4, 6), range(2, 4)),
    ("new_customers", range(5, 6), range(1, 2)),
    ("promising", range(4, 5), range(1, 2)),
    ("need_attention", range(3, 4), range(3, 4)),
    ("about_to_sleep", range(3, 4), range(1, 3)),
    ("cant_lose", range(1, 3), range(5, 6)),
    ("at_risk", range(1, 3), range(3, 5)),
    ("hibernating", range(1, 3), range(1, 3)),
)
SEGMENT_OF = {(r, f): name for name, rs, fs in SEGMENTS for r in rs for f in fs}


def quantiles(values: Iterable[int]) -> tuple[int, ...]:
    """The type-7 quantiles at 20, 40, 60 and 80 %, in fifths of a unit: five times as large.

    Definition: Hyndman and Fan (1996), the default of R and numpy. Kept whole to stay exact.
    """
    known = sorted(values)
    found = []
    for fifth in range(1, FULL):
        place, rest = divmod((len(known) - 1) * fifth, FULL)
        low = known[place]
        found.append(FULL * low + (rest * (known[place + 1] - low) if rest else 0))
    return tuple(found)


def limits_strict(values: Iterable[int]) -> tuple[int, ...]:
    """The lowest values that have 1, 2, 3 and 4 quantiles strictly below them."""
    return tuple(fifths // FULL + 1 for fifths in quantiles(values))


def limits_r(values: Iterable[int], unit: int = 1) -> tuple[int, ...]:
    """The same by the rule of R's package rfm: a score begins one `unit` above its quantile."""
    return tuple(-(-fifths // FULL) + unit for fifths in quantiles(values))


def score(value: int, limits: Sequence[int]) -> int:
    """1 to 5: one more than the limits that the value reaches."""
    return 1 + bisect_right(limits, value)


# --- what is listed -----------------------------------------------------------------------------
# A row a customer is a named tuple: a hundred thousand of them are made in a third of the time
# that frozen dataclasses take.


class RfmRow(NamedTuple):
    """A customer's recency (days), frequency (trips), monetary (fen), their scores and segment."""

    customer: str
    name: str
    recency_days: int
    frequency: int
    monetary: int
    r: int
    f: int
    m: int
    segment: str


class TierRow(NamedTuple):
    """A customer's revenue in the window (fen), its share of sales, alone and with all above."""

    customer: str
    name: str
    revenue: int
    share: float
    cumulative_share: float
    tier: str | None


class QuadrantRow(NamedTuple):
    """A customer's scale (fen) and loyalty. scale_value: what scale went by (fen, or people)."""

    customer: str
    name: str
    trips: int
    yearly_spend: int | None
    value_per_trip: int | None
    lateness: float
    cadence: str
    scale: str
    loyalty: str
    quadrant: str
    treatment: Message
    scale_value: float | None


@dataclass(frozen=True, slots=True)
class Group:
    """The members of one segment, tier or quadrant together. Revenue: of the window, fen."""

    name: str
    customers: int
    share: float  # of the customers listed
    revenue: int
    revenue_share: float
    lowest: int | None = None  # the lowest revenue in it, fen
    treatment: Message | None = None


@dataclass(frozen=True, slots=True)
class Rfm:
    """Scored customers, highest revenue first. limits: where the scores 2 to 5 begin, by letter;
    those of "r" count from the worst: the days from which 4, 3, 2 and 1 begin.
    """

    rows: list[RfmRow]
    basis: Basis
    limits: dict[str, tuple[int, ...]]
    groups: tuple[Group, ...]
    warnings: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Tiers:
    """Customers by revenue, the highest first. top_share: of sales, by the top 20 % of them."""

    rows: list[TierRow]
    population: Population
    groups: tuple[Group, ...]
    top_customers: int
    top_share: float
    stars: tuple[str, ...]  # names of rising stars of tier C
    warnings: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Quadrants:
    """Customers by scale and loyalty, the largest first."""

    rows: list[QuadrantRow]
    population: Population
    groups: tuple[Group, ...]
    cadences: dict[str, int]
    warnings: tuple[Message, ...]


TIER_TREATMENTS = {
    "A": Message(N_("a named adviser and visits by the owner, complaints first, favourable terms")),
    "B": Message(N_("a named adviser, favours, watched for buying elsewhere")),
    "C": Message(N_("half the effort, watched for rising stars")),
    "D": Message(N_("self-service, prepayment")),
}

QUADRANT_TREATMENTS = {
    "large_high": Message(
        N_("the most profitable: plan their travel with them, invite them, visit regularly")
    ),
    "large_low": Message(N_("unstable: call some of them, send a feedback card, win their trust")),
    "small_high": Message(
        N_("the most growable: membership, favours, gifts, a free trip, a hotline")
    ),
    "small_low": Message(N_("keep the relation, no special spending, no visits")),
    "new": Message(N_("the second trip decides: thank them, ask how it was, offer the next")),
}


def _listed(session: Session, columns: str, condition: str, order: str) -> list[Any]:
    """Columns of the population (p) and the customer (c), without those who stand apart."""
    sql = (
        f"SELECT c.code, c.name, {columns} FROM population p "  # noqa: S608 - texts of this module
        f"JOIN customer c ON c.id = p.customer_id WHERE NOT p.apart AND {condition} "
        f"ORDER BY {order}, p.customer_id"
    )
    return engine.raw(session).execute(sql).fetchall()


def _grouped(
    members: Iterable[tuple[str, int]], names: Iterable[str], of: Callable[[str], Message | None]
) -> tuple[Group, ...]:
    """Groups of (name, revenue) pairs, in the order of `names`; those without members left out."""
    customers: Counter[str] = Counter()
    revenue: Counter[str] = Counter()
    lowest: dict[str, int] = {}
    for name, amount in members:
        customers[name] += 1
        revenue[name] += amount
        lowest[name] = min(amount, lowest.get(name, amount))
    everybody, sales = customers.total(), revenue.total()
    return tuple(
        Group(
            name,
            customers[name],
            customers[name] / everybody,
            revenue[name],
            revenue[name] / sales if sales else 0.0,
            lowest[name],
            of(name),
        )
        for name in names
        if customers[name]
    )


def rfm(session: Session, basis: Basis, scoring: str = "fixed") -> Rfm:
    """Scores for recency, frequency and money of all with a trip in the window.

    scoring: fixed (F by trips: 1, 2, 3, 4, 5 and more), quantile (F by fifths too), or r (the rule
    of R's package rfm for all three). Raises ValueError for another.
    """
    found = population.recent(session, basis)
    limits: dict[str, tuple[int, ...]] = {}
    if found:
        _, _, recency, frequency, money = zip(*found, strict=True)
        limits = _limits(scoring, recency, frequency, money)
    rows = []
    for code, name, days, trips, revenue in found:
        r = FULL + 1 - score(days, limits["r"])
        f = score(trips, limits["f"])
        m = score(revenue, limits["m"])
        rows.append(RfmRow(code, name, days, trips, revenue, r, f, m, SEGMENT_OF[r, f]))
    names = [name for name, _, _ in SEGMENTS]
    groups = _grouped(((row.segment, row.monetary) for row in rows), names, lambda _: None)
    return Rfm(rows, basis, limits, groups, _doubts(rows, scoring))


def _limits(
    scoring: str, recency: Sequence[int], frequency: Sequence[int], money: Sequence[int]
) -> dict[str, tuple[int, ...]]:
    of_frequency: tuple[int, ...]
    match scoring:
        case "fixed":
            of_frequency = FIXED_FREQUENCY
        case "quantile":
            of_frequency = limits_strict(frequency)
        case "r":
            # R counts money in major units: its "+ 1" is a hundred fen.
            return {
                "r": limits_r(recency),
                "f": limits_r(frequency),
                "m": limits_r(money, unit=100),
            }
        case _:
            raise ValueError(scoring)
    return {"r": limits_strict(recency), "f": of_frequency, "m": limits_strict(money)}


def _doubts(rows: Sequence[RfmRow], scoring: str) -> tuple[Message, ...]:
    """Why the scores may say less than they seem to."""
    if not rows:
        return ()
    doubts = []
    if len(rows) < FEW:
        doubts.append(
            Message(
                N_("Only {count} customers: scores compare few with few, and can jump."),
                count=len(rows),
            )
        )
    letters = "rm" if scoring == "fixed" else "rfm"
    for letter in letters:
        missing = sorted(set(range(1, FULL + 1)) - {getattr(row, letter) for row in rows})
        if missing:
            doubts.append(
                Message(
                    N_("{letter}: many customers are equal, so nobody scores {missing}."),
                    letter=letter.upper(),
                    missing=", ".join(map(str, missing)),
                )
            )
    return tuple(doubts)


def tiers(session: Session, basis: Basis, by: str = "revenue") -> Tiers:
    """The pyramid of all with a trip in the window, by their revenue there.

    Raises ValueError for a `by` other than revenue.
    """
    if by != "revenue":
        raise ValueError(by)
    everybody = population.build(session, basis)
    found = _listed(session, "p.revenue, p.tier", "p.window_trips > 0", "p.revenue DESC")
    sales = everybody.revenue or 1
    rows, upto = [], 0
    for code, name, revenue, tier in found:
        upto += revenue
        rows.append(TierRow(code, name, revenue, revenue / sales, upto / sales, tier))
    top = -(-len(rows) // 5)
    groups = _grouped(
        ((row.tier or NO_TIER, row.revenue) for row in rows),
        (*population.TIERS, NO_TIER),
        TIER_TREATMENTS.get,
    )
    return Tiers(
        rows=rows,
        population=everybody,
        groups=groups,
        top_customers=top,
        top_share=rows[top - 1].cumulative_share if rows else 0.0,
        stars=_rising_stars(session),
        warnings=tuple(_tie(tie) for tie in everybody.ties),
    )


def _tie(tie: population.Tie) -> Message:
    return Message(
        N_(
            "{count} customers have the same revenue just where a cut falls; "
            "all of them are in tier {tier}, which is larger for it."
        ),
        count=tie.customers,
        tier=tie.tier,
    )


_STARS = 5


def _rising_stars(session: Session) -> tuple[str, ...]:
    """Names of those of tier C who are on time and spend on a trip like the middle of tier B."""
    middle = _listed(session, "p.value_per_trip", "p.tier = 'B'", "p.value_per_trip")
    if not middle:
        return ()
    found = _listed(
        session,
        "p.value_per_trip",
        f"p.tier = 'C' AND p.lateness <= 1 AND p.value_per_trip >= {middle[len(middle) // 2][2]}",
        "p.value_per_trip DESC",
    )
    return tuple(name for _, name, _ in found[:_STARS])


def quadrants(session: Session, basis: Basis) -> Quadrants:
    """Scale and loyalty of all who ever travelled, with what to do for each of the groups."""
    everybody = population.build(session, basis)
    found = _listed(
        session,
        "p.trips, p.yearly_spend, p.value_per_trip, p.lateness, p.cadence, p.scale, p.loyalty, "
        "p.quadrant, p.scale_value, p.revenue",
        "TRUE",
        "coalesce(p.scale_value, 0) DESC",
    )
    rows = []
    for code, name, trips, yearly, each, late, cadence, scale, loyalty, quadrant, value, _ in found:
        rows.append(
            QuadrantRow(
                code,
                name,
                trips,
                None if yearly is None else round(yearly),
                None if each is None else round(each),
                late,
                cadence,
                scale,
                loyalty,
                quadrant,
                QUADRANT_TREATMENTS[quadrant],
                value,
            )
        )
    groups = _grouped(
        ((row[9], row[11]) for row in found), QUADRANT_TREATMENTS, QUADRANT_TREATMENTS.get
    )
    counted = Counter(row.cadence for row in rows)
    cadences = {cadence: counted[cadence] for cadence in population.CADENCES}
    return Quadrants(rows, everybody, groups, cadences, _assumptions(everybody))


def _assumptions(everybody: Population) -> tuple[Message, ...]:
    if everybody.gap_assumed and everybody.customers:
        return (
            Message(
                N_(
                    "Only {seen} intervals between trips are known, {needed} are needed to learn "
                    "from them: {days} days are assumed. Say what is usual with you: --gap DAYS."
                ),
                seen=everybody.gaps,
                needed=population.FEWEST_GAPS,
                days=round(population.ASSUMED_GAP),
            ),
        )
    return ()
