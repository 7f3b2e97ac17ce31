"""Who is meant, and who is the same."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import Session, select

from tests import builders
from tourcrm.base.errors import NotFound, Refused
from tourcrm.base.lunar import SpecialDay
from tourcrm.customers import lookup, queries, special_days
from tourcrm.customers import service as customers
from tourcrm.db import codes
from tourcrm.models import Change, Customer, CustomerTag, SpecialDate

TODAY = builders.TODAY


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with builders.writing(builders.agency(tmp_path)) as session:
        yield session


def number(session: Session) -> codes.Number:
    return lambda: int(session.info["operation"])


def row(session: Session, code: str) -> Customer:
    return session.exec(select(Customer).where(Customer.code == code)).one()


# --- who is meant ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "who",
    [
        *("C000001", "c000001", " C000001 ", "+86 138-1234-5678", "13812345678"),
        *("0086 13812345678", "010-62345678", "王芳", "王 芳", "Wang", "wang"),
    ],
)
def test_a_code_a_phone_or_a_name_tells_a_customer(session: Session, who: str) -> None:
    facts = {"name": "Wang"} if who.lower() == "wang" else {"name": "王芳"}
    phones = {"phone": "+8613812345678", "phone2": "+861062345678"}
    builders.add_customer(session, "C000001", **phones, **facts)
    builders.add_customer(session, "C000002", name="李明", phone="+8613900000000")
    assert lookup.find_one(session, who).code == "C000001"


def test_a_code_counts_before_a_phone_and_a_phone_before_a_name(session: Session) -> None:
    builders.add_customer(session, "13812345678", name="A")
    builders.add_customer(session, "B", name="13812345678", phone="+8613812345678")
    assert lookup.find_one(session, "13812345678").name == "A"
    assert lookup.find_one(session, "+8613812345678").code == "B"


def test_several_of_a_name_are_listed_with_phones_masked(session: Session) -> None:
    builders.add_customer(session, "A1", name="王芳", phone="+8613812345678", city="杭州")
    builders.add_customer(session, "A2", name="王芳", status="deceased")
    with pytest.raises(NotFound) as caught:
        lookup.find_one(session, "王芳")
    told = str(caught.value)
    assert "A1  王芳  138****5678  杭州" in told
    assert "A2  王芳  deceased" in told


def test_nobody_of_a_name_offers_who_is_close(session: Session) -> None:
    builders.add_customer(session, "A1", name="王芳芳")
    with pytest.raises(NotFound, match="A1  王芳芳"):
        lookup.find_one(session, "王芳")
    with pytest.raises(NotFound, match="customers find"):
        lookup.find_one(session, "zzz")


# --- adding ---------------------------------------------------------------------------------------


def add(session: Session, **values: object) -> customers.Stored:
    return customers.add(session, number(session), values, TODAY)


def test_the_same_phone_under_the_same_name_is_the_same_person(session: Session) -> None:
    first = add(session, name="王芳", phone=("+8613812345678", None))
    with pytest.raises(Refused, match=first.code):
        add(session, name="王芳", phone=("+8613812345678", None))
    with pytest.raises(Refused, match=first.code):
        add(session, name="王芳", phone=("+8613900000000", "+8613812345678"))


def test_the_same_phone_under_another_name_is_another_of_the_household(session: Session) -> None:
    first = add(session, name="王芳", phone=("+8613812345678", None))
    second = add(session, name="李明", phone=("+8613812345678", None))
    assert second.code != first.code
    assert [first.code in str(note) for note in second.notes] == [True]


def test_a_wechat_id_tells_a_person_too(session: Session) -> None:
    add(session, name="王芳", wechat="wf85")
    with pytest.raises(Refused):
        add(session, name="王芳", wechat="wf85")


@pytest.mark.parametrize("document", ["id_number", "passport_no"])
def test_a_document_tells_a_person_whatever_the_name(session: Session, document: str) -> None:
    value = "11010519491231002X"
    add(session, name="王芳", **{document: value})
    with pytest.raises(Refused) as caught:
        add(session, name="王小芳", **{document: value})
    assert value not in str(caught.value)


def test_a_name_alone_never_makes_two_people_one(session: Session) -> None:
    first, second = add(session, name="王芳"), add(session, name="王芳")
    assert first.code != second.code
    assert first.code in str(second.notes[0])


def test_an_id_number_fills_in_birthday_and_gender(session: Session) -> None:
    stored = add(session, name="王芳", id_number="11010519491231002X")
    assert row(session, stored.code).gender == "female"
    assert special_days.of_customer(session, stored.id) == [("birthday", SpecialDay(12, 31, 1949))]


def test_a_birthday_that_is_said_counts_before_that_of_the_id_number(session: Session) -> None:
    born = SpecialDay(8, 15, None, "lunar")
    stored = add(session, name="王芳", id_number="11010519491231002X", birthday=born)
    assert special_days.of_customer(session, stored.id) == [("birthday", born)]


@pytest.mark.parametrize("year", [2026, 2027])
def test_nobody_is_born_in_time_to_come(session: Session, year: int) -> None:
    with pytest.raises(Refused):
        add(session, name="王芳", birthday=SpecialDay(11, 21, year))


def test_names_are_stored_with_their_pinyin(session: Session) -> None:
    stored = add(session, name="曾芳")
    assert row(session, stored.code).name_pinyin == "zeng fang"
    customers.edit(session, number(session), row(session, stored.code), {"name": "王芳"}, TODAY)
    assert row(session, stored.code).name_initials == "wf"


# --- editing --------------------------------------------------------------------------------------


def edit(session: Session, who: str, /, **values: object) -> customers.Stored:
    return customers.edit(session, number(session), row(session, who), values, TODAY)


def test_a_change_keeps_what_was_there(session: Session) -> None:
    stored = add(session, name="王芳", city="杭州")
    assert edit(session, stored.code, city="上海", note=None).changed == ("city",)
    change = session.exec(select(Change)).one()
    assert change.before == '{"city": "杭州"}'
    assert change.after == '{"city": "上海"}'
    assert change.customer_id == stored.id


def test_an_equal_value_changes_nothing_and_asks_for_no_operation(session: Session) -> None:
    stored = add(session, name="王芳", city="杭州")

    def never() -> int:
        raise AssertionError("an operation was recorded")

    values = {"city": "杭州", "name": "王芳", "owner": None}
    assert customers.edit(session, never, row(session, stored.code), values, TODAY).changed == ()


def test_what_may_not_be_empty_is_not_cleared(session: Session) -> None:
    stored = add(session, name="王芳", marketing_consent="no", do_not_contact=True)
    with pytest.raises(Refused):
        edit(session, stored.code, name=None)
    edit(session, stored.code, marketing_consent=None, do_not_contact=None)
    assert row(session, stored.code).marketing_consent == "unknown"
    assert row(session, stored.code).do_not_contact is False


def test_an_answer_to_marketing_is_dated(session: Session) -> None:
    stored = add(session, name="王芳")
    edit(session, stored.code, marketing_consent="no")
    assert row(session, stored.code).consent_on == TODAY
    given = date(2026, 1, 1)
    edit(session, stored.code, marketing_consent="yes", consent_on=given)
    assert row(session, stored.code).consent_on == given


def test_company_and_referrer_are_named_like_any_customer(session: Session) -> None:
    firm, friend = add(session, name="远方公司", kind="company"), add(session, name="李明")
    stored = add(session, name="王芳", company="远方公司", referred_by=friend.code)
    assert row(session, stored.code).company_id == firm.id
    assert row(session, stored.code).referred_by_id == friend.id
    with pytest.raises(NotFound):
        edit(session, stored.code, company="没有这个公司")
    with pytest.raises(Refused):
        edit(session, stored.code, referred_by=stored.code)
    edit(session, stored.code, company=None)
    assert row(session, stored.code).company_id is None


def test_a_code_or_document_of_another_is_refused(session: Session) -> None:
    first, second = add(session, name="A", passport_no="E12345678"), add(session, name="B")
    for values in ({"code": first.code}, {"passport_no": "E12345678"}):
        with pytest.raises(Refused):
            edit(session, second.code, **values)


# --- tags, days, loss -----------------------------------------------------------------------------


def test_tags_are_put_once_and_taken_off(session: Session) -> None:
    stored = add(session, name="王芳", tags=("VIP", "摄影"))
    who = row(session, stored.code)
    assert customers.tag(session, number(session), who, ["摄影", "高端", "高端"]) == ("高端",)
    assert customers.untag(session, number(session), who, ["VIP", "没有"]) == ("VIP",)
    tags = session.exec(select(CustomerTag.tag)).all()
    assert sorted(tags) == ["摄影", "高端"]


def test_a_special_day_replaces_the_one_of_its_calendar_only(session: Session) -> None:
    who = row(session, add(session, name="王芳").code)
    solar, lunar_day = SpecialDay(3, 5, 1985), SpecialDay(1, 14, None, "lunar")
    for day in (SpecialDay(3, 4), solar, lunar_day):
        assert special_days.remember(session, number(session), who, "birthday", day, TODAY)
    assert not special_days.remember(session, number(session), who, "birthday", solar, TODAY)
    known = special_days.of_customer(session, codes.id_of(who))
    assert known == [("birthday", solar), ("birthday", lunar_day)]
    assert special_days.forget(session, number(session), who, "birthday", lunar_day) == 1
    assert special_days.forget(session, number(session), who, "birthday") == 1
    assert session.exec(select(SpecialDate)).all() == []


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("生日", "birthday"),
        ("Birthday", "birthday"),
        ("结婚纪念日", "wedding"),
        ("孩子生日", "孩子生日"),
    ],
)
def test_a_label_goes_by_any_of_its_names(text: str, label: str) -> None:
    assert special_days.label_of(text) == label


def test_one_who_has_died_is_not_merely_lost(session: Session) -> None:
    who = row(session, add(session, name="王芳").code)
    customers.lose(session, number(session), who, TODAY, reason="价格", rival="某社")
    assert (who.status, who.lost_on, who.rival) == ("lost", TODAY, "某社")
    customers.lose(session, number(session), who, TODAY, deceased=True)
    assert who.status == "deceased"
    with pytest.raises(Refused):
        customers.lose(session, number(session), who, TODAY, reason="价格")
    customers.edit(session, number(session), who, {"status": "active"}, TODAY)
    assert (who.status, who.lost_on, who.lost_reason) == ("active", None, None)


# --- finding --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        *("王芳", "芳", "wangfang", "wang fang", "WF", "wf", "ngfa", "5678", "138 1234"),
        *("8613812345678", "0086138", "62345678", "010-6234", "wx_85%", "VIP", "vip"),
        *("C000001", "靠窗", "杭州 芳"),
    ],
)
def test_a_customer_is_found_by_any_part(session: Session, text: str) -> None:
    facts = {"phone": "+8613812345678", "phone2": "+861062345678", "wechat": "wx_85%"}
    more = {"name_pinyin": "wang fang", "name_initials": "wf", "note": "喜欢靠窗", "city": "杭州"}
    who = builders.add_customer(session, "C000001", name="王芳", **facts, **more)
    customers.tag(session, number(session), session.get_one(Customer, who), ["VIP"])
    builders.add_customer(session, "C000002", name="李明", wechat="wx185x", note="100")
    assert [found.code for found in queries.find(session, text, 10)] == ["C000001"]


@pytest.mark.parametrize(
    "text", ["%", "_", "\\", "", "  ", "' OR 1=1 --", "x%", "11010519491231002X"]
)
def test_signs_of_the_query_language_are_only_signs(session: Session, text: str) -> None:
    builders.add_customer(session, "C000001", name="王芳", id_number="11010519491231002X")
    assert queries.find(session, text, 10) == []


def test_the_best_comes_first(session: Session) -> None:
    for code, name, phone in (
        ("A", "王芳芳", "+8613856780000"),
        ("B", "小王芳", "+8613812340001"),
        ("C", "王芳", "+8613812345678"),
    ):
        builders.add_customer(session, code, name=name, phone=phone)
    assert [found.code for found in queries.find(session, "王芳", 10)] == ["C", "A", "B"]
    assert [found.code for found in queries.find(session, "5678", 10)] == ["C", "A"]
    assert [found.code for found in queries.find(session, "王芳", 1)] == ["C"]


def test_a_row_holds_what_import_reads_back(session: Session) -> None:
    firm = add(session, name="远方公司", kind="company")
    who = add(session, name="王芳", company=firm.code, tags=("b", "a"))
    for label, day in (
        ("birthday", SpecialDay(8, 15, None, "lunar")),
        ("birthday", SpecialDay(3, 5, 1985)),
        ("wedding", SpecialDay(4, 5, 2020, "lunar", True)),
    ):
        special_days.remember(session, number(session), row(session, who.code), label, day, TODAY)
    [_, found] = queries.exported(session)
    assert found.company == firm.code
    assert found.tags == ["a", "b"]
    assert found.birthday == "1985-03-05"
    assert found.special_dates == "birthday=lunar 08-15; wedding=lunar leap 2020-04-05"


def test_lists_are_filtered_by_whole_words_in_any_case(session: Session) -> None:
    add(session, name="A", city="Hangzhou", owner="小林", tags=("VIP",))
    add(session, name="B", city="Hangzhou Bay", kind="company")
    names = {
        "city": queries.Wanted(city="hangzhou"),
        "owner": queries.Wanted(owner="小林"),
        "tag": queries.Wanted(tag="vip"),
        "kind": queries.Wanted(kind="person"),
        "limit": queries.Wanted(limit=1),
    }
    for wanted in names.values():
        assert [found.name for found in queries.listed(session, wanted)] == ["A"]
