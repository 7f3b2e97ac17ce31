"""What is given in pairs: `--map 单价=price`, `--set status=booked`, `--word 待出行=booked`."""

from collections.abc import Sequence

from tourcrm.base import columns, display, vocabulary
from tourcrm.base.columns import Columns
from tourcrm.base.errors import CellError, WrongUsage
from tourcrm.base.i18n import N_
from tourcrm.base.parsing import word

_WORDED = ("word", "gender")  # kinds


def mapping(given: Sequence[str] | None) -> dict[str, str]:
    """Which header is which field, as --map says it."""
    told: dict[str, str] = {}
    for pair in given or ():
        header, equals, field = (part.strip() for part in pair.rpartition("="))
        if not equals or not header:
            raise WrongUsage(
                N_('--map takes HEADER=FIELD, like "单价=price", not {given}.'),
                given=display.visible(pair, 60),
            )
        folded = {columns.folded(one): said for one, said in told.items()}
        if folded.get(columns.folded(header), field) != field:
            raise WrongUsage(
                N_("--map: column {name} is mapped to {first} and to {second}. Give one of them."),
                name=display.visible(header, 60),
                first=display.visible(folded[columns.folded(header)] or '""', 40),
                second=display.visible(field or '""', 40),
            )
        told[header] = field
    return told


def fixed(given: Sequence[str] | None) -> dict[str, str]:
    """The values that --set gives, by their fields."""
    values: dict[str, str] = {}
    for pair in given or ():
        field, equals, value = (part.strip() for part in pair.partition("="))
        if not equals or not field:
            raise WrongUsage(
                N_('--set takes FIELD=VALUE, like "departs_on=2026-11-27", not {given}.'),
                given=display.visible(pair, 60),
            )
        if field in values:
            raise WrongUsage(N_("--set: {field} is given twice."), field=field)
        values[field] = value
    return values


def words(given: Sequence[str] | None, known: Columns) -> dict[str, str]:
    """The word of the sheet -> the value that it means. Raises WrongUsage."""
    tables = dict.fromkeys(one.words for one in known if one.imported and one.kind in _WORDED)
    meant: dict[str, str] = {}
    for pair in given or ():
        text, equals, target = (part.strip() for part in pair.rpartition("="))
        if not equals or not text:
            raise WrongUsage(
                N_("--word takes WORD=VALUE, like “待出行=booked”, not {given}."),
                given=display.visible(pair, 60),
            )
        found = [value for table in tables if (value := _value(target, table)) is not None]
        if not found:
            raise WrongUsage(
                N_("--word: no column here holds {value}. Known: {known}"),
                value=display.visible(target, 40),
                known="; ".join(", ".join(vocabulary.values(table)) for table in tables),
            )
        meant[text] = found[0]
    return meant


def _value(target: str, table: str) -> str | None:
    try:
        return word(target, vocabulary.vocabulary(table)) if target else None
    except CellError:
        return None
