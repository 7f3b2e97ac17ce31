"""`tourcrm today`: the morning on one page."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from tourcrm.base.columns import (
    BIRTHDAYS,
    CLOCKS,
    COMPLAINT,
    COUNTS,
    DEPARTURES,
    DUE,
    FESTIVALS,
    GROUPS,
    RECEIVABLE,
    REFUNDS,
)
from tourcrm.base.display import pad, shorten, visible, width
from tourcrm.base.errors import WrongUsage
from tourcrm.base.i18n import N_, _, language, ngettext
from tourcrm.base.moments import with_weekday
from tourcrm.base.money import format_amount
from tourcrm.commands import options
from tourcrm.commands.pages import clocks
from tourcrm.commands.pages.layout import beside, nobodys, room, word
from tourcrm.terminal import context
from tourcrm.terminal.render import Shape, emit_parts, say
from tourcrm.terminal.typer_i18n import cli_group

if TYPE_CHECKING:
    from tourcrm.agenda.wording import Line
    from tourcrm.bookings.receivables import Debt
    from tourcrm.complaints.queries import Row
    from tourcrm.reports.morning import Birthday, Group, Morning, Refund

MONEY_LINES = 5  # of what is to be paid
MOST = 12  # calls that are shown of the due list, and lines of any other part

app = cli_group()


@app.command(
    "today",
    help=N_(
        "Show the morning on one page. Complaints and promised refunds that are open, money due "
        "this week, what is due, who leaves and who comes home, birthdays of the week, festivals."
    ),
    epilog=N_("Example: tourcrm today\ntourcrm today --owner 李娜\ntourcrm today -f json"),
)
def today(
    owner: Annotated[
        str | None,
        typer.Option("--owner", help=N_("only customers of this colleague, and those of nobody")),
    ] = None,
    as_of: options.AsOf = None,
    format: options.Format = "table",
) -> None:
    from tourcrm.complaints import clock
    from tourcrm.reports import morning

    with context.reading() as desk:
        shape = options.shape(desk, format)
        if format not in ("table", "json"):
            raise WrongUsage(
                N_(
                    "The page has several parts, and {format} holds one list. Use -f json; "
                    "the list alone: tourcrm followups due -f {format}"
                ),
                format=format,
            )
        if as_of is None:
            desk.warn_of_fixed_day()
        day = options.day(desk, as_of)
        now = clock.end_of(day, desk.today, desk.now, desk.settings)
        found = morning.build(desk.session, desk.settings, day, now, language(), owner=owner)
    if format == "json":
        _emit(found, shape)
        return
    for line in page(found, now.astimezone(shape.zone), shape, owners=owner is None):
        say(line)


def _emit(found: "Morning", shape: Shape) -> None:
    birthdays = [
        {column.field: getattr(one, column.field, None) for column in BIRTHDAYS}
        | {"lunar": one.lunar_on is not None}
        for one in found.birthdays
    ]
    emit_parts(
        {
            "as_of": found.as_of.isoformat(),
            "customers_away": found.away.customers,
            "travellers_away": found.away.travellers,
            "lapsed_unseen": found.due.lapsed_unseen,
        },
        {
            "festivals": (found.festivals, FESTIVALS),
            "clocks": ([clocks.row(one) for one in found.clocks], CLOCKS),
            "unfinished": (found.unfinished, COMPLAINT),
            "refunds": (found.refunds, REFUNDS),
            "money": (found.money, RECEIVABLE),
            "due": (found.due.lines, DUE),
            "waiting": (found.due.waiting, COUNTS),
            "held": (found.due.held, COUNTS),
            "departures": (found.departures, DEPARTURES),
            "returns": (found.returns, GROUPS),
            "birthdays": (birthdays, BIRTHDAYS),
        },
        shape,
    )


# --- the page -------------------------------------------------------------------------------------

_EVERYTHING = "tourcrm today -f json"


def page(found: "Morning", now: datetime, shape: Shape, *, owners: bool = True) -> Iterator[str]:
    """The lines of the page: parts under their headings, at most 80 cells wide. owners: it is that
    of all; on that of one colleague what belongs to nobody is marked."""
    from tourcrm.terminal.help import wrap

    yield _headline(found)
    if found.festivals:
        days = (_festival(one.festival, one.day, found.as_of) for one in found.festivals)
        yield from beside(_("Festivals: "), " · ".join(days))
    if found.empty:
        yield ""
        yield from wrap(
            _(
                "There are no customers yet. Begin with: tourcrm customers import FILE, then "
                "tourcrm trips import FILE. What it may look like: tourcrm demo"
            ),
            room(),
        )
        return
    yield from _clocks(found, now)
    yield from _part(
        _("Complaints answered, not closed"),
        [_unfinished(one, found.as_of, shape, owners) for one in found.unfinished],
        "tourcrm complaints list",
    )
    yield from _part(
        _("Refunds promised, not paid"),
        [_refund(one, shape, owners) for one in found.refunds],
        "tourcrm payments list --promised",
    )
    yield from _money(found, shape, owners)
    yield ""
    yield from _due(found, owners)
    yield from _part(
        _("Departures"), [line for one in found.departures for line in _leaving(one, owners)]
    )
    yield from _part(_("Returns"), [_group(one, owners) for one in found.returns])
    if found.away.customers:
        yield ""
        yield _("On a trip now: {who}").format(
            who=_people(found.away.customers, found.away.travellers)
        )
    yield from _part(_("Birthdays of the week"), _birthdays(found.birthdays, owners))


def _clocks(found: "Morning", now: datetime) -> Iterator[str]:
    """The complaints that wait for an answer, in full: their customers are to be called."""
    if found.clocks:
        yield ""
        yield _("Clocks running")
        for one in found.clocks[:MOST]:
            yield from beside("  ", " · ".join(clocks.about(one, now, now.tzinfo, phone=True)))
        yield from _more(len(found.clocks), "tourcrm complaints list")


def _unfinished(one: "Row", as_of: date, shape: Shape, owners: bool) -> str:
    """A complaint that was answered: since when it is open, and what it needs next."""
    from tourcrm.commands.pages.complaint import next_text

    days = (as_of - one.opened_at.astimezone(shape.zone).date()).days
    charge = one.in_charge or one.owner
    said = [
        visible(one.code, 20),
        f"{visible(one.name, 20)} {visible(one.customer, 20)}",
        word("complaint_category", one.category),
        _days(days),
        _("next: {what}").format(what=next_text(one)),
        visible(charge, 20) if charge else nobodys(None, owners),
    ]
    return " · ".join(part for part in said if part)


def _refund(one: "Refund", shape: Shape, owners: bool) -> str:
    said = [
        visible(one.code, 20),
        f"{visible(one.name, 20)} {visible(one.customer, 20)}",
        format_amount(one.amount, shape.currency),
        _days(one.days),
        visible(one.trip, 30),
        nobodys(one.owner, owners),
    ]
    return " · ".join(part for part in said if part)


def _money(found: "Morning", shape: Shape, owners: bool) -> Iterator[str]:
    """What is to be paid this week, and what of it is late; the most overdue in front."""
    if not found.money:
        return
    whole = format_amount(sum(one.balance for one in found.money), shape.currency)
    heading = _("Money due this week: {amount}").format(amount=whole)
    if late := sum(one.overdue for one in found.money if one.days_overdue):
        text = _("of it overdue: {amount}")
        heading += " · " + text.format(amount=format_amount(late, shape.currency))
    yield ""
    yield heading
    for one in found.money[:MONEY_LINES]:
        yield shorten("  " + _owed(one, shape, owners), room())
    if len(found.money) > MONEY_LINES:
        text = _("... and {n} more: {command}")
        rest = len(found.money) - MONEY_LINES
        yield "  " + text.format(n=rest, command="tourcrm payments due")


def _owed(one: "Debt", shape: Shape, owners: bool) -> str:
    days = one.days_overdue
    late = ngettext("{n} day overdue", "{n} days overdue", days).format(n=days)
    said = [
        f"{visible(one.name, 20)} {visible(one.customer, 20)}",
        format_amount(one.balance, shape.currency),
        late if days else _("by {day}").format(day=_short(one.due_on)),
        visible(one.trip, 30),
        nobodys(one.owner, owners),
    ]
    return " · ".join(part for part in said if part)


def _days(days: int) -> str:
    if not days:
        return _("since today")
    return ngettext("for {n} day", "for {n} days", days).format(n=days)


def _headline(found: "Morning") -> str:
    from tourcrm.base.lunar import lunar_text

    day = found.lunar_on
    if day is None or language() != "zh":
        return with_weekday(found.as_of)
    lunar = lunar_text(day.month, day.day, day.leap, "zh")
    return f"{with_weekday(found.as_of)} · {lunar}"


def _festival(name: str, day: date, as_of: date) -> str:
    left = (day - as_of).days
    when = _("today") if not left else ngettext("in {n} day", "in {n} days", left).format(n=left)
    return _("{festival} {day}, {when}").format(
        festival=word("festival", name), day=_short(day), when=when
    )


def _due(found: "Morning", owners: bool) -> Iterator[str]:
    """The calls of the list in a line each, and what is not on the list."""
    from tourcrm.commands.pages import due_list
    from tourcrm.terminal.help import wrap

    if found.due.lines:
        heading = " · ".join((_("Due"), *due_list.sizes(found.due)))
        calls = [_call(n, lines, owners) for n, lines in enumerate(due_list.blocks(found.due), 1)]
        yield from _lines(heading, calls, "tourcrm followups due")
    else:
        yield _("Nothing is due.")
    yield from wrap(due_list.footer(found.due), room())


def _call(number: int, lines: "Sequence[Line]", owners: bool) -> str:
    from tourcrm.commands.pages import due_list

    first = lines[0]
    what = " + ".join(dict.fromkeys(visible(line.title, 40) for line in lines))
    if first.name is None or due_list.is_group(lines):
        count = sum(line.count for line in lines)
        people = ngettext("{n} customer", "{n} customers", count).format(n=count)
        return f"{number:>2}. {what} · {visible(first.destination or '', 30)} · {people}"
    if mark := nobodys(first.owner, owners):
        what = f"{mark} · {what}"
    if first.reply is not None:
        what = f"{due_list.reached(first.reply)} · {what}"
    who = f"{visible(first.name, 16)} {first.tier or ''}".rstrip()
    return f"{number:>2}. {pad(who, 18)}  {pad(due_list.phone(first.phone), 14)}  {what}"


def _group(one: "Group", owners: bool) -> str:
    said = [
        f"{_short(one.day)}  {visible(one.destination or _('destination unknown'), 30)}",
        _people(one.customers, one.travellers),
    ]
    if one.unowned and not owners:
        said.append(_("of nobody: {n}").format(n=one.unowned))
    if one.handbook is not None:
        said.append(word("handbook", one.handbook))
    return " · ".join(said)


def _leaving(one: "Group", owners: bool) -> Iterator[str]:
    """Who leaves, and under it what the guide is to be told."""
    yield _group(one, owners)
    if one.birthdays is not None:
        people = visible(one.birthdays, 200)
        yield "       " + _("birthdays on the way: {people}").format(people=people)


def _people(customers: int, travellers: int) -> str:
    some = ngettext("{n} customer", "{n} customers", customers).format(n=customers)
    if customers == travellers:
        return some
    all_ = ngettext("{n} traveller", "{n} travellers", travellers).format(n=travellers)
    return _("{customers}, {travellers}").format(customers=some, travellers=all_)


def _birthdays(found: "Sequence[Birthday]", owners: bool) -> list[str]:
    from tourcrm.base.lunar import lunar_text

    lines = []
    widest = max((width(visible(one.name, 30)) for one in found), default=0)
    for one in found:
        who = pad(visible(one.name, 30), widest)
        said = [f"{_short(one.day)}  {who}  {one.tier or '-'}  {visible(one.customer, 20)}"]
        if one.lunar_on is not None:
            day = one.lunar_on
            said.append(lunar_text(day.month, day.day, day.leap, language()))
        if mark := nobodys(one.owner, owners):
            said.append(mark)
        lines.append(" · ".join(said))
    return lines


def _short(day: date) -> str:
    """A day of the next weeks: 11-20."""
    return f"{day:%m-%d}"


def _part(heading: str, lines: Sequence[str], command: str = _EVERYTHING) -> Iterator[str]:
    if lines:
        yield ""
        yield from _lines(heading, lines, command)


def _lines(heading: str, lines: Sequence[str], command: str) -> Iterator[str]:
    """A heading and its lines, each cut to fit; how many more there are, and where."""
    yield heading
    for line in lines[:MOST]:
        yield shorten("  " + line, room())
    yield from _more(len(lines), command)


def _more(count: int, command: str) -> Iterator[str]:
    if count > MOST:
        yield "  " + _("... and {n} more: {command}").format(n=count - MOST, command=command)
