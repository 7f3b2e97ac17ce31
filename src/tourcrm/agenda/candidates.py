"""What may be owed: events found by index, what is known of their customers, items with their days.

SQL finds candidates (anchors.py) and gathers facts; the pure functions of item.py decide.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlmodel import Session

from tourcrm.agenda import decisions
from tourcrm.agenda.decisions import Decision, Key
from tourcrm.agenda.events import last_contact, spec
from tourcrm.agenda.events.spec import Search
from tourcrm.agenda.rules import parser
from tourcrm.agenda.rules.parser import Rule, Step
from tourcrm.agenda.states import (
    CONTACT_DAYS,
    GRACE,
    LONGEST_WAIT,
    Case,
    Facts,
    Item,
    Span,
    batch_of,
    fits,
)
from tourcrm.analysis import trip_history
from tourcrm.analysis.population import People, Who
from tourcrm.base import moments
from tourcrm.base.vocabulary import SELDOM_TRAVEL
from tourcrm.bookings.status import BOOKED
from tourcrm.complaints import story
from tourcrm.db import dialect, engine
from tourcrm.db.setting import Settings

if TYPE_CHECKING:
    from tourcrm.analysis.trip_history import Numbers

NEVER = date(9000, 1, 1)  # the last day of what stays until it is settled
NEVER_TRAVELLED = (None, None, None, None)  # no tier, quadrant, cadence, last departure


def find(
    session: Session,
    settings: Settings,
    rules: Sequence[Rule],
    as_of: date,
    span: Span,
    people: People,
) -> None:
    """Fill followup_event with what may be in the span."""
    connection = session.connection()
    for statement in spec.TABLES:
        connection.execute(text(statement))
    connection.execute(text("DELETE FROM followup_event"))
    limited = span.customers is not None
    kept: dict[str, list[Decision]] = defaultdict(list)
    until = as_of - timedelta(span.back + GRACE)
    for decision in decisions.put_off(session, until, as_of, settings.zone):
        kept[decision.key.rule].append(decision)
    recent: set[int] | None = None
    ahead = cache(partial(_ahead, session, as_of))
    for one in rules:
        search = Search(
            rule=one.id,
            first=as_of - timedelta(span.back + one.latest),
            last=as_of + timedelta(span.ahead - one.earliest),
            as_of=as_of,
            people=people,
            settings=settings,
            wanted=limited,
            labels=one.labels,
            who=partial(_who, session, one, people, ahead),
            least=one.earliest,
            spread=one.spread,
            far_back=span.back,
            trip_matters=one.depends_on_trip,
            services=one.asked("services"),
            kinds=one.asked("kinds"),
        )
        if span.customers is not None:
            _want(session, span.customers)
        one.anchor.select(session, search)
        if one.anchor.lasts:
            continue
        # What was put off, or had to wait, may be on the list long after its time.
        wanted = {decision.customer_id for decision in kept[one.id]}
        days = [decision.anchor_on for decision in kept[one.id]]
        early = min(days, default=search.first) - timedelta(one.moved_by)
        late = max(days, default=early) + timedelta(one.moved_by)
        if one.kind == "marketing":
            if recent is None:
                recent = _recently_met(session, settings, rules, as_of, span)
            wanted |= recent
            early = min(early, search.first - timedelta(LONGEST_WAIT))
            late = max(late, search.first)
        if span.customers is not None:
            wanted &= span.customers
        if wanted:
            _want(session, wanted)
            one.anchor.select(session, replace(search, first=early, last=late, wanted=True))


def _who(session: Session, one: Rule, people: People, ahead: Callable[[], "Numbers"]) -> Who | None:
    """The customers for whom a step may be; None = anybody. Kinds are looked at where most have
    another. ahead: finds those with a trip to come."""
    groups = []
    anybody = False
    kinds: set[str] = set()
    for step in one.steps:
        asked = step.conditions
        fitting = people.fitting(asked.tiers, asked.quadrants, asked.cadences, ahead)
        if fitting is None:
            anybody = True
        else:
            groups.append((fitting, step.offset))
        kinds |= asked.customer_kinds or {"person"}
    if "person" in kinds:
        return None if anybody else Who.of(groups)
    few = _of_kinds(session, kinds)
    if anybody:
        return Who.of([(few, one.earliest)])
    return Who.of([(some[trip_history.among(some, few)], offset) for some, offset in groups])


def _of_kinds(session: Session, kinds: Collection[str]) -> "Numbers":
    """The customers of these kinds."""
    marks = ", ".join("?" * len(kinds))
    sql = f"SELECT id FROM customer WHERE kind IN ({marks})"  # noqa: S608 - marks only
    return trip_history.numbers(row[0] for row in engine.raw(session).execute(sql, sorted(kinds)))


def _ahead(session: Session, as_of: date) -> "Numbers":
    """Customers with a trip to come."""
    sql = f"""
        SELECT DISTINCT t.customer_id FROM {dialect.by_index("trip t", "trip_departs")}
        WHERE t.departs_on > :as_of AND {BOOKED}
    """  # noqa: S608 - pieces of this module
    rows = session.connection().execute(text(sql), {"as_of": as_of.isoformat()})
    return trip_history.numbers(rows.scalars())


def with_id(
    session: Session, settings: Settings, as_of: date, span: Span, people: People, start: str
) -> frozenset[int]:
    """Customers of items, or of batches, whose id begins like this, whatever the conditions."""
    rules = {one.id: one for one in parser.merged(settings.own_rules)}
    find(session, settings, tuple(rules.values()), as_of, span, people)
    names = {id_: tuple(_by_name(one.steps)) for id_, one in rules.items()}
    batches = {
        id_: {(step.batch, step.channel) for step in one.steps if step.batch}
        for id_, one in rules.items()
    }
    meant = decisions.id_range(start)
    found = set()
    shared: dict[tuple[str, ...], bool] = {}
    rows = session.connection().execute(
        text(
            """
            SELECT rule, subject_table, subject_id, series, period, customer_id, anchor_on,
                destination, code
            FROM followup_event
            """
        )
    )
    for id_, table, subject, series, period, customer_id, anchor, destination, code in rows.all():
        for name in names[id_]:
            key = Key(id_, table, subject, _occurrence(series, period, name))
            if decisions.id_number(key) in meant:
                found.add(customer_id)
        for kind, channel in batches[id_]:
            batch = batch_of(id_, kind, channel, anchor, destination or code or "")
            if batch is None:
                continue
            if batch not in shared:
                shared[batch] = decisions.id_number(batch) in meant
            if shared[batch]:
                found.add(customer_id)
    return frozenset(found)


def _occurrence(series: str, period: str, name: str) -> str:
    if not period and not name:
        return series
    return ":".join([part for part in (series, period, name) if part])


def _want(session: Session, customers: Iterable[int]) -> None:
    connection = engine.raw(session)
    connection.execute("DELETE FROM followup_wanted")
    dialect.put_numbers(connection, "followup_wanted", sorted(customers))


def _recently_met(
    session: Session, settings: Settings, rules: Sequence[Rule], as_of: date, span: Span
) -> set[int]:
    """Customers whose marketing items may have waited until the span."""
    days = max(CONTACT_DAYS, int(settings["quiet_days"])) + GRACE + span.back
    first = as_of - timedelta(days)
    marketing = {one.id for one in rules if one.kind == "marketing"}
    offered = {
        decision.customer_id
        for decision in decisions.since(session, first, as_of, settings.zone, marketing)
        if decision.status == "done"
    }
    sql = f"""
        SELECT DISTINCT customer_id FROM {dialect.by_index("interaction", "interaction_lately")}
        WHERE personal AND at >= :start AND at < :end
    """  # noqa: S608 - a constant
    params = {
        "start": moments.day_start(first, settings.zone),
        "end": moments.day_end(as_of, settings.zone),
    }
    return offered | set(session.connection().execute(text(sql), params).scalars())


def facts(
    session: Session,
    settings: Settings,
    rules: Sequence[Rule],
    as_of: date,
    span: Span,
    people: People,
) -> dict[int, Facts]:
    """What is known of the customers of followup_event."""
    connection = session.connection()
    connection.execute(text("DELETE FROM followup_wanted"))
    connection.execute(
        text("INSERT OR IGNORE INTO followup_wanted SELECT customer_id FROM followup_event")
    )
    rows = (
        engine.raw(session)
        .execute(
            """
            SELECT c.id, c.code, c.kind, c.status, c.lost_on, c.do_not_contact,
                c.marketing_consent, c.owner
            FROM followup_wanted w JOIN customer c ON c.id = w.customer_id
            """
        )
        .fetchall()
    )
    standing = people.standing_of(row[0] for row in rows)
    known = {row[0]: Facts(*row[1:], *standing.get(row[0], NEVER_TRAVELLED)) for row in rows}
    _add_trips(session, known, as_of)
    oldest = as_of - timedelta(
        span.back + LONGEST_WAIT + max((one.latest - one.earliest for one in rules), default=0)
    )
    marketing = {one.id for one in rules if one.kind == "marketing"}
    heeding = marketing | {one.id for one in rules if "personal_contact" in one.satisfied_by}
    marks = ", ".join("?" * len(heeding))
    # From the event on: the day before it, since moments are those of UTC.
    sql = f"""
        SELECT i.customer_id, i.at FROM (
            SELECT customer_id, min(date(anchor_on, '-1 day')) AS first FROM followup_event
            WHERE rule IN ({marks}) GROUP BY customer_id
        ) w CROSS JOIN {dialect.by_index("interaction i", "interaction_personal")}
        WHERE i.customer_id = w.customer_id AND i.at >= min(w.first, ?) AND i.at < ? AND i.personal
    """  # noqa: S608 - marks and a constant
    start, end = moments.day_start(oldest, settings.zone), moments.day_end(as_of, settings.zone)
    contacts = engine.raw(session).execute(sql, (*sorted(heeding), start, end))
    for customer_id, at in contacts:
        known[customer_id].contacts += (moments.local_day(at, settings.zone),)
    for decision in decisions.since(session, oldest, as_of, settings.zone, marketing):
        customer = known.get(decision.customer_id)
        if customer and decision.status == "done":
            customer.offers += (decision.at.date(),)
    if any(one.uses("tags") for one in rules):
        _add_tags(session, known)
    _add_complaints(session, known, as_of, settings.zone)
    if any("answer" in one.satisfied_by for one in rules):
        _add_answers(session, known, as_of)
    return known


def _add_trips(session: Session, facts: Mapping[int, Facts], as_of: date) -> None:
    """Who is away, and who has something booked. A trip lasts a year at most."""
    sql = f"""
        SELECT t.customer_id, t.id, t.departs_on, t.service FROM followup_wanted w
        CROSS JOIN {dialect.by_index("trip t", "trip_customer")}
        WHERE t.customer_id = w.customer_id AND t.departs_on > :year_ago
            AND coalesce(t.returns_on, t.departs_on) >= :as_of
            AND {BOOKED}
    """  # noqa: S608 - pieces of this module
    params = {
        "as_of": as_of.isoformat(),
        "year_ago": (as_of - timedelta(366)).isoformat(),
    }
    for customer_id, trip_id, departs_on, service in engine.raw(session).execute(sql, params):
        if departs_on > params["as_of"]:
            facts[customer_id].ahead = True
        elif service not in SELDOM_TRAVEL:
            facts[customer_id].travelling += (trip_id,)


def _add_tags(session: Session, facts: Mapping[int, Facts]) -> None:
    sql = """
        SELECT g.customer_id, g.tag FROM followup_wanted w
        JOIN customer_tag g ON g.customer_id = w.customer_id
    """
    for customer_id, tag in session.connection().execute(text(sql)):
        facts[customer_id].tags |= {tag}


def _add_complaints(
    session: Session, facts: Mapping[int, Facts], as_of: date, zone: ZoneInfo
) -> None:
    """When complaints of the customers were open."""
    for customer_id, id_, since, until in story.days_open(session, as_of, zone):
        if customer_id in facts:
            facts[customer_id].complaints += (Case(id_, since, until),)


def _add_answers(session: Session, facts: Mapping[int, Facts], as_of: date) -> None:
    """Which trips the customers have told what they think of."""
    sql = """
        SELECT s.customer_id, s.trip_id FROM followup_wanted w
        CROSS JOIN survey_response s ON s.customer_id = w.customer_id
        WHERE s.trip_id IS NOT NULL AND s.answered_on <= ?
    """
    for customer_id, trip_id in engine.raw(session).execute(sql, (as_of.isoformat(),)):
        facts[customer_id].answered += (trip_id,)


def items(
    session: Session, rules: Mapping[str, Rule], known: Mapping[int, Facts]
) -> Iterable[Item]:
    """What the rules owe: for each event and each name of a step, the first step that fits."""
    groups = {id_: list(_by_name(one.steps).values()) for id_, one in rules.items()}
    sorts = {who: customer.sort for who, customer in known.items()}
    chosen: dict[tuple[Any, ...], tuple[Step, ...]] = {}  # of a rule, a sort of trip and customer
    spans: dict[tuple[str, str | None, int], _Days] = {}  # of an event and a step
    seen: set[Key] = set()
    # Plain tuples of the driver: there are many, and SQLAlchemy's rows cost as much again.
    rows = engine.raw(session).execute(
        """
        SELECT rule, subject_table, subject_id, series, period, customer_id, trip_id, code,
            destination, service, kind, anchor_on, ends_on, calendar, since, owner, by,
            departed_on
        FROM followup_event
        """
    )
    for row in rows.fetchall():
        id_, table, subject, series, period, customer_id, *trip, anchor, ends_on, calendar = row[
            :14
        ]
        since, owner, by, departed_on = row[14:]
        trip_id, code, destination, service, kind = trip
        customer = known[customer_id]
        sort = id_, service, kind, sorts[customer_id]
        steps = chosen.get(sort)
        if steps is None:
            steps = chosen[sort] = tuple(_first_fitting(groups[id_], customer, service, kind))
        for step in steps:
            occurrence = _occurrence(series, period, step.name) if period or step.name else series
            key = Key(id_, table, subject, occurrence)
            if key in seen:
                continue
            seen.add(key)
            days = spans.get((anchor, ends_on, id(step)))
            if days is None:
                days = spans[anchor, ends_on, id(step)] = _days(step, anchor, ends_on)
            due_on = days.due_on
            if since is not None and rules[id_].spread and due_on.isoformat() < since:
                due_on = date.fromisoformat(since) + timedelta(
                    last_contact.place(customer.code, step.offset)
                )
            batch = None
            if step.batch:
                batch = batch_of(id_, step.batch, step.channel, anchor, destination or code or "")
            # By place: there are many, and names cost three times as much.
            yield Item(
                rules[id_],
                step,
                key,
                customer_id,
                customer,
                trip_id,
                code,
                destination,
                days.anchor_on,
                days.ends_on,
                calendar,
                due_on,
                due_on,
                days.last_on,
                owner or customer.owner,
                batch,
                datetime.fromisoformat(by) if by else None,
                departed_on,
            )


def _first_fitting(
    groups: Iterable[Sequence[Step]], customer: Facts, service: str | None, kind: str | None
) -> Iterable[Step]:
    """Of each group of steps the first that fits."""
    for steps in groups:
        for step in steps:
            if fits(step, customer, service, kind):
                yield step
                break


class _Days(NamedTuple):
    """The first and last day of an event, the due day, and the last day on the list."""

    anchor_on: date
    ends_on: date
    due_on: date
    last_on: date


def _days(step: Step, anchor: str, ends: str | None) -> _Days:
    anchor_on = date.fromisoformat(anchor)
    ends_on = date.fromisoformat(ends) if ends else anchor_on
    due_on = anchor_on + timedelta(step.offset)
    last_on = NEVER if step.lapses_after is None else due_on + timedelta(step.lapses_after)
    return _Days(
        anchor_on, ends_on, due_on, min(last_on, ends_on) if step.until_anchor else last_on
    )


def _by_name(steps: Iterable[Step]) -> dict[str, list[Step]]:
    groups: dict[str, list[Step]] = {}
    for step in steps:
        groups.setdefault(step.name, []).append(step)
    return groups
