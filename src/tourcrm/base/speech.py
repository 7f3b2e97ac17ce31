"""How things are said to a customer: salutations, days and spans of years, in both languages."""

import re
from collections.abc import Sequence
from datetime import date

from tourcrm.base import names
from tourcrm.base.patterns import pattern
from tourcrm.base.surnames import surname

_HAN_NAME = pattern(f"{names.HAN}{{2,4}}")
_TITLES = {"female": "女士", "male": "先生"}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_NUMBERS_EN = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBERS_ZH = "一二三四五六七八九十"


def salutation(name: str, gender: str | None, kind: str, language: str) -> str:
    """How a customer is addressed: 王女士, 欧阳先生; the full name where that is not sure.

    Only a person's Chinese name of known gender is shortened: a wrong title is worse than none. Two
    people are both named, a company by its contact, and of a nickname what names somebody.
    """
    meant = names.called(name)
    if meant.company is not None:
        return meant.contact or (meant.company if kind == "company" else name)
    if len(meant.people) > 1:
        return ("、" if language == "zh" else " and ").join(meant.people)
    name = meant.people[0] if meant.people else name
    title = _TITLES.get(gender or "")
    if language != "zh" or kind != "person" or title is None or not _HAN_NAME.fullmatch(name):
        return name
    known = surname(name)
    return known + title if known else name


# Where a name is to be put in, in words that are printed once for several.
BLANKS = {"en": "[name]", "zh": "〔称呼〕"}
# How scripts begin; in the middle of a call nobody says so again.
_GREETINGS = {
    "en": r"Hello( {name})?(, this is [^.!?]{{1,60}})?\. +",
    "zh": r"({name})?您好(，我是[^。！？]{{1,60}})?。",
}


def ungreeted(script: str, name: str, language: str) -> str:
    """Words to say, without the greeting of whoever is called so that they begin with."""
    greeting = _GREETINGS[language].format(name=re.escape(name))
    return re.sub(f"^{greeting}", "", script)


def parents_of(name: str, language: str) -> str:
    """How the parents of a child are addressed of whom no name is known."""
    return f"{name}的家长" if language == "zh" else f"parents of {name}"


def listed(names: Sequence[str], language: str, *, more: bool = False) -> str:
    """Names in one text: 李女士、王先生; Ann, Bob and Cy. more: there are others."""
    if language == "zh":
        return "、".join(names) + ("等人" if more else "")
    if more:
        return ", ".join(names) + " and the others"
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def regards(names: Sequence[str], language: str, *, more: bool, greeting: bool) -> str:
    """What is said at the end about others of the household: to greet them, or to tell them."""
    them = listed(names, language, more=more)
    if language == "zh":
        return f"也请代我问候{them}。" if greeting else f"也请转告{them}。"
    return f" My best wishes to {them} as well." if greeting else f" Please tell {them} as well."


def day_text(day: date, language: str, today: date) -> str:
    """A day in words: 11月19日, 19 November; with its year where that is not today's."""
    if language == "zh":
        text = f"{day.month}月{day.day}日"
        return text if day.year == today.year else f"{day.year}年{text}"
    text = f"{day.day} {_MONTHS[day.month - 1]}"
    return text if day.year == today.year else f"{text} {day.year}"


def month_text(day: date, language: str) -> str:
    """A month in words: 10月, October."""
    if language == "zh":
        return f"{day.month}月"
    return _MONTHS[day.month - 1]


def quarter_text(day: date, language: str) -> str:
    """The quarter of a day in words: 2026年第三季度, Q3 2026."""
    number = (day.month - 1) // 3
    if language == "zh":
        return f"{day.year}年第{_NUMBERS_ZH[number]}季度"
    return f"Q{number + 1} {day.year}"


def years_ago(years: int, language: str) -> str:
    """How long ago, for a whole number of years from 1: 去年, 前年, 三年前; a year ago."""
    if language == "zh":
        if years <= 2:
            return ("去年", "前年")[years - 1]
        return f"{_NUMBERS_ZH[years - 1] if years <= len(_NUMBERS_ZH) else years}年前"
    if years == 1:
        return "a year ago"
    return f"{_NUMBERS_EN[years - 1] if years <= len(_NUMBERS_EN) else years} years ago"
