"""What sheets leave out of new trips: taken as usual, and counted, so that it can be said."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import islice
from typing import Any

from tourcrm.base import product_names
from tourcrm.db.engine import Raw

OPEN_QUOTE = 60  # days after which an old open quote comes in as lost


def fill_in(connection: Raw, today: date, inferred: dict[str, int]) -> None:
    """Fill in what new trips leave out, and count it, so that it can be said."""
    old = _quote_limit(today)
    _by_products(connection, inferred)
    steps = {
        "status": "status = 'booked' WHERE status IS NULL",
        "service": "service = 'tour' WHERE service IS NULL",
        "kind": "kind = 'group' WHERE kind IS NULL",
        "returns_on": "returns_on = departs_on WHERE returns_on IS NULL AND departs_on IS NOT NULL",
        "lost": "status = 'lost', lost_reason = coalesce(lost_reason, 'imported'), "
        "lost_on = coalesce(lost_on, date(coalesce(quoted_on, inquired_on, departs_on), "
        f"'+{OPEN_QUOTE} days')) WHERE status IN ('inquiry', 'quoted') "
        f"AND coalesce(quoted_on, inquired_on, departs_on) < '{old}'",
    }
    for name, change in steps.items():
        changed = connection.execute(
            f"UPDATE incoming SET {change} AND row_id IS NULL"  # noqa: S608 - the table above
        ).rowcount
        if changed:
            inferred[name] = changed
    (unpriced,) = connection.execute(
        "SELECT count(*) FROM incoming WHERE price IS NULL AND row_id IS NULL"
    ).fetchone()
    if unpriced:
        inferred["price"] = unpriced


def is_old_quote(trip: Mapping[str, Any], today: date) -> bool:
    """Whether a trip is a quote that was open too long; the same rule in SQL is in fill_in."""
    day = trip["quoted_on"] or trip["inquired_on"] or trip["departs_on"]
    return trip["status"] in ("inquiry", "quoted") and day is not None and day < _quote_limit(today)


def _quote_limit(today: date) -> str:
    return (today - timedelta(days=OPEN_QUOTE)).isoformat()


# --- what the names of products say ---------------------------------------------------------------

_MOST = 50_000  # different names that are looked at

_BLANK = {"named_service": "service", "named_kind": "kind"}


def _by_products(connection: Raw, said: dict[str, int]) -> None:
    """Fill in service, kind and return of new rows of `incoming` by their destinations."""
    names = connection.execute(
        "SELECT DISTINCT destination FROM incoming WHERE row_id IS NULL "
        "AND destination IS NOT NULL AND (service IS NULL OR kind IS NULL OR returns_on IS NULL)"
    )
    read = {name: product_names.read(name) for (name,) in islice(names, _MOST)}
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
