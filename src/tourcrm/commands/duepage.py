"""The due list as a page for people and for cron's mail: blocks, not a wide table."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from tourcrm import words
from tourcrm.columns import Column
from tourcrm.followup import Count, DueList
from tourcrm.i18n import _, language, ngettext
from tourcrm.item import BACK, Item
from tourcrm.line import Line
from tourcrm.manual import wrap
from tourcrm.render import Shape, line_width, person
from tourcrm.safe import pad, visible, width

WIDEST = 80
_PHONE = Column("phone", "phone", "phone", "电话")


def page(due: DueList, *, owners: bool) -> Iterator[str]:
    """The lines of the page. owners: say who is in charge, where the list is for all."""
    yield from wrap(_headline(due), _room())
    for number, (_who, lines) in enumerate(groupby(due.lines, _block), 1):
        yield ""
        yield from _customer(f"{number:>2}. ", list(lines), owners)
    tail = footer(due)
    if tail:
        yield ""
        yield from wrap(tail, _room())


def _room() -> int:
    return min(line_width(), WIDEST)


def _block(line: Line) -> Any:
    return line.id if line.items[0].batch else line.customer


def _headline(due: DueList) -> str:
    names = (
        *(_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday")),
        *(_("Saturday"), _("Sunday")),
    )
    day = f"{due.as_of.isoformat()} {names[due.as_of.weekday()]}"
    if not due.lines:
        return _("Nothing is due on {day}.").format(day=day)
    said = [_("Follow-ups for {day}").format(day=day)]
    if due.customers:
        said.append(
            ngettext("{n} customer", "{n} customers", due.customers).format(n=due.customers)
        )
    batches = sum(line.items[0].batch is not None for line in due.lines)
    if batches:
        said.append(ngettext("{n} departure", "{n} departures", batches).format(n=batches))
    return " · ".join(said)


def _customer(number: str, lines: Sequence[Line], owners: bool) -> Iterator[str]:
    first = lines[0]
    if first.name is None:
        head = [first.title]
    else:
        head = [f"{visible(first.name, 40)} {visible(first.customer or '', 20)}"]
        head.append(person(first.phone, _PHONE, Shape(reveal=True)) or _("no phone"))
        if first.tier is not None:
            head.append(_("tier {tier}").format(tier=words.label("tier", first.tier, language())))
    if owners and first.owner:
        head.append(visible(first.owner, 20))
    yield number + "  ".join(head)
    indent = " " * len(number)
    for line in lines:
        about = [visible(line.reason, 400)]
        if line.name is not None:
            about.insert(0, visible(line.title))
        if line.trip is not None:
            about.append(visible(line.trip, 30))
        if line.days_late > 0:
            about.append(
                ngettext("{n} day late", "{n} days late", line.days_late).format(n=line.days_late)
            )
        yield from _beside(f"{indent}{line.id}  ", " · ".join(about))
        yield from _beside(indent + " " * (len(line.id) + 2), f"“{visible(line.script, 2000)}”")


def _beside(label: str, text: str) -> Iterator[str]:
    """A text wrapped on the right of a label."""
    first = width(label)
    for number, piece in enumerate(wrap(text, _room() - first)):
        yield (" " * first if number else label) + piece


def details(line: Line, items: Sequence[Item], members: Sequence[tuple[str, str]]) -> Iterator[str]:
    """All about one line: its words, its rule and event, its state, its members."""
    yield from _customer("", [line], owners=True)
    first = items[0]
    pairs = [
        (_("Rule"), f"{line.rule} ({words.label('rule_class', first.rule.kind, language())})"),
        (_("Event"), first.anchor_on.isoformat()),
        (_("On the list"), f"{line.due_on} – {line.last_on}"),
        (_("State"), words.label("item_state", line.state, language())),
        (_("Why"), visible(str(line.why), 400) if line.why else ""),
        (_("How"), words.label("contact_channel", line.channel, language())),
        (_("Note"), visible(_note(first), 400)),
        (_("Customers"), "" if first.batch is None else _names(members)),
    ]
    wide = max(width(label) for label, _text in pairs) + 2
    for label, text in pairs:
        yield from _beside(pad(label, wide), text)


def _note(item: Item) -> str:
    return item.decision.note or "" if item.decision is not None else ""


def _names(members: Sequence[tuple[str, str]]) -> str:
    separator = "、" if language() == "zh" else ", "
    return separator.join(f"{visible(name, 40)} {visible(code, 30)}" for name, code in members)


def footer(due: DueList) -> str:
    """What is not on the list, and why; empty where that is nothing."""
    said = []
    if due.waiting:
        said.append(_("Waiting: {counts}.").format(counts=_counted(due.waiting)))
    if due.held:
        said.append(_("Held: {counts}.").format(counts=_counted(due.held)))
    if due.lapsed_unseen:
        said.append(
            _("Lapsed in the last {days} days with nobody deciding: {n}.").format(
                days=BACK, n=due.lapsed_unseen
            )
        )
    if said:
        said.append(_("More: --all, followups list --held."))
    return ("" if language() == "zh" else " ").join(said)


def _counted(counts: Sequence[Count]) -> str:
    separator = "，" if language() == "zh" else ", "
    return separator.join(f"{count.why} {count.count}" for count in counts)
