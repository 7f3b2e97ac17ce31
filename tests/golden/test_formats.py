"""One golden file for each form of output, all over the same nasty rows.

After a wanted change: GOLDEN=write python -m pytest tests/golden, then look at the difference.
"""

import json
import os
from datetime import date
from pathlib import Path

import pytest

from tests.builders import add_customer, add_special_date, add_trip, agency, writing
from tests.contacts import add_tag
from tests.importer import Shop

EXPECTED = Path(__file__).with_name("expected")

# Every one of these is somebody's name or note somewhere.
NASTY = [
    "王芳",
    "[bold red]x[/b]y :smile:",
    "\x1b[31mred\x1b[0m\x07\x9b2J",
    "abc\u202e\u2066fdp.exe\u2069\u200b\ufeff",
    '=HYPERLINK("http://x";"y")',
    "＝1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    'quote " comma , semi ; tab\tend',
    "one\ntwo\r\nthree\rfour",
    "O'Brien \\ % _ {0} $HOME `id`",
    "👨‍👩‍👧 🇨🇳 é ｶﾅ 한국어 العربية",
    "长" * 60,
    "0012",
    "1e5",
    "110105194912310021",
    "null",
]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """An agency of nasty names."""
    file = agency(tmp_path, today="2026-11-20")
    with writing(file) as session:
        for number, name in enumerate(NASTY):
            customer = add_customer(
                session,
                f"K{number:02}",
                name=name,
                note=name[::-1],
                phone=f"+86138123456{number:02}",
                id_number="11010519491231002X" if number == 0 else None,
                passport_no="E12345678" if number == 0 else None,
                city=None if number % 2 else name,
                kind="company" if number == 3 else "person",
                do_not_contact=number == 4,
            )
            if number < 3:
                add_tag(session, customer, name)
                add_special_date(session, customer, "birthday", 2, 29, year=2000)
                add_special_date(session, customer, "wedding", 8, 15, calendar="lunar")
            add_trip(
                session,
                customer,
                date(2026, 1, 1 + number),
                code=f"A{number:02}",
                destination=name,
                price=None if number == 1 else 10 ** (number % 12),
                status="cancelled" if number == 2 else "booked",
                abroad=None if number % 3 else bool(number),
            )
    return Shop(tmp_path, file)


def compare(name: str, made: bytes) -> None:
    path = EXPECTED / name
    if os.environ.get("GOLDEN") == "write":
        path.write_bytes(made)
        path.chmod(0o644)
    assert path.exists(), f"{path} is missing; see the top of this file"
    assert made == path.read_bytes()


SCREENS = ["table", "json", "jsonl", "csv"]


@pytest.mark.parametrize("entity", ["customers", "trips"])
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("format", SCREENS)
def test_a_list(shop: Shop, entity: str, lang: str, format: str) -> None:
    done = shop.run(entity, "list", "-f", format, lang=lang)
    assert done.exit_code == 0, done.stderr
    if format == "table":
        compare(f"{entity}.{lang}.txt", done.stdout_bytes)
    else:  # the same in every language
        compare(f"{entity}.{format}", done.stdout_bytes)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_csv_for_excel(shop: Shop, lang: str) -> None:
    path = shop.folder / "x.csv"
    done = shop.run("customers", "export", "-o", path, "--excel", lang=lang)
    assert done.exit_code == 0, done.stderr
    compare(f"customers.{lang}.excel.csv", path.read_bytes())


def test_csv_in_full(shop: Shop) -> None:
    compare("customers.reveal.csv", shop.export("customers"))


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("entity", ["customers", "trips"])
def test_a_workbook_as_it_reads(shop: Shop, entity: str, lang: str) -> None:
    from openpyxl import load_workbook

    path = shop.folder / "x.xlsx"
    done = shop.run(entity, "export", "-o", path, lang=lang)
    assert done.exit_code == 0, done.stderr
    [page] = load_workbook(path).worksheets
    cells = [
        [[cell.data_type, str(cell.value)] if cell.value is not None else None for cell in row]
        for row in page.iter_rows()
    ]
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in cells)
    compare(f"{entity}.{lang}.xlsx.txt", lines.encode())
    assert not any(cell and cell[0] == "f" for row in cells for cell in row)


@pytest.mark.parametrize("path", sorted(EXPECTED.glob("*.txt")), ids=lambda path: path.name)
def test_no_screen_carries_a_byte_of_an_attack(path: Path) -> None:
    text = path.read_text("utf-8")
    for character in "\x00\x07\x1b\x7f\x9b\u200b\u202e\u2066\u2069\ufeff":
        if not path.name.endswith("xlsx.txt"):
            assert character not in text
