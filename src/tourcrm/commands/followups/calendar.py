"""The follow-ups of the coming weeks as an iCalendar file (RFC 5545): one all-day event a line.

The id of an entry is the identity of its event, and each file is newer than the one before:
importing it again moves and cancels what has changed, and doubles nothing.
"""

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from tourcrm.base.columns import Column
from tourcrm.base.display import sayable, visible
from tourcrm.base.errors import WrongUsage
from tourcrm.base.i18n import N_, _, language, ngettext
from tourcrm.commands import options
from tourcrm.commands.followups.lists import Owner
from tourcrm.commands.pages.layout import usual
from tourcrm.terminal import context
from tourcrm.terminal.render import Shape, person, say
from tourcrm.terminal.typer_i18n import cli_group

if TYPE_CHECKING:
    from icalendar import Event

    from tourcrm.agenda.calendar import Entry, Schedule
    from tourcrm.agenda.wording import Line

app = cli_group()

_PHONE = Column("phone", "phone", "phone", "电话", mask="phone")
_FIRST = datetime(2020, 1, 1, tzinfo=UTC)  # numbers of versions count the seconds from here


@app.command(
    "calendar",
    help=N_(
        "Write the follow-ups of the coming weeks to a file for a phone's or desktop's calendar. "
        "Imported again, it brings the calendar up to date."
    ),
    epilog=N_(
        "Example: tourcrm followups calendar followups.ics --owner 李娜\n"
        "tourcrm followups calendar - --days 14"
    ),
)
def calendar_(
    file: Annotated[
        str,
        typer.Argument(metavar=N_("FILE"), help=N_("a file ending in .ics, or - for the output")),
    ],
    days: Annotated[
        int, typer.Option("--days", min=0, max=366, help=N_("so many days from today"))
    ] = 28,
    owner: Owner = None,
    as_of: options.AsOf = None,
    reveal: options.Reveal = False,
) -> None:
    from tourcrm.agenda import calendar
    from tourcrm.commands import fields
    from tourcrm.files import writer

    if file != "-" and not file.lower().endswith(".ics"):
        raise WrongUsage(
            N_("{path} must end in .ics, or be - for the output."), path=visible(file, 200)
        )
    if reveal:
        fields.record("followups calendar --reveal")
    with context.writing("followups calendar") as desk:
        day = options.day(desk, as_of)
        found = calendar.plan(desk.session, desk.settings, day, language(), days=days, owner=owner)
        made = _content(found, desk.now, reveal=reveal)
        calendar.remember(desk.session, owner, found)
    if file == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(made)
        return
    with writer.private(file) as stream:
        stream.write(made)
    for line in _told(found, visible(file)):
        say(line)


def _content(found: "Schedule", now: datetime, *, reveal: bool) -> bytes:
    """The file. now: when it is made. reveal: phone numbers in full."""
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//tourcrm//followups//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("Follow-ups"))
    for entry in found.entries:
        calendar.add_component(_event(entry, now, reveal))
    made: bytes = calendar.to_ical()
    return made


def _event(entry: "Entry", now: datetime, reveal: bool) -> "Event":
    from icalendar import Event

    event = Event()
    event.add("uid", f"{entry.id}@tourcrm")
    event.add("dtstamp", now)
    event.add("last-modified", now)
    event.add("sequence", int((now - _FIRST).total_seconds()))
    event.add("dtstart", entry.day)
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    event.add("categories", [visible(entry.rule)])
    if entry.line is None:
        event.add("status", "CANCELLED")
        event.add("summary", _("Follow-up {id}: settled").format(id=entry.id))
    else:
        event.add("status", "CONFIRMED")
        event.add("summary", _summary(entry.line, entry.others))
        event.add("description", _description(entry.line, entry.others, reveal))
    return event


def _summary(line: "Line", others: "Sequence[Line]") -> str:
    if line.name is not None and not others:
        return f"{visible(line.name, 60)} · {visible(line.title, 80)}"
    count = sum(one.count for one in (line, *others))
    people = ngettext("{n} customer", "{n} customers", count).format(n=count)
    place = visible(line.destination or "", 60)
    return " · ".join(part for part in (visible(line.title, 80), place, people) if part)


def _description(line: "Line", others: "Sequence[Line]", reveal: bool) -> str:
    shape = Shape(reveal=reveal)
    if others:
        # Who shares a departure is told the same: the words once, and the names.
        reason = usual([one.why_now for one in (line, *others)])
        named = (
            " ".join(
                (
                    visible(one.name or "", 60),
                    _reach(one, shape),
                    visible(one.reason, 400) if one.reason != reason else "",
                )
            ).strip()
            for one in (line, *others)
        )
        who, script, id_ = "\n".join(named), line.said, line.line
    else:
        reason = line.reason
        who, script, id_ = _reach(line, shape), line.script, line.id
    said = [
        visible(reason, 400),
        who,
        f"“{sayable(script, 2000)}”",
        f"tourcrm followups done {id_}",
    ]
    return "\n".join(part for part in said if part)


def _reach(line: "Line", shape: Shape) -> str:
    """The number, and how and when they want to be reached."""
    from tourcrm.commands.pages.due_list import reached

    said = person(line.phone, _PHONE, shape), reached(line.reply) if line.reply else ""
    return " · ".join(part for part in said if part)


def _told(found: "Schedule", path: str) -> Iterator[str]:
    """What the file holds, for whoever asked for it."""
    count = sum(entry.line is not None for entry in found.entries)
    text = ngettext(
        "{n} follow-up up to {day} is in {path}.",
        "{n} follow-ups up to {day} are in {path}.",
        count,
    )
    yield text.format(n=count, day=found.last, path=path)
    if found.waiting:
        text = ngettext(
            "{n} customer more does not fit the day, and is left out.",
            "{n} customers more do not fit the day, and are left out.",
            found.waiting,
        )
        yield text.format(n=found.waiting)
