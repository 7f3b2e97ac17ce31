"""What the trips of an import mean for their customers: who was lost and is back, and whom several
advisers court."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator

from sqlmodel import Session

from tourcrm.base.display import visible
from tourcrm.base.errors import Message
from tourcrm.base.folding import folded
from tourcrm.base.i18n import N_
from tourcrm.bookings import leads
from tourcrm.customers import service as customers
from tourcrm.db import engine
from tourcrm.imports.request import Request
from tourcrm.models import Customer

NAMED = 5
# Trips t that operation :number added, or whose status or adviser it changed.
_WRITTEN = """(t.operation_id = :number OR EXISTS (
    SELECT 1 FROM change c WHERE c.operation_id = :number AND c.table_name = 'trip'
        AND c.row_id = t.id AND (json_extract(c.after, '$.status') IS NOT NULL
            OR json_extract(c.after, '$.advisor') IS NOT NULL)
))"""


def remarks(session: Session, request: Request, number: int) -> Iterator[Message]:
    """Make customers active again who booked since they were lost, and tell of them, and of those
    whose open inquiries several advisers have."""
    session.flush()
    yield from _back(session, number)
    yield from _collisions(session, request, number)


def _back(session: Session, number: int) -> Iterator[Message]:
    found = (
        engine.raw(session)
        .execute(
            f"""
        SELECT id FROM customer p WHERE status = 'lost' AND lost_on IS NOT NULL AND EXISTS (
            SELECT 1 FROM trip t WHERE t.customer_id = p.id AND t.status = 'booked'
                AND coalesce(t.booked_on, t.departs_on) >= p.lost_on AND {_WRITTEN}
        ) ORDER BY id
        """,  # noqa: S608 - a piece of SQL
            {"number": number},
        )
        .fetchall()
    )
    rows = [session.get_one(Customer, row_id, populate_existing=True) for (row_id,) in found]
    for row in rows:
        customers.come_back(session, lambda: number, row)
    session.flush()
    if rows:
        yield Message(
            N_("customers who were lost and have booked since, active from now on: {n} ({who})"),
            n=len(rows),
            who=_listed([f"{row.code} {row.name}" for row in rows]),
        )


def _collisions(session: Session, request: Request, number: int) -> Iterator[Message]:
    mine = _open_trips(engine.raw(session), number)
    if not mine:
        return
    by_customer: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    touched = set()
    for lead in leads.opened(session, request.terms.zone, request.today):
        who = (lead.customer, lead.name)
        if lead.adviser:
            by_customer[who].setdefault(folded(lead.adviser), lead.adviser)
        if lead.trip in mine:
            touched.add(who)
    found = [
        f"{code} {name}: {', '.join(advisers.values())}"
        for (code, name), advisers in by_customer.items()
        if len(advisers) > 1 and (code, name) in touched
    ]
    if found:
        yield Message(
            N_(
                "collisions, customers whose open inquiries several advisers have: {n} ({who}). "
                "Agree who advises them, and close the others: trips lose"
            ),
            n=len(found),
            who=_listed(found),
        )


def _open_trips(connection: sqlite3.Connection, number: int) -> set[str]:
    rows = connection.execute(
        "SELECT t.code FROM trip t INDEXED BY trip_open WHERE t.status IN ('inquiry', 'quoted') "  # noqa: S608 - a piece of SQL
        f"AND {_WRITTEN}",
        {"number": number},
    )
    return {code for (code,) in rows}


def _listed(names: list[str]) -> str:
    return "; ".join(visible(name, 80) for name in names[:NAMED]) + (
        "; …" if len(names) > NAMED else ""
    )
