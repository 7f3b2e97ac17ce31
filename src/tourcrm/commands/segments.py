"""`tourcrm segments`: who deserves what."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal

import typer

from tourcrm import segment
from tourcrm.analysis import population
from tourcrm.analysis.population import Basis
from tourcrm.analysis.trend import PERCENT
from tourcrm.base.columns import QUADRANTS, RANKED_BY, RFM, TIERS, TREND, VALUE, Column
from tourcrm.base.errors import WrongUsage
from tourcrm.base.i18n import N_, _
from tourcrm.base.money import parse_amount
from tourcrm.commands import options
from tourcrm.commands.pages.quadrants import brief_columns, say_quadrants
from tourcrm.commands.pages.segments import (
    TIERS_BY,
    falling,
    notes,
    paragraph,
    period_text,
    say_pyramid,
    say_scores,
    say_trends,
)
from tourcrm.db.setting import parse_cuts, parse_window
from tourcrm.terminal import context
from tourcrm.terminal.context import Desk
from tourcrm.terminal.render import Shape, emit, say, tell
from tourcrm.terminal.typer_i18n import cli_group

app = cli_group(
    epilog=N_(
        "tourcrm segments quadrants\n"
        "tourcrm segments tiers --cuts 80,95\n"
        "tourcrm segments rfm --scoring quantile --format csv"
    )
)

Window = Annotated[
    str | None,
    typer.Option(
        "--window",
        metavar=N_("WINDOW"),
        help=N_(
            "departures that count: of so many months, like 36m, or all (default: the setting)"
        ),
    ),
]


def _basis(
    desk: Desk,
    as_of: str | None,
    window: str | None,
    *,
    cuts: str | None = None,
    gap: Decimal | None = None,
    scale_by: str = "yearly_spend",
    large_from: str | None = None,
) -> Basis:
    """What the options say, and the settings where they are silent. Raises WrongUsage."""
    if gap is not None and gap <= 0:
        raise WrongUsage(N_("--gap {gap}: a number of days above 0, like 180."), gap=gap)
    least: int | None = None
    if large_from is not None:
        currency = desk.settings["currency"]
        least = options.parse_with(
            lambda text: parse_amount(text, currency), large_from, "--large-from"
        )
    return Basis(
        as_of=options.day(desk, as_of),
        months=options.parse_with(parse_window, window or desk.settings["window"], "--window"),
        cuts=options.parse_with(parse_cuts, cuts, "--cuts") if cuts else desk.settings.cuts,
        gap=None if gap is None else float(gap),
        scale_by=scale_by,
        large_from=least,
    )


def _for_people(shape: Shape) -> bool:
    return shape.format == "table" and shape.output is None


def _nothing(desk: Desk, rows: Sequence[object], basis: Basis, shape: Shape) -> bool:
    """Say what to do where there is nobody to list; whether a person has been told all there is."""
    if rows:
        return False
    if population.anybody(desk.session, basis.as_of):
        text = _("Nobody departed in the window up to {day}. Look further back: --window all.")
    else:
        text = _(
            "Nobody had departed by {day}. Take in your trips first: "
            "tourcrm trips import FILE (a sheet as it is)."
        )
    (say if _for_people(shape) else tell)(text.format(day=basis.as_of))
    return _for_people(shape)


def _told(columns: Sequence[Column], rows: Iterable[Any], shape: Shape) -> Sequence[Column]:
    """The columns without the booked trips to come, where a terminal would show that of nobody."""
    if not _for_people(shape) or any(row.next_trip for row in rows):
        return columns
    return [one for one in columns if one.field != "next_trip"]


# --- rfm ------------------------------------------------------------------------------------------


@app.command(
    "rfm",
    help=N_("Score customers by recency, frequency and money, and name their segments."),
    epilog=N_("Example: tourcrm segments rfm --window all --scoring quantile"),
)
def rfm(
    as_of: options.AsOf = None,
    window: Window = None,
    scoring: Annotated[
        Literal["fixed", "quantile", "r"],
        typer.Option(
            "--scoring",
            help=N_(
                "fixed: F by 1, 2, 3, 4, 5 trips; quantile: F by fifths of the customers, too; "
                "r: like R's package rfm"
            ),
        ),
    ] = "fixed",
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    with context.reading() as desk:
        shape = options.shape(desk, format, output, excel)
        basis = _basis(desk, as_of, window)
        found = segment.rfm(desk.session, basis, scoring)
        if _nothing(desk, found.rows, basis, shape):
            return
        if _for_people(shape):
            say_scores(found, shape)
        emit(found.rows, _told(RFM, found.rows, shape), shape, title=_("Customers by RFM"))


# --- tiers ----------------------------------------------------------------------------------------


@app.command(
    "tiers",
    help=N_("Rank customers by revenue into tiers A, B, C and D, with what each deserves."),
    epilog=N_("Example: tourcrm segments tiers --cuts 50,80,95\ntourcrm segments tiers --by value"),
)
def tiers(
    as_of: options.AsOf = None,
    window: Window = None,
    cuts: Annotated[
        str | None,
        typer.Option(
            "--cuts",
            metavar=N_("CUTS"),
            help=N_("percent of sales at which tiers part, like 50,80,95 (default: the setting)"),
        ),
    ] = None,
    by: Annotated[
        Literal["revenue", "margin", "value"],
        typer.Option("--by", help=N_("what they rank by")),
    ] = "revenue",
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    with context.reading() as desk:
        shape = options.shape(desk, format, output, excel)
        basis = _basis(desk, as_of, window, cuts=cuts)
        found = segment.tiers(desk.session, basis, by, Decimal(desk.settings["interest_percent"]))
        if _nothing(desk, found.rows, basis, shape):
            return
        if _for_people(shape):
            say_pyramid(found, shape)
        rows: Sequence[Any] = found.rows
        columns = list(TIERS)
        if by in RANKED_BY:
            columns.insert(3, RANKED_BY[by])
            rows = [row._asdict() | {by: row.amount} for row in rows]
        emit(rows, columns, shape, title=_(TIERS_BY[by].title))


# --- quadrants ------------------------------------------------------------------------------------


@app.command(
    "quadrants",
    help=N_("Part customers by scale and loyalty, with a picture and what each group deserves."),
    epilog=N_("Example: tourcrm segments quadrants --large-from 20000"),
)
def quadrants(
    as_of: options.AsOf = None,
    window: Window = None,
    gap: Annotated[
        Decimal | None,
        typer.Option("--gap", help=N_("usual days between trips, instead of the median of all")),
    ] = None,
    scale_by: Annotated[
        Literal["yearly_spend", "value_per_trip", "party_size"],
        typer.Option("--scale-by", help=N_("what makes a customer large")),
    ] = "yearly_spend",
    large_from: Annotated[
        str | None,
        typer.Option(
            "--large-from",
            metavar=N_("AMOUNT"),
            help=N_("large from this amount (or so many people), instead of the median"),
        ),
    ] = None,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    with context.reading() as desk:
        shape = options.shape(desk, format, output, excel)
        basis = _basis(desk, as_of, window, gap=gap, scale_by=scale_by, large_from=large_from)
        found = segment.quadrants(desk.session, basis)
        if _nothing(desk, found.rows, basis, shape):
            return
        if _for_people(shape):
            say_quadrants(found, shape)
        chosen = brief_columns(scale_by) if _for_people(shape) else QUADRANTS
        emit(
            found.rows,
            _told(chosen, found.rows, shape),
            shape,
            title=_("Customers by scale and loyalty"),
        )


# --- value ----------------------------------------------------------------------------------------


@app.command(
    "value",
    help=N_("Rank customers by what they truly bring: margin, less the wait for their money."),
    epilog=N_("Example: tourcrm segments value --window 12m"),
)
def value(
    as_of: options.AsOf = None,
    window: Window = None,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    with context.reading() as desk:
        shape = options.shape(desk, format, output, excel)
        basis = _basis(desk, as_of, window)
        found = segment.value(desk.session, basis, Decimal(desk.settings["interest_percent"]))
        if _nothing(desk, found.rows, basis, shape):
            return
        emit(found.rows, VALUE, shape, title=_("Customers by value"))
    if _for_people(shape):
        say(period_text(basis))
        notes(found.notes)
        for text in falling(found.rows):
            paragraph(text)


# --- trend ----------------------------------------------------------------------------------------


@app.command(
    "trend",
    help=N_(
        "Compare the last 12 months of each customer with the 12 before: rising, steady, losing, "
        "new, gone, with the money at stake."
    ),
    epilog=N_("Example: tourcrm segments trend --only losing"),
)
def trend(
    as_of: options.AsOf = None,
    only: Annotated[
        Literal["rising", "steady", "losing", "new", "gone"] | None,
        typer.Option("--only", help=N_("only these customers")),
    ] = None,
    percent: Annotated[
        int,
        typer.Option("--percent", min=1, max=99, help=N_("percent more or less that make a trend")),
    ] = PERCENT,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    with context.reading() as desk:
        shape = options.shape(desk, format, output, excel)
        found = segment.trend(desk.session, options.day(desk, as_of), percent)
        rows = [one for one in found.rows if only in (None, one.trend)]
        if _for_people(shape) and found.rows:
            say_trends(found, shape)
        emit(rows, TREND, shape, title=_("Customers by trend"))
