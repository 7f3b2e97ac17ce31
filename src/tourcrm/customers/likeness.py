"""How likely two customers are one person: a score from 0 to 1, and the reasons in words.

Every sign has a weight; the score is the logistic function of their sum. Whoever has another name
is another person of the household, unless an ID or passport says that it is one.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import product
from types import MappingProxyType

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio

from tourcrm.base import names, pinyin
from tourcrm.base.folding import folded, joined
from tourcrm.base.i18n import N_
from tourcrm.base.lunar import SpecialDay, lunar_to_solar
from tourcrm.base.parsing.characters import SIMPLIFIED
from tourcrm.base.patterns import pattern
from tourcrm.base.surnames import COMPOUND, TITLE, surname

SHOWN = 0.75
"""The score from which on pairs are listed."""

# What each sign adds, and what is said of it; None: it counts, and no word is said.
_SIGNS: Mapping[str, tuple[float, str | None]] = MappingProxyType(
    {
        "id": (7.0, N_("same ID number")),
        "passport": (7.0, N_("same passport")),
        "phone": (4.0, N_("same phone")),
        "phone_near": (2.0, N_("phones differ in one digit")),
        "wechat": (3.5, N_("same WeChat id")),
        "email": (3.0, N_("same e-mail address")),
        "name": (1.0, N_("same name")),
        "company": (2.5, N_("same name")),
        "company_near": (1.2, N_("names look alike")),
        "name_sound": (0.3, N_("names sound alike")),
        "name_look": (0.0, N_("names look alike")),
        "name_part": (-1.5, N_("one has the surname only")),
        "name_other": (-5.0, None),
        "birthday": (3.0, N_("same birthday")),
        "birthday_no_year": (2.0, N_("same birthday, one without its year")),
        "birthday_swapped": (2.0, N_("birthdays with day and month exchanged")),
        "birthday_lunar": (2.0, N_("birthdays are one day, lunar and solar")),
        "birthday_other": (-3.0, None),
        "address": (2.2, N_("same address")),
        "address_other": (-0.3, None),
        "city": (0.3, N_("same city")),
        "city_other": (-0.5, None),
        "phone_other": (-0.7, None),
        "wechat_other": (-0.5, None),
        "id_other": (-5.0, None),
        "gender_other": (-1.5, None),
        "collision": (0.0, N_("different staff in charge: a collision")),
    }
)
_ORDER = {sign: number for number, sign in enumerate(_SIGNS)}
_ALONE = -1.0  # of two about whom nothing is known
_SURE = ("id", "passport")
_MOST = 0.99  # nobody is sure but a person
_MOST_WITH_ANOTHER_NAME = 0.5
_LIKE = 85  # of 100: addresses, names of companies


@dataclass(frozen=True, slots=True)
class Called:
    """A name as it is compared. plain: without remark and title, simplified. part: it is a surname
    or a nickname only, which names nobody. syllables: of a Chinese name."""

    plain: str
    syllables: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    surname: str = ""
    part: bool = False
    male: bool | None = None
    letters: str = ""  # the same for all orders: WANG/XIAOMING, Xiaoming Wang, 王小明


@dataclass(frozen=True, slots=True)
class Known:
    """What tells a customer from others."""

    id: int
    code: str
    name: str
    kind: str = "person"
    called: Called = Called("")
    passport_called: Called | None = None
    phones: tuple[str, ...] = ()
    wechat: str | None = None
    email: str | None = None
    id_number: str | None = None
    passport_no: str | None = None
    city: str | None = None
    address: str | None = None
    gender: str | None = None
    birthdays: tuple[SpecialDay, ...] = ()
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Likeness:
    """How likely two are one, and why: words that are translated where they are shown."""

    score: float
    reasons: tuple[str, ...] = ()


def compare(one: Known, other: Known) -> Likeness:
    """How likely two customers are the same person, or the same company."""
    if one.kind != other.kind and not _same_document(one, other):
        return Likeness(0.0)
    signs = list(_signs(one, other))
    points = _ALONE + sum(_SIGNS[sign][0] for sign in signs)
    score = min(1 / (1 + math.exp(-points)), _MOST)
    if "name_other" in signs and not any(sign in _SURE for sign in signs):
        score = min(score, _MOST_WITH_ANOTHER_NAME)
    words = (_SIGNS[sign][1] for sign in sorted(signs, key=_ORDER.__getitem__))
    return Likeness(round(score, 2), tuple(word for word in words if word))


def may_be_one(one: Known, other: Known) -> bool:
    """Whether it is worth comparing two: their names agree, or a document does."""
    return _by_name(one, other) != "name_other" or _same_document(one, other)


def _same_document(one: Known, other: Known) -> bool:
    return _same(one.id_number, other.id_number) or _same(one.passport_no, other.passport_no)


def _same(one: str | None, other: str | None) -> bool:
    return bool(one) and one == other


def _signs(one: Known, other: Known) -> Iterator[str]:
    yield _by_name(one, other)
    if one.id_number and other.id_number:
        yield "id" if one.id_number == other.id_number else "id_other"
    if _same(one.passport_no, other.passport_no):
        yield "passport"
    yield from _by_phone(one.phones, other.phones)
    if one.wechat and other.wechat:
        yield "wechat" if one.wechat == other.wechat else "wechat_other"
    if _same(one.email, other.email):
        yield "email"
    yield from _by_birthday(one.birthdays, other.birthdays)
    yield from _by_place(one, other)
    if one.gender and other.gender and one.gender != other.gender:
        yield "gender_other"
    if one.owner and other.owner and one.owner != other.owner:
        yield "collision"


# --- numbers, days, places ------------------------------------------------------------------------


def _by_phone(some: Sequence[str], others: Sequence[str]) -> Iterator[str]:
    if not some or not others:
        return
    if not set(some).isdisjoint(others):
        yield "phone"
    elif any(near(a, b) for a, b in product(some, others)):
        yield "phone_near"
    else:
        yield "phone_other"


def near(one: str, other: str) -> bool:
    """Whether two numbers differ in one digit, or in two that changed places."""
    return OSA.distance(one, other, score_cutoff=1) <= 1


def _by_birthday(some: Sequence[SpecialDay], others: Sequence[SpecialDay]) -> Iterator[str]:
    ways = {_day_likeness(a, b) for a, b in product(some, others)}
    yield from (way for way in _DAYS if way in ways and way != "")
    if ways == {""}:
        yield "birthday_other"


_DAYS = ("birthday", "birthday_no_year", "birthday_swapped", "birthday_lunar")


def _day_likeness(one: SpecialDay, other: SpecialDay) -> str:
    """How two birthdays agree; "" where they do not."""
    years = one.year is not None and other.year is not None
    if years and one.year != other.year:
        return "birthday_lunar" if _across(one, other) or _across(other, one) else ""
    if (one.month, one.day) == (other.month, other.day) and one.calendar == other.calendar:
        return "birthday" if years else "birthday_no_year"
    if not years:
        return ""
    if (one.month, one.day) == (other.day, other.month):
        return "birthday_swapped"
    return "birthday_lunar" if _across(one, other) or _across(other, one) else ""


def _across(lunar: SpecialDay, solar: SpecialDay) -> bool:
    """Whether a day, read as one of the lunar calendar, falls on the other of the solar one."""
    if lunar.year is None or solar.year is None or solar.calendar == "lunar" or lunar.day > 30:
        return False
    if not 0 <= solar.year - lunar.year <= 1 or not 1900 <= lunar.year <= 2100:
        return False
    fallen = lunar_to_solar(lunar.year, lunar.month, lunar.day, lunar.leap)
    return (fallen.year, fallen.month, fallen.day) == (solar.year, solar.month, solar.day)


def _by_place(one: Known, other: Known) -> Iterator[str]:
    cities = bool(one.city and other.city)
    if cities and one.city != other.city:
        yield "city_other"
        if one.address and other.address:
            yield "address_other"
        return
    if one.address and other.address:
        alike = same_address(one.address, other.address)
        yield "address" if alike else "address_other"
        if alike:
            return
    if cities:
        yield "city"


def same_address(one: str, other: str) -> bool:
    """Whether two plain addresses are one: the same numbers in it, and nearly the same words."""
    if one == other:
        return True
    if _NUMBERS.findall(one) != _NUMBERS.findall(other) or not _NUMBERS.search(one):
        return False
    return ratio(one, other) >= _LIKE or one.endswith(other) or other.endswith(one)


_NUMBERS = pattern("[0-9]+")
_NO_SIGNS = pattern(r"[\W_]+")


@lru_cache(maxsize=65536)
def plain_place(text: str) -> str:
    """A city or an address as it is compared."""
    return _NO_SIGNS.sub("", folded(text).translate(SIMPLIFIED)).removesuffix("市")


# --- names ----------------------------------------------------------------------------------------

_REMARK = pattern(r"\s*[(（【\[][^()（）【】\[\]]*[)）】\]]")
_HAN = r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]"
_WITH_REMARK = pattern(rf"({_HAN}{{2,4}})\s+({_HAN}.*)")
_PERSON = pattern(rf"{_HAN}{{2,4}}")
_TITLED = pattern(rf"(.+?)(?:{TITLE})$")
_MEN = pattern("先生|叔叔|伯伯|大爷|大哥|爷爷|[哥叔]$")
_WOMEN = pattern("女士|太太|小姐|阿姨|大妈|大姐|大嫂|奶奶|[姐嫂姨]$")
_FIRM = pattern(
    "(?:股份|集团|责任)?有限(?:责任)?公司|(?:集团|股份)?公司|集团|"
    r"\b(?:co|ltd|inc|llc|gmbh|corp|company|limited)\b\.?",
    re.I,
)
_WORDS = pattern("[a-z]+")

# Characters of names that are taken for one another where a list is read or typed.
_LOOK = (
    "海梅悔敏 己已巳 未末 晴睛情清 婷停 琪棋淇祺 宇字 今令 干千于 大太 "
    "田由甲申 见贝 木本术 白自 鸟乌 候侯 莱菜 瑶遥 凤风 佳住桂 浩洁皓 薇微徽 "
    "峰锋蜂 铭洛 杨扬 霞露 思恩 萍苹 洋样祥 颖颍 博搏 治冶 代伐 昌冒 圆园 "
    "林村 红江 艳绝 志忘 辉晖 娟捐 玉王 冰水 云去 芳劳 蓝篮 晓烧 欣掀 燕蒸 "
    "建健 伟纬炜 霖霜 雪雷 茜西 珊册 彬杉"
)
_LONG = 6  # letters of a name of which one may be mistyped
_GROUP = {character: number for number, group in enumerate(_LOOK.split()) for character in group}


@lru_cache(maxsize=262144)
def called(name: str, spelled: str | None = None, firm: bool = False) -> Called:
    """A name as it is compared. spelled: its pinyin, where it was stored."""
    if firm:
        bare = _FIRM.sub("", folded(_REMARK.sub("", name))) or folded(name)
        plain = _NO_SIGNS.sub("", bare.translate(SIMPLIFIED))
        return Called(plain, words=(plain,), letters=plain)
    if spelled and name not in COMPOUND and _PERSON.fullmatch(name) and not _TITLED.fullmatch(name):
        return _han(name.translate(SIMPLIFIED), spelled, None)
    bare = _REMARK.sub("", name).strip() or name
    remarked = _WITH_REMARK.fullmatch(bare)
    if remarked and remarked[1] not in COMPOUND:
        bare = remarked[1]
    bare, male = _without_title(bare)
    plain = joined(bare).translate(SIMPLIFIED)
    if len(plain) < 2 or plain in COMPOUND:
        return Called(plain, surname=plain, part=True, male=male)
    if _PERSON.fullmatch(plain):
        full = spelled if spelled and plain == name else pinyin.of_name(plain).full
        return _han(plain, full or "", male)
    words = tuple(_passport(one) for one in _WORDS.findall(pinyin.of_name(bare).full or ""))
    return Called(plain, (), words, *_marks(words, male))


def _han(plain: str, spelled: str, male: bool | None) -> Called:
    syllables = tuple(_passport(one) for one in spelled.split())
    return Called(plain, syllables, (), *_marks(syllables, male))


def _marks(words: Sequence[str], male: bool | None) -> tuple[str, bool, bool | None, str]:
    """Of a name the surname, that it is whole, whose it is, and its letters."""
    return (words[0] if words else ""), False, male, "".join(sorted("".join(words)))


def _without_title(name: str) -> tuple[str, bool | None]:
    """王小明先生 -> 王小明, a man; A杭州王姐 -> 王, a woman."""
    titled = _TITLED.fullmatch(name)
    male = None
    if titled:
        male = True if _MEN.search(name) else False if _WOMEN.search(name) else None
        if _PERSON.fullmatch(titled[1]) and surname(titled[1]):
            return titled[1], male
    nick = names.called(name)
    if not nick.nickname:
        return (titled[1] if titled else name), male
    people = nick.people[0] if nick.people else ""
    titled = _TITLED.fullmatch(people)
    return (titled[1] if titled else people), male


_PASSPORT = {"lv": "lyu", "nv": "nyu"}


def _passport(syllable: str) -> str:
    """A syllable as passports have it: 吕 is LYU."""
    return _PASSPORT.get(syllable, syllable)


def _by_name(one: Known, other: Known) -> str:
    if one.kind == "company" or other.kind == "company":
        return _by_firm(one.called.plain, other.called.plain)
    best = _name_likeness(one.called, other.called)
    for a, b in (
        (one.passport_called, other.called),
        (one.called, other.passport_called),
        (one.passport_called, other.passport_called),
    ):
        if best in ("name_other", "name_part") and a is not None and b is not None:
            best = min(best, _name_likeness(a, b), key=_BEST.index)
    return best


_BEST = ("name", "name_sound", "name_look", "name_part", "name_other")


def _by_firm(one: str, other: str) -> str:
    if one == other:
        return "company"
    return "company_near" if ratio(one, other) >= _LIKE else "name_other"


def _name_likeness(one: Called, other: Called) -> str:
    if one.part or other.part:
        return _of_part(one, other)
    if one.plain == other.plain:
        return "name"
    if one.syllables and other.syllables:
        return _of_han(one, other)
    if one.letters == other.letters and _same_words(one, other):
        return "name_sound" if one.syllables or other.syllables else "name"
    latin = not (one.syllables or other.syllables) and len(one.plain) >= _LONG
    return "name_look" if latin and near(one.plain, other.plain) else "name_other"


def _of_part(one: Called, other: Called) -> str:
    """王姐 and 王芳 may be one; 王先生 and a woman of that name are not."""
    if one.male is not None and other.male is not None and one.male != other.male:
        return "name_other"
    part, whole = (one, other) if one.part else (other, one)
    fits = bool(part.plain) and whole.plain.startswith(part.plain)
    return "name_part" if fits else "name_other"


def _of_han(one: Called, other: Called) -> str:
    if len(one.plain) != len(other.plain):
        return "name_other"
    if one.syllables == other.syllables:
        return "name_sound"
    if len(one.syllables) == len(one.plain) == len(other.syllables):
        pairs = zip(one.plain, other.plain, one.syllables, other.syllables, strict=True)
        if all(a == b or x == y or _looks(a, b) for a, b, x, y in pairs):
            return "name_look"
    exchanged = len(one.plain) > 2 and sorted(one.plain) == sorted(other.plain)
    return "name_look" if exchanged and one.plain[0] == other.plain[0] else "name_other"


def _looks(one: str, other: str) -> bool:
    return one in _GROUP and _GROUP[one] == _GROUP.get(other)


def _same_words(one: Called, other: Called) -> bool:
    """Whether the words of two names are the same in some order: surname first or last."""
    a, b = one.syllables or one.words, other.syllables or other.words
    whole = "".join(b)
    return any("".join((*a[at:], *a[:at])) == whole for at in range(len(a))) or any(
        "".join((*b[at:], *b[:at])) == "".join(a) for at in range(len(b))
    )


def born(day: date) -> SpecialDay:
    """A birthday of a document."""
    return SpecialDay(day.month, day.day, day.year)
