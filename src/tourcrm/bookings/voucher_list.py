"""Vouchers as of a day: rows for lists, and which of them can be used."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, and_, false, func, not_, true
from sqlalchemy import select as core_select
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col

from tourcrm.base import columns
from tourcrm.db import engine
from tourcrm.models import Complaint, Customer, Trip, Voucher

# A voucher as of a day, with the fields of columns.VOUCHER. pay_ratio: 0.8 where the customer pays
# 80 %; amount: fen.
Line: TypeAlias = Any
_Line = columns.row_type(columns.VOUCHER)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which vouchers a list shows. state: a word of voucher_state.

    day: as of its end; None = as they stand, and whether one has expired is not looked at.
    """

    day: date | None
    customer_id: int | None = None
    complaint_id: int | None = None
    state: str | None = None
    limit: int | None = None


def listed(session: Session, wanted: Wanted) -> Iterator[Line]:
    """The vouchers that are wanted: those that expire first come first, and the old ones last."""
    open_first = _in_state("open", wanted.day).desc()
    soonest = (col(Voucher.expires_on).is_(None), col(Voucher.expires_on))
    shown = (
        *(getattr(Voucher, field) for field in columns.plain(columns.VOUCHER)),
        col(Customer.code).label("customer"),
        col(Customer.name),
        col(Complaint.code).label("complaint"),
        col(Trip.code).label("trip"),
        _came_back(wanted.day).label("came_back"),
    )
    chosen = _chosen(wanted, *shown).order_by(open_first, *soonest, col(Voucher.id))
    for one in engine.selected(session, chosen.limit(wanted.limit)):
        row = one._asdict()
        if row.pop("came_back") or _lies_ahead(row["redeemed_on"], wanted.day):
            row |= {"redeemed_on": None, "trip": None}
        if _lies_ahead(row["withdrawn_on"], wanted.day):
            row |= {"withdrawn_on": None, "note": None}
        days = (row["expires_on"], row["redeemed_on"], row["withdrawn_on"])
        yield _Line(**row, state=state(*days, wanted.day))


def count(session: Session, wanted: Wanted) -> int:
    """How many vouchers are wanted, whatever the limit."""
    return int(session.connection().execute(_chosen(wanted, func.count())).scalar_one())


def of_complaint(session: Session, complaint_id: int, day: date | None = None) -> list[Line]:
    """The vouchers that make a complaint good, in the order of their codes (see Wanted.day)."""
    wanted = Wanted(day, complaint_id=complaint_id)
    return sorted(listed(session, wanted), key=lambda line: (len(line.code), line.code))


def state(
    expires_on: date | None,
    redeemed_on: date | None,
    withdrawn_on: date | None,
    day: date | None,
) -> str:
    """How a voucher stands on a day (a word of voucher_state), from its days up to then."""
    if redeemed_on is not None:
        return "used"
    if withdrawn_on is not None:
        return "withdrawn"
    return "expired" if day is not None and expires_on is not None and expires_on < day else "open"


def _lies_ahead(on: date | None, day: date | None) -> bool:
    return on is not None and day is not None and on > day


def _in_state(name: str, day: date | None) -> ColumnElement[bool]:
    """SQL: `state` of a stored voucher."""
    used = and_(_by(col(Voucher.redeemed_on), day), not_(_came_back(day)))
    withdrawn = _by(col(Voucher.withdrawn_on), day)
    over = false() if day is None else col(Voucher.expires_on) < day
    expired = func.coalesce(over, false())
    match name:
        case "used":
            return used
        case "withdrawn":
            return and_(not_(used), withdrawn)
        case "expired":
            return and_(not_(used), not_(withdrawn), expired)
    return and_(not_(used), not_(withdrawn), not_(expired))


def _came_back(day: date | None) -> ColumnElement[bool]:
    """SQL: the trip for which a voucher was used is cancelled, so that it can be used again."""
    cancelled: ColumnElement[bool] = col(Trip.status) == "cancelled"
    if day is not None:
        cancelled = and_(cancelled, func.coalesce(col(Trip.cancelled_on) <= day, true()))
    return func.coalesce(cancelled, false())


def _by(column: Mapped[date | None], day: date | None) -> ColumnElement[bool]:
    there = column.is_not(None)
    return there if day is None else and_(there, column <= day)


def _chosen(wanted: Wanted, *columns: Any) -> Select[Any]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.day is not None:
        conditions.append(col(Voucher.issued_on) <= wanted.day)
    if wanted.customer_id is not None:
        conditions.append(col(Voucher.customer_id) == wanted.customer_id)
    if wanted.complaint_id is not None:
        conditions.append(col(Voucher.complaint_id) == wanted.complaint_id)
    if wanted.state is not None:
        conditions.append(_in_state(wanted.state, wanted.day))
    return (
        core_select(*columns)
        .select_from(Voucher)
        .join(Customer, col(Customer.id) == col(Voucher.customer_id))
        .outerjoin(Complaint, col(Complaint.id) == col(Voucher.complaint_id))
        .outerjoin(Trip, col(Trip.id) == col(Voucher.redeemed_trip_id))
        .where(*conditions)
    )
