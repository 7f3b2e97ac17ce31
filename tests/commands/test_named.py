"""A customer can be named wherever an id can: one row is meant, several are listed."""

import json
import re
from pathlib import Path

import pytest

from tests.builders import add_customer, add_trip, agency, writing
from tests.commands.test_words import parameters
from tests.conftest import Invoke


@pytest.fixture
def busy(db: Path) -> Path:
    agency(db, today="2026-11-20", language="en")
    with writing(db) as session:
        fang = add_customer(session, "C1", name="王芳", phone="+8613812345678")
        add_trip(
            session, fang, "2026-11-12", returns_on="2026-11-18", destination="桂林", code="T1"
        )
        add_trip(
            session, fang, "2027-02-01", returns_on="2027-02-08", destination="三亚", code="T2"
        )
        he = add_customer(session, "C2", name="何雪", phone="+8613912345678")
        add_trip(session, he, "2025-11-12", returns_on="2025-11-18", destination="北疆", code="T3")
        add_trip(session, he, "2025-05-12", returns_on="2025-05-18", destination="云南", code="T4")
        add_customer(session, "C3", name="郑国庆", phone="+8613712345678")
        for number in (4, 5):
            add_customer(session, f"C{number}", name="李伟")
    return db


# What each command needs beside whom it is about.
MORE = {
    "complaints attribute": ["unfounded"],
    "complaints escalate": ["住院"],
    "complaints note": ["好"],
    "complaints reopen": ["又来"],
    "complaints resolve": ["好"],
    "complaints respond": ["好"],
    "complaints edit": ["--category", "hotel"],
    "complaints open --departure": ["坏", "--crisis"],
    "complaints open --trip": ["郑国庆", "坏"],
    "followups skip": ["--reason", "不用"],
    "followups snooze": ["--days", "3"],
    "followups add": ["郑国庆", "打电话", "--on", "2026-12-01"],
    "interactions log": ["郑国庆"],
    "payments add": ["5"],
    "payments reverse": ["--reason", "错"],
    "surveys add": ["郑国庆", "--nps", "9"],
    "payments refund": ["5"],
    "trips cost": ["5"],
    "trips notice": ["改时间"],
    "trips edit": ["--price", "100"],
    "trips lose": ["--reason", "价格"],
    "vouchers redeem": [],
    "vouchers withdraw": ["--reason", "错"],
}
IDS = {"ID", "TRIP", "COMPLAINT", "VOUCHER", "PAYMENT"}


def test_every_id_may_be_a_customer(invoke: Invoke, busy: Path) -> None:
    """One who has nothing is told by name: so the name was understood."""
    seen = 0
    for path, _command, _ctx, param in parameters():
        if param.metavar not in IDS or (path, param.name) == ("vouchers redeem", "which"):
            continue
        if (path, param.name) == ("complaints edit", "about"):  # needs a complaint, as below
            continue
        option = [] if param.opts[0] == param.name else [max(param.opts, key=len)]
        more = MORE.get(path) or MORE.get(" ".join([path, *option]), [])
        also = ["T1"] if path == "vouchers redeem" else []
        done = invoke(*path.split(), *option, "郑国庆", *also, *more)
        assert done.exit_code == 3, (path, option, done.output)
        assert re.search("郑国庆 has no|about 郑国庆", done.stderr), (path, done.stderr)
        seen += 1
    assert seen > 30


def test_the_only_follow_up_is_meant(invoke: Invoke, busy: Path) -> None:
    invoke("followups", "add", "郑国庆", "打电话", "--on", "2026-11-20")
    assert "打电话" in invoke("followups", "show", "郑国庆").stdout
    assert "Tried" in invoke("followups", "tried", "13712345678").stdout
    assert "Taken back" in invoke("followups", "undo", "C3").stdout
    done = invoke("followups", "done", "郑国庆", "--note", "好")
    assert done.stdout.startswith("Done: 郑国庆 · 打电话 (")
    assert invoke("followups", "done", "郑国庆").exit_code == 3


def test_of_several_follow_ups_all_are_listed_and_none_is_decided(
    invoke: Invoke, busy: Path
) -> None:
    for what in ("打电话", "寄护照"):
        invoke("followups", "add", "郑国庆", what, "--on", "2026-11-20")
    for words in (["done"], ["tried"], ["skip", "--reason", "x"], ["snooze", "--days", "2"]):
        wrong = invoke("followups", words[0], "郑国庆", *words[1:])
        assert wrong.exit_code == 3
        ids = re.findall(r"^  ([0-9A-Z]{8})  2026-11-20 · (.+)$", wrong.stderr, re.MULTILINE)
        assert sorted(title for _id, title in ids) == ["寄护照", "打电话"]
        assert ("--all" in wrong.stderr) == (words[0] == "done")
    assert invoke("followups", "done", ids[0][0]).exit_code == 0
    assert invoke("followups", "done", "郑国庆").exit_code == 0  # one is left
    assert "Done" not in invoke("followups", "undo", "郑国庆").stdout  # two were decided


def test_what_comes_in_the_next_days_is_meant_where_nothing_is_due(
    invoke: Invoke, busy: Path
) -> None:
    invoke("followups", "add", "郑国庆", "打电话", "--on", "2026-11-25")
    assert invoke("followups", "done", "郑国庆").exit_code == 0


def test_a_member_of_a_batch_is_decided_alone(invoke: Invoke, busy: Path) -> None:
    with writing(busy) as session:
        for number in (6, 7):
            who = add_customer(session, f"C{number}", name=f"团员{number}")
            add_trip(session, who, "2026-11-22", destination="云南")
    done = invoke("followups", "done", "团员6")
    assert done.exit_code == 0, done.output
    assert invoke("followups", "show", "团员7").exit_code == 0
    due = json.loads(invoke("followups", "due", "-f", "json").stdout)
    assert [row["name"] for row in due if row["rule"] == "handbook"] == ["团员7"]


def test_a_name_of_several_is_listed(invoke: Invoke, busy: Path) -> None:
    for command in (["followups", "done"], ["trips", "show"], ["complaints", "show"]):
        wrong = invoke(*command, "李伟")
        assert (wrong.exit_code, "C4" in wrong.stderr, "C5" in wrong.stderr) == (3, True, True)


def test_ids_win_over_names(invoke: Invoke, busy: Path) -> None:
    with writing(busy) as session:
        who = add_customer(session, "C8", name="T1")
        add_trip(session, who, "2027-03-01", code="T9")
    assert "桂林" in invoke("trips", "show", "T1").stdout


def test_the_complaint_that_is_open_is_meant(invoke: Invoke, busy: Path) -> None:
    invoke("complaints", "open", "何雪", "房间脏")
    assert "K00001" in invoke("complaints", "show", "何雪").stdout
    assert invoke("complaints", "respond", "何雪", "换房").exit_code == 0
    assert invoke("complaints", "attribute", "何雪", "unfounded").exit_code == 0
    assert invoke("complaints", "resolve", "何雪", "好").exit_code == 0
    assert invoke("complaints", "close", "何雪", "--told").exit_code == 0
    invoke("complaints", "open", "何雪", "导游差")
    assert "K00002" in invoke("complaints", "respond", "13912345678", "道歉").stdout
    assert "K00001" in invoke("complaints", "reopen", "何雪", "又来").stdout
    wrong = invoke("complaints", "note", "何雪", "好")
    assert wrong.exit_code == 3
    assert "K00001" in wrong.stderr
    assert "K00002  2026-11-20 · other · answered · 导游差" in wrong.stderr


def test_the_trip_ahead_is_meant_else_the_only_one(invoke: Invoke, busy: Path) -> None:
    assert "三亚" in invoke("trips", "show", "王芳").stdout
    assert "T2" in invoke("trips", "edit", "王芳", "--price", "5000").stdout
    assert "桂林" in invoke("surveys", "form", "王芳").stdout  # the one they are back from
    wrong = invoke("trips", "show", "何雪")
    assert wrong.exit_code == 3
    assert wrong.stderr.splitlines()[-2:] == [
        "  T3  2025-11-12 · 北疆 · completed",
        "  T4  2025-05-12 · 云南 · completed",
    ]
    assert invoke("trips", "show", "何雪", "-f", "json").stdout == ""
    invoke("trips", "edit", "T4", "--customer", "王芳")
    assert "北疆" in invoke("trips", "show", "何雪").stdout


def test_a_complaint_is_put_to_the_trip_ahead(invoke: Invoke, busy: Path) -> None:
    invoke("complaints", "open", "王芳", "脏")
    assert invoke("complaints", "edit", "王芳", "--trip", "王芳").exit_code == 0
    assert "三亚" in invoke("complaints", "show", "王芳").stdout


def test_a_quote_is_lost_by_the_name(invoke: Invoke, busy: Path) -> None:
    invoke("trips", "add", "王芳", "--destination", "西藏", "--status", "quoted", "--code", "Q1")
    assert "Q1" in invoke("trips", "lose", "王芳", "--reason", "价格").stdout


def test_vouchers_and_payments_are_named_by_the_customer(invoke: Invoke, busy: Path) -> None:
    invoke("vouchers", "issue", "王芳", "--amount", "100")
    assert invoke("vouchers", "redeem", "王芳", "王芳", "--yes").exit_code == 0
    invoke("vouchers", "issue", "王芳", "--amount", "50")
    assert "V00001" in invoke("vouchers", "unredeem", "王芳").stdout
    wrong = invoke("vouchers", "withdraw", "王芳", "--reason", "错")
    assert (wrong.exit_code, wrong.stderr.count("V0000")) == (3, 2)
    invoke("trips", "edit", "T2", "--price", "5000")
    invoke("complaints", "open", "王芳", "脏", "--trip", "T2")
    invoke("complaints", "respond", "王芳", "好")
    invoke("complaints", "attribute", "王芳", "service_failure")
    assert invoke("complaints", "compensate", "王芳").exit_code == 0
    assert "P0000001" in invoke("payments", "list", "--complaint", "王芳").stdout
    assert "P0000001" in invoke("payments", "list", "--trip", "王芳").stdout
    assert invoke("payments", "pay", "王芳").exit_code == 0
    assert invoke("payments", "reverse", "王芳", "--reason", "错").exit_code == 0
