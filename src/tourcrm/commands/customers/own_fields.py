"""`tourcrm customers fields`: columns of the agency's own; and the option that fills them."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import typer

from tourcrm.base import parsing
from tourcrm.base.columns import OWN_FIELDS
from tourcrm.base.display import visible
from tourcrm.base.errors import WrongUsage
from tourcrm.base.i18n import N_, _, ngettext
from tourcrm.commands import options
from tourcrm.customers import own_fields
from tourcrm.models import Customer
from tourcrm.terminal import context, typed
from tourcrm.terminal.context import Desk
from tourcrm.terminal.render import emit, say
from tourcrm.terminal.typer_i18n import cli_group, confirm

app = cli_group()

Given = Annotated[
    list[str] | None,
    typer.Option(
        "--field",
        metavar=N_("NAME=VALUE"),
        help=N_("a field of your own (customers fields), such as 饮食禁忌=不吃辣; NAME= clears it"),
    ),
]


def pair(desk: Desk, text: str) -> tuple[str, Any]:
    """The name and the checked value of NAME=VALUE. Raises WrongUsage, NotFound."""
    name, sign, value = text.replace("＝", "=", 1).partition("=")
    if not sign or not name.strip():
        raise WrongUsage(
            N_("--field takes NAME=VALUE, such as 饮食禁忌=不吃辣; not “{given}”."),
            given=visible(text, 60),
        )
    column = own_fields.column_of(desk.session, name.strip())
    return column.field, typed.value(column, value, desk.settings, f"--field {column.field}")


def put(desk: Desk, customer: int, given: Sequence[str]) -> tuple[str, ...]:
    """Fill fields of a customer as --field says; returns those that changed."""
    said: dict[str, Any] = {}
    for text in given:
        name, value = pair(desk, text)
        if name in said:
            raise WrongUsage(N_("{key} is given twice."), key=visible(name, 40))
        said[name] = value
    row = desk.session.get_one(Customer, customer)
    return own_fields.set_values(desk.session, desk.number, row, said)


@app.command(
    "fields",
    help=N_(
        "Columns of your own: list them, add one, or remove one with all that it holds. A field "
        "has a place in imports (the header is its name), on the page of a customer, in lists and "
        "exports; `customers edit --field` fills it."
    ),
    epilog=N_(
        "Example: tourcrm customers fields add 饮食禁忌\n"
        "tourcrm customers fields add 会员到期 --kind day\n"
        "tourcrm customers fields remove 饮食禁忌"
    ),
)
def fields(
    what: Annotated[
        Literal["list", "add", "remove"],
        typer.Argument(help=N_("what to do")),
    ] = "list",
    name: Annotated[
        str | None, typer.Argument(metavar=N_("NAME"), help=N_("the field's name"))
    ] = None,
    kind: Annotated[
        Literal["text", "day", "number", "flag"],
        typer.Option("--kind", help=N_("what the new field holds")),
    ] = "text",
    yes: options.Yes = False,
    format: options.Format = "table",
    output: options.Output = None,
) -> None:
    if what == "list":
        with context.reading() as desk:
            shape = options.shape(desk, format, output)
            emit(own_fields.listed(desk.session), OWN_FIELDS, shape, title=_("Fields"))
        return
    if name is None:
        raise WrongUsage(N_("Say the field's name, such as 饮食禁忌."))
    if what == "remove":
        _remove(name, yes=yes)
        return
    label = options.parse_with(parsing.label, name, _("NAME"))
    with context.writing("customers fields") as desk:
        row = own_fields.add(desk.session, desk.number, label, kind)
        added = row.name
    text = _("Added the field {name}. To fill it: {command}")
    command = f'tourcrm customers edit CODE --field "{visible(added)}=..."'
    say(text.format(name=visible(added), command=command))


def _remove(name: str, *, yes: bool) -> None:
    with context.reading() as desk:
        field = own_fields.named(desk.session, name)
        count = next(
            one.values for one in own_fields.listed(desk.session) if one.name == field.name
        )
        called = field.name
    question = ngettext(
        "Remove the field {name} with {n} value?", "Remove the field {name} with {n} values?", count
    )
    if not yes and not confirm(question.format(name=visible(called), n=count)):
        raise typer.Abort
    with context.writing("customers fields") as desk:
        field = own_fields.named(desk.session, called)
        count = own_fields.remove(desk.session, desk.number, field)
    text = ngettext(
        "Removed the field {name} with {n} value. To take it back: {command}",
        "Removed the field {name} with {n} values. To take it back: {command}",
        count,
    )
    say(text.format(name=visible(called), n=count, command=context.command("undo")))
