"""What customers still owe for their trips, and how old the debt is.

Balances are known only of trips for which a deposit or a balance was written down, or a plan:
history without them is settled, not unpaid. A trip owes its price while it is booked, its fee once
it is cancelled. What the agency gave back for its own failures, or a supplier's, or out of kindness
does not count as unpaid.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from tourcrm.bookings import plans
from tourcrm.bookings.payments import PAYS
from tourcrm.bookings.plans import Part
from tourcrm.bookings.status import BOOKED
from tourcrm.db import engine

# Days that a debt is overdue -> its bucket; the last holds what is older still.
BUCKETS = ((30, "0-30"), (60, "31-60"), (90, "61-90"))
OLDEST = "over_90"
NOT_DUE = "not_due"


@dataclass(frozen=True, slots=True)
class Terms:
    """When a price is to be paid where neither trip nor customer says it. share: per cent of it at
    the booking; days: before the departure, for the rest."""

    share: int
    days: int


@dataclass(frozen=True, slots=True)
class Debt:
    """What a trip owes as of a day. Amounts in fen; overdue: the part that was to be paid by
    then."""

    trip: str
    customer: str
    name: str
    phone: str | None
    owner: str | None
    departs_on: date
    price: int
    paid: int
    balance: int
    due_on: date
    overdue: int
    days_overdue: int
    bucket: str


def bucket_of(due_on: date, as_of: date) -> str:
    """How old a debt is: not_due before its day, 0-30 from that day on, and so on."""
    days = (as_of - due_on).days
    if days < 0:
        return NOT_DUE
    return next((name for most, name in BUCKETS if days <= most), OLDEST)


def due(
    session: Session,
    terms: Terms,
    as_of: date,
    *,
    trip_id: int | None = None,
    customer_id: int | None = None,
    owner: str | None = None,
) -> list[Debt]:
    """The trips that owe something as of a day, the oldest debt first."""
    debts = _debts(session, terms, as_of, trip_id, customer_id, owner)
    return sorted(debts, key=lambda debt: (debt.due_on, -debt.balance, debt.trip))


def _debts(
    session: Session,
    terms: Terms,
    as_of: date,
    trip_id: int | None,
    customer_id: int | None,
    owner: str | None,
) -> Iterator[Debt]:
    stored = _stored_plans(session)
    # Only trips with lines or a plan are looked at, by way of those.
    sql = f"""
        SELECT t.id, t.code, c.code, c.name, coalesce(c.phone, c.phone2), c.owner, t.departs_on,
            t.booked_on, t.cancelled_on, {BOOKED}, t.price, t.fee, c.credit_days, coalesce(sum(
                CASE WHEN {PAYS} AND p.paid_on <= :as_of THEN p.amount END), 0)
        FROM trip t
        JOIN customer c ON c.id = t.customer_id
        LEFT JOIN payment p ON p.trip_id = t.id
        WHERE t.id IN (
            SELECT trip_id FROM payment WHERE kind IN ('deposit', 'balance')
                AND promised_on <= :as_of
            UNION SELECT trip_id FROM installment
        ) AND (:trip IS NULL OR t.id = :trip) AND (:customer IS NULL OR c.id = :customer)
          AND (:owner IS NULL OR coalesce(c.owner, '') IN (:owner, ''))
          AND t.departs_on IS NOT NULL
        GROUP BY t.id
    """  # noqa: S608 - pieces of SQL
    found = engine.rows(
        session,
        sql,
        as_of=as_of.isoformat(),
        trip=trip_id,
        customer=customer_id,
        owner=owner,
    )
    for row in found:
        one, trip, customer, name, phone, whose, departs, booked, cancelled, *money = row
        live, price, fee, credit, paid = money
        owed = (price if live else fee) or 0
        if owed <= paid:
            continue
        departs_on = date.fromisoformat(departs)
        if live:
            parts = stored.get(one) or plans.usual(
                owed,
                booked and date.fromisoformat(booked),
                departs_on,
                share=terms.share,
                days=terms.days,
                credit_days=credit,
                paid=paid,
            )
        else:
            parts = (Part(owed, date.fromisoformat(cancelled) if cancelled else departs_on),)
        due_on, overdue = plans.unmet(_whole(parts, owed), paid, as_of)
        yield Debt(
            trip, customer, name, phone, whose, departs_on, owed, paid, owed - paid, due_on,
            overdue, max(0, (as_of - due_on).days), bucket_of(due_on, as_of),
        )  # fmt: skip


def _whole(parts: tuple[Part, ...], owed: int) -> tuple[Part, ...]:
    """A plan for the price as it is now: what was added later is due with the last part."""
    missing = owed - sum(part.amount for part in parts)
    return (*parts, Part(missing, parts[-1].due_on)) if missing > 0 else parts


def _stored_plans(session: Session) -> Mapping[int, tuple[Part, ...]]:
    found: dict[int, tuple[Part, ...]] = {}
    sql = "SELECT trip_id, amount, due_on FROM installment ORDER BY due_on, id"
    for trip, amount, day in engine.rows(session, sql):
        found[trip] = (*found.get(trip, ()), Part(amount, date.fromisoformat(day)))
    return found


def totals(debts: list[Debt]) -> dict[str, int]:
    """What is owed by bucket, in fen; those that are empty as 0."""
    names = (NOT_DUE, *(name for _days, name in BUCKETS), OLDEST)
    return {name: sum(debt.balance for debt in debts if debt.bucket == name) for name in names}
