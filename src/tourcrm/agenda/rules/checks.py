"""What each key of a rule may say: a check gives the value, or raises CellError."""

import re
from collections.abc import Callable
from typing import Any

from tourcrm.agenda.events.spec import ANCHORS
from tourcrm.agenda.rules.model import WORDS
from tourcrm.base import vocabulary
from tourcrm.base.display import visible
from tourcrm.base.errors import CellError
from tourcrm.base.i18n import LANGUAGES, N_
from tourcrm.base.template import Template

SATISFIED_BY = ("personal_contact", "trip_ahead", "answer")
BATCHES = ("departure", "festival")
BATCH = "batch_"  # begins the keys of what is said to several, where that differs
CHILD = "child_"  # begins the keys of what is said to the parents of a child, where that differs
LONGEST = 366  # days: of an offset, of a stay on the list

Check = Callable[[Any], Any]


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise CellError(N_("a text in quotation marks is expected"))
    return value


def _colleague(value: Any) -> str:
    name = _text(value).strip()
    if name != visible(name) or len(name) > 40:
        raise CellError(N_("the name of a colleague is expected, as it stands with the customers"))
    return name


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise CellError(N_("true or false is expected"))
    return value


def _whole(low: int, high: int) -> Check:
    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise CellError(N_("a whole number from {low} to {high}"), low=low, high=high)
        return value

    return check


def _one_of(known: tuple[str, ...]) -> Check:
    def check(value: Any) -> str:
        if value not in known:
            raise CellError(N_("one of {known} is expected"), known=", ".join(known))
        return str(value)

    return check


def _some_of(known: tuple[str, ...]) -> Check:
    one = _one_of(known)

    def check(value: Any) -> frozenset[str]:
        if not isinstance(value, list) or not value:
            raise CellError(N_("a list is expected, like [{known}]"), known=f'"{known[0]}"')
        return frozenset(one(item) for item in value)

    return check


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise CellError(N_("a list is expected, like [{known}]"), known='"birthday"')
    return tuple(_text(item) for item in value)


class OfLanguage(CellError):
    """What is wrong with the words in one language."""

    def __init__(self, reason: CellError, language: str) -> None:
        super().__init__(reason.message.template, **reason.message.params)
        self.language = language


def _languages(value: Any) -> dict[str, Template]:
    if not isinstance(value, dict) or set(value) != set(LANGUAGES):
        raise CellError(N_("words in both languages are expected: en and zh"))
    templates = {}
    for language in LANGUAGES:
        try:
            templates[language] = Template.parse(_text(value[language]))
        except CellError as reason:
            raise OfLanguage(reason, language) from None
    return templates


def step_name(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[a-z][a-z0-9_]{0,19}", value):
        raise CellError(N_("a name of small letters, digits and _"))
    return value


def _or_none(table: str) -> Check:
    return _some_of((*vocabulary.values(table), "none"))


STEP_KEYS: dict[str, Check] = {
    "offset": _whole(-LONGEST, LONGEST),
    "lapses_after": _whole(0, LONGEST),
    "until_anchor": _flag,
    "batch": _one_of(BATCHES),
    "mass": _flag,
    "services": _some_of(vocabulary.values("service")),
    "kinds": _some_of(vocabulary.values("trip_kind")),
    "customer_kinds": _some_of(vocabulary.values("customer_kind")),
    "tiers": _or_none("tier"),
    "quadrants": _or_none("quadrant"),
    "cadences": _or_none("cadence"),
    "tags": lambda value: frozenset(_texts(value)),
    "owner": _colleague,
    "channel": _one_of(vocabulary.values("contact_channel")),
    "contact": _one_of(vocabulary.values("contact_kind")),
    **dict.fromkeys(WORDS, _languages),
    **dict.fromkeys((f"{BATCH}{name}" for name in WORDS), _languages),
    **dict.fromkeys((f"{CHILD}{name}" for name in WORDS), _languages),
}
RULE_KEYS: dict[str, Check] = {
    "enabled": _flag,
    "anchor": _one_of(tuple(ANCHORS)),
    "labels": _texts,
    "class": _one_of(vocabulary.values("rule_class")),
    "priority": _whole(0, 100),
    "moved_by": _whole(0, LONGEST),
    "satisfied_by": _some_of(SATISFIED_BY),
    "share": _whole(1, 100),
    "spread": _flag,
    **STEP_KEYS,
}
RULE_NEEDS = ("anchor", "class", "priority")
STEP_NEEDS = ("offset", "channel", "title", "reason", "script")
