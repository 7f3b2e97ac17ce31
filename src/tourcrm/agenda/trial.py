"""What rules would have brought in the last twelve months, before they are loaded."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlmodel import Session

from tourcrm.agenda import planner
from tourcrm.agenda.rules.model import Rule
from tourcrm.agenda.states import Item, Span
from tourcrm.db import engine
from tourcrm.db.setting import Settings

WEEKS = 52  # whole ones, before the one that the day is in
# In the place of the table, for the statements of one connection: complaints that nobody answers.
_UNANSWERED = """
    CREATE TEMP VIEW complaint_event AS
    SELECT * FROM main.complaint_event WHERE step <> 'responded'
"""
_ON_THE_LIST = ("shown", "waiting", "decided")


@dataclass(frozen=True, slots=True)
class Week:
    """One week: its Monday, how many of its days are past, and lines by rule."""

    monday: date
    days: int
    lines: dict[str, int]

    @property
    def total(self) -> int:
        """Lines of all rules."""
        return sum(self.lines.values())

    @property
    def a_day(self) -> float:
        """Lines a day."""
        return self.total / self.days


def trial(
    session: Session,
    settings: Settings,
    rules: Sequence[Rule],
    as_of: date,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> list[Week]:
    """The lines that rules would have put on the list in the last twelve months, week by week.

    Counted in the week of their due day, with what was known at its end, as if the customers had
    been in the database all the time; what would have been held or settled is not counted, but a
    complaint that was answered is: its clock has run. The members of a batch are one line.
    progress: is told how many weeks are done, and of how many.
    """
    tried = [replace(one, spread=False) for one in rules]
    with _unanswered(session):
        return list(_weeks(session, settings, tried, as_of, progress))


def only_waiting(rules: Sequence[Rule]) -> list[str]:
    """The ids of rules of which a week shows only who was still waiting at its end: a contact, or
    a decision, of that very week has begun the next interval."""
    return [one.id for one in rules if one.anchor.name == "last_contact"]


@contextmanager
def _unanswered(session: Session) -> Iterator[None]:
    """Complaints are seen as if none had been answered."""
    connection = engine.raw(session)
    connection.execute(_UNANSWERED)
    try:
        yield
    finally:
        connection.execute("DROP VIEW temp.complaint_event")


def _weeks(
    session: Session,
    settings: Settings,
    rules: Sequence[Rule],
    as_of: date,
    progress: Callable[[int, int], None],
) -> Iterator[Week]:
    first = as_of - timedelta(as_of.weekday() + 7 * WEEKS)
    for number in range(WEEKS + 1):
        progress(number, WEEKS + 1)
        monday = first + timedelta(7 * number)
        last = min(monday + timedelta(6), as_of)
        span = Span(back=(last - monday).days)
        agenda = planner.agenda(session, settings, last, span, rules=rules)
        lines = {
            (item.batch or item.told.key, item.rule.id)
            for item in agenda.items
            if monday <= item.planned_on <= last and _counts(item)
        }
        counted = Counter(id_ for _line, id_ in lines)
        found = {one.id: counted[one.id] for one in rules}
        yield Week(monday, (last - monday).days + 1, found)
    progress(WEEKS + 1, WEEKS + 1)


def _counts(item: Item) -> bool:
    return item.state in _ON_THE_LIST or (item.state == "lapsed" and not item.why)
