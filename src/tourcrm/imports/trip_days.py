"""Days of trips that a cell leaves open: its year, which the booking tells, or the return."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import compress
from typing import Any

from tourcrm.base.errors import CellError, Message
from tourcrm.base.i18n import N_
from tourcrm.base.parsing.periods import Days
from tourcrm.imports.column_reader import Batch

_SINCE = ("booked_on", "quoted_on", "inquired_on")  # days that lie before the departure
_FIELDS = ("departs_on", "returns_on")


def settle(batch: Batch, said: dict[str, int]) -> dict[int, Message]:
    """Put days in the place of what was left open, and count it in `said`.

    Returns the lines where that cannot be, with the reason; they are taken out of the batch.
    """
    columns = batch.columns
    open_ = {
        index
        for name in _FIELDS
        if Days in set(map(type, columns.get(name, ())))
        for index, value in enumerate(columns[name])
        if type(value) is Days
    }
    if not open_:
        return {}
    for name in _FIELDS:
        columns.setdefault(name, [None] * len(batch.lines))
    refused: dict[int, Message] = {}
    for index in sorted(open_):
        row = {name: columns[name][index] for name in (*_SINCE, *_FIELDS) if name in columns}
        try:
            found = _settled(row, said)
        except CellError as error:
            refused[batch.lines[index]] = error.message
            continue
        columns["departs_on"][index], columns["returns_on"][index] = found
    if refused:
        keep = [line not in refused for line in batch.lines]
        batch.lines = list(compress(batch.lines, keep))
        batch.columns = {name: list(compress(some, keep)) for name, some in columns.items()}
    return refused


def _settled(row: Mapping[str, Any], said: dict[str, int]) -> Sequence[str | None]:
    """Departure and return of a row, as they are stored."""
    base = next((date.fromisoformat(row[name]) for name in _SINCE if row.get(name)), None)
    departs, returns = row["departs_on"], row["returns_on"]
    first: date | None = None
    last: date | None = None
    if isinstance(departs, Days):
        if departs.first[0] is None:
            said["year"] = said.get("year", 0) + 1
        if departs.last is not None:
            said["period"] = said.get("period", 0) + 1
        first, last = departs.from_day(base)
    elif departs:
        first = date.fromisoformat(departs)
    if isinstance(returns, Days):
        given: date | None = returns.from_day(first or base)[0]
    else:
        given = date.fromisoformat(returns) if returns else None
    if last is not None and given is not None and last != given:
        raise CellError(
            N_("the return beside the departure is {last}, in its own column {returns}"),
            last=last,
            returns=given,
        )
    found = (first, given or last)
    return [None if day is None else day.isoformat() for day in found]
