"""What a row of a sheet of trips says of money, as lines of payments and a plan: pure arithmetic.

Whether 已付 holds the deposit as well is settled by the sums of a whole sheet; so is whether 尾款
is what is still owed, or the part of the price beside the deposit, paid or not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, NamedTuple

Reading = Literal["with", "beside", "parts"]
MOST_MAY_DIFFER = 10  # of the rows that tell, one in so many may say otherwise


class Told(NamedTuple):
    """The cells of a row, in fen and days; None where it says nothing."""

    price: int | None
    deposit: int | None
    paid: int | None
    paid_beside: int | None
    unpaid: int | None
    deposit_on: date | None = None
    paid_on: date | None = None
    unpaid_by: date | None = None


def reading(rows: Iterable[Told]) -> tuple[Reading | None, int]:
    """What 已付 means in a sheet, and how many rows say so; None where rows that have both it and
    a deposit do not settle it.

    with: it holds the deposit; beside: it does not; parts: it does, and 尾款 is the rest of the
    price beside the deposit, whether it was paid or not.
    """
    sure: list[set[Reading]] = []
    likely: list[set[Reading]] = []
    asked = 0
    for row in rows:
        if not row.deposit or row.paid is None:
            continue
        asked += row.price is not None or row.paid > 0
        if row.price is not None:
            (sure if _is_sure(row) else likely).append(_fitting(row, row.deposit, row.paid))
    if not asked:
        return "with", 0
    for found in (sure, likely):
        fits = [one for one in found if one]
        if fits:
            return _most(fits)
    return None, 0


def _is_sure(row: Told) -> bool:
    """Whether a row has all that makes a sum, or more paid than is one."""
    price, whole = row.price or 0, (row.deposit or 0) + (row.paid or 0)
    return row.unpaid is not None or row.paid == price or whole > price


def _fitting(row: Told, deposit: int, paid: int) -> set[Reading]:
    """The readings with which the sums of a row come out."""
    price, left = row.price, row.unpaid
    if left is None:
        if deposit + paid == price:
            return {"beside"}
        return {"with", "parts"} if _is_sure(row) or paid == deposit else set()
    sums: dict[Reading, int] = {
        "with": paid + left,
        "beside": deposit + paid + left,
        "parts": deposit + left,
    }
    return {means for means, whole in sums.items() if whole == price}


def _most(fits: Sequence[set[Reading]]) -> tuple[Reading | None, int]:
    """The reading with which nearly all rows come out."""
    order: tuple[Reading, ...] = ("with", "beside", "parts")
    counts = {means: sum(means in one for one in fits) for means in order}
    best = max(order, key=lambda means: counts[means])  # of equals the first named
    rivals = [means for means in order if counts[means] == counts[best]]
    unclear = "beside" in rivals and len(rivals) > 1
    against = len(fits) - counts[best]
    if unclear or against * MOST_MAY_DIFFER > counts[best]:
        return None, counts[best]
    return best, counts[best]


def received(row: Told, means: Reading, today: date) -> int | None:
    """How much was received for a trip, as its row says; None where it says nothing of that."""
    deposit = 0 if is_ahead(row, today) else row.deposit or 0
    if row.paid is not None:
        return row.paid + (deposit if means == "beside" else 0)
    if row.paid_beside is not None:
        return deposit + row.paid_beside
    told = row.unpaid == 0 or (row.unpaid is not None and row.deposit is None)
    if told and row.price is not None and row.unpaid is not None and row.unpaid <= row.price:
        return row.price - row.unpaid
    return None if row.deposit is None else deposit


def is_ahead(row: Told, today: date) -> bool:
    """Whether the deposit is to be paid on a day to come."""
    return row.deposit_on is not None and row.deposit_on > today


def left(row: Told, means: Reading, whole: int) -> int | None:
    """What a row says is still owed, where `whole` was received."""
    if means == "parts" and row.paid is not None:
        return None if row.price is None else max(0, row.price - whole)
    return row.unpaid


def differs(row: Told, means: Reading, whole: int) -> bool:
    """Whether what was received and what is left do not come to the price."""
    rest = left(row, means, whole)
    return row.price is not None and rest is not None and whole + rest != row.price


class Line(NamedTuple):
    """A payment: deposit or balance, in fen, on a day."""

    kind: str
    amount: int
    day: date


class Have(NamedTuple):
    """What was written down for a trip already, in fen: as deposits, and in all."""

    deposit: int = 0
    whole: int = 0


@dataclass(frozen=True, slots=True)
class Days:
    """Days of a trip, and of the import."""

    booked_on: date | None
    departs_on: date | None
    today: date

    def of_payment(self, said: date | None) -> date:
        """When a payment was made that may not say it: at the booking, and never ahead."""
        if said is not None:
            return said
        return min(self.booked_on or self.departs_on or self.today, self.today)


def lines(row: Told, whole: int, have: Have, days: Days) -> tuple[Line, ...]:
    """The payments that are lacking where `whole` was received and some is written down."""
    lacking = whole - have.whole
    if lacking <= 0:
        return ()
    deposit = min(lacking, max(0, min(row.deposit or 0, whole) - have.deposit))
    found = (
        Line("deposit", deposit, days.of_payment(row.deposit_on or row.paid_on)),
        Line("balance", lacking - deposit, days.of_payment(row.paid_on)),
    )
    return tuple(line for line in found if line.amount)


def plan(row: Told, whole: int, days: Days, before: int) -> tuple[Line, ...]:
    """The parts of a price and the days by which they are due, where the row says more than what
    was paid: a day, a deposit to come, or that nothing was paid yet. before: days from the payment
    of the rest to the departure, where nobody said when."""
    ahead = is_ahead(row, days.today)
    nothing_yet = whole == 0 and bool(row.unpaid or row.deposit)
    if not row.price or not (row.unpaid_by or ahead or nothing_yet):
        return ()
    since = min(days.booked_on or days.today, days.departs_on or days.today)
    rest_by = row.unpaid_by
    if rest_by is None:
        usual = days.departs_on - timedelta(days=before) if days.departs_on else since
        rest_by = max(usual, since)
    deposit = min(row.deposit or 0, row.price)
    deposit_by = row.deposit_on or min(since, rest_by)
    found = (Line("deposit", deposit, deposit_by), Line("balance", row.price - deposit, rest_by))
    return tuple(line for line in found if line.amount)
