"""Contacts from a sheet."""

from typing import Any

from sqlmodel import Session

from tourcrm import columns, customer, store
from tourcrm.digest import Batch
from tourcrm.errors import Message
from tourcrm.i18n import N_
from tourcrm.identity import Referrer, Register, fingerprint, known_prints
from tourcrm.importing_base import Intake, Request, columns_text


class Interactions(Intake):
    """Contacts are known by their cells: the same line again is the same contact."""

    columns = columns.INTERACTION
    table = "interaction"
    fields = (
        *("customer_id", "trip_id", "at", "channel", "direction", "kind", "personal"),
        *("summary", "staff"),
    )
    required = ("customer", "at")

    def __init__(self, session: Session, request: Request) -> None:
        super().__init__(session, request)
        self.extra = ("fingerprint",)
        self.referrer = Referrer(Register(self.connection, customer.code_of), request.terms.region)

    def _prepare(self) -> None:
        super()._prepare()
        self.prints: dict[str, int] = {}
        self.next = self.first_new

    def _first_new(self) -> int:
        return store.next_row(self.connection, self.table)

    def take(self, batch: Batch) -> dict[int, Message]:
        from tourcrm.interaction import is_personal

        given = batch.columns
        size = len(batch.lines)
        if not size:
            return {}
        nothing: list[Any] = [None] * size
        refused: dict[int, Message] = {}
        who = self.referrer.resolve(given["customer"], names=given.get("name"))
        staged: dict[str, list[Any]] = {
            name: list(given.get(name, nothing)) for name in self.fields + self.extra
        }
        staged["customer_id"] = list(who)
        trips = given.get("trip", nothing)
        for index, line in enumerate(batch.lines):
            if type(who[index]) is not int:
                refused[line] = Message(N_("customer: {reason}"), reason=who[index])
                continue
            if staged["at"][index] is None:
                refused[line] = Message(N_("no time: say when the contact was"))
                continue
            if trips[index]:
                row = self.connection.execute(
                    "SELECT id FROM trip WHERE code = ?", (trips[index],)
                ).fetchone()
                if row is None:
                    refused[line] = Message(
                        N_("there is no trip {code}"), code=columns_text([trips[index]])
                    )
                    continue
                staged["trip_id"][index] = row[0]
            staged["channel"][index] = staged["channel"][index] or "other"
            staged["direction"][index] = staged["direction"][index] or "out"
            staged["kind"][index] = staged["kind"][index] or "followup"
            if staged["personal"][index] is None:
                staged["personal"][index] = is_personal(
                    staged["channel"][index], staged["direction"][index]
                )
            staged["personal"][index] = int(staged["personal"][index])
            staged["fingerprint"][index] = fingerprint(
                "interaction", {name: staged[name][index] for name in self.fields}
            )
        self.prints.update(known_prints(self.connection, (p for p in staged["fingerprint"] if p)))
        row_ids: list[int | None] = nothing[:]
        for index, line in enumerate(batch.lines):
            if line in refused:
                continue
            mark = staged["fingerprint"][index]
            if mark not in self.prints:
                self.prints[mark] = self.next
                self.next += 1
            row_ids[index] = self.prints[mark]
        keep = [index for index, row_id in enumerate(row_ids) if row_id is not None]
        self.stage(
            [batch.lines[index] for index in keep],
            [row_ids[index] for index in keep],
            {name: [values[index] for index in keep] for name, values in staged.items()},
        )
        return refused

    def _fold(self) -> None:
        self.refuse_existing()
        self.merge_twins()

    def _settle(self) -> None:
        self.result.added = self.count_new()
        if not self.result.added:
            return
        names = ", ".join(self.fields)
        self.connection.execute(
            f"INSERT INTO interaction (id, {names}, operation_id) "  # noqa: S608 - our columns
            f"SELECT row_id, {names}, ? FROM incoming WHERE row_id >= ?",
            (self.operation, self.first_new),
        )
        self.connection.execute(
            "INSERT INTO import_row SELECT fingerprint, 'interaction', row_id, ? "
            "FROM incoming WHERE row_id >= ?",
            (self.operation, self.first_new),
        )
