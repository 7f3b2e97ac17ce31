"""Selections of customers that have a name, such as 亲子海岛."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from tourcrm.base.display import visible
from tourcrm.base.errors import NotFound, Refused
from tourcrm.base.folding import folded
from tourcrm.base.i18n import N_
from tourcrm.db import operations
from tourcrm.db.codes import Number
from tourcrm.models import SavedFilter

LONGEST = 60


@dataclass(frozen=True, slots=True)
class Saved:
    """A selection and its name. options: by filter, what was typed."""

    name: str
    options: Mapping[str, Sequence[str]]


def save(
    session: Session, number: Number, name: str, options: Mapping[str, Sequence[str]]
) -> bool | None:
    """Save a selection; True where the name is new, False where another selection had it, None
    where nothing changed."""
    if not name or len(name) > LONGEST:
        raise Refused(N_("A selection needs a short name, such as 亲子海岛."))
    text = json.dumps(dict(options), ensure_ascii=False)
    known = _find(session, name)
    if known is None:
        operations.add(session, SavedFilter(name=name, options=text, operation_id=number()))
        return True
    if known.options == text:
        return None
    operations.edit(session, number(), known, {"options": text}, None)
    return False


def named(session: Session, name: str) -> Saved:
    """The selection of this name. Raises NotFound."""
    return _saved(_there(session, name))


def listed(session: Session) -> list[Saved]:
    """All of them, by name."""
    return [_saved(one) for one in _all(session)]


def remove(session: Session, number: Number, name: str) -> str:
    """Remove a selection; returns its name. Raises NotFound."""
    row = _there(session, name)
    operations.delete(session, number(), row, None)
    return row.name


def _saved(row: SavedFilter) -> Saved:
    return Saved(row.name, json.loads(row.options))


def _all(session: Session) -> list[SavedFilter]:
    return list(session.exec(select(SavedFilter).order_by(col(SavedFilter.name))).all())


def _find(session: Session, name: str) -> SavedFilter | None:
    return next((one for one in _all(session) if folded(one.name) == folded(name)), None)


def _there(session: Session, name: str) -> SavedFilter:
    row = _find(session, name)
    if row is None:
        raise NotFound(
            N_("There is no saved selection {name}. There are: {known}."),
            name=visible(name, 60),
            known=visible(", ".join(one.name for one in _all(session)), 300) or "-",
        )
    return row
