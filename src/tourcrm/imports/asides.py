"""What cells hold beside their value, and cells that are left out: neither is lost, and it is said.

A phone cell may say whose phone it is, an amount how it came about: the value is taken, the rest
goes to the row's note. A damaged cell of a column that a row can do without is left out, and its
text goes to the note; everything that says who is meant, what it costs, when the trip is and how
far it got costs the row instead.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from tourcrm.base import parsing
from tourcrm.base.columns import Column
from tourcrm.base.errors import Message
from tourcrm.base.kinds import Parse, Terms
from tourcrm.base.money import parse_sum
from tourcrm.base.parsing.periods import Days, day_of_trip, departure
from tourcrm.imports import currencies

LINES_NAMED = 6  # of each remark
MOST = 500  # different ones

# Kinds of columns whose cells may hold more than the value, and what reads both.
READERS: Mapping[str, Callable[[Terms], Parse]] = {
    "phones": lambda terms: terms.numbers(parsing.phones_beside),
    "phone": lambda terms: terms.numbers(parsing.phone_beside),
    "amount": lambda terms: (
        partial(currencies.parse, home=terms.currency)
        if terms.any_currency
        else partial(parse_sum, currency=terms.currency)
    ),
    "count": lambda terms: parsing.party,
}

# Columns of customers without which a row is still a whole one. Not among them: what identifies,
# what decides how a customer is treated (kind, status, consent), and what moves others.
SPARED = {
    "customer": frozenset(
        {"birthday", "special_dates", "gender", "email", "passport_expires_on"}
        | {"language", "entered_on", "lost_on", "consent_on"}
    ),
    "trip": frozenset({"abroad", "inquired_on"}),
}

NOTES = {"customer": "note", "trip": "note", "interaction": "summary"}  # where the rest goes


class Rest(NamedTuple):
    """What of a cell goes to the note of its row."""

    row: int  # of the chunk
    place: int
    text: str
    what: str
    reason: Message | None = None


@dataclass(slots=True)
class Remark:
    """What is to be said of some rows: which column, how many, the first of them."""

    # words, party, sum, more: what stood beside; spared: a cell that was left out; word: one that
    # is not known; document: an ID number that says otherwise; nickname: no full name; nameless:
    # a company's alone; referral_loop: a referrer whom the customer brought;
    # passport_name: one that is not the customer's
    what: str
    column: str
    reason: Message | None = None
    rows: int = 0
    lines: list[int] = field(default_factory=list)
    cell: str = ""  # the first one, where it may be shown


class Remarks:
    """The remarks of one pass through a sheet."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str], Remark] = {}

    def add(
        self, what: str, column: str, line: int, cell: str, reason: Message | None = None
    ) -> None:
        told_apart = cell if what == "word" else "" if reason is None else reason.template
        key = (what, column, told_apart)
        if key not in self._found and len(self._found) >= MOST:
            return
        remark = self._found.setdefault(key, Remark(what, column, reason, cell=cell))
        remark.rows += 1
        if len(remark.lines) < LINES_NAMED:
            remark.lines.append(line)

    def all(self) -> list[Remark]:
        """What is to be said, in the order in which it was met."""
        return list(self._found.values())


# Amounts that are no trip's: of one below zero there is nothing to say of refunds.
_NO_TRIPS = frozenset({"list_price", "credit_limit"})
# The days of a journey may lack their year, or stand in one cell.
_DAYS = {"departs_on": departure, "returns_on": day_of_trip}


def reader(column: Column, terms: Terms) -> Parse | None:
    """What reads the cells of a column with what stands beside the value; None: nothing may."""
    if column.field in _DAYS:
        parse = terms.dated(_DAYS[column.field], zone=terms.zone)
        return lambda cell: day if isinstance(day := parse(cell), Days) else day.isoformat()
    if column.is_label:
        return parsing.label
    if column.field in _NO_TRIPS and not terms.any_currency:
        return None
    found = READERS.get(column.kind)
    return None if found is None else found(terms)


def apart(values: list[Any]) -> dict[int, parsing.Beside]:
    """The cells of a column beside whose value something stands; the values are put in place."""
    found = {place: value for place, value in enumerate(values) if type(value) is parsing.Beside}
    for place, value in found.items():
        values[place] = value.value
    return found
