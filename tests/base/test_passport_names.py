"""Names in passports: what is one name, what is another, and what nobody can tell."""

import pytest

from tourcrm.base import passport_names

ONE = [
    *(("王小明", text) for text in ("WANG/XIAOMING", "Wang Xiaoming", "WANG, XIAO MING")),
    *(("王小明", text) for text in ("XIAOMING WANG", "WANG/XIAO-MING MR", "WANG/XIAOMINGMR")),
    *(("王小明", text) for text in ("MR WANG XIAOMING", "ＷＡＮＧ／XIAOMING", "wangxiaoming")),
    *(("王曉明", "WANG XIAOMING"), ("王小明（VIP）", "WANG XIAOMING")),
    *(("王小明 Tom", "WANG XIAOMING"),),
    # surnames, as surnames are read
    *(("单雄信", "SHAN/XIONGXIN"), ("單雄信", "SHAN/XIONGXIN"), ("曾志伟", "ZENG ZHIWEI")),
    *(("仇英", "QIU YING"), ("查良镛", "ZHA/LIANGYONG"), ("翟天临", "ZHAI TIANLIN")),
    *(("翟天临", "DI TIANLIN"), ("解晓东", "XIE XIAODONG"), ("任我行", "REN WOXING")),
    *(("盖小明", "GE XIAOMING"), ("盖小明", "GAI XIAOMING"), ("区小明", "OU XIAOMING")),
    # ü
    *(("吕布", "LYU/BU"), ("呂布", "LYU/BU"), ("吕布", "LV BU"), ("张绿", "ZHANG LYU")),
    *(("女娃", "NYU WA"), ("王略", "WANG LYUE"), ("闾丘明", "LYUQIU MING")),
    # of two characters, of father and mother
    *(("欧阳娜娜", "OUYANG/NANA"), ("歐陽娜娜", "NANA OUYANG"), ("单于明", "CHANYU MING")),
    *(("王陈小明", "WANGCHEN/XIAOMING"), ("宗政明", "ZONG ZHENGMING")),
    *(("宗政明", "ZONGZHENG MING"),),
    # several readings of a given name
    *(("王重", "WANG CHONG"), ("王重", "WANG ZHONG"), ("任我行", "REN WOHANG"), ("李乐", "LI YUE")),
    *(("王西安", "WANG/XI'AN"), ("马美", "MA MEI MS"), ("古丽米热·艾比布力", "AIBIBULI GULIMIRE")),
    # of letters
    *(("José García", "GARCIA/JOSE MR"), ("Jose Garcia", "GARCÍA/JOSÉ")),
    *(("Müller Hans", "MUELLER/HANS"),),
    *(("Müller Hans", "MULLER HANS"), ("Søren Åberg", "AABERG/SOEREN")),
    *(("John Smith", "SMITH/JOHN WILLIAM"),),
    *(("Mary Ann Lee", "LEE/MARYANN MS"), ("Seán O’Brien", "OBRIEN SEAN")),
    *(("Łukasz Król", "KROL LUKASZ"),),
]  # fmt: skip
ANOTHER = [
    *(("王小明", text) for text in ("LI/XIAOMING", "WANG/XIAOHONG", "WANG", "WANG/TOM")),
    ("王小明", "XIAOWANG MING"),
    *(("单雄信", "DAN/XIONGXIN"), ("曾志伟", "CENG/ZHIWEI")),
    *(("仇英", "CHOU YING"), ("查良镛", "CHA LIANGYONG")),
    *(("吕布", "LU BU"), ("张绿", "ZHANG LUE")),
    *(("解晓东", "JIE XIAODONG"), ("欧阳娜娜", "OU/NANA")),
    *(("José García", "GARCIA/JUAN"), ("John Smith", "SMITH/JANE"), ("Tom", "WANG/XIAOMING")),
]  # fmt: skip
NOBODY_KNOWS = [
    *(("田中太郎", "TANAKA TARO"), ("王先生", "WANG XIAOMING"), ("王姐", "WANG/FANG")),
    *(("王小明、李芳", "LI FANG"), ("杭州东方电子有限公司", "WANG XIAOMING")),
    *(("Жанна Агузарова", "ZHANNA"),),
    *(("王小明", ""), ("王小明", " / ")),
    *(("王小明", "王小明"), ("古丽米热·艾比布力", "GULMIRA ABIBULA")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("pairs", "told"), [(ONE, True), (ANOTHER, False), (NOBODY_KNOWS, None)], ids=str
)
def test_names_in_passports(pairs: list[tuple[str, str]], told: bool | None) -> None:
    wrong = [pair for pair in pairs if passport_names.agree(*pair) is not told]
    assert wrong == []
