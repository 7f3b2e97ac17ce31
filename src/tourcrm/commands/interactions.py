"""`tourcrm interactions`: contacts with customers, either way."""

from dataclasses import replace
from typing import Annotated

import typer

from tourcrm.base.columns import INTERACTION
from tourcrm.base.display import visible
from tourcrm.base.i18n import N_, _
from tourcrm.commands import named, options
from tourcrm.commands.fields import Limit, Who, emit_list, register_export, with_options
from tourcrm.commands.imports import command
from tourcrm.commands.pages.layout import word
from tourcrm.customers import contacts
from tourcrm.terminal import context, typed
from tourcrm.terminal.render import say
from tourcrm.terminal.typer_i18n import cli_group

app = cli_group(
    epilog=N_(
        "tourcrm interactions log 王芳 --note 想去北疆\n"
        "tourcrm interactions import contacts.csv\n"
        "tourcrm interactions list 王芳"
    )
)

command.register(
    app,
    "interactions",
    N_("Import contacts from a sheet."),
    N_("Example: tourcrm interactions import 联系记录.csv"),
)

_LISTED = tuple(
    replace(column, exported=True, in_table=column.in_table or column.field == "name")
    for column in INTERACTION
    if column.exported or column.field == "name"
)


@app.command(
    "log",
    help=N_(
        "Log a contact. Calls, visits and all that comes from the customer count as personal, "
        "messages to the customer do not, unless you say."
    ),
    epilog=N_(
        "Example: tourcrm interactions log 王芳 --note 想去北疆，六月\n"
        'tourcrm interactions log C000012 --channel wechat --direction in --at "2026-11-20 14:30"'
    ),
)
@with_options(INTERACTION)
def log(
    who: Who,
    code: Annotated[
        str | None, typer.Option("--trip", metavar=N_("TRIP"), help=N_("the trip it was about"))
    ] = None,
    personal: Annotated[
        bool | None,
        typer.Option("--personal/--not-personal", help=N_("whether both sides spoke")),
    ] = None,
    **given: str | None,
) -> None:
    with context.writing("interactions log") as desk:
        row = named.customer(desk, who)
        about = named.trip_of(desk, code, row) if code else None
        values = typed.read(INTERACTION, given, desk.settings)
        logged = contacts.log(
            desk.session,
            desk.number,
            row,
            values | {"personal": personal},
            desk.now,
            trip=about,
            staff=desk.actor,
        )
        at = logged.at.astimezone(desk.settings.zone).strftime("%Y-%m-%d %H:%M")
    text = _("Logged for {code} {name}: {at}, {channel}, {direction}, {kind}, {personal}.")
    say(
        text.format(
            code=logged.customer,
            name=visible(logged.name, 40),
            at=at,
            channel=word("contact_channel", logged.channel),
            direction=word("direction", logged.direction),
            kind=word("contact_kind", logged.kind),
            personal=_("personal") if logged.personal else _("not personal"),
        )
    )


@app.command(
    "list",
    help=N_("List contacts, the latest first."),
    epilog=N_("Example: tourcrm interactions list 王芳 --from 2026-01-01"),
)
def list_(
    who: options.SomeCustomer = None,
    first: options.First = None,
    last: options.Last = None,
    limit: Limit = None,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    with context.reading() as desk:
        wanted = contacts.Wanted(
            zone=desk.settings.zone,
            customer_id=named.customer_id(desk, who),
            first=options.parse_day(first, "--from") if first else None,
            last=options.parse_day(last, "--to") if last else None,
        )
        shape = options.shape(desk, format, output, excel)
        emit_list(
            lambda most: contacts.listed(desk.session, replace(wanted, limit=most)),
            lambda: contacts.count(desk.session, wanted),
            limit,
            _LISTED,
            shape,
            _("Contacts"),
        )


register_export(
    app,
    "interactions",
    contacts.exported,
    INTERACTION,
    N_("Contacts"),
    N_(
        "Export all contacts with every column, so that they can be imported again."
        " Nothing of them is hidden, with or without --reveal."
    ),
    N_("Example: tourcrm interactions export -o contacts.csv"),
)
