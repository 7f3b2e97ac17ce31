"""The rows of columns: header names as people write them, and the tables that they speak of."""

import pytest
from sqlmodel import SQLModel

from tourcrm import models
from tourcrm.base.columns import (
    COMPLAINT,
    CUSTOMER,
    DEPARTURE,
    INTERACTION,
    PAYMENT,
    PRODUCT,
    SURVEY,
    TRIP,
    VOUCHER,
    Columns,
    field_of,
    names,
    option_names,
)
from tourcrm.imports.contacts import Interactions
from tourcrm.imports.customers import Customers
from tourcrm.imports.pipeline import Intake
from tourcrm.imports.surveys import Surveys
from tourcrm.imports.trips import Trips


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("姓名", "name"), (" 客户 姓名*", "name"), ("手机号（必填）", "phone"),
        ("Date of Birth", "birthday"),
        ("date_of_birth", "birthday"), ("ＥＭＡＩＬ", "email"), ("座右铭", None), ("", None),
    ],
)  # fmt: skip
def test_headers_of_customers(header: str, field: str | None) -> None:
    assert field_of(header, CUSTOMER) == field


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("团费(元)", "price"), ("应收【元】", "price"), ("出团日期", "departs_on"),
        ("客户", "customer"),
        ("手机", "phone"), ("Order No.", "code"), ("人数：", "party_size"), ("单价", "price"),
    ],
)  # fmt: skip
def test_headers_of_trips(header: str, field: str | None) -> None:
    assert field_of(header, TRIP) == field


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("1、您的姓名", "name"), ("2、您的手机号：", "phone"), ("提交答卷时间", "answered_on"),
        ("3、您有多大可能把我们推荐给朋友或同事？", "nps"), ("NPS", "nps"), ("推荐度", "nps"),
        ("How likely are you to recommend us to a friend?", "nps"),
        ("Q4. 您对本次旅行的总体满意度如何？", "csat"), ("满意度", "csat"), ("CSAT", "csat"),
        ("5、请为以下各项打分—导游服务", "guide"), ("5、请为以下各项打分—住宿", "hotel"),
        ("4、您对本次行程的总体满意度", "csat"), ("您对本次行程满意吗？", "csat"),
        ("您对本次行程安排满意吗？", "itinerary"), ("您对本次行程的导游满意吗？", "guide"),
        ("5、您对行程各项的满意度—酒店住宿", "hotel"), ("5、您对行程满意吗—其他", None),
        ("您对导游的讲解满意吗", "guide"), ("性价比", "price"), ("用餐评分（1-5）", "meals"),
        ("6、您对导游有什么建议？", "comment"), ("还有哪些地方可以做得更好", "comment"),
        ("您对导游和酒店满意吗？", None), ("总分", None), ("来自IP", None), ("1、您的年龄", None),
    ],
)  # fmt: skip
def test_headers_of_surveys_and_questions_of_forms(header: str, field: str | None) -> None:
    assert field_of(header, SURVEY) == field


def test_the_numbers_of_questions_are_passed_over_in_every_sheet() -> None:
    assert field_of("1、姓名", CUSTOMER) == "name"
    assert field_of("Q2. 出发日期", TRIP) == "departs_on"
    assert field_of("出发—返回日期", TRIP) is None  # no question


@pytest.mark.parametrize("entity", [CUSTOMER, TRIP, INTERACTION, SURVEY])
def test_what_an_export_writes_an_import_understands(entity: tuple) -> None:  # type: ignore[type-arg]  # of Column
    for column in entity:
        if column.imported:
            for header in (column.field, column.en, column.zh):
                assert names(entity)[field_key(header)] == column.field


def field_key(header: str) -> str:
    from tourcrm.base.columns import folded

    return folded(header)


# Entity -> its table, and what no row speaks of: what the program alone makes.
TABLES: list[tuple[Columns, type[SQLModel], set[str]]] = [
    (CUSTOMER, models.Customer, {"name_pinyin", "name_initials", "erased_on"}),
    (TRIP, models.Trip, {"queued_at"}),
    (PRODUCT, models.Product, set()),
    (DEPARTURE, models.Departure, set()),
    (INTERACTION, models.Interaction, {"outcome_id"}),
    (SURVEY, models.SurveyResponse, set()),
    (COMPLAINT, models.Complaint, set()),
    (PAYMENT, models.Payment, set()),
    (VOUCHER, models.Voucher, set()),
]


@pytest.mark.parametrize(
    ("entity", "table", "made"), TABLES, ids=[t.__name__ for _, t, _ in TABLES]
)
def test_every_column_of_a_table_has_its_row_and_the_other_way_round(
    entity: Columns, table: type[SQLModel], made: set[str]
) -> None:
    told = [one.name for one in entity if one.name]
    assert sorted(told) == sorted(set(table.model_fields) - made - {"id", "operation_id"})


@pytest.mark.parametrize("intake", [Customers, Trips, Interactions, Surveys])
def test_a_column_that_is_understood_is_also_stored(intake: type[Intake]) -> None:
    understood = {one.name for one in intake.columns if one.imported and one.name}
    apart = {"company_id", "referred_by_id"} if intake is Customers else set()
    assert understood - apart == set(intake.fields)


@pytest.mark.parametrize("entity", [CUSTOMER, TRIP, INTERACTION, SURVEY])
def test_further_names_of_options_are_not_those_of_other_columns(entity: Columns) -> None:
    own = [name for one in entity if one.help for name in option_names(one)]
    assert len(own) == len(set(own))
