"""Address books of phones, vCard 2.1, 3.0 and 4.0, as a sheet: a card is a row.

A reader of our own: those that exist know one version, or hold photos in memory. It reads the
bytes once, in logical lines (folds, soft line breaks), passes over photos however long they are,
and is strict about the rest: a card that is cut or damaged is a bad row with its line, and what
could be read of it.
"""

import base64
import binascii
import codecs
import hashlib
import io
import quopri
import re
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import BinaryIO

from tourcrm.base.columns.address_books import CARD_EMAIL, CARD_PHONE, VCARD
from tourcrm.base.display import visible
from tourcrm.base.errors import Message, Refused
from tourcrm.base.i18n import N_
from tourcrm.files.card_fields import Card, Property, cells_of
from tourcrm.files.table import BLOCK, CHUNK_ROWS, BadRow, Chunk, Known, Sheet

LINE_LIMIT = 64 << 10  # bytes of a logical line; of photos and the like any number
CARD_LIMIT = 1_000  # logical lines of a card
CARDS_LIMIT = 200_000
TEXT_LIMIT = 64 << 20  # characters kept of the whole file
PHONES, EMAILS = 5, 3  # columns at most; further ones go to the note
NAMED = 12  # kinds of what was not read

_BEGIN = re.compile(rb"\s*BEGIN[ \t]*:[ \t]*VCARD\s*", re.IGNORECASE)
_END = re.compile(rb"\s*END[ \t]*:[ \t]*VCARD\s*", re.IGNORECASE)
# Passed over, however long they are.
_MEDIA = re.compile(
    rb"(?:[\w-]+\.)?(?:PHOTO|LOGO|SOUND|KEY|"
    rb"(?!X-IMAGE)X-[\w-]*(?:PHOTO|IMAGE|PICTURE|THUMB|DESIGN)[\w-]*)[;:]",
    re.IGNORECASE,
)
_QUOTED = re.compile(rb"[^:]*;(?:ENCODING=)?QUOTED-PRINTABLE[;:]", re.IGNORECASE)
_BASE64 = re.compile(rb"[^:]*;(?:ENCODING=)?(?:BASE64|B)[;:]", re.IGNORECASE)
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]+={0,2}\s*")
_HEAD = re.compile(
    r'(?:(?P<group>[\w-]+)\.)?(?P<name>[A-Za-z0-9-]+)(?P<params>(?:;(?:[^":;]|"[^"]*")*)*):',
    re.ASCII,
)
_PARAM = re.compile(r';((?:[^";]|"[^"]*")*)')
# Encodings that cards name; any other is passed over, and what it stands for is tried.
_CODECS = {
    **dict.fromkeys(("gb2312", "gbk", "cp936", "gb18030"), "gb18030"),
    **dict.fromkeys(("big5", "cp950", "big5hkscs"), "big5hkscs"),
    **dict.fromkeys(("iso88591", "latin1", "windows1252", "cp1252"), "cp1252"),
    **dict.fromkeys(("shiftjis", "cp932"), "cp932"),
    "euckr": "cp949",
    "utf8": "utf-8",
}


def is_vcard(head: bytes) -> bool:
    """Whether a file begins like an address book."""
    return _BEGIN.match(_plain(head)) is not None


def _plain(head: bytes) -> bytes:
    """The first bytes without a mark; UTF-16 as UTF-8."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace").encode("utf-8", "replace")
    return head.removeprefix(codecs.BOM_UTF8)


class Cards(Sheet):
    """A file of vCards."""

    kind = "vcard"

    def __init__(self, file: BinaryIO, name: str, known: Known, codec: str | None) -> None:
        super().__init__(file, name)
        self.total = self.size
        self._codec = codec
        self._left: dict[str, int] = {}  # what is not read -> how often
        self._kept = None
        rows: list[tuple[int, dict[str, list[str]], Message | None]] = []
        kept = 0
        for card in self._cards():
            cells = cells_of(card, self._left)
            if not cells and card.flaw is None:
                continue
            kept += sum(len(text) for some in cells.values() for text in some)
            rows.append((card.line, cells, card.flaw))
            if len(rows) > CARDS_LIMIT or kept > TEXT_LIMIT:
                raise Refused(
                    N_("{file} holds over {limit} cards, or too much text: export it in parts."),
                    file=self.name,
                    limit=CARDS_LIMIT,
                )
        if not rows:
            raise Refused(N_("{file}: the file holds no rows."), file=self.name)
        self._lay_out(rows)
        if self._left:
            named = sorted(self._left.items(), key=lambda one: -one[1])[:NAMED]
            self.note = Message(
                N_("not read of the cards: {names}"),
                names=", ".join(f"{visible(what, 40)} ({count})" for what, count in named),
            )

    def position(self) -> int:
        return self.total  # all of it was read as it was opened

    def chunks(self, size: int = CHUNK_ROWS) -> Generator[Chunk]:
        for start in range(0, len(self._rows), size):
            some = self._rows[start : start + size]
            good = [(line, row) for line, row, flaw in some if flaw is None]
            bad = [BadRow(line, list(row), flaw) for line, row, flaw in some if flaw is not None]
            yield Chunk([line for line, _ in good], [list(row) for _, row in good], bad)

    def _lay_out(self, rows: Sequence[tuple[int, dict[str, list[str]], Message | None]]) -> None:
        """Settle how many columns of numbers there are, and lay the cards out below them."""
        phones = min(PHONES, max(len(cells.get("phone", ())) for _, cells, _ in rows) or 1)
        emails = min(EMAILS, max(len(cells.get("email", ())) for _, cells, _ in rows) or 1)
        said = {"Full name"}.union(*(cells for _, cells, _ in rows))
        plain = [name for name in VCARD if name != "Note" and name in said]
        self.header = [
            *plain,
            *(CARD_PHONE.format(n=n) for n in range(1, phones + 1)),
            *(CARD_EMAIL.format(n=n) for n in range(1, emails + 1)),
            "Note",
        ]
        self._width = len(self.header)
        self.header_line = 1
        self._rows: list[tuple[int, tuple[str, ...], Message | None]] = []
        for line, cells, flaw in rows:
            numbers, mails = cells.get("phone", []), cells.get("email", [])
            notes = [*cells.get("Note", []), *cells.get("Aside", [])]
            notes += [*numbers[phones:], *mails[emails:]]
            row = (
                *(_joined(name, cells.get(name, [])) for name in plain),
                *(numbers[:phones] + [""] * (phones - len(numbers))),
                *(mails[:emails] + [""] * (emails - len(mails))),
                "\n".join(notes),
            )
            self._rows.append((line, row, flaw))

    # --- lines

    def _cards(self) -> Iterator[Card]:
        """The cards of the file, from the first; text between them is a card with a flaw."""
        card: Card | None = None
        nested = 0
        agent = stray = False
        for number, line in self._logical():
            if _BEGIN.fullmatch(line):
                stray = False
                if nested or (card and agent):
                    nested += 1
                    continue
                if card is not None:
                    card.flaw = Message(_CUT)
                    yield card
                card = Card(number)
            elif _END.fullmatch(line):
                if nested:
                    nested -= 1
                elif card is not None:
                    yield card
                    card = None
                elif not stray:
                    yield Card(number, flaw=Message(_NO_CARD))
            elif nested:
                continue
            elif card is None:
                if not stray:
                    yield Card(number, flaw=Message(_NO_CARD))
                stray = True
            else:
                self._take(card, number, line)
            agent = line[:6].upper() == b"AGENT:" or line[:6].upper() == b"AGENT;"
        if card is not None:
            card.flaw = Message(_CUT)
            yield card

    def _take(self, card: Card, number: int, line: bytes) -> None:
        """A logical line of a card; the first that cannot be read is the card's flaw."""
        card.lines += 1
        if card.flaw is not None or card.lines > CARD_LIMIT:
            card.flaw = card.flaw or Message(
                N_("a card of over {limit} lines: it is damaged"), limit=CARD_LIMIT
            )
            return
        if _MEDIA.match(line):
            self._left["PHOTO"] = self._left.get("PHOTO", 0) + 1
            return
        try:
            card.properties.append(_property(line, self._codec))
        except ValueError as error:
            why = error.args[0] if error.args and type(error.args[0]) is str else _NO_PROPERTY
            card.flaw = Message(_AT, line=number, reason=Message(why))

    def _logical(self) -> Iterator[tuple[int, bytes]]:
        """(line, text) of the logical lines: what is folded, or goes on after a soft line break,
        is one; of photos only the beginning is kept."""
        begun: bytearray | None = None
        at = 0
        skipping = soft = encoded = quoted = False
        for number, raw, cut in self._physical():
            text = raw.rstrip(b"\r\n")
            if begun is not None:
                goes_on = (
                    (soft and not _BEGIN.fullmatch(text) and not _END.fullmatch(text))
                    or raw[:1] in (b" ", b"\t")
                    or (encoded and text and _BASE64_LINE.fullmatch(text) is not None)
                )
                if goes_on:
                    if soft and not skipping:
                        del begun[-1:]
                    if not skipping:
                        begun += text if soft else text[1:] if raw[:1] in b" \t" else text
                        self._fits(begun, cut, at)
                    soft = quoted and text.endswith(b"=")
                    continue
                yield at, bytes(begun)
            begun = None
            if not text.strip():
                continue
            begun, at = bytearray(text), number
            skipping = _MEDIA.match(text) is not None
            encoded = _BASE64.match(text) is not None
            if not skipping:
                self._fits(begun, cut, at)
            quoted = _QUOTED.match(text) is not None
            soft = quoted and text.endswith(b"=")
        if begun is not None:
            yield at, bytes(begun)

    def _fits(self, line: bytearray, cut: bool, at: int) -> None:
        if cut or len(line) > LINE_LIMIT:
            raise Refused(
                N_("{file}, line {line}: a line of over {limit} characters: the file is damaged."),
                file=self.name,
                line=at,
                limit=LINE_LIMIT,
            )

    def _physical(self) -> Iterator[tuple[int, bytes, bool]]:
        """(line, bytes, whether there was more of it than is kept)."""
        digest = hashlib.sha256()
        for number, (raw, cut) in enumerate(_lines(self._bytes(digest.update)), 1):
            yield number, raw, cut
        self.sha256 = digest.hexdigest()

    def _bytes(self, seen: Callable[[bytes], None]) -> Iterator[bytes]:
        """The file in blocks, as bytes of an encoding that is like ASCII."""
        self._file.seek(0)
        head = self._file.read(4)
        self._file.seek(0)
        wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        decoder = codecs.getincrementaldecoder("utf-16")("replace") if wide else None
        first = True
        while block := self._file.read(BLOCK):
            seen(block)
            if decoder is not None:
                yield decoder.decode(block).encode("utf-8", "replace")
                continue
            yield block.removeprefix(codecs.BOM_UTF8) if first else block
            first = False


_CUT = N_("the card is cut: END:VCARD is missing")
_NO_CARD = N_("a line that belongs to no card: BEGIN:VCARD is missing")
_NO_PROPERTY = N_("this is no line of a card")
_NUL = N_("it holds NUL characters")
_ENCODED = N_("its encoding is damaged")
_AT = N_("{reason} (line {line} of the file)")


def _lines(blocks: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Lines with any line ends, each cut at the limit: (bytes, whether it was cut)."""
    rest, cut, half = b"", False, b""
    for block in blocks:
        block, half = half + block, b""
        if block.endswith(b"\r"):  # perhaps the first half of a line end
            block, half = block[:-1], b"\r"
        for line in io.BytesIO(rest + block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")):
            if line.endswith(b"\n"):
                yield line[: LINE_LIMIT + 2], cut or len(line) > LINE_LIMIT
                rest, cut = b"", False
            else:
                rest, cut = line[: LINE_LIMIT + 1], cut or len(line) > LINE_LIMIT
                break
        else:
            rest = b""
    if rest:
        yield rest, cut


# --- properties ----------------------------------------------------------------------------------


def _property(line: bytes, codec: str | None) -> Property:
    """A logical line taken apart and decoded. Raises ValueError with the reason."""
    if b"\0" in line:
        raise ValueError(_NUL)
    text = line.decode("latin-1")
    head = _HEAD.match(text.lstrip())
    if head is None:
        raise ValueError(_NO_PROPERTY)
    params: dict[str, str] = {}
    types: set[str] = set()
    for param in _PARAM.findall(head["params"]):
        name, equals, value = param.partition("=")
        if not equals:
            name, value = "TYPE", name
        params[name.strip().upper()] = value.strip('"')
        types |= {one.strip().upper() for one in value.strip('"').split(",")}
    raw = text.lstrip()[head.end() :].encode("latin-1")
    encoding = params.get("ENCODING", "").upper()
    if "QUOTED-PRINTABLE" in types:
        raw = quopri.decodestring(raw)
    elif encoding in ("B", "BASE64") or "BASE64" in types:
        try:
            raw = base64.b64decode(re.sub(rb"\s", b"", raw), validate=True)
        except binascii.Error:
            raise ValueError(_ENCODED) from None
    value = _decoded(raw, params.get("CHARSET"), codec)
    if "\0" in value:
        raise ValueError(_NUL)
    return Property(head["name"].upper(), head["group"] or "", frozenset(types), params, value)


def _decoded(raw: bytes, charset: str | None, codec: str | None) -> str:
    """The text of a value: in the encoding that it names; else UTF-8, or GBK as Windows has it."""
    named = _CODECS.get(re.sub("[-_ ]", "", (charset or "").lower()))
    for name in filter(None, (named, codec, "utf-8", "gb18030")):
        try:
            return raw.decode(name)
        except UnicodeDecodeError:
            continue
    raise ValueError(_ENCODED)


def _joined(column: str, texts: Sequence[str]) -> str:
    return ("," if column in ("Categories", "Nickname") else "\n").join(texts)
