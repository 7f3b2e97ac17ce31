"""RFM: scores for recency, frequency and money, and the segments that they name.

Pure functions of whole numbers score, so that no rounding ever parts equals.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlmodel import Session

from tourcrm.analysis import population
from tourcrm.analysis.groups import Group, grouped, next_trips
from tourcrm.analysis.population import Basis
from tourcrm.base.errors import Message
from tourcrm.base.i18n import N_

FEW = 25  # customers; with fewer, fifths of them say little
FULL = 5  # the best score

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


# A row a customer is a named tuple: a hundred thousand of them are made in a third of the time
# that frozen dataclasses take.


class RfmRow(NamedTuple):
    """A customer's recency (days), frequency (trips), monetary (fen), their scores and segment, and
    the day on which a booked trip begins."""

    customer: str
    name: str
    recency_days: int
    frequency: int
    monetary: int
    r: int
    f: int
    m: int
    segment: str
    next_trip: date | None


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
    ahead = next_trips(session, basis.as_of)
    for code, name, days, trips, revenue in found:
        r = FULL + 1 - score(days, limits["r"])
        f = score(trips, limits["f"])
        m = score(revenue, limits["m"])
        rows.append(
            RfmRow(code, name, days, trips, revenue, r, f, m, SEGMENT_OF[r, f], ahead.get(code))
        )
    names = [name for name, _, _ in SEGMENTS]
    groups = grouped(((row.segment, row.monetary) for row in rows), names, lambda _: None)
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
