"""Answers as rows, for lists and exports."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Row, Select
from sqlalchemy import select as core_select
from sqlmodel import Session, col

from tourcrm.base.ratings import DETRACTS_UP_TO, PROMOTES_FROM
from tourcrm.db import engine
from tourcrm.models import Customer, SurveyResponse, Trip
from tourcrm.surveys.service import ANSWERS

_PLAIN = ("answered_on", *ANSWERS, "staff")
ATTITUDES = MappingProxyType(
    {
        "promoters": (PROMOTES_FROM, 10),
        "passives": (DETRACTS_UP_TO + 1, PROMOTES_FROM - 1),
        "detractors": (0, DETRACTS_UP_TO),
    }
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which answers a list shows; from and to are days, both included. only: of ATTITUDES."""

    customer_id: int | None = None
    trip_id: int | None = None
    first: date | None = None
    last: date | None = None
    only: str | None = None
    limit: int | None = None


def listed(session: Session, wanted: Wanted) -> Iterator[Row[Any]]:
    """The answers that are wanted, latest first; rows with the fields of columns.SURVEY.

    Besides, `name` is the customer's, `destination` the trip's.
    """
    latest = (col(SurveyResponse.answered_on).desc(), col(SurveyResponse.id).desc())
    chosen = _everything().where(*_conditions(wanted)).order_by(*latest)
    return engine.selected(session, chosen.limit(wanted.limit))


def count(session: Session, wanted: Wanted) -> int:
    """How many answers are wanted, whatever the limit."""
    return engine.count(session, SurveyResponse, _conditions(wanted))


def exported(session: Session) -> Iterator[Row[Any]]:
    """All answers by id, as rows with the fields of columns.SURVEY."""
    return engine.selected(session, _everything().order_by(col(SurveyResponse.id)))


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.customer_id is not None:
        conditions.append(col(SurveyResponse.customer_id) == wanted.customer_id)
    if wanted.trip_id is not None:
        conditions.append(col(SurveyResponse.trip_id) == wanted.trip_id)
    if wanted.first:
        conditions.append(col(SurveyResponse.answered_on) >= wanted.first)
    if wanted.last:
        conditions.append(col(SurveyResponse.answered_on) <= wanted.last)
    if wanted.only:
        conditions.append(col(SurveyResponse.nps).between(*ATTITUDES[wanted.only]))
    return conditions


def _everything() -> Select[Any]:
    return (
        core_select(
            col(Customer.code).label("customer"),
            col(Customer.name),
            col(Trip.code).label("trip"),
            col(Trip.destination),
            *engine.fields(SurveyResponse, _PLAIN),
        )
        .join_from(SurveyResponse, Customer, col(Customer.id) == col(SurveyResponse.customer_id))
        .outerjoin(Trip, col(Trip.id) == col(SurveyResponse.trip_id))
    )
