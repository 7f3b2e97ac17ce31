"""What the first cells of a column look like: enough to tell what an unknown header stands for."""

import re
from collections.abc import Callable, Sequence
from contextlib import closing

from tourcrm.base import parsing
from tourcrm.base.errors import CellError
from tourcrm.base.names import COMPANY
from tourcrm.base.parsing import is_nothing
from tourcrm.files.reader import Sheet

SAMPLE = 300  # rows that are looked at
_MOBILE = re.compile(
    r"(?:(?:\+|00)?86[ -]?)?1[3-9][0-9](?:[ -]?[0-9]{4}){2}|\+[1-9][0-9 ()-]{7,18}"
)


class Cells:
    """The first rows of a sheet, by column; blanks and what stands for them left out."""

    def __init__(self, rows: Sequence[Sequence[str]] = ()) -> None:
        self._rows = rows

    @classmethod
    def of(cls, sheet: Sheet) -> "Cells":
        rows: list[Sequence[str]] = []
        with closing(sheet.chunks()) as chunks:
            while len(rows) < SAMPLE and (chunk := next(chunks, None)) is not None:
                rows += chunk.rows[: SAMPLE - len(rows)]
        return cls(rows)

    def filled(self, place: int) -> list[str]:
        """The cells of a column that say something."""
        return [cell for cell in self._column(place) if not is_nothing(cell)]

    def differ(self, one: int, other: int) -> bool:
        """Whether a cell of `other` says something that `one` does not say in the same row."""
        pairs = zip(self._column(one), self._column(other), strict=True)
        return any(not is_nothing(b) and a != b for a, b in pairs)

    def _column(self, place: int) -> list[str]:
        return [parsing.clean(row[place]) for row in self._rows]

    def looks_like(self, place: int) -> str:
        """phone, id_number or email where (nearly) all cells of a column are such; else nothing."""
        found = self.filled(place)
        if not found:
            return ""
        for what, is_one in _LOOKS.items():
            if sum(map(is_one, found)) >= (len(found) if len(found) < 10 else 0.9 * len(found)):
                return what
        return ""

    def number_the_rows(self, place: int) -> bool:
        """Whether the cells count the rows: 1, 2, 3 ..., but for a foot of up to three."""
        found = self.filled(place)
        numbers = [int(cell) for cell in found if cell.isascii() and cell.isdecimal()]
        counted = range(numbers[0], numbers[0] + len(numbers)) if numbers else ()
        return len(numbers) > 1 and numbers == list(counted) and len(found) - len(numbers) <= 3

    def are_companies(self, place: int) -> bool:
        """Whether at least half of the cells are names of companies."""
        found = self.filled(place)
        return bool(found) and 2 * sum(COMPANY.search(cell) is not None for cell in found) >= len(
            found
        )

    def are_codes(self, place: int) -> bool:
        """Whether the cells may be codes: no words, and nearly all with a digit."""
        found = self.filled(place)
        return not found or sum(any(map(str.isdigit, c)) for c in found) >= 0.8 * len(found)


def read_by(parse: Callable[[str], object]) -> Callable[[str], bool]:
    """Whether a parser takes a cell."""

    def is_one(cell: str) -> bool:
        try:
            parse(cell)
        except CellError:
            return False
        return True

    return is_one


def _is_id_number(cell: str) -> bool:
    return len(cell) == 18 and read_by(parsing.id_number)(cell)


_LOOKS: dict[str, Callable[[str], bool]] = {
    "phone": lambda cell: _MOBILE.fullmatch(cell) is not None,
    "id_number": _is_id_number,
    "email": lambda cell: "@" in cell and read_by(parsing.email)(cell),
}
