"""A rule names who does it; tier A comes before other complaints; one call settles a house."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from tests.builders import NOW, TODAY, add_customer, add_trip, agency, writing
from tests.commands.test_watch import complain
from tests.conftest import Invoke
from tourcrm import followup
from tourcrm.agenda.rules import parser
from tourcrm.agenda.wording import Line
from tourcrm.base.errors import Refused
from tourcrm.complaints import clock as clocks
from tourcrm.db import engine, setting
from tourcrm.models import Interaction

MINUTE = timedelta(minutes=1)
BOSS = """
[return_visit]
anchor = "return"
class = "care"
priority = 71
offset = 1
lapses_after = 14
channel = "visit"
owner = "老板"
title.en = "Visit"
title.zh = "拜访"
reason.en = "Home"
reason.zh = "回来了"
script.en = "Hello {name}[, this is {owner}]."
script.zh = "{name}您好[，我是{owner}]。"
"""


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def due(db: Path, as_of: date = TODAY, owner: str | None = None, now: datetime = NOW) -> list[Line]:
    with engine.reading(db) as session:
        found = followup.due(
            session, setting.load(session), as_of, "zh", owner=owner, everything=True, now=now
        )
        return found.lines


def test_a_rule_says_whose_work_it_is(db: Path, invoke: Invoke, tmp_path: Path) -> None:
    agency(db, language="zh")
    with writing(db) as session:
        who = add_customer(session, name="王芳", owner="李娜", phone="+8613812345678")
        add_trip(session, who, TODAY - 5 * timedelta(1), returns_on=TODAY - timedelta(1))
    file = tmp_path / "rules.toml"
    file.write_text(BOSS, encoding="utf-8")
    assert invoke("followups", "rules", "--check", str(file)).exit_code == 0
    assert invoke("followups", "rules", "--load", str(file)).exit_code == 0
    assert 'owner = "老板"' in invoke("followups", "rules", "--dump", "--own").stdout
    assert "老板" in invoke("followups", "rules").stdout
    of = {owner: {line.rule for line in due(db, owner=owner)} for owner in ("老板", "李娜")}
    assert ("return_visit" in of["老板"], "return_visit" in of["李娜"]) == (True, False)
    assert ("welcome_home" in of["老板"], "welcome_home" in of["李娜"]) == (False, True)
    (line,) = [line for line in due(db) if line.rule == "return_visit"]
    assert (line.owner, line.also, "我是老板" in line.script) == ("老板", None, True)
    listed = invoke("followups", "list", "--owner", "老板", "-f", "json").stdout
    assert "return_visit" in listed
    file.write_text(BOSS.replace('"老板"', '" "'), encoding="utf-8")
    wrong = invoke("followups", "rules", "--check", str(file))
    assert (wrong.exit_code, "owner" in wrong.stdout) == (1, True)
    with pytest.raises(Refused, match="owner"):
        parser.load(BOSS.replace('"老板"', "7"), "mine.toml")


def test_tier_a_stands_before_others_unless_their_clock_is_nearly_out(
    db: Path, invoke: Invoke, clock: time_machine.Traveller
) -> None:
    agency(db, language="en")
    with writing(db) as session:
        best = add_customer(session, name="A")
        add_trip(session, best, "2026-03-01", price=9_000_000)
        for name, price in (("B", 6_000_000), ("D", 100)):
            add_trip(session, add_customer(session, name=name), "2026-03-01", price=price)
        complain(session, best + 1, "K2", NOW - 20 * MINUTE)
        complain(session, best + 2, "K3", NOW - 10 * MINUTE)
        complain(session, best, "K1", NOW)
    for minutes, codes, more in (
        (0, ["K1", "K2", "K3"], []),
        (71, ["K2", "K1", "K3"], []),  # 29 minutes left
        (85, ["K2", "K3", "K1"], []),
        (85, ["K1", "K2", "K3"], ["settings", "nearly_minutes", "10"]),
        (95, ["K2", "K1", "K3"], []),
    ):
        clock.move_to(NOW + minutes * MINUTE)
        if more:
            assert invoke(*more).exit_code == 0
        with engine.reading(db) as session:
            running = clocks.clocks(session, setting.load(session), NOW + minutes * MINUTE)
        assert [one.code for one in running] == codes, minutes
        lines = [line.name for line in due(db, now=NOW + minutes * MINUTE)][:3]
        assert lines == ["ABD"[int(code[1]) - 1] for code in codes], minutes
        table = invoke("complaints", "list", "-f", "csv").stdout
        assert sorted(codes, key=table.index) == codes, minutes


def test_a_talk_with_one_of_a_household_settles_the_call_for_all(db: Path) -> None:
    agency(db, language="zh")
    with writing(db) as session:
        couple = [
            add_customer(session, name=name, phone="+8613812345678") for name in ("王芳", "李雷")
        ]
        alone = add_customer(session, name="赵敏", phone="+8613812345679")
        for who in (*couple, alone):
            add_trip(
                session, who, "2026-11-12", returns_on="2026-11-19", destination="三亚",
                kind="custom",
            )  # fmt: skip
        for who in couple[1:]:
            session.add(
                Interaction(
                    customer_id=who, at=NOW, channel="phone", direction="out", kind="followup",
                    personal=True, staff="x", summary="x",
                    operation_id=session.info["operation"],
                )
            )  # fmt: skip
    home = [line.name for line in due(db) if line.rule == "welcome_home"]
    assert home == ["赵敏"]
    before = [line.name for line in due(db, TODAY - timedelta(1))]
    assert "王芳" not in before
