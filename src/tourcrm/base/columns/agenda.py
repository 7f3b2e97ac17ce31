"""What is due, the rules, what came of follow-ups, and the page of a morning."""

from dataclasses import replace

from tourcrm.base.columns.column import column

DUE = (
    column("id", "code", "id", "编号"),
    column("due_on", "day", "due_on", "到期日"),
    column("days_late", "count", "days_late", "逾期天数", in_table=False),
    column("priority", "count", "priority", "优先级", in_table=False),
    column("rule", "code", "rule", "规则", in_table=False, label="title"),
    column("owner", "text", "owner", "负责人", in_table=False),
    column("customer", "code", "customer", "客户编号", in_table=False),
    column("name", "name", "name", "姓名"),
    column("phone", "phone", "phone", "电话", in_table=False),
    column("tier", "word", "tier", "等级", words="tier", in_table=False),
    column("trip", "code", "trip", "订单号", in_table=False),
    column("destination", "text", "destination", "目的地"),
    column("reason", "text", "reason", "原因", in_table=False),
    column("script", "text", "script", "话术", in_table=False),
    column("channel", "word", "channel", "方式", words="contact_channel", in_table=False),
    column("count", "count", "count", "人数", in_table=False),
    column("household", "tags", "household", "同一电话", in_table=False),
    column("also", "tags", "also", "同时", in_table=False),
    column("line", "code", "line", "同话术编号", in_table=False),
    column("reply", "reply", "reply", "客户希望的联系方式", in_table=False),
)

# What `followups list` adds to them: an item need not be on the list of the day. Its title stands
# beside the rule, which keeps its id.
AGENDA = (
    *(replace(one, label="") for one in DUE),
    column("title", "text", "what", "事项"),
    column("state", "word", "state", "状态", words="item_state"),
    column("why", "text", "why", "说明"),
)

# A row is a step of a rule.
RULES = (
    column("rule", "code", "rule", "规则"),
    column("whose", "word", "whose", "来源", words="rule_origin"),
    column("on", "flag", "on", "启用"),
    column("step", "code", "step", "步骤", in_table=False),
    column("what", "text", "what", "事项"),
    column("anchor", "word", "event", "事件", words="rule_anchor"),
    column("labels", "tags", "labels", "纪念日", in_table=False),
    column("offset", "count", "offset", "到期天数", in_table=False),
    column("due", "text", "due", "到期"),
    column("who", "text", "for whom", "对象"),
    column("conditions", "text", "conditions", "条件", in_table=False),
    column("lapses", "text", "on the list until", "在单到"),
    column("lapses_after", "count", "lapses_after", "在单天数", in_table=False),
    column("satisfied_by", "tags", "settled by", "何时不再需要", in_table=False),
    column("class", "word", "class", "类别", words="rule_class"),
    column("priority", "count", "priority", "优先级"),
    column("channel", "word", "by", "方式", words="contact_channel"),
    column("owner", "text", "whose work", "由谁办", in_table=False),
)

FAULTS = (
    column("file", "text", "file", "文件"),
    column("line", "count", "line", "行"),
    column("rule", "code", "rule", "规则"),
    column("step", "count", "step", "步骤"),
    column("key", "code", "key", "键"),
    column("why", "text", "why", "说明"),
)

# How many booked again, by rule and by what became of the follow-up.
RESULTS = (
    column("rule", "code", "rule", "规则"),
    column("what", "text", "what", "事项"),
    column("aftermath", "word", "follow-up", "跟进", words="aftermath"),
    column("customers", "count", "customers", "客户数"),
    column("booked_again", "count", "booked again", "再次预订"),
    column("share", "share", "share", "占比"),
    column("too_few", "flag", "too few", "人数太少"),
)

# The parts of the page of a morning.
REFUNDS = (
    column("code", "code", "payment", "款项编号"),
    column("customer", "code", "customer", "客户编号"),
    column("name", "name", "name", "姓名"),
    column("trip", "code", "trip", "订单号"),
    column("complaint", "code", "complaint", "投诉编号"),
    column("amount", "amount", "amount", "金额"),
    column("promised_on", "day", "promised_on", "承诺日期"),
    column("days", "count", "days", "天数"),
    column("owner", "text", "owner", "负责人"),
)

FESTIVALS = (
    column("day", "day", "day", "日期"),
    column("festival", "word", "festival", "节日", words="festival"),
)

GROUPS = (
    column("day", "day", "day", "日期"),
    column("destination", "text", "destination", "目的地"),
    column("customers", "count", "customers", "客户数"),
    column("travellers", "count", "travellers", "人数"),
    column("unowned", "count", "nobody's", "无人负责"),
)

DEPARTURES = (
    *GROUPS,
    column("handbook", "word", "handbook", "出行手册", words="handbook"),
    column("birthdays", "text", "birthdays", "途中生日"),
)

BIRTHDAYS = (
    column("day", "day", "day", "日期"),
    column("customer", "code", "customer", "客户编号"),
    column("name", "name", "name", "姓名"),
    column("tier", "word", "tier", "等级", words="tier"),
    column("owner", "text", "owner", "负责人"),
    column("lunar", "flag", "lunar", "农历"),
)

COUNTS = (
    column("why", "text", "why", "原因"),
    column("count", "count", "count", "数量"),
)
