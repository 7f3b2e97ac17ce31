"""Tiers: the A/B/C/D pyramid of revenue, what each tier deserves, and who is rising in it."""

from dataclasses import dataclass
from typing import NamedTuple

from sqlmodel import Session

from tourcrm.analysis import population
from tourcrm.analysis.groups import Group, grouped, listed
from tourcrm.analysis.population import Basis, Population
from tourcrm.base.errors import Message
from tourcrm.base.i18n import N_

NO_TIER = "-"  # the group of those without revenue

TIER_TREATMENTS = {
    "A": Message(N_("a named adviser and visits by the owner, complaints first, favourable terms")),
    "B": Message(N_("a named adviser, favours, watched for buying elsewhere")),
    "C": Message(N_("half the effort, watched for rising stars")),
    "D": Message(N_("self-service, prepayment")),
}


class TierRow(NamedTuple):
    """A customer's revenue in the window (fen), its share of sales, alone and with all above."""

    customer: str
    name: str
    revenue: int
    share: float
    cumulative_share: float
    tier: str | None


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


def tiers(session: Session, basis: Basis, by: str = "revenue") -> Tiers:
    """The pyramid of all with a trip in the window, by their revenue there.

    Raises ValueError for a `by` other than revenue.
    """
    if by != "revenue":
        raise ValueError(by)
    everybody = population.build(session, basis)
    found = listed(session, "p.revenue, p.tier", "p.window_trips > 0", "p.revenue DESC")
    sales = everybody.revenue or 1
    rows, upto = [], 0
    for code, name, revenue, tier in found:
        upto += revenue
        rows.append(TierRow(code, name, revenue, revenue / sales, upto / sales, tier))
    top = -(-len(rows) // 5)
    groups = grouped(
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
    middle = listed(session, "p.value_per_trip", "p.tier = 'B'", "p.value_per_trip")
    if not middle:
        return ()
    found = listed(
        session,
        "p.value_per_trip",
        f"p.tier = 'C' AND p.lateness <= 1 AND p.value_per_trip >= {middle[len(middle) // 2][2]}",
        "p.value_per_trip DESC",
    )
    return tuple(name for _, name, _ in found[:_STARS])
