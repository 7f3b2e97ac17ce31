"""Write the screens shown in both READMEs, and docs/terminal.svg: what the program really prints.

python scripts/screens.py

The sample agency is imported into a temporary folder; each screen is a command of the table below,
cut to the lines that matter.
"""

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

from typer.testing import CliRunner

from tourcrm import cli
from tourcrm.base.display import width

ROOT = Path(__file__).parents[1]
PAGES = {"en": ROOT / "README.md", "zh": ROOT / "README.zh-CN.md"}
PICTURE = ROOT / "docs" / "terminal.svg"
CUT = "…"  # stands where lines were left out


@dataclass(frozen=True, slots=True)
class Part:
    """Lines of a screen: from the one that `first` is found in up to that of `last`, without it."""

    first: str
    last: str


# Screen -> the words of its command, and which parts of what it prints are shown.
SCREENS: dict[str, tuple[str, tuple[Part, ...]]] = {
    "due": (
        "followups due",
        (Part(r"2026-11-20", r"^ 2\. "), Part(r"^ 9\. ", r"^10\. "), Part(r"^32\. ", r"^33\. ")),
    ),
    "quadrants": (
        "segments quadrants",
        (Part(r"^(large, high|大单高忠诚)[:：]", r"^$"), Part(r"^(lateness|间隔倍数)$", r"^$")),
    ),
}


def agency(folder: Path) -> Path:
    """The sample agency as `tourcrm demo` makes it, in a folder."""
    database = folder / "agency.db"
    _printed(database, "en", "demo")
    return database


@cache
def _printed(database: Path, language: str, words: str) -> str:
    done = CliRunner().invoke(
        cli.app,
        ["--db", str(database), "--lang", language, *words.split()],
        env={"COLUMNS": "80"},
        catch_exceptions=False,
    )
    if done.exit_code:
        raise RuntimeError(done.output)
    return done.stdout


def screen(database: Path, name: str, language: str) -> list[str]:
    """The lines of a screen: the command as it is typed, and what is shown of its result."""
    words, parts = SCREENS[name]
    printed = _printed(database, language, words).splitlines()
    lines = [f"$ tourcrm {words}"]
    for number, part in enumerate(parts):
        if number:
            lines += ("", CUT, "")
        lines += _part(printed, part)
        while not lines[-1]:
            lines.pop()
    return lines


def _part(printed: list[str], part: Part) -> Iterator[str]:
    begun = False
    for line in printed:
        begun = begun or bool(re.search(part.first, line))
        if begun and re.search(part.last, line):
            return
        if begun:
            yield line.rstrip()
    raise ValueError(f"{part} is not in what was printed")


def with_screens(page: str, database: Path, language: str) -> str:
    """A page with what stands between `<!-- screen: NAME -->` and `<!-- end -->` written anew."""

    def block(match: re.Match[str]) -> str:
        lines = "\n".join(screen(database, match[1], language)).rstrip()
        return f"<!-- screen: {match[1]} -->\n```text\n{lines}\n```\n<!-- end -->"

    return re.sub(r"<!-- screen: (\w+) -->\n.*?<!-- end -->", block, page, flags=re.DOTALL)


# --- the picture ----------------------------------------------------------------------------------

CELL, LINE, SIZE = 8.4, 20, 14  # points: width of a cell, height of a line, size of the letters
BORDER, BAR = 16, 34
FONTS = (
    "ui-monospace, 'SF Mono', 'Cascadia Mono', Consolas, Menlo, 'DejaVu Sans Mono', "
    "'Sarasa Mono SC', 'Noto Sans Mono CJK SC', 'PingFang SC', 'Microsoft YaHei', monospace"
)
STYLE = (
    f"text {{ font-family: {FONTS}; font-size: {SIZE}px; fill: #d8dee4; white-space: pre }}"
    " .who { font-weight: bold; fill: #ffffff } .id { fill: #e3b341 } .said { fill: #7ee787 }"
    " .typed { fill: #79c0ff }"
)
_ID = re.compile(r"^    ([0-9A-HJKMNP-TV-Z]{8})  ")


def picture(lines: list[str]) -> str:
    """The lines as they look in a terminal of 80 columns, as SVG."""
    wide = 80 * CELL + 2 * BORDER
    high = len(lines) * LINE + BAR + BORDER
    dots = "".join(
        f'<circle cx="{20 + 20 * at}" cy="18" r="6" fill="{colour}"/>'
        for at, colour in enumerate(("#ff5f57", "#febc2e", "#28c840"))
    )
    rows = []
    said = False
    for number, line in enumerate(lines):
        y = BAR + LINE * number + SIZE
        said = said or line.lstrip().startswith("“")
        rows += [_text(text, at, y, kind) for text, at, kind in _pieces(line, said)]
        said = said and not line.endswith("”")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:g} {high:g}" '
        f'width="{wide:g}" height="{high:g}" role="img">\n'
        f"<title>{escape(lines[0])}</title>\n<style>{STYLE}</style>\n"
        f'<rect width="{wide:g}" height="{high:g}" rx="8" fill="#161b22"/>{dots}\n'
        + "\n".join(rows)
        + "\n</svg>\n"
    )


def _text(text: str, at: int, y: int, kind: str) -> str:
    """A piece in its cells: stretched to them, whatever font shows it."""
    look = f' class="{kind}"' if kind else ""
    return (
        f'<text{look} x="{BORDER + at * CELL:.1f}" y="{y}" textLength="{width(text) * CELL:.1f}" '
        f'lengthAdjust="spacingAndGlyphs">{escape(text)}</text>'
    )


def _pieces(line: str, said: bool) -> Iterator[tuple[str, int, str]]:
    """(text, the cell where it begins, what it is), cut between narrow and wide letters."""
    kind = "said" if said else ""
    if line.startswith("$"):
        kind = "typed"
    elif re.match(r"[ \d]\d\. ", line):
        kind = "who"
    at = 0
    named = _ID.match(line)
    if named:
        yield named[1], 4, "id"
        at = named.end()
    for _wide, letters in groupby(line[at:], key=lambda letter: width(letter) > 1):
        piece = "".join(letters)
        if piece.strip():
            yield piece.strip(), at + len(piece) - len(piece.lstrip()), kind
        at += width(piece)


def written(database: Path) -> dict[Path, str]:
    """Every file that this script writes, and what belongs into it."""
    files = {
        page: with_screens(page.read_text("utf-8"), database, language)
        for language, page in PAGES.items()
    }
    return {**files, PICTURE: picture(screen(database, "due", "zh"))}


def main() -> None:
    """Write them."""
    with tempfile.TemporaryDirectory() as folder:
        for file, text in written(agency(Path(folder))).items():
            file.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
