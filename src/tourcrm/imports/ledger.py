"""Which imports there were, and what they overwrote."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from tourcrm.base import display
from tourcrm.base.errors import NotFound
from tourcrm.base.i18n import N_
from tourcrm.base.money import plain_amount
from tourcrm.db import engine
from tourcrm.db.codes import id_of
from tourcrm.imports.undo import TO_MANY, name_of
from tourcrm.models import Operation


@dataclass(frozen=True, slots=True)
class Line:
    """One operation as `imports list` shows it."""

    operation: int
    at: datetime
    actor: str
    verb: str
    file: str | None
    added: int
    updated: int
    unchanged: int
    rejected: int
    undone_by: int | None


_COUNTED = ("added", "updated", "unchanged", "rejected")


def imports(session: Session) -> list[Line]:
    """The imports, the newest first."""
    from sqlalchemy import or_
    from sqlmodel import col, select

    found = []
    for row in session.exec(
        select(Operation)
        .where(or_(col(Operation.verb).endswith(" import"), col(Operation.verb).in_(TO_MANY)))
        .order_by(col(Operation.id).desc())
    ):
        counts = json.loads(row.counts)
        found.append(
            Line(
                operation=id_of(row),
                at=row.at,
                actor=row.actor,
                verb=row.verb,
                file=row.file,
                undone_by=row.undone_by,
                **{name: counts.get(name, 0) for name in _COUNTED},
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class Overwritten:
    """One cell that an import overwrote."""

    table: str
    row: str
    field: str
    before: str | None
    after: str | None


def overwritten(session: Session, number: int) -> tuple[Line, list[Overwritten]]:
    """An import and the cells that it overwrote. Raises NotFound."""
    line = next((one for one in imports(session) if one.operation == number), None)
    if line is None:
        raise NotFound(
            N_("There is no import {number}. `tourcrm imports list` shows them."), number=number
        )
    connection = engine.raw(session)
    cells = []
    for table, row_id, before, after in connection.execute(
        "SELECT table_name, row_id, before, after FROM change WHERE operation_id = ? ORDER BY id",
        (number,),
    ).fetchall():
        old, new = json.loads(before), json.loads(after or "{}")
        called = name_of(connection, table, row_id)
        cells += [
            Overwritten(
                table, called, key, shown(table, key, old[key]), shown(table, key, new.get(key))
            )
            for key in old
            if key not in _DERIVED
        ]
    return line, cells


def contested(session: Session, number: int) -> int:
    """How many cells that an earlier import had set last an operation has changed."""
    (found,) = (
        engine.raw(session)
        .execute(
            """
            WITH cell AS (
                SELECT DISTINCT c.table_name, c.row_id, was.key FROM change c,
                json_each(c."before") was
                WHERE c.operation_id = :number AND was.type <> 'null'
                AND was.key NOT IN ('name_pinyin', 'name_initials')
            ), setter AS (
                SELECT e.table_name, e.row_id, became.key, e.operation_id, max(e.id)
                FROM change e, json_each(e."after") became
                WHERE e.operation_id <> :number
                AND (e.table_name, e.row_id) IN (SELECT table_name, row_id FROM cell)
                GROUP BY 1, 2, 3
            )
            SELECT count(*) FROM cell
            LEFT JOIN setter USING (table_name, row_id, key)
            JOIN operation o ON o.id = coalesce(setter.operation_id, CASE table_name
                WHEN 'customer' THEN (SELECT operation_id FROM customer WHERE id = row_id)
                WHEN 'trip' THEN (SELECT operation_id FROM trip WHERE id = row_id)
                WHEN 'special_date' THEN (SELECT operation_id FROM special_date WHERE id = row_id)
                WHEN 'survey_response'
                    THEN (SELECT operation_id FROM survey_response WHERE id = row_id)
            END)
            WHERE o.verb LIKE '% import'
            """,
            {"number": number},
        )
        .fetchone()
    )
    return int(found)


_DERIVED = ("name_pinyin", "name_initials")  # they follow the name
_FORMS: Mapping[str, Callable[[str], str]] = {
    "phone": display.mask_phone,
    "phone2": display.mask_phone,
    "id_number": display.mask_id,
    "passport_no": display.mask_passport,
    "price": lambda fen: plain_amount(int(fen)),
}


def shown(table: str, key: str, value: object) -> str | None:
    """A stored cell as people may see it: numbers hidden, amounts in yuan."""
    if value is None:
        return None
    plain = table == "survey_response"  # whose price is no amount, but points
    return _FORMS[key](str(value)) if key in _FORMS and not plain else str(value)
