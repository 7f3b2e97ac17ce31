"""Which cells of an .xls are shown in a shortened form, a day without its year or a month without
its day. The records of the workbook's stream: [MS-XLS], Excel Binary File Format.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from tourcrm.files import number_formats

_END, _START, _SHEET, _EPOCH, _FORMAT, _XF = 0x0A, 0x809, 0x85, 0x22, 0x41E, 0xE0
_NUMBER, _RK, _MULTIPLE, _FORMULA = 0x203, 0x27E, 0xBD, 0x06
_WORKSHEET = 0  # of the kinds of sheets
_LOCKED = 0x2F  # what follows is encrypted
_COLUMNS = 256  # of a sheet of Excel 97
_XF_LIMIT = 65_536
_ROOM = 64 << 20  # bytes of marks, which are four full sheets

Marks = dict[int, bytearray]  # column -> by row, which format; 0 for any other


class FormatsError(Exception):
    """Sheets that no program writes."""


@dataclass(slots=True)
class Formats:
    """By the names of sheets, the marks of their cells; and whether days count from 1904."""

    marks: dict[str, Marks] = field(default_factory=dict)
    epoch1904: bool = False


def read(stream: bytes) -> Formats:
    """What the stream of a workbook says of shortened days. A damaged stream says less; the
    reader of the workbook is who refuses it."""
    found = Formats()
    own: dict[int, int] = {}
    styles: list[int] = []
    sheets: list[tuple[int, str]] = []
    for kind, body in _records(stream, 0):
        if kind == _LOCKED:
            return found
        if kind == _EPOCH:
            found.epoch1904 = body[:2] == b"\x01\x00"
        elif kind == _FORMAT and len(body) >= 5:
            own[_short(body, 0)] = number_formats.kind_of(_text(body[2:], 2))
        elif kind == _XF and len(body) >= 4 and len(styles) < _XF_LIMIT:
            number = _short(body, 2)
            styles.append(own.get(number, number_formats.BUILT_IN.get(number, 0)))
        elif kind == _SHEET and len(body) >= 8 and body[5] == _WORKSHEET:
            sheets.append((struct.unpack_from("<I", body)[0], _text(body[6:], 1)))
    if any(styles):
        walked, room = 0, _ROOM
        for place, name in sheets:
            marks, size = _marks(stream, place, styles)
            walked += size
            room -= sum(map(len, marks.values()))
            if walked > len(stream) or room < 0:
                raise FormatsError  # sheets inside one another, or single cells far away
            found.marks[name] = marks
    return found


def _marks(stream: bytes, place: int, styles: list[int]) -> tuple[Marks, int]:
    """The marks of the cells of one sheet, and its size in bytes."""
    marks: Marks = {}
    size = 0
    for kind, body in _records(stream, place):
        size += 4 + len(body)
        if kind in (_NUMBER, _RK, _FORMULA) and len(body) >= 6:
            row, column, style = struct.unpack_from("<HHH", body)
            _mark(marks, row, column, style, styles)
        elif kind == _MULTIPLE and len(body) >= 6:
            row, first = struct.unpack_from("<HH", body)
            for number in range((len(body) - 6) // 6):
                _mark(marks, row, first + number, _short(body, 4 + 6 * number), styles)
    return marks, size


def _mark(marks: Marks, row: int, column: int, style: int, styles: list[int]) -> None:
    shown = styles[style] if style < len(styles) else 0
    if shown and column < _COLUMNS:
        rows = marks.setdefault(column, bytearray())
        rows += bytes(max(0, row + 1 - len(rows)))
        rows[row] = shown


def _records(stream: bytes, place: int) -> Iterator[tuple[int, bytes]]:
    """The records of the part of a stream that begins at a place, up to its end."""
    depth = 0
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        place += 4 + length
        if place > len(stream):
            return
        depth += (kind == _START) - (kind == _END)
        if depth <= 0:
            return
        yield kind, stream[place - length : place]


def _short(body: bytes, place: int) -> int:
    return int.from_bytes(body[place : place + 2], "little")


def _text(body: bytes, width: int) -> str:
    """A text: how many characters (in so many bytes), whether they are wide, and they."""
    count = int.from_bytes(body[:width], "little")
    if len(body) <= width:
        return ""
    start = width + 1
    if body[width] & 1:
        return body[start : start + 2 * count].decode("utf-16-le", "replace")
    return body[start : start + count].decode("latin-1")
