"""Scores against known answers."""

from math import sqrt

import pytest

from tourcrm.surveys.scores import Recommendation, counted, rating, recommendation, wilson


@pytest.mark.parametrize(
    ("promoters", "passives", "detractors", "nps"),
    [(45, 40, 15, 30), (30, 50, 20, 10), (0, 0, 1, -100), (1, 0, 0, 100), (0, 3, 0, 0),
     (2, 0, 1, 33), (1, 0, 2, -33), (1, 7, 0, 13), (0, 7, 1, -13)],
)  # fmt: skip
def test_the_net_promoter_score(promoters: int, passives: int, detractors: int, nps: int) -> None:
    assert Recommendation(promoters, passives, detractors).nps == nps


def test_its_margin_of_error() -> None:
    """1.96 x sqrt((p + d - (p - d)^2) / n) x 100 points."""
    assert Recommendation(45, 40, 15).margin == pytest.approx(
        1.96 * sqrt((0.45 + 0.15 - 0.3**2) / 100) * 100
    )
    assert Recommendation(45, 40, 15).margin == pytest.approx(13.997, abs=0.001)
    assert Recommendation(30, 50, 20).margin == pytest.approx(13.720, abs=0.001)
    assert Recommendation(0, 9, 0).margin == 0


def test_nine_promotes_seven_is_passive_and_six_detracts() -> None:
    times = counted(range(11))
    assert recommendation(times) == Recommendation(promoters=2, passives=2, detractors=7)


def test_the_mean_of_a_rating_and_its_margin() -> None:
    found = rating(counted([5, 4, 4, 3, 1]))
    assert found.mean == pytest.approx(3.4)
    # The sample's standard deviation of 5, 4, 4, 3, 1 is sqrt(2.3).
    assert found.margin == pytest.approx(1.96 * sqrt(2.3) / sqrt(5))
    assert found.satisfied == pytest.approx(0.6)
    assert rating({4: 1}).margin is None


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    # Newcombe 1998, Statistics in Medicine 17, table I, method 3 (score without correction).
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611),
     (1, 29, 0.0061, 0.1718)],
)  # fmt: skip
def test_the_bounds_of_a_share(hits: int, n: int, low: float, high: float) -> None:
    assert wilson(hits, n) == pytest.approx((low, high), abs=0.0001)


@pytest.mark.parametrize("of", [recommendation, rating])
def test_nobody_has_no_score(of: object) -> None:
    with pytest.raises(ValueError, match="nobody"):
        of({})  # type: ignore[operator]  # one of the two above
