"""`tourcrm products`: what is sold again and again."""

from typing import Annotated

import typer

from tourcrm.base.columns import PRODUCT
from tourcrm.base.display import visible
from tourcrm.base.errors import WrongUsage
from tourcrm.base.i18n import N_, _
from tourcrm.bookings import products
from tourcrm.commands import options
from tourcrm.commands.fields import headers, with_options
from tourcrm.commands.imports import command
from tourcrm.terminal import context, typed
from tourcrm.terminal.render import card, emit, say
from tourcrm.terminal.typer_i18n import cli_group

app = cli_group(
    epilog=(
        "tourcrm products add YN6 --name 云南6日 --destination 云南 --days 6 --price 3980\n"
        "tourcrm products list"
    )
)

Code = Annotated[str, typer.Argument(metavar=N_("PRODUCT"), help=N_("the product's code"))]


command.register(
    app,
    "products",
    N_("Import products from a sheet; those that are there already are known by their codes."),
    N_("Example: tourcrm products import 线路.xlsx"),
)


@app.command(
    "add",
    help=N_("Add a product, of which departures can be sold."),
    epilog=N_(
        "Example: tourcrm products add YN6 --name 云南6日 --destination 云南 --days 6 --price 3980"
    ),
)
@with_options(PRODUCT)
def add(
    code: Annotated[str, typer.Argument(metavar=N_("PRODUCT"), help=N_("a code of your own"))],
    name: Annotated[
        str | None, typer.Option("--name", help=N_("what it is called; else its code"))
    ] = None,
    **given: str | None,
) -> None:
    with context.writing("products add") as desk:
        values = typed.read(PRODUCT, given | {"code": code, "name": name or code}, desk.settings)
        row = products.add(desk.session, desk.number, values)
        text = _("Added {code} {name}.")
        line = text.format(code=visible(row.code), name=visible(row.name, 60))
    say(line)


@app.command(
    "list",
    help=N_("List the products."),
    epilog=N_("Example: tourcrm products list"),
)
def list_(
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    with context.reading() as desk:
        shape = options.shape(desk, format, output, excel)
        emit(products.listed(desk.session), PRODUCT, shape, title=_("Products"))


@app.command(
    "show",
    help=N_("Show everything about a product."),
    epilog=N_("Example: tourcrm products show YN6"),
)
def show(code: Code, format: options.Format = "table", output: options.Output = None) -> None:
    with context.reading() as desk:
        row = products.find_one(desk.session, code)
        shape = options.shape(desk, format, output)
        if format == "table" and output is None:
            card(row, PRODUCT, shape)
        else:
            emit([row], PRODUCT, shape)


@app.command(
    "edit",
    help=N_('Change a product; what was sold stays as it is. An empty text clears: --note "".'),
    epilog=N_("Example: tourcrm products edit YN6 --price 4280"),
)
@with_options(PRODUCT, edited=True)
def edit(code: Code, **given: str | None) -> None:
    with context.writing("products edit") as desk:
        values = typed.read(PRODUCT, given, desk.settings)
        if not values:
            raise WrongUsage(N_("Say what to change, for example --price 13800."))
        row = products.find_one(desk.session, code)
        changed = products.edit(desk.session, desk.number, row, values)
        named = visible(row.code)
    if changed:
        say(_("Changed {code}: {fields}.").format(code=named, fields=headers(PRODUCT, changed)))
    else:
        say(_("Nothing changed: {code} is like that already.").format(code=named))
