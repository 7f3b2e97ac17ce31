"""SQL that only SQLite says this way, and what makes it fast there."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, func, or_, select, type_coerce
from sqlmodel import Session

from tourcrm.base.folding import FORMS, folded, loose
from tourcrm.base.patterns import pattern
from tourcrm.db.engine import raw


def days_between(earlier: str, later: str) -> str:
    """SQL: whole days from one ISO date to another."""
    return f"CAST(julianday({later}) - julianday({earlier}) AS INTEGER)"


def gathered(value: str, mark: str) -> str:
    """SQL aggregate: the values of a group, `mark` between, in the order they are come upon."""
    return f"group_concat({value}, '{mark}')"


NUMBERS = "json_each(?)"  # SQL: a table of whole numbers in a FROM; its column is `value`


def numbers(values: Iterable[int]) -> str:
    """What stands for NUMBERS: a row a number, five times as fast as a statement each."""
    return f"[{','.join(map(str, values))}]"


def by_ids(session: Session, sql: str, ids: Iterable[int]) -> list[tuple[Any, ...]]:
    """The rows of a select for these ids (`IN :ids`), however many they are."""
    wanted = sorted(ids)
    if not wanted:
        return []
    statement = sql.replace(":ids", f"(SELECT value FROM {NUMBERS})")  # noqa: S608 - a constant
    return raw(session).execute(statement, (numbers(wanted),)).fetchall()


def among(column: Any, ids: Iterable[int]) -> ColumnElement[bool]:
    """Where a column is one of these numbers, however many they are."""
    table = func.json_each(numbers(ids)).table_valued("value")
    found: ColumnElement[bool] = column.in_(select(table.c.value))
    return found


def by_index(table: str, index: str) -> str:
    """SQL: a table of a FROM, read by this index and no other."""
    return f"{table} INDEXED BY {index}"


def next_row(connection: sqlite3.Connection, table: str) -> int:
    """The id that the next row of a table gets; ids are never used twice."""
    used = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
    return (used[0] if used else 0) + 1


# SQL's own lower() and LIKE know the case of ASCII only. Texts of nothing but ASCII and Chinese
# characters are compared by SQLite itself; whatever else a text holds is folded by us.
_PLAIN = " -~\u3007\u3400-\u4dbf\u4e00-\u9fff，。！？、；：“”（）《》…—"

_ALL_PLAIN = pattern(f"[{_PLAIN}]*")


def _unplain(text: Any) -> ColumnElement[bool]:
    return or_(text.op("GLOB")(f"*[^{_PLAIN}]*"), text.op("GLOB")("*[\u3400-\u9fff] *"))


def spelled(column: Any, wanted: str) -> ColumnElement[bool]:
    """Where a column holds this text, in whatever spelling (base.folding)."""
    text, key = type_coerce(column, Text), folded(wanted)
    return or_(func.lower(text) == key, and_(_unplain(text), func.folded(text) == key))


def holding(column: Any, wanted: str) -> ColumnElement[bool]:
    """Where a column holds this text anywhere, in whatever spelling, with or without accents, in
    simplified or traditional characters."""
    text, key = type_coerce(column, Text), loose(wanted)
    # What no plain text can hold is found by the last comparison alone.
    spellings = (folded(wanted), wanted.strip().lower(), key)
    patterns = dict.fromkeys(like(one) for one in spellings if _ALL_PLAIN.fullmatch(one))
    plainly = [func.lower(text).like(pattern, escape="\\") for pattern in patterns]
    if any(character in FORMS for character in key):
        plainly.append(func.lower(text).op("GLOB")(f"*{_in_all_forms(key)}*"))
    unplainly = func.loose(text).like(like(key), escape="\\")
    return or_(*plainly, and_(_unplain(text), unplainly))


def beginning(column: Any, wanted: str) -> ColumnElement[bool]:
    """Where a column begins with this text, as `holding` compares them."""
    pattern = like(loose(wanted))[1:]
    return func.loose(type_coerce(column, Text)).like(pattern, escape="\\")


def _in_all_forms(key: str) -> str:
    """A pattern for GLOB: SQLite compares each form of a character itself, which is fast."""
    return "".join(f"[{FORMS[one]}]" if one in FORMS else _SIGNS.get(one, one) for one in key)


_SIGNS = {sign: f"[{sign}]" for sign in "*?["}  # of GLOB


def like(text: str) -> str:
    """A pattern for LIKE ... ESCAPE '\\' that finds `text` itself anywhere."""
    for sign in ("\\", "%", "_"):
        text = text.replace(sign, f"\\{sign}")
    return f"%{text}%"


@contextmanager
def bulk(connection: sqlite3.Connection, table: str, many: bool) -> Iterator[None]:
    """Insert many rows: indexes are taken down and built again at once, in the same transaction.

    Keeping five indexes up for a million rows in random order costs several times as much.
    """
    indexes: list[tuple[str, str]] = []
    if many:
        indexes = connection.execute(
            "SELECT name, sql FROM sqlite_master "
            "WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL",
            (table,),
        ).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    yield
    for _, sql in indexes:
        connection.execute(sql)
