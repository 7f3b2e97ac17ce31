"""Answers to surveys from a sheet: our own export, cards that were typed in, forms of the web."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlmodel import Session

from tourcrm.base import moments, ratings
from tourcrm.base.columns import SURVEY, stored
from tourcrm.base.display import visible
from tourcrm.base.errors import Message, Refused
from tourcrm.base.i18n import N_
from tourcrm.customers import contacts
from tourcrm.db import dialect
from tourcrm.imports import contradictions
from tourcrm.imports.column_reader import Batch
from tourcrm.imports.fingerprints import fingerprint, known_prints
from tourcrm.imports.incoming import columns_text
from tourcrm.imports.joining import Bad
from tourcrm.imports.matching import Register
from tourcrm.imports.pipeline import Intake
from tourcrm.imports.references import Referrer
from tourcrm.imports.request import Request
from tourcrm.models import SurveyResponse
from tourcrm.surveys import service as surveys

_FEW_LOW, _MANY_LOW = 5, 4  # so many low answers, and so many times those above, are suspicious
_SAID = (*surveys.ANSWERS,)
_HIGHEST = {"nps": ratings.BEST_NPS} | dict.fromkeys(surveys.RATINGS, ratings.BEST)


class Surveys(Intake):
    """One answer for each customer and trip. A row that names no trip is about the last one that
    the customer had returned from, unless an answer about that one says otherwise: then both stay.
    The same line again, or the same answer number, is the same answer.
    """

    columns = SURVEY
    table = "survey_response"
    fields = stored(SURVEY)
    required = ()
    marks = ("customer", "phone", "trip")

    def __init__(self, session: Session, request: Request) -> None:
        super().__init__(session, request)
        self.extra = ("fingerprint",)
        self._refuse_headers()

    def _refuse_headers(self) -> None:
        """A sheet must say who answered, and what."""
        fields = self.headers.fields
        for wanted, example in (
            ((*self.marks, "name"), "customer"),
            (surveys.ANSWERS, "csat"),
        ):
            if not any(name in fields for name in wanted):
                raise Refused(
                    N_(
                        "{file}: no column says {what}. The header (line {line}) has: {header}. "
                        'Say which column it is with --map "HEADER={field}".'
                    ),
                    file=self.request.sheet.name,
                    what=Message(
                        N_("who answered") if example == "customer" else N_("what they answered")
                    ),
                    field=example,
                    line=self.request.sheet.header_line,
                    header=columns_text(self.request.sheet.header),
                )

        if self.request.nps_scale and "nps" not in fields:
            raise Refused(
                N_(
                    "{file}: no column is the NPS, so --nps-scale says nothing; leave it out, "
                    'or name the column: --map "HEADER=nps"'
                ),
                file=self.request.sheet.name,
            )

    def _prepare(self) -> None:
        super()._prepare()
        self.referrer = Referrer(
            Register(self.connection, self.request.terms.former),
            self.request.terms.region,
        )
        self.known: dict[tuple[Any, ...], int] = {}  # what names an answer -> its row
        self.next = self.first_new
        self.cells: dict[int, dict[str, Any]] = {}  # answer -> what it says
        self.inferred_trips: set[int] = set()  # new answers about a trip that they do not name
        self.loose: set[int] = set()  # those that lost it to one that does
        self.beside = 0

    def _first_new(self) -> int:
        return dialect.next_row(self.connection, self.table)

    # --- who, which trip, which answer

    def take(self, batch: Batch) -> dict[int, Message]:
        given = batch.columns
        size = len(batch.lines)
        if not size:
            return {}
        nothing: list[Any] = [None] * size
        refused: dict[int, Message] = {}
        who = self.referrer.resolve(
            given.get("customer", nothing), phones=given.get("phone"), names=given.get("name")
        )
        trips, numbers = given.get("trip", nothing), given.get("number", nothing)
        staged: dict[str, list[Any]] = {
            name: list(given.get(name, nothing)) for name in self.fields + self.extra
        }
        found: list[dict[str, Any] | None] = nothing[:]
        for index, line in enumerate(batch.lines):
            row = {name: values[index] for name, values in staged.items()}
            if row["comment"] is not None and row["comment"].strip() in ratings.UNANSWERED:
                row["comment"] = None
            silent = all(
                values[index] is None
                for name in ("customer", "phone")
                if (values := given.get(name))
            )
            why = self._flaw(line, row, who[index], trips[index], silent)
            if why is not None:
                refused[line] = why
                continue
            found[index] = row
        self._fingerprints(row for row in found if row is not None)
        row_ids: list[int | None] = nothing[:]
        for index, known in enumerate(found):
            if known is None:
                continue
            row_ids[index] = self._row_id(known, numbers[index])
            for name, value in known.items():
                staged[name][index] = value
        if self.loose:  # of this very batch
            for index, row_id in enumerate(row_ids):
                if row_id in self.loose:
                    staged["trip_id"][index] = None
        self.stage_found(batch.lines, row_ids, staged)
        return refused

    def _flaw(
        self,
        line: int,
        row: dict[str, Any],
        who: int | Message,
        trip: str | None,
        silent: bool,
    ) -> Message | None:
        """Why a row cannot be taken; finds its customer and trip. silent: it names no customer."""
        if all(row[name] is None for name in surveys.ANSWERS):
            return Message(N_("no answer in it"))
        today = self.request.today.isoformat()
        if row["answered_on"] is not None and row["answered_on"] > today:
            return Message(N_("the answer lies ahead: check its date"))
        if trip is None:
            if not isinstance(who, int):
                return self.about_customer(line, who)
            row["customer_id"] = who
            return None
        named = self.connection.execute(
            "SELECT id, customer_id, status, departs_on FROM trip WHERE code = ?", (trip,)
        ).fetchone()
        code = columns_text([trip])
        if named is None:
            return Message(N_("there is no trip {code}"), code=code)
        row["trip_id"], row["customer_id"], status, departs = named
        if not silent:
            if not isinstance(who, int):
                return self.about_customer(line, who)
            if who != row["customer_id"]:
                return Message(N_("trip {code} is not one of this customer"), code=code)
        if status != "booked" or departs is None:
            return Message(N_("nobody travelled on {code}: it is not a booked trip"), code=code)
        if departs > (row["answered_on"] or today):
            return Message(
                N_("{code} departs on {departs}, after the answer: check trip and date"),
                code=code,
                departs=departs,
            )
        return None

    def _fingerprints(self, rows: Iterable[dict[str, Any]]) -> None:
        """Rows without a trip are known again by their cells."""
        for row in rows:
            if row["trip_id"] is None:
                said = {name: row[name] for name in self.fields}
                row["fingerprint"] = fingerprint(self.table, said)

    def _row_id(self, row: dict[str, Any], number: str | None) -> int:
        """The answer that a row is: one of the table, of an earlier row, or a new one."""
        who, named = row["customer_id"], row["trip_id"] is not None
        day = row["answered_on"] or self.request.today.isoformat()
        names: list[tuple[Any, ...]] = []
        if number is not None:
            names.append(("print", f"answer:{who}:{number}"))
        if named:
            names.append(("trip", who, row["trip_id"]))
        else:
            names.append(("print", row["fingerprint"]))
        row_id = next(
            (one for name in names if (one := self.known.get(name) or self._stored(name))), None
        )
        if row_id is None:
            row_id = self._contained(row, day) if not named else None
        if row_id is None and not named:
            row_id = self._about_last(row, day)
        elif named and row_id is not None and row_id in self.inferred_trips:
            row_id = self._make_room(row, row_id)
        if row_id is None:
            row_id = self.next
            self.next += 1
        if row["trip_id"] is not None:
            names.append(("trip", who, row["trip_id"]))
        for name in names:
            self.known.setdefault(name, row_id)
        there = self.cells.setdefault(row_id, {})
        there |= {name: row[name] for name in _SAID if there.get(name) is None}
        return row_id

    def _contained(self, row: dict[str, Any], day: str) -> int | None:
        """An answer of the table, of the same customer and day, that says all that a row says."""
        if not self.had_rows:
            return None
        said = {name: row[name] for name in _SAID if row[name] is not None}
        same = " AND ".join(f"{name} IS ?" for name in said)
        found = self.connection.execute(
            "SELECT min(id) FROM survey_response "  # noqa: S608 - our columns
            f"WHERE customer_id = ? AND answered_on = ? AND {same}",
            (row["customer_id"], day, *said.values()),
        ).fetchone()
        return None if found[0] is None else int(found[0])

    def _about_last(self, row: dict[str, Any], day: str) -> int | None:
        """The answer about the last trip, where a row that names none does not contradict it.

        Where it does, both stay: the row without a trip. Where there is none, the row is it.
        """
        who = row["customer_id"]
        undated = row["answered_on"] is None  # and so it is of the day of return
        last = date.fromisoformat(day)
        about = surveys.last_trip(self.connection, who, last, whenever=undated)
        if about is None:
            return None
        there = self.known.get(("trip", who, about)) or self._stored(("trip", who, about))
        if there is None:
            row["trip_id"] = about
            self.inferred_trips.add(self.next)
            return None
        if contradictions.between(self._cells(there), row, _SAID):
            self.beside += 1
            return None
        return there

    def _make_room(self, row: dict[str, Any], there: int) -> int | None:
        """A row that names its trip is the answer about it; one of which that was only inferred,
        and which says otherwise, stays without a trip."""
        if not contradictions.between(self._cells(there), row, _SAID):
            return there
        self.inferred_trips.discard(there)
        self.beside += 1
        self.known.pop(("trip", row["customer_id"], row["trip_id"]))
        self.connection.execute("UPDATE incoming SET trip_id = NULL WHERE row_id = ?", (there,))
        self.loose.add(there)
        return None

    def _cells(self, row_id: int) -> dict[str, Any]:
        """What an answer says, of the table or of the file."""
        if row_id not in self.cells and row_id < self.first_new:
            found = self.connection.execute(
                f"SELECT {', '.join(_SAID)} FROM survey_response WHERE id = ?",  # noqa: S608 - our columns
                (row_id,),
            ).fetchone()
            self.cells[row_id] = dict(zip(_SAID, found, strict=True))
        return self.cells[row_id]

    def _stored(self, name: tuple[Any, ...]) -> int | None:
        """The row of the table that is named so."""
        kind, *what = name
        if kind == "print":
            return known_prints(self.connection, what).get(what[0])
        if not self.had_rows:
            return None
        found = self.connection.execute(
            "SELECT max(id) FROM survey_response WHERE customer_id = ? AND trip_id = ?", what
        ).fetchone()
        return None if found[0] is None else int(found[0])

    def _fold(self) -> None:
        self._refuse_other_scales()
        self._warn_of_mixed_scales()
        self.refuse_existing()
        self.merge_twins()

    # --- scales

    def _refuse_other_scales(self) -> None:
        """Refuse a sheet with a column on another scale than ours: its low points would be taken
        for ours, its high ones rejected. A scale of 1 to 5 is never taken for the NPS."""
        for name, highest in _HIGHEST.items():
            if name not in self.headers.places:
                continue
            memory = self.reader.memories[name]
            header = visible(self.request.sheet.header[self.headers.places[name]], 40)
            above = {
                points
                for cell, value in memory.items()
                if type(value) is Bad and (points := ratings.points_in(cell)) is not None
                if points > highest
            }
            if len(above) > 1:  # one alone is a slip of the pen
                raise Refused(
                    N_(
                        "{file}: column {column} holds {above}, and here points go up to {highest}:"
                        " it is on another scale, so that its other cells would be misread. "
                        'Leave it out with --map "{column}=", or convert it first.'
                    ),
                    file=self.request.sheet.name,
                    column=header,
                    above=", ".join(map(str, sorted(above)[:4])),
                    highest=highest,
                )
            taken = [value for value in memory.values() if type(value) is int]
            if name != "nps" or self.request.nps_scale or not taken or max(taken) > ratings.BEST:
                continue
            if self._would_write_nps():
                raise Refused(
                    N_(
                        "{file}: no answer in column {column} is above {highest}, so that it may be"
                        " a scale of 1 to 5, which is no NPS. If it is how satisfied they are: "
                        '--map "{column}=csat". If they could choose 0 to 10: --nps-scale 0-10'
                    ),
                    file=self.request.sheet.name,
                    column=header,
                    highest=ratings.BEST,
                )

    def _warn_of_mixed_scales(self) -> None:
        """A column that goes to 5 but for a few answers above may hold two scales."""
        if self.request.nps_scale:
            return
        low, high = self.connection.execute(
            "SELECT count(*) FILTER (WHERE nps <= :best), count(*) FILTER (WHERE nps > :best) "
            "FROM incoming",
            {"best": ratings.BEST},
        ).fetchone()
        if high and low >= _FEW_LOW and low >= high * _MANY_LOW and self._would_write_nps():
            self.result.notes.append(
                Message(
                    N_(
                        "Attention: {low} answers of the NPS are at most {best}, only {high} above:"
                        " two scales may be mixed. If all could choose 0 to 10: --nps-scale 0-10"
                    ),
                    low=low,
                    high=high,
                    best=ratings.BEST,
                )
            )

    def _would_write_nps(self) -> bool:
        """Whether a row says an NPS that is not stored already: our own export says none."""
        [(found,)] = self.connection.execute(
            """
            SELECT EXISTS (
                SELECT 1 FROM incoming i LEFT JOIN survey_response s ON s.id = i.row_id
                WHERE i.nps IS NOT NULL AND i.nps IS NOT s.nps
            )
            """
        )
        return bool(found)

    # --- writing

    def _settle(self) -> None:
        if self.referrer.by_name:
            self.result.inferred["by_name"] = self.referrer.by_name
        if self.referrer.register.reread:
            self.result.inferred["former"] = len(self.referrer.register.reread)
        self.result.updated = len(self.update_existing())
        self._tell_contacts()
        self.result.added = self.count_new()
        if not self.result.added:
            return
        self._tell_inferred()
        if self.beside:
            self.result.inferred["beside"] = self.beside
        today = self.request.today.isoformat()
        self.connection.execute(
            "UPDATE incoming SET answered_on = coalesce((SELECT min(coalesce(t.returns_on, "
            "t.departs_on), ?) FROM trip t WHERE t.id = incoming.trip_id), ?) "
            "WHERE answered_on IS NULL AND row_id >= ?",
            (today, today, self.first_new),
        )
        self.insert_new()
        # Of rows that were taken together each must be known again.
        self.connection.executemany(
            "INSERT OR IGNORE INTO import_row SELECT ?, 'survey_response', row_id, ? "
            "FROM incoming WHERE row_id = ? AND row_id >= ?",
            [
                (name[1], self.operation, row_id, self.first_new)
                for name, row_id in self.known.items()
                if name[0] == "print"
            ],
        )
        self._note_contacts()

    def _tell_contacts(self) -> None:
        """The contact of an answer that is changed says so, as it does after `surveys edit`."""
        if self.begun is None:
            return
        changes = self.connection.execute(
            'SELECT row_id, "before" FROM change WHERE operation_id = ? '
            "AND table_name = 'survey_response' ORDER BY id",
            (self.begun,),
        ).fetchall()
        was: dict[int, dict[str, Any]] = {}
        for row_id, before in changes:
            was[row_id] = json.loads(before) | was.get(row_id, {})
            if isinstance(day := was[row_id].get("answered_on"), str):
                was[row_id]["answered_on"] = date.fromisoformat(day)
        for row_id, before in was.items():
            row = self.session.get_one(SurveyResponse, row_id, populate_existing=True)
            now = {name: getattr(row, name) for name in surveys.ANSWERS}
            surveys.note_change(
                self.session,
                self.number,
                row,
                now | before,
                now,
                self.request.today,
                self.request.terms.zone,
            )

    def _tell_inferred(self) -> None:
        today = self.request.today.isoformat()
        returned = (
            "SELECT 1 FROM trip WHERE trip.customer_id = incoming.customer_id AND "  # noqa: S608 - our columns
            f"{surveys.RETURNED} coalesce(incoming.answered_on, '{today}')"
        )
        for name, condition in (
            ("no_day", "answered_on IS NULL AND trip_id IS NULL"),
            ("return_day", "answered_on IS NULL AND trip_id IS NOT NULL"),
            ("last_trip", "fingerprint IS NOT NULL AND trip_id IS NOT NULL"),
            ("no_trip", f"trip_id IS NULL AND NOT EXISTS ({returned})"),
            ("old_trip", f"trip_id IS NULL AND EXISTS ({returned})"),
        ):
            [(found,)] = self.connection.execute(
                f"SELECT count(*) FROM incoming WHERE row_id >= ? AND {condition}",  # noqa: S608 - the table above
                (self.first_new,),
            )
            if found:
                self.result.inferred[name] = found

    def _note_contacts(self) -> None:
        """A new answer is a contact, too, unless one of its day and trip tells of it already."""
        zone = self.request.terms.zone
        rows = self.connection.execute(
            f"SELECT {', '.join(self.fields)} FROM incoming WHERE row_id >= ? ORDER BY line",  # noqa: S608 - our columns
            (self.first_new,),
        ).fetchall()
        found = []
        for cells in rows:
            row: Mapping[str, Any] = dict(zip(self.fields, cells, strict=True))
            day = date.fromisoformat(row["answered_on"])
            start, end = moments.day_start(day, zone), moments.day_end(day, zone)
            told = self.connection.execute(
                "SELECT 1 FROM interaction WHERE customer_id = ? AND at >= ? AND at < ? "
                "AND kind = 'survey' AND direction = 'in' AND trip_id IS ?",
                (row["customer_id"], start, end, row["trip_id"]),
            ).fetchone()
            if told is None:
                told_by = {name: row[name] for name in ("customer_id", "trip_id", "staff")}
                at = surveys.noon(day, zone)
                found.append({**told_by, "at": at, **surveys.contact_of(row)})
        contacts.write_many(self.connection, self.operation, found)
