"""Which customer a trip, a contact or an answer names: by code, phone, ID number, or name alone."""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, cast

from tourcrm.base import display, parsing
from tourcrm.base.errors import CellError, Message
from tourcrm.base.folding import joined
from tourcrm.base.i18n import N_
from tourcrm.base.parsing.former_regions import reader
from tourcrm.imports.matching import Ambiguous, Candidate, Person, Register, agree, distinct, listed

_LIKE_A_NUMBER = re.compile(r"[0-9]{9,}[Xx]?")  # of a person: a phone, an ID

Reference = tuple[str | None, tuple[str, str | None] | None, str | None, str | None]
"""What a trip or contact says of its customer: its customer cell, phones, ID number, name."""


def like_a_name(cell: str) -> bool:
    """Whether a cell beside a number is a name, and no code: 张三, 13812345678."""
    return not any(c.isdigit() for c in cell)


def named_only(reference: Reference) -> str | None:
    """The name by which a row means its customer where it says nothing else of him."""
    cell, numbers, id_number, name = reference
    if numbers or id_number or (cell and not like_a_name(cell)):
        return None
    return (name or cell) if not cell or agree(cell, name) else None


def namesakes(found: Sequence[Candidate]) -> Message:
    """Why a name does not say who is meant: several have it."""
    shown = [
        " ".join((listed([one]), *(display.mask_phone(number) for number in one.phones[:1])))
        for one in found[:6]
    ]
    return Message(
        N_("several have this name: {who}; add the phone or the customer code"),
        who=", ".join(shown) + (" ..." if len(found) > len(shown) else ""),
    )


def _mark(person: Person) -> str | None:
    """The code by which a reading means somebody, ours or that of a source."""
    return person.code or (person.sources[0][1] if person.sources else None)


class Referrer:
    """Finds the customers that trips and contacts name by code, phone or ID number."""

    def __init__(
        self, register: Register, region: str, names: bool = True, source: str | None = None
    ) -> None:
        self.register = register
        self.source = source  # whose number of the customer a cell is, in place of our code
        self._names = names  # a name alone may mean somebody
        self._region = region
        self._known: dict[Any, int | Message] = {}  # by cell, or by cells
        self.named: dict[Any, str] = {}  # of those, which were known by a name alone
        self.by_name = 0  # rows of those
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
            self.named.clear()
        found = list(map(self._known.get, keys))
        if None not in found:
            self._count(keys)
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
            if self._names and type(self._known[key]) is not int:
                self._by_name(key, named_only(read[key][0]))
        self._count(keys)
        return list(map(self._known.__getitem__, keys))

    def _by_name(self, key: Any, name: str | None) -> None:
        """A name alone means the one customer who has it."""
        if name is None:
            return
        found = self.register.named(name)
        if len(found) == 1:
            self._known[key] = found[0].row_id
            self.named[key] = joined(name)
        elif found:
            self._known[key] = namesakes(found)

    def _count(self, keys: Sequence[Any]) -> None:
        if self.named:
            self.by_name += sum(key in self.named for key in keys)

    def _by_code(self, references: Mapping[Any, Reference]) -> None:
        """The common case, in few queries: the cell is a code just as it stands."""
        asked: dict[str, list[Any]] = {}
        for key, reference in references.items():
            if reference[0]:
                asked.setdefault(reference[0], []).append(key)
        holders = self.register.numbers(self.source, asked) if self.source else None
        for code, row_id in holders or self.register.codes(asked):
            for key in asked[code]:
                self._known[key] = row_id

    def persons(self, reference: Reference) -> list[Person]:
        """The readings of a reference, the likeliest first."""
        cell, numbers, id_number, name = reference
        readings = []
        if cell:
            with suppress(CellError):
                code = parsing.code(cell)
                named = self.source and Person(sources=((self.source, code),))
                readings.append(named or Person(code=code))
            with suppress(CellError):
                both = reader(parsing.phones, self._region, self.register.former)(cell)
                phones = tuple(n for n in both if n)
                readings.append(Person(phones=phones, name=name, id_number=id_number))
            with suppress(CellError):
                readings.append(Person(id_number=parsing.id_number(cell), name=name))
        if id_number:
            readings.append(Person(id_number=id_number, name=name))
        if numbers:
            called = name or (cell if cell and like_a_name(cell) else None)
            phones = tuple(n for n in numbers if n)
            readings.append(Person(phones=phones, name=called, id_number=id_number))
        return readings

    def _one(self, reference: Reference, readings: Sequence[Person]) -> int | Message:
        others: list[Candidate] = []
        for person in readings:
            try:
                found = self.register.find(person)
            except Ambiguous as doubt:
                return doubt.reason
            if found is not None:
                code = _mark(readings[0])
                if code and not (_mark(person) or like_a_name(code)):
                    self._told.setdefault(code, set()).add(found.row_id)
                return found.row_id
            others += self.register.household(person)
        told = self._told.get(_mark(readings[0]) or "", ()) if len(readings) == 1 else ()
        if len(told) == 1:
            return next(iter(told))
        if others:
            named = any(agree(one.name, readings[-1].name) for one in others)
            return Message(
                N_("the number is that of {candidates}, but the ID number differs")
                if named
                else N_("the number is that of {candidates}, but the name differs"),
                candidates=listed(distinct(others)),
            )
        if reference[3] and reference[0] is None and not readings:
            return Message(N_("nobody has this name: give a code, phone or ID number"))
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

    def number(self, cell: str | None) -> str | None:
        """The number of the source that a cell is; None where it is a phone, an ID or a name."""
        readings = self.persons((cell, None, None, None)) if cell else []
        if len(readings) != 1 or not readings[0].sources:
            return None
        number = readings[0].sources[0][1]
        return None if like_a_name(number) else number

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
