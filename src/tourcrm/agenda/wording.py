"""Lines of a list and the words to say. Words are made for what is printed, for nothing else."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from json import loads
from typing import Any

from sqlmodel import Session

from tourcrm.agenda.events.search import last_trips
from tourcrm.agenda.keys import Decision, Key
from tourcrm.agenda.states import DECIDED, HELD, MANY_TRIES, TIER_RANK, WAITING, Item
from tourcrm.base import lunar, ratings, speech, vocabulary
from tourcrm.base.display import sayable, shorten
from tourcrm.base.errors import Message
from tourcrm.base.i18n import N_
from tourcrm.base.parsing import NO_TEXT, is_nothing
from tourcrm.db import dialect, engine

SAID = 80  # cells of what a customer said, in a line


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


def lines(session: Session, items: Iterable[Item], as_of: date, language: str) -> list[Line]:
    """The lines of items, in their order; members of a batch become one, at its first place."""
    return worded(session, units_of(items), as_of, language)


def units_of(items: Iterable[Item]) -> list[tuple[Item, ...]]:
    """The items of each line, in their order."""
    units: dict[Any, list[Item]] = {}
    for item in items:
        units.setdefault((item.shared or item.key, item.state, item.why), []).append(item)
    return [tuple(unit) for unit in units.values()]


def worded(
    session: Session, units: Sequence[tuple[Item, ...]], as_of: date, language: str
) -> list[Line]:
    """The lines that these items are, with the words to say."""
    look_up_trips(session, chain(*units), as_of)
    told_by = [unit[0] for unit in units]  # the words of a batch are of its first member
    customers = {
        row[0]: row
        for row in dialect.by_ids(
            session,
            "SELECT id, name, gender, kind, language, phone, phone2 FROM customer WHERE id IN :ids",
            {item.customer_id for item in told_by},
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
    told = _told(session, told_by)
    return [_line(unit, customers, trips, told, as_of, language) for unit in units]


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


def members(session: Session, items: Sequence[Item]) -> list[tuple[str, str]]:
    """The names and codes of the customers of items, each once, in their order."""
    ids = {item.customer_id for item in items}
    rows = dialect.by_ids(session, "SELECT id, name, code FROM customer WHERE id IN :ids", ids)
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
    own = theirs = _values(first, count, row, trip, known, as_of, language)
    if said_in != language:
        theirs = _values(first, count, row, trip, known, as_of, said_in)
    reason = said.reason[language].fill(own)
    script = said.script[said_in].fill(theirs)
    channel = step.channel
    due_on = first.by.date() if first.by else min(item.due_on for item in items)
    if any(item.date_changed for item in items):
        reason += str(Message(N_(" (date changed)")))
    if first.tries >= MANY_TRIES and channel == "phone":
        channel = "wechat"
        reason += str(Message(N_(" (tried {tries} times: send a message)"), tries=first.tries))
    return Line(
        id=first.id,
        due_on=due_on,
        days_late=(as_of - due_on).days,
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
    """What fills the blanks of a rule's words, as they are said on its day."""
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
        values |= _of_trip(item, trip, as_of, language)
    if item.said is not None:
        field, day_ = item.said
        values[field] = speech.day_text(date.fromisoformat(day_), language, as_of)
    series = item.key.occurrence.split(":")[0]
    if item.rule.anchor.name == "festival":
        names = [vocabulary.label("festival", name, language) for name in series.split("+")]
        values["festival"] = ("、" if language == "zh" else " and ").join(names)
    if item.rule.anchor.name == "repeated_month":
        values["month"] = speech.month_text(item.anchor_on, language)
    if item.by is not None:
        values["by"] = _moment_text(item.by, language, as_of)
    for name, value in told.items():
        said = name in _SAID and value is not None
        values[name] = _SAID[name](value, language, as_of) if said else value
    # Databases hold what sheets once had in cells that mean nothing: 我是无 is never said.
    return {
        name: None if value is not None and is_nothing(value, NO_TEXT) else value
        for name, value in values.items()
    }


def _of_trip(item: Item, trip: Any, as_of: date, language: str) -> dict[str, str | None]:
    """What a trip fills in."""
    _trip_id, departs, returns, adviser, guide = trip
    left = date.fromisoformat(departs) if departs else None
    back = date.fromisoformat(returns) if returns else left
    values: dict[str, str | None] = {"adviser": adviser, "guide": guide}
    if left and back:
        years = item.anchor_on.year - left.year
        values |= {
            "departs_on": speech.day_text(left, language, as_of),
            "returns_on": speech.day_text(back, language, as_of),
            "days": str((back - left).days + 1),
            "years": str(years),
            "years_ago": speech.years_ago(years, language) if years > 0 else None,
            **_ago(years, left, back, max(as_of, item.due_on), language),
        }
    return values


def _ago(years: int, left: date, back: date, day: date, language: str) -> Mapping[str, str | None]:
    """How many years ago they were on the way on this very day (there_ago), or about then."""
    if years <= 0:
        return {}
    text = speech.years_ago(years, language)
    leap_day = (day.month, day.day) == (2, 29)
    then = (day - timedelta(leap_day)).replace(year=day.year - years)
    return {"there_ago": text} if left <= then <= back else {"then_ago": text}


# What only some anchors tell: of which row, and the fields that its columns after the id fill.
_CASES = (
    "SELECT id, code, category, text, CASE severity WHEN 'crisis' THEN severity END FROM complaint"
    " WHERE id IN :ids",
    ("complaint", "category", "said", "crisis"),
)
_TOLD = {
    "task": (
        "SELECT id, what, noted_on, noted_by FROM task WHERE id IN :ids",
        ("what", "noted_on", "noted_by"),
    ),
    "first_booking": ("SELECT id, name FROM customer WHERE id IN :ids", ("referred",)),
    "complaint": _CASES,
    "resolution": _CASES,
    "answer": (
        "SELECT id, nps, comment, CASE WHEN nps > 6 THEN nps END, CASE WHEN nps <= 6 THEN nps END, "  # noqa: S608 - our columns
        f"json_array({', '.join(ratings.RATED)}) FROM survey_response WHERE id IN :ids",
        ("nps", "comment", "recommends", "detracts", "low"),
    ),
}
# How a stored value of these is said; any other as it is.
_SAID: Mapping[str, Callable[[Any, str, date], str | None]] = {
    "noted_on": lambda day, language, as_of: speech.day_text(
        date.fromisoformat(day), language, as_of
    ),
    "category": lambda value, language, _as_of: vocabulary.label(
        "complaint_category", value, language
    ),
    "crisis": lambda value, language, _as_of: vocabulary.label("severity", value, language),
    "said": lambda value, _language, _as_of: shorten(sayable(value), SAID),
    "comment": lambda value, _language, _as_of: shorten(sayable(value), SAID),
    "nps": lambda value, _language, _as_of: str(value),
    "recommends": lambda value, _language, _as_of: str(value),
    "detracts": lambda value, _language, _as_of: str(value),
    "low": lambda value, language, _as_of: _low(value, language),
}


def _low(rated: str, language: str) -> str | None:
    """What somebody was not content with, of the points given: hotel 2 of 5, meals 1 of 5."""
    names = vocabulary.labels("aspect", language)
    said = [
        f"{names[name]}{points}分" if language == "zh" else f"{names[name]} {points} of 5"
        for name, points in zip(ratings.RATED, loads(rated), strict=True)
        if points is not None and points <= ratings.DISSATISFIED_UP_TO
    ]
    return ("、" if language == "zh" else ", ").join(said) or None


def _told(session: Session, items: Iterable[Item]) -> dict[Key, dict[str, Any]]:
    """What only some anchors tell, as it is stored."""
    by_anchor: dict[str, set[Key]] = {}
    for item in items:
        if item.rule.anchor.name in _TOLD:
            by_anchor.setdefault(item.rule.anchor.name, set()).add(item.key)
    found: dict[Key, dict[str, Any]] = {}
    for anchor, keys in by_anchor.items():
        sql, fields = _TOLD[anchor]
        rows = {
            row[0]: row[1:] for row in dialect.by_ids(session, sql, {k.subject_id for k in keys})
        }
        found |= {key: dict(zip(fields, rows[key.subject_id], strict=True)) for key in keys}
    return found


def _moment_text(moment: datetime, language: str, as_of: date) -> str:
    """A time of day, with its day where that is another."""
    clock = f"{moment:%H:%M}"
    if moment.date() == as_of:
        return clock
    return f"{speech.day_text(moment.date(), language, as_of)} {clock}"
