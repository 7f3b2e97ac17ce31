"""Stored text on a screen: literal, visible, of known width, without personal numbers."""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.hostile import NAUGHTY
from tourcrm.base.display import (
    mask_id,
    mask_passport,
    mask_phone,
    pad,
    sayable,
    shorten,
    visible,
    width,
)

DANGEROUS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff"
    "\ue000-\uf8ff\U000e0000-\U000e007f]"
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("张三 Zoë 👍🏽 ❤️ ﾊﾝｶｸ é", "张三 Zoë 👍🏽 ❤️ ﾊﾝｶｸ é"),
        ("[bold]x[/bold] \\n", "[bold]x[/bold] \\n"),
        ("\x1b[31m", "␛[31m"),
        ("a\nb\r\nc\rd\te", "a⏎b⏎c␍d␉e"),
        ("\x00\x7f\x9b", "␀␡\\x9b"),
        ("a\u202eb", "a\\u202eb"),
        ("\u200b\ufeff\u2066", "\\u200b\\ufeff\\u2066"),
        ("a\u2028b", "a⏎b"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("👨\u200d👩", "👨\\u200d👩"),
        ("", ""),
    ],
)
def test_text_is_shown_literally_and_what_hides_is_made_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "👨\u200d👩\u200d👧 ❤\ufe0f\u200d🔥 👩🏽\u200d🚀",
            None,
        ),  # families, a burning heart, an astronaut
        ("می\u200cخواهم", None),  # Persian
        ("क्\u200dष श्री", None),  # Hindi
        ("葛\U000e0100城", None),  # a variant of a character
        ("ᠮᠣᠩᠭᠣᠯ ᠤᠨ\u180b", None),  # Mongolian
        ("a\u200db", "a\\u200db"),
        ("王\u200c芳", "王\\u200c芳"),
        ("👨\u200d", "👨\\u200d"),
        ("می\u200c\u200c", "می\u200c\\u200c"),  # one a letter
        ("ab\u202ec\u2066", "ab\\u202ec\\u2066"),
        ("می\u200fخ", "می\\u200fخ"),
        ("\x1b[31m👨\u200d👩\x07", "␛[31m👨\u200d👩␇"),
        ("\U000e0041\u200b", "\\U000e0041\\u200b"),
    ],
)
def test_words_to_paste_keep_what_their_writing_needs_and_nothing_that_steers(
    text: str, shown: str | None
) -> None:
    assert sayable(text) == (text if shown is None else shown)


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=[]), max_size=40), st.integers(0, 50))
def test_any_words_to_paste_are_harmless_and_within_their_limit(text: str, limit: int) -> None:
    said = sayable(text)
    assert not re.search(
        "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]", said
    )
    assert width(sayable(text, limit)) <= limit
    assert re.sub("[\u200c\u200d]", "", said) or not text


@pytest.mark.parametrize("text", NAUGHTY)
@pytest.mark.parametrize("limit", [None, 0, 1, 7, 40])
def test_naughty_strings_leave_no_control_byte_and_keep_to_their_cells(
    text: str, limit: int | None
) -> None:
    shown = visible(text, limit)
    assert not DANGEROUS.search(shown)
    shown.encode()
    if limit is not None:
        assert width(shown) <= limit


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=[]), max_size=40), st.integers(0, 50))
def test_any_text_is_harmless_and_within_its_limit(text: str, limit: int) -> None:
    shown = visible(text)
    assert not DANGEROUS.search(shown)
    assert all(unicodedata.category(mark) not in ("Cc", "Cs", "Co", "Zl", "Zp") for mark in shown)
    short = visible(text, limit)
    assert width(short) <= limit
    assert short == shown or short == "" or short.endswith("…")
    assert width(pad(short, limit)) == limit


@pytest.mark.parametrize(
    ("text", "cells"), [("abc", 3), ("张三", 4), ("ｶﾅ", 2), ("e\u0301", 1), ("，", 2), ("👍", 2)]
)
def test_widths_are_those_of_a_terminal(text: str, cells: int) -> None:
    assert width(text) == cell_len(text) == cells


@pytest.mark.parametrize(
    ("text", "cells", "short"),
    [
        ("张三丰", 6, "张三丰"),
        ("张三丰", 5, "张三…"),
        ("张三丰", 4, "张…"),
        ("张三丰", 1, "…"),
        ("张三丰", 0, ""),
        ("e\u0301e\u0301", 2, "e\u0301e\u0301"),
        ("abc", 2, "a…"),
    ],
)
def test_long_text_is_cut_at_a_whole_character(text: str, cells: int, short: str) -> None:
    assert shorten(text, cells) == short


def test_a_long_hostile_note_is_cut_before_it_is_worked_through() -> None:
    assert visible("\x00" * 10_000_000, 5) == "␀␀␀␀…"
    assert visible("\u0301" * 1_000 + "abc", 5).startswith("\u0301")


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("+8613812345678", "138****5678"),
        ("+861088886666", "010****6666"),
        ("+8675588886666", "075*****6666"),
        ("+8687112345678", "087*****5678"),
        ("+864008123456", "400***3456"),
        ("+14155550123", "+141******23"),
        ("+6591234567", "+659*****67"),
        ("12345", "*****"),
        ("", ""),
    ],
)
def test_masked_phones_tell_their_owner_only(number: str, masked: str) -> None:
    assert mask_phone(number) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("110101199003071234", "110***********1234"),
        ("123456", "******"),
        ("", ""),
    ],
)
def test_masked_ids_hide_the_birth_date(number: str, masked: str) -> None:
    assert mask_id(number) == masked


@pytest.mark.parametrize(
    ("number", "masked"), [("E12345678", "E*******8"), ("AB123", "*****"), ("", "")]
)
def test_masked_passports_keep_their_ends_only(number: str, masked: str) -> None:
    assert mask_passport(number) == masked


@settings(deadline=None)
@given(st.text("+0123456789AX", max_size=24))
def test_no_mask_leaves_a_number_that_could_be_guessed(number: str) -> None:
    for mask in (mask_phone, mask_id, mask_passport):
        shown = mask(number)
        assert shown.count("*") >= min(3, len(number.removeprefix("+86").removeprefix("+")))
