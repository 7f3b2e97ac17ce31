"""Resolved, closed, reopened; noted and corrected."""

from typing import Annotated

import typer

from tourcrm.base.columns import COMPLAINT
from tourcrm.base.display import visible
from tourcrm.base.errors import WrongUsage
from tourcrm.base.i18n import N_, _
from tourcrm.commands import named, options
from tourcrm.commands.complaints import entry
from tourcrm.commands.fields import with_options
from tourcrm.terminal import typed
from tourcrm.terminal.render import say
from tourcrm.terminal.typer_i18n import cli_group

app = cli_group()


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
    code: entry.Code,
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
    at: entry.At = None,
    staff: entry.Staff = None,
) -> None:
    from tourcrm.complaints import service as complaints

    if (fix is None) != (fix_owner is None):
        raise WrongUsage(N_("A fix has an owner: --fix TEXT --fix-owner NAME"))
    with entry.acting("complaints resolve", staff) as (desk, act):
        done = complaints.resolve(
            act,
            entry.complaint(desk, code),
            entry.words(text, N_("TEXT")),
            waived=entry.option(without, "--no-compensation"),
            fix=entry.fix(fix, fix_owner, ("--fix", "--fix-owner")),
            at=entry.value(desk, entry.AT, at),
        )
    entry.say(done, _("Resolved: {code} of {customer} {name}."))
    entry.say_next(done)


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
    code: entry.Code,
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
    on: options.On = None,
    note: Annotated[str | None, typer.Option("--note", help=N_("how it was done"))] = None,
    staff: entry.Staff = None,
) -> None:
    from tourcrm.complaints import fixes

    if (add is None) != (owner is None):
        raise WrongUsage(N_("A fix has an owner: --add TEXT --owner NAME"))
    of_one = {_("NUMBER"): number, "--on": on, "--note": note}
    for name, given in of_one.items():
        options.not_together({"--add": add is not None, name: given is not None})
    with entry.acting("complaints fix", staff) as (desk, act):
        row = entry.complaint(desk, code)
        promised = entry.fix(add, owner, ("--add", "--owner"))
        if promised is not None:
            known = fixes.promise(act, row, *promised)
            text = _("Noted for {code}, to be mended by {owner}: {what}.")
            if known is not None:
                text = _("Nothing changed: {code} has it already, to be mended by {owner}: {what}.")
            owner_, what = visible(known or promised[1], 40), visible(promised[0], 200)
            line = text.format(code=row.code, owner=owner_, what=what)
        else:
            day = options.day(desk, on, "--on", "back")
            done = fixes.done(act, row, number, day, entry.option(note, "--note"))
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
    code: entry.Code,
    told: Annotated[
        bool, typer.Option("--told", help=N_("the customer was told what was done"))
    ] = False,
    satisfaction: Annotated[
        str | None,
        typer.Option("--satisfaction", help=N_("what the customer says, 1 to 5")),
    ] = None,
    channel: entry.Reached = None,
    at: entry.At = None,
    staff: entry.Staff = None,
) -> None:
    from tourcrm.complaints import service as complaints

    with entry.acting("complaints close", staff) as (desk, act):
        done = complaints.close(
            act,
            entry.complaint(desk, code),
            told=told,
            satisfaction=entry.value(desk, entry.SATISFACTION, satisfaction, "--satisfaction"),
            at=entry.value(desk, entry.AT, at),
            channel=entry.value(desk, entry.CHANNEL, channel),
        )
    entry.say(done, _("Closed: {code} of {customer} {name}."))


@app.command(
    "reopen",
    help=N_(
        "Open a closed complaint again that is not over after all: its clock starts anew. It needs "
        "a new answer and a new resolution, and the customer must be told again."
    ),
    epilog=N_("Example: tourcrm complaints reopen K00001 退款一直没到账"),
)
def reopen(
    code: entry.Code,
    reason: Annotated[str, typer.Argument(metavar=N_("REASON"), help=N_("why"))],
    staff: entry.Staff = None,
) -> None:
    from tourcrm.complaints import service as complaints

    with entry.acting("complaints reopen", staff) as (desk, act):
        row = entry.complaint(desk, code, closed=True)
        done = complaints.reopen(act, row, entry.words(reason, N_("REASON")))
        zone, now = desk.settings.zone, desk.now
    entry.say(done, _("Reopened: {code} of {customer} {name}."))
    entry.say_until(done, zone, now)
    entry.say_next(done)


@app.command(
    "escalate",
    help=N_(
        "A complaint has become a crisis: from now on it has the minutes of a crisis for its "
        "emergency answer. One that was written down wrongly is corrected by edit --severity."
    ),
    epilog=N_(
        "Example: tourcrm complaints escalate K00001 老人住院\n"
        'tourcrm complaints escalate K00001 --at "2026-11-20 22:10"'
    ),
)
def escalate(
    code: entry.Code,
    text: Annotated[
        str | None, typer.Argument(metavar=N_("TEXT"), help=N_("what has happened"))
    ] = None,
    at: entry.At = None,
    staff: entry.Staff = None,
) -> None:
    from tourcrm.complaints import departures, escalation

    with entry.acting("complaints escalate", staff) as (desk, act):
        row = entry.complaint(desk, code)
        said = None if text is None else entry.words(text, N_("TEXT"))
        done = escalation.escalate(act, row, said, entry.value(desk, entry.AT, at))
        aboard = departures.of_crisis(desk.session, row, desk.today)
        zone, now = desk.settings.zone, desk.now
    entry.say(done, _("It is a crisis now: {code} of {customer} {name}."))
    entry.say_until(done, zone, now)
    entry.say_aboard(aboard)
    entry.say_next(done)


@app.command(
    "note",
    help=N_("Add to the story of a complaint."),
    epilog=N_("Example: tourcrm complaints note K00001 酒店答应明天回复"),
)
def note(
    code: entry.Code,
    text: Annotated[str, typer.Argument(metavar=N_("TEXT"), help=N_("what is to be known"))],
    staff: entry.Staff = None,
) -> None:
    from tourcrm.complaints import service as complaints

    with entry.acting("complaints note", staff) as (desk, act):
        row = entry.complaint(desk, code)
        done = complaints.note(act, row, entry.words(text, N_("TEXT")))
    entry.say(done, _("Noted for {code} of {customer} {name}."))


@app.command(
    "edit",
    help=N_(
        "Correct what is stored of a complaint. What was a crisis from the beginning: --severity "
        "crisis; what has become one: complaints escalate."
    ),
    epilog=N_(
        "Example: tourcrm complaints edit K00001 --trip T0000012\n"
        "tourcrm complaints edit K00001 --severity crisis"
    ),
)
@with_options(COMPLAINT, edited=True)
def edit(
    code: entry.Code,
    about: entry.TripCode = None,
    severity: Annotated[
        str | None, typer.Option("--severity", help=N_("routine or crisis"))
    ] = None,
    category: entry.Category = None,
    in_charge: entry.InCharge = None,
    staff: entry.Staff = None,
    **more: str | None,
) -> None:
    from tourcrm.complaints import clock
    from tourcrm.complaints import service as complaints

    if not any((about, severity, category, in_charge, *more.values())):
        raise WrongUsage(N_("Say what to change, for example --trip T0000012."))
    with entry.acting("complaints edit", staff) as (desk, act):
        row = entry.complaint(desk, code)
        who = clock.customer_of(desk.session, row)
        ran_from = clock.course_of(desk.session, row)[0].opened_at
        done = complaints.edit(
            act,
            row,
            about=named.trip_of(desk, about, who) if about else None,
            severity=entry.value(desk, entry.SEVERITY, severity),
            category=entry.value(desk, entry.CATEGORY, category),
            in_charge=entry.option(in_charge, "--in-charge"),
            **typed.read(COMPLAINT, more, desk.settings),
        )
        runs_from = clock.course_of(desk.session, row)[0].opened_at
        zone = desk.settings.zone
    entry.say(done, _("Changed: {code} of {customer} {name}."))
    if runs_from < ran_from:
        text = _("No crisis after all: its clock is that of its opening again, {at}.")
        say(text.format(at=f"{runs_from.astimezone(zone):%Y-%m-%d %H:%M}"))
    entry.say_next(done)
