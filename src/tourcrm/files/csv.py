"""Sheets that are text: CSV and TSV in whatever encoding and with whatever delimiter."""

import codecs
import contextlib
import csv
import hashlib
import io
import re
from bisect import bisect_left, bisect_right
from collections.abc import Generator, Iterator, Sequence
from itertools import islice
from typing import Any, BinaryIO

from tourcrm.base.display import visible
from tourcrm.base.errors import Message, Refused, WrongUsage
from tourcrm.base.i18n import N_
from tourcrm.files.table import (
    BLOCK,
    CHUNK_ROWS,
    EMPTY_SEARCH,
    Chunk,
    Known,
    Sheet,
    find_header,
    unread,
)
from tourcrm.files.writer import from_excel_cell

CELL_LIMIT = 1_000_000  # characters in one CSV cell
LINE_LIMIT = 16 << 20  # bytes without a line end: no table, and not worth the memory
FAULTY_LIMIT = 1_000  # lines with bytes that the encoding does not know; with more, it is another
CHUNK_BYTES = 32 << 20  # a chunk of very long rows ends early, so that memory stays bounded
_SAMPLE = 64 << 10

# Names that --encoding takes. GB18030 holds GBK and GB2312; cp950 is Big5 as Windows writes it.
_CODECS = {
    "utf8": "utf-8-sig",
    "utf8sig": "utf-8-sig",
    "gb18030": "gb18030",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "cp936": "gb18030",
    "big5": "cp950",
    "cp950": "cp950",
    "big5hkscs": "big5hkscs",
    "utf16": "utf-16",
    "utf16le": "utf-16-le",
    "utf16be": "utf-16-be",
    "shiftjis": "cp932",
    "cp932": "cp932",
    "euckr": "cp949",
    "cp949": "cp949",
    "latin1": "latin-1",
    "cp1252": "cp1252",
}
_SHOWN = {"utf-8-sig": "UTF-8", "gb18030": "GB18030", "cp950": "Big5", "big5hkscs": "Big5-HKSCS"}
_LADDER = ("utf-8-sig", "gb18030", "cp950", "big5hkscs")
_CHINESE = frozenset(_LADDER[1:])
_EURO = b"\x80"  # in Windows' code page 936, which knows one sign more than GBK
_MENDED = "tourcrm-mended"  # an error handler: the euro sign, and U+FFFD for what cannot be read
# Characters that ordinary sheets are full of; text read by the wrong codec has hardly any.
_COMMON = re.compile(
    "[的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会年月日号元省市县区路街"
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗電話手機名客戶訂單這個來時為國張劉陳楊趙黃"
    "客户姓名电话手机订单游行旅海山云南北京上海广州线天全价已取消完成备注]"
)
# A run wholly of UTF-8 Chinese between ASCII: what a cell of a second encoding looks like.
# The first byte before the look behind it: several times faster.
_UTF8_CELL = re.compile(
    rb"[\xe3-\xe9\xef](?<![\x80-\xff].)[\x80-\xbf]{2}"
    rb"(?:[\xe3-\xe9\xef][\x80-\xbf]{2})+(?![\x80-\xff])",
    re.DOTALL,
)
_UTF8_WORDS = re.compile(rb"(?:[\xe3-\xe9][\x80-\xbf]{2}){2}")


def _mended(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    euro = _is_euro(error)
    return "€" if euro else "\ufffd", error.start + 1


def _is_euro(error: UnicodeDecodeError) -> bool:
    return error.encoding == "gb18030" and error.object[error.start : error.start + 1] == _EURO


codecs.register_error(_MENDED, _mended)


def codec_named(encoding: str) -> str:
    try:
        return _CODECS[re.sub(r"[-_ ]", "", encoding.lower())]
    except KeyError:
        raise WrongUsage(
            N_('There is no encoding "{name}". Use utf-8, gb18030, big5 or utf-16.'),
            name=visible(encoding, 40),
        ) from None


def utf16_blind(head: bytes) -> str | None:
    """UTF-16 without a mark: the NULs of commas, digits and line ends stand on one side, and what
    is read so is text; else None."""
    head = head[: len(head) // 2 * 2]
    pairs = len(head) // 2
    if pairs < 4:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    for codec, there, other in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if there > pairs * 0.05 and other <= there * 0.05 and _reads_as_text(head, codec):
            return codec
    return None


def _reads_as_text(head: bytes, codec: str) -> bool:
    """Whether nothing but text comes out, about which the bytes of another encoding leave no doubt:
    cells that are NULs turn letters of ASCII into rare characters."""
    try:
        text = codecs.getincrementaldecoder(codec)().decode(head)
    except UnicodeDecodeError:
        return False
    plain = sum(" " <= sign <= "~" or sign in "\t\r\n" for sign in text)
    return "\0" not in text and plain + 3 * len(_COMMON.findall(text)) > len(text) / 2


def _is_utf8_word(run: bytes) -> bool:
    """Whether a run that could be UTF-8 is: three GB18030 characters may look like two of it."""
    text = run.decode("utf-8", "replace")
    return len(text) >= 4 or all(map(_COMMON.match, text))


class TextSheet(Sheet):
    kind = "csv"

    def __init__(
        self, file: BinaryIO, name: str, known: Known, codec: str | None, *, tabs: bool
    ) -> None:
        super().__init__(file, name)
        self.total = self.size
        self._step = 1_000
        csv.field_size_limit(CELL_LIMIT)
        self._codec = codec or ""
        self._lines = 0
        self._faulty: list[int] = []  # lines that this encoding cannot read whole
        broken = self._survey(check_utf8=codec in (None, "utf-8-sig"))
        delimiters = "\t" if tabs else ",\t;"
        if codec is None:
            self._codec = self._choose_codec(broken, delimiters, known)
        if self._codec != "utf-8-sig" or broken is not None:
            self._check_codec()
        self.encoding = _SHOWN.get(self._codec, self._codec.upper())
        self._for_excel = _is_for_excel(self._bytes(0, _SAMPLE))
        found, self.delimiter = max(
            ((self._header_as(self._codec, mark, known), mark) for mark in delimiters),
            key=lambda choice: (choice[0][0], len(choice[0][2])),
        )
        line, cells = found[1:]
        if not cells:
            for _ in self.chunks():
                pass  # tells what is wrong with the first row, if something is
            raise Refused(N_("{file}: the file holds no rows."), file=name)
        if line in self._faulty or 0 < self._lines - line <= len(self._faulty):
            raise self._undecodable(self._faulty[0])  # the header, or every row
        first = (row for at, row in self._first_rows(self._codec, self.delimiter) if at > line)
        self._settle(line, cells, islice(first, EMPTY_SEARCH), known)

    def position(self) -> int:
        return min(self._file.tell(), self.size)

    # settling the encoding

    def _survey(self, *, check_utf8: bool) -> int | None:
        """Read all once: hash, line lengths, UTF-8. Returns the byte where UTF-8 breaks, or None.

        The least lines in a block tell how many rows a chunk can safely take at a time.
        """
        digest = hashlib.sha256()
        decoder = codecs.getincrementaldecoder("utf-8")() if check_utf8 else None
        broken: int | None = None
        offset = without_end = 0
        self._file.seek(0)
        while block := self._file.read(BLOCK):
            digest.update(block)
            if decoder is not None:
                try:
                    decoder.decode(block, final=offset + len(block) >= self.size)
                except UnicodeDecodeError as error:
                    broken = offset + len(block) - len(error.object) + error.start
                    decoder = None
            offset += len(block)
            ends = block.count(b"\n") or block.count(b"\r")
            self._lines += ends + (offset >= self.size and not block.endswith((b"\n", b"\r")))
            without_end = 0 if ends else without_end + len(block)
            if without_end > LINE_LIMIT:
                raise Refused(
                    N_("{file} has a line of over {megabytes} MB: it is not a table."),
                    file=self.name,
                    megabytes=LINE_LIMIT >> 20,
                )
            if len(block) == BLOCK:
                self._step = min(self._step, ends + 1)
        self.sha256 = digest.hexdigest()
        return broken

    def _choose_codec(self, broken: int | None, delimiters: str, known: Known) -> str:
        head = self._bytes(0, _SAMPLE)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        blind = utf16_blind(head)
        if blind is not None:
            return blind
        if broken is None:
            return "utf-8-sig"
        before = self._bytes(max(0, broken - _SAMPLE), broken)
        if head.startswith(codecs.BOM_UTF8) or len(_UTF8_WORDS.findall(before)) >= 3:
            return "utf-8-sig"
        sample = self._bytes(broken, broken + _SAMPLE)
        scores: list[tuple[int, int, int, int, str]] = []
        for place, codec in enumerate(_LADDER):
            text = codecs.getincrementaldecoder(codec)(_MENDED).decode(sample)
            names = max(self._header_as(codec, mark, known)[0] for mark in delimiters)
            faults = text.count("\ufffd")
            if not names and faults:
                continue
            scores.append((names, -faults, len(_COMMON.findall(text)), -place, codec))
        if not scores:
            raise self._undecodable(self._lines_at([broken])[0], "UTF-8 / GB18030 / Big5")
        return max(scores)[-1]

    def _check_codec(self) -> None:
        """Decode all once, so that nothing is refused half-way: which lines cannot be read, or hold
        a cell of a second encoding."""
        decoder = codecs.getincrementaldecoder(self._codec)()
        found: list[int] = []  # bytes
        offset = 0
        mixed = self._codec in _CHINESE
        self._file.seek(0)
        while block := self._file.read(BLOCK):
            end = offset + len(block)
            rest = block
            while True:
                try:
                    decoder.decode(rest, final=end >= self.size)
                    break
                except UnicodeDecodeError as error:
                    if not _is_euro(error):
                        found.append(end - len(error.object) + error.start)
                    rest = error.object[error.start + 1 :]
                    decoder.reset()
            if mixed:
                found.extend(
                    offset + run.start()
                    for run in _UTF8_CELL.finditer(block, 1 if offset else 0)
                    if run.end() < len(block) and _is_utf8_word(run.group())
                )
            if len(found) > FAULTY_LIMIT:
                raise self._undecodable(self._lines_at(sorted(found))[0])
            offset = end
        self._faulty = sorted(set(self._lines_at(sorted(found))))

    def _undecodable(self, line: int, encoding: str | None = None) -> Refused:
        return Refused(
            N_(
                "{file}, line {line}: not readable as {encoding}; the file may mix two encodings. "
                "Save it anew as UTF-8, or name its encoding: --encoding gb18030 (or big5)."
            ),
            file=self.name,
            line=line,
            encoding=encoding or _SHOWN.get(self._codec, self._codec.upper()) or "UTF-8",
        )

    def _lines_at(self, offsets: Sequence[int]) -> list[int]:
        """The lines in which these bytes stand, which come in order."""
        lines = []
        ends = returns = at = 0
        self._file.seek(0)
        for offset in offsets:
            while at < offset and (block := self._file.read(min(BLOCK, offset - at))):
                at += len(block)
                ends += block.count(b"\n")
                returns += block.count(b"\r")
            lines.append((ends or returns) + 1)
        return lines

    def _bytes(self, start: int, end: int) -> bytes:
        self._file.seek(start)
        return self._file.read(end - start)

    # reading

    @contextlib.contextmanager
    def _rows(self, codec: str, delimiter: str) -> Iterator[Any]:
        """A csv.reader from the first line on; the file outlives it."""
        self._file.seek(0)
        text = io.TextIOWrapper(self._file, encoding=codec, errors=_MENDED, newline="")
        try:
            yield csv.reader(text, delimiter=delimiter, strict=True)
        finally:
            with contextlib.suppress(ValueError):  # the sheet may be closed by now
                text.detach()

    def _first_rows(self, codec: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
        """(line, row) from the first on, up to the first that cannot be read."""
        with self._rows(codec, delimiter) as reader:
            while True:
                line = reader.line_num + 1
                try:
                    row = next(reader)
                except (StopIteration, csv.Error):
                    return
                yield line, row

    def _header_as(self, codec: str, delimiter: str, known: Known) -> tuple[int, int, list[str]]:
        """The header as one choice of codec and delimiter has it; (0, 0, []) where none."""
        return find_header(self._first_rows(codec, delimiter), known) or (0, 0, [])

    def chunks(self, size: int = CHUNK_ROWS) -> Generator[Chunk]:
        csv.field_size_limit(CELL_LIMIT)
        with self._rows(self._codec, self.delimiter) as reader:
            try:
                while reader.line_num < self.header_line:
                    next(reader)
                while True:
                    before = reader.line_num
                    rows = self._batch(reader, size)
                    if not rows:
                        return
                    if self._for_excel:
                        _rearm(rows)
                    lines = _lines(rows, before, reader.line_num)
                    if self._faulty:
                        self._mark_unreadable(lines, reader.line_num)
                    yield self._sorted_out(lines, rows)
            except csv.Error as error:
                raise self._broken(error) from None
            except OSError as error:
                raise unread(self.name, error) from None

    def _mark_unreadable(self, lines: Sequence[int], last: int) -> None:
        """Note which of the rows that begin in these lines, and end by the last, cannot be read."""
        start, end = bisect_left(self._faulty, lines[0]), bisect_right(self._faulty, last)
        for line in self._faulty[start:end]:
            self._unreadable[lines[bisect_right(lines, line) - 1]] = Message(
                N_("not readable as {encoding}: a cell is damaged, or of another encoding"),
                encoding=self.encoding,
            )

    def _batch(self, reader: Iterator[list[str]], size: int) -> list[list[str]]:
        rows: list[list[str]] = []
        start = self._file.tell()
        while len(rows) < size and self._file.tell() - start < CHUNK_BYTES:
            part = list(islice(reader, min(self._step, size - len(rows))))
            if not part:
                break
            rows += part
        return rows

    def _broken(self, error: Exception) -> Refused:
        """The refusal for a row that cannot be read, found again to name where it begins."""
        line = 1
        rows = self._rows(self._codec, self.delimiter)
        with rows as reader, contextlib.suppress(csv.Error):
            for _ in reader:
                line = reader.line_num + 1
        if "limit" in str(error):
            return self._refused_at(
                line,
                N_("a cell of over {limit} characters, or a quote that is never closed"),
                limit=CELL_LIMIT,
            )
        return self._refused_at(line, N_("a quote stands where none may, or is never closed"))

    def _refused_at(self, line: int, reason: str, **params: Any) -> Refused:
        return Refused(
            N_("{file}, line {line}: {reason}. Mend this line, or save the file as .xlsx."),
            file=self.name,
            line=line,
            reason=Message(reason, **params),
        )


def _is_for_excel(head: bytes) -> bool:
    """Whether a file begins and ends its lines as the CSV that we write for Excel, and Excel's own.

    Nothing else that tourcrm writes does: rejected rows have "\\n", the machine's form no mark.
    """
    line, end, _rest = head.partition(b"\n")
    return head.startswith(codecs.BOM_UTF8) and bool(end) and line.endswith(b"\r")


def _rearm(rows: list[list[str]]) -> None:
    """Take the apostrophe from cells that were disarmed, as they could start a formula."""
    for row in rows:
        if "'" in "".join(row):
            row[:] = map(from_excel_cell, row)


_LINE_ENDS = re.compile("\r\n?|\n")


def _lines(rows: list[list[str]], before: int, after: int) -> Sequence[int]:
    """The line in which each row begins: one after another, but for line ends inside of cells."""
    if after - before == len(rows):
        return range(before + 1, after + 1)
    lines = []
    line = before + 1
    for row in rows:
        lines.append(line)
        line += 1 + len(_LINE_ENDS.findall("\0".join(row)))
    return lines
