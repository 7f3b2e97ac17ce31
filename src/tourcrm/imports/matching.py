"""Who is the same customer, and which is the same trip.

The same customer: by code; else by ID or passport number; else by phone or WeChat id together with
a name that agrees (equal, or one of them blank). The same phone under another name is another
person of the household. A name alone never merges. The same trip: by order code, else by customer,
departure and destination, and the how-manieth of these it is.
"""

import hashlib
import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, cast

from tourcrm.base import display, parsing
from tourcrm.base.errors import CellError, Message
from tourcrm.base.folding import joined
from tourcrm.base.i18n import N_

# Key kinds, strongest first, and the columns of customer that hold them.
KEYS: Mapping[str, tuple[str, ...]] = {
    "code": ("code",),
    "id_number": ("id_number",),
    "passport_no": ("passport_no",),
    "phone": ("phone", "phone2"),
    "wechat": ("wechat",),
}
_UNIQUE = ("code", "id_number", "passport_no")  # these name one person by themselves
_LIKE_A_NUMBER = re.compile(r"[0-9]{9,}[Xx]?")  # of a person: a phone, an ID
# Other things that people write there ("同手机", "有", "加了") name nobody.
_WECHAT_ID = re.compile(r"[A-Za-z0-9_.@+-]{5,}")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A customer who may be meant. `given`: his code was given by somebody, not made by us."""

    row_id: int
    code: str
    name: str
    phones: tuple[str, ...] = ()
    given: bool = True


@dataclass(frozen=True, slots=True)
class Person:
    """What a row says about who it is; None where it says nothing."""

    code: str | None = None
    id_number: str | None = None
    passport_no: str | None = None
    phones: tuple[str, ...] = ()
    wechat: str | None = None
    name: str | None = None

    def marks(self) -> Iterator[tuple[str, str]]:
        """(kind, value) of everything that identifies, strongest first."""
        for kind in ("code", "id_number", "passport_no"):
            if value := getattr(self, kind):
                yield kind, value
        for number in self.phones:
            yield "phone", number
        if self.wechat and _WECHAT_ID.fullmatch(self.wechat):
            yield "wechat", self.wechat


class Ambiguous(Exception):
    """More than one customer may be meant, or one who should not be; the reason says which."""

    def __init__(self, reason: Message) -> None:
        super().__init__()
        self.reason = reason


class Register:
    """Finds customers by key, those of the database and those that this import adds."""

    def __init__(self, connection: sqlite3.Connection, made_code: Any) -> None:
        self._connection = connection
        self._made_code = made_code  # row id -> the code we would have made for it
        connection.execute(
            "CREATE TEMP TABLE IF NOT EXISTS newcomer "
            "(kind TEXT, value TEXT, row_id INTEGER, code TEXT, name TEXT, phones TEXT, "
            "PRIMARY KEY (kind, value, row_id)) WITHOUT ROWID"
        )
        connection.execute("DELETE FROM newcomer")
        self._any_new = False
        self._near: dict[tuple[str, str], list[Candidate]] = {}
        self._adopted: dict[int, str] = {}  # codes that customers without one got from the file

    def look_up(self, persons: Iterable[Person]) -> None:
        """Fetch everybody whom these persons may be, in a few queries; forgets those before."""
        wanted: dict[str, set[str]] = {kind: set() for kind in KEYS}
        for person in persons:
            for kind, value in person.marks():
                wanted[kind].add(value)
        self._near = {}
        for kind, values in wanted.items():
            for some in _batches(values):
                self._fetch(kind, some)

    def _fetch(self, kind: str, some: Sequence[str]) -> None:
        marks = ",".join("?" * len(some))
        for column in KEYS[kind]:
            for value, row_id, code, name, phone, phone2 in self._connection.execute(
                f"SELECT {column}, id, code, name, phone, phone2 FROM customer "  # noqa: S608 - names from KEYS
                f"WHERE {column} IN ({marks})",
                some,
            ):
                phones = tuple(number for number in (phone, phone2) if number)
                self._near.setdefault((kind, value), []).append(
                    Candidate(row_id, code, name, phones, code != self._made_code(row_id))
                )
        if self._any_new:
            for value, row_id, code, name, phones in self._connection.execute(
                "SELECT value, row_id, code, name, phones FROM newcomer "  # noqa: S608 - question marks
                f"WHERE kind = ? AND value IN ({marks})",
                (kind, *some),
            ):
                self._near.setdefault((kind, value), []).append(
                    Candidate(row_id, code, name, tuple(phones.split()), code != "")
                )

    def codes(self, wanted: Iterable[str]) -> Iterator[tuple[str, int]]:
        """Of these codes, those that customers have, with their row ids."""
        for some in _batches(wanted):
            yield from self._connection.execute(
                f"SELECT code, id FROM customer WHERE code IN ({','.join('?' * len(some))})",  # noqa: S608 - question marks
                some,
            )

    def add(self, person: Person, row_id: int) -> None:
        """Remember a customer whom this import adds."""
        code = person.code or ""
        self._remember(
            person, Candidate(row_id, code, person.name or "", person.phones, code != "")
        )

    def learn(self, person: Person, found: Candidate) -> None:
        """Remember what a row says of a customer who was found: later rows may name him by it."""
        if person.code and not self._is_given(found):
            self._adopted[found.row_id] = person.code
        if any(
            all(one.row_id != found.row_id for one in self._near.get(mark, ()))
            for mark in person.marks()
        ):
            name = person.name or found.name
            phones = tuple(dict.fromkeys((*person.phones, *found.phones)))
            self._remember(person, replace(found, name=name, phones=phones))

    def _remember(self, person: Person, one: Candidate) -> None:
        self._any_new = True
        for kind, value in person.marks():
            self._near.setdefault((kind, value), []).append(one)
            self._connection.execute(
                "INSERT OR IGNORE INTO newcomer VALUES (?, ?, ?, ?, ?, ?)",
                (
                    kind,
                    value,
                    one.row_id,
                    one.code if one.given else "",
                    one.name,
                    " ".join(one.phones),
                ),
            )

    def _is_given(self, one: Candidate) -> bool:
        return one.given or one.row_id in self._adopted

    def find(self, person: Person) -> Candidate | None:
        """Who this is, None for somebody new. Raises Ambiguous with the reason.

        `look_up` must have been called with this person.
        """
        known = None
        for kind in _UNIQUE:
            value = getattr(person, kind)
            found = _distinct(self._near.get((kind, value), ())) if value else []
            if len(found) > 1:
                raise Ambiguous(
                    Message(N_("it may be any of {candidates}"), candidates=listed(found))
                )
            for one in found:
                if kind != "code" and (
                    self._other_code(person, one)
                    or (known is not None and known.row_id != one.row_id)
                ):
                    raise Ambiguous(
                        Message(
                            N_("this ID or passport number is that of customer {candidates}"),
                            candidates=listed(found),
                        )
                    )
                if kind == "code":
                    _refuse_stranger(person, one)
                known = known or one
        return known or self._by_number(person)

    def _other_code(self, person: Person, found: Candidate) -> bool:
        code = self._adopted.get(found.row_id, found.code if found.given else "")
        return bool(person.code and code) and person.code != code

    def _by_number(self, person: Person) -> Candidate | None:
        same = [one for one in self.household(person) if _agree(one.name, person.name)]
        if person.code:  # a code that nobody has: only one whose code was made by us can be meant
            same = [one for one in same if not self._is_given(one)]
        if len(same) > 1:
            exact = [one for one in same if one.name and one.name == person.name]
            if len(exact) != 1:
                raise Ambiguous(
                    Message(
                        N_("several have this number: {candidates}; add the customer code"),
                        candidates=listed(same),
                    )
                )
            same = exact
        return same[0] if same else None

    def household(self, person: Person) -> list[Candidate]:
        """Whoever is known with a phone number or WeChat id of this person, under any name."""
        return _distinct(
            candidate
            for kind, value in person.marks()
            if kind in ("phone", "wechat")
            for candidate in self._near.get((kind, value), ())
        )


def _refuse_stranger(person: Person, found: Candidate) -> None:
    """A code that we made, met again with another name and another phone, is a coincidence."""
    if (
        not found.given
        and not _agree(found.name, person.name)
        and person.phones
        and found.phones
        and not set(person.phones) & set(found.phones)
    ):
        raise Ambiguous(
            Message(
                N_("code {code} is {name} here, with another phone: change or remove the code"),
                code=display.visible(found.code, 64),
                name=display.visible(found.name, 40),
            )
        )


def _agree(one: str | None, other: str | None) -> bool:
    return not one or not other or one == other or joined(one) == joined(other)


def _distinct(candidates: Iterable[Candidate]) -> list[Candidate]:
    return list({candidate.row_id: candidate for candidate in candidates}.values())


def listed(candidates: Sequence[Candidate]) -> str:
    """Customers as a message names them: code and name, six at most."""
    shown = [
        f"{display.visible(one.code, 64)} {display.visible(one.name, 40)}".strip()
        for one in candidates[:6]
    ]
    return ", ".join(shown) + (" ..." if len(candidates) > len(shown) else "")


def _batches(values: Iterable[str], size: int = 500) -> Iterator[list[str]]:
    todo = iter(values)
    while some := list(islice(todo, size)):
        yield some


# --- rows without an identity ------------------------------------------------------------


def fingerprint(table: str, said: Mapping[str, Any]) -> str:
    """A row's cells as one short text; equal cells, in whatever order of columns, are equal."""
    plain = json.dumps(dict(said), sort_keys=True, ensure_ascii=True, default=str)
    return f"{table}:{hashlib.sha256(plain.encode()).hexdigest()[:32]}"


def known_prints(connection: sqlite3.Connection, prints: Iterable[str]) -> dict[str, int]:
    """Of these fingerprints, those seen before, with their rows."""
    found: dict[str, int] = {}
    for some in _batches(prints):
        found.update(
            connection.execute(
                "SELECT fingerprint, row_id FROM import_row WHERE fingerprint IN "  # noqa: S608 - marks
                f"({','.join('?' * len(some))})",
                some,
            ).fetchall()
        )
    return found


# --- customers named by a row of another table ---------------------------------------------------

Reference = tuple[str | None, tuple[str, str | None] | None, str | None, str | None]
"""What a trip or contact says of its customer: its customer cell, phones, ID number, name."""


def like_a_name(cell: str) -> bool:
    """Whether a cell beside a number is a name, and no code: 张三, 13812345678."""
    return not any(c.isdigit() for c in cell)


class Referrer:
    """Finds the customers that trips and contacts name by code, phone or ID number."""

    def __init__(self, register: Register, region: str) -> None:
        self.register = register
        self._region = region
        self._known: dict[Any, int | Message] = {}  # by cell, or by cells
        self._told: dict[str, set[int]] = {}  # codes that nobody has -> whom a phone beside tells

    def resolve(
        self,
        cells_: Sequence[str | None],
        phones: Sequence[Any] | None = None,
        id_numbers: Sequence[str | None] | None = None,
        names: Sequence[str | None] | None = None,
    ) -> list[int | Message]:
        """For each row the id of the customer whom its cells name, or why there is none."""
        if phones is None and id_numbers is None and names is None:
            return self._resolved(cells_, lambda cell: (cell, None, None, None))
        nothing = [None] * len(cells_)
        rows = zip(cells_, phones or nothing, id_numbers or nothing, names or nothing, strict=True)
        return self._resolved(list(rows), lambda reference: reference)

    def _resolved(
        self, keys: Sequence[Any], reference_of: Callable[[Any], Reference]
    ) -> list[int | Message]:
        if len(self._known) > 200_000:
            self._known.clear()
        found = list(map(self._known.get, keys))
        if None not in found:
            return cast(list[int | Message], found)
        # No set minus the keys: that would walk through all that is known, for each chunk.
        unknown = (key for key, one in zip(keys, found, strict=True) if one is None)
        new = {key: reference_of(key) for key in unknown}
        self._by_code(new)
        read = {
            key: (reference, self.persons(reference))
            for key, reference in new.items()
            if key not in self._known
        }
        self.register.look_up(person for _, persons in read.values() for person in persons)
        # Whoever is named by a code alone comes last: a phone beside it may tell who that is.
        for key in sorted(read, key=lambda key: len(read[key][1]) == 1):
            self._known[key] = self._one(*read[key])
        return list(map(self._known.__getitem__, keys))

    def _by_code(self, references: Mapping[Any, Reference]) -> None:
        """The common case, in few queries: the cell is a code just as it stands."""
        asked: dict[str, list[Any]] = {}
        for key, reference in references.items():
            if reference[0]:
                asked.setdefault(reference[0], []).append(key)
        for code, row_id in self.register.codes(asked):
            for key in asked[code]:
                self._known[key] = row_id

    def persons(self, reference: Reference) -> list[Person]:
        """The readings of a reference, the likeliest first."""
        cell, numbers, id_number, name = reference
        readings = []
        if cell:
            with suppress(CellError):
                readings.append(Person(code=parsing.code(cell)))
            with suppress(CellError):
                both = parsing.phones(cell, self._region)
                readings.append(Person(phones=tuple(n for n in both if n), name=name))
            with suppress(CellError):
                readings.append(Person(id_number=parsing.id_number(cell), name=name))
        if id_number:
            readings.append(Person(id_number=id_number, name=name))
        if numbers:
            called = name or (cell if cell and like_a_name(cell) else None)
            readings.append(Person(phones=tuple(n for n in numbers if n), name=called))
        return readings

    def _one(self, reference: Reference, readings: Sequence[Person]) -> int | Message:
        others: list[Candidate] = []
        for person in readings:
            try:
                found = self.register.find(person)
            except Ambiguous as doubt:
                return doubt.reason
            if found is not None:
                code = readings[0].code
                if code and not (person.code or like_a_name(code)):
                    self._told.setdefault(code, set()).add(found.row_id)
                return found.row_id
            others += self.register.household(person)
        told = self._told.get(readings[0].code or "", ()) if len(readings) == 1 else ()
        if len(told) == 1:
            return next(iter(told))
        if others:
            return Message(
                N_("the number is that of {candidates}, but the name differs"),
                candidates=listed(_distinct(others)),
            )
        if reference[0] is None and not readings:
            return Message(N_("it names no customer: give a code, phone or ID number"))
        if not readings:  # damaged, masked, too long: say so
            try:
                parsing.code(reference[0] or "")
            except CellError as error:
                return error.message
        return Message(
            N_("nobody has the code, phone or ID number {given}"), given=self._shown(reference)
        )

    def _shown(self, reference: Reference) -> str:
        """What was given, with numbers of persons masked."""
        cell, numbers, id_number, _ = reference
        if cell is None:
            return (
                display.mask_id(id_number)
                if id_number
                else display.mask_phone((numbers or ("",))[0])
            )
        for read, mask in (
            (parsing.phone, display.mask_phone),
            (parsing.id_number, display.mask_id),
        ):
            with suppress(CellError):
                return mask(read(cell))
        digits = "".join(c for c in parsing.clean(cell) if c.isalnum())
        if _LIKE_A_NUMBER.fullmatch(digits):  # mistyped perhaps, but somebody's
            return display.mask_phone(digits)
        return display.visible(cell, 40)
