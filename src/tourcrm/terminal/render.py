"""The one place that writes results: rows and their columns -> table, JSON, JSON lines, CSV, xlsx.

Machine forms never change: stable English keys, ISO dates, amounts in major units with two
decimals. People get labels in their language, masks where a number is not needed, and stored text
made safe to show.
"""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from itertools import chain, islice
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any, TextIO

from tourcrm.base import display
from tourcrm.base.blocks import TOGETHER, Blocks
from tourcrm.base.columns import Column
from tourcrm.base.errors import WrongUsage
from tourcrm.base.i18n import N_, _, language, ngettext, translate
from tourcrm.files import writer
from tourcrm.files.xlsx_writer import Page, write_xlsx
from tourcrm.terminal.help import wrap

FORMATS = ("table", "json", "jsonl", "csv")
TABLE_ROWS = 50
_MASKS = {
    "phone": display.mask_phone,
    "id_number": display.mask_id,
    "passport": display.mask_passport,
}


@dataclass(frozen=True, slots=True)
class Shape:
    """How a command was asked to give its result."""

    format: str = "table"
    output: Path | None = None
    excel: bool = False
    reveal: bool = False
    rows: int = TABLE_ROWS  # of a table
    currency: str = "CNY"
    region: str = "CN"  # country of phone numbers without a prefix
    zone: tzinfo = UTC

    @property
    def most(self) -> int | None:
        """How many rows are shown at most; None = all."""
        return self.rows if self.format == "table" and self.output is None else None


def emit(
    rows: Iterable[Any],
    columns: Sequence[Column],
    shape: Shape,
    *,
    title: str = "",
    alarm: str = "",
    total: int = 0,
) -> None:
    """Write rows (objects with the columns' fields, or mappings) in the form asked for.

    alarm: a field; rows for which it holds are red in a table at a terminal. total: how many rows
    there are, where only the first `shape.most` were made.
    """
    chosen = [column for column in columns if column.exported]
    if shape.output is not None:
        counted = rows if isinstance(rows, Blocks) else _Counted(rows)
        _to_file(counted, chosen, shape, shape.output, title)
        tell_written(counted.count, shape.output, title)
    elif shape.format == "csv":
        _csv(rows, chosen, shape, sys.stdout)
    elif shape.format in ("json", "jsonl"):
        _json(rows, chosen, shape, sys.stdout)
    else:
        shown = [column for column in chosen if column.in_table]
        table(rows, shown, shape, title=title, alarm=alarm, total=total)


class _Counted:
    """Rows, counted while they are read."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self.rows, self.count = rows, 0

    def __iter__(self) -> Iterator[Any]:
        for self.count, row in enumerate(self.rows, 1):  # noqa: B020 - the count is kept
            yield row


def tell_written(count: int, path: Path, title: str = "") -> None:
    """Say on standard error how many rows a file has got; title: what they are."""
    text = ngettext("{n} row written to {path}.", "{n} rows written to {path}.", count)
    line = text.format(n=count, path=display.visible(str(path)))
    tell(_("{title}: {line}").format(title=title, line=line) if title else line)


def _to_file(
    rows: Iterable[Any], columns: Sequence[Column], shape: Shape, path: Path, title: str
) -> None:
    match path.suffix.lower():
        case ".xlsx":
            write_xlsx(
                path,
                [column.header(language()) for column in columns],
                _cells(rows, _labels(columns), [_person_cell(c, shape) for c in columns]),
                kinds=[column.type.sheet for column in columns],
                title=title or path.stem,
            )
        case ".csv":
            _csv(rows, columns, shape, path)
        case ".json" | ".jsonl":
            from dataclasses import replace

            form = replace(shape, format=path.suffix.lower().lstrip("."))
            with writer.private(path, encoding="utf-8") as file:
                _json(rows, columns, form, file)
        case _:
            raise WrongUsage(
                N_("{path} must end in .csv, .json, .jsonl or .xlsx."),
                path=display.visible(str(path)),
            )


def value_of(row: Any, field: str) -> Any:
    """The field of a row: attribute or key."""
    return row[field] if isinstance(row, dict) else getattr(row, field)


Cell = Callable[[Any], Any]


def _masked(column: Column, shape: Shape) -> Cell | None:
    """What hides a number that was not to be revealed."""
    if not column.mask or shape.reveal:
        return None
    return _MASKS[column.mask]


def _person_cell(column: Column, shape: Shape) -> Cell:
    """What gives the cell of a file for people."""
    return _masked(column, shape) or column.type.file(shape)


def _cells(
    rows: Iterable[Any],
    fields: Sequence[str],
    cells: Sequence[Cell | None],
    absent: str | None = None,
) -> Iterator[tuple[Any, ...]]:
    """These fields of the rows, each value as the cell of its field makes it; None leaves it as it
    is. absent: what stands for no value. Rows are all of one kind.
    """
    blocks = _in_columns(rows, fields, cells, absent)
    return chain.from_iterable(zip(*columns, strict=True) for columns in blocks)


def _in_columns(
    rows: Iterable[Any],
    fields: Sequence[str],
    cells: Sequence[Cell | None],
    absent: str | None = None,
) -> Iterator[list[Sequence[Any]]]:
    """The same some rows at a time, column by column."""
    blocks = rows.by_field(fields) if isinstance(rows, Blocks) else _by_field(rows, fields)
    for columns in blocks:
        yield [
            [absent if value is None else cell(value) for value in values] if cell else values
            for values, cell in zip(columns, cells, strict=True)
        ]


def _by_field(rows: Iterable[Any], fields: Sequence[str]) -> Iterator[list[Sequence[Any]]]:
    """The values of rows, field by field."""
    source = iter(rows)
    while some := list(islice(source, TOGETHER)):
        first = some[0]
        if hasattr(first, "_fields"):  # of a select
            columns = dict(zip(first._fields, zip(*some, strict=True), strict=True))
            yield [columns[field] for field in fields]
        else:
            get = itemgetter if isinstance(first, dict) else attrgetter
            yield [list(map(get(field), some)) for field in fields]


def _labels(columns: Sequence[Column]) -> list[str]:
    """The fields of which people get the value."""
    return [column.label or column.field for column in columns]


def _csv(
    rows: Iterable[Any], columns: Sequence[Column], shape: Shape, target: TextIO | Path
) -> None:
    excel = shape.excel
    header = [column.header(language()) if excel else column.field for column in columns]
    fields = _labels(columns) if excel else header
    blocks = _in_columns(rows, fields, [_csv_cell(column, shape) for column in columns])
    writer.write_csv_columns(target, header, blocks, excel=excel)


def _csv_cell(column: Column, shape: Shape) -> Cell | None:
    """For Excel the words of a person; numbers are the same, since Excel shows them its own way."""
    if shape.excel and column.type.worded:
        return _person_cell(column, shape)
    machine = _masked(column, shape) or (column.type.csv or column.type.machine)(shape)
    return machine or (str if shape.excel else None)


def _json(rows: Iterable[Any], columns: Sequence[Column], shape: Shape, file: TextIO) -> None:
    lines = _json_lines(rows, columns, shape)
    if shape.format == "jsonl":
        for line in lines:
            file.write(line + "\n")
        return
    separator = "["
    for line in lines:
        file.write(separator + "\n" + line)
        separator = ","
    file.write("[]\n" if separator == "[" else "\n]\n")


def _json_lines(rows: Iterable[Any], columns: Sequence[Column], shape: Shape) -> Iterator[str]:
    """Each row as a JSON object on one line."""
    fields = [column.field for column in columns]
    line = ", ".join(_json_text(field).replace("%", "%%") + ": %s" for field in fields)
    cells = [_json_cell(column, shape) for column in columns]
    return ("{" + line % row + "}" for row in _cells(rows, fields, cells, absent="null"))


_json_text = json.JSONEncoder(ensure_ascii=False, default=str).encode


def _json_cell(column: Column, shape: Shape) -> Cell:
    machine = _masked(column, shape) or column.type.machine(shape)
    if machine is None or column.type.exact:
        return machine or _json_text
    return lambda value: _json_text(machine(value))


Part = tuple[Iterable[Any], Sequence[Column]]


def emit_parts(facts: Mapping[str, str | int], parts: Mapping[str, Part], shape: Shape) -> None:
    """Write a page of several parts: as one JSON object, single facts, then lists of rows; to an
    .xlsx file, a sheet for each list. A CSV has but one list, the first."""
    path = shape.output
    ending = path.suffix.lower() if path else f".{shape.format}"
    first, (rows, columns) = next(iter(parts.items()))
    if path is not None and ending == ".xlsx":
        pages = [_page(title, *part, shape) for title, part in parts.items()]
        header, cells, kinds, title = pages[0]
        write_xlsx(path, header, cells, kinds=kinds, title=title, more=pages[1:])
    elif path is not None and ending == ".json":
        with writer.private(path, encoding="utf-8") as file:
            file.write(_parts_text(facts, parts, shape))
    elif ending == ".json":
        sys.stdout.write(_parts_text(facts, parts, shape))
    else:
        emit(rows, columns, shape, title=first)


def _page(title: str, rows: Iterable[Any], columns: Sequence[Column], shape: Shape) -> Page:
    shown = [column.header(language()) for column in columns]
    cells = list(_cells(rows, _labels(columns), [_person_cell(c, shape) for c in columns]))
    kinds = [column.type.sheet for column in columns]
    return Page(shown, cells, kinds, translate(title))


def _parts_text(facts: Mapping[str, str | int], parts: Mapping[str, Part], shape: Shape) -> str:
    written = [f"{json.dumps(key)}: {json.dumps(fact)}" for key, fact in facts.items()]
    for key, (rows, columns) in parts.items():
        lines = ",\n".join(_json_lines(rows, columns, shape))
        written.append(f"{json.dumps(key)}: [" + (f"\n{lines}\n]" if lines else "]"))
    return "{" + ",\n".join(written) + "}\n"


# --- for people at a terminal ---------------------------------------------------------------------


def person(value: Any, column: Column, shape: Shape) -> str:
    """The value as a person reads it, safe to print."""
    if value is None:
        return ""
    say = _masked(column, shape) or column.type.person(shape)
    return str(say(value))


def table(
    rows: Iterable[Any],
    columns: Sequence[Column],
    shape: Shape,
    *,
    title: str = "",
    alarm: str = "",
    total: int = 0,
) -> None:
    """A table for people: the first rows, and it says how many more there are (of `total`, where
    not all of them came).

    Where the line is too short for it, the columns that can be spared are left out, and named;
    where that is not enough, each row becomes a block of lines, so that no name is dropped and no
    amount loses its last digits.
    """
    shown: list[list[str]] = []
    red: list[bool] = []
    count = 0
    for count, row in enumerate(rows, 1):
        if count <= shape.rows:
            red.append(bool(alarm and value_of(row, alarm)))
            shown.append([person(value_of(row, c.field), c, shape) for c in columns])
    hidden = max(count, total) - len(shown)
    if not shown:
        say(_("Nothing to show."))
    else:
        _print(shown, columns, title, red)
    if hidden:
        text = _("{hidden} more rows; --format csv or -o FILE.xlsx gives all of them.")
        for line in wrap(text.format(hidden=hidden), line_width()):
            say(line)


def _print(
    shown: list[list[str]], columns: Sequence[Column], title: str, red: Sequence[bool]
) -> None:
    least = _least_width(shown, columns)
    room = line_width(least)
    places = _fitting(shown, columns, room)
    if not places:
        _blocks(shown, columns, title, room)
        return
    kept = [[row[place] for place in places] for row in shown]
    console(room).print(_grid(kept, [columns[place] for place in places], title, red))
    spared = [_heading(one) for place, one in enumerate(columns) if place not in places]
    if spared:
        text = _("No room for: {columns}. A wider window, -f csv or -o FILE.xlsx shows them.")
        between = "、" if language() == "zh" else ", "
        for line in wrap(text.format(columns=between.join(spared)), room):
            say(line)


def _fitting(shown: list[list[str]], columns: Sequence[Column], room: int) -> list[int]:
    """The places of the columns for which there is room; none where too little can be spared."""
    places = list(range(len(columns)))
    for spared in sorted(places, key=lambda place: (-columns[place].spare, place)):
        kept = [columns[place] for place in places]
        if _least_width([[row[place] for place in places] for row in shown], kept) <= room:
            return places
        if not columns[spared].spare:
            return []
        places.remove(spared)
    return []


_BETWEEN = 2  # cells between two columns
_FOLDED = 8  # cells that a column of names needs at least, folded


def _heading(column: Column) -> str:
    return column.header(language()).replace("_", " ")  # so that it may be wrapped


def _least_width(rows: Sequence[Sequence[str]], columns: Sequence[Column]) -> int:
    """Cells that the table needs, its names folded but its codes, days and amounts whole."""
    needed = 0
    for place, column in enumerate(columns):
        widest = max(display.width(text) for text in (_heading(column), *(r[place] for r in rows)))
        needed += (widest if column.type.whole else min(widest, _FOLDED)) + _BETWEEN
    return needed


def _grid(
    rows: Sequence[Sequence[str]], columns: Sequence[Column], title: str, red: Sequence[bool]
) -> Any:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    grid = Table(
        title=Text(title) if title else None,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        collapse_padding=True,  # two cells between columns, not three
        expand=False,
    )
    for column in columns:
        grid.add_column(
            Text(_heading(column)),
            justify="right" if column.type.number else "left",
            no_wrap=column.type.whole,
            overflow="fold",
        )
    for row, alarming in zip(rows, red, strict=True):
        grid.add_row(*map(Text, row), style="red" if alarming else None)
    return grid


def _blocks(
    rows: Sequence[Sequence[str]], columns: Sequence[Column], title: str, cells: int
) -> None:
    if title:
        say(title)
        say("")
    for row in rows:
        _card(row, columns, cells)
        say("")


def card(row: Any, columns: Sequence[Column], shape: Shape) -> None:
    """One row for people: a line for each column that holds something."""
    texts = [person(value_of(row, column.field), column, shape) for column in columns]
    _card(texts, columns, line_width(sys.maxsize))  # in a pipe, one line each


def _card(texts: Sequence[str], columns: Sequence[Column], cells: int) -> None:
    pairs = [(_heading(c), text) for c, text in zip(columns, texts, strict=True) if text]
    indent = max(display.width(heading) for heading, _text in pairs) + _BETWEEN
    for heading, text in pairs:
        before = display.pad(heading, indent)
        for line in wrap(text, cells - indent):
            say(before + line)
            before = " " * indent


def console(width: int) -> Any:
    """A Rich console on standard output: no markup, no emoji, colour only at a terminal."""
    from rich.console import Console

    terminal = sys.stdout.isatty()
    return Console(
        file=sys.stdout,
        markup=False,
        emoji=False,
        highlight=False,
        width=width,
        no_color=not terminal or "NO_COLOR" in os.environ,
        force_terminal=terminal and os.environ.get("TERM") != "dumb",
        legacy_windows=False,
        soft_wrap=False,
    )


_NARROWEST = 20  # below it nothing could be read: the terminal may break lines then


def line_width(wanted: int = 0) -> int:
    """How many cells a line may have: the terminal's, or plenty (and what is wanted) in a pipe."""
    if not sys.stdout.isatty():
        return max(160, wanted)
    import shutil

    return max(shutil.get_terminal_size((80, 24)).columns, _NARROWEST)


def say(line: str) -> None:
    """One line of text on standard output. Stored text in it must have been made visible before."""
    sys.stdout.write(line + "\n")


def tell(line: str) -> None:
    """One line on standard error: what is worth knowing and is not the result."""
    sys.stderr.write(line + "\n")
