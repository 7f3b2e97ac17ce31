"""Encrypted files (SQLCipher 4, as it is by default): known by their looks, opened with a key.

A file is looked at when its header is read, and remembered: to open it once more beside a
connection, and close it, would take that connection's locks away (POSIX locks belong to a process).
Plain files are opened by sqlite3; SQLCipher is loaded for others only.
"""

import os
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

from tourcrm.base.display import visible
from tourcrm.base.errors import Unusable
from tourcrm.base.i18n import N_
from tourcrm.db import keys

MAGIC = b"SQLite format 3\0"
SALT_BYTES = 16  # the beginning of an encrypted file
PAGE = 4096
ROUNDS = 256_000  # of PBKDF2 with SHA-512: SQLCipher 4 itself makes as many
_MODULE = "sqlcipher3.dbapi2"
# Bytes of an encrypted page are as noise: chi-squared over 256 values is 255, give or take 23.
_NOISE = 400.0

Open = Callable[..., sqlite3.Connection]

_salts: dict[str, bytes | None] = {}  # of the files that were looked at; None: plain


def look(path: Path) -> bytes | None:
    """The salt of an encrypted file; None for any other. Opens the file: never beside a connection.

    Not every noise is a database: whether it is, only its key tells.
    """
    with path.open("rb") as file:
        page = file.read(PAGE)
    salt = None if page.startswith(MAGIC) or not _is_noise(page) else page[:SALT_BYTES]
    _salts[_name(path)] = salt
    return salt


def salt_of(path: Path) -> bytes | None:
    """The same, as it was when somebody looked last; of a file that nobody looked at, now."""
    name = _name(path)
    if name not in _salts:
        try:
            return look(path)
        except OSError:  # told by whoever opens it
            return None
    return _salts[name]


def note(path: Path, salt: bytes | None) -> None:
    """Remember what stands at a path from now on."""
    _salts[_name(path)] = salt


def changed(path: Path) -> bool:
    """Whether a file was encrypted or decrypted by somebody else since it was looked at."""
    before = _salts.get(_name(path), b"?")
    try:
        return before not in (b"?", look(path))
    except OSError:
        return False


def _name(path: Path) -> str:
    return os.path.realpath(path)


def _is_noise(page: bytes) -> bool:
    if len(page) < PAGE:
        return False
    usual = PAGE / 256
    seen = Counter(page)
    return sum((seen[byte] - usual) ** 2 for byte in range(256)) / usual < _NOISE


# --- keys -----------------------------------------------------------------------------------------


@cache
def raw_key(key: str, salt: bytes) -> str:
    """What SQLCipher makes of a key: dear to work out (by intent), and then used at no cost."""
    import hashlib

    made = hashlib.pbkdf2_hmac("sha512", key.encode(), salt, ROUNDS, 32)
    return f"x'{made.hex()}{salt.hex()}'"


def key_of(path: Path, salt: bytes) -> str:
    """The raw key that opens a file. Raises Unusable where nobody has it."""
    driver(path)
    known = keys.run.found.get(salt)
    if known is None:
        fitting = (raw_key(key, salt) for key in keys.candidates(path, salt))
        known = next(raw for raw in fitting if _fits(path, raw))
        keys.run.found[salt] = known
    return known


def known_key(path: Path) -> bool:
    """Whether an encrypted file can be opened without asking anybody; its key is known then."""
    salt = look(path)
    if salt is None or salt in keys.run.found:
        return salt is not None
    driver(path)
    for key in keys.unasked():
        if _fits(path, raw := raw_key(key, salt)):
            keys.run.found[salt] = raw
            return True
    return False


def _fits(path: Path, raw: str) -> bool:
    """Whether a key opens a file. It is read as it stands: only where that is not enough (it is
    being written) it is opened as a database in use."""
    for how in ("ro&immutable=1", "rw"):
        address = f"{path.absolute().as_uri()}?mode={how}"
        with closing(opened(driver(path), raw, address, uri=True, timeout=5)) as connection:
            try:
                connection.execute("PRAGMA user_version")
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
                return True
            except errors("DatabaseError") as error:
                code = error.sqlite_errorcode & 0xFF  # type: ignore[attr-defined]  # of both modules
                if code == sqlite3.SQLITE_CORRUPT:  # cut short, but the key is right
                    return True
                if code != sqlite3.SQLITE_NOTADB and how == "rw":
                    raise
    return False


# --- connections ----------------------------------------------------------------------------------


def driver(path: Path) -> Any:
    """The module that opens encrypted files. Raises Unusable where it is not installed."""
    try:
        from sqlcipher3 import dbapi2
    except ImportError:
        raise Unusable(
            N_(
                "{path} is encrypted (or no database); to open it, tourcrm needs its extra "
                "`secure`: pip install 'tourcrm[secure]'"
            ),
            path=visible(str(path)),
        ) from None
    return dbapi2


def opened(module: Any, raw: str | None, *words: Any, **how: Any) -> sqlite3.Connection:
    """A connection of SQLCipher; with a raw key, to a file encrypted by it."""
    connection: sqlite3.Connection = module.connect(*words, **how)
    connection.execute("PRAGMA cipher_log_level=NONE")  # it would write to stderr
    if raw is not None:
        connection.execute(f'PRAGMA key="{raw}"')
    connection.execute("PRAGMA temp_store=MEMORY")  # nothing plain is written, not for a moment
    return connection


def opener(path: Path) -> Open:
    """What opens a file (or another one of the same key): sqlite3.connect, or its twin."""
    salt = salt_of(path)
    if salt is None:
        return sqlite3.connect
    module, raw = driver(path), key_of(path, salt)
    return lambda *words, **how: opened(module, raw, *words, **how)


def module_of(path: Path) -> dict[str, Any]:
    """What SQLAlchemy must be told of the driver of a file."""
    return {} if salt_of(path) is None else {"module": driver(path)}


def errors(name: str = "Error") -> tuple[type[Exception], ...]:
    """The errors of this name, of sqlite3 and, where it is loaded, of SQLCipher: for `except`."""
    modules = [sqlite3, sys.modules.get(_MODULE)]
    return tuple(getattr(module, name) for module in modules if module is not None)
