"""Numbers of identity documents in cells."""

import re
from datetime import date

from tourcrm.base.errors import CellError
from tourcrm.base.i18n import N_
from tourcrm.base.parsing.days import FIRST_YEAR, LAST_YEAR
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

# GB/T 2260: the first two digits. 81 to 83: residence permits for Hong Kong, Macau and Taiwan.
_PROVINCE = pattern("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
# GB 11643, after ISO 7064 MOD 11-2.
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"


def id_number(cell: str, today: date | None = None) -> str:
    """A Chinese resident ID number, 18 characters; old ones of 15 digits are converted.

    The check digit, the province and the birth date must be right (GB 11643). The permanent
    residence card of a foreigner (from 2023: a 9 and the province) is one too. Nobody was born
    after `today`.
    """
    found = cleaned(cell, 100).translate(NO_INVISIBLE).translate(DASHES)
    if MASKED.search(found):
        raise CellError(MASKED_REASON)
    if SCIENTIFIC.fullmatch(found) or re.fullmatch(r"[0-9]{15,18}\.0+", found):
        raise CellError(DAMAGED)
    found = re.sub("[ -]", "", found).upper()
    if re.fullmatch("[0-9]{15}", found):
        found = f"{found[:6]}19{found[6:]}"
        found += _check_digit(found)
    elif not re.fullmatch("[0-9]{17}[0-9X]", found):
        if re.fullmatch("[0-9]{14}000", found):
            raise CellError(DAMAGED)
        raise CellError(N_("an ID number has 18 characters: 17 digits and a digit or X"))
    elif found[17] != _check_digit(found):
        if found.endswith("000"):
            raise CellError(DAMAGED)
        raise CellError(N_("the check digit of the ID number is wrong: a digit is mistyped"))
    province = found[1:3] if found[0] == "9" else found[:2]
    if not _PROVINCE.fullmatch(province):
        raise CellError(N_("the ID number begins with no province's code: check its digits"))
    _check_birthday(found)
    if today is not None and birthday_of(found) > today:
        raise CellError(N_("the birth date inside the ID number lies ahead: check its digits"))
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
    found = cleaned(cell, 100).translate(NO_INVISIBLE).translate(DASHES)
    if MASKED.search(found):
        raise CellError(MASKED_REASON)
    if SCIENTIFIC.fullmatch(found) and "+" in found:
        raise CellError(DAMAGED)
    found = re.sub("[ -]", "", found).upper()
    if not re.fullmatch("(?=.*[0-9])[A-Z0-9]{5,20}", found):
        raise CellError(N_("a passport number has 5 to 20 letters and digits, such as E12345678"))
    return found
