"""Lines of money: promised, paid, reversed, never edited."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from tests import builders
from tests.builders import TODAY
from tourcrm.base.errors import NotFound, Refused
from tourcrm.bookings import payments
from tourcrm.bookings.payments import Wanted
from tourcrm.db import operations
from tourcrm.models import Payment, Trip

TOMORROW = TODAY + timedelta(1)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with builders.writing(builders.agency(tmp_path)) as session:
        builders.add_trip(session, builders.add_customer(session), "2026-11-01", price=1_000_000)
        yield session


def number(session: Session) -> int:
    return operations.begin(session, "test", builders.NOW, "lin")


def promise(session: Session, amount: int = 100_000, day: date = TODAY) -> Payment:
    trip = session.get_one(Trip, 1)
    return payments.promise_refund(
        session, lambda: number(session), trip, amount, reason="service_failure", day=day
    )


def lines(
    session: Session, day: date | None = None, promised: bool = False
) -> list[tuple[str, str, int]]:
    wanted = Wanted(day=day, promised=promised)
    found = [(line.code, line.state, line.amount) for line in payments.listed(session, wanted)]
    assert payments.totals(session, wanted) == (len(found), sum(line[2] for line in found))
    return found


def test_a_refund_is_owed_until_it_is_paid(session: Session) -> None:
    row = promise(session)
    assert lines(session, promised=True) == [("P0000001", "promised", -100_000)]
    done = payments.pay(
        session, lambda: number(session), row, day=TOMORROW, method="微信", reference="tx-1"
    )
    assert (done.amount, done.on, done.already) == (-100_000, TOMORROW, False)
    assert lines(session, promised=True) == []
    assert lines(session) == [("P0000001", "paid", -100_000)]


def test_paying_again_changes_nothing_and_says_who_did_it(session: Session) -> None:
    row = promise(session)
    payments.pay(session, lambda: number(session), row, day=TODAY, method="微信", reference=None)

    def none() -> int:
        raise AssertionError("nothing is written")

    again = payments.pay(session, none, row, day=TOMORROW, method=None, reference=None)
    assert (again.on, again.method, again.already, again.by) == (TODAY, "微信", True, "lin")
    with pytest.raises(Refused, match="paid already"):
        payments.pay(session, none, row, day=TODAY, method="支付宝", reference=None)


def test_a_promise_that_is_reversed_is_owed_no_more(session: Session) -> None:
    row = promise(session)
    back = payments.reverse(session, lambda: number(session), row, day=TODAY, note="投诉不成立")
    assert (back.kind, back.amount, back.paid_on, back.reverses_id) == (
        "reversal",
        100_000,
        None,
        row.id,
    )
    assert lines(session, promised=True) == []
    assert lines(session) == [("P0000002", "reversal", 100_000), ("P0000001", "reversed", -100_000)]
    assert [line.reverses for line in payments.listed(session, Wanted())] == ["P0000001", None]


def test_a_line_is_reversed_once_and_a_reversal_never(session: Session) -> None:
    row = promise(session)
    back = payments.reverse(session, lambda: number(session), row, day=TODAY)
    for line, told in ((row, "P0000002"), (back, "reversal itself")):
        with pytest.raises(Refused, match=told):
            payments.reverse(session, lambda: number(session), line, day=TODAY)
        with pytest.raises(Refused, match=told):
            payments.pay(
                session, lambda: number(session), line, day=TODAY, method=None, reference=None
            )


@pytest.mark.parametrize("amount", [0, -1, 10**12 + 1])
def test_a_refund_that_cannot_be_is_refused(session: Session, amount: int) -> None:
    with pytest.raises(Refused):
        promise(session, amount)


def test_money_moves_on_the_day_of_its_line_or_later(session: Session) -> None:
    row = promise(session)
    before = TODAY - timedelta(1)
    with pytest.raises(Refused, match="promised on 2026-11-20"):
        payments.pay(session, lambda: number(session), row, day=before, method=None, reference=None)
    with pytest.raises(Refused, match="2026-11-20"):
        payments.reverse(session, lambda: number(session), row, day=before)


def test_a_day_of_the_past_is_shown_as_it_was(session: Session) -> None:
    first, second = promise(session), promise(session, 5_000)
    payments.pay(
        session,
        lambda: number(session),
        first,
        day=TODAY + timedelta(2),
        method="现金",
        reference=None,
    )
    payments.reverse(session, lambda: number(session), second, day=TODAY + timedelta(3))
    assert lines(session, TODAY - timedelta(1)) == []
    owed = [("P0000001", "promised", -100_000), ("P0000002", "promised", -5_000)]
    assert lines(session, TOMORROW, promised=True) == owed
    assert next(payments.listed(session, Wanted(day=TODAY, promised=True))).method is None
    assert lines(session, TODAY + timedelta(2), promised=True) == owed[1:]
    assert lines(session, TODAY + timedelta(3), promised=True) == []


def test_a_payment_is_found_by_its_code(session: Session) -> None:
    row = promise(session)
    assert payments.find_one(session, " p0000001 ").id == row.id
    with pytest.raises(NotFound, match="payments list"):
        payments.find_one(session, "P9")
