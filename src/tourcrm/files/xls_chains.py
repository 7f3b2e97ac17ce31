"""The chains of sectors in an .xls, which must end: the reader of workbooks would follow a circle
until there is no memory left. The form of the file: [MS-CFB], Compound File Binary File Format.
"""

import struct
from collections.abc import Sequence

_LAST = 0xFFFFFFFA  # sector numbers end here; what is above marks ends and free sectors
_HEADER = 512  # bytes
_ENTRY = 128  # bytes of a directory entry


class ChainError(Exception):
    """Chains that no program writes."""


def check(content: bytes) -> None:
    """Follow every chain of a compound file to its end. Raises ChainError where one has none."""
    if len(content) < _HEADER:
        raise ChainError
    shift, mini_shift = struct.unpack_from("<HH", content, 30)
    if shift not in (9, 12) or mini_shift != 6:
        raise ChainError
    size = 1 << shift
    directory, cutoff, mini_table, first_list = (
        struct.unpack_from("<I", content, place)[0] for place in (48, 56, 60, 68)
    )
    listed = [*_numbers(content[76:_HEADER]), *_listed(content, size, first_list)]
    tables = [sector for sector in listed if sector < _LAST]
    if len(set(tables)) < len(tables):
        raise ChainError
    table = [number for sector in tables for number in _sector(content, size, sector)]
    visited: set[int] = set()
    entries = b"".join(
        _bytes(content, size, sector) for sector in _chain(table, directory, visited)
    )
    mini = [
        number
        for sector in _chain(table, mini_table, visited)
        for number in _sector(content, size, sector)
    ]
    seen: set[int] = set()
    for place in range(0, len(entries) - _ENTRY + 1, _ENTRY):
        kind = entries[place + 66]
        start, length = struct.unpack_from("<II", entries, place + 116)
        short = kind == 2 and length < cutoff  # a stream in small sectors
        _chain(mini if short else table, start, seen if short else visited)


def _listed(content: bytes, size: int, first: int) -> list[int]:
    """The sectors of the table that do not fit the header: a chain of lists, the last number of
    each naming the next."""
    found: list[int] = []
    lists: set[int] = set()
    while first < _LAST:
        if first in lists:
            raise ChainError
        lists.add(first)
        *numbers, first = _sector(content, size, first) or (_LAST,)
        found += numbers
    return found


def _chain(table: Sequence[int], start: int, visited: set[int]) -> list[int]:
    """The sectors of a chain. visited: those that chains known to end have; grows."""
    found: list[int] = []
    own: set[int] = set()
    while start < len(table) and start not in visited:
        if start in own:
            raise ChainError
        own.add(start)
        found.append(start)
        start = table[start]
    visited |= own
    return found


def _bytes(content: bytes, size: int, sector: int) -> bytes:
    return content[(sector + 1) * size : (sector + 2) * size]


def _sector(content: bytes, size: int, sector: int) -> tuple[int, ...]:
    return _numbers(_bytes(content, size, sector))


def _numbers(content: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(content) // 4}I", content[: len(content) // 4 * 4])


def workbook_stream(content: bytes) -> bytes:
    """The stream of the workbook in a compound file that `check` has found sound; b"" where none
    of Excel 97 or later is there."""
    shift = struct.unpack_from("<H", content, 30)[0]
    size = 1 << shift
    directory, cutoff, first_list = (
        struct.unpack_from("<I", content, place)[0] for place in (48, 56, 68)
    )
    listed = [*_numbers(content[76:_HEADER]), *_listed(content, size, first_list)]
    table = [
        number for sector in listed if sector < _LAST for number in _sector(content, size, sector)
    ]
    entries = b"".join(_bytes(content, size, sector) for sector in _chain(table, directory, set()))
    for place in range(0, len(entries) - _ENTRY + 1, _ENTRY):
        length = min(64, int.from_bytes(entries[place + 64 : place + 66], "little"))
        name = entries[place : place + max(0, length - 2)].decode("utf-16-le", "replace")
        start, long = struct.unpack_from("<II", entries, place + 116)
        if name.casefold() == "workbook" and entries[place + 66] == 2 and long >= cutoff:
            sectors = _chain(table, start, set())
            return b"".join(_bytes(content, size, sector) for sector in sectors)[:long]
    return b""
