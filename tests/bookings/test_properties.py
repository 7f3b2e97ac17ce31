"""What holds of money and vouchers whatever is done with them, in whatever order."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import builders
from tests.builders import TODAY
from tourcrm.base.errors import Refused
from tourcrm.bookings import outstanding, payments, voucher_list, vouchers
from tourcrm.db import engine
from tourcrm.models import Customer, Payment, Trip

FEW = settings(max_examples=20, derandomize=True, deadline=None)
MANY = settings(max_examples=1_000, deadline=None)
SPAN = 6  # days that are looked at, from today on


@pytest.fixture(scope="module")
def file() -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        path = builders.agency(Path(folder))
        with builders.writing(path) as session:
            builders.add_customer(session)
            for _ in range(2):
                builders.add_trip(session, 1, TODAY + timedelta(4), price=999)
        yield path


def number() -> int:
    return 1


DAYS = st.integers(0, SPAN - 1).map(lambda n: TODAY + timedelta(n))
MONEY = st.lists(
    st.tuples(st.sampled_from(("promise", "pay", "reverse")), st.integers(0, 3), DAYS), max_size=10
)


@FEW
@given(MONEY)
def test_money_booked_is_money_shown(file: Path, steps: list[tuple[str, int, date]]) -> None:
    money(file, steps)


@pytest.mark.soak
@MANY
@given(MONEY)
def test_money_booked_is_money_shown_for_long(
    file: Path, steps: list[tuple[str, int, date]]
) -> None:
    money(file, steps)


def money(file: Path, steps: list[tuple[str, int, date]]) -> None:
    """Against a model of days: when each line was promised, paid and taken back."""
    model: list[dict[str, date | None]] = []
    rows: list[Payment] = []
    with engine.writing(file) as session:
        trip = session.get_one(Trip, 1)
        for verb, which, day in steps:
            if verb == "promise":
                rows.append(
                    payments.promise_refund(
                        session, number, trip, 100 + len(rows), reason="goodwill", day=day
                    )
                )
                model.append({"promised": day, "paid": None, "reversed": None})
                continue
            if which >= len(rows):
                continue
            row, known = rows[which], model[which]
            since = known["paid"] or known["promised"] or day
            try:
                if verb == "pay":
                    done = payments.pay(session, number, row, day=day)
                    assert known["reversed"] is None
                    assert done.already == (known["paid"] is not None)
                    known["paid"] = known["paid"] or day
                else:
                    payments.reverse(session, number, row, day=day)
                    assert known["reversed"] is None
                    known["reversed"] = day
            except Refused:
                assert known["reversed"] is not None or day < since
        days: list[date | None] = [None, *(TODAY + timedelta(n) for n in range(0, SPAN, 2))]
        for as_of in days:

            def by(when: date | None, day: date | None = as_of) -> bool:
                return when is not None and (day is None or when <= day)

            lines = list(payments.listed(session, payments.Wanted(day=as_of)))
            moved = sum(line.amount for line in lines if line.paid_on is not None)
            expected = [
                -(100 + n)
                for n, one in enumerate(model)
                if by(one["paid"]) and not by(one["reversed"])
            ]
            assert moved == sum(expected)
            owed = -sum(
                line.amount
                for line in payments.listed(session, payments.Wanted(as_of, promised=True))
            )
            assert owed == sum(
                100 + n
                for n, one in enumerate(model)
                if by(one["promised"]) and not by(one["paid"]) and not by(one["reversed"])
            )
            if as_of is not None:
                assert outstanding.owed(session, 1, as_of).amount == owed
        session.rollback()


PAPER = st.lists(
    st.tuples(st.sampled_from(("redeem", "withdraw")), st.integers(1, 2), DAYS), max_size=6
)


@FEW
@given(PAPER, st.none() | DAYS)
def test_a_voucher_is_used_once_or_withdrawn_once_and_never_both(
    file: Path, steps: list[tuple[str, int, date]], last: date | None
) -> None:
    paper(file, steps, last)


@pytest.mark.soak
@MANY
@given(PAPER, st.none() | DAYS)
def test_a_voucher_is_used_or_withdrawn_for_long(
    file: Path, steps: list[tuple[str, int, date]], last: date | None
) -> None:
    paper(file, steps, last)


def paper(file: Path, steps: list[tuple[str, int, date]], last: date | None) -> None:
    with engine.writing(file) as session:
        who = session.get_one(Customer, 1)
        row = vouchers.issue(session, number, who, "amount", day=TODAY, amount=1, expires_on=last)
        used: tuple[int, date] | None = None
        gone: date | None = None
        for verb, which, day in steps:
            try:
                if verb == "redeem":
                    done = vouchers.redeem(
                        session, number, row, session.get_one(Trip, which), day=day
                    )
                    assert gone is None
                    assert done.already == (used is not None)
                    used = used or (which, day)
                    assert used[0] == which
                    assert last is None or used[1] <= last
                else:
                    vouchers.withdraw(session, number, row, day=day)
                    assert used is None
                    gone = gone or day
            except Refused:
                over = day > TODAY + timedelta(4)
                assert used or gone or over or (last is not None and last < day)
        for day in (TODAY + timedelta(n) for n in range(SPAN)):
            [line] = voucher_list.listed(session, voucher_list.Wanted(day))
            if used and used[1] <= day:
                expected = "used"
            elif gone and gone <= day:
                expected = "withdrawn"
            else:
                expected = "expired" if last and last < day else "open"
            assert line.state == expected
            open_ones = outstanding.owed(session, 1, day).vouchers
            assert [one.code for one in open_ones] == ([line.code] if expected == "open" else [])
        session.rollback()
