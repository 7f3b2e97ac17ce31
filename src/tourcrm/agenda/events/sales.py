"""The events between inquiry and journey: quotes, what is owed, papers, seats that came free; and
customers who were lost.

As the other selects they go by an index, and a database without quotes, plans and queues is asked
little more than whether it has any.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from tourcrm.agenda.events.search import Event, Owing, Search
from tourcrm.base import moments
from tourcrm.bookings.status import BOOKED
from tourcrm.db import dialect
from tourcrm.db.engine import Raw
from tourcrm.db.setting import Settings

_TRIP = "t.id, t.code, t.service, t.kind, t.destination"
WEEK = 7
SOON = 14  # days before a departure in which `balance` speaks of what is owed, and `debt` does not
LATEST_DEBT = 366  # days from a departure after which what is still owed is no longer called for
PASSPORT_MONTHS = 6  # that a passport must still be good for on the day of return

# What tells that a customer was lost for how they were served: words of free texts.
OF_SERVICE = (
    "服务", "投诉", "态度", "导游", "领队", "不满", "质量", "失误", "体验差", "司机", "酒店差",
    "service", "complain", "guide", "quality", "unhappy", "dissatisf", "rude", "mistake",
)  # fmt: skip


def quotes(connection: Raw, search: Search) -> Iterator[Event]:
    """Quotes that were open on the day: not booked, lost or cancelled by then."""
    index = "trip_quoted" if search.wanted is None else "trip_customer"
    sql = f"""
        SELECT t.customer_id, t.quoted_on, t.price, {_TRIP}
        FROM {dialect.by_index("trip t", index)}
        WHERE t.quoted_on BETWEEN :first AND :last AND t.quoted_on <= :as_of AND (
            t.status = 'quoted' OR t.status = 'lost' AND t.lost_on > :as_of
            OR t.status IN ('booked', 'cancelled') AND t.booked_on > :as_of
        ) {search.only("t.customer_id")} {search.fitting()}
    """  # noqa: S608 - pieces of this module
    for who, day, price, *trip in connection.execute(sql, search.params):
        event = Event("trip", trip[0], "once", "", who, day, "solar", *trip)
        yield event._replace(amount=price)


def balances(_connection: Raw, search: Search) -> Iterator[Event]:
    """Departures of trips of whose price something is not paid."""
    for one in search.owed():
        debt = one.debt
        if debt.is_live and max(search.first, search.as_of) <= debt.departs_on <= search.last:
            yield _of_debt(one)._replace(anchor_on=debt.departs_on.isoformat())


def debts(_connection: Raw, search: Search) -> Iterator[Event]:
    """Days by which something was to be paid that is not: the day after, then weekly. So long as it
    is soon before the departure, `balances` tells it."""
    as_of = search.as_of
    ahead = (search.last - as_of).days + search.least  # days of which is asked what comes
    for one in search.owed():
        debt = one.debt
        late = (as_of - debt.due_on).days - 1
        soon = debt.is_live and timedelta() <= debt.departs_on - as_of <= timedelta(SOON)
        if soon or late + ahead < 0 or abs((debt.departs_on - as_of).days) > LATEST_DEBT:
            continue
        week = max(late, 0) // WEEK
        day = (debt.due_on + timedelta(week * WEEK)).isoformat()
        amount = debt.overdue or debt.balance
        yield _of_debt(one)._replace(anchor_on=day, period=f"w{week}", amount=amount)


def _of_debt(one: Owing) -> Event:
    debt = one.debt
    return Event(
        "trip", one.trip_id, "once", "", one.customer_id, debt.due_on.isoformat(),
        trip_id=one.trip_id, code=debt.trip, service=one.service, kind=one.kind,
        destination=debt.destination, amount=debt.balance,
        said=("pay_by", debt.due_on.isoformat()),
    )  # fmt: skip


_ANY_PAYMENTS = ("SELECT 1 FROM payment LIMIT 1", "SELECT 1 FROM installment LIMIT 1")


def owing_of_day(
    connection: Raw,
    settings: Settings,
    as_of: date,
    latest: date,
    wanted: frozenset[int] | None,
) -> tuple[Owing, ...]:
    """What is owed as of a day, for all rules that stand on debts: for trips that departed in the
    last year or depart up to a day, of these customers or of all; and for whatever trip of those
    who have a limit of credit."""
    if not any(connection.execute(sql).fetchone() for sql in _ANY_PAYMENTS):
        return ()
    # The models come with it: only an agency that keeps payments waits for them.
    from tourcrm.agenda.events import credit
    from tourcrm.bookings import receivables

    terms = receivables.Terms(int(settings["deposit_percent"]), int(settings["balance_days"]))
    span = "t.departs_on BETWEEN :first AND :latest"
    by_day = f"SELECT t.id FROM {dialect.by_index('trip t', 'trip_departs')} WHERE {span}"  # noqa: S608 - constants
    of_some = f"""
        SELECT t.id FROM json_each(:some) w
        CROSS JOIN {dialect.by_index("trip t", "trip_customer")} ON t.customer_id = w.value
    """  # noqa: S608 - constants
    asked = [
        (by_day, frozenset()) if wanted is None else (f"{of_some} WHERE {span}", wanted),
        (of_some, frozenset(credit.limited(connection)[1])),
    ]
    found = {}
    for which, some in asked:
        if which != by_day and not some:
            continue
        params = {
            "first": (as_of - timedelta(LATEST_DEBT)).isoformat(),
            "latest": latest.isoformat(),
            "some": dialect.numbers(sorted(some)),
        }
        for trip, who, debt in receivables.owing(connection, terms, as_of, which, params):
            found[trip] = who, debt
    sql = f"""
        SELECT t.id, t.service, t.kind FROM {dialect.NUMBERS} w CROSS JOIN trip t ON t.id = w.value
    """  # noqa: S608 - a constant
    rows = connection.execute(sql, (dialect.numbers(sorted(found)),))
    return tuple(Owing(id_, service, kind, *found[id_]) for id_, service, kind in rows)


def passports(connection: Raw, search: Search) -> Iterator[Event]:
    """Departures abroad of people whose passport ends too soon after the return: of whoever booked,
    and of whoever else is known to be on the trip."""
    ends = f"date(coalesce(t.returns_on, t.departs_on), '+{PASSPORT_MONTHS} months')"
    rest = f"""
        WHERE t.departs_on BETWEEN :first AND :last AND t.departs_on >= :as_of AND t.abroad
            AND {BOOKED} AND c.passport_expires_on < {ends} {search.only("c.id")}
            {search.fitting()}
    """
    index = dialect.by_index("trip t", "trip_departs")
    sql = f"""
        SELECT c.id, t.departs_on, c.passport_expires_on, {_TRIP}
        FROM {search.trips("trip_departs")} CROSS JOIN customer c ON c.id = t.customer_id {rest}
        UNION
        SELECT c.id, t.departs_on, c.passport_expires_on, {_TRIP}
        FROM {index} CROSS JOIN traveller o ON o.trip_id = t.id
        CROSS JOIN customer c ON c.id = o.customer_id {rest}
    """  # noqa: S608 - pieces of this module
    for who, day, expires_on, *trip in connection.execute(sql, search.params):
        event = Event("customer", who, f"t{trip[0]}", "", who, day, "solar", *trip)
        yield event._replace(said=("expires_on", expires_on))


_ANYBODY_WAITS = "SELECT 1 FROM trip WHERE departure_id IS NOT NULL LIMIT 1"
_QUEUES = f"""
    SELECT d.id, d.seats, d.departs_on FROM {dialect.by_index("departure d", "departure_departs")}
    WHERE d.departs_on >= :as_of AND d.seats IS NOT NULL AND EXISTS (
        SELECT 1 FROM {dialect.by_index("trip t", "trip_departure")}
        WHERE t.departure_id = d.id AND t.status IN ('inquiry', 'quoted')
            AND t.queued_at IS NOT NULL
    )
"""  # noqa: S608 - constants
_TAKEN = f"""
    SELECT coalesce(sum(coalesce(t.party_size, 1)), 0)
    FROM {dialect.by_index("trip t", "trip_departure")}
    WHERE t.departure_id = ? AND t.status = 'booked'
"""  # noqa: S608 - constants
_FREED = f"""
    SELECT max(t.cancelled_on) FROM {dialect.by_index("trip t", "trip_departure")}
    WHERE t.departure_id = ? AND t.status = 'cancelled'
"""  # noqa: S608 - constants
_WAITING = f"""
    SELECT t.customer_id, t.queued_at, coalesce(t.party_size, 1), {_TRIP}
    FROM {dialect.by_index("trip t", "trip_departure")}
    WHERE t.departure_id = :departure AND t.status IN ('inquiry', 'quoted')
        AND t.queued_at < :end AND coalesce((
            SELECT o.status FROM followup_outcome o
            WHERE o.rule = :rule AND o.subject_table = 'trip' AND o.subject_id = t.id
                AND o.at < :end ORDER BY o.at DESC, o.id DESC LIMIT 1
        ), '') <> 'skipped'
    ORDER BY t.queued_at, t.id
"""  # noqa: S608 - constants


def free_seats(connection: Raw, search: Search) -> Iterator[Event]:
    """Whose turn it is where seats came free: the first of those who wait whose whole party finds
    seats, and who did not decline; then the next, for what is left beside them."""
    if connection.execute(_ANYBODY_WAITS).fetchone() is None:
        return
    end = moments.day_end(search.as_of, search.zone)
    wanted = search.wanted
    params = {"as_of": search.as_of.isoformat()}
    for departure, seats, _departs_on in connection.execute(_QUEUES, params).fetchall():
        (taken,) = connection.execute(_TAKEN, (departure,)).fetchone()
        (freed,) = connection.execute(_FREED, (departure,)).fetchone()
        free = seats - taken
        queue = {"departure": departure, "end": end, "rule": search.rule}
        for who, queued_at, people, *trip in connection.execute(_WAITING, queue):
            if people > free:
                continue
            free -= people
            day = max(moments.local_day(queued_at, search.zone).isoformat(), freed or "")
            day = min(day, params["as_of"])
            if wanted is None or who in wanted:
                yield Event("trip", trip[0], "once", "", who, day, "solar", *trip)


def losses(connection: Raw, search: Search) -> Iterator[Event]:
    """Customers who were lost for how they were served, and are not back."""
    index = "customer_lost" if search.wanted is None else ""
    table = dialect.by_index("customer c", index) if index else "customer c"
    said = " OR ".join(f"folded(c.lost_reason) LIKE '%{word}%'" for word in OF_SERVICE)
    sql = f"""
        SELECT c.id, c.lost_on FROM {table}
        WHERE c.lost_on BETWEEN :first AND :last AND c.status = 'lost' AND ({said})
            {search.only("c.id")}
    """  # noqa: S608 - pieces of this module
    for who, day in connection.execute(sql, search.params):
        yield Event("customer", who, "once", day, who, day)
