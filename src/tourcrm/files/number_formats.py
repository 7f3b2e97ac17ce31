"""Which number formats of a workbook show a day without its year, or a month without its day.

Excel fills in what was not typed: 3月5日 becomes a day of this year, shown as 3月5日; a code 3-12
becomes the same. What is shown is what was meant.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping

SHOWN = "\u2064"  # before the text of such a cell; no sheet holds it, and it cannot be seen

YEARLESS = 1
DAYLESS = 2
BUILT_IN = {16: YEARLESS, 17: DAYLESS} | {
    number: kind
    for kind, numbers in ((YEARLESS, (28, 29, 51, 53, 54, 58)), (DAYLESS, (27, 36, 50, 52, 57)))
    for number in numbers
}
# What is no part of a day: "月", \-, [$-804], [Red], _) and *-.
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|[_*].')


def kind_of(code: str) -> int:
    """YEARLESS, DAYLESS, or 0 for any other format."""
    plain = _LITERAL.sub(" ", code.partition(";")[0]).lower().replace("general", "")
    year, month, day, clock = (any(c in plain for c in signs) for signs in ("yeg", "m", "d", "hs"))
    if month and day and not year:
        return YEARLESS
    if month and not day and (year or not clock) and re.fullmatch(r"[ymeg\s/.,年月-]+", plain):
        return DAYLESS
    return 0


def shortened(elements: Iterable[tuple[str, Mapping[str, str]]]) -> dict[str, int]:
    """Of the cell styles of a styles.xml, by their numbers, those of such a format."""
    own: dict[int, int] = {}
    found: dict[str, int] = {}
    place, inside = 0, False
    for tag, attributes in elements:
        if tag == "numFmt":
            own[_number(attributes.get("numFmtId"))] = kind_of(attributes.get("formatCode", ""))
        elif tag in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
            inside = tag == "cellXfs"
        elif tag == "xf" and inside:
            number = _number(attributes.get("numFmtId"))
            kind = own.get(number, BUILT_IN.get(number, 0))
            if kind:
                found[str(place)] = kind
            place += 1
    return found


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0


def shown(value: object, kind: int, epoch1904: bool) -> str | None:
    """The text that a cell of such a format shows; None where it holds no day."""
    if type(value) is float or type(value) is int:
        start = dt.date(1904, 1, 1) if epoch1904 else dt.date(1899, 12, 30)
        if not 60 < value < 100_000:
            return None
        value = start + dt.timedelta(days=int(value))
    if not isinstance(value, dt.date):
        return None
    if kind == DAYLESS:
        return f"{SHOWN}{value.year}年{value.month}月"
    return f"{SHOWN}{value.month}月{value.day}日"
