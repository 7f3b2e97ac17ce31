"""Days as they are said where they are typed."""

from datetime import date

import pytest

from tourcrm.base.errors import CellError
from tourcrm.base.parsing.spoken_days import spoken

FRIDAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("今天", "2026-11-20"),
        ("明天", "2026-11-21"),
        (" 后天 ", "2026-11-22"),
        ("後天", "2026-11-22"),
        ("大后天", "2026-11-23"),
        ("昨天", "2026-11-19"),
        ("前天", "2026-11-18"),
        ("大前天", "2026-11-17"),
        ("三天后", "2026-11-23"),
        ("3天后", "2026-11-23"),
        ("３ 天 以后", "2026-11-23"),
        ("十五天之后", "2026-12-05"),
        ("二十一日后", "2026-12-11"),
        ("两周后", "2026-12-04"),
        ("一个星期后", "2026-11-27"),
        ("3天前", "2026-11-17"),
        ("三个月后", "2027-02-20"),
        ("半年后", "2027-05-20"),
        ("半个月后", "2026-12-05"),
        ("一年前", "2025-11-20"),
        ("下周一", "2026-11-23"),
        ("下个星期天", "2026-11-29"),
        ("上周五", "2026-11-13"),
        ("本周日", "2026-11-22"),
        ("这个礼拜六", "2026-11-21"),
        ("下下周三", "2026-12-02"),
        ("月底", "2026-11-30"),
        ("下个月底", "2026-12-31"),
        ("下个月5号", "2026-12-05"),
        ("本月二十八号", "2026-11-28"),
        ("today", "2026-11-20"),
        ("Tomorrow", "2026-11-21"),
        ("yesterday", "2026-11-19"),
        ("the day after tomorrow", "2026-11-22"),
        ("in 3 days", "2026-11-23"),
        ("in a week", "2026-11-27"),
        ("two weeks ago", "2026-11-06"),
        ("3 months from now", "2027-02-20"),
        ("next monday", "2026-11-23"),
        ("next Fri", "2026-11-27"),
        ("last Friday", "2026-11-13"),
        ("this sunday", "2026-11-22"),
    ],
)
def test_a_day_is_said(said: str, day: str) -> None:
    found = spoken(said, FRIDAY)
    assert found is not None
    assert found[:2] == (date.fromisoformat(day), "")


@pytest.mark.parametrize(
    ("said", "side", "day"),
    [
        ("周一", "ahead", "2026-11-23"),
        ("周五", "ahead", "2026-11-20"),
        ("星期六", "ahead", "2026-11-21"),
        ("周一", "back", "2026-11-16"),
        ("周六", "back", "2026-11-14"),
        ("monday", "ahead", "2026-11-23"),
        ("on tue", "back", "2026-11-17"),
    ],
)
def test_a_bare_day_of_the_week_lies_where_its_option_looks(said: str, side: str, day: str) -> None:
    assert spoken(said, FRIDAY, side).day == date.fromisoformat(day)  # type: ignore[arg-type,union-attr]  # a case of the table


@pytest.mark.parametrize("said", ["周五", "friday", "星期天"])
def test_a_bare_day_of_the_week_alone_is_not_guessed(said: str) -> None:
    with pytest.raises(CellError, match="not clear"):
        spoken(said, FRIDAY)


@pytest.mark.parametrize("said", ["本月31号", "9999年后"])
def test_no_day_of_the_calendar_is_refused(said: str) -> None:
    with pytest.raises(CellError, match="no such day"):
        spoken(said, FRIDAY)


@pytest.mark.parametrize(
    "said", ["2026-11-20", "下周", "三天", "3", "", "monument", "下个月", "in days", "99999天后"]
)
def test_what_says_no_day_is_left_alone(said: str) -> None:
    assert spoken(said, FRIDAY) is None


def test_the_month_is_cut_where_it_is_shorter() -> None:
    assert spoken("一个月后", date(2027, 1, 31)).day == date(2027, 2, 28)  # type: ignore[union-attr]  # a day


def test_a_time_of_day_may_follow() -> None:
    assert spoken("昨晚10点", FRIDAY)[:2] == (date(2026, 11, 19), "晚上10点")  # type: ignore[index]  # a day
    assert spoken("昨晚十点半", FRIDAY)[:2] == (date(2026, 11, 19), "晚上10点30分")  # type: ignore[index]  # a day
    assert spoken("today 14:30", FRIDAY)[:2] == (FRIDAY, "14:30")  # type: ignore[index]  # a day
