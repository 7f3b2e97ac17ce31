"""Products, departures, itineraries and what there is to know of places, from sheets and back."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.importer import Shop

PRODUCTS = "产品编号,名称,类型,服务,目的地,天数,单价,出境\n" + (
    'YN6,云南6日,跟团,旅游,云南,6,"3,980元",否\nTH5,泰国5日,,,泰国,5, 2980 ,是\n'
)
DEPARTURES = (
    "团号,产品编号,出发日期,席位,导游\nYN6-0501,YN6,2027-05-01,10,小林\nTH-3,TH5,2027/6/1,20,\n"
)
DAYS = "团号,第几天,安排\nYN6-0501,1,抵达\nYN6-0501,第二天,石林\n" + (
    "YN6-0501,D3,大理\nYN6-0501,2027-05-04,丽江\n"
)
PLACES = "目的地,天气,医院\n云南,早晚凉,昆明医院\n"


@pytest.fixture
def office(shop: Shop) -> Shop:
    shop.take("products", PRODUCTS)
    shop.take("departures", DEPARTURES)
    return shop


def test_each_comes_in_comes_again_and_goes(shop: Shop) -> None:
    before = shop.state()
    numbers = []
    for entity, sheet, more in (
        ("products", PRODUCTS, ()),
        ("departures", DEPARTURES, ()),
        ("trips", DAYS, ("--rows", "itinerary")),
        ("destinations", PLACES, ()),
    ):
        assert shop.take(entity, sheet, *more, "--dry-run")["added"] > 0
        said = shop.take(entity, sheet, *more)
        assert said["rejected"] == said["updated"] == 0
        assert shop.take(entity, sheet, *more)["operation"] is None
        numbers.append(said["operation"])
    assert shop.rows("SELECT code, service, kind, days, list_price, abroad FROM product") == [
        ("YN6", "tour", "group", 6, 398_000, 0), ("TH5", "tour", "group", 5, 298_000, 1),
    ]  # fmt: skip
    assert shop.rows("SELECT code, destination, returns_on, seats FROM departure") == [
        ("YN6-0501", "云南", "2027-05-06", 10), ("TH-3", "泰国", "2027-06-05", 20),
    ]  # fmt: skip
    assert shop.rows("SELECT on_day, what FROM itinerary_line ORDER BY on_day") == [
        ("2027-05-01", "抵达"), ("2027-05-02", "石林"), ("2027-05-03", "大理"),
        ("2027-05-04", "丽江"),
    ]  # fmt: skip
    assert len(shop.rows("SELECT 1 FROM destination_note")) == 2
    # The product has departures of another import, the departure lines of another.
    assert "YN6" in shop.run("imports", "undo", str(numbers[0])).stderr
    for number in reversed(numbers):
        assert shop.run("imports", "undo", str(number)).exit_code == 0
    assert shop.state() == before


def test_days_of_a_long_journey_are_counted_in_chinese(shop: Shop) -> None:
    shop.take("departures", "团号,目的地,出发日期,返回日期,席位\nL1,南极,2027-05-01,2027-06-05,9\n")
    said = {"第九天": 9, "第十天": 10, "第十二天": 12, "第二十天": 20, "第三十一天": 31, "D36": 36}
    sheet = "团号,第几天,安排\n" + "".join(f"L1,{day},{number}\n" for day, number in said.items())
    assert shop.take("trips", sheet, "--rows", "itinerary")["added"] == len(said)
    first = date(2027, 5, 1)
    assert shop.rows("SELECT on_day, what FROM itinerary_line ORDER BY on_day") == [
        ((first + timedelta(days=number - 1)).isoformat(), str(number)) for number in said.values()
    ]


def test_what_cannot_be_is_refused_with_the_reason(office: Shop, tmp_path: Path) -> None:
    office.take("customers", "code,name,phone\nK1,王芳,13812345678\n")
    office.run("trips", "add", "K1", "--departure", "YN6-0501", "--people", "4")
    for entity, more, head, rows in (
        ("products", (), "产品编号,名称,天数,单价\n", {
            "YN6,云南,7,\nYN6,云南,8,": "line 2 is about the same one",
            "X1,a,5,-200": "it is negative",
            ",a,5,1": "no code",
        }),
        ("departures", (), "团号,产品编号,出发日期,返回日期,席位\n", {
            "YN6-0501,,,,3": "4 seats of YN6-0501 are taken",
            "N1,YN6,2027-06-01,,": "needs 席位",
            "N2,NOPE,2027-06-01,,5": "no product NOPE",
            "N3,YN6,2027-06-01,2027-05-01,5": "before the departure",
            "N4,YN6,2027-06-01,,abc": "no whole number",
        }),
        ("trips", ("--rows", "itinerary"), "团号,订单号,第几天,安排,日期\n", {
            "YN6-0501,,9,x": "“9” is none of its days",
            "YN6-0501,,,x,2027-04-30": "“2027-04-30” is none of its days",
            "YN6-0501,,,x": "on which day",
            "YN6-0501,,1,": "what happens",
            "NOPE,,1,x": "no departure NOPE",
            ",,1,x": "say one of them",
        }),
        ("destinations", (), "目的地,主题,内容\n", {
            ",天气,x": "where", "云南,天气,": "one is missing", "云南,股票,x": "",
        }),
    ):  # fmt: skip
        said = office.take(entity, head + "\n".join(rows), *more)
        reasons = list(office.reasons(said).values())
        assert len(reasons) == len(rows), reasons
        assert all(why in reason for why, reason in zip(rows.values(), reasons, strict=True))


def test_cells_win_as_on_duplicate_says_and_trips_move(office: Shop) -> None:
    office.take("customers", "code,name,phone\nK1,王芳,13812345678\n")
    office.run("trips", "add", "K1", "--departure", "YN6-0501", "--people", "4")
    later = "团号,出发日期,席位,导游\nYN6-0501,2027-05-02,5,小王\nTH-3,,,小王\n"
    for way, expected in (
        ("skip", ("2027-05-01", 10, "小林")),
        ("fill", ("2027-05-01", 10, "小林")),
        ("update", ("2027-05-02", 5, "小王")),
    ):
        said = office.take("departures", later, "--on-duplicate", way)
        sql = "SELECT departs_on, seats, guide FROM departure WHERE code = 'YN6-0501'"
        assert office.one(sql) == expected
    assert "trips that moved with their departures: 1" in said["notes"]
    assert office.one("SELECT departs_on FROM trip") == "2027-05-02"
    assert office.take("departures", later, "--on-duplicate", "error")["rejected"] == 2
    office.run("imports", "undo", str(said["operation"]))
    assert office.one("SELECT departs_on FROM trip") == "2027-05-01"
    places = "目的地,主题,内容\n云南,天气,热\n日本,使馆,110\n"
    office.take("destinations", PLACES)
    assert office.take("destinations", places)["updated"] == 1
    assert office.one("SELECT text FROM destination_note WHERE topic = 'weather'") == "热"
