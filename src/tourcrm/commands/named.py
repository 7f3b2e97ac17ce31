"""Who is meant; and which trip, complaint, voucher or payment: by code, or by whose it is.

Codes win over names. Of a customer's rows the only one that the command can mean is taken, else the
only one that there is; several are listed, and nothing is done.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tourcrm.base import vocabulary
from tourcrm.base.display import visible
from tourcrm.base.errors import NotFound
from tourcrm.base.i18n import N_, language
from tourcrm.base.money import format_amount
from tourcrm.bookings import payments, trips, voucher_list, vouchers
from tourcrm.bookings.status import status_on
from tourcrm.complaints import clock
from tourcrm.customers import lookup
from tourcrm.db import codes
from tourcrm.db.codes import id_of
from tourcrm.models import Complaint, Customer, Payment, Trip, Voucher
from tourcrm.terminal.context import Desk

if TYPE_CHECKING:
    from tourcrm.complaints.queries import Row

LISTED = 8  # rows that are named where several may be meant
ANSWERED_WITHIN = 180  # days after a return in which an opinion is asked for


@dataclass(frozen=True, slots=True)
class Candidate:
    """One row that may be meant. likely: the command can mean it. about: what tells it."""

    code: str
    likely: bool
    about: tuple[str, ...]


_MORE_TRIPS = N_("{name} has more than one trip; say its code:\n{candidates}")
_MORE_COMPLAINTS = N_("{name} has more than one complaint; say its code:\n{candidates}")
_MORE_VOUCHERS = N_("{name} has more than one voucher; say its code:\n{candidates}")
_MORE_PAYMENTS = N_("{name} has more than one payment; say its code:\n{candidates}")
_NO_TRIP = N_("{name} has no trip.")
_NO_COMPLAINT = N_("{name} has no complaint.")
_NO_VOUCHER = N_("{name} has no voucher.")
_NO_PAYMENT = N_("{name} has no payment.")


def customer(desk: Desk, who: str) -> Customer:
    """The customer of a code, phone or name. Raises NotFound."""
    return lookup.find_one(desk.session, who, desk.settings["region"])


def customer_id(desk: Desk, who: str | None) -> int | None:
    """The id of the customer, where one is asked for. Raises NotFound."""
    return id_of(customer(desk, who)) if who else None


def _code(
    desk: Desk,
    kind: type[codes.Row],
    word: str,
    found: Callable[[Customer], Iterable[Candidate]],
    none: str,
    several: str,
) -> str:
    """The code that is meant; the word itself where it names nobody. Raises NotFound."""
    if codes.row_called(desk.session, kind, word) is not None:
        return word
    who = lookup.find_if_any(desk.session, word, desk.settings["region"])
    return word if who is None else _only(list(found(who)), who, none, several)


def _only(candidates: Sequence[Candidate], who: Customer, none: str, several: str) -> str:
    likely = [one for one in candidates if one.likely]
    chosen = likely or candidates
    if len(chosen) == 1:
        return chosen[0].code
    name = visible(who.name, 40)
    if not chosen:
        raise NotFound(none, name=name)
    lines = [_line(one) for one in chosen[:LISTED]]
    lines += ["  …"] if len(chosen) > LISTED else []
    raise NotFound(several, name=name, candidates="\n".join(lines))


def _line(one: Candidate) -> str:
    return f"  {visible(one.code, 40)}  " + " · ".join(
        visible(part, 60) for part in one.about if part
    )


def _label(table: str, value: str) -> str:
    return vocabulary.label(table, value, language())


# --- trips ----------------------------------------------------------------------------------------

Likely = Callable[[Trip, date], bool]


def ahead(row: Trip, today: date) -> bool:
    """A trip that is not over, and may still take place."""
    last = row.returns_on or row.departs_on
    return row.status in ("inquiry", "quoted", "booked") and (last is None or last >= today)


def open_quote(row: Trip, today: date) -> bool:
    """An inquiry or a quote."""
    return row.status in ("inquiry", "quoted")


def lately_over(row: Trip, today: date) -> bool:
    """A trip from which they came back not long ago."""
    last = row.returns_on or row.departs_on
    near = last is not None and today - timedelta(ANSWERED_WITHIN) <= last <= today
    return row.status == "booked" and near


def trip(desk: Desk, word: str, likely: Likely = ahead) -> Trip:
    """The trip of a code, or of a customer. Raises NotFound."""
    code = _code(desk, Trip, word, lambda who: _trips(desk, who, likely), _NO_TRIP, _MORE_TRIPS)
    return trips.find_one(desk.session, code)


def trip_or_text(desk: Desk, word: str) -> Trip | str:
    """The trip of a code, or of a customer; the word itself where it names none."""
    known = codes.row_called(desk.session, Trip, word) is not None
    if known or lookup.find_if_any(desk.session, word, desk.settings["region"]) is not None:
        return trip(desk, word)
    return word


def trip_of(desk: Desk, word: str, who: Customer) -> Trip:
    """The trip of a code, which must be one of this customer, or their only one ahead, where they
    are named again. Raises NotFound, and Refused for another's."""
    return trips.of_customer(desk.session, trip(desk, word).code, who)


def _trips(desk: Desk, who: Customer, likely: Likely) -> Iterable[Candidate]:
    for row in trips.all_of(desk.session, id_of(who)):
        state = status_on(row.status, row.departs_on, row.returns_on, desk.today)
        day = row.departs_on.isoformat() if row.departs_on else ""
        about = (day, row.destination or "", _label("trip_state", state))
        yield Candidate(row.code, likely(row, desk.today), about)


# --- complaints -----------------------------------------------------------------------------------


def complaint(desk: Desk, word: str, *, closed: bool = False) -> Complaint:
    """The complaint of a code, or of a customer: one that is open, or closed. Raises NotFound."""
    code = _code(
        desk,
        Complaint,
        word,
        lambda who: _complaints(desk, who, closed),
        _NO_COMPLAINT,
        _MORE_COMPLAINTS,
    )
    return clock.find_one(desk.session, code)


def _complaints(desk: Desk, who: Customer, closed: bool) -> Iterable[Candidate]:
    from tourcrm.complaints import queries

    wanted = queries.Wanted(closed=True, customer_id=id_of(who))
    for row in queries.listing(desk.session, desk.settings, desk.now, wanted):
        yield Candidate(row.code, (row.state == "closed") is closed, _of_complaint(desk, row))


def _of_complaint(desk: Desk, row: "Row") -> tuple[str, ...]:
    day = row.opened_at.astimezone(desk.settings.zone).date().isoformat()
    category, state = row.category, row.state
    about = (_label("complaint_category", category), _label("complaint_state", state))
    return (day, *about, row.text)


# --- vouchers and payments ------------------------------------------------------------------------


def voucher(desk: Desk, word: str, state: str = "open") -> Voucher:
    """The voucher of a code, or of a customer: one in this state. Raises NotFound."""
    code = _code(
        desk,
        Voucher,
        word,
        lambda who: _vouchers(desk, who, state),
        _NO_VOUCHER,
        _MORE_VOUCHERS,
    )
    return vouchers.find_one(desk.session, code)


def _vouchers(desk: Desk, who: Customer, state: str) -> Iterable[Candidate]:
    wanted = voucher_list.Wanted(desk.today, customer_id=id_of(who))
    for row in voucher_list.listed(desk.session, wanted):
        worth = str(vouchers.worth(row, desk.settings["currency"]))
        about = (_label("voucher_kind", row.kind), worth, _label("voucher_state", row.state))
        yield Candidate(row.code, row.state == state, about)


def payment(desk: Desk, word: str, likely: Callable[[Any], bool]) -> Payment:
    """The payment of a code, or of a customer: one that is likely. Raises NotFound."""
    code = _code(
        desk,
        Payment,
        word,
        lambda who: _payments(desk, who, likely),
        _NO_PAYMENT,
        _MORE_PAYMENTS,
    )
    return payments.find_one(desk.session, code)


def promised(row: Any) -> bool:
    """A refund that is still to be paid."""
    return bool(row.kind == "refund" and row.state == "promised")


def standing(row: Any) -> bool:
    """A line that was not taken back, and takes none back."""
    return row.state in ("promised", "paid")


def _payments(desk: Desk, who: Customer, likely: Callable[[Any], bool]) -> Iterable[Candidate]:
    wanted = payments.Wanted(customer_id=id_of(who))
    for row in payments.listed(desk.session, wanted):
        about = (
            row.promised_on.isoformat(),
            _label("payment_kind", row.kind),
            format_amount(row.amount, desk.settings["currency"]),
            _label("payment_state", row.state),
        )
        yield Candidate(row.code, likely(row), about)
