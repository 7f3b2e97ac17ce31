"""The moment and the day that a command works on."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.builders import agency
from tourcrm.db import engine, setting
from tourcrm.terminal.context import Desk

NOW = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)  # 01:30 on the 23rd in Shanghai


@pytest.mark.parametrize(
    ("fixed", "today", "moment"),
    [
        ("", date(2026, 11, 23), NOW),
        ("2026-11-20", date(2026, 11, 20), datetime(2026, 11, 19, 17, 30, tzinfo=UTC)),
    ],
)
def test_the_moment_lies_on_the_day_that_counts_as_today(
    tmp_path: Path, fixed: str, today: date, moment: datetime
) -> None:
    with engine.reading(agency(tmp_path, today=fixed)) as session:
        desk = Desk(session, setting.load(session), NOW, "Li")
        assert (desk.today, desk.now) == (today, moment)


def test_a_setting_that_is_spoiled_stops_no_command_that_puts_it_right(tmp_path: Path) -> None:
    with engine.reading(agency(tmp_path, today="soon", time_zone="Nowhere")) as session:
        assert Desk(session, setting.load(session), NOW, "Li").now == NOW
