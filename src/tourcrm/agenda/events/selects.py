"""The anchors: one select for each kind of event that rules stand on (event.py tells what of).

Each is found by an index: none of them reads all trips. To add an anchor: a select and a line in
ANCHORS; to add a rule on an anchor that exists, no code at all.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from tourcrm.agenda.events import last_contact
from tourcrm.agenda.events.spec import (
    INSERT,
    INSERT_OWNED,
    LAST_TRIP,
    Anchor,
    Search,
    put_last,
    put_who,
    wanted,
)
from tourcrm.analysis import trip_history
from tourcrm.base import lunar, moments
from tourcrm.base.lunar import SpecialDay
from tourcrm.base.moments import moment_of
from tourcrm.bookings.status import BOOKED
from tourcrm.complaints import deadlines
from tourcrm.complaints.story import BEGUN, taken
from tourcrm.db import dialect, engine

JOINED = 3  # days by which a festival may follow another and be one with it

_TRIP = "'solar', t.code, t.service, t.kind, t.destination, NULL, NULL"
_WHOLE_TRIP = "t.id, t.code, t.service, t.kind, t.destination, NULL"


def _departures(session: Session, search: Search) -> None:
    sql = f"""{INSERT}
        SELECT :rule, 'trip', t.id, 'once', '', t.customer_id, t.id, t.departs_on, {_TRIP}
        FROM {search.trips("trip_departs")}
        WHERE t.departs_on BETWEEN :first AND :last AND {BOOKED} {search.only("t.customer_id")}
            {search.fitting()}
    """  # noqa: S608 - pieces of this module
    session.connection().execute(text(sql), search.params)


def _returns(session: Session, search: Search) -> None:
    """Returns; of a trip without a known one, the departure."""
    rest = f"AND {BOOKED} {search.only('t.customer_id')} {search.fitting()}"
    sql = f"""{INSERT}
        SELECT :rule, 'trip', t.id, 'once', '', t.customer_id, t.id, t.returns_on, {_TRIP}
        FROM {search.trips("trip_returns")}
        WHERE t.returns_on BETWEEN :first AND :last {rest}
        UNION ALL
        SELECT :rule, 'trip', t.id, 'once', '', t.customer_id, t.id, t.departs_on, {_TRIP}
        FROM {search.trips("trip_departs")}
        WHERE t.returns_on IS NULL AND t.departs_on BETWEEN :first AND :last {rest}
    """  # noqa: S608 - pieces of this module
    session.connection().execute(text(sql), search.params)


def _special_dates(session: Session, search: Search) -> None:
    """Yearly days of customers, solar and lunar; a day of birth or wedding itself is none.

    Where a customer has a label in both calendars, the one that falls first in a year serves, so
    that there is one occurrence a year. (The lunar year is meant for the lunar one.)
    """
    connection = session.connection()
    connection.execute(text("DELETE FROM followup_key"))
    keys = [
        {"c": calendar, "m": month, "d": day, "l": int(leap), "y": year, "f": falls.isoformat()}
        for falls in search.days()
        for calendar, month, day, leap, year in lunar.keys_on(falls)
    ]
    if not keys:
        return
    connection.execute(text("INSERT INTO followup_key VALUES (:c, :m, :d, :l, :y, :f)"), keys)
    labels = {f"label{number}": label for number, label in enumerate(search.labels)}
    falling = f"""
        FROM followup_key k CROSS JOIN special_date s {{other}}
        WHERE s.calendar = k.calendar AND s.month = k.month AND s.day = k.day AND s.leap = k.leap
            AND s.label IN ({", ".join(f":{name}" for name in labels)})
            AND (s.year IS NULL OR s.year < k.year) {search.only("s.customer_id")}
    """
    the_other = """o.customer_id = s.customer_id AND o.label = s.label
        AND o.calendar = CASE k.calendar WHEN 'solar' THEN 'lunar' ELSE 'solar' END"""
    alone = f"""{INSERT}
        SELECT :rule, 'customer', s.customer_id, s.label, k.year, s.customer_id, NULL, k.falls_on,
            k.calendar, NULL, NULL, NULL, NULL, NULL, NULL
        {falling.format(other="")}
            AND NOT EXISTS (SELECT 1 FROM special_date o WHERE {the_other})
    """  # noqa: S608 - pieces of this module
    connection.execute(text(alone), {"rule": search.rule, **labels})
    both = f"""
        SELECT s.customer_id, s.label, k.year, k.falls_on, k.calendar,
            o.calendar, o.month, o.day, o.leap
        {falling.format(other=f"JOIN special_date o ON {the_other}")}
    """
    serving = [
        {"rule": search.rule, "who": row[0], "label": row[1], "y": row[2], "f": row[3], "c": row[4]}
        for row in connection.execute(text(both), labels).all()
        if _is_first(row)
    ]
    if serving:
        values = ":rule, 'customer', :who, :label, :y, :who, NULL, :f, :c" + ", NULL" * 6
        connection.execute(text(f"{INSERT} VALUES ({values})"), serving)


def _is_first(row: Any) -> bool:
    _customer, _label, year, falls_on, calendar, other_calendar, month, day, leap = row
    other = SpecialDay(month, day, None, other_calendar, bool(leap))
    days = lunar.occurrences(other, date(year, 1, 1), date(year + 1, 3, 1))
    rival = next((falls.isoformat() for of, falls in days if of == year), None)
    return rival is None or (falls_on, calendar != "solar") < (rival, other_calendar != "solar")


def _last_departures_yearly(session: Session, search: Search) -> None:
    """The day of the year of each customer's last departure, from the first time it comes back."""
    known = search.people.known
    returning: dict[str, list[date]] = defaultdict(list)
    for falls in search.days():
        for month_day in _month_days(falls):
            returning[month_day].append(falls)
    at = known.of_yeardays(returning)
    at = at[trip_history.among(known.customer[at], wanted(session, search))]
    days = zip(known.customer[at].tolist(), trip_history.iso_days(known.last[at]), strict=True)
    found = [
        (who, last_on, falls.isoformat(), None, str(falls.year))
        for who, last_on in days
        for falls in returning[last_on[5:]]
        if falls.year > int(last_on[:4])
    ]
    _put_last(session, search, found, "trip")


def _put_last(
    session: Session,
    search: Search,
    found: Iterable[tuple[int, str, str, str | None, str]],
    subject: str,
) -> None:
    """Put customers into followup_event, each with the last trip of a day (see put_last). subject:
    what it is about, a trip or a customer."""
    connection = engine.raw(session)
    put_last(connection, found)
    if subject == "trip" or search.trip_matters:
        trip, joined = _WHOLE_TRIP, f"CROSS JOIN trip t WHERE t.id = {LAST_TRIP}"
    else:
        trip, joined = "NULL, NULL, NULL, NULL, NULL, k.departed_on", ""
    subject_id = {"trip": "t.id", "customer": "k.customer_id"}[subject]
    sql = f"""
        INSERT INTO followup_event (rule, subject_table, subject_id, series, period, customer_id,
            anchor_on, ends_on, calendar, trip_id, code, service, kind, destination, departed_on)
        SELECT :rule, '{subject}', {subject_id}, '', k.period, k.customer_id,
            k.falls_on, k.ends_on, 'solar', {trip}
        FROM followup_last k {joined}
    """  # noqa: S608 - pieces of this module
    connection.execute(sql, search.params)


def _month_days(day: date) -> Iterable[str]:
    """The days of the year that fall on `day`; 29 February falls on the 28th in common years."""
    yield day.isoformat()[5:]
    if (day.month, day.day) == (2, 28) and (day + timedelta(1)).month == 3:
        yield "02-29"


def _festivals(session: Session, search: Search) -> None:
    """Festivals, for each customer; neighbouring ones are one, on the day of the first."""
    found = festivals(search.labels, search.first, search.last)
    if not found:
        return
    who = search.who()
    put_who(session, search, None if who is None else who.customers)
    for first_on, names in found:
        sql = f"""{INSERT}
            SELECT :rule, 'customer', w.customer_id, :names, :year, w.customer_id, NULL, :day,
                'solar', NULL, NULL, NULL, NULL, NULL, NULL
            FROM followup_who w
        """  # noqa: S608 - pieces of this module
        params = {"names": "+".join(names), "year": str(first_on.year), "day": first_on.isoformat()}
        session.connection().execute(text(sql), {"rule": search.rule, **params})


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


def _last_deals(session: Session, search: Search) -> None:
    """Each customer's latest booking: its day, the departure's where that is not known.

    What departed before the first day was booked before it, and is of no interest.
    """
    known = search.people.known
    near = known.customer[known.last >= trip_history.day_number(search.first)]
    who = search.who()
    put_who(session, search, near[trip_history.among(near, who and who.customers)])
    booked = "min(coalesce(t.booked_on, t.departs_on), t.departs_on)"
    sql = f"""{INSERT}
        SELECT :rule, 'trip', t.id, 'once', '', t.customer_id, t.id, {booked}, {_TRIP}
        FROM followup_who w CROSS JOIN trip t
        WHERE t.id = (
            SELECT t.id FROM {dialect.by_index("trip t", "trip_customer")}
            WHERE t.customer_id = w.customer_id AND t.departs_on >= :first AND {BOOKED}
            ORDER BY {booked} DESC, t.id DESC LIMIT 1
        ) AND {booked} BETWEEN :first AND :last
    """  # noqa: S608 - pieces of this module
    session.connection().execute(text(sql), search.params)


def _repeated_months(session: Session, search: Search) -> None:
    """Months in which a customer departed in two of the three years before."""
    known = search.people.known
    who, only = search.who(), wanted(session, search)
    month = search.first.replace(day=1)
    if month < search.first:
        month = _next_month(month)
    while month <= search.last:
        spans = [_month_of(month.year - back, month.month) for back in (3, 2, 1)]
        customers, departed = known.departed_between(spans, 2, only)
        meant = trip_history.among(customers, who and who.customers)
        days = zip(customers[meant].tolist(), trip_history.iso_days(departed[meant]), strict=True)
        day, period = month.isoformat(), month.isoformat()[:7]
        ends = (_next_month(month) - timedelta(1)).isoformat()
        found = [(who_, last_on, day, ends, period) for who_, last_on in days]
        _put_last(session, search, found, "customer")
        month = _next_month(month)


def _month_of(year: int, month: int) -> tuple[date, date]:
    first = date(year, month, 1)
    return first, _next_month(first) - timedelta(1)


def _next_month(first: date) -> date:
    return (first + timedelta(31)).replace(day=1)


def _first_bookings(session: Session, search: Search) -> None:
    """The first booking of somebody whom a customer referred; it is about the one who did."""
    connection = engine.raw(session)
    known = search.people.known
    sql = f"""
        SELECT c.id FROM {dialect.by_index("customer c", "customer_referrer")}
        WHERE c.referred_by_id > 0 {search.only("c.referred_by_id")}
    """  # noqa: S608 - pieces of this module
    referred = trip_history.numbers(row[0] for row in connection.execute(sql).fetchall())
    # Who departed before the first day had booked before it.
    earlier = known.customer[known.first < trip_history.day_number(search.first)]
    of_late = referred[~trip_history.among(referred, earlier)]
    put_who(session, replace(search, wanted=False), of_late)
    booked = "min(coalesce(t.booked_on, t.departs_on), t.departs_on)"
    sql = f"""{INSERT}
        SELECT :rule, 'customer', c.id, 'once', '', c.referred_by_id, t.id, {booked}, {_TRIP}
        FROM followup_who w JOIN customer c ON c.id = w.customer_id CROSS JOIN trip t
        WHERE t.id = (
            SELECT t.id FROM {dialect.by_index("trip t", "trip_customer")}
            WHERE t.customer_id = w.customer_id AND {BOOKED}
            ORDER BY {booked}, t.id LIMIT 1
        ) AND {booked} BETWEEN :first AND :last
    """  # noqa: S608 - pieces of this module
    connection.execute(sql, search.params)


def _tasks(session: Session, search: Search) -> None:
    """What somebody noted to do on a day; what is done or dropped is told for some days."""
    sql = f"""{INSERT_OWNED}
        SELECT :rule, 'task', k.id, 'once', '', k.customer_id, k.trip_id, k.due_on, 'solar',
            t.code, t.service, t.kind, t.destination, NULL, NULL, k.owner, NULL
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
    session.connection().execute(text(sql), {**search.params, "long_ago": long_ago})


_ROUND = "CASE WHEN b.step = 'opened' THEN 'once' ELSE 'r' || b.id END"


def _complaints(session: Session, search: Search) -> None:
    """Complaints without an answer since they were opened, or last reopened."""
    end = moments.day_end(search.as_of, search.zone)
    sql = f"""
        SELECT k.id, {_ROUND}, k.customer_id, k.trip_id, b.at, k.severity, k.in_charge,
            t.code, t.service, t.kind, t.destination
        FROM complaint k JOIN complaint_event b ON b.id = {BEGUN}
        LEFT JOIN trip t ON t.id = k.trip_id
        WHERE NOT {taken("responded")} {search.only("k.customer_id")}
    """  # noqa: S608 - pieces of this module
    connection = engine.raw(session)
    found = []
    for row in connection.execute(sql, {"end": end}).fetchall():
        number, series, who, trip, at, severity, in_charge, *of_trip = row
        day = moments.local_day(at, search.zone).isoformat()
        due_at = deadlines.due_at(moment_of(at), severity, search.settings)
        by = due_at.astimezone(search.zone).isoformat()
        found.append((search.rule, number, series, who, trip, day, *of_trip, in_charge, by))
    connection.executemany(
        f"""{INSERT_OWNED}
        VALUES (?, 'complaint', ?, ?, '', ?, ?, ?, 'solar', ?, ?, ?, ?, NULL, NULL, ?, ?)
        """,
        found,
    )


def _resolutions(session: Session, search: Search) -> None:
    """Complaints that were resolved, and not reopened since."""
    end = moments.day_end(search.as_of, search.zone)
    sql = f"""
        SELECT k.id, {_ROUND}, k.customer_id, k.trip_id, e.at, k.in_charge,
            t.code, t.service, t.kind, t.destination
        FROM complaint_event e JOIN complaint k ON k.id = e.complaint_id
        JOIN complaint_event b ON b.id = {BEGUN}
        LEFT JOIN trip t ON t.id = k.trip_id
        WHERE e.step = 'resolved' AND e.at >= :start AND e.at < :end AND e.id = (
            SELECT max(r.id) FROM complaint_event r
            WHERE r.complaint_id = k.id AND r.step IN ('resolved', 'reopened') AND r.at < :end
        ) {search.only("k.customer_id")}
    """  # noqa: S608 - pieces of this module
    connection = engine.raw(session)
    params = {"start": moments.day_start(search.first, search.zone), "end": end}
    found = []
    for row in connection.execute(sql, params).fetchall():
        number, series, who, trip, at, in_charge, *of_trip = row
        day = moments.local_day(at, search.zone)
        if day <= search.last:
            found.append(
                (search.rule, number, series, who, trip, day.isoformat(), *of_trip, in_charge)
            )
    connection.executemany(
        f"""{INSERT_OWNED}
        VALUES (?, 'complaint', ?, ?, '', ?, ?, ?, 'solar', ?, ?, ?, ?, NULL, NULL, ?, NULL)
        """,
        found,
    )


# By how likely somebody is to recommend the agency, 0 to 10 (Reichheld, 2003).
_RECOMMENDING = {"detractor": "0 AND 6", "passive": "7 AND 8", "promoter": "9 AND 10"}


def _answers(session: Session, search: Search) -> None:
    """Answers of those who would, or would not, recommend the agency."""
    among = " OR ".join(f"s.nps BETWEEN {_RECOMMENDING[label]}" for label in search.labels)
    sql = f"""{INSERT}
        SELECT :rule, 'survey_response', s.id, 'once', '', s.customer_id, s.trip_id, s.answered_on,
            'solar', t.code, t.service, t.kind, t.destination, NULL, NULL
        FROM {dialect.by_index("survey_response s", "survey_response_answered")}
        LEFT JOIN trip t ON t.id = s.trip_id
        WHERE s.answered_on BETWEEN :first AND :last AND s.answered_on <= :as_of AND ({among})
            {search.only("s.customer_id")}
    """  # noqa: S608 - pieces of this module
    session.connection().execute(text(sql), search.params)


_TRIP_FIELDS = frozenset({"destination", "departs_on", "returns_on", "days", "adviser", "guide"})
_YEARLY = frozenset({"departs_on", "years", "years_ago"})

ANCHORS = {
    anchor.name: anchor
    for anchor in (
        Anchor(
            "departure",
            frozenset({"departs_on"}),
            _TRIP_FIELDS,
            _departures,
            batches=("departure",),
        ),
        Anchor("return", frozenset({"returns_on"}), _TRIP_FIELDS, _returns, batches=("departure",)),
        Anchor(
            "special_date",
            frozenset({"label"}),
            frozenset({"lunar"}),
            _special_dates,
            takes_labels=True,
        ),
        Anchor(
            "festival",
            frozenset({"festival"}),
            frozenset(),
            _festivals,
            takes_labels=True,
            named="festival",
            labels=frozenset(lunar.FESTIVALS),
            batches=("festival",),
        ),
        Anchor("last_departure_yearly", _YEARLY, _TRIP_FIELDS, _last_departures_yearly),
        Anchor("last_contact", frozenset(), frozenset(), last_contact.select, lasts=True),
        Anchor("last_deal", frozenset({"departs_on"}), _TRIP_FIELDS, _last_deals),
        Anchor(
            "repeated_month",
            frozenset({"month", "departs_on"}),
            _TRIP_FIELDS,
            _repeated_months,
        ),
        Anchor("first_booking", frozenset({"referred"}), _TRIP_FIELDS, _first_bookings),
        Anchor(
            "task", frozenset({"what", "noted_on", "noted_by"}), _TRIP_FIELDS, _tasks, lasts=True
        ),
        Anchor(
            "complaint",
            frozenset({"complaint", "category", "said", "by"}),
            frozenset({"crisis"}) | _TRIP_FIELDS,
            _complaints,
            lasts=True,
        ),
        Anchor(
            "resolution",
            frozenset({"complaint", "category", "said"}),
            frozenset({"crisis"}) | _TRIP_FIELDS,
            _resolutions,
        ),
        Anchor(
            "answer",
            frozenset({"nps"}),
            frozenset({"comment"}) | _TRIP_FIELDS,
            _answers,
            takes_labels=True,
            named="recommending",
            labels=frozenset(_RECOMMENDING),
        ),
    )
}
