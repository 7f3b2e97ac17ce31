"""What every kind of sheet shares: its header, chunks of even rows, and rows with a flaw."""

import io
import unicodedata
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from types import TracebackType
from typing import BinaryIO, Self

from tourcrm.base.display import visible
from tourcrm.base.errors import Message, Refused
from tourcrm.base.i18n import N_, translate
from tourcrm.files.writer import why

COLUMN_LIMIT = 500
HEADER_SEARCH = 15  # non-blank rows among which the header is looked for
EMPTY_SEARCH = 1_000  # rows that settle whether a column without a header is empty
_BLANKS = " \t\r\n\xa0\u3000,;"  # what a row without any text may still hold
BLOCK = 1 << 20  # bytes read at a time
CHUNK_ROWS = 2_000  # more would not fit the processor's cache, and every step would take longer

Known = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be taken as it stands: where it is, its cells as they are, and why."""

    line: int
    cells: list[str]
    reason: Message


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of a sheet, all as wide as its header, and the bad rows met among them.

    `lines[i]` is the line of the file (the row of an .xlsx), from 1, in which `rows[i]` begins.
    """

    lines: Sequence[int]
    rows: list[list[str]]
    bad: list[BadRow]


class Sheet:
    """An open table. A context manager; `chunks` may be called again for a further pass.

    header: stripped texts of the header row, without empty columns that have no header.
    encoding, delimiter: of text files, else "". serials: numbers may be Excel's date serials, from
    1904 on if epoch1904. size: bytes of the file; total: what `position` counts up to. sha256: of
    all bytes, in hexadecimal. merged: merged cells count for each of their rows. note: something
    that the user should be told, or None.
    """

    kind: str
    encoding = ""
    delimiter = ""
    serials = False
    epoch1904 = False
    merged = False
    note: Message | None = None
    total: int

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        self.name = name
        self.header: list[str] = []
        self.header_line = 0
        self.sha256 = ""
        self.size = file.seek(0, io.SEEK_END)
        file.seek(0)
        self._width = 0
        self._kept: list[int] | None = None  # places of the columns kept, None for all
        self._dropped: list[int] = []
        self._unreadable: dict[int, Message] = {}  # rows, by their lines, with damaged cells
        self._first_column = 1  # the number that people call the first cell's column

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def position(self) -> int:
        """How much of `total` the pass under way has read."""
        raise NotImplementedError

    def spread(self, places: Iterable[int]) -> None:
        """Let a merged cell of these columns (places of `header`) count for each of its rows."""

    def chunks(self, size: int = CHUNK_ROWS) -> Generator[Chunk]:
        """The rows after the header, from the first, at most `size` a chunk; blank rows left out.

        One pass at a time: a new one ends those begun before. Raises Refused where the file
        cannot be read on (a quote that is never closed, a cell over the limit).
        """
        raise NotImplementedError

    def _settle(
        self, line: int, cells: list[str], first: Iterable[list[str]], known: Known
    ) -> None:
        """Take `cells` of `line` for the header; `first` are rows to find empty columns by."""
        names = [cell.strip() for cell in cells]
        while names and not names[-1]:
            names.pop()
        if len(names) > COLUMN_LIMIT:
            raise Refused(
                N_(
                    "{file}, line {line}: {count} columns; {limit} at most can be read. "
                    "Delete those that are not needed."
                ),
                file=self.name,
                line=line,
                count=len(names),
                limit=COLUMN_LIMIT,
            )
        self.header_line = line
        nameless = {place for place, name in enumerate(names) if not name}
        nameless |= set(range(len(names), min(len(cells), COLUMN_LIMIT)))
        filled: set[int] = set()
        for row in first:
            filled |= {place for place in nameless if row[place : place + 1] and row[place].strip()}
        self._width = max([len(names), *(place + 1 for place in filled)])
        names += [""] * (self._width - len(names))
        kept = [place for place in range(self._width) if names[place] or place in filled]
        self._kept = None if len(kept) == self._width else kept
        self._dropped = [place for place in range(self._width) if place not in set(kept)]
        self.header = [names[place] or self._column(place) for place in kept]
        self._refuse_twins(names, line, known)

    def _refuse_twins(self, names: list[str], line: int, known: Known) -> None:
        places: dict[str, int] = {}
        for place, name in enumerate(names):
            key = unicodedata.normalize("NFKC", name).casefold()
            if key in places and name and known(name):
                raise Refused(
                    N_(
                        "{file}, line {line}: columns {first} and {second} are both named "
                        '"{name}". Rename or delete one of them.'
                    ),
                    file=self.name,
                    line=line,
                    first=places[key] + self._first_column,
                    second=place + self._first_column,
                    name=visible(name, 60),
                )
            places[key] = place

    def _sorted_out(self, lines: Sequence[int], rows: list[list[str]]) -> Chunk:
        """Good rows cut to the header's width, blank ones left out, the others with a reason."""
        self._cut(rows)
        # A blank row has a blank first cell: only such rows are looked at whole.
        even = set(map(len, rows)) == {self._width} != {0}
        even = even and self._unreadable.keys().isdisjoint(lines)
        suspects = (row for row in rows if even and not row[0].strip())
        if even and not any(map(is_blank, suspects)):
            if self._kept is None:
                return Chunk(lines, rows, [])
            if not any(row[place] for row in rows for place in self._dropped):
                return Chunk(lines, [[row[place] for place in self._kept] for row in rows], [])
        good_lines: list[int] = []
        good: list[list[str]] = []
        bad: list[BadRow] = []
        for line, row in zip(lines, rows, strict=True):
            if is_blank(row):
                continue
            reason = self._unreadable.get(line) or self._flaw(row)
            if reason is None:
                good_lines.append(line)
                good.append(row if self._kept is None else [row[place] for place in self._kept])
            else:
                bad.append(BadRow(line, self._aligned(row), reason))
        return Chunk(good_lines, good, bad)

    def _aligned(self, row: list[str]) -> list[str]:
        """The cells of a bad row under the header's; what stands elsewhere comes behind them."""
        if self._kept is None or len(row) < self._width:
            return row
        rest = [cell for place, cell in enumerate(row) if place not in self._kept]
        return [row[place] for place in self._kept] + [cell for cell in rest if cell.strip()]

    def _cut(self, rows: list[list[str]]) -> None:
        """Drop a surplus that is empty in all rows: a comma too many at the end of each."""
        width = self._width
        if rows and len(rows[0]) > width and not any(any(row[width:]) for row in rows):
            for row in rows:
                del row[width:]  # in place: new lists would cost four times as much

    def _flaw(self, row: list[str]) -> Message | None:
        """Why `row` cannot be taken. Surplus blank cells are dropped from it, and those added that
        many programs leave out at the end of a row."""
        width = self._width
        if len(row) > width:
            if any(cell.strip() for cell in row[width:]):
                return Message(
                    N_(
                        "{count} cells, but the header has {width}: "
                        "is a comma or a quote too many in one of them?"
                    ),
                    count=len(row),
                    width=width,
                )
            del row[width:]
        row += [""] * (width - len(row))
        for place in self._dropped:
            if row[place].strip():
                return Message(
                    N_('"{value}" stands in column {column}, which has no header'),
                    value=visible(row[place], 40),
                    column=place + self._first_column,
                )
        return None

    def _column(self, place: int) -> str:
        return translate(N_("column {number}")).format(number=place + self._first_column)


def is_blank(row: list[str]) -> bool:
    return not any(row) or not "".join(row).strip()


def find_header(
    rows: Iterable[tuple[int, list[str]]], known: Known
) -> tuple[int, int, list[str]] | None:
    """(how many known names, line, cells) of the header among the first rows; None if no rows."""
    first: tuple[int, int, list[str]] | None = None
    # A row of nothing but delimiters is blank, whichever of them is being tried.
    filled = ((line, row) for line, row in rows if "".join(row).strip(_BLANKS))
    for line, row in islice(filled, HEADER_SEARCH):
        cells = [cell.strip() for cell in row]
        count = sum(1 for cell in cells[: 2 * COLUMN_LIMIT] if cell and known(cell))
        if count >= 2 or (count == 1 and sum(map(bool, cells)) == 1):
            return count, line, row
        first = first or (0, line, row)
    return first


def unread(name: str | Message, error: Exception) -> Refused:
    """What is said of a file that is there and cannot be read; ValueError: a NUL in its path."""
    reason = why(error) if isinstance(error, OSError) else Message(N_("its name is not valid"))
    return Refused(N_("{file} cannot be read: {reason}."), file=name, reason=reason)


def other_kind(name: str, what: str) -> Refused:
    return Refused(
        N_(
            "{file} is {what}, not a table. Open it in the program that made it "
            "and save it as .xlsx or .csv."
        ),
        file=name,
        what=Message(what),
    )
