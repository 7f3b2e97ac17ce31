"""Trips."""

from tourcrm.base.columns.column import column

TRIP = (
    column("code", "code", "order_no", "订单号", "trip code 订单编号 订单号码 单号 团号订单 合同号 行程编号 order order_number order_id booking_no booking booking_id trip_code trip_id"),
    column("customer", "customer", "customer", "客户", "客户编号 客户号 客户代码 会员号 会员编号 customer_code customer_id customer_no client guest"),
    column("phone", "phones", "customer_phone", "客户电话", "客户手机 客户联系方式 客人电话 客人手机 客人联系方式 游客电话 联系人电话 联系人手机 手机 手机号 手机号码 电话 电话号码 联系电话 联系方式 phone mobile tel telephone phone_number", mask="phone", exported=False),
    column("id_number", "id_number", "customer_id_number", "身份证号", "身份证 身份证号码 证件号 证件号码 id_number id_card", mask="id_number", exported=False),
    column("name", "name", "customer_name", "客户姓名", "姓名 客户名称 客人 客人姓名 客人名称 联系人 联系人姓名 游客 游客姓名 名字 name", exported=False),
    column("destination", "text", "destination", "目的地", "线路 旅游目的地 线路名称 产品 产品名称 行程 旅游线路 去哪 place route"),
    column("abroad", "flag", "abroad", "出境", "是否出境 境外 overseas", in_table=False),
    column("service", "word", "service", "服务", "产品类型 服务类型 业务类型 业务 service_type product_type", words="service", in_table=False),
    column("kind", "word", "kind", "类型", "出游方式 出行方式 行程类型 组团方式 团型 trip_kind trip_type type", words="trip_kind", in_table=False),
    column("status", "word", "status", "状态", "订单状态 行程状态 order_status trip_status", words="trip_status"),
    column("departs_on", "day", "departs_on", "出发日期", "出发 出发日 出行日期 出团日期 启程日期 去程日期 开始日期 入住日期 departure departure_date depart_date departs start_date from_date date"),
    column("returns_on", "day", "returns_on", "返回日期", "返回 回程 返程 返程日期 回程日期 回团日期 结束日期 归期 离店日期 return return_date returns end_date to_date"),
    column("days", "count", "days", "天数", "行程天数 出行天数 晚数天数 duration day_count", exported=False, in_table=False),
    column("party_size", "count", "party_size", "人数", "出行人数 参团人数 人数合计 pax people party travellers travelers"),
    column("price", "amount", "price", "团费", "价格 金额 总价 总金额 订单金额 费用 应收 应收款 应收金额 应收团款 合同金额 成交价 成交金额 销售额 团款 总团款 amount total total_price revenue"),
    column("channel", "text", "channel", "渠道", "下单渠道 订单来源 sales_channel", in_table=False),
    column("advisor", "text", "advisor", "顾问", "旅行顾问 销售 业务员 计调 经办人 adviser consultant agent sales"),
    column("guide", "text", "guide", "导游", "领队 tour_guide", in_table=False),
    column("inquired_on", "day", "inquired_on", "询价日期", "咨询日期 inquiry_date inquired", in_table=False),
    column("quoted_on", "day", "quoted_on", "报价日期", "quote_date quoted", in_table=False),
    column("booked_on", "day", "booked_on", "预订日期", "下单日期 订单日期 成交日期 签约日期 预定日期 booking_date order_date booked", in_table=False),
    column("cancelled_on", "day", "cancelled_on", "取消日期", "退团日期 cancel_date cancelled canceled_on", in_table=False),
    column("lost_on", "day", "lost_on", "丢单日期", "", in_table=False),
    column("lost_reason", "text", "lost_reason", "未成交原因", "丢单原因 取消原因", in_table=False),
    column("rival", "text", "rival", "竞争对手", "流向 competitor", in_table=False),
    column("note", "text", "note", "备注", "说明 特殊要求 notes remark remarks comment", in_table=False),
)  # fmt: skip
