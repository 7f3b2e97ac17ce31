"""Values typed by hand: the text of an option in, a checked value out, by the kind of its column.

It is read as the cell of an import is; here an empty text clears the value.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from tourcrm.base import parsing
from tourcrm.base.columns import Column, option
from tourcrm.base.display import visible
from tourcrm.base.errors import CellError, WrongUsage
from tourcrm.base.i18n import N_
from tourcrm.base.kinds import Terms
from tourcrm.db.setting import Settings


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
    """The value of one option (called `name`, else by its column); None for an empty text, or one
    that means nothing, such as 无."""
    if parsing.is_nothing(text, column.type.nothing):
        return None
    try:
        found = column.type.read(_terms(settings))(text)
        return parsing.composed(found) if column.is_label else found
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


def _terms(settings: Settings) -> Terms:
    return Terms(settings["region"], settings["currency"], settings.zone)
