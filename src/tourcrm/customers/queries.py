"""Customers as rows: for lists and exports, for what is found, with their numbers in full."""

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, func
from sqlalchemy import select as core_select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from tourcrm.base import columns, parsing
from tourcrm.base.blocks import Blocks
from tourcrm.base.lunar import BIRTHDAY, SpecialDay
from tourcrm.customers import own_fields, preferences, search, special_days
from tourcrm.db import dialect, engine
from tourcrm.models import Customer, CustomerSource, CustomerTag, SpecialDate

_PLAIN = columns.plain(columns.CUSTOMER)
_MORE = ("tags", "preferences", "birthday", "special_dates", "sources")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which customers a list shows. Texts are compared as a whole, in any case."""

    status: str | None = None
    kind: str | None = None
    tag: str | None = None
    owner: str | None = None
    city: str | None = None
    unowned: bool = False
    more: tuple[ColumnElement[bool], ...] = ()  # further conditions (analysis.filters)
    limit: int | None = None


def listed(session: Session, wanted: Wanted) -> Iterable[Any]:
    """The customers that are wanted, as rows with the fields of columns.CUSTOMER, by id."""
    if wanted == Wanted():
        return _with_own(session, None)
    conditions = _conditions(wanted)
    chosen = core_select(col(Customer.id)).where(*conditions).order_by(col(Customer.id))
    return _with_own(session, chosen.limit(wanted.limit))


def _with_own(session: Session, chosen: Select[Any] | None) -> Iterable[Any]:
    """Rows with what the agency's own fields hold beside, where there are such fields."""
    rows = _rows(session, chosen)
    return own_fields.with_values(session, rows, chosen) if own_fields.any_(session) else rows


def exported(session: Session) -> Iterable[Any]:
    """All customers, as rows with the fields of columns.CUSTOMER, by id."""
    return listed(session, Wanted())


def count(session: Session, wanted: Wanted) -> int:
    """How many customers are wanted, whatever the limit."""
    chosen = core_select(func.count()).select_from(Customer).where(*_conditions(wanted))
    return int(session.connection().execute(chosen).scalar_one())


def ids(session: Session, wanted: Wanted) -> list[int]:
    """The ids of the customers who are wanted."""
    chosen = core_select(col(Customer.id)).where(*_conditions(wanted)).order_by(col(Customer.id))
    return [cast(int, row[0]) for row in session.connection().execute(chosen)]


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [col(Customer.erased_on).is_(None)]
    conditions += [
        getattr(Customer, field) == getattr(wanted, field)
        for field in ("status", "kind")
        if getattr(wanted, field)
    ]
    conditions += [
        dialect.spelled(getattr(Customer, field), getattr(wanted, field))
        for field in ("owner", "city")
        if getattr(wanted, field)
    ]
    conditions += wanted.more
    if wanted.unowned:
        conditions.append(func.coalesce(func.trim(col(Customer.owner)), "") == "")
    if wanted.tag:
        tagged = core_select(col(CustomerTag.customer_id)).where(
            dialect.spelled(CustomerTag.tag, wanted.tag)
        )
        conditions.append(col(Customer.id).in_(tagged))
    return conditions


def _rows(session: Session, chosen: Select[Any] | None) -> Blocks:
    """Rows for the customers whose ids a select chooses (None: all), by id, with all that is
    theirs. Of all, what nobody has is left out: most columns, and a third of the time."""
    plain = engine.filled(session, Customer, _PLAIN) if chosen is None else _PLAIN
    return Blocks(_row_of(plain), _columns(session, plain, chosen))


def _columns(
    session: Session, plain: Sequence[str], chosen: Select[Any] | None
) -> Iterator[Sequence[Sequence[Any]]]:
    company, referrer = _others()
    everything = (
        core_select(
            col(Customer.id),
            company.code,
            referrer.code,
            *engine.fields(Customer, plain),
        )
        .outerjoin(company, col(Customer.company_id) == company.id)
        .outerjoin(referrer, col(Customer.referred_by_id) == referrer.id)
        .where(col(Customer.erased_on).is_(None), *_among(col(Customer.id), chosen))
        .order_by(col(Customer.id))
    )
    several = (_tags, preferences.texts, _days, _numbers)
    tags, likes, days, numbers = (_beside(of(session, chosen)) for of in several)
    for some in engine.in_columns(session, everything):
        ids = some[0]
        told = zip(*(both or _NO_DAYS for both in days(ids)), strict=True)
        yield [*some, tags(ids), likes(ids), *told, numbers(ids)]


_NO_DAYS = (None, None)


@cache
def _others() -> tuple[Any, Any]:
    """The customer table as that of companies, and of referrers; each anew takes as long as a list
    of a few customers."""
    return aliased(Customer), aliased(Customer)


def _row_of(plain: Sequence[str]) -> Any:
    """The class of rows with these plain columns; the others are nobody's, None in every row."""
    row_of: Any = namedtuple("_Row", ("id", "company", "referred_by", *plain, *_MORE))  # type: ignore[misc]  # named by a table
    for field in {*_PLAIN}.difference(plain):
        setattr(row_of, field, None)
    return row_of


def _beside(found: Iterator[tuple[int, Any]]) -> Callable[[Sequence[int]], Sequence[Any]]:
    """What was found of some customers, by id: gives it for ids that are asked for in order."""
    waiting = next(found, None)

    def of(ids: Sequence[int]) -> Sequence[Any]:
        nonlocal waiting
        theirs = {}
        while waiting is not None and waiting[0] <= ids[-1]:
            theirs[waiting[0]] = waiting[1]
            waiting = next(found, None)
        return list(map(theirs.get, ids)) if theirs else (None,) * len(ids)

    return of


def _among(identifier: Any, chosen: Select[Any] | None) -> list[ColumnElement[bool]]:
    return [] if chosen is None else [identifier.in_(chosen)]


def _tags(session: Session, chosen: Select[Any] | None) -> Iterator[tuple[int, Any]]:
    """The tags of those who have some, by id."""
    whose = col(CustomerTag.customer_id)
    tags = core_select(whose, *engine.fields(CustomerTag, ("tag",))).where(*_among(whose, chosen))
    found = engine.tuples(session, tags.order_by(whose, col(CustomerTag.tag)))
    for identifier, theirs in groupby(found, itemgetter(0)):
        yield identifier, [tag for _id, tag in theirs]


def _numbers(session: Session, chosen: Select[Any] | None) -> Iterator[tuple[int, Any]]:
    """The numbers that sources have for customers, in the form that import reads back; by id."""
    whose = col(CustomerSource.customer_id)
    numbers = core_select(whose, *engine.fields(CustomerSource, ("source", "number")))
    numbers = numbers.where(*_among(whose, chosen)).order_by(
        whose, col(CustomerSource.source), col(CustomerSource.number)
    )
    for identifier, theirs in groupby(engine.tuples(session, numbers), itemgetter(0)):
        yield identifier, numbers_text((source, number) for _id, source, number in theirs)


def sources_of(session: Session, customer_id: int) -> str | None:
    """The numbers that sources have for a customer, in one cell."""
    chosen = core_select(col(Customer.id)).where(col(Customer.id) == customer_id)
    return next((text for _id, text in _numbers(session, chosen)), None)


def numbers_text(numbers: Iterable[tuple[str, str]]) -> str:
    """Numbers of sources in one cell: "ctrip=M123; 飞猪=88"."""
    return "; ".join(map("=".join, numbers))


def _days(session: Session, chosen: Select[Any] | None) -> Iterator[tuple[int, Any]]:
    """The birthday, and the other special days, in the form that import reads back; by id."""
    whose = col(SpecialDate.customer_id)
    fields = engine.fields(SpecialDate, ("label", "month", "day", "year", "calendar", "leap"))
    days = core_select(whose, *fields).where(*_among(whose, chosen))
    found = engine.tuples(session, days.order_by(whose, col(SpecialDate.label)))
    for identifier, theirs in groupby(found, itemgetter(0)):
        first, *more = theirs
        if first[1] == BIRTHDAY and not more:  # the usual case, quickly
            yield identifier, (_day_text(first[2:]), None)
        else:
            named = ((row[1], SpecialDay(*row[2:])) for row in (first, *more))
            yield identifier, _split(special_days.in_order(named))


@cache
def _day_text(day: tuple[Any, ...]) -> str:
    return parsing.special_day_text(SpecialDay(*day))


def _split(days: Sequence[tuple[str, SpecialDay]]) -> tuple[str | None, str | None]:
    first = parsing.special_day_text(days[0][1]) if days[0][0] == BIRTHDAY else None
    others = days[1:] if first else days
    return first, special_days.text(others) if others else None


def find(session: Session, text: str, limit: int) -> list[Any]:
    """Customers in whom every word of `text` is found, the best first; as rows like `listed`."""
    ids = search.found_ids(session, text, limit)
    chosen = core_select(col(Customer.id)).where(col(Customer.id).in_(ids))
    by_id = {row.id: row for row in _rows(session, chosen)}
    return [by_id[identifier] for identifier in ids]


def documents(row: Customer) -> dict[str, Any]:
    """A customer's personal numbers in full, as a row with the fields of columns.PERSONAL.

    Whoever shows them records it first.
    """
    _, *others = columns.PERSONAL
    return {"customer": row.code} | {one.field: getattr(row, one.field) for one in others}
