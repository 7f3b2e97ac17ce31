"""Makers of hostile files and texts, for the tests of sheets and of whole commands.

Every file of HOSTILE claims to be a customer sheet with the headers 姓名 and 手机. `outcome` says
what reading it must come to: "refused" (with `says` in the English message), "flawed" (some rows
are bad, `good` are left) or "taken" (all `good` rows, unchanged).
"""

import gzip
import io
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HEADER = "姓名,手机"
PHONE = "13900000001"

# Texts that try to steer, hide or break whatever shows them.
NAUGHTY = (
    "x[/b]y [bold red]",
    "\x1b[2J\x1b]0;owned\x07",
    "\x9b31m",
    "a\u202eb\u2066c\u2069",
    "zero\u200bwidth\u200d\ufeff",
    "line\nbreak\r\nand\ttab\r",
    "\u2028\u2029\x85\x0b\x0c",
    "\x00nul\x7f",
    "tag\U000e0041\U000e007f",
    "private\ue000\U000f0000",
    "soft\u00adhyphen\u061c\u180e\u3164",
    "=cmd|' /C calc'!A0",
    "{0.__class__} %s %(x)s ${HOME} `id`",
    "<script>alert(1)</script>&amp;",
    "'; DROP TABLE customer; --",
    "王" * 2_000,
    "e" + "\u0301" * 200,
    "👨\u200d👩\u200d👧 ❤️ 🇨🇳",
)


@dataclass(frozen=True)
class Hostile:
    """One hostile file: its name, a maker of its bytes, and what reading it must come to."""

    name: str
    make: Callable[[], bytes]
    outcome: str
    says: str = ""
    good: int = 0


def write(case: Hostile, folder: Path) -> Path:
    """The file of `case` in `folder`."""
    path = folder / case.name
    path.write_bytes(case.make())
    return path


def csv_of(*lines: str, encoding: str = "utf-8") -> bytes:
    """A CSV with the two headers and these lines."""
    return "\n".join((HEADER, *lines, "")).encode(encoding)


def xlsx(
    rows: Sequence[Sequence[object]],
    *,
    change: Mapping[str, Callable[[bytes], bytes]] | None = None,
    add: Mapping[str, bytes] | None = None,
    date_1904: bool = False,
) -> bytes:
    """A workbook of one sheet, with parts changed or added afterwards."""
    import xlsxwriter

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "date_1904": date_1904})
    page = book.add_worksheet("客户")
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    book.close()
    return repacked(stream.getvalue(), change, add)


def repacked(
    package: bytes,
    change: Mapping[str, Callable[[bytes], bytes]] | None = None,
    add: Mapping[str, bytes] | None = None,
) -> bytes:
    """`package` with parts changed or added."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, (change or {}).get(name, bytes)(content))
        for name, content in (add or {}).items():
            new.writestr(name, content)
    return stream.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
_ROWS = (("姓名", "手机"), ("张三", PHONE))


def _replacing(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(content: bytes) -> bytes:
        assert old in content, content
        return content.replace(old, new, 1)

    return change


def with_cells(cells: str) -> bytes:
    """A workbook with the two headers, one row, and `cells` (XML rows) after them."""
    change = _replacing(b"</sheetData>", cells.encode() + b"</sheetData>")
    return xlsx(_ROWS, change={SHEET: change})


@cache
@cache
def zip_bomb() -> bytes:
    """A workbook of a few hundred KB that unpacks to over 100 MB."""
    return xlsx(_ROWS, add={"xl/media/big.xml": b"<a>" + b" " * (101 << 20) + b"</a>"})


def lying_zip_bomb() -> bytes:
    """The same with sizes in its directory that say 1,000 bytes."""
    package = bytearray(zip_bomb())
    where = package.rfind(b"PK\x01\x02")  # the big part is the last entry of the directory
    package[where + 24 : where + 28] = struct.pack("<I", 1_000)
    return bytes(package)


def entity_bomb() -> bytes:
    """A workbook whose sheet declares entities that grow without end."""
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return xlsx(_ROWS, change={SHEET: _replacing(b"<worksheet", laughs + b"<worksheet")})


def encrypted_xlsx() -> bytes:
    """What a workbook with a password looks like from outside: a compound file."""
    return compound({"EncryptedPackage": b"\x00" * 5_000})


def encrypted_zip() -> bytes:
    """A workbook in a package with the "encrypted" flag."""
    package = bytearray(xlsx(_ROWS))
    where = -1
    while (where := package.find(b"PK\x01\x02", where + 1)) >= 0:
        package[where + 8] |= 1
    return bytes(package)


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file (OLE) with streams of over 4,096 bytes, 512-byte sectors, one FAT sector."""
    end, free = 0xFFFFFFFE, 0xFFFFFFFF
    names = list(streams)
    fat = [0xFFFFFFFD, end]  # sector 0 is the FAT itself, sector 1 the folder
    body = b""
    starts = []
    for name in names:
        content = streams[name].ljust(4_608, b"\x00")
        content += b"\x00" * (-len(content) % 512)
        starts.append(len(fat))
        count = len(content) // 512
        fat += [len(fat) + 1 + place for place in range(count - 1)] + [end]
        body += content
    fat += [free] * (128 - len(fat))

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        text = name.encode("utf-16-le") + b"\x00\x00"
        return (
            text.ljust(64, b"\x00")
            + struct.pack("<HBBIII", len(text), kind, 1, free, free, child)
            + b"\x00" * 36
            + struct.pack("<IQ", start, size)
        )

    folder = entry("Root Entry", 5, 1, end, 0)
    for name, start in zip(names, starts, strict=True):
        folder += entry(name, 2, free, start, max(4_608, len(streams[name])))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 16
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\x00" * 6
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4_096, end, 0, end, 0)
    header += struct.pack("<I", 0) + struct.pack("<I", free) * 108
    return header + struct.pack("<128I", *fat) + folder.ljust(512, b"\x00") + body


def xls(
    rows: Sequence[Sequence[str | float]],
    formats: Sequence[str] = (),
    more: Sequence[tuple[int, bytes]] = (),
) -> bytes:
    """A workbook as Excel 97 wrote them; numbers of a column have its format, if one is given.
    more: records of the sheet besides, kind and content."""

    def record(kind: int, content: bytes) -> bytes:
        return struct.pack("<HH", kind, len(content)) + content

    def start(kind: int) -> bytes:
        return record(0x809, struct.pack("<HHHHII", 0x600, kind, 0, 0, 0, 0x600))

    cells = b""
    for line, row in enumerate(rows):
        for column, value in enumerate(row):
            place = struct.pack("<HHH", line, column, 0)
            if isinstance(value, str):
                text = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
                cells += record(0x204, place + text)
            else:
                style = column + 1 if column < len(formats) else 0
                place = struct.pack("<HHH", line, column, style)
                cells += record(0x203, place + struct.pack("<d", value))
    cells += b"".join(record(kind, content) for kind, content in more)
    name = "Sheet1"
    about = struct.pack("<BB", len(name), 0) + name.encode()
    opening = start(5) + record(0x42, struct.pack("<H", 1_200))
    styles = record(0xE0, struct.pack("<HH", 0, 0) + bytes(16))
    for number, code in enumerate(formats):
        text = struct.pack("<HHB", 164 + number, len(code), 1) + code.encode("utf-16-le")
        opening += record(0x41E, text)
        styles += record(0xE0, struct.pack("<HH", 0, 164 + number) + bytes(16))
    opening += styles if formats else b""
    where = len(opening) + 4 + 6 + len(about) + 4
    opening += record(0x85, struct.pack("<IBB", where, 0, 0) + about) + record(0x0A, b"")
    return compound({"Workbook": opening + start(16) + cells + record(0x0A, b"")})


def in_a_circle(what: str) -> bytes:
    """An .xls of which one chain of sectors never ends: of the workbook's stream, of the folder, or
    of the lists of the table."""
    content = bytearray(xls(_ROWS))
    if what == "lists":
        struct.pack_into("<I", content, 68, 2)
        struct.pack_into("<I", content, 3 * 512 + 508, 2)
    else:
        sector, after = {"stream": (2, 2), "folder": (1, 1), "long": (4, 2)}[what]
        struct.pack_into("<I", content, 512 + 4 * sector, after)
    return bytes(content)


def _zip_of(name: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr(name, b"<x/>")
    return stream.getvalue()


def _sqlite() -> bytes:
    return b"SQLite format 3\x00" + b"\x10\x00" * 500


_GOOD = f"张三,{PHONE}"

HOSTILE = (
    Hostile("empty.csv", lambda: b"", "refused", "the file is empty"),
    Hostile("blank.csv", lambda: b"\n\n  \n,,\n", "refused", "holds no rows"),
    Hostile("header-only.csv", csv_of, "taken", good=0),
    Hostile("nul.csv", lambda: csv_of("张\x00三," + PHONE), "taken", good=1),
    Hostile("open-quote.csv", lambda: csv_of(_GOOD, '"李四,1'), "refused", "line 3"),
    Hostile("odd-quote.csv", lambda: csv_of(_GOOD, '"李"四,1'), "refused", "line 3"),
    Hostile("huge-cell.csv", lambda: csv_of(_GOOD, "x" * (10 << 20) + ",1"), "refused", "line 3"),
    Hostile("one-line.csv", lambda: b"a," * (9 << 20), "refused", "not a table"),
    Hostile("wide.csv", lambda: csv_of() + b"," * 100_000, "taken", good=0),
    Hostile(
        "wide-header.csv",
        lambda: ",".join(f"姓名{n}" for n in range(100_000)).encode(),
        "refused",
        "500 at most",
    ),
    Hostile(
        "ragged.csv", lambda: csv_of(_GOOD, "李四", "王五,1,2", _GOOD + ",,"), "flawed", good=3
    ),
    Hostile(
        "twins.csv", lambda: b"\xef\xbb\xbf" + "姓名,手机,姓名\n".encode(), "refused", "1 and 3"
    ),
    Hostile("pdf.csv", lambda: b"%PDF-1.7\n%\xe2\xe3", "refused", "a PDF document"),
    Hostile("sqlite.csv", _sqlite, "refused", "a SQLite database"),
    Hostile("gzip.csv", lambda: gzip.compress(csv_of(_GOOD)), "refused", "a packed archive"),
    Hostile("zip.csv", lambda: _zip_of("a.csv"), "refused", "a packed archive"),
    Hostile("word.xlsx", lambda: _zip_of("word/document.xml"), "refused", "a Word document"),
    Hostile("xlsb.xlsx", lambda: _zip_of("xl/workbook.bin"), "refused", "binary workbook"),
    Hostile("web.xls", lambda: b"<html><table><tr><td>1", "refused", "a web page"),
    Hostile("binary.csv", lambda: bytes(range(256)) * 20, "refused", "a binary file"),
    Hostile(
        "mixed.csv",
        lambda: csv_of(_GOOD) + f"李四,{PHONE}\n".encode("gb18030"),
        "flawed",
        good=1,
    ),
    Hostile(
        "mixed-back.csv",
        lambda: csv_of("赵六,1", "孙七,2", encoding="gb18030") + "上海,3\n".encode(),
        "flawed",
        good=2,
    ),
    Hostile("surrogate.csv", lambda: csv_of(_GOOD) + b"\xed\xa0\x80,1\n", "flawed", good=1),
    Hostile("cut.csv", lambda: csv_of(_GOOD, "张三丰,1")[:-4], "flawed", good=1),
    Hostile(
        "other.csv",
        lambda: csv_of(_GOOD) + "サービス,1\n".encode("shift_jis") * 1_500,
        "refused",
        "line 3",
    ),
    Hostile("header.csv", lambda: HEADER.encode() + b"\xff\n" + csv_of(_GOOD), "refused", "line 1"),
    Hostile("every.csv", lambda: csv_of() + b"\xff,1\n\xfe,2\n", "refused", "line 2"),
    Hostile("middle-bom.csv", lambda: csv_of("\ufeff张三," + PHONE), "taken", good=1),
    Hostile("cr-only.csv", lambda: csv_of(_GOOD, _GOOD).replace(b"\n", b"\r"), "taken", good=2),
    Hostile("newlines.csv", lambda: csv_of('"张\n三\r\n\r",1', _GOOD), "taken", good=2),
    Hostile("zip-bomb.xlsx", zip_bomb, "refused", "unpacks to over"),
    Hostile("lying-zip-bomb.xlsx", lying_zip_bomb, "refused", "unpacks to over"),
    Hostile("entity-bomb.xlsx", entity_bomb, "refused", "damaged"),
    Hostile("password.xlsx", encrypted_xlsx, "refused", "protected by a password"),
    Hostile("password-zip.xlsx", encrypted_zip, "refused", "protected by a password"),
    Hostile("cut.xlsx", lambda: xlsx(_ROWS)[:-300], "refused", "damaged"),
    Hostile("circle.xls", lambda: in_a_circle("stream"), "refused", "damaged"),
    Hostile(
        "bad-xml.xlsx",
        lambda: xlsx(_ROWS, change={SHEET: lambda content: content[:-40]}),
        "refused",
        "damaged",
    ),
    Hostile(
        "many-strings.xlsx",
        lambda: xlsx(
            _ROWS,
            change={
                "xl/sharedStrings.xml": _replacing(b'uniqueCount="', b'uniqueCount="9999999999')
            },
        ),
        "refused",
        "damaged",
    ),
    Hostile(
        "far-cell.xlsx",
        lambda: with_cells('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        "refused",
        "too far apart",
    ),
    Hostile(
        "far-blank.xlsx",
        lambda: with_cells('<row r="1048576"><c r="XFD1048576" s="0"/></row>'),
        "taken",
        good=1,
    ),
    Hostile(
        "uncomputed.xlsx",
        lambda: with_cells('<row r="3"><c r="A3"><f>A2</f><v></v></c></row>'),
        "refused",
        "A3",
    ),
    Hostile(
        "macros.xlsx",
        lambda: xlsx(_ROWS, add={"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"}),
        "taken",
        good=1,
    ),
)
