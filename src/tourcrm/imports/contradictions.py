"""Do two rows of one identity say different things? Then neither may overwrite the other.

A blank cell says nothing, and two spellings of one text (blanks, width, case) say the same.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from tourcrm.base import i18n
from tourcrm.base.errors import Message
from tourcrm.base.folding import joined
from tourcrm.base.i18n import N_
from tourcrm.imports import note_entries

# What is staged as an object of key and value.
PARTED = ("preferences", "own")
MOST_NUMBERS = 2  # that a customer has room for


def same(one: Any, other: Any) -> bool:
    """Whether two cells say the same."""
    if one == other or one is None or other is None:
        return True
    if isinstance(one, str) and isinstance(other, str):
        return joined(one) == joined(other)
    return False


def between(
    first: Mapping[str, Any], later: Mapping[str, Any], names: Iterable[str]
) -> tuple[str, ...]:
    """The columns in which two rows contradict one another. Of notes the words count that somebody
    wrote; what an import adds behind them does not."""

    def said(row: Mapping[str, Any], name: str) -> Any:
        return note_entries.words(row.get(name)) if name == "note" else row.get(name)

    return tuple(name for name in names if not same(said(first, name), said(later, name)))


def of_customers(
    first: Mapping[str, Any], later: Mapping[str, Any], names: Iterable[str]
) -> tuple[str, ...]:
    """The same for customers, who have two numbers, and many days."""
    apart = ("phone", "phone2", "tags", "days", "fingerprint", "born", "sex", "sources", *PARTED)
    found = between(first, later, (name for name in names if name not in apart))
    numbers = {row.get(name) for row in (first, later) for name in ("phone", "phone2")} - {None}
    if len(numbers) > MOST_NUMBERS:
        found += ("phone",)
    if _days_differ(first["days"], later.get("days")):
        found += ("birthday",)
    return found + tuple(
        name for part in PARTED for name in _parts_differ(part, first.get(part), later.get(part))
    )


def _parts_differ(part: str, one: str | None, other: str | None) -> Iterator[str]:
    """The columns of which two rows know different values, of those staged together."""
    if one and other:
        known = json.loads(one)
        for key, value in json.loads(other).items():
            if not same(known.get(key), value):
                yield part if part == "preferences" else key


def _days_differ(one: str | None, other: str | None) -> bool:
    """Whether two rows know different days for one label and calendar. A year may be missing."""
    if not one or not other:
        return False
    known = {(label, calendar): rest for label, *rest, calendar, _ in json.loads(one)}
    for label, month, day, year, calendar, _ in json.loads(other):
        there = known.get((label, calendar))
        if there is None:
            continue
        if [month, day] != there[:2] or (year and there[2] and year != there[2]):
            return True
    return False


_ORDER = N_(
    "line {first} has the same order number, but says otherwise: {columns}. If these are lines of "
    "one order, import the whole file with --rows lines"
)
_ROW = N_(
    "line {first} is about the same one, but says otherwise: {columns}. Keep the right row, or "
    "join the two"
)


_UNMENDED = N_(
    "it was rejected because another row says otherwise, which is there by now: {columns}. Remove "
    "the row; or if it is the right one, clear the reason in front of it"
)


def reason(line: int, columns: str, of_order: bool) -> Message:
    """Why a row that contradicts an earlier one is not taken."""
    return Message(_ORDER if of_order else _ROW, first=line, columns=columns)


def unmended(columns: str) -> Message:
    """Why such a row is not taken where it comes again as it was."""
    return Message(_UNMENDED, columns=columns)


def is_reason(cell: str) -> bool:
    """Whether the reason in front of a row, in any language, is that it contradicts another."""
    return any(pattern.search(cell) for pattern in _patterns())


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(
        re.compile(re.sub(r"\\{[a-z]+\\}", ".+", re.escape(i18n.translate_to(text, one))))
        for text in (_ORDER, _ROW, _UNMENDED)
        for one in i18n.LANGUAGES
    )
