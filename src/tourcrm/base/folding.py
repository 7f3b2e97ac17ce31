"""One text in two spellings: the form in which texts are compared, wherever that is done.

Case (of any script), composed and decomposed accents, full and half width, the dots of names,
apostrophes and dashes, blanks, and characters of old encodings make no difference.
"""

import re
import unicodedata

from tourcrm.base.parsing.characters import OLD_GLYPHS
from tourcrm.base.parsing.texts import DASHES, HAN, NO_INVISIBLE

# 古丽米热·艾比布力: the same name with any of these, and without.
_DOTS = "·•・･‧∙⋅\u0387ㆍ᛫●"
_SAME = (
    OLD_GLYPHS
    | NO_INVISIBLE
    | DASHES
    | dict.fromkeys(map(ord, _DOTS))
    | dict.fromkeys(map(ord, "’‘ʼ‛`´ʹ′"), "'")
)
_BETWEEN_HAN = re.compile(f"(?<={HAN})[ .]+(?={HAN})")


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
