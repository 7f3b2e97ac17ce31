"""The one place that writes results: rows and their columns -> table, JSON, JSON lines, CSV, xlsx.

Machine forms never change: stable English keys, ISO dates, amounts in major units with two
decimals. People get labels in their language, masks where a number is not needed, and stored text
made safe to show.
"""

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

from tourcrm.base import display, ratio, vocabulary
from tourcrm.base.columns import Column
from tourcrm.base.errors import Message, WrongUsage
from tourcrm.base.i18n import N_, _, language
from tourcrm.base.money import format_amount, plain_amount
from tourcrm.files import writer
from tourcrm.terminal.help import wrap

FORMATS = ("table", "json", "jsonl", "csv")
TABLE_ROWS = 50
_XLSX_KINDS: Mapping[str, writer.Kind] = {
    "amount": "amount",
    "number": "number",
    "share": "number",
    "count": "number",
    "signed": "number",
    "rating": "number",
    "nps": "number",
    "day": "day",
}
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
        _to_file(rows, chosen, shape, shape.output, title)
    elif shape.format == "csv":
        header = [c.header(language()) if shape.excel else c.field for c in chosen]
        writer.write_csv(sys.stdout, header, _csv_rows(rows, chosen, shape), excel=shape.excel)
    elif shape.format in ("json", "jsonl"):
        _json(rows, chosen, shape, sys.stdout)
    else:
        shown = [column for column in chosen if column.in_table]
        table(rows, shown, shape, title=title, alarm=alarm, total=total)


def _to_file(
    rows: Iterable[Any], columns: Sequence[Column], shape: Shape, path: Path, title: str
) -> None:
    match path.suffix.lower():
        case ".xlsx":
            writer.write_xlsx(
                path,
                [column.header(language()) for column in columns],
                (_person_row(row, columns, shape) for row in rows),
                kinds=[_XLSX_KINDS.get(column.kind, "text") for column in columns],
                title=title or path.stem,
            )
        case ".csv":
            header = [c.header(language()) if shape.excel else c.field for c in columns]
            writer.write_csv(path, header, _csv_rows(rows, columns, shape), excel=shape.excel)
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
        case "pay_ratio":
            return f"{ratio.exact(value):f}"
        case "tags":
            return ";".join(value)
    if isinstance(value, (date, Message)):
        return str(value)
    return value


def _csv_rows(rows: Iterable[Any], columns: Sequence[Column], shape: Shape) -> Iterator[list[str]]:
    # What becomes of a column is chosen once: a hundred thousand rows take a third of the time.
    texts = [
        (column.label if shape.excel and column.label else column.field, _csv_text(column, shape))
        for column in columns
    ]
    for row in rows:
        values = [(value_of(row, field), text) for field, text in texts]
        yield ["" if value is None else text(value) for value, text in values]


_PLAIN = {"code", "count", "name", "text", "word", "signed", "rating", "nps"}


def _csv_text(column: Column, shape: Shape) -> Callable[[Any], str]:
    """What writes the values of a column, None left aside: for Excel with the words of a person.

    Numbers are the same in both forms, since Excel shows them its own way.
    """
    if shape.excel and column.kind in _WORDED:
        return lambda value: str(_person_cell(value, column, shape))
    if column.kind == "amount" and not column.mask:
        return plain_amount
    if column.kind in _PLAIN and not column.mask:
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
    exact = {"amount", "number", "share", "pay_ratio"}
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


# Kinds of which a person's file says more than the machine's.
_WORDED = {
    *("word", "moment", "flag", "tags", "special_day", "special_dates", "phone", "phones"),
    "pay_ratio",
}


def _person_row(row: Any, columns: Sequence[Column], shape: Shape) -> list[Any]:
    return [
        _person_cell(value_of(row, column.label or column.field), column, shape)
        for column in columns
    ]


def _person_cell(value: Any, column: Column, shape: Shape) -> Any:
    """The value in a file for people: words in their language, all that import reads back."""
    if value is None or (column.mask and not shape.reveal):
        return machine(value, column, shape)
    match column.kind:
        case "amount":
            return Decimal(value).scaleb(-2)
        case "word":
            return vocabulary.label(column.words, value, language())
        case "moment":  # with its seconds, or the contact would be another one when imported
            text = value.astimezone(shape.zone).strftime("%Y-%m-%d %H:%M:%S")
            return text.removesuffix(":00")
        case "number" | "share":
            return round(float(value), 4)
        case "pay_ratio":
            return ratio.percent(value)
        case "flag":
            return _("yes") if value else _("no")
        case "tags":
            return "、".join(value)
        case "special_day" | "special_dates":
            return _special_days(str(value))
        case "phone" | "phones" if shape.region == "CN":
            return _grouped(str(value)).replace(" ", "")  # as it is dialled, and read back
    return value if isinstance(value, (date, int, datetime)) else str(value)


_LUNAR = re.compile(r"lunar (?P<leap>leap )?(?:(?P<year>\d{4})-)?(?P<month>\d\d)-(?P<day>\d\d)")
_LABEL = re.compile(r"(^|; )([^=;]+)(?==)")


def _special_days(text: str) -> str:
    """Special days in Chinese words where Chinese is spoken: 结婚纪念日=农历八月十五."""
    if language() != "zh":
        return text
    from tourcrm.base.lunar import lunar_text
    from tourcrm.customers.service import LABEL_NAMES

    def said(found: re.Match[str]) -> str:
        leap = bool(found["leap"])
        day = lunar_text(int(found["month"]), int(found["day"]), leap, "zh")
        return f"农历{found['year']}年{day.removeprefix('农历')}" if found["year"] else day

    named = _LABEL.sub(lambda found: found[1] + _(LABEL_NAMES.get(found[2], found[2])), text)
    return _LUNAR.sub(said, named)


# --- for people at a terminal ---------------------------------------------------------------------

_RIGHT = {"amount", "count", "number", "share", "pay_ratio", "signed", "rating", "nps"}
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
            return vocabulary.label(column.words, value, language())
        case "moment":
            return str(value.astimezone(shape.zone).strftime("%Y-%m-%d %H:%M"))
        case "share":
            return f"{value:.1%}"
        case "pay_ratio":
            return ratio.percent(value)
        case "number":
            return f"{value:.2f}"
        case "signed":
            return f"{value:+d}" if value else "0"
        case "flag":
            return _("yes") if value else _("no")
        case "tags":
            return display.visible("、".join(value))
        case "file":
            return display.visible(Path(str(value)).name)
        case "phone" | "phones":
            return display.visible(_grouped(str(value)))
    return display.visible(str(value))


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

    Where the line is too short for it, each row becomes a block of lines, so that no name is
    dropped and no amount loses its last digits.
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
    elif (least := _least_width(shown, columns)) <= (room := line_width(least)):
        console(room).print(_grid(shown, columns, title, red))
    else:
        _blocks(shown, columns, title, room)
    if hidden:
        text = _("{hidden} more rows; --format csv or -o FILE.xlsx gives all of them.")
        for line in wrap(text.format(hidden=hidden), line_width()):
            say(line)


_BETWEEN = 2  # cells between two columns
_FOLDED = 8  # cells that a column of names needs at least, folded


def _heading(column: Column) -> str:
    return column.header(language()).replace("_", " ")  # so that it may be wrapped


def _is_whole(column: Column) -> bool:
    return column.kind in _RIGHT or column.kind in _WHOLE


def _least_width(rows: Sequence[Sequence[str]], columns: Sequence[Column]) -> int:
    """Cells that the table needs, its names folded but its codes, days and amounts whole."""
    needed = 0
    for place, column in enumerate(columns):
        widest = max(display.width(text) for text in (_heading(column), *(r[place] for r in rows)))
        needed += (widest if _is_whole(column) else min(widest, _FOLDED)) + _BETWEEN
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
            justify="right" if column.kind in _RIGHT else "left",
            no_wrap=_is_whole(column),
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
