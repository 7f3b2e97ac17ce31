"""What an import did, in the words of whoever ran it."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tourcrm.base.columns import Column, by_field, folded
from tourcrm.base.columns.headers import Meaning, own_names
from tourcrm.base.display import visible
from tourcrm.base.i18n import N_, _, language, ngettext
from tourcrm.commands.pages.layout import listed
from tourcrm.files.reader import Sheet
from tourcrm.imports.asides import Remark
from tourcrm.imports.headings import Headers
from tourcrm.imports.service import Group, Result
from tourcrm.terminal import context
from tourcrm.terminal.help import wrap
from tourcrm.terminal.render import line_width, say

OFFERED = 6  # birthdays
LIKELY = 3  # pairs that are named
WORDS_NAMED = 12  # of each column
_INFERRED = {
    "status": N_("{n} without a status: taken as booked"),
    "service": N_("{n} without a service: taken as a tour"),
    "kind": N_("{n} without a kind: taken as a group trip"),
    "returns_on": N_("{n} without a return: taken as back on the day of departure"),
    "year": N_("{n} departures without a year: taken as the first such day from the booking on"),
    "period": N_("{n} cells name both days: taken as departure and return"),
    "unheard": N_("{n} say that nobody answered: kept, but not as personal contacts"),
    "named_service": N_("{n} services told by the name of the product"),
    "named_kind": N_("{n} kinds of trips told by the name of the product"),
    "named_days": N_("{n} returns told by the days in the name of the product"),
    "priced": N_("{n} prices told by what was paid and what is left"),
    "undated": N_(
        "{n} payments without a day: taken as of the booking, else of the departure, never later "
        "than today"
    ),
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
    "departures": N_("new departures, by their codes: {n}; how many seats they have nobody said"),
    "other_day": N_("{n} name a departure that leaves on another day: taken as on none"),
    "firm": N_("{n} without a kind are called like a company: taken as one"),
    "companies": N_("companies made customers, since persons of the sheet work for them: {n}"),
    "a_person": N_("{n} prices a person: multiplied by the number of people"),
    "old_trip": N_(
        "{n} from customers whose last trip was over for more than 180 days: kept without one; a "
        "column with order numbers says which trip is meant"
    ),
    "former": N_(
        "{n} known by a number that was read for another country then (settings former_regions): "
        "taken as those customers"
    ),
    "reread": N_(
        "{n} known by a number that was read for another country then (settings former_regions): "
        "taken as those customers, and their number as it is read now"
    ),
    "came_from": N_(
        "{n} name another source than the one where the customer came from first: that one stays"
    ),
    "numbers": N_("customer numbers of the source noted: {n}"),
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


def report(told: Told) -> None:
    """Say what an import did, or would do."""
    result = told.result
    if told.dry_run:
        say(_("Dry run: nothing was changed. An import would do this:"))
    for warning in warnings(result):
        say(warning)
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
    for note in notes(told):
        _item(note)
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


def row(told: Told) -> dict[str, Any]:
    """The same for a machine, by columns.IMPORT_RESULT."""
    result, rejected_file = told.result, told.rejected_file
    found = result.headers or Headers({})
    header = told.sheet.header
    return {
        "operation": None if told.dry_run else result.operation,
        "read": result.read,
        "added": result.added,
        "updated": result.updated,
        "unchanged": result.unchanged,
        "rejected": result.rejected,
        "rejected_file": None if rejected_file is None else str(rejected_file),
        "columns_used": [
            f"{header[one.place]}={field}" for field, some in found.sources.items() for one in some
        ],
        "columns_not_used": found.unused,
        "warnings": warnings(result),
        "kept": result.kept,
        "notes": list(notes(told, machine=True)),
    }


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


def notes(told: Told, machine: bool = False) -> Iterator[str]:
    """What is to be known of an import beside its numbers; to a machine without commands."""
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
        yield from _kept(result, machine)
    if result.headers is not None:
        yield from _columns(told, result.headers)
    for remark in result.remarks:
        if remark.what not in ("word", "offer"):
            yield remarked(remark)
    yield from _offers([one for one in result.remarks if one.what == "offer"])
    yield from _unknown_words(result.remarks)
    if result.contested:
        yield _contested(told, machine)
    for name, count in result.inferred.items():
        yield _(_INFERRED[name]).format(n=count)


def _offers(remarks: Sequence[Remark]) -> Iterator[str]:
    """Birthdays that notes speak of, each with the command that stores it."""
    if not remarks:
        return
    commands = [
        context.command("customers", "remember", one.column, "birthday", one.cell)
        for one in remarks[:OFFERED]
    ]
    yield _("{n} notes speak of a birthday that is not stored. To store it: {commands}").format(
        n=len(remarks), commands="; ".join(commands)
    )


def _unknown_words(remarks: Sequence[Remark]) -> Iterator[str]:
    """The words of each column that are not known, with how often they stand there."""
    columns = dict.fromkeys(one.column for one in remarks if one.what == "word")
    for column in columns:
        words = [one for one in remarks if one.what == "word" and one.column == column]
        words.sort(key=lambda one: -one.rows)
        named = listed(f"{one.cell} ({one.rows})" for one in words[:WORDS_NAMED])
        yield _(
            '{column}: words that are not known: {words}. Say what each means: --word "{first}=..."'
        ).format(column=column, words=named, first=words[0].cell)


_REMARKS = {
    "words": N_(
        '{column}: {n} cells hold more than the number, such as "{cell}"; the number was taken, '
        "the rest is in the note (lines {lines})"
    ),
    "nickname": N_(
        '{column}: {n} look like nicknames, such as "{cell}": ask for the full name (lines {lines})'
    ),
    "colleagues": N_(
        '{column}: {n} rows name another colleague for a customer, such as "{cell}"; the first is '
        "in charge, the others are in the note (lines {lines})"
    ),
    "party": N_(
        '{column}: {n} cells say who the people are, such as "{cell}"; they were added up, and '
        "that is in the note (lines {lines})"
    ),
    "nameless": N_(
        "{column}: where it is the only name, the row is taken as a company (lines {lines})"
    ),
    "more": N_(
        "{column}: numbers or addresses beyond those that have a place are in the note (lines "
        "{lines})"
    ),
    "passport_name": N_(
        "{column}: {n} do not spell the name: compare them with the passports; tourcrm check "
        "--data lists them (lines {lines})"
    ),
    "referral_loop": N_(
        "{column}: {n} rows name somebody whom the customer brought, which would be a loop: left "
        "blank (lines {lines})"
    ),
    "sum": N_(
        '{column}: {n} cells are sums, such as "{cell}"; they were worked out, and that is in '
        "the note (lines {lines})"
    ),
}


def remarked(remark: Remark) -> str:
    """What is said of cells that were not taken just as they are."""
    more = ("…",) if remark.rows > len(remark.lines) else ()
    lines = listed((*map(str, remark.lines), *more))
    if remark.what == "document":
        text = _(
            "{n} with another birthday or gender than the ID number says: both are kept, check "
            "them (lines {lines})"
        )
        return text.format(n=remark.rows, lines=lines)
    if remark.what in _REMARKS:
        text = _(_REMARKS[remark.what])
        return text.format(column=remark.column, n=remark.rows, cell=remark.cell, lines=lines)
    cell = f' "{remark.cell}"' if remark.cell else ""
    if remark.rows == 1:
        text = _(
            "line {lines}: {column}{cell}: {reason}; taken without it, the cell is in the note"
        )
    else:
        text = _(
            "{n} rows: {column}, such as{cell}: {reason}; taken without it, the cell is in the "
            "note (lines {lines})"
        )
    return text.format(
        lines=lines, column=remark.column, cell=cell, reason=remark.reason, n=remark.rows
    )


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


def _contested(told: Told, machine: bool) -> str:
    count = ngettext(
        "{n} cell changed that an earlier import had set",
        "{n} cells changed that an earlier import had set",
        told.result.contested,
    ).format(n=told.result.contested)
    if told.dry_run or machine:
        return count
    command = context.command("imports", "show", str(told.result.operation))
    return _("{what}: {command}").format(what=count, command=command)


def warnings(result: Result) -> list[str]:
    """What is to be seen before anything else."""
    found = [str(one) for one in result.headers.warnings] if result.headers is not None else []
    return [*found, *_likely(result)]


def _likely(result: Result) -> Iterator[str]:
    """Those of the new customers who are likely entered twice, the first by name."""
    if not result.likely:
        return
    count = len({one.other_id for one in result.likely})
    first = [
        f"{visible(one.other, 40)} {visible(one.other_name, 30)} = {visible(one.customer, 40)} "
        f"{visible(one.name, 30)} ({one.reasons})"
        for one in result.likely[:LIKELY]
    ]
    text = ngettext(
        "{n} new customer is likely entered already: {pairs}. Look: {command}",
        "{n} new customers are likely entered already: {pairs}. Look: {command}",
        count,
    )
    command = context.command("customers", "duplicates")
    yield text.format(n=count, pairs="; ".join(first), command=command)


def _columns(told: Told, found: Headers) -> Iterator[str]:
    """What the columns of the sheet were taken for, and which were not used."""
    header = told.sheet.header
    understood = _understood(told, found)
    if told.result.first and understood:
        yield _("columns understood: {names}").format(names=listed(understood))
    some = [one for some in found.sources.values() for one in some]
    if read := [how for one in some if (how := _how(header[one.place], one.meaning))]:
        yield _("read as the header says: {names}").format(names=listed(read))
    fields = by_field(told.known)
    if found.chosen:
        named = [_to(name, fields[field]) for name, field in found.chosen]
        yield _("told by what the cells hold: {names}").format(names=listed(named))
    if found.fixed:
        names = [fields[name].header(language()) for name in found.fixed]
        yield _("the same in all rows, by --set: {names}").format(names=listed(names))
    if found.unknown:
        yield _('columns not used: {names} (--map "HEADER=FIELD" uses one)').format(
            names=listed(_short(found.unknown))
        )
    yield from _passed_over(told, found)


def _passed_over(told: Told, found: Headers) -> Iterator[str]:
    header, differing = told.sheet.header, told.result.differing
    same = [place for place in found.twins if not differing.get(place)]
    if same:
        yield _("columns not used, because another one says the same: {names}").format(
            names=listed(_short([header[place] for place in same]))
        )
    others = list(found.beaten)
    others += [(header[one], header[found.twins[one]]) for one in differing]
    if others:
        names = [
            _("{column} ({other} is used)").format(column=_cut(one), other=_cut(other))
            for one, other in others
        ]
        yield _("columns not used, and they say otherwise: {names}").format(names=listed(names))
    if found.paid:
        yield _(
            "columns not used, because they may say what it cost or what was paid: {names} (the "
            'latter: --map "{first}=paid")'
        ).format(names=listed(_short(found.paid)), first=_cut(found.paid[0]))


def _understood(told: Told, found: Headers) -> list[str]:
    """The headers that are not our own names, with what they were taken for."""
    pairs = []
    for column in told.known:
        some = [
            told.sheet.header[one.place]
            for one in found.sources.get(column.field, ())
            if one.meaning.part != "else"
        ]
        own = own_names(column)
        if len(some) > 1 or (some and folded(some[0]) not in own):
            pairs.append(_to(" + ".join(some), column))
    return pairs


def _how(name: str, meaning: Meaning) -> str:
    """How the cells below a header are read, where it says so."""
    said = meaning.qualifier
    ways = []
    if said.calendar == "lunar":
        ways.append(_("lunar days"))
    if said.scale:
        ways.append(_("amounts in {scale}").format(scale=said.scale))
    if said.head:
        ways.append(_("amounts a person"))
    return f"{_cut(name)} ({listed(ways)})" if ways else ""


def _to(name: str, column: Column) -> str:
    return f"{visible(name, 80)} → {column.header(language())}"


def _cut(name: str) -> str:
    return visible(name, 40)


def _short(names: Sequence[str]) -> list[str]:
    return list(map(_cut, names))
