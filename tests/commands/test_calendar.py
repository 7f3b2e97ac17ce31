"""`tourcrm followups calendar`: a file that a phone imports again and again."""

import json
import re
import stat
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine

from tests.builders import add_customer, add_special_date, add_trip, agency, writing
from tests.conftest import Invoke
from tests.importer import Shop
from tourcrm.models import Customer

NAUGHTY = "王,芳;\\n \x1b[31m\u202e\r\nEND:VCALENDAR\x00".replace("\x00", "")


@dataclass
class Event:
    """What a calendar reads of an event."""

    lines: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.lines[name]


TEXTS = {"SUMMARY", "DESCRIPTION", "X-WR-CALNAME", "CATEGORIES"}


def read(content: bytes) -> dict[str, Event]:
    """The events of a file by their UID, as strictly as RFC 5545 is written."""
    assert content.endswith(b"\r\n")
    physical = content[:-2].split(b"\r\n")
    for octets in physical:
        assert len(octets) <= 75
        assert not re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", octets)
        octets.decode("utf-8")  # no character is cut in two
    unfolded = content[:-2].replace(b"\r\n ", b"").decode("utf-8").split("\r\n")
    assert unfolded[0] == "BEGIN:VCALENDAR"
    assert unfolded[-1] == "END:VCALENDAR"
    assert {"VERSION:2.0", "METHOD:PUBLISH"} <= set(unfolded)
    events: dict[str, Event] = {}
    event = None
    for line in unfolded[1:-1]:
        match = re.fullmatch(r"([A-Z-]+)((?:;[A-Z-]+=[^;:]+)*):(.*)", line)
        assert match, line
        name, _params, value = match.groups()
        if line == "BEGIN:VEVENT":
            assert event is None
            event = Event()
        elif line == "END:VEVENT":
            assert event is not None
            assert {"UID", "DTSTAMP", "DTSTART", "SEQUENCE", "STATUS"} <= set(event.lines)
            assert event["UID"] not in events
            events[event["UID"]] = event
            event = None
        elif event is not None:
            assert name not in event.lines
            event.lines[name] = text(value) if name in TEXTS else value
    assert event is None
    return events


def text(value: str) -> str:
    assert re.fullmatch(r"(?:[^\\;,]|\\[\\;,nN])*", value), value
    return re.sub(r"\\(.)", lambda found: {"n": "\n", "N": "\n"}.get(found[1], found[1]), value)


@pytest.fixture
def filled(db: Path) -> Path:
    """On 20 November 2026: a return, two of a departure, a birthday, a strange name."""
    agency(db, today="2026-11-20")
    with writing(db) as session:
        fang = add_customer(session, "C1", name="王芳", phone="+8613812345678", owner="李娜")
        add_trip(session, fang, "2026-11-12", returns_on="2026-11-18", destination="桂林", price=1)
        add_special_date(session, fang, "birthday", 12, 4)
        odd = add_customer(session, "C2", name=NAUGHTY, owner="吴昊")
        add_trip(session, odd, "2026-11-12", returns_on="2026-11-19", destination=NAUGHTY)
        for number in (3, 4):
            who = add_customer(session, f"C{number}", name=f"客户C{number}")
            add_trip(session, who, "2026-11-29", destination="云南", code=f"T{number}")
    return db


def written(invoke: Invoke, path: Path, *words: str, hour: int = 1) -> dict[str, Event]:
    with time_machine.travel(datetime(2026, 11, 20, hour, tzinfo=UTC), tick=False):
        done = invoke("followups", "calendar", path, *words)
    assert done.exit_code == 0, done.stderr
    return read(path.read_bytes())


def only(events: dict[str, Event], *said: str) -> Event:
    (found,) = [one for one in events.values() if all(part in one["SUMMARY"] for part in said)]
    return found


@pytest.mark.usefixtures("filled")
def test_each_line_is_an_all_day_event_on_its_day(invoke: Invoke, tmp_path: Path) -> None:
    file = tmp_path / "x.ics"
    events = written(invoke, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    late = only(events, "王芳 · Welcome home: a call")
    assert late["DTSTART"] == "20261120"  # overdue: today
    assert late["CATEGORIES"] == "welcome_home"
    assert (late["STATUS"], late["TRANSP"]) == ("CONFIRMED", "TRANSPARENT")
    assert late["DESCRIPTION"].startswith("Back from 桂林 on 18 November\n138****5678\n“Hello")
    assert late["DESCRIPTION"].endswith("followups done " + late["UID"].removesuffix("@tourcrm"))
    batch = only(events, "Travel handbook · 云南 · 2 customers")
    assert batch["DTSTART"] == "20261126"
    assert only(events, "王芳", "gift")["DTSTART"] == "20261127"
    assert only(events, "王芳", "Birthday message")["DTSTART"] == "20261204"
    ids = {event["DESCRIPTION"].split()[-1] for event in events.values()}
    listed = json.loads(invoke("followups", "list", "--to", "2026-12-18", "-f", "json").stdout)
    assert ids == {row["line"] or row["id"] for row in listed}


@pytest.mark.usefixtures("filled")
def test_a_departure_stays_one_event_whoever_books_or_cancels(
    invoke: Invoke, tmp_path: Path
) -> None:
    file = tmp_path / "x.ics"
    title = "Travel handbook"
    both = only(written(invoke, file), title, "云南")
    assert invoke("trips", "edit", "T4", "--departs", "2026-11-30").exit_code == 0
    apart = written(invoke, file)
    assert only(apart, "客户C3", title)["UID"] == both["UID"]
    own = only(apart, "客户C4", title)
    assert invoke("trips", "edit", "T4", "--departs", "2026-11-29").exit_code == 0
    assert only(written(invoke, file), title, "云南")["UID"] == both["UID"]
    assert invoke("trips", "cancel", "T4").exit_code == 0
    after = written(invoke, file)
    assert only(after, "客户C3", title)["UID"] == both["UID"]
    assert after[own["UID"]]["STATUS"] == "CANCELLED"


@pytest.mark.usefixtures("filled")
def test_any_text_stays_inside_its_event(invoke: Invoke, tmp_path: Path) -> None:
    odd = only(written(invoke, tmp_path / "x.ics"), "王,芳;\\n", "END:VCALENDAR", "Welcome")
    assert "\u202e" not in odd["SUMMARY"] + odd["DESCRIPTION"]
    assert odd["SUMMARY"].count("\n") == 0


@pytest.mark.usefixtures("filled")
def test_imported_again_what_was_decided_goes_and_what_was_put_off_moves(
    invoke: Invoke, tmp_path: Path
) -> None:
    file = tmp_path / "x.ics"
    before = written(invoke, file)
    done, off = only(before, "王芳", "Welcome"), only(before, "王,芳", "Welcome")
    for one, *words in ((done, "done"), (off, "snooze", "--days", "4")):
        id_ = one["UID"].removesuffix("@tourcrm")
        assert invoke("followups", words[0], id_, *words[1:]).exit_code == 0
    after = written(invoke, file, hour=2)
    assert set(after) == set(before)
    gone = after[done["UID"]]
    assert gone["STATUS"] == "CANCELLED"
    assert "王芳" not in "".join(gone.lines.values())
    assert (after[off["UID"]]["DTSTART"], after[off["UID"]]["STATUS"]) == ("20261124", "CONFIRMED")
    for uid, one in after.items():
        assert int(one["SEQUENCE"]) > int(before[uid]["SEQUENCE"])
        assert one["DTSTAMP"] > before[uid]["DTSTAMP"]
    assert written(invoke, file, "--days", "4")[off["UID"]]["STATUS"] == "CONFIRMED"
    assert off["UID"] not in written(invoke, file, "--days", "3")


@pytest.mark.usefixtures("filled")
def test_who_must_not_be_called_any_more_is_cancelled_without_a_name(
    invoke: Invoke, db: Path, tmp_path: Path
) -> None:
    before = written(invoke, tmp_path / "x.ics")
    with writing(db) as session:
        session.get_one(Customer, 1).status = "deceased"
    after = written(invoke, tmp_path / "x.ics", hour=2)
    assert "王芳" not in (tmp_path / "x.ics").read_text("utf-8")
    of_fang = {uid for uid, one in before.items() if one["SUMMARY"].startswith("王芳")}
    assert {after[uid]["STATUS"] for uid in of_fang} == {"CANCELLED"}


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    "words",
    [
        "customers edit C1 --owner 吴昊",
        "customers remember C1 birthday 12-04 --remove",
        "customers edit C1 --do-not-contact yes",
    ],
)
def test_a_calendar_is_told_when_something_is_off_for_whatever_reason(
    words: str, invoke: Invoke, tmp_path: Path
) -> None:
    file = tmp_path / "x.ics"
    before = written(invoke, file, "--owner", "李娜")
    title = ("Birthday message",) if "--remove" in words else ("王芳",)
    off = {uid for uid, one in before.items() if all(part in one["SUMMARY"] for part in title)}
    assert off
    assert invoke(*words.split()).exit_code == 0
    for hour in (2, 3):  # also where a file was not imported
        after = written(invoke, file, "--owner", "李娜", hour=hour)
        assert {after[uid]["STATUS"] for uid in off} == {"CANCELLED"}
    others = written(invoke, file, "--owner", "吴昊", hour=4)  # was told nothing of it
    assert all(one["STATUS"] == "CONFIRMED" for one in others.values())


def test_what_an_import_brought_is_off_when_it_is_undone(shop: Shop, invoke: Invoke) -> None:
    file = shop.folder / "x.ics"
    sheet = [["name", "phone", "departs_on"], ["王芳", "13812345678", "2026-11-29"]]
    assert shop.take("trips", sheet, "--create-customers")["added"] == 1
    before = written(invoke, file)
    assert invoke("imports", "undo", "1").exit_code == 0
    after = written(invoke, file, hour=2)
    assert {one["STATUS"] for one in after.values()} == {"CANCELLED"}
    assert set(after) == set(before) != set()


@pytest.mark.usefixtures("filled")
def test_a_span_an_owner_and_numbers_in_full(invoke: Invoke, tmp_path: Path) -> None:
    file = tmp_path / "x.ics"
    assert len(written(invoke, file, "--days", "0")) == 2
    assert [
        e["SUMMARY"][:2] for e in written(invoke, file, "--days", "0", "--owner", "李娜").values()
    ] == ["王芳"]
    revealed = written(invoke, file, "--days", "0", "--reveal")
    assert "138 1234 5678" in only(revealed, "王芳")["DESCRIPTION"]
    assert invoke("followups", "calendar", "-", "--days", "0").stdout_bytes.startswith(
        b"BEGIN:VCALENDAR\r\n"
    )


@pytest.mark.usefixtures("filled")
def test_what_does_not_fit_the_day_is_counted(invoke: Invoke, db: Path, tmp_path: Path) -> None:
    with writing(db) as session:
        add_trip(
            session, add_customer(session, owner="李娜"), "2026-11-12", returns_on="2026-11-19"
        )
    invoke("settings", "daily_capacity", "1")
    done = invoke("followups", "calendar", tmp_path / "x.ics", "--days", "0")
    assert done.stdout.splitlines()[1] == "1 customer more does not fit the day, and is left out."


@pytest.mark.usefixtures("filled")
def test_no_other_file_is_overwritten_by_mistake(invoke: Invoke, db: Path) -> None:
    before = db.read_bytes()
    refused = invoke("followups", "calendar", db)
    assert refused.exit_code == 2
    assert ".ics" in refused.stderr
    assert db.read_bytes() == before
