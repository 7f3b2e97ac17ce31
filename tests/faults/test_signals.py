"""Ctrl-C, the end of a session, a shutdown: a command that is stopped says so and changes nothing.

Rows of reliability.md: "Ctrl-C, SIGTERM, SIGHUP during a long import", and of privacy: "temporary
file" (nothing of a sheet stays behind outside the database).
"""

import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlmodel import Session

from tests.builders import add_customer, agency, writing
from tests.conftest import BARE, Invoke
from tests.faults.conftest import customers_sheet
from tests.faults.nursery import Nursery, contents
from tests.foreground import heed
from tourcrm.commands.imports import intake
from tourcrm.db import engine, faults
from tourcrm.imports import service
from tourcrm.terminal import context, process

NUMBERS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
CANARY = "11010119900307"  # the beginning of every ID number in the sheet


def wait_for_the_import(db: Path) -> None:
    """Until somebody writes into the database."""
    with closing(sqlite3.connect(db, isolation_level=None, timeout=0)) as asking:
        while True:
            try:
                asking.execute("BEGIN IMMEDIATE")
                asking.execute("ROLLBACK")
            except sqlite3.OperationalError:
                return
            time.sleep(0.002)


def stopped(
    nursery: Nursery, busy: Path, number: signal.Signals, after: float, rows: int, words: str = ""
) -> bool:
    """Stop an import so many seconds after it began; returns whether it was under way."""
    folder = busy.parent
    before = contents(busy)
    temporary = folder / "tmp"
    temporary.mkdir(exist_ok=True)
    if not (folder / "c.csv").exists():
        customers_sheet(folder / "c.csv", new=rows)
    there = {path.name for path in folder.iterdir()}
    child = nursery.start(
        "--db",
        busy,
        "customers",
        "import",
        "c.csv",
        *words.split(),
        cwd=folder,
        env={"TMPDIR": str(temporary)},
    )
    wait_for_the_import(busy)
    time.sleep(after)
    child.send(number)
    ended = child.wait()
    assert list(temporary.iterdir()) == []
    if ended.code == 4:  # it was quicker
        return False
    assert ended.code == NUMBERS[number], ended
    assert ended.out == "" or words, ended  # a dry run may be stopped while it reports
    assert ended.err == "Stopped. Nothing half-done is kept.\n"
    assert contents(busy) == before
    assert {path.name for path in folder.iterdir()} == there
    return True


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: number.name)
def test_a_stopped_import_says_so_and_leaves_nothing(
    nursery: Nursery, busy: Path, number: signal.Signals
) -> None:
    assert stopped(nursery, busy, number, 0.05, rows=4_000)


@pytest.mark.soak
def test_a_hundred_and_fifty_signals_at_any_time(nursery: Nursery, busy: Path) -> None:
    chance = random.Random(4)
    met = 0
    while met < 150:
        number = chance.choice(list(NUMBERS))
        met += stopped(nursery, busy, number, chance.random() * 0.8, 3_000, "--dry-run")


@pytest.mark.soak
def test_a_very_long_import_ends_within_seconds(nursery: Nursery, busy: Path) -> None:
    for after in (1, 10, 20):
        began = time.monotonic()
        stopped(nursery, busy, signal.SIGTERM, after, rows=300_000)
        assert time.monotonic() - began < after + 30


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT], ids=["nohup", "background"])
def test_who_ignores_a_signal_before_the_start_means_it(
    nursery: Nursery, busy: Path, number: signal.Signals
) -> None:
    customers_sheet(busy.parent / "c.csv", new=300, rejected=0)
    words = ("--db", busy, "customers", "import", "c.csv")
    child = nursery.start(*words, cwd=busy.parent, ignored=[number])
    wait_for_the_import(busy)
    child.send(number)
    ended = child.wait()
    assert (ended.code, ended.err) == (0, "")


def test_what_was_unpacked_from_standard_input_is_gone_after_a_kill(
    nursery: Nursery, busy: Path
) -> None:
    """Temporary files have no name: not even kill -9 leaves one with personal data."""
    folder = busy.parent
    temporary = folder / "tmp"
    temporary.mkdir()
    customers_sheet(folder / "c.csv", new=4_000)
    for moment in (60, 200, 1_000):
        nursery.run(
            "--db",
            busy,
            "customers",
            "import",
            "c.csv",
            cwd=folder,
            env={"TMPDIR": str(temporary), "SQLITE_TMPDIR": str(temporary)},
            die_at=moment,
        )
        assert list(temporary.iterdir()) == []


def test_a_signal_that_a_destructor_swallows_still_ends_the_program(nursery: Nursery) -> None:
    """Python prints and drops an exception of a destructor; ours must come through, unprinted."""
    code = (
        "import os, signal, time\n"
        "from tourcrm.terminal import process\n"
        "process.prepare()\n"
        "class Thing:\n"
        "    def __del__(self):\n"
        "        os.kill(os.getpid(), signal.SIGTERM)\n"
        "        time.sleep(5)\n"
        "try:\n"
        "    Thing()\n"
        "    time.sleep(5)\n"
        "except process.Stopped as stopped:\n"
        "    print('stopped', stopped.code)\n"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=BARE, capture_output=True, preexec_fn=heed)
    assert (done.stdout, done.stderr) == (b"stopped 143\n", b"")


SHEET = "姓名,手机\n王芳,13812345678\n李雷,138****0001\n"


def test_stopped_after_the_import_was_stored_it_does_not_say_that_nothing_is(
    invoke: Invoke, db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    agency(db)
    (tmp_path / "c.csv").write_text(SHEET)

    def hit(*_told: object) -> None:
        raise process.Stopped(signal.SIGTERM)

    monkeypatch.setattr(intake, "report", hit)
    done = invoke("customers", "import", tmp_path / "c.csv")
    assert done.exit_code == 143
    assert "the changes are stored" in done.stderr
    assert "imports list" in done.stderr
    assert len(contents(db)["customer"]) == 1
    assert (tmp_path / "c.rejected.csv").exists()  # they are rejected all the same
    # The next run that is stopped before anything is stored says so.
    monkeypatch.setattr(service, "run", hit)
    done = invoke("customers", "import", tmp_path / "c.csv")
    assert done.stderr == "Stopped. Nothing half-done is kept.\n"


def test_stopped_while_it_is_being_stored_it_promises_neither(
    invoke: Invoke, db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    agency(db)
    (tmp_path / "c.csv").write_text(SHEET)
    writing = engine.writing

    @contextmanager
    def hit(path: Path) -> Iterator[Session]:
        with writing(path) as session:
            yield session
        raise process.Stopped(signal.SIGINT)

    monkeypatch.setattr(engine, "writing", hit)
    done = invoke("customers", "import", tmp_path / "c.csv")
    assert done.exit_code == 130
    assert "all of them are kept, or none" in done.stderr
    assert (tmp_path / "c.rejected.csv").exists()


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["customers", "import", "c.csv"], ["imports", "list"]),
        (["customers", "add", "王芳"], ["customers", "list"]),
        (["vouchers", "issue", "王芳", "--amount", "50"], ["vouchers", "list", "--all"]),
        (["followups", "add", "王芳", "x", "--on", "2026-12-01"], ["followups", "list", "--all"]),
        (["settings", "cuts", "60,75"], ["settings"]),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_a_fault_while_storing_names_the_command_that_shows_what_was_stored(
    words: list[str],
    shown: list[str],
    invoke: Invoke,
    db: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    agency(db)
    with writing(db) as session:
        add_customer(session, name="王芳")
    (tmp_path / "c.csv").write_text(SHEET)
    monkeypatch.chdir(tmp_path)
    writing_ = engine.writing

    @contextmanager
    def hit(path: Path) -> Iterator[object]:
        with faults.faults(path), writing_(path) as session:
            yield session
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
            raise error

    monkeypatch.setattr(engine, "writing", hit)
    done = invoke(*words, database=None, env={"TOURCRM_DB": str(db)})
    assert done.exit_code == 5
    look = " ".join(("tourcrm", *shown))
    assert done.stderr.endswith(f"Look before you run it again: {look}\n")
    assert done.stderr.count("\n") == 1
    assert invoke(*shown).exit_code == 0


def test_each_command_that_shows_what_was_stored_is_there(invoke: Invoke, db: Path) -> None:
    agency(db)
    for verb, shown in context.SHOWS.items():
        assert invoke(*verb.split(), "--help").exit_code == 0, verb
        assert invoke(*shown.split()).exit_code == 0, shown
