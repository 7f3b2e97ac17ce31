"""Who is found by what, and who comes first."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import Session

from tests import builders
from tourcrm.base import pinyin
from tourcrm.customers import queries
from tourcrm.models import CustomerAlias, CustomerSource, CustomerTag

_DAY = date(2026, 1, 1)
# code, name, and what else is known
_PEOPLE: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("A", "王小明", {"phone": "+8613812345678", "wechat": "xm_wang"}),
    ("B", "王曉明", {"city": "臺北"}),
    ("C", "小王小明明", {}),
    ("D", "José García", {"note": "allergic to crème brûlée"}),
    ("E", "Jose Garcia", {"status": "lost"}),
    ("F", "吕绿", {"phone": "+8613912340000"}),
    ("G", "杭州东方电子有限公司", {"kind": "company"}),
    ("H", "陈一", {"company_id": 7, "phone": "+8613756781111"}),
    ("I", "單雄信", {}),
    ("J", "李明", {"note": "王小明的同事", "status": "lost"}),
    ("K", "张三", {"note": "王小明的同事"}),
    ("L", "小王晓明", {}),
)
# What is looked for, and who is found: the best first.
FOUND = {
    # exactly the name; in other characters; what begins with it or holds it; what tells of it
    "王小明": "A C K J",
    "王晓明": "B L",
    "王曉明": "B L",
    "小明": "A C K J",
    # pinyin, its initials, syllables that are only begun
    "wangxiaoming": "A B C L",
    "wang xiao ming": "A B C L",
    "wxm": "A B C L",
    "wangxm": "A B C L",
    "WXiaoM": "A B C L",
    "xiaom": "A B C L",
    "shanxx": "I",
    "lvlv": "F",
    "lyulyu": "F",
    "LÜ": "F",
    # phones: a tail before digits within
    "5678": "A H",
    "138 1234 5678": "A",
    # codes of before, numbers of sources, WeChat
    "OLD-7": "K",
    "ctrip-991": "I",
    "xm_wang": "A",
    # whoever works at a company, after the company
    "东方电子": "G H",
    "東方電子": "G H",
    # accents, either way; who is lost comes after the others
    "jose": "D E",
    "José": "D E",
    "garcía jose": "D E",
    "creme brulee": "D",
    "台北": "B",
    # tags in other characters; several words, all of which must be there
    "親子": "F",
    "王 台北": "B",
    "王 上海": "",
}  # fmt: skip


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with builders.writing(builders.agency(tmp_path)) as session:
        ids = {}
        for code, name, more in _PEOPLE:
            full, initials = pinyin.of_name(name)
            ids[code] = builders.add_customer(
                session, code, name=name, name_pinyin=full, name_initials=initials, **more
            )
        number = builders.numbering(session)()
        session.add(CustomerAlias(customer_id=ids["K"], code="OLD-7", operation_id=number))
        session.add(CustomerTag(customer_id=ids["F"], tag="亲子", operation_id=number))
        session.add(
            CustomerSource(
                customer_id=ids["I"], source="ctrip", number="CTRIP-991", first_seen=_DAY,
                last_seen=_DAY, operation_id=number,
            )
        )  # fmt: skip
        session.flush()
        yield session


def test_the_best_is_found_first(session: Session) -> None:
    found = {text: [one.code for one in queries.find(session, text, 20)] for text in FOUND}
    assert found == {text: codes.split() for text, codes in FOUND.items()}


def test_letters_spell_a_name_by_syllables_that_are_begun() -> None:
    name = "wang xiao ming"
    spelled = ("wang", "wangxm", "wxm", "wxiaom", "xming", "xm", "w", "wangxiaoming", "ming")
    assert [text for text in spelled if not pinyin.spells(name, text)] == []
    assert [
        text for text in ("wm", "angxm", "wxmm", "xiaoang", "mingw") if pinyin.spells(name, text)
    ] == []
