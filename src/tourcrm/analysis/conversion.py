"""From inquiry to quote to booking: how many, how soon, why the others were lost, and to whom; and
who asks often and never buys.

A lead is a trip that began as an inquiry or a quote, as its days or its stage tell; what came into
the database as booked is none. It belongs to the day of its inquiry (the quote's, where only that
is known, or that of the loss), and is booked, lost or open as of a day: whatever is dated later
counts as not yet done. Who booked and cancelled later had decided; who cancelled an inquiry, had
not, and is lost. Inquiries = booked + lost + open, whatever they are cut by.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from statistics import median
from typing import Any

from sqlmodel import Session

from tourcrm.analysis.population import APART
from tourcrm.base.folding import folded
from tourcrm.bookings.status import decision_days
from tourcrm.db import engine

ASKED_OFTEN = 3  # inquiries from which on somebody who never booked is named
CUTS = ("source", "advisor", "destination", "month")

_IS_LEAD = (
    "(t.inquired_on IS NOT NULL OR t.quoted_on IS NOT NULL "
    "OR t.status IN ('inquiry', 'quoted', 'lost'))"
)
_ASKED_ON = "coalesce(t.inquired_on, t.quoted_on, CASE WHEN t.status = 'lost' THEN t.lost_on END)"
_WAS_BOOKED = f"""
    (t.status = 'booked'
        OR t.status = 'cancelled' AND (t.booked_on IS NOT NULL OR NOT {_IS_LEAD}))
    AND (t.booked_on IS NULL OR t.booked_on <= :as_of)
"""
_WAS_LOST = """
    (t.status = 'lost' AND coalesce(t.lost_on, '') <= :as_of
        OR t.status = 'cancelled' AND t.booked_on IS NULL
            AND coalesce(t.cancelled_on, '') <= :as_of)
"""
_WAS_QUOTED = "(t.quoted_on <= :as_of OR t.quoted_on IS NULL AND t.status = 'quoted')"
_WHOSE = "coalesce(nullif(t.advisor, ''), nullif(c.owner, ''))"


@dataclass(frozen=True, slots=True)
class Asked:
    """A lead as it stood on a day. asked_on: the day it belongs to; inquired_on, quoted_on,
    booked_on: those that are known by then."""

    customer_id: int
    asked_on: date | None
    inquired_on: date | None
    quoted_on: date | None
    booked_on: date | None
    quoted: bool
    booked: bool
    lost: bool
    reason: str | None
    rival: str | None
    source: str | None
    advisor: str | None
    destination: str | None


def leads(
    session: Session, as_of: date, first: date | None = None, last: date | None = None
) -> Iterator[Asked]:
    """The leads that came from one day to another, as of a day. One without any day counts where
    no period is asked for."""
    sql = f"""
        SELECT t.customer_id, {_ASKED_ON}, t.inquired_on, t.quoted_on, t.booked_on,
            {_WAS_QUOTED}, {_WAS_BOOKED}, {_WAS_LOST}, t.lost_reason, t.rival, c.source, {_WHOSE},
            t.destination
        FROM trip t JOIN customer c ON c.id = t.customer_id
        WHERE {_IS_LEAD} AND coalesce({_ASKED_ON}, '') <= :as_of
            AND (:first IS NULL OR {_ASKED_ON} >= :first)
            AND (:last IS NULL OR {_ASKED_ON} <= :last)
        ORDER BY t.id
    """  # noqa: S608 - pieces of SQL
    days = {"as_of": as_of, "first": first, "last": last}
    found = engine.rows(session, sql, **{k: v and v.isoformat() for k, v in days.items()})
    for who, asked, inquired, quoted, booked, was_quoted, was_booked, was_lost, *rest in found:
        reason, rival, source, advisor, where = (text or None for text in rest)
        lost = bool(was_lost) and not was_booked
        yield Asked(
            customer_id=who,
            asked_on=_day(asked, as_of),
            inquired_on=_day(inquired, as_of),
            quoted_on=_day(quoted, as_of),
            booked_on=_day(booked, as_of) if was_booked else None,
            quoted=bool(was_quoted),
            booked=bool(was_booked),
            lost=lost,
            reason=reason if lost else None,
            rival=rival if lost else None,
            source=source,
            advisor=advisor,
            destination=where,
        )


def _day(text: Any, as_of: date) -> date | None:
    day = date.fromisoformat(text) if text else None
    return day if day is not None and day <= as_of else None


# --- the funnel -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Conversion:
    """The leads of one source, adviser, place or month. Rates are of the inquiries, but for
    closing_rate: of those that were quoted. Days are the middle of those leads that tell both.
    reasons, rivals: the losses by what is said of them, the most frequent first."""

    name: str | None
    inquiries: int
    quoted: int
    booked: int
    lost: int
    open: int
    quote_rate: float
    booking_rate: float
    closing_rate: float | None
    days_to_quote: float | None
    days_to_book: float | None
    decision_days: float | None
    reasons: tuple[tuple[str, int], ...]
    rivals: tuple[tuple[str, int], ...]


@dataclass(slots=True)
class _Group:
    name: str | None
    inquiries: int = 0
    quoted: int = 0
    booked: int = 0
    lost: int = 0
    closed: int = 0  # quoted, and booked
    to_quote: list[int] = field(default_factory=list)
    to_book: list[int] = field(default_factory=list)
    decisions: list[int] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    rivals: list[str] = field(default_factory=list)

    def add(self, one: Asked) -> None:
        self.inquiries += 1
        self.quoted += one.quoted
        self.booked += one.booked
        self.lost += one.lost
        self.closed += one.quoted and one.booked
        _between(self.to_quote, one.inquired_on, one.quoted_on)
        _between(self.to_book, one.quoted_on, one.booked_on)
        _between(self.decisions, one.inquired_on, one.booked_on)
        if one.reason:
            self.reasons.append(one.reason)
        if one.rival:
            self.rivals.append(one.rival)

    def told(self) -> Conversion:
        return Conversion(
            name=self.name,
            inquiries=self.inquiries,
            quoted=self.quoted,
            booked=self.booked,
            lost=self.lost,
            open=self.inquiries - self.booked - self.lost,
            quote_rate=self.quoted / self.inquiries,
            booking_rate=self.booked / self.inquiries,
            closing_rate=self.closed / self.quoted if self.quoted else None,
            days_to_quote=median(self.to_quote) if self.to_quote else None,
            days_to_book=median(self.to_book) if self.to_book else None,
            decision_days=median(self.decisions) if self.decisions else None,
            reasons=counted(self.reasons),
            rivals=counted(self.rivals),
        )


def _between(found: list[int], first: date | None, last: date | None) -> None:
    days = decision_days(first, last)
    if days is not None:
        found.append(days)


def counted(texts: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """Texts with how often they were said, in whatever letters; the most frequent first."""
    times: Counter[str] = Counter()
    written: dict[str, str] = {}
    for text in texts:
        key = folded(text)
        written.setdefault(key, text)
        times[key] += 1
    return tuple((written[key], count) for key, count in times.most_common())


_NAMES: dict[str, Callable[[Asked], str | None]] = {
    "source": lambda one: one.source,
    "advisor": lambda one: one.advisor,
    "destination": lambda one: one.destination,
    "month": lambda one: f"{one.asked_on:%Y-%m}" if one.asked_on else None,
}


def conversion(found: Iterable[Asked], by: str) -> list[Conversion]:
    """Leads cut by one of CUTS: months in their order, all else by how many there are."""
    name_of = _NAMES[by]
    groups: dict[str, _Group] = {}
    for one in found:
        name = name_of(one)
        key = folded(name or "")
        group = groups.get(key) or groups.setdefault(key, _Group(name))
        group.add(one)

    def place(one: Conversion) -> tuple[bool, int, str]:
        return one.name is None, 0 if by == "month" else -one.inquiries, one.name or ""

    return sorted((group.told() for group in groups.values()), key=place)


# --- who never buys -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NeverBought:
    """A customer who asks and never booked. advisor: of the last inquiry, else who looks after
    them. reasons: why those that were lost were."""

    customer: str
    name: str
    inquiries: int
    quoted: int
    open: int
    first_on: date | None
    last_on: date | None
    advisor: str | None
    reasons: tuple[tuple[str, int], ...]


def never_bought(
    session: Session, found: Iterable[Asked], as_of: date, at_least: int = ASKED_OFTEN
) -> list[NeverBought]:
    """Of those whose leads these are, whoever asked so often and never booked anything by a day;
    who asked most first. The agency's own people and the deceased are none of them."""
    asked: dict[int, list[Asked]] = {}
    for one in found:
        asked.setdefault(one.customer_id, []).append(one)
    often = {who: some for who, some in asked.items() if len(some) >= at_least}
    sql = f"""
        SELECT c.id, c.code, c.name FROM customer c
        WHERE c.id = :who AND NOT ({APART}) AND NOT EXISTS (
            SELECT 1 FROM trip t WHERE t.customer_id = c.id AND {_WAS_BOOKED}
        )
    """  # noqa: S608 - pieces of SQL
    never = []
    for who, some in often.items():
        for _id, code, name in engine.rows(session, sql, who=who, as_of=as_of.isoformat()):
            never.append(_never(code, name, some))
    return sorted(
        never,
        key=lambda one: (-one.inquiries, -(one.last_on or date.min).toordinal(), one.customer),
    )


def _never(code: str, name: str, some: list[Asked]) -> NeverBought:
    some = sorted(some, key=lambda one: one.asked_on or date.min)
    days = [one.asked_on for one in some if one.asked_on]
    return NeverBought(
        customer=code,
        name=name,
        inquiries=len(some),
        quoted=sum(one.quoted for one in some),
        open=sum(not (one.booked or one.lost) for one in some),
        first_on=min(days, default=None),
        last_on=max(days, default=None),
        advisor=next((one.advisor for one in reversed(some) if one.advisor), None),
        reasons=counted(one.reason for one in some if one.reason),
    )
