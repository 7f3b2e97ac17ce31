"""encrypt and decrypt among kills and crowds: nothing half, nothing lost, nothing plain left.

Rows of reliability.md: "kill -9 at any moment of any writing command", "two or more processes
writing" (Store).
"""

import os
import shutil
import signal
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.builders import add_customer, writing
from tests.db.test_encryption import dump, holding
from tourcrm.base.errors import Unusable
from tourcrm.db import conversion, encryption, engine, files, keys

pytest.importorskip("sqlcipher3")
pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are forked")
KEY = "a key of a test"
_EVENTS = {"open", "os.rename", "os.remove", "os.chmod", "os.chown", "sqlite3.connect"}
_TICK = 1_000  # steps of SQLite's machine


def in_a_child(work: Callable[[], object]) -> int:
    """Do something in a forked process; returns how it ended."""
    pid = os.fork()
    if pid == 0:
        code = 99
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def dying(at: int, work: Callable[[], object]) -> Callable[[], None]:
    """Something that is killed at its moment `at`: a file opened, named or removed, a piece
    written over the old file, or further steps of SQLite."""
    left = at

    def moment(*_: object) -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def child() -> None:
        opened, wrote = encryption.opened, os.pwrite

        def watched(*words: Any, **how: Any) -> sqlite3.Connection:
            moment()
            connection = opened(*words, **how)
            connection.set_progress_handler(moment, _TICK)
            return connection

        def write(*words: Any) -> int:
            moment()
            return wrote(*words)

        encryption.opened = watched
        os.pwrite = write
        sys.addaudithook(lambda event, _: moment() if event in _EVENTS else None)
        work()

    return child


@contextmanager
def with_key() -> Iterator[None]:
    keys.begin(None)
    keys.run.typed.append(KEY)
    yield
    keys.begin(None)


@pytest.mark.parametrize("steps", [2, pytest.param(20, marks=pytest.mark.soak)])
@pytest.mark.parametrize("way", ["encrypt", "decrypt"])
def test_whoever_is_killed_leaves_the_old_file_or_the_new_one(
    busy: Path, tmp_path: Path, way: str, steps: int
) -> None:
    start = tmp_path / "start.db"
    shutil.copy(busy, start)
    files.copy(start, kept := tmp_path / "start.replaced.db")
    wanted = dump(start)

    def encrypt(path: Path) -> None:
        files.read_header(path)
        if encryption.salt_of(path):
            conversion.encrypt_copies(path)
        else:
            conversion.encrypt(path, KEY, into_keyring=False)

    work = encrypt if way == "encrypt" else conversion.decrypt
    seen = set()
    with with_key():
        if way == "decrypt":
            encrypt(start)
        at, ended = 0, -signal.SIGKILL
        while ended:
            at += 1 + at // steps
            here = tmp_path / f"{way}-{at}"
            here.mkdir()
            path = here / "agency.db"
            shutil.copy(start, path)
            shutil.copy(kept, here / "agency.replaced.db")
            ended = in_a_child(dying(at, lambda path=path: work(path)))  # type: ignore[misc]  # bound at once
            assert ended in (0, -signal.SIGKILL)
            assert dump(path) == wanted
            seen.add(encryption.salt_of(path) is None)
            # The next run comes to the end, and then nothing is left of the killed one.
            encrypt(path)
            assert dump(path) == wanted and dump(here / "agency.replaced.db") == wanted
            assert holding(here, "客户1", "8613800000001") == []
            left = [file.name for file in here.iterdir() if not file.name.startswith(".tourcrm-")]
            assert sorted(left) == ["agency.db", "agency.replaced.db"]  # drafts go a day later
            shutil.rmtree(here)
    assert seen == {True, False} and at > 20


def test_who_writes_meanwhile_loses_nothing(busy: Path, tmp_path: Path) -> None:
    """A process that writes while the file is encrypted, decrypted, and so on, beneath it."""
    told, over = tmp_path / "told", tmp_path / "over"

    def write() -> None:
        done = 0
        with with_key():
            while not over.exists():
                try:
                    with writing(busy) as session:
                        add_customer(session, f"W{done}", name=f"W{done}")
                except Unusable:
                    continue
                done += 1
                told.write_text(str(done))

    def read() -> None:
        with with_key():
            while not over.exists():
                try:
                    with engine.reading(busy) as session:
                        assert engine.counts(session)["customer"] >= 40
                except Unusable:
                    continue

    pids = []
    for work in (write, read):
        pid = os.fork()
        if pid == 0:
            try:
                work()
                os._exit(0)
            finally:
                os._exit(99)
        pids.append(pid)
    turns = 0
    with with_key():
        while turns < 4 and all(os.waitpid(pid, os.WNOHANG) == (0, 0) for pid in pids):
            try:
                files.read_header(busy)
                if encryption.salt_of(busy):
                    conversion.decrypt(busy)
                else:
                    conversion.encrypt(busy, KEY, into_keyring=False)
                turns += 1
            except Unusable:
                continue
            time.sleep(0.2)
        over.touch()
        for pid in pids:
            try:
                assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
            except ChildProcessError:
                continue
        assert turns == 4
        codes = [row[1] for row in dump(busy)["customer"]]
        assert [f"W{n}" for n in range(int(told.read_text()))] == [
            code for code in map(str, codes) if code.startswith("W")
        ]
        assert not list(tmp_path.glob(".tourcrm*"))
