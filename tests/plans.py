"""Query plans: how SQLite goes about what the program asks of it."""

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

_PIECE = r"customer_id BETWEEN (\d+) AND (\d+)"
_BY_PIECE = "SEARCH trip USING COVERING INDEX trip_customer (customer_id>? AND customer_id<?)"


@contextmanager
def told(connection: sqlite3.Connection) -> Iterator[list[str]]:
    """Every statement that the connection runs, with its values in it."""
    statements: list[str] = []
    connection.set_trace_callback(statements.append)
    yield statements
    connection.set_trace_callback(None)


def plan(connection: sqlite3.Connection, statement: str) -> list[str]:
    """The steps of a statement; of what only changes settings or tables, none."""
    if not re.match(r"(SELECT|WITH|INSERT|UPDATE|DELETE)\b", statement.strip()):
        return []
    steps = connection.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
    return [re.sub(r"^(SCAN|SEARCH) TABLE ", r"\1 ", step[-1]) for step in steps]


def scans_of_trip(connection: sqlite3.Connection, statement: str) -> list[str]:
    """The steps of a statement that go through all trips, by whatever name it calls them."""
    names = {"trip", *re.findall(r"\btrip (?:AS )?(\w+)", statement)}
    steps = plan(connection, statement)
    return [step for step in steps if step.startswith("SCAN ") and step.split()[1] in names]


def assert_one_pass(connection: sqlite3.Connection, statements: Iterable[str]) -> None:
    """All trips are gone through once, in pieces of the covering index, and nothing else scans."""
    pieces = []
    for statement in statements:
        assert not scans_of_trip(connection, statement), statement
        if _BY_PIECE in plan(connection, statement):
            pieces.append(tuple(map(int, re.findall(_PIECE, statement)[0])))
    assert len(pieces) > 1
    ends = [-1, *(last for _first, last in pieces)]
    assert all(first > end for (first, _last), end in zip(pieces, ends, strict=False)), pieces
