"""What the list promises, held on every day of a simulated agency: see benchmarks/year.py."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks.year import Broken, Year
from tourcrm.agenda import candidates, decisions
from tourcrm.agenda.states import Case, Item

LONG = pytest.mark.soak


@pytest.mark.parametrize(
    ("customers", "staff", "days"),
    [
        (150, 2, 36),
        pytest.param(3_000, 2, 365, marks=LONG),
        pytest.param(30_000, 12, 365, marks=LONG),
    ],
)
def test_nothing_is_lost_or_doubled_and_the_best_never_wait_long(
    customers: int, staff: int, days: int, tmp_path: Path
) -> None:
    year = Year(tmp_path / "year.db", customers, [f"同事{n}" for n in range(staff)], seed=1)
    year.run(days)
    assert all(day.calls_running == 0 for day in year.days)
    assert sum(day.done for day in year.days) > days
    assert year.days[-1].backlog < max(year.days[0].backlog, 1)
    assert days < 200 or year.days[-1].backlog == 0


def test_a_list_that_shows_again_what_was_done_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decisions, "of_events", lambda *_: {})
    with pytest.raises(Broken, match="again"):
        Year(tmp_path / "year.db", 60, ["Li"], seed=1).run(20)


def test_a_list_that_loses_something_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, days = candidates.items, list[int]()

    def forgetful(*given: Any) -> list[Item]:
        days.append(1)
        return [item for item in made(*given) if item.key.subject_id % 2 or len(days) < 10]

    monkeypatch.setattr(candidates, "items", forgetful)
    monkeypatch.setattr(Year, "_decide", lambda *_: None)  # nobody does anything
    with pytest.raises(Broken, match="is gone"):
        Year(tmp_path / "year.db", 60, ["Li"], seed=1).run(20)


def test_a_list_that_greets_whoever_has_complained_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Case, "is_open", lambda *_: False)
    with pytest.raises(Broken, match="though a complaint is open"):
        Year(tmp_path / "year.db", 600, ["Li"], seed=1).run(20)


def test_a_list_that_forgets_a_clock_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Item, "is_clock", False)
    with pytest.raises(Broken, match="complaints without an answer"):
        Year(tmp_path / "year.db", 600, ["Li"], seed=1).run(20)
