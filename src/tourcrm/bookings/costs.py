"""What trips cost the agency: a line for each thing that a supplier is owed.

A line is never edited or deleted. What was wrong is taken back by a line with the other sign,
which names the one it undoes; the day on which a line is paid is all that is ever filled in. The
commission is the share of the amount that the supplier leaves to the agency.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import literal_column
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from tourcrm.base import columns
from tourcrm.base.errors import NotFound, Refused
from tourcrm.base.i18n import N_
from tourcrm.base.money import LIMIT
from tourcrm.db import dialect, engine, operations
from tourcrm.db.codes import Number, id_of
from tourcrm.models import Customer, Trip, TripCost

# SQL: the commission of a line of `trip_cost`, whole fen, half a fen away from 0. A share has at
# most four decimals, so that whole numbers do.
COMMISSION = (
    "CASE WHEN commission IS NULL THEN 0 WHEN amount < 0 THEN -1 ELSE 1 END * "
    "((abs(amount) * CAST(round(coalesce(commission, 0) * 10000) AS INTEGER) + 5000) / 10000)"
)


def add(
    session: Session,
    number: Number,
    trip: Trip,
    amount: int,
    *,
    day: date,
    **said: Any,
) -> TripCost:
    """Note a cost of a trip, in fen, above zero. said: supplier, what, commission, due_on, paid_on.
    Raises Refused for an amount that cannot be."""
    if not 0 < amount <= LIMIT:
        raise Refused(
            N_(
                "A cost is an amount above zero. What a supplier takes back is the reversal of a "
                "line: tourcrm trips cost TRIP --reverse LINE"
            )
        )
    return _add(session, number, trip_id=id_of(trip), amount=amount, noted_on=day, **said)


def _add(session: Session, number: Number, **facts: Any) -> TripCost:
    return operations.add(session, TripCost(operation_id=number(), **facts))


def of_trip(session: Session, trip: Trip, line: int) -> TripCost:
    """The line of this number, of this trip. Raises NotFound."""
    row = session.get(TripCost, line)
    if row is None or row.trip_id != trip.id:
        raise NotFound(
            N_("{code} has no cost line {line}. Look at them with: tourcrm trips costs {code}"),
            code=trip.code,
            line=line,
        )
    return row


def reverse(session: Session, number: Number, row: TripCost, day: date) -> TripCost:
    """Take a line back by one of the other sign. Raises Refused for one that takes back itself, for
    one that was taken back, and for a day before it."""
    if row.reverses_id is not None:
        raise Refused(N_("Line {line} takes a cost back itself."), line=row.id)
    _refuse_taken_back(session, row)
    since = row.paid_on or row.noted_on
    if day < since:
        raise Refused(
            N_("Line {line} is of {since}; it cannot be taken back on {day}."),
            line=row.id,
            since=since,
            day=day,
        )
    same = {field: getattr(row, field) for field in _SAME}
    return _add(
        session,
        number,
        **same,
        reverses_id=row.id,
        amount=-row.amount,
        noted_on=day,
        paid_on=day if row.paid_on else None,
    )


def again(session: Session, number: Number, reversal: TripCost) -> TripCost:
    """The line that a reversal took back, anew: the reversal itself was wrong."""
    line = session.get_one(TripCost, reversal.reverses_id)
    same = {field: getattr(line, field) for field in (*_SAME, "amount", "noted_on", "paid_on")}
    return _add(session, number, **same)


_SAME = ("trip_id", "supplier", "what", "commission", "due_on")


def _refuse_taken_back(session: Session, row: TripCost) -> None:
    if session.exec(select(TripCost.id).where(col(TripCost.reverses_id) == row.id)).first():
        raise Refused(N_("Line {line} was taken back already."), line=row.id)


def pay(session: Session, number: Number, trip: Trip, row: TripCost, day: date) -> bool:
    """Say that the supplier was paid on a day; whether that is new. Raises Refused for a line that
    was taken back or takes back another, and for a day before it."""
    if row.paid_on is not None:
        return False
    if row.reverses_id is not None:
        raise Refused(N_("Line {line} takes a cost back itself."), line=row.id)
    _refuse_taken_back(session, row)
    if day < row.noted_on:
        raise Refused(
            N_("Line {line} is of {since}; it cannot have been paid on {day}."),
            line=row.id,
            since=row.noted_on,
            day=day,
        )
    operations.edit(session, number(), row, {"paid_on": day}, trip.customer_id)
    return True


@dataclass(frozen=True, slots=True)
class Cost:
    """A line, with the fields of columns.COST; days as they are stored. earned: its commission in
    fen."""

    line: int
    trip: str
    customer: str
    name: str
    supplier: str | None
    what: str | None
    amount: int
    commission: float | None
    earned: int
    noted_on: str
    due_on: str | None
    paid_on: str | None
    reverses: int | None  # the line that it takes back


def listed(
    session: Session,
    as_of: date,
    *,
    trip_id: int | None = None,
    supplier: str | None = None,
    unpaid: bool = False,
) -> Iterator[Cost]:
    """The lines by a day, in the order in which they were written. unpaid: only what suppliers are
    still owed: lines that were paid, or taken back whole before that, are left out."""
    chosen = (
        core_select(
            col(TripCost.id).label("line"),
            col(Trip.code).label("trip"),
            col(Customer.code).label("customer"),
            col(Customer.name),
            *engine.fields(TripCost, columns.plain(columns.COST)),
            literal_column(COMMISSION).label("earned"),
            col(TripCost.reverses_id).label("reverses"),
        )
        .join(Trip, col(Trip.id) == col(TripCost.trip_id))
        .join(Customer, col(Customer.id) == col(Trip.customer_id))
        .where(col(TripCost.noted_on) <= as_of)
        .order_by(col(TripCost.id))
    )
    if trip_id is not None:
        chosen = chosen.where(col(TripCost.trip_id) == trip_id)
    if supplier is not None:
        chosen = chosen.where(dialect.spelled(TripCost.supplier, supplier))
    lines = [_as_of(row._asdict(), as_of) for row in engine.selected(session, chosen)]
    if not unpaid:
        return iter(lines)
    taken_back = {line.reverses for line in lines}
    return (
        line
        for line in lines
        if line.paid_on is None and line.reverses is None and line.line not in taken_back
    )


def _as_of(row: dict[str, Any], as_of: date) -> Cost:
    if row["paid_on"] is not None and row["paid_on"] > as_of.isoformat():
        row["paid_on"] = None  # as of then nobody knew
    return Cost(**row)


def total(lines: list[Cost]) -> tuple[int, int]:
    """What lines cost together, and the commission, in fen."""
    return sum(line.amount for line in lines), sum(line.earned for line in lines)
