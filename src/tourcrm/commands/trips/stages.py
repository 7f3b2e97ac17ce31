"""From inquiry to journey: quote, book, complete; cancel and lose."""

from typing import Annotated

import typer

from tourcrm.base.columns import CANCELLATION, TRIP
from tourcrm.base.display import visible
from tourcrm.base.errors import WrongUsage
from tourcrm.base.i18n import N_, _, ngettext
from tourcrm.base.money import format_amount
from tourcrm.bookings import cancellation, payments, seats, stages
from tourcrm.bookings.trips import Stored
from tourcrm.commands import named, options, terms
from tourcrm.commands.departures import say_next
from tourcrm.commands.fields import headers, tell_notes
from tourcrm.terminal import context, typed
from tourcrm.terminal.render import emit, say, tell
from tourcrm.terminal.typer_i18n import cli_group

app = cli_group()

Code = Annotated[
    str,
    typer.Argument(
        metavar=N_("TRIP"),
        help=N_("the order code; or the customer: code, phone or name"),
    ),
]
Reason = Annotated[str | None, typer.Option("--reason", help=N_("why"))]
Waitlist = Annotated[
    bool, typer.Option("--waitlist", help=N_("where seats are too few: wait for them"))
]


@app.command(
    "quote",
    help=N_("Say that a trip was quoted, and at which price."),
    epilog=N_("Example: tourcrm trips quote T0000012 --price 12800"),
)
def quote(
    code: Code,
    price: Annotated[
        str | None, typer.Option("--price", help=N_("price of the whole trip, if it is another"))
    ] = None,
    on: options.On = None,
) -> None:
    with context.writing("trips quote") as desk:
        row = named.trip(desk, code, named.open_quote)
        said = typed.read(TRIP, {"price": price}, desk.settings)
        day = options.day(desk, on, "--on", "back")
        stored = stages.quote(desk.session, desk.number, row, day, desk.today, said.get("price"))
        amount = format_amount(row.price, desk.settings["currency"]) if row.price else ""
    text = _("{code} of {customer} {name} is quoted since {day}: {amount}.")
    if not amount:
        text = _("{code} of {customer} {name} is quoted since {day}, without a price.")
    say(text.format(day=day, amount=amount, **_whose(stored)))
    tell_notes(stored.notes)


@app.command(
    "book",
    help=N_(
        "Book an inquiry or a quote. On a departure it takes its seats; where they are too few it "
        "is refused, or waits for them with --waitlist."
    ),
    epilog=N_("Example: tourcrm trips book T0000012\ntourcrm trips book T0000012 --waitlist"),
)
def book(code: Code, waitlist: Waitlist = False, on: options.On = None) -> None:
    with context.writing("trips book") as desk:
        row = named.trip(desk, code, named.open_quote)
        stored = stages.book(
            desk.session,
            desk.number,
            row,
            options.day(desk, on, "--on", "back"),
            desk.today,
            desk.now if waitlist else None,
        )
        departure = seats.departure_of(desk.session, row)
        left = seats.left(desk.session, departure) if departure else None
        where = departure.code if departure else ""
        known = terms.cautions(desk, stored.code) if stored.changed else ()
    say_booked(stored, where, left)
    tell_notes(known)


def say_booked(stored: Stored, departure: str, left: int | None) -> None:
    """Say that a trip is booked and what is left, or which turn it has."""
    if stored.waits:
        text = _(
            "{code} of {customer} {name} waits for seats on {departure}: number {turn} in line."
        )
        say(text.format(departure=visible(departure), turn=stored.waits, **_whose(stored)))
    elif not stored.changed:
        text = _("Nothing changed: {code} of {customer} {name} is like that already.")
        say(text.format(**_whose(stored)))
    elif left is None:
        say(_("Booked {code} of {customer} {name}.").format(**_whose(stored)))
    else:
        text = _("Booked {code} of {customer} {name} on {departure}; seats left: {left}.")
        say(text.format(departure=visible(departure), left=left, **_whose(stored)))
    tell_notes(stored.notes)


@app.command(
    "complete",
    help=N_(
        "Say that a journey ended earlier than planned. One that ended as planned is completed by "
        "itself, from the day after its return on."
    ),
    epilog=N_("Example: tourcrm trips complete T0000012 --on 2026-11-18"),
)
def complete(code: Code, on: options.On = None) -> None:
    with context.writing("trips complete") as desk:
        row = named.trip(desk, code)
        day = options.day(desk, on, "--on", "back")
        stored = stages.complete(desk.session, desk.number, row, day, desk.today)
        last = row.returns_on
    if stored.changed:
        text = _("{code} of {customer} {name} ended on {day}.")
    else:
        text = _("Nothing changed: {code} of {customer} {name} ended on {day}.")
    say(text.format(day=last, **_whose(stored)))


@app.command(
    "cancel",
    help=N_(
        "Cancel a trip. On a departure its seats are free again. The fee is that of the setting "
        "cancellation_fees; what was paid beyond it is promised back. --quote: only say what it "
        "would cost."
    ),
    epilog=N_(
        "Example: tourcrm trips cancel T0000012 --quote\n"
        "tourcrm trips cancel T0000012 --on 2026-11-18 --reason 生病"
    ),
)
def cancel(
    code: Code,
    on: options.On = None,
    reason: Reason = None,
    quote: Annotated[
        bool, typer.Option("--quote", help=N_("say what it would cost, change nothing"))
    ] = False,
    format: options.Format = "table",
) -> None:
    if quote:
        options.not_together({"--quote": True, "--reason": reason is not None})
        _quote(code, on, format)
        return
    if format != "table":
        raise WrongUsage(N_("--format goes with --quote."))
    with context.writing("trips cancel") as desk:
        row = named.trip(desk, code)
        said = typed.read(TRIP, {"lost_reason": reason}, desk.settings)
        stored, costs = cancellation.cancel(
            desk.session,
            desk.number,
            row,
            options.day(desk, on, "--on", "back"),
            desk.today,
            desk.settings.cancellation_fees,
            said.get("lost_reason"),
        )
        first = seats.next_in_line(desk.session, seats.departure_of(desk.session, row))
        paid = payments.paid(desk.session, row)
        currency = desk.settings["currency"]
    say(_("Cancelled {code} of {customer} {name}.").format(**_whose(stored)))
    if costs is not None:
        _say_costs(costs, currency)
    elif paid > 0:
        text = _(
            "{amount} of the customer's money is there, and no fee is set: what goes back is "
            "written down with tourcrm payments refund {code} AMOUNT"
        )
        tell(text.format(amount=format_amount(paid, currency), code=visible(stored.code)))
    say_next(first)


def _quote(code: str, on: str | None, format: str) -> None:
    with context.reading() as desk:
        row = named.trip(desk, code)
        day = options.day(desk, on, "--on")
        stages.refuse_to_cancel(row, day, desk.today)
        costs = cancellation.quote(desk.session, row, day, desk.settings.cancellation_fees)
        shape = options.shape(desk, format)
        shown = visible(row.code)
    if format != "table":
        emit([costs] if costs else [], CANCELLATION, shape)
    if costs is not None:
        if format == "table":
            _say_costs(costs, shape.currency)
        return
    text = _(
        "To cancel {code} costs nothing that is known: it has no payment, plan or price, is not "
        "booked, or the setting cancellation_fees is empty."
    )
    (say if format == "table" else tell)(text.format(code=shown))


def _say_costs(costs: cancellation.Quote, currency: str) -> None:
    amounts = {
        name: format_amount(getattr(costs, name), currency)
        for name in ("price", "fee", "paid", "back", "owed")
    }
    days, share = costs.days, costs.share
    text = ngettext(
        "{days} day before the departure the fee is {share}% of {price}: {fee}.",
        "{days} days before the departure the fee is {share}% of {price}: {fee}.",
        days,
    )
    if days < 0:
        text = _("After the departure the fee is {share}% of {price}: {fee}.")
    say(text.format(days=days, share=share, **amounts))
    if costs.owed:
        say(_("{paid} is paid; the customer owes {owed}.").format(**amounts))
    else:
        say(_("{paid} is paid; {back} goes back to the customer.").format(**amounts))


@app.command(
    "lose",
    help=N_("Close an inquiry or a quote as lost, and why."),
    epilog=N_("Example: tourcrm trips lose T0000012 --reason 价格 --rival 某旅行社"),
)
def lose(
    code: Code,
    reason: Reason = None,
    rival: Annotated[str | None, typer.Option("--rival", help=N_("to whom"))] = None,
    on: options.On = None,
) -> None:
    if not (reason or rival):
        raise WrongUsage(N_("Say why (--reason) or to whom (--rival)."))
    with context.writing("trips lose") as desk:
        row = named.trip(desk, code, named.open_quote)
        said = typed.read(TRIP, {"lost_reason": reason, "rival": rival}, desk.settings)
        stored = stages.lose(
            desk.session,
            desk.number,
            row,
            options.day(desk, on, "--on", "back"),
            desk.today,
            reason=said.get("lost_reason"),
            rival=said.get("rival"),
        )
    say_changed(stored)


def say_changed(stored: Stored) -> None:
    """Say what changed of a trip."""
    if stored.changed:
        text = _("Changed {code} of {customer} {name}: {fields}.")
        say(text.format(fields=headers(TRIP, stored.changed), **_whose(stored)))
    else:
        text = _("Nothing changed: {code} of {customer} {name} is like that already.")
        say(text.format(**_whose(stored)))
    tell_notes(stored.notes)


def _whose(stored: Stored) -> dict[str, str]:
    return {
        "code": visible(stored.code),
        "customer": stored.customer,
        "name": visible(stored.name, 40),
    }
