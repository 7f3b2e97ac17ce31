"""Taking back the products, departures, lines of itineraries and notes of places of an import."""

import sqlite3
from collections.abc import Iterator

# Operations o that stand: neither taken back, nor themselves the taking back of another.
STANDS = "o.undone_by IS NULL AND o.verb NOT IN ('undo', 'imports undo')"
# Children before parents. What the rows of each are called for people, by SQL of a row `r`.
CALLED = {
    "itinerary_line": "coalesce((SELECT code FROM trip WHERE trip.id = r.trip_id), "
    "(SELECT code FROM departure WHERE departure.id = r.departure_id))",
    "destination_note": "r.destination",
    "departure": "r.code",
    "product": "r.code",
}
_CHANGED = (
    "SELECT c.row_id FROM change c JOIN operation o ON o.id = c.operation_id "  # noqa: S608 - ours, above
    f"WHERE c.table_name = 'departure' AND c.operation_id > :number AND {STANDS}"
)
_STAY = "SELECT row_id FROM temp.kept WHERE table_name"
# A departure or product stays where something else hangs on it, or was changed since.
_USED = {
    "departure": "id IN (SELECT departure_id FROM trip WHERE departure_id IS NOT NULL) "  # noqa: S608 - ours
    "OR id IN (SELECT departure_id FROM itinerary_line WHERE departure_id IS NOT NULL) "
    f"OR id IN ({_CHANGED})",
    "product": "id IN (SELECT product_id FROM departure WHERE product_id IS NOT NULL)",
}


def questions() -> Iterator[tuple[str, str]]:
    """Of each table: SQL for the id and name of the rows of import :number that were touched. The
    departures that an import of trips made stay where others use them, without a word."""
    for table, called in CALLED.items():
        yield (
            table,
            f"""
            SELECT DISTINCT r.id, {called} FROM change c JOIN {table} r ON r.id = c.row_id
            JOIN operation o ON o.id = c.operation_id AND {STANDS}
            JOIN operation own ON own.id = r.operation_id
            WHERE c.operation_id > :number AND c.table_name = '{table}'
                AND r.operation_id = :number AND own.verb <> 'trips import'
            """,  # noqa: S608 - the tables above
        )
    for table, child, column in (
        ("product", "departure", "product_id"),
        ("departure", "trip", "departure_id"),
        ("departure", "itinerary_line", "departure_id"),
    ):
        yield (
            table,
            f"""
            SELECT DISTINCT r.id, r.code FROM {table} r JOIN {child} x ON x.{column} = r.id
            JOIN operation own ON own.id = r.operation_id
            WHERE r.operation_id = :number AND x.operation_id <> :number
                AND own.verb <> 'trips import'
            """,  # noqa: S608 - the tables above
        )


def remove(connection: sqlite3.Connection, number: int) -> dict[str, int]:
    """Delete what an import added, but what is kept or used; returns how many of each table."""
    removed = {}
    for table in CALLED:
        used = f" AND NOT ({_USED[table]})" if table in _USED else ""
        rows = connection.execute(
            f"DELETE FROM {table} WHERE operation_id = :number "  # noqa: S608 - the tables above
            f"AND id NOT IN ({_STAY} = '{table}'){used}",
            {"number": number},
        ).rowcount
        if rows:
            removed[table] = rows
    return removed
