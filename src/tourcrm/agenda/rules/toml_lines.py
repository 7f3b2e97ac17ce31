"""TOML as a text that people write: what is wrong with it and where, and which part says what."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tourcrm.base.errors import Message
from tourcrm.base.i18n import N_
from tourcrm.base.patterns import pattern

# What Python's reader says, by how it begins, in words of ours that can be translated.
_REASONS = {
    "Invalid value": N_("there is no value; a text stands in quotation marks"),
    "Invalid statement": N_("this is neither KEY = VALUE nor [NAME]"),
    "Invalid initial character": N_("a key is missing; letters that are not a to z need quotes"),
    "Expected '='": N_("an = is missing after the key"),
    "Expected newline": N_("something follows the value; one KEY = VALUE a line"),
    "Expected ']": N_("a ] is missing"),
    "Unclosed array": N_("a [ is not closed by ]"),
    "Unclosed inline table": N_("a curly bracket is not closed"),
    "Unterminated string": N_("a quotation mark is not closed"),
    "Expected \"'": N_("a quotation mark is not closed"),
    "Illegal character": N_("a line end or a control character inside the quotation marks"),
    "Found invalid": N_("a control character is not allowed here"),
    "Invalid date": N_("there is no such day or time"),
    "Exceeds": N_("the number is too long"),
    "Unescaped": N_("a backslash is doubled, or begins a sign like \\n"),
    "Cannot overwrite": N_("the key is given twice"),
    "Duplicate": N_("the key is given twice"),
    "Cannot declare": N_("the table is given twice"),
    "Cannot mutate": N_("the table is given twice"),
    "Cannot define": N_("the table is given twice"),
}
_PLACE = pattern(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_HEADER = pattern(r"\s*\[\[?\s*(?:\"([^\"]*)\"|'([^']*)'|([\w-]+))")
_MULTILINE = pattern(
    r'"""(?:\\.|(?!""").)*"{3,5}'
    r"|'''(?:(?!''').)*'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|#[^\n]*",
    re.DOTALL,
)


class Malformed(Exception):
    """A text that is no TOML: the line and the column where reading stopped, and why."""

    def __init__(self, line: int, column: int, reason: Message) -> None:
        super().__init__()
        self.line, self.column, self.reason = line, column, reason


def parse(source: str) -> dict[str, Any]:
    """The tables of a TOML text. Raises Malformed, for a text without end to its brackets too."""
    try:
        return tomllib.loads(source)
    except RecursionError:
        reason = Message(N_("its brackets stand too deep in one another"))
        raise Malformed(1, 1, reason) from None
    except ValueError as error:  # also a number of thousands of digits
        said = str(error)
        place = _PLACE.search(said)
        lines = source.split("\n")
        line, column = len(lines), len(lines[-1]) + 1
        if place and place[1]:
            line, column = int(place[1]), int(place[2])
        text = next((text for start, text in _REASONS.items() if said.startswith(start)), None)
        raise Malformed(
            line, column, Message(text or N_("it cannot be read from here on"))
        ) from None


def bare_lines(source: str) -> list[str]:
    """The lines of a TOML text, without what stands inside texts of several lines: a line of such
    a text may look like a key or a table."""
    return _MULTILINE.sub(_without_inside, source).split("\n")


def _without_inside(found: re.Match[str]) -> str:
    text = found[0]
    return '""' + "\n" * text.count("\n") if "\n" in text else text


@dataclass(frozen=True, slots=True)
class Section:
    """The part of a text that says one of its tables, with the comments above it."""

    name: str
    text: str


def sections(source: str) -> tuple[str, list[Section]]:
    """What stands above the first table, and the sections of a TOML text in their order.

    A comment right above a header belongs to it. Joined, they are the text.
    """
    lines = re.findall(r"[^\n]*\n|[^\n]+", source)
    starts = list(_starts(bare_lines(source)))
    ends = [*(start for start, _name in starts), len(lines)]
    found: list[Section] = []
    for (start, name), end in zip(starts, ends[1:], strict=True):
        text = "".join(lines[start:end])
        if found and found[-1].name == name:
            text = found.pop().text + text
        found.append(Section(name, text))
    return "".join(lines[: ends[0]]), found


def _starts(bare: list[str]) -> Iterator[tuple[int, str]]:
    """The place and the name of each header, comments right above it included."""
    for number, line in enumerate(bare):
        if match := _HEADER.match(line):
            start = number
            while start and bare[start - 1].lstrip().startswith("#"):
                start -= 1
            yield start, next(group for group in match.groups() if group is not None)
