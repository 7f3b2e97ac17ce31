"""Money, and what is promised for a later trip."""

from tourcrm.base.columns.column import column

PAYMENT = (
    column("code", "code", "payment", "款项编号", "code 编号"),
    column("trip", "code", "trip", "订单号", "订单编号 order_no trip_code"),
    column("customer", "code", "customer", "客户编号", in_table=False),
    column("name", "name", "name", "姓名", "customer_name 客户姓名"),
    column("complaint", "code", "complaint", "投诉编号", in_table=False),
    column("kind", "word", "kind", "类别", words="payment_kind"),
    column("reason", "word", "reason", "缘由", words="payment_reason", in_table=False),
    column("amount", "amount", "amount", "金额"),
    column("state", "word", "state", "状态", words="payment_state"),
    column("promised_on", "day", "promised_on", "承诺日期"),
    column("paid_on", "day", "paid_on", "支付日期"),
    column("method", "text", "method", "支付方式", in_table=False),
    column("reference", "text", "reference", "凭证号", in_table=False),
    column("reversed_on", "day", "reversed_on", "冲销日期", in_table=False),
    column("reverses", "code", "reverses", "冲销款项", in_table=False),
    column("note", "text", "note", "备注", in_table=False),
)

VOUCHER = (
    column("code", "code", "voucher", "凭券编号", "code 编号"),
    column("customer", "code", "customer", "客户编号", in_table=False),
    column("name", "name", "name", "姓名", "customer_name 客户姓名"),
    column("complaint", "code", "complaint", "投诉编号", in_table=False),
    column("kind", "word", "kind", "类别", words="voucher_kind"),
    column("pay_ratio", "pay_ratio", "customer pays", "客户付", "折扣"),
    column("amount", "amount", "amount", "抵扣金额"),
    column("what", "text", "what", "内容"),
    column("state", "word", "state", "状态", words="voucher_state"),
    column("issued_on", "day", "issued_on", "发放日期", in_table=False),
    column("expires_on", "day", "expires_on", "有效期至"),
    column("trip", "code", "trip", "使用订单", in_table=False),
    column("redeemed_on", "day", "redeemed_on", "使用日期", in_table=False),
    column("withdrawn_on", "day", "withdrawn_on", "作废日期", in_table=False),
    column("note", "text", "note", "备注", in_table=False),
)
