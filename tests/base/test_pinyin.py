"""Names are found by how they are spoken, surnames with their own readings."""

import subprocess
import sys

import pytest

from tests.conftest import BARE
from tourcrm.base import pinyin


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("王芳", "wang fang", "wf"),
        ("曾志伟", "zeng zhi wei", "zzw"),
        ("单田芳", "shan tian fang", "stf"),
        ("仇英", "qiu ying", "qy"),
        ("查良镛", "zha liang yong", "zly"),
        ("翟天临", "zhai tian lin", "ztl"),
        ("解缙", "xie jin", "xj"),
        ("区伟", "ou wei", "ow"),
        ("盖聂", "ge nie", "gn"),
        ("朴树", "piao shu", "ps"),
        ("任华", "ren hua", "rh"),
        ("缪瀚", "miao han", "mh"),
        ("乐毅", "yue yi", "yy"),
        ("覃明", "qin ming", "qm"),
        ("卜算子", "bu suan zi", "bsz"),
        ("尉迟恭", "yu chi gong", "ycg"),
        ("欧阳娜娜", "ou yang na na", "oynn"),
        ("长孙无忌", "zhang sun wu ji", "zswj"),
        ("万俟兰", "mo qi lan", "mql"),
        ("令狐冲", "ling hu chong", "lhc"),
        ("单于明", "chan yu ming", "cym"),
        ("单于", "shan yu", "sy"),  # two characters: a surname of one
        ("澹台明", "tan tai ming", "ttm"),
        ("張曉明", "zhang xiao ming", "zxm"),
        ("小曾", "xiao ceng", "xc"),  # not where a surname stands
        ("吕布", "lv bu", "lb"),
        ("重庆银行杭州分行", "chong qing yin hang hang zhou fen hang", "cqyhhzfh"),
        ("Anna Smith", "anna smith", "as"),
        ("José O'Brien", "jose obrien", "jo"),
        ("王 Anna", "wang anna", "wa"),
        ("ＡＢＣ旅行社", "abc lv xing she", "alxs"),
        ("买买提·吐尔逊", "mai mai ti tu er xun", "mmttex"),
        ("🙂", None, None),
        ("", None, None),
    ],
)
def test_a_name_is_spelled_as_it_is_spoken(
    name: str, full: str | None, initials: str | None
) -> None:
    assert pinyin.of_name(name) == (full, initials)


def test_many_names_come_back_in_their_order() -> None:
    names = ["曾伟", "王芳", "曾伟", "🙂"]
    assert pinyin.of_names(names) == [pinyin.of_name(name) for name in names]


def test_importing_the_module_does_not_import_the_library() -> None:
    code = "import sys, tourcrm.base.pinyin; sys.exit('pypinyin' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], env=BARE, check=False)
    assert done.returncode == 0
