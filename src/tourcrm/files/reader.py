"""Files as they come, as rows of text: CSV, TSV, .xlsx, .xls and vCards, from a path or "-".

A sheet is opened once: its kind, encoding, delimiter and header row are settled and everything
about the file that makes it unreadable is refused there, with the file, the line and what to do.
Then it is read as often as needed, in chunks of rows that are all as wide as the header; rows that
cannot be taken as they stand are handed out as values. CSV is streamed and never held whole.
"""

import codecs
import io
import re
import stat
import sys
import tempfile
from pathlib import Path
from typing import BinaryIO

from tourcrm.base.display import visible
from tourcrm.base.errors import NotFound, Refused, WrongUsage
from tourcrm.base.i18n import N_, translate
from tourcrm.files.csv import TextSheet, codec_named, utf16_blind
from tourcrm.files.table import BLOCK, BadRow, Chunk, Known, Sheet, other_kind, unread
from tourcrm.files.vcard import Cards, is_vcard
from tourcrm.files.workbook import OLE, ZIP, Workbook

__all__ = ["BadRow", "Chunk", "Known", "Sheet", "open_sheet"]

STDIN = N_("standard input")
_OTHER_KINDS = (
    (re.compile(rb"%PDF-"), N_("a PDF document")),
    (re.compile(rb"SQLite format 3\x00"), N_("a SQLite database")),
    (re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8|RIFF....WEBP", re.DOTALL), N_("a picture")),
    (
        re.compile(
            rb"PK\x05\x06|PK\x07\x08|\x1f\x8b|BZh|\xfd7zXZ|7z\xbc\xaf|Rar!|\x28\xb5\x2f\xfd"
        ),
        N_("a packed archive"),
    ),
    (re.compile(rb"\x7fELF|MZ.\x00|\xca\xfe\xba\xbe|\xcf\xfa\xed\xfe", re.DOTALL), N_("a program")),
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|table|\?xml)", re.I), N_("a web page")),
    (re.compile(rb"\{\\rtf"), N_("a text document")),
)


def open_sheet(
    path: str,
    *,
    known: Known,
    encoding: str | None = None,
    sheet: str | None = None,
    stdin: BinaryIO | None = None,
) -> Sheet:
    """Open the tabular file `path` ("-": `stdin`, else the process's own) and find its header.

    `known` tells whether a header text (stripped) is the name of a column; it settles encoding,
    delimiter, sheet and header row. `encoding` forces how a text file is read, `sheet` which sheet
    of a workbook, or "all" that are alike. Raises NotFound where there is no such file, WrongUsage
    for an encoding that does not exist or a sheet of a file that has none, and Refused, with
    the file, the line and what to do, where the file cannot be read as one table.
    """
    codec = codec_named(encoding) if encoding is not None else None
    name = translate(STDIN) if path == "-" else visible(path)
    file = _spooled(stdin) if path == "-" else _opened(path, name)
    try:
        head = file.read(4096)
        file.seek(0)
        if not head:
            raise Refused(N_("{file}: the file is empty."), file=name)
        cards = is_vcard(head)
        if not cards:
            _refuse_other_kinds(head, name)
        if head.startswith((ZIP, OLE)):
            return Workbook(file, name, known, sheet)
        if sheet is not None:
            raise WrongUsage(
                N_("{file} is no workbook and has no sheets: leave --sheet out."), file=name
            )
        if cards:
            return Cards(file, name, known, codec)
        return TextSheet(file, name, known, codec, tabs=path.lower().endswith(".tsv"))
    except BaseException:
        file.close()
        raise


def _opened(path: str, name: str) -> BinaryIO:
    try:
        mode = Path(path).stat().st_mode
        if stat.S_ISDIR(mode):
            raise Refused(N_("{file} is a folder, not a file."), file=name)
        if not stat.S_ISREG(mode):
            raise Refused(
                N_('{file} is a device or a pipe. Send what it gives to "-" instead.'), file=name
            )
        return Path(path).open("rb")
    except FileNotFoundError:
        raise NotFound(
            N_("{file}: there is no such file. Check its name and folder."), file=name
        ) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise unread(name, error) from None


def _spooled(stdin: BinaryIO | None) -> BinaryIO:
    """Standard input in a nameless temporary file, since it is read more than once."""
    source = stdin or (sys.stdin.buffer if sys.stdin is not None else io.BytesIO())
    try:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the sheet closes it
        while block := source.read(BLOCK):
            file.write(block)
        file.seek(0)
    except OSError as error:
        raise unread(translate(STDIN), error) from None
    return file


def _refuse_other_kinds(head: bytes, name: str) -> None:
    for pattern, what in _OTHER_KINDS:
        if pattern.match(head):
            raise other_kind(name, what)
    if head.startswith((ZIP, OLE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or utf16_blind(head):
        return
    controls = len(re.findall(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", head))
    if controls > max(8, len(head) // 20):
        try:
            codecs.getincrementaldecoder("utf-8")().decode(head)
        except UnicodeDecodeError:
            raise other_kind(name, N_("a binary file")) from None
