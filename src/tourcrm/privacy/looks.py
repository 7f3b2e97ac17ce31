"""Who looked at numbers that are hidden elsewhere, and at whose."""

from sqlmodel import Session

from tourcrm.db import operations
from tourcrm.db.codes import Number
from tourcrm.models import Look


def note(session: Session, number: Number, what: str, customer: int | None = None) -> None:
    """Write a look down. customer: at whose numbers; none: at those of all in a list."""
    operations.add(session, Look(customer_id=customer, what=what, operation_id=number()))
