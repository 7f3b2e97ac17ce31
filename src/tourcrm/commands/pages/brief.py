"""The list of a day in short, a line for each call: at a terminal, and as a message on its way."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape

from tourcrm.agenda.wording import Line
from tourcrm.base.display import mask_phone, pad, sayable, shorten, visible, width
from tourcrm.base.i18n import _, ngettext
from tourcrm.base.moments import with_weekday
from tourcrm.base.patterns import pattern
from tourcrm.commands.pages import due_list
from tourcrm.commands.pages.layout import nobodys, room
from tourcrm.followup import DueList
from tourcrm.terminal.help import wrap

_WHO, _PHONE = 12, 14  # cells of a name, and of a number
_WHY = 240  # cells of why, in a message

# A number that a colleague typed into a note, as it stands in a text; days and sums are none.
_NUMBER = pattern(r"(?<![\d+])(?:(?:\+86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}|\+\d[\d -]{6,}\d)(?!\d)")


def page(due: DueList, *, owners: bool, now: datetime | None = None) -> Iterator[str]:
    """The lines of the page; owners and now as for the whole one (`due_list.page`)."""
    yield from wrap(due_list.headline(due), room())
    for line in due.lines:
        who = shorten(_who(line), _WHO)
        number = "" if line.name is None else due_list.phone(line.phone)
        text = f"{line.id} {pad(who, _WHO)} {pad(shorten(number, _PHONE + 4), _PHONE)} "
        why = _why(line, now)
        charge = line.owner if owners else nobodys(line.owner) if line.name else ""
        mark = f" {visible(charge, 12)}" if charge else ""
        yield text + shorten(why, max(room() - width(text) - width(mark), 8)) + mark
    if due.lines:
        yield from wrap(
            _("The words: {command}").format(command="tourcrm followups show ID"), room()
        )
    if tail := due_list.footer(due):
        yield from wrap(tail, room())


def _who(line: Line) -> str:
    if line.name is not None:
        return visible(line.name, 40)
    return ngettext("{n} customer", "{n} customers", line.count).format(n=line.count)


def _why(line: Line, now: datetime | None) -> str:
    """What it is about; first how much time is left, where that runs."""
    by = line.items[0].by
    left = [] if by is None or now is None else list(due_list.time_left(by, now))
    about = [] if due_list.says_title(line) else [visible(line.title)]
    reached = [] if line.reply is None else [due_list.reached(line.reply)]
    return " · ".join((*left, *reached, *about, visible(line.reason, 400)))


# --- as a message -------------------------------------------------------------------------------


def headline(due: DueList, owner: str, lines: Sequence[Line]) -> str:
    """The title of a message. DingTalk and Feishu look for the word tourcrm in each."""
    count = ngettext("{n} line", "{n} lines", len(lines)).format(n=len(lines))
    whose = visible(owner, 40) or _("nobody in charge")
    day = with_weekday(due.as_of)
    return "tourcrm: " + " · ".join((_("Follow-ups for {day}").format(day=day), whose, count))


def message(
    lines: Sequence[Line], owner: str, now: datetime | None, form: str, *, phones: bool
) -> list[str]:
    """The lines of a message in a form (text, markdown, html): who, phone if it may be told, why,
    and the id; mail has room for the words, too."""
    write = {"html": _as_html, "markdown": _as_markdown}.get(form, _as_text)
    return [
        write(number, *_parts(line, owner, now, phones=phones), line)
        for number, line in enumerate(lines, 1)
    ]


def _parts(line: Line, owner: str, now: datetime | None, *, phones: bool) -> tuple[str, str, str]:
    who, why = _who(line), shorten(_why(line, now), _WHY)
    if line.name is not None and owner and (mark := nobodys(line.owner)):
        who += f" ({mark})"
    if not phones:
        return who, "", without_numbers(why)
    return who, "" if line.name is None else due_list.phone(line.phone), why


def without_numbers(text: str) -> str:
    """A text with the phone numbers in it masked."""
    return _NUMBER.sub(lambda found: mask_phone(_plain(found[0])), text)


def _plain(number: str) -> str:
    digits = re.sub(r"[ -]", "", number)
    return digits if digits.startswith("+") else f"+86{digits}"


def _as_text(number: int, who: str, phone: str, why: str, line: Line) -> str:
    return f"{number}. " + " ".join(part for part in (who, phone, "·", why, f"[{line.id}]") if part)


# Signs that markdown reads, as others that look alike: what is stored is told as it is.
_LITERAL = str.maketrans("*`[]<>_#\\", "＊｀［］＜＞＿＃＼")


def _as_markdown(number: int, who: str, phone: str, why: str, line: Line) -> str:
    said = " ".join(part.translate(_LITERAL) for part in (phone, "·", why) if part)
    return f"{number}. **{who.translate(_LITERAL)}** {said} `{line.id}`"


def _as_html(number: int, who: str, phone: str, why: str, line: Line) -> str:
    call = f' <a href="tel:{escape(line.phone or "")}">{escape(phone)}</a>' if phone else ""
    if phone and line.phone is None:
        call = f" {escape(phone)}"
    words = sayable(line.script, 2000)
    if not phone:
        words = without_numbers(words)
    return (
        f"<p>{number}. <b>{escape(who)}</b>{call} · {escape(why)} <code>{line.id}</code><br>"
        f"“{escape(words)}”</p>"
    )
