"""What a trip costs the agency: cost, costs."""

from typing import Annotated

import typer

from tourcrm.base.columns import COST
from tourcrm.base.display import visible
from tourcrm.base.errors import WrongUsage
from tourcrm.base.i18n import N_, _
from tourcrm.base.money import format_amount
from tourcrm.bookings import costs, margins
from tourcrm.commands import named, options
from tourcrm.commands.fields import with_options
from tourcrm.commands.trips.stages import Code
from tourcrm.db.codes import id_of
from tourcrm.models import Trip
from tourcrm.terminal import context, typed
from tourcrm.terminal.context import Desk
from tourcrm.terminal.render import emit, say, tell
from tourcrm.terminal.typer_i18n import cli_group

app = cli_group()

Line = Annotated[int | None, typer.Option("--reverse", min=1, help=N_("take this line back"))]
Paying = Annotated[
    int | None, typer.Option("--pay", min=1, help=N_("the supplier was paid for this line"))
]


@app.command(
    "cost",
    help=N_(
        "Note what a trip costs, and whom. Lines are never edited or deleted: --reverse LINE takes "
        "one back, --pay LINE says that it was paid."
    ),
    epilog=N_(
        "Example: tourcrm trips cost T0000012 6800 --supplier 云海地接 --what 地接 "
        "--commission 10% --due 2027-05-20\n"
        "tourcrm trips cost T0000012 --reverse 3"
    ),
)
@with_options(COST)
def cost(
    code: Code,
    amount: Annotated[
        str | None, typer.Argument(metavar=N_("AMOUNT"), help=N_("like 3000 or 1.2万"))
    ] = None,
    reverse: Line = None,
    pay: Paying = None,
    on: options.On = None,
    **given: str | None,
) -> None:
    options.not_together(
        {N_("AMOUNT"): amount is not None, "--reverse": bool(reverse), "--pay": bool(pay)}
    )
    if amount is None and not (reverse or pay):
        raise WrongUsage(N_("Say how much, or which line: --reverse LINE, --pay LINE."))
    unused = [field for field, text in given.items() if text is not None]
    if amount is None and unused:
        raise WrongUsage(
            N_("{option} does not go with {other}."),
            option=f"--{unused[0].replace('_', '-')}",
            other="--reverse" if reverse else "--pay",
        )
    with context.writing("trips cost") as desk:
        row = named.trip(desk, code)
        day = options.past_day(desk, on)
        if reverse:
            back = costs.reverse(
                desk.session, desk.number, costs.of_trip(desk.session, row, reverse), day
            )
            text = _("{code}: line {line} is taken back by line {back}: {amount}.")
            line, fen, other = reverse, -back.amount, back.id
        elif pay:
            paid = costs.of_trip(desk.session, row, pay)
            new = costs.pay(desk.session, desk.number, row, paid, day)
            text = _("{code}: line {line} is paid to the supplier: {amount}.")
            if not new:
                text = _("Nothing changed: line {line} of {code} was paid already: {amount}.")
            line, fen, other = pay, paid.amount, None
        else:
            said = typed.read(COST, given | {"amount": amount}, desk.settings)
            noted = costs.add(
                desk.session, desk.number, row, said.pop("amount") or 0, day=day, **said
            )
            text = _("{code} costs {amount}: line {line}.")
            line, fen, other = id_of(noted), noted.amount, None
        money = format_amount(fen, desk.settings["currency"])
        known = _margin(desk, row)
        shown = visible(row.code)
    say(text.format(code=shown, line=line, back=other, amount=money))
    _say_margin(*known, desk.settings["currency"])


def _margin(desk: Desk, row: Trip) -> tuple[int | None, int | None]:
    """What a trip brings, and the price that it has."""
    [found] = margins.of_trips(desk.session, [id_of(row)], desk.today).values()
    return found.margin, found.price


def _say_margin(margin: int | None, price: int | None, currency: str) -> None:
    if price is None:
        say(_("The trip has no price yet, so nobody knows what it brings."))
    elif margin is not None:
        amounts = {
            "margin": format_amount(margin, currency),
            "price": format_amount(price, currency),
        }
        say(_("Of {price} it leaves {margin}.").format(**amounts))
        if margin < 0:
            tell(_("This trip costs more than it brings."))


@app.command(
    "costs",
    help=N_("List what a trip costs, or all of them; --unpaid: what suppliers are still owed."),
    epilog=N_("Example: tourcrm trips costs T0000012\ntourcrm trips costs --unpaid -f csv"),
)
def costs_(
    code: Annotated[
        str | None, typer.Argument(metavar=N_("TRIP"), help=N_("the order code"))
    ] = None,
    supplier: Annotated[
        str | None, typer.Option("--supplier", help=N_("only of this supplier"))
    ] = None,
    unpaid: Annotated[
        bool, typer.Option("--unpaid", help=N_("only what is not paid to the supplier yet"))
    ] = False,
    as_of: options.AsOf = None,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    with context.reading() as desk:
        row = named.trip(desk, code) if code else None
        lines = list(
            costs.listed(
                desk.session,
                options.day(desk, as_of),
                trip_id=id_of(row) if row else None,
                supplier=supplier,
                unpaid=unpaid,
            )
        )
        shape = options.shape(desk, format, output, excel)
        emit(lines, COST, shape, title=_("Costs"))
    if lines and format == "table" and output is None:
        amount, earned = (format_amount(fen, shape.currency) for fen in costs.total(lines))
        say(_("Together {amount}; commission {earned}.").format(amount=amount, earned=earned))
