"""What customers like, as they said it: noted, taken back, read for lists and for the due list."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Select
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from tourcrm.base import preferences
from tourcrm.base.preferences import Pair
from tourcrm.db import engine, operations
from tourcrm.db.codes import Number, id_of
from tourcrm.models import Customer, Preference


def prefer(
    session: Session, number: Number, customer: Customer, said: Iterable[Pair]
) -> tuple[str, ...]:
    """Note checked pairs, each in the place of what was said before; a blank value takes the key
    back. Returns the keys that changed."""
    there = {one.key: one for one in _of(session, customer)}
    changed = []
    for key, value in said:
        known = there.get(key)
        if known is None and value:
            whose = id_of(customer)
            row = operations.add(
                session, Preference(customer_id=whose, key=key, value=value, operation_id=number())
            )
            there[key] = row
        elif known is not None and not value:
            operations.delete(session, number(), there.pop(key), customer.id)
        elif known is None or known.value == value:
            continue
        else:
            operations.edit(session, number(), known, {"value": value}, customer.id)
        changed.append(key)
    return tuple(changed)


def of_customer(session: Session, customer: Customer) -> tuple[Pair, ...]:
    """What is noted of a customer, the known keys first, in their order."""
    order = {key: place for place, key in enumerate(preferences.KNOWN)}
    found = [(one.key, one.value) for one in _of(session, customer)]
    return tuple(sorted(found, key=lambda pair: (order.get(pair[0], len(order)), pair[0])))


def _of(session: Session, customer: Customer) -> list[Preference]:
    return list(
        session.exec(select(Preference).where(col(Preference.customer_id) == customer.id)).all()
    )


def texts(session: Session, chosen: Select[Any] | None) -> Iterator[tuple[int, str]]:
    """What is noted of each of these customers (None: of all), by id, in the form of one cell."""
    whose = col(Preference.customer_id)
    rows: Any = core_select(whose, col(Preference.key), col(Preference.value))
    if chosen is not None:
        rows = rows.where(whose.in_(chosen))
    found = engine.selected(session, rows.order_by(whose, col(Preference.key)))
    for identifier, theirs in groupby(found, itemgetter(0)):
        yield identifier, preferences.text((key, value) for _id, key, value in theirs)
