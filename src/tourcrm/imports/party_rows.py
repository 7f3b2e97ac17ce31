"""Sheets with one row a traveller (`--rows travellers`): the rows of an order number are one trip.

The first row's person is the customer, or on a trip that is there already, the one whose it is; the
others travel along. People are counted, prices add up. An order comes whole or not at all.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tourcrm.base.errors import Message
from tourcrm.base.i18n import N_
from tourcrm.imports import order_lines

Reject = Callable[[int, Message], None]

_NO_ORDER = N_("no order number: with --rows travellers it says who travels together")


class Parties:
    """Who travels along on the orders of a sheet, in the temporary table `party`."""

    def __init__(self, connection: sqlite3.Connection, orders: order_lines.Orders) -> None:
        self._connection, self._orders = connection, orders
        self.orders = self.rows = 0
        connection.execute("CREATE TEMP TABLE IF NOT EXISTS party (code TEXT, customer_id INTEGER)")
        connection.execute("DELETE FROM temp.party")

    def gather(
        self,
        fields: Sequence[str],
        reject: Reject,
        contradiction: Callable[[Mapping[str, Any]], Message | None],
        keep: bool,
    ) -> None:
        """Make one row of the rows of each order. keep: what is there already stays as it is."""
        execute = self._connection.execute
        for (line,) in execute("SELECT line FROM incoming WHERE code IS NULL").fetchall():
            reject(line, Message(_NO_ORDER))
        for row_id, listed in execute(
            "SELECT max(row_id), group_concat(line) FROM incoming GROUP BY code ORDER BY min(line)"
        ).fetchall():
            lines = sorted(map(int, listed.split(",")))
            rows = [self._orders.row(line, fields) for line in lines]
            whole = _together(rows, self._owner(row_id))
            if not isinstance(whole, Message):
                whole = contradiction(whole) or whole
            if isinstance(whole, Message):
                for line in lines:
                    reject(line, whole)
                continue
            self._orders.store(lines, whole)
            self.orders += 1
            self.rows += len(lines)
            if row_id is None or not keep:
                self._connection.executemany(
                    "INSERT INTO temp.party VALUES (?, ?)",
                    [(whole["code"], one) for one in _people(rows)],
                )

    def _owner(self, row_id: int | None) -> tuple[int, str] | None:
        """Whose a trip is that is there already: id and code."""
        found = self._connection.execute(
            "SELECT c.id, c.code FROM trip t JOIN customer c ON c.id = t.customer_id "
            "WHERE t.id = ?",
            (row_id,),
        ).fetchone()
        return None if found is None else (found[0], found[1])

    def store(self, operation: Callable[[], int]) -> int:
        """Put on the trips who is not on them yet; returns how many."""
        lacking = self._connection.execute(
            "SELECT DISTINCT t.id, p.customer_id FROM temp.party p JOIN trip t ON t.code = p.code "
            "WHERE t.customer_id <> p.customer_id AND NOT EXISTS (SELECT 1 FROM traveller r "
            "WHERE r.trip_id = t.id AND r.customer_id = p.customer_id) ORDER BY p.rowid"
        ).fetchall()
        if lacking:
            number = operation()
            self._connection.executemany(
                "INSERT INTO traveller (trip_id, customer_id, operation_id) VALUES (?, ?, ?)",
                [(*one, number) for one in lacking],
            )
        return len(lacking)

    def told(self, added: int) -> Message:
        """What was made of the rows."""
        return Message(
            N_(
                "one row a traveller: {orders} orders in {rows} rows; people were counted, prices "
                "added up; put on trips beside their customers: {added}"
            ),
            orders=self.orders,
            rows=self.rows,
            added=added,
        )


def _people(rows: Sequence[Mapping[str, Any]]) -> list[int]:
    return [row["customer_id"] for row in rows if row["customer_id"] is not None]


def _together(
    rows: Sequence[Mapping[str, Any]], owner: tuple[int, str] | None
) -> dict[str, Any] | Message:
    people = _people(rows)
    if len(set(people)) < len(people):
        return Message(N_("two rows of this order are the same person: leave one out"))
    if owner is not None and people and owner[0] not in people:
        return Message(N_("this order is that of customer {code}"), code=owner[1])
    whose = owner[0] if owner else next(iter(people), None)
    said = [row["party_size"] for row in rows if row["party_size"] is not None]
    alike = [{**row, "customer_id": whose, "party_size": None} for row in rows]
    whole = order_lines.together(alike, people_added=False)
    if isinstance(whole, Message):
        return whole
    whole["party_size"] = max([len(rows), *said])
    needs = dict.fromkeys(row["needs"] for row in rows if row.get("needs"))
    whole["needs"] = "; ".join(needs) or None
    return whole
