"""The kinds of columns. A kind reads the text of a cell or option, and shows a value: to machines,
in a file for people, at a terminal. What is done is chosen once for a column, not for each value.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, tzinfo
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from typing import Any, Literal, Protocol
from zoneinfo import ZoneInfo

from tourcrm.base import parsing, preferences, ratings, ratio, vocabulary
from tourcrm.base.display import visible
from tourcrm.base.errors import CellError
from tourcrm.base.i18n import N_, _, language
from tourcrm.base.lunar import LABEL_NAMES, lunar_text
from tourcrm.base.moments import moment_text
from tourcrm.base.money import format_amount, parse_amount, parse_currency, plain_amount
from tourcrm.base.parsing import NO_NAME, NO_TEXT, NOTHING, former_regions
from tourcrm.base.parsing.former_regions import Former
from tourcrm.base.patterns import pattern
from tourcrm.base.qualifiers import calendar_of, in_calendar

Parse = Callable[[str], Any]  # of a cell that is not blank; raises CellError
Cell = Callable[[Any], Any]  # of a value that is there
Say = Callable[[Any], str]

# They say no in a column of yes and no.
_NOES = frozenset({"无", "没有", "無", "沒有"})


@dataclass(frozen=True, slots=True)
class Terms:
    """What the reading of cells depends on."""

    region: str
    currency: str
    zone: ZoneInfo
    date_order: str | None = None  # dmy or mdy, where somebody or the column says so
    serials: bool = False  # days may be numbers, as Excel counts them
    epoch1904: bool = False
    words: tuple[tuple[str, str], ...] = ()  # of the sheet, and the values that they mean
    today: date | None = None  # where it is known: nobody is born after it
    any_currency: bool = False  # amounts may be in others, which are converted later
    former: Former | None = None  # regions of before, where the region was changed

    def numbers(self, read: Callable[..., Any]) -> Parse:
        """A parser of phone numbers, told the countries whose they may be."""
        return former_regions.reader(read, self.region, self.former)

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


def _as_it_is(view: View) -> Cell:
    return lambda value: value if isinstance(value, (date, int)) else str(value)


def _visible(view: View) -> Say:
    return lambda value: visible(str(value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What is done with the cells and values of a column, and what there is to know of them."""

    parser: Callable[[Terms], Parse] | None = None  # None: it is only shown
    keep: Callable[[Any], Any] | None = None  # makes of what was read what the database stores
    machine: Callable[[View], Cell | None] = lambda view: None  # None: the value, or its str()
    csv: Callable[[View], Cell] | None = None  # where CSV, which has but texts, differs
    file: Callable[[View], Cell] = _as_it_is  # for people, all that import reads back
    person: Callable[[View], Say] = _visible  # at a terminal, safe to print
    number: bool = False  # it stands on the right
    unbroken: bool = False  # no number, but not to be cut in two either
    dated: bool = False  # its cells may be 5/3/2024: the column must settle which is the month
    private: bool = False  # its cells may be personal numbers
    exact: bool = False  # JSON has its digits without quotes
    worded: bool = False  # a file for people says more than the machine's
    summed: bool = False  # a cell that is merged over several rows is that of all together
    sheet: Literal["text", "number", "amount", "day"] = "text"  # in a workbook
    nothing: frozenset[str] = NOTHING  # what means blank in its cells
    longest_plain: int = 0  # cells up to this length are taken as they are unless they are `odd`
    odd: Callable[[str], bool] = lambda joined: _odd_in_texts(joined)

    @property
    def whole(self) -> bool:
        """Whether a value is not to be cut in two."""
        return self.number or self.unbroken

    def read(self, terms: Terms) -> Parse:
        """What reads the text of a cell or an option."""
        if self.parser is None:
            raise TypeError("a kind that is only shown")
        return self.parser(terms)

    def stage(self, terms: Terms) -> Parse:
        """What reads a cell into what the database stores."""
        read, keep = self.read(terms), self.keep
        return read if keep is None else lambda cell: keep(read(cell))


def _always(parse: Parse) -> Callable[[Terms], Parse]:
    return lambda terms: parse


def _odd_in_texts(joined: str) -> bool:
    if joined.isascii():
        return not joined.isprintable()
    printable = joined.replace("\u3000", " ").isprintable()
    return not (printable and unicodedata.is_normalized("NFC", joined))


def _odd_in_codes(joined: str) -> bool:
    return _NOT_OF_A_CODE.search(joined) is not None


_NOT_OF_A_CODE = pattern(r"[^A-Za-z0-9 _./#-]")


# --- what some kinds say --------------------------------------------------------------------------


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


def _dialled(view: View) -> Cell:
    """A phone in a file, as it is dialled."""
    if view.region != "CN":
        return str
    return lambda value: _grouped(str(value)).replace(" ", "")


_SPECIAL_DATE = pattern(r"\s*([^=;；]{1,50})=([^;；]+)(?:[;；]|$)")
_LUNAR = pattern(r"lunar (?P<leap>leap )?(?:(?P<year>\d{4})-)?(?P<month>\d\d)-(?P<day>\d\d)")
_LABEL = pattern(r"(^|; )([^=;]+)(?==)")


def special_dates(cell: str, parse: Parse) -> tuple[tuple[str, Any], ...]:
    """The special days of a cell, each with its label."""
    found = []
    at = 0
    for match in _SPECIAL_DATE.finditer(cell):
        if match.start() != at:
            break
        calendar, label = calendar_of(parsing.text(match[1], 50))
        found.append((label, parse(in_calendar(match[2], calendar))))
        at = match.end()
    if not found or cell[at:].strip():
        raise CellError(N_('special dates are written "wedding=05-20; birthday=lunar 08-15"'))
    return tuple(found)


_SOURCE = pattern(r"(?:([^=;；]{1,40})=)?([^=;；]+)")


def source_numbers(cell: str) -> tuple[tuple[str, str], ...]:
    """The numbers that sources have for a customer: "ctrip=M123; 飞猪=88". One alone does not say
    whose it is: its source is ""."""
    found = []
    for part in re.split("[;；]", cell.strip().rstrip(";；")):
        match = _SOURCE.fullmatch(part.strip())
        if match is None:
            raise CellError(N_('numbers of sources are written "ctrip=M123; fliggy=88"'))
        source = parsing.text(match[1], 40) if match[1] else ""
        found.append((source, parsing.code(match[2])))
    return tuple(dict.fromkeys(found))


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


def _local(form: str) -> Callable[[View], Say]:
    return lambda view: lambda moment: str(moment.astimezone(view.zone).strftime(form))


def _to_the_second(view: View) -> Say:
    """A moment with its seconds, or the contact would be another one when it is imported."""
    say = _local("%Y-%m-%d %H:%M:%S")(view)
    return lambda moment: say(moment).removesuffix(":00")


def _yes_no(view: View) -> Say:
    return lambda value: _("yes") if value else _("no")


# --- the kinds ------------------------------------------------------------------------------------

_TEXT = Kind(parser=_always(parsing.text), longest_plain=10_000, nothing=NO_TEXT)
_PHONE = Kind(
    parser=lambda terms: terms.numbers(parsing.phone),
    file=_dialled,
    person=lambda view: lambda value: visible(_grouped(str(value))),
    unbroken=True,
    worded=True,
)
_SPECIAL_DAY = Kind(
    parser=lambda terms: terms.dated(parsing.special_day, zone=terms.zone),
    file=lambda view: lambda value: _special_days(str(value)),
    dated=True,
    worded=True,
)
_COUNT = Kind(parser=_always(parsing.count), number=True, sheet="number")
_POINTS = replace(_COUNT, nothing=NOTHING | ratings.UNANSWERED)
_NUMBER = Kind(
    machine=lambda view: "{:.6f}".format,
    file=lambda view: lambda value: round(float(value), 4),
    person=lambda view: "{:.2f}".format,
    number=True,
    exact=True,
    sheet="number",
)


_FIGURE = pattern(r"[+-]?[0-9]{1,12}(?:\.[0-9]{1,6})?")


def _figure(cell: str) -> str:
    """A number of a field of the agency's own, without needless digits: 1,200.50 is 1200.5."""
    plain = unicodedata.normalize("NFKC", cell).replace(",", "").strip()
    if not _FIGURE.fullmatch(plain):
        raise CellError(N_("it is no number: write one such as 30 or 30.5"))
    found = Decimal(plain).normalize()
    return f"{found:f}" if found else "0"


def _rounded(score: float) -> str:
    whole = int(abs(score) + 0.5)
    return f"{whole if score > 0 else -whole:+d}" if whole else "0"


def _day_of(day: date | str) -> date:
    """A day, which a list has as the text that is stored."""
    return date.fromisoformat(day) if isinstance(day, str) else day


KINDS: dict[str, Kind] = {
    "text": _TEXT,
    "summary": replace(  # of a contact
        _TEXT,
        person=lambda view: lambda value: visible(ratings.in_words(str(value), language())),
    ),
    "handle": replace(_TEXT, nothing=NOTHING),  # of an account
    "name": Kind(parser=_always(parsing.name), nothing=NO_NAME),
    "code": Kind(parser=_always(parsing.code), unbroken=True, longest_plain=64, odd=_odd_in_codes),
    "customer": Kind(  # one is named by a code, phone, ID number or name; the use case finds whom
        parser=_always(partial(parsing.text, limit=200)),
        unbroken=True,
        private=True,
        longest_plain=200,
        nothing=NO_NAME,
    ),
    "email": Kind(parser=_always(parsing.email)),
    "file": Kind(person=lambda view: lambda path: visible(Path(str(path)).name)),
    "flag": Kind(
        parser=_always(parsing.flag),
        csv=lambda view: lambda value: str(value).lower(),
        file=_yes_no,
        person=_yes_no,
        worded=True,
        nothing=NOTHING - _NOES,
    ),
    "tags": Kind(
        parser=_always(parsing.tags),
        machine=lambda view: ";".join,
        file=lambda view: "、".join,
        person=lambda view: lambda value: visible("、".join(value)),
        worded=True,
    ),
    "list": Kind(csv=lambda view: "; ".join),  # of texts; only shown
    "phone": _PHONE,
    "phones": replace(_PHONE, parser=lambda terms: terms.numbers(parsing.phones)),
    "id_number": Kind(parser=lambda terms: partial(parsing.id_number, today=terms.today)),
    "passport": Kind(parser=_always(parsing.passport)),
    "day": Kind(
        parser=lambda terms: terms.dated(parsing.day, zone=terms.zone),
        keep=date.isoformat,
        unbroken=True,
        dated=True,
        sheet="day",
        file=lambda view: _day_of,
    ),
    "moment": Kind(
        parser=lambda terms: terms.dated(parsing.moment, zone=terms.zone),
        keep=moment_text,
        machine=lambda view: lambda at: at.astimezone(view.zone).isoformat(timespec="seconds"),
        file=_to_the_second,
        person=_local("%Y-%m-%d %H:%M"),
        unbroken=True,
        dated=True,
        worded=True,
    ),
    "special_day": _SPECIAL_DAY,
    "special_dates": replace(  # several, each with its label, as our own export has them
        _SPECIAL_DAY,
        parser=lambda terms: partial(
            special_dates, parse=terms.dated(parsing.special_day, zone=terms.zone)
        ),
        dated=False,
    ),
    "preferences": Kind(  # key=value; key=value, as one text
        parser=_always(preferences.pairs),
        file=lambda view: lambda value: preferences.labelled(str(value), language()),
        person=lambda view: lambda value: visible(preferences.labelled(str(value), language())),
        worded=True,
    ),
    "reply": Kind(  # how and when somebody wants to be reached
        file=lambda view: lambda value: preferences.reply_label(str(value), language()),
        person=lambda view: lambda value: visible(preferences.reply_label(str(value), language())),
        worded=True,
    ),
    "figure": Kind(  # of a field of the agency's own, stored as its digits
        parser=_always(_figure),
        machine=lambda view: str,
        file=lambda view: float,
        person=lambda view: str,
        number=True,
        exact=True,
        sheet="number",
    ),
    "sources": Kind(parser=_always(source_numbers)),
    "count": _COUNT,
    "score": replace(  # points, with their sign: whole for people, halves away from 0
        _NUMBER,
        machine=lambda view: lambda n: f"{n:.6f}".rstrip("0").rstrip("."),
        person=lambda view: _rounded,
    ),
    "rating": replace(
        _POINTS,
        parser=_always(ratings.rating),
        person=lambda view: f"{{}}/{ratings.BEST}".format,
    ),  # 1 to 5
    "nps": replace(_POINTS, parser=_always(ratings.recommendation)),  # 0 to 10
    "number": _NUMBER,
    "share": replace(_NUMBER, person=lambda view: "{:.1%}".format),
    "amount": Kind(  # in fen
        parser=lambda terms: partial(parse_amount, currency=terms.currency),
        machine=lambda view: plain_amount,
        file=lambda view: lambda fen: Decimal(fen).scaleb(-2),
        person=lambda view: partial(format_amount, currency=view.currency),
        number=True,
        exact=True,
        summed=True,
        sheet="amount",
    ),
    "currency": Kind(parser=lambda terms: partial(parse_currency, currency=terms.currency)),
    "pay_ratio": Kind(  # what is left to pay: 80%
        parser=_always(ratio.parse),
        machine=lambda view: lambda value: f"{ratio.exact(value):f}",
        file=lambda view: ratio.percent,
        person=lambda view: ratio.percent,
        number=True,
        exact=True,
        worded=True,
    ),
}
KINDS["signed"] = replace(  # an amount that may be below zero
    KINDS["amount"],
    parser=lambda terms: partial(parse_amount, currency=terms.currency, signed=True),
)
KINDS["part"] = replace(KINDS["pay_ratio"], parser=_always(ratio.parse_share))  # of an amount: 10%
_OF_WORDS = frozenset({"word", "gender", "several"})  # kinds whose cells are words of a table


_SEVERAL = pattern("[;；,，、/]")
_SEVERAL_SAID = {"zh": "、", "en": ", "}


def _several(cell: str, read: Parse, values: tuple[str, ...]) -> str:
    """Several words of a table in one cell, in its order: lowest_cost;vip_care."""
    found = {read(part.strip()) for part in _SEVERAL.split(cell) if part.strip()}
    if not found:
        raise CellError(N_("it is empty"))
    return ";".join(value for value in values if value in found)


@cache
def kind_of(name: str, words: str) -> Kind:
    """The kind of this name; words: the table of vocabulary.WORDS of those that have one."""
    if name not in _OF_WORDS:
        return KINDS[name]

    known = vocabulary.vocabulary(words)

    values = vocabulary.values(words)

    def label(value: str) -> str:
        return vocabulary.label(words, value, language())

    def say(view: View) -> Say:
        if name != "several":
            return label
        return lambda value: _SEVERAL_SAID[language()].join(map(label, value.split(";")))

    def parser(terms: Terms) -> Parse:
        own = {parsing.word_key(word): value for word, value in terms.words if value in values}
        read = partial(parsing.word, words={**known, **own} if own else known)
        return read if name != "several" else partial(_several, read=read, values=values)

    return Kind(
        parser=parser,
        file=say,
        person=say,
        worded=True,
        nothing=frozenset(one for one in NOTHING if one.casefold() not in known),
    )
