"""From headers and cells to typed columns."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.importer import columns as table
from tourcrm.base import columns, parsing
from tourcrm.base.columns import CUSTOMER, INTERACTION, SURVEY, TRIP
from tourcrm.base.errors import CellError, Refused, WrongUsage
from tourcrm.base.kinds import Terms
from tourcrm.files.reader import Sheet, open_sheet
from tourcrm.imports import column_reader
from tourcrm.imports.column_reader import Reader, Unsettled
from tourcrm.imports.headings import map_headers
from tourcrm.imports.joining import Bad

ZONE = ZoneInfo("Asia/Shanghai")


def terms(order: str | None = None) -> Terms:
    return Terms(region="CN", currency="CNY", zone=ZONE, date_order=order)


@contextmanager
def opened(rows: Sequence[Sequence[str]]) -> Iterator[Sheet]:
    import csv

    with TemporaryDirectory() as folder:
        path = Path(folder) / "in.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
        with open_sheet(str(path), known=lambda header: True) as sheet:
            yield sheet


def read(
    entity: tuple[columns.Column, ...], rows: Sequence[Sequence[str]], order: str | None = None
) -> column_reader.Batch:
    """The rows of a small sheet, digested."""
    with opened(rows) as sheet:
        headers = map_headers(sheet.header, entity, {})
        reader = Reader(sheet, entity, headers, terms(order))
        [chunk] = sheet.chunks()
        try:
            return reader.read(chunk)
        except Unsettled:
            reader.settle()
            [chunk] = sheet.chunks()
            return reader.read(chunk)


# --- headers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "given", "places", "unknown", "doubled"),
    [
        (["姓名", "手机"], {}, {"name": 0, "phone": 1}, (), ()),
        (["客户姓名 ", "Phone*"], {}, {"name": 0, "phone": 1}, (), ()),
        (["姓名", "手機號碼"], {}, {"name": 0, "phone": 1}, (), ()),
        (
            ["姓名", "手机", "电话", "联系方式"],
            {},
            {"name": 0, "phone": 1, "phone2": 2},
            (),
            ("联系方式",),
        ),
        (["姓名", "星座"], {}, {"name": 0}, ("星座",), ()),
        (["姓名", "星座"], {"星座": ""}, {"name": 0}, (), ()),
        (["大名", "姓名"], {"大名": "name"}, {"name": 0}, (), ("姓名",)),
        (["姓名", "常用"], {"常用": "手机"}, {"name": 0, "phone": 1}, (), ()),
        (["拒收原因", "姓名"], {}, {"name": 1}, (), ()),
        (["rejected_because", "reason", "name"], {}, {"name": 2}, ("reason",), ()),
    ],
)
def test_headers_find_their_columns(
    header: list[str],
    given: dict[str, str],
    places: dict[str, int],
    unknown: tuple[str, ...],
    doubled: tuple[str, ...],
) -> None:
    found = map_headers(header, columns.CUSTOMER, given)
    assert (dict(found.places), found.unknown, found.doubled) == (places, unknown, doubled)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"没有": "name"}, "no column 没有"),
        ({"姓名": "星座"}, "no field 星座"),
        ({"姓名": "name", "手机": "name"}, "two columns"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(given: dict[str, str], words: str) -> None:
    with pytest.raises(WrongUsage, match=words):
        map_headers(["姓名", "手机"], columns.CUSTOMER, given)


# --- cells ---------------------------------------------------------------------------------------


def values(entity: tuple[columns.Column, ...], header: str, *cells_: str) -> list[Any]:
    batch = read(entity, [["姓名", header], *(["x", cell] for cell in cells_)])
    field = columns.field_of(header, entity)
    assert field is not None
    return batch.columns[field]


@pytest.mark.parametrize(
    ("header", "cell", "value"),
    [
        ("客户编号", "007", "007"),
        ("客户编号", " 007 ", "007"),
        ("客户编号", "-", None),
        ("客户编号", "无", None),
        ("微信", "无", None),
        ("微信", " wf_1985 ", "wf_1985"),
        ("备注", "无", None),
        ("备注", "-", None),
        ("备注", "无肉不欢", "无肉不欢"),
        ("备注", "对花生过敏，其他无", "对花生过敏，其他无"),
        ("负责人", "－", None),
        ("负责人", "Ｎ／Ａ", None),
        ("负责人", "暫無", None),
        ("负责人", "------", None),
        ("负责人", "无 ", None),
        ("城市", "null", None),
        ("城市", "(空)", None),
        ("城市", "无锡", "无锡"),
        ("客户编号", "NA", None),
        ("手机", "未知", None),
        ("邮箱", "暂无", None),
        ("营销许可", "未知", "unknown"),
        ("营销许可", "无", None),
        ("生日", "0000-00-00", None),
        ("生日", "1900-01-00", None),
        ("生日", "1900/1/0", None),
        ("标签", "无", None),
        ("标签", "VIP、无", ("VIP",)),
        ("备注", "\u200b x \u00ad", "x"),
        ("备注", "一\n二", "一\n二"),
        ("手机", "", None),
        ("手机", "/", None),
        ("性别", "保密", None),
        ("性别", "女", "female"),
        ("请勿联系", "无", False),
        ("生日", "—", None),
    ],
)
def test_a_cell_and_its_value(header: str, cell: str, value: Any) -> None:
    assert values(columns.CUSTOMER, header, cell) == [value]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        *(
            (cell, None)
            for cell in ("无", "NULL", "null", "NA", "None", "-", "未知", "（空）", "／")
        ),
        *((cell, cell) for cell in ("Null", "Na", "Nan", "Nil", "无尘", "吴无", "None Smith")),
    ],
)
def test_nobody_is_called_nothing_but_somebody_may_be_called_null(cell: str, value: Any) -> None:
    batch = read(columns.CUSTOMER, [["姓名", "手机"], [cell, "13800138001"]])
    assert batch.columns["name"] == [value]


def test_the_fast_way_for_plain_cells_finds_what_the_slow_one_does() -> None:
    texts = st.text(st.sampled_from("aZ09_-./# 　\u00a0\u00ad\u200b\t中Ａ*=\n"), max_size=6)

    @settings(max_examples=100, deadline=None)
    @given(st.lists(texts, min_size=1, max_size=5))
    def holds(found: list[str]) -> None:
        with opened([["code", "name"], ["1", "x"]]) as sheet:
            reader = Reader(
                sheet,
                columns.CUSTOMER,
                map_headers(["code", "note"], columns.CUSTOMER, {}),
                terms(),
            )
            for column, parse in (("code", parsing.code), ("note", parsing.text)):
                [kind] = [c for c in columns.CUSTOMER if c.field == column]
                slow: list[Any] = []
                for cell in found:
                    try:
                        nothing = parsing.is_nothing(cell, kind.type.nothing)
                        slow.append(None if nothing else parse(cell))
                    except CellError:
                        slow.append("bad")
                fast = reader._column(kind, found)
                assert ["bad" if type(v) is Bad else v for v in fast] == slow

    holds()


def test_a_bad_cell_rejects_its_row_and_no_other() -> None:
    batch = read(
        columns.CUSTOMER,
        [["姓名", "手机", "邮箱"], ["甲", "123", "abc"], ["乙", "13812345678", ""]],
    )
    assert batch.lines == [3]
    assert batch.columns["name"] == ["乙"]
    [rejected] = batch.rejected
    assert (rejected.line, rejected.cells) == (2, ["甲", "123", "abc"])
    assert "手机" in str(rejected.reason)
    assert "邮箱" in str(rejected.reason)
    assert "123:" not in str(rejected.reason)


def test_a_text_that_is_too_long_is_seen_beside_short_ones() -> None:
    rows = [["甲", "x" * 10_001], ["乙", "y" * 10_000], ["丙", "z"]]
    batch = read(columns.CUSTOMER, [["姓名", "备注"], *rows])
    assert batch.columns["name"] == ["乙", "丙"]


@pytest.mark.parametrize("header", ["手机", "身份证号", "护照号", "介绍人"])
def test_reasons_never_repeat_personal_numbers(header: str) -> None:
    cell = "1381234567890\0"
    batch = read(columns.CUSTOMER, [["姓名", header], ["甲", cell]])
    [rejected] = batch.rejected
    assert "138123" not in str(rejected.reason)


def test_more_cells_than_are_remembered_are_read_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(column_reader, "REMEMBERED", 3)
    found = values(columns.CUSTOMER, "手机", *(f"1381234567{n}" for n in range(10)))
    assert found == [(f"+861381234567{n}", None) for n in range(10)]


# --- the order of day and month ------------------------------------------------------------------

ORDERS = [
    (["5/3/2024", "25/3/2024"], ["2024-03-05", "2024-03-25"]),
    (["5/3/2024", "3/25/2024"], ["2024-05-03", "2024-03-25"]),
    (["5/5/2024", "2024-01-02"], ["2024-05-05", "2024-01-02"]),
]


@pytest.mark.parametrize(("found", "days"), ORDERS)
def test_the_column_settles_day_and_month(found: list[str], days: list[str]) -> None:
    rows = table(
        [{"customer": "K1", "departs_on": cell} for cell in found], ["customer", "departs_on"]
    )
    assert read(columns.TRIP, rows).columns["departs_on"] == days


@pytest.mark.parametrize("found", [["5/3/2024"], ["25/3/2024", "3/25/2024"]])
def test_a_column_that_does_not_settle_it_is_refused(found: list[str]) -> None:
    rows = [["customer", "departs_on"], *(["K1", cell] for cell in found)]
    with pytest.raises(Refused, match="--date-format"):
        read(columns.TRIP, rows)
    if len(found) == 1:
        assert read(columns.TRIP, rows, "mdy").columns["departs_on"] == ["2024-05-03"]


def test_each_column_settles_its_own() -> None:
    header = ["customer", "departs_on", "returns_on"]
    batch = read(columns.TRIP, [header, ["K1", "25/3/2024", "3/28/2024"]])
    assert batch.columns["departs_on"] == ["2024-03-25"]
    assert batch.columns["returns_on"] == ["2024-03-28"]


# --- special days --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "labels"),
    [
        ("wedding=05-20", ["wedding"]),
        ("结婚=05-20；开业=农历八月十五;", ["结婚", "开业"]),
        ("wedding 05-20", None),
        ("wedding=05-20; x", None),
        ("=05-20", None),
        ("wedding=02-30", None),
    ],
)
def test_special_days_are_written_with_their_labels(cell: str, labels: list[str] | None) -> None:
    batch = read(columns.CUSTOMER, [["姓名", "纪念日"], ["甲", cell]])
    if labels is None:
        assert len(batch.rejected) == 1
    else:
        assert [label for label, _ in batch.columns["special_dates"][0]] == labels


# --- whatever a sheet holds ----------------------------------------------------------------------

GOOGLE = (
    "Name Prefix,First Name,Middle Name,Last Name,Nickname,Phone 1 - Value,Phone 2 - Value,"
    "E-mail 1 - Value,Address 1 - Formatted,Address 1 - City,Organization Name,Birthday,Labels"
)
OUTLOOK = (
    "First Name,Last Name,E-mail Address,Mobile Phone,Home Phone,Company,Birthday,Anniversary,"
    "Home Street,Home City,Categories,Notes"
)
CHINESE = (
    "姓名,姓,名,客户编号,会员号,手机1,手机2,证件号码,护照号,生日(农历),生日(阳历),标签,备注,说明,"
    "客户电话,目的地,出发日期,返回日期,天数,单价,总价(万元),成人数,儿童数,订单状态,时间,方式,内容,"
    "填写日期,推荐意愿,满意度,建议"
)
SIGNS = "::: ; , 、 / : （ ） + - = * 0 1 9 月 日 年 元 万 无 -5 1e9 9999 王芳 myContacts"
WORDS = "13800138001 010-62345678 a@b.cn 农历八月十五 1985-09-29 2026/5/1 9:00 110101199003070011"
PIECES = st.sampled_from([*SIGNS.split(), *WORDS.split(), "\n", "\u3000", "\x00"])
CELL = st.one_of(
    st.just(""),
    st.lists(PIECES, max_size=4).map("".join),
    st.lists(st.sampled_from(["", " ", "a@b.cn", "13800138001"]), max_size=3).map(":::".join),
    st.text(max_size=6),
)
SOME = st.lists(st.sampled_from(CHINESE.split(",")), min_size=1, max_size=9, unique=True)


@pytest.mark.parametrize(
    ("cell", "phone"),
    [
        (":::", None),
        (" ::: :::", None),
        ("::: 13800138001", ("+8613800138001", None)),
        ("13800138001 :::", ("+8613800138001", None)),
        ("13800138001 ::: ::: 13900139001", ("+8613800138001", "+8613900139001")),
    ],
)
def test_signs_between_nothing_say_nothing(cell: str, phone: tuple[str, str | None] | None) -> None:
    batch = read(CUSTOMER, [["First Name", "Phone 1 - Value"], ["芳", cell]])
    assert (batch.columns["phone"], batch.rejected) == ([phone], [])


@examples(20)
@given(
    st.one_of(
        st.tuples(st.just(CUSTOMER), st.sampled_from([GOOGLE.split(","), OUTLOOK.split(",")])),
        st.tuples(st.sampled_from([CUSTOMER, TRIP, INTERACTION, SURVEY]), SOME),
    ),
    st.data(),
)
def test_whatever_cells_hold_they_are_read_or_refused_in_words(
    sheet: tuple[tuple[columns.Column, ...], list[str]], data: st.DataObject
) -> None:
    entity, header = sheet
    rows = data.draw(
        st.lists(st.lists(CELL, min_size=len(header), max_size=len(header)), max_size=3)
    )
    try:
        batch = read(entity, [header, ["x"] * len(header), *rows])
    except (Refused, WrongUsage) as refused:
        assert str(refused)
    else:
        taken, refused_rows = len(batch.lines), {one.line for one in batch.rejected}
        assert taken + len(refused_rows) <= len(rows) + 1
        assert all(len(values) == taken for values in batch.columns.values())
