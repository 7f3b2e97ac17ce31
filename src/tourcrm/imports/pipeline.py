"""The course of an import, whatever it imports; the modules beside it say what each kind does.

    sheet -> column_reader (typed columns, rejected rows) -> matching (who, which trip)
          -> incoming (a temporary table) -> fold -> compare -> write

Nothing is written before the last row has been read, so that two rows of one identity settle once,
and the same file again writes nothing. Inserted rows carry the operation's number; a cell that is
overwritten leaves a change.
"""

import json
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from sqlmodel import Session

from tourcrm.base.columns import Column, by_field
from tourcrm.base.display import visible
from tourcrm.base.errors import Message, Refused
from tourcrm.base.i18n import N_, language
from tourcrm.base.kinds import Terms
from tourcrm.db import codes, engine, operations
from tourcrm.files.reader import Chunk, Sheet
from tourcrm.imports import contradictions, footers, note_entries, undo
from tourcrm.imports.asides import Remark
from tourcrm.imports.column_reader import Batch, Reader, Rejected
from tourcrm.imports.decided import Decided, Decision
from tourcrm.imports.headings import Headers, is_reason
from tourcrm.imports.mapping import headers_of

BULK = 50_000  # from so many new rows on, indexes are rebuilt instead of kept up row by row
KEPT_TOLD = 1_000
_STEP = 5_000


@dataclass(frozen=True, slots=True)
class Line:
    """A row of an order, to be shown."""

    line: int
    cells: Mapping[str, Any]  # by the header


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be imported, and how."""

    sheet: Sheet
    entity: str  # customers, trips, interactions or surveys
    verb: str
    now: datetime
    today: date
    actor: str
    terms: Terms
    mapping: Mapping[str, str] = field(default_factory=dict)  # header -> field
    fixed: Mapping[str, str] = field(default_factory=dict)  # field -> the value of all rows
    on_duplicate: str = "update"
    create_customers: bool = False
    nps_scale: bool = False  # somebody said that the NPS of the sheet is from 0 to 10
    rows: str | None = None  # lines: the rows of one order are its lines
    rates: Mapping[str, Decimal] = field(default_factory=dict)  # what other currencies are worth
    even_decisions: bool = False  # the sheet's word counts more than what was decided since
    people_added: bool = False  # of lines; else the largest number of them counts
    # Shown a few rows that contradict one another: are they lines of one order? None: nobody asks.
    are_lines: Callable[[Sequence[Line]], bool] | None = None
    progress: Callable[[float], None] = lambda share: None


@dataclass(slots=True)
class Result:
    """What an import did; read = added + updated + unchanged + rejected."""

    operation: int | None = None
    read: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    first: bool = False  # whether the table was empty before
    date_order: str | None = None  # dmy or mdy, where the file's own columns told
    repeated: int = 0  # rows that an earlier row of the file had told of already
    customers_added: int = 0
    contested: int = 0  # cells changed that an earlier import had set
    orders: int = 0  # that came in lines
    order_lines: int = 0
    people_added: bool = False
    kept_rows: list[tuple[int, Message]] = field(default_factory=list)  # the first of those
    kept: int = 0  # rows that would have taken back what was decided, and did not
    notes: list[Message] = field(default_factory=list)
    headers: Headers | None = None
    differing: dict[int, int] = field(default_factory=dict)  # doubled columns, rows they differ in
    inferred: dict[str, int] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)


class Intake:
    """One import under way. The three kinds differ in identity, defaults and side tables."""

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
        self._chunk = Chunk((), [], [])
        self.extra: tuple[str, ...] = ()  # further columns of incoming
        self._operation: int | None = None

    def needed(self, fields: Collection[str]) -> tuple[str, ...]:
        """The fields that the file must have, where it has these."""
        return self.required

    # --- the course of an import

    def run(self) -> Result:
        self.result = Result(headers=self.headers)
        self._prepare()
        self._read()
        self._fold()
        self._settle()
        self._finish()
        return self.result

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

    @property
    def begun(self) -> int | None:
        """The operation, if anything was written yet."""
        return self._operation

    def _prepare(self) -> None:
        execute = self.connection.execute
        engine.thrifty(self.connection)
        execute("DROP TABLE IF EXISTS temp.incoming")
        execute("DROP TABLE IF EXISTS temp.rejected")
        given = ", ".join((*self.fields, *self.extra))
        execute(f"CREATE TEMP TABLE incoming (line INTEGER PRIMARY KEY, row_id INTEGER, {given})")
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

    def is_foot(self, line: int) -> bool:
        """Whether a line of the chunk under way is a total, a signature or the like."""
        return self._is_foot(self._original(line))

    def _is_foot(self, row: Sequence[str]) -> bool:
        return footers.is_foot(row, self._marks, self._names, self._reasons)

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
            result.contested = undo.contested(self.session, self._operation)
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

    def take(self, batch: Batch) -> dict[int, Message]:
        """Put a batch into incoming; returns the lines that cannot be taken, with reasons."""
        raise NotImplementedError

    def _fold(self) -> None:
        """Let rows of one identity become one: find whom they mean, merge them into the first."""
        raise NotImplementedError

    def _settle(self) -> None:
        """Write what is left in incoming: changes of rows that exist, then new rows."""
        raise NotImplementedError

    # --- shared steps

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

    def merge(self, lines: Sequence[int]) -> None:
        """Make several rows of incoming one: the later ones add cells, or are refused.

        Nothing is overwritten: a row that contradicts an earlier one is rejected.
        """
        names = (*self.fields, *self.extra)
        select = f"SELECT {', '.join(names)} FROM incoming WHERE line = ?"  # noqa: S608 - our columns
        way = self.request.on_duplicate

        def row_of(line: int) -> dict[str, Any]:
            return dict(
                zip(names, self.connection.execute(select, (line,)).fetchone(), strict=True)
            )

        row = row_of(lines[0])
        said_by = dict.fromkeys((name for name in names if row[name] is not None), lines[0])
        for line in lines[1:]:
            if way == "error":
                self.reject_late(line, Message(N_("line {line} is the same one"), line=lines[0]))
                continue
            later = {name: value for name, value in row_of(line).items() if value is not None}
            clash = self.contradicted(row, later)
            if clash:
                self.reject_late(line, self._clash(said_by.get(clash[0], lines[0]), clash))
                continue
            if way != "skip":
                both = self.merged(row, later, way == "fill")
                flaw = self.contradiction(both)
                if flaw is not None:
                    self.reject_late(line, flaw)
                    continue
                row = both
                for name in later:
                    said_by.setdefault(name, line)
            self.result.repeated += 1
            self.connection.execute("DELETE FROM incoming WHERE line = ?", (line,))
        sets = ", ".join(f"{name} = ?" for name in names)
        self.connection.execute(
            f"UPDATE incoming SET {sets} WHERE line = ?",  # noqa: S608 - our columns
            (*row.values(), lines[0]),
        )

    def merged(
        self, first: dict[str, Any], later: dict[str, Any], only_blanks: bool
    ) -> dict[str, Any]:
        """What two rows of one identity become; `later` holds the cells that are not blank."""
        both = first | {name: value for name, value in later.items() if first[name] is None}
        if first.get("note") and later.get("note"):
            both["note"] = note_entries.of_both(first["note"], later["note"])
        return both

    def contradicted(self, first: Mapping[str, Any], later: Mapping[str, Any]) -> tuple[str, ...]:
        """The columns in which two rows of one identity say different things."""
        return contradictions.between(first, later, self.fields)

    def _clash(self, line: int, names: Sequence[str]) -> Message:
        told = ", ".join(visible(self.header_of(name), 40) for name in names)
        return contradictions.reason(line, told, self.table == "trip")

    def header_of(self, name: str) -> str:
        """What the sheet calls a column, or we do where it says it by another one."""
        place = self.headers.places.get(name)
        if place is not None:
            return self.request.sheet.header[place]
        known = by_field(self.columns).get(name)
        return name if known is None else known.header(language())

    def refuse_unmended(self) -> None:
        """A row that was rejected as contradicting another does not win by coming once more."""
        for line in sorted(self.unmended):
            found = self.connection.execute("SELECT row_id FROM incoming WHERE line = ?", (line,))
            row_id = next((one for (one,) in found), None)
            if row_id is None or row_id >= self.first_new:
                continue
            names = self.at_odds(row_id, line)
            if names:
                told = ", ".join(visible(self.header_of(name), 40) for name in names)
                self.reject_late(line, contradictions.unmended(told))

    def at_odds(self, row_id: int, line: int) -> tuple[str, ...]:
        """The columns in which a row contradicts the existing row that it means."""
        select = f"SELECT {', '.join(self.fields)} FROM"

        def cells(rest: str, key: int) -> dict[str, Any]:
            found = self.connection.execute(f"{select} {rest}", (key,)).fetchone()
            return dict(zip(self.fields, found, strict=True))

        return contradictions.between(
            cells(f"{self.table} WHERE id = ?", row_id),
            cells("incoming WHERE line = ?", line),
            self.fields,
        )

    def merge_twins(self) -> None:
        """Merge the rows that are about the same row of the table."""
        self.refuse_unmended()
        twins = self.connection.execute(
            "SELECT row_id, group_concat(line) FROM incoming WHERE row_id IS NOT NULL "
            "GROUP BY row_id HAVING count(*) > 1"
        ).fetchall()
        for row_id, listed in twins:
            lines = sorted(map(int, listed.split(",")))
            self.merge(sorted(lines, key=partial(self.turn, row_id)))

    def turn(self, row_id: int, line: int) -> tuple[bool, ...]:
        """When a row of several is heard: first those that say how the existing row stands."""
        return (row_id < self.first_new and bool(self.at_odds(row_id, line)),)

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

    def contradiction(self, row: Mapping[str, Any]) -> Message | None:
        """Why the cells of a row cannot be true together; None where they can."""
        return None

    def flaw(self, row: Mapping[str, Any]) -> Message | None:
        """Why a row cannot be stored as it would stand; None where it can."""
        return self.contradiction(row)

    def refuse_existing(self) -> None:
        """--on-duplicate error: reject every row that is there already."""
        if self.request.on_duplicate != "error":
            return
        for (line,) in self.connection.execute(
            "SELECT line FROM incoming WHERE row_id < ?", (self.first_new,)
        ).fetchall():
            self.reject_late(line, Message(N_("it is there already")))

    def first_free(self) -> int:
        """The first id whose code nobody has, neither in the table nor in the file."""
        in_file = codes.highest(self.session, "incoming", self.table)
        asked_for = max(in_file, self._highest_rejected)
        return max(codes.next_id(self.session, self.table), asked_for + 1)

    def insert_new(self) -> None:
        """Insert the new rows of incoming, whose ids are settled."""
        names = ", ".join(self.fields)
        self.connection.execute(
            f"INSERT INTO {self.table} (id, {names}, operation_id) "  # noqa: S608 - our columns
            f"SELECT row_id, {names}, ? FROM incoming WHERE row_id >= ?",
            (self.operation, self.first_new),
        )

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
