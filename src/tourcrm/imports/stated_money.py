"""What a sheet of trips says of deposits, payments and what is left, as payments and plans.

Lines are only added: where the sheet says that more was paid than is written down, the difference.
What it said once of a trip it does not say again, whatever was reversed or paid back since.
"""

import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlmodel import Session

from tourcrm.base.columns import TRIP_MONEY
from tourcrm.base.display import visible
from tourcrm.base.errors import Message, Refused
from tourcrm.base.i18n import N_
from tourcrm.base.money import LIMIT, plain_amount
from tourcrm.db import codes, engine, operations, setting
from tourcrm.db.codes import Number
from tourcrm.imports import stated
from tourcrm.imports.fingerprints import fingerprint, known_prints
from tourcrm.imports.headings import Headers
from tourcrm.imports.request import Request, Result
from tourcrm.imports.stated import Days, Have, Reading, Told

FIELDS = tuple(one.field for one in TRIP_MONEY)
AMOUNTS = tuple(one.field for one in TRIP_MONEY if one.type.summed)
SHOWN = 6
_WITH = re.compile("含[定订]金|incl|累计|合计|总|total", re.IGNORECASE)
_BESIDE = re.compile("不含[定订]金|除[定订]金|excl|without", re.IGNORECASE)
_OPEN = ("inquiry", "quoted", "booked")
# Of a temporary table `incoming` i and trips t: the cells of money, and what they are held against.
_CELLS = ", ".join(f"i.{name}" for name in FIELDS)


def columns_in(headers: Headers) -> tuple[str, ...]:
    """The columns of money that a sheet has; all of them are kept where it has any."""
    return FIELDS if headers.fields & set(AMOUNTS) else ()


def refused(
    given: Mapping[str, Sequence[Any]], lines: Sequence[int], today: date
) -> dict[int, Message]:
    """Why rows cannot be taken: by line."""
    nothing: Sequence[Any] = [None] * len(lines)
    found: dict[int, Message] = {}
    ahead = today.isoformat()
    cells = (given.get(name, nothing) for name in ("paid_on", "deposit", "paid", "paid_beside"))
    for line, day, deposit, paid, beside in zip(lines, *cells, strict=True):
        if day is not None and day > ahead and (paid or beside):
            found[line] = Message(
                N_("the payment is of {day}, which lies ahead: check the day"), day=day
            )
        elif paid is not None and beside is not None and (deposit or 0) + beside != paid:
            found[line] = Message(
                N_("{paid} was paid, but the deposit and {beside} do not come to that"),
                paid=plain_amount(paid),
                beside=plain_amount(beside),
            )
    return found


@dataclass(slots=True)
class _Rows:
    """Rows of which something is to be said: how many, and the first lines."""

    count: int = 0
    lines: list[int] = field(default_factory=list)
    amount: int = 0

    def add(self, line: int, amount: int = 0) -> None:
        self.count += 1
        self.amount += amount
        if len(self.lines) < SHOWN:
            self.lines.append(line)

    @property
    def shown(self) -> str:
        return ", ".join(map(str, self.lines)) + (", …" if self.count > len(self.lines) else "")


class StatedMoney:
    """The money of one sheet, in the temporary table `incoming`."""

    def __init__(
        self, session: Session, request: Request, headers: Headers, result: Result
    ) -> None:
        self.session, self.request, self.result = session, request, result
        self.connection: sqlite3.Connection = engine.raw(session)
        self.headers = headers
        self.means: Reading = "with"
        self.undated = 0
        self.written = self.sum = self.plans = 0
        self.differing, self.over, self.fewer, self.owing = (_Rows() for _ in range(4))
        self.example: tuple[int, int, int] = (0, 0, 0)

    # --- before anything is written

    def settle(self) -> None:
        """Settle what the columns mean, and the prices that they tell. Raises Refused where their
        sums do not say whether the deposit is a part of what was paid."""
        said = self._said_by_header()
        if said is None:
            means, rows = stated.reading(told for _line, told in self._incoming())
            if means is None:
                raise self._unclear()
            self.means = means
            self._tell_reading(rows)
        else:
            self.means = said
        prices = []
        for line, told in self._incoming("coalesce(i.price, t.price) IS NULL"):
            whole = stated.received(told, self.means, self.request.today)
            if whole is None or told.unpaid is None or whole + told.unpaid > LIMIT:
                continue
            if self.means != "parts" and whole + told.unpaid > 0:
                prices.append((whole + told.unpaid, line))
        self.connection.executemany("UPDATE incoming SET price = ? WHERE line = ?", prices)
        if prices:
            self.result.inferred["priced"] = len(prices)

    def _said_by_header(self) -> Reading | None:
        """What somebody, or the header itself, says of the column of what was paid."""
        if "paid" not in self.headers.places or "deposit" not in self.headers.fields:
            return "with"
        if "paid" in self.request.mapping.values():
            return "with"
        header = self._header("paid")
        if _BESIDE.search(header):
            return "beside"
        return "with" if _WITH.search(header) else None

    def _header(self, name: str) -> str:
        place = self.headers.places.get(name)
        return name if place is None else visible(self.request.sheet.header[place], 40)

    def _incoming(self, condition: str = "TRUE") -> Iterator[tuple[int, Told]]:
        rows = self.connection.execute(
            f"SELECT i.line, coalesce(i.price, t.price), {_CELLS} FROM incoming i "  # noqa: S608 - our columns
            f"LEFT JOIN trip t ON t.id = i.row_id WHERE {condition} ORDER BY i.line"
        ).fetchall()
        for line, price, *cells in rows:
            yield line, _told(price, cells)

    def _unclear(self) -> Refused:
        line, told = next(
            (line, told) for line, told in self._incoming() if told.deposit and told.paid
        )
        return Refused(
            N_(
                "{file}: whether {paid} holds the deposit as well, the sums do not tell (line "
                "{line}: price {price}, deposit {deposit}, paid {amount}, left {left}). Say it: "
                '--map "{paid}=paid" if it does, --map "{paid}=paid_beside" if it does not.'
            ),
            file=self.request.sheet.name,
            paid=self._header("paid"),
            line=line,
            price="-" if told.price is None else plain_amount(told.price),
            deposit=plain_amount(told.deposit or 0),
            amount=plain_amount(told.paid or 0),
            left="-" if told.unpaid is None else plain_amount(told.unpaid),
        )

    def _tell_reading(self, rows: int) -> None:
        if rows:
            told = {"paid": self._header("paid"), "rest": self._header("unpaid"), "n": rows}
            self.result.notes.append(Message(_READINGS[self.means], **told))

    # --- written

    def store(self, number: Number, shift: int) -> set[int]:
        """Write the payments and plans that are lacking; returns the lines of trips that were there
        and got some. shift: what makes the ids of new trips of their lines."""
        rows = self.connection.execute(
            f"""
            SELECT i.line, t.id, t.customer_id, i.row_id IS NULL, t.status, t.booked_on,
                t.departs_on, t.price, {_CELLS}
            FROM incoming i JOIN trip t ON t.id = coalesce(i.row_id, ? + i.line)
            WHERE coalesce({", ".join(f"i.{name}" for name in AMOUNTS)}) IS NOT NULL
            ORDER BY i.line
            """,  # noqa: S608 - our columns
            (shift,),
        ).fetchall()
        before = int(setting.load(self.session)["balance_days"])
        have, plans = self._standing() if any(not row[3] for row in rows) else ({}, {})
        wanted = []
        for line, trip, owner, new, status, booked, departs, price, *cells in rows:
            if not new and self.request.on_duplicate == "skip":
                continue
            told = _told(price, cells)
            days = Days(_day(booked), _day(departs), self.request.today)
            whole = stated.received(told, self.means, days.today)
            if whole is None:
                whole = 0
                if told.unpaid is None:
                    continue
            parts = stated.plan(told, whole, days, before) if status in _OPEN else ()
            there = have.get(trip, Have())
            lines = stated.lines(told, whole, there, days)
            self._note(line, told, whole, there, status, days)
            cells_print = fingerprint("money", {"trip": trip, "whole": whole, "plan": parts})
            undated = sum(
                told.paid_on is None and (one.kind == "balance" or told.deposit_on is None)
                for one in lines
            )
            wanted.append((line, trip, owner, new, cells_print, lines, parts, undated))
        return self._write(wanted, plans, number)

    def _note(
        self, line: int, told: Told, whole: int, there: Have, status: str, days: Days
    ) -> None:
        """What is to be said of a row."""
        if status in _OPEN and stated.differs(told, self.means, whole):
            left = stated.left(told, self.means, whole) or 0
            if not self.differing.count:
                self.example = (whole, left, told.price or 0)
            self.differing.add(line)
        elif told.price is not None and whole > told.price:
            self.over.add(line)
        if there.whole > whole:
            self.fewer.add(line)
        gone = days.departs_on is not None and days.departs_on <= days.today
        if gone and status == "booked" and told.price is not None and whole < told.price:
            self.owing.add(line, told.price - whole)

    def _standing(self) -> tuple[dict[int, Have], dict[tuple[int, str], tuple[int, int, str]]]:
        """Of the trips that are there: what is written down as paid, and their plans."""
        execute = self.connection.execute
        those = "(SELECT row_id FROM incoming WHERE row_id IS NOT NULL)"
        have = {
            trip: Have(deposit, whole)
            for trip, deposit, whole in execute(
                f"""
                SELECT p.trip_id,
                    sum(CASE WHEN coalesce(o.kind, p.kind) = 'deposit' THEN p.amount ELSE 0 END),
                    sum(p.amount)
                FROM payment p LEFT JOIN payment o ON o.id = p.reverses_id
                WHERE p.paid_on IS NOT NULL AND p.trip_id IN {those}
                    AND coalesce(o.kind, p.kind) IN ('deposit', 'balance')
                GROUP BY p.trip_id
                """  # noqa: S608 - ours, above
            )
        }
        plans = {
            (trip, kind): (row_id, amount, due_on)
            for row_id, trip, kind, amount, due_on in execute(
                "SELECT id, trip_id, kind, amount, due_on FROM installment "  # noqa: S608 - ours, above
                f"WHERE trip_id IN {those}"
            )
        }
        return have, plans

    def _write(
        self,
        wanted: Sequence[tuple[Any, ...]],
        plans: Mapping[tuple[int, str], tuple[int, int, str]],
        number: Number,
    ) -> set[int]:
        known = known_prints(self.connection, (one[4] for one in wanted if not one[3]))
        only_blanks = self.request.on_duplicate == "fill"
        next_id = codes.next_id(self.session, "payment")
        payments: list[tuple[Any, ...]] = []
        parts: list[tuple[Any, ...]] = []
        prints: list[tuple[Any, ...]] = []
        touched: set[int] = set()
        for line, trip, owner, new, seen, lines, plan, undated in wanted:
            if seen in known:
                continue
            self.undated += undated
            planned = any((trip, kind) in plans for kind in ("deposit", "balance"))
            changed = False
            for one in lines:
                identifier = next_id + len(payments)
                code, day = codes.code_of(identifier, "payment"), one.day.isoformat()
                payments.append((identifier, code, trip, one.kind, one.amount, day, day))
                self.sum += one.amount
                changed = True
            if plan and not (only_blanks and planned):
                before = len(parts)
                moved = self._replan(trip, owner, plan, plans, parts, number)
                self.plans += moved or len(parts) > before
                changed = changed or moved or len(parts) > before
            if not changed:
                continue
            prints.append((seen, trip))
            if not new:
                touched.add(line)
        self.written = len(payments)
        self._insert(payments, parts, prints, number)
        return touched

    def _replan(
        self,
        trip: int,
        owner: int,
        plan: Sequence[stated.Line],
        there: Mapping[tuple[int, str], tuple[int, int, str]],
        new: list[tuple[Any, ...]],
        number: Number,
    ) -> bool:
        """Let a trip have these parts: a part that it has already is changed, and its change kept,
        others come to `new`; whether one was changed."""
        amounts = {one.kind: one.amount for one in plan}
        kept = there.get((trip, "deposit"))
        if kept is not None and "deposit" not in amounts:  # the sheet knows of none: it stays
            amounts["balance"] = max(1, amounts.get("balance", 0) - kept[1])
        changed = False
        for one in plan:
            amount, day = amounts[one.kind], one.day.isoformat()
            stands = there.get((trip, one.kind))
            if stands is None:
                new.append((trip, one.kind, amount, day))
            elif stands[1:] != (amount, day):
                row_id, *old = stands
                names = ("amount", "due_on")
                was, becomes = dict(zip(names, old, strict=True)), {"amount": amount, "due_on": day}
                operations.changed(
                    self.session, number(), "installment", row_id, owner, was, becomes
                )
                self.connection.execute(
                    "UPDATE installment SET amount = ?, due_on = ? WHERE id = ?",
                    (amount, day, row_id),
                )
                changed = True
        return changed

    def _insert(
        self,
        payments: Sequence[tuple[Any, ...]],
        parts: Sequence[tuple[Any, ...]],
        prints: Sequence[tuple[Any, ...]],
        number: Number,
    ) -> None:
        if not prints:
            return
        mine = number()
        self.session.flush()
        many = self.connection.executemany
        many(
            "INSERT INTO payment (id, code, trip_id, kind, amount, promised_on, paid_on, "
            "operation_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(*one, mine) for one in payments],
        )
        many(
            "INSERT INTO installment (trip_id, kind, amount, due_on, operation_id) "
            "VALUES (?, ?, ?, ?, ?)",
            [(*one, mine) for one in parts],
        )
        many(
            "INSERT OR REPLACE INTO import_row (fingerprint, table_name, row_id, operation_id) "
            "VALUES (?, 'trip', ?, ?)",
            [(*one, mine) for one in prints],
        )

    # --- said

    def remarks(self) -> Iterator[Message]:
        """What is to be said of the money of the sheet."""
        if self.undated:
            self.result.inferred["undated"] = self.undated
        if self.written or self.plans:
            yield Message(
                N_("payments written down: {n}, {amount} together; plans of payment: {plans}"),
                n=self.written,
                amount=plain_amount(self.sum),
                plans=self.plans,
            )
        if self.differing.count:
            paid, left, price = map(plain_amount, self.example)
            yield Message(
                N_(
                    "what was paid and what is left do not come to the price (rows: {n}, lines "
                    "{lines}), first {paid} + {left} against {price}; what is owed is the price "
                    "less what was paid"
                ),
                n=self.differing.count,
                paid=paid,
                left=left,
                price=price,
                lines=self.differing.shown,
            )
        for rows, text in (
            (self.over, N_("more was paid than the price (rows: {n}, lines {lines})")),
            (
                self.fewer,
                N_(
                    "more is written down as paid than the sheet says (rows: {n}, lines {lines}); "
                    "it stays, and what is wrong is taken back by `payments reverse`"
                ),
            ),
            (
                self.owing,
                N_(
                    "trips that have departed and still owe something, as the sheet has it: {n}, "
                    "{amount} together (lines {lines}); what was paid since: `payments add`"
                ),
            ),
        ):
            if rows.count:
                amount = plain_amount(rows.amount)
                yield Message(text, n=rows.count, lines=rows.shown, amount=amount)


_READINGS: Mapping[Reading, str] = {
    "with": N_("{paid}: all that was paid, the deposit with it, as the sums of {n} rows say"),
    "beside": N_("{paid}: what was paid beside the deposit, as the sums of {n} rows say"),
    "parts": N_(
        "{rest}: the price less the deposit, paid or not; {paid}: all that was paid, as the sums "
        "of {n} rows say"
    ),
}


def _told(price: int | None, cells: Sequence[Any]) -> Told:
    said = dict(zip(FIELDS, cells, strict=True))
    days = (_day(said[name]) for name in ("deposit_on", "paid_on", "unpaid_by"))
    return Told(price, *(said[name] for name in AMOUNTS), *days)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
