"""Contacts with customers."""

from tourcrm.base.columns.column import column
from tourcrm.base.i18n import N_

INTERACTION = (
    column("customer", "customer", "customer", "客户", "客户编号 客户电话 手机 手机号 电话 联系电话 身份证号 customer_code customer_id phone mobile",
        stored="customer_id", means="with whom"),
    column("name", "name", "customer_name", "客户姓名", "姓名 客户名称 name", exported=False, in_table=False, stored=""),
    column("trip", "code", "trip", "订单号", "订单编号 order_no trip_code", in_table=False,
        stored="trip_id", means="about which trip, if about one"),
    column("at", "moment", "at", "时间", "联系时间 日期 联系日期 沟通时间 date time datetime contacted_at",
        means="when", help=N_("when, for example “2026-11-20 14:30”; now if left out"), place=8),
    column("channel", "word", "channel", "方式", "渠道 联系方式 沟通方式 联系渠道", words="contact_channel",
        means="by which means", help=N_("phone, wechat, sms, email, visit, store or other; phone if left out")),
    column("direction", "word", "direction", "方向", "呼叫方向 in_out", words="direction", spare=1,
        means="in: the customer came to you; out: you to the customer", help=N_("in or out; out if left out, in for store")),
    column("kind", "word", "kind", "事由", "类别 类型 联系类型 目的 purpose type", words="contact_kind",
        means="what it was about", help=N_("inquiry, followup, greeting, survey, complaint, promotion or other")),
    column("personal", "flag", "personal", "双向沟通", "是否本人 接通 是否接通 two_way", in_table=False,
        means="1: both sides spoke; such a contact counts as the last contact"),
    column("summary", "summary", "summary", "内容", "摘要 沟通内容 联系内容 备注 note notes content text",
        help=N_("what was said"), option="--note"),
    column("staff", "text", "staff", "员工", "经办人 联系人员 客服 操作人 顾问 by agent", spare=2,
        means="who in the agency", help=N_("who of the agency; you if left out"), place=8),
)  # fmt: skip
