"""Opinion forms: short, in the customer's language, about what was sold."""

from datetime import date

import pytest

from tourcrm.base.vocabulary import values
from tourcrm.surveys.form import WORDS, About, form

TODAY = date(2026, 11, 20)


def text(service: str = "tour", kind: str = "group", language: str = "zh", **more: object) -> str:
    facts = {
        "destination": "北疆",
        "departs_on": date(2026, 11, 1),
        "returns_on": date(2026, 11, 8),
    }
    about = About(service, kind, **{**facts, **more})  # type: ignore[arg-type]  # as above
    return "\n".join(form(about, "王女士", "小林", language, TODAY))


def test_the_form_of_a_group_tour_in_chinese() -> None:
    assert text() == (
        "王女士您好，我是小林！感谢您选择我们前往北疆（11月1日至11月8日）。\n"
        "想占用您一分钟，听听真实感受，每一条我们都会认真看：\n"
        "\n"
        "1. 您有多愿意把我们推荐给亲友？（0到10分，10分最愿意）\n"
        "2. 这次总体满意吗？（1到5分，5分最满意）\n"
        "3. 请给这几项打分，没体验到的不用填（1到5分）：导游、住宿、用餐、交通、行程安排、性价比\n"
        "4. 哪里最满意？哪里我们该做得更好？\n"
        "\n"
        "直接回复就行，例如：1、9分；2、5分；3、导游5分，住宿4分；4、……"
    )


@pytest.mark.parametrize(
    ("service", "kind", "asked"),
    [
        ("tour", "independent", "住宿、交通、行程安排、性价比"),
        ("tour", "custom", "导游和司机、住宿"),
        ("cruise", "group", "舱房、用餐、航线和岸上游、性价比"),
        ("flight", "group", "航班、性价比"),
        ("hotel", "group", "住宿、早餐、性价比"),
        ("visa", "group", "3. 性价比怎么样？"),
    ],
)
def test_only_what_was_sold_is_asked_about(service: str, kind: str, asked: str) -> None:
    found = text(service, kind)
    assert asked in found
    assert ("导游" in found) == (kind == "custom")


@pytest.mark.parametrize("language", list(WORDS))
@pytest.mark.parametrize("service", values("service"))
def test_every_form_is_short_and_says_what_is_known(service: str, language: str) -> None:
    unknown = About(service, "group", None, None, None)
    for found in (
        text(service, language=language),
        "\n".join(form(unknown, "王女士", None, language, TODAY)),
    ):
        assert len(found) < 700
        assert not set("{}[]|") & set(found)
        assert "None" not in found
        assert ("10分" if language == "zh" else "0 to 10") in found


def test_stored_text_steers_no_chat() -> None:
    assert "\x1b" not in text(destination="x\x1b[31m{name}")
    assert "{name}" in text(destination="x{name}")
