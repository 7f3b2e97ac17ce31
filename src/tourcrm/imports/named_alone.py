"""Rows that tell their customer by a name alone: the sheet may know another of that name."""

import sqlite3
from collections.abc import Callable
from typing import Any

from tourcrm.base.errors import Message
from tourcrm.imports.column_reader import Batch
from tourcrm.imports.new_customers import Newcomers
from tourcrm.imports.references import Referrer

_PLACES = ("customer", "phone", "id_number", "name")
_HIS = "customer_id = ? AND customer_id < 0"


class NamedAlone:
    """The rows of one sheet that do, remembered until all of it is read."""

    def __init__(
        self, connection: sqlite3.Connection, referrer: Referrer, newcomers: Newcomers
    ) -> None:
        self._connection = connection
        self._referrer = referrer
        self._newcomers = newcomers
        self._lines: dict[str, list[int]] = {}  # by name

    def note(self, batch: Batch) -> None:
        """Remember the rows of a batch whose name alone meant somebody."""
        nothing: list[Any] = [None] * len(batch.lines)
        cells = [batch.columns.get(name, nothing) for name in _PLACES]
        alone = not any(name in batch.columns for name in _PLACES[1:])
        keys = cells[0] if alone else zip(*cells, strict=True)
        for line, key in zip(batch.lines, keys, strict=True):
            if key in self._referrer.named:
                self._lines.setdefault(self._referrer.named[key], []).append(line)

    def settle(self, reject: Callable[[int, Message], None]) -> None:
        """Reject the rows whose name another one has as well; let the placeholders for those of
        whom a row tells the name alone become customers."""
        for name, lines in self._lines.items():
            if why := self._newcomers.confused(name):
                self._referrer.by_name -= len(lines)
                for line in lines:
                    reject(line, why)
        if self._newcomers.pending:
            self._replace_placeholders(reject)

    def _replace_placeholders(self, reject: Callable[[int, Message], None]) -> None:
        execute = self._connection.execute
        execute(
            "UPDATE incoming SET customer_id = NULL WHERE customer_id < 0 AND row_id IS NOT NULL"
        )
        execute("CREATE INDEX temp.incoming_named ON incoming (customer_id) WHERE customer_id < 0")
        for placeholder, who in self._newcomers.settle_names():
            if isinstance(who, int):
                execute(f"UPDATE incoming SET customer_id = ? WHERE {_HIS}", (who, placeholder))  # noqa: S608 - ours, above
                continue
            rows = execute(f"SELECT line FROM incoming WHERE {_HIS}", (placeholder,))  # noqa: S608 - ours, above
            for (line,) in rows.fetchall():
                reject(line, who)
        execute("DROP INDEX temp.incoming_named")
