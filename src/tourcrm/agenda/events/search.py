"""Which events of a rule are looked for, and what is found: a value each."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from tourcrm.analysis import trip_history
from tourcrm.analysis.population import People, Who
from tourcrm.bookings.status import stood_sql
from tourcrm.db import dialect
from tourcrm.db.engine import Raw
from tourcrm.db.setting import Settings

if TYPE_CHECKING:
    from tourcrm.analysis.trip_history import Flags, Numbers
    from tourcrm.bookings.receivables import Debt


class Event(NamedTuple):
    """What a rule may owe something for. Days and moments are ISO texts.

    subject_table, subject_id: the row that it is about. series (the label of a special date, a
    contact) and period (a year, a month) tell its occurrences apart. anchor_on, ends_on: its first
    day, and its last where that is another. calendar: the one in which the day is counted. since:
    the day on which the customer came into the database. owner: whose work it is, if not of the
    customer's owner. by: the moment by which it must be done, in the agency's zone. departed_on:
    the departure of a trip that is looked up only for what is told. said: what the day of the event
    was, a field that words may name, and that day. amount: what it is about, in fen. figures: the
    numbers that it rests on, by the fields that words may name. crisis: whether a complaint is one.
    """

    subject_table: str
    subject_id: int
    series: str
    period: str
    customer_id: int
    anchor_on: str
    calendar: str = "solar"
    trip_id: int | None = None
    code: str | None = None
    service: str | None = None
    kind: str | None = None
    destination: str | None = None
    ends_on: str | None = None
    since: str | None = None
    owner: str | None = None
    by: str | None = None
    departed_on: str | None = None
    said: tuple[str, str] | None = None
    amount: int | None = None
    figures: tuple[tuple[str, int], ...] = ()
    crisis: bool = False


class Owing(NamedTuple):
    """A trip of whose price something is not paid, and whose it is."""

    trip_id: int
    service: str | None
    kind: str | None
    customer_id: int
    debt: "Debt"


@dataclass(frozen=True, slots=True)
class Search:
    """Which events of a rule are looked for.

    rule: its id. first, last: days of the event, inclusive. people: what is known of everybody.
    settings: the agency's. wanted: only these customers; None = all. labels: of special dates, of
    festivals, of answers. who: finds the customers whom the rule can be for; None = anybody. least:
    the least offset of the rule's steps. spread: as the rule says. far_back: for so many days what
    was decided is told. trip_matters: whether what is owed depends on more of a trip than its day.
    services, kinds: of trips that a step can be for; None = all. owing: looks up what is owed, once
    a day for all rules.
    """

    rule: str
    first: date
    last: date
    as_of: date
    people: People
    settings: Settings
    wanted: frozenset[int] | None = None
    labels: tuple[str, ...] = ()
    who: Callable[[], Who | None] = lambda: None
    least: int = 0
    spread: bool = False
    far_back: int = 0
    trip_matters: bool = True
    services: frozenset[str] | None = None
    kinds: frozenset[str] | None = None
    owing: Callable[[], Sequence[Owing]] = tuple

    def only(self, column: str) -> str:
        """SQL that limits `column` to the customers wanted; nothing where all are."""
        if self.wanted is None:
            return ""
        return f"AND {column} IN (SELECT value FROM json_each(:wanted))"  # noqa: S608 - a column of ours

    def trips(self, index: str) -> str:
        """SQL for the table trip, read by `index`, or by customer where only some are wanted."""
        return dialect.by_index("trip t", index if self.wanted is None else "trip_customer")

    def fitting(self) -> str:
        """SQL that leaves out trips `t` for which no step can be."""
        asked = (("t.service", self.services), ("t.kind", self.kinds))
        return " ".join(
            f"AND {column} IN ({', '.join(map(repr, sorted(names)))})"
            for column, names in asked
            if names is not None
        )

    def owed(self) -> Iterator[Owing]:
        """What is owed by the customers wanted."""
        for one in self.owing():
            if self.wanted is None or one.customer_id in self.wanted:
                yield one

    def among(self, customers: "Numbers") -> "Flags":
        """Which of these customers are wanted."""
        wanted = None if self.wanted is None else trip_history.numbers(self.wanted)
        return trip_history.among(customers, wanted)

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
            "wanted": dialect.numbers(sorted(self.wanted or ())),
        }

    def days(self) -> Iterator[date]:
        """Each day from the first to the last."""
        for number in range((self.last - self.first).days + 1):
            yield self.first + timedelta(number)


Select = Callable[[Raw, Search], Iterable[Event]]
Departure = tuple[int, str]  # a customer, and the day on which they left
Trip = tuple[int, str | None, str | None, str | None, str | None]  # id, code, service, kind, where

# The last trip of a customer on a day, as the histories count trips.
_LAST_TRIP = f"""
    SELECT t.id, t.code, t.service, t.kind, t.destination FROM trip t WHERE t.id = (
        SELECT max(t.id) FROM {dialect.by_index("trip t", "trip_customer")}
        WHERE t.customer_id = :who AND t.departs_on = :day AND {stood_sql()}
    )
"""  # noqa: S608 - pieces of this module


def last_trips(
    connection: Raw, as_of: date, departures: Iterable[Departure]
) -> dict[Departure, Trip]:
    """The trips of customers on their days of departure."""
    params = {"as_of": as_of.isoformat()}
    found = {}
    for who, day in departures:
        row = connection.execute(_LAST_TRIP, {**params, "who": who, "day": day}).fetchone()
        if row:
            found[who, day] = row
    return found
