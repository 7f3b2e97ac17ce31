"""Numbers without a country that were read for another one: the agency's region was changed since.

What was stored stays as it was read. A number that comes again, from the same sheet perhaps, is
read for the present region; how it was read before is worked out here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from tourcrm.base.errors import CellError
from tourcrm.base.parsing.beside import bare
from tourcrm.base.parsing.phone_numbers import phones

Numbers = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Former:
    """The regions of before, and whether somebody has a number that was read then."""

    regions: tuple[str, ...]
    known: Callable[[str], bool]


def reader(read: Numbers, region: str, former: Former | None) -> Callable[[str], Any]:
    """Reads cells with `read` for `region`; those that it refuses are read as before, where that
    gives numbers of somebody who is known."""
    if former is None:
        return partial(read, region=region)

    def numbers(cell: str) -> Any:
        try:
            return read(cell, region=region)
        except CellError:
            for one in former.regions:
                then = _then(read, cell, one)
                if then is not None and all(map(former.known, _plain(then))):
                    return then
            raise

    return numbers


def _then(read: Numbers, cell: str, region: str) -> Any:
    try:
        return read(cell, region=region)
    except CellError:
        return None


def _plain(found: Any) -> tuple[str, ...]:
    value = bare(found)
    return (value,) if isinstance(value, str) else tuple(one for one in value if one)


def readings(number: str, regions: tuple[str, ...]) -> tuple[str, ...]:
    """What a number (E.164), written without its country, was read as for these regions."""
    import phonenumbers

    home = phonenumbers.format_number(
        phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.NATIONAL
    )
    found = dict.fromkeys(
        one for region in regions for one in _plain(_then(phones, home, region) or ())
    )
    return tuple(one for one in found if one != number)


def prefix(region: str) -> str:
    """What numbers of a region begin with: +86. Empty where there is no such country."""
    import phonenumbers

    code = phonenumbers.country_code_for_region(region)
    return f"+{code}" if code else ""
