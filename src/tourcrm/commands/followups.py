"""`tourcrm followups`: whom to call, why, and what to say.

The use cases are imported where they are called: help must not wait for the database's libraries.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from tourcrm.base import vocabulary
from tourcrm.base.columns import AGENDA, DUE, RESULTS
from tourcrm.base.display import visible
from tourcrm.base.errors import NotFound, WrongUsage
from tourcrm.base.i18n import N_, _, language, ngettext
from tourcrm.commands import options, rules
from tourcrm.terminal import context
from tourcrm.terminal.context import Desk
from tourcrm.terminal.render import emit, say, tell
from tourcrm.terminal.typer_i18n import cli_group

if TYPE_CHECKING:
    from tourcrm.agenda.actions import Act
    from tourcrm.agenda.states import Item
    from tourcrm.agenda.wording import Line

app = cli_group(
    epilog=(
        "tourcrm followups due --owner 李娜\n"
        "tourcrm followups done K7Q2MB3X --note 想去北疆\n"
        "tourcrm followups snooze K7Q2 --days 3"
    )
)

Ids = Annotated[
    list[str],
    typer.Argument(metavar=N_("ID"), help=N_("an id of the list, or its first four characters")),
]
Note = Annotated[str | None, typer.Option("--note", help=N_("what came of it"))]
Staff = Annotated[str | None, typer.Option("--staff", help=N_("who did it; you if left out"))]
Owner = Annotated[
    str | None,
    typer.Option("--owner", help=N_("only customers of this colleague, and those of nobody")),
]
AHEAD = 7  # days that `list` looks ahead where no span is given


@app.command(
    "due",
    help=N_("Show whom to call today, why, and what to say, in the order to do it."),
    epilog=N_(
        "Example: tourcrm followups due --owner 李娜\n"
        "tourcrm followups due --quiet\n"
        "tourcrm followups due --as-of 2026-12-24 -f csv"
    ),
)
def due(
    owner: Owner = None,
    everything: Annotated[
        bool, typer.Option("--all", help=N_("also what is more than fits the day"))
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", help=N_("print nothing if nothing is due"))
    ] = False,
    as_of: options.AsOf = None,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    from tourcrm import followup
    from tourcrm.commands.pages import due_list

    with context.reading() as desk:
        shape = options.shape(desk, format, output, excel)
        day = options.day(desk, as_of)
        found = followup.due(
            desk.session, desk.settings, day, language(), owner=owner, everything=everything
        )
        if quiet and not found.lines:
            return
        if format != "table" or output is not None:
            emit(found.lines, DUE, shape, title=_("Follow-ups"))
            return
        now = desk.now.astimezone(shape.zone) if day == desk.today else None
    for line in due_list.page(found, owners=owner is None, now=now):
        say(line)


@app.command(
    "list",
    help=N_(
        "List follow-ups of any days: by default what is open, and what comes in the next 7 days."
    ),
    epilog=N_(
        "Example: tourcrm followups list --from 2026-12-01 --to 2026-12-31\n"
        "tourcrm followups list --held"
    ),
)
def list_(
    first: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help=N_("due from this day on"))
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help=N_("due up to this day"))
    ] = None,
    held: Annotated[
        bool, typer.Option("--held", help=N_("what is held, and why, instead"))
    ] = False,
    everything: Annotated[
        bool, typer.Option("--all", help=N_("also what is held, decided, settled or lapsed"))
    ] = False,
    owner: Owner = None,
    as_of: options.AsOf = None,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    from tourcrm import followup
    from tourcrm.agenda import states

    options.not_together({"--held": held, "--all": everything})
    with context.reading() as desk:
        shape = options.shape(desk, format, output, excel)
        day = options.day(desk, as_of)
        start = options.parse_day(first, "--from") if first else day - timedelta(states.FAR_BACK)
        end = options.parse_day(last, "--to") if last else max(day, start) + timedelta(AHEAD)
        if end < start:
            raise WrongUsage(N_("--to {last} is before --from {first}."), last=end, first=start)
        wanted = ("held",) if held else ("shown", "waiting", "ahead")
        lines, total = followup.listing(
            desk.session,
            desk.settings,
            day,
            language(),
            start,
            end,
            states.STATES if everything else wanted,
            owner=owner,
            most=shape.most,
        )
        emit(lines, AGENDA, shape, title=_("Follow-ups"), total=total)


@app.command(
    "show",
    help=N_(
        "Show all about one follow-up: the customer, the trip, why now, what to say, the last "
        "contacts, what was decided."
    ),
    epilog=N_("Example: tourcrm followups show K7Q2MB3X"),
)
def show(
    id_: Annotated[
        str, typer.Argument(metavar=N_("ID"), help=N_("an id of the list, or its first characters"))
    ],
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    from tourcrm.agenda import actions
    from tourcrm.commands.pages import followup

    with context.reading() as desk:
        shape = options.shape(desk, format, output, excel)
        line, items = actions.find(desk.session, desk.settings, desk.today, id_, language())
        if format != "table" or output is not None:
            emit([line], AGENDA, shape, title=_("Follow-ups"))
            return
        page = list(followup.page(desk, line, items, shape))
    for text in page:
        say(text)


@app.command(
    "done",
    help=N_(
        "Record that follow-ups were done; each writes a contact, but for a batch. "
        "With --all: everything that is due about a customer."
    ),
    epilog=N_(
        "Example: tourcrm followups done K7Q2MB3X --note 想去北疆\n"
        "tourcrm followups done K7Q2MB3X --note 想去北疆，元旦后再联系 --next 2027-01-04\n"
        "tourcrm followups done 王芳 --all"
    ),
)
def done(
    ids: Ids,
    note: Note = None,
    next_on: Annotated[
        str | None,
        typer.Option(
            "--next",
            metavar="DATE",
            help=N_("go on from here on this day: a task, in the words of the note"),
        ),
    ] = None,
    channel: Annotated[
        str | None,
        typer.Option(
            "--channel",
            help=N_("how, if not as the line says: phone, wechat, sms, email, visit, store, other"),
        ),
    ] = None,
    everything: Annotated[
        bool,
        typer.Option("--all", help=N_("a CUSTOMER instead of an id: everything due about them")),
    ] = False,
    staff: Staff = None,
) -> None:
    from tourcrm.agenda import actions

    if channel is not None and channel not in vocabulary.values("contact_channel"):
        raise WrongUsage(
            N_("--channel takes {known}, not {given}."),
            known=", ".join(vocabulary.values("contact_channel")),
            given=visible(channel, 20),
        )
    with _acting("followups done", staff) as (desk, act):
        told = []
        goes_on = options.parse_day(next_on, "--next") if next_on else None
        for line, items in _meant(desk, ids, everything):
            count = actions.done(
                desk.session, act, line, items, note=note, channel=channel, next_on=goes_on
            )
            text = _("Done: {what}.") if goes_on is None else _("Done: {what}; again on {day}.")
            told.append(_told(text, line, count, goes_on))
    _say_all(told)


@app.command(
    "tried",
    help=N_("Record that nobody answered: it is back tomorrow."),
    epilog=N_("Example: tourcrm followups tried K7Q2MB3X"),
)
def tried(ids: Ids, note: Note = None, staff: Staff = None) -> None:
    from tourcrm.agenda import actions

    with _acting("followups tried", staff) as (desk, act):
        told = []
        for line, items in _meant(desk, ids):
            count = actions.tried(desk.session, act, items, note=note)
            told.append(_told(_("Tried, back tomorrow: {what}."), line, count))
    _say_all(told)


@app.command(
    "skip",
    help=N_("Record that it will not be done, and why."),
    epilog=N_("Example: tourcrm followups skip K7Q2MB3X --reason 已在群里问过"),
)
def skip(
    ids: Ids,
    reason: Annotated[str, typer.Option("--reason", help=N_("why"))],
    staff: Staff = None,
) -> None:
    from tourcrm.agenda import actions

    with _acting("followups skip", staff) as (desk, act):
        told = []
        for line, items in _meant(desk, ids):
            count = actions.skip(desk.session, act, items, reason)
            told.append(_told(_("Skipped: {what}."), line, count))
    _say_all(told)


@app.command(
    "snooze",
    help=N_("Put it off until a day, or for some days."),
    epilog=N_(
        "Example: tourcrm followups snooze K7Q2MB3X --days 3\n"
        "tourcrm followups snooze K7Q2MB3X --until 2026-12-01"
    ),
)
def snooze(
    ids: Ids,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DATE", help=N_("back on the list on this day"))
    ] = None,
    days: Annotated[
        int | None, typer.Option("--days", min=1, max=366, help=N_("back after so many days"))
    ] = None,
    note: Note = None,
    staff: Staff = None,
) -> None:
    from tourcrm.agenda import actions

    if (until is None) == (days is None):
        raise WrongUsage(N_("Say either --until DATE or --days NUMBER."))
    with _acting("followups snooze", staff) as (desk, act):
        day = desk.today + timedelta(days or 0)
        if until is not None:
            day = options.parse_day(until, "--until")
        told = []
        for line, items in _meant(desk, ids):
            count = actions.snooze(desk.session, act, items, day, note=note)
            told.append(_told(_("Put off until {day}: {what}."), line, count, day))
    _say_all(told)


@app.command(
    "add",
    help=N_("Note what is to be done for a customer on a day; it is on the list until it is done."),
    epilog=N_(
        "Example: tourcrm followups add 王芳 把护照寄回去 --on 2026-12-01\n"
        "tourcrm followups add 13800138000 确认房型 --on 2026-12-01 --trip D2026-118 --owner 李娜"
    ),
)
def add(
    who: Annotated[
        str,
        typer.Argument(
            metavar=N_("CUSTOMER"), help=N_("a code, a phone number, or a name that only one has")
        ),
    ],
    what: Annotated[str, typer.Argument(metavar=N_("WHAT"), help=N_("what is to be done"))],
    on: Annotated[
        str, typer.Option("--on", metavar="DATE", help=N_("on the list from this day on"))
    ],
    trip: Annotated[
        str | None, typer.Option("--trip", metavar=N_("TRIP"), help=N_("the trip that it is about"))
    ] = None,
    owner: Annotated[
        str | None,
        typer.Option("--owner", help=N_("whose work it is, if not of whoever is in charge")),
    ] = None,
    staff: Staff = None,
) -> None:
    from tourcrm.agenda import rulebook, tasks
    from tourcrm.bookings import trips
    from tourcrm.customers import service as customers

    with _acting("followups add", staff) as (desk, act):
        found = customers.find_one(desk.session, who, desk.settings["region"])
        number = customers.id_of(found)
        about = trips.of_customer(desk.session, trip, found) if trip else None
        day = options.parse_day(on, "--on")
        noted = tasks.add(
            desk.session,
            act.operation,
            customer_id=number,
            trip_id=trips.id_of(about) if about else None,
            due_on=day,
            what=what,
            owner=owner,
            today=act.today,
            by=act.staff,
        )
        name, words_ = visible(found.name, 40), visible(noted.what)
        cautions = rulebook.cautions_of(desk.settings, "task")
    say(_("Noted for {day}: {name} · {what}.").format(day=day, name=name, what=words_))
    for caution in cautions:
        tell(str(caution))


@app.command(
    "undo",
    help=N_("Take back the last decision about a follow-up; the contact that it wrote goes."),
    epilog=N_("Example: tourcrm followups undo K7Q2MB3X"),
)
def undo(ids: Ids, staff: Staff = None) -> None:
    from tourcrm.agenda import actions

    with _acting("followups undo", staff) as (desk, act):
        told = []
        for line, items in _meant(desk, ids):
            count = actions.undo(desk.session, act, items)
            told.append(_told(_("Taken back, open again: {what}."), line, count))
    _say_all(told)


@app.command(
    "calendar",
    help=N_(
        "Write the follow-ups of the coming weeks to a file for a phone's or desktop's calendar. "
        "Imported again, it brings the calendar up to date."
    ),
    epilog=N_(
        "Example: tourcrm followups calendar followups.ics --owner 李娜\n"
        "tourcrm followups calendar - --days 14"
    ),
)
def calendar_(
    file: Annotated[
        str,
        typer.Argument(metavar=N_("FILE"), help=N_("a file ending in .ics, or - for the output")),
    ],
    days: Annotated[
        int, typer.Option("--days", min=0, max=366, help=N_("so many days from today"))
    ] = 28,
    owner: Owner = None,
    as_of: options.AsOf = None,
    reveal: options.Reveal = False,
) -> None:
    from tourcrm.agenda import calendar
    from tourcrm.commands import calendarfile, fields
    from tourcrm.files import writer

    if file != "-" and not file.lower().endswith(".ics"):
        raise WrongUsage(
            N_("{path} must end in .ics, or be - for the output."), path=visible(file, 200)
        )
    with fields.opened("followups calendar", reveal) as desk:
        day = options.day(desk, as_of)
        found = calendar.plan(desk.session, desk.settings, day, language(), days=days, owner=owner)
        made = calendarfile.content(found, desk.now, reveal=reveal)
    if file == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(made)
        return
    with writer.private(file) as stream:
        stream.write(made)
    for line in calendarfile.told(found, visible(file)):
        say(line)


@app.command(
    "results",
    help=N_(
        "Show how many booked again within 180 days of a follow-up, by rule: of those with whom it "
        "was done, tried or skipped, and of those about whom nobody decided, or had to."
    ),
    epilog=N_(
        "Example: tourcrm followups results\n"
        "tourcrm followups results --from 2026-01-01 --to 2026-03-31"
    ),
)
def results_(
    first: Annotated[
        str | None,
        typer.Option("--from", metavar="DATE", help=N_("decided, or lapsed, from this day on")),
    ] = None,
    last: Annotated[
        str | None,
        typer.Option("--to", metavar="DATE", help=N_("decided, or lapsed, up to this day")),
    ] = None,
    as_of: options.AsOf = None,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    from tourcrm.agenda import results as aftermath
    from tourcrm.commands.pages import results

    with context.reading() as desk:
        shape = options.shape(desk, format, output, excel)
        day = options.day(desk, as_of)
        start, end = aftermath.usual_span(day)
        if last is not None:
            end = options.parse_day(last, "--to")
            start = end - timedelta(aftermath.SPAN_DAYS - 1)
        if first is not None:
            start = options.parse_day(first, "--from")
        if end < start:
            raise WrongUsage(N_("--to {last} is before --from {first}."), last=end, first=start)
        end = min(end, day - timedelta(1))
        if aftermath.is_large(desk.session, start, end):
            tell(
                _(
                    "These days are planned anew, four weeks at a time. "
                    "With so many trips it takes a while."
                )
            )
        found = aftermath.of_span(desk.session, desk.settings, day, start, end, language())
        began = aftermath.first_decision(desk.session, desk.settings, day)
    if format != "table" or output is not None:
        emit(found, RESULTS, shape, title=_("Follow-ups"))
        return
    for line in results.before(start, end):
        say(line)
    if found:
        emit(found, RESULTS, shape)
    for line in results.after(found, start, end, day, began):
        say(line)


app.command("rules", help=rules.HELP, epilog=rules.EPILOG)(rules.rules)


@contextmanager
def _acting(verb: str, staff: str | None) -> Iterator[tuple[Desk, "Act"]]:
    from tourcrm.agenda import actions

    with context.writing(verb) as desk:
        yield desk, actions.Act(desk.operation, desk.today, desk.now, staff or desk.actor)


def _meant(
    desk: Desk, ids: list[str], everything: bool = False
) -> Iterator[tuple["Line", tuple["Item", ...]]]:
    """The lines that are named: by ids, or all that are due about customers."""
    from tourcrm import followup
    from tourcrm.agenda import actions
    from tourcrm.customers import service as customers

    for typed in dict.fromkeys(ids):
        if not everything:
            yield actions.find(desk.session, desk.settings, desk.today, typed, language())
            continue
        who = customers.find_one(desk.session, typed, desk.settings["region"])
        number = customers.id_of(who)
        lines = followup.for_customer(desk.session, desk.settings, desk.today, number, language())
        if not lines:
            raise NotFound(N_("Nothing is due about {name}."), name=visible(who.name, 40))
        decidable = [line for line in lines if not line.items[0].is_clock]
        for line in decidable or lines:  # a clock is stopped by an answer, whatever else is done
            yield line, line.items


def _told(text: str, line: "Line", count: int, day: date | None = None) -> str:
    what = f"{visible(line.title)} ({line.id})"
    if line.name is not None:
        what = f"{visible(line.name, 40)} · {what}"
    else:
        what += " · " + ngettext("{n} customer", "{n} customers", count).format(n=count)
    return text.format(what=what, day=day)


def _say_all(told: list[str]) -> None:
    for line in told:
        say(line)
