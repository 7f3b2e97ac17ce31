"""What an import did, in the words of whoever ran it."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tourcrm.base.columns import Column, folded
from tourcrm.base.display import visible
from tourcrm.base.i18n import N_, _, language, ngettext
from tourcrm.commands.pages.layout import listed
from tourcrm.files.reader import Sheet
from tourcrm.imports.service import Group, Result
from tourcrm.terminal import context
from tourcrm.terminal.help import wrap
from tourcrm.terminal.render import line_width, say

_INFERRED = {
    "status": N_("{n} without a status: taken as booked"),
    "service": N_("{n} without a service: taken as a tour"),
    "kind": N_("{n} without a kind: taken as a group trip"),
    "returns_on": N_("{n} without a return: taken as back on the day of departure"),
    "price": N_("{n} without a price: they count as trips, averages pass them over"),
    "lost": N_("{n} quotes that were open for more than 60 days: taken as lost"),
    "household": N_(
        "{n} share a phone with another name or ID number: added as others of the household"
    ),
    "namesakes": N_(
        "{n} have the name of another customer, and nothing says that they are the same"
    ),
    "by_name": N_("{n} say the customer's name only: taken as the one customer of that name"),
    "company": N_("{n} name a company that is not among the customers: left blank"),
    "no_day": N_("{n} without a day: taken as answered today"),
    "return_day": N_("{n} without a day: taken as answered on the day of return"),
    "beside": N_("{n} say otherwise than the answer about the last trip: kept without a trip"),
    "last_trip": N_("{n} without an order number: taken as about the last trip returned from"),
    "no_trip": N_("{n} from customers who had returned from no trip: kept without one"),
    "referred_by": N_("{n} name a referrer who is not among the customers: left blank"),
}


KEPT_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Told:
    """An import, with what there is to say of it."""

    sheet: Sheet
    known: tuple[Column, ...]
    result: Result
    groups: Sequence[Group]
    rejected_file: Path | None
    again: str | None  # the command that imports the mended file
    dry_run: bool
    whole: bool = False  # for a machine: nothing is cut


def report(told: Told) -> None:
    """Say what an import did, or would do."""
    result = told.result
    if told.dry_run:
        say(_("Dry run: nothing was changed. An import would do this:"))
    say(
        _(
            "{file}: {read} rows read: {added} added, {updated} updated, {unchanged} unchanged, "
            "{rejected} rejected."
        ).format(
            file=Path(told.sheet.name).name,
            read=result.read,
            added=result.added,
            updated=result.updated,
            unchanged=result.unchanged,
            rejected=result.rejected,
        )
    )
    for note in remarks(told):
        _item(note)
    if result.contested:
        _item(_contested(told))
    if result.rejected:
        say(_("Rejected:"))
        for group in told.groups:
            _item(_group(group))
        more = result.rejected - sum(group.rows for group in told.groups)
        if more:
            _item(_("and {n} more").format(n=more))
    if told.rejected_file is not None:
        say(
            _("The rejected rows, each with its reason: {file}").format(
                file=visible(str(told.rejected_file))
            )
        )
        say(_("Mend them there, then: {command}").format(command=told.again))
    if result.operation is not None and not told.dry_run:
        say(
            _("Operation {number}. To take it back: {command}").format(
                number=result.operation,
                command=context.command("imports", "undo", str(result.operation)),
            )
        )
    elif not result.read:
        say(_("It has a header and no rows: nothing to do."))
    elif not result.rejected and not result.kept and result.operation is None:
        say(_("All of it is there already: nothing to do."))


def _item(text: str) -> None:
    """An indented line; folded at a terminal, whole in a file that is searched line by line."""
    lines = wrap(text, line_width() - 4) if sys.stdout.isatty() else [text]
    for number, line in enumerate(lines):
        say(("    " if number else "  ") + line)


def _group(group: Group) -> str:
    more = ("…",) if group.rows > len(group.lines) else ()
    lines = listed((*map(str, group.lines), *more))
    reason = visible(group.reason, 400)
    if group.rows == 1:
        return _("line {line}: {reason}").format(line=lines, reason=reason)
    return _("{n} rows: {reason} (lines {lines})").format(n=group.rows, reason=reason, lines=lines)


def remarks(told: Told) -> Iterator[str]:
    """What was inferred, taken together, kept or left out: each a sentence."""
    result = told.result
    if told.sheet.note is not None:
        yield str(told.sheet.note)
    if told.sheet.merged:
        yield _("merged cells: each counts for all of its rows; an amount only for the first")
    if result.customers_added:
        yield ngettext(
            "{n} customer was made for them",
            "{n} customers were made for them",
            result.customers_added,
        ).format(n=result.customers_added)
    if result.repeated:
        yield _("{n} say more of what an earlier row began: taken together").format(
            n=result.repeated
        )
    if result.orders:
        yield _order_lines(result)
    yield from map(str, result.notes)
    if result.kept:
        yield from _kept(result, told.whole)
    if result.headers is not None:
        understood = _understood(told, result.headers.places)
        if result.first and understood:
            yield _("columns understood: {names}").format(names=understood)
        if result.headers.unknown:
            yield _('columns not used: {names} (--map "HEADER=FIELD" uses one)').format(
                names=_listed(result.headers.unknown)
            )
        if result.headers.doubled:
            yield _("columns not used, because another one says the same: {names}").format(
                names=_listed(result.headers.doubled)
            )
    for name, count in result.inferred.items():
        yield _(_INFERRED[name]).format(n=count)


def _kept(result: Result, whole: bool) -> Iterator[str]:
    yield ngettext(
        "{n} row would take back what was decided since; that stays as it is (--even-decisions "
        "takes the sheet's word)",
        "{n} rows would take back what was decided since; that stays as it is (--even-decisions "
        "takes the sheet's word)",
        result.kept,
    ).format(n=result.kept)
    shown = result.kept_rows if whole else result.kept_rows[:KEPT_SHOWN]
    for line, what in shown:
        yield _("line {line}: {reason}").format(line=line, reason=what)
    if len(result.kept_rows) > len(shown):
        yield _("and {n} more").format(n=len(result.kept_rows) - len(shown))


def _order_lines(result: Result) -> str:
    text = (
        _("orders in several lines: {orders}, with {n} lines; amounts and people were added up")
        if result.people_added
        else _(
            "orders in several lines: {orders}, with {n} lines; amounts were added up, of people "
            "the largest number counts"
        )
    )
    return text.format(orders=result.orders, n=result.order_lines)


def _contested(told: Told) -> str:
    count = ngettext(
        "{n} cell changed that an earlier import had set",
        "{n} cells changed that an earlier import had set",
        told.result.contested,
    ).format(n=told.result.contested)
    if told.dry_run:
        return count
    command = context.command("imports", "show", str(told.result.operation))
    return _("{what}: {command}").format(what=count, command=command)


def _understood(told: Told, places: Mapping[str, int]) -> str:
    """The headers that are not our own names, with what they were taken for."""
    pairs = []
    for column in told.known:
        if column.field in places:
            header = told.sheet.header[places[column.field]]
            own = (column.field, column.en, column.zh)
            if folded(header) not in map(folded, own):
                pairs.append(f"{visible(header, 40)} → {column.header(language())}")
    return _listed(pairs, 400)


def _listed(names: Sequence[str], limit: int = 200) -> str:
    return visible(listed(names), limit)
