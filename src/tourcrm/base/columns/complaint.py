"""Complaints: what machines get of each, what a table shows of it, the parts of its page."""

from tourcrm.base.columns.column import column
from tourcrm.base.i18n import N_

COMPLAINT = (
    column("code", "code", "complaint", "投诉编号", means="the complaint's code, like K00012"),
    column("customer", "code", "customer", "客户编号", stored="customer_id", means="who complained"),
    column("name", "name", "name", "姓名", stored=""),
    column("tier", "word", "tier", "等级", words="tier", stored=""),
    column("owner", "text", "owner", "负责人", stored=""),
    column("trip", "code", "trip", "订单号", stored="trip_id", means="the trip that it is about"),
    column("destination", "text", "destination", "目的地", stored=""),
    column("severity", "word", "severity", "程度", words="severity", means="which clock runs"),
    column("category", "word", "category", "类别", words="complaint_category", means="what it is about",
        help=N_("guide, hotel, meals, transport, itinerary, price, service, safety or other")),
    column("text", "text", "text", "内容", means="what the customer said"),
    column("state", "word", "state", "状态", words="complaint_state", stored=""),
    column("opened_at", "moment", "opened_at", "受理时间", means="when it came in; its clock starts here"),
    column("due_at", "moment", "due_at", "答复期限", stored=""),
    column("minutes_left", "count", "minutes_left", "剩余分钟", stored=""),
    column("breached", "flag", "breached", "超时", stored=""),
    column("answered_at", "moment", "answered_at", "答复时间", stored=""),
    column("in_time", "flag", "in_time", "按时", stored=""),
    column("in_charge", "text", "in_charge", "专人", means="who in the agency looks after it", help=N_("who is in charge of it")),
    column("cause", "word", "cause", "责任", words="cause", means="whose fault it was; empty until it was found"),
    column("supplier", "text", "supplier", "供应商", means="the supplier at fault"),
    column("lacks", "tags", "lacks", "尚缺", stored=""),
    column("fixes_open", "count", "fixes_open", "待整改", stored=""),
    column("resolved_at", "moment", "resolved_at", "解决时间", stored=""),
    column("closed_at", "moment", "closed_at", "结案时间", stored=""),
    column("satisfaction", "count", "satisfaction", "满意度", means="how content the customer was at the end, 1 to 5"),
    column("reopened", "count", "reopened", "重新受理次数", stored=""),
)  # fmt: skip

COMPLAINT_LIST = (
    column("code", "code", "complaint", "投诉编号"),
    column("tier", "word", "tier", "等级", words="tier", spare=1),
    column("name", "name", "name", "姓名"),
    column("severity", "word", "severity", "程度", words="severity"),
    column("clock", "text", "clock", "时限"),
    column("next", "text", "next", "下一步"),
    column("text", "text", "text", "内容"),
)

COMPENSATION = (
    column("code", "code", "code", "编号"),
    column("kind", "word", "kind", "种类", words="compensation"),
    column("amount", "amount", "amount", "金额"),
    column("pay_ratio", "pay_ratio", "customer pays", "客户付"),
    column("what", "text", "what", "内容"),
    column("given_on", "day", "given_on", "承诺日期"),
    column("until", "day", "until", "有效期至"),
    column("state", "word", "state", "状态", words="compensation_state"),
    column("settled_on", "day", "settled_on", "办结日期"),
    column("owed", "flag", "owed", "应付"),
)

# Who is on the departure that a crisis is about.
ABOARD = (
    column("customer", "code", "customer", "客户编号"),
    column("name", "name", "name", "姓名"),
    column("phone", "phone", "phone", "电话"),
    column("trip", "code", "trip", "订单号"),
    column("travellers", "count", "travellers", "人数"),
    column("owner", "text", "owner", "负责人"),
)

FIX = (
    column("complaint", "code", "complaint", "投诉编号"),
    column("number", "count", "no", "序号"),
    column("what", "text", "what", "整改事项"),
    column("owner", "text", "owner", "责任人"),
    column("promised_on", "day", "promised_on", "承诺日期"),
    column("done_on", "day", "done_on", "完成日期"),
    column("days", "count", "days", "天数"),
    column("name", "name", "customer", "客户", in_table=False),
)

COMPLAINT_EVENT = (
    column("at", "moment", "at", "时间"),
    column("step", "word", "step", "步骤", words="complaint_step"),
    column("detail", "text", "detail", "结果"),
    column("text", "text", "text", "内容"),
    column("staff", "text", "staff", "员工"),
)

CHECKPOINT = (
    column("point", "word", "point", "事项", words="complaint_step"),
    column("at", "moment", "at", "时间"),
)

PUNCTUALITY = (
    column("by", "word", "by", "分组", words="complaint_grouping"),
    column("group", "text", "group", "组别", label="label"),
    column("cases", "count", "cases", "件数"),
    column("in_time", "count", "in time", "按时"),
    column("share", "share", "share", "按时率"),
    column("minutes", "number", "median minutes", "答复时长中位数(分钟)"),
    column("rest", "count", "other cases", "其余件数", in_table=False),
    column("rest_in_time", "count", "others in time", "其余按时", in_table=False),
    column("p", "number", "p", "p值", in_table=False),
    column("stands_out", "flag", "stands out", "异常"),
)

# Clocks of complaints that run out. minutes_left: below zero once the time is over.
CLOCKS = (
    column("code", "code", "complaint", "投诉编号"),
    column("customer", "code", "customer", "客户编号"),
    column("name", "name", "name", "姓名"),
    column("phone", "phone", "phone", "电话"),
    column("tier", "word", "tier", "等级", words="tier"),
    column("severity", "word", "severity", "程度", words="severity"),
    column("category", "word", "category", "类别", words="complaint_category"),
    column("text", "text", "text", "内容"),
    column("opened_at", "moment", "opened_at", "受理时间"),
    column("due_at", "moment", "due_at", "答复期限"),
    column("minutes_left", "count", "minutes_left", "剩余分钟"),
    column("breached", "flag", "breached", "超时"),
    column("in_charge", "text", "in_charge", "专人"),
    column("owner", "text", "owner", "负责人"),
)
