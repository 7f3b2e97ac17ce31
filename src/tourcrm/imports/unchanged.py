"""Rows of trips that stand in the table just as they are: most of a file that comes again.

They are passed over: neither staged nor compared nor written. Rows that follow one another in the
file as their trips do in the table, as they do where the file was imported before, are compared a
column of a chunk at a time, as long texts; the others are looked up one by one.

Several trips without an order code may be alike, of one customer, day and place. Which row is which
of them (pairing.py) is only known at the end. So what was passed over is remembered by trip, and
`match` compares it with the rows that were staged; where another pairing might be better it raises
Doubt, and the file is read again without any of this. The result is the same, then and always, as
without it.
"""

import sqlite3
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tourcrm.base.columns import TRIP
from tourcrm.imports import pairing

_KEY = ("customer_id", "departs_on", "destination")  # of a trip without an order code
_NUMBERS = {"customer_id", "departure_id"} | {one.name for one in TRIP if one.type.number}
_FLAGS = {one.name for one in TRIP if one.kind == "flag"}
_END = "\x1e"  # between cells; a chunk with a cell that holds it is not compared as text
# Without statistics SQLite may choose the index by departure, and read every trip of that day.
_ALIKE_TRIP = (
    "trip t INDEXED BY trip_customer ON t.customer_id = c.customer_id "
    "AND t.departs_on IS c.departs_on AND t.destination IS c.destination"
)
_STAGED = "SELECT customer_id, departs_on, destination, line FROM incoming WHERE code IS NULL"
_BETWEEN = "FROM trip WHERE id BETWEEN ? AND ?"


class Doubt(Exception):
    """Another row says something else of a trip, a row of which was passed over."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """A chunk: lines of the file, and columns of what is staged."""

    lines: Sequence[int]
    columns: Mapping[str, Sequence[Any]]
    codes: Sequence[str | None]

    def names(self) -> list[str]:
        """The columns that say something; without a code, a blank day or place does, too."""
        return [
            name
            for name, values in self.columns.items()
            if name in _KEY or any(value is not None for value in values)
        ]

    def printed(self, name: str) -> list[str]:
        """The cells of a column as `_sql` prints them."""
        values = self.columns[name]
        if name in _NUMBERS:
            return list(map(str, values))
        if name in _FLAGS:
            return [str(value if value is None else int(value)) for value in values]
        return [value or "" for value in values]

    def text(self, name: str) -> str:
        """The column as one text."""
        try:
            plain = name not in _NUMBERS | _FLAGS
            return _END.join(self.columns[name] if plain else self.printed(name))
        except TypeError:  # some cell is blank
            return _END.join(self.printed(name))


def _sql(name: str) -> str:
    """A column of `trip` as one text, a blank as Python prints it."""
    blank = "None" if name in _NUMBERS | _FLAGS else ""
    return f"group_concat(coalesce({name}, '{blank}'), '{_END}')"


class Standing:
    """The trips of the table, and which of them rows of the file were passed over for."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        (largest,) = connection.execute("SELECT coalesce(max(id), 0) FROM trip").fetchone()
        self._coded = bytearray(largest + 1)  # trip -> 1 where a row with its code was passed
        self._lines = array("I", bytes(4 * (largest + 1)))  # trip -> line of one without a code
        self._loose = bytearray(largest + 1)  # trip -> 1 where that one leaves cells blank
        self._next = 0  # the trip that the next row without a code is likely to mean
        self._look_up = True
        self._doubt = False
        self.repeated = 0  # rows passed over whose order an earlier row had named

    def pass_over(self, lines: Sequence[int], columns: Mapping[str, Sequence[Any]]) -> list[int]:
        """Pass over those rows of a chunk that stand; returns the places of the others."""
        nothing = [None] * len(lines)
        blank = dict.fromkeys(("code", *_KEY), nothing)
        rows = _Rows(lines, blank | dict(columns), columns.get("code", nothing))
        places = range(len(lines))
        trips = self._in_line(rows)
        differing, loose = self._differing(rows, trips) if trips else (set(places), set())
        if not differing and self._pass_all(rows, trips):
            for place in loose:
                self._loose[trips[place]] = 1
            self._look_up = True
            return []
        # No trips, where the rows are not in line.
        beside = ((place, trip, place in loose) for place, trip in zip(places, trips, strict=False))
        passed = self._pass(rows, (pair for pair in beside if pair[0] not in differing))
        left = [place for place in places if place not in passed]
        # After a chunk of which nothing stood the next is likely to be as new.
        if passed or self._look_up:
            passed |= self._pass(rows, self._one_by_one(rows, left))
            self._look_up = bool(passed)
        return [place for place in left if place not in passed]

    def _pass_all(self, rows: _Rows, trips: Sequence[int]) -> bool:
        """Pass over a whole chunk at once; False where its rows need to be looked at one by one."""
        first, behind = trips[0], trips[-1] + 1
        coded = any(rows.codes)
        if behind - first != len(trips) or (coded and None in rows.codes):
            return False
        if any(self._lines[first:behind]) or any(self._coded[first:behind]):
            return False
        if coded:
            self._coded[first:behind] = b"\1" * len(trips)
        else:
            self._lines[first:behind] = array("I", rows.lines)
            self._next = behind
        return True

    def _pass(self, rows: _Rows, found: Iterable[tuple[int, int, bool]]) -> set[int]:
        """Pass over rows for the trips they stand as, (place, trip, whether it leaves cells blank
        that the trip has); returns the places."""
        passed: set[int] = set()
        for place, trip, loose in found:
            if rows.codes[place] is not None:
                self.repeated += self._coded[trip]
                self._coded[trip] = 1
                self._doubt = self._doubt or self._lines[trip] > 0
            elif place in passed or self._coded[trip] or self._lines[trip]:
                continue
            else:
                self._lines[trip] = rows.lines[place]
                self._loose[trip] = loose
                self._next = trip + 1
            passed.add(place)
        return passed

    # --- rows that follow one another

    def _in_line(self, rows: _Rows) -> Sequence[int]:
        """The trips from the first row's to the last row's if they are as many as the rows."""
        size = len(rows.lines)
        first = self._end(rows, 0, self._next) or self._end(rows, 0, 0)
        last = self._end(rows, -1, first + size - 1) if first else 0
        if not size <= last - first + 1 <= size * 2:
            return ()
        (count,) = self._connection.execute(f"SELECT count(*) {_BETWEEN}", (first, last)).fetchone()
        if count != size:
            return ()
        if last - first + 1 == size:
            return range(first, last + 1)
        ids = self._connection.execute(f"SELECT id {_BETWEEN} ORDER BY id", (first, last))
        return [trip for (trip,) in ids]

    def _differing(self, rows: _Rows, trips: Sequence[int]) -> tuple[set[int], set[int]]:
        """The places of the rows that differ from the trips beside them, and of those that leave
        cells blank which these have.

        A blank cell says nothing, but for what a trip without a code is known by.
        """
        size = len(trips)
        names = rows.names()
        silent = [name for name in rows.columns if name not in names]
        counted = "+".join(f"count({name})" for name in silent) or "0"
        more, *there = self._connection.execute(
            f"SELECT {counted}, {', '.join(map(_sql, names))} {_BETWEEN}", (trips[0], trips[-1])
        ).fetchone()
        differing: set[int] = set()
        loose: set[int] = set(range(size)) if more else set()
        for name, text in zip(names, there, strict=True):
            given = rows.text(name)
            if not given.count(_END) == text.count(_END) == size - 1:
                return set(range(size)), loose
            if given == text:
                continue
            values = rows.columns[name]
            beside = zip(rows.printed(name), text.split(_END), strict=True)
            for place, (mine, theirs) in enumerate(beside):
                if mine != theirs and (
                    values[place] is not None or (name in _KEY and rows.codes[place] is None)
                ):
                    differing.add(place)
                elif mine != theirs:
                    loose.add(place)
        return differing, loose

    def _end(self, rows: _Rows, place: int, least: int) -> int:
        """The trip that the row at a place is likely to mean, 0 if there is none: that of its
        code; else the first alike from `least` on that no row was passed over for."""
        code = rows.codes[place]
        if code is not None:
            found = self._connection.execute("SELECT id FROM trip WHERE code = ?", (code,))
            return next((trip for (trip,) in found), 0)
        found = self._connection.execute(
            "SELECT id FROM trip WHERE customer_id = ? AND departs_on IS ? AND destination IS ?",
            tuple(rows.columns[name][place] for name in _KEY),
        )
        free = (trip for (trip,) in found if trip >= least and not self._lines[trip])
        return min(free, default=0)

    # --- rows one by one

    def _one_by_one(self, rows: _Rows, places: Sequence[int]) -> Iterator[tuple[int, int, bool]]:
        """(place, trip, whether it leaves cells blank) of rows and trips that they stand as.

        Rows without a code that are alike in one chunk are left to `match`: each would be
        compared with all that are alike in the table.
        """
        execute = self._connection.execute
        names = ["code", *(name for name in rows.names() if name != "code")]
        columns = [rows.columns[name] for name in names]
        keys = list(zip(*(rows.columns[name] for name in _KEY), strict=True))
        alike = Counter(keys)
        cells = list(zip(range(len(keys)), *columns, strict=True))
        execute(f"CREATE TEMP TABLE chunk (place INTEGER PRIMARY KEY, {', '.join(names)})")
        self._connection.executemany(
            f"INSERT INTO temp.chunk VALUES (?{', ?' * len(names)})",  # noqa: S608 - question marks
            (
                cells[place]
                for place in places
                if rows.codes[place] is not None or alike[keys[place]] == 1
            ),
        )
        same = " AND ".join(f"(c.{name} IS NULL OR c.{name} IS t.{name})" for name in names)
        silent = [f"t.{name} IS NOT NULL" for name in rows.columns if name not in names]
        blank = [f"(c.{name} IS NULL AND t.{name} IS NOT NULL)" for name in names if name != "code"]
        loose = " OR ".join([*silent, *blank])
        for meant in ("trip t ON t.code = c.code", f"{_ALIKE_TRIP} AND c.code IS NULL"):
            yield from execute(
                f"SELECT c.place, t.id, {loose} FROM temp.chunk c CROSS JOIN {meant} "  # noqa: S608 - our columns
                f"WHERE {same} ORDER BY c.place, t.id"
            ).fetchall()
        execute("DROP TABLE temp.chunk")

    # --- the end: which row without a code means which trip

    def match(self, names: Sequence[str], way: str) -> Iterator[tuple[int, int]]:
        """(trip, line) of the rows staged in `incoming` without a code, by the columns that the
        file has. trip 0: the row is there, and nothing of it is to be written.

        Raises Doubt where a row that was passed over may not be the one that its trip would get,
        or where one that was staged means the same trip.
        """
        taken = bytearray(self._coded)  # an order that the file names by its code is not meant
        for (trip,) in self._connection.execute(
            "SELECT row_id FROM incoming WHERE row_id IS NOT NULL"
        ):
            if self._coded[trip] or self._lines[trip]:
                raise Doubt
            taken[trip] = 1
        if self._doubt:
            raise Doubt
        cells = [name for name in names if name not in (*_KEY, "code")]
        for lines, trips in self._alike():
            free = [trip for trip in trips if not taken[trip]]
            if len(lines) == len(free) == 1 and not self._lines[free[0]]:
                yield free[0], lines[0]
            elif free:
                yield from self._paired(lines, free, cells, way)

    def _paired(
        self, lines: Sequence[int], free: Sequence[int], names: Sequence[str], way: str
    ) -> Iterator[tuple[int, int]]:
        rows = dict(self._cells("incoming", "line", lines, names))
        trips = dict(self._cells("trip", "id", free, names))
        passed = [trip for trip in free if self._lines[trip]]
        for trip in passed:
            later = self._lines[trip]
            if self._loose[trip] or any(
                line < later and cells == trips[trip] for line, cells in rows.items()
            ):
                raise Doubt
        # Of trips that are equal the first are those of the rows that were passed over.
        held = Counter(trips[trip] for trip in passed)
        for trip in sorted(trips):
            if held[trips[trip]]:
                held[trips[trip]] -= 1
                del trips[trip]
        found = pairing.pairs(rows, trips, blanks_fit=way == "fill")
        for line, trip in found.of.items():
            yield (0 if way == "fill" and line in found.unsure else trip), line

    def _cells(
        self, table: str, key: str, wanted: Sequence[int], names: Sequence[str]
    ) -> Iterator[tuple[int, pairing.Cells]]:
        for start in range(0, len(wanted), 500):
            some = wanted[start : start + 500]
            for number, *cells in self._connection.execute(
                f"SELECT {', '.join((key, *names))} FROM {table} "  # noqa: S608 - ours
                f"WHERE {key} IN ({','.join('?' * len(some))}) ORDER BY {key}",
                some,
            ):
                yield number, tuple(cells)

    def _alike(self) -> Iterator[tuple[list[int], list[int]]]:
        """Lines staged and trips of one customer, day and place, both in order."""
        execute = self._connection.execute
        execute("DROP TABLE IF EXISTS temp.alike")
        execute(
            "CREATE TEMP TABLE alike AS "  # noqa: S608 - ours, above
            "SELECT customer_id, departs_on, destination, group_concat(line) AS lines "
            f"FROM ({_STAGED}) GROUP BY 1, 2, 3"
        )
        for lines, trips in execute(
            "SELECT c.lines, group_concat(t.id) FROM temp.alike c "  # noqa: S608 - ours, above
            f"CROSS JOIN {_ALIKE_TRIP} GROUP BY c.rowid"
        ):
            yield _numbers(lines), _numbers(trips)


def _numbers(listed: str | None) -> list[int]:
    if listed is None:
        return []
    return sorted(map(int, listed.split(","))) if "," in listed else [int(listed)]
