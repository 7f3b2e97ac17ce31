"""What is said of tasks, of answers that change, and of what was no crisis after all."""

import json
from pathlib import Path
from typing import Any

import pytest
import time_machine

from tests.builders import NOW, add_customer, add_trip, agency, writing
from tests.conftest import Invoke

NOTE = "问她离婚的事办完没有"


def _due(invoke: Invoke) -> list[dict[str, Any]]:
    return list(json.loads(invoke("followups", "due", "-f", "json").stdout))


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("by", ["add", "next"])
def test_a_private_note_is_shown_as_a_note_and_never_as_words_to_say(
    invoke: Invoke, db: Path, lang: str, by: str
) -> None:
    agency(db, today="2026-11-20")
    with writing(db) as session:
        add_customer(session, "A", name="王芳", gender="female", owner="李娜")
    invoke("followups", "add", "A", NOTE if by == "add" else "打电话", "--on", "2026-11-20")
    if by == "next":
        [line] = _due(invoke)
        invoke("followups", "done", line["id"], "--note", NOTE, "--next", "2026-11-21")
        invoke("settings", "today", "2026-11-21")
    [line] = _due(invoke)
    assert NOTE not in line["script"]
    assert "王" in line["script"]
    for words in (
        ("followups", "due"),
        ("followups", "show", line["id"]),
        ("customers", "show", "A"),
    ):
        page = invoke(*words, lang=lang).stdout
        assert NOTE in page.replace("\n", "").replace(" ", ""), words
        assert f"“{NOTE}" not in page, words


def test_what_was_no_crisis_after_all_has_the_clock_of_its_opening_again(
    invoke: Invoke, db: Path
) -> None:
    agency(db)
    with writing(db) as session:
        add_customer(session, "A", name="王芳")

    def case() -> dict[str, Any]:
        return dict(json.loads(invoke("complaints", "list", "-f", "json").stdout)[0])

    with time_machine.travel(NOW, tick=False) as clock:
        invoke("complaints", "open", "A", "车晚了", "--category", "transport")
        first = case()
        clock.shift(1800)
        invoke("complaints", "escalate", "K00001", "听说有人受伤")
        crisis = case()
        assert (crisis["severity"], crisis["due_at"]) != ("routine", first["due_at"])
        clock.shift(300)
        done = invoke("complaints", "edit", "K00001", "--severity", "routine")
        assert "clock is that of its opening again, 2026-11-20 09:30" in done.stdout
        again = case()
        for key in ("severity", "opened_at", "due_at", "state"):
            assert again[key] == first[key], key
        assert (
            json.loads(invoke("today", "-f", "json").stdout)["clocks"][0]["due_at"]
            == first["due_at"]
        )
        clock.shift(60)
        invoke("complaints", "respond", "K00001", "已致歉", "--channel", "phone")
        assert case()["in_time"] is True
        sla = json.loads(invoke("complaints", "list", "--sla", "-f", "json").stdout)
        assert {row["group"] for row in sla if row["by"] == "severity"} == {"routine"}
        assert {row["cases"] for row in sla if row["by"] == "severity"} == {1}
        # A crisis that comes later is one from then on.
        clock.shift(60)
        invoke("complaints", "escalate", "K00001", "真有人受伤")
        assert (case()["severity"], case()["state"]) == ("crisis", "waiting")


def test_an_answer_that_an_import_changes_says_so_in_its_contact(
    invoke: Invoke, db: Path, tmp_path: Path
) -> None:
    agency(db, today="2026-11-20")
    with writing(db) as session:
        who = add_customer(session, "A", name="王芳")
        add_trip(session, who, "2026-11-01", code="T1", returns_on="2026-11-05")
    sheet = tmp_path / "answers.csv"
    for csat in (5, 2):
        sheet.write_text(f"customer,trip,answered_on,csat\nA,T1,2026-11-10,{csat}\n", "utf-8")
        done = invoke("surveys", "import", sheet)
        assert done.exit_code == 0, done.stderr
    rows = json.loads(invoke("interactions", "list", "-f", "json").stdout)
    [contact] = [row for row in rows if row["kind"] == "survey"]
    assert "changed on 2026-11-20; it was" in contact["summary"]
    number = done.stdout.split("imports undo ")[1].split()[0]
    assert invoke("imports", "undo", number).exit_code == 0
    rows = json.loads(invoke("interactions", "list", "-f", "json").stdout)
    assert "changed on" not in rows[0]["summary"]


@pytest.mark.parametrize("answer", ["--csat 1", "--csat 2 --nps 10", "--hotel 1", "--nps 3"])
def test_whoever_was_not_content_by_any_measure_is_called_and_the_line_says_why(
    invoke: Invoke, db: Path, answer: str
) -> None:
    agency(db, today="2026-11-20")
    with writing(db) as session:
        who = add_customer(session, "A", name="王芳")
        add_trip(session, who, "2026-11-01", code="T1", returns_on="2026-11-05")
    invoke("surveys", "add", "A", "--trip", "T1", *answer.split())
    invoke("settings", "today", "2026-11-21")
    [line] = [one for one in _due(invoke) if one["rule"] == "detractor"]
    points = answer.split()[1]
    assert f"{points} of " in line["reason"]


def test_a_booking_ahead_is_the_last_one_also_of_who_never_departed(
    invoke: Invoke, db: Path, tmp_path: Path
) -> None:
    agency(db, today="2026-11-20")
    with writing(db) as session:
        for code, departs in (("A", "2026-12-24"), ("B", "2026-11-01")):
            who = add_customer(session, code, name=f"客{code}")
            add_trip(session, who, departs, booked_on="2026-10-17")
        who = add_customer(session, "C", name="客C")
        add_trip(session, who, "2019-01-01", booked_on="2018-10-01")
        add_trip(session, who, "2027-01-10", booked_on="2026-10-17")
    rules = tmp_path / "rules.toml"
    rules.write_text(
        '[thanks]\nanchor = "last_deal"\nclass = "care"\npriority = 50\noffset = 34\n'
        'lapses_after = 9\nchannel = "wechat"\ntitle.en = "Thanks"\ntitle.zh = "感谢"\n'
        'reason.en = "booked"\nreason.zh = "下单"\nscript.en = "Hello"\nscript.zh = "您好"\n',
        "utf-8",
    )
    loaded = invoke("followups", "rules", "--load", rules)
    assert loaded.exit_code == 0, loaded.stderr
    assert {one["customer"] for one in _due(invoke) if one["rule"] == "thanks"} == {"A", "B", "C"}
