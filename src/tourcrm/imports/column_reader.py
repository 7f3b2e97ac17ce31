"""From a sheet's cells to typed columns: which header is which column, and is every cell sound?

Cells are checked a column at a time, and what was once understood is remembered, so that a million
rows cost little more than reading them. A cell that cannot be taken becomes a value, not an
exception: its row is rejected whole, with the column and the reason.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress
from typing import Any

from tourcrm.base import display, parsing
from tourcrm.base.columns import Column, by_field
from tourcrm.base.columns.column import PROSE
from tourcrm.base.columns.header_words import ASIDE, CELLS, EACH, EMPLOYER
from tourcrm.base.columns.headers import Meaning
from tourcrm.base.errors import CellError, Message, Refused
from tourcrm.base.i18n import N_
from tourcrm.base.kinds import Terms
from tourcrm.base.money import LIMIT
from tourcrm.base.parsing import NOTHING, Order
from tourcrm.files.number_formats import SHOWN
from tourcrm.files.reader import Chunk, Sheet
from tourcrm.imports import asides, currencies, joining, note_entries
from tourcrm.imports.headings import Headers
from tourcrm.imports.joining import Bad

REMEMBERED = 30_000  # cells a column; more are read anew each time, so memory stays bounded


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was not taken: its line, its cells as they were, and the reasons."""

    line: int
    cells: Sequence[str]
    reason: Message


@dataclass(slots=True)
class Batch:
    """Rows that passed, as columns of values (None = blank), and those that did not."""

    lines: Sequence[int]
    columns: dict[str, list[Any]]
    rejected: list[Rejected] = field(default_factory=list)


# --- cells ---------------------------------------------------------------------------------------


class Memory(dict[str, Any]):
    """cell -> value, None for a blank, Bad for one that cannot be taken."""

    def __init__(
        self,
        parse: Callable[[str], Any],
        nothing: frozenset[str] = NOTHING,
        days: bool = True,
        plain: bool = True,
    ) -> None:
        super().__init__()
        self.plain = plain  # whether a plain cell is its own value
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


@dataclass(frozen=True, slots=True)
class _Read:
    """A column of the sheet that is read for a field, by itself or with others."""

    column: Column
    place: int
    meaning: Meaning
    key: str  # of its memory


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
        self.fixed = mapping.fixed
        self.twins = mapping.twins
        self.fields = {
            name: [
                _Read(
                    joining.column_of(by_field(entity)[name], source.meaning),
                    source.place,
                    source.meaning,
                    name if not number else f"{name} {source.place}",
                )
                for number, source in enumerate(sources)
            ]
            for name, sources in mapping.sources.items()
        }
        self.reads = [one for some in self.fields.values() for one in some]
        # A sum that is merged over several rows is that of all together.
        sheet.spread(one.place for one in self.reads if not one.column.type.summed)
        self.settled = terms.date_order is not None
        self.orders: set[str] = set()  # of day and month, as the columns settled them
        self.memories = {one.key: self._memory(one, terms.date_order) for one in self.reads}
        self.begin()

    def begin(self) -> None:
        """Count anew, as a pass begins."""
        self.multiplied = 0  # prices a person
        self.differing: dict[int, int] = {}  # columns that should say the same -> rows that do not
        self.remarks = asides.Remarks()

    def take_any_currency(self) -> None:
        """Read amounts in any currency, which somebody converts."""
        self.terms = replace(self.terms, any_currency=True)
        for one in self.reads:
            if one.column.kind == "amount":
                self.memories[one.key] = self._memory(one, self.terms.date_order)

    def _memory(self, one: _Read, order: str | None) -> Memory:
        column = one.column
        days = column.type.dated or column.field in PROSE  # there a day is what somebody wrote
        plain = one.meaning.part not in (EACH, ASIDE)
        return Memory(self._parser(one, order), column.type.nothing, days, plain)

    def _parser(self, one: _Read, order: str | None) -> Callable[[str], Any]:
        terms = replace(
            self.terms,
            date_order=order,
            serials=self.sheet.serials,
            epoch1904=self.sheet.epoch1904,
        )
        parse = joining.parser(one.column, one.meaning, terms)
        return parse if self.settled or not one.column.type.dated else self._watchful(parse)

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
        dated = [one for one in self.reads if one.column.type.dated]
        seen: dict[int, set[str]] = {one.place: set() for one in dated}
        for chunk in self.sheet.chunks():
            for place, found in seen.items():
                new = {row[place] for row in chunk.rows}
                found.update(cell for cell in new if parsing.needs_order(cell))
        for one in dated:
            order = parsing.order_of(seen[one.place])
            if order in (Order.UNCLEAR, Order.CONTRADICTORY):
                raise Refused(
                    N_(
                        "{file}, column {column}: which of 5/3/2024 is the month cannot be told "
                        "from the column. Say it with --date-format dmy (5 March) or mdy (May 3)."
                    ),
                    file=self.sheet.name,
                    column=display.visible(self.sheet.header[one.place], 40),
                )
            if order is not Order.NONE:
                self.orders.add(str(order))
            self.memories[one.key] = self._memory(one, None if order is Order.NONE else str(order))

    def read(self, chunk: Chunk) -> Batch:
        """The chunk's rows as typed columns; rows with a bad cell are rejected whole."""
        turned: list[Sequence[str]] = list(zip(*chunk.rows, strict=True)) if chunk.rows else []
        columns: dict[str, list[Any]] = {
            name: [value] * len(chunk.rows) for name, value in self.fixed.items()
        }
        flaws: dict[int, list[Flaw]] = {}
        rests: list[asides.Rest] = []
        for name, some in self.fields.items():
            parts = []
            for one in some:
                part = self._column(one.column, turned[one.place] if turned else (), one.key)
                if self.memories[one.key].beside:
                    rests += [
                        asides.Rest(at, one.place, beside.rest, beside.what)
                        for at, beside in asides.apart(part).items()
                    ]
                parts.append(part)
            values = parts[0] if len(parts) == 1 else self._together(name, parts, turned, rests)
            if any(self.memories[one.key].bad for one in some):
                self._note_flaws(flaws, some, parts, values)
            columns[name] = values
        companies = [one.meaning for one in self.fields.get("company", ())]
        if [one.rank for one in companies] == [CELLS]:
            employers = companies[0].part == EMPLOYER
            nameless = self._nameless(turned) if employers else None
            for at in joining.without_twins(columns, nameless):
                header = self._header(self.fields["company"][0].place)
                self.remarks.add("nameless", header, chunk.lines[at], "")
        self._multiply(columns, flaws)
        self._compare(turned)
        self._note_asides(chunk, columns, flaws, rests)
        return self._without(flaws, columns, chunk)

    def _nameless(self, turned: Sequence[Sequence[str]]) -> list[bool]:
        """The rows of which no column of their own says the name."""
        own = [turned[one.place] for one in self.fields["name"] if one.meaning.part != "else"]
        return [all(map(parsing.is_nothing, cells)) for cells in zip(*own, strict=True)]

    def _together(
        self,
        name: str,
        parts: Sequence[list[Any]],
        turned: Sequence[Sequence[str]],
        rests: list[asides.Rest],
    ) -> list[Any]:
        """The cells of several columns as those of one field; what is left of them is a rest."""
        some = self.fields[name]
        if EACH not in (one.meaning.part for one in some):
            return joining.together(name, [one.meaning for one in some], parts)
        values, more = joining.each(parts)
        for index, number, text, why in more:
            place = some[number].place
            if why is None:
                rests.append(asides.Rest(index, place, text, "more"))
            else:  # another one is sound
                cell = turned[place][index].strip()
                rests.append(asides.Rest(index, place, cell, "spared", why))
        return values

    def _note_asides(
        self,
        chunk: Chunk,
        columns: dict[str, list[Any]],
        flaws: dict[int, list[Flaw]],
        rests: Sequence[asides.Rest],
    ) -> None:
        """What stands beside values, and cells that are left out, go to the notes."""
        entries = self._spare(chunk, columns, flaws) if flaws and self.spared else {}
        for index, found in flaws.items():
            for column, place, why in found:
                if column.kind == "word":
                    cell = display.visible(chunk.rows[index][place].strip(), 40)
                    self.remarks.add("word", self._header(place), chunk.lines[index], cell, why)
        for rest in rests:
            header = self._header(rest.place)
            shown = "" if rest.what in ("more", "spared") else display.visible(rest.text, 40)
            entries.setdefault(rest.row, []).append(note_entries.entry(header, rest.text))
            self.remarks.add(rest.what, header, chunk.lines[rest.row], shown, rest.reason)
        if entries and self.note:
            notes = columns.setdefault(self.note, [None] * len(chunk.rows))
            for index, texts in entries.items():
                notes[index] = note_entries.with_entries(notes[index], texts)

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
            entries.setdefault(index, []).append(note_entries.entry(header, cell))
            shown = "" if column.mask else display.visible(cell, 40)
            self.remarks.add("spared", header, chunk.lines[index], shown, why)
        return entries

    def _header(self, place: int) -> str:
        return display.visible(self.sheet.header[place], 40)

    @staticmethod
    def _note_flaws(
        flaws: dict[int, list[Flaw]],
        some: Sequence[_Read],
        parts: Sequence[Sequence[Any]],
        values: Sequence[Any],
    ) -> None:
        for index, value in enumerate(values):
            if type(value) is Bad:
                guilty = next(
                    o for o, part in zip(some, parts, strict=True) if part[index] is value
                )
                flaws.setdefault(index, []).append((guilty.column, guilty.place, value.message))

    def _multiply(self, columns: dict[str, list[Any]], flaws: dict[int, list[Flaw]]) -> None:
        """Make amounts a person those of the whole trip."""
        for name, [one, *_] in self.fields.items():
            if one.column.type.summed and one.meaning.qualifier.head:
                columns[name] = self._for_all(one, columns[name], columns, flaws)

    def _for_all(
        self,
        one: _Read,
        amounts: Sequence[Any],
        columns: dict[str, list[Any]],
        flaws: dict[int, list[Flaw]],
    ) -> list[Any]:
        people = columns.get("party_size", [None] * len(amounts))
        whole: list[Any] = []
        for index, (amount, heads) in enumerate(zip(amounts, people, strict=True)):
            fen = amount.fen if isinstance(amount, currencies.Amount) else amount
            if type(fen) is not int:
                whole.append(amount)
            elif type(heads) is int and fen * heads <= LIMIT:
                whole.append(joining.money_of(amount, heads.__mul__))
                self.multiplied += heads > 1
            else:
                why = Message(
                    N_("a price a person: write the amount of the whole trip")
                    if type(heads) is not int
                    else N_("the amount is too large: check its digits")
                )
                flaws.setdefault(index, []).append((one.column, one.place, why))
                whole.append(None)
        return whole

    def _compare(self, turned: Sequence[Sequence[str]]) -> None:
        """Count the rows in which a column that should say the same as another does not."""
        for twin, other in self.twins.items():
            if turned and turned[twin] != turned[other]:
                differ = sum(
                    parsing.clean(one) != parsing.clean(two)
                    for one, two in zip(turned[other], turned[twin], strict=True)
                    if not parsing.is_nothing(two)
                )
                if differ:
                    self.differing[twin] = self.differing.get(twin, 0) + differ

    def _without(
        self,
        flaws: dict[int, list[Flaw]],
        columns: dict[str, list[Any]],
        chunk: Chunk,
    ) -> Batch:
        """The batch without the rows that have a flaw."""
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

    def _column(self, column: Column, found: Sequence[str], key: str | None = None) -> list[Any]:
        """The values of a column's cells. Plain codes and texts need no parser: they differ from
        cell to cell, so little of them would be remembered."""
        memory = self.memories[key or column.field]
        limit = column.type.longest_plain if memory.plain else 0
        joined = "".join(found) if limit else ""
        if limit and joined and not column.type.odd(joined):
            spaced = " " in joined or "\u3000" in joined
            stripped = list(map(str.strip, found)) if spaced else found
            lengths = list(map(len, stripped))
            if max(lengths) <= limit and memory.nothing.isdisjoint(stripped):
                return list(stripped) if min(lengths) else [cell or None for cell in stripped]
        return list(map(memory.__getitem__, found))

    def _reasons(self, found: Sequence[tuple[Column, int, Message]], row: Sequence[str]) -> Message:
        return in_one([self._reason(column, place, why, row) for column, place, why in found])

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


def in_one(messages: Sequence[Message]) -> Message:
    """Several reasons as one."""
    if len(messages) == 1:
        return messages[0]
    return Message(N_("{first}; {rest}"), first=messages[0], rest=in_one(messages[1:]))
