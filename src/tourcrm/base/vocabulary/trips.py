"""Trips, and what goes with them: places, seats, handbooks."""

from tourcrm.base.vocabulary.word import words

TRIPS = {
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
    "season": words(
        ("winter", "winter", "冬季", ""),
        ("spring", "spring", "春季", ""),
        ("summer", "summer", "夏季", ""),
        ("autumn", "autumn", "秋季", ""),
    ),
    "traveller_role": words(  # of somebody on a trip
        ("customer", "whose trip it is", "下单客户", ""),
        ("traveller", "travels along", "同行人", ""),
    ),
    "destination_topic": words(
        ("weather", "weather", "天气", "气候 气温 climate"),
        ("clothing", "what to wear", "穿衣", "衣物 着装 穿着 携带物品 clothes"),
        ("emergency", "emergency numbers", "紧急电话", "紧急联系人 应急电话 emergency_contacts"),
        ("hospital", "hospitals", "医院", "就医"),
        ("embassy", "embassy", "使领馆", "大使馆 领事馆 使馆 consulate"),
        ("customs", "good to know", "注意事项", "当地风俗 风俗 禁忌 须知 tips"),
    ),
    "handbook": words(
        ("sent", "handbook sent", "手册已发", ""),
        ("partly", "handbook sent to some", "手册只发了一部分", ""),
        ("open", "no handbook yet", "手册未发", ""),
    ),
}
