"""Header names as people write them."""

import pytest

from tourcrm.columns import CUSTOMER, INTERACTION, TRIP, field_of, names


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
        ("手机", "phone"), ("Order No.", "code"), ("人数：", "party_size"), ("单价", None),
    ],
)  # fmt: skip
def test_headers_of_trips(header: str, field: str | None) -> None:
    assert field_of(header, TRIP) == field


@pytest.mark.parametrize("entity", [CUSTOMER, TRIP, INTERACTION])
def test_what_an_export_writes_an_import_understands(entity: tuple) -> None:  # type: ignore[type-arg]  # of Column
    for column in entity:
        if column.imported:
            for header in (column.field, column.en, column.zh):
                assert names(entity)[field_key(header)] == column.field


def field_key(header: str) -> str:
    from tourcrm.columns import folded

    return folded(header)
