"""Several at once: no update is lost, nobody waits without end, readers wait for nobody.

Rows of reliability.md: "two or more processes writing", "a reader (cron) while an import runs",
and of backups: "backup while others write".
"""

import os
import re
import sqlite3
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from tests import builders
from tests.builders import numbering
from tests.faults import booking, counting
from tests.faults.conftest import customers_sheet
from tests.faults.nursery import Child, Nursery, contents
from tourcrm.base.errors import Unusable
from tourcrm.db import engine, files, setting
from tourcrm.models import Departure


def at_once(folder: Path, works: Sequence[Callable[[], object]]) -> list[str]:
    """Do several things at once, each in a process of its own; returns what each came to."""
    pids = []
    for number, work in enumerate(works):
        with warnings.catch_warnings():  # of the threads that pytest-xdist has: none is needed
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if pid == 0:
            try:
                said = str(work())
            except BaseException:  # noqa: BLE001 - told by the parent
                said = traceback.format_exc()
            (folder / f"said-{number}").write_text(said, "utf-8")
            os._exit(0)
        pids.append(pid)
    assert [os.waitpid(pid, 0)[1] for pid in pids] == [0] * len(pids)
    return [(folder / f"said-{number}").read_text("utf-8") for number in range(len(works))]


def counted(path: Path, processes: int, rounds: int) -> None:
    """So many processes count at once: every step of every one is there at the end."""
    with engine.writing(path) as session:
        setting.store(session, numbering(session), "count", "0")
    before = len(contents(path)["operation"])
    said = at_once(path.parent, [lambda: counting.count(path, rounds)] * processes)
    assert said == ["None"] * processes
    found = contents(path)
    assert dict(found["setting"])["count"] == str(processes * rounds)
    assert len(found["operation"]) == before + processes * rounds


def test_no_step_of_processes_that_count_together_is_lost(busy: Path) -> None:
    counted(busy, 2, 15)


@pytest.mark.soak
def test_no_step_of_ten_thousand_is_lost(busy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counted(busy, 8, 1_250)


def test_commands_at_the_same_time_are_all_done(busy: Path, nursery: Nursery) -> None:
    started = [
        nursery.start("--db", busy, "customers", "tag", f"C{n + 1:06d}", f"t{n}", cwd=busy.parent)
        for n in range(8)
    ]
    assert [child.wait().code for child in started] == [0] * 8
    assert sorted(row[2] for row in contents(busy)["customer_tag"]) == [f"t{n}" for n in range(8)]


def test_of_several_who_create_one_does(tmp_path: Path, nursery: Nursery) -> None:
    words = ("--db", "new.db", "init", "--yes")
    ended = [child.wait() for child in [nursery.start(*words, cwd=tmp_path) for _ in range(6)]]
    assert sorted(one.code for one in ended) == [0, 1, 1, 1, 1, 1], ended
    assert [path.name for path in tmp_path.iterdir() if path.name != "kills"] == ["new.db"]


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Somebody writes and does not come to an end."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


@pytest.mark.parametrize(
    "words",
    [
        "settings cuts 60",
        "customers import c.csv",
        "customers edit C000001 --note x",
        "imports undo 1",
    ],
)
def test_who_waits_too_long_is_told_for_whom(busy: Path, nursery: Nursery, words: str) -> None:
    customers_sheet(busy.parent / "c.csv")
    before = contents(busy)
    with held(busy):
        done = nursery.run(
            *words.split(), cwd=busy.parent, env={"TOURCRM_DB": str(busy)}, wait_for_locks=0.1
        )
    assert (done.code, done.out, done.err.count("\n")) == (5, "", 1), done
    assert f"(process {os.getpid()})" in done.err or not Path("/proc/locks").exists()
    assert "Try again" in done.err
    assert contents(busy) == before
    assert nursery.run("--db", busy, "settings", "cuts", "60", cwd=busy.parent).code == 0


def test_a_short_wait_is_not_even_noticed(busy: Path, nursery: Nursery) -> None:
    with held(busy):
        child = nursery.start("--db", busy, "settings", "cuts", "60", cwd=busy.parent)
        time.sleep(0.3)
    assert child.wait().code == 0


def test_a_lock_in_this_process_is_told_in_one_line(
    busy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "BUSY_SECONDS", 0)
    with (
        held(busy),
        pytest.raises(Unusable, match="being written"),
        engine.writing(busy),
    ):
        pass


def import_under_way(busy: Path, nursery: Nursery) -> Child:
    """A long import that has begun to write, stopped for as long as we want."""
    import signal

    customers_sheet(busy.parent / "long.csv", new=1_500)
    child = nursery.start("--db", busy, "customers", "import", "long.csv", cwd=busy.parent)
    with closing(sqlite3.connect(busy, isolation_level=None, timeout=0)) as asking:
        while True:
            try:
                asking.execute("BEGIN IMMEDIATE")
                asking.execute("ROLLBACK")
            except sqlite3.OperationalError:
                break
            time.sleep(0.002)
    child.send(signal.SIGSTOP)
    return child


def test_readers_and_backups_see_the_state_before_an_import_at_once(
    busy: Path, nursery: Nursery, tmp_path: Path
) -> None:
    import signal

    due = ("--db", busy, "followups", "due", "-f", "csv")
    before, told = contents(busy), nursery.run(*due, cwd=tmp_path)
    assert told.out.count("\n") > 5
    child = import_under_way(busy, nursery)
    try:
        meanwhile = nursery.run(*due, cwd=tmp_path, wait_for_locks=0)
        assert (meanwhile.code, meanwhile.out, meanwhile.err) == (0, told.out, "")
        copied = nursery.run("--db", busy, "backup", "b.db", cwd=tmp_path, wait_for_locks=0)
        assert copied.code == 0, copied
        assert contents(tmp_path / "b.db") == before
    finally:
        child.send(signal.SIGCONT)
    assert child.wait().code == 4
    assert len(contents(busy)["customer"]) == 40 + 1_500


def test_a_backup_while_others_write_is_a_state_that_was_stored(
    busy: Path, nursery: Nursery, tmp_path: Path
) -> None:
    """Each writer adds a tag and a note together; no copy may have one without the other."""
    copies = []
    for number in range(4):
        tag = ("customers", "tag", f"C{number + 1:06d}", "a", "b")
        writer = nursery.start("--db", busy, *tag, cwd=tmp_path)
        copier = nursery.start("--db", busy, "backup", f"b{number}.db", cwd=tmp_path)
        assert (writer.wait().code, copier.wait().code) == (0, 0)
        copies.append(contents(tmp_path / f"b{number}.db"))
    for copy in copies:
        tags = [row[1:3] for row in copy["customer_tag"]]
        assert len({tag[0] for tag in tags}) * 2 == len(tags)


def test_a_restore_while_somebody_reads_leaves_the_reader_in_peace(
    busy: Path, nursery: Nursery, tmp_path: Path
) -> None:
    nursery.run("--db", busy, "backup", "b.db", cwd=tmp_path)
    nursery.run("--db", busy, "settings", "cuts", "10,20", cwd=tmp_path)
    with engine.reading(busy) as session:
        assert setting.load(session)["cuts"] == "10,20"
        done = nursery.run("--db", busy, "restore", "b.db", "--yes", cwd=tmp_path)
        assert done.code == 0, done
        assert setting.load(session)["cuts"] == "10,20"
    with engine.reading(busy) as session:
        assert setting.load(session)["cuts"] == "50,80,95"


def sold(path: Path, processes: int, rounds: int) -> None:
    """So many processes book and cancel on a departure with one seat: it is never sold twice, and
    it is free at the end."""
    builders.agency(path)
    with builders.writing(path) as session:
        by = {"operation_id": session.info["operation"]}
        day = date(2027, 5, 1)
        session.add(Departure(code="D1", departs_on=day, returns_on=day, seats=1, **by))
        session.flush()
        for number in range(processes):
            who = builders.add_customer(session)
            builders.add_trip(
                session, who, "2027-05-01", code=f"T{number}", status="quoted", departure_id=1
            )
    said = at_once(
        path.parent,
        [partial(booking.book, path, f"T{number}", rounds) for number in range(processes)],
    )
    assert all(re.fullmatch(r"\d+ \d+", one) for one in said), said
    booked, refused = (sum(int(one.split()[at]) for one in said) for at in (0, 1))
    assert booked + refused == processes * rounds
    assert booked  # how many depends on who waits for whom: one hold may outlast several tries
    states = {row[7] for row in contents(path)["trip"]}
    assert states <= {"cancelled", "quoted"}


def test_a_seat_is_not_sold_twice(tmp_path: Path) -> None:
    sold(tmp_path / "agency.db", 2, 10)


@pytest.mark.soak
def test_a_seat_is_not_sold_twice_in_five_hundred_rounds(tmp_path: Path) -> None:
    sold(tmp_path / "agency.db", 8, 500)
