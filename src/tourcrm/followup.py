"""The agenda: what is due as of a day, in which order, and why something is not on the list.

Nothing of it is stored but decisions. Rules say what is owed; each item that is owed up to the day
is exactly one of: shown, waiting, held, decided, satisfied, lapsed. Items of later days are ahead.

SQL finds candidates by index (anchors.py) and gathers what is known of their customers; the pure
functions here decide. Words are made for the lines that are printed, and for no others.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, text
from sqlmodel import Session

from tourcrm import anchors, lunar, outcome, population, rule, speech, store
from tourcrm.anchors import Search
from tourcrm.errors import Message
from tourcrm.i18n import N_
from tourcrm.outcome import Decision, Key
from tourcrm.population import People
from tourcrm.rule import Rule, Step
from tourcrm.setting import Settings, parse_window

GRACE = 3  # days that an item stays at least, once it is back from being put off or from waiting
CONTACT_DAYS = 7  # no marketing so many days from a personal contact
LONGEST_WAIT = 90  # days by which waiting can lengthen an item's stay, at most
BACK = 3  # days for which the list counts what lapsed: over a weekend
FAR_BACK = 90  # days for which an id can be named after the due day
MANY_TRIES = 3  # from then on the line suggests a message
STATES = ("shown", "waiting", "held", "decided", "satisfied", "lapsed", "ahead")
SELDOM_TRAVEL = ("visa", "insurance")  # services during which nobody need be away

_TIER_RANK = {"A": 0, "B": 1, "C": 2, "D": 3, None: 4}

# Why something is held: for good, or until the customer is back.
HELD = {
    "deceased": N_("deceased"),
    "lost": N_("lost customer"),
    "do_not_contact": N_("do not contact"),
    "internal": N_("internal customer"),
    "no_consent": N_("no consent to marketing"),
    "on_trip": N_("on a trip"),
}
WAITING = {
    "capacity": N_("more than fits the day"),
    "quiet": N_("too soon after the last contact or offer"),
}
DECIDED = {
    "done": N_("done by {who} on {day}"),
    "skipped": N_("skipped by {who} on {day}: {note}"),
    "tried": N_("tried by {who} on {day}; back on {until}"),
    "snoozed": N_("put off by {who} until {until}"),
}


@dataclass(slots=True)
class Facts:
    """What is known of one customer as of the day."""

    code: str
    kind: str
    status: str
    lost_on: str | None
    do_not_contact: bool
    consent: str
    owner: str | None
    tier: str | None
    quadrant: str | None
    cadence: str | None
    tags: frozenset[str] = frozenset()
    travelling: tuple[int, ...] = ()  # trips that the customer is on
    ahead: bool = False  # has a booked trip to come
    contacts: tuple[date, ...] = ()  # days of personal contacts
    offers: tuple[date, ...] = ()  # days of marketing done


@dataclass(slots=True)
class Item:
    """One thing that a rule owes, and what has become of it. due_on, last_on: days on the list."""

    rule: Rule
    step: Step
    key: Key
    customer_id: int
    customer: Facts
    trip_id: int | None
    trip_code: str | None
    destination: str | None
    anchor_on: date
    calendar: str
    due_on: date
    last_on: date
    state: str = ""
    why: str = ""  # a word of HELD or WAITING
    decision: Decision | None = None  # the one that stands
    tries: int = 0
    date_changed: bool = False

    @property
    def batch(self) -> tuple[str, ...] | None:
        """What members of one line share; None for an item with a line of its own."""
        return _batch(self.rule, self.anchor_on.isoformat(), self.destination, self.trip_code)

    @property
    def id(self) -> str:
        """The id of its line."""
        return outcome.printed_id(self.batch or self.key)


@dataclass(frozen=True, slots=True)
class Span:
    """Which items an agenda holds: those on the list `back` days ago or later, due up to `ahead`
    days from now; of all customers or of some."""

    back: int = BACK
    ahead: int = 0
    customers: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Agenda:
    """All items of a span; those that are shown or wait come first, in the order of the list."""

    as_of: date
    items: list[Item]

    def of_state(self, *states: str) -> list[Item]:
        """The items in one of these states."""
        return [item for item in self.items if item.state in states]

    def lapsed_unseen(self) -> int:
        """How many lapsed though they could have been shown, nobody deciding."""
        return sum(item.state == "lapsed" and not item.why for item in self.items)


# --- the pure part: from facts to a state ---------------------------------------------------------


def fits(step: Step, customer: Facts, service: str | None, kind: str | None) -> bool:
    """Whether a step is for this customer and trip. Who has a trip ahead is active."""
    asked = step.conditions
    cadence = "active" if customer.ahead else customer.cadence or "none"
    return (
        (asked.services is None or service in asked.services)
        and (asked.kinds is None or kind in asked.kinds)
        and (asked.customer_kinds is None or customer.kind in asked.customer_kinds)
        and (asked.tiers is None or (customer.tier or "none") in asked.tiers)
        and (asked.quadrants is None or (customer.quadrant or "none") in asked.quadrants)
        and (asked.cadences is None or cadence in asked.cadences)
        and (asked.tags is None or bool(asked.tags & customer.tags))
    )


def hold(item: Item, as_of: date) -> str:
    """Why nothing may be done about an item now, a word of HELD; empty where it may."""
    customer = item.customer
    if customer.status == "deceased":
        return "deceased"
    if item.rule.kind != "duty":
        if customer.do_not_contact:
            return "do_not_contact"
        if customer.status == "lost" and (
            customer.lost_on is None or customer.lost_on <= as_of.isoformat()
        ):
            return "lost"
        if customer.kind == "internal":
            return "internal"
        if item.rule.kind == "marketing" and customer.consent == "no":
            return "no_consent"
    # Somebody of a company is always away; only a person can be reached later.
    if customer.kind == "person" and customer.travelling:
        of_that_trip = item.rule.kind == "duty" and item.trip_id in customer.travelling
        if not of_that_trip:
            return "on_trip"
    return ""


def quiet_until(days: Iterable[tuple[date, int]], day: date) -> date | None:
    """The first day that is free of quiet again, where `day` is not.

    days: contacts and offers with the number of quiet days from each, itself included.
    """
    ends = [start + timedelta(length) for start, length in days if start <= day]
    last = max(ends, default=None)
    return last if last is not None and last > day else None


def _settle(item: Item, decisions: Sequence[Decision], as_of: date, quiet_days: int) -> None:
    """Give an item its state, as of a day, from the facts; capacity is not looked at here."""
    _apply_decisions(item, decisions, as_of)
    if item.state:
        return
    why = hold(item, as_of)
    quiet: list[tuple[date, int]] = []
    if item.rule.kind == "marketing":
        quiet += [(day, CONTACT_DAYS) for day in item.customer.contacts]
        quiet += [(day, quiet_days) for day in item.customer.offers]
        latest = item.last_on + timedelta(LONGEST_WAIT)
        while item.last_on < latest and (free_on := quiet_until(quiet, item.last_on)):
            item.last_on = min(free_on + timedelta(GRACE - 1), latest)
    for event in item.rule.satisfied_by:
        if _SATISFIED[event](item):
            item.state = "satisfied"
            return
    if item.last_on < as_of:
        item.state = "lapsed"
        item.why = "" if why == "on_trip" else why
    elif why and (item.due_on <= as_of or why != "on_trip"):
        item.state, item.why = "held", why
    elif item.due_on > as_of:
        item.state = "ahead"
    elif quiet_until(quiet, as_of):
        item.state, item.why = "waiting", "quiet"
    else:
        item.state = "shown"


def _apply_decisions(item: Item, decisions: Sequence[Decision], as_of: date) -> None:
    if not decisions:
        return
    about = [one for one in decisions if _is_about(one, item)]
    near = [
        one for one in about if abs((one.anchor_on - item.anchor_on).days) <= item.rule.moved_by
    ]
    if not near:
        item.date_changed = bool(about) and about[-1].status != "reopened"
        return
    last = near[-1]
    item.tries = sum(one.status == "tried" for one in near)
    if last.status == "reopened":
        return
    item.decision = last
    if last.status in outcome.FINAL or last.until is None:
        item.state = "decided"
        return
    item.last_on = max(item.last_on, last.until + timedelta(GRACE))
    if item.step.until_anchor:
        item.last_on = min(item.last_on, item.anchor_on)
    if last.until > as_of:
        item.state = "decided"
    elif last.status == "snoozed":
        item.due_on = last.until


def _is_about(decision: Decision, item: Item) -> bool:
    """Whether a decision is about this item: by its key, or its key when the date was another.

    A birthday that is corrected from 1 January to 31 December has another year in its key.
    """
    if decision.key.occurrence == item.key.occurrence:
        return True
    theirs, own = decision.key.occurrence.split(":"), item.key.occurrence.split(":")
    different = [(a, b) for a, b in zip(theirs, own, strict=False) if a != b]
    return (
        len(theirs) == len(own)
        and len(different) == 1
        and all(year.isdigit() and len(year) == 4 for year in different[0])
        and abs((decision.anchor_on - item.anchor_on).days) <= item.rule.moved_by
    )


def _contacted(item: Item) -> bool:
    days = item.customer.contacts
    return bool(days) and any(item.anchor_on < day <= item.last_on for day in days)


def _has_trip_ahead(item: Item) -> bool:
    return item.customer.ahead


_SATISFIED: Mapping[str, Callable[[Item], bool]] = {
    "personal_contact": _contacted,
    "trip_ahead": _has_trip_ahead,
}


def _order(item: Item, as_of: date) -> tuple[Any, ...]:
    """Priority, tier, lateness; then what never depends on the order of rows."""
    return (
        -item.rule.priority,
        _TIER_RANK[item.customer.tier],
        -(as_of - item.due_on).days,
        item.customer.code,
        item.anchor_on,
        item.rule.id,
        item.key.occurrence,
        item.trip_code or "",
        item.key.subject_id,
    )


def _in_order(items: Iterable[Item], as_of: date) -> list[Item]:
    """By priority, tier and lateness, with the items of one customer, or of one batch, together."""
    together: dict[Any, list[tuple[tuple[Any, ...], Item]]] = defaultdict(list)
    for item in items:
        together[item.batch or item.customer_id].append((_order(item, as_of), item))
    units = [sorted(unit, key=_first) for unit in together.values()]
    units.sort(key=lambda unit: unit[0][0])
    return [item for unit in units for _key, item in unit]


def _first(pair: tuple[tuple[Any, ...], Item]) -> tuple[Any, ...]:
    return pair[0]


def limit(
    items: Sequence[Item], capacity: int, used: Mapping[str, int], queue: Callable[[Item], str]
) -> None:
    """Let wait what does not fit the day: so many customers a queue, less those used up.

    items: in the order of the list. Duties are always shown and take no place.
    """
    taken: dict[str, set[int]] = defaultdict(set)
    offered: set[int] = set()
    for item in items:
        if item.state != "shown" or item.rule.kind == "duty":
            continue
        name = queue(item)
        if item.customer_id not in taken[name]:
            if len(taken[name]) + used.get(name, 0) >= capacity:
                item.state, item.why = "waiting", "capacity"
                continue
            taken[name].add(item.customer_id)
        if item.rule.kind == "marketing":  # one offer at a time
            if item.customer_id in offered:
                item.state, item.why = "waiting", "quiet"
            offered.add(item.customer_id)


# --- the agenda -----------------------------------------------------------------------------------


def agenda(
    session: Session,
    settings: Settings,
    as_of: date,
    span: Span = Span(),
    *,
    ready: bool = False,
    rules: Sequence[Rule] | None = None,
) -> Agenda:
    """The items of a span as of a day, each with its state.

    rules: instead of those that hold. ready: the table `population` of this session is already
    that of the day. Capacity is not applied: what fits is shown (see `for_day`).
    """
    pending = None
    if not ready:
        pending = population.build(session, basis(settings, as_of), whole=False).people
    if rules is None:
        rules = rule.merged(settings.own_rules)
    _find_events(session, settings, rules, as_of, span, pending)
    facts = _facts(session, settings, rules, as_of, span, pending)
    decisions = outcome.of_events(session, as_of, settings.zone)
    quiet_days = int(settings["quiet_days"])
    first, last = as_of - timedelta(span.back), as_of + timedelta(span.ahead)
    items = []
    for item in _items(session, {one.id: one for one in rules}, facts):
        _settle(item, decisions.get(item.key[:3], ()), as_of, quiet_days)
        if item.due_on <= last and item.last_on >= first:
            items.append(item)
    listed = [item for item in items if item.state in ("shown", "waiting")]
    rest = [item for item in items if item.state not in ("shown", "waiting")]
    return Agenda(as_of, _in_order(listed, as_of) + rest)


def basis(settings: Settings, as_of: date) -> population.Basis:
    """What tiers and quadrants rest on, by the agency's settings."""
    return population.Basis(as_of, parse_window(settings["window"]), settings.cuts)


def _find_events(
    session: Session,
    settings: Settings,
    rules: Sequence[Rule],
    as_of: date,
    span: Span,
    pending: People | None = None,
) -> None:
    """Fill followup_event with what may be in the span.

    pending: where `population` does not hold everybody; whom an anchor needs is put in.
    """
    connection = session.connection()
    for statement in anchors.TABLES:
        connection.execute(text(statement))
    connection.execute(text("DELETE FROM followup_event"))
    limited = span.customers is not None
    kept: dict[str, list[Decision]] = defaultdict(list)
    until = as_of - timedelta(span.back + GRACE)
    for decision in outcome.put_off(session, until, as_of, settings.zone):
        kept[decision.key.rule].append(decision)
    recent: set[int] | None = None
    for one in rules:
        first = as_of - timedelta(span.back + one.latest)
        last = as_of + timedelta(span.ahead - one.earliest)
        if span.customers is not None:
            _want(session, span.customers)
        search = Search(one.id, first, last, as_of, limited, one.labels)
        if pending is not None and one.anchor.from_last_departure:
            pending.put(pending.known.of_yeardays(anchors.yeardays(search)))
        one.anchor.select(session, search)
        # What was put off, or had to wait, may be on the list long after its time.
        wanted = {decision.customer_id for decision in kept[one.id]}
        days = [decision.anchor_on for decision in kept[one.id]]
        early = min(days, default=first) - timedelta(one.moved_by)
        late = max(days, default=early) + timedelta(one.moved_by)
        if one.kind == "marketing":
            if recent is None:
                recent = _recently_met(session, settings, rules, as_of, span)
            wanted |= recent
            early = min(early, first - timedelta(LONGEST_WAIT))
            late = max(late, first)
        if span.customers is not None:
            wanted &= span.customers
        if wanted:
            if pending is not None:
                pending.put(pending.places_of(wanted))
            _want(session, wanted)
            one.anchor.select(session, Search(one.id, early, late, as_of, True, one.labels))


def with_id(
    session: Session, settings: Settings, as_of: date, span: Span, start: str
) -> frozenset[int]:
    """Customers of items, or of batches, whose id begins like this; conditions are not looked at.

    The table `population` of this session must be that of the day.
    """
    rules = {one.id: one for one in rule.merged(settings.own_rules)}
    _find_events(session, settings, tuple(rules.values()), as_of, span)
    names = {id_: tuple(_by_name(one.steps)) for id_, one in rules.items()}
    meant = outcome.id_range(start)
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
            if outcome.id_number(key) in meant:
                found.add(customer_id)
        if batch := _batch(rules[id_], anchor, destination, code):
            if batch not in shared:
                shared[batch] = outcome.id_number(batch) in meant
            if shared[batch]:
                found.add(customer_id)
    return frozenset(found)


def _occurrence(*parts: str) -> str:
    return ":".join([part for part in parts if part])


def _batch(
    one: Rule, anchor_on: str, destination: str | None, code: str | None
) -> tuple[str, ...] | None:
    """What members of one line share; where the destination is unknown, each is alone."""
    if one.batch is None:
        return None
    return one.id, one.batch, anchor_on, destination or code or ""


def _want(session: Session, customers: Iterable[int]) -> None:
    connection = session.connection()
    connection.execute(text("DELETE FROM followup_wanted"))
    connection.execute(
        text("INSERT INTO followup_wanted VALUES (:id)"), [{"id": one} for one in sorted(customers)]
    )


def _recently_met(
    session: Session, settings: Settings, rules: Sequence[Rule], as_of: date, span: Span
) -> set[int]:
    """Customers whose marketing items may have waited until the span."""
    days = max(CONTACT_DAYS, int(settings["quiet_days"])) + GRACE + span.back
    first = as_of - timedelta(days)
    marketing = {one.id for one in rules if one.kind == "marketing"}
    offered = {
        decision.customer_id
        for decision in outcome.since(session, first, as_of, settings.zone)
        if decision.key.rule in marketing and decision.status == "done"
    }
    sql = (
        "SELECT DISTINCT customer_id FROM interaction WHERE personal AND at >= :start AND at < :end"
    )
    params = {
        "start": outcome.day_start(first, settings.zone),
        "end": outcome.day_end(as_of, settings.zone),
    }
    return offered | set(session.connection().execute(text(sql), params).scalars())


def _facts(
    session: Session,
    settings: Settings,
    rules: Sequence[Rule],
    as_of: date,
    span: Span,
    pending: People | None = None,
) -> dict[int, Facts]:
    """What is known of the customers of followup_event."""
    connection = session.connection()
    connection.execute(text("DELETE FROM followup_wanted"))
    connection.execute(
        text("INSERT INTO followup_wanted SELECT DISTINCT customer_id FROM followup_event")
    )
    if pending is not None:
        wanted = connection.execute(text("SELECT customer_id FROM followup_wanted")).scalars()
        pending.put(pending.places_of(wanted))
    rows = store.raw(session).execute(
        """
        SELECT c.id, c.code, c.kind, c.status, c.lost_on, c.do_not_contact, c.marketing_consent,
            c.owner, p.tier, p.quadrant, p.cadence
        FROM followup_wanted w JOIN customer c ON c.id = w.customer_id
        LEFT JOIN population p ON p.customer_id = w.customer_id
        """
    )
    facts = {row[0]: Facts(*row[1:]) for row in rows.fetchall()}
    _add_trips(session, facts, as_of)
    oldest = as_of - timedelta(
        span.back + LONGEST_WAIT + max((one.latest - one.earliest for one in rules), default=0)
    )
    params = {
        "start": outcome.day_start(oldest, settings.zone),
        "end": outcome.day_end(as_of, settings.zone),
    }
    contacts = connection.execute(
        text(
            """
            SELECT i.customer_id, i.at FROM followup_wanted w CROSS JOIN interaction i
            WHERE i.customer_id = w.customer_id AND i.at >= :start AND i.at < :end AND i.personal
            """
        ),
        params,
    )
    for customer_id, at in contacts.all():
        facts[customer_id].contacts += (outcome.local_day(at, settings.zone),)
    marketing = {one.id for one in rules if one.kind == "marketing"}
    for decision in outcome.since(session, oldest, as_of, settings.zone):
        customer = facts.get(decision.customer_id)
        if customer and decision.key.rule in marketing and decision.status == "done":
            customer.offers += (decision.at.date(),)
    if any(one.uses("tags") for one in rules):
        _add_tags(session, facts)
    return facts


def _add_trips(session: Session, facts: Mapping[int, Facts], as_of: date) -> None:
    """Who is away, and who has something booked. A trip lasts a year at most."""
    sql = f"""
        SELECT t.customer_id, t.id, t.departs_on, t.service FROM followup_wanted w
        CROSS JOIN {store.by_index("trip t", "trip_customer")}
        WHERE t.customer_id = w.customer_id AND t.departs_on > :year_ago
            AND coalesce(t.returns_on, t.departs_on) >= :as_of
            AND {anchors.BOOKED}
    """  # noqa: S608 - pieces of this module
    params = {
        "as_of": as_of.isoformat(),
        "year_ago": (as_of - timedelta(366)).isoformat(),
    }
    rows = session.connection().execute(text(sql), params).all()
    for customer_id, trip_id, departs_on, service in rows:
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


def _items(
    session: Session, rules: Mapping[str, Rule], facts: Mapping[int, Facts]
) -> Iterable[Item]:
    """What the rules owe: for each event and each name of a step, the first step that fits."""
    groups = {id_: list(_by_name(one.steps).items()) for id_, one in rules.items()}
    spans: dict[tuple[str, int], tuple[date, date, date]] = {}  # of a day and a step: its days
    seen: set[Key] = set()
    # Plain tuples of the driver: there are many, and SQLAlchemy's rows cost as much again.
    rows = store.raw(session).execute(
        """
        SELECT rule, subject_table, subject_id, series, period, customer_id, trip_id, anchor_on,
            calendar, code, service, kind, destination
        FROM followup_event
        """
    )
    for row in rows.fetchall():
        id_, table, subject, series, period, customer_id, trip_id, anchor, calendar, *trip = row
        code, service, kind, destination = trip
        customer = facts[customer_id]
        for name, steps in groups[id_]:
            for step in steps:
                if fits(step, customer, service, kind):
                    break
            else:
                continue
            key = Key(id_, table, subject, _occurrence(series, period, name))
            if key in seen:
                continue
            seen.add(key)
            days = spans.get((anchor, id(step)))
            if days is None:
                days = spans[anchor, id(step)] = _days(step, date.fromisoformat(anchor))
            yield Item(
                rules[id_],
                step,
                key,
                customer_id,
                customer,
                trip_id,
                code,
                destination,
                days[0],
                calendar,
                days[1],
                days[2],
            )


def _days(step: Step, anchor_on: date) -> tuple[date, date, date]:
    """The day of the event, the due day, and the last day on the list."""
    due_on = anchor_on + timedelta(step.offset)
    last_on = due_on + timedelta(step.lapses_after)
    return anchor_on, due_on, min(last_on, anchor_on) if step.until_anchor else last_on


def _by_name(steps: Iterable[Step]) -> dict[str, list[Step]]:
    groups: dict[str, list[Step]] = {}
    for step in steps:
        groups.setdefault(step.name, []).append(step)
    return groups


# --- the list of a day ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Count:
    """How many, and why, in words."""

    why: Message
    count: int


@dataclass(frozen=True, slots=True)
class DueList:
    """The lines of a day, and what is not among them."""

    as_of: date
    lines: list["Line"]
    customers: int
    waiting: tuple[Count, ...]
    held: tuple[Count, ...]
    lapsed_unseen: int


def for_day(
    session: Session,
    settings: Settings,
    as_of: date,
    *,
    owner: str | None = None,
    everything: bool = False,
    span: Span = Span(),
) -> Agenda:
    """The agenda of one colleague, or of all, limited to what fits a day unless `everything`.

    owner: only customers in the charge of that person, or of nobody; these share one queue.
    """
    whole = agenda(session, settings, as_of, span)
    items = whole.items
    if owner is not None:
        own = {item.batch or item.key for item in items if item.customer.owner in (owner, None, "")}
        items = [item for item in items if (item.batch or item.key) in own]
    if not everything:
        used: Counter[str] = Counter()
        for name in _worked_on(session, settings, as_of).values():
            if owner is None or name in (owner, ""):
                used["" if owner is not None else name] += 1
        limit(
            items,
            int(settings["daily_capacity"]),
            used,
            lambda item: "" if owner is not None else item.customer.owner or "",
        )
    return Agenda(as_of, items)


def _worked_on(session: Session, settings: Settings, as_of: date) -> dict[int, str]:
    """Customers about whom something was decided on the day, duties aside, with their owners."""
    duties = {one.id for one in rule.merged(settings.own_rules) if one.kind == "duty"}
    customers = {
        decision.customer_id
        for decision in outcome.since(session, as_of, as_of, settings.zone)
        if decision.key.rule not in duties
    }
    rows = _by_ids(session, "SELECT id, owner FROM customer WHERE id IN :ids", customers)
    return {row[0]: row[1] or "" for row in rows}


def due(
    session: Session,
    settings: Settings,
    as_of: date,
    language: str,
    *,
    owner: str | None = None,
    everything: bool = False,
) -> DueList:
    """What is due as of a day, with its words."""
    day = for_day(session, settings, as_of, owner=owner, everything=everything)
    shown = day.of_state("shown")
    return DueList(
        as_of=as_of,
        lines=lines(session, shown, as_of, language),
        customers=len({item.customer_id for item in shown if item.batch is None}),
        waiting=_counts(WAITING, day.of_state("waiting")),
        held=_counts(HELD, day.of_state("held")),
        lapsed_unseen=day.lapsed_unseen(),
    )


def _counts(reasons: Mapping[str, str], items: Iterable[Item]) -> tuple[Count, ...]:
    counted = Counter(item.why for item in items)
    return tuple(Count(Message(reasons[why]), counted[why]) for why in reasons if counted[why])


def listing(
    session: Session,
    settings: Settings,
    as_of: date,
    language: str,
    first: date,
    last: date,
    states: Sequence[str],
    *,
    owner: str | None = None,
) -> list["Line"]:
    """The lines of these states that are due from one day to another, by their days."""
    span = Span(max((as_of - first).days, 0), max((last - as_of).days, 0))
    day = for_day(session, settings, as_of, owner=owner, span=span)
    chosen = [item for item in day.of_state(*states) if first <= item.due_on <= last]
    chosen.sort(key=lambda item: (item.due_on, _order(item, as_of)))
    return lines(session, chosen, as_of, language)


def for_customer(
    session: Session,
    settings: Settings,
    as_of: date,
    customer_id: int,
    language: str,
    *,
    ready: bool = False,
) -> list["Line"]:
    """What is due about one customer, whether or not it fits the day.

    ready: `population.build` was called in this session for the day, with `basis`.
    """
    span = Span(customers=frozenset((customer_id,)))
    day = agenda(session, settings, as_of, span, ready=ready)
    return lines(session, day.of_state("shown", "waiting"), as_of, language)


# --- lines and their words ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: an item, or a batch of them, with the words to say.

    phone in full. count: customers of a batch, else 1. What follows it is not promised to scripts.
    """

    id: str
    due_on: date
    days_late: int
    priority: int
    rule: str
    owner: str | None
    customer: str | None
    name: str | None
    phone: str | None
    tier: str | None
    trip: str | None
    destination: str | None
    reason: str
    script: str
    channel: str
    count: int
    title: str
    state: str
    why: Message | None
    last_on: date
    items: tuple[Item, ...]


def lines(session: Session, items: Sequence[Item], as_of: date, language: str) -> list[Line]:
    """The lines of items, in their order; members of a batch become one, at its first place."""
    units: dict[Any, list[Item]] = {}
    for item in items:
        units.setdefault((item.batch or item.key, item.state, item.why), []).append(item)
    customers = {
        row[0]: row
        for row in _by_ids(
            session,
            "SELECT id, name, gender, kind, language, phone, phone2 FROM customer WHERE id IN :ids",
            {item.customer_id for item in items},
        )
    }
    trips = {
        row[0]: row
        for row in _by_ids(
            session,
            "SELECT id, departs_on, returns_on, advisor, guide FROM trip WHERE id IN :ids",
            {item.trip_id for item in items if item.trip_id is not None},
        )
    }
    return [_line(tuple(unit), customers, trips, as_of, language) for unit in units.values()]


def _by_ids(session: Session, sql: str, ids: Iterable[int]) -> list[Any]:
    """The rows of a select for these ids (`IN :ids`), in pieces that every SQLite takes."""
    statement = text(sql).bindparams(bindparam("ids", expanding=True))
    wanted = sorted(ids)
    found: list[Any] = []
    for start in range(0, len(wanted), 500):
        piece = {"ids": wanted[start : start + 500]}
        found += session.connection().execute(statement, piece).all()
    return found


def members(session: Session, items: Sequence[Item]) -> list[tuple[str, str]]:
    """The names and codes of the customers of items, each once, in their order."""
    ids = {item.customer_id for item in items}
    rows = _by_ids(session, "SELECT id, name, code FROM customer WHERE id IN :ids", ids)
    named = {row[0]: (row[1], row[2]) for row in rows}
    return list(dict.fromkeys(named[item.customer_id] for item in items))


def _line(
    items: tuple[Item, ...],
    customers: Mapping[int, Any],
    trips: Mapping[int, Any],
    as_of: date,
    language: str,
) -> Line:
    first = items[0]
    step = first.step
    count = len({item.customer_id for item in items})
    single = count == 1
    row = customers[first.customer_id]
    owners = {item.customer.owner for item in items}
    trip = trips.get(first.trip_id) if first.trip_id is not None else None
    said_in = (row[4] or language) if first.rule.batch is None else language
    reason = step.reason[language].fill(_values(first, count, row, trip, as_of, language))
    script = step.script[said_in].fill(_values(first, count, row, trip, as_of, said_in))
    channel = step.channel
    if any(item.date_changed for item in items):
        reason += str(Message(N_(" (date changed)")))
    if first.tries >= MANY_TRIES and channel == "phone":
        channel = "wechat"
        reason += str(Message(N_(" (tried {tries} times: send a message)"), tries=first.tries))
    return Line(
        id=first.id,
        due_on=min(item.due_on for item in items),
        days_late=max((as_of - item.due_on).days for item in items),
        priority=first.rule.priority,
        rule=first.rule.id,
        owner=first.customer.owner if len(owners) == 1 else None,
        customer=first.customer.code if single else None,
        name=row[1] if single else None,
        phone=(row[5] or row[6]) if single else None,
        tier=min((item.customer.tier for item in items), key=_TIER_RANK.__getitem__),
        trip=first.trip_code if len(items) == 1 else None,
        destination=first.destination,
        reason=reason,
        script=script,
        channel=channel,
        count=count,
        title=step.title[language].fill(_values(first, count, row, trip, as_of, language)),
        state=first.state,
        why=_why(first),
        last_on=max(item.last_on for item in items),
        items=items,
    )


def _why(item: Item) -> Message | None:
    if item.state == "decided" and item.decision is not None:
        return decided(item.decision)
    return Message({**HELD, **WAITING}[item.why]) if item.why else None


def decided(decision: Decision) -> Message:
    """Who decided what, and when."""
    return Message(
        DECIDED[decision.status],
        who=decision.staff or "?",
        day=decision.at.date(),
        until=decision.until,
        note=decision.note or "",
    )


def _values(
    item: Item, count: int, customer: Any, trip: Any, as_of: date, language: str
) -> dict[str, str | None]:
    """What fills the blanks of a rule's words."""
    _id, name, gender, kind, *_rest = customer
    values: dict[str, str | None] = {
        "name": speech.salutation(name, gender, kind, language),
        "full_name": name,
        "owner": item.customer.owner,
        "count": str(count),
        "day": speech.day_text(item.anchor_on, language, as_of),
        "destination": item.destination,
        "label": item.key.occurrence.split(":")[0],
    }
    if item.calendar == "lunar":
        day = lunar.solar_to_lunar(item.anchor_on)
        values["lunar"] = lunar.lunar_text(day.month, day.day, day.leap, language)
    if trip is not None:
        _trip_id, departs, returns, adviser, guide = trip
        left = date.fromisoformat(departs) if departs else None
        back = date.fromisoformat(returns) if returns else left
        values |= {"adviser": adviser, "guide": guide}
        if left and back:
            years = item.anchor_on.year - left.year
            values |= {
                "departs_on": speech.day_text(left, language, as_of),
                "returns_on": speech.day_text(back, language, as_of),
                "days": str((back - left).days + 1),
                "years": str(years),
                "years_ago": speech.years_ago(years, language) if years > 0 else None,
            }
    return values
