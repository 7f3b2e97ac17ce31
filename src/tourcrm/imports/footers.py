"""The rows with which people end a sheet: totals, counts, signatures, notes. They are no data.

合计, 共 2 人, 制表人：小林, Total, Prepared by: ... A row is one of these where a cell says so and
nothing in it says whom it could be about: a customer who is really called 合计 has a phone.
"""

import re
from collections.abc import Collection, Sequence

from tourcrm.base.i18n import N_

REASON = N_(
    "it looks like the foot of a sheet (a total, a signature, a note): leave it out, or give it a "
    "phone or a code if it is meant"
)

_UNIT = "(?:人次|[人位名条行笔单个家户团次天元项页])"
_OF = "(?:本页|本月|本年|全年|全部|年度|月度|季度|本表|当页|以上|金额|人数|数量|费用)?"
_SUM = f"{_OF}(?:合|总|小|累|共)计|合计数|总人数|总金额|总额|汇总|平均值?"
_SIGNED = "(?:制表|填表|审核|复核|审批|核对|统计|经办|经手|出纳|会计|财务|主管|打印|导出)"
# Cells without their blanks.
_CLOSINGS = (
    # 合计, 合 计：, 总计（元）, 小计 2 人, 以上共 2 位客户
    rf"(?:{_SUM})(?:[(（].{{0,10}}[)）])?[:：]?\d*{_UNIT}?",
    rf"{_OF}(?:合计|总计|共计|共)有?[:：]?\d+{_UNIT}.{{0,10}}",
    # Total, Grand total (CNY): 1,200
    r"(?:grand|sub|page|overall)?-?totals?(?:\(.{0,10}\))?:?(?:[\d.,]+(?:[a-z]{1,12})?)?",
    # 制表人：小林, 审核, 打印日期：2024-05-01, Prepared by: Lin
    rf"{_SIGNED}(?:人|员|日期|时间)?(?:签[字名])?(?:[:：].*)?",
    r"(?:制表|填表|审核|复核|经办)[人员].{1,6}",
    r"(?:prepared|checked|approved|printed|signed)(?:by|on)(?::.*)?",
    # 备注：价格含机票, 以下空白
    r"(?:备注|说明|附注|注)[:：].*",
    r"(?:notes?|remarks?):.*",
    r"[-—=*]*(?:以下空白|以下无正文|表尾|endof(?:list|report))[-—=*]*",
)
_CLOSING = re.compile("|".join(_CLOSINGS), re.IGNORECASE)
_COUNTED = re.compile(
    rf"共?\d{{1,6}}(?:{_UNIT}|people|persons?|customers?|guests?|clients?|pax|rows?|records?|items?)",
    re.IGNORECASE,
)
_READ = 200  # characters of a cell that are looked at


def is_foot(
    row: Sequence[str],
    marks: Collection[int],
    names: Collection[int],
    passed_over: Collection[int] = (),
) -> bool:
    """Whether a row is no data. marks, names: places of cells that say whom a row is about;
    passed_over: of cells that are not the row's own, such as why it was rejected.

    The first cell that is not blank, or one of those places, closes the sheet, and nothing says who
    is meant: those places are blank or counts ("2 人"), and where a name belongs a number, too.
    """
    own = (cell for place, cell in enumerate(row) if place not in passed_over)
    first = next((_plain(cell) for cell in own if cell.strip()), "")
    closing = _CLOSING.fullmatch(first) is not None
    for place in (*marks, *names):
        cell = _plain(row[place]) if place < len(row) else ""
        if _CLOSING.fullmatch(cell):
            closing = True
        elif cell and not _COUNTED.fullmatch(cell) and not (place in names and cell.isdecimal()):
            return False
    return closing


def _plain(cell: str) -> str:
    return "".join(cell[:_READ].split())
