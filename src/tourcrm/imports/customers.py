"""Customers from a sheet, with their tags, special days, companies and referrers."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlmodel import Session

from tourcrm.base import names, parsing, pinyin
from tourcrm.base.columns import CUSTOMER, Column, plain, references
from tourcrm.base.display import visible
from tourcrm.base.errors import Message
from tourcrm.base.i18n import N_
from tourcrm.base.lunar import BIRTHDAY, SpecialDay
from tourcrm.customers import newcomers, own_fields, special_days
from tourcrm.db import codes, dialect
from tourcrm.imports import (
    colleagues,
    connections,
    contradictions,
    customer_details,
    documents,
    footers,
    offers,
    own_values,
    sources,
)
from tourcrm.imports.column_reader import Batch
from tourcrm.imports.fingerprints import fingerprint, known_prints
from tourcrm.imports.matching import Ambiguous, Person, Register
from tourcrm.imports.pipeline import BULK, Intake
from tourcrm.imports.request import Request

_STEP = 5_000
_Numbers = tuple[str | None, str | None]
_Days = Sequence[tuple[str, SpecialDay]]
_NAMELESS = N_("a new customer needs a name: the row has none")


class Customers(Intake):
    """Customers are found by code, document, or number and name; see matching.py."""

    columns: tuple[Column, ...] = CUSTOMER
    table = "customer"
    fields = plain(CUSTOMER)
    derived = ("name_pinyin", "name_initials")
    required: tuple[str, ...] = ("name",)
    marks = ("code", "phone", "phone2", "wechat", "email", "id_number", "passport_no")

    def __init__(self, session: Session, request: Request) -> None:
        self.own = own_fields.columns(session)
        self.columns = (*self.own, *CUSTOMER)
        super().__init__(session, request)
        self.references = references(CUSTOMER)
        self.extra = ("tags", "days", "sources", *self.references, "fingerprint", "born", "sex")
        self.extra += own_values.staged_columns(self.headers.fields, self.own)
        self.source = sources.spelled(self.connection, request.source)
        self.register = Register(self.connection, request.terms.former)

    def needed(self, fields: Collection[str]) -> tuple[str, ...]:
        return () if "code" in fields else self.required  # codes, and what is new about them

    def _prepare(self) -> None:
        super()._prepare()
        self.register = Register(self.connection, self.request.terms.former)
        self.next = self.first_new
        self.households = 0
        self.unnamed: set[int] = set()  # lines
        self.former: list[int] = []  # lines about those who were merged, by the code that went
        self.nameless: dict[int, Person] = {}  # of them, whom nobody stored is: line -> whose marks
        self.prints: dict[str, int] = {}

    def take(self, batch: Batch) -> dict[int, Message]:
        given = sources.of_rows(batch.columns, self.source)
        size = len(batch.lines)
        if not size:
            return {}
        nothing: list[Any] = [None] * size
        numbered = given.get("sources", nothing)
        firsts, seconds = given.get("phone", nothing), given.get("phone2", nothing)
        numbers = list(map(_two, firsts, seconds))
        days = list(
            map(_labelled, given.get("birthday", nothing), given.get("special_dates", nothing))
        )
        staged = self._staged(given, numbers, days)
        persons = _persons(given, numbers)
        prints = self._fingerprints(persons, staged)
        self.register.look_up(persons)
        refused: dict[int, Message] = {}
        row_ids: list[int | None] = nothing[:]
        for index, person in enumerate(persons):
            flaw = _flaw(days[index], firsts[index], seconds[index], self.request.today)
            if flaw is None and numbered[index]:
                flaw = sources.nobodys(numbered[index])
            if flaw is not None:
                refused[batch.lines[index]] = flaw
                continue
            try:
                row_ids[index] = self._identify(index, person, staged, prints, batch.lines[index])
            except Ambiguous as doubt:
                refused[batch.lines[index]] = doubt.reason
        self.stage_found(batch.lines, row_ids, staged)
        waiting = [at for at, line in enumerate(batch.lines) if line in self.nameless]
        self.stage(
            [batch.lines[at] for at in waiting],
            [None] * len(waiting),
            {name: [values[at] for at in waiting] for name, values in staged.items()},
        )
        return refused

    def _staged(
        self,
        given: Mapping[str, list[Any]],
        numbers: Sequence[_Numbers],
        days: Sequence[_Days],
    ) -> dict[str, list[Any]]:
        """The columns of incoming; what belongs into tables of its own as text."""
        nothing: list[Any] = [None] * len(numbers)
        documents = given.get("id_number", nothing)
        return {
            **{name: list(given[name]) for name in self.fields if name in given},
            **{name: list(given.get(name, nothing)) for name in self.references},
            "phone": [first for first, _ in numbers],
            "phone2": [second for _, second in numbers],
            "tags": ["\n".join(tags) if tags else None for tags in given.get("tags", nothing)],
            "days": list(map(_days, days)),
            "sources": list(map(sources.text, given.get("sources", nothing))),
            "born": [one and parsing.birthday_of(one).isoformat() for one in documents],
            "sex": [one and parsing.gender_of(one) for one in documents],
            "fingerprint": nothing,
            **own_values.staged(given, self.own),
        }

    def _fingerprints(
        self, persons: Sequence[Person], staged: dict[str, list[Any]]
    ) -> dict[int, str]:
        """Rows that nothing identifies are known by all their cells together."""
        found: dict[int, str] = {}
        for index, person in enumerate(persons):
            if next(person.marks(), None) is None:
                said = {
                    name: values[index]
                    for name, values in staged.items()
                    if values[index] is not None
                }
                found[index] = fingerprint("customer", said)
        self.prints.update(known_prints(self.connection, found.values()))
        return found

    def _identify(
        self,
        index: int,
        person: Person,
        staged: dict[str, list[Any]],
        prints: Mapping[int, str],
        line: int,
    ) -> int | None:
        """The customer of a row; None while it is not known who that is. Raises Ambiguous."""
        if person.name is None:
            self.unnamed.add(line)
        if index in prints:
            staged["fingerprint"][index] = prints[index]
            known = self.prints.get(prints[index])
            if known is not None:
                return known
        else:
            found = self.register.find(person)
            if found is not None:
                self.register.learn(person, found)
                if person.code in self.register.aliases:
                    staged["code"][index] = staged["days"][index] = None
                    self.former.append(line)
                return found.row_id
        if person.name is None:
            if index in prints:
                raise Ambiguous(Message(_NAMELESS))
            self.nameless[line] = person
            return None
        if _may_be_foot(person) and self.is_foot(line):
            raise Ambiguous(Message(footers.REASON))
        row_id, self.next = self.next, self.next + 1
        if index in prints:
            self.prints[prints[index]] = row_id
        else:
            if self.register.household(person):
                self.households += 1
            self.register.add(person, row_id)
        return row_id

    def _fold(self) -> None:
        self._settle_nameless()
        self._refuse_erased()
        self._spare_merged()
        self.refuse_existing()
        self.merge_twins()

    def _settle_nameless(self) -> None:
        """Rows without a name are about whoever another row names, by the same number."""
        self.register.look_up(self.nameless.values())
        for line, person in self.nameless.items():
            try:
                found = self.register.find(person)
            except Ambiguous as doubt:
                self.reject_late(line, doubt.reason)
                continue
            staged = "SELECT line FROM incoming WHERE row_id = ?"
            row_id = found.row_id if found else 0
            named = self.connection.execute(staged, (row_id,)).fetchone()
            if named is None and (not row_id or row_id >= self.first_new):
                self.reject_late(line, Message(_NAMELESS))
                continue
            known = "UPDATE incoming SET row_id = ? WHERE line = ?"
            self.connection.execute(known, (row_id, line))

    def _refuse_erased(self) -> None:
        """Nobody who was erased comes back by a sheet."""
        is_erased = newcomers.tell_apart(self.session)
        fields = [field for field in newcomers.NUMBERS if field in self.fields]
        if is_erased is None or not fields:
            return
        new = self.connection.execute(
            f"SELECT line, {', '.join(fields)} FROM incoming WHERE row_id >= ?",  # noqa: S608 - our columns
            (self.first_new,),
        ).fetchall()
        for line, *numbers in new:
            if is_erased(numbers):
                self.reject_late(line, Message(newcomers.REASON))

    def _spare_merged(self) -> None:
        """A row under the code that went when two entries were merged fills blanks only: what the
        entry says that was kept counts."""
        for name in self.fields if self.former else ():
            self.connection.executemany(
                f"UPDATE incoming SET {name} = NULL WHERE line = ? AND "  # noqa: S608 - our columns
                f"(SELECT {name} FROM customer WHERE id = incoming.row_id) IS NOT NULL",
                [(line,) for line in self.former],
            )

    def turn(self, row_id: int, line: int) -> tuple[bool, ...]:
        # Once a number is stored its row is found at once: it is heard then as it was before.
        return (*super().turn(row_id, line), line in self.unnamed)

    def contradicted(self, first: Mapping[str, Any], later: Mapping[str, Any]) -> tuple[str, ...]:
        found = contradictions.of_customers(first, later, (*self.fields, *self.extra))
        if found and self._of_each_colleague():
            return tuple(name for name in found if name not in colleagues.OF_EACH)
        return found

    def _of_each_colleague(self) -> bool:
        fields = self.headers.fields
        return "owner" in fields and colleagues.each_has_a_row(self.header_of("owner"))

    def merged(
        self, first: dict[str, Any], later: dict[str, Any], only_blanks: bool
    ) -> dict[str, Any]:
        both = super().merged(first, later, only_blanks)
        if self._of_each_colleague():
            header = self.header_of("owner")
            both["note"] = colleagues.noted(first.get("note"), header, first, later)
            if later.get("owner") and later["owner"] != first.get("owner"):
                named = visible(f"{first.get('owner') or ''}、{later['owner']}", 60)
                self.reader.remarks.add("colleagues", header, self.merging, named)
        if first["tags"] and "tags" in later:
            tags = (*first["tags"].split("\n"), *later["tags"].split("\n"))
            both["tags"] = "\n".join(dict.fromkeys(tags))
        if first["sources"] and "sources" in later:
            numbers = (*first["sources"].split("\n"), *later["sources"].split("\n"))
            both["sources"] = "\n".join(dict.fromkeys(numbers))
        if first["days"] and "days" in later:
            days = [*json.loads(first["days"]), *json.loads(later["days"])]
            days.sort(key=lambda day: day[3] is not None)  # that which knows its year comes last
            both["days"] = json.dumps(list({(day[0], day[4]): day for day in days}.values()))
        both |= own_values.joined(first, later)
        if not only_blanks:
            both["phone"], both["phone2"] = together(
                (later.get("phone"), later.get("phone2")), (first["phone"], first["phone2"])
            )
        return both

    def _settle(self) -> None:
        touched = self.update_existing()
        self.result.added = self.count_new()
        if self.result.added:
            self._insert()
        touched |= customer_details.add_tags(self)
        touched |= customer_details.add_days(self)
        touched |= own_values.add(self)
        touched |= customer_details.add_sources(self)
        touched |= customer_details.fill_genders(self)
        if "id_number" in self.headers.places:
            touched |= documents.follow(self)
        if "passport_name" in self.headers.fields:
            documents.count_strange_passports(self)
        touched |= connections.add(self)
        new = {
            line
            for (line,) in self.connection.execute(
                "SELECT line FROM incoming WHERE row_id >= ?", (self.first_new,)
            )
        }
        self.result.updated = len(touched - new)
        offers.birthdays(self)
        if self.result.added:
            from tourcrm.customers import duplicates

            self.result.likely = duplicates.among_new(self.session, self.first_new)
        if self.register.reread:
            way = "former" if self.request.on_duplicate != "update" else "reread"
            self.result.inferred[way] = len(self.register.reread)
        if self.households:
            self.result.inferred["household"] = self.households

    def _insert(self) -> None:
        fields = self.fields
        # Codes that the file gives may look like those we make: begin after the highest of them.
        shift = self.first_free() - self.first_new
        if shift:
            self.connection.execute(
                "UPDATE incoming SET row_id = row_id + ? WHERE row_id >= ?", (shift, self.first_new)
            )
        defaults = {
            "status": "active",
            "marketing_consent": "unknown",
            "do_not_contact": 0,
            "entered_on": self.request.today.isoformat(),
            "source": self.source,
        }
        insert = (
            f"INSERT INTO customer (id, {', '.join(fields)}, name_pinyin, "  # noqa: S608 - our columns
            f"name_initials, operation_id) VALUES ({', '.join('?' * (len(fields) + 4))})"
        )
        last = -1
        with dialect.bulk(self.connection, "customer", self.result.added >= BULK):
            while some := self.connection.execute(
                f"SELECT line, row_id, fingerprint, {', '.join(fields)} FROM incoming "  # noqa: S608 - our columns
                f"WHERE line > ? AND row_id >= ? ORDER BY line LIMIT {_STEP}",
                (last, self.first_new),
            ).fetchall():
                last = some[-1][0]
                spelled = pinyin.of_names([row[3 + fields.index("name")] for row in some])
                rows = []
                for row, (full, initials) in zip(some, spelled, strict=True):
                    cells_ = dict(zip(fields, row[3:], strict=True))
                    cells_["code"] = cells_["code"] or codes.code_of(row[1])
                    cells_["kind"] = cells_["kind"] or self._kind(cells_["name"], row[0])
                    if cells_["phone"] is None:
                        cells_["phone"], cells_["phone2"] = cells_["phone2"], None
                    values = [
                        defaults.get(name) if value is None else value
                        for name, value in cells_.items()
                    ]
                    rows.append((row[1], *values, full, initials, self.operation))
                self.connection.executemany(insert, rows)
                self.connection.executemany(
                    "INSERT INTO import_row VALUES (?, 'customer', ?, ?)",
                    [(row[2], row[1], self.operation) for row in some if row[2]],
                )

    def _kind(self, name: str, line: int) -> str:
        """What a new customer is of whom the sheet does not say it."""
        if names.is_company(name):
            self.result.inferred["firm"] = self.result.inferred.get("firm", 0) + 1
            return "company"
        if not name.isascii() and names.called(name).nickname:
            self.reader.remarks.add("nickname", self.header_of("name"), line, visible(name, 40))
        return "person"

    def consequences(
        self, new: dict[str, Any], present: Mapping[str, Any], given: Mapping[str, Any]
    ) -> dict[str, Any]:
        numbers = self._read_anew((present["phone"], present["phone2"]), given)
        if self.request.on_duplicate == "fill":
            for name in ("phone", "phone2"):
                if name in new and new[name] in numbers:
                    del new[name]
        elif "phone" in new or "phone2" in new:
            new["phone"], new["phone2"] = together((given["phone"], given["phone2"]), numbers)
        if "name" in new:
            new["name_pinyin"], new["name_initials"] = pinyin.of_name(new["name"])
        if new.get("status") == "active":
            new.setdefault("lost_on", None)
        if "source" in new and present["source"]:  # where somebody came from first
            del new["source"]
            kept = self.result.inferred.get("came_from", 0)
            self.result.inferred["came_from"] = kept + 1
        return new

    def _read_anew(self, there: _Numbers, given: Mapping[str, Any]) -> _Numbers:
        """The numbers of a customer, those that the row says and another region misread as they
        are."""
        said, anew = (given["phone"], given["phone2"]), self.register.reread
        first, second = (anew[one] if one in anew and anew[one] in said else one for one in there)
        return first, second


def _persons(given: Mapping[str, list[Any]], numbers: Sequence[_Numbers]) -> list[Person]:
    """Who the rows are about."""
    nothing: list[Any] = [None] * len(numbers)
    return [
        Person(code, document, passport, tuple(n for n in phones if n), wechat, name, some or ())
        for code, document, passport, phones, wechat, name, some in zip(
            *(given.get(name, nothing) for name in ("code", "id_number", "passport_no")),
            numbers,
            *(given.get(name, nothing) for name in ("wechat", "name", "sources")),
            strict=True,
        )
    ]


def _may_be_foot(person: Person) -> bool:
    """Whether nothing but a code may say that a row is about a person."""
    return not (person.phones or person.id_number or person.passport_no)


def _two(first: tuple[str, str | None] | None, second: str | None) -> tuple[str | None, str | None]:
    """Phone and second phone of a row; a second number in the cell goes to phone2."""
    if first is None:
        return None, second
    other = second or first[1]
    return first[0], other if other != first[0] else None


def _labelled(
    birthday: SpecialDay | None, more: Sequence[tuple[str, SpecialDay]] | None
) -> list[tuple[str, SpecialDay]]:
    days = [(BIRTHDAY, birthday)] if birthday else []
    return days + [(special_days.label_of(label), day) for label, day in more or ()]


def _flaw(
    days: Sequence[tuple[str, SpecialDay]],
    first: tuple[str, str | None] | None,
    second: str | None,
    today: date,
) -> Message | None:
    """Why the cells of a row cannot be true together."""
    if first and first[1] and second not in (None, *first):
        return Message(N_("more than two phone numbers: put the others into the note"))
    seen: dict[tuple[str, str], SpecialDay] = {}
    for label, day in days:
        if label == BIRTHDAY and special_days.lies_ahead(day, today):
            return Message(N_("the birthday lies ahead: check its year"))
        if seen.setdefault((label, day.calendar), day) != day:
            return Message(
                N_("there are two different days for {label}"), label=special_days.label_name(label)
            )
    return None


def together(
    given: tuple[str | None, str | None], there: tuple[str | None, str | None]
) -> tuple[str | None, str | None]:
    """Phone and second phone of a customer of whom a row gives some numbers.

    Those given come first, those there stay as far as there is room; none is news in another place.
    A second phone alone leaves the first in its place.
    """
    first, second = given
    if {first, second} - {None} <= set(there):
        return there
    if first is None and there[0] is not None:
        return there[0], second
    one, other, *_ = [*dict.fromkeys(n for n in (*given, *there) if n), None, None]
    return one, other


def _days(days: Sequence[tuple[str, SpecialDay]]) -> str | None:
    if not days:
        return None
    return json.dumps([[name, d.month, d.day, d.year, d.calendar, int(d.leap)] for name, d in days])
