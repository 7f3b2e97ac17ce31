"""Import: a sheet becomes rows, all of it in one transaction and one operation.

    sheet -> digest (typed columns, rejected rows) -> identity (who, which trip)
          -> incoming (a temporary table) -> fold -> compare -> write

Nothing is written before the last row has been read, so that two rows of one identity settle once,
and the same file again writes nothing. Inserted rows carry the operation's number; a cell that is
overwritten leaves a change.
"""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from sqlmodel import Session

from tourcrm import cells, columns, customer, operation, pinyin, store
from tourcrm.columns import Column
from tourcrm.digest import REMEMBERED, Batch, Headers, Reader, Rejected, Terms, Unsettled, map_headers
from tourcrm.errors import Message, Refused
from tourcrm.i18n import N_
from tourcrm.identity import Ambiguous, Person, Reference, Referrer, Register
from tourcrm.lunar import SpecialDay
from tourcrm.sheet import Sheet

WAYS = ("update", "fill", "skip", "error")
LONGEST_TRIP = 365  # days between departure and return
OPEN_QUOTE = 60  # days after which an old open quote comes in as lost
BULK = 50_000  # from so many new rows on, indexes are rebuilt instead of kept up row by row
_STEP = 5_000


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be imported, and how."""

    sheet: Sheet
    entity: str  # customers, trips or interactions
    verb: str
    now: datetime
    today: date
    actor: str
    terms: Terms
    mapping: Mapping[str, str] = field(default_factory=dict)
    on_duplicate: str = "update"
    create_customers: bool = False
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
    customers_added: int = 0
    notes: list[Message] = field(default_factory=list)
    headers: Headers | None = None
    inferred: dict[str, int] = field(default_factory=dict)


def run(session: Session, request: Request) -> Result:
    """Import a sheet into the session's transaction.

    Rejected rows stay readable through `rejects` until the session ends. Raises Refused where
    the file cannot be taken at all, WrongUsage for a mapping that cannot be.
    """
    intake = _KINDS[request.entity](session, request)
    try:
        result = intake.run()
    except Unsettled:
        intake.reader.settle()
        result = intake.run()
    return result


def rejects(session: Session) -> Iterator[tuple[int, list[str], str]]:
    """The rejected rows of the import just run: line, original cells, reason in words."""
    for line, row, reason in store.raw(session).execute(
        "SELECT line, cells, reason FROM rejected ORDER BY line"
    ):
        yield line, json.loads(row), reason


def entity_columns(entity: str) -> tuple[Column, ...]:
    """The columns that an import of this entity understands."""
    return _KINDS[entity].columns


class Intake:
    """One import under way. The three kinds differ in identity, defaults and side tables."""

    columns: tuple[Column, ...]
    table: str
    fields: tuple[str, ...]  # columns of `table` that a file may give
    required: tuple[str, ...]

    def __init__(self, session: Session, request: Request) -> None:
        self.session = session
        self.request = request
        self.connection = store.raw(session)
        self.result = Result()
        headers = map_headers(request.sheet.header, self.columns, request.mapping)
        self.headers = headers
        missing = [name for name in self.required if name not in headers.places]
        if missing:
            raise Refused(
                N_(
                    "{file}: no column for {missing} was found. The header (line {line}) has: "
                    '{header}. Say which column it is with --map "HEADER={field}".'
                ),
                file=request.sheet.name,
                missing=", ".join(missing),
                field=missing[0],
                line=request.sheet.header_line,
                header=columns_text(request.sheet.header),
            )
        self.reader = Reader(request.sheet, self.columns, headers, request.terms)
        self.extra: tuple[str, ...] = ()  # further columns of incoming
        self._operation: int | None = None

    # --- the course of an import

    def run(self) -> Result:
        self.result = Result(headers=self.headers, customers_added=self.result.customers_added)
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
            self._operation = operation.begin(
                self.session,
                request.verb,
                request.now,
                request.actor,
                file=request.sheet.name,
                sha256=request.sheet.sha256,
            )
        return self._operation

    def _prepare(self) -> None:
        execute = self.connection.execute
        store.thrifty(self.connection)
        execute("DROP TABLE IF EXISTS temp.incoming")
        execute("DROP TABLE IF EXISTS temp.rejected")
        given = ", ".join((*self.fields, *self.extra))
        execute(f"CREATE TEMP TABLE incoming (line INTEGER PRIMARY KEY, row_id INTEGER, {given})")
        execute("CREATE TEMP TABLE rejected (line INTEGER PRIMARY KEY, cells TEXT, reason TEXT)")
        self.had_rows = execute(f"SELECT EXISTS (SELECT 1 FROM {self.table})").fetchone()[0] == 1  # noqa: S608 - our table
        self.first_new = self._first_new()

    def _first_new(self) -> int:
        return customer.next_id(self.session, self.table)

    def _read(self) -> None:
        sheet = self.request.sheet
        for chunk in sheet.chunks():
            self.result.read += len(chunk.rows) + len(chunk.bad)
            batch = self.reader.read(chunk)
            self._reject(batch.rejected)
            refused = self.take(batch)
            if refused:
                originals = dict(zip(chunk.lines, chunk.rows, strict=True))
                self._reject(Rejected(line, originals[line], why) for line, why in refused.items())
            self.request.progress(sheet.position() / max(sheet.total, 1))

    def _reject(self, found: Iterable[Rejected]) -> None:
        self.connection.executemany(
            "INSERT OR REPLACE INTO rejected VALUES (?, ?, ?)",
            (
                (row.line, json.dumps(list(row.cells), ensure_ascii=True), str(row.reason))
                for row in found
            ),
        )

    def reject_late(self, line: int, reason: Message) -> None:
        """Reject a row that had already been taken in; its cells are fetched at the end."""
        self.connection.execute(
            "INSERT OR REPLACE INTO rejected VALUES (?, NULL, ?)", (line, str(reason))
        )
        self.connection.execute("DELETE FROM incoming WHERE line = ?", (line,))

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
                    self.connection.execute(
                        "UPDATE rejected SET cells = ? WHERE line = ?",
                        (json.dumps(row, ensure_ascii=True), line),
                    )

    def _finish(self) -> None:
        result = self.result
        self._late_rejects()
        (result.rejected,) = self.connection.execute("SELECT count(*) FROM rejected").fetchone()
        result.unchanged = result.read - result.added - result.updated - result.rejected
        result.operation = self._operation
        self.connection.execute("DROP TABLE temp.incoming")
        if self._operation is not None:
            operation.finish(
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

    def stage(self, lines: Sequence[int], row_ids: Iterable[int | None], given: Mapping[str, Sequence[Any]]) -> None:
        names = [name for name in (*self.fields, *self.extra) if name in given]
        marks = ", ".join("?" * (len(names) + 2))
        self.connection.executemany(
            f"INSERT INTO incoming (line, row_id, {', '.join(names)}) VALUES ({marks})",  # noqa: S608 - our columns
            zip(lines, row_ids, *(given[name] for name in names), strict=True),
        )

    def merge(self, lines: Sequence[int]) -> None:
        """Make several rows of incoming one: the later cells win, or only fill, or are refused."""
        names = (*self.fields, *self.extra)
        select = f"SELECT {', '.join(names)} FROM incoming WHERE line = ?"  # noqa: S608 - our columns
        first = list(self.connection.execute(select, (lines[0],)).fetchone())
        for line in lines[1:]:
            if self.request.on_duplicate == "error":
                self.reject_late(line, Message(N_("line {line} is the same one"), line=lines[0]))
                continue
            if self.request.on_duplicate != "skip":
                later = self.connection.execute(select, (line,)).fetchone()
                for index, value in enumerate(later):
                    blank = first[index] is None
                    if value is not None and (blank or self.request.on_duplicate == "update"):
                        first[index] = self.merged(names[index], first[index], value)
            self.connection.execute("DELETE FROM incoming WHERE line = ?", (line,))
        sets = ", ".join(f"{name} = ?" for name in names)
        self.connection.execute(
            f"UPDATE incoming SET {sets} WHERE line = ?",  # noqa: S608 - our columns
            (*first, lines[0]),
        )

    def merged(self, name: str, first: Any, later: Any) -> Any:
        """What two cells of one identity become; some kinds collect instead of replacing."""
        return later

    def merge_twins(self) -> None:
        """Merge the rows that found the same existing row."""
        twins = self.connection.execute(
            "SELECT group_concat(line) FROM incoming WHERE row_id IS NOT NULL "
            "GROUP BY row_id HAVING count(*) > 1"
        ).fetchall()
        for (lines,) in twins:
            self.merge(sorted(map(int, lines.split(","))))

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
        present = ", ".join(f"t.{n}" for n in names)
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
                cells_present = dict(zip(names, row[2 + len(names) :], strict=True))
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
            new = self.consequences(new, present)
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

    def consequences(self, new: dict[str, Any], present: Mapping[str, Any]) -> dict[str, Any]:
        """What else changes when these cells do."""
        return new

    def flaw(self, row: Mapping[str, Any]) -> Message | None:
        """Why a row as it would stand cannot be; None where it can."""
        return None

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
        letter = customer.code_of(0, self.table)[0]
        shortest = len(customer.code_of(0, self.table))
        (highest,) = self.connection.execute(
            "SELECT max(CAST(substr(code, 2) AS INTEGER)) FROM incoming WHERE code >= ? "
            "AND code < ? AND length(code) BETWEEN ? AND 16 AND substr(code, 2) NOT GLOB '*[^0-9]*'",
            (f"{letter}0", f"{letter}:", shortest),
        ).fetchone()
        return max(customer.next_id(self.session, self.table), (highest or 0) + 1)

    def count_new(self) -> int:
        (new,) = self.connection.execute(
            "SELECT count(*) FROM incoming WHERE row_id IS NULL OR row_id >= ?", (self.first_new,)
        ).fetchone()
        return int(new)


def columns_text(header: Sequence[str]) -> str:
    """A header as a message shows it."""
    from tourcrm.safe import visible

    return visible(", ".join(header), 300)


# --- trips -------------------------------------------------------------------------------------------


class Trips(Intake):
    """Trips name their customer; their identity is the order code, else customer, day and place."""

    columns = columns.TRIP
    table = "trip"
    fields = (
        *("code", "customer_id", "destination", "abroad", "service", "kind", "status"),
        *("inquired_on", "quoted_on", "booked_on", "cancelled_on", "lost_on"),
        *("departs_on", "returns_on", "party_size", "price", "channel", "advisor", "guide"),
        *("lost_reason", "rival", "note"),
    )
    required = ("customer",)

    def __init__(self, session: Session, request: Request) -> None:
        if request.entity == "trips":
            places = map_headers(request.sheet.header, self.columns, request.mapping).places
            if "customer" not in places and places.keys() & {"phone", "id_number"}:
                self.required = ()
        super().__init__(session, request)
        self.referrer = Referrer(
            Register(self.connection, customer.code_of), request.terms.region
        )
        # Rows that are in the database just so need no staging; see _pass_over.
        self.pass_over = True
        self.passed = bytearray()
        self.spans = _Spans()

    def _prepare(self) -> None:
        super()._prepare()
        (largest,) = self.connection.execute("SELECT coalesce(max(id), 0) FROM trip").fetchone()
        self.passed = bytearray(largest // 8 + 1)

    def take(self, batch: Batch) -> dict[int, Message]:
        given = batch.columns
        size = len(batch.lines)
        if not size:
            return {}
        refused: dict[int, Message] = {}
        nothing: list[Any] = [None] * size
        resolved = self.referrer.resolve(
            given.get("customer", nothing),
            *(given.get(name) for name in ("phone", "id_number", "name")),
        )
        if self.request.create_customers and set(map(type, resolved)) != {int}:
            resolved = self._create(given, resolved)
        departures = given.get("departs_on", nothing)
        staged = {name: given[name] for name in self.fields if name in given}
        staged["customer_id"] = resolved
        wrong: Sequence[Message | None] = nothing
        if "returns_on" in given or "days" in given:
            spans = list(
                map(
                    self.spans.__getitem__,
                    zip(departures, given.get("returns_on", nothing), given.get("days", nothing), strict=True),
                )
            )
            staged["returns_on"] = [returns for returns, _ in spans]
            wrong = [why for _, why in spans]
        if set(map(type, resolved)) != {int} or None in departures or any(wrong):
            refused = self._refuse(batch, resolved, wrong)
        lines: Sequence[int] = batch.lines
        if refused:
            keep = [index for index, line in enumerate(lines) if line not in refused]
            lines = [lines[index] for index in keep]
            staged = {name: [values[index] for index in keep] for name, values in staged.items()}
        if self.had_rows and self.pass_over and "code" in staged:
            lines, staged = self._pass_over(lines, staged)
        self.stage(lines, [None] * len(lines), staged)
        return refused

    def _refuse(
        self, batch: Batch, resolved: Sequence[int | Message], wrong: Sequence[Message | None]
    ) -> dict[int, Message]:
        given = batch.columns
        nothing: list[Any] = [None] * len(batch.lines)
        departures = given.get("departs_on", nothing)
        statuses = given.get("status", nothing)
        refused: dict[int, Message] = {}
        for index, line in enumerate(batch.lines):
            who, why = resolved[index], wrong[index]
            if type(who) is not int:
                why = Message(N_("customer: {reason}"), reason=who)
            elif (
                why is None
                and departures[index] is None
                and statuses[index] not in ("inquiry", "quoted", "lost", "cancelled")
                and not self._known_code(given, index)
            ):
                why = Message(N_("no departure date: a booked trip needs one"))
            if why is not None:
                refused[line] = why
        return refused

    def _known_code(self, given: Mapping[str, Sequence[Any]], index: int) -> bool:
        code = given["code"][index] if "code" in given else None
        return (
            code is not None
            and self.connection.execute(
                "SELECT 1 FROM trip WHERE code = ? AND departs_on IS NOT NULL", (code,)
            ).fetchone()
            is not None
        )

    def _create(
        self, given: Mapping[str, Sequence[Any]], resolved: Sequence[int | Message]
    ) -> list[int | Message]:
        """Make the customers that nobody knows, from the row's name and phone."""
        made: list[int | Message] = []
        nothing: list[Any] = [None] * len(resolved)
        rows = zip(
            *(given.get(name, nothing) for name in ("customer", "phone", "id_number", "name")),
            resolved,
            strict=True,
        )
        for *cells_, who in rows:
            made.append(who if type(who) is int else self._created(tuple(cells_)))
        self.referrer.forget()
        return made

    def _created(self, reference: Reference) -> int | Message:
        register = self.referrer.register
        readings = self.referrer.persons(reference)
        register.look_up(readings)
        try:
            for person in readings:
                if found := register.find(person):  # an earlier row of the file made him
                    return found.row_id
        except Ambiguous as doubt:
            return doubt.reason
        if not readings:
            return Message(N_("it names no customer: give a code, phone or ID number"))
        # The last reading is the likeliest for somebody unknown: a number before a mere code.
        person = readings[-1]
        name = reference[3] or person.name or person.code
        if not name:
            return Message(N_("a new customer needs a name: the row has none"))
        return self._new_customer(person, cells.name(name), person.phones)

    def _new_customer(self, person: Person, name: str, numbers: Sequence[str]) -> int:
        row_id = customer.next_id(self.session, "customer")
        code = person.code or customer.code_of(row_id)
        full, initials = pinyin.of_name(name)
        self.connection.execute(
            "INSERT INTO customer (id, code, name, kind, status, phone, phone2, id_number, "
            "marketing_consent, do_not_contact, name_pinyin, name_initials, entered_on, "
            "operation_id) VALUES (?, ?, ?, 'person', 'active', ?, ?, ?, 'unknown', 0, ?, ?, ?, ?)",
            (
                row_id,
                code,
                name,
                numbers[0] if numbers else None,
                numbers[1] if len(numbers) > 1 else None,
                person.id_number,
                full,
                initials,
                self.request.today.isoformat(),
                self.operation,
            ),
        )
        self.referrer.register.add(
            Person(code, person.id_number, None, tuple(numbers), None, name), row_id, code
        )
        self.result.customers_added += 1
        return row_id

    def _pass_over(
        self, lines: Sequence[int], staged: dict[str, list[Any]]
    ) -> tuple[Sequence[int], dict[str, list[Any]]]:
        """Leave out rows whose trip is in the database just so: most of a file that comes again.

        What is left out is remembered by trip, so that `_fold` notices when another row of the
        file says something else of the same trip; then the file is read again without this.
        """
        names = [name for name in staged if name != "code"]
        same = " AND ".join(f"(c.{n} IS NULL OR c.{n} IS t.{n})" for n in names)
        execute = self.connection.execute
        columns_ = ", ".join(self.fields)
        execute(f"CREATE TEMP TABLE IF NOT EXISTS chunk (line INTEGER PRIMARY KEY, {columns_})")
        execute("DELETE FROM temp.chunk")
        listed = ["code", *names]
        self.connection.executemany(
            f"INSERT INTO temp.chunk (line, {', '.join(listed)}) "  # noqa: S608 - our columns
            f"VALUES ({', '.join('?' * (len(listed) + 1))})",
            zip(lines, *(staged[name] for name in listed), strict=True),
        )
        same_lines: set[int] = set()
        for line, row_id in execute(
            "SELECT c.line, t.id FROM temp.chunk c "  # noqa: S608 - our columns
            f"CROSS JOIN trip t ON t.code = c.code WHERE {same}"
        ):
            same_lines.add(line)
            self.passed[row_id >> 3] |= 1 << (row_id & 7)
        if not same_lines:
            return lines, staged
        keep = [index for index, line in enumerate(lines) if line not in same_lines]
        return (
            [lines[index] for index in keep],
            {name: [values[index] for index in keep] for name, values in staged.items()},
        )

    def _fold(self) -> None:
        execute = self.connection.execute
        execute("CREATE INDEX temp.incoming_code ON incoming (code) WHERE code IS NOT NULL")
        if self.had_rows:
            execute(
                "UPDATE incoming SET row_id = (SELECT id FROM trip WHERE trip.code = incoming.code) "
                "WHERE code IS NOT NULL"
            )
            self._match_uncoded()
            if self._passed_and_staged():
                self._again()
                return
            for line, code in execute(
                "SELECT i.line, c.code FROM incoming i JOIN trip t ON t.id = i.row_id "
                "JOIN customer c ON c.id = t.customer_id WHERE i.customer_id <> t.customer_id"
            ).fetchall():
                self.reject_late(
                    line, Message(N_("this order is that of customer {code}"), code=code)
                )
            self.refuse_existing()
            self.merge_twins()
        for (lines,) in execute(
            "SELECT group_concat(line) FROM incoming WHERE code IS NOT NULL AND row_id IS NULL "
            "GROUP BY code HAVING count(*) > 1"
        ).fetchall():
            self._merge_order(sorted(map(int, lines.split(","))))

    def _merge_order(self, lines: list[int]) -> None:
        """Rows of one new order code: one trip, unless they name different customers."""
        customers = dict(
            self.connection.execute(
                "SELECT line, customer_id FROM incoming WHERE line IN (%s)"  # noqa: S608 - marks
                % ",".join("?" * len(lines)),
                lines,
            ).fetchall()
        )
        same = [line for line in lines if customers[line] == customers[lines[0]]]
        for line in set(lines) - set(same):
            self.reject_late(
                line,
                Message(
                    N_("line {line} has the same order number for another customer"), line=lines[0]
                ),
            )
        if len(same) > 1:
            self.merge(same)

    def _match_uncoded(self) -> None:
        """Rows without an order code: the n-th alike in the file is the n-th alike in the table."""
        execute = self.connection.execute
        if not execute("SELECT EXISTS (SELECT 1 FROM incoming WHERE code IS NULL)").fetchone()[0]:
            return
        execute(
            "CREATE TEMP TABLE IF NOT EXISTS alike "
            "(customer_id INTEGER, departs_on TEXT, destination TEXT, place INTEGER, line INTEGER)"
        )
        execute("DELETE FROM temp.alike")
        execute(
            "INSERT INTO temp.alike SELECT customer_id, departs_on, destination, row_number() OVER "
            "(PARTITION BY customer_id, departs_on, destination ORDER BY line), line "
            "FROM incoming WHERE code IS NULL ORDER BY customer_id, departs_on, destination"
        )
        found = self._pairs()
        while some := list(islice(found, _STEP)):
            self.connection.executemany("UPDATE incoming SET row_id = ? WHERE line = ?", some)
        execute("DROP TABLE temp.alike")

    def _pairs(self) -> Iterator[tuple[int, int]]:
        """(trip, line) by merging both sides in the order customer, departure, destination."""
        reading = self.connection.cursor()
        last = None
        trips: dict[tuple[str | None, str | None], list[int]] = {}
        for who, departs, destination, place, line in self.connection.execute(
            "SELECT customer_id, departs_on, destination, place, line FROM temp.alike"
        ):
            if who != last:
                last = who
                trips = {}
                for row_id, day, goal in reading.execute(
                    "SELECT id, departs_on, destination FROM trip WHERE customer_id = ? ORDER BY id",
                    (who,),
                ):
                    trips.setdefault((day, goal), []).append(row_id)
            alike = trips.get((departs, destination), ())
            if place <= len(alike):
                yield alike[place - 1], line

    def _passed_and_staged(self) -> bool:
        return any(
            self.passed[row_id >> 3] >> (row_id & 7) & 1
            for (row_id,) in self.connection.execute(
                "SELECT row_id FROM incoming WHERE row_id IS NOT NULL"
            )
            if row_id >> 3 < len(self.passed)
        )

    def _again(self) -> None:
        """Two rows of one trip disagree, and one was passed over: stage every row after all."""
        self.pass_over = False
        self.result = Result(headers=self.headers, customers_added=self.result.customers_added)
        self._prepare()
        self._read()
        self._fold()

    def _settle(self) -> None:
        self.result.updated = len(self.update_existing())
        self.result.added = self.count_new_trips()
        if self.result.added:
            self._infer()
            self._insert()

    def count_new_trips(self) -> int:
        (new,) = self.connection.execute(
            "SELECT count(*) FROM incoming WHERE row_id IS NULL"
        ).fetchone()
        return int(new)

    def _infer(self) -> None:
        """Fill in what new trips leave out, and count it, so that it can be said."""
        old = (self.request.today - timedelta(days=OPEN_QUOTE)).isoformat()
        steps = {
            "status": "status = 'booked' WHERE status IS NULL",
            "service": "service = 'tour' WHERE service IS NULL",
            "kind": "kind = 'group' WHERE kind IS NULL",
            "returns_on": "returns_on = departs_on WHERE returns_on IS NULL "
            "AND departs_on IS NOT NULL",
            "lost": "status = 'lost', lost_reason = coalesce(lost_reason, 'imported'), "
            "lost_on = coalesce(lost_on, date(coalesce(quoted_on, inquired_on, departs_on), "
            f"'+{OPEN_QUOTE} days')) WHERE status IN ('inquiry', 'quoted') "
            f"AND coalesce(quoted_on, inquired_on, departs_on) < '{old}'",
        }
        for name, change in steps.items():
            changed = self.connection.execute(
                f"UPDATE incoming SET {change} AND row_id IS NULL"  # noqa: S608 - the table above
            ).rowcount
            if changed:
                self.result.inferred[name] = changed
        (unpriced,) = self.connection.execute(
            "SELECT count(*) FROM incoming WHERE price IS NULL AND row_id IS NULL"
        ).fetchone()
        if unpriced:
            self.result.inferred["price"] = unpriced

    def _insert(self) -> None:
        base = self.first_free()
        names = ", ".join(self.fields)
        made = "coalesce(code, 'T' || printf('%07d', ? + line))"
        values = ", ".join(made if name == "code" else name for name in self.fields)
        (first,) = self.connection.execute(
            "SELECT min(line) FROM incoming WHERE row_id IS NULL"
        ).fetchone()
        with store.bulk(self.connection, "trip", self.result.added >= BULK):
            self.connection.execute(
                f"INSERT INTO trip (id, {names}, operation_id) "  # noqa: S608 - our columns
                f"SELECT ? + line, {values}, ? FROM incoming WHERE row_id IS NULL ORDER BY line",
                (base - first, base - first, self.operation),
            )

    def consequences(self, new: dict[str, Any], present: Mapping[str, Any]) -> dict[str, Any]:
        changed = dict(new)
        if "departs_on" in new and "returns_on" not in new and present["departs_on"]:
            if present["returns_on"]:
                moved = date.fromisoformat(new["departs_on"]) - date.fromisoformat(
                    present["departs_on"]
                )
                changed["returns_on"] = (
                    date.fromisoformat(present["returns_on"]) + moved
                ).isoformat()
        status = new.get("status")
        if status in ("inquiry", "quoted") and present["lost_reason"] == "imported":
            del changed["status"]  # it came in as lost because it was old, and still is
        elif status is not None:
            for name, kept_by in (("cancelled_on", "cancelled"), ("lost_on", "lost")):
                if status != kept_by and name not in new:
                    changed[name] = None
        return changed

    def flaw(self, row: Mapping[str, Any]) -> Message | None:
        if row["departs_on"] and row["returns_on"]:
            return _span(row["departs_on"], row["returns_on"], None)[1]
        if row["status"] == "booked" and not row["departs_on"]:
            return Message(N_("no departure date: a booked trip needs one"))
        return None


class _Spans(dict[tuple[str | None, str | None, int | None], tuple[str | None, Message | None]]):
    """(departs, returns, days) -> the return day that the row gives, and why it cannot be."""

    def __missing__(
        self, key: tuple[str | None, str | None, int | None]
    ) -> tuple[str | None, Message | None]:
        found = (None, None) if key[1] is None and key[2] is None else _span(*key)
        if len(self) < REMEMBERED * 3:
            self[key] = found
        return found


def _span(
    departs: str | None, returns: str | None, days: int | None
) -> tuple[str | None, Message | None]:
    if departs is None:
        return returns, None
    first = date.fromisoformat(departs)
    last = first + timedelta(days=(days or 1) - 1) if returns is None else date.fromisoformat(returns)
    length = (last - first).days
    if length < 0:
        return None, Message(
            N_("it returns on {returns}, before it departs on {departs}"),
            returns=last,
            departs=first,
        )
    if length > LONGEST_TRIP:
        return None, Message(
            N_("it lasts {days} days: more than {limit} cannot be right"),
            days=length + 1,
            limit=LONGEST_TRIP,
        )
    return last.isoformat(), None


# --- customers ---------------------------------------------------------------------------------------


class Customers(Intake):
    """Customers are found by code, document, or number and name; see identity.py."""

    columns = columns.CUSTOMER
    table = "customer"
    fields = (
        *("code", "name", "kind", "status", "lost_on", "lost_reason", "rival", "gender"),
        *("phone", "phone2", "wechat", "email", "id_number", "passport_no", "passport_name"),
        *("passport_expires_on", "city", "address", "occupation", "source", "owner"),
        *("marketing_consent", "consent_on", "consent_source", "do_not_contact", "language"),
        *("note", "entered_on"),
    )
    required = ("name",)

    def __init__(self, session: Session, request: Request) -> None:
        places = map_headers(request.sheet.header, self.columns, request.mapping).places
        if "code" in places:
            self.required = ()  # a sheet of codes and what is new about them
        super().__init__(session, request)
        self.extra = ("tags", "days", "company", "referred_by", "fingerprint", "born", "sex")
        self.register = Register(self.connection, customer.code_of)

    def _prepare(self) -> None:
        super()._prepare()
        self.register = Register(self.connection, customer.code_of)
        self.next = self.first_new
        self.households = 0
        self.prints: dict[str, int] = {}

    def take(self, batch: Batch) -> dict[int, Message]:
        given = batch.columns
        size = len(batch.lines)
        if not size:
            return {}
        nothing: list[Any] = [None] * size
        numbers = [
            _two(first, second)
            for first, second in zip(
                given.get("phone", nothing), given.get("phone2", nothing), strict=True
            )
        ]
        staged = {name: list(given[name]) for name in self.fields if name in given}
        staged["phone"] = [one[0] for one in numbers]
        staged["phone2"] = [one[1] for one in numbers]
        staged["tags"] = [
            "\n".join(tags) if tags else None for tags in given.get("tags", nothing)
        ]
        staged["days"] = [
            _days(birthday, more)
            for birthday, more in zip(
                given.get("birthday", nothing), given.get("special_dates", nothing), strict=True
            )
        ]
        for name in ("company", "referred_by"):
            staged[name] = list(given.get(name, nothing))
        documents = given.get("id_number", nothing)
        staged["born"] = [number and cells.birthday_of(number).isoformat() for number in documents]
        staged["sex"] = [number and cells.gender_of(number) for number in documents]
        persons = [
            Person(code, document, passport, tuple(n for n in phones if n), wechat, name)
            for code, document, passport, phones, wechat, name in zip(
                given.get("code", nothing),
                documents,
                given.get("passport_no", nothing),
                numbers,
                given.get("wechat", nothing),
                given.get("name", nothing),
                strict=True,
            )
        ]
        staged["fingerprint"] = nothing[:]
        prints = self._fingerprints(persons, staged)
        self.register.look_up(persons)
        refused: dict[int, Message] = {}
        row_ids: list[int | None] = nothing[:]
        for index, person in enumerate(persons):
            try:
                row_ids[index] = self._identify(index, person, staged, prints)
            except Ambiguous as doubt:
                refused[batch.lines[index]] = doubt.reason
        keep = [index for index, row_id in enumerate(row_ids) if row_id is not None]
        self.stage(
            [batch.lines[index] for index in keep],
            [row_ids[index] for index in keep],
            {name: [values[index] for index in keep] for name, values in staged.items()},
        )
        return refused

    def _fingerprints(
        self, persons: Sequence[Person], staged: dict[str, list[Any]]
    ) -> dict[int, str]:
        """Rows that nothing identifies are known by all their cells together."""
        found: dict[int, str] = {}
        for index, person in enumerate(persons):
            if next(person.keys(), None) is None:
                said = {
                    name: values[index]
                    for name, values in staged.items()
                    if values[index] is not None
                }
                found[index] = fingerprint("customer", said)
        self.prints.update(known_prints(self.connection, found.values()))
        return found

    def _identify(
        self, index: int, person: Person, staged: dict[str, list[Any]], prints: Mapping[int, str]
    ) -> int:
        if index in prints:
            staged["fingerprint"][index] = prints[index]
            known = self.prints.get(prints[index])
            if known is not None:
                return known
        else:
            found = self.register.find(person)
            if found is not None:
                return found.row_id
        if person.name is None:
            raise Ambiguous(Message(N_("a new customer needs a name: the row has none")))
        row_id, self.next = self.next, self.next + 1
        if index in prints:
            self.prints[prints[index]] = row_id
        else:
            if self.register.household(person):
                self.households += 1
            self.register.add(person, row_id, person.code or "")
        return row_id

    def _fold(self) -> None:
        self.refuse_existing()
        self.merge_twins()

    def merged(self, name: str, first: Any, later: Any) -> Any:
        if first is None:
            return later
        if name == "tags":
            return "\n".join(dict.fromkeys((first + "\n" + later).split("\n")))
        if name == "days":
            days = {(d[0], d[4]): d for d in json.loads(first)}
            days.update({(d[0], d[4]): d for d in json.loads(later)})
            return json.dumps(list(days.values()))
        return later

    def _settle(self) -> None:
        touched = self.update_existing()
        self.result.added = self.count_new()
        if self.result.added:
            self._insert()
        for step in (self._add_tags, self._add_days, self._fill_sex, self._add_references):
            touched |= step()
        new = {
            line
            for (line,) in self.connection.execute(
                "SELECT line FROM incoming WHERE row_id >= ?", (self.first_new,)
            )
        }
        self.result.updated = len(touched - new)
        if self.households:
            self.result.inferred["household"] = self.households

    def _insert(self) -> None:
        names = self.fields
        # Codes that the file gives may look like those we make: begin after the highest of them.
        shift = self.first_free() - self.first_new
        if shift:
            self.connection.execute(
                "UPDATE incoming SET row_id = row_id + ? WHERE row_id >= ?", (shift, self.first_new)
            )
        defaults = {
            "kind": "person",
            "status": "active",
            "marketing_consent": "unknown",
            "do_not_contact": 0,
            "entered_on": self.request.today.isoformat(),
        }
        insert = (
            f"INSERT INTO customer (id, {', '.join(names)}, name_pinyin, name_initials, operation_id) "  # noqa: S608 - our columns
            f"VALUES ({', '.join('?' * (len(names) + 4))})"
        )
        last = -1
        with store.bulk(self.connection, "customer", self.result.added >= BULK):
            while some := self.connection.execute(
                f"SELECT line, row_id, fingerprint, {', '.join(names)} FROM incoming "  # noqa: S608 - our columns
                f"WHERE line > ? AND row_id >= ? ORDER BY line LIMIT {_STEP}",
                (last, self.first_new),
            ).fetchall():
                last = some[-1][0]
                spelled = pinyin.of_names([row[3 + names.index("name")] for row in some])
                rows = []
                for row, (full, initials) in zip(some, spelled, strict=True):
                    values = [
                        defaults.get(name) if value is None else value
                        for name, value in zip(names, row[3:], strict=True)
                    ]
                    values[0] = values[0] or customer.code_of(row[1])
                    rows.append((row[1], *values, full, initials, self.operation))
                self.connection.executemany(insert, rows)
                self.connection.executemany(
                    "INSERT INTO import_row VALUES (?, 'customer', ?, ?)",
                    [(row[2], row[1], self.operation) for row in some if row[2]],
                )

    def consequences(self, new: dict[str, Any], present: Mapping[str, Any]) -> dict[str, Any]:
        # A number that the customer has already, in the other place, is no news.
        numbers = {present["phone"], present["phone2"]}
        if present["phone"] and new.get("phone") in numbers:
            new.pop("phone")
        elif present["phone"] and new.get("phone") and not present["phone2"]:
            new.setdefault("phone2", present["phone"])  # the old number is kept
        if new.get("phone2") in numbers and "phone" not in new:
            new.pop("phone2", None)
        if "name" in new:
            new["name_pinyin"], new["name_initials"] = pinyin.of_name(new["name"])
        if new.get("status") == "active":
            new.setdefault("lost_on", None)
        return new

    def _sided(self, name: str) -> list[tuple[int, int, Any]]:
        """(line, customer, cell) of the rows that give something for a side table."""
        if self.request.on_duplicate in ("skip", "error"):
            known = "AND row_id >= " + str(self.first_new)
        else:
            known = ""
        return self.connection.execute(
            f"SELECT line, row_id, {name} FROM incoming WHERE {name} IS NOT NULL {known} ORDER BY line"  # noqa: S608 - our columns
        ).fetchall()

    def _add_tags(self) -> set[int]:
        touched = set()
        for line, who, tags in self._sided("tags"):
            there = {
                tag
                for (tag,) in self.connection.execute(
                    "SELECT tag FROM customer_tag WHERE customer_id = ?", (who,)
                )
            }
            for tag in tags.split("\n"):
                if tag not in there:
                    self.connection.execute(
                        "INSERT INTO customer_tag (customer_id, tag, operation_id) VALUES (?, ?, ?)",
                        (who, tag, self.operation),
                    )
                    touched.add(line)
        return touched

    def _add_days(self) -> set[int]:
        touched = set()
        for line, who, days in self._sided("days"):
            for label, month, day, year, calendar, leap in json.loads(days):
                there = self.connection.execute(
                    "SELECT id, month, day, year, leap FROM special_date "
                    "WHERE customer_id = ? AND label = ? AND calendar = ?",
                    (who, label, calendar),
                ).fetchone()
                if there is None:
                    self._insert_day(who, label, month, day, year, calendar, leap)
                    touched.add(line)
                    continue
                present = dict(zip(("month", "day", "year", "leap"), there[1:], strict=True))
                wanted = {"month": month, "day": day, "year": year or there[3], "leap": leap}
                different = {n: v for n, v in wanted.items() if v != present[n]}
                if different and self.request.on_duplicate == "update":
                    self.write_change(
                        "special_date", there[0], {n: present[n] for n in different}, different
                    )
                    touched.add(line)
        for line, who, born in self._sided("born"):
            if not self.connection.execute(
                "SELECT 1 FROM special_date WHERE customer_id = ? AND label = 'birthday'", (who,)
            ).fetchone():
                year, month, day = map(int, born.split("-"))
                self._insert_day(who, "birthday", month, day, year, "solar", 0)
                touched.add(line)
        return touched

    def _insert_day(self, who: int, *day: Any) -> None:
        self.connection.execute(
            "INSERT INTO special_date (customer_id, label, month, day, year, calendar, leap, "
            "operation_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (who, *day, self.operation),
        )

    def _fill_sex(self) -> set[int]:
        touched = set()
        for line, who, sex in self._sided("sex"):
            known = self.connection.execute(
                "SELECT gender FROM customer WHERE id = ?", (who,)
            ).fetchone()
            if known[0] is not None:
                continue
            if who >= self.first_new:
                self.connection.execute(
                    "UPDATE customer SET gender = ? WHERE id = ?", (sex, who)
                )
            else:
                self.write_change("customer", who, {"gender": None}, {"gender": sex})
            touched.add(line)
        return touched

    def _add_references(self) -> set[int]:
        """Companies and referrers, which may stand anywhere in the file, by code or phone."""
        touched: set[int] = set()
        referrer = Referrer(Register(self.connection, customer.code_of), self.request.terms.region)
        for name, column in (("company", "company_id"), ("referred_by", "referred_by_id")):
            rows = self._sided(name)
            found = referrer.resolve([cell for _, _, cell in rows])
            lost = 0
            for (line, who, _), other in zip(rows, found, strict=True):
                if type(other) is not int or other == who:
                    lost += 1
                    continue
                present = self.connection.execute(
                    f"SELECT {column} FROM customer WHERE id = ?",  # noqa: S608 - the two above
                    (who,),
                ).fetchone()[0]
                if present == other or (present and self.request.on_duplicate == "fill"):
                    continue
                if who >= self.first_new:
                    self.connection.execute(
                        f"UPDATE customer SET {column} = ? WHERE id = ?",  # noqa: S608 - the two above
                        (other, who),
                    )
                else:
                    self.write_change("customer", who, {column: present}, {column: other})
                touched.add(line)
            if lost:
                self.result.inferred[name] = lost
        return touched


def _two(
    first: tuple[str, str | None] | None, second: str | None
) -> tuple[str | None, str | None]:
    """Phone and second phone of a row; a second number in the cell goes to phone2 if it is free."""
    if first is None:
        return second, None
    other = second or first[1]
    return first[0], other if other != first[0] else None


def _days(
    birthday: SpecialDay | None, more: Sequence[tuple[str, SpecialDay]] | None
) -> str | None:
    days = [("birthday", birthday)] if birthday else []
    days += [(customer.label_of(label), day) for label, day in more or ()]
    if not days:
        return None
    return json.dumps(
        [[name, d.month, d.day, d.year, d.calendar, int(d.leap)] for name, d in days]
    )


# --- contacts ------------------------------------------------------------------------------------------


class Interactions(Intake):
    """Contacts are known by their cells: the same line again is the same contact."""

    columns = columns.INTERACTION
    table = "interaction"
    fields = (
        *("customer_id", "trip_id", "at", "channel", "direction", "kind", "personal"),
        *("summary", "staff"),
    )
    required = ("customer", "at")

    def __init__(self, session: Session, request: Request) -> None:
        super().__init__(session, request)
        self.extra = ("fingerprint",)
        self.referrer = Referrer(Register(self.connection, customer.code_of), request.terms.region)

    def _prepare(self) -> None:
        super()._prepare()
        self.prints: dict[str, int] = {}
        self.next = self.first_new

    def _first_new(self) -> int:
        return store.next_row(self.connection, self.table)

    def take(self, batch: Batch) -> dict[int, Message]:
        from tourcrm.interaction import is_personal

        given = batch.columns
        size = len(batch.lines)
        if not size:
            return {}
        nothing: list[Any] = [None] * size
        refused: dict[int, Message] = {}
        who = self.referrer.resolve(given["customer"], names=given.get("name"))
        staged: dict[str, list[Any]] = {
            name: list(given.get(name, nothing)) for name in self.fields + self.extra
        }
        staged["customer_id"] = list(who)
        trips = given.get("trip", nothing)
        for index, line in enumerate(batch.lines):
            if type(who[index]) is not int:
                refused[line] = Message(N_("customer: {reason}"), reason=who[index])
                continue
            if staged["at"][index] is None:
                refused[line] = Message(N_("no time: say when the contact was"))
                continue
            if trips[index]:
                row = self.connection.execute(
                    "SELECT id FROM trip WHERE code = ?", (trips[index],)
                ).fetchone()
                if row is None:
                    refused[line] = Message(
                        N_("there is no trip {code}"), code=columns_text([trips[index]])
                    )
                    continue
                staged["trip_id"][index] = row[0]
            staged["channel"][index] = staged["channel"][index] or "other"
            staged["direction"][index] = staged["direction"][index] or "out"
            staged["kind"][index] = staged["kind"][index] or "followup"
            if staged["personal"][index] is None:
                staged["personal"][index] = is_personal(
                    staged["channel"][index], staged["direction"][index]
                )
            staged["personal"][index] = int(staged["personal"][index])
            staged["fingerprint"][index] = fingerprint(
                "interaction", {name: staged[name][index] for name in self.fields}
            )
        self.prints.update(
            known_prints(self.connection, (p for p in staged["fingerprint"] if p))
        )
        row_ids: list[int | None] = nothing[:]
        for index, line in enumerate(batch.lines):
            if line in refused:
                continue
            mark = staged["fingerprint"][index]
            if mark not in self.prints:
                self.prints[mark] = self.next
                self.next += 1
            row_ids[index] = self.prints[mark]
        keep = [index for index, row_id in enumerate(row_ids) if row_id is not None]
        self.stage(
            [batch.lines[index] for index in keep],
            [row_ids[index] for index in keep],
            {name: [values[index] for index in keep] for name, values in staged.items()},
        )
        return refused

    def _fold(self) -> None:
        self.refuse_existing()
        self.merge_twins()

    def _settle(self) -> None:
        self.result.added = self.count_new()
        if not self.result.added:
            return
        names = ", ".join(self.fields)
        self.connection.execute(
            f"INSERT INTO interaction (id, {names}, operation_id) "  # noqa: S608 - our columns
            f"SELECT row_id, {names}, ? FROM incoming WHERE row_id >= ?",
            (self.operation, self.first_new),
        )
        self.connection.execute(
            "INSERT INTO import_row SELECT fingerprint, 'interaction', row_id, ? "
            "FROM incoming WHERE row_id >= ?",
            (self.operation, self.first_new),
        )


def fingerprint(table: str, said: Mapping[str, Any]) -> str:
    """A row's cells as one short text; equal cells, in whatever order of columns, are equal."""
    plain = json.dumps(dict(said), sort_keys=True, ensure_ascii=True, default=str)
    return f"{table}:{hashlib.sha256(plain.encode()).hexdigest()[:32]}"


def known_prints(connection: sqlite3.Connection, prints: Iterable[str]) -> dict[str, int]:
    """Of these fingerprints, those seen before, with their rows."""
    found: dict[str, int] = {}
    todo = iter(prints)
    while some := list(islice(todo, 500)):
        found.update(
            connection.execute(
                "SELECT fingerprint, row_id FROM import_row WHERE fingerprint IN "  # noqa: S608 - marks
                f"({','.join('?' * len(some))})",
                some,
            ).fetchall()
        )
    return found


_KINDS: Mapping[str, type[Intake]] = {
    "customers": Customers,
    "trips": Trips,
    "interactions": Interactions,
}

