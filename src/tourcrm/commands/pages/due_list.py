"""The due list as a page for people and for cron's mail: blocks, not a wide table."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from tourcrm.agenda.states import BACK, WAITING
from tourcrm.agenda.wording import Line
from tourcrm.base import preferences, vocabulary
from tourcrm.base.columns import Column
from tourcrm.base.display import sayable, visible
from tourcrm.base.i18n import _, language, ngettext
from tourcrm.base.moments import with_weekday
from tourcrm.commands.pages.layout import (
    beside,
    duration_text,
    late_text,
    nobodys,
    room,
    usual,
)
from tourcrm.followup import Count, DueList
from tourcrm.terminal.help import wrap
from tourcrm.terminal.render import Shape, person

_PHONE = Column("phone", "phone", "phone", "电话")


def page(due: DueList, *, owners: bool, now: datetime | None = None) -> Iterator[str]:
    """The lines of the page. owners: say who is in charge, where the list is for all; on that of
    one colleague what belongs to nobody is marked. now: tells how much is left until what must be
    done by a moment."""
    yield from wrap(headline(due), room())
    said: dict[str, int] = {}  # where words stand that are said to several
    for number, lines in enumerate(blocks(due), 1):
        yield ""
        if is_group(lines):
            said[lines[0].line or ""] = number
            yield from _group(f"{number:>2}. ", lines, owners)
        else:
            yield from _customer(f"{number:>2}. ", lines, owners, now, said)
    if tail := footer(due):
        yield ""
        yield from wrap(tail, room())


def _block(line: Line) -> Any:
    return line.customer or line.id


def headline(due: DueList) -> str:
    day = with_weekday(due.as_of)
    if not due.lines:
        return _("Nothing is due on {day}.").format(day=day)
    return " · ".join((_("Follow-ups for {day}").format(day=day), *sizes(due)))


def sizes(due: DueList) -> list[str]:
    """How many customers, departures and festivals' messages to many are on a list."""
    said = []
    if due.customers:
        said.append(
            ngettext("{n} customer", "{n} customers", due.customers).format(n=due.customers)
        )
    # What stands for several customers has no name; its batch tells of which kind it is.
    batches = [line.items[0].batch for line in due.lines if line.name is None]
    kinds = Counter(batch[1] for batch in batches if batch)
    if count := kinds["departure"]:
        said.append(ngettext("{n} departure", "{n} departures", count).format(n=count))
    if count := kinds["festival"]:
        text = ngettext("{n} festival mailing", "{n} festival mailings", count)
        said.append(text.format(n=count))
    return said


def blocks(due: DueList) -> list[list[Line]]:
    """The lines of a list: those that are one call, or one batch, together; and those that say the
    same to travellers of a departure, several of whom are told nothing else. Of whom more is to be
    said, all of it stands together too."""
    of_each = [list(lines) for _who, lines in groupby(due.lines, _block)]
    alike = Counter(lines[0].line for lines in of_each if len(lines) == 1)
    groups: dict[str, list[Line]] = {}
    found: list[list[Line]] = []
    for lines in of_each:
        for line in lines:
            if line.line is not None and alike[line.line] > 1:
                if line.line not in groups:
                    groups[line.line] = []
                    found.append(groups[line.line])
                groups[line.line].append(line)
        if len(lines) > 1 or lines[0].line not in groups:
            found.append(lines)
    return found


def is_group(lines: Sequence[Line]) -> bool:
    """Whether these are calls to several who are told the same."""
    return len({line.customer for line in lines}) > 1


def _group(number: str, lines: Sequence[Line], owners: bool) -> Iterator[str]:
    """Several who are told the same: the words once, with names; each can be decided alone."""
    first = lines[0]
    count = sum(line.count for line in lines)
    people = ngettext("{n} customer", "{n} customers", count).format(n=count)
    head = [f"{first.title} · {people}"]
    if owners and first.owner and all(line.owner == first.owner for line in lines):
        head.append(visible(first.owner, 20))
    yield from beside(number, "  ".join(head))
    indent = " " * len(number)
    common = usual([" · ".join([visible(line.why_now, 400), *_late(line)]) for line in lines])
    about = [" · ".join([visible(line.reason, 400), *_late(line)]) for line in lines]
    yield from beside(f"{indent}{first.line}  ", common)
    for line, own in zip(lines, about, strict=True):
        said = ["  ".join(_who(line))]
        if line.trip is not None:
            said.append(visible(line.trip, 30))
        if own != common:
            said.append(own)
        yield from beside(f"{indent}{line.id}  ", " · ".join(said))
    yield from beside(indent + " " * (len(first.id) + 2), f"“{sayable(first.said, 2000)}”")


def _who(line: Line) -> Iterator[str]:
    yield f"{visible(line.name or '', 40)} {visible(line.customer or '', 20)}"
    yield phone(line.phone)
    if line.reply is not None:
        yield reached(line.reply)
    if line.tier is not None:
        yield _("tier {tier}").format(tier=vocabulary.label("tier", line.tier, language()))


def _late(line: Line) -> Iterator[str]:
    if line.days_late > 0:
        yield ngettext("{n} day late", "{n} days late", line.days_late).format(n=line.days_late)


def _customer(
    number: str,
    lines: Sequence[Line],
    owners: bool,
    now: datetime | None,
    said: Mapping[str, int],
) -> Iterator[str]:
    first = lines[0]
    head = [first.title] if first.name is None else list(_who(first))
    if owners and first.owner:
        head.append(visible(first.owner, 20))
    if first.name is not None and (mark := nobodys(first.owner, owners)):
        head.append(mark)
    yield from beside(number, "  ".join(head))
    indent = " " * len(number)
    for line in lines:
        about = [visible(line.reason, 400)]
        if line.name is not None and not says_title(line):
            about.insert(0, visible(line.title))
        by = line.items[0].by
        left = [] if by is None or now is None else list(time_left(by, now))
        about += left
        if line.trip is not None:
            about.append(visible(line.trip, 30))
        if not left:
            about += _late(line)
        yield from beside(f"{indent}{line.id}  ", " · ".join(about))
        words = f"“{sayable(line.script, 2000)}”"
        if line.line is not None and line.line in said:
            words = _("The words: see {n}.").format(n=said[line.line])
        yield from beside(indent + " " * (len(line.id) + 2), words)


def says_title(line: Line) -> bool:
    """Whether the reason says what the title does: what a colleague noted is said once."""
    return line.items[0].rule.anchor.name == "task" and line.reason.endswith(line.title)


def time_left(by: datetime, now: datetime) -> Iterator[str]:
    """How long still, on the day itself: a clock may stand still over night. Or how long over."""
    if now >= by:
        yield late_text(now - by)
    elif now.date() == by.date():
        yield _("{time} left").format(time=duration_text(by - now))


def phone(number: str | None) -> str:
    """A number in full, to be called; or that there is none."""
    return person(number, _PHONE, Shape(reveal=True)) or _("no phone")


def reached(reply: str) -> str:
    """How and when somebody wants to be reached."""
    return _("prefers {how}").format(how=visible(preferences.reply_label(reply, language()), 40))


def footer(due: DueList) -> str:
    """What is not on the list, and why, and which commands show it; empty where that is nothing."""
    said, commands = [], []
    if due.waiting:
        said.append(_("Waiting: {counts}.").format(counts=_counted(due.waiting)))
        reasons = {count.why.template for count in due.waiting}
        if WAITING["capacity"] in reasons:
            commands.append("tourcrm followups due --all")
        if reasons - {WAITING["capacity"]}:
            commands.append("tourcrm followups list")
    if due.held:
        said.append(_("Held: {counts}.").format(counts=_counted(due.held)))
        commands.append("tourcrm followups list --held")
    if due.lapsed_unseen:
        said.append(
            _("Lapsed in the last {days} days with nobody deciding: {n}.").format(
                days=BACK, n=due.lapsed_unseen
            )
        )
        commands.append("tourcrm followups list --all")
    if said:
        said.append(_("More: {commands}.").format(commands=_comma().join(commands)))
    return ("" if language() == "zh" else " ").join(said)


def _counted(counts: Sequence[Count]) -> str:
    return _comma().join(f"{count.why} {count.count}" for count in counts)


def _comma() -> str:
    return "，" if language() == "zh" else ", "
