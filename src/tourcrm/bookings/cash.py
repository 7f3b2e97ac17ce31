"""Money that is expected in and out in the weeks to come, in fen.

In: the parts of prices that are to be paid by a day. Out: what suppliers are owed, less their
commission, by its day (or the departure, where no day is known), and refunds that are promised.
What is overdue from customers is not counted on; what the agency is late with goes out at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from tourcrm.bookings import costs, payments, receivables
from tourcrm.bookings.receivables import Terms
from tourcrm.db import engine


@dataclass(frozen=True, slots=True)
class Week:
    """What is expected from a day on for seven days. balance: with all weeks before it, and what
    there was at the beginning."""

    week: date
    money_in: int
    money_out: int
    net: int
    balance: int


@dataclass(frozen=True, slots=True)
class Ahead:
    """The weeks to come. overdue: what customers should have paid by now, in no week."""

    weeks: tuple[Week, ...]
    overdue: int

    @property
    def dry(self) -> Week | None:
        """The first week at the end of which more has gone out than there was."""
        return next((week for week in self.weeks if week.balance < 0), None)


def ahead(session: Session, terms: Terms, today: date, weeks: int, cash: int = 0) -> Ahead:
    """The weeks from today's on (they begin on Mondays). cash: what there is now."""
    start = today - timedelta(days=today.weekday())
    found, overdue, balance = [], 0, cash
    coming = [0] * weeks
    for day, amount in receivables.expected(session, terms, today):
        if day < today:
            overdue += amount
        elif (at := (day - start).days // 7) < weeks:
            coming[at] += amount
    going = [0] * weeks
    for day, amount in _out(session, today):
        if (at := max(0, (day - start).days // 7)) < weeks:
            going[at] += amount
    for at in range(weeks):
        net = coming[at] - going[at]
        balance += net
        monday = start + timedelta(weeks=at)
        found.append(Week(monday, coming[at], going[at], net, balance))
    return Ahead(tuple(found), overdue)


def _out(session: Session, today: date) -> Iterator[tuple[date, int]]:
    departures = {
        code: date.fromisoformat(day)
        for code, day in engine.rows(
            session,
            "SELECT code, departs_on FROM trip WHERE departs_on IS NOT NULL "
            "AND id IN (SELECT trip_id FROM trip_cost)",
        )
    }
    for line in costs.listed(session, today, unpaid=True):
        day = date.fromisoformat(line.due_on) if line.due_on else departures.get(line.trip, today)
        yield day, line.amount - line.earned
    promised, amount = payments.totals(session, payments.Wanted(day=today, promised=True))
    if promised:
        yield today, -amount
