"""What a customer was promised and has not got yet: refunds to be paid, vouchers to be used."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from tourcrm.bookings import payments, voucher_list


@dataclass(frozen=True, slots=True)
class Owed:
    """Promises to one customer that are open on a day: refunds, the oldest first, and vouchers,
    the first to expire first."""

    refunds: tuple[payments.Line, ...]
    vouchers: tuple[voucher_list.Line, ...]

    @property
    def amount(self) -> int:
        """What is to be refunded, in fen, above zero."""
        return -sum(int(line.amount) for line in self.refunds)


def owed(session: Session, customer_id: int, day: date) -> Owed:
    """The promises to a customer that are open at the end of a day."""
    refunds = payments.Wanted(day=day, customer_id=customer_id, promised=True)
    open_ones = voucher_list.Wanted(day, customer_id=customer_id, state="open")
    return Owed(
        tuple(payments.listed(session, refunds)), tuple(voucher_list.listed(session, open_ones))
    )
