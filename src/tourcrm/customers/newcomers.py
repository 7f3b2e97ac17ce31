"""Whether somebody who comes was erased before: their numbers are kept as keyed hashes alone."""

import hashlib
import hmac
import os
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from sqlmodel import Session, col, select

from tourcrm.base.i18n import N_
from tourcrm.db import engine
from tourcrm.models import Erased, Setting

_KEY = "erased.key"
NUMBERS = ("phone", "phone2", "id_number", "passport_no")
REASON = N_(
    "a person with this number had everything about them erased; only if they come back of their "
    "own will: tourcrm customers add NAME --phone NUMBER --again"
)


def remember(session: Session, number: int, numbers: Iterable[str | None], day: date) -> None:
    """Keep the hashes of somebody's numbers."""
    key = _key(session, made=True)
    for one in numbers:
        if one:
            digest = _digest(key, one)
            if not session.exec(select(Erased).where(col(Erased.digest) == digest)).first():
                session.add(Erased(digest=digest, erased_on=day, operation_id=number))
                session.flush()


def erased_on(session: Session, numbers: Iterable[str | None]) -> date | None:
    """When the person with one of these numbers was erased; none: nobody with them was."""
    if session.exec(select(col(Erased.id)).limit(1)).first() is None:
        return None
    key = _key(session)
    digests = [_digest(key, one) for one in numbers if one]
    return session.exec(
        select(col(Erased.erased_on)).where(col(Erased.digest).in_(digests)).limit(1)
    ).first()


def tell_apart(session: Session) -> Callable[[Iterable[str | None]], bool] | None:
    """Whether one of some numbers is of somebody who was erased, to be asked many times; none:
    nobody ever was."""
    known = frozenset(row[0] for row in engine.rows(session, "SELECT digest FROM erased"))
    if not known:
        return None
    key = _key(session)

    def is_erased(numbers: Iterable[str | None]) -> bool:
        return any(_digest(key, one) in known for one in numbers if one)

    return is_erased


def _key(session: Session, made: bool = False) -> bytes:
    row = session.get(Setting, _KEY)
    if row is None and made:
        row = Setting(key=_KEY, value=os.urandom(32).hex())
        session.add(row)
        session.flush()
    return bytes.fromhex(row.value) if row else b""


def _digest(key: bytes, number: str) -> str:
    return hmac.new(key, number.encode(), hashlib.sha256).hexdigest()


def local_forms(phone: str) -> Iterator[str]:
    """The forms in which a stored number (+8613812345678) may stand in a text."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return
    yield str(parsed.national_number)
    for form in (
        phonenumbers.PhoneNumberFormat.NATIONAL,
        phonenumbers.PhoneNumberFormat.INTERNATIONAL,
    ):
        yield phonenumbers.format_number(parsed, form)
