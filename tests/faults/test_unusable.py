"""Files that cannot be used: each is told apart, left byte for byte as it was, exit code 5.

Rows of reliability.md: "not a SQLite file, another program's SQLite file, newer schema, truncated,
read-only file or folder, missing folder, a folder in its place"; "path with spaces, Chinese,
leading dash, 200 characters"; "older schema: says so"; "umask 000, shared machine".
"""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import Invoke, apart
from tests.faults.conftest import customers_sheet
from tests.faults.nursery import Ended, Nursery, contents
from tourcrm.db.migrations import NEWEST

NOBODY = 65534
READING, WRITING = "followups due", "settings cuts 60"


def missing(path: Path) -> None:
    path.unlink()


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "keep").write_text("x")


def empty(path: Path) -> None:
    path.write_bytes(b"")


def text(path: Path) -> None:
    path.write_text("姓名,手机\n王芳,13812345678\n" * 20, encoding="utf-8")


def only_magic(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:60])


def another(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE moz_places (id INTEGER)")
        connection.execute("PRAGMA application_id=1")


def unmarked(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE customer (id INTEGER)")


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version=99")


def truncated(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 3 // 4])


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def dangling(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere.db")


CASES: dict[Callable[[Path], None], str] = {
    missing: "There is no database at",
    folder: "is a folder",
    empty: "is not a SQLite database",
    text: "is not a SQLite database",
    only_magic: "is not a SQLite database",
    another: "belongs to another program",
    unmarked: "belongs to another program",
    newer: "newer tourcrm",
    truncated: "is cut short",
    pipe: "is not a file",
    dangling: "There is no database at",
}


def snapshot(folder: Path) -> dict[str, object]:
    """Every file with its bytes, every folder by name."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else path.stat().st_mode
        for path in sorted(folder.rglob("*"))
        if path.exists()
    }


@pytest.fixture
def place(busy: Path) -> Iterator[Path]:
    """A folder that every user can enter, with an agency and a sheet."""
    with tempfile.TemporaryDirectory(prefix="unusable-") as name:
        here = Path(name)
        here.chmod(0o755)
        shutil.copy(busy, here / "agency.db")
        customers_sheet(here / "c.csv", new=1, rejected=0)
        yield here
        here.chmod(0o755)


@pytest.fixture
def inside(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ended]:
    """Run the program in this process, as the nursery runs it in one of its own."""

    def run(*words: str | Path, cwd: Path) -> Ended:
        with monkeypatch.context() as patch:
            patch.chdir(cwd)
            done = invoke(*words, lang=None, database=None)
        return Ended(done.exit_code, done.stdout, apart(done.stderr), 0)

    return run


@pytest.mark.parametrize("spoil", CASES, ids=lambda spoil: spoil.__name__)
def test_a_file_that_cannot_be_used_is_told_and_left_alone(
    spoil: Callable[[Path], None], place: Path, nursery: Nursery, inside: Callable[..., Ended]
) -> None:
    run = nursery.run if spoil is pipe else inside  # who opens a pipe would wait without end
    spoil(place / "agency.db")
    before = snapshot(place)
    for words in (READING, "customers import c.csv", "backup copy.db", "check"):
        done = run("--db", "agency.db", *words.split(), cwd=place)
        assert (done.code, done.out) == (5, ""), done
        assert done.err.startswith(("agency.db", "There is no database at agency.db")), done
        assert CASES[spoil] in done.err, done
        assert 1 <= done.err.count("\n") <= 3
    assert snapshot(place) == before


@pytest.mark.parametrize("words", [READING, WRITING])
@pytest.mark.parametrize("what", ["file", "folder", "closed", "unreadable"])
def test_what_may_not_be_written_or_read_is_told_and_left_alone(
    what: str, words: str, place: Path, nursery: Nursery
) -> None:
    db = place / "agency.db"
    user = NOBODY if os.getuid() == 0 else None
    db.chmod({"file": 0o444, "folder": 0o444, "closed": 0o644, "unreadable": 0o000}[what])
    if what == "closed":
        place.chmod(0o700 if user is not None else 0)
    if what == "folder" and user is None:
        place.chmod(0o555)
    before = {} if user is None and what == "closed" else snapshot(place)
    done = nursery.run("--db", db, *words.split(), cwd=Path("/"), user=user)
    place.chmod(0o755)
    assert (done.code, done.out, done.err.count("\n")) == (5, "", 1), done
    assert str(db) in done.err
    assert "cannot be" in done.err
    if before:
        assert snapshot(place) == before


def test_a_missing_folder_is_not_made_by_those_who_only_use_it(
    tmp_path: Path, inside: Callable[..., Ended]
) -> None:
    for words in (READING, WRITING, "backup b.db", "imports list"):
        done = inside("--db", "no/such/a.db", *words.split(), cwd=tmp_path)
        assert (done.code, "There is no database" in done.err) == (5, True), done
    assert not (tmp_path / "no").exists()
    done = inside("--db", "no/such/a.db", "init", "--yes", cwd=tmp_path)
    assert done.code == 0, done


def test_a_page_that_went_bad_is_told(busy: Path, inside: Callable[..., Ended]) -> None:
    with closing(sqlite3.connect(busy)) as connection:
        (root,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'trip'"
        ).fetchone()
    whole = bytearray(busy.read_bytes())
    whole[(root - 1) * 4096 : root * 4096] = b"\xff" * 4096
    busy.write_bytes(whole)
    for words in ("trips list", "followups due", "backup copy.db"):
        done = inside("--db", busy, *words.split(), cwd=busy.parent)
        assert (done.code, done.err.count("\n")) == (5, 1), done
        assert "is damaged" in done.err
        assert "tourcrm restore" in done.err
    check = inside("--db", busy, "check", cwd=busy.parent)
    assert check.code in (1, 5), check
    assert busy.read_bytes() == bytes(whole)
    assert not (busy.parent / "copy.db").exists()


def test_whoever_comes_first_is_told_that_an_older_file_was_migrated(
    place: Path, nursery: Nursery
) -> None:
    for words in ("customers list", "settings cuts 60", "backup b.db", "check", "imports list"):
        shutil.copy(place / "agency.db", place / "old.db")
        first, second = (
            nursery.run("--db", "old.db", *words.split(), cwd=place, steps="works")
            for _ in range(2)
        )
        assert first.code == 0, first
        assert first.err == (
            "old.db was brought up to date for this tourcrm; a copy as it was is "
            f"old.before-v{NEWEST + 1}.db.\n"
        )
        assert second.err == "" or words.startswith("backup")
        assert contents(place / f"old.before-v{NEWEST + 1}.db") == contents(place / "agency.db")
        for path in place.glob("*old*"):
            path.unlink()


def test_a_step_that_fails_is_told_and_changes_nothing(place: Path, nursery: Nursery) -> None:
    before = snapshot(place)
    for steps in ("fails", "orphans"):
        done = nursery.run("--db", "agency.db", "followups", "due", cwd=place, steps=steps)
        assert (done.code != 0, done.out) == (True, ""), done
        assert snapshot(place) == before


NAMES = [
    "my agency (old).db",
    "客户 资料.db",
    "-dash.db",
    "--yes",
    "what?.db",
    "a#b.db",
    "100%41.db",
    "a&mode=memory.db",
    ":memory:",
    "file:x.db",
    "new\nline.db",
    "n" * 200 + ".db",
    "n" * 247,
    "x" * 60 + "/" + "深" * 60 + "/a.db",
]


def test_a_name_that_no_file_can_have_is_told(tmp_path: Path, inside: Callable[..., Ended]) -> None:
    for name in ("n" * 300, "深" * 100, "a/" * 3_000 + "b"):
        for words in (READING, WRITING, "init --yes", "backup b.db", "check"):
            done = inside("--db", name, *words.split(), cwd=tmp_path)
            assert (done.code, done.out, done.err.count("\n")) == (5, "", 1), done
            assert "the name is too long" in done.err


@pytest.mark.parametrize("name", NAMES, ids=lambda name: repr(name[:20]))
def test_any_path_works(
    name: str, tmp_path: Path, invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)

    def run(*words: str) -> str:
        done = invoke("--db", name, *words, database=None)
        assert (done.exit_code, done.stderr) == (0, ""), done
        return done.stdout

    run("init", "--yes")
    assert (here / name).is_file()
    assert (here / name).stat().st_size > 100_000
    run("settings", "cuts", "60")
    run("backup", "b.db")
    run("settings", "cuts", "70")
    run("restore", "b.db", "--yes")
    assert "60" in run("settings", "cuts", "-f", "csv")
    run("check")
    top = {path.name for path in here.iterdir()}
    assert len(top) == 3 if "/" not in name else 2, top


def test_everything_is_private_whatever_the_umask(tmp_path: Path, nursery: Nursery) -> None:
    customers_sheet(tmp_path / "c.csv")
    (tmp_path / "c.csv").chmod(0o644)
    tmp_path.chmod(0o755)

    def run(*words: str) -> None:
        done = nursery.run("--db", "a/b/agency.db", *words, cwd=tmp_path, mask=0)
        assert done.code in (0, 4), done

    run("init", "--yes")
    run("customers", "import", "c.csv")
    for name in ("x.csv", "x.json", "x.xlsx"):
        run("customers", "export", "-o", name)
    run("backup", "b.db")
    run("restore", "b.db", "--yes")
    made = [path for path in tmp_path.rglob("*") if path.name not in ("c.csv", "home")]
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in made}
    assert modes == {
        **dict.fromkeys(("a", "b"), "0o700"),
        **dict.fromkeys(
            (
                *("agency.db", "agency.replaced.db", "b.db", "c.rejected.csv"),
                *("x.csv", "x.json", "x.xlsx"),
            ),
            "0o600",
        ),
    }


def test_the_log_of_a_live_database_is_private_too(busy: Path, nursery: Nursery) -> None:
    with closing(sqlite3.connect(busy, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT 1 FROM customer").fetchall()
        assert nursery.run("--db", busy, "settings", "cuts", "9", cwd=busy.parent, mask=0).code == 0
        for end in ("", "-wal", "-shm"):
            assert busy.with_name(busy.name + end).stat().st_mode & 0o077 == 0


def test_restore_puts_a_good_copy_over_what_is_broken(
    place: Path, inside: Callable[..., Ended]
) -> None:
    db = place / "agency.db"
    assert inside("--db", db, "backup", "good.db", cwd=place).code == 0
    good = contents(db)
    for spoil in (missing, empty, text, only_magic, truncated):
        shutil.copy(place / "good.db", db)
        spoil(db)
        was = db.read_bytes() if db.exists() else None
        done = inside("--db", db, "restore", "good.db", "--yes", cwd=place)
        assert (done.code, done.err) == (0, ""), (spoil, done)
        assert contents(db) == good
        kept = [path for path in place.iterdir() if ".replaced" in path.name]
        assert [path.read_bytes() for path in kept] == [was] * (was is not None)
        for path in kept:
            path.unlink()


@pytest.mark.parametrize("spoil", [folder, another, unmarked], ids=lambda spoil: spoil.__name__)
def test_restore_never_replaces_what_is_not_ours(
    spoil: Callable[[Path], None], place: Path, inside: Callable[..., Ended]
) -> None:
    db = place / "agency.db"
    assert inside("--db", db, "backup", "good.db", cwd=place).code == 0
    spoil(db)
    before = snapshot(place)
    done = inside("--db", db, "restore", "good.db", "--yes", cwd=place)
    assert (done.code, done.err.count("\n")) == (5, 1), done
    assert snapshot(place) == before


@pytest.mark.parametrize("spoil", CASES, ids=lambda spoil: spoil.__name__)
def test_restore_refuses_a_bad_copy(
    spoil: Callable[[Path], None], place: Path, nursery: Nursery, inside: Callable[..., Ended]
) -> None:
    run = nursery.run if spoil is pipe else inside
    shutil.copy(place / "agency.db", place / "copy.db")
    spoil(place / "copy.db")
    before = snapshot(place)
    done = run("--db", "agency.db", "restore", "copy.db", "--yes", cwd=place)
    assert (done.code, done.out) == (5, ""), done
    assert "copy.db" in done.err
    assert snapshot(place) == before
