"""Columns of customers that the agency added itself: 饮食禁忌, and what they hold.

A value is stored as text, checked by the kind of its field.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import Select, func
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from tourcrm.base.columns import APART, CUSTOMER, Column, folded
from tourcrm.base.columns.headers import own_names
from tourcrm.base.display import visible
from tourcrm.base.errors import NotFound, Refused
from tourcrm.base.i18n import N_
from tourcrm.db import engine, operations
from tourcrm.db.codes import Number, id_of
from tourcrm.models import Customer, OwnField, OwnValue

KINDS = ("text", "day", "number", "flag")
_COLUMN_KINDS = {"number": "figure"}
LONGEST = 40


@dataclass(frozen=True, slots=True)
class Field:
    """A field and how many customers have a value in it."""

    name: str
    kind: str
    values: int


def columns(session: Session) -> tuple[Column, ...]:
    """The own fields as columns, in the order in which they were added."""
    return tuple(_column(one) for one in _all(session))


def _column(one: OwnField) -> Column:
    kind = _COLUMN_KINDS.get(one.kind, one.kind)
    return Column(one.name, kind, one.name, one.name, stored=APART, spare=9)


def _all(session: Session) -> list[OwnField]:
    return list(session.exec(select(OwnField).order_by(col(OwnField.id))).all())


def any_(session: Session) -> bool:
    """Whether there are own fields."""
    return session.exec(select(OwnField.id).limit(1)).first() is not None


def named(session: Session, name: str) -> OwnField:
    """The field of this name, in any case and width. Raises NotFound."""
    fields = _all(session)
    found = next((one for one in fields if folded(one.name) == folded(name)), None)
    if found is None:
        raise NotFound(
            N_("There is no field {name} of your own. There are: {known}."),
            name=visible(name, 60),
            known=visible(", ".join(one.name for one in fields), 300) or "-",
        )
    return found


def column_of(session: Session, name: str) -> Column:
    """The column of the field of this name. Raises NotFound."""
    return _column(named(session, name))


def add(session: Session, number: Number, name: str, kind: str) -> OwnField:
    """Add a field. Raises Refused for a name that is taken, or cannot be a header."""
    if not name or len(name) > LONGEST or not folded(name) or set(name) & set("=＝;；\n\t"):
        raise Refused(N_("A field needs a short name without “=” and “;”, such as 饮食禁忌."))
    taken = {one: column.field for column in CUSTOMER for one in own_names(column)}
    if folded(name) in taken:
        raise Refused(
            N_("{name} is a column of every customer already ({field}); take another name."),
            name=visible(name, 60),
            field=taken[folded(name)],
        )
    if any(folded(one.name) == folded(name) for one in _all(session)):
        raise Refused(
            N_("There is a field {name} already: tourcrm customers fields list"),
            name=visible(name, 60),
        )
    return operations.add(session, OwnField(name=name, kind=kind, operation_id=number()))


def remove(session: Session, number: Number, field: OwnField) -> int:
    """Remove a field with all that it holds; returns how many values went."""
    values = session.exec(select(OwnValue).where(col(OwnValue.field_id) == field.id)).all()
    for one in values:
        operations.delete(session, number(), one, one.customer_id)
    operations.delete(session, number(), field, None)
    return len(values)


def listed(session: Session) -> list[Field]:
    """The fields, and how many values each holds."""
    counted = session.connection().execute(
        core_select(col(OwnValue.field_id), func.count()).group_by(col(OwnValue.field_id))
    )
    counts: dict[int | None, int] = {row[0]: row[1] for row in counted}
    return [Field(one.name, one.kind, counts.get(one.id, 0)) for one in _all(session)]


def set_values(
    session: Session, number: Number, customer: Customer, said: Mapping[str, Any]
) -> tuple[str, ...]:
    """Set fields (by name) of a customer to checked values; None clears. Returns what changed."""
    changed = []
    for name, value in said.items():
        field = named(session, name)
        there = session.exec(
            select(OwnValue).where(
                col(OwnValue.customer_id) == customer.id, col(OwnValue.field_id) == field.id
            )
        ).first()
        text = None if value is None else stored(value)
        if text == (there.value if there else None):
            continue
        if there is None:
            session.add(
                OwnValue(
                    customer_id=id_of(customer),
                    field_id=id_of(field),
                    value=cast(str, text),
                    operation_id=number(),
                )
            )
            session.flush()
        elif text is None:
            operations.delete(session, number(), there, customer.id)
        else:
            operations.edit(session, number(), there, {"value": text}, customer.id)
        changed.append(field.name)
    return tuple(changed)


def stored(value: Any) -> str:
    """A checked value as it is stored."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else str(value)


def _shown(kind: str, text: str) -> Any:
    return text == "yes" if kind == "flag" else text


def of_customer(session: Session, customer: Customer) -> dict[str, Any]:
    """What the fields hold of a customer, by name; None where nothing is there."""
    rows = session.exec(select(OwnValue).where(col(OwnValue.customer_id) == customer.id)).all()
    values = {one.field_id: one.value for one in rows}
    return {
        one.name: _shown(one.kind, values[one.id]) if one.id in values else None
        for one in _all(session)
    }


def with_values(
    session: Session, rows: Iterable[Any], chosen: Select[Any] | None
) -> Iterator[dict[str, Any]]:
    """Rows of customers, by id, with what the own fields hold of each beside."""
    kinds = {one.id: (one.name, one.kind) for one in _all(session)}
    blank: dict[str, Any] = {name: None for name, _kind in kinds.values()}
    nobodys = dict.fromkeys(one.field for one in CUSTOMER)  # what the rows leave out
    whose = col(OwnValue.customer_id)
    wanted: Any = core_select(whose, col(OwnValue.field_id), col(OwnValue.value))
    if chosen is not None:
        wanted = wanted.where(whose.in_(chosen))
    found = groupby(engine.selected(session, wanted.order_by(whose)), itemgetter(0))
    owner, theirs = next(found, (0, iter(())))
    for row in rows:
        values = dict(blank)
        if owner == row.id:
            for _id, field, text in theirs:
                name, kind = kinds[field]
                values[name] = _shown(kind, text)
            owner, theirs = next(found, (0, iter(())))
        yield nobodys | row._asdict() | values
