"""A plain database becomes an encrypted one, and back: written beside, compared, swapped.

Whoever is killed at whatever moment leaves either the old file or the new one under the name.
Meanwhile nobody else reads or writes. On POSIX systems the old file is overwritten before it is let
go, so that neither its blocks nor a process that waited for it can bring it back.
"""

import os
import shutil
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from tourcrm.base.display import visible
from tourcrm.base.errors import Message, Refused, Unusable
from tourcrm.base.i18n import N_
from tourcrm.db import encryption, files, keys, strangers
from tourcrm.db.faults import faults

_CHUNK = 1 << 20
_TOLD = 5  # names that are listed
_ROWS = 10_000  # compared at a time
_ALONE_SECONDS = files.BUSY_SECONDS


@dataclass(frozen=True, slots=True)
class Copies:
    """Copies beside a database: encrypted with it; and those that stay plain, with the reason."""

    done: list[Path]
    left: list[tuple[Path, Message]]


def encrypt(path: Path, key: str, *, into_keyring: bool) -> Copies:
    """Encrypt a database, and the copies of it that tourcrm keeps beside it.

    Raises Unusable where that cannot be done; the database is as it was then.
    """
    path = path.resolve()
    files.read_header(path)
    encryption.driver(path)
    if encryption.salt_of(path):
        refuse_again(path)
    salt = os.urandom(encryption.SALT_BYTES)
    raw = encryption.raw_key(key, salt)
    if into_keyring:
        keys.into_keyring(salt, key)
    keys.run.found[salt] = raw
    convert(path, raw)
    return encrypt_copies(path)


def refuse_again(path: Path) -> NoReturn:
    """Raise Refused for a database with nothing left to encrypt."""
    raise Refused(N_("{path} is encrypted already."), path=visible(str(path)))


def keep_key(path: Path) -> bool:
    """Have the system's keyring keep the key of an encrypted database, as it was given in this run.

    Returns whether there was anything to do. Raises Unusable where no keyring keeps it.
    """
    salt = encryption.salt_of(path) or b""
    raw = encryption.key_of(path, salt)
    for key in keys.unasked():
        if encryption.raw_key(key, salt) == raw:
            keys.into_keyring(salt, key)
            return True
    return False


def encrypt_copies(path: Path) -> Copies:
    """Encrypt the plain copies that tourcrm keeps beside an encrypted database, with its key."""
    salt = encryption.salt_of(path)
    raw = encryption.key_of(path, salt or b"")
    done: list[Path] = []
    left: list[tuple[Path, Message]] = []
    for copy in plain_beside(path):
        if _is_draft(copy):
            with suppress(OSError):
                copy.unlink()
        elif files.is_kept(copy, path):
            try:
                convert(copy, raw)
                done.append(copy)
            except Unusable as error:
                left.append((copy, error.message))
        else:
            left.append((copy, Message(N_("tourcrm did not make it under this name"))))
    return Copies(done, left)


def decrypt(path: Path) -> None:
    """Make an encrypted database a plain one. Raises Unusable where that cannot be done."""
    path = path.resolve()
    files.read_header(path)
    if not encryption.salt_of(path):
        raise Refused(N_("{path} is not encrypted."), path=visible(str(path)))
    convert(path, None)


def plain_beside(path: Path) -> list[Path]:
    """The plain databases of ours in the folder of a database; drafts of a killed process, too."""
    found = []
    for file in sorted(path.resolve().parent.iterdir()):
        if file.suffix not in (path.suffix, ".db", ".new") or file.name == path.name:
            continue
        with suppress(OSError):
            if file.is_file() and (_is_plain_draft if _is_draft(file) else _is_plain)(file):
                found.append(file)
    return found


def _is_plain(file: Path) -> bool:
    with file.open("rb") as opened:
        head = opened.read(100)
    ours = head[68:72] == files.APPLICATION_ID.to_bytes(4, "big")
    return ours and head.startswith(encryption.MAGIC)


def _is_plain_draft(file: Path) -> bool:
    return file.stat().st_size > 0 and encryption.look(file) is None  # its first page may be empty


def _is_draft(file: Path) -> bool:
    return file.name.startswith(".tourcrm-") and file.suffix == ".new"


def problems(path: Path) -> list[Message]:
    """What lies plain beside an encrypted database."""
    if not encryption.salt_of(path) or not (plain := plain_beside(path)):
        return []
    names = visible(", ".join(file.name for file in plain[:_TOLD]), 300)
    text = N_(
        "Not encrypted, in the folder of the database: {files}. `tourcrm encrypt` encrypts copies "
        "that tourcrm made; move or delete others."
    )
    return [Message(text, files=names + (" …" if len(plain) > _TOLD else ""))]


# --- the way of a conversion ----------------------------------------------------------------------


def convert(path: Path, raw: str | None) -> None:
    """Write a database anew, encrypted with a raw key or plain, and put that in its place."""
    if (names := path.stat().st_nlink) > 1:
        raise Unusable(
            N_(
                "{path} has {n} names (hard links); under the others the old file would stay. "
                "Remove those first. Nothing was changed."
            ),
            path=visible(str(path)),
            n=names,
        )
    salt = None if raw is None else bytes.fromhex(raw[66:98])
    with faults(path), files.drafted(path) as draft, alone(path) as old:
        _refuse_strangers(old.connection, path)
        fill(old.connection, draft, raw)
        encryption.note(draft, salt)
        if not _equal(old.connection, draft):
            raise Unusable(
                N_("What was written is not equal to what is in {path}; nothing was changed."),
                path=visible(str(path)),
            )
        ready_to_swap(draft, path)
        old.give_way(draft)
    encryption.note(path, salt)


def fill(connection: sqlite3.Connection, draft: Path, raw: str | None) -> None:
    """Write all that a connection of SQLCipher sees into an empty file."""
    connection.execute(f'ATTACH ? AS fresh KEY "{raw or ""}"', (str(draft),))
    connection.execute("PRAGMA fresh.journal_mode=OFF")  # nobody needs the draft of who was killed
    connection.execute("PRAGMA fresh.synchronous=OFF")  # it is synced at the end
    connection.execute("SELECT sqlcipher_export('fresh')")
    for name in ("user_version", "application_id"):
        value = connection.execute(f"PRAGMA main.{name}").fetchone()[0]
        connection.execute(f"PRAGMA fresh.{name}={value}")
    connection.execute("DETACH fresh")


def _refuse_strangers(connection: sqlite3.Connection, path: Path) -> None:
    if strange := strangers.found(connection):
        raise Unusable("{caution}", caution=strangers.caution(path, strange))


def _equal(old: sqlite3.Connection, draft: Path) -> bool:
    """Whether a draft holds the same, row by row. Raises Unusable where it is not even sound."""
    files.verify(draft)
    with closing(files.open_copy(draft)) as new:
        old.text_factory = new.text_factory = bytes  # whatever bytes a text is made of
        schema = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name"
        wanted = old.execute(schema).fetchall()
        equal = wanted == new.execute(schema).fetchall()
        for kind, name, *_ in wanted:
            if kind == b"table" and equal:
                rows = f'SELECT * FROM "{name.decode()}" ORDER BY rowid'  # noqa: S608 - a table of ours
                equal = _same(old.execute(rows), new.execute(rows))
        for pragma in ("user_version", "application_id"):
            one = f"PRAGMA {pragma}"
            equal = equal and old.execute(one).fetchall() == new.execute(one).fetchall()
    return equal


def _same(one: sqlite3.Cursor, other: sqlite3.Cursor) -> bool:
    """Whether two selects give the same rows, values and their types."""
    while rows := one.fetchmany(_ROWS):
        there = other.fetchmany(_ROWS)
        if rows != there or _types(rows) != _types(there):
            return False
    return not other.fetchmany(1)


def _types(rows: Sequence[Sequence[object]]) -> list[list[type]]:
    return [list(map(type, row)) for row in rows]


def ready_to_swap(draft: Path, path: Path) -> None:
    """Make a draft what the next writer wants, as private as the file it replaces, and safe."""
    with closing(files.connect_to_write(draft)):
        pass  # a write-ahead log is set up, and gone again
    before = path.stat()
    with suppress(OSError, AttributeError):  # a file of a team stays one
        os.chown(draft, -1, before.st_gid)
    shutil.copymode(path, draft)
    with draft.open("rb+") as file:
        os.fsync(file.fileno())


# --- nobody else ----------------------------------------------------------------------------------


@dataclass(slots=True)
class Alone:
    """A database that nobody else can read or write: a connection, and the open file itself."""

    path: Path
    connection: sqlite3.Connection
    descriptor: int | None  # of no use where the system forbids to rename an open file

    def give_way(self, draft: Path, kept: Path | None = None) -> None:
        """Put a draft in the place of this database; `kept` gets what was in it."""
        if self.descriptor is None:
            self.connection.close()
            if kept is not None:
                shutil.copyfile(self.path, kept)
            draft.replace(self.path)
            return
        if kept is not None:
            self._copy(self.descriptor, kept)
        draft.replace(self.path)
        files.sync_folder(self.path.parent)
        # Who waits for the old file must not go on with it, nor begin a log under its name.
        _overwrite(self.descriptor)

    def _copy(self, descriptor: int, kept: Path) -> None:
        """Copy the file through its descriptor: another one, closed, would take the locks away."""
        with kept.open("xb") as file:
            at = 0
            while piece := os.pread(descriptor, _CHUNK, at):
                file.write(piece)
                at += len(piece)
            file.flush()
            os.fsync(file.fileno())


def _overwrite(descriptor: int) -> None:
    size, at = os.fstat(descriptor).st_size, 0
    while at < size:
        at += os.pwrite(descriptor, bytes(min(_CHUNK, size - at)), at)
    os.fsync(descriptor)


@contextmanager
def alone(path: Path) -> Iterator[Alone]:
    """A database without its log, locked against everybody else, opened by SQLCipher.

    Raises what SQLite says where others do not let go of it in time.
    """
    salt = encryption.salt_of(path)
    raw = None if salt is None else encryption.key_of(path, salt)
    descriptor = os.open(path, os.O_RDWR) if os.name == "posix" else None
    try:
        connection = _locked(path, raw)
        try:
            yield Alone(path, connection, descriptor)
        finally:
            connection.close()
    finally:
        if descriptor is not None:  # only now: it would take the locks of the connection away
            os.close(descriptor)


def _locked(path: Path, raw: str | None) -> sqlite3.Connection:
    until = time.monotonic() + _ALONE_SECONDS
    while True:
        connection = encryption.opened(
            encryption.driver(path),
            raw,
            f"{path.absolute().as_uri()}?mode=rw",
            uri=True,
            timeout=0.1,
            isolation_level=None,
        )
        try:
            connection.execute("PRAGMA trusted_schema=OFF")
            connection.execute("PRAGMA journal_mode=DELETE")  # fails while others are there
            connection.execute("PRAGMA main.locking_mode=EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")  # keeps the lock
            if connection.execute("PRAGMA main.journal_mode").fetchone()[0] == "delete":
                return connection
            connection.close()  # somebody came in between
        except BaseException as fault:
            connection.close()
            code = getattr(fault, "sqlite_errorcode", 0) & 0xFF
            if code != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
        time.sleep(0.02)
