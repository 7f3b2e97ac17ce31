"""Customers whom trips name and nobody knows: made from the row's name and phone.

They are kept apart until the trips are written, so that a row that is rejected makes none.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlmodel import Session

from tourcrm.base import parsing, pinyin
from tourcrm.base.errors import CellError, Message
from tourcrm.base.folding import joined
from tourcrm.base.i18n import N_
from tourcrm.base.lunar import BIRTHDAY
from tourcrm.customers import newcomers
from tourcrm.db import codes, engine
from tourcrm.imports.matching import Ambiguous, Candidate, Person
from tourcrm.imports.references import Reference, Referrer, like_a_name, named_only, namesakes

# 18 characters with a day of birth in the place where an ID number has it.
_LIKE_AN_ID = re.compile(
    "[0-9]{6}(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]"
)
REMEMBERED = 100_000  # rows by which somebody new was named
NAMED = "SELECT customer_id FROM incoming"
ALONG = " UNION SELECT customer_id FROM temp.party"


class Newcomers:
    """The customers that one import of trips makes. Their ids are settled when they are stored."""

    def __init__(self, session: Session, referrer: Referrer, today: date) -> None:
        self._session = session
        self._connection = engine.raw(session)
        self._referrer = referrer
        self._today = today
        self._is_erased = newcomers.tell_apart(session)
        self.first = self._next = codes.next_id(session, "customer")
        self._made: dict[Reference, int] = {}
        self.households = 0  # those who share a phone with somebody of another name
        self.namesakes: int  # those whose name another one has: known once they are stored
        self.pending: dict[str, tuple[int, Person]] = {}  # name -> placeholder, who to make
        self._connection.execute("DROP TABLE IF EXISTS temp.made")
        self._connection.execute(
            "CREATE TEMP TABLE made (id INTEGER PRIMARY KEY, code TEXT, name TEXT, phone TEXT, "
            "phone2 TEXT, id_number TEXT, plain TEXT, number TEXT)"
        )
        self._connection.execute("CREATE INDEX temp.made_plain ON made (plain)")

    def find_or_make(self, reference: Reference) -> int | Message:
        """Whom a row means whose customer nobody knows: one of an earlier row, or a new one.

        Returns why, where it can be neither.
        """
        if reference in self._made:
            return self._made[reference]
        register = self._referrer.register
        readings = self._referrer.persons(reference)
        register.look_up(readings)
        name = named_only(reference)
        if name is not None and (known := register.named(name)):
            return namesakes(known)  # a single one would have been found
        try:
            for reading in readings:
                if found := register.find(reading):
                    return found.row_id
        except Ambiguous as doubt:
            return doubt.reason
        person = self._person(reference)
        if person is None:
            return Message(N_("it names no customer: give a code, phone or ID number"))
        if person.code and _LIKE_AN_ID.fullmatch(person.code):
            try:  # a mistyped ID number must not become a code, which is shown everywhere
                parsing.id_number(person.code)
            except CellError as flaw:
                return flaw.message
        if person.id_number:
            try:  # in the cell of the customer, where nobody knew that it was one
                parsing.id_number(person.id_number, self._today)
            except CellError as flaw:
                return flaw.message
        if person.name is None:
            return Message(N_("a new customer needs a name: the row has none"))
        if self._is_erased is not None and self._is_erased((*person.phones, person.id_number)):
            return Message(newcomers.REASON)
        if name is not None:
            return self._later(person)
        register.look_up([person])
        self.households += bool(register.household(person))
        if len(self._made) > REMEMBERED:
            self._made.clear()
        self._made[reference] = self._add(person)
        return self._made[reference]

    def _person(self, reference: Reference) -> Person | None:
        """What a row says of somebody new, all its cells together."""
        cell, numbers, id_number, name = reference
        code: str | None = None
        sources: tuple[tuple[str, str], ...] = ()
        phones = tuple(number for number in numbers or () if number)
        for reading in self._referrer.persons((cell, None, None, None)):
            code, sources = reading.code, reading.sources
            if reading.phones or reading.id_number:  # a number, though it could be a code as well
                code, phones = None, phones or reading.phones
                id_number = id_number or reading.id_number
        if code and name is None:
            name = code
            if (phones or id_number) and like_a_name(code):
                code = None
        if sources and like_a_name(sources[0][1]):
            name, sources = name or sources[0][1], ()
        if not (code or phones or id_number or name or sources):
            return None
        try:
            name = None if name is None else parsing.name(name)
        except CellError:
            name = None
        return Person(code, id_number, None, phones, None, name, sources)

    def _later(self, person: Person) -> int:
        """A placeholder for somebody of whom a name is known: rows below may tell who that is."""
        number = -len(self.pending) - 1
        return self.pending.setdefault(joined(person.name or ""), (number, person))[0]

    def settle_names(self) -> Iterator[tuple[int, int | Message]]:
        """(placeholder, whom it means or why nobody): the one of that name who was made, or a new
        one."""
        for name, (number, person) in self.pending.items():
            made = self._made_of(name)
            if len(made) > 1:
                yield number, namesakes(made)
            elif made:
                yield number, made[0].row_id
            else:
                self._referrer.register.look_up([person])
                yield number, self._add(person)

    def confused(self, name: str) -> Message | None:
        """Why a name does not mean the one who is known: another one of that name was made."""
        made = self._made_of(name)
        return namesakes([*self._referrer.register.named(name), *made]) if made else None

    def _made_of(self, name: str) -> list[Candidate]:
        return [
            Candidate(row_id, code, called, (phone,) if phone else ())
            for row_id, code, called, phone in self._connection.execute(
                "SELECT id, coalesce(code, ''), name, phone FROM temp.made WHERE plain = ?", (name,)
            )
        ]

    def _add(self, person: Person) -> int:
        row_id, self._next = self._next, self._next + 1
        first, second, *_ = (*person.phones, None, None)
        self._connection.execute(
            "INSERT INTO temp.made VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(row_id, person.code, person.name, first, second, person.id_number),
                joined(person.name or ""),
                person.sources[0][1] if person.sources else None,
            ),
        )
        self._referrer.register.add(person, row_id)
        return row_id

    def _count_namesakes(self) -> int:
        """How many of those made have the name of somebody known, or of another one made."""
        self._referrer.register.know_names()
        (found,) = self._connection.execute(
            "SELECT count(*) FROM temp.made m WHERE id IN (SELECT customer_id FROM incoming) AND "
            "(plain IN (SELECT name FROM temp.called) OR EXISTS (SELECT 1 FROM temp.made o "
            "WHERE o.plain = m.plain AND o.id < m.id))"
        ).fetchone()
        return int(found)

    def store(self, operation: int, named: str = NAMED) -> int:
        """Insert those whom rows name, in the order met; returns how many. named: SQL for them."""
        rows = self._connection.execute(
            "SELECT id, code, name, phone, phone2, id_number, number FROM temp.made "  # noqa: S608 - ours, above
            f"WHERE id IN ({named}) ORDER BY id"
        ).fetchall()
        self.namesakes = self._count_namesakes()
        # Codes that the file gives may look like those we make: begin after the highest of them.
        shift = max((codes.number_in(row[1] or "") + 1 - self.first for row in rows), default=0)
        shift = max(shift, 0)
        self._insert(rows, shift, operation)
        self._insert_beside(rows, shift, operation)
        if shift:
            self._renumber(shift, ALONG in named)
        return len(rows)

    def _insert(self, rows: Sequence[Any], shift: int, operation: int) -> None:
        spelled = pinyin.of_names([row[2] for row in rows])
        self._connection.executemany(
            "INSERT INTO customer (id, code, name, phone, phone2, id_number, gender, kind, status, "
            "marketing_consent, do_not_contact, name_pinyin, name_initials, entered_on, source, "
            "operation_id) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, 'person', 'active', 'unknown', 0, ?, ?, ?, ?, ?)",
            [
                (
                    row[0] + shift,
                    row[1] or codes.code_of(row[0] + shift),
                    *row[2:6],
                    row[5] and parsing.gender_of(row[5]),
                    *names,
                    self._today.isoformat(),
                    self._referrer.source,
                    operation,
                )
                for row, names in zip(rows, spelled, strict=True)
            ],
        )

    def _insert_beside(self, rows: Sequence[Any], shift: int, operation: int) -> None:
        """Their birthdays, as their ID numbers tell them, and their numbers at the source."""
        self._connection.executemany(
            "INSERT INTO special_date (customer_id, label, month, day, year, calendar, leap, "
            "operation_id) VALUES (?, ?, ?, ?, ?, 'solar', 0, ?)",
            [
                (row[0] + shift, BIRTHDAY, born.month, born.day, born.year, operation)
                for row in rows
                for born in ([parsing.birthday_of(row[5])] if row[5] else ())
            ],
        )
        today = self._today.isoformat()
        self._connection.executemany(
            "INSERT INTO customer_source (customer_id, source, number, first_seen, last_seen, "
            "operation_id) VALUES (?, ?, ?, ?, ?, ?)",
            [
                (row[0] + shift, self._referrer.source, row[6], today, today, operation)
                for row in rows
                if row[6]
            ],
        )

    def _renumber(self, shift: int, along: bool) -> None:
        """Let the rows mean them by the ids that they got."""
        for table in ("incoming", *(["temp.party"] if along else [])):
            self._connection.execute(
                f"UPDATE {table} SET customer_id = customer_id + ? WHERE customer_id >= ?",  # noqa: S608 - ours
                (shift, self.first),
            )
