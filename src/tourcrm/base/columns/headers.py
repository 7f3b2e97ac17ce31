"""Which column a header of a sheet means, as people write headers and as forms on the web ask.

A header says a name and, often, how its cells are to be read: 团费（万元）, 生日（农历）, First Name.
Both together are its meaning. `meaning_of` looks at one header alone; which of two headers of a
sheet is used, and what its cells hold, is for the import (imports/headings.py).
"""

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from types import MappingProxyType

from tourcrm.base import qualifiers
from tourcrm.base.columns import header_words as words
from tourcrm.base.columns.column import Column
from tourcrm.base.patterns import pattern
from tourcrm.base.qualifiers import NOTHING_SAID, Qualifier

# The traditional characters of header names, as sheets from Taiwan and Hong Kong have them.
_SIMPLIFIED = str.maketrans(
    "機電話號碼護證單訂價額數聯繫員備註標籤類狀態時間點導領隊線產務團費總應報詢諮發開結離歸顧問經辦銷業負責來職紹紀錄檔記許請擾"
    "語說競爭對稱戶與郵門個進種別選買賣實際參預約積環遊國號內東華區縣鄉鎮萬億誌簡繁運輸輛車載飛達館廳處級歷舊綜婚慶誕禮貴賓戀",
    "机电话号码护证单订价额数联系员备注标签类状态时间点导领队线产务团费总应报询咨发开结离归顾问经办销业负责来职绍纪录档记许请扰"
    "语说竞争对称户与邮门个进种别选买卖实际参预约积环游国号内东华区县乡镇万亿志简繁运输辆车载飞达馆厅处级历旧综婚庆诞礼贵宾恋",
)
_LONGEST = 60  # characters of a header that is a name, and no question


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a header means: the field, and how its cells are to be read."""

    field: str
    rank: int = 0  # how well its name fits the field: the lowest of several headers is used
    qualifier: Qualifier = NOTHING_SAID
    part: str = ""  # its cells are a part of the field: first, middle, last; adults, children
    label: str = ""  # its cells are days of this name


@lru_cache(maxsize=4096)
def folded(header: str) -> str:
    """A header name in the form in which names are compared: no case, blanks, marks or asterisks."""
    import unicodedata

    name = unicodedata.normalize("NFKC", header).casefold().translate(_SIMPLIFIED)
    return "".join(c for c in name if c.isalnum())


@cache
def names(entity: tuple[Column, ...]) -> MappingProxyType[str, str]:
    """Every header name understood for an entity (folded) -> field."""
    understood: dict[str, str] = {}
    for column in entity:
        if column.imported:
            for name in own_names(column):
                understood[name] = column.field
    for column in entity:
        if column.imported:
            for name in column.aliases:
                understood.setdefault(folded(name), column.field)
    return MappingProxyType(understood)


def own_names(column: Column) -> tuple[str, ...]:
    """The names that exports give a column, folded."""
    return tuple(map(folded, (column.field, column.en, column.zh)))


def field_of(header: str, entity: tuple[Column, ...]) -> str | None:
    """The field that a header means."""
    meaning = meaning_of(header, entity)
    return None if meaning is None else meaning.field


@lru_cache(maxsize=4096)
def meaning_of(header: str, entity: tuple[Column, ...]) -> Meaning | None:
    """What a header means; a remark in brackets, 团费（含机票）, counts only if it is known."""
    if len(header) <= _LONGEST:
        found = _named(header, entity)
        if found is not None:
            return found
    field = _asked(header, entity)
    return Meaning(field, words.ASKED) if field else None


# --- names ---------------------------------------------------------------------------------------

_BRACKETS = pattern(r"[(（\[【｛{<《](.*?)[)）\]】｝}>》]", re.DOTALL)
_NUMBERED = pattern(
    r"\s*(?:[①-⑳]|[(（]?[0-9一二三四五六七八九十]{1,3}\s*[)）、．]|(?:Q\s*)?[0-9]{1,3}\s*[.:：]\s*(?![0-9])|"
    r"[A-Z]\s*[.、)）])\s*(?=\S)",
    re.IGNORECASE,
)


def _named(header: str, entity: tuple[Column, ...]) -> Meaning | None:
    whole = _one(folded(header), entity)
    if whole is not None:
        return _with_signs(whole, header)
    number = _NUMBERED.match(header)
    if number and number.end() < len(header):
        found = _named(header[number.end() :], entity)
        if found is not None:
            return found
    remarks = _BRACKETS.findall(header)
    name = bare(header)
    if any(words.ANOTHERS.search(remark) for remark in remarks):
        return None
    meaning = _one(folded(name), entity) or _beside(name, entity) or _twice(name, entity)
    if meaning is None:
        return _twice(header, entity) if remarks else None
    for remark in remarks:
        meaning = _with(meaning, qualifiers.read_among(remark))
    return meaning


def bare(header: str) -> str:
    """A header without its brackets."""
    return _BRACKETS.sub("", header)


def said_beside(header: str) -> Qualifier:
    """What a header says of its cells beside a name that nobody knows: 收费（万元）."""
    found = NOTHING_SAID
    for remark in _BRACKETS.findall(header):
        found |= qualifiers.read_among(remark)
    return found


_SIGNS = pattern("(?:us|hk|nt|[sa])?[$€£¥₩฿₫₽₹]", re.IGNORECASE)


def _with_signs(meaning: Meaning, header: str) -> Meaning:
    """A name with what its brackets and signs say, where those are no part of it: Price ($)."""
    for remark in _BRACKETS.findall(header):
        meaning = _with(meaning, qualifiers.read(remark) or NOTHING_SAID)
    for sign in _SIGNS.findall(qualifiers.plain(header)):
        meaning = _with(meaning, Qualifier(currency=sign))
    return meaning


def _with(meaning: Meaning, said: Qualifier) -> Meaning:
    return replace(meaning, qualifier=meaning.qualifier | said)


def _one(name: str, entity: tuple[Column, ...]) -> Meaning | None:
    """The meaning of a name that is known, or is another spelling of one."""
    if not name:
        return None
    known = _known(entity)
    for spelling in _spellings(name, entity):
        found = known.get(spelling)
        if found is not None:
            return found
    return _reduced(entity).get(_reduce(name))


@cache
def _known(entity: tuple[Column, ...]) -> dict[str, Meaning]:
    """Folded name -> meaning, with those that mean a part of a field."""
    fields = {column.field for column in entity if column.imported}
    own = {name for column in entity if column.imported for name in own_names(column)}
    known = {}
    for name, field in names(entity).items():
        rank = words.RANKS.get((field, name), words.OWN if name in own else words.ALIAS)
        known[name] = Meaning(field, rank)
    for (field, part), some in words.PARTS.items():
        if field in fields:
            for name in some.split():
                known.setdefault(folded(name), Meaning(field, words.PART, part=part))
    if "special_dates" in fields:
        for label, some in words.LABELS.items():
            for name in some.split():
                known.setdefault(folded(name), Meaning("special_dates", words.ALIAS, label=label))
    if "party_size" in fields:  # trips
        for name in words.A_PERSON.split():
            known.setdefault(
                folded(name), Meaning("price", words.LOOSE, qualifier=Qualifier(head=True))
            )
    return known


def _spellings(name: str, entity: tuple[Column, ...]) -> list[str]:
    """A name, and the name without the word for whom it is about: 会员手机, Contact Email."""
    found = [name]
    whose = words.WHOSE.match(name)
    if whose:
        rest = name[whose.end() :]
        of_customers = any(column.field == "marketing_consent" for column in entity)
        field = names(entity).get(rest)
        if rest and (of_customers or field in words.OF_A_CUSTOMER):
            found.append(rest)
        found += (
            [f"客户{rest}", f"customer{rest}"] if rest or whose.group() in words.A_CUSTOMER else []
        )
    counted = words.COUNTED.match(name)
    if counted:
        found.append(name[counted.end() :])
    return found


# Ways to write that a name is a number or a code, and that it is a day.
_CODE = pattern("(?<=.)(?:id|编号|编码|代码|号码|号|code|number|num|no)$")
_DAY = pattern("(?<=.)(?:时间|日期)$")


def _reduce(name: str) -> str:
    """A name in which 的 is gone and all words for a number, and for a day, are one."""
    short = name.replace("的", "")
    whose = words.WHOSE.match(short)
    if whose and whose.end() < len(short):
        short = "客户" + short[whose.end() :]
    return _DAY.sub("@", _CODE.sub("#", short))


@cache
def _reduced(entity: tuple[Column, ...]) -> dict[str, Meaning]:
    reduced: dict[str, Meaning] = {}
    for name, meaning in _known(entity).items():
        if meaning.field not in words.EXACT:
            loose = replace(meaning, rank=max(meaning.rank, words.LOOSE))
            reduced.setdefault(_reduce(name), loose)
    return reduced


def _beside(header: str, entity: tuple[Column, ...]) -> Meaning | None:
    """A name with such words before or after it, without brackets: 农历生日, 团费/元, Price USD."""
    text = qualifiers.plain(header).translate(_SIMPLIFIED)
    if len(text) > 40:
        return None
    for cut in range(1, len(text)):
        for name, rest in ((text[:cut], text[cut:]), (text[cut:], text[:cut])):
            meaning = _known(entity).get(folded(name))
            if meaning is None or not _whole_words(text, cut):
                continue
            said = qualifiers.read(rest)
            if said:
                return _with(meaning, said)
    return None


def _whole_words(text: str, cut: int) -> bool:
    """Whether no word of Latin letters is cut in two."""
    pair = text[cut - 1 : cut + 1]
    return not (pair.isascii() and pair.isalnum())


_BETWEEN = pattern(
    r"[/|\\\n\r、]|(?<=[\u3400-\u9fff])[ _-]*(?=[A-Za-z])|(?<=[A-Za-z])[ _-]*(?=[\u3400-\u9fff])|[()（）]"
)


def _twice(header: str, entity: tuple[Column, ...]) -> Meaning | None:
    """A name in two languages, or two names for one thing: 姓名 Name, 手机/电话."""
    parts = [part for part in _BETWEEN.split(header) if folded(part)]
    if not 2 <= len(parts) <= 3:
        return None
    found = [_one(folded(part), entity) or _beside(part, entity) for part in parts]
    first = found[0]
    if first is None:
        return None
    if any(one is None or (one.field, one.part) != (first.field, first.part) for one in found):
        return None
    for one in found[1:]:
        first = _with(first, one.qualifier) if one is not None else first
    return first


# --- questions -----------------------------------------------------------------------------------

# The trip as a whole, not its itinerary: 您对本次行程的总体满意度.
_THIS_TRIP = pattern("[本这此该][次趟个条](行程|线路)(?!的?(安排|设计|规划|内容|景点))")
_QUESTION = pattern(r"\s*(?:Q|第)?\s*[0-9]{1,3}\s*题?\s*[、.．:：)）]\s*(?=\S)", re.IGNORECASE)


def _asked(header: str, entity: tuple[Column, ...]) -> str | None:
    """The field that a question of a web form asks for: 3、您的姓名, 5、请您打分—导游, or its words.

    Words that speak of two fields mean neither, but whatever asks for suggestions is a comment.
    """
    number = _QUESTION.match(header)
    asked = header
    if number:
        question = header[number.end() :]
        *table, item = re.split("[—–]+", question)
        found = _named(question, entity) or _named(item, entity)
        if found:
            return found.field
        if table:  # one row of a table of points, whatever the question above it speaks of
            asked = f"{item}满意"
    asked = _THIS_TRIP.sub("本次旅行", asked)
    asking = [
        column.field
        for column in entity
        if column.asks and re.search(column.asks, asked, re.IGNORECASE)
    ]
    return asking[0] if len(asking) == 1 else "comment" if "comment" in asking else None
