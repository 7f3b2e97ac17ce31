"""How well customers are recorded, and who brought whom."""

from tourcrm.base.columns.column import column

# What `check --data` finds.
GAPS = (
    column("customer", "code", "customer", "客户编号"),
    column("name", "name", "name", "姓名"),
    column("owner", "text", "owner", "负责人"),
    column("what", "word", "what", "问题", words="gap"),
    column("tier", "word", "tier", "等级", words="tier"),
    column("detail", "text", "detail", "说明"),
)

# How complete the file is, field by field.
COMPLETENESS = (
    column("field", "text", "field", "字段"),
    column("customers", "count", "customers", "客户数"),
    column("filled", "count", "filled", "已填"),
    column("share", "share", "share", "完整率"),
)

# Who brought whom: a row a customer, each below the one who brought them.
REFERRALS = (
    column("customer", "code", "customer", "客户编号"),
    column("name", "name", "name", "姓名"),
    column("level", "count", "level", "层级", in_table=False),
    column("path", "text", "path", "路径", in_table=False),
    column("referred_by", "code", "referred_by", "介绍人", in_table=False),
    column("brought", "count", "brought", "直接介绍"),
    column("brought_all", "count", "and through them", "含间接"),
    column("trips", "count", "trips", "订单数"),
    column("revenue", "amount", "revenue", "收入"),
    column("revenue_brought", "amount", "revenue brought", "带来收入"),
)
