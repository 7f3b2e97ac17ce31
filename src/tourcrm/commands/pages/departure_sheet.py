"""How the sheet for the guide is laid out: labels on the left, at most 80 cells wide."""

from collections.abc import Iterator

from tourcrm.base.columns import by_field
from tourcrm.base.display import visible
from tourcrm.base.i18n import _, ngettext
from tourcrm.commands.pages.layout import Pair, joined, laid_out, word
from tourcrm.reports.departure_sheet import PEOPLE, Member, Sheet
from tourcrm.terminal.render import Shape, person

_COLUMNS = by_field(PEOPLE)


def lines(sheet: Sheet, shape: Shape) -> Iterator[str]:
    """The sheet, line by line, safe to print."""
    row = sheet.departure
    days = " – ".join(dict.fromkeys((str(row.departs_on), str(row.returns_on))))
    guide = _("guide {name}").format(name=visible(row.guide, 40)) if row.guide else ""
    head = joined(visible(row.code), visible(row.destination or "", 60), days, guide)
    yield from laid_out(head, [*_pairs(sheet, shape)])


def _pairs(sheet: Sheet, shape: Shape) -> Iterator[Pair]:
    unnamed = sum(one.unnamed or 0 for one in sheet.members)
    named = sheet.people - unnamed
    yield (
        _("People"),
        joined(
            _people(sheet.people),
            _("{count} not named").format(count=unnamed) if unnamed else "",
            "" if named else _("nobody is named yet"),
        ),
    )
    for number, one in enumerate(sheet.members, 1):
        yield str(number), _who(one, shape)
        for text in (_papers(one, sheet, shape), _needs(one)):
            if text:
                yield "", text
    if sheet.departure.note:
        yield _("Note"), visible(sheet.departure.note, 400)
    for turn, line in enumerate(sheet.itinerary):
        when = _("day {day}, {on}").format(day=line.day, on=line.on_day)
        whose = visible(line.trip or "")
        yield ("" if turn else _("Itinerary")), joined(when, visible(line.what, 400), whose)
    for turn, birthday in enumerate(sheet.birthdays):
        years = birthday.years
        turns = ngettext("turns {n}", "turns {n}", years).format(n=years) if years else ""
        name = visible(birthday.name, 40)
        yield ("" if turn else _("Birthdays")), joined(str(birthday.on), name, turns)
    for known in sheet.numbers:
        yield word("destination_topic", known.topic), visible(known.text, 800)


def _people(count: int) -> str:
    return ngettext("{count} person", "{count} people", count).format(count=count)


def _shown(one: Member, field: str, shape: Shape) -> str:
    return person(getattr(one, field), _COLUMNS[field], shape)


def _who(one: Member, shape: Shape) -> str:
    party = ""
    if one.party is not None and (one.party > 1 or one.unnamed):
        party = _people(one.party)
        if one.unnamed:
            party += _(", {count} not named").format(count=one.unnamed)
    phones = (_shown(one, "phone", shape), _shown(one, "phone2", shape))
    return joined(
        visible(one.name, 40),
        _shown(one, "gender", shape),
        " / ".join(phone for phone in phones if phone),
        visible(one.trip),
        party,
    )


def _papers(one: Member, sheet: Sheet, shape: Shape) -> str:
    until = ""
    if one.passport_expires_on is not None:
        until = _("valid until {day}").format(day=one.passport_expires_on)
        if one.passport_expires_on < sheet.departure.returns_on:
            until = _("EXPIRES ON {day}, before the return").format(day=one.passport_expires_on)
    passport = " ".join(
        text
        for text in (_shown(one, "passport_no", shape), _shown(one, "passport_name", shape))
        if text
    )
    number = _shown(one, "id_number", shape)
    born = _shown(one, "birthday", shape)
    return joined(
        _("ID {number}").format(number=number) if number else "",
        _("passport {number}").format(number=passport) if passport else "",
        until if passport or not until else _("passport {number}").format(number=until),
        _("born {day}").format(day=born) if born else "",
    )


def _needs(one: Member) -> str:
    said = (
        (_("meals: {text}"), one.diet),
        (_("room: {text}"), one.room),
        (_("needs: {text}"), one.needs),
    )
    return joined(*(text.format(text=visible(value, 200)) for text, value in said if value))
