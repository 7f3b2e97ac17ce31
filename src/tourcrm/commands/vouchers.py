"""`tourcrm vouchers`: what was promised for a later trip."""

from dataclasses import replace
from typing import Annotated

import typer

from tourcrm.base.columns import VOUCHER, by_field
from tourcrm.base.display import visible
from tourcrm.base.errors import WrongUsage
from tourcrm.base.i18n import N_, _
from tourcrm.base.money import format_amount, plain_amount
from tourcrm.bookings import trips, voucher_list, vouchers
from tourcrm.bookings.vouchers import Redeemed
from tourcrm.commands import named, options
from tourcrm.commands.fields import Limit, Who, emit_list, reason_in, refuse_doubtful, with_options
from tourcrm.terminal import context, typed
from tourcrm.terminal.render import say, tell
from tourcrm.terminal.typer_i18n import cli_group

app = cli_group(
    epilog=N_(
        "tourcrm vouchers issue 王芳 --pay-ratio 8折\n"
        "tourcrm vouchers redeem V00012 T0000034\n"
        "tourcrm vouchers list --customer 王芳"
    )
)

_COLUMNS = by_field(VOUCHER)
_NEVER = ("never", "none", "永久", "永久有效", "长期", "长期有效", "不限", "无", "不过期")
Code = Annotated[
    str,
    typer.Argument(
        metavar=N_("VOUCHER"),
        help=N_("the voucher's code; or the customer: code, phone or name"),
    ),
]


@app.command(
    "issue",
    help=N_(
        "Promise a customer something for a later trip. --pay-ratio says what the customer pays: "
        "8折, 80% and 0.8 are the same, and the customer pays 80 %."
    ),
    epilog=N_(
        "Example: tourcrm vouchers issue 王芳 --pay-ratio 8折\n"
        "tourcrm vouchers issue C000012 --amount 500 --expires 2027-12-31\n"
        "tourcrm vouchers issue C000012 --kind gift --what 真丝围巾 --expires never"
    ),
)
@with_options(VOUCHER)
def issue(
    who: Who,
    kind: Annotated[
        str | None, typer.Option("--kind", help=N_("discount, amount, gift, upgrade or adviser"))
    ] = None,
    pay_ratio: Annotated[
        str | None,
        typer.Option("--pay-ratio", help=N_("of a discount: what the customer pays, like 8折")),
    ] = None,
    amount: Annotated[
        str | None, typer.Option("--amount", help=N_("what comes off the price, like 500"))
    ] = None,
    what: Annotated[
        str | None, typer.Option("--what", help=N_("the gift or the privilege in words"))
    ] = None,
    expires: Annotated[
        str | None,
        typer.Option(
            "--expires", metavar="DATE", help=N_("its last day, or never; else as in the settings")
        ),
    ] = None,
    yes: options.Yes = False,
    **given: str | None,
) -> None:
    with context.writing("vouchers issue") as desk:
        given |= {"kind": kind, "pay_ratio": pay_ratio, "amount": amount, "what": what}
        said = typed.read(VOUCHER, given, desk.settings)
        known = said.get("kind") or _kind(said)
        refuse_doubtful(said.get("pay_ratio"), yes)
        row = named.customer(desk, who)
        last = None
        if expires is None:
            last = vouchers.expiry(desk.settings, known, desk.today)
        elif expires.strip().casefold() not in _NEVER:
            last = options.parse_day(expires, "--expires", "ahead")
        issued = vouchers.issue(
            desk.session,
            desk.number,
            row,
            known,
            day=desk.today,
            expires_on=last,
            **{field: worth for field, worth in said.items() if field != "kind"},
        )
        worth = vouchers.worth(issued, desk.settings["currency"])
        text = _("{code} for {customer} {name}: {worth}.")
        line = text.format(
            code=issued.code, customer=row.code, name=visible(row.name, 40), worth=worth
        )
    say(line)
    if last is None:
        say(_("It does not expire."))
    else:
        say(_("Its last day is {last}.").format(last=last))


def _kind(said: dict[str, object]) -> str:
    """The kind of a voucher of which only the worth was said."""
    if said.get("pay_ratio") is not None:
        return "discount"
    if said.get("amount") is not None:
        return "amount"
    raise WrongUsage(
        N_(
            "Say what is promised: --pay-ratio 8折, --amount 500, or --kind gift, upgrade or "
            "adviser with --what."
        )
    )


@app.command(
    "redeem",
    help=N_(
        "Use a voucher, once, for a trip that is booked and not over; you are told what is left to "
        "pay. The trip's price stays as it is, unless --apply-price sets it to that: for a price "
        "that was written down without the voucher."
    ),
    epilog=N_(
        "Example: tourcrm vouchers redeem V00012 T0000034\n"
        "tourcrm vouchers redeem V00012 T0000034 --apply-price"
    ),
)
def redeem(
    code: Code,
    which: Annotated[
        str,
        typer.Argument(
            metavar=N_("TRIP"), help=N_("the order code; or the customer: code, phone or name")
        ),
    ],
    apply_price: Annotated[
        bool,
        typer.Option("--apply-price", help=N_("set the trip's price to what is left to pay")),
    ] = False,
    on: options.On = None,
    yes: options.Yes = False,
) -> None:
    with context.writing("vouchers redeem") as desk:
        row = named.voucher(desk, code)
        journey = named.trip(desk, which)
        done = vouchers.redeem(
            desk.session,
            desk.number,
            row,
            journey,
            day=options.past_day(desk, on),
            apply=apply_price,
            sure=yes,
        )
        who = trips.customer_of(desk.session, journey)
        code, name, currency = who.code, who.name, desk.settings["currency"]
        gift = None if vouchers.is_money(row) else vouchers.worth(row, currency)
    _say_redeemed(done, code, name, currency)
    if gift is not None and not done.already:
        say(_("It is {worth}.").format(worth=gift))


def _say_redeemed(done: Redeemed, who: str, name: str, currency: str) -> None:
    if done.already:
        text = _("{code} was used for {trip} already, on {day} (by {who}); nothing was changed.")
        by = visible(done.by or "?", 40)
        say(text.format(code=done.code, trip=done.trip, day=done.on, who=by))
        return
    text = _("{code} is used for {trip} of {customer} {name}.")
    say(text.format(code=done.code, trip=done.trip, customer=who, name=visible(name, 40)))
    if done.charge is not None and done.price is not None:
        charge, price = format_amount(done.charge, currency), format_amount(done.price, currency)
        if done.applied:
            text = _("The customer pays {charge}: that is the trip's price now; it was {price}.")
            say(text.format(charge=charge, price=price))
        else:
            text = _(
                "The customer pays {charge} instead of {price}. The trip's price was left at "
                "{price}; if that is without the voucher, set it: "
                "tourcrm trips edit {trip} --price {plain}"
            )
            plain = plain_amount(done.charge)
            say(text.format(charge=charge, price=price, trip=done.trip, plain=plain))
    if done.left:
        text = _("{left} of the voucher is not needed, and is gone.")
        tell(text.format(left=format_amount(done.left, currency)))
    if done.others:
        text = _(
            "Used for the same trip before: {codes}. See whether the price holds that already."
        )
        tell(text.format(codes=", ".join(done.others)))


@app.command(
    "unredeem",
    help=N_(
        "Take back the use of a voucher, which can then be used again. A price that --apply-price "
        "set becomes what it was."
    ),
    epilog=N_("Example: tourcrm vouchers unredeem V00012"),
)
def unredeem(code: Code) -> None:
    with context.writing("vouchers unredeem") as desk:
        row = named.voucher(desk, code, "used")
        done = vouchers.unredeem(desk.session, desk.number, row)
        currency = desk.settings["currency"]
    if done.trip is None:
        say(_("{code} is not used; nothing was changed.").format(code=done.code))
        return
    text = _("{code} is no longer used for {trip}, and can be used again.")
    say(text.format(code=done.code, trip=done.trip))
    if done.price is not None:
        text = _("{trip} costs {price} again.")
        say(text.format(trip=done.trip, price=format_amount(done.price, currency)))


@app.command(
    "list",
    help=N_(
        "List vouchers that can be used, the first to expire first; --all lists the others too."
    ),
    epilog=N_(
        "Example: tourcrm vouchers list\n"
        "tourcrm vouchers list --customer 王芳 --all\n"
        "tourcrm vouchers list --state expired"
    ),
)
def list_(
    who: options.OfCustomer = None,
    state: Annotated[
        str | None, typer.Option("--state", help=N_("open, used, expired or withdrawn"))
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help=N_("also those that are used, expired or withdrawn"))
    ] = False,
    as_of: options.AsOf = None,
    limit: Limit = None,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    options.not_together({"--state": state is not None, "--all": everything})
    with context.reading() as desk:
        customer_id = named.customer_id(desk, who)
        asked = typed.value(_COLUMNS["state"], state, desk.settings) if state else None
        wanted = voucher_list.Wanted(
            options.day(desk, as_of),
            customer_id=customer_id,
            state=asked or (None if everything else "open"),
        )
        shape = options.shape(desk, format, output, excel)
        emit_list(
            lambda most: voucher_list.listed(desk.session, replace(wanted, limit=most)),
            lambda: voucher_list.count(desk.session, wanted),
            limit,
            VOUCHER,
            shape,
            _("Vouchers"),
        )


@app.command(
    "withdraw",
    help=N_("Take back a voucher that was not used."),
    epilog=N_("Example: tourcrm vouchers withdraw V00012 --reason 发错了"),
)
def withdraw(
    code: Code,
    reason: Annotated[str, typer.Option("--reason", help=N_("why"))],
) -> None:
    with context.writing("vouchers withdraw") as desk:
        note = reason_in(reason, desk)
        row = named.voucher(desk, code)
        gone = vouchers.withdraw(desk.session, desk.number, row, day=desk.today, note=note)
    if gone.already:
        text = _("{code} was withdrawn already, on {day} (by {who}); nothing was changed.")
        say(text.format(code=gone.code, day=gone.on, who=visible(gone.by or "?", 40)))
    else:
        say(_("{code} is withdrawn.").format(code=gone.code))
