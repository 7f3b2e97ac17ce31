"""One text in two spellings: the form in which texts are compared, wherever that is done.

Case (of any script), composed and decomposed accents, full and half width, the dots of names,
apostrophes and dashes, blanks, and characters of old encodings make no difference.
"""

import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

from tourcrm.base.parsing.characters import OLD_GLYPHS
from tourcrm.base.parsing.texts import DASHES, HAN, NO_INVISIBLE
from tourcrm.base.parsing.traditional import ONE_FORM
from tourcrm.base.patterns import pattern

# 古丽米热·艾比布力: the same name with any of these, and without.
_DOTS = "·•・･‧∙⋅\u0387ㆍ᛫●"
_SAME = (
    OLD_GLYPHS
    | NO_INVISIBLE
    | DASHES
    | dict.fromkeys(map(ord, _DOTS))
    | dict.fromkeys(map(ord, "’‘ʼ‛`´ʹ′"), "'")
)
_BETWEEN_HAN = pattern(f"(?<={HAN})[ .]+(?={HAN})")


def folded(text: str) -> str:
    """A text as texts are compared; its words stay apart, but for those of Chinese."""
    if text.isascii():
        return " ".join(text.lower().split())
    plain = unicodedata.normalize("NFKC", text.translate(_SAME)).translate(_SAME)
    plain = unicodedata.normalize("NFKC", plain.casefold())
    return _BETWEEN_HAN.sub("", " ".join(plain.split()))


def joined(text: str) -> str:
    """A name as names are compared: `folded`, and without any blank."""
    return folded(text).replace(" ", "")


def same(one: str | None, other: str | None) -> bool:
    """Whether two texts are spellings of one; a blank is one of nothing but a blank."""
    return one == other or (bool(one and other) and folded(one or "") == folded(other or ""))


# Letters with a stroke, or two in one: they have no accent that could be taken off.
_STROKES = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
_ACCENTS = pattern("[\u0300-\u036f]")


def unaccented(text: str) -> str:
    """A text without the accents of its letters: José is Jose."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFD", text.translate(_STROKES))
    return unicodedata.normalize("NFC", _ACCENTS.sub("", plain))


def loose(text: str) -> str:
    """A text as it is looked for: `folded`, without accents, traditional characters simplified."""
    plain = folded(text)
    return plain if plain.isascii() else unaccented(plain).translate(ONE_FORM)


def _other_forms() -> dict[str, str]:
    found: dict[str, str] = {}
    for code, simple in ONE_FORM.items():
        one = chr(simple)
        found[one] = found.get(one, one) + chr(code)
    return found


# A simplified character -> itself and all traditional ones that become it.
FORMS: Mapping[str, str] = MappingProxyType(_other_forms())
