"""Who is on a trip, and who would be in two places at once, at the command line."""

import json
from pathlib import Path

import pytest

from tests import builders
from tests.conftest import Invoke


@pytest.fixture(autouse=True)
def agency(db: Path) -> Path:
    builders.agency(db, today="2026-11-20", time_zone="Asia/Shanghai")
    with builders.writing(db) as session:
        for name in ("王芳", "李娜", "张伟"):
            builders.add_customer(session, name=name, phone=f"+861381234567{len(name)}")
        builders.add_customer(session, name="大华公司", kind="company")
    return db


def says(invoke: Invoke, line: str, *more: str, code: int = 0) -> tuple[str, str]:
    """What a command prints, and what it tells beside that."""
    done = invoke(*line.split(), *more)
    assert done.exit_code == code, done.stderr
    return done.stdout, done.stderr


@pytest.fixture
def trip(invoke: Invoke) -> str:
    """A trip of two people."""
    line = "trips add 王芳 --destination 云南 --departs 2027-05-01 --days 6 --people 2"
    assert "another" not in says(invoke, line)[1]
    return "T0000001"


def who(invoke: Invoke, trip: str) -> list[str]:
    rows = json.loads(says(invoke, f"trips travellers {trip} -f json")[0])
    return [row["name"] for row in rows]


def test_people_are_put_on_a_trip_and_taken_off_it(invoke: Invoke, trip: str) -> None:
    out, told = says(invoke, f"trips travellers {trip} --add 李娜")
    assert "On T0000001 now: C000002." in out
    assert "--people" not in told
    assert who(invoke, trip) == ["王芳", "李娜"]
    says(invoke, f"trips travellers {trip} --add C000002")  # once is enough
    says(invoke, f"trips travellers {trip} --remove 李娜 --add 张伟")
    assert who(invoke, trip) == ["王芳", "张伟"]


def test_more_people_than_a_trip_is_for_are_told(invoke: Invoke, trip: str) -> None:
    _, told = says(invoke, f"trips travellers {trip} --add 李娜 --add 张伟")
    assert "is for 2, and 3 people are named on it: tourcrm trips edit T0000001 --people 3" in told


def test_only_people_travel_and_nobody_twice(invoke: Invoke, trip: str) -> None:
    assert "is the trip of" in says(invoke, f"trips travellers {trip} --add 王芳", code=1)[1]
    assert "no person" in says(invoke, f"trips travellers {trip} --add 大华公司", code=1)[1]
    assert "is not on" in says(invoke, f"trips travellers {trip} --remove 张伟", code=3)[1]


def test_a_refused_traveller_leaves_the_others_as_they_are(invoke: Invoke, trip: str) -> None:
    says(invoke, f"trips travellers {trip} --add 李娜 --add 大华公司", code=1)
    assert who(invoke, trip) == ["王芳"]


def test_travellers_are_told_where_a_trip_is_shown(invoke: Invoke, trip: str) -> None:
    says(invoke, "departures add D1 --destination 云南 --departs 2027-06-01 --seats 9")
    says(invoke, "trips add 王芳 --departure D1 --people 2")
    says(invoke, "trips travellers T0000002 --add 李娜")
    [row] = json.loads(says(invoke, "trips show T0000002 -f json")[0])
    assert row["travellers"] == "李娜"
    assert "李娜" in says(invoke, "trips show T0000002")[0]
    assert "李娜" in says(invoke, "departures show D1")[0]
    page = says(invoke, "customers show 李娜")[0]
    assert "T0000002" in page
    assert "with 王芳" in page
    says(invoke, f"trips travellers {trip} --add 李娜")
    assert "with 李娜" in says(invoke, "customers show 王芳")[0]
    [row] = json.loads(says(invoke, "customers show 李娜 -f json")[0])
    assert row["along"] == "T0000001;T0000002"


def test_a_cancelled_trip_takes_nobody_along(invoke: Invoke, trip: str) -> None:
    says(invoke, f"trips travellers {trip} --add 李娜")
    says(invoke, f"trips cancel {trip}")
    assert trip not in says(invoke, "customers show 李娜")[0]


SECOND = "trips add {} --destination 北疆 --departs 2027-05-06 --days 3"


def test_a_customer_on_two_trips_at_once_is_told(invoke: Invoke, trip: str) -> None:
    told = says(invoke, SECOND.format("王芳"))[1]
    expected = (
        "王芳 (C000001) is on another trip on these days: T0000001 云南 2027-05-01 – 2027-05-06"
    )
    assert expected in told


def test_a_traveller_on_two_trips_at_once_is_told(invoke: Invoke, trip: str) -> None:
    says(invoke, f"trips travellers {trip} --add 李娜")
    assert "李娜 (C000002) is on another trip" in says(invoke, SECOND.format("李娜"))[1]
    says(invoke, SECOND.format("张伟"))
    told = says(invoke, "trips travellers T0000003 --add 李娜")[1]
    assert "T0000001" in told
    assert "T0000002" in told


def test_days_that_do_not_meet_and_trips_that_are_off_are_not_told(
    invoke: Invoke, trip: str
) -> None:
    later = "trips add 王芳 --destination 北疆 --departs 2027-05-07 --days 3"
    assert "another" not in says(invoke, later)[1]
    says(invoke, f"trips cancel {trip}")
    says(invoke, "trips cancel T0000002")
    assert "another" not in says(invoke, SECOND.format("王芳"))[1]


def test_an_inquiry_warns_once_it_is_booked_and_an_edit_that_moves(
    invoke: Invoke, trip: str
) -> None:
    told = says(invoke, SECOND.format("王芳") + " --status inquiry")[1]
    assert "another" not in told
    assert "another trip" in says(invoke, "trips book T0000002")[1]
    assert "another" not in says(invoke, "trips edit T0000002 --departs 2027-05-10")[1]
    assert "another trip" in says(invoke, "trips edit T0000002 --departs 2027-05-03")[1]
    assert "another" not in says(invoke, "trips edit T0000002 --price 100")[1]


def test_the_parts_of_one_journey_are_no_clash(invoke: Invoke, trip: str) -> None:
    hotel = "trips add 王芳 --service hotel --destination 云南 --departs 2027-05-02 --days 2"
    assert "another" not in says(invoke, hotel)[1]
    flight = "trips add 王芳 --service flight --departs 2027-05-01"
    assert "another" not in says(invoke, flight)[1]
    elsewhere = "trips add 王芳 --service hotel --destination 北疆 --departs 2027-05-02"
    assert "another trip" in says(invoke, elsewhere)[1]


def test_a_guide_with_two_groups_at_once_is_told(invoke: Invoke) -> None:
    first = "departures add D1 --destination 云南 --departs 2027-05-01 --returns 2027-05-06"
    says(invoke, first + " --seats 9 --guide 老周")
    says(invoke, "departures add D2 --destination 北疆 --departs 2027-05-05 --seats 9")
    told = says(invoke, "departures edit D2 --guide 老周")[1]
    assert "老周 guides another group on these days: D1 云南" in told
    line = "trips add 王芳 --destination 西藏 --departs 2027-05-03 --guide 老周"
    assert "guides another group" in says(invoke, line)[1]
    says(invoke, "departures edit D2 --departs 2027-07-01")
    assert "guides" not in says(invoke, "trips add 李娜 --departure D2")[1]


def test_a_new_departure_tells_of_its_guides_other_group(invoke: Invoke) -> None:
    line = "departures add {} --destination 云南 --departs 2027-05-01 --seats 9 --guide 老周"
    assert "guides" not in says(invoke, line.format("D1"))[1]
    assert "老周 guides another group" in says(invoke, line.format("D2"))[1]


def test_a_departure_that_moves_onto_another_trip_is_told(invoke: Invoke, trip: str) -> None:
    says(invoke, "departures add D1 --destination 北疆 --departs 2027-06-01 --seats 9")
    says(invoke, "trips add 王芳 --departure D1")
    told = says(invoke, "departures edit D1 --departs 2027-05-02")[1]
    assert "王芳 (C000001) is on another trip" in told
