"""Phone numbers in cells, as E.164."""

import re
from collections.abc import Iterable, Iterator

from tourcrm.base.errors import CellError
from tourcrm.base.i18n import N_
from tourcrm.base.parsing.beside import Beside, bare
from tourcrm.base.parsing.characters import SIMPLIFIED
from tourcrm.base.parsing.texts import (
    DAMAGED,
    DASHES,
    MASKED,
    MASKED_REASON,
    NO_INVISIBLE,
    SCIENTIFIC,
    cleaned,
)
from tourcrm.base.patterns import pattern

# Prefixes of Chinese mobile numbers that are surely in use; others are looked up.
_MOBILE = pattern("1(?:3[0-9]|4[57]|5[0-35-9]|6[2567]|7[1-35-8]|8[0-9]|9[0-35-9])[0-9]{8}")
# 3123456789: an office number without its 0, or a mobile number without its 1.
_ZERO_OR_ONE_LOST = pattern("(?![48]00)[3-9][0-9]{9}")
_PHONE_SIGNS = pattern(r"[0-9+(). -]+")
_PHONE_LABEL = pattern(
    r"(?:手机号码|手机号|手机|移动电话|联系电话|电话|座机|固话|tel(?:ephone)?|phone|mobile|mob|cell)[:.\s]*",
    re.IGNORECASE,
)
_EXTENSION = pattern(
    r"\s*(?:[(]?\s*(?:转|分机号?|ext(?:ension)?\.?|x|#)\s*[:.]?\s*[0-9]{1,6}\s*[)]?)", re.IGNORECASE
)
# An office number with its extension behind a dash: 010-62345678-801.
_DASHED_EXTENSION = pattern(
    r"(0[0-9]{2,3}[ -]?[0-9]{7,8}|[48]00[ -]?[0-9]{3}[ -]?[0-9]{4})-[0-9]{1,6}"
)
# Airlines, banks, hotlines, emergency: 95530, 10086, 12301, 12345, 110.
_SERVICE = pattern("11[0-9]|12[0-2]|12[0-9]{3}|11[4-9][0-9]{0,3}|100[0-9]{2,3}|9[56][0-9]{3,6}")
# (212) 736-5000, 212-736-5000: written so in America, and an area code to China's eyes.
_AMERICAN = pattern(r"[(]?(?![48]00)[2-9][0-9]{2}[)]?[ .-]{0,2}[2-9][0-9]{2}[ .-][0-9]{4}")
_PHONE_SEPARATOR = pattern(r"[/、;,|\\&\n]|或者?|和|\bor\b|\band\b")


def phones(cell: str, region: str = "CN") -> tuple[str, str | None]:
    """One or two phone numbers in E.164: the first, and the second or None.

    Numbers without a country prefix belong to `region`. Extensions are dropped. Refused: masked
    or damaged numbers, a local number without its area code, numbers that no network has.
    """
    if region == "CN" and _MOBILE.fullmatch(cell):
        return "+86" + cell, None
    numbers: dict[str, None] = {}
    for part in map(str.strip, _PHONE_SEPARATOR.split(_unmasked(cell))):
        if part:
            numbers.update(dict.fromkeys(_spaced_numbers(part, region)))
    return _at_most_two(numbers)


def _unmasked(cell: str) -> str:
    """A cell in plain characters. Raises CellError for a masked number."""
    plain = cleaned(cell.replace("\n", "/"), 200).translate(NO_INVISIBLE).translate(DASHES)
    if MASKED.search(plain):
        raise CellError(MASKED_REASON)
    return plain


def _at_most_two(numbers: Iterable[str]) -> tuple[str, str | None]:
    found = list(numbers)
    if not found:
        raise CellError(_NO_PHONE)
    if len(found) > 2:
        raise CellError(
            N_("more than two numbers in one cell: keep two and put the others into the note")
        )
    first, *rest = found
    return first, rest[0] if rest else None


def phones_beside(cell: str, region: str = "CN") -> tuple[str, str | None] | Beside:
    """As `phones`, but words and extensions beside the numbers are no fault: they are handed out.

    13800138000(微信同号), 13800138002王先生, 010-62345678-801.
    """
    if region == "CN" and _MOBILE.fullmatch(cell):
        return "+86" + cell, None
    numbers: dict[str, None] = {}
    rest: list[str] = []
    for part in _PHONE_SEPARATOR.split(_unmasked(cell).translate(SIMPLIFIED)):
        if part.strip():
            for number, words in _numbers_in(part.strip(), region):
                numbers.update(dict.fromkeys([number] if number else ()))
                rest += [words] if words else []
    if not numbers and rest:
        raise CellError(N_("it holds words and no phone number: put them into the note"))
    first, second = _at_most_two(numbers)
    return Beside((first, second), " ".join(rest), "words") if rest else (first, second)


def phone_beside(cell: str, region: str = "CN") -> str | Beside:
    """Exactly one phone number, and what stands beside it; see `phones_beside`."""
    found = phones_beside(cell, region)
    first, second = bare(found)
    if second:
        raise CellError(_TWO)
    return Beside(first, found.rest, found.what) if type(found) is Beside else str(first)


# A run of digits that may be a number among words: 13800138000王先生, 王先生:138 0013 8000.
_RUN = pattern(r"(?:\+|[(](?=[0-9]))?[0-9][0-9() .-]{4,}[0-9]")
_BRACKETS = " ()[]【】<>《》:.,-"


def _numbers_in(part: str, region: str) -> Iterator[tuple[str | None, str]]:
    """The numbers of a part of a cell, each with the words beside it."""
    try:
        yield from _with_extensions(part, region)
        return
    except CellError:
        if SCIENTIFIC.fullmatch(part):
            raise
        runs = list(_RUN.finditer(part))
        words = re.sub(r"[()\[\]【】]+", " ", _PHONE_LABEL.sub("", _RUN.sub(" ", part)))
        if not re.search(r"[^\W\d_]", words) or (not runs and re.search("[0-9]{5}", part)):
            raise
    for run in runs:
        for number in _spaced_numbers(run[0], region):
            yield number, ""
    extension = _EXTENSION.search(part)
    yield None, " ".join((extension[0] if extension else words).split()).strip(_BRACKETS)


def _with_extensions(part: str, region: str) -> list[tuple[str | None, str]]:
    """The numbers of a part that holds nothing else, each with its extension."""
    numbers: list[tuple[str | None, str]] = [(one, "") for one in _spaced_numbers(part, region)]
    dashed = _DASHED_EXTENSION.fullmatch(part)
    if dashed:
        return [*numbers, (None, "转" + part[dashed.end(1) + 1 :])]
    return numbers + [(None, one.strip(_BRACKETS)) for one in _EXTENSION.findall(part)]


def phone(cell: str, region: str = "CN") -> str:
    """Exactly one phone number in E.164; see `phones`."""
    first, second = phones(cell, region)
    if second:
        raise CellError(_TWO)
    return first


_TWO = N_("two numbers in the cell: only one is wanted here")
_OF_A_SERVICE = N_(
    "it is the number of a service (95530, 12301, 110), not of a customer: leave it out, or put it "
    "into the note"
)
_NO_COUNTRY = N_(
    "a foreign number without its country: write it with + and the country, as in +1 212 736 5000"
)
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
    if SCIENTIFIC.fullmatch(digits):
        raise CellError(DAMAGED)
    digits = re.sub(r"(?<=[0-9]{5})\.0+$", "", digits)
    digits = _cut_extension(digits).replace("(0)", "")
    if not _PHONE_SIGNS.fullmatch(digits):
        raise CellError(N_("it holds more than a phone number: put other words into the note"))
    foreign = region == "CN" and _AMERICAN.fullmatch(digits)
    digits = re.sub("^00", "+", re.sub("[^0-9+]", "", digits))
    if region == "CN" and _SERVICE.fullmatch(digits.removeprefix("+86")):
        raise CellError(_OF_A_SERVICE)
    if foreign:
        raise CellError(_NO_COUNTRY)
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
