"""A person is removed from everything but the sums.

What stays is a row without a name, its trips with days, places and prices, and its lines of money,
so that last year's revenue is still last year's. All else that is the person's goes: contacts,
days, tags, answers' words, complaints' words, decisions, changes, looks; and wherever else in the
database a number or the name of theirs stands in a text, it is blacked out. There is no way back.

The bytes go, too: what SQLite frees it overwrites, and the file is written anew afterwards.
"""

import contextlib
import csv
import glob
import io
import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Text
from sqlmodel import Session, SQLModel, col, select

from tourcrm.customers import newcomers
from tourcrm.customers.belongings import belongings
from tourcrm.db import engine
from tourcrm.db.codes import id_of
from tourcrm.files import writer
from tourcrm.models import Customer, RejectFile

BLACK = "█"
# Rows that go with the person; of those that stay, the cells that are emptied or blacked out.
_GONE = (
    *("look", "distinct_pair", "channel_consent", "own_value", "preference", "customer_source"),
    *("customer_alias", "task", "interaction", "followup_outcome", "special_date"),
    *("customer_tag", "traveller"),
)
_EMPTIED: dict[str, tuple[str, ...]] = {
    "trip": ("note", "needs", "lost_reason"),
    "payment": ("note", "reference"),
    "survey_response": ("comment",),
    "complaint_event": ("text",),
}
_BLACKED: dict[str, tuple[str, ...]] = {"complaint": ("text",), "complaint_fix": ("what",)}
_KEPT = ("id", "code", "kind", "entered_on", "operation_id", "company_id", "referred_by_id")
# The cells that tell who somebody is, wherever else they may stand.
_TELLING = (
    "name",
    "phone",
    "phone2",
    "wechat",
    "email",
    "id_number",
    "passport_no",
    "passport_name",
)
_SHORTEST = 2  # a text of one character stands everywhere


@dataclass(frozen=True, slots=True)
class Gone:
    """What erasing did. rows: that went. elsewhere: cells of others that were blacked out.
    namesakes: others who are called so, whose rows keep the name. words: what was blacked out."""

    code: str
    rows: int
    elsewhere: int
    namesakes: tuple[str, ...]
    words: tuple[str, ...]


def person(session: Session, number: int, row: Customer, day: date) -> Gone:
    """Remove a customer from every table. Call `clean` once that is stored."""
    connection, customer = engine.raw(session), id_of(row)
    connection.execute("PRAGMA secure_delete = ON")
    name = row.name
    telling = tuple(dict.fromkeys(_words(row, connection)))
    newcomers.remember(
        session, number, (row.phone, row.phone2, row.id_number, row.passport_no), day
    )
    session.flush()
    rows = _rows_gone(connection, customer)
    _emptied(connection, customer)
    code = _tombstone(connection, row, telling, day)
    session.expire_all()
    namesakes = _namesakes(connection, customer, name)
    shared = {name} if namesakes else set()
    words = tuple(word for word in telling if word not in shared)
    elsewhere = sum(_blacked_out(connection, table, words) for table in _texts())
    return Gone(code, rows, elsewhere, namesakes, words)


def _words(row: Customer, connection: sqlite3.Connection) -> Iterator[str]:
    """What tells who it is, in the forms in which it may stand: +8613812345678, 13812345678."""
    for field in _TELLING:
        value = getattr(row, field)
        if value and len(value) >= _SHORTEST:
            yield value
            if field.startswith("phone"):
                yield from newcomers.local_forms(value)
    for (code,) in connection.execute(
        "SELECT code FROM customer_alias WHERE customer_id = ? "
        "UNION SELECT number FROM customer_source WHERE customer_id = ?",
        (row.id, row.id),
    ).fetchall():
        if len(code) > 5:  # a short number may mean anything
            yield code
    # What the cells held before, of which the changes tell.
    for (before,) in connection.execute(
        # Of a merged entry that went, too: its changes are the person's.
        """SELECT "before" FROM change WHERE table_name = 'customer' AND ? IN (row_id, customer_id)
        """,
        (row.id,),
    ).fetchall():
        held = json.loads(before)
        for value in (held.get(field) for field in _TELLING):
            if isinstance(value, str) and len(value) >= _SHORTEST:
                yield value
                if value.startswith("+"):
                    yield from newcomers.local_forms(value)


def _rows_gone(connection: sqlite3.Connection, customer: int) -> int:
    own = {"customer": customer}
    count = connection.execute(
        "DELETE FROM change WHERE customer_id = :customer "
        "OR table_name = 'customer' AND row_id = :customer",
        own,
    ).rowcount
    conditions = {one.table: one.condition for one in belongings()}
    # A contact hangs on the decision that wrote it, of whomever.
    connection.execute(
        "UPDATE interaction SET outcome_id = NULL WHERE outcome_id IN "
        "(SELECT id FROM followup_outcome WHERE customer_id = :customer)",
        own,
    )
    connection.execute(
        "UPDATE task SET outcome_id = NULL WHERE outcome_id IN "
        "(SELECT id FROM followup_outcome WHERE customer_id = :customer)",
        own,
    )
    for table in _GONE:
        condition = conditions[table]
        if table == "distinct_pair":
            condition += " OR other_id = :customer"
        elif table == "traveller":
            condition += " OR trip_id IN (SELECT id FROM trip WHERE customer_id = :customer)"
        count += connection.execute(f"DELETE FROM {table} WHERE {condition}", own).rowcount  # noqa: S608 - our tables
    connection.execute(
        "DELETE FROM import_row WHERE table_name = 'customer' AND row_id = :customer", own
    )
    return count


def _emptied(connection: sqlite3.Connection, customer: int) -> None:
    conditions = {one.table: one.condition for one in belongings()}
    for table, columns in (*_EMPTIED.items(), *_BLACKED.items()):
        value = "NULL" if table in _EMPTIED else f"'{BLACK}'"
        sets = ", ".join(f"{name} = {value}" for name in columns)
        connection.execute(
            f"UPDATE {table} SET {sets} WHERE {conditions[table]}",  # noqa: S608 - our tables
            {"customer": customer},
        )


def _tombstone(
    connection: sqlite3.Connection, row: Customer, telling: tuple[str, ...], day: date
) -> str:
    """Empty the person's own row; returns its code, a made one where theirs told who they are."""
    from tourcrm.db import codes

    code = row.code
    if any(word in code for word in telling):
        code = codes.code_of(id_of(row))
    cells: dict[str, object] = {}
    for column in SQLModel.metadata.tables["customer"].columns:
        if column.name not in _KEPT:
            cells[column.name] = None
    cells |= {
        "code": code,
        "name": BLACK,
        "status": "deceased",  # no rule speaks of them, no segment counts on them
        "marketing_consent": "no",
        "do_not_contact": 1,
        "erased_on": day.isoformat(),
    }
    sets = ", ".join(f"{name} = ?" for name in cells)
    connection.execute(
        f"UPDATE customer SET {sets} WHERE id = ?",  # noqa: S608 - our columns
        (*cells.values(), row.id),
    )
    return code


def _namesakes(connection: sqlite3.Connection, customer: int, name: str) -> tuple[str, ...]:
    """Others in whose own name this one stands: codes of customers, names of colleagues."""
    others = [
        code
        for (code,) in connection.execute(
            "SELECT code FROM customer WHERE id <> ? AND instr(name, ?) > 0 ORDER BY id LIMIT 50",
            (customer, name),
        )
    ]
    for table, columns in _STAFF.items():
        for column in columns:
            others += [
                called
                for (called,) in connection.execute(
                    f"SELECT {column} FROM {table} WHERE instr({column}, ?) > 0 LIMIT 1",  # noqa: S608 - our columns
                    (name,),
                )
            ]
    return tuple(dict.fromkeys(others))


# Who works at the agency: whoever is called like a colleague is not that colleague.
_STAFF = {
    "operation": ("actor",),
    "customer": ("owner",),
    "trip": ("advisor", "guide"),
    "departure": ("guide",),
    "interaction": ("staff",),
    "complaint": ("in_charge",),
}


def _texts() -> Iterator[tuple[str, list[str]]]:
    """The tables and their columns of free text, in which others may name the person."""
    for table in SQLModel.metadata.sorted_tables:
        columns = [
            column.name
            for column in table.columns
            if isinstance(column.type, Text) and column.name not in _FIXED.get(table.name, ())
        ]
        if columns and table.name not in ("setting", "erased", "import_row", "reject_file"):
            yield table.name, columns


# Of others: they are called so.
_FIXED = {"customer": ("name", "name_pinyin", "code")}


def _blacked_out(
    connection: sqlite3.Connection, table: tuple[str, list[str]], words: tuple[str, ...]
) -> int:
    """Black words out in every text of a table, which is read once; returns in how many rows."""
    name, columns = table
    joined = " || ' ' || ".join(f"coalesce(\"{column}\", '')" for column in columns)
    found = connection.execute(
        f'SELECT rowid FROM (SELECT rowid, {joined} AS said FROM "{name}") '  # noqa: S608 - our columns
        f"WHERE {' OR '.join(['instr(said, ?) > 0'] * len(words))}",
        words,
    ).fetchall()
    for (row_id,) in found:
        for column in columns:
            for word in words:
                connection.execute(
                    f'UPDATE "{name}" SET "{column}" = replace("{column}", ?, ?) '  # noqa: S608 - our columns
                    "WHERE rowid = ?",
                    (word, BLACK, row_id),
                )
    return len(found)


# --- the bytes ------------------------------------------------------------------------------------


def clean(path: Path) -> bool:
    """Write the file anew without what was freed, and empty its log; whether the log could be
    emptied: a reader holds it otherwise."""
    from tourcrm.db import files

    connection = files.connect(path)
    try:
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("VACUUM")
        busy, _log, _done = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy
    finally:
        connection.close()


def copies(path: Path) -> Iterator[Path]:
    """Databases beside this one that begin with its name: of upgrades, and backups."""
    from tourcrm.db import encryption

    for other in path.parent.glob(f"{glob.escape(path.stem)}*"):
        own = other.name.startswith(path.name) and other.name[len(path.name) :] in ("-wal", "-shm")
        if other != path and not own and other.is_file():
            with contextlib.suppress(OSError):
                with other.open("rb") as file:
                    plain = file.read(16) == encryption.MAGIC
                if plain or encryption.look(other):
                    yield other


# --- files ----------------------------------------------------------------------------------------


def reject_files(session: Session) -> list[Path]:
    """The files of rejected rows that imports left behind."""
    found = session.exec(select(RejectFile.path).order_by(col(RejectFile.id))).all()
    return [Path(one) for one in found]


def rejects_cleaned(paths: Iterable[Path], words: tuple[str, ...]) -> Iterator[Path]:
    """Take the lines with one of these words out of files of rejected rows; yields the files."""
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, ValueError):
            continue
        if not any(word in text for word in words):
            continue
        rows = list(csv.reader(io.StringIO(text, newline="")))
        kept = [row for row in rows if not any(word in cell for cell in row for word in words)]
        _overwritten(path)
        if len(kept) > 1:
            writer.write_csv(path, kept[0], kept[1:], bom=True)
        yield path


def _overwritten(path: Path) -> None:
    """Put zeros in the place of a file's bytes before it goes."""
    with path.open("r+b") as file:
        file.write(b"\0" * path.stat().st_size)
    path.unlink()
