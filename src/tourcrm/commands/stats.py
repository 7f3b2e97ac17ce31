"""`tourcrm stats`: what sales bring, and from where they come."""

from collections.abc import Sequence
from typing import Annotated, Literal

import typer

from tourcrm.analysis import conversion, finance
from tourcrm.analysis.conversion import ASKED_OFTEN
from tourcrm.analysis.finance import Cut
from tourcrm.base.columns import CONVERSION, CUT_BY, FINANCE, NEVER_BOUGHT, SOURCES, WEEKS
from tourcrm.base.errors import WrongUsage
from tourcrm.base.i18n import N_, _, ngettext
from tourcrm.base.money import format_amount, parse_amount
from tourcrm.bookings import cash
from tourcrm.commands import options, referrals
from tourcrm.commands.pages.conversion import listed_texts, say_losses, say_never
from tourcrm.commands.terms import terms_of
from tourcrm.terminal import context
from tourcrm.terminal.render import emit, say, tell
from tourcrm.terminal.typer_i18n import cli_group

app = cli_group(
    epilog=N_(
        "tourcrm stats finance --from 2026-01-01\n"
        "tourcrm stats finance --ahead\n"
        "tourcrm stats channels\n"
        "tourcrm stats conversion --by advisor\n"
        "tourcrm stats referrals"
    )
)

_WEEKS = 8


@app.command(
    "finance",
    help=N_(
        "What trips bring by month of departure: price, costs, commission, refunds, margin; a "
        "cancelled one brings its fee. --ahead: the money expected in and out in the next weeks."
    ),
    epilog=N_(
        "Example: tourcrm stats finance --by supplier --from 2026-01-01 --to 2026-12-31\n"
        "tourcrm stats finance --ahead --weeks 12 --cash 20万"
    ),
)
def finance_(
    by: Annotated[
        Literal["month", "destination", "kind", "supplier"],
        typer.Option("--by", help=N_("what it is cut by")),
    ] = "month",
    first: options.First = None,
    last: options.Last = None,
    ahead: Annotated[
        bool, typer.Option("--ahead", help=N_("what is expected in and out, by week"))
    ] = False,
    weeks: Annotated[
        int | None, typer.Option("--weeks", min=1, max=104, help=N_("how many weeks (default 8)"))
    ] = None,
    there: Annotated[
        str | None, typer.Option("--cash", help=N_("with --ahead: the money that there is now"))
    ] = None,
    as_of: options.AsOf = None,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    if ahead:
        options.not_together({"--ahead": True, "--from": bool(first)})
        options.not_together({"--ahead": True, "--to": bool(last)})
        _ahead(weeks or _WEEKS, there, as_of, format, output, excel)
        return
    if weeks or there:
        raise WrongUsage(N_("--weeks and --cash go with --ahead."))
    with context.reading() as desk:
        start, end = options.period(first, last)
        rows = finance.finance(desk.session, by, options.day(desk, as_of), start, end)
        shape = options.shape(desk, format, output, excel)
        named = [_named(row, by) for row in rows]
        emit(named, (CUT_BY[by], *FINANCE), shape, title=_("Finance"))
    _doubts(rows, format == "table" and output is None)


def _named(cut: Cut, by: str) -> dict[str, object]:
    found = {column.field: getattr(cut, column.field) for column in FINANCE}
    return {CUT_BY[by].field: cut.name, **found}


def _doubts(rows: Sequence[Cut], shown: bool) -> None:
    """Say of how many trips something is not known, so that a sum is not taken for more."""
    trips, known = sum(row.trips for row in rows), sum(row.known for row in rows)
    if not trips:
        return
    out = say if shown else tell
    if (missing := trips - known) > 0:
        text = ngettext(
            "Of {count} trip no cost is known, so that the margin is too high: tourcrm trips cost",
            "Of {count} trips no cost is known, so that margins are too high: tourcrm trips cost",
            missing,
        )
        out(text.format(count=missing))
    if missing := trips - sum(row.priced for row in rows):
        text = ngettext("{count} trip has no price.", "{count} trips have no price.", missing)
        out(text.format(count=missing))


def _ahead(
    weeks: int,
    there: str | None,
    as_of: str | None,
    format: str,
    output: options.Output,
    excel: bool,
) -> None:
    with context.reading() as desk:
        currency = desk.settings["currency"]
        fen = 0
        if there is not None:
            fen = options.parse_with(
                lambda text: parse_amount(text, currency, signed=True), there, "--cash"
            )
        found = cash.ahead(desk.session, terms_of(desk), options.day(desk, as_of), weeks, fen)
        shape = options.shape(desk, format, output, excel)
        emit(found.weeks, WEEKS, shape, title=_("Money to come"))
    out = say if format == "table" and output is None else tell
    if found.overdue:
        amount = format_amount(found.overdue, currency)
        out(_("{amount} is overdue from customers and not counted on.").format(amount=amount))
    if found.dry:
        text = _("From the week of {day} on more goes out than there is: {amount}.")
        tell(text.format(day=found.dry.week, amount=format_amount(found.dry.balance, currency)))


def _register(verb: str, by: str, title: str, help: str, epilog: str) -> None:
    """Give `stats` a command that counts by a field of the trips."""

    @app.command(verb, help=help, epilog=epilog)
    def sources(
        first: options.First = None,
        last: options.Last = None,
        as_of: options.AsOf = None,
        format: options.Format = "table",
        output: options.Output = None,
        excel: options.Excel = False,
    ) -> None:
        with context.reading() as desk:
            start, end = options.period(first, last)
            rows = finance.sources(desk.session, by, options.day(desk, as_of), start, end)
            shape = options.shape(desk, format, output, excel)
            key = CUT_BY[by].field
            named = [
                {key: row.name} | {one.field: getattr(row, one.field) for one in SOURCES}
                for row in rows
            ]
            emit(named, (CUT_BY[by], *SOURCES), shape, title=_(title))


_register(
    "channels",
    "channel",
    N_("Channels"),
    N_("What came through each channel: customers, trips, revenue, margin, who came again."),
    N_("Example: tourcrm stats channels --from 2026-01-01"),
)
_register(
    "destinations",
    "destination",
    N_("Destinations"),
    N_("What each destination brings: customers, trips, revenue, margin, who came again."),
    N_("Example: tourcrm stats destinations -f csv"),
)
_register(
    "advisors",
    "advisor",
    N_("Advisers"),
    N_("What each adviser sold: customers, trips, revenue, margin, days to decide."),
    N_("Example: tourcrm stats advisors --from 2026-01-01"),
)


@app.command(
    "conversion",
    help=N_(
        "What becomes of inquiries: how many are quoted and booked, after how many days, why the "
        "others were lost, and to whom. --never: who asks often and never booked."
    ),
    epilog=N_(
        "Example: tourcrm stats conversion --by advisor --from 2026-01-01\n"
        "tourcrm stats conversion --never --at-least 4"
    ),
)
def conversion_(
    by: Annotated[
        Literal["source", "advisor", "destination", "month"] | None,
        typer.Option("--by", help=N_("what it is cut by (default: the month of the inquiry)")),
    ] = None,
    first: options.First = None,
    last: options.Last = None,
    never: Annotated[
        bool, typer.Option("--never", help=N_("list who asks often and never booked"))
    ] = False,
    at_least: Annotated[
        int,
        typer.Option("--at-least", min=1, help=N_("inquiries from which on somebody asks often")),
    ] = ASKED_OFTEN,
    as_of: options.AsOf = None,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    options.not_together({"--never": never, "--by": by is not None})
    with context.reading() as desk:
        start, end = options.period(first, last)
        day = options.day(desk, as_of)
        leads = list(conversion.leads(desk.session, day, start, end))
        often = conversion.never_bought(desk.session, leads, day, at_least)
        shape = options.shape(desk, format, output, excel)
        if never:
            rows = [listed_texts(one) for one in often]
            emit(rows, NEVER_BOUGHT, shape, title=_("Ask often, never booked"))
            return
        cut = by or "month"
        key = CUT_BY[cut].field
        named = [{key: one.name, **listed_texts(one)} for one in conversion.conversion(leads, cut)]
        emit(named, (CUT_BY[cut], *CONVERSION), shape, title=_("From inquiry to booking"))
    if format == "table" and output is None and leads:
        say_losses(leads, shape)
        say_never(often, at_least)


referrals.register(app)
