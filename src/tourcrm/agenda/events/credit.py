"""Debts beyond a limit of credit: of a customer, or of a company with the trips of its people.

Who has a limit is found by an index; what they owe comes from the look-up that all debts of a day
share (`sales.owing_of_day`), and only of those who are beyond it is asked since when.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING

from tourcrm.agenda.events.search import Event, Owing, Search
from tourcrm.bookings.status import BOOKED
from tourcrm.db import dialect
from tourcrm.db.engine import Raw

if TYPE_CHECKING:
    from collections.abc import Collection

# Customers with a limit, and whose trips count against it: their own, and those of the people of a
# company who have no limit of their own.
LIMITED = f"""
    SELECT c.id, c.credit_limit, c.id FROM {dialect.by_index("customer c", "customer_limit")}
    WHERE c.credit_limit IS NOT NULL
    UNION ALL
    SELECT c.id, c.credit_limit, e.id FROM {dialect.by_index("customer c", "customer_limit")}
    CROSS JOIN {dialect.by_index("customer e", "customer_company")} ON e.company_id = c.id
    WHERE c.credit_limit IS NOT NULL AND e.credit_limit IS NULL
"""  # noqa: S608 - constants


def over_limits(connection: Raw, search: Search) -> Iterator[Event]:
    """Customers who owe more than they may, from the day on which that began."""
    limits, people = limited(connection)
    if not limits:
        return
    owed: dict[int, list[Owing]] = defaultdict(list)
    for one in search.owing():
        if one.customer_id in people:
            owed[people[one.customer_id]].append(one)
    for who, debts in owed.items():
        amount = sum(one.debt.balance for one in debts)
        if amount <= limits[who] or (search.wanted is not None and who not in search.wanted):
            continue
        trips = [one.trip_id for one in debts]
        day = _since(_moves(connection, search, trips, debts), limits[who], search.as_of)
        yield Event("customer", who, "once", day, who, day, amount=amount)


def limited(connection: Raw) -> tuple[dict[int, int], dict[int, int]]:
    """The limits, by customer; and against whose limit the trips of a customer count."""
    limits: dict[int, int] = {}
    people: dict[int, int] = {}
    for who, limit, of in connection.execute(LIMITED):
        limits[who] = limit
        people[of] = who
    return limits, people


def _moves(
    connection: Raw, search: Search, trips: "Collection[int]", debts: Iterable[Owing]
) -> list[tuple[str, int]]:
    """What made the debt of these trips what it is: days, and amounts (less where it was paid)."""
    sql = f"""
        SELECT t.id, CASE WHEN {BOOKED} THEN coalesce(t.booked_on, t.departs_on)
            ELSE coalesce(t.cancelled_on, t.departs_on) END
        FROM {dialect.NUMBERS} w CROSS JOIN trip t ON t.id = w.value
    """  # noqa: S608 - constants
    params = {"as_of": search.as_of.isoformat()}
    numbers = dialect.numbers(sorted(trips))
    begun = dict(connection.execute(sql.replace("(?)", "(:ids)"), {**params, "ids": numbers}))
    moves = [(begun[one.trip_id], one.debt.price) for one in debts]
    paid = f"""
        SELECT p.paid_on, p.amount FROM {dialect.NUMBERS} w CROSS JOIN payment p
            ON p.trip_id = w.value
        WHERE p.paid_on IS NOT NULL AND p.paid_on <= :as_of AND {_pays()}
    """  # noqa: S608 - constants
    rows = connection.execute(paid.replace("(?)", "(:ids)"), {**params, "ids": numbers})
    return moves + [(day, -amount) for day, amount in rows]


def _pays() -> str:
    from tourcrm.bookings.payments import PAYS

    return PAYS


def _since(moves: Iterable[tuple[str, int]], limit: int, as_of: date) -> str:
    """The day from which on, until now, more was owed than the limit."""
    today = as_of.isoformat()
    of_day: dict[str, int] = defaultdict(int)
    for day, amount in moves:
        of_day[min(day, today)] += amount
    whole, since = 0, today
    beyond = False
    for day in sorted(of_day):
        whole += of_day[day]
        if whole > limit and not beyond:
            since = day
        beyond = whole > limit
    return since
