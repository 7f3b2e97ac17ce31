"""What the names of products say of new trips that say nothing themselves."""

import sqlite3
from datetime import date, timedelta
from itertools import islice

from tourcrm.base import product_names

MOST = 50_000  # different names that are looked at

_BLANK = {"named_service": "service", "named_kind": "kind"}


def infer(connection: sqlite3.Connection, said: dict[str, int]) -> None:
    """Fill in service, kind and return of new rows of `incoming` by their destinations."""
    names = connection.execute(
        "SELECT DISTINCT destination FROM incoming WHERE row_id IS NULL "
        "AND destination IS NOT NULL AND (service IS NULL OR kind IS NULL OR returns_on IS NULL)"
    )
    read = {name: product_names.read(name) for (name,) in islice(names, MOST)}
    known = {name: product for name, product in read.items() if any(product)}
    if not known:
        return
    connection.execute("CREATE TEMP TABLE product (name TEXT PRIMARY KEY, service, kind, days)")
    connection.executemany(
        "INSERT INTO temp.product VALUES (?, ?, ?, ?)",
        [(name, *product) for name, product in known.items()],
    )
    for said_as, column in _BLANK.items():
        _count(
            said,
            said_as,
            connection.execute(
                f"UPDATE incoming SET {column} = p.{column} FROM temp.product p "  # noqa: S608 - the two above
                f"WHERE p.name = destination AND p.{column} IS NOT NULL "
                f"AND incoming.{column} IS NULL AND row_id IS NULL"
            ).rowcount,
        )
    returns = connection.execute(
        "SELECT i.line, i.departs_on, p.days FROM incoming i JOIN temp.product p "
        "ON p.name = i.destination WHERE p.days IS NOT NULL AND i.row_id IS NULL "
        "AND i.departs_on IS NOT NULL AND i.returns_on IS NULL"
    ).fetchall()
    connection.executemany(
        "UPDATE incoming SET returns_on = ? WHERE line = ?",
        [(str(date.fromisoformat(day) + timedelta(n - 1)), line) for line, day, n in returns],
    )
    _count(said, "named_days", len(returns))
    connection.execute("DROP TABLE temp.product")


def _count(said: dict[str, int], name: str, rows: int) -> None:
    if rows:
        said[name] = rows
