"""Help pages, in the language in use, laid out in terminal cells (a Chinese character takes two).

Commands are described by what Typer knows of them; texts are translated here, when somebody reads
them, so one process can speak both languages and commands can be built before one is chosen.
"""

import re
import shutil
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import accumulate
from typing import Any

from typer._click.core import Command, Context
from typer.core import TyperArgument, TyperGroup, TyperOption

from tourcrm.base.display import cells_of, pad, width
from tourcrm.base.i18n import N_, _, translate
from tourcrm.base.patterns import pattern
from tourcrm.terminal import param_types

Parameter = TyperArgument | TyperOption
Pair = tuple[str, str]

NARROWEST, WIDEST, FIRST_COLUMN = 40, 100, 30

# What a value is called, by the name of its argument or option; others say metavar=N_("...").
NAMES = {
    "amount": N_("AMOUNT"),
    "backup": N_("BACKUP"),
    "channel": N_("CHANNEL"),
    "customer": N_("CUSTOMER"),
    "customers": N_("CUSTOMER"),
    "day": N_("DATE"),
    "days": N_("DAYS"),
    "file": N_("FILE"),
    "format": N_("FORMAT"),
    "item": N_("ITEM"),
    "items": N_("ITEM"),
    "key": N_("KEY"),
    "label": N_("LABEL"),
    "name": N_("NAME"),
    "operation": N_("OPERATION"),
    "tag": N_("TAG"),
    "tags": N_("TAG"),
    "trip": N_("TRIP"),
    "value": N_("VALUE"),
    "who": N_("CUSTOMER"),
    "words": N_("WORDS"),
}

_NO_LINE_STARTS_WITH = "，。；：、！？）》”’】,.;:!?)]}%"  # closing marks stay with what they close
_NO_LINE_ENDS_WITH = "（《“‘【([{"
_STAYS_WITH_ITS_NUMBER = "年月日号天次位个级行"


def page(command: Command, ctx: Context, commands: Sequence[Pair] = ()) -> str:
    """The whole help page of a command, or of a group with its `commands` and their summaries."""
    columns = _columns()
    parts = [usage_line(command, ctx)]
    parts.append("\n".join(paragraphs(_told(command.help), columns, "  ")))
    for title, rows in sections(command, ctx, commands):
        parts.append("\n".join([f"{title}{_(':')}", *definitions(rows, columns)]))
    lines = examples(command)
    if lines:
        parts.append("\n".join([f"{_('Examples')}{_(':')}", *(f"  {line}" for line in lines)]))
    return "\n\n".join(part for part in parts if part)


def sections(
    command: Command, ctx: Context, commands: Sequence[Pair] = ()
) -> Iterator[tuple[str, Sequence[Pair]]]:
    """The titled lists of a help page: arguments, options, commands; empty ones left out."""
    shown = [param for param in parameters(command, ctx) if not param.hidden]
    yield from (
        (title, rows)
        for title, rows in (
            (_("Arguments"), [record(p) for p in shown if isinstance(p, TyperArgument)]),
            (_("Options"), [record(p) for p in shown if isinstance(p, TyperOption)]),
            (_("Commands"), commands),
        )
        if rows
    )


def parameters(command: Command, ctx: Context) -> list[Parameter]:
    """A command's arguments and options, --help among them."""
    return [param for param in command.get_params(ctx) if isinstance(param, Parameter)]


def summary(text: str) -> str:
    """The first sentence of a help text, translated, without its full stop."""
    first = translate(text).strip().partition("\n")[0]
    sentence = re.match(r".*?(?:[。！？]|[.!?](?=\s|$))", first)
    return (sentence[0] if sentence else first).rstrip("。.")


def examples(command: Command) -> list[str]:
    """The example lines of a command's epilog, as they would be typed."""
    lines = [line.strip() for line in _told(command.epilog).splitlines()]
    return [re.sub(r"^(?:Examples?|示例|例如?)\s*[:：]\s*", "", line) for line in lines if line]


def _told(text: str | None) -> str:
    return translate(text) if text else ""


def usage_line(command: Command, ctx: Context) -> str:
    """How a command is called: the program, the words before it, what follows."""
    pieces = [ctx.command_path, f"[{_('OPTIONS')}]"]
    for param in parameters(command, ctx):
        if isinstance(param, TyperArgument) and not param.hidden:
            name = argument_name(param)
            pieces.append(name if param.required else f"[{name}]")
    if isinstance(command, TyperGroup):
        pieces.append(f"{_('COMMAND')} …")
    return _("Usage: {words}").format(words=" ".join(pieces))


def argument_name(param: TyperArgument) -> str:
    """What an argument is called in help and errors, e.g. CUSTOMER or 客户."""
    name = translate(param.metavar or NAMES.get(param.name) or param.name.upper())
    return f"{name}..." if param.nargs != 1 else name


def option_names(param: TyperOption) -> str:
    """An option as it is typed, short name first, with what it takes: -f, --format table|json."""
    names = ", ".join(sorted(param.opts, key=len))
    if param.secondary_opts:
        names += " / " + ", ".join(param.secondary_opts)
    taken = "" if param.is_flag else metavar(param)
    return f"{names} {taken}".strip()


def metavar(param: TyperOption) -> str:
    """The word for an option's value: TEXT, DATE, or the values that it is limited to."""
    known = param_types.choices(param.type_descriptor)
    name = "|".join(param_types.shown_choices(known)) or NAMES.get(param.name)
    return translate(param.metavar or name or param_types.kind(param.type_descriptor).metavar)


def record(param: Parameter) -> Pair:
    """One line of help: what is typed, and what it means with its default."""
    names = argument_name(param) if isinstance(param, TyperArgument) else option_names(param)
    notes = list(_notes(param))
    text = _told(param.help)
    return names, f"{text} [{_('; ').join(notes)}]".strip() if notes else text


def _notes(param: Parameter) -> Iterator[str]:
    if isinstance(param, TyperArgument):
        known = param_types.choices(param.type_descriptor)
        if known and not param.metavar:
            yield "|".join(param_types.shown_choices(known))
    known = param_types.choices(param.type_descriptor)
    if known and not param.metavar and list(known) != list(param_types.shown_choices(known)):
        yield _("or {words}").format(words="|".join(known))
    if param.envvar and param.show_envvar:
        names = [param.envvar] if isinstance(param.envvar, str) else list(param.envvar)
        yield _("environment: {name}").format(name=", ".join(names))
    default = _default(param)
    if default:
        yield _("default: {value}").format(value=default)
    if param.required:
        yield _("required")
    if isinstance(param, TyperOption) and param.multiple:
        yield _("may be repeated")


def _default(param: Parameter) -> str:
    """The default as it would be typed; a text in show_default describes one that is computed."""
    value: Any = param.default
    if isinstance(param.show_default, str):
        return translate(param.show_default)
    if not param.show_default or value is None or callable(value) or value in ((), [], ""):
        return ""
    if isinstance(param, TyperOption) and param.is_flag:
        if not param.secondary_opts:
            return ""
        return (param.opts if value else param.secondary_opts)[0].lstrip("-")
    values = value if isinstance(value, (list, tuple)) else [value]
    texts = [str(one.value if isinstance(one, Enum) else one) for one in values]
    if param_types.choices(param.type_descriptor) or param.metavar == "FORMAT":
        texts = list(param_types.shown_choices(texts))
    return ", ".join(texts)


def definitions(rows: Sequence[Pair], columns: int) -> Iterator[str]:
    """Two columns: what is typed, and its meaning, wrapped within its column."""
    first = min(max(width(name) for name, _text in rows), FIRST_COLUMN) + 2
    for name, text in rows:
        lines = wrap(text, columns - first - 2) or [""]
        if width(name) > first - 2:
            yield f"  {name}"
        else:
            yield f"  {pad(name, first)}{lines.pop(0)}".rstrip()
        yield from (f"{' ' * (first + 2)}{line}" for line in lines if line)


def paragraphs(text: str, columns: int, indent: str) -> Iterator[str]:
    """Each line of `text` wrapped and indented; a blank line stays one."""
    for line in text.splitlines():
        yield from (f"{indent}{piece}" for piece in wrap(line, columns - len(indent)))
        if not line.strip():
            yield ""


def wrap(text: str, columns: int) -> list[str]:
    """`text` cut into lines of at most `columns` cells, between words or Chinese characters.

    A single word that is longer than a line is left whole: a command cut in two cannot be copied.
    """
    text = text.strip()
    upto = [0, *accumulate(map(cells_of, text))]  # the cells before each place
    lines = []
    start = 0
    while start < len(text):
        end = bisect_right(upto, upto[start] + max(columns, 0)) - 1
        while end < len(text) and text[end].isspace():  # blanks at a line's end take no room
            end += 1
        if end < len(text):
            whole = range(end + 1, len(text) + 1)  # where nothing of it fits
            places = (*range(end, start, -1), *whole)
            end = next(place for place in places if _may_end(text, place))
        lines.append(text[start:end].rstrip())
        start = end
    return lines


_WIDE = pattern(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60]")


def _may_end(text: str, place: int) -> bool:
    """Whether a line may end before a place: between words, and between wide characters; but not
    between a mark, or what counts something, and what it belongs to."""
    if place == len(text):
        return True
    before, after = text[place - 1], text[place]
    if after.isspace() or after in _NO_LINE_STARTS_WITH or before in _NO_LINE_ENDS_WITH:
        return False
    if after in _STAYS_WITH_ITS_NUMBER and text[:place].rstrip()[-1:].isdigit():
        return False
    return before.isspace() or bool(_WIDE.match(before) or _WIDE.match(after))


def _columns() -> int:
    columns = shutil.get_terminal_size((80, 24)).columns
    return max(NARROWEST, min(columns, WIDEST))
