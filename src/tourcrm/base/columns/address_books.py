"""Address books: what the columns mean that phones, mailers and WeCom write.

Their headers are known as a whole only: 类别 is a kind of customer elsewhere and a tag in Outlook,
where Title is no occupation but Mr. So a sheet is first known for one of these books by some
headers that nobody else writes.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tourcrm.base.columns import header_words as words
from tourcrm.base.columns.headers import Meaning, folded
from tourcrm.base.patterns import pattern

# The header that a file of vCards is given (files/vcard.py), without its numbered columns.
VCARD = (
    "Full name", "Organization", "Job title", "Birthday", "Anniversary", "Gender",
    "Address", "City", "Categories", "Nickname", "Note",
)  # fmt: skip
CARD_PHONE, CARD_EMAIL = "Phone {n} - Value", "E-mail {n} - Value"

# What becomes of a column; the first word is the field.
_TARGETS: Mapping[str, tuple[Meaning, ...]] = {
    "first": (Meaning("name", words.PART, part="first"),),
    "middle": (Meaning("name", words.PART, part="middle"),),
    "last": (Meaning("name", words.PART, part="last"),),
    "name": (Meaning("name"),),
    # Where the parts of a name are blank, and then what friends say, and then the company.
    "whole": (Meaning("name", words.PART, part="else"),),
    "nickname": (
        Meaning("note", part=words.ASIDE),
        Meaning("name", words.NICKNAME, part="else"),
    ),
    "company": (
        Meaning("company", words.CELLS, part=words.EMPLOYER),
        Meaning("name", words.CELLS, part="else"),
    ),
    "phone": (Meaning("phone", part=words.EACH),),
    "email": (Meaning("email", part=words.EACH),),
    "address": (Meaning("address", part=words.EACH),),
    "city": (Meaning("city", part="else"),),
    "occupation": (Meaning("occupation"),),
    "tags": (Meaning("tags", part="more"),),
    "note": (Meaning("note"),),
    "aside": (Meaning("note", part=words.ASIDE),),
    "owner": (Meaning("owner"),),
    "since": (Meaning("entered_on"),),
    "birthday": (Meaning("birthday"),),
    "wedding": (Meaning("special_dates", label="wedding"),),
    "gender": (Meaning("gender"),),
    "source": (Meaning("source"),),
    "": (),  # known, and nothing about the customer
}


@dataclass(frozen=True, slots=True)
class _Book:
    """One kind of address book, its patterns over folded headers; of several columns for a field
    those of the earlier pattern come first."""

    signs: re.Pattern[str]  # headers that tell it
    needed: int  # so many of them
    columns: tuple[tuple[str, str], ...]  # target, pattern


_BOOKS = (
    _Book(  # Google Contacts, as of now and as until 2024; files of vCards
        pattern("(?:phone|email)[0-9]{1,2}(?:value|type|label)|groupmembership"),
        1,
        (
            ("name", "fullname"),
            ("first", "firstname|givenname"),
            ("middle", "middlename|additionalname"),
            ("last", "lastname|familyname"),
            ("whole", "name"),
            ("nickname", "nickname"),
            ("whole", "fileas"),
            ("company", "organization(?:1?name)?"),
            ("occupation", "organization1?title|jobtitle"),
            ("phone", "phone[0-9]{1,2}value"),
            ("email", "email[0-9]{1,2}value"),
            ("address", "address(?:[0-9]{1,2}formatted)?"),
            ("city", "(?:address[0-9]{1,2})?city"),
            ("tags", "labels|groupmembership|categories"),
            ("wedding", "anniversary"),
            ("aside", "(?:event|customfield|im)[0-9]{1,2}(?:label|type|value)|organization1?department"),
            ("", "[a-z]+[0-9]{1,2}[a-z]*|.*yomi.*|phonetic.*|name(?:pre|suf)fix|"
                "(?:maiden|short)name|language|photo|location"),
        ),
    ),
    _Book(  # Outlook, in English and Chinese
        pattern(
            "(?:business|home)(?:phone2?|street|city|fax)|otherphone|primaryphone|"
            "email(?:type|displayname)|categories|sensitivity|webpage|"
            "商务电话2?|住宅电话2?|商务传真|电子邮件类型|电子邮件显示名称|类别|敏感度|附注|"
            "(?:商务|住宅)地址.+|中间名"
        ),
        2,
        (
            ("first", "firstname|givenname|名"),
            ("middle", "middlename|中间名"),
            ("last", "lastname|surname|姓"),
            ("nickname", "nickname|昵称"),
            ("whole", "emaildisplayname|电子邮件显示名称"),
            ("company", "company|companyname|单位|公司"),
            ("aside", "department|部门"),
            ("occupation", "jobtitle|职务|职位"),
            ("phone", "mobilephone|移动电话|手机"),
            ("phone", "primaryphone|主要电话"),
            ("phone", "homephone2?|住宅电话2?|家庭电话2?"),
            ("phone", "businessphone2?|商务电话2?|办公电话2?|单位电话2?"),
            ("phone", "(?:other|car|companymain)phone|其他电话|车载电话|单位主要电话"),
            ("email", "emailaddress|电子邮件(?:地址)?"),
            ("email", "email[23]address|电子邮件[23](?:地址)?"),
            ("address", "homestreet|homeaddress|住宅地址街道|家庭地址街道"),
            ("address", "businessstreet|businessaddress|商务地址街道"),
            ("city", "homecity|住宅地址市县|家庭地址市县"),
            ("city", "businesscity|商务地址市县"),
            ("tags", "categories|类别"),
            ("note", "notes|附注|备注|便笺"),
            ("wedding", "anniversary|纪念日"),
            ("birthday", "birthday|生日"),
            ("gender", "gender|性别"),
            ("aside", "spouse|配偶"),
            ("", "title|称谓|称呼|suffix|后缀|emailtype|email[23](?:type|displayname)|"
                "电子邮件(?:[23]?类型|[23]显示名称)|language|语言|priority|private|sensitivity|"
                "优先级|私有|敏感度|.*(?:fax|传真)|assistantsphone|助理的?电话|location|位置|"
                "pager|寻呼机|isdn|telex|电报|tty.*|callback|回电话|radiophone|无绳电话"),
        ),
    ),
    _Book(  # WeCom's list of customers
        pattern("添加人(?:账号|所属部门)?|添加时间|描述|企业|标签组.*"),
        2,
        (
            ("name", "客户名称|客户昵称|客户姓名|客户"),
            ("note", "备注|描述"),
            ("owner", "添加人|所属员工|跟进人"),
            ("since", "添加时间"),
            ("company", "企业|企业名称|所在企业|公司|客户企业|备注企业"),
            ("phone", "手机号?|电话|备注手机号?|备注电话"),
            ("tags", "标签(?:组.*)?|客户标签|企业标签|个人标签"),
            ("source", "来源|添加渠道|渠道"),
            ("", "添加人账号|添加人所属部门|客户类型|unionid|externaluserid|外部联系人id"),
        ),
    ),
)  # fmt: skip


def meanings(header: Sequence[str]) -> dict[int, tuple[Meaning, ...]]:
    """What the columns mean where the sheet is an address book: place -> meanings, none for what
    is no data of a customer; columns that are left out speak for themselves."""
    names = list(map(folded, header))
    for book in _BOOKS:
        if sum(book.signs.fullmatch(name) is not None for name in names) >= book.needed:
            return _read(book, names)
    return {}


def _read(book: _Book, names: Sequence[str]) -> dict[int, tuple[Meaning, ...]]:
    found = {}
    for place, name in enumerate(names):
        for rank, (target, names_of) in enumerate(book.columns):
            if re.fullmatch(names_of, name):
                found[place] = tuple(
                    replace(one, rank=one.rank or rank) for one in _TARGETS[target]
                )
                break
    return found
