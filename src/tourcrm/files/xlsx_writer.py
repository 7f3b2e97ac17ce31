"""Write .xlsx files that open right in Excel and cannot start a formula there."""

import contextlib
import datetime as dt
import errno
import re
import tempfile
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO, Literal, NamedTuple

from tourcrm.base.display import visible
from tourcrm.base.errors import Refused
from tourcrm.base.i18n import N_
from tourcrm.files.writer import harmless, private

EXCEL_ROWS = 1_048_576
EXCEL_CELL = 32_767  # characters, as Excel counts them: UTF-16 units
_STREAMED_CELLS = 500_000  # beyond this an .xlsx is not built in memory
_MAX_WIDTH, _MIN_WIDTH = 60, 6

Kind = Literal["text", "amount", "number", "day", "moment"]


class Page(NamedTuple):
    """A further sheet of a workbook, as `write_xlsx` takes the first."""

    header: Sequence[str]
    rows: Sequence[Sequence[object]]
    kinds: Sequence[Kind]
    title: str


def write_xlsx(
    path: str | Path,
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    kinds: Sequence[Kind],
    title: str,
    more: Sequence[Page] = (),
) -> int:
    """Write a table as an .xlsx workbook of one sheet, and `more` small ones; returns the rows of
    the first.

    `kinds` has one word a column: text, amount (major units, two decimals), number, day or moment.
    Cells are Decimal, int, float, date, datetime (already in the agency's zone), str or None; a
    str is written as text in any column, so nothing becomes a formula, a link or another number.
    Raises Refused where the file cannot be written or the rows are more than Excel holds.
    """
    import xlsxwriter

    table = rows if isinstance(rows, Sequence) else list(rows)
    if len(table) >= EXCEL_ROWS:
        raise Refused(
            N_("{rows} rows do not fit into an .xlsx file ({limit} at most). Write a .csv file."),
            rows=len(table),
            limit=EXCEL_ROWS - 1,
        )
    with contextlib.ExitStack() as stack:
        stream = stack.enter_context(private(path))
        options: dict[str, object] = {
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        if len(table) * len(header) > _STREAMED_CELLS:
            # Rows pass through a file: in a folder that nobody else can enter, gone at the end.
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="tourcrm-"))
            options |= {"constant_memory": True, "tmpdir": folder}
        else:
            options["in_memory"] = True
        sink = _Sink(stream)
        stack.callback(sink.stop)
        try:
            book = xlsxwriter.Workbook(sink, options)
            # A fixed day: the same rows give the same bytes.
            book.set_properties({"created": dt.datetime(2000, 1, 1, tzinfo=dt.UTC)})
            _fill(book, header, table, kinds, title)
            for page in more:
                _fill(book, page.header, page.rows, page.kinds, page.title)
            book.close()
        except xlsxwriter.exceptions.FileCreateError as error:
            raise _as_oserror(error) from None
    return len(table)


class _Sink:
    """The stream of a workbook. Stopped, it takes and forgets whatever comes.

    XlsxWriter leaves its package open where a write fails; when that is cleaned up it writes
    again, into a stream closed by then, and Python would complain on stderr.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream: BinaryIO | None = stream
        self._place = 0

    def write(self, content: bytes) -> int:
        if self._stream is not None:
            return self._stream.write(content)
        self._place += len(content)
        return len(content)

    def tell(self) -> int:
        return self._place if self._stream is None else self._stream.tell()

    def seek(self, place: int, whence: int = 0) -> int:
        self._place = place
        return place if self._stream is None else self._stream.seek(place, whence)

    def flush(self) -> None:
        if self._stream is not None:
            self._stream.flush()

    def stop(self) -> None:
        self._stream = None


def _as_oserror(error: Exception) -> OSError:
    """The OSError inside XlsxWriter's own exception."""
    inner = error.args[0] if error.args else None
    return inner if isinstance(inner, OSError) else OSError(errno.EIO, str(error))


def _fill(
    book: Any,
    header: Sequence[str],
    rows: Sequence[Sequence[object]],
    kinds: Sequence[Kind],
    title: str,
) -> None:
    from tourcrm.base.display import width

    page = book.add_worksheet(_sheet_title(title))
    page.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    formats = {
        "amount": book.add_format({"num_format": "#,##0.00"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
    }
    looks = [formats.get(kind) for kind in kinds]
    widths: list[int] = [
        max(_MIN_WIDTH, width(name) + 4) for name in header
    ]  # room for the filter's arrow
    for column, name in enumerate(header):
        page.write_string(0, column, _excel_text(name), bold)
    for line, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            if value is None or value == "":
                continue
            shown = _write_cell(page, line, column, value, looks[column], formats)
            widths[column] = max(widths[column], width(shown) + 2)
    for column, cells in enumerate(widths):
        page.set_column(column, column, min(cells, _MAX_WIDTH))
    if header:
        page.autofilter(0, 0, max(len(rows), 1), len(header) - 1)


def _write_cell(
    page: Any, line: int, column: int, value: object, look: Any, formats: dict[str, Any]
) -> str:
    """Write one cell by its type; returns what it shows, to measure the column."""
    if isinstance(value, dt.datetime) and value.year >= 1900:
        page.write_datetime(line, column, value.replace(tzinfo=None), formats["moment"])
        return "2000-01-01 00:00"
    if isinstance(value, dt.date) and value.year >= 1900:
        page.write_datetime(line, column, value, formats["day"])
        return "2000-01-01"
    if isinstance(value, bool):
        page.write_boolean(line, column, value)
        return "FALSE"
    if isinstance(value, (int, float, Decimal)) and -(10**15) < value < 10**15:
        page.write_number(line, column, value, look)
        return f"{value:,.2f}"
    text = _excel_text(str(value))
    page.write_string(line, column, text)
    return text[:_MAX_WIDTH]


# Codes that steer a terminal or turn the reading direction, and what XML 1.0 cannot hold: what a
# person opens shows them by a sign. TAB and line ends stay, but CR: XML makes a line end of it.
def _excel_text(text: str) -> str:
    """`text` as an .xlsx cell can hold it: harmless, length limited."""
    text = harmless(text)
    if len(text) > EXCEL_CELL // 2:
        units = text.encode("utf-16-le")
        if len(units) > 2 * EXCEL_CELL:
            text = units[: 2 * (EXCEL_CELL - 1)].decode("utf-16-le", "ignore") + "…"
    return text


def _sheet_title(title: str) -> str:
    """`title` within what Excel allows for the name of a sheet."""
    cleaned = re.sub(r"[\[\]:*?/\\]", " ", visible(title))[:31].strip("' ")
    return cleaned if cleaned and cleaned.casefold() != "history" else "tourcrm"
