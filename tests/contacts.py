"""Contacts, complaints, answers and tags for tests of what follows from them; see builders.py for
the rest."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from tourcrm.models import (
    Complaint,
    ComplaintEvent,
    CustomerTag,
    Interaction,
    SurveyResponse,
    Task,
)

ZONE = ZoneInfo("Asia/Shanghai")


def add_interaction(session: Session, customer: int, at: str, **fields: Any) -> None:
    """A contact at a time of Shanghai, like "2026-11-20 09:30"; by phone unless said otherwise."""
    row = {"channel": "phone", "operation_id": session.info["operation"], **fields}
    session.add(Interaction(customer_id=customer, at=moment(at), **row))


def moment(at: str) -> datetime:
    """A time of Shanghai."""
    return datetime.fromisoformat(at).replace(tzinfo=ZONE)


def add_tag(session: Session, customer: int, tag: str) -> None:
    """A tag on a customer."""
    number = session.info["operation"]
    session.add(CustomerTag(customer_id=customer, tag=tag, operation_id=number))


def add_task(session: Session, customer: int, due_on: date, noted_on: date, **fields: Any) -> None:
    """A task that a colleague noted for a day."""
    row = {"what": "x", "noted_by": "Li", "operation_id": session.info["operation"], **fields}
    session.add(Task(customer_id=customer, due_on=due_on, noted_on=noted_on, **row))


def add_complaint(session: Session, customer: int, at: datetime, code: str, **fields: Any) -> int:
    """A complaint that was opened at a moment, a routine one; returns its id."""
    number = session.info["operation"]
    row = Complaint(
        **{"customer_id": customer, "code": code, "opened_at": at, "text": "x", **fields},
        operation_id=number,
    )
    session.add(row)
    session.flush()
    assert row.id is not None
    add_step(session, row.id, "opened", at)
    return row.id


def add_step(session: Session, complaint: int, step: str, at: datetime) -> None:
    """A step that a complaint took."""
    number = session.info["operation"]
    session.add(
        ComplaintEvent(complaint_id=complaint, step=step, at=at, staff="Li", operation_id=number)
    )


def add_answer(session: Session, customer: int, answered_on: date, **fields: Any) -> None:
    """What a customer thinks."""
    number = session.info["operation"]
    row = SurveyResponse(
        customer_id=customer, answered_on=answered_on, operation_id=number, **fields
    )
    session.add(row)
