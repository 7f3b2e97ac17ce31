"""`tourcrm imports`: what was imported, and taking it back."""

from collections.abc import Mapping
from typing import Annotated

import typer

from tourcrm.base.columns import OPERATION, Column
from tourcrm.base.display import visible
from tourcrm.base.i18n import N_, _, ngettext
from tourcrm.commands import options
from tourcrm.commands.pages.layout import listed
from tourcrm.imports import ledger, undo
from tourcrm.terminal import context
from tourcrm.terminal.render import emit, say
from tourcrm.terminal.typer_i18n import cli_group

app = cli_group(epilog="tourcrm imports list\ntourcrm imports undo 3")

Number = Annotated[int, typer.Argument(metavar=N_("NUMBER"), help=N_("the import's number"))]
_OVERWRITTEN = (
    Column("table", "code", "table", "表"),
    Column("row", "code", "row", "行"),
    Column("field", "code", "field", "字段"),
    Column("before", "text", "before", "原值"),
    Column("after", "text", "after", "新值"),
)


def _removed(rows: Mapping[str, int]) -> str:
    """How many customers, trips, contacts and answers went."""
    texts = {
        "customer": ngettext("{n} customer", "{n} customers", rows.get("customer", 0)),
        "trip": ngettext("{n} trip", "{n} trips", rows.get("trip", 0)),
        "interaction": ngettext("{n} contact", "{n} contacts", rows.get("interaction", 0)),
        "product": ngettext("{n} product", "{n} products", rows.get("product", 0)),
        "departure": ngettext("{n} departure", "{n} departures", rows.get("departure", 0)),
        "itinerary_line": ngettext(
            "{n} line of an itinerary",
            "{n} lines of itineraries",
            rows.get("itinerary_line", 0),
        ),
        "destination_note": ngettext(
            "{n} note of a place", "{n} notes of places", rows.get("destination_note", 0)
        ),
        "survey_response": ngettext("{n} answer", "{n} answers", rows.get("survey_response", 0)),
    }
    there = [text.format(n=rows[table]) for table, text in texts.items() if table in rows]
    return listed(there) if there else _("nothing")


@app.command(
    "list",
    help=N_("List the imports, the newest first."),
    epilog=N_("Example: tourcrm imports list"),
)
def list_(
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    with context.reading() as desk:
        rows = ledger.imports(desk.session)
        emit(rows, OPERATION, options.shape(desk, format, output, excel))


@app.command(
    "show",
    help=N_("Show an import and the cells that it overwrote."),
    epilog=N_("Example: tourcrm imports show 3"),
)
def show(
    number: Number,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    with context.reading() as desk:
        line, cells = ledger.overwritten(desk.session, number)
        shape = options.shape(desk, format, output, excel)
        if format == "table" and output is None:
            emit([line], OPERATION, shape)
            if not cells:
                say(_("It overwrote no cell."))
                return
        emit(cells, _OVERWRITTEN, shape)


@app.command(
    "undo",
    help=N_("Take an import back: its rows go, cells that it overwrote get their old value."),
    epilog=N_("Example: tourcrm imports undo 3"),
)
def undo_(
    number: Number,
    keep_touched: Annotated[
        bool,
        typer.Option("--keep-touched", help=N_("leave rows that were changed or used since")),
    ] = False,
    dry_run: options.DryRun = False,
) -> None:
    with context.writing("imports undo", dry_run=dry_run) as desk:
        done = undo.undo_import(
            desk.session,
            number,
            verb="imports undo",
            now=desk.now,
            today=desk.today,
            actor=desk.actor,
            keep_touched=keep_touched,
        )
    if dry_run:
        say(_("Dry run: nothing was changed. Taking it back would do this:"))
    say(
        _("Import {number} taken back: {removed} removed, {restored} restored.").format(
            number=number, removed=_removed(done.removed), restored=done.restored
        )
    )
    if done.reversed:
        text = ngettext(
            "{n} payment was reversed: lines of money are never deleted.",
            "{n} payments were reversed: lines of money are never deleted.",
            done.reversed,
        )
        say(text.format(n=done.reversed))
    if done.kept:
        say(
            _("Left as they are, because they were changed or used since: {rows}").format(
                rows=visible(", ".join(done.kept), 300)
            )
        )
