"""One change to many customers: `customers assign`, and `customers edit --where`. Each is one
operation, taken back with `imports undo`."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from tourcrm.base.columns import CUSTOMER, Column, by_field, names
from tourcrm.base.columns.headers import folded
from tourcrm.base.display import visible
from tourcrm.base.errors import NotFound, WrongUsage
from tourcrm.base.folding import same
from tourcrm.base.i18n import N_, _, ngettext
from tourcrm.commands import options
from tourcrm.commands.fields import headers
from tourcrm.commands.pages.layout import listed
from tourcrm.customers import assignment, lookup, queries
from tourcrm.customers import service as customers
from tourcrm.customers.assignment import Shared
from tourcrm.db import operations
from tourcrm.db.codes import id_of
from tourcrm.db.setting import parse_names
from tourcrm.terminal import context, typed
from tourcrm.terminal.context import Desk
from tourcrm.terminal.render import emit, say, tell
from tourcrm.terminal.typer_i18n import cli_group, confirm

app = cli_group()

_GIVEN = (
    Column("customer", "code", "customer", "客户编号"),
    Column("name", "name", "name", "姓名"),
    Column("owner", "text", "owner", "负责人"),
    Column("new_owner", "text", "new owner", "新负责人"),
)


@app.command(
    "assign",
    help=N_(
        "Say who looks after customers: after those named, those of nobody (--unowned), or "
        "those of a colleague who leaves (--from). Several names share them evenly; households "
        "and companies stay together."
    ),
    epilog=N_(
        "Example: tourcrm customers assign C000012 C000013 --to 李娜\n"
        "tourcrm customers assign --unowned --to 李娜,王芳 --dry-run\n"
        "tourcrm customers assign --from 小林 --to 李娜,王芳"
    ),
)
def assign(
    to: Annotated[
        str, typer.Option("--to", metavar=N_("NAMES"), help=N_("who gets them: 李娜,王芳"))
    ],
    who: Annotated[
        list[str] | None,
        typer.Argument(metavar=N_("CUSTOMER"), help=N_("codes, phones, or names")),
    ] = None,
    unowned: Annotated[
        bool, typer.Option("--unowned", help=N_("active customers whom nobody looks after"))
    ] = False,
    leaving: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar=N_("NAME"),
            help=N_("customers of this colleague, and what is noted for them to do"),
        ),
    ] = None,
    dry_run: options.DryRun = False,
    format: options.Format = "table",
    output: options.Output = None,
) -> None:
    options.not_together(
        {"--unowned": unowned, "--from": leaving is not None, _("CUSTOMER"): bool(who)}
    )
    if not (who or unowned or leaving):
        raise WrongUsage(N_("Say whom: customers, --unowned, or --from NAME."))
    with context.writing("customers assign", dry_run=dry_run) as desk:
        shape = options.shape(desk, format, output)
        rows = _meant(desk, who or [], leaving)
        done = assignment.share(
            desk.session, desk.number, rows, _colleagues(desk, to, leaving), leaving
        )
        number = _recorded(desk, len(done.given)) if done.given or done.tasks else None
        charges = _charges(desk, leaving) if leaving else 0
    if format != "table" or output is not None or (dry_run and done.given):
        emit(done.given, _GIVEN, shape, title=_("Customers"))
    if format == "table":
        _tell(done, None if dry_run else number)
    if dry_run:
        tell(_("Dry run: nothing was changed."))
    for name in done.new:
        text = _("Nobody was looked after by {name} so far: check how the name is written.")
        tell(text.format(name=visible(name, 40)))
    if charges:
        text = _(
            "{name} is in charge of {n} open complaints; give each to somebody: "
            "tourcrm complaints edit CODE --in-charge NAME"
        )
        tell(text.format(name=visible(leaving or "", 40), n=charges))


def _recorded(desk: Desk, updated: int) -> int:
    """The number of the operation, told how many customers it changed."""
    operations.finish(desk.session, desk.operation, {"updated": updated})
    return desk.operation


def _meant(desk: Desk, who: Sequence[str], leaving: str | None) -> Sequence[Any]:
    if who:
        region = desk.settings["region"]
        found = [id_of(lookup.find_one(desk.session, one, region)) for one in who]
        return assignment.these(desk.session, found)
    if leaving is None:
        return assignment.unowned(desk.session)
    rows = assignment.of_colleague(desk.session, leaving)
    if not rows and not assignment.tasks_of(desk.session, leaving):
        known = listed(visible(name, 40) for name in assignment.owners(desk.session).values())
        raise NotFound(
            N_("Nobody is looked after by {name}. Those who look after somebody: {known}."),
            name=visible(leaving, 40),
            known=known or "-",
        )
    return rows


def _colleagues(desk: Desk, to: str, leaving: str | None) -> list[str]:
    """The names of --to. Raises WrongUsage where there is none, or one that leaves."""
    owner = by_field(CUSTOMER)["owner"]
    parts = parse_names(to.replace("、", ",").replace(";", ",").replace("；", ","))
    given = [typed.value(owner, name, desk.settings, "--to") for name in parts]
    found = list({folded(name): name for name in given if name}.values())
    if not found or len(found) < len([*filter(None, given)]) or None in given:
        raise WrongUsage(N_("--to takes the names of colleagues, each once: --to 李娜,王芳"))
    if leaving and any(same(name, leaving) for name in found):
        raise WrongUsage(
            N_("{name} is the one whose customers go to others: leave the name out of --to."),
            name=visible(leaving, 40),
        )
    return found


def _charges(desk: Desk, leaving: str) -> int:
    """Of how many open complaints a colleague is in charge."""
    from tourcrm.complaints import queries as complaints

    rows = complaints.listing(desk.session, desk.settings, desk.now, complaints.Wanted())
    return sum(bool(row.in_charge) and same(row.in_charge, leaving) for row in rows)


def _tell(done: Shared, number: int | None) -> None:
    if not done.given and not done.tasks:
        say(_("Nothing to do: nobody is meant, or all are theirs already."))
        return
    shares = listed(f"{visible(name, 40)} {count}" for name, count in done.shares.items())
    count = len(done.given)
    text = ngettext("{n} customer given: {shares}.", "{n} customers given: {shares}.", count)
    say(text.format(n=count, shares=shares))
    if done.unchanged:
        say(_("Theirs already: {n}.").format(n=done.unchanged))
    if done.tasks:
        say(_("Noted tasks that go to whoever looks after the customer: {n}.").format(n=done.tasks))
    _take_back(number)


def _take_back(number: int | None) -> None:
    if number is not None:
        command = context.command("imports", "undo", str(number))
        say(
            _("Operation {number}. To take it back: {command}").format(
                number=number, command=command
            )
        )


# --- customers edit --where -----------------------------------------------------------------------

_FILTERS = ("tags", "owner", "kind", "status", "city")
_COLUMNS = by_field(CUSTOMER)


def edit_where(
    where: Sequence[str], given: Mapping[str, str | None], *, yes: bool, dry_run: bool
) -> None:
    """Change all customers that the filters choose, once somebody said that it is meant."""
    with context.reading() as desk:
        wanted = _wanted(desk, where)
        values = typed.read(CUSTOMER, given, desk.settings)
        if not values:
            raise WrongUsage(N_("Say what to change, for example --consent no."))
    fields = headers(CUSTOMER, values)
    meant, count, _number = _edited(wanted, values, dry_run=True)
    if not meant:
        raise NotFound(N_("No customer is meant. Look with: tourcrm customers list"))
    if not count:
        say(_("Nothing changed: all {n} are like that already.").format(n=meant))
        return
    if dry_run:
        text = _("Dry run: {n} of {meant} customers would change: {fields}.")
        say(text.format(n=count, meant=meant, fields=fields))
        return
    question = _("Change {n} of {meant} customers: {fields}?")
    if not yes and not confirm(question.format(n=count, meant=meant, fields=fields)):
        raise typer.Abort
    meant, count, number = _edited(wanted, values, dry_run=False)
    text = ngettext("{n} customer changed: {fields}.", "{n} customers changed: {fields}.", count)
    say(text.format(n=count, fields=fields))
    _take_back(number)


def _edited(
    wanted: queries.Wanted, values: Mapping[str, Any], *, dry_run: bool
) -> tuple[int, int, int | None]:
    """How many are meant, how many of them change, and the operation."""
    with context.writing("customers edit --where", dry_run=dry_run) as desk:
        ids = queries.ids(desk.session, wanted)
        region = desk.settings["region"]
        count = customers.edit_many(desk.session, desk.number, ids, values, desk.today, region)
        return len(ids), count, _recorded(desk, count) if count else None


def _wanted(desk: Desk, where: Sequence[str]) -> queries.Wanted:
    """What --where says. Raises WrongUsage for what is no filter, or given twice."""
    chosen: dict[str, Any] = {}
    for text in where:
        name, sign, value = text.replace("＝", "=", 1).partition("=")
        field = names(CUSTOMER).get(folded(name))
        if field not in _FILTERS or not sign or field in chosen:
            raise WrongUsage(
                N_("--where takes {known}, each once, as in --where tag=摄影; not “{given}”."),
                known=listed(("tag", *_FILTERS[1:])),
                given=visible(text, 60),
            )
        chosen[field] = value.strip()
    status = chosen.pop("status", "active")
    if status and folded(status) in ("all", "全部"):
        status = None
    owner = chosen.pop("owner", None)
    for field, value in chosen.items():
        if not value:
            raise WrongUsage(
                N_("--where {field}= says nothing: write what it is to be."),
                field=field.removesuffix("s"),
            )
    kind = chosen.get("kind")
    return queries.Wanted(
        status=status and typed.value(_COLUMNS["status"], status, desk.settings, "--where"),
        kind=kind and typed.value(_COLUMNS["kind"], kind, desk.settings, "--where"),
        tag=chosen.get("tags"),
        owner=owner or None,
        city=chosen.get("city"),
        unowned=owner == "",
    )
