"""The events that rules stand on: one select an anchor.

A select puts what may have to be followed up into the temporary table followup_event: the subject
(a row of subject_table), the customer, the trip (for the words), the first day of the event (and
the last, where it is another), and what tells its occurrences apart: `series` (the label of a
special date, a contact) and `period` (a year, a month). `calendar` is the one in which the day is
counted; `since` the day on which the customer came into the database, where that is of interest.

Each is found by an index: none of them reads all trips. To add an anchor: a select and a line in
ANCHORS; to add a rule on an anchor that exists, no code at all.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from zlib import crc32
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlmodel import Session

from tourcrm import history, lunar, outcome, store
from tourcrm.lunar import SpecialDay
from tourcrm.population import People, Who

if TYPE_CHECKING:
    from tourcrm.history import Numbers

JOINED = 3  # days by which a festival may follow another and be one with it

TABLES = (
    """
    CREATE TEMP TABLE IF NOT EXISTS followup_event (
        rule TEXT NOT NULL, subject_table TEXT NOT NULL, subject_id INTEGER NOT NULL,
        series TEXT NOT NULL, period TEXT NOT NULL, customer_id INTEGER NOT NULL, trip_id INTEGER,
        anchor_on TEXT NOT NULL, calendar TEXT, code TEXT, service TEXT, kind TEXT,
        destination TEXT, ends_on TEXT, since TEXT
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
        customer_id INTEGER NOT NULL, last_on TEXT NOT NULL, falls_on TEXT NOT NULL
    )
    """,
    """
    CREATE TEMP TABLE IF NOT EXISTS followup_wanted (customer_id INTEGER NOT NULL PRIMARY KEY)
    """,
    """
    CREATE TEMP TABLE IF NOT EXISTS followup_who (customer_id INTEGER NOT NULL PRIMARY KEY)
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

    rule: its id. first, last: days of the event, inclusive. people: what is known of everybody.
    zone: the agency's. wanted: only the customers in the temporary table followup_wanted. labels:
    of special dates, of festivals. who: finds the customers whom the rule can be for; None =
    anybody. least: the least offset of the rule's steps. spread: as the rule says. far_back: for so
    many days what was decided is told.
    """

    rule: str
    first: date
    last: date
    as_of: date
    people: People
    zone: ZoneInfo
    wanted: bool = False
    labels: tuple[str, ...] = ()
    who: Callable[[], Who | None] = lambda: None
    least: int = 0
    spread: bool = False
    far_back: int = 0

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
    """A kind of event. gives, may_give: what words may name, always or perhaps. labels: those that
    there are; empty = any. batches: how its items may be put into one line. lasts: it gives one
    event at a time, so that an item may stay until it is settled."""

    name: str
    gives: frozenset[str]
    may_give: frozenset[str]
    select: Callable[[Session, Search], None]
    takes_labels: bool = False
    labels: frozenset[str] = frozenset()
    batches: tuple[str, ...] = ()
    lasts: bool = False


_INSERT = """
    INSERT INTO followup_event (rule, subject_table, subject_id, series, period, customer_id,
        trip_id, anchor_on, calendar, code, service, kind, destination, ends_on, since)
"""
_TRIP = "'solar', t.code, t.service, t.kind, t.destination, NULL, NULL"


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
            k.calendar, NULL, NULL, NULL, NULL, NULL, NULL
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
        values = ":rule, 'customer', :who, :label, :y, :who, NULL, :f, :c" + ", NULL" * 6
        connection.execute(text(f"{_INSERT} VALUES ({values})"), serving)


def _is_first(row: Any) -> bool:
    _customer, _label, year, falls_on, calendar, other_calendar, month, day, leap = row
    other = SpecialDay(month, day, None, other_calendar, bool(leap))
    days = lunar.occurrences(other, date(year, 1, 1), date(year + 1, 3, 1))
    rival = next((falls.isoformat() for of, falls in days if of == year), None)
    return rival is None or (falls_on, calendar != "solar") < (rival, other_calendar != "solar")


def _last_departures_yearly(session: Session, search: Search) -> None:
    """The day of the year of each customer's last departure, from the first time it comes back."""
    connection = store.raw(session)
    known = search.people.known
    returning: dict[str, list[date]] = defaultdict(list)
    for falls in search.days():
        for month_day in _month_days(falls):
            returning[month_day].append(falls)
    at = known.of_yeardays(returning)
    if search.wanted:
        wanted = connection.execute("SELECT customer_id FROM followup_wanted")
        at = history.both(at, search.people.places_of(row[0] for row in wanted))
    connection.execute("DELETE FROM followup_yearday")
    connection.executemany(
        "INSERT INTO followup_yearday VALUES (?, ?, ?)",
        [
            (who, last_on, falls.isoformat())
            for who, last_on in zip(
                known.customer[at].tolist(), history.iso_days(known.last[at]), strict=True
            )
            for falls in returning[last_on[5:]]
            if falls.year > int(last_on[:4])
        ],
    )
    sql = f"""{_INSERT}
        SELECT :rule, 'trip', t.id, '', substr(k.falls_on, 1, 4), k.customer_id, t.id, k.falls_on,
            {_TRIP}
        FROM followup_yearday k CROSS JOIN trip t
        WHERE t.id = (
            SELECT max(t.id) FROM {store.by_index("trip t", "trip_customer")}
            WHERE t.customer_id = k.customer_id AND t.departs_on = k.last_on AND {BOOKED}
        )
    """  # noqa: S608 - pieces of this module
    connection.execute(sql, search.params)


def _month_days(day: date) -> Iterable[str]:
    """The days of the year that fall on `day`; 29 February falls on the 28th in common years."""
    yield day.isoformat()[5:]
    if (day.month, day.day) == (2, 28) and (day + timedelta(1)).month == 3:
        yield "02-29"


def _festivals(session: Session, search: Search) -> None:
    """Festivals, for each customer; neighbouring ones are one, on the day of the first."""
    found = festivals(search.labels, search.first, search.last)
    if not found:
        return
    who = search.who()
    _put_who(session, search, None if who is None else who.customers)
    for first_on, names in found:
        sql = f"""{_INSERT}
            SELECT :rule, 'customer', w.customer_id, :names, :year, w.customer_id, NULL, :day,
                'solar', NULL, NULL, NULL, NULL, NULL, NULL
            FROM followup_who w
        """  # noqa: S608 - pieces of this module
        params = {"names": "+".join(names), "year": str(first_on.year), "day": first_on.isoformat()}
        session.connection().execute(text(sql), {"rule": search.rule, **params})


def festivals(
    labels: Collection[str], first: date, last: date
) -> list[tuple[date, tuple[str, ...]]]:
    """The festivals from one day to another, each with those that follow within JOINED days."""
    days = sorted(
        (lunar.festival(label, year), place, label)
        for year in range(first.year - 1, last.year + 2)
        for place, label in enumerate(lunar.FESTIVALS)
        if label in labels and lunar.FIRST_YEAR < year < lunar.LAST_YEAR
    )
    groups: list[list[tuple[date, str]]] = []
    for day, _place, label in days:
        if groups and (day - groups[-1][-1][0]).days <= JOINED:
            groups[-1].append((day, label))
        else:
            groups.append([(day, label)])
    return [
        (group[0][0], tuple(label for _day, label in group))
        for group in groups
        if first <= group[0][0] <= last
    ]


def _put_who(session: Session, search: Search, who: "Numbers | None") -> None:
    """Fill followup_who with these customers (None = all), of whom only some may be wanted."""
    connection = store.raw(session)  # SQLAlchemy takes as long again for each row
    connection.execute("DELETE FROM followup_who")
    if who is None:
        connection.execute(
            f"INSERT INTO followup_who SELECT c.id FROM customer c WHERE 1 {search.only('c.id')}"  # noqa: S608 - pieces of this module
        )
        return
    store.put_numbers(connection, "followup_who", who.tolist())
    if search.wanted:
        connection.execute(
            """
            DELETE FROM followup_who
            WHERE customer_id NOT IN (SELECT customer_id FROM followup_wanted)
            """
        )


def _last_contacts(session: Session, search: Search) -> None:
    """The last personal contact; without one the last return, without that the day of entry.

    A decision starts the interval anew, however it was carried out: each contact, and each
    decision, is an occurrence of its own. What was decided of late is told as it was then.

    What a rule spreads after an import is left out until its day: at first that is nearly all.
    """
    who = search.who()
    _put_who(session, search, None if who is None else who.customers)
    offsets = (
        {} if who is None else dict(zip(who.customers.tolist(), who.offsets.tolist(), strict=True))
    )
    decided = _last_decisions(session, search)
    spoken = _may_be_due(session, search, offsets, decided)
    known = search.people.known
    at = search.people.places_of(one for one, contacted_at in spoken.items() if not contacted_at)
    returned = zip(
        history.iso_days(known.last_return[at]), map("r{}".format, known.trips[at]), strict=True
    )
    returns = dict(zip(known.customer[at].tolist(), returned, strict=True))
    times = _Times(search)
    personal = store.by_index("interaction n", "interaction_personal")
    contact = f"""
        SELECT max(n.id) FROM {personal} WHERE n.customer_id = ? AND n.personal AND n.at = ?
    """  # noqa: S608 - a constant
    sql = f"""
        SELECT c.id, c.code, c.entered_on, o.at FROM {store.NUMBERS} w
        CROSS JOIN customer c ON c.id = w.value CROSS JOIN operation o ON o.id = c.operation_id
    """  # noqa: S608 - a constant
    found = []
    connection = store.raw(session)
    of_late = (search.as_of - timedelta(search.far_back)).isoformat()
    for one, code, entered_on, stored_at in connection.execute(sql, (store.numbers(spoken),)):
        time = times[stored_at, offsets.get(one)]
        if (last := decided.get(one)) and last.day >= of_late:
            found.append((search.rule, one, last.occurrence, one, last.anchor_on, time.since))
        contacted_at = spoken[one]
        if contacted_at is not None:
            if last is None and not time.may_reach(contacted_at, code):
                continue
            anchor, series = outcome.local_day(contacted_at, search.zone).isoformat(), ""
        elif one in returns:
            anchor, series = returns[one]
        else:
            anchor, series = max(entered_on, time.since), "entered"
        if last and last.day >= anchor:
            anchor, series = last.day, f"d{last.id}"
        if time.reached(anchor, code):
            series = series or f"c{connection.execute(contact, (one, contacted_at)).fetchone()[0]}"
            found.append((search.rule, one, series, one, anchor, time.since))
    connection.executemany(
        f"{_INSERT} VALUES (?, 'customer', ?, ?, '', ?, NULL, ?, 'solar'{', NULL' * 5}, ?)",
        found,
    )


def _may_be_due(
    session: Session, search: Search, offsets: Mapping[int, int], decided: Collection[int]
) -> dict[int, str | None]:
    """Those of followup_who for whom it may be time, with the moment of the last personal contact.

    Most were spoken with, or came back, too short a time ago: nothing else is looked up of them.
    """
    sql = f"""
        SELECT w.customer_id, (
            SELECT max(n.at) FROM {store.by_index("interaction n", "interaction_personal")}
            WHERE n.customer_id = w.customer_id AND n.personal AND n.at < ?
        ) FROM followup_who w ORDER BY w.customer_id
    """  # noqa: S608 - a constant
    end = outcome.day_end(search.as_of, search.zone)
    spoken = store.raw(session).execute(sql, (end,)).fetchall()
    known = search.people.known
    at = search.people.places_of(one for one, _contacted_at in spoken)
    back = dict(zip(known.customer[at].tolist(), known.last_return[at].tolist(), strict=True))
    # The last days of the event by offset, as a number and as the end of that day.
    latest = {
        offset: search.last + timedelta(search.least - offset)
        for offset in {search.least, *offsets.values()}
    }
    number = {offset: history.day_number(day) for offset, day in latest.items()}
    moment = {offset: outcome.day_end(day, search.zone) for offset, day in latest.items()}
    may_be: dict[int, str | None] = {}
    for one, contacted_at in spoken:
        offset = offsets.get(one, search.least)
        if contacted_at is None:
            due = back.get(one, 0) <= number[offset]
        else:
            due = contacted_at < moment[offset]
        if due or one in decided:
            may_be[one] = contacted_at
    return may_be


def place(code: str, days: int) -> int:
    """A customer's day among so many, whatever the order of rows; never less among more."""
    return crc32(code.encode()) * days >> 32


class _Time(NamedTuple):
    """When customers who came on one day are due, by one offset."""

    since: str  # the day on which they came
    overdue: str  # events before this day were overdue by then
    latest: str  # the last day of an event that is due
    early: str  # contacts before this moment were overdue by then
    fresh: str  # the moment from which on a contact is too young
    offset: int
    gone: int  # days since they came

    def may_reach(self, contacted_at: str, code: str) -> bool:
        """Whether a contact may be due, without looking for its day."""
        if contacted_at < self.early:
            return place(code, self.offset) <= self.gone
        return contacted_at < self.fresh

    def reached(self, anchor: str, code: str) -> bool:
        if anchor < self.overdue:
            return place(code, self.offset) <= self.gone
        return anchor <= self.latest


class _Times(dict[tuple[str, int | None], _Time]):
    """By the moment of entry, and the offset where it is known; an import gives one to many."""

    def __init__(self, search: Search) -> None:
        super().__init__()
        self.search = search
        self.until = search.last + timedelta(search.least)  # the last due day that is of interest

    def __missing__(self, of: tuple[str, int | None]) -> _Time:
        stored_at, given = of
        offset = timedelta(self.search.least if given is None else given)
        came = outcome.local_day(stored_at, self.search.zone)
        latest = self.until - offset
        time = self[of] = _Time(
            since=came.isoformat(),
            overdue=(came - offset).isoformat() if self.search.spread else "",
            early=outcome.day_start(came - offset, self.search.zone) if self.search.spread else "",
            latest=latest.isoformat(),
            fresh=outcome.day_end(latest, self.search.zone),
            offset=offset.days,
            gone=(self.until - came).days,
        )
        return time


class _Decided(NamedTuple):
    id: int
    day: str
    occurrence: str
    anchor_on: str


def _last_decisions(session: Session, search: Search) -> dict[int, _Decided]:
    """The last decision of a rule about each subject that was done or skipped, and stands."""
    sql = """
        SELECT subject_id, occurrence, id, status, at, anchor_on FROM followup_outcome
        WHERE rule = :rule AND at < :end ORDER BY at, id
    """
    standing: dict[tuple[int, str], _Decided] = {}
    params = {"rule": search.rule, "end": outcome.day_end(search.as_of, search.zone)}
    for subject, occurrence, id_, status, at, anchor in session.connection().execute(
        text(sql), params
    ):
        standing.pop((subject, occurrence), None)
        if status in outcome.FINAL:
            day = outcome.local_day(at, search.zone).isoformat()
            standing[subject, occurrence] = _Decided(id_, day, occurrence, anchor)
    return {subject: decided for (subject, _occurrence), decided in standing.items()}


def _last_deals(session: Session, search: Search) -> None:
    """Each customer's latest booking: its day, the departure's where that is not known."""
    known = search.people.known
    near = known.customer[known.last >= history.day_number(search.first)]
    who = search.who()
    _put_who(session, search, near if who is None else history.both(near, who.customers))
    booked = "min(coalesce(t.booked_on, t.departs_on), t.departs_on)"
    sql = f"""{_INSERT}
        SELECT :rule, 'trip', t.id, 'once', '', t.customer_id, t.id, {booked}, {_TRIP}
        FROM followup_who w CROSS JOIN trip t
        WHERE t.id = (
            SELECT t.id FROM {store.by_index("trip t", "trip_customer")}
            WHERE t.customer_id = w.customer_id AND {BOOKED}
            ORDER BY {booked} DESC, t.id DESC LIMIT 1
        ) AND {booked} BETWEEN :first AND :last
    """  # noqa: S608 - pieces of this module
    session.connection().execute(text(sql), search.params)


def _repeated_months(session: Session, search: Search) -> None:
    """Months in which a customer departed in two of the three years before."""
    connection = session.connection()
    known = search.people.known
    who = search.who()
    month = search.first.replace(day=1)
    if month < search.first:
        month = _next_month(month)
    while month <= search.last:
        spans = [_month_of(month.year - back, month.month) for back in (1, 2, 3)]
        repeating = known.customer[known.departed_between(spans, 2)]
        if who is not None:
            repeating = history.both(repeating, who.customers)
        _put_who(session, search, repeating)
        sql = f"""{_INSERT}
            SELECT :rule, 'customer', w.customer_id, '', :month, w.customer_id, t.id, :day,
                'solar', t.code, t.service, t.kind, t.destination, :ends, NULL
            FROM followup_who w CROSS JOIN trip t
            WHERE t.id = (
                SELECT t.id FROM {store.by_index("trip t", "trip_customer")}
                WHERE t.customer_id = w.customer_id AND t.departs_on BETWEEN :from AND :day
                    AND substr(t.departs_on, 6, 2) = substr(:day, 6, 2) AND {BOOKED}
                ORDER BY t.departs_on DESC, t.id DESC LIMIT 1
            )
        """  # noqa: S608 - pieces of this module
        params = {
            "rule": search.rule,
            "as_of": search.as_of.isoformat(),
            "month": month.isoformat()[:7],
            "day": month.isoformat(),
            "ends": (_next_month(month) - timedelta(1)).isoformat(),
            "from": spans[-1][0].isoformat(),
        }
        connection.execute(text(sql), params)
        month = _next_month(month)


def _month_of(year: int, month: int) -> tuple[date, date]:
    first = date(year, month, 1)
    return first, _next_month(first) - timedelta(1)


def _next_month(first: date) -> date:
    return (first + timedelta(31)).replace(day=1)


def _first_bookings(session: Session, search: Search) -> None:
    """The first booking of somebody whom a customer referred; it is about the one who did."""
    connection = session.connection()
    known = search.people.known
    sql = (
        f"SELECT c.id FROM customer c WHERE c.referred_by_id > 0 {search.only('c.referred_by_id')}"  # noqa: S608 - pieces of this module
    )
    referred = history.numbers(connection.execute(text(sql)).scalars())
    # Who departed before the first day had booked before it.
    earlier = known.customer[known.first < history.day_number(search.first)]
    _put_who(session, replace(search, wanted=False), history.without(referred, earlier))
    booked = "min(coalesce(t.booked_on, t.departs_on), t.departs_on)"
    sql = f"""{_INSERT}
        SELECT :rule, 'customer', c.id, 'once', '', c.referred_by_id, t.id, {booked}, {_TRIP}
        FROM followup_who w JOIN customer c ON c.id = w.customer_id CROSS JOIN trip t
        WHERE t.id = (
            SELECT t.id FROM {store.by_index("trip t", "trip_customer")}
            WHERE t.customer_id = w.customer_id AND {BOOKED}
            ORDER BY {booked}, t.id LIMIT 1
        ) AND {booked} BETWEEN :first AND :last
    """  # noqa: S608 - pieces of this module
    connection.execute(text(sql), search.params)


def _tasks(session: Session, search: Search) -> None:
    """What somebody noted to do on a day; what is done or dropped is told for some days."""
    sql = f"""{_INSERT}
        SELECT :rule, 'task', k.id, 'once', '', k.customer_id, k.trip_id, k.due_on, 'solar',
            t.code, t.service, t.kind, t.destination, NULL, NULL
        FROM task k LEFT JOIN trip t ON t.id = k.trip_id
        WHERE k.due_on <= :last AND k.noted_on <= :as_of {search.only("k.customer_id")}
            AND NOT EXISTS (
                SELECT 1 FROM followup_outcome o
                WHERE o.rule = :rule AND o.subject_table = 'task' AND o.subject_id = k.id
                    AND o.at < :long_ago AND (o.status = 'done' OR o.status = 'skipped')
                    AND NOT EXISTS (
                        SELECT 1 FROM followup_outcome n
                        WHERE n.rule = o.rule AND n.subject_table = 'task'
                            AND n.subject_id = k.id AND n.id > o.id
                    )
            )
    """  # noqa: S608 - pieces of this module
    long_ago = outcome.day_start(search.as_of - timedelta(search.far_back), search.zone)
    session.connection().execute(text(sql), {**search.params, "long_ago": long_ago})


_TRIP_FIELDS = frozenset({"destination", "departs_on", "returns_on", "days", "adviser", "guide"})
_YEARLY = frozenset({"departs_on", "years", "years_ago"})

ANCHORS = {
    anchor.name: anchor
    for anchor in (
        Anchor(
            "departure",
            frozenset({"departs_on"}),
            _TRIP_FIELDS,
            _departures,
            batches=("departure",),
        ),
        Anchor("return", frozenset({"returns_on"}), _TRIP_FIELDS, _returns, batches=("departure",)),
        Anchor(
            "special_date",
            frozenset({"label"}),
            frozenset({"lunar"}),
            _special_dates,
            takes_labels=True,
        ),
        Anchor(
            "festival",
            frozenset({"festival"}),
            frozenset(),
            _festivals,
            takes_labels=True,
            labels=frozenset(lunar.FESTIVALS),
            batches=("festival",),
        ),
        Anchor("last_departure_yearly", _YEARLY, _TRIP_FIELDS, _last_departures_yearly),
        Anchor("last_contact", frozenset(), frozenset(), _last_contacts, lasts=True),
        Anchor("last_deal", frozenset({"departs_on"}), _TRIP_FIELDS, _last_deals),
        Anchor(
            "repeated_month",
            frozenset({"month", "departs_on"}),
            _TRIP_FIELDS,
            _repeated_months,
        ),
        Anchor("first_booking", frozenset({"referred"}), _TRIP_FIELDS, _first_bookings),
        Anchor(
            "task", frozenset({"what", "noted_on", "noted_by"}), _TRIP_FIELDS, _tasks, lasts=True
        ),
    )
}
