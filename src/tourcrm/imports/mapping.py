"""The columns of a sheet with what somebody said of them; refused where that stays open."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tourcrm.base import display
from tourcrm.base.columns import Column, by_field
from tourcrm.base.columns.headers import Meaning, meaning_of
from tourcrm.base.errors import CellError, Refused, WrongUsage
from tourcrm.base.i18n import N_, language
from tourcrm.base.kinds import Terms
from tourcrm.files.reader import Sheet
from tourcrm.imports import joining
from tourcrm.imports.cells import Cells
from tourcrm.imports.headings import Headers, map_headers


def headers_of(
    sheet: Sheet,
    entity: tuple[Column, ...],
    mapping: Mapping[str, str],
    fixed: Mapping[str, str],
    terms: Terms,
) -> Headers:
    """What the columns of a sheet are. Raises Refused where that stays open, WrongUsage for a
    mapping or a value that cannot be."""
    found = map_headers(sheet.header, entity, mapping, Cells.of(sheet), terms.currency)
    refuse_open(sheet.name, found, entity)
    return replace(found, fixed=fixed_values(fixed, entity, sheet.header, found, terms))


def refuse_open(name: str, found: Headers, entity: tuple[Column, ...]) -> None:
    """Refuse a sheet of which it is not clear which column is which."""
    for one in found.open:
        raise Refused(
            N_(
                "{file}: each of the columns {names} may be {what}, and their cells differ. Say "
                'which it is: --map "{first}={field}"; the other is then left out.'
            ),
            file=name,
            names=display.visible(", ".join(one.names), 200),
            what=by_field(entity)[one.field].header(language()),
            first=display.visible(one.names[0], 40),
            field=one.field,
        )


def fixed_values(
    given: Mapping[str, str],
    entity: tuple[Column, ...],
    header: Sequence[str],
    found: Headers,
    terms: Terms,
) -> dict[str, Any]:
    """The values that --set gives all rows, read like cells.

    Raises WrongUsage for a field that does not exist or that the file has a column for, and for a
    value that no cell may hold.
    """
    fields = by_field(entity)
    values: dict[str, Any] = {}
    for target, text in given.items():
        meaning = meaning_of(target, entity) if target not in fields else Meaning(target)
        if meaning is None or not fields[meaning.field].imported:
            raise WrongUsage(
                N_("--set: there is no field {field}. Known: {known}"),
                field=display.visible(target, 40),
                known=", ".join(c.field for c in entity if c.imported),
            )
        name = meaning.field
        if name in values:
            raise WrongUsage(N_("--set: {field} is given twice."), field=name)
        if name in found.places:
            raise WrongUsage(
                N_(
                    "--set: the file says {field} itself, in column {column}. Leave that out with "
                    '--map "{column}=".'
                ),
                field=name,
                column=display.visible(header[found.places[name]], 40),
            )
        values[name] = _value(meaning, text, fields[name], terms)
    return values


def _value(meaning: Meaning, text: str, column: Column, terms: Terms) -> Any:
    try:
        if not text.strip():
            raise CellError(N_("it is empty"))
        if meaning.qualifier.head:
            raise CellError(N_("a price a person: write the amount of the whole trip"))
        return joining.parser(joining.column_of(column, meaning), meaning, terms)(text)
    except CellError as reason:
        raise WrongUsage(
            N_("--set {field}: {reason}"), field=meaning.field, reason=reason.message
        ) from None
