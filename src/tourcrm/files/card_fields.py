"""What the cards of an address book say, column by column; the columns are those of `VCARD`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tourcrm.base.display import visible
from tourcrm.base.errors import Message

# Said nowhere: they are about the card, not about somebody.
_ABOUT = frozenset(
    {
        *("VERSION", "PRODID", "REV", "UID", "SOURCE", "CLASS", "MAILER", "SORT-STRING", "PROFILE"),
        *("CLIENTPIDMAP", "KIND", "XML", "LABEL", "FN", "N", "X-ABUID", "X-ABSHOWAS", "X-ABLABEL"),
        *("X-ABADR", "X-ADDRESSBOOKSERVER-KIND", "X-IMAGEHASH", "X-IMAGETYPE"),
    }
)


@dataclass(slots=True)
class Property:
    """A line of a card: TEL;TYPE=CELL:13800138001."""

    name: str
    group: str
    types: frozenset[str]  # values of parameters, in capitals
    params: Mapping[str, str]
    value: str


@dataclass(slots=True)
class Card:
    """A card as far as it was read, and what is wrong with it."""

    line: int
    properties: list[Property] = field(default_factory=list)
    flaw: Message | None = None
    lines: int = 0


_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def _text(value: str) -> str:
    """A value without its escapes."""
    return _ESCAPE.sub(lambda one: "\n" if one[1] in "nN" else one[1], value).strip()


def _split(value: str, sign: str = ";") -> list[str]:
    """The parts of a value, at a sign that no backslash stands before."""
    parts = [""]
    for piece in re.findall(rf"\\.|[^\\{sign}]+|{sign}|\\", value, re.DOTALL):
        if piece == sign:
            parts.append("")
        else:
            parts[-1] += piece
    return list(map(_text, parts))


_MOBILE = frozenset({"CELL", "IPHONE", "MOBILE", "手机", "移动电话", "行動電話"})
_HAN = re.compile("[\u3400-\u9fff\U00020000-\U000323af·]+")
_SIX = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:T.*)?", re.ASCII)
_YEARLESS = re.compile(r"--(\d{2})-?(\d{2})(?:T.*)?", re.ASCII)
_NO_YEAR = ("1604", "0000", "1600")  # what Apple and Android write where there is none


class _Cells:
    """What a card says, column by column; each text once."""

    def __init__(self, card: Card, left: dict[str, int]) -> None:
        self.card, self.left = card, left
        self.found: dict[str, list[str]] = {}
        self.labels = {
            one.group: _text(one.value).removeprefix("_$!<").removesuffix(">!$_")
            for one in card.properties
            if one.name == "X-ABLABEL" and one.group
        }

    def add(self, column: str, text: str) -> None:
        if text and text not in self.found.get(column, ()):
            self.found.setdefault(column, []).append(text)

    def leave(self, what: str) -> None:
        self.left[what] = self.left.get(what, 0) + 1

    def label_of(self, one: Property) -> str:
        """What somebody called a line: item1.X-ABLabel:主页."""
        return self.labels.get(one.group, "")

    def read(self) -> dict[str, list[str]]:
        """The columns of the card that hold something."""
        for one in sorted(self.card.properties, key=self._preferred):
            if not one.value.strip(" ;,"):
                continue
            reader = _READERS.get(one.name)
            if reader is not None:
                reader(self, one)
            elif one.name not in _ABOUT:
                self.leave(one.name)
        self._name()
        return {column: some for column, some in self.found.items() if some}

    def _first(self, name: str) -> str:
        return next((one.value for one in self.card.properties if one.name == name), "")

    def _preferred(self, one: Property) -> tuple[bool, bool]:
        """Mobile numbers first, and of these and others the preferred ones."""
        mobile = one.types & _MOBILE or self.label_of(one).upper() in _MOBILE
        return (
            one.name == "TEL" and not mobile,
            "PREF" not in one.types and "PREF" not in one.params,
        )

    def _name(self) -> None:
        """The name, in Chinese with the family first; none where the card is that of a company."""
        family, given, more, *_ = [*_split(self._first("N")), "", "", ""]
        parts = [part for part in (family, given, more) if part]
        name = _text(self._first("FN"))
        if parts and (not name or all(map(_HAN.fullmatch, parts))):
            han = all(map(_HAN.fullmatch, parts))
            name = "".join(parts) if han else " ".join(p for p in (given, more, family) if p)
        company = self.found.get("Organization", [""])[0]
        whole = (
            self._first("KIND").casefold() == "org"
            or "company" in self._first("X-ABSHOWAS").casefold()
        )
        if whole and not company:
            self.add("Organization", name)
        if not (whole or (name == company and not parts) or self._is_number(name)):
            self.add("Full name", name)

    def _is_number(self, name: str) -> bool:
        """Whether a program has put the number where a name is wanting."""
        return (
            _digits(name) in map(_digits, self.found.get("phone", ())) if _digits(name) else False
        )


def _digits(text: str) -> str:
    """The digits of a text that is nothing but a number."""
    return "" if re.search(r"[^\W\d_]", text) else re.sub(r"\D", "", text)


def _phone(cells: _Cells, one: Property) -> None:
    text = _text(one.value)
    if text.lower().startswith("tel:"):
        text = text[4:].split(";")[0]
    if one.types & {"FAX", "PAGER", "TELEX"}:
        cells.add("Aside", f"[FAX] {text}")
    elif _digits(text) not in map(_digits, cells.found.get("phone", ())) or not _digits(text):
        cells.add("phone", text)


def _email(cells: _Cells, one: Property) -> None:
    cells.add("email", re.sub("^mailto:", "", _text(one.value), flags=re.IGNORECASE))


def _organization(cells: _Cells, one: Property) -> None:
    company, *units = _split(one.value)
    if cells.found.get("Organization"):
        units = [company, *units]
    else:
        cells.add("Organization", company)
    for unit in filter(None, units):
        cells.add("Aside", f"[ORG] {unit}")


def _title(cells: _Cells, one: Property) -> None:
    text = _text(one.value)
    there = cells.found.get("Job title", [text])
    cells.add(*("Job title", text) if there == [text] else ("Aside", f"[{one.name}] {text}"))


def _note(cells: _Cells, one: Property) -> None:
    cells.add("Note", _text(one.value))


def _categories(cells: _Cells, one: Property) -> None:
    for tag in _split(one.value, ","):
        cells.add("Categories", tag)


def _nickname(cells: _Cells, one: Property) -> None:
    for name in _split(one.value, ","):
        cells.add("Nickname", name)


def _gender(cells: _Cells, one: Property) -> None:
    said = _GENDERS.get(_split(one.value)[0].casefold())
    if said is None:
        cells.leave(one.name)
    else:
        cells.add("Gender", said)


_GENDERS = {
    "m": "male",
    "male": "male",
    "男": "male",
    "f": "female",
    "female": "female",
    "女": "female",
}


def _address(cells: _Cells, one: Property) -> None:
    box, more, street, city, region, code, country = [*_split(one.value), *[""] * 7][:7]
    parts = [country, region, city, street, more, box, code]
    if not any(map(_HAN.search, parts)):
        parts = [box, more, street, city, region, code, country]
        text = ", ".join(filter(None, parts))
    else:
        text = " ".join(filter(None, parts))
    if cells.found.get("Address"):
        cells.add("Aside", f"[ADR] {text}")
    else:
        cells.add("Address", text)
        cells.add("City", city)


def _day(cells: _Cells, one: Property, column: str = "Birthday") -> None:
    """A yearly day; one of the Chinese calendar is left, as nothing says how it is written."""
    text = _text(one.value)
    if "CHINESE" in one.types or "LUNAR" in one.types:
        cells.leave(f"{one.name} (lunar)")
        return
    omitted = one.params.get("X-APPLE-OMIT-YEAR")
    day, yearless = _SIX.fullmatch(text), _YEARLESS.fullmatch(text)
    if yearless:
        text = f"{yearless[1]}-{yearless[2]}"
    elif day and (day[1] == omitted or day[1] in _NO_YEAR):
        text = f"{day[2]}-{day[3]}"
    elif day and "T" not in text.upper():
        text = "-".join(day.groups())
    elif day and not text.upper().endswith("Z"):
        text = f"{day[1]}-{day[2]}-{day[3]}"
    if cells.found.get(column) not in (None, [text]):
        cells.add("Aside", f"[{one.name}] {text}")
    else:
        cells.add(column, text)


def _anniversary(cells: _Cells, one: Property) -> None:
    _day(cells, one, "Anniversary")


def _labelled_day(cells: _Cells, one: Property) -> None:
    """item1.X-ABDATE with item1.X-ABLabel:_$!<Anniversary>!$_."""
    label = cells.label_of(one)
    if label.casefold() in _WEDDING:
        _day(cells, one, "Anniversary")
    else:
        cells.add("Aside", f"[{visible(label, 40) or one.name}] {_text(one.value)}")


_WEDDING = frozenset({"anniversary", "纪念日", "结婚纪念日", "wedding"})


def _android(cells: _Cells, one: Property) -> None:
    """X-ANDROID-CUSTOM:vnd.android.cursor.item/contact_event;2010-05-20;1;;;"""
    what, value, number, *_ = [*_split(one.value), "", "", ""]
    if what.endswith("/nickname"):
        cells.add("Nickname", value)
    elif what.endswith("/contact_event") and number in ("1", "3"):
        day = Property(one.name, "", one.types, one.params, value)
        _day(cells, day, "Anniversary" if number == "1" else "Birthday")
    elif value:
        cells.leave(one.name)


_READERS: Mapping[str, Callable[[_Cells, Property], None]] = {
    "TEL": _phone,
    "EMAIL": _email,
    "ORG": _organization,
    "TITLE": _title,
    "ROLE": _title,
    "NOTE": _note,
    "CATEGORIES": _categories,
    "NICKNAME": _nickname,
    "X-NICKNAME": _nickname,
    "GENDER": _gender,
    "X-GENDER": _gender,
    "ADR": _address,
    "BDAY": _day,
    "ANNIVERSARY": _anniversary,
    "X-ANNIVERSARY": _anniversary,
    "X-EVOLUTION-ANNIVERSARY": _anniversary,
    "X-ABDATE": _labelled_day,
    "X-ANDROID-CUSTOM": _android,
}


def _is_group(card: Card) -> bool:
    """Whether a card is a list of others."""
    return any(
        one.name in ("KIND", "X-ADDRESSBOOKSERVER-KIND") and one.value.strip().casefold() == "group"
        for one in card.properties
    )


def cells_of(card: Card, left: dict[str, int]) -> dict[str, list[str]]:
    if _is_group(card):
        left["KIND:group"] = left.get("KIND:group", 0) + 1
        return {}
    return _Cells(card, left).read()
