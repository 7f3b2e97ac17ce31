"""One text in two spellings."""

import pytest

from tourcrm.base import parsing
from tourcrm.base.errors import CellError
from tourcrm.base.folding import folded, joined, same
from tourcrm.base.money import parse_amount
from tourcrm.base.vocabulary import vocabulary


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Émile", "émile"),
        ("Émile", "E\u0301MILE"),
        ("ИВАН Петров", "иван  петров"),
        ("Straße", "STRASSE"),
        ("古丽米热·艾比布力", "古丽米热•艾比布力"),
        ("古丽米热・艾比布力", "古丽米热‧艾比布力"),
        ("古丽米热．艾比布力", "古丽米热艾比布力"),
        ("ＡＢＣ１２", "abc12"),
        ("张 三", "张三"),
        ("\ue863", "䶮"),
        ("O’Brien", "O'Brien"),
        ("Jean–Luc", "Jean-Luc"),
        ("李\u200b四", "李四"),
    ],
)
def test_two_spellings_of_one_text(one: str, other: str) -> None:
    assert folded(one) == folded(other)
    assert joined(one) == joined(other)
    assert same(one, other)


@pytest.mark.parametrize(("one", "other"), [("Emil", "Émil"), ("王芳", "王方"), ("an na", "anna")])
def test_what_differs_stays_apart(one: str, other: str) -> None:
    assert folded(one) != folded(other)


def test_blank_is_no_spelling_of_anything() -> None:
    assert same(None, None)
    assert not same(None, "小林")
    assert not same("小林", "")


@pytest.mark.parametrize(
    ("cell", "table", "value"),
    [
        ("已預訂", "trip_status", "booked"),
        ("已確認", "trip_status", "booked"),
        ("【已付款】", "trip_status", "booked"),
        ("已取消（客户原因）", "trip_status", "cancelled"),
        ("跟團遊", "trip_kind", "group"),
        ("機票", "service", "flight"),
        ("電話", "contact_channel", "phone"),
    ],
)
def test_words_are_known_in_traditional_characters_too(cell: str, table: str, value: str) -> None:
    assert parsing.word(cell, vocabulary(table)) == value


def test_days_and_amounts_in_traditional_characters() -> None:
    assert parsing.special_day("農曆八月十五") == parsing.special_day("农历八月十五")
    assert parsing.special_day("臘月初八") == parsing.special_day("腊月初八")
    assert parse_amount("1.2萬") == parse_amount("1.2万元") == 12_000_00
    assert parse_amount("1200圓") == 1_200_00
    assert parsing.count("3個人") == 3
    assert parsing.flag("無") is False


def test_a_word_that_is_not_known_stays_unknown() -> None:
    with pytest.raises(CellError):
        parsing.word("已飛走", vocabulary("trip_status"))
