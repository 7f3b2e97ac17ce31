"""Rows of one kind that are read some at a time, column by column.

A file of many customers is written in a tenth less time where nobody makes rows of the columns in
between.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

TOGETHER = 200  # rows: what is made of more would not stay in the processor's cache


class Blocks:
    """Rows, to be read once. row_of: their class, a namedtuple, whose attributes beside its fields
    are what all rows have alike. columns: the values of its fields, for some rows at a time."""

    def __init__(self, row_of: Any, columns: Iterable[Sequence[Sequence[Any]]]) -> None:
        self.row_of = row_of
        self.count = 0  # of the rows that were read
        self._columns = columns

    def __iter__(self) -> Iterator[Any]:
        for columns in self._counted():
            yield from map(self.row_of._make, zip(*columns, strict=True))

    def by_field(self, fields: Sequence[str]) -> Iterator[list[Sequence[Any]]]:
        """The values of these fields, for some rows at a time."""
        for columns in self._counted():
            named = dict(zip(self.row_of._fields, columns, strict=True))
            rows = len(columns[0])
            yield [
                named[field] if field in named else (getattr(self.row_of, field),) * rows
                for field in fields
            ]

    def _counted(self) -> Iterator[Sequence[Sequence[Any]]]:
        for columns in self._columns:
            self.count += len(columns[0])
            yield columns
