"""`tourcrm demo`: everything at once, with a sample agency in a file of its own."""

import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import typer

from tourcrm import sample
from tourcrm.base.display import visible
from tourcrm.base.errors import Refused
from tourcrm.base.i18n import N_, _, language
from tourcrm.commands import segments
from tourcrm.commands.followups import lists
from tourcrm.commands.imports import intake
from tourcrm.db import engine, files
from tourcrm.terminal import context
from tourcrm.terminal.render import say
from tourcrm.terminal.typer_i18n import cli_group

app = cli_group()

_ENTITIES = {
    sample.CUSTOMERS: "customers",
    sample.OLD_ORDERS: "trips",
    sample.NEW_ORDERS: "trips",
    sample.CONTACTS: "interactions",
}


_ROWS = 8  # of each long table: a taste


def place() -> Path:
    """Where the demo's database is: what --db says, else beside the usual one."""
    world = context.world()
    return world.database if world.named else world.database.with_name("demo.db")


@app.command(
    "demo",
    help=N_("Show everything with a sample agency."),
    epilog=N_("Example: tourcrm demo"),
)
def demo() -> None:
    path = place()
    _make_room(path)
    files.create(
        path,
        {
            "time_zone": "Asia/Shanghai",
            "currency": "CNY",
            "language": language(),
            "today": sample.SAMPLE_DAY.isoformat(),
        },
    )
    context.use(
        replace(context.world(), database=path, option=True, day_is_meant=True, table_rows=_ROWS)
    )
    say(
        _("The sample agency {name}, as of {day}, in {path}").format(
            name=sample.AGENCY, day=sample.SAMPLE_DAY, path=visible(str(path))
        )
    )
    for name in sample.FILES:
        _title(f"tourcrm {_ENTITIES[name]} import {name}")
        with suppress(typer.Exit):  # rejected rows: the sample has some, and they were told
            intake.run(_ENTITIES[name], str(sample.FOLDER / name), beside=path)
    _title("tourcrm segments quadrants")
    segments.quadrants()
    _title("tourcrm segments tiers")
    segments.tiers()
    _title("tourcrm followups due")
    lists.due()
    say("")
    say(_("Go on in it yourself: {command}").format(command=context.command("followups", "due")))


def _make_room(path: Path) -> None:
    """An earlier demo goes; anything else that stands there is refused."""
    if not os.path.lexists(path):
        return
    with engine.reading(path) as session:
        fixed = engine.rows(session, "SELECT value FROM setting WHERE key = 'today'")
    if not fixed or fixed[0][0] != sample.SAMPLE_DAY.isoformat():
        raise Refused(
            N_(
                "{path} is a database of yours; "
                "the demo needs a file of its own: name another with --db"
            ),
            path=visible(str(path)),
        )
    for end in ("-wal", "-shm", ""):  # a log without its file would be in the way of the next
        path.with_name(path.name + end).unlink(missing_ok=True)


def _title(command: str) -> None:
    say("")
    say(f"$ {command}")
