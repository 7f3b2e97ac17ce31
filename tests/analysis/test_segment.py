"""Scores, tier cuts and months as pure functions, against tables."""

from datetime import date

import pytest

from tourcrm.analysis.population import Tie, months_before, tier_cuts
from tourcrm.analysis.rfm import (
    FIXED_FREQUENCY,
    SEGMENT_OF,
    SEGMENTS,
    limits_r,
    limits_strict,
    quantiles,
    score,
)
from tourcrm.base import vocabulary
from tourcrm.base.display import width
from tourcrm.segment import QUADRANT_TREATMENTS, TIER_TREATMENTS
from tourcrm.terminal import scatter
from tourcrm.terminal.scatter import Across, Corners, Down

# The fuel economy of 32 cars, R's data set mtcars, in hundredths.
MPG = [
    *(2100, 2100, 2280, 2140, 1870, 1810, 1430, 2440, 2280, 1920, 1780, 1640, 1730, 1520, 1040),
    *(1040, 1470, 3240, 3040, 3390, 2150, 1550, 1520, 1330, 1920, 2730, 2600, 3040, 1580, 1970),
    *(1500, 2140),
]


@pytest.mark.parametrize(
    ("values", "in_fifths"),
    [
        ([7], (35, 35, 35, 35)),
        ([0, 5], (5, 10, 15, 20)),
        ([5, 0], (5, 10, 15, 20)),
        ([1, 2, 3, 4, 5, 6], (10, 15, 20, 25)),
        ([0, 1], (1, 2, 3, 4)),
        (MPG, (7600, 8960, 10500, 12040)),
    ],
)
def test_quantiles_are_those_of_r_type_7(values: list[int], in_fifths: tuple[int, ...]) -> None:
    assert quantiles(values) == in_fifths


@pytest.mark.parametrize(
    ("values", "strict", "r"),
    [
        # Quantiles 2, 3, 4, 5: a value equal to one stays below it; R's bins begin one unit above.
        ([1, 2, 3, 4, 5, 6], [1, 1, 2, 3, 4, 5], [1, 1, 2, 3, 4, 5]),
        # Quantiles 1.8, 2.6, 3.4, 4.2: R's bins begin at 2.8, 3.6, 4.4 and 5.2.
        ([1, 2, 3, 4, 5], [1, 2, 3, 4, 5], [1, 1, 2, 3, 4]),
        ([4, 4, 4], [1, 1, 1], [1, 1, 1]),
        ([0, 0, 0, 0, 9], [1, 1, 1, 1, 5], [1, 1, 1, 1, 5]),
        ([9], [1], [1]),
    ],
)
def test_scores_count_the_quantiles_below(
    values: list[int], strict: list[int], r: list[int]
) -> None:
    assert [score(value, limits_strict(values)) for value in values] == strict
    assert [score(value, limits_r(values)) for value in values] == r


def test_the_rule_of_r_counts_in_the_unit_of_the_values() -> None:
    values = [100, 200, 300, 400, 500]
    assert [score(value, limits_r(values, unit=100)) for value in values] == [1, 1, 2, 3, 4]
    assert [score(value, limits_r(values, unit=1)) for value in values] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("trips", "expected"), [(0, 1), (1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (40, 5)]
)
def test_frequency_is_scored_by_trips(trips: int, expected: int) -> None:
    assert score(trips, FIXED_FREQUENCY) == expected


@pytest.mark.parametrize(
    ("name", "pairs"),
    [
        ("hibernating", "11 12 21 22"),
        ("at_risk", "13 14 23 24"),
        ("cant_lose", "15 25"),
        ("about_to_sleep", "31 32"),
        ("need_attention", "33"),
        ("loyal_customers", "34 35 44 45"),
        ("promising", "41"),
        ("new_customers", "51"),
        ("potential_loyalists", "42 43 52 53"),
        ("champions", "54 55"),
    ],
)
def test_every_pair_of_scores_has_its_segment(name: str, pairs: str) -> None:
    assert {pair for pair, found in SEGMENT_OF.items() if found == name} == {
        (int(pair[0]), int(pair[1])) for pair in pairs.split()
    }


def test_every_word_is_covered() -> None:
    assert len(SEGMENT_OF) == sum(len(rs) * len(fs) for _, rs, fs in SEGMENTS) == 25
    assert {name for name, _, _ in SEGMENTS} == set(vocabulary.values("segment"))
    assert set(TIER_TREATMENTS) == set(vocabulary.values("tier"))
    assert set(QUADRANT_TREATMENTS) == set(vocabulary.values("quadrant"))


@pytest.mark.parametrize(
    ("revenues", "cuts", "lowest"),
    [
        # The share before a customer decides: whoever crosses a cut keeps the better tier.
        ([60, 25, 10, 5], (50, 80, 95), {"A": 60, "B": 25, "C": 10, "D": 5}),
        ([50, 30, 15, 5], (50, 80, 95), {"A": 50, "B": 30, "C": 15, "D": 5}),
        ([49, 31, 15, 5], (50, 80, 95), {"A": 31, "C": 15, "D": 5}),
        ([4999, 3001, 1500, 500], (50, 80, 95), {"A": 3001, "C": 1500, "D": 500}),
        (
            [50001, 30001, 15001, 4998],
            (50, 80, 95),
            {"A": 50001, "B": 30001, "C": 15001, "D": 4998},
        ),
        ([2, 1], (50, 80, 95), {"A": 2, "B": 1}),
        ([2, 1], (66,), {"A": 2, "B": 1}),
        ([2, 1], (67,), {"A": 1}),
        ([100], (50, 80, 95), {"A": 100}),
        ([40, 40, 40], (50, 80, 95), {"A": 40}),
        ([80, 15, 5], (80, 95), {"A": 80, "B": 15, "C": 5}),
        ([0, -5], (50, 80, 95), {}),
        ([], (50, 80, 95), {}),
        ([10**12] * 3 + [1], (50, 80, 95), {"A": 10**12, "D": 1}),
        # Published example of ABC classification (70/20/10), the share before: A A A A B C C.
        (
            [27000, 24000, 18000, 16000, 6000, 5000, 4000],
            (70, 90),
            {"A": 16000, "B": 6000, "C": 4000},
        ),
    ],
)
def test_tiers_part_where_the_share_before_reaches_a_cut(
    revenues: list[int], cuts: tuple[int, ...], lowest: dict[str, int]
) -> None:
    assert tier_cuts(revenues, cuts)[0] == lowest


@pytest.mark.parametrize(
    ("revenues", "ties"),
    [
        ([40, 40, 40], (Tie("A", 40, 3),)),
        ([60, 15, 15, 10], ()),
        ([25, 25, 25, 25], (Tie("A", 25, 4),)),
        ([50, 10, 10, 10, 10, 10], (Tie("B", 10, 5),)),
    ],
)
def test_a_tie_across_a_cut_is_named(revenues: list[int], ties: tuple[Tie, ...]) -> None:
    assert tier_cuts(revenues, (50, 80, 95))[1] == ties


@pytest.mark.parametrize(
    ("day", "months", "start"),
    [
        ("2026-11-20", 36, "2023-11-20"),
        ("2026-03-31", 1, "2026-02-28"),
        ("2024-03-31", 1, "2024-02-29"),
        ("2024-02-29", 12, "2023-02-28"),
        ("2026-01-15", 1, "2025-12-15"),
        ("2026-12-31", 6, "2026-06-30"),
        ("0002-05-01", 12, "0001-05-01"),
        ("0002-05-01", 17, "0001-01-01"),
        ("0002-05-01", 36, "0001-01-01"),
    ],
)
def test_the_window_begins_on_the_same_day_of_an_earlier_month(
    day: str, months: int, start: str
) -> None:
    assert months_before(date.fromisoformat(day), months) == date.fromisoformat(start)


def _drawn(points: list[tuple[float, float]], cells: int = 60, **corners: str) -> list[str]:
    named = {"top_left": "a", "top_right": "b", "bottom_left": "c", "bottom_right": "d", **corners}
    return scatter.scatter(
        points,
        Across("spend", 100.0, lambda value: f"{value:.0f}"),
        Down("lateness", 1.5, 4.0),
        Corners(**named),
        cells,
    )


@pytest.mark.parametrize(
    ("point", "upper", "right"),
    [
        ((100.0, 1.5), True, True),
        ((99.0, 1.5), True, False),
        ((100.0, 1.6), False, True),
        ((0.0, 99.0), False, False),
        ((10_000.0, 0.0), True, True),
    ],
)
def test_a_point_is_drawn_on_its_side_of_both_cuts(
    point: tuple[float, float], upper: bool, right: bool
) -> None:
    lines = _drawn([point])
    cut = next(place for place, line in enumerate(lines) if line.startswith("  1.5 +"))
    middle = lines[cut].index("+", 7)
    (place, at) = next(
        (place, at)
        for place, line in enumerate(lines)
        for at, sign in enumerate(line)
        if sign == "." and at >= 7 and not line.startswith("  1.5")
    )
    assert (place < cut, at > middle) == (upper, right)


def test_a_picture_fits_its_width_in_both_alphabets() -> None:
    points = [(float(x), y / 7) for x in range(0, 5000, 40) for y in range(40)]
    for cells in (40, 60, 80, 200):
        lines = _drawn(points, cells, top_left="小单高忠诚：12", bottom_right="大单低忠诚：123456")
        assert max(map(width, lines)) <= min(cells, 80)
        assert width(lines[1]) == width(lines[-2].rstrip()) == min(cells, 80) or cells < 60


def test_more_points_make_a_heavier_sign() -> None:
    lines = "\n".join(_drawn([(10.0, 3.0)] * 50 + [(1000.0, 1.0)]))
    assert "@" in lines
    assert "@ up to 50" in lines


def test_without_points_there_is_no_picture() -> None:
    assert _drawn([]) == []
