"""Customers from sheets as agencies have them: who is the same, what is taken, what comes back."""

import os
import shlex
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.builders import agency
from tests.conftest import Invoke
from tests.importer import Shop, columns, rejected_rows
from tourcrm.base.errors import Unusable
from tourcrm.files.xlsx_writer import write_xlsx
from tourcrm.terminal import context


def card(birthday: str, order: str) -> str:
    """A resident ID number with the right check digit."""
    body = f"110101{birthday}{order}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


FIRST = card("19900307", "001")

# --- files ---------------------------------------------------------------------------------------

TEXT = "姓名,手机,城市\n王芳,13812345678,北京\n李强,13912345678,重庆\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("utf8.csv", TEXT.encode()),
        ("bom.csv", TEXT.encode("utf-8-sig")),
        ("gb.csv", TEXT.encode("gb18030")),
        ("utf16.csv", TEXT.encode("utf-16")),
        (
            "big5.csv",
            "姓名,手機,城市\n王芳,13812345678,北京\n李強,13912345678,重慶\n".encode("big5"),
        ),
        ("tabs.tsv", TEXT.replace(",", "\t").encode()),
        ("semicolons.csv", TEXT.replace(",", ";").encode()),
        ("title.csv", ("客户名单,,\n" + TEXT).encode()),
    ],
)
def test_a_sheet_goes_in_as_it_is(shop: Shop, name: str, content: bytes) -> None:
    said = shop.take("customers", content, name=name)
    assert (said["added"], said["rejected"]) == (2, 0)
    found = shop.rows("SELECT phone, city FROM customer ORDER BY id")
    assert [phone for phone, _ in found] == ["+8613812345678", "+8613912345678"]
    assert found[0][1] == "北京"


def test_an_excel_sheet_goes_in(shop: Shop) -> None:
    import xlsxwriter

    path = shop.folder / "客户.xlsx"
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet()
    page.write_row(0, 0, ["客户编号", "姓名", "手机", "生日", "护照有效期"])
    page.write_row(1, 0, ["007", "王芳"])
    page.write_number(1, 2, 13812345678)
    day = book.add_format({"num_format": "yyyy/m/d"})
    page.write_datetime(1, 3, date(1985, 3, 5), day)
    page.write_number(1, 4, 47000)
    book.close()
    shop.take("customers", path)
    assert shop.one("SELECT code, phone, passport_expires_on FROM customer") == (
        "007",
        "+8613812345678",
        "2028-09-04",
    )
    assert shop.one("SELECT year, month, day FROM special_date") == (1985, 3, 5)


def test_standard_input_goes_in_and_its_rejects_go_to_the_current_folder(shop: Shop) -> None:
    content = (TEXT + "赵六,123,广州\n").encode("gb18030")
    done = shop.run("customers", "import", "-", input=content)
    assert done.exit_code == 4
    assert shop.one("SELECT count(*) FROM customer") == 2
    assert rejected_rows(shop.folder / "stdin.rejected.csv")[1][1:] == ["赵六", "123", "广州"]


def test_an_encoding_can_be_forced_and_must_exist(shop: Shop) -> None:
    shop.take("customers", TEXT.encode("gb18030"), "--encoding", "gbk")
    done = shop.run("customers", "import", shop.folder / "in.csv", "--encoding", "klingon")
    assert done.exit_code == 2
    assert "klingon" in done.stderr


def test_a_file_without_the_columns_needed_says_which_and_how(shop: Shop) -> None:
    done = shop.run("customers", "import", shop.sheet("城市,手机\n北京,13812345678\n"))
    assert done.exit_code == 1
    assert "name" in done.stderr
    assert '--map "HEADER=name"' in done.stderr
    assert shop.rows("SELECT * FROM operation") == []


# --- headers -------------------------------------------------------------------------------------


def test_other_headers_are_mapped_and_a_column_is_left_out(shop: Shop) -> None:
    sheet = "大名,号码,城市,名\n王芳,13812345678,北京,芳\n"
    shop.take(
        "customers",
        sheet,
        "--map",
        "大名=name",
        "--map",
        "号码=手机",
        "--map",
        "城市=",
        "--map",
        "名=",
    )
    assert shop.one("SELECT name, phone, city FROM customer") == ("王芳", "+8613812345678", None)


@pytest.mark.parametrize(
    ("mapping", "code", "words"),
    [
        ("名字", 2, "HEADER=FIELD"),
        ("=name", 2, "HEADER=FIELD"),
        ("没有=name", 2, "没有"),
        ("姓名=nonsense", 2, "nonsense"),
    ],
)
def test_a_wrong_mapping_is_refused(shop: Shop, mapping: str, code: int, words: str) -> None:
    done = shop.run("customers", "import", shop.sheet(TEXT), "--map", mapping)
    assert done.exit_code == code
    assert words in done.stderr


def test_a_profile_remembers_a_mapping(shop: Shop) -> None:
    shop.take(
        "customers", "大名,号码\n王芳,13812345678\n", "--profile", "旧系统", "--map", "大名=name",
        "--map", "号码=phone",
    )  # fmt: skip
    said = shop.take("customers", "号码,大名,多余\n13912345678,李强,x\n", "--profile", "旧系统")
    assert said["added"] == 1
    assert shop.one("SELECT phone FROM customer WHERE name = '李强'") == "+8613912345678"
    lacking = shop.take("customers", "大名,城市\n赵六,北京\n", "--profile", "旧系统")
    assert lacking["added"] == 1
    whole = shop.take("customers", "号码,大名\n13912345679,孙八\n", "--profile", "旧系统")
    assert whole["columns_used"] == ["大名=name", "号码=phone"]


def test_a_profile_is_only_added_to(shop: Shop) -> None:
    given = ("--profile", "旧系统", "--map")
    shop.take(
        "customers", "大名,号码\n王芳,13812345678\n", *given, "大名=name", "--map", "号码=phone"
    )
    more = shop.take("customers", "大名,号码,籍贯\n李强,13912345678,宁波\n", *given, "籍贯=city")
    assert more["columns_used"] == ["大名=name", "号码=phone", "籍贯=city"]
    other = shop.take("customers", "大名,座机\n赵六,010-62345678\n", *given, "座机=phone")
    assert other["columns_used"] == ["大名=name", "座机=phone"]
    last = shop.take("customers", "籍贯,大名,号码\n绍兴,孙八,13912345679\n", *given[:2])
    assert last["columns_used"] == ["大名=name", "号码=phone", "籍贯=city"]


def test_a_profile_adds_words(shop: Shop) -> None:
    text = "姓名,性别\n王芳,{}\n"
    shop.take("customers", text.format("坤"), "--profile", "p", "--word", "坤=女")
    shop.take("customers", text.format("乾"), "--profile", "p", "--word", "乾=男")
    assert shop.take("customers", text.format("坤"), "--profile", "p")["rejected"] == 0


def test_an_unknown_profile_says_how_to_make_one(shop: Shop) -> None:
    done = shop.run("customers", "import", shop.sheet(TEXT), "--profile", "x")
    assert done.exit_code == 1
    assert "--map" in done.stderr


def test_a_dry_run_remembers_no_profile(shop: Shop) -> None:
    shop.take("customers", TEXT, "--profile", "p", "--map", "城市=note", "--dry-run")
    assert shop.rows("SELECT * FROM setting WHERE key LIKE 'profile%'") == []


def test_what_was_understood_and_what_was_not_is_said(shop: Shop) -> None:
    sheet = shop.sheet("客人姓名,联系方式,电话2,座右铭,地区\n王芳,13812345678,,好好学习,华北\n")
    said = shop.run("customers", "import", sheet, lang="en").stdout
    assert "客人姓名 → name" in said
    assert "联系方式 → phone" in said
    assert "座右铭" in said
    again = shop.run("customers", "import", sheet).stdout
    assert "→" not in again


def test_a_second_column_of_phones_is_the_second_phone(shop: Shop) -> None:
    shop.take("customers", "姓名,手机,电话\n王芳,13812345678,010-62345678\n")
    assert shop.one("SELECT phone, phone2 FROM customer") == ("+8613812345678", "+861062345678")


# --- cells ---------------------------------------------------------------------------------------


def test_a_full_row_is_stored_in_every_column(shop: Shop) -> None:
    row = {
        "客户编号": "0012",
        "姓名": "王 芳",
        "客户类型": "个人",
        "状态": "正常",
        "手机": "0086 138-1234-5678 / 139 1234 5678",
        "微信": "wangfang88",
        "邮箱": "WF@Example.COM",
        "身份证号": FIRST,
        "护照号": "e12345678",
        "护照有效期": "2030年1月2日",
        "城市": "北京",
        "负责人": "小李",
        "标签": "VIP，老客户;vip2",
        "营销许可": "同意",
        "请勿联系": "否",
        "语言": "中文",
        "纪念日": "结婚纪念日=2010-05-20; 开业=农历八月十五",
        "备注": "第一行\n第二行",
    }
    shop.take("customers", columns([row], list(row)))
    stored = shop.one(
        "SELECT code, name, kind, status, phone, phone2, wechat, email, id_number, passport_no, "
        "passport_expires_on, city, owner, marketing_consent, do_not_contact, language, note, "
        "gender, name_pinyin, name_initials, entered_on FROM customer"
    )
    assert stored == (
        "0012", "王芳", "person", "active", "+8613812345678", "+8613912345678", "wangfang88",
        "WF@example.com", FIRST, "E12345678", "2030-01-02", "北京", "小李", "yes", 0, "zh",
        "第一行\n第二行", "male", "wang fang", "wf", "2026-11-20",
    )  # fmt: skip
    assert shop.rows("SELECT tag FROM customer_tag ORDER BY id") == [
        ("VIP",),
        ("老客户",),
        ("vip2",),
    ]
    assert sorted(shop.rows("SELECT label, calendar, year, month, day FROM special_date")) == [
        ("birthday", "solar", 1990, 3, 7),
        ("wedding", "solar", 2010, 5, 20),
        ("开业", "lunar", None, 8, 15),
    ]


CANNOT_BE = {
    (header, cell): words
    for header, cell, words in [
        ("手机", "138****5678", "masked"),
        ("手机", "1.38E+10", "damaged"),
        ("手机", "11111111111", "no network"),
        ("手机", "12345", "number of a service"),
        ("手机", "(212) 736-5000", "without its country"),
        ("手机", "微信联系", "words and no phone"),
        ("手机", "62345678", "area code"),
        ("身份证号", FIRST[:17] + ("0" if FIRST[17] != "0" else "1"), "check digit"),
        ("身份证号", "1101011990********", "masked"),
        ("生日", "2031-01-01", "ahead"),
        ("状态", "睡着了", "not known"),
        ("营销许可", "也许", "not known"),
        ("请勿联系", "也许", "yes nor no"),
        ("纪念日", "结婚=05-20; 结婚纪念日=05-21", "two different days"),
        ("客户编号", "x\x00y", "NUL"),
    ]
}


def test_a_cell_that_cannot_be_rejects_its_row_whole(shop: Shop) -> None:
    headers = ["姓名", *dict.fromkeys(header for header, _cell in CANNOT_BE)]
    rows = [{"姓名": f"客{n}", header: cell} for n, (header, cell) in enumerate(CANNOT_BE)]
    said = shop.take("customers", columns([*rows, {"姓名": "李强"}], headers))
    assert (said["added"], said["rejected"]) == (1, len(CANNOT_BE))
    why = shop.reasons(said)
    for line, ((header, cell), words) in enumerate(CANNOT_BE.items(), 2):
        assert words in why[line], (header, cell)
    assert shop.one("SELECT name FROM customer") == "李强"


LEFT_OUT = {
    (header, cell): words
    for header, cell, words in [
        ("生日", "1952年3月", "no yearly day"),
        ("生日", "1985-02-30", "no such day"),
        ("生日", "85-3-5", "two digits"),
        ("生日", "八月十五日", "solar or lunar"),
        ("邮箱", "没有邮箱", "e-mail"),
        ("护照有效期", "30/2/2027", "no such day"),
        ("纪念日", "五月二十", "special dates are written"),
        ("性别", "人妖", "not known"),
        ("录入日期", "去年", "no date"),
    ]
}


def test_a_damaged_cell_that_a_customer_can_do_without_is_left_out_and_said(shop: Shop) -> None:
    headers = ["姓名", *dict.fromkeys(header for header, _cell in LEFT_OUT)]
    rows = [{"姓名": f"客{n}", header: cell} for n, (header, cell) in enumerate(LEFT_OUT)]
    sheet = shop.sheet(columns(rows, headers))
    done = shop.run("customers", "import", sheet)
    assert done.exit_code == 0
    for line, ((header, cell), words) in enumerate(LEFT_OUT.items(), 2):
        _, found, rest = done.stdout.partition(f'line {line}: {header} "{cell}": ')
        assert found and words in rest.partition("\n")[0], (header, cell, done.stdout)
    assert shop.rows("SELECT note FROM customer ORDER BY id") == [
        (f"[{header}] {cell}",) for header, cell in LEFT_OUT
    ]
    assert not shop.rows("SELECT 1 FROM special_date")
    assert "nothing to do" in shop.run("customers", "import", sheet).stdout


def test_two_damaged_cells_cost_the_row(shop: Shop) -> None:
    said = shop.take("customers", "姓名,生日,邮箱\n王芳,1952年3月,没有\n李强,1952年3月,无邮箱\n")
    assert (said["added"], said["rejected"]) == (1, 1)  # 没有 is blank
    assert "1952年3月" in shop.reasons(said)[3]


def test_what_stands_beside_a_phone_goes_to_the_note(shop: Shop) -> None:
    sheet = shop.sheet(
        "客户编号,姓名,手机,备注\n1,王一,13800138000(微信同号),爱吃辣\n2,王二,13800138002王先生,\n"
        "3,王三,010-62345678-801,\n4,王四,13800138004 转8,\n"
        "5,王五,王姐：13800138005，13900139005,\n"
    )
    done = shop.run("customers", "import", sheet)
    assert '手机: 5 cells hold more than the number, such as "微信同号"' in done.stdout
    assert shop.rows("SELECT phone, phone2, note FROM customer ORDER BY id") == [
        ("+8613800138000", None, "爱吃辣; [手机] 微信同号"),
        ("+8613800138002", None, "[手机] 王先生"),
        ("+861062345678", None, "[手机] 转801"),
        ("+8613800138004", None, "[手机] 转8"),
        ("+8613800138005", "+8613900139005", "[手机] 王姐"),
    ]
    assert "nothing to do" in shop.run("customers", "import", sheet).stdout
    shop.run("customers", "edit", "2", "--note", "靠窗")
    shop.run("customers", "import", sheet)
    assert shop.one("SELECT note FROM customer WHERE code = '2'") == "靠窗; [手机] 王先生"


def test_an_american_number_is_taken_where_the_region_says_so(shop: Shop) -> None:
    shop.run("settings", "region", "US")
    shop.take("customers", "name,phone\nAnn,(212) 736-5000\n")
    assert shop.one("SELECT phone FROM customer") == "+12127365000"


def test_a_birth_date_ahead_in_an_id_number_is_refused_everywhere(shop: Shop) -> None:
    ahead = card("20300305", "001")
    said = shop.take("customers", f"姓名,身份证号\n未来,{ahead}\n")
    assert "lies ahead" in shop.reasons(said)[2]
    assert shop.run("customers", "add", "未来", "--id-number", ahead).exit_code == 1
    shop.run("customers", "add", "王芳", "--birthday", "1990-03-07")
    assert shop.run("customers", "edit", "王芳", "--id-number", ahead).exit_code == 1
    trips = [["客户", "姓名", "目的地", "出发日期"], [ahead, "未来", "三亚", "2026-12-01"]]
    said = shop.take("trips", trips, "--create-customers")
    assert "lies ahead" in shop.reasons(said)[2]


def test_what_an_id_number_told_follows_its_correction(shop: Shop) -> None:
    right = card("19900317", "002")
    shop.take("customers", f"客户编号,姓名,身份证号\n1,王芳,{FIRST}\n")
    assert shop.one("SELECT gender FROM customer") == "male"
    assert shop.rows("SELECT * FROM change") == []
    shop.take("customers", f"客户编号,姓名,身份证号\n1,王芳,{right}\n")
    assert shop.one("SELECT gender FROM customer") == "female"
    assert shop.rows("SELECT month, day FROM special_date") == [(3, 17)]
    shop.run("customers", "edit", "1", "--id-number", FIRST)
    assert shop.rows("SELECT month, day FROM special_date") == [(3, 7)]
    shop.run("customers", "edit", "1", "--birthday", "1990-03-08")
    told = shop.run("customers", "edit", "1", "--id-number", right)
    assert "stays 1990-03-08" in told.stderr
    assert shop.rows("SELECT month, day FROM special_date") == [(3, 8)]
    done = shop.run("customers", "import", shop.sheet(f"客户编号,姓名,身份证号\n1,王芳,{FIRST}\n"))
    assert "another birthday or gender than the ID number" in done.stdout
    assert shop.rows("SELECT month, day FROM special_date") == [(3, 8)]


def test_several_faults_of_a_row_are_said_together(shop: Shop) -> None:
    said = shop.take("customers", "姓名,手机,邮箱\n王芳,123,abc\n")
    assert "手机" in shop.reasons(said)[2]
    assert "邮箱" in shop.reasons(said)[2]


def test_three_numbers_are_too_many_wherever_they_stand(shop: Shop) -> None:
    sheet = "姓名,手机,备用电话\n王芳,13812345678/13912345678,13712345678\n"
    said = shop.take("customers", sheet)
    assert "more than two" in shop.reasons(said)[2]


def test_dashes_and_wu_mean_nothing(shop: Shop) -> None:
    sheet = "客户编号,姓名,手机,微信,生日,身份证号\n-,王芳,无,无,-,/\n-,李强,无,无,-,/\n"
    assert shop.take("customers", sheet)["added"] == 2
    assert shop.rows("SELECT code, phone, wechat FROM customer") == [
        ("C000001", None, None),
        ("C000002", None, None),
    ]


def test_days_and_months_are_settled_by_the_whole_column(shop: Shop) -> None:
    shop.take("customers", "姓名,生日\n王芳,5/3/1985\n李强,25/3/1985\n")
    assert shop.rows("SELECT month, day FROM special_date ORDER BY id") == [(3, 5), (3, 25)]


def test_days_and_months_that_nothing_settles_are_asked_for(shop: Shop) -> None:
    sheet = shop.sheet("姓名,生日\n王芳,5/3/1985\n")
    done = shop.run("customers", "import", sheet)
    assert done.exit_code == 1
    assert "--date-format" in done.stderr
    shop.take("customers", sheet, "--date-format", "mdy")
    assert shop.one("SELECT month, day FROM special_date") == (5, 3)


# --- who is the same -----------------------------------------------------------------------------

HEADER = ["code", "name", "phone", "wechat", "id_number", "passport_no", "city"]


def person(**given: str) -> list[str]:
    return [given.get(name, "") for name in HEADER]


WANG = {"name": "王芳", "phone": "13812345678"}


@pytest.mark.parametrize(
    ("first", "second", "customers"),
    [
        ({"code": "K1", **WANG}, {"code": "K1", "name": "王小芳"}, 1),
        ({"name": "王芳", "id_number": FIRST}, {"name": "王小芳", "id_number": FIRST}, 1),
        (
            {"name": "王芳", "passport_no": "E1234567"},
            {"name": "WANG", "passport_no": "e1234567"},
            1,
        ),
        (WANG, {"name": "王芳", "phone": "+86 138 1234 5678"}, 1),
        (WANG, {"name": "王 芳", "phone": "13812345678"}, 1),
        (WANG, {"name": "王芳", "phone": "010-62345678/13812345678"}, 1),
        ({**WANG, "wechat": "wf_1985"}, {"name": "王芳", "wechat": "wf_1985"}, 1),
        (WANG, {"name": "王强", "phone": "13812345678"}, 2),  # the household
        ({"name": "王芳", "wechat": "wf_1985"}, {"name": "王强", "wechat": "wf_1985"}, 2),
        ({"name": "王芳", "city": "北京"}, {"name": "王芳", "city": "上海"}, 2),  # namesakes
        ({"name": "王芳", "phone": "13812345678"}, {"name": "王芳", "phone": "13912345678"}, 2),
        # what stands for "none" is no WeChat id
        (
            {"name": "张伟", "phone": "13812345678", "wechat": "同手机"},
            {"name": "张伟", "phone": "13912345678", "wechat": "同手机"},
            2,
        ),
        ({"code": "K1", **WANG}, {"code": "K2", **WANG}, 2),  # two codes, two customers
        ({"name": "♥", "phone": "13812345678"}, {"name": "★", "phone": "13812345678"}, 2),
    ],
)
@pytest.mark.parametrize("together", [True, False], ids=["one file", "two files"])
def test_who_is_the_same(
    shop: Shop, first: dict[str, str], second: dict[str, str], customers: int, together: bool
) -> None:
    rows = [person(**first), person(**second)]
    if together:
        shop.take("customers", [HEADER, *rows])
    else:
        for row in rows:
            shop.take("customers", [HEADER, row])
    assert shop.one("SELECT count(*) FROM customer") == customers


@pytest.mark.parametrize("together", [True, False], ids=["one file", "two files"])
def test_a_customer_without_a_code_adopts_the_one_given_later(shop: Shop, together: bool) -> None:
    rows = [person(**WANG), person(code="K1", **WANG), person(code="K1", name="王芳", city="北京")]
    if together:
        shop.take("customers", [HEADER, *rows])
    else:
        for row in rows:
            shop.take("customers", [HEADER, row])
    assert shop.one("SELECT code, name, city FROM customer") == ("K1", "王芳", "北京")
    other = shop.take("customers", [HEADER, person(code="K2", **WANG)])
    assert other["added"] == 1


def test_a_shared_phone_under_two_equal_names_is_ambiguous(shop: Shop) -> None:
    shop.take("customers", [HEADER, person(code="K1", **WANG), person(code="K2", **WANG)])
    said = shop.take("customers", [HEADER, person(**WANG, city="北京")])
    assert "K1 王芳, K2 王芳" in shop.reasons(said)[2]


def test_the_household_is_told_of(shop: Shop) -> None:
    sheet = shop.sheet([HEADER, person(**WANG), person(name="王强", phone=WANG["phone"])])
    assert "1 share a phone with another name" in shop.run("customers", "import", sheet).stdout


@pytest.mark.parametrize("key", ["id_number", "passport_no"])
def test_a_document_of_somebody_else_is_refused(shop: Shop, key: str) -> None:
    value = {"id_number": FIRST, "passport_no": "E1234567"}[key]
    shop.take("customers", [HEADER, person(code="K1", name="王芳", **{key: value})])
    said = shop.take("customers", [HEADER, person(code="K2", name="李强", **{key: value})])
    reason = shop.reasons(said)[2]
    assert "K1" in reason
    assert value not in reason
    shop.take("customers", [HEADER, person(code="K2", name="李强")])
    stolen = shop.take("customers", [HEADER, person(code="K2", name="李强", **{key: value})])
    assert "K1" in shop.reasons(stolen)[2]


def test_a_code_of_ours_that_means_another_in_the_file_is_refused(shop: Shop) -> None:
    shop.take("customers", [HEADER, person(**WANG)])
    said = shop.take(
        "customers", [HEADER, person(code="C000001", name="李强", phone="13912345678")]
    )
    assert "王芳" in shop.reasons(said)[2]


def test_codes_that_we_make_never_meet_those_of_the_file(shop: Shop) -> None:
    rows = [
        person(name="甲", city="a"),
        person(code="C000001", name="乙"),
        person(code="C000009", name="丙"),
    ]
    assert shop.take("customers", [HEADER, *rows])["added"] == 3
    codes = dict(shop.rows("SELECT name, code FROM customer"))
    assert codes["乙"] == "C000001"
    assert codes["丙"] == "C000009"
    assert codes["甲"] > "C000009"


def test_a_row_without_an_identity_is_known_again(shop: Shop) -> None:
    sheet = [
        ["name", "city", "note"],
        ["王芳", "北京", "x"],
        ["王芳", "上海", ""],
        ["王芳", "北京", "x"],
    ]
    first = shop.take("customers", sheet)
    assert (first["added"], first["unchanged"]) == (2, 1)
    again = shop.take("customers", [[row[2], row[0], row[1]] for row in sheet])
    assert (again["operation"], again["unchanged"]) == (None, 3)


def test_what_a_row_tells_of_somebody_holds_for_the_rows_after_it(shop: Shop) -> None:
    rows = [
        person(code="K1", name="王芳", phone="13812345678"),
        person(code="K1", name="王芳", phone="13912345678"),
        person(name="王芳", phone="13912345678", city="北京"),
    ]
    for _ in range(2):
        shop.take("customers", [HEADER, *rows])
        assert shop.one("SELECT code, city FROM customer") == ("K1", "北京")


def test_a_company_and_a_referrer_may_stand_further_down(shop: Shop) -> None:
    sheet = [
        ["code", "name", "kind", "company", "referred_by", "phone"],
        ["1", "王芳", "", "3", "13912345678", ""],
        ["2", "李强", "", "大地公司", "没有的人", "13912345678"],
        ["3", "大地公司", "公司", "", "", ""],
    ]
    path = shop.sheet(sheet)
    said = shop.run("customers", "import", path).stdout
    assert shop.rows("SELECT code, company_id, referred_by_id FROM customer ORDER BY id") == [
        ("1", 3, 2),
        ("2", 3, None),
        ("3", None, None),
    ]
    assert shop.rows("SELECT * FROM change") == []  # of who is new nothing was there before
    assert "1 name a referrer" in said
    assert shop.take("customers", path)["operation"] is None
    loop = shop.take("customers", "code,name,referred_by\n1,王芳,1\n2,李强,1\n")
    assert loop["operation"] is None
    told = "; ".join(loop["notes"])
    assert "1 name a referrer" in told
    assert "referred_by: 1 rows name somebody whom the customer brought" in told


# --- what is there already -----------------------------------------------------------------------

OLD = {"code": "K1", "name": "王芳", "phone": "13812345678", "city": "北京"}
NEW = {"code": "K1", "name": "王芳", "phone": "13912345678", "city": "", "wechat": "wf_1985"}


@pytest.mark.parametrize(
    ("way", "counts", "stored"),
    [
        ("update", (1, 0, 0), ("+8613912345678", "+8613812345678", "北京", "wf_1985")),
        ("fill", (1, 0, 0), ("+8613812345678", None, "北京", "wf_1985")),
        ("skip", (0, 1, 0), ("+8613812345678", None, "北京", None)),
        ("error", (0, 0, 1), ("+8613812345678", None, "北京", None)),
    ],
)
@pytest.mark.parametrize("together", [True, False], ids=["one file", "two files"])
def test_the_four_ways_with_what_is_there(
    shop: Shop, way: str, counts: tuple[int, ...], stored: tuple[Any, ...], together: bool
) -> None:
    if together:
        said = shop.take("customers", [HEADER, person(**OLD), person(**NEW)], "--on-duplicate", way)
        assert (said["added"], said["rejected"]) == (1, counts[2])
    else:
        shop.take("customers", [HEADER, person(**OLD)])
        said = shop.take("customers", [HEADER, person(**NEW)], "--on-duplicate", way)
        assert (said["updated"], said["unchanged"], said["rejected"]) == counts
    assert shop.one("SELECT phone, phone2, city, wechat FROM customer") == stored
    again = shop.take("customers", [HEADER, person(**NEW)], "--on-duplicate", way)
    assert again["operation"] is None


NUMBERS = {"a": "13812345678", "b": "13912345678", "c": "13712345678", "": ""}


@pytest.mark.parametrize(
    ("there", "given", "after"),
    [
        ("a", "b", "ba"),
        ("ab", "b", "ab"),
        ("ab", "ba", "ab"),
        ("ab", "bc", "bc"),
        ("ab", "c", "ca"),
        ("ab", " c", "ac"),
        ("a", " b", "ab"),
        ("", " b", "b"),
    ],
)
def test_phones_come_together(shop: Shop, there: str, given: str, after: str) -> None:
    def row(numbers: str) -> list[list[str]]:
        cells = [NUMBERS[letter.strip()] for letter in f"{numbers:2}"]
        return [["code", "name", "phone", "phone2"], ["K1", "王芳", *cells]]

    shop.take("customers", row(there))
    for _ in range(2):
        said = shop.take("customers", row(given))
        wanted = [f"+86{NUMBERS[name]}" for name in after]
        stored = shop.one("SELECT phone, phone2 FROM customer")
        assert [number for number in stored if number] == wanted
    assert said["operation"] is None


def test_tags_gather_and_days_are_replaced(shop: Shop) -> None:
    header = ["code", "name", "tags", "birthday", "special_dates"]
    shop.take("customers", [header, ["K1", "王芳", "a,b", "1985-03-05", "结婚=05-20"]])
    shop.take("customers", [header, ["K1", "王芳", "c,a", "农历三月初五", "结婚=05-21"]])
    assert shop.rows("SELECT tag FROM customer_tag ORDER BY id") == [("a",), ("b",), ("c",)]
    assert sorted(shop.rows("SELECT label, calendar, month, day FROM special_date")) == [
        ("birthday", "lunar", 3, 5),
        ("birthday", "solar", 3, 5),
        ("wedding", "solar", 5, 21),
    ]
    # Two rows of one sheet, too: a day in each calendar, and a year that one of them knows.
    rows = ["", "农历三月初五", "1985-03-05", "03-05"]
    shop.take("customers", [header, *(["K2", "何伟", "", day, ""] for day in rows)])
    assert sorted(
        shop.rows("SELECT calendar, month, day, year FROM special_date WHERE customer_id = 2")
    ) == [("lunar", 3, 5, None), ("solar", 3, 5, 1985)]


def test_own_fields_and_preferences_win_as_on_duplicate_says(shop: Shop) -> None:
    shop.run("customers", "fields", "add", "饮食")
    head = "code,name,饮食,preferences\n"
    shop.take("customers", f"{head}K1,王芳,素,房型=大床\nK2,何伟,,\n")
    for way, own, like, lines in (
        ("skip", "素", "double", 0),
        ("fill", "素", "double", 1),
        ("update", "清真", "twin", 1),
        ("update", "清真", "twin", 0),
    ):
        sheet = f"{head}K1,王芳,清真,房型=双床\nK2,何伟,辣,\n"
        said = shop.take("customers", sheet, "--on-duplicate", way)
        assert said["updated"] == lines, way
        assert shop.rows("SELECT value FROM own_value WHERE customer_id = 1") == [(own,)]
        assert shop.rows("SELECT value FROM preference") == [(like,)]
    assert shop.rows("SELECT value FROM own_value WHERE customer_id = 2") == [("辣",)]


def test_a_year_that_is_known_is_not_forgotten(shop: Shop) -> None:
    shop.take("customers", "code,name,birthday\nK1,王芳,1985-03-05\n")
    assert shop.take("customers", "code,name,birthday\nK1,王芳,03-05\n")["operation"] is None


def test_a_sheet_of_codes_and_what_is_new_needs_no_names(shop: Shop) -> None:
    shop.take("customers", [HEADER, person(**OLD)])
    said = shop.take("customers", "客户编号,城市\nK1,上海\nK2,广州\n")
    assert (said["updated"], said["rejected"]) == (1, 1)
    assert "needs a name" in shop.reasons(said)[3]


def test_a_name_that_changes_is_found_by_its_new_pinyin(shop: Shop) -> None:
    shop.take("customers", "code,name\nK1,王芳\n")
    shop.take("customers", "code,name\nK1,李强\n")
    assert shop.one("SELECT name_pinyin FROM customer") == "li qiang"


def test_the_same_file_again_changes_nothing(shop: Shop) -> None:
    shop.take("customers", [HEADER, person(**OLD), person(name="李强", city="x")])
    before = shop.db.read_bytes(), shop.state()
    said = shop.take("customers", [HEADER, person(**OLD), person(name="李强", city="x")])
    told = {name: said.pop(name) for name in ("columns_used", "columns_not_used", "notes")}
    assert said == {
        "operation": None, "read": 2, "added": 0, "updated": 0, "unchanged": 2, "rejected": 0,
        "rejected_file": None, "warnings": [], "kept": 0,
    }  # fmt: skip
    assert told["columns_used"] == [f"{name}={name}" for name in HEADER]
    assert told["columns_not_used"] == told["notes"] == []
    assert (shop.db.read_bytes(), shop.state()) == before


# --- rejected rows -------------------------------------------------------------------------------

DIRTY = (
    '姓名,手机,备注\r\n王芳,13812345678,好\r\n 李强 ,123,"=1+1, “引号”"\r\n'
    "赵六,1391234567\r\n孙七,13712345678,a,b\r\n"
)


def test_rejected_rows_come_back_exactly_with_their_reason(shop: Shop) -> None:
    said = shop.take("customers", DIRTY.encode("gb18030"), name="名单.csv")
    assert said["rejected_file"] == str(shop.folder / "名单.rejected.csv")
    path = Path(said["rejected_file"])
    header, *rows = rejected_rows(path)
    assert header == ["rejected_because", "姓名", "手机", "备注"]
    assert [row[1:] for row in rows] == [
        [" 李强 ", "123", "=1+1, “引号”"],
        ["赵六", "1391234567", ""],
        ["孙七", "13712345678", "a", "b"],
    ]
    assert rows[0][0].startswith("line 3: 手机")
    assert rows[1][0].startswith("line 4: 手机")
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_rejected_rows_never_overwrite_a_file(shop: Shop) -> None:
    for number in ("", "-2", "-3"):
        said = shop.take("customers", f"{DIRTY}又一个{number},123\n")
        assert Path(said["rejected_file"]).name == f"in.rejected{number}.csv"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_mended_rows_are_imported_from_the_rejected_file(shop: Shop, lang: str) -> None:
    done = shop.run("customers", "import", shop.sheet(DIRTY), lang=lang)
    assert done.exit_code == 4
    path = shop.folder / "in.rejected.csv"
    text = path.read_text("utf-8-sig")
    half = text.replace(",123,", ",13612345678,").replace("a,b", '"a,b"')
    path.write_text("\ufeff" + half, "utf-8")
    said = shop.take("customers", path)
    assert (said["added"], said["rejected"]) == (2, 1)
    left = Path(said["rejected_file"])
    assert left.name == "in.rejected-2.csv"
    header, row = rejected_rows(left)
    assert header == ["rejected_because", "姓名", "手机", "备注"]
    assert row[1:] == ["赵六", "1391234567", ""]
    left.write_text(left.read_text("utf-8").replace("1391234567", "13912345678"), "utf-8")
    assert shop.take("customers", left)["added"] == 1
    assert shop.one("SELECT note FROM customer WHERE name = '李强'") == "=1+1, “引号”"


def test_the_command_for_the_mended_file_is_told(shop: Shop) -> None:
    sheet = shop.sheet("大名,手机,生日\n王芳,123,5/3/1985\n李强,13812345678,25/3/1985\n", "a b.csv")
    said = shop.run(
        "customers", "import", sheet, "--map", "大名=name", "--on-duplicate", "fill"
    ).stdout
    assert "--date-format dmy" in said
    assert "大名=name" in said
    assert "--on-duplicate fill" in said


def test_a_column_without_a_header_does_not_shift_the_others(shop: Shop) -> None:
    rows = [["姓名", "", "手机"], *([f"客户{n}", "", ""] for n in range(1005))]
    said = shop.take("customers", [*rows, ["王芳", "", "123"], ["李强", "x", "13812345678"]])
    header, *rejected = rejected_rows(Path(said["rejected_file"]))
    assert header[1:] == ["姓名", "手机"]
    assert [row[1:] for row in rejected] == [["王芳", "123"], ["李强", "13812345678", "x"]]
    assert "no header" in rejected[1][0]


def test_an_import_that_cannot_be_stored_leaves_no_file(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = context.writing

    @contextmanager
    def full(verb: str, *, dry_run: bool = False) -> Iterator[context.Desk]:
        with whole(verb, dry_run=dry_run) as desk:
            yield desk
            raise Unusable("No room left.")

    monkeypatch.setattr(context, "writing", full)
    done = shop.run("customers", "import", shop.sheet(DIRTY))
    assert done.exit_code == 5
    assert shop.rows("SELECT * FROM customer") == []
    assert sorted(path.name for path in shop.folder.glob("in*")) == ["in.csv"]


def test_equal_reasons_are_told_once(shop: Shop) -> None:
    rows = [["姓名", "手机"], *([f"客户{n}", "123"] for n in range(9)), ["王", "1.38E+10"]]
    said = shop.run("customers", "import", shop.sheet(rows)).stdout
    assert said.count("no network has") == 1
    assert "9 rows" in said
    assert "lines 2, 3, 4, 5, 6, 7, …" in said
    assert "line 11:" in said


def test_a_reason_that_is_the_same_in_every_row_is_told_as_it_is(shop: Shop) -> None:
    rows = [
        ["order_no", "customer", "departs_on"],
        *([f"D{n}", "K9", "2026-12-01"] for n in range(3)),
    ]
    said = shop.run("trips", "import", shop.sheet(rows)).stdout
    assert "phone or ID number K9 (lines 2, 3, 4)" in said and "3 rows" in said
    rows[1][1] = "K8"
    said = shop.run("trips", "import", shop.sheet(rows)).stdout
    assert "phone or ID number … (lines 2, 3, 4)" in said and "3 rows" in said


# --- a dry run -----------------------------------------------------------------------------------


def test_a_dry_run_tells_what_the_import_then_does(shop: Shop) -> None:
    shop.take("customers", [HEADER, person(**OLD)])
    before = shop.db.read_bytes(), sorted(path.name for path in shop.folder.iterdir())
    sheet = shop.sheet(
        [HEADER, person(**NEW), person(name="李强", phone="123"), person(name="赵六", city="y")],
        "next.csv",
    )
    dry = shop.take("customers", sheet, "--dry-run")
    assert dry["operation"] is dry["rejected_file"] is None
    after = shop.db.read_bytes(), sorted(path.name for path in shop.folder.iterdir())
    assert after == (before[0], sorted([*before[1], "next.csv"]))
    told = shop.run("customers", "import", sheet, "--dry-run").stdout
    real = shop.take("customers", sheet)
    assert {**dry, "operation": 0, "rejected_file": 0} == {
        **real,
        "operation": 0,
        "rejected_file": 0,
    }
    assert real["operation"] == 2
    assert "Dry run" in told
    assert "imports undo" not in told


# --- privacy -------------------------------------------------------------------------------------


def test_personal_numbers_are_in_nothing_that_is_said(shop: Shop) -> None:
    secret = ["18600001111", FIRST, "E7654321", "186****1111", "12812340000"]
    sheet = [
        HEADER,
        person(code="K1", name="王芳", phone=secret[0], id_number=FIRST, passport_no=secret[2]),
        person(code="K2", name="李强", phone=secret[0], id_number=FIRST),
        person(name="赵六", phone=secret[3]),
        person(name="孙七", phone=secret[4]),
        person(name="周八", id_number=FIRST[:-1] + ("1" if FIRST[-1] != "1" else "2")),
        person(name="吴九", passport_no="护照" + secret[2]),
    ]
    path = shop.sheet(sheet)
    for words in (("--dry-run",), (), ("-f", "json")):
        done = shop.run("customers", "import", path, *words)
        for text in secret:
            assert text not in done.output
        assert FIRST[:-1] not in done.output


def test_a_file_whose_name_is_no_text_is_imported(invoke: Invoke, db: Path, tmp_path: Path) -> None:
    agency(db)
    name = os.fsdecode("客户".encode("gb18030") + b".csv")
    (tmp_path / name).write_text("姓名,手机\n王芳,13812345678\n李雷,138****0001\n")
    done = invoke("customers", "import", tmp_path / name)
    assert (done.exit_code, done.stderr) == (4, "")
    [rejected] = tmp_path.glob("*.rejected.csv")
    assert f"tourcrm --db {db} customers import {shlex.quote(str(rejected))}\n" in done.stdout
    assert invoke("imports", "list").exit_code == 0


def test_a_sheet_with_a_header_only_is_said_to_have_no_rows(
    invoke: Invoke, db: Path, tmp_path: Path
) -> None:
    agency(db)
    (tmp_path / "c.csv").write_text("姓名,手机\n")
    done = invoke("customers", "import", tmp_path / "c.csv")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "no rows" in done.stdout
    assert "there already" not in done.stdout


# --- the foot of a sheet --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(
    ("entity", "rows", "options"),
    [
        (
            "customers",
            [
                ["序号", "姓名", "手机", "城市", "微信"],
                ["1", "王芳", "13812345678", "北京", ""],
                ["2", "合计", "13912345678", "", ""],
                ["3", "李四", "", "", ""],
                ["合计", "3人", "", "", ""],
                ["", "小计", "", "", ""],
                ["制表人：小林", "审核", "", "", ""],
            ],
            [],
        ),
        (
            "trips",
            [
                ["订单号", "客户", "姓名", "出发日期", "金额"],
                ["D1", "13812345678", "王芳", "2026-05-01", "3000"],
                ["D2", "13912345678", "合计", "2026-05-02", "2000"],
                ["D3", "13700000000", "李四", "2026-05-02", "2000"],
                ["", "合计", "", "2026-05-30", "7000"],
                ["合计", "", "3", "", "7000"],
                ["共 3 单", "", "", "", ""],
            ],
            ["--create-customers"],
        ),
        (
            "interactions",
            [
                ["客户", "时间", "内容"],
                ["C1", "2026-05-01", "问价"],
                ["C1", "2026-05-02", "问价"],
                ["C1", "2026-05-03", "问价"],
                ["合计", "3", ""],
                ["Total", "", ""],
                ["制表人：小林", "", ""],
            ],
            [],
        ),
    ],
)
def test_the_foot_of_a_sheet_becomes_nothing(
    shop: Shop, entity: str, rows: list[list[str]], options: list[str], kind: str
) -> None:
    if entity == "interactions":
        shop.take("customers", "code,name\nC1,Ann\n", name="who.csv")
    path = shop.folder / f"sheet.{kind}"
    if kind == "xlsx":
        write_xlsx(path, rows[0], rows[1:], kinds=["text"] * len(rows[0]), title="x")
    else:
        shop.sheet(rows, path.name)
    said = shop.take(entity, path, *options)
    assert (said["added"], said["rejected"]) == (3, 3)
    assert {reason.partition(" (")[0] for reason in shop.reasons(said).values()} == {
        "it looks like the foot of a sheet"
    }
    if entity != "interactions":
        names = shop.rows("SELECT name FROM customer ORDER BY id")
        assert names == [("王芳",), ("合计",), ("李四",)]


def test_a_foot_that_is_not_as_wide_as_the_sheet_is_called_so(shop: Shop) -> None:
    said = shop.take(
        "customers", "姓名,手机\n王芳,13812345678\n共 1 人\n制表人：小林\n13912345678\n"
    )
    found = shop.reasons(said)
    assert [reason.startswith("it looks like the foot") for reason in found.values()] == [
        True,
        True,
        False,
    ]


# --- what a workbook shows -----------------------------------------------------------------------


def formatted(
    shop: Shop, header: list[str], *rows: tuple[tuple[int, date | str, Any], ...]
) -> Path:
    """A workbook of these rows of (column, value, format): some of the cells are days."""
    import xlsxwriter

    path = shop.folder / "格式.xlsx"
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet()
    page.write_row(0, 0, header)
    for line, cells in enumerate(rows, 1):
        for column, value, code in cells:
            if isinstance(value, date):
                page.write_datetime(line, column, value, book.add_format({"num_format": code}))
            else:
                page.write(line, column, value)
    book.close()
    return path


BIRTHDAYS = "SELECT name, year FROM customer c JOIN special_date s ON s.customer_id = c.id"


@pytest.mark.parametrize(
    ("codes", "year"),
    [
        (['m"月"d"日"', "m/d", "mm-dd", "d-mmm", '[$-804]m"月"d"日";@', 16, 58, "mmm d"], None),
        (["yyyy/m/d", 'yyyy"年"m"月"d"日"', 14, "d-mmm-yy", "m/d/yyyy h:mm"], 1985),
    ],
    ids=["without its year", "with it"],
)
def test_a_day_has_the_year_that_is_shown(shop: Shop, codes: list[Any], year: int | None) -> None:
    rows = [
        ((0, f"{number} {code}", ""), (1, date(1985, 12, 7), code))
        for number, code in enumerate(codes)
    ]
    said = shop.take("customers", formatted(shop, ["姓名", "生日"], *rows))
    assert said["added"] == len(codes)
    assert {shown: found for shown, found in shop.rows(BIRTHDAYS) if found != year} == {}
    assert shop.rows("SELECT DISTINCT month, day FROM special_date") == [(12, 7)]
    assert shop.one("SELECT count(*) FROM special_date") == len(codes)


def test_a_row_without_a_name_is_heard_after_those_with_one_however_often_it_comes(
    shop: Shop,
) -> None:
    sheet = "name,phone,city\n,13800138001,上海\n王芳,13800138001,北京\n"
    for _ in range(2):
        said = shop.take("customers", sheet)
        assert list(shop.reasons(said)) == [2]
        assert shop.rows("SELECT name, city FROM customer") == [("王芳", "北京")]


def test_a_month_is_no_birthday(shop: Shop) -> None:
    path = formatted(shop, ["姓名", "生日"], ((0, "王芳", ""), (1, date(1952, 3, 1), "yyyy年m月")))
    assert shop.take("customers", path)["added"] == 1
    assert shop.one("SELECT note FROM customer") == "[生日] 1952年3月"


def test_what_excel_made_a_day_of_is_damaged(shop: Shop) -> None:
    headers = ["客户编号", "手机", "微信", "地址", "负责人", "标签"]
    cells = [(header, code) for header in headers for code in ('m"月"d"日"', "mmm-yy", "d-mmm")]
    rows = [
        ((0, f"客{number}", ""), (1 + headers.index(header), date(2026, 3, 12), code))
        for number, (header, code) in enumerate(cells)
    ]
    said = shop.take("customers", formatted(shop, ["姓名", *headers], *rows))
    why = shop.reasons(said)
    for line, (header, code) in enumerate(cells, 2):
        assert "made a day of what was typed" in why[line], (header, code)
        assert why[line].startswith(header), (header, code)


def test_a_note_may_be_a_day(shop: Shop) -> None:
    path = formatted(
        shop, ["姓名", "备注"], ((0, "王芳", ""), (1, date(2026, 3, 12), 'm"月"d"日"'))
    )
    shop.take("customers", path)
    assert shop.one("SELECT note FROM customer") == "3月12日"


def test_a_birthday_in_a_note_is_offered(shop: Shop) -> None:
    done = shop.run(
        "customers",
        "import",
        shop.sheet(
            "客户编号,姓名,备注,生日\n1,王芳,爱吃辣，生日3月5日,\n2,李强,农历八月十五生日,\n3,赵六,生日未知,\n"
            "4,周七,生日：1985-03-05,1985-03-05\n5,孙八,birthday: 1990-05-06,\n"
        ),
    )
    assert "3 notes speak of a birthday" in done.stdout
    assert "customers remember 1 birthday 03-05" in done.stdout
    assert "customers remember 2 birthday 'lunar 08-15'" in done.stdout
    assert "customers remember 5 birthday 1990-05-06" in done.stdout
    assert shop.one("SELECT count(*) FROM special_date") == 1


def test_whoever_is_called_like_a_company_is_one_and_nicknames_are_told(shop: Shop) -> None:
    names = ["杭州东方电子有限公司（张经理）", "A杭州王姐", "王建军、李秀兰（夫妻）", "李老师"]
    sheet = [["name"], *([name] for name in names)]
    told = shop.take("customers", sheet)
    assert shop.rows("SELECT name, kind FROM customer ORDER BY id") == [
        (name, "person" if number else "company") for number, name in enumerate(names)
    ]
    notes = "; ".join(told["notes"])
    assert "1 without a kind are called like a company" in notes
    assert '1 look like nicknames, such as "A杭州王姐"' in notes
    assert "(lines 3)" in notes
    sheet = [["name", "kind"], ["海天旅行社", "person"]]
    shop.take("customers", sheet)
    assert shop.rows("SELECT kind FROM customer WHERE name = '海天旅行社'") == [("person",)]


@pytest.mark.parametrize("turned", [False, True])
def test_a_row_without_a_name_is_about_whoever_has_its_number(shop: Shop, turned: bool) -> None:
    """Wherever in the sheet that row stands."""
    rows = [["", "E1234567", "是"], ["王芳", "E1234567", ""], ["", "E7654321", ""]]
    sheet = [["name", "passport_no", "do_not_contact"], *(rows[::-1] if turned else rows)]
    said = shop.take("customers", sheet)
    assert (said["added"], said["rejected"]) == (1, 1)
    assert "needs a name" in next(iter(shop.reasons(said).values()))
    assert shop.rows("SELECT name, do_not_contact FROM customer") == [("王芳", 1)]
    assert shop.take("customers", sheet)["operation"] is None


def test_a_former_code_is_whoever_it_was_merged_into_though_name_and_phone_differ(
    shop: Shop,
) -> None:
    shop.take("customers", "姓名,手机\n王芳,13812345678\n王小芳,13900000000\n")
    assert shop.run("customers", "merge", "C000001", "C000002", "--yes").exit_code == 0
    said = shop.take("customers", "code,name,phone,city\nC000002,王小芳,13911112222,杭州\n")
    assert (said["updated"], said["rejected"]) == (1, 0)
    assert shop.rows("SELECT code, city FROM customer") == [("C000001", "杭州")]
