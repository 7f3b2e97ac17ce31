"""What a header or a label says beside its name: 农历, 万元, USD, 元/人, (必填).

`read` takes such words apart; `Qualifier` says what they mean for the cells below.
"""

import re
import unicodedata
from dataclasses import dataclass, fields, replace
from functools import cache

from tourcrm.base.lunar import Calendar
from tourcrm.base.money import currency_words
from tourcrm.base.patterns import pattern

CALENDARS: dict[str, Calendar] = {
    **dict.fromkeys(("农历", "阴历", "旧历", "農曆", "陰曆", "lunar"), "lunar"),
    **dict.fromkeys(("阳历", "公历", "新历", "国历", "陽曆", "國曆", "solar"), "solar"),
}
_SCALES = {
    "百万": "百万",
    "万": "万",
    "萬": "万",
    "w": "万",
    "千": "千",
    "k": "千",
    "亿": "亿",
    "億": "亿",
    "百": "百",
    "分": "分",
    "cents": "分",
    "cent": "分",
}
_HEAD = (
    r"[/每]\s*(?:人|位|名|客|pax|person|people|head|guest|adult|traveller|traveler)\b|"
    r"(?:per|a|each)\s*(?:person|pax|head|guest|adult|traveller|traveler)|"
    r"人均|单人|單人|每位|每人|p/p|pp(?![a-z])"
)
# What says nothing about how the cells are to be read.
_IDLE = (
    r"[\s:,;.、，-]+|单位|必填项?|必须|选填|可选|非必填|如有|required|optional|mandatory|unit|in\b|"
    r"天|日|晚|人|位|名|岁|周岁|间|次|days?|nights?|pax|people|persons?|含税|不含税"
)
_PER = pattern(r"[/每]|\bper\b")
_LONGEST = 40  # characters that such words are looked for in


@dataclass(frozen=True, slots=True)
class Qualifier:
    """How cells are to be read, as their header says it."""

    calendar: Calendar | None = None
    scale: str = ""  # amounts are in 万, 千, 百 ... or in 分
    currency: str = ""  # as it is written: usd, 美元
    head: bool = False  # amounts are a person
    both: bool = False  # it names both calendars, so that each cell must say its own
    unclear: bool = False  # amounts are for a part of the trip that is not known: 元/间

    def __or__(self, other: "Qualifier") -> "Qualifier":
        """Both together; what this one says comes first."""
        said = {f.name: getattr(self, f.name) or getattr(other, f.name) for f in fields(self)}
        found = replace(self, **said)
        if self.calendar and other.calendar and self.calendar != other.calendar:
            found = replace(found, both=True)
        return replace(found, calendar=None) if found.both else found

    def __bool__(self) -> bool:
        return self != NOTHING_SAID


NOTHING_SAID = Qualifier()


def plain(text: str) -> str:
    """A text in the form in which such words are looked for."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


@cache
def _words() -> re.Pattern[str]:
    """One word; a scale stands before a currency or at the end."""
    longest = sorted(currency_words(), key=len, reverse=True)
    money = "|".join(
        re.escape(word) + ("(?![a-z])" if word[-1].isascii() and word[-1].isalpha() else "")
        for word in longest
    )
    scales = "|".join(_SCALES)
    return re.compile(
        f"(?P<calendar>{'|'.join(CALENDARS)})|(?P<head>{_HEAD})|"
        f"(?P<scale>{scales})(?=$|[)/]|{money})|(?P<currency>{money})|(?P<idle>{_IDLE})"
    )


def read(text: str) -> Qualifier | None:
    """What a text says that holds nothing but such words; None where it holds others."""
    rest, found = plain(text), NOTHING_SAID
    if len(rest) > _LONGEST:
        return None
    while rest:
        match = _words().match(rest)
        if match is None:
            return None
        found |= _said(match)
        rest = rest[match.end() :]
    return found


def read_among(text: str) -> Qualifier:
    """What a text says that may hold other words, too: （含机票，USD）, （元/间）."""
    known = read(text)
    if known is not None:
        return known
    found = NOTHING_SAID
    for match in _words().finditer(plain(text)[:_LONGEST]):
        if match.lastgroup in ("calendar", "head") or len(match.group()) > 1:
            found |= _said(match)
    return found | Qualifier(unclear=_PER.search(plain(text)) is not None and not found.head)


def _said(match: re.Match[str]) -> Qualifier:
    word = match.group()
    match match.lastgroup:
        case "calendar":
            return Qualifier(calendar=CALENDARS[word])
        case "scale":
            return Qualifier(scale=_SCALES[word])
        case "currency":
            return Qualifier(currency=word)
        case "head":
            return Qualifier(head=True)
    return NOTHING_SAID


_CALENDAR = "|".join(CALENDARS)
_CALENDAR_BEFORE = pattern(rf"[(（\[]?({_CALENDAR})[)）\]]?[\s:：的]*(?=\S)", re.IGNORECASE)
_CALENDAR_AFTER = pattern(rf"(?<=\S)\s*[(（\[]?({_CALENDAR})[)）\]]?$", re.IGNORECASE)


def calendar_of(label: str) -> tuple[Calendar | None, str]:
    """The calendar that a label names, 农历生日 or 生日（农历）, and the label without it."""
    before, after = _CALENDAR_BEFORE.match(label), _CALENDAR_AFTER.search(label)
    if before:
        return CALENDARS[before[1].casefold()], label[before.end() :].strip()
    if after:
        return CALENDARS[after[1].casefold()], label[: after.start()].strip()
    return None, label


def in_calendar(cell: str, calendar: Calendar | None) -> str:
    """A cell that says which calendar it means, as its header does; what it says itself stays."""
    if calendar is None or re.search(_CALENDAR, plain(cell)):
        return cell
    return f"{'农历' if calendar == 'lunar' else '阳历'}{cell.strip()}"
