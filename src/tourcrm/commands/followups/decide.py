"""Deciding about follow-ups, and noting new ones."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from tourcrm.base.columns import INTERACTION, by_field
from tourcrm.base.display import visible
from tourcrm.base.errors import NotFound, WrongUsage
from tourcrm.base.i18n import N_, _, language, ngettext
from tourcrm.commands import options
from tourcrm.commands.followups import named
from tourcrm.terminal import context
from tourcrm.terminal.context import Desk
from tourcrm.terminal.render import say, tell
from tourcrm.terminal.typer_i18n import cli_group

if TYPE_CHECKING:
    from tourcrm.agenda.actions import Act
    from tourcrm.agenda.states import Item
    from tourcrm.agenda.wording import Line

    Named = tuple[Line, tuple[Item, ...]]

app = cli_group()

Ids = Annotated[
    list[str],
    typer.Argument(
        metavar=N_("ID"),
        help=N_(
            "an id of the list, or its first four characters; or a customer of whom only one is "
            "open"
        ),
    ),
]
Note = Annotated[str | None, typer.Option("--note", help=N_("what came of it"))]
Staff = Annotated[str | None, typer.Option("--staff", help=N_("who did it; you if left out"))]


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
    from tourcrm.terminal import typed

    with _acting("followups done", staff) as (desk, act, told):
        way = channel and typed.value(by_field(INTERACTION)["channel"], channel, desk.settings)
        goes_on = options.parse_day(next_on, "--next", "ahead") if next_on else None
        hint = _(", or take all with --all")
        for line, items in _meant(desk, ids, everything=everything, hint=hint):
            count = actions.done(
                desk.session, act, line, items, note=note, channel=way, next_on=goes_on
            )
            text = _("Done: {what}.") if goes_on is None else _("Done: {what}; again on {day}.")
            told.append(_told(text, line, count, goes_on))


@app.command(
    "tried",
    help=N_("Record that nobody answered: it is back tomorrow."),
    epilog=N_("Example: tourcrm followups tried K7Q2MB3X"),
)
def tried(ids: Ids, note: Note = None, staff: Staff = None) -> None:
    from tourcrm.agenda import actions

    with _acting("followups tried", staff) as (desk, act, told):
        for line, items in _meant(desk, ids):
            count = actions.tried(desk.session, act, items, note=note)
            told.append(_told(_("Tried, back tomorrow: {what}."), line, count))


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

    with _acting("followups skip", staff) as (desk, act, told):
        for line, items in _meant(desk, ids):
            count = actions.skip(desk.session, act, items, reason)
            told.append(_told(_("Skipped: {what}."), line, count))


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
    with _acting("followups snooze", staff) as (desk, act, told):
        day = desk.today + timedelta(days or 0)
        if until is not None:
            day = options.parse_day(until, "--until", "ahead")
        for line, items in _meant(desk, ids):
            count = actions.snooze(desk.session, act, items, day, note=note)
            told.append(_told(_("Put off until {day}: {what}."), line, count, day))


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
    from tourcrm.commands import named as by_code
    from tourcrm.customers import lookup
    from tourcrm.db.codes import id_of

    with _acting("followups add", staff) as (desk, act, told):
        found = lookup.find_one(desk.session, who, desk.settings["region"])
        number = id_of(found)
        about = by_code.trip_of(desk, trip, found) if trip else None
        day = options.parse_day(on, "--on", "ahead")
        noted = tasks.add(
            desk.session,
            act.operation,
            customer_id=number,
            trip_id=id_of(about) if about else None,
            due_on=day,
            what=what,
            owner=owner,
            today=act.today,
            by=act.staff,
        )
        name, words_ = visible(found.name, 40), visible(noted.what)
        cautions = rulebook.cautions_of(desk.settings, "task")
        told.append(_("Noted for {day}: {name} · {what}.").format(day=day, name=name, what=words_))
    for caution in cautions:
        tell(str(caution))


@app.command(
    "undo",
    help=N_("Take back the last decision about a follow-up; the contact that it wrote goes."),
    epilog=N_("Example: tourcrm followups undo K7Q2MB3X"),
)
def undo(ids: Ids, staff: Staff = None) -> None:
    from tourcrm.agenda import actions

    with _acting("followups undo", staff) as (desk, act, told):
        for line, items in _meant(desk, ids, actions.decided_last, by_customer=named.decided_of):
            count = actions.undo(desk.session, act, items)
            told.append(_told(_("Taken back, open again: {what}."), line, count))


@contextmanager
def _acting(verb: str, staff: str | None) -> Iterator[tuple[Desk, "Act", list[str]]]:
    """Where something is decided. What is put into the list is said once it is stored."""
    from tourcrm.agenda import actions

    told: list[str] = []
    with context.writing(verb) as desk:
        yield desk, actions.Act(desk.operation, desk.today, desk.now, staff or desk.actor), told
    for line in told:
        say(line)


def _meant(
    desk: Desk,
    ids: list[str],
    of_several: "Callable[[Sequence[Named]], Sequence[Named]] | None" = None,
    *,
    by_customer: "named.OfCustomer | None" = None,
    everything: bool = False,
    hint: str = "",
) -> Iterator["Named"]:
    """The lines that are named: by ids or customers, or all that are due about customers.

    of_several: which of the lines that an id has in common; if nothing else is said those that are
    open. by_customer: which of a customer's; likewise. hint: as in `named.lines`."""
    from tourcrm import followup
    from tourcrm.agenda import actions
    from tourcrm.customers import lookup
    from tourcrm.db.codes import id_of

    for word in dict.fromkeys(ids):
        if not everything:
            found = named.lines(desk, word, by_customer or named.open_of, hint)
            yield from (of_several or actions.still_open)(found)
            continue
        who = lookup.find_one(desk.session, word, desk.settings["region"])
        number = id_of(who)
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
    if line.count > 1:
        people = count if line.name is None else line.count
        what += " · " + ngettext("{n} customer", "{n} customers", people).format(n=people)
    return text.format(what=what, day=day)
