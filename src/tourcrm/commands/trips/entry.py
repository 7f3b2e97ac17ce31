"""Journeys written down: import, add, edit."""

from tourcrm.base.columns import TRIP
from tourcrm.base.display import visible
from tourcrm.base.errors import WrongUsage
from tourcrm.base.i18n import N_, _
from tourcrm.bookings import departures, seats, trips
from tourcrm.commands import named, terms
from tourcrm.commands.fields import Who, tell_notes, with_options
from tourcrm.commands.imports import command
from tourcrm.commands.trips.stages import Code, Waitlist, say_changed
from tourcrm.terminal import context, typed
from tourcrm.terminal.render import say
from tourcrm.terminal.typer_i18n import cli_group

app = cli_group()

command.register(
    app,
    "trips",
    N_("Import trips from a sheet as it is."),
    N_("Example: tourcrm trips import orders.csv"),
)


@app.command(
    "add",
    help=N_("Add a trip, or an inquiry or quote that may become one."),
    epilog=N_(
        "Example: tourcrm trips add C000012 --destination 北疆 --departs 2027-06-01 --days 8 "
        "--price 12800 --people 2\n"
        "tourcrm trips add 王芳 --departure YN6-0501 --people 2"
    ),
)
@with_options(TRIP)
def add(who: Who, waitlist: Waitlist = False, **given: str | None) -> None:
    with context.writing("trips add") as desk:
        row = named.customer(desk, who)
        values = typed.read(TRIP, given, desk.settings)
        queue_at = desk.now if waitlist else None
        stored = trips.add(desk.session, desk.number, row, values, desk.today, queue_at)
        known = terms.cautions(desk, stored.code)
        code = values.get("departure_code")
        left = seats.left(desk.session, departures.find_one(desk.session, code)) if code else 0
    text = _("Added {code} for {customer} {name}.")
    name = visible(stored.name, 40)
    say(text.format(code=visible(stored.code), customer=stored.customer, name=name))
    if stored.waits:
        say(_("It waits for seats: number {turn} in line.").format(turn=stored.waits))
    elif code:
        say(_("Seats left on {departure}: {left}.").format(departure=visible(code), left=left))
    tell_notes((*stored.notes, *known))


@app.command(
    "edit",
    help=N_('Change a trip. An empty text clears: --guide "".'),
    epilog=N_("Example: tourcrm trips edit T0000012 --departs 2027-06-08 --price 13800"),
)
@with_options(TRIP, edited=True)
def edit(which: Code, **given: str | None) -> None:
    with context.writing("trips edit") as desk:
        values = typed.read(TRIP, given, desk.settings)
        if not values:
            raise WrongUsage(N_("Say what to change, for example --price 13800."))
        row = named.trip(desk, which)
        region = desk.settings["region"]
        stored = trips.edit(desk.session, desk.number, row, values, desk.today, region)
        booked = {"status", "price", "customer_id", "abroad"} & set(stored.changed)
        known = terms.cautions(desk, stored.code) if booked else ()
    say_changed(stored)
    tell_notes(known)
