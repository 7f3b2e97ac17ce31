"""The whole page for one follow-up: who, why now, what to say, what was said and decided before."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tourcrm.agenda import decisions
from tourcrm.agenda.keys import Decision, printed_id
from tourcrm.agenda.states import Item
from tourcrm.agenda.wording import Line, members
from tourcrm.base import vocabulary
from tourcrm.base.display import sayable, visible
from tourcrm.base.i18n import _, language, ngettext
from tourcrm.commands.pages import customer
from tourcrm.commands.pages.due_list import phone, reached, says_title
from tourcrm.commands.pages.layout import Pair, laid_out, listed, usual
from tourcrm.models import Customer, Trip
from tourcrm.reports import customer_profile
from tourcrm.reports.customer_profile import CallSheet
from tourcrm.terminal.context import Desk
from tourcrm.terminal.render import Shape

MOST_NAMES = 60  # members of a batch that are named


def page(desk: Desk, line: Line, items: Sequence[Item], shape: Shape) -> Iterator[str]:
    """The lines of the page."""
    decisions = _decisions(desk, items)
    if line.name is None:
        named = _names(members(desk.session, line.items))
        about = [*_about(line, items[0]), (_("Customers"), named)]
        yield from laid_out(visible(line.title), [*about, *_decided(decisions)])
        return
    item = line.items[0]
    who = desk.session.get_one(Customer, item.voice)
    sheet = customer_profile.build(
        desk.session, desk.settings, who, desk.today, language(), desk.now
    )
    others = _others(sheet.due, item)
    pairs = [
        *customer.identity(sheet, shape),
        (_("Follow-up"), line.id if says_title(line) else f"{visible(line.title)} ({line.id})"),
        *_of_household(desk, line),
        *_trip(desk, item, shape),
        *_about(line, item),
        *_decided(decisions),
        *_also(others),
        *customer.noted(replace(sheet, noted=tuple(_others(sheet.noted, item)))),
        *customer.background(_but_for(sheet, item.trip_code), shape),
    ]
    yield from laid_out(customer.headline(sheet), pairs)


def page_of_several(desk: Desk, found: Sequence[tuple[Line, Sequence[Item]]]) -> Iterator[str]:
    """The page of lines that say the same to travellers of a departure: the words once, and the
    names, each with the id by which it is decided alone."""
    lines = [line for line, _items in found]
    first = replace(lines[0], reason=usual([line.why_now for line in lines]), script=lines[0].said)
    named = [
        " ".join(
            part
            for part in (
                line.id,
                visible(line.name or "", 40),
                visible(line.customer or "", 30),
                phone(line.phone),
                reached(line.reply) if line.reply else "",
                vocabulary.label("item_state", line.state, language()),
                visible(line.reason, 400) if line.reason != first.reason else "",
            )
            if part
        )
        for line in lines
    ]
    label = _("Customers")
    pairs = [(label if not number else "", text) for number, text in enumerate(named)]
    decisions = _decisions(desk, [item for _line, items in found for item in items])
    title = f"{visible(first.title)} ({first.line})"
    yield from laid_out(title, [*_about(first, first.items[0]), *pairs, *_decided(decisions)])


def _of_household(desk: Desk, line: Line) -> Iterator[Pair]:
    """Whom a call is about, and what else is said in it, each with the id by which it is decided
    alone."""
    first = line.items[0]
    label = _("One call, also for")
    others = [one for one in line.items if one.customer_id != first.voice]
    for named in members(desk.session, others):
        for name, code in named:
            ids = (printed_id(one.key) for one in others if one.customer.code == code)
            yield label, " ".join((visible(name, 40), visible(code, 30), *ids))
            label = ""
    label = _("In the same call")
    for one in line.items[1:]:
        if one.customer_id == first.voice:
            yield label, f"{one.rule.id} {printed_id(one.key)}"
            label = ""


def _others(lines: Sequence[Line], item: Item) -> list[Line]:
    return [line for line in lines if item.key not in {one.key for one in line.items}]


def _about(line: Line, item: Item) -> Iterator[Pair]:
    """Why now, until when, and what to say."""
    kind = vocabulary.label("rule_class", item.rule.kind, language())
    state = vocabulary.label("item_state", line.state, language())
    late = ""
    if line.days_late > 0:
        late = ngettext("{n} day late", "{n} days late", line.days_late).format(n=line.days_late)
    yield _("Why now"), visible(line.reason, 400)
    yield _("Rule"), f"{line.rule} ({kind})"
    yield _("Event"), item.anchor_on.isoformat()
    last_on = "" if item.step.lapses_after is None else line.last_on
    listed = f"{line.due_on} – {last_on}".strip()
    yield _("On the list"), " · ".join(part for part in (listed, late) if part)
    why = visible(str(line.why), 400) if line.why else ""
    yield _("State"), " · ".join(part for part in (state, why) if part)
    yield _("How"), vocabulary.label("contact_channel", line.channel, language())
    yield _("Say"), f"“{sayable(line.script, 2000)}”"


def _trip(desk: Desk, item: Item, shape: Shape) -> Iterator[Pair]:
    """The trip that it is about."""
    if item.trip_id is not None:
        trip = desk.session.get_one(Trip, item.trip_id)
        yield (
            _("Trip"),
            customer.journey_text(customer_profile.journey(trip, desk.today), shape),
        )


def _but_for(sheet: CallSheet, trip: str | None) -> CallSheet:
    """The page without the trip that was told already."""
    last, coming = (
        None if one is not None and one.code == trip else one
        for one in (sheet.last_trip, sheet.next_trip)
    )
    return replace(sheet, last_trip=last, next_trip=coming)


def _also(others: Sequence[Line]) -> Iterator[Pair]:
    """What else is due about the same customer."""
    label = _("Also due")
    for line in others:
        title = "" if says_title(line) else f"{visible(line.title)} · "
        yield label, f"{line.id} {title}{visible(line.reason, 200)}"
        label = ""


def _decisions(desk: Desk, items: Sequence[Item]) -> list[Decision]:
    """All decisions about these items so far, the latest first."""
    wanted = {item.key for item in items}
    found = decisions.of_keys(desk.session, wanted, desk.today, desk.settings.zone)
    return sorted(found, key=lambda one: -one.id)


def _decided(decisions: Sequence[Decision]) -> Iterator[Pair]:
    """Each decision once, also where it was about all members of a batch."""
    said: dict[str, None] = {}
    for one in decisions:
        what = vocabulary.label("outcome", one.status, language())
        until = _("until {day}").format(day=one.until) if one.until else ""
        note, staff = visible(one.note or "", 200), visible(one.staff or "", 40)
        parts = (f"{one.at:%Y-%m-%d %H:%M}", what, until, note, staff)
        said[" · ".join(part for part in parts if part)] = None
    label = _("Decided")
    for text in said:
        yield label, text
        label = ""


def _names(members: Sequence[Sequence[tuple[str, str]]]) -> str:
    """Names and codes; those of one household, who get it once, with a plus."""
    named = [
        " + ".join(f"{visible(name, 40)} {visible(code, 30)}" for name, code in household)
        for household in members[:MOST_NAMES]
    ]
    if len(members) > MOST_NAMES:
        named.append(_("and {n} more").format(n=len(members) - MOST_NAMES))
    return listed(named)
