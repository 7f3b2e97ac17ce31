"""How the promises to a customer that are still open are told on a page."""

from collections.abc import Iterator

from tourcrm.base.display import visible
from tourcrm.base.i18n import _
from tourcrm.base.money import format_amount
from tourcrm.bookings import vouchers
from tourcrm.bookings.outstanding import Owed


def pairs(owed: Owed, currency: str) -> Iterator[tuple[str, str]]:
    """A label and a text for each promise, safe to print; nothing where none is open."""
    label = _("Promised")
    for line in owed.refunds:
        text = _("{amount} back for {trip}, since {day} ({code})")
        amount = format_amount(-line.amount, currency)
        yield (
            label,
            text.format(
                amount=amount, trip=visible(line.trip), day=line.promised_on, code=line.code
            ),
        )
        label = ""
    for one in owed.vouchers:
        worth = vouchers.worth(one, currency)
        text = _("{worth}; until {day} ({code})") if one.expires_on else _("{worth} ({code})")
        yield label, text.format(worth=worth, day=one.expires_on, code=one.code)
        label = ""
