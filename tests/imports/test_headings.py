"""What the headers of a sheet mean, together and by what their cells hold."""

from collections.abc import Sequence
from typing import Any

import pytest

from tourcrm.base.columns import CUSTOMER, INTERACTION, SURVEY, TRIP, Columns
from tourcrm.base.columns.header_words import RANKS
from tourcrm.base.columns.headers import Meaning, _known, _reduce, meaning_of
from tourcrm.base.errors import Refused, WrongUsage
from tourcrm.base.qualifiers import NOTHING_SAID, Qualifier, calendar_of, in_calendar, read
from tourcrm.imports.cells import Cells
from tourcrm.imports.headings import Headers, map_headers
from tourcrm.imports.mapping import refuse_open

LUNAR, HEAD = Qualifier(calendar="lunar"), Qualifier(head=True)

# --- one header ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "field"),
    [
        ("顾客ID 会员ID 客户ID 客户编号 客户的编号 顾客编码 会员号码 Client-ID", "code"),
        ("Member_No 1.客户ID", "code"),
        ("姓名 客户姓名 顾客姓名 1.姓名 1、姓名 ①姓名 (1)姓名 一、姓名 *姓名 姓名*", "name"),
        ("姓名(必填) （必填）姓名 姓名\n(必填) 姓名/Name Name(姓名) Customer_Name", "name"),
        ("Contact_Name 您的姓名", "name"),
        ("联系手机 客户手机 手机号 手机号码 会员手机 联系人电话 Mobile_Phone Phone_No.", "phone"),
        ("手机/电话 手机(必填) 您的手机", "phone"),
        ("E-mail Email_Address E-mail_Address Contact_Email 邮箱地址", "email"),
        ("注册时间 创建时间 注册日期 Created_At Member_Since 登记时间", "entered_on"),
        ("身份证 身份证号 身份证ID 身份证编号 客户身份证号", "id_number"),
        ("Company_Name", "company"), ("Job_Title", "occupation"),
        ("姓名（拼音） 姓名(英文) Name_(EN)", "passport_name"),
    ],
)  # fmt: skip
def test_usual_headers_of_customers(headers: str, field: str) -> None:
    found = {
        header: meaning_of(header.replace("_", " "), CUSTOMER) for header in headers.split(" ")
    }
    assert {header: one and one.field for header, one in found.items()} == dict.fromkeys(
        found, field
    )


@pytest.mark.parametrize(
    ("headers", "field"),
    [
        ("订单ID 订单编号 订单编码 订单号 Order_ID Booking_Reference 2.订单ID", "code"),
        ("客户ID 会员ID 顾客编号 Client_ID", "customer"), ("会员手机 预订人手机 客户手机", "phone"),
        ("下单时间 下单日期 订单时间 Order_Time", "booked_on"),
        ("出发时间 出发日期 出行时间 入住时间 Check-in Check-in_Date Travel_Date", "departs_on"),
        ("Departure_Date", "departs_on"),
        ("Check-out Check-out_Date 返回时间 离店时间", "returns_on"),
        ("应付金额 应付金额（元） Total_Amount Grand_Total 总价", "price"),
        ("Passengers No._of_Guests 总人数 人数（人） 游客人数", "party_size"),
        ("天数（天）", "days"),
    ],
)  # fmt: skip
def test_usual_headers_of_trips(headers: str, field: str) -> None:
    found = {header: meaning_of(header.replace("_", " "), TRIP) for header in headers.split(" ")}
    assert {header: one and one.field for header, one in found.items()} == dict.fromkeys(
        found, field
    )


@pytest.mark.parametrize(
    ("header", "entity", "field"),
    [
        ("会员ID", INTERACTION, "customer"), ("顾客姓名", INTERACTION, "name"),
        ("会员ID", SURVEY, "customer"), ("客户手机", SURVEY, "phone"),
        ("填写的时间", SURVEY, "answered_on"),
        ("客户类型", TRIP, None), ("客户备注", TRIP, None), ("Username", CUSTOMER, None),
        ("手机/微信", CUSTOMER, None), ("手机（紧急联系人）", CUSTOMER, None),
        ("电话(导游)", TRIP, None),
        ("会员等级", CUSTOMER, None), ("序号", CUSTOMER, None), ("实付金额", TRIP, None),
        ("航班号", TRIP, None), ("姓名2", CUSTOMER, None),
    ],
)  # fmt: skip
def test_headers_of_other_sheets_and_headers_that_mean_something_else(
    header: str, entity: Columns, field: str | None
) -> None:
    found = meaning_of(header, entity)
    assert (found and found.field) == field


@pytest.mark.parametrize(
    ("header", "entity", "qualifier"),
    [
        ("生日（农历）", CUSTOMER, LUNAR), ("农历生日", CUSTOMER, LUNAR),
        ("生日\n(阴历)", CUSTOMER, LUNAR),
        ("生日-农历", CUSTOMER, LUNAR), ("Birthday (lunar)", CUSTOMER, LUNAR),
        ("農曆生日", CUSTOMER, LUNAR), ("生日（陰曆）", CUSTOMER, LUNAR),
        ("出生日期（农历，必填）", CUSTOMER, LUNAR),
        ("生日(阳历)", CUSTOMER, Qualifier(calendar="solar")),
        ("团费（万元）", TRIP, Qualifier(scale="万", currency="元")),
        ("团费(万)", TRIP, Qualifier(scale="万")),
        ("团费/万元", TRIP, Qualifier(scale="万", currency="元")),
        ("总价[千元]", TRIP, Qualifier(scale="千", currency="元")),
        ("团费（元/人）", TRIP, Qualifier(currency="元", head=True)), ("单价", TRIP, HEAD),
        ("每人价格", TRIP, HEAD),
        ("人均费用", TRIP, HEAD), ("价格（每人）", TRIP, HEAD), ("Price per person", TRIP, HEAD),
        ("Price (pp)", TRIP, HEAD), ("Price/pax", TRIP, HEAD), ("价格（/人）", TRIP, HEAD),
        ("Price (USD)", TRIP, Qualifier(currency="usd")),
        ("Total Amount USD", TRIP, Qualifier(currency="usd")),
        ("价格（美元）", TRIP, Qualifier(currency="美元")),
        ("Price ($)", TRIP, Qualifier(currency="$")),
        ("Price $", TRIP, Qualifier(currency="$")),
        ("团费（含机票，USD）", TRIP, Qualifier(currency="usd")),
        ("价格（元/间）", TRIP, Qualifier(currency="", unclear=True)),
        ("团费（含机票）", TRIP, NOTHING_SAID),
        ("团费", TRIP, NOTHING_SAID), ("人数（人）", TRIP, NOTHING_SAID), ("单位：元", TRIP, None),
    ],
)  # fmt: skip
def test_a_header_says_how_its_cells_are_read(
    header: str, entity: Columns, qualifier: Qualifier | None
) -> None:
    found = meaning_of(header, entity)
    assert (found and found.qualifier) == qualifier


@pytest.mark.parametrize("entity", [CUSTOMER, TRIP, INTERACTION, SURVEY])
def test_another_spelling_of_a_name_leads_to_one_field(entity: Columns) -> None:
    fields: dict[str, set[str]] = {}
    for name, meaning in _known(entity).items():
        if not meaning.part and name != "contactnumber":  # the number of a phone
            fields.setdefault(_reduce(name), set()).add(meaning.field)
    assert {name: some for name, some in fields.items() if len(some) > 1} == {}


def test_every_rank_is_that_of_a_name() -> None:
    fields = {
        (one.field, name)
        for e in (CUSTOMER, TRIP, INTERACTION, SURVEY)
        for name, one in _known(e).items()
    }
    assert set(RANKS) - fields == set()


def test_words_beside_a_name() -> None:
    assert read("人民币万元") == Qualifier(scale="万", currency="人民币")
    assert read("必填") == NOTHING_SAID
    assert read("含机票") is None
    assert calendar_of("农历生日") == ("lunar", "生日")
    assert calendar_of("生日（阴历）") == ("lunar", "生日")
    assert calendar_of("农历") == (None, "农历")
    assert in_calendar("08-15", "lunar") == "农历08-15"
    assert in_calendar("阳历08-15", "lunar") == "阳历08-15"
    assert in_calendar("08-15", None) == "08-15"


# --- a whole header ------------------------------------------------------------------------------


def sheet(entity: Columns, header: str, *rows: str, **given: str) -> Headers:
    cells = Cells([row.split(",") for row in rows])
    return map_headers(header.split(","), entity, given, cells)


def fields(found: Headers) -> dict[str, list[int]]:
    return {field: [one.place for one in some] for field, some in found.sources.items()}


@pytest.mark.parametrize(
    ("header", "rows", "wanted"),
    [
        (
            "公司名称,姓名,手机",
            ["青山科技有限公司,王芳,13800138001"],
            {"name": [1, 0], "phone": [2], "company": [0]},
        ),
        ("客户名称,联系人", ["蓝海贸易公司,李娜"], {"name": [1, 0], "company": [0]}),
        ("名称,联系人", ["蓝天贸易,李四"], {"name": [1, 0], "company": [0]}),
        ("客户,联系人", ["蓝海贸易公司,李娜"], {"name": [1, 0], "company": [0]}),
        ("客户,姓名", ["VIP1,李娜"], {"code": [0], "name": [1]}),
        ("客户,手机", ["李娜,13800138001"], {"name": [0], "phone": [1]}),
        ("客户名称,联系人", ["李娜,李娜"], {"name": [1]}),
        ("名字,号码", ["李娜,13800138001"], {"name": [0], "phone": [1]}),
        ("名字,号码", ["李娜,"], {"name": [0]}),
        ("姓名,证", ["李娜,110101199003070011"], {"name": [0], "id_number": [1]}),
        ("姓名,证", ["李娜,110101199003070012"], {"name": [0]}),  # 18 signs, but no such number
        ("姓名,网", ["李娜,li@example.com"], {"name": [0], "email": [1]}),
        ("姓名,手机,紧急", ["李娜,13800138001,13800138002"], {"name": [0], "phone": [1]}),
        ("姓,名", ["张,伟"], {"name": [0, 1]}),
        ("姓名,姓,名", ["张伟,张,伟"], {"name": [0]}),
        ("生日(阳历),生日(农历)", ["1985-09-29,08-15"], {"birthday": [0], "special_dates": [1]}),
        ("生日(农历)", ["08-15"], {"birthday": [0]}),
        ("备注,说明", ["好,坏"], {"note": [0, 1]}),
        ("会员号,客户ID", ["A1,B1"], {"code": [1]}),
        ("姓名,年月", ["李娜,"], {"name": [0]}),
        ("Customer Name,Contact Name", ["Blue Sea Co,Ann"], {"name": [1, 0], "company": [0]}),
        ("昵称,真实姓名", ["云,李娜"], {"name": [1]}),
        ("昵称,备注名", ["云,李娜"], {"name": [0]}),
        ("手机1,手机2", ["13800138001,13800138002"], {"phone": [0], "phone2": [1]}),
        ("备注,说明", ["好,"], {"note": [0, 1]}),
    ],
)  # fmt: skip
def test_two_columns_of_customers(header: str, rows: list[str], wanted: dict[str, Any]) -> None:
    found = sheet(CUSTOMER, header, *rows)
    assert (fields(found), found.open) == (wanted, ())


@pytest.mark.parametrize(
    ("header", "rows", "wanted"),
    [
        ("价格,总价", ["3000,12000"], {"price": [1]}),
        ("Price,Total", ["3000,12000"], {"price": [1]}),
        ("单价,团费", ["3000,12000"], {"price": [1]}),
        ("单价,人数", ["3000,4"], {"party_size": [1], "price": [0]}),
        ("订单金额,应付金额,实付金额", ["3000,2900,100"], {"price": [1]}),
        ("总价(USD),总价(CNY)", ["300,2000"], {"price": [1]}),
        ("成人数,儿童数", ["2,1"], {"party_size": [0, 1]}),
        ("成人数,儿童数,总人数", ["2,1,3"], {"party_size": [2]}),
        ("成人数,成人", ["2,3"], {"party_size": [0]}),
        ("客户,客户编号", ["张三,A1"], {"customer": [1], "name": [0]}),
        ("客户电话,手机", ["010-62345678,13800138001"], {"phone": [0, 1]}),
        ("客户编号,号", ["A1,13800138001"], {"customer": [0]}),
        ("订单号,号", ["A1,13800138001"], {"code": [0], "phone": [1]}),
        ("成人/儿童", ["2/1"], {}),
        ("订单总额,优惠金额", ["3000,100"], {"price": [0]}),
        ("出发日期,出发时间", ["2026-05-01,08:30"], {"departs_on": [0]}),
    ],
)  # fmt: skip
def test_two_columns_of_trips(header: str, rows: list[str], wanted: dict[str, Any]) -> None:
    found = sheet(TRIP, header, *rows)
    assert (fields(found), found.open) == (wanted, ())


@pytest.mark.parametrize(
    ("entity", "header", "row", "field"),
    [
        (CUSTOMER, "客户名称,联系人", "张三丰,李四", "name"),
        (TRIP, "价格,金额", "3000,4000", "price"),
        (TRIP, "开始日期,入住日期", "2026-05-01,2026-05-02", "departs_on"),
        (CUSTOMER, "出生日期,生辰", "1985-09-29,1985-08-15", "birthday"),
    ],
)
def test_what_stays_open_is_refused(entity: Columns, header: str, row: str, field: str) -> None:
    found = sheet(entity, header, row)
    with pytest.raises(Refused, match=f"={field}"):
        refuse_open("x.csv", found, entity)
    first = header.split(",")[0]
    told = sheet(entity, header, row, **{first: field})
    assert (told.open, told.places[field]) == ((), 0)


def test_another_that_says_the_same_is_told_from_one_that_does_not() -> None:
    same = sheet(CUSTOMER, "姓名,邮箱,电子邮件", "甲,a@b.cn,a@b.cn", "乙,c@d.cn,")
    assert (same.doubled, same.beaten, same.warnings) == (("电子邮件",), (), ())
    other = sheet(CUSTOMER, "姓名,邮箱,电子邮件", "甲,a@b.cn,x@b.cn")
    assert (other.doubled, other.beaten) == ((), (("电子邮件", "邮箱"),))
    assert "电子邮件" in str(other.warnings[0])


@pytest.mark.parametrize(
    ("header", "row", "warned"),
    [
        ("姓名,会员卡号", "甲,V1", True), ("姓名,会员卡号", "甲,", False),
        ("姓名,爱好", "甲,骑马", False),
        ("姓名,手机,座机,数", "甲,13800138001,010-62345678,13800138002", True),
        ("姓名,导游电话", "甲,13800138001", False), ("姓名,订单号", "甲,A1", True),
    ],
)  # fmt: skip
def test_what_looks_like_an_identity_and_is_not_used_is_warned_of(
    header: str, row: str, warned: bool
) -> None:
    assert bool(sheet(CUSTOMER, header, row).warnings) == warned


def test_what_was_said_wins_and_keeps_what_the_header_says() -> None:
    given = map_headers(["收费（万元）"], TRIP, {"收费（万元）": "price"})
    assert given.sources["price"][0].meaning.qualifier == Qualifier(scale="万", currency="元")
    head = map_headers(["收费"], TRIP, {"收费": "单价"})
    assert head.sources["price"][0].meaning.qualifier == HEAD
    parts = map_headers(
        ["First Name", "Last Name"], CUSTOMER, {"First Name": "name", "Last Name": "name"}
    )
    assert [one.place for one in parts.sources["name"]] == [0, 1]
    with pytest.raises(WrongUsage, match="two columns"):
        map_headers(["甲", "乙"], CUSTOMER, {"甲": "name", "乙": "name"})


def test_only_the_first_rows_are_looked_at() -> None:
    rows: Sequence[str] = ["甲,13800138001"] * 9 + ["乙,未知"]
    assert fields(sheet(CUSTOMER, "姓名,数", *rows)) == {"name": [0], "phone": [1]}
    assert fields(sheet(CUSTOMER, "姓名,数", *rows, "丙,12", "丁,13")) == {"name": [0]}


def test_our_own_exports_are_read_as_they_were_written() -> None:
    header = "customer,name,kind,status,phone,note"
    found = sheet(CUSTOMER, header, "蓝海,王芳,person,active,13800138001,x")
    assert fields(found)["code"] == [0]
    assert isinstance(found.sources["code"][0].meaning, Meaning)
    four, cells = "customer,kind,status,phone", "蓝海,person,active,13800138001"
    for own, header in ((True, f"{four},note"), (False, f"{four},爱好"), (False, four)):
        row = f"{cells},x" if header != four else cells
        assert ("code" in fields(sheet(CUSTOMER, header, row))) == own, header
