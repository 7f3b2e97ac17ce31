"""What customers like, as key and value: seat=aisle, reply=wechat@evening.

The keys that are known have words in both languages and a check; any other key is free text. In
come texts that somebody typed or a sheet holds, out come pairs as they are stored.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from tourcrm.base import vocabulary
from tourcrm.base.errors import CellError
from tourcrm.base.i18n import N_
from tourcrm.base.parsing.texts import label
from tourcrm.base.parsing.words import word_key
from tourcrm.base.patterns import pattern
from tourcrm.base.vocabulary import Word, words

REPLY = "reply"
LONGEST_KEY, LONGEST_VALUE = 40, 200
Pair = tuple[str, str]

_SEATS = words(
    ("aisle", "aisle", "靠过道", "过道 走道 靠走道 通道 aisle_seat"),
    ("window", "window", "靠窗", "窗 窗口 靠窗口 window_seat"),
    ("middle", "middle", "中间", "中间座"),
    ("front", "front", "前排", "靠前 前部"),
    ("rear", "rear", "后排", "靠后 后部"),
    ("exit_row", "exit row", "安全出口", "紧急出口 出口排"),
)
_DIETS = words(
    ("halal", "halal", "清真", "清真餐 穆斯林餐 moslem muslim"),
    ("vegetarian", "vegetarian", "素食", "吃素 素 素餐 蛋奶素 veggie"),
    ("vegan", "vegan", "纯素", "全素 严格素食"),
    ("kosher", "kosher", "犹太餐", "洁食"),
    ("no_spice", "not spicy", "不吃辣", "不辣 忌辣 no_spicy mild"),
    ("no_seafood", "no seafood", "不吃海鲜", "忌海鲜 海鲜过敏"),
    ("no_pork", "no pork", "不吃猪肉", ""),
    ("no_beef", "no beef", "不吃牛肉", ""),
    ("gluten_free", "gluten-free", "无麸质", "gluten_free"),
    ("diabetic", "diabetic", "糖尿病餐", "低糖 无糖"),
)
_ROOMS = words(
    ("double", "double bed", "大床", "大床房 double_room king"),
    ("twin", "twin beds", "双床", "标间 双人标间 双床房 twin_room"),
    ("single", "single", "单人间", "单间 单房"),
    ("triple", "triple", "三人间", ""),
    ("family", "family room", "家庭房", "亲子房"),
    ("quiet", "quiet", "安静房间", "安静"),
    ("high_floor", "high floor", "高楼层", "高层"),
    ("low_floor", "low floor", "低楼层", "低层"),
    ("sea_view", "sea view", "海景房", "海景"),
)
_PACES = words(
    ("relaxed", "relaxed", "轻松", "慢 慢节奏 休闲 slow"),
    ("normal", "normal", "适中", "正常 普通"),
    ("packed", "packed", "紧凑", "快 充实 fast"),
)
_FLAGS = words(
    ("yes", "yes", "是", "要 可以 吸烟 y true"),
    ("no", "no", "否", "不 不要 不可以 不吸烟 无烟 n false"),
)
_CABINS = words(
    ("economy", "economy", "经济舱", ""),
    ("premium_economy", "premium economy", "超级经济舱", "高端经济舱 优选经济舱"),
    ("business", "business", "商务舱", "公务舱"),
    ("first", "first", "头等舱", ""),
)
_TIMES = words(
    ("morning", "morning", "上午", "早上 早晨 am"),
    ("noon", "noon", "中午", "午间 午休"),
    ("afternoon", "afternoon", "下午", "pm"),
    ("evening", "evening", "晚上", "傍晚 晚间 夜里 night"),
    ("weekday", "weekdays", "工作日", "平日 weekdays workday"),
    ("weekend", "weekend", "周末", "weekends 双休日"),
    ("anytime", "anytime", "随时", "都可以 any"),
)
_CHANNELS = vocabulary.WORDS["contact_channel"]


@dataclass(frozen=True, slots=True)
class Known:
    """A key that is known. choices: the words of its values; open: others may be said as well."""

    key: Word
    choices: tuple[Word, ...] = ()
    open: bool = True
    read: Callable[[str], str] | None = None  # where words are not all there is to it


def _spelled(some: Iterable[Word]) -> dict[str, str]:
    """Every spelling -> value."""
    return {
        word_key(spelling): word.value
        for word in some
        for spelling in (*word.synonyms, word.zh, word.en, word.value)
    }


@cache
def _table(some: tuple[Word, ...]) -> Mapping[str, str]:
    return _spelled(some)


def _found(text: str, some: tuple[Word, ...]) -> str | None:
    key = word_key(text)
    table = _table(some)
    return table.get(key) or table.get(re.sub(r"[\s-]+", "_", key))


_STARS = pattern(r"([0-5](?:\.[0-9]{1,2})?)\s*(?:分|星|stars?|/5)?(?:以上|\+)?")
_CLOCK = pattern(r"([01]?\d|2[0-3])[:：点]([0-5]\d)?")
_SPAN = pattern(rf"{_CLOCK.pattern}(?:\s*[-–~到至]\s*{_CLOCK.pattern})?")


def _rating(text: str) -> str:
    found = _STARS.fullmatch(text)
    if found is None or float(found[1]) > 5:
        raise CellError(N_("it is no rating: write a number from 0 to 5, such as 4.8"))
    return f"{float(found[1]):g}"


def _reply(text: str) -> str:
    """A channel and a time of day: wechat@evening, 微信@晚上, phone@19:00-21:00; or one of both."""
    channel, sign, time = (part.strip() for part in text.replace("＠", "@").partition("@"))
    if not sign:
        at = _time(channel)
        if at is not None:
            return f"@{at}"
    known = _found(channel, _CHANNELS) if channel else ""
    if known is None:
        raise CellError(_NO_REPLY)
    at = _time(time) if time else ""
    if at is None or not (known or at):
        raise CellError(_NO_REPLY)
    return f"{known}@{at}" if at else known


_NO_REPLY = N_(
    "it is no way to be reached: write a channel and a time of day, such as wechat@evening, "
    "phone@19:00-21:00 or 微信@晚上"
)


def _time(text: str) -> str | None:
    word = _found(text, _TIMES)
    if word is not None:
        return word
    found = _SPAN.fullmatch(text)
    if found is None:
        return None
    first, first_minutes, last, last_minutes = found.groups()
    said = f"{int(first):02}:{first_minutes or '00'}"
    return said if last is None else f"{said}-{int(last):02}:{last_minutes or '00'}"


def _known(
    key: str,
    en: str,
    zh: str,
    synonyms: str = "",
    choices: tuple[Word, ...] = (),
    *,
    open: bool = True,
    read: Callable[[str], str] | None = None,
) -> Known:
    return Known(words((key, en, zh, synonyms))[0], choices, open, read)


_STARS_KEY = "酒店最低星级", "酒店星级 最低星级"
_RATING_KEY = "酒店最低评分", "酒店评分 最低评分"
KNOWN = {
    one.key.value: one
    for one in (
        _known(REPLY, "reply", "联系偏好", "回复 联系时间 方便联系 联系方式偏好", read=_reply),
        _known("seat", "seat", "座位", "座位偏好 机位", _SEATS),
        _known("cabin", "cabin", "舱位", "舱位等级 class", _CABINS, open=False),
        _known("diet", "diet", "饮食", "餐食 忌口 meal", _DIETS),
        _known("room", "room", "房型", "房间 床型 bed", _ROOMS),
        _known("hotel_min_rating", "hotel rating at least", *_RATING_KEY, read=_rating),
        _known("hotel_min_stars", "hotel stars at least", *_STARS_KEY, read=_rating),
        _known("pace", "pace", "节奏", "行程节奏", _PACES),
        _known("smoking", "smoking", "吸烟", "吸烟房 抽烟", _FLAGS, open=False),
        _known("motive", "motive", "出游动机", "动机 出游目的 why"),
        _known("airline", "airline", "航空公司", "航司"),
        _known("budget", "budget", "预算"),
    )
}
_KEYS = _spelled(one.key for one in KNOWN.values())


def key_of(text: str) -> str:
    """The key that somebody means: one that is known in any of its words, or a free one. Raises
    CellError."""
    named = label(text.strip())
    known = _KEYS.get(word_key(named)) or _KEYS.get(re.sub(r"[\s-]+", "_", word_key(named)))
    if known is not None:
        return known
    if not named or len(named) > LONGEST_KEY or set(named) & set("=;；＝"):
        raise CellError(N_("it is no name of a preference: a short word, such as seat or 座位"))
    return named if not named.isascii() else named.casefold()


def value_of(key: str, text: str) -> str:
    """The value of a key as it is stored. Raises CellError."""
    known, said = KNOWN.get(key), label(text.strip())
    if len(said) > LONGEST_VALUE or set(said) & set(";；\n"):
        raise CellError(N_("it is too long, or holds a semicolon: keep it short"))
    if known is None:
        return said
    if known.read is not None:
        return known.read(said)
    found = _found(said, known.choices) if known.choices else None
    if found is not None:
        return found
    if not known.open:
        raise CellError(
            N_("it is not known here: write one of {words}"),
            words=", ".join(f"{one.value} ({one.zh})" for one in known.choices),
        )
    return said


def pair(text: str) -> Pair:
    """Key and value of seat=aisle; a blank value takes the key back. Raises CellError."""
    name, sign, value = text.replace("＝", "=", 1).partition("=")
    if not sign or not name.strip():
        raise CellError(N_("write KEY=VALUE, such as seat=aisle; KEY= takes it back"))
    key = key_of(name)
    return key, value_of(key, value) if value.strip() else ""


_BETWEEN = pattern(r"[;；\n]")


def pairs(cell: str) -> tuple[Pair, ...]:
    """The pairs of a cell: "seat=aisle; diet=halal". Raises CellError."""
    found: dict[str, str] = {}
    for part in _BETWEEN.split(cell):
        if part.strip():
            key, value = pair(part)
            if found.setdefault(key, value) != value:
                raise CellError(N_("there are two different values for {key}"), key=key)
    return tuple((key, value) for key, value in found.items() if value)


def text(some: Iterable[Pair]) -> str:
    """Pairs in one cell, that `pairs` reads back."""
    return "; ".join(f"{key}={value}" for key, value in some)


def key_label(key: str, language: str) -> str:
    """What a person reads for a key."""
    known = KNOWN.get(key)
    if known is None:
        return key
    return known.key.zh if language == "zh" else known.key.en


def value_label(key: str, value: str, language: str) -> str:
    """What a person reads for a value."""
    if key == REPLY:
        return reply_label(value, language)
    known = KNOWN.get(key)
    return _label(value, known.choices if known else (), language)


def _label(value: str, some: tuple[Word, ...], language: str) -> str:
    for one in some:
        if one.value == value:
            return one.zh if language == "zh" else one.en
    return value


def reply_label(value: str, language: str) -> str:
    """How and when somebody wants to be reached: 微信 晚上."""
    channel, _sign, time = value.partition("@")
    said = _label(channel, _CHANNELS, language), _label(time, _TIMES, language)
    return " ".join(part for part in said if part)


def labelled(cell: str, language: str) -> str:
    """The text of a cell in a person's words, which `pairs` reads back."""
    some = (part.partition("=") for part in cell.split("; "))
    return "; ".join(
        f"{key_label(key, language)}={_back(key, value, language)}" for key, _sign, value in some
    )


def _back(key: str, value: str, language: str) -> str:
    """A value in words that are read back as it is."""
    if key != REPLY:
        return value_label(key, value, language)
    channel, sign, time = value.partition("@")
    return _label(channel, _CHANNELS, language) + sign + _label(time, _TIMES, language)
