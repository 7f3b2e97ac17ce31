"""How things are said to a customer: salutations, days and spans of years, in both languages."""

import re
from datetime import date

from tourcrm.base import names
from tourcrm.base.surnames import surname

_HAN_NAME = re.compile(f"{names.HAN}{{2,4}}")
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


def years_ago(years: int, language: str) -> str:
    """How long ago, for a whole number of years from 1: 去年, 前年, 三年前; a year ago."""
    if language == "zh":
        if years <= 2:
            return ("去年", "前年")[years - 1]
        return f"{_NUMBERS_ZH[years - 1] if years <= len(_NUMBERS_ZH) else years}年前"
    if years == 1:
        return "a year ago"
    return f"{_NUMBERS_EN[years - 1] if years <= len(_NUMBERS_EN) else years} years ago"
