"""The rounds of a complaint: opened, reopened, answered, resolved, closed."""

from datetime import UTC, datetime

import pytest

from tourcrm.complaints.lifecycle import ESCALATED, Round, rounds, spans_open


def at(day: int) -> datetime:
    return datetime(2026, 11, day, tzinfo=UTC)


OPEN, DONE, AGAIN = "opened", "closed", "reopened"
SAID, MADE = "responded", "resolved"


@pytest.mark.parametrize(
    ("steps", "found", "spans"),
    [
        ([], [], []),
        ([(OPEN, 1)], [(1, None, None, None)], [(1, None)]),
        ([(OPEN, 1), (SAID, 2), ("noted", 3), (MADE, 4)], [(1, 2, 4, None)], [(1, None)]),
        ([(OPEN, 1), (SAID, 2), (MADE, 3), (DONE, 4)], [(1, 2, 3, 4)], [(1, 4)]),
        # Reopened once it was resolved: it was open all the time.
        (
            [(OPEN, 1), (SAID, 2), (MADE, 3), (AGAIN, 4), (SAID, 5), (MADE, 6), (DONE, 7)],
            [(1, 2, 3, None), (4, 5, 6, 7)],
            [(1, 7)],
        ),
        # Reopened once it was closed: it is open twice.
        (
            [(OPEN, 1), (SAID, 2), (MADE, 3), (DONE, 4), (AGAIN, 6), (SAID, 7)],
            [(1, 2, 3, 4), (6, 7, None, None)],
            [(1, 4), (6, None)],
        ),
        # The first answer counts; what comes before an opening does not.
        ([(DONE, 1), (OPEN, 2), (SAID, 3), (SAID, 4)], [(2, 3, None, None)], [(2, None)]),
    ],
)
def test_a_round_is_an_opening_and_what_came_of_it(
    steps: list[tuple[str, int]],
    found: list[tuple[int | None, ...]],
    spans: list[tuple[int, int | None]],
) -> None:
    told = rounds((step, at(day)) for step, day in steps)
    days = [tuple(None if day is None else at(day) for day in one) for one in found]
    assert told == [Round(*one) for one in days]  # type: ignore[arg-type]  # the first is a day
    assert [(since.day, until and until.day) for since, until in spans_open(told)] == spans


@pytest.mark.parametrize(
    ("steps", "ended"),
    [
        # What was escalated unanswered was left, and the clock begins anew; answered it was not.
        ([(OPEN, 1), (ESCALATED, 2)], [(True, False), (False, True)]),
        ([(OPEN, 1), (SAID, 2), (ESCALATED, 3)], [(False, False), (False, True)]),
        # Whoever comes back left nothing behind, answered or not.
        ([(OPEN, 1), (DONE, 2), (AGAIN, 3)], [(False, False), (False, False)]),
        ([(OPEN, 1), (SAID, 2), (DONE, 3), (AGAIN, 4)], [(False, False), (False, False)]),
        ([(ESCALATED, 1)], [(False, True)]),
    ],
)
def test_a_round_is_left_where_it_was_escalated_without_an_answer(
    steps: list[tuple[str, int]], ended: list[tuple[bool, bool]]
) -> None:
    told = rounds((step, at(day)) for step, day in steps)
    assert [(one.left, one.escalated) for one in told] == ended


STEPS = {"o": OPEN, "a": SAID, "n": "noted", "c": DONE, "r": AGAIN}


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ("o", [(1, None)]),
        ("ona", [(1, 3)]),
        ("oanan", [(1, 2)]),  # a second answer is no faster one
        ("oacr", [(1, 2), (4, None)]),
        ("oacrna", [(1, 2), (4, 6)]),
        ("orar", [(1, None), (2, 3), (4, None)]),
        ("ao", [(2, None)]),
        ("", []),
    ],
)
def test_each_opening_has_its_first_answer(
    steps: str, expected: list[tuple[int, int | None]]
) -> None:
    told = rounds((STEPS[step], at(day)) for day, step in enumerate(steps, 1))
    answers = [(one.opened_at.day, one.responded_at and one.responded_at.day) for one in told]
    assert answers == expected
