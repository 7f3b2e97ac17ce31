"""`tourcrm complaints`: when something goes wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tourcrm.base import vocabulary
from tourcrm.base.columns import (
    CHECKPOINT,
    COMPENSATION,
    COMPLAINT,
    COMPLAINT_EVENT,
    COMPLAINT_LIST,
    FIX,
    INTERACTION,
    PUNCTUALITY,
    TRIP,
    by_field,
)
from tourcrm.base.display import visible
from tourcrm.base.errors import CellError, WrongUsage
from tourcrm.base.i18n import N_, _, language
from tourcrm.bookings import trips
from tourcrm.commands import options, watch
from tourcrm.commands.fields import Who, refuse_doubtful, tell_notes
from tourcrm.customers import service as customers
from tourcrm.terminal import context, typed
from tourcrm.terminal.context import Desk
from tourcrm.terminal.render import emit, emit_parts, say
from tourcrm.terminal.typer_i18n import cli_group

if TYPE_CHECKING:
    from tourcrm.complaints.steps import Act, Done
    from tourcrm.models import Complaint

app = cli_group(
    epilog=N_(
        "tourcrm complaints open 王芳 房间有霉味 --category hotel --trip T0000012\n"
        "tourcrm complaints respond K00001 当晚已换房\n"
        "tourcrm complaints list"
    )
)

_MOST = 2000  # characters of a text
_SPAN_MONTHS = 12  # of --sla, where no days are given
_COMPLAINT, _INTERACTION, _TRIP = by_field(COMPLAINT), by_field(INTERACTION), by_field(TRIP)

Code = Annotated[str, typer.Argument(metavar=N_("COMPLAINT"), help=N_("its code, like K00001"))]
Staff = Annotated[str | None, typer.Option("--staff", help=N_("who did it; you if left out"))]
At = Annotated[
    str | None,
    typer.Option(
        "--at",
        metavar=N_("MOMENT"),
        help=N_("when, for example “2026-11-20 22:10”; now if left out"),
    ),
]
TripCode = Annotated[
    str | None, typer.Option("--trip", metavar=N_("TRIP"), help=N_("the trip that it is about"))
]
Category = Annotated[
    str | None,
    typer.Option(
        "--category",
        help=N_("guide, hotel, meals, transport, itinerary, price, service, safety or other"),
    ),
]
InCharge = Annotated[
    str | None, typer.Option("--in-charge", metavar=N_("NAME"), help=N_("who is in charge of it"))
]
Reached = Annotated[
    str | None,
    typer.Option(
        "--channel",
        help=N_("how the customer was told (phone, wechat ...); then a contact is logged, too"),
    ),
]


@app.command(
    "open",
    help=N_(
        "Open a complaint; from now on its clock runs. That the customer got in touch is logged "
        "as a contact, too."
    ),
    epilog=N_(
        "Example: tourcrm complaints open 王芳 房间有霉味 --category hotel --trip T0000012\n"
        'tourcrm complaints open 13800138000 大巴故障，全团滞留 --crisis --at "2026-11-20 22:10"'
    ),
)
def open_(
    who: Who,
    text: Annotated[str, typer.Argument(metavar=N_("TEXT"), help=N_("what the customer says"))],
    code: TripCode = None,
    crisis: Annotated[
        bool, typer.Option("--crisis", help=N_("an emergency: 30 minutes instead of 2 hours"))
    ] = False,
    category: Category = None,
    in_charge: InCharge = None,
    channel: Annotated[
        str | None,
        typer.Option("--channel", help=N_("how it came (phone, wechat ...); phone if left out")),
    ] = None,
    at: At = None,
    staff: Staff = None,
) -> None:
    from tourcrm.complaints import service as complaints

    with _acting("complaints open", staff) as (desk, act):
        row = customers.find_one(desk.session, who, desk.settings["region"])
        said = complaints.Opening(
            text=_words(text, N_("TEXT")),
            severity="crisis" if crisis else "routine",
            category=_category(desk, category) or "other",
            channel=_channel(desk, channel) or "phone",
            at=_at(desk, at),
            in_charge=_option(in_charge, "--in-charge"),
        )
        about = trips.of_customer(desk.session, code, row) if code else None
        done = complaints.open_(desk.session, act, desk.settings, row, said, about)
        zone, now = desk.settings.zone, desk.now
    _say(done, _("Opened {code} for {customer} {name}."))
    _say_until(done, zone, now)
    _say_next(done)


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
    code: Code,
    text: Annotated[
        str | None,
        typer.Argument(metavar=N_("TEXT"), help=N_("the solution that the customer was given")),
    ] = None,
    in_charge: InCharge = None,
    contacted: Annotated[
        bool,
        typer.Option("--contacted", help=N_("the customer was called and sent a message")),
    ] = False,
    news: Annotated[
        str | None, typer.Option("--news", help=N_("what the customer was told of the situation"))
    ] = None,
    plan_b: Annotated[
        str | None, typer.Option("--plan-b", help=N_("what happens if the first plan fails"))
    ] = None,
    channel: Reached = None,
    at: At = None,
    staff: Staff = None,
) -> None:
    from tourcrm.complaints import service as complaints

    with _acting("complaints respond", staff) as (desk, act):
        row = _found(desk, code)
        given = {
            "in_charge": _option(in_charge, "--in-charge"),
            "contacted": "" if contacted else None,
            "news": _option(news, "--news"),
            "plan_b": _option(plan_b, "--plan-b"),
        }
        answer = complaints.Answer(
            text=None if text is None else _words(text, N_("TEXT")),
            ticks=tuple((point, said or None) for point, said in given.items() if said is not None),
            at=_at(desk, at),
            channel=_channel(desk, channel),
        )
        done = complaints.respond(desk.session, act, desk.settings, row, answer)
        zone = desk.settings.zone
    if done.due_at is None:
        _say(done, _("Answered: {code} of {customer} {name}. Its clock stands still."))
    else:
        _say(done, _("Recorded for {code} of {customer} {name}; its clock still runs."))
        missing = [vocabulary.label("complaint_step", point, language()) for point in done.unticked]
        say(
            _("Missing until {moment}: {points}.").format(
                moment=f"{done.due_at.astimezone(zone):%Y-%m-%d %H:%M}",
                points=_listed(missing) or _("the solution"),
            )
        )
    _say_next(done)


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
    code: Code,
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
    staff: Staff = None,
) -> None:
    from tourcrm.complaints import service as complaints

    with _acting("complaints attribute", staff) as (desk, act):
        row = _found(desk, code)
        found = typed.value(_COMPLAINT["cause"], cause, desk.settings, _("CAUSE"))
        if found is None:
            raise WrongUsage(N_("{option} is empty."), option=_("CAUSE"))
        done = complaints.attribute(
            desk.session,
            act,
            desk.settings,
            row,
            found,
            supplier=_option(supplier, "--supplier"),
            text=_option(note, "--note"),
        )
    _say(done, _("Judged: {code} of {customer} {name}: {cause}."), cause=_label("cause", found))
    _say_next(done)


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
    code: Code,
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
    staff: Staff = None,
    yes: options.Yes = False,
) -> None:
    from tourcrm.base import ratio
    from tourcrm.complaints import compensation

    options.not_together({"--no-refund": no_refund, "--amount": amount is not None})
    options.not_together({"--no-voucher": no_voucher, "--pay-ratio": pay_ratio is not None})
    paid = None if pay_ratio is None else options.parse_with(ratio.parse, pay_ratio, "--pay-ratio")
    refuse_doubtful(paid, yes)
    with _acting("complaints compensate", staff) as (desk, act):
        row = _found(desk, code)
        given = {"gift": gift, "upgrade": upgrade, "adviser": adviser}
        offer = compensation.Offer(
            amount=_amount(desk, amount),
            pay_ratio=paid,
            refund=not no_refund,
            discount=not no_voucher,
            again=again,
            override=override,
            reason=_option(reason, "--reason"),
            alternative=_option(alternative, "--alternative"),
            privileges=tuple(
                (kind, _words(text, f"--{kind}"))
                for kind, text in given.items()
                if text is not None
            ),
        )
        done = compensation.compensate(desk.session, act, desk.settings, row, offer)
        shape = options.shape(desk)
    if done.changed:
        _say(done, _("For {code} of {customer} {name}:"))
        from tourcrm.commands.pages import complaint

        for one in done.booked:
            say("  " + complaint.compensation_text(one, shape))
            if one.kind == "refund":
                say("  " + _("When it is paid: tourcrm payments pay {code}").format(code=one.code))
        if alternative is not None:
            say("  " + _("alternative offered: {what}").format(what=visible(alternative, 200)))
    else:
        _say(done, "")
    _say_next(done)
    if "compensation" in done.needs:
        from tourcrm.complaints.lifecycle import Unwanted

        say(_("If the rest is not to be given: {command}").format(command=Unwanted(done.code)))


@app.command(
    "resolve",
    help=N_(
        "Record what was done about it, and what the agency will change so that it does not happen "
        "again."
    ),
    epilog=N_(
        "Example: tourcrm complaints resolve K00001 已退款并致歉 --fix 更换酒店 --fix-owner 李娜\n"
        "tourcrm complaints resolve K00002 已当面致歉 --no-compensation 客人谢绝"
    ),
)
def resolve(
    code: Code,
    text: Annotated[str, typer.Argument(metavar=N_("TEXT"), help=N_("what was done"))],
    fix: Annotated[
        str | None, typer.Option("--fix", help=N_("what the agency will change"))
    ] = None,
    fix_owner: Annotated[
        str | None, typer.Option("--fix-owner", metavar=N_("NAME"), help=N_("whose work that is"))
    ] = None,
    without: Annotated[
        str | None,
        typer.Option(
            "--no-compensation", metavar=N_("REASON"), help=N_("why what is owed is not given")
        ),
    ] = None,
    at: At = None,
    staff: Staff = None,
) -> None:
    from tourcrm.complaints import service as complaints

    if (fix is None) != (fix_owner is None):
        raise WrongUsage(N_("A fix has an owner: --fix TEXT --fix-owner NAME"))
    with _acting("complaints resolve", staff) as (desk, act):
        done = complaints.resolve(
            desk.session,
            act,
            desk.settings,
            _found(desk, code),
            _words(text, N_("TEXT")),
            waived=_option(without, "--no-compensation"),
            fix=_fix(fix, fix_owner, ("--fix", "--fix-owner")),
            at=_at(desk, at),
        )
    _say(done, _("Resolved: {code} of {customer} {name}."))
    _say_next(done)


@app.command(
    "fix",
    help=N_(
        "Record that what the agency wanted to change after a complaint is done, or note one more "
        "thing to change."
    ),
    epilog=N_(
        "Example: tourcrm complaints fix K00001\n"
        "tourcrm complaints fix K00001 2 --note 已培训\n"
        "tourcrm complaints fix K00001 --add 更换签约酒店 --owner 李娜"
    ),
)
def fix(
    code: Code,
    number: Annotated[
        int | None,
        typer.Argument(
            metavar=N_("NUMBER"),
            min=1,
            help=N_("which, where there are several: see complaints show"),
        ),
    ] = None,
    add: Annotated[
        str | None, typer.Option("--add", help=N_("note one more thing to change, instead"))
    ] = None,
    owner: Annotated[
        str | None, typer.Option("--owner", metavar=N_("NAME"), help=N_("whose work that is"))
    ] = None,
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help=N_("the day, if not today"))
    ] = None,
    note: Annotated[str | None, typer.Option("--note", help=N_("how it was done"))] = None,
    staff: Staff = None,
) -> None:
    from tourcrm.complaints import service as complaints

    if (add is None) != (owner is None):
        raise WrongUsage(N_("A fix has an owner: --add TEXT --owner NAME"))
    of_one = {_("NUMBER"): number, "--on": on, "--note": note}
    for name, given in of_one.items():
        options.not_together({"--add": add is not None, name: given is not None})
    with _acting("complaints fix", staff) as (desk, act):
        row = _found(desk, code)
        promised = _fix(add, owner, ("--add", "--owner"))
        if promised is not None:
            complaints.promise_fix(desk.session, act, row, *promised)
            text = _("Noted for {code}, to be mended by {owner}: {what}.")
            owner_, what = visible(promised[1], 40), visible(promised[0], 200)
            line = text.format(code=row.code, owner=owner_, what=what)
        else:
            day = options.day(desk, on, "--on")
            done = complaints.fixed(desk.session, act, row, number, day, _option(note, "--note"))
            text = _("Mended for {code}: {what}.") if done else _("Nothing changed: it was done.")
            line = text.format(code=row.code, what=visible("".join(done), 200))
    say(line)


@app.command(
    "close",
    help=N_(
        "Close a complaint once the customer was told what was done; write down how satisfied "
        "they are."
    ),
    epilog=N_("Example: tourcrm complaints close K00001 --told --satisfaction 4 --channel phone"),
)
def close(
    code: Code,
    told: Annotated[
        bool, typer.Option("--told", help=N_("the customer was told what was done"))
    ] = False,
    satisfaction: Annotated[
        int | None,
        typer.Option("--satisfaction", min=1, max=5, help=N_("what the customer says, 1 to 5")),
    ] = None,
    channel: Reached = None,
    at: At = None,
    staff: Staff = None,
) -> None:
    from tourcrm.complaints import service as complaints

    with _acting("complaints close", staff) as (desk, act):
        done = complaints.close(
            desk.session,
            act,
            desk.settings,
            _found(desk, code),
            told=told,
            satisfaction=satisfaction,
            at=_at(desk, at),
            channel=_channel(desk, channel),
        )
    _say(done, _("Closed: {code} of {customer} {name}."))


@app.command(
    "reopen",
    help=N_(
        "Open a closed complaint again that is not over after all: its clock starts anew. It needs "
        "a new answer and a new resolution, and the customer must be told again."
    ),
    epilog=N_("Example: tourcrm complaints reopen K00001 退款一直没到账"),
)
def reopen(
    code: Code,
    reason: Annotated[str, typer.Argument(metavar=N_("REASON"), help=N_("why"))],
    staff: Staff = None,
) -> None:
    from tourcrm.complaints import service as complaints

    with _acting("complaints reopen", staff) as (desk, act):
        row = _found(desk, code)
        done = complaints.reopen(
            desk.session, act, desk.settings, row, _words(reason, N_("REASON"))
        )
        zone, now = desk.settings.zone, desk.now
    _say(done, _("Reopened: {code} of {customer} {name}."))
    _say_until(done, zone, now)
    _say_next(done)


@app.command(
    "note",
    help=N_("Add to the story of a complaint."),
    epilog=N_("Example: tourcrm complaints note K00001 酒店答应明天回复"),
)
def note(
    code: Code,
    text: Annotated[str, typer.Argument(metavar=N_("TEXT"), help=N_("what is to be known"))],
    staff: Staff = None,
) -> None:
    from tourcrm.complaints import service as complaints

    with _acting("complaints note", staff) as (desk, act):
        row = _found(desk, code)
        done = complaints.note(desk.session, act, desk.settings, row, _words(text, N_("TEXT")))
    _say(done, _("Noted for {code} of {customer} {name}."))


@app.command(
    "edit",
    help=N_("Correct what is stored of a complaint."),
    epilog=N_(
        "Example: tourcrm complaints edit K00001 --trip T0000012\n"
        "tourcrm complaints edit K00001 --severity crisis"
    ),
)
def edit(
    code: Code,
    about: TripCode = None,
    severity: Annotated[
        str | None, typer.Option("--severity", help=N_("routine or crisis"))
    ] = None,
    category: Category = None,
    in_charge: InCharge = None,
    staff: Staff = None,
) -> None:
    from tourcrm.complaints import clock
    from tourcrm.complaints import service as complaints

    if not any((about, severity, category, in_charge)):
        raise WrongUsage(N_("Say what to change, for example --trip T0000012."))
    with _acting("complaints edit", staff) as (desk, act):
        row = _found(desk, code)
        who = clock.customer_of(desk.session, row)
        done = complaints.edit(
            desk.session,
            act,
            desk.settings,
            row,
            about=trips.of_customer(desk.session, about, who) if about else None,
            severity=severity
            and typed.value(_COMPLAINT["severity"], severity, desk.settings, "--severity"),
            category=_category(desk, category),
            in_charge=_option(in_charge, "--in-charge"),
        )
    _say(done, _("Changed: {code} of {customer} {name}."))
    _say_next(done)


# --- looking --------------------------------------------------------------------------------------


@app.command(
    "list",
    help=N_(
        "List open complaints: first those without an answer, by the time left on their clocks, "
        "the best tier first."
    ),
    epilog=N_(
        "Example: tourcrm complaints list\n"
        "tourcrm complaints list --all --customer 王芳\n"
        "tourcrm complaints list --sla --from 2026-01-01\n"
        "tourcrm complaints list --fixes"
    ),
)
def list_(
    everything: Annotated[
        bool, typer.Option("--all", help=N_("also those that are closed"))
    ] = False,
    closed: Annotated[
        bool, typer.Option("--closed", help=N_("only those that are closed"))
    ] = False,
    who: Annotated[
        str | None, typer.Option("--customer", help=N_("only of this one: code, phone or name"))
    ] = None,
    fixes: Annotated[
        bool,
        typer.Option(
            "--fixes", help=N_("instead, what the agency wanted to change and has not yet")
        ),
    ] = False,
    sla: Annotated[
        bool,
        typer.Option(
            "--sla", help=N_("instead, how many were answered in time, and who or what stands out")
        ),
    ] = False,
    first: Annotated[
        str | None,
        typer.Option("--from", metavar="DATE", help=N_("with --sla: opened from this day on")),
    ] = None,
    last: Annotated[
        str | None,
        typer.Option("--to", metavar="DATE", help=N_("with --sla: opened up to this day")),
    ] = None,
    as_of: options.AsOf = None,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    options.not_together({"--all": everything, "--closed": closed, "--fixes": fixes, "--sla": sla})
    options.not_together({"--sla": sla, "--customer": who is not None})
    for name, given in (("--from", first), ("--to", last)):
        if given and not sla:
            raise WrongUsage(N_("{option} only goes with {other}."), option=name, other="--sla")
    with context.reading() as desk:
        shape = options.shape(desk, format, output, excel)
        if sla:
            _emit_sla(desk, as_of, first, last, shape)
            return
        from tourcrm.complaints import clock, queries

        row = who and customers.find_one(desk.session, who, desk.settings["region"])
        number = customers.id_of(row) if row else None
        day = options.day(desk, as_of)
        if fixes:
            open_fixes = queries.fixes(desk.session, day, undone=True, customer_id=number)
            emit(open_fixes, FIX, shape, title=_("To be mended inside"))
            return
        now = clock.end_of(day, desk.today, desk.now, desk.settings)
        wanted = queries.Wanted(opened=not closed, closed=closed or everything, customer_id=number)
        rows = queries.listing(desk.session, desk.settings, now, wanted)
    if format != "table" or output is not None:
        emit(rows, COMPLAINT, shape, title=_("Complaints"))
        return
    from tourcrm.commands.pages import complaint

    shown = [complaint.in_table(one) for one in rows]
    alarming = [one | {"alarm": one["left"] is not None and one["breached"]} for one in shown]
    emit(alarming, COMPLAINT_LIST, shape, title=_("Complaints"), alarm="alarm")


def _emit_sla(
    desk: Desk, as_of: str | None, first: str | None, last: str | None, shape: Any
) -> None:
    from tourcrm.analysis.population import months_before
    from tourcrm.commands.pages import complaint
    from tourcrm.complaints import clock, sla

    day = options.day(desk, as_of)
    end = options.parse_day(last, "--to") if last else day
    start = options.parse_day(first, "--from") if first else months_before(end, _SPAN_MONTHS)
    if end < start and last is None:
        raise WrongUsage(N_("--from {first} lies after {day}."), first=start, day=end)
    if end < start:
        raise WrongUsage(N_("--to {last} is before --from {first}."), last=end, first=start)
    now = clock.end_of(day, desk.today, desk.now, desk.settings)
    report = sla.report(desk.session, desk.settings, now, start, end)
    names = [column.field for column in PUNCTUALITY]
    rows = [
        {name: getattr(one, name) for name in names} | {"label": complaint.group_text(one)}
        for one in report.shares
    ]
    table = shape.format == "table" and shape.output is None
    if not table:
        emit(rows, PUNCTUALITY, shape, title=_("Answered in time"))
        return
    if rows:
        shown = [row | {"group": row["label"]} for row in rows]
        title = _("Answered in time, {first} to {last}").format(first=start, last=end)
        emit(shown, PUNCTUALITY, shape, title=title, alarm="stands_out")
    for line in complaint.conclusions(report):
        say(line)


@app.command(
    "show",
    help=N_("Show all about a complaint: its clock, the checklist, what was given, its story."),
    epilog=N_("Example: tourcrm complaints show K00001\ntourcrm complaints show K00001 -f json"),
)
def show(code: Code, format: options.Format = "table", output: options.Output = None) -> None:
    from tourcrm.complaints import queries
    from tourcrm.complaints.lifecycle import CHECKLIST

    with context.reading() as desk:
        shape = options.shape(desk, format, output)
        row = _found(desk, code)
        page = queries.page(desk.session, desk.settings, row, desk.now, desk.today)
    if format == "json" and output is None:
        ticks = [{"point": point, "at": page.ticks.get(point)} for point in CHECKLIST]
        emit_parts(
            {},
            {
                "complaint": ([page.row], COMPLAINT),
                "checklist": (ticks if page.row.severity == "crisis" else [], CHECKPOINT),
                "compensations": (page.compensations, COMPENSATION),
                "fixes": (page.fixes, FIX),
                "events": (page.events, COMPLAINT_EVENT),
            },
            shape,
        )
    elif format != "table" or output is not None:
        emit([page.row], COMPLAINT, shape, title=_("Complaints"))
    else:
        from tourcrm.commands.pages import complaint

        for line in complaint.lines(page, shape):
            say(line)


# --- what is typed, and what is said --------------------------------------------------------------


@contextmanager
def _acting(verb: str, staff: str | None) -> Iterator[tuple[Desk, "Act"]]:
    from tourcrm.complaints.steps import Act

    with context.writing(verb) as desk:
        who = _option(staff, "--staff") or desk.actor
        yield desk, Act(lambda: desk.operation, desk.today, desk.now, who)


def _found(desk: Desk, code: str) -> "Complaint":
    from tourcrm.complaints import clock

    return clock.find_one(desk.session, code)


def _words(text: str, name: str) -> str:
    """What was typed, checked. Raises WrongUsage where it says nothing, or too much."""
    from tourcrm.base import parsing

    try:
        found = parsing.text(text, _MOST)
    except CellError as reason:
        raise WrongUsage(N_("{option}: {reason}."), option=_(name), reason=reason) from None
    if not found:
        raise WrongUsage(N_("{option} is empty."), option=_(name))
    return found


def _option(text: str | None, name: str) -> str | None:
    return None if text is None else _words(text, name)


def _fix(what: str | None, owner: str | None, names: tuple[str, str]) -> tuple[str, str] | None:
    if what is None or owner is None:
        return None
    return _words(what, names[0]), _words(owner, names[1])


def _at(desk: Desk, at: str | None) -> datetime | None:
    found: datetime | None = None
    if at is not None:
        found = typed.value(_INTERACTION["at"], at, desk.settings, "--at")
    return found


def _amount(desk: Desk, amount: str | None) -> int | None:
    found: int | None = None
    if amount is not None:
        found = typed.value(_TRIP["price"], amount, desk.settings, "--amount")
    return found


def _channel(desk: Desk, channel: str | None) -> str | None:
    found: str | None = channel and typed.value(_INTERACTION["channel"], channel, desk.settings)
    return found


def _category(desk: Desk, category: str | None) -> str | None:
    found: str | None = category and typed.value(_COMPLAINT["category"], category, desk.settings)
    return found


app.command("watch", help=watch.HELP, epilog=watch.EPILOG)(watch.watch)


def _label(table: str, value: str) -> str:
    return vocabulary.label(table, value, language())


def _listed(names: list[str]) -> str:
    from tourcrm.commands.pages.layout import listed

    return listed(names)


def _say(done: "Done", text: str, **more: str) -> None:
    """What was done, or that nothing changed; then what is worth knowing."""
    names = {"code": done.code, "customer": done.customer, "name": visible(done.name, 40)}
    if not done.changed:
        text = _("Nothing changed: complaint {code} of {customer} {name} is like that already.")
    say(text.format(**names, **more))
    tell_notes(done.notes)


def _say_until(done: "Done", zone: tzinfo, now: datetime) -> None:
    """Until when the customer must have an answer, or should have had one."""
    if done.due_at is not None:
        text = _("The customer must have an answer by {moment}.")
        if done.due_at <= now:
            text = _("The customer should have had an answer by {moment}: answer at once.")
        say(text.format(moment=f"{done.due_at.astimezone(zone):%Y-%m-%d %H:%M}"))


def _say_next(done: "Done") -> None:
    """The command that comes next."""
    from tourcrm.complaints import lifecycle

    if not done.closed:
        command = lifecycle.command((*done.needs, "told")[0], done.code, done.unticked)
        say(_("Next: {command}").format(command=command))
