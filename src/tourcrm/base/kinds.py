"""The kinds of columns. A kind reads the text of a cell or option, and shows a value: to machines,
in a file for people, at a terminal. What is done is chosen once for a column, not for each value.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Literal, Protocol
from zoneinfo import ZoneInfo

from tourcrm.base import parsing, ratings, ratio, vocabulary
from tourcrm.base.display import visible
from tourcrm.base.errors import CellError
from tourcrm.base.i18n import N_, _, language
from tourcrm.base.lunar import LABEL_NAMES, lunar_text
from tourcrm.base.moments import moment_text
from tourcrm.base.money import format_amount, parse_amount, plain_amount

Parse = Callable[[str], Any]  # of a cell that is not blank; raises CellError
Cell = Callable[[Any], Any]  # of a value that is there
Say = Callable[[Any], str]

# What people write into a cell that they leave empty.
NOTHING = frozenset(
    {"-", "--", "—", "——", "/", "\\", "无", "暂无", "没有", "n/a", "#n/a", "null", "nil"}
)


@dataclass(frozen=True, slots=True)
class Terms:
    """What the reading of cells depends on."""

    region: str
    currency: str
    zone: ZoneInfo
    date_order: str | None = None  # dmy or mdy, where somebody or the column says so
    serials: bool = False  # days may be numbers, as Excel counts them
    epoch1904: bool = False

    def dated(self, parse: Callable[..., Any], **more: Any) -> Parse:
        """A parser of days, told how they are written."""
        return partial(
            parse,
            order=self.date_order,
            serials=self.serials,
            epoch1904=self.epoch1904,
            **more,
        )


class View(Protocol):
    """What the showing of values depends on, but for the language."""

    @property
    def currency(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def zone(self) -> tzinfo: ...


class Kind:
    """What all kinds do unless they say otherwise."""

    number = False  # it stands on the right
    whole = False  # it is not to be cut in two
    dated = False  # its cells may be 5/3/2024: the column must settle which is the month
    private = False  # its cells may be personal numbers
    exact = False  # JSON has its digits without quotes
    worded = False  # a file for people says more than the machine's
    summed = False  # a cell that is merged over several rows is that of all together
    sheet: Literal["text", "number", "amount", "day"] = "text"  # in a workbook
    nothing: frozenset[str] = NOTHING  # what means blank in its cells
    longest_plain = 0  # cells up to this length are taken as they are if `is_plain`

    def __init__(self, parse: Parse | None = None) -> None:
        self.parse = parse

    def parser(self, terms: Terms, words: str) -> Parse:
        """What reads a cell."""
        if self.parse is None:
            raise TypeError(f"{type(self).__name__} is only shown")
        return self.parse

    def stager(self, terms: Terms, words: str) -> Parse:
        """What reads a cell into what the database stores."""
        return self.parser(terms, words)

    def is_plain(self, joined: str) -> bool:
        """Whether cells, all in one text, hold nothing that needs a second look: every character
        can be seen, and the blanks among them are ordinary ones."""
        return joined.replace("\u3000", " ").isprintable()

    def machine(self, view: View) -> Cell | None:
        """What makes the form for machines; None where it is the value, or its str()."""
        return None

    def csv(self, view: View) -> Cell | None:
        """The same for a cell of CSV, which knows nothing but text."""
        return self.machine(view)

    def file(self, view: View, words: str) -> Cell:
        """What makes the cell of a file for people, all that import reads back."""
        return lambda value: value if isinstance(value, (date, int)) else str(value)

    def person(self, view: View, words: str) -> Say:
        """What a person reads at a terminal, safe to print."""
        return lambda value: visible(str(value))


# --- texts and words ------------------------------------------------------------------------------


class Text(Kind):
    longest_plain = 10_000
    nothing = frozenset()


class Name(Kind):
    nothing = frozenset()


class Handle(Text):
    """The name of an account, which "-" and "none" are not."""

    nothing = NOTHING


class Code(Kind):
    whole = True
    longest_plain = 64

    def is_plain(self, joined: str) -> bool:
        return _NOT_OF_A_CODE.search(joined) is None


_NOT_OF_A_CODE = re.compile(r"[^A-Za-z0-9 _./#-]")


class Customer(Kind):
    """One is named, by a code, phone, ID number or name; the use case finds whom."""

    whole = private = True
    longest_plain = 200


class File(Kind):
    """A path, of which a person sees the name."""

    def person(self, view: View, words: str) -> Say:
        return lambda value: visible(Path(str(value)).name)


class Word(Kind):
    worded = True

    def parser(self, terms: Terms, words: str) -> Parse:
        return partial(parsing.word, words=vocabulary.vocabulary(words))

    def file(self, view: View, words: str) -> Cell:
        return self.person(view, words)

    def person(self, view: View, words: str) -> Say:
        return lambda value: vocabulary.label(words, value, language())


class Gender(Word):
    nothing = NOTHING | {"none", "unknown", "未知", "不详", "不明", "保密"}


class Flag(Kind):
    worded = True
    nothing = NOTHING - {"无", "没有"}  # they say no

    def csv(self, view: View) -> Cell:
        return lambda value: str(value).lower()

    def file(self, view: View, words: str) -> Cell:
        return self.person(view, words)

    def person(self, view: View, words: str) -> Say:
        return lambda value: _("yes") if value else _("no")


class Tags(Kind):
    worded = True

    def machine(self, view: View) -> Cell:
        return ";".join

    def file(self, view: View, words: str) -> Cell:
        return "、".join

    def person(self, view: View, words: str) -> Say:
        return lambda value: visible("、".join(value))


# --- phones ---------------------------------------------------------------------------------------


class Phone(Kind):
    """parse: of one number, or of up to two in a cell."""

    whole = worded = True

    def parser(self, terms: Terms, words: str) -> Parse:
        parse: Callable[..., Any] = super().parser(terms, words)
        return partial(parse, region=terms.region)

    def file(self, view: View, words: str) -> Cell:
        if view.region != "CN":
            return str
        return lambda value: _grouped(str(value)).replace(" ", "")  # as it is dialled

    def person(self, view: View, words: str) -> Say:
        return lambda value: visible(_grouped(str(value)))


def _grouped(phone: str) -> str:
    """A Chinese number as it is read aloud: 138 1234 5678, 0512-68001234; others as they are."""
    digits = phone.removeprefix("+86")
    if digits == phone:
        return phone
    if len(digits) == 11 and digits[0] == "1":
        return f"{digits[:3]} {digits[3:7]} {digits[7:]}"
    if digits.startswith(("400", "800")) and len(digits) == 10:
        return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
    area = 2 if digits.startswith(("10", "2")) else 3
    return f"0{digits[:area]}-{digits[area:]}"


# --- days -----------------------------------------------------------------------------------------


class Day(Kind):
    whole = dated = True
    sheet = "day"

    def parser(self, terms: Terms, words: str) -> Parse:
        return terms.dated(parsing.day)

    def stager(self, terms: Terms, words: str) -> Parse:
        parse = self.parser(terms, words)
        return lambda cell: parse(cell).isoformat()


class Moment(Kind):
    whole = dated = worded = True

    def parser(self, terms: Terms, words: str) -> Parse:
        return terms.dated(parsing.moment, zone=terms.zone)

    def stager(self, terms: Terms, words: str) -> Parse:
        parse = self.parser(terms, words)
        return lambda cell: moment_text(parse(cell))

    def machine(self, view: View) -> Cell:
        return lambda moment: moment.astimezone(view.zone).isoformat(timespec="seconds")

    def file(self, view: View, words: str) -> Cell:
        # With its seconds, or the contact would be another one when it is imported.
        def said(moment: datetime) -> str:
            text = moment.astimezone(view.zone).strftime("%Y-%m-%d %H:%M:%S")
            return text.removesuffix(":00")

        return said

    def person(self, view: View, words: str) -> Say:
        return lambda moment: str(moment.astimezone(view.zone).strftime("%Y-%m-%d %H:%M"))


class SpecialDay(Kind):
    dated = worded = True

    def parser(self, terms: Terms, words: str) -> Parse:
        return terms.dated(parsing.special_day)

    def file(self, view: View, words: str) -> Cell:
        return lambda value: _special_days(str(value))


class SpecialDates(SpecialDay):
    """Several, each with its label, as our own export has them."""

    dated = False

    def parser(self, terms: Terms, words: str) -> Parse:
        return partial(special_dates, parse=super().parser(terms, words))


_SPECIAL_DATE = re.compile(r"\s*([^=;；]{1,50})=([^;；]+)(?:[;；]|$)")
_LUNAR = re.compile(r"lunar (?P<leap>leap )?(?:(?P<year>\d{4})-)?(?P<month>\d\d)-(?P<day>\d\d)")
_LABEL = re.compile(r"(^|; )([^=;]+)(?==)")


def special_dates(cell: str, parse: Parse) -> tuple[tuple[str, Any], ...]:
    """The special days of a cell, each with its label."""
    found = []
    at = 0
    for match in _SPECIAL_DATE.finditer(cell):
        if match.start() != at:
            break
        found.append((parsing.text(match[1], 50), parse(match[2])))
        at = match.end()
    if not found or cell[at:].strip():
        raise CellError(N_('special dates are written "wedding=05-20; birthday=lunar 08-15"'))
    return tuple(found)


def _special_days(text: str) -> str:
    """Special days in Chinese words where Chinese is spoken: 结婚纪念日=农历八月十五."""
    if language() != "zh":
        return text

    def said(found: re.Match[str]) -> str:
        leap = bool(found["leap"])
        day = lunar_text(int(found["month"]), int(found["day"]), leap, "zh")
        return f"农历{found['year']}年{day.removeprefix('农历')}" if found["year"] else day

    named = _LABEL.sub(lambda found: found[1] + _(LABEL_NAMES.get(found[2], found[2])), text)
    return _LUNAR.sub(said, named)


# --- numbers --------------------------------------------------------------------------------------


class Whole(Kind):
    """A whole number."""

    number = whole = True
    sheet = "number"


class Signed(Whole):
    """With its sign."""

    def person(self, view: View, words: str) -> Say:
        return lambda value: f"{value:+d}" if value else "0"


class Points(Whole):
    """On a scale."""

    nothing = NOTHING | ratings.UNANSWERED


class Decimals(Kind):
    """form: how a person reads it."""

    number = whole = exact = True
    sheet = "number"

    def __init__(self, form: str) -> None:
        super().__init__()
        self.form = form

    def machine(self, view: View) -> Cell:
        return "{:.6f}".format

    def file(self, view: View, words: str) -> Cell:
        return lambda value: round(float(value), 4)

    def person(self, view: View, words: str) -> Say:
        return self.form.format


class Amount(Kind):
    """In fen."""

    number = whole = exact = summed = True
    sheet = "amount"

    def parser(self, terms: Terms, words: str) -> Parse:
        return partial(parse_amount, currency=terms.currency)

    def machine(self, view: View) -> Cell:
        return plain_amount

    def file(self, view: View, words: str) -> Cell:
        return lambda fen: Decimal(fen).scaleb(-2)

    def person(self, view: View, words: str) -> Say:
        return partial(format_amount, currency=view.currency)


class PayRatio(Kind):
    """What is left to pay: 80%."""

    number = whole = exact = worded = True

    def machine(self, view: View) -> Cell:
        return lambda value: f"{ratio.exact(value):f}"

    def file(self, view: View, words: str) -> Cell:
        return ratio.percent

    def person(self, view: View, words: str) -> Say:
        return ratio.percent


KINDS: Mapping[str, Kind] = {
    "text": Text(parsing.text),
    "name": Name(parsing.name),
    "handle": Handle(parsing.text),
    "code": Code(parsing.code),
    "customer": Customer(partial(parsing.text, limit=Customer.longest_plain)),
    "email": Kind(parsing.email),
    "file": File(),
    "word": Word(),
    "gender": Gender(),
    "flag": Flag(parsing.flag),
    "tags": Tags(parsing.tags),
    "phone": Phone(parsing.phone),
    "phones": Phone(parsing.phones),
    "id_number": Kind(parsing.id_number),
    "passport": Kind(parsing.passport),
    "day": Day(),
    "moment": Moment(),
    "special_day": SpecialDay(),
    "special_dates": SpecialDates(),
    "count": Whole(parsing.count),
    "signed": Signed(),
    "rating": Points(ratings.rating),
    "nps": Points(ratings.recommendation),
    "number": Decimals("{:.2f}"),
    "share": Decimals("{:.1%}"),
    "amount": Amount(),
    "pay_ratio": PayRatio(ratio.parse),
}
