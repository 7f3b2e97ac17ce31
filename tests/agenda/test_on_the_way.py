"""Birthdays on a trip: the guide is told, on the line of the departure."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.builders import add_customer, add_special_date, add_trip, agency, writing
from tourcrm import followup
from tourcrm.agenda.wording import Line
from tourcrm.base import i18n
from tourcrm.db import engine, setting
from tourcrm.models import Traveller

LEAVING = {"returns_on": "2026-09-30", "destination": "云南", "guide": "阿明"}


def lines(file: Path, day: date, language: str = "en") -> dict[str, Line]:
    with engine.reading(file) as session:
        found = followup.due(session, setting.load(session), day, language)
    return {line.rule: line for line in found.lines}


@pytest.mark.parametrize(
    ("special", "told"),
    [
        ({"month": 9, "day": 22}, "22 September"),  # the day of departure is on the way
        ({"month": 9, "day": 30}, "30 September"),  # and that of the return
        ({"month": 9, "day": 21}, None),
        ({"month": 10, "day": 1}, None),
        ({"month": 8, "day": 15, "calendar": "lunar"}, "25 September"),
        ({"month": 8, "day": 22, "calendar": "lunar"}, None),  # 2 October
    ],
)
def test_a_birthday_on_the_way_is_told_on_the_line_of_the_departure(
    special: dict[str, Any], told: str | None, tmp_path: Path
) -> None:
    file = agency(tmp_path)
    with writing(file) as session:
        fang = add_customer(session, "C1", name="王芳")
        add_special_date(session, fang, "birthday", **special)
        add_special_date(session, fang, "wedding", 9, 24)
        add_trip(session, fang, "2026-09-22", **LEAVING)
    reason = lines(file, date(2026, 9, 20))["handbook"].reason
    expected = f" (tell the guide 阿明, birthdays on the way: 王芳 {told})" if told else ""
    assert reason == f"云南, leaving on 22 September{expected}"


def test_all_of_a_departure_are_told_and_who_else_is_on_the_trip(tmp_path: Path) -> None:
    file = agency(tmp_path)
    with writing(file) as session:
        who = {}
        for name, day in (("王芳", 25), ("李雷", 24), ("韩梅", 26), ("赵六", 12)):
            who[name] = add_customer(session, name=name)
            add_special_date(session, who[name], "birthday", 9, day)
        gone = add_customer(session, name="故人", status="deceased")
        add_special_date(session, gone, "birthday", 9, 24)
        trips = [add_trip(session, who[name], "2026-09-22", **LEAVING) for name in ("王芳", "李雷")]
        for one in (who["韩梅"], who["赵六"], gone):
            session.add(Traveller(trip_id=trips[0], customer_id=one, operation_id=1))
    i18n.use("zh")
    line = lines(file, date(2026, 9, 20), "zh")["handbook"]
    assert line.count == 2
    assert line.reason.endswith(
        "（请转告导游阿明，途中有人过生日：李雷 9月24日、王芳 9月25日、韩梅 9月26日）"
    )


def test_while_they_are_away_nobody_writes_to_them(tmp_path: Path) -> None:
    file = agency(tmp_path)
    with writing(file) as session:
        fang = add_customer(session, "C1", name="王芳")
        add_special_date(session, fang, "birthday", 9, 24)
        add_trip(session, fang, "2026-09-22", **LEAVING)
    assert "birthday" not in lines(file, date(2026, 9, 24))
