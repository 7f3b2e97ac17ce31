"""`tourcrm surveys`: what customers think of their trips."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Literal

import typer

from tourcrm.base import vocabulary
from tourcrm.base.columns import CALLS, CSAT, INTERACTION, NPS, SURVEY, Column, by_field
from tourcrm.base.display import visible
from tourcrm.base.errors import WrongUsage
from tourcrm.base.i18n import LANGUAGES, N_, _, language, ngettext
from tourcrm.base.speech import salutation
from tourcrm.bookings import trips
from tourcrm.campaigns import audience
from tourcrm.commands import intake, options
from tourcrm.commands.fields import Limit, Who, emit_list, with_options
from tourcrm.commands.pages.layout import listed
from tourcrm.customers import service as customers
from tourcrm.surveys import form
from tourcrm.surveys import service as surveys
from tourcrm.surveys.scores import FEW
from tourcrm.surveys.service import Answered, CsatRow, NpsRow, Period
from tourcrm.terminal import context, typed
from tourcrm.terminal.context import Desk
from tourcrm.terminal.help import wrap
from tourcrm.terminal.render import Shape, emit, line_width, say, tell
from tourcrm.terminal.typer_i18n import cli_group

app = cli_group(
    epilog=N_(
        "tourcrm surveys form T0000012\n"
        "tourcrm surveys add 王芳 --nps 9 --csat 5 --comment 导游很好\n"
        "tourcrm surveys nps --by month\n"
        "tourcrm surveys sample --quadrant large_low -n 20"
    )
)

First = Annotated[str | None, typer.Option("--from", metavar="DATE", help=N_("from this day on"))]
Last = Annotated[str | None, typer.Option("--to", metavar="DATE", help=N_("up to this day"))]


# --- asking ---------------------------------------------------------------------------------------


@app.command(
    "form",
    help=N_("Print the opinion form for a trip, in the customer's language, ready to be pasted."),
    epilog=N_(
        "Example: tourcrm surveys form T0000012\n"
        "tourcrm surveys form T0000012 --group\n"
        "tourcrm surveys form T0000012 --in en"
    ),
)
def form_(
    code: Annotated[str, typer.Argument(metavar=N_("TRIP"), help=N_("the order code of the trip"))],
    in_: Annotated[
        Literal["en", "zh"] | None,
        typer.Option("--in", help=N_("the language of the form instead of the customer's")),
    ] = None,
    group: Annotated[
        bool, typer.Option("--group", help=N_("address everybody of a group, not one customer"))
    ] = False,
) -> None:
    with context.reading() as desk:
        row = trips.find_one(desk.session, code)
        who = trips.customer_of(desk.session, row)
        surveys.check_travels(row)
        chosen = in_ or who.language or desk.settings["language"]
        chosen = chosen if chosen in LANGUAGES else "en"
        lines = form.form(
            form.About(row.service, row.kind, row.destination, row.departs_on, row.returns_on),
            None if group else salutation(who.name, who.gender, who.kind, chosen),
            who.owner,
            chosen,
            desk.today,
        )
        answered = surveys.count(desk.session, surveys.Wanted(trip_id=row.id))
        back, code = row.returns_on or row.departs_on, row.code
    for line in lines:
        say(line)
    if answered:
        tell(_("Note: {code} has an answer already: tourcrm surveys list").format(code=code))
    elif back is not None and back > desk.today:
        tell(_("Note: they are back only on {day}.").format(day=back))


# --- taking down ----------------------------------------------------------------------------------


@app.command(
    "add",
    help=N_(
        "Take down what a customer answered about a trip: the one they returned from last, "
        "unless --trip names another. The answer is also logged as a contact."
    ),
    epilog=N_(
        "Example: tourcrm surveys add 王芳 --nps 9 --csat 5 --guide 5 --hotel 4 --comment 房间小\n"
        "tourcrm surveys add C000012 --trip T0000012 --nps 6 --channel phone\n"
        "tourcrm surveys add C000012 --trip T0000012 --nps 8 --replace"
    ),
)
@with_options(SURVEY)
def add(
    who: Who,
    code: Annotated[
        str | None, typer.Option("--trip", metavar=N_("TRIP"), help=N_("the trip it is about"))
    ] = None,
    channel: Annotated[
        str | None,
        typer.Option(
            "--channel",
            help=N_(
                "how it came: phone, wechat, sms, email, visit, store or other; a call, a visit "
                "and the store count as a talk"
            ),
        ),
    ] = None,
    replace_: Annotated[
        bool,
        typer.Option(
            "--replace",
            help=N_("change the answer that is there: what is given wins, the rest stays"),
        ),
    ] = False,
    **given: str | None,
) -> None:
    with context.writing("surveys add") as desk:
        row = customers.find_one(desk.session, who, desk.settings["region"])
        about = trips.of_customer(desk.session, code, row) if code else None
        way = channel and typed.value(by_field(INTERACTION)["channel"], channel, desk.settings)
        answered = surveys.add(
            desk.session,
            lambda: desk.operation,
            row,
            typed.read(SURVEY, given, desk.settings),
            now=desk.now,
            zone=desk.settings.zone,
            about=about,
            channel=way or "other",
            staff=desk.actor,
            replace=replace_,
        )
    say(_told(answered))
    if channel is not None and not answered.new:
        tell(_("Note: the contact that was logged with the first answer was left as it is."))


def _told(answered: Answered) -> str:
    if not answered.new and not answered.changed:
        text = _("Nothing to change for {customer} {name}, {trip}: {answers}.")
    elif answered.new:
        text = _("Stored for {customer} {name}, {trip}: {answers}.")
    else:
        text = _("Changed for {customer} {name}, {trip}: {answers}.")
    return text.format(
        customer=answered.customer,
        name=visible(answered.name, 40),
        trip=_about(answered),
        answers=_answers(answered),
    )


def _about(answered: Answered) -> str:
    if answered.trip is None:
        return _("about no trip, since none is known from which they returned")
    parts = (answered.trip, visible(answered.destination or "", 40))
    return _("about {trip}, back on {day}").format(
        trip=" ".join(part for part in parts if part), day=answered.returned_on
    )


def _answers(answered: Answered) -> str:
    labels = vocabulary.labels("aspect", language())
    said = [
        f"{'NPS' if field == 'nps' else labels[field]} {points}"
        for field in surveys.SCORES
        if (points := answered.answers[field]) is not None
    ]
    comment = answered.answers["comment"]
    return listed([*said, *([f"“{visible(comment, 60)}”"] if comment else [])])


intake.register(
    app,
    "surveys",
    N_("Import answers from a sheet, such as the download of a form on the web."),
    N_(
        "Example: tourcrm surveys import 问卷.xlsx\n"
        'tourcrm surveys import answers.csv --map "您的评价=csat"'
    ),
)


# --- looking at -----------------------------------------------------------------------------------

_DESTINATION = Column("destination", "text", "destination", "目的地")


def _list_columns() -> Iterable[Column]:
    for column in SURVEY:
        if column.field == "name":
            yield replace(column, exported=True)
        elif column.exported:
            yield column
        if column.field == "trip":
            yield _DESTINATION


@app.command(
    "list",
    help=N_("List answers, the latest first."),
    epilog=N_(
        "Example: tourcrm surveys list 王芳\n"
        "tourcrm surveys list --trip T0000012\n"
        "tourcrm surveys list --only detractors --from 2026-01-01"
    ),
)
def list_(
    who: Annotated[
        str | None,
        typer.Argument(
            metavar=N_("CUSTOMER"), help=N_("a code, a phone number, or a name that only one has")
        ),
    ] = None,
    code: Annotated[
        str | None, typer.Option("--trip", metavar=N_("TRIP"), help=N_("answers about this trip"))
    ] = None,
    first: First = None,
    last: Last = None,
    only: Annotated[
        Literal["promoters", "passives", "detractors"] | None,
        typer.Option("--only", help=N_("with an NPS of 9 to 10, 7 to 8, or 0 to 6")),
    ] = None,
    limit: Limit = None,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    with context.reading() as desk:
        row = who and customers.find_one(desk.session, who, desk.settings["region"])
        start, end = options.period(first, last)
        wanted = surveys.Wanted(
            customer_id=customers.id_of(row) if row else None,
            trip_id=trips.find_one(desk.session, code).id if code else None,
            first=start,
            last=end,
            only=only,
        )
        shape = options.shape(desk, format, output, excel)
        emit_list(
            lambda most: surveys.listed(desk.session, replace(wanted, limit=most)),
            lambda: surveys.count(desk.session, wanted),
            limit,
            tuple(_list_columns()),
            shape,
            _("Answers"),
        )


@app.command(
    "export",
    help=N_("Export all answers with every column, so that they can be imported again."),
    epilog=N_("Example: tourcrm surveys export -o answers.csv"),
)
def export(
    format: options.Format = "csv",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    with context.reading() as desk:
        shape = options.shape(desk, format, output, excel)
        emit(surveys.exported(desk.session), SURVEY, shape, title=_("Answers"))


# --- counting -------------------------------------------------------------------------------------

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
    first: First = None,
    last: Last = None,
    as_of: options.AsOf = None,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    with context.reading() as desk:
        shape = options.shape(desk, format, output, excel)
        rows = surveys.nps(desk.session, _period(desk, first, last, as_of), by)
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
    first: First = None,
    last: Last = None,
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
            rows = surveys.aspects(desk.session, period)
        else:
            rows = surveys.csat(desk.session, period, by, rated)
        title = _("Satisfaction: {what}").format(
            what=_("by what is rated")
            if by == "aspect"
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
