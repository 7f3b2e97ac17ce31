"""Mutation testing: small mistakes are made in the code, one at a time, and a test must notice.

    python -m scripts.mutate [--count 100] [--seed 1] [--room NAME]... [--workers N]

Which mistakes of mutations.py are made is drawn by lot, the same for the same seed and code, as
many of each room. All tests that watch run once as they are, to learn which come through which
lines; then on each mistake those that come through its function, and if none of them fails, all
that come through its module: what a function made may have been kept for them. Through a module
that only says how its classes are built none comes: all tests of its room are run. This happens in
copies of the tree. What no test notices is shown as a diff: a case is missing, or nothing that
matters depends on it. Below 90 % caught the exit code is 1.
"""

import argparse
import difflib
import json
import multiprocessing
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import cache_from_source
from pathlib import Path
from queue import Queue
from typing import NamedTuple

import pytest
from coverage import CoverageData

from scripts.mutate_plugin import CHOSEN, TOOK
from scripts.mutations import Change, Module

ROOT = Path(__file__).parents[1]
GOAL = 0.9  # of the mistakes are caught
SLOWER = 3  # times as long as usual: something became endless, and that is caught
START = 30  # seconds for pytest to begin, on a busy machine


ROOMS = {
    "agenda": "agenda/**/*.py",
    "complaints": "complaints/*.py",
    "analysis": "analysis/*.py",
    "imports": "imports/*.py",
}
# Those that watch: not what is asked of the tree itself, and not the long stories of processes.
WATCH = "*/test_*.py"
LEFT_OUT = ("tests/project/", "tests/faults/")


@dataclass(frozen=True)
class Mutation:
    """A change to a module. file: from the root of the tree. function: lines of it, see there."""

    room: str
    file: str
    before: str  # the module's text, a character a byte
    change: Change
    function: range

    @property
    def after(self) -> str:
        """The module's text with the change."""
        start, end, instead = self.change
        return self.before[:start] + instead + self.before[end:]

    @property
    def where(self) -> str:
        """The line that is changed, as an editor finds it."""
        line = self.before[: self.change.start].count("\n") + 1
        return f"{self.file}:{line}"

    def diff(self) -> str:
        """What is changed, with the lines around it."""
        old, new = (
            text.encode("latin-1").decode().splitlines() for text in (self.before, self.after)
        )
        return "\n".join((self.where, *list(difflib.unified_diff(old, new, n=2, lineterm=""))[2:]))


def draw(rooms: Sequence[str], count: int, seed: int) -> list[Mutation]:
    """As many mutations of each of these rooms, drawn by lot, one a place."""
    drawn = []
    for number, room in enumerate(rooms):
        possible: dict[tuple[str, int, int], list[Mutation]] = defaultdict(list)
        for file in _matching(ROOT / "src" / "tourcrm", ROOMS[room]):
            module = Module(ROOT / file)
            for change in module.changes:
                one = Mutation(room, file, module.text, change, module.function(change))
                possible[file, change.start, change.end].append(one)
        chance = random.Random(f"{room} {seed}")
        share = min((count + number) // len(rooms), len(possible))
        drawn += [
            chance.choice(possible[place]) for place in chance.sample(sorted(possible), share)
        ]
    return drawn


def _matching(folder: Path, glob: str) -> list[str]:
    """Files from the root of the tree, at least one."""
    found = [file.relative_to(ROOT).as_posix() for file in sorted(folder.glob(glob))]
    return found or sys.exit(f"{glob} finds nothing in {folder}")


def _shares(workers: int) -> list[list[str]]:
    """The tests that watch, divided: as long files for each worker."""
    tests = [test for test in _matching(ROOT / "tests", WATCH) if not test.startswith(LEFT_OUT)]
    tests.sort(key=lambda test: (ROOT / test).stat().st_size)
    return [tests[number::workers] for number in range(workers)]


class Known(NamedTuple):
    """What is known of some tests: the seconds each takes, by ids, and lines they come through."""

    took: dict[str, float]
    covered: CoverageData
    tree: Path  # in which they ran

    def through(self, file: str, some: range | None = None) -> set[str]:
        """The tests that come through some lines of a module, or any."""
        lines = self.covered.contexts_by_lineno(str(self.tree / file))
        passing = {test for line in some or lines for test in lines.get(line, ())}
        return {test.rpartition("|")[0] for test in passing} & self.took.keys()


class Trees:
    """Copies of the tree, one a worker, in which tests run."""

    def __init__(self, scratch: Path, workers: int) -> None:
        self._free: Queue[Path] = Queue()
        (scratch / "shared").symlink_to(ROOT.parent / "shared")  # the reference answers
        for number in range(workers):
            tree = scratch / str(number)
            for part in ("src", "tests", "docs", "scripts"):
                shutil.copytree(ROOT / part, tree / part)
            shutil.copy(ROOT / "pyproject.toml", tree)
            self._free.put(tree)

    @contextmanager
    def _one(self) -> Iterator[Path]:
        tree = self._free.get()
        try:
            yield tree
        finally:
            self._free.put(tree)

    def learn(self, tests: Sequence[str]) -> Known:
        """Run these files of tests as they are. They must pass."""
        with self._one() as tree:
            took, lines = tree / "took.json", tree / ".coverage"
            covering = ("--cov=tourcrm", "--cov-context=test", "--cov-report=")
            code, told = _tested(tree, [*covering, *tests], None, TOOK, took)
            if code:
                sys.exit(f"tests fail as they are:\n{told}")
            kept = lines.rename(tree / f"{Path(tests[0]).stem}.coverage")
            covered = CoverageData(str(kept))
            covered.read()
            return Known(json.loads(took.read_text("utf-8")), covered, tree)

    def caught(self, mutation: Mutation, known: Sequence[Known]) -> bool:
        """Whether a test notices."""
        took = {test: seconds for some in known for test, seconds in some.took.items()}
        home = f"tests/{mutation.room}/"
        near, all_ = (
            {test for some in known for test in some.through(mutation.file, lines)}
            for lines in (mutation.function, None)
        )
        all_ = all_ or {test for test in took if test.startswith(home)}
        with self._one() as tree:
            try:
                _write(tree / mutation.file, mutation.after)
                return any(
                    self._noticed(tree, tests, took)
                    for part in (near, all_ - near)
                    for tests in _home_first(part, home)
                )
            finally:
                _write(tree / mutation.file, mutation.before)

    @staticmethod
    def _noticed(tree: Path, tests: Collection[str], took: Mapping[str, float]) -> bool:
        """Whether one of these tests fails: files that are through soon come first."""
        seconds: dict[str, float] = defaultdict(float)
        for test in tests:
            seconds[test.partition("::")[0]] += took[test]
        chosen = tree / "chosen.json"
        chosen.write_text(json.dumps(list(tests)), "utf-8")
        most = SLOWER * sum(seconds.values()) + START
        return _tested(tree, sorted(seconds, key=seconds.__getitem__), most, CHOSEN, chosen)[0] != 0


def _home_first(tests: Collection[str], home: str) -> list[list[str]]:
    """The tests of a room, which notice most, and soon; then the others."""
    own = [test for test in tests if test.startswith(home)]
    others = [test for test in tests if not test.startswith(home)]
    return [part for part in (own, others) if part]


def _write(file: Path, text: str) -> None:
    """Write a module. Python would take a text of the same length, written in the same second, for
    the one that it has compiled."""
    file.write_bytes(text.encode("latin-1"))
    Path(cache_from_source(file)).unlink(missing_ok=True)


# Processes are forked from one that has loaded what tests need: they start in a tenth of the time.
NURSERY = multiprocessing.get_context("forkserver")
NURSERY.set_forkserver_preload([
    "coverage", "hypothesis.strategies", "icalendar", "numpy", "openpyxl", "phonenumbers", "pytest",
    "rich.console", "sqlmodel", "time_machine", "typer.testing",
])  # fmt: skip
LOADED = "ignore::pytest.PytestAssertRewriteWarning"  # of plugins, whose asserts nobody looks at


def _tested(
    tree: Path, words: Sequence[str], seconds: float | None, name: str, value: Path
) -> tuple[int, str]:
    """Run tests until one fails, with a variable for the plugin; pytest's exit code and words.

    A process killed from outside, as by a system out of memory, found nothing: once more.
    """
    for _ in range(2):
        process = NURSERY.Process(target=_test, args=(tree, words, name, value))
        process.start()
        process.join(seconds)
        endless = process.exitcode is None
        if endless:
            os.killpg(process.pid or 0, signal.SIGKILL)  # with all that it has started
            process.join()
        if endless or process.exitcode != -signal.SIGKILL:
            break
    return process.exitcode or 0, (tree / "told.txt").read_text("utf-8")


def _test(tree: Path, words: Sequence[str], name: str, value: Path) -> None:
    os.setsid()
    os.chdir(tree)
    told = os.open("told.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(told, stream)
    os.environ[name] = str(value)
    sys.path.insert(0, str(tree))
    sys.exit(pytest.main(["-q", "-x", "-W", LOADED, "-p", "scripts.mutate_plugin", *words]))


def main() -> int:
    """Returns the exit code: 0 where enough is caught."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=100, help="mistakes in all")
    parser.add_argument("--seed", type=int, default=1, help="another one draws others")
    parser.add_argument("--room", action="append", choices=ROOMS, help="only of this room")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="at once")
    wanted = parser.parse_args()
    rooms = wanted.room or list(ROOMS)
    drawn = draw(rooms, wanted.count, wanted.seed)
    with (
        tempfile.TemporaryDirectory(prefix="mutate-") as scratch,
        ThreadPoolExecutor(wanted.workers) as pool,
    ):
        trees = Trees(Path(scratch), wanted.workers)
        known = list(pool.map(trees.learn, _shares(wanted.workers)))

        def run(mutation: Mutation) -> bool:
            began = time.monotonic()
            caught = trees.caught(mutation, known)
            word = "caught  " if caught else "SURVIVED"
            print(f"{word} {time.monotonic() - began:3.0f} s {mutation.where}", flush=True)
            return caught

        fates = list(pool.map(run, drawn))
    for one, caught in zip(drawn, fates, strict=True):
        if not caught:
            print("", one.diff(), sep="\n")
    print(f"\n{sum(fates)} of {len(drawn)} caught (seed {wanted.seed})")
    return 0 if sum(fates) >= GOAL * len(drawn) else 1


if __name__ == "__main__":
    sys.exit(main())
