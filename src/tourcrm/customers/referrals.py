"""Who was brought by whom, as a chain; nobody may be brought by one whom they brought."""

from sqlmodel import Session

from tourcrm.base.display import visible
from tourcrm.base.errors import Refused
from tourcrm.base.i18n import N_
from tourcrm.db import engine
from tourcrm.db.codes import id_of
from tourcrm.models import Customer

# SQL: a customer and all above them. UNION, not UNION ALL: it ends in a loop that is there, too.
ABOVE = """
    WITH RECURSIVE above (id) AS (
        SELECT :customer
        UNION SELECT c.referred_by_id FROM above a JOIN customer c ON c.id = a.id
        WHERE c.referred_by_id IS NOT NULL
    )
    SELECT id FROM above
"""


def chain(session: Session, customer_id: int) -> frozenset[int]:
    """A customer and whoever brought them, whoever brought those, and so on: their ids."""
    return frozenset(one for (one,) in engine.rows(session, ABOVE, customer=customer_id))


def refuse_loop(session: Session, row: Customer, referrer: Customer) -> None:
    """Raise Refused where a referrer was brought by the customer, if through others."""
    if row.id in chain(session, id_of(referrer)):
        raise Refused(
            N_(
                "{referrer} {name} was brought by {code}, directly or through others; a loop is "
                "not stored. Who brought whom: tourcrm stats referrals"
            ),
            referrer=referrer.code,
            name=visible(referrer.name, 40),
            code=row.code,
        )
