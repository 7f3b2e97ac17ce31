"""Encrypted databases: no plain byte is left, every command works, nothing is lost on the way.

Kills and crowds are in tests/faults/test_encryption.py.
"""

import os
import shutil
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.builders import add_customer, agency, writing
from tests.conftest import Invoke
from tourcrm.base.errors import Refused, Unusable
from tourcrm.db import conversion, encryption, files, keys, restoring

if TYPE_CHECKING:
    from tests.faults.nursery import Nursery

pytest.importorskip("sqlcipher3")
KEY = "geheim 山高水长"
NAME, PHONE = "王小明", "13812345678"


def dump(path: Path) -> dict[str, list[Any]]:
    """All rows of all tables of a sound database, plain or encrypted."""
    files.verify(path)
    with closing(files.open_copy(path)) as connection:
        schema = connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
        found = {"schema": schema}
        for name, sql in schema:
            if sql and sql.startswith("CREATE TABLE"):
                found[name] = connection.execute(f"SELECT * FROM {name} ORDER BY rowid").fetchall()
    return found


def holding(folder: Path, *texts: str) -> list[str]:
    """The files of a folder in which a text stands, in any encoding that could be looked for."""
    wanted = [text.encode(code) for text in texts for code in ("utf-8", "utf-16-le")]
    return sorted(
        file.name
        for file in folder.iterdir()
        if file.is_file() and any(one in file.read_bytes() for one in wanted)
    )


@pytest.fixture
def key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A private file with the key; the environment names it."""
    file = tmp_path / "home" / "key"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(b"\xef\xbb\xbf" + f"{KEY}\r\nnot this line\n".encode())
    file.chmod(0o600)
    monkeypatch.setenv(keys.VARIABLE, str(file))
    keys.begin(None)
    return file


@pytest.fixture
def filled(db: Path) -> Path:
    agency(db, language="zh")
    with writing(db) as session:
        add_customer(session, "A", name=NAME, phone=f"+86{PHONE}")
    return db


def test_the_whole_way(
    invoke: Invoke, db: Path, filled: Path, key_file: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "usb"
    elsewhere.mkdir()
    sheet = elsewhere / "c.csv"
    sheet.write_text(f"姓名,手机\n{NAME}二,13912345678\n", encoding="utf-8")
    files.copy(db, tmp_path / "agency.before-v9-2.db")  # as tourcrm keeps them
    files.copy(db, tmp_path / "agency.replaced.db")
    (tmp_path / ".tourcrm-0123456789ab.new").write_bytes(db.read_bytes()[:8192])  # of a kill
    before = dump(db)
    assert "It is not encrypted" in invoke("check").stdout
    with db.open("rb") as old:
        done = invoke("encrypt")
        assert NAME.encode() not in old.read()  # the blocks that are free now hold nothing
    assert (done.exit_code, done.stderr) == (0, "")
    assert [line for line in done.stdout.splitlines() if line.startswith("Encrypted, too")] == [
        f"Encrypted, too: {tmp_path}/agency.before-v9-2.db",
        f"Encrypted, too: {tmp_path}/agency.replaced.db",
    ]
    assert holding(tmp_path, NAME, PHONE) == []
    assert not list(tmp_path.glob(".tourcrm*")) + list(tmp_path.glob("*-wal"))
    assert db.stat().st_mode & 0o777 == 0o600
    assert dump(db) == dump(tmp_path / "agency.replaced.db") == before
    assert invoke("encrypt").exit_code == 1  # already

    assert "It is encrypted" in invoke("check").stdout
    assert invoke("check").exit_code == 0
    assert invoke("customers", "import", sheet).exit_code == 0
    assert invoke("customers", "edit", "A", "--note", "VIP").exit_code == 0
    assert "VIP" in invoke("customers", "show", "A").stdout
    assert invoke("followups", "due").exit_code == 0
    assert invoke("undo").exit_code == 0
    assert invoke("undo", "2").exit_code == 0
    rows = dump(db)
    assert rows["customer"] == before["customer"]

    said = invoke("backup", elsewhere / "b.db").stdout
    assert "encrypted with the key of the database" in said
    assert holding(elsewhere, NAME) == ["c.csv"]
    assert dump(elsewhere / "b.db") == rows
    assert invoke("customers", "edit", "A", "--note", "later").exit_code == 0
    assert "as before" in invoke("restore", elsewhere / "b.db", "--yes").stdout
    assert dump(db) == rows
    assert holding(tmp_path, NAME, PHONE) == []

    done = invoke("decrypt")
    assert (done.exit_code, done.stderr) == (0, "")
    assert dump(db) == rows
    assert holding(tmp_path, NAME) == ["agency.db"]
    assert invoke("decrypt").exit_code == 1


def test_what_is_left_plain_is_told(
    invoke: Invoke, filled: Path, key_file: Path, tmp_path: Path
) -> None:
    files.copy(filled, tmp_path / "mine.db")
    files.copy(filled, tmp_path / "agency2.replaced.db")  # of another database, perhaps
    done = invoke("encrypt")
    assert done.exit_code == 4
    assert [line.split()[2] for line in done.stderr.splitlines() if line[0] == "N"] == [
        str(tmp_path / name) for name in ("agency2.replaced.db", "mine.db")
    ]
    done = invoke("check")
    assert (done.exit_code, "agency2.replaced.db, mine.db" in done.stdout) == (1, True)
    assert sorted(dump(tmp_path / "mine.db")) == sorted(dump(filled))


@pytest.fixture
def sealed(invoke: Invoke, filled: Path, key_file: Path) -> Path:
    assert invoke("encrypt").exit_code == 0
    return filled


def _others_can_read(file: Path) -> None:
    file.chmod(0o640)


def _no_module(_: Path) -> None:
    sys.modules["sqlcipher3"] = None  # type: ignore[assignment]  # as if it were not installed


WITHOUT: dict[str, tuple[Callable[[Path], object], str]] = {
    "wrong": (lambda file: file.write_text("another\n"), "does not open"),
    "no file": (lambda file: file.unlink(), "cannot be read"),
    "empty": (lambda file: file.write_text("\nkey\n"), "has no key"),
    "no text": (lambda file: file.write_bytes(b"\xff\xfe\x00"), "has no key"),
    "others": (_others_can_read, "chmod 600 "),
    "not named": (lambda file: os.environ.pop(keys.VARIABLE), "there is no key"),
    "no extra": (_no_module, "pip install 'tourcrm[secure]'"),
}


@pytest.mark.parametrize("name", WITHOUT)
def test_without_its_key_nothing_is_read_and_it_is_told_why(
    invoke: Invoke, sealed: Path, key_file: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setitem(sys.modules, "sqlcipher3", sys.modules["sqlcipher3"])
    spoil, says = WITHOUT[name]
    spoil(key_file)
    before = sealed.read_bytes()
    for words in ("customers list", "check", "decrypt", "encrypt", "settings language zh"):
        done = invoke(*words.split())
        assert (done.exit_code, done.stdout) == (5, ""), words
        assert says in done.stderr and len(done.stderr.splitlines()) == 1, words
        assert "another\n" not in done.stderr and KEY not in done.stderr
    assert invoke("--help").exit_code == 0
    assert sealed.read_bytes() == before


def test_noise_that_is_no_database_and_files_that_are_none(invoke: Invoke, db: Path) -> None:
    for content, says in (
        (os.urandom(3 * 4096), "is encrypted (or no database)"),
        (os.urandom(4095), "is not a SQLite database"),
        (b"PK\3\4" + bytes(8192), "is not a SQLite database"),
    ):
        db.write_bytes(content)
        done = invoke("customers", "list")
        assert (done.exit_code, says in done.stderr) == (5, True)
        assert db.read_bytes() == content


def test_a_key_that_is_typed_twice_is_asked_for_once_a_run(
    invoke: Invoke, filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    answers = ["one", "two"]

    def ask(question: object, **_: object) -> str | None:
        asked.append(str(question))
        return answers.pop(0) if answers else None

    monkeypatch.setattr("tourcrm.terminal.typer_i18n.ask_hidden", ask)
    monkeypatch.setattr("tourcrm.commands.encryption.ask_hidden", ask)
    done = invoke("encrypt")
    assert (done.exit_code, asked) == (5, ["New key", "The same key again"])
    assert "not the same" in done.stderr
    assert filled.read_bytes().startswith(encryption.MAGIC)
    answers += ["short é", "short e\u0301"]
    done = invoke("encrypt")
    assert (done.exit_code, "can be guessed" in done.stderr) == (0, True)
    asked.clear()
    answers += ["wrong", "short é"]
    assert invoke("customers", "edit", "A", "--note", "x").exit_code == 0
    assert asked == [f"Key of {filled}", f"That is not the key. Key of {filled}"]
    answers += ["no", "no", "no", "no"]
    asked.clear()
    done = invoke("customers", "list")
    assert (done.exit_code, len(asked), "does not open" in done.stderr) == (5, 3, True)
    assert invoke("settings", "language", "zh", input="").exit_code == 5
    answers[:] = ["short é"]
    # Its language is spoken as soon as it can be read.
    assert invoke("check", lang=None).stdout.startswith("数据库")


def test_a_pipe_gives_the_key_of_encrypt_and_decrypt(invoke: Invoke, filled: Path) -> None:
    assert invoke("encrypt", input="a long enough key\n").exit_code == 0
    assert invoke("customers", "list", input="a long enough key\n").exit_code == 5
    assert invoke("decrypt", input="wrong\n").exit_code == 5
    assert invoke("decrypt", input="a long enough key\n").exit_code == 0
    assert invoke("encrypt", input="").exit_code == 5


def test_the_keyring_keeps_the_key(
    invoke: Invoke, filled: Path, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring = pytest.importorskip("keyring")

    def fail(*_: str) -> None:
        raise RuntimeError

    held: dict[tuple[str, str], str] = {}
    monkeypatch.setattr(keyring, "set_password", fail)
    monkeypatch.setattr(keyring, "get_password", fail)
    done = invoke("encrypt", "--keyring")
    assert (done.exit_code, "No keyring" in done.stderr) == (5, True)
    assert filled.read_bytes().startswith(encryption.MAGIC)
    monkeypatch.setattr(keyring, "set_password", lambda a, b, c: held.update({(a, b): c}))
    monkeypatch.setattr(keyring, "get_password", lambda a, b: held.get((a, b)))
    assert invoke("encrypt").exit_code == 0
    assert invoke("encrypt", "--keyring").exit_code == 0  # later, too
    assert list(held.values()) == [KEY]
    key_file.unlink()
    monkeypatch.delenv(keys.VARIABLE)
    assert invoke("customers", "list").exit_code == 0
    assert invoke("backup", filled.with_name("b.db")).exit_code == 0
    assert invoke("decrypt").exit_code == 0


# --- restore --------------------------------------------------------------------------------------


def _alternative(monkeypatch: pytest.MonkeyPatch, file: Path, key: str) -> None:
    file.write_text(f"{key}\n", encoding="utf-8")
    keys.begin(None)


@pytest.mark.parametrize("there", ["plain", "encrypted", "missing", "damaged"])
@pytest.mark.parametrize("backup", ["plain", "encrypted"])
def test_what_is_restored_is_encrypted_if_either_was(
    invoke: Invoke,
    filled: Path,
    key_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    there: str,
    backup: str,
) -> None:
    copy, old_key = tmp_path / "usb" / "b.db", tmp_path / "usb" / "old-key"
    copy.parent.mkdir()
    shutil.copy(filled, copy)
    old_key.write_text("the old key\n")
    old_key.chmod(0o600)
    if backup == "encrypted":
        conversion.encrypt(copy, "the old key", into_keyring=False)
        keys.begin(None)
        keys.run.files.append(old_key)
    wanted = dump(copy)
    assert invoke("customers", "edit", "A", "--note", "later").exit_code == 0
    if there in ("encrypted", "damaged"):
        assert invoke("encrypt").exit_code == 0
    if there == "damaged":
        filled.write_bytes(filled.read_bytes()[: 20 * 4096])
    elif there == "missing":
        filled.unlink()
    done = invoke("restore", copy, "--yes", *(["--key-file", old_key] if backup != "plain" else []))
    assert done.exit_code == 0, done.stderr
    encrypted = not filled.read_bytes().startswith(encryption.MAGIC)
    keeps = there == "encrypted"
    assert encrypted == (keeps or backup == "encrypted")
    assert ("with the key of" in done.stdout) == encrypted
    keys.begin(None)
    if not keeps:
        keys.run.files.append(old_key)
    assert dump(filled) == wanted
    replaced = list(tmp_path.glob("agency.replaced.db"))
    assert len(replaced) == (there != "missing")
    if there in ("plain", "encrypted"):
        assert "later" in str(dump(replaced[0])["customer"])
        assert replaced[0].read_bytes().startswith(encryption.MAGIC) == (there == "plain")
        assert replaced[0].stat().st_mode & 0o777 == 0o600


def test_who_is_erased_stands_in_encrypted_copies_still(
    invoke: Invoke, sealed: Path, tmp_path: Path
) -> None:
    invoke("backup", tmp_path / "agency-b.db")
    done = invoke("customers", "erase", "A", "--yes")
    assert (done.exit_code, "agency-b.db" in done.stdout + done.stderr) == (0, True)
    assert NAME not in str(dump(sealed))


def test_a_backup_of_another_key_is_told_and_nothing_changes(
    invoke: Invoke, sealed: Path, key_file: Path, tmp_path: Path
) -> None:
    invoke("backup", tmp_path / "b.db")
    key_file.write_text("another\n")
    before = sealed.read_bytes()
    done = invoke("restore", tmp_path / "b.db", "--yes")
    assert (done.exit_code, "b.db" in done.stderr) == (5, True)
    assert sealed.read_bytes() == before
    with pytest.raises(Unusable):
        restoring.restore(sealed, tmp_path / "b.db")


# --- the file -------------------------------------------------------------------------------------


def test_other_programs_open_it_with_the_key(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlcipher3 import dbapi2

    monkeypatch.setattr(encryption, "ROUNDS", 256_000)
    conversion.encrypt(filled, "it's the key", into_keyring=False)
    with closing(dbapi2.connect(str(filled))) as connection:
        connection.execute("PRAGMA key = 'it''s the key'")
        assert connection.execute("SELECT name FROM customer").fetchall() == [(NAME,)]


def test_an_older_encrypted_database_is_brought_up_to_date(db: Path, key_file: Path) -> None:
    from tourcrm.db.migrations import STEPS

    files.create(db, {}, steps=STEPS[:8])
    conversion.encrypt(db, KEY, into_keyring=False)
    kept = files.ready(db)
    assert kept is not None and encryption.look(kept) == encryption.look(db)
    assert files.ready(db) is None
    assert files.read_header(db).user_version == len(STEPS)


def test_what_cannot_be_encrypted_whole_stays_as_it_is(filled: Path, tmp_path: Path) -> None:
    filled.with_name("link.db").hardlink_to(filled)
    before = filled.read_bytes()
    with pytest.raises(Unusable, match="2 names"):
        conversion.encrypt(filled, KEY, into_keyring=False)
    filled.with_name("link.db").unlink()
    with closing(files.connect(filled)) as reader, pytest.MonkeyPatch.context() as patch:
        patch.setattr(conversion, "_equal", lambda *_: False)
        reader.close()
        with pytest.raises(Unusable, match="not equal"):
            conversion.encrypt(filled, KEY, into_keyring=False)
        patch.undo()
    assert dump(filled)["customer"]
    assert filled.read_bytes()[:16] == before[:16]
    link = tmp_path / "by-link.db"
    link.symlink_to(filled)
    conversion.encrypt(link, KEY, into_keyring=False)
    assert link.is_symlink() and encryption.look(filled)
    with pytest.raises(Refused):
        conversion.encrypt(filled, KEY, into_keyring=False)


# --- processes of their own -----------------------------------------------------------------------

FORKED = pytest.mark.skipif(os.name != "posix", reason="processes are forked")


@FORKED
def test_cron_works_with_the_key_file(nursery: "Nursery", tmp_path: Path) -> None:
    file = tmp_path / "cron key"
    file.write_text("a key for cron\n")
    file.chmod(0o600)
    fresh = agency(tmp_path / "fresh.db")
    bare = {keys.VARIABLE: str(file)}
    done = nursery.run("--db", fresh, "encrypt", cwd=tmp_path, env=bare)
    assert (done.code, "is encrypted" in done.out, done.err) == (0, True, "")
    done = nursery.run("--db", fresh, "followups", "due", cwd=tmp_path, env=bare)
    assert (done.code, done.err) == (0, "")
    done = nursery.run("--db", fresh, "followups", "due", cwd=tmp_path)
    assert (done.code, done.err.count("\n")) == (5, 1)


@FORKED
def test_the_key_is_typed_at_a_terminal_unseen(
    filled: Path, tmp_path: Path, nursery: "Nursery"
) -> None:
    fdpexpect = pytest.importorskip("pexpect.fdpexpect")

    def typed(words: str, *answers: str) -> tuple[int, str]:
        ours, theirs = os.openpty()
        terminal = fdpexpect.fdspawn(ours, encoding="utf-8", timeout=60)
        child = nursery.start(
            "--db",
            filled,
            *("--lang", "en", *words.split()),
            cwd=tmp_path,
            env={"TERM": "dumb"},
            terminal=os.ttyname(theirs),
            of_its_own=True,
        )
        try:
            for answer in answers:
                terminal.expect("[Kk]ey.*: ")
                terminal.sendline(answer)
            os.close(theirs)  # the child has opened it
            said = terminal.read()
            return child.wait().code, said
        finally:
            terminal.close()

    code, said = typed("encrypt", "a secret word", "a secret word")
    assert (code, "is encrypted" in said, "secret" in said) == (0, True, False)
    code, said = typed("customers list", "wrong", "a secret word")
    assert (code, NAME in said, "secret" in said) == (0, True, False)
