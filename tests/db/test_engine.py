"""The store by itself: sessions, faults in words, creating, sharing, what `check` looks for.

Rows of reliability.md: the measured facts about transactions, "synced folder", "umask 000, shared
machine", and the words of every fault of the Store table. The faults themselves: tests/faults.
"""

import os
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import select

from tests.builders import NOW, add_customer, add_trip, agency, writing
from tourcrm.base.errors import Refused, Unusable
from tourcrm.db import dialect, engine, faults, files, health, operations, restoring, setting
from tourcrm.db.migrations import STEPS, Step
from tourcrm.models import Customer, Setting

CANARY = "11010119900307512X"


def names(path: Path) -> list[str]:
    with engine.reading(path) as session:
        return sorted(session.exec(select(Customer.name)))


# --- sessions -------------------------------------------------------------------------------------


def test_a_block_is_stored_whole(db: Path) -> None:
    agency(db)
    with writing(db) as session:
        add_customer(session, name="一")
        add_customer(session, name="二")
    assert names(db) == ["一", "二"]


def test_a_block_that_raises_stores_nothing_and_frees_the_file(db: Path) -> None:
    agency(db)
    with pytest.raises(ZeroDivisionError), writing(db) as session:
        add_customer(session, name="一")
        engine.raw(session).execute("DROP INDEX customer_name")  # statements like this, too
        raise ZeroDivisionError
    with writing(db) as session:
        add_customer(session, name="二")
    assert names(db) == ["二"]
    assert health.problems(db) == []


def test_a_row_that_was_refused_is_not_stored_by_the_next_session(db: Path) -> None:
    agency(db)
    with pytest.raises(IntegrityError), writing(db) as session:
        add_customer(session, "A", name="一")
        add_customer(session, "A", name="二")
    with writing(db) as session:
        add_customer(session, "B", name="三")
    assert names(db) == ["三"]


@pytest.mark.usefixtures("real_file")
def test_a_reader_sees_one_state_from_beginning_to_end(db: Path) -> None:
    agency(db)
    with engine.reading(db) as reader:
        setting.load(reader)  # what every command does first
        with writing(db) as session:
            add_customer(session, name="一")
        assert reader.exec(select(Customer)).all() == []
    assert names(db) == ["一"]


def test_a_reader_cannot_store_anything(db: Path) -> None:
    agency(db)
    with engine.reading(db) as session:
        session.add(Setting(key="cuts", value="1"))
        session.flush()
    with engine.reading(db) as session:
        assert setting.load(session)["cuts"] == "50,80,95"


def test_references_are_kept(db: Path) -> None:
    agency(db)
    with pytest.raises(IntegrityError), writing(db) as session:
        add_trip(session, 4711, "2026-01-01")


def test_an_error_never_shows_what_was_to_be_stored(db: Path) -> None:
    agency(db)
    with pytest.raises(IntegrityError) as error, writing(db) as session:
        add_customer(session, "A", id_number=CANARY)
        add_customer(session, "A", id_number=CANARY)
    assert CANARY not in str(error.value)


def test_ids_are_never_given_twice(db: Path) -> None:
    agency(db)
    with writing(db) as session:
        row = session.get_one(Customer, add_customer(session, "A"))
        session.delete(row)
        session.flush()
        assert dialect.next_row(engine.raw(session), "customer") == 2
        assert add_customer(session, "B") == 2
        assert dialect.next_row(engine.raw(session), "interaction") == 1


@pytest.mark.parametrize("many", [False, True])
def test_bulk_work_leaves_every_index_in_place(db: Path, many: bool) -> None:
    agency(db)
    with writing(db) as session:
        first = add_customer(session)
        with dialect.bulk(engine.raw(session), "trip", many):
            engine.raw(session).executemany(
                "INSERT INTO trip (code, customer_id, service, kind, status, operation_id) "
                "VALUES (?, ?, 'tour', 'group', 'booked', 1)",
                [(f"T{n}", first) for n in range(200)],
            )
    assert health.problems(db) == []


def test_bulk_work_that_fails_leaves_every_index_in_place(db: Path) -> None:
    agency(db)
    with (
        pytest.raises(ZeroDivisionError),
        writing(db) as session,
        dialect.bulk(engine.raw(session), "trip", True),
    ):
        raise ZeroDivisionError
    assert health.problems(db) == []


def test_days_are_counted_by_sql_as_by_python(db: Path) -> None:
    agency(db)
    with engine.reading(db) as session:
        for first, last in (("2024-02-28", "2024-03-01"), ("2026-11-20", "2026-11-20")):
            days = (date.fromisoformat(last) - date.fromisoformat(first)).days
            sql = f"SELECT {dialect.days_between(':a', ':b')}"
            assert engine.rows(session, sql, a=first, b=last) == [(days,)]


@pytest.mark.usefixtures("real_file")
def test_a_copy_put_in_place_by_hand_is_written_as_safely_and_read_as_it_is(db: Path) -> None:
    agency(db)
    with closing(sqlite3.connect(db)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    before = db.read_bytes()
    assert names(db) == []
    assert health.problems(db) == []
    assert db.read_bytes() == before
    with writing(db) as session:
        add_customer(session, name="一")
        assert engine.raw(session).execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert names(db) == ["一"]


# --- faults in words ------------------------------------------------------------------------------

FAULTS = {
    sqlite3.SQLITE_BUSY: "is being written by another command; nothing was changed",
    sqlite3.SQLITE_BUSY_RECOVERY: "Try again",
    sqlite3.SQLITE_PROTOCOL: "Try again",
    sqlite3.SQLITE_FULL: "No room left",
    sqlite3.SQLITE_READONLY: "is read-only",
    sqlite3.SQLITE_READONLY_DBMOVED: "is read-only",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened",
    sqlite3.SQLITE_IOERR_FSYNC: "run `tourcrm check`",
    sqlite3.SQLITE_CORRUPT: "tourcrm restore BACKUP",
    sqlite3.SQLITE_NOTADB: "is damaged",
}


def failed(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(f"sqlite says {CANARY}")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize("code", FAULTS)
@pytest.mark.parametrize("wrapped", [False, True])
def test_a_fault_is_told_with_the_file_and_what_to_do(code: int, wrapped: bool) -> None:
    error: Exception = failed(code)
    if wrapped:
        error = OperationalError("INSERT", {}, failed(code))
    with pytest.raises(Unusable) as told, faults.faults(Path("a\x1b.db")):
        raise error
    assert str(told.value).startswith(
        ("a␛.db ", "No room left to write a␛.db", "Reading or writing")
    )
    assert FAULTS[code] in str(told.value)
    assert CANARY not in str(told.value)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            "/usr/bin/python3 -m tourcrm --db a b customers edit E12345678 --note 王芳",
            "customers edit",
        ),
        ("python /venv/bin/tourcrm --db=x --lang zh trips import orders.csv", "trips import"),
        ("tourcrm settings cuts 60", "settings cuts"),
        ("tourcrm customers show wangfang", "customers show"),
        ("tourcrm backup E12345678", "backup"),
        ("tourcrm", ""),
        ("sqlite3 agency.db", ""),
    ],
)
def test_who_writes_is_told_without_personal_words(line: str, told: str) -> None:
    words = [word.encode() for word in line.replace("a b", "a\0b").split(" ")]
    assert faults.command_of([word.replace(b"\0", b" ") for word in words]) == told


def test_a_failed_sync_claims_nothing_about_what_was_stored() -> None:
    """After a failed fsync everything may be stored all the same."""
    with pytest.raises(Unusable) as told, faults.faults(Path("a.db")):
        raise failed(sqlite3.SQLITE_IOERR_FSYNC)
    assert "nothing was changed" not in str(told.value)


@pytest.mark.parametrize("error", [failed(sqlite3.SQLITE_ERROR), sqlite3.ProgrammingError("x")])
def test_a_mistake_of_ours_is_not_called_a_fault_of_the_file(error: sqlite3.Error) -> None:
    with pytest.raises(type(error)), faults.faults(Path("a.db")):
        raise error


# --- creating -------------------------------------------------------------------------------------


def test_a_new_database_has_its_settings_and_is_private(tmp_path: Path) -> None:
    file = tmp_path / "a" / "b" / "agency.db"
    files.create(file, {"cuts": "40"})
    with engine.reading(file) as session:
        assert setting.load(session)["cuts"] == "40"
    assert [path.name for path in file.parent.iterdir()] == ["agency.db"]
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert file.parent.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("there", ["file", "folder", "link"])
def test_nothing_is_ever_replaced_by_a_new_database(db: Path, there: str) -> None:
    if there == "file":
        db.write_text("mine")
    elif there == "folder":
        db.mkdir()
    else:
        db.symlink_to("nowhere")
    with pytest.raises(Refused, match="exists already"):
        files.create(db, {})
    assert (db.is_symlink(), db.is_dir()) == (there == "link", there == "folder")
    assert [path.name for path in db.parent.iterdir()] == [db.name]


def test_a_database_that_cannot_be_made_whole_is_not_made(db: Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        files.create(db, {}, (*STEPS, Step("breaks", ("CREATE TABLE customer (x)",))))
    assert list(db.parent.iterdir()) == []


def test_a_log_left_by_a_database_that_is_gone_is_not_replayed(db: Path) -> None:
    log = db.with_name(db.name + "-wal")
    log.write_bytes(b"x" * 5_000)
    with pytest.raises(Refused, match=r"agency\.db-wal"):
        files.create(db, {})
    assert [path.name for path in db.parent.iterdir()] == [log.name]


# --- what check looks for -------------------------------------------------------------------------

SPOILED = {
    "DROP INDEX trip_departs": "trip_departs is missing or was changed",
    "ALTER TABLE customer ADD COLUMN x": "customer is missing or was changed",
    "DROP TABLE import_row": "import_row is missing",
    "UPDATE trip SET customer_id = 99": "Row 1 of trip names a row of customer that does not exist",
}


@pytest.mark.parametrize("statement", SPOILED)
def test_what_was_spoiled_by_hand_is_found(db: Path, statement: str) -> None:
    agency(db)
    with writing(db) as session:
        add_trip(session, add_customer(session), "2026-01-01")
    assert health.problems(db) == []
    with closing(sqlite3.connect(db, isolation_level=None)) as connection:
        connection.execute(statement).fetchall()
    found = [str(problem) for problem in health.problems(db)]
    assert len(found) == 1
    assert SPOILED[statement] in found[0]


def test_an_index_that_disagrees_with_its_table_is_found(db: Path) -> None:
    agency(db)
    take = "SELECT * FROM sqlite_master WHERE name = 'customer_name'"
    with closing(sqlite3.connect(db, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema=ON")
        (index,) = connection.execute(take).fetchall()
        connection.execute(take.replace("SELECT *", "DELETE"))
    with writing(db) as session:
        add_customer(session, "A", name="王芳")
    with closing(sqlite3.connect(db, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute("INSERT INTO sqlite_master VALUES (?, ?, ?, ?, ?)", index)
    assert "missing from index customer_name" in str(health.problems(db)[0])


def test_a_file_that_everybody_can_read_is_found(db: Path) -> None:
    agency(db)
    db.chmod(0o644)
    assert "chmod o=" in str(health.problems(db)[0])


@pytest.mark.parametrize(
    ("folder", "service"),
    [
        ("Dropbox (Personal)", "Dropbox"),
        ("OneDrive - 旅行社", "OneDrive"),
        ("Mobile Documents", "iCloud"),
        ("我的坚果云", "坚果云"),
        ("BaiduNetdisk", "百度网盘"),
        ("agency", None),
    ],
)
def test_a_folder_that_is_synchronised_is_known(
    tmp_path: Path, folder: str, service: str | None
) -> None:
    file = tmp_path / folder / "deep" / "agency.db"
    assert health.synced_folder(file) == service
    files.create(file, {})
    assert [service is not None] == [bool(health.problems(file))]


# --- sharing --------------------------------------------------------------------------------------


def some_group() -> str:
    import grp

    return grp.getgrgid(os.getgid()).gr_name


def test_a_shared_database_can_be_written_by_the_group(tmp_path: Path) -> None:
    file = tmp_path / "team" / "agency.db"
    health.refuse_sharing(file, some_group())
    files.create(file, {})
    health.share(file, some_group())
    assert file.stat().st_mode & 0o7777 == 0o660
    assert file.parent.stat().st_mode & 0o7777 == 0o2770
    assert health.problems(file) == []
    with writing(file) as session:
        add_customer(session, "A")
        for end in ("-wal", "-shm"):
            assert file.with_name(file.name + end).stat().st_mode & 0o777 == 0o660


def test_a_restored_file_stays_shared(tmp_path: Path) -> None:
    file = tmp_path / "team" / "agency.db"
    files.create(file, {})
    health.share(file, some_group())
    files.copy(file, tmp_path / "copy.db")
    restoring.restore(file, tmp_path / "copy.db")
    assert file.stat().st_mode & 0o777 == 0o660
    file.write_bytes(b"")
    restoring.restore(file, tmp_path / "copy.db")
    assert file.stat().st_mode & 0o777 == 0o660


def test_a_folder_with_other_files_is_not_given_to_a_group(tmp_path: Path) -> None:
    (tmp_path / "diary.txt").write_text("mine")
    with pytest.raises(Refused, match="other files"):
        health.refuse_sharing(tmp_path / "agency.db", some_group())


def test_a_group_that_does_not_exist_is_told(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no group nobody-such"):
        health.refuse_sharing(tmp_path / "agency.db", "nobody-such")


def test_operations_are_recorded_only_when_the_block_is_stored(db: Path) -> None:
    agency(db)
    with pytest.raises(ZeroDivisionError), engine.writing(db) as session:
        operations.begin(session, "test", NOW, "tester")
        raise ZeroDivisionError
    with engine.writing(db) as session:
        assert operations.begin(session, "test", NOW, "tester") == 1
