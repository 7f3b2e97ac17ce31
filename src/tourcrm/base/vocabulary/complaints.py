"""Complaints: how grave, about what, whose fault, how far."""

from tourcrm.base.vocabulary.word import words

COMPLAINTS = {
    "severity": words(
        ("routine", "routine", "一般", "普通 常规 normal"),
        ("crisis", "crisis", "危机", "紧急 重大 严重 突发 urgent emergency"),
    ),
    "complaint_category": words(
        ("guide", "guide", "导游", "领队 导游服务 tour_guide"),
        ("hotel", "hotel", "住宿", "酒店 宾馆 房间 accommodation"),
        ("meals", "meals", "用餐", "餐饮 吃饭 伙食 food meal"),
        ("transport", "transport", "交通", "用车 航班 车辆 coach bus flight car"),
        ("itinerary", "itinerary", "行程", "景点 线路 行程安排 route schedule"),
        ("price", "price", "价格", "费用 收费 退款 购物 cost money"),
        ("service", "our service", "本社服务", "服务态度 顾问 客服 销售 staff adviser"),
        ("safety", "safety", "安全", "事故 受伤 生病 accident health"),
        ("other", "other", "其他", "其它"),
    ),
    "complaint_step": words(
        ("opened", "opened", "已受理", ""),
        ("responded", "responded", "已答复", ""),
        ("in_charge", "somebody in charge", "专人负责", ""),
        ("contacted", "call and message", "电话和消息", ""),
        ("news", "news", "通报进展", ""),
        ("plan_b", "plan B", "备选方案", ""),
        ("attributed", "cause found", "已定责", ""),
        ("alternative", "alternative offered", "已提供替代方案", ""),
        ("compensated", "compensated", "已补偿", ""),
        ("reversed", "compensation taken back", "已撤回补偿", ""),
        ("resolved", "resolved", "已解决", ""),
        ("fixed", "fixed inside", "内部已整改", ""),
        ("closed", "closed", "已结案", ""),
        ("reopened", "reopened", "重新受理", ""),
        ("noted", "noted", "备注", ""),
    ),
    "complaint_state": words(
        ("waiting", "no answer yet", "待答复", ""),
        ("answered", "answered", "已答复", ""),
        ("judged", "cause found", "已定责", ""),
        ("resolved", "resolved", "已解决", ""),
        ("closed", "closed", "已结案", ""),
    ),
    "cause": words(
        ("service_failure", "service failure", "本社过失", "服务失误 我方责任 自身原因"),
        ("third_party", "third party", "供应商责任", "第三方 供应商 地接 酒店责任 supplier"),
        ("force_majeure", "force majeure", "不可抗力", "天气 自然灾害 疫情 罢工"),
        ("unfounded", "unfounded", "投诉不成立", "不成立 误会 无理 groundless"),
    ),
    "complaint_grouping": words(
        ("month", "month", "月份", ""),
        ("severity", "severity", "程度", ""),
        ("category", "category", "类别", ""),
        ("advisor", "advisor", "顾问", ""),
        ("guide", "guide", "导游", ""),
        ("destination", "destination", "目的地", ""),
    ),
}
