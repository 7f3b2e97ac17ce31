"""The XML inside an .xlsx, as far as the reader of workbooks must not be trusted with it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ROW_LIMIT, COLUMN_LIMIT = 1 << 20, 500  # of cells whose formats are looked at
ERROR_LIMIT = 200_000  # rows with error cells (#N/A) in one sheet


class XmlError(Exception):
    """XML or a package that no spreadsheet program writes."""


@dataclass(slots=True)
class Measured:
    """What the XML of a sheet tells that the reader does not: its extent, its marks."""

    low: tuple[int, int] = (1 << 30, 1 << 30)
    high: tuple[int, int] = (-1, -1)
    errors: dict[int, dict[int, str]] = field(default_factory=dict)
    uncomputed: str = ""  # the first cell whose formula has no value
    shortened: dict[int, bytearray] = field(default_factory=dict)  # column -> a format, by row

    @property
    def area(self) -> int:
        """Cells of the rectangle around all values."""
        if self.high < (0, 0):
            return 0
        return (self.high[0] - self.low[0] + 1) * (self.high[1] - self.low[1] + 1)


def _parser() -> Any:
    from xml.parsers import expat

    def refuse(*_: object) -> None:
        raise XmlError  # a document type declares entities: bombs, or files of this machine

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    return parser


def elements(content: bytes) -> list[tuple[str, dict[str, str]]]:
    """(local name, attributes) of every element of a small XML part."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = _parser()
    parser.StartElementHandler = lambda tag, attributes: found.append(
        (tag.rpartition(":")[2], attributes)
    )
    parser.Parse(content, True)
    return found


_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})", re.IGNORECASE)


class Measurer:
    """Extent of the values, error cells and formulas without a value of one sheet's XML."""

    def __init__(self, shortened: Mapping[str, int] | None = None) -> None:
        self._found = Measured()
        self._shortened = shortened or {}  # styles whose days are shown in part
        self._strings = 0
        self._columns: dict[str, int] = {}
        self._row = self._column = -1
        self._top = self._left = 1 << 30
        self._bottom = self._right = -1
        self._reference: str | None = None  # of the cell under way, until it is worked out
        self._kind: str | None = None
        self._formula = False
        self._text: list[str] | None = None  # of the value being read, where it matters
        self._parser = _parser()
        self._parser.StartElementHandler = self._start
        self.feed = self._parser.Parse

    def finish(self, size: int) -> Measured:
        """What was found in a part of `size` bytes, all of them fed."""
        self._parser.Parse(b"", True)
        self._finish()
        if self._strings > size:
            raise XmlError  # the reader would make room for as many strings as are declared
        self._found.low = (self._top, self._left)
        self._found.high = (self._bottom, self._right)
        return self._found

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        # Called for every element of a sheet: the two commonest ones come first.
        if tag == "v" or tag == "is":
            self._widen()
            if self._kind == "e" or self._formula:
                self._text = []
                self._parser.CharacterDataHandler = self._text.append
        elif tag == "c":
            if self._formula or self._kind == "e":
                self._finish()
            reference = attributes.get("r")
            if reference is None:
                self._place()  # of the cell before, which this one follows
                self._column += 1
            self._reference = reference
            self._kind = attributes.get("t")
            if self._shortened and attributes.get("s") in self._shortened:
                self._shorten(self._shortened[attributes["s"]])
        elif tag == "f":
            self._formula = True
        elif ":" in tag:
            self._start(tag.rpartition(":")[2], attributes)
        else:
            if self._formula or self._kind == "e":
                self._finish()
            if tag == "row":
                number = attributes.get("r", "")
                self._row = int(number) - 1 if number.isdecimal() else self._row + 1
                self._column = -1
                self._reference = None
            elif tag == "sst":
                # `count` is how often cells refer to them, which may well be more than bytes.
                self._strings = max(self._strings, int(attributes.get("uniqueCount", "0")))

    def _place(self) -> None:
        """Take row and column from the cell's own reference, if it has one."""
        reference = self._reference
        if reference is None:
            return
        self._reference = None
        letters = reference.rstrip("0123456789")
        column = self._columns.get(letters)
        if column is None:
            if not _REFERENCE.fullmatch(reference):
                raise XmlError
            column = -1
            for letter in letters.upper():
                column = column * 26 + ord(letter) - 39  # A is 0, Z 25, AA 26
            self._columns[letters] = column
        self._column = column
        self._row = int(reference[len(letters) :]) - 1

    def _shorten(self, kind: int) -> None:
        """Remember that the cell under way shows but a part of its day."""
        self._place()
        if not (0 <= self._row < ROW_LIMIT and 0 <= self._column < COLUMN_LIMIT):
            return
        marks = self._found.shortened.setdefault(self._column, bytearray())
        if len(marks) <= self._row:
            marks.extend(bytes(self._row + 1 - len(marks)))
        marks[self._row] = kind

    def _widen(self) -> None:
        self._place()
        row, column = self._row, self._column
        if row > self._bottom:
            self._bottom = row
        if row < self._top:
            self._top = row
        if column > self._right:
            self._right = column
        if column < self._left:
            self._left = column

    def _finish(self) -> None:
        """What is to be remembered of an error cell or a formula."""
        self._place()
        text = "".join(self._text or ()).strip()
        if self._formula and not text and self._kind != "str":
            self._found.uncomputed = self._found.uncomputed or self._address()
        elif self._kind == "e" and text and len(self._found.errors) < ERROR_LIMIT:
            self._found.errors.setdefault(self._row, {})[self._column] = text
        self._text = None
        self._formula = False
        self._kind = None
        self._parser.CharacterDataHandler = None

    def _address(self) -> str:
        letters, rest = "", self._column + 1
        while rest:
            rest, place = divmod(rest - 1, 26)
            letters = chr(65 + place) + letters
        return f"{letters}{self._row + 1}"
