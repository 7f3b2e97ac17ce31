"""A list that names a customer once for each colleague who added them, as WeCom exports it: these
rows are one customer, whom the first colleague looks after; the others stand in the note."""

from collections.abc import Mapping
from typing import Any

from tourcrm.base.folding import joined
from tourcrm.imports import note_entries

_ADDED_BY = frozenset({"添加人", "所属员工", "跟进人"})
# What each colleague's row says for itself.
OF_EACH = frozenset({"owner", "entered_on", "source", "note"})


def each_has_a_row(owner_header: str) -> bool:
    """Whether the column of owners is that of such a list."""
    return owner_header.strip() in _ADDED_BY


def noted(
    note: str | None, header: str, first: Mapping[str, Any], later: Mapping[str, Any]
) -> str | None:
    """The note of two rows: that of the first, with what another colleague's row says."""
    other = later.get("owner")
    if not other or joined(other) == joined(first.get("owner") or ""):
        return note_entries.of_both(note, later.get("note"))
    words = note_entries.words(later.get("note"))
    said = f"{other}: {words}" if words else str(other)
    return note_entries.with_entries(note, [note_entries.entry(header, said)])
