"""Files for machines and for Excel: whole or not at all, private, exact or harmless."""

import csv
import datetime as dt
import errno
import io
import os
import stat
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import python_calamine
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.hostile import NAUGHTY
from tourcrm.base.errors import Refused
from tourcrm.files import xlsx_writer
from tourcrm.files.writer import (
    excel_cell,
    from_excel_cell,
    numbered,
    private,
    write_csv,
)
from tourcrm.files.xlsx_writer import write_xlsx


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("name", ["a.csv", "带 空格 的.csv", "-a.csv", "x" * 250])
def test_a_file_appears_whole_and_private(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    old = os.umask(0)
    try:
        with private(path) as stream:
            stream.write(b"half")
            stream.flush()
            assert not path.exists()
            (temporary,) = tmp_path.iterdir()
            assert mode(temporary) == 0o600
            stream.write(b" whole")
    finally:
        os.umask(old)
    assert path.read_bytes() == b"half whole"
    assert mode(path) == 0o600
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [KeyError("x"), KeyboardInterrupt(), OSError(errno.ENOSPC, "")])
def test_what_fails_half_way_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, error: BaseException
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")
    expected = Refused if isinstance(error, OSError) else type(error)
    with pytest.raises(expected), private(path) as stream:
        stream.write(b"new")
        raise error
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_of_another_file_is_not_blamed_on_this_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), private(tmp_path / "a.csv"):
        (tmp_path / "other").read_bytes()


def test_a_failed_sync_is_told_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fsync(_: int) -> None:
        raise OSError(errno.EIO, "I/O error")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(Refused, match="the disk reports an error"):
        write_csv(tmp_path / "a.csv", ["a"], [])
    assert list(tmp_path.iterdir()) == []


def test_a_link_is_followed_and_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "target.csv", tmp_path / "link.csv"
    target.write_text("old")
    link.symlink_to(target)
    with private(link) as stream:
        stream.write(b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("none/a.csv", "no such file or folder"),
        ("folder", "it is a folder"),
        ("file/a.csv", "not a folder"),
        ("y" * 300, "too long"),
    ],
)
def test_a_place_that_cannot_be_written_is_refused_with_the_reason(
    tmp_path: Path, name: str, reason: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match=reason) as refusal, private(tmp_path / name):
        pass
    assert name in str(refusal.value)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_device_is_never_a_success() -> None:
    with pytest.raises(Refused, match="the disk is full"):
        write_csv("/dev/full", ["a"], [["b"]])
    with pytest.raises(Refused, match="the disk is full"):
        write_xlsx("/dev/full", ["a"], [["b"]], kinds=["text"], title="t")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert write_csv(pipe, ["a"], [["b"]]) == 1
        assert os.read(reader, 100) == b"a\nb\n"
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_taken_name_gets_a_number(tmp_path: Path) -> None:
    path = tmp_path / "客户.rejected.csv"
    assert numbered(path) == path
    path.write_text("")
    assert numbered(path).name == "客户.rejected-2.csv"
    (tmp_path / "客户.rejected-2.csv").symlink_to(tmp_path / "nowhere")
    assert numbered(path).name == "客户.rejected-3.csv"


ROW: list[object] = ["张三", "=1+1", Decimal("-5.00"), 3, dt.date(2024, 3, 5), None, 'a,"b"\r\nc']


def test_the_machine_form_is_exact(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    assert write_csv(path, ["a"] * 7, [ROW, ["\r", "", " ", "\x00", "1", "2", "3"]]) == 2
    assert path.read_bytes().decode() == (
        'a,a,a,a,a,a,a\n张三,=1+1,-5.00,3,2024-03-05,,"a,""b""\r\nc"\n"\r",, ,\x00,1,2,3\n'
    )


def test_exact_cells_may_begin_with_a_mark_for_excel(tmp_path: Path) -> None:
    path = tmp_path / "a.rejected.csv"
    write_csv(path, ["原因"], [["=1"]], bom=True)
    assert path.read_bytes() == b"\xef\xbb\xbf" + "原因\n=1\n".encode()


def test_the_form_for_excel_has_a_mark_its_line_ends_and_no_formula() -> None:
    stream = io.StringIO(newline="")
    write_csv(stream, ["=a"], [["=1"], [Decimal("-5.00")]], excel=True)
    assert stream.getvalue() == "\ufeff'=a\r\n'=1\r\n-5.00\r\n"


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "\n=1", " =1", "\u3000=1", "\ufeff=1",
        "\u200b=1", "\xa0-1+1", "＝1", "＋1", "－1", "＠1", "﹦1", "+8613800001111", "-", "\x00=1",
    ],
)  # fmt: skip
def test_no_cell_for_excel_starts_a_formula(text: str) -> None:
    assert excel_cell(text) == "'" + text.replace("\r", "␍").replace("\x00", "␀")


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("\x1b[31mred\x1b[0m", "␛[31mred␛[0m"),
        ("\x9b2J", "\\x9b2J"),
        ("abc\u202efdp.exe", "abc\\u202efdp.exe"),
        ("\u2066x\u2069", "\\u2066x\\u2069"),
        ("one\r\ntwo\tthree", "one\ntwo\tthree"),
        ("👨‍👩‍👧 é العربية", "👨‍👩‍👧 é العربية"),
    ],
)
def test_what_steers_a_screen_or_turns_the_reading_is_shown_by_a_sign(
    tmp_path: Path, text: str, cell: str
) -> None:
    assert excel_cell(text) == cell
    write_xlsx(tmp_path / "a.xlsx", ["a"], [[text]], kinds=["text"], title="t")
    assert reread(tmp_path / "a.xlsx")[1] == [cell]
    write_csv(tmp_path / "a.csv", ["a"], [[text]])  # the machine's form keeps what is stored
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as stream:
        assert [*csv.reader(stream)][1] == [text]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("-5.00", "-5.00"),
        ("+6561234567", "'+6561234567"),
        ("1280.50", "1280.50"),
        (Decimal("1E+3"), "1000"),
        (-7, "-7"),
        ("13800001111", "13800001111"),
        ("110101199003071234", "110101199003071234\t"),
        ("007", "007\t"),
        ("3E5", "3E5\t"),
        ("3-5", "3-5\t"),
        ("2024-03-05", "2024-03-05"),
        ("张三-1", "张三-1"),
        ("a=b", "a=b"),
    ],
)
def test_numbers_stay_numbers_and_digits_stay_text_for_excel(value: object, cell: str) -> None:
    assert excel_cell(value) == cell


@settings(deadline=None)
@given(st.text(max_size=10) | st.from_regex(r"\A[\s=+@\-＝]{1,4}[0-9a(]{0,4}"))
def test_whatever_is_written_for_excel_begins_harmlessly(text: str) -> None:
    cell = excel_cell(text)
    start = cell.lstrip(" \t\r\n\x0b\x0c\x00\u3000\xa0\ufeff\u200b")[:1]
    assert start not in set("=@＝＋－＠") or cell.startswith("'")
    if start in {"+", "-"}:
        float(cell)


@settings(deadline=None)
@given(st.from_regex(r"\A'{0,3}[ =+@\-＝]{0,4}[0-9a(]{0,4}\Z"))
@example("-已加微信")
@example("'-已加微信")
@example("'tis")
def test_what_was_disarmed_for_excel_is_read_back_as_it_was(text: str) -> None:
    assert from_excel_cell(excel_cell(text)).rstrip("\t") == text


_CELL = st.none() | st.integers() | st.text(st.sampled_from(",\"\n' aé王"), max_size=4)


@settings(deadline=None)
@given(
    st.integers(1, 3).flatmap(
        lambda width: st.lists(st.lists(_CELL, min_size=width, max_size=width), max_size=4)
    )
    | st.lists(st.lists(_CELL, min_size=1, max_size=3), max_size=4)
)
@example([[None]])
@example([["a"], ["", "b"]])
def test_a_table_is_written_as_the_csv_module_writes_it(rows: list[list[object]]) -> None:
    """Also ragged rows, and a row whose only cell is empty."""
    header = ["a", "b"][: len(rows[0]) if rows else 2]
    ours, theirs = io.StringIO(newline=""), io.StringIO(newline="")
    assert write_csv(ours, header, rows) == len(rows)
    out = csv.writer(theirs, lineterminator="\n")
    out.writerow(header)
    out.writerows(rows)
    assert ours.getvalue() == theirs.getvalue()


Table = list[list[str | int | float | bool | dt.date]]


def reread(path: Path) -> Table:
    page = python_calamine.load_workbook(str(path)).get_sheet_by_index(0)
    return page.to_python()  # type: ignore[return-value]  # no times or spans are written here


@pytest.fixture(params=["in memory", "streamed"])
def _both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if request.param == "streamed":
        monkeypatch.setattr(xlsx_writer, "_STREAMED_CELLS", 0)
    yield


@pytest.mark.usefixtures("_both_ways")
def test_a_workbook_holds_numbers_dates_and_text_as_such(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    rows: list[list[object]] = [
        ["=1+1", Decimal("12800.50"), dt.date(2024, 3, 5), 3, dt.datetime(2024, 3, 5, 14, 30)],
        ["http://x.cn", None, None, 10**17, None],
        ["0012", "unclear", dt.date(1899, 1, 1), float("nan"), ""],
    ]
    kinds: list[xlsx_writer.Kind] = ["text", "amount", "day", "number", "moment"]
    header = ["姓名", "金额", "日期", "次数", "时间"]
    assert write_xlsx(path, header, rows, kinds=kinds, title="客户") == 3
    assert reread(path) == [
        header,
        ["=1+1", 12800.5, dt.date(2024, 3, 5), 3.0, dt.datetime(2024, 3, 5, 14, 30)],
        ["http://x.cn", "", "", "100000000000000000", ""],
        ["0012", "unclear", "1899-01-01", "nan", ""],
    ]
    assert mode(path) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_workbook_looks_as_one_wants_it(tmp_path: Path) -> None:
    import openpyxl

    path = tmp_path / "a.xlsx"
    rows = [["张三" * 5, Decimal(1)], ["x" * 500, Decimal(2)]]
    write_xlsx(path, ["姓名", "金额"], rows, kinds=["text", "amount"], title="a/b[c]:" + "客" * 40)
    page = openpyxl.load_workbook(path).active
    assert page.title == "a b c  " + "客" * 24
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:B3"
    assert page["A1"].font.bold
    assert page["B2"].number_format == "#,##0.00"
    assert 55 <= page.column_dimensions["A"].width <= 65
    assert page.column_dimensions["B"].width < 12


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_xlsx(tmp_path / name, ["a"], [["b"]], kinds=["text"], title="t")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.xlsx") as package:
        assert b">2000-01-01T00:00:00Z</dcterms:created>" in package.read("docProps/core.xml")


@pytest.mark.parametrize("text", NAUGHTY)
def test_naughty_strings_do_no_harm_in_a_workbook(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.xlsx"
    write_xlsx(path, ["a"], [[text], ["after"]], kinds=["text"], title=text)
    rows = reread(path)
    assert rows[2] == ["after"]
    cell = rows[1][0]
    assert isinstance(cell, str)
    assert not set(cell) & set(map(chr, {*range(32)} - {9, 10}))


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.text(
            st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t_x04"),
            min_size=1,
            max_size=20,
        )
        | st.sampled_from(["_x0041_", "\ufffe", " a ", "_x000D_"]),
        min_size=1,
        max_size=5,
    )
)
def test_ordinary_text_reads_back_identically_from_a_workbook(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    path = tmp_path_factory.getbasetemp() / "same.xlsx"
    write_xlsx(path, ["a"], [[text] for text in texts], kinds=["text"], title="t")
    expected = [[text.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")] for text in texts]
    assert reread(path)[1:] == expected


def test_text_longer_than_a_cell_is_cut_and_marked(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_xlsx(path, ["a"], [["字" * 40_000], ["👍" * 20_000]], kinds=["text"], title="t")
    assert reread(path)[1:] == [["字" * 32_766 + "…"], ["👍" * 16_383 + "…"]]


def test_more_rows_than_excel_holds_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="1048576 rows do not fit"):
        write_xlsx(tmp_path / "a.xlsx", [], [[]] * 1_048_576, kinds=[], title="t")
    assert list(tmp_path.iterdir()) == []


def test_csv_for_excel_reads_back_as_a_table(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [[text] for text in NAUGHTY]
    write_csv(path, ["a"], rows, excel=True)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        back = list(csv.reader(stream, strict=True))
    assert [row[0] for row in back[1:]] == [excel_cell(text) for text in NAUGHTY]


@pytest.mark.parametrize("end", [".part", ".new", ".new-wal"])
def test_what_a_kill_left_is_cleared_away_a_day_later(tmp_path: Path, end: str) -> None:
    mine = ["agency.db", ".tourcrm-notes.new", ".tourcrm-0123456789ab.new.txt"]
    live, stale = (tmp_path / f".tourcrm-{digit * 12}{end}" for digit in "01")
    for path in (live, stale, *(tmp_path / name for name in mine)):
        path.write_text("x")
        if path != live:
            os.utime(path, (0, 0))
    write_csv(tmp_path / "a.csv", ["a"], [["b"]])
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {*mine, live.name, "a.csv"}
