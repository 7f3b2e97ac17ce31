"""What is sold again and again, and its dated runs."""

from tourcrm.base import vocabulary
from tourcrm.base.columns.column import column
from tourcrm.base.i18n import N_

PRODUCT = (
    column("code", "code", "product", "产品编号", "code 编号 产品代码 线路编号 product_code sku",
        means="the product's code", place=9),
    column("name", "name", "name", "产品名称", "名称 产品 线路 线路名称 product_name title", means="what it is called",
        help=N_("what it is called"), only_edited=True, place=0),
    column("service", "word", "service", "服务", "产品类型 服务类型", words="service", means="what is sold",
        help=N_("tour, cruise, flight, train, hotel, visa, ticket, car, insurance, other"), place=4),
    column("kind", "word", "kind", "类型", "出游方式", words="trip_kind", in_table=False, means="how the customers travel",
        help=N_("group, independent, custom or business"), place=4),
    column("destination", "text", "destination", "目的地", "去哪 place", help=N_("where to"), place=0),
    column("abroad", "flag", "abroad", "出境", "是否出境 境外 overseas", in_table=False,
        means="1: it leaves the country; empty if unknown", help=N_("yes if it leaves the country")),
    column("days", "count", "days", "天数", "行程天数 duration", help=N_("number of days"), place=1),
    column("list_price", "amount", "list_price", "单价", "门市价 标价 每人价格 price price_per_person", means="price a person in fen (divide by 100)",
        help=N_("price a person, for example 3980"), option="--price", place=1),
    column("note", "text", "note", "备注", "说明 notes", in_table=False, means="free text", help=N_("a note")),
)  # fmt: skip

DEPARTURE = (
    column("code", "code", "departure", "团号", "code 编号 团期编号 班期编号 departure_code tour_code", means="the departure's code", place=9),
    column("product", "code", "product", "产品编号", "产品代码 线路编号 product_code", stored="product_id",
        means="what is sold", help=N_("what is sold: place and days follow from it"), place=0),
    column("destination", "text", "destination", "目的地", "去哪 place", help=N_("where to"), place=0),
    column("departs_on", "day", "departs_on", "出发日期", "出发 出团日期 departure_date departs start_date", means="first day",
        help=N_("day of departure"), option="--departs", place=0),
    column("returns_on", "day", "returns_on", "返回日期", "返回 回团日期 return_date returns end_date", means="last day",
        help=N_("day of return"), option="--returns", place=0),
    column("seats", "count", "seats", "席位", "座位 座位数 名额 计划人数 capacity", means="how many people it takes",
        help=N_("how many people it takes"), place=1),
    column("guide", "text", "guide", "导游", "领队 tour_guide", means="who guides", help=N_("who guides")),
    column("note", "text", "note", "备注", "说明 notes", in_table=False, means="free text", help=N_("a note")),
)  # fmt: skip

# A sheet of what there is to know of places: topic and text, or a column for each topic.
PLACES_SHEET = (
    column("place", "text", "place", "目的地", "地点 地方 城市 国家 destination city country where"),
    column("topic", "word", "topic", "主题", "类别 项目 subject kind", words="destination_topic"),
    column("text", "text", "text", "内容", "说明 备注 details content note what"),
    *(
        column(one.value, "text", one.en, one.zh, " ".join(one.synonyms))
        for one in vocabulary.WORDS["destination_topic"]
    ),
)  # fmt: skip

# What `departures list` shows: the seats that are taken, those that are left, the people who wait.
DEPARTURE_LIST = (
    column("departure", "code", "departure", "团号"),
    column("product", "code", "product", "产品编号", in_table=False),
    column("destination", "text", "destination", "目的地"),
    column("departs_on", "day", "departs_on", "出发日期"),
    column("returns_on", "day", "returns_on", "返回日期"),
    column("seats", "count", "seats", "席位"),
    column("taken", "count", "taken", "已占"),
    column("left", "count", "left", "余位"),
    column("waiting", "count", "waiting", "候补"),
    column("guide", "text", "guide", "导游", in_table=False),
    column("note", "text", "note", "备注", in_table=False),
)  # fmt: skip

# The trips of a departure, as `departures show` tells them.
ABOARD_LIST = (
    column("trip", "code", "trip", "订单号"),
    column("customer", "code", "customer", "客户编号", in_table=False),
    column("name", "name", "name", "姓名"),
    column("phone", "phone", "phone", "手机", mask="phone"),
    column("people", "count", "people", "人数"),
    column("status", "word", "status", "状态", words="trip_state"),
    column("waits", "count", "waits", "候补顺序"),
    column("needs", "text", "needs", "特殊需求"),
    column("travellers", "tags", "travellers", "同行人"),
)  # fmt: skip
