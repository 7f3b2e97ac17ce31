"""Products, departures with seats, and the stages of a trip, at the command line."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests import builders
from tests.conftest import Invoke


@pytest.fixture(autouse=True)
def agency(db: Path) -> Path:
    builders.agency(db, today="2026-11-20", time_zone="Asia/Shanghai")
    with builders.writing(db) as session:
        for name in ("王芳", "李娜", "张伟"):
            builders.add_customer(session, name=name)
    return db


@pytest.fixture
def does(invoke: Invoke) -> Any:
    """Run commands that must succeed; returns what they print."""

    def run(line: str, *more: str) -> str:
        done = invoke(*line.split(), *more)
        assert done.exit_code == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture
def coach(does: Any) -> None:
    """A departure of three seats."""
    does("products add YN6 --name 云南6日 --destination 云南 --days 6 --price 3980")
    does("departures add D1 --product YN6 --departs 2027-05-01 --seats 3")


def seats(does: Any) -> tuple[int, int, int]:
    [row] = json.loads(does("departures list -f json"))
    return row["taken"], row["left"], row["waiting"]


def trip(does: Any, code: str) -> dict[str, Any]:
    [row] = json.loads(does(f"trips show {code} -f json"))
    return dict(row)


def test_a_departure_has_place_and_days_from_its_product(does: Any, coach: None) -> None:
    [row] = json.loads(does("departures list -f json"))
    assert list(row)[:1] == ["departure"]
    promised = ("departure", "destination", "departs_on", "returns_on", "seats", "taken", "left")
    assert tuple(row[key] for key in (*promised, "waiting")) == (
        "D1", "云南", "2027-05-01", "2027-05-06", 3, 0, 3, 0,
    )  # fmt: skip


def test_a_trip_on_a_departure_takes_its_days_its_place_and_seats(does: Any, coach: None) -> None:
    done = does("trips add 王芳 --departure D1 --people 2")
    assert "Seats left on D1: 1." in done
    row = trip(does, "T0000001")
    assert (row["departure_code"], row["destination"], row["price"]) == ("D1", "云南", 7960.00)
    assert (row["departs_on"], row["returns_on"]) == ("2027-05-01", "2027-05-06")
    assert seats(does) == (2, 1, 0)


def test_more_than_there_are_seats_is_refused_and_nothing_is_kept(
    does: Any, coach: None, invoke: Invoke
) -> None:
    does("trips add 王芳 --departure D1 --people 2")
    refused = invoke("trips", "add", "李娜", "--departure", "D1", "--people", "2")
    assert refused.exit_code == 1
    assert "Seats left on D1: 1 of 3; wanted are 2." in refused.stderr
    assert len(json.loads(does("trips list -f json"))) == 1
    for words in ("--people 4", "--people 4 --price 1"):
        assert invoke("trips", "edit", "T0000001", *words.split()).exit_code == 1
    assert seats(does) == (2, 1, 0)


def test_who_waits_is_next_when_somebody_cancels(does: Any, coach: None) -> None:
    does("trips add 王芳 --departure D1 --people 3")
    assert "number 1 in line" in does("trips add 李娜 --departure D1 --people 2 --waitlist")
    assert "number 2 in line" in does("trips add 张伟 --departure D1 --people 1 --waitlist")
    assert seats(does) == (3, 0, 3)
    shown = does("departures show D1")
    assert shown.index("王芳") < shown.index("李娜") < shown.index("张伟")
    cancelled = does("trips cancel T0000001")
    assert "First in line: 李娜, 2 people: tourcrm" in cancelled
    assert cancelled.endswith("trips book T0000002\n")
    assert seats(does) == (0, 3, 3)
    assert "seats left: 1" in does("trips book T0000002")
    assert seats(does) == (2, 1, 1)
    assert "Nothing changed" in does("trips book T0000002")
    assert seats(does) == (2, 1, 1)


def test_whoever_was_booked_by_an_edit_waits_no_more(does: Any, coach: None) -> None:
    does("trips add 王芳 --departure D1 --people 3")
    does("trips add 李娜 --departure D1 --people 2 --waitlist")
    does("trips cancel T0000001")
    does("trips edit T0000002 --status booked")
    does("trips edit T0000002 --status quoted")
    assert seats(does) == (0, 3, 0)


def test_cancelling_twice_gives_seats_back_once(does: Any, coach: None, invoke: Invoke) -> None:
    does("trips add 王芳 --departure D1 --people 2")
    does("trips cancel T0000001")
    assert invoke("trips", "cancel", "T0000001").exit_code == 1
    assert seats(does) == (0, 3, 0)
    does("trips book T0000001")
    assert seats(does) == (2, 1, 0)


def test_a_party_larger_than_the_coach_never_waits(does: Any, coach: None, invoke: Invoke) -> None:
    refused = invoke("trips", "add", "王芳", "--departure", "D1", "--people", "4", "--waitlist")
    assert refused.exit_code == 1
    assert "only 3 seats in all" in refused.stderr


def test_a_departure_that_moves_takes_its_trips_along(
    does: Any, coach: None, invoke: Invoke
) -> None:
    does("trips add 王芳 --departure D1")
    does("trips add 李娜 --departure D1")
    does("trips cancel T0000002")
    assert "1 trip moved with it." in does("departures edit D1 --departs 2027-05-03")
    assert trip(does, "T0000001")["returns_on"] == "2027-05-08"
    assert trip(does, "T0000002")["departs_on"] == "2027-05-01"
    alone = invoke("trips", "edit", "T0000001", "--departs", "2027-06-01")
    assert alone.exit_code == 1
    assert "has its days" in alone.stderr
    does("trips edit T0000001 --departure", "")
    does("trips edit T0000001 --departs 2027-06-01")
    assert seats(does) == (0, 3, 0)


def test_fewer_seats_than_are_taken_are_refused(does: Any, coach: None, invoke: Invoke) -> None:
    does("trips add 王芳 --departure D1 --people 2")
    does("trips add 李娜 --departure D1 --people 2 --waitlist")
    assert invoke("departures", "edit", "D1", "--seats", "1").exit_code == 1
    assert "First in line: 李娜" in does("departures edit D1 --seats 4")


def test_other_days_than_the_departures_are_refused(does: Any, coach: None, invoke: Invoke) -> None:
    words = "trips add 王芳 --departure D1 --departs 2027-05-02"
    refused = invoke(*words.split())
    assert refused.exit_code == 1
    assert "leave the days out" in refused.stderr
    assert invoke("trips", "add", "王芳", "--departure", "D9").exit_code == 3


def test_a_crisis_of_a_departure_is_opened_by_its_code(
    does: Any, coach: None, invoke: Invoke
) -> None:
    nobody = invoke("complaints", "open", "--departure", "D1", "大巴故障", "--crisis")
    assert nobody.exit_code == 1
    assert "Nobody is booked on D1" in nobody.stderr
    does("trips add 王芳 --departure D1")
    does("trips add 李娜 --departure D1 --destination 昆明")
    does("trips add 张伟 --destination 云南 --departs 2027-06-01")
    told = does("complaints open --departure D1 大巴故障 --crisis")
    assert "王芳" in told
    assert "李娜" in told
    assert "张伟" not in told


# --- stages ---------------------------------------------------------------------------------------


def test_the_stages_of_a_trip_are_dated(does: Any) -> None:
    does("trips add 王芳 --destination 云南 --status inquiry --departs 2027-05-01")
    does("trips quote T0000001 --price 5000 --on 2026-11-19")
    row = trip(does, "T0000001")
    assert (row["status"], row["quoted_on"], row["price"]) == ("quoted", "2026-11-19", 5000.00)
    does("trips book T0000001")
    row = trip(does, "T0000001")
    assert (row["status"], row["inquired_on"], row["booked_on"]) == (
        "booked", "2026-11-20", "2026-11-20",
    )  # fmt: skip


def test_a_lost_trip_that_is_booked_after_all_is_lost_no_more(does: Any) -> None:
    does("trips add 王芳 --destination 云南 --status quoted --departs 2027-05-01")
    does("trips lose T0000001 --reason 价格")
    does("trips book T0000001")
    row = trip(does, "T0000001")
    assert (row["status"], row["lost_on"], row["lost_reason"]) == ("booked", None, None)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("trips quote T0000001", "booked already"),
        ("trips complete T0000001", "cannot have ended before"),
        ("trips book T0000002", "needs a day of departure"),
        ("trips book T0000002 --on 2027-01-01", "lies ahead"),
        ("trips book T0000003 --waitlist", "on no departure"),
        ("trips complete T0000002", "not booked"),
    ],
)
def test_a_stage_that_cannot_be_is_refused(does: Any, invoke: Invoke, words: str, why: str) -> None:
    does("trips add 王芳 --destination 云南 --departs 2027-05-01")
    does("trips add 王芳 --destination 云南 --status inquiry")
    does("trips add 王芳 --destination 西藏 --status quoted --departs 2027-05-01")
    refused = invoke(*words.split())
    assert refused.exit_code == 1
    assert why in refused.stderr


def test_a_journey_that_ends_early_is_completed(does: Any) -> None:
    does("trips add 王芳 --destination 云南 --departs 2026-11-15 --returns 2026-11-25")
    assert "ended on 2026-11-18" in does("trips complete T0000001 --on 2026-11-18")
    assert trip(does, "T0000001")["status"] == "completed"
    assert "Nothing changed" in does("trips complete T0000001")
