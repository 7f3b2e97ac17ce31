"""Random books: whatever inquiries and years are cut by, every lead and every fen is there once."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import add_customer, add_trip, agency, writing
from tourcrm import segment
from tourcrm.analysis import conversion
from tourcrm.analysis.population import Basis
from tourcrm.db import engine

AS_OF = date(2026, 11, 20)
_DAYS = st.none() | st.integers(-30, 900).map(lambda ago: AS_OF - timedelta(ago))
_BOOKS = st.lists(
    st.fixed_dictionaries(
        {
            "who": st.integers(0, 4),
            "status": st.sampled_from(["inquiry", "quoted", "booked", "cancelled", "lost"]),
            "departs_on": st.integers(-30, 900).map(lambda ago: AS_OF - timedelta(ago)),
            "price": st.none() | st.integers(0, 10**12),
            "advisor": st.sampled_from([None, "李娜", "吴昊"]),
            "lost_reason": st.sampled_from([None, "价格"]),
            **dict.fromkeys(
                ("inquired_on", "quoted_on", "booked_on", "lost_on", "cancelled_on"), _DAYS
            ),
        }
    ),
    max_size=15,
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(book=_BOOKS, ago=st.integers(0, 400))
def test_parts_add_up_to_the_whole(tmp_path: Path, book: list[dict[str, Any]], ago: int) -> None:
    file = tmp_path / "agency.db"
    file.unlink(missing_ok=True)
    agency(file)
    as_of = AS_OF - timedelta(ago)
    with writing(file) as session:
        people = [add_customer(session, name=f"客{n}", owner="李娜") for n in range(5)]
        for one in book:
            add_trip(session, people[one["who"]], **{k: v for k, v in one.items() if k != "who"})
    with engine.reading(file) as session:
        leads = list(conversion.leads(session, as_of))
        for by in conversion.CUTS:
            rows = conversion.conversion(leads, by)
            assert sum(row.inquiries for row in rows) == len(leads)
            for row in rows:
                assert row.booked + row.lost + row.open == row.inquiries
                assert row.open >= 0
                assert sum(count for _text, count in row.reasons) <= row.lost
        found = segment.trend(session, as_of)
        assert sum(one.difference for one in found.sums) == sum(
            one.revenue - one.revenue_before for one in found.rows
        )
        assert sum(one.customers for one in found.sums) == len(found.rows)
        assert {type(one.difference) for one in found.rows} <= {int}
        # The last twelve months of trends are those of the tiers.
        year = segment.tiers(session, Basis(as_of, 12, (50, 80, 95)))
        assert sum(one.revenue for one in found.rows) == sum(one.revenue for one in year.rows)
        for by in ("margin", "value"):
            ranked = segment.tiers(session, Basis(as_of, 12, (50, 80, 95)), by)
            tiers = {one.amount: one.tier for one in ranked.rows}
            assert all(tiers[one.amount] == one.tier for one in ranked.rows)  # equals share one
            assert all((one.tier is None) == (one.amount <= 0) for one in ranked.rows)
