"""Contacts at the command line: what was said, when, and by whom."""

import csv
import io
import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine

from tests import builders
from tests.conftest import Invoke


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    """Half past nine: on a fixed day the clock goes on, and 00:30 is still to come at midnight."""
    with time_machine.travel(builders.NOW):
        yield


@pytest.fixture(autouse=True)
def agency(db: Path) -> Path:
    builders.agency(db, today="2026-11-20")
    with builders.writing(db) as session:
        who = builders.add_customer(session, "C000001", name="王芳")
        builders.add_trip(session, who, "2026-06-01", code="T1")
        other = builders.add_customer(session, "C2", name="李明")
        builders.add_trip(session, other, "2026-06-01", code="T2")
    return db


def exported(invoke: Invoke) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(invoke("interactions", "export").stdout)))


def test_a_call_is_logged(invoke: Invoke) -> None:
    words = ["--note", "想去北疆", "--at", "2026-11-20 00:30"]
    done = invoke("interactions", "log", "王芳", *words, env={"TOURCRM_STAFF": "小林"})
    assert done.exit_code == 0, done.stderr
    assert "2026-11-20 00:30, phone, out, follow-up, personal" in done.stdout
    listed = invoke("interactions", "list", lang="zh").stdout
    assert re.search(r"C000001 +王芳 +2026-11-20 00:30 +电话 +去 +回访 +想去北疆 +小林", listed)


def test_every_column_can_be_given_and_comes_back(invoke: Invoke) -> None:
    words = ["--channel", "微信", "--direction", "in", "--kind", "投诉", "--trip", "t1"]
    more = ["--at", "2026-11-19 14:30", "--note", "房间", "--staff", "阿芳", "--not-personal"]
    assert invoke("interactions", "log", "王芳", *words, *more).exit_code == 0
    assert exported(invoke) == [
        {
            "customer": "C000001",
            "trip": "T1",
            "at": "2026-11-19T14:30:00+08:00",
            "channel": "wechat",
            "direction": "in",
            "kind": "complaint",
            "personal": "false",
            "summary": "房间",
            "staff": "阿芳",
        }
    ]


@pytest.mark.parametrize(
    ("words", "direction", "kind", "personal"),
    [
        ([], "out", "followup", "true"),
        (["--channel", "visit"], "out", "followup", "true"),
        (["--channel", "store"], "in", "inquiry", "true"),
        (["--channel", "wechat"], "out", "followup", "false"),
        (["--channel", "wechat", "--direction", "in"], "in", "inquiry", "true"),
        (["--channel", "sms"], "out", "followup", "false"),
        (["--channel", "email", "--personal"], "out", "followup", "true"),
        (["--channel", "phone", "--not-personal"], "out", "followup", "false"),
    ],
)
def test_what_is_left_out_is_what_is_usual(
    invoke: Invoke, words: list[str], direction: str, kind: str, personal: str
) -> None:
    invoke("interactions", "log", "王芳", *words)
    [row] = exported(invoke)
    assert (row["direction"], row["kind"], row["personal"]) == (direction, kind, personal)
    assert row["at"].startswith("2026-11-20T")  # the agency's today


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["王芳", "--at", "2026-11-21 08:00"], 1),
        (["王芳", "--trip", "T2"], 1),
        (["王芳", "--channel", "pigeon"], 2),
        (["王芳", "--at", "some day"], 2),
        (["没有"], 3),
        (["王芳", "--trip", "T9"], 3),
    ],
)
def test_what_cannot_be_is_refused(invoke: Invoke, db: Path, words: list[str], code: int) -> None:
    assert invoke("interactions", "log", *words).exit_code == code
    with sqlite3.connect(db) as connection:
        assert connection.execute("SELECT count(*) FROM operation").fetchone() == (1,)


def test_contacts_are_listed_latest_first_by_customer_and_day(invoke: Invoke) -> None:
    for who, at in (
        ("王芳", "2026-11-01 23:59"),
        ("李明", "2026-11-02 00:00"),
        ("王芳", "2026-11-03 10:00"),
    ):
        invoke("interactions", "log", who, "--at", at, "--note", at[8:10])
    for words, expected in (
        ([], ["03", "02", "01"]),
        (["王芳"], ["03", "01"]),
        (["--from", "2026-11-02"], ["03", "02"]),
        (["--to", "2026-11-01"], ["01"]),
        (["--limit", "1"], ["03"]),
    ):
        rows = json.loads(invoke("interactions", "list", *words, "-f", "json").stdout)
        assert [row["summary"] for row in rows] == expected


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_hostile_text_comes_back_literally_and_safely(invoke: Invoke, lang: str) -> None:
    hostile = "x[/b]y\x1b[31m\u202e=1+1\n🙂"
    invoke("interactions", "log", "王芳", "--note", f"A{hostile}", "--staff", f"B{hostile}")
    [row] = exported(invoke)
    assert (row["summary"], row["staff"]) == (f"A{hostile}", f"B{hostile}")
    shown = invoke("interactions", "list", lang=lang, env={"COLUMNS": "300"})
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", shown.stdout)
    assert "x[/b]y" in shown.stdout
