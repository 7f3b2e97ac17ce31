"""The random sample: a few customers of a quadrant or tier, drawn by lot, to be called and asked.

The treatment of large_low, whom nobody can tell from the outside why they do not come back. Drawn
are only those who may be called now, by the rules of the agenda, have booked nothing, and have a
phone number. Anybody can draw the same ones again: they stand in the order of
blake2b-64(seed, NUL, code).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlmodel import Session

from tourcrm import followup
from tourcrm.agenda import facts
from tourcrm.agenda.day import gather
from tourcrm.agenda.states import (
    HELD,
    Facts,
    Span,
    is_away,
    is_complaining,
    is_stranded,
    silenced,
)
from tourcrm.analysis.population import People
from tourcrm.base import moments
from tourcrm.base.i18n import N_
from tourcrm.bookings.status import BOOKED
from tourcrm.db import dialect, engine
from tourcrm.db.setting import Settings

# Why somebody is not called, the strongest reason first.
NOT_CALLED: Mapping[str, str] = {
    **HELD,
    "complaint": N_("open complaint"),
    "booked": N_("has booked again"),
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
    """A customer of the quadrant or tier, and what the agenda knows of them."""

    id: int
    name: str
    phone: str | None
    known: Facts


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
    """Draw `n` customers of a quadrant and tier (None = of any) as of a day."""
    people = followup.everybody(session, settings, as_of)
    members = _members(session, settings, as_of, people, _standing(people, quadrant, tier))
    free: dict[str, _Member] = {}
    held: Counter[str] = Counter()
    for one in members:
        why = _held(one, as_of)
        if why:
            held[why] += 1
        else:
            free[one.known.code] = one
    return Sample(
        calls=[_call(session, free[code], as_of, settings.zone) for code in drawn(free, n, seed)],
        members=len(members),
        free=len(free),
        held={why: held[why] for why in NOT_CALLED if held[why]},
    )


def _standing(people: People, quadrant: str | None, tier: str | None) -> list[int]:
    """The customers asked for; nobody who stands apart."""
    strangers = set(people.known.customer[people.apart].tolist())
    return [
        one
        for one, (its_tier, its_quadrant, *_rest) in people.standing_of(
            people.known.customer
        ).items()
        if one not in strangers
        and (quadrant is None or its_quadrant == quadrant)
        and (tier is None or its_tier == tier)
    ]


def _members(
    session: Session, settings: Settings, as_of: date, people: People, wanted: list[int]
) -> list[_Member]:
    """These customers, with the facts by which the agenda holds what is due about them."""
    day = gather(session, settings, as_of, Span(), people=people, rules=())
    known = facts.of_customers(session, day, wanted)
    sql = "SELECT id, name, coalesce(phone, phone2) FROM customer WHERE id IN :ids"
    return [
        _Member(number, name, phone, known[number])
        for number, name, phone in dialect.by_ids(session, sql, wanted)
    ]


def _held(one: _Member, as_of: date) -> str:
    """Why a customer is not called, a word of NOT_CALLED; empty where nothing speaks against it."""
    why = silenced(one.known, as_of, "marketing")
    if why:
        return why
    if is_away(one.known):
        return "on_trip"
    if is_complaining(one.known, as_of):
        return "complaint"
    if is_stranded(one.known, as_of):
        return "stranded"
    if one.known.ahead:
        return "booked"
    return "no_phone" if one.phone is None else ""


def _call(session: Session, one: _Member, as_of: date, zone: ZoneInfo) -> Call:
    trip: Any = engine.rows(
        session,
        f"""
        SELECT code, destination, coalesce(returns_on, departs_on) AS back FROM trip t
        WHERE customer_id = :who AND departs_on <= :as_of AND {BOOKED}
        ORDER BY back DESC, id DESC LIMIT 1
        """,  # noqa: S608 - SQL of ours
        who=one.id,
        as_of=as_of.isoformat(),
    )
    [(met,)] = engine.rows(
        session,
        "SELECT max(at) FROM interaction WHERE customer_id = :who AND personal AND at < :end",
        who=one.id,
        end=moments.day_end(as_of, zone),
    )
    code, destination, back = trip[0] if trip else (None, None, None)
    return Call(
        customer=one.known.code,
        name=one.name,
        phone=one.phone or "",
        tier=one.known.tier,
        quadrant=one.known.quadrant or "",
        owner=one.known.owner,
        trip=code,
        destination=destination,
        returned_on=None if back is None else date.fromisoformat(back),
        contacted_on=None if met is None else moments.local_day(met, zone),
    )


# --- the draw -------------------------------------------------------------------------------------


def lot(name: str, seed: str) -> bytes:
    """The lot of one: 8 bytes, compared as they stand.

    It depends on nothing but the seed and the own name: not on the order of rows, on who else is
    there, on the machine or on Python's version.
    """
    return blake2b(f"{seed}\0{name}".encode("utf-8", "surrogatepass"), digest_size=8).digest()


def drawn(names: Iterable[str], n: int, seed: str) -> list[str]:
    """At most `n` of these names, each once, in the order in which they were drawn.

    More of the same draw are the same ones and some more; who drops out before a later draw makes
    room for the next in line.
    """
    return sorted(set(names), key=lambda name: (lot(name, seed), name))[: max(n, 0)]
