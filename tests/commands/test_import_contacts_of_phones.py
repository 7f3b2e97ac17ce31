"""Contacts as phones, mailers and WeCom export them, into customers and back."""

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest

from tests.importer import Shop

GOOGLE = {
    "First Name": "伟", "Middle Name": "", "Last Name": "张", "Name Prefix": "", "Nickname": "小张",
    "File As": "", "Organization Name": "杭州远洋公司", "Organization Title": "经理",
    "Birthday": "1985-03-05", "Notes": "爱吃辣", "Photo": "https://photos.example/1.jpg",
    "Labels": "亲子 ::: * myContacts ::: * friends", "E-mail 1 - Label": "* Home",
    "E-mail 1 - Value": "zhang@example.com", "E-mail 2 - Value": "zw@work.example ::: z@x.example",
    "Phone 1 - Label": "Mobile", "Phone 1 - Value": "138 0013 8001 ::: 139-0013-8002",
    "Phone 2 - Label": "Work", "Phone 2 - Value": "010-62345678",
    "Address 1 - Formatted": "中山路1号", "Address 1 - City": "杭州",
}  # fmt: skip
OLD_GOOGLE = {
    "Name": "伟 张", "Given Name": "伟", "Additional Name": "", "Family Name": "张",
    "Yomi Name": "", "Birthday": " --03-05", "Occupation": "", "Notes": "",
    "Group Membership": "* myContacts ::: 亲子", "E-mail 1 - Type": "*",
    "E-mail 1 - Value": "zhang@example.com", "Phone 1 - Type": "Mobile",
    "Phone 1 - Value": "13800138001", "Organization 1 - Name": "杭州远洋公司",
    "Organization 1 - Title": "经理", "Location": "",
}  # fmt: skip
OUTLOOK = {
    "Title": "Mr.", "First Name": "Wei", "Middle Name": "", "Last Name": "Zhang",
    "Company": "Ocean Ltd", "Job Title": "Manager", "Home Street": "中山路1号", "Home City": "杭州",
    "Business Phone": "010-62345678", "Home Phone": "0571-88001234", "Mobile Phone": "13800138001",
    "Primary Phone": "13800138001", "Anniversary": "0/0/00", "Birthday": "0/0/00",
    "Categories": "亲子;VIP", "E-mail Address": "zhang@example.com", "E-mail Type": "SMTP",
    "E-mail Display Name": "Wei Zhang", "Gender": "Unspecified", "Notes": "爱吃辣",
    "Sensitivity": "Normal",
}  # fmt: skip
OUTLOOK_ZH = {
    "称谓": "先生", "名": "伟", "中间名": "", "姓": "张", "单位": "杭州远洋公司", "职务": "经理",
    "住宅地址 街道": "中山路1号", "商务电话": "010-62345678", "住宅电话": "0571-88001234",
    "移动电话": "13800138001", "纪念日": "0/0/00", "生日": "1985/3/5", "类别": "亲子;VIP",
    "电子邮件地址": "zhang@example.com", "电子邮件类型": "SMTP", "性别": "未指定", "附注": "爱吃辣",
    "敏感度": "普通",
}  # fmt: skip
WECOM = {
    "客户名称": "小张爱旅行", "描述": "老客户介绍的", "添加人": "李娜", "添加人账号": "lina",
    "添加时间": "2025-03-05 14:20:33", "来源": "扫描二维码", "标签组-等级": "VIP",
    "标签": "亲子,VIP", "手机": "13800138001", "企业": "杭州远洋公司", "客户类型": "微信用户",
}  # fmt: skip
VCARD = """BEGIN:VCARD
VERSION:3.0
N:张;伟;;;
FN:张伟
NICKNAME:小张
ORG:杭州远洋公司
TITLE:经理
TEL;type=HOME:0571-88001234
TEL;type=CELL:138 0013 8001
TEL;type=WORK:010-62345678
EMAIL:zhang@example.com
BDAY:--0305
ANNIVERSARY:2010-05-20
NOTE:爱吃辣
CATEGORIES:亲子,VIP
END:VCARD
"""
COMPANY = """BEGIN:VCARD
ORG:上海星辰贸易有限公司
TEL:021-62345678
END:VCARD
"""


def sheet(*rows: dict[str, str]) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def customer(shop: Shop, place: int = 0) -> dict[str, Any]:
    """One customer, by what is filled."""
    names = (
        *("name", "kind", "phone", "phone2", "email", "occupation", "city", "address", "note"),
        *("gender", "source", "owner", "entered_on"),
    )
    [row] = shop.rows(
        f"SELECT c.{', c.'.join(names)}, o.name, o.kind, "
        "(SELECT group_concat(tag, ';') FROM "
        "(SELECT tag FROM customer_tag WHERE customer_id = c.id ORDER BY tag)), "
        "(SELECT group_concat(label || ' ' || month || '-' || day, ';') FROM "
        "(SELECT * FROM special_date WHERE customer_id = c.id ORDER BY label)) "
        "FROM customer c LEFT JOIN customer o ON o.id = c.company_id "
        f"ORDER BY c.id LIMIT 1 OFFSET {place}"
    )
    found = dict(zip((*names, "works for", "which is a", "tags", "days"), row, strict=True))
    return {name: value for name, value in found.items() if value is not None}


ZHANG = {
    "kind": "person", "phone": "+8613800138001", "email": "zhang@example.com",
    "works for": "杭州远洋公司", "which is a": "company",
}  # fmt: skip
ENTERED = {"entered_on": "2026-09-28"}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            GOOGLE,
            {
                "name": "张伟", "phone2": "+8613900138002", "occupation": "经理", "city": "杭州",
                "address": "中山路1号", "days": "birthday 3-5", "tags": "friends;亲子",
                "note": "爱吃辣\n[Nickname] 小张; [Phone 2 - Value] +861062345678; "
                "[E-mail 2 - Value] z@x.example; [E-mail 2 - Value] zw@work.example",
            },
        ),
        (
            OLD_GOOGLE,
            {"name": "张伟", "occupation": "经理", "tags": "亲子", "days": "birthday 3-5"},
        ),
        (
            OUTLOOK,
            {
                "name": "Wei Zhang", "phone2": "+8657188001234", "occupation": "Manager",
                "city": "杭州", "address": "中山路1号", "tags": "VIP;亲子",
                "works for": "Ocean Ltd",
                "note": "爱吃辣; [Business Phone] +861062345678",
            },
        ),
        (
            OUTLOOK_ZH,
            {
                "name": "张伟", "phone2": "+8657188001234", "occupation": "经理",
                "address": "中山路1号", "tags": "VIP;亲子", "days": "birthday 3-5",
                "note": "爱吃辣; [商务电话] +861062345678",
            },
        ),
        (
            WECOM,
            {
                "name": "小张爱旅行", "owner": "李娜", "source": "扫描二维码", "tags": "VIP;亲子",
                "note": "老客户介绍的", "entered_on": "2025-03-05", "email": None,
            },
        ),
    ],
    ids=["google", "google until 2024", "outlook", "outlook in chinese", "wecom"],
)  # fmt: skip
def test_a_contact_comes_whole(shop: Shop, row: dict[str, str], expected: dict[str, Any]) -> None:
    said = shop.take("customers", sheet(row))
    assert (said["added"], said["rejected"]) == (1, 0)
    assert said["warnings"] == []
    found = customer(shop)
    expected = {**ZHANG, "entered_on": found["entered_on"], **expected}
    assert found == {name: value for name, value in expected.items() if value is not None}
    again = shop.take("customers", sheet(row))
    assert (again["unchanged"], again["operation"]) == (1, None)
    assert shop.run("imports", "undo", "1").exit_code == 0
    assert shop.rows("SELECT count(*) FROM customer") == [(0,)]


def test_a_customer_whom_several_colleagues_added_is_one(shop: Shop) -> None:
    other = {"添加人": "王强", "添加时间": "2025-06-01 09:00:00", "描述": "爱拍照", "标签": "摄影"}
    rows = [list(WECOM), list(WECOM.values()), list((WECOM | other).values())]
    said = shop.take("customers", rows)
    assert (said["added"], said["rejected"]) == (1, 0)
    found = customer(shop)
    assert (found["owner"], found["entered_on"]) == ("李娜", "2025-03-05")
    assert found["note"] == "老客户介绍的; [添加人] 王强: 爱拍照"
    assert set(found["tags"].split(";")) == {"VIP", "亲子", "摄影"}
    assert any("李娜、王强" in note for note in said["notes"])
    assert shop.take("customers", rows)["operation"] is None


def test_an_event_keeps_what_it_is(shop: Shop) -> None:
    rows = [
        ["First Name", "Last Name", "Phone 1 - Value", "Event 1 - Label", "Event 1 - Value"],
        ["伟", "张", "13800138001", "入职", "2010-05-20"],
    ]
    assert shop.take("customers", rows)["added"] == 1
    note = customer(shop)["note"]
    assert note == "[Event 1 - Label] 入职\n[Event 1 - Value] 2010-05-20"


def test_outlook_writes_the_code_page_of_windows(shop: Shop) -> None:
    shop.take("customers", sheet(OUTLOOK_ZH).encode("cp936"))
    assert customer(shop)["name"] == "张伟"


def test_a_vcard_comes_whole_whatever_its_name(shop: Shop) -> None:
    said = shop.take("customers", VCARD + COMPANY, name="contacts.txt")
    assert (said["added"], said["rejected"], said["warnings"]) == (2, 0, [])
    found = customer(shop)
    assert found == {
        **ZHANG, "name": "张伟", "phone2": "+8657188001234", "occupation": "经理",
        "tags": "VIP;亲子", "days": "birthday 3-5;wedding 5-20",
        "note": "爱吃辣\n[Nickname] 小张; [Phone 3 - Value] +861062345678",
        "entered_on": found["entered_on"],
    }  # fmt: skip
    assert customer(shop, 1)["name"] == "上海星辰贸易有限公司"
    assert customer(shop, 1)["kind"] == "company"
    again = shop.take("customers", VCARD + COMPANY, name="renamed.vcf")
    assert (again["unchanged"], again["operation"]) == (2, None)
    assert shop.run("imports", "undo", "1").exit_code == 0
    assert shop.rows("SELECT count(*) FROM customer") == [(0,)]


def test_a_dry_run_of_cards_changes_nothing(shop: Shop) -> None:
    assert shop.take("customers", VCARD, "--dry-run", name="a.vcf")["added"] == 1
    assert shop.rows("SELECT count(*) FROM customer") == [(0,)]


def test_rejected_cards_are_mended_as_a_sheet(shop: Shop) -> None:
    cut = VCARD.replace("END:VCARD\n", "").replace("张伟", "张明").replace("张;伟", "张;明")
    text = cut + COMPANY + VCARD.replace("0013 8001", "0013 800")
    said = shop.take("customers", text, name="a.vcf")
    assert (said["added"], said["rejected"]) == (2, 1)
    assert list(shop.reasons(said).values()) == ["the card is cut: END:VCARD is missing"]
    assert any("no network has such a phone number" in note for note in said["notes"])
    again = shop.take("customers", Path(said["rejected_file"]))
    assert (again["added"], again["rejected"]) == (1, 0)
    assert customer(shop, 3)["phone"] == "+8613800138001"


@pytest.mark.parametrize(
    ("header", "cells", "phones"),
    [
        ("手机,住宅电话,单位电话", "13800138001,010-62345678,0571-88001234", 2),
        ("手机,办公电话,家庭电话", "13800138001,010-62345678,0571-88001234", 2),
        ("家庭电话,手机,电话", ",13800138001,010-62345678", 2),
        ("手机,备用电话,座机", ",13800138001,", 1),
        ("手机,备用电话,座机", "13800138001,138-0013-8001,010-62345678", 2),
        ("手机,电话2,联系电话", "13800138001,88001234,010-62345678", 2),
    ],
)
def test_of_three_columns_of_phones_none_is_lost(
    shop: Shop, header: str, cells: str, phones: int
) -> None:
    said = shop.take(
        "customers", f"姓名,{header}\n张三,{cells}\n李四,13900139001,13900139002,13900139003\n"
    )
    assert (said["added"], said["rejected"], said["warnings"]) == (2, 0, [])
    found = customer(shop)
    assert found["phone"] == "+8613800138001"
    assert ("phone2" in found) == (phones == 2)
    assert re.search(r"\+861390013900[123]$", customer(shop, 1)["note"])


def test_a_service_number_beside_a_good_one_is_left_to_the_note(shop: Shop) -> None:
    said = shop.take("customers", sheet({**OUTLOOK, "Home Phone": "95530"}))
    assert said["rejected"] == 0
    assert "[Home Phone] 95530" in customer(shop)["note"]
    assert any("number of a service" in note and "95530)" not in note for note in said["notes"])


def test_a_contact_with_nothing_but_a_service_number_is_rejected(shop: Shop) -> None:
    said = shop.take("customers", sheet({"First Name": "国航", "Phone 1 - Value": "95583"}))
    assert said["rejected"] == 1


def test_contacts_without_a_name(shop: Shop) -> None:
    blank = dict.fromkeys(GOOGLE, "")
    rows = [
        {**blank, "Nickname": "老王", "Phone 1 - Value": "13800138001"},
        {**blank, "Organization Name": "星辰", "Phone 1 - Value": "021-62345678"},
        {**blank, "Phone 1 - Value": "13800138003"},
        {
            **blank,
            "First Name": "张丰",
            "Organization Name": "张丰",
            "Phone 1 - Value": "13800138004",
        },
    ]
    said = shop.take("customers", sheet(*rows))
    assert (said["added"], said["rejected"]) == (3, 1)
    told = "Organization Name: where it is the only name, the row is taken as a company (lines 3)"
    assert told in said["notes"]
    assert shop.rows("SELECT name, kind FROM customer ORDER BY id") == [
        ("老王", "person"), ("星辰", "company"), ("张丰", "person"),
    ]  # fmt: skip


def test_a_mapping_wins_over_what_is_known_of_the_book(shop: Shop) -> None:
    shop.take("customers", sheet(GOOGLE), "--map", "Nickname=wechat", "--map", "Phone 2 - Value=")
    [(wechat, note)] = shop.rows("SELECT wechat, note FROM customer LIMIT 1")
    assert wechat == "小张"
    assert "10623" not in note


def test_words_of_other_sheets_keep_their_meaning(shop: Shop) -> None:
    shop.take("customers", "姓名,手机,类别,描述\n蓝海,13800138001,公司,x\n")
    assert customer(shop)["kind"] == "company"
    shop.take("customers", "Name,Title,Mobile\nAnna,Director,13800138002\n")
    assert customer(shop, 1)["occupation"] == "Director"


@pytest.mark.parametrize("entity", ["trips", "interactions", "surveys"])
def test_cards_are_customers_only(shop: Shop, entity: str) -> None:
    done = shop.run(entity, "import", shop.sheet(VCARD, "a.vcf"))
    assert done.exit_code == 1
    assert "is an address book: tourcrm customers import takes it" in done.stderr


def test_what_is_not_used_is_said(shop: Shop) -> None:
    done = shop.run("customers", "import", shop.sheet(sheet(GOOGLE)))
    [line] = [line for line in done.stdout.splitlines() if "columns not used" in line]
    assert "Photo" in line
    assert "Phone 1 - Label" in line
    done = shop.run("customers", "import", shop.sheet(VCARD.replace("BDAY", "X-BIRTH"), "a.vcf"))
    assert "not read of the cards: X-BIRTH (1)" in done.stdout
