"""The words that travellers are sent: the handbook, and a notice that something changed.

Both are in the customer's language, whatever the colleague at the keyboard speaks.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from tourcrm.base import i18n
from tourcrm.base.display import sayable
from tourcrm.base.i18n import N_, _, ngettext
from tourcrm.commands.pages.layout import joined, listed, word
from tourcrm.reports.handbook import Handbook


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language for a while."""
    before = i18n.language()
    i18n.use(language)
    try:
        yield
    finally:
        i18n.use(before)


def text(one: Handbook, language: str) -> str:
    """The handbook of a trip in the language of its customer, else in this one."""
    with speaking(one.language or language):
        return "\n".join(_lines(one))


def notice(one: Handbook, said: str, language: str) -> str:
    """A notice that something changed, in the language of the customer, else in this one."""
    with speaking(one.language or language):
        words = _("{name}, news of your journey to {destination}, {days}: {text}")
        if not one.destination:
            words = _("{name}, news of your journey, {days}: {text}")
        return words.format(
            name=sayable(one.name, 40),
            destination=sayable(one.destination or "", 60),
            days=_days(one),
            text=sayable(said),
        )


def missing(one: Handbook) -> str:
    """What nobody noted, in words for the colleague."""
    return listed(
        _("meeting point") if topic == "meeting" else word("destination_topic", topic)
        for topic in one.missing
    )


def _days(one: Handbook) -> str:
    return " – ".join(dict.fromkeys((str(one.departs_on), str(one.returns_on))))


_TITLES = {
    "weather": N_("Weather"),
    "clothing": N_("What to wear"),
    "emergency": N_("In an emergency"),
    "hospital": N_("Hospital"),
    "embassy": N_("Embassy"),
    "customs": N_("Good to know"),
}


def _lines(one: Handbook) -> Iterator[str]:
    yield _("{name}, soon you will be on your way. What you need to know:").format(
        name=sayable(one.name, 40)
    )
    yield _titled(_("Journey"), joined(sayable(one.destination or "", 60), _days(one)))
    people = ngettext("{count} person", "{count} people", one.people).format(count=one.people)
    yield _titled(_("Party"), joined(people, listed(sayable(name, 40) for name in one.party)))
    if one.meeting:
        yield _titled(_("Meeting point"), sayable(one.meeting))
    if one.guide:
        yield _titled(_("Guide"), sayable(one.guide, 40))
    for line in one.itinerary:
        when = _("day {day}, {on}").format(day=line.day, on=line.on_day)
        yield _titled(when, sayable(line.what))
    for note in one.notes:
        yield _titled(_(_TITLES[note.topic]), _said(note.text))
    if one.product:
        yield _titled(_("Please note"), _said(one.product))


def _titled(title: str, said: str) -> str:
    return _("{title}: {text}").format(title=title, text=said)


def _said(text: str) -> str:
    return "\n".join(sayable(line) for line in text.splitlines())
