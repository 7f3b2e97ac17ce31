"""The words that some cells may hold: stored value, English and Chinese label, synonyms on import.

One table; models take their CHECK constraints from it, imports their vocabulary, tables their labels.
"""

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Word:
    """One value of an enumeration."""

    value: str
    en: str
    zh: str
    synonyms: tuple[str, ...] = ()


def words(*rows: tuple[str, str, str, str]) -> tuple[Word, ...]:
    """A table of words: value, English, Chinese, and synonyms in one text."""
    return tuple(Word(value, en, zh, tuple(more.split())) for value, en, zh, more in rows)


WORDS = MappingProxyType(
    {
        "customer_kind": words(
            ("person", "person", "个人", "散客 自然人 individual private 客人 个人客户"),
            (
                "company",
                "company",
                "公司",
                "企业 单位 团体 机构 corporate business 企业客户 公司客户",
            ),
            (
                "channel",
                "channel",
                "同行",
                "渠道 分销商 代理 代理商 distributor agent reseller 同业",
            ),
            ("internal", "internal", "内部", "员工 内部员工 staff 自己人"),
        ),
        "customer_status": words(
            ("active", "active", "正常", "有效 在用 活跃 在册 normal"),
            ("lost", "lost", "已流失", "流失 inactive churned"),
            ("deceased", "deceased", "已故", "去世 已去世 dead"),
        ),
        "gender": words(
            ("male", "male", "男", "m 先生 男性 man mr"),
            ("female", "female", "女", "f 女士 女性 woman ms mrs 小姐"),
        ),
        "consent": words(
            ("yes", "yes", "同意", "是 y 允许 可以 已同意 true 1"),
            ("no", "no", "拒绝", "否 n 不同意 不允许 不可以 已拒绝 退订 false 0"),
            ("unknown", "unknown", "未知", "? 不详 未问"),
        ),
        "language": words(
            ("zh", "Chinese", "中文", "chinese 汉语 普通话 zh_cn zh-cn cn"),
            ("en", "English", "英文", "英语 english en_us en-us en_gb"),
        ),
        "trip_status": words(
            ("inquiry", "inquiry", "询价", "咨询 意向 enquiry 询问"),
            (
                "quoted",
                "quoted",
                "已报价",
                "报价 报价中 quote open 待付款 待支付 未付款 未支付 待确认 待审核 待签约 pending unpaid "
                "pending_payment awaiting_payment awaiting_confirmation on_request tentative 待收款 待付定金 待付 "
                "待处理 待跟进 待成团 占位 预留 候补 waitlist waitlisted pending_confirmation requested "
                "awaiting_approval",
            ),
            (
                "booked",
                "booked",
                "已成交",
                "completed 已完成 完成 已出行 已预订 已预定 已确认 确认 预订 成交 已付款 已付 "
                "已出票 已下单 正常 confirmed paid done finished 已结束 结束 已回团 出行中 travelled "
                "traveled 已成团 待出行 待出发 未出行 待入住 待使用 已支付 已付全款 已付定金 已收款 交易成功 "
                "交易完成 已核销 已使用 已消费 已入住 已离店 已签约 已发团 行程中 ticketed issued fulfilled "
                "complete success successful check_out checked_out checked_in stayed upcoming "
                "paid_in_full fully_paid deposit_paid 待出票 待发团 待使用 待成行 已成行 待出团 已出团 出团中 已返程 "
                "已返回 已付尾款 部分付款 部分支付 已开票 已评价 待评价 已完结 订单完成 已锁定 已接单 已安排 "
                "已报名 已定 已订 confirmed_booking partially_paid active ok departed in_progress travelling "
                "traveling ongoing used redeemed closed_won won guaranteed",
            ),
            (
                "cancelled",
                "cancelled",
                "已取消",
                "取消 退团 已退 退订 canceled 已退款 退款中 退款 退款成功 已全额退款 已退团 已退订 已作废 作废 "
                "已撤销 已关闭 交易关闭 refunded refunding refund_pending void voided expired no_show "
                "declined 已退票 已退订金 退款完成 已退改 退票 取消成功 用户取消 客户取消 商家取消 超时取消 超时关闭 "
                "已失效 未入住 未到店 noshow no_shows cancelled_by_guest canceled_by_guest cancelled_by_customer "
                "canceled_by_customer cancelled_by_user cancelled_by_property canceled_by_property "
                "cancelled_by_host canceled_by_host cancelled_by_supplier cancelled_by_operator "
                "cancelled_by_us cancelled_by_client refused rejected failed payment_failed",
            ),
            ("lost", "lost", "未成交", "流失 丢单 未成 已流失 没成 closed"),
        ),
        "trip_state": words(  # trip_status, and what a booked trip is called once it is over
            ("inquiry", "inquiry", "询价", "咨询 意向 enquiry 询问"),
            ("quoted", "quoted", "已报价", "报价 报价中 quote open"),
            ("booked", "booked", "已成交", "已预订 已确认 预订 成交 已订 已定 confirmed"),
            ("completed", "completed", "已完成", "完成 已出行 已结束 结束 已回团 done finished"),
            ("cancelled", "cancelled", "已取消", "取消 退团 canceled"),
            ("lost", "lost", "未成交", "流失 丢单 未成"),
        ),
        "service": words(
            (
                "tour",
                "tour",
                "旅游线路",
                "旅游 线路 跟团 跟团游 团队游 旅行 行程 度假 自由行 定制游 package",
            ),
            ("cruise", "cruise", "邮轮", "游轮 邮轮游 游轮游"),
            ("flight", "flight", "机票", "飞机票 航班 air ticket_air airfare"),
            ("train", "train", "火车票", "火车 高铁 高铁票 动车 rail"),
            ("hotel", "hotel", "酒店", "住宿 民宿 订房 accommodation stay"),
            ("visa", "visa", "签证", "签证代办"),
            ("ticket", "ticket", "门票", "景点门票 票务 admission"),
            ("car", "car", "用车", "租车 包车 接送 接机 transfer rental"),
            ("insurance", "insurance", "保险", "旅游保险 旅意险"),
            ("other", "other", "其他", "其它 杂项 misc"),
        ),
        "trip_kind": words(
            ("group", "group", "跟团", "跟团游 团队 团体 散拼 拼团 团队游 参团"),
            ("independent", "independent", "自由行", "自助 自助游 半自助 fit 机加酒 机酒"),
            (
                "custom",
                "custom",
                "定制",
                "定制游 私人定制 包团 独立成团 私家团 tailor-made bespoke private",
            ),
            ("business", "business", "商务", "差旅 商旅 会奖 公务 mice 商务出行"),
        ),
        "own_field_kind": words(
            ("text", "text", "文字", "文本"),
            ("day", "day", "日期", "date"),
            ("number", "number", "数字", "数值 金额"),
            ("flag", "yes or no", "是否", "bool"),
        ),
        "company_type": words(
            ("state_owned", "state-owned", "国有企业", "国企 央企 国营 国有 soe"),
            ("foreign", "foreign", "外资企业", "外企 外资 合资 合资企业 foreign-owned"),
            ("private", "private", "民营企业", "民企 私企 私营企业 私营 民营"),
            ("government", "government", "政府机关", "政府 机关 事业单位 机关单位 行政事业单位"),
        ),
        "season": words(
            ("winter", "winter", "冬季", ""),
            ("spring", "spring", "春季", ""),
            ("summer", "summer", "夏季", ""),
            ("autumn", "autumn", "秋季", ""),
        ),
        "valued": words(
            ("lowest_cost", "lowest cost", "成本最低", "低价 价格 省钱 最低价 成本 cost price"),
            ("quick_answers", "quick answers", "响应快", "快速响应 效率 速度 及时响应 speed"),
            ("vip_care", "VIP care", "贵宾服务", "vip vip服务 尊享服务 服务"),
        ),
        "contact_channel": words(
            ("phone", "phone", "电话", "来电 致电 去电 通话 call tel"),
            ("wechat", "WeChat", "微信", "wx weixin 企业微信 企微"),
            ("sms", "SMS", "短信", "text message"),
            ("email", "email", "邮件", "电子邮件 邮箱 mail e-mail"),
            ("visit", "visit", "拜访", "上门 上门拜访 家访 面谈"),
            ("store", "store", "到店", "门店 来店 进店 shop office"),
            ("other", "other", "其他", "其它"),
        ),
        "direction": words(
            ("in", "in", "来", "呼入 来电 客户联系 对方联系 inbound incoming 进"),
            ("out", "out", "去", "呼出 去电 我方联系 主动 outbound outgoing 出"),
        ),
        "contact_kind": words(
            ("inquiry", "inquiry", "咨询", "询价 询问 enquiry 问价"),
            ("followup", "follow-up", "回访", "跟进 售后 关怀 follow-up follow_up 随访"),
            ("greeting", "greeting", "问候", "祝福 生日祝福 节日问候 拜年"),
            ("survey", "survey", "调查", "满意度 意见征询 问卷"),
            ("complaint", "complaint", "投诉", "抱怨 反馈问题"),
            ("promotion", "promotion", "推广", "营销 活动 促销 推荐 群发"),
            ("other", "other", "其他", "其它 沟通"),
        ),
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
        "payment_kind": words(
            ("deposit", "deposit", "定金", "订金 预付 预付款 首款 首付 down_payment prepayment"),
            (
                "balance",
                "balance",
                "尾款",
                "余款 全款 付清 团款 收款 付款 payment final_payment full",
            ),
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
        "traveller_role": words(  # of somebody on a trip
            ("customer", "whose trip it is", "下单客户", ""),
            ("traveller", "travels along", "同行人", ""),
        ),
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
        ),
        "destination_topic": words(
            ("weather", "weather", "天气", "气候 气温 climate"),
            ("clothing", "what to wear", "穿衣", "衣物 着装 穿着 携带物品 clothes"),
            (
                "emergency",
                "emergency numbers",
                "紧急电话",
                "紧急联系人 应急电话 emergency_contacts",
            ),
            ("hospital", "hospitals", "医院", "就医"),
            ("embassy", "embassy", "使领馆", "大使馆 领事馆 使馆 consulate"),
            ("customs", "good to know", "注意事项", "当地风俗 风俗 禁忌 须知 tips"),
        ),
        "payment_reason": words(  # of a refund: whose reasons they were
            ("customer", "the customer's own", "客户原因", "客人原因 退团 取消"),
            ("service_failure", "our failure", "本社过失", ""),
            ("third_party", "a supplier's failure", "供应商责任", ""),
            ("force_majeure", "force majeure", "不可抗力", ""),
            ("goodwill", "goodwill", "情谊补偿", "善意"),
        ),
        "voucher_kind": words(
            ("discount", "discount", "折扣券", "折扣 打折"),
            ("amount", "amount", "抵用券", "代金券 现金券 抵扣"),
            ("gift", "gift", "礼品", "礼物 赠品"),
            ("upgrade", "upgrade", "升级", "升舱 升房 免费升级"),
            ("adviser", "adviser of their own", "专属顾问", "顾问"),
        ),
        "payment_state": words(
            ("promised", "promised", "待支付", "已承诺 未付 open owed"),
            ("paid", "paid", "已支付", "已付"),
            ("reversed", "reversed", "已冲销", ""),
            ("reversal", "reversal", "冲销", ""),
        ),
        "voucher_state": words(
            ("open", "open", "可用", "未使用 有效 valid unused"),
            ("used", "used", "已使用", "已核销 redeemed"),
            ("expired", "expired", "已过期", "过期"),
            ("withdrawn", "withdrawn", "已作废", "已撤回 作废"),
        ),
        "satisfaction": words(  # points of a rating
            (
                "5",
                "very satisfied",
                "非常满意",
                "很满意 十分满意 极满意 超满意 完全满意 特别满意 非常好 很好 极好 优秀 优 excellent great "
                "extremely_satisfied completely_satisfied",
            ),
            ("4", "satisfied", "满意", "比较满意 较满意 好 较好 良好 良 good somewhat_satisfied"),
            (
                "3",
                "neither",
                "一般",
                "一般般 还行 还可以 中立 中等 普通 说不清 neutral average fair okay ok",
            ),
            (
                "2",
                "dissatisfied",
                "不满意",
                "不太满意 比较不满意 较不满意 不好 较差 差 poor bad unsatisfied somewhat_dissatisfied",
            ),
            (
                "1",
                "very dissatisfied",
                "非常不满意",
                "很不满意 十分不满意 极不满意 完全不满意 特别不满意 很差 非常差 极差 terrible awful "
                "very_poor very_bad very_unsatisfied extremely_dissatisfied",
            ),
        ),
        "aspect": words(  # what a survey asks to be rated
            ("csat", "overall", "总体满意度", ""),
            ("guide", "guide", "导游", ""),
            ("hotel", "hotel", "住宿", ""),
            ("meals", "meals", "用餐", ""),
            ("transport", "transport", "交通", ""),
            ("itinerary", "itinerary", "行程", ""),
            ("price", "value for money", "性价比", ""),
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
        "complaint_grouping": words(
            ("month", "month", "月份", ""),
            ("severity", "severity", "程度", ""),
            ("category", "category", "类别", ""),
            ("advisor", "advisor", "顾问", ""),
            ("guide", "guide", "导游", ""),
            ("destination", "destination", "目的地", ""),
        ),
        "calendar": words(
            ("solar", "solar", "公历", "阳历 新历 gregorian"),
            ("lunar", "lunar", "农历", "阴历 旧历"),
        ),
        "outcome": words(
            ("done", "done", "已完成", ""),
            ("tried", "tried", "没联系上", ""),
            ("skipped", "skipped", "已跳过", ""),
            ("snoozed", "snoozed", "已推迟", ""),
            ("reopened", "reopened", "已恢复", ""),
        ),
        "tier": words(
            ("A", "A", "A", ""), ("B", "B", "B", ""), ("C", "C", "C", ""), ("D", "D", "D", "")
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
        "item_state": words(
            ("shown", "due", "待办", ""),
            ("waiting", "waiting", "排队", ""),
            ("held", "held", "暂缓", ""),
            ("decided", "decided", "已处理", ""),
            ("satisfied", "settled", "已无需跟进", ""),
            ("lapsed", "lapsed", "已过期", ""),
            ("ahead", "ahead", "未到期", ""),
        ),
        "festival": words(
            ("new_year", "New Year", "元旦", ""),
            ("spring_festival", "Spring Festival", "春节", ""),
            ("dragon_boat", "Dragon Boat Festival", "端午节", ""),
            ("mid_autumn", "Mid-Autumn Festival", "中秋节", ""),
            ("national_day", "National Day", "国庆节", ""),
        ),
        "recommending": words(  # by the answer to "how likely are you to recommend us?", 0 to 10
            ("detractor", "0 to 6", "0到6分", ""),
            ("dissatisfied", "something rated 1 or 2 of 5", "有一项只打1或2分（满分5分）", ""),
            ("passive", "7 or 8", "7或8分", ""),
            ("promoter", "9 or 10", "9或10分", ""),
        ),
        "rule_class": words(
            ("duty", "duty", "职责", ""),
            ("care", "care", "关怀", ""),
            ("marketing", "marketing", "营销", ""),
        ),
        "rule_origin": words(
            ("built_in", "built-in", "自带", ""),
            ("own", "own", "自有", ""),
            ("replaces", "own, for built-in", "自有，替换自带", ""),
        ),
        "rule_settled": words(
            ("personal_contact", "a personal contact", "本人已联系", ""),
            ("trip_ahead", "a trip ahead", "已有预订", ""),
            ("answer", "an answer to the survey", "已填写意见表", ""),
        ),
        "rule_anchor": words(
            ("departure", "departure", "出发", ""),
            ("return", "return", "返回", ""),
            ("special_date", "special date", "纪念日", ""),
            ("festival", "festival", "节日", ""),
            ("last_departure_yearly", "yearly day of the last departure", "上次出发的周年", ""),
            ("last_contact", "last personal contact", "上次本人联系", ""),
            ("last_deal", "last booking", "最近一次下单", ""),
            ("repeated_month", "month of repeated trips", "常出行的月份", ""),
            ("first_booking", "first booking of a referred customer", "所介绍客户首次预订", ""),
            ("task", "day of a noted task", "记下的待办日", ""),
            ("complaint", "complaint without an answer", "投诉待答复", ""),
            ("resolution", "complaint resolved", "投诉已解决", ""),
            ("answer", "answer to a survey", "意见反馈", ""),
            ("quote", "open quote", "报价未成交", ""),
            ("balance", "departure with a balance to be paid", "出发前未付清", ""),
            ("debt", "day of payment that passed", "付款日已过", ""),
            (
                "passport",
                "departure with a passport that ends too soon",
                "护照有效期不足的出发",
                "",
            ),
            ("credit", "debt beyond the limit", "超出信用额度", ""),
            ("papers", "papers that changed", "证件变更", ""),
            ("seat_free", "seat that came free", "候补有位", ""),
            ("revenue_drop", "month after revenue dropped", "消费下滑后的月初", ""),
            ("rising_star", "month of a rising star", "上升之星的月初", ""),
            ("loss", "loss for a reason of service", "因服务流失", ""),
        ),
        "handbook": words(
            ("sent", "handbook sent", "手册已发", ""),
            ("partly", "handbook sent to some", "手册只发了一部分", ""),
            ("open", "no handbook yet", "手册未发", ""),
        ),
        "gap": words(  # what is wrong or missing in what is known of a customer
            ("passport_ends", "passport ends too soon", "护照有效期不足", ""),
            ("id_birthday", "birthday is not that of the ID", "生日与身份证不符", ""),
            ("id_gender", "gender is not that of the ID", "性别与身份证不符", ""),
            ("passport_name", "passport has another name", "护照姓名与姓名不符", ""),
            ("no_phone", "no phone", "缺电话", ""),
            ("no_owner", "nobody in charge", "无负责人", ""),
            ("no_birthday", "no birthday", "缺生日", ""),
        ),
        "aftermath": words(  # what became of follow-ups of the past
            ("done", "done", "已完成", ""),
            ("tried", "tried only", "没联系上", ""),
            ("skipped", "skipped", "已跳过", ""),
            ("settled", "settled by itself", "自行了结", ""),
            ("never", "never decided", "无人处理", ""),
        ),
    }
)


def values(table: str) -> tuple[str, ...]:
    """The stored values of one enumeration, in their customary order."""
    return tuple(word.value for word in WORDS[table])


@cache
def vocabulary(table: str) -> MappingProxyType[str, str]:
    """Every accepted spelling (casefolded) -> stored value."""
    spelled: dict[str, str] = {}
    for word in WORDS[table]:
        for spelling in (word.value, word.en, word.zh, *word.synonyms):
            spelled.setdefault(spelling.casefold(), word.value)
    return MappingProxyType(spelled)


@cache
def labels(table: str, language: str) -> MappingProxyType[str, str]:
    """Stored value -> label in `language` (en or zh)."""
    return MappingProxyType(
        {word.value: word.zh if language == "zh" else word.en for word in WORDS[table]}
    )


def label(table: str, value: str | None, language: str) -> str:
    """What a person reads for a stored value; the value itself where the table has no label."""
    if value is None:
        return ""
    return labels(table, language).get(value, value)


IN_PERSON = ("phone", "visit", "store")  # channels on which both sides speak
SELDOM_TRAVEL = ("visa", "insurance")  # services during which nobody need be away
