"""Sheets whose headers say more than a name, through the program, into the database and back."""

import io
import sys
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tests.conftest import apart
from tests.importer import Shop
from tourcrm.commands.imports import intake

PHONE = "13800138001"


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """An agency with one customer, 张三."""
    monkeypatch.chdir(tmp_path)
    return Shop.holding(tmp_path, ("customers", f"code,name,phone\n007,张三,{PHONE}\n"))


def said(shop: Shop, entity: str, text: str, *options: str) -> str:
    """What an import of these rows says to people."""
    done = shop.run(entity, "import", shop.sheet(text), *options)
    return done.stdout + done.stderr


def trip(shop: Shop, header: str, cells: str, *options: str) -> dict[str, Any]:
    text = f"订单号,客户电话,出发日期,{header}\nA1,{PHONE},2026-05-01,{cells}\n"
    return shop.take("trips", text, *options)


def price(shop: Shop) -> int | None:
    found = shop.rows("SELECT price FROM trip")
    return found[0][0] if found else None


# --- what a header says of its cells -------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "cell", "days"),
    [
        ("生日（农历）", "08-15", ["birthday lunar 8 15"]),
        ("生日（农历）", "1985-08-15", ["birthday lunar 8 15"]),
        ("农历生日", "19850815", ["birthday lunar 8 15"]),
        ("农历生日", "八月十五", ["birthday lunar 8 15"]),
        ("生日（农历）", "阳历09-29", ["birthday solar 9 29"]),
        ("生日（阳历）", "09-29", ["birthday solar 9 29"]),
        ("Birthday (lunar)", "8/15", ["birthday lunar 8 15"]),
        ("纪念日（农历）", "结婚=05-20; 相识=阳历03-05", ["wedding lunar 5 20", "相识 solar 3 5"]),
        ("纪念日", "农历生日=08-15; 生日=09-29", ["birthday lunar 8 15", "birthday solar 9 29"]),
        ("结婚纪念日", "2010-05-20", ["wedding solar 5 20"]),
        ("农历结婚纪念日", "05-20", ["wedding lunar 5 20"]),
    ],
)
def test_days_are_of_the_calendar_that_the_header_names(
    shop: Shop, header: str, cell: str, days: list[str]
) -> None:
    shop.take("customers", [["姓名", "手机", header], ["李四", PHONE, cell]])
    found = shop.rows("SELECT label, calendar, month, day FROM special_date ORDER BY 1, 2")
    assert [" ".join(map(str, one)) for one in found] == days


def test_a_header_of_both_calendars_leaves_it_to_the_cells(shop: Shop) -> None:
    rows = ("农历08-15", "八月十五", "08-15", "阳历09-29")
    text = "".join(f"客{n},1390013900{n},{cell}\n" for n, cell in enumerate(rows))
    told = shop.take("customers", f"姓名,手机,生日（公历/农历）\n{text}")
    assert told["rejected"] == 0
    assert any("solar or lunar?" in note for note in told["notes"])  # and the birthday left out
    assert shop.rows("SELECT calendar, month FROM special_date ORDER BY id") == [
        ("lunar", 8), ("lunar", 8), ("solar", 9),
    ]  # fmt: skip


def test_birthdays_of_both_calendars_are_both_kept(shop: Shop) -> None:
    text = f"姓名,手机,生日(阳历),生日(农历)\n李四,{PHONE},1985-09-29,08-15\n"
    shop.take("customers", text)
    assert shop.rows("SELECT label, calendar, month FROM special_date ORDER BY 2") == [
        ("birthday", "lunar", 8),
        ("birthday", "solar", 9),
    ]
    assert shop.take("customers", text)["operation"] is None


def test_a_day_of_a_trip_is_never_lunar(office: Shop) -> None:
    told = office.take("trips", f"订单号,客户电话,出发日期（农历）\nA1,{PHONE},2026-05-01\n")
    assert "lunar" in office.reasons(told)[2]


@pytest.mark.parametrize(
    ("header", "cells", "fen"),
    [
        ("团费（万元）", "1.2", 1_200_000), ("团费（万元）", "1.23456", 1_234_560),
        ("团费（万元）", "12000元", 1_200_000), ("团费（万元）", "1.2万", 1_200_000),
        ("应付金额（分）", "1200000", 1_200_000), ("总价（百元）", "120", 1_200_000),
        ("團費（萬元）", "1.2", 1_200_000), ("总价/人,人数", "3000,4", 1_200_000),
        ("总价(千元)", "12", 1_200_000), ("团费/万元", "1.2", 1_200_000),
        ("Price (CNY)", "3000", 300_000), ("Price (¥)", "3000", 300_000),
        ("团费（元）", "3000", 300_000),
        ("团费（元/人）,人数", "3000,4", 1_200_000), ("单价,人数", "3000,4", 1_200_000),
        ("单价,人数", "3000元/人,4", 1_200_000), ("团费(万元/人),人数", "0.3,4", 1_200_000),
        ("Price per person,Passengers", "3000,4", 1_200_000),
        ("单价,成人数,儿童数", "3000,3,1", 1_200_000), ("单价,人数", ",4", None),
        ("价格,总价", "3000,12000", 1_200_000), ("单价,总价", "3000,12000", 1_200_000),
    ],
)  # fmt: skip
def test_amounts_are_what_their_header_says(
    office: Shop, header: str, cells: str, fen: int | None
) -> None:
    assert trip(office, header, cells)["rejected"] == 0
    assert price(office) == fen


@pytest.mark.parametrize(
    ("header", "cells", "words"),
    [
        ("Price (USD)", "3000", "USD"), ("价格（美元）", "3000", "USD"),
        ("Price ($)", "3000", "USD"),
        ("Total Amount EUR", "3000", "EUR"), ("团费（万日元）", "3", "JPY"),
        ("单价", "3000", "a price a person"), ("团费（元/人）,人数", "3000,", "a price a person"),
        ("价格（元/间）", "3000", "a part of the trip"),
        ("价格（每晚）", "3000", "a part of the trip"),
        ("单价,人数", "9999999999,9", "too large"), ("总价（百万元）", "99999", "too large"),
    ],
)  # fmt: skip
def test_amounts_that_are_not_of_the_whole_trip_or_not_in_our_money_are_refused(
    office: Shop, header: str, cells: str, words: str
) -> None:
    told = trip(office, header, cells)
    assert words in office.reasons(told)[2]
    assert price(office) is None


def test_dollars_are_the_money_of_an_agency_that_keeps_dollars(shop: Shop) -> None:
    shop.run("settings", "currency", "USD")
    shop.take("customers", f"name,phone\n张三,{PHONE}\n")
    trip(shop, "Price (USD)", "3000")
    assert price(shop) == 300_000


def test_how_cells_were_read_is_said(office: Shop) -> None:
    rows = f"订单号,客户电话,出发日期,单价(万元),人数\nA1,{PHONE},2026-05-01,0.3,4\n"
    told = said(office, "trips", rows)
    assert "read as the header says: 单价(万元) (amounts in 万, amounts a person)" in told
    assert "1 prices a person: multiplied by the number of people" in told
    assert any("万" in note for note in office.take("trips", rows)["notes"])


# --- several columns -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "cells", "name"),
    [
        ("First Name,Last Name", "Wei,Zhang", "Wei Zhang"),
        ("Last Name,First Name", "Zhang,Wei", "Wei Zhang"),
        ("First Name,Middle Name,Last Name", "John,F.,Doe", "John F. Doe"),
        ("Given Name,Family Name", "Ann,", "Ann"), ("姓,名", "张,伟", "张伟"),
        ("名,姓", "伟,张", "张伟"),
        ("姓氏,名", "欧阳,修", "欧阳修"), ("First Name,Last Name", "伟,张", "张伟"),
        ("姓名,姓,名", "张伟,张,伟", "张伟"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("entity", ["customers", "trips"])
def test_parts_of_a_name_are_joined(
    shop: Shop, entity: str, header: str, cells: str, name: str
) -> None:
    more = (
        (",订单号,出发日期", ",A1,2026-05-01", "--create-customers")
        if entity == "trips"
        else ("", "")
    )
    shop.take(entity, f"{header},Mobile Phone{more[0]}\n{cells},{PHONE}{more[1]}\n", *more[2:])
    assert shop.one("SELECT name FROM customer") == name


def test_adults_and_children_are_added_up(office: Shop) -> None:
    text = (
        "订单ID,客户ID,出发时间,成人数,儿童数\n"
        "A1,007,2026-05-01,2,1\nA2,007,2026-06-01,2,\nA3,007,2026-07-01,,\n"
    )
    office.take("trips", text)
    found = office.rows("SELECT party_size FROM trip ORDER BY code")
    assert found == [(3,), (2,), (None,)]
    assert office.take("trips", text.replace("2,1", "2,x"))["rejected"] == 1


def test_usual_headers_lose_nothing(shop: Shop) -> None:
    shop.take("customers", f"客户ID,客户姓名,客户手机,注册时间\n007,王一,{PHONE},2024-03-05\n")
    assert shop.one("SELECT code, name, phone, entered_on FROM customer") == (
        "007", "王一", f"+86{PHONE}", "2024-03-05",
    )  # fmt: skip
    told = said(
        shop, "trips",
        "订单ID,客户ID,线路,出发时间,下单时间,应付金额,实付金额\nO1,007,云南,2026-05-01,2026-04-01,1000,300\n",
    )  # fmt: skip
    assert shop.one("SELECT code, booked_on, price FROM trip") == ("O1", "2026-04-01", 100_000)
    assert "what it cost or what was paid: 实付金额 (the latter" in told


def test_a_company_and_its_contact_are_two_customers(shop: Shop) -> None:
    text = (
        f"客户名称,联系人,手机\n蓝海贸易公司,李娜,{PHONE}\n"
        "张丰,张丰,13900139002\n红星公司,,13900139003\n"
    )
    told = shop.take("customers", text)
    assert shop.rows(
        "SELECT c.name, c.kind, o.name FROM customer c LEFT JOIN customer o ON o.id = c.company_id "
        "ORDER BY c.id"
    ) == [
        ("李娜", "person", "蓝海贸易公司"),
        ("张丰", "person", None),
        ("红星公司", "company", None),
        ("蓝海贸易公司", "company", None),
    ]
    assert any("companies made customers" in note for note in told["notes"])
    assert shop.take("customers", text)["operation"] is None
    shop.run("imports", "undo", "1")
    assert shop.rows("SELECT * FROM customer") == []


def test_columns_that_differ_and_are_equally_good_are_refused(office: Shop) -> None:
    done = office.run(
        "trips",
        "import",
        office.sheet(f"订单号,客户电话,出发日期,金额,费用\nA1,{PHONE},2026-05-01,1,2\n"),
    )
    assert done.exit_code == 1
    assert '--map "金额=price"' in done.stderr
    trip(office, "金额,费用", "3000,200", "--map", "金额=price")
    assert price(office) == 300_000


def test_says_the_same_is_said_of_columns_that_do(shop: Shop) -> None:
    same = f"姓名,手机,邮箱,电子邮件\n甲,{PHONE},a@b.cn,a@b.cn\n"
    assert "because another one says the same: 电子邮件" in said(shop, "customers", same)
    late = same + "".join(f"乙{n},139001390{n:02},c@d.cn,c@d.cn\n" for n in range(99)) * 4
    told = said(shop, "customers", late + "丙,13700137000,c@d.cn,x@d.cn\n")
    assert "they say otherwise: 电子邮件 (邮箱 is used)" in told
    assert "says the same" not in told


def test_texts_of_several_columns_stand_one_below_the_other(shop: Shop) -> None:
    shop.take("customers", f"姓名,手机,备注,说明\n甲,{PHONE},好,无\n乙,13900139002,坏,差\n")
    assert shop.rows("SELECT note FROM customer ORDER BY id") == [("好",), ("坏\n差",)]


# --- what nobody knows ---------------------------------------------------------------------------


def test_a_column_of_phones_is_a_phone_and_that_is_said(shop: Shop) -> None:
    told = said(shop, "customers", f"姓名,号,证,网\n王芳,{PHONE},110101199003070011,w@b.cn\n")
    assert shop.one("SELECT phone, id_number, email FROM customer") == (
        f"+86{PHONE}", "110101199003070011", "w@b.cn",
    )  # fmt: skip
    assert "told by what the cells hold: 号 → phone, 证 → id_number, 网 → email" in told


def test_orders_and_contacts_find_their_customer_by_the_cells_of_a_column(office: Shop) -> None:
    office.take("trips", f"订单号,号,出发日期\nA1,{PHONE},2026-05-01\n")
    office.take("interactions", f"号,时间,内容\n{PHONE},2026-05-01 10:00,好\n")
    office.take("surveys", f"号,总体满意度,意见\n{PHONE},5,好\n")
    assert office.one("SELECT count(*) FROM trip") == 1
    assert office.one("SELECT count(*) FROM interaction WHERE summary = '好'") == 1
    assert office.one("SELECT count(*) FROM survey_response") == 1


def test_what_looks_like_an_identity_is_warned_of_first(shop: Shop) -> None:
    text = f"姓名,手机,会员卡号,导游电话\n王芳,{PHONE},V1,13900139001\n"
    told = said(shop, "customers", text)
    assert told.startswith("Careful: column 会员卡号 ")
    again = shop.take("customers", text)
    assert len(again["warnings"]) == 1
    assert again["columns_not_used"] == ["会员卡号", "导游电话"]
    assert again["columns_used"] == ["姓名=name", "手机=phone"]
    assert "Careful" not in apart(said(shop, "customers", text, "--map", "会员卡号="))


def test_all_columns_that_are_not_used_are_named(shop: Shop) -> None:
    names = [f"很长的一列没有人认得的表头{n}" for n in range(40)]
    told = said(shop, "customers", f"姓名,手机,{','.join(names)}\n甲,{PHONE}{',x' * 40}\n")
    assert all(name in told for name in names)


@pytest.mark.parametrize(
    ("pairs", "words"),
    [(("id=code", "id=name"), "id is mapped to code and to name"), (("ID=code", "id="), "mapped")],
)
def test_one_column_is_not_mapped_to_two_fields(shop: Shop, pairs: Any, words: str) -> None:
    done = shop.run(
        "customers",
        "import",
        shop.sheet("id,姓名\n1,王芳\n"),
        *(w for p in pairs for w in ("--map", p)),
    )
    assert done.exit_code == 2
    assert words in done.stderr


# --- --set and --sheet ---------------------------------------------------------------------------


def test_one_value_is_set_for_all_rows(office: Shop) -> None:
    text = f"订单号,客户电话\nA1,{PHONE}\nA2,{PHONE}\n"
    told = office.take("trips", text, "--set", "departs_on=2026-11-27", "--set", "目的地=云南")
    assert office.rows("SELECT departs_on, destination FROM trip") == [("2026-11-27", "云南")] * 2
    assert any("--set" in note for note in told["notes"])
    office.take("customers", "姓名,手机\n李四,13900139002\n", "--set", "农历生日=08-15")
    assert office.one("SELECT calendar, month FROM special_date") == ("lunar", 8)
    done = office.run("interactions", "import", office.sheet("内容\n好\n"), "--set", "customer=007",
                      "--set", "at=2026-05-01")  # fmt: skip
    assert done.exit_code == 0, done.stderr


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("departs_on=2026-02-30", "--set departs_on: "), ("单价=3000", "a price a person"),
        ("Price (USD)=3000", "USD"), ("departs_on=", "it is empty"),
        ("departs_on", "FIELD=VALUE"), ("=1", "FIELD=VALUE"), ("nonsense=1", "no field nonsense"),
        ("客户电话=13900139000", "the file says phone itself, in column 客户电话"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_set_is_refused(office: Shop, given: str, words: str) -> None:
    done = office.run(
        "trips", "import", office.sheet(f"订单号,客户电话\nA1,{PHONE}\n"), "--set", given
    )
    assert done.exit_code == 2
    assert words in done.stderr
    assert office.rows("SELECT * FROM trip") == []


def test_a_mended_file_is_imported_with_the_same_values(office: Shop) -> None:
    told = said(
        office, "trips", f"订单号,客户电话\nA1,{PHONE}\nA2,123\n", "--set", "departs_on=2026-11-27"
    )
    assert "--set departs_on=2026-11-27" in told


@pytest.fixture
def book(shop: Shop) -> str:
    """A workbook of two months, orders, and a sheet with another header."""
    path = shop.folder / "客户.xlsx"
    pages = {
        "一月": [["姓名", "手机"], ["甲", "13800138002"], ["乙", "123"]],
        "二月": [["二月的客户", ""], ["姓名", "手机"], ["丙", "13800138003"], ["丁", "456"]],
        "三月": [["姓名", "电话"], ["戊", "13800138004"]],
        "说明": [["请勿修改", ""]],
    }
    with xlsxwriter.Workbook(str(path)) as workbook:
        for title, rows in pages.items():
            page = workbook.add_worksheet(title)
            for number, row in enumerate(rows):
                page.write_row(number, 0, row)
    return str(path)


def test_the_sheet_of_a_workbook_can_be_chosen(shop: Shop, book: str) -> None:
    done = shop.run("customers", "import", book)
    assert "not read: 二月, 三月. --sheet NAME" in done.stdout
    shop.run("customers", "import", book, "--sheet", "三月")
    assert shop.rows("SELECT name FROM customer ORDER BY id") == [("甲",), ("戊",)]
    wrong = shop.run("customers", "import", book, "--sheet", "四月")
    assert (wrong.exit_code, "一月, 二月, 三月, 说明" in wrong.stderr) == (1, True)
    text = shop.run("customers", "import", shop.sheet("姓名\n甲\n"), "--sheet", "三月")
    assert (text.exit_code, "no sheets" in text.stderr) == (2, True)


def test_all_sheets_with_one_header_are_read_at_once(shop: Shop, book: str) -> None:
    done = shop.run("customers", "import", book, "--sheet", "all")
    assert shop.rows("SELECT name FROM customer ORDER BY id") == [("甲",), ("丙",)]
    assert "一月 (1-3), 二月 (4-7); with another header, not read: 三月" in done.stdout
    assert "(lines 3, 7)" in done.stdout
    again = shop.run("customers", "import", book, "--sheet", "all", "-f", "json")
    assert '"unchanged": 2, "rejected": 2' in again.stdout


# --- at a terminal -------------------------------------------------------------------------------

ASKED = f"姓名,手机,号,爱好,星座\n王芳,{PHONE},A1,骑马,白羊\n李四,13900139002,A2,,\n"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Somebody who gives these answers."""
    monkeypatch.setattr(intake, "at_terminal", lambda: True)
    return lambda *answers: ("\n".join(answers) + "\n").encode()


def test_at_a_terminal_unknown_columns_are_asked_for(shop: Shop, terminal: Any) -> None:
    done = shop.run(
        "customers", "import", shop.sheet(ASKED), input=terminal("code", "tags", "", "旧系统")
    )
    assert "号: A1, A2" in done.stderr
    assert shop.rows("SELECT code FROM customer ORDER BY code") == [("A1",), ("A2",)]
    assert shop.one("SELECT tag FROM customer_tag") == "骑马"
    more = "姓名,手机,号,爱好,星座\n赵六,13900139003,A3,游泳,狮子\n"
    told = shop.take("customers", more, "--profile", "旧系统")
    assert told["columns_used"] == ["号=code", "姓名=name", "手机=phone", "爱好=tags"]


def test_at_a_terminal_it_asks_which_of_two_columns(office: Shop, terminal: Any) -> None:
    text = f"订单号,客户电话,出发日期,金额,费用\nA1,{PHONE},2026-05-01,1,2\n"
    done = office.run("trips", "import", office.sheet(text), input=terminal("9", "2", "no"))
    assert "1  金额: 1" in done.stderr
    assert price(office) == 200


def test_at_a_terminal_the_rest_can_be_left_out_and_phones_are_not_shown(
    shop: Shop, terminal: Any
) -> None:
    text = f"姓名,手机,紧急电话,爱好,星座\n王芳,{PHONE},13912345678,a,b\n"
    done = shop.run("customers", "import", shop.sheet(text), input=terminal("nonsense", "-"))
    assert "139****5678" in done.stderr
    assert "13912345678" not in done.stderr
    assert "There is no such field" in done.stderr
    assert done.exit_code == 0
    assert "爱好" not in done.stderr


def test_at_a_terminal_nobody_is_asked_what_the_numbers_of_the_rows_are(
    shop: Shop, terminal: Any
) -> None:
    text = f"序号,姓名,手机\n1,王芳,{PHONE}\n2,李四,13900139002\n3,赵六,13900139003\n合计,3人,\n"
    done = shop.run("customers", "import", shop.sheet(text), input=b"")
    assert (done.exit_code, "What is it?" in done.stderr) == (4, False)
    assert "序号" in done.stdout  # named as not used


def test_where_nobody_is_there_it_never_asks(shop: Shop, terminal: Any) -> None:
    assert not sys.stdin.isatty()
    done = shop.run("customers", "import", shop.sheet(ASKED), "-f", "json", input=b"")
    assert done.exit_code == 0
    assert "What is it?" not in done.stderr


# --- days of a name ------------------------------------------------------------------------------


@pytest.mark.parametrize("label", ["农历生日", "生日（农历）", "阴历生日", "lunar birthday"])
def test_a_label_names_the_calendar(office: Shop, label: str) -> None:
    office.run("customers", "remember", "张三", label, "08-15")
    office.run("customers", "remember", "张三", "生日", "1985-09-29")
    select = "SELECT label, calendar, month, day FROM special_date ORDER BY calendar"
    assert office.rows(select) == [("birthday", "lunar", 8, 15), ("birthday", "solar", 9, 29)]
    office.run("customers", "remember", "张三", label, "--remove")
    assert office.rows(select) == [("birthday", "solar", 9, 29)]
