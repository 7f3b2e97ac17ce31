"""When a clock of a complaint is told of, and how often."""

from datetime import timedelta

import pytest

from tourcrm.complaints.clock import stage

WARN = timedelta(minutes=30)


def told(severity: str, limit: int, days: int = 3) -> list[tuple[int, str]]:
    """When somebody is told, in minutes from the opening, with cron every five minutes."""
    found: list[tuple[int, str]] = []
    for minute in range(0, days * 24 * 60, 5):
        late = timedelta(minutes=minute - limit)
        said = stage(severity, -late, late, WARN)
        if said is not None and said not in [word for _minute, word in found]:
            found.append((minute, said))
    return found


def test_a_routine_complaint_is_told_half_an_hour_before_its_time_then_once_a_day() -> None:
    assert told("routine", 120) == [
        (90, "closing"),
        (120, "over 0h"),
        (120 + 24 * 60, "over 24h"),
        (120 + 48 * 60, "over 48h"),
    ]


def test_a_crisis_is_told_at_once_then_hourly_then_once_a_day() -> None:
    minutes = [minute for minute, _said in told("crisis", 30)]
    assert minutes == [0, *range(30, 30 + 12 * 60, 60), 30 + 24 * 60, 30 + 48 * 60]


@pytest.mark.parametrize(("left", "said"), [(31, None), (30, "closing"), (0, "closing")])
def test_the_warning_comes_when_so_much_is_left_on_the_clock(left: int, said: str | None) -> None:
    """What is left counts, not the time until it is due: at night a clock may stand still."""
    span = timedelta(minutes=left)
    assert stage("routine", span, timedelta(hours=-15), WARN) == said
