"""The opinion form of a trip: plain text in the customer's language, to be pasted into a chat.

Short enough to be answered while standing: recommend (0 to 10), overall (1 to 5), the aspects that
make sense for what was sold, one open question, and an example of an answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tourcrm.base import vocabulary
from tourcrm.base.display import sayable
from tourcrm.base.speech import day_text
from tourcrm.base.template import Template

# What can be rated: service -> aspects; a tour's by its kind.
ASKED: Mapping[str, tuple[str, ...]] = {
    "group": ("guide", "hotel", "meals", "transport", "itinerary", "price"),
    "custom": ("guide", "hotel", "meals", "transport", "itinerary", "price"),
    "independent": ("hotel", "transport", "itinerary", "price"),
    "business": ("hotel", "transport", "itinerary", "price"),
    "cruise": ("hotel", "meals", "itinerary", "price"),
    "flight": ("transport", "price"),
    "train": ("transport", "price"),
    "hotel": ("hotel", "meals", "price"),
    "car": ("transport", "price"),
}
_OTHERWISE = ("price",)  # visa, insurance, tickets


# What is no journey: bought as a thing.
_THINGS = ("flight", "train", "hotel", "visa", "ticket", "car", "insurance")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language; templates as template.py reads them, a line each."""

    greeting: str
    thanks: str  # for a journey
    thanks_thing: str  # for a thing, such as a visa
    thanks_plain: str
    intro: str
    recommend: str
    overall: str
    rate: str
    rate_one: str  # where there is one aspect
    open: str
    example: str
    days: str
    aspects: Mapping[str, str]
    of_service: Mapping[tuple[str, str], str]  # (service, or a tour's kind; aspect): its name there
    everybody: str  # how a whole group is addressed
    between: str


WORDS: Mapping[str, Words] = {
    "zh": Words(
        greeting="{name}您好[，我是{owner}]！",
        thanks="感谢您选择我们[前往{destination}|出行][（{days}）]。",
        thanks_thing="感谢您选择我们的[{destination}]{service}服务[（{days}）]。",
        thanks_plain="感谢您选择我们[（{days}）]。",
        intro="想占用您一分钟，听听真实感受，每一条我们都会认真看：",
        recommend="1. 您有多愿意把我们推荐给亲友？（0到10分，10分最愿意）",
        overall="2. 这次总体满意吗？（1到5分，5分最满意）",
        rate="3. 请给这几项打分，没体验到的不用填（1到5分）：{aspects}",
        rate_one="3. {aspects}怎么样？（1到5分）",
        open="4. 哪里最满意？哪里我们该做得更好？",
        example="直接回复就行，例如：1、9分；2、5分；3、{points}；4、……",
        days="{first}[至{last}]",
        aspects={
            "guide": "导游",
            "hotel": "住宿",
            "meals": "用餐",
            "transport": "交通",
            "itinerary": "行程安排",
            "price": "性价比",
        },
        of_service={
            ("custom", "guide"): "导游和司机",
            ("cruise", "hotel"): "舱房",
            ("cruise", "itinerary"): "航线和岸上游",
            ("flight", "transport"): "航班",
            ("train", "transport"): "车次和座位",
            ("hotel", "meals"): "早餐",
            ("car", "transport"): "车辆和司机",
        },
        everybody="各位贵宾",
        between="、",
    ),
    "en": Words(
        greeting="Hello {name}[, this is {owner}].",
        thanks="Thank you for travelling with us[ to {destination}][ ({days})].",
        thanks_thing="Thank you for choosing us for your {service}[, {destination}][ ({days})].",
        thanks_plain="Thank you for choosing us[ ({days})].",
        intro="May we ask for one minute of your time? We read every word:",
        recommend="1. How likely are you to recommend us to a friend? (0 to 10, 10 = most likely)",
        overall="2. How satisfied are you overall? (1 to 5, 5 = very satisfied)",
        rate="3. Please rate each from 1 to 5, and leave out what you did not use: {aspects}",
        rate_one="3. How would you rate the {aspects}? (1 to 5)",
        open="4. What did you like best, and what should we do better?",
        example="Just reply here, for example: 1: 9, 2: 5, 3: {points}, 4: ...",
        days="{first}[ to {last}]",
        aspects={
            "guide": "guide",
            "hotel": "hotels",
            "meals": "meals",
            "transport": "transport",
            "itinerary": "itinerary",
            "price": "value for money",
        },
        of_service={
            ("custom", "guide"): "guide and driver",
            ("cruise", "hotel"): "cabin",
            ("cruise", "itinerary"): "route and shore trips",
            ("flight", "transport"): "flights",
            ("train", "transport"): "trains",
            ("hotel", "meals"): "breakfast",
            ("car", "transport"): "car and driver",
        },
        everybody="everybody",
        between=", ",
    ),
}


@dataclass(frozen=True, slots=True)
class About:
    """The trip that a form asks about."""

    service: str
    kind: str
    destination: str | None
    departs_on: date | None
    returns_on: date | None


def aspects(about: About) -> tuple[str, ...]:
    """What a form about such a trip asks to be rated."""
    return ASKED.get(_what(about), _OTHERWISE)


def _what(about: About) -> str:
    return about.kind if about.service == "tour" else about.service


def form(
    about: About, name: str | None, owner: str | None, language: str, today: date
) -> tuple[str, ...]:
    """The lines of the form. name: as the customer is addressed; None = all of a group."""
    said = WORDS[language]
    names = [
        said.of_service.get((_what(about), aspect), said.aspects[aspect])
        for aspect in aspects(about)
    ]
    known = {
        "name": said.everybody if name is None else name,
        "owner": owner,
        "destination": about.destination,
        "service": vocabulary.label("service", about.service, language),
        "days": _days(about, said, language, today),
        "aspects": said.between.join(names),
        "points": _points(names, language),
    }
    thanks = said.thanks_plain if about.service == "other" else said.thanks
    if about.service in _THINGS:
        thanks = said.thanks_thing
    opening = _filled(said.greeting, known) + ("" if language == "zh" else " ")
    return (
        opening + _filled(thanks, known),
        said.intro,
        "",
        said.recommend,
        said.overall,
        _filled(said.rate if len(names) > 1 else said.rate_one, known),
        said.open,
        "",
        _filled(said.example, known),
    )


def _days(about: About, said: Words, language: str, today: date) -> str | None:
    first, last = about.departs_on, about.returns_on
    if first is None:
        return None
    return _filled(
        said.days,
        {
            "first": day_text(first, language, today),
            "last": day_text(last, language, today) if last and last > first else None,
        },
    )


def _points(names: Sequence[str], language: str) -> str:
    """Two of the aspects with points, as an example: 导游5，住宿4."""
    if language == "zh":
        return "，".join(f"{name}{5 - place}分" for place, name in enumerate(names[:2]))
    return ", ".join(f"{name} {5 - place}" for place, name in enumerate(names[:2]))


def _filled(template: str, values: Mapping[str, str | None]) -> str:
    known = {name: sayable(value) for name, value in values.items() if value}
    return Template.parse(template).fill(known)
