"""What holds of money, whatever is paid, refunded, spent, taken back, cancelled, booked again."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from tests import builders
from tests.builders import TODAY
from tourcrm.analysis import finance
from tourcrm.analysis.finance import CUTS, shared_out
from tourcrm.base.errors import Refused
from tourcrm.bookings import cancellation, costs, margins, payments, receivables, stages
from tourcrm.bookings.payers import fen_days
from tourcrm.bookings.plans import Part
from tourcrm.bookings.receivables import Terms
from tourcrm.db import engine
from tourcrm.db.setting import parse_ladder
from tourcrm.models import Payment, Trip, TripCost

FEW = settings(max_examples=15, derandomize=True, deadline=None)
MANY = settings(max_examples=1_000, deadline=None)
SPAN = 5
LADDER = parse_ladder("30:5,3:70,0:90")
PRICES = (10**12, 999_999_999_999, 333, None)
STATUSES = ("booked", "booked", "quoted", "booked")


@pytest.fixture(scope="module")
def file() -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        path = builders.agency(Path(folder))
        with builders.writing(path) as session:
            builders.add_customer(session)
            builders.add_customer(session)
            for place, price in enumerate(PRICES):
                builders.add_trip(
                    session, 1 + place % 2, TODAY + timedelta(SPAN + place), price=price,
                    status=STATUSES[place], kind=("group", "custom")[place % 2],
                    destination=(None, "云南", "北疆", "云南")[place],
                )  # fmt: skip
        yield path


VERBS = ("pay", "refund", "promise", "settle", "reverse", "cost", "uncost", "cancel", "book")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(VERBS),
        st.integers(0, len(PRICES) - 1),
        st.sampled_from((1, 333, 10**11 + 7, 10**12)),
        st.integers(0, SPAN - 1),
    ),
    max_size=14,
)


@FEW
@given(STEPS)
def test_money_adds_up(file: Path, steps: list[tuple[str, int, int, int]]) -> None:
    book(file, steps)


@pytest.mark.soak
@MANY
@given(STEPS)
def test_money_adds_up_for_long(file: Path, steps: list[tuple[str, int, int, int]]) -> None:
    book(file, steps)


def book(file: Path, steps: list[tuple[str, int, int, int]]) -> None:
    class Back(Exception):
        pass

    try:
        with engine.writing(file) as session:
            for step in sorted(steps, key=lambda step: step[3]):
                do(session, *step)
            for day in (0, 2, SPAN - 1):
                adds_up(session, TODAY + timedelta(day))
            balances(session)
            raise Back
    except Back:
        pass


def number() -> int:
    return 1


def do(session: Session, verb: str, place: int, amount: int, after: int) -> None:
    row = session.get_one(Trip, place + 1)
    day = TODAY + timedelta(after)
    lines = session.exec(select(Payment).where(Payment.trip_id == row.id)).all()
    spent = session.exec(select(TripCost).where(TripCost.trip_id == row.id)).all()
    try:
        if verb == "pay":
            payments.receive(session, number, row, amount, kind="balance", day=day)
        elif verb == "refund":
            payments.receive(session, number, row, amount, kind="refund", day=day)
        elif verb == "promise":
            reason = "service_failure" if amount == 333 else "customer"
            payments.promise_refund(session, number, row, amount, reason=reason, day=day)
        elif verb == "settle" and lines:
            payments.pay(session, number, lines[amount % len(lines)], day=day)
        elif verb == "reverse" and lines:
            payments.reverse(session, number, lines[amount % len(lines)], day=day)
        elif verb == "cost":
            name = ("甲", None)[amount % 2]
            costs.add(session, number, row, amount, day=day, supplier=name, commission=0.0825)
        elif verb == "uncost" and spent:
            costs.reverse(session, number, spent[amount % len(spent)], day)
        elif verb == "cancel":
            cancellation.cancel(session, number, row, day, day, LADDER)
        elif verb == "book":
            stages.book(session, number, row, day, day)
    except Refused:
        pass


def adds_up(session: Session, day: date) -> None:
    """Whatever sales are cut by, all money that moved by a day is there, once."""
    lines = session.exec(select(Payment)).all()
    moved = sum(line.amount for line in lines if line.paid_on and line.paid_on <= day)
    sums = {
        by: tuple(
            sum(getattr(cut, name) for cut in finance.finance(session, by, day))
            for name in ("trips", "revenue", "cost", "commission", "refunds", "received")
        )
        for by in CUTS
    }
    for by, found in sums.items():
        assert found[-1] == moved, by
        trips = slice(1 if by == "supplier" else 0, None)  # a trip has several suppliers
        assert found[trips] == sums["month"][trips], by
    listed = payments.totals(session, payments.Wanted(day=day))[1]
    assert listed == sum(line.amount for line in lines if line.promised_on <= day)
    sources = finance.sources(session, "channel", day)
    assert sum(one.revenue for one in sources) == sums["month"][1]


def balances(session: Session) -> None:
    """As everything stands: balances and margins are the sums of their lines."""
    last = TODAY + timedelta(10 * SPAN)
    debts = {one.trip: one for one in receivables.due(session, Terms(30, 14), last)}
    rows = session.exec(select(Trip)).all()
    money = margins.of_trips(session, [row.id or 0 for row in rows], last)
    for row in rows:
        lines = session.exec(select(Payment).where(Payment.trip_id == row.id)).all()
        paid = sum(
            line.amount
            for line in lines
            if line.paid_on and (line.reason or "customer") == "customer"
        )
        assert payments.paid(session, row) == paid
        owed = {"booked": row.price, "cancelled": row.fee}.get(row.status) or 0
        known = any(line.kind in ("deposit", "balance") for line in lines)
        debt = debts.get(row.code)
        assert (debt.balance if debt else 0) == (max(0, owed - paid) if known else 0)
        if debt:
            assert debt.overdue <= debt.balance
        margin(session, row, money[row.id or 0], lines)


def margin(session: Session, row: Trip, money: margins.Money, lines: Any) -> None:
    spent = session.exec(select(TripCost).where(TripCost.trip_id == row.id)).all()
    assert money.cost == (sum(line.amount for line in spent) if spent else None)
    if row.status == "cancelled":
        assert row.fee is None or 0 <= row.fee <= (row.price or 0)
        # What was promised back at the cancellation takes nothing from the fee.
    else:
        assert row.fee is None
    refunds = [
        line
        for line in lines
        if line.kind == "refund" or (line.kind == "reversal" and line.amount > 0)
    ]
    own = -sum(line.amount for line in refunds if (line.reason or "customer") == "customer")
    failures = -sum(line.amount for line in refunds) - own
    received = sum(line.amount for line in lines if line.paid_on and line not in refunds)
    assert min(own, failures) >= 0
    if money.price is not None:
        too_much = max(0, received - money.price)
        assert money.refunds == failures + max(0, own - too_much)
        left = None if money.cost is None else money.price - money.cost + money.commission
        assert money.margin == (None if left is None else left - money.refunds)


@FEW
@given(st.integers(-(10**13), 10**13), st.lists(st.integers(-5, 10**12), min_size=1, max_size=6))
def test_what_is_shared_out_is_all_there(amount: int, weights: list[int]) -> None:
    parts = shared_out(amount, weights)
    assert (len(parts), sum(parts)) == (len(weights), amount)
    whole = sum(max(0, weight) for weight in weights)
    if whole:
        for part, weight in zip(parts, weights, strict=True):
            assert abs(part * whole - amount * max(0, weight)) < whole


MOVES = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 10**12)), max_size=6)


@FEW
@given(MOVES, MOVES, st.integers(0, 40))
def test_what_was_outstanding_is_counted_day_by_day(
    due: list[tuple[int, int]], paid: list[tuple[int, int]], last: int
) -> None:
    def day(at: int) -> date:
        return TODAY + timedelta(at)

    whole = sum(
        max(0, sum(a for at, a in due if at <= now) - sum(a for at, a in paid if at <= now))
        for now in range(last)
    )
    parts = [Part(amount, day(at)) for at, amount in due]
    assert fen_days(parts, [(day(at), amount) for at, amount in paid], day(last)) == whole
