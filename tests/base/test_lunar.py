"""Lunar days, our rules for years that lack them, and festivals."""

from datetime import date

import pytest

from tourcrm.base.lunar import (
    LunarDay,
    SpecialDay,
    festival,
    keys_on,
    lunar_text,
    lunar_to_solar,
    month_length,
    occurrences,
    solar_to_lunar,
)

# Public calendar facts: Spring Festival, Dragon Boat, Mid-Autumn.
FESTIVALS = {
    2024: ("02-10", "06-10", "09-17"),
    2025: ("01-29", "05-31", "10-06"),
    2026: ("02-17", "06-19", "09-25"),
    2027: ("02-06", "06-09", "09-15"),
    2028: ("01-26", "05-28", "10-03"),
    2029: ("02-13", "06-16", "09-22"),
    2030: ("02-03", "06-05", "09-12"),
    2031: ("01-23", "06-24", "10-01"),
    2032: ("02-11", "06-12", "09-19"),
    2033: ("01-31", "06-01", "09-08"),
    2034: ("02-19", "06-20", "09-27"),
    2035: ("02-08", "06-10", "09-16"),
}


@pytest.mark.parametrize("year", FESTIVALS)
def test_festivals_of_twelve_years(year: int) -> None:
    names = ("spring_festival", "dragon_boat", "mid_autumn")
    assert tuple(f"{festival(name, year):%m-%d}" for name in names) == FESTIVALS[year]
    assert all(festival(name, year).year == year for name in names)


def test_festivals_of_the_solar_calendar() -> None:
    assert festival("new_year", 2027) == date(2027, 1, 1)
    assert festival("national_day", 2026) == date(2026, 10, 1)


def test_an_unknown_festival_is_an_error() -> None:
    with pytest.raises(ValueError, match="easter"):
        festival("easter", 2026)


@pytest.mark.parametrize(
    ("lunar", "solar"),
    [
        ((2023, 2, 1, True), date(2023, 3, 22)),  # leap second month of 2023
        ((2020, 4, 5, True), date(2020, 5, 27)),  # leap fourth month of 2020
        ((2025, 6, 1, True), date(2025, 7, 25)),  # leap sixth month of 2025
        ((2033, 11, 1, True), date(2033, 12, 22)),  # the year that fooled many calendars
        ((2021, 4, 5, True), date(2021, 5, 16)),  # no leap month: the ordinary fourth
        ((2023, 12, 30, False), date(2024, 2, 9)),
        ((2024, 12, 30, False), date(2025, 1, 28)),  # 29 days: New Year's Eve all the same
        ((1900, 1, 1, False), date(1900, 1, 31)),
        ((2100, 12, 30, False), date(2101, 1, 28)),
    ],
)
def test_lunar_days_fall_by_our_rules(lunar: tuple[int, int, int, bool], solar: date) -> None:
    assert lunar_to_solar(*lunar) == solar


@pytest.mark.parametrize(
    "wrong", [(1899, 1, 1), (2101, 1, 1), (2026, 13, 1), (2026, 0, 1), (2026, 1, 31), (2026, 1, 0)]
)
def test_lunar_days_that_no_year_has(wrong: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="lunar"):
        lunar_to_solar(*wrong)


def test_the_lunar_name_of_a_day() -> None:
    assert solar_to_lunar(date(2026, 2, 17)) == LunarDay(2026, 1, 1, False, 30)
    assert solar_to_lunar(date(2025, 7, 25)) == LunarDay(2025, 6, 1, True, 29)
    assert solar_to_lunar(date(2101, 1, 28)).month == 12
    for outside in (date(1900, 1, 30), date(2101, 1, 29)):
        with pytest.raises(ValueError, match="outside"):
            solar_to_lunar(outside)


def test_the_length_of_a_lunar_month() -> None:
    assert month_length(2025, 6, leap=True) == 29
    assert month_length(2026, 6, leap=True) == 0
    assert month_length(2023, 12) == 30
    assert month_length(2024, 12) == 29


def occurring(special_day: SpecialDay, first: date, last: date) -> list[tuple[int, str]]:
    return [(year, day.isoformat()) for year, day in occurrences(special_day, first, last)]


def test_29_february_falls_on_the_28th_in_common_years() -> None:
    leapling = SpecialDay(2, 29, 1984)
    assert occurring(leapling, date(2023, 1, 1), date(2025, 12, 31)) == [
        (2023, "2023-02-28"),
        (2024, "2024-02-29"),
        (2025, "2025-02-28"),
    ]
    assert occurring(SpecialDay(2, 29), date(2100, 1, 1), date(2100, 12, 31)) == [
        (2100, "2100-02-28")
    ]


def test_a_lunar_day_near_new_year_falls_twice_or_never_in_a_solar_year() -> None:
    eve = SpecialDay(12, 30, calendar="lunar")
    assert occurring(eve, date(2026, 1, 1), date(2029, 12, 31)) == [
        (2025, "2026-02-16"),
        (2026, "2027-02-05"),
        (2027, "2028-01-25"),
        (2028, "2029-02-12"),
    ]
    early = SpecialDay(11, 20, calendar="lunar")
    assert [year for year, _ in occurring(early, date(2026, 1, 1), date(2026, 12, 31))] == [
        2025,
        2026,
    ]
    assert occurring(early, date(2025, 1, 1), date(2025, 12, 31)) == []


def test_both_ends_of_the_window_count_and_nothing_outside_it() -> None:
    birthday = SpecialDay(8, 15, calendar="lunar")
    moon = date(2026, 9, 25)
    assert occurring(birthday, moon, moon) == [(2026, "2026-09-25")]
    assert occurring(birthday, date(2026, 9, 26), date(2027, 9, 14)) == []
    assert occurring(birthday, date(2027, 1, 1), date(2026, 1, 1)) == []
    assert occurring(birthday, date(2150, 1, 1), date(2150, 12, 31)) == []


@pytest.mark.parametrize(
    ("day", "keys"),
    [
        (
            date(2026, 2, 28),
            {("solar", 2, 28), ("solar", 2, 29), ("lunar", 1, 12), ("leap", 1, 12)},
        ),
        (date(2024, 2, 28), {("solar", 2, 28), ("lunar", 1, 19), ("leap", 1, 19)}),
        # the 29th and last of the ordinary 12th month
        (
            date(2025, 1, 28),
            {
                ("solar", 1, 28),
                ("lunar", 12, 29),
                ("lunar", 12, 30),
                ("leap", 12, 29),
                ("leap", 12, 30),
            },
        ),
        # 2025 has a leap sixth month: its ordinary sixth is no leap birthday's day
        (date(2025, 7, 24), {("solar", 7, 24), ("lunar", 6, 30)}),
        (date(2025, 8, 22), {("solar", 8, 22), ("leap", 6, 29), ("leap", 6, 30)}),
        (date(2150, 3, 1), {("solar", 3, 1)}),
    ],
)
def test_the_keys_of_a_day(day: date, keys: set[tuple[str, int, int]]) -> None:
    found = keys_on(day)
    assert {
        ("leap" if leap else calendar, month, number) for calendar, month, number, leap, _ in found
    } == keys
    assert len(found) == len(keys)


@pytest.mark.parametrize(
    ("month", "day", "leap", "zh", "en"),
    [
        (8, 15, False, "农历八月十五", "lunar 15th of the 8th month"),
        (4, 5, True, "农历闰四月初五", "lunar 5th of the leap 4th month"),
        (1, 1, False, "农历正月初一", "lunar 1st of the 1st month"),
        (12, 30, False, "农历腊月三十", "lunar 30th of the 12th month"),
        (11, 22, False, "农历冬月廿二", "lunar 22nd of the 11th month"),
        (10, 20, False, "农历十月二十", "lunar 20th of the 10th month"),
        (2, 10, False, "农历二月初十", "lunar 10th of the 2nd month"),
        (3, 13, False, "农历三月十三", "lunar 13th of the 3rd month"),
    ],
)
def test_lunar_days_in_words(month: int, day: int, leap: bool, zh: str, en: str) -> None:
    assert lunar_text(month, day, leap, "zh") == zh
    assert lunar_text(month, day, leap, "en") == en
