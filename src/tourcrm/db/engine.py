"""Sessions: one transaction each.

Writers begin immediately, so that two wait for each other instead of losing an update; readers see
one state from beginning to end and block nobody.
"""

import os
import random
import sqlite3
import time
from collections import namedtuple
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    Text,
    create_engine,
    event,
    func,
    select,
    type_coerce,
)
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import NullPool
from sqlalchemy.types import UserDefinedType
from sqlmodel import Session, SQLModel

from tourcrm.base.blocks import TOGETHER
from tourcrm.db import encryption, files
from tourcrm.db.faults import faults

Raw = sqlite3.Connection  # the driver's own connection, for bulk work


def _engine(path: Path, begin: str) -> Engine:
    opened = files.connect if begin == "BEGIN" else files.connect_to_write
    engine = create_engine(
        "sqlite://",
        creator=lambda: opened(path),
        poolclass=NullPool,
        hide_parameters=True,
        **encryption.module_of(path),
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if begin == "BEGIN":
            connection.exec_driver_sql(begin)
        else:
            _begin_to_write(cast(Raw, connection.connection.driver_connection), begin)

    return engine


def _begin_to_write(connection: Raw, begin: str) -> None:
    """Begin a transaction that writes, once nobody else does.

    SQLite itself asks the more seldom the longer somebody waits (from 1 ms to 100 ms), so that
    among many who come and go one may wait without end. Here all ask equally often.
    """
    until = time.monotonic() + files.BUSY_SECONDS
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                connection.execute(begin)
                return
            except encryption.errors("OperationalError") as fault:
                code = fault.sqlite_errorcode  # type: ignore[attr-defined]  # of both modules
                busy = code & 0xFF == sqlite3.SQLITE_BUSY
                if not busy or time.monotonic() > until:
                    raise
            time.sleep(random.uniform(0.002, 0.012))  # noqa: S311 - so that two do not keep step
    finally:
        connection.execute(f"PRAGMA busy_timeout = {1000 * files.BUSY_SECONDS:.0f}")


@contextmanager
def reading(path: Path) -> Iterator[Session]:
    """One state of the database, from beginning to end, without holding anyone up."""
    with _session(path, "BEGIN") as session:
        thrifty(raw(session))
        yield session
        session.rollback()


@contextmanager
def writing(path: Path) -> Iterator[Session]:
    """One transaction: all of it is stored when the block ends, none of it when it raises."""
    with _session(path, "BEGIN IMMEDIATE") as session:
        yield session


@contextmanager
def _session(path: Path, begin: str) -> Iterator[Session]:
    os.umask(0o077)
    files.ready(path)
    with (
        faults(path),
        Session(_engine(path, begin), expire_on_commit=False) as session,
        session.begin(),
    ):
        session.connection()
        yield session


def raw(session: Session) -> Raw:
    """The driver's own connection inside the session's transaction, for bulk work."""
    return cast(Raw, session.connection().connection.driver_connection)


def thrifty(connection: sqlite3.Connection) -> None:
    """Hold less in memory: bulk work goes through the file in order and gains little from more.

    What an index is sorted in is as large as the cache, too.
    """
    connection.execute("PRAGMA cache_size=-12288")
    connection.execute("PRAGMA temp.cache_size=-6144")


def count(session: Session, table: Any, conditions: Sequence[ColumnElement[bool]]) -> int:
    """How many rows of a table are such."""
    chosen = select(func.count()).select_from(table).where(*conditions)
    return int(session.connection().execute(chosen).scalar_one())


def counts(session: Session) -> dict[str, int]:
    """How many rows the main tables have."""
    return {
        table: rows(session, f"SELECT count(*) FROM {table}")[0][0]  # noqa: S608 - our tables
        for table in ("customer", "trip", "interaction")
    }


def fields(table: type[SQLModel], names: Iterable[str]) -> Iterator[ColumnElement[Any]]:
    """Columns to be listed. Days stay the texts that they are stored as: of all that is done with
    a row on its way into a file, making dates and texts of them again would take longest."""
    for name in names:
        column = getattr(table, name)
        is_day = isinstance(column.type, Date)
        yield type_coerce(column, Text).label(name) if is_day else column


def filled(session: Session, table: type[SQLModel], names: Iterable[str]) -> list[str]:
    """Those of the columns that hold something in some row."""
    wanted = list(names)
    counts = select(*(func.count(getattr(table, name)) for name in wanted))
    found = session.connection().execute(counts).one()
    return [name for name, count in zip(wanted, found, strict=True) if count]


class _Coded(UserDefinedType[str]):
    """A row's id, read as its code."""

    cache_ok = False

    def __init__(self, codes: Mapping[int, str]) -> None:
        self.codes = codes

    def get_col_spec(self, **_: Any) -> str:
        return "INTEGER"

    def result_processor(self, dialect: Any, coltype: Any) -> Any:
        return self.codes.get


def coded(session: Session, reference: Any, table: type[SQLModel]) -> ColumnElement[Any]:
    """A reference of every row to be listed, as the code of the `table`'s row that it means.

    The codes are read beforehand: for all rows, a join takes half as long as the rows themselves.
    """
    id_and_code = select(table.id, table.code)  # type: ignore[attr-defined]  # any table with codes
    codes = dict(map(tuple[Any, ...], session.connection().execute(id_and_code)))
    return type_coerce(reference, _Coded(codes))


def selected(session: Session, chosen: Select[Any]) -> Iterator[Any]:
    """The rows of a select, tuples with named fields; only some of them are in memory at a time."""
    found = session.connection().execute(chosen.execution_options(yield_per=TOGETHER))
    return chain.from_iterable(found.partitions())


def in_columns(session: Session, chosen: Select[Any]) -> Iterator[list[Sequence[Any]]]:
    """The same, some rows at a time, column by column: the driver's own rows, of which nobody makes
    others first."""
    connection = session.connection()
    read = [
        column.type.dialect_impl(connection.dialect).result_processor(connection.dialect, None)
        for column in chosen.selected_columns
    ]
    result = connection.execute(chosen)
    while some := result.cursor.fetchmany(TOGETHER):
        columns = zip(*some, strict=True)
        yield [
            list(map(value, column)) if value else column
            for value, column in zip(read, columns, strict=True)
        ]
    result.close()  # nobody does where the rest is not wanted: the database may be closed by then


def tuples(session: Session, chosen: Select[Any]) -> Iterator[tuple[Any, ...]]:
    """The rows of a select as plain tuples; only some of them are in memory at a time."""
    blocks = in_columns(session, chosen)
    return chain.from_iterable(zip(*columns, strict=True) for columns in blocks)


def rows(session: Session, sql: str, **params: Any) -> list[Any]:
    """The rows of a select, as tuples with named fields."""
    found = raw(session).execute(sql, params)
    return list(map(_named(tuple(column[0] for column in found.description))._make, found))


@cache
def _named(fields: tuple[str, ...]) -> Any:
    return namedtuple("Row", fields, rename=True)
