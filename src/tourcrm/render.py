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
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

from tourcrm import outfile, safe, words
from tourcrm.columns import Column
from tourcrm.errors import Message, WrongUsage
from tourcrm.i18n import N_, _, language
from tourcrm.money import format_amount, plain_amount

FORMATS = ("table", "json", "jsonl", "csv")
TABLE_ROWS = 50
_XLSX_KINDS: Mapping[str, outfile.Kind] = {
    "amount": "amount",
    "number": "number",
    "share": "number",
    "count": "number",
    "day": "day",
}
_MASKS = {
    "phone": safe.mask_phone,
    "id_number": safe.mask_id,
    "passport": safe.mask_passport,
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
    zone: tzinfo = UTC


def emit(rows: Iterable[Any], columns: Sequence[Column], shape: Shape, *, title: str = "") -> None:
    """Write rows (objects with the columns' fields, or mappings) in the form asked for."""
    chosen = [column for column in columns if column.exported]
    if shape.output is not None:
        _to_file(rows, chosen, shape, shape.output, title)
    elif shape.format == "csv":
        header = [c.header(language()) if shape.excel else c.field for c in chosen]
        outfile.write_csv(sys.stdout, header, _machine_rows(rows, chosen, shape), excel=shape.excel)
    elif shape.format in ("json", "jsonl"):
        _json(rows, chosen, shape, sys.stdout)
    else:
        table(rows, [column for column in chosen if column.in_table], shape, title=title)


def _to_file(
    rows: Iterable[Any], columns: Sequence[Column], shape: Shape, path: Path, title: str
) -> None:
    match path.suffix.lower():
        case ".xlsx":
            outfile.write_xlsx(
                path,
                [column.header(language()) for column in columns],
                (_person_row(row, columns, shape) for row in rows),
                kinds=[_XLSX_KINDS.get(column.kind, "text") for column in columns],
                title=title or path.stem,
            )
        case ".csv":
            header = [c.header(language()) if shape.excel else c.field for c in columns]
            outfile.write_csv(path, header, _machine_rows(rows, columns, shape), excel=shape.excel)
        case ".json" | ".jsonl":
            from dataclasses import replace

            form = replace(shape, format=path.suffix.lower().lstrip("."))
            with outfile.private(path, encoding="utf-8") as file:
                _json(rows, columns, form, file)
        case _:
            raise WrongUsage(
                N_("{path} must end in .csv, .json, .jsonl or .xlsx."), path=safe.visible(str(path))
            )


def value_of(row: Any, field: str) -> Any:
    """The field of a row: attribute or key."""
    return row[field] if isinstance(row, dict) else getattr(row, field)


def machine(value: Any, column: Column, shape: Shape) -> Any:
    """The value in its machine form: None, bool, int, exact text for amounts, ISO text for days."""
    if value is None:
        return None
    if column.mask and not shape.reveal:
        return _MASKS[column.mask](str(value))
    match column.kind:
        case "amount":
            return plain_amount(value)
        case "moment":
            return value.astimezone(shape.zone).isoformat(timespec="seconds")
        case "number" | "share":
            return f"{value:.6f}"
        case "tags":
            return ";".join(value)
    if isinstance(value, (date, Message)):
        return str(value)
    return value


def _machine_rows(
    rows: Iterable[Any], columns: Sequence[Column], shape: Shape
) -> Iterator[list[str]]:
    # What becomes of a column is chosen once: a hundred thousand rows take a third of the time.
    texts = [(column.field, _csv_text(column, shape)) for column in columns]
    for row in rows:
        values = [(value_of(row, field), text) for field, text in texts]
        yield ["" if value is None else text(value) for value, text in values]


def _csv_text(column: Column, shape: Shape) -> Callable[[Any], str]:
    """What writes the values of a column in their machine form, None left aside."""
    if column.kind == "amount" and not column.mask:
        return plain_amount
    if column.kind in ("code", "count", "name", "text", "word") and not column.mask:
        return str

    def text(value: Any) -> str:
        cell = machine(value, column, shape)
        return str(cell).lower() if isinstance(cell, bool) else str(cell)

    return text


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
    exact = {"amount", "number", "share"}
    keys = [(json.dumps(column.field), column, column.kind in exact) for column in columns]
    for row in rows:
        parts = []
        for key, column, number in keys:
            value = machine(value_of(row, column.field), column, shape)
            written = (
                value if number and value is not None else json.dumps(value, ensure_ascii=False)
            )
            parts.append(f"{key}: {written}")
        yield "{" + ", ".join(parts) + "}"


Part = tuple[Iterable[Any], Sequence[Column]]


def emit_parts(facts: Mapping[str, str | int], parts: Mapping[str, Part], shape: Shape) -> None:
    """Write a page of several parts as one JSON object: single facts, then lists of rows."""
    written = [f"{json.dumps(key)}: {json.dumps(fact)}" for key, fact in facts.items()]
    for key, (rows, columns) in parts.items():
        lines = ",\n".join(_json_lines(rows, columns, shape))
        written.append(f"{json.dumps(key)}: [" + (f"\n{lines}\n]" if lines else "]"))
    sys.stdout.write("{" + ",\n".join(written) + "}\n")


def _person_row(row: Any, columns: Sequence[Column], shape: Shape) -> list[Any]:
    cells: list[Any] = []
    for column in columns:
        value = value_of(row, column.field)
        if value is None or (column.mask and not shape.reveal):
            cells.append(machine(value, column, shape))
        elif column.kind == "amount":
            cells.append(Decimal(value).scaleb(-2))
        elif column.kind == "word":
            cells.append(words.label(column.words, value, language()))
        elif column.kind == "moment":
            cells.append(value.astimezone(shape.zone).strftime("%Y-%m-%d %H:%M"))
        elif column.kind in ("number", "share"):
            cells.append(round(float(value), 4))
        elif column.kind == "flag":
            cells.append(_("yes") if value else _("no"))
        elif column.kind == "tags":
            cells.append("、".join(value))
        elif isinstance(value, (date, int, datetime)):
            cells.append(value)
        else:
            cells.append(str(value))
    return cells


# --- for people at a terminal ---------------------------------------------------------------------

_RIGHT = {"amount", "count", "number", "share"}
_WHOLE = {"code", "customer", "day", "moment", "phone", "phones"}  # not to be cut in two


def person(value: Any, column: Column, shape: Shape) -> str:
    """The value as a person reads it, safe to print."""
    if value is None:
        return ""
    if column.mask and not shape.reveal:
        return _MASKS[column.mask](str(value))
    match column.kind:
        case "amount":
            return format_amount(value, shape.currency)
        case "word":
            return words.label(column.words, value, language())
        case "moment":
            return str(value.astimezone(shape.zone).strftime("%Y-%m-%d %H:%M"))
        case "share":
            return f"{value:.1%}"
        case "number":
            return f"{value:.2f}"
        case "flag":
            return _("yes") if value else _("no")
        case "tags":
            return safe.visible("、".join(value))
        case "file":
            return safe.visible(Path(str(value)).name)
        case "phone" | "phones":
            return safe.visible(_grouped(str(value)))
    return safe.visible(str(value))


def _grouped(phone: str) -> str:
    """A Chinese number as it is read aloud: 138 1234 5678, 0512-68001234; others as they are."""
    digits = phone.removeprefix("+86")
    if digits == phone:
        return phone
    if len(digits) == 11 and digits[0] == "1":
        return f"{digits[:3]} {digits[3:7]} {digits[7:]}"
    if digits.startswith(("400", "800")) and len(digits) == 10:
        return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
    area = 2 if digits.startswith(("10", "2")) else 3
    return f"0{digits[:area]}-{digits[area:]}"


def table(rows: Iterable[Any], columns: Sequence[Column], shape: Shape, *, title: str = "") -> None:
    """A table for people: the first rows, and it says how many more there are."""
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
        right = column.kind in _RIGHT
        grid.add_column(
            Text(column.header(language()).replace("_", " ")),  # so that it may be wrapped
            justify="right" if right else "left",
            no_wrap=right or column.kind in _WHOLE,
            overflow="ellipsis" if column.kind == "code" else "fold",
        )
    shown = hidden = 0
    for row in rows:
        if shown < shape.rows:
            grid.add_row(*(Text(person(value_of(row, c.field), c, shape)) for c in columns))
            shown += 1
        else:
            hidden += 1
    if shown:
        console().print(grid)
    else:
        say(_("Nothing to show."))
    if hidden:
        say(
            _("{hidden} more rows; --format csv or -o FILE.xlsx gives all of them.").format(
                hidden=hidden
            )
        )


def console() -> Any:
    """A Rich console on standard output: no markup, no emoji, colour only at a terminal."""
    from rich.console import Console

    terminal = sys.stdout.isatty()
    return Console(
        file=sys.stdout,
        markup=False,
        emoji=False,
        highlight=False,
        width=line_width(),
        no_color=not terminal or "NO_COLOR" in os.environ,
        force_terminal=terminal and os.environ.get("TERM") != "dumb",
        legacy_windows=False,
        soft_wrap=False,
    )


def line_width() -> int:
    """How many cells a line may have: the terminal's, or plenty where nobody looks."""
    if not sys.stdout.isatty():
        return 160
    import shutil

    return max(shutil.get_terminal_size((80, 24)).columns, 40)


def say(line: str) -> None:
    """One line of text on standard output. Stored text in it must have been made visible before."""
    sys.stdout.write(line + "\n")


def tell(line: str) -> None:
    """One line on standard error: what is worth knowing and is not the result."""
    sys.stderr.write(line + "\n")
