"""Makes the sheets of the sample agency: an invented Chinese travel agency with its usual dirt.

    python scripts/make_sample.py [FOLDER]      (default: src/tourcrm/sample)

Prints what dirt was put in, how many rows of it, and whether an import should take the row.
The same bytes come out every time: all chance comes from one seed through Random.random(), whose
numbers Python keeps the same from version to version, and no clock is read.

Nobody in it exists: mobile numbers lie in xxx-0000-xxxx, and resident IDs carry a place code that
ends in 0000, which no county has (their check digits are right).
"""

import csv
import io
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

from tourcrm.sample import (
    AGENCY,
    CONTACTS,
    CUSTOMERS,
    FOLDER,
    NEW_ORDERS,
    OLD_ORDERS,
    SAMPLE_DAY,
)

SEED = 20261120
FIRST_DAY, LAST_DAY = date(2021, 12, 1), date(2027, 2, 20)
SPLIT = date(2024, 1, 1)  # departures from here on are in the new sheet
BORDERS_OPEN = date(2023, 2, 20)  # no journeys abroad before
WINDOW = date(2023, 11, 20)  # departures after it count for the tiers of SAMPLE_DAY

ADVISERS = ("小林", "阿芳", "大周")
GUIDES = ("老金", "晓雯", "扎西", "小顾", "阿May")

Cell = str | int | date
T = TypeVar("T")


class Dice:
    """Chance that is the same on every Python: built on Random.random() alone."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed).random

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self._random() * (high - low + 1))

    def one(self, items: Sequence[T]) -> T:
        return items[int(self._random() * len(items))]

    def weighted(self, weights: Mapping[T, float]) -> T:
        point = self._random() * sum(weights.values())
        for item, weight in weights.items():
            point -= weight
            if point < 0:
                return item
        return next(reversed(list(weights)))

    def chance(self, share: float) -> bool:
        return self._random() < share

    def some(self, items: Iterable[T], count: int) -> list[T]:
        """`count` different items (all of them where there are fewer), in chance order."""
        left = list(items)
        taken: list[T] = []
        while left and len(taken) < count:
            taken.append(left.pop(int(self._random() * len(left))))
        return taken

    def unit(self) -> float:
        return self._random()


def words(text: str, apart: str | None = None) -> tuple[str, ...]:
    """The pieces of a text: apart by blanks, or by `apart`."""
    return tuple(text.split(apart))


def shares(text: str) -> dict[str, float]:
    """word=weight pairs; the word - stands for an empty cell."""
    pairs = (pair.split("=") for pair in text.split())
    return {"" if word == "-" else word: float(weight) for word, weight in pairs}


# --- what there is to choose from ----------------------------------------------------------------

SURNAMES = {
    **dict.fromkeys("王李张刘陈", 9.0),
    **dict.fromkeys("杨黄赵吴周徐孙马朱胡", 4.0),
    **dict.fromkeys(
        "郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈",
        1.8,
    ),
    **dict.fromkeys(
        "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万",
        0.7,
    ),
    **dict.fromkeys("单仇查翟解盖区朴乐缪晏应褚", 0.3),  # surnames with a reading of their own
    **dict.fromkeys(("欧阳", "上官", "司马", "诸葛", "司徒", "尉迟"), 0.5),
}
GIVEN_NAMES = {  # by decade of birth
    ("male", 1): words(
        "建国 国强 志明 德胜 福生 永康 国平 保华 荣根 宝林 卫东 文革 建军 和平 振华 金龙 水根 大伟"
    ),
    ("female", 1): words(
        "秀英 桂兰 玉珍 淑芬 秀兰 凤英 月娥 惠珍 美华 爱珍 招娣 菊芳 素琴 阿妹 金娣 红英 丽华 慧芳"
    ),
    ("male", 2): words(
        "志强 勇 军 建平 海波 俊 明 晓东 国庆 立新 永刚 伟民 文斌 春生 志刚 一鸣 宏伟 卫国 "
        "立群 少华"
    ),
    ("female", 2): words(
        "丽娟 敏 静 艳 晓燕 红梅 建芳 雪梅 文英 春华 丽萍 海燕 琴 玲 国芳 志红 小红 亚萍 佩华 晓红"
    ),
    ("male", 3): words(
        "伟 磊 超 鹏 斌 涛 俊杰 晓峰 凯 宇 杰 鑫 嘉伟 文博 思远 亮 振宇 旭东 景行 君豪 昊 海洋"
    ),
    ("female", 3): words(
        "婷 娟 霞 莉 倩 颖 丹 雪 慧 佳 晓雯 丽君 璐 思思 梦洁 文静 怡君 雅琴 蕾 晶晶 若兰 盈盈"
    ),
    ("male", 4): words(
        "浩然 子轩 宇航 天佑 博文 一凡 子墨 俊熙 嘉豪 睿 泽宇 奕辰 皓轩 煜城 明哲 梓豪 亦凡 星辰"
    ),
    ("female", 4): words(
        "雨欣 佳怡 梓涵 思琪 诗涵 可馨 梦瑶 语桐 欣妍 一诺 雨桐 艺菲 若曦 心怡 依诺 沐晴 晨曦 安琪"
    ),
}
RARE_NAMES = (
    ("阿依古丽·买买提", "female"),
    ("扎西顿珠", "male"),
    ("巴特尔", "male"),
    ("Oliver Harwood", "male"),
    ("Aminah Yusof", "female"),
    ("José Álvarez", "male"),
    ("王䶮", "male"),
    ("朱𬱖", "male"),
)
PINYIN = dict(
    zip(
        "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹",
        words(
            "wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he gao lin "
            "luo zheng liang xie song tang xu han feng deng cao"
        ),
        strict=True,
    )
)
COMPANIES = words(
    "苏州云帆精密机械有限公司 上海启暖医疗器械有限公司 昆山东恒电子有限公司 "
    "苏州姑苏会计师事务所 杭州西溪软件有限公司 无锡太湖生物科技有限公司 上海临港物流有限公司 "
    "苏州星桥实验小学工会 常熟金丝路服装厂 上海明川律师事务所 南京石澜建工集团工会 "
    "苏州隔壁阿婆超市有限公司 吴江恒信纺织有限公司 太仓港通国际货运有限公司 "
    "上海梧桐里物业有限公司 张家港暨阳骨科医院工会 苏州半舟设计院 嘉兴南湖食品有限公司 "
    "上海虹桥广告传媒有限公司 苏州平江路文化发展有限公司 湖州安吉竹业有限公司 "
    "南通江海造船有限公司 苏州相城汽车销售服务有限公司 上海芯湖半导体有限公司"
)
CHANNELS = words(
    "江南燕归旅行社 无锡假日之友国旅 昆山牵手旅行社 常州青果旅行社 嘉兴红船旅行社 "
    "南通江风海韵国旅 吴江乐游旅行社 太仓众行旅行社"
)
CITIES = shares(
    "苏州=40 上海=22 昆山=7 无锡=6 杭州=5 吴江=4 常熟=4 南京=3 太仓=2 嘉兴=2 湖州=1 南通=1 "
    "北京=1 深圳=1"
)
ID_PLACES = shares(
    "320000=60 310000=20 330000=8 340000=5 410000=2 420000=2 510000=1 110000=1 370000=1 "
    "650000=0.5 540000=0.5"
)
NOBODY = words("13900000000 13800000001 13700000002 15000000003 13600000004 13500000005")
"""Numbers that no customer has."""
MOBILES = ("139", "138", "137", "136", "135", "150", "158", "186", "189", "177")
JOBS = words(
    "教师 医生 退休 公务员 工程师 会计 护士 个体户 销售 律师 设计师 全职妈妈 程序员 银行职员 "
    "大学生 企业主 摄影师 厨师 司机 家装设计"
)
SOURCES = shares("老客户介绍=30 门店=25 朋友圈=12 小红书=8 抖音=7 携程=5 公众号=5 地推=2 -=6")
PERSON_TAGS = words(
    "摄影 亲子 带老人 海岛 美食 自驾 徒步 怕晕车 吃素 清真 喜欢靠窗 邮轮控 爱购物 不进购物店"
)
COMPANY_TAGS = ("团建", "奖励旅游", "月结", "要专票", "会议")
MOTTOES = words(
    "世界那么大|读万卷书，行万里路|说走就走|慢慢走，欣赏啊|在路上|平安就好|人生没有白走的路",
    "|",
)
CUSTOMER_NOTES = words(
    "膝盖不好，少爬山|要靠窗座位|每年国庆都出去|和闺蜜一起报名|孩子在读小学|对海鲜过敏|"
    "老人同行，要无障碍房|喜欢住四星以上|只要纯玩团|微信不常看，打电话|下午三点后再打电话|"
    "-已加微信|+1 位老人，需轮椅|@小林 多关照|护照明年到期|去年投诉过导游，已处理|"
    "发票抬头要开公司|公司老总，[VIP]|生日送蛋糕😊|第一次来：\n问了三条线路\n最后选的云南",
    "|",
)
TRIP_NOTES = words(
    "两个标间|含接送机|一位小孩半价|素食一位|需要开专票|同事一起|加一晚|自带小黄车|要拼房|靠窗|"
    "尾款出发前付清|含保险|老人优惠|和上次同一个导游|送旅行包|三口之家|酒店升级过|导游是王䶮|"
    "带着小狗🐶",
    "|",
)


@dataclass(frozen=True)
class Place:
    """A destination: price in yuan a head, days, the months it sells in."""

    name: str
    low: int
    high: int
    days: tuple[int, ...]
    months: str  # twelve digits: how well each month sells
    abroad: bool = False
    service: str = "tour"


PLACES = (
    Place("北疆", 5800, 9200, (8, 9, 10), "000013788610"),
    Place("云南大理丽江", 2600, 4800, (5, 6, 7), "656555765667"),
    Place("西双版纳", 2400, 4200, (5, 6), "863211111358"),
    Place("西藏", 6200, 11000, (8, 9, 10), "000256775500"),
    Place("三亚", 2600, 5600, (4, 5, 6), "874322433468"),
    Place("桂林阳朔", 1900, 3200, (4, 5), "224665555642"),
    Place("张家界凤凰", 1900, 3300, (5, 6), "124666666642"),
    Place("九寨沟", 2800, 4600, (6, 7), "112344569962"),
    Place("厦门鼓浪屿", 1500, 2800, (3, 4), "345655555554"),
    Place("北京", 1900, 3600, (4, 5, 6), "134665885752"),
    Place("西安兵马俑", 1700, 2900, (4, 5), "125665665742"),
    Place("青海湖敦煌", 3900, 6200, (7, 8), "000125887510"),
    Place("内蒙古草原", 2800, 4400, (5, 6), "000002895200"),
    Place("长白山", 2600, 4600, (4, 5), "642001333256"),
    Place("哈尔滨雪乡", 2900, 5200, (5, 6), "960000000139"),
    Place("贵州黄果树", 2300, 3600, (5, 6), "123556886532"),
    Place("黄山宏村", 900, 1700, (2, 3), "236865456873"),
    Place("婺源篁岭", 900, 1600, (2, 3), "017931111564"),
    Place("千岛湖", 500, 1100, (2,), "125777886641"),
    Place("普陀山", 600, 1200, (2, 3), "456555555555"),
    Place("莫干山", 500, 1400, (2,), "125777886641"),
    Place("乌镇西塘", 300, 800, (1, 2), "346655445643"),
    Place("川西稻城", 4200, 6800, (8, 9), "001233445981"),
    Place("恩施大峡谷", 2100, 3300, (5,), "013565776641"),
    Place("潮汕", 1700, 2700, (4,), "653333333456"),
    Place("景德镇", 700, 1400, (2, 3), "235755455653"),
    Place("香港", 1900, 3600, (3, 4), "544444774667", abroad=True),
    Place("日本本州", 5600, 9200, (6, 7), "459964664984", abroad=True),
    Place("日本北海道", 6800, 11500, (6,), "872122774138", abroad=True),
    Place("泰国", 2900, 4900, (6, 7), "875333443467", abroad=True),
    Place("新马泰", 4200, 6800, (8, 9, 10), "665444664456", abroad=True),
    Place("巴厘岛", 4600, 7200, (6, 7), "444566886544", abroad=True),
    Place("越南芽庄", 2900, 4400, (5, 6), "555555664445", abroad=True),
    Place("马尔代夫", 11000, 22000, (6, 7), "876533445567", abroad=True),
    Place("欧洲五国", 11800, 18800, (11, 12), "113677886732", abroad=True),
    Place("意大利", 12800, 19800, (9, 10), "113677776742", abroad=True),
    Place("英国", 15800, 23800, (9, 10), "112466886532", abroad=True),
    Place("冰岛", 21800, 32800, (9, 10), "765222444567", abroad=True),
    Place("北欧四国", 16800, 24800, (10, 11), "111246885211", abroad=True),
    Place("美国西部", 14800, 22800, (10, 12), "122455775432", abroad=True),
    Place("澳大利亚新西兰", 17800, 26800, (10, 12), "874332223578", abroad=True),
    Place("土耳其", 7800, 12800, (9, 10), "113777556742", abroad=True),
    Place("埃及", 8800, 12800, (9, 10), "776421112477", abroad=True),
    Place("肯尼亚", 16800, 25800, (9, 10), "221122996322", abroad=True),
    Place("长江三峡邮轮", 2600, 4800, (5, 6), "012566557730", service="cruise"),
    Place("日韩邮轮", 3200, 6200, (5, 6), "002577887641", abroad=True, service="cruise"),
    Place("地中海邮轮", 13800, 22800, (10, 11), "001355664531", abroad=True, service="cruise"),
)
PLACE = {place.name: place for place in PLACES}
OUTINGS = words(
    "千岛湖 莫干山 黄山宏村 普陀山 厦门鼓浪屿 三亚 乌镇西塘 桂林阳朔 云南大理丽江 景德镇"
)
FLIGHTS = ("北京", "广州", "深圳", "成都", "重庆", "西安", "青岛", "沈阳", "东京", "新加坡")
LUXURY = words(
    "冰岛 马尔代夫 地中海邮轮 英国 肯尼亚 澳大利亚新西兰 北欧四国 意大利 欧洲五国 日本北海道 "
    "西藏 北疆"
)


# --- people and journeys -------------------------------------------------------------------------


@dataclass(eq=False)
class Customer:
    """An invented customer; `habit` says how it travels."""

    code: str
    name: str
    habit: str
    kind: str = "person"
    gender: str = ""
    phone: str = ""
    phone2: str = ""
    born: date | None = None
    lunar: str = ""
    id_number: str = ""
    city: str = ""
    adviser: str = ""
    trips: list["Trip"] = field(default_factory=list)
    coded: bool = True  # False: its row has no code
    shares_phone: bool = False
    needed: bool = False  # makes the list of SAMPLE_DAY: none of its rows is refused
    refused: bool = False  # its row cannot be taken


@dataclass(eq=False)
class Trip:
    """An invented journey of one customer; price in yuan."""

    customer: Customer
    place: str
    departs: date
    days: int
    party: int
    price: int
    service: str = "tour"
    kind: str = "group"
    status: str = "booked"
    guide: str = ""
    booked: date | None = None
    number: str = ""

    @property
    def returns(self) -> date:
        return self.departs + timedelta(self.days - 1)


HABITS = {  # habit: (how many customers, fewest and most trips)
    "one_time": (124, 1, 1),
    "twice": (62, 2, 2),
    "some": (66, 3, 6),
    "regular": (74, 6, 12),
    "vip": (34, 12, 22),
    "prospect": (26, 0, 0),
    "company": (24, 11, 27),
    "channel": (8, 28, 52),
}
LAPSES = shares("one_time=0 twice=0.5 some=0.4 regular=0.2 vip=0.09 company=0.2 channel=0.13")
"""The share of each habit that stopped coming at some point."""


def check_digit(body: str) -> str:
    """The last character of a resident ID number (GB 11643-1999, ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * pow(2, 17 - i, 11) for i, digit in enumerate(body))
    return "10X98765432"[total % 11]


def id_number(dice: Dice, born: date, gender: str) -> str:
    sequence = dice.whole(0, 499) * 2 + (gender == "male")
    body = f"{dice.weighted(ID_PLACES)}{born:%Y%m%d}{sequence:03d}"
    return body + check_digit(body)


class Numbers:
    """Phone numbers, each given out once."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self._used = set(NOBODY)

    def _new(self, prefixes: Sequence[str], digits: int) -> str:
        while True:
            number = self._dice.one(prefixes) + str(self._dice.whole(0, 10**digits - 1)).zfill(
                digits
            )
            if number not in self._used:
                self._used.add(number)
                return number

    def mobile(self) -> str:
        return self._new([prefix + "0000" for prefix in MOBILES], 4)

    def landline(self) -> str:
        return self._new(("021-6000", "0512-6800", "0571-8500"), 4)


def person_name(dice: Dice, gender: str, born: date, taken: set[str]) -> str:
    decade = 1 if born.year < 1965 else 2 if born.year < 1980 else 3 if born.year < 1995 else 4
    while True:
        name = dice.weighted(SURNAMES) + dice.one(GIVEN_NAMES[gender, decade])
        if name not in taken:
            taken.add(name)
            return name


def make_customers(dice: Dice) -> list[Customer]:
    habits = [habit for habit, (count, _, _) in HABITS.items() for _ in range(count)]
    habits = dice.some(habits, len(habits))
    numbers, taken = Numbers(dice), set[str]()
    companies, channels, rare = iter(COMPANIES), iter(CHANNELS), iter(RARE_NAMES)
    customers = []
    for i, habit in enumerate(habits, 1):
        customer = Customer(
            f"YF{i:04d}", "", habit, city=dice.weighted(CITIES), adviser=dice.one(ADVISERS)
        )
        if habit in ("company", "channel"):
            customer.kind = habit
            customer.name = next(companies if habit == "company" else channels)
            customer.phone = numbers.landline() if dice.chance(0.7) else numbers.mobile()
        else:
            customer.gender = "female" if dice.chance(0.56) else "male"
            customer.born = date(1946, 1, 1) + timedelta(
                int((dice.unit() + dice.unit()) / 2 * 21500)
            )
            customer.name = person_name(dice, customer.gender, customer.born, taken)
            if i % 47 == 0 and (named := next(rare, None)):
                customer.name, customer.gender = named
            customer.phone = numbers.mobile()
            if dice.chance(0.08):
                customer.phone2 = numbers.mobile()
        customers.append(customer)
    _pair_up(dice, customers)
    return customers


def _pair_up(dice: Dice, customers: Sequence[Customer]) -> None:
    """Couples and families that share a phone, people of one name, customers without a code."""
    free = [c for c in customers if c.kind == "person" and "·" not in c.name and " " not in c.name]
    few = dice.some([c for c in free if c.habit in ("one_time", "twice", "some", "prospect")], 26)
    for one, other in zip(few[:18:2], few[1:18:2], strict=True):
        other.phone, other.phone2, one.phone2 = one.phone, "", ""
        one.shares_phone = other.shares_phone = True
        one.gender, other.gender = "male", "female"
        if one.born and other.born:
            other.born = one.born + timedelta(other.born.day * 30)
        other.city, other.adviser = one.city, one.adviser
    for one, other in zip(few[18:24:2], few[19:24:2], strict=True):
        other.name, other.gender = one.name, one.gender
    paired = set(map(id, few))
    for customer in dice.some([c for c in free if id(c) not in paired and c.habit != "vip"], 12):
        customer.coded = False


def month_weight(place: Place, day: date) -> float:
    abroad_closed = place.abroad and day < BORDERS_OPEN
    return 0.0 if abroad_closed else float(place.months[day.month - 1]) ** 1.5


def holiday_near(dice: Dice, day: date) -> date:
    """Moves many journeys to where people travel: spring, May, the summer, National Day, snow."""
    peaks = [(1, 27), (4, 30), (7, 12), (8, 8), (10, 1), (10, 2)]
    if day.month == 10 and day.day < 12:
        return day
    for month, start in dice.some(peaks, len(peaks)):
        peak = date(day.year, month, start) + timedelta(dice.whole(-2, 9))
        if abs((peak - day).days) < 45:
            return peak
    return day


def make_trip(dice: Dice, customer: Customer, day: date, name: str = "") -> Trip:
    """One journey that suits the customer and the season."""
    habit = customer.habit
    if habit == "company" and not name:
        return _company_trip(dice, customer, day)
    if not name:
        pool = [PLACE[p] for p in LUXURY] if habit == "vip" and dice.chance(0.45) else PLACES
        budget = {"one_time": 9000, "twice": 9000, "some": 13000}.get(habit, 40000)
        weights = {p.name: month_weight(p, day) / (p.low**0.35) for p in pool if p.low < budget}
        name = dice.weighted(weights if sum(weights.values()) else {"千岛湖": 1.0})
    place = PLACE[name]
    days = dice.one(place.days)
    head = dice.whole(place.low // 100, place.high // 100) * 100 - dice.one((0, 0, 1, 20, 2))
    if habit == "channel":
        party, head = dice.whole(2, 8), int(head * 0.55)
    else:
        party = dice.weighted({1: 2.0, 2: 5.0, 3: 2.5, 4: 1.5, 5: 0.5, 6: 0.2})
    kinds = {"group": 6.0, "independent": 2.0, "custom": 1.0}
    if habit == "vip":
        kinds = {"group": 2.5, "independent": 2.0, "custom": 4.0}
    if place.service == "cruise" or habit == "channel":
        kinds = {"group": 1.0}
    kind = dice.weighted(kinds)
    if kind == "custom":
        head = int(head * 1.35)
    service = place.service
    if kind == "independent" and dice.chance(0.35):
        service = dice.weighted(
            {"flight": 3.0, "hotel": 3.0, "ticket": 1.0, "car": 1.0, "train": 1.0}
        )
        head = max(60, int(head * 0.3))
        if place.abroad and dice.chance(0.3):
            service, head = "visa", 350 + 50 * dice.whole(0, 15)
    trip = Trip(customer, name, day, days, party, head * party, service, kind)
    if kind != "independent" and dice.chance(0.7):
        trip.guide = dice.one(GUIDES)
    return trip


def _company_trip(dice: Dice, customer: Customer, day: date) -> Trip:
    if dice.chance(0.62):
        party = dice.weighted({1: 5.0, 2: 3.0, 3: 1.0, 4: 0.6})
        days, head = dice.whole(1, 4), dice.whole(9, 32) * 100
        service = dice.weighted({"flight": 6.0, "hotel": 2.0, "train": 1.0, "car": 1.0})
        place = dice.one(FLIGHTS[:8] if day < BORDERS_OPEN else FLIGHTS)
        return Trip(customer, place, day, days, party, head * party, service, "business")
    place_ = PLACE[dice.one(OUTINGS)]
    party = dice.whole(8, 36)
    head = dice.whole(place_.low // 100, place_.high // 100) * 90
    kind = "custom" if dice.chance(0.7) else "group"
    days = dice.one(place_.days)
    return Trip(customer, place_.name, day, days, party, head * party, "tour", kind)


def make_trips(dice: Dice, customers: Sequence[Customer]) -> None:
    """A life of journeys for every customer: begun at some day, ended at some day or not yet."""
    span = (SAMPLE_DAY - FIRST_DAY).days
    for customer in customers:
        _, fewest, most = HABITS[customer.habit]
        if not most:
            continue
        count = dice.whole(fewest, most)
        begin = FIRST_DAY + timedelta(int(span * dice.unit() ** 5 * 0.8))
        end = SAMPLE_DAY
        if customer.habit == "one_time":
            begin = FIRST_DAY + timedelta(int(span * dice.unit() ** 0.9))
        elif dice.chance(LAPSES[customer.habit]):
            end = begin + (end - begin) * (0.35 + 0.3 * dice.unit())
        yearly = customer.habit == "regular" and dice.chance(0.2)
        favourite = dice.one(("北疆", "三亚", "日本本州", "普陀山")) if yearly else ""
        for i in range(count):
            day = begin + (end - begin) * ((i + 0.15 + 0.7 * dice.unit()) / count) ** 1.3
            if dice.chance(0.45) and customer.kind == "person":
                day = holiday_near(dice, day)
            day = max(day, FIRST_DAY)
            customer.trips.append(make_trip(dice, customer, day))
        if favourite and count > 6:
            months = PLACE[favourite].months
            month = months.index(max(months)) + 1
            for year in range(begin.year + 1, end.year + (end > date(end.year, month, 20))):
                day = date(year, month, 8) + timedelta(dice.whole(0, 9))
                if month_weight(PLACE[favourite], day):
                    customer.trips.append(make_trip(dice, customer, day, favourite))
        if end == SAMPLE_DAY and customer.habit != "one_time" and dice.chance(0.3):
            day = SAMPLE_DAY + timedelta(dice.whole(7, (LAST_DAY - SAMPLE_DAY).days))
            customer.trips.append(make_trip(dice, customer, day))
    for customer in customers:
        customer.trips.sort(key=lambda t: (t.departs, t.place))
        customer.trips = [
            trip
            for trip, before in zip(customer.trips, [None, *customer.trips], strict=False)
            if before is None or before.returns < trip.departs or customer.kind != "person"
        ]
        for trip in customer.trips:
            if trip.departs <= SAMPLE_DAY < trip.returns:  # nobody is left on a journey by chance
                trip.departs -= timedelta(40)


WEEK = (  # what makes the list of SAMPLE_DAY: place, day, kind, how many customers
    ("云南大理丽江", date(2026, 11, 22), "group", 8),
    ("日本本州", date(2026, 11, 23), "group", 6),
    ("三亚", date(2026, 11, 21), "group", 4),
    ("日韩邮轮", date(2026, 11, 23), "group", 4),
    ("冰岛", date(2026, 11, 22), "custom", 1),
    ("潮汕", date(2026, 11, 24), "group", 3),
    ("西双版纳", date(2026, 11, 25), "custom", 2),
)
HOMECOMINGS = (
    ("日本本州", date(2026, 11, 18), "group", 3),
    ("厦门鼓浪屿", date(2026, 11, 19), "independent", 3),
    ("桂林阳朔", date(2026, 11, 17), "group", 3),
    ("马尔代夫", date(2026, 11, 19), "custom", 2),
    ("埃及", date(2026, 11, 16), "custom", 2),
    ("黄山宏村", date(2026, 11, 15), "group", 2),
)
DORMANT_DAYS = tuple(
    date(year, 11, day) for year in (2022, 2023, 2024, 2025) for day in (13, 16, 19, 22)
)


def make_week(dice: Dice, customers: Sequence[Customer]) -> list[Customer]:
    """Journeys around SAMPLE_DAY, so that each follow-up rule has work. Returns who is in it."""
    persons = [c for c in customers if c.kind == "person" and not c.shares_phone and c.coded]
    busy = [c for c in persons if c.trips and c.trips[-1].departs > date(2026, 1, 1)]
    several = [c for c in busy if c.habit in ("some", "regular", "vip", "twice")]
    vips = [c for c in several if c.habit == "vip"]
    chosen: list[Customer] = []
    quiet = (date(2026, 10, 20), date(2027, 1, 5))

    def take(place: str, kind: str, departs: date, days: int, pool: Sequence[Customer]) -> None:
        free = [c for c in pool if c not in chosen]
        customer = dice.one(free)
        chosen.append(customer)
        customer.needed = True
        customer.trips = [t for t in customer.trips if not quiet[0] < t.departs < quiet[1]]
        trip = make_trip(dice, customer, departs, place)
        heads = trip.price // trip.party
        trip.days, trip.kind, trip.service = days, kind, PLACE[place].service
        trip.price = max(heads, PLACE[place].low) * trip.party
        customer.trips.append(trip)
        customer.trips.sort(key=lambda t: (t.departs, t.place))

    for place, day, kind, count in WEEK:
        for _ in range(count):
            take(place, kind, day, PLACE[place].days[0], vips if place == "冰岛" else several)
    for place, day, kind, count in HOMECOMINGS:
        days = PLACE[place].days[0]
        for _ in range(count):
            pool = vips if place in LUXURY else several
            take(place, kind, day - timedelta(days - 1), days, pool)

    sleepers = [
        c
        for c in persons
        if c.habit in ("one_time", "twice", "some")
        and c not in chosen
        and c.trips
        and c.trips[-1].departs < date(2025, 12, 1)
    ]
    for day in DORMANT_DAYS:
        fit = [c for c in sleepers if not c.trips[:-1] or c.trips[-2].departs < day - timedelta(60)]
        customer = min(fit, key=lambda c: (abs((c.trips[-1].departs - day).days), c.code))
        sleepers.remove(customer)
        customer.needed = True
        customer.trips[-1] = make_trip(dice, customer, day)
    return chosen


def finish_trips(dice: Dice, customers: Sequence[Customer], week: Sequence[Customer]) -> None:
    """Booking days and states; some inquiries and quotes."""
    for customer in customers:
        for trip in customer.trips:
            near = customer in week and trip.departs > date(2026, 10, 20)
            ahead = dice.whole(3, 15) if trip.service != "tour" else dice.whole(8, 75)
            latest = min(trip.departs, SAMPLE_DAY) - timedelta(dice.whole(1, 12))
            trip.booked = min(trip.departs - timedelta(ahead), latest)
            if not near and trip.departs.month != 11 and dice.chance(0.06):
                trip.status = "cancelled"
    few = [
        c
        for c in customers
        if c.kind == "person" and not c.shares_phone and c.coded and not c.needed
    ]
    for status, count, first, last in (
        ("quoted", 6, date(2025, 2, 1), date(2025, 12, 1)),  # never answered: come in as lost
        ("lost", 7, date(2024, 3, 1), date(2026, 9, 1)),
        ("quoted", 6, date(2026, 12, 8), date(2027, 2, 10)),
        ("inquiry", 4, date(2026, 12, 20), date(2027, 2, 15)),
    ):
        for customer in dice.some(
            [c for c in few if c.habit in ("prospect", "some", "regular")], count
        ):
            day = first + (last - first) * dice.unit()
            trip = make_trip(dice, customer, day)
            trip.status = status
            customer.trips.append(trip)
    for customer in customers:
        customer.trips.sort(key=lambda t: (t.departs, t.place))


# --- who is who on SAMPLE_DAY --------------------------------------------------------------------


def counted(customer: Customer) -> list[Trip]:
    return [t for t in customer.trips if t.status == "booked" and t.departs <= SAMPLE_DAY]


def tiers(customers: Sequence[Customer]) -> dict[str, list[Customer]]:
    """Roughly what `segments tiers` will say: the revenue since WINDOW, cut at 50, 80 and 95 %."""
    revenue = {c.code: sum(t.price for t in counted(c) if t.departs > WINDOW) for c in customers}
    ranked = sorted((c for c in customers if revenue[c.code]), key=lambda c: -revenue[c.code])
    found, before, total = defaultdict[str, list[Customer]](list), 0, sum(revenue.values())
    for customer in ranked:
        share = before / total
        found["A" if share < 0.5 else "B" if share < 0.8 else "C" if share < 0.95 else "D"].append(
            customer
        )
        before += revenue[customer.code]
    return found


LUNAR_DAYS = words(
    "十月初六 十月十三 十月十四 十月十五 十月十六 十月十八 十月十九 十月二十 十月廿二"
)
"""From a few days before SAMPLE_DAY (十月十二 in 2026) to 30 November."""


def give_birthdays(dice: Dice, customers: Sequence[Customer]) -> None:
    """Birthdays within ten days of SAMPLE_DAY for some customers of every tier."""
    for members in tiers(customers).values():
        active = [
            c
            for c in members
            if c.kind == "person"
            and not c.shares_phone
            and counted(c)[-1].departs > date(2026, 2, 1)
        ]
        for n, customer in enumerate(dice.some(active, 7)):
            customer.needed = True
            if n < 5 and customer.born:
                customer.born = date(customer.born.year, 11, (20, 22, 25, 27, 29)[n])
            else:
                customer.lunar = "农历" + dice.one(LUNAR_DAYS)
    ordinary = [
        c for c in customers if c.kind == "person" and not c.lunar and c.born and c.born.month != 11
    ]
    months = "正二三四五六七八九十冬腊"
    days = ("初一", "初三", "初八", "初十", "十二", "十五", "十九", "二十", "廿三", "廿八")
    for customer in dice.some(ordinary, 26):
        customer.lunar = (
            dice.one(("农历", "农历", "阴历", "")) + dice.one(months) + "月" + dice.one(days)
        )
    for customer, text in zip(
        dice.some([c for c in ordinary if not c.lunar], 5),
        ("腊月三十", "农历八月十五", "闰四月初五", "农历1962年正月初一", "农历1958-8-15"),
        strict=True,
    ):
        customer.lunar = text


# --- sheets --------------------------------------------------------------------------------------


TWICE = "row typed twice, the same"
CARRIED = "order that is in the old sheet too"


@dataclass(eq=False)
class Row:
    """One line of a sheet; `why` is set where an import should reject it."""

    cells: dict[str, Cell]
    customer: Customer | None = None
    trip: Trip | None = None
    day: date | None = None
    dirt: list[str] = field(default_factory=list)
    why: str = ""


@dataclass
class Sheet:
    """A file to be: its rows and what was done to them."""

    name: str
    header: tuple[str, ...]
    rows: list[Row]
    first_line: int = 2

    def soil(
        self,
        dice: Dice,
        count: int,
        what: str,
        change: Callable[[Row], object],
        where: Callable[[Row], bool] = lambda row: True,
        *,
        rejected: bool = False,
    ) -> list[Row]:
        """Applies one kind of dirt to `count` rows that fit; a row is spoilt once at most."""
        fit = [r for r in self.rows if not r.why and where(r)]
        if rejected:
            fit = [r for r in fit if not r.dirt and not (r.customer and r.customer.needed)]
        chosen = dice.some(fit, count)
        if len(chosen) < count:
            raise ValueError(f"{self.name}: only {len(chosen)} rows for {what}")
        for row in chosen:
            change(row)
            row.dirt.append(what)
            if rejected:
                row.why = what
                if row.customer and self.name == CUSTOMERS:
                    row.customer.refused = True
        return chosen

    def cell(
        self,
        dice: Dice,
        count: int,
        what: str,
        column: str,
        to: Callable[[str], Cell],
        where: Callable[[Row], bool] = lambda row: True,
        *,
        rejected: bool = False,
    ) -> None:
        """Applies one kind of dirt to a filled cell of `count` rows."""

        def change(row: Row) -> None:
            row.cells[column] = to(str(row.cells[column]))

        def filled(row: Row) -> bool:
            return bool(row.cells.get(column)) and isinstance(row.cells[column], str) and where(row)

        self.soil(dice, count, f"{column}: {what}", change, filled, rejected=rejected)

    def wrong(
        self,
        dice: Dice,
        what: str,
        column: str,
        *cells: str,
        where: Callable[[Row], bool] = lambda row: True,
    ) -> None:
        """Puts each of `cells`, which an import should reject, into a row of its own."""
        for cell in cells:
            self.cell(dice, 1, what, column, always(cell), where, rejected=True)


def type_again(rows: list[Row], row: Row) -> None:
    """The same row once more, right after itself."""
    again = Row(dict(row.cells), row.customer, row.trip, row.day, [TWICE])
    rows.insert(rows.index(row) + 1, again)


def always(cell: str) -> Callable[[str], Cell]:
    return lambda _: cell


WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def grouped(number: str) -> str:
    return f"{number[:3]} {number[3:7]} {number[7:]}"


def dashed(number: str) -> str:
    return f"{number[:3]}-{number[3:7]}-{number[7:]}"


CUSTOMER_HEADER = words(
    "客户编号 姓名 客户类型 性别 手机 微信 身份证号 生日 城市 职业 来源 负责人 标签 营销许可 "
    "备注 座右铭"
)
KIND_WORDS = {"person": "个人", "company": "公司", "channel": "同行"}


def customer_row(dice: Dice, customer: Customer) -> Row:
    person = customer.kind == "person"
    cells: dict[str, Cell] = {
        "客户编号": customer.code if customer.coded else "",
        "姓名": customer.name,
        "客户类型": KIND_WORDS[customer.kind] if not person or dice.chance(0.8) else "",
        "性别": {"male": "男", "female": "女", "": ""}[customer.gender]
        if dice.chance(0.93)
        else "",
        "手机": customer.phone,
        "城市": customer.city if dice.chance(0.9) else "",
        "来源": dice.weighted(SOURCES),
        "负责人": customer.adviser if dice.chance(0.93) else "",
        "营销许可": dice.weighted({"是": 55.0, "同意": 4.0, "否": 6.0, "不同意": 1.0, "": 34.0}),
    }
    if customer.phone2:
        cells["手机"] = customer.phone + dice.one("/、;") + customer.phone2
    tags = dice.some(PERSON_TAGS if person else COMPANY_TAGS, dice.weighted({0: 5, 1: 3, 2: 1.5}))
    if len(customer.trips) > 6 and person:
        tags.insert(0, "老客户")
    cells["标签"] = dice.one("、,，;").join(tags)
    if dice.chance(0.16):
        cells["备注"] = dice.one(CUSTOMER_NOTES)
    if person:
        cells["职业"] = dice.one(JOBS) if dice.chance(0.6) else ""
        cells["座右铭"] = dice.one(MOTTOES) if dice.chance(0.12) else ""
        if (surname := PINYIN.get(customer.name[0])) and dice.chance(0.7):
            cells["微信"] = (
                f"{surname}_{dice.one(('yf', 'ly', 'xx', 'aa', 'tt'))}{customer.code[2:]}"
            )
        if customer.born and dice.chance(0.42):
            customer.id_number = cells["身份证号"] = id_number(dice, customer.born, customer.gender)
        cells["生日"] = _birthday_cell(dice, customer)
    return Row(cells, customer)


def _birthday_cell(dice: Dice, customer: Customer) -> Cell:
    born = customer.born
    if customer.lunar or born is None:
        return customer.lunar
    if not customer.id_number and (born.month, born.day) > (11, 14) and born.month == 11:
        return born.isoformat()
    forms: dict[Cell, float] = {
        "": 42.0,
        born.isoformat(): 18.0,
        f"{born.year}年{born.month}月{born.day}日": 14.0,
        f"{born.year}/{born.month}/{born.day}": 8.0,
        f"{born.month}月{born.day}日": 5.0,
        f"{born:%m-%d}": 1.0,
        born: 12.0,
    }
    return dice.weighted(forms)


def customer_sheet(dice: Dice, customers: Sequence[Customer]) -> Sheet:
    rows = [customer_row(dice, c) for c in customers]
    sheet = Sheet(CUSTOMERS, CUSTOMER_HEADER, rows, first_line=3)

    def has(column: str) -> Callable[[Row], bool]:
        return lambda row: bool(row.cells.get(column))

    def mobile(row: Row) -> bool:
        return str(row.cells["手机"]).isdigit() and len(str(row.cells["手机"])) == 11

    def little(row: Row) -> bool:
        who = row.customer
        return (
            who is not None
            and len(who.trips) <= 1
            and not who.shares_phone
            and who.coded
            and mobile(row)
        )

    for row in rows:
        who = row.customer
        if who and who.shares_phone:
            row.dirt.append("手机: shared by a couple or family")
        if who and not who.coded:
            row.dirt.append("客户编号: blank, known by phone")
        if who and who.phone2:
            row.dirt.append("手机: two numbers in the cell")
        if who and who.lunar:
            row.dirt.append("生日: lunar")
        if isinstance(row.cells.get("生日"), date):
            row.dirt.append("生日: a real Excel date")
        elif "年" in str(row.cells.get("生日", "")) and not (who and who.lunar):
            row.dirt.append("生日: 1985年3月5日")
    same = Counter(c.name for c in customers)
    for row in rows:
        if row.customer and same[row.customer.name] > 1:
            row.dirt.append("姓名: another customer has the same name")

    # What no import should take: on customers who hardly travel.
    sheet.wrong(dice, "damaged by Excel", "手机", "1.38E+10", "1.39E+10", where=little)
    sheet.wrong(dice, "masked", "手机", "138****5678", where=little)
    sheet.wrong(dice, "no such number", "手机", "68001234", "139000012345", where=little)
    sheet.wrong(dice, "three numbers", "手机", "13900009990/13800009991/13700009992", where=little)
    sheet.wrong(dice, "damaged by Excel", "身份证号", "320000197803050000", where=little)
    sheet.wrong(dice, "masked", "身份证号", "320000********1234", where=little)
    sheet.cell(
        dice,
        2,
        "wrong check digit",
        "身份证号",
        lambda c: c[:17] + ("1" if c[17] != "1" else "2"),
        little,
        rejected=True,
    )
    sheet.wrong(dice, "lies ahead", "生日", "2078年2月28日", "2066-06-30", where=little)
    sheet.wrong(dice, "ahead, too", "生日", "2031-1-1", where=little)

    # What every import should take.
    def numeric(row: Row) -> None:
        row.cells["手机"] = int(str(row.cells["手机"]))

    sheet.soil(dice, 90, "手机: a number cell", numeric, mobile)
    for count, what, form in (
        (18, "blanks inside", grouped),
        (14, "dashes inside", dashed),
        (8, "full-width digits", lambda c: c.translate(WIDE)),
        (8, "86- in front", lambda c: "86-" + c),
        (6, "+86 in front", lambda c: "+86 " + c),
        (3, "0086 in front", lambda c: "0086" + c),
        (6, "blanks around", lambda c: f" {c}\u3000"),
    ):
        sheet.cell(
            dice, count, what, "手机", form, lambda r: mobile(r) and "手机: blanks" not in r.dirt
        )

    def landline(row: Row) -> bool:
        return (
            "-" in str(row.cells["手机"])
            and row.customer is not None
            and row.customer.kind != "person"
        )

    sheet.soil(
        dice,
        2,
        "手机: a landline that lost its zero (number cell)",
        lambda r: r.cells.update({"手机": int(str(r.cells["手机"]).lstrip("0").replace("-", ""))}),
        landline,
    )
    sheet.cell(dice, 3, "a landline with an extension", "手机", lambda c: c + "转801", landline)
    sheet.cell(
        dice,
        3,
        "a landline in brackets",
        "手机",
        lambda c: "（{}）{}".format(*c.split("-")),
        lambda r: landline(r) and "转" not in str(r.cells["手机"]),
    )
    sheet.cell(dice, 9, "blanks around", "姓名", lambda c: f"  {c}\u3000")
    sheet.cell(
        dice,
        10,
        "blank inside a name of two characters",
        "姓名",
        lambda c: f"{c[0]}  {c[1]}",
        lambda r: len(str(r.cells["姓名"])) == 2,
    )
    sheet.cell(
        dice,
        4,
        "small x at the end",
        "身份证号",
        str.lower,
        lambda r: str(r.cells["身份证号"]).endswith("X"),
    )
    sheet.cell(dice, 3, "full-width digits", "身份证号", lambda c: c.translate(WIDE))
    sheet.cell(
        dice,
        3,
        "blanks inside",
        "身份证号",
        lambda c: f"{c[:6]} {c[6:14]} {c[14:]}",
        lambda r: str(r.cells["身份证号"]).isascii(),
    )
    sheet.cell(
        dice, 5, "another word for the same", "性别", lambda c: {"男": "先生", "女": "女士"}[c]
    )

    # Rows typed twice: the whole row, or the phone again beside a name with other blanks.
    twice = dice.some((r for r in rows if little(r) and not r.why), 14)
    for n, row in enumerate(twice):
        if n < 6:
            again = Row(dict(row.cells), row.customer, dirt=[TWICE])
        else:
            name = row.customer.name if row.customer else ""
            phone = row.customer.phone if row.customer else ""
            spelled = f"{name[0]}\u3000{name[1]} " if len(name) == 2 else f" {name} "
            cells: dict[str, Cell] = {
                "姓名": spelled,
                "手机": grouped(phone),
                "标签": "摄影",
                "备注": "重复登记？",
            }
            again = Row(
                cells, row.customer, dirt=["row typed twice: phone and name with other blanks"]
            )
            if row.cells.get("备注"):  # another note than the first row's
                again.why = again.dirt[0]
        rows.insert(dice.whole(rows.index(row) + 1, len(rows)), again)
    total = Row(
        {"客户编号": "合计", "备注": f"{len(customers)}人"}, dirt=["a line of totals, no name"]
    )
    total.why = total.dirt[0]
    rows.append(total)
    return sheet


OLD_HEADER = words("订单号 客户 目的地 出发日期 天数 人数 团费 状态 类型 服务 导游 顾问 备注")
NEW_HEADER = words(
    "order_no customer destination departs_on returns_on party_size price status service kind "
    "adviser booked_on"
)
OLD_SERVICE = {
    "cruise": "邮轮",
    "flight": "机票",
    "train": "火车票",
    "hotel": "酒店",
    "visa": "签证",
    "ticket": "门票",
    "car": "用车",
}
TOUR_WORDS = {"group": "跟团游", "independent": "自由行", "custom": "定制游", "business": "旅游"}
OLD_KIND = {"group": "跟团", "independent": "自由行", "custom": "定制", "business": "商务"}


def known_by(dice: Dice, row: Row, *, code_share: float) -> str:
    """How a sheet of orders names its customer; notes the dirt and what cannot be known."""
    who = row.customer
    if who is None:
        raise ValueError("an order has a customer")
    if who.refused:
        row.why = "customer: its own row was rejected"
        row.dirt.append(row.why)
    if who.shares_phone and who.id_number and not dice.chance(code_share):
        row.dirt.append("customer: known by ID number")
        return who.id_number
    if who.shares_phone and not dice.chance(code_share) and dice.chance(0.6) and not row.why:
        row.why = "customer: a phone that two share"
        row.dirt.append(row.why)
        return who.phone
    if who.coded and (who.shares_phone or dice.chance(code_share)):
        return who.code
    forms: dict[Callable[[str], str], tuple[float, str]] = {
        str: (90.0, ""),
        grouped: (4.0, "customer: phone with blanks"),
        dashed: (3.0, "customer: phone with dashes"),
        lambda c: "86" + c: (2.0, "customer: phone with 86 in front"),
        lambda c: c.translate(WIDE): (1.0, "customer: phone in full-width digits"),
    }
    if not who.phone.isdigit():
        return who.phone
    form = dice.weighted({form: weight for form, (weight, _) in forms.items()})
    if forms[form][1]:
        row.dirt.append(forms[form][1])
    return form(who.phone)


def old_price(dice: Dice, row: Row, price: int) -> str:
    forms = {
        "plain": 50.0,
        "¥": 14.0,
        "￥": 5.0,
        "元": 12.0,
        "comma": 6.0,
        "wide": 2.0,
        "RMB": 1.5,
        "blank": 2.0,
    }
    if price >= 10_000:
        forms["万"] = 14.0
    form = dice.weighted(forms)
    if form == "plain":
        return str(price)
    row.dirt.append(f"团费: form {form}")
    return {
        "¥": f"¥{price:,}.00",
        "￥": f"￥{price}",
        "元": f"{price}元",
        "comma": f"{price:,}",
        "wide": str(price).translate(WIDE),
        "RMB": f"RMB {price}",
        "blank": "",
        "万": f"{price / 10_000:.4f}".rstrip("0").rstrip(".") + "万",
    }[form]


def old_day(dice: Dice, row: Row, day: date) -> str:
    forms = {
        f"{day.year}/{day.month}/{day.day}": (40.0, ""),
        f"{day.year}年{day.month}月{day.day}日": (28.0, "出发日期: 2022年3月5日"),
        day.isoformat(): (20.0, ""),
        f"{day.year}.{day.month}.{day.day}": (7.0, "出发日期: 2022.3.5"),
        f"{day:%Y%m%d}": (4.0, "出发日期: 20220305"),
        f"{day.year}年{day.month}月{day.day}号".translate(WIDE): (1.0, "出发日期: full-width, 号"),
    }
    text = dice.weighted({text: weight for text, (weight, _) in forms.items()})
    if forms[text][1]:
        row.dirt.append(forms[text][1])
    return text


def old_orders(dice: Dice, trips: Sequence[Trip]) -> Sheet:
    rows = []
    for n, trip in enumerate(trips, 1):
        trip.number = f"{n:06d}"
        row = Row({}, trip.customer, trip, trip.departs)
        done = "已完成" if dice.chance(0.55) else "已成交"
        service = TOUR_WORDS[trip.kind] if trip.service == "tour" else OLD_SERVICE[trip.service]
        row.cells = {
            "订单号": trip.number,
            "客户": known_by(dice, row, code_share=0.04),
            "目的地": trip.place,
            "出发日期": old_day(dice, row, trip.departs),
            "天数": str(trip.days),
            "人数": f"{trip.party}人" if dice.chance(0.2) else str(trip.party),
            "团费": old_price(dice, row, trip.price),
            "状态": done if trip.status == "booked" else "已取消",
            "类型": "" if trip.kind == "group" and dice.chance(0.3) else OLD_KIND[trip.kind],
            "服务": service,
            "导游": trip.guide,
            "顾问": trip.customer.adviser if dice.chance(0.9) else dice.one(ADVISERS),
            "备注": dice.one(TRIP_NOTES) if dice.chance(0.15) else "",
        }
        rows.append(row)
    sheet = Sheet(OLD_ORDERS, OLD_HEADER, rows)

    sheet.wrong(
        dice,
        "unknown",
        "客户",
        "13900000000",
        "13800000001",
        "YF9001",
        "13700000002",
        "15000000003",
    )
    sheet.wrong(dice, "damaged by Excel", "客户", "1.39E+10", "1.38E+10")
    sheet.wrong(dice, "masked", "客户", "139****0021")
    sheet.wrong(
        dice, "no such day", "出发日期", "2022年2月30日", "2023/2/29", "2023.6.31", "2022-13-05"
    )
    sheet.wrong(dice, "no year, or two digits of it", "出发日期", "22/3/5", "3月5日", "23.10.1")
    sheet.wrong(dice, "not a date", "出发日期", "国庆前", "待定")
    sheet.wrong(dice, "not an amount", "团费", "面议", "12,80.00", "1280O", "3800或4400")
    sheet.wrong(dice, "another currency", "团费", "$1,280", "USD 960")
    sheet.wrong(dice, "negative", "团费", "-2600")
    sheet.wrong(dice, "not a count", "人数", "若干", "0", "一家三口")
    sheet.wrong(dice, "over a year", "天数", "500")
    sheet.wrong(dice, "unknown word", "状态", "搁置", "挂起")

    sheet.cell(dice, 24, "blank", "订单号", lambda _: "", lambda r: r.cells["状态"] != "已取消")
    sheet.cell(dice, 20, "blanks around", "目的地", lambda c: f" {c}\u3000")
    sheet.cell(dice, 8, "full-width digits", "人数", lambda c: c.translate(WIDE))
    sheet.cell(dice, 30, "blank", "状态", lambda _: "", lambda r: r.cells["状态"] == "已完成")
    for row in dice.some((r for r in rows if not r.why and r.cells["订单号"]), 6):
        type_again(rows, row)
    fit = [r for r in rows if not r.why and r.cells["状态"] == "已成交" and r.cells["订单号"]]
    for row in dice.some(
        [r for r in fit if TWICE not in r.dirt and not (r.customer and r.customer.needed)], 4
    ):
        if row.trip:
            row.trip.status = "cancelled"
        again = Row(
            {**row.cells, "状态": "已取消", "备注": "客人退团"}, row.customer, row.trip, row.day
        )
        again.dirt.append("order again, now cancelled")
        again.why = again.dirt[0]  # which of the two holds is not ours to guess
        rows.insert(dice.whole(rows.index(row) + 1, min(len(rows), rows.index(row) + 40)), again)
    return sheet


def new_price(dice: Dice, row: Row, price: int) -> str:
    forms = {"plain": 60.0, "cents": 22.0, "comma": 8.0, "CNY": 3.0, "¥": 5.0, "blank": 2.0}
    form = dice.weighted(forms)
    if form not in ("plain", "cents"):
        row.dirt.append(f"price: form {form}")
    return {
        "plain": str(price),
        "cents": f"{price}.00",
        "comma": f"{price:,}.00",
        "CNY": f"CNY {price}",
        "¥": f"¥{price:,}",
        "blank": "",
    }[form]


def new_orders(dice: Dice, trips: Sequence[Trip], carried: Sequence[Trip]) -> Sheet:
    """The orders since 2024; `carried` are old ones that somebody typed into the new system too."""
    rows, counts = [], Counter[int]()
    for trip in trips:
        old = trip in carried
        if not old:
            counts[trip.departs.year] += 1
            trip.number = f"YF{trip.departs:%y}-{counts[trip.departs.year]:04d}"
        row = Row({}, trip.customer, trip, trip.departs)
        if old:
            row.dirt.append(CARRIED)
        finished = trip.returns < SAMPLE_DAY and dice.chance(0.75)
        booked = ""
        if trip.booked and trip.status in ("booked", "cancelled"):
            booked = trip.booked.isoformat()
            if trip.departs.year == 2024 and trip.customer.adviser == "阿芳":
                booked = f"{trip.booked:%d/%m/%Y}"
                row.dirt.append("booked_on: day/month/year")
        returns = trip.returns.isoformat()
        if trip.service in ("flight", "train", "ticket", "visa") and dice.chance(0.4):
            returns = ""
            row.dirt.append("returns_on: blank")
        row.cells = {
            "order_no": trip.number,
            "customer": known_by(dice, row, code_share=0.9),
            "destination": trip.place,
            "departs_on": trip.departs.isoformat(),
            "returns_on": returns,
            "party_size": str(trip.party),
            "price": new_price(dice, row, trip.price),
            "status": "completed" if trip.status == "booked" and finished else trip.status,
            "service": trip.service,
            "kind": trip.kind,
            "adviser": trip.customer.adviser,
            "booked_on": booked,
        }
        rows.append(row)
    sheet = Sheet(NEW_ORDERS, NEW_HEADER, rows)

    def past(row: Row) -> bool:
        trip = row.trip
        return (
            trip is not None
            and trip.status == "booked"
            and date(2024, 2, 1) < trip.departs < date(2026, 9, 1)
        )

    def back_to_front(row: Row) -> None:
        row.cells["departs_on"], row.cells["returns_on"] = (
            row.cells["returns_on"],
            row.cells["departs_on"],
        )

    sheet.wrong(
        dice,
        "unknown",
        "customer",
        "YF0999",
        "YF8888",
        "13600000004",
        "yuanfang",
        "YF01234",
        where=past,
    )
    sheet.wrong(dice, "damaged by Excel", "customer", "1.59E+10", where=past)
    sheet.soil(
        dice,
        5,
        "returns_on: before the departure",
        back_to_front,
        lambda r: (
            past(r) and bool(r.cells["returns_on"]) and r.trip is not None and r.trip.days > 2
        ),
        rejected=True,
    )
    sheet.cell(
        dice,
        2,
        "over a year later",
        "returns_on",
        lambda c: f"{int(c[:4]) + 2}{c[4:8]}11",
        past,
        rejected=True,
    )
    sheet.wrong(
        dice, "no such day", "departs_on", "2024-02-30", "2025-02-29", "2025-11-31", where=past
    )
    sheet.wrong(dice, "no such day", "booked_on", "31/09/2024", where=past)
    sheet.wrong(dice, "two digits of the year", "departs_on", "24-05-01", where=past)
    sheet.wrong(dice, "another currency", "price", "$2,400", "€1,150.00", "3,000 HKD", where=past)
    sheet.wrong(dice, "not an amount", "price", "ask", "1.2e4", "12,80", "9800.555", where=past)
    sheet.wrong(dice, "not a count", "party_size", "2.5", "-1", "2A1C", where=past)
    sheet.wrong(dice, "unknown word", "status", "on hold", "pending?", where=past)
    sheet.wrong(dice, "unknown word", "service", "helicopter", where=past)
    sheet.wrong(dice, "unknown word", "kind", "charter", where=past)

    sheet.cell(dice, 14, "capitals", "status", str.upper, past)
    sheet.cell(dice, 10, "with a time", "departs_on", lambda c: c + " 00:00:00", past)
    sheet.cell(
        dice,
        12,
        "2024/3/5",
        "departs_on",
        lambda c: c.replace("-", "/"),
        lambda r: past(r) and len(str(r.cells["departs_on"])) == 10,
    )
    sheet.cell(dice, 10, "blanks around", "customer", lambda c: f" {c} ", past)
    sheet.cell(
        dice,
        12,
        "blank",
        "order_no",
        lambda _: "",
        lambda r: past(r) and CARRIED not in r.dirt,
    )
    sheet.cell(
        dice,
        14,
        "blank",
        "service",
        lambda _: "",
        lambda r: past(r) and r.cells["service"] == "tour",
    )
    sheet.cell(
        dice, 14, "blank", "kind", lambda _: "", lambda r: past(r) and r.cells["kind"] == "group"
    )
    for row in dice.some((r for r in rows if not r.why and past(r) and r.cells["order_no"]), 5):
        type_again(rows, row)
    return sheet


CONTACT_HEADER = ("客户", "时间", "方式", "方向", "事由", "内容", "员工")
CONTACTS_ABOUT = {
    "咨询": words(
        "问{place}几月去合适|问{place}还有没有位置|想带父母去{place}，问行程|问签证要多久|"
        "要{place}的报价",
        "|",
    ),
    "回访": words(
        "{place}回来很满意，说导游好|{place}住得一般，吃得不错|说下次想去{next}|"
        "{place}行程太赶，下次要慢一点|平安到家，谢谢",
        "|",
    ),
    "问候": words(
        "发了节日问候|生日祝福，客人很高兴|问了身体好不好|寄了贺卡",
        "|",
    ),
    "满意度": words(
        "打 9 分，愿意推荐|打 7 分，嫌购物点多|打 10 分|满意，车子旧了点",
        "|",
    ),
    "投诉": words(
        "{place}的大巴空调坏了|酒店和合同上的不一样|导游迟到半小时",
        "|",
    ),
    "促销": words(
        "发了{next}早鸟价|{next}特价，考虑一下|群发了暑期海报",
        "|",
    ),
    "其他": words(
        "来拿发票|送护照来|改了联系电话|补签合同",
        "|",
    ),
}
CONTACT_REASONS = shares("咨询=25 回访=32 问候=12 满意度=8 投诉=2 促销=12 其他=9")
CONTACT_WAYS = shares("电话=42 微信=34 到店=12 短信=6 邮件=3 上门拜访=3")


def contact_sheet(dice: Dice, customers: Sequence[Customer], week: Sequence[Customer]) -> Sheet:
    rows = []
    travellers = [c for c in customers if counted(c) and not c.refused]
    quiet = {id(c) for c in week} | {
        id(c) for c in travellers if counted(c)[-1].departs.month == 11
    }

    def contact(
        customer: Customer, day: date, about: str, way: str, text: str, *, inward: bool
    ) -> None:
        clock = f"{dice.whole(9, 18):02}:{dice.one((0, 5, 12, 20, 30, 41, 55)):02}"
        row = Row({}, customer, day=day)
        forms = {
            f"{day} {clock}": (60.0, ""),
            f"{day.year}/{day.month}/{day.day} {clock}": (20.0, ""),
            f"{day.year}年{day.month}月{day.day}日 {clock}": (12.0, "时间: 2026年3月5日 14:30"),
            f"{day}": (8.0, "时间: no time of day"),
        }
        when = dice.weighted({form: weight for form, (weight, _) in forms.items()})
        if forms[when][1]:
            row.dirt.append(forms[when][1])
        row.cells = {
            "客户": known_by(dice, row, code_share=0.8),
            "时间": when,
            "方式": way,
            "方向": ("呼入" if inward else "呼出") if dice.chance(0.93) else "",
            "事由": about,
            "内容": text,
            "员工": customer.adviser if dice.chance(0.92) else dice.one(ADVISERS),
        }
        rows.append(row)

    for _ in range(290):
        customer = dice.one(travellers)
        trip = dice.one(counted(customer))
        about = dice.weighted(CONTACT_REASONS)
        offset = dice.whole(1, 12) if about in ("回访", "满意度", "投诉") else dice.whole(-50, 160)
        last = SAMPLE_DAY - timedelta(10 if id(customer) in quiet else 1)
        day = min(max(trip.returns + timedelta(offset), FIRST_DAY), last)
        if day == last:
            day -= timedelta(dice.whole(0, 200))
        text = dice.one(CONTACTS_ABOUT[about]).format(place=trip.place, next=dice.one(PLACES).name)
        way = dice.weighted(CONTACT_WAYS)
        if about == "促销" and way in ("到店", "上门拜访"):
            way = "微信"
        contact(customer, day, about, way, text, inward=about in ("咨询", "投诉", "其他"))
    # Two who came home were called already; one who would hear of last year's journey was just in.
    home = [
        c
        for c in week
        if any(t.returns in (date(2026, 11, 17), date(2026, 11, 18)) for t in c.trips)
    ]
    for customer in home[:2]:
        contact(customer, date(2026, 11, 19), "回访", "电话", "一路顺利，照片很多", inward=False)
    sleeping = [
        c for c in travellers if c.kind == "person" and counted(c)[-1].departs in DORMANT_DAYS
    ]
    contact(sleeping[0], date(2026, 11, 18), "咨询", "电话", "问过年去哪里好", inward=True)
    rows.sort(key=lambda r: (r.day or FIRST_DAY, str(r.cells["客户"])))

    sheet = Sheet(CONTACTS, CONTACT_HEADER, rows)

    def old(row: Row) -> bool:
        return row.day is not None and row.day < date(2026, 10, 1)

    sheet.wrong(dice, "unknown", "客户", "YF0777", "13500000005", where=old)
    sheet.wrong(
        dice,
        "no such moment",
        "时间",
        "2025-02-30 10:00",
        "昨天下午",
        "2024-05-06 25:10",
        where=old,
    )
    sheet.wrong(dice, "unknown word", "方式", "飞鸽传书", where=old)
    sheet.wrong(dice, "unknown word", "方向", "上下", where=old)
    sheet.cell(dice, 6, "blanks around", "方式", lambda c: f" {c}", old)
    sheet.cell(dice, 4, "two lines in a cell", "内容", lambda c: c + "\n下周再联系")
    for row in dice.some((r for r in rows if not r.why and old(r)), 3):
        type_again(rows, row)
    return sheet


def make_sheets() -> list[Sheet]:
    """The four sheets, in the order in which they are imported."""
    dice = Dice(SEED)
    customers = make_customers(dice)
    make_trips(dice, customers)
    week = make_week(dice, customers)
    finish_trips(dice, customers, week)
    give_birthdays(dice, customers)
    people = customer_sheet(dice, customers)
    trips = sorted(
        (t for c in customers for t in c.trips), key=lambda t: (t.departs, t.place, t.customer.code)
    )
    old = [t for t in trips if t.departs < SPLIT]
    older = old_orders(dice, old)
    clean = [
        r.trip
        for r in older.rows
        if r.trip
        and not r.why
        and not r.trip.customer.refused
        and r.cells["订单号"]
        and r.trip.departs > date(2023, 12, 10)
        and r.trip.status == "booked"
    ]
    carried = sorted(dice.some(clean, 5), key=lambda t: t.number)
    newer = new_orders(dice, [*carried, *(t for t in trips if t.departs >= SPLIT)], carried)
    return [people, older, newer, contact_sheet(dice, customers, week)]


# --- files ---------------------------------------------------------------------------------------


def csv_bytes(sheet: Sheet, encoding: str) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)  # ends lines as Excel does
    writer.writerow(sheet.header)
    writer.writerows(
        [str(row.cells.get(column, "")) for column in sheet.header] for row in sheet.rows
    )
    return text.getvalue().encode(encoding)


def xlsx_bytes(sheet: Sheet) -> bytes:
    import xlsxwriter

    data = io.BytesIO()
    book = xlsxwriter.Workbook(
        data, {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    )
    made = datetime.combine(SAMPLE_DAY, time(9), UTC)
    book.set_properties({"title": "客户名单", "author": AGENCY, "created": made})
    page = book.add_worksheet("客户")
    title = book.add_format({"bold": True, "font_size": 16, "align": "center"})
    bold = book.add_format({"bold": True, "bg_color": "#DDEBF7"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    page.merge_range(0, 0, 0, len(sheet.header) - 1, f"{AGENCY}客户名单", title)
    page.write_row(1, 0, sheet.header, bold)
    for line, row in enumerate(sheet.rows, sheet.first_line - 1):
        for column, name in enumerate(sheet.header):
            cell = row.cells.get(name, "")
            if isinstance(cell, date):
                page.write_datetime(line, column, cell, day)
            elif isinstance(cell, int):
                page.write_number(line, column, cell)
            elif cell:
                page.write_string(line, column, cell)
    page.set_column(0, len(sheet.header) - 1, 14)
    page.freeze_panes(2, 2)
    notes = book.add_worksheet("说明")
    notes.write_column(0, 0, ["本表由各顾问自己登记", "改电话请同时告诉阿芳"])
    book.close()
    return data.getvalue()


def line_numbers(sheet: Sheet) -> list[int]:
    """The line (row of a workbook) on which each row starts."""
    lines, line = [], sheet.first_line
    for row in sheet.rows:
        lines.append(line)
        inside = "".join(str(row.cells.get(column, "")) for column in sheet.header).count("\n")
        line += 1 + (0 if sheet.name == CUSTOMERS else inside)
    return lines


def make_files() -> dict[str, bytes]:
    """File name -> its bytes."""
    people, older, newer, contacts = make_sheets()
    return {
        people.name: xlsx_bytes(people),
        older.name: csv_bytes(older, "gb18030"),
        newer.name: csv_bytes(newer, "utf-8-sig"),
        contacts.name: csv_bytes(contacts, "utf-8-sig"),
    }


def expected_rejects() -> dict[str, dict[int, str]]:
    """File name -> line -> why an import should reject it."""
    return {
        sheet.name: {
            line: row.why
            for line, row in zip(line_numbers(sheet), sheet.rows, strict=True)
            if row.why
        }
        for sheet in make_sheets()
    }


def ledger() -> str:
    """The dirt in words: how many rows of each kind, taken or rejected."""
    out = []
    for sheet in make_sheets():
        rejected = sum(bool(row.why) for row in sheet.rows)
        out.append(f"{sheet.name}: {len(sheet.rows)} rows, {rejected} to be rejected")
        kinds = Counter((what, row.why == what) for row in sheet.rows for what in row.dirt)
        for (what, bad), count in sorted(kinds.items(), key=lambda kind: (kind[0][1], kind[0][0])):
            out.append(f"  {'rejected' if bad else 'taken':8} {count:5}  {what}")
    return "\n".join(out)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    for name, data in make_files().items():
        (folder / name).write_bytes(data)
    print(ledger())


if __name__ == "__main__":
    main()
