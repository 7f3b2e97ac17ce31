"""Who is on a trip, and what happens on it from day to day."""

from typing import Annotated

import typer

from tourcrm.base.columns import TRAVELLERS
from tourcrm.base.display import visible
from tourcrm.base.i18n import N_, _
from tourcrm.bookings import travellers, trips
from tourcrm.commands import options
from tourcrm.commands.fields import opened, tell_notes
from tourcrm.commands.pages.layout import listed
from tourcrm.commands.trip_stages import Code
from tourcrm.customers import lookup
from tourcrm.models import Customer
from tourcrm.terminal import context
from tourcrm.terminal.context import Desk
from tourcrm.terminal.render import emit, say
from tourcrm.terminal.typer_i18n import cli_group

app = cli_group()

_WHO = N_("CUSTOMER")


@app.command(
    "travellers",
    help=N_("List who is on a trip beside its customer; put people on it, or take them off."),
    epilog=N_(
        "Example: tourcrm trips travellers T0000012\n"
        "tourcrm trips travellers T0000012 --add 李娜 --add C000031 --remove 张伟"
    ),
)
def party(
    code: Code,
    add: Annotated[
        list[str] | None,
        typer.Option("--add", metavar=_WHO, help=N_("goes along: code, phone or name")),
    ] = None,
    remove: Annotated[
        list[str] | None,
        typer.Option("--remove", metavar=_WHO, help=N_("stays at home: code, phone or name")),
    ] = None,
    reveal: options.Reveal = False,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    if add or remove:
        _change(code, add or [], remove or [])
    with opened("trips travellers", reveal) as desk:
        row = trips.find_one(desk.session, code)
        people = [
            _member(row.code, who, "traveller" if number else "customer")
            for number, who in enumerate(
                [trips.customer_of(desk.session, row), *travellers.of_trip(desk.session, row)]
            )
        ]
        shape = options.shape(desk, format, output, excel, reveal)
        emit(people, TRAVELLERS, shape, title=_("On {trip}").format(trip=visible(row.code)))


def _member(trip: str, who: Customer, role: str) -> dict[str, str | None]:
    return {
        "trip": trip,
        "customer": who.code,
        "name": who.name,
        "phone": who.phone or who.phone2,
        "role": role,
        "needs": who.needs,
    }


def _change(code: str, add: list[str], remove: list[str]) -> None:
    with context.writing("trips travellers") as desk:
        row = trips.find_one(desk.session, code)
        done = travellers.change(
            desk.session, lambda: desk.operation, row, _people(desk, add), _people(desk, remove)
        )
        named = visible(row.code)
    if done.added:
        say(_("On {trip} now: {who}.").format(trip=named, who=listed(map(visible, done.added))))
    if done.removed:
        gone = listed(map(visible, done.removed))
        say(_("No more on {trip}: {who}.").format(trip=named, who=gone))
    tell_notes(done.notes)


def _people(desk: Desk, named: list[str]) -> list[Customer]:
    return [lookup.find_one(desk.session, one, desk.settings["region"]) for one in named]
