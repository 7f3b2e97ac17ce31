"""Words with blanks to fill, as rules write them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tourcrm.base.errors import CellError
from tourcrm.base.i18n import N_


@dataclass(frozen=True, slots=True)
class Field:
    """A blank: the name of the value that fills it."""

    name: str


@dataclass(frozen=True, slots=True)
class Perhaps:
    """A part that is said if all its fields are known; otherwise the other part is."""

    part: tuple["Piece", ...]
    otherwise: tuple["Piece", ...]
    needs: frozenset[str]  # the fields of the part


Piece = str | Field | Perhaps


@dataclass(frozen=True, slots=True)
class Template:
    """Words with blanks: {field}, and [a part with a {field}|said instead if it is unknown].

    Doubled, {{ }} [[ ]] || are the marks themselves. Values are put in as they are and never read
    as a template.
    """

    pieces: tuple[Piece, ...]

    @classmethod
    def parse(cls, source: str) -> "Template":
        """Read a template. Raises CellError where its brackets or braces do not match."""
        marks = iter(
            re.findall(r"\{\{|\}\}|\[\[|\]\]|\|\||\{[^{}]*\}|[\[\]|{}]|[^\[\]|{}]+", source)
        )
        pieces: list[Piece] = []
        for mark in marks:
            if mark == "[":
                pieces.append(_perhaps(marks))
            else:
                pieces.append(_piece(mark))
        return cls(tuple(pieces))

    def names(self) -> frozenset[str]:
        """All fields that are named."""
        found = set(_names(self.pieces))
        for piece in self.pieces:
            if isinstance(piece, Perhaps):
                found |= piece.needs | _names(piece.otherwise)
        return frozenset(found)

    def needed(self) -> frozenset[str]:
        """The fields that must be known whatever happens."""
        found = set(_names(self.pieces))
        for piece in self.pieces:
            if isinstance(piece, Perhaps):
                found |= _names(piece.otherwise)
        return frozenset(found)

    def plain(self) -> str:
        """The words, with the names of the fields for what nobody knows yet."""
        said = {name: f"{{{name}}}" for name in self.names()}
        return self.fill(said)

    def fill(self, values: Mapping[str, str | None]) -> str:
        """The words, with the values of the fields; None is an unknown one."""
        return _fill(self.pieces, values)


def _piece(mark: str) -> Piece:
    if mark in ("{{", "}}", "[[", "]]", "||"):
        return mark[0]
    if mark.startswith("{") and mark.endswith("}"):
        return Field(mark[1:-1].strip())
    if mark in "[]{}|":
        raise CellError(N_("{mark} stands alone; doubled, it is the sign itself"), mark=mark)
    return mark


def _perhaps(marks: Any) -> Perhaps:
    sides: list[list[Piece]] = [[]]
    for mark in marks:
        if mark == "]":
            part, *rest = (tuple(side) for side in sides)
            needs = _names(part)
            if not needs:
                raise CellError(
                    N_("a part in [ ] names a field that may be unknown, like {example}"),
                    example="{destination}",
                )
            return Perhaps(part, rest[0] if rest else (), needs)
        if mark == "|" and len(sides) == 1:
            sides.append([])
        else:
            sides[-1].append(_piece(mark))
    raise CellError(N_("a [ is not closed by ]"))


def _names(pieces: tuple[Piece, ...]) -> frozenset[str]:
    return frozenset(piece.name for piece in pieces if isinstance(piece, Field))


def _fill(pieces: tuple[Piece, ...], values: Mapping[str, str | None]) -> str:
    said: list[str] = []
    for piece in pieces:
        if isinstance(piece, str):
            said.append(piece)
        elif isinstance(piece, Field):
            said.append(values[piece.name] or "")
        else:
            known = all(values.get(name) for name in piece.needs)
            said.append(_fill(piece.part if known else piece.otherwise, values))
    return "".join(said)
