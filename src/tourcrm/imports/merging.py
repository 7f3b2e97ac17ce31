"""Rows of one identity become one: the later ones add cells, none overwrites another."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from tourcrm.base.display import visible
from tourcrm.base.errors import Message
from tourcrm.base.i18n import N_
from tourcrm.imports import contradictions, note_entries
from tourcrm.imports.incoming import Incoming


class Merging(Incoming):
    """Rows of incoming that mean the same are merged; those that contradict are rejected."""

    def refuse_existing(self) -> None:
        """--on-duplicate error: reject every row that is there already."""
        if self.request.on_duplicate != "error":
            return
        for (line,) in self.connection.execute(
            "SELECT line FROM incoming WHERE row_id < ?", (self.first_new,)
        ).fetchall():
            self.reject_late(line, Message(N_("it is there already")))

    def merge(self, lines: Sequence[int]) -> None:
        """Make several rows of incoming one: the later ones add cells, or are refused.

        Nothing is overwritten: a row that contradicts an earlier one is rejected.
        """
        names = (*self.fields, *self.extra)
        select = f"SELECT {', '.join(names)} FROM incoming WHERE line = ?"  # noqa: S608 - our columns
        way = self.request.on_duplicate

        def row_of(line: int) -> dict[str, Any]:
            return dict(
                zip(names, self.connection.execute(select, (line,)).fetchone(), strict=True)
            )

        row = row_of(lines[0])
        said_by = dict.fromkeys((name for name in names if row[name] is not None), lines[0])
        for line in lines[1:]:
            if way == "error":
                self.reject_late(line, Message(N_("line {line} is the same one"), line=lines[0]))
                continue
            later = {name: value for name, value in row_of(line).items() if value is not None}
            clash = self.contradicted(row, later)
            if clash:
                self.reject_late(line, self._clash(said_by.get(clash[0], lines[0]), clash))
                continue
            if way != "skip":
                self.merging = line
                both = self.merged(row, later, way == "fill")
                flaw = self.contradiction(both)
                if flaw is not None:
                    self.reject_late(line, flaw)
                    continue
                row = both
                for name in later:
                    said_by.setdefault(name, line)
            self.result.repeated += 1
            self.connection.execute("DELETE FROM incoming WHERE line = ?", (line,))
        sets = ", ".join(f"{name} = ?" for name in names)
        self.connection.execute(
            f"UPDATE incoming SET {sets} WHERE line = ?",  # noqa: S608 - our columns
            (*row.values(), lines[0]),
        )

    def merged(
        self, first: dict[str, Any], later: dict[str, Any], only_blanks: bool
    ) -> dict[str, Any]:
        """What two rows of one identity become; `later` holds the cells that are not blank."""
        both = first | {name: value for name, value in later.items() if first[name] is None}
        if first.get("note") and later.get("note"):
            both["note"] = note_entries.of_both(first["note"], later["note"])
        return both

    def contradicted(self, first: Mapping[str, Any], later: Mapping[str, Any]) -> tuple[str, ...]:
        """The columns in which two rows of one identity say different things."""
        return contradictions.between(first, later, self.fields)

    def contradiction(self, row: Mapping[str, Any]) -> Message | None:
        """Why the cells of a row cannot be true together; None where they can."""
        return None

    def _clash(self, line: int, names: Sequence[str]) -> Message:
        told = ", ".join(visible(self.header_of(name), 40) for name in names)
        return contradictions.reason(line, told, self.table == "trip")

    def refuse_unmended(self) -> None:
        """A row that was rejected as contradicting another does not win by coming once more."""
        for line in sorted(self.unmended):
            found = self.connection.execute("SELECT row_id FROM incoming WHERE line = ?", (line,))
            row_id = next((one for (one,) in found), None)
            if row_id is None or row_id >= self.first_new:
                continue
            names = self.at_odds(row_id, line)
            if names:
                told = ", ".join(visible(self.header_of(name), 40) for name in names)
                self.reject_late(line, contradictions.unmended(told))

    def at_odds(self, row_id: int, line: int) -> tuple[str, ...]:
        """The columns in which a row contradicts the existing row that it means."""
        select = f"SELECT {', '.join(self.fields)} FROM"

        def cells(rest: str, key: int) -> dict[str, Any]:
            found = self.connection.execute(f"{select} {rest}", (key,)).fetchone()
            return dict(zip(self.fields, found, strict=True))

        return contradictions.between(
            cells(f"{self.table} WHERE id = ?", row_id),
            cells("incoming WHERE line = ?", line),
            self.fields,
        )

    def merge_twins(self) -> None:
        """Merge the rows that are about the same row of the table."""
        self.refuse_unmended()
        twins = self.connection.execute(
            "SELECT row_id, group_concat(line) FROM incoming WHERE row_id IS NOT NULL "
            "GROUP BY row_id HAVING count(*) > 1"
        ).fetchall()
        for row_id, listed in twins:
            lines = sorted(map(int, listed.split(",")))
            self.merge(sorted(lines, key=partial(self.turn, row_id)))

    def turn(self, row_id: int, line: int) -> tuple[bool, ...]:
        """When a row of several is heard: first those that say how the existing row stands."""
        return (row_id < self.first_new and bool(self.at_odds(row_id, line)),)
