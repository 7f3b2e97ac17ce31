"""The words that agencies and booking sites write into their sheets."""

import pytest

from tourcrm.base import parsing
from tourcrm.base.vocabulary import vocabulary


@pytest.mark.parametrize(
    ("status", "written"),
    [
        (
            "booked",
            "已成团 待出行 已付款 交易成功 已完成 已出票 已核销 Confirmed Checked-Out Ticketed",
        ),
        ("quoted", "待付款 未付款 待确认 Pending Unpaid"),
        ("cancelled", "已退款 退款中 交易关闭 Refunded No-Show Canceled"),
        ("lost", "未成交 丢单"),
        ("inquiry", "咨询 意向"),
    ],
)
def test_the_status_of_an_order_is_read_as_agencies_write_it(status: str, written: str) -> None:
    known = vocabulary("trip_status")
    assert {word: parsing.word(word, known) for word in written.split()} == dict.fromkeys(
        written.split(), status
    )
