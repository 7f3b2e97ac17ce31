"""Whether the name in a passport is that of a person: 王小明 and WANG/XIAOMING.

A Chinese name is spelled in pinyin, its surname as surnames are read (单 is SHAN) and its given
name by any of its characters' readings; ü is YU, as passports write it since 2012, or V, as before.
Other names are compared without accents. Whoever spells a name in another way (Cantonese, Japanese,
Uyghur) is not told that it is wrong: what cannot be judged is None.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import permutations

from tourcrm.base.names import called
from tourcrm.base.parsing.traditional import ONE_FORM
from tourcrm.base.patterns import pattern
from tourcrm.base.surnames import ALSO_READ, COMPOUND, READINGS, may_be_foreign

_HAN = pattern("[\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af]+")
_TITLES = frozenset(
    (
        *("mr", "mrs", "ms", "miss", "mstr", "master", "chd", "chld", "inf"),
        *("dr", "prof", "sir", "mme", "mlle", "herr", "frau"),
    )
)
# Behind the given name, without a blank: what airlines print, WANG/XIAOMINGMR.
_ATTACHED = frozenset(("", "mr", "mrs", "ms", "miss", "mstr", "chd", "inf"))
_LETTERS = pattern("[a-z]+")
# How the machine-readable line of a passport and its holder may spell one letter.
_SPELLED = str.maketrans(
    {"ü": "ue", "ö": "oe", "ä": "ae", "å": "aa", "ø": "oe", "æ": "ae", "ñ": "n"}
)
_BARE = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})


def agree(name: str, in_passport: str) -> bool | None:
    """Whether two names are one; None where that cannot be told."""
    words = _words(in_passport)
    if not words or (len(words) == 1 and len(words[0]) == 1):
        return None
    plain = unicodedata.normalize("NFKC", name)
    if not _HAN.search(plain):
        return _agree_latin(plain, in_passport)
    latin = _words(_HAN.sub(" ", plain))  # 王小明 Wang Tom: either may be what the passport has
    if len(latin) > 1 and sorted(latin) == sorted(words):
        return True
    people = called(plain)
    if people.company or people.nickname or len(people.people) != 1:
        return None
    return _agree_chinese(people.people[0].translate(ONE_FORM), "".join(words))


def _agree_chinese(name: str, letters: str) -> bool | None:
    parts = _HAN.findall(name)
    han = "".join(parts)
    if any(_spell(way, letters) for way in _ways(han, parts)):
        return True
    sure = 2 <= len(han) <= 3 or (len(han) == 4 and han[:2] in COMPOUND)
    return None if not sure or may_be_foreign(han) else False


_Way = Sequence[tuple[str, ...]]  # of each syllable, how it may be spelled


def _spell(way: _Way, letters: str) -> bool:
    """Whether letters are these syllables one after another, with a form of address at most."""
    ends = {0}
    for syllable in way:
        ends = {end + len(one) for end in ends for one in syllable if letters.startswith(one, end)}
    return any(letters[end:] in _ATTACHED for end in ends)


def _ways(han: str, parts: Sequence[str]) -> Iterator[_Way]:
    """How a name may be spelled, surname and given name in either order."""
    for size, surname in _surnames(han):
        given = [_given(one) for one in han[size:]]
        yield [*surname, *given]
        yield [*given, *surname]
    if len(parts) > 1:  # 古丽米热·艾比布力, in any order of its parts
        for some in permutations(parts[:4]):
            yield [_given(one) for part in some for one in part]


def _surnames(han: str) -> Iterator[tuple[int, _Way]]:
    """What the surname may be: of two characters, of one, or those of father and mother (王陈小明);
    each with its size."""
    if han[:2] in COMPOUND:
        yield 2, [_spelled(one) for one in COMPOUND[han[:2]].split("-")]
    yield 1, [_surname(han[0])]
    if len(han) == 4:
        yield 2, [_surname(han[0]), _surname(han[1])]


def _surname(character: str) -> tuple[str, ...]:
    known = READINGS.get(character)
    if known is None:
        return _given(character)
    readings = (known, *ALSO_READ.get(character, "").split())
    return tuple(way for one in readings for way in _spelled(one))


def _given(character: str) -> tuple[str, ...]:
    return tuple(way for one in _readings(character) for way in _spelled(one))


def _spelled(syllable: str) -> tuple[str, ...]:
    """A syllable as passports have it: lv is lyu, or lv; lve is lyue, or lve."""
    if syllable[1:2] != "v":
        return (syllable,)
    return f"{syllable[0]}yu{syllable[2:]}", syllable


@lru_cache(maxsize=8192)
def _readings(character: str) -> tuple[str, ...]:
    """All readings of a character, without tones; ü is v."""
    from pypinyin import Style, pinyin

    found = pinyin(character, style=Style.NORMAL, heteronym=True)[0]
    return tuple(one for one in map(_ascii, found) if one)


def _ascii(syllable: str) -> str:
    return "".join(_LETTERS.findall(_bare(syllable.replace("ü", "v"))))


# --- names in letters -----------------------------------------------------------------------------


def _agree_latin(name: str, in_passport: str) -> bool | None:
    if not _words(name):
        return None  # Cyrillic, kana, Hangul
    for one in (name, _spelled_out(name)):
        for other in (in_passport, _spelled_out(in_passport)):
            if _same_words(_words(one), _words(other)):
                return True
    return False


def _same_words(some: list[str], others: list[str]) -> bool:
    """Whether words are those of one name, in any order; either may leave out middle names."""
    if sorted("".join(some)) == sorted("".join(others)) and _runs(some, others):
        return True
    fewer, more = sorted((set(some), set(others)), key=len)
    return len(fewer) > 1 and fewer <= more


def _runs(some: list[str], others: list[str]) -> bool:
    """Whether the words of one are those of the other, some run together: MARYANN, MARY ANN."""
    whole = "".join(others)
    if len(some) > 6:
        return sorted(some) == sorted(others)
    return any("".join(one) == whole for one in permutations(some))


def _spelled_out(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold().translate(_SPELLED)


def _bare(text: str) -> str:
    """A text in small letters, without accents."""
    parts = unicodedata.normalize("NFKD", text.casefold().translate(_BARE))
    return "".join(c for c in parts if not unicodedata.combining(c))


def _words(text: str) -> list[str]:
    """The words of a name in letters, without forms of address at its ends."""
    plain = re.sub("['’‘ʼ`´.-]", "", _bare(unicodedata.normalize("NFKC", text)))
    found = _LETTERS.findall(plain)
    while len(found) > 1 and found[-1] in _TITLES:
        found.pop()
    while len(found) > 2 and found[0] in _TITLES:
        found.pop(0)
    return found
