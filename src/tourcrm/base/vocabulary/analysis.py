"""What the trips of a customer say."""

from tourcrm.base.vocabulary.word import words

ANALYSIS = {
    "tier": words(
        ("A", "A", "A", ""),
        ("B", "B", "B", ""),
        ("C", "C", "C", ""),
        ("D", "D", "D", ""),
    ),
    "cadence": words(
        ("active", "active", "活跃", ""),
        ("due", "due", "该出行了", ""),
        ("at_risk", "at risk", "有流失风险", ""),
        ("lapsed", "lapsed", "已沉默", ""),
    ),
    "trend": words(
        ("rising", "rising", "上升", ""),
        ("steady", "steady", "平稳", ""),
        ("losing", "losing", "下滑", ""),
        ("new", "new", "新客户", ""),
        ("gone", "gone", "一年未出行", "流失"),
    ),
    "scale": words(("small", "small", "小", ""), ("large", "large", "大", "")),
    "loyalty": words(("low", "low", "低", ""), ("high", "high", "高", "")),
    "quadrant": words(
        ("small_low", "small, low", "小单低忠诚", ""),
        ("small_high", "small, high", "小单高忠诚", ""),
        ("large_high", "large, high", "大单高忠诚", ""),
        ("large_low", "large, low", "大单低忠诚", ""),
        ("new", "new", "新客", ""),
    ),
    "segment": words(
        ("hibernating", "hibernating", "沉睡", ""),
        ("at_risk", "at risk", "有流失风险", ""),
        ("cant_lose", "can't lose", "不能失去", ""),
        ("about_to_sleep", "about to sleep", "即将沉睡", ""),
        ("need_attention", "need attention", "需要关注", ""),
        ("loyal_customers", "loyal customers", "忠诚客户", ""),
        ("promising", "promising", "有潜力", ""),
        ("new_customers", "new customers", "新客户", ""),
        ("potential_loyalists", "potential loyalists", "潜在忠诚", ""),
        ("champions", "champions", "冠军客户", ""),
    ),
}
