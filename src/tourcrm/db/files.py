"""The one SQLite file: whether it is ours, made new, brought up to date, copied.

What is made appears whole or not at all, under its name only when it is complete.
"""

import os
import re
import sqlite3
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tourcrm.base.display import visible
from tourcrm.base.errors import Message, Refused, Unusable
from tourcrm.base.folding import folded, loose
from tourcrm.base.i18n import N_
from tourcrm.base.pinyin import spells
from tourcrm.db import encryption, keys, migrations, strangers
from tourcrm.db.faults import faults
from tourcrm.db.migrations import Step

APPLICATION_ID = 0x74637264  # "tcrd": marks a file as ours
BUSY_SECONDS = 5
CACHE_KIB = 64 * 1024

_HEADER_BYTES = 100


@dataclass(frozen=True, slots=True)
class Header:
    """What the first 100 bytes of a SQLite file say (sqlite.org/fileformat2, section 1.3)."""

    page_size: int
    pages: int
    user_version: int
    application_id: int


def read_header(path: Path) -> Header:
    """The header of a database file.

    Raises Unusable where there is none: missing, a folder, empty, not SQLite, cut short.
    """
    shown = visible(str(path))
    head, size = _begin_of(path, shown)
    encryption.note(path, None)
    if len(head) < _HEADER_BYTES or not head.startswith(encryption.MAGIC):
        if encryption.look(path) is not None:
            return _ours(path, _encrypted_header(path))
        raise Unusable(
            N_("{path} is not a SQLite database; it was left as it is. Name another with --db."),
            path=shown,
        )
    page_size = int.from_bytes(head[16:18], "big")
    page_size = 65536 if page_size == 1 else page_size
    counted = int.from_bytes(head[28:32], "big")
    trusted = head[24:28] == head[92:96]
    header = Header(
        page_size=page_size,
        pages=counted if trusted else size // page_size,
        user_version=int.from_bytes(head[60:64], "big"),
        application_id=int.from_bytes(head[68:72], "big"),
    )
    _ours(path, header)
    # With a write-ahead log the missing pages may be there; SQLite itself judges then.
    if size < header.pages * page_size and not _has_log(path):
        raise Unusable(
            N_(
                "{path} is cut short: it has {size} of {wanted} bytes. "
                "Get back a good copy with `tourcrm restore BACKUP`."
            ),
            path=shown,
            size=size,
            wanted=header.pages * page_size,
        )
    return header


def _begin_of(path: Path, shown: str) -> tuple[bytes, int]:
    """The first bytes of a file, and its size. Raises Unusable where it cannot be read."""
    try:
        if not stat.S_ISREG(mode := path.stat().st_mode) and not stat.S_ISDIR(mode):
            raise Unusable(N_("{path} is not a file, but a device or a pipe."), path=shown)
        with path.open("rb") as file:
            head = file.read(_HEADER_BYTES)
            size = os.fstat(file.fileno()).st_size
    except FileNotFoundError:
        raise Unusable(
            N_("There is no database at {path}. `tourcrm init` creates one."), path=shown
        ) from None
    except IsADirectoryError:
        raise Unusable(
            N_("{path} is a folder, not a database. Name a file: --db {path}/agency.db"), path=shown
        ) from None
    except OSError as error:
        raise Unusable(N_("{path} cannot be opened: {why}."), path=shown, why=_why(error)) from None
    return head, size


def _ours(path: Path, header: Header) -> Header:
    """A header that says that the file is ours. Raises Unusable for any other."""
    if header.application_id != APPLICATION_ID:
        raise Unusable(
            N_("{path} belongs to another program; it was left as it is. Name another with --db."),
            path=visible(str(path)),
        )
    return header


def _encrypted_header(path: Path) -> Header:
    """What SQLite itself reads there, the log included. Raises Unusable where no key opens it."""
    names = ("page_size", "page_count", "user_version", "application_id")
    with faults(path), closing(open_copy(path)) as connection:
        return Header(*(connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names))


def _has_log(path: Path) -> bool:
    log = path.with_name(path.name + "-wal")
    with suppress(OSError):
        return log.stat().st_size > 0
    return False


def _folded(text: Any) -> Any:
    return folded(text) if type(text) is str else text


def _loose(text: Any) -> Any:
    return loose(text) if type(text) is str else text


def _spells(pinyin: Any, letters: Any) -> Any:
    return spells(pinyin, letters) if type(pinyin) is str else 0


def connect(path: Path) -> sqlite3.Connection:
    """A raw connection to an existing file, with our pragmas; transactions are begun by hand."""
    connection = encryption.opener(path)(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.create_function("folded", 1, _folded, deterministic=True)
    connection.create_function("loose", 1, _loose, deterministic=True)
    connection.create_function("spells", 2, _spells, deterministic=True)
    connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
    return connection


def connect_to_write(path: Path) -> sqlite3.Connection:
    """The same, with a write-ahead log.

    A copy that somebody put in place by hand has none, and its commits could be lost.
    """
    connection = connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    return connection


# --- creating and migrating --------------------------------------------------------------------


def create(path: Path, settings: dict[str, str], steps: Sequence[Step] = migrations.STEPS) -> None:
    """A new database with these settings; it appears whole or not at all.

    Raises Refused where something stands at `path` already.
    """
    os.umask(0o077)
    taken = Refused(N_("{path} exists already; it was left as it is."), path=visible(str(path)))
    if os.path.lexists(path):
        raise taken
    if _has_log(path):
        raise Refused(
            N_(
                "{log} is left from a database that is gone, and would spoil a new one. "
                "Move it away."
            ),
            log=visible(f"{path}-wal"),
        )
    with faults(path):
        with told_if_refused(path):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with drafted(path) as draft:
            connection = connect(draft)
            try:
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("BEGIN IMMEDIATE")
                connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
                run_steps(connection, 0, steps)
                connection.executemany("INSERT INTO setting VALUES (?, ?)", settings.items())
                connection.execute("COMMIT")
                # Out of the log, which goes with the draft; closing tells nothing of a full disk.
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                connection.close()
            with told_if_refused(path):
                try:
                    _name_new(draft, path)
                except FileExistsError:  # somebody else was quicker
                    raise taken from None
                sync_folder(path.parent)


@contextmanager
def drafted(target: Path) -> Iterator[Path]:
    """An empty private file beside `target`, to be filled and then named; gone at the end.

    Its name is short and its own: the target's may be as long as one can be, and a process that
    was killed, perhaps under the same number, may have left a draft behind. Old ones are removed.
    """
    draft = target.with_name(f".tourcrm-{os.urandom(6).hex()}.new")
    with told_if_refused(target):
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    _sweep(draft)
    try:
        yield draft
    finally:
        for end in ("", "-wal", "-shm", "-journal"):
            draft.with_name(draft.name + end).unlink(missing_ok=True)


@contextmanager
def told_if_refused(path: Path) -> Iterator[None]:
    """Tell why the system does not let `path` be made."""
    try:
        yield
    except OSError as error:
        raise Unusable(
            N_("{path} cannot be created: {why}."), path=visible(str(path)), why=_why(error)
        ) from None


def _why(error: OSError) -> Message:
    from tourcrm.files.writer import why

    return why(error)


def _sweep(draft: Path) -> None:
    from tourcrm.files.writer import sweep

    sweep(draft)


def _name_new(draft: Path, path: Path) -> None:
    """Give a draft its name, or raise FileExistsError: never in the place of another file."""
    if os.name != "posix":
        draft.rename(path)  # refuses to replace
        return
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        raise
    except OSError:  # a file system without links, such as FAT
        if os.path.lexists(path):
            raise FileExistsError from None
        draft.rename(path)


def sync_folder(folder: Path) -> None:
    """Make a new name in the folder survive a power cut, where folders can be synced at all."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def run_steps(connection: sqlite3.Connection, version: int, steps: Sequence[Step]) -> None:
    """Take a database from a version to the newest, inside the transaction that is open."""
    for step in steps[version:]:
        for statement in step.statements:
            connection.execute(statement)
    broken = connection.execute("PRAGMA foreign_key_check").fetchone()
    if broken:
        raise Unusable(
            N_(
                "The database cannot be brought up to date: table {table} has rows without parents."
            ),
            table=broken[0],
        )
    connection.execute(f"PRAGMA user_version={len(steps)}")


def ready(path: Path, steps: Sequence[Step] = migrations.STEPS) -> Path | None:
    """See that the file is ours and has the newest schema; bring an older one up to date.

    Returns where the copy of the older file was put, None where nothing had to be done.
    Raises Unusable for a file that cannot be used, a newer schema among them.
    """
    version = read_header(path).user_version
    if _has_log(path) and not encryption.salt_of(path):  # it may hold a newer first page
        with faults(path):
            version = _version(path)
    if version == len(steps):
        return None
    if version > len(steps):
        raise Unusable(
            N_(
                "{path} was written by a newer tourcrm (schema {version}, this one knows {known}). "
                "Install the newer tourcrm."
            ),
            path=visible(str(path)),
            version=version,
            known=len(steps),
        )
    with faults(path):
        return _migrate(path, steps)


def _version(path: Path) -> int:
    connection = connect(path)
    try:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])
    finally:
        connection.close()


def _migrate(path: Path, steps: Sequence[Step]) -> Path | None:
    connection = connect_to_write(path)
    try:
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("BEGIN IMMEDIATE")
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if version >= len(steps):  # another process was quicker
            connection.execute("ROLLBACK")
            return None
        if strange := strangers.found(connection):
            connection.execute("ROLLBACK")
            raise Unusable("{caution}", caution=strangers.caution(path, strange))
        # The copy is read by a second connection: nobody else can write meanwhile.
        kept = kept_name(path, f".before-v{len(steps)}")
        copy(path, kept)
        try:
            run_steps(connection, version, steps)
            connection.execute("COMMIT")
        except BaseException:  # the file is as it was, and so the copy is of no use
            kept.unlink(missing_ok=True)
            raise
        return kept
    finally:
        connection.close()


def kept_name(path: Path, mark: str) -> Path:
    """A free name beside the file: its own with a mark, shortened where that would be too long."""
    stem, suffix = _parts(path)
    return free_name(path.with_name(f"{stem}{mark}{suffix}"))


def _parts(path: Path) -> tuple[str, str]:
    suffix = path.suffix if len(path.suffix) < 10 else ""
    stem = path.name.removesuffix(suffix)
    while len(os.fsencode(stem)) > 220:
        stem = stem[:-1]
    return stem, suffix


def is_kept(file: Path, path: Path) -> bool:
    """Whether a file beside a database has the name of a copy that tourcrm keeps of it."""
    stem, suffix = map(re.escape, _parts(path))
    number = r"(?:-\d+)?"
    mark = r"\.(?:before-v\d+|before-repair|replaced)"
    return re.fullmatch(f"{stem}{number}{mark}{number}{suffix}", file.name) is not None


def free_name(path: Path) -> Path:
    number, free = 2, path
    while free.exists():
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
        number += 1
    return free


# --- copying ------------------------------------------------------------------------------------


def copy(
    path: Path, target: Path, *, connect: Callable[[Path], sqlite3.Connection] = connect
) -> None:
    """A consistent copy of a live database, made while others read and write, and verified.

    It appears whole or not at all. Raises Unusable where it cannot be written or does not verify.
    """
    os.umask(0o077)
    with suppress(OSError):
        if not stat.S_ISREG(target.stat().st_mode):
            raise Unusable(
                N_("{path} is not a file: a copy cannot take its place."), path=visible(str(target))
            )
    with drafted(target) as draft:
        with faults(target):
            source, into = connect(path), encryption.opener(path)(draft)
            try:
                source.backup(into, pages=2048, sleep=0.05)
                # One file: a copy that needed its own -wal beside it would be half a copy.
                into.execute("PRAGMA journal_mode=DELETE")
            finally:
                into.close()
                source.close()
            verify(draft)
        with told_if_refused(target):
            with draft.open("rb+") as file:
                os.fsync(file.fileno())
            draft.replace(target)
            sync_folder(target.parent)


def verify(path: Path) -> None:
    """Raise Unusable unless the file is a whole and sound database of ours."""
    read_header(path)
    connection = open_copy(path)
    try:
        with faults(path):
            sound = _sound(connection)
    finally:
        connection.close()
    if not sound:
        raise Unusable(
            N_("{path} is damaged. Get back a good copy with `tourcrm restore BACKUP`."),
            path=visible(str(path)),
        )


def open_copy(path: Path) -> sqlite3.Connection:
    """A connection to a file that nobody writes. It leaves nothing beside it, on any medium."""
    return encryption.opener(path)(address_of_copy(path), uri=True)


def address_of_copy(path: Path) -> str:
    """How SQLite opens a file that nobody writes."""
    frozen = "" if _has_log(path) else "&immutable=1"
    return f"{path.absolute().as_uri()}?mode=ro{frozen}"


def _sound(connection: sqlite3.Connection) -> bool:
    """Whether every page, index and reference of the database is as it must be."""
    try:
        whole = [row[0] for row in connection.execute("PRAGMA integrity_check")] == ["ok"]
        return whole and not connection.execute("PRAGMA foreign_key_check").fetchall()
    except encryption.errors("DatabaseError") as error:
        code = error.sqlite_errorcode  # type: ignore[attr-defined]  # of both modules
        if code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            return False
        raise


def past_reading(path: Path) -> bool:
    """Whether a database is so damaged that it cannot be copied, only moved out of the way.

    Raises Unusable for what is not ours to replace: a folder, another program's database.
    """
    try:
        read_header(path)
    except keys.NoKey:  # whose it is, and whether it is sound, nobody knows
        raise
    except Unusable:
        if not path.is_file() or not os.access(path, os.R_OK):
            raise
        if encryption.salt_of(path):
            return True
        with path.open("rb") as file:
            head = file.read(_HEADER_BYTES)
        ours = head[68:72] == APPLICATION_ID.to_bytes(4, "big")
        if head.startswith(encryption.MAGIC) and len(head) == _HEADER_BYTES and not ours:
            raise
        return True
    with faults(path):
        connection = connect(path)
        try:
            return not _sound(connection)
        finally:
            connection.close()
