"""One language for choosing customers: lists, exports, and whatever draws from them.

A filter is a row of FILTERS: its option, and how what is typed becomes a condition on `customer`.
A selection is what was typed, by filter: it can be stored, and means on each day what is so then.
Texts of one filter add up (and); within a text, a comma parts what may be either.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, false, func, or_
from sqlalchemy import select as core_select
from sqlmodel import Session, col

from tourcrm.analysis import population, price_sensitivity
from tourcrm.base import lunar, moments, parsing, preferences, vocabulary
from tourcrm.base.display import visible
from tourcrm.base.errors import CellError, WrongUsage
from tourcrm.base.i18n import N_
from tourcrm.base.lunar import BIRTHDAY, SpecialDay
from tourcrm.base.money import parse_amount
from tourcrm.base.parsing.words import word_key
from tourcrm.base.patterns import pattern
from tourcrm.customers import own_fields
from tourcrm.db import dialect
from tourcrm.db.setting import Settings, parse_window
from tourcrm.models import (
    Customer,
    CustomerTag,
    Interaction,
    OwnValue,
    Preference,
    SpecialDate,
    SurveyResponse,
    Trip,
)

if TYPE_CHECKING:
    from tourcrm.analysis.population import People
    from tourcrm.analysis.trip_history import Numbers

Selection = Mapping[str, Sequence[str]]
Condition = ColumnElement[bool]


class Scene:
    """The day and the book that conditions are about; what costs more is worked out once."""

    def __init__(self, session: Session, settings: Settings, as_of: date) -> None:
        self.session, self.settings, self.as_of = session, settings, as_of

    @cached_property
    def people(self) -> "People":
        """Who deserves what."""
        window = parse_window(self.settings["window"])
        basis = population.Basis(self.as_of, window, self.settings.cuts)
        return population.build(self.session, basis, whole=False).people

    @cached_property
    def ahead(self) -> "Numbers":
        """Who has a trip to come."""
        from tourcrm.analysis import trip_history

        trips = core_select(col(Trip.customer_id)).where(
            col(Trip.departs_on) > self.as_of, *self.booked
        )
        rows = self.session.connection().execute(trips.distinct().order_by(col(Trip.customer_id)))
        return trip_history.numbers(row[0] for row in rows)

    @property
    def stood(self) -> Condition:
        """A trip was not cancelled by the day."""
        later = and_(col(Trip.status) == "cancelled", col(Trip.cancelled_on) > self.as_of)
        return or_(col(Trip.status) == "booked", later)

    @property
    def booked(self) -> tuple[Condition, ...]:
        """A trip was booked by the day."""
        on = col(Trip.booked_on)
        return self.stood, or_(on.is_(None), on <= self.as_of)

    @property
    def counted(self) -> tuple[Condition, ...]:
        """A trip had departed by the day."""
        return col(Trip.departs_on) <= self.as_of, self.stood


Build = Callable[[Scene, str], Condition]


# Words that have a comma themselves.
_WITH_COMMA = {
    word.en.lower(): word.value for word in vocabulary.WORDS["quadrant"] if "," in word.en
}


def _parts(text: str) -> Iterator[str]:
    """What stands between commas: A, B; small, low is one word."""
    parts = [part.strip() for part in re.split("[,，、]", text)]
    while parts:
        first = parts.pop(0)
        both = _WITH_COMMA.get(f"{first}, {parts[0]}".lower()) if parts else None
        if both:
            parts.pop(0)
        if both or first:
            yield both or first


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter: its option is its name with dashes. several: a comma parts alternatives; flag: it
    is on or off."""

    name: str
    build: Build
    help: str
    metavar: str = ""
    several: bool = True
    flag: bool = False

    @property
    def option(self) -> str:
        """The option of commands."""
        return "--" + self.name.replace("_", "-")

    def condition(self, scene: Scene, text: str) -> Condition:
        """What a text means. Raises WrongUsage."""
        parts = list(_parts(text)) if self.several else [text]
        if not parts:
            raise WrongUsage(
                N_("{option} says nothing: write what it is to be."), option=self.option
            )
        try:
            built = [self.build(scene, part) for part in parts]
        except CellError as reason:
            raise WrongUsage(
                N_("{option} “{given}”: {reason}."),
                option=self.option,
                given=visible(text, 60),
                reason=reason,
            ) from None
        return or_(*built) if len(built) > 1 else built[0]


# --- what is typed --------------------------------------------------------------------------------

_RANGE = pattern(r"\s*(.*?)\s*(?:\.\.|…|～|~)\s*(.*?)\s*")


def _span(text: str, read: Callable[[str], Any]) -> tuple[Any, Any]:
    """The ends of N..M, N.., ..M or N; None where there is none. Raises CellError."""
    found = _RANGE.fullmatch(text)
    first, last = found.groups() if found else (text.strip(), text.strip())
    low, high = (read(end) if end else None for end in (first, last))
    if (low is None and high is None) or (low is not None and high is not None and high < low):
        raise CellError(_NO_RANGE)
    return low, high


_NO_RANGE = N_("it is no range: write FROM..TO, such as 2..5, 2.. or ..5")
_WHOLE = pattern("[0-9]{1,9}")


def _whole(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise CellError(N_("it is no whole number: write one such as 3"))
    return int(text)


_YEAR, _MONTH = pattern("([12][0-9]{3})年?"), pattern("([12][0-9]{3})[-/年]([01]?[0-9])月?")


def _days(text: str) -> tuple[date, date]:
    """The first and the last of the days that a year, a month or a day is."""
    if year := _YEAR.fullmatch(text):
        return date(int(year[1]), 1, 1), date(int(year[1]), 12, 31)
    if (month := _MONTH.fullmatch(text)) and 1 <= int(month[2]) <= 12:
        first = date(int(month[1]), int(month[2]), 1)
        return first, (first.replace(day=28) + timedelta(4)).replace(day=1) - timedelta(1)
    day = parsing.day(text)
    return day, day


def _between(column: Any, low: Any, high: Any) -> Condition:
    ends = [column >= low] if low is not None else []
    return and_(*ends, *([column <= high] if high is not None else []))


def _word(table: str, text: str) -> str:
    known = {word_key(spelled): value for spelled, value in vocabulary.vocabulary(table).items()}
    return parsing.word(text, known)


# --- the conditions -------------------------------------------------------------------------------

_ID = col(Customer.id)


def _who(column: Any, *conditions: Condition) -> Condition:
    """A customer is one of those whom rows of another table name."""
    found: Condition = _ID.in_(core_select(column).where(*conditions))
    return found


def _trips(*conditions: Condition) -> Condition:
    return _who(col(Trip.customer_id), *conditions)


def _text(name: str) -> Build:
    return lambda scene, text: dialect.spelled(getattr(Customer, name), text)


def _is(name: str, table: str) -> Build:
    return lambda scene, text: getattr(Customer, name) == _word(table, text)


def _tag(scene: Scene, text: str) -> Condition:
    return _who(col(CustomerTag.customer_id), dialect.spelled(CustomerTag.tag, text))


_NONE = frozenset({"none", "无"})


def _standing(place: int, table: str) -> Build:
    """place: among what People.fitting asks for. Whoever has a trip ahead is active."""

    def build(scene: Scene, text: str) -> Condition:
        known = scene.people.known.customer
        ahead = scene.ahead.tolist() if table == "cadence" else []
        if word_key(text) in _NONE:
            with_one = known[scene.people.tier >= 0] if table == "tier" else known
            return ~dialect.among(_ID, {*with_one.tolist(), *ahead})
        wanted = _word(table, text)
        asked = [(wanted,) if one == place else None for one in range(3)]
        fitting = scene.people.fitting(asked[0], asked[1], asked[2], lambda: scene.ahead)
        found = set(known.tolist() if fitting is None else fitting.tolist())
        return dialect.among(_ID, found if wanted == "active" else found.difference(ahead))

    return build


def _bought(scene: Scene, text: str) -> Condition:
    what = dialect.holding(Trip.destination, text)
    with suppress(CellError):  # a place
        what = or_(col(Trip.service) == _word("service", text), what)
    return _trips(*scene.booked, what)


def _departed(scene: Scene, text: str) -> Condition:
    found = _RANGE.fullmatch(text)
    first, last = found.groups() if found else (text.strip(), text.strip())
    if not first and not last:
        raise CellError(_NO_RANGE)
    low, high = _days(first)[0] if first else None, _days(last)[1] if last else None
    if low and high and high < low:
        raise CellError(_NO_RANGE)
    return _trips(*scene.counted, _between(col(Trip.departs_on), low, high))


def _spend_over(scene: Scene, text: str) -> Condition:
    least = parse_amount(text, scene.settings["currency"])
    spent = (
        core_select(col(Trip.customer_id))
        .where(*scene.counted)
        .group_by(col(Trip.customer_id))
        .having(func.sum(col(Trip.price)) > least)
    )
    found: Condition = _ID.in_(spent)
    return found


def _count(scene: Scene, text: str) -> Condition:
    low, high = _span(text, _whole)
    counted = func.count()
    enough = (
        core_select(col(Trip.customer_id))
        .where(*scene.counted)
        .group_by(col(Trip.customer_id))
        .having(_between(counted, low, high))
    )
    found: Condition = _ID.in_(enough)
    return found if low else or_(found, ~_trips(*scene.counted))


def _birthday_in(scene: Scene, text: str) -> Condition:
    month = _whole(text.strip().removesuffix("月"))
    if not 1 <= month <= 12:
        raise CellError(N_("it is no month: write 1 to 12"))
    whose, calendar = col(SpecialDate.customer_id), col(SpecialDate.calendar)
    named = col(SpecialDate.label) == BIRTHDAY
    solar = _who(whose, named, calendar == "solar", col(SpecialDate.month) == month)
    lunar_days = list(_lunar_days(scene, month))
    if not lunar_days:
        return solar
    key = col(SpecialDate.month) * 100 + col(SpecialDate.day)
    return or_(solar, _who(whose, named, calendar == "lunar", key.in_(lunar_days)))


def _lunar_days(scene: Scene, month: int) -> Iterator[int]:
    """The days of the lunar calendar that this month, when it comes next, holds: month x 100 +
    day."""
    year = scene.as_of.year + (month < scene.as_of.month)
    first, last = _days(f"{year}-{month:02}")
    for lunar_month in range(1, 13):
        for day in range(1, 31):
            one = SpecialDay(lunar_month, day, None, "lunar", False)
            if lunar.occurrences(one, first, last):
                yield lunar_month * 100 + day


def _answered(scene: Scene, text: str) -> Condition:
    """Whose last answer of this kind is in a range: nps:0..6."""
    name, sign, span = text.replace("：", ":").partition(":")
    field = name.strip().casefold()
    if not sign or field not in ("nps", "csat"):
        raise CellError(N_("write nps:0..6 or csat:1..3"))
    low, high = _span(span, _whole)
    points = getattr(SurveyResponse, field)
    whose, on = col(SurveyResponse.customer_id), col(SurveyResponse.answered_on)
    order = func.row_number().over(
        partition_by=whose, order_by=(on.desc(), col(SurveyResponse.id).desc())
    )
    last = (
        core_select(whose.label("who"), points.label("points"), order.label("place"))
        .where(points.is_not(None), on <= scene.as_of)
        .subquery()
    )
    return _who(last.c.who, last.c.place == 1, _between(last.c.points, low, high))


def _price_sensitive(scene: Scene, text: str) -> Condition:
    return dialect.among(_ID, price_sensitivity.of_all(scene.session, scene.as_of))


def _contacted_not_since(scene: Scene, text: str) -> Condition:
    days = _whole(text)
    at, zone = col(Interaction.at), scene.settings.zone
    since = moments.moment_of(moments.day_start(scene.as_of - timedelta(min(days, 36_500)), zone))
    until = moments.moment_of(moments.day_end(scene.as_of, zone))
    spoken = col(Interaction.personal).is_(True), at >= since, at < until
    return ~_who(col(Interaction.customer_id), *spoken)


def _prefer(scene: Scene, text: str) -> Condition:
    name, sign, value = text.replace("＝", "=").partition("=")
    key = preferences.key_of(name)
    same = [col(Preference.key) == key]
    if sign and value.strip():
        said = preferences.value_of(key, value)
        whole = dialect.spelled(Preference.value, said)
        # A channel alone means it at whatever time.
        any_time = key == preferences.REPLY and "@" not in said
        at = col(Preference.value).like(f"{said}@%")
        same.append(or_(whole, at) if any_time else whole)
    return _who(col(Preference.customer_id), *same)


def _field(scene: Scene, text: str) -> Condition:
    name, sign, value = text.replace("＝", "=", 1).partition("=")
    field = own_fields.named(scene.session, name.strip())
    whose, held = col(OwnValue.customer_id), col(OwnValue.value)
    there = col(OwnValue.field_id) == field.id
    value = value.strip()
    if not sign:
        return _who(whose, there)
    if not value:
        return ~_who(whose, there)
    match field.kind:
        case "number":
            low, high = _span(value, _number)
            from sqlalchemy import Float, cast

            return _who(whose, there, _between(cast(held, Float), low, high))
        case "day":
            low, high = _span(value, lambda end: parsing.day(end).isoformat())
            return _who(whose, there, _between(held, low, high))
        case "flag":
            return _who(whose, there, held == own_fields.stored(parsing.flag(value)))
        case _:
            return _who(whose, there, dialect.spelled(OwnValue.value, value))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise CellError(N_("it is no number: write one such as 30 or 30.5")) from None


def _status(scene: Scene, text: str) -> Condition:
    if word_key(text) in ("all", "全部"):
        return ~false()
    return col(Customer.status) == _word("customer_status", text)


def _unowned(scene: Scene, text: str) -> Condition:
    return func.coalesce(func.trim(col(Customer.owner)), "") == ""


def _not(build: Build) -> Build:
    return lambda scene, text: ~build(scene, text)


FILTERS = (
    Filter("tag", _tag, N_("only with this tag; several with commas: one of them")),
    Filter("not_tag", _not(_tag), N_("only without this tag"), several=False),
    Filter("owner", _text("owner"), N_("only of this colleague")),
    Filter("unowned", _unowned, N_("only those whom nobody looks after"), flag=True),
    Filter("kind", _is("kind", "customer_kind"), N_("person, company, channel or internal")),
    Filter("status", _status, N_("active, lost, deceased or all")),
    Filter("city", _text("city"), N_("only from this city")),
    Filter("source", _text("source"), N_("only who came from there")),
    Filter("tier", _standing(0, "tier"), N_("A, B, C, D or none")),
    Filter("quadrant", _standing(1, "quadrant"), N_("a group of segments quadrants")),
    Filter("cadence", _standing(2, "cadence"), N_("active, due, at_risk, lapsed or none")),
    Filter("bought", _bought, N_("booked this service, or went to a place of this name")),
    Filter("not_bought", _not(_bought), N_("never did"), several=False),
    Filter("departed", _departed, N_("left in these days: 2026-01..2026-06, 2025"), N_("FROM..TO")),
    Filter("spend_over", _spend_over, N_("spent more than this on trips, in all"), several=False),
    Filter("trips", _count, N_("so many trips that have departed: 2..5, 3.., 0"), N_("FROM..TO")),
    Filter("birthday_in", _birthday_in, N_("born in this month, 1 to 12; lunar days as they fall")),
    Filter("answered", _answered, N_("the last answer: nps:0..6 or csat:1..3"), several=False),
    Filter("price_sensitive", _price_sensitive, N_("who looks at the price"), flag=True),
    Filter(
        "contacted_not_since",
        _contacted_not_since,
        N_("nobody spoke to them for so many days"),
        N_("DAYS"),
        several=False,
    ),
    Filter(
        "prefer",
        _prefer,
        N_("likes this: seat=aisle; seat alone: anything"),
        N_("KEY=VALUE"),
        several=False,
    ),
    Filter(
        "field",
        _field,
        N_("a field of your own: 饮食禁忌=不吃辣; NAME= is blank"),
        N_("NAME=VALUE"),
        several=False,
    ),
)
BY_NAME = {one.name: one for one in FILTERS}


def conditions(scene: Scene, selection: Selection) -> list[Condition]:
    """What a selection means on a day, as conditions on customers that all hold. Raises WrongUsage
    for what cannot be, NotFound for an own field that is not there."""
    return [
        BY_NAME[name].condition(scene, text) if not BY_NAME[name].flag else _flag(scene, name)
        for name, texts in selection.items()
        for text in texts
    ]


def _flag(scene: Scene, name: str) -> Condition:
    return BY_NAME[name].build(scene, "")


def together(*selections: Selection) -> dict[str, list[str]]:
    """Selections that all hold."""
    found: dict[str, list[str]] = {}
    for one in selections:
        for name, texts in one.items():
            known = found.setdefault(name, [])
            known += [text for text in texts if text not in known]
    return found
