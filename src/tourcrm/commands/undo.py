"""`tourcrm undo`: the last command of whoever asks is taken back, whatever it was."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from tourcrm.base.columns import COMMANDS_DONE, TAKEN_BACK
from tourcrm.base.display import visible
from tourcrm.base.errors import WrongUsage
from tourcrm.base.i18n import N_, _
from tourcrm.commands import options
from tourcrm.commands.pages.layout import listed, word
from tourcrm.db.codes import id_of
from tourcrm.history import undo as history
from tourcrm.history.undo import TakenBack, Touched
from tourcrm.terminal import context
from tourcrm.terminal.render import emit, say
from tourcrm.terminal.typer_i18n import cli_group

app = cli_group()

_LISTED = 20
_NAMED = 6  # rows of a kind that are named


@app.command(
    "undo",
    help=N_(
        "Take the last command back. It is your own last one, or the one of this number. What was "
        "built on it since is taken back first; money is reversed, never deleted; what was erased "
        "stays erased."
    ),
    epilog=N_("Example: tourcrm undo\ntourcrm undo --list\ntourcrm undo 41"),
)
def undo(
    number: Annotated[
        int | None,
        typer.Argument(metavar=N_("NUMBER"), help=N_("an operation, as --list shows them")),
    ] = None,
    show: Annotated[
        bool, typer.Option("--list", help=N_("list the last commands that can be taken back"))
    ] = False,
    dry_run: options.DryRun = False,
    format: options.Format = "table",
) -> None:
    if show:
        if number is not None:
            raise WrongUsage(N_("Say either a number or --list."))
        with context.reading() as desk:
            last = history.recent(desk.session, _LISTED)
            emit(last, COMMANDS_DONE, options.shape(desk, format), title=_("Commands"))
        return
    with context.writing("undo", dry_run=dry_run) as desk:
        if number is None:
            number = id_of(history.latest(desk.session, desk.actor))
        done = history.take_back(
            desk.session, number, now=desk.now, today=desk.today, actor=desk.actor
        )
        shape = options.shape(desk, format)
        at = done.at.astimezone(desk.settings.zone)
    if format != "table":
        emit([_row(done)], TAKEN_BACK, shape)
        return
    if dry_run:
        say(_("Dry run: nothing was changed. Taking it back would do this:"))
    say(
        _("Taken back: {verb} (operation {number}, {actor}, {at}).").format(
            verb=done.verb,
            number=done.undone,
            actor=visible(done.actor, 40),
            at=at.strftime("%Y-%m-%d %H:%M"),
        )
    )
    for label, rows in (
        (_("gone: {what}"), done.gone),
        (_("back: {what}"), done.back),
        (_("as before: {what}"), done.restored),
        (_("reversed: {what}"), done.reversed),
    ):
        if rows:
            say("  " + label.format(what=_named(rows)))
    if not dry_run:
        command = context.command("undo", str(done.operation))
        say(_("That can be taken back, too: {command}").format(command=command))


def _named(rows: Sequence[Touched]) -> str:
    """Rows by their kinds: customer C1, contact of C1."""
    there = [f"{word('table', one.table)} {one.name}" for one in rows]
    texts = list(dict.fromkeys(there))
    more = _(" and {n} more").format(n=len(texts) - _NAMED) if len(texts) > _NAMED else ""
    return listed(texts[:_NAMED]) + more


def _row(done: TakenBack) -> dict[str, object]:
    told = {name: [f"{one.table} {one.name}" for one in getattr(done, name)] for name in _ROWS}
    return asdict(done) | told


_ROWS = ("gone", "back", "restored", "reversed")
