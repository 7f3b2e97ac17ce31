"""Customers as rows: for lists and exports, for what is found, with their numbers in full."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func
from sqlalchemy import select as core_select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from tourcrm.base import columns, parsing
from tourcrm.base.lunar import BIRTHDAY, SpecialDay
from tourcrm.customers import search
from tourcrm.customers import service as customers
from tourcrm.db import engine
from tourcrm.models import Customer, CustomerTag, SpecialDate

_PLAIN = columns.plain(columns.CUSTOMER)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which customers a list shows. Texts are compared as a whole, in any case."""

    status: str | None = None
    kind: str | None = None
    tag: str | None = None
    owner: str | None = None
    city: str | None = None
    limit: int | None = None


def listed(session: Session, wanted: Wanted) -> Iterator[dict[str, Any]]:
    """The customers that are wanted, as rows with the fields of columns.CUSTOMER, by id."""
    chosen = core_select(col(Customer.id)).where(*_conditions(wanted)).order_by(col(Customer.id))
    yield from _rows(session, chosen.limit(wanted.limit))


def exported(session: Session) -> Iterator[dict[str, Any]]:
    """All customers, as rows with the fields of columns.CUSTOMER, by id."""
    return listed(session, Wanted())


def count(session: Session, wanted: Wanted) -> int:
    """How many customers are wanted, whatever the limit."""
    chosen = core_select(func.count()).select_from(Customer).where(*_conditions(wanted))
    return int(session.connection().execute(chosen).scalar_one())


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        getattr(Customer, field) == getattr(wanted, field)
        for field in ("status", "kind")
        if getattr(wanted, field)
    ]
    conditions += [
        func.lower(getattr(Customer, field)) == getattr(wanted, field).lower()
        for field in ("owner", "city")
        if getattr(wanted, field)
    ]
    if wanted.tag:
        tagged = core_select(col(CustomerTag.customer_id)).where(
            func.lower(CustomerTag.tag) == wanted.tag.lower()
        )
        conditions.append(col(Customer.id).in_(tagged))
    return conditions


def _rows(session: Session, chosen: Select[Any]) -> Iterator[dict[str, Any]]:
    """Rows for the customers whose ids a select chooses, by id."""
    connection = session.connection()
    tags: defaultdict[int, list[str]] = defaultdict(list)
    tagged = core_select(col(CustomerTag.customer_id), col(CustomerTag.tag))
    for customer_id, one in connection.execute(
        tagged.where(col(CustomerTag.customer_id).in_(chosen)).order_by(col(CustomerTag.tag))
    ):
        tags[customer_id].append(one)
    days: defaultdict[int, list[tuple[str, SpecialDay]]] = defaultdict(list)
    yearly = core_select(
        *(getattr(SpecialDate, field) for field in ("customer_id", "label", "month", "day")),
        *(getattr(SpecialDate, field) for field in ("year", "calendar", "leap")),
    )
    in_rows = yearly.where(col(SpecialDate.customer_id).in_(chosen))
    for customer_id, label, *day in map(tuple[Any, ...], connection.execute(in_rows)):
        days[customer_id].append((label, SpecialDay(*day)))
    company, referrer = aliased(Customer), aliased(Customer)
    everything = (
        core_select(
            col(Customer.id),
            company.code,  # type: ignore[call-overload]  # SQLModel types columns as their values
            referrer.code,
            *engine.fields(Customer, _PLAIN),
        )
        .outerjoin(company, col(Customer.company_id) == company.id)
        .outerjoin(referrer, col(Customer.referred_by_id) == referrer.id)
        .where(col(Customer.id).in_(chosen))
        .order_by(col(Customer.id))
    )
    for identifier, company_code, referrer_code, *plain in engine.selected(session, everything):
        row = dict(zip(_PLAIN, plain, strict=True))
        birthday, others = _split(customers.in_order(days.get(identifier, ())))
        yield row | {
            "id": identifier,
            "company": company_code,
            "referred_by": referrer_code,
            "tags": tags.get(identifier, ()) or None,
            "birthday": birthday,
            "special_dates": others,
        }


def _split(days: Sequence[tuple[str, SpecialDay]]) -> tuple[str | None, str | None]:
    """The birthday, and the other special days, in the form that import reads back."""
    first = parsing.special_day_text(days[0][1]) if days and days[0][0] == BIRTHDAY else None
    return first, customers.special_dates_text(days[1:] if first else days) or None


def find(session: Session, text: str, limit: int) -> list[dict[str, Any]]:
    """Customers in whom every word of `text` is found, the best first; as rows like `listed`."""
    ids = search.found_ids(session, text, limit)
    chosen = core_select(col(Customer.id)).where(col(Customer.id).in_(ids))
    by_id = {row["id"]: row for row in _rows(session, chosen)}
    return [by_id[identifier] for identifier in ids]


def documents(row: Customer) -> dict[str, Any]:
    """A customer's personal numbers in full, as a row with the fields of columns.PERSONAL.

    Whoever shows them records it first.
    """
    _, *others = columns.PERSONAL
    return {"customer": row.code} | {one.field: getattr(row, one.field) for one in others}
