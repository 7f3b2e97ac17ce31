"""What anchors have in common: the tables that they fill, and what they are asked for.

A select puts what may have to be followed up into the temporary table followup_event: the subject
(a row of subject_table), the customer, the trip (for the words), the first day of the event (and
the last, where it is another), and what tells its occurrences apart: `series` (the label of a
special date, a contact) and `period` (a year, a month). `calendar` is the one in which the day is
counted; `since` the day on which the customer came into the database, `owner` whose work it is if
not that of the customer's owner, `by` the moment by which it must be done (in the agency's zone),
where that is known.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from tourcrm.analysis import trip_history
from tourcrm.analysis.population import People, Who
from tourcrm.bookings.status import stood_sql
from tourcrm.db import dialect, engine
from tourcrm.db.engine import Raw as Connection
from tourcrm.db.setting import Settings

if TYPE_CHECKING:
    from tourcrm.analysis.trip_history import Numbers

TABLES = (
    """
    CREATE TEMP TABLE IF NOT EXISTS followup_event (
        rule TEXT NOT NULL, subject_table TEXT NOT NULL, subject_id INTEGER NOT NULL,
        series TEXT NOT NULL, period TEXT NOT NULL, customer_id INTEGER NOT NULL, trip_id INTEGER,
        anchor_on TEXT NOT NULL, calendar TEXT, code TEXT, service TEXT, kind TEXT,
        destination TEXT, ends_on TEXT, since TEXT, owner TEXT, by TEXT, departed_on TEXT
    )
    """,
    """
    CREATE TEMP TABLE IF NOT EXISTS followup_key (
        calendar TEXT NOT NULL, month INTEGER NOT NULL, day INTEGER NOT NULL,
        leap INTEGER NOT NULL, year INTEGER NOT NULL, falls_on TEXT NOT NULL
    )
    """,
    """
    CREATE TEMP TABLE IF NOT EXISTS followup_last (
        customer_id INTEGER NOT NULL, departed_on TEXT NOT NULL, falls_on TEXT NOT NULL,
        ends_on TEXT, period TEXT NOT NULL
    )
    """,
    """
    CREATE TEMP TABLE IF NOT EXISTS followup_wanted (customer_id INTEGER NOT NULL PRIMARY KEY)
    """,
    """
    CREATE TEMP TABLE IF NOT EXISTS followup_who (customer_id INTEGER NOT NULL PRIMARY KEY)
    """,
)


@dataclass(frozen=True, slots=True)
class Search:
    """Which events of a rule are looked for.

    rule: its id. first, last: days of the event, inclusive. people: what is known of everybody.
    settings: the agency's. wanted: only the customers in the temporary table followup_wanted.
    labels: of special dates, of festivals, of answers. who: finds the customers whom the rule can
    be for; None = anybody. least: the least offset of the rule's steps. spread: as the rule says.
    far_back: for so many days what was decided is told. trip_matters: whether what is owed depends
    on more of a trip than its day. services, kinds: of trips that a step can be for; None = all.
    """

    rule: str
    first: date
    last: date
    as_of: date
    people: People
    settings: Settings
    wanted: bool = False
    labels: tuple[str, ...] = ()
    who: Callable[[], Who | None] = lambda: None
    least: int = 0
    spread: bool = False
    far_back: int = 0
    trip_matters: bool = True
    services: frozenset[str] | None = None
    kinds: frozenset[str] | None = None

    def only(self, column: str) -> str:
        """SQL that limits `column` to the customers wanted; nothing where all are."""
        if not self.wanted:
            return ""
        return f"AND {column} IN (SELECT customer_id FROM followup_wanted)"  # noqa: S608 - a column of ours

    def trips(self, index: str) -> str:
        """SQL for the table trip, read by `index`, or by customer where only some are wanted."""
        return dialect.by_index("trip t", "trip_customer" if self.wanted else index)

    def fitting(self) -> str:
        """SQL that leaves out trips `t` for which no step can be."""
        asked = (("t.service", self.services), ("t.kind", self.kinds))
        return " ".join(
            f"AND {column} IN ({', '.join(map(repr, sorted(names)))})"
            for column, names in asked
            if names is not None
        )

    @property
    def zone(self) -> ZoneInfo:
        """The agency's time zone."""
        return self.settings.zone

    @property
    def params(self) -> dict[str, Any]:
        """What the selects are told."""
        return {
            "rule": self.rule,
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "as_of": self.as_of.isoformat(),
        }

    def days(self) -> Iterator[date]:
        """Each day from the first to the last."""
        for number in range((self.last - self.first).days + 1):
            yield self.first + timedelta(number)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A kind of event. gives, may_give: what words may name, always or perhaps. labels: those that
    there are; empty = any; named: the table of words that says them to people. batches: how its
    items may be put into one line. lasts: it gives one event at a time, so that an item may stay
    until it is settled."""

    name: str
    gives: frozenset[str]
    may_give: frozenset[str]
    select: Callable[[Session, Search], None]
    takes_labels: bool = False
    named: str = ""
    labels: frozenset[str] = frozenset()
    batches: tuple[str, ...] = ()
    lasts: bool = False


INSERT = """
    INSERT INTO followup_event (rule, subject_table, subject_id, series, period, customer_id,
        trip_id, anchor_on, calendar, code, service, kind, destination, ends_on, since)
"""
INSERT_OWNED = INSERT.replace("since)", "since, owner, by)")


def wanted(session: Session, search: Search) -> "Numbers | None":
    """The customers that are wanted, None = all."""
    if not search.wanted:
        return None
    rows = engine.raw(session).execute("SELECT customer_id FROM followup_wanted")
    return trip_history.numbers(row[0] for row in rows)


# The last trip of a customer in followup_last on its day, as the histories count trips.
LAST_TRIP = f"""(
    SELECT max(t.id) FROM {dialect.by_index("trip t", "trip_customer")}
    WHERE t.customer_id = k.customer_id AND t.departs_on = k.departed_on AND {stood_sql()}
)"""  # noqa: S608 - pieces of this module


def put_last(connection: Connection, found: Iterable[tuple[Any, ...]]) -> None:
    """Fill followup_last: customer, day of departure, first and last day of the event, period."""
    connection.execute("DELETE FROM followup_last")
    connection.executemany("INSERT INTO followup_last VALUES (?, ?, ?, ?, ?)", found)


def trips_of(
    session: Session, as_of: date, departures: Iterable[tuple[int, str]]
) -> dict[tuple[int, str], tuple[int, str | None, str | None]]:
    """The trips of customers on their days of departure: id, code and destination."""
    connection = engine.raw(session)
    put_last(connection, [(*one, "", None, "") for one in departures])
    sql = f"""
        SELECT k.customer_id, k.departed_on, t.id, t.code, t.destination
        FROM followup_last k CROSS JOIN trip t WHERE t.id = {LAST_TRIP}
    """  # noqa: S608 - a constant
    rows = connection.execute(sql, {"as_of": as_of.isoformat()})
    return {(who, day): tuple(trip) for who, day, *trip in rows}


def put_who(session: Session, search: Search, who: "Numbers | None") -> None:
    """Fill followup_who with these customers (None = all), of whom only some may be wanted."""
    connection = engine.raw(session)  # SQLAlchemy takes as long again for each row
    connection.execute("DELETE FROM followup_who")
    if who is None:
        connection.execute(
            f"INSERT INTO followup_who SELECT c.id FROM customer c WHERE 1 {search.only('c.id')}"  # noqa: S608 - pieces of this module
        )
        return
    dialect.put_numbers(connection, "followup_who", who.tolist())
    if search.wanted:
        connection.execute(
            """
            DELETE FROM followup_who
            WHERE customer_id NOT IN (SELECT customer_id FROM followup_wanted)
            """
        )
