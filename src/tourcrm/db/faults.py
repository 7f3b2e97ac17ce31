"""What SQLite says when it cannot go on, in the user's words, with what to do next."""

import os
import re
import shutil
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from tourcrm.base.display import visible
from tourcrm.base.errors import Unsure, Unusable
from tourcrm.base.i18n import N_
from tourcrm.db import encryption

_OURS = {"tourcrm", "__main__"}
_LITTLE = 1 << 20  # bytes on a disk below which a failed write needs no other explanation


_BUSY = N_(
    "{path} is being written by another command; nothing was changed. "
    "Try again when it has finished."
)
_DAMAGED = N_("{path} is damaged. Get back a good copy with `tourcrm restore BACKUP`.")
# What SQLite says (the low byte of its code) and what the user is told. Unsure: it may be stored.
_FAULTS: dict[int, tuple[type[Unusable], str]] = {
    sqlite3.SQLITE_BUSY: (Unusable, _BUSY),
    sqlite3.SQLITE_LOCKED: (Unusable, _BUSY),
    sqlite3.SQLITE_PROTOCOL: (Unusable, _BUSY),
    sqlite3.SQLITE_CORRUPT: (Unusable, _DAMAGED),
    sqlite3.SQLITE_NOTADB: (Unusable, _DAMAGED),
    sqlite3.SQLITE_FULL: (
        Unusable,
        N_("No room left to write {path}; nothing was changed. Free some space first."),
    ),
    sqlite3.SQLITE_READONLY: (
        Unusable,
        N_(
            "{path} cannot be written: the file or its folder is read-only. "
            "tourcrm needs to write in the folder even to read."
        ),
    ),
    sqlite3.SQLITE_CANTOPEN: (
        Unusable,
        N_(
            "{path} cannot be opened: the file or its folder is read-only or "
            "belongs to someone else."
        ),
    ),
    sqlite3.SQLITE_IOERR: (
        Unsure,
        N_("Reading or writing {path} failed. Look at the disk, then run `tourcrm check`."),
    ),
}


@contextmanager
def faults(path: Path) -> Iterator[None]:
    """Turn what SQLite says when it cannot go on into one line that says what to do."""
    try:
        yield
    except DBAPIError as error:
        if isinstance(error.orig, encryption.errors()) and (told := _fault(error.orig, path)):
            raise told from None
        raise
    except encryption.errors() as error:
        if told := _fault(error, path):
            raise told from None
        raise


def _fault(error: BaseException, path: Path) -> Unusable | None:
    code = getattr(error, "sqlite_errorcode", None)
    told = None if code is None else _FAULTS.get(code & 0xFF)
    if told is None:
        return None
    kind, text = told
    if code == sqlite3.SQLITE_NOTADB and encryption.changed(path):
        text = N_(
            "{path} has just been encrypted or decrypted by another command; nothing was changed. "
            "Run this again."
        )
    holder = _lock_holder(path) if text is _BUSY else None
    if holder:
        text = N_(
            "{path} is being written by {holder}; nothing was changed. "
            "Try again when it has finished."
        )
    elif kind is Unsure and _room(path) < _LITTLE:
        text = N_("Reading or writing {path} failed: the disk is full. Free some space.")
    return kind(text, path=visible(str(path)), holder=holder)


def _room(path: Path) -> int:
    """Free bytes on the disk of the file; as many as can be where nobody knows."""
    try:
        return shutil.disk_usage(path.absolute().parent).free
    except OSError:
        return sys.maxsize


def _lock_holder(path: Path) -> str | None:
    """Who writes, where the system can tell (Linux lists locks by inode and process)."""
    try:
        inodes = {
            str(path.with_name(path.name + end).stat().st_ino)
            for end in ("", "-wal", "-shm")
            if path.with_name(path.name + end).exists()
        }
        for line in Path("/proc/locks").read_text(encoding="ascii").splitlines():
            fields = line.split()
            if fields[3] == "WRITE" and fields[5].rsplit(":", 1)[-1] in inodes:
                words = Path(f"/proc/{fields[4]}/cmdline").read_bytes().split(b"\0")
                return f"{command_of(words)} (process {fields[4]})".strip()
    except (OSError, IndexError, ValueError):
        pass
    return None


def command_of(words: Sequence[bytes]) -> str:
    """Which of our commands a process runs; nothing else of its words, which may be personal."""
    program = (number for number, word in enumerate(words) if Path(os.fsdecode(word)).stem in _OURS)
    rest = iter(words[next(program, len(words)) + 1 :])
    found: list[str] = []
    for word in rest:
        if word.startswith(b"-"):
            if b"=" not in word and not found:
                next(rest, b"")  # --db and --lang take a value
        elif len(found) == 2 or not re.fullmatch(b"[a-z]+", word):
            break
        else:
            found.append(word.decode())
    return " ".join(found)
