"""Who brought whom, as trees, and what came of it: each customer below the one who brought them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from sqlmodel import Session

from tourcrm.bookings import margins
from tourcrm.db import engine

BETWEEN = " > "  # codes of a path


@dataclass(slots=True)
class Branch:
    """A customer in a tree. brought: directly; brought_all: through those as well. Revenue in fen:
    the customer's own, and that of all whom they brought."""

    id: int
    customer: str
    name: str
    referrer: int | None
    below: list["Branch"] = field(default_factory=list)
    level: int = 0
    path: str = ""
    referred_by: str | None = None
    brought_all: int = 0
    trips: int = 0
    revenue: int = 0
    revenue_brought: int = 0

    @property
    def brought(self) -> int:
        return len(self.below)


@dataclass(frozen=True, slots=True)
class Trees:
    """Trees from the top down, those that brought most first. loops: where customers brought one
    another, the codes of each; the first one stands on top then."""

    rows: list[Branch]
    loops: list[tuple[str, ...]]

    @property
    def roots(self) -> int:
        return sum(not one.level for one in self.rows)


def trees(session: Session, as_of: date) -> Trees:
    """Everybody who brought somebody or was brought, with trips booked by a day."""
    branches = _branches(session)
    loops = _cut_loops(branches)
    for one in branches.values():
        if one.referrer is not None:
            above = branches[one.referrer]
            one.referred_by = above.customer
            above.below.append(one)
    sales = _sales(session, as_of)
    for one in branches.values():
        one.trips, one.revenue = sales.get(one.id, (0, 0))
    roots = [one for one in branches.values() if one.referrer is None]
    order = list(_down(roots))
    for one in reversed(order):  # the lowest first: each has all of its own by then
        one.brought_all = sum(1 + child.brought_all for child in one.below)
        one.revenue_brought = sum(child.revenue + child.revenue_brought for child in one.below)
        one.below.sort(key=_worth)
    rows = list(_down(sorted(roots, key=_worth)))
    for one in rows:
        for child in one.below:
            child.level = one.level + 1
    for one in rows:
        if one.referrer is None:
            one.path = one.customer
        else:
            one.path = BETWEEN.join((branches[one.referrer].path, one.customer))
    return Trees(rows, loops)


def _worth(one: Branch) -> tuple[int, int, int]:
    return -one.revenue_brought, -one.revenue, one.id


def _branches(session: Session) -> dict[int, Branch]:
    """Everybody with a place in a tree; whoever was erased has none."""
    brought = """
        SELECT c.id, c.referred_by_id FROM customer c JOIN customer r ON r.id = c.referred_by_id
        WHERE c.erased_on IS NULL AND r.erased_on IS NULL
    """
    sql = f"""
        WITH brought (id, referrer) AS ({brought})
        SELECT c.id, c.code, c.name, b.referrer FROM customer c LEFT JOIN brought b ON b.id = c.id
        WHERE c.id IN (SELECT id FROM brought UNION SELECT referrer FROM brought) ORDER BY c.id
    """  # noqa: S608 - a constant
    return {row[0]: Branch(*row) for row in engine.rows(session, sql)}


def _cut_loops(branches: dict[int, Branch]) -> list[tuple[str, ...]]:
    """Make the first customer of each loop the top of a tree; returns who is in one."""
    loops = []
    done: set[int] = set()
    for start in branches:
        seen: dict[int, None] = {}
        at: int | None = start
        while at is not None and at not in done and at not in seen:
            seen[at] = None
            at = branches[at].referrer
        if at is not None and at in seen:
            ring = [*seen][[*seen].index(at) :]
            branches[min(ring)].referrer = None
            loops.append(tuple(branches[one].customer for one in sorted(ring)))
        done |= seen.keys()
    return loops


def _down(tops: list[Branch]) -> Iterator[Branch]:
    """Trees from the top down, each branch before those below it; however deep they are."""
    todo = [*reversed(tops)]
    while todo:
        one = todo.pop()
        yield one
        todo += reversed(one.below)


def _sales(session: Session, as_of: date) -> dict[int, tuple[int, int]]:
    """How many trips were booked, and their prices, by customer."""
    sql = f"""
        SELECT customer_id, sum(live), coalesce(sum(price), 0) FROM ({margins.SOLD}) GROUP BY 1
    """  # noqa: S608 - SQL of ours
    found = engine.rows(session, sql, **margins.days(as_of))
    return {customer: (trips, revenue) for customer, trips, revenue in found}
