"""Two entries of one person become one: every row of the other moves, its code stays an alias.

What moves is read off the tables (references.py). A row that its customer may have only once, and
has, is dropped; what referred to it refers to the one that stays. Every row that moved or went is
recorded, so that `tourcrm undo` gives the same database.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from sqlmodel import Session, SQLModel

from tourcrm.base.columns import CUSTOMER, names, references
from tourcrm.base.columns.headers import folded
from tourcrm.base.display import visible
from tourcrm.base.errors import Message, Refused, WrongUsage
from tourcrm.base.i18n import N_
from tourcrm.base.lunar import BIRTHDAY
from tourcrm.customers import merged_values
from tourcrm.customers.references import CUSTOMER as TABLE
from tourcrm.customers.references import Reference, to_any_row, to_customers
from tourcrm.db import engine
from tourcrm.db.codes import Number, id_of
from tourcrm.models import Customer

Row = dict[str, Any]

_NEVER_TAKEN = ("code", "tags", "special_dates", "entered_on", "kind")


@dataclass(frozen=True, slots=True)
class Dropped:
    """A row that was not moved, since its customer has such a row. what: what it said."""

    table: str
    what: str


@dataclass(slots=True)
class Merged:
    """What merging did. moved: rows by table. changed: columns of the one who is kept."""

    keep: str
    name: str
    gone: str
    gone_name: str
    moved: Counter[str] = field(default_factory=Counter)
    dropped: list[Dropped] = field(default_factory=list)
    changed: tuple[str, ...] = ()
    no_room: tuple[str, ...] = ()  # phones beyond the second


def taken(given: Collection[str]) -> tuple[str, ...]:
    """The fields that --take names, by any of their names. Raises WrongUsage."""
    known = names(CUSTOMER)
    found = []
    for text in given:
        name = known.get(folded(text))
        if name is None or name in _NEVER_TAKEN:
            raise WrongUsage(
                N_("--take takes a field, such as phone, city or birthday; not {given}."),
                given=visible(text, 40),
            )
        found.append(name)
    return tuple(dict.fromkeys(found))


def cautions(session: Session, keep: Customer, go: Customer) -> Iterator[Message]:
    """What speaks against two entries being of one person."""
    if keep.kind != go.kind:
        yield Message(N_("their kinds differ"))
    if "deceased" in (keep.status, go.status) and keep.status != go.status:
        yield Message(N_("one of them is recorded as deceased"))
    if keep.id_number and go.id_number and keep.id_number != go.id_number:
        yield Message(N_("they have different ID numbers"))
    pair = sorted((id_of(keep), id_of(go)))
    apart = "SELECT 1 FROM distinct_pair WHERE customer_id = ? AND other_id = ?"
    if engine.raw(session).execute(apart, pair).fetchone():
        yield Message(N_("somebody said that they are not the same"))


def refuse_doubtful(session: Session, keep: Customer, go: Customer, anyway: bool = False) -> None:
    """Raise Refused for one entry twice, and where something speaks against it, but for anyway."""
    if keep.id == go.id:
        raise Refused(N_("{code} is one entry already."), code=visible(keep.code, 64))
    against = () if anyway else tuple(cautions(session, keep, go))
    if against:
        raise Refused(
            N_(
                "{keep} and {go} were not merged: {why}. If they are one nevertheless, say so: "
                "--anyway"
            ),
            keep=visible(keep.code, 64),
            go=visible(go.code, 64),
            why="; ".join(map(str, against)),
        )


def facts(session: Session, keep: Customer, go: Customer, take: Collection[str] = ()) -> Row:
    """The columns of the one who is kept, as they will be."""
    columns = {references(CUSTOMER).get(name, name) for name in take}
    one, other = (_row(session, id_of(row)) for row in (keep, go))
    found = merged_values.merged(one, other, columns)
    both = {one["id"], other["id"]}
    for column in references(CUSTOMER).values():
        able = (
            id
            for id in (found[column], one[column], other[column])
            if not _leads_to(session, column, id, both)
        )
        found[column] = next(able, None)
    return found


def _row(session: Session, id: int) -> Row:
    return next(_select(engine.raw(session), "SELECT * FROM customer WHERE id = ?", id))


def _leads_to(session: Session, column: str, start: int | None, ends: Collection[int]) -> bool:
    """Whether those who brought somebody, or for whom they work, come to one of `ends`: a ring."""
    seen: set[int] = set()
    while start is not None and start not in seen:
        if start in ends:
            return True
        seen.add(start)
        found = engine.raw(session).execute(
            f"SELECT {column} FROM customer WHERE id = ?",  # noqa: S608 - our column
            (start,),
        )
        start = next((one for (one,) in found), None)
    return False


def merge(
    session: Session,
    number: Number,
    keep: Customer,
    go: Customer,
    take: Collection[str] = (),
    *,
    anyway: bool = False,
) -> Merged:
    """Make two entries one. Raises Refused where something speaks against it, without `anyway`."""
    refuse_doubtful(session, keep, go, anyway)
    session.flush()
    new = facts(session, keep, go, take)
    one, other = (_row(session, id_of(row)) for row in (keep, go))
    done = Merged(keep.code, keep.name, go.code, go.name)
    done.no_room = merged_values.phones(one, other, take)[1]
    move = _Move(engine.raw(session), number(), one["id"], other["id"], done)
    move.pairs()
    if BIRTHDAY in take:
        move.make_way("special_date", "label", BIRTHDAY)
    for reference in to_customers():
        if reference.table not in ("distinct_pair", TABLE):
            move.rows(reference)
    move.travellers()
    for reference in to_any_row():
        move.subjects(reference, TABLE, other["id"], one["id"])
    for reference in to_customers():
        if reference.table == TABLE:
            move.relations(reference.column)
    changed = {name: value for name, value in new.items() if one[name] != value}
    if changed:
        move.edit(TABLE, one, changed, whose=other["id"])
    move.delete(TABLE, other)
    move.alias(other["code"])
    move.history()
    done.changed = tuple(changed)
    session.expire_all()
    return done


def _select(connection: engine.Raw, sql: str, *params: Any) -> Iterator[Row]:
    cursor = connection.execute(sql, params)
    columns = [column[0] for column in cursor.description]
    for row in cursor.fetchall():
        yield dict(zip(columns, row, strict=True))


class _Move:
    """The rows of one customer on their way to another."""

    def __init__(
        self, connection: engine.Raw, operation: int, keep: int, go: int, done: Merged
    ) -> None:
        self._connection, self._operation = connection, operation
        self._keep, self._go, self._done = keep, go, done

    # --- one row

    def record(self, table: str, id: int, whose: int, before: Row, after: Row | None) -> None:
        self._connection.execute(
            "INSERT INTO change (operation_id, table_name, row_id, customer_id, before, after) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (
                *(self._operation, table, id, whose, json.dumps(before, ensure_ascii=False)),
                None if after is None else json.dumps(after, ensure_ascii=False),
            ),
        )

    def edit(
        self, table: str, row: Mapping[str, Any], new: Row, key: str = "id", whose: int = 0
    ) -> None:
        """Set columns of a row. A row without an id is known by its key, which stays. whose: of
        whom the values tell."""
        before = {name: row[name] for name in new}
        if key == "id":
            self.record(table, row["id"], whose or self._keep, before, new)
        else:
            mark = {key: row[key]}
            self.record(table, self._go, self._keep, mark | before, mark | new)
        sets = ", ".join(f"{name} = ?" for name in new)
        self._connection.execute(
            f"UPDATE {table} SET {sets} WHERE {key} = ?",  # noqa: S608 - our tables
            (*new.values(), row[key]),
        )

    def delete(self, table: str, row: Row) -> None:
        """Delete a row of the one who goes; whose it was moves with the rest of the history."""
        self.record(table, row["id"], self._go, row, None)
        self._connection.execute(f"DELETE FROM {table} WHERE id = ?", (row["id"],))  # noqa: S608 - our tables

    def drop(self, table: str, row: Row, stays: Row) -> None:
        """Delete a row in favour of another; what referred to it refers to that one."""
        for reference in to_any_row():
            self.subjects(reference, table, row["id"], stays["id"])
        for name, column in _hanging_on(table):
            rows = f"SELECT * FROM {name} WHERE {column} = ?"  # noqa: S608 - our tables
            for one in _select(self._connection, rows, row["id"]):
                self.edit(name, one, {column: stays["id"]})
        self.delete(table, row)
        said = _said(table, row)
        if said and said != _said(table, stays):
            self._done.dropped.append(Dropped(table, said))

    # --- all rows of a table

    def rows(self, reference: Reference) -> None:
        """Move the rows of a table, and drop those of which there may be only one."""
        table, column = reference.table, reference.column
        mine = f"SELECT * FROM {table} WHERE {column} = ? ORDER BY id"  # noqa: S608 - our tables
        for row in _select(self._connection, mine, self._go):
            there = self._there(reference, row, self._keep)
            if there is None:
                self.edit(table, row, {column: self._keep})
                self._done.moved[table] += 1
                continue
            self._complete(table, there, row)
            self.drop(table, row, there)

    def _there(self, reference: Reference, row: Row, keep: int) -> Row | None:
        """The row in whose way another would be, were it moved."""
        for once in reference.once:
            more = [name for name in (*once, reference.table_in) if name]
            where = " AND ".join(f"{name} IS ?" for name in (reference.column, *more))
            found = _select(
                self._connection,
                f"SELECT * FROM {reference.table} WHERE {where}",  # noqa: S608 - our tables
                *(keep, *(row[name] for name in more)),
            )
            for one in found:
                return one
        return None

    def _complete(self, table: str, there: Row, row: Row) -> None:
        """What the row that goes knows better than the one that stays."""
        if table == "special_date" and there["year"] is None and row["year"] is not None:
            days = ("month", "day", "leap")
            if all(there[name] == row[name] for name in days):
                self.edit(table, there, {"year": row["year"]})
                there["year"] = row["year"]
        elif table == "channel_consent" and row["said_on"] > there["said_on"]:
            new = {name: row[name] for name in ("answer", "said_on", "source")}
            self.edit(table, there, new)
            there |= new

    def make_way(self, table: str, column: str, value: str) -> None:
        """Let the rows of the one who goes win over those of the one who stays."""
        both = f"SELECT * FROM {table} WHERE customer_id = ? AND {column} = ? ORDER BY id"  # noqa: S608 - our tables
        wins = list(_select(self._connection, both, self._go, value))
        for row in _select(self._connection, both, self._keep, value) if wins else ():
            self.drop(table, row, wins[0])

    def subjects(self, reference: Reference, table: str, before: int, after: int) -> None:
        """What names a row by its table and id names another one."""
        name, of, column = reference.table, reference.table_in, reference.column
        rows = f"SELECT * FROM {name} WHERE {of} = ? AND {column} = ?"  # noqa: S608 - our tables
        for row in _select(self._connection, rows, table, before):
            there = self._there(reference, row, after)
            if there is None:
                self.edit(name, row, {column: after}, reference.key)
            elif reference.key == "id":
                self.delete(name, row)

    # --- what is more than a row of its own

    def pairs(self) -> None:
        """Who was told apart from the one who goes is told apart from the one who stays."""
        rows = "SELECT * FROM distinct_pair WHERE ? IN (customer_id, other_id) ORDER BY id"
        known = "SELECT * FROM distinct_pair WHERE customer_id = ? AND other_id = ?"
        for row in _select(self._connection, rows, self._go):
            other = row["other_id"] if row["customer_id"] == self._go else row["customer_id"]
            first, second = sorted((other, self._keep))
            if other in (self._keep, self._go) or any(
                _select(self._connection, known, first, second)
            ):
                self.delete("distinct_pair", row)
            else:
                self.edit("distinct_pair", row, {"customer_id": first, "other_id": second})

    def travellers(self) -> None:
        """Nobody goes along on a trip of their own."""
        rows = (
            "SELECT v.* FROM traveller v JOIN trip t ON t.id = v.trip_id "
            "WHERE v.customer_id = ? AND t.customer_id = v.customer_id"
        )
        for row in _select(self._connection, rows, self._keep):
            self.delete("traveller", row)

    def relations(self, column: str) -> None:
        """Who works for the one who goes, or was brought by them, is now the other's."""
        rows = f"SELECT * FROM customer WHERE {column} = ? AND id NOT IN (?, ?) ORDER BY id"  # noqa: S608 - our column
        for row in _select(self._connection, rows, self._go, self._keep, self._go):
            self.edit(TABLE, row, {column: self._keep})
            self._done.moved[TABLE] += 1

    def alias(self, code: str) -> None:
        self._connection.execute(
            "INSERT INTO customer_alias (customer_id, code, operation_id) VALUES (?, ?, ?)",
            (self._keep, code, self._operation),
        )

    def history(self) -> None:
        """What was recorded of the one who goes belongs to the one who stays, and back again."""
        rows = "SELECT id, customer_id FROM change WHERE customer_id = ? ORDER BY id"
        for row in _select(self._connection, rows, self._go):
            self.edit("change", row, {"customer_id": self._keep})


def _hanging_on(table: str) -> list[tuple[str, str]]:
    """Columns that refer to the rows of a table."""
    return [
        (there.name, key.parent.name)
        for there in SQLModel.metadata.sorted_tables
        for key in sorted(there.foreign_keys, key=lambda key: key.parent.name)
        if key.column.table.name == table
    ]


# What a row says that its customer may have only once.
_SAYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "special_date": ("label", "year", "month", "day"),
        "preference": ("key", "value"),
        "own_value": ("value",),
        "channel_consent": ("channel", "answer", "said_on"),
    }
)


def _said(table: str, row: Row) -> str:
    """What a row says, where another may say otherwise."""
    cells = (row[name] for name in _SAYS.get(table, ()))
    return " ".join(str(cell) for cell in cells if cell is not None)
