"""Lines of a list and the words to say. Words are made for what is printed, for nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session

from tourcrm import lunar, speech, store, words
from tourcrm.errors import Message
from tourcrm.i18n import N_
from tourcrm.item import DECIDED, HELD, MANY_TRIES, TIER_RANK, WAITING, Item
from tourcrm.outcome import Decision, Key


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
        units.setdefault((item.shared or item.key, item.state, item.why), []).append(item)
    told_by = [unit[0] for unit in units.values()]  # the words of a batch are of its first member
    customers = {
        row[0]: row
        for row in store.by_ids(
            session,
            "SELECT id, name, gender, kind, language, phone, phone2 FROM customer WHERE id IN :ids",
            {item.customer_id for item in told_by},
        )
    }
    trips = {
        row[0]: row
        for row in store.by_ids(
            session,
            "SELECT id, departs_on, returns_on, advisor, guide FROM trip WHERE id IN :ids",
            {item.trip_id for item in told_by if item.trip_id is not None},
        )
    }
    told = _told(session, told_by)
    return [_line(tuple(unit), customers, trips, told, as_of, language) for unit in units.values()]


def members(session: Session, items: Sequence[Item]) -> list[tuple[str, str]]:
    """The names and codes of the customers of items, each once, in their order."""
    ids = {item.customer_id for item in items}
    rows = store.by_ids(session, "SELECT id, name, code FROM customer WHERE id IN :ids", ids)
    named = {row[0]: (row[1], row[2]) for row in rows}
    return list(dict.fromkeys(named[item.customer_id] for item in items))


def _line(
    items: tuple[Item, ...],
    customers: Mapping[int, Any],
    trips: Mapping[int, Any],
    told: Mapping[Key, Mapping[str, Any]],
    as_of: date,
    language: str,
) -> Line:
    first = items[0]
    step = first.step
    count = len({item.customer_id for item in items})
    single = count == 1
    said = step.to_one if single else step.to_many
    row = customers[first.customer_id]
    owners = {item.owner for item in items}
    trip = trips.get(first.trip_id) if first.trip_id is not None else None
    said_in = (row[4] or language) if single else language
    known = told.get(first.key, {})
    own, theirs = (
        _values(first, count, row, trip, known, as_of, spoken) for spoken in (language, said_in)
    )
    reason = said.reason[language].fill(own)
    script = said.script[said_in].fill(theirs)
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
        owner=first.owner if len(owners) == 1 else None,
        customer=first.customer.code if single else None,
        name=row[1] if single else None,
        phone=(row[5] or row[6]) if single else None,
        tier=min((item.customer.tier for item in items), key=TIER_RANK.__getitem__),
        trip=first.trip_code if len(items) == 1 else None,
        destination=first.destination,
        reason=reason,
        script=script,
        channel=channel,
        count=count,
        title=said.title[language].fill(own),
        state=first.state,
        why=_why(first),
        last_on=max(item.last_on for item in items),
        items=items,
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


def _values(
    item: Item,
    count: int,
    customer: Any,
    trip: Any,
    told: Mapping[str, Any],
    as_of: date,
    language: str,
) -> dict[str, str | None]:
    """What fills the blanks of a rule's words."""
    _id, name, gender, kind, *_rest = customer
    values: dict[str, str | None] = {
        "name": speech.salutation(name, gender, kind, language),
        "full_name": name,
        "owner": item.owner,
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
    series = item.key.occurrence.split(":")[0]
    if item.rule.anchor.name == "festival":
        names = [words.label("festival", name, language) for name in series.split("+")]
        values["festival"] = ("、" if language == "zh" else " and ").join(names)
    if item.rule.anchor.name == "repeated_month":
        values["month"] = speech.month_text(item.anchor_on, language)
    for name, value in told.items():
        known = speech.day_text(value, language, as_of) if isinstance(value, date) else value
        values[name] = known
    return values


def _told(session: Session, items: Iterable[Item]) -> dict[Key, dict[str, Any]]:
    """What only some anchors tell: of a task, and of whom a customer referred."""
    found: dict[Key, dict[str, Any]] = {}
    wanted = {item.key: item for item in items}
    tasks = {key.subject_id for key in wanted if key.subject_table == "task"}
    rows = store.by_ids(
        session, "SELECT id, what, noted_on, noted_by FROM task WHERE id IN :ids", tasks
    )
    noted = {
        row[0]: {"what": row[1], "noted_on": date.fromisoformat(row[2]), "noted_by": row[3]}
        for row in rows
    }
    newcomers = {
        key.subject_id for key, item in wanted.items() if item.rule.anchor.name == "first_booking"
    }
    rows = store.by_ids(session, "SELECT id, name FROM customer WHERE id IN :ids", newcomers)
    referred = {row[0]: {"referred": row[1]} for row in rows}
    for key, item in wanted.items():
        if key.subject_table == "task":
            found[key] = noted[key.subject_id]
        elif item.rule.anchor.name == "first_booking":
            found[key] = referred[key.subject_id]
    return found
