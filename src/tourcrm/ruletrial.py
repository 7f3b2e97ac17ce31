"""What rules would have brought in the last twelve months, before they are loaded."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from tourcrm import followup
from tourcrm.item import Item, Span
from tourcrm.rule import Rule
from tourcrm.setting import Settings

WEEKS = 52  # whole ones, before the one that the day is in
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

    Counted in the week of their due day, with what was known at its end; what would have been held
    or settled is not counted. The members of a batch are one line. progress: is told how many
    weeks are done, and of how many.
    """
    first = as_of - timedelta(as_of.weekday() + 7 * WEEKS)
    weeks = []
    for number in range(WEEKS + 1):
        progress(number, WEEKS + 1)
        monday = first + timedelta(7 * number)
        last = min(monday + timedelta(6), as_of)
        span = Span(back=(last - monday).days)
        agenda = followup.agenda(session, settings, last, span, rules=rules)
        lines = {
            (item.batch or item.key, item.rule.id)
            for item in agenda.items
            if monday <= item.planned_on <= last and _counts(item)
        }
        counted = Counter(id_ for _line, id_ in lines)
        found = {one.id: counted[one.id] for one in rules}
        weeks.append(Week(monday, (last - monday).days + 1, found))
    progress(WEEKS + 1, WEEKS + 1)
    return weeks


def _counts(item: Item) -> bool:
    return item.state in _ON_THE_LIST or (item.state == "lapsed" and not item.why)
