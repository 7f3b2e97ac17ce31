"""Small agencies for tests: a database file, and rows put straight into it."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlmodel import Session

from tests.quick import database
from tourcrm.analysis.population import Basis
from tourcrm.db import engine, operations
from tourcrm.models import Customer, SpecialDate, Trip

NOW = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)  # 09:30 in Shanghai
TODAY = date(2026, 11, 20)


def agency(path: Path, **settings: str) -> Path:
    """A new database at `path` (a folder gets an agency.db); returns the file."""
    file = path / "agency.db" if path.is_dir() else path
    with open(file, "xb", opener=_private) as target:
        target.write(database(**settings))
    return file


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


_prepared: dict[str, bytes] = {}


def prepared(key: str, file: Path, make: Callable[[], object]) -> Path:
    """The database that `make` leaves at `file`; whoever comes next with the key gets its bytes.

    key: all that `make` depends on, the test's module first.
    """
    if key not in _prepared:
        make()
        assert not file.with_name(f"{file.name}-wal").exists(), "somebody has it open"
        _prepared[key] = file.read_bytes()
        return file
    with open(file, "wb", opener=_private) as target:
        target.write(_prepared[key])
    return file


@contextmanager
def writing(file: Path, at: datetime = NOW) -> Iterator[Session]:
    """A session that is stored when the block ends; rows added in it have their operation.

    at: its moment, from which on the customers that it adds are in the database.
    """
    with engine.writing(file) as session:
        session.info["operation"] = operations.begin(session, "test", at, "tester")
        yield session


def _operation(session: Session) -> int:
    number = session.info.get("operation")
    if number is None:
        number = session.info["operation"] = operations.begin(session, "test", NOW, "tester")
    return int(number)


def numbering(session: Session) -> Callable[[], int]:
    """The operation of a session, for what asks for its number."""
    return lambda: _operation(session)


def _next(session: Session, table: str) -> int:
    [count] = engine.raw(session).execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(count) + 1


def _add(session: Session, model: Any, values: dict[str, Any]) -> int:
    """Insert a row at once: a session would look for what depends on what, a thousand times."""
    session.flush()
    row = {**_usual(model), **values}
    key = session.connection().execute(model.__table__.insert(), row).inserted_primary_key
    assert key is not None
    return int(key[0])


@cache
def _usual(model: Any) -> dict[str, Any]:
    """What the columns of a new row hold where nothing is said. An object for each row is dear."""
    fields = model.model_fields
    return {
        column.name: fields[column.name].get_default(call_default_factory=True)
        for column in model.__table__.columns
        if column.name != "id" and not fields[column.name].is_required()
    }


def add_customer(session: Session, code: str = "", **fields: Any) -> int:
    """A customer, an active person unless said otherwise; returns its id."""
    code = code or f"C{_next(session, 'customer'):06d}"
    standard: dict[str, Any] = {
        "name": code,
        "entered_on": date(2020, 1, 1),
        "operation_id": _operation(session),
    }
    return _add(session, Customer, {"code": code, **standard, **fields})


def add_trip(session: Session, customer: int, departs_on: date | str | None, **fields: Any) -> int:
    """A booked trip of the customer with this id; returns the trip's id. price is in fen."""
    standard: dict[str, Any] = {"operation_id": _operation(session)}
    if "code" not in fields:
        standard["code"] = f"T{_next(session, 'trip'):07d}"
    row = {**standard, "departs_on": departs_on, **fields}
    for name, value in row.items():
        if name.endswith("_on") and isinstance(value, str):
            row[name] = date.fromisoformat(value)
    return _add(session, Trip, {"customer_id": customer, **row})


def usual_basis(as_of: date, **other: Any) -> Basis:
    """What conclusions rest on where the settings are as they come, but for what is given."""
    return Basis(**{"as_of": as_of, "months": 36, "cuts": (50, 80, 95), **other})


def add_special_date(
    session: Session, customer: int, label: str, month: int, day: int, **fields: Any
) -> int:
    """A day of every year to remember, solar unless said otherwise; returns its id."""
    standard = {"calendar": "solar", "operation_id": _operation(session)}
    said = {"customer_id": customer, "label": label, "month": month, "day": day}
    return _add(session, SpecialDate, {**standard, **said, **fields})
