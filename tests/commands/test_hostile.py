"""Files and texts that mean harm, and numbers that must never be seen, through every command.

Rows of reliability.md: all of "Input" that an import can meet (files: tests/hostile.py), and
of "Output and privacy": names and notes that steer a terminal, and ID, passport and masked phone
numbers in no output, error, temporary file or process argument.
"""

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlmodel import SQLModel

from tests.builders import (
    NOW,
    TODAY,
    add_customer,
    add_special_date,
    add_trip,
    agency,
    prepared,
    writing,
)
from tests.conftest import Invoke
from tests.faults.nursery import contents
from tests.hostile import HOSTILE, NAUGHTY, Hostile, write
from tourcrm.db import engine
from tourcrm.models import (
    Complaint,
    ComplaintEvent,
    ComplaintFix,
    CustomerTag,
    Interaction,
    Payment,
    SurveyResponse,
    Trip,
    Voucher,
)

# What no screen may get to see: C0 but the line feed, DEL, C1, and what hides or turns text.
STEERING = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"
    "\ud800-\udfff\ue000-\uf8ff\U000e0000-\U000e007f]"
)
# What words to paste need: joiners between emoji, and after letters of scripts written with them.
NEEDED = re.compile(
    "(?<=[\U0001f000-\U0001faff\ufe0f])\u200d(?=[\u2600-\u27bf\U0001f000-\U0001faff])"
    "|(?<=[\u0620-\u06ff\u0900-\u0dff])[\u200c\u200d]"
)
# SQLite texts hold no NUL: an import takes it out or refuses the row.
STORED = tuple(text for text in NAUGHTY if "\x00" not in text)

RECORDED = ("operation", "look", "sqlite_sequence")  # that somebody looked
SCREENS = (
    *("customers list", "customers list --reveal", "customers show C000001", "customers find x"),
    *("trips list", "trips show T0000001", "trips find x", "interactions list"),
    *("surveys list", "surveys nps --by destination", "surveys csat --by guide", "surveys sample"),
    *("segments rfm", "segments tiers", "segments quadrants", "imports list"),
    *("followups due", "followups list", "followups list --held", "followups results", "today"),
    *("complaints list --all", "complaints show K00001", "complaints list --fixes"),
    *("complaints list --sla", "payments list", "vouchers list --all", "settings", "check"),
)
MACHINES = (
    *("customers export", "customers list", "trips export", "interactions export"),
    *("payments list", "vouchers list --all"),
    *(
        "surveys export",
        "surveys list",
        "surveys sample -n 1000 --as-of 2026-11-18",
        "surveys nps --by advisor",
    ),
    *("segments rfm", "segments tiers", "segments quadrants", "followups due"),
    *("complaints list", "complaints list --fixes"),
)
IN_PART = ("segments", "followups", "surveys sample", "surveys nps")
WHOLE = {words for words in MACHINES if not words.startswith(IN_PART)}


# --- hostile files --------------------------------------------------------------------------------


@pytest.mark.parametrize("case", HOSTILE, ids=lambda case: case.name)
def test_a_hostile_file_is_taken_whole_or_refused_with_its_reason(
    case: Hostile, invoke: Invoke, db: Path, tmp_path: Path
) -> None:
    agency(db, today=TODAY.isoformat())
    file = write(case, tmp_path)
    before = contents(db)
    there = {path.name for path in tmp_path.iterdir()}
    done = invoke("customers", "import", file, "-f", "json")
    assert not STEERING.search(done.stderr), done.stderr
    assert "Internal error" not in done.stderr, done.stderr
    if case.outcome == "refused":
        assert (done.exit_code, done.stdout) == (1, "")
        assert case.says in done.stderr
        assert case.name in done.stderr
        assert 1 <= done.stderr.count("\n") <= 3
        assert contents(db) == before
        assert {path.name for path in tmp_path.iterdir()} == there
        return
    assert done.exit_code in (0, 4), done.stderr
    (told,) = json.loads(done.stdout)
    assert told["read"] >= case.good
    assert told["added"] <= case.good
    assert told["read"] == sum(told[n] for n in ("added", "updated", "unchanged", "rejected"))
    # A row without an identity of its own is known again, too; identical lines become one.
    assert len(contents(db)["customer"]) == told["added"]
    again = json.loads(invoke("customers", "import", file, "-f", "json").stdout)[0]
    assert (again["operation"], again["added"], again["updated"]) == (None, 0, 0)


READABLE = [case for case in HOSTILE if case.outcome != "refused"]


@pytest.mark.parametrize("case", READABLE, ids=lambda case: case.name)
def test_no_hostile_file_breaks_the_other_imports(
    case: Hostile, invoke: Invoke, db: Path, tmp_path: Path
) -> None:
    agency(db, today=TODAY.isoformat())
    file = write(case, tmp_path)
    for entity in ("trips", "interactions", "surveys"):
        before = contents(db)
        done = invoke(entity, "import", file)
        assert done.exit_code in (0, 1, 4), done.stderr
        assert "Internal error" not in done.stderr, done.stderr
        assert not STEERING.search(done.output.replace("\t", "")), done.output
        if done.exit_code == 1:
            assert contents(db) == before


# --- naughty texts --------------------------------------------------------------------------------


@pytest.fixture
def naughty(db: Path) -> Path:
    """An agency where every field of every table that takes text holds a naughty one."""
    return prepared("naughty", db, lambda: _naughty(db))


def _naughty(db: Path) -> None:
    agency(db, today=TODAY.isoformat(), time_zone="Asia/Shanghai")
    with writing(db) as session:
        for number, text in enumerate(STORED):
            everywhere = dict.fromkeys(
                (
                    *("name", "wechat", "email", "passport_name", "city", "address", "occupation"),
                    *("source", "owner", "consent_source", "note", "lost_reason", "rival"),
                    *("id_number", "passport_no", "phone2"),
                ),
                text,
            )
            phone = f"+86138{number:08d}"
            who = add_customer(session, f"C{number + 1:06d}", phone=phone, **everywhere)
            label = text[:200]
            add_special_date(session, who, label, 11, 20)
            session.add(CustomerTag(customer_id=who, tag=text, operation_id=1))
            texts = dict.fromkeys(("destination", "channel", "advisor", "guide", "note"), text)
            for day in ("2023-11-20", "2025-11-01", "2026-11-19", "2026-11-22"):
                # Booked late, so that on the 18th nobody has a trip to come.
                trip = add_trip(
                    session, who, day, returns_on=day, booked_on=min(day, "2026-11-19"),
                    price=100_000, **texts,
                )  # fmt: skip
            session.add(
                Interaction(
                    customer_id=who, trip_id=trip, at=NOW, channel="phone", direction="in",
                    kind="other", summary=text, staff=text, operation_id=1,
                )
            )  # fmt: skip
            session.add(
                Payment(
                    code=f"P{number:07d}", trip_id=trip, kind="refund", amount=-1,
                    promised_on=TODAY, method=text, reference=text, note=text, operation_id=1,
                )
            )  # fmt: skip
            session.add(
                Voucher(
                    code=f"V{number:05d}", customer_id=who, kind="gift", what=text, note=text,
                    issued_on=TODAY, operation_id=1,
                )
            )  # fmt: skip
            session.add(
                SurveyResponse(
                    customer_id=who, trip_id=trip, answered_on=TODAY, nps=9, guide=4,
                    comment=text, staff=text, operation_id=1,
                )
            )  # fmt: skip
            session.add_all(_complaint(number + 1, who, trip, text))
        strange: dict[str, Any] = dict.fromkeys(("code", "note", "lost_reason", "rival"), STORED[1])
        session.add(Trip(customer_id=1, status="lost", operation_id=1, **strange))


def _complaint(number: int, who: int, trip: int, text: str) -> list[SQLModel]:
    """A complaint, its steps and its fix, all in the same words."""
    said: dict[str, Any] = {"text": text, "operation_id": 1}
    steps = {"opened": None, "in_charge": text, "responded": None, "noted": text, "fixed": text}
    return [
        Complaint(
            id=number, code=f"K{number:05d}", customer_id=who, trip_id=trip, opened_at=NOW,
            cause="third_party", supplier=text, in_charge=text, **said,
        ),
        *(
            ComplaintEvent(
                complaint_id=number, step=step, at=NOW, staff=text, detail=detail, **said
            )
            for step, detail in steps.items()
        ),
        ComplaintFix(
            complaint_id=number, what=text, owner=text, promised_on=TODAY, operation_id=1
        ),
    ]  # fmt: skip


def test_no_screen_passes_on_what_would_steer_a_terminal(invoke: Invoke, naughty: Path) -> None:
    before = contents(naughty)
    for words, lang in zip(SCREENS, cycle(("en", "zh")), strict=False):
        done = invoke(*words.split(), lang=lang)
        assert done.exit_code in (0, 3), (words, done.output)
        found = STEERING.search(NEEDED.sub("", done.output))
        assert not found, (words, done.output[max(found.start() - 80, 0) : found.end() + 20])
    after = contents(naughty)
    assert {t: r for t, r in after.items() if t not in RECORDED} == {
        t: r for t, r in before.items() if t not in RECORDED
    }


def test_errors_pass_on_nothing_either(invoke: Invoke, naughty: Path, tmp_path: Path) -> None:
    for text in ("".join(NAUGHTY), *NAUGHTY[:2]):
        word = text.replace("\x00", "")  # the system lets no argument hold one
        for words in (
            ("customers", "show", word),
            # All words of the long text are sought for, which takes a while: by show alone.
            ("customers", "edit", word[:99], "--note", "x"),
            ("customers", "tag", word[:99], word),
            ("trips", "show", word),
            ("followups", "done", word),
            ("segments", "rfm", "--as-of", word),
            ("settings", word, word),
            ("settings", "cuts", word),
            ("customers", "import", word[:100]),
            ("customers", "export", "-o", tmp_path / "no" / word.replace("/", "")[:80]),
            ("interactions", "import", word[:100]),
            ("surveys", "add", "C000001", "--nps", word),
            ("surveys", "form", word),
            (word,),
        ):
            done = invoke(*words)
            assert not STEERING.search(done.output), (words, done.output)
            assert "Internal error" not in done.output, (words, done.output)


def cells(output: str) -> Iterator[str]:
    for row in csv.reader(io.StringIO(output, newline="")):
        yield from row


@time_machine.travel(NOW + timedelta(hours=1), tick=False)  # the complaints are open by then
def test_machines_get_every_text_exactly(invoke: Invoke, naughty: Path) -> None:
    for words in MACHINES:
        as_csv = set(cells(invoke(*words.split(), "-f", "csv").stdout_bytes.decode()))
        as_json: list[dict[str, Any]] = json.loads(invoke(*words.split(), "-f", "json").stdout)
        in_json = {str(value) for row in as_json for value in row.values()}
        assert as_json, words
        if words in WHOLE:
            for text in STORED:
                assert text in as_csv, (words, text[:60])
                assert text in in_json, (words, text[:60])


def test_files_for_excel_start_no_formula_and_hold_no_controls(
    invoke: Invoke, naughty: Path, tmp_path: Path
) -> None:
    import openpyxl

    for noun in ("customers", "trips", "interactions", "surveys"):
        book = tmp_path / f"{noun}.xlsx"
        assert invoke(noun, "export", "-o", book).exit_code == 0
        for row in openpyxl.load_workbook(book).active.iter_rows():
            assert all(cell.data_type != "f" for cell in row)
        sheet = tmp_path / f"{noun}.csv"
        assert invoke(noun, "export", "-o", sheet, "--excel").exit_code == 0
        for cell in cells(sheet.read_text("utf-8-sig")):
            assert not cell.lstrip().startswith(("=", "@", "\t", "\r")), cell[:60]


def trimmed(text: str | None) -> str:
    """Without what nobody can see at either end, which is taken off a cell."""
    return re.sub(rf"^(\s|{STEERING.pattern})+|(\s|{STEERING.pattern})+$", "", text or "")


@pytest.mark.parametrize("text", NAUGHTY, ids=range(len(NAUGHTY)))
def test_what_is_typed_or_imported_is_kept_exactly_or_refused(
    invoke: Invoke, db: Path, tmp_path: Path, text: str
) -> None:
    agency(db, today=TODAY.isoformat())
    file = tmp_path / "c.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["客户编号", "姓名", "备注"], ["A1", "王芳", text]])
    done = invoke("customers", "import", file)
    assert done.exit_code in (0, 1, 4), done.output
    assert not STEERING.search(done.output), done.output
    typed = text.replace("\x00", "")
    added = invoke("customers", "add", "张伟", "--code", "A2", "--note", typed)
    assert added.exit_code in (0, 1, 2), added.output
    assert not STEERING.search(added.output), added.output
    with engine.reading(db) as session:
        kept = dict(engine.rows(session, "SELECT code, note FROM customer"))
    for code, note in kept.items():
        given = text if code == "A1" else typed
        assert trimmed(note) == trimmed(given.replace("\x00", "")), "altered in storage"
    assert ("A1" in kept) == (done.exit_code == 0)
    assert ("A2" in kept) == (added.exit_code == 0)


# --- numbers that must never be seen --------------------------------------------------------------

ID = "11010119900307037X"
WRONG_ID = "110101199003070372"
PASSPORT = "E12345678"
PHONE = "13912345678"
SECOND = "13712345679"
CANARIES = (ID, WRONG_ID, PASSPORT)


@pytest.fixture
def private(invoke: Invoke, db: Path, tmp_path: Path) -> Path:
    """An agency with numbers to keep, some of them in rows that were rejected or overwritten."""
    return prepared("private", db, lambda: _private(invoke, db, tmp_path))


def _private(invoke: Invoke, db: Path, tmp_path: Path) -> None:
    agency(db, today=TODAY.isoformat(), time_zone="Asia/Shanghai")
    first = "姓名,手机,备用电话,身份证号,护照号\n"
    (tmp_path / "a.csv").write_text(
        first + f"王芳,{PHONE},{SECOND},{ID},{PASSPORT}\n李四,13612345678,,{WRONG_ID},\n", "utf-8"
    )
    (tmp_path / "b.csv").write_text(first + f"王芳,{PHONE},{SECOND},{ID},G87654321\n", "utf-8")
    for name in ("a.csv", "b.csv"):
        done = invoke("customers", "import", tmp_path / name)
        assert done.exit_code in (0, 4), done.output
        assert not any(canary in done.output for canary in CANARIES), done.output
    with writing(db) as session:
        add_trip(session, 1, "2026-11-12", returns_on="2026-11-19")


def test_numbers_are_masked_on_every_screen_and_in_every_format(
    invoke: Invoke, private: Path, tmp_path: Path
) -> None:
    hidden = (*CANARIES, "G87654321", SECOND)
    calling = (
        "customers show C000001",
        "followups",
        "today",
        "surveys sample",
    )  # where a phone is there to be called
    for words in (*SCREENS, *MACHINES, "imports show 2"):
        if "--reveal" in words or words in ("settings", "check"):
            continue
        for form in ("csv", "json", "jsonl") if words in MACHINES else ("table",):
            bare = words.startswith(
                ("customers find", "customers show", "trips show", "trips find", "complaints show")
            )
            done = invoke(*words.split(), *(() if bare else ("-f", form)))
            assert not any(number in done.output for number in hidden), (words, form, done.output)
            if not words.startswith(calling):
                assert PHONE not in done.output.replace(" ", ""), (words, form)
    for name in ("x.csv", "x.json", "x.jsonl"):
        assert invoke("customers", "export", "-o", tmp_path / name).exit_code == 0
        text = (tmp_path / name).read_text("utf-8")
        assert not any(number in text for number in (*hidden, PHONE)), name


def test_errors_do_not_repeat_numbers(invoke: Invoke, private: Path, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        f"客户,出发日期\n{ID[:-1]}X,2026-01-01\n{WRONG_ID},2026-01-01\n138****5678,2026-01-01\n",
        "utf-8",
    )
    for words in (
        ("trips", "import", tmp_path / "t.csv"),
        ("trips", "import", tmp_path / "t.csv", "--create-customers"),
        ("trips", "import", tmp_path / "t.csv", "-f", "json"),
        ("customers", "add", "赵六", "--id-number", WRONG_ID),
        ("customers", "edit", "C000001", "--id-number", WRONG_ID),
        ("customers", "show", WRONG_ID),
        ("customers", "add", "赵六", "--id-number", ID),
    ):
        done = invoke(*words)
        assert not any(canary in done.output for canary in CANARIES), (words, done.output)


def test_no_number_can_reach_the_arguments_of_another_process() -> None:
    """Anybody on the machine can read them: tourcrm starts no process at all."""
    package = Path(engine.__file__).parent
    for module in package.rglob("*.py"):
        code = module.read_text("utf-8")
        assert not re.search(
            r"subprocess\.(run|Popen|check|call)|os\.(system|popen|spawn|exec)", code
        ), module


def test_revealing_is_recorded_and_complete(invoke: Invoke, private: Path) -> None:
    shown = invoke("customers", "export", "-f", "csv", "--reveal").stdout
    assert all(number in shown for number in (ID, "G87654321", PHONE, SECOND))
    verbs = [row[3] for row in contents(private)["operation"]]
    assert verbs[-1] == "customers export --reveal"
