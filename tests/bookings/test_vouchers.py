"""Vouchers: issued, used once, withdrawn."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from tests import builders
from tests.builders import TODAY
from tourcrm.base.errors import NotFound, Refused
from tourcrm.bookings import voucher_list, vouchers
from tourcrm.bookings.voucher_list import Wanted
from tourcrm.db import operations, setting
from tourcrm.models import Complaint, Customer, Trip, Voucher

TOMORROW = TODAY + timedelta(1)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """Customer 1, an employee of company 2, has trip 1; somebody else, 3, has trip 2."""
    with builders.writing(builders.agency(tmp_path)) as session:
        builders.add_customer(session)
        company = builders.add_customer(session, kind="company")
        session.get_one(Customer, 1).company_id = company
        builders.add_customer(session)
        builders.add_trip(session, 1, "2026-12-24", returns_on="2026-12-30", price=1_280_000)
        builders.add_trip(session, 3, "2026-12-24", price=1_280_000)
        yield session


def number(session: Session) -> int:
    return operations.begin(session, "test", builders.NOW, "lin")


def issue(session: Session, kind: str = "discount", who: int = 1, **facts: Any) -> Voucher:
    if kind == "discount":
        facts.setdefault("pay_ratio", 0.8)
    return vouchers.issue(
        session, lambda: number(session), session.get_one(Customer, who), kind,
        **{"day": TODAY, **facts},
    )  # fmt: skip


def redeem(session: Session, row: Voucher, trip: int = 1, **more: Any) -> vouchers.Redeemed:
    found = session.get_one(Trip, trip)
    return vouchers.redeem(session, lambda: number(session), row, found, **{"day": TODAY, **more})


def states(session: Session, day: date | None = TODAY) -> dict[str, str]:
    found = {line.code: line.state for line in voucher_list.listed(session, Wanted(day))}
    assert voucher_list.count(session, Wanted(day)) == len(found)
    for state in ("open", "used", "expired", "withdrawn"):
        chosen = voucher_list.listed(session, Wanted(day, state=state))
        assert [line.code for line in chosen] == sorted(c for c in found if found[c] == state)
    return found


def test_a_discount_leaves_the_share_that_the_customer_pays(session: Session) -> None:
    done = redeem(session, issue(session))
    assert (done.price, done.charge, done.applied) == (1_280_000, 1_024_000, False)
    assert session.get_one(Trip, 1).price == 1_280_000
    assert states(session) == {"V00001": "used"}


def test_the_price_is_set_only_where_that_is_asked_for(session: Session) -> None:
    done = redeem(session, issue(session), apply=True)
    assert (done.price, done.charge, session.get_one(Trip, 1).price) == (
        1_280_000,
        1_024_000,
        1_024_000,
    )


def test_an_amount_comes_off_and_never_goes_below_nothing(session: Session) -> None:
    done = redeem(session, issue(session, "amount", amount=50_000))
    assert (done.charge, done.left) == (1_230_000, 0)
    rich = redeem(session, issue(session, "amount", amount=2_000_000))
    assert (rich.charge, rich.left, rich.others) == (0, 720_000, ("V00001",))


def test_a_voucher_is_used_once(session: Session) -> None:
    row = issue(session)
    redeem(session, row)
    again = redeem(session, row, day=TOMORROW, apply=True)
    assert (again.already, again.on, again.by, again.applied) == (True, TODAY, "lin", False)
    builders.add_trip(session, 1, "2027-01-24", price=1)
    with pytest.raises(Refused, match="used already, for T0000001 on 2026-11-20"):
        redeem(session, row, trip=3)


def test_a_voucher_comes_back_when_its_trip_is_cancelled(session: Session) -> None:
    row = issue(session)
    redeem(session, row)
    trip = session.get_one(Trip, 1)
    trip.status, trip.cancelled_on = "cancelled", TOMORROW
    session.flush()
    assert [states(session, day)["V00001"] for day in (TODAY, TOMORROW)] == ["used", "open"]
    assert [line.trip for line in voucher_list.listed(session, Wanted(TOMORROW))] == [None]
    with pytest.raises(Refused, match="not booked"):
        redeem(session, row, day=TOMORROW)
    builders.add_trip(session, 1, "2027-01-24", price=1_000)
    assert redeem(session, row, trip=3, day=TOMORROW).charge == 800
    assert states(session, TOMORROW) == {"V00001": "used"}
    with pytest.raises(Refused, match="was used for T0000003"):
        vouchers.withdraw(session, lambda: number(session), row, day=TOMORROW)


def test_a_voucher_that_came_back_can_be_withdrawn(session: Session) -> None:
    row = issue(session)
    redeem(session, row)
    session.get_one(Trip, 1).status = "cancelled"
    session.flush()
    vouchers.withdraw(session, lambda: number(session), row, day=TODAY, note="x")
    assert states(session) == {"V00001": "withdrawn"}


def test_a_voucher_serves_its_owner_and_a_companys_its_employees(session: Session) -> None:
    with pytest.raises(Refused, match="belongs to C000001"):
        redeem(session, issue(session), trip=2)
    redeem(session, issue(session, who=2))  # the company's, for its employee
    with pytest.raises(Refused, match="belongs to C000002"):
        redeem(session, issue(session, who=2), trip=2)
    builders.add_trip(session, 2, "2026-12-24")
    with pytest.raises(Refused, match="belongs to C000001"):
        redeem(session, issue(session), trip=3)  # not the other way round


def test_the_last_day_counts(session: Session) -> None:
    row = issue(session, expires_on=TOMORROW)
    assert states(session, TOMORROW) == {"V00001": "open"}
    assert states(session, TODAY + timedelta(2)) == {"V00001": "expired"}
    assert states(session, None) == {"V00001": "open"}
    with pytest.raises(Refused, match="its last day was 2026-11-21"):
        redeem(session, row, day=TODAY + timedelta(2))
    redeem(session, row, day=TOMORROW)


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"status": "quoted"}, "not booked"),
        ({"status": "cancelled"}, "not booked"),
        (
            {"departs_on": date(2026, 11, 9), "returns_on": date(2026, 11, 19)},
            "ended on 2026-11-19",
        ),
    ],
)
def test_a_trip_must_be_booked_and_not_over(
    session: Session, facts: dict[str, Any], told: str
) -> None:
    trip = session.get_one(Trip, 1)
    for field, value in facts.items():
        setattr(trip, field, value)
    session.flush()
    row = issue(session)
    with pytest.raises(Refused, match=told):
        redeem(session, row)
    assert states(session) == {"V00001": "open"}


def test_a_trip_that_went_wrong_is_not_the_next_one(session: Session) -> None:
    session.add(
        Complaint(
            id=1,
            code="K00001",
            customer_id=1,
            trip_id=1,
            text="x",
            opened_at=builders.NOW,
            operation_id=1,
        )
    )
    session.flush()
    row = issue(session, complaint_id=1)
    with pytest.raises(Refused, match="for a later trip"):
        redeem(session, row)
    assert [line.code for line in voucher_list.of_complaint(session, 1)] == ["V00001"]


def test_a_trip_takes_one_discount(session: Session) -> None:
    redeem(session, issue(session))
    with pytest.raises(Refused, match="has a discount already, V00001"):
        redeem(session, issue(session))


def test_a_price_that_is_not_known_cannot_be_set(session: Session) -> None:
    session.get_one(Trip, 1).price = None
    session.flush()
    row = issue(session)
    with pytest.raises(Refused, match="not known"):
        redeem(session, row, apply=True)
    assert redeem(session, row).charge is None
    with pytest.raises(Refused, match="does not change a price"):
        redeem(session, issue(session, "gift", what="丝巾"), apply=True)


def test_withdrawing(session: Session) -> None:
    row = issue(session)
    gone = vouchers.withdraw(session, lambda: number(session), row, day=TODAY, note="发错了")
    assert (gone.on, gone.already, row.note) == (TODAY, False, "发错了")
    again = vouchers.withdraw(session, lambda: number(session), row, day=TOMORROW)
    assert (again.on, again.already, again.by) == (TODAY, True, "lin")
    with pytest.raises(Refused, match="withdrawn on"):
        redeem(session, row)
    assert states(session) == {"V00001": "withdrawn"}
    assert states(session, TODAY - timedelta(1)) == {}
    used = issue(session)
    redeem(session, used)
    with pytest.raises(Refused, match="was used for T0000001"):
        vouchers.withdraw(session, lambda: number(session), used, day=TODAY)


def test_a_day_of_the_past_is_shown_as_it_was(session: Session) -> None:
    redeem(session, issue(session), day=TOMORROW)
    row = issue(session, "amount", amount=1)
    vouchers.withdraw(session, lambda: number(session), row, day=TOMORROW, note="x")
    assert states(session) == {"V00001": "open", "V00002": "open"}
    assert all(
        line.trip is None and line.note is None
        for line in voucher_list.listed(session, Wanted(TODAY))
    )
    assert states(session, TOMORROW) == {"V00001": "used", "V00002": "withdrawn"}


@pytest.mark.parametrize(
    ("kind", "facts", "told"),
    [
        ("discount", {"pay_ratio": None}, "--pay-ratio"),
        ("discount", {"pay_ratio": 1.0}, "between 0 and 1"),
        ("discount", {"amount": 5}, "Only a voucher of the kind amount"),
        ("amount", {}, "--amount 500"),
        ("amount", {"amount": 0}, "above zero"),
        ("amount", {"amount": 5, "pay_ratio": 0.8}, "Only a discount"),
        ("gift", {}, "--what"),
        ("upgrade", {"what": ""}, "--what"),
        ("adviser", {"expires_on": TODAY - timedelta(1)}, "cannot expire"),
    ],
)
def test_a_voucher_has_the_worth_of_its_kind(
    session: Session, kind: str, facts: dict[str, Any], told: str
) -> None:
    with pytest.raises(Refused, match=told):
        issue(session, kind, **facts)


def test_the_usual_last_day_is_a_setting(session: Session) -> None:
    assert vouchers.expiry(setting.Settings({}), "discount", TODAY) == date(2027, 11, 20)
    assert vouchers.expiry(setting.Settings({"voucher_days": "0"}), "discount", TODAY) is None


def test_worth_is_said_so_that_nobody_reads_it_the_wrong_way_round(session: Session) -> None:
    said = str(vouchers.worth(issue(session), "CNY"))
    assert "pays 80% of the price (8折): ¥8,000.00 instead of ¥10,000.00" in said
    assert (
        str(vouchers.worth(issue(session, "amount", amount=50_000), "CNY"))
        == "¥500.00 off the price"
    )
    assert "\x1b" not in str(vouchers.worth(issue(session, "gift", what="\x1b[2J丝巾"), "CNY"))


def test_a_voucher_is_found_by_its_code(session: Session) -> None:
    row = issue(session)
    assert vouchers.find_one(session, " v00001 ").id == row.id
    with pytest.raises(NotFound, match="vouchers list"):
        vouchers.find_one(session, "V9")
