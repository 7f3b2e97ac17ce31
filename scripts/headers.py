"""Write docs/headers.md: every column that an import understands, and by which header names.

python scripts/headers.py

Taken from base/columns and base/vocabulary, so that the page cannot promise what the program
does not do.
"""

from collections.abc import Iterator
from pathlib import Path

from tourcrm.base import columns, vocabulary
from tourcrm.base.columns import Column

FILE = Path(__file__).parents[1] / "docs" / "headers.md"

INTRODUCTION = """\
# Headers and words that imports understand · 导入时认得的表头和用语

A header is compared without case, blanks, punctuation and full-width forms: `Customer Name`,
`customer_name` and `CUSTOMER-NAME` are one. So are 客户ID, 客户编号 and 顾客的编号, 下单时间 and
下单日期. What else a header may say, a calendar, a unit, a part of a name:
[Import](import.md#what-a-header-says). For any other name: `--map "HEADER=FIELD"`, with a field of
the first column. This page is written by `make docs`.

表头不分大小写、全角半角，空格和标点也不计；客户ID、客户编号、顾客的编号是一回事，
下单时间和下单日期也是。表头里的历法、单位、姓和名等，见[导入](import.zh-CN.md#表头还说明什么)。
表里没有的叫法，用 `--map "表头=字段"` 说明，字段见各表第一列。本页由 `make docs` 生成。
"""

SHEETS = (
    ("Customers · 客户", "tourcrm customers import", columns.CUSTOMER),
    ("Trips · 订单", "tourcrm trips import", columns.TRIP + columns.TRIP_MONEY),
    ("Itineraries · 行程", "tourcrm trips import --rows itinerary", columns.ITINERARY_SHEET),
    ("Payments · 收付款", "tourcrm payments import", columns.PAYMENT_SHEET),
    ("Products · 产品", "tourcrm products import", columns.PRODUCT),
    ("Departures · 团期", "tourcrm departures import", columns.DEPARTURE),
    ("Places · 目的地须知", "tourcrm destinations import", columns.PLACES_SHEET),
    ("Contacts · 联系记录", "tourcrm interactions import", columns.INTERACTION),
    ("Answers to surveys · 答卷", "tourcrm surveys import", columns.SURVEY),
)


def page() -> str:
    """The page, as Markdown."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield INTRODUCTION
    for title, command, sheet in SHEETS:
        yield from (f"## {title}", "", f"`{command}`", "")
        yield from ("| field · 字段 | 表头 | header | also · 也认得 |", "|---|---|---|---|")
        for column in sheet:
            if column.imported:
                also = " · ".join(_also(column, sheet))
                yield f"| `{column.field}` | {column.zh} | {column.en} | {also} |"
        yield ""
    yield from ("## Words · 用语", "")
    yield "Words that a cell may hold, in either language; the first is what is stored."
    yield from ("", "单元格里认得的词，中英文均可；第一列是存入的值。", "")
    for table in _tables():
        yield from (f"### {table}", "", "| stored · 存为 | 中文 | English | also · 也认得 |")
        yield "|---|---|---|---|"
        for word in vocabulary.WORDS[table]:
            also = " · ".join(word.synonyms)
            yield f"| `{word.value}` | {word.zh} | {word.en} | {also} |"
        yield ""


def _also(column: Column, sheet: tuple[Column, ...]) -> Iterator[str]:
    """The further names that lead to this column and to no other of the sheet."""
    known = columns.names(sheet)
    for name in column.aliases:
        if known[columns.folded(name)] == column.field:
            yield name


def _tables() -> list[str]:
    """The vocabularies that the sheets use, each once, in the order of the sheets."""
    used = [c.words for _title, _command, sheet in SHEETS for c in sheet if c.imported and c.words]
    return list(dict.fromkeys(used))


def main() -> None:
    """Write the page."""
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
