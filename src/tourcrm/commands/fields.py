"""What the commands for customers, trips and contacts share: an option for each column, and how
rows with personal numbers are opened.
"""

import inspect
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from functools import wraps
from typing import Annotated, Any

import typer

from tourcrm.base import columns
from tourcrm.base.columns import Column, Columns
from tourcrm.base.errors import Message, Refused, WrongUsage
from tourcrm.base.i18n import N_, _, language, ngettext
from tourcrm.commands import options
from tourcrm.commands.pages.layout import listed
from tourcrm.terminal import context, typed
from tourcrm.terminal.context import Desk
from tourcrm.terminal.render import TABLE_ROWS, Shape, emit, say, tell

Who = Annotated[
    str,
    typer.Argument(
        metavar=N_("CUSTOMER"), help=N_("a code, a phone number, or a name that only one has")
    ),
]
Limit = Annotated[int | None, typer.Option("--limit", min=1, help=N_("at most so many rows"))]


def with_options(
    entity: Columns, edited: bool = False
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command that takes **given the options of an entity; absent ones are None. Those that
    it names itself, it names at a place of its own."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def run(**words: Any) -> None:
            command(**words)

        signature = inspect.signature(command)
        own = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
        more = [
            inspect.Parameter(
                one.field,
                inspect.Parameter.KEYWORD_ONLY,
                default=None,
                annotation=Annotated[
                    str | None,
                    typer.Option(*columns.option_names(one), help=one.help),
                ],
            )
            for one in columns.options(entity, edited)
            if one.field not in signature.parameters
        ]
        run.__signature__ = signature.replace(parameters=[*own, *more])  # type: ignore[attr-defined]  # where inspect looks first
        return run

    return decorate


def opened(verb: str, reveal: bool) -> AbstractContextManager[Desk]:
    """A desk to read at. That numbers are to be shown in full is recorded first."""
    if reveal:
        record(f"{verb} --reveal")
    return context.reading()


def record(verb: str, customer: int | None = None) -> None:
    """Record that somebody looked at personal numbers, of one customer or of all in a list; stored
    before any of them is shown."""
    from tourcrm.privacy import looks

    with context.writing(verb) as desk:
        looks.note(desk.session, desk.number, verb, customer)


def emit_list(
    rows: Callable[[int | None], Iterable[Any]],
    count: Callable[[], int],
    limit: int | None,
    columns: Sequence[Column],
    shape: Shape,
    title: str,
) -> None:
    """Write `rows(limit)`. A table reads only the rows that it shows, and counts the others; what
    --limit leaves out is told on standard error, whatever the form."""
    short = (
        shape.format == "table" and shape.output is None and (limit or TABLE_ROWS + 1) > TABLE_ROWS
    )
    emit(rows(TABLE_ROWS if short else limit), columns, shape, title=title)
    if not short and limit is None:
        return
    there = count()
    hidden = min(there, limit or there) - TABLE_ROWS
    if short and hidden > 0:
        text = _("{hidden} more rows; --format csv or -o FILE.xlsx gives all of them.")
        say(text.format(hidden=hidden))
    if limit is not None and there > limit:
        text = ngettext(
            "--limit {limit} leaves out {n} row more.",
            "--limit {limit} leaves out {n} rows more.",
            there - limit,
        )
        tell(text.format(limit=limit, n=there - limit))


def emit_found(
    rows: Callable[[int], Iterable[Any]],
    limit: int,
    columns: Sequence[Column],
    shape: Shape,
    title: str,
) -> None:
    """Write what was found, `limit` rows at most; that there is more is told on standard error."""
    found = list(rows(limit + 1))
    emit(found[:limit], columns, shape, title=title)
    if len(found) > limit:
        text = _("More was found: these are the first {limit}. Say more, or --limit {more}.")
        tell(text.format(limit=limit, more=limit * 10))


def register_export(
    app: typer.Typer,
    noun: str,
    rows: Callable[[Any], Iterable[Any]],
    columns: Sequence[Column],
    title: str,
    help: str,
    epilog: str,
) -> None:
    """Give a noun its `export`: all rows of a session, with every column. Each takes --reveal, also
    where nothing is hidden, so that a script may give it to all of them."""

    @app.command("export", help=help, epilog=epilog)
    def export(
        format: options.Format = "csv",
        output: options.Output = None,
        excel: options.Excel = False,
        reveal: options.Reveal = False,
    ) -> None:
        with opened(f"{noun} export", reveal) as desk:
            shape = options.shape(desk, format, output, excel, reveal)
            emit(rows(desk.session), columns, shape, title=_(title))


_REASON = Column("reason", "text", "reason", "原因")


def reason_in(given: str, desk: Desk) -> str:
    """What --reason says. Raises WrongUsage where that is nothing."""
    said = typed.value(_REASON, given, desk.settings)
    if said is None:
        raise WrongUsage(N_("--reason must say why."))
    return str(said)


def tell_notes(notes: Iterable[Message]) -> None:
    """What is worth knowing about something that was done, on standard error."""
    for note in notes:
        tell(str(note))


def headers(columns: Iterable[Column], fields: Iterable[str]) -> str:
    """Columns by the names that a person reads; those that nobody sees left out."""
    wanted = {field.removesuffix("_id") for field in fields}
    return listed(c.header(language()) for c in columns if c.field in wanted)


def refuse_doubtful(paid: float | None, sure: bool) -> None:
    """Ask again where more than half would be given away: 20% was perhaps meant as 20 % off."""
    from tourcrm.base import ratio

    if paid is not None and paid < ratio.HALF and not sure:
        raise Refused(
            N_(
                "With {given} the customer pays only {given} of the price ({folds}). If {given} "
                "is what comes off, write --pay-ratio {rest}; if it is meant: --yes"
            ),
            given=ratio.percent(paid),
            folds=ratio.folds(paid),
            rest=ratio.percent(float(1 - ratio.exact(paid))),
        )
