"""What began as a complaint like any other becomes a crisis, and gets the clock of one."""

from datetime import datetime

from tourcrm.base.errors import Refused
from tourcrm.base.i18n import N_
from tourcrm.complaints import clock, steps
from tourcrm.complaints.lifecycle import ESCALATED, require
from tourcrm.complaints.steps import Act, Done
from tourcrm.models import Complaint


def escalate(act: Act, row: Complaint, text: str | None = None, at: datetime | None = None) -> Done:
    """A complaint has become a crisis: from then on its clock runs anew, for the minutes of a
    crisis, until the emergency answer. One that was a crisis all along is corrected by `edit`.

    Raises Refused where it is resolved or closed, and for a moment that cannot be.
    """
    now, _events = clock.course_of(act.session, row)
    require(now, "escalate", row.code)
    if row.severity == "crisis":
        return steps.done(act, row, changed=False)
    if now.resolved_at is not None:
        raise Refused(
            N_("{code} is resolved. To go on with it: tourcrm complaints reopen {code} REASON"),
            code=row.code,
        )
    when = steps.moment(act, at, now.responded_at or now.opened_at)
    steps.edit(act, row, severity="crisis")
    steps.record(act, row, "noted", when, detail=ESCALATED, text=text)
    return steps.done(act, row)
