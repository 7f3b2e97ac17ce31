"""Tasks: what a colleague noted to do for a customer on a day. On the list they are duties."""

from collections.abc import Iterable
from datetime import date

from sqlmodel import Session, col, select

from tourcrm.base.errors import CellError, Refused, WrongUsage
from tourcrm.base.i18n import N_
from tourcrm.base.parsing import text
from tourcrm.db import operations
from tourcrm.models import Task

LONGEST = 200  # characters of what is to be done


def add(
    session: Session,
    number: int,
    *,
    customer_id: int,
    trip_id: int | None,
    due_on: date,
    what: str,
    owner: str | None,
    today: date,
    by: str,
    outcome_id: int | None = None,
) -> Task:
    """Note what is to be done for a customer, from `due_on` on until it is done.

    number: of the operation. owner: whose work it is; None = that of whoever is in charge of the
    customer. outcome_id: the decision that it goes on from. Raises WrongUsage for no words or too
    many, Refused for a day that is over.
    """
    if due_on < today:
        raise Refused(N_("{day} is over (today is {today})."), day=due_on, today=today)
    try:
        words = text(what, LONGEST)
    except CellError as reason:
        raise WrongUsage(N_("What is to be done: {reason}."), reason=reason) from None
    if not words:
        raise WrongUsage(N_("Say what is to be done."))
    row = Task(
        customer_id=customer_id,
        trip_id=trip_id,
        due_on=due_on,
        what=words,
        owner=owner,
        noted_on=today,
        noted_by=by,
        outcome_id=outcome_id,
        operation_id=number,
    )
    return operations.add(session, row)


def remove(session: Session, number: int, decisions: Iterable[int]) -> None:
    """Delete the tasks that go on from these decisions, keeping their columns in changes."""
    wanted = select(Task).where(col(Task.outcome_id).in_(list(decisions)))
    for row in session.exec(wanted).all():
        operations.delete(session, number, row, row.customer_id)
