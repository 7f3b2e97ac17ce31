"""`tourcrm departures`: dated runs of what is sold, and their seats."""

from dataclasses import replace
from typing import Annotated

import typer

from tourcrm.base.columns import ABOARD_LIST, DEPARTURE, DEPARTURE_LIST, ITINERARY
from tourcrm.base.display import visible
from tourcrm.base.errors import WrongUsage
from tourcrm.base.i18n import N_, _, ngettext
from tourcrm.bookings import departures, seats, travellers
from tourcrm.bookings.seats import Next
from tourcrm.commands import options
from tourcrm.commands.fields import Limit, emit_list, headers, opened, tell_notes, with_options
from tourcrm.commands.imports import command
from tourcrm.commands.pages import departure_sheet as pages
from tourcrm.reports import departure_sheet
from tourcrm.terminal import context, typed
from tourcrm.terminal.render import card, emit, emit_parts, say
from tourcrm.terminal.typer_i18n import cli_group

app = cli_group(
    epilog=(
        "tourcrm departures add YN6-0501 --product YN6 --departs 2027-05-01 --seats 20\n"
        "tourcrm departures list --free\n"
        "tourcrm departures show YN6-0501"
    )
)

Code = Annotated[str, typer.Argument(metavar=N_("DEPARTURE"), help=N_("the departure's code"))]


def say_next(first: Next | None) -> None:
    """Say whose turn it is, where seats are free and somebody waits for them."""
    if first is not None:
        text = _("Seats are free on {departure}. First in line: {name}, {people}: {command}")
        people = ngettext("{count} person", "{count} people", first.people)
        command = context.command("trips", "book", first.trip)
        say(
            text.format(
                departure=visible(first.departure),
                name=visible(first.name, 40),
                people=people.format(count=first.people),
                command=command,
            )
        )


command.register(
    app,
    "departures",
    N_(
        "Import departures from a sheet, with seats and the product that is sold. Where one moves, "
        "its trips move with it."
    ),
    N_("Example: tourcrm departures import 团期.xlsx"),
)


@app.command(
    "add",
    help=N_(
        "Add a departure with its seats. Place and days follow from the product, if it has one."
    ),
    epilog=N_(
        "Example: tourcrm departures add YN6-0501 --product YN6 --departs 2027-05-01 --seats 20\n"
        "tourcrm departures add D1 --destination 云南 --departs 2027-05-01 --returns 2027-05-06 "
        "--seats 16"
    ),
)
@with_options(DEPARTURE)
def add(
    code: Annotated[str, typer.Argument(metavar=N_("DEPARTURE"), help=N_("a code of your own"))],
    **given: str | None,
) -> None:
    with context.writing("departures add") as desk:
        values = typed.read(DEPARTURE, given | {"code": code}, desk.settings)
        row = departures.add(desk.session, desk.number, values)
        text = _("Added {code}: {destination}, {departs} to {returns}, {seats} seats.")
        line = text.format(
            code=visible(row.code),
            destination=visible(row.destination or "", 40),
            departs=row.departs_on,
            returns=row.returns_on,
            seats=row.seats,
        )
        notes = list(travellers.of_departure(desk.session, row))
    say(line)
    tell_notes(notes)


@app.command(
    "list",
    help=N_(
        "List departures with their seats: those ahead, the earliest first, then those gone by."
    ),
    epilog=N_("Example: tourcrm departures list --free\ntourcrm departures list --from 2027-05-01"),
)
def list_(
    first: options.First = None,
    last: options.Last = None,
    destination: Annotated[
        str | None, typer.Option("--destination", help=N_("only to this place"))
    ] = None,
    free: Annotated[bool, typer.Option("--free", help=N_("only those with seats left"))] = False,
    limit: Limit = None,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    with context.reading() as desk:
        start, end = options.period(first, last)
        wanted = departures.Wanted(first=start, last=end, destination=destination, free=free)
        emit_list(
            lambda most: departures.listed(desk.session, replace(wanted, limit=most), desk.today),
            lambda: departures.count(desk.session, wanted),
            limit,
            DEPARTURE_LIST,
            options.shape(desk, format, output, excel),
            _("Departures"),
        )


@app.command(
    "show",
    help=N_("Show a departure, and who is on it or waits for a seat."),
    epilog=N_("Example: tourcrm departures show YN6-0501"),
)
def show(code: Code, reveal: options.Reveal = False, format: options.Format = "table") -> None:
    with context.reading() as desk:
        row = departures.find_one(desk.session, code)
        shape = options.shape(desk, format, reveal=reveal)
        found = departures.shown(desk.session, row)
        aboard = departures.aboard(desk.session, row, desk.today)
        if format == "json":
            facts = {"departure": row.code}
            emit_parts(
                facts, {"seats": ([found], DEPARTURE_LIST), "trips": (aboard, ABOARD_LIST)}, shape
            )
            return
        if format == "table":
            card(found, tuple(replace(one, in_table=True) for one in DEPARTURE_LIST), shape)
        emit(aboard, ABOARD_LIST, shape, title=_("On it"))


@app.command(
    "edit",
    help=N_(
        "Change a departure. Where its days move, its trips move with them. An empty text clears: "
        '--guide "".'
    ),
    epilog=N_("Example: tourcrm departures edit YN6-0501 --departs 2027-05-02 --seats 24"),
)
@with_options(DEPARTURE, edited=True)
def edit(code: Code, **given: str | None) -> None:
    with context.writing("departures edit") as desk:
        values = typed.read(DEPARTURE, given, desk.settings)
        if not values:
            raise WrongUsage(N_("Say what to change, for example --seats 24."))
        row = departures.find_one(desk.session, code)
        done = departures.edit(desk.session, desk.number, row, values)
        named = visible(row.code)
        first = seats.next_in_line(desk.session, row)
    if not done.changed:
        say(_("Nothing changed: {code} is like that already.").format(code=named))
        return
    say(_("Changed {code}: {fields}.").format(code=named, fields=headers(DEPARTURE, done.changed)))
    if done.moved:
        text = ngettext("{count} trip moved with it.", "{count} trips moved with it.", done.moved)
        say(text.format(count=done.moved))
    tell_notes(done.notes)
    if "seats" in done.changed:
        say_next(first)


_PARTS = (N_("people"), N_("itinerary"), N_("birthdays"), N_("numbers"))


@app.command(
    "sheet",
    help=N_(
        "The sheet for the guide: who comes, phones, papers, meals, rooms, needs, the itinerary, "
        "birthdays on the way, whom to ring. A CSV has the people only."
    ),
    epilog=N_(
        "Example: tourcrm departures sheet YN6-0501\n"
        "tourcrm departures sheet YN6-0501 --reveal -o YN6-0501.xlsx"
    ),
)
def sheet(
    code: Code,
    reveal: options.Reveal = False,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    with opened("departures sheet", reveal) as desk:
        row = departures.find_one(desk.session, code)
        shape = options.shape(desk, format, output, excel, reveal)
        found = departure_sheet.build(desk.session, row)
        if format == "table" and output is None:
            for line in pages.lines(found, shape):
                say(line)
            return
        facts: dict[str, str | int] = {
            "departure": row.code,
            "destination": row.destination or "",
            "departs_on": str(row.departs_on),
            "returns_on": str(row.returns_on),
            "guide": row.guide or "",
            "note": row.note or "",
            "people_booked": found.people,
        }
        lists = (
            (found.members, departure_sheet.PEOPLE),
            (found.itinerary, ITINERARY),
            (found.birthdays, departure_sheet.BIRTHDAYS),
            (found.numbers, departure_sheet.NUMBERS),
        )
        emit_parts(facts, dict(zip(_PARTS, lists, strict=True)), shape)
