"""Measure the program against its goals: `make bench`, or

    python benchmarks/run.py [--rows N] [--repeat N]
        [--only import|again|segments|due|export|help|growth]

Every goal is a ratio to something that has to be done anyway, its floor. Both are measured in the
same run, in turns, each as a process of its own, and the best of each counts. What decides is CPU
time (user + system, of the process and of those it starts), which other work on the machine
disturbs less than the clock; the time by the clock stands beside it. Needs a POSIX system.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

HERE = Path(__file__).parent
AS_OF = "2026-11-20"
PARTS = ("import", "again", "segments", "due", "export", "help", "growth")
GROWTH = (10_000, 100_000, 1_000_000)

LOAD = """
import csv, sqlite3, sys
database, file = sys.argv[1:]
connection = sqlite3.connect(database)
connection.execute("PRAGMA cache_size=-65536")
with open(file, encoding="utf-8", newline="") as rows:
    reader = csv.reader(rows)
    marks = ", ".join("?" * len(next(reader)))
    with connection:
        connection.executemany(f"INSERT INTO trip VALUES ({marks})", reader)
"""

GROUPED = """
import sqlite3, sys
import {libraries}
connection = sqlite3.connect(sys.argv[1])
connection.execute("PRAGMA cache_size=-65536")
rows = connection.execute(
    "SELECT customer_id, max(departs_on), count(*), sum(price) FROM trip "
    "WHERE departs_on <= ? AND status = 'booked' GROUP BY customer_id", (sys.argv[2],)
).fetchall()
assert rows
"""

DUMP = """
import csv, sqlite3, sys
database, cells = sys.argv[1:]
rows = sqlite3.connect(database).execute(cells)
csv.writer(sys.stdout).writerows(rows)
"""

# What the exports give, as far as it stands in the database.
TRIPS = "SELECT * FROM trip"
CUSTOMERS = """
SELECT customer.*, company.code, referrer.code,
    (SELECT group_concat(tag) FROM customer_tag WHERE customer_id = customer.id),
    (SELECT group_concat(label || calendar || ifnull(year, '') || month || day)
     FROM special_date WHERE customer_id = customer.id)
FROM customer
LEFT JOIN customer company ON company.id = customer.company_id
LEFT JOIN customer referrer ON referrer.id = customer.referred_by_id
"""

EMPTY = """
import typer
app = typer.Typer()
@app.command()
def main() -> None:
    pass
app()
"""


@dataclass(frozen=True, slots=True)
class Run:
    """What a process took: seconds of CPU and by the clock, its peak memory in MB."""

    cpu: float
    wall: float
    peak: float
    output: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table. `goal`: the ratio (or MB) not to be exceeded, or to be reached."""

    what: str
    measured: str
    floor: str
    ratio: float
    goal: str
    reached: bool


@dataclass(slots=True)
class Agency:
    """The files of an agency of some size, and its database before and after the import."""

    folder: Path
    rows: int

    @property
    def base(self) -> Path:
        """With the customers, without a trip."""
        return self.folder / "base.db"

    @property
    def full(self) -> Path:
        """With the trips as well."""
        return self.folder / "full.db"


def run(*words: str | Path) -> Run:
    """Run a process to its end; SystemExit with what it said where it fails."""
    with tempfile.TemporaryFile() as out:
        started = datetime.now(UTC)
        process = subprocess.Popen([str(word) for word in words], stdout=out, stderr=out)
        _, status, used = os.wait4(process.pid, 0)
        wall = (datetime.now(UTC) - started).total_seconds()
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        # Not all of an export: what this process holds counts in the peak of those it starts.
        output = out.read(1 << 16).decode("utf-8", "replace")
    if process.returncode:
        raise SystemExit(f"{' '.join(map(str, words))} failed:\n{output[-2000:]}")
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return Run(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / unit, output)


def tourcrm(database: Path, *words: str | Path) -> Run:
    return run(sys.executable, "-m", "tourcrm", "--db", database, *words)


def best(runs: Sequence[Run]) -> Run:
    """Of several runs of one thing, the least of each number."""
    return Run(min(r.cpu for r in runs), min(r.wall for r in runs), min(r.peak for r in runs))


def in_turns(repeat: int, *measured: Callable[[], Run]) -> list[Run]:
    """The best of each, all of them run one after another, so many times."""
    runs: list[list[Run]] = [[] for _ in measured]
    for _ in range(repeat):
        for index, one in enumerate(measured):
            runs[index].append(one())
    return [best(some) for some in runs]


def copied(source: Path, target: Path) -> Path:
    """A database copied without its log, which is empty after a clean end."""
    for end in ("-wal", "-shm"):
        target.with_name(target.name + end).unlink(missing_ok=True)
    shutil.copyfile(source, target)
    return target


def took(one: Run) -> str:
    return f"{one.cpu:.2f} s ({one.wall:.2f})"


def at_most(what: str, one: Run, floor: Run, goal: float, aim: str = "") -> Line:
    ratio = one.cpu / floor.cpu
    return Line(what, took(one), took(floor), ratio, f"<= {goal:g} x{aim}", ratio <= goal)


class Bench:
    """The agencies made so far, and what was measured of them."""

    def __init__(self, folder: Path, rows: int, repeat: int) -> None:
        self.folder = folder
        self.rows = rows
        self.repeat = repeat
        self.agencies: dict[int, Agency] = {}
        self.imports: dict[tuple[int, str], Run] = {}  # rows and file -> its first import
        self.script = folder / "scripts"
        self.script.mkdir()
        for name, text in (
            ("load.py", LOAD),
            ("dump.py", DUMP),
            ("frames.py", GROUPED.format(libraries="sqlmodel, pandas")),
            ("plain.py", GROUPED.format(libraries="sqlmodel, typer")),
            ("empty.py", EMPTY),
        ):
            (self.script / name).write_text(text, encoding="utf-8")

    # --- what is measured with

    def agency(self, rows: int) -> Agency:
        """The agency with so many trips, ten a customer; made at the first call."""
        if rows not in self.agencies:
            say(f"making {rows:,} trips ...")
            made = Agency(self.folder / str(rows), rows)
            run(sys.executable, HERE / "generate.py", made.folder, str(rows))
            tourcrm(made.base, "init", "--yes", "--time-zone", "Asia/Shanghai")
            tourcrm(made.base, "customers", "import", made.folder / "customers.csv")
            tourcrm(made.base, "interactions", "import", made.folder / "contacts.csv")
            self.agencies[rows] = made
        return self.agencies[rows]

    def imported(self, agency: Agency, file: str = "trips.csv") -> Run:
        """The first import of the trips into a fresh copy; leaves agency.full."""
        copied(agency.base, agency.full)
        done = tourcrm(agency.full, "trips", "import", agency.folder / file, "-f", "json")
        counts = json.loads(done.output)[0]
        assert counts["added"] == agency.rows, counts
        found = self.imports.get((agency.rows, file))
        self.imports[agency.rows, file] = best([done] if found is None else [done, found])
        return done

    def again(self, agency: Agency, file: str = "trips.csv") -> Run:
        """The same file into agency.full."""
        before = agency.full.stat()
        done = tourcrm(agency.full, "trips", "import", agency.folder / file, "-f", "json")
        counts = json.loads(done.output)[0]
        assert counts["unchanged"] == agency.rows and counts["operation"] is None, counts
        assert agency.full.stat().st_mtime_ns == before.st_mtime_ns, "the file was written"
        return done

    def filled(self, rows: int) -> Agency:
        """An agency whose trips with codes are imported."""
        agency = self.agency(rows)
        if not agency.full.exists():
            self.imported(agency)
        return agency

    def loaded(self, agency: Agency) -> Run:
        """The floor of the import: rows that need no thought, into the same table."""
        target = copied(agency.base, self.folder / "floor.db")
        shell = shutil.which("sqlite3")
        file = agency.folder / "digested.csv"
        if shell is None:
            done = run(sys.executable, self.script / "load.py", target, file)
        else:
            done = run(
                *(shell, target, "PRAGMA cache_size=-65536", "PRAGMA synchronous=FULL"),
                f".import --csv --skip 1 {file} trip",
            )
        assert not done.output, f"a line for each row is no floor: {done.output[:200]}"
        counted = run(
            *(sys.executable, "-c"),
            "import sqlite3, sys; print(sqlite3.connect(sys.argv[1])"
            ".execute('SELECT count(*) FROM trip').fetchone()[0])",
            target,
        )
        assert int(counted.output) == agency.rows, counted.output
        return done

    def utils(self, agency: Agency) -> Run:
        """What somebody would use who has no program of ours."""
        target = copied(agency.base, self.folder / "utils.db")
        tool = shutil.which("sqlite-utils")
        assert tool is not None
        return run(
            tool, "insert", target, "trip", agency.folder / "digested.csv", "--csv", "--silent"
        )

    # --- the goals

    def measure_import(self) -> list[Line]:
        agency = self.agency(self.rows)
        measured = [lambda: self.imported(agency), lambda: self.loaded(agency)]
        if shutil.which("sqlite-utils"):
            measured.append(lambda: self.utils(agency))
        one, floor, *other = in_turns(self.repeat, *measured)
        rows = f"{self.rows:,}"
        loader = "sqlite3 .import" if shutil.which("sqlite3") else "csv and executemany"
        lines = [at_most(f"import {rows} trips / {loader}", one, floor, 2.0)]
        if other:
            ratio = other[0].cpu / one.cpu
            what = f"sqlite-utils insert --csv / import {rows} trips"
            goal = ">= 2 x, aim 4 x"
            lines.append(Line(what, took(other[0]), took(one), ratio, goal, ratio >= 2))
        else:
            say("sqlite-utils is not installed here: not compared")
        small = self.agency(max(self.rows // 10, 1))
        little = self.imports.get((small.rows, "trips.csv")) or self.imported(small)
        peak, before = f"{one.peak:.0f} MB", f"{little.peak:.0f} MB"
        ratio = one.peak / little.peak
        what = f"peak memory of it / of {small.rows:,}"
        lines.append(Line(what, peak, before, ratio, "<= 1.2 x", ratio <= 1.2))
        ratio = one.peak / 300
        lines.append(Line("peak memory of it", peak, "300 MB", ratio, "< 1 x", ratio < 1))
        return lines

    def measure_again(self) -> list[Line]:
        agency = self.agency(self.rows)
        lines = []
        for file, goal, kind in (("uncoded.csv", 1.3, "without"), ("trips.csv", 0.6, "with")):
            first, same = in_turns(
                self.repeat,
                partial(self.imported, agency, file),
                partial(self.again, agency, file),
            )
            lines.append(at_most(f"the same file again, {kind} codes / first", same, first, goal))
        return lines

    def measure_segments(self) -> list[Line]:
        agency = self.filled(self.rows)
        one, floor = in_turns(
            self.repeat + 1,
            lambda: tourcrm(agency.full, "segments", "rfm", "--as-of", AS_OF, "-f", "csv"),
            lambda: run(sys.executable, self.script / "frames.py", agency.full, AS_OF),
        )
        return [at_most("segments rfm -f csv / pandas, GROUP BY", one, floor, 2.0)]

    def measure_due(self) -> list[Line]:
        agency = self.filled(self.rows)
        one, floor = in_turns(
            self.repeat + 1,
            lambda: tourcrm(agency.full, "followups", "due", "--as-of", AS_OF),
            lambda: run(sys.executable, self.script / "plain.py", agency.full, AS_OF),
        )
        return [at_most("followups due / typer, GROUP BY", one, floor, 2.5, ", aim 2 x")]

    def measure_export(self) -> list[Line]:
        agency = self.filled(self.rows)
        lines = []
        for noun, cells in (("trips", TRIPS), ("customers", CUSTOMERS)):
            one, floor = in_turns(
                self.repeat,
                partial(tourcrm, agency.full, noun, "export"),
                partial(self.dumped, agency, cells),
            )
            dump = "sqlite3 -csv" if shutil.which("sqlite3") else "csv.writer"
            lines.append(at_most(f"{noun} export / {dump}", one, floor, 3.0))
        return lines

    def dumped(self, agency: Agency, cells: str) -> Run:
        """What a select gives, as CSV."""
        tool = shutil.which("sqlite3")
        if tool is not None:
            return run(tool, "-csv", agency.full, cells)
        return run(sys.executable, self.script / "dump.py", agency.full, cells)

    def measure_help(self) -> list[Line]:
        database = self.folder / "none.db"
        one, deep, floor = in_turns(
            10 * self.repeat,
            lambda: tourcrm(database, "--help"),
            lambda: tourcrm(database, "followups", "--help"),
            lambda: run(sys.executable, self.script / "empty.py"),
        )
        return [
            at_most("tourcrm --help / empty Typer command", one, floor, 2.0),
            at_most("followups --help / empty Typer command", deep, floor, 2.0),
        ]

    def measure_growth(self) -> list[Line]:
        """Prints a table of its own; its line says whether the time a row stays the same."""
        head = "| trips | import | a row | peak | again | segments rfm | followups due |"
        table = [head, "|---|---|---|---|---|---|---|"]
        a_row = []
        for rows in (rows for rows in GROWTH if rows <= max(self.rows, GROWTH[0])):
            agency = self.agency(rows)
            first = self.imports.get((rows, "trips.csv")) or self.imported(agency)
            self.filled(rows)
            same = self.again(agency)
            rfm = tourcrm(agency.full, "segments", "rfm", "--as-of", AS_OF, "-f", "csv")
            due = tourcrm(agency.full, "followups", "due", "--as-of", AS_OF)
            a_row.append(first.cpu / rows)
            table.append(
                f"| {rows:,} | {first.cpu:.2f} s | {1e6 * first.cpu / rows:.0f} us "
                f"| {first.peak:.0f} MB | {same.cpu:.2f} s | {rfm.cpu:.2f} s | {due.cpu:.2f} s |"
            )
        print("\n".join(["", *table, ""]))
        ratio = a_row[-1] / a_row[0]
        most, least = (f"{1e6 * each:.0f} us" for each in (a_row[-1], a_row[0]))
        what = "import, CPU a row / of 10,000 trips"
        return [Line(what, most, least, ratio, "<= 1.2 x", ratio <= 1.2)]


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def machine() -> str:
    """What it was measured on."""
    name, memory = platform.processor() or platform.machine(), ""
    cpus, meminfo = Path("/proc/cpuinfo"), Path("/proc/meminfo")
    if cpus.exists():
        models = [x for x in cpus.read_text("utf-8").splitlines() if x.startswith("model name")]
        name = models[0].partition(":")[2].strip() if models else name
    if meminfo.exists():
        memory = f", {int(meminfo.read_text('utf-8').split()[1]) >> 20} GB of memory"
    return (
        f"{datetime.now(UTC).date()}, {name}, {os.cpu_count()} cores{memory}; "
        f"{platform.system()}, Python {platform.python_version()}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure import, segments, follow-ups and start.")
    parser.add_argument("--rows", type=int, default=1_000_000, help="trips (1,000,000)")
    parser.add_argument("--only", choices=PARTS, action="append", help="may be given several times")
    parser.add_argument("--repeat", type=int, default=2, help="how often each is run (2)")
    parser.add_argument("--folder", type=Path, help="where to work: 1 GB is needed for a million")
    given = parser.parse_args()
    say(machine())
    with tempfile.TemporaryDirectory(prefix="tourcrm-bench-", dir=given.folder) as folder:
        bench = Bench(Path(folder), given.rows, given.repeat)
        lines: list[Line] = []
        for part in given.only or PARTS:
            say(f"measuring {part} ...")
            lines += getattr(bench, f"measure_{part}")()
    print(machine())
    print("\n| what / floor | measured: CPU (clock) | floor | ratio | goal | |")
    print("|---|---|---|---|---|---|")
    for one in lines:
        verdict = "reached" if one.reached else "MISSED"
        print(
            f"| {one.what} | {one.measured} | {one.floor} | {one.ratio:.2f} | {one.goal} "
            f"| {verdict} |"
        )


if __name__ == "__main__":
    main()
