"""The steps of complaints as they are stored: read in one place, and the SQL that finds rounds.

Reading takes plain rows and no models, since the due list reads them, too.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from tourcrm.base.moments import day_end, moment_of, moment_text
from tourcrm.complaints.lifecycle import CALMED, ESCALATED, Event, rounds, spans_open
from tourcrm.db import dialect, engine


def escalation(event: str) -> str:
    """SQL: whether a step of a complaint says that it has become a crisis, and none after it that
    it was none."""
    return f"""{event}.step = 'noted' AND {event}.detail = '{ESCALATED}' AND NOT EXISTS (
        SELECT 1 FROM complaint_event u WHERE u.complaint_id = {event}.complaint_id
            AND u.id > {event}.id AND u.step = 'noted' AND u.detail = '{CALMED}'
    )"""  # noqa: S608 - words of ours


# The step that begins the round of a complaint `k` in which it is before :end: its opening, the
# last reopening, or that it has become a crisis.
BEGUN = f"""(
    SELECT max(b.id) FROM complaint_event b
    WHERE b.complaint_id = k.id AND b.at < :end
        AND (b.step IN ('opened', 'reopened') OR {escalation("b")})
)"""  # noqa: S608 - a word of ours
# The severity of a complaint `k` before :end: what becomes a crisis later is none yet.
SEVERITY = f"""CASE WHEN EXISTS (
    SELECT 1 FROM complaint_event x WHERE x.complaint_id = k.id AND x.at >= :end
        AND {escalation("x")}
) THEN 'routine' ELSE k.severity END"""  # noqa: S608 - a word of ours


def taken(step: str) -> str:
    """SQL: whether a complaint `k` has taken this step before :end, in the round that `b` began."""
    return f"""EXISTS (
        SELECT 1 FROM complaint_event e
        WHERE e.complaint_id = k.id AND e.id > b.id AND e.at < :end AND e.step = '{step}'
    )"""  # noqa: S608 - a word of ours


def events_of(
    session: Session, complaints: Iterable[int], until: datetime | None = None
) -> dict[int, list[Event]]:
    """The steps of these complaints up to a moment, in the order in which they were recorded."""
    sql = """
        SELECT complaint_id, at, id, step, staff, detail, text, clock FROM complaint_event
        WHERE complaint_id IN :ids ORDER BY id
    """
    wanted = set(complaints)
    found: dict[int, list[Event]] = {number: [] for number in wanted}
    last = None if until is None else moment_text(until)
    for number, at, id_, step, *rest in dialect.by_ids(session, sql, wanted):
        if last is None or at <= last:
            found[number].append(Event(id_, step, moment_of(at), *rest))
    return found


def days_open(
    session: Session, as_of: date, zone: ZoneInfo
) -> Iterator[tuple[int, int, date, date | None]]:
    """As of the end of a day: customer, complaint, and from which day to which it was open."""
    sql = """
        SELECT k.customer_id, k.id, e.step, e.at FROM complaint_event e
        JOIN complaint k ON k.id = e.complaint_id
        WHERE e.step IN ('opened', 'closed', 'reopened') AND e.at < ? ORDER BY e.id
    """
    steps: dict[tuple[int, int], list[tuple[str, datetime]]] = {}
    for who, number, step, at in engine.raw(session).execute(sql, (day_end(as_of, zone),)):
        steps.setdefault((who, number), []).append((step, moment_of(at)))
    for (who, number), known in steps.items():
        for since, until in spans_open(rounds(known)):
            first, last = since.astimezone(zone).date(), until and until.astimezone(zone).date()
            yield who, number, first, last
