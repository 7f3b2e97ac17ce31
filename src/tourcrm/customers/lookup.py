"""Who is meant: the one customer of a code, a phone number or a name, or those whom it may be."""

from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy import or_
from sqlmodel import Session, col, select

from tourcrm.base import parsing, vocabulary
from tourcrm.base.display import mask_id, mask_phone, visible
from tourcrm.base.errors import CellError, NotFound
from tourcrm.base.i18n import N_, language
from tourcrm.base.patterns import pattern
from tourcrm.customers import search
from tourcrm.db import codes, dialect, setting
from tourcrm.db.codes import id_of
from tourcrm.models import Customer

CANDIDATES = 8  # shown where a name is not clear
_LIKE_AN_ID = pattern("[0-9]{15}|[0-9]{17}[0-9Xx]")


def find_one(session: Session, who: str, region: str = "CN") -> Customer:
    """The one customer with this code, phone number or exact name.

    Raises NotFound where there is none, or several: those are listed.
    """
    wanted = who.strip()
    found = _by_code(session, wanted) or _by_phone(session, wanted, region)
    found = found or _by_name(session, wanted)
    if len(found) == 1 and found[0].erased_on is not None:
        raise NotFound(
            N_("{code} is a customer of whom everything was erased, on {day}."),
            code=found[0].code,
            day=found[0].erased_on,
        )
    if len(found) == 1:
        return found[0]
    shown = mask_id(wanted) if _LIKE_AN_ID.fullmatch(wanted) else visible(wanted, 60)
    if found:
        raise NotFound(
            N_("“{who}” is more than one customer; name one by its code:\n{candidates}"),
            who=shown,
            candidates=_candidates(found),
        )
    near = _near(session, wanted)
    if near:
        raise NotFound(
            N_("No customer has the code, phone or name “{who}”. Close to it:\n{candidates}"),
            who=shown,
            candidates=_candidates(near),
        )
    raise NotFound(
        N_(
            "No customer has the code, phone or name “{who}”. "
            "Look around with: tourcrm customers find TEXT"
        ),
        who=shown,
    )


def find_if_any(session: Session, who: str, region: str = "CN") -> Customer | None:
    """As `find_one`; None where there is none with just that code, phone number or name."""
    wanted = who.strip()
    known = _by_code(session, wanted) or _by_phone(session, wanted, region)
    return find_one(session, who, region) if known or _by_name(session, wanted) else None


def _by_code(session: Session, code: str) -> Sequence[Customer]:
    row = codes.row_called(session, Customer, code)
    return () if row is None else (row,)


def _by_phone(session: Session, text: str, region: str) -> Sequence[Customer]:
    if sum(c.isdigit() for c in text) < 7:
        return ()
    for one in (region, *setting.load(session).former_regions):
        with suppress(CellError):
            number = parsing.phone(text, one)
            same = or_(col(Customer.phone) == number, col(Customer.phone2) == number)
            chosen = select(Customer).where(same).order_by(col(Customer.id))
            if found := session.exec(chosen).all():
                return found
    return ()


def _by_name(session: Session, text: str) -> Sequence[Customer]:
    try:
        name = parsing.name(text)
    except CellError:
        return ()
    by_id = col(Customer.id)
    same = select(Customer).where(col(Customer.name) == name).order_by(by_id)
    found = session.exec(same.limit(CANDIDATES + 1)).all()
    if not found:
        alike = select(Customer).where(dialect.spelled(Customer.name, name)).order_by(by_id)
        found = session.exec(alike.limit(CANDIDATES + 1)).all()
    return found


def _near(session: Session, text: str) -> Sequence[Customer]:
    """A few customers that `find` would show first."""
    ids = search.found_ids(session, text, 3) if text else []
    rows = session.exec(select(Customer).where(col(Customer.id).in_(ids))).all()
    return sorted(rows, key=lambda row: ids.index(id_of(row)))


def _candidates(found: Sequence[Customer]) -> str:
    lines = []
    for row in found[:CANDIDATES]:
        parts = [row.code, row.name, mask_phone(row.phone) if row.phone else "", row.city or ""]
        if row.status != "active":
            parts.append(vocabulary.label("customer_status", row.status, language()))
        lines.append("  " + "  ".join(visible(part, 40) for part in parts if part))
    if len(found) > CANDIDATES:
        lines.append("  …")
    return "\n".join(lines)
