"""Payments from a sheet: our own export, a cashier's list, a bank's.

A line is known by its code, else by its cells, else as one of the same trip, day and amount that is
here already. Lines are added, never edited; only a promise may become paid.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlmodel import Session

from tourcrm.base.columns import PAYMENT_SHEET, stored
from tourcrm.base.errors import Message, Refused
from tourcrm.base.i18n import N_
from tourcrm.base.money import plain_amount
from tourcrm.bookings import payments
from tourcrm.db import codes, operations
from tourcrm.imports.column_reader import Batch
from tourcrm.imports.fingerprints import fingerprint, known_prints
from tourcrm.imports.incoming import columns_text
from tourcrm.imports.pipeline import Intake
from tourcrm.imports.request import Request

_RECEIVED = ("deposit", "balance")
_SAME = ("trip_id", "kind", "amount", "promised_on", "method", "reference")  # of one code
_MOVED = ("paid_on", "method", "reference")  # what is filled in when a promise is paid
Row = dict[str, Any]


class Payments(Intake):
    """Lines of money name their trip by its order code."""

    columns = PAYMENT_SHEET
    table = "payment"
    fields = stored(PAYMENT_SHEET)
    required = ("trip", "amount")
    marks = ("code", "trip")

    def __init__(self, session: Session, request: Request) -> None:
        super().__init__(session, request)
        self.extra = ("reverses", "fingerprint")
        if not self.headers.fields & {"paid_on", "promised_on"}:
            raise Refused(
                N_(
                    "{file}: no column says when the money moved. The header (line {line}) has: "
                    '{header}. Say which it is with --map "HEADER=paid_on", or one day for all '
                    "rows: --set paid_on=2026-11-20"
                ),
                file=request.sheet.name,
                line=request.sheet.header_line,
                header=columns_text(request.sheet.header),
            )

    def _prepare(self) -> None:
        super()._prepare()
        self.trips: dict[str, tuple[int, str, int | None] | None] = {}
        self.complaints: dict[str, int | None] = {}
        self.alike: Counter[str] = Counter()  # cells of rows without a code -> how often
        self.unknown_complaints = self.gone = self.standing = self.kinds = self.signs = 0

    # --- one row

    def take(self, batch: Batch) -> dict[int, Message]:
        if not batch.lines:
            return {}
        nothing: list[Any] = [None] * len(batch.lines)
        names = [one.field for one in self.columns]
        cells = [batch.columns.get(name, nothing) for name in names]
        refused: dict[int, Message] = {}
        rows: list[tuple[int, Row]] = []
        for line, *row in zip(batch.lines, *cells, strict=True):
            said = dict(zip(names, row, strict=True))
            found = self._row(said)
            if isinstance(found, Message):
                refused[line] = found
            else:
                rows.append((line, found))
        self.stage(
            [line for line, _row in rows],
            [None] * len(rows),
            {name: [row[name] for _line, row in rows] for name in (*self.fields, *self.extra)},
        )
        return refused

    def _row(self, said: Row) -> Row | Message:
        """A row as it is stored, or why it cannot be."""
        if said["trip"] is None:
            return Message(N_("no order number: it says for which trip the money is"))
        trip = self._trip(said["trip"])
        if trip is None:
            return Message(N_("there is no trip {code}"), code=columns_text([said["trip"]]))
        trip_id, customer, _price = trip
        if said["customer"] not in (None, customer):
            return Message(
                N_("trip {code} is one of customer {candidates}, not of {given}"),
                code=columns_text([said["trip"]]),
                candidates=customer,
                given=columns_text([said["customer"]]),
            )
        row = {name: said.get(name) for name in self.fields} | {"trip_id": trip_id}
        row["reverses"] = said["reverses"]
        row["promised_on"] = said["promised_on"] or said["paid_on"]
        flaw = self._money(row) or self._when(row, said["state"])
        if flaw is not None:
            return flaw
        row["complaint_id"] = self._complaint(said["complaint"])
        row["fingerprint"] = None if row["code"] else self._print(row)
        return row

    def _trip(self, code: str) -> tuple[int, str, int | None] | None:
        if code not in self.trips:
            self.trips[code] = self.connection.execute(
                "SELECT t.id, c.code, t.price FROM trip t JOIN customer c ON c.id = t.customer_id "
                "WHERE t.code = ?",
                (code,),
            ).fetchone()
        return self.trips[code]

    def _complaint(self, code: str | None) -> int | None:
        if code is None:
            return None
        if code not in self.complaints:
            found = self.connection.execute("SELECT id FROM complaint WHERE code = ?", (code,))
            self.complaints[code] = next((row_id for (row_id,) in found), None)
        self.unknown_complaints += self.complaints[code] is None
        return self.complaints[code]

    def _money(self, row: Row) -> Message | None:
        """Settle kind and sign; why they cannot be, if they cannot."""
        amount, kind = row["amount"], row["kind"]
        if not amount:
            return Message(N_("no amount: a payment is more or less than nothing"))
        if kind is None and row["reverses"]:
            kind = "reversal"
        if kind is None and amount < 0:
            kind = "refund"
            self.signs += 1
        if kind in _RECEIVED and amount < 0:
            return Message(
                N_(
                    "what was received is above zero: money that went back is a refund, and what "
                    "was written down wrongly is reversed"
                )
            )
        if kind == "refund":
            row["amount"] = -abs(amount)
            row["reason"] = row["reason"] or "customer"
        elif kind in _RECEIVED and row["reason"] is not None:
            return Message(N_("only what goes back has a reason; this was received"))
        if (kind == "reversal") != (row["reverses"] is not None):
            return Message(
                N_("a reversal names the payment that it takes back, and only that does")
            )
        row["kind"] = kind
        return None

    def _when(self, row: Row, state: str | None) -> Message | None:
        today = self.request.today.isoformat()
        if row["promised_on"] is None:
            return Message(N_("no day: it says when the money moved"))
        if max(row["promised_on"], row["paid_on"] or "") > today:
            return Message(N_("the day lies ahead: what is still to be paid is no payment"))
        if row["paid_on"] is None and row["kind"] not in ("refund", "reversal"):
            if state == "promised":
                return Message(N_("it is not received yet: a plan of payment is kept for the trip"))
            row["paid_on"] = row["promised_on"]
        if row["paid_on"] is not None and row["paid_on"] < row["promised_on"]:
            return Message(N_("it was paid before it was promised: check the days"))
        return None

    def _print(self, row: Row) -> str:
        """By what a row without a code is known again. Of equal ones without a receipt's number
        each counts: a customer may pay twice a day."""
        said = {name: row[name] for name in (*self.fields, "reverses") if name != "kind"}
        plain = fingerprint(self.table, {**said, "kind": None})
        if row["reference"] is not None:
            return plain
        self.alike[plain] += 1
        nth = self.alike[plain]
        return plain if nth == 1 else f"{plain}:{nth}"

    # --- which lines are there

    def _fold(self) -> None:
        rows = self._staged()
        self._twins(rows)
        coded = [row for row in rows.values() if row["code"]]
        there = self._stored("code", [row["code"] for row in coded])
        by_code = {row["code"]: row for row in there}
        self.reversed_here = {row["reverses"] for row in rows.values() if row["reverses"]}
        self.paid_now: list[tuple[Row, Row]] = []  # promises: as they stand, and the row
        for row in coded:
            stands = by_code.get(row["code"])
            if stands is not None:
                self._meet(stands, row, rows)
        self._known(rows)
        self._reversals(rows)
        self._refunds(rows)

    def _staged(self) -> dict[int, Row]:
        names = ("line", *self.fields, *self.extra)
        found = self.connection.execute(f"SELECT {', '.join(names)} FROM incoming ORDER BY line")  # noqa: S608 - our columns
        return {row[0]: dict(zip(names, row, strict=True)) for row in found.fetchall()}

    def _stored(self, by: str, values: Sequence[Any]) -> list[Row]:
        """Lines that are here, by their codes or their trips."""
        names = ("id", *self.fields)
        found: list[Row] = []
        for at in range(0, len(values), 500):
            some = values[at : at + 500]
            rows = self.connection.execute(
                f"SELECT {', '.join(names)} FROM payment "  # noqa: S608 - our columns
                f"WHERE {by} IN ({','.join('?' * len(some))}) ORDER BY id",
                some,
            )
            found += [dict(zip(names, row, strict=True)) for row in rows]
        return found

    def _twins(self, rows: dict[int, Row]) -> None:
        """Rows of one code, or of one receipt, are one line."""
        first: dict[str, Row] = {}
        for line, row in list(rows.items()):
            other = first.setdefault(row["code"] or row["fingerprint"], row)
            if other is row:
                continue
            if all(other[name] == row[name] for name in self.fields):
                self.result.repeated += 1
                self._drop(rows, line)
            else:
                self._refuse(
                    rows,
                    line,
                    Message(N_("line {line} is the same payment"), line=other["line"]),
                )

    def _drop(self, rows: dict[int, Row], line: int) -> None:
        del rows[line]
        self.connection.execute("DELETE FROM incoming WHERE line = ?", (line,))

    def _refuse(self, rows: dict[int, Row], line: int, why: Message) -> None:
        del rows[line]
        self.reject_late(line, why)

    def _meet(self, stands: Row, row: Row, rows: dict[int, Row]) -> None:
        """A row whose code a line here has."""
        way, line = self.request.on_duplicate, row["line"]
        if way == "error":
            self._refuse(rows, line, Message(N_("it is there already")))
            return
        becomes_paid = stands["paid_on"] is None and row["paid_on"] is not None
        may_differ = (*_MOVED, "promised_on") if becomes_paid else ("kind",)
        other = next(
            (
                name
                for name in (*_SAME, "paid_on")
                if row[name] not in (None, stands[name])
                if name not in may_differ
            ),
            None,
        )
        if other is not None and way != "skip":
            why = N_("{code} is here and says otherwise ({column}): a line is never edited")
            column = self.header_of("trip" if other == "trip_id" else other)
            self._refuse(rows, line, Message(why, code=row["code"], column=column))
            return
        if row["code"] not in self.reversed_here:
            self.gone += self._is_reversed(stands["id"])
        if becomes_paid and way != "skip":
            self.paid_now.append((stands, row))
        self._drop(rows, line)

    def _known(self, rows: dict[int, Row]) -> None:
        """Rows without a code that came before, or that are lines of the same trip, day and amount
        which nothing else in the sheet is."""
        prints = known_prints(
            self.connection, (row["fingerprint"] for row in rows.values() if row["fingerprint"])
        )
        for line, row in list(rows.items()):
            if row["fingerprint"] in prints:
                self._again(rows, line)
        free: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
        loose = [row for row in rows.values() if not row["code"]]
        taken = set(prints.values())
        for one in self._stored("trip_id", list({row["trip_id"] for row in loose})):
            if one["id"] not in taken and not self._is_reversed(one["id"]):
                free[_sum_of(one)].append(one)
        for row in loose:
            same = next(
                (
                    one
                    for one in free[_sum_of(row)]
                    if row["reference"] in (None, one["reference"]) or one["reference"] is None
                ),
                None,
            )
            if same is not None:
                free[_sum_of(row)].remove(same)
                self.standing += 1
                self._again(rows, row["line"])

    def _again(self, rows: dict[int, Row], line: int) -> None:
        if self.request.on_duplicate == "error":
            self._refuse(rows, line, Message(N_("it is there already")))
        else:
            self._drop(rows, line)

    def _is_reversed(self, row_id: int | None) -> bool:
        found = self.connection.execute("SELECT 1 FROM payment WHERE reverses_id = ?", (row_id,))
        return found.fetchone() is not None

    def _reversals(self, rows: dict[int, Row]) -> None:
        """Each takes back one line, of the sheet or here, of its own trip and amount, once."""
        by_code = {row["code"]: row for row in rows.values() if row["code"]}
        gone: set[str] = set()
        for line, row in list(rows.items()):
            if row["kind"] != "reversal":
                continue
            code = row["reverses"]
            was = by_code.get(code) or next(iter(self._stored("code", [code])), None)
            flaw = self._not_reversing(row, was)
            if flaw is None and (code in gone or self._is_reversed((was or row).get("id"))):
                flaw = Message(N_("{given} is reversed already"), given=code)
            if flaw is not None:
                self._refuse(rows, line, flaw)
                continue
            gone.add(code)
            row["reason"] = row["reason"] or (was or row)["reason"]

    @staticmethod
    def _not_reversing(row: Row, was: Row | None) -> Message | None:
        """Why a reversal does not fit the line that it names."""
        given = columns_text([row["reverses"]])
        if was is None:
            return Message(
                N_("it takes back {given}, which is neither here nor in the sheet"), given=given
            )
        if was["kind"] == "reversal":
            return Message(N_("{given} is a reversal itself"), given=given)
        if was["trip_id"] != row["trip_id"] or was["amount"] != -row["amount"]:
            return Message(
                N_(
                    "{given} has another trip or amount: a reversal is the same with the other sign"
                ),
                given=given,
            )
        if (was["paid_on"] is None) != (row["paid_on"] is None):
            return Message(
                N_("a reversal has a day of payment where {given} has one, and only there"),
                given=given,
            )
        return None

    def _refunds(self, rows: dict[int, Row]) -> None:
        """No more goes back to a customer than was received."""
        back: dict[int, list[Row]] = defaultdict(list)
        for row in rows.values():
            if row["kind"] == "refund" and row["paid_on"] and row["reason"] == "customer":
                back[row["trip_id"]].append(row)
        for trip, refunds in back.items():
            lines = [*self._stored("trip_id", [trip]), *rows.values()]
            there = sum(row["amount"] for row in lines if row["trip_id"] == trip and _pays(row))
            for row in reversed(refunds):
                if there >= 0:
                    break
                there -= row["amount"]
                self._refuse(
                    rows,
                    row["line"],
                    Message(
                        N_("{code} has {paid} of the customer's money; {amount} cannot go back."),
                        code=self._code(trip),
                        paid=plain_amount(max(0, there)),
                        amount=plain_amount(-row["amount"]),
                    ),
                )
        self.rows = rows

    def _code(self, trip_id: int) -> str:
        [(code,)] = self.connection.execute("SELECT code FROM trip WHERE id = ?", (trip_id,))
        return columns_text([code])

    # --- writing

    def _settle(self) -> None:
        for stands, row in self.paid_now:
            new = {name: row[name] for name in _MOVED if row[name] not in (None, stands[name])}
            old = {name: stands[name] for name in new}
            self._change(stands, old, new)
        self.result.updated = len(self.paid_now)
        self.result.added = len(self.rows)
        if self.rows:
            self._infer_kinds()
            self._insert()
        self._tell()

    def _change(self, stands: Row, old: Row, new: Row) -> None:
        [(owner,)] = self.connection.execute(
            "SELECT customer_id FROM trip WHERE id = ?", (stands["trip_id"],)
        )
        operations.changed(self.session, self.operation, self.table, stands["id"], owner, old, new)
        sets = ", ".join(f"{name} = ?" for name in new)
        self.connection.execute(
            f"UPDATE payment SET {sets} WHERE id = ?",  # noqa: S608 - our columns
            (*new.values(), stands["id"]),
        )

    def _infer_kinds(self) -> None:
        """Of what was received and nobody named: what settles the price is its balance, the first
        of several is the deposit."""
        unnamed = [row for row in self.rows.values() if row["kind"] is None]
        self.kinds = len(unnamed)
        if not unnamed:
            return
        paid: Counter[int] = Counter()
        for row in self._stored("trip_id", list({row["trip_id"] for row in unnamed})):
            paid[row["trip_id"]] += row["amount"] if _pays(row) else 0
        prices = {trip[0]: trip[2] for trip in self.trips.values() if trip is not None}
        for row in sorted(self.rows.values(), key=lambda row: row["paid_on"] or row["promised_on"]):
            trip = row["trip_id"]
            if row["kind"] is None:
                row["kind"] = payments.kind_of(prices[trip], paid[trip], row["amount"])
            paid[trip] += row["amount"] if _pays(row) else 0

    def _insert(self) -> None:
        number, first = self.operation, self.first_free()
        self.session.flush()
        ids: dict[str, int] = {}
        for at, row in enumerate(self.rows.values()):
            row["id"] = first + at
            row["code"] = row["code"] or codes.code_of(row["id"], "payment")
            ids[row["code"]] = row["id"]
        for row in self.rows.values():
            code = row["reverses"]
            if code is not None:
                row["reverses_id"] = ids.get(code) or self._stored("code", [code])[0]["id"]
        names = ("id", *self.fields)
        # The lines before those that take them back.
        order = sorted(self.rows.values(), key=lambda row: row["kind"] == "reversal")
        self.connection.executemany(
            f"INSERT INTO payment ({', '.join(names)}, operation_id) "  # noqa: S608 - our columns
            f"VALUES ({', '.join('?' * len(names))}, ?)",
            [(*(row[name] for name in names), number) for row in order],
        )
        self.connection.executemany(
            "INSERT INTO import_row VALUES (?, 'payment', ?, ?)",
            [(row["fingerprint"], row["id"], number) for row in order if row["fingerprint"]],
        )

    def _tell(self) -> None:
        self.result.notes += self._notes()

    def _notes(self) -> Iterator[Message]:
        doubled = sum(count - 1 for count in self.alike.values())
        told = (self.kinds, self.signs, self.standing, doubled, self.unknown_complaints, self.gone)
        for count, text in zip(told, _TOLD, strict=True):
            if count:
                yield Message(text, n=count)


_TOLD = (
    N_(
        "{n} without a kind: what settles the price is its balance, the first payment of several "
        "the deposit"
    ),
    N_("{n} below zero without a kind: taken as refunds for the customer's own reasons"),
    N_("{n} are known by trip, day and amount: here already"),
    N_("{n} say the same as another row, without a number of a receipt: each counts as a payment"),
    N_("{n} name a complaint that is not here: taken without it"),
    N_(
        "{n} are here and were reversed since: they stay so. To write them anew leave out the "
        "column of payment codes"
    ),
)


def _sum_of(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """By what two lines may be one: trip, amount and day."""
    return row["trip_id"], row["amount"], row["paid_on"] or row["promised_on"]


def _pays(row: Mapping[str, Any]) -> bool:
    """Whether a line counts for the price of its trip; see payments.PAYS."""
    own = row["kind"] in (*_RECEIVED, None) or (row["reason"] or "customer") == "customer"
    return own and row["paid_on"] is not None
