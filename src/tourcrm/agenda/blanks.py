"""What fills the blanks of a rule's words, as they are said on a day."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from json import loads
from typing import Any

from sqlmodel import Session

from tourcrm.agenda.keys import Key
from tourcrm.agenda.on_the_way import OnTheWay
from tourcrm.agenda.states import Item
from tourcrm.base import lunar, ratings, speech, vocabulary
from tourcrm.base.display import sayable, shorten
from tourcrm.base.money import format_amount
from tourcrm.base.parsing import NO_TEXT, is_nothing
from tourcrm.bookings import papers
from tourcrm.db import dialect

SAID = 80  # cells of what a customer said, in a line


@dataclass(frozen=True, slots=True)
class Known:
    """What is known for the words of some items: rows of customers (id, name, gender, kind,
    language, phone, phone2, code, reply) and of trips by their ids, what only some anchors tell,
    the phones on which several are called, the birthdays on trips that depart, and the currency."""

    customers: Mapping[int, Any]
    trips: Mapping[int, Any]
    told: Mapping[Key, Mapping[str, Any]]
    shared: frozenset[str]
    on_the_way: Mapping[int, Sequence[OnTheWay]]
    currency: str


def addressed(item: Item, known: Known, language: str) -> str:
    """The name of whoever is spoken to: of a child whose parents nobody knows, that they are."""
    name = str(known.customers[item.voice][1])
    return speech.parents_of(name, language) if _to_parents(item) else name


def _to_parents(item: Item) -> bool:
    return item.is_child and item.parent is None


def values(
    item: Item,
    count: int,
    known: Known,
    as_of: date,
    language: str,
    *,
    blank: str | None = None,
    child: str | None = None,
) -> dict[str, str | None]:
    """The values of all fields. blank: instead of the names of whoever is spoken to. child: the
    children whom it is about."""
    _id, name, gender, kind, *_rest = known.customers[item.voice]
    told = known.told.get(item.key, {})
    trip = known.trips.get(item.trip_id) if item.trip_id is not None else None
    called = full = addressed(item, known, language)
    if not _to_parents(item):
        called = speech.salutation(name, gender, kind, language)
    values: dict[str, str | None] = {
        "name": blank or called,
        "full_name": blank or full,
        "child": child,
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
    if item.amount is not None:
        values["amount"] = format_amount(item.amount, known.currency)
    for name, number in item.figures:
        values[name] = _FIGURES.get(name, _plain)(number, language, known.currency)
    values |= _of_anchor(item, language)
    if item.by is not None:
        values["by"] = _moment_text(item.by, language, as_of)
    if (limit := told.get("limit")) is not None:
        values["limit"] = format_amount(limit, known.currency)
        told = {}
    for name, value in told.items():
        said = name in _SAID and value is not None
        values[name] = _SAID[name](value, language, as_of) if said else value
    # Databases hold what sheets once had in cells that mean nothing: 我是无 is never said.
    return {
        name: None if value is not None and is_nothing(value, NO_TEXT) else value
        for name, value in values.items()
    }


def _of_anchor(item: Item, language: str) -> dict[str, str | None]:
    """What the event itself fills in: which festival, month or papers."""
    anchor, series = item.rule.anchor.name, item.key.occurrence.split(":")[0]
    if anchor == "festival":
        names = [vocabulary.label("festival", name, language) for name in series.split("+")]
        return {"festival": ("、" if language == "zh" else " and ").join(names)}
    if anchor == "repeated_month":
        return {"month": speech.month_text(item.anchor_on, language)}
    if anchor == "papers":
        return {"papers": papers.named(series.split("+"), language)}
    return {}


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


def _plain(number: int, _language: str, _currency: str) -> str:
    return str(number)


# How a figure of an event is said; any other as it is.
_FIGURES: Mapping[str, Callable[[int, str, str], str]] = {
    "quarter": lambda day, language, _currency: speech.quarter_text(
        date.fromordinal(day), language
    ),
    "average": lambda fen, _language, currency: format_amount(fen, currency),
}

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
    "seat_free": (
        "SELECT t.id, d.code, coalesce(t.party_size, 1) FROM trip t"
        " JOIN departure d ON d.id = t.departure_id WHERE t.id IN :ids",
        ("departure", "people"),
    ),
    "credit": ("SELECT id, credit_limit FROM customer WHERE id IN :ids", ("limit",)),
    "loss": ("SELECT id, lost_reason FROM customer WHERE id IN :ids", ("lost_reason",)),
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
    "lost_reason": lambda value, _language, _as_of: shorten(sayable(value), SAID),
    "people": lambda value, _language, _as_of: str(value),
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


def told_of(session: Session, items: Iterable[Item]) -> dict[Key, dict[str, Any]]:
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
