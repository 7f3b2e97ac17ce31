"""Whom to call, why, and what to say: the door to the agenda (`tourcrm.agenda`).

A session, the settings and a day in; out come lines with their words, or the items behind them.
Nothing of it is stored but decisions.
"""

from tourcrm.agenda.day import basis, everybody
from tourcrm.agenda.planner import (
    OPEN,
    Agenda,
    Count,
    DueList,
    agenda,
    due,
    due_of_each,
    for_customer,
    for_day,
    listing,
    noted,
    of_colleague,
    used,
)

__all__ = [
    "OPEN",
    "Agenda",
    "Count",
    "DueList",
    "agenda",
    "basis",
    "due",
    "due_of_each",
    "everybody",
    "for_customer",
    "for_day",
    "listing",
    "noted",
    "of_colleague",
    "used",
]
