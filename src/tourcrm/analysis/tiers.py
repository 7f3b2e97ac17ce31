"""Tiers: the A/B/C/D pyramid of revenue, what each tier deserves, and who is rising in it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from sqlmodel import Session

from tourcrm.analysis import population, value
from tourcrm.analysis.groups import Group, grouped, listed
from tourcrm.analysis.population import Basis, Population
from tourcrm.base.errors import Message
from tourcrm.base.i18n import N_
from tourcrm.db import dialect

NO_TIER = "-"  # the group of those without revenue

TIER_TREATMENTS = {
    "A": Message(N_("a named adviser and visits by the owner, complaints first, favourable terms")),
    "B": Message(N_("a named adviser, favours, watched for buying elsewhere")),
    "C": Message(N_("half the effort, watched for rising stars")),
    "D": Message(N_("self-service, prepayment")),
}


RANKED_BY = ("revenue", "margin", "value")


class TierRow(NamedTuple):
    """A customer's revenue in the window (fen), and the share of it, or of what they rank by, of
    all that is above zero: alone and with all above. amount: what they rank by."""

    customer: str
    name: str
    revenue: int
    share: float
    cumulative_share: float
    tier: str | None
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Tiers:
    """Customers by revenue (or margin, or value: by), the highest first. top_share: of the sum of
    it, by the top 20 % of them. notes: what was assumed."""

    by: str
    rows: list[TierRow]
    population: Population
    groups: tuple[Group, ...]
    top_customers: int
    top_share: float
    stars: tuple[str, ...]  # names of rising stars of tier C
    warnings: tuple[Message, ...]
    notes: tuple[Message, ...] = ()


def tiers(
    session: Session, basis: Basis, by: str = "revenue", interest: Decimal = Decimal(0)
) -> Tiers:
    """The pyramid of all with a trip in the window, by what they bring there: one of RANKED_BY.

    interest: what outstanding money costs, in percent a year, for value. Raises ValueError for
    another `by`.
    """
    if by not in RANKED_BY:
        raise ValueError(by)
    everybody = population.build(session, basis)
    notes: tuple[Message, ...] = ()
    if by == "revenue":
        ties = everybody.ties
        found = listed(session, "p.revenue, p.tier", "p.window_trips > 0", "p.revenue DESC")
        ranked = [(code, name, sold, sold, tier) for code, name, sold, tier in found]
    else:
        ranked, ties, notes = _by_what_is_brought(session, basis, by, interest)
    whole = sum(max(row[3], 0) for row in ranked) or 1
    rows, upto = [], 0
    for code, name, revenue, amount, tier in ranked:
        upto += max(amount, 0)
        rows.append(TierRow(code, name, revenue, amount / whole, upto / whole, tier, amount))
    top = -(-len(rows) // 5)
    groups = grouped(
        ((row.tier or NO_TIER, row.amount) for row in rows),
        (*population.TIERS, NO_TIER),
        TIER_TREATMENTS.get,
    )
    return Tiers(
        by=by,
        rows=rows,
        population=everybody,
        groups=groups,
        top_customers=top,
        top_share=rows[top - 1].cumulative_share if rows else 0.0,
        stars=_rising_stars(session, everybody) if by == "revenue" else (),
        warnings=tuple(_tie(tie, by) for tie in ties),
        notes=notes,
    )


Ranked = tuple[str, str, int, int, str | None]  # code, name, revenue, what they rank by, tier


def _by_what_is_brought(
    session: Session, basis: Basis, by: str, interest: Decimal
) -> tuple[list[Ranked], tuple[population.Tie, ...], tuple[Message, ...]]:
    """Customers by margin or value, the highest first, in the tiers that the same cuts make."""
    brought, notes = value.brought(session, basis, interest)
    amounts = [one.margin if by == "margin" else one.value for one in brought]
    lowest, ties = population.tier_cuts(amounts, basis.cuts)
    ranked = [
        (
            one.customer, one.name, one.revenue, amount,
            next((tier for tier, least in lowest.items() if amount >= least), None),
        )
        for one, amount in zip(brought, amounts, strict=True)
    ]  # fmt: skip
    return sorted(ranked, key=lambda row: -row[3]), ties, notes


_SAME = {
    "revenue": N_(
        "{count} customers have the same revenue just where a cut falls; "
        "all of them are in tier {tier}, which is larger for it."
    ),
    "margin": N_(
        "{count} customers have the same margin just where a cut falls; "
        "all of them are in tier {tier}, which is larger for it."
    ),
    "value": N_(
        "{count} customers have the same value just where a cut falls; "
        "all of them are in tier {tier}, which is larger for it."
    ),
}


def _tie(tie: population.Tie, by: str) -> Message:
    return Message(
        _SAME[by],
        count=tie.customers,
        tier=tie.tier,
    )


_STARS = 5


def _rising_stars(session: Session, everybody: Population) -> tuple[str, ...]:
    """Names of rising stars, those with the dearest trips."""
    stars = dialect.numbers(everybody.people.rising_stars().tolist())
    among = f"p.customer_id IN (SELECT value FROM json_each('{stars}'))"  # noqa: S608 - numbers
    found = listed(session, "p.value_per_trip", among, "p.value_per_trip DESC")
    return tuple(name for _, name, _ in found[:_STARS])
