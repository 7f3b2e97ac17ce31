"""`tourcrm customers list`, `export` and `filters`: customers chosen in one language."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tourcrm.base import parsing
from tourcrm.base.columns import CUSTOMER, SAVED_FILTERS
from tourcrm.base.display import visible
from tourcrm.base.errors import WrongUsage
from tourcrm.base.i18n import N_, _
from tourcrm.commands import options
from tourcrm.commands.fields import Limit, emit_list, opened
from tourcrm.customers import own_fields, queries, saved_filters
from tourcrm.terminal import context
from tourcrm.terminal.context import Desk
from tourcrm.terminal.render import emit, say, tell
from tourcrm.terminal.typer_i18n import cli_group

if TYPE_CHECKING:
    from tourcrm.analysis.filters import Filter

app = cli_group()


def _parameter(one: "Filter") -> inspect.Parameter:
    names = (one.option,)
    kind: Any = bool if one.flag else list[str] | None
    option = typer.Option(*names, help=one.help, metavar=one.metavar or None)
    return inspect.Parameter(
        one.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=False if one.flag else None,
        annotation=Annotated[kind, option],
    )


_SAVE = inspect.Parameter(
    "save",
    inspect.Parameter.KEYWORD_ONLY,
    default=None,
    annotation=Annotated[
        str | None,
        typer.Option(
            "--save",
            metavar=N_("NAME"),
            help=N_("keep these filters under this name"),
        ),
    ],
)
_SAVED = inspect.Parameter(
    "saved",
    inspect.Parameter.KEYWORD_ONLY,
    default=None,
    annotation=Annotated[
        list[str] | None,
        typer.Option(
            "--saved", metavar=N_("NAME"), help=N_("as saved under this name; more filters add up")
        ),
    ],
)


def with_filters(saving: bool = True) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command that takes **given an option for each filter. saving: --save, too."""
    from tourcrm.analysis.filters import FILTERS

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def run(**words: Any) -> None:
            command(**words)

        signature = inspect.signature(command)
        own = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
        more = [*map(_parameter, FILTERS), _SAVED, *([_SAVE] if saving else [])]
        run.__signature__ = signature.replace(parameters=[*own, *more])  # type: ignore[attr-defined]  # where inspect looks first
        return run

    return decorate


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the options of filters say: whom a list shows."""

    selection: Mapping[str, Sequence[str]]
    wanted: queries.Wanted


def selection_of(desk: Desk, given: Mapping[str, Any]) -> dict[str, list[str]]:
    """The selection of the options, saved ones included. Raises NotFound, WrongUsage."""
    from tourcrm.analysis import filters

    typed = {
        one.name: ["yes"] if one.flag else list(given[one.name])
        for one in filters.FILTERS
        if given.get(one.name)
    }
    saved = [saved_filters.named(desk.session, name).options for name in given.get("saved") or ()]
    found = filters.together(*saved, typed)
    options.not_together({"--owner": "owner" in found, "--unowned": "unowned" in found})
    return found


def chosen(desk: Desk, given: Mapping[str, Any], status: str | None = None) -> Chosen:
    """Whom the options choose as of today. status: where nothing is said of it."""
    from tourcrm.analysis import filters

    found = selection_of(desk, given)
    if status and "status" not in found:
        found["status"] = [status]
    scene = filters.Scene(desk.session, desk.settings, desk.today)
    return Chosen(found, queries.Wanted(more=tuple(filters.conditions(scene, found))))


def _keep(given: Mapping[str, Any]) -> None:
    """Save the filters of a command under a name, once they are known to be sound."""
    name = options.parse_with(parsing.label, given["save"], "--save")
    with context.writing("customers list --save") as desk:
        found = selection_of(desk, given)
        if not found:
            raise WrongUsage(N_("--save keeps filters: say some, such as --tag 亲子."))
        chosen(desk, given)
        new = saved_filters.save(desk.session, desk.number, name, found)
    text = _("Saved as {name}: {options}") if new else _("Saved anew as {name}: {options}")
    if new is not None:
        tell(text.format(name=visible(name), options=worded(found)))


def worded(selection: Mapping[str, Sequence[str]]) -> str:
    """A selection as the options that say it."""
    from tourcrm.analysis.filters import BY_NAME

    return " ".join(
        BY_NAME[name].option
        if BY_NAME[name].flag
        else f"{BY_NAME[name].option} {visible(text, 80)}"
        for name, texts in selection.items()
        if name in BY_NAME
        for text in texts
    )


@app.command(
    "list",
    help=N_(
        "List customers, those who are active unless --status says otherwise. Filters add up; "
        "values with commas between are alternatives. --save keeps them under a name, --saved "
        "takes them from there."
    ),
    epilog=N_(
        "Example: tourcrm customers list --tag 摄影 --owner 小林 --limit 20\n"
        "tourcrm customers list --tag 亲子 --bought 海岛 --tier A,B --save 亲子海岛\n"
        "tourcrm customers list --saved 亲子海岛 --contacted-not-since 90 -f json"
    ),
)
@with_filters()
def list_(
    limit: Limit = None,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
    reveal: options.Reveal = False,
    **given: Any,
) -> None:
    if given["save"] is not None:
        _keep(given)
    with opened("customers list", reveal) as desk:
        found = chosen(desk, given, status="active")
        wanted = found.wanted
        shape = options.shape(desk, format, output, excel, reveal)
        emit_list(
            lambda most: queries.listed(desk.session, replace(wanted, limit=most)),
            lambda: queries.count(desk.session, wanted),
            limit,
            (*CUSTOMER, *own_fields.columns(desk.session)),
            shape,
            _("Customers"),
        )
        if shape.format == "table" and output is None:
            _tell_of_others(desk, given, found)
        _tell_of_nobodys(desk, found)


def _tell_of_others(desk: Desk, given: Mapping[str, Any], found: Chosen) -> None:
    """That there are lost or deceased ones like these; how it is known who looks at the price."""
    if found.selection["status"] == ["active"]:
        hidden = queries.count(desk.session, chosen(desk, given, status="all").wanted)
        hidden -= queries.count(desk.session, found.wanted)
        if hidden > 0:
            text = _("Not listed: {count} lost or deceased; --status all shows them.")
            tell(text.format(count=hidden))
    if "price_sensitive" in found.selection:
        tell(
            _(
                "Price-sensitive: the middle price a person and day is in the lowest quarter of "
                "trips to the same places, or most trips used a voucher; `customers show` tells "
                "which."
            )
        )


def _tell_of_nobodys(desk: Desk, found: Chosen) -> None:
    if "owner" not in found.selection:
        return
    more = {name: texts for name, texts in found.selection.items() if name != "owner"}
    asked: dict[str, Any] = {**more, "unowned": True}
    if count := queries.count(desk.session, chosen(desk, asked).wanted):
        text = _("Nobody looks after {n} more like these: tourcrm customers list --unowned")
        tell(text.format(n=count))


@app.command(
    "export",
    help=N_(
        "Export all customers with every column, with --reveal in full, to be imported again. "
        "Filters choose some of them, as in `customers list`: those who are active unless "
        "--status says otherwise."
    ),
    epilog=N_(
        "Example: tourcrm customers export --reveal -o customers.csv\n"
        "tourcrm customers export --saved 亲子海岛 -o 亲子海岛.xlsx"
    ),
)
@with_filters(saving=False)
def export(
    format: options.Format = "csv",
    output: options.Output = None,
    excel: options.Excel = False,
    reveal: options.Reveal = False,
    **given: Any,
) -> None:
    with opened("customers export", reveal) as desk:
        shape = options.shape(desk, format, output, excel, reveal)
        filtered = bool(selection_of(desk, given))
        found = chosen(desk, given, status="active" if filtered else None)
        columns = (*CUSTOMER, *own_fields.columns(desk.session))
        emit(queries.listed(desk.session, found.wanted), columns, shape, title=_("Customers"))
        if filtered:
            _tell_of_others(desk, given, found)


@app.command(
    "filters",
    help=N_("List the selections that were saved with `customers list --save`, or remove one."),
    epilog=N_("Example: tourcrm customers filters\ntourcrm customers filters --remove 亲子海岛"),
)
def filters_(
    remove: Annotated[
        str | None, typer.Option("--remove", metavar=N_("NAME"), help=N_("forget this one"))
    ] = None,
    format: options.Format = "table",
    output: options.Output = None,
) -> None:
    if remove is not None:
        with context.writing("customers filters") as desk:
            name = saved_filters.remove(desk.session, desk.number, remove)
        text = _("Removed the selection {name}. To take it back: {command}")
        say(text.format(name=visible(name), command=context.command("undo")))
        return
    with context.reading() as desk:
        shape = options.shape(desk, format, output)
        rows = [
            {
                "name": one.name,
                "options": worded(one.options),
                "customers": _count(desk, one.options),
            }
            for one in saved_filters.listed(desk.session)
        ]
        emit(rows, SAVED_FILTERS, shape, title=_("Saved selections"))


def _count(desk: Desk, selection: Mapping[str, Sequence[str]]) -> int | None:
    """How many a selection chooses today; None where a field that it names is gone."""
    from tourcrm.base.errors import TourcrmError

    try:
        return queries.count(desk.session, chosen(desk, selection, status="active").wanted)
    except TourcrmError:
        return None
