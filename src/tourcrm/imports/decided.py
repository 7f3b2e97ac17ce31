"""What was decided stays: a sheet that says otherwise does not bring the dead back, nor overrule a
refusal. Only whoever says --even-decisions does that.

Whether somebody decided by hand is told by the operations: who wrote a cell last, an import or a
command. What protects a customer (lost, deceased, no, do not contact) stays whoever wrote it. A
sheet with a later day for its own decision knows better.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Decision:
    """A column that somebody decides on. ranks: how final its values are; -1 is no decision."""

    field: str
    ranks: Mapping[Any, int]
    days: tuple[str, ...] = ()  # when it was decided
    beside: tuple[str, ...] = ()  # what else belongs to it
    evidence: tuple[str, ...] = ()  # days of the sheet that may be later than that
    by_import_too: bool = True  # what an import decided is protected as well

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.field, *self.days, *self.beside)


_PROTECTS_FROM = 2  # this rank on, a customer is protected

DECISIONS: Mapping[str, tuple[Decision, ...]] = {
    "customer": (
        Decision(
            "status",
            {"active": -1, "lost": 2, "deceased": 3},
            ("lost_on",),
            ("lost_reason", "rival"),
            ("lost_on",),
        ),
        Decision(
            "marketing_consent",
            {"unknown": -1, "yes": 1, "no": 2},
            ("consent_on",),
            ("consent_source",),
            ("consent_on",),
        ),
        Decision("do_not_contact", {0: -1, 1: 2}),
    ),
    "trip": (
        Decision(
            "status",
            {"inquiry": 0, "quoted": 0, "booked": 1, "cancelled": 2, "lost": 2},
            ("cancelled_on", "lost_on"),
            ("lost_reason", "rival"),
            ("booked_on", "cancelled_on", "lost_on"),
            by_import_too=False,
        ),
    ),
}


@dataclass(slots=True)
class Decided:
    """The decisions about the rows of one table, as far as an import meets them."""

    connection: sqlite3.Connection
    table: str
    _by_hand: dict[tuple[int, str], str] | None = field(default=None, init=False)

    def kept(
        self, row_id: int, new: Mapping[str, Any], present: Mapping[str, Any]
    ) -> Iterator[Decision]:
        """Of the decisions that `new` cells would take back or date anew, those that stand."""
        for one in DECISIONS.get(self.table, ()):
            if any(name in new for name in one.columns) and self._stands(one, row_id, new, present):
                yield one

    def _stands(
        self, one: Decision, row_id: int, new: Mapping[str, Any], present: Mapping[str, Any]
    ) -> bool:
        was = present[one.field]
        becomes = new.get(one.field, was)
        overwrites = [name for name in one.columns if name in new and present[name] is not None]
        if not overwrites:
            return False  # it only adds what was not known
        rank, wanted = one.ranks[was], one.ranks[becomes]
        by_hand = self._hand(one, row_id)
        decided_on = max((present[day] for day in one.days if present[day]), default=by_hand)
        given_on = max((new[day] for day in one.evidence if new.get(day)), default=None)
        if given_on and decided_on and given_on > decided_on:
            return False
        if self.table == "trip":  # the way from inquiry to booking goes on, whoever began it
            return by_hand is not None and wanted <= rank
        protects = one.by_import_too and rank >= _PROTECTS_FROM
        dated = rank >= 0 and any(present[day] for day in one.days)
        return by_hand is not None or (wanted < rank and (protects or dated))

    def _hand(self, one: Decision, row_id: int) -> str | None:
        """The day on which somebody decided by hand, as it stands; None where nobody did."""
        if self._by_hand is None:
            self._by_hand = dict(self._hands())
        return max(
            (day for name in one.columns if (day := self._by_hand.get((row_id, name)))),
            default=None,
        )

    def _hands(self) -> Iterator[tuple[tuple[int, str], str]]:
        """Cell -> the day of the command that wrote it last; blank where that was an import."""
        decisions = DECISIONS[self.table]
        names = {name for one in decisions for name in one.columns}
        fields = [one.field for one in decisions]
        for row_id, at, *values in self.connection.execute(
            f"SELECT t.id, o.at, {', '.join('t.' + name for name in fields)} FROM {self.table} t "  # noqa: S608 - ours, above
            "JOIN operation o ON o.id = t.operation_id WHERE o.verb NOT LIKE '% import'"
        ):
            for one, value in zip(decisions, values, strict=True):
                if one.by_import_too and one.ranks[value] >= 0:
                    yield (row_id, one.field), at[:10]
        for row_id, at, verb, after in self.connection.execute(
            'SELECT c.row_id, o.at, o.verb, c."after" FROM change c '
            "JOIN operation o ON o.id = c.operation_id WHERE c.table_name = ? "
            'AND o.undone_by IS NULL AND c."after" IS NOT NULL ORDER BY c.id',
            (self.table,),
        ):
            for name in json.loads(after).keys() & names:
                yield (row_id, name), "" if verb.endswith(" import") else at[:10]
