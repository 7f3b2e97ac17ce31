"""What a customer truly brings: the margin of the window, less the cost of the days on which the
money was outstanding.

The margin is that of `bookings.margins`, refunds taken off. Where no cost of a trip is known, what
the agency keeps of other trips on the average stands for it; that is said. Money is outstanding
from the departure on, of trips of which the balance is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from sqlmodel import Session

from tourcrm.analysis import population
from tourcrm.analysis.groups import listed
from tourcrm.analysis.population import Basis
from tourcrm.base.errors import Message
from tourcrm.base.i18n import N_
from tourcrm.bookings import margins, payers
from tourcrm.bookings.margins import Sold
from tourcrm.bookings.payers import half_up

_DAYS_A_YEAR = 365


class ValueRow(NamedTuple):
    """A customer by value, in fen. margin: None where no cost is known. days_to_pay: after the
    departure, None where no balance is known."""

    customer: str
    name: str
    revenue: int
    margin: int | None
    value: int
    days_to_pay: int | None
    rank_revenue: int
    rank_value: int


@dataclass(frozen=True, slots=True)
class Value:
    """Customers by value, the highest first. notes: what was assumed."""

    rows: list[ValueRow]
    notes: tuple[Message, ...]


@dataclass(slots=True)
class _Sums:
    margin: int = 0  # of trips of which a cost is known
    known: int = 0  # how many those are
    unknown: int = 0  # the revenue of the others
    refunds: int = 0  # of those
    fen_days: int = 0
    owed: int = 0  # the price of trips of which the balance is known
    trips: list[Sold] = field(default_factory=list)


def value(session: Session, basis: Basis, interest: Decimal) -> Value:
    """Customers with a trip in the window by what they bring. interest: what outstanding money
    costs, in percent a year."""
    population.build(session, basis)
    found, notes = brought(session, basis, interest)
    return Value(_ranked([_row(one) for one in found]), notes)


def brought(
    session: Session, basis: Basis, interest: Decimal
) -> tuple[list["Brought"], tuple[Message, ...]]:
    """The same of a population that was built, by revenue, and what was assumed."""
    people = listed(session, "p.customer_id, p.revenue", "p.window_trips > 0", "p.revenue DESC")
    sums: dict[int, _Sums] = {row[2]: _Sums() for row in people}
    first = basis.start + timedelta(days=1) if basis.start else None
    open_ = payers.outstanding(session, basis.as_of)
    kept = sold = missing = 0
    for one in margins.sold(session, basis.as_of, first, basis.as_of):
        mine = sums.get(one.customer_id)
        money = one.money
        if mine is None or not one.live or one.departs_on is None or money.price is None:
            continue
        if money.cost is None:
            mine.unknown += money.price
            mine.refunds += money.refunds
            missing += 1
        else:
            mine.margin += money.price - money.cost + money.commission - money.refunds
            mine.known += 1
            kept += money.price - money.cost + money.commission
            sold += money.price
        if one.id in open_:
            mine.fen_days += open_[one.id]
            mine.owed += money.price
    rows = [_brought(row, sums[row[2]], (kept, sold), interest) for row in people]
    return rows, _notes(missing, kept, sold)


class Brought(NamedTuple):
    """What a customer brings, in fen. margin: with what is assumed of trips without a known cost.
    known: whether any cost is."""

    customer: str
    name: str
    revenue: int
    margin: int
    value: int
    known: bool
    days_to_pay: int | None


def _row(one: Brought) -> ValueRow:
    known = one.margin if one.known else None
    return ValueRow(one.customer, one.name, one.revenue, known, one.value, one.days_to_pay, 0, 0)


def _brought(
    row: Sequence[object], mine: _Sums, average: tuple[int, int], interest: Decimal
) -> Brought:
    code, name, _id, revenue = row
    kept, sold = average
    rest = half_up(mine.unknown * kept, sold) if sold > 0 else mine.unknown
    margin = mine.margin + rest - mine.refunds
    rate = int(interest * 100)  # hundredths of a percent
    cost = half_up(mine.fen_days * rate, _DAYS_A_YEAR * 100 * 100)
    days = half_up(mine.fen_days, mine.owed) if mine.owed else None
    return Brought(
        str(code), str(name), int(str(revenue)), margin, margin - cost, bool(mine.known), days
    )


def _ranked(rows: list[ValueRow]) -> list[ValueRow]:
    """By value, with both ranks; equals share the better one."""
    by_revenue = _ranks([row.revenue for row in rows])
    by_value = _ranks([row.value for row in rows])
    placed = [
        row._replace(rank_revenue=by_revenue[row.revenue], rank_value=by_value[row.value])
        for row in rows
    ]
    return sorted(placed, key=lambda row: (row.rank_value, row.rank_revenue))


def _ranks(values: list[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for place, amount in enumerate(sorted(values, reverse=True), 1):
        found.setdefault(amount, place)
    return found


def _notes(missing: int, kept: int, sold: int) -> tuple[Message, ...]:
    if not missing:
        return ()
    if sold <= 0:
        text = N_("No cost of a trip is known, so that the whole price counts: tourcrm trips cost")
        return (Message(text),)
    text = N_(
        "Trips without a known cost: {count}. {percent}% of their price counts as margin, which is "
        "what the other trips leave."
    )
    return (Message(text, count=missing, percent=half_up(kept * 100, sold)),)
