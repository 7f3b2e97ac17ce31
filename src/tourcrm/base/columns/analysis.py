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
