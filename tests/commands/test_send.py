"""`tourcrm followups send`: each colleague's list where they read it, once a day, from cron."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from sqlmodel import Session, select

from tests.builders import NOW, TODAY, add_customer, agency, writing
from tests.conftest import Invoke
from tests.loopback import Endpoint, endpoint, mail_server, nobody
from tourcrm.base.display import width
from tourcrm.db import engine
from tourcrm.models import Notice, Task
from tourcrm.notifications import pieces, transport

if TYPE_CHECKING:
    from tests.faults.nursery import Nursery

PHONE = "+8613812345678"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def web() -> Iterator[Endpoint]:
    with endpoint() as it:
        yield it


@pytest.fixture(autouse=True)
def busy(db: Path) -> Path:
    """Three customers of 李娜, two of 小林, one of nobody, each with a task of today."""
    agency(db, language="zh")
    with writing(db) as session:
        for name, owner in (
            ("王芳", "李娜"),
            ("张*伟", "李娜"),
            ("赵敏", "李娜"),
            ("孙强", "小林"),
            ("周杰", "小林"),
            ("吴<at>", None),
        ):
            who = add_customer(session, name=name, phone=PHONE[:-1] + str(len(name)), owner=owner)
            add_task(session, who, f"回电 138 0013 8000 谈{name}的团")
    return db


def add_task(session: Session, who: int, what: str) -> None:
    session.add(
        Task(
            customer_id=who,
            due_on=TODAY,
            what=what,
            noted_on=TODAY,
            noted_by="陈",
            operation_id=session.info["operation"],
        )
    )


def place(invoke: Invoke, name: str, address: str, *marks: str) -> None:
    assert invoke("notify", "add", name, *marks, input=address + "\n").exit_code == 0


def test_each_gets_their_own_and_the_group_the_rest_once_a_day(
    invoke: Invoke, db: Path, web: Endpoint, clock: time_machine.Traveller
) -> None:
    none = invoke("followups", "send")
    assert (none.exit_code, "notify add" in none.stderr) == (1, True)
    place(invoke, "小林", f"json://127.0.0.1:{web.port}/lin", "--owner", "小林", "--phones")
    homeless = invoke("followups", "send", "--dry-run")
    assert (homeless.exit_code, "李娜" in homeless.stderr, web.posted) == (1, True, [])
    place(invoke, "值班群", f"json://127.0.0.1:{web.port}/group")
    assert "--- 小林" in invoke("followups", "send", "--dry-run").stdout
    assert web.posted == []

    done = invoke("followups", "send")
    assert (done.exit_code, done.stderr) == (0, "")
    said = {
        (path, post["title"].split(" · ")[-2]): post["message"]
        for path, post in zip(web.paths, web.posted, strict=True)
    }
    assert set(said) == {("/lin", "小林"), ("/group", "李娜"), ("/group", "nobody in charge")}
    own = said["/lin", "小林"]
    assert [name in own for name in ("孙强", "周杰", "吴<at>", "王芳")] == [True, True, True, False]
    assert ("138 1234 567" in own, "138 0013 8000" in own) == (True, True)
    group = said["/group", "李娜"]
    assert [name in group for name in ("王芳", "张*伟", "赵敏", "孙强")] == [True] * 3 + [False]
    assert re.findall(r"138[ \d*]*\d", group) == ["138****8000"] * 3

    clock.shift(3600)
    again = invoke("followups", "send")
    assert (again.exit_code, again.stdout, again.stderr, len(web.posted)) == (0, "", "", 3)
    clock.shift(24 * 3600)
    assert invoke("followups", "send", "--owner", "小林").exit_code == 0
    assert len(web.posted) == 4
    assert invoke("followups", "send", "--owner", "谁也不是").exit_code == 3
    with engine.reading(db) as session:
        assert {notice.text for notice in session.exec(select(Notice))} == {""}


def test_what_could_not_be_sent_is_tried_again_and_is_over_with_its_day(
    invoke: Invoke, web: Endpoint, clock: time_machine.Traveller
) -> None:
    web.status = 500
    place(invoke, "群", f"json://127.0.0.1:{web.port}/group")
    done = invoke("followups", "send", "--owner", "李娜")
    assert (done.exit_code, "群" in done.stderr, len(web.posted)) == (1, True, 1)
    assert invoke("complaints", "watch").exit_code == 0  # the outbox of another
    clock.shift(60)
    assert (invoke("followups", "send", "--owner", "李娜").exit_code, len(web.posted)) == (0, 1)
    web.status = 200
    clock.shift(600)
    assert (invoke("followups", "send", "--owner", "李娜").exit_code, len(web.posted)) == (0, 2)
    web.status = 500
    invoke("followups", "send", "--owner", "小林")
    web.status = 200
    clock.shift(24 * 3600)
    invoke("followups", "send", "--owner", "小林")
    titles = [post["title"] for post in web.posted]
    assert len(titles) == 4
    assert titles[-1] != titles[-2]


def test_robots_get_pieces_that_they_take_and_mail_has_text_and_html(
    invoke: Invoke, db: Path, web: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing(db) as session:
        for number in range(120):
            who = add_customer(session, name=f"客户{number:03}", owner="李娜")
            add_task(session, who, "确认签证材料和接机时间" * 4)
    schemes = {"wecombot": "wecombot://key1234567", "feishu": "feishu://token12345"}
    schemes["dingtalk"] = "dingtalk://" + "a1b2" * 8

    def here(name: str) -> Callable[[Any], str]:
        return lambda _plugin: f"{web.url}/{name}"

    for name, address in schemes.items():
        place(invoke, name, address)
        robot = transport._ROBOTS[name]
        local = transport._Robot(here(name), robot.payload, robot.code, robot.reason)
        monkeypatch.setitem(transport._ROBOTS, name, local)
    with mail_server() as box:
        place(invoke, "邮箱", f"mailto://127.0.0.1:{box.port}?from=a@example.com&to=b@example.com")
        done = invoke("followups", "send", "--owner", "李娜")
        assert (done.exit_code, done.stderr) == (0, "")
        (letter,) = box.letters
    got: dict[str, list[str]] = {}
    keys = {"markdown": "wecombot", "text": "dingtalk", "content": "feishu"}
    for post in web.posted:
        (key,) = keys.keys() & post.keys()
        got.setdefault(keys[key], []).append(post[key].get("content") or post[key]["text"])
    for name, limit in (("wecombot", 4096), ("dingtalk", 20_000), ("feishu", 20_000)):
        assert len(got[name]) > 1
        assert all(len(text.encode()) <= limit for text in got[name])
        assert all(text.startswith("tourcrm") for text in got[name])
        numbers = re.findall(r"^(\d+)\.", "\n".join(got[name]), re.M)
        assert numbers == [str(number) for number in range(1, 125)]  # all of them, none twice
    assert "张＊伟" in "".join(got["wecombot"])
    assert "<" not in "".join(got["feishu"])
    plain, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "吴&lt;at&gt;" in html.get_content()
    for part in (plain.get_content(), html.get_content()):
        assert all(word in part for word in ("王芳", "客户119", "138****8000", "Hello"))


@pytest.mark.skipif(os.name != "posix", reason="processes are forked")
def test_two_processes_at_once_send_it_once(
    invoke: Invoke, db: Path, web: Endpoint, nursery: "Nursery"
) -> None:
    place(invoke, "群", f"json://127.0.0.1:{web.port}/group")
    invoke("settings", "today", TODAY.isoformat())
    words = ("--db", db, "followups", "send")
    ends = [run.wait() for run in [nursery.start(*words, cwd=db.parent) for _ in range(2)]]
    assert [(end.code, end.err) for end in ends] == [(0, "")] * 2
    assert len(web.posted) == 3  # 李娜, 小林, nobody


def test_nothing_due_is_silence_and_nobody_there_is_told(invoke: Invoke, tmp_path: Path) -> None:
    place(invoke, "群", f"json://127.0.0.1:{nobody()}/secretkey123")
    done = invoke("followups", "send")
    assert (done.exit_code, "secretkey123" in done.stderr) == (1, False)
    db = tmp_path / "calm.db"
    agency(db, language="en")
    calm = invoke("--db", str(db), "notify", "add", "x", input="json://127.0.0.1/x")
    assert calm.exit_code == 0
    calm = invoke("--db", str(db), "followups", "send")
    assert (calm.exit_code, calm.stdout, calm.stderr) == (0, "", "")


def test_a_text_is_cut_at_lines_and_never_inside_a_letter() -> None:
    lines = ["一" * 30, "short", "😀é" * 40, "x" * 200, ""]
    for room in (60, 61, 62, 63, 100, 4096):
        found = pieces.cut("题", lines, room)
        assert all(len(text.encode()) <= room for text in found)
        assert "".join("".join(text.split("\n")[1:]) for text in found) == "".join(lines)
    assert pieces.cut("题", ["a", "b"], 4096) == ["题\na\nb"]


def test_a_day_in_brief_is_a_line_each(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    done = invoke("followups", "due", "--brief")
    lines = done.stdout.splitlines()
    assert all(width(line) <= 80 for line in lines)
    assert len(lines) == 8
    assert re.fullmatch(r"\w{8} 王芳 +138 1234 5672 +\S.*李娜", lines[1])
    assert "followups show" in lines[-1]
    assert invoke("followups", "due", "--brief", "-f", "json").exit_code == 2
