"""Money, one signed line after another: promised, paid, reversed, never edited.

What is received is above zero, what is refunded below. A refund is promised first; the day on which
it is paid, and how, is all that is ever filled in. What was wrong is taken back by a reversal: a
line of the same amount with the other sign. The reversal of a promise that was never paid moves no
money and has no day of payment, so that the paid lines always add up to the money that moved.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias, cast

from sqlalchemy import ColumnElement, Select, and_, func, or_
from sqlalchemy import select as core_select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from tourcrm.base import columns
from tourcrm.base.display import visible
from tourcrm.base.errors import Refused
from tourcrm.base.i18n import N_
from tourcrm.base.money import LIMIT, plain_amount
from tourcrm.db import codes, dialect, engine, operations
from tourcrm.db.codes import Number, id_of
from tourcrm.models import Complaint, Customer, Payment, Trip


def find_one(session: Session, code: str) -> Payment:
    """The line with this code. Raises NotFound."""
    none = N_("There is no payment {code}. Look around with: tourcrm payments list")
    return codes.find_one(session, Payment, code, none)


# --- promised, paid, reversed ---------------------------------------------------------------------


def promise_refund(
    session: Session,
    number: Number,
    trip: Trip,
    amount: int,
    *,
    reason: str,
    day: date,
    complaint_id: int | None = None,
    note: str | None = None,
) -> Payment:
    """Promise money back on a trip: owed from `day` on, until it is paid or taken back.

    amount: fen, above zero (stored below it). reason: a word of payment_reason. Raises Refused for
    an amount that cannot be.
    """
    if not 0 < amount <= LIMIT:
        raise Refused(N_("A refund is an amount above zero; check its digits."))
    return _add(
        session,
        number,
        trip_id=trip.id,
        complaint_id=complaint_id,
        kind="refund",
        reason=reason,
        amount=-amount,
        promised_on=day,
        note=note,
    )


def receive(
    session: Session,
    number: Number,
    trip: Trip,
    amount: int,
    *,
    kind: str,
    day: date,
    **said: Any,
) -> Payment:
    """Write down money that moved on a day: received, or given back for reasons of the customer's
    own (kind refund). amount: fen, above zero. said: method, reference, note. Raises Refused for an
    amount that cannot be, and for more back than was received."""
    if not 0 < amount <= LIMIT:
        raise Refused(N_("A payment is an amount above zero; check its digits."))
    refund = kind == "refund"
    if refund:
        there = paid(session, trip)
        if amount > there:
            raise Refused(
                N_("{code} has {paid} of the customer's money; {amount} cannot go back."),
                code=trip.code,
                paid=plain_amount(there),
                amount=plain_amount(amount),
            )
    return _add(
        session,
        number,
        trip_id=trip.id,
        kind=kind,
        reason="customer" if refund else None,
        amount=-amount if refund else amount,
        promised_on=day,
        paid_on=day,
        **said,
    )


def kind_of(price: int | None, before: int, amount: int) -> str:
    """What a payment is that nobody named: the balance where it settles the price, or comes after
    another one."""
    if price is not None and before + amount >= price:
        return "balance"
    return "balance" if before > 0 else "deposit"


def paid(session: Session, trip: Trip) -> int:
    """What of a trip's price is paid, in fen: all lines that moved but those for failures."""
    sql = f"""
        SELECT coalesce(sum(p.amount), 0) FROM payment p
        WHERE p.trip_id = :trip AND p.paid_on IS NOT NULL AND {PAYS}
    """  # noqa: S608 - a piece of SQL
    return int(engine.rows(session, sql, trip=trip.id)[0][0])


def promised(session: Session, trip: Trip) -> int:
    """What is promised back on a trip for the customer's own reasons and not paid yet, in fen."""
    return -sum(row.amount for row in _promises(session, trip))


def given_back(session: Session, trip: Trip) -> int:
    """What of a trip's price went back to the customer, in fen."""
    sql = """
        SELECT -coalesce(sum(amount), 0) FROM payment WHERE trip_id = :trip
            AND paid_on IS NOT NULL AND coalesce(reason, 'customer') = 'customer'
            AND (kind = 'refund' OR (kind = 'reversal' AND amount > 0))
    """
    return int(engine.rows(session, sql, trip=trip.id)[0][0])


def _promises(session: Session, trip: Trip) -> list[Payment]:
    reversal = aliased(Payment)
    chosen = (
        select(Payment)
        .outerjoin(reversal, col(reversal.reverses_id) == col(Payment.id))
        .where(
            col(Payment.trip_id) == trip.id,
            col(Payment.kind) == "refund",
            func.coalesce(Payment.reason, "customer") == "customer",
            col(Payment.paid_on).is_(None),
            col(reversal.id).is_(None),
        )
        .order_by(col(Payment.id))
    )
    return list(session.exec(chosen).all())


def withdraw_promises(session: Session, number: Number, trip: Trip, day: date) -> int:
    """Take back what was promised when a trip was cancelled and is not paid, since it goes on after
    all; returns how much that was, in fen."""
    cancelled = operations.last_setting(session, "trip", id_of(trip), "cancelled_on")
    rows = [row for row in _promises(session, trip) if row.operation_id == cancelled]
    for row in rows:
        reverse(session, number, row, day=max(day, row.promised_on))
    return -sum(row.amount for row in rows)


# SQL: lines `p` that pay for a trip, or take that back; not what was given for a failure.
PAYS = """(p.kind IN ('deposit', 'balance') OR p.kind IN ('refund', 'reversal')
    AND coalesce(p.reason, 'customer') = 'customer')"""


def _add(session: Session, number: Number, **facts: Any) -> Payment:
    identifier = codes.next_id(session, "payment")
    code = codes.code_of(identifier, "payment")
    return operations.add(
        session, Payment(id=identifier, code=code, operation_id=number(), **facts)
    )


@dataclass(frozen=True, slots=True)
class Paid:
    """A line that is paid: since when, how. already: it was so before, by whom if known."""

    code: str
    amount: int
    on: date
    method: str | None
    reference: str | None
    already: bool = False
    by: str | None = None


def pay(
    session: Session,
    number: Number,
    payment: Payment,
    *,
    day: date,
    **said: Any,
) -> Paid:
    """Say that a promise was paid on a day, and what else is said: how (`method`), under which
    `reference`. A line that is paid already stays as it is.

    Raises Refused for a reversal, a line that was taken back, a day before the promise, and for a
    line that was paid in another way or under another reference: that is another payment.
    """
    _refuse_taken_back(session, payment)
    if payment.paid_on is not None:
        return _paid_already(session, payment, said)
    if day < payment.promised_on:
        raise Refused(
            N_("{code} was promised on {promised}; it cannot have been paid on {day}."),
            code=payment.code,
            promised=payment.promised_on,
            day=day,
        )
    facts = {"paid_on": day, **said}
    operations.edit(session, number(), payment, facts, _customer_id(session, payment))
    return Paid(payment.code, payment.amount, day, payment.method, payment.reference)


def _paid_already(session: Session, row: Payment, said: Mapping[str, Any]) -> Paid:
    by = operations.author(session, "payment", id_of(row), "paid_on")
    if any(value and value != getattr(row, field) for field, value in said.items()):
        raise Refused(
            N_(
                "{code} was paid already, on {day} ({how}), and a line is paid once. "
                "If that was wrong: tourcrm payments reverse {code} --reason TEXT"
            ),
            code=row.code,
            day=row.paid_on,
            how=visible(", ".join(part for part in (row.method, row.reference, by) if part), 80)
            or "?",
        )
    on = cast(date, row.paid_on)
    return Paid(row.code, row.amount, on, row.method, row.reference, already=True, by=by)


def reverse(
    session: Session, number: Number, payment: Payment, *, day: date, note: str | None = None
) -> Payment:
    """Take a line back by one of the same amount with the other sign; returns that line.

    A promise that was not paid is owed no more. Raises Refused for a line that was taken back
    already, for a reversal, and for a day before the line itself.
    """
    _refuse_taken_back(session, payment)
    since = payment.paid_on or payment.promised_on
    if day < since:
        raise Refused(
            N_("{code} is of {since}; it cannot be reversed on {day}."),
            code=payment.code,
            since=since,
            day=day,
        )
    return _add(
        session,
        number,
        trip_id=payment.trip_id,
        complaint_id=payment.complaint_id,
        reverses_id=payment.id,
        kind="reversal",
        reason=payment.reason,
        amount=-payment.amount,
        promised_on=day,
        paid_on=day if payment.paid_on else None,
        method=payment.method,
        note=note,
    )


def again(session: Session, number: Number, reversal: Payment) -> Payment:
    """The line that a reversal took back, anew: the reversal itself was wrong."""
    line = session.get_one(Payment, reversal.reverses_id)
    same = {field: getattr(line, field) for field in _SAME}
    return _add(session, number, **same)


_SAME = (
    *("trip_id", "complaint_id", "kind", "reason", "amount", "promised_on", "paid_on"),
    *("method", "reference", "note"),
)


def _refuse_taken_back(session: Session, row: Payment) -> None:
    if row.kind == "reversal":
        raise Refused(
            N_("{code} is a reversal itself: it is neither paid nor reversed."), code=row.code
        )

    taken_back = session.exec(select(Payment).where(col(Payment.reverses_id) == row.id)).first()
    if taken_back is not None:
        raise Refused(
            N_("{code} was reversed already, on {day}, by {reversal}."),
            code=row.code,
            day=taken_back.promised_on,
            reversal=taken_back.code,
        )


def _customer_id(session: Session, row: Payment) -> int:
    return session.get_one(Trip, row.trip_id).customer_id


# --- rows -----------------------------------------------------------------------------------------


# A line of money as of a day, with the fields of columns.PAYMENT. amount: fen, below zero for what
# goes to the customer.
Line: TypeAlias = Any
_Line = columns.row_type(columns.PAYMENT)
_WHEN_PAID = tuple(one.field for one in columns.options(columns.PAYMENT))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines a list shows. promised: only refunds that are owed and not paid. owner: of this
    colleague's customers, and those of nobody.

    day: as of its end; None = as it stands, whatever the days.
    """

    day: date | None = None
    customer_id: int | None = None
    trip_id: int | None = None
    complaint_id: int | None = None
    promised: bool = False
    owner: str | None = None
    limit: int | None = None


_Reversal = aliased(Payment, name="reversal")
_Original = aliased(Payment, name="original")


def listed(session: Session, wanted: Wanted) -> Iterator[Line]:
    """The lines that are wanted, latest first; of promises the oldest first."""
    first = (col(Payment.promised_on), col(Payment.id))
    latest = (first[0].desc(), first[1].desc())
    chosen = _chosen(wanted, *_columns()).order_by(*(first if wanted.promised else latest))
    return _lines(session, chosen.limit(wanted.limit), wanted.day)


def exported(session: Session) -> Iterator[Line]:
    """All lines as they stand, in the order in which they were written."""
    return _lines(session, _chosen(Wanted(), *_columns()).order_by(col(Payment.id)), None)


def shown(session: Session, row: Payment) -> Line:
    """One line as it stands."""
    [found] = _lines(session, _chosen(Wanted(), *_columns()).where(col(Payment.id) == row.id), None)
    return found


def _lines(session: Session, chosen: Select[Any], day: date | None) -> Iterator[Line]:
    for one in engine.selected(session, chosen):
        row = one._asdict()
        if row["paid_on"] is not None and day is not None and row["paid_on"] > day:
            row |= dict.fromkeys(("paid_on", *_WHEN_PAID))  # as of then nobody knew
        yield _Line(**row, state=state(row["kind"], row["paid_on"], row["reversed_on"]))


def totals(session: Session, wanted: Wanted) -> tuple[int, int]:
    """How many lines are wanted, whatever the limit, and their sum in fen."""
    chosen = _chosen(wanted, func.count(), func.coalesce(func.sum(Payment.amount), 0))
    count, amount = session.connection().execute(chosen).one()
    return int(count), int(amount)


def of_complaint(session: Session, complaint_id: int) -> list[Line]:
    """The lines of a complaint, in the order in which they were written."""
    return list(listed(session, Wanted(complaint_id=complaint_id)))[::-1]


def state(kind: str, paid_on: date | None, reversed_on: date | None) -> str:
    """How a line stands (a word of payment_state), from what had happened by some day."""
    if kind == "reversal":
        return "reversal"
    if reversed_on is not None:
        return "reversed"
    return "promised" if paid_on is None else "paid"


def _columns() -> tuple[Any, ...]:
    return (
        *(getattr(Payment, field) for field in columns.plain(columns.PAYMENT)),
        col(Trip.code).label("trip"),
        col(Customer.code).label("customer"),
        col(Customer.name),
        col(Complaint.code).label("complaint"),
        col(_Reversal.promised_on).label("reversed_on"),
        col(_Original.code).label("reverses"),
    )


def _chosen(wanted: Wanted, *columns: Any) -> Select[Any]:
    taken_back = col(_Reversal.reverses_id) == col(Payment.id)
    conditions: list[ColumnElement[bool]] = []
    unpaid: ColumnElement[bool] = col(Payment.paid_on).is_(None)
    if wanted.day is not None:
        taken_back = and_(taken_back, col(_Reversal.promised_on) <= wanted.day)
        conditions.append(col(Payment.promised_on) <= wanted.day)
        unpaid = or_(unpaid, col(Payment.paid_on) > wanted.day)
    if wanted.customer_id is not None:
        conditions.append(col(Trip.customer_id) == wanted.customer_id)
    if wanted.trip_id is not None:
        conditions.append(col(Payment.trip_id) == wanted.trip_id)
    if wanted.complaint_id is not None:
        conditions.append(col(Payment.complaint_id) == wanted.complaint_id)
    if wanted.owner is not None:
        conditions.append(
            or_(
                dialect.spelled(Customer.owner, wanted.owner),
                func.coalesce(col(Customer.owner), "") == "",
            )
        )
    if wanted.promised:
        conditions += [
            col(Payment.kind) == "refund",
            unpaid,
            col(_Reversal.id).is_(None),
        ]
    return (
        core_select(*columns)
        .select_from(Payment)
        .join(Trip, col(Trip.id) == col(Payment.trip_id))
        .join(Customer, col(Customer.id) == col(Trip.customer_id))
        .outerjoin(Complaint, col(Complaint.id) == col(Payment.complaint_id))
        .outerjoin(_Reversal, taken_back)
        .outerjoin(_Original, col(_Original.id) == col(Payment.reverses_id))
        .where(*conditions)
    )
