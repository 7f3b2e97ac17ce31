"""The anchor last_contact: for whom is it long since anybody spoke with them in person?

The last personal contact counts; without one the last return, without that the day of entry. A
decision starts the interval anew, however it was carried out: each contact, and each decision, is
an occurrence of its own. What was decided of late is told as it was then.

What was overdue when a customer came into the database, a rule may spread over its interval: it is
left out until its day. At first that is nearly everybody, so that arrays tell who may be due before
anything is looked up. Days are day numbers here, as in trip_history.py.
"""

from collections.abc import Collection, Iterator
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32
from zoneinfo import ZoneInfo

from tourcrm.agenda import keys
from tourcrm.agenda.events.search import Event, Search
from tourcrm.analysis import trip_history
from tourcrm.analysis.trip_history import day_number, day_of, iso_day
from tourcrm.base import moments
from tourcrm.db import dialect
from tourcrm.db.engine import Raw

if TYPE_CHECKING:
    from tourcrm.analysis.trip_history import Numbers

MARK = "\x1f"  # between texts; no code holds it

# What the day was from which the interval counts, as words may name it, and how occurrences begin.
SPOKEN, HOME, ENTERED = "spoken_on", "home_on", "entered_on"
_SERIES = {"c": SPOKEN, "r": HOME, "e": ENTERED}
Said = tuple[str, str]

_PERSONAL = dialect.by_index("interaction n", "interaction_personal")
_LAST_AT = f"""
    SELECT (
        SELECT max(n.at) FROM {_PERSONAL}
        WHERE n.customer_id = w.value AND n.personal AND n.at < ?
    ) FROM {dialect.NUMBERS} w
"""  # noqa: S608 - constants
_SPOKEN = f"""
    SELECT {dialect.gathered("customer_id", " ")}, {dialect.gathered("at", " ")}
    FROM {dialect.by_index("interaction", "interaction_lately")}
    WHERE personal AND at >= ? AND at < ?
"""  # noqa: S608 - constants
_LAST_ID = f"SELECT max(n.id) FROM {_PERSONAL} WHERE n.customer_id = ? AND n.personal AND n.at = ?"  # noqa: S608 - a constant
_ENTERED = "SELECT entered_on FROM customer WHERE id = ?"
_ENTRIES = f"""
    SELECT {dialect.gathered("c.code", MARK)}, {dialect.gathered("c.operation_id", " ")}
    FROM {dialect.NUMBERS} w CROSS JOIN customer c ON c.id = w.value
"""  # noqa: S608 - constants
_MOMENTS = f"""
    SELECT o.at FROM {dialect.NUMBERS} w CROSS JOIN operation o ON o.id = w.value
"""  # noqa: S608 - constants


def place(code: str, days: int) -> int:
    """A customer's day among so many, whatever the order of rows; never less among more."""
    return crc32(code.encode()) * days >> 32


class _Case(NamedTuple):
    """One customer for whom it may be time."""

    customer: int
    came: int  # the day on which they came into the database
    overdue: int  # what lies before this day was overdue then
    placed: bool  # whether the day of what was overdue then is reached
    travelled: bool
    back: int  # the last return, of those who travelled
    trips: int
    latest: int  # the last day of an anchor from which it is due
    contacted_at: str | None


def select(connection: Raw, search: Search) -> Iterator[Event]:
    """Those who are due."""
    decided = _last_decisions(connection, search)
    until = day_number(search.last) + search.least  # the last due day that is of interest
    of_late = day_number(search.as_of) - search.far_back
    zone = search.zone
    moment = cache(lambda number: moments.day_start(day_of(number), zone))
    for one in _may_be_due(connection, search, until, decided):
        last = decided.get(one.customer)
        latest = one.latest
        if last and last.day >= of_late:
            said = _said_then(connection, one, last, zone)
            yield _event(one, last.occurrence, last.anchor_on, said)
        contacted_at, series = one.contacted_at, ""
        if contacted_at is not None:
            # Most can be told without looking for the day of a moment.
            if not last and contacted_at >= moment(latest + 1):
                continue
            if not last and not one.placed and search.spread and contacted_at < moment(one.overdue):
                continue
            anchor, field = day_number(moments.local_day(contacted_at, zone)), SPOKEN
        elif one.travelled:
            anchor, series, field = one.back, f"r{one.trips}", HOME
        else:
            (day,) = connection.execute(_ENTERED, (one.customer,)).fetchone()
            anchor, series = max(day_number(date.fromisoformat(day)), one.came), "entered"
            field = ENTERED
        said = field, iso_day(anchor)
        if last and last.day >= anchor:
            anchor, series = last.day, f"d{last.id}"
        due = one.placed if search.spread and anchor < one.overdue else anchor <= latest
        if due:
            if not series:
                (row,) = connection.execute(_LAST_ID, (one.customer, contacted_at)).fetchone()
                series = f"c{row}"
            yield _event(one, series, iso_day(anchor), said)


def _event(one: _Case, series: str, anchor_on: str, said: Said) -> Event:
    who = one.customer
    return Event("customer", who, series, "", who, anchor_on, since=iso_day(one.came), said=said)


def _said_then(connection: Raw, one: _Case, last: "_Decided", zone: ZoneInfo) -> Said:
    """What the day was from which a decision counted: it may have counted from another one."""
    field = _SERIES.get(last.occurrence[:1])
    if field:
        return field, last.anchor_on
    end = moments.day_end(date.fromisoformat(last.anchor_on), zone)
    (spoken_at,) = connection.execute(_LAST_AT, (end, dialect.numbers([one.customer]))).fetchone()
    if spoken_at is not None:
        return SPOKEN, moments.local_day(spoken_at, zone).isoformat()
    return (HOME, iso_day(one.back)) if one.travelled else (ENTERED, iso_day(one.came))


def _may_be_due(
    connection: Raw, search: Search, until: int, decided: Collection[int]
) -> Iterator[_Case]:
    """Those for whom it may be time. Who is back too short a time ago, or was overdue on entry and
    has to wait for a later day, and was not spoken with since, is not looked up."""
    import numpy as np

    ids, offsets = _everybody(connection, search)
    if not len(ids):
        return
    came, hashes = _entries(connection, search, ids)
    known = search.people.known
    latest, overdue = until - offsets, came - offsets
    placed = (hashes * offsets >> 32) <= until - came  # as `place` says
    at = np.searchsorted(known.customer, ids)
    at[at == len(known.customer)] = 0
    if len(known.customer):
        travelled = known.customer[at] == ids
        back, trips = known.last_return[at], known.trips[at]
    else:
        travelled, back, trips = np.zeros(len(ids), dtype=bool), ids, ids
    end = moments.day_end(search.as_of, search.zone)
    spoken: dict[int, str] = {}
    if search.spread:
        returned = (back <= latest) & (placed | (back >= overdue))
        may_be = placed | np.where(travelled, returned, came <= latest)
        start = moments.day_start(day_of(int(overdue.min())), search.zone)
        spoken = _spoken_with(connection, start, end)
        may_be |= np.isin(ids, trip_history.numbers(spoken))
    else:
        may_be = np.ones(len(ids), dtype=bool)
    may_be |= np.isin(ids, trip_history.numbers(decided))
    chosen = np.flatnonzero(may_be)
    unknown = [one for one in ids[chosen].tolist() if one not in spoken]
    found = connection.execute(_LAST_AT, (end, dialect.numbers(unknown))).fetchall()
    last_at = dict(zip(unknown, (row[0] for row in found), strict=True)) | spoken
    columns = (ids, came, overdue, placed, travelled, back, trips, latest)
    for row in zip(*(column[chosen].tolist() for column in columns), strict=True):
        one = _Case._make((*row, last_at[row[0]]))
        is_early = one.contacted_at is None and one.travelled and one.back > one.latest
        if not is_early or one.customer in decided:
            yield one


def _everybody(connection: Raw, search: Search) -> "tuple[Numbers, Numbers]":
    """Whom the rule can be for, and their least offsets."""
    import numpy as np

    who = search.who()
    if who is None:
        ids = trip_history.numbers(row[0] for row in connection.execute("SELECT id FROM customer"))
        offsets = np.full(len(ids), search.least)
    else:
        ids, offsets = who.customers, who.offsets
    if search.wanted is None:
        return ids, offsets
    only = search.among(ids)
    return ids[only], offsets[only]


def _entries(connection: Raw, search: Search, ids: "Numbers") -> "tuple[Numbers, Numbers]":
    """The days on which customers came into the database, and the hashes of their codes."""
    import numpy as np

    codes, entered = connection.execute(_ENTRIES, (dialect.numbers(ids.tolist()),)).fetchone()
    hashes = np.array([crc32(code) for code in codes.encode().split(MARK.encode())])
    operations, which = np.unique(trip_history.whole_numbers(entered), return_inverse=True)
    begun = connection.execute(_MOMENTS, (dialect.numbers(operations.tolist()),))
    days = [day_number(moments.local_day(at, search.zone)) for (at,) in begun]
    return np.array(days, dtype="int64")[which], hashes


def _spoken_with(connection: Raw, start: str, end: str) -> dict[int, str]:
    """Who was spoken with in person from one moment to another, and when last."""
    customers, spoken = connection.execute(_SPOKEN, (start, end)).fetchone()
    return dict(
        zip(trip_history.whole_numbers(customers).tolist(), (spoken or "").split(), strict=True)
    )


class _Decided(NamedTuple):
    id: int
    day: int
    occurrence: str
    anchor_on: str


def _last_decisions(connection: Raw, search: Search) -> dict[int, _Decided]:
    """The last decision of a rule about each subject that was done or skipped, and stands."""
    sql = """
        SELECT subject_id, occurrence, id, status, at, anchor_on FROM followup_outcome
        WHERE rule = :rule AND at < :end ORDER BY at, id
    """
    standing: dict[tuple[int, str], _Decided] = {}
    params = {"rule": search.rule, "end": moments.day_end(search.as_of, search.zone)}
    for subject, occurrence, id_, status, at, anchor in connection.execute(sql, params):
        standing.pop((subject, occurrence), None)
        if status in keys.FINAL:
            day = day_number(moments.local_day(at, search.zone))
            standing[subject, occurrence] = _Decided(id_, day, occurrence, anchor)
    return {subject: decided for (subject, _occurrence), decided in standing.items()}
