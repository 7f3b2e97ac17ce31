"""Journeys as lists: list, show, find, export."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from tourcrm.base.columns import ALONG, LEAD, MARGIN, TRIP, WHOSE_LEADS, Column, by_field
from tourcrm.base.errors import WrongUsage
from tourcrm.base.i18n import N_, _
from tourcrm.bookings import leads, margins, travellers, trips
from tourcrm.commands import named, options
from tourcrm.commands.fields import Limit, emit_found, emit_list, opened, register_export
from tourcrm.commands.trips.stages import Code
from tourcrm.terminal import context, typed
from tourcrm.terminal.context import Desk
from tourcrm.terminal.render import card, emit, say, table
from tourcrm.terminal.typer_i18n import cli_group

app = cli_group()

_COLUMNS = by_field(TRIP)

_SHOWN = (
    *(
        replace(
            column, exported=True, words="trip_state" if column.field == "status" else column.words
        )
        for column in TRIP
        if column.exported or column.field == "name"
    ),
    MARGIN,
)
_LISTED = tuple(
    replace(column, in_table=False) if column.field in ("returns_on", "party_size") else column
    for column in _SHOWN
)
_BESIDE_MARGIN = frozenset(
    {"code", "name", "phone", "destination", "status", "departs_on", "price", "margin"}
)


def _with_margin(desk: Desk, rows: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """Rows of trips with what each brings."""
    source = iter(rows)
    while some := list(islice(source, 1000)):
        known = margins.of_trips(desk.session, [row.id for row in some], desk.today)
        for row in some:
            yield row._asdict() | {"margin": known[row.id].margin}


_PHONE = replace(_COLUMNS["phone"], exported=True, kind="phone")
_WITH_PHONES = tuple(
    shown for one in _LISTED for shown in ((one, _PHONE) if one.field == "name" else (one,))
)


def _columns(phones: bool, margin: bool) -> Sequence[Column]:
    """The columns of a list, with the phones, and with the margin among fewer others."""
    listed = _WITH_PHONES if phones else _LISTED
    if not margin:
        return listed
    return [replace(one, in_table=one.field in _BESIDE_MARGIN) for one in listed]


@app.command(
    "list",
    help=N_("List trips, the latest departure first."),
    epilog=N_(
        "Example: tourcrm trips list --customer 王芳 --status completed\n"
        "tourcrm trips list --departure T0000012 --phones\n"
        "tourcrm trips list --open"
    ),
)
def list_(
    who: Annotated[
        str | None, typer.Option("--customer", help=N_("only of this one: code, phone or name"))
    ] = None,
    first: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help=N_("departures from this day on"))
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help=N_("departures up to this day"))
    ] = None,
    status: Annotated[
        str | None,
        typer.Option("--status", help=N_("inquiry, quoted, booked, completed, cancelled or lost")),
    ] = None,
    advisor: Annotated[
        str | None, typer.Option("--advisor", "--adviser", help=N_("only of this colleague"))
    ] = None,
    service: Annotated[str | None, typer.Option("--service", help=_COLUMNS["service"].help)] = None,
    destination: Annotated[
        str | None,
        typer.Option("--destination", help=N_("only to this place, or a part of its name")),
    ] = None,
    departure: Annotated[
        str | None,
        typer.Option(
            "--departure",
            "--group",
            metavar=N_("TRIP"),
            help=N_("all on the departure of this order; or the code of a group"),
        ),
    ] = None,
    phones: Annotated[
        bool,
        typer.Option("--phones", help=N_("with the customers' phones, masked without --reveal")),
    ] = False,
    is_open: Annotated[
        bool,
        typer.Option(
            "--open",
            help=N_("leads: inquiries and quotes with stage, age, sum, last contact, whose"),
        ),
    ] = False,
    margin: Annotated[
        bool,
        typer.Option(
            "--margin", help=N_("what each brings: price, less costs and refunds, plus commission")
        ),
    ] = False,
    limit: Limit = None,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
    reveal: options.Reveal = False,
) -> None:
    if is_open:
        others = {
            "--from": first, "--to": last, "--status": status, "--service": service,
            "--destination": destination, "--departure": departure, "--phones": phones,
            "--limit": limit,
        }  # fmt: skip
        for option, given in others.items():
            if given:
                raise WrongUsage(N_("{option} does not go with --open."), option=option)
        _leads(who, advisor, format, output, excel)
        return
    if reveal and not phones:
        raise WrongUsage(
            N_("{option} only goes with {other}."), option="--reveal", other="--phones"
        )
    with opened("trips list", reveal) as desk:
        state = replace(_COLUMNS["status"], words="trip_state")
        wanted = trips.Wanted(
            customer_id=named.customer_id(desk, who),
            first=options.parse_day(first, "--from") if first else None,
            last=options.parse_day(last, "--to") if last else None,
            status=status and typed.value(state, status, desk.settings),
            advisor=advisor,
            service=service and typed.value(_COLUMNS["service"], service, desk.settings),
            destination=destination,
            departure=departure and named.trip_or_text(desk, departure),
        )
        shape = options.shape(desk, format, output, excel, reveal)
        emit_list(
            lambda most: _with_margin(
                desk, trips.listed(desk.session, replace(wanted, limit=most), desk.today)
            ),
            lambda: trips.count(desk.session, wanted, desk.today),
            limit,
            _columns(phones, margin),
            shape,
            _("Trips"),
        )


def _leads(
    who: str | None, adviser: str | None, format: str, output: Path | None, excel: bool
) -> None:
    with context.reading() as desk:
        found = leads.opened(
            desk.session,
            desk.settings.zone,
            desk.today,
            customer_id=named.customer_id(desk, who),
            adviser=adviser,
        )
        shape = options.shape(desk, format, output, excel)
        emit(found, LEAD, shape, title=_("Open inquiries and quotes"))
    if found and shape.format == "table" and shape.output is None:
        say("")
        table(list(leads.by_adviser(found)), WHOSE_LEADS, shape, title=_("By adviser"))
        say(_("Weighty: worth more than half of those that have a price."))


@app.command(
    "show",
    help=N_("Show everything about a trip."),
    epilog=N_("Example: tourcrm trips show T0000012"),
)
def show(code: Code, format: options.Format = "table", output: options.Output = None) -> None:
    with context.reading() as desk:
        row = named.trip(desk, code)
        others = tuple(who.name for who in travellers.of_trip(desk.session, row))
        [found] = _with_margin(desk, [trips.shown(desk.session, row, desk.today)])
        found |= {"travellers": others or None}
        shape = options.shape(desk, format, output)
    if format == "table" and output is None:
        card(found, (*_SHOWN, ALONG), shape)
    else:
        emit([found], (*_SHOWN, ALONG), shape)


@app.command(
    "find",
    help=N_(
        "Find trips by a part of the destination, code, advisor, guide or note, by the service or "
        "kind, or by the customer's name, pinyin, code or phone."
    ),
    epilog=N_("Example: tourcrm trips find 北疆\ntourcrm trips find 邮轮 王芳"),
)
def find(
    words: Annotated[
        list[str], typer.Argument(help=N_("what to look for; all words must be there"))
    ],
    limit: Limit = 50,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    with context.reading() as desk:
        emit_found(
            lambda most: _with_margin(
                desk, trips.find(desk.session, " ".join(words), most, desk.today)
            ),
            limit or 50,
            _LISTED,
            options.shape(desk, format, output, excel),
            _("Trips"),
        )


register_export(
    app,
    "trips",
    trips.exported,
    TRIP,
    N_("Trips"),
    N_(
        "Export all trips with every column, so that they can be imported again."
        " Nothing of them is hidden, with or without --reveal."
    ),
    N_("Example: tourcrm trips export -o trips.csv"),
)
