"""Copies and putting them back: verified, whole, and nothing that was there is lost.

Row of reliability.md: "backup while others write; restore: online backup, verified by opening it;
restore keeps the replaced file, refuses a bad one". Under way with others: tests/faults.
"""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.builders import add_customer, agency, writing
from tests.faults.nursery import contents
from tourcrm.base.errors import Unusable
from tourcrm.db import files, migrations, restoring
from tourcrm.db.migrations import STEPS, Step


@pytest.fixture
def filled(db: Path) -> Path:
    agency(db)
    with writing(db) as session:
        add_customer(session, "A", name="王芳")
    return db


def change(path: Path) -> None:
    with writing(path) as session:
        add_customer(session, "LATER", name="张伟")


def test_a_copy_holds_everything_in_one_private_file(filled: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    with closing(files.connect(filled)) as reader:  # the newest rows are in the log only
        change(filled)
        reader.execute("SELECT 1")
        files.copy(filled, copy)
        assert contents(copy) == contents(filled)
    assert copy.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.glob("*copy*")) == ["copy.db"]
    with closing(sqlite3.connect(f"{copy.as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        assert connection.execute("SELECT count(*) FROM customer").fetchone() == (2,)


def test_a_copy_can_be_read_from_a_medium_that_takes_no_writes(
    filled: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "usb" / "copy.db"
    copy.parent.mkdir()
    files.copy(filled, copy)
    before = contents(copy)
    change(filled)
    copy.chmod(0o400)
    copy.parent.chmod(0o500)
    restoring.restore(filled, copy)
    copy.parent.chmod(0o700)
    assert contents(filled) == before
    assert [path.name for path in copy.parent.iterdir()] == ["copy.db"]


def test_a_copy_of_a_damaged_database_is_not_made(filled: Path, tmp_path: Path) -> None:
    whole = bytearray(filled.read_bytes())
    whole[-4096:] = b"\xff" * 4096
    filled.write_bytes(whole)
    (tmp_path / "copy.db").write_text("an older copy")
    with pytest.raises(Unusable, match="damaged"):
        files.copy(filled, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "an older copy"
    assert len(list(tmp_path.glob("*copy*"))) == 1


@pytest.mark.parametrize("target", ["missing/copy.db", "folder", "/dev/null"])
def test_a_copy_takes_no_place_that_is_not_a_file(
    filled: Path, tmp_path: Path, target: str
) -> None:
    (tmp_path / "folder").mkdir()
    there = sorted(tmp_path.rglob("*"))
    with pytest.raises(Unusable):
        files.copy(filled, tmp_path / target)
    assert sorted(tmp_path.rglob("*")) == there
    assert not Path(os.devnull).is_file()


def test_restoring_keeps_what_was_there(filled: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    files.copy(filled, copy)
    first, copied = contents(filled), copy.read_bytes()
    change(filled)
    second = contents(filled)
    kept = restoring.restore(filled, copy)
    assert contents(filled) == first
    assert kept == tmp_path / "agency.replaced.db"
    assert contents(kept) == second
    assert copy.read_bytes() == copied
    change(filled)
    assert restoring.restore(filled, copy) == tmp_path / "agency.replaced-2.db"
    assert contents(kept) == second


def test_restoring_where_there_is_nothing(filled: Path, tmp_path: Path) -> None:
    before = contents(filled)
    files.copy(filled, tmp_path / "copy.db")
    assert restoring.restore(tmp_path / "new" / "agency.db", tmp_path / "copy.db") is None
    assert contents(tmp_path / "new" / "agency.db") == before


@pytest.mark.usefixtures("real_file")
def test_a_live_file_that_was_copied_by_hand_is_restored_with_its_log(
    filled: Path, tmp_path: Path
) -> None:
    by_hand = tmp_path / "by hand.db"
    with closing(files.connect(filled)) as reader:
        change(filled)
        reader.execute("SELECT 1")
        for end in ("", "-wal"):
            shutil.copy(f"{filled}{end}", f"{by_hand}{end}")
        now = contents(filled)
    restoring.restore(filled, by_hand)
    assert contents(filled) == now


def test_an_older_copy_is_restored_and_then_brought_up_to_date(db: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    files.create(old, {"cuts": "33"})
    steps = (*STEPS, Step("more", ("CREATE TABLE more (x)",)))
    files.create(db, {}, steps)
    restoring.restore(db, old)
    kept = files.ready(db, steps)
    assert kept is not None
    assert dict(contents(db)["setting"]) == {"cuts": "33"}
    assert "more" in contents(db)


def test_a_newer_copy_is_refused(filled: Path, tmp_path: Path) -> None:
    newer = tmp_path / "newer.db"
    files.create(newer, {}, (*STEPS, Step("more", ("CREATE TABLE more (x)",))))
    before, there = filled.read_bytes(), sorted(tmp_path.iterdir())
    with pytest.raises(Unusable, match=f"schema {migrations.NEWEST + 1}"):
        restoring.restore(filled, newer)
    assert (filled.read_bytes(), sorted(tmp_path.iterdir())) == (before, there)


def test_a_copy_with_orphans_is_refused(filled: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    files.copy(filled, copy)
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("UPDATE customer SET operation_id = 99")
        connection.commit()
    before = filled.read_bytes()
    with pytest.raises(Unusable, match=r"copy\.db is damaged"):
        restoring.restore(filled, copy)
    assert filled.read_bytes() == before


def test_a_database_with_orphans_is_replaced_and_kept_as_it_was(
    filled: Path, tmp_path: Path
) -> None:
    files.copy(filled, tmp_path / "copy.db")
    before = contents(filled)
    with closing(sqlite3.connect(filled)) as connection:
        connection.execute("UPDATE customer SET operation_id = 99")
        connection.commit()
    spoiled = filled.read_bytes()
    kept = restoring.restore(filled, tmp_path / "copy.db")
    assert contents(filled) == before
    assert kept is not None
    assert kept.read_bytes() == spoiled


def test_a_backup_clears_away_the_draft_of_one_that_was_killed(tmp_path: Path) -> None:
    file = agency(tmp_path)
    stale = tmp_path / ".tourcrm-0123456789ab.new"
    stale.write_text("x")
    os.utime(stale, (0, 0))
    files.copy(file, tmp_path / "copy.db")
    assert not stale.exists()
