"""What is known of the customers of events as of a day: who they are, trips, contacts, complaints.

Each kind of fact is read once, for all of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain
from json import dumps
from types import MappingProxyType

from sqlmodel import Session

from tourcrm.agenda.day import Day
from tourcrm.agenda.events.search import Event
from tourcrm.agenda.households import OF_AGE, is_child
from tourcrm.agenda.states import LONGEST_WAIT, Case, Facts
from tourcrm.base import lunar, moments
from tourcrm.base.parsing import birthday_of
from tourcrm.base.vocabulary import SELDOM_TRAVEL
from tourcrm.bookings.status import BOOKED
from tourcrm.complaints import departures, story
from tourcrm.db import dialect, engine
from tourcrm.db.engine import Raw

_MANY = 2000  # customers: of so many the table of special dates is read, not looked up
NEVER_TRAVELLED = (None, None, None, None)  # no tier, quadrant, cadence, last departure


def of_events(
    session: Session, day: Day, events: Mapping[str, Sequence[Event]]
) -> dict[int, Facts]:
    """The facts of each customer of these events."""
    customers = {one.customer_id for one in chain(*events.values())}
    return of_customers(session, day, customers, events)


def of_customers(
    session: Session,
    day: Day,
    customers: Iterable[int],
    events: Mapping[str, Sequence[Event]] = MappingProxyType({}),
) -> dict[int, Facts]:
    """The facts of these customers. events: those since which their contacts matter."""
    connection = engine.raw(session)
    ids = dialect.numbers(sorted(customers))
    rules = day.rules.values()
    known = _customers(connection, ids, day)
    _add_birthdays(connection, ids, known, day)
    if _add_adults(connection, known, day):
        ids = dialect.numbers(sorted(known))
    _add_trips(connection, ids, known, day.as_of)
    _add_contacts(connection, known, day, events)
    for decision in day.decided.done_since(day.heard_since, day.marketing):
        if customer := known.get(decision.customer_id):
            customer.offers += (decision.at.date(),)
    if any(one.uses("tags") for one in rules):
        _add_tags(connection, ids, known)
    _add_refused(connection, ids, known, day.as_of)
    _add_complaints(session, known, day)
    if any("answer" in one.satisfied_by for one in rules):
        _add_answers(connection, ids, known, day.as_of)
    return known


def _customers(connection: Raw, ids: str, day: Day) -> dict[int, Facts]:
    sql = f"""
        SELECT c.id, coalesce(nullif(c.phone, ''), nullif(c.phone2, '')), c.id_number,
            c.code, c.kind, c.status, c.lost_on, c.do_not_contact, c.marketing_consent, c.owner
        FROM {dialect.NUMBERS} w CROSS JOIN customer c ON c.id = w.value
    """  # noqa: S608 - a constant
    rows = connection.execute(sql, (ids,)).fetchall()
    standing = day.people.standing_of(row[0] for row in rows)
    known = {}
    for id_, phone, document, *row in rows:
        one = known[id_] = Facts(*row, *standing.get(id_, NEVER_TRAVELLED))
        one.phone = phone
        if document:
            one.born = _born(document)
    return known


def _born(id_number: str) -> date | None:
    try:
        return birthday_of(id_number)
    except ValueError:  # of another country, or older than the checks of today
        return None


def _add_birthdays(connection: Raw, ids: str, facts: Mapping[int, Facts], day: Day) -> None:
    """When those were born of whom a birthday tells it, and no ID number does. Only birthdays of
    the last years are looked at: of whoever may be a child."""
    of_them = "AND customer_id IN (SELECT value FROM json_each(:ids))"
    sql = f"""
        SELECT customer_id, year, month, day, calendar, leap FROM special_date
        WHERE label = :birthday AND year >= :first {of_them if len(facts) < _MANY else ""}
        ORDER BY calendar DESC
    """  # noqa: S608 - pieces of this module
    first = day.as_of.year - day.span.back // 365 - OF_AGE - 2
    params = {"ids": ids, "birthday": lunar.BIRTHDAY, "first": first}
    for who, year, month, number, calendar, leap in connection.execute(sql, params):
        one = facts.get(who)
        if one is not None and one.born is None:
            try:
                if calendar == "lunar":
                    one.born = lunar.lunar_to_solar(year, month, number, bool(leap))
                else:
                    one.born = date(year, month, number)
            except ValueError:  # no such day in that year
                one.born = date(year, 12, 31)


def _add_adults(connection: Raw, facts: dict[int, Facts], day: Day) -> bool:
    """Who else is called on the phones of children: their parents, it is taken. They become known
    as the others are. Returns whether there are any."""
    first = day.as_of - timedelta(day.span.back)
    children = [(one, one.phone) for one in facts.values() if one.phone and is_child(one, first)]
    if not children:
        return False
    found = _on_phones(connection, {phone for _child, phone in children})
    new = dialect.numbers(sorted(id_ for ids in found.values() for id_ in ids if id_ not in facts))
    more = _customers(connection, new, day)
    _add_birthdays(connection, new, more, day)
    facts |= more
    for child, phone in children:
        child.adults = tuple(
            (id_, facts[id_])
            for id_ in found.get(phone, ())
            if facts[id_].kind == "person" and not is_child(facts[id_], day.as_of)
        )
    return bool(more)


def _on_phones(connection: Raw, phones: Iterable[str]) -> dict[str, list[int]]:
    """Customers by these phones, first or second; those who came first in front."""
    found: dict[str, list[int]] = {}
    sql = f"""
        SELECT w.value, c.id FROM json_each(:phones) w
        CROSS JOIN {dialect.by_index("customer c", "customer_phone")} WHERE c.phone = w.value
        UNION
        SELECT w.value, c.id FROM json_each(:phones) w
        CROSS JOIN {dialect.by_index("customer c", "customer_phone2")} WHERE c.phone2 = w.value
        ORDER BY 2
    """  # noqa: S608 - constants
    for phone, id_ in connection.execute(sql, {"phones": dumps(sorted(phones))}):
        found.setdefault(phone, []).append(id_)
    return found


# From how long ago on departures may have something in common that is on the list.
_OF_LATE = 2 * LONGEST_WAIT + 366


def around(session: Session, customers: Iterable[int], as_of: date) -> frozenset[int]:
    """These customers, and with whom they may have a line in common: their households, that is all
    who are called on a phone of theirs, and those who are on a departure with one of them."""
    found = _sharing(engine.raw(session), frozenset(customers))
    sql = f"""
        SELECT o.customer_id FROM json_each(:ids) w
        CROSS JOIN {dialect.by_index("trip t", "trip_customer")}
        CROSS JOIN {dialect.by_index("trip o", "trip_departs")}
        WHERE t.customer_id = w.value AND t.departs_on >= :first
            AND o.departs_on = t.departs_on AND o.destination = t.destination
        UNION
        SELECT o.customer_id FROM json_each(:ids) w
        CROSS JOIN {dialect.by_index("trip t", "trip_customer")}
        CROSS JOIN {dialect.by_index("trip o", "trip_returns")}
        WHERE t.customer_id = w.value AND t.departs_on >= :first
            AND o.returns_on = t.returns_on AND o.destination = t.destination
    """  # noqa: S608 - constants
    first = (as_of - timedelta(_OF_LATE)).isoformat()
    params = {"ids": dialect.numbers(sorted(found)), "first": first}
    return found.union(row[0] for row in engine.raw(session).execute(sql, params))


def _sharing(connection: Raw, wanted: frozenset[int]) -> frozenset[int]:
    sql = f"""
        SELECT c.phone, c.phone2 FROM {dialect.NUMBERS} w
        CROSS JOIN customer c ON c.id = w.value
    """  # noqa: S608 - a constant
    rows = connection.execute(sql, (dialect.numbers(sorted(wanted)),))
    phones = {phone for row in rows for phone in row if phone}
    return wanted.union(*_on_phones(connection, phones).values())


def _add_trips(connection: Raw, ids: str, facts: Mapping[int, Facts], as_of: date) -> None:
    """Who is away, and who has something booked. A trip lasts a year at most."""
    sql = f"""
        SELECT t.customer_id, t.id, t.departs_on, t.service FROM json_each(:ids) w
        CROSS JOIN {dialect.by_index("trip t", "trip_customer")}
        WHERE t.customer_id = w.value AND t.departs_on > :year_ago
            AND coalesce(t.returns_on, t.departs_on) >= :as_of
            AND {BOOKED}
    """  # noqa: S608 - pieces of this module
    today = as_of.isoformat()
    params = {"ids": ids, "as_of": today, "year_ago": (as_of - timedelta(366)).isoformat()}
    for customer_id, trip_id, departs_on, service in connection.execute(sql, params):
        if departs_on > today:
            facts[customer_id].ahead = True
        elif service not in SELDOM_TRAVEL:
            facts[customer_id].travelling += (trip_id,)


def _add_contacts(
    connection: Raw,
    facts: Mapping[int, Facts],
    day: Day,
    events: Mapping[str, Sequence[Event]],
) -> None:
    """Days of personal contacts, for the rules that heed them: those of late, and all since the
    event."""
    zone = day.settings.zone
    heeding = day.marketing | {
        one.id for one in day.rules.values() if "personal_contact" in one.satisfied_by
    }
    first: dict[int, str] = {}
    for one in chain.from_iterable(events[id_] for id_ in heeding & events.keys()):
        known = first.get(one.customer_id)
        if known is None or one.anchor_on < known:
            first[one.customer_id] = one.anchor_on
    for child in facts.values():  # what was said to the parents was said about them
        for parent, _known in child.adults:
            first.setdefault(parent, day.heard_since.isoformat())
    sql = f"""
        SELECT i.customer_id, i.at FROM json_each(:first) w
        CROSS JOIN {dialect.by_index("interaction i", "interaction_personal")}
        WHERE i.customer_id = CAST(w.key AS INTEGER) AND i.at >= min(w.value, :start)
            AND i.at < :end AND i.personal
    """  # noqa: S608 - a constant
    # From the day before the event on, since moments are those of UTC.
    early = {who: _day_before(anchor) for who, anchor in sorted(first.items())}
    params = {
        "first": dumps(early),
        "start": moments.day_start(day.heard_since, zone),
        "end": moments.day_end(day.as_of, zone),
    }
    for customer_id, at in connection.execute(sql, params):
        facts[customer_id].contacts += (moments.local_day(at, zone),)


def _day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(1)).isoformat()


def _add_tags(connection: Raw, ids: str, facts: Mapping[int, Facts]) -> None:
    sql = f"""
        SELECT g.customer_id, g.tag FROM {dialect.NUMBERS} w
        CROSS JOIN customer_tag g ON g.customer_id = w.value
    """  # noqa: S608 - a constant
    for customer_id, tag in connection.execute(sql, (ids,)):
        facts[customer_id].tags |= {tag}


def _add_refused(connection: Raw, ids: str, facts: Mapping[int, Facts], as_of: date) -> None:
    sql = f"""
        SELECT n.customer_id, n.channel FROM {dialect.NUMBERS} w
        CROSS JOIN channel_consent n ON n.customer_id = w.value
        WHERE n.answer = 'no' AND n.said_on <= ?
    """  # noqa: S608 - a constant
    if connection.execute("SELECT 1 FROM channel_consent LIMIT 1").fetchone() is None:
        return
    for customer_id, channel in connection.execute(sql, (ids, as_of.isoformat())):
        facts[customer_id].refused |= {channel}


def _add_complaints(session: Session, facts: Mapping[int, Facts], day: Day) -> None:
    """When complaints of the customers were open, and crises of departures that they are on."""
    zone = day.settings.zone
    recent = day.as_of - timedelta(day.span.back + 1)
    lately: dict[int, list[Case]] = {}
    for customer_id, id_, since, until in story.days_open(session, day.as_of, zone):
        case = Case(id_, since, until)
        if customer_id in facts:
            facts[customer_id].complaints += (case,)
        if until is None or until >= recent:
            lately.setdefault(id_, []).append(case)
    for id_, customer_id, first in departures.stranded(session, lately, day.as_of, zone):
        if customer_id in facts and first <= day.as_of:
            facts[customer_id].stranded += tuple(
                replace(case, opened_on=max(case.opened_on, first)) for case in lately[id_]
            )


def _add_answers(connection: Raw, ids: str, facts: Mapping[int, Facts], as_of: date) -> None:
    """Which trips the customers have told what they think of."""
    sql = f"""
        SELECT s.customer_id, s.trip_id FROM {dialect.NUMBERS} w
        CROSS JOIN survey_response s ON s.customer_id = w.value
        WHERE s.trip_id IS NOT NULL AND s.answered_on <= ?
    """  # noqa: S608 - a constant
    for customer_id, trip_id in connection.execute(sql, (ids, as_of.isoformat())):
        facts[customer_id].answered += (trip_id,)
