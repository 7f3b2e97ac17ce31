"""`tourcrm payments`: received, owed, promised back, reversed."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated, Any

import typer

from tourcrm.base.columns import INSTALLMENT, PAYMENT, PROMISED, RECEIVABLE, by_field
from tourcrm.base.display import visible
from tourcrm.base.errors import WrongUsage
from tourcrm.base.i18n import N_, _, ngettext
from tourcrm.base.money import format_amount
from tourcrm.bookings import payments, plans, receivables
from tourcrm.bookings.payments import Line
from tourcrm.commands import named, options
from tourcrm.commands.fields import (
    Limit,
    emit_list,
    opened,
    reason_in,
    register_export,
    with_options,
)
from tourcrm.commands.imports import command
from tourcrm.commands.pages.layout import listed, word
from tourcrm.commands.terms import terms_of
from tourcrm.db.codes import id_of
from tourcrm.terminal import context, typed
from tourcrm.terminal.render import emit, say, tell
from tourcrm.terminal.typer_i18n import cli_group

app = cli_group(
    epilog=N_(
        "tourcrm payments list --promised\n"
        "tourcrm payments pay P0000012 --method 微信 --reference 4200001\n"
        "tourcrm payments reverse P0000012 --reason 投诉不成立"
    )
)

command.register(
    app,
    "payments",
    N_(
        "Import payments and refunds from a sheet; each names its trip by the order number. Lines "
        "are added, never edited; imports undo reverses them."
    ),
    N_(
        "Example: tourcrm payments import 收款.xlsx\n"
        "tourcrm payments import bank.csv --set kind=balance --dry-run"
    ),
)

Code = Annotated[
    str,
    typer.Argument(
        metavar=N_("PAYMENT"),
        help=N_("the payment's code; or the customer: code, phone or name"),
    ),
]


@app.command(
    "add",
    help=N_(
        "Write down money that a customer paid for a trip; --kind refund: that went back for "
        "reasons of the customer's own. Lines are never edited, only reversed."
    ),
    epilog=N_(
        "Example: tourcrm payments add T0000012 3000 --kind deposit --method 微信\n"
        "tourcrm payments add T0000012 9800 --on 2026-11-18 --reference 4200001"
    ),
)
@with_options(PAYMENT)
def add(
    which: Annotated[
        str,
        typer.Argument(
            metavar=N_("TRIP"), help=N_("the order code; or the customer: code, phone or name")
        ),
    ],
    amount: Annotated[str, typer.Argument(metavar=N_("AMOUNT"), help=N_("like 3000 or 1.2万"))],
    kind: Annotated[
        str | None,
        typer.Option(
            "--kind",
            help=N_("deposit, balance or refund; else what settles the price is its balance"),
        ),
    ] = None,
    on: options.On = None,
    **given: str | None,
) -> None:
    _store("payments add", which, amount, kind, on, given)


@app.command(
    "refund",
    help=N_(
        "Write down money that went back to a customer for reasons of the customer's own; as "
        "payments add --kind refund. What is promised for a failure is paid with payments pay."
    ),
    epilog=N_("Example: tourcrm payments refund T0000012 500 --method 微信"),
)
@with_options(PAYMENT)
def refund(
    which: Annotated[str, typer.Argument(metavar=N_("TRIP"), help=N_("the order code"))],
    amount: Annotated[str, typer.Argument(metavar=N_("AMOUNT"), help=N_("like 3000 or 1.2万"))],
    on: options.On = None,
    **given: str | None,
) -> None:
    _store("payments refund", which, amount, "refund", on, given)


def _store(
    verb: str,
    which: str,
    amount: str,
    kind: str | None,
    on: str | None,
    given: dict[str, str | None],
) -> None:
    with context.writing(verb) as desk:
        said = typed.read(PAYMENT, given | {"kind": kind, "amount": amount}, desk.settings)
        fen = abs(said.pop("amount") or 0)
        row = named.trip(desk, which)
        before = payments.paid(desk.session, row)
        known = said.pop("kind", None) or payments.kind_of(row.price, before, fen)
        if known == "reversal":
            raise WrongUsage(N_("A line is taken back with: tourcrm payments reverse"))
        line = payments.receive(
            desk.session,
            desk.number,
            row,
            fen,
            kind=known,
            day=options.past_day(desk, on),
            **said,
        )
        shown = payments.shown(desk.session, line)
        whole, currency = payments.paid(desk.session, row), desk.settings["currency"]
        price, status = row.price, row.status
    text = _("{code}: {kind} of {amount} for {trip} of {customer} {name}.")
    told = {"kind": word("payment_kind", known), "amount": format_amount(fen, currency)}
    say(text.format(code=shown.code, **told, **_whose(shown)))
    _say_balance(price, whole, currency, status)


def _say_balance(price: int | None, paid: int, currency: str, status: str) -> None:
    amounts = {"paid": format_amount(paid, currency)}
    if status in ("cancelled", "lost"):
        tell(
            _("This trip is not booked (any more); {paid} of the customer's money is here.").format(
                **amounts
            )
        )
        return
    if price is None:
        say(_("{paid} is paid; the trip has no price yet.").format(**amounts))
        return
    amounts |= {"price": format_amount(price, currency)}
    amounts |= {"rest": format_amount(abs(price - paid), currency)}
    if paid > price:
        tell(_("{paid} is paid, {rest} more than the price of {price}.").format(**amounts))
    elif paid == price:
        say(_("All of {price} is paid.").format(**amounts))
    else:
        say(_("{paid} of {price} is paid; {rest} is left.").format(**amounts))


@app.command(
    "due",
    help=N_(
        "List what customers still owe for their trips, the oldest debt first. Only trips with a "
        "payment or a plan owe anything: what was sold before counts as settled."
    ),
    epilog=N_("Example: tourcrm payments due\ntourcrm payments due --owner 李娜 -f json"),
)
def due(
    who: options.OfCustomer = None,
    owner: Annotated[
        str | None,
        typer.Option("--owner", help=N_("only customers of this colleague, and those of nobody")),
    ] = None,
    as_of: options.AsOf = None,
    reveal: options.Reveal = False,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    with opened("payments due", reveal) as desk:
        customer_id = named.customer_id(desk, who)
        debts = receivables.due(
            desk.session,
            terms_of(desk),
            options.day(desk, as_of),
            customer_id=customer_id,
            owner=owner,
        )
        shape = options.shape(desk, format, output, excel, reveal)
        emit(debts, RECEIVABLE, shape, title=_("Owed"))
    if debts and format == "table" and output is None:
        ages = receivables.totals(debts)
        parts = (
            f"{word('debt_age', age)} {format_amount(fen, shape.currency)}"
            for age, fen in ages.items()
            if fen
        )
        whole = format_amount(sum(ages.values()), shape.currency)
        say(_("Together {amount}: {parts}.").format(amount=whole, parts=listed(parts)))


@app.command(
    "plan",
    help=N_(
        "Say by when a trip is to be paid: a deposit by a day, and the rest by another. What is "
        "left out is as the settings have it."
    ),
    epilog=N_(
        "Example: tourcrm payments plan T0000012 --deposit 3000 --deposit-by 2026-12-01 "
        "--balance-by 2027-01-15"
    ),
)
def plan(
    which: Annotated[
        str,
        typer.Argument(
            metavar=N_("TRIP"), help=N_("the order code; or the customer: code, phone or name")
        ),
    ],
    deposit: Annotated[
        str | None, typer.Option("--deposit", help=N_("an amount; 0 for none"))
    ] = None,
    deposit_by: Annotated[
        str | None,
        typer.Option("--deposit-by", metavar="DATE", help=N_("the day by which it is paid")),
    ] = None,
    balance_by: Annotated[
        str | None,
        typer.Option("--balance-by", metavar="DATE", help=N_("the day by which the rest is paid")),
    ] = None,
) -> None:
    with context.writing("payments plan") as desk:
        row = named.trip(desk, which)
        price = row.price or 0
        terms = terms_of(desk)
        kind = by_field(INSTALLMENT)["amount"]
        said = typed.value(kind, deposit, desk.settings, "--deposit") if deposit else None
        fen = price * terms.share // 100 if said is None else said
        since = row.booked_on or desk.today
        rest = row.departs_on - timedelta(days=terms.days) if row.departs_on else since
        parts = plans.store(
            desk.session,
            desk.number,
            row,
            fen,
            options.parse_day(deposit_by, "--deposit-by", "ahead") if deposit_by else since,
            options.parse_day(balance_by, "--balance-by", "ahead")
            if balance_by
            else max(rest, since),
        )
        shape = options.shape(desk)
        rows = [
            {"trip": row.code, "kind": one.kind, "amount": one.amount, "due_on": one.due_on}
            for one in parts
        ]
        emit(rows, INSTALLMENT, shape, title=_("Plan"))


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
        customer_id = named.customer_id(desk, who)
        day = options.day(desk, as_of)
        wanted = payments.Wanted(
            day=day,
            customer_id=customer_id,
            trip_id=id_of(named.trip(desk, code)) if code else None,
            complaint_id=id_of(named.complaint(desk, case)) if case else None,
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
            desk.number,
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
        back = payments.reverse(desk.session, desk.number, row, day=desk.today, note=note)
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


register_export(
    app,
    "payments",
    payments.exported,
    PAYMENT,
    N_("Payments"),
    N_(
        "Export all payments, promised, paid and reversed, in the order in which they were written."
    ),
    N_("Example: tourcrm payments export -o payments.csv"),
)
