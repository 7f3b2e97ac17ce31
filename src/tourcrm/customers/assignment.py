"""Who looks after whom: customers of nobody, or of a colleague who leaves, are shared out.

People of one household (a phone or WeChat id in common) and of one company stay together, with whom
the others of them are already, if that is one of those who get some. The same customers are always
shared out in the same way.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from tourcrm.base.folding import folded
from tourcrm.db import dialect, engine, operations
from tourcrm.db.codes import Number

_COLUMNS = "id, code, name, owner, phone, phone2, wechat, company_id"
_UNOWNED = "coalesce(trim(owner), '') = '' AND status = 'active'"
_OF = "folded(owner) = folded(:owner) AND status <> 'deceased'"
# What was noted as the work of a colleague and is not done yet.
_TASKS = """
SELECT t.id, t.customer_id, t.owner FROM task t
WHERE folded(t.owner) = folded(:owner) AND coalesce((
    SELECT o.status FROM followup_outcome o
    WHERE o.subject_table = 'task' AND o.subject_id = t.id ORDER BY o.at DESC, o.id DESC LIMIT 1
), '') NOT IN ('done', 'skipped')
"""


@dataclass(frozen=True, slots=True)
class Given:
    """One customer and whose work they become."""

    id: int
    customer: str
    name: str
    owner: str | None
    new_owner: str


@dataclass(frozen=True, slots=True)
class Shared:
    """How customers were shared out. tasks: of the colleague who leaves, that go to whoever is in
    charge of the customer. new: names that nobody had so far."""

    given: tuple[Given, ...]
    shares: Mapping[str, int]
    unchanged: int = 0
    tasks: int = 0
    new: tuple[str, ...] = ()


def unowned(session: Session) -> list[Any]:
    """The active customers whom nobody looks after."""
    return _rows(session, _UNOWNED)


def of_colleague(session: Session, owner: str) -> list[Any]:
    """The customers of a colleague, lost ones too."""
    return _rows(session, _OF, owner=owner)


def these(session: Session, ids: Iterable[int]) -> list[Any]:
    """The customers with these ids."""
    return _rows(session, "id IN (SELECT value FROM json_each(:ids))", ids=dialect.numbers(ids))


def owners(session: Session) -> dict[str, str]:
    """How the names of those who look after somebody are written, by their plain form."""
    sql = """
        SELECT owner FROM customer WHERE owner IS NOT NULL GROUP BY owner ORDER BY count(*), owner
    """
    return {folded(row[0]): row[0] for row in engine.rows(session, sql)}


def tasks_of(session: Session, owner: str) -> list[Any]:
    """What is noted as the work of a colleague and not done yet."""
    return engine.rows(session, _TASKS, owner=owner)


def share(
    session: Session,
    number: Number,
    customers: Sequence[Any],
    to: Sequence[str],
    leaving: str | None = None,
) -> Shared:
    """Share customers out among colleagues. leaving: whose they were; tasks go with them."""
    known = owners(session)
    names = [known.get(folded(one), one) for one in to]
    whose = _shared_out(session, customers, names, leaving)
    given = tuple(
        Given(row.id, row.code, row.name, row.owner, whose[row.id])
        for row in customers
        if row.owner != whose[row.id]
    )
    operations.edit_many(
        session,
        number,
        "customer",
        [(one.id, one.id, {"owner": one.owner}, {"owner": one.new_owner}) for one in given],
    )
    tasks = tasks_of(session, leaving) if leaving else []
    operations.edit_many(
        session,
        number,
        "task",
        [(row.id, row.customer_id, {"owner": row.owner}, {"owner": None}) for row in tasks],
    )
    return Shared(
        given,
        {name: sum(one == name for one in whose.values()) for name in names},
        unchanged=len(customers) - len(given),
        tasks=len(tasks),
        new=tuple(name for name in names if folded(name) not in known),
    )


def _rows(session: Session, condition: str, **params: Any) -> list[Any]:
    sql = f"SELECT {_COLUMNS} FROM customer WHERE {condition} ORDER BY id"  # noqa: S608 - pieces of this module
    return engine.rows(session, sql, **params)


# --- sharing out ----------------------------------------------------------------------------------


def _shared_out(
    session: Session, customers: Sequence[Any], names: Sequence[str], leaving: str | None
) -> dict[int, str]:
    """Who gets whom: those who belong together go to one; the largest first, each to whoever has
    got the fewest."""
    got = dict.fromkeys(names, 0)
    with_others = _with_others(session, customers, names, leaving)
    whose: dict[int, str] = {}
    groups = _together(customers)
    settled = [next((with_others[m] for m in one if m in with_others), None) for one in groups]
    ordered = sorted(
        zip(groups, settled, strict=True), key=lambda one: (one[1] is None, -len(one[0]))
    )
    for members, there in ordered:
        name = there or min(names, key=lambda one: (got[one], names.index(one)))
        got[name] += len(members)
        whose |= dict.fromkeys(members, name)
    return whose


def _marks(row: Any) -> set[tuple[str, Any]]:
    """What a customer has in common with those of the household or the company."""
    marks = {("number", one) for one in (row.phone, row.phone2) if one}
    marks |= {("wechat", row.wechat)} if row.wechat else set()
    return marks | {("company", row.company_id or row.id)}


def _together(customers: Sequence[Any]) -> list[list[int]]:
    """Those who belong together, each group by id, the groups by their first."""
    group: dict[int, list[int]] = {}
    by_mark: dict[tuple[str, Any], int] = {}
    for row in customers:
        group[row.id] = [row.id]
        for mark in _marks(row):
            other = by_mark.setdefault(mark, row.id)
            if group[other] is not group[row.id]:
                less, more = sorted((group[other], group[row.id]), key=len)
                more += less
                for member in less:
                    group[member] = more
    found = {id(members): sorted(members) for members in group.values()}
    return sorted(found.values())


def _with_others(
    session: Session, customers: Sequence[Any], names: Sequence[str], leaving: str | None
) -> dict[int, str]:
    """Of these customers, those of whose household or company one of `names` has others already."""
    shared = {row.id for row in customers}
    spelled = {folded(name): name for name in names}
    by_mark: dict[tuple[str, Any], Counter[str]] = {}
    for row in _rows(session, "owner IS NOT NULL"):
        name = spelled.get(folded(row.owner))
        if row.id in shared or name is None or (leaving and folded(leaving) == folded(name)):
            continue
        for mark in _marks(row):
            by_mark.setdefault(mark, Counter())[name] += 1
    found = {}
    for row in customers:
        counted = sum((by_mark[mark] for mark in _marks(row) if mark in by_mark), Counter[str]())
        if counted:
            found[row.id] = max(counted, key=lambda name: (counted[name], -names.index(name)))
    return found
