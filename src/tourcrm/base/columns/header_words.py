"""Words of headers: which names fit a field how well, and what parts of a field are called."""

import re
from collections.abc import Mapping

from tourcrm.base.patterns import pattern

# How well a name fits: of two headers of one field the lower one is used.
OWN = 0  # what exports write
ALIAS = 1
LOOSE = 2  # found by another spelling
PART = 3  # only a part: where nothing else is there
ASKED = 4  # a question
CELLS = 9  # told by the cells, not by the name


# Of names of customers: a person's or a company's, a company's, what friends call somebody.
EITHER, COMPANY, NICKNAME = 2, 3, 4


# Parts that say what becomes of a cell beside others: all values count, the first before the rest,
# which goes to the note; or the cell goes to the note with its header.
EACH, ASIDE = "each", "aside"
# For whom somebody works, and the name of a row that has no other, which is a company then.
EMPLOYER = "employer"
# Parts that stand beside any others of their field.
BESIDE = frozenset({EACH, ASIDE, "else", "more"})


def _ranks(field: str, *tiers: str) -> dict[tuple[str, str], int]:
    return {(field, name): rank for rank, tier in enumerate(tiers) for name in tier.split()}


# What is to be paid stands before what something costs, and a person before the company.
RANKS: Mapping[tuple[str, str], int] = {
    **_ranks(
        "price",
        "应付金额 应付款 应付总额 应付团款 应付 应收 应收款 应收金额 应收团款 合同金额 成交价 成交金额",
        "总价 总金额 总额 总费用 总团款 总团费 订单金额 订单总额 订单总价 total totalprice totalamount grandtotal ordertotal orderamount "
        "bookingamount",
        "团费 团款 price 价格 金额 费用 amount 销售额 revenue",
    ),
    **_ranks(
        "name",
        "姓名 客户姓名 真实姓名 name fullname",
        "名字 客人姓名 联系人 联系人姓名 游客姓名 contactname contactperson",
        "客户名称 名称 customername",
        "公司名称 单位名称 企业名称",
        "昵称 微信昵称 备注名",
    ),
    **_ranks(
        "customer",
        "客户编号 客户号 客户代码 customercode customerid customerno",
        "客户 customer client guest 会员号 会员编号 memberid memberno",
        "客户电话 手机 手机号 电话 联系电话 phone mobile",
        "身份证号",
    ),
    **_ranks("code", "", "customerid 客户代码 客户号 customercode customerno", "会员号 会员编号"),
}
# (field, part) -> what such a column is called.
PARTS: Mapping[tuple[str, str], str] = {
    ("name", "first"): "first_name firstname given_name given_names forename 名",
    ("name", "middle"): "middle_name middle_names middle_initial",
    ("name", "last"): "last_name lastname surname family_name 姓 姓氏",
    ("party_size", "adults"): "成人数 成人 成人人数 大人 大人数 adults adult no_of_adults 成年人数",
    (
        "party_size",
        "children",
    ): "儿童数 儿童 儿童人数 小孩 小孩数 孩子数 children child kids no_of_children",
    ("party_size", "infants"): "婴儿数 婴儿 婴儿人数 infants infant",
    ("party_size", "seniors"): "老人数 老人 老人人数 seniors senior",
}
# Names of special days that have a column of their own.
LABELS: Mapping[str, str] = {
    "wedding": "结婚纪念日 结婚日期 结婚周年 wedding wedding_day wedding_date wedding_anniversary anniversary",
}
# A price a person.
A_PERSON = (
    "单价 人均 人均价 人均价格 人均团费 人均费用 每人 每人价格 每人费用 每人团费 单人价 团费单价 "
    "unit_price price_per_person price_per_pax price_pp per_person per_pax"
)
# What was paid, or what it cost less some favour: not used, unless somebody says which.
PAID = pattern(
    "^(实付|实收|已付|已收|未收|定金|订金|首付|尾款|余款|未付|欠款|待收|待付|收款|付款|支付|到账)(金额|款|款项|团款|总额|额)?$|"
    "^(amount)?(paid|balance|deposit|outstanding)(amount)?$|^amountdue$|^balancedue$"
)
# Whom a name is about, where that goes without saying.
WHOSE = pattern(
    "客户|顾客|会员|客人|用户|贵宾|旅客|游客|乘客|联系人|预订人|预定人|下单人|出行人|参团人|联系(?=手机|电话|邮箱|微信)|您的|你的|本人|我的|"
    "customers?|clients?|guests?|contacts?|members?|passengers?|travell?ers?|your|primary|leads?|main|booker"
)
A_CUSTOMER = frozenset({"顾客", "会员", "用户"})
# Over codes of customers or over their names: the cells tell.
CODE_OR_NAME = frozenset({"客户", "customer", *A_CUSTOMER})
# Fields that speak of the customer in sheets of other things, too.
OF_A_CUSTOMER = frozenset({"customer", "phone", "id_number", "name", "email"})
COUNTED = pattern("numberof|noof|totalnumberof|countof")
# Fields whose names are not varied: a word for a number more makes another thing of them.
EXACT = frozenset({"price", "party_size", "days", "note", "comment", "summary", "at"})
# Remarks that make a column one about somebody else, or about something else.
ANOTHERS = pattern(
    "紧急|家属|配偶|父|母|子女|导游|领队|司机|地接|供应商|介绍人|推荐人|销售|业务员|顾问|客服|计调|酒店|门店|"
    "经办|操作|同行|随行|担保|emergency|guide|driver|referr|agent|supplier|staff|sales|office|spouse",
    re.IGNORECASE,
)
# Headers that sound like whom, or which order, a row is about.
IDENTITY = pattern(
    "手机|电话|号码|微信|身份证|护照|证件号|邮箱|姓名|phone|mobile|passport|wechat|email|fullname|"
    "(客户|顾客|会员|客人|用户|订单|客|订|customer|client|member|order|booking|guest).*(号|id|码|编号|code|no|number)$|"
    "^(id|编号|code)$"
)
