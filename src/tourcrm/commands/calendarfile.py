"""A schedule as an iCalendar file (RFC 5545): one all-day event a line.

The id of a line is the identity of its event, and each file is newer than the one before: importing
it again moves and cancels what has changed, and doubles nothing.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tourcrm.columns import Column
from tourcrm.i18n import _, ngettext
from tourcrm.render import Shape, person
from tourcrm.safe import visible

if TYPE_CHECKING:
    from tourcrm.line import Line
    from tourcrm.schedule import Entry, Schedule

_PHONE = Column("phone", "phone", "phone", "电话", mask="phone")
_FIRST = datetime(2020, 1, 1, tzinfo=UTC)  # numbers of versions count the seconds from here
_LONGEST = 75  # bytes of a line of the file, its end apart


def content(found: "Schedule", now: datetime, *, reveal: bool) -> bytes:
    """The file. now: when it is made. reveal: phone numbers in full.

    Written line by line: a library that knows all of RFC 5545 takes a minute for what a big agency
    has to do in four weeks.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//tourcrm//followups//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(_('Follow-ups'))}",
    ]
    for entry in found.entries:
        lines += _event(entry, now, reveal)
    lines.append("END:VCALENDAR")
    return b"".join(map(_folded, lines))


def _event(entry: "Entry", now: datetime, reveal: bool) -> Iterator[str]:
    moment = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield "BEGIN:VEVENT"
    yield f"UID:{entry.id}@tourcrm"
    yield f"DTSTAMP:{moment}"
    yield f"LAST-MODIFIED:{moment}"
    yield f"SEQUENCE:{int((now - _FIRST).total_seconds())}"
    yield f"DTSTART;VALUE=DATE:{entry.day:%Y%m%d}"
    yield "TRANSP:TRANSPARENT"
    yield "CLASS:PRIVATE"
    yield f"CATEGORIES:{_text(visible(entry.rule))}"
    if entry.line is None:
        yield "STATUS:CANCELLED"
        yield f"SUMMARY:{_text(_('Follow-up {id}: settled').format(id=entry.id))}"
    else:
        yield "STATUS:CONFIRMED"
        yield f"SUMMARY:{_text(_summary(entry.line))}"
        yield f"DESCRIPTION:{_text(_description(entry.line, reveal))}"
    yield "END:VEVENT"


def _text(words: str) -> str:
    """Words as a value of the file: what ends a value or a line is written another way."""
    return re.sub(r"[\\;,]", r"\\\g<0>", words).replace("\n", "\\n")


def _folded(line: str) -> bytes:
    """A line of the file, in pieces that are short enough, no character cut in two."""
    left, pieces = line.encode(), []
    while len(left) > _LONGEST:
        cut = _LONGEST
        while left[cut] & 0b1100_0000 == 0b1000_0000:
            cut -= 1
        pieces.append(left[:cut])
        left = b" " + left[cut:]
    return b"\r\n".join((*pieces, left, b""))


def _summary(line: "Line") -> str:
    if line.name is not None:
        return f"{visible(line.name, 60)} · {visible(line.title, 80)}"
    people = ngettext("{n} customer", "{n} customers", line.count).format(n=line.count)
    place = visible(line.destination or "", 60)
    return " · ".join(part for part in (visible(line.title, 80), place, people) if part)


def _description(line: "Line", reveal: bool) -> str:
    said = [
        visible(line.reason, 400),
        person(line.phone, _PHONE, Shape(reveal=reveal)),
        f"“{visible(line.script, 2000)}”",
        f"tourcrm followups done {line.id}",
    ]
    return "\n".join(part for part in said if part)


def told(found: "Schedule", path: str) -> Iterator[str]:
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
