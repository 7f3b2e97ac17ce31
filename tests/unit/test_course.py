"""What the steps of a complaint say about its openings: each with the first answer after it."""

from datetime import UTC, datetime

import pytest

from tourcrm.course import Event, Round, rounds

STEPS = {"o": "opened", "a": "responded", "n": "noted", "c": "closed", "r": "reopened"}


def at(minute: int) -> datetime:
    return datetime(2026, 11, 20, 1, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ("o", [(0, None)]),
        ("ona", [(0, 2)]),
        ("oanan", [(0, 1)]),  # a second answer is no faster one
        ("oacr", [(0, 1), (3, None)]),
        ("oacrna", [(0, 1), (3, 5)]),
        ("orar", [(0, None), (1, 2), (3, None)]),
        ("ao", [(1, None)]),
        ("", []),
    ],
)
def test_each_opening_has_its_first_answer(
    steps: str, expected: list[tuple[int, int | None]]
) -> None:
    events = [Event(n, STEPS[step], at(n), "Li") for n, step in enumerate(steps)]
    wanted = [
        Round(at(opened), None if answered is None else at(answered))
        for opened, answered in expected
    ]
    assert rounds(events) == wanted
