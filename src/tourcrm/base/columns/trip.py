"""Trips."""

from tourcrm.base.columns.column import column
from tourcrm.base.i18n import N_

TRIP = (
    column("code", "code", "order_no", "订单号", "trip code 订单编号 订单号码 单号 团号订单 合同号 行程编号 order order_number order_id booking_no booking booking_id booking_reference booking_ref reservation_no confirmation_no 预订号 预订单号 确认号 trip_code trip_id",
        means="order code: your own, or one like T0000012", help=N_("an order code of your own; without it one like T0000012 is made"), place=9, found=True),
    column("customer", "customer", "customer", "客户", "客户编号 客户号 客户代码 会员号 会员编号 customer_code customer_id customer_no member_id member_no client guest", spare=2,
        stored="customer_id", means="whose it is", help=N_("whose trip it is: code, phone or name"), only_edited=True, place=9),
    column("phone", "phones", "customer_phone", "客户电话", "客户手机 客户联系方式 客人电话 客人手机 客人联系方式 游客电话 联系人电话 联系人手机 手机 手机号 手机号码 电话 电话号码 联系电话 联系方式 phone mobile tel telephone phone_number",
        mask="phone", exported=False, stored=""),
    column("id_number", "id_number", "customer_id_number", "身份证号", "身份证 身份证号码 证件号 证件号码 id_number id_card",
        mask="id_number", exported=False, stored=""),
    column("name", "name", "customer_name", "客户姓名", "姓名 客户名称 客人 客人姓名 客人名称 联系人 联系人姓名 游客 游客姓名 出行人 预订人 下单人 乘客 名字 name guest_name client_name full_name contact_name lead_passenger lead_traveler booker", exported=False, stored=""),
    column("destination", "text", "destination", "目的地", "线路 旅游目的地 线路名称 产品 产品名称 行程 旅游线路 去哪 place route tour tour_name product product_name package",
        help=N_("where to"), place=0, found=True),
    column("abroad", "flag", "abroad", "出境", "是否出境 境外 overseas", in_table=False,
        means="1: it leaves the country; empty if unknown", help=N_("yes if it leaves the country")),
    column("service", "word", "service", "服务", "产品类型 服务类型 业务类型 业务 service_type product_type",
        words="service", in_table=False, means="what was sold", help=N_("tour, cruise, flight, train, hotel, visa, ticket, car, insurance, other"), place=4),
    column("kind", "word", "kind", "类型", "出游方式 出行方式 行程类型 组团方式 团型 trip_kind trip_type type",
        words="trip_kind", in_table=False, means="how the customers travel", help=N_("group, independent, custom or business"), place=4),
    column("status", "word", "status", "状态", "订单状态 行程状态 预订状态 order_status trip_status booking_status reservation_status",
        words="trip_status", means="how far it got", help=N_("inquiry, quoted or booked; booked if left out"), place=3),
    column("departure_code", "code", "departure_code", "团号", "团期 团期编号 团队编号 班期编号 group_code tour_code departure_id departure_no",
        in_table=False, stored="departure_id", means="the departure that it is on", help=N_("on this departure: its days, its place, a seat for each"), option="--departure", place=0),
    column("departs_on", "day", "departs_on", "出发日期", "出发 出发日 出行日期 出团日期 启程日期 去程日期 开始日期 入住日期 入住 出游日期 旅行日期 使用日期 departure departure_date depart_date departs start_date from_date travel_date date_of_travel tour_date trip_date date_of_departure check-in check-in_date checkin_date arrival_date date",
        means="first day", help=N_("day of departure"), option="--departs", place=0),
    column("returns_on", "day", "returns_on", "返回日期", "返回 回程 返程 返程日期 回程日期 回团日期 结束日期 归期 离店日期 离店 退房日期 退房 return return_date returns end_date to_date date_of_return check-out check-out_date checkout_date",
        means="last day", help=N_("day of return"), option="--returns", place=0),
    column("days", "count", "days", "天数", "行程天数 出行天数 晚数天数 duration day_count",
        exported=False, in_table=False, stored="", help=N_("number of days, instead of the day of return"), place=0),
    column("party_size", "count", "party_size", "人数", "出行人数 参团人数 人数合计 总人数 出游人数 旅客人数 游客人数 pax people party travellers travelers passengers guests total_pax total_guests no_of_pax number_of_people number_of_pax number_of_travelers number_of_guests number_of_passengers passenger_count",
        help=N_("number of people"), option="--people", place=2),
    column("price", "amount", "price", "团费", "价格 金额 总价 总金额 总额 总费用 总团费 订单金额 订单总额 订单总价 费用 应收 应收款 应收金额 应收团款 应付金额 应付款 应付总额 应付团款 应付 合同金额 成交价 成交金额 销售额 团款 总团款 amount total total_price total_amount grand_total order_total order_amount booking_amount revenue", spare=1,
        means="price of the whole trip in fen (divide by 100); empty if unknown", help=N_("price of the whole trip, for example 12800 or 1.28万"), place=1),
    column("currency", "currency", "currency", "币种", "货币 币别 货币类型 货币单位 货币种类 结算币种 交易币种 订单币种 结算货币 ccy cur currency_code currency_type",
        exported=False, in_table=False, stored=""),
    column("channel", "text", "channel", "渠道", "下单渠道 订单来源 sales_channel", in_table=False, help=N_("how it was sold")),
    column("advisor", "text", "advisor", "顾问", "旅行顾问 销售 业务员 计调 经办人 adviser consultant agent sales", spare=3,
        help=N_("who in the agency advised"), option="--adviser", found=True),
    column("guide", "text", "guide", "导游", "领队 tour_guide", in_table=False, help=N_("who guided"), found=True),
    column("inquired_on", "day", "inquired_on", "询价日期", "咨询日期 inquiry_date inquired", in_table=False,
        help=N_("day of the inquiry"), option="--inquired"),
    column("quoted_on", "day", "quoted_on", "报价日期", "quote_date quoted", in_table=False,
        help=N_("day of the quote"), option="--quoted"),
    column("booked_on", "day", "booked_on", "预订日期", "下单日期 订单日期 成交日期 签约日期 预定日期 预订日 下单日 booking_date order_date date_booked booked_at ordered_on ordered_at order_time booked",
        in_table=False, help=N_("day of the booking"), option="--booked"),
    column("cancelled_on", "day", "cancelled_on", "取消日期", "退团日期 cancel_date cancelled canceled_on",
        in_table=False, means="day of the cancellation"),
    column("fee", "amount", "cancellation_fee", "取消费", "取消损失 退团费 违约金 手续费 cancel_fee", in_table=False,
        means="what is owed although it was cancelled, in fen (divide by 100)"),
    column("lost_on", "day", "lost_on", "丢单日期", "", in_table=False, means="day on which an inquiry or a quote was lost"),
    column("lost_reason", "text", "lost_reason", "未成交原因", "丢单原因 取消原因", in_table=False, means="why it was lost or cancelled"),
    column("rival", "text", "rival", "竞争对手", "流向 competitor", in_table=False, means="to whom it was lost"),
    column("needs", "text", "needs", "特殊需求", "特殊要求 饮食要求 饮食禁忌 房型要求 special_needs special_requests special_requirements dietary",
        in_table=False, means="what must be seen to: diet, wheelchair, child seat, room", help=N_("what must be seen to on this trip: diet, wheelchair, child seat, room"), found=True),
    column("note", "text", "note", "备注", "说明 notes remark remarks comment", in_table=False,
        means="free text", help=N_("a note"), found=True),
)  # fmt: skip

# `trips list --open`: inquiries and quotes, and how many each adviser has.
LEAD = (
    column("trip", "code", "trip", "订单号"),
    column("customer", "code", "customer", "客户编号", in_table=False),
    column("name", "name", "name", "姓名"),
    column("stage", "word", "stage", "阶段", words="trip_status"),
    column("days", "count", "days", "天数"),
    column("price", "amount", "price", "金额"),
    column("destination", "text", "destination", "目的地", in_table=False),
    column("departs_on", "day", "departs_on", "出发日期", in_table=False),
    column("quoted_on", "day", "quoted_on", "报价日期", in_table=False),
    column("last_contact_on", "day", "last contact", "最近联系"),
    column("adviser", "text", "adviser", "顾问"),
    column("waits", "flag", "waits", "候补", in_table=False),
)
WHOSE_LEADS = (
    column("adviser", "text", "adviser", "顾问"),
    column("leads", "count", "open", "未成交"),
    column("weighty", "count", "weighty", "大单"),
    column("quoted", "count", "quoted", "已报价"),
    column("price", "amount", "sum", "金额合计"),
    column("oldest", "count", "oldest (days)", "最久(天)"),
)

# Who is on a trip beside its customer, as `trips show` names them.
ALONG = column("travellers", "tags", "travellers", "同行人")

# Who is on a trip, as `trips travellers` lists them: its customer first.
TRAVELLERS = (
    column("trip", "code", "trip", "订单号", in_table=False),
    column("customer", "code", "customer", "客户编号"),
    column("name", "name", "name", "姓名"),
    column("phone", "phone", "phone", "手机", mask="phone"),
    column("role", "word", "role", "身份", words="traveller_role"),
    column("needs", "text", "needs", "特殊需求"),
)  # fmt: skip

# What happens on a trip, as `trips itinerary` lists it.
ITINERARY = (
    column("day", "count", "day", "第几天"),
    column("on_day", "day", "date", "日期"),
    column("what", "text", "what", "安排"),
    column("departure", "code", "departure", "团号"),
    column("trip", "code", "trip", "订单号"),
)

# A sheet of itineraries (`trips import --rows itinerary`): a line is of a departure or of a trip.
ITINERARY_SHEET = (
    column("departure", "code", "departure", "团号", "团期 团期编号 团队编号 班期编号 departure_code group_code tour_code"),
    column("trip", "code", "trip", "订单号", "订单编号 订单号码 单号 order order_no order_number trip_code booking_no"),
    column("day", "text", "day", "第几天", "天 天数 行程日 日程 day_no day_number no"),
    column("on_day", "day", "date", "日期", "行程日期 on_day"),
    column("what", "text", "what", "安排", "行程 行程安排 内容 行程内容 活动 当日行程 活动安排 itinerary activity activities plan description programme program"),
)  # fmt: skip

# What `trips list` and `show` know beside what is stored: price - costs + commission - refunds.
MARGIN = column("margin", "amount", "margin", "毛利", in_table=False)

# Options are those of `trips cost`.
COST = (
    column("line", "count", "line", "行号", stored="id", means="number of the line, never used again"),
    column("trip", "code", "trip", "订单号", stored="trip_id", means="for which trip"),
    column("customer", "code", "customer", "客户编号", in_table=False, stored=""),
    column("name", "name", "name", "姓名", in_table=False, stored=""),
    column("supplier", "text", "supplier", "供应商", means="who is owed it", help=N_("who is owed it")),
    column("what", "text", "what", "内容", means="what for", help=N_("what for: hotel, bus, tickets")),
    column("amount", "amount", "amount", "金额", means="fen (divide by 100); taken back: below zero"),
    column("commission", "part", "commission", "返佣比例", in_table=False,
        means="the share of the amount that the supplier leaves to the agency", help=N_("the share that the supplier leaves to the agency, like 10%")),
    column("earned", "amount", "commission amount", "返佣金额", stored=""),
    column("noted_on", "day", "noted_on", "登记日期", in_table=False, means="since when it is known"),
    column("due_on", "day", "due_on", "应付日", means="by when the supplier is to be paid", help=N_("the day by which the supplier is to be paid"), option="--due"),
    column("paid_on", "day", "paid_on", "付款日期", means="when the supplier was paid", help=N_("the day on which the supplier was paid"), option="--paid"),
    column("reverses", "count", "reverses", "冲销行号", in_table=False, stored="reverses_id", means="of a reversal: the line that it takes back"),
)  # fmt: skip

# What `trips cancel --quote` tells.
CANCELLATION = (
    column("trip", "code", "trip", "订单号"),
    column("on", "day", "on", "取消日期"),
    column("days", "count", "days before", "距出发(天)"),
    column("share", "count", "percent", "百分比"),
    column("price", "amount", "price", "团费"),
    column("fee", "amount", "fee", "取消费"),
    column("paid", "amount", "paid", "已收"),
    column("back", "amount", "back", "应退"),
    column("owed", "amount", "owed", "仍欠"),
)
