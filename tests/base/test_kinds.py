"""The kinds of columns: what is shown to people is read back, and every column has its kind."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tourcrm.base import columns, i18n
from tourcrm.base.columns import CUSTOMER, INTERACTION, SURVEY, TRIP, Columns
from tourcrm.base.kinds import KINDS, Terms, kind_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
TERMS = Terms(region="CN", currency="CNY", zone=SHANGHAI)


@dataclass(frozen=True)
class View:
    currency: str = "CNY"
    region: str = "CN"
    zone: tzinfo = SHANGHAI


def test_every_column_has_a_kind() -> None:
    tables = [table for table in vars(columns).values() if isinstance(table, tuple)]
    assert len(tables) > 25
    for table in tables:
        for one in table:
            assert one.type.file(View())


@pytest.mark.parametrize("entity", [CUSTOMER, TRIP, INTERACTION, SURVEY])
def test_what_is_imported_or_typed_can_be_read(entity: Columns) -> None:
    for one in entity:
        if one.imported or one.help:
            one.type.stage(TERMS)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("kind", "words", "value"),
    [
        ("amount", "", 120050), ("flag", "", True), ("flag", "", False),
        ("day", "", date(2026, 3, 5)), ("tags", "", ("摄影", "老客户")), ("pay_ratio", "", 0.85),
        ("moment", "", datetime(2026, 3, 5, 1, 30, 7, tzinfo=UTC)), ("count", "", 3),
        ("word", "service", "cruise"), ("gender", "gender", "female"),
        ("phone", "", "+8613812345678"), ("phone", "", "+861062345678"), ("nps", "", 9),
    ],
)  # fmt: skip
def test_what_a_file_for_people_says_is_read_back(
    kind: str, words: str, value: Any, language: str
) -> None:
    i18n.use(language)
    one = kind_of(kind, words)
    assert one.read(TERMS)(str(one.file(View())(value))) == value


def test_a_kind_that_is_only_shown_reads_nothing() -> None:
    with pytest.raises(TypeError):
        KINDS["share"].read(TERMS)
