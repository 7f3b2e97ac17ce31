"""Which column of a sheet is which field, and how its cells are to be read: decided once, here.

A header means something by itself (base/columns/headers.py). Where several mean one field, the best
name wins, the next takes its second meaning if its cells fit, and what says the same is passed
over; where it stays open, somebody must say. Unknown headers are known by what their cells hold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tourcrm.base import display
from tourcrm.base.columns import REASON, Column, address_books, by_field, folded, headers
from tourcrm.base.columns import header_words as words
from tourcrm.base.columns.headers import Meaning, meaning_of, own_names
from tourcrm.base.errors import Message, WrongUsage
from tourcrm.base.i18n import N_
from tourcrm.base.money import is_of
from tourcrm.imports.cells import Cells

# How the cells of several columns become those of one field.
JOIN = frozenset({"note", "comment", "summary"})  # all of them, one below the other
INSTEAD = frozenset({"customer", "phone", "id_number"})  # the first that is not blank
# Where columns of equally good names that differ are no matter of taste.
_GRAVE = frozenset({"price", "departs_on", "returns_on", "party_size", "birthday"})
_IDENTITIES = frozenset(
    {"code", "customer", "phone", "phone2", "id_number", "passport_no", "wechat", "email", "name"}
)


@dataclass(frozen=True, slots=True)
class Source:
    """A column that a field is read from."""

    place: int
    meaning: Meaning


@dataclass(frozen=True, slots=True)
class Open:
    """Columns of which each may be the field, and nothing tells which."""

    field: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Headers:
    """Which column of the sheet is which field, what was left out and why, what is to be said."""

    places: Mapping[str, int]  # field -> position in the header, of the first where it has several
    unknown: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()  # another says the same
    sources: Mapping[str, tuple[Source, ...]] = field(default_factory=dict)
    twins: Mapping[int, int] = field(default_factory=dict)  # place of a doubled one -> of the other
    beaten: tuple[tuple[str, str], ...] = ()  # header, and the one that is used in its place
    paid: tuple[str, ...] = ()  # what was paid, or what it cost in the end: nobody knows
    chosen: tuple[tuple[str, str], ...] = ()  # header, and the field that its cells told of
    idle: frozenset[int] = frozenset()  # places of an address book that are no customer's data
    fixed: Mapping[str, Any] = field(default_factory=dict)  # field -> the value of all rows
    warnings: tuple[Message, ...] = ()
    open: tuple[Open, ...] = ()

    @property
    def fields(self) -> set[str]:
        """The fields that rows have."""
        return {*self.places, *self.fixed}

    @property
    def unused(self) -> list[str]:
        """All headers that are not used."""
        return [*self.unknown, *self.doubled, *(name for name, _ in self.beaten), *self.paid]


@dataclass(frozen=True, slots=True)
class _Claim:
    """A column that wants to be a field."""

    place: int
    name: str
    meaning: Meaning
    given: bool = False  # somebody said so


def is_reason(header: str) -> bool:
    """Whether a header is that of the reasons in a file of rejected rows."""
    return folded(header) in (folded(REASON.en), folded(REASON.zh))


def map_headers(
    header: Sequence[str],
    entity: tuple[Column, ...],
    given: Mapping[str, str],
    cells: Cells | None = None,
    currency: str = "CNY",
) -> Headers:
    """Which header means which field: first what `given` (header -> field, "" = leave out) says.

    Raises WrongUsage where `given` names a header or a field that does not exist.
    """
    return _Decision(header, entity, given, cells or Cells(), currency).headers()


class _Decision:
    """One header, looked at as a whole."""

    def __init__(
        self,
        header: Sequence[str],
        entity: tuple[Column, ...],
        given: Mapping[str, str],
        cells: Cells,
        currency: str,
    ) -> None:
        self.header, self.entity, self.cells, self.currency = header, entity, cells, currency
        self.fields = by_field(entity)
        self.of_customers = "marketing_consent" in self.fields
        self.sources: dict[str, list[Source]] = {}
        self.twins: dict[int, int] = {}
        self.beaten: list[tuple[int, int]] = []
        self.chosen: list[tuple[int, str]] = []
        self.open: list[Open] = []
        self.left_out: set[int] = set()
        self.book = address_books.meanings(header) if self.of_customers else {}
        self.own = self._is_our_export()
        claims = [*self._given(given), *self._claims(given)]
        self.unknown = self._unclaimed(claims)
        self.paid = [place for place in self.unknown if self._is_paid(place)]
        self.unknown = [place for place in self.unknown if place not in self.paid]
        self._settle(claims)
        self._guess()

    def headers(self) -> Headers:
        """What was decided."""
        name = self.header.__getitem__
        return Headers(
            {field: some[0].place for field, some in self.sources.items()},
            tuple(map(name, self.unknown)),
            tuple(map(name, sorted(self.twins))),
            {field: tuple(some) for field, some in self.sources.items()},
            dict(self.twins),
            tuple((name(place), name(other)) for place, other in self.beaten),
            tuple(map(name, self.paid)),
            tuple((name(place), field) for place, field in self.chosen),
            frozenset(self.book),
            {},
            tuple(self._warnings()),
            tuple(self.open),
        )

    # --- who wants what

    def _given(self, given: Mapping[str, str]) -> list[_Claim]:
        """What somebody said."""
        there = set(map(folded, self.header))
        if missing := [name for name in given if folded(name) not in there]:
            raise WrongUsage(
                N_("--map: the file has no column {name}. It has: {header}"),
                name=", ".join(missing),
                header=display.visible(", ".join(self.header), 300),
            )
        wanted = {folded(name): target for name, target in given.items()}
        claims: list[_Claim] = []
        for place, name in enumerate(self.header):
            target = wanted.get(folded(name))
            if target is None:
                continue
            if not target:
                self.left_out.add(place)
                continue
            claim = _Claim(place, name, self._target(name, target), given=True)
            twin = next((c for c in claims if c.meaning.field == claim.meaning.field), None)
            if twin and (not claim.meaning.part or claim.meaning.part == twin.meaning.part):
                raise WrongUsage(
                    N_("--map: two columns are mapped to {field}."), field=claim.meaning.field
                )
            claims.append(claim)
        return claims

    def _target(self, name: str, target: str) -> Meaning:
        """What `target`, a field or a header of one, means for the column of this name."""
        if target in self.fields:
            meaning: Meaning | None = Meaning(target)
        else:
            meaning = meaning_of(target, self.entity)
        if meaning is None or not self.fields[meaning.field].imported:
            raise WrongUsage(
                N_("--map: there is no field {field}. Known: {known}"),
                field=target,
                known=", ".join(c.field for c in self.entity if c.imported),
            )
        own = meaning_of(name, self.entity)
        if own is not None and own.field == meaning.field:
            return replace(own, qualifier=meaning.qualifier | own.qualifier)
        return replace(meaning, qualifier=meaning.qualifier | headers.said_beside(name))

    def _claims(self, given: Mapping[str, str]) -> list[_Claim]:
        """What the headers say that nobody spoke of."""
        wanted = set(map(folded, given))
        claims = []
        for place, name in enumerate(self.header):
            if folded(name) in wanted or is_reason(name):
                continue
            if place in self.book:
                claims += [_Claim(place, name, one) for one in self._of_book(place, name)]
                continue
            meaning = meaning_of(name, self.entity)
            if meaning is not None:
                claims.append(_Claim(place, name, self._by_cells(place, name, meaning)))
        return self._many_phones(claims) if self.of_customers else claims

    def _of_book(self, place: int, name: str) -> list[Meaning]:
        """What a column of an address book means; what goes to the note is told by its header."""
        return [
            replace(one, label=display.visible(name, 40)) if one.part == words.ASIDE else one
            for one in self.book[place]
            if self.cells.filled(place) or one.part not in (words.ASIDE, "else")
        ]

    def _many_phones(self, claims: list[_Claim]) -> list[_Claim]:
        """Of three or more columns of phones, and in an address book, each number is kept: the
        first two of a row as its phones, the others in the note."""
        phones = [claim for claim in claims if claim.meaning.field in ("phone", "phone2")]
        said = [claim for claim in phones if self.cells.filled(claim.place)]
        if len(phones) < 2 or not (self.book or len(said) > 2):
            return claims
        # A second phone comes behind any first one.
        behind = {"phone": 0, "phone2": words.CELLS}
        return [
            claim
            if claim not in phones
            else replace(
                claim,
                meaning=replace(
                    claim.meaning,
                    field="phone",
                    part=words.EACH,
                    rank=claim.meaning.rank + behind[claim.meaning.field],
                ),
            )
            for claim in claims
        ]

    def _by_cells(self, place: int, name: str, meaning: Meaning) -> Meaning:
        """A name that may mean a code or a person, 客户, means what its cells are."""
        if (
            meaning.field == "code"
            and self.of_customers
            and folded(name) in words.CODE_OR_NAME
            and not self.own
            and not self.cells.are_codes(place)
        ):
            self._choose(place, "name")
            return Meaning("name", words.EITHER, meaning.qualifier)
        return meaning

    def _is_our_export(self) -> bool:
        own = {name for column in self.entity for name in own_names(column)}
        return len(self.header) > 4 and all(folded(name) in own for name in self.header)

    def _unclaimed(self, claims: Sequence[_Claim]) -> list[int]:
        claimed = {claim.place for claim in claims} | self.left_out
        return [
            place
            for place, name in enumerate(self.header)
            if place not in claimed and not is_reason(name)
        ]

    def _is_paid(self, place: int) -> bool:
        trips = "departs_on" in self.fields
        return trips and words.PAID.search(folded(headers.bare(self.header[place]))) is not None

    # --- who gets it

    def _settle(self, claims: Sequence[_Claim]) -> None:
        by_field: dict[str, list[_Claim]] = {}
        for claim in claims:
            by_field.setdefault(claim.meaning.field, []).append(claim)
        # What a name leaves over may be a company: names come first, in the order of the sheet.
        for name in sorted(by_field, key=lambda name: name != "name"):
            some = sorted(by_field[name], key=self._fit)
            match name:
                case "birthday":
                    some = self._calendars(some)
                case "special_dates":
                    self._use(name, *some)
                    continue
                case _:
                    pass
            self._share(name, some)
        order = {one.field: place for place, one in enumerate(self.entity)}
        self.sources = dict(sorted(self.sources.items(), key=lambda item: order[item[0]]))

    def _fit(self, claim: _Claim) -> tuple[Any, ...]:
        """The better a column fits its field the lower."""
        said = claim.meaning.qualifier
        return (
            not claim.given,
            bool(claim.meaning.part),
            said.head or said.unclear,
            self._foreign(said.currency),
            claim.meaning.part != words.EACH and not self.cells.filled(claim.place),
            claim.meaning.rank,
            claim.place,
        )

    def _foreign(self, word: str) -> bool:
        return bool(word) and not is_of(word, self.currency)

    def _use(self, field: str, *claims: _Claim) -> None:
        self.sources.setdefault(field, []).extend(
            Source(claim.place, claim.meaning) for claim in claims
        )

    def _calendars(self, some: list[_Claim]) -> list[_Claim]:
        """Of birthdays in both calendars the lunar one becomes a further special day."""
        lunar = [claim for claim in some if claim.meaning.qualifier.calendar == "lunar"]
        solar = [claim for claim in some if claim not in lunar]
        if lunar and solar and "special_dates" in self.fields:
            meaning = replace(lunar[0].meaning, field="special_dates", label="birthday")
            self._use("special_dates", replace(lunar[0], meaning=meaning))
            for claim in lunar[1:]:
                self._pass_over(claim, lunar[0])
            return solar
        return some

    def _share(self, field: str, some: Sequence[_Claim]) -> None:
        """Give a field to the best of several columns, and see what becomes of the others."""
        best = some[0]
        self._use(field, best)
        for claim in some[1:]:
            beside = claim.meaning.part in words.BESIDE
            if beside or (best.meaning.part and claim.meaning.part not in ("", best.meaning.part)):
                self._use(field, claim)
            elif field == "phone" and "phone2" in self.fields and "phone2" not in self.sources:
                self._use("phone2", claim)
            elif self._is_twin(best, claim) or not self._second(field, claim):
                if not self.cells.differ(best.place, claim.place):
                    self.twins[claim.place] = best.place
                elif self._is_open(field, best, claim):
                    self._ask(field, best, claim)
                else:
                    self._pass_over(claim, best)

    def _is_twin(self, best: _Claim, claim: _Claim) -> bool:
        """Whether a column says the same as a better one; of one without cells nobody knows."""
        said = bool(self.cells.filled(claim.place))
        return said and not self.cells.differ(best.place, claim.place)

    def _second(self, field: str, claim: _Claim) -> bool:
        """Whether a column that is not the best still says something that the field, or another
        one, can hold."""
        if field == "name" and self.of_customers and not claim.meaning.part:
            company = claim.meaning.rank == words.COMPANY or (
                claim.meaning.rank == words.EITHER and self.cells.are_companies(claim.place)
            )
            if company and "company" not in self.sources:
                self._use("company", replace(claim, meaning=Meaning("company", words.CELLS)))
                self.sources["name"].append(
                    Source(claim.place, replace(claim.meaning, part="else"))
                )
                self._choose(claim.place, "company")
                return True
        nameless = "name" in self.fields and "name" not in self.sources
        if field == "customer" and nameless and not self.cells.are_codes(claim.place):
            self._use("name", replace(claim, meaning=Meaning("name", words.CELLS)))
            self._choose(claim.place, "name")
            return True
        if field in JOIN or (field in INSTEAD and not self.of_customers):
            part = "more" if field in JOIN else "else"
            self._use(field, replace(claim, meaning=replace(claim.meaning, part=part)))
            return True
        return False

    def _is_open(self, field: str, best: _Claim, claim: _Claim) -> bool:
        if best.given or best.meaning.part:
            return False
        if field == "name" and self.of_customers:
            rank = claim.meaning.rank
            return rank == words.EITHER or rank == best.meaning.rank != words.NICKNAME
        same = self._fit(best)[:-1] == self._fit(claim)[:-1]
        return same and field in _GRAVE

    def _ask(self, field: str, best: _Claim, claim: _Claim) -> None:
        there = next((one for one in self.open if one.field == field), None)
        if there is None:
            self.open.append(Open(field, (best.name, claim.name)))
        else:
            self.open.remove(there)
            self.open.append(Open(field, (*there.names, claim.name)))

    def _choose(self, place: int, field: str) -> None:
        self.chosen = [*((p, f) for p, f in self.chosen if p != place), (place, field)]

    def _pass_over(self, claim: _Claim, best: _Claim) -> None:
        self.beaten.append((claim.place, best.place))

    # --- what nobody knows

    def _guess(self) -> None:
        """Know the columns of unknown headers by their cells."""
        told = not self.of_customers and not self.sources.keys().isdisjoint(INSTEAD)
        for place in tuple(self.unknown):
            if told:  # who is meant is said already, and whose number this is is not
                break
            if place in self.book or words.ANOTHERS.search(self.header[place]):
                continue
            looks = self.cells.looks_like(place)
            for wanted in _WANTED.get(looks, ()):
                column = self.fields.get(wanted)
                if column is None or not column.imported or wanted in self.sources:
                    continue
                if wanted == "customer" and "phone" in self.fields:
                    continue  # it has a column of its own
                self._use(wanted, _Claim(place, self.header[place], Meaning(wanted, words.CELLS)))
                self._choose(place, wanted)
                self.unknown.remove(place)
                break

    # --- what is to be said first of all

    def _warnings(self) -> list[Message]:
        found = []
        for place in self.unknown:
            name = self.header[place]
            if place in self.book or words.ANOTHERS.search(name) or not self.cells.filled(place):
                continue
            if self.cells.looks_like(place) or words.IDENTITY.search(folded(name)):
                found.append(self._warning(name))
        for place, other in self.beaten:
            meaning = meaning_of(self.header[place], self.entity)
            if meaning and (meaning.part or meaning.rank == words.NICKNAME):
                continue
            field = next((f for f, some in self.sources.items() if some[0].place == other), "")
            if field in _IDENTITIES:
                found.append(self._warning(self.header[place]))
        return found

    def _warning(self, name: str) -> Message:
        return Message(
            N_(
                "Careful: column {column} looks like one that tells customers or orders apart, and "
                'it is NOT used. If it should be: --map "{column}=FIELD"'
            ),
            column=display.visible(name, 40),
        )


# What a column of unknown header may be, by what its cells look like.
_WANTED: Mapping[str, tuple[str, ...]] = {
    "phone": ("phone", "phone2", "customer"),
    "id_number": ("id_number", "customer"),
    "email": ("email",),
}
