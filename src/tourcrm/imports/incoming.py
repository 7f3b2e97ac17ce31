"""The rows of a sheet in a temporary table, `incoming`, and those that are rejected, in `rejected`.

A chunk is read at once: its cells are typed, its rows are taken or rejected with a reason.
"""

import json
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlmodel import Session

from tourcrm.base.columns import Column, by_field
from tourcrm.base.display import visible
from tourcrm.base.errors import Message, Refused
from tourcrm.base.i18n import N_, language
from tourcrm.db import codes, engine, operations
from tourcrm.files.reader import Chunk
from tourcrm.imports import contradictions, footers
from tourcrm.imports.column_reader import Batch, Reader, Rejected
from tourcrm.imports.decided import Decided
from tourcrm.imports.headings import is_reason
from tourcrm.imports.mapping import headers_of
from tourcrm.imports.request import Request, Result


class Incoming:
    """The rows of one import under way: what each kind takes is said by `take`."""

    columns: tuple[Column, ...]
    table: str
    fields: tuple[str, ...]  # columns of `table` that a file may give
    derived: tuple[str, ...] = ()  # columns that follow from those
    required: tuple[str, ...]
    marks: tuple[str, ...]  # columns that say whom, or which row, a row is about; see footers.py

    def __init__(self, session: Session, request: Request) -> None:
        self.session = session
        self.request = request
        self.connection = engine.raw(session)
        self.result = Result()
        self._highest_rejected = 0  # among codes of our form
        headers = headers_of(
            request.sheet, self.columns, request.mapping, request.fixed, request.terms
        )
        self.headers = headers
        self.required = self.needed(headers.fields)
        missing = [name for name in self.required if name not in headers.fields]
        if missing:
            raise Refused(
                N_(
                    "{file}: no column for {missing} was found. The header (line {line}) has: "
                    '{header}. Say which column it is with --map "HEADER={field}".'
                ),
                file=request.sheet.name,
                missing=", ".join(
                    by_field(self.columns)[name].header(language()) for name in missing
                ),
                field=missing[0],
                line=request.sheet.header_line,
                header=columns_text(request.sheet.header),
            )
        self.reader = Reader(request.sheet, self.columns, headers, request.terms, self.table)
        self._marks = [headers.places[name] for name in self.marks if name in headers.places]
        self._names = [source.place for source in headers.sources.get("name", ())]
        self._reasons = [n for n, name in enumerate(request.sheet.header) if is_reason(name)]
        self.unmended: set[int] = set()
        self.merging = 0  # the line that is being joined to an earlier one
        self._chunk = Chunk((), [], [])
        self.extra: tuple[str, ...] = ()  # further columns of incoming
        self._operation: int | None = None

    def needed(self, fields: Collection[str]) -> tuple[str, ...]:
        """The fields that the file must have, where it has these."""
        return self.required

    @property
    def operation(self) -> int:
        if self._operation is None:
            request = self.request
            self._operation = operations.begin(
                self.session,
                request.verb,
                request.now,
                request.actor,
                file=request.sheet.name,
                sha256=request.sheet.sha256,
            )
        return self._operation

    def number(self) -> int:
        """`operation`, for what asks for it once it writes."""
        return self.operation

    @property
    def begun(self) -> int | None:
        """The operation, if anything was written yet."""
        return self._operation

    def _prepare(self) -> None:
        execute = self.connection.execute
        engine.thrifty(self.connection)
        execute("DROP TABLE IF EXISTS temp.incoming")
        execute("DROP TABLE IF EXISTS temp.rejected")
        given = ("line INTEGER PRIMARY KEY", "row_id INTEGER", *self.fields, *self.extra)
        execute(f"CREATE TEMP TABLE incoming ({', '.join(given)})")
        execute(
            "CREATE TEMP TABLE rejected "
            "(line INTEGER PRIMARY KEY, cells TEXT, reason TEXT, alike TEXT)"
        )
        self.had_rows = execute(f"SELECT EXISTS (SELECT 1 FROM {self.table})").fetchone()[0] == 1  # noqa: S608 - our table
        self.first_new = self._first_new()
        self.decided = Decided(self.connection, self.table)

    def _first_new(self) -> int:
        return codes.next_id(self.session, self.table)

    def _read(self) -> None:
        sheet = self.request.sheet
        self.reader.begin()
        for chunk in sheet.chunks():
            self.result.read += len(chunk.rows) + len(chunk.bad)
            self._chunk = chunk
            self._note_unmended(chunk)
            batch = self.reader.read(chunk)
            self._reject(batch.rejected)
            refused = self.take(batch)
            if refused:
                self._reject(
                    Rejected(line, self._original(line), why) for line, why in refused.items()
                )
            self.request.progress(sheet.position() / max(sheet.total, 1))

    def _note_unmended(self, chunk: Chunk) -> None:
        """Remember the rows that were rejected because they contradict another one."""
        for place in self._reasons:
            self.unmended.update(
                line
                for line, row in zip(chunk.lines, chunk.rows, strict=True)
                if contradictions.is_reason(row[place])
            )

    def _original(self, line: int) -> list[str]:
        """The cells of a line of the chunk under way."""
        return self._chunk.rows[bisect_left(self._chunk.lines, line)]

    def about_customer(self, line: int, reason: Message) -> Message:
        """Why nobody is found, under the header of the first cell that says who is meant."""
        row, places = self._original(line), self.headers.places
        named = [places[n] for n in ("customer", "phone", "id_number", "name") if n in places]
        place = next((place for place in named if row[place].strip()), None)
        if place is None:
            return reason
        header = visible(self.request.sheet.header[place], 40)
        return Message(N_("{column}: {reason}"), column=header, reason=reason)

    def header_of(self, name: str) -> str:
        """What the sheet calls a column, or we do where it says it by another one."""
        place = self.headers.places.get(name)
        if place is not None:
            return self.request.sheet.header[place]
        known = by_field(self.columns).get(name)
        return name if known is None else known.header(language())

    def is_foot(self, line: int) -> bool:
        """Whether a line of the chunk under way is a total, a signature or the like."""
        return self._is_foot(self._original(line))

    def _is_foot(self, row: Sequence[str]) -> bool:
        return footers.is_foot(row, self._marks, self._names, self._reasons)

    def take(self, batch: Batch) -> dict[int, Message]:
        """Put a batch into incoming; returns the lines that cannot be taken, with reasons."""
        raise NotImplementedError

    def stage(
        self,
        lines: Sequence[int],
        row_ids: Iterable[int | None],
        given: Mapping[str, Sequence[Any]],
    ) -> None:
        names = [name for name in (*self.fields, *self.extra) if name in given]
        marks = ", ".join("?" * (len(names) + 2))
        self.connection.executemany(
            f"INSERT INTO incoming (line, row_id, {', '.join(names)}) VALUES ({marks})",  # noqa: S608 - our columns
            zip(lines, row_ids, *(given[name] for name in names), strict=True),
        )

    def stage_found(
        self,
        lines: Sequence[int],
        row_ids: Sequence[int | None],
        given: Mapping[str, Sequence[Any]],
    ) -> None:
        """Stage the rows that have a row id; the others were refused."""
        keep = [place for place, row_id in enumerate(row_ids) if row_id is not None]
        self.stage(
            [lines[place] for place in keep],
            [row_ids[place] for place in keep],
            {name: [values[place] for place in keep] for name, values in given.items()},
        )

    def _reject(self, found: Iterable[Rejected]) -> None:
        rows = []
        place = self.headers.places.get("code")
        for row in found:
            why = Message(footers.REASON) if self._is_foot(row.cells) else row.reason
            cells = json.dumps(list(row.cells), ensure_ascii=True)
            rows.append((row.line, cells, str(why), str(general(why))))
            if place is not None and place < len(row.cells):  # a ragged row may be shorter
                self._keep_free(row.cells[place])
        self.connection.executemany("INSERT OR REPLACE INTO rejected VALUES (?, ?, ?, ?)", rows)

    def reject_late(self, line: int, reason: Message) -> None:
        """Reject a row that had already been taken in; its cells are fetched at the end."""
        self.connection.execute(
            "INSERT OR REPLACE INTO rejected VALUES (?, NULL, ?, ?)",
            (line, str(reason), str(general(reason))),
        )
        if "code" in self.fields:
            taken = self.connection.execute("SELECT code FROM incoming WHERE line = ?", (line,))
            self._keep_free(next((code for (code,) in taken), None))
        self.connection.execute("DELETE FROM incoming WHERE line = ?", (line,))

    def _keep_free(self, code: str | None) -> None:
        """Give the code of a rejected row to no other: it will come again, mended."""
        number = codes.number_in(code.strip(), self.table) if code else 0
        self._highest_rejected = max(self._highest_rejected, number)

    def _late_rejects(self) -> None:
        """Fetch the cells of rows that were rejected after they had been read."""
        lines = {
            line
            for (line,) in self.connection.execute("SELECT line FROM rejected WHERE cells IS NULL")
        }
        if not lines:
            return
        for chunk in self.request.sheet.chunks():
            for line, row in zip(chunk.lines, chunk.rows, strict=True):
                if line in lines:
                    why = str(Message(footers.REASON)) if self._is_foot(row) else None
                    self.connection.execute(
                        "UPDATE rejected SET cells = ?, reason = coalesce(?, reason), "
                        "alike = coalesce(?, alike) WHERE line = ?",
                        (json.dumps(row, ensure_ascii=True), why, why, line),
                    )

    def first_free(self) -> int:
        """The first id whose code nobody has, neither in the table nor in the file."""
        in_file = codes.highest(self.session, "incoming", self.table)
        asked_for = max(in_file, self._highest_rejected)
        return max(codes.next_id(self.session, self.table), asked_for + 1)

    def count_new(self) -> int:
        (new,) = self.connection.execute(
            "SELECT count(*) FROM incoming WHERE row_id IS NULL OR row_id >= ?", (self.first_new,)
        ).fetchone()
        return int(new)


# What differs from row to row in reasons that are the same.
_PARTICULAR = frozenset(
    {"value", "given", "candidates", "code", "line", "name", "returns", "departs", "days", "count"}
)


def general(reason: Message) -> Message:
    """A reason without the particulars of its row."""
    return Message(
        reason.template,
        **{
            name: general(value)
            if isinstance(value, Message)
            else "…"
            if name in _PARTICULAR
            else value
            for name, value in reason.params.items()
        },
    )


def columns_text(header: Sequence[str]) -> str:
    """A header as a message shows it."""
    return visible(", ".join(header), 300)
