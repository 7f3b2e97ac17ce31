"""From a sheet's cells to typed columns: which header is which column, and is every cell sound?

Cells are checked a column at a time, and what was once understood is remembered, so that a million
rows cost little more than reading them. A cell that cannot be taken becomes a value, not an
exception: its row is rejected whole, with the column and the reason.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import compress
from typing import Any
from zoneinfo import ZoneInfo

from tourcrm.base import cells, display, money, ratings, vocabulary
from tourcrm.base.cells import Order
from tourcrm.base.columns import REASON, Column, by_field, field_of, folded
from tourcrm.base.errors import CellError, Message, Refused, WrongUsage
from tourcrm.base.i18n import N_
from tourcrm.base.moments import moment_text
from tourcrm.files.reader import Chunk, Sheet

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


@dataclass(frozen=True, slots=True)
class Terms:
    """What the reading of cells depends on."""

    region: str
    currency: str
    zone: ZoneInfo
    date_order: str | None = None  # dmy or mdy, where --date-format says so


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

# What people write into a cell that they leave empty.
_NOTHING = frozenset(
    {"-", "--", "—", "——", "/", "\\", "无", "暂无", "没有", "n/a", "#n/a", "null", "nil"}
)


_UNSAID = frozenset({"none", "unknown", "未知", "不详", "不明", "保密"})  # of a gender
_DATED = frozenset({"day", "moment", "special_day"})


def _nothing(column: Column) -> frozenset[str]:
    """What means blank in a column: "-" and "无", but not in free text."""
    if column.words == "gender":
        return _NOTHING | _UNSAID
    if column.kind == "flag":
        return _NOTHING - {"无", "没有"}  # they say no
    if column.kind in ("rating", "nps"):
        return _NOTHING | ratings.UNANSWERED
    free = column.kind in ("text", "name") and column.field != "wechat"
    return frozenset() if free else _NOTHING


class Memory(dict[str, Any]):
    """cell -> value, None for a blank, Bad for one that cannot be taken."""

    def __init__(self, parse: Callable[[str], Any], nothing: frozenset[str] = _NOTHING) -> None:
        super().__init__()
        self.parse = parse
        self.nothing = nothing  # what means blank
        self.longest_nothing = max(map(len, nothing), default=0)
        self.bad = False

    def __missing__(self, cell: str) -> Any:
        value: Any = None
        if not cells.blank(cell) and cell.strip().casefold() not in self.nothing:
            try:
                value = self.parse(cell)
            except CellError as error:
                value = Bad(error.message)
                self.bad = True
        if len(self) < REMEMBERED and len(cell) < 200:
            self[cell] = value
        return value


# Of kinds whose plain cells are taken as they are, how long a cell may be.
_PLAIN_LIMITS = {"code": 64, "customer": 200, "text": 10_000}
_NOT_OF_A_CODE = re.compile(r"[^A-Za-z0-9 _./#-]")


def _is_plain(joined: str, kind: str) -> bool:
    """Whether cells, all in one text, hold nothing that needs a second look: every character can
    be seen, and the blanks among them are ordinary ones."""
    if kind == "code":
        return _NOT_OF_A_CODE.search(joined) is None
    return joined.replace("\u3000", " ").isprintable()


_SPECIAL_DATE = re.compile(r"\s*([^=;；]{1,50})=([^;；]+)(?:[;；]|$)")


def _special_dates(cell: str, parse: Callable[[str], Any]) -> tuple[tuple[str, Any], ...]:
    found = []
    at = 0
    for match in _SPECIAL_DATE.finditer(cell):
        if match.start() != at:
            break
        found.append((cells.text(match[1], 50), parse(match[2])))
        at = match.end()
    if not found or cell[at:].strip():
        raise CellError(N_('special dates are written "wedding=05-20; birthday=lunar 08-15"'))
    return tuple(found)


class Unsettled(Exception):
    """A date such as 5/3/2024 was met before it is known which number is the month."""


class Reader:
    """Reads the chunks of one sheet, column by column.

    `read` raises Unsettled at the first date whose day and month may be swapped; the caller then
    calls `settle`, which looks at whole columns, and begins again. Most sheets never need it.
    """

    def __init__(
        self, sheet: Sheet, entity: tuple[Column, ...], mapping: Headers, terms: Terms
    ) -> None:
        self.sheet = sheet
        self.terms = terms
        fields = by_field(entity)
        self.columns = [(fields[name], place) for name, place in mapping.places.items()]
        # A sum that is merged over several rows is that of all together.
        sheet.spread(place for column, place in self.columns if column.kind != "amount")
        self.settled = terms.date_order is not None
        self.orders: set[str] = set()  # of day and month, as the columns settled them
        self.memories = {
            column.field: Memory(self._parser(column, terms.date_order), _nothing(column))
            for column, _ in self.columns
        }

    def _parser(self, column: Column, order: str | None) -> Callable[[str], Any]:
        dated: dict[str, Any] = {
            "order": order,
            "serials": self.sheet.serials,
            "epoch1904": self.sheet.epoch1904,
        }
        special_day = partial(cells.special_day, **dated)
        if column.kind in _DATED and not self.settled:
            return self._watchful(self._dated(column.kind, dated))
        parsers: dict[str, Callable[[str], Any]] = {
            "text": cells.text,
            "name": cells.name,
            "code": cells.code,
            "customer": partial(cells.text, limit=200),
            "phones": partial(cells.phones, region=self.terms.region),
            "phone": partial(cells.phone, region=self.terms.region),
            "email": cells.email,
            "id_number": cells.id_number,
            "passport": cells.passport,
            "special_dates": partial(_special_dates, parse=special_day),
            "amount": partial(money.parse_amount, currency=self.terms.currency),
            "count": cells.count,
            "flag": cells.flag,
            "tags": cells.tags,
            "rating": ratings.rating,
            "nps": ratings.recommendation,
        }
        if column.kind == "word":
            return partial(cells.word, words=vocabulary.vocabulary(column.words))
        if column.kind in _DATED:
            return self._dated(column.kind, dated)
        return parsers[column.kind]

    def _dated(self, kind: str, dated: dict[str, Any]) -> Callable[[str], Any]:
        if kind == "day":
            return lambda cell: cells.day(cell, **dated).isoformat()
        if kind == "moment":
            return lambda cell: moment_text(cells.moment(cell, self.terms.zone, **dated))
        return partial(cells.special_day, **dated)

    def _watchful(self, parse: Callable[[str], Any]) -> Callable[[str], Any]:
        def parse_or_ask(cell: str) -> Any:
            if cells.needs_order(cell):
                raise Unsettled
            return parse(cell)

        return parse_or_ask

    def settle(self) -> None:
        """Settle the order of day and month of every date column by looking at all its cells.

        Raises Refused where a column does not settle it.
        """
        self.settled = True
        dated = [(column, place) for column, place in self.columns if column.kind in _DATED]
        seen: dict[int, set[str]] = {place: set() for _, place in dated}
        for chunk in self.sheet.chunks():
            for place, found in seen.items():
                new = {row[place] for row in chunk.rows}
                found.update(cell for cell in new if cells.needs_order(cell))
        for column, place in dated:
            order = cells.order_of(seen[place])
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
                self._parser(column, None if order is Order.NONE else str(order))
            )

    def read(self, chunk: Chunk) -> Batch:
        """The chunk's rows as typed columns; rows with a bad cell are rejected whole."""
        turned: list[Sequence[str]] = list(zip(*chunk.rows, strict=True)) if chunk.rows else []
        columns: dict[str, list[Any]] = {}
        flaws: dict[int, list[tuple[Column, int, Message]]] = {}
        for column, place in self.columns:
            values = self._column(column, turned[place] if turned else ())
            memory = self.memories[column.field]
            if memory.bad:
                for index, value in enumerate(values):
                    if type(value) is Bad:
                        flaws.setdefault(index, []).append((column, place, value.message))
            columns[column.field] = values
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

    def _column(self, column: Column, found: Sequence[str]) -> list[Any]:
        """The values of a column's cells. Plain codes and texts need no parser: they differ from
        cell to cell, so little of them would be remembered."""
        memory = self.memories[column.field]
        limit = _PLAIN_LIMITS.get(column.kind)
        joined = "".join(found) if limit else ""
        if limit and joined and _is_plain(joined, column.kind):
            spaced = " " in joined or "\u3000" in joined
            stripped = list(map(str.strip, found)) if spaced else found
            lengths = list(map(len, stripped))
            if max(lengths) <= limit:
                if min(lengths) > memory.longest_nothing:
                    return list(stripped)
                if memory.nothing.isdisjoint(map(str.casefold, stripped)):
                    return [cell or None for cell in stripped]
        return list(map(memory.__getitem__, found))

    def _reasons(self, found: Sequence[tuple[Column, int, Message]], row: Sequence[str]) -> Message:
        return joined([self._reason(column, place, why, row) for column, place, why in found])

    def _reason(self, column: Column, place: int, why: Message, row: Sequence[str]) -> Message:
        header = display.visible(self.sheet.header[place], 40)
        if column.mask or column.kind == "customer":  # which may hold a phone or ID number
            return Message(N_("{column}: {reason}"), column=header, reason=why)
        return Message(
            N_('{column} "{value}": {reason}'),
            column=header,
            value=display.visible(row[place].strip(), 40),
            reason=why,
        )


def joined(messages: Sequence[Message]) -> Message:
    """Several reasons as one."""
    if len(messages) == 1:
        return messages[0]
    return Message(N_("{first}; {rest}"), first=messages[0], rest=joined(messages[1:]))
