"""Two entries become one: every row moves, nothing is lost, and undo gives the same database."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import NOW, TODAY, add_customer, agency, writing
from tourcrm.customers import merge, merged_values
from tourcrm.customers.references import to_any_row, to_customers
from tourcrm.db import engine, operations
from tourcrm.history import undo
from tourcrm.models import Customer

DAY = "2026-01-05"
AT = "2026-01-05T01:30:00Z"
# A row of each table that refers to a customer, by what it needs. {c}: a customer, {o}: another,
# {t}: a trip, {k}: a complaint, {d}: a special date; a list is one of these.
ROWS: dict[str, dict[str, Any]] = {
    "customer_tag": {"customer_id": "{c}", "tag": ["甲", "乙", "丙"]},
    "special_date": {
        "customer_id": "{c}",
        "label": ["birthday", "wedding", "x"],
        "month": [1, 2],
        "day": 3,
        "year": [None, 1980],
        "calendar": ["solar", "lunar"],
        "leap": 0,
    },
    "trip": {
        "customer_id": "{c}",
        "code": "{n}",
        "service": "tour",
        "kind": "group",
        "status": "booked",
        "price": [100, 25_000, None],
    },
    "traveller": {"trip_id": "{t}", "customer_id": "{c}"},
    "interaction": {
        "customer_id": "{c}",
        "at": AT,
        "channel": "phone",
        "direction": "in",
        "kind": "other",
        "personal": 1,
    },
    "followup_outcome": {
        "customer_id": "{c}",
        "rule": ["birthday", "tier_visit"],
        "subject_table": ["special_date", "customer", "trip"],
        "subject_id": "{s}",
        "occurrence": "2026",
        "anchor_on": DAY,
        "due_on": DAY,
        "status": "done",
        "at": AT,
    },
    "task": {
        "customer_id": "{c}",
        "due_on": DAY,
        "what": "回电",
        "noted_on": DAY,
        "noted_by": "李娜",
    },
    "complaint": {
        "customer_id": "{c}",
        "code": "{n}",
        "severity": "routine",
        "category": "other",
        "text": "迟到",
        "opened_at": AT,
    },
    "voucher": {
        "customer_id": "{c}",
        "code": "{n}",
        "kind": "amount",
        "amount": [500, 700],
        "issued_on": DAY,
    },
    "survey_response": {"customer_id": "{c}", "answered_on": DAY, "nps": [3, 9]},
    "look": {"customer_id": "{c}", "what": "customers reveal"},
    "customer_alias": {"customer_id": "{c}", "code": "{n}"},
    "customer_source": {
        "customer_id": "{c}",
        "source": "ctrip",
        "number": "{n}",
        "first_seen": DAY,
        "last_seen": DAY,
    },
    "preference": {"customer_id": "{c}", "key": ["seat", "diet"], "value": ["aisle", "halal"]},
    "own_value": {"customer_id": "{c}", "field_id": 1, "value": ["甲", "乙"]},
    "channel_consent": {
        "customer_id": "{c}",
        "channel": ["sms", "wechat"],
        "answer": ["yes", "no"],
        "said_on": [DAY, "2026-02-02"],
    },
    "distinct_pair": {"customer_id": "{c}", "other_id": "{o}"},
    "payment": {
        "code": "{n}",
        "trip_id": "{t}",
        "kind": "deposit",
        "amount": [100, 900],
        "promised_on": DAY,
    },
}
PEOPLE = 5


def fill(connection: sqlite3.Connection, draw: random.Random) -> None:
    """Customers with random rows in every table that refers to one."""
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("INSERT INTO own_field VALUES (1, '饮食', 'text', 1)")
    for id in range(1, PEOPLE + 1):
        above = draw.choice([None, *range(1, id)]) if id > 1 else None
        connection.execute(
            "INSERT INTO customer (id, code, name, kind, status, marketing_consent, consent_on, "
            "do_not_contact, phone, city, note, entered_on, company_id, referred_by_id, "
            "operation_id) VALUES (?, ?, ?, 'person', 'active', ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
            (
                *(id, f"C{id:06d}", f"王{id}", draw.choice(["yes", "no", "unknown"])),
                *(draw.choice([None, DAY, "2026-03-03"]), draw.choice([0, 1])),
                *(draw.choice([None, f"+8613800000{id:03d}"]), draw.choice([None, "杭州"])),
                *(draw.choice([None, f"注{id}"]), draw.choice([DAY, "2020-01-01"]), above, above),
            ),
        )
        connection.execute("INSERT INTO import_row VALUES (?, 'customer', ?, 1)", (f"f{id}", id))
    for number in range(60):
        table = draw.choice(list(ROWS))
        row = {name: _value(connection, cell, draw, number) for name, cell in ROWS[table].items()}
        if table == "distinct_pair":
            row["customer_id"], row["other_id"] = sorted((row["customer_id"], row["other_id"]))
        names = ", ".join(row)
        connection.execute(
            f"INSERT OR IGNORE INTO {table} ({names}, operation_id) "
            f"VALUES ({', '.join('?' * len(row))}, 1)",
            tuple(row.values()),
        )
    for customer in range(1, PEOPLE + 1):
        connection.execute(
            "INSERT OR IGNORE INTO notice (channel, subject_table, subject_id, once, text, "
            "made_at, tries) VALUES ('群', 'customer', ?, ?, '看', ?, 0)",
            (customer, draw.choice("ab"), AT),
        )
        connection.execute(
            "INSERT INTO change (operation_id, table_name, row_id, customer_id, before, after) "
            "VALUES (1, 'customer', ?, ?, '{\"city\": null}', '{\"city\": \"x\"}')",
            (customer, customer),
        )


def _value(connection: sqlite3.Connection, cell: Any, draw: random.Random, number: int) -> Any:
    if isinstance(cell, list):
        return draw.choice(cell)
    if cell == "{n}":
        return f"N{number}"
    if cell in ("{c}", "{o}", "{s}"):
        return draw.randint(1, PEOPLE)
    if cell == "{t}":
        rows = connection.execute("SELECT id FROM trip").fetchall()
        return draw.choice(rows)[0] if rows else None
    return cell


def dump(file: Path) -> dict[str, list[Any]]:
    """All that is stored but the record of what was done."""
    with closing(sqlite3.connect(file)) as connection:
        names = [
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if name not in ("operation", "change", "sqlite_sequence")
        ]
        return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in names}


def owners(file: Path) -> list[Any]:
    """Whose each recorded change of the time before is."""
    with closing(sqlite3.connect(file)) as connection:
        sql = "SELECT id, customer_id FROM change WHERE operation_id = 1"
        return connection.execute(sql).fetchall()


def sums(tables: dict[str, list[Any]]) -> dict[str, int]:
    """How many there are of what is never dropped, and the money."""
    kept = (
        *("trip", "payment", "interaction", "complaint", "voucher", "task", "survey_response"),
        *("followup_outcome", "look", "customer_source", "import_row"),
    )
    return {name: len(tables[name]) for name in kept}


def test_every_table_that_refers_to_a_customer_is_moved_in_the_test() -> None:
    """A new table needs a row above; what moves it needs nothing."""
    named = {one.table for one in to_customers()} - {"customer"}
    assert named - set(ROWS) == set()
    assert {one.table for one in to_any_row()} == {"followup_outcome", "notice", "import_row"}


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 10**6), take=st.sets(st.sampled_from(["phone", "city", "birthday"])))
def test_merged_and_taken_back_it_is_the_same_database(
    tmp_path_factory: pytest.TempPathFactory, seed: int, take: set[str]
) -> None:
    file = agency(tmp_path_factory.mktemp("m"))
    draw = random.Random(seed)
    with writing(file) as session:
        fill(engine.raw(session), draw)
    before, whose = dump(file), owners(file)
    keep_id, go_id = draw.sample(range(1, PEOPLE + 1), 2)
    with writing(file) as session:
        keep, go = session.get_one(Customer, keep_id), session.get_one(Customer, go_id)
        number = operations.begin(session, "customers merge", NOW, "tester")
        code = go.code
        merge.merge(session, lambda: number, keep, go, take, anyway=True)
    after = dump(file)
    assert sums(after) == sums(before)
    with closing(sqlite3.connect(file)) as connection:

        def count(sql: str, *params: Any) -> int:
            return int(connection.execute(f"SELECT count(*) FROM {sql}", params).fetchone()[0])

        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        for one in to_customers():
            assert count(f"{one.table} WHERE {one.column} = ?", go_id) == 0, one
        for one in to_any_row():
            named = f"{one.table_in} = 'customer' AND {one.column} = ?"
            assert count(f"{one.table} WHERE {named}", go_id) == 0, one
        assert count("customer_alias WHERE code = ? AND customer_id = ?", code, keep_id) == 1
        assert count("change WHERE customer_id = ?", go_id) == 0
        travels = "traveller v JOIN trip t ON t.id = v.trip_id AND t.customer_id = v.customer_id"
        assert count(f"{travels} WHERE v.customer_id = ?", keep_id) == 0
        for column in ("company_id", "referred_by_id"):
            ring = (
                "(WITH RECURSIVE up(id, n) AS (SELECT {0}, 0 FROM customer WHERE id = ? UNION ALL "
                "SELECT c.{0}, n + 1 FROM up JOIN customer c ON c.id = up.id WHERE n < 9) "
                "SELECT * FROM up WHERE id = ?)"
            )
            assert count(ring.format(column), keep_id, keep_id) == 0
    with writing(file) as session:
        undo.take_back(session, number, now=NOW, today=TODAY, actor="tester")
    assert dump(file) == before
    assert owners(file) == whose


def test_what_is_dropped_leaves_what_it_knew(tmp_path: Path) -> None:
    """A birthday keeps its year and the decisions on it, and the later word on consent counts."""
    file = agency(tmp_path)
    with writing(file) as session:
        connection = engine.raw(session)
        for id in (1, 2):
            add_customer(session, f"C{id}", name="王芳")
            connection.execute(
                "INSERT INTO special_date (id, customer_id, label, month, day, year, calendar, "
                "leap, operation_id) VALUES (?, ?, 'birthday', 3, 5, ?, 'solar', 0, 1)",
                (id * 10, id, None if id == 1 else 1980),
            )
            connection.execute(
                "INSERT INTO followup_outcome (rule, subject_table, subject_id, occurrence, "
                "anchor_on, customer_id, due_on, status, at, operation_id) VALUES "
                "('birthday', 'special_date', ?, '2026', ?, ?, ?, 'done', ?, 1)",
                (id * 10, DAY, id, DAY, AT),
            )
            connection.execute(
                "INSERT INTO channel_consent (customer_id, channel, answer, said_on, "
                "operation_id) VALUES (?, 'sms', ?, ?, 1)",
                (id, ("yes", "no")[id - 1], f"2026-0{id}-01"),
            )
            connection.execute(
                "INSERT INTO preference (customer_id, key, value, operation_id) "
                "VALUES (?, 'seat', ?, 1)",
                (id, ("aisle", "window")[id - 1]),
            )
        keep, go = (session.get_one(Customer, id) for id in (1, 2))
        done = merge.merge(session, lambda: 1, keep, go)
        rows = connection.execute
        assert rows("SELECT id, year FROM special_date").fetchall() == [(10, 1980)]
        assert rows("SELECT subject_id FROM followup_outcome").fetchall() == [(10,), (10,)]
        consent = rows("SELECT customer_id, answer, said_on FROM channel_consent").fetchall()
        assert consent == [(1, "no", "2026-02-01")]
        assert rows("SELECT value FROM preference").fetchall() == [("aisle",)]
        assert [(one.table, one.what) for one in done.dropped] == [("preference", "seat window")]


BLANK = dict.fromkeys(("status", "lost_on", "lost_reason", "rival", "phone", "phone2", "note"))
BLANK |= dict.fromkeys(("needs", "passport_no", "passport_expires_on", "consent_on"))
BLANK |= {"consent_source": None, "marketing_consent": "unknown", "do_not_contact": 0}
BLANK |= {"entered_on": "2026-01-01", "status": "active", "city": None}
# what the one says who is kept, the other, what is taken, and what becomes of it
VALUES: tuple[tuple[dict[str, Any], dict[str, Any], set[str], dict[str, Any]], ...] = (
    ({"city": None}, {"city": "杭州"}, set(), {"city": "杭州"}),
    ({"city": "上海"}, {"city": "杭州"}, set(), {"city": "上海"}),
    ({"city": "上海"}, {"city": "杭州"}, {"city"}, {"city": "杭州"}),
    ({"phone": "1"}, {"phone": "2"}, set(), {"phone": "1", "phone2": "2"}),
    ({"phone": "1"}, {"phone": "2"}, {"phone"}, {"phone": "2", "phone2": "1"}),
    ({"phone": "1", "phone2": "2"}, {"phone": "3"}, set(), {"phone": "1", "phone2": "2"}),
    ({"phone": "1", "phone2": "2"}, {"phone": "3"}, {"phone"}, {"phone": "3", "phone2": "1"}),
    ({"note": "甲"}, {"note": "乙"}, set(), {"note": "甲\n乙"}),
    ({"note": "甲乙"}, {"note": "乙"}, set(), {"note": "甲乙"}),
    ({"do_not_contact": 0}, {"do_not_contact": 1}, set(), {"do_not_contact": 1}),
    ({}, {"entered_on": "2020-01-01"}, set(), {"entered_on": "2020-01-01"}),
    ({"status": "active"}, {"status": "deceased", "lost_on": "2026-01-01"}, set(),
     {"status": "deceased", "lost_on": "2026-01-01"}),
    ({"status": "active"}, {"status": "lost", "lost_on": "2026-01-01"}, set(),
     {"status": "active", "lost_on": None}),
    ({"marketing_consent": "yes"}, {"marketing_consent": "no"}, set(), {"marketing_consent": "no"}),
    ({"marketing_consent": "no", "consent_on": "2026-01-01"},
     {"marketing_consent": "yes", "consent_on": "2026-02-01"}, set(),
     {"marketing_consent": "yes", "consent_on": "2026-02-01"}),
    ({"marketing_consent": "no"}, {"consent_on": "2026-02-01"}, set(),
     {"marketing_consent": "no", "consent_on": None}),
    ({"passport_no": "A"}, {"passport_no": "B", "passport_expires_on": "2030-01-01"}, set(),
     {"passport_no": "A", "passport_expires_on": None}),
    ({"passport_no": "A"}, {"passport_no": "A", "passport_expires_on": "2030-01-01"}, set(),
     {"passport_expires_on": "2030-01-01"}),
)  # fmt: skip


def test_whose_values_count() -> None:
    for mine, other, take, expected in VALUES:
        found = merged_values.merged({**BLANK, **mine}, {**BLANK, **other}, take)
        assert {name: found[name] for name in expected} == expected, (mine, other, take)
