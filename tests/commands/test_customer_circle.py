"""The page of a company, of a channel, and what trips tell of a person."""

import json
from pathlib import Path

from tests.builders import add_customer, add_trip, agency, writing
from tests.conftest import Invoke


def test_a_companys_page_and_a_channels(invoke: Invoke, db: Path) -> None:
    agency(db, today="2026-11-20")
    invoke(
        *("customers", "add", "华为公司", "--kind", "company", "--code", "K"),
        *("--company-type", "国企", "--travel-policy", "总监以上商务舱，其他最低价"),
        *("--valued", "VIP、省钱", "--credit-days", "30", "--credit-limit", "50000"),
    )
    with writing(db) as session:
        he = add_customer(session, "P1", name="何伟", company_id=1, occupation="行政")
        add_customer(session, "P2", name="李四", company_id=1)
        channel = add_customer(session, "CH", name="某同行", kind="channel")
        brought = add_customer(session, "P3", name="张三", source="某同行")
        add_customer(session, "P4", name="赵六", referred_by_id=channel)
        add_trip(session, he, "2026-05-01", price=3_000_00)
        add_trip(session, 1, "2026-06-01", price=2_000_00)
        add_trip(session, he, "2026-12-24", price=1_000_00)
        add_trip(session, he, "2026-03-01", price=9_000_00, status="cancelled")
        add_trip(session, brought, "2026-05-01", price=700_00)
        add_trip(session, he, "2026-07-01", price=100_00, channel="某同行")
    page = invoke("customers", "show", "K").stdout.splitlines()
    assert page[1].split(None, 2)[2].startswith("总监以上")
    assert "pays within 30 days · up to ¥50,000.00" in page[2]
    assert "state-owned · values lowest cost, VIP care" in page[3]
    text = " ".join(" ".join(page).split())
    assert "2 customers · together 3 trips for ¥5,100.00 · 1 ahead for ¥1,000.00" in text
    assert "何伟 P1 · 行政 · 2 trips · ¥3,100.00" in text
    row = json.loads(invoke("customers", "show", "CH", "-f", "json").stdout)[0]
    assert [row[f"circle_{one}"] for one in ("customers", "trips", "ahead")] == [2, 2, 0]
    assert row["circle_revenue"] == 800
    row = json.loads(invoke("customers", "show", "K", "-f", "json").stdout)[0]
    assert (row["company_type"], row["valued"]) == ("state_owned", "lowest_cost;vip_care")


def test_what_trips_tell_with_what_it_rests_on(invoke: Invoke, db: Path) -> None:
    agency(db, today="2026-11-20")
    with writing(db) as session:
        who = add_customer(session, "A", name="王芳")
        for day, back, price, people in (
            ("2024-07-01", "2024-07-05", 2_000_00, 2),
            ("2025-07-01", "2025-07-05", 4_000_00, 2),
            ("2026-08-30", "2026-09-03", None, 3),
        ):
            add_trip(
                session,
                who,
                day,
                returns_on=back,
                price=price,
                party_size=people,
                destination="云南",
            )
        add_trip(session, who, "2025-01-01", destination="日本", status="cancelled")
        for n in range(4):  # dearer ones of others
            other = add_customer(session, f"O{n}")
            add_trip(
                session, other, "2026-01-01", returns_on="2026-01-05", price=9_000_00, party_size=1,
                destination="云南",
            )  # fmt: skip
    row = json.loads(invoke("customers", "show", "A", "-f", "json").stdout)[0]
    told = {
        "usual_season": "summer", "usual_party": 2, "spend_a_head": 1500, "spend_a_head_a_day": 300,
        "interval_days": 395, "favourite_places": "云南", "favourite_kinds": "group",
        "price_sensitive": True, "portrait_trips": 3,
    }  # fmt: skip
    assert {name: row[name] for name in told} == told
    page = " ".join(invoke("customers", "show", "A").stdout.split())
    assert "mostly in summer (3 of 3 trips) · party of 2 (3 trips)" in page
    assert "¥1,500.00 a head · ¥300.00 a day (2 trips)" in page
    assert "looks at the price: ¥300.00 a person and day: the lowest quarter of 6 trips" in page
    assert [
        one["code"]
        for one in json.loads(invoke("customers", "list", "--price-sensitive", "-f", "json").stdout)
    ] == ["A"]
