"""Several rows of one order: its lines, whose amounts add up (`--rows lines`).

An order of lines is remembered by a mark, so that its sheet means the same when it comes again
without being told. It comes whole or not at all: a sum without a line would be wrong.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from tourcrm.base.errors import Message
from tourcrm.base.i18n import N_
from tourcrm.base.money import LIMIT
from tourcrm.imports import note_entries

_EARLIEST = ("inquired_on", "quoted_on", "booked_on", "departs_on", "deposit_on", "unpaid_by")
_LATEST = ("returns_on", "cancelled_on", "lost_on", "paid_on")
_ADDED = ("price", "fee", "deposit", "paid", "paid_beside", "unpaid")  # amounts
_ALIKE = ("customer_id", "status")  # an order has one of these


def mark(code: str) -> str:
    """The fingerprint by which an order is known to have lines."""
    return f"lines:{code}"


class AsLines(Exception):
    """Somebody said, in the midst of it, that rows are lines: all of it begins again."""


class Orders:
    """The orders of a sheet that come in lines, in the temporary table `incoming`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._refused: dict[str, int] = {}  # order -> a line of it that was rejected
        self._codes: dict[int, str] = {}  # line that stands for an order -> its code

    def refused(self, rows: Iterable[tuple[int, str]]) -> None:
        """Remember rejected rows: (line, cell of the order number)."""
        for line, cell in rows:
            if cell.strip():
                self._refused.setdefault(cell.strip(), line)

    def known(self, code: str) -> bool:
        """Whether an order came in lines before."""
        return (
            self._connection.execute(
                "SELECT 1 FROM import_row WHERE fingerprint = ?", (mark(code),)
            ).fetchone()
            is not None
        )

    def broken(self, by_line: bool) -> Iterator[tuple[int, int]]:
        """(line, rejected line) of rows whose order lost another line."""
        for code, other in self._refused.items():
            if by_line or self.known(code):
                for (line,) in self._connection.execute(
                    "SELECT line FROM incoming WHERE code = ?", (code,)
                ).fetchall():
                    yield line, other

    def row(self, line: int, names: Sequence[str]) -> dict[str, Any]:
        """A row of incoming."""
        found = self._connection.execute(
            f"SELECT {', '.join(names)} FROM incoming WHERE line = ?",  # noqa: S608 - our columns
            (line,),
        ).fetchone()
        return dict(zip(names, found, strict=True))

    def store(self, lines: Sequence[int], whole: Mapping[str, Any]) -> None:
        """Let the first line stand for the order."""
        sets = ", ".join(f"{name} = ?" for name in whole)
        self._connection.execute(
            f"UPDATE incoming SET {sets} WHERE line = ?",  # noqa: S608 - our columns
            (*whole.values(), lines[0]),
        )
        self._connection.executemany(
            "DELETE FROM incoming WHERE line = ?", [(line,) for line in lines[1:]]
        )
        self._codes[lines[0]] = whole["code"]

    def remember(self, written: Collection[int], operation: int) -> None:
        """Mark the orders that were written, by the lines that stand for them."""
        self._connection.executemany(
            "INSERT OR IGNORE INTO import_row SELECT ?, 'trip', id, ? FROM trip WHERE code = ?",
            [
                (mark(code), operation, code)
                for line, code in self._codes.items()
                if line in written
            ],
        )

    def new(self) -> set[int]:
        """Of the lines that stand for orders, those of orders that are not there yet."""
        if not self._codes:
            return set()
        rows = self._connection.execute("SELECT line FROM incoming WHERE row_id IS NULL")
        return {line for (line,) in rows} & self._codes.keys()


def together(rows: Sequence[Mapping[str, Any]], people_added: bool) -> dict[str, Any] | Message:
    """What the lines of an order come to, or why they cannot be one.

    Amounts are added; of people the largest number counts, or all; the days span all lines; notes
    are kept, all of them; whatever else differs is that of the dearest line.
    """
    if any(len(_said(rows, name)) > 1 for name in _ALIKE):
        return Message(N_("the lines of this order differ in customer or status: make them agree"))
    dearest = sorted(rows, key=lambda row: -(row["price"] or 0))
    whole = {name: next(iter(_said(dearest, name)), None) for name in rows[0]}
    for name in whole.keys() & set(_EARLIEST):
        whole[name] = min(_said(rows, name), default=None)
    for name in whole.keys() & set(_LATEST):
        whole[name] = max(_said(rows, name), default=None)
    for name in whole.keys() & set(_ADDED):
        amounts = [row[name] for row in rows if row[name] is not None]
        whole[name] = sum(amounts) if amounts else None
    people = [row["party_size"] for row in rows if row["party_size"] is not None]
    if people:
        whole["party_size"] = sum(people) if people_added else max(people)
    whole["note"] = note_entries.BETWEEN.join(_said(rows, "note")) or None
    if any((whole.get(name) or 0) > LIMIT for name in _ADDED):
        return Message(N_("the amounts of this order add up to too much: check their digits"))
    return whole


def _said(rows: Sequence[Mapping[str, Any]], name: str) -> list[Any]:
    """The different cells of a column that are not blank, in order."""
    return list(dict.fromkeys(row[name] for row in rows if row[name] is not None))
