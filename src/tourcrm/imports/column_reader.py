"""From a sheet's cells to typed columns: which header is which column, and is every cell sound?

Cells are checked a column at a time, and what was once understood is remembered, so that a million
rows cost little more than reading them. A cell that cannot be taken becomes a value, not an
exception: its row is rejected whole, with the column and the reason.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress
from typing import Any

from tourcrm.base import display, parsing
from tourcrm.base.columns import REASON, Column, by_field, field_of, folded
from tourcrm.base.columns.column import PROSE
from tourcrm.base.errors import CellError, Message, Refused, WrongUsage
from tourcrm.base.i18n import N_
from tourcrm.base.kinds import Terms
from tourcrm.base.parsing import NOTHING, Order
from tourcrm.files.number_formats import SHOWN
from tourcrm.files.reader import Chunk, Sheet
from tourcrm.imports import asides

REMEMBERED = 30_000  # cells a column; more are read anew each time, so memory stays bounded


class Bad:
    """A cell that cannot be taken, and why."""

    __slots__ = ("message",)

    def __init__(self, message: Message) -> None:
        self.message = message


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was not taken: its line, its cells as they were, and the reasons."""

    line: int
    cells: Sequence[str]
    reason: Message


@dataclass(frozen=True, slots=True)
class Headers:
    """Which column of the sheet is which field; what was left out, and what names twice."""

    places: Mapping[str, int]  # field -> position in the header
    unknown: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()


@dataclass(slots=True)
class Batch:
    """Rows that passed, as columns of values (None = blank), and those that did not."""

    lines: Sequence[int]
    columns: dict[str, list[Any]]
    rejected: list[Rejected] = field(default_factory=list)


# --- headers -------------------------------------------------------------------------------------


def map_headers(
    header: Sequence[str], entity: tuple[Column, ...], given: Mapping[str, str]
) -> Headers:
    """Which header means which field: first what `given` (header -> field, "" = leave out) says.

    Raises WrongUsage where `given` names a header or a field that does not exist.
    """
    fields = by_field(entity)
    wanted = {folded(name): target for name, target in given.items()}
    if missing := [name for name in given if folded(name) not in map(folded, header)]:
        raise WrongUsage(
            N_("--map: the file has no column {name}. It has: {header}"),
            name=", ".join(missing),
            header=display.visible(", ".join(header), 300),
        )
    places: dict[str, int] = {}
    unknown: list[str] = []
    doubled: list[str] = []
    for place, name in enumerate(header):
        target = wanted.get(folded(name))
        if target:
            found = target if target in fields else field_of(target, entity)
            if found is None or not fields[found].imported:
                raise WrongUsage(
                    N_("--map: there is no field {field}. Known: {known}"),
                    field=target,
                    known=", ".join(c.field for c in entity if c.imported),
                )
            if found in places:
                raise WrongUsage(N_("--map: two columns are mapped to {field}."), field=found)
            places[found] = place
    for place, name in enumerate(header):
        if folded(name) in wanted or is_reason(name):
            continue
        found = field_of(name, entity)
        if found is None:
            unknown.append(name)
        elif found not in places:
            places[found] = place
        elif found == "phone" and "phone2" in fields and "phone2" not in places:
            places["phone2"] = place
        else:
            doubled.append(name)
    return Headers(places, tuple(unknown), tuple(doubled))


def is_reason(header: str) -> bool:
    """Whether a header is that of the reasons in a file of rejected rows."""
    return folded(header) in (folded(REASON.en), folded(REASON.zh))


# --- cells ---------------------------------------------------------------------------------------


class Memory(dict[str, Any]):
    """cell -> value, None for a blank, Bad for one that cannot be taken."""

    def __init__(
        self,
        parse: Callable[[str], Any],
        nothing: frozenset[str] = NOTHING,
        days: bool = True,
    ) -> None:
        super().__init__()
        self.days = days  # whether its cells may be days
        self.parse = parse
        self.nothing = nothing  # what means blank
        self.bad = False
        self.beside = False  # whether a cell held more than its value

    def __missing__(self, cell: str) -> Any:
        value: Any = None
        if not parsing.is_nothing(cell, self.nothing):
            try:
                if cell[0] == SHOWN and not self.days:
                    raise CellError(_MADE_A_DAY)
                value = self.parse(cell)
                self.beside = self.beside or type(value) is parsing.Beside
            except CellError as error:
                value = Bad(error.message)
                self.bad = True
        if len(self) < REMEMBERED and len(cell) < 200:
            self[cell] = value
        return value


_MADE_A_DAY = N_(
    "Excel has made a day of what was typed (3-12): format the column as text and type it again"
)
Flaw = tuple[Column, int, Message]


class Unsettled(Exception):
    """A date such as 5/3/2024 was met before it is known which number is the month."""


class Reader:
    """Reads the chunks of one sheet, column by column.

    `read` raises Unsettled at the first date whose day and month may be swapped; the caller then
    calls `settle`, which looks at whole columns, and begins again. Most sheets never need it.
    """

    def __init__(
        self,
        sheet: Sheet,
        entity: tuple[Column, ...],
        mapping: Headers,
        terms: Terms,
        table: str = "",
    ) -> None:
        self.sheet = sheet
        self.terms = terms
        self.spared = asides.SPARED.get(table, frozenset())
        self.note = asides.NOTES.get(table)
        self.remarks = asides.Remarks()
        fields = by_field(entity)
        self.columns = [(fields[name], place) for name, place in mapping.places.items()]
        # A sum that is merged over several rows is that of all together.
        sheet.spread(place for column, place in self.columns if not column.type.summed)
        self.settled = terms.date_order is not None
        self.orders: set[str] = set()  # of day and month, as the columns settled them
        self.memories = {
            column.field: Memory(
                self._parser(column, terms.date_order),
                column.type.nothing,
                column.type.dated or column.field in PROSE,  # there a day is what somebody wrote
            )
            for column, _ in self.columns
        }

    def _parser(self, column: Column, order: str | None) -> Callable[[str], Any]:
        terms = replace(
            self.terms,
            date_order=order,
            serials=self.sheet.serials,
            epoch1904=self.sheet.epoch1904,
        )
        parse = asides.reader(column, terms) or column.type.stage(terms)
        return parse if self.settled or not column.type.dated else self._watchful(parse)

    def _watchful(self, parse: Callable[[str], Any]) -> Callable[[str], Any]:
        def parse_or_ask(cell: str) -> Any:
            if parsing.needs_order(cell):
                raise Unsettled
            return parse(cell)

        return parse_or_ask

    def settle(self) -> None:
        """Settle the order of day and month of every date column by looking at all its cells.

        Raises Refused where a column does not settle it.
        """
        self.settled = True
        dated = [(column, place) for column, place in self.columns if column.type.dated]
        seen: dict[int, set[str]] = {place: set() for _, place in dated}
        for chunk in self.sheet.chunks():
            for place, found in seen.items():
                new = {row[place] for row in chunk.rows}
                found.update(cell for cell in new if parsing.needs_order(cell))
        for column, place in dated:
            order = parsing.order_of(seen[place])
            if order in (Order.UNCLEAR, Order.CONTRADICTORY):
                raise Refused(
                    N_(
                        "{file}, column {column}: which of 5/3/2024 is the month cannot be told "
                        "from the column. Say it with --date-format dmy (5 March) or mdy (May 3)."
                    ),
                    file=self.sheet.name,
                    column=display.visible(self.sheet.header[place], 40),
                )
            if order is not Order.NONE:
                self.orders.add(str(order))
            self.memories[column.field] = Memory(
                self._parser(column, None if order is Order.NONE else str(order)),
                column.type.nothing,
            )

    def read(self, chunk: Chunk) -> Batch:
        """The chunk's rows as typed columns; rows with a bad cell are rejected whole."""
        turned: list[Sequence[str]] = list(zip(*chunk.rows, strict=True)) if chunk.rows else []
        columns: dict[str, list[Any]] = {}
        flaws: dict[int, list[Flaw]] = {}
        rests: list[tuple[int, Column, int, parsing.Beside]] = []
        for column, place in self.columns:
            values = self._column(column, turned[place] if turned else ())
            memory = self.memories[column.field]
            if memory.bad:
                for index, value in enumerate(values):
                    if type(value) is Bad:
                        flaws.setdefault(index, []).append((column, place, value.message))
            if memory.beside:
                rests += [(at, column, place, one) for at, one in asides.apart(values).items()]
            columns[column.field] = values
        entries = self._spare(chunk, columns, flaws) if flaws and self.spared else {}
        for index, found in flaws.items():
            for column, place, why in found:
                if column.kind == "word":
                    cell = display.visible(chunk.rows[index][place].strip(), 40)
                    self.remarks.add("word", self._header(place), chunk.lines[index], cell, why)
        for index, column, place, beside in rests:
            self._tell_rest(chunk, entries, index, column, place, beside)
        if entries and self.note:
            notes = columns.setdefault(self.note, [None] * len(chunk.rows))
            for index, texts in entries.items():
                notes[index] = asides.noted(notes[index], texts)
        rejected = [Rejected(bad.line, bad.cells, bad.reason) for bad in chunk.bad]
        lines = chunk.lines
        if flaws:
            rejected += [
                Rejected(lines[index], chunk.rows[index], self._reasons(found, chunk.rows[index]))
                for index, found in flaws.items()
            ]
            keep = [index not in flaws for index in range(len(chunk.rows))]
            lines = list(compress(lines, keep))
            columns = {name: list(compress(values, keep)) for name, values in columns.items()}
        return Batch(lines, columns, rejected)

    def _spare(
        self, chunk: Chunk, columns: dict[str, list[Any]], flaws: dict[int, list[Flaw]]
    ) -> dict[int, list[str]]:
        """Leave out a damaged cell where it is the only one of its row and the row can do without
        it; what goes to the notes."""
        entries: dict[int, list[str]] = {}
        for index in [index for index, found in flaws.items() if len(found) == 1]:
            [(column, place, why)] = flaws[index]
            if column.field not in self.spared:
                continue
            del flaws[index]
            columns[column.field][index] = None
            header, cell = self._header(place), chunk.rows[index][place].lstrip(SHOWN).strip()
            entries.setdefault(index, []).append(asides.entry(header, cell))
            shown = "" if column.mask else display.visible(cell, 40)
            self.remarks.add("spared", header, chunk.lines[index], shown, why)
        return entries

    def _tell_rest(
        self,
        chunk: Chunk,
        entries: dict[int, list[str]],
        index: int,
        column: Column,
        place: int,
        beside: parsing.Beside,
    ) -> None:
        header = self._header(place)
        entries.setdefault(index, []).append(asides.entry(header, beside.rest))
        shown = display.visible(beside.rest, 40)
        self.remarks.add(beside.what, header, chunk.lines[index], shown)

    def _header(self, place: int) -> str:
        return display.visible(self.sheet.header[place], 40)

    def _column(self, column: Column, found: Sequence[str]) -> list[Any]:
        """The values of a column's cells. Plain codes and texts need no parser: they differ from
        cell to cell, so little of them would be remembered."""
        memory = self.memories[column.field]
        limit = column.type.longest_plain
        joined = "".join(found) if limit else ""
        if limit and joined and not column.type.odd(joined):
            spaced = " " in joined or "\u3000" in joined
            stripped = list(map(str.strip, found)) if spaced else found
            lengths = list(map(len, stripped))
            if max(lengths) <= limit and memory.nothing.isdisjoint(stripped):
                return list(stripped) if min(lengths) else [cell or None for cell in stripped]
        return list(map(memory.__getitem__, found))

    def _reasons(self, found: Sequence[tuple[Column, int, Message]], row: Sequence[str]) -> Message:
        return joined([self._reason(column, place, why, row) for column, place, why in found])

    def _reason(self, column: Column, place: int, why: Message, row: Sequence[str]) -> Message:
        header = display.visible(self.sheet.header[place], 40)
        if column.mask or column.type.private:
            return Message(N_("{column}: {reason}"), column=header, reason=why)
        return Message(
            N_('{column} "{value}": {reason}'),
            column=header,
            value=display.visible(row[place].lstrip(SHOWN).strip(), 40),
            reason=why,
        )


def joined(messages: Sequence[Message]) -> Message:
    """Several reasons as one."""
    if len(messages) == 1:
        return messages[0]
    return Message(N_("{first}; {rest}"), first=messages[0], rest=joined(messages[1:]))
