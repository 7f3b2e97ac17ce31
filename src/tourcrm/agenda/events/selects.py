"""One select for each kind of event that rules stand on (spec.py tells what they are).

Each finds its events by an index: none of them reads all trips.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from json import dumps
from typing import Any

from tourcrm.agenda.events import credit, last_contact, papers, revenue, sales
from tourcrm.agenda.events.search import Event, Search, Select, last_trips
from tourcrm.analysis import trip_history
from tourcrm.base import lunar, moments
from tourcrm.base.lunar import SpecialDay
from tourcrm.base.moments import moment_of
from tourcrm.base.ratings import DISSATISFIED_UP_TO, RATED
from tourcrm.bookings.status import BOOKED
from tourcrm.complaints import deadlines
from tourcrm.complaints.story import BEGUN, SEVERITY, taken
from tourcrm.db import dialect
from tourcrm.db.engine import Raw

JOINED = 3  # days by which a festival may follow another and be one with it
TOO_LATE = 7  # days at the end of a month in which nobody is advised to travel in it any more

_TRIP = "t.id, t.code, t.service, t.kind, t.destination"
_BOOKED_ON = "min(coalesce(t.booked_on, t.departs_on), t.departs_on)"


def _of_trips(rows: Iterable[Any]) -> Iterator[Event]:
    """The events of rows of a customer, a day, and columns of a trip."""
    for who, day, *trip in rows:
        yield Event("trip", trip[0], "once", "", who, day, "solar", *trip)


def _departures(connection: Raw, search: Search) -> Iterable[Event]:
    sql = f"""
        SELECT t.customer_id, t.departs_on, {_TRIP} FROM {search.trips("trip_departs")}
        WHERE t.departs_on BETWEEN :first AND :last AND {BOOKED} {search.only("t.customer_id")}
            {search.fitting()}
    """  # noqa: S608 - pieces of this module
    return _of_trips(connection.execute(sql, search.params))


def _returns(connection: Raw, search: Search) -> Iterable[Event]:
    """Returns; of a trip without a known one, the departure."""
    rest = f"AND {BOOKED} {search.only('t.customer_id')} {search.fitting()}"
    sql = f"""
        SELECT t.customer_id, t.returns_on, {_TRIP} FROM {search.trips("trip_returns")}
        WHERE t.returns_on BETWEEN :first AND :last {rest}
        UNION ALL
        SELECT t.customer_id, t.departs_on, {_TRIP} FROM {search.trips("trip_departs")}
        WHERE t.returns_on IS NULL AND t.departs_on BETWEEN :first AND :last {rest}
    """  # noqa: S608 - pieces of this module
    return _of_trips(connection.execute(sql, search.params))


# The days that are looked for, as both calendars count them.
_DAYS = """(
    SELECT json_extract(value, '$[0]') AS calendar, json_extract(value, '$[1]') AS month,
        json_extract(value, '$[2]') AS day, json_extract(value, '$[3]') AS leap,
        json_extract(value, '$[4]') AS year, json_extract(value, '$[5]') AS falls_on
    FROM json_each(:days)
) k"""
_NO_OTHER = [None] * 4  # what stands for a day in the other calendar where there is none


def _special_dates(connection: Raw, search: Search) -> Iterator[Event]:
    """Yearly days of customers, solar and lunar; a day of birth or wedding itself is none.

    Where a customer has a label in both calendars, the one that falls first in a year serves, so
    that there is one occurrence a year. (The lunar year is meant for the lunar one.)
    """
    days = [
        (calendar, month, day, int(leap), year, falls.isoformat())
        for falls in search.days()
        for calendar, month, day, leap, year in lunar.keys_on(falls)
    ]
    sql = f"""
        SELECT s.customer_id, s.label, k.year, k.falls_on, k.calendar,
            o.calendar, o.month, o.day, o.leap
        FROM {_DAYS} CROSS JOIN special_date s
        LEFT JOIN special_date o ON o.customer_id = s.customer_id AND o.label = s.label
            AND o.calendar = CASE k.calendar WHEN 'solar' THEN 'lunar' ELSE 'solar' END
        WHERE s.calendar = k.calendar AND s.month = k.month AND s.day = k.day AND s.leap = k.leap
            AND s.label IN (SELECT value FROM json_each(:labels))
            AND (s.year IS NULL OR s.year < k.year) {search.only("s.customer_id")}
    """  # noqa: S608 - pieces of this module
    params = {**search.params, "days": dumps(days), "labels": dumps(search.labels)}
    for who, label, year, falls_on, calendar, *other in connection.execute(sql, params):
        if other == _NO_OTHER or _is_first(year, falls_on, calendar, other):
            yield Event("customer", who, label, str(year), who, falls_on, calendar)


def _is_first(year: int, falls_on: str, calendar: str, other_day: Sequence[Any]) -> bool:
    other_calendar, month, day, leap = other_day
    other = SpecialDay(month, day, None, other_calendar, bool(leap))
    days = lunar.occurrences(other, date(year, 1, 1), date(year + 1, 3, 1))
    rival = next((falls.isoformat() for of, falls in days if of == year), None)
    return rival is None or (falls_on, calendar != "solar") < (rival, other_calendar != "solar")


def _last_departures_yearly(connection: Raw, search: Search) -> Iterator[Event]:
    """The day of the year of each customer's last departure, from the first time it comes back."""
    known = search.people.known
    returning: dict[str, list[date]] = defaultdict(list)
    for falls in search.days():
        for month_day in _month_days(falls):
            returning[month_day].append(falls)
    at = known.of_yeardays(returning)
    at = at[search.among(known.customer[at])]
    days = trip_history.iso_days(known.last[at])
    found = [
        ((who, left_on), falls)
        for who, left_on in zip(known.customer[at].tolist(), days, strict=True)
        for falls in returning[left_on[5:]]
        if falls.year > int(left_on[:4])
    ]
    trips = last_trips(connection, search.as_of, {departure for departure, _falls in found})
    for departure, falls in found:
        if trip := trips.get(departure):
            year, day = str(falls.year), falls.isoformat()
            yield Event("trip", trip[0], "", year, departure[0], day, "solar", *trip)


def _month_days(day: date) -> Iterable[str]:
    """The days of the year that fall on `day`; 29 February falls on the 28th in common years."""
    yield day.isoformat()[5:]
    if (day.month, day.day) == (2, 28) and (day + timedelta(1)).month == 3:
        yield "02-29"


def _festivals(connection: Raw, search: Search) -> Iterator[Event]:
    """Festivals, for each customer; neighbouring ones are one, on the day of the first."""
    found = festivals(search.labels, search.first, search.last)
    if not found:
        return
    who = search.who()
    if who is None:
        everybody = connection.execute("SELECT id FROM customer ORDER BY id")
        customers = trip_history.numbers(row[0] for row in everybody)
    else:
        customers = who.customers
    wanted = customers[search.among(customers)].tolist()
    for first_on, names in found:
        series, year, day = "+".join(names), str(first_on.year), first_on.isoformat()
        for one in wanted:
            yield Event("customer", one, series, year, one, day)


def festivals(
    labels: Collection[str], first: date, last: date
) -> list[tuple[date, tuple[str, ...]]]:
    """The festivals from one day to another, each with those that follow within JOINED days."""
    days = sorted(
        (lunar.festival(label, year), place, label)
        for year in range(first.year - 1, last.year + 2)
        for place, label in enumerate(lunar.FESTIVALS)
        if label in labels and lunar.FIRST_YEAR < year < lunar.LAST_YEAR
    )
    groups: list[list[tuple[date, str]]] = []
    for day, _place, label in days:
        if groups and (day - groups[-1][-1][0]).days <= JOINED:
            groups[-1].append((day, label))
        else:
            groups.append([(day, label)])
    return [
        (group[0][0], tuple(label for _day, label in group))
        for group in groups
        if first <= group[0][0] <= last
    ]


def _last_deals(connection: Raw, search: Search) -> Iterable[Event]:
    """Each customer's latest booking: its day, the departure's where that is not known.

    What departed before the first day was booked before it, and is of no interest.
    """
    known = search.people.known
    departed = known.customer[known.last >= trip_history.day_number(search.first)]
    # Who has a booking ahead may never have departed, or long ago.
    sql = f"""
        SELECT DISTINCT t.customer_id FROM {search.trips("trip_departs")}
        WHERE t.departs_on > :as_of AND {BOOKED} {search.only("t.customer_id")}
    """  # noqa: S608 - pieces of this module
    ahead = [row[0] for row in connection.execute(sql, search.params)]
    near = trip_history.numbers({*departed.tolist(), *ahead}) if ahead else departed
    who = search.who()
    near = near[trip_history.among(near, who and who.customers)]
    sql = f"""
        SELECT t.customer_id, {_BOOKED_ON}, {_TRIP}
        FROM json_each(:who) w CROSS JOIN trip t
        WHERE t.id = (
            SELECT t.id FROM {dialect.by_index("trip t", "trip_customer")}
            WHERE t.customer_id = w.value AND t.departs_on >= :first AND {BOOKED}
            ORDER BY {_BOOKED_ON} DESC, t.id DESC LIMIT 1
        ) AND {_BOOKED_ON} BETWEEN :first AND :last
    """  # noqa: S608 - pieces of this module
    chosen = near[search.among(near)]
    params = {**search.params, "who": dialect.numbers(chosen.tolist())}
    return _of_trips(connection.execute(sql, params))


def _repeated_months(connection: Raw, search: Search) -> Iterator[Event]:
    """Months in which a customer departed in two of the three years before; they end when it is too
    late to travel in them."""
    known = search.people.known
    who = search.who()
    only = None if search.wanted is None else trip_history.numbers(search.wanted)
    month = search.first.replace(day=1)
    if month < search.first:
        month = _next_month(month)
    while month <= search.last:
        spans = [_month_of(month.year - back, month.month) for back in (3, 2, 1)]
        customers, departed = known.departed_between(spans, 2, only)
        meant = trip_history.among(customers, who and who.customers)
        days = trip_history.iso_days(departed[meant])
        departures = list(zip(customers[meant].tolist(), days, strict=True))
        day, period = month.isoformat(), month.isoformat()[:7]
        ends = (_next_month(month) - timedelta(1 + TOO_LATE)).isoformat()
        trips = last_trips(connection, search.as_of, departures) if search.trip_matters else None
        for departure in departures:
            one, left_on = departure
            if trips is None:
                event = Event("customer", one, "", period, one, day, departed_on=left_on)
                yield event._replace(ends_on=ends)
            elif trip := trips.get(departure):
                event = Event("customer", one, "", period, one, day, "solar", *trip)
                yield event._replace(ends_on=ends)
        month = _next_month(month)


def _month_of(year: int, month: int) -> tuple[date, date]:
    first = date(year, month, 1)
    return first, _next_month(first) - timedelta(1)


def _next_month(first: date) -> date:
    return (first + timedelta(31)).replace(day=1)


def _first_bookings(connection: Raw, search: Search) -> Iterator[Event]:
    """The first booking of somebody whom a customer referred; it is about the one who did."""
    known = search.people.known
    sql = f"""
        SELECT c.id FROM {dialect.by_index("customer c", "customer_referrer")}
        WHERE c.referred_by_id > 0 {search.only("c.referred_by_id")}
    """  # noqa: S608 - pieces of this module
    referred = trip_history.numbers(row[0] for row in connection.execute(sql, search.params))
    # Who departed before the first day had booked before it.
    earlier = known.customer[known.first < trip_history.day_number(search.first)]
    of_late = referred[~trip_history.among(referred, earlier)]
    sql = f"""
        SELECT c.id, c.referred_by_id, {_BOOKED_ON}, {_TRIP}
        FROM json_each(:who) w JOIN customer c ON c.id = w.value CROSS JOIN trip t
        WHERE t.id = (
            SELECT t.id FROM {dialect.by_index("trip t", "trip_customer")}
            WHERE t.customer_id = w.value AND {BOOKED}
            ORDER BY {_BOOKED_ON}, t.id LIMIT 1
        ) AND {_BOOKED_ON} BETWEEN :first AND :last
    """  # noqa: S608 - pieces of this module
    params = {**search.params, "who": dialect.numbers(sorted(of_late.tolist()))}
    for one, referrer, day, *trip in connection.execute(sql, params):
        yield Event("customer", one, "once", "", referrer, day, "solar", *trip)


def _tasks(connection: Raw, search: Search) -> Iterator[Event]:
    """What somebody noted to do on a day; what is done or dropped is told for some days."""
    sql = f"""
        SELECT k.id, k.customer_id, k.due_on, k.owner, k.trip_id,
            t.code, t.service, t.kind, t.destination
        FROM task k LEFT JOIN trip t ON t.id = k.trip_id
        WHERE k.due_on <= :last AND k.noted_on <= :as_of {search.only("k.customer_id")}
            AND NOT EXISTS (
                SELECT 1 FROM followup_outcome o
                WHERE o.rule = :rule AND o.subject_table = 'task' AND o.subject_id = k.id
                    AND o.at < :long_ago AND (o.status = 'done' OR o.status = 'skipped')
                    AND NOT EXISTS (
                        SELECT 1 FROM followup_outcome n
                        WHERE n.rule = o.rule AND n.subject_table = 'task'
                            AND n.subject_id = k.id AND n.id > o.id
                    )
            )
    """  # noqa: S608 - pieces of this module
    long_ago = moments.day_start(search.as_of - timedelta(search.far_back), search.zone)
    rows = connection.execute(sql, {**search.params, "long_ago": long_ago})
    for id_, who, due_on, owner, *trip in rows:
        event = Event("task", id_, "once", "", who, due_on, "solar", *trip)
        yield event._replace(owner=owner)


_ROUND = "CASE WHEN b.step = 'opened' THEN 'once' ELSE 'r' || b.id END"
_CASE = f"k.id, {_ROUND}, k.customer_id, k.in_charge"
_CASE_TRIP = "k.trip_id, t.code, t.service, t.kind, t.destination"


def _complaints(connection: Raw, search: Search) -> Iterator[Event]:
    """Complaints without an answer since they were opened, or last reopened."""
    sql = f"""
        SELECT {_CASE}, b.at, {SEVERITY}, b.clock, {_CASE_TRIP}
        FROM complaint k JOIN complaint_event b ON b.id = {BEGUN}
        LEFT JOIN trip t ON t.id = k.trip_id
        WHERE NOT {taken("responded")} {search.only("k.customer_id")}
    """  # noqa: S608 - pieces of this module
    params = {**search.params, "end": moments.day_end(search.as_of, search.zone)}
    for id_, series, who, owner, at, severity, clock, *trip in connection.execute(sql, params):
        day = moments.local_day(at, search.zone).isoformat()
        due_at = deadlines.due_at(moment_of(at), severity, search.settings, clock)
        by = due_at.astimezone(search.zone).isoformat()
        event = Event("complaint", id_, series, "", who, day, "solar", *trip)
        yield event._replace(owner=owner, by=by, crisis=severity == "crisis")


def _resolutions(connection: Raw, search: Search) -> Iterator[Event]:
    """Complaints that were resolved, and not reopened since."""
    sql = f"""
        SELECT {_CASE}, e.at, {_CASE_TRIP}
        FROM complaint_event e JOIN complaint k ON k.id = e.complaint_id
        JOIN complaint_event b ON b.id = {BEGUN}
        LEFT JOIN trip t ON t.id = k.trip_id
        WHERE e.step = 'resolved' AND e.at >= :start AND e.at < :end AND e.id = (
            SELECT max(r.id) FROM complaint_event r
            WHERE r.complaint_id = k.id AND r.step IN ('resolved', 'reopened') AND r.at < :end
        ) {search.only("k.customer_id")}
    """  # noqa: S608 - pieces of this module
    zone = search.zone
    span = {
        "start": moments.day_start(search.first, zone),
        "end": moments.day_end(search.as_of, zone),
    }
    rows = connection.execute(sql, search.params | span)
    for id_, series, who, owner, at, *trip in rows:
        day = moments.local_day(at, zone)
        if day <= search.last:
            event = Event("complaint", id_, series, "", who, day.isoformat(), "solar", *trip)
            yield event._replace(owner=owner)


# By how likely somebody is to recommend the agency, 0 to 10 (Reichheld, 2003).
# Who was not content with something does not promote it, whatever the number says.
_LOW = f"min({', '.join(f'coalesce(s.{name}, 5)' for name in RATED)}) <= {DISSATISFIED_UP_TO}"
_RECOMMENDING = {
    "detractor": "s.nps BETWEEN 0 AND 6",
    "dissatisfied": f"coalesce(s.nps, 10) > 6 AND {_LOW}",
    "passive": f"s.nps BETWEEN 7 AND 8 AND NOT {_LOW}",
    "promoter": f"s.nps BETWEEN 9 AND 10 AND NOT {_LOW}",
}


def _answers(connection: Raw, search: Search) -> Iterator[Event]:
    """Answers of those who would, or would not, recommend the agency, or were not content."""
    among = " OR ".join(f"({_RECOMMENDING[label]})" for label in search.labels)
    sql = f"""
        SELECT s.id, s.customer_id, s.answered_on, s.trip_id,
            t.code, t.service, t.kind, t.destination
        FROM {dialect.by_index("survey_response s", "survey_response_answered")}
        LEFT JOIN trip t ON t.id = s.trip_id
        WHERE s.answered_on BETWEEN :first AND :last AND s.answered_on <= :as_of AND ({among})
            {search.only("s.customer_id")}
    """  # noqa: S608 - pieces of this module
    for id_, who, day, *trip in connection.execute(sql, search.params):
        yield Event("survey_response", id_, "once", "", who, day, "solar", *trip)


SELECTS: Mapping[str, Select] = {
    "departure": _departures,
    "return": _returns,
    "special_date": _special_dates,
    "festival": _festivals,
    "last_departure_yearly": _last_departures_yearly,
    "last_contact": last_contact.select,
    "last_deal": _last_deals,
    "repeated_month": _repeated_months,
    "first_booking": _first_bookings,
    "task": _tasks,
    "complaint": _complaints,
    "resolution": _resolutions,
    "answer": _answers,
    "quote": sales.quotes,
    "balance": sales.balances,
    "debt": sales.debts,
    "credit": credit.over_limits,
    "papers": papers.changes,
    "passport": sales.passports,
    "seat_free": sales.free_seats,
    "loss": sales.losses,
    "revenue_drop": revenue.drops,
    "rising_star": revenue.stars,
}
