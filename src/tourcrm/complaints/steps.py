"""How steps of complaints are written: an event each, with its time and who took it.

None is ever deleted. What a step leaves is told by `Done`.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session

from tourcrm.base.errors import Message, Refused
from tourcrm.base.i18n import N_
from tourcrm.complaints import clock, deadlines, policy
from tourcrm.complaints.lifecycle import ESCALATED
from tourcrm.complaints.policy import Compensation
from tourcrm.db import operations
from tourcrm.db.codes import Number, id_of
from tourcrm.db.setting import Settings
from tourcrm.models import Complaint, ComplaintEvent

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Act:
    """Where somebody acts, when, and who: `number` gives the operation's, staff is the person."""

    session: Session
    settings: Settings
    number: Number
    today: date
    now: datetime
    staff: str


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a step: the complaint, its customer, what is worth knowing.

    changed: False where it stood like that already. needs: what is missing until it can be closed
    (names of lifecycle).
    """

    code: str
    customer: str
    name: str
    changed: bool
    needs: tuple[str, ...]
    notes: tuple[Message, ...]
    booked: tuple[Compensation, ...]
    due_at: datetime | None
    unticked: tuple[str, ...]
    closed: bool


def done(
    act: Act,
    row: Complaint,
    *,
    changed: bool = True,
    notes: tuple[Message, ...] = (),
    booked: tuple[Compensation, ...] = (),
) -> Done:
    """What became of a step, as things stand now."""
    now, _events = clock.course_of(act.session, row)
    who = clock.customer_of(act.session, row)
    running = now.responded_at is None
    return Done(
        code=row.code,
        customer=who.code,
        name=who.name,
        changed=changed,
        needs=()
        if now.closed_at
        else now.lacks(policy.is_due(act.session, row, now, act.settings)),
        notes=notes,
        booked=booked,
        due_at=deadlines.due_at(now.opened_at, row.severity, act.settings, now.clock)
        if running
        else None,
        unticked=now.unticked if running and row.severity == "crisis" else (),
        closed=now.closed_at is not None,
    )


def record(
    act: Act,
    row: Complaint,
    step: str,
    at: datetime,
    *,
    detail: str | None = None,
    text: str | None = None,
) -> None:
    """Add a step to the story of a complaint. A clock that it sets going keeps today's settings."""
    sets_going = step in ("opened", "reopened") or detail == ESCALATED
    event = ComplaintEvent(
        complaint_id=id_of(row),
        step=step,
        at=clock.stored_moment(at),
        staff=act.staff,
        detail=detail,
        text=text,
        operation_id=act.number(),
        clock=deadlines.written(act.settings) if sets_going else None,
    )
    act.session.add(event)
    act.session.flush()


def moment(act: Act, said: datetime | None, *after: datetime | None) -> datetime:
    """When a step was taken: as somebody says, else now, but never before the steps it rests on.

    Raises Refused for a moment that has not come, and for one before those steps.
    """
    earliest = max(moment for moment in after if moment is not None)
    if said is None:
        return max(act.now, earliest)
    refuse_ahead(act, said)
    if said <= earliest - _MINUTE:  # people say minutes, and steps are stored to the second
        raise Refused(N_("--at lies before the step that comes first; check it."))
    return max(said, earliest)


def refuse_ahead(act: Act, said: datetime) -> None:
    """Raise Refused for a moment that has not come."""
    if said > act.now:
        raise Refused(N_("--at lies ahead; say when it was."))


def edit(act: Act, row: Complaint, **facts: object) -> None:
    """Set columns of a complaint, keeping what they were."""
    if any(getattr(row, name) != value for name, value in facts.items()):
        operations.edit(act.session, act.number(), row, facts, row.customer_id)
