"""Finding customers by what one remembers of them, in any case, with or without pinyin.

Every word must be found; the best come first, in the order of `_RANKS`: what is exactly it, then
what begins with it, then what holds it; of those alike, the active before the lost, then by id.
The table is read once from end to end: of 100,000 customers in half a second.
"""

from collections.abc import Callable, Iterator
from typing import Any, cast

from sqlalchemy import ColumnElement, and_, case, func, or_
from sqlalchemy import select as core_select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from tourcrm.base import columns, parsing
from tourcrm.base.folding import folded, loose
from tourcrm.db.dialect import beginning, holding, like, spelled
from tourcrm.models import Customer, CustomerAlias, CustomerSource, CustomerTag


def found_ids(session: Session, text: str, limit: int) -> list[int]:
    """The ids of the customers in whom every word of `text` is found, the best first.

    Looked through: name, pinyin and its initials, phone digits, WeChat id, e-mail, code and former
    codes, numbers of sources, the company's name, city, tags and note; never ID and passport
    numbers.
    """
    whole = folded(text)
    if not whole:
        return []
    digits = phone_digits(whole)
    parts = words(text, digits)
    ranks = ((rule(whole, digits), place) for place, rule in enumerate(_RANKS))
    best = case(*((or_(*rule), place) for rule, place in ranks if rule), else_=len(_RANKS))
    found = (
        core_select(col(Customer.id))
        .where(col(Customer.erased_on).is_(None), *(or_(*_holds(part, digits)) for part in parts))
        .order_by(best, col(Customer.status) != "active", col(Customer.id))
        .limit(limit)
    )
    return [cast(int, row[0]) for row in session.connection().execute(found)]


# --- how good it is: what is looked for as a whole, against one customer --------------------------

_Rule = list[ColumnElement[bool]]


def _just_it(whole: str, digits: str) -> _Rule:
    """The name itself, a code of now or before, the number of a source, the whole of a number."""
    found = [
        spelled(Customer.name, whole),
        func.lower(Customer.code) == whole,
        func.lower(Customer.wechat) == whole,
        _theirs(CustomerAlias.customer_id, func.lower(CustomerAlias.code) == whole),
        _theirs(CustomerSource.customer_id, func.lower(CustomerSource.number) == whole),
    ]
    if digits:
        found += [getattr(Customer, field) == f"+{digits}" for field in _PHONES]
    return found


def _another_spelling(whole: str, digits: str) -> _Rule:
    """The name without accents or in other characters; the whole of its pinyin, its initials."""
    tight = [one.replace(" ", "") for one in _typed(whole)]
    return [
        func.loose(Customer.name) == loose(whole),
        *(_joined() == one for one in tight),
        *(col(Customer.name_initials) == one for one in tight),
    ]


def _begins(whole: str, digits: str) -> _Rule:
    """A name that begins with it; the tail of a phone number."""
    return [beginning(Customer.name, whole), *(_ends_in(digits) if digits else ())]


def _in_name(whole: str, digits: str) -> _Rule:
    """A name that holds it; pinyin that begins with it, or with syllables that are only begun."""
    tight = [one.replace(" ", "") for one in _typed(whole)]
    return [
        holding(Customer.name, whole),
        *(_joined().like(like(one)[1:], escape="\\") for one in tight),
        *(_begun(one) for one in tight if _is_pinyin(one)),
    ]


# The best first; whatever is found elsewhere comes after all of them.
_RANKS: tuple[Callable[[str, str], _Rule], ...] = (_just_it, _another_spelling, _begins, _in_name)


# --- where it is looked for -----------------------------------------------------------------------

_PHONES = ("phone", "phone2")


def words(text: str, digits: str) -> list[str]:
    """What must be found, each for itself: the words of `text`, or the number that it is."""
    return [text.strip()] if digits else text.split()


def called(part: str, digits: str) -> Iterator[ColumnElement[bool]]:
    """Where one word may be found in what a customer is called: name, pinyin, code, phone."""
    for field in ("name", "code"):
        yield holding(getattr(Customer, field), part)
    for typed in _typed(part):
        pattern = like(typed)
        for field in ("name_pinyin", "name_initials"):
            yield getattr(Customer, field).like(pattern, escape="\\")
        if typed.isascii():
            yield _joined().like(pattern, escape="\\")
        if _is_pinyin(typed):
            yield _begun(typed)
    if digits:
        for field in _PHONES:
            yield getattr(Customer, field).like(f"%{digits}%")


def _holds(part: str, digits: str) -> Iterator[ColumnElement[bool]]:
    """Where one word may be found in a customer."""
    yield from called(part, digits)
    for field in columns.found(columns.CUSTOMER):
        yield holding(getattr(Customer, field), part)
    yield _theirs(CustomerTag.customer_id, holding(CustomerTag.tag, part))
    yield _theirs(CustomerAlias.customer_id, holding(CustomerAlias.code, part))
    yield _theirs(CustomerSource.customer_id, beginning(CustomerSource.number, part))
    company = aliased(Customer)
    employers = core_select(col(Customer.company_id)).where(col(Customer.company_id).is_not(None))
    named = core_select(company.id).where(  # type: ignore[call-overload]  # SQLModel types columns as their values
        col(company.id).in_(employers), holding(company.name, part)
    )
    yield col(Customer.company_id).in_(named)


def _theirs(whose: Any, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Who has a row of another table for which something holds."""
    return col(Customer.id).in_(core_select(col(whose)).where(condition))


def _typed(text: str) -> list[str]:
    """How pinyin may be stored for what was typed: ü is v there, in passports yu."""
    plain = folded(text)
    ways = (plain, plain.replace("ü", "v"), plain.replace("lyu", "lv").replace("nyu", "nv"))
    return list(dict.fromkeys(map(loose, ways)))


def _joined() -> Any:
    return func.replace(Customer.name_pinyin, " ", "")


def _is_pinyin(letters: str) -> bool:
    return 2 <= len(letters) <= 30 and letters.isascii() and letters.isalpha()


def _begun(letters: str) -> ColumnElement[bool]:
    """Where pinyin has the letters one after another; then, whether they begin its syllables."""
    among = col(Customer.name_pinyin).like(f"%{'%'.join(letters)}%")
    return and_(among, func.spells(Customer.name_pinyin, letters))


def _ends_in(digits: str) -> Iterator[ColumnElement[bool]]:
    for field in _PHONES:
        yield getattr(Customer, field).like(f"%{digits}")


def phone_digits(text: str) -> str:
    """The digits of a text that may be a part of a phone number, as E.164 has them; else "".

    Three digits at least. A leading 00, +, or the 0 of an area code is no part of E.164.
    """
    plain = parsing.clean(text)
    digits = "".join(c for c in plain if c in "0123456789")
    if len(digits) < 3 or plain.strip("0123456789+()-. "):
        return ""
    return digits[2:] if digits.startswith("00") else digits.removeprefix("0") or digits
