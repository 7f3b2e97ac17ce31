"""What is said about items: title, reason and script, to a batch or in one call."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tourcrm.agenda.blanks import Known, addressed, values
from tourcrm.agenda.households import is_birthday
from tourcrm.agenda.rules.model import Words
from tourcrm.agenda.states import Item
from tourcrm.base import speech
from tourcrm.base.errors import Message
from tourcrm.base.i18n import N_

MOST = 3  # of a household who are named in its line


@dataclass(frozen=True, slots=True)
class Said:
    """What a line says. why: the reason, without whom it is about."""

    title: str
    reason: str
    script: str
    why: str


def to_batch(items: Sequence[Item], known: Known, as_of: date, language: str) -> Said:
    """What is said to many: in the words of the first."""
    first = items[0]
    words, count = first.step.to_many, len({item.customer_id for item in items})
    known_ = values(first, count, known, as_of, language)
    title, reason, script = (
        said[language].fill(known_) for said in (words.title, words.reason, words.script)
    )
    return Said(title, reason, script, reason)


def in_a_call(items: Sequence[Item], known: Known, as_of: date, language: str) -> Said:
    """What is said in a call: about each rule once, and about whom else of the household."""
    titles: dict[str, None] = {}
    reasons: dict[str, None] = {}
    events: set[Any] = set()  # of which the reason tells already
    first = items[0]
    said_in = known.customers[first.voice][4] or language
    scripts: list[str] = []
    for some in _by_rule(items):
        own = theirs = _values(some, known, as_of, language)
        if said_in != language:
            theirs = _values(some, known, as_of, said_in)
        _say(scripts, some[0], theirs, said_in)
        title, *said = _about(some, own, known, as_of, language)
        titles[title] = None
        event = some[0].rule.anchor.name, some[0].anchor_on
        reasons |= dict.fromkeys(said if event not in events else said[1:])
        events.add(event)
    script = _in_one(scripts, said_in)
    others = others_of(items, known)
    if others and "child" not in _words(first).script[said_in].names():
        children = {item.customer_id for item in items if item.is_child}
        script += speech.regards(
            [_named(row, said_in, row[0] in children) for row in others[:MOST]],
            said_in,
            more=len(others) > MOST,
            greeting=first.rule.kind != "duty",
        )
    why = ("；" if language == "zh" else "; ").join(reasons)
    reason = _about_whom(why, first, others, known, language)
    return Said(" + ".join(titles), reason, script, why)


def script_of(items: Sequence[Item], known: Known, as_of: date, language: str, blank: str) -> str:
    """The words to say, with a blank instead of the name and without greetings to others."""
    scripts: list[str] = []
    for some in _by_rule(items):
        _say(scripts, some[0], _values(some, known, as_of, language, blank), language)
    return _in_one(scripts, language)


def _say(scripts: list[str], item: Item, known: Mapping[str, str | None], language: str) -> None:
    """Add the words of a rule to those of a call, in which one says hello once."""
    script = _words(item).script[language].fill(known)
    if scripts:
        script = speech.ungreeted(script, known["name"] or "", language)
    scripts.append(script)


def _in_one(scripts: Sequence[str], language: str) -> str:
    return ("" if language == "zh" else " ").join(scripts)


def others_of(items: Iterable[Item], known: Known) -> tuple[Any, ...]:
    """The rows of those whom a call is about, besides who is called."""
    ids = dict.fromkeys(item.customer_id for item in items)
    voices = {item.told.voice for item in items}
    return tuple(known.customers[one] for one in ids if one not in voices)


def _by_rule(items: Iterable[Item]) -> list[list[Item]]:
    found: dict[str, list[Item]] = {}
    for item in items:
        found.setdefault(item.rule.id, []).append(item)
    return list(found.values())


def _words(item: Item) -> Words:
    return item.step.of_child if item.is_child else item.step.to_one


def _values(
    items: Sequence[Item], known: Known, as_of: date, language: str, blank: str | None = None
) -> dict[str, str | None]:
    """The values for the first of these items."""
    ids = dict.fromkeys(item.customer_id for item in items if item.is_child)
    children = speech.listed([str(known.customers[one][1]) for one in ids], language)
    return values(items[0], 1, known, as_of, language, blank=blank, child=children or None)


def _about(
    items: Sequence[Item],
    own: Mapping[str, str | None],
    known: Known,
    as_of: date,
    language: str,
) -> list[str]:
    """The title, and the reasons: the first's, and those of others where they differ."""
    first = items[0]
    words = _words(first)
    said = [words.title[language].fill(own), words.reason[language].fill(own)]
    for item in items[1:]:
        theirs = _values([item, *items], known, as_of, language)
        reason = _words(item).reason[language].fill(theirs)
        if reason != said[1]:
            who = "" if item.customer_id == first.customer_id else addressed(item, known, language)
            said.append(f"{who}: {reason}" if who else reason)
    return said


def _named(row: Any, language: str, is_child: bool) -> str:
    _id, name, gender, kind, *_rest = row
    return str(name) if is_child else speech.salutation(name, gender, kind, language)


def _about_whom(
    reason: str, first: Item, others: Sequence[Any], known: Known, language: str
) -> str:
    """The reason, with whom it is about where that is another, or not only who is called."""
    comma = "、" if language == "zh" else ", "
    names = [str(row[1]) for row in others[:MOST]]
    if len(others) > MOST:
        names.append(str(Message(N_("and {n} more"), n=len(others) - MOST)))
    named = comma.join(names)
    if first.is_child and first.parent is None:
        child = known.customers[first.customer_id][1]
        said = comma.join([str(child), *names])
        return str(
            Message(N_("Speak to the parents of {names}: {reason}"), names=said, reason=reason)
        )
    if first.is_child and "child" in _words(first).reason[language].names():
        return reason
    if first.is_child:
        return reason + str(Message(N_(" (for a child: {names})"), names=named))
    if others:
        return reason + str(Message(N_(" (one call, also for: {names})"), names=named))
    row = known.customers[first.voice]
    if is_birthday(first) and (row[5] or row[6]) in known.shared:
        return reason + str(
            Message(N_(" (the birthday of {name}; others have the same phone)"), name=row[1])
        )
    return reason
