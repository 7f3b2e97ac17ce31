"""What is wrong or missing in the customer file where it hurts, and how complete the file is.

Where it hurts: the best customers (tiers A and B) whom nobody can call, looks after or
congratulates; documents that contradict what else is known; passports that end too soon for a
booked journey. Everybody active is looked at, in one pass over the table.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlmodel import Session

from tourcrm.analysis import population
from tourcrm.analysis.population import Basis
from tourcrm.base import parsing
from tourcrm.base.columns import CUSTOMER, by_field
from tourcrm.base.display import visible
from tourcrm.base.errors import Message
from tourcrm.base.folding import folded
from tourcrm.base.i18n import N_
from tourcrm.base.lunar import BIRTHDAY, SpecialDay
from tourcrm.base.vocabulary import values
from tourcrm.bookings.status import BOOKED
from tourcrm.customers import documents, passports
from tourcrm.db import engine

PASSPORT_MONTHS = 6  # that a passport must still be good for on the day of return
_BEST = ("A", "B")
_NO_BODIES = ("company", "channel", "internal")  # they have no birthday, gender or passport

# Which fields count for how complete the file is, and of whom: a field is filled where its SQL
# holds. One that is asked of nobody but for a reason (documents, preferences) does not count.
_PERSON, _FIRM = ("person",), ("company", "channel")
COUNTED: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("phone", _PERSON + _FIRM, "coalesce(c.phone, c.phone2) IS NOT NULL"),
    ("owner", _PERSON + _FIRM, "trim(coalesce(c.owner, '')) <> ''"),
    ("birthday", _PERSON, "b.customer_id IS NOT NULL"),
    ("gender", _PERSON, "c.gender IS NOT NULL"),
    ("city", _PERSON + _FIRM, "c.city IS NOT NULL"),
    ("source", _PERSON + _FIRM, "c.source IS NOT NULL"),
    ("marketing_consent", _PERSON, "c.marketing_consent <> 'unknown'"),
    ("email", _FIRM, "c.email IS NOT NULL"),
)


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is wrong or missing with a customer. what: a word of the vocabulary `gap`."""

    customer: str
    name: str
    owner: str | None
    what: str
    tier: str | None
    detail: Message | str | None = None


@dataclass(frozen=True, slots=True)
class Filled:
    """How many of the customers that a field is asked of have it. field: a header; "": all
    fields."""

    field: str
    customers: int
    filled: int

    @property
    def share(self) -> float | None:
        return self.filled / self.customers if self.customers else None


@dataclass(frozen=True, slots=True)
class Records:
    """Gaps, a person in charge after another and the gravest first; and what is filled, field by
    field and of each person in charge (by their folded name)."""

    gaps: Sequence[Gap]
    fields: Sequence[Filled]
    owners: dict[str, Filled]

    @property
    def whole(self) -> Filled:
        cells = sum(one.customers for one in self.fields)
        return Filled("", cells, sum(one.filled for one in self.fields))


def by_owner(gaps: Sequence[Gap]) -> Iterator[tuple[str, list[Gap]]]:
    """The gaps of each person in charge, under their name; "" for nobody."""
    for _key, theirs in groupby(gaps, lambda one: folded(one.owner or "")):
        some = list(theirs)
        yield some[0].owner or "", some


def build(session: Session, basis: Basis, owner: str | None = None) -> Records:
    """The records as of a day. owner: only the customers of one colleague; "" for nobody's."""
    population.build(session, basis)
    wanted = None if owner is None else folded(owner)
    found = [*_best(session), *_contradictions(session), *_passports(session, basis.as_of)]
    if wanted is not None:
        found = [one for one in found if folded(one.owner or "") == wanted]
    grave = {what: place for place, what in enumerate(values("gap"))}
    found.sort(
        key=lambda one: (
            not one.owner,
            folded(one.owner or ""),
            grave[one.what],
            one.tier or "Z",
            one.customer,
        )
    )
    fields, owners = _filled(session, wanted)
    return Records(found, fields, owners)


_WHO = "c.code, c.name, nullif(trim(coalesce(c.owner, '')), ''), p.tier"
_ACTIVE = "c.status = 'active' AND c.kind <> 'internal'"
_BIRTHDAYS = f"SELECT DISTINCT customer_id FROM special_date WHERE label = '{BIRTHDAY}'"  # noqa: S608 - a constant


def _best(session: Session) -> Iterator[Gap]:
    """What is missing of the best customers."""
    sql = f"""
        SELECT {_WHO}, c.kind, coalesce(c.phone, c.phone2) IS NULL, b.customer_id IS NULL
        FROM population p JOIN customer c ON c.id = p.customer_id
        LEFT JOIN ({_BIRTHDAYS}) b ON b.customer_id = c.id
        WHERE p.tier IN {_BEST} AND {_ACTIVE}
    """  # noqa: S608 - pieces of this module
    for code, name, owner, tier, kind, no_phone, no_birthday in engine.rows(session, sql):
        if no_phone:
            yield Gap(code, name, owner, "no_phone", tier)
        if owner is None:
            yield Gap(code, name, owner, "no_owner", tier)
        if no_birthday and kind not in _NO_BODIES:
            yield Gap(code, name, owner, "no_birthday", tier)


def _contradictions(session: Session) -> Iterator[Gap]:
    """Where a document says something else than what is stored."""
    born: dict[int, list[SpecialDay]] = {}
    sql = f"""
        SELECT s.customer_id, s.month, s.day, s.year FROM special_date s
        JOIN customer c ON c.id = s.customer_id
        WHERE s.label = '{BIRTHDAY}' AND s.calendar = 'solar' AND c.id_number IS NOT NULL
    """  # noqa: S608 - a constant
    for who, month, day, year in engine.rows(session, sql):
        born.setdefault(who, []).append(SpecialDay(month, day, year))
    sql = f"""
        SELECT {_WHO}, c.id, c.id_number, c.gender, c.passport_name, c.name_pinyin, c.phone, c.kind
        FROM customer c LEFT JOIN population p ON p.customer_id = c.id
        WHERE {_ACTIVE} AND (c.id_number IS NOT NULL OR c.passport_name IS NOT NULL)
    """  # noqa: S608 - pieces of this module
    for row in engine.rows(session, sql):
        code, name, owner, tier, who, document, gender, in_passport, spelled, phone, kind = row
        if document is not None:
            for day in born.get(who, ()):
                if documents.differs_from(document, day):
                    detail = _birthday(day, document)
                    yield Gap(code, name, owner, "id_birthday", tier, detail)
            if gender is not None and gender != parsing.gender_of(document):
                yield Gap(code, name, owner, "id_gender", tier)
        if kind not in _NO_BODIES and passports.differs(name, in_passport, spelled, phone):
            yield Gap(code, name, owner, "passport_name", tier, in_passport)


def _birthday(day: SpecialDay, document: str) -> Message:
    return Message(
        N_("here {day}, in the ID number {told}"),
        day=parsing.special_day_text(day),
        told=parsing.special_day_text(documents.birthday_in(document)),
    )


def _passports(session: Session, as_of: date) -> Iterator[Gap]:
    """Of booked journeys abroad that are to come, whose passport ends too soon: of whoever booked,
    and of whoever else is known to go along."""
    back = "coalesce(t.returns_on, t.departs_on)"
    what = f"SELECT {_WHO}, c.passport_expires_on, t.code, {back} FROM trip t"  # noqa: S608 - constants
    rest = f"""
        LEFT JOIN population p ON p.customer_id = c.id
        WHERE t.departs_on >= :as_of AND t.abroad AND {BOOKED} AND {_ACTIVE}
            AND c.passport_expires_on < date({back}, '+{PASSPORT_MONTHS} months')
    """
    sql = f"""
        {what} JOIN customer c ON c.id = t.customer_id {rest} UNION
        {what} JOIN traveller w ON w.trip_id = t.id JOIN customer c ON c.id = w.customer_id {rest}
        ORDER BY t.code
    """
    for code, name, owner, tier, ends, trip, last in engine.rows(
        session, sql, as_of=as_of.isoformat()
    ):
        text = (
            N_("ends on {day}, before {trip} returns on {back}")
            if ends < last
            else N_("ends on {day}, less than {months} months after {trip} returns on {back}")
        )
        detail = Message(text, day=ends, months=PASSPORT_MONTHS, trip=visible(trip), back=last)
        yield Gap(code, name, owner, "passport_ends", tier, detail)


def _filled(session: Session, owner: str | None) -> tuple[list[Filled], dict[str, Filled]]:
    """How many cells of those that count are filled: by field, and by person in charge."""
    asked = [f"c.kind IN ({', '.join(map(repr, kinds))})" for _f, kinds, _sql in COUNTED]
    sums = ", ".join(
        f"sum({whose}), sum({whose} AND {sql})"
        for whose, (_field, _kinds, sql) in zip(asked, COUNTED, strict=True)
    )
    sql = f"""
        SELECT coalesce(c.owner, ''), {sums}
        FROM customer c LEFT JOIN ({_BIRTHDAYS}) b ON b.customer_id = c.id
        WHERE {_ACTIVE} GROUP BY 1
    """  # noqa: S608 - pieces of this module
    totals = [[0, 0] for _ in COUNTED]
    owners: dict[str, Filled] = {}
    for name, *counts in engine.rows(session, sql):
        key = folded(name)
        if owner is not None and key != owner:
            continue
        before = owners.get(key, Filled("", 0, 0))
        owners[key] = Filled(
            "", before.customers + sum(counts[::2]), before.filled + sum(counts[1::2])
        )
        for place, pair in enumerate(zip(counts[::2], counts[1::2], strict=True)):
            totals[place] = [a + b for a, b in zip(totals[place], pair, strict=True)]
    fields = [Filled(one[0], *total) for one, total in zip(COUNTED, totals, strict=True)]
    return fields, owners


def header(field: str, language: str) -> str:
    """The name of a field that counts, as a person reads it."""
    return by_field(CUSTOMER)[field].header(language).replace("_", " ")
