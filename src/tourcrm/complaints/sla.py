"""How many complaints were answered in time, by whom and what they were about, and what stands out.

Every opening and every reopening counts once, with its own clock; so does a complaint that has
become a crisis, from then on. A group stands out where it was late more often than all others of
its kind together, and chance hardly explains that: Fisher's exact test (one-sided), 5 percent over
all groups that are compared (Holm's correction), and never from fewer than FEWEST cases.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from math import exp, lgamma
from statistics import median

from sqlmodel import Session

from tourcrm.base.moments import moment_text
from tourcrm.complaints.deadlines import due_at, in_time
from tourcrm.complaints.lifecycle import rounds_of
from tourcrm.complaints.story import events_of
from tourcrm.db import engine
from tourcrm.db.setting import Settings

GROUPINGS = ("month", "severity", "category", "advisor", "guide", "destination")
FEWEST = 5  # cases of a group, and of the rest, below which nothing is compared
ERROR = 0.05  # how likely it may be that anything at all is named by chance


@dataclass(frozen=True, slots=True)
class Case:
    """An answer that came, or is overdue. minutes: until it came. groups: by grouping, if known."""

    in_time: bool
    minutes: float | None
    groups: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Share:
    """One group of a grouping; group None: nobody said which.

    share: in time, 0 to 1. rest: cases of the other groups, and how many of these were in time.
    p: how likely chance alone makes a group at least so late; None where too few were compared.
    """

    by: str
    group: str | None
    cases: int
    in_time: int
    minutes: float | None
    rest: int
    rest_in_time: int
    p: float | None
    stands_out: bool = False

    @property
    def share(self) -> float:
        """How many of the cases were in time, 0 to 1."""
        return self.in_time / self.cases

    @property
    def late(self) -> int:
        """How many were not."""
        return self.cases - self.in_time


@dataclass(frozen=True, slots=True)
class Report:
    """All cases of a span, and the groups. running: clocks that are still in time, not counted."""

    cases: int
    in_time: int
    running: int
    compared: int
    shares: tuple[Share, ...]

    @property
    def standing_out(self) -> list[Share]:
        """The groups that were late more often than chance explains, the surest first."""
        found = [share for share in self.shares if share.stands_out]
        return sorted(found, key=lambda share: share.p or 0.0)


_TRIPS = """
SELECT k.id, k.severity, k.category, t.advisor, t.guide, t.destination
FROM complaint k LEFT JOIN trip t ON t.id = k.trip_id WHERE k.opened_at <= :until
"""


def report(session: Session, settings: Settings, now: datetime, first: date, last: date) -> Report:
    """Who was answered in time, of what was opened or reopened from one day to another."""
    rows = engine.rows(session, _TRIPS, until=moment_text(now))
    events = events_of(session, (row.id for row in rows), now)
    cases = []
    running = 0
    for row in rows:
        # Before it became a crisis it was none.
        became = any(one.escalated for one in rounds_of(events[row.id]))
        severity = "routine" if became else row.severity
        for one in rounds_of(events[row.id]):
            if one.left:
                continue
            opened_on = one.opened_at.astimezone(settings.zone).date()
            if not first <= opened_on <= last:
                continue
            severity = "crisis" if one.escalated else severity
            due = due_at(one.opened_at, severity, settings, one.clock)
            kept = in_time(one.responded_at, due, now)
            if kept is None:
                running += 1
                continue
            answered = one.responded_at
            took = (answered - one.opened_at).total_seconds() / 60 if answered else None
            values = (f"{opened_on:%Y-%m}", severity, row.category)
            named = (row.advisor, row.guide, row.destination)
            groups = dict(zip(GROUPINGS, (*values, *named), strict=True))
            cases.append(Case(kept, took, groups))
    return shares(cases, running)


def shares(cases: Sequence[Case], running: int = 0) -> Report:
    """The groups of these cases: by grouping, months in order, else the most cases first."""
    total, total_in_time = len(cases), sum(case.in_time for case in cases)
    found: list[Share] = []
    for by in GROUPINGS:
        groups: dict[str | None, list[Case]] = defaultdict(list)
        for case in cases:
            groups[case.groups.get(by)].append(case)
        made = [
            _share(by, group, members, total, total_in_time) for group, members in groups.items()
        ]
        if by == "month":
            made.sort(key=lambda one: one.group or "")
        else:
            made.sort(key=lambda one: (-one.cases, one.group is None, one.group or ""))
        found += made
    marked = _outstanding([one.p for one in found])
    kept = tuple(replace(one, stands_out=place in marked) for place, one in enumerate(found))
    compared = sum(one.p is not None for one in found)
    return Report(total, total_in_time, running, compared, kept)


def _share(
    by: str, group: str | None, members: Sequence[Case], total: int, total_in_time: int
) -> Share:
    here = sum(case.in_time for case in members)
    rest, rest_in_time = total - len(members), total_in_time - here
    enough = group is not None and min(len(members), rest) >= FEWEST
    took = [case.minutes for case in members if case.minutes is not None]
    return Share(
        by=by,
        group=group,
        cases=len(members),
        in_time=here,
        minutes=median(took) if took else None,
        rest=rest,
        rest_in_time=rest_in_time,
        p=chance(len(members) - here, len(members), rest - rest_in_time, rest) if enough else None,
    )


def chance(late: int, cases: int, rest_late: int, rest: int) -> float:
    """How likely a group drawn by lot has at least so many of all that were late.

    Fisher's exact test, one-sided: the upper tail of the hypergeometric distribution.
    """
    lates, total = late + rest_late, cases + rest
    every = _ways(total, cases)
    tail = (
        exp(_ways(lates, k) + _ways(total - lates, cases - k) - every)
        for k in range(max(late, cases + lates - total), min(lates, cases) + 1)
    )
    return min(1.0, sum(tail))


def _ways(many: int, some: int) -> float:
    """The logarithm of the number of ways to choose some of many."""
    return lgamma(many + 1) - lgamma(some + 1) - lgamma(many - some + 1)


def _outstanding(chances: Iterable[float | None]) -> set[int]:
    """The places of the chances that are small even for so many comparisons (Holm, 1979)."""
    known = sorted((p, place) for place, p in enumerate(chances) if p is not None)
    found = set()
    for rank, (p, place) in enumerate(known):
        if p > ERROR / (len(known) - rank):
            break
        found.add(place)
    return found
