"""Names in pinyin, so that 王芳 is found as "wangfang" or "wf". Worked out when a name is stored.

pypinyin knows words, but misreads many surnames (曾, 单, 仇 ...) and costs 0.3 s to import; so the
readings of surnames are ours (surnames.py), and every character is looked up once.
"""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from tourcrm.base.patterns import pattern
from tourcrm.base.surnames import COMPOUND, READINGS


class Pinyin(NamedTuple):
    """Syllables without tones ("wang fang") and their first letters ("wf"); ü is written v."""

    full: str | None
    initials: str | None


_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"
_PERSON = pattern(f"[{_HAN}]{{2,4}}")
_RUNS = pattern(f"([{_HAN}]+)|([a-z0-9]+)")


def of_name(name: str) -> Pinyin:
    """The pinyin of a name; Latin words stay, without accents. Nothing to spell: (None, None)."""
    plain = unicodedata.normalize("NFKC", name)
    if _PERSON.fullmatch(plain):
        syllables = _person(plain)
    else:
        parts = unicodedata.normalize("NFKD", plain).replace("'", "").casefold()
        bare = "".join(c for c in parts if not unicodedata.combining(c))
        syllables = [
            syllable
            for han, word in _RUNS.findall(bare)
            for syllable in (_words(han) if han else (word,))
        ]
    if not syllables:
        return Pinyin(None, None)
    return Pinyin(" ".join(syllables), "".join(syllable[0] for syllable in syllables))


def of_names(names: Iterable[str]) -> list[Pinyin]:
    """The pinyin of many names, in their order; equal names and characters are looked up once."""
    known: dict[str, Pinyin] = {}
    found = []
    for name in names:
        pinyin = known.get(name)
        if pinyin is None:
            pinyin = known[name] = of_name(name)
        found.append(pinyin)
    return found


def spells(pinyin: str, letters: str) -> bool:
    """Whether letters are syllables that follow one another in a name, each whole or only begun:
    wangxm, wxiaom and xming of "wang xiao ming"."""
    syllables = pinyin.split(" ")
    ends = {0}  # how many letters are used up, by the syllable before
    for syllable in syllables:
        after = set()
        for used in ends:
            for size in range(1, len(syllable) + 1):
                if letters[used : used + size] != syllable[:size]:
                    break
                after.add(used + size)
        if len(letters) in after:
            return True
        ends = after | {0}
    return False


def _person(name: str) -> list[str]:
    """The syllables of a Chinese name of two to four characters: surname, then given name."""
    compound = COMPOUND.get(name[:2]) if len(name) > 2 else None
    if compound:
        return [*compound.split("-"), *map(_syllable, name[2:])]
    return [READINGS.get(name[0]) or _syllable(name[0]), *map(_syllable, name[1:])]


@lru_cache(maxsize=16384)
def _syllable(character: str) -> str:
    return _words(character)[0]


def _words(han: str) -> list[str]:
    """The syllables of Chinese text, read as words (重庆, 银行); what nobody can read stays."""
    from pypinyin import lazy_pinyin

    return [str(syllable) for syllable in lazy_pinyin(han)]
