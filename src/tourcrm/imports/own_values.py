"""What a sheet of customers says by key and value: preferences, and fields of the agency's own."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from tourcrm.base.columns import Columns
from tourcrm.customers.own_fields import stored
from tourcrm.imports.contradictions import PARTED
from tourcrm.imports.customer_details import giving
from tourcrm.imports.pipeline import Intake


def staged_columns(fields: Collection[str], own_columns: Columns) -> tuple[str, ...]:
    """The further columns of incoming, where the sheet has such cells."""
    own = any(one.field in fields for one in own_columns)
    return tuple(
        name for name, there in zip(PARTED, ("preferences" in fields, own), strict=True) if there
    )


def staged(given: Mapping[str, list[Any]], own_columns: Columns) -> dict[str, list[Any]]:
    """The cells of these columns, each row's as one text."""
    found: dict[str, list[Any]] = {}
    if "preferences" in given:
        found["preferences"] = [
            _text(dict(cell)) if cell else None for cell in given["preferences"]
        ]
    names = [one.field for one in own_columns if one.field in given]
    if names:
        rows = zip(*(given[name] for name in names), strict=True)
        found["own"] = [_row(names, row) for row in rows]
    return found


def _row(names: list[str], cells: tuple[Any, ...]) -> str | None:
    said = {name: stored(cell) for name, cell in zip(names, cells, strict=True) if cell is not None}
    return _text(said) if said else None


def _text(said: Mapping[str, str]) -> str:
    return json.dumps(said, ensure_ascii=False)


def joined(first: Mapping[str, Any], later: Mapping[str, Any]) -> dict[str, str]:
    """What two rows of one customer say together; where both do, the first counts."""
    return {
        name: _text(json.loads(later[name]) | json.loads(first[name]))
        for name in PARTED
        if first.get(name) and later.get(name)
    }


def add(intake: Intake) -> set[int]:
    """Write what rows say; returns the lines that changed something."""
    touched: set[int] = set()
    if "preferences" in intake.extra:
        touched |= _write(intake, "preferences", "preference", '"key"', {})
    if "own" in intake.extra:
        fields = dict(intake.connection.execute("SELECT name, id FROM own_field"))
        touched |= _write(intake, "own", "own_value", "field_id", fields)
    return touched


def _write(intake: Intake, staged: str, table: str, key: str, keys: Mapping[str, int]) -> set[int]:
    """keys: what the table has in place of a name."""
    execute, touched = intake.connection.execute, set()
    for line, who, cell in giving(intake, staged):
        there = {
            known: (row, value)
            for known, row, value in execute(
                f"SELECT {key}, id, value FROM {table} WHERE customer_id = ?",  # noqa: S608 - our tables
                (who,),
            )
        }
        for name, value in json.loads(cell).items():
            known = keys.get(name, name)
            if known not in there:
                execute(
                    f"INSERT INTO {table} (customer_id, {key}, value, operation_id) "  # noqa: S608 - our tables
                    "VALUES (?, ?, ?, ?)",
                    (who, known, value, intake.operation),
                )
            elif there[known][1] != value and intake.request.on_duplicate == "update":
                was = {"value": there[known][1]}
                intake.write_change(table, there[known][0], was, {"value": value})
            else:
                continue
            touched.add(line)
    return touched
