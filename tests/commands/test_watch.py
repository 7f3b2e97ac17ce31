"""`tourcrm complaints watch`: silent, or it tells; and what could not be told is said."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlmodel import select

from tests.builders import NOW, add_customer, add_trip, agency, numbering, writing
from tests.conftest import Invoke
from tests.loopback import Endpoint, Mailbox, endpoint, mail_server, nobody
from tourcrm.db import engine, setting
from tourcrm.models import Complaint, ComplaintEvent, Notice
from tourcrm.notifications import outbox, transport

KEY = "693a91f6bc4c97a00ec2"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def watched(db: Path) -> Path:
    """An agency with a routine complaint of 09:30 in Shanghai; its answer is due at 11:30."""
    agency(db, language="en")
    with writing(db) as session:
        who = add_customer(session, name="王芳", phone="+8613812345678", owner="李娜")
        complain(session, who, "K00001", NOW)
    return db


def complain(session: object, who: int, code: str, at: datetime, severity: str = "routine") -> int:
    number = session.info["operation"]  # type: ignore[attr-defined]  # of tests.builders.writing
    row = Complaint(
        code=code,
        customer_id=who,
        severity=severity,
        category="hotel",
        text="房间没有热水",
        opened_at=at,
        operation_id=number,
    )
    session.add(row)  # type: ignore[attr-defined]
    session.flush()  # type: ignore[attr-defined]
    assert row.id is not None
    step(session, row.id, "opened", at)
    return row.id


def step(session: object, complaint: int, name: str, at: datetime) -> None:
    number = session.info["operation"]  # type: ignore[attr-defined]
    session.add(  # type: ignore[attr-defined]
        ComplaintEvent(complaint_id=complaint, step=name, at=at, staff="李娜", operation_id=number)
    )
    session.flush()  # type: ignore[attr-defined]


@pytest.fixture
def web(db: Path) -> Iterator[Endpoint]:
    """An HTTP endpoint that is on duty."""
    with endpoint() as it:
        place(db, "值班群", f"json://127.0.0.1:{it.port}/{KEY}")
        yield it


@pytest.fixture
def box(db: Path) -> Iterator[Mailbox]:
    """A mailbox that is on duty."""
    with mail_server() as it:
        place(db, "小林", f"mailto://127.0.0.1:{it.port}?from=crm@example.com&to=li@example.com")
        yield it


def place(db: Path, name: str, address: str) -> None:
    with engine.writing(db) as session:
        outbox.add(session, numbering(session), setting.load(session), name, address)


def at(clock: time_machine.Traveller, minutes: int) -> None:
    clock.move_to(NOW + timedelta(minutes=minutes))


def notices(db: Path) -> list[Notice]:
    with engine.reading(db) as session:
        found = list(session.exec(select(Notice)))
        session.expunge_all()
        return found


def test_it_is_silent_until_a_clock_runs_out_and_then_says_each_thing_once(
    invoke: Invoke, clock: time_machine.Traveller
) -> None:
    said = {}
    for minute in (0, 60, 85, 90, 95, 115, 120, 125, 175):
        at(clock, minute)
        done = invoke("complaints", "watch")
        assert (done.exit_code, done.stderr) == (0, "")
        if done.stdout:
            said[minute] = "".join(done.stdout.split())  # wrapped somewhere
    about = "K00001·hotel·王芳C000001·13812345678·李娜“房间没有热水”"
    assert said == {
        90: f"!30minleft,until11:30·{about}",
        120: f"!DUENOW·{about}",
    }
    assert "OVERDUE by 55 min" in invoke("complaints", "watch", "--all").stdout
    found = json.loads(invoke("complaints", "watch", "--all", "-f", "json").stdout)
    assert [(row["code"], row["minutes_left"], row["breached"]) for row in found] == [
        ("K00001", -55, True)
    ]
    assert invoke("complaints", "watch", "-f", "json").stdout == "[]\n"


def test_whoever_is_on_duty_is_told_by_mail_and_over_http(
    invoke: Invoke, db: Path, clock: time_machine.Traveller, web: Endpoint, box: Mailbox
) -> None:
    at(clock, 100)
    for _run in range(2):
        assert invoke("complaints", "watch").exit_code == 0
    text = "20 min left, until 11:30 · K00001 · hotel · 王芳 C000001 · 李娜"
    assert [post["message"] for post in web.posted] == [text]
    (letter,) = box.letters
    assert letter["Subject"] == "tourcrm: complaints that wait for an answer"
    assert letter.get_content().strip() == text
    assert {notice.text for notice in notices(db)} == {""}


def test_a_crisis_is_told_at_once_and_what_is_answered_no_more(
    invoke: Invoke, db: Path, clock: time_machine.Traveller, web: Endpoint
) -> None:
    with writing(db) as session:
        crisis = complain(session, 1, "K00002", NOW, "crisis")
    done = invoke("complaints", "watch")
    assert done.stdout.startswith("! 30 min left, until 10:00 · K00002 · crisis · hotel")
    assert len(web.posted) == 1
    with writing(db) as session:
        step(session, crisis, "responded", NOW + timedelta(minutes=5))
    at(clock, 60)
    assert invoke("complaints", "watch").stdout == ""
    assert len(web.posted) == 1


def test_what_could_not_be_sent_is_said_and_tried_again_until_it_is(
    invoke: Invoke, db: Path, clock: time_machine.Traveller, web: Endpoint
) -> None:
    at(clock, 91)
    web.status = 500
    failed = invoke("complaints", "watch")
    assert failed.exit_code == 1
    assert failed.stdout.startswith("! 29 min left")
    assert failed.stderr.startswith("值班群 could not be told, and it is tried again: ")
    assert "error=500" in failed.stderr
    assert KEY not in failed.stderr
    at(clock, 92)  # too soon to try again, and nothing new to say
    quiet = invoke("complaints", "watch")
    assert (quiet.exit_code, quiet.stdout, quiet.stderr, len(web.posted)) == (0, "", "", 1)
    web.status = 200
    at(clock, 96)
    again = invoke("complaints", "watch")
    assert (again.exit_code, again.stdout, again.stderr) == (0, "", "")
    assert web.posted[-1]["message"].startswith("24 min left")  # true when it is read
    at(clock, 110)
    invoke("complaints", "watch")
    assert len(web.posted) == 2
    assert KEY not in repr([(notice.text, notice.error) for notice in notices(db)])


def test_one_that_is_down_keeps_no_other_from_being_told(
    invoke: Invoke, db: Path, clock: time_machine.Traveller, web: Endpoint
) -> None:
    place(db, "小林", f"mailto://127.0.0.1:{nobody()}?from=a@example.com")
    at(clock, 95)
    done = invoke("complaints", "watch")
    assert (done.exit_code, len(web.posted)) == (1, 1)
    assert [line.partition(" ")[0] for line in done.stderr.splitlines()] == ["小林"]
    waiting = json.loads(invoke("notify", "list", "-f", "json").stdout)
    assert [(row["name"], row["waiting"]) for row in waiting] == [("值班群", 0), ("小林", 1)]


def test_what_was_not_sent_when_it_is_answered_is_not_sent_any_more(
    invoke: Invoke, db: Path, clock: time_machine.Traveller, web: Endpoint
) -> None:
    at(clock, 95)
    web.status = 500
    invoke("complaints", "watch")
    with writing(db) as session:
        step(session, 1, "responded", NOW + timedelta(minutes=96))
    web.status = 200
    at(clock, 100)
    done = invoke("complaints", "watch")
    assert (done.exit_code, done.stdout, done.stderr, len(web.posted)) == (0, "", "", 1)
    assert not any(n.sent_at is None and n.given_up_at is None for n in notices(db))


def test_a_run_that_is_killed_while_it_sends_is_made_good(
    invoke: Invoke,
    clock: time_machine.Traveller,
    web: Endpoint,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    at(clock, 95)
    with monkeypatch.context() as patched:
        patched.setattr("tourcrm.notifications.transport.send", killed)
        invoke("complaints", "watch")
    at(clock, 100)
    invoke("complaints", "watch")
    assert [post["message"][:10] for post in web.posted] == ["20 min lef"]


def test_a_reopened_complaint_is_told_of_anew(
    invoke: Invoke, db: Path, clock: time_machine.Traveller
) -> None:
    at(clock, 95)
    assert invoke("complaints", "watch").stdout
    with writing(db) as session:
        step(session, 1, "responded", NOW + timedelta(minutes=96))
        step(session, 1, "closed", NOW + timedelta(minutes=97))
        step(session, 1, "reopened", NOW + timedelta(minutes=100))
    at(clock, 195)
    assert invoke("complaints", "watch").stdout.startswith("! 25 min left")


def test_how_early_it_warns_is_a_setting(invoke: Invoke, clock: time_machine.Traveller) -> None:
    at(clock, 95)
    invoke("settings", "warn_minutes", "10")
    assert invoke("complaints", "watch").stdout == ""
    at(clock, 110)
    assert invoke("complaints", "watch").stdout != ""


def test_what_customers_typed_is_harmless_on_the_screen_and_in_messages(
    invoke: Invoke, db: Path, clock: time_machine.Traveller, web: Endpoint
) -> None:
    with writing(db) as session:
        who = add_customer(session, name="王\x1b[2J芳\u202e")
        complain(session, who, "K00002", NOW - timedelta(minutes=1))
    at(clock, 94)
    said = invoke("complaints", "watch").stdout
    for text in (said, web.posted[0]["message"]):
        assert "王␛[2J芳\\u202e" in text
        assert "\x1b" not in text
    assert len(web.posted) == 1  # two complaints in one message
    assert len(web.posted[0]["message"].splitlines()) == 2


def test_two_runs_at_once_tell_once(
    invoke: Invoke,
    clock: time_machine.Traveller,
    web: Endpoint,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The second starts while the first is sending."""
    codes = []

    def slow(messages: list[transport.Outgoing]) -> list[transport.Sent]:
        monkeypatch.setattr(transport, "send", real)
        codes.append(invoke("complaints", "watch").exit_code)
        return real(messages)

    real = transport.send
    monkeypatch.setattr(transport, "send", slow)
    at(clock, 95)
    codes.append(invoke("complaints", "watch").exit_code)
    assert (codes, len(web.posted)) == ([0, 0], 1)


def test_a_place_that_is_added_later_is_told_how_things_stand(
    invoke: Invoke, db: Path, clock: time_machine.Traveller
) -> None:
    at(clock, 95)
    assert invoke("complaints", "watch").stdout
    with endpoint() as web:
        place(db, "值班群", f"json://127.0.0.1:{web.port}/")
        assert invoke("complaints", "watch").stdout == ""
        assert len(web.posted) == 1


def test_tiers_are_told_and_the_best_comes_first(
    invoke: Invoke, db: Path, clock: time_machine.Traveller
) -> None:
    with writing(db) as session:
        best = add_customer(session, name="李强")
        add_trip(session, best, "2026-03-01", returns_on="2026-03-05", price=9_000_000)
        add_trip(session, 1, "2026-03-01", returns_on="2026-03-05", price=100_000)
        complain(session, best, "K00002", NOW)
    at(clock, 95)
    first, second = (
        line for line in invoke("complaints", "watch").stdout.splitlines() if line[0] == "!"
    )
    assert ("K00002" in first, "tier A" in first, "K00001" in second) == (True, True, True)


def test_over_night_a_clock_stands_still_and_nobody_is_woken(
    invoke: Invoke, clock: time_machine.Traveller
) -> None:
    invoke("settings", "business_hours", "09:00-10:00")  # opened at 09:30
    at(clock, 0)
    assert invoke("complaints", "watch").stdout == ""
    at(clock, 12 * 60)
    assert invoke("complaints", "watch").stdout == ""
    at(clock, 24 * 60 + 30)  # half past nine is past, ten is closing time: half an hour is left
    assert invoke("complaints", "watch").stdout.startswith("! 30 min left, until 2026-11-22 09:30")
