"""Taking back the money that an import brought: payments are reversed, never deleted.

Only the lines of trips that go themselves go with these: nothing is left that they could be of. A
reversal that came with the import is taken back by the line that it had taken back, written anew.
"""

import sqlite3
from datetime import date

from sqlmodel import Session, col, select

from tourcrm.bookings import payments
from tourcrm.models import Payment, Trip

_STAY = "(SELECT row_id FROM temp.kept WHERE table_name = 'trip')"
_GO = f"(SELECT id FROM trip WHERE operation_id = :number AND id NOT IN {_STAY})"  # noqa: S608 - ours, above


def reverse(session: Session, number: int, mine: int, today: date) -> int:
    """Reverse, in operation `mine`, the lines of import `number` on trips that it did not add;
    returns how many were."""
    lines = session.exec(
        select(Payment)
        .join(Trip, col(Trip.id) == col(Payment.trip_id))
        .where(col(Payment.operation_id) == number, col(Trip.operation_id) != number)
        .order_by(col(Payment.id))
    ).all()
    own = {row.id for row in lines}
    taken_back = set(session.exec(select(Payment.reverses_id)).all()) if lines else set()
    count = 0
    for row in lines:
        if row.kind == "reversal":
            if row.reverses_id in own:
                continue  # both came with the import, and together they are nothing
            payments.again(session, lambda: mine, row)
        elif row.id in taken_back:
            continue
        else:
            day = max(today, row.paid_on or row.promised_on)
            payments.reverse(session, lambda: mine, row, day=day)
        count += 1
    session.flush()
    return count


def remove(connection: sqlite3.Connection, number: int) -> None:
    """Delete the plans of an import, and the lines of the trips that go with it. temp.kept names
    the trips that stay, with theirs."""
    for sql in (
        f"DELETE FROM payment WHERE operation_id = :number AND trip_id IN {_GO}",  # noqa: S608 - ours, above
        f"DELETE FROM installment WHERE operation_id = :number AND trip_id NOT IN {_STAY}",  # noqa: S608 - ours, above
    ):
        connection.execute(sql, {"number": number})
