"""Values typed by hand: the text of an option in, a checked value out, by the kind of its column.

It is read as the cell of an import is; here an empty text clears the value.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tourcrm.base import parsing
from tourcrm.base.columns import Column, option
from tourcrm.base.display import visible
from tourcrm.base.errors import CellError, WrongUsage
from tourcrm.base.i18n import N_, _
from tourcrm.base.kinds import Terms
from tourcrm.base.moments import with_weekday
from tourcrm.base.parsing import days as parsing_days
from tourcrm.base.parsing.spoken_days import Side, spoken
from tourcrm.db.setting import Settings
from tourcrm.terminal import context, render


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
        found = _read(column, text, settings)
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


_NO_DAY = N_("it is no date: write one like 2024-03-05, or tomorrow, next Friday, in 3 days")


def _read(column: Column, text: str, settings: Settings) -> Any:
    read = column.type.read(_terms(settings))
    if column.kind not in ("day", "moment"):
        return read(text)
    return day(text, read, timed=column.kind == "moment")


def day(
    text: str, read: Callable[[str], Any], side: Side | None = None, timed: bool = False
) -> Any:
    """What `read` makes of a day, which may be said in words; timed: with a time of day behind it.

    A day of the week is told back. side: where it lies, if nothing else is said of it. Raises
    CellError.
    """
    said = spoken(text, context.today(), side)
    if said is not None and (timed or not said.rest):
        found = read(f"{said.day} {said.rest}".strip())
        if said.named:
            line = _("“{said}” is {day}.")
            render.tell(line.format(said=visible(text, 60), day=with_weekday(said.day)))
        return found
    try:
        return read(text)
    except CellError as reason:
        if reason.message.template == parsing_days.NO_DAY:
            raise CellError(_NO_DAY) from None
        raise


def _terms(settings: Settings) -> Terms:
    return Terms(settings["region"], settings["currency"], settings.zone)
