"""What a row of a sheet of trips says of money: arithmetic."""

from datetime import date

import pytest

from tourcrm.imports import stated
from tourcrm.imports.stated import Days, Have, Told

TODAY = date(2026, 11, 20)
DEPARTS = date(2027, 5, 1)
LIMIT = 10**12


def told(*cells: int | None, **days: date) -> Told:
    """price, deposit, paid, unpaid."""
    price, deposit, paid, unpaid = cells
    return Told(price, deposit, paid, None, unpaid, **days)


@pytest.mark.parametrize(
    ("rows", "means"),
    [
        ([told(10, 3, 3, 7), told(10, 3, 10, 0)], "with"),
        ([told(10, 3, 0, 7), told(10, 3, 5, 2)], "beside"),
        ([told(10, 3, 3, 7), told(10, 3, 10, 7)], "parts"),  # 尾款 is the rest, paid or not
        ([told(10, 3, 10, None)], "with"),
        ([told(10, 3, 7, None)], "beside"),
        ([told(10, 3, 3, None), told(10, 2, 2, None)], "with"),
        ([told(10, 3, 10, 0), told(10, 3, 5, 2)], None),  # one says this, one that
        ([told(10, 3, 4, 2)], None),  # no sum comes out
        ([told(None, 3, 4, 2)], None),
        ([told(10, None, 4, 6), told(10, 3, None, 7)], "with"),  # nobody asks
        ([told(LIMIT, 1, LIMIT - 2, 1)], "beside"),
        # One row in more than ten may be wrong; it is told of.
        ([told(10, 3, 3, 7)] * 10 + [told(10, 3, 5, 2)], "with"),
    ],
)
def test_what_was_paid_is_settled_by_the_sums_of_the_sheet(
    rows: list[Told], means: str | None
) -> None:
    assert stated.reading(rows)[0] == means


@pytest.mark.parametrize(
    ("row", "means", "whole", "left"),
    [
        (told(10, 3, 3, 7), "with", 3, 7),
        (told(10, 3, 2, 5), "beside", 5, 5),
        (told(10, 3, 10, 7), "parts", 10, 0),
        (told(10, 3, None, 7), "with", 3, 7),
        (told(10, 3, None, 0), "with", 10, 0),  # nothing is left to pay
        (told(10, None, None, 4), "with", 6, 4),
        (told(10, None, None, 14), "with", None, 14),
        (told(10, None, None, None), "with", None, None),
        (told(10, 3, 0, 10), "with", 0, 10),
        (told(10, 3, None, None, deposit_on=date(2026, 12, 1)), "with", 0, None),  # to be paid
        (Told(10, 3, None, 7, 0), "with", 10, 0),
    ],
)
def test_how_much_was_received(
    row: Told, means: stated.Reading, whole: int | None, left: int | None
) -> None:
    assert stated.received(row, means, TODAY) == whole
    assert stated.left(row, means, whole or 0) == left


def test_only_what_is_lacking_becomes_a_line() -> None:
    row = told(10, 3, 8, 2, paid_on=date(2026, 11, 5))
    days = Days(date(2026, 11, 1), DEPARTS, TODAY)
    paid_on = row.paid_on
    assert stated.lines(row, 8, Have(), days) == (("deposit", 3, paid_on), ("balance", 5, paid_on))
    assert stated.lines(row, 8, Have(3, 3), days) == (("balance", 5, paid_on),)
    assert stated.lines(row, 8, Have(0, 6), days) == (("deposit", 2, paid_on),)
    assert stated.lines(row, 8, Have(3, 8), days) == stated.lines(row, 8, Have(3, 9), days) == ()
    # A day that nobody says is that of the booking, of the departure, never one ahead.
    for booked, departs, day in (
        (date(2026, 11, 1), DEPARTS, date(2026, 11, 1)),
        (None, date(2024, 5, 1), date(2024, 5, 1)),
        (None, DEPARTS, TODAY),
        (date(2027, 1, 1), DEPARTS, TODAY),
    ):
        [line] = stated.lines(told(10, 3, None, None), 3, Have(), Days(booked, departs, TODAY))
        assert line.day == day


def test_a_plan_says_what_is_due_by_when() -> None:
    days = Days(date(2026, 11, 1), DEPARTS, TODAY)
    by = date(2027, 4, 1)
    booked = days.booked_on
    assert stated.plan(told(10, 3, 3, 7, unpaid_by=by), 3, days, 30) == (
        ("deposit", 3, booked), ("balance", 7, by),
    )  # fmt: skip
    assert stated.plan(told(10, 0, 0, 10), 0, days, 30) == (("balance", 10, by),)
    ahead = told(10, 3, None, None, deposit_on=date(2026, 12, 1))
    assert stated.plan(ahead, 0, days, 30)[0] == ("deposit", 3, date(2026, 12, 1))
    assert stated.plan(told(10, 3, 3, 7), 3, days, 30) == ()  # as the settings have it
    assert stated.plan(told(None, 3, 3, 7, unpaid_by=by), 3, days, 30) == ()
    was = told(10, 3, 3, 7, deposit_on=TODAY)  # that day has come: it was paid
    assert stated.plan(was, 3, days, 30) == ()
    left = date(2026, 11, 10)  # nothing is due later
    gone = Days(None, left, TODAY)
    assert stated.plan(told(10, 3, 0, 10), 0, gone, 30) == (
        ("deposit", 3, left),
        ("balance", 7, left),
    )
