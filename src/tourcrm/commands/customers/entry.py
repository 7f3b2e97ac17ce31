"""`tourcrm customers import`, `add`, `edit`, `tag`, `untag`, `remember`, `lose`."""

from collections.abc import Iterator
from typing import Annotated

import typer

from tourcrm.base import parsing
from tourcrm.base.columns import CUSTOMER
from tourcrm.base.display import visible
from tourcrm.base.errors import CellError, Message, WrongUsage
from tourcrm.base.i18n import N_, _, language
from tourcrm.base.qualifiers import calendar_of, in_calendar
from tourcrm.commands import options
from tourcrm.commands.customers import duplicates, many, own_fields
from tourcrm.commands.fields import Who, headers, tell_notes, with_options
from tourcrm.commands.imports import command
from tourcrm.commands.pages.layout import day_text, listed
from tourcrm.customers import lookup, special_days
from tourcrm.customers import service as customers
from tourcrm.customers.service import Stored
from tourcrm.db.codes import id_of
from tourcrm.terminal import context, typed
from tourcrm.terminal.context import Desk
from tourcrm.terminal.render import say, tell
from tourcrm.terminal.typer_i18n import cli_group

app = cli_group()

command.register(
    app,
    "customers",
    N_("Import customers from a sheet as it is."),
    N_("Example: tourcrm customers import 客户.xlsx"),
)


@app.command(
    "add",
    help=N_("Add a customer."),
    epilog=N_("Example: tourcrm customers add 王芳 --phone 13812345678 --birthday 农历八月十五"),
)
@with_options(CUSTOMER)
def add(
    name: Annotated[str, typer.Argument(help=N_("the customer's name"))],
    tag: Annotated[list[str] | None, typer.Option("--tag", help=N_("a tag"))] = None,
    again: Annotated[
        bool, typer.Option("--again", help=N_("they were erased, and come back of their own will"))
    ] = False,
    field: own_fields.Given = None,
    **given: str | None,
) -> None:
    def store(dry_run: bool) -> tuple[Stored, list[str]]:
        with context.writing("customers add", dry_run=dry_run) as desk:
            values = typed.read(CUSTOMER, given | {"name": name}, desk.settings)
            if values["name"] is None:
                raise WrongUsage(N_("A customer needs a name."))
            values["tags"] = _tags(tag or [])
            region = desk.settings["region"]
            stored = customers.add(desk.session, desk.number, values, desk.today, region, again)
            if field:
                own_fields.put(desk, stored.id, field)
            return stored, duplicates.likely(desk.session, stored.id)

    stored, likely = duplicates.ask_first(store)
    say(_("Added {code} {name}.").format(code=visible(stored.code), name=visible(stored.name, 40)))
    tell_notes(stored.notes)
    for line in likely:
        tell(line)


@app.command(
    "edit",
    help=N_(
        'Change a customer. An empty text clears: --city "". With --where many, as `customers '
        "list` chooses them: how many is said first, and asked."
    ),
    epilog=N_(
        "Example: tourcrm customers edit C000012 --city 杭州 --owner 小林\n"
        "tourcrm customers edit --where tag=展会 --consent no --dry-run\n"
        "tourcrm customers edit --where owner= --where city=杭州 --owner 小林"
    ),
)
@with_options(CUSTOMER, edited=True)
def edit(
    who: options.SomeCustomer = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--where",
            metavar=N_("FIELD=VALUE"),
            help=N_("instead, all with this tag, owner, kind, status or city; owner= for nobody's"),
        ),
    ] = None,
    field: own_fields.Given = None,
    dry_run: options.DryRun = False,
    yes: options.Yes = False,
    **given: str | None,
) -> None:
    options.not_together({_("CUSTOMER"): who is not None, "--where": bool(where)})
    options.not_together({"--where": bool(where), "--field": bool(field)})
    if where:
        many.edit_where(where, given, yes=yes, dry_run=dry_run)
        return
    if who is None:
        raise WrongUsage(N_("Say whom: a customer, or --where FIELD=VALUE for many."))
    with context.writing("customers edit", dry_run=dry_run) as desk:
        region = desk.settings["region"]
        values = typed.read(CUSTOMER, given, desk.settings)
        if not values and not field:
            raise WrongUsage(N_("Say what to change, for example --city 杭州."))
        row = lookup.find_one(desk.session, who, region)
        stored = customers.edit(desk.session, desk.number, row, values, desk.today, region)
        own = own_fields.put(desk, stored.id, field or ())
        papers = list(_of_papers(desk, stored))
    if dry_run:
        say(_("Dry run: nothing was changed. It would do this:"))
    _say_changed(stored, own)
    tell_notes(papers)


def _of_papers(desk: Desk, stored: Stored) -> Iterator[Message]:
    """That somebody's papers changed, and a trip is ahead."""
    from tourcrm.bookings import papers
    from tourcrm.customers.documents import PAPERS

    if not set(PAPERS).isdisjoint(stored.changed):
        desk.session.flush()
        yield from papers.cautions(desk.session, desk.operation, desk.today)


@app.command(
    "tag",
    help=N_("Put tags on a customer."),
    epilog=N_("Example: tourcrm customers tag C000012 老客户 摄影"),
)
def tag(
    who: Who,
    tags: Annotated[list[str], typer.Argument(help=N_("one tag or several"))],
) -> None:
    with context.writing("customers tag") as desk:
        row = lookup.find_one(desk.session, who, desk.settings["region"])
        new = customers.tag(desk.session, desk.number, row, _tags(tags))
    if new:
        text = _("{code} {name} is tagged {tags}.")
        say(text.format(code=row.code, name=visible(row.name, 40), tags=_joined(new)))
    else:
        say(_("Nothing changed: the tags were there."))


@app.command(
    "untag",
    help=N_("Take tags off a customer."),
    epilog=N_("Example: tourcrm customers untag C000012 摄影"),
)
def untag(
    who: Who,
    tags: Annotated[list[str], typer.Argument(help=N_("one tag or several"))],
) -> None:
    with context.writing("customers untag") as desk:
        row = lookup.find_one(desk.session, who, desk.settings["region"])
        gone = customers.untag(desk.session, desk.number, row, _tags(tags))
    if gone:
        text = _("{code} {name} is no longer tagged {tags}.")
        say(text.format(code=row.code, name=visible(row.name, 40), tags=_joined(gone)))
    else:
        say(_("Nothing changed: no such tags were there."))


@app.command(
    "remember",
    help=N_(
        "Remember a special day, solar or lunar. A new day replaces the old one of the same name "
        "and calendar; --remove forgets it."
    ),
    epilog=N_(
        "Example: tourcrm customers remember C000012 birthday 1985-03-05\n"
        "tourcrm customers remember C000012 生日 农历八月十五\n"
        "tourcrm customers remember C000012 wedding --remove"
    ),
)
def remember(
    who: Who,
    label: Annotated[str, typer.Argument(help=N_("birthday, wedding, or a name of your own"))],
    day: Annotated[
        str | None, typer.Argument(help=N_("1985-03-05, 03-05, 3月5日 or 农历八月十五"))
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help=N_("forget it instead"))] = False,
) -> None:
    calendar, bare = calendar_of(label)
    name, yearly = _label(bare), None
    if day is not None:
        yearly = options.parse_with(parsing.special_day, in_calendar(day, calendar), _("day"))
    elif not remove:
        raise WrongUsage(N_("Say the day, for example 1985-03-05 or 农历八月十五."))
    with context.writing("customers remember") as desk:
        row = lookup.find_one(desk.session, who, desk.settings["region"])
        if remove or yearly is None:
            known = special_days.of_customer(desk.session, id_of(row))
            meant = [one for said, one in known if said == name and one.calendar == calendar]
            gone = 0
            for one in meant if calendar and yearly is None else [yearly]:
                gone += special_days.forget(desk.session, desk.number, row, name, one)
            changed = gone > 0
        else:
            changed = special_days.remember(
                desk.session, desk.number, row, name, yearly, desk.today
            )
        known = special_days.of_customer(desk.session, id_of(row))
    if not changed:
        say(_("Nothing changed: no such day is stored.") if remove else _("Nothing changed."))
        return
    between = "；" if language() == "zh" else "; "
    days = between.join(
        f"{special_days.label_name(one)} {day_text(one_day)}" for one, one_day in known
    )
    text = _("{code} {name}, special days: {days}")
    say(text.format(code=row.code, name=visible(row.name, 40), days=days or _("none")))


@app.command(
    "lose",
    help=N_("Mark a customer as lost, and why; or as deceased, which silences everything at once."),
    epilog=N_(
        "Example: tourcrm customers lose C000012 --reason 价格 --rival 某旅行社\n"
        "tourcrm customers lose C000012 --deceased"
    ),
)
def lose(
    who: Who,
    reason: Annotated[str | None, typer.Option("--reason", help=N_("why"))] = None,
    rival: Annotated[str | None, typer.Option("--rival", help=N_("to whom"))] = None,
    deceased: Annotated[bool, typer.Option("--deceased", help=N_("the customer has died"))] = False,
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help=N_("the day, if not today"))
    ] = None,
) -> None:
    if not deceased and not (reason or rival):
        raise WrongUsage(N_("Say why (--reason), to whom (--rival), or --deceased."))
    with context.writing("customers lose") as desk:
        lost_on = options.day(desk, on, "--on", "back")
        if lost_on > desk.today:
            raise WrongUsage(N_("--on {day} lies ahead; say a day that has come."), day=lost_on)
        row = lookup.find_one(desk.session, who, desk.settings["region"])
        said = typed.read(CUSTOMER, {"lost_reason": reason, "rival": rival}, desk.settings)
        stored = customers.lose(
            desk.session,
            desk.number,
            row,
            lost_on,
            reason=said.get("lost_reason"),
            rival=said.get("rival"),
            deceased=deceased,
        )
    _say_changed(stored)


def _tags(given: list[str]) -> tuple[str, ...]:
    """The tags of an option or argument that may be repeated, or hold several."""
    several = (options.parse_with(parsing.tags, text, _("tag")) for text in given)
    return tuple(dict.fromkeys(tag for tags in several for tag in tags))


def _label(text: str) -> str:
    try:
        return special_days.label_of(text)
    except CellError as reason:
        raise WrongUsage(
            N_("The name of the day, “{given}”: {reason}."), given=visible(text, 60), reason=reason
        ) from None


def _joined(texts: tuple[str, ...]) -> str:
    return "、".join(visible(text, 50) for text in texts)


def _say_changed(stored: Stored, own: tuple[str, ...] = ()) -> None:
    """own: fields of the agency's own that changed."""
    name = visible(stored.name, 40)
    if stored.changed or own:
        text = _("Changed {code} {name}: {fields}.")
        named = (headers(CUSTOMER, stored.changed), *(visible(one, 40) for one in own))
        fields = listed(one for one in named if one)
        say(text.format(code=stored.code, name=name, fields=fields))
    else:
        say(
            _("Nothing changed: {code} {name} is like that already.").format(
                code=stored.code, name=name
            )
        )
    tell_notes(stored.notes)
