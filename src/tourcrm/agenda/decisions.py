"""Decisions about follow-ups: what people did or chose, append-only. The latest up to a day counts.

Reading needs no models, so that the list of the morning starts without them.

What a key is, and what one decision says, stands in keys.py.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from tourcrm.agenda.events.search import Event
from tourcrm.agenda.keys import Decision, Key
from tourcrm.base.moments import day_end, day_start, moment_of
from tourcrm.db import dialect, engine

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


# --- reading --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lately:
    """What was decided lately, as `lately` reads it.

    standing: the last decision about each item that was not taken back, oldest first. put_off: by
    rule, decisions with a day until which they put off (or did, before they were changed).
    """

    standing: Sequence[Decision]
    put_off: Mapping[str, Sequence[Decision]]

    def on(self, day: date) -> list[Decision]:
        """What stands of what was decided on a day."""
        return [one for one in self.standing if one.at.date() == day]

    def done_since(self, first: date, rules: Collection[str]) -> list[Decision]:
        """What was done for these rules from a day on."""
        return [
            one
            for one in self.standing
            if one.status == "done" and one.key.rule in rules and one.at.date() >= first
        ]


def lately(
    session: Session,
    as_of: date,
    zone: ZoneInfo,
    first: date,
    rules: Collection[str],
    until: date,
) -> Lately:
    """What was decided up to the end of a day, read once: of `rules` from the day `first` on, of
    all on the day itself; and what puts an item off until `until` or later, whenever decided."""
    marks = ", ".join("?" * len(rules))
    sql = f"""
        SELECT {_COLUMNS} FROM {dialect.by_index("followup_outcome o", "followup_outcome_at")}
        WHERE o.at >= ? AND o.at < ? AND (o.at >= ? OR o.until >= ? OR o.rule IN ({marks}))
        UNION ALL
        SELECT {_COLUMNS} FROM {dialect.by_index("followup_outcome o", "followup_outcome_until")}
        WHERE o.until >= ? AND o.at < ?
        ORDER BY 13, 1
    """  # noqa: S608 - pieces of this module, and marks
    start, today, end = day_start(first, zone), day_start(as_of, zone), day_end(as_of, zone)
    long = until.isoformat()
    rows = engine.raw(session).execute(sql, (start, end, today, long, *sorted(rules), long, start))
    remembered: list[Decision] = []
    put_off: dict[str, list[Decision]] = defaultdict(list)
    for row in rows:
        decision = _decision(row, zone)
        if row[9] and row[9] >= long:
            put_off[decision.key.rule].append(decision)
        if row[12] >= today or (row[12] >= start and decision.key.rule in rules):
            remembered.append(decision)
    return Lately(_standing(remembered), put_off)


def _standing(decisions: Iterable[Decision]) -> list[Decision]:
    """The last decision about each item, but for what was taken back, oldest first."""
    found: dict[Key, Decision] = {}
    for decision in decisions:
        found.pop(decision.key, None)
        if decision.status != "reopened":
            found[decision.key] = decision
    return list(found.values())


def since(session: Session, first: date, as_of: date, zone: ZoneInfo) -> list[Decision]:
    """The decisions of the days from `first` to `as_of` that still stand, oldest first."""
    sql = f"""
        SELECT {_COLUMNS} FROM followup_outcome o
        WHERE o.at >= ? AND o.at < ? ORDER BY o.at, o.id
    """  # noqa: S608 - a constant
    rows = engine.raw(session).execute(sql, (day_start(first, zone), day_end(as_of, zone)))
    return _standing(_decision(row, zone) for row in rows)


Subject = tuple[str, str, int]  # a rule, and the row that it is about: its table and id


def of_events(
    session: Session, events: Mapping[str, Iterable[Event]], as_of: date, zone: ZoneInfo
) -> dict[Subject, list[Decision]]:
    """Decisions up to the end of a day about the events of each rule, oldest first."""
    subjects: dict[tuple[str, str], set[int]] = defaultdict(set)
    for rule, some in events.items():
        for event in some:
            subjects[rule, event.subject_table].add(event.subject_id)
    found: dict[Subject, list[Decision]] = {}
    for decision in _about(session, subjects, as_of, zone):
        found.setdefault(decision.key[:3], []).append(decision)
    return found


def of_keys(session: Session, wanted: Set[Key], as_of: date, zone: ZoneInfo) -> list[Decision]:
    """Decisions up to the end of a day about these very items, by their subjects, oldest first."""
    subjects: dict[tuple[str, str], set[int]] = defaultdict(set)
    for rule, table, id_, _occurrence in wanted:
        subjects[rule, table].add(id_)
    return [one for one in _about(session, subjects, as_of, zone) if one.key in wanted]


def _about(
    session: Session,
    subjects: Mapping[tuple[str, str], Iterable[int]],
    as_of: date,
    zone: ZoneInfo,
) -> Iterator[Decision]:
    sql = f"""
        SELECT {_COLUMNS} FROM json_each(:ids) w
        CROSS JOIN {dialect.by_index("followup_outcome o", "followup_outcome_key")}
        WHERE o.rule = :rule AND o.subject_table = :subject AND o.subject_id = w.value
            AND o.at < :end
    """  # noqa: S608 - pieces of this module
    connection = engine.raw(session)
    end = day_end(as_of, zone)
    for (rule, table), ids in subjects.items():
        params = {"rule": rule, "subject": table, "ids": dialect.numbers(ids), "end": end}
        rows = connection.execute(sql, params).fetchall()
        for row in sorted(rows, key=lambda row: (row[12], row[0])):
            yield _decision(row, zone)


# --- writing --------------------------------------------------------------------------------------


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
    from tourcrm.db import operations
    from tourcrm.db.codes import id_of
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
    return id_of(operations.add(session, row))


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
