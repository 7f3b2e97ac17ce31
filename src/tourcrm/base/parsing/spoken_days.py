"""Days as people say them where they type: 明天, 下周五, 三天后, next Monday, in 3 days.

Only for what is typed. In a sheet such a word says nothing: nobody knows when it was written.
"""

import calendar
import re
from datetime import date, timedelta
from typing import Literal, NamedTuple

from tourcrm.base.errors import CellError
from tourcrm.base.i18n import N_
from tourcrm.base.parsing.characters import SIMPLIFIED
from tourcrm.base.parsing.texts import blank, cleaned
from tourcrm.base.patterns import pattern

Side = Literal["ahead", "back"]  # where a day of the week lies of which nothing else is said

_NEAR = {
    "今天": 0, "今日": 0, "当天": 0, "today": 0,
    "明天": 1, "明日": 1, "tomorrow": 1,
    "昨天": -1, "昨日": -1, "yesterday": -1,
    "后天": 2, "大后天": 3, "前天": -2, "大前天": -3,
    "the day after tomorrow": 2, "day after tomorrow": 2,
    "the day before yesterday": -2, "day before yesterday": -2,
}  # fmt: skip
# Of moments: a day, and the half of it.
_HALVES = {
    "今晚": "今天晚上", "今早": "今天早上", "明晚": "明天晚上", "明早": "明天早上",
    "昨晚": "昨天晚上", "昨夜": "昨天晚上", "昨早": "昨天早上", "前晚": "前天晚上",
}  # fmt: skip
_DIGITS = {
    "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5,
    "六": 6, "七": 7, "八": 8, "九": 9,
}  # fmt: skip
_WORDS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
          "seven": 7, "eight": 8, "nine": 9, "ten": 10}  # fmt: skip
_COUNT = rf"(?P<n>\d{{1,4}}|[{''.join(_DIGITS)}十]{{1,3}}|半|(?:{'|'.join(_WORDS)})(?=\s))"
_UNITS = (
    (r"天|日|days?", "day"),
    (r"个?(?:星期|礼拜)|周|weeks?", "week"),
    (r"个?月|months?", "month"),
    (r"年|years?", "year"),
)
_UNIT = rf"(?P<unit>{'|'.join(words for words, _unit in _UNITS)})"
_AWAY = pattern(
    rf"(?:in\s+)?{_COUNT}\s*{_UNIT}\s*(?P<side>之?以?后|之?以?前|later|from now|ago)?",
    re.IGNORECASE,
)
_HOUR = pattern(rf"(?:[{''.join(_DIGITS)}]|十[一二]?)(?=点)")  # 十点 of a time of day
_WEEKDAYS = "一二三四五六日"
_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEK_ZH = pattern(
    r"(?P<which>下下个?|上上个?|下个?|上个?|这个?|本)?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])"
)
_WEEK_EN = pattern(
    r"(?:on\s+)?(?:(?P<which>next|last|this)\s+)?"
    r"(?P<day>mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?(?![a-z])",
    re.IGNORECASE,
)
_WEEKS = {
    "下": 1, "next": 1, "上": -1, "last": -1, "下下": 2, "上上": -2, "这": 0, "本": 0, "this": 0,
}  # fmt: skip
_ENDS = {
    "月底": 0, "月末": 0, "本月底": 0, "本月末": 0, "这个月底": 0, "下月底": 1, "下个月底": 1,
    "下月末": 1,
}  # fmt: skip
_OF_MONTH = pattern(
    r"(?P<which>本|这个|下个?|上个?)月(?P<day>\d{1,2}|[一二三四五六七八九十]{1,3})[号日]"
)
_MONTHS = {"本": 0, "这个": 0, "下": 1, "下个": 1, "上": -1, "上个": -1}

_UNCLEAR = N_("which one is not clear: say for example next Friday, last Friday or this Friday")


class Spoken(NamedTuple):
    """The day that was said, and what stands behind it. named: by a day of the week, which is
    better told back."""

    day: date
    rest: str
    named: bool = False


def spoken(text: str, today: date, side: Side | None = None) -> Spoken | None:
    """The day that a text begins with, in such words; None where it begins with none.

    Raises CellError where it may be more than one day, or lies beyond the calendar.
    """
    if blank(text):
        return None
    said = re.sub(r"\s+", " ", cleaned(text, 100).translate(SIMPLIFIED)).lower()
    for short, long in _HALVES.items():
        if said.startswith(short):
            said = long + said[len(short) :]
    said = _HOUR.sub(lambda found: str(_number(found[0])), said).replace("点半", "点30分")
    try:
        return (
            _near(said, today)
            or _away(said, today)
            or _of_week(said, today, side)
            or _of_month(said, today)
        )
    except CellError:
        raise
    except (OverflowError, ValueError, KeyError):
        raise CellError(
            N_("there is no such day in the calendar: check year, month and day")
        ) from None


def _near(said: str, today: date) -> Spoken | None:
    for word in sorted({*_NEAR, *_ENDS}, key=len, reverse=True):
        if said.startswith(word):
            rest = said[len(word) :].lstrip()
            if word in _NEAR:
                return Spoken(today + timedelta(_NEAR[word]), rest)
            return Spoken(_in_month(today, _ENDS[word], 31), rest)
    return None


def _away(said: str, today: date) -> Spoken | None:
    found = _AWAY.match(said)
    if not found or not (found["side"] or said.startswith("in ")):
        return None
    count = _number(found["n"])
    unit = next(name for words, name in _UNITS if re.fullmatch(words, found["unit"]))
    if count is None:
        count, unit = {"year": (6, "month"), "month": (15, "day")}.get(unit, (-1, ""))
    if count < 0:
        return None
    if (found["side"] or "").endswith(("前", "ago")):
        count = -count
    rest = said[found.end() :].lstrip()
    if unit in ("day", "week"):
        return Spoken(today + timedelta(count * (7 if unit == "week" else 1)), rest)
    return Spoken(_in_month(today, count * (12 if unit == "year" else 1), today.day), rest)


def _of_week(said: str, today: date, side: Side | None) -> Spoken | None:
    found = _WEEK_ZH.match(said) or _WEEK_EN.match(said)
    if not found:
        return None
    name = found["day"]
    number = _NAMES.index(name[:3]) if name.isascii() else _WEEKDAYS.index(name.replace("天", "日"))
    day = today + timedelta(number - today.weekday())
    if found["which"]:
        day += timedelta(7 * _WEEKS[found["which"].removesuffix("个")])
    elif side is None:
        raise CellError(_UNCLEAR)
    elif side == "ahead" and day < today:
        day += timedelta(7)
    elif side == "back" and day > today:
        day -= timedelta(7)
    return Spoken(day, said[found.end() :].lstrip(), named=True)


def _of_month(said: str, today: date) -> Spoken | None:
    found = _OF_MONTH.match(said)
    if not found:
        return None
    number = _number(found["day"])
    month = _in_month(today, _MONTHS[found["which"]], 1)
    return Spoken(month.replace(day=number or 0), said[found.end() :].lstrip())


def _number(text: str) -> int | None:
    """A number in digits, in Chinese up to 99, or an English word up to ten; None for a half."""
    if text == "半":
        return None
    if text.isdecimal():
        return int(text)
    if text in _WORDS:
        return _WORDS[text]
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _DIGITS[text] if len(text) == 1 else -1
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)


def _in_month(today: date, months: int, number: int) -> date:
    """This day of the month so many months away; its last, where it is shorter."""
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(number, last))
