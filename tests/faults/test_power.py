"""Power cuts: what was reported as done survives, and what was not leaves no trace.

Row of reliability.md: "power cut (unsynced writes lost, torn or reordered)". When a transaction is
reported as done the log has been synced up to its end (synchronous=FULL, asserted here). What was
written to the disk after that may be there or not, sector by sector. So the files of a database
are recorded at each commit and put together again with later sectors lost, torn or in the wrong
order; SQLite must open them at a state that was committed, and not before the last one reported.
"""

import os
import random
import shutil
import sqlite3
import stat
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.builders import NOW, add_customer, agency, numbering, writing
from tests.faults.nursery import contents
from tourcrm.db import engine, files, operations, restoring, setting

SECTOR = 512
HEADER = 32  # bytes at the beginning of a log
COMMITS = 8


@dataclass(frozen=True)
class Moment:
    """The files as they were when a commit had been reported, and the state that it made."""

    file: bytes
    log: bytes
    state: object


def state(path: Path) -> object:
    found = contents(path)
    return found["customer"], found["setting"]


@pytest.fixture
def recorded(db: Path, tmp_path: Path) -> list[Moment]:
    """Commits of different sizes; half-way, the log is folded into the file and begun anew."""
    agency(db)
    moments = []
    beside = tmp_path / "copy.db"
    with closing(files.connect(db)) as reader:  # keeps the log when a session ends
        for number in range(COMMITS):
            with writing(db) as session:
                setting.store(session, numbering(session), "daily_capacity", str(number + 1))
                for more in range(1 + 7 * (number % 3)):
                    add_customer(session, f"K{number}-{more}", note="备" * 200)
            log = db.with_name(db.name + "-wal").read_bytes()
            beside.write_bytes(db.read_bytes())
            beside.with_name(beside.name + "-wal").write_bytes(log)
            moments.append(Moment(db.read_bytes(), log, state(beside)))
            beside.unlink()
            if number == COMMITS // 2:
                reader.execute("PRAGMA wal_checkpoint(RESTART)")
    assert len({str(moment.state) for moment in moments}) == COMMITS
    assert moments[-1].file != moments[0].file
    return moments


def mixed(chance: random.Random, old: bytes, new: bytes, likely: float) -> bytes:
    """`old` with some sectors of `new` written over it, in whatever order they came."""
    found = bytearray(old)
    for place in range(0, len(new), SECTOR):
        if chance.random() < likely:
            piece = new[place : place + SECTOR]
            if chance.random() < 0.05:  # torn inside the sector
                piece = piece[: chance.randrange(len(piece))]
            if len(found) < place:
                found.extend(bytes(place - len(found)))
            found[place : place + len(piece)] = piece
    return bytes(found)


def cut(chance: random.Random, moments: list[Moment], folder: Path) -> None:
    """One power cut between two commits, and what SQLite makes of what is left."""
    number = chance.randrange(len(moments) - 1)
    before, after = moments[number], moments[number + 1]
    file, log = before.file, before.log
    if after.log[:HEADER] != before.log[:HEADER]:
        # A log begun anew: SQLite writes and syncs its header before anything else of it.
        begun = chance.choice((HEADER, chance.randrange(HEADER)))
        log = after.log[:begun] + before.log[begun:]
    if log[:HEADER] == after.log[:HEADER]:
        log = mixed(chance, log, after.log, chance.choice((0.1, 0.5, 0.95)))
    if after.file != before.file:  # the log was folded back, then begun anew
        file = after.file
        if chance.random() < 0.5:  # in the middle of it; the log is whole and synced by then
            file, log = mixed(chance, before.file, after.file, chance.random()), before.log
    if chance.random() < 0.3:
        log = log[: max(len(before.log), chance.randrange(len(log) + 1))]
    here = folder / "cut.db"
    here.write_bytes(file)
    here.with_name("cut.db-wal").write_bytes(log)
    found = state(here)
    assert found in (before.state, after.state)
    for path in folder.glob("cut.db*"):
        path.unlink()


def test_what_was_reported_survives_a_power_cut(recorded: list[Moment], tmp_path: Path) -> None:
    chance = random.Random(1)
    for _ in range(120):
        cut(chance, recorded, tmp_path)


@pytest.mark.soak
def test_it_survives_ten_thousand(recorded: list[Moment], tmp_path: Path) -> None:
    chance = random.Random(2)
    for _ in range(10_000):
        cut(chance, recorded, tmp_path)


def test_any_beginning_of_the_log_is_a_state_that_was_committed(
    recorded: list[Moment], tmp_path: Path
) -> None:
    last = recorded[COMMITS // 2]
    known = [moment.state for moment in recorded[: COMMITS // 2 + 1]]
    place = -1
    for size in range(0, len(last.log) + 1, 5_003):
        here = tmp_path / "cut.db"
        here.write_bytes(last.file)
        here.with_name("cut.db-wal").write_bytes(last.log[:size])
        found = state(here)
        assert found in known or (place == -1 and found == ([], []))
        later = known.index(found) if found in known else -1
        assert later >= place, "more of the log, and an older state"
        place = later
        for path in tmp_path.glob("cut.db*"):
            path.unlink()
    assert place >= COMMITS // 2 - 1


def test_every_commit_is_synced_before_it_is_reported(db: Path) -> None:
    agency(db)
    with engine.writing(db) as session:
        assert engine.raw(session).execute("PRAGMA synchronous").fetchone() == (2,)
        assert engine.raw(session).execute("PRAGMA journal_mode").fetchone() == ("wal",)
        operations.begin(session, "test", NOW, "tester")
    with engine.reading(db) as session:
        assert engine.raw(session).execute("PRAGMA synchronous").fetchone() == (2,)


def test_new_files_and_their_names_are_synced(
    db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backup that was reported is not gone because its folder had not been written yet."""
    said: list[str] = []
    sync, replace, link = os.fsync, Path.replace, Path.hardlink_to

    def fsync(number: int) -> None:
        said.append("folder" if stat.S_ISDIR(os.fstat(number).st_mode) else "file")
        sync(number)

    def replaced(self: Path, target: Path) -> Path:
        said.append("name")
        return replace(self, target)

    def linked(self: Path, target: Path) -> None:
        said.append("name")
        link(self, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replaced)
    monkeypatch.setattr(Path, "hardlink_to", linked)
    files.create(db, {})
    assert said == ["name", "folder"]  # SQLite itself synced what is in the file
    said.clear()
    files.copy(db, tmp_path / "copy.db")
    assert said == ["file", "name", "folder"]
    said.clear()
    db.unlink()
    restoring.restore(db, tmp_path / "copy.db")
    assert said[-2:] == ["name", "folder"]


def test_a_log_of_a_database_that_is_gone_spoils_no_new_one(db: Path, tmp_path: Path) -> None:
    agency(db, language="zh")
    files.copy(db, tmp_path / "copy.db")
    before = contents(tmp_path / "copy.db")
    with closing(files.connect(db)) as reader:
        with writing(db) as session:
            add_customer(session, "GONE")
        reader.execute("SELECT 1")
        log = db.with_name("agency.db-wal")
        shutil.copy(log, tmp_path / "log")
    db.unlink()
    shutil.copy(tmp_path / "log", log)
    restoring.restore(db, tmp_path / "copy.db")
    assert contents(db) == before
    assert list(tmp_path.glob("agency.db-wal.old")), "it was not kept aside"
    with closing(sqlite3.connect(db)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
