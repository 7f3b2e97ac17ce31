"""What lets tests share a process hides nothing from them: see tests/quick.py."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.builders import add_customer, agency, writing
from tests.quick import _resting
from tourcrm.db import engine, files


def names(file: Path) -> list[str]:
    with engine.reading(file) as session:
        return [row[0] for row in engine.rows(session, "SELECT name FROM customer ORDER BY id")]


def test_what_others_write_is_seen_by_a_connection_that_rested(db: Path) -> None:
    agency(db)
    before = db.read_bytes()
    with writing(db) as session:
        add_customer(session, name="王芳")
    assert names(db) == ["王芳"]
    assert [len(resting) for _state, resting in _resting.values()] == [1]
    with closing(sqlite3.connect(db)) as other:
        other.execute("UPDATE customer SET name = '李强'")
        other.commit()
    assert names(db) == ["李强"]
    db.write_bytes(before)  # as one does who spoils a file, at the same size and at once
    assert names(db) == []
    db.write_bytes(before[:5000])
    with pytest.raises(files.Unusable):
        names(db)


def test_what_a_connection_had_of_its_own_is_gone_when_it_is_used_again(db: Path) -> None:
    agency(db)
    for _ in range(2):
        with engine.reading(db) as session:
            engine.raw(session).execute("CREATE TEMP TABLE incoming (a)")
            engine.raw(session).execute("CREATE TEMP VIEW customer AS SELECT 1 AS name")
    assert names(db) == []
    assert [file.name for file in db.parent.glob("agency*")] == ["agency.db"]


@pytest.mark.usefixtures("real_file")
def test_a_real_file_has_its_log(db: Path) -> None:
    agency(db)
    with writing(db) as session:
        add_customer(session, name="王芳")
        assert db.with_name("agency.db-wal").exists()
    assert not _resting
