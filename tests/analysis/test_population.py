"""The aggregate a customer, on trips put straight into a database."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from tests.builders import add_customer, add_trip, agency, usual_basis, writing
from tests.plans import assert_one_pass, plan, told
from tourcrm import segment
from tourcrm.analysis import population, trip_history
from tourcrm.db import engine

AS_OF = date(2026, 11, 20)
A_PRICE = 1_200_000


def built(session: Session, as_of: date = AS_OF, **basis: Any) -> dict[int, dict[str, Any]]:
    """The rows of the population, by customer."""
    population.build(session, usual_basis(as_of, **basis))
    cursor = engine.raw(session).execute("SELECT * FROM population")
    names = [column[0] for column in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor]
    return {row["customer_id"]: row for row in rows}


@pytest.fixture
def one(tmp_path: Path) -> Any:
    """A function: the population row of a customer with these trips (keywords of add_trip)."""
    file = agency(tmp_path)

    def row(*trips: dict[str, Any], as_of: date = AS_OF, **basis: Any) -> dict[str, Any] | None:
        with writing(file) as session:
            customer = add_customer(session)
            for trip in trips:
                add_trip(session, customer, **trip)
        with engine.reading(file) as session:
            return built(session, as_of, **basis).get(customer)

    return row


def test_the_facts_of_a_customer(one: Any) -> None:
    row = one(
        {"departs_on": "2022-03-01", "returns_on": "2022-03-09", "price": 100_00},
        {"departs_on": "2024-11-20", "returns_on": "2024-11-25", "price": 3000_00},
        {"departs_on": "2024-11-20", "service": "hotel", "price": None},
        {"departs_on": "2026-05-04", "returns_on": "2026-05-10", "price": 5000_00},
    )
    assert row == {
        "customer_id": 1,
        "trips": 4,
        "trip_days": 3,
        "first_on": "2022-03-01",
        "last_on": "2026-05-04",
        "last_return": "2026-05-10",
        "recency_days": 194,
        "window_trips": 3,
        "window_priced": 2,
        "window_first_on": "2024-11-20",
        "revenue": 8000_00,
        "yearly_spend": pytest.approx(8000_00 * 365.25 / 730),
        "value_per_trip": 4000_00,
        "scale_value": pytest.approx(8000_00 * 365.25 / 730),
        "expected_gap": pytest.approx((2 * 365 + 1525) / 4),
        "lateness": pytest.approx(194 / ((2 * 365 + 1525) / 4)),
        "cadence": "active",
        "scale": "large",
        "loyalty": "high",
        "quadrant": "large_high",
        "tier": "A",
        "apart": 0,
    }


@pytest.mark.parametrize(
    ("trip", "counts"),
    [
        ({"departs_on": "2026-11-20"}, True),
        ({"departs_on": "2026-11-21"}, False),
        ({"departs_on": None}, False),
        ({"departs_on": "2026-11-01", "status": "quoted"}, False),
        ({"departs_on": "2026-11-01", "status": "inquiry"}, False),
        ({"departs_on": "2026-11-01", "status": "lost"}, False),
        ({"departs_on": "2026-11-01", "status": "cancelled"}, False),
        ({"departs_on": "2026-11-01", "status": "cancelled", "cancelled_on": "2026-11-20"}, False),
        ({"departs_on": "2026-11-01", "status": "cancelled", "cancelled_on": "2026-11-21"}, True),
        ({"departs_on": "2026-11-01", "booked_on": "2026-11-25"}, True),
    ],
)
def test_only_what_stood_booked_and_had_departed_counts(
    one: Any, trip: dict[str, Any], counts: bool
) -> None:
    assert (one(trip) is not None) == counts


@pytest.mark.parametrize(
    ("departs_on", "returns_on", "recency"),
    [
        ("2026-11-10", "2026-11-15", 5),
        ("2026-11-10", None, 10),
        ("2026-11-18", "2026-11-20", 0),
        ("2026-11-18", "2026-11-25", 0),
        ("2026-11-20", None, 0),
    ],
)
def test_recency_counts_from_the_return_and_is_0_on_the_way(
    one: Any, departs_on: str, returns_on: str | None, recency: int
) -> None:
    assert one({"departs_on": departs_on, "returns_on": returns_on})["recency_days"] == recency


def test_recency_counts_from_the_latest_return_of_all(one: Any) -> None:
    row = one(
        {"departs_on": "2026-08-01", "returns_on": "2026-10-31"},
        {"departs_on": "2026-09-01", "returns_on": "2026-09-05"},
        {"departs_on": "2026-10-01"},
    )
    assert (row["last_on"], row["last_return"]) == ("2026-10-01", "2026-10-31")
    assert row["recency_days"] == 20


def test_the_window_is_open_at_its_start_and_history_is_not_cut(one: Any) -> None:
    row = one(
        {"departs_on": "2023-11-20", "price": 1},
        {"departs_on": "2023-11-21", "price": 20},
        {"departs_on": "2026-11-20", "price": 300},
    )
    assert (row["trips"], row["window_trips"], row["revenue"]) == (3, 2, 320)
    assert (row["first_on"], row["window_first_on"]) == ("2023-11-20", "2023-11-21")
    assert one({"departs_on": "1999-01-01", "price": 7}, months=None)["revenue"] == 7


@pytest.mark.parametrize(
    "day", ["1899-12-31", "1968-02-29", "1970-01-01", "1987-06-25", "2000-12-01", "2026-11-20"]
)
def test_every_day_is_read_as_it_is_written(one: Any, day: str) -> None:
    row = one({"departs_on": day}, months=None)
    assert (row["first_on"], row["last_on"], row["window_first_on"]) == (day, day, day)
    assert row["recency_days"] == (AS_OF - date.fromisoformat(day)).days


def test_who_only_travelled_before_the_window_has_no_tier_and_is_small(one: Any) -> None:
    row = one({"departs_on": "2015-01-01", "price": 10**9})
    assert (row["tier"], row["scale"], row["yearly_spend"]) == (None, "small", 0)
    assert (row["value_per_trip"], row["window_first_on"], row["trips"]) == (None, None, 1)


def test_averages_pass_over_trips_without_a_price(one: Any) -> None:
    row = one(
        {"departs_on": "2026-05-01", "price": None}, {"departs_on": "2026-06-01", "price": 300}
    )
    assert (row["window_trips"], row["window_priced"], row["value_per_trip"]) == (2, 1, 300)
    free = one({"departs_on": "2026-05-01", "price": 0}, {"departs_on": "2026-06-01", "price": 2})
    assert (free["window_priced"], free["value_per_trip"]) == (2, 1)
    unknown = one({"departs_on": "2026-05-01", "price": None})
    assert (unknown["value_per_trip"], unknown["yearly_spend"], unknown["tier"]) == (None,) * 3
    assert unknown["scale"] == "small"


@pytest.mark.parametrize(
    ("first", "years"),
    [("2026-11-20", 1.0), ("2025-11-21", 1.0), ("2025-11-20", 1.0), ("2024-11-20", 730 / 365.25)],
)
def test_yearly_spend_divides_by_one_year_at_least(one: Any, first: str, years: float) -> None:
    row = one({"departs_on": first, "price": A_PRICE})
    assert row["yearly_spend"] == pytest.approx(A_PRICE / years)


@pytest.mark.parametrize(
    ("late", "cadence", "loyalty"),
    [
        (100, "active", "high"),
        (101, "due", "high"),
        (150, "due", "high"),
        (151, "at_risk", "low"),
        (250, "at_risk", "low"),
        (251, "lapsed", "low"),
    ],
)
def test_cadence_and_loyalty_turn_just_past_their_limits(
    one: Any, late: int, cadence: str, loyalty: str
) -> None:
    # With --gap 100 and one own gap of 100 days, 100 days are expected.
    back = AS_OF - timedelta(days=late)
    row = one({"departs_on": back - timedelta(days=100)}, {"departs_on": back}, gap=100.0)
    assert row["expected_gap"] == 100.0
    assert (row["cadence"], row["loyalty"]) == (cadence, loyalty)


@pytest.mark.parametrize(
    ("days", "quadrant"),
    [
        (["2026-11-01"], "new"),
        (["2024-01-01"], "large_low"),
        (["2026-11-01", "2026-11-01"], "large_low"),
        (["2026-10-01", "2026-11-01"], "large_high"),
    ],
)
def test_one_trip_that_is_not_late_is_new_and_loyalty_takes_two_days(
    one: Any, days: list[str], quadrant: str
) -> None:
    assert one(*({"departs_on": day, "price": 100} for day in days))["quadrant"] == quadrant


@pytest.mark.parametrize(("late", "quadrant"), [(150, "new"), (151, "large_low")])
def test_a_first_timer_is_new_up_to_one_and_a_half_times_the_gap(
    one: Any, late: int, quadrant: str
) -> None:
    back = AS_OF - timedelta(days=late)
    assert one({"departs_on": back, "price": 100}, gap=100.0)["quadrant"] == quadrant


def test_the_median_gap_is_learnt_from_30_gaps(tmp_path: Path) -> None:
    file = agency(tmp_path)
    with writing(file) as session:
        # 30 gaps of 1 to 30 days, and a second trip on the same day that is no gap.
        for gap in range(1, 31):
            customer = add_customer(session)
            add_trip(session, customer, date(2026, 1, 1))
            add_trip(session, customer, date(2026, 1, 1))
            add_trip(session, customer, date(2026, 1, 1) + timedelta(days=gap))
    with engine.reading(file) as session:
        known = population.build(session, usual_basis(AS_OF))
        assert (known.gap, known.gaps, known.gap_assumed) == (15.5, 30, False)
        before = population.build(session, usual_basis(date(2026, 1, 30)))
        assert (before.gap, before.gaps, before.gap_assumed) == (365.0, 29, True)
        for as_of in (AS_OF, date(2026, 1, 30)):
            given = population.build(session, usual_basis(as_of, gap=34.5))
            assert (given.gap, given.gap_assumed) == (34.5, False)


@pytest.mark.parametrize(
    ("basis", "large"),
    [
        ({}, [1, 2]),
        ({"large_from": 0}, [1, 2, 3, 4]),
        ({"large_from": 400_00}, [1]),
        ({"large_from": 200_00}, [1, 2, 3]),
        ({"scale_by": "value_per_trip"}, [2, 3]),
        ({"scale_by": "value_per_trip", "large_from": 300_00}, [2]),
        ({"scale_by": "party_size"}, [1, 2]),
        ({"scale_by": "party_size", "large_from": 100}, [1, 2, 3, 4]),
        ({"scale_by": "party_size", "large_from": 300}, [1, 2]),
        ({"scale_by": "party_size", "large_from": 301}, [1]),
    ],
)
def test_large_begins_at_the_median_or_where_one_says(
    tmp_path: Path, basis: dict[str, Any], large: list[int]
) -> None:
    file = agency(tmp_path)
    with writing(file) as session:
        for trips, price, people in (
            (4, 100_00, 4),
            (1, 300_00, 3),
            (1, 200_00, 2),
            (1, 100_00, 1),
        ):
            customer = add_customer(session)
            for _ in range(trips):
                add_trip(session, customer, "2026-05-01", price=price, party_size=people)
        # A trip before the window is no part of any median, however large it was.
        add_trip(session, add_customer(session), "2023-11-20", price=10**10, party_size=99)
        # Nobody knows what this one was worth.
        add_trip(session, add_customer(session), "2026-05-01")
    with engine.reading(file) as session:
        rows = built(session, **basis)
    assert [customer for customer, row in rows.items() if row["scale"] == "large"] == large


def test_the_agency_itself_and_the_dead_stand_apart(tmp_path: Path) -> None:
    file = agency(tmp_path)
    with writing(file) as session:
        for fields in (
            {"name": "王芳"},
            {"name": "导游", "kind": "internal"},
            {"name": "逝者", "status": "deceased"},
            {"name": "当天", "status": "deceased", "lost_on": AS_OF},
            {"name": "后来", "status": "deceased", "lost_on": AS_OF + timedelta(days=1)},
            {"name": "流失", "status": "lost", "lost_on": AS_OF},
        ):
            customer = add_customer(session, **fields)
            add_trip(session, customer, "2026-01-01", price=1000_00)
            add_trip(session, customer, "2026-02-01", price=1000_00)
    with engine.reading(file) as session:
        known = population.build(session, usual_basis(AS_OF))
        assert (known.customers, known.window_customers, known.gaps) == (6, 3, 3)
        assert known.revenue == 6000_00
        for found in (
            segment.rfm(session, usual_basis(AS_OF)).rows,
            segment.tiers(session, usual_basis(AS_OF)).rows,
            segment.quadrants(session, usual_basis(AS_OF)).rows,
        ):
            assert {row.name for row in found} == {"王芳", "后来", "流失"}
        tiers = segment.tiers(session, usual_basis(AS_OF))
        assert tiers.rows[-1].cumulative_share == 1


def test_many_customers_are_read_a_part_at_a_time_alike(tmp_path: Path) -> None:
    """Days repeated and gaps are counted right across the parts in which customers are read."""
    file = agency(tmp_path)
    people, day = 9000, AS_OF.isoformat()
    with writing(file) as session:
        first = add_customer(session)
        raw = engine.raw(session)
        raw.executemany(
            "INSERT INTO customer (id, code, name, kind, status, marketing_consent, "
            "do_not_contact, entered_on, operation_id) SELECT ?, ?, name, kind, status, "
            "marketing_consent, do_not_contact, entered_on, operation_id "
            f"FROM customer WHERE id = {first}",
            [(number, f"X{number}") for number in range(2, people + 1)],
        )
        raw.executemany(
            "INSERT INTO trip (code, customer_id, service, kind, status, departs_on, operation_id) "
            "VALUES (?, ?, 'tour', 'group', 'booked', ?, 1)",
            [
                (f"{number}-{place}", number, when)
                for number in range(1, people + 1)
                for place, when in enumerate(["2026-01-01", "2026-01-01", "2026-01-11", day])
            ],
        )
    with engine.reading(file) as session:
        known = population.build(session, usual_basis(AS_OF))
        counted = engine.raw(session).execute(
            "SELECT trips, trip_days, expected_gap, count(*) FROM population GROUP BY 1, 2, 3"
        )
        assert known.gaps == 2 * people
        assert known.gap == (10 + 313) / 2
        assert counted.fetchall() == [(4, 3, (2 * 161.5 + 323) / 4, people)]


def test_the_second_build_of_a_session_replaces_the_first(tmp_path: Path) -> None:
    file = agency(tmp_path)
    with writing(file) as session:
        add_trip(session, add_customer(session), "2026-01-01")
        assert len(built(session)) == 1
        assert len(built(session, date(2025, 1, 1))) == 0


def test_an_unknown_scale_is_refused(tmp_path: Path) -> None:
    with engine.reading(agency(tmp_path)) as session, pytest.raises(ValueError, match="tuple"):
        population.build(session, usual_basis(AS_OF, scale_by="1; DROP TABLE trip"))


def test_an_agency_without_trips_has_no_population(tmp_path: Path) -> None:
    with engine.reading(agency(tmp_path)) as session:
        known = population.build(session, usual_basis(AS_OF))
        assert (known.customers, known.scale_cut, known.tier_from) == (0, None, {})
        assert segment.rfm(session, usual_basis(AS_OF)).rows == []
        assert segment.tiers(session, usual_basis(AS_OF)).top_share == 0
        quadrants = segment.quadrants(session, usual_basis(AS_OF))
        assert (quadrants.groups, quadrants.warnings) == ((), ())


@pytest.mark.parametrize("scale_by", population.SCALES)
@pytest.mark.parametrize("analysed", [False, True])
def test_trips_are_scanned_once_over_the_covering_index(
    tmp_path: Path, scale_by: str, analysed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = agency(tmp_path)
    with writing(file) as session:
        for customer in range(30):
            add_trip(session, add_customer(session), AS_OF - timedelta(days=customer))
        if analysed:
            engine.raw(session).execute("ANALYZE")
    monkeypatch.setattr(trip_history, "PIECE", 10)
    with engine.reading(file) as session:
        raw = engine.raw(session)
        with told(raw) as statements:
            population.build(session, usual_basis(AS_OF, scale_by=scale_by))
        found = [step for one in statements for step in plan(raw, one)]
        assert_one_pass(raw, statements)
    others = [step for step in found if "trip" in step and "COVERING" not in step]
    assert bool(others) == (scale_by == "party_size")


def test_customers_may_have_any_ids(tmp_path: Path) -> None:
    file = agency(tmp_path)
    ids = (1, trip_history.PIECE - 1, trip_history.PIECE, 7 * trip_history.PIECE, 2**63 - 1)
    with writing(file) as session:
        for id_ in ids:
            who = add_customer(session)
            session.flush()
            engine.raw(session).execute("UPDATE customer SET id = ? WHERE id = ?", (id_, who))
            add_trip(session, id_, AS_OF - timedelta(days=9))
    with engine.reading(file) as session:
        known = population.build(session, usual_basis(AS_OF)).people.known
    assert known.customer.tolist() == list(ids)
    assert known.whose.tolist() == [0, 1, 2, 3, 4]


def test_scores_count_trips_of_the_window_and_no_others(tmp_path: Path) -> None:
    file = agency(tmp_path)
    with writing(file) as session:
        who = add_customer(session)
        for day, price in (("2023-11-20", 5), ("2023-11-21", 70), ("2026-11-19", 900)):
            add_trip(session, who, day, price=price)
        add_trip(session, add_customer(session), "2023-11-20", price=5)
        add_trip(session, add_customer(session), "2026-11-20", price=1)
    with engine.reading(file) as session:
        rows = segment.rfm(session, usual_basis(AS_OF)).rows
    assert [(row.recency_days, row.frequency, row.monetary) for row in rows] == [
        (1, 2, 970), (0, 1, 1),
    ]  # fmt: skip


def test_the_rule_of_r_counts_money_in_hundreds_of_fen(tmp_path: Path) -> None:
    file = agency(tmp_path)
    with writing(file) as session:
        for price in (100, 200, 300, 400, 500, 600):
            add_trip(session, add_customer(session), "2026-11-01", price=price)
    with engine.reading(file) as session:
        found = segment.rfm(session, usual_basis(AS_OF), "r")
    assert found.limits["m"] == (300, 400, 500, 600)


def test_where_nobody_paid_there_are_no_shares_and_one_quadrant(tmp_path: Path) -> None:
    file = agency(tmp_path)
    with writing(file) as session:
        for day in ("2026-11-01", "2026-11-02"):
            add_trip(session, add_customer(session), day)
    with engine.reading(file) as session:
        found = segment.tiers(session, usual_basis(AS_OF))
        assert [row.cumulative_share for row in found.rows] == [0, 0]
        [group] = segment.quadrants(session, usual_basis(AS_OF)).groups
    assert (group.name, group.customers, group.revenue) == ("new", 2, 0)


def test_groups_of_quadrants_add_up_what_was_paid(tmp_path: Path) -> None:
    file = agency(tmp_path)
    with writing(file) as session:
        for price in (300, 200):
            who = add_customer(session)
            for day in ("2024-11-01", "2026-11-01"):
                add_trip(session, who, day, price=price)
    with engine.reading(file) as session:
        groups = segment.quadrants(session, usual_basis(AS_OF, large_from=0)).groups
    assert [(one.name, one.customers, one.revenue, one.lowest) for one in groups] == [
        ("large_high", 2, 1000, 400)
    ]


@pytest.fixture
def histories(tmp_path: Path) -> trip_history.Histories:
    """Those of a leap day, of its day before and after, and of who travelled on both."""
    file = agency(tmp_path)
    with writing(file) as session:
        for days in (
            ("2024-02-29",), ("2023-02-28", "2024-02-28"), ("2023-02-28",), ("2025-03-01",),
            ("2024-02-28", "2024-03-01"),
        ):  # fmt: skip
            who = add_customer(session)
            for day in days:
                add_trip(session, who, day)
    with engine.reading(file) as session:
        return trip_history.read(engine.raw(session), AS_OF, None)


@pytest.mark.parametrize(
    ("yeardays", "found"),
    [
        (["02-28"], [2, 3]),
        (["02-29"], [1]),
        (["03-01"], [4, 5]),
        (["02-29", "03-01"], [1, 4, 5]),
        (["12-31"], []),
        ([], []),
    ],
)
def test_last_departures_are_found_by_their_day_of_the_year(
    histories: trip_history.Histories, yeardays: list[str], found: list[int]
) -> None:
    assert (histories.of_yeardays(yeardays) + 1).tolist() == found


@pytest.mark.parametrize(
    ("spans", "times", "some", "found"),
    [
        # The first and the last day of a span belong to it.
        (
            [("2024-02-28", "2024-02-29")], 1, None,
            {1: "2024-02-29", 2: "2024-02-28", 5: "2024-02-28"},
        ),
        ([("2024-02-29", "2024-03-01")], 1, None, {1: "2024-02-29", 5: "2024-03-01"}),
        ([("2024-02-28", "2024-03-01")], 2, None, {}),  # two days of one span count once
        ([("2023-02-01", "2023-02-28"), ("2024-02-01", "2024-02-29")], 2, None, {2: "2024-02-28"}),
        ([("2023-02-28", "2024-02-28")], 1, [3, 5], {3: "2023-02-28", 5: "2024-02-28"}),
    ],
)  # fmt: skip
def test_who_departed_in_so_many_spans(
    histories: trip_history.Histories,
    spans: list[tuple[str, str]],
    times: int,
    some: list[int] | None,
    found: dict[int, str],
) -> None:
    days = [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in spans]
    only = None if some is None else trip_history.numbers(some)
    customers, lasts = histories.departed_between(days, times, only)
    assert dict(zip(customers.tolist(), trip_history.iso_days(lasts), strict=True)) == found


@pytest.fixture
def people(tmp_path: Path) -> Iterator[population.People]:
    """1: A, active. 2: B, active. 3: no tier, lapsed. 4: the agency's own. 5 never travelled."""
    file = agency(tmp_path)
    with writing(file) as session:
        for day, price, kind in (
            ("2026-11-01", 60, "person"),
            ("2026-11-01", 30, "person"),
            ("2019-01-01", 10, "person"),
            ("2026-11-01", 90, "internal"),
            (None, None, "person"),
        ):
            who = add_customer(session, kind=kind)
            if day:
                add_trip(session, who, day, price=price)
    with engine.reading(file) as session:
        yield population.build(session, usual_basis(AS_OF, gap=100.0), whole=False).people


@pytest.mark.parametrize(
    ("tiers", "quadrants", "cadences", "found"),
    [
        (None, None, None, None),
        (["A"], None, None, [1]),
        (["none"], None, None, None),
        (["C", "D"], None, None, []),
        (["A", "B"], ["new"], None, [1, 2]),
        (["none"], ["new"], None, [4]),
        (["none"], ["none"], None, None),
        (None, None, ["lapsed"], [3]),
        (None, None, ["none"], None),
        (["none"], None, ["lapsed"], [3]),
        (["A"], None, ["none"], []),
        # Whoever has a trip ahead (3 and 5) is active.
        (None, None, ["active"], [1, 2, 3, 4, 5]),
        (["none"], None, ["active"], [3, 4, 5]),
        (["A"], None, ["active"], [1]),
        (["A"], None, ["lapsed"], []),
        (None, ["small_low"], ["active"], [3]),
    ],
)
def test_whom_a_rule_can_be_for(
    people: population.People,
    tiers: list[str] | None,
    quadrants: list[str] | None,
    cadences: list[str] | None,
    found: list[int] | None,
) -> None:
    who = people.fitting(tiers, quadrants, cadences, lambda: trip_history.numbers([3, 5]))
    assert (None if who is None else who.tolist()) == found


def test_where_somebody_stands_is_told_of_those_who_travelled(people: population.People) -> None:
    assert people.standing_of([9, 4, 2, 1, 0]) == {
        1: ("A", "new", "active", "2026-11-01"),
        2: ("B", "new", "active", "2026-11-01"),
        4: (None, "new", "active", "2026-11-01"),
    }


def test_a_row_is_put_into_the_table_once(people: population.People) -> None:
    for asked in ([2], [2, 1], [2]):
        people.put(people.places_of(asked))
    rows = people._connection.execute("SELECT customer_id, tier FROM population ORDER BY 1")
    assert rows.fetchall() == [(1, "A"), (2, "B")]
