"""The form, answers taken down and imported, lists of them."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, Literal

import typer

from tourcrm.base import ratings, vocabulary
from tourcrm.base.columns import INTERACTION, SURVEY, Column, by_field
from tourcrm.base.display import visible
from tourcrm.base.i18n import LANGUAGES, N_, _, language
from tourcrm.base.speech import salutation
from tourcrm.bookings import trips
from tourcrm.commands import named, options
from tourcrm.commands.fields import Limit, Who, emit_list, register_export, with_options
from tourcrm.commands.imports import command
from tourcrm.commands.pages.layout import listed
from tourcrm.surveys import form, queries
from tourcrm.surveys import service as surveys
from tourcrm.surveys.service import Answered
from tourcrm.terminal import context, typed
from tourcrm.terminal.render import say, tell
from tourcrm.terminal.typer_i18n import cli_group

app = cli_group()


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
    code: Annotated[
        str,
        typer.Argument(
            metavar=N_("TRIP"), help=N_("the order code; or the customer: code, phone or name")
        ),
    ],
    in_: Annotated[
        Literal["en", "zh"] | None,
        typer.Option("--in", help=N_("the language of the form instead of the customer's")),
    ] = None,
    group: Annotated[
        bool, typer.Option("--group", help=N_("address everybody of a group, not one customer"))
    ] = False,
) -> None:
    with context.reading() as desk:
        row = named.trip(desk, code, named.lately_over)
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
        answered = queries.count(desk.session, queries.Wanted(trip_id=row.id))
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
        "Take down what a customer answered about a trip: the one they returned from last, in "
        "the 180 days before, unless --trip names another. The answer is also logged as a contact."
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
        row = named.customer(desk, who)
        about = named.trip_of(desk, code, row) if code else None
        way = channel and typed.value(by_field(INTERACTION)["channel"], channel, desk.settings)
        answered = surveys.add(
            desk.session,
            desk.number,
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
        tell(_("Note: the contact that was logged with the first answer keeps its channel."))


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
    if answered.past is not None:
        code, back = answered.past
        return _(
            "about no trip: the last, {trip}, was over on {day} (is it about that: {hint})"
        ).format(trip=visible(code, 30), day=back, hint=f"--trip {visible(code, 30)}")
    if answered.trip is None:
        return _("about no trip, since none is known from which they returned")
    parts = (answered.trip, visible(answered.destination or "", 40))
    return _("about {trip}, back on {day}").format(
        trip=" ".join(part for part in parts if part), day=answered.returned_on
    )


def _answers(answered: Answered) -> str:
    labels = vocabulary.labels("aspect", language())
    said = [
        f"NPS {points}/{ratings.BEST_NPS}"
        if field == "nps"
        else f"{labels[field]} {points}/{ratings.BEST}"
        for field in surveys.SCORES
        if (points := answered.answers[field]) is not None
    ]
    comment = answered.answers["comment"]
    return listed([*said, *([f"“{visible(comment, 60)}”"] if comment else [])])


command.register(
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
    who: options.SomeCustomer = None,
    code: Annotated[
        str | None, typer.Option("--trip", metavar=N_("TRIP"), help=N_("answers about this trip"))
    ] = None,
    first: options.First = None,
    last: options.Last = None,
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
        customer_id = named.customer_id(desk, who)
        start, end = options.period(first, last)
        wanted = queries.Wanted(
            customer_id=customer_id,
            trip_id=named.trip(desk, code, named.lately_over).id if code else None,
            first=start,
            last=end,
            only=only,
        )
        shape = options.shape(desk, format, output, excel)
        emit_list(
            lambda most: queries.listed(desk.session, replace(wanted, limit=most)),
            lambda: queries.count(desk.session, wanted),
            limit,
            tuple(_list_columns()),
            shape,
            _("Answers"),
        )


register_export(
    app,
    "surveys",
    queries.exported,
    SURVEY,
    N_("Answers"),
    N_(
        "Export all answers with every column, so that they can be imported again."
        " Nothing of them is hidden, with or without --reveal."
    ),
    N_("Example: tourcrm surveys export -o answers.csv"),
)
