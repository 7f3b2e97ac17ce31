"""What the name of a product says: 三亚5日4晚自由行 is a tour, independent, of 5 days.

Used only where nobody says it; what a name does not say is left to others.
"""

import re
from typing import NamedTuple

from tourcrm.base.parsing.characters import SIMPLIFIED
from tourcrm.base.patterns import pattern


class Product(NamedTuple):
    """What a name says; None where it says nothing."""

    service: str | None = None
    kind: str | None = None
    days: int | None = None


_DIGITS = {han: number for number, han in enumerate("零一二三四五六七八九")} | {"两": 2}
_NUMBER = r"(?<![0-9])[0-9]{1,2}|(?<![一二三四五六七八九十])[一二两三四五六七八九十]{1,2}"
_DAYS = pattern(
    rf"(?<![0-9一二三四五六七八九十]月)(?<![年0-9/.-])({_NUMBER})\s*[天日](?:\s*({_NUMBER})\s*[晚夜])?"
    r"(?=\s*(?:[0-9一二三四五六七八九十]?[晚夜]|游|自由行|半自助|自助|跟团|团|行|之旅|私家|定制|精品|豪华|纯玩|[)\]】]|$))"
)
# What makes a journey of it, whatever it includes (含机票, 酒店+门票).
_JOURNEY = pattern(
    r"自由行|跟团|[日天]游|一日游|半自助|私家团|定制游|小包团|精品团|品质团|纯玩|[日天]\s*[0-9]{1,2}\s*[晚夜]|机\+?酒|"
    r"机票\s*\+\s*酒店|之旅|亲子游|蜜月|package tour|\btours?\b|holiday",
    re.IGNORECASE,
)
_SERVICES = (
    ("cruise", "邮轮|游轮|cruise"),
    ("visa", r"签证|\bvisas?\b(?!\s*card)"),
    ("insurance", "保险|旅意险|insurance"),
    ("flight", r"机票|航班|\bflights?\b|airfare|air ticket"),
    ("train", "火车票|高铁票|动车票|train ticket|rail ticket"),
    ("car", "接机|送机|接送|包车|租车|用车|airport transfer|car rental|car hire|pick-?up"),
    ("ticket", "门票|入场券|入园|景区票|admission|entrance ticket"),
    ("hotel", r"订房|酒店|宾馆|民宿|客栈|\bhotels?\b|hostel"),
)
_KINDS = (
    ("independent", "自由行|半自助|自助游|机\\+?酒|机票\\s*\\+\\s*酒店"),
    ("custom", "定制|私家团|小包团|独立成团|包团"),
    ("group", "跟团|参团|拼团|散拼"),
)
_READ = 200  # characters of a name that are looked at


def read(name: str) -> Product:
    """What the name of a product says of it."""
    text = name[:_READ].translate(SIMPLIFIED)
    journey = _JOURNEY.search(text) is not None
    service = next((one for one, words in _SERVICES if re.search(words, text, re.I)), None)
    if service != "cruise" and journey:
        service = "tour"
    kind = next((one for one, words in _KINDS if re.search(words, text)), None)
    days = _DAYS.search(text) if service in (None, "tour", "cruise") else None
    return Product(service, kind if service in (None, "tour", "cruise") else None, _count(days))


def _count(found: re.Match[str] | None) -> int | None:
    if found is None:
        return None
    text = found[1]
    if text.isdecimal():
        return int(text) or None
    tens, ten, ones = text.partition("十")
    if not ten:
        return _DIGITS[text] if len(text) == 1 else None
    return _DIGITS.get(tens, 1) * 10 + (_DIGITS[ones] if ones else 0)
