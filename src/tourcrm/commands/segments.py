"""`tourcrm segments`: who deserves what."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal

import typer

from tourcrm import segment
from tourcrm.analysis import population
from tourcrm.analysis.population import LOYAL_UP_TO, Basis, Population
from tourcrm.analysis.trend import PERCENT
from tourcrm.base import vocabulary
from tourcrm.base.columns import QUADRANTS, RANKED_BY, RFM, TIERS, TREND, VALUE, Column
from tourcrm.base.errors import WrongUsage
from tourcrm.base.i18n import N_, _, language
from tourcrm.base.money import format_amount, parse_amount
from tourcrm.commands import options
from tourcrm.commands.pages.segments import (
    SHARES,
    TIERS_BY,
    notes,
    paragraph,
    period_text,
    say_pyramid,
    say_trends,
    treatments,
)
from tourcrm.commands.pages.value import sentences
from tourcrm.db.setting import parse_cuts, parse_window
from tourcrm.segment import Quadrants, Rfm
from tourcrm.terminal import context, scatter
from tourcrm.terminal.context import Desk
from tourcrm.terminal.help import wrap
from tourcrm.terminal.render import Shape, emit, line_width, say, table, tell
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

_SCORES = (
    Column("score", "count", "score", "得分"),
    Column("r", "text", "R: since the last return", "R：距上次返回"),
    Column("f", "text", "F: trips", "F：次数"),
    Column("m", "text", "M: revenue", "M：收入"),
)
_SEGMENTS = (
    Column("name", "word", "segment", "分群", words="segment"),
    Column("r", "text", "R", "R"),
    Column("f", "text", "F", "F"),
    *SHARES,
)
_FOUR = (Column("name", "word", "quadrant", "象限", words="quadrant"), *SHARES)


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
            _say_scores(found, shape)
        emit(found.rows, _told(RFM, found.rows, shape), shape, title=_("Customers by RFM"))


def _say_scores(found: Rfm, shape: Shape) -> None:
    say(period_text(found.basis))
    days = [_days(low, below) for low, below in _bands(found.limits["r"])]
    trips = [_at_least(low, below, str) for low, below in _bands(found.limits["f"])]
    money = [
        _at_least(low, below, lambda fen: format_amount(fen, shape.currency))
        for low, below in _bands(found.limits["m"])
    ]
    scores = zip(range(5, 0, -1), days, reversed(trips), reversed(money), strict=True)
    table(
        [{"score": score, "r": r, "f": f, "m": m} for score, r, f, m in scores],
        _SCORES,
        shape,
        title=_("What the scores mean"),
    )
    covered = {name: {"r": _range(rs), "f": _range(fs)} for name, rs, fs in segment.SEGMENTS}
    fields = [column.field for column in (_SEGMENTS[0], *SHARES)]
    table(
        [
            {**covered[group.name], **{field: getattr(group, field) for field in fields}}
            for group in found.groups
        ],
        _SEGMENTS,
        shape,
        title=_("Segments"),
    )
    notes(found.warnings)


def _bands(limits: Sequence[int]) -> list[tuple[int | None, int | None]]:
    """What the limits part: (lowest value, value that is too high), rising."""
    return list(zip((None, *limits), (*limits, None), strict=True))


def _days(low: int | None, below: int | None) -> str:
    if low == below:
        return "-"  # nobody can have this score
    if below is None:
        return _("{days} days or more").format(days=low)
    return _("up to {days} days").format(days=below - 1)


def _at_least(low: int | None, below: int | None, text: Callable[[int], str]) -> str:
    if low == below:
        return "-"
    if low is None:
        return _("below {value}").format(value=text(below or 0))
    return _("{value} or more").format(value=text(low))


def _range(scores: range) -> str:
    return str(scores[0]) if len(scores) == 1 else f"{scores[0]}-{scores[-1]}"


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
            _say_quadrants(found, shape)
        chosen = _brief_columns(scale_by) if _for_people(shape) else QUADRANTS
        emit(
            found.rows,
            _told(chosen, found.rows, shape),
            shape,
            title=_("Customers by scale and loyalty"),
        )


_SCALES = {
    "yearly_spend": N_("spend a year"),
    "value_per_trip": N_("value of a trip"),
    "party_size": N_("people on a trip"),
}


def _brief_columns(scale_by: str) -> list[Column]:
    """What a terminal has room for: the quadrant says scale and loyalty; one amount is enough."""
    amount = "yearly_spend" if scale_by == "value_per_trip" else "value_per_trip"
    return [c for c in QUADRANTS if c.field not in ("scale", "loyalty", amount)]


def _say_quadrants(found: Quadrants, shape: Shape) -> None:
    everybody = found.population
    say(period_text(everybody.basis))
    table(found.groups, _FOUR, shape, title=_("Quadrants"))
    treatments("quadrant", found.groups)
    paragraph(_scale_line(everybody, shape))
    paragraph(
        _(
            "Loyal: trips on two days or more, and lateness up to {lateness}. Lateness: days since "
            "the last return / days expected from trip to trip."
        ).format(lateness=LOYAL_UP_TO)
    )
    paragraph(_gap_line(everybody))
    paragraph(
        "  ".join(
            f"{vocabulary.label('cadence', name, language())} {count}"
            for name, count in found.cadences.items()
        )
    )
    notes(found.warnings)
    say("")
    for line in _picture(found, shape):
        say(line)
    say("")


def _scale_text(value: float, basis: Basis, shape: Shape) -> str:
    if basis.scale_by == "party_size":
        return f"{value:.2f}"
    return format_amount(round(value), shape.currency)


def _scale_line(everybody: Population, shape: Shape) -> str:
    basis = everybody.basis
    if everybody.scale_cut is None:
        return _("Scale: no price is known in the window, so all are small.")
    if basis.large_from is None:
        text = _(
            "Large: {scale} of {cut} or more, the median of the {count} customers with a trip in "
            "the window."
        )
    else:
        text = _("Large: {scale} of {cut} or more, as you said.")
    return text.format(
        scale=_(_SCALES[basis.scale_by]),
        cut=_scale_text(everybody.scale_cut, basis, shape),
        count=everybody.window_customers,
    )


def _gap_line(everybody: Population) -> str:
    if everybody.basis.gap is not None:
        text = _("Expected: {gap} days, as you said, mixed with each customer's own intervals.")
    elif everybody.gap_assumed:
        text = _("Expected: {gap} days, assumed, mixed with each customer's own intervals.")
    else:
        text = _(
            "Expected: {gap} days, the median of {count} intervals, mixed with each customer's own."
        )
    return text.format(gap=f"{everybody.gap:g}", count=everybody.gaps)


def _picture(found: Quadrants, shape: Shape) -> list[str]:
    """Everybody but first-timers who are not late: they have no loyalty to show yet."""
    everybody = found.population
    cut, basis = everybody.scale_cut, everybody.basis
    if not cut:
        return []
    counted = {group.name: group.customers for group in found.groups}

    def corner(quadrant: str) -> str:
        label = vocabulary.label("quadrant", quadrant, language())
        return _("{group}: {count}").format(group=label, count=counted.get(quadrant, 0))

    def label(value: float) -> str:
        return f"{value:g}" if basis.scale_by == "party_size" else _brief(value, shape.currency)

    cells = line_width()
    if cells < scatter.NARROWEST:
        text = _("The picture needs a line of {cells} characters.")
        return wrap(text.format(cells=scatter.NARROWEST), cells)
    lines = scatter.scatter(
        [
            (row.scale_value, row.lateness)
            for row in found.rows
            if row.scale_value is not None and row.quadrant != "new"
        ],
        scatter.Across(_(_SCALES[basis.scale_by]), cut, label),
        scatter.Down(_("lateness"), LOYAL_UP_TO, 4.0),
        scatter.Corners(*map(corner, ("small_high", "large_high", "small_low", "large_low"))),
        cells,
    )
    if lines and counted.get("new"):
        text = _("Not in the picture: new customers, with one trip and not late ({count}).")
        lines.append(text.format(count=counted["new"]))
    return lines


def _brief(fen: float, currency: str) -> str:
    """An amount short enough for an axis: ¥1.2万, USD 12k."""
    units = ((10**8, "亿"), (10**4, "万")) if language() == "zh" else ((10**6, "M"), (10**3, "k"))
    unit, sign = next(((unit, sign) for unit, sign in units if fen >= unit * 100), (1, ""))
    number = fen / 100 / unit
    digits = f"{number:.0f}" if number >= 100 else f"{number:.1f}".removesuffix(".0")
    return format_amount(0, currency).removesuffix("0.00") + digits + sign


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
        for text in sentences(found.rows):
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
