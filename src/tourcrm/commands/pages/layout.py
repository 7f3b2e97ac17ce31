"""What all pages of text for people share: how wide they are, and texts beside their labels."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from tourcrm.base import vocabulary
from tourcrm.base.columns import Column
from tourcrm.base.display import pad, width
from tourcrm.base.i18n import _, language, ngettext
from tourcrm.base.lunar import SpecialDay, lunar_text
from tourcrm.base.parsing import special_day_text
from tourcrm.terminal.help import wrap
from tourcrm.terminal.render import Shape, line_width, person

WIDEST = 80
NARROWEST = 10  # cells of a text beside its label, however narrow the terminal
MINUTE = timedelta(minutes=1)


Pair = tuple[str, str]  # a label and a text


def room() -> int:
    """How many cells a line of a page may have."""
    return min(line_width(), WIDEST)


def beside(label: str, text: str) -> Iterator[str]:
    """A text wrapped on the right of a label."""
    first = width(label)
    for number, piece in enumerate(wrap(text, max(room() - first, NARROWEST))):
        yield (" " * first if number else label) + piece


def laid_out(head: str, pairs: Sequence[Pair]) -> Iterator[str]:
    """A headline, and texts on the right of their labels, all wrapped."""
    first = max(width(label) for label, _text in pairs) + 2
    yield from wrap(head, room())
    for label, text in pairs:
        yield from beside(pad(label, first), text)


def word(table: str, value: str | None) -> str:
    """What a person reads for a stored word."""
    return vocabulary.label(table, value, language())


def day_text(day: SpecialDay) -> str:
    """A yearly day as a person reads it."""
    if day.calendar == "solar":
        return special_day_text(day)
    text = lunar_text(day.month, day.day, day.leap, language())
    return f"{day.year} {text}" if day.year else text


def nobodys(owner: str | None, owners: bool = False) -> str:
    """On the list of one colleague (not `owners`): the mark of what belongs to nobody."""
    return "" if owner or owners else _("nobody's")


def joined(*parts: str | None) -> str:
    """Parts of a line, those that say nothing left out."""
    return " · ".join(part for part in parts if part)


def listed(names: Iterable[str]) -> str:
    """Names one after another, as the language separates them."""
    return ("、" if language() == "zh" else ", ").join(names)


def late_text(late: timedelta) -> str:
    """What an alarm says of a time that is over, or at its end this minute."""
    if late < MINUTE:
        return _("DUE NOW")
    return _("OVERDUE by {time}").format(time=duration_text(late))


def duration_text(duration: timedelta) -> str:
    """How long, in its two largest units: 3 days 4 h, 1 h 20 min, 25 min."""
    minutes = abs(duration) // MINUTE
    if not minutes:
        return _("less than 1 min")
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        text = ngettext("{n} day", "{n} days", days).format(n=days)
        return f"{text} {_('{n} h').format(n=hours)}" if hours else text
    if hours:
        text = _("{n} h").format(n=hours)
        return f"{text} {_('{n} min').format(n=rest)}" if rest else text
    return _("{n} min").format(n=rest)


def own_lines(columns: Iterable[Column], facts: Mapping[str, Any], shape: Shape) -> Iterator[Pair]:
    """The columns that have a line of their own on a page, where there is something to say."""
    for column in columns:
        if column.line and facts[column.field] is not None:
            label = column.header(language()).replace("_", " ").capitalize()
            yield label, person(facts[column.field], column, shape)


def usual(texts: Sequence[str]) -> str:
    """The text that most have."""
    return Counter(texts).most_common(1)[0][0]
