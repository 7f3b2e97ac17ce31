"""The events that rules stand on: one select an anchor.

A select puts what may have to be followed up into the temporary table followup_event: the subject
(a row of subject_table), the customer, the trip (for the words), the day of the event, and what
tells its occurrences apart: `series` (the label of a special date) and `period` (a year).
`calendar` is the one in which the day is counted.

Each is found by an index: none of them reads all trips. To add an anchor: a select and a line in
ANCHORS; to add a rule on an anchor that exists, no code at all.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from tourcrm import lunar, store
from tourcrm.lunar import SpecialDay

TABLES = (
    """
    CREATE TEMP TABLE IF NOT EXISTS followup_event (
        rule TEXT NOT NULL, subject_table TEXT NOT NULL, subject_id INTEGER NOT NULL,
        series TEXT NOT NULL, period TEXT NOT NULL, customer_id INTEGER NOT NULL, trip_id INTEGER,
        anchor_on TEXT NOT NULL, calendar TEXT, code TEXT, service TEXT, kind TEXT, destination TEXT
    )
    """,
    """
    CREATE TEMP TABLE IF NOT EXISTS followup_key (
        calendar TEXT NOT NULL, month INTEGER NOT NULL, day INTEGER NOT NULL,
        leap INTEGER NOT NULL, year INTEGER NOT NULL, falls_on TEXT NOT NULL
    )
    """,
    """
    CREATE TEMP TABLE IF NOT EXISTS followup_yearday (
        month_day TEXT NOT NULL, year TEXT NOT NULL, falls_on TEXT NOT NULL,
        PRIMARY KEY (month_day, year)
    )
    """,
    """
    CREATE TEMP TABLE IF NOT EXISTS followup_wanted (customer_id INTEGER NOT NULL PRIMARY KEY)
    """,
)

# A trip that is booked as of the day: already booked, and not cancelled until later.
BOOKED = """
    (t.status = 'booked' OR (t.status = 'cancelled' AND t.cancelled_on > :as_of))
    AND (t.booked_on IS NULL OR t.booked_on <= :as_of)
"""


@dataclass(frozen=True, slots=True)
class Search:
    """Which events of a rule are looked for.

    rule: its id. first, last: days of the event, inclusive. wanted: only the
    customers in the temporary table followup_wanted. labels: of special dates.
    """

    rule: str
    first: date
    last: date
    as_of: date
    wanted: bool = False
    labels: tuple[str, ...] = ()

    def only(self, column: str) -> str:
        """SQL that limits `column` to the customers wanted; nothing where all are."""
        if not self.wanted:
            return ""
        return f"AND {column} IN (SELECT customer_id FROM followup_wanted)"  # noqa: S608 - a column of ours

    def trips(self, index: str) -> str:
        """SQL for the table trip, read by `index`, or by customer where only some are wanted."""
        return store.by_index("trip t", "trip_customer" if self.wanted else index)

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
    """A kind of event. gives: the fields that its words may always use; may_give: those that
    may be unknown. yearly: comes back every year."""

    name: str
    gives: frozenset[str]
    may_give: frozenset[str]
    select: Callable[[Session, Search], None]
    takes_labels: bool = False
    from_last_departure: bool = False  # found by the day of the year of the last departure


_INSERT = """
    INSERT INTO followup_event (rule, subject_table, subject_id, series, period, customer_id,
        trip_id, anchor_on, calendar, code, service, kind, destination)
"""
_TRIP = "'solar', t.code, t.service, t.kind, t.destination"


def _departures(session: Session, search: Search) -> None:
    sql = f"""{_INSERT}
        SELECT :rule, 'trip', t.id, 'once', '', t.customer_id, t.id, t.departs_on, {_TRIP}
        FROM {search.trips("trip_departs")}
        WHERE t.departs_on BETWEEN :first AND :last AND {BOOKED} {search.only("t.customer_id")}
    """  # noqa: S608 - pieces of this module
    session.connection().execute(text(sql), search.params)


def _returns(session: Session, search: Search) -> None:
    """Returns; of a trip without a known one, the departure."""
    rest = f"AND {BOOKED} {search.only('t.customer_id')}"
    sql = f"""{_INSERT}
        SELECT :rule, 'trip', t.id, 'once', '', t.customer_id, t.id, t.returns_on, {_TRIP}
        FROM {search.trips("trip_returns")}
        WHERE t.returns_on BETWEEN :first AND :last {rest}
        UNION ALL
        SELECT :rule, 'trip', t.id, 'once', '', t.customer_id, t.id, t.departs_on, {_TRIP}
        FROM {search.trips("trip_departs")}
        WHERE t.returns_on IS NULL AND t.departs_on BETWEEN :first AND :last {rest}
    """  # noqa: S608 - pieces of this module
    session.connection().execute(text(sql), search.params)


def _special_dates(session: Session, search: Search) -> None:
    """Yearly days of customers, solar and lunar; a day of birth or wedding itself is none.

    Where a customer has a label in both calendars, the one that falls first in a year serves, so
    that there is one occurrence a year. (The lunar year is meant for the lunar one.)
    """
    connection = session.connection()
    connection.execute(text("DELETE FROM followup_key"))
    keys = [
        {"c": calendar, "m": month, "d": day, "l": int(leap), "y": year, "f": falls.isoformat()}
        for falls in search.days()
        for calendar, month, day, leap, year in lunar.keys_on(falls)
    ]
    if not keys:
        return
    connection.execute(text("INSERT INTO followup_key VALUES (:c, :m, :d, :l, :y, :f)"), keys)
    labels = {f"label{number}": label for number, label in enumerate(search.labels)}
    falling = f"""
        FROM followup_key k CROSS JOIN special_date s {{other}}
        WHERE s.calendar = k.calendar AND s.month = k.month AND s.day = k.day AND s.leap = k.leap
            AND s.label IN ({", ".join(f":{name}" for name in labels)})
            AND (s.year IS NULL OR s.year < k.year) {search.only("s.customer_id")}
    """
    the_other = """o.customer_id = s.customer_id AND o.label = s.label
        AND o.calendar = CASE k.calendar WHEN 'solar' THEN 'lunar' ELSE 'solar' END"""
    alone = f"""{_INSERT}
        SELECT :rule, 'customer', s.customer_id, s.label, k.year, s.customer_id, NULL, k.falls_on,
            k.calendar, NULL, NULL, NULL, NULL
        {falling.format(other="")}
            AND NOT EXISTS (SELECT 1 FROM special_date o WHERE {the_other})
    """  # noqa: S608 - pieces of this module
    connection.execute(text(alone), {"rule": search.rule, **labels})
    both = f"""
        SELECT s.customer_id, s.label, k.year, k.falls_on, k.calendar,
            o.calendar, o.month, o.day, o.leap
        {falling.format(other=f"JOIN special_date o ON {the_other}")}
    """
    serving = [
        {"rule": search.rule, "who": row[0], "label": row[1], "y": row[2], "f": row[3], "c": row[4]}
        for row in connection.execute(text(both), labels).all()
        if _is_first(row)
    ]
    if serving:
        values = ":rule, 'customer', :who, :label, :y, :who, NULL, :f, :c, NULL, NULL, NULL, NULL"
        connection.execute(text(f"{_INSERT} VALUES ({values})"), serving)


def _is_first(row: Any) -> bool:
    _customer, _label, year, falls_on, calendar, other_calendar, month, day, leap = row
    other = SpecialDay(month, day, None, other_calendar, bool(leap))
    days = lunar.occurrences(other, date(year, 1, 1), date(year + 1, 3, 1))
    rival = next((falls.isoformat() for of, falls in days if of == year), None)
    return rival is None or (falls_on, calendar != "solar") < (rival, other_calendar != "solar")


def _last_departures_yearly(session: Session, search: Search) -> None:
    """The day of the year of each customer's last departure, from the first time it comes back."""
    connection = session.connection()
    connection.execute(text("DELETE FROM followup_yearday"))
    yeardays = [
        {"m": month_day, "y": str(falls.year), "f": falls.isoformat()}
        for falls in search.days()
        for month_day in _month_days(falls)
    ]
    if not yeardays:
        return
    connection.execute(text("INSERT INTO followup_yearday VALUES (:m, :y, :f)"), yeardays)
    last = f"""
        SELECT max(t.id) FROM {store.by_index("trip t", "trip_customer")}
        WHERE t.customer_id = p.customer_id AND t.departs_on = p.last_on AND {BOOKED}
    """  # noqa: S608 - pieces of this module
    sql = f"""{_INSERT}
        SELECT :rule, 'trip', t.id, '', k.year, p.customer_id, t.id, k.falls_on, {_TRIP}
        FROM population p CROSS JOIN followup_yearday k CROSS JOIN trip t
        WHERE k.month_day = substr(p.last_on, 6) AND t.id = ({last})
            AND k.year > substr(p.last_on, 1, 4) {search.only("p.customer_id")}
    """  # noqa: S608 - pieces of this module
    connection.execute(text(sql), search.params)


def yeardays(search: Search) -> frozenset[str]:
    """The days of a year (MM-DD) that fall into the span of a search."""
    return frozenset(found for falls in search.days() for found in _month_days(falls))


def _month_days(day: date) -> Iterable[str]:
    """The days of the year that fall on `day`; 29 February falls on the 28th in common years."""
    yield day.isoformat()[5:]
    if (day.month, day.day) == (2, 28) and (day + timedelta(1)).month == 3:
        yield "02-29"


_TRIP_FIELDS = frozenset({"destination", "departs_on", "returns_on", "days", "adviser", "guide"})

ANCHORS = {
    anchor.name: anchor
    for anchor in (
        Anchor("departure", frozenset({"departs_on"}), _TRIP_FIELDS, _departures),
        Anchor("return", frozenset({"returns_on"}), _TRIP_FIELDS, _returns),
        Anchor(
            "special_date",
            frozenset({"label"}),
            frozenset({"lunar"}),
            _special_dates,
            takes_labels=True,
        ),
        Anchor(
            "last_departure_yearly",
            frozenset({"departs_on", "years", "years_ago"}),
            _TRIP_FIELDS,
            _last_departures_yearly,
            from_last_departure=True,
        ),
    )
}
