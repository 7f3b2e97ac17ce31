"""`tourcrm payments`: what is promised back, paid, reversed."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

import typer

from tourcrm.base.columns import PAYMENT, PROMISED
from tourcrm.base.display import visible
from tourcrm.base.i18n import N_, _, ngettext
from tourcrm.base.money import format_amount
from tourcrm.bookings import payments, trips
from tourcrm.bookings.payments import Line
from tourcrm.commands import named, options
from tourcrm.commands.fields import Limit, emit_list, reason_in, with_options
from tourcrm.complaints import clock
from tourcrm.customers import lookup
from tourcrm.customers import service as customers
from tourcrm.terminal import context, typed
from tourcrm.terminal.render import say
from tourcrm.terminal.typer_i18n import cli_group

app = cli_group(
    epilog=N_(
        "tourcrm payments list --promised\n"
        "tourcrm payments pay P0000012 --method 微信 --reference 4200001\n"
        "tourcrm payments reverse P0000012 --reason 投诉不成立"
    )
)

Code = Annotated[
    str,
    typer.Argument(
        metavar=N_("PAYMENT"),
        help=N_("the payment's code; or the customer: code, phone or name"),
    ),
]


@app.command(
    "list",
    help=N_(
        "List payments, the latest first: money received is positive, money back to the customer "
        "negative. --promised: only what is owed to customers and not paid yet."
    ),
    epilog=N_(
        "Example: tourcrm payments list --promised\n"
        "tourcrm payments list --customer 王芳\n"
        "tourcrm payments list --complaint K00001"
    ),
)
def list_(
    promised: Annotated[
        bool, typer.Option("--promised", help=N_("only what is promised back and not paid yet"))
    ] = False,
    who: options.OfCustomer = None,
    code: Annotated[
        str | None, typer.Option("--trip", metavar=N_("TRIP"), help=N_("only of this trip"))
    ] = None,
    case: Annotated[
        str | None,
        typer.Option("--complaint", metavar=N_("COMPLAINT"), help=N_("only of this complaint")),
    ] = None,
    as_of: options.AsOf = None,
    limit: Limit = None,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    with context.reading() as desk:
        session = desk.session
        row = lookup.find_one(session, who, desk.settings["region"]) if who else None
        day = options.day(desk, as_of)
        wanted = payments.Wanted(
            day=day,
            customer_id=customers.id_of(row) if row else None,
            trip_id=trips.id_of(named.trip(desk, code)) if code else None,
            complaint_id=clock.number_of(named.complaint(desk, case)) if case else None,
            promised=promised,
        )
        shape = options.shape(desk, format, output, excel)
        emit_list(
            lambda most: _aged(payments.listed(session, replace(wanted, limit=most)), day),
            lambda: payments.totals(session, wanted)[0],
            limit,
            PROMISED if promised else PAYMENT,
            shape,
            _("Payments"),
        )
        count, amount = payments.totals(session, wanted) if promised else (0, 0)
    if count and format == "table" and output is None:
        text = ngettext(
            "{count} refund is still to be paid: {amount}.",
            "{count} refunds are still to be paid: {amount} together.",
            count,
        )
        say(text.format(count=count, amount=format_amount(-amount, shape.currency)))


def _aged(lines: Iterable[Line], day: date) -> Iterator[dict[str, Any]]:
    """Lines with the days since they were promised."""
    for line in lines:
        yield line._asdict() | {"days": (day - line.promised_on).days}


@app.command(
    "pay",
    help=N_("Record that a promised refund was paid."),
    epilog=N_("Example: tourcrm payments pay P0000012 --on 2026-11-19 --method 微信"),
)
@with_options(PAYMENT)
def pay(
    code: Code,
    on: options.On = None,
    **given: str | None,
) -> None:
    with context.writing("payments pay") as desk:
        said = typed.read(PAYMENT, given, desk.settings)
        row = named.payment(desk, code, named.promised)
        paid = payments.pay(
            desk.session,
            lambda: desk.operation,
            row,
            day=options.past_day(desk, on),
            **said,
        )
        line = payments.shown(desk.session, row)
        amount = format_amount(abs(line.amount), desk.settings["currency"])
    if paid.already:
        text = _("{code} was paid already, on {day} ({how}); nothing was changed.")
        how = (paid.method, paid.reference, paid.by)
        shown = ", ".join(visible(part, 40) for part in how if part)
        say(text.format(code=paid.code, day=paid.on, how=shown or "?"))
        return
    text = _("{code} is paid: {amount} back to {customer} {name} for {trip}, on {day}.")
    say(text.format(code=paid.code, amount=amount, day=paid.on, **_whose(line)))


@app.command(
    "reverse",
    help=N_("Reverse a payment by one with the opposite sign; nothing is deleted."),
    epilog=N_("Example: tourcrm payments reverse P0000012 --reason 投诉不成立"),
)
def reverse(
    code: Code,
    reason: Annotated[str, typer.Option("--reason", help=N_("why"))],
) -> None:
    with context.writing("payments reverse") as desk:
        note = reason_in(reason, desk)
        row = named.payment(desk, code, named.standing)
        was_paid = row.paid_on is not None
        back = payments.reverse(
            desk.session, lambda: desk.operation, row, day=desk.today, note=note
        )
        line = payments.shown(desk.session, row)
        amount = format_amount(abs(line.amount), desk.settings["currency"])
        reversal = back.code
    text = (
        _("{code} is reversed by {reversal}: {amount} of {customer} {name} for {trip}.")
        if was_paid
        else _(
            "{code} is reversed by {reversal}: {amount} is not owed to {customer} {name} any "
            "more, for {trip}."
        )
    )
    say(text.format(code=line.code, reversal=reversal, amount=amount, **_whose(line)))


def _whose(line: Line) -> dict[str, str]:
    return {"customer": line.customer, "name": visible(line.name, 40), "trip": line.trip}
