"""What travellers are sent: the handbook, and a notice of a change, at the command line."""

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
        builders.add_customer(session, name="王芳", phone="+8613812345678", language="zh")
        builders.add_customer(session, name="Ann Lee", phone="+8613812345679", language="en")
        builders.add_customer(session, name="小王")
    return db


Says = Any


@pytest.fixture
def says(invoke: Invoke) -> Says:
    """Run commands that must succeed; returns what they print, and what they tell beside it."""

    def run(line: str, *more: str, lang: str = "en") -> tuple[str, str]:
        done = invoke(*line.split(), *more, lang=lang)
        assert done.exit_code == 0, done.stderr
        return done.stdout, done.stderr

    return run


@pytest.fixture(autouse=True)
def coach(says: Says, agency: Path) -> None:
    says(
        "products add JP5 --destination 日本东京 --days 5 --abroad yes",
        "--note",
        "集合：虹桥\n带充电器",
    )
    line = "departures add D1 --product JP5 --departs 2027-05-01 --seats 9 --guide 老周"
    says(line, "--note", "集合地点：浦东T1；集合时间：7:30；利润低")
    says("trips add 王芳 --departure D1 --people 2", "--note", "难缠")
    says("trips travellers T0000001 --add 小王")
    says("trips itinerary --departure D1 --add", "2: 浅草寺")
    says("destinations note 日本 weather 四季分明")
    says("destinations note 东京 weather 早晚凉")
    says("destinations note 日本 embassy +81334033388")


def test_the_handbook_says_what_is_known_and_no_more(says: Says) -> None:
    out, told = says("trips handbook T0000001")
    assert out.splitlines() == [
        "王芳，您好！您即将出行，以下事项请留意：",
        "行程：日本东京 · 2027-05-01 – 2027-05-05",
        "出行人：2 人 · 王芳、小王",
        "集合：浦东T1; 7:30",
        "导游：老周",
        "第 2 天，2027-05-02：浅草寺",
        "天气：早晚凉",
        "使领馆：+81334033388",
        "温馨提示：带充电器",
    ]
    assert "Missing for T0000001: what to wear, emergency numbers, hospitals." in told
    assert "destinations note" in told
    assert "meeting" not in told


def test_each_customer_is_written_to_in_their_language(says: Says) -> None:
    says("trips add", "Ann Lee", "--departure", "D1")
    for lang in ("en", "zh"):
        out = says("trips handbook --departure D1", lang=lang)[0]
        assert "王芳，您好！" in out
        assert "Ann Lee, soon you will be on your way." in out
        assert "Meeting point: 浦东T1; 7:30" in out
        assert "利润" not in out  # the notes of the agency are its own
        assert "难缠" not in out
    rows = json.loads(says("trips handbook --departure D1 -f json")[0])
    assert [row["language"] for row in rows] == ["zh", "en"]
    assert rows[0]["missing"] == "clothing;emergency;hospital"


def test_a_missing_meeting_point_is_named(says: Says) -> None:
    says("trips add 王芳 --destination 云南 --departs 2027-06-01")
    told = says("trips handbook T0000002")[1]
    assert "Missing for T0000002: meeting point, weather" in told
    assert "embassy" not in told  # nobody said that it goes abroad
    says("trips itinerary T0000002 --add", "1: 8:00 火车站集合")
    out, told = says("trips handbook T0000002")
    assert "集合：8:00 火车站集合" in out
    assert "meeting point" not in told


def test_only_those_who_go_are_written_to(invoke: Invoke, says: Says) -> None:
    says("trips cancel T0000001")
    for words in (["T0000001"], ["--departure", "D1"]):
        assert invoke("trips", "handbook", *words).exit_code == 1
    assert invoke("trips", "notice", "D1", "x").exit_code == 1
    assert invoke("trips", "notice", "D9", "x").exit_code == 3


def contacts(says: Says) -> list[dict[str, Any]]:
    return list(json.loads(says("interactions list -f json")[0]))


def test_a_notice_goes_to_all_on_a_departure_and_is_logged(says: Says) -> None:
    says("trips add", "Ann Lee", "--departure", "D1")
    out, told = says("trips notice D1 集合改为8:00 --channel wechat")
    assert (
        "王芳，您好！关于您 2027-05-01 – 2027-05-05 的日本东京之行，有变动通知：集合改为8:00" in out
    )
    assert "Ann Lee, news of your journey to 日本东京" in out
    assert "Logged with 2 customers" in told  # 小王 has no phone of their own
    logged = contacts(says)
    assert {(one["kind"], one["channel"], one["direction"], one["personal"]) for one in logged} == {
        ("other", "wechat", "out", False)
    }
    assert {one["trip"] for one in logged} == {"T0000001", "T0000002"}


def test_a_notice_of_one_trip_reaches_travellers_with_a_phone(says: Says) -> None:
    says("customers edit 小王 --phone 13900001111")
    says("trips notice T0000001 换酒店")
    assert {one["customer"] for one in contacts(says)} == {"C000001", "C000003"}


def test_notes_of_places(says: Says, invoke: Invoke) -> None:
    rows = json.loads(says("destinations list 日本 -f json")[0])
    assert [(row["topic"], row["text"]) for row in rows] == [
        ("weather", "四季分明"),
        ("embassy", "+81334033388"),
    ]
    assert "Noted" in says("destinations note 日本 天气 多雨")[0]
    assert "Nothing changed" in says("destinations note 日本 weather 多雨")[0]
    says("destinations note 日本 weather", "")
    assert len(json.loads(says("destinations list -f json")[0])) == 2
    assert invoke("destinations", "note", "日本", "weather", "").exit_code == 3
    assert invoke("destinations", "note", "日本", "food", "x").exit_code == 2


def test_a_place_is_known_by_a_name_within_but_not_within_a_word(says: Says) -> None:
    says("destinations note Niger weather hot")
    says("trips add 王芳 --destination Nigeria --departs 2027-07-01")
    says("trips add 王芳 --destination", "North Niger", "--departs", "2027-08-01")
    assert "hot" not in says("trips handbook T0000002")[0]
    assert "hot" in says("trips handbook T0000003")[0]
