"""Rows without an identity of their own are known again by all their cells together."""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from tourcrm.imports.matching import batches


def fingerprint(table: str, said: Mapping[str, Any]) -> str:
    """A row's cells as one short text; equal cells, in whatever order of columns, are equal."""
    plain = json.dumps(dict(said), sort_keys=True, ensure_ascii=True, default=str)
    return f"{table}:{hashlib.sha256(plain.encode()).hexdigest()[:32]}"


def known_prints(connection: sqlite3.Connection, prints: Iterable[str]) -> dict[str, int]:
    """Of these fingerprints, those seen before, with their rows."""
    found: dict[str, int] = {}
    for some in batches(prints):
        found.update(
            connection.execute(
                "SELECT fingerprint, row_id FROM import_row WHERE fingerprint IN "  # noqa: S608 - marks
                f"({','.join('?' * len(some))})",
                some,
            ).fetchall()
        )
    return found
