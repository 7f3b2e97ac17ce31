"""What people and programs write into a cell that they leave empty."""

from collections.abc import Iterable, Iterator

from tourcrm.base.parsing.texts import EDGES

_SIGNS = tuple(sign * many for sign in "-—–―/\\._~…?、。" for many in range(1, 7))
_CHINESE = (
    "无 暂无 没有 未知 不详 不明 空 空白 未填 未填写 没填 未指定 未提供 未登记 未留 待定 待补 "
    "待补充 无数据 暂缺 缺 保密 无此项 無 暫無 沒有 不詳 未填寫 未登記 待補 待補充 無數據 暫缺 "
    "(空) [空] <空> 【空】 (无) [无] (無) (空白) (未填) (暂无) 〈空〉"
)
# Programs write these where there is nothing; in names they mean nothing, too.
_PROGRAMS = "n/a #n/a <na> null (null) [null] <null> \\n undefined (none) (blank) [blank] tbd tba"
# These are names of people as well, written like names: Na, Nan, Null, Nil.
_NAMES = "na null nil nan nat"
_UNKNOWN = "none unknown unspecified"
# Days that databases and spreadsheets have for none.
_NO_DAYS = (
    "0000-00-00",
    "0000/00/00",
    "0000.00.00",
    "00000000",
    "00/00/0000",
    "00-00-0000",
    "0000年00月00日",
    "0000-00-00 00:00:00",
    "0000/00/00 00:00:00",
    "0000-00-00T00:00:00",
    "0000-00-00T00:00:00Z",
    "0/0/00",
    "00/00/00",
    "0/0/0000",
    "1900-01-00",
    "1900/01/00",
    "1900/1/0",
    "1900-1-0",
    "1900-01-00 00:00:00",
    "1900/1/0 0:00",
    "1900/1/0 0:00:00",
    "1900年1月0日",
    "0001-01-01",
    "0001-01-01 00:00:00",
    "0001-01-01T00:00:00",
    "0001-01-01T00:00:00Z",
    "0001/1/1 0:00:00",
)
_WIDE = {place: place + 0xFEE0 for place in range(0x21, 0x7F)}


def _spelled(words: Iterable[str], *, capitalized: bool = True) -> Iterator[str]:
    """Words in the ways in which they are written: small, in capitals, in full width."""
    for word in words:
        cases = {word, word.lower(), word.upper()}
        if capitalized:
            cases |= {word.capitalize(), word[:1] + word[1:].title()}
        for one in cases:
            yield one
            yield one.translate(_WIDE)


# For names: a person may be called Na or Null, but nobody is called NULL or 无.
NO_NAME = frozenset(
    {
        *_spelled((*_SIGNS, *_NO_DAYS)),
        *_spelled(_CHINESE.split()),
        *_spelled(_PROGRAMS.split(), capitalized=False),
        *_spelled(_NAMES.split(), capitalized=False),
        *_spelled(_UNKNOWN.split()),
        "N/a",
        "NaN",
        "NaT",
        "<NA>",
    }
)
NOTHING = NO_NAME | frozenset(
    _spelled((*_PROGRAMS.split(), *_NAMES.split(), *_UNKNOWN.split(), "no data"))
)
# For texts, which may be the name of a guide or a colleague.
NO_TEXT = NOTHING - {"Na", "Nan", "Nil"}


def is_nothing(cell: str, nothing: frozenset[str] = NOTHING) -> bool:
    """Whether a cell is blank, or holds what means that."""
    plain = cell.strip(EDGES)
    return not plain or plain in nothing
