"""Workbooks as agencies have them: values of every type, several sheets, odd layouts."""

import datetime as dt
import io
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tests.hostile import SHEET, in_a_circle, with_cells, xls, xlsx
from tourcrm.base.errors import Refused
from tourcrm.files import xls_chains, xls_formats
from tourcrm.files.number_formats import SHOWN
from tourcrm.files.reader import Chunk, Sheet, open_sheet
from tourcrm.files.xlsx_xml import Measurer

KNOWN = {"姓名", "手机", "name", "phone"}


def book(fill: Callable[[Any], None], **options: object) -> bytes:
    stream = io.BytesIO()
    workbook = xlsxwriter.Workbook(stream, {"in_memory": True, **options})
    fill(workbook)
    workbook.close()
    return stream.getvalue()


def opened(content: bytes) -> Sheet:
    return open_sheet("-", known=KNOWN.__contains__, stdin=io.BytesIO(content))


def only_chunk(content: bytes) -> Chunk:
    with opened(content) as sheet:
        (chunk,) = sheet.chunks()
    return chunk


VALUES: tuple[tuple[object, str | None, str], ...] = (
    ("张三 ", None, "张三 "),
    ("0012", None, "0012"),
    ("a\r\nb\tc", None, "a\r\nb\tc"),
    ("=1+1", None, "=1+1"),
    (13800001111, None, "13800001111"),
    (3.0, None, "3"),
    (-2.5, None, "-2.5"),
    (0.1, None, "0.1"),
    (1280.5, "#,##0.00", "1280.5"),
    (110101199003071234, None, "1.101011990030712E+17"),
    (1e15, None, "1E+15"),
    (999999999999999, None, "999999999999999"),
    (True, None, "TRUE"),
    (dt.date(2024, 3, 5), "yyyy-mm-dd", "2024-03-05"),
    (dt.date(2024, 3, 5), 'yyyy"年"m"月"d"日"', "2024-03-05"),
    (dt.datetime(2024, 3, 5), "yyyy-mm-dd hh:mm", "2024-03-05"),
    (dt.datetime(2024, 3, 5, 14, 30), "yyyy-mm-dd hh:mm", "2024-03-05 14:30:00"),
    (dt.time(9, 30), "hh:mm", "09:30"),
    (dt.timedelta(hours=36), "[h]:mm:ss", "36:00:00"),
)


@pytest.mark.parametrize(("value", "look", "text"), VALUES, ids=repr)
@pytest.mark.parametrize("date_1904", [False, True])
def test_every_value_becomes_the_text_that_parsers_understand(
    value: Any, look: str | None, text: str, date_1904: bool
) -> None:
    def fill(workbook: Any) -> None:
        page = workbook.add_worksheet()
        page.write_row(0, 0, ["name", "phone"])
        page.write_string(1, 0, "x")
        if isinstance(value, str):
            page.write_string(1, 1, value)
        else:
            page.write(1, 1, value, workbook.add_format({"num_format": look}) if look else None)

    content = book(fill, date_1904=date_1904)
    assert only_chunk(content).rows == [["x", text]]
    with opened(content) as sheet:
        assert (sheet.kind, sheet.serials, sheet.epoch1904) == ("xlsx", True, date_1904)


def test_a_moment_just_short_of_midnight_is_the_next_day() -> None:
    def fill(workbook: Any) -> None:
        page = workbook.add_worksheet()
        page.write_row(0, 0, ["name", "phone"])
        look = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        page.write_row(1, 0, [45_356.999_999_99, 45_356.604_166_66], look)

    assert only_chunk(book(fill)).rows == [["2024-03-06", "2024-03-05 14:30:00"]]


def test_error_cells_keep_their_sign_and_computed_formulas_give_their_value() -> None:
    content = with_cells(
        '<row r="3"><c r="A3" t="e"><f>NA()</f><v>#N/A</v></c>'
        '<c r="B3" t="e"><v>#REF!</v></c></row>'
        '<row r="4"><c r="A4" t="str"><f>"a"</f><v>a</v></c><c r="B4"><f>1+1</f><v>2</v></c></row>'
        '<row r="5"><c r="A5" t="str"><f>""</f><v></v></c><c r="B5"><v>7</v></c></row>'
    )
    assert only_chunk(content).rows[1:] == [["#N/A", "#REF!"], ["a", "2"], ["", "7"]]


def test_the_header_may_stand_anywhere_and_lines_are_row_numbers() -> None:
    def fill(workbook: Any) -> None:
        page = workbook.add_worksheet()
        page.merge_range(1, 2, 1, 4, "远方旅行社客户名单")
        page.write_row(3, 2, [" 姓名", "手机", "座右铭"])
        page.write_row(4, 2, ["张三", 1])
        page.write_row(8, 2, ["李四", 2, "走", "", "stray"])
        page.write(2_000, 5, "stray")
        page.write_blank(3_000, 9, None, workbook.add_format({"bold": True}))

    content = book(fill)
    chunk = only_chunk(content)
    assert chunk.rows == [["张三", "1", "", ""], ["李四", "2", "走", "stray"]]
    assert list(chunk.lines) == [5, 9]
    assert [(bad.line, bad.cells) for bad in chunk.bad] == [(2_001, ["", "", "", "", "stray"])]
    with opened(content) as sheet:
        assert sheet.header == ["姓名", "手机", "座右铭", "column 7"]
        assert sheet.header_line == 4
        assert sum(len(part.rows) for part in sheet.chunks(1)) == 2
        assert sheet.position() == sheet.total == 2_001


def test_numbers_of_columns_are_those_that_excel_shows() -> None:
    def fill(workbook: Any) -> None:
        page = workbook.add_worksheet()
        page.write_row(0, 2, ["name", "", "phone", "name"])
        page.write_row(1, 2, ["a", "b", "c"])

    with pytest.raises(Refused, match='columns 3 and 6 are both named "name"'):
        opened(book(fill))


def test_the_first_visible_sheet_with_known_headers_is_read_and_the_others_named() -> None:
    def fill(workbook: Any) -> None:
        workbook.add_worksheet("说明").write(0, 0, "请勿修改")
        hidden = workbook.add_worksheet("旧")
        hidden.write_row(0, 0, ["name", "phone"])
        hidden.hide()
        for title in ("客户", "客户2"):
            page = workbook.add_worksheet(title)
            page.write_row(0, 0, ["name", "phone"])
            page.write_row(1, 0, [title, "1"])
        workbook.add_chartsheet("图")

    with opened(book(fill)) as sheet:
        assert [chunk.rows for chunk in sheet.chunks()] == [[["客户", "1"]]]
        assert str(sheet.note).startswith('The sheet "客户" was read; not read: 客户2. --sheet')


def test_where_no_header_is_known_the_first_sheet_with_rows_is_read_and_named() -> None:
    def fill(workbook: Any) -> None:
        workbook.add_worksheet("空")
        workbook.add_worksheet("甲").write_row(0, 0, ["one", "two"])
        workbook.add_worksheet("乙").write_row(0, 0, ["three"])

    with opened(book(fill)) as sheet:
        assert sheet.header == ["one", "two"]
        assert '"甲"' in str(sheet.note)
    with pytest.raises(Refused, match="no visible sheet"):
        opened(book(lambda workbook: workbook.add_worksheet()))


def test_a_workbook_under_the_name_csv_is_read_as_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "客户.csv"
    path.write_bytes(xlsx([("姓名", "手机"), ("张三", "1")]))
    with open_sheet(str(path), known=KNOWN.__contains__) as sheet:
        assert (sheet.kind, sheet.header) == ("xlsx", ["姓名", "手机"])


def test_an_old_xls_is_read_without_trusting_its_serials() -> None:
    content = xls([["姓名", "手机"], ["张三", 13900000001.0]])
    assert only_chunk(content).rows == [["张三", "13900000001"]]
    with opened(content) as sheet:
        assert (sheet.kind, sheet.serials) == ("xls", False)


def test_a_crash_inside_the_reader_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Panic(BaseException):
        pass

    def load_workbook(_: object) -> None:
        raise Panic("index out of bounds at secret 110101199003071234")

    monkeypatch.setattr("python_calamine.load_workbook", load_workbook)
    with pytest.raises(Refused, match="damaged") as refusal:
        opened(xlsx([("姓名",)]))
    assert "1101" not in str(refusal.value)
    assert refusal.value.__suppress_context__


def test_cells_without_references_are_measured_by_their_order() -> None:
    xml = b"<worksheet><sheetData><row><c/><c><v>1</v></c></row><row><c/></row><row><c><v>2</v></c>"
    measurer = Measurer()
    measurer.feed(xml + b"</row></sheetData></worksheet>")
    measured = measurer.finish(len(xml))
    assert (measured.low, measured.high, measured.area) == ((0, 0), (2, 1), 6)


def test_utf16_xml_that_the_reader_does_not_see_is_refused_not_read_as_empty() -> None:
    def recoded(content: bytes) -> bytes:
        return content.decode().replace("UTF-8", "UTF-16").encode("utf-16")

    with pytest.raises(Refused, match="damaged"):
        opened(xlsx([("姓名",), ("张三",)], change={SHEET: recoded}))


@pytest.mark.parametrize("blank", [" ", "\u3000", "\n"])
def test_a_workbook_of_blanks_holds_no_rows_and_is_not_damaged(blank: str) -> None:
    with pytest.raises(Refused, match="holds any rows"):
        opened(xlsx([(blank,)]))


def test_reading_text_loads_no_reader_of_workbooks() -> None:
    code = (
        "import sys, io; from tourcrm.files.reader import open_sheet;"
        "open_sheet('-', known=bool, stdin=io.BytesIO(b'a,b\\n1,2\\n'));"
        "sys.exit('python_calamine' in sys.modules or 'xlsxwriter' in sys.modules)"
    )
    root = str(Path(__file__).parents[2] / "src")
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env={"PYTHONPATH": root}, check=False)
    assert done.returncode == 0


def test_words_that_come_again_and_again_are_no_damage() -> None:
    """Excel counts every cell that refers to a shared string, far more than the part has bytes."""
    rows = [("姓名", "手机"), *[("张三", "李四")] * 400]
    content = xlsx(rows)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        strings = package.read("xl/sharedStrings.xml")
    assert int(strings.split(b' count="')[1].split(b'"')[0]) > len(strings)
    assert len(only_chunk(content).rows) == 400


@pytest.mark.parametrize("what", ["stream", "folder", "long", "lists"])
def test_an_xls_whose_sectors_run_in_a_circle_is_refused_before_it_is_opened(
    what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("python_calamine.load_workbook", lambda _: pytest.fail("was opened"))
    with pytest.raises(Refused, match="damaged"):
        opened(in_a_circle(what))


MONTH_DAY = 'm"月"d"日"'


def test_an_xls_counts_as_it_is_shown() -> None:
    rows: list[list[str | float]] = [
        ["姓名", "手机", "生日", "登记"],
        ["张三", "1", 45356.0, 45356.0],
    ]
    formats = ["General", "@", MONTH_DAY, "yyyy/m/d"]
    small = struct.pack("<I", 45356 << 2 | 2)  # a whole number in four bytes
    more = [
        (0x27E, struct.pack("<HHH", 2, 2, 3) + small),
        (0x06, struct.pack("<HHHdHIH", 3, 2, 3, 45356.0, 0, 0, 0)),
        (0xBD, struct.pack("<HH", 4, 2) + (struct.pack("<H", 3) + small) * 2 + b"\3\0"),
    ]
    chunk = only_chunk(xls(rows, formats, more))
    shown = f"{SHOWN}3月5日"
    assert [row[2] for row in chunk.rows] == [shown] * 4
    assert [chunk.rows[0][3], chunk.rows[3][3]] == ["2024-03-05", shown]


@pytest.mark.parametrize(
    "formats, text",
    [("d-mmm", "3月5日"), ("mmm-yy", "2024年3月"), ("[$-804]m月d日;@", "3月5日")],
)
def test_formats_of_an_xls_are_those_of_an_xlsx(formats: str, text: str) -> None:
    chunk = only_chunk(xls([["姓名", "手机"], ["张三", 45356.0]], ["General", formats]))
    assert chunk.rows == [["张三", SHOWN + text]]


def test_sheets_of_an_xls_inside_one_another_are_damage() -> None:
    stream = xls_chains.workbook_stream(
        xls([["姓名", "手机"], ["张三", 45356.0]], ["General", MONTH_DAY])
    )
    where = stream.index(b"\x85\x00")
    name = stream[where : where + 4 + struct.unpack_from("<H", stream, where + 2)[0]]
    many = stream[:where] + name * 500 + stream[where + len(name) :]
    place = struct.pack("<I", stream.index(b"\x09\x08", 4) + 499 * len(name))
    many = many.replace(name, name[:4] + place + name[8:])
    with pytest.raises(xls_formats.FormatsError):
        xls_formats.read(many)


def test_any_cut_or_change_of_an_xls_stream_is_read_or_refused() -> None:
    stream = xls_chains.workbook_stream(
        xls([["姓名", "手机"], ["张三", 45356.0]], ["General", MONTH_DAY])
    ).rstrip(b"\0")
    for place in range(len(stream)):
        xls_formats.read(stream[:place])
        for byte in (0, 1, 0xFF):
            xls_formats.read(stream[:place] + bytes([byte]) + stream[place + 1 :])
