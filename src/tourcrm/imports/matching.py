"""Who is the same customer.

The same customer: by code; else by ID or passport number; else by the number that the source of a
file has for him; else by phone or WeChat id together with
a name that agrees (equal, or one of them blank). The same phone under another name is another
person of the household. A name alone never merges.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice
from typing import Any

from tourcrm.base import display
from tourcrm.base.errors import Message
from tourcrm.base.folding import joined
from tourcrm.base.i18n import N_
from tourcrm.base.parsing.former_regions import Former, readings
from tourcrm.db import codes

# Key kinds, strongest first, and the columns of customer that hold them.
KEYS: Mapping[str, tuple[str, ...]] = {
    "code": ("code",),
    "id_number": ("id_number",),
    "passport_no": ("passport_no",),
    "source": (),  # in a table of its own: `_holders`
    "phone": ("phone", "phone2"),
    "wechat": ("wechat",),
}
_UNIQUE = ("code", "id_number", "passport_no")  # these name one person by themselves
_DOCUMENTS = ("id_number", "passport_no")
BETWEEN = "\x1f"  # of a source and its number, in one text
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
    id_number: str | None = None
    passport_no: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """What a row says about who it is; None where it says nothing."""

    code: str | None = None
    id_number: str | None = None
    passport_no: str | None = None
    phones: tuple[str, ...] = ()
    wechat: str | None = None
    name: str | None = None
    sources: tuple[tuple[str, str], ...] = ()  # of which source, and the number there

    def marks(self) -> Iterator[tuple[str, str]]:
        """(kind, value) of everything that identifies, strongest first."""
        for kind in ("code", "id_number", "passport_no"):
            if value := getattr(self, kind):
                yield kind, value
        for one in self.sources:
            yield "source", BETWEEN.join(one)
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

    def __init__(self, connection: sqlite3.Connection, former: Former | None = None) -> None:
        self._connection = connection
        self.former = former
        self.reread: dict[str, str] = {}  # numbers as they were read before -> as they are now
        connection.execute(
            "CREATE TEMP TABLE IF NOT EXISTS newcomer "
            "(kind TEXT, value TEXT, row_id INTEGER, code TEXT, name TEXT, phones TEXT, "
            "id_number TEXT, passport_no TEXT, PRIMARY KEY (kind, value, row_id)) WITHOUT ROWID"
        )
        connection.execute("DELETE FROM newcomer")
        # Codes by which customers were known before two entries were merged.
        self.aliases: dict[str, int] = dict(
            connection.execute("SELECT code, customer_id FROM customer_alias")
        )
        connection.execute("DROP TABLE IF EXISTS temp.called")
        self._called = False
        self._any_new = False
        self._near: dict[tuple[str, str], list[Candidate]] = {}
        self._adopted: dict[int, str] = {}  # codes that customers without one got from the file
        # Documents that customers without one got from the file: (kind, customer) -> number.
        self._shown: dict[tuple[str, int], str] = {}

    def look_up(self, persons: Iterable[Person]) -> None:
        """Fetch everybody whom these persons may be, in a few queries; forgets those before."""
        wanted: dict[str, set[str]] = {kind: set() for kind in KEYS}
        for person in persons:
            for kind, value in person.marks():
                wanted[kind].add(value)
        self._near = {}
        for kind, values in wanted.items():
            for some in batches(values):
                self._fetch(kind, some)

    def _fetch(self, kind: str, some: Sequence[str]) -> None:
        marks = ",".join("?" * len(some))
        asked: list[Iterable[Any]] = [
            self._connection.execute(
                f"SELECT {column}, id, code, name, phone, phone2, id_number, passport_no "  # noqa: S608 - names from KEYS
                f"FROM customer WHERE {column} IN ({marks})",
                some,
            )
            for column in KEYS[kind]
        ]
        for rows in asked or [_holders(self._connection, some)]:
            for value, row_id, code, name, phone, phone2, *documents in rows:
                phones = tuple(number for number in (phone, phone2) if number)
                self._near.setdefault((kind, value), []).append(
                    Candidate(row_id, code, name, phones, code != codes.code_of(row_id), *documents)
                )
        if kind == "code" and self.aliases:
            for value in self.aliases.keys() & set(some):
                for row_id, code, name, phone, phone2, *documents in self._connection.execute(
                    "SELECT id, code, name, phone, phone2, id_number, passport_no FROM customer "
                    "WHERE id = ?",
                    (self.aliases[value],),
                ):
                    phones = tuple(number for number in (phone, phone2) if number)
                    self._near.setdefault((kind, value), []).append(
                        Candidate(row_id, code, name, phones, True, *documents)
                    )
        if self._any_new:
            for value, row_id, code, name, phones, *documents in self._connection.execute(
                "SELECT value, row_id, code, name, phones, id_number, passport_no FROM newcomer "  # noqa: S608 - question marks
                f"WHERE kind = ? AND value IN ({marks})",
                (kind, *some),
            ):
                self._near.setdefault((kind, value), []).append(
                    Candidate(row_id, code, name, tuple(phones.split()), code != "", *documents)
                )

    def named(self, name: str) -> list[Candidate]:
        """The customers of the database who are called so."""
        self.know_names()
        return [
            Candidate(row_id, code, called, tuple(n for n in (phone, phone2) if n))
            for row_id, code, called, phone, phone2 in self._connection.execute(
                "SELECT c.id, c.code, c.name, c.phone, c.phone2 FROM temp.called n "
                "JOIN customer c ON c.id = n.id WHERE n.name = ? ORDER BY c.id",
                (joined(name),),
            )
        ]

    def know_names(self) -> None:
        """Make the table of names, `called`: once, for whoever needs it."""
        if self._called:
            return
        self._called = True
        self._connection.create_function("plain_name", 1, joined, deterministic=True)
        self._connection.execute(
            "CREATE TEMP TABLE called AS SELECT plain_name(name) AS name, id FROM customer"
        )
        self._connection.execute("CREATE INDEX temp.called_name ON called (name)")

    def codes(self, wanted: Iterable[str]) -> Iterator[tuple[str, int]]:
        """Of these codes, those that customers have, with their row ids."""
        for some in batches(wanted):
            yield from self._connection.execute(
                f"SELECT code, id FROM customer WHERE code IN ({','.join('?' * len(some))})",  # noqa: S608 - question marks
                some,
            )
            for code in self.aliases.keys() & set(some) if self.aliases else ():
                yield code, self.aliases[code]

    def numbers(self, source: str, wanted: Iterable[str]) -> Iterator[tuple[str, int]]:
        """Of these numbers of a source, those that customers have, with their row ids."""
        for some in batches(wanted):
            for mark, row_id, *_more in _holders(
                self._connection, [BETWEEN.join((source, one)) for one in some]
            ):
                yield mark.partition(BETWEEN)[2], row_id

    def add(self, person: Person, row_id: int) -> None:
        """Remember a customer whom this import adds."""
        code = person.code or ""
        documents = person.id_number, person.passport_no
        name = person.name or ""
        self._remember(person, Candidate(row_id, code, name, person.phones, code != "", *documents))

    def learn(self, person: Person, found: Candidate) -> None:
        """Remember what a row says of a customer who was found: later rows may name him by it."""
        if person.code and not self._is_given(found) and person.code not in self.aliases:
            self._adopted[found.row_id] = person.code
        for kind in _DOCUMENTS:
            if getattr(person, kind):
                self._shown.setdefault((kind, found.row_id), getattr(person, kind))
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
                "INSERT OR IGNORE INTO newcomer VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    kind,
                    value,
                    one.row_id,
                    one.code if one.given else "",
                    one.name,
                    " ".join(one.phones),
                    one.id_number,
                    one.passport_no,
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
            found = distinct(self._near.get((kind, value), ())) if value else []
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
                if kind == "passport_no" and self._other(person, one, "id_number"):
                    raise Ambiguous(
                        Message(
                            N_(
                                "this passport number is that of {candidates}, who has another ID "
                                "number: correct one of them"
                            ),
                            candidates=listed([one]),
                        )
                    )
                if kind == "code":
                    _refuse_stranger(person, one, self._other(person, one, "id_number"))
                known = known or one
        known = self._by_source(person, known)
        return known or self._by_number(person) or self._by_former_number(person)

    def _by_source(self, person: Person, known: Candidate | None) -> Candidate | None:
        """Whoever has a number of this person at a source; `known` is who it is by a code or
        document. Raises Ambiguous where that is another one."""
        if not person.sources:
            return known
        found = distinct(
            one
            for source in person.sources
            for one in self._near.get(("source", BETWEEN.join(source)), ())
        )
        others = [one for one in found if known is None or one.row_id != known.row_id]
        if known is not None and others:
            raise Ambiguous(
                Message(
                    N_("this number of the source is that of customer {candidates}"),
                    candidates=listed(others),
                )
            )
        if len(found) > 1:
            raise Ambiguous(Message(N_("it may be any of {candidates}"), candidates=listed(found)))
        for one in found:
            if self._other(person, one, "id_number"):
                raise Ambiguous(
                    Message(
                        N_(
                            "this number of the source is that of {candidates}, who has another ID "
                            "number: correct one of them"
                        ),
                        candidates=listed([one]),
                    )
                )
        return found[0] if found else known

    def _by_former_number(self, person: Person) -> Candidate | None:
        """Whoever is known by a number of this person as it was read for a region of before."""
        if self.former is None or not person.phones:
            return None
        then = {
            one: number
            for number in person.phones
            for one in readings(number, self.former.regions)
            if self.former.known(one)
        }
        if not then:
            return None
        self._fetch("phone", [one for one in then if ("phone", one) not in self._near])
        found = self._by_number(replace(person, phones=tuple(then), wechat=None))
        if found is not None:
            self.reread |= {one: then[one] for one in found.phones if one in then}
        return found

    def _other(self, person: Person, found: Candidate, kind: str) -> bool:
        """Whether a row shows another document than that of a customer."""
        given = getattr(person, kind)
        known = getattr(found, kind) or self._shown.get((kind, found.row_id))
        return bool(given and known) and given != known

    def _other_code(self, person: Person, found: Candidate) -> bool:
        code = self._adopted.get(found.row_id, found.code if found.given else "")
        if self.aliases and self.aliases.get(person.code or "") == found.row_id:
            return False
        return bool(person.code and code) and person.code != code

    def _by_number(self, person: Person) -> Candidate | None:
        same = [one for one in self.household(person) if agree(one.name, person.name)]
        if person.code:  # a code that nobody has: only one whose code was made by us can be meant
            same = [one for one in same if not self._is_given(one)]
        same = self._not_contradicted(person, same)
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

    def _not_contradicted(self, person: Person, same: Sequence[Candidate]) -> list[Candidate]:
        """Of those with this number and name, whom no document contradicts.

        Another ID number is another person, father and son perhaps. Another passport may be a new
        one of the same person: that is not told by a number and a name.
        """
        found = [one for one in same if not self._other(person, one, "id_number")]
        if person.name is None and len(found) < len(same) and not found:
            raise Ambiguous(
                Message(
                    N_(
                        "the number is that of {candidates}, who has another ID number: add the "
                        "name, or correct one of them"
                    ),
                    candidates=listed(same),
                )
            )
        for one in found:
            if self._other(person, one, "passport_no"):
                raise Ambiguous(
                    Message(
                        N_(
                            "number and name are those of {candidates}, who has another passport: "
                            "add the customer code"
                        ),
                        candidates=listed([one]),
                    )
                )
        return found

    def household(self, person: Person) -> list[Candidate]:
        """Whoever is known with a phone number or WeChat id of this person, under any name."""
        return distinct(
            candidate
            for kind, value in person.marks()
            if kind in ("phone", "wechat")
            for candidate in self._near.get((kind, value), ())
        )


def _holders(connection: sqlite3.Connection, marks: Iterable[str]) -> Iterator[tuple[Any, ...]]:
    """Who has these numbers: number, id, code, name, phones, documents."""
    pairs = sorted(tuple(mark.split(BETWEEN, 1)) for mark in marks)
    for source, some in groupby(pairs, lambda pair: pair[0]):
        numbers = [number for _source, number in some]
        yield from connection.execute(
            "SELECT s.source || char(31) || s.number, c.id, c.code, c.name, c.phone, c.phone2, "  # noqa: S608 - question marks
            "c.id_number, c.passport_no FROM customer_source s JOIN customer c "
            "ON c.id = s.customer_id WHERE s.source = ? "
            f"AND s.number IN ({','.join('?' * len(numbers))})",
            (source, *numbers),
        )


def _refuse_stranger(person: Person, found: Candidate, other_id: bool) -> None:
    """A code that we made, met again with another name and another phone or ID number, is a
    coincidence."""
    other_phone = person.phones and found.phones and not set(person.phones) & set(found.phones)
    if not found.given and not agree(found.name, person.name) and (other_phone or other_id):
        raise Ambiguous(
            Message(
                N_("code {code} is {name} here, with another phone: change or remove the code")
                if other_phone
                else N_(
                    "code {code} is {name} here, with another ID number: change or remove the code"
                ),
                code=display.visible(found.code, 64),
                name=display.visible(found.name, 40),
            )
        )


def agree(one: str | None, other: str | None) -> bool:
    """Whether two names may be of one person: equal, or one of them blank."""
    return not one or not other or joined(one) == joined(other)


def distinct(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Each customer once."""
    return list({candidate.row_id: candidate for candidate in candidates}.values())


def listed(candidates: Sequence[Candidate]) -> str:
    """Customers as a message names them: code and name, six at most."""
    shown = [
        f"{display.visible(one.code, 64)} {display.visible(one.name, 40)}".strip()
        for one in candidates[:6]
    ]
    return ", ".join(shown) + (" ..." if len(candidates) > len(shown) else "")


def batches(values: Iterable[str], size: int = 500) -> Iterator[list[str]]:
    """As many values as one question asks for."""
    todo = iter(values)
    while some := list(islice(todo, size)):
        yield some
