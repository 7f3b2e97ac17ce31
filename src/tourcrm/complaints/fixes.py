"""What the agency will mend inside after a complaint: promised, and done."""

from datetime import date

from sqlmodel import Session, col, select

from tourcrm.base.display import visible
from tourcrm.base.errors import Refused
from tourcrm.base.i18n import N_
from tourcrm.complaints import queries, steps
from tourcrm.complaints.steps import Act
from tourcrm.db import operations
from tourcrm.db.codes import id_of
from tourcrm.models import Complaint, ComplaintFix


def promise(act: Act, row: Complaint, what: str, owner: str) -> str | None:
    """Record what the agency will mend inside. The same words, still open, are the same promise:
    then nothing is recorded, and whose work it is already is returned."""
    for fix in queries.fixes(act.session, date.max, id_of(row), undone=True):
        if fix.what == what:
            return fix.owner
    act.session.add(
        ComplaintFix(
            complaint_id=id_of(row),
            what=what,
            owner=owner,
            promised_on=act.today,
            operation_id=act.number(),
        )
    )
    act.session.flush()
    return None


def done(
    act: Act, row: Complaint, which: int | None, on: date, text: str | None = None
) -> tuple[str, ...]:
    """Record that what was to be mended is; returns what. which: its number, where it has several.

    Raises Refused where there is none, or several and nobody said which; and for a day that cannot
    be. What was done already stays as it is.
    """
    fix = _fix(act.session, row, which)
    if fix is None or fix.done_on is not None:
        return ()
    if not fix.promised_on <= on <= max(act.today, fix.promised_on):
        raise Refused(
            N_("It was promised on {day} and cannot have been done on {on}."),
            day=fix.promised_on,
            on=on,
        )
    operations.edit(act.session, act.number(), fix, {"done_on": on}, row.customer_id)
    said = " · ".join(part for part in (fix.what, text) if part)
    steps.record(act, row, "fixed", max(act.now, row.opened_at), detail=fix.owner, text=said)
    return (fix.what,)


def _fix(session: Session, row: Complaint, which: int | None) -> ComplaintFix | None:
    """The fix of this number, or the only one that is open; None where all are done."""
    rows = session.exec(
        select(ComplaintFix)
        .where(col(ComplaintFix.complaint_id) == id_of(row))
        .order_by(col(ComplaintFix.id))
    ).all()
    if which is not None:
        chosen = [fix for number, fix in enumerate(rows, 1) if number == which]
    else:
        chosen = [fix for fix in rows if fix.done_on is None]
    if not rows:
        raise Refused(
            N_(
                "Nothing is noted that is to change after {code}. Note it: "
                "tourcrm complaints fix {code} --add TEXT --owner NAME"
            ),
            code=row.code,
        )
    if which is None and not chosen:
        return None
    if not chosen:
        raise Refused(
            N_("{code} has no such fix; see: tourcrm complaints show {code}"), code=row.code
        )
    if len(chosen) > 1:
        raise Refused(
            N_("{code} has {n} open fixes; say which by its number: {numbers}."),
            code=row.code,
            n=len(chosen),
            numbers=", ".join(
                f"{number} {visible(fix.what, 60)}"
                for number, fix in enumerate(rows, 1)
                if fix.done_on is None
            ),
        )
    return chosen[0]
