"""What is due, what any days bring, and all about one follow-up.

The use cases are imported where they are called: help must not wait for the database's libraries.
"""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from tourcrm.base.columns import AGENDA, DUE
from tourcrm.base.errors import WrongUsage
from tourcrm.base.i18n import N_, _, language
from tourcrm.commands import options
from tourcrm.commands.followups import named
from tourcrm.commands.pages.layout import nobodys
from tourcrm.terminal import context
from tourcrm.terminal.render import emit, say
from tourcrm.terminal.typer_i18n import cli_group

if TYPE_CHECKING:
    from tourcrm.agenda.wording import Line

app = cli_group()

Owner = Annotated[
    str | None,
    typer.Option("--owner", help=N_("only customers of this colleague, and those of nobody")),
]
_WITH_OWNERS = tuple(replace(c, in_table=True) if c.field == "owner" else c for c in AGENDA)
AHEAD = 7  # days that `list` looks ahead where no span is given


@app.command(
    "due",
    help=N_("Show whom to call today, why, and what to say, in the order to do it."),
    epilog=N_(
        "Example: tourcrm followups due --owner 李娜\n"
        "tourcrm followups due --brief --quiet\n"
        "tourcrm followups due --as-of 2026-12-24 -f csv"
    ),
)
def due(
    owner: Owner = None,
    everything: Annotated[
        bool, typer.Option("--all", help=N_("also what is more than fits the day"))
    ] = False,
    brief: Annotated[
        bool,
        typer.Option(
            "--brief",
            help=N_("a line each: who, phone, why; the words come with tourcrm followups show"),
        ),
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", help=N_("print nothing if nothing is due"))
    ] = False,
    as_of: options.AsOf = None,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    from tourcrm import followup
    from tourcrm.commands.pages import brief as short
    from tourcrm.commands.pages import due_list

    shapes = {"--format": format != "table", "--output": output is not None, "--excel": excel}
    options.not_together({"--brief": brief, **shapes} if brief else {})
    with context.reading() as desk:
        shape = options.shape(desk, format, output, excel)
        if as_of is None:
            desk.warn_of_fixed_day()
        day = options.day(desk, as_of)
        now = desk.now.astimezone(desk.settings.zone) if day == desk.today else None
        found = followup.due(
            desk.session,
            desk.settings,
            day,
            language(),
            owner=owner,
            everything=everything,
            now=now,
        )
        if quiet and not found.lines:
            return
        if format != "table" or output is not None:
            emit(found.lines, DUE, shape, title=_("Follow-ups"))
            return
    page = short.page if brief else due_list.page
    for line in page(found, owners=owner is None, now=now):
        say(line)


@app.command(
    "list",
    help=N_(
        "List follow-ups of any days: by default what is open, and what comes in the next 7 days."
    ),
    epilog=N_(
        "Example: tourcrm followups list --from 2026-12-01 --to 2026-12-31\n"
        "tourcrm followups list --held"
    ),
)
def list_(
    first: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help=N_("due from this day on"))
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help=N_("due up to this day"))
    ] = None,
    held: Annotated[
        bool, typer.Option("--held", help=N_("what is held, and why, instead"))
    ] = False,
    everything: Annotated[
        bool, typer.Option("--all", help=N_("also what is held, decided, settled or lapsed"))
    ] = False,
    owner: Owner = None,
    as_of: options.AsOf = None,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    from tourcrm import followup
    from tourcrm.agenda import states

    options.not_together({"--held": held, "--all": everything})
    with context.reading() as desk:
        shape = options.shape(desk, format, output, excel)
        if as_of is None:
            desk.warn_of_fixed_day()
        day = options.day(desk, as_of)
        start = options.parse_day(first, "--from") if first else day - timedelta(states.FAR_BACK)
        end = options.parse_day(last, "--to") if last else max(day, start) + timedelta(AHEAD)
        if end < start:
            raise WrongUsage(N_("--to {last} is before --from {first}."), last=end, first=start)
        wanted = ("held",) if held else ("shown", "waiting", "ahead")
        lines, total = followup.listing(
            desk.session,
            desk.settings,
            day,
            language(),
            start,
            end,
            states.STATES if everything else wanted,
            owner=owner,
            most=shape.most,
        )
        wide = format == "table" and output is None and owner is not None
        emit(
            [_marked(line) for line in lines] if wide else lines,
            _WITH_OWNERS if wide else AGENDA,
            shape,
            title=_("Follow-ups"),
            total=total,
        )


def _marked(line: "Line") -> "Line":
    """A line of one colleague's list, marked where it belongs to nobody."""
    return line if line.name is None else replace(line, owner=line.owner or nobodys(None))


@app.command(
    "show",
    help=N_(
        "Show all about one follow-up: the customer, the trip, why now, what to say, the last "
        "contacts, what was decided."
    ),
    epilog=N_("Example: tourcrm followups show K7Q2MB3X"),
)
def show(
    id_: Annotated[
        str,
        typer.Argument(
            metavar=N_("ID"),
            help=N_(
                "an id of the list, or its first four characters; or a customer of whom only one "
                "is open"
            ),
        ),
    ],
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    from tourcrm.commands.pages import followup

    with context.reading() as desk:
        shape = options.shape(desk, format, output, excel)
        found = named.lines(desk, id_, named.any_of)
        if format != "table" or output is not None:
            emit([line for line, _items in found], AGENDA, shape, title=_("Follow-ups"))
            return
        if len(found) > 1:
            page = list(followup.page_of_several(desk, found))
        else:
            ((line, items),) = found
            page = list(followup.page(desk, line, items, shape))
    for text in page:
        say(text)
