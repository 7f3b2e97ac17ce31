"""One table of columns per entity and per result: it drives import, export, tables and JSON keys.

CONTRIBUTING.md says what else a new column of an entity needs.
"""

import re
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    kind says how a cell is read (importing) and shown (render): text, code, name, phone, phones,
    email, id_number, passport, day, moment, special_day, special_dates, amount (fen), count,
    number, share, pay_ratio (what is left to pay: 80%), signed (a whole number with its sign),
    rating (1 to 5), nps (0 to 10), word, flag, tags, customer (a reference to one), file (a path,
    of which a table shows the name).
    """

    field: str  # attribute of the row; key in JSON and CSV
    kind: str
    en: str
    zh: str
    aliases: tuple[str, ...] = ()  # further header names understood on import
    words: str = ""  # the table of words.WORDS, for kinds word and rating
    mask: str = ""  # phone, id_number or passport: how it is hidden unless revealed
    in_table: bool = True  # shown in a terminal table (exports hold every column)
    imported: bool = True  # understood on import
    exported: bool = True
    label: str = ""  # the attribute that files for people show in place of an id
    asks: str = ""  # a pattern: how a form on the web may ask for it, where a header is a question

    def header(self, language: str) -> str:
        """The header that a person reads."""
        return self.zh if language == "zh" else self.en


def option(field: str) -> str:
    """The option that sets a field."""
    return "--" + field.replace("_", "-")


def _column(field: str, kind: str, en: str, zh: str, aliases: str = "", **more: object) -> Column:
    return Column(field, kind, en, zh, tuple(aliases.split()), **more)  # type: ignore[arg-type]  # keywords of Column, by name


CUSTOMER = (
    _column("code", "code", "customer", "客户编号", "code 编号 客户 客户代码 会员号 会员编号 客户号 customer_code customer_id customer_no"),
    _column("name", "name", "name", "姓名", "客户姓名 客户名称 名称 名字 客人姓名 客人 联系人 公司名称 full_name fullname customer_name"),
    _column("kind", "word", "kind", "客户类型", "类型 客户类别 类别 customer_kind customer_type type", words="customer_kind"),
    _column("status", "word", "status", "状态", "客户状态", words="customer_status", in_table=False),
    _column("phone", "phones", "phone", "手机", "手机号 手机号码 电话 联系电话 联系方式 电话号码 mobile tel telephone phone_number cell 移动电话", mask="phone"),
    _column("phone2", "phone", "phone2", "备用电话", "电话2 手机2 第二电话 其他电话 phone_2 座机 固定电话 固话", mask="phone", in_table=False),
    _column("wechat", "text", "wechat", "微信", "微信号 weixin wx wechat_id", in_table=False),
    _column("email", "email", "email", "邮箱", "电子邮箱 电子邮件 邮件 e-mail mail", in_table=False),
    _column("gender", "word", "gender", "性别", "sex", words="gender", in_table=False),
    _column("birthday", "special_day", "birthday", "生日", "出生日期 出生年月日 生辰 date_of_birth birth_date dob birthdate", in_table=False),
    _column("special_dates", "special_dates", "special_dates", "纪念日", "特殊日期 其他纪念日", in_table=False),
    _column("id_number", "id_number", "id_number", "身份证号", "身份证 身份证号码 证件号 证件号码 identity_number id_card national_id", mask="id_number", in_table=False),
    _column("passport_no", "passport", "passport_no", "护照号", "护照 护照号码 passport passport_number", mask="passport", in_table=False),
    _column("passport_name", "text", "passport_name", "护照姓名", "英文名 拼音姓名 护照拼音 name_on_passport", in_table=False),
    _column("passport_expires_on", "day", "passport_expires_on", "护照有效期", "护照到期 护照到期日 护照有效期至 passport_expiry passport_expires", in_table=False),
    _column("city", "text", "city", "城市", "所在城市 居住地 所在地 town"),
    _column("address", "text", "address", "地址", "住址 联系地址 通讯地址", in_table=False),
    _column("occupation", "text", "occupation", "职业", "工作 行业 职务 job", in_table=False),
    _column("source", "text", "source", "来源", "客户来源 获客渠道 渠道来源 lead_source", in_table=False),
    _column("owner", "text", "owner", "负责人", "客户经理 销售 业务员 跟进人 所属顾问 归属人 owned_by sales", ),
    _column("company", "customer", "company", "所属公司", "公司 单位 工作单位 公司编号 employer", in_table=False),
    _column("referred_by", "customer", "referred_by", "介绍人", "推荐人 转介绍 referrer", in_table=False),
    _column("tags", "tags", "tags", "标签", "客户标签 tag labels"),
    _column("marketing_consent", "word", "marketing_consent", "营销许可", "营销同意 同意营销 是否同意营销 接收营销 consent opt_in", words="consent", in_table=False),
    _column("consent_on", "day", "consent_on", "许可日期", "同意日期", in_table=False),
    _column("consent_source", "text", "consent_source", "许可来源", "同意来源", in_table=False),
    _column("do_not_contact", "flag", "do_not_contact", "请勿联系", "勿扰 不要联系 免打扰 黑名单", in_table=False),
    _column("language", "word", "language", "语言", "客户语言 lang", words="language", in_table=False),
    _column("note", "text", "note", "备注", "说明 备注信息 notes remark remarks comment", in_table=False),
    _column("lost_on", "day", "lost_on", "流失日期", "", in_table=False),
    _column("lost_reason", "text", "lost_reason", "流失原因", "", in_table=False),
    _column("rival", "text", "rival", "竞争对手", "流向 competitor", in_table=False),
    _column("entered_on", "day", "entered_on", "录入日期", "建档日期 登记日期 创建日期 注册日期 created_on created_at", in_table=False),
)  # fmt: skip

TRIP = (
    _column("code", "code", "order_no", "订单号", "trip code 订单编号 订单号码 单号 团号订单 合同号 行程编号 order order_number order_id booking_no booking booking_id trip_code trip_id"),
    _column("customer", "customer", "customer", "客户", "客户编号 客户号 客户代码 会员号 会员编号 customer_code customer_id customer_no client guest"),
    _column("phone", "phones", "customer_phone", "客户电话", "客户手机 客户联系方式 客人电话 客人手机 客人联系方式 游客电话 联系人电话 联系人手机 手机 手机号 手机号码 电话 电话号码 联系电话 联系方式 phone mobile tel telephone phone_number", mask="phone", exported=False),
    _column("id_number", "id_number", "customer_id_number", "身份证号", "身份证 身份证号码 证件号 证件号码 id_number id_card", mask="id_number", exported=False),
    _column("name", "name", "customer_name", "客户姓名", "姓名 客户名称 客人 客人姓名 客人名称 联系人 联系人姓名 游客 游客姓名 名字 name", exported=False),
    _column("destination", "text", "destination", "目的地", "线路 旅游目的地 线路名称 产品 产品名称 行程 旅游线路 去哪 place route"),
    _column("abroad", "flag", "abroad", "出境", "是否出境 境外 overseas", in_table=False),
    _column("service", "word", "service", "服务", "产品类型 服务类型 业务类型 业务 service_type product_type", words="service", in_table=False),
    _column("kind", "word", "kind", "类型", "出游方式 出行方式 行程类型 组团方式 团型 trip_kind trip_type type", words="trip_kind", in_table=False),
    _column("status", "word", "status", "状态", "订单状态 行程状态 order_status trip_status", words="trip_status"),
    _column("departs_on", "day", "departs_on", "出发日期", "出发 出发日 出行日期 出团日期 启程日期 去程日期 开始日期 入住日期 departure departure_date depart_date departs start_date from_date date"),
    _column("returns_on", "day", "returns_on", "返回日期", "返回 回程 返程 返程日期 回程日期 回团日期 结束日期 归期 离店日期 return return_date returns end_date to_date"),
    _column("days", "count", "days", "天数", "行程天数 出行天数 晚数天数 duration day_count", exported=False, in_table=False),
    _column("party_size", "count", "party_size", "人数", "出行人数 参团人数 人数合计 pax people party travellers travelers"),
    _column("price", "amount", "price", "团费", "价格 金额 总价 总金额 订单金额 费用 应收 应收款 应收金额 应收团款 合同金额 成交价 成交金额 销售额 团款 总团款 amount total total_price revenue"),
    _column("channel", "text", "channel", "渠道", "下单渠道 订单来源 sales_channel", in_table=False),
    _column("advisor", "text", "advisor", "顾问", "旅行顾问 销售 业务员 计调 经办人 adviser consultant agent sales"),
    _column("guide", "text", "guide", "导游", "领队 tour_guide", in_table=False),
    _column("inquired_on", "day", "inquired_on", "询价日期", "咨询日期 inquiry_date inquired", in_table=False),
    _column("quoted_on", "day", "quoted_on", "报价日期", "quote_date quoted", in_table=False),
    _column("booked_on", "day", "booked_on", "预订日期", "下单日期 订单日期 成交日期 签约日期 预定日期 booking_date order_date booked", in_table=False),
    _column("cancelled_on", "day", "cancelled_on", "取消日期", "退团日期 cancel_date cancelled canceled_on", in_table=False),
    _column("lost_on", "day", "lost_on", "丢单日期", "", in_table=False),
    _column("lost_reason", "text", "lost_reason", "未成交原因", "丢单原因 取消原因", in_table=False),
    _column("rival", "text", "rival", "竞争对手", "流向 competitor", in_table=False),
    _column("note", "text", "note", "备注", "说明 特殊要求 notes remark remarks comment", in_table=False),
)  # fmt: skip

INTERACTION = (
    _column("customer", "customer", "customer", "客户", "客户编号 客户电话 手机 手机号 电话 联系电话 身份证号 customer_code customer_id phone mobile"),
    _column("name", "name", "customer_name", "客户姓名", "姓名 客户名称 name", exported=False, in_table=False),
    _column("trip", "code", "trip", "订单号", "订单编号 order_no trip_code", in_table=False),
    _column("at", "moment", "at", "时间", "联系时间 日期 联系日期 沟通时间 date time datetime contacted_at"),
    _column("channel", "word", "channel", "方式", "渠道 联系方式 沟通方式 联系渠道", words="contact_channel"),
    _column("direction", "word", "direction", "方向", "呼叫方向 in_out", words="direction"),
    _column("kind", "word", "kind", "事由", "类别 类型 联系类型 目的 purpose type", words="contact_kind"),
    _column("personal", "flag", "personal", "双向沟通", "是否本人 接通 是否接通 two_way", in_table=False),
    _column("summary", "text", "summary", "内容", "摘要 沟通内容 联系内容 备注 note notes content text"),
    _column("staff", "text", "staff", "员工", "经办人 联系人员 客服 操作人 顾问 by agent"),
)  # fmt: skip

PAYMENT = (
    _column("code", "code", "payment", "款项编号", "code 编号"),
    _column("trip", "code", "trip", "订单号", "订单编号 order_no trip_code"),
    _column("customer", "code", "customer", "客户编号", in_table=False),
    _column("name", "name", "name", "姓名", "customer_name 客户姓名"),
    _column("complaint", "code", "complaint", "投诉编号", in_table=False),
    _column("kind", "word", "kind", "类别", words="payment_kind"),
    _column("reason", "word", "reason", "缘由", words="payment_reason", in_table=False),
    _column("amount", "amount", "amount", "金额"),
    _column("state", "word", "state", "状态", words="payment_state"),
    _column("promised_on", "day", "promised_on", "承诺日期"),
    _column("paid_on", "day", "paid_on", "支付日期"),
    _column("method", "text", "method", "支付方式", in_table=False),
    _column("reference", "text", "reference", "凭证号", in_table=False),
    _column("reversed_on", "day", "reversed_on", "冲销日期", in_table=False),
    _column("reverses", "code", "reverses", "冲销款项", in_table=False),
    _column("note", "text", "note", "备注", in_table=False),
)

VOUCHER = (
    _column("code", "code", "voucher", "凭券编号", "code 编号"),
    _column("customer", "code", "customer", "客户编号", in_table=False),
    _column("name", "name", "name", "姓名", "customer_name 客户姓名"),
    _column("complaint", "code", "complaint", "投诉编号", in_table=False),
    _column("kind", "word", "kind", "类别", words="voucher_kind"),
    _column("pay_ratio", "pay_ratio", "customer pays", "客户付", "折扣"),
    _column("amount", "amount", "amount", "抵扣金额"),
    _column("what", "text", "what", "内容"),
    _column("state", "word", "state", "状态", words="voucher_state"),
    _column("issued_on", "day", "issued_on", "发放日期", in_table=False),
    _column("expires_on", "day", "expires_on", "有效期至"),
    _column("trip", "code", "trip", "使用订单", in_table=False),
    _column("redeemed_on", "day", "redeemed_on", "使用日期", in_table=False),
    _column("withdrawn_on", "day", "withdrawn_on", "作废日期", in_table=False),
    _column("note", "text", "note", "备注", in_table=False),
)

SURVEY = (
    _column("customer", "customer", "customer", "客户", "客户编号 客户号 客户代码 会员号 会员编号 customer_code customer_id"),
    _column("phone", "phones", "customer_phone", "客户电话", "客户手机 手机 手机号 手机号码 电话 电话号码 联系电话 联系方式 您的手机 您的手机号 您的手机号码 您的电话 您的联系方式 phone mobile tel telephone phone_number your_phone", mask="phone", exported=False),
    _column("name", "name", "customer_name", "客户姓名", "姓名 您的姓名 您的名字 名字 称呼 您的称呼 客户名称 客人姓名 name your_name", exported=False),
    _column("trip", "code", "trip", "订单号", "订单编号 订单号码 单号 合同号 您的订单号 order_no order_number trip_code booking_no", asks="订单(编)?号"),
    _column("answered_on", "day", "answered_on", "填写日期", "日期 时间 填写时间 提交时间 提交日期 提交答卷时间 答卷时间 答题时间 回收时间 回答日期 评价时间 评价日期 date answered submitted submitted_on submit_date submit_time timestamp"),
    _column("nps", "nps", "nps", "推荐意愿", "NPS值 NPS得分 NPS评分 推荐度 推荐指数 推荐分 推荐分数 推荐评分 推荐可能性 净推荐值 likelihood_to_recommend recommend recommendation", asks="推荐.*(亲|朋友|好友|同事|家人|别人|他人|身边)|recommend"),
    _column("csat", "rating", "overall", "总体满意度", "CSAT 满意度 总体评价 整体满意度 整体评价 综合评价 综合满意度 总评 总体 satisfaction overall_satisfaction overall_rating", words="satisfaction", asks="(总体|整体|综合|总的来说).*(满意|评价|感受|打分|评分)|本次旅行(是否|还|的)?满意|overall|how satisfied"),
    _column("guide", "rating", "guide", "导游", "领队 导游服务 导游评分 导游满意度 导游讲解 领队服务 guide_rating tour_guide", words="satisfaction", in_table=False, asks="(导游|领队).*(满意|评价|评分|打分|如何|怎么样)"),
    _column("hotel", "rating", "hotel", "住宿", "酒店 宾馆 房间 舱房 住宿条件 住宿评分 住宿满意度 酒店评分 酒店满意度 hotels hotel_rating accommodation", words="satisfaction", in_table=False, asks="(住宿|酒店|宾馆|房间|舱房).*(满意|评价|评分|打分|如何|怎么样)"),
    _column("meals", "rating", "meals", "用餐", "餐饮 餐食 伙食 吃饭 用餐评分 餐饮评分 用餐满意度 餐饮满意度 food meal meals_rating", words="satisfaction", in_table=False, asks="(用餐|餐饮|餐食|伙食|早餐).*(满意|评价|评分|打分|如何|怎么样)"),
    _column("transport", "rating", "transport", "交通", "用车 车辆 司机 航班 交通评分 交通满意度 用车满意度 bus coach transport_rating", words="satisfaction", in_table=False, asks="(交通|用车|车辆|司机|航班).*(满意|评价|评分|打分|如何|怎么样)"),
    _column("itinerary", "rating", "itinerary", "行程", "行程安排 线路 景点 行程评分 行程满意度 线路满意度 route itinerary_rating", words="satisfaction", in_table=False, asks="(行程|线路|景点).*(满意|评价|评分|打分|如何|怎么样)"),
    _column("price", "rating", "value_for_money", "性价比", "价格 价格满意度 物有所值 性价比评分 price_rating value", words="satisfaction", in_table=False, asks="(价格|性价比|物有所值).*(满意|评价|评分|打分|如何|怎么样)"),
    _column("comment", "text", "comment", "意见", "建议 意见建议 意见和建议 意见与建议 其他意见 其它意见 留言 反馈 评语 评价内容 备注 comments feedback note notes suggestion suggestions", asks="建议|意见|改进|更好|想对我们说|suggest|improve|comment"),
    _column("staff", "text", "staff", "员工", "经办人 回访人 客服 顾问 录入人 by agent", in_table=False),
)  # fmt: skip

IMPORT_RESULT = (
    _column("operation", "count", "operation", "操作编号"),
    _column("read", "count", "read", "读取"),
    _column("added", "count", "added", "新增"),
    _column("updated", "count", "updated", "更新"),
    _column("unchanged", "count", "unchanged", "未变"),
    _column("rejected", "count", "rejected", "拒收"),
    _column("rejected_file", "text", "rejected_file", "拒收文件"),
)

OPERATION = (
    _column("operation", "count", "no", "编号"),
    _column("at", "moment", "at", "时间"),
    _column("actor", "text", "actor", "操作人", in_table=False),
    _column("verb", "text", "command", "命令"),
    _column("file", "file", "file", "文件"),
    _column("added", "count", "added", "新增"),
    _column("updated", "count", "updated", "更新"),
    _column("unchanged", "count", "unchanged", "未变", in_table=False),
    _column("rejected", "count", "rejected", "拒收"),
    _column("undone_by", "count", "undone", "撤销操作"),
)

RFM = (
    _column("customer", "code", "customer", "客户编号"),
    _column("name", "name", "name", "姓名"),
    _column("recency_days", "count", "recency_days", "距上次(天)"),
    _column("frequency", "count", "frequency", "次数"),
    _column("monetary", "amount", "monetary", "金额"),
    _column("r", "count", "r", "R"),
    _column("f", "count", "f", "F"),
    _column("m", "count", "m", "M"),
    _column("segment", "word", "segment", "分群", words="segment"),
)

TIERS = (
    _column("customer", "code", "customer", "客户编号"),
    _column("name", "name", "name", "姓名"),
    _column("revenue", "amount", "revenue", "收入"),
    _column("share", "share", "share", "占比"),
    _column("cumulative_share", "share", "cumulative_share", "累计占比"),
    _column("tier", "word", "tier", "等级", words="tier"),
)

QUADRANTS = (
    _column("customer", "code", "customer", "客户编号"),
    _column("name", "name", "name", "姓名"),
    _column("trips", "count", "trips", "次数"),
    _column("yearly_spend", "amount", "yearly_spend", "年均消费"),
    _column("value_per_trip", "amount", "value_per_trip", "次均消费"),
    _column("lateness", "number", "lateness", "间隔倍数"),
    _column("cadence", "word", "cadence", "活跃度", words="cadence"),
    _column("scale", "word", "scale", "规模", words="scale"),
    _column("loyalty", "word", "loyalty", "忠诚度", words="loyalty"),
    _column("quadrant", "word", "quadrant", "象限", words="quadrant"),
    _column("treatment", "text", "treatment", "对待方式", in_table=False),
)

DUE = (
    _column("id", "code", "id", "编号"),
    _column("due_on", "day", "due_on", "到期日"),
    _column("days_late", "count", "days_late", "逾期天数", in_table=False),
    _column("priority", "count", "priority", "优先级", in_table=False),
    _column("rule", "code", "rule", "规则", in_table=False, label="title"),
    _column("owner", "text", "owner", "负责人", in_table=False),
    _column("customer", "code", "customer", "客户编号", in_table=False),
    _column("name", "name", "name", "姓名"),
    _column("phone", "phone", "phone", "电话", in_table=False),
    _column("tier", "word", "tier", "等级", words="tier", in_table=False),
    _column("trip", "code", "trip", "订单号", in_table=False),
    _column("destination", "text", "destination", "目的地"),
    _column("reason", "text", "reason", "原因", in_table=False),
    _column("script", "text", "script", "话术", in_table=False),
    _column("channel", "word", "channel", "方式", words="contact_channel", in_table=False),
    _column("count", "count", "count", "人数", in_table=False),
)

# What `followups list` adds to them: an item need not be on the list of the day. Its title stands
# beside the rule, which keeps its id.
AGENDA = (
    *(replace(column, label="") for column in DUE),
    _column("title", "text", "what", "事项"),
    _column("state", "word", "state", "状态", words="item_state"),
    _column("why", "text", "why", "说明"),
)

# A row is a step of a rule.
RULES = (
    _column("rule", "code", "rule", "规则"),
    _column("whose", "word", "whose", "来源", words="rule_origin"),
    _column("on", "flag", "on", "启用"),
    _column("step", "code", "step", "步骤", in_table=False),
    _column("what", "text", "what", "事项"),
    _column("anchor", "word", "event", "事件", words="rule_anchor"),
    _column("labels", "tags", "labels", "纪念日", in_table=False),
    _column("offset", "count", "offset", "到期天数", in_table=False),
    _column("due", "text", "due", "到期"),
    _column("who", "text", "for whom", "对象"),
    _column("conditions", "text", "conditions", "条件", in_table=False),
    _column("lapses", "text", "on the list until", "在单到"),
    _column("lapses_after", "count", "lapses_after", "在单天数", in_table=False),
    _column("satisfied_by", "tags", "settled by", "何时不再需要", in_table=False),
    _column("class", "word", "class", "类别", words="rule_class"),
    _column("priority", "count", "priority", "优先级"),
    _column("channel", "word", "by", "方式", words="contact_channel"),
)
FAULTS = (
    _column("file", "text", "file", "文件"),
    _column("line", "count", "line", "行"),
    _column("rule", "code", "rule", "规则"),
    _column("step", "count", "step", "步骤"),
    _column("key", "code", "key", "键"),
    _column("why", "text", "why", "说明"),
)


# The parts of the page of a morning.
FESTIVALS = (
    _column("day", "day", "day", "日期"),
    _column("festival", "word", "festival", "节日", words="festival"),
)
GROUPS = (
    _column("day", "day", "day", "日期"),
    _column("destination", "text", "destination", "目的地"),
    _column("customers", "count", "customers", "客户数"),
    _column("travellers", "count", "travellers", "人数"),
)
DEPARTURES = (*GROUPS, _column("handbook", "word", "handbook", "出行手册", words="handbook"))
BIRTHDAYS = (
    _column("day", "day", "day", "日期"),
    _column("customer", "code", "customer", "客户编号"),
    _column("name", "name", "name", "姓名"),
    _column("tier", "word", "tier", "等级", words="tier"),
    _column("owner", "text", "owner", "负责人"),
    _column("lunar", "flag", "lunar", "农历"),
)
COUNTS = (
    _column("why", "text", "why", "原因"),
    _column("count", "count", "count", "数量"),
)

# How many booked again, by rule and by what became of the follow-up.
RESULTS = (
    _column("rule", "code", "rule", "规则"),
    _column("what", "text", "what", "事项"),
    _column("aftermath", "word", "follow-up", "跟进", words="aftermath"),
    _column("customers", "count", "customers", "客户数"),
    _column("booked_again", "count", "booked again", "再次预订"),
    _column("share", "share", "share", "占比"),
    _column("too_few", "flag", "too few", "人数太少"),
)

# Clocks of complaints that run out. minutes_left: below zero once the time is over.
CLOCKS = (
    _column("code", "code", "complaint", "投诉编号"),
    _column("customer", "code", "customer", "客户编号"),
    _column("name", "name", "name", "姓名"),
    _column("phone", "phone", "phone", "电话"),
    _column("tier", "word", "tier", "等级", words="tier"),
    _column("severity", "word", "severity", "程度", words="severity"),
    _column("category", "word", "category", "类别", words="complaint_category"),
    _column("text", "text", "text", "内容"),
    _column("opened_at", "moment", "opened_at", "受理时间"),
    _column("due_at", "moment", "due_at", "答复期限"),
    _column("minutes_left", "count", "minutes_left", "剩余分钟"),
    _column("breached", "flag", "breached", "超时"),
    _column("in_charge", "text", "in_charge", "专人"),
    _column("owner", "text", "owner", "负责人"),
)

# The places to send messages to; their addresses are secrets.
PLACES = (
    _column("name", "name", "name", "名称"),
    _column("service", "text", "service", "渠道"),
    _column("on_duty", "flag", "on duty", "值班"),
    _column("last_sent", "moment", "last sent", "最近送达"),
    _column("waiting", "count", "waiting", "待发"),
    _column("error", "text", "last error", "最近错误"),
)


# What answers come to. `group` is given its header, and perhaps its words, by what they part by.
NPS = (
    _column("group", "text", "group", "分组"),
    _column("nps", "signed", "nps", "净推荐值"),
    _column("margin", "number", "margin", "误差(±)"),
    _column("answers", "count", "answers", "答卷数"),
    _column("promoters", "count", "promoters", "推荐者"),
    _column("passives", "count", "passives", "被动者"),
    _column("detractors", "count", "detractors", "贬损者"),
    _column("too_few", "flag", "too few", "样本太少"),
)
CSAT = (
    _column("group", "text", "group", "分组"),
    _column("mean", "number", "mean", "平均分"),
    _column("margin", "number", "margin", "误差(±)"),
    _column("satisfied", "share", "satisfied", "满意率"),
    _column("satisfied_low", "share", "at least", "满意率下限"),
    _column("satisfied_high", "share", "at most", "满意率上限"),
    _column("answers", "count", "answers", "答卷数"),
    _column("too_few", "flag", "too few", "样本太少"),
)
CALLS = (
    _column("customer", "code", "customer", "客户编号"),
    _column("name", "name", "name", "姓名"),
    _column("phone", "phone", "phone", "电话"),
    _column("tier", "word", "tier", "等级", words="tier"),
    _column("quadrant", "word", "quadrant", "象限", words="quadrant"),
    _column("owner", "text", "owner", "负责人"),
    _column("trip", "code", "last_trip", "上次订单", in_table=False),
    _column("destination", "text", "last_destination", "上次目的地"),
    _column("returned_on", "day", "returned_on", "上次返回"),
    _column("contacted_on", "day", "last_contact", "最近联系"),
)


# Complaints: what machines get of each, what a table shows of it, and the parts of its page.
COMPLAINT = (
    _column("code", "code", "complaint", "投诉编号"),
    _column("customer", "code", "customer", "客户编号"),
    _column("name", "name", "name", "姓名"),
    _column("tier", "word", "tier", "等级", words="tier"),
    _column("owner", "text", "owner", "负责人"),
    _column("trip", "code", "trip", "订单号"),
    _column("destination", "text", "destination", "目的地"),
    _column("severity", "word", "severity", "程度", words="severity"),
    _column("category", "word", "category", "类别", words="complaint_category"),
    _column("text", "text", "text", "内容"),
    _column("state", "word", "state", "状态", words="complaint_state"),
    _column("opened_at", "moment", "opened_at", "受理时间"),
    _column("due_at", "moment", "due_at", "答复期限"),
    _column("minutes_left", "count", "minutes_left", "剩余分钟"),
    _column("breached", "flag", "breached", "超时"),
    _column("answered_at", "moment", "answered_at", "答复时间"),
    _column("in_time", "flag", "in_time", "按时"),
    _column("in_charge", "text", "in_charge", "专人"),
    _column("cause", "word", "cause", "责任", words="cause"),
    _column("supplier", "text", "supplier", "供应商"),
    _column("lacks", "tags", "lacks", "尚缺"),
    _column("fixes_open", "count", "fixes_open", "待整改"),
    _column("resolved_at", "moment", "resolved_at", "解决时间"),
    _column("closed_at", "moment", "closed_at", "结案时间"),
    _column("satisfaction", "count", "satisfaction", "满意度"),
    _column("reopened", "count", "reopened", "重新受理次数"),
)
COMPLAINT_LIST = (
    _column("code", "code", "complaint", "投诉编号"),
    _column("tier", "word", "tier", "等级", words="tier"),
    _column("name", "name", "name", "姓名"),
    _column("severity", "word", "severity", "程度", words="severity"),
    _column("clock", "text", "clock", "时限"),
    _column("next", "text", "next", "下一步"),
    _column("text", "text", "text", "内容"),
)
COMPENSATION = (
    _column("code", "code", "code", "编号"),
    _column("kind", "word", "kind", "种类", words="compensation"),
    _column("amount", "amount", "amount", "金额"),
    _column("pay_ratio", "pay_ratio", "customer pays", "客户付"),
    _column("what", "text", "what", "内容"),
    _column("given_on", "day", "given_on", "承诺日期"),
    _column("until", "day", "until", "有效期至"),
    _column("state", "word", "state", "状态", words="compensation_state"),
    _column("settled_on", "day", "settled_on", "办结日期"),
    _column("owed", "flag", "owed", "应付"),
)
FIX = (
    _column("complaint", "code", "complaint", "投诉编号"),
    _column("number", "count", "no", "序号"),
    _column("what", "text", "what", "整改事项"),
    _column("owner", "text", "owner", "责任人"),
    _column("promised_on", "day", "promised_on", "承诺日期"),
    _column("done_on", "day", "done_on", "完成日期"),
    _column("days", "count", "days", "天数"),
    _column("name", "name", "customer", "客户", in_table=False),
)
COMPLAINT_EVENT = (
    _column("at", "moment", "at", "时间"),
    _column("step", "word", "step", "步骤", words="complaint_step"),
    _column("detail", "text", "detail", "结果"),
    _column("text", "text", "text", "内容"),
    _column("staff", "text", "staff", "员工"),
)
CHECKPOINT = (
    _column("point", "word", "point", "事项", words="complaint_step"),
    _column("at", "moment", "at", "时间"),
)
PUNCTUALITY = (
    _column("by", "word", "by", "分组", words="complaint_grouping"),
    _column("group", "text", "group", "组别", label="label"),
    _column("cases", "count", "cases", "件数"),
    _column("in_time", "count", "in time", "按时"),
    _column("share", "share", "share", "按时率"),
    _column("minutes", "number", "median minutes", "答复时长中位数(分钟)"),
    _column("rest", "count", "other cases", "其余件数", in_table=False),
    _column("rest_in_time", "count", "others in time", "其余按时", in_table=False),
    _column("p", "number", "p", "p值", in_table=False),
    _column("stands_out", "flag", "stands out", "异常"),
)


# The column of a file of rejected rows that says why; passed over when the file comes again.
REASON = Column("reason", "text", "rejected_because", "拒收原因")


# The traditional characters of header names, as sheets from Taiwan and Hong Kong have them.
_SIMPLIFIED = str.maketrans(
    "機電話號碼護證單訂價額數聯繫員備註標籤類狀態時間點導領隊線產務團費總應報詢諮發開結離歸顧問經辦銷業負責來職紹紀錄檔記許請擾"
    "語說競爭對稱戶與郵門個進種別選買賣實際參預約積環遊國號內東華區縣鄉鎮萬億誌簡繁運輸輛車載飛達館廳處級歷舊綜婚慶誕禮貴賓戀",
    "机电话号码护证单订价额数联系员备注标签类状态时间点导领队线产务团费总应报询咨发开结离归顾问经办销业负责来职绍纪录档记许请扰"
    "语说竞争对称户与邮门个进种别选买卖实际参预约积环游国号内东华区县乡镇万亿志简繁运输辆车载飞达馆厅处级历旧综婚庆诞礼贵宾恋",
)


def folded(header: str) -> str:
    """A header name in the form in which names are compared: no case, blanks, marks or asterisks."""
    import unicodedata

    name = unicodedata.normalize("NFKC", header).casefold().translate(_SIMPLIFIED)
    return "".join(c for c in name if c.isalnum())


@cache
def names(entity: tuple[Column, ...]) -> MappingProxyType[str, str]:
    """Every header name understood for an entity (folded) -> field."""
    understood: dict[str, str] = {}
    for column in entity:
        if column.imported:
            for name in (column.field, column.en, column.zh):
                understood[folded(name)] = column.field
    for column in entity:
        if column.imported:
            for name in column.aliases:
                understood.setdefault(folded(name), column.field)
    return MappingProxyType(understood)


def field_of(header: str, entity: tuple[Column, ...]) -> str | None:
    """The field that a header means; a unit or remark in brackets, 团费（元）, counts only if known."""
    return _named(header, entity) or _asked(header, entity)


def _named(header: str, entity: tuple[Column, ...]) -> str | None:
    known = names(entity)
    bare = re.sub(r"[(（\[【].*?[)）\]】]", "", header)
    return known.get(folded(header)) or known.get(folded(bare))


# The trip as a whole, not its itinerary: 您对本次行程的总体满意度.
_THIS_TRIP = re.compile("[本这此该][次趟个条](行程|线路)(?!的?(安排|设计|规划|内容|景点))")
_QUESTION = re.compile(r"\s*(?:Q|第)?\s*[0-9]{1,3}\s*题?\s*[、.．:：)）]\s*(?=\S)", re.IGNORECASE)


def _asked(header: str, entity: tuple[Column, ...]) -> str | None:
    """The field that a question of a web form asks for: 3、您的姓名, 5、请您打分—导游, or its words.

    Words that speak of two fields mean neither, but whatever asks for suggestions is a comment.
    """
    number = _QUESTION.match(header)
    asked = header
    if number:
        question = header[number.end() :]
        *table, item = re.split("[—–]+", question)
        found = _named(question, entity) or _named(item, entity)
        if found:
            return found
        if table:  # one row of a table of points, whatever the question above it speaks of
            asked = f"{item}满意"
    asked = _THIS_TRIP.sub("本次旅行", asked)
    asking = [
        column.field
        for column in entity
        if column.asks and re.search(column.asks, asked, re.IGNORECASE)
    ]
    return asking[0] if len(asking) == 1 else "comment" if "comment" in asking else None


def by_field(entity: tuple[Column, ...]) -> dict[str, Column]:
    """The columns of an entity by their field."""
    return {column.field: column for column in entity}
