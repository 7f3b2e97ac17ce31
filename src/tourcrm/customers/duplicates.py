"""Pairs of customers who are likely one person, in the whole file or of those given.

Only those are compared who share something: a number, a name by its letters, a birthday or an
address with a surname. So 50,000 customers take seconds, not hours.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import combinations
from typing import Any, cast

from sqlmodel import Session

from tourcrm.base import parsing
from tourcrm.base.errors import CellError
from tourcrm.base.i18n import language, translate
from tourcrm.base.lunar import BIRTHDAY, Calendar, SpecialDay
from tourcrm.customers import likeness
from tourcrm.customers.likeness import SHOWN, Known
from tourcrm.db import engine, operations
from tourcrm.db.codes import Number
from tourcrm.models import DistinctPair

MANY = 200
"""Customers who share one thing, from which on it tells nobody apart: a phone of the agency."""

MOST = 200_000
"""Customers among whom an import looks for those who are likely there already."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two who are likely one: the one known for longer first. reasons: words to be translated."""

    id: int
    customer: str
    name: str
    other_id: int
    other: str
    other_name: str
    score: float
    why: tuple[str, ...]

    @property
    def reasons(self) -> str:
        """The reasons in the language in use."""
        return ("；" if language() == "zh" else "; ").join(map(translate, self.why))


def find(session: Session, start: float = SHOWN) -> list[Pair]:
    """The likely pairs from this score on, the likeliest first; not those whom a person told
    apart."""
    everybody = load(session)
    return _scored(everybody, _candidates(everybody), _told_apart(session), start)


def among_new(session: Session, first: int) -> list[Pair]:
    """The likely pairs of whom one has this id or a higher one: those whose names sound alike, and
    who share more than that. None in a file so large that an import would wait for it."""
    connection = engine.raw(session)
    (count,) = connection.execute("SELECT count(*) FROM customer").fetchone()
    if count > MOST:
        return []
    shared: dict[Any, list[int]] = {}
    for id, spelled, phone, wechat, address in connection.execute(
        "SELECT id, name_pinyin, phone, wechat, address FROM customer "
        "WHERE name_pinyin IS NOT NULL ORDER BY id"
    ):
        if phone:  # of two that differ in one digit one half is the same
            shared.setdefault((spelled, phone[:-4]), []).append(id)
            shared.setdefault((spelled, phone[-4:]), []).append(id)
        for mark in (wechat, address):
            if mark:
                shared.setdefault((spelled, mark), []).append(id)
    for id, spelled, month, day, year in connection.execute(
        "SELECT c.id, c.name_pinyin, s.month, s.day, s.year FROM special_date s "
        "JOIN customer c ON c.id = s.customer_id WHERE s.label = ? ORDER BY c.id",
        (BIRTHDAY,),
    ):
        shared.setdefault((spelled, year, *sorted((month, day))), []).append(id)
    pairs = {
        pair
        for ids in shared.values()
        if 1 < len(ids) <= MANY and ids[-1] >= first
        for pair in combinations(dict.fromkeys(ids), 2)
        if pair[1] >= first
    }
    everybody = load(session, {id for pair in pairs for id in pair}) if pairs else []
    return _scored(everybody, pairs, frozenset(), SHOWN)


def of_one(session: Session, id: int, start: float = SHOWN) -> list[Pair]:
    """The likely pairs of one customer."""
    everybody = load(session, _near(session, id))
    pairs = ((id, one.id) for one in everybody if one.id != id)
    ordered = ((min(pair), max(pair)) for pair in pairs)
    return _scored(everybody, ordered, _told_apart(session), start)


def tell_apart(session: Session, number: Number, id: int, other: int) -> None:
    """Note that two are not the same: they are not listed again."""
    first, second = sorted((id, other))
    operations.add(session, DistinctPair(customer_id=first, other_id=second, operation_id=number()))


def _scored(
    everybody: Sequence[Known],
    pairs: Iterable[tuple[int, int]],
    apart: Collection[tuple[int, int]],
    start: float,
) -> list[Pair]:
    by_id = {one.id: one for one in everybody}
    found = []
    for pair in pairs:
        one, other = by_id[pair[0]], by_id[pair[1]]
        if not likeness.may_be_one(one, other):
            continue
        alike = likeness.compare(one, other)
        if alike.score >= start and pair not in apart:
            found.append(
                Pair(
                    *(one.id, one.code, one.name, other.id, other.code, other.name),
                    *(alike.score, alike.reasons),
                )
            )
    return sorted(found, key=lambda one: (-one.score, one.id, one.other_id))


def _told_apart(session: Session) -> frozenset[tuple[int, int]]:
    rows = engine.raw(session).execute("SELECT customer_id, other_id FROM distinct_pair")
    return frozenset((min(pair), max(pair)) for pair in rows)


# --- who is compared ------------------------------------------------------------------------------


def _candidates(everybody: Sequence[Known]) -> set[tuple[int, int]]:
    """Pairs who share something."""
    pairs: set[tuple[int, int]] = set()
    for marks in (_numbers, _names, _days, _places):
        shared: dict[Any, list[int]] = {}
        for one in everybody:
            for mark in marks(one):
                shared.setdefault(mark, []).append(one.id)
        for ids in shared.values():
            if 1 < len(ids) <= MANY:
                pairs.update(combinations(sorted(set(ids)), 2))
    return pairs


def _numbers(one: Known) -> Iterator[Any]:
    for number in one.phones:
        yield "phone", number
    for kind in ("id_number", "passport_no", "wechat", "email"):
        if value := getattr(one, kind):
            yield kind, value


def _names(one: Known) -> Iterator[Any]:
    for called in (one.called, one.passport_called):
        if called is not None and not called.part and called.letters:
            yield called.letters


def _days(one: Known) -> Iterator[Any]:
    for day in one.birthdays:
        yield day.year, *sorted((day.month, day.day)), one.called.surname


def _places(one: Known) -> Iterator[Any]:
    if one.address:
        yield one.city, one.address, one.called.surname


# --- what is known of them ------------------------------------------------------------------------

_FIELDS = (
    *("id", "code", "name", "kind", "name_pinyin", "phone", "phone2", "wechat", "email"),
    *("id_number", "passport_no", "passport_name", "city", "address", "gender", "owner"),
)


def load(session: Session, ids: Collection[int] | None = None) -> list[Known]:
    """What tells customers from others: of all, or of those given."""
    connection = engine.raw(session)
    chosen = "WHERE c.erased_on IS NULL"
    if ids is not None:
        chosen += f" AND c.id IN ({','.join(map(str, map(int, ids)))})"
    born: dict[int, list[SpecialDay]] = {}
    for customer, month, day, year, calendar, leap in connection.execute(
        "SELECT s.customer_id, s.month, s.day, s.year, s.calendar, s.leap FROM special_date s "  # noqa: S608 - numbers
        f"JOIN customer c ON c.id = s.customer_id {chosen} AND s.label = ?",
        (BIRTHDAY,),
    ):
        found = SpecialDay(month, day, year, cast(Calendar, calendar), bool(leap))
        born.setdefault(customer, []).append(found)
    rows = connection.execute(
        f"SELECT {', '.join(_FIELDS)} FROM customer c {chosen} ORDER BY id"  # noqa: S608 - our columns
    )
    return [_known(row, tuple(born.get(row[0], ()))) for row in rows]


def _known(row: Sequence[Any], birthdays: tuple[SpecialDay, ...]) -> Known:
    id, code, name, kind, spelled, phone, phone2, wechat, email, *rest = row
    id_number, passport_no, passport_name, city, address, gender, owner = rest
    if not birthdays and id_number:
        with suppress(CellError, ValueError):
            birthdays = (likeness.born(parsing.birthday_of(id_number)),)
    called = likeness.called(name, spelled, kind == "company")
    if gender is None and called.male is not None:
        gender = "male" if called.male else "female"
    town = likeness.plain_place(city) if city else None
    street = likeness.plain_place(address) if address else None
    return Known(
        id=id,
        code=code,
        name=name,
        kind=kind,
        called=called,
        passport_called=likeness.called(passport_name.replace("/", " ")) if passport_name else None,
        phones=tuple(number for number in (phone, phone2) if number),
        wechat=wechat and wechat.casefold(),
        email=email and email.casefold(),
        id_number=id_number,
        passport_no=passport_no,
        city=town,
        address=street.removeprefix(town or "") if street else None,
        gender=gender,
        birthdays=birthdays,
        owner=owner and owner.casefold(),
    )


def _near(session: Session, id: int) -> set[int]:
    """A customer, and those who share a number, the pinyin of the name or the birthday."""
    rows = engine.raw(session).execute(
        """
        WITH me AS (SELECT * FROM customer WHERE id = :id)
        SELECT c.id FROM customer c, me WHERE c.id = me.id
            OR c.phone IN (me.phone, me.phone2) OR c.phone2 IN (me.phone, me.phone2)
            OR c.wechat = me.wechat OR c.email = me.email OR c.id_number = me.id_number
            OR c.passport_no = me.passport_no
            OR replace(c.name_pinyin, ' ', '') = replace(me.name_pinyin, ' ', '')
            OR c.address = me.address
        UNION SELECT other.customer_id FROM special_date mine
            JOIN special_date other ON other.label = mine.label AND other.year = mine.year
                AND (other.month, other.day) IN ((mine.month, mine.day), (mine.day, mine.month))
            WHERE mine.customer_id = :id AND mine.label = :label
        """,
        {"id": id, "label": BIRTHDAY},
    )
    return {int(row[0]) for row in rows}
