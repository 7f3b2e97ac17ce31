"""Opened, answered, judged, made good."""

from typing import TYPE_CHECKING, Annotated

import typer

from tourcrm.base.columns import COMPLAINT
from tourcrm.base.display import visible
from tourcrm.base.errors import Refused, WrongUsage
from tourcrm.base.i18n import N_, _
from tourcrm.bookings import trips
from tourcrm.commands import options
from tourcrm.commands.complaints import entry
from tourcrm.commands.fields import refuse_doubtful, with_options
from tourcrm.commands.pages.layout import listed, word
from tourcrm.db.codes import id_of
from tourcrm.terminal import typed
from tourcrm.terminal.render import Shape, say
from tourcrm.terminal.typer_i18n import cli_group

if TYPE_CHECKING:
    from tourcrm.complaints.steps import Done
    from tourcrm.models import Customer, Trip
    from tourcrm.terminal.context import Desk

app = cli_group()


@app.command(
    "open",
    help=N_(
        "Open a complaint; from now on its clock runs. That the customer got in touch is logged "
        "as a contact, too. A crisis on a departure holds back greetings and offers for all on it, "
        "until it is closed."
    ),
    epilog=N_(
        "Example: tourcrm complaints open 王芳 房间有霉味 --category hotel --trip T0000012\n"
        'tourcrm complaints open 13800138000 大巴故障，全团滞留 --crisis --at "2026-11-20 22:10"\n'
        "tourcrm complaints open --departure YN6-0501 大巴故障，全团滞留 --crisis"
    ),
)
@with_options(COMPLAINT)
def open_(
    who: Annotated[
        str,
        typer.Argument(
            metavar=N_("CUSTOMER"),
            help=N_(
                "a code, a phone number, or a name that only one has; with --departure it may be "
                "left out"
            ),
        ),
    ],
    text: Annotated[
        str | None, typer.Argument(metavar=N_("TEXT"), help=N_("what the customer says"))
    ] = None,
    code: entry.TripCode = None,
    departure: Annotated[
        str | None,
        typer.Option(
            "--departure",
            metavar=N_("TRIP"),
            help=N_("with --crisis: the departure's code, or any order of it"),
        ),
    ] = None,
    crisis: Annotated[
        bool, typer.Option("--crisis", help=N_("an emergency: 30 minutes instead of 2 hours"))
    ] = False,
    category: entry.Category = None,
    in_charge: entry.InCharge = None,
    channel: Annotated[
        str | None,
        typer.Option("--channel", help=N_("how it came (phone, wechat ...); phone if left out")),
    ] = None,
    at: entry.At = None,
    staff: entry.Staff = None,
    **more: str | None,
) -> None:
    from tourcrm.complaints import departures
    from tourcrm.complaints import service as complaints

    options.not_together({"--departure": departure is not None, "--trip": code is not None})
    if departure is not None and not crisis:
        raise WrongUsage(
            N_("{option} only goes with {other}."), option="--departure", other="--crisis"
        )
    name: str | None = who
    if text is None and departure is not None:
        name, text = None, who
    if text is None:
        raise WrongUsage(N_("Say what the customer says: complaints open CUSTOMER TEXT"))
    with entry.acting("complaints open", staff) as (desk, act):
        row, about = _whose(desk, name, code, departure)
        said = complaints.Opening(
            text=entry.words(text, N_("TEXT")),
            severity="crisis" if crisis else "routine",
            category=entry.value(desk, entry.CATEGORY, category) or "other",
            channel=entry.value(desk, entry.CHANNEL, channel) or "phone",
            at=entry.value(desk, entry.AT, at),
            in_charge=entry.option(in_charge, "--in-charge"),
            more=typed.read(COMPLAINT, more, desk.settings),
        )
        done = complaints.open_(act, row, said, about)
        case = entry.complaint(desk, done.code)
        aboard = departures.of_crisis(desk.session, case, desk.today)
        zone, now = desk.settings.zone, desk.now
    entry.say(done, _("Opened {code} for {customer} {name}."))
    entry.say_until(done, zone, now)
    entry.say_aboard(aboard)
    entry.say_next(done)


def _whose(
    desk: "Desk", who: str | None, code: str | None, departure: str | None
) -> "tuple[Customer, Trip | None]":
    """Whose complaint it is, and about which trip. Raises Refused for a customer who is not on the
    departure."""
    from tourcrm.commands import named
    from tourcrm.complaints import departures

    session = desk.session
    of_it = _on(desk, departure) if departure else None
    if who is None and of_it is not None:
        return trips.customer_of(session, of_it), of_it
    row = named.customer(desk, who or "")
    if of_it is None:
        return row, named.trip_of(desk, code, row) if code else None
    own = departures.order_of(session, of_it, id_of(row), desk.today)
    if own is None:
        raise Refused(
            N_("{customer} is not on the departure of {trip}; see: tourcrm trips show {trip}"),
            customer=row.code,
            trip=of_it.code,
        )
    return row, own


def _on(desk: "Desk", departure: str) -> "Trip":
    """An order of a departure that is named by its code, by an order or by whose that is. Raises
    Refused where nobody is booked on it."""
    from tourcrm.bookings import seats
    from tourcrm.commands import named
    from tourcrm.db import codes
    from tourcrm.models import Departure

    row = codes.row_called(desk.session, Departure, departure)
    if row is None:
        return named.trip(desk, departure)
    booked = seats.booked(desk.session, row)
    if not booked:
        raise Refused(N_("Nobody is booked on {code}."), code=row.code)
    return booked[0]


@app.command(
    "respond",
    help=N_(
        "Record the first answer, which stops the clock. A crisis is answered when somebody is in "
        "charge, the customer was called and sent a message, has the news, and a plan B."
    ),
    epilog=N_(
        "Example: tourcrm complaints respond K00001 当晚已换房并致歉 --channel phone\n"
        "tourcrm complaints respond K00002 --in-charge 李娜 --contacted --news 备用大巴21点到 "
        "--plan-b 就近入住酒店"
    ),
)
def respond(
    code: entry.Code,
    text: Annotated[
        str | None,
        typer.Argument(metavar=N_("TEXT"), help=N_("the solution that the customer was given")),
    ] = None,
    in_charge: entry.InCharge = None,
    contacted: Annotated[
        bool, typer.Option("--contacted", help=N_("the customer was called and sent a message"))
    ] = False,
    news: Annotated[
        str | None, typer.Option("--news", help=N_("what the customer was told of the situation"))
    ] = None,
    plan_b: Annotated[
        str | None, typer.Option("--plan-b", help=N_("what happens if the first plan fails"))
    ] = None,
    channel: entry.Reached = None,
    at: entry.At = None,
    staff: entry.Staff = None,
) -> None:
    from tourcrm.complaints import service as complaints

    with entry.acting("complaints respond", staff) as (desk, act):
        row = entry.complaint(desk, code)
        given = {
            "in_charge": entry.option(in_charge, "--in-charge"),
            "contacted": "" if contacted else None,
            "news": entry.option(news, "--news"),
            "plan_b": entry.option(plan_b, "--plan-b"),
        }
        answer = complaints.Answer(
            text=None if text is None else entry.words(text, N_("TEXT")),
            ticks=tuple((point, said or None) for point, said in given.items() if said is not None),
            at=entry.value(desk, entry.AT, at),
            channel=entry.value(desk, entry.CHANNEL, channel),
        )
        done = complaints.respond(act, row, answer)
        zone = desk.settings.zone
    if done.due_at is None:
        entry.say(done, _("Answered: {code} of {customer} {name}. Its clock stands still."))
    else:
        entry.say(done, _("Recorded for {code} of {customer} {name}; its clock still runs."))
        missing = [word("complaint_step", point) for point in done.unticked]
        say(
            _("Missing until {moment}: {points}.").format(
                moment=f"{done.due_at.astimezone(zone):%Y-%m-%d %H:%M}",
                points=listed(missing) or _("the solution"),
            )
        )
    entry.say_next(done)


@app.command(
    "attribute",
    help=N_(
        "Say whose fault it was; that decides what is owed. It may be changed until it is closed."
    ),
    epilog=N_(
        "Example: tourcrm complaints attribute K00001 third_party --supplier 桂林大酒店\n"
        "tourcrm complaints attribute K00001 unfounded --note 客人看错了日期"
    ),
)
def attribute(
    code: entry.Code,
    cause: Annotated[
        str,
        typer.Argument(
            metavar=N_("CAUSE"),
            help=N_(
                "service_failure (the agency's), third_party (a supplier's), force_majeure "
                "(nobody's) or unfounded"
            ),
        ),
    ],
    supplier: Annotated[
        str | None, typer.Option("--supplier", help=N_("which third party it was"))
    ] = None,
    note: Annotated[str | None, typer.Option("--note", help=N_("how that was found"))] = None,
    staff: entry.Staff = None,
) -> None:
    from tourcrm.complaints import service as complaints

    with entry.acting("complaints attribute", staff) as (desk, act):
        row = entry.complaint(desk, code)
        found = entry.value(desk, entry.CAUSE, cause, _("CAUSE"))
        if found is None:
            raise WrongUsage(N_("{option} is empty."), option=_("CAUSE"))
        done = complaints.attribute(
            act,
            row,
            found,
            supplier=entry.option(supplier, "--supplier"),
            text=entry.option(note, "--note"),
        )
    entry.say(
        done,
        _("Judged: {code} of {customer} {name}: {cause}."),
        cause=word("cause", found),
    )
    entry.say_next(done)


@app.command(
    "compensate",
    help=N_(
        "Give what the cause owes: by default a refund of 10 % of the trip's price, promised now, "
        "and a voucher with which the next trip costs 80 %. Each once, unless --again."
    ),
    epilog=N_(
        "Example: tourcrm complaints compensate K00001\n"
        "tourcrm complaints compensate K00001 --amount 500 --no-voucher\n"
        "tourcrm complaints compensate K00002 --alternative 改走海螺沟\n"
        "tourcrm complaints compensate K00002 --gift 真丝围巾"
    ),
)
def compensate(
    code: entry.Code,
    amount: Annotated[
        str | None, typer.Option("--amount", help=N_("the refund, instead of a share of the price"))
    ] = None,
    pay_ratio: Annotated[
        str | None,
        typer.Option(
            "--pay-ratio", help=N_("what the customer pays with the voucher: 8折, 80% or 0.8")
        ),
    ] = None,
    no_refund: Annotated[bool, typer.Option("--no-refund", help=N_("no refund"))] = False,
    no_voucher: Annotated[bool, typer.Option("--no-voucher", help=N_("no voucher"))] = False,
    again: Annotated[
        bool, typer.Option("--again", help=N_("give once more what was given before"))
    ] = False,
    override: Annotated[
        bool,
        typer.Option(
            "--override", help=N_("a refund although it was force majeure; needs --reason")
        ),
    ] = False,
    reason: Annotated[str | None, typer.Option("--reason", help=N_("why"))] = None,
    alternative: Annotated[
        str | None, typer.Option("--alternative", help=N_("what was offered instead"))
    ] = None,
    gift: Annotated[
        str | None, typer.Option("--gift", help=N_("a small gift, at any time"))
    ] = None,
    upgrade: Annotated[
        str | None, typer.Option("--upgrade", help=N_("an upgrade on a later trip: which"))
    ] = None,
    adviser: Annotated[
        str | None,
        typer.Option(
            "--adviser", metavar=N_("NAME"), help=N_("a travel adviser of their own: who it is")
        ),
    ] = None,
    staff: entry.Staff = None,
    yes: options.Yes = False,
) -> None:
    from tourcrm.base import ratio
    from tourcrm.complaints import compensation

    options.not_together({"--no-refund": no_refund, "--amount": amount is not None})
    options.not_together({"--no-voucher": no_voucher, "--pay-ratio": pay_ratio is not None})
    paid = None if pay_ratio is None else options.parse_with(ratio.parse, pay_ratio, "--pay-ratio")
    refuse_doubtful(paid, yes)
    given = {"gift": gift, "upgrade": upgrade, "adviser": adviser}
    with entry.acting("complaints compensate", staff) as (desk, act):
        row = entry.complaint(desk, code)
        offer = compensation.Offer(
            amount=entry.value(desk, entry.PRICE, amount, "--amount"),
            pay_ratio=paid,
            refund=not no_refund,
            discount=not no_voucher,
            again=again,
            override=override,
            reason=entry.option(reason, "--reason"),
            alternative=entry.option(alternative, "--alternative"),
            privileges=tuple(
                (kind, entry.words(text, f"--{kind}"))
                for kind, text in given.items()
                if text is not None
            ),
        )
        done = compensation.compensate(act, row, offer)
        shape = options.shape(desk)
    entry.say(done, _("For {code} of {customer} {name}:"))
    if done.changed:
        _say_given(done, alternative, shape)
    entry.say_next(done)
    if "compensation" in done.needs:
        from tourcrm.complaints.lifecycle import Unwanted

        say(_("If the rest is not to be given: {command}").format(command=Unwanted(done.code)))


def _say_given(done: "Done", alternative: str | None, shape: Shape) -> None:
    from tourcrm.commands.pages import complaint

    for one in done.booked:
        say("  " + complaint.compensation_text(one, shape))
        if one.kind == "refund":
            say("  " + _("When it is paid: tourcrm payments pay {code}").format(code=one.code))
    if alternative is not None:
        say("  " + _("alternative offered: {what}").format(what=visible(alternative, 200)))
