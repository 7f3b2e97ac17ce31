"""Trips from a sheet: whose they are, which are there already, and what old ones leave out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlmodel import Session

from tourcrm.base.columns import TRIP, TRIP_MONEY, by_field, stored
from tourcrm.base.display import visible
from tourcrm.base.errors import Message
from tourcrm.base.i18n import N_
from tourcrm.base.money import plain_amount
from tourcrm.bookings import seats
from tourcrm.db import dialect
from tourcrm.imports import (
    aftermath,
    contradictions,
    currencies,
    footers,
    group_codes,
    order_lines,
    party_rows,
    sources,
    stated_money,
    trip_days,
    unsaid,
)
from tourcrm.imports.column_reader import Batch, Rejected
from tourcrm.imports.matching import Register
from tourcrm.imports.named_alone import NamedAlone
from tourcrm.imports.new_customers import ALONG, NAMED, Newcomers
from tourcrm.imports.pipeline import BULK, Intake
from tourcrm.imports.references import Reference, Referrer
from tourcrm.imports.request import Line, Request, Result
from tourcrm.imports.unchanged import Doubt, Standing

OPEN_ENDED = ("inquiry", "quoted", "lost", "cancelled")  # a trip of these may lack a departure
_STEP = 5_000
_NO_DEPARTURE = N_("no departure date: a booked trip needs one")
_OVERSOLD = N_(
    "Nothing was imported: {code} would have {people} people on {seats} seats. More seats: tourcrm "
    "departures edit {code} --seats"
)
_NO_CUSTOMER = N_("it names no customer: give a code, phone or ID number")


class Trips(Intake):
    """Trips name their customer; their identity is the order code, else customer, day and place."""

    columns = TRIP + TRIP_MONEY
    table = "trip"
    fields = stored(TRIP)
    required: tuple[str, ...] = ("customer",)
    marks = ("code", "customer", "phone", "id_number")
    referrer: Referrer
    newcomers: Newcomers
    standing: Standing
    numbers: sources.Numbers

    def __init__(self, session: Session, request: Request) -> None:
        super().__init__(session, request)
        self.extra = stated_money.columns_in(self.headers)
        # Rows that are there just so are passed over; a line of an order is not what is there, and
        # of what was paid a trip's row does not tell.
        self.pass_over = request.on_duplicate != "error" and request.rows is None and not self.extra
        self.by_line = request.rows is not None
        self.parties: party_rows.Parties | None = None  # where a row is a traveller
        self._asked = self.by_line or request.are_lines is None
        self.spans = trip_days.Spans()
        self.exchange: currencies.Exchange | None = None
        self.shift = 0  # what makes the id of a new trip of its line
        self.given: list[str] = []  # the columns of the table that the file gives

    def run(self) -> Result:
        try:
            return super().run()
        except order_lines.AsLines:
            self.by_line, self.pass_over = True, False
            return super().run()

    def needed(self, fields: Collection[str]) -> tuple[str, ...]:
        return () if {"phone", "id_number", "code", "name"}.intersection(fields) else self.required

    def _prepare(self) -> None:
        super()._prepare()
        self.referrer = Referrer(
            Register(self.connection, self.request.terms.former),
            self.request.terms.region,
            source=sources.spelled(self.connection, self.request.source),
        )
        self.newcomers = Newcomers(self.session, self.referrer, self.request.today)
        self.numbers = sources.Numbers(self.referrer, self.newcomers.first)
        self.standing = Standing(self.connection)
        self.orders = order_lines.Orders(self.connection)
        if self.request.rows == "travellers":
            self.parties = party_rows.Parties(self.connection, self.orders)
        self.departures = group_codes.Departures(self.connection)
        self.exchange = self._exchange()
        self.money = stated_money.StatedMoney(self.session, self.request, self.headers, self.result)
        self.by_name = NamedAlone(self.connection, self.referrer, self.newcomers)
        self.unnamed: dict[int, Message] = {}  # line -> why its name says nobody

    def _exchange(self) -> currencies.Exchange | None:
        """What brings amounts into our currency, where the sheet may have others."""
        home, fields = self.request.terms.currency, self.headers.fields
        amounts = [
            name
            for name, one in by_field(self.columns).items()
            if one.type.summed and name in fields
        ]
        if not amounts or not ("currency" in fields or self.request.rates):
            return None
        self.reader.take_any_currency()
        named = visible(self.header_of("currency"), 40) if "currency" in fields else None
        headers = {name: visible(self.header_of(name), 40) for name in amounts}
        return currencies.Exchange(home, self.request.rates, named, headers)

    def _reject(self, found: Iterable[Rejected]) -> None:
        rows = list(found)
        super()._reject(rows)
        place = self.headers.places.get("code")
        if place is not None:
            self.orders.refused(
                (row.line, row.cells[place]) for row in rows if place < len(row.cells)
            )

    def take(self, batch: Batch) -> dict[int, Message]:
        return trip_days.settle(batch, self.result.inferred) | self._take(batch)

    def _take(self, batch: Batch) -> dict[int, Message]:
        given = batch.columns
        size = len(batch.lines)
        if not size:
            return {}
        nothing: list[Any] = [None] * size
        resolved: list[int | Message | None] = list(
            self.referrer.resolve(
                given.get("customer", nothing),
                *(given.get(name) for name in ("phone", "id_number", "name")),
            )
        )
        if self.request.create_customers and self.referrer.named:
            self.by_name.note(batch)
        departures = given.get("departs_on", nothing)
        staged = {name: given[name] for name in (*self.fields, *self.extra) if name in given}
        staged["customer_id"] = resolved
        if "departure_code" in given:
            staged["departure_id"] = self.departures.resolve(given["departure_code"])
        foreign = self.exchange.bring_home(given, staged) if self.exchange else {}
        wrong: Sequence[Message | None] = nothing
        if "returns_on" in given or "days" in given:
            ends = (given.get(name, nothing) for name in ("returns_on", "days"))
            spans = map(self.spans.__getitem__, zip(departures, *ends, strict=True))
            returns, wrong = zip(*spans, strict=True)
            staged["returns_on"] = list(returns)
        refused = {}
        if set(map(type, resolved)) != {int} or None in departures or any(wrong):
            refused = self._refuse(batch, resolved, wrong)
        self.given = list(staged)
        lines: Sequence[int] = batch.lines
        refused |= {lines[place]: why for place, why in foreign.items()}
        if self.extra:
            refused |= stated_money.refused(staged, batch.lines, self.request.today)
        if self.referrer.source:
            cells = zip(lines, given.get("customer", nothing), resolved, strict=True)
            self.numbers.note((cell, who) for line, cell, who in cells if line not in refused)
        if refused:
            keep = [place for place, line in enumerate(lines) if line not in refused]
            lines, staged = _only(keep, lines, staged)
        if lines and self.had_rows and self.pass_over:
            lines, staged = _only(self.standing.pass_over(lines, staged), lines, staged)
        self.stage(lines, [None] * len(lines), staged)
        return refused

    def _refuse(
        self,
        batch: Batch,
        resolved: list[int | Message | None],
        wrong: Sequence[Message | None],
    ) -> dict[int, Message]:
        """The lines that cannot be taken. Customers that are to be made take their place."""
        given = batch.columns
        nothing: list[Any] = [None] * len(batch.lines)
        departures, statuses = given.get("departs_on", nothing), given.get("status", nothing)
        orders = given.get("code", nothing)
        references = list(
            zip(
                *(given.get(name, nothing) for name in ("customer", "phone", "id_number", "name")),
                strict=True,
            )
        )
        refused: dict[int, Message] = {}
        for index, line in enumerate(batch.lines):
            why = wrong[index]
            coded = orders[index] is not None
            if (
                why is None
                and departures[index] is None
                and not coded
                and statuses[index] not in OPEN_ENDED
            ):
                why = Message(_NO_DEPARTURE)
            if why is None and type(resolved[index]) is not int:
                if self.is_foot(line):
                    refused[line] = Message(footers.REASON)
                    continue
                if coded and not any(references[index][:3]):
                    # Its order may say whose it is: seen in _fold.
                    resolved[index] = self._of_order(line, references[index], resolved[index])
                    continue
                if self.request.create_customers:
                    resolved[index] = self.newcomers.find_or_make(references[index])
                nobody = resolved[index]
                if isinstance(nobody, Message):
                    why = self.about_customer(line, nobody)
            if why is not None:
                refused[line] = why
        return refused

    def _of_order(
        self, line: int, reference: Reference, nobody: int | Message | None
    ) -> int | Message | None:
        """The customer of a row that says its order, and perhaps a name: None where that is left
        to the order. Why the name does not say it is remembered."""
        if reference[3] is None:
            return None
        if self.request.create_customers:
            nobody = self.newcomers.find_or_make(reference)
        if isinstance(nobody, Message):
            self.unnamed[line] = self.about_customer(line, nobody)
            return None
        return nobody

    def _fold(self) -> None:
        execute = self.connection.execute
        execute("CREATE INDEX temp.incoming_code ON incoming (code) WHERE code IS NOT NULL")
        if self.had_rows:
            execute(
                "UPDATE incoming SET row_id = "
                "(SELECT id FROM trip WHERE trip.code = incoming.code) WHERE code IS NOT NULL"
            )
        if self.request.create_customers:
            self.by_name.settle(self.reject_late)
        if self.had_rows:
            if not self._match_uncoded():
                self._again()
                return
            for line, order, code in (
                ()
                if self.parties
                else execute(
                    "SELECT i.line, i.code, c.code FROM incoming i JOIN trip t ON t.id = i.row_id "
                    "JOIN customer c ON c.id = t.customer_id WHERE i.customer_id <> t.customer_id"
                ).fetchall()
            ):
                self.orders.refused([(line, order or "")])
                self.reject_late(
                    line, Message(N_("this order is that of customer {code}"), code=code)
                )
            self.refuse_existing()
        self._refuse_broken_orders()
        if self.parties:
            keep = self.request.on_duplicate == "skip"
            names = (*self.fields, *self.extra)
            self.parties.gather(names, self.reject_late, self.contradiction, keep)
        elif self.had_rows:
            self.merge_twins()
        for (lines,) in execute(
            "SELECT group_concat(line) FROM incoming WHERE code IS NOT NULL AND row_id IS NULL "
            "GROUP BY code HAVING count(*) > 1"
        ).fetchall():
            self._merge_order(sorted(map(int, lines.split(","))))
        self._refuse_unfinished()
        if self.extra:
            self.money.settle()

    def at_odds(self, row_id: int, line: int) -> tuple[str, ...]:
        # Of lines that add up, those that come alone never are the whole order.
        return (
            ("price",) if self.by_line and line in self.unmended else super().at_odds(row_id, line)
        )

    def _refuse_broken_orders(self) -> None:
        """An order of lines comes whole or not at all."""
        for line, other in list(self.orders.broken(self.by_line)):
            self.reject_late(
                line,
                Message(
                    N_("line {line} of this order was rejected: mend that one, and import both"),
                    line=other,
                ),
            )

    def contradicted(self, first: Mapping[str, Any], later: Mapping[str, Any]) -> tuple[str, ...]:
        return contradictions.between(first, later, (*self.fields, *self.extra))

    def merge(self, lines: Sequence[int]) -> None:
        rows = [self.orders.row(line, (*self.fields, *self.extra)) for line in lines]
        if not self._are_lines(lines, rows):
            super().merge(lines)
            return
        whole = order_lines.together(rows, self.request.people_added)
        flaw = whole if isinstance(whole, Message) else self.contradiction(whole)
        if flaw is not None or isinstance(whole, Message):
            for line in lines:
                self.reject_late(line, flaw or Message(_NO_CUSTOMER))
            return
        self.result.orders += 1
        self.result.people_added = self.request.people_added
        self.result.order_lines += len(lines)
        self.orders.store(lines, whole)

    def _are_lines(self, lines: Sequence[int], rows: Sequence[Mapping[str, Any]]) -> bool:
        """Whether rows of one order are its lines: said, known from before, or asked once."""
        if self.by_line:
            return True
        if all(self.contradicted(rows[0], row) == () for row in rows[1:]):
            return False
        if self.orders.known(rows[0]["code"]):
            return True
        if not self._asked and self.request.are_lines is not None:
            self._asked = True
            shown = [Line(line, self._shown(row)) for line, row in zip(lines, rows, strict=True)]
            if self.request.are_lines(shown[:3]):
                raise order_lines.AsLines
        return False

    def _shown(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """What is shown of a line of an order."""
        names = ("code", "destination", "departs_on", "price", "party_size")
        price = row["price"]
        told = {**row, "price": None if price is None else plain_amount(price)}
        return {self.header_of(name): told[name] for name in names}

    def _refuse_unfinished(self) -> None:
        """Rows whose order would have said what they leave out, and did not."""
        for lacking, why in (
            ("customer_id IS NULL", _NO_CUSTOMER),
            ("departs_on IS NULL AND coalesce(status, 'booked') = 'booked'", _NO_DEPARTURE),
        ):
            for (line,) in self.connection.execute(
                f"SELECT line FROM incoming WHERE row_id IS NULL AND {lacking}"  # noqa: S608 - ours, above
            ).fetchall():
                self.reject_late(line, self.unnamed.get(line) or Message(why))

    def _merge_order(self, lines: list[int]) -> None:
        """Rows of one new order code: one trip, unless they name different customers."""
        if self.by_line:
            self.merge(lines)
            return
        customers = dict(
            self.connection.execute(
                "SELECT line, customer_id FROM incoming "  # noqa: S608 - question marks
                f"WHERE line IN ({','.join('?' * len(lines))})",
                lines,
            ).fetchall()
        )
        first = next((who for who in customers.values() if who is not None), None)
        same = [line for line in lines if customers[line] in (None, first)]
        for line in set(lines) - set(same):
            self.reject_late(
                line,
                Message(
                    N_("line {line} has the same order number for another customer"), line=lines[0]
                ),
            )
        if len(same) > 1:
            self.merge(same)

    def _match_uncoded(self) -> bool:
        """Give the rows without a code their trips; False where what was passed over disagrees."""
        try:
            found = self.standing.match(self.given, self.request.on_duplicate)
            while some := list(islice(found, _STEP)):
                self.connection.executemany(
                    "UPDATE incoming SET row_id = ? WHERE line = ?", (one for one in some if one[0])
                )
                self.connection.executemany(
                    "DELETE FROM incoming WHERE line = ?", ((one[1],) for one in some if not one[0])
                )
        except Doubt:
            return False
        self.result.repeated += self.standing.repeated
        return True

    def _again(self) -> None:
        """Two rows of one trip disagree, and one was passed over: stage every row after all."""
        self.pass_over = False
        self.result = Result(headers=self.headers)
        self._prepare()
        self._read()
        self._fold()

    def _settle(self) -> None:
        if self.exchange is not None:
            self.result.notes += self.exchange.remarks()
        if self.referrer.by_name:
            self.result.inferred["by_name"] = self.referrer.by_name
        if self.referrer.register.reread:
            self.result.inferred["former"] = len(self.referrer.register.reread)
        if "departure_code" in self.headers.fields:
            made, loose = self.departures.settle(self.number)
            self.result.inferred |= {"departures": made} if made else {}
            self.result.inferred |= {"other_day": loose} if loose else {}
        updated = self.update_existing()
        written = set(updated)
        self.result.added = self.count_new()
        if self.result.added:
            written |= self.orders.new()
            self._make_customers()
            unsaid.fill_in(self.connection, self.request.today, self.result.inferred)
            self._insert()
        elif self.parties:
            self._make_customers()  # of those who travel along on trips that are there
        if self.extra:
            updated |= self.money.store(self.number, self.shift)
            self.result.notes += self.money.remarks()
        self.result.updated = len(updated)
        if written and (self.result.orders or self.parties):
            self.orders.remember(written, self.operation)
        if self.parties:
            added = self.parties.store(self.number)
            self.result.notes.append(self.parties.told(added))
        if noted := self.numbers.store(self):
            self.result.inferred["numbers"] = noted
        seats.refuse_oversold(self.session, _OVERSOLD)
        if self.begun is not None:
            self.result.notes += aftermath.remarks(self.session, self.request, self.begun)

    def _make_customers(self) -> None:
        named = NAMED + (ALONG if self.parties else "")
        wanted = self.connection.execute(
            f"SELECT EXISTS (SELECT 1 FROM temp.made WHERE id IN ({named}))"  # noqa: S608 - ours, above
        ).fetchone()[0]
        if wanted:
            self.result.customers_added = self.newcomers.store(self.operation, named)
            if self.newcomers.households:
                self.result.inferred["household"] = self.newcomers.households
            if self.newcomers.namesakes:
                self.result.inferred["namesakes"] = self.newcomers.namesakes

    def _insert(self) -> None:
        base = self.first_free()
        names = ", ".join(self.fields)
        made = "coalesce(code, 'T' || printf('%07d', ? + line))"
        values = ", ".join(made if name == "code" else name for name in self.fields)
        (first,) = self.connection.execute(
            "SELECT min(line) FROM incoming WHERE row_id IS NULL"
        ).fetchone()
        self.shift = base - first
        with dialect.bulk(self.connection, "trip", self.result.added >= BULK):
            self.connection.execute(
                f"INSERT INTO trip (id, {names}, operation_id) "  # noqa: S608 - our columns
                f"SELECT ? + line, {values}, ? FROM incoming WHERE row_id IS NULL ORDER BY line",
                (self.shift, self.shift, self.operation),
            )

    def consequences(
        self, new: dict[str, Any], present: Mapping[str, Any], given: Mapping[str, Any]
    ) -> dict[str, Any]:
        changed = dict(new)
        if "departs_on" in new and given.get("returns_on") is None:
            changed["returns_on"] = trip_days.moved(present, new["departs_on"])
        status = new.get("status")
        if present["status"] == "lost" and unsaid.is_old_quote(
            {**present, **new}, self.request.today
        ):
            del changed["status"]  # it was or came in as lost, and a quote so old opens nothing
        elif status is not None:
            for name, kept_by in (("cancelled_on", "cancelled"), ("lost_on", "lost")):
                if status != kept_by and name not in new:
                    changed[name] = None
        return changed

    def contradiction(self, row: Mapping[str, Any]) -> Message | None:
        if row["departs_on"] and row["returns_on"]:
            return trip_days.span(row["departs_on"], row["returns_on"], None)[1]
        return None

    def flaw(self, row: Mapping[str, Any]) -> Message | None:
        if row["status"] == "booked" and not row["departs_on"]:
            return Message(_NO_DEPARTURE)
        return self.contradiction(row)


def _only(
    places: Sequence[int], lines: Sequence[int], staged: Mapping[str, list[Any]]
) -> tuple[Sequence[int], dict[str, list[Any]]]:
    """The rows at these places."""
    return (
        [lines[place] for place in places],
        {name: [values[place] for place in places] for name, values in staged.items()},
    )
