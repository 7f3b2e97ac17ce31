"""What lets thousands of runs share one process cheaply. Nothing here changes what is tested.

The program is made to run once: it builds its commands, compiles its statements and waits for the
disk as one process needs it. Here a process runs it thousands of times, so what comes out the same
each time is kept. Tests with `run` have the program as it is, and in `tests/faults` it
waits for the disk.
"""

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import pytest
import typer.main
from sqlalchemy import create_engine
from sqlalchemy.engine import Engine
from sqlalchemy.pool import Pool
from typer._click.core import Command as AnyCommand
from typer._click.core import Context
from typer._click.parser import _OptionParser
from typer.core import TyperGroup

from tourcrm.base import i18n
from tourcrm.db import encryption, engine, files, setting
from tourcrm.terminal import typer_i18n


@contextmanager
def quick() -> Iterator[None]:
    """Within it the program keeps its commands and statements, and does not wait for the disk."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (typer.main, typer_i18n):
            patch.setattr(module, "get_group", _kept_group)
        patch.setattr(AnyCommand, "make_parser", _kept_parser)
        patch.setattr(engine, "create_engine", _kin)
        patch.setattr(files, "connect", _hasty)
        patch.setattr(os, "fsync", lambda _: None)
        patch.setattr(encryption, "ROUNDS", 1_000)  # a key takes 0.2 s to work out, by intent
        patch.setattr(setting, "available_timezones", cache(available_timezones))
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

connect, fsync = files.connect, os.fsync  # as they are


def _hasty(path: Path) -> sqlite3.Connection:
    """The program's connection, but nobody waits until the disk has it: no power is cut here."""
    connection = connect(path)
    connection.execute("PRAGMA synchronous=OFF")
    return connection


@contextmanager
def as_it_is() -> Iterator[None]:
    """Within it the program opens its file and waits for the disk as it does for its users."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "create_engine", create_engine)
        patch.setattr(files, "connect", connect)
        patch.setattr(os, "fsync", fsync)
        yield


# --- databases ---------------------------------------------------------------------------------


@cache
def database(**settings: str) -> bytes:
    """What `store.create` writes for these settings."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "agency.db"
        files.create(file, settings)
        return file.read_bytes()
