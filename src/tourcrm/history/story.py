"""What happened to a customer's file: every change, by whom, and every look at what is hidden."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from tourcrm.base.display import visible
from tourcrm.base.moments import moment_of
from tourcrm.customers.belongings import belongings
from tourcrm.db import engine
from tourcrm.history.deeds import called
from tourcrm.imports.ledger import shown

LOOKED = "looked at"
# What is told of a row that came or went, where its code or its owner's does not say it all.
_MAIN: Mapping[str, tuple[str, ...]] = {
    "customer": ("name",),
    "customer_tag": ("tag",),
    "special_date": ("label", "year", "month", "day"),
    "trip": ("destination", "departs_on", "status"),
    "interaction": ("channel", "kind", "summary"),
    "followup_outcome": ("rule", "status", "note"),
    "task": ("text",),
    "complaint": ("text",),
    "complaint_event": ("step", "text"),
    "complaint_fix": ("what",),
    "payment": ("kind", "amount"),
    "trip_cost": ("supplier", "amount"),
    "installment": ("kind", "amount"),
    "voucher": ("kind", "what"),
    "survey_response": ("nps", "csat", "comment"),
    "itinerary_line": ("on_day", "what"),
    "preference": ("key", "value"),
    "own_value": ("value",),
    "customer_alias": ("code",),
    "customer_source": ("source", "number"),
    "channel_consent": ("channel", "answer"),
}
# What moves with a customer when two entries become one, and tells nothing of them.
_FOLLOWS = ("change", "import_row", "look", "notice")
_MONEY = ("amount", "price", "fee", "credit_limit")
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Event:
    """One change of a cell, a row that came or went (field: none), or a look (field: LOOKED).

    before, after: as people may see it, numbers hidden. taken_back: by which operation.
    """

    operation: int
    at: datetime
    actor: str
    verb: str
    row: str
    field: str | None
    before: str | None
    after: str | None
    taken_back: int | None


def of_customer(session: Session, customer: int) -> list[Event]:
    """All that happened to a customer's file, the earliest first."""
    connection = engine.raw(session)
    done: dict[int, tuple[datetime, str, str, int | None]] = {}

    def event(number: int, row: str, field: str | None, was: str | None, now: str | None) -> Event:
        if number not in done:
            at, actor, verb, by = connection.execute(
                "SELECT at, actor, verb, undone_by FROM operation WHERE id = ?", (number,)
            ).fetchone()
            done[number] = (moment_of(at), actor, verb, by)
        at, actor, verb, by = done[number]
        return Event(number, at, actor, verb, row, field, was, now, by)

    found = [
        event(number, row, None, None, words) for number, row, words in _added(connection, customer)
    ]
    for number, table, row_id, before, after in connection.execute(
        "SELECT operation_id, table_name, row_id, before, after FROM change "
        "WHERE customer_id = :customer OR table_name = 'customer' AND row_id = :customer "
        "ORDER BY id",
        {"customer": customer},
    ).fetchall():
        if table in _FOLLOWS:
            continue
        row = f"{table} {called(connection, table, row_id)}"
        old, new = json.loads(before), None if after is None else json.loads(after)
        if new is None or not old:
            was = _words(table, old) if old else None
            found.append(event(number, row, None, was, None if new is None else _words(table, new)))
            continue
        found += [
            event(number, row, key, _cell(table, key, old[key]), _cell(table, key, new.get(key)))
            for key in old
            if key not in ("name_pinyin", "name_initials")
        ]
    for number, what in connection.execute(
        "SELECT operation_id, what FROM look WHERE customer_id = :customer OR customer_id IS NULL "
        "AND operation_id > (SELECT operation_id FROM customer WHERE id = :customer) ORDER BY id",
        {"customer": customer},
    ).fetchall():
        found.append(event(number, "customer", LOOKED, None, what))
    return sorted(found, key=lambda one: one.operation)


def _added(connection: Any, customer: int) -> Iterator[tuple[int, str, str]]:
    """The rows that are there: by which operation, what they are called, what they say."""
    for one in belongings():
        if one.table == "look":
            continue
        cursor = connection.execute(
            f"SELECT * FROM {one.table} WHERE {one.condition}",  # noqa: S608 - our tables
            {"customer": customer},
        )
        names = [column[0] for column in cursor.description]
        for cells in cursor.fetchall():
            values = dict(zip(names, cells, strict=True))
            if values.get("operation_id") is None:
                continue
            row = f"{one.table} {called(connection, one.table, values['id'])}"
            yield values["operation_id"], row, _words(one.table, values)


def _words(table: str, values: Mapping[str, Any]) -> str:
    """What a row that came or went says, in a few words."""
    told = (_cell(table, key, values.get(key)) for key in _MAIN.get(table, ("code",)))
    return visible(" ".join(one for one in told if one), _LONGEST)


def _cell(table: str, key: str, value: object) -> str | None:
    if value is not None and key in _MONEY and table != "survey_response":
        return shown(table, "price", value)
    text = shown(table, key, value)
    return None if text is None else visible(text, _LONGEST)
