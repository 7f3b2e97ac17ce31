"""Leads: the inquiries and quotes that are open, and how many each adviser has."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from tourcrm.base import moments
from tourcrm.base.display import visible
from tourcrm.base.errors import Message
from tourcrm.base.folding import folded, same
from tourcrm.base.i18n import N_
from tourcrm.db import dialect, engine
from tourcrm.models import Customer


@dataclass(frozen=True, slots=True)
class Lead:
    """An open inquiry or quote. days: since it was first asked for. price: fen. last_contact_on: of
    anybody with the customer. adviser: whose it is, else who looks after the customer."""

    trip: str
    customer: str
    name: str
    stage: str
    days: int | None
    price: int | None
    destination: str | None
    departs_on: date | None
    quoted_on: date | None
    last_contact_on: date | None
    adviser: str | None
    waits: bool


@dataclass(frozen=True, slots=True)
class Whose:
    """The leads of one adviser. weighty: those worth more than half of all that have a price.
    quoted: how many are that far along. oldest: days; price: fen."""

    adviser: str | None
    leads: int
    weighty: int
    quoted: int
    price: int
    oldest: int | None


def opened(
    session: Session,
    zone: ZoneInfo,
    as_of: date,
    *,
    customer_id: int | None = None,
    adviser: str | None = None,
) -> list[Lead]:
    """The leads that are open, the oldest first; those of a customer, or of an adviser."""
    index = "trip_open" if customer_id is None else "trip_customer"
    sql = f"""
        SELECT t.code, c.code, c.name, t.status, t.inquired_on, t.quoted_on, t.price,
            t.destination, t.departs_on, coalesce(nullif(t.advisor, ''), nullif(c.owner, '')),
            t.queued_at IS NOT NULL,
            (SELECT max(i.at) FROM interaction i WHERE i.customer_id = c.id AND i.at < :end)
        FROM {dialect.by_index("trip t", index)} CROSS JOIN customer c ON c.id = t.customer_id
        WHERE t.status IN ('inquiry', 'quoted') AND (:customer IS NULL OR c.id = :customer)
        ORDER BY t.id
    """  # noqa: S608 - pieces of SQL
    params = {"customer": customer_id, "end": moments.day_end(as_of, zone)}
    found = []
    for row in engine.raw(session).execute(sql, params):
        code, who, name, stage, asked, quoted, price, place, departs, whose, waits, at = row
        if adviser is not None and not same(whose or "", adviser):
            continue
        since = min((day for day in (asked, quoted) if day), default=None)
        found.append(
            Lead(
                trip=code,
                customer=who,
                name=name,
                stage=stage,
                days=(as_of - date.fromisoformat(since)).days if since else None,
                price=price,
                destination=place,
                departs_on=date.fromisoformat(departs) if departs else None,
                quoted_on=date.fromisoformat(quoted) if quoted else None,
                last_contact_on=moments.local_day(at, zone) if at else None,
                adviser=whose,
                waits=bool(waits),
            )
        )
    return sorted(found, key=lambda one: -1 if one.days is None else -one.days)


def collisions(
    session: Session, zone: ZoneInfo, as_of: date, who: Customer, facts: Mapping[str, Any]
) -> Iterator[Message]:
    """Tell of open leads of the customer that another adviser has: two who bid against each other.

    facts: of the inquiry or quote that is new, or has another adviser now; `code` among them.
    """
    adviser = facts.get("advisor") or who.owner
    others = [
        one
        for one in opened(session, zone, as_of, customer_id=who.id)
        if one.trip != facts["code"] and one.adviser and not same(one.adviser, adviser)
    ]
    if adviser and others:
        yield Message(
            N_(
                "Collision: {name} has open inquiries with several advisers: {mine} ({code}) and "
                "{others}. Agree who advises them, and close the other: tourcrm trips lose"
            ),
            name=visible(who.name, 40),
            mine=visible(adviser, 40),
            code=facts["code"],
            others=", ".join(f"{visible(one.adviser or '', 40)} ({one.trip})" for one in others),
        )


def by_adviser(leads: Iterable[Lead]) -> Iterator[Whose]:
    """How many leads each adviser has, and how far along; who has most in front, nobody's last."""
    every = list(leads)
    heavy = median([one.price for one in every if one.price] or [0])
    groups: dict[str, list[Lead]] = {}
    for one in every:
        groups.setdefault(folded(one.adviser or ""), []).append(one)
    for key, some in sorted(groups.items(), key=lambda pair: (not pair[0], -len(pair[1]), pair[0])):
        days = [one.days for one in some if one.days is not None]
        yield Whose(
            adviser=some[0].adviser if key else None,
            leads=len(some),
            weighty=sum((one.price or 0) > heavy for one in some),
            quoted=sum(one.stage == "quoted" for one in some),
            price=sum(one.price or 0 for one in some),
            oldest=max(days, default=None),
        )
