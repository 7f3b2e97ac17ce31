"""The course of an import, whatever it imports; the modules beside it say what each kind does.

    sheet -> column_reader (typed columns, rejected rows) -> matching (who, which trip)
          -> incoming (a temporary table) -> merging -> compare -> write

Nothing is written before the last row has been read, so that two rows of one identity settle once,
and the same file again writes nothing. Inserted rows carry the operation's number; a cell that is
overwritten leaves a change.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tourcrm.base.columns import by_field
from tourcrm.base.display import visible
from tourcrm.base.errors import Message
from tourcrm.base.i18n import N_
from tourcrm.db import operations
from tourcrm.imports import ledger, note_entries
from tourcrm.imports.decided import Decision
from tourcrm.imports.merging import Merging
from tourcrm.imports.request import Result

BULK = 50_000  # from so many new rows on, indexes are rebuilt instead of kept up row by row
KEPT_TOLD = 1_000
_STEP = 5_000


class Intake(Merging):
    """One import under way. The kinds differ in identity, defaults and side tables."""

    # --- the course of an import

    def run(self) -> Result:
        self.result = Result(headers=self.headers)
        self._prepare()
        self._read()
        self._fold()
        self._settle()
        self._finish()
        return self.result

    def _finish(self) -> None:
        result = self.result
        self._late_rejects()
        result.remarks = self.reader.remarks.all()
        (result.rejected,) = self.connection.execute("SELECT count(*) FROM rejected").fetchone()
        result.unchanged = result.read - result.added - result.updated - result.rejected
        result.operation = self._operation
        result.first = not self.had_rows
        result.differing = dict(self.reader.differing)
        if self.reader.multiplied:
            result.inferred["a_person"] = self.reader.multiplied
        if len(self.reader.orders) == 1:
            (result.date_order,) = self.reader.orders
        self.connection.execute("DROP TABLE temp.incoming")
        if self._operation is not None:
            result.contested = ledger.contested(self.session, self._operation)
            operations.finish(
                self.session,
                self._operation,
                {
                    "read": result.read,
                    "added": result.added,
                    "updated": result.updated,
                    "unchanged": result.unchanged,
                    "rejected": result.rejected,
                },
            )

    # --- what each kind does its own way

    def _fold(self) -> None:
        """Let rows of one identity become one: find whom they mean, merge them into the first."""
        raise NotImplementedError

    def _settle(self) -> None:
        """Write what is left in incoming: changes of rows that exist, then new rows."""
        raise NotImplementedError

    # --- shared steps

    def changed_rows(self) -> Iterator[tuple[int, int, dict[str, Any], dict[str, Any]]]:
        """(line, row id, given cells, present cells) of rows that exist and would change."""
        names = self.fields
        way = self.request.on_duplicate
        differs = " OR ".join(
            f"(i.{n} IS NOT NULL AND t.{n} IS NULL)"
            if way == "fill"
            else f"(i.{n} IS NOT NULL AND i.{n} IS NOT t.{n})"
            for n in names
        )
        given = ", ".join(f"i.{n}" for n in names)
        there = (*names, *self.derived)
        present = ", ".join(f"t.{n}" for n in there)
        last = -1
        while True:
            some = self.connection.execute(
                f"SELECT i.line, i.row_id, {given}, {present} "  # noqa: S608 - our columns
                f"FROM incoming i JOIN {self.table} t ON t.id = i.row_id "
                f"WHERE i.line > ? AND ({differs}) ORDER BY i.line LIMIT {_STEP}",
                (last,),
            ).fetchall()
            if not some:
                return
            last = some[-1][0]
            for row in some:
                cells_given = dict(zip(names, row[2 : 2 + len(names)], strict=True))
                cells_present = dict(zip(there, row[2 + len(names) :], strict=True))
                yield row[0], row[1], cells_given, cells_present

    def update_existing(self) -> set[int]:
        """Write the cells that win over those of existing rows; returns the lines that did."""
        way = self.request.on_duplicate
        if not self.had_rows or way in ("skip", "error"):
            return set()
        touched: set[int] = set()
        for line, row_id, given, present in self.changed_rows():
            new = {
                name: value
                for name, value in given.items()
                if value is not None
                and value != present[name]
                and (present[name] is None or way == "update")
            }
            if new.get("note") and present.get("note"):
                new["note"] = note_entries.stored_with(present["note"], new["note"])
            new = self._undecided(line, row_id, self.consequences(new, present, given), present)
            flaw = self.flaw({**present, **new})
            if flaw is not None:
                self.reject_late(line, flaw)
                continue
            new = {name: value for name, value in new.items() if value != present[name]}
            if not new:
                continue
            touched.add(line)
            self.write_change(self.table, row_id, {name: present[name] for name in new}, new)
        return touched

    def _undecided(
        self, line: int, row_id: int, new: dict[str, Any], present: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The new cells without those that would take back what was decided; that is noted."""
        if self.request.even_decisions:
            return new
        different = {name: value for name, value in new.items() if value != present[name]}
        kept = list(self.decided.kept(row_id, different, present))
        if not kept:
            return new
        self.result.kept += 1
        if len(self.result.kept_rows) < KEPT_TOLD:
            self.result.kept_rows += [
                (line, self._kept(one, different, present, row_id)) for one in kept
            ]
        aside = {name for one in kept for name in one.columns}
        return {name: value for name, value in new.items() if name not in aside}

    def _kept(
        self, one: Decision, new: Mapping[str, Any], present: Mapping[str, Any], row_id: int
    ) -> Message:
        """Which decision stays as it is, and what the row says."""
        name = next(name for name in one.columns if name in new)
        column = by_field(self.columns)[name]
        say = column.type.person(self.request.terms)
        (code,) = self.connection.execute(
            f"SELECT code FROM {self.table} WHERE id = ?",  # noqa: S608 - our table
            (row_id,),
        ).fetchone()
        return Message(
            N_("{code}: {column} stays {value}, not {given}"),
            code=visible(code, 64),
            column=visible(self.header_of(name), 40),
            value="-" if present[name] is None else say(present[name]),
            given="-" if new[name] is None else say(new[name]),
        )

    def write_change(
        self, table: str, row_id: int, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> None:
        """Update one row and record what it was."""
        owner = (
            row_id
            if table == "customer"
            else self.connection.execute(
                f"SELECT customer_id FROM {table} WHERE id = ?",  # noqa: S608 - our table
                (row_id,),
            ).fetchone()[0]
        )
        self.connection.execute(
            "INSERT INTO change (operation_id, table_name, row_id, customer_id, before, after) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (
                self.operation,
                table,
                row_id,
                owner,
                json.dumps(dict(before), ensure_ascii=False),
                json.dumps(dict(after), ensure_ascii=False),
            ),
        )
        sets = ", ".join(f"{name} = ?" for name in after)
        self.connection.execute(
            f"UPDATE {table} SET {sets} WHERE id = ?",  # noqa: S608 - our columns
            (*after.values(), row_id),
        )

    def consequences(
        self, new: dict[str, Any], present: Mapping[str, Any], given: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What changes in the end where the file's `given` cells would change `new`."""
        return new

    def flaw(self, row: Mapping[str, Any]) -> Message | None:
        """Why a row cannot be stored as it would stand; None where it can."""
        return self.contradiction(row)

    def insert_new(self) -> None:
        """Insert the new rows of incoming, whose ids are settled."""
        names = ", ".join(self.fields)
        self.connection.execute(
            f"INSERT INTO {self.table} (id, {names}, operation_id) "  # noqa: S608 - our columns
            f"SELECT row_id, {names}, ? FROM incoming WHERE row_id >= ?",
            (self.operation, self.first_new),
        )
