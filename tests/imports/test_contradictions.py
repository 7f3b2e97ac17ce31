"""When two rows about the same customer say different things."""

import json
from typing import Any

import pytest

from tourcrm.imports import contradictions

BIRTHDAY = ("birthday", 3, 7, 1985, "solar", None)


def row(*days: tuple[Any, ...], **cells: Any) -> dict[str, Any]:
    return {"days": json.dumps(days) if days else None, **cells}


@pytest.mark.parametrize(
    ("first", "later", "found"),
    [
        (row(BIRTHDAY), row(BIRTHDAY), ()),
        (row(BIRTHDAY), row(), ()),
        (row(), row(BIRTHDAY), ()),
        # The day or the month is another, whatever the year.
        (row(BIRTHDAY), row(("birthday", 3, 8, 1985, "solar", None)), ("birthday",)),
        (row(BIRTHDAY), row(("birthday", 4, 7, None, "solar", None)), ("birthday",)),
        # A year may be missing in either, and contradicts only another.
        (row(BIRTHDAY), row(("birthday", 3, 7, None, "solar", None)), ()),
        (row(("birthday", 3, 7, None, "solar", None)), row(BIRTHDAY), ()),
        (row(BIRTHDAY), row(("birthday", 3, 7, 1986, "solar", None)), ("birthday",)),
        # A day of another kind, or in the other calendar, is one more.
        (row(BIRTHDAY), row(("wedding", 3, 8, 1985, "solar", None)), ()),
        (row(BIRTHDAY), row(("birthday", 3, 8, 1985, "lunar", None)), ()),
        (
            row(BIRTHDAY),
            row(("wedding", 5, 1, 2010, "solar", None), ("birthday", 1, 1, None, "solar", None)),
            ("birthday",),
        ),
        # Two numbers have room, in either place.
        (row(phone="1"), row(phone="2"), ()),
        (row(phone="1", phone2="2"), row(phone="2", phone2="1"), ()),
        (row(phone="1", phone2="2"), row(phone="3"), ("phone",)),
        # Texts that are spelled another way say the same; a blank says nothing.
        (row(city="北京"), row(city=" 北京 "), ()),
        (row(city="Berlin"), row(city="ＢＥＲＬＩＮ"), ()),
        (row(city=None), row(city="北京"), ()),
        (row(city="北京"), row(city="上海"), ("city",)),
        # Of what is kept as keys and values each key for itself.
        (row(own='{"a": "1"}'), row(own='{"b": "2"}'), ()),
        (row(own='{"a": "1", "b": "1"}'), row(own='{"b": "2", "a": "1"}'), ("b",)),
        (row(preferences='{"seat": "1"}'), row(preferences='{"seat": "2"}'), ("preferences",)),
        (row(own='{"a": "1"}'), row(own=None), ()),
    ],
)
def test_two_rows_of_a_customer_contradict_one_another(
    first: dict[str, Any], later: dict[str, Any], found: tuple[str, ...]
) -> None:
    assert contradictions.of_customers(first, later, first.keys()) == found
