"""Scores, tiers, cadence and quadrants equal published answers, customer by customer.

The answers are read from the reference folder; its make.py files hold the definitions in code.
"""

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlmodel import Session

from tests.builders import agency, usual_basis, writing
from tourcrm import segment
from tourcrm.db import engine

Answers = dict[str, dict[str, str]]


def _csv(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _fen(amount: str) -> int:
    return round(float(amount) * 100)


def _load(file: Path, orders: Path, customer: str, day: str, amount: str, form: str) -> None:
    """Put each order as a booked trip of one day into a new database."""
    agency(file)
    rows = list(_csv(orders))
    ids = {code: number for number, code in enumerate(dict.fromkeys(r[customer] for r in rows), 1)}
    with writing(file) as session:
        raw = engine.raw(session)
        raw.executemany(
            "INSERT INTO customer (id, code, name, kind, status, marketing_consent, "
            "do_not_contact, entered_on, operation_id) "
            "VALUES (?, ?, ?, 'person', 'active', 'unknown', 0, '1990-01-01', 1)",
            [(number, code, code) for code, number in ids.items()],
        )
        raw.executemany(
            "INSERT INTO trip (code, customer_id, service, kind, status, departs_on, price, "
            "operation_id) VALUES (?, ?, 'tour', 'group', 'booked', ?, ?, 1)",
            [
                (
                    f"T{number}",
                    ids[row[customer]],
                    datetime.strptime(row[day], form).date().isoformat(),
                    _fen(row[amount]),
                )
                for number, row in enumerate(rows)
            ],
        )


@pytest.fixture(scope="module")
def opened(
    reference: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Session]]:
    """A function: a session on the orders of one of the reference folders."""
    sources = {
        "rfm_r_orders": ("input/orders.csv", "customer_id", "order_date", "revenue", "%Y-%m-%d"),
        "cdnow": ("input/cdnow_sample.csv", "customer_id", "date", "amount", "%Y%m%d"),
        "argo_travel": ("input/hotels.csv", "userCode", "date", "total", "%m/%d/%Y"),
    }
    folder = tmp_path_factory.mktemp("orders")
    closing, sessions = [], {}

    def session(name: str) -> Session:
        if name not in sessions:
            file = folder / f"{name}.db"
            orders, *columns = sources[name]
            _load(file, reference / name / orders, *columns)
            context = engine.reading(file)
            sessions[name] = context.__enter__()
            closing.append(context)
        return sessions[name]

    yield session
    for context in closing:
        context.__exit__(None, None, None)


CASES = [
    ("rfm_r_orders", "2006-12-31", "rfm.csv", "customer_id"),
    ("cdnow", "1998-07-01", "rfm_1998-07-01.csv", "customer_id"),
    ("argo_travel", "2023-07-14", "rfm.csv", "userCode"),
    ("argo_travel", "2020-12-31", "rfm_asof_2020-12-31.csv", "userCode"),
]
TRAVELLED = [case for case in CASES if case[0] != "rfm_r_orders"]


def _answers(reference: Path, name: str, file: str, key: str) -> Answers:
    return {row[key]: row for row in _csv(reference / name / "expected" / file)}


@pytest.mark.parametrize(("scoring", "column"), [("quantile", "strict"), ("r", "r")])
@pytest.mark.parametrize(("name", "as_of", "file", "key"), CASES)
def test_rfm_of_every_customer(
    opened: Callable[[str], Session],
    reference: Path,
    name: str,
    as_of: str,
    file: str,
    key: str,
    scoring: str,
    column: str,
) -> None:
    expected = _answers(reference, name, file, key)
    basis = usual_basis(date.fromisoformat(as_of), months=None)
    rows = segment.rfm(opened(name), basis, scoring).rows
    assert {
        row.customer: (row.recency_days, row.frequency, row.monetary, row.r, row.f, row.m)
        for row in rows
    } == {
        code: (
            int(answer["recency_days"]),
            int(answer["frequency"]),
            _fen(answer["monetary"]),
            *(int(answer[f"{letter}_{column}"]) for letter in "RFM"),
        )
        for code, answer in expected.items()
    }
    if scoring == "quantile":
        assert {row.customer: row.segment for row in rows} == {
            code: answer["segment_rf10_strict"] for code, answer in expected.items()
        }


def test_rfm_equals_what_r_itself_printed(
    opened: Callable[[str], Session], reference: Path
) -> None:
    printed = {
        row["customer_id"]: row for row in _csv(reference / "rfm_r_orders/input/published_by_R.csv")
    }
    rows = segment.rfm(
        opened("rfm_r_orders"), usual_basis(date(2006, 12, 31), months=None), "r"
    ).rows
    assert len(rows) == 995
    for row in rows:
        r = printed[row.customer]
        assert (row.recency_days, row.frequency, row.monetary) == (
            int(r["recency_days"]),
            int(r["transaction_count"]),
            _fen(r["amount"]),
        )
        assert f"{row.r}{row.f}{row.m}" == r["rfm_score"]


@pytest.mark.parametrize("cuts", [(50, 80, 95), (80, 95)])
@pytest.mark.parametrize(("name", "as_of", "file", "key"), CASES[:3])
def test_tiers_of_every_customer(
    opened: Callable[[str], Session],
    reference: Path,
    name: str,
    as_of: str,
    file: str,
    key: str,
    cuts: tuple[int, ...],
) -> None:
    column = f"tier_{'_'.join(map(str, cuts))}"
    without = "ABCDE"[len(cuts) + 1]  # the answers' letter for no revenue: we give no tier
    found = segment.tiers(
        opened(name), usual_basis(date.fromisoformat(as_of), months=None, cuts=cuts)
    )
    assert {row.customer: row.tier or without for row in found.rows} == {
        code: answer[column] for code, answer in _answers(reference, name, file, key).items()
    }
    shares = {group.name: group for group in found.groups}
    for answer in _csv(reference / name / "expected" / f"tiers_{'_'.join(map(str, cuts))}.csv"):
        tier = segment.NO_TIER if answer["tier"] == without else answer["tier"]
        assert shares[tier].customers == int(answer["customers"])
        assert shares[tier].revenue == _fen(answer["revenue"])
        assert shares[tier].share == pytest.approx(float(answer["customer_share"]), abs=1e-6)
        assert shares[tier].revenue_share == pytest.approx(float(answer["revenue_share"]), abs=1e-6)


@pytest.mark.parametrize(("name", "as_of", "file", "key"), TRAVELLED)
def test_cadence_and_quadrant_of_every_customer(
    opened: Callable[[str], Session],
    reference: Path,
    name: str,
    as_of: str,
    file: str,
    key: str,
) -> None:
    expected = _answers(reference, name, file, key)
    (observed,) = _csv(reference / name / "expected" / "population_gaps.csv")
    gap = float(observed["median"])
    basis = usual_basis(date.fromisoformat(as_of), months=None, scale_by="value_per_trip", gap=gap)
    found = segment.quadrants(opened(name), basis)
    for row in found.rows:
        answer = expected[row.customer]
        late = float(answer["lateness"])
        assert row.lateness == pytest.approx(late, rel=1e-4, abs=1e-4)
        assert row.cadence == answer["status"]
        # The answers have no class for first-timers who are not late.
        quadrant = f"{row.scale}_{row.loyalty}" if row.quadrant == "new" else row.quadrant
        assert quadrant == answer["quadrant"]
    assert len(found.rows) == len(expected)
    if as_of != "2020-12-31":
        counted = {
            r["quadrant"]: int(r["customers"])
            for r in _csv(reference / name / "expected" / "quadrant_counts.csv")
        }
        assert Counter(
            f"{row.scale}_{row.loyalty}" if row.quadrant == "new" else row.quadrant
            for row in found.rows
        ) == Counter(counted)
        learnt = segment.quadrants(opened(name), usual_basis(basis.as_of, months=None)).population
        assert (learnt.gap, learnt.gaps) == (gap, int(observed["n_gaps"]))


@pytest.mark.parametrize(("name", "as_of", "file", "key"), TRAVELLED)
def test_expected_gap_of_every_customer(
    opened: Callable[[str], Session],
    reference: Path,
    name: str,
    as_of: str,
    file: str,
    key: str,
) -> None:
    expected = _answers(reference, name, file, key)
    session = opened(name)
    (observed,) = _csv(reference / name / "expected" / "population_gaps.csv")
    segment.quadrants(
        session,
        usual_basis(date.fromisoformat(as_of), months=None, gap=float(observed["median"])),
    )
    found = engine.raw(session).execute(
        "SELECT c.code, p.trip_days, p.expected_gap, p.first_on, p.last_on "
        "FROM population p JOIN customer c ON c.id = p.customer_id"
    )
    for code, days, gap, first, last in found:
        answer = expected[code]
        assert (days, first, last) == (
            int(answer["trip_dates"]),
            answer["first_date"],
            answer["last_date"],
        )
        assert gap == pytest.approx(float(answer["expected_gap"]), abs=6e-5)
