"""One thing that a rule owes: what is known about it, and the state that follows. Pure functions.

Each item that is owed up to a day is exactly one of: shown, waiting, held, decided, satisfied,
lapsed. Items of later days are ahead. No I/O here: planner.py hands in what is known.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tourcrm.agenda import keys
from tourcrm.agenda.keys import Decision, Key
from tourcrm.agenda.rules.model import Rule, Step
from tourcrm.base.i18n import N_

GRACE = 3  # days that an item stays at least, once it is back from being put off or from waiting
CONTACT_DAYS = 7  # no marketing so many days from a personal contact
COMPLAINT_DAYS = 30  # no marketing so many days from the end of a complaint
LONGEST_WAIT = 90  # days by which waiting can lengthen an item's stay, at most
BACK = 3  # days for which the list counts what lapsed: over a weekend
FAR_BACK = 90  # days for which an id can be named after the due day
MANY_TRIES = 3  # from then on the line suggests a message
STATES = ("shown", "waiting", "held", "decided", "satisfied", "lapsed", "ahead")

HELD = {
    "deceased": N_("deceased"),
    "lost": N_("lost customer"),
    "do_not_contact": N_("do not contact"),
    "internal": N_("internal customer"),
    "no_consent": N_("no consent to marketing"),
    "no_mass_consent": N_("no consent to mass messages"),
    "on_trip": N_("on a trip"),
    "complaining": N_("a complaint is open"),
    "complained": N_("a complaint not long ago"),
    "stranded": N_("a crisis on their departure"),
}
PASSING = frozenset({"on_trip", "complaining", "complained", "stranded"})  # for a while
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


@dataclass(frozen=True, slots=True)
class Case:
    """A complaint while it is open: from one day, the day before it is closed the last (None: not
    closed yet). One that is reopened is open twice."""

    id: int
    opened_on: date
    closed_on: date | None

    def is_open(self, day: date) -> bool:
        """Whether it is open at the end of a day."""
        return self.opened_on <= day and (self.closed_on is None or day < self.closed_on)

    def was_open(self, day: date) -> bool:
        """Whether it is over, and not for long."""
        return self.closed_on is not None and 0 <= (day - self.closed_on).days <= COMPLAINT_DAYS


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
    departed_on: str | None  # the last departure
    tags: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()  # channels on which they do not want to be written to
    travelling: tuple[int, ...] = ()  # trips that the customer is on
    ahead: bool = False  # has a booked trip to come
    contacts: tuple[date, ...] = ()  # days of personal contacts
    offers: tuple[date, ...] = ()  # days of marketing done
    complaints: tuple[Case, ...] = ()
    stranded: tuple[Case, ...] = ()  # crises of departures that they are on, others' and their own
    answered: tuple[int, ...] = ()  # trips of which they told what they think
    phone: str | None = None  # on which they are called
    born: date | None = None  # of whoever is, or lately was, a child
    adults: tuple[tuple[int, "Facts"], ...] = ()  # of a child: the adults on its phone, with ids

    @property
    def sort(self) -> tuple[str, str, str, str, frozenset[str]]:
        """What the conditions of a step ask of a customer: kind, tier, quadrant, cadence ("none"
        for none) and tags. Who has a trip ahead is active."""
        cadence = "active" if self.ahead else self.cadence or "none"
        return self.kind, self.tier or "none", self.quadrant or "none", cadence, self.tags


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
    ends_on: date  # the last day of the event
    calendar: str
    planned_on: date  # the due day, before anybody put it off
    due_on: date
    last_on: date
    owner: str | None  # whose work it is
    batch: tuple[str, ...] | None  # what members of one line share; None: a line of its own
    by: datetime | None = None  # the moment by which it must be done, in the agency's zone
    departed_on: str | None = None  # of a trip that is looked up only for what is told
    said: tuple[str, str] | None = None  # what the day of the event was: a field, and the day
    amount: int | None = None  # what it is about, in fen
    figures: tuple[tuple[str, int], ...] = ()  # what it rests on, by the fields of words
    crisis: bool = False
    turn: int = 0  # among complaints that wait: who comes first (deadlines.turn)
    alone: bool = False  # its batch has no other household: it is its customer's own
    lead: "Item | None" = None  # the item on whose line it is told, where that is another
    is_child: bool = False  # its customer is one on the day: the words go to the parents
    parent: tuple[int, Facts] | None = None  # to whom they go, where an adult is known
    state: str = ""
    why: str = ""  # a word of HELD or WAITING
    decision: Decision | None = None  # the one that stands
    tries: int = 0
    date_changed: bool = False
    party: str | int = field(init=False)  # of a household: the phone; without one, the customer

    def __post_init__(self) -> None:
        self.party = self.customer.phone or self.customer_id

    @property
    def is_clock(self) -> bool:
        """Whether it must be done by a moment: only that an answer was given settles it."""
        return self.by is not None

    @property
    def shared(self) -> tuple[str, ...] | None:
        """What it shares a line by; None where the line is its own."""
        return None if self.alone else self.batch

    @property
    def told(self) -> "Item":
        """The item on whose line it is told."""
        return self.lead or self

    @property
    def voice(self) -> int:
        """The customer who is spoken to."""
        return self.parent[0] if self.parent else self.customer_id

    @property
    def heard(self) -> tuple[Facts, ...]:
        """Whose contacts and offers count for it: a child's parent's, too."""
        return (self.customer, self.parent[1]) if self.parent else (self.customer,)

    @property
    def put_off_to(self) -> date | None:
        """The day on which it is back, where it was decided for later."""
        decision = self.decision if self.state == "decided" else None
        return decision.until if decision and decision.status in keys.PUT_OFF else None

    @property
    def id(self) -> str:
        """The id of its line."""
        return keys.printed_id(self.shared or self.told.key)


@dataclass(frozen=True, slots=True)
class Span:
    """Which items an agenda holds: those on the list `back` days ago or later, due up to `ahead`
    days from now; of all customers or of some."""

    back: int = BACK
    ahead: int = 0
    customers: frozenset[int] | None = None


def batch_of(
    rule: str, batch: str | None, channel: str, anchor_on: str, place: str
) -> tuple[str, ...] | None:
    """What members of one line share. Of a departure: day and destination; where that is unknown,
    each trip (`place` is its code) is alone. Of a festival: the day and the channel."""
    if batch is None:
        return None
    return rule, batch, anchor_on, place if batch == "departure" else channel


# --- from facts to a state ------------------------------------------------------------------------


def fits(step: Step, customer: Facts, service: str | None = None, kind: str | None = None) -> bool:
    """Whether a step is for this customer and trip."""
    asked = step.conditions
    of_customer, tier, quadrant, cadence, tags = customer.sort
    return (
        (asked.services is None or service in asked.services)
        and (asked.kinds is None or kind in asked.kinds)
        and (asked.customer_kinds is None or of_customer in asked.customer_kinds)
        and (asked.tiers is None or tier in asked.tiers)
        and (asked.quadrants is None or quadrant in asked.quadrants)
        and (asked.cadences is None or cadence in asked.cadences)
        and (asked.tags is None or bool(asked.tags & tags))
    )


def silenced(
    customer: Facts, day: date, kind: str, *, mass: bool = False, lost: bool = True
) -> str:
    """Why nobody turns to a customer with what is of this kind of rule, a word of HELD; empty where
    they may, trips and complaints aside. lost: that they are lost is a reason."""
    if customer.status == "deceased":
        return "deceased"
    if kind == "duty":
        return ""
    if customer.do_not_contact:
        return "do_not_contact"
    if (
        lost
        and customer.status == "lost"
        and (customer.lost_on is None or customer.lost_on <= day.isoformat())
    ):
        return "lost"
    if customer.kind == "internal":
        return "internal"
    if kind == "marketing" and customer.consent == "no":
        return "no_consent"
    if mass and customer.consent != "yes":
        return "no_mass_consent"
    return ""


def is_away(customer: Facts) -> bool:
    """Whether a customer cannot be reached before they are back. Somebody of a company is always
    away; only of a person it matters."""
    return customer.kind == "person" and bool(customer.travelling)


def is_complaining(customer: Facts, day: date) -> bool:
    """Whether a complaint of theirs is open at the end of a day."""
    return any(case.is_open(day) for case in customer.complaints)


def is_stranded(customer: Facts, day: date) -> bool:
    """Whether a crisis of a departure that they are on is open at the end of a day."""
    return any(case.is_open(day) for case in customer.stranded)


def hold(item: Item, as_of: date) -> str:
    """Why nothing may be done about an item now, a word of HELD; empty where it may. Of one that
    has lapsed: why nothing could be done on its last day."""
    customer, kind = item.customer, item.rule.kind
    day = min(as_of, item.last_on)
    is_of_lost = item.rule.anchor.of_lost
    why = silenced(customer, day, kind, mass=item.step.mass, lost=not is_of_lost)
    if (
        not why
        and (kind == "marketing" or item.step.mass)
        and item.step.channel in customer.refused
    ):
        why = "no_consent"
    if not why and kind != "duty":
        why = _held_by_complaint(item, customer, day)
    if not why and kind != "duty" and is_stranded(customer, day):
        why = "stranded"
    # Whoever complains on the way waits for an answer, whichever trip it is about.
    if not why and is_away(customer) and not item.is_clock:
        of_that_trip = kind == "duty" and item.trip_id in customer.travelling
        why = "" if of_that_trip else "on_trip"
    if not why and item.is_child and kind != "duty":
        why = _held_by_parents(item, day)
    return why


def _held_by_parents(item: Item, day: date) -> str:
    """Why a child's words cannot go to those who get them, whose mind is elsewhere."""
    if item.parent is not None:
        who = item.parent[1]
        if is_complaining(who, day):
            return "complaining"
        return "stranded" if is_stranded(who, day) else "on_trip" if is_away(who) else ""
    kind, mass = item.rule.kind, item.step.mass
    adults = (silenced(one, day, kind, mass=mass) for _id, one in item.customer.adults)
    return next((why for why in adults if why != "deceased"), "")


def _held_by_complaint(item: Item, customer: Facts, day: date) -> str:
    own = item.key.subject_id if item.key.subject_table == "complaint" else None
    open_ = {case.id for case in customer.complaints if case.is_open(day)}
    if open_ and own not in open_:
        return "complaining"
    if item.rule.kind == "marketing" and any(one.was_open(day) for one in customer.complaints):
        return "complained"
    return ""


def quiet_until(days: Iterable[tuple[date, int]], day: date) -> date | None:
    """The first day that is free of quiet again, where `day` is not.

    days: contacts and offers with the number of quiet days from each, itself included.
    """
    ends = [start + timedelta(length) for start, length in days if start <= day]
    last = max(ends, default=day)
    return last if last > day else None


def settle(item: Item, decided: Sequence[Decision], as_of: date, quiet_days: int) -> None:
    """Give an item its state, as of a day, from the facts; capacity is not looked at here."""
    if decided:
        _apply_decisions(item, decided, as_of)
        if item.state:
            return
    quiet: list[tuple[date, int]] = []
    if item.rule.kind == "marketing":
        for one in item.heard:
            quiet += [(day, CONTACT_DAYS) for day in one.contacts]
            quiet += [(day, quiet_days) for day in one.offers]
        latest = item.last_on + timedelta(LONGEST_WAIT)
        while item.last_on < latest and (free_on := quiet_until(quiet, item.last_on)):
            item.last_on = min(free_on + timedelta(GRACE - 1), latest)
        if item.step.until_anchor:
            item.last_on = min(item.last_on, item.ends_on)
    for event in item.rule.satisfied_by:
        if _SATISFIED[event](item):
            item.state = "satisfied"
            return
    why = hold(item, as_of)
    if item.last_on < as_of:
        item.state = "lapsed"
        item.why = "" if why == "on_trip" else why
    elif why and (item.due_on <= as_of or why not in PASSING):
        item.state, item.why = "held", why
    elif item.due_on > as_of:
        item.state = "ahead"
    elif quiet_until(quiet, as_of):
        item.state, item.why = "waiting", "quiet"
    else:
        item.state = "shown"


def _apply_decisions(item: Item, decided: Sequence[Decision], as_of: date) -> None:
    about = [one for one in decided if _is_about(one, item)]
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
    if last.status in keys.FINAL or last.until is None:
        item.state = "decided"
        return
    item.last_on = max(item.last_on, last.until + timedelta(GRACE))
    if item.step.until_anchor:
        item.last_on = min(item.last_on, item.ends_on)
    if last.until > as_of:
        item.state = "decided"
    elif last.status == "snoozed":
        in_turn = item.rule.anchor.in_turn
        item.due_on = max(item.planned_on, last.until) if in_turn else last.until


def _is_about(decision: Decision, item: Item) -> bool:
    """Whether a decision is about this item: by its key, or its key when the date was another.

    A birthday that is corrected from 1 January to 31 December has another year in its key.
    """
    if decision.key.occurrence == item.key.occurrence:
        return True
    theirs, own = decision.key.occurrence.split(":"), item.key.occurrence.split(":")
    if item.rule.anchor.in_turn and theirs[:-1] == own[:-1]:
        return decision.status in keys.PUT_OFF
    different = [(a, b) for a, b in zip(theirs, own, strict=False) if a != b]
    return (
        len(theirs) == len(own)
        and len(different) == 1
        and all(year.isdigit() and len(year) == 4 for year in different[0])
        and abs((decision.anchor_on - item.anchor_on).days) <= item.rule.moved_by
    )


def contacted(item: Item) -> bool:
    """Whether somebody spoke with whoever counts for it, after the day of its event."""
    first, last = item.anchor_on, item.last_on
    return any(first < day <= last for known in item.heard for day in known.contacts)


def _has_trip_ahead(item: Item) -> bool:
    """Booked to come; or it was, and they have left since the item was due."""
    departed_on = item.customer.departed_on
    return item.customer.ahead or (
        departed_on is not None and departed_on >= item.planned_on.isoformat()
    )


def _answered(item: Item) -> bool:
    return item.trip_id in item.customer.answered


_SATISFIED: Mapping[str, Callable[[Item], bool]] = {
    "personal_contact": contacted,
    "trip_ahead": _has_trip_ahead,
    "answer": _answered,
}
