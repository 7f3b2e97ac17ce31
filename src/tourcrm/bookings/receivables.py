"""What customers still owe for their trips, and how old the debt is.

Balances are known only of trips for which a deposit or a balance was written down, or a plan:
history without them is settled, not unpaid. A trip owes its price while it is booked, its fee once
it is cancelled. What the agency gave back for its own failures, or a supplier's, or out of kindness
does not count as unpaid.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session

from tourcrm.bookings import plans
from tourcrm.bookings.payments import PAYS
from tourcrm.bookings.plans import Part
from tourcrm.bookings.status import BOOKED
from tourcrm.db import dialect, engine
from tourcrm.db.engine import Raw

# Days that a debt is overdue -> its bucket; the last holds what is older still.
BUCKETS = ((30, "0-30"), (60, "31-60"), (90, "61-90"))
OLDEST = "over_90"
LOOKED_BACK = 366  # days from a departure in which the list and the morning speak of a debt
NOT_DUE = "not_due"


@dataclass(frozen=True, slots=True)
class Terms:
    """When a price is to be paid where neither trip nor customer says it. share: per cent of it at
    the booking; days: before the departure, for the rest."""

    share: int
    days: int


@dataclass(frozen=True, slots=True)
class Debt:
    """What a trip owes as of a day. is_live: it was not cancelled. Amounts in fen; overdue: the
    part that was to be paid by then."""

    trip: str
    customer: str
    name: str
    phone: str | None
    owner: str | None
    destination: str | None
    is_live: bool
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
    """The trips that owe something as of a day, the oldest debt first. customer_id: of this
    customer and, of a company, of its people."""
    # Only trips with lines or a plan are looked at, by way of those.
    which = """
        SELECT t.id FROM trip t JOIN customer c ON c.id = t.customer_id
        WHERE t.id IN (
            SELECT trip_id FROM payment WHERE kind IN ('deposit', 'balance')
            UNION SELECT trip_id FROM installment
        ) AND (:trip IS NULL OR t.id = :trip)
          AND (:owner IS NULL OR coalesce(c.owner, '') IN (:owner, ''))
    """
    if customer_id is not None:  # by way of those
        which = """
            SELECT t.id FROM trip t JOIN customer c ON c.id = t.customer_id
            WHERE t.customer_id IN (
                SELECT :customer UNION SELECT id FROM customer WHERE company_id = :customer
            ) AND (:trip IS NULL OR t.id = :trip)
              AND (:owner IS NULL OR coalesce(c.owner, '') IN (:owner, ''))
        """
    params = {"trip": trip_id, "customer": customer_id, "owner": owner}
    found = owing(engine.raw(session), terms, as_of, which, params)
    debts = (debt for _trip, _customer, debt in found)
    return sorted(debts, key=lambda debt: (debt.due_on, -debt.balance, debt.trip))


def soon(
    session: Session, terms: Terms, as_of: date, last: date, owner: str | None = None
) -> list[Debt]:
    """What was, or is, to be paid up to a day, the oldest debt first: of one colleague's customers
    and those of nobody, or of all. Trips of more than a year ago are not looked at."""
    which = f"""
        SELECT t.id FROM {dialect.by_index("trip t", "trip_departs")}
        JOIN customer c ON c.id = t.customer_id
        WHERE t.departs_on >= :first
            AND (:owner IS NULL OR folded(c.owner) = folded(:owner) OR coalesce(c.owner, '') = '')
    """  # noqa: S608 - a constant
    params = {"owner": owner, "first": (as_of - timedelta(days=LOOKED_BACK)).isoformat()}
    found = owing(engine.raw(session), terms, as_of, which, params)
    debts = [debt for _trip, _customer, debt in found if debt.due_on <= last]
    return sorted(debts, key=lambda debt: (debt.due_on, -debt.balance, debt.trip))


def owing(
    connection: Raw, terms: Terms, as_of: date, which: str, params: Mapping[str, Any]
) -> Iterator[tuple[int, int, Debt]]:
    """What trips owe as of a day, with the ids of trip and customer. which: a select of the ids of
    trips `t`; of those without a line or a plan nothing is known."""
    for one in _open(connection, terms, as_of, which, params):
        due_on, overdue = plans.unmet(one.parts, one.paid, as_of)
        yield one.id, one.who, Debt(
            one.trip, one.customer, one.name, one.phone, one.owner, one.destination, one.live,
            one.departs_on, one.owed, one.paid, one.owed - one.paid, due_on, overdue,
            max(0, (as_of - due_on).days), bucket_of(due_on, as_of),
        )  # fmt: skip


# Trips with lines or a plan, by way of those; of all customers, or of one.
_WITH_MONEY = """
    SELECT t.id FROM trip t WHERE (:customer IS NULL OR t.customer_id = :customer) AND t.id IN (
        SELECT trip_id FROM payment WHERE kind IN ('deposit', 'balance')
        UNION SELECT trip_id FROM installment
    )
"""


def expected(session: Session, terms: Terms, as_of: date) -> Iterator[tuple[date, int]]:
    """What is still to come in for trips, as of a day: by when, and how much (fen)."""
    for one in _open(engine.raw(session), terms, as_of, _WITH_MONEY, {"customer": None}):
        left = one.paid
        for part in sorted(one.parts, key=lambda part: part.due_on):
            met = max(0, min(left, part.amount))
            left -= met
            if part.amount > met:
                yield part.due_on, part.amount - met


def plans_of(
    session: Session, terms: Terms, customer_id: int, as_of: date
) -> Iterator[tuple[int, tuple[Part, ...]]]:
    """The ids of the booked trips of a customer of which the balance is known, paid whole or not,
    and what was to be paid for each by when."""
    whose = {"customer": customer_id}
    for one in _open(engine.raw(session), terms, as_of, _WITH_MONEY, whose, settled=True):
        if one.live and one.owed:
            yield one.id, one.parts


@dataclass(frozen=True, slots=True)
class _Open:
    """A trip that is not paid whole. parts: of what it owes."""

    id: int
    trip: str
    who: int
    customer: str
    name: str
    phone: str | None
    owner: str | None
    destination: str | None
    live: bool
    departs_on: date
    owed: int
    paid: int
    parts: tuple[Part, ...]


_PAID = f"""(
    SELECT coalesce(sum(p.amount), 0) FROM payment p
    WHERE p.trip_id = t.id AND {PAYS} AND p.paid_on <= :as_of
)"""  # noqa: S608 - a piece of SQL
_OF_TRIPS = f"""
    SELECT t.id, t.code, c.id, c.code, c.name, coalesce(c.phone, c.phone2), c.owner,
        t.destination, t.departs_on, t.booked_on, t.cancelled_on, {BOOKED}, t.price, t.fee,
        coalesce(c.credit_days, f.credit_days),
        {_PAID}
    FROM ({{which}}) w CROSS JOIN trip t ON t.id = w.id
    CROSS JOIN customer c ON c.id = t.customer_id
    LEFT JOIN customer f ON f.id = c.company_id
    WHERE t.departs_on IS NOT NULL AND (EXISTS (
        SELECT 1 FROM payment p WHERE p.trip_id = t.id AND p.kind IN ('deposit', 'balance')
            AND p.promised_on <= :as_of
    ) OR EXISTS (SELECT 1 FROM installment i WHERE i.trip_id = t.id))
        AND (:settled
            OR {_PAID} < coalesce(CASE WHEN {BOOKED} THEN t.price ELSE t.fee END, 0))
"""  # noqa: S608 - pieces of SQL; which: the SQL of the ids of trips


def _open(
    connection: Raw,
    terms: Terms,
    as_of: date,
    which: str,
    params: Mapping[str, Any],
    *,
    settled: bool = False,
) -> Iterator[_Open]:
    """settled: those that are paid whole, too; without a plan of its own a trip was then to be paid
    as usual, whatever was taken as a deposit."""
    found = connection.execute(
        _OF_TRIPS.format(which=which), {**params, "as_of": as_of.isoformat(), "settled": settled}
    ).fetchall()
    stored = _stored_plans(connection, [row[0] for row in found])
    for row in found:
        one, trip, who, customer, name, phone, whose, place, departs, booked, cancelled, *money = (
            row
        )
        live, price, fee, credit, received = money
        owed = (price if live else fee) or 0
        departs_on = date.fromisoformat(departs)
        if live:
            parts = stored.get(one) or plans.usual(
                owed,
                booked and date.fromisoformat(booked),
                departs_on,
                share=terms.share,
                days=terms.days,
                credit_days=credit,
                paid=0 if settled else received,
            )
        else:
            parts = (Part(owed, date.fromisoformat(cancelled) if cancelled else departs_on),)
        yield _Open(
            one, trip, who, customer, name, phone, whose, place, bool(live), departs_on, owed,
            received, _whole(parts, owed),
        )  # fmt: skip


def _whole(parts: tuple[Part, ...], owed: int) -> tuple[Part, ...]:
    """A plan for the price as it is now: what was added later is due with the last part."""
    missing = owed - sum(part.amount for part in parts)
    return (*parts, Part(missing, parts[-1].due_on)) if parts and missing > 0 else parts


def _stored_plans(connection: Raw, trips: Sequence[int]) -> Mapping[int, tuple[Part, ...]]:
    found: dict[int, tuple[Part, ...]] = {}
    sql = f"""
        SELECT i.trip_id, i.amount, i.due_on FROM {dialect.NUMBERS} w
        CROSS JOIN installment i ON i.trip_id = w.value ORDER BY i.due_on, i.id
    """  # noqa: S608 - a constant
    for trip, amount, day in connection.execute(sql, (dialect.numbers(trips),)):
        found[trip] = (*found.get(trip, ()), Part(amount, date.fromisoformat(day)))
    return found


def totals(debts: list[Debt]) -> dict[str, int]:
    """What is owed by bucket, in fen; those that are empty as 0."""
    names = (NOT_DUE, *(name for _days, name in BUCKETS), OLDEST)
    return {name: sum(debt.balance for debt in debts if debt.bucket == name) for name in names}
