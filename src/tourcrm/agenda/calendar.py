"""The follow-ups of the coming weeks, each on its day, for a calendar that is imported again.

What a calendar was told is remembered, for each colleague's and for that of all. Whatever of it is
not to be done any more, for whatever reason, is told once more as cancelled: with no words, for the
customer may be one who must not be mentioned. What must be done within hours is not told: a file
that is made in the morning comes too late.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlmodel import Session, col, select

from tourcrm.agenda import keys, planner
from tourcrm.agenda.keys import Key
from tourcrm.agenda.states import Item, Span
from tourcrm.agenda.wording import Line, lines
from tourcrm.db.setting import Settings
from tourcrm.models import CalendarEntry


@dataclass(frozen=True, slots=True)
class Entry:
    """A line and the day on which it stands; without a line, what is settled. id: for the calendar;
    that of the line may be another (see `_uids`). others: lines that say the same to others of its
    departure on that day."""

    id: str
    day: date
    rule: str
    line: Line | None
    others: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Schedule:
    """The entries by day. waiting: customers whose items do not fit the day, and have none."""

    last: date
    entries: tuple[Entry, ...]
    waiting: int


def plan(
    session: Session,
    settings: Settings,
    as_of: date,
    language: str,
    *,
    days: int,
    owner: str | None = None,
) -> Schedule:
    """What is due up to so many days from now; what is overdue stands on the day itself."""
    last = as_of + timedelta(days)
    agenda = planner.for_day(session, settings, as_of, owner=owner, span=Span(back=0, ahead=days))
    items = [item for item in agenda.items if not item.is_clock]
    uid = _uids(items)
    placed = [(day, item) for item in items if (day := _day(item, as_of, last)) is not None]
    placed.sort(key=lambda pair: pair[0])
    days_of: dict[str, date] = {}
    for day, item in placed:
        days_of.setdefault(item.id, day)
    entries: dict[str, Entry] = {}
    for line in lines(session, [item for _day, item in placed], as_of, language):
        id_ = line.line if line.line is not None else uid(line.items[0])
        if (known := entries.get(id_)) and line.line and known.day == days_of[line.id]:
            entries[id_] = replace(known, others=(*known.others, line))
            continue
        if id_ in entries:  # of a departure that is not done for all on one day
            id_ = line.id
        entries.setdefault(id_, Entry(id_, days_of[line.id], line.rule, line))
    gone = [
        Entry(id_, max(day, as_of), rule, None)
        for id_, day, rule in _told(session, owner, as_of - timedelta(days), last)
        if id_ not in entries
    ]
    return Schedule(
        last=last,
        entries=(*entries.values(), *sorted(gone, key=lambda entry: (entry.day, entry.id))),
        waiting=len({item.told.voice for item in agenda.items if item.why == "capacity"}),
    )


def _told(
    session: Session, owner: str | None, first: date, last: date
) -> Iterator[tuple[str, date, str]]:
    """What a calendar was told of some days: id, day, rule."""
    told = select(CalendarEntry).where(
        col(CalendarEntry.owner) == (owner or ""), col(CalendarEntry.day).between(first, last)
    )
    for one in session.exec(told):
        yield one.id, one.day, one.rule


def remember(session: Session, owner: str | None, schedule: Schedule) -> None:
    """Remember what the calendar of a colleague, or of all, is told; before it is."""
    for entry in schedule.entries:
        if entry.line is not None:
            told = CalendarEntry(owner=owner or "", id=entry.id, day=entry.day, rule=entry.rule)
            session.merge(told)


def _day(item: Item, as_of: date, last: date) -> date | None:
    """The day on which an item is to be done; None where it is settled, or has to wait."""
    if item.state in ("shown", "ahead"):
        return max(item.due_on, as_of)
    back = item.put_off_to
    return back if back and back <= last else None


def _uids(items: Iterable[Item]) -> Callable[[Item], str]:
    """What an item's entry is known by: its id; of a departure the id of the order that came first,
    so that it stays the same whoever books as well, and when the departure is moved."""
    first: dict[tuple[str, ...], Key] = {}
    for item in items:
        if item.batch is not None and item.batch[1] == "departure":
            known = first.setdefault(item.batch, item.key)
            first[item.batch] = min(known, item.key, key=lambda key: key.subject_id)

    def uid(item: Item) -> str:
        key = first.get(item.batch) if item.batch else None
        return keys.printed_id(key) if key else item.id

    return uid
