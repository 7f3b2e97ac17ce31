"""The random sample: a few customers of a quadrant or tier, drawn by lot, to be called and asked.

The treatment of large_low, whom nobody can tell from the outside why they do not come back. Drawn
are only those who may be called now (product design, section 7) and have a phone number.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlmodel import Session

from tourcrm import followup
from tourcrm.agenda.states import HELD
from tourcrm.analysis import population
from tourcrm.analysis.population import People
from tourcrm.base import moments
from tourcrm.base.i18n import N_
from tourcrm.base.vocabulary import SELDOM_TRAVEL
from tourcrm.campaigns import drawing
from tourcrm.db import engine
from tourcrm.db.setting import Settings

# Why somebody is not called, the strongest reason first.
NOT_CALLED: Mapping[str, str] = {
    **HELD,
    "complaint": N_("open complaint"),
    "no_phone": N_("no phone number"),
}


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody to be called. contacted_on: the day of the last personal contact."""

    customer: str
    name: str
    phone: str
    tier: str | None
    quadrant: str
    owner: str | None
    trip: str | None
    destination: str | None
    returned_on: date | None
    contacted_on: date | None


@dataclass(frozen=True, slots=True)
class Sample:
    """Who was drawn, in the order of the draw, from how many; held: words of NOT_CALLED."""

    calls: list[Call]
    members: int
    free: int
    held: Mapping[str, int]


class _Member(NamedTuple):
    """A customer of the quadrant or tier."""

    id: int
    code: str
    name: str
    phone: str | None
    owner: str | None
    status: str
    lost_on: str | None
    do_not_contact: bool
    consent: str
    person: bool


def sample(
    session: Session,
    settings: Settings,
    as_of: date,
    *,
    n: int,
    seed: str,
    quadrant: str | None = None,
    tier: str | None = None,
) -> Sample:
    """Draw `n` customers of a quadrant and tier (None = of any) as of a day; see drawing.py."""
    people = population.build(session, followup.basis(settings, as_of), whole=False).people
    standing = _standing(people, quadrant, tier)
    members = [one for one in _customers(session) if one.id in standing]
    away = _away(session, as_of)
    complaining = _complaining(session, as_of, settings.zone)
    free: dict[str, _Member] = {}
    held: Counter[str] = Counter()
    for one in members:
        why = _held(one, as_of.isoformat(), away, complaining)
        if why:
            held[why] += 1
        else:
            free[one.code] = one
    drawn = [free[code] for code in drawing.drawn(free, n, seed)]
    return Sample(
        calls=[_call(session, one, standing[one.id], as_of, settings.zone) for one in drawn],
        members=len(members),
        free=len(free),
        held={why: held[why] for why in NOT_CALLED if held[why]},
    )


def _standing(
    people: People, quadrant: str | None, tier: str | None
) -> dict[int, tuple[str | None, str]]:
    """Tier and quadrant of the customers asked for; nobody who stands apart."""
    strangers = set(people.known.customer[people.apart].tolist())
    everybody = people.standing_of(people.known.customer)
    return {
        one: (its_tier, its_quadrant)
        for one, (its_tier, its_quadrant, *_rest) in everybody.items()
        if one not in strangers
        and (quadrant is None or its_quadrant == quadrant)
        and (tier is None or its_tier == tier)
    }


def _customers(session: Session) -> Iterable[_Member]:
    return map(
        _Member._make,
        engine.raw(session).execute(
            """
            SELECT id, code, name, coalesce(phone, phone2), owner, status, lost_on, do_not_contact,
                marketing_consent, kind = 'person'
            FROM customer
            """
        ),
    )


def _held(one: _Member, day: str, away: set[int], complaining: set[int]) -> str:
    """Why a customer is not called, a word of NOT_CALLED; empty where nothing speaks against it."""
    found = {
        "deceased": one.status == "deceased",
        "lost": one.status == "lost" and (one.lost_on is None or one.lost_on <= day),
        "do_not_contact": one.do_not_contact,
        "no_consent": one.consent == "no",
        "on_trip": one.person and one.id in away,
        "complaint": one.id in complaining,
        "no_phone": one.phone is None,
    }
    return next((why for why, so in found.items() if so), "")


def _away(session: Session, as_of: date) -> set[int]:
    """Who is on a trip on that day."""
    sql = f"""
        SELECT DISTINCT customer_id FROM trip
        WHERE departs_on <= :day AND coalesce(returns_on, departs_on) >= :day
            AND status = 'booked' AND service NOT IN {SELDOM_TRAVEL}
    """  # noqa: S608 - a constant
    return {row[0] for row in engine.rows(session, sql, day=as_of.isoformat())}


def _complaining(session: Session, as_of: date, zone: ZoneInfo) -> set[int]:
    """Who had a complaint open at the end of that day: opened, and not closed since."""
    sql = """
        SELECT DISTINCT c.customer_id FROM complaint c
        WHERE c.opened_at < :end AND coalesce((
            SELECT e.step FROM complaint_event e
            WHERE e.complaint_id = c.id AND e.at < :end AND e.step IN ('closed', 'reopened')
            ORDER BY e.at DESC, e.id DESC LIMIT 1
        ), 'opened') <> 'closed'
    """
    return {row[0] for row in engine.rows(session, sql, end=moments.day_end(as_of, zone))}


def _call(
    session: Session, one: _Member, standing: tuple[str | None, str], as_of: date, zone: ZoneInfo
) -> Call:
    trip: Any = engine.rows(
        session,
        """
        SELECT code, destination, coalesce(returns_on, departs_on) AS back FROM trip
        WHERE customer_id = :who AND departs_on <= :day
            AND (status = 'booked' OR (status = 'cancelled' AND cancelled_on > :day))
        ORDER BY back DESC, id DESC LIMIT 1
        """,
        who=one.id,
        day=as_of.isoformat(),
    )
    [(met,)] = engine.rows(
        session,
        "SELECT max(at) FROM interaction WHERE customer_id = :who AND personal AND at < :end",
        who=one.id,
        end=moments.day_end(as_of, zone),
    )
    code, destination, back = trip[0] if trip else (None, None, None)
    return Call(
        customer=one.code,
        name=one.name,
        phone=one.phone or "",
        tier=standing[0],
        quadrant=standing[1],
        owner=one.owner,
        trip=code,
        destination=destination,
        returned_on=None if back is None else date.fromisoformat(back),
        contacted_on=None if met is None else moments.local_day(met, zone),
    )
