"""What lets thousands of runs share one process cheaply. Nothing here changes what is tested.

The program is made to run once: it builds its commands, compiles its statements and waits for the
disk as one process needs it. Here a process runs it thousands of times, so what comes out the same
each time is kept. Tests with `run` have the program as it is, and so has `tests/faults`.
"""

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from time import time_ns
from typing import Any, BinaryIO

import pytest
import typer.main
from sqlalchemy import create_engine
from sqlalchemy.engine import Engine
from sqlalchemy.pool import Pool
from typer._click.core import Command as AnyCommand
from typer._click.core import Context
from typer._click.parser import _OptionParser
from typer.core import TyperGroup

from tourcrm import cli
from tourcrm.base import i18n
from tourcrm.db import encryption, engine, files


@contextmanager
def quick() -> Iterator[None]:
    """Within it the program keeps its commands and statements, and does not wait for the disk."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (typer.main, cli):
            patch.setattr(module, "get_group", _kept_group)
        patch.setattr(AnyCommand, "make_parser", _kept_parser)
        patch.setattr(engine, "create_engine", _kin)
        patch.setattr(files, "connect", _hasty)
        patch.setattr(files, "connect_to_write", _hasty_to_write)
        patch.setattr(encryption, "opener", _opener)
        patch.setattr(encryption, "ROUNDS", 1_000)  # a key takes 0.2 s to work out, by intent
        yield


# --- commands ----------------------------------------------------------------------------------

_get_group = typer.main.get_group


def _kept_group(app: typer.Typer) -> TyperGroup:
    return _group(app, i18n.language())


@cache
def _group(app: typer.Typer, language: str) -> TyperGroup:
    return _get_group(app)


_make_parser = AnyCommand.make_parser


def _kept_parser(command: AnyCommand, ctx: Context) -> _OptionParser:
    """The parser of a command, which knows its options alone: what it reads is elsewhere."""
    parser: _OptionParser | None = command.__dict__.get("kept_parser")
    if parser is None:
        parser = command.__dict__["kept_parser"] = _make_parser(command, ctx)
    parser.ctx = ctx
    return parser


# --- statements --------------------------------------------------------------------------------


@cache
def _ancestor(**driver: Any) -> Engine:
    engine = create_engine("sqlite://", **driver)
    engine.connect().close()  # only then its dialect knows what SQLite it speaks to
    return engine


def _kin(
    _url: str,
    *,
    creator: Callable[[], Any],
    poolclass: type[Pool],
    hide_parameters: bool,
    **driver: Any,
) -> Engine:
    """A new engine that knows the statements which others have compiled."""
    kin = _ancestor(**driver)
    pool = poolclass(creator, dialect=kin.dialect)
    engine = Engine(pool, kin.dialect, kin.url, hide_parameters=hide_parameters)
    engine._compiled_cache = kin._compiled_cache
    return engine


# --- the disk ----------------------------------------------------------------------------------

# A database that `database` made keeps its connection when it is closed, with the schema and the
# statements that SQLite has read: opening and closing are a third of a short command. It has no
# write-ahead log, so that a connection which rests leaves nothing beside it; what others write to
# the file meanwhile SQLite sees for itself. `as_it_is` is for tests of the file itself.

connect, connect_to_write = files.connect, files.connect_to_write  # the program's own
opener = encryption.opener

_Mark = tuple[int, int]
_ours: set[_Mark] = set()  # files that `place` has written
_resting: dict[_Mark, tuple[tuple[int, int], list["_Kept"]]] = {}
_keeping = False  # while a connection is opened that may rest


class _Kept(sqlite3.Connection):
    """A connection that rests where others are closed."""

    mark: _Mark | None = None

    def close(self) -> None:
        if self.mark is None or not _rest(self, self.mark):
            super().close()


def _hasty(path: Path) -> sqlite3.Connection:
    """The program's connection, but nobody waits until the disk has it: no power is cut here."""
    global _keeping
    _keeping = _is_ours(path)
    try:
        connection = connect(path)
    finally:
        _keeping = False
    connection.execute("PRAGMA synchronous=OFF")
    return connection


def _hasty_to_write(path: Path) -> sqlite3.Connection:
    if not _is_ours(path):
        return connect_to_write(path)
    connection = _hasty(path)
    connection.execute("PRAGMA journal_mode=MEMORY")
    return connection


def _is_ours(path: Path) -> bool:
    """Whether it is a file that was placed here, and still has no write-ahead log."""
    try:
        there = path.stat()
    except OSError:
        return False
    if (there.st_dev, there.st_ino) not in _ours:
        return False
    with path.open("rb") as file:
        return file.read(20)[18:] == b"\1\1"


def _opener(path: Path) -> Callable[..., sqlite3.Connection]:
    plain = opener(path)
    if not _keeping or plain is not sqlite3.connect:
        return plain
    return partial(_waken, path)


def _waken(path: Path, address: str, timeout: float = 5, **how: Any) -> sqlite3.Connection:
    there = path.stat()
    mark = there.st_dev, there.st_ino
    state, resting = _resting.get(mark, ((0, 0), []))
    if resting and state != (there.st_size, there.st_mtime_ns):  # somebody else wrote there
        _close(resting)
    if resting:
        connection = resting.pop()
    else:
        connection = sqlite3.connect(address, timeout=timeout, factory=_Kept, **how)
        connection.mark = mark
    connection.execute(f"PRAGMA busy_timeout={1000 * timeout:.0f}")
    return connection


def _rest(connection: _Kept, mark: _Mark) -> bool:
    """Put a connection aside, if nothing is left in it of what it did."""
    try:
        if connection.in_transaction or mark not in _ours:
            return False
        kinds = connection.execute("SELECT type, name FROM temp.sqlite_master").fetchall()
        for kind, name in kinds:
            if kind in ("table", "view") and not name.startswith("sqlite_"):
                connection.execute(f"DROP {kind} temp.{name}")
        files_of = connection.execute("PRAGMA database_list").fetchall()
        there = Path(files_of[0][2]).stat()
        if (there.st_dev, there.st_ino) != mark or any(one[2] for one in files_of[1:]):
            return False
        # Whatever is written from now on is seen, however soon: by its time.
        if time_ns() - there.st_mtime_ns < 10**9:
            os.utime(files_of[0][2], ns=(there.st_atime_ns, there.st_mtime_ns - 2 * 10**9))
            there = Path(files_of[0][2]).stat()
    except (sqlite3.Error, OSError):
        return False
    connection.set_trace_callback(None)
    connection.set_progress_handler(None, 0)
    state = there.st_size, there.st_mtime_ns
    known, resting = _resting.get(mark, (state, []))
    if known != state:
        _close(resting)
    resting.append(connection)
    _resting[mark] = state, resting
    return True


def _close(resting: list[_Kept]) -> None:
    while resting:
        sqlite3.Connection.close(resting.pop())


def forget() -> None:
    """Close what rests; the next test has other files."""
    _ours.clear()
    for _state, resting in _resting.values():
        _close(resting)
    _resting.clear()


# --- databases ---------------------------------------------------------------------------------


@cache
def database(**settings: str) -> bytes:
    """What `store.create` writes for these settings."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "agency.db"
        files.create(file, settings)
        return file.read_bytes()


def place(target: BinaryIO, **settings: str) -> None:
    """Write a new database to a file that is open."""
    place_bytes(target, database(**settings))


def place_bytes(target: BinaryIO, made: bytes) -> None:
    """Write a database to a file that is open."""
    if files.connect is _hasty:
        made = made[:18] + b"\1\1" + made[20:]  # no write-ahead log: section 1.3 of its format
        there = os.fstat(target.fileno())
        _ours.add((there.st_dev, there.st_ino))
    target.write(made)


@contextmanager
def as_it_is() -> Iterator[None]:
    """Within it files are opened, logged and waited for as the program does it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "connect", connect)
        patch.setattr(files, "connect_to_write", connect_to_write)
        patch.setattr(encryption, "opener", opener)
        yield
