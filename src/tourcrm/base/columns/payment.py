"""Money, and what is promised for a later trip. Options are those of `payments pay` and, beside what
a kind of voucher needs, of `vouchers issue`."""

from dataclasses import replace

from tourcrm.base.columns.column import column
from tourcrm.base.i18n import N_

PAYMENT = (
    column("code", "code", "payment", "款项编号", "code 编号 款项号 payment_code payment_no payment_id", means="the line's code, like P0000012"),
    column("trip", "code", "trip", "订单号", "订单编号 订单号码 订单 单号 合同号 行程编号 order order_no order_number order_id trip_code trip_id booking booking_no booking_id booking_ref", stored="trip_id", means="for which trip", spare=2),
    column("customer", "code", "customer", "客户编号", "客户 customer_code customer_id", in_table=False, stored=""),
    column("name", "name", "name", "姓名", "customer_name 客户姓名", stored=""),
    column("complaint", "code", "complaint", "投诉编号", in_table=False,
        stored="complaint_id", means="the complaint for which it is owed"),
    column("kind", "word", "kind", "类别", "类型 款项类型 款项类别 收款类型 付款类型 款项 type payment_type payment_kind", words="payment_kind", means="what it is", spare=1),
    column("reason", "word", "reason", "缘由", words="payment_reason", in_table=False, means="of a refund: for whose reasons"),
    column("amount", "amount", "amount", "金额", "收款金额 付款金额 支付金额 交易金额 到账金额 实收 实收金额 实付 实付金额 已收 已付 收款 付款 amount_paid paid_amount payment_amount", means="fen (divide by 100): received positive, given back negative"),
    column("state", "word", "state", "状态", "款项状态 payment_status", words="payment_state", stored=""),
    column("promised_on", "day", "promised_on", "承诺日期", means="since when it is owed"),
    column("paid_on", "day", "paid_on", "支付日期", "日期 收款日期 付款日期 交易日期 到账日期 入账日期 支付时间 收款时间 付款时间 交易时间 date payment_date paid_at paid_date date_paid received_on transaction_date", means="when the money moved; empty: it is promised"),
    column("method", "text", "method", "支付方式", "付款方式 收款方式 方式 支付渠道 收款渠道 payment_method channel", in_table=False, means="how it was paid", help=N_("how: cash, 微信, a bank transfer")),
    column("reference", "text", "reference", "凭证号", "流水号 交易号 交易单号 交易流水号 收据号 单据号 凭证 收款单号 ref reference_no receipt receipt_no transaction_id transaction_no", in_table=False, means="number of the transfer or receipt", help=N_("the number on the receipt")),
    column("reversed_on", "day", "reversed_on", "冲销日期", in_table=False, stored=""),
    column("reverses", "code", "reverses", "冲销款项", in_table=False,
        stored="reverses_id", means="of a reversal: the line that it takes back"),
    column("note", "text", "note", "备注", "说明 摘要 notes remark remarks memo", in_table=False, means="free text"),
)  # fmt: skip

# What a sheet of payments has: its amounts have a sign.
PAYMENT_SHEET = tuple(
    replace(one, kind="signed") if one.field == "amount" else one for one in PAYMENT
)

# What `payments list --promised` adds: for how many days it is owed.
PROMISED = (*PAYMENT, column("days", "count", "days", "天数"))

# What `payments due` shows: what a trip still owes, and how old the debt is.
RECEIVABLE = (
    column("trip", "code", "trip", "订单号"),
    column("customer", "code", "customer", "客户编号", in_table=False),
    column("name", "name", "name", "姓名"),
    column("phone", "phone", "phone", "手机", in_table=False, mask="phone"),
    column("owner", "text", "owner", "负责人", in_table=False),
    column("departs_on", "day", "departs_on", "出发日期"),
    column("price", "amount", "price", "应收"),
    column("paid", "amount", "paid", "已收"),
    column("balance", "amount", "balance", "欠款"),
    column("due_on", "day", "due_on", "应付日"),
    column("overdue", "amount", "overdue", "逾期金额", in_table=False),
    column("days_overdue", "count", "days_overdue", "逾期天数", in_table=False),
    column("bucket", "word", "bucket", "账龄", words="debt_age"),
)  # fmt: skip

# What a sheet of trips says of money: taken as payments and a plan (imports/stated_money.py).
TRIP_MONEY = (
    column("deposit", "amount", "deposit", "定金", "订金 首付 首款 预付款 预付 已付定金 定金金额 订金金额 已收定金 deposit_paid deposit_amount down_payment prepayment",
        exported=False, stored=""),
    column("deposit_on", "day", "deposit_on", "定金日期", "订金日期 定金时间 定金付款日期 付定金日期 收定金日期 首付日期 deposit_date deposit_paid_on",
        exported=False, stored=""),
    column("paid", "amount", "paid", "已付", "已收 已付款 已收款 已付金额 已收金额 已付团款 已收团款 已付款项 已收款项 已付总额 已收总额 累计已付 累计已收 付款金额 收款金额 amount_paid paid_amount paid_so_far total_paid amount_received received payments_received",
        exported=False, stored=""),
    column("paid_beside", "amount", "paid_beside_deposit", "定金以外已付", "已付尾款 尾款已付 已收尾款 尾款已收 尾款实收 尾款实付 balance_paid final_payment",
        exported=False, stored=""),
    column("paid_on", "day", "paid_on", "付款日期", "收款日期 已付日期 已收日期 到账日期 付款日 收款日 尾款付款日期 尾款收款日期 payment_date date_paid paid_date balance_paid_on",
        exported=False, stored=""),
    column("unpaid", "signed", "balance", "尾款", "余款 未付 未收 未付款 未收款 未付金额 未收金额 未付尾款 未收尾款 尾款金额 余款金额 剩余尾款 剩余款项 待付 待付款 待收 待收款 欠款 欠款金额 unpaid amount_due balance_due outstanding outstanding_balance outstanding_amount balance_amount remaining remaining_balance",
        exported=False, stored=""),
    column("unpaid_by", "day", "balance_due_on", "尾款日期", "尾款时间 尾款到期日 尾款截止日 尾款截止日期 尾款应付日 尾款期限 尾款付清日期 余款日期 付清日期 付款截止日 付款截止日期 付款期限 最迟付款日 应付日 应付日期 balance_due_date balance_date balance_due_by balance_by due_on due_date payment_due payment_due_date final_payment_due",
        exported=False, stored=""),
)  # fmt: skip

INSTALLMENT = (
    column("trip", "code", "trip", "订单号"),
    column("kind", "word", "kind", "类别", words="installment_kind"),
    column("amount", "amount", "amount", "金额"),
    column("due_on", "day", "due_on", "应付日"),
)  # fmt: skip

VOUCHER = (
    column("code", "code", "voucher", "优惠券编号", "code 编号", means="the voucher's code, like V00012"),
    column("customer", "code", "customer", "客户编号", in_table=False, stored="customer_id", means="whose it is"),
    column("name", "name", "name", "姓名", "customer_name 客户姓名", stored=""),
    column("complaint", "code", "complaint", "投诉编号", in_table=False,
        stored="complaint_id", means="the complaint for which it was given"),
    column("kind", "word", "kind", "类别", words="voucher_kind", means="what it is", spare=1),
    column("pay_ratio", "pay_ratio", "customer pays", "客户付", "折扣",
        means="of a discount: what the customer pays; 0.8 (8折) = 80 % of the price"),
    column("amount", "amount", "amount", "抵扣金额", means="what it is worth, in fen (divide by 100)"),
    column("what", "text", "what", "内容", means="the gift or the privilege in words"),
    column("state", "word", "state", "状态", words="voucher_state", stored=""),
    column("issued_on", "day", "issued_on", "发放日期", in_table=False, means="since when it holds"),
    column("expires_on", "day", "expires_on", "有效期至", means="its last day; empty: it does not expire"),
    column("trip", "code", "trip", "使用订单", in_table=False, stored="redeemed_trip_id", means="the trip for which it was used"),
    column("redeemed_on", "day", "redeemed_on", "使用日期", in_table=False, means="when it was used"),
    column("withdrawn_on", "day", "withdrawn_on", "作废日期", in_table=False, means="when it was taken back"),
    column("note", "text", "note", "备注", in_table=False, means="why it was taken back"),
)  # fmt: skip
