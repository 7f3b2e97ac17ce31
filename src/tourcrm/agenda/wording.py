"""Lines of a list and the words to say. Words are made for what is printed, for nothing else."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from json import dumps
from typing import Any

from sqlmodel import Session

from tourcrm.agenda import keys, on_the_way, saying
from tourcrm.agenda.blanks import Known, addressed, told_of
from tourcrm.agenda.events.search import last_trips
from tourcrm.agenda.households import calls
from tourcrm.agenda.keys import Decision
from tourcrm.agenda.listing import TIER_RANK
from tourcrm.agenda.states import DECIDED, HELD, MANY_TRIES, WAITING, Item
from tourcrm.base import preferences, speech
from tourcrm.base.errors import Message
from tourcrm.base.i18n import N_
from tourcrm.db import dialect, engine, setting


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: one call, or one message to a batch, with the words to say.

    customer, name, phone (in full): who is spoken to; reply: how and when they want it, as
    base.preferences has it. count: the customers that it is about; a
    household is one call about several. household: the codes of the others of it; also: the rules
    of what else is said in the same call; line: the id of all lines of a departure that say the
    same. What follows `count` but these three is not promised to scripts.
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
    reply: str | None
    count: int
    title: str
    state: str
    why: Message | None
    last_on: date
    items: tuple[Item, ...]
    household: tuple[str, ...] | None = None
    also: tuple[str, ...] | None = None
    line: str | None = None
    why_now: str = ""  # the reason, without whom it is about
    said: str = ""  # the script, with a blank for whom it is said to, where `line` is known


def lines(session: Session, items: Iterable[Item], as_of: date, language: str) -> list[Line]:
    """The lines of items, in their order; members of a batch become one, at its first place."""
    return worded(session, units_of(items), as_of, language)


def units_of(items: Iterable[Item]) -> list[tuple[Item, ...]]:
    """The items of each line, in their order."""
    return [tuple(unit) for unit in calls(items)]


def worded(
    session: Session, units: Sequence[tuple[Item, ...]], as_of: date, language: str
) -> list[Line]:
    """The lines that these items are, with the words to say."""
    known = _known(session, units, as_of)
    made = [_line(unit, known, as_of, language) for unit in units]
    return _printed_once(made, known, as_of, language)


# How and when whoever is spoken to wants to be reached.
_REPLY = (
    "SELECT p.value FROM preference p WHERE p.customer_id = customer.id "  # noqa: S608 - a constant
    f"AND p.\"key\" = '{preferences.REPLY}'"
)


def _known(session: Session, units: Sequence[tuple[Item, ...]], as_of: date) -> Known:
    look_up_trips(session, chain(*units), as_of)
    # The words of a batch are of its first member; a call names all whom it is about.
    told_by = [item for unit in units for item in (unit[:1] if unit[0].shared else unit)]
    customers = {
        row[0]: row
        for row in dialect.by_ids(
            session,
            f"SELECT id, name, gender, kind, language, phone, phone2, code, ({_REPLY})"  # noqa: S608 - a constant
            " FROM customer WHERE id IN :ids",
            {one for item in told_by for one in (item.customer_id, item.voice)},
        )
    }
    trips = {
        row[0]: row
        for row in dialect.by_ids(
            session,
            "SELECT id, departs_on, returns_on, advisor, guide FROM trip WHERE id IN :ids",
            {item.trip_id for item in told_by if item.trip_id is not None},
        )
    }
    told = told_of(session, told_by)
    birthdays = on_the_way.of_items(engine.raw(session), chain(*units))
    shared = _shared_phones(session, told_by, customers)
    currency = setting.load(session)["currency"]
    return Known(customers, trips, told, shared, birthdays, currency)


def _shared_phones(
    session: Session, items: Iterable[Item], customers: Mapping[int, Any]
) -> frozenset[str]:
    """The phones, of those whose birthday it is, on which others are called as well."""
    own = {
        number
        for item in items
        if item.rule.anchor.name == "special_date"
        if (number := customers[item.voice][5] or customers[item.voice][6])
    }
    if not own:
        return frozenset()
    counted = Counter(
        number
        for (number,) in engine.raw(session).execute(
            f"""
            SELECT c.phone FROM json_each(:phones) w
            CROSS JOIN {dialect.by_index("customer c", "customer_phone")}
            WHERE c.phone = w.value AND c.status <> 'deceased'
            UNION ALL
            SELECT c.phone2 FROM json_each(:phones) w
            CROSS JOIN {dialect.by_index("customer c", "customer_phone2")}
            WHERE c.phone2 = w.value AND c.status <> 'deceased' AND nullif(c.phone, '') IS NULL
            """,  # noqa: S608 - constants
            {"phones": dumps(sorted(own))},
        )
    )
    return frozenset(number for number, count in counted.items() if count > 1)


def look_up_trips(session: Session, items: Iterable[Item], as_of: date) -> None:
    """Tell items their trips, where only the day of departure is known."""
    unknown = [
        (item, (item.customer_id, item.departed_on))
        for item in items
        if item.trip_id is None and item.departed_on is not None
    ]
    if unknown:
        departures = [departure for _item, departure in unknown]
        found = last_trips(engine.raw(session), as_of, departures)
        for item, departure in unknown:
            item.trip_id, item.trip_code, _service, _kind, item.destination = found[departure]


def members(session: Session, items: Sequence[Item]) -> list[list[tuple[str, str]]]:
    """The names and codes of the customers of items, each once, in their order; by household."""
    ids = {item.customer_id for item in items}
    rows = dialect.by_ids(session, "SELECT id, name, code FROM customer WHERE id IN :ids", ids)
    named = {row[0]: (row[1], row[2]) for row in rows}
    households: dict[Any, dict[tuple[str, str], None]] = {}
    for item in items:
        households.setdefault(item.party, {})[named[item.customer_id]] = None
    return [list(names) for names in households.values()]


def _line(items: tuple[Item, ...], known: Known, as_of: date, language: str) -> Line:
    first = items[0]
    to_many = first.shared is not None
    row = known.customers[first.voice]
    said = (saying.to_batch if to_many else saying.in_a_call)(items, known, as_of, language)
    reason, channel = said.reason, first.step.channel
    if known.on_the_way:
        ids = dict.fromkeys(item.trip_id for item in items)
        birthdays = [one for trip in ids for one in known.on_the_way.get(trip or 0, ())]
        reason += on_the_way.told(birthdays, as_of, language)
    if any(item.date_changed for item in items):
        reason += str(Message(N_(" (date changed)")))
    if first.tries >= MANY_TRIES and channel == "phone":
        channel = "wechat"
        reason += str(Message(N_(" (tried {tries} times: send a message)"), tries=first.tries))
    owners = {item.owner for item in items} if to_many else {first.owner}
    due_on = first.by.date() if first.by else min(item.due_on for item in items)
    others = () if to_many else saying.others_of(items, known)
    rules = tuple(dict.fromkeys(item.rule.id for item in items))
    return Line(
        id=first.id,
        due_on=due_on,
        days_late=(as_of - due_on).days,
        priority=first.rule.priority,
        rule=first.rule.id,
        owner=first.owner if len(owners) == 1 else None,
        customer=None if to_many else row[7],
        name=None if to_many else addressed(first, known, language),
        phone=None if to_many else row[5] or row[6],
        tier=min((item.customer.tier for item in items), key=TIER_RANK.__getitem__),
        trip=None if to_many else first.trip_code,
        destination=first.destination,
        reason=reason,
        script=said.script,
        channel=channel,
        reply=None if to_many else row[8],
        count=len({item.customer_id for item in items}),
        title=said.title,
        state=first.state,
        why=_why(first),
        last_on=max(item.last_on for item in items),
        items=items,
        household=tuple(row[7] for row in others) or None,
        also=rules[1:] or None,
        why_now=said.why,
    )


def _why(item: Item) -> Message | None:
    if item.state == "decided" and item.decision is not None:
        return decided_by(item.decision)
    return Message({**HELD, **WAITING}[item.why]) if item.why else None


def decided_by(decision: Decision) -> Message:
    """Who decided what, and when."""
    return Message(
        DECIDED[decision.status],
        who=decision.staff or "?",
        day=decision.at.date(),
        until=decision.until,
        note=decision.note or "",
    )


# --- the same words to several of a departure -----------------------------------------------------


def _printed_once(lines: Sequence[Line], known: Known, as_of: date, language: str) -> list[Line]:
    """These lines; those of one departure that say the same on the same day, but for the name,
    with the id that they have in common, and what they say."""
    perhaps: dict[Any, list[int]] = {}
    for place, line in enumerate(lines):
        if (departure := _departure(line, known)) is not None:
            day = line.state if line.due_on <= as_of else line.due_on
            rules = tuple((item.rule.id, item.step.name) for item in line.items)
            key = rules[:1], line.also, departure, line.owner, day
            perhaps.setdefault(key, []).append(place)
    found = list(lines)
    for places in perhaps.values():
        if len(places) > 1:
            same: dict[str, list[int]] = {}
            for place in places:
                same.setdefault(_said_to_all(lines[place], known, as_of, language), []).append(
                    place
                )
            for said, group in same.items():
                if len(group) > 1:
                    for place in group:
                        id_ = _id_of_all(lines[place], known)
                        found[place] = replace(found[place], line=id_, said=said)
    return found


def same_words(session: Session, items: Iterable[Item], as_of: date, language: str) -> list[Line]:
    """The lines of items, of whichever state, that may say the same as others: each with the id
    that it would have in common with them."""
    likely = [
        item for item in items if item.shared is None and item.destination and not item.is_clock
    ]
    units = units_of(likely)
    known = _known(session, units, as_of)
    made = [_line(unit, known, as_of, language) for unit in units]
    found = []
    for line in made:
        if _departure(line, known) is not None:
            said = _said_to_all(line, known, as_of, language)
            found.append(replace(line, line=_id_of_all(line, known), said=said))
    return found


def _departure(line: Line, known: Known) -> Any:
    """Which departure a call is about; None where that is not known, or it is to many."""
    first = line.items[0]
    if first.shared is not None or first.is_clock or not first.destination:
        return None
    trip = known.trips.get(first.trip_id) if first.trip_id is not None else None
    return trip and (first.destination, trip[1], trip[2])


def _said_to_all(line: Line, known: Known, as_of: date, language: str) -> str:
    """What a call says, with a blank for the name."""
    said_in = known.customers[line.items[0].voice][4] or language
    return saying.script_of(line.items, known, as_of, said_in, speech.BLANKS[said_in])


def _id_of_all(line: Line, known: Known) -> str:
    """The id that lines which say the same have in common, in whichever language and on whichever
    day it is asked for."""
    first = line.items[0]
    neutral = saying.script_of(line.items, known, first.planned_on, "zh", speech.BLANKS["zh"])
    rules = "+".join((line.rule, *(line.also or ())))
    departure = map(str, _departure(line, known))
    who = line.owner or "", known.customers[first.voice][4] or ""
    return keys.line_id((rules, first.step.name, *departure, *who, neutral))
