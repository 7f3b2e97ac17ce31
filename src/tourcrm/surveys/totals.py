"""What answers come to: NPS and satisfaction, of all together or group by group.

Answers of the agency's own people are kept and not counted.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from types import MappingProxyType
from typing import TypeVar

from sqlmodel import Session

from tourcrm.db import engine
from tourcrm.surveys import scores
from tourcrm.surveys.service import RATINGS, SCORES

# What answers can be parted by: an expression of the answer (s) and its trip (t).
GROUPS = MappingProxyType(
    {
        "month": "substr(s.answered_on, 1, 7)",
        "destination": "t.destination",
        "advisor": "t.advisor",
        "trip_kind": "t.kind",
        "guide": "t.guide",
    }
)
ALL = "NULL"  # no groups


@dataclass(frozen=True, slots=True)
class Period:
    """Which answers count: those of these days, both included; None = from the beginning."""

    last: date
    first: date | None = None


@dataclass(frozen=True, slots=True)
class NpsRow:
    """The net promoter score of a group; None is the group of those of whom it is not known."""

    group: str | None
    nps: float
    margin: float
    answers: int
    promoters: int
    passives: int
    detractors: int
    too_few: bool


@dataclass(frozen=True, slots=True)
class CsatRow:
    """How satisfied a group is; see scores.Rating. margin: None for a single answer."""

    group: str | None
    mean: float
    margin: float | None
    satisfied: float
    satisfied_low: float
    satisfied_high: float
    answers: int
    too_few: bool


_OF_NPS = ("nps", "margin", "answers", "promoters", "passives", "detractors")


def nps(session: Session, period: Period, by: str | None = None) -> list[NpsRow]:
    """The net promoter score, of all together or by a key of GROUPS.

    Months in their order, other groups by the number of answers. Without answers no row.
    """
    found = []
    for group, times in _counted(session, "nps", period, by).items():
        one = scores.recommendation(times)
        points = {name: getattr(one, name) for name in _OF_NPS} | {"nps": one.exact}
        found.append(NpsRow(group=group, too_few=one.answers < scores.FEW, **points))
    return _ordered(found, by)


def csat(
    session: Session, period: Period, by: str | None = None, of: str = "csat"
) -> list[CsatRow]:
    """How satisfied they are with one of RATINGS, of all together or by a key of GROUPS."""
    rows = [_rated(group, times) for group, times in _counted(session, of, period, by).items()]
    return _ordered(rows, by)


def aspects(session: Session, period: Period) -> list[CsatRow]:
    """How satisfied all together are with each of RATINGS that somebody rated."""
    return [
        _rated(of, times)
        for of in RATINGS
        for times in _counted(session, of, period, None).values()
    ]


def _rated(group: str | None, times: Mapping[int, int]) -> CsatRow:
    one = scores.rating(times)
    of_rating = {field.name: getattr(one, field.name) for field in fields(one)}
    return CsatRow(group=group, too_few=one.answers < scores.FEW, **of_rating)


_Row = TypeVar("_Row", NpsRow, CsatRow)


def _ordered(rows: list[_Row], by: str | None) -> list[_Row]:
    if by == "month":
        return sorted(rows, key=lambda row: row.group or "")
    return sorted(rows, key=lambda row: (row.group is None, -row.answers, row.group or ""))


def _counted(
    session: Session, of: str, period: Period, by: str | None
) -> dict[str | None, dict[int, int]]:
    """Group -> answer -> how often; the latest answer of a customer about a trip counts."""
    score = SCORES[SCORES.index(of)]
    group = GROUPS[by] if by else ALL
    # Without a trip, each day is an occasion of its own.
    sql = f"""
        SELECT part, points, count(*) FROM (
            SELECT {group} AS part, s.{score} AS points, row_number() OVER (
                PARTITION BY s.customer_id, s.trip_id,
                    CASE WHEN s.trip_id IS NULL THEN s.answered_on END
                ORDER BY s.answered_on DESC, s.id DESC
            ) AS place
            FROM survey_response s JOIN customer c ON c.id = s.customer_id
            LEFT JOIN trip t ON t.id = s.trip_id
            WHERE s.{score} IS NOT NULL AND c.kind <> 'internal'
                AND s.answered_on <= :last AND s.answered_on >= :first
        ) WHERE place = 1 GROUP BY part, points
    """  # noqa: S608 - tables of this module
    params = {
        "last": period.last.isoformat(),
        "first": period.first.isoformat() if period.first else "",
    }
    found: dict[str | None, dict[int, int]] = defaultdict(dict)
    for part, points, times in engine.rows(session, sql, **params):
        found[part or None][points] = times
    return found
