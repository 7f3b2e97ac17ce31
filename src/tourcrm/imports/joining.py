"""How cells are read whose header says more than a name, and how several become one field.

A header may say that its days are lunar, its amounts in 万元, USD or a person; that its cells are
first names, or children, of whom the sheet has other columns, too.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from tourcrm.base import kinds, parsing
from tourcrm.base.columns import Column
from tourcrm.base.columns import header_words as words
from tourcrm.base.columns.headers import Meaning
from tourcrm.base.errors import CellError, Message
from tourcrm.base.i18n import N_
from tourcrm.base.kinds import Parse, Terms
from tourcrm.base.money import LIMIT, is_of
from tourcrm.base.qualifiers import Qualifier, in_calendar
from tourcrm.imports import asides, currencies, note_entries

_HAN = re.compile("[\u3400-\u9fff\U00020000-\U000323af·]+")
_HAN_DAY = re.compile("[正一二三四五六七八九十冬腊初廿闰]")
_UNIT = re.compile("[百万千亿wW元圆块]|[a-zA-Z]{3}|[$€£¥₩฿₫₽₹]")
_A_PERSON = re.compile(
    r"\s*[元圆]?\s*(?:[/每]\s*[人位名]|(?:/|per )\s*(?:person|pax|head|guest))\s*$", re.I
)


class Bad:
    """A cell that cannot be taken, and why."""

    __slots__ = ("message",)

    def __init__(self, message: Message) -> None:
        self.message = message


def column_of(column: Column, meaning: Meaning) -> Column:
    """The column as whose cells those of a header are read: 结婚纪念日 holds days, not a list."""
    labelled = meaning.label and column.kind == "special_dates"
    return replace(column, kind="special_day") if labelled else column


def parser(column: Column, meaning: Meaning, terms: Terms) -> Parse:
    """What reads the cells of a column into what the database stores."""
    said = meaning.qualifier
    if column.kind == "count" and meaning.part in ("adults", "children", "infants", "seniors"):
        return partial(parsing.count, low=0)
    if column.kind == "special_dates" and (said.calendar or said.both):
        day = _in_calendar(terms.dated(parsing.special_day), said)
        return partial(kinds.special_dates, parse=day)
    parse = asides.reader(column, terms) or column.type.stage(terms)
    if meaning.part == words.ASIDE:
        return lambda cell: note_entries.entry(meaning.label, parse(cell))
    if meaning.part == words.EACH:
        return partial(_pieces, parse)
    if column.kind == "special_day":
        parse = _in_calendar(parse, said)
        return _labelled(parse, meaning.label) if meaning.label else parse
    if column.kind in ("amount", "signed"):
        return _amount(parse, said, terms.currency)
    if column.type.dated and said.calendar == "lunar":
        return _refuse_lunar
    return parse


def _in_calendar(parse: Parse, said: Qualifier) -> Parse:
    def read(cell: str) -> Any:
        if said.both and in_calendar(cell, "solar") != cell and not _HAN_DAY.search(cell):
            raise CellError(N_("solar or lunar? Write 3月5日 for solar, 农历三月初五 for lunar"))
        return parse(in_calendar(cell, said.calendar))

    return read


def _labelled(parse: Parse, label: str) -> Parse:
    return lambda cell: ((label, parse(cell)),)


def _refuse_lunar(cell: str) -> Any:
    raise CellError(N_("its header says that it is a lunar day: write that of the solar calendar"))


def _amount(parse: Parse, said: Qualifier, currency: str) -> Parse:
    """Amounts as their header says it, as if each cell did; a unit in the cell itself wins."""
    if said.unclear:
        return _refuse_unclear
    word = said.currency
    foreign = f" {word}" if word and not is_of(word, currency) else ""
    if not (foreign or said.scale or said.head):
        return parse

    def read(cell: str) -> Any:
        text = cell.strip()
        if said.head:
            text = _A_PERSON.sub("", text)
        own = said.scale and _UNIT.search(text)
        if said.scale in _WRITTEN and not own:
            text += said.scale
        amount = parse(text + foreign)
        if own:
            return amount
        return money_of(amount, lambda fen: _scaled(fen, said.scale))

    return read


def money_of(amount: Any, change: Callable[[int], int]) -> Any:
    """An amount with other fen, also where something stands beside it, or it names a currency."""
    match amount:
        case parsing.Beside():
            return replace(amount, value=change(amount.value))
        case currencies.Amount():
            return replace(amount, fen=change(amount.fen))
    return change(amount)


# Scales that an amount may be written in, and what others come to.
_WRITTEN = ("万", "千", "亿")
_FACTORS = {"百万": 1_000_000, "百": 100}


def _scaled(amount: int, scale: str) -> int:
    if scale == "分":
        whole, rest = divmod(amount, 100)
        if rest:
            raise CellError(N_("it has more than two decimals: round it, as in 1200.50"))
        return whole
    found = amount * _FACTORS.get(scale, 1)
    if found > LIMIT:
        raise CellError(N_("the amount is too large: check its digits"))
    return found


def _refuse_unclear(cell: str) -> Any:
    raise CellError(
        N_("its header says that it is for a part of the trip: write the amount of the whole trip")
    )


def together(field: str, meanings: Sequence[Meaning], parts: Sequence[Sequence[Any]]) -> list[Any]:
    """The cells of several columns as those of one field, row by row."""
    named = [meaning.part for meaning in meanings]
    if "first" in named or "last" in named:
        join: Callable[..., Any] = partial(_name, named)
    elif "else" in named:
        join = _first
    elif field in ("special_dates", "tags"):
        join = _all
    elif "more" in named or words.ASIDE in named:
        join = _lines
    else:
        join = _sum
    return [_joined(join, row) for row in zip(*parts, strict=True)]


def without_twins(
    columns: dict[str, list[Any]], nameless: Sequence[bool] | None = None
) -> list[int]:
    """Where a company stands in for a name: nobody works for oneself, and what has no name but
    that of a company is one. Returns the rows that became companies by this."""
    pairs = zip(columns["company"], columns["name"], strict=True)
    same = [company is not None and company == name for company, name in pairs]
    companies = zip(columns["company"], same, strict=True)
    columns["company"] = [None if twin else company for company, twin in companies]
    kinds_there = columns.get("kind", [None] * len(same))
    told = zip(same, nameless or (), kinds_there, strict=False)
    found = [at for at, (twin, blank, kind) in enumerate(told) if twin and blank and kind is None]
    for at in found:
        kinds_there[at] = "company"
    if found:
        columns["kind"] = kinds_there
    return found


def _joined(join: Callable[..., Any], row: Sequence[Any]) -> Any:
    there = [value for value in row if value is not None]
    if len(there) == 0:
        return None
    if join is _first:
        return there[0]
    return next((value for value in there if type(value) is Bad), None) or join(row)


def _first(row: Sequence[Any]) -> Any:
    return next(value for value in row if value is not None)


def _name(named: Sequence[str], row: Sequence[Any]) -> str:
    """张 + 伟 -> 张伟, Wei + Zhang -> Wei Zhang."""
    pairs = zip(named, row, strict=True)
    found = {part: value for part, value in pairs if value is not None and part != "else"}
    if not found:
        return str(_first(row))
    given, middle, last = (found.get(part) for part in ("first", "middle", "last"))
    parts = [part for part in (given, middle, last) if part]
    if all(map(_HAN.fullmatch, parts)):
        return "".join(part for part in (last, middle, given) if part)
    return " ".join(parts)


def _all(row: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(one for some in row if some for one in some))


def _lines(row: Sequence[Any]) -> str | None:
    texts = dict.fromkeys(text for text in row if text and not parsing.is_nothing(text))
    return "\n".join(texts) or None


def _sum(row: Sequence[Any]) -> int | None:
    return sum(value or 0 for value in row) or None


# --- all of them ---------------------------------------------------------------------------------

_BETWEEN = re.compile(r"\s*:::\s*")  # Google's sign between values
_Left = tuple[int, int, str, Message | None]


def _pieces(parse: Parse, cell: str) -> Any:
    """A cell that may hold several values, each of which counts; the rest is handed out."""
    if ":::" not in cell:
        return parse(cell)
    found: list[Any] = []
    beside: list[str] = []
    for piece in filter(None, _BETWEEN.split(cell.strip())):
        value = parse(piece)
        if type(value) is parsing.Beside:
            beside.append(value.rest)
            value = value.value
        found.append(value)
    if not found:
        return None  # signs between nothing
    first, others = _told_apart(found)
    rest = " ".join((*others, *beside))
    return parsing.Beside(first, rest, "more") if rest else first


def _told_apart(values: Sequence[Any]) -> tuple[Any, list[str]]:
    """The value of several, at least one, which is two numbers of phones, and the others."""
    flat = list(dict.fromkeys(one for value in values for one in _flat(value)))
    if type(values[0]) is tuple:
        return (flat[0], flat[1] if len(flat) > 1 else None), flat[2:]
    return flat[0], flat[1:]


def _flat(value: Any) -> list[Any]:
    return [one for one in value if one] if type(value) is tuple else [value]


def each(parts: Sequence[Sequence[Any]]) -> tuple[list[Any], list[_Left]]:
    """The values of a field of several columns, of which all count, and what is left of them:
    row, column, text; or, where a row can do without a damaged cell, the reason."""
    values: list[Any] = []
    rests: list[_Left] = []
    for index, row in enumerate(zip(*parts, strict=True)):
        there = [(at, value) for at, value in enumerate(row) if value is not None]
        good = [(at, value) for at, value in there if type(value) is not Bad]
        if not good:
            values.append(there[0][1] if there else None)
            continue
        first, others = _told_apart([value for _, value in good])
        values.append(first)
        for text in others:
            at = next(at for at, value in good if text in _flat(value))
            rests.append((index, at, text, None))
        rests += [(index, at, "", bad.message) for at, bad in there if type(bad) is Bad]
    return values, rests
