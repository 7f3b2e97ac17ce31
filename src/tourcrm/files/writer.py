"""Writing files: whole or not at all, for this user's eyes only, for machines or for Excel.

The machine's form is exact and reads back to the same cells. The person's form opens right in
Excel and cannot start a formula there.
"""

import contextlib
import errno
import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import groupby, islice
from pathlib import Path
from typing import IO, Any, BinaryIO, TextIO, overload

from tourcrm.base.blocks import TOGETHER
from tourcrm.base.display import visible
from tourcrm.base.errors import Message, Refused
from tourcrm.base.i18n import N_
from tourcrm.base.patterns import pattern

_REASONS = {
    errno.ENOSPC: N_("the disk is full"),
    errno.EDQUOT: N_("your disk quota is used up"),
    errno.EFBIG: N_("the file would be larger than the system allows"),
    errno.EACCES: N_("you have no permission"),
    errno.EPERM: N_("you have no permission"),
    errno.EROFS: N_("the disk is read-only"),
    errno.ENOENT: N_("there is no such file or folder"),
    errno.ENOTDIR: N_("a part of its path is a file, not a folder"),
    errno.EISDIR: N_("it is a folder"),
    errno.ENAMETOOLONG: N_("the name is too long"),
    errno.ELOOP: N_("its links lead in a circle"),
    errno.EIO: N_("the disk reports an error"),
    errno.EBUSY: N_("another program is using it"),
    errno.ETXTBSY: N_("another program is using it"),
    errno.EBADF: N_("it is closed"),
}

# What `private` and the drafts of a database are called until they are whole.
_DRAFT = pattern(r"\.tourcrm-[0-9a-f]{12}\.(part|new(-wal|-shm|-journal)?)")
_STALE_SECONDS = 24 * 3600


def why(error: OSError) -> Message:
    """The reason of an OSError in the user's words."""
    reason = _REASONS.get(error.errno or 0)
    return Message(reason) if reason else Message("{reason}", reason=visible(_system(error)))


def _system(error: OSError) -> str:
    return error.strerror or type(error).__name__


@overload
def private(path: str | Path) -> contextlib.AbstractContextManager[BinaryIO]: ...
@overload
def private(path: str | Path, *, encoding: str) -> contextlib.AbstractContextManager[TextIO]: ...
def private(
    path: str | Path, *, encoding: str | None = None
) -> contextlib.AbstractContextManager[Any]:
    """A stream to write a file that appears under `path` whole, or not at all; mode 0600.

    Bytes, or text with exact line ends where `encoding` is given. The file takes its name when the
    block ends without an error; until then what was there before stays. A device or pipe
    (/dev/stdout) is written directly. Raises Refused, with the reason, where the file cannot be
    made, written, flushed or named; an error of the block itself passes through.
    """
    return _private(path, encoding)


@contextlib.contextmanager
def _private(path: str | Path, encoding: str | None) -> Iterator[IO[Any]]:
    try:
        special = _is_special(path)
        target = Path(path) if special else Path(os.path.realpath(path))
        if not special and target.is_dir():
            raise IsADirectoryError(errno.EISDIR, "")
        if special:
            descriptor = os.open(target, os.O_WRONLY | os.O_APPEND)
            temporary = None
        else:
            # A short name of its own, since the target's may already be as long as one can be.
            temporary = target.with_name(f".tourcrm-{os.urandom(6).hex()}.part")
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
            descriptor = os.open(temporary, flags, 0o600)
            sweep(temporary)
    except OSError as error:
        raise _unwritten(path, error) from None
    try:
        try:
            with _opened(descriptor, encoding) as stream:
                yield stream
                stream.flush()
                if temporary is not None:
                    os.fsync(descriptor)
            if temporary is not None:
                temporary.replace(target)
                temporary = None
                _sync_folder(target.parent)
        except BrokenPipeError:
            raise
        except OSError as error:
            named = error.filename
            if (
                temporary is not None
                and named is not None
                and Path(os.fsdecode(named)) != temporary
            ):
                raise  # of another file than this one
            raise _unwritten(path, error) from None
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink()


def sweep(draft: Path) -> None:
    """Remove the drafts that a kill or a power cut left beside a new draft.

    Those are meant that nobody has written to for a day before `draft`, by the clock of the disk.
    """
    with contextlib.suppress(OSError):
        oldest = draft.stat().st_mtime - _STALE_SECONDS
        for left in draft.parent.glob(".tourcrm-*"):
            with contextlib.suppress(OSError):
                if _DRAFT.fullmatch(left.name) and left.lstat().st_mtime < oldest:
                    left.unlink()


def _opened(descriptor: int, encoding: str | None) -> IO[Any]:
    if encoding is None:
        return open(descriptor, "wb")
    return open(descriptor, "w", encoding=encoding, errors="backslashreplace", newline="")


def _unwritten(path: str | Path, error: OSError) -> Refused:
    return Refused(
        N_("{file} was not written: {reason}. Choose another place, or make room, and try again."),
        file=visible(str(path)),
        reason=why(error),
    )


def _is_special(path: str | Path) -> bool:
    """Whether `path` names a device or a pipe: it is written to, never replaced."""
    if os.name == "posix" and os.path.abspath(path).startswith(("/dev/", "/proc/")):  # noqa: PTH100 - links are not followed
        return True
    try:
        mode = Path(path).stat().st_mode
    except OSError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def _sync_folder(folder: Path) -> None:
    """Make the new name survive a power cut, where folders can be synced at all."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def numbered(path: str | Path) -> Path:
    """`path`, or where something has that name, the first free of NAME-2.csv, NAME-3.csv ..."""
    wanted = Path(path)
    found, number = wanted, 1
    while os.path.lexists(found):
        number += 1
        found = wanted.with_name(f"{wanted.stem}-{number}{wanted.suffix}")
    return found


def write_csv(
    target: TextIO | str | Path,
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    excel: bool = False,
    bom: bool = False,
) -> int:
    """Write a table as CSV to an open text stream or to a file of 0600; returns the rows written.

    Cells are text, None, or what str() writes exactly. The machine's form (default) is UTF-8 with
    "\\n" line ends: `sheet.open_sheet` reads the same cells back. `bom` begins it with a byte order
    mark, for exact cells that Excel shows in the right characters. `excel` is the person's form:
    BOM, "\\r\\n", cells that could start a formula disarmed with an apostrophe, codes that steer a
    terminal or turn the reading direction shown by a sign, and long digits kept from becoming
    1.38E+10.
    Raises Refused where the file cannot be written.
    """
    if isinstance(target, (str, Path)):
        with private(target, encoding="utf-8") as stream:
            return write_csv(stream, header, rows, excel=excel, bom=bom)
    if excel or bom:
        target.write("\ufeff")
    source = iter(rows)
    lines: list[Sequence[object]] = [header]
    count = -1
    while lines:
        if len(set(map(len, lines))) == 1:
            target.write(_csv_block(list(zip(*lines, strict=True)), excel))
        else:
            target.write(
                "".join(_csv_block([[cell] for cell in line or ("",)], excel) for line in lines)
            )
        count += len(lines)
        lines = list(islice(source, TOGETHER))
    return count


def write_csv_columns(
    target: TextIO | Path,
    header: Sequence[str],
    blocks: Iterable[Sequence[Sequence[object]]],
    *,
    excel: bool = False,
) -> None:
    """The same of rows that come some at a time, column by column."""
    if isinstance(target, Path):
        with private(target, encoding="utf-8") as stream:
            write_csv_columns(stream, header, blocks, excel=excel)
        return
    write_csv(target, header, (), excel=excel)
    for columns in blocks:
        target.write(_csv_block(columns, excel))


def _csv_block(columns: Sequence[Sequence[object]], excel: bool) -> str:
    """The lines of some rows."""
    end = "\r\n" if excel else "\n"
    if len(columns) == 1:  # a line that is blank would be none
        return "".join((cell or '""') + end for cell in _csv_cells(columns[0], excel))
    cells: list[Sequence[str]] = []
    for blank, some in groupby(columns, _is_blank):  # columns that nobody fills are one of commas
        together = list(some)
        if blank:
            cells.append(["," * (len(together) - 1)] * len(together[0]))
        else:
            cells += [_csv_cells(column, excel) for column in together]
    return end.join(map(",".join, zip(*cells, strict=True))) + end


def _is_blank(column: Sequence[object]) -> bool:
    return column.count(None) == len(column)


def _needs_quotes(text: str) -> bool:
    return "," in text or '"' in text or "\n" in text or "\r" in text


def _csv_cells(column: Sequence[Any], excel: bool) -> Sequence[str]:
    """A column of a table, or a row, as its cells stand in a CSV.

    The csv module asks of every character whether it must be quoted; here a column is asked, and
    most hold nothing that must.
    """
    cells = column
    if excel:
        cells = ["" if value is None else excel_cell(value) for value in column]
    try:
        together = "".join(cells)
    except TypeError:  # not all are texts
        cells = ["" if value is None else str(value) for value in column]
        together = "".join(cells)
    if not _needs_quotes(together):
        return cells
    return ['"' + cell.replace('"', '""') + '"' if _needs_quotes(cell) else cell for cell in cells]


_STARTERS = "=+@＝＋－＠﹦﹢﹣﹫-"  # the hyphen last: in a set it would make a range
# A cell that a spreadsheet would take for a formula: also behind blanks and invisible characters,
# which some readers strip before they look.
_FORMULA = pattern(rf"[\s\x00-\x20\x7f-\xa0\u00ad\u200b-\u200f\u2060\ufeff]*[{_STARTERS}]|[\t\r\n]")
_NUMBER = pattern(r"-?\d{1,11}(?:\.\d{1,6})?", re.ASCII)  # a plus sign would be lost
# Text that Excel would turn into another value: long digits, leading zeros, exponents, "3-5".
_MISTAKEN = pattern(
    r"\d{12,}|0\d+|\d+(?:\.\d+)?[eE][-+]?\d+|\d{1,2}[-/]\d{1,2}|\d{1,2}:\d{1,2}", re.ASCII
)


def excel_cell(value: object) -> str:
    """One CSV cell for Excel.

    What could start a formula gets an apostrophe in front, one more where it has some, so that
    `from_excel_cell` can take it away; plain numbers such as -5.00 stay numbers. Digits that Excel
    would damage (12 or more, a leading zero, 3E5, 3-5) get a TAB behind them: Excel then keeps the
    cell as text, shows nothing of the TAB, and our own import strips it. The customary ="..." would
    make a formula of a customer's text.
    """
    if not isinstance(value, str):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    if _is_formula(value.lstrip("'")):
        return "'" + harmless(value)
    text = harmless(value)
    return text + "\t" if _MISTAKEN.fullmatch(text) else text


def _is_formula(text: str) -> bool:
    return _FORMULA.match(text) is not None and _NUMBER.fullmatch(text) is None


def from_excel_cell(cell: str) -> str:
    """A cell of a CSV for Excel without the apostrophe that `excel_cell` put in front of it."""
    return cell[1:] if cell[:1] == "'" and _is_formula(cell.lstrip("'")) else cell


_STEERING = pattern(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
    "\ud800-\udfff\ufffe\uffff]"
)


def harmless(text: str) -> str:
    if _STEERING.search(text):
        text = _STEERING.sub(lambda found: visible(found.group()), text.replace("\r\n", "\n"))
    return text
