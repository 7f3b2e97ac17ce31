"""Sheets of a few hundred rows that are settled one by one, by the use case that a command calls:
products, departures, lines of itineraries, notes of places.

Rows of one identity that say different things are refused; what stands already stays as it is.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from tourcrm.base.columns import by_field
from tourcrm.base.errors import Message, TourcrmError
from tourcrm.base.i18n import N_
from tourcrm.imports import contradictions
from tourcrm.imports.column_reader import Batch
from tourcrm.imports.pipeline import Intake

Row = dict[str, Any]
ADDED, UPDATED, UNCHANGED = "added", "updated", "unchanged"


class ByRow(Intake):
    """An import whose rows are stored one by one."""

    fields = ()
    noted: frozenset[str] = frozenset()

    def _first_new(self) -> int:
        return 0

    def _keep_free(self, code: str | None) -> None:
        return  # codes of these are never made

    def _prepare(self) -> None:
        super()._prepare()
        self.rows: dict[int, Row] = {}
        self.by_identity: dict[Any, int] = {}

    def take(self, batch: Batch) -> dict[int, Message]:
        dated = {name for name, one in by_field(self.columns).items() if one.kind == "day"}
        names = list(batch.columns)
        for line, *cells in zip(batch.lines, *batch.columns.values(), strict=True):
            said = {
                name: date.fromisoformat(cell) if cell is not None and name in dated else cell
                for name, cell in zip(names, cells, strict=True)
            }
            self.rows[line] = {name: cell for name, cell in said.items() if cell is not None}
        return {}

    def _fold(self) -> None:
        for line, row in list(self.rows.items()):
            identity = self.identity(row)
            first = self.by_identity.setdefault(identity, line)
            if identity is None or first == line:
                continue
            there = self.rows[first]
            del self.rows[line]
            clash = contradictions.between(there, row, by_field(self.columns))
            if clash:
                told = ", ".join(self.header_of(name) for name in clash)
                self.reject_late(line, contradictions.reason(first, told, False))
            else:
                self.rows[first] = {**row, **there}
                self.result.repeated += 1

    def _settle(self) -> None:
        for line, row in self.rows.items():
            try:
                what = self.store(row)
            except TourcrmError as error:
                self.reject_late(line, error.message)
                continue
            self.result.added += what == ADDED
            self.result.updated += what == UPDATED
        self.session.flush()

    def wanted(self, present: Any, given: Mapping[str, Any]) -> Row:
        """The cells that win over those of a row that is there, as --on-duplicate has it."""
        way = self.request.on_duplicate
        if way == "error":
            raise TourcrmError(N_("it is there already"))
        if way == "skip":
            return {}
        return {
            name: value
            for name, value in given.items()
            if value != getattr(present, name)
            and (way == "update" or getattr(present, name) is None)
        }

    # --- what each kind does its own way

    def identity(self, row: Row) -> Any:
        """By what two rows of the sheet are one; None where each is its own."""
        raise NotImplementedError

    def store(self, row: Row) -> str:
        """Store a row; whether it was added, updated, or is unchanged. Raises TourcrmError before
        it writes anything where it cannot be."""
        raise NotImplementedError
