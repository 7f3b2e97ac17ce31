"""Papers that changed while a booked trip is ahead: the supplier has the old ones.

Found in what operations changed, by an index that holds nothing but such changes. What was taken
back with its whole operation is as if it had never been.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from tourcrm.agenda.events.search import Event, Search
from tourcrm.base import moments
from tourcrm.bookings.papers import BESIDE, CHANGES, OF_PAPERS, OWN, changed
from tourcrm.bookings.status import BOOKED
from tourcrm.customers.documents import PAPERS
from tourcrm.db.engine import Raw

LONGEST_AHEAD = 366  # days from a change to a departure that it may matter for

_TRIP = "t.id, t.code, t.service, t.kind, t.destination"
_ANY = f"SELECT 1 FROM {CHANGES} WHERE {OF_PAPERS} LIMIT 1"  # noqa: S608 - constants


def changes(connection: Raw, search: Search) -> Iterator[Event]:
    """Booked trips ahead of customers, or of others on the trip, whose papers changed since.

    What was taken back is no change. Nor is taking it back, on the same day: nobody had told the
    supplier yet.
    """
    if connection.execute(_ANY).fetchone() is None:
        return
    as_of = search.as_of
    first = moments.day_start(as_of - timedelta(LONGEST_AHEAD), search.zone)
    sql = f"""
        SELECT o.id, u.id, g.id, o.at, g.row_id, g.before, g.after, {{trip}}
        FROM operation o CROSS JOIN {CHANGES}
            ON g.operation_id = o.id
        {{joined}} LEFT JOIN operation u ON u.id = o.undone_by AND u.at < :end
        WHERE {OF_PAPERS} AND o.at >= :begin AND o.at < :end
            AND t.departs_on >= :as_of AND {BOOKED} {search.only("g.row_id")} {search.fitting()}
    """  # noqa: S608 - constants
    params = {**search.params, "begin": first, "end": moments.day_end(as_of, search.zone)}
    columns = f"coalesce(t.booked_on, ''), {_TRIP}"
    found: dict[tuple[int, int], tuple[int, str, set[str], Any]] = {}
    for joined in (OWN, BESIDE):
        rows = connection.execute(sql.format(trip=columns, joined=joined), params).fetchall()
        days = {row[0]: moments.local_day(row[3], search.zone).isoformat() for row in rows}
        back = {by: days[done] for done, by, *_ in rows if by is not None}
        for done, by, number, _at, who, before, after, booked_on, *trip in rows:
            day = days[done]
            names = changed(before, after)
            if by is not None or back.get(done) == day or not names or day < booked_on:
                continue
            last, on, known, _trip = found.get((who, trip[0]), (0, "", set(), ()))
            latest = (number, day) if number > last else (last, on)
            found[who, trip[0]] = (*latest, known | names, tuple(trip))
    for (who, trip_id), (number, day, names, row) in found.items():
        series = "+".join(name for name in PAPERS if name in names)
        yield Event(
            "customer", who, f"{series}+t{trip_id}", f"c{number}", who, day, "solar", *row
        )  # fmt: skip
