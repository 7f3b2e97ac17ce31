"""The countries that numbers without a prefix were read for before, and who has such a number."""

from sqlalchemy import text
from sqlmodel import Session

from tourcrm.base.parsing.former_regions import Former, prefix
from tourcrm.db import setting
from tourcrm.db.codes import Number

_HAVING = "SELECT 1 FROM customer WHERE phone = :number OR phone2 = :number LIMIT 1"
_BEGINNING = "SELECT count(*) FROM customer WHERE {column} >= :prefix AND {column} < :end"


def former(session: Session) -> Former | None:
    """The regions of before; None where the region was always the same."""
    regions = setting.load(session).former_regions
    if not regions:
        return None

    def known(number: str) -> bool:
        having = session.connection().execute(text(_HAVING), {"number": number})
        return having.first() is not None

    return Former(regions, known)


def change(session: Session, number: Number, before: str, now: str) -> int:
    """Remember that the region changed; returns how many stored numbers are of that before."""
    begins = prefix(before)
    count = 0
    for column in ("phone", "phone2") if begins else ():
        found = session.connection().execute(
            text(_BEGINNING.format(column=column)),
            {"prefix": begins, "end": begins[:-1] + chr(ord(begins[-1]) + 1)},
        )
        count += int(found.scalar_one())
    known = setting.load(session).former_regions
    regions = [one for one in (before, *known) if one != now and (count or one != before)]
    if tuple(dict.fromkeys(regions)) != known:
        setting.store(session, number, "former_regions", ",".join(dict.fromkeys(regions)))
    return count
