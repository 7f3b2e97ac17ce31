"""Contacts with customers, either way: logging them by hand, listing, exporting.

A contact is personal when both sides spoke: a call, a visit, somebody in the shop; a message only
where it came from the customer. A message that went out, however kind, is not: nobody may have
read it. Personal contacts count as "last contact" and keep marketing quiet for a week.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, Row, Select
from sqlalchemy import select as core_select
from sqlmodel import Session, col

from tourcrm.base import columns
from tourcrm.base.errors import Refused
from tourcrm.base.i18n import N_
from tourcrm.base.moments import moment_text
from tourcrm.base.parsing.characters import SIMPLIFIED
from tourcrm.base.patterns import pattern
from tourcrm.base.vocabulary import IN_PERSON
from tourcrm.db import engine, operations
from tourcrm.db.codes import Number, id_of
from tourcrm.db.engine import Raw
from tourcrm.models import Customer, Interaction, Trip


def is_personal(channel: str, direction: str) -> bool:
    """Whether a contact counts as personal where nobody says so."""
    return channel in IN_PERSON or direction == "in"


_NOBODY = pattern(
    "(?:电话|手机|对方|客户)?(?:一直|都|均|已)?(?:没接|没有接|没人接|无人接|未接|没打通|未打通|打不通|接不通|"
    "无法接通|联系不上|未联系上|没联系上|关机(?!场)|占线|忙线|忙音|停机|空号|拒接|挂断|不在服务区|无应答|未应答|"
    r"no answer|not reached|no reply|unreachable|voicemail|busy(?!\s+\w)|switched off)",
    re.IGNORECASE,
)
_AFTER_ALL = pattern("回电|回拨|后来|聊|通了|called back|spoke")


def nobody_answered(summary: str | None) -> bool:
    """Whether the words about a contact say that nobody was reached: 没接, 关机, no answer."""
    text = (summary or "").strip()[:200].translate(SIMPLIFIED)
    return _NOBODY.match(text) is not None and _AFTER_ALL.search(text) is None


def usual_direction(channel: str) -> str:
    """in for a customer who comes to the shop; out otherwise."""
    return "in" if channel == "store" else "out"


def usual_kind(direction: str) -> str:
    """What a contact is about where nobody says so: they ask, we follow up."""
    return "inquiry" if direction == "in" else "followup"


@dataclass(frozen=True, slots=True)
class Logged:
    """A contact as it was stored."""

    customer: str
    name: str
    at: datetime
    channel: str
    direction: str
    kind: str
    personal: bool


def log(
    session: Session,
    number: Number,
    who: Customer,
    values: Mapping[str, Any],
    now: datetime,
    *,
    trip: Trip | None = None,
    staff: str | None = None,
) -> Logged:
    """Record a contact from checked values by column (typed.read); `now` unless they say when.

    Raises Refused for a moment that has not come. trip: one of this customer.
    """
    at = values.get("at") or now
    if at > now:
        raise Refused(N_("A contact that lies ahead cannot be logged; check --at."))
    channel = values.get("channel") or "phone"
    direction = values.get("direction") or usual_direction(channel)
    facts = {field: values.get(field) for field in _PLAIN} | {
        "at": at,
        "channel": channel,
        "direction": direction,
        "kind": values.get("kind") or usual_kind(direction),
        "staff": values.get("staff") or staff,
    }
    trip_id = None if trip is None else trip.id
    row = write(session, number(), id_of(who), trip_id=trip_id, **facts)
    return Logged(who.code, who.name, at, channel, direction, row.kind, row.personal)


def write(
    session: Session,
    operation: int,
    customer_id: int,
    *,
    channel: str,
    direction: str,
    personal: bool | None = None,
    **facts: Any,
) -> Interaction:
    """Store a contact; personal: as the channel and the direction tell, unless somebody says so."""
    if personal is None:
        unheard = direction == "out" and nobody_answered(facts.get("summary"))
        personal = is_personal(channel, direction) and not unheard
    row = Interaction(
        customer_id=customer_id,
        channel=channel,
        direction=direction,
        personal=personal,
        operation_id=operation,
        **facts,
    )
    return operations.add(session, row)


def write_many(connection: Raw, operation: int, found: Iterable[Mapping[str, Any]]) -> None:
    """Store contacts of which all columns (FIELDS) are known, their moments aware."""
    names = ", ".join(FIELDS)
    marks = ", ".join(f":{name}" for name in FIELDS)
    connection.executemany(
        f"INSERT INTO interaction ({names}, operation_id) VALUES ({marks}, {operation:d})",  # noqa: S608 - our columns
        ({**dict.fromkeys(FIELDS), **one, "at": moment_text(one["at"])} for one in found),
    )


# --- rows -----------------------------------------------------------------------------------------

_PLAIN = columns.plain(columns.INTERACTION)
FIELDS = ("customer_id", "trip_id", *_PLAIN)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which contacts a list shows; from and to are days in `zone`, both included."""

    zone: tzinfo
    customer_id: int | None = None
    first: date | None = None
    last: date | None = None
    limit: int | None = None


def listed(session: Session, wanted: Wanted) -> Iterator[Row[Any]]:
    """The contacts that are wanted, latest first; rows with the fields of columns.INTERACTION."""
    latest = (col(Interaction.at).desc(), col(Interaction.id).desc())
    chosen = _everything().where(*_conditions(wanted)).order_by(*latest)
    return engine.selected(session, chosen.limit(wanted.limit))


def count(session: Session, wanted: Wanted) -> int:
    """How many contacts are wanted, whatever the limit."""
    return engine.count(session, Interaction, _conditions(wanted))


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.customer_id is not None:
        conditions.append(col(Interaction.customer_id) == wanted.customer_id)
    if wanted.first:
        conditions.append(col(Interaction.at) >= _midnight(wanted.first, wanted.zone))
    if wanted.last:
        end = _midnight(wanted.last + timedelta(days=1), wanted.zone)
        conditions.append(col(Interaction.at) < end)
    return conditions


def exported(session: Session) -> Iterator[Row[Any]]:
    """All contacts by id, as rows with the fields of columns.INTERACTION."""
    return engine.selected(session, _everything().order_by(col(Interaction.id)))


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _everything() -> Select[Any]:
    return (
        core_select(
            col(Customer.code).label("customer"),
            col(Customer.name),
            col(Trip.code).label("trip"),
            *engine.fields(Interaction, _PLAIN),
        )
        .join_from(Interaction, Customer, col(Customer.id) == col(Interaction.customer_id))
        .outerjoin(Trip, col(Trip.id) == col(Interaction.trip_id))
    )
