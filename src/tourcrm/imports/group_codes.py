"""The departures that a sheet of trips names by their codes, and those that it makes."""

import sqlite3
from collections.abc import Iterable

from tourcrm.db.codes import Number


class Departures:
    """Departures by their codes. One that is not known is made with the rows that name it, without
    a number of seats; until then it has a number below zero."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.known: dict[str | None, int | None] = {None: None}
        self.known.update(connection.execute("SELECT code, id FROM departure"))
        self.first_new = -len(self.known)

    def resolve(self, named: Iterable[str | None]) -> list[int | None]:
        """The number of each departure that a row names."""
        known = self.known
        return [known.setdefault(code, self.first_new - len(known)) for code in named]

    def settle(self, number: Number) -> tuple[int, int]:
        """Make the departures that rows of incoming name, each on the day that most of them have.

        Returns how many were made, and how many rows are left on none, since theirs leaves on
        another day.
        """
        execute = self.connection.execute
        wanted = {
            one
            for (one,) in execute("SELECT DISTINCT departure_id FROM incoming")
            if one is not None and one < 0
        }
        made = 0
        for code, placeholder in self.known.items():
            if placeholder not in wanted:
                continue
            found = execute(
                "SELECT departs_on, max(coalesce(returns_on, departs_on)), max(destination) "
                "FROM incoming WHERE departure_id = ? AND departs_on IS NOT NULL "
                "GROUP BY departs_on ORDER BY count(*) DESC, min(line) LIMIT 1",
                (placeholder,),
            ).fetchone()
            new = None
            if found is not None:
                made += 1
                new = execute(
                    "INSERT INTO departure (code, departs_on, returns_on, destination, "
                    "operation_id) VALUES (?, ?, ?, ?, ?)",
                    (code, *found, number()),
                ).lastrowid
            execute(
                "UPDATE incoming SET departure_id = ? WHERE departure_id = ?", (new, placeholder)
            )
        loose = execute(
            "UPDATE incoming SET departure_id = NULL WHERE departs_on <> "
            "(SELECT departs_on FROM departure d WHERE d.id = incoming.departure_id)"
        ).rowcount
        return made, loose
