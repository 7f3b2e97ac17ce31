"""The foot of a sheet is no data; what looks like it is, where it says who is meant."""

import pytest

from tourcrm.imports.footers import is_foot

# Columns: number (unknown), name, phone, code, amount.
MARKS, NAMES = (2, 3), (1,)


@pytest.mark.parametrize(
    "row",
    [
        ["合计"],
        ["合 计：", "", "", "", "12,800"],
        ["合计（元）", "", "", "", "12,800"],
        ["", "总计", "", "", "12,800"],
        ["", "小计", "2人", "", ""],
        ["合计", "2", "", "", "5000"],
        ["共 2 人"],
        ["以上共计 12 位客户", "", "", "", ""],
        ["本页小计", "3 人", "", "", ""],
        ["制表人：小林", "", "审核：老王", "", ""],
        ["", "审核", "", "", ""],
        ["打印日期：2026-11-20"],
        ["备注：价格含机票", "", "", "", ""],
        ["——以下空白——", "", "", "", ""],
        ["Total", "", "", "", "12,800"],
        ["Grand Total: 12", "", "", "", ""],
        ["Prepared by: Lin", "", "", "", ""],
        ["北京", "小计", "", "", "300"],
        ["", " ", "", "", "合计"],
    ],
)
def test_the_foot_of_a_sheet_is_known(row: list[str]) -> None:
    assert is_foot(row, MARKS, NAMES)


@pytest.mark.parametrize(
    "row",
    [
        ["1", "合计", "13812345678", "", ""],
        ["1", "合计", "", "C77", ""],
        ["合计", "王芳", "", "", ""],
        ["备注：老客户", "王芳", "", "", ""],
        ["注册会员", "", "", "", ""],
        ["1", "共青团旅行社", "", "", ""],
        ["1", "总经理", "", "", ""],
        ["1", "财务部王姐", "", "", ""],
        ["1", "Totalenergies", "", "", ""],
        ["", "", "", "", "300"],
        ["", "", "", "", ""],
        [],
    ],
)
def test_a_row_that_says_who_is_meant_is_none(row: list[str]) -> None:
    assert not is_foot(row, MARKS, NAMES)
