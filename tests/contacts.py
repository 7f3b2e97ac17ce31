"""Contacts and tags for tests of what follows from them; see builders.py for the rest."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from tourcrm.models import CustomerTag, Interaction, Task

ZONE = ZoneInfo("Asia/Shanghai")


def add_interaction(session: Session, customer: int, at: str, **fields: Any) -> None:
    """A contact at a time of Shanghai, like "2026-11-20 09:30"; by phone unless said otherwise."""
    moment = datetime.fromisoformat(at).replace(tzinfo=ZONE)
    row = {"channel": "phone", "operation_id": session.info["operation"], **fields}
    session.add(Interaction(customer_id=customer, at=moment, **row))


def add_tag(session: Session, customer: int, tag: str) -> None:
    """A tag on a customer."""
    number = session.info["operation"]
    session.add(CustomerTag(customer_id=customer, tag=tag, operation_id=number))


def add_task(session: Session, customer: int, due_on: date, noted_on: date, **fields: Any) -> None:
    """A task that a colleague noted for a day."""
    row = {"what": "x", "noted_by": "Li", "operation_id": session.info["operation"], **fields}
    session.add(Task(customer_id=customer, due_on=due_on, noted_on=noted_on, **row))
