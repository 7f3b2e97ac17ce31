"""Cells of a sheet: the text of one cell in, a value out, or CellError with the reason.

One parser for each kind of cell. Callers treat blank cells (see `blank`) as absent and never pass
them in. Nothing is guessed: what can be read in two ways is refused, saying what to write instead.
No message repeats the cell, which may hold personal data.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import cast

from tourcrm.base import lunar
from tourcrm.base.errors import CellError
from tourcrm.base.i18n import N_
from tourcrm.base.lunar import Calendar
from tourcrm.base.lunar import SpecialDay as SpecialDay  # what `special_day` returns

FIRST_YEAR = 1900
LAST_YEAR = 2100

# ---------------------------------------------------------------- text

_SPACES = "\t\n\v\f\r\x1c\x1d\x1e\x1f\x20\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
# Soft hyphen, direction marks, zero-width signs, byte order mark: what copying leaves behind.
_INVISIBLE = "\u00ad\u061c\u180e\ufeff" + "".join(
    map(chr, (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A)))
)
_EDGES = _SPACES + _INVISIBLE
_WIDE_WORD = {
    wide: wide - 0xFEE0
    for wide in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
} | dict.fromkeys(map(ord, _SPACES), " ")
_WIDE = (
    {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
    | {0xFFE5: "¥"}
    | dict.fromkeys(map(ord, _SPACES), " ")
)
_NO_INVISIBLE = dict.fromkeys(map(ord, _INVISIBLE))
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")

_UNSOUND = re.compile("[\0\ud800-\udfff]")
_TEXT_FORMULA = re.compile(r"=\"([^\"']*)\"")
_STARS = re.compile("[*✱∗•●○■█]")
_MASKED = re.compile(r"[*✱∗•●○■█]|(?<=[0-9])[xX×]{3,}")
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{1,3}")
_HAN = "[\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af]"
_SHORT_HAN_NAME = re.compile(f"{_HAN}(?: *{_HAN}){{1,2}}")

_LONG = N_("it is too long: at most {limit} characters")
_MASKED_REASON = N_("it is masked with stars: write it in full")
_DAMAGED = N_(
    "Excel has damaged this number and its last digits are lost: "
    "format the column as text and type the number again"
)


def blank(cell: str) -> bool:
    """Whether nothing can be seen in a cell: empty, blanks, zero-width signs."""
    return not cell.strip(_EDGES)


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


def _clean(cell: str, limit: int) -> str:
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
    text = text.strip(_EDGES).lstrip(_EDGES + "'")
    formula = _TEXT_FORMULA.fullmatch(text)
    return formula[1].strip(_EDGES) if formula else text


def text(cell: str, limit: int = 10_000) -> str:
    """Free text: nothing but blanks at both ends is taken away."""
    if len(cell) > limit * 2:
        raise CellError(_LONG, limit=limit)
    return _sound(cell.strip(_EDGES), limit)


def masked(cell: str) -> bool:
    """Whether digits or letters are hidden: 138****5678, 138xxxx5678."""
    return _MASKED.search(clean(cell)) is not None


_PHONE_AS_NAME = re.compile(r"\+?[\d -]{7,}")


def name(cell: str) -> str:
    """A name of a person or company, at most 200 characters.

    Runs of blanks become one; inside a Chinese name of two or three characters they go (张 三).
    """
    if len(cell) > 1000:
        raise CellError(_LONG, limit=200)
    plain = cell if cell.isascii() else cell.translate(_WIDE_WORD)
    found = _sound(" ".join(plain.strip(_EDGES).split()), 200)
    if _PHONE_AS_NAME.fullmatch(found):
        raise CellError(N_("this is a number, not a name: did the columns slip?"))
    return found.replace(" ", "") if _SHORT_HAN_NAME.fullmatch(found) else found


# A million orders have a million codes: the usual shape is taken at once.
_USUAL_CODE = re.compile("[A-Za-z0-9_-]{1,64}")


def code(cell: str) -> str:
    """A customer or order code: 1 to 64 printable characters; leading zeros are kept."""
    if _USUAL_CODE.fullmatch(cell):
        return cell
    found = _clean(cell, 64)
    if not found.isprintable():
        raise CellError(N_("a code cannot hold control or invisible characters: retype it"))
    if _STARS.search(found):
        raise CellError(_MASKED_REASON)
    if _SCIENTIFIC.fullmatch(found) and "+" in found:
        raise CellError(_DAMAGED)
    return found


_EMAIL = re.compile(
    r"([\w.!#$%&'+/=?^`{|}~-]{1,64})@((?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]*)"
)


def email(cell: str) -> str:
    """An e-mail address; its domain in small letters."""
    found = _clean(cell, 254)
    if _STARS.search(found):
        raise CellError(_MASKED_REASON)
    match = _EMAIL.fullmatch(found)
    if not match:
        raise CellError(N_("it is no e-mail address: write one like name@example.com"))
    return f"{match[1]}@{match[2].lower()}"


# ---------------------------------------------------------------- words and counts


def _key(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip(_EDGES).casefold()


def word(cell: str, words: Mapping[str, str]) -> str:
    """What `words` (small letters -> value) says for a cell, in any case and width."""
    key = _key(_clean(cell, 200))
    found = words.get(key) or words.get(re.sub(r"[\s-]+", "_", key))
    if found is None:
        raise CellError(N_("this word is not known here: write one of {words}"), words=_some(words))
    return found


def _some(words: Mapping[str, str]) -> str:
    """Up to eight accepted words, each with its first Chinese synonym."""
    chinese: dict[str, str] = {}
    for synonym, value in words.items():
        if not synonym.isascii():
            chinese.setdefault(value, synonym)
    values = list(dict.fromkeys(words.values()))
    shown = [f"{one} ({chinese[one]})" if one in chinese else one for one in values[:8]]
    return ", ".join(shown) + (", ..." if len(values) > 8 else "")


_YES = re.compile("y|yes|true|1|是的?|有|对|同意|[√✓✔☑✅]\ufe0f?")
_NO = re.compile("n|no|false|0|否|不是?|无|没有|不同意|[×✗✘✕❌☐]\ufe0f?")


def flag(cell: str) -> bool:
    """Yes or no."""
    key = _key(_clean(cell, 50))
    if _YES.fullmatch(key):
        return True
    if _NO.fullmatch(key):
        return False
    raise CellError(N_("it is neither yes nor no: write yes (是) or no (否)"))


def tags(cell: str) -> tuple[str, ...]:
    """Tags in their order, each once, each at most 50 characters."""
    parts = (part.strip(_EDGES) for part in re.split("[,，;；、|｜\r\n]", text(cell)))
    found = tuple(dict.fromkeys(part for part in parts if part))
    if any(len(tag) > 50 for tag in found):
        raise CellError(N_("a tag is too long: at most 50 characters; separate tags by commas"))
    return found


# "5天4晚" counts its days.
_COUNT = re.compile(
    r"([0-9]{1,9})(?:\.0+)?\s*(?:人|位|名|个|口|pax|people|persons?|guests?|days?|"
    r"[天日](?:\s*[0-9]{1,3}\s*[晚夜])?)?",
    re.IGNORECASE,
)


# A party of grown-ups and children: 2大1小, 2成人1儿童, 2+1.
_PARTY = re.compile(
    r"([0-9]{1,4})\s*(?:位|个)?(?:大人|成人|大)\s*[+,、 ]?\s*"
    r"([0-9]{1,4})\s*(?:位|个)?(?:儿童|小孩|孩子|小|童)"
    r"|([0-9]{1,4})\s*\+\s*([0-9]{1,4})"
)


def count(cell: str, low: int = 1, high: int = 9999) -> int:
    """A whole number from `low` to `high`, with or without its unit (3, 3人, 5天4晚, 2大1小)."""
    found = _clean(cell, 200)
    party = _PARTY.fullmatch(found)
    if party:
        found = str(sum(int(part) for part in party.groups() if part))
    match = _COUNT.fullmatch(found)
    if not match:
        if re.fullmatch(r"-\s*[0-9.]+", found.translate(_DASHES)):
            raise CellError(
                N_("it is negative: write a number from {low} to {high}"), low=low, high=high
            )
        raise CellError(N_("it is no whole number: write digits only, such as 3"))
    value = int(match[1])
    if not low <= value <= high:
        raise CellError(
            N_("it is out of range: write a number from {low} to {high}"), low=low, high=high
        )
    return value


# ---------------------------------------------------------------- phones

# Prefixes of Chinese mobile numbers that are surely in use; others are looked up.
_MOBILE = re.compile("1(?:3[0-9]|4[57]|5[0-35-9]|6[2567]|7[1-35-8]|8[0-9]|9[0-35-9])[0-9]{8}")
# 3123456789: an office number without its 0, or a mobile number without its 1.
_ZERO_OR_ONE_LOST = re.compile("(?![48]00)[3-9][0-9]{9}")
_PHONE_SIGNS = re.compile(r"[0-9+(). -]+")
_PHONE_LABEL = re.compile(
    r"(?:手机号码|手机号|手机|移动电话|联系电话|电话|座机|固话|tel(?:ephone)?|phone|mobile|mob|cell)[:.\s]*",
    re.IGNORECASE,
)
_EXTENSION = re.compile(
    r"\s*(?:[(]?\s*(?:转|分机号?|ext(?:ension)?\.?|x|#)\s*[:.]?\s*[0-9]{1,6}\s*[)]?)", re.IGNORECASE
)
# An office number with its extension behind a dash: 010-62345678-801.
_DASHED_EXTENSION = re.compile(
    r"(0[0-9]{2,3}[ -]?[0-9]{7,8}|[48]00[ -]?[0-9]{3}[ -]?[0-9]{4})-[0-9]{1,6}"
)
_PHONE_SEPARATOR = re.compile(r"[/、;,|\\&\n]|或者?|和|\bor\b|\band\b")


def phones(cell: str, region: str = "CN") -> tuple[str, str | None]:
    """One or two phone numbers in E.164: the first, and the second or None.

    Numbers without a country prefix belong to `region`. Extensions are dropped. Refused: masked
    or damaged numbers, a local number without its area code, numbers that no network has.
    """
    if region == "CN" and _MOBILE.fullmatch(cell):
        return "+86" + cell, None
    found = _clean(cell.replace("\n", "/"), 200).translate(_NO_INVISIBLE).translate(_DASHES)
    if _MASKED.search(found):
        raise CellError(_MASKED_REASON)
    parts = [part.strip() for part in _PHONE_SEPARATOR.split(found)]
    numbers: dict[str, None] = {}
    for part in parts:
        if part:
            numbers.update(dict.fromkeys(_spaced_numbers(part, region)))
    if not numbers:
        raise CellError(_NO_PHONE)
    if len(numbers) > 2:
        raise CellError(
            N_("more than two numbers in one cell: keep two and put the others into the note")
        )
    first, *rest = numbers
    return first, rest[0] if rest else None


def phone(cell: str, region: str = "CN") -> str:
    """Exactly one phone number in E.164; see `phones`."""
    first, second = phones(cell, region)
    if second:
        raise CellError(N_("two numbers in the cell: only one is wanted here"))
    return first


_NO_PHONE = N_(
    "no network has such a phone number: check the digits; "
    "write 13812345678, 010-62345678 or, for a foreign one, +65 61234567"
)


def _spaced_numbers(part: str, region: str) -> list[str]:
    """The numbers in a part of a cell: one, or several with nothing but blanks between them."""
    try:
        return [_number(part, region)]
    except CellError:
        words = part.split()
        for cut in range(1, min(len(words), 12)):
            try:
                head = _number(" ".join(words[:cut]), region)
                return [head, *_spaced_numbers(" ".join(words[cut:]), region)]
            except CellError:
                continue
        raise


def _number(part: str, region: str) -> str:
    digits = _PHONE_LABEL.sub("", part, count=1) if _PHONE_LABEL.match(part) else part
    if _SCIENTIFIC.fullmatch(digits):
        raise CellError(_DAMAGED)
    digits = re.sub(r"(?<=[0-9]{5})\.0+$", "", digits)
    digits = _cut_extension(digits).replace("(0)", "")
    if not _PHONE_SIGNS.fullmatch(digits):
        raise CellError(N_("it holds more than a phone number: put other words into the note"))
    digits = re.sub("^00", "+", re.sub("[^0-9+]", "", digits))
    if "+" in digits[1:]:
        raise CellError(_NO_PHONE)
    if region == "CN" and not digits.startswith(("0", "+")):
        if _MOBILE.fullmatch(digits):
            return "+86" + digits
        if len(digits) in (7, 8):
            raise CellError(N_("a local number without its area code: write it like 010-62345678"))
        if len(digits) < 10:
            raise CellError(_NO_PHONE)
        if _ZERO_OR_ONE_LOST.fullmatch(digits):
            raise CellError(
                N_("its first digit is missing: write 0312-3456789, or all 11 digits of a mobile")
            )
    return _looked_up(digits, region)


def _cut_extension(number: str) -> str:
    match = _EXTENSION.search(number)
    if match and match.end() == len(number):
        return number[: match.start()]
    dashed = _DASHED_EXTENSION.fullmatch(number)
    return dashed[1] if dashed else number


def _looked_up(digits: str, region: str) -> str:
    import phonenumbers

    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        raise CellError(_NO_PHONE) from None
    if not phonenumbers.is_valid_number(number):
        raise CellError(_NO_PHONE)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


# ---------------------------------------------------------------- identity documents

# GB/T 2260: the first two digits. 81 to 83: residence permits for Hong Kong, Macau and Taiwan.
_PROVINCE = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
# GB 11643, after ISO 7064 MOD 11-2.
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"


def id_number(cell: str) -> str:
    """A Chinese resident ID number, 18 characters; old ones of 15 digits are converted.

    The check digit, the province and the birth date must be right (GB 11643). The permanent
    residence card of a foreigner (from 2023: a 9 and the province) is one too.
    """
    found = _clean(cell, 100).translate(_NO_INVISIBLE).translate(_DASHES)
    if _MASKED.search(found):
        raise CellError(_MASKED_REASON)
    if _SCIENTIFIC.fullmatch(found) or re.fullmatch(r"[0-9]{15,18}\.0+", found):
        raise CellError(_DAMAGED)
    found = re.sub("[ -]", "", found).upper()
    if re.fullmatch("[0-9]{15}", found):
        found = f"{found[:6]}19{found[6:]}"
        found += _check_digit(found)
    elif not re.fullmatch("[0-9]{17}[0-9X]", found):
        if re.fullmatch("[0-9]{14}000", found):
            raise CellError(_DAMAGED)
        raise CellError(N_("an ID number has 18 characters: 17 digits and a digit or X"))
    elif found[17] != _check_digit(found):
        if found.endswith("000"):
            raise CellError(_DAMAGED)
        raise CellError(N_("the check digit of the ID number is wrong: a digit is mistyped"))
    province = found[1:3] if found[0] == "9" else found[:2]
    if not _PROVINCE.fullmatch(province):
        raise CellError(N_("the ID number begins with no province's code: check its digits"))
    _check_birthday(found)
    return found


def _check_digit(number: str) -> str:
    pairs = zip(number[:17], _WEIGHTS, strict=True)
    return _CHECK_DIGITS[sum(int(digit) * weight for digit, weight in pairs) % 11]


def _check_birthday(number: str) -> None:
    try:
        year = birthday_of(number).year
    except ValueError:
        year = 0
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CellError(N_("the birth date inside the ID number does not exist: check its digits"))


def birthday_of(id_number: str) -> date:
    """The birth date inside an 18-character ID number."""
    return date(int(id_number[6:10]), int(id_number[10:12]), int(id_number[12:14]))


def gender_of(id_number: str) -> str:
    """male or female: the last digit but one of an 18-character ID number is odd for men."""
    return "male" if int(id_number[16]) % 2 else "female"


def passport(cell: str) -> str:
    """A passport number: 5 to 20 letters and digits, one digit at least, in capitals."""
    found = _clean(cell, 100).translate(_NO_INVISIBLE).translate(_DASHES)
    if _MASKED.search(found):
        raise CellError(_MASKED_REASON)
    if _SCIENTIFIC.fullmatch(found) and "+" in found:
        raise CellError(_DAMAGED)
    found = re.sub("[ -]", "", found).upper()
    if not re.fullmatch("(?=.*[0-9])[A-Z0-9]{5,20}", found):
        raise CellError(N_("a passport number has 5 to 20 letters and digits, such as E12345678"))
    return found


# ---------------------------------------------------------------- days

_FLAGS = re.ASCII | re.IGNORECASE
_NAMED_MONTH = r"(?P<mon>[a-z]{3,9})\.?"
_NAMED_DAY = r"(?P<d>\d{1,2})(?:st|nd|rd|th)?"
_GAP = r"[\s/.,-]"
_DAY_FORMATS = tuple(
    re.compile(pattern, _FLAGS)
    for pattern in (
        r"(?P<y>\d{4})\s*(?P<sep>[/.-])\s*(?P<m>\d{1,2})\s*(?P=sep)\s*(?P<d>\d{1,2})(?!\d)",
        r"(?P<y>\d{4})\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*(?:[日号]|(?!\d))",
        r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?:\.0+)?(?!\d)",
        r"(?P<a>\d{1,2})\s*(?P<sep>[/.-])\s*(?P<b>\d{1,2})\s*(?P=sep)\s*(?P<y>\d{4})(?!\d)",
        rf"{_NAMED_DAY}{_GAP}*{_NAMED_MONTH}{_GAP}*(?P<y>\d{{4}})(?!\d)",
        rf"{_NAMED_MONTH}{_GAP}*{_NAMED_DAY}{_GAP}+(?P<y>\d{{4}})(?!\d)",
        rf"(?P<y>\d{{4}}){_GAP}*{_NAMED_MONTH}{_GAP}*{_NAMED_DAY}(?!\d)",
    )
)
_SERIAL = re.compile(r"([1-9]\d{4})(?:\.(\d+))?", re.ASCII)
_NUMERIC = re.compile(r"\s*\d{1,2}\s*([/.-])\s*\d{1,2}\s*\1\s*\d{4}(?!\d)", re.ASCII)
_TWO_DIGIT_YEAR = re.compile(
    r"\d{1,2}\s*([/.-])\s*\d{1,2}\s*\1\s*\d{1,2}(?!\d)|\d{2}\s*年|"
    rf"\d{{1,2}}{_GAP}*[a-z]{{3,9}}{_GAP}+\d{{2}}(?!\d)|[a-z]{{3,9}}{_GAP}*\d{{1,2}}{_GAP}+\d{{2}}(?!\d)",
    _FLAGS,
)
_WEEKDAY = r"(?:\s*[(]?(?:星期|周|礼拜)[一二三四五六日天][)]?)?"
_CLOCK = re.compile(
    rf"{_WEEKDAY}(?:(?:T|\s*)(?P<half>凌晨|早上|上午|中午|下午|傍晚|晚上)?\s*(?P<hour>\d{{1,2}})"
    r"(?::(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?"
    r"|[时点](?:(?P<minute2>\d{1,2})分?)?)"
    r"\s*(?P<ampm>[AP]\.?M\.?)?\s*(?P<offset>Z|[+-]\d{2}:?\d{2})?)?\s*",
    _FLAGS,
)
_WEEKDAY_EN = re.compile(
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?[\s,.]+", re.IGNORECASE
)
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)

_NO_DAY = N_("it is no date: write one like 2024-03-05")
_NO_SUCH_DAY = N_("there is no such day in the calendar: check year, month and day")
_NO_SUCH_TIME = N_("there is no such time of day: write one like 14:30")
_SHORT_YEAR = N_("the year has only two digits: write four, as in 2024-03-05")
_FAR_YEAR = N_("the year is outside {first} to {last}: check it")


class Order(StrEnum):
    """The order of day and month in a column of dates such as 5/3/2024."""

    DMY = "dmy"
    MDY = "mdy"
    NONE = "none"  # no cell of that shape, or none that depends on it
    UNCLEAR = "unclear"  # nothing settles it
    CONTRADICTORY = "contradictory"  # some cells can only be dmy, some only mdy


def needs_order(cell: str) -> bool:
    """Whether a cell has the shape 5/3/2024, in which day and month may be swapped."""
    return not cell[:4].isdigit() and _numeric(cell) is not None


def _numeric(cell: str) -> tuple[int, int] | None:
    found = clean(cell[:60]).translate(_DASHES)
    match = _NUMERIC.match(found)
    if not match:
        return None
    first, second = found.split(match[1], 2)[:2]
    return int(first), int(second)


def order_of(cells: Iterable[str]) -> Order:
    """The order of day and month that the cells of one column settle together."""
    pairs = {pair for cell in cells if (pair := _numeric(cell)) and pair[0] != pair[1]}
    dmy = any(first > 12 >= second for first, second in pairs)
    mdy = any(second > 12 >= first for first, second in pairs)
    if dmy or mdy:
        return Order.CONTRADICTORY if dmy and mdy else Order.DMY if dmy else Order.MDY
    return Order.UNCLEAR if any(max(pair) <= 12 for pair in pairs) else Order.NONE


def day(
    cell: str, order: str | None = None, serials: bool = False, epoch1904: bool = False
) -> date:
    """A day from 1900 to 2100; a time of day behind it is passed over.

    `order` ("dmy" or "mdy") says how 5/3/2024 is meant; without it, such a cell is refused unless
    it can be only one. `serials`: numbers of five digits are Excel's count of days, from 1904 on
    if `epoch1904`, else from 1900.
    """
    return _day_and_clock(cell, order, serials, epoch1904)[0]


def _day_and_clock(
    cell: str, order: str | None, serials: bool, epoch1904: bool
) -> tuple[date, re.Match[str]]:
    """The day of a cell, and the time behind it as a match of _CLOCK (which may be empty)."""
    found = _clean(cell, 100).translate(_DASHES)
    number = _SERIAL.fullmatch(found)
    if number:
        if not serials:
            raise CellError(
                N_("a bare number is no date: format the column as a date, or write 2024-03-05")
            )
        return _serial_day(int(number[1]), epoch1904), _serial_clock(number[2] or "0")
    weekday = _WEEKDAY_EN.match(found)
    start = weekday.end() if weekday else 0
    for pattern in _DAY_FORMATS:
        match = pattern.match(found, start)
        clock = match and _CLOCK.fullmatch(found, match.end())
        if match and clock:
            return _calendar_day(match, order), clock
    raise CellError(_SHORT_YEAR if _TWO_DIGIT_YEAR.match(found, start) else _NO_DAY)


def _serial_day(serial: int, epoch1904: bool) -> date:
    # Excel's 1900 has a 29 February: from March on its count is one ahead.
    start = date(1904, 1, 1) if epoch1904 else date(1899, 12, 30)
    found = start + timedelta(days=serial)
    return _real_day(found.year, found.month, found.day)


def _serial_clock(decimals: str) -> re.Match[str]:
    seconds = min(round(float(f"0.{decimals}") * 86400), 86399)
    written = f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return cast("re.Match[str]", _CLOCK.fullmatch(written))


def _calendar_day(match: re.Match[str], order: str | None) -> date:
    parts = match.groupdict()
    year = int(parts["y"])
    if "a" in parts:
        month, number = _in_order(int(parts["a"]), int(parts["b"]), order)
    elif "mon" in parts:
        month, number = _month_of(parts["mon"]), int(parts["d"])
    else:
        month, number = int(parts["m"]), int(parts["d"])
    return _real_day(year, month, number)


def _real_day(year: int, month: int, number: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CellError(_FAR_YEAR, first=FIRST_YEAR, last=LAST_YEAR)
    try:
        return date(year, month, number)
    except ValueError:
        raise CellError(_NO_SUCH_DAY) from None


def _in_order(first: int, second: int, order: str | None) -> tuple[int, int]:
    """Month and day of two numbers."""
    if order not in ("dmy", "mdy"):
        if first <= 12 and second <= 12 and first != second:
            raise CellError(
                N_(
                    "day and month may be swapped: write 2024-03-05, "
                    "or give --date-format dmy or mdy"
                )
            )
        order = "dmy" if first > 12 else "mdy"
    return (second, first) if order == "dmy" else (first, second)


def _month_of(written: str) -> int:
    short = written.lower()
    for number, month in enumerate(_MONTHS, 1):
        if month.startswith(short) or (short == "sept" and number == 9):
            return number
    raise CellError(_NO_DAY)


def moment(
    cell: str,
    zone: tzinfo,
    order: str | None = None,
    serials: bool = False,
    epoch1904: bool = False,
) -> datetime:
    """A moment in UTC, from a day and a time in `zone`; a day alone means its noon.

    An offset in the cell (Z, +08:00) counts before `zone`. An hour that the clocks skip is moved
    on by the gap; of an hour that comes twice the first is meant.
    """
    found, clock = _day_and_clock(cell, order, serials, epoch1904)
    if clock["hour"] is None:
        return datetime.combine(found, time(12), zone).astimezone(UTC)
    try:
        at = time(
            _hour(clock), int(clock["minute"] or clock["minute2"] or 0), int(clock["second"] or 0)
        )
        offset = clock["offset"]
        if offset:
            zone = datetime.strptime(offset.upper(), "%z").tzinfo or zone
    except ValueError:
        raise CellError(_NO_SUCH_TIME) from None
    return datetime.combine(found, at, zone).astimezone(UTC)


def _hour(clock: re.Match[str]) -> int:
    """The hour of 24; ValueError where the half of the day named beside it cannot be."""
    hour = int(clock["hour"])
    half = clock["half"] or (clock["ampm"] or "")[:1].upper()
    if half in ("A", "凌晨", "早上", "上午"):
        if hour > 12:
            raise ValueError
        return hour % 12
    if half in ("傍晚", "晚上") and hour == 12:
        raise ValueError  # noon or midnight?
    if half in ("P", "下午", "傍晚", "晚上") or (half == "中午" and hour < 10):
        return hour if hour >= 12 else hour + 12
    return hour


# ---------------------------------------------------------------- special days

_HAN_DIGITS = "一二三四五六七八九"
_YEAR_DIGITS = str.maketrans("〇零○" + _HAN_DIGITS, "000123456789")
_HAN_MONTHS = {text: n for n, text in enumerate("正二三四五六七八九十冬腊", 1)} | {
    "一": 1,
    "元": 1,
    "十一": 11,
    "十二": 12,
}
_HAN_DAYS = {
    text: tens + ones
    for tens, starts in ((0, ("初", "")), (10, ("十",)), (20, ("廿", "二十")))
    for start in starts
    for ones, text in enumerate([start + digit for digit in _HAN_DIGITS], 1)
} | {"初十": 10, "十": 10, "二十": 20, "廿": 20, "三十": 30, "卅": 30}
# Days that are called by a name; all lunar.
_NAMED_DAYS = {
    "除夕": (12, 30),
    "年三十": (12, 30),
    "大年三十": (12, 30),
    "春节": (1, 1),
    "大年初一": (1, 1),
    "年初一": (1, 1),
    "元宵": (1, 15),
    "元宵节": (1, 15),
    "端午": (5, 5),
    "端午节": (5, 5),
    "七夕": (7, 7),
    "七夕节": (7, 7),
    "中秋": (8, 15),
    "中秋节": (8, 15),
    "重阳": (9, 9),
    "重阳节": (9, 9),
}
_CALENDARS: dict[str, Calendar] = {
    "农历": "lunar",
    "阴历": "lunar",
    "旧历": "lunar",
    "lunar": "lunar",
    "阳历": "solar",
    "公历": "solar",
    "新历": "solar",
    "国历": "solar",
    "solar": "solar",
}
_CALENDAR_WORD = "|".join(_CALENDARS)
_CALENDAR_FIRST = re.compile(rf"[(\[]?({_CALENDAR_WORD})[)\]]?[\s:]*", re.IGNORECASE)
_CALENDAR_LAST = re.compile(rf"\s*[(\[]?({_CALENDAR_WORD})[)\]]?", re.IGNORECASE)
_HAN_MONTH = "|".join(sorted(_HAN_MONTHS, key=len, reverse=True))
_HAN_DAY = "|".join(sorted(_HAN_DAYS, key=len, reverse=True))
_YEARLY = re.compile(
    r"(?:(?P<leap1>闰|leap\s)\s*(?=\d{4}))?"
    r"(?:(?P<y>\d{4}|[〇零○一二三四五六七八九]{4})\s*[年/.-]\s*)?"
    r"(?P<leap2>闰|leap\s)?\s*"
    rf"(?P<m>\d{{1,2}}|{_HAN_MONTH})\s*(?P<sep>[月/.-])\s*"
    rf"(?P<d>\d{{1,2}}|{_HAN_DAY})\s*(?P<end>[日号])?",
    _FLAGS,
)
_YEARLY_EN = re.compile(
    rf"(?:{_NAMED_DAY}{_GAP}*{_NAMED_MONTH}|(?P<mon2>[a-z]{{3,9}})\.?{_GAP}*(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?)",
    _FLAGS,
)
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_NO_SPECIAL_DAY = N_("it is no yearly day: write 1985-03-05, 03-05, 3月5日 or 农历八月十五")


def special_day(
    cell: str, order: str | None = None, serials: bool = False, epoch1904: bool = False
) -> SpecialDay:
    """A day that comes back every year, solar or lunar, with or without its year.

    Chinese numerals mean the lunar calendar (八月十五), unless the cell says otherwise or ends in
    日 or 号, which is said of both calendars and refused. Numbers without a year are month and
    day, unless `order` is "dmy" and a slash stands between them. For the rest see `day`.
    """
    found = _clean(cell, 100).translate(_DASHES)
    calendar, found = _calendar_named(found)
    if found in _NAMED_DAYS and calendar != "solar":
        return SpecialDay(*_NAMED_DAYS[found], calendar="lunar")
    match = _YEARLY.fullmatch(found)
    if match and (calendar or not match["y"] or not _plain(match)):
        return _yearly(match, calendar, order)
    if calendar == "lunar":
        compact = re.fullmatch(r"(\d{4})(\d{2})(\d{2})", found, re.ASCII)
        if not compact:
            raise CellError(_NO_SPECIAL_DAY)
        return _lunar_day(int(compact[2]), int(compact[3]), int(compact[1]), False)
    english = _YEARLY_EN.fullmatch(found)
    if english:
        month = _month_of(english["mon"] or english["mon2"])
        return _solar_day(month, int(english["d"] or english["d2"]), None)
    try:
        solar = day(found, order, serials, epoch1904)
    except CellError as error:
        if error.message.template == _NO_DAY:
            raise CellError(_NO_SPECIAL_DAY) from None
        raise
    return SpecialDay(solar.month, solar.day, solar.year)


def _calendar_named(found: str) -> tuple[Calendar | None, str]:
    """The calendar that a cell names, and the cell without that word."""
    first = _CALENDAR_FIRST.match(found)
    if first:
        return _CALENDARS[first[1].lower()], found[first.end() :]
    last = _CALENDAR_LAST.search(found)
    if last and last.end() == len(found):
        return _CALENDARS[last[1].lower()], found[: last.start()]
    return None, found


def _plain(match: re.Match[str]) -> bool:
    """Whether month and day are written in digits and no leap month is meant."""
    leap = match["leap1"] or match["leap2"]
    return not leap and match["m"].isdigit() and match["d"].isdigit()


def _yearly(match: re.Match[str], calendar: Calendar | None, order: str | None) -> SpecialDay:
    leap = bool(match["leap1"] or match["leap2"])
    written_month, written_day, year = match["m"], match["d"], _year(match["y"])
    month = _HAN_MONTHS.get(written_month) or int(written_month)
    number = _HAN_DAYS.get(written_day) or int(written_day)
    plain = _plain(match)
    if not written_month.isdigit() and match["sep"] != "月":
        raise CellError(_NO_SPECIAL_DAY)
    if calendar is None and not plain and match["end"] and not _only_lunar(match):
        raise CellError(N_("solar or lunar? Write 3月5日 for solar, 农历三月初五 for lunar"))
    if calendar == "lunar" or (calendar is None and not plain):
        return _lunar_day(month, number, year, leap)
    if leap:
        raise CellError(N_("only the lunar calendar has leap months: check the calendar"))
    if match["sep"] == "." and year is None and len(written_day) == 1:
        # 8.20 in a number cell arrives as 8.2.
        raise CellError(_NO_SPECIAL_DAY)
    if order == "dmy" and match["sep"] == "/" and year is None:
        month, number = number, month
    return _solar_day(month, number, year)


def _only_lunar(match: re.Match[str]) -> bool:
    """Whether a day has a name that the solar calendar never uses: 闰四月, 腊月, 初五, 廿三."""
    leap = match["leap1"] or match["leap2"]
    return bool(leap) or match["m"] in tuple("正冬腊") or match["d"][0] in "初廿卅"


def _year(written: str | None) -> int | None:
    if not written:
        return None
    year = int(written.translate(_YEAR_DIGITS))
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CellError(_FAR_YEAR, first=FIRST_YEAR, last=LAST_YEAR)
    return year


def _solar_day(month: int, number: int, year: int | None) -> SpecialDay:
    if year is not None:
        _real_day(year, month, number)
    elif not (1 <= month <= 12 and 1 <= number <= _LENGTHS[month - 1]):
        raise CellError(_NO_SUCH_DAY)
    return SpecialDay(month, number, year)


def _lunar_day(month: int, number: int, year: int | None, leap: bool) -> SpecialDay:
    if not (1 <= month <= 12 and 1 <= number <= 30):
        raise CellError(N_("there is no such lunar day: months are 1 to 12, days 1 to 30"))
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        raise CellError(_FAR_YEAR, first=FIRST_YEAR, last=LAST_YEAR)
    if year is not None and (leap or number == 30):
        length = lunar.month_length(year, month, leap)
        if not length:
            raise CellError(
                N_("the lunar year {year} has no leap month {month}: check year and month"),
                year=year,
                month=month,
            )
        if number > length:
            raise CellError(
                N_("that month of the lunar year {year} has only 29 days: check it"), year=year
            )
    return SpecialDay(month, number, year, "lunar", leap)


def special_day_text(special_day: SpecialDay) -> str:
    """The machine form, which parses back: 1985-03-05, lunar 08-15, lunar leap 2020-04-05."""
    calendar = "lunar " if special_day.calendar == "lunar" else ""
    leap = "leap " if special_day.leap else ""
    year = "" if special_day.year is None else f"{special_day.year}-"
    return f"{calendar}{leap}{year}{special_day.month:02d}-{special_day.day:02d}"
