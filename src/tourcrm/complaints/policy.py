"""What complaints are owed by their causes, and what was given for them: the booked rows."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from tourcrm.bookings import payments, voucher_list
from tourcrm.complaints.clock import trip_of
from tourcrm.complaints.lifecycle import LIABLE, Course, Event
from tourcrm.db import engine
from tourcrm.db.codes import id_of
from tourcrm.db.setting import Settings
from tourcrm.models import Complaint

REFUND, DISCOUNT = "refund", "discount"  # the kinds of compensation that a cause can owe


def owed(cause: str | None, trip: bool, price: int | None, settings: Settings) -> set[str]:
    """The kinds of compensation that a cause owes by default: a refund on the trip, if there is
    one that cost something, and a discount on the next."""
    if cause not in LIABLE:
        return set()
    nothing = not trip or price == 0 or settings["refund_percent"] == "0"
    return {DISCOUNT} if nothing else {REFUND, DISCOUNT}


_GIVEN = f"""
SELECT p.complaint_id, '{REFUND}' FROM payment p
WHERE p.complaint_id IS NOT NULL AND p.kind = 'refund'
    AND NOT EXISTS (SELECT 1 FROM payment r WHERE r.reverses_id = p.id)
UNION
SELECT v.complaint_id, v.kind FROM voucher v
WHERE v.complaint_id IS NOT NULL AND v.withdrawn_on IS NULL
"""  # noqa: S608 - constants of this module


def given(session: Session) -> dict[int, set[str]]:
    """The kinds of compensation that each complaint has, but for what was taken back."""
    kinds: dict[int, set[str]] = defaultdict(set)
    for complaint_id, kind in engine.rows(session, _GIVEN):
        kinds[complaint_id].add(kind)
    return kinds


@dataclass(frozen=True, slots=True)
class Compensation:
    """A refund or a voucher of a complaint, as it is booked.

    amount: fen, above zero. state: a word of payment_state or voucher_state. owed: whether the
    cause that is known now owes it, or somebody decided so; None for goodwill and what was taken
    back.
    """

    code: str
    kind: str
    amount: int | None
    pay_ratio: float | None
    what: str | None
    given_on: date
    until: date | None
    state: str
    settled_on: date | None
    owed: bool | None


_STANDING = ("promised", "paid", "open", "used", "expired")


def compensations(
    session: Session, row: Complaint, events: Iterable[Event], today: date
) -> list[Compensation]:
    """The refunds and vouchers of a complaint: every row that is booked, in its order.

    A reversal is told by the state of the line that it took back.
    """
    causes = _causes_when_given(events)
    now_known = row.cause

    def is_owed(code: str, kind: str, state: str) -> bool | None:
        if kind not in (REFUND, DISCOUNT) or state not in _STANDING or code not in causes:
            return None
        return causes[code] == now_known or {causes[code], now_known} <= set(LIABLE)

    refunds = [
        Compensation(
            code=line.code,
            kind=REFUND,
            amount=-line.amount,
            pay_ratio=None,
            what=line.note,
            given_on=line.promised_on,
            until=None,
            state=line.state,
            settled_on=line.reversed_on or line.paid_on,
            owed=is_owed(line.code, REFUND, line.state),
        )
        for line in payments.of_complaint(session, id_of(row))
        if line.kind == "refund"
    ]
    promised = [
        Compensation(
            code=one.code,
            kind=one.kind,
            amount=one.amount,
            pay_ratio=one.pay_ratio,
            what=one.what,
            given_on=one.issued_on,
            until=one.expires_on,
            state=one.state,
            settled_on=one.withdrawn_on or one.redeemed_on,
            owed=is_owed(one.code, one.kind, one.state),
        )
        for one in voucher_list.of_complaint(session, id_of(row), today)
    ]
    return refunds + promised


def _causes_when_given(events: Iterable[Event]) -> dict[str | None, str | None]:
    """Code of a refund or voucher -> the cause that was known when it was given."""
    cause: str | None = None
    known: dict[str | None, str | None] = {}
    for event in events:
        if event.step == "attributed":
            cause = event.detail
        elif event.step == "compensated":
            known[event.detail] = cause
    return known


def is_due(session: Session, row: Complaint, course: Course, settings: Settings) -> bool:
    """Whether the agency owes something for a complaint that was not given."""
    trip = trip_of(session, row)
    owes = owed(course.cause, trip is not None, trip.price if trip else None, settings)
    return bool(owes - given(session).get(id_of(row), set()))
