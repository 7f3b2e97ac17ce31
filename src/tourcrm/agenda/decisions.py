"""Decisions about follow-ups: what people did or chose, append-only. The latest up to a day counts.

Reading needs no models, so that the list of the morning starts without them.

An item is known by its key: the rule, the row that it is about, and which occurrence of it. What is
printed is a short id, from a hash of the key.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2b
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlmodel import Session

from tourcrm.base.moments import day_end, day_start, moment_of

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: none that is read as another
ID_LENGTH = 8
SHORTEST = 4  # characters that tell an item, where no other begins with them
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0"})

FINAL = frozenset({"done", "skipped"})
PUT_OFF = frozenset({"tried", "snoozed"})


class Key(NamedTuple):
    """What tells one item from all others."""

    rule: str
    subject_table: str
    subject_id: int
    occurrence: str


def id_number(key: Sequence[Any]) -> int:
    """The number whose digits are the printed id."""
    digest = blake2b("\x1f".join(map(str, key)).encode(), digest_size=5).digest()
    return int.from_bytes(digest, "big")


def printed_id(key: Sequence[Any]) -> str:
    """The id that is printed for a key: eight characters."""
    number = id_number(key)
    return "".join(ALPHABET[number >> shift & 31] for shift in range(35, -1, -5))


def id_range(start: str) -> range:
    """The numbers of the ids that begin like this; none where it cannot be the start of an id."""
    if len(start) > ID_LENGTH or not set(start) <= set(ALPHABET):
        return range(0)
    number = 0
    for letter in start:
        number = number << 5 | ALPHABET.index(letter)
    shift = 5 * (ID_LENGTH - len(start))
    return range(number << shift, number + 1 << shift)


def normal_id(typed: str) -> str:
    """A typed id, or the start of one, as it is printed: "k7q2-mbo" is K7Q2MB0."""
    return typed.strip().replace("-", "").upper().translate(_READ_AS)


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision. at: in the agency's zone. until: back on the list on this day."""

    id: int
    key: Key
    anchor_on: date
    customer_id: int
    due_on: date
    status: str
    until: date | None
    note: str | None
    staff: str | None
    at: datetime


_COLUMNS = """o.id, o.rule, o.subject_table, o.subject_id, o.occurrence, o.anchor_on, o.customer_id,
    o.due_on, o.status, o.until, o.note, o.staff, o.at"""


def _decision(row: Any, zone: ZoneInfo) -> Decision:
    return Decision(
        id=row[0],
        key=Key(*row[1:5]),
        anchor_on=date.fromisoformat(row[5]),
        customer_id=row[6],
        due_on=date.fromisoformat(row[7]),
        status=row[8],
        until=date.fromisoformat(row[9]) if row[9] else None,
        note=row[10],
        staff=row[11],
        at=moment_of(row[12]).astimezone(zone),
    )


Subject = tuple[str, str, int]


def of_events(session: Session, as_of: date, zone: ZoneInfo) -> dict[Subject, list[Decision]]:
    """Decisions up to the end of a day about what is in followup_event, oldest first, by rule and
    subject."""
    sql = f"""
        SELECT {_COLUMNS}
        FROM followup_event e CROSS JOIN followup_outcome o
        WHERE o.rule = e.rule AND o.subject_table = e.subject_table
            AND o.subject_id = e.subject_id AND o.at < :end
        ORDER BY o.at, o.id
    """  # noqa: S608 - pieces of this module
    found: dict[Subject, list[Decision]] = {}
    rows = session.connection().execute(text(sql), {"end": day_end(as_of, zone)})
    for row in dict.fromkeys(rows.all()):  # a subject may have several events
        decision = _decision(row, zone)
        found.setdefault(decision.key[:3], []).append(decision)
    return found


def since(
    session: Session,
    first: date,
    as_of: date,
    zone: ZoneInfo,
    rules: Collection[str] | None = None,
) -> list[Decision]:
    """The decisions of the days from `first` to `as_of` that still stand, oldest first; about these
    rules only, where they are given."""
    params: dict[str, Any] = {"start": day_start(first, zone), "end": day_end(as_of, zone)}
    of_rules = ""
    if rules is not None:
        names = {f"rule{number}": one for number, one in enumerate(sorted(rules))}
        of_rules = f"AND o.rule IN ({', '.join(f':{name}' for name in names)})"
        params |= names
    sql = f"""
        SELECT {_COLUMNS} FROM followup_outcome o
        WHERE o.at >= :start AND o.at < :end {of_rules} ORDER BY o.at, o.id
    """  # noqa: S608 - pieces of this module
    standing: dict[Key, Decision] = {}
    for row in session.connection().execute(text(sql), params):
        decision = _decision(row, zone)
        standing.pop(decision.key, None)
        if decision.status != "reopened":
            standing[decision.key] = decision
    return list(standing.values())


def put_off(session: Session, until: date, as_of: date, zone: ZoneInfo) -> list[Decision]:
    """Decisions that put an item off until this day or later (or did, before they were changed)."""
    sql = f"""
        SELECT {_COLUMNS} FROM followup_outcome o WHERE o.until >= :until AND o.at < :end
    """  # noqa: S608 - pieces of this module
    params = {"until": until.isoformat(), "end": day_end(as_of, zone)}
    return [_decision(row, zone) for row in session.connection().execute(text(sql), params)]


def record(
    session: Session,
    number: int,
    key: Key,
    *,
    anchor_on: date,
    customer_id: int,
    due_on: date,
    status: str,
    at: datetime,
    staff: str,
    until: date | None = None,
    note: str | None = None,
) -> int:
    """Append a decision; `number` is the operation. Returns the decision's id."""
    from tourcrm.models import FollowupOutcome

    row = FollowupOutcome(
        rule=key.rule,
        subject_table=key.subject_table,
        subject_id=key.subject_id,
        occurrence=key.occurrence,
        anchor_on=anchor_on,
        customer_id=customer_id,
        due_on=due_on,
        status=status,
        until=until,
        note=note,
        staff=staff,
        at=at,
        operation_id=number,
    )
    session.add(row)
    session.flush()
    assert row.id is not None  # noqa: S101 - flushed; for mypy
    return row.id


def record_contact(
    session: Session, number: int, decision: int, *, customer_id: int, **facts: Any
) -> None:
    """Write the contact that a `done` stands for; it goes again when the decision is undone."""
    from tourcrm.customers import contacts

    contacts.write(session, number, customer_id, direction="out", outcome_id=decision, **facts)


def remove_contacts(session: Session, number: int, decisions: Iterable[int]) -> None:
    """Delete the contacts that these decisions wrote, keeping their columns in changes."""
    from sqlmodel import col, select

    from tourcrm.db import operations
    from tourcrm.models import Interaction

    wanted = select(Interaction).where(col(Interaction.outcome_id).in_(list(decisions)))
    for row in session.exec(wanted).all():
        operations.delete(session, number, row, row.customer_id)
