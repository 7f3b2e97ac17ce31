"""How customers are addressed, and how days are said."""

from datetime import date

import pytest

from tourcrm.base import speech, surnames

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("name", "gender", "kind", "language", "said"),
    [
        ("王芳", "female", "person", "zh", "王女士"),
        ("李建国", "male", "person", "zh", "李先生"),
        ("欧阳小明", "male", "person", "zh", "欧阳先生"),
        ("欧阳", "male", "person", "zh", "欧先生"),
        ("司马青", "female", "person", "zh", "司马女士"),
        ("王芳", None, "person", "zh", "王芳"),
        ("王芳", "female", "person", "en", "王芳"),
        ("王芳旅行社", "female", "company", "zh", "王芳旅行社"),
        ("John Smith", "male", "person", "zh", "John Smith"),
        ("阿依古丽·买买提", "female", "person", "zh", "阿依古丽·买买提"),
        ("王", "male", "person", "zh", "王"),
        ("司寇明", "female", "person", "zh", "司寇女士"),
        ("長孫文", "female", "person", "zh", "長孫女士"),
        ("闻人月", "female", "person", "zh", "闻人女士"),
        ("万俟兰", "female", "person", "zh", "万俟女士"),
        ("上官婉儿", "female", "person", "zh", "上官女士"),
        ("陳美玲", "female", "person", "zh", "陳女士"),
        ("那英", "female", "person", "zh", "那女士"),
        ("曾志伟", "male", "person", "zh", "曾先生"),
        ("仝小林", "male", "person", "zh", "仝先生"),
        ("蔺晨", "male", "person", "zh", "蔺先生"),
        ("娜仁高娃", "female", "person", "zh", "娜仁高娃"),
        ("阿依古丽", "female", "person", "zh", "阿依古丽"),
        ("才仁卓玛", "female", "person", "zh", "才仁卓玛"),
        ("卓玛", "female", "person", "zh", "卓玛"),
        ("白玛", "female", "person", "zh", "白玛"),
        ("古丽娜", "female", "person", "zh", "古丽娜"),
        ("乌日娜", "female", "person", "zh", "乌日娜"),
        ("艾力", "male", "person", "zh", "艾力"),
        ("山田太郎", "male", "person", "zh", "山田太郎"),
        ("田中明", "male", "person", "zh", "田中明"),
        ("高桥惠", "female", "person", "zh", "高桥惠"),
        ("马克", "male", "person", "zh", "马克"),
        ("安娜", "female", "person", "zh", "安娜"),
        ("贺兰英", "female", "person", "zh", "贺兰英"),
        ("贺兰敏之", "male", "person", "zh", "贺兰先生"),
        ("陈方安生", "female", "person", "zh", "陈方安生"),
        ("李老师", "female", "person", "zh", "李老师"),
        ("王姐", "female", "person", "zh", "王姐"),
        ("小王", "male", "person", "zh", "小王"),
        ("建国", "male", "person", "zh", "建国"),
        ("明明", "female", "person", "zh", "明明"),
        ("王建军、李秀兰（夫妻）", "male", "person", "zh", "王建军、李秀兰"),
        ("张伟/李娜", "male", "person", "en", "张伟 and 李娜"),
        ("刘备和关羽", "male", "person", "zh", "刘备、关羽"),
        ("王和平", "male", "person", "zh", "王先生"),
        ("John and Mary Smith", None, "person", "en", "John and Mary Smith"),
        ("杭州东方电子有限公司（张经理）", None, "person", "zh", "张经理"),
        ("海天旅行社(王芳)", None, "company", "zh", "王芳"),
        ("海天旅行社(老客户)", None, "company", "zh", "海天旅行社"),
        ("A杭州王姐", "female", "person", "zh", "王姐"),
        ("杭州王姐", "female", "person", "zh", "王姐"),
        ("0王总", "male", "person", "zh", "王总"),
        ("AAA小鱼儿", "female", "person", "zh", "AAA小鱼儿"),
        ("王芳（老客户）", "female", "person", "zh", "王女士"),
    ],
)
def test_a_customer_is_addressed_by_surname_only_where_that_is_sure(
    name: str, gender: str | None, kind: str, language: str, said: str
) -> None:
    assert speech.salutation(name, gender, kind, language) == said


@pytest.mark.parametrize("surname", sorted(surnames.COMPOUND))
def test_surnames_that_are_read_are_known_where_somebody_is_addressed(surname: str) -> None:
    assert surnames.surname(f"{surname}婉儿") == surname


@pytest.mark.parametrize(
    ("day", "zh", "en"),
    [
        (date(2026, 11, 19), "11月19日", "19 November"),
        (date(2025, 2, 1), "2025年2月1日", "1 February 2025"),
        (date(2027, 1, 3), "2027年1月3日", "3 January 2027"),
    ],
)
def test_days_are_said_with_their_year_only_where_it_is_another(
    day: date, zh: str, en: str
) -> None:
    assert speech.day_text(day, "zh", TODAY) == zh
    assert speech.day_text(day, "en", TODAY) == en


@pytest.mark.parametrize(
    ("years", "zh", "en"),
    [
        (1, "去年", "a year ago"),
        (2, "前年", "two years ago"),
        (3, "三年前", "three years ago"),
        (10, "十年前", "ten years ago"),
        (11, "11年前", "11 years ago"),
    ],
)
def test_years_are_counted_in_words(years: int, zh: str, en: str) -> None:
    assert speech.years_ago(years, "zh") == zh
    assert speech.years_ago(years, "en") == en
