"""Amounts of money out of a cell and back."""

from typing import Any

import pytest

from tourcrm.base.errors import CellError
from tourcrm.base.money import LIMIT, format_amount, parse_amount, plain_amount


def reason(cell: str, **options: Any) -> str:
    """The template of the reason for which an amount is refused."""
    with pytest.raises(CellError) as refused:
        parse_amount(cell, **options)
    str(refused.value)  # every field of the message is given
    return refused.value.message.template


@pytest.mark.parametrize(
    ("cell", "fen"),
    [
        ("1200", 120000), ("1200.5", 120050), ("1,200.00", 120000), ("¥1,200.00", 120000),
        ("￥1,200", 120000), ("1,200元", 120000), ("1200 元", 120000), ("1200块", 120000),
        ("1200块钱", 120000), ("1200元整", 120000), ("人民币1200元", 120000), ("RMB 1200", 120000),
        ("CNY1200", 120000), ("1200 cny", 120000), ("１，２００．５０", 120050),
        ("1 200.50", 120050),
        ("1\u00a0200", 120000), ("1.2万", 1200000), ("1.2万元", 1200000), ("1.2 万", 1200000),
        ("1.2w", 1200000), ("¥1.2万", 1200000), ("1.200万", 1200000), ("1.23456万", 1234560),
        ("0.3亿", 3000000000), ("3千", 300000), ("0", 0), ("0.00", 0), (".5", 50),
        ("007", 700), ("1200.000", 120000), ("0.500", 50), ("12800.0", 1280000), ("+5", 500),
        ("10880.000000000002", 1088000), ("1234.5600000000001", 123456),
        ("1,234,567.89", 123456789),
        ("10000000000", LIMIT),
    ],
)  # fmt: skip
def test_amounts_in_every_usual_form(cell: str, fen: int) -> None:
    assert parse_amount(cell) == fen
    assert parse_amount(cell, signed=True) == fen


@pytest.mark.parametrize(
    "cell", ["-5", "－5", "−5", "-¥5", "¥-5", "¥ - 5.00", "(5.00)", "（5元）", "-5元", "RMB -5"]
)
def test_amounts_below_zero_only_where_they_make_sense(cell: str) -> None:
    assert parse_amount(cell, signed=True) == -500
    assert "negative" in reason(cell)


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("$100", "it is in {other}"), ("100 USD", "it is in {other}"),
        ("100美元", "it is in {other}"),
        ("€100", "it is in {other}"), ("HK$100", "it is in {other}"),
        ("100万日元", "it is in {other}"),
        ("1e5", "scientific"), ("1.2E+05", "scientific"), ("¥1e5", "scientific"),
        ("NaN", "no amount"), ("inf", "no amount"), ("-inf", "no amount"), ("免费", "no amount"),
        ("约1200", "no amount"), ("1200起", "no amount"), ("1200-1500", "no amount"),
        ("1200/1500", "no amount"), ("--5", "no amount"), ("5-", "no amount"), ("¥", "no amount"),
        ("١٢٠٠", "no amount"), ("12²", "no amount"), ("1200abc", "no amount"),
        ("0x10", "no amount"),
        ("1_200", "no amount"), ("1.2万3", "no amount"), ("=1+1", "no amount"),
        ("1" * 201, "no amount"),
        ("1,20.00", "unclear"), ("1.200,50", "unclear"), ("1200,50", "unclear"), ("1,2", "unclear"),
        ("12,00", "unclear"), ("1,0000", "unclear"), ("1.2.3", "unclear"), ("1,,200", "unclear"),
        ("1.200", "unclear"), ("12.500", "unclear"), ("1 20", "unclear"), ("1,200 300", "unclear"),
        ("1200.", "unclear"), (".", "unclear"),
        ("1.234", "unclear"), ("0.125000", "more than two decimals"),
        ("1200.125", "more than two decimals"),
        ("1333.3333333333333", "more than two decimals"), ("1.2345678万", "more than two decimals"),
        ("10000000000.01", "too large"), ("1000亿", "too large"), ("9" * 30, "too large"),
        ("12800元/人", "a price a person"), ("1200/位", "a price a person"),
        ("每人1200", "a price a"),
        ("人均1200元", "a price a person"), ("1200 per person", "a price a person"),
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused_with_the_reason(cell: str, why: str) -> None:
    assert why in reason(cell)


def test_a_database_in_another_currency_takes_that_one_only() -> None:
    assert parse_amount("$1,200.50", "USD") == parse_amount("1200.5美元", "USD") == 120050
    assert parse_amount("SEK 100", "SEK") == 10000
    assert "it is in {other}" in reason("100元", currency="USD")
    assert parse_amount("¥100", "JPY") == 10000


@pytest.mark.parametrize(
    ("fen", "plain", "shown"),
    [
        (120000, "1200.00", "¥1,200.00"),
        (0, "0.00", "¥0.00"),
        (5, "0.05", "¥0.05"),
        (-50, "-0.50", "-¥0.50"),
        (-123456789, "-1234567.89", "-¥1,234,567.89"),
        (LIMIT, "10000000000.00", "¥10,000,000,000.00"),
    ],
)
def test_amounts_are_shown_exactly(fen: int, plain: str, shown: str) -> None:
    assert plain_amount(fen) == plain
    assert format_amount(fen) == shown
    assert format_amount(fen, grouping=False) == shown.replace(",", "")


def test_other_currencies_go_by_their_code() -> None:
    assert format_amount(-120000, "USD") == "-USD 1,200.00"
