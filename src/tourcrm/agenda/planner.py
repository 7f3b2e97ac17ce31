"""The agenda: what is due as of a day, in which order, and why something is not on the list.

Nothing of it is stored but decisions. What is known of a day is gathered once (`day`) and handed
down: to the events that are found, the facts of their customers, the items (`candidates`), their
states (`states`), and at last the words of what is printed (`wording`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from tourcrm.agenda import candidates, decisions, facts, households
from tourcrm.agenda.candidates import Events
from tourcrm.agenda.day import Day, gather
from tourcrm.agenda.keys import Decision
from tourcrm.agenda.listing import Used, in_order, limit, order
from tourcrm.agenda.rules import parser
from tourcrm.agenda.rules.model import Rule
from tourcrm.agenda.states import HELD, WAITING, Facts, Item, Span, settle
from tourcrm.agenda.wording import Line, lines, look_up_trips, units_of, worded
from tourcrm.analysis.population import People
from tourcrm.base import moments
from tourcrm.base.errors import Message
from tourcrm.base.folding import same
from tourcrm.complaints import deadlines
from tourcrm.db import dialect
from tourcrm.db.setting import Settings

TODAY = Span()
MARGIN = 1000  # days that a step of a rule may add to the last day of a span
LISTED = ("shown", "waiting")  # the states of what has a place in the order of the list
OPEN = frozenset({*LISTED, "held", "ahead"})  # the states of what is not over


@dataclass(frozen=True, slots=True)
class Agenda:
    """All items of a span; those that are shown or wait come first, in the order of the list.

    day, events, customers: what they rest on.
    """

    day: Day
    events: Events
    customers: Mapping[int, Facts]
    items: list[Item]

    @property
    def as_of(self) -> date:
        """The day."""
        return self.day.as_of

    def of_state(self, *states: str) -> list[Item]:
        """The items in one of these states."""
        return [item for item in self.items if item.state in states]

    def lapsed_unseen(self) -> list[Item]:
        """What lapsed though it could have been shown, nobody deciding."""
        return [item for item in self.items if item.state == "lapsed" and not item.why]


def agenda(
    session: Session,
    settings: Settings,
    as_of: date,
    span: Span = TODAY,
    *,
    people: People | None = None,
    rules: Sequence[Rule] | None = None,
    now: datetime | None = None,
) -> Agenda:
    """The items of a span as of a day, each with its state.

    rules: instead of those that hold. people: of a population that was built in this session for
    the day, with `basis`. Capacity is not applied: what fits is shown (see `for_day`). now: by
    which clocks are read; the end of the day where nobody says.
    """
    day = gather(session, settings, as_of, span, people=people, rules=rules)
    return of_events(session, day, candidates.find(session, day), now)


def of_events(session: Session, day: Day, events: Events, now: datetime | None = None) -> Agenda:
    """The items of these events, each with its state. now: as in `agenda`."""
    now = now or moments.moment_of(moments.day_end(day.as_of, day.settings.zone))
    nearly = deadlines.nearly_out(day.settings)
    customers = facts.of_events(session, day, events)
    decided = decisions.of_events(session, events, day.as_of, day.settings.zone)
    first, last = day.as_of - timedelta(day.span.back), day.as_of + timedelta(day.span.ahead)
    quiet_days = day.quiet_days
    items = []
    for item in candidates.items(day, events, customers):
        households.address(item, day.as_of)
        if item.by is not None:
            severity = "crisis" if item.crisis else ""
            item.turn = deadlines.turn(item.by - now, item.customer.tier, severity, nearly)
        settle(item, decided.get(item.key[:3], ()), day.as_of, quiet_days)
        if item.due_on <= last and item.last_on >= first:
            items.append(item)
    households.join(items, day.as_of)
    listed = [item for item in items if item.state in LISTED]
    rest = [item for item in items if item.state not in LISTED]
    return Agenda(day, events, customers, in_order(listed) + rest)


# --- the list of a day ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Count:
    """How many, and why, in words."""

    why: Message
    count: int


@dataclass(frozen=True, slots=True)
class DueList:
    """The lines of a day, and what is not among them. lapsed_unseen: lines of the last days."""

    as_of: date
    lines: list[Line]
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
    span: Span = TODAY,
    people: People | None = None,
    now: datetime | None = None,
) -> Agenda:
    """The agenda of one colleague, or of all, limited to what fits a day unless `everything`.

    owner: only what is the work of that person, or of nobody; these share one queue.
    """
    found = agenda(session, settings, as_of, span, people=people, now=now)
    return _of_one(session, found, owner, everything=everything)


def _of_one(session: Session, found: Agenda, owner: str | None, *, everything: bool) -> Agenda:
    """An agenda as that of one colleague, or of all, limited to a day unless `everything`."""
    items = found.items if owner is None else of_colleague(found.items, owner)
    if not everything:

        def queue(item: Item) -> str:
            return "" if owner is not None else item.owner or ""

        taken = used(session, found.day.rules, found.day.decided.on(found.as_of), owner)
        limit(items, int(found.day.settings["daily_capacity"]), taken, queue)
    return replace(found, items=items)


def of_colleague(items: Sequence[Item], owner: str) -> list[Item]:
    """What is the work of that person, or of nobody; of a batch, all of it; of a household, what
    is told on a line of theirs. In the order of the list, in which what others do about a customer
    lends no urgency to the rest."""
    own = {
        item.batch or item.told.key
        for item in items
        if not (whose := (item if item.shared else item.told).owner) or same(whose, owner)
    }
    kept = [item for item in items if (item.batch or item.told.key) in own]
    if all(item.owner == item.customer.owner for item in items):
        return kept
    listed = [item for item in kept if item.state in LISTED]
    return in_order(listed) + [item for item in kept if item.state not in LISTED]


def used(
    session: Session,
    rules: Mapping[str, Rule],
    decided_today: Iterable[Decision],
    owner: str | None,
) -> Used:
    """What of a day is used up by what was decided on it, duties aside: of one colleague's queue,
    or of all."""
    decided = [
        (decision, one)
        for decision in decided_today
        if (one := rules.get(decision.key.rule)) and one.kind != "duty"
    ]
    rows = dialect.by_ids(
        session,
        "SELECT id, coalesce(owner, ''), coalesce(nullif(phone, ''), nullif(phone2, ''), id)"
        " FROM customer WHERE id IN :ids",
        {decision.customer_id for decision, _rule in decided},
    )
    owners = {row[0]: row[1] for row in rows}
    parties = {row[0]: row[2] for row in rows}
    # The members of a batch are decided at once and take no place; one household alone took it as
    # any other does.
    at_once: dict[Any, set[str | int]] = {}
    for decision, _one in decided:
        at_once.setdefault(_moment(decision), set()).add(parties[decision.customer_id])
    met: set[str | int] = set()
    of_queue: Counter[str] = Counter()
    of_rule: Counter[tuple[str, str]] = Counter()
    for decision, one in decided:
        who, whose = parties[decision.customer_id], one.owner or owners[decision.customer_id]
        to_many = one.in_batches and len(at_once[_moment(decision)]) > 1
        if to_many or who in met or (owner is not None and whose and not same(whose, owner)):
            continue
        met.add(who)
        name = "" if owner is not None else whose
        of_queue[name] += 1
        of_rule[name, one.id] += 1
    return Used(frozenset(met), of_queue, of_rule)


def _moment(decision: Decision) -> Any:
    """What the decisions about the members of a batch have in common."""
    return decision.key.rule, decision.anchor_on, decision.at


def due(
    session: Session,
    settings: Settings,
    as_of: date,
    language: str,
    *,
    owner: str | None = None,
    everything: bool = False,
    people: People | None = None,
    now: datetime | None = None,
) -> DueList:
    """What is due as of a day, with its words. now: by which clocks are read."""
    day = for_day(
        session, settings, as_of, owner=owner, everything=everything, people=people, now=now
    )
    return _due(session, day, language)


def due_of_each(
    session: Session,
    settings: Settings,
    as_of: date,
    language: str,
    owners: Iterable[str | None],
    now: datetime | None = None,
) -> dict[str | None, DueList]:
    """What is due, of each of these colleagues (None: of all); the day is looked at once."""
    found = agenda(session, settings, as_of, now=now)
    before = [(item, item.state, item.why) for item in found.items]
    lists = {}
    for owner in owners:
        lists[owner] = _due(session, _of_one(session, found, owner, everything=False), language)
        for item, state, why in before:
            item.state, item.why = state, why
    return lists


def _due(session: Session, day: Agenda, language: str) -> DueList:
    as_of, settings = day.as_of, day.day.settings
    shown = day.of_state("shown")
    unseen = day.lapsed_unseen()
    look_up_trips(session, unseen, as_of)
    return DueList(
        as_of=as_of,
        lines=lines(session, shown, as_of, language),
        customers=len({item.told.voice for item in shown if item.shared is None}),
        waiting=_counts(WAITING, day.of_state("waiting")),
        held=_counts(HELD, day.of_state("held")),
        lapsed_unseen=_lines_that_could_be_seen(session, settings, unseen),
    )


def _lines_that_could_be_seen(session: Session, settings: Settings, items: Sequence[Item]) -> int:
    """How many lines these were, but for those that were over before the customer, or the trip,
    came into the database: on the day after a first import nobody is late."""

    def days(table: str, ids: Iterable[int]) -> dict[int, date]:
        sql = f"""
            SELECT r.id, o.at FROM {table} r JOIN operation o ON o.id = r.operation_id
            WHERE r.id IN :ids
        """  # noqa: S608 - a table of ours
        return {
            id_: moments.local_day(at, settings.zone)
            for id_, at in dialect.by_ids(session, sql, set(ids))
        }

    came = days("customer", (item.customer_id for item in items))
    booked = days("trip", (item.trip_id for item in items if item.trip_id is not None))
    return len(
        {
            item.shared or item.told.key
            for item in items
            if item.last_on >= max(came[item.customer_id], booked.get(item.trip_id or 0, date.min))
        }
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
    most: int | None = None,
) -> tuple[list[Line], int]:
    """The lines of these states that are due from one day to another, by their days (only the first
    `most` of them, where somebody says how many), and how many there are."""
    # What is open is on the list today or later, however early it was due: looking back to the
    # first day would find all that lapsed or was decided since.
    over = not OPEN.issuperset(states)
    span = Span(max((as_of - first).days, 0) if over else 0, max((last - as_of).days, 0))
    day = for_day(session, settings, as_of, owner=owner, span=span)
    chosen = []
    for unit in units_of(day.of_state(*states)):
        due_on = min(item.due_on for item in unit)
        chosen += [
            item for item in unit if first <= (item.due_on if item.shared else due_on) <= last
        ]
    chosen.sort(key=lambda item: (item.due_on, order(item)))
    units = units_of(chosen)
    return worded(session, units[:most], as_of, language), len(units)


def for_customer(
    session: Session,
    settings: Settings,
    as_of: date,
    customer_id: int,
    language: str,
    *,
    people: People | None = None,
) -> list[Line]:
    """What is due about one customer, whether or not it fits the day.

    What is due about others as well is told as the customer's own, by its own id: what is decided
    about it here is decided for nobody else. Only what is one call for the household is told, and
    decided, as the list does. people: as in `agenda`.
    """
    span = Span(customers=facts.around(session, (customer_id,), as_of))
    found = agenda(session, settings, as_of, span, people=people).of_state("shown", "waiting")
    calls = {item.told.key for item in found if customer_id in (item.customer_id, item.told.voice)}
    open_items = [item for item in found if item.told.key in calls]
    for item in open_items:
        item.batch = None
    return lines(session, open_items, as_of, language)


def noted(
    session: Session,
    settings: Settings,
    as_of: date,
    customer_id: int,
    language: str,
    *,
    people: People | None = None,
) -> list[Line]:
    """What is noted to do for one customer and not on the list: for later days, put off to one, or
    held; the next first."""
    tasks = [one for one in parser.merged(settings.own_rules) if one.anchor.name == "task"]
    span = Span(ahead=(date.max - as_of).days - MARGIN, customers=frozenset((customer_id,)))
    found = agenda(session, settings, as_of, span, people=people, rules=tasks).items
    later = []
    for item in found:
        if item.put_off_to or item.state in ("ahead", "held"):
            item.due_on = item.put_off_to or item.due_on
            later.append(item)
    return lines(session, sorted(later, key=lambda item: item.due_on), as_of, language)
