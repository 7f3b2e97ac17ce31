"""How many booked again after a follow-up."""

from datetime import timedelta
from typing import Annotated

import typer

from tourcrm.base.columns import RESULTS
from tourcrm.base.errors import WrongUsage
from tourcrm.base.i18n import N_, _, language
from tourcrm.commands import options
from tourcrm.terminal import context
from tourcrm.terminal.render import emit, say, tell
from tourcrm.terminal.typer_i18n import cli_group

app = cli_group()


@app.command(
    "results",
    help=N_(
        "Show how many booked again within 180 days of a follow-up, by rule: of those with whom it "
        "was done, tried or skipped, and of those about whom nobody decided, or had to."
    ),
    epilog=N_(
        "Example: tourcrm followups results\n"
        "tourcrm followups results --from 2026-01-01 --to 2026-03-31"
    ),
)
def results_(
    first: Annotated[
        str | None,
        typer.Option("--from", metavar="DATE", help=N_("decided, or lapsed, from this day on")),
    ] = None,
    last: Annotated[
        str | None,
        typer.Option("--to", metavar="DATE", help=N_("decided, or lapsed, up to this day")),
    ] = None,
    as_of: options.AsOf = None,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    from tourcrm.agenda import results as aftermath
    from tourcrm.commands.pages import results

    with context.reading() as desk:
        shape = options.shape(desk, format, output, excel)
        day = options.day(desk, as_of)
        start, end = aftermath.usual_span(day)
        if last is not None:
            end = options.parse_day(last, "--to")
            start = end - timedelta(aftermath.SPAN_DAYS - 1)
        if first is not None:
            start = options.parse_day(first, "--from")
        if end < start:
            raise WrongUsage(N_("--to {last} is before --from {first}."), last=end, first=start)
        end = min(end, day - timedelta(1))
        if aftermath.is_large(desk.session, start, end):
            tell(
                _(
                    "These days are planned anew, four weeks at a time. "
                    "With so many trips it takes a while."
                )
            )
        found = aftermath.of_span(desk.session, desk.settings, day, start, end, language())
        began = aftermath.first_decision(desk.session, desk.settings, day)
    if format != "table" or output is not None:
        emit(found, RESULTS, shape, title=_("Follow-ups"))
        return
    for line in results.before(start, end):
        say(line)
    if found:
        emit(found, RESULTS, shape)
    for line in results.after(found, start, end, day, began):
        say(line)
