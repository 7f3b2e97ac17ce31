"""Stored text made safe to show: no control codes, known width, personal numbers masked.

What customers, sheets and colleagues typed is shown literally and visibly; it never steers the
terminal, never turns the reading direction, and never hides. Stored values stay as they are.
Widths are terminal cells: a Chinese character takes two, a combining mark none.
"""

import re
import unicodedata

from tourcrm.base.patterns import pattern

ELLIPSIS = "…"

# What must not reach a screen as it stands: controls, characters without a shape of their own,
# direction marks, surrogates, private use, tags and noncharacters. Variation selectors up to
# U+FE0F stay: they only choose between two looks of the emoji before them.
_UNSAFE = pattern(
    "\r\n|["
    "\x00-\x1f\x7f-\x9f"
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202f\u205f-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U0010ffff"
    "]"
)
_FIRST_PICTURE = 0x2400  # U+2400 is the picture of NUL; those of the other C0 codes follow it
_PICTURES = {"\r\n": "⏎", "\n": "⏎", "\x7f": "␡", "\u2028": "⏎", "\u2029": "⏎"}
# Blanks that only look odd; as plain blanks they lose nothing that a reader could see.
_BLANKS = {"\u202f": " ", "\u205f": " "}


# What stays in words that a customer gets, one sign where a letter or picture needs it: joiners and
# non-joiners of scripts that are written with them (Arabic and Persian, Indic, Tibetan, Burmese,
# Khmer), joiners between emoji, variants of Chinese characters and of Mongolian letters.
_SCRIPTS = "\u0620-\u06ff\u0750-\u077f\u08a0-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u17ff"
_PICTURED = "\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff"
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_NEEDED = pattern(
    f"(?<=[{_SCRIPTS}])[\u200c\u200d]"
    f"|(?<=[{_PICTURED}\ufe0f])\u200d(?=[{_PICTURED}])"
    f"|(?<=[{_HAN}])[\U000e0100-\U000e01ef]"
    "|(?<=[\u1820-\u18aa])[\u180b-\u180d\u180e\u180f]"
)


def visible(text: str, limit: int | None = None) -> str:
    """`text` on one line, with every invisible or steering character shown as a sign of itself.

    Ordinary Chinese, accents and emoji stay as they are. `limit` is in terminal cells: what does
    not fit is cut and ends in an ellipsis. The result is for eyes only; it cannot be read back.
    """
    if limit is not None and len(text) > 4 * limit + 16:
        # A note of 10 MB is not worth escaping to its end; sixteen marks may share a cell.
        text = text[: 16 * limit + 64]
    if _UNSAFE.search(text):
        text = _UNSAFE.sub(_escape, text)
    return text if limit is None else shorten(text, limit)


def sayable(text: str, limit: int | None = None) -> str:
    """Words to be pasted and sent: as `visible`, but whole for whoever gets them.

    The few signs that hide and yet belong to how a word or an emoji is written stay where they are
    needed; what steers a terminal or turns the reading direction is shown by a sign as ever.
    """
    if limit is not None and len(text) > 4 * limit + 16:
        text = text[: 16 * limit + 64]
    if not _UNSAFE.search(text):
        return text if limit is None else shorten(text, limit)
    pieces, start = [], 0
    for needed in _NEEDED.finditer(text):
        pieces += [_UNSAFE.sub(_escape, text[start : needed.start()]), needed.group()]
        start = needed.end()
    whole = "".join(pieces) + _UNSAFE.sub(_escape, text[start:])
    return whole if limit is None else shorten(whole, limit)


def _escape(match: re.Match[str]) -> str:
    found = match.group()
    sign = _PICTURES.get(found) or _BLANKS.get(found)
    if sign:
        return sign
    code = ord(found)
    if code < 0x20:
        return chr(_FIRST_PICTURE + code)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


class _Cells(dict[str, int]):
    """Terminal cells that characters take, worked out once: half the time of a cached function."""

    def __missing__(self, character: str) -> int:
        cells = 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if unicodedata.category(character) in ("Mn", "Me", "Cc", "Cf", "Cs"):
            cells = 0
        if len(self) < 8192:
            self[character] = cells
        return cells


_CELLS = _Cells()
cells_of = _CELLS.__getitem__  # terminal cells that one character takes


def width(text: str) -> int:
    """Terminal cells that `text` takes (of text that is already `visible`)."""
    if text.isascii() and text.isprintable():
        return len(text)
    return sum(map(cells_of, text))


def shorten(text: str, cells: int) -> str:
    """`text` in at most `cells` terminal cells, ending in an ellipsis where it was cut."""
    if len(text) * 2 <= cells or width(text) <= cells:
        return text
    if cells < 1:
        return ""
    room = cells - 1
    for place, character in enumerate(text):
        room -= cells_of(character)
        if room < 0:
            return text[:place] + ELLIPSIS
    return text


def pad(text: str, cells: int) -> str:
    """`text` filled with blanks on the right to `cells` terminal cells; longer text stays."""
    return text + " " * (cells - width(text))


def mask_phone(number: str) -> str:
    """A phone number (E.164) that tells its owner, not a stranger: "138****5678".

    Numbers of mainland China are shown as dialled there (landlines with their 0); others keep
    the plus sign. Fewer than eight digits are hidden whole.
    """
    if number.startswith("+861") and len(number) == 14:
        return f"{number[3:6]}****{number[10:]}"
    if number.startswith("+86"):
        digits = number[3:]
        if not digits.startswith(("400", "800")):
            digits = "0" + digits
        return _masked(digits, 3, 4)
    if number.startswith("+"):
        return "+" + _masked(number[1:], 3, 2)
    return _masked(number, 3, 4)


def mask_id(number: str) -> str:
    """An ID number with its province and last digits only: "110***********1234"."""
    return _masked(number, 3, 4) if len(number) >= 15 else "*" * len(number)


def mask_passport(number: str) -> str:
    """A passport number with its first and last character only; short ones hidden whole."""
    return _masked(number, 1, 1) if len(number) >= 7 else "*" * len(number)


def _masked(text: str, head: int, tail: int) -> str:
    """`text` with its middle hidden; hidden whole where four signs would not stay hidden."""
    hidden = len(text) - head - tail
    if hidden < 3 or len(text) < 8:
        return "*" * len(text)
    return text[:head] + "*" * hidden + text[-tail:]
