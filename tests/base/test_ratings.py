"""Points as people and web forms write them, on two scales that are never mixed up."""

import pytest

from tourcrm.base.errors import CellError
from tourcrm.base.ratings import points_in, rating, recommendation


@pytest.mark.parametrize(
    ("cell", "points"),
    [
        ("5", 5), ("１", 1), ("4.0", 4), ("5分", 5), ("4 分", 4), ("3星", 3), ("4/5", 4),
        ("非常满意", 5), ("满意", 4), ("比较满意", 4), ("一般", 3), ("不满意", 2),
        ("非常不满意", 1),
        ("很好", 5), ("Very satisfied", 5), ("very-satisfied", 5), ("poor", 2),
        ("5 - 非常满意", 5), ("非常满意（5分）", 5), ("A.非常满意", 5), ("D、不满意", 2),
        ("5分-惊喜", 5), ("★★★★☆", 4), ("★★★", 3), ("⭐️⭐️⭐️⭐️⭐️", 5), ("4 out of 5", 4),
    ],
)  # fmt: skip
def test_a_rating_as_it_is_written(cell: str, points: int) -> None:
    assert rating(cell) == points


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("0", "out of range"), ("6", "out of range"), ("-1", "out of range"),
        ("99", "out of range"),
        ("8/10", "another scale"), ("★★★☆☆☆", "another scale"), ("4.5", "whole"),
        ("1 - 非常满意", "disagree"), ("5分 非常不满意", "disagree"), ("4-5", "more than one"),
        ("不知道", "no answer"), ("小李", "no answer"), ("x" * 90, "too long"),
    ],
)  # fmt: skip
def test_what_is_no_rating_is_refused_with_its_reason(cell: str, words: str) -> None:
    with pytest.raises(CellError, match=words):
        rating(cell)


@pytest.mark.parametrize(
    ("cell", "points"),
    [
        ("0", 0), ("10", 10), ("9分", 9), ("10 - 非常愿意", 10), ("7/10", 7),
        ("0（完全不可能）", 0),
        ("10(extremely likely)", 10), ("８", 8),
    ],
)  # fmt: skip
def test_an_nps_as_it_is_written(cell: str, points: int) -> None:
    assert recommendation(cell) == points


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("11", "out of range"), ("-3", "out of range"), ("4/5", "another scale"),
        ("8.5", "whole"), ("非常满意", "how satisfied"), ("5 - 非常满意", "how satisfied"),
        ("★★★★★", "how satisfied"),
        ("5星", "how satisfied"), ("very satisfied", "how satisfied"),
        ("非常愿意", "no number"),
    ],
)  # fmt: skip
def test_satisfaction_is_never_an_nps(cell: str, words: str) -> None:
    with pytest.raises(CellError, match=words):
        recommendation(cell)


def test_a_number_is_found_whatever_its_scale() -> None:
    assert (points_in("85分"), points_in("A. 7"), points_in("好"), points_in("9" * 20)) == (
        85, 7, None, None,
    )  # fmt: skip
