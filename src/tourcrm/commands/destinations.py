"""`tourcrm destinations`: what those who go to a place should know."""

from typing import Annotated

import typer

from tourcrm.base.columns import by_field
from tourcrm.base.display import visible
from tourcrm.base.errors import WrongUsage
from tourcrm.base.i18n import N_, _
from tourcrm.bookings import destinations
from tourcrm.commands import options
from tourcrm.commands.imports import command
from tourcrm.commands.pages.layout import word
from tourcrm.db.setting import Settings
from tourcrm.reports.departure_sheet import NUMBERS
from tourcrm.terminal import context, typed
from tourcrm.terminal.render import emit, say
from tourcrm.terminal.typer_i18n import cli_group

app = cli_group(
    epilog=N_(
        "tourcrm destinations note 云南 weather 早晚凉，白天20度上下\n"
        "tourcrm destinations note 日本 embassy +81334033388\n"
        "tourcrm destinations list"
    )
)

_COLUMNS = by_field(NUMBERS)
_LISTED = tuple(_COLUMNS[field] for field in ("place", "topic", "text"))


command.register(
    app,
    "destinations",
    N_("Import what there is to know of places: a row for each topic, or a column."),
    N_("Example: tourcrm destinations import 目的地.xlsx"),
)


@app.command(
    "note",
    help=N_(
        "Note what there is to know of a place: weather, clothing, emergency, hospital, embassy or "
        'customs. It replaces what was noted; an empty text takes it back: "".'
    ),
    epilog=N_("Example: tourcrm destinations note 云南 hospital 昆明第一人民医院"),
)
def note(
    place: Annotated[str, typer.Argument(metavar=N_("PLACE"), help=N_("where"))],
    topic: Annotated[
        str,
        typer.Argument(
            metavar=N_("TOPIC"),
            help=N_("weather, clothing, emergency, hospital, embassy or customs"),
        ),
    ],
    text: Annotated[str, typer.Argument(metavar=N_("TEXT"), help=N_("what to know"))],
) -> None:
    with context.writing("destinations note") as desk:
        named = _said("place", place, desk.settings)
        about = _said("topic", topic, desk.settings)
        words = typed.value(_COLUMNS["text"], text, desk.settings, N_("TEXT"))
        new = destinations.note(desk.session, desk.number, named, about, words)
    done = _("Noted for {place}: {topic}.") if words else _("Taken back for {place}: {topic}.")
    if not new:
        done = _("Nothing changed: that is noted for {place} already: {topic}.")
    say(done.format(place=visible(named, 60), topic=word("destination_topic", about)))


def _said(field: str, text: str, settings: Settings) -> str:
    found = typed.value(_COLUMNS[field], text, settings, field.upper())
    if found is None:
        raise WrongUsage(N_("{name} must say something."), name=field.upper())
    return str(found)


@app.command(
    "list",
    help=N_("List what is noted of places, which handbooks and the guide's sheets draw on."),
    epilog=N_("Example: tourcrm destinations list 云南"),
)
def list_(
    place: Annotated[
        str | None, typer.Argument(metavar=N_("PLACE"), help=N_("only of this place"))
    ] = None,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    with context.reading() as desk:
        shape = options.shape(desk, format, output, excel)
        emit(destinations.listed(desk.session, place), _LISTED, shape, title=_("Places"))
