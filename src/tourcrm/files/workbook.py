"""Sheets that are workbooks: .xlsx and .xls, checked before they are opened."""

import contextlib
import copy
import datetime as dt
import hashlib
import re
import zipfile
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import Any, BinaryIO

from tourcrm.base.display import visible
from tourcrm.base.errors import Message, Refused, TourcrmError
from tourcrm.base.i18n import N_
from tourcrm.files import number_formats, xls_chains, xls_formats
from tourcrm.files.table import (
    BLOCK,
    CHUNK_ROWS,
    EMPTY_SEARCH,
    Chunk,
    Known,
    Sheet,
    find_header,
    is_blank,
    other_kind,
)
from tourcrm.files.writer import why
from tourcrm.files.xlsx_xml import ERROR_LIMIT, Measured, Measurer, XmlError, elements

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Unpacked size of an .xlsx. 50 MB hold 100,000 customers; twice that is room enough, and what a
# workbook of 1.5 KB can unpack to (6 GB were measured) is not.
UNPACKED_LIMIT = 100 << 20
# Cells of the rectangle around all values of a sheet, which the reader holds in memory.
AREA_LIMIT = 10_000_000

_OPEN_AND_SAVE = N_(
    "{file} cannot be read as a workbook: {reason}. Open it in Excel or WPS, save it as .xlsx, "
    "and try again."
)
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OLE_KINDS = (
    ("WordDocument".encode("utf-16-le"), N_("a Word document")),
    ("PowerPoint Document".encode("utf-16-le"), N_("a PowerPoint presentation")),
)
# Parts of a package that are no XML; all others have to be, or it is damaged.
_BINARY_PARTS = (
    *(".bin", ".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf", ".svg"),
    *(".vml", ".data", ".ole", ".wdp", ".mp4", ".odttf"),
)
_STYLES = "xl/styles.xml"
_TEXT_TYPES = ("/worksheet", "/sharedStrings", "/styles")  # what the reader takes for XML
_ZIP_KINDS = (
    (re.compile(r"xl/workbook\.bin$"), N_("a binary workbook (.xlsb)")),
    (re.compile(r"word/"), N_("a Word document")),
    (re.compile(r"ppt/"), N_("a PowerPoint presentation")),
    (re.compile(r"content\.xml$"), N_("an OpenDocument file")),
)


ALL = "all"  # in place of a sheet's name: all that have the header of the first


@dataclass(slots=True)
class _Page:
    """A sheet of a workbook whose header was found."""

    title: str
    page: Any
    measured: Measured
    known: int  # names of its header that are known
    header_line: int
    header: list[str]
    before: int = 0  # lines of the sheets that are read before it
    spread: dict[int, list[tuple[int, int]]] = field(default_factory=dict)  # row -> column, last

    @property
    def first_column(self) -> int:
        return int((self.page.start or (0, 0))[1])

    @property
    def last_line(self) -> int:
        return int((self.page.end or (-1, -1))[0]) + 1


class Workbook(Sheet):
    kind = "xlsx"

    def __init__(self, file: BinaryIO, name: str, known: Known, wanted: str | None = None) -> None:
        super().__init__(file, name)
        self._row = 0
        self._room = UNPACKED_LIMIT
        self._measured: dict[str, Measured] = {}
        self._marks: dict[str, dict[int, bytearray]] = {}  # of an .xls, by its sheets
        self._pages: list[_Page] = []  # those that are read
        self._cells_seen = False  # whether the reader found any cell, if only blanks
        if self.size > UNPACKED_LIMIT:
            raise self._too_large()
        file.seek(0)
        head = file.read(8)
        file.seek(0)
        digest = hashlib.sha256()
        while block := file.read(BLOCK):
            digest.update(block)
        self.sha256 = digest.hexdigest()
        parts: dict[str, str] | None = None
        with self._reading():
            if head.startswith(ZIP):
                parts = self._check_package()
                self.serials = True
            else:
                self.kind = "xls"
                self._check_compound()
        self._choose(known, parts, wanted)

    def position(self) -> int:
        return self._row

    # before it is opened

    def _check_package(self) -> dict[str, str]:
        """Refuse what is no workbook or unpacks to too much; the XML part of each sheet."""
        with zipfile.ZipFile(self._file) as package:
            infos = package.infolist()
            names = [info.filename.replace("\\", "/") for info in infos]
            if "xl/workbook.xml" not in names:
                for pattern, what in _ZIP_KINDS:
                    if any(map(pattern.match, names)):
                        raise other_kind(self.name, what)
                raise other_kind(self.name, N_("a packed archive"))
            if any(info.flag_bits & 1 for info in infos):
                raise self._locked()
            if len({name.casefold() for name in names}) < len(names):
                raise XmlError
            by_name = dict(zip(names, infos, strict=True))
            shortened: dict[str, int] = {}
            if _STYLES in by_name:  # first: they say what the cells of the sheets show
                self._measured[_STYLES] = self._unpack(package, by_name.pop(_STYLES))
                shortened = number_formats.shortened(elements(package.read(_STYLES)))
            for name, info in by_name.items():
                self._measured[name] = self._unpack(package, info, shortened)
            return self._parts(package)

    def _unpack(
        self,
        package: zipfile.ZipFile,
        info: zipfile.ZipInfo,
        shortened: Mapping[str, int] | None = None,
    ) -> Measured:
        """Unpack one part to its true end, since declared sizes may be false, and measure it."""
        honest = copy.copy(info)
        honest.file_size = UNPACKED_LIMIT + 1
        measurer = None if info.filename.lower().endswith(_BINARY_PARTS) else Measurer(shortened)
        size = 0
        with package.open(honest) as part:
            while block := part.read(BLOCK):
                size += len(block)
                self._room -= len(block)
                if self._room < 0:
                    raise self._too_large()
                if measurer is not None:
                    measurer.feed(block)
        return measurer.finish(size) if measurer is not None and size else Measured()

    def _parts(self, package: zipfile.ZipFile) -> dict[str, str]:
        targets: dict[str, str] = {}
        for tag, attributes in elements(package.read("xl/_rels/workbook.xml.rels")):
            if tag == "Relationship":
                target = attributes.get("Target", "")
                if attributes.get("Type", "").endswith(_TEXT_TYPES) and (
                    target.lower().endswith(_BINARY_PARTS)
                ):
                    raise XmlError
                target = target.lstrip("/") if target.startswith(("/", "xl/")) else f"xl/{target}"
                targets[attributes.get("Id", "")] = target
        sheets: dict[str, str] = {}
        for tag, attributes in elements(package.read("xl/workbook.xml")):
            if tag == "workbookPr":
                self.epoch1904 = attributes.get("date1904", "0") in ("1", "true")
            elif tag == "sheet":
                key = next((k for k in attributes if k.endswith(":id")), "")
                sheets[attributes.get("name", "")] = targets.get(attributes.get(key, ""), "")
        return sheets

    def _check_compound(self) -> None:
        self._file.seek(0)
        content = self._file.read()
        if _ENCRYPTED in content:
            raise self._locked()
        for mark, what in _OLE_KINDS:
            if mark in content:
                raise other_kind(self.name, what)
        xls_chains.check(content)
        formats = xls_formats.read(xls_chains.workbook_stream(content))
        self.epoch1904 = formats.epoch1904
        self._marks = formats.marks

    def _refuse_excess(self, title: str, measured: Measured) -> None:
        if len(measured.errors) >= ERROR_LIMIT:
            raise Refused(
                N_(
                    '{file}, sheet "{sheet}": over {limit} rows hold errors such as #N/A. '
                    "Mend them in Excel or WPS first."
                ),
                file=self.name,
                sheet=visible(title, 40),
                limit=ERROR_LIMIT,
            )
        if measured.area > AREA_LIMIT:
            raise Refused(
                N_(
                    '{file}, sheet "{sheet}": its values lie too far apart (down to row {row}). '
                    "Delete the stray cells far below or to the right, and save it again."
                ),
                file=self.name,
                sheet=visible(title, 40),
                row=measured.high[0] + 1,
            )

    # choosing the sheet

    def _choose(self, known: Known, parts: dict[str, str] | None, wanted: str | None) -> None:
        found = self._found(known, parts, wanted)
        if not found:
            values = any(measured.high >= (0, 0) for measured in self._measured.values())
            if values and not self._cells_seen:
                raise self._damaged(XmlError())  # values that the reader did not see
            raise Refused(N_("{file}: no visible sheet holds any rows."), file=self.name)
        first = next((page for page in found if page.known), found[0])
        self._pages = [first]
        if wanted is not None and wanted.casefold() == ALL and not _is_named(found, ALL):
            self._pages += [page for page in found if page is not first and _alike(page, first)]
        for page in self._pages:
            self._refuse_uncomputed(page.title, page.measured)
            page.before = self.total if page is not first else 0
            self.total = page.before + page.last_line
        self._first_column = first.first_column + 1
        after = (cells for line, cells in self._numbered(first) if line > first.header_line)
        self._settle(first.header_line, first.header, islice(after, EMPTY_SEARCH), known)
        self._tell([page for page in found if page.known and page not in self._pages], first)

    def _found(self, known: Known, parts: dict[str, str] | None, wanted: str | None) -> list[_Page]:
        """The sheets with rows, or the one that is wanted."""
        import python_calamine as calamine

        self._file.seek(0)
        with self._reading():
            book = calamine.load_workbook(self._file)
            metadata = book.sheets_metadata
        sheets = [
            (place, about)
            for place, about in enumerate(metadata)
            if about.typ == calamine.SheetTypeEnum.WorkSheet
        ]
        visible_ones = [
            (place, about)
            for place, about in sheets
            if about.visible == calamine.SheetVisibleEnum.Visible
        ]
        if wanted is not None:
            named = [(place, about) for place, about in sheets if about.name.strip() == wanted]
            if not named and wanted.casefold() != ALL:
                raise Refused(
                    N_("{file} has no sheet {sheet}. It has: {names}."),
                    file=self.name,
                    sheet=visible(wanted, 40),
                    names=", ".join(visible(about.name, 40) for _, about in sheets),
                )
            visible_ones = named or visible_ones
        found = []
        for place, about in visible_ones:
            measured = Measured(shortened=self._marks.get(about.name, {}))
            with self._reading():
                if parts is not None:
                    measured = self._measured[parts[about.name]]
                self._refuse_excess(about.name, measured)
                page = _Page(about.name, book.get_sheet_by_index(place), measured, 0, 0, [])
            self._cells_seen |= page.page.start is not None
            header = find_header(self._numbered(page), known)
            if header is not None:
                page.known, page.header_line, page.header = header
                found.append(page)
        self._sheets = len(metadata)
        return found

    def _tell(self, others: Sequence[_Page], first: _Page) -> None:
        """Say which sheets are read, and which could be."""
        names = ", ".join(visible(page.title, 40) for page in others)
        if len(self._pages) > 1:
            read = ", ".join(
                f"{visible(page.title, 40)} ({page.before + 1}-{page.before + page.last_line})"
                for page in self._pages
            )
            self.note = Message(
                N_(
                    "Sheets read, their lines counted on: {sheets}; with another header, not read: "
                    "{others}."
                )
                if others
                else N_("Sheets read, their lines counted on: {sheets}."),
                sheets=read,
                others=names,
            )
        elif others:
            self.note = Message(
                N_(
                    'The sheet "{sheet}" was read; not read: {others}. --sheet NAME reads another, '
                    "--sheet all those that have the same header."
                ),
                sheet=visible(first.title, 40),
                others=names,
            )
        elif not first.known and self._sheets > 1:
            self.note = Message(
                N_(
                    'No sheet has a header that is known; "{sheet}", the first with rows, was read.'
                ),
                sheet=visible(first.title, 40),
            )

    def _refuse_uncomputed(self, title: str, measured: Measured) -> None:
        if measured.uncomputed:
            raise Refused(
                N_(
                    '{file}, sheet "{sheet}": formulas were saved without their values, the first '
                    "in {cell}. Open it in Excel or WPS, save it, and try again."
                ),
                file=self.name,
                sheet=visible(title, 40),
                cell=measured.uncomputed,
            )

    # reading

    def _numbered(self, page: _Page) -> Iterator[tuple[int, list[str]]]:
        """(row number from 1, cells as text) of all rows of a sheet."""
        first_column = page.first_column
        with self._reading():
            values = iter(page.page.iter_rows()) if page.page.start is not None else iter(())
        line = 0
        while True:
            with self._reading():
                row = next(values, None)
            if row is None:
                return
            line += 1
            cells = [value if type(value) is str else _TEXTS[type(value)](value) for value in row]
            for column, marks in page.measured.shortened.items():
                place = column - first_column
                if line <= len(marks) and marks[line - 1] and 0 <= place < len(cells):
                    text = number_formats.shown(row[place], marks[line - 1], self.epoch1904)
                    cells[place] = cells[place] if text is None else text
            for column, text in page.measured.errors.get(line - 1, {}).items():
                if 0 <= column - first_column < len(cells):
                    cells[column - first_column] = text
            yield line, cells

    def spread(self, places: Iterable[int]) -> None:
        columns = {place if self._kept is None else self._kept[place] for place in places}
        for page in self._pages:
            first_column = page.first_column
            page.spread = {}
            with self._reading():
                ranges = page.page.merged_cell_ranges or ()
            for (top, left), (bottom, _right) in ranges:
                if bottom > top >= page.header_line and left - first_column in columns:
                    page.spread.setdefault(top + 1, []).append((left - first_column, bottom + 1))
        self.merged = any(page.spread for page in self._pages)

    def _data(self, page: _Page) -> Iterator[tuple[int, list[str]]]:
        """The rows below the header of a sheet."""
        numbered = self._numbered(page)
        for line, _ in numbered:
            if line == page.header_line:
                break
        return self._filled(page, numbered) if page.spread else numbered

    @staticmethod
    def _filled(
        page: _Page, numbered: Iterator[tuple[int, list[str]]]
    ) -> Iterator[tuple[int, list[str]]]:
        """Rows with the value of a merged cell in each of its rows; blank rows stay blank."""
        open_: dict[int, tuple[int, str]] = {}  # column -> last row, value
        for line, row in numbered:
            if open_ and not is_blank(row):
                for column, (last, value) in open_.items():
                    if line <= last and not row[column].strip():
                        row[column] = value
            for column, last in page.spread.get(line, ()):
                open_[column] = last, row[column]
            yield line, row

    def chunks(self, size: int = CHUNK_ROWS) -> Generator[Chunk]:
        self._row = 0
        for page in self._pages:
            numbered = self._data(page)
            while batch := list(islice(numbered, size)):
                self._row = page.before + batch[-1][0]
                lines = range(page.before + batch[0][0], self._row + 1)
                yield self._sorted_out(lines, [row for _, row in batch])

    # refusals

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        """Whatever the reader makes of a damaged file, a refusal is what becomes of it."""
        try:
            yield
        except (TourcrmError, KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError):
            raise
        except BaseException as error:  # noqa: BLE001 - a panic of the Rust code is no Exception
            if type(error).__name__ == "PasswordError":
                raise self._locked() from None
            raise self._damaged(error) from None

    def _damaged(self, error: BaseException) -> Refused:
        reason = (
            why(error)
            if isinstance(error, OSError) and error.errno
            else Message(N_("it is damaged"))
        )
        return Refused(_OPEN_AND_SAVE, file=self.name, reason=reason)

    def _locked(self) -> Refused:
        return Refused(
            N_("{file} is protected by a password. Save it without the password and try again."),
            file=self.name,
        )

    def _too_large(self) -> Refused:
        return Refused(
            N_("{file} unpacks to over {megabytes} MB. Save the sheet as .csv and import that."),
            file=self.name,
            megabytes=UNPACKED_LIMIT >> 20,
        )


def _is_named(pages: Iterable[_Page], name: str) -> bool:
    return any(page.title.strip() == name for page in pages)


def _alike(page: _Page, first: _Page) -> bool:
    """Whether a sheet has the header of the first: the same names in the same order."""
    names = [[cell.strip().casefold() for cell in one.header] for one in (page, first)]
    for some in names:
        while some and not some[-1]:
            some.pop()
    return names[0] == names[1]


# Text of the values that a workbook holds.


def _number_text(value: float) -> str:
    """A number as text: 3 for 3.0; 1.1E+17 where Excel has lost digits, so that parsers see it."""
    if abs(value) >= 1e15:
        return f"{Decimal(repr(value)).normalize():E}"
    return str(int(value)) if value == int(value) else repr(value)


def _moment_text(value: dt.datetime) -> str:
    if value.microsecond:
        value = (value + dt.timedelta(microseconds=500_000)).replace(microsecond=0)
    return str(value.date()) if value.time() == dt.time() else str(value)


def _time_text(value: dt.time) -> str:
    return value.isoformat("seconds" if value.second else "minutes")


def _span_text(value: dt.timedelta) -> str:
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


_TEXTS: dict[type, Callable[[Any], str]] = {
    float: _number_text,
    int: _number_text,
    bool: lambda value: "TRUE" if value else "FALSE",
    dt.datetime: _moment_text,
    dt.date: str,
    dt.time: _time_text,
    dt.timedelta: _span_text,
    type(None): lambda value: "",
}
