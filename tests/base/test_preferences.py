"""What customers like: the keys and words that are known, and what is refused."""

import pytest

from tourcrm.base import preferences
from tourcrm.base.errors import CellError


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("seat=aisle", ("seat", "aisle")),
        ("座位=靠窗", ("seat", "window")),
        ("Seat＝Exit row", ("seat", "exit_row")),
        ("seat=前舱左侧", ("seat", "前舱左侧")),  # others may be said
        ("hotel_min_rating=4.8", ("hotel_min_rating", "4.8")),
        ("酒店评分=4.80分", ("hotel_min_rating", "4.8")),
        ("酒店星级=5星", ("hotel_min_stars", "5")),
        ("reply=wechat@evening", ("reply", "wechat@evening")),
        ("联系偏好=微信＠晚上", ("reply", "wechat@evening")),
        ("reply=phone@7点-21:30", ("reply", "phone@07:00-21:30")),
        ("reply=WeChat", ("reply", "wechat")),
        ("reply=周末", ("reply", "@weekend")),
        ("diet=清真餐", ("diet", "halal")),
        ("饮食=蛋奶素", ("diet", "vegetarian")),
        ("cabin=公务舱", ("cabin", "business")),
        ("motive=解压", ("motive", "解压")),
        ("Pet=狗", ("pet", "狗")),  # a key of one's own
        ("宠物=a=b", ("宠物", "a=b")),
        ("seat=", ("seat", "")),
    ],
)
def test_pairs_as_they_are_stored_and_read_back(text: str, stored: tuple[str, str]) -> None:
    assert preferences.pair(text) == stored
    if stored[1]:
        cell = preferences.text([stored])
        for language in ("en", "zh"):
            assert preferences.pairs(preferences.labelled(cell, language)) == (stored,)


@pytest.mark.parametrize(
    "text",
    [
        *("aisle", "=aisle", "reply=pigeon@noon", "reply=wechat@25:99", "reply=@"),
        *("hotel_min_rating=6", "hotel_min_rating=gut", "smoking=maybe", "cabin=roof", "seat=a;b"),
        f"{'x' * 41}=1",
    ],
)
def test_what_is_refused(text: str) -> None:
    with pytest.raises(CellError):
        preferences.pair(text)


def test_two_values_for_one_key_are_refused() -> None:
    assert preferences.pairs("seat=aisle; 座位=过道；\n diet=") == (("seat", "aisle"),)
    with pytest.raises(CellError):
        preferences.pairs("seat=aisle; seat=window")


def test_how_somebody_wants_to_be_reached_in_words() -> None:
    assert preferences.reply_label("wechat@evening", "zh") == "微信 晚上"
    assert preferences.reply_label("phone@19:00-21:00", "en") == "phone 19:00-21:00"
    assert preferences.reply_label("@weekend", "en") == "weekend"
