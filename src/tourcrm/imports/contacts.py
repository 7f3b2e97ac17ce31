"""Contacts from a sheet."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlmodel import Session

from tourcrm.base.columns import INTERACTION, stored
from tourcrm.base.errors import Message
from tourcrm.base.i18n import N_
from tourcrm.base.moments import moment_of
from tourcrm.customers import contacts
from tourcrm.db import dialect
from tourcrm.imports.column_reader import Batch
from tourcrm.imports.fingerprints import fingerprint, known_prints
from tourcrm.imports.incoming import columns_text
from tourcrm.imports.matching import Register
from tourcrm.imports.pipeline import Intake
from tourcrm.imports.references import Referrer
from tourcrm.imports.request import Request


class Interactions(Intake):
    """Contacts are known by their cells: the same line again is the same contact."""

    columns = INTERACTION
    table = "interaction"
    fields = stored(INTERACTION)
    required = ("customer", "at")
    marks = ("customer", "trip")

    def __init__(self, session: Session, request: Request) -> None:
        super().__init__(session, request)
        self.extra = ("fingerprint",)

    def needed(self, fields: Collection[str]) -> tuple[str, ...]:
        return ("at",) if "name" in fields else self.required

    def _prepare(self) -> None:
        super()._prepare()
        self.referrer = Referrer(
            Register(self.connection, self.request.terms.former),
            self.request.terms.region,
        )
        self.prints: dict[str, int] = {}
        self.next = self.first_new

    def _first_new(self) -> int:
        return dialect.next_row(self.connection, self.table)

    def take(self, batch: Batch) -> dict[int, Message]:
        given = batch.columns
        size = len(batch.lines)
        if not size:
            return {}
        nothing: list[Any] = [None] * size
        refused: dict[int, Message] = {}
        who = self.referrer.resolve(given.get("customer", nothing), names=given.get("name"))
        staged: dict[str, list[Any]] = {
            name: list(given.get(name, nothing)) for name in self.fields + self.extra
        }
        staged["customer_id"] = list(who)
        trips = given.get("trip", nothing)
        for index, line in enumerate(batch.lines):
            row = {name: values[index] for name, values in staged.items()}
            why = self._flaw(line, row, who[index], trips[index])
            if why is not None:
                refused[line] = why
                continue
            row["channel"] = row["channel"] or "other"
            row["direction"] = row["direction"] or contacts.usual_direction(row["channel"])
            row["kind"] = row["kind"] or contacts.usual_kind(row["direction"])
            if row["personal"] is None:
                row["personal"] = contacts.is_personal(row["channel"], row["direction"])
                heard = not contacts.nobody_answered(row["summary"])
                if row["personal"] and row["direction"] == "out" and not heard:
                    unheard = self.result.inferred.get("unheard", 0)
                    self.result.inferred["unheard"] = unheard + 1
                    row["personal"] = False
            row["personal"] = int(row["personal"])
            row["fingerprint"] = fingerprint(
                "interaction", {name: row[name] for name in self.fields}
            )
            for name, value in row.items():
                staged[name][index] = value
            self._look_for(row)
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
        self.stage_found(batch.lines, row_ids, staged)
        return refused

    def _flaw(
        self, line: int, row: dict[str, Any], who: int | Message, trip: str | None
    ) -> Message | None:
        """Why a row cannot be taken; finds its trip."""
        if not isinstance(who, int):
            return self.about_customer(line, who)
        if row["at"] is None:
            return Message(N_("no time: say when the contact was"))
        zone, today = self.request.terms.zone, self.request.today
        if moment_of(row["at"]).astimezone(zone).date() > today:
            return Message(N_("the contact lies ahead: check its date"))
        if trip is None:
            return None
        found = self.connection.execute(
            "SELECT id, customer_id FROM trip WHERE code = ?", (trip,)
        ).fetchone()
        if found is None:
            return Message(N_("there is no trip {code}"), code=columns_text([trip]))
        if found[1] != who:
            return Message(N_("trip {code} is not one of this customer"), code=columns_text([trip]))
        row["trip_id"] = found[0]
        return None

    def _look_for(self, row: Mapping[str, Any]) -> None:
        """A contact that was logged by hand just so is this one."""
        if not self.had_rows:
            return
        same = " AND ".join(f"{name} IS ?" for name in self.fields)
        found = self.connection.execute(
            f"SELECT id FROM interaction WHERE {same}",  # noqa: S608 - our columns
            [row[name] for name in self.fields],
        ).fetchone()
        if found is not None:
            self.prints[row["fingerprint"]] = found[0]

    def _fold(self) -> None:
        self.refuse_existing()
        self.merge_twins()

    def _settle(self) -> None:
        if self.referrer.by_name:
            self.result.inferred["by_name"] = self.referrer.by_name
        if self.referrer.register.reread:
            self.result.inferred["former"] = len(self.referrer.register.reread)
        self.result.added = self.count_new()
        if not self.result.added:
            return
        self.insert_new()
        self.connection.execute(
            "INSERT INTO import_row SELECT fingerprint, 'interaction', row_id, ? "
            "FROM incoming WHERE row_id >= ?",
            (self.operation, self.first_new),
        )
