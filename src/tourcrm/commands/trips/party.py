"""Who is on a trip, and what happens on it from day to day."""

from typing import Annotated

import typer

from tourcrm.base.columns import ITINERARY, TRAVELLERS, Column
from tourcrm.base.display import visible
from tourcrm.base.errors import WrongUsage
from tourcrm.base.i18n import N_, _
from tourcrm.bookings import departures, itinerary, travellers, trips
from tourcrm.commands import named, options
from tourcrm.commands.fields import opened, tell_notes
from tourcrm.commands.pages.layout import listed
from tourcrm.commands.trips.stages import Code
from tourcrm.models import Customer, Departure, Trip
from tourcrm.terminal import context
from tourcrm.terminal.context import Desk
from tourcrm.terminal.render import emit, say, tell
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
        row = named.trip(desk, code)
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
        row = named.trip(desk, code)
        done = travellers.change(
            desk.session, desk.number, row, _people(desk, add), _people(desk, remove)
        )
        of = visible(row.code)
    if done.added:
        say(_("On {trip} now: {who}.").format(trip=of, who=listed(map(visible, done.added))))
    if done.removed:
        gone = listed(map(visible, done.removed))
        say(_("No more on {trip}: {who}.").format(trip=of, who=gone))
    tell_notes(done.notes)


def _people(desk: Desk, who: list[str]) -> list[Customer]:
    return [named.customer(desk, one) for one in who]


@app.command(
    "itinerary",
    help=N_("List what happens on a trip or a departure from day to day; add and remove lines."),
    epilog=N_(
        'Example: tourcrm trips itinerary --departure YN6-0501 --add "2: 石林" --add "3: 大理"\n'
        "tourcrm trips itinerary T0000012 --remove 2\n"
        "tourcrm trips import 行程.xlsx --rows itinerary"
    ),
)
def lines(
    code: options.SomeTrip = None,
    departure: options.OfDeparture = None,
    add: Annotated[
        list[str] | None,
        typer.Option("--add", metavar=N_("DAY: TEXT"), help=N_("a line: day of the trip, or date")),
    ] = None,
    remove: Annotated[
        list[int] | None,
        typer.Option("--remove", metavar=N_("LINE"), help=N_("the line of this number")),
    ] = None,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    if add or remove:
        with context.writing("trips itinerary") as desk:
            row = trip_or_departure(desk, code, departure)
            made, gone = itinerary.change(desk.session, desk.number, row, add or [], remove or [])
        tell(_("Lines added: {added}; removed: {removed}.").format(added=made, removed=gone))
    with context.reading() as desk:
        row = trip_or_departure(desk, code, departure)
        found = [
            {"n": number, **{one.field: getattr(line, one.field) for one in ITINERARY}}
            for number, line in enumerate(itinerary.of(desk.session, row), 1)
        ]
        shape = options.shape(desk, format, output, excel)
        emit(found, (_LINE, *ITINERARY), shape, title=_("Itinerary"))


_LINE = Column("n", "count", "n", "序号")


def trip_or_departure(desk: Desk, code: str | None, departure: str | None) -> Trip | Departure:
    """What a command is about: a trip by its code, or a departure. Raises WrongUsage."""
    if (code is None) == (departure is None):
        raise WrongUsage(N_("Say which: the code of a trip, or --departure CODE."))
    if departure is not None:
        return departures.find_one(desk.session, departure)
    return named.trip(desk, code or "")
