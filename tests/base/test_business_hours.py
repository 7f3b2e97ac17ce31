"""Business hours: how they are written, and when a clock that only runs in them is over."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tourcrm.base import business_hours
from tourcrm.base.errors import CellError

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
WEEK = "1-5 09:00-18:00, 6 10:00-16:00"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("", ""),
        ("  ", ""),
        ("09:00-18:00", "09:00-18:00"),
        ("9:00-18:00", "09:00-18:00"),
        ("1-7 09:00-18:00", "09:00-18:00"),
        ("1-5 09:00-18:00, 6 10:00-16:00", WEEK),
        ("1-5 9：00–18：00，6 10:00 至 16:00", WEEK),
        ("1-5 13:00-18:00,1-5 09:00-12:00", "1-5 09:00-12:00, 1-5 13:00-18:00"),
        ("1 09:00-12:00, 1 11:00-18:00, 1 18:00-19:00", "1 09:00-19:00"),
        ("００：００～２４：００", "00:00-24:00"),
        ("7 00:00-02:00", "7 00:00-02:00"),
    ],
)
def test_hours_as_people_write_them(typed: str, stored: str) -> None:
    found = business_hours.parse(typed)
    assert business_hours.written(found) == stored
    assert business_hours.parse(stored) == found


@pytest.mark.parametrize(
    "typed",
    [
        *("9-18", "always", "8 09:00-18:00", "5-1 09:00-18:00", "18:00-09:00", "09:00-09:00"),
        *("09:00-24:01", "09:60-18:00", "09:00-18:00,", "1-5", "٠٩:٠٠-18:00", "1-509:00-18:00"),
    ],
)
def test_hours_that_cannot_be_are_refused(typed: str) -> None:
    with pytest.raises(CellError, match="hours"):
        business_hours.parse(typed)


def local(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


# 2026-11-20 is a Friday. In New York clocks go forward on 2026-03-08 and back on 2026-11-01.
@pytest.mark.parametrize(
    ("open_", "start", "minutes", "due"),
    [
        ("", "2026-11-20 22:50", 120, "2026-11-21 00:50"),
        (WEEK, "2026-11-20 10:00", 120, "2026-11-20 12:00"),
        (WEEK, "2026-11-20 16:00", 120, "2026-11-20 18:00"),
        (WEEK, "2026-11-20 17:30", 120, "2026-11-21 11:30"),
        (WEEK, "2026-11-20 22:10", 120, "2026-11-21 12:00"),
        (WEEK, "2026-11-21 15:00", 120, "2026-11-23 10:00"),
        (WEEK, "2026-11-22 12:00", 120, "2026-11-23 11:00"),
        (WEEK, "2026-11-20 18:00", 1, "2026-11-21 10:01"),
        (WEEK, "2026-11-20 17:00", 900, "2026-11-23 17:00"),
        ("09:00-12:00, 13:00-18:00", "2026-11-20 11:30", 60, "2026-11-20 13:30"),
        ("22:00-24:00, 00:00-02:00", "2026-11-20 23:00", 120, "2026-11-21 01:00"),
        ("3 10:00-11:00", "2026-11-20 09:00", 120, "2026-12-02 11:00"),
    ],
)
def test_when_a_clock_is_over(open_: str, start: str, minutes: int, due: str) -> None:
    found = business_hours.after(
        local(start), timedelta(minutes=minutes), business_hours.parse(open_), SHANGHAI
    )
    assert found == local(due)


@pytest.mark.parametrize(
    ("open_", "start", "due", "minutes"),
    [
        # An hour is skipped, or comes twice: 120 minutes are 120 minutes all the same.
        ("", "2026-03-08 01:00", "2026-03-08 04:00", 120),
        ("", "2026-11-01 00:30", "2026-11-01 01:30", 120),
        ("00:00-24:00", "2026-03-08 01:00", "2026-03-08 04:00", 120),
        ("00:00-24:00", "2026-11-01 00:30", "2026-11-01 01:30", 120),
        ("01:00-05:00", "2026-03-07 04:00", "2026-03-08 03:00", 120),
        ("09:00-17:00", "2026-03-07 16:00", "2026-03-08 10:00", 120),
    ],
)
def test_where_the_clocks_are_changed(open_: str, start: str, due: str, minutes: int) -> None:
    ends = local(due, NEW_YORK).replace(fold=1 if start.startswith("2026-11") else 0)
    found = business_hours.after(
        local(start, NEW_YORK), timedelta(minutes=minutes), business_hours.parse(open_), NEW_YORK
    )
    assert found == ends.astimezone(UTC)


def test_no_time_passes_while_the_shop_is_closed() -> None:
    week = business_hours.parse(WEEK)
    passed = business_hours.between(
        local("2026-11-20 20:00"), local("2026-11-23 10:30"), week, SHANGHAI
    )
    assert passed == timedelta(hours=6 + 1.5)
    assert not business_hours.between(
        local("2026-11-22 00:00"), local("2026-11-22 23:00"), week, SHANGHAI
    )
    assert not business_hours.between(
        local("2026-11-20 11:00"), local("2026-11-20 10:00"), week, SHANGHAI
    )


WEEKS = st.sampled_from(
    ["", WEEK, "00:00-24:00", "09:00-12:00, 13:30-18:00", "2 02:00-03:00", "01:00-04:00"]
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    WEEKS,
    st.sampled_from([SHANGHAI, NEW_YORK]),
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),
    st.integers(1, 3000),
)
def test_a_clock_runs_as_long_as_it_is_set_to(
    open_: str, zone: ZoneInfo, start: datetime, minutes: int
) -> None:
    week, begun = business_hours.parse(open_), start.replace(tzinfo=zone).astimezone(UTC)
    due = business_hours.after(begun, timedelta(minutes=minutes), week, zone)
    assert business_hours.between(begun, due, week, zone) == timedelta(minutes=minutes)
    assert due - begun >= timedelta(minutes=minutes)
