"""At a terminal: what nobody can tell is asked of whoever imports: columns, and lines of orders."""

import re
from collections.abc import Mapping, Sequence

from tourcrm.base.columns import Column, by_field, field_of
from tourcrm.base.display import visible
from tourcrm.base.i18n import _, language
from tourcrm.base.kinds import Terms
from tourcrm.commands.pages.layout import listed
from tourcrm.files.reader import Sheet
from tourcrm.imports.cells import Cells, read_by
from tourcrm.imports.headings import Open, map_headers
from tourcrm.imports.service import Line
from tourcrm.terminal.render import tell
from tourcrm.terminal.typer_i18n import ask, confirm

_SHOWN = 3  # cells of a column
_OFFERED = 6  # fields
_REST = "-"  # the answer that leaves out this column and all that follow
# Kinds that nearly every text would do for: offered last, and of those first what is usual.
_VAGUE = ("text", "handle", "name", "code", "customer", "tags", "passport")
_USUAL = ("note", "comment", "summary", "tags", "destination", "owner", "advisor", "source", "city")


def answers(
    sheet: Sheet, known: tuple[Column, ...], mapping: Mapping[str, str], terms: Terms
) -> dict[str, str]:
    """Header -> field (nothing: left out) of each column that is unclear or unknown."""
    cells = Cells.of(sheet)
    found = map_headers(sheet.header, known, mapping, cells, terms.currency)
    said: dict[str, str] = {}
    for one in found.open:
        said |= _which(one, sheet, known, cells)
    taken = {*found.places, *(field for field in said.values() if field)}
    for name in found.unknown:
        place = sheet.header.index(name)
        if place in found.idle or not cells.filled(place) or cells.number_the_rows(place):
            continue
        answer = _field(name, place, cells, [c for c in known if c.field not in taken], terms)
        if answer == _REST:
            break
        said[name] = answer
        taken.add(answer)
    return said


def profile_name() -> str | None:
    """Under which name the answers are to be remembered, if they are."""
    no = _("no")
    name = ask(_("Remember these answers for the next file? A name for them"), no)
    return None if name == no else name


def are_lines(lines: Sequence[Line]) -> bool:
    """Whether rows that contradict one another are the lines of one order."""
    tell(_("Several rows have the same order number, and differ:"))
    for one in lines:
        cells = ", ".join(
            f"{visible(header, 20)} {visible(str(value), 40)}"
            for header, value in one.cells.items()
            if value is not None
        )
        tell("  " + _("line {line}: {cells}").format(line=one.line, cells=cells))
    return confirm(_("Are these lines of one order, whose amounts add up?"))


def _which(one: Open, sheet: Sheet, known: tuple[Column, ...], cells: Cells) -> dict[str, str]:
    what = by_field(known)[one.field].header(language())
    tell(_("Each of these columns may be {what}, and their cells differ:").format(what=what))
    for number, name in enumerate(one.names, 1):
        tell(f"  {number}  {_shown(name, sheet.header.index(name), cells)}")
    none = _("none of them")
    while True:
        answer = ask(_("Which is it? Its number"), none)
        if answer == none:
            return dict.fromkeys(one.names, "")
        if answer.isdecimal() and 1 <= int(answer) <= len(one.names):
            chosen = one.names[int(answer) - 1]
            return {name: one.field if name == chosen else "" for name in one.names}


def _field(name: str, place: int, cells: Cells, free: list[Column], terms: Terms) -> str:
    """What a column of unknown header is: a field, "" to leave it out, "-" for the rest, too."""
    tell(_("Nobody knows this column: {column}").format(column=_shown(name, place, cells)))
    likely = _likely([c for c in free if c.imported], cells.filled(place), terms)
    for number, column in enumerate(likely, 1):
        tell(f"  {number}  {column.field} ({column.header(language())})")
    nothing = _("leave it out")
    while True:
        answer = ask(_("What is it? A number or a field; - leaves out all that follow"), nothing)
        if answer == nothing:
            return ""
        if answer == _REST:
            return _REST
        if answer.isdecimal() and 1 <= int(answer) <= len(likely):
            return likely[int(answer) - 1].field
        field = field_of(answer, tuple(free))
        if field is not None:
            return field
        tell(
            _("There is no such field, or it has a column: {names}").format(
                names=listed(column.field for column in free if column.imported)
            )
        )


def _likely(free: list[Column], filled: list[str], terms: Terms) -> list[Column]:
    """The fields that can hold the cells, those first that could not hold everything."""

    def holds(column: Column) -> bool:
        return all(map(read_by(column.type.stage(terms)), filled[:50]))

    able = [column for column in free if holds(column)]

    def place(column: Column) -> tuple[bool, int]:
        usual = _USUAL.index(column.field) if column.field in _USUAL else len(_USUAL)
        return column.kind in _VAGUE, usual

    return sorted(able, key=place)[:_OFFERED]


def _shown(name: str, place: int, cells: Cells) -> str:
    """A column with its first cells; of long numbers only both ends."""
    some = [
        re.sub(r"(?<=[0-9]{3})[0-9]+(?=[0-9]{4})", "****", visible(cell, 24))
        for cell in list(dict.fromkeys(cells.filled(place)))[:_SHOWN]
    ]
    return f"{visible(name, 40)}: {listed(some)}"
