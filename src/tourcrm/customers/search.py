"""Finding customers by what one remembers of them, in any case, with or without pinyin."""

from collections.abc import Iterator
from typing import cast

from sqlalchemy import ColumnElement, case, func, or_
from sqlalchemy import select as core_select
from sqlmodel import Session, col

from tourcrm.base import columns, parsing
from tourcrm.base.folding import folded
from tourcrm.db.dialect import holding, like, spelled
from tourcrm.models import Customer, CustomerAlias, CustomerTag


def found_ids(session: Session, text: str, limit: int) -> list[int]:
    """The ids of the customers in whom every word of `text` is found, the best first.

    Looked through: name, pinyin and its initials, phone digits, WeChat id, e-mail, code, city,
    tags and note; never ID and passport numbers.
    """
    whole = folded(text)
    if not whole:
        return []
    digits = phone_digits(whole)
    parts = words(text, digits)
    name, initials = col(Customer.name), col(Customer.name_initials)
    joined = func.replace(Customer.name_pinyin, " ", "")
    tight = whole.replace(" ", "")
    begins = func.folded(name).like(f"{like(whole)[1:-1]}%", escape="\\")
    rank = case(
        (or_(spelled(name, whole), func.lower(Customer.code) == whole), 0),
        (or_(joined == tight, initials == tight), 1),
        (begins, 2),
        (or_(*_ends_in(digits)) if digits else holding(name, whole), 3),
        else_=4,
    )
    found = (
        core_select(col(Customer.id))
        .where(col(Customer.erased_on).is_(None), *(or_(*_holds(part, digits)) for part in parts))
        .order_by(rank, col(Customer.id))
        .limit(limit)
    )
    return [cast(int, row[0]) for row in session.connection().execute(found)]


def words(text: str, digits: str) -> list[str]:
    """What must be found, each for itself: the words of `text`, or the number that it is."""
    return [text.strip()] if digits else text.split()


def called(part: str, digits: str) -> Iterator[ColumnElement[bool]]:
    """Where one word may be found in what a customer is called: name, pinyin, code, phone."""
    for field in ("name", "code"):
        yield holding(getattr(Customer, field), part)
    pattern = like(folded(part))
    for field in ("name_pinyin", "name_initials"):
        yield getattr(Customer, field).like(pattern, escape="\\")
    if part.isascii():
        yield func.replace(Customer.name_pinyin, " ", "").like(pattern, escape="\\")
    if digits:
        for field in ("phone", "phone2"):
            yield getattr(Customer, field).like(f"%{digits}%")


def _holds(part: str, digits: str) -> Iterator[ColumnElement[bool]]:
    """Where one word may be found in a customer."""
    yield from called(part, digits)
    for field in columns.found(columns.CUSTOMER):
        yield holding(getattr(Customer, field), part)
    tagged = core_select(col(CustomerTag.customer_id)).where(holding(CustomerTag.tag, part))
    yield col(Customer.id).in_(tagged)
    before = core_select(col(CustomerAlias.customer_id)).where(holding(CustomerAlias.code, part))
    yield col(Customer.id).in_(before)


def _ends_in(digits: str) -> Iterator[ColumnElement[bool]]:
    for field in ("phone", "phone2"):
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
