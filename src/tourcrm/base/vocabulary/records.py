"""What people call the rows of a table."""

from tourcrm.base.vocabulary.word import words

RECORDS = {
    "table": words(  # what people call the rows of a table
        ("customer", "customer", "客户", ""),
        ("customer_tag", "tag of", "标签", ""),
        ("special_date", "special day of", "特殊日子", ""),
        ("product", "product", "产品", ""),
        ("departure", "departure", "团期", ""),
        ("trip", "trip", "订单", ""),
        ("traveller", "traveller of", "同行人", ""),
        ("itinerary_line", "itinerary of", "行程", ""),
        ("destination_note", "note on a place", "目的地须知", ""),
        ("installment", "payment plan of", "付款计划", ""),
        ("trip_cost", "cost of", "成本", ""),
        ("interaction", "contact of", "联系记录", ""),
        ("followup_outcome", "decision on a follow-up of", "跟进处理", ""),
        ("task", "task for", "待办", ""),
        ("complaint", "complaint", "投诉", ""),
        ("complaint_event", "step of complaint", "投诉步骤", ""),
        ("complaint_fix", "fix of complaint", "投诉整改", ""),
        ("payment", "payment", "收付款", ""),
        ("voucher", "voucher", "优惠券", ""),
        ("survey_response", "answer of", "问卷", ""),
        ("setting", "setting", "设置", ""),
        ("customer_alias", "former code of", "原客户编号", ""),
        ("customer_source", "number of a source of", "来源编号", ""),
        ("preference", "preference of", "偏好", ""),
        ("own_field", "own column", "自定义栏", ""),
        ("own_value", "own column of", "自定义栏内容", ""),
        ("saved_filter", "saved filter", "已存筛选", ""),
        ("channel_consent", "consent of", "分渠道许可", ""),
        ("distinct_pair", "told apart:", "确认不是同一人：", ""),
        ("row", "rows:", "行：", ""),
    )
}
