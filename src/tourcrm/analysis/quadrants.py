"""Quadrants: scale (what a customer spends a year) by loyalty (whether they come again in time)."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlmodel import Session

from tourcrm.analysis import population
from tourcrm.analysis.groups import Group, grouped, listed, next_trips
from tourcrm.analysis.population import Basis, Population
from tourcrm.base.errors import Message
from tourcrm.base.i18n import N_

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


class QuadrantRow(NamedTuple):
    """A customer's scale (fen) and loyalty. scale_value: what scale went by (fen, or people).
    next_trip: the day on which a booked trip begins."""

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
    next_trip: date | None


@dataclass(frozen=True, slots=True)
class Quadrants:
    """Customers by scale and loyalty, the largest first."""

    rows: list[QuadrantRow]
    population: Population
    groups: tuple[Group, ...]
    cadences: dict[str, int]
    warnings: tuple[Message, ...]


def quadrants(session: Session, basis: Basis) -> Quadrants:
    """Scale and loyalty of all who ever travelled, with what to do for each of the groups."""
    everybody = population.build(session, basis)
    found = listed(
        session,
        "p.trips, p.yearly_spend, p.value_per_trip, p.lateness, p.cadence, p.scale, p.loyalty, "
        "p.quadrant, p.scale_value, p.revenue",
        "TRUE",
        "coalesce(p.scale_value, 0) DESC",
    )
    rows = []
    ahead = next_trips(session, basis.as_of)
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
                ahead.get(code),
            )
        )
    groups = grouped(
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
