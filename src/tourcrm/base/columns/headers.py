"""Which column a header of a sheet means, as people write headers and as forms on the web ask."""

import re
from functools import cache
from types import MappingProxyType

from tourcrm.base.columns.column import Column

# The traditional characters of header names, as sheets from Taiwan and Hong Kong have them.
_SIMPLIFIED = str.maketrans(
    "機電話號碼護證單訂價額數聯繫員備註標籤類狀態時間點導領隊線產務團費總應報詢諮發開結離歸顧問經辦銷業負責來職紹紀錄檔記許請擾"
    "語說競爭對稱戶與郵門個進種別選買賣實際參預約積環遊國號內東華區縣鄉鎮萬億誌簡繁運輸輛車載飛達館廳處級歷舊綜婚慶誕禮貴賓戀",
    "机电话号码护证单订价额数联系员备注标签类状态时间点导领队线产务团费总应报询咨发开结离归顾问经办销业负责来职绍纪录档记许请扰"
    "语说竞争对称户与邮门个进种别选买卖实际参预约积环游国号内东华区县乡镇万亿志简繁运输辆车载飞达馆厅处级历旧综婚庆诞礼贵宾恋",
)


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
            for name in (column.field, column.en, column.zh):
                understood[folded(name)] = column.field
    for column in entity:
        if column.imported:
            for name in column.aliases:
                understood.setdefault(folded(name), column.field)
    return MappingProxyType(understood)


def field_of(header: str, entity: tuple[Column, ...]) -> str | None:
    """The field that a header means; a unit or remark in brackets, 团费（元）, counts only if known."""
    return _named(header, entity) or _asked(header, entity)


def _named(header: str, entity: tuple[Column, ...]) -> str | None:
    known = names(entity)
    bare = re.sub(r"[(（\[【].*?[)）\]】]", "", header)
    return known.get(folded(header)) or known.get(folded(bare))


# The trip as a whole, not its itinerary: 您对本次行程的总体满意度.
_THIS_TRIP = re.compile("[本这此该][次趟个条](行程|线路)(?!的?(安排|设计|规划|内容|景点))")
_QUESTION = re.compile(r"\s*(?:Q|第)?\s*[0-9]{1,3}\s*题?\s*[、.．:：)）]\s*(?=\S)", re.IGNORECASE)


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
            return found
        if table:  # one row of a table of points, whatever the question above it speaks of
            asked = f"{item}满意"
    asked = _THIS_TRIP.sub("本次旅行", asked)
    asking = [
        column.field
        for column in entity
        if column.asks and re.search(column.asks, asked, re.IGNORECASE)
    ]
    return asking[0] if len(asking) == 1 else "comment" if "comment" in asking else None
