"""Rows that are read some at a time."""

from collections import namedtuple

import pytest

from tourcrm.base.blocks import Blocks

Row = namedtuple("Row", ("id", "name"))
Row.city = None  # type: ignore[attr-defined]  # what all rows have alike


def blocks() -> Blocks:
    some: list[list[tuple[object, ...]]] = [[(1, 2), ("a", "b")], [(3,), ("c",)]]
    return Blocks(Row, iter(some))


def test_they_are_rows_and_columns_alike() -> None:
    rows, columns = blocks(), blocks()
    assert list(rows) == [Row(1, "a"), Row(2, "b"), Row(3, "c")]
    assert list(columns.by_field(["name", "city", "id"])) == [
        [("a", "b"), (None, None), (1, 2)],
        [("c",), (None,), (3,)],
    ]
    assert (rows.count, columns.count) == (3, 3)
    assert list(rows) == []


def test_a_field_that_no_row_has_is_a_mistake() -> None:
    with pytest.raises(AttributeError):
        list(blocks().by_field(["nothing"]))
