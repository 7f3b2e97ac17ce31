"""Answers to surveys, and what they come to."""

from tourcrm.base.columns.column import column
from tourcrm.base.i18n import N_

SURVEY = (
    column("customer", "customer", "customer", "客户", "客户编号 客户号 客户代码 会员号 会员编号 customer_code customer_id",
        stored="customer_id", means="who answered"),
    column("phone", "phones", "customer_phone", "客户电话", "客户手机 手机 手机号 手机号码 电话 电话号码 联系电话 联系方式 您的手机 您的手机号 您的手机号码 您的电话 您的联系方式 phone mobile tel telephone phone_number your_phone",
        mask="phone", exported=False, stored=""),
    column("name", "name", "customer_name", "客户姓名", "姓名 您的姓名 您的名字 名字 称呼 您的称呼 客户名称 客人姓名 name your_name",
        exported=False, stored=""),
    column("trip", "code", "trip", "订单号", "订单编号 订单号码 单号 合同号 您的订单号 order_no order_number trip_code booking_no", spare=1,
        asks="订单(编)?号", stored="trip_id", means="about which trip"),
    column("number", "code", "answer_no", "答卷编号", "答卷号 答卷序号 答卷ID 答案编号 response_id response_no answer_id answer_number submission_id",
        exported=False, in_table=False, stored=""),
    column("answered_on", "day", "answered_on", "填写日期", "日期 时间 填写时间 提交时间 提交日期 提交答卷时间 答卷时间 答题时间 回收时间 回答日期 评价时间 评价日期 date answered submitted submitted_on submit_date submit_time submitted_at date_submitted timestamp",
        means="when", help=N_("when they answered; today if left out"), option="--on", place=8),
    column("nps", "nps", "nps", "推荐意愿", "NPS值 NPS得分 NPS评分 推荐度 推荐指数 推荐分 推荐分数 推荐评分 推荐可能性 净推荐值 likelihood_to_recommend recommend recommendation",
        asks="推荐.*(亲|朋友|好友|同事|家人|别人|他人|身边)|recommend", means="how likely to recommend us, 0 to 10", help=N_("how likely they are to recommend us, 0 to 10")),
    column("csat", "rating", "overall", "总体满意度", "CSAT 满意度 总体评价 整体满意度 整体评价 综合评价 综合满意度 总评 总体 satisfaction overall_satisfaction overall_rating",
        words="satisfaction", asks="(总体|整体|综合|总的来说).*(满意|评价|感受|打分|评分)|本次旅行(是否|还|的)?满意|overall|how satisfied", means="how content on the whole, 1 to 5", help=N_("how satisfied they are overall, 1 to 5")),
    column("guide", "rating", "guide", "导游", "领队 导游服务 导游评分 导游满意度 导游讲解 领队服务 guide_rating tour_guide",
        words="satisfaction", in_table=False, asks="(导游|领队).*(满意|评价|评分|打分|如何|怎么样)", help=N_("the guide, 1 to 5")),
    column("hotel", "rating", "hotel", "住宿", "酒店 宾馆 房间 舱房 住宿条件 住宿评分 住宿满意度 酒店评分 酒店满意度 hotels hotel_rating accommodation",
        words="satisfaction", in_table=False, asks="(住宿|酒店|宾馆|房间|舱房).*(满意|评价|评分|打分|如何|怎么样)", help=N_("the hotels, 1 to 5")),
    column("meals", "rating", "meals", "用餐", "餐饮 餐食 伙食 吃饭 用餐评分 餐饮评分 用餐满意度 餐饮满意度 food meal meals_rating",
        words="satisfaction", in_table=False, asks="(用餐|餐饮|餐食|伙食|早餐).*(满意|评价|评分|打分|如何|怎么样)", help=N_("the meals, 1 to 5")),
    column("transport", "rating", "transport", "交通", "用车 车辆 司机 航班 交通评分 交通满意度 用车满意度 bus coach transport_rating",
        words="satisfaction", in_table=False, asks="(交通|用车|车辆|司机|航班).*(满意|评价|评分|打分|如何|怎么样)", means="the transport, 1 to 5", help=N_("coach, flights or trains, 1 to 5")),
    column("itinerary", "rating", "itinerary", "行程", "行程安排 线路 景点 行程评分 行程满意度 线路满意度 route itinerary_rating",
        words="satisfaction", in_table=False, asks="(行程|线路|景点).*(满意|评价|评分|打分|如何|怎么样)", help=N_("the itinerary, 1 to 5")),
    column("price", "rating", "value_for_money", "性价比", "价格 价格满意度 物有所值 性价比评分 price_rating value",
        words="satisfaction", in_table=False, asks="(价格|性价比|物有所值).*(满意|评价|评分|打分|如何|怎么样)", help=N_("value for money, 1 to 5")),
    column("comment", "text", "comment", "意见", "建议 意见建议 意见和建议 意见与建议 其他意见 其它意见 留言 反馈 评论 评语 评价内容 备注 comments feedback note notes suggestion suggestions",
        asks="建议|意见|改进|更好|想对我们说|suggest|improve|comment", means="in the customer's words", help=N_("what they said")),
    column("staff", "text", "staff", "员工", "经办人 回访人 客服 顾问 录入人 by agent", in_table=False,
        means="who took the answer down", help=N_("who took it down; you if left out"), place=8),
)  # fmt: skip

# What answers come to. `group` is given its header, and perhaps its words, by what they part by.
NPS = (
    column("group", "text", "group", "分组"),
    column("nps", "score", "nps", "净推荐值"),
    column("margin", "number", "margin", "误差(±)"),
    column("answers", "count", "answers", "答卷数"),
    column("promoters", "count", "promoters", "推荐者"),
    column("passives", "count", "passives", "被动者"),
    column("detractors", "count", "detractors", "贬损者"),
    column("too_few", "flag", "too few", "样本太少"),
)

CSAT = (
    column("group", "text", "group", "分组"),
    column("mean", "number", "mean", "平均分"),
    column("margin", "number", "margin", "误差(±)"),
    column("satisfied", "share", "satisfied", "满意率"),
    column("satisfied_low", "share", "at least", "满意率下限"),
    column("satisfied_high", "share", "at most", "满意率上限"),
    column("answers", "count", "answers", "答卷数"),
    column("too_few", "flag", "too few", "样本太少"),
)

CALLS = (
    column("customer", "code", "customer", "客户编号"),
    column("name", "name", "name", "姓名"),
    column("phone", "phone", "phone", "电话"),
    column("tier", "word", "tier", "等级", words="tier"),
    column("quadrant", "word", "quadrant", "象限", words="quadrant", spare=2),
    column("owner", "text", "owner", "负责人", spare=1),
    column("trip", "code", "last_trip", "上次订单", in_table=False),
    column("destination", "text", "last_destination", "上次目的地", spare=3),
    column("returned_on", "day", "returned_on", "上次返回", spare=4),
    column("contacted_on", "day", "last_contact", "最近联系"),
)
