"""The days of trips: years and returns that cells leave open, and what cannot be.

The booking tells the year of a departure; a return neither lies before it nor too long after it.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import compress
from typing import Any

from tourcrm.base.errors import CellError, Message
from tourcrm.base.i18n import N_
from tourcrm.base.parsing.periods import Days
from tourcrm.bookings.travel_days import LONGEST_DAYS
from tourcrm.imports.column_reader import REMEMBERED, Batch

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


class Spans(dict[tuple[str | None, str | None, int | None], tuple[str | None, Message | None]]):
    """(departs, returns, days) -> the return day that the row gives, and why it cannot be."""

    def __missing__(
        self, key: tuple[str | None, str | None, int | None]
    ) -> tuple[str | None, Message | None]:
        found = (None, None) if key[1] is None and key[2] is None else span(*key)
        if len(self) < REMEMBERED * 3:
            self[key] = found
        return found


def span(
    departs: str | None, returns: str | None, days: int | None
) -> tuple[str | None, Message | None]:
    """The return day that a row gives, and why it cannot be."""
    if departs is None:
        return returns, None
    first = date.fromisoformat(departs)
    last = (
        first + timedelta(days=(days or 1) - 1) if returns is None else date.fromisoformat(returns)
    )
    length = (last - first).days
    if length < 0:
        return None, Message(
            N_("it returns on {returns}, before it departs on {departs}"),
            returns=last,
            departs=first,
        )
    if length > LONGEST_DAYS:
        return None, Message(
            N_("it lasts {days} days: more than {limit} cannot be right"),
            days=length + 1,
            limit=LONGEST_DAYS + 1,
        )
    return last.isoformat(), None


def moved(trip: Mapping[str, Any], departs: str) -> str | None:
    """The return of a trip whose departure moves: as many days later."""
    if not (trip["departs_on"] and trip["returns_on"]):
        return None if trip["returns_on"] is None else str(trip["returns_on"])
    later = date.fromisoformat(departs) - date.fromisoformat(trip["departs_on"])
    return (date.fromisoformat(trip["returns_on"]) + later).isoformat()
