"""The schema, step by step: every older file comes up to date, whole or not at all.

Row of reliability.md: "older schema: any command copies the file, migrates in one transaction,
says so; a failed step leaves the old file". Kills during a migration and what the user is told:
tests/faults.

A fixture of schema/ is an agency as that version wrote it, as SQL text. It is written anew with
every change of the newest step, until that is released, and never again:

    PYTHONPATH=src:. python tests/db/test_migrations.py
"""

import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, SQLModel, create_engine

from tests.builders import NOW, TODAY, add_customer, add_special_date, add_trip, agency, writing
from tests.contacts import add_answer, add_complaint, add_step, add_tag, add_task
from tourcrm import models
from tourcrm.base.errors import Unusable
from tourcrm.db import files, migrations
from tourcrm.db.migrations import STEPS, Step
from tourcrm.models import (
    CalendarEntry,
    Change,
    ChannelConsent,
    ComplaintFix,
    CustomerAlias,
    CustomerSource,
    Departure,
    DestinationNote,
    DistinctPair,
    Erased,
    FollowupOutcome,
    ImportRow,
    Installment,
    Interaction,
    ItineraryLine,
    Look,
    Notice,
    OwnField,
    OwnValue,
    Payment,
    Preference,
    Product,
    RejectFile,
    SavedFilter,
    Traveller,
    TripCost,
    Voucher,
)

FIXTURES = Path(__file__).parent / "schema"
FUTURE = Step(
    "nicknames",
    (
        "ALTER TABLE customer ADD COLUMN nickname TEXT",
        "UPDATE customer SET nickname = name",
    ),
)
BROKEN = Step("breaks half-way", (*FUTURE.statements, "INSERT INTO nowhere VALUES (1)"))
ORPHANS = Step("loses parents", ("UPDATE trip SET customer_id = 4711",))


def load(version: int, path: Path) -> Path:
    """A file as that version wrote it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((FIXTURES / f"version_{version}.sql").read_text("utf-8"))
    return path


def schema(connection: sqlite3.Connection) -> dict[str, str]:
    """The statements that made tables and indexes, without what does not matter in them."""
    return {
        name: _references_last(re.sub(r'[\s"]+', "", sql))
        for name, sql in connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
        )
    }


def _references_last(sql: str) -> str:
    """A reference that a column got when it was added stands beside it, others at the end."""
    added = re.findall(r"(\w+)INTEGERREFERENCES(\w+)\(id\)", sql)
    sql = re.sub(r"INTEGERREFERENCES\w+\(id\)", "INTEGER", sql)
    more = "".join(f",FOREIGNKEY({column})REFERENCES{table}(id)" for column, table in added)
    return f"{sql[:-1]}{more})" if more else sql


def rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(path)) as connection:
        tables = [
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in tables}


def from_steps(steps: Sequence[Step]) -> dict[str, str]:
    with closing(sqlite3.connect(":memory:")) as connection:
        for step in steps:
            for statement in step.statements:
                connection.execute(statement)
        return schema(connection)


def test_models_and_migrations_describe_the_same_tables(tmp_path: Path) -> None:
    assert models.Customer.metadata is SQLModel.metadata
    file = tmp_path / "models.db"
    engine = create_engine(f"sqlite:///{file}")
    SQLModel.metadata.create_all(engine)
    engine.dispose()
    with closing(sqlite3.connect(file)) as connection:
        by_models = schema(connection)
    by_steps = from_steps(STEPS)
    assert by_models.keys() == by_steps.keys()
    for name in by_models:
        assert by_steps[name] == by_models[name], name


@pytest.mark.parametrize("version", range(1, migrations.NEWEST + 1))
def test_a_step_is_never_edited_once_it_was_released(version: int, tmp_path: Path) -> None:
    with closing(sqlite3.connect(load(version, tmp_path / "old.db"))) as connection:
        assert schema(connection) == from_steps(STEPS[:version])
        assert connection.execute("PRAGMA user_version").fetchone() == (version,)


@pytest.mark.parametrize("version", range(1, migrations.NEWEST + 1))
def test_every_older_file_comes_up_to_date_with_all_its_rows(version: int, tmp_path: Path) -> None:
    file = load(version, tmp_path / "old.db")
    before = rows(file)
    kept = files.ready(file)
    assert (kept is None) == (version == migrations.NEWEST)
    with closing(sqlite3.connect(file)) as connection:
        assert schema(connection) == from_steps(STEPS)
    assert {name: len(some) for name, some in rows(file).items() if name in before} == {
        name: len(some) for name, some in before.items()
    }
    assert len(before["trip"]) >= 2


def test_the_file_is_copied_then_migrated(db: Path) -> None:
    agency(db)
    with writing(db) as session:
        add_customer(session, "A", name="王芳")
    before = rows(db)
    kept = files.ready(db, (*STEPS, FUTURE))
    assert kept == db.with_name(f"agency.before-v{len(STEPS) + 1}.db")
    assert kept is not None
    assert rows(kept) == before
    assert kept.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(db)) as connection:
        assert connection.execute("SELECT nickname FROM customer").fetchall() == [("王芳",)]
        assert connection.execute("PRAGMA user_version").fetchone() == (len(STEPS) + 1,)
    assert files.ready(db, (*STEPS, FUTURE)) is None


@pytest.mark.parametrize("step", [BROKEN, ORPHANS], ids=lambda step: step.why)
def test_a_step_that_fails_leaves_the_old_file_and_no_copy(db: Path, step: Step) -> None:
    agency(db)
    with writing(db) as session:
        add_trip(session, add_customer(session, "A"), "2026-01-01")
    before, there = rows(db), sorted(db.parent.iterdir())
    for _ in range(2):  # cron tries again every morning
        with pytest.raises((Unusable, sqlite3.OperationalError)):
            files.ready(db, (*STEPS, step))
    assert rows(db) == before
    assert sorted(db.parent.iterdir()) == there
    assert files.ready(db) is None


def test_a_copy_never_takes_the_place_of_an_earlier_one(db: Path) -> None:
    agency(db)
    first = db.with_name(f"agency.before-v{len(STEPS) + 1}.db")
    first.write_text("mine")
    kept = files.ready(db, (*STEPS, FUTURE))
    assert kept == db.with_name(f"agency.before-v{len(STEPS) + 1}-2.db")
    assert first.read_text() == "mine"


def test_a_file_of_the_future_is_left_alone(db: Path) -> None:
    agency(db)
    files.ready(db, (*STEPS, FUTURE))
    before = db.read_bytes()
    with pytest.raises(Unusable, match="newer tourcrm"):
        files.ready(db)
    assert db.read_bytes() == before


def test_the_newest_fixture_has_rows_of_every_table(tmp_path: Path) -> None:
    """What a later step does to rows is tried on rows."""
    held = rows(load(migrations.NEWEST, tmp_path / "old.db"))
    assert [name for name, some in held.items() if not some] == []


def _fill(session: Session, customer: int) -> None:
    """A row at least of each table that the customer and the trips do not fill."""
    number = session.info["operation"]
    by: dict[str, Any] = {"operation_id": number}
    of: dict[str, Any] = {"customer_id": customer, **by}
    trip = add_trip(session, customer, "2026-12-24", price=1_280_050)
    add_tag(session, customer, "VIP")
    add_complaint(session, customer, NOW, "K00001", trip_id=1, category="hotel")
    add_step(session, 1, "responded", NOW)
    add_answer(session, customer, TODAY, trip_id=1, nps=3, csat=2, hotel=1, comment="房间有霉味")
    add_task(session, customer, TODAY, TODAY, trip_id=trip)
    refund: dict[str, Any] = {
        "reason": "third_party",
        "complaint_id": 1,
        "trip_id": 1,
        "promised_on": TODAY,
    }
    session.add(
        FollowupOutcome(
            rule="task", subject_table="task", subject_id=1, occurrence="once", anchor_on=TODAY,
            due_on=TODAY, status="done", note="x", staff="Li", at=NOW, **of,
        )
    )  # fmt: skip
    session.flush()
    for row in (
        Interaction(at=NOW, channel="phone", outcome_id=1, summary="x", **of),
        ComplaintFix(complaint_id=1, what="换酒店", owner="李娜", promised_on=TODAY, **by),
        Payment(code="P0000001", kind="refund", amount=-12_345, paid_on=TODAY, **refund, **by),
        Payment(
            code="P0000002", kind="reversal", amount=12_345, reverses_id=1, paid_on=TODAY,
            **refund, **by,
        ),
        Voucher(code="V00001", kind="discount", pay_ratio=0.8, issued_on=TODAY, **of),
        Voucher(
            code="V00002", kind="amount", amount=50_000, issued_on=TODAY, redeemed_on=TODAY,
            redeemed_trip_id=trip, **of,
        ),
        Notice(
            channel="值班群", subject_table="complaint", subject_id=1, once="x", text="y",
            made_at=NOW, sent_at=NOW,
        ),
        Product(code="YN6", name="云南6日", destination="云南", days=6, list_price=398_000, **by),
        Departure(
            code="YN6-0501", product_id=1, destination="云南", departs_on=TODAY, returns_on=TODAY,
            seats=20, **by,
        ),
        Traveller(trip_id=1, **of),
        ItineraryLine(departure_id=1, on_day=TODAY, what="石林", **by),
        Look(customer_id=1, what="customers reveal", **by),
        CustomerAlias(customer_id=1, code="ALT7", **by),
        CustomerSource(
            customer_id=1, source="ctrip", number="99", first_seen=TODAY, last_seen=TODAY, **by
        ),
        Preference(customer_id=1, key="seat", value="aisle", **by),
        OwnField(id=1, name="饮食禁忌", **by),
        OwnValue(customer_id=1, field_id=1, value="不吃辣", **by),
        SavedFilter(name="亲子海岛", options="{}", **by),
        ChannelConsent(customer_id=1, channel="sms", answer="no", said_on=TODAY, **by),
        DistinctPair(customer_id=1, other_id=2, **by),
        RejectFile(path="/tmp/x.rejected.csv", written_on=TODAY),
        Erased(digest="00", erased_on=TODAY, **by),
        DestinationNote(destination="云南", topic="weather", text="早晚凉", **by),
        Installment(trip_id=1, kind="balance", amount=200_000, due_on=TODAY, **by),
        TripCost(trip_id=1, supplier="地接", amount=300_000, commission=0.1, noted_on=TODAY, **by),
        CalendarEntry(owner="李娜", id="H5H4VY74", day=TODAY, rule="birthday"),
        Change(
            table_name="customer", row_id=customer, customer_id=customer,
            before='{"note": null}', after='{"note": "x"}', **by,
        ),
        ImportRow(fingerprint="x", table_name="trip", row_id=trip, **by),
    ):  # fmt: skip
        session.add(row)
        session.flush()


def _write_fixture() -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        file = agency(Path(folder), today=TODAY.isoformat())
        with writing(file) as session:
            first = add_customer(session, name="王芳", phone="+8613812345678", note="换行\n'引号'")
            add_customer(session, name="张伟", company_id=first)
            add_trip(session, first, "2026-11-01", returns_on="2026-11-05", price=123_456)
            add_trip(session, first, None, status="inquiry")
            add_special_date(session, first, "birthday", 8, 15, calendar="lunar")
            _fill(session, first)
        with closing(sqlite3.connect(file)) as connection:
            lines = [
                f"PRAGMA application_id={files.APPLICATION_ID};",
                f"PRAGMA user_version={migrations.NEWEST};",
                *connection.iterdump(),
            ]
    fixture = FIXTURES / f"version_{migrations.NEWEST}.sql"
    fixture.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    _write_fixture()
