"""What holds for every agency: against a plain reading of the rules, and under changes that must
not matter.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from tests.builders import add_customer, agency, writing
from tests.examples import examples
from tourcrm import segment
from tourcrm.analysis import population
from tourcrm.analysis.population import Basis
from tourcrm.db import engine

AS_OF = date(2026, 11, 20)
CUSTOMERS = 8
SCORINGS = ("fixed", "quantile", "r")


class Trip(NamedTuple):
    """A trip of a customer (a number from 1): days before AS_OF, days of travel, fen, status."""

    customer: int
    ago: int
    days: int | None
    price: int | None
    status: str = "booked"
    cancelled_ago: int | None = None


trips = st.lists(
    st.builds(
        Trip,
        customer=st.integers(1, CUSTOMERS),
        ago=st.one_of(st.integers(-40, 60), st.integers(-40, 2500)),
        days=st.none() | st.integers(0, 30),
        price=st.none() | st.sampled_from([0, 100_00, 250_00]) | st.integers(0, 10**9),
        status=st.sampled_from(["booked", "booked", "booked", "cancelled", "quoted"]),
        cancelled_ago=st.none() | st.integers(-40, 2500),
    ),
    max_size=40,
)
bases = st.builds(
    Basis,
    as_of=st.just(AS_OF),
    months=st.none() | st.integers(1, 60),
    cuts=st.sampled_from([(50, 80, 95), (80, 95), (33,)]),
    gap=st.none() | st.integers(1, 800).map(float),
    scale_by=st.sampled_from(["yearly_spend", "value_per_trip"]),
)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An agency with customers, into which each example puts its own trips."""
    path = agency(tmp_path_factory.mktemp("agency"))
    with writing(path) as session:
        for number in range(1, CUSTOMERS + 1):
            add_customer(session, f"C{number}")
    return path


class _Back(Exception):
    """Raised to take an example back."""


def concluded(file: Path, rows: Sequence[Trip], basis: Basis, scoring: str = "quantile") -> Any:
    """All conclusions about these trips: by customer, and of all together."""
    result: dict[str, Any] = {}
    try:
        with engine.writing(file) as session:
            raw = engine.raw(session)
            raw.executemany(
                "INSERT INTO trip (code, customer_id, service, kind, status, departs_on, "
                "returns_on, price, cancelled_on, operation_id) "
                "VALUES (?, ?, 'tour', 'group', ?, ?, ?, ?, ?, 1)",
                [_stored(number, trip) for number, trip in enumerate(rows)],
            )
            result = {
                "population": _by_customer(session, basis),
                "rfm": {row.customer: row for row in segment.rfm(session, basis, scoring).rows},
                "tiers": {row.customer: row for row in segment.tiers(session, basis).rows},
                "quadrants": {r.customer: r for r in segment.quadrants(session, basis).rows},
            }
            raise _Back
    except _Back:
        return result


def _day(ago: int) -> date:
    return AS_OF - timedelta(days=ago)


def _stored(number: int, trip: Trip) -> tuple[Any, ...]:
    returns = None if trip.days is None else (_day(trip.ago) + timedelta(trip.days)).isoformat()
    cancelled = trip.status == "cancelled" and trip.cancelled_ago is not None
    return (
        f"T{number}",
        trip.customer,
        trip.status,
        _day(trip.ago).isoformat(),
        returns,
        trip.price,
        _day(trip.cancelled_ago or 0).isoformat() if cancelled else None,
    )


def _by_customer(session: Session, basis: Basis) -> dict[str, dict[str, Any]]:
    known = population.build(session, basis)
    cursor = engine.raw(session).execute(
        "SELECT c.code, p.* FROM population p JOIN customer c ON c.id = p.customer_id"
    )
    names = [column[0] for column in cursor.description]
    rows = {row[0]: dict(zip(names, row, strict=True)) for row in cursor}
    return {**rows, "": {"gap": known.gap, "cut": known.scale_cut, "revenue": known.revenue}}


# --- a plain reading of the rules ---------------------------------------------------------------


def read_plainly(rows: Sequence[Trip], basis: Basis) -> dict[str, dict[str, Any]]:
    """Each customer's row, as the rules say it, one after the other."""
    mine: dict[str, list[Trip]] = defaultdict(list)
    for trip in rows:
        stood = trip.status == "booked" or (
            trip.status == "cancelled" and trip.cancelled_ago is not None and trip.cancelled_ago < 0
        )
        if stood and trip.ago >= 0:
            mine[f"C{trip.customer}"].append(trip)
    days = {code: sorted({_day(trip.ago) for trip in own}) for code, own in mine.items()}
    gaps = [(b - a).days for own in days.values() for a, b in pairwise(own)]
    gap = basis.gap or (float(median(gaps)) if len(gaps) >= 30 else 365.0)
    start = basis.start or date.min
    found: dict[str, dict[str, Any]] = {}
    for code, own in mine.items():
        window = [trip for trip in own if _day(trip.ago) > start]
        prices = [trip.price for trip in window if trip.price is not None]
        back = max(_day(trip.ago) + timedelta(trip.days or 0) for trip in own)
        years = max(max((trip.ago for trip in window), default=0) / 365.25, 1)
        expected = (2 * gap + (days[code][-1] - days[code][0]).days) / (1 + len(days[code]))
        found[code] = {
            "trips": len(own),
            "trip_days": len(days[code]),
            "first_on": days[code][0].isoformat(),
            "last_on": days[code][-1].isoformat(),
            "last_return": back.isoformat(),
            "recency_days": max((AS_OF - back).days, 0),
            "window_trips": len(window),
            "window_priced": len(prices),
            "revenue": sum(prices),
            "yearly_spend": sum(prices) / years if prices or not window else None,
            "value_per_trip": sum(prices) / len(prices) if prices else None,
            "expected_gap": expected,
            "lateness": max((AS_OF - back).days, 0) / expected,
        }
    return found


@examples(40)
@given(rows=trips, basis=bases)
def test_the_aggregate_is_what_the_rules_say(file: Path, rows: list[Trip], basis: Basis) -> None:
    result = concluded(file, rows, basis)
    found = result["population"]
    everybody = found.pop("")
    expected = read_plainly(rows, basis)
    assert {
        code: (row.recency_days, row.frequency, row.monetary) for code, row in result["rfm"].items()
    } == {
        code: (row["recency_days"], row["window_trips"], row["revenue"])
        for code, row in expected.items()
        if row["window_trips"]
    }
    assert found.keys() == expected.keys()
    for code, row in expected.items():
        assert {name: found[code][name] for name in row} == pytest.approx(row)
    assert everybody["revenue"] == sum(row["revenue"] for row in expected.values())
    values = [
        row[basis.scale_by]
        for row in expected.values()
        if row["window_trips"] and row[basis.scale_by] is not None
    ]
    assert everybody["cut"] == (pytest.approx(median(values)) if values else None)


# --- changes that must not matter ---------------------------------------------------------------


@examples(15)
@given(
    rows=trips,
    basis=bases,
    random=st.randoms(use_true_random=False),
    scoring=st.sampled_from(SCORINGS),
)
def test_shuffling_rows_changes_nothing(
    file: Path, rows: list[Trip], basis: Basis, random: Any, scoring: str
) -> None:
    shuffled = random.sample(rows, len(rows))
    assert concluded(file, rows, basis, scoring) == concluded(file, shuffled, basis, scoring)


@examples(15)
@given(rows=trips, basis=bases, factor=st.integers(2, 1000))
def test_scaling_all_amounts_changes_no_score_tier_or_quadrant(
    file: Path, rows: list[Trip], basis: Basis, factor: int
) -> None:
    scaled = [
        trip if trip.price is None else trip._replace(price=trip.price * factor) for trip in rows
    ]
    once, more = concluded(file, rows, basis), concluded(file, scaled, basis)
    for field, name in (
        ("m", "rfm"),
        ("segment", "rfm"),
        ("tier", "tiers"),
        ("quadrant", "quadrants"),
    ):
        assert {code: getattr(row, field) for code, row in once[name].items()} == {
            code: getattr(row, field) for code, row in more[name].items()
        }


@examples(15)
@given(rows=trips, later=trips, basis=bases)
def test_what_is_later_changes_nothing(
    file: Path, rows: list[Trip], later: list[Trip], basis: Basis
) -> None:
    future = [trip._replace(ago=-1 - abs(trip.ago)) for trip in later]
    assert scored(concluded(file, [*rows, *future], basis)) == scored(concluded(file, rows, basis))


def scored(found: Any) -> Any:
    """Conclusions without the trip ahead, which stands beside them and changes none."""
    return found | {
        name: {who: row._replace(next_trip=None) for who, row in found[name].items()}
        for name in ("rfm", "quadrants")
    }


@examples(15)
@given(rows=trips, basis=bases)
def test_a_day_that_has_passed_is_not_changed_by_a_later_cancellation(
    file: Path, rows: list[Trip], basis: Basis
) -> None:
    cancelled = [
        trip._replace(status="cancelled", cancelled_ago=-1) if trip.status == "booked" else trip
        for trip in rows
    ]
    assert concluded(file, cancelled, basis) == concluded(file, rows, basis)


@examples(15)
@given(rows=trips, basis=bases, scoring=st.sampled_from(SCORINGS))
def test_equals_are_treated_equally(
    file: Path, rows: list[Trip], basis: Basis, scoring: str
) -> None:
    found = concluded(file, rows, basis, scoring)
    for value, result, name in (
        ("recency_days", "r", "rfm"),
        ("frequency", "f", "rfm"),
        ("monetary", "m", "rfm"),
        ("revenue", "tier", "tiers"),
        ("scale_value", "scale", "quadrants"),
    ):
        seen: dict[Any, set[Any]] = defaultdict(set)
        for row in found[name].values():
            seen[getattr(row, value)].add(getattr(row, result))
        assert all(len(results) == 1 for results in seen.values())


@examples(15)
@given(rows=trips, basis=bases)
def test_tiers_and_quadrants_part_everybody_in_order(
    file: Path, rows: list[Trip], basis: Basis
) -> None:
    found = concluded(file, rows, basis)
    counted = [code for code, row in found["population"].items() if code and row["window_trips"]]
    assert set(found["tiers"]) == set(found["rfm"]) == set(counted)
    ranked = list(found["tiers"].values())
    assert [row.revenue for row in ranked] == sorted((r.revenue for r in ranked), reverse=True)
    letters = [row.tier for row in ranked if row.revenue > 0]
    assert letters == sorted(letters, key=str)
    assert set(letters) <= set(population.TIERS[: len(basis.cuts) + 1])
    assert all(row.tier is None for row in ranked if row.revenue <= 0)
    assert set(found["quadrants"]) == {code for code in found["population"] if code}
    for row in found["quadrants"].values():
        assert row.quadrant in segment.QUADRANT_TREATMENTS
        assert row.quadrant == "new" or row.quadrant == f"{row.scale}_{row.loyalty}"
        assert (row.quadrant == "new") == (row.trips == 1 and row.lateness <= 1.5)


@examples(15)
@given(values=st.lists(st.integers(0, 50), min_size=1, max_size=60))
def test_scores_rise_with_the_values(values: list[int]) -> None:
    for limits in (segment.limits_strict(values), segment.limits_r(values)):
        scores = [segment.score(value, limits) for value in values]
        paired = sorted(zip(values, scores, strict=True))
        assert [score for _, score in paired] == sorted(scores)
        assert set(scores) <= {1, 2, 3, 4, 5}
