"""Texts in cells: their plain form, names, codes, e-mail addresses."""

import unicodedata

from tourcrm.base.errors import CellError
from tourcrm.base.i18n import N_
from tourcrm.base.parsing.characters import OLD_GLYPHS
from tourcrm.base.patterns import pattern

_SPACES = "\t\n\v\f\r\x1c\x1d\x1e\x1f\x20\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
# Soft hyphen, direction marks, zero-width signs, byte order mark: what copying leaves behind.
_INVISIBLE = "\u00ad\u061c\u180e\ufeff" + "".join(
    map(chr, (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A)))
)
EDGES = _SPACES + _INVISIBLE
_WIDE_WORD: dict[int, int | str] = {
    wide: wide - 0xFEE0
    for wide in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
} | dict.fromkeys(map(ord, _SPACES), " ")
_WIDE_WORD.update(OLD_GLYPHS)
_WIDE = (
    {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
    | {0xFFE5: "¥"}
    | dict.fromkeys(map(ord, _SPACES), " ")
)
NO_INVISIBLE = dict.fromkeys(map(ord, _INVISIBLE))
DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")

_UNSOUND = pattern("[\0\ud800-\udfff]")
_TEXT_FORMULA = pattern(r"=\"([^\"']*)\"")
_STARS = pattern("[*✱∗•●○■█]")
MASKED = pattern(r"[*✱∗•●○■█]|(?<=[0-9])[xX×]{3,}")
SCIENTIFIC = pattern(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{1,3}")
HAN = "[\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af]"
_SHORT_HAN_NAME = pattern(f"{HAN}(?: *{HAN}){{1,2}}")

_LONG = N_("it is too long: at most {limit} characters")
MASKED_REASON = N_("it is masked with stars: write it in full")
DAMAGED = N_(
    "Excel has damaged this number and its last digits are lost: "
    "format the column as text and type the number again"
)


def blank(cell: str) -> bool:
    """Whether nothing can be seen in a cell: empty, blanks, zero-width signs."""
    return not cell.strip(EDGES)


def _sound(text: str, limit: int) -> str:
    """`text`, unless it is empty, too long, or holds what no text may hold."""
    if not text:
        raise CellError(N_("it is empty"))
    if len(text) > limit:
        raise CellError(_LONG, limit=limit)
    if _UNSOUND.search(text):
        raise CellError(
            N_("it holds NUL or broken characters: save the file again as UTF-8, or retype it")
        )
    return text


def cleaned(cell: str, limit: int) -> str:
    # The raw cell is measured first, so that a cell of 10 MB costs nothing.
    if len(cell) > limit + 200:
        raise CellError(_LONG, limit=limit)
    return _sound(clean(cell), limit)


def clean(cell: str) -> str:
    """A cell that holds a word or number, in plain form.

    Full-width letters, digits and signs become ASCII, every kind of blank a space, blanks and
    invisible signs at both ends go; so do the marks by which Excel keeps a number as text: an
    apostrophe before it, or ="..." around it.
    """
    text = cell if cell.isascii() else cell.translate(_WIDE)
    text = text.strip(EDGES).lstrip(EDGES + "'")
    formula = _TEXT_FORMULA.fullmatch(text)
    return formula[1].strip(EDGES) if formula else text


def text(cell: str, limit: int = 10_000) -> str:
    """Free text: nothing but blanks at both ends is taken away."""
    if len(cell) > limit * 2:
        raise CellError(_LONG, limit=limit)
    return _sound(cell.strip(EDGES), limit)


def composed(text: str) -> str:
    """The usual code points of a text: é as one, 䶮 as itself and not in a private area."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", text.translate(OLD_GLYPHS))


def label(cell: str) -> str:
    """A text by which things are told apart, such as a place: in the usual code points."""
    return composed(text(cell))


def masked(cell: str) -> bool:
    """Whether digits or letters are hidden: 138****5678, 138xxxx5678."""
    return MASKED.search(clean(cell)) is not None


_PHONE_AS_NAME = pattern(r"\+?[\d -]{7,}")


def name(cell: str) -> str:
    """A name of a person or company, at most 200 characters.

    Runs of blanks become one; inside a Chinese name of two or three characters they go (张 三).
    """
    if len(cell) > 1000:
        raise CellError(_LONG, limit=200)
    plain = cell if cell.isascii() else composed(cell.translate(_WIDE_WORD))
    found = _sound(" ".join(plain.strip(EDGES).split()), 200)
    if _PHONE_AS_NAME.fullmatch(found):
        raise CellError(N_("this is a number, not a name: did the columns slip?"))
    return found.replace(" ", "") if _SHORT_HAN_NAME.fullmatch(found) else found


# A million orders have a million codes: the usual shape is taken at once.
_USUAL_CODE = pattern("[A-Za-z0-9_-]{1,64}")


def code(cell: str) -> str:
    """A customer or order code: 1 to 64 printable characters; leading zeros are kept."""
    if _USUAL_CODE.fullmatch(cell):
        return cell
    found = cleaned(cell, 64)
    if not found.isprintable():
        raise CellError(N_("a code cannot hold control or invisible characters: retype it"))
    if _STARS.search(found):
        raise CellError(MASKED_REASON)
    if SCIENTIFIC.fullmatch(found) and "+" in found:
        raise CellError(DAMAGED)
    return found


_EMAIL = pattern(
    r"([\w.!#$%&'+/=?^`{|}~-]{1,64})@((?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]*)"
)


def email(cell: str) -> str:
    """An e-mail address; its domain in small letters."""
    found = cleaned(cell, 254)
    if _STARS.search(found):
        raise CellError(MASKED_REASON)
    match = _EMAIL.fullmatch(found)
    if not match:
        raise CellError(N_("it is no e-mail address: write one like name@example.com"))
    return f"{match[1]}@{match[2].lower()}"
