"""One setting read at once, before anything is built: no SQLAlchemy, no waiting, no error."""

from collections.abc import Callable
from pathlib import Path
from typing import Any


def setting(database: Callable[[], Path], key: str) -> str | None:
    """A setting of a database; None if there is none to be had at once, or not even a path."""
    try:
        path = database()
        if not path.is_file():
            return None
        from contextlib import closing

        opener = _opener(path)
        if opener is None:
            return None

        # Opened read-only, a database with a write-ahead log would be left with two more files.
        # Without a log in use nobody is writing, and the file can be read as it stands.
        log = path.with_name(f"{path.name}-wal")
        frozen = "" if log.exists() and log.stat().st_size else "&immutable=1"
        address = f"{path.resolve().as_uri()}?mode=ro{frozen}"
        with closing(opener(address, uri=True, timeout=0.2)) as connection:
            row = connection.execute("SELECT value FROM setting WHERE key = ?", (key,)).fetchone()
    except Exception:  # noqa: BLE001 - whatever is wrong is told by the command that opens it
        return None
    return row[0] if row and isinstance(row[0], str) else None


def _opener(path: Path) -> Callable[..., Any] | None:
    """What opens a database; None for an encrypted one whose key would have to be asked for."""
    with path.open("rb") as file:
        plain = file.read(16) == b"SQLite format 3\0"
    if plain:
        import sqlite3

        return sqlite3.connect
    from tourcrm.db import encryption

    return encryption.opener(path) if encryption.known_key(path) else None
