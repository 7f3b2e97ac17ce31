"""When a price is to be paid, and what to know of somebody who books."""

from tourcrm.base.errors import Message
from tourcrm.bookings import payers, travellers, trips
from tourcrm.bookings.receivables import Terms
from tourcrm.customers import passports
from tourcrm.models import Customer
from tourcrm.terminal.context import Desk


def terms_of(desk: Desk) -> Terms:
    """When a price is to be paid where neither trip nor customer says it."""
    settings = desk.settings
    return Terms(int(settings["deposit_percent"]), int(settings["balance_days"]))


def cautions(desk: Desk, code: str) -> tuple[Message, ...]:
    """What to know of a trip that was booked just now: how its customer pays, and of a journey
    abroad the names in passports."""
    row = trips.find_one(desk.session, code)
    if row.status != "booked":
        return ()
    known = list(payers.cautions(desk.session, terms_of(desk), row, desk.today))
    if row.abroad:
        who = desk.session.get_one(Customer, row.customer_id)
        known += passports.cautions((who, *travellers.of_trip(desk.session, row)))
    return tuple(known)
