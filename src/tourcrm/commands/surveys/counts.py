"""What answers come to: NPS, satisfaction; and the sample to be called."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Literal

import typer

from tourcrm.base import vocabulary
from tourcrm.base.columns import CALLS, CSAT, NPS, Column
from tourcrm.base.display import visible
from tourcrm.base.errors import WrongUsage
from tourcrm.base.i18n import N_, _, language, ngettext
from tourcrm.campaigns import audience
from tourcrm.commands import options
from tourcrm.commands.pages.layout import listed
from tourcrm.surveys import totals
from tourcrm.surveys.scores import FEW
from tourcrm.surveys.totals import CsatRow, NpsRow, Period
from tourcrm.terminal import context
from tourcrm.terminal.context import Desk
from tourcrm.terminal.help import wrap
from tourcrm.terminal.render import Shape, emit, line_width, say
from tourcrm.terminal.typer_i18n import cli_group

app = cli_group()

_GROUP_COLUMNS = {
    "month": Column("group", "text", "month", "月份"),
    "destination": Column("group", "text", "destination", "目的地"),
    "advisor": Column("group", "text", "advisor", "顾问"),
    "trip_kind": Column("group", "word", "kind", "类型", words="trip_kind"),
    "guide": Column("group", "text", "guide", "导游"),
    "aspect": Column("group", "word", "aspect", "项目", words="aspect"),
}


def _period(desk: Desk, first: str | None, last: str | None, as_of: str | None) -> Period:
    """The days of the answers that count; a day as of which one looks is the last, too."""
    start, end = options.period(first, last)
    day = options.day(desk, as_of)
    return Period(day if end is None else min(day, end), start)


def _columns(columns: Sequence[Column], by: str | None) -> list[Column]:
    """The columns of a result; the first is named for what its rows are parted by."""
    if by is None:
        return [replace(columns[0], in_table=False), *columns[1:]]
    return [_GROUP_COLUMNS[by], *columns[1:]]


def _show(
    shape: Shape,
    rows: Sequence[NpsRow] | Sequence[CsatRow],
    columns: Sequence[Column],
    by: str | None,
    title: str,
) -> None:
    """The rows; for a person with what can be thought of them."""
    for_people = shape.format == "table" and shape.output is None
    if for_people and not rows:
        say(_("No answers of this kind in that time. Take them down: tourcrm surveys add CUSTOMER"))
        return
    shown: Sequence[Any] = rows
    if for_people and by in ("destination", "advisor", "guide"):
        shown = [row if row.group else replace(row, group=_("not known")) for row in rows]
    emit(shown, _columns(columns, by), shape, title=title)
    few = sum(row.too_few for row in rows)
    if for_people and few:
        if by is None:
            text = _("Note: fewer than {few} answers; chance may have made this number.")
        else:
            text = ngettext(
                "Note: {n} row has fewer than {few} answers; chance may have made its number.",
                "Note: {n} rows have fewer than {few} answers; chance may have made their numbers.",
                few,
            )
        _tell(text.format(n=few, few=FEW))


def _tell(text: str) -> None:
    """A sentence, folded to the width of the terminal."""
    for line in wrap(text, line_width()):
        say(line)


@app.command(
    "nps",
    help=N_(
        "Show the net promoter score: the share of promoters (9, 10) less that of detractors "
        "(0 to 6), in points, with its margin of error (95 %)."
    ),
    epilog=N_(
        "Example: tourcrm surveys nps --by month\n"
        "tourcrm surveys nps --by destination --from 2026-01-01"
    ),
)
def nps(
    by: Annotated[
        Literal["month", "destination", "advisor", "trip_kind", "guide"] | None,
        typer.Option(
            "--by", help=N_("group the answers by their month, or by what is known of the trip")
        ),
    ] = None,
    first: options.First = None,
    last: options.Last = None,
    as_of: options.AsOf = None,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    with context.reading() as desk:
        shape = options.shape(desk, format, output, excel)
        rows = totals.nps(desk.session, _period(desk, first, last, as_of), by)
        _show(shape, rows, NPS, by, _("Net promoter score"))


@app.command(
    "csat",
    help=N_(
        "Show how satisfied customers are, 1 to 5: the mean with its margin of error, and the "
        "share of 4 and 5 with the bounds between which it lies (95 %)."
    ),
    epilog=N_(
        "Example: tourcrm surveys csat --by aspect\ntourcrm surveys csat --of guide --by guide"
    ),
)
def csat(
    by: Annotated[
        Literal["month", "destination", "advisor", "trip_kind", "guide", "aspect"] | None,
        typer.Option(
            "--by",
            help=N_(
                "group the answers by their month, by what is known of the trip, or by what is "
                "rated"
            ),
        ),
    ] = None,
    of: Annotated[
        Literal["overall", "guide", "hotel", "meals", "transport", "itinerary", "price"] | None,
        typer.Option("--of", help=N_("what is rated; overall if left out")),
    ] = None,
    first: options.First = None,
    last: options.Last = None,
    as_of: options.AsOf = None,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    if by == "aspect" and of is not None:
        raise WrongUsage(N_("--by aspect shows all that is rated, one by one; leave --of out."))
    rated = "csat" if of in (None, "overall") else of
    with context.reading() as desk:
        shape = options.shape(desk, format, output, excel)
        period = _period(desk, first, last, as_of)
        if by == "aspect":
            rows = totals.aspects(desk.session, period)
        else:
            rows = totals.csat(desk.session, period, by, rated)
        title = _("Satisfaction: {what}").format(
            what=_("by what is rated")
            if by == "aspect"
            else _("overall")
            if rated == "csat"
            else vocabulary.label("aspect", rated, language())
        )
        _show(shape, rows, CSAT, by, title)


# --- the random sample ----------------------------------------------------------------------------


@app.command(
    "sample",
    help=N_(
        "Draw customers at random from a quadrant or a tier, to be called and asked. The same "
        "--seed draws the same customers again."
    ),
    epilog=N_(
        "Example: tourcrm surveys sample --tier A\n"
        "tourcrm surveys sample --quadrant large_low -n 20 --seed 7"
    ),
)
def sample(
    quadrant: Annotated[
        Literal["small_low", "small_high", "large_high", "large_low", "new"] | None,
        typer.Option("--quadrant", help=N_("only customers of this quadrant")),
    ] = None,
    tier: Annotated[
        Literal["A", "B", "C", "D"] | None,
        typer.Option("--tier", help=N_("only customers of this tier")),
    ] = None,
    n: Annotated[int, typer.Option("-n", "--number", min=1, help=N_("how many"))] = 20,
    seed: Annotated[
        str | None,
        typer.Option(
            "--seed", metavar=N_("SEED"), help=N_("any word or number; the day if left out")
        ),
    ] = None,
    as_of: options.AsOf = None,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    with context.reading() as desk:
        shape = options.shape(desk, format, output, excel)
        day = options.day(desk, as_of)
        lot = seed or day.isoformat()
        found = audience.sample(
            desk.session, desk.settings, day, n=n, seed=lot, quadrant=quadrant, tier=tier
        )
        emit(found.calls, CALLS, replace(shape, rows=max(shape.rows, n)), title=_("To be called"))
    if shape.format == "table" and shape.output is None:
        _say_draw(found, lot, day)


def _say_draw(found: audience.Sample, seed: str, day: date) -> None:
    _tell(
        _("{drawn} drawn of {free} who may be called, as of {day}, seed {seed}.").format(
            drawn=len(found.calls), free=found.free, day=day, seed=visible(seed, 40)
        )
    )
    if found.held:
        left = [
            _("{why}: {count}").format(why=_(audience.NOT_CALLED[why]), count=count)
            for why, count in found.held.items()
        ]
        _tell(_("Left out: {reasons}.").format(reasons=listed(left)))
