"""How customers pay: how long their money was outstanding, and how late it came.

Both are the same sum: what was to be paid by a day, less what was paid by then, for each day on
which that is above zero (fen times days). Only trips of which the balance is known tell anything.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from tourcrm.base.display import visible
from tourcrm.base.errors import Message
from tourcrm.base.i18n import N_
from tourcrm.base.money import plain_amount
from tourcrm.bookings import payments, receivables
from tourcrm.bookings.payments import PAYS
from tourcrm.bookings.plans import Part
from tourcrm.bookings.receivables import Terms
from tourcrm.db import engine
from tourcrm.models import Customer, Trip

LATE_FROM = 15  # days; who pays later than that on average is named when he books


def fen_days(parts: Iterable[Part], paid: Iterable[tuple[date, int]], as_of: date) -> int:
    """What was due and not paid, times the days for which it was not, up to a day."""
    moves = sorted(
        [(part.due_on, part.amount) for part in parts] + [(day, -amount) for day, amount in paid]
    )
    whole = open_ = 0
    before: date | None = None
    for day, amount in moves:
        if day > as_of:
            break
        if before is not None:
            whole += max(0, open_) * (day - before).days
        open_ += amount
        before = day
    return whole if before is None else whole + max(0, open_) * (as_of - before).days


def half_up(amount: int, by: int) -> int:
    """A quotient of whole numbers, rounded to the nearest, halves upwards."""
    return (2 * amount + by) // (2 * by)


def outstanding(session: Session, as_of: date) -> dict[int, int]:
    """Of trips of which the balance is known: their price since the departure, less what was paid,
    in fen times days."""
    lines = _lines(session, as_of, None)
    sql = """
        SELECT id, departs_on, price FROM trip WHERE price IS NOT NULL AND departs_on IS NOT NULL
            AND departs_on <= :as_of AND id IN (
                SELECT trip_id FROM payment WHERE kind IN ('deposit', 'balance')
                    AND promised_on <= :as_of
                UNION SELECT trip_id FROM installment
            )
    """
    return {
        trip: fen_days((Part(price, date.fromisoformat(day)),), lines.get(trip, ()), as_of)
        for trip, day, price in engine.rows(session, sql, as_of=as_of.isoformat())
    }


def _lines(
    session: Session, as_of: date, customer_id: int | None
) -> dict[int, list[tuple[date, int]]]:
    """What was paid for trips, and when."""
    sql = f"""
        SELECT p.trip_id, p.paid_on, p.amount FROM payment p JOIN trip t ON t.id = p.trip_id
        WHERE p.paid_on <= :as_of AND {PAYS} AND (:customer IS NULL OR t.customer_id = :customer)
    """  # noqa: S608 - a piece of SQL
    found: dict[int, list[tuple[date, int]]] = {}
    for trip, day, amount in engine.rows(
        session, sql, as_of=as_of.isoformat(), customer=customer_id
    ):
        found.setdefault(trip, []).append((date.fromisoformat(day), amount))
    return found


@dataclass(frozen=True, slots=True)
class Late:
    """How late a customer pays: the average over every fen that was due by a day, and of how many
    trips."""

    days: int
    trips: int


def late(session: Session, terms: Terms, customer_id: int, as_of: date) -> Late | None:
    """How late a customer pays, against plans, days of credit and the settings; None where nothing
    was due yet."""
    lines = _lines(session, as_of, customer_id)
    whole = due = trips = 0
    for trip, parts in receivables.plans_of(session, terms, customer_id, as_of):
        then = [part for part in parts if part.due_on <= as_of]
        if not then:
            continue
        trips += 1
        due += sum(part.amount for part in then)
        whole += fen_days(then, lines.get(trip, ()), as_of)
    return Late(half_up(whole, due), trips) if due else None


def cautions(session: Session, terms: Terms, row: Trip, today: date) -> Iterator[Message]:
    """What to know before a trip is booked: a limit of credit that it goes beyond, and that the
    customer pays late."""
    who = session.get_one(Customer, row.customer_id)
    firm = session.get(Customer, who.company_id) if who.company_id is not None else None
    for debtor in (who, firm):
        if debtor is None or debtor.credit_limit is None or row.price is None:
            continue
        debts = receivables.due(session, terms, today, customer_id=debtor.id)
        others = sum(debt.balance for debt in debts if debt.trip != row.code)
        whole = others + max(0, row.price - payments.paid(session, row))
        if whole > debtor.credit_limit:
            yield Message(
                N_("{name} owes {amount} with this trip, beyond the credit limit of {limit}."),
                name=visible(debtor.name, 40),
                amount=plain_amount(whole),
                limit=plain_amount(debtor.credit_limit),
            )
    pays = late(session, terms, row.customer_id, today)
    if pays is not None and pays.days >= LATE_FROM:
        yield Message(
            N_("{name} pays {days} days late on average: ask for prepayment."),
            name=visible(who.name, 40),
            days=pays.days,
        )
