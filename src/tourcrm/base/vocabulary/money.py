"""Payments, plans, debts and vouchers."""

from tourcrm.base.vocabulary.word import words

MONEY = {
    "payment_kind": words(
        ("deposit", "deposit", "定金", "订金 预付 预付款 首款 首付 down_payment prepayment"),
        ("balance", "balance", "尾款", "余款 全款 付清 团款 收款 付款 payment final_payment full"),
        ("refund", "refund", "退款", "退费 退 退团款 退还 refunded"),
        ("reversal", "reversal", "冲销", "冲正 红冲"),
    ),
    "installment_kind": words(  # of a plan
        ("deposit", "deposit", "定金", "订金 预付 首款"),
        ("balance", "balance", "尾款", "余款"),
    ),
    "debt_age": words(  # days since a debt was due
        ("not_due", "not due", "未到期", ""),
        ("0-30", "0-30 days", "0-30天", ""),
        ("31-60", "31-60 days", "31-60天", ""),
        ("61-90", "61-90 days", "61-90天", ""),
        ("over_90", "over 90 days", "90天以上", ""),
    ),
    "payment_reason": words(  # of a refund: whose reasons they were
        ("customer", "the customer's own", "客户原因", "客人原因 退团 取消"),
        ("service_failure", "our failure", "本社过失", ""),
        ("third_party", "a supplier's failure", "供应商责任", ""),
        ("force_majeure", "force majeure", "不可抗力", ""),
        ("goodwill", "goodwill", "情谊补偿", "善意"),
    ),
    "payment_state": words(
        ("promised", "promised", "待支付", "已承诺 未付 open owed"),
        ("paid", "paid", "已支付", "已付"),
        ("reversed", "reversed", "已冲销", ""),
        ("reversal", "reversal", "冲销", ""),
    ),
    "voucher_kind": words(
        ("discount", "discount", "折扣券", "折扣 打折"),
        ("amount", "amount", "抵用券", "代金券 现金券 抵扣"),
        ("gift", "gift", "礼品", "礼物 赠品"),
        ("upgrade", "upgrade", "升级", "升舱 升房 免费升级"),
        ("adviser", "adviser of their own", "专属顾问", "顾问"),
    ),
    "voucher_state": words(
        ("open", "open", "可用", "未使用 有效 valid unused"),
        ("used", "used", "已使用", "已核销 redeemed"),
        ("expired", "expired", "已过期", "过期"),
        ("withdrawn", "withdrawn", "已作废", "已撤回 作废"),
    ),
    "compensation": words(  # a refund, or a voucher of any kind
        ("refund", "refund", "退款", ""),
        ("discount", "discount", "折扣券", ""),
        ("amount", "amount", "抵用券", ""),
        ("gift", "gift", "礼品", ""),
        ("upgrade", "upgrade", "升级", ""),
        ("adviser", "adviser of their own", "专属顾问", ""),
    ),
    "compensation_state": words(  # payment_state and voucher_state
        ("promised", "promised, not paid", "已承诺，未支付", ""),
        ("paid", "paid", "已支付", ""),
        ("reversed", "taken back", "已撤回", ""),
        ("open", "open", "可用", ""),
        ("used", "used", "已使用", ""),
        ("expired", "expired", "已过期", ""),
        ("withdrawn", "taken back", "已撤回", ""),
    ),
}
