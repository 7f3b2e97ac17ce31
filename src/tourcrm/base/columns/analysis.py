"""Who deserves what."""

from tourcrm.base.columns.column import column

# Who has a booked trip to come is never just lapsed, or at risk.
_NEXT_TRIP = column("next_trip", "day", "booked, leaves on", "已订，出发日")

RFM = (
    column("customer", "code", "customer", "客户编号"),
    column("name", "name", "name", "姓名"),
    column("recency_days", "count", "recency_days", "距上次(天)"),
    column("frequency", "count", "frequency", "次数"),
    column("monetary", "amount", "monetary", "金额"),
    column("r", "count", "r", "R"),
    column("f", "count", "f", "F"),
    column("m", "count", "m", "M"),
    column("segment", "word", "segment", "分群", words="segment"),
    _NEXT_TRIP,
)

TIERS = (
    column("customer", "code", "customer", "客户编号"),
    column("name", "name", "name", "姓名"),
    column("revenue", "amount", "revenue", "收入"),
    column("share", "share", "share", "占比"),
    column("cumulative_share", "share", "cumulative_share", "累计占比"),
    column("tier", "word", "tier", "等级", words="tier"),
)

QUADRANTS = (
    column("customer", "code", "customer", "客户编号"),
    column("name", "name", "name", "姓名"),
    column("trips", "count", "trips", "次数"),
    column("yearly_spend", "amount", "yearly_spend", "年均消费"),
    column("value_per_trip", "amount", "value_per_trip", "次均消费"),
    column("lateness", "number", "lateness", "间隔倍数"),
    column("cadence", "word", "cadence", "活跃度", words="cadence"),
    column("scale", "word", "scale", "规模", words="scale"),
    column("loyalty", "word", "loyalty", "忠诚度", words="loyalty"),
    column("quadrant", "word", "quadrant", "象限", words="quadrant"),
    column("treatment", "text", "treatment", "对待方式", in_table=False),
    _NEXT_TRIP,
)

# What `stats finance` shows beside what it is cut by.
FINANCE = (
    column("trips", "count", "trips", "订单数"),
    column("revenue", "amount", "revenue", "收入"),
    column("cost", "amount", "cost", "成本"),
    column("commission", "amount", "commission", "返佣"),
    column("refunds", "amount", "refunds", "退款"),
    column("margin", "amount", "margin", "毛利"),
    column("received", "amount", "received", "实收", in_table=False),
)

# By what sales are cut: the first column.
CUT_BY = {
    "month": column("period", "code", "month", "月份"),
    "destination": column("destination", "text", "destination", "目的地"),
    "kind": column("kind", "word", "kind", "类型", words="trip_kind"),
    "supplier": column("supplier", "text", "supplier", "供应商"),
    "channel": column("channel", "text", "channel", "渠道"),
    "advisor": column("advisor", "text", "adviser", "顾问"),
    "source": column("source", "text", "source", "来源"),
}

WEEKS = (
    column("week", "day", "week from", "周一"),
    column("money_in", "amount", "money in", "应收进"),
    column("money_out", "amount", "money out", "应付出"),
    column("net", "amount", "net", "净额"),
    column("balance", "amount", "balance", "累计"),
)

SOURCES = (
    column("customers", "count", "customers", "客户数"),
    column("trips", "count", "trips", "订单数"),
    column("revenue", "amount", "revenue", "收入"),
    column("margin", "amount", "margin", "毛利"),
    column("repeat_rate", "share", "repeat rate", "复购率"),
    column("decision_days", "number", "days to decide", "决策天数"),
)

VALUE = (
    column("customer", "code", "customer", "客户编号"),
    column("name", "name", "name", "姓名"),
    column("revenue", "amount", "revenue", "收入"),
    column("margin", "amount", "margin", "毛利"),
    column("value", "amount", "value", "价值"),
    column("days_to_pay", "count", "days to pay", "回款天数"),
    column("rank_revenue", "count", "by sales", "收入名次"),
    column("rank_value", "count", "by value", "价值名次"),
)

# A customer's revenue ranked by something else: what that comes to stands beside it.
RANKED_BY = {
    "margin": column("margin", "amount", "margin", "毛利"),
    "value": column("value", "amount", "value", "价值"),
}

TREND = (
    column("customer", "code", "customer", "客户编号"),
    column("name", "name", "name", "姓名"),
    column("trend", "word", "trend", "趋势", words="trend"),
    column("difference", "amount", "at stake", "增减金额"),
    column("change", "share", "change", "增减幅度", spare=1),
    column("revenue", "amount", "last 12 months", "近12个月"),
    column("revenue_before", "amount", "12 before", "再前12个月"),
    column("trips", "count", "trips", "次数", spare=2),
    column("trips_before", "count", "trips before", "此前次数", spare=3),
    column("owner", "text", "adviser", "负责人", in_table=False),
)

# From inquiry to booking; what it is cut by stands before it.
CONVERSION = (
    column("inquiries", "count", "inquiries", "询价"),
    column("quoted", "count", "quoted", "报价"),
    column("booked", "count", "booked", "成交"),
    column("lost", "count", "lost", "丢单"),
    column("open", "count", "open", "未结"),
    column("quote_rate", "share", "quoted %", "报价率", spare=2),
    column("booking_rate", "share", "booked %", "成交率"),
    column("closing_rate", "share", "of quotes", "报价成交率", spare=3),
    column("days_to_quote", "number", "days to quote", "询价到报价(天)", spare=5),
    column("days_to_book", "number", "quote to booking", "报价到成交(天)", spare=4),
    column("decision_days", "number", "days to decide", "决策天数"),
    column("reasons", "text", "reasons lost", "丢单原因", in_table=False),
    column("rivals", "text", "lost to", "输给谁", in_table=False),
)
LOSSES = (
    column("what", "text", "what", "说法"),
    column("count", "count", "losses", "丢单数"),
)
NEVER_BOUGHT = (
    column("customer", "code", "customer", "客户编号"),
    column("name", "name", "name", "姓名"),
    column("inquiries", "count", "inquiries", "询价"),
    column("quoted", "count", "quoted", "报价"),
    column("open", "count", "open", "未结", spare=2),
    column("first_on", "day", "first", "首次询价", spare=3),
    column("last_on", "day", "last", "最近询价"),
    column("advisor", "text", "adviser", "顾问"),
    column("reasons", "text", "reasons lost", "丢单原因", spare=1),
)
