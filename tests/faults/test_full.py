"""No room: a full disk, a limit on files, a device that takes nothing.

Rows of reliability.md: "disk full, file-size limit, I/O error" and, for what is printed, "output
to a full device". A command that cannot write says so in one line, changes nothing, leaves nothing
lying about, and works again as soon as there is room.
"""

import os
import random
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.faults.conftest import customers_sheet, trips_sheet
from tests.faults.nursery import Ended, Nursery, contents

COMMANDS = (
    "customers import c.csv",
    "trips import t.csv --create-customers",
    "settings cuts 40,70",
    "customers edit C000003 --note changed",
    "backup copy.db",
    "restore b.db --yes",
)


def prepared(folder: Path, busy: Path) -> Path:
    """A folder with the agency, its backup, and sheets; returns the database in it."""
    customers_sheet(folder / "c.csv", new=150)
    trips_sheet(folder / "t.csv", rows=150)
    for name in ("agency.db", "b.db"):
        shutil.copy(busy, folder / name)
    return folder / "agency.db"


def judge(ended: Ended, folder: Path, before: object, there: set[str]) -> bool:
    """Hold a command to its word; returns whether there was room after all."""
    assert ended.code in (0, 4, 5), ended
    done = ended.code in (0, 4)
    assert "Internal" not in ended.err, ended
    assert ended.err.count("\n") == (0 if done else 1), ended
    assert bool(ended.out) == done, ended
    if not done:
        with tempfile.TemporaryDirectory() as elsewhere:  # where there is room to open it
            for file in folder.glob("agency.db*"):
                shutil.copy(file, elsewhere)
            assert contents(Path(elsewhere) / "agency.db") == before
        left = {path.name for path in folder.iterdir() if path.name[-4:] not in ("-wal", "-shm")}
        assert left == there
    return done


def limited(words: str, size: int, nursery: Nursery, busy: Path, folder: Path) -> bool:
    """Run a command that may not write a file beyond `size`; returns whether it was done."""
    here = folder / f"{words.split()[0]}-{size}"
    here.mkdir()
    db = prepared(here, busy)
    before, there = contents(db), {path.name for path in here.iterdir()}
    how: dict[str, Any] = {"cwd": here, "env": {"TOURCRM_DB": "agency.db"}}
    done = judge(nursery.run(*words.split(), largest_file=size, **how), here, before, there)
    if not done:
        assert nursery.run(*words.split(), **how).code in (0, 4)
    shutil.rmtree(here)
    return done


@pytest.mark.parametrize("words", COMMANDS)
def test_a_limit_on_files_is_told_and_leaves_everything_as_it_was(
    words: str, nursery: Nursery, busy: Path, tmp_path: Path
) -> None:
    size = 60_000 if "import" in words else 1_000
    assert not limited(words, size, nursery, busy, tmp_path)


@pytest.mark.soak
def test_five_hundred_faults_of_writing_leave_nothing_half(
    nursery: Nursery, busy: Path, tmp_path: Path
) -> None:
    chance = random.Random(3)
    failed = 0
    while failed < 500:
        size = int(1_000 * 1_000 ** chance.random())
        failed += not limited(chance.choice(COMMANDS), size, nursery, busy, tmp_path)


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[Path]:
    """A disk of this size, where the system lets us have one; else an ordinary folder."""
    folder.mkdir()
    options = f"size={kilobytes}k,mode=0700"
    mount = ["mount", "-t", "tmpfs", "-o", options, "tourcrm-test", str(folder)]
    try:
        mounted = os.getuid() == 0 and not subprocess.run(mount, capture_output=True).returncode
    except FileNotFoundError:
        mounted = False
    try:
        yield folder
    finally:
        if mounted:
            subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("words", COMMANDS)
def test_a_full_disk_is_told_and_leaves_everything_as_it_was(
    words: str, nursery: Nursery, busy: Path, tmp_path: Path
) -> None:
    room = 0 if words.startswith(("settings", "customers edit")) else 60
    with small_disk(tmp_path / "disk", 3_000) as disk:
        db = prepared(disk, busy)
        before = contents(db)
        free = shutil.disk_usage(disk).free
        filler = disk / "filler"
        if free < 10_000_000:
            filler.write_bytes(b"x" * max(free - room * 1024, 0))
        else:  # no disk of our own: the limit stands in for it
            filler.write_bytes(b"")
        there = {path.name for path in disk.iterdir()}
        how: dict[str, Any] = {"cwd": disk, "env": {"TOURCRM_DB": "agency.db"}}
        limit = None if free < 10_000_000 else 1_000 + room * 300
        ended = nursery.run(*words.split(), largest_file=limit, **how)
        assert not judge(ended, disk, before, there)
        filler.unlink()
        assert nursery.run(*words.split(), **how).code in (0, 4)


def test_a_database_that_is_said_to_be_created_is_there(nursery: Nursery, tmp_path: Path) -> None:
    """There may be room for the log of what is written, and none for the database itself."""
    for kilobytes in (100, 350, 600, 2_000):
        with small_disk(tmp_path / f"disk{kilobytes}", kilobytes) as disk:
            ended = nursery.run("--db", "new.db", "init", "--yes", cwd=disk)
            if ended.code == 5:
                assert ended.err.count("\n") == 1, ended
                assert list(disk.iterdir()) == []
            else:
                assert ended.code == 0, ended
                assert nursery.run("--db", "new.db", "check", cwd=disk).code == 0
    assert ended.code == 0


@pytest.mark.skipif("not os.path.exists('/dev/full')", reason="a device of Linux")
@pytest.mark.parametrize("words", ["followups due", "customers export -f csv", "check", "--help"])
def test_output_that_cannot_be_written_is_never_success(
    words: str, nursery: Nursery, busy: Path
) -> None:
    done = nursery.run("--db", busy, *words.split(), cwd=busy.parent, output="/dev/full")
    assert done.code == 5
    assert done.err == "The output could not be written: the disk is full.\n"


def test_an_export_that_cannot_be_written_is_refused(nursery: Nursery, busy: Path) -> None:
    for name in ("/dev/full.csv", "missing/x.csv", "x.csv/y.csv", "."):
        done = nursery.run(
            "--db", busy, "customers", "export", "-o", name, cwd=busy.parent, user=65534
        )
        assert done.code in (1, 2, 5), done
        assert (done.out, done.err.count("\n")) == ("", 1), done
