"""Leads: who has which open inquiries and quotes, whose they are, and who comes back."""

import json
from pathlib import Path

import pytest

from tests.builders import add_customer, add_trip, agency, writing
from tests.conftest import Invoke


@pytest.fixture
def filled(db: Path) -> Path:
    agency(db, today="2026-11-20")
    with writing(db) as session:
        fang = add_customer(session, "C1", name="王芳", owner="李娜")
        lei = add_customer(session, "C2", name="李雷")
        asked = {"inquired_on": "2026-11-01", "destination": "日本"}
        quoted = {**asked, "status": "quoted", "quoted_on": "2026-11-10", "price": 900_000}
        add_trip(session, fang, None, code="Q1", **quoted)
        add_trip(session, lei, None, code="I1", status="inquiry", advisor="吴昊", price=100_000)
        add_trip(session, lei, "2026-12-01", code="B1")
        lost = {"status": "lost", "lost_on": "2026-11-02"}
        add_trip(session, lei, None, code="X1", **lost)
    return db


def test_open_inquiries_and_quotes_with_stage_age_and_whose(invoke: Invoke, filled: Path) -> None:
    logged = invoke("interactions", "log", "C1", "--note", "问价", "--channel", "phone")
    assert logged.exit_code == 0, logged.stderr
    rows = json.loads(invoke("trips", "list", "--open", "-f", "json").stdout)
    keys = ("trip", "stage", "days", "price", "last_contact_on", "adviser")
    assert [tuple(row[key] for key in keys) for row in rows] == [
        ("Q1", "quoted", 19, 9000.0, "2026-11-20", "李娜"),
        ("I1", "inquiry", None, 1000.0, None, "吴昊"),
    ]
    only = json.loads(invoke("trips", "list", "--open", "--advisor", "吴昊", "-f", "json").stdout)
    assert [row["trip"] for row in only] == ["I1"]
    page = invoke("trips", "list", "--open").stdout
    (line,) = [one.split() for one in page.splitlines() if one.split()[:1] == ["李娜"]]
    assert line == ["李娜", "1", "1", "1", "¥9,000.00", "19"]
    refused = invoke("trips", "list", "--open", "--status", "booked")
    assert refused.exit_code == 2
    assert "--status does not go with --open" in refused.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("C2", "--adviser", "陈静"), "陈静 (T1) and 吴昊 (I1)"),
        (("C1", "--adviser", "陈静"), "陈静 (T1) and 李娜 (Q1)"),
        (("C2", "--adviser", "吴昊"), ""),
        (("C2",), ""),  # nobody's yet
        (("C1",), ""),  # the same colleague looks after her
    ],
)
def test_two_advisers_of_one_customer_are_warned_of(
    invoke: Invoke, filled: Path, words: tuple[str, ...], told: str
) -> None:
    inquiry = ("--destination", "冰岛", "--status", "inquiry", "--code", "T1")
    done = invoke("trips", "add", *words, *inquiry)
    assert done.exit_code == 0, done.stderr
    said = done.stdout + done.stderr
    assert ("Collision" in said) == bool(told)
    assert told in said
    booked = invoke("trips", "add", words[0], "--adviser", "孙", "--destination", "x",
                    "--departs", "2026-12-24")  # fmt: skip
    assert "Collision" not in booked.stdout + booked.stderr


def test_a_lead_that_gets_another_adviser_may_collide(invoke: Invoke, filled: Path) -> None:
    same = ("--destination", "冰岛", "--status", "inquiry", "--code", "T1", "--adviser", "吴昊")
    invoke("trips", "add", "C2", *same)
    done = invoke("trips", "edit", "T1", "--adviser", "陈静")
    assert "陈静 (T1) and 吴昊 (I1)" in done.stdout + done.stderr


@pytest.mark.parametrize("how", ["add", "book", "edit"])
def test_a_lost_customer_who_books_is_active_again(invoke: Invoke, filled: Path, how: str) -> None:
    trip = ("--destination", "冰岛", "--departs", "2026-12-24", "--code", "T1")
    stage = () if how == "add" else ("--status", "quoted")
    if how != "add":
        assert invoke("trips", "add", "C1", *trip, *stage).exit_code == 0
    lost = ("customers", "lose", "C1", "--on", "2026-11-15", "--reason", "服务不好")
    assert invoke(*lost).exit_code == 0
    done = {
        "add": lambda: invoke("trips", "add", "C1", *trip),
        "book": lambda: invoke("trips", "book", "T1"),
        "edit": lambda: invoke("trips", "edit", "T1", "--status", "booked"),
    }[how]()
    assert done.exit_code == 0, done.stderr
    assert "王芳 was lost since 2026-11-15, and books again" in done.stdout + done.stderr
    found = json.loads(invoke("customers", "list", "-f", "json").stdout)
    assert {one["code"] for one in found} >= {"C1"}  # lists those who are active
    page = invoke("customers", "show", "C1").stdout
    assert "on 2026-11-15 · 服务不好" in page
    assert "Lost before" in page


def test_history_that_is_typed_in_brings_nobody_back(invoke: Invoke, filled: Path) -> None:
    invoke("customers", "lose", "C1", "--on", "2026-11-15")
    old = ("--destination", "冰岛", "--departs", "2026-05-01")
    done = invoke("trips", "add", "C1", *old)
    assert "books again" not in done.stdout + done.stderr
