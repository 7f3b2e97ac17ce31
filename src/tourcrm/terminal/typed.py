"""Values typed by hand: the text of an option in, a checked value out, by the kind of its column.

The parsers are those of imports (cells, money); here an empty text clears the value.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tourcrm.base import cells, money, ratings, ratio, vocabulary
from tourcrm.base.columns import Column, option
from tourcrm.base.display import visible
from tourcrm.base.errors import CellError, WrongUsage
from tourcrm.base.i18n import N_
from tourcrm.db.setting import Settings

_PARSERS: Mapping[str, Callable[[str, Column, Settings], Any]] = {
    "text": lambda text, column, settings: cells.text(text),
    "code": lambda text, column, settings: cells.code(text),
    "name": lambda text, column, settings: cells.name(text),
    "phone": lambda text, column, settings: cells.phone(text, settings["region"]),
    "phones": lambda text, column, settings: cells.phones(text, settings["region"]),
    "email": lambda text, column, settings: cells.email(text),
    "id_number": lambda text, column, settings: cells.id_number(text),
    "passport": lambda text, column, settings: cells.passport(text),
    "day": lambda text, column, settings: cells.day(text),
    "moment": lambda text, column, settings: cells.moment(text, settings.zone),
    "special_day": lambda text, column, settings: cells.special_day(text),
    "amount": lambda text, column, settings: money.parse_amount(text, settings["currency"]),
    "pay_ratio": lambda text, column, settings: ratio.parse(text),
    "count": lambda text, column, settings: cells.count(text),
    "word": lambda text, column, settings: cells.word(text, vocabulary.vocabulary(column.words)),
    "flag": lambda text, column, settings: cells.flag(text),
    "tags": lambda text, column, settings: cells.tags(text),
    "rating": lambda text, column, settings: ratings.rating(text),
    "nps": lambda text, column, settings: ratings.recommendation(text),
    "customer": lambda text, column, settings: text.strip(),  # found by the use case
}


def read(
    columns: Sequence[Column], given: Mapping[str, str | None], settings: Settings
) -> dict[str, Any]:
    """The values of the options that were given, by field; None for one that was given empty.

    Raises WrongUsage, naming the option. Personal numbers are not repeated in the error.
    """
    kinds = {column.field: column for column in columns}
    said = {field: text for field, text in given.items() if text is not None}
    return {field: value(kinds[field], text, settings) for field, text in said.items()}


def value(column: Column, text: str, settings: Settings, name: str | None = None) -> Any:
    """The value of one option (called `name`, else by its column); None for an empty text."""
    if cells.blank(text):
        return None
    try:
        return _PARSERS[column.kind](text, column, settings)
    except CellError as reason:
        shown = name or option(column.field)
        if column.mask:
            raise WrongUsage(N_("{option}: {reason}."), option=shown, reason=reason) from None
        raise WrongUsage(
            N_("{option} “{given}”: {reason}."),
            option=shown,
            given=visible(text, 60),
            reason=reason,
        ) from None
