"""Trips of a sheet that name their departure."""

from pathlib import Path

import pytest

from tests.importer import Shop

SHEET = (
    "order_no,customer,团号,destination,departure,return,people\n"
    "O1,K1,YN-0501,云南,2027-05-01,2027-05-06,2\n"
    "O2,K2,YN-0501,云南,2027-05-01,2027-05-06,1\n"
    "O3,K2,YN-0501,云南,2027-06-01,2027-06-06,1\n"
)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    known = "code,name,phone\nK1,张三,13812345678\nK2,李四,13912345678\n"
    return Shop.holding(tmp_path, ("customers", known))


def coach(shop: Shop) -> None:
    """A departure of two seats."""
    days = ("--departs", "2027-05-01", "--returns", "2027-05-06", "--seats", "2")
    done = shop.run("departures", "add", "YN-0501", "--destination", "云南", *days)
    assert done.exit_code == 0


def aboard(shop: Shop) -> list[tuple[object, ...]]:
    return shop.rows(
        "SELECT t.code, d.code FROM trip t LEFT JOIN departure d ON d.id = t.departure_id "
        "ORDER BY t.code"
    )


def test_a_departure_that_nobody_knows_is_made_and_said(shop: Shop) -> None:
    said = shop.take("trips", SHEET)
    assert "new departures, by their codes: 1" in "; ".join(said["notes"])
    assert "1 name a departure that leaves on another day" in "; ".join(said["notes"])
    assert aboard(shop) == [("O1", "YN-0501"), ("O2", "YN-0501"), ("O3", None)]
    departure = "SELECT code, destination, departs_on, returns_on, seats FROM departure"
    assert shop.rows(departure) == [("YN-0501", "云南", "2027-05-01", "2027-05-06", None)]


def test_the_same_sheet_again_changes_nothing(shop: Shop) -> None:
    sheet = SHEET.rpartition("O3")[0]
    shop.take("trips", sheet)
    before = shop.state()
    assert shop.take("trips", sheet)["operation"] is None
    assert shop.state() == before


def test_more_people_than_seats_are_refused_whole(shop: Shop) -> None:
    coach(shop)
    before = shop.state()
    refused = shop.run("trips", "import", shop.sheet(SHEET))
    assert refused.exit_code == 1
    assert "YN-0501 would have 3 people on 2 seats" in refused.stderr
    assert shop.state() == before


def test_taking_an_import_back_takes_its_departures_too(shop: Shop) -> None:
    before = shop.state()
    said = shop.take("trips", SHEET)
    assert shop.run("imports", "undo", str(said["operation"])).exit_code == 0
    assert shop.state() == before


def test_a_departure_that_others_use_stays(shop: Shop) -> None:
    said = shop.take("trips", SHEET)
    assert shop.run("trips", "add", "K1", "--departure", "YN-0501").exit_code == 0
    assert shop.run("imports", "undo", str(said["operation"])).exit_code == 0
    assert shop.rows("SELECT code FROM departure") == [("YN-0501",)]


def test_taking_back_a_cancellation_never_sells_a_seat_twice(shop: Shop) -> None:
    coach(shop)
    shop.take("trips", SHEET.partition("O2")[0])
    said = shop.take("trips", "order_no,customer,status\nO1,K1,已取消\n")
    assert shop.run("trips", "add", "K2", "--departure", "YN-0501", "--people", "1").exit_code == 0
    refused = shop.run("imports", "undo", str(said["operation"]))
    assert refused.exit_code == 1
    assert "Nothing was taken back: YN-0501 would have 3 people on 2 seats" in refused.stderr
