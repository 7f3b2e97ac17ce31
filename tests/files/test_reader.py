"""Sheets of text as agencies have them: encodings, delimiters, headers, rows and lines."""

import csv
import io
import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hostile import HOSTILE, Hostile, write
from tourcrm.base.errors import NotFound, Refused, TourcrmError, WrongUsage
from tourcrm.files.reader import Sheet, open_sheet
from tourcrm.files.writer import write_csv

KNOWN = {"姓名", "手机", "備註", "客戶", "電話", "name", "phone", "note"}


def known(header: str) -> bool:
    return header in KNOWN


def opened(folder: Path, content: bytes, name: str = "a.csv", encoding: str | None = None) -> Sheet:
    path = folder / name
    path.write_bytes(content)
    return open_sheet(str(path), known=known, encoding=encoding)


def rows_of(sheet: Sheet, size: int = 20_000) -> list[list[str]]:
    return [row for chunk in sheet.chunks(size) for row in chunk.rows]


def lines_of(sheet: Sheet, size: int = 20_000) -> list[int]:
    return [line for chunk in sheet.chunks(size) for line in chunk.lines]


CHINESE = "姓名,手机\n张三,13900000001\n李四,13900000002\n"
TAIWANESE = "客戶,電話\n張三,0912345678\n陳小姐,0912345679\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (CHINESE.encode(), "UTF-8"),
        (b"\xef\xbb\xbf" + CHINESE.encode(), "UTF-8"),
        (CHINESE.encode("gb18030"), "GB18030"),
        (CHINESE.encode("gbk"), "GB18030"),
        (TAIWANESE.encode("big5"), "Big5"),
        (CHINESE.encode("utf-16"), "UTF-16"),
        (b"\xfe\xff" + CHINESE.encode("utf-16-be"), "UTF-16"),
        (("name,phone\n" + "zhang,1\n" * 9).encode("utf-16-le"), "UTF-16-LE"),
        (("name,phone\n" + "zhang,1\n" * 9).encode("utf-16-be"), "UTF-16-BE"),
        ("姓名,手机\r\n张三,1\r\n".encode("utf-16-le"), "UTF-16-LE"),
        (
            ("姓名\tnote\n张三\t想去北疆看海，带父母\n" * 3).encode("utf-16-be"),
            "UTF-16-BE",
        ),
        (b"name,phone\nzhang,1\n", "UTF-8"),
        ("name,phone\n张三,1\n李丽,2\n".encode("gb18030"), "GB18030"),
        ("name,phone\n張三,1\n陳小姐,2\n".encode("big5"), "Big5"),
    ],
)
def test_every_usual_encoding_is_recognised(tmp_path: Path, content: bytes, encoding: str) -> None:
    with opened(tmp_path, content) as sheet:
        assert sheet.encoding == encoding
        assert set(sheet.header) <= KNOWN
        first = rows_of(sheet)[0][0]
    assert first in {"张三", "張三", "zhang"}


def test_a_forced_encoding_is_used_and_an_unknown_one_is_named(tmp_path: Path) -> None:
    content = "name,phone\n張三,1\n".encode("big5")
    with opened(tmp_path, content, encoding="BIG-5") as sheet:
        assert rows_of(sheet) == [["張三", "1"]]
    with pytest.raises(WrongUsage, match="klingon"):
        opened(tmp_path, content, encoding="klingon")
    with pytest.raises(Refused, match="line 2"):
        opened(tmp_path, content, encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "content", "delimiter"),
    [
        ("a.csv", "name;phone\na,b;1\n", ";"),
        ("a.csv", "name\tphone\na,b\t1\n", "\t"),
        ("a.tsv", "name\tphone\na,b\t1\n", "\t"),
        ("a.csv", 'name,phone\n"a,b",1\n', ","),
        ("a.csv", 'one,two\n"a,b",1\n', ","),
    ],
)
def test_the_delimiter_is_found_by_the_header(
    tmp_path: Path, name: str, content: str, delimiter: str
) -> None:
    with opened(tmp_path, content.encode(), name) as sheet:
        assert sheet.delimiter == delimiter
        assert rows_of(sheet) == [["a,b", "1"]]


def test_title_lines_above_the_header_are_passed_over(tmp_path: Path) -> None:
    content = "远方旅行社客户名单,,\n\n制表：姓名,,\n 姓名 ,手机,其他\n张三,1,2\n"
    with opened(tmp_path, content.encode()) as sheet:
        assert (sheet.header, sheet.header_line) == (["姓名", "手机", "其他"], 4)
        assert rows_of(sheet) == [["张三", "1", "2"]]
        assert lines_of(sheet) == [5]


def test_a_sheet_of_one_column_or_of_unknown_ones_begins_with_its_first_row(tmp_path: Path) -> None:
    with opened(tmp_path, "\n姓名\n张三\n".encode()) as sheet:
        assert (sheet.header, rows_of(sheet)) == (["姓名"], [["张三"]])
    with opened(tmp_path, b"one,two\n1,2\n") as sheet:
        assert (sheet.header, rows_of(sheet)) == (["one", "two"], [["1", "2"]])


def test_empty_columns_without_a_header_go_and_filled_ones_get_a_name(tmp_path: Path) -> None:
    with opened(tmp_path, b"name,,phone,,\na,,1,x,\nb,,2,,\n") as sheet:
        assert sheet.header == ["name", "phone", "column 4"]
        assert rows_of(sheet) == [["a", "1", "x"], ["b", "2", ""]]


def test_a_value_far_down_in_a_dropped_column_is_a_bad_row(tmp_path: Path) -> None:
    content = "name,,phone\n" + "a,,1\n" * 1_500 + "b,lost,2\n"
    with opened(tmp_path, content.encode()) as sheet:
        (chunk,) = sheet.chunks()
    assert len(chunk.rows) == 1_500
    assert [(bad.line, bad.cells) for bad in chunk.bad] == [(1_502, ["b", "2", "lost"])]
    assert '"lost" stands in column 2' in str(chunk.bad[0].reason)


def test_rows_that_end_early_are_complete_and_longer_ones_bad(tmp_path: Path) -> None:
    with opened(tmp_path, b"name,phone\na,1,,\nb\n\nc,1,2\nd,4\n") as sheet:
        (chunk,) = sheet.chunks()
    assert (chunk.rows, list(chunk.lines)) == ([["a", "1"], ["b", ""], ["d", "4"]], [2, 3, 6])
    assert [(bad.line, bad.cells) for bad in chunk.bad] == [(5, ["c", "1", "2"])]
    assert "3 cells" in str(chunk.bad[0].reason)


@pytest.mark.parametrize("content", [b"\n\n", b"\n", b" \n,\n", b"\r\n\r\n"])
def test_a_file_of_blank_lines_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Refused, match="holds no rows"):
        opened(tmp_path, content)


def test_the_euro_sign_of_windows_is_read(tmp_path: Path) -> None:
    content = "姓名,备注\n张三,押金约€200\n李四,x\n".encode("gb18030").replace(b"\xa2\xe3", b"\x80")
    assert content.count(b"\x80") == 1
    for encoding in (None, "gbk", "cp936"):
        with opened(tmp_path, content, encoding=encoding) as sheet:
            assert rows_of(sheet) == [["张三", "押金约€200"], ["李四", "x"]]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_cell_that_cannot_be_read_costs_its_row_alone(
    tmp_path: Path, encoding: str, ends: str
) -> None:
    lines = ["name,phone", "王芳,1", '"李\n強",2', '"張\n?三",3', "陳大,4", ""]
    content = ends.join(lines).encode(encoding).replace(b"?", b"\xff")
    with opened(tmp_path, content) as sheet:
        (chunk,) = sheet.chunks()
        assert [row[1] for row in chunk.rows] == ["1", "2", "4"]
        assert [(bad.line, bad.cells[1]) for bad in chunk.bad] == [(5, "3")]
        assert f"not readable as {sheet.encoding}" in str(chunk.bad[0].reason)


def test_rows_keep_the_line_of_the_file_in_which_they_begin(tmp_path: Path) -> None:
    content = b'name,phone\r\n"a\r\nb\nc\rd",1\r\n\r\n  ,\r\ne,2\r\n"f\n",3\r\ng,4'
    with opened(tmp_path, content) as sheet:
        assert rows_of(sheet) == [["a\r\nb\nc\rd", "1"], ["e", "2"], ["f\n", "3"], ["g", "4"]]
        assert lines_of(sheet) == [2, 8, 9, 11]
        assert lines_of(sheet, size=1) == [2, 8, 9, 11]


def test_a_sheet_is_read_as_often_as_wanted_in_chunks_of_the_size_wanted(tmp_path: Path) -> None:
    content = "name,phone\n" + "".join(f"a{n},{n}\n" for n in range(95))
    with opened(tmp_path, content.encode()) as sheet:
        assert [len(chunk.rows) for chunk in sheet.chunks(40)] == [40, 40, 15]
        next(sheet.chunks(10))  # an abandoned pass
        assert len(rows_of(sheet, 7)) == 95
        assert sheet.sha256 == sha256(content.encode()).hexdigest()
        assert sheet.position() == sheet.total == sheet.size == len(content)


def test_chunks_of_long_rows_end_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tourcrm.files.csv.CHUNK_BYTES", 100_000)
    row = "a" * 50_000 + ",1\n"
    with opened(tmp_path, ("name,phone\n" + row * 60).encode()) as sheet:
        sizes = [len(chunk.rows) for chunk in sheet.chunks()]
    assert sum(sizes) == 60
    assert max(sizes) <= 45


def test_standard_input_is_read_twice_like_a_file() -> None:
    stream = io.BytesIO(CHINESE.encode("gb18030"))
    with open_sheet("-", known=known, stdin=stream) as sheet:
        assert rows_of(sheet) == rows_of(sheet) != []
        assert sheet.name == "standard input"


@pytest.mark.parametrize("case", HOSTILE, ids=lambda case: case.name)
def test_a_hostile_file_is_taken_whole_or_refused_with_its_name_and_reason(
    tmp_path: Path, case: Hostile
) -> None:
    path = write(case, tmp_path)
    if case.outcome == "refused":
        with pytest.raises(Refused) as refusal, open_sheet(str(path), known=known) as sheet:
            for _ in sheet.chunks():
                pass
        assert case.says in str(refusal.value)
        assert case.name in str(refusal.value)
        assert str(refusal.value).count("\n") == 0
        return
    with open_sheet(str(path), known=known) as sheet:
        chunks = list(sheet.chunks())
    assert sum(len(chunk.rows) for chunk in chunks) == case.good
    assert any(chunk.bad for chunk in chunks) == (case.outcome == "flawed")
    assert all(len(row) == len(sheet.header) for chunk in chunks for row in chunk.rows)


def test_strange_characters_stay_in_their_cells(tmp_path: Path) -> None:
    with opened(tmp_path, "name,phone\n\ufeffa\x00\u202e,' 1\xa0\n".encode()) as sheet:
        assert rows_of(sheet) == [["\ufeffa\x00\u202e", "' 1\xa0"]]


@pytest.mark.parametrize(
    ("make", "kind", "says"),
    [
        (lambda folder: folder / "none.csv", NotFound, "no such file"),
        (lambda folder: folder, Refused, "is a folder"),
        (lambda folder: Path("/dev/null"), Refused, "a device or a pipe"),
        (lambda folder: folder / "a\0b", Refused, "not valid"),
        (lambda folder: folder / ("x" * 300), Refused, "too long"),
    ],
)
def test_what_is_no_file_is_refused_by_name(
    tmp_path: Path, make: Callable[[Path], Path], kind: type[TourcrmError], says: str
) -> None:
    with pytest.raises(kind, match=says) as refusal:
        open_sheet(str(make(tmp_path)), known=known)
    assert type(refusal.value) is kind


def test_a_name_with_escape_codes_is_shown_harmless(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as refusal:
        open_sheet(str(tmp_path / "\x1b[2Ja.csv"), known=known)
    assert "\x1b" not in str(refusal.value)
    assert "␛[2Ja.csv" in str(refusal.value)


# Text of a cell as it may stand in a UTF-8 file, hostile characters and all.
cells = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.text(
    '"\r\n,;\t\ufeff\x00 a1', max_size=8
)


@settings(deadline=None)
@given(st.lists(st.tuples(cells, cells), max_size=8))
def test_what_write_csv_wrote_reads_back_identically(rows: list[tuple[str, str]]) -> None:
    stream = io.StringIO(newline="")
    write_csv(stream, ["name", "phone"], rows)
    content = stream.getvalue().encode()
    with open_sheet("-", known=known, stdin=io.BytesIO(content)) as sheet:
        assert not any(chunk.bad for chunk in sheet.chunks())
        assert rows_of(sheet) == [list(row) for row in rows if "".join(row).strip()]
        lines = lines_of(sheet)
    assert lines == sorted(set(lines))


@settings(deadline=None)
@given(st.lists(st.tuples(cells, cells), max_size=6), st.integers(1, 3))
def test_lines_agree_with_a_slow_count(rows: list[tuple[str, str]], size: int) -> None:
    stream = io.StringIO(newline="")
    write_csv(stream, ["name", "phone"], rows)
    content = stream.getvalue()
    expected = []
    reader = csv.reader(io.StringIO(content, newline=""), strict=True)
    with tempfile.TemporaryFile("w+", newline="", encoding="utf-8") as file:
        file.write(content)
        file.seek(0)
        reader = csv.reader(file, strict=True)
        next(reader)
        start = reader.line_num + 1
        for row in reader:
            if "".join(row).strip():
                expected.append(start)
            start = reader.line_num + 1
    with open_sheet("-", known=known, stdin=io.BytesIO(content.encode())) as sheet:
        assert lines_of(sheet, size) == expected


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_at_all_are_taken_or_refused(content: bytes) -> None:
    try:
        with open_sheet("-", known=known, stdin=io.BytesIO(b"name,phone\n" + content)) as sheet:
            for chunk in sheet.chunks():
                assert all(len(row) == len(sheet.header) for row in chunk.rows)
                assert len(chunk.lines) == len(chunk.rows)
    except TourcrmError as error:
        assert str(error)
