"""Events of the first day of a month: customers who bring less than they did, or are on the way up.

Each is told at the beginning of a month, as trips stand on the day that is asked for. What was done
or skipped in an earlier month of the same quarter is not told again in that quarter.

- A company or trade partner whose last full quarter of the calendar, by departure, is under half of
  the average of its quarters before: those of a year, from the quarter of its first trip on, at
  least two.
- A customer of tier B whose orders stopped rising: fewer departures in the last 12 months than in
  the 12 before (at least two), which were more than those before that; and none is booked ahead.
- A rising star, as `People.rising_stars` has it.

Of each kind at most MOST are told a month, those with most at stake: more is on no list of a day.
Arrays and one grouped select tell who they are: there is no work a row.
"""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from tourcrm.agenda.events.search import Event, Search
from tourcrm.analysis import trip_history
from tourcrm.analysis.population import TIERS, months_before
from tourcrm.analysis.trip_history import day_number
from tourcrm.base import moments
from tourcrm.bookings.status import BOOKED, stood_sql
from tourcrm.db import dialect
from tourcrm.db.engine import Raw

if TYPE_CHECKING:
    from tourcrm.analysis.trip_history import Codes, Numbers

KINDS = ("company", "channel")  # whose quarters are compared
QUARTERS = 4  # before the last one, that make the average
FEWEST_QUARTERS = 2
DROP_PERCENT = 50  # of the average; below it is a drop
MOST = 100  # of each kind that are told of a month: where most is at stake
FEWEST_ORDERS = 2  # in the year in which they rose

# Quarters are counted back from the last one, which is 0.
_QUARTERS = f"""
    SELECT t.customer_id,
        coalesce(sum(t.price) FILTER (WHERE t.departs_on >= :quarter), 0),
        coalesce(sum(t.price) FILTER (WHERE t.departs_on < :quarter), 0)
    FROM json_each(:numbers) w CROSS JOIN {dialect.by_index("trip t", "trip_customer")}
    WHERE t.customer_id = w.value AND t.departs_on >= :earliest AND t.departs_on < :end
        AND {stood_sql()}
    GROUP BY t.customer_id
"""  # noqa: S608 - pieces of this module
_WITHOUT_ONE_AHEAD = f"""
    SELECT w.value FROM json_each(:numbers) w WHERE NOT EXISTS (
        SELECT 1 FROM {dialect.by_index("trip t", "trip_customer")}
        WHERE t.customer_id = w.value AND t.departs_on > :as_of AND {BOOKED}
    )
"""  # noqa: S608 - pieces of this module
_DECIDED = """
    SELECT DISTINCT o.subject_id FROM followup_outcome o
    WHERE o.rule = :rule AND o.subject_table = 'customer' AND o.at < :end
        AND o.anchor_on >= :quarter AND o.anchor_on < :month
        AND o.status IN ('done', 'skipped') AND NOT EXISTS (
            SELECT 1 FROM followup_outcome n
            WHERE n.rule = o.rule AND n.subject_table = o.subject_table
                AND n.subject_id = o.subject_id AND n.occurrence = o.occurrence
                AND n.id > o.id AND n.at < :end
        )
"""


def drops(connection: Raw, search: Search) -> Iterator[Event]:
    """Whoever brings less than before: companies by their quarters, tier B by its orders."""
    for month in _months(search):
        told = set(_decided(connection, search, month))
        for event in (*_quarters(connection, search, month), *_orders(connection, search, month)):
            if _wanted(search, event.customer_id) and event.customer_id not in told:
                told.add(event.customer_id)
                yield event


def stars(connection: Raw, search: Search) -> Iterator[Event]:
    """Customers of tier C on the way up; what they spend on a trip, and how often they went."""
    months = list(_months(search))
    if not months:
        return
    people = search.people
    at = people.places_of(people.rising_stars())
    best = sorted(
        zip(
            people.value_per_trip[at].round().astype("int64").tolist(),
            people.known.customer[at].tolist(),
            people.known.window_trips[at].tolist(),
            strict=True,
        ),
        key=lambda row: (-row[0], row[1]),
    )[:MOST]
    for month in months:
        told = _decided(connection, search, month)
        for each, who, trips in best:
            if _wanted(search, who) and who not in told:
                yield _event(who, month, each, (("trips", trips),))


def _wanted(search: Search, who: int) -> bool:
    return search.wanted is None or who in search.wanted


def _event(
    who: int, month: date, amount: int | None, figures: tuple[tuple[str, int], ...]
) -> Event:
    event = Event("customer", who, "", f"{month:%Y-%m}", who, month.isoformat())
    return event._replace(amount=amount, figures=figures)


def _months(search: Search) -> Iterator[date]:
    """The first days of months that are looked for and have come."""
    month = search.first.replace(day=1)
    while month <= min(search.last, search.as_of):
        if month >= search.first:
            yield month
        month = months_before(month, -1)


def _quarter(day: date) -> date:
    """The first day of its quarter."""
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def _decided(connection: Raw, search: Search, month: date) -> frozenset[int]:
    """Of whom it was done or skipped earlier in the quarter."""
    quarter = _quarter(month)
    if quarter == month:
        return frozenset()
    params = {
        "rule": search.rule,
        "end": moments.day_end(search.as_of, search.zone),
        "quarter": quarter.isoformat(),
        "month": month.isoformat(),
    }
    return frozenset(row[0] for row in connection.execute(_DECIDED, params))


def _quarters(connection: Raw, search: Search, month: date) -> list[Event]:
    """Companies by their last quarter; those that lack most, first."""
    end = _quarter(month)
    quarter = months_before(end, 3)
    earliest = months_before(quarter, 3 * QUARTERS)
    known = search.people.known
    at = search.people.places_of(search.people.of_kinds(KINDS))
    # Whoever began too late has too few quarters; whoever left no trip in them, no average.
    at = at[known.first[at] < day_number(months_before(quarter, 3 * (FEWEST_QUARTERS - 1)))]
    at = at[known.last[at] >= day_number(earliest)]
    firsts = dict(zip(known.customer[at].tolist(), known.first[at].tolist(), strict=True))
    params = {
        "as_of": search.as_of.isoformat(),
        "numbers": dialect.numbers(firsts),
        "quarter": quarter.isoformat(),
        "earliest": earliest.isoformat(),
        "end": end.isoformat(),
    }
    found = []
    for who, last, before in connection.execute(_QUARTERS, params):
        count = _quarters_between(_quarter(trip_history.day_of(firsts[who])), quarter)
        if last * 100 * count < before * DROP_PERCENT:
            found.append((last - before // count, who, last, before // count))
    return [
        _event(who, month, last, (("quarter", quarter.toordinal()), ("average", average)))
        for _lacks, who, last, average in sorted(found)[:MOST]
    ]


def _quarters_between(first: date, quarter: date) -> int:
    """How many quarters before the last one count, from the quarter of the first trip on."""
    months = (quarter.year - first.year) * 12 + quarter.month - first.month
    return min(months // 3, QUARTERS)


def _orders(connection: Raw, search: Search, month: date) -> list[Event]:
    """Customers of tier B by their orders of three years; those who lack most, first."""
    from numpy import flatnonzero, lexsort

    people = search.people
    known = people.known
    ends = [day_number(months_before(month, 12 * years)) for years in range(4)]
    late = known.departures >= ends[-1]
    whose, departed = known.whose[late], known.departures[late]
    of_b = (people.tier == TIERS.index("B"))[whose]
    whose, departed = whose[of_b], departed[of_b]
    now, before, earlier = (
        _counted(whose[(departed >= low) & (departed < high)], len(known.customer))
        for high, low in pairwise(ends)
    )
    at = flatnonzero((before >= FEWEST_ORDERS) & (before > earlier) & (now < before))
    at = at[lexsort((known.customer[at], now[at] - before[at]))]
    names = ("orders", "orders_before", "orders_earlier")
    found: list[Event] = []
    for start in range(0, len(at), MOST):
        some = at[start : start + MOST]
        customers = known.customer[some].tolist()
        params = {"numbers": dialect.numbers(customers), "as_of": search.as_of.isoformat()}
        quiet = {row[0] for row in connection.execute(_WITHOUT_ONE_AHEAD, params)}
        orders = zip(*(counts[some].tolist() for counts in (now, before, earlier)), strict=True)
        found += [
            _event(who, month, None, tuple(zip(names, numbers, strict=True)))
            for who, numbers in zip(customers, orders, strict=True)
            if who in quiet
        ]
        if len(found) >= MOST:
            break
    return found[:MOST]


def _counted(places: "Codes", length: int) -> "Numbers":
    from numpy import bincount

    return bincount(places, minlength=length)
