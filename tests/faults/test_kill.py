"""kill -9: whatever a writing command was doing, nothing half is left.

Rows of reliability.md: "kill -9 at any moment of any writing command" (Store), and of the older
schema "kill during migration". A command is killed at numbered moments (files opened and named,
statements, SQLite's own steps), in the middle of writes of the log at any byte, and at random
times. Then the database is exactly as before or exactly as after, and the next command just works.
"""

import random
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.faults.conftest import customers_sheet, trips_sheet
from tests.faults.nursery import Ended, Nursery, contents
from tourcrm.db import files


@dataclass(frozen=True)
class Case:
    """A writing command, and what must be there before it."""

    words: str
    prepare: Callable[[Path, Nursery], object] = lambda folder, nursery: None
    steps: str = ""
    repeats: bool = False  # run again, it must come to the same


def _one_due(folder: Path, nursery: Nursery) -> None:
    listed = nursery.run("--db", "agency.db", "followups", "due", "-f", "csv", cwd=folder)
    (folder / "id").write_text(listed.out.splitlines()[1].partition(",")[0])


def _imported(folder: Path, nursery: Nursery) -> None:
    trips_sheet(folder / "t.csv")
    words = "--db agency.db trips import t.csv --create-customers"
    assert nursery.run(*words.split(), cwd=folder).code == 0


def _backed_up(folder: Path, nursery: Nursery) -> None:
    assert nursery.run("--db", "agency.db", "backup", "b.db", cwd=folder).code == 0
    assert nursery.run("--db", "agency.db", "settings", "cuts", "10,20", cwd=folder).code == 0


def _judged(folder: Path, nursery: Nursery) -> None:
    """A complaint of which the agency owes a refund and a voucher."""
    for words in (
        "open C000001 late --trip T0000001",
        "respond K00001 sorry",
        "attribute K00001 service_failure",
    ):
        line = f"--db agency.db complaints {words}"
        assert nursery.run(*line.split(), cwd=folder).code == 0


CASES = {
    "init": Case("--db new.db init --yes"),
    "import customers": Case(
        "customers import c.csv", lambda f, _: customers_sheet(f / "c.csv"), repeats=True
    ),
    "import trips": Case(
        "trips import t.csv --create-customers", lambda f, _: trips_sheet(f / "t.csv"), repeats=True
    ),
    "undo": Case("imports undo 2", _imported),
    "settings": Case("settings cuts 40,70,90", repeats=True),
    "edit": Case("customers edit C000007 --note changed", repeats=True),
    "done": Case("followups done ID --note called", _one_due),
    "compensate": Case("complaints compensate K00001", _judged, repeats=True),
    "migrate": Case("customers list", steps="works", repeats=True),
    "backup": Case("backup copy.db"),
    "restore": Case("restore b.db --yes", _backed_up),
}


class Course:
    """A command prepared once, to be killed as often as wanted."""

    def __init__(self, case: Case, start: Path, folder: Path, nursery: Nursery) -> None:
        self.case, self.nursery, self.folder = case, nursery, folder
        self.start = folder / "start"
        self.start.mkdir()
        shutil.copy(start, self.start / "agency.db")
        case.prepare(self.start, nursery)
        self.number = 0
        here = self.fresh()
        with self.a_reader(here):
            began = time.monotonic()
            ended = self.run(here, count=True)
            self.seconds = time.monotonic() - began
            self.largest = max(file.stat().st_size for file in here.iterdir())
        assert ended.code in (0, 4), ended
        self.moments = ended.moments
        assert self.moments > 10, "the moments of a run were not counted"
        self.before, self.after = self.databases(self.start), self.databases(here)

    @staticmethod
    @contextmanager
    def a_reader(here: Path) -> Iterator[None]:
        """Somebody who reads: the log is not folded back and deleted when the command ends."""
        with closing(sqlite3.connect(here / "agency.db", isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM customer").fetchall()
            yield

    def words(self) -> list[str]:
        mark = self.start / "id"
        words = self.case.words.replace("ID", mark.read_text() if mark.exists() else "ID").split()
        return words if "--db" in words else ["--db", "agency.db", *words]

    def fresh(self) -> Path:
        self.number += 1
        here = self.folder / str(self.number)
        shutil.copytree(self.start, here)
        return here

    def run(self, here: Path, **how: Any) -> Ended:
        return self.nursery.run(*self.words(), cwd=here, steps=self.case.steps, **how)

    @staticmethod
    def databases(folder: Path) -> dict[str, Any]:
        """Databases that somebody may open, by name, with all that is in them."""
        return {
            path.name: contents(path)
            for path in sorted(folder.glob("*.db"))
            if ".before-v" not in path.name and ".replaced" not in path.name
        }

    def look(self, here: Path, ended: Ended, again: bool = True) -> bool:
        """Judge what a kill left; returns whether it was the state after."""
        found = self.databases(here)
        for name, there in found.items():
            assert there in (self.before.get(name), self.after.get(name)), f"{name} is half done"
        assert found.keys() >= self.before.keys()
        done = found == self.after
        if ended.out:
            assert done, "it was reported as done"
        if again:
            words = ["--db", "agency.db", "check"]
            check = self.nursery.run(*words, cwd=here, steps=self.case.steps)
            assert check.code == 0, check
        if again and self.case.repeats:
            repeated = self.run(here)
            assert repeated.code in (0, 4), repeated
            assert self.databases(here) == self.after
        shutil.rmtree(here)
        return done

    def kill_at(self, moment: int, again: bool = True) -> bool:
        here = self.fresh()
        ended = self.run(here, die_at=moment)
        assert ended.code in (-9, 0, 4), ended
        return self.look(here, ended, again)

    def kill_while_writing(self, bytes_written: int, again: bool = True) -> bool:
        here = self.fresh()
        with self.a_reader(here):
            ended = self.run(here, largest_file=bytes_written, torn=True)
        assert ended.code in (-signal.SIGXFSZ, 0, 4), ended
        return self.look(here, ended, again)

    def kill_after(self, seconds: float, again: bool = True) -> bool:
        here = self.fresh()
        child = self.nursery.start(*self.words(), cwd=here, steps=self.case.steps)
        time.sleep(seconds)
        child.send(signal.SIGKILL)
        return self.look(here, child.wait(), again)


def spread(chance: random.Random, count: int, end: int) -> list[int]:
    """So many numbers from 1 to `end`, one from each of as many equal stretches."""
    edges = [1 + place * end // count for place in range(count + 1)]
    return [chance.randrange(low, max(high, low + 1)) for low, high in pairwise(edges)]


@pytest.fixture
def course(request: pytest.FixtureRequest, busy: Path, tmp_path: Path, nursery: Nursery) -> Course:
    return Course(CASES[request.param], busy, tmp_path / "kills", nursery)


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path) -> None:
    (tmp_path / "kills").mkdir()


@pytest.mark.parametrize("course", CASES, indirect=True)
def test_a_kill_leaves_nothing_half(course: Course) -> None:
    """After one kill of each command, another each time, the next command is tried, too."""
    again = list(CASES.values()).index(course.case) % 4
    chance = random.Random(course.case.words)
    first, *later = spread(chance, 3, course.moments)
    done = course.kill_at(first, again == 0)
    assert not done, "the first kill came too late to mean anything"
    course.kill_at(chance.choice(later), again == 1)
    course.kill_while_writing(chance.randrange(1, course.largest), again == 2)
    course.kill_after(chance.random() * course.seconds, again == 3)


@pytest.mark.soak
@pytest.mark.parametrize("course", CASES, indirect=True)
def test_a_hundred_kills_of_each_command_leave_nothing_half(course: Course) -> None:
    chance = random.Random(course.case.words + "soak")
    for moment in spread(chance, min(course.moments, 60), course.moments):
        course.kill_at(moment)
    for size in spread(chance, 30, course.largest):
        course.kill_while_writing(size)
    for delay in spread(chance, 30, 1_000):
        course.kill_after(delay / 1_000 * course.seconds * 1.1)


def test_a_draft_left_by_a_killed_process_is_in_nobodys_way(
    busy: Path, tmp_path: Path, nursery: Nursery
) -> None:
    """In a container every process may have the same number, and its drafts the same name."""
    for moment in (10, 14, 16, 18):
        nursery.run("--db", busy, "backup", tmp_path / "b.db", cwd=tmp_path, die_at=moment)
    assert list(tmp_path.glob(".tourcrm-*")), "no kill came while there was a draft"
    files.copy(busy, tmp_path / "b.db")
    assert contents(tmp_path / "b.db").keys() == contents(busy).keys()
