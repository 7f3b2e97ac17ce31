"""Answers on a scale: the text of one cell in, points out, or CellError with the reason.

Two scales, and neither is ever taken for the other: 1 to 5 (how satisfied), 0 to 10 (how likely to
recommend, the question of the NPS). On both more is better; points are whole.
"""

import re

from tourcrm.base import vocabulary
from tourcrm.base.errors import CellError
from tourcrm.base.i18n import N_
from tourcrm.base.parsing import clean
from tourcrm.base.parsing.characters import SIMPLIFIED
from tourcrm.base.patterns import pattern

BEST = 5
BEST_NPS = 10
PROMOTES_FROM = 9
DETRACTS_UP_TO = 6
DISSATISFIED_UP_TO = 2
RATED = ("csat", "guide", "hotel", "meals", "transport", "itinerary", "price")  # 1 to 5 each

# What forms on the web write where somebody left a question out.
UNANSWERED = frozenset({"(空)", "（空）", "(跳过)", "（跳过）", "空", "跳过", "未答", "-2", "-3"})

_LONGEST = 80
_LETTER = pattern(r"[A-Ka-k]\s*[.、:)]\s*(?=\S)")  # of an option: A. 非常满意
_NUMBER = pattern(r"[0-9]+(?:\.[0-9]+)?")
_OUT_OF = pattern(r"([0-9.]+)\s*(?:/|out of)\s*([0-9.]+)", re.IGNORECASE)
_NO_WORDS = pattern(r"[\s\d.,:;/()\[\]=+、。~-]+|分|颗?星|points?|stars?|out of", re.IGNORECASE)
_STARS = pattern("([★⭐\ufe0f]*)([☆✩]*)")
# What says that an answer is of the other scale.
_SATISFACTION = pattern("满意|滿意|satisf|星|star|[★☆⭐✩]", re.IGNORECASE)

_RANGE = N_("it is out of range: write a number from {low} to {high}")
_OTHER_SCALE = N_("it is of another scale: here it goes from {low} to {high}")


def rating(cell: str) -> int:
    """1 to 5, 5 is best: 5, 5分, 4/5, ★★★★☆, 非常满意, "5 - 非常满意", "A. very satisfied"."""
    text = _text(cell)
    stars = _STARS.fullmatch(text)
    if stars:
        filled, blank = stars[1].replace("\ufe0f", ""), stars[2]
        return _within(len(filled), 1, BEST, out_of=BEST if blank == "" else len(filled + blank))
    meant = _meaning(text)
    points = _points(text, 1, BEST)
    if points is None:
        if meant is None:
            raise CellError(N_("it is no answer: write 1 to 5, or a word such as 满意 (satisfied)"))
        return meant
    if meant is not None and meant != points:
        raise CellError(
            N_("number and word disagree: 1 is the worst here, and 5 the best (非常满意)")
        )
    return points


def recommendation(cell: str) -> int:
    """0 to 10, 10 is best: 9, 9分, 9/10, "10 - extremely likely"; no words of satisfaction."""
    text = _text(cell)
    if _SATISFACTION.search(text):
        raise CellError(
            N_("it says how satisfied somebody is, not how likely to recommend us, 0 to 10")
        )
    points = _points(text, 0, BEST_NPS)
    if points is None:
        raise CellError(N_("it is no number: write one from 0 to 10"))
    return points


# What an answer is in one line, as the contact that it was keeps it (surveys.service.summary).
_POINTS = rf"(?:NPS|CSAT|{'|'.join(RATED[1:])}) [0-9]{{1,2}}"
_IN_A_LINE = pattern(rf"(?:{_POINTS}, )*{_POINTS}(?=: |$)")


def in_words(summary: str, language: str) -> str:
    """The line of an answer as it is read in Chinese: NPS 9，总体满意度 4/5：房间小. Any other is
    left as it is, and so is any in English."""
    found = _IN_A_LINE.match(summary) if language == "zh" else None
    if found is None:
        return summary
    names = vocabulary.labels("aspect", language) | {"NPS": "NPS"}
    said = []
    for part in found[0].split(", "):
        name, points = part.rsplit(" ", 1)
        scale = f"/{BEST_NPS if name == 'NPS' else BEST}"
        said.append(f"{names['csat' if name == 'CSAT' else name]} {points}{scale}")
    rest = summary[found.end() :]
    return "，".join(said) + (f"：{rest[2:]}" if rest else "")


def points_in(cell: str) -> int | None:
    """The number that a cell begins with, on whatever scale; None without one."""
    found = _NUMBER.search(clean(cell)[:_LONGEST])
    return int(float(found[0])) if found and len(found[0]) < 9 else None


def _text(cell: str) -> str:
    text = clean(cell[: _LONGEST * 2])
    if len(text) > _LONGEST:
        raise CellError(N_("it is too long for points: put the words into the comment"))
    return _LETTER.sub("", text, count=1) if _LETTER.match(text) else text


def _meaning(text: str) -> int | None:
    """What the words beside a number say: 非常满意 is 5."""
    simple = text.translate(SIMPLIFIED)
    said = "_".join(_NO_WORDS.sub(" ", simple).casefold().split())
    known = vocabulary.vocabulary("satisfaction")
    found = known.get(said) or known.get(said.replace("_", " "))
    return None if found is None else int(found)


def _points(text: str, low: int, high: int) -> int | None:
    parts = _OUT_OF.search(text)
    numbers = {parts[1]} if parts else set(_NUMBER.findall(text))
    if not numbers:
        return None
    if len(numbers) > 1:
        raise CellError(N_("it holds more than one number: write only the points"))
    value = float(numbers.pop())
    if text.startswith("-"):
        value = -value
    if value != int(value):
        raise CellError(
            N_("points are whole: write a number from {low} to {high}"), low=low, high=high
        )
    return _within(int(value), low, high, out_of=float(parts[2]) if parts else high)


def _within(value: int, low: int, high: int, *, out_of: float) -> int:
    if out_of != high:
        raise CellError(_OTHER_SCALE, low=low, high=high)
    if not low <= value <= high:
        raise CellError(_RANGE, low=low, high=high)
    return value
