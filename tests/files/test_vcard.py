"""Address books of phones as sheets: what is read of cards, and what of those that are damaged."""

import base64
import contextlib
import io
import quopri
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tourcrm.base.errors import Refused, WrongUsage
from tourcrm.files.reader import Sheet, open_sheet

PHOTO = base64.b64encode(bytes(range(256)) * 200).decode()


def card(*lines: str, version: str = "3.0", end: str = "\r\n") -> str:
    """A card with these lines."""
    return end.join(("BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""))


def opened(content: str | bytes, **options: str) -> Sheet:
    raw = content if isinstance(content, bytes) else content.encode()
    return open_sheet("-", known=lambda header: False, stdin=io.BytesIO(raw), **options)


def cells(content: str | bytes, **options: str) -> list[dict[str, str]]:
    """The good rows, by header, without what is blank."""
    with opened(content, **options) as sheet:
        return [
            {name: cell for name, cell in zip(sheet.header, row, strict=True) if cell}
            for chunk in sheet.chunks()
            for row in chunk.rows
        ]


def flaws(content: str | bytes) -> dict[int, str]:
    with opened(content) as sheet:
        return {bad.line: str(bad.reason) for chunk in sheet.chunks() for bad in chunk.bad}


def note(content: str) -> str:
    with opened(content) as sheet:
        return str(sheet.note)


def quoted(text: str, encoding: str = "utf-8") -> str:
    return "".join(f"={byte:02X}" for byte in text.encode(encoding))


def test_a_card_of_an_iphone() -> None:
    lines = (
        "N:张;伟;;;",
        "FN:伟 张",
        "NICKNAME:小张",
        "ORG:杭州远洋公司;销售部",
        "TITLE:经理",
        "TEL;type=HOME;type=VOICE:0571-88001234",
        "item1.TEL;type=pref:138 0013 8001",
        "item1.X-ABLabel:_$!<Mobile>!$_",
        "TEL;type=WORK;type=FAX:010-62345678",
        "EMAIL;type=INTERNET;type=HOME;type=pref:zhang@example.com",
        r"item2.ADR;type=HOME:;;中山路1号\, 2楼;杭州;浙江;310000;中国",
        "BDAY;X-APPLE-OMIT-YEAR=1604:1604-03-05",
        "item3.X-ABDATE;type=pref:2010-05-20",
        "item3.X-ABLabel:_$!<Anniversary>!$_",
        r"NOTE:爱吃辣\n不要早班\; 好",
        r"CATEGORIES:亲子,VIP",
        f"PHOTO;ENCODING=b;TYPE=JPEG:{PHOTO[:60]}",
        *(f" {PHOTO[at : at + 70]}" for at in range(60, 7000, 70)),
    )
    with opened(card(*lines)) as sheet:
        assert sheet.kind == "vcard"
        assert str(sheet.note) == "not read of the cards: PHOTO (1)"
    assert cells(card(*lines)) == [
        {
            "Full name": "张伟",
            "Organization": "杭州远洋公司",
            "Job title": "经理",
            "Birthday": "03-05",
            "Anniversary": "2010-05-20",
            "Address": "中国 浙江 杭州 中山路1号, 2楼 310000",
            "City": "杭州",
            "Categories": "亲子,VIP",
            "Nickname": "小张",
            "Phone 1 - Value": "138 0013 8001",
            "Phone 2 - Value": "0571-88001234",
            "E-mail 1 - Value": "zhang@example.com",
            "Note": "爱吃辣\n不要早班; 好\n[ORG] 销售部\n[FAX] 010-62345678",
        }
    ]


def test_a_card_of_an_android_phone() -> None:
    note = quoted("爱吃辣，很长")
    lines = (
        f"N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:{quoted('张')};{quoted('伟')};;;",
        "TEL;CELL;PREF:13800138001",
        f"NOTE;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:{note[:20]}=",
        f"{note[20:]}=",
        f"=0D=0A{quoted('第二行')}",
        "BDAY:19850305",
        "X-ANDROID-CUSTOM;ENCODING=QUOTED-PRINTABLE:vnd.android.cursor.item/nickname;"
        f"{quoted('小张')};1;;;;;;;;;;;;;",
        "X-ANDROID-CUSTOM:vnd.android.cursor.item/contact_event;2010-05-20;1;;;",
        "X-LUNAR-BIRTHDAY:1985-1-15",
        "PHOTO;ENCODING=BASE64;JPEG:" + PHOTO[:60],
        PHOTO[60:120],
        " " + PHOTO[120:180],
        "",
    )
    with opened(card(*lines, version="2.1")) as sheet:
        assert str(sheet.note) == "not read of the cards: PHOTO (1), X-LUNAR-BIRTHDAY (1)"
    assert cells(card(*lines, version="2.1")) == [
        {
            "Full name": "张伟",
            "Birthday": "1985-03-05",
            "Anniversary": "2010-05-20",
            "Nickname": "小张",
            "Phone 1 - Value": "13800138001",
            "Note": "爱吃辣，很长\r\n第二行",
        }
    ]


def test_a_card_of_outlook() -> None:
    lines = (
        "N;LANGUAGE=zh-cn;CHARSET=gb2312:张;伟",
        "FN;CHARSET=gb2312:张伟",
        "ORG;CHARSET=gb2312:杭州远洋公司;销售部",
        "TEL;WORK;VOICE:(010) 6234-5678",
        "TEL;CELL;VOICE:13800138001",
        "ADR;WORK;PREF;CHARSET=gb2312:;;中山路1号;杭州;浙江;310000;中国",
        "LABEL;WORK;PREF;CHARSET=gb2312;ENCODING=QUOTED-PRINTABLE:=D6=D0=",
        "=C9=BD",
        "X-MS-OL-DEFAULT-POSTAL-ADDRESS:2",
        "X-MS-OL-DESIGN;CHARSET=utf-8:<card>" + "x" * 100_000,
        "X-MS-CARDPICTURE;TYPE=JPEG;ENCODING=BASE64:",
        *(f" {PHOTO[at : at + 70]}" for at in range(0, len(PHOTO), 70)),
        "",
    )
    text = card(*lines, version="2.1").encode("gbk")
    assert cells(text) == [
        {
            "Full name": "张伟",
            "Organization": "杭州远洋公司",
            "Address": "中国 浙江 杭州 中山路1号 310000",
            "City": "杭州",
            "Phone 1 - Value": "13800138001",
            "Phone 2 - Value": "(010) 6234-5678",
            "Note": "[ORG] 销售部",
        }
    ]


def test_a_card_of_version_4() -> None:
    lines = (
        "FN:Anna Maria Smith",
        "N:Smith;Anna;Maria;Dr.;",
        'TEL;VALUE=uri;PREF=1;TYPE="voice,cell":tel:+86-138-0013-8001;ext=1',
        "EMAIL:mailto:anna@example.com",
        "BDAY:--0305",
        "ANNIVERSARY:20100520",
        "GENDER:F",
        f"PHOTO:data:image/jpeg;base64,{PHOTO * 200}",
        'ADR;LABEL="1 Main; St: x":;;1 Main St;Boston;MA;02110;USA',
    )
    assert cells(card(*lines, version="4.0")) == [
        {
            "Full name": "Anna Maria Smith",
            "Birthday": "03-05",
            "Anniversary": "2010-05-20",
            "Gender": "female",
            "Address": "1 Main St, Boston, MA, 02110, USA",
            "City": "Boston",
            "Phone 1 - Value": "+86-138-0013-8001",
            "E-mail 1 - Value": "anna@example.com",
        }
    ]


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (("N:张;伟;;;", "FN:伟 张"), "张伟"),
        (("N:;张伟;;;", "FN:张伟"), "张伟"),
        (("N:张伟;;;;",), "张伟"),
        (("N:Zhang;Wei;;;",), "Wei Zhang"),
        (("N:Zhang;Wei;;;", "FN:Zhang Wei"), "Zhang Wei"),
        (("FN:Wei 张", "N:张;Wei;;;"), "Wei 张"),
        (("fn:张伟",), "张伟"),
        ((r"FN:Smith\, Anna",), "Smith, Anna"),
        (("FN;CHARSET=KLINGON:张伟",), "张伟"),
        (("FN;ENCODING=b:5byg5Lyf",), "张伟"),
        (("FN:张伟", " 明"), "张伟明"),
    ],
)
def test_names(lines: tuple[str, ...], name: str) -> None:
    [row] = cells(card(*lines, "TEL:13800138001"))
    assert row["Full name"] == name


@pytest.mark.parametrize(
    "lines",
    [
        ("FN:远洋公司", "ORG:远洋公司;", "N:;;;;"),
        ("FN:远洋公司", "ORG:远洋公司", "N:远洋;公司;;;", "X-ABShowAs:COMPANY"),
        ("FN:远洋公司", "KIND:org"),
        ("ORG:远洋公司",),
    ],
)
def test_a_card_of_a_company_names_nobody(lines: tuple[str, ...]) -> None:
    [row] = cells(card(*lines))
    assert row.get("Full name") is None
    assert row["Organization"] == "远洋公司"


def test_a_number_in_place_of_a_name_is_none() -> None:
    [row] = cells(card("FN:138-0013-8001", "TEL:13800138001"))
    assert row == {"Phone 1 - Value": "13800138001"}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1985-03-05", "1985-03-05"),
        ("19850305", "1985-03-05"),
        ("1985-03-05T00:00:00", "1985-03-05"),
        ("1985-03-04T16:00:00Z", "1985-03-04T16:00:00Z"),  # of a zone that is known further on
        ("--0305", "03-05"),
        ("--03-05", "03-05"),
        ("0000-03-05", "03-05"),
        ("1985-03", "1985-03"),
    ],
)
def test_birthdays(text: str, day: str) -> None:
    [row] = cells(card("FN:张伟", f"BDAY:{text}"))
    assert row["Birthday"] == day


def test_a_lunar_birthday_is_not_taken_for_a_solar_one() -> None:
    text = card("FN:张伟", "BDAY;CALSCALE=chinese:19850115")
    assert cells(text) == [{"Full name": "张伟"}]
    assert note(text) == "not read of the cards: BDAY (lunar) (1)"


def test_numbers_and_addresses_beyond_the_columns_go_to_the_note() -> None:
    phones = [f"TEL:1380013800{n}" for n in range(8)]
    [row] = cells(card("FN:张伟", *phones, "TEL:+1 380 013", "TEL:138-0013-8000"))
    assert [row[f"Phone {n} - Value"] for n in range(1, 6)] == [f"1380013800{n}" for n in range(5)]
    assert row["Note"] == "13800138005\n13800138006\n13800138007\n+1 380 013"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_encodings_and_line_ends(encoding: str, end: str) -> None:
    text = card("FN:王芳", "NOTE:爱吃", " 辣", version="2.1", end=end) * 2
    rows = cells(text.encode(encoding))
    assert rows == [{"Full name": "王芳", "Note": "爱吃辣"}] * 2


def test_a_character_may_be_folded_in_two() -> None:
    raw = "王芳".encode()
    folded = b"BEGIN:VCARD\nFN:" + raw[:4] + b"\n " + raw[4:] + b"\nEND:VCARD\n"
    assert cells(folded) == [{"Full name": "王芳"}]


def test_gbk_may_be_quoted_or_named() -> None:
    text = card(f"FN;CHARSET=GBK;ENCODING=QUOTED-PRINTABLE:{quoted('李娜', 'gbk')}", version="2.1")
    assert quopri.decodestring(quoted("李娜", "gbk")).decode("gbk") == "李娜"
    assert cells(text) == [{"Full name": "李娜"}]
    big5 = card("FN:張偉").encode("big5")
    assert cells(big5, encoding="big5") == [{"Full name": "張偉"}]


def test_a_card_within_a_card_is_passed_over_with_it() -> None:
    within = card("FN:秘书", "TEL:13800138009", version="2.1")
    text = f"BEGIN:VCARD\nFN:甲\nAGENT:\n{within}TEL:13800138001\nEND:VCARD\n"
    assert cells(text) == [{"Full name": "甲", "Phone 1 - Value": "13800138001"}]


def test_lists_of_cards_are_none() -> None:
    text = card("FN:Friends", "KIND:group") + card("FN:甲") + card("X-ADDRESSBOOKSERVER-KIND:group")
    assert cells(text) == [{"Full name": "甲"}]
    assert note(text) == "not read of the cards: KIND:group (2)"


CUT = "the card is cut: END:VCARD is missing"
NUL = "it holds NUL characters (line 3 of the file)"
NONE = "a line that belongs to no card: BEGIN:VCARD is missing"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (card("FN:甲") + "BEGIN:VCARD\nFN:乙\nTEL:138", {5: CUT}),
        ("BEGIN:VCARD", {1: CUT}),
        ("BEGIN:VCARD\nFN:乙\n" + card("FN:甲"), {1: CUT}),
        ("BEGIN:VCARD\nNOTE;QUOTED-PRINTABLE:a=\nBEGIN:VCARD\nFN:甲\nEND:VCARD", {1: CUT}),
        (card("FN:甲") + "hello\nworld\n" + card("FN:乙"), {5: NONE}),
        (card("FN:甲") + "END:VCARD\n", {5: NONE}),
        (card("FN:甲\0乙"), {1: NUL}),
        (card("FN;ENCODING=QUOTED-PRINTABLE:=00"), {1: NUL}),
        (card("FN:甲", "TEL 138"), {1: "this is no line of a card (line 4 of the file)"}),
        (card("FN;ENCODING=b:!!!"), {1: "its encoding is damaged (line 3 of the file)"}),
        (card(*["NOTE:x"] * 1001), {1: "a card of over 1000 lines: it is damaged"}),
    ],
)  # fmt: skip
def test_damaged_cards_are_rejected_with_their_line(text: str, expected: dict[int, str]) -> None:
    assert flaws(text) == expected


def test_what_could_be_read_of_a_damaged_card_is_handed_out() -> None:
    with opened(card("FN:甲", "TEL:13800138001", "oops")) as sheet:
        [bad] = next(sheet.chunks()).bad
        assert dict(zip(sheet.header, bad.cells, strict=True))["Phone 1 - Value"] == "13800138001"


@pytest.mark.parametrize(
    "line",
    ["NOTE:" + "x" * 10_000_000, "NOTE:x" + "\n xxxxxxxxx" * 20_000, "x" * 10_000_000,
     "NOTE;QUOTED-PRINTABLE:" + "a=\n" * 100_000],
)  # fmt: skip
def test_long_lines_are_refused_at_their_line(line: str) -> None:
    with pytest.raises(Refused, match=r"line 4: a line of over 65536 characters"):
        opened(card("FN:甲", line, end="\n"))


def test_photos_may_be_as_long_as_they_are() -> None:
    folded = "\n ".join(PHOTO[at : at + 70] for at in range(0, len(PHOTO), 70))
    for photo in (f"PHOTO;ENCODING=b:{PHOTO * 50}", f"PHOTO;ENCODING=b:{folded}"):
        assert cells(card("FN:甲", photo, "TEL:1", end="\n"))[0]["Phone 1 - Value"] == "1"


def test_a_file_without_cards_holds_no_rows() -> None:
    with pytest.raises(Refused, match="holds no rows"):
        opened(card())


def test_cards_have_no_sheets_and_may_be_read_twice(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="no workbook"):
        opened(card("FN:甲"), sheet="all")
    with opened(card("FN:甲") * 3000) as sheet:
        assert [[len(chunk.rows) for chunk in sheet.chunks()] for _ in range(2)] == [
            [2000, 1000]
        ] * 2
        assert len(sheet.sha256) == 64


_PIECES = st.sampled_from(
    [
        *(
            "BEGIN:VCARD",
            "END:VCARD",
            "FN:张",
            "N:;",
            "TEL",
            ":",
            ";",
            "=",
            "\\",
            '"',
            "\n",
            "\r",
            " ",
        ),
        *(
            "ENCODING=QUOTED-PRINTABLE",
            "CHARSET=GBK",
            "ENCODING=b",
            "=0",
            "=4E",
            "AGENT:",
            "PHOTO:",
        ),
        *("BDAY:--", "item1.", "X-ABLabel:", "\0", "ORG:", "ADR:;;;", "VCARD", "é", "\ud800", "\t"),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_PIECES, max_size=40))
def test_no_file_of_cards_ends_in_a_traceback(pieces: list[str]) -> None:
    raw = b"BEGIN:VCARD\n" + "".join(pieces).encode("utf-8", "surrogatepass")
    with contextlib.suppress(Refused), opened(raw) as sheet:
        for chunk in sheet.chunks():
            assert all(len(row) == len(sheet.header) for row in chunk.rows)
