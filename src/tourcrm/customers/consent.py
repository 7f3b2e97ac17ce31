"""On which channels a customer agrees to be written to: what they said, when, and how."""

from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from tourcrm.db import operations
from tourcrm.db.codes import Number, id_of
from tourcrm.models import ChannelConsent, Customer


def say(
    session: Session,
    number: Number,
    customer: Customer,
    *,
    channel: str,
    answer: str,
    said_on: date,
    source: str | None,
) -> bool:
    """Note an answer for a channel, in the place of the one before; whether that is new. Of two
    answers the one of the later day counts, whichever is typed last."""
    there = session.exec(
        select(ChannelConsent).where(
            col(ChannelConsent.customer_id) == customer.id, col(ChannelConsent.channel) == channel
        )
    ).first()
    facts: dict[str, Any] = {"answer": answer, "said_on": said_on, "source": source}
    if there is None:
        session.add(
            ChannelConsent(
                customer_id=id_of(customer),
                channel=channel,
                operation_id=number(),
                **facts,
            )
        )
        session.flush()
        return True
    if said_on < there.said_on or (there.answer == answer and source in (None, there.source)):
        return False
    return bool(operations.edit(session, number(), there, facts, customer.id))


def of_customer(session: Session, customer: Customer) -> list[ChannelConsent]:
    """The answers of a customer, a channel each."""
    return list(
        session.exec(
            select(ChannelConsent)
            .where(col(ChannelConsent.customer_id) == customer.id)
            .order_by(col(ChannelConsent.channel))
        ).all()
    )
