"""Text, words, counts, phones and identity documents out of one cell."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import phonenumbers
import pytest

from tourcrm.base import parsing
from tourcrm.base.errors import CellError
from tourcrm.base.parsing.phone_numbers import _MOBILE


def reason(parser: Callable[..., object], *args: Any, **options: Any) -> str:
    """The template of the reason for which a cell is refused."""
    with pytest.raises(CellError) as refused:
        parser(*args, **options)
    str(refused.value)  # every field of the message is given
    return refused.value.message.template


def id_of(first17: str) -> str:
    """An 18-character ID number with the right check digit, by the plain definition.

    ISO 7064 MOD 11-2: the whole number, weighted by powers of two, leaves 1 modulo 11.
    """
    for check in range(11):
        if (sum(int(d) * 2 ** (17 - i) for i, d in enumerate(first17)) + check) % 11 == 1:
            return first17 + ("X" if check == 10 else str(check))
    raise AssertionError


def test_importing_the_parsers_loads_no_library() -> None:
    heavy = "{'phonenumbers', 'borax', 'pandas', 'numpy', 'sqlalchemy', 'rich', 'typer'}"
    program = (
        f"import sys, tourcrm.base.parsing, tourcrm.base.money; print({heavy} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "set()", done.stderr


# ---- clean, text, names, codes


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("\ufeff\u3000 ＡＢ１２\u00a0\u200b", "AB12"),
        ("（０１０）６２３４－５６７８", "(010)6234-5678"),
        ("a\u3000b", "a b"),
        ("￥１００", "¥100"),
        ("'00123", "00123"),
        ('="00123"', "00123"),
        ("12²①", "12²①"),
        ("张三", "张三"),
    ],
)
def test_clean_gives_the_plain_form(cell: str, value: object) -> None:
    assert parsing.clean(cell) == value


def test_free_text_keeps_everything_but_blanks_at_the_ends() -> None:
    note = "想去（北疆），１２人。\n=1+1 \x1b[31m e\u0301 👨‍👩‍👧"
    assert parsing.text(f"\u3000 {note}\t") == note


def test_texts_come_in_the_usual_code_points() -> None:
    assert parsing.label("E\u0301vora") == "Évora"
    assert parsing.label("\ue863\ue81e") == parsing.name("\ue863\ue81e") == "䶮\u9fb4"
    assert parsing.name("Jose\u0301 Mu\u0308ller") == "José Müller"


@pytest.mark.parametrize("cell", ["a\0b", "a\ud800b", "x" * 10_001, "x" * 10_000_000])
def test_free_text_refuses_what_cannot_be_stored(cell: str) -> None:
    assert reason(parsing.text, cell)


@pytest.mark.parametrize("cell", ["", " \u3000", "\ufeff\u200b"])
def test_what_cannot_be_seen_is_blank(cell: str) -> None:
    assert parsing.blank(cell)
    assert reason(parsing.text, cell) == reason(parsing.name, cell) == "it is empty"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("张 三", "张三"),
        ("张　　三", "张三"),
        ("张 三丰", "张三丰"),
        ("欧阳 娜娜", "欧阳 娜娜"),
        ("张三 李四", "张三 李四"),
        ("  John \t Smith ", "John Smith"),
        ("ＺＨＡＮＧ San", "ZHANG San"),
        ("远方公司（北京）", "远方公司（北京）"),
        ("阿依古丽·买买提", "阿依古丽·买买提"),
        ("=cmd()", "=cmd()"),
        ("NA", "NA"),
        ("O'Brien", "O'Brien"),
    ],
)
def test_names_lose_only_blanks(cell: str, value: object) -> None:
    assert parsing.name(cell) == value


@pytest.mark.parametrize("cell", ["张" * 201, "张\0三", "x" * 10_000_000])
def test_names_that_cannot_be_are_refused(cell: str) -> None:
    assert reason(parsing.name, cell)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("000123", "000123"),
        (" Ａ-0１ ", "A-01"),
        ("'007", "007"),
        ("订单 12/3", "订单 12/3"),
        ("1E5", "1E5"),
        ("12.0", "12.0"),
        ("x" * 64, "x" * 64),
    ],
)
def test_codes_keep_their_zeros(cell: str, value: object) -> None:
    assert parsing.code(cell) == value


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("x" * 65, "too long"),
        ("a\x07b", "control"),
        ("a\u200bb", "control"),
        ("a\0b", "NUL"),
        ("A12***", "masked"),
        ("1.38E+10", "Excel has damaged"),
    ],
)
def test_codes_that_cannot_be_are_refused(cell: str, why: str) -> None:
    assert why in reason(parsing.code, cell)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("Li.Lei+x@Example.COM ", "Li.Lei+x@example.com"),
        ("ａ@b.cn", "a@b.cn"),
        ("12345@qq.com", "12345@qq.com"),
    ],
)
def test_email_addresses(cell: str, value: object) -> None:
    assert parsing.email(cell) == value


@pytest.mark.parametrize("cell", ["x", "a@b", "a b@c.cn", "a@b..cn", "@b.cn", "a@b.cn, c@d.cn"])
def test_what_is_no_email_address(cell: str) -> None:
    assert "no e-mail address" in reason(parsing.email, cell)


def test_a_masked_email_address() -> None:
    assert "masked" in reason(parsing.email, "li***@qq.com")


@pytest.mark.parametrize(
    ("cell", "hidden"),
    [
        ("138****5678", True),
        ("138＊＊＊＊5678", True),
        ("138xxxx5678", True),
        ("110101********1234", True),
        ("张●", True),
        ("13812345678", False),
        ("11010119900307002X", False),
        ("Xerxes", False),
    ],
)
def test_masked_values_are_seen(cell: str, hidden: bool) -> None:
    assert parsing.masked(cell) is hidden


# ---- words, flags, tags, counts

STATUS = {
    "booked": "booked", "已成交": "booked", "completed": "booked",
    "cancelled": "cancelled", "已取消": "cancelled", "at_risk": "at_risk",
}  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (" Completed ", "booked"),
        ("ＢＯＯＫＥＤ", "booked"),
        ("已取消\u3000", "cancelled"),
        ("At risk", "at_risk"),
        ("at-risk", "at_risk"),
    ],
)
def test_words_of_any_case_and_width(cell: str, value: object) -> None:
    assert parsing.word(cell, STATUS) == value


def test_an_unknown_word_lists_those_that_are_known() -> None:
    with pytest.raises(CellError) as refused:
        parsing.word("weird", STATUS)
    assert str(refused.value).endswith("booked (已成交), cancelled (已取消), at_risk")


def test_an_unknown_word_lists_at_most_twelve() -> None:
    with pytest.raises(CellError) as refused:
        parsing.word("weird", {f"w{n}": f"w{n}" for n in range(20)})
    assert str(refused.value).endswith("w10, w11, ...")


@pytest.mark.parametrize(
    "cell", ["是", "Yes", "Y", "1", "TRUE", "✓", "√", "☑\ufe0f", "同意", "ＹＥＳ"]
)
def test_yes(cell: str) -> None:
    assert parsing.flag(cell) is True


@pytest.mark.parametrize("cell", ["否", "no", "N", "0", "false", "×", "不同意", "没有"])
def test_no(cell: str) -> None:
    assert parsing.flag(cell) is False


@pytest.mark.parametrize("cell", ["maybe", "2", "x", "?"])
def test_neither_yes_nor_no(cell: str) -> None:
    assert "neither" in reason(parsing.flag, cell)


def test_tags_are_split_at_every_usual_sign() -> None:
    cell = "老客户、摄影，海岛；VIP|亲子;摄影,\n 避暑 、"
    assert parsing.tags(cell) == ("老客户", "摄影", "海岛", "VIP", "亲子", "避暑")


def test_a_tag_is_at_most_fifty_characters() -> None:
    assert parsing.tags("x" * 50) == ("x" * 50,)
    assert "tag is too long" in reason(parsing.tags, "a," + "x" * 51)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("3", 3), ("３", 3), ("3人", 3), ("3 位", 3), ("3.0", 3), ("03", 3), ("2 people", 2),
        ("1 person", 1), ("5天", 5), ("5天4晚", 5), ("5日", 5), ("5 Days", 5), ("9999", 9999),
        ("2大1小", 3), ("2成人1儿童", 3), ("2+1", 3), ("２大人，1小孩", 3),
    ],
)  # fmt: skip
def test_counts(cell: str, value: object) -> None:
    assert parsing.count(cell) == value


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("2.5", "no whole number"), ("1e5", "no whole number"), ("٣", "no whole number"),
        ("三", "no whole number"), ("nan", "no whole number"), ("两大一小", "no whole number"),
        ("-3", "negative"), ("－3", "negative"), ("-0", "negative"),
        ("0", "out of range"), ("10000", "out of range"), ("1" * 500, "too long"),
    ],
)  # fmt: skip
def test_counts_that_cannot_be(cell: str, why: str) -> None:
    assert why in reason(parsing.count, cell)


def test_a_count_has_the_bounds_asked_for() -> None:
    assert parsing.count("0", low=0) == 0
    assert "out of range" in reason(parsing.count, "366", high=365)


# ---- phones

MOBILE = "+8613812345678"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("13812345678", MOBILE), ("138 1234 5678", MOBILE), ("138-1234-5678", MOBILE),
        ("138.1234.5678", MOBILE), ("１３８１２３４５６７８", MOBILE),
        ("+86 138 1234 5678", MOBILE),
        ("0086-13812345678", MOBILE), ("8613812345678", MOBILE), ("86-138 1234 5678", MOBILE),
        ("13812345678.0", MOBILE), ("'13812345678", MOBILE), ('="13812345678"', MOBILE),
        ("\u202d13812345678\u202c", MOBILE), ("138\u200b12345678", MOBILE),
        ("手机：13812345678", MOBILE), ("Tel: 138 1234 5678", MOBILE), ("(+86)13812345678", MOBILE),
        ("138–1234—5678", MOBILE), ("013812345678", MOBILE),
        ("010-62345678", "+861062345678"), ("(010)62345678", "+861062345678"),
        ("（０１０）６２３４５６７８", "+861062345678"), ("01062345678", "+861062345678"),
        ("1062345678", "+861062345678"), ("75582345678", "+8675582345678"),
        ("+86 (0)10 62345678", "+861062345678"),
        ("0755 8234 5678", "+8675582345678"), ("0898-66234567", "+8689866234567"),
        ("010-62345678转801", "+861062345678"), ("010-62345678 转 801", "+861062345678"),
        ("010-62345678（转801）", "+861062345678"), ("010-62345678 ext 5", "+861062345678"),
        ("010-62345678 Ext.5", "+861062345678"), ("010-62345678-801", "+861062345678"),
        ("010-62345678#801", "+861062345678"), ("010-62345678分机801", "+861062345678"),
        ("400-800-8888", "+864008008888"), ("4008008888", "+864008008888"),
        ("800 810 1234", "+868008101234"), ("400-800-8888转2", "+864008008888"),
        ("+65 6123 4567", "+6561234567"), ("0065 61234567", "+6561234567"),
        ("+1 (650) 253-0000", "+16502530000"), ("+44 (0)20 7946 0958", "+442079460958"),
        ("+852 6123 4567", "+85261234567"), ("+886 912 345 678", "+886912345678"),
    ],
)  # fmt: skip
def test_one_phone_in_every_usual_form(cell: str, value: object) -> None:
    assert parsing.phones(cell) == (value, None)
    assert parsing.phone(cell) == value


@pytest.mark.parametrize(
    "cell",
    [
        "13812345678/13912345678", "13812345678、13912345678", "13812345678;13912345678",
        "13812345678，13912345678", "13812345678,13912345678", "13812345678 13912345678",
        "138 1234 5678 139 1234 5678", "13812345678\n13912345678", "13812345678 / 139-1234-5678",
        "13812345678或13912345678", "13812345678/", "手机13812345678 电话13912345678",
    ],
)  # fmt: skip
def test_a_second_phone_in_the_cell(cell: str) -> None:
    second = None if cell.endswith("/") else "+8613912345678"
    assert parsing.phones(cell) == (MOBILE, second)


def test_a_mobile_and_an_office_number_with_blanks_between() -> None:
    assert parsing.phones("021-5888 1234 转801 13812345678") == ("+862158881234", MOBILE)


def test_the_same_phone_twice_is_one() -> None:
    assert parsing.phones("13812345678/138-1234-5678") == (MOBILE, None)


def test_where_one_phone_is_wanted_two_are_refused() -> None:
    assert "only one" in reason(parsing.phone, "13812345678/13912345678")


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("3123456789", "first digit is missing"), ("912345678 9", "first digit is missing"),
        ("62345678", "without its area code"), ("6234-5678", "without its area code"),
        ("1.38E+10", "Excel has damaged"), ("1.38123e10", "Excel has damaged"),
        ("138****5678", "masked"), ("138＊＊＊＊5678", "masked"), ("138xxxx5678", "masked"),
        ("12345", "of a service"), ("11111111111", "no network"), ("12345678901", "no network"),
        ("1381234567", "no network"), ("138123456789", "no network"), ("10086", "of a service"),
        ("95588", "of a service"), ("110", "of a service"), ("12301", "of a service"),
        ("(212) 736-5000", "without its country"), ("212-736-5000", "without its country"),
        ("400-123-456", "no network"), ("+12", "no network"),
        ("+86 62345678", "no network"), ("138+12345678", "no network"), ("+", "no network"),
        ("/", "no network"), ("0", "no network"), ("-", "no network"),
        ("١٣٨١٢٣٤٥٦٧٨", "more than a phone number"), ("13812345678(妈妈)", "more than a phone"),
        ("无", "more than a phone number"), ("1800FLOWERS", "more than a phone number"),
        ("13812345678/139", "no network"), ("021-58881234/5", "no network"),
        ("13812345678/13912345678/13712345678", "more than two numbers"),
        ("13812345678 13912345678 13712345678", "more than two numbers"),
        ("138\x0012345678", "NUL"), ("1" * 10_000_000, "too long"), ("1 " * 100, "no network"),
    ],
)  # fmt: skip
def test_what_is_no_phone_is_refused_with_the_reason(cell: str, why: str) -> None:
    assert why in reason(parsing.phones, cell)


def test_another_region_reads_its_own_numbers() -> None:
    assert parsing.phones("6123 4567", region="SG") == ("+6561234567", None)


def test_the_known_mobile_prefixes_are_those_of_the_phone_library() -> None:
    for prefix in range(100, 200):
        number = f"{prefix}00012345"
        if _MOBILE.fullmatch(number):
            assert phonenumbers.is_valid_number(phonenumbers.parse(number, "CN")), prefix


# ---- identity documents


@pytest.mark.parametrize(
    "first17",
    ["11010119900307002", "81000019850101001", "71000019850101002", "44030619491001003"],
)
def test_id_numbers_with_the_right_check_digit_are_taken(first17: str) -> None:
    assert parsing.id_number(id_of(first17)) == id_of(first17)


def test_id_numbers_in_every_usual_form() -> None:
    number = next(n for n in (id_of(f"11010119900307{i:03d}") for i in range(99)) if n[-1] == "X")
    wide = "".join(chr(ord(one) + 0xFEE0) for one in number)
    for cell in (
        number,
        number.lower(),
        wide,
        f" '{number}",
        f"{number[:6]} {number[6:14]} {number[14:]}",
    ):
        assert parsing.id_number(cell) == number


def test_published_example_of_the_standard() -> None:
    assert parsing.id_number("11010519491231002x") == "11010519491231002X"


def test_an_id_number_of_fifteen_digits_is_converted() -> None:
    assert parsing.id_number("110105491231002") == "11010519491231002X"


def test_a_foreigners_residence_card_is_an_id_number() -> None:
    assert parsing.id_number(id_of("93184019900307002")) == id_of("93184019900307002")


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("110105194912310021", "check digit"),
        ("110105194912311000", "Excel has damaged"), ("11010519491231000", "Excel has damaged"),
        ("1.10105E+17", "Excel has damaged"), ("110105194912310000.0", "Excel has damaged"),
        ("110105********002X", "masked"), ("110105xxxxxxxx002X", "masked"),
        (id_of("99010519491231002"), "province"), (id_of("20010519491231002"), "province"),
        (id_of("11010519490230002"), "birth date"), (id_of("11010518991231002"), "birth date"),
        (id_of("11010500000000002"), "birth date"), ("110105490230002", "birth date"),
        ("1101051949123100", "18 characters"), ("E12345678", "18 characters"),
        ("11010519491231Ⅹ02", "18 characters"), ("١" * 18, "18 characters"),
    ],
)  # fmt: skip
def test_id_numbers_that_cannot_be(cell: str, why: str) -> None:
    assert why in reason(parsing.id_number, cell)


def test_birthday_and_gender_come_from_the_id_number() -> None:
    assert parsing.birthday_of("11010519491231002X").isoformat() == "1949-12-31"
    assert parsing.gender_of("11010519491231002X") == "female"
    assert parsing.gender_of(id_of("11010519491231001")) == "male"


@pytest.mark.parametrize(
    ("cell", "value"),
    [("e12345678", "E12345678"), ("ＥＡ1234567", "EA1234567"), ("G 1234-5678", "G12345678")],
)
def test_passport_numbers(cell: str, value: object) -> None:
    assert parsing.passport(cell) == value


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("E1****678", "masked"), ("1.2E+08", "Excel"), ("E123", "5 to 20"),
        ("护照12345", "5 to 20"),
        ("PASSPORT", "5 to 20"), ("E" + "1" * 20, "5 to 20"),
    ],
)  # fmt: skip
def test_passport_numbers_that_cannot_be(cell: str, why: str) -> None:
    assert why in reason(parsing.passport, cell)
