"""The words of options that are limited to a few values: what a screen calls them is accepted.

Where the values are those of a column, the words are those of its table in vocabulary.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType

from tourcrm.base import vocabulary
from tourcrm.base.parsing.words import word_key
from tourcrm.base.vocabulary import Word, words

# Tables of vocabulary.WORDS, and those of options alone.
_OF_COLUMNS = ("own_field_kind", "tier", "quadrant", "language", "trend")
_OWN: Mapping[str, tuple[Word, ...]] = MappingProxyType(
    {
        "format": words(
            ("table", "table", "表格", "表"),
            ("json", "json", "json", ""),
            ("jsonl", "jsonl", "jsonl", ""),
            ("csv", "csv", "csv", ""),
        ),
        "survey_grouping": words(
            ("month", "month", "月份", "月 按月"),
            ("destination", "destination", "目的地", ""),
            ("advisor", "advisor", "顾问", "adviser"),
            ("trip_kind", "kind", "类型", "出游方式"),
            ("guide", "guide", "导游", ""),
            ("aspect", "aspect", "项目", ""),
        ),
        "finance_cut": words(
            ("month", "month", "月份", "月 按月"),
            ("destination", "destination", "目的地", ""),
            ("kind", "kind", "类型", "出游方式"),
            ("supplier", "supplier", "供应商", "地接"),
        ),
        "rated": words(
            ("overall", "overall", "总体", "总体满意度"),
            *((one.value, one.en, one.zh, "") for one in vocabulary.WORDS["aspect"][1:]),
        ),
        "recommenders": words(
            ("promoters", "promoters", "推荐者", "promoter"),
            ("passives", "passives", "被动者", "passive"),
            ("detractors", "detractors", "贬损者", "detractor"),
        ),
        "scoring": words(
            ("fixed", "fixed", "固定", ""),
            ("quantile", "quantile", "五等分", "分位 分位数"),
            ("r", "r", "r", ""),
        ),
        "scale": words(
            ("yearly_spend", "spend a year", "年均消费", "yearly_spend 年消费"),
            ("value_per_trip", "value of a trip", "次均消费", "单次消费"),
            ("party_size", "people on a trip", "人数", "出行人数"),
        ),
        "conversion_cut": words(
            ("month", "month", "月份", "月 按月"),
            ("destination", "destination", "目的地", ""),
            ("advisor", "advisor", "顾问", "adviser"),
            ("source", "source", "来源", "渠道"),
        ),
        "ranking": words(
            ("revenue", "revenue", "收入", "消费额 消费"),
            ("margin", "margin", "毛利", "利润"),
            ("value", "value", "价值", ""),
        ),
        "fields_action": words(
            ("list", "list", "查看", "列出"),
            ("add", "add", "添加", "新增"),
            ("remove", "remove", "删除", "去掉"),
        ),
        "on_duplicate": words(
            ("update", "update", "更新", ""),
            ("fill", "fill", "补空", "只补空白"),
            ("skip", "skip", "跳过", ""),
            ("error", "error", "拒收", ""),
        ),
        "rows": words(
            ("lines", "lines", "多行", "明细"),
            ("travellers", "travellers", "客人", "出行人 游客"),
            ("itinerary", "itinerary", "行程", "日程 行程表"),
        ),
        "people": words(("largest", "largest", "最大", ""), ("added", "added", "相加", "各行相加")),
        "date_order": words(("dmy", "dmy", "日月年", ""), ("mdy", "mdy", "月日年", "")),
    }
)


@cache
def of(known: tuple[str, ...]) -> tuple[Word, ...]:
    """The words of these values, in their order; a value that has none is its own word."""
    tables = {name: vocabulary.WORDS[name] for name in _OF_COLUMNS} | dict(_OWN)
    for table in tables.values():
        named = {one.value: one for one in table}
        if named.keys() >= set(known):
            return tuple(named[value] for value in known)
    return tuple(Word(value, value, value) for value in known)


def spellings(known: Sequence[str]) -> dict[str, str]:
    """Every accepted spelling of these values, as word_key has it -> the value."""
    spelled: dict[str, str] = {}
    table = of(tuple(known))
    values = ((one.value, one.value) for one in table)
    others = ((text, one.value) for one in table for text in (one.en, one.zh, *one.synonyms))
    for text, value in (*values, *others):
        spelled.setdefault(word_key(text), value)
    return spelled


def labels(known: Sequence[str], language: str) -> list[str]:
    """What a screen calls these values: in Chinese by its words, in English as they are stored."""
    return [one.zh if language == "zh" else one.value for one in of(tuple(known))]


def listed(known: Sequence[str], language: str) -> str:
    """The values for an error: in Chinese each with what a script writes."""
    said = zip(labels(known, language), known, strict=True)
    return ", ".join(word if word == value else f"{word} ({value})" for word, value in said)
