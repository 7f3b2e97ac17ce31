"""When a price is to be paid, and what to know before somebody books again."""

from tourcrm.base.errors import Message
from tourcrm.bookings import payers, trips
from tourcrm.bookings.receivables import Terms
from tourcrm.terminal.context import Desk


def terms_of(desk: Desk) -> Terms:
    """When a price is to be paid where neither trip nor customer says it."""
    settings = desk.settings
    return Terms(int(settings["deposit_percent"]), int(settings["balance_days"]))


def cautions(desk: Desk, code: str) -> tuple[Message, ...]:
    """What to know of the customer of a trip that was booked just now."""
    row = trips.find_one(desk.session, code)
    if row.status != "booked":
        return ()
    return tuple(payers.cautions(desk.session, terms_of(desk), row, desk.today))
