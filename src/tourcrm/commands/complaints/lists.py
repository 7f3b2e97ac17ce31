"""Lists of complaints, how many were answered in time, and the page of one."""

from dataclasses import replace
from typing import Annotated, Any

import typer

from tourcrm.base.columns import (
    ABOARD,
    CHECKPOINT,
    COMPENSATION,
    COMPLAINT,
    COMPLAINT_EVENT,
    COMPLAINT_LIST,
    FIX,
    PUNCTUALITY,
    Column,
)
from tourcrm.base.errors import WrongUsage
from tourcrm.base.folding import same
from tourcrm.base.i18n import N_, _
from tourcrm.commands import options
from tourcrm.commands.complaints import entry
from tourcrm.commands.pages.layout import nobodys
from tourcrm.terminal import context
from tourcrm.terminal.context import Desk
from tourcrm.terminal.render import emit, emit_parts, say
from tourcrm.terminal.typer_i18n import cli_group

app = cli_group()

_OWNER = Column("owner", "text", "owner", "负责人")
_SPAN_MONTHS = 12  # of --sla, where no days are given


@app.command(
    "list",
    help=N_(
        "List open complaints: first those without an answer, by the time left on their clocks, "
        "the best tier first."
    ),
    epilog=N_(
        "Example: tourcrm complaints list\n"
        "tourcrm complaints list --all --customer 王芳\n"
        "tourcrm complaints list --sla --from 2026-01-01\n"
        "tourcrm complaints list --fixes"
    ),
)
def list_(
    everything: Annotated[
        bool, typer.Option("--all", help=N_("also those that are closed"))
    ] = False,
    closed: Annotated[
        bool, typer.Option("--closed", help=N_("only those that are closed"))
    ] = False,
    who: options.OfCustomer = None,
    owner: Annotated[
        str | None,
        typer.Option("--owner", help=N_("only those of this colleague, and those of nobody")),
    ] = None,
    fixes: Annotated[
        bool,
        typer.Option(
            "--fixes", help=N_("instead, what the agency wanted to change and has not yet")
        ),
    ] = False,
    sla: Annotated[
        bool,
        typer.Option(
            "--sla", help=N_("instead, how many were answered in time, and who or what stands out")
        ),
    ] = False,
    first: Annotated[
        str | None,
        typer.Option("--from", metavar="DATE", help=N_("with --sla: opened from this day on")),
    ] = None,
    last: Annotated[
        str | None,
        typer.Option("--to", metavar="DATE", help=N_("with --sla: opened up to this day")),
    ] = None,
    as_of: options.AsOf = None,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    options.not_together({"--all": everything, "--closed": closed, "--fixes": fixes, "--sla": sla})
    for other, there in (("--customer", who is not None), ("--owner", owner is not None)):
        options.not_together({"--sla": sla, other: there})
    options.not_together({"--fixes": fixes, "--owner": owner is not None})
    for name, given in (("--from", first), ("--to", last)):
        if given and not sla:
            raise WrongUsage(N_("{option} only goes with {other}."), option=name, other="--sla")
    with context.reading() as desk:
        shape = options.shape(desk, format, output, excel)
        if sla:
            _emit_sla(desk, as_of, first, last, shape)
            return
        from tourcrm.commands import named
        from tourcrm.complaints import clock, queries

        number = named.customer_id(desk, who)
        day = options.day(desk, as_of)
        if fixes:
            open_fixes = queries.fixes(desk.session, day, undone=True, customer_id=number)
            emit(open_fixes, FIX, shape, title=_("To be mended inside"))
            return
        now = clock.end_of(day, desk.today, desk.now, desk.settings)
        wanted = queries.Wanted(opened=not closed, closed=closed or everything, customer_id=number)
        rows = queries.listing(desk.session, desk.settings, now, wanted)
        if owner:
            rows = [one for one in rows if same(one.in_charge or one.owner or owner, owner)]
    if format != "table" or output is not None:
        emit(rows, COMPLAINT, shape, title=_("Complaints"))
        return
    from tourcrm.commands.pages import complaint

    shown = [complaint.in_table(one) for one in rows]
    alarming = [one | {"alarm": one["left"] is not None and one["breached"]} for one in shown]
    if owner:
        for one_row in alarming:
            charge = one_row["in_charge"] or one_row["owner"]
            one_row["owner"] = charge or nobodys(None)
    shown_columns = (*COMPLAINT_LIST[:3], _OWNER, *COMPLAINT_LIST[3:]) if owner else COMPLAINT_LIST
    emit(alarming, shown_columns, shape, title=_("Complaints"), alarm="alarm")


def _emit_sla(
    desk: Desk, as_of: str | None, first: str | None, last: str | None, shape: Any
) -> None:
    from tourcrm.analysis.population import months_before
    from tourcrm.commands.pages import complaint
    from tourcrm.complaints import clock, sla

    day = options.day(desk, as_of)
    end = options.parse_day(last, "--to") if last else day
    start = options.parse_day(first, "--from") if first else months_before(end, _SPAN_MONTHS)
    if end < start and last is None:
        raise WrongUsage(N_("--from {first} lies after {day}."), first=start, day=end)
    if end < start:
        raise WrongUsage(N_("--to {last} is before --from {first}."), last=end, first=start)
    now = clock.end_of(day, desk.today, desk.now, desk.settings)
    report = sla.report(desk.session, desk.settings, now, start, end)
    names = [column.field for column in PUNCTUALITY]
    rows = [
        {name: getattr(one, name) for name in names} | {"label": complaint.group_text(one)}
        for one in report.shares
    ]
    table = shape.format == "table" and shape.output is None
    if not table:
        emit(rows, PUNCTUALITY, shape, title=_("Answered in time"))
        return
    if rows:
        shown = [row | {"group": row["label"]} for row in rows]
        title = _("Answered in time, {first} to {last}").format(first=start, last=end)
        emit(shown, PUNCTUALITY, shape, title=title, alarm="stands_out")
    for line in complaint.conclusions(report):
        say(line)


@app.command(
    "show",
    help=N_("Show all about a complaint: its clock, the checklist, what was given, its story."),
    epilog=N_("Example: tourcrm complaints show K00001\ntourcrm complaints show K00001 -f json"),
)
def show(code: entry.Code, format: options.Format = "table", output: options.Output = None) -> None:
    from tourcrm.complaints import queries
    from tourcrm.complaints.lifecycle import CHECKLIST

    with context.reading() as desk:
        shape = options.shape(desk, format, output)
        row = entry.complaint(desk, code)
        page = queries.page(desk.session, desk.settings, row, desk.now, desk.today)
    if format == "json" and output is None:
        ticks = [{"point": point, "at": page.ticks.get(point)} for point in CHECKLIST]
        emit_parts(
            {},
            {
                "complaint": ([page.row], COMPLAINT),
                "checklist": (ticks if page.row.severity == "crisis" else [], CHECKPOINT),
                "compensations": (page.compensations, COMPENSATION),
                "fixes": (page.fixes, FIX),
                "events": (page.events, COMPLAINT_EVENT),
                "departure": (page.aboard, ABOARD),
            },
            replace(shape, reveal=True),
        )
    elif format != "table" or output is not None:
        emit([page.row], COMPLAINT, shape, title=_("Complaints"))
    else:
        from tourcrm.commands.pages import complaint

        for line in complaint.lines(page, shape):
            say(line)
