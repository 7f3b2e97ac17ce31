"""The documents: what they point at exists, and what they show is what the program does."""

import ast
import re
import shlex
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path

import pytest
from sqlmodel import Session, SQLModel, text
from typer._click.core import Command
from typer.core import TyperGroup, TyperOption

from scripts import headers, reference, schema, screens, settings
from tests.builders import agency
from tourcrm import __version__, cli
from tourcrm.agenda.rules import parser
from tourcrm.base import kinds, money, parsing
from tourcrm.db import engine
from tourcrm.terminal import help

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
PAIRS = [
    ("README.md", "README.zh-CN.md"),
    ("docs/import.md", "docs/import.zh-CN.md"),
    ("docs/cron.md", "docs/cron.zh-CN.md"),
    ("docs/settings.md", "docs/settings.zh-CN.md"),
    ("docs/rules.md", "docs/rules.zh-CN.md"),
    ("docs/complaints.md", "docs/complaints.zh-CN.md"),
    ("docs/promises.md", "docs/promises.zh-CN.md"),
    ("docs/surveys.md", "docs/surveys.zh-CN.md"),
    ("docs/followups-year.md", "docs/followups-year.zh-CN.md"),
]


def read(page: Path | str) -> str:
    return (ROOT / page).read_text("utf-8")


# What they point at


def anchors(page: Path) -> set[str]:
    """The places of a page that a link can name, as GitHub makes them from headings."""
    found = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in found}


def links(page: Path) -> Iterator[str]:
    prose = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    yield from re.findall(r"\]\(([^)\s]+)\)", prose)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in links(page):
        if link.startswith(("https://", "mailto:")):
            continue
        target, _mark, place = link.partition("#")
        file = (page.parent / target).resolve() if target else page
        assert file.exists(), link
        assert not place or place in anchors(file), link


def test_every_document_is_in_the_index() -> None:
    index = ROOT / "docs" / "README.md"
    listed = {(index.parent / link).resolve() for link in links(index)}
    assert {page for page in PAGES if page != index} <= listed


# The commands that they show


@cache
def tree() -> dict[str, Command]:
    return {ctx.command_path: command for ctx, command in reference.walk()}


@cache
def options(path: str) -> frozenset[str]:
    for ctx, command in reference.walk():
        if ctx.command_path == path:
            params = help.parameters(command, ctx)
            return frozenset(
                name
                for param in params
                if isinstance(param, TyperOption)
                for name in (*param.opts, *param.secondary_opts)
            )
    raise LookupError(path)


def shown(page: str) -> Iterator[str]:
    """The lines of code that call tourcrm, from its name on."""
    prose = re.sub(r"```.*?```", "", page, flags=re.DOTALL)
    code = re.findall(r"^ {4}(\S.*)$|`([^`\n]+)`", prose, re.MULTILINE)
    for line in map("".join, code):
        call = re.search(r"(?:^|\s)(?:\S*[/\\])?tourcrm(?:\.exe)?((?:\s+[^|>]+)?)", line)
        if call and not line.startswith(("cd ", "python", "py ")):
            yield f"tourcrm {call[1].strip()}".strip()


def told(line: str) -> tuple[str, list[str]]:
    """The command that a line calls, and the options that it gives it."""
    words = shlex.split(line, comments=True)[1:]
    path = "tourcrm"
    given = []
    while words:
        word = words.pop(0)
        command = tree().get(f"{path} {word}")
        if command is not None:
            path = f"{path} {word}"
        elif word.startswith("-"):
            given.append(word.partition("=")[0])
            if path == "tourcrm" and word in ("--db", "--lang"):
                words.pop(0)
        elif isinstance(tree()[path], TyperGroup):
            raise AssertionError(f"{line}: there is no {path} {word}")
    return path, [name for name in given if name not in ("-", "…")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_is_shown_exists(page: Path) -> None:
    for line in shown(page.read_text("utf-8")):
        path, given = told(line)
        known = options(path) | options("tourcrm")
        assert set(given) <= known, line


def test_commands_that_do_not_exist_are_found() -> None:
    """The check above can fail."""
    for line in ("tourcrm customers dance", "tourcrm followups due --loudly"):
        [found] = shown(f"    {line}")
        with pytest.raises(AssertionError):
            path, given = told(found)
            assert set(given) <= options(path)


@pytest.mark.parametrize(("english", "chinese"), PAIRS)
def test_both_languages_tell_the_same(english: str, chinese: str) -> None:
    """As many chapters, and the same commands with the same options, in the same order."""
    one, other = read(english), read(chinese)
    calls = [[told(line) for line in shown(page) if " " in line] for page in (one, other)]
    assert calls[0] == calls[1]
    chapters = [len(re.findall(r"^## ", page, re.MULTILINE)) for page in (one, other)]
    assert chapters[0] == chapters[1]


# What they promise


TAKEN: list[tuple[Callable[[str], object], str]] = [
    (parsing.phones, "13812345678, 138-1234-5678, 010-62345678"),
    (parsing.day, "2024-03-05, 2024/3/5, 2024.3.5, 2024年3月5日, 20240305"),
    (parsing.special_day, "03-05, 3月5日, 农历八月十五, 腊月三十, 农历闰四月初五"),
    (money.parse_amount, "1200, ¥1200, 1200元, 1.2万, RMB 1200"),
    (parsing.count, "3, 3人, ３"),
    (parsing.flag, "是, 否, yes, no, y, n, 1, 0, √"),
]


@pytest.mark.parametrize("page", ["docs/import.md", "docs/import.zh-CN.md"])
def test_forms_of_cells_that_are_promised_are_taken(page: str) -> None:
    promised = read(page)
    for parse, forms in TAKEN:
        for form in forms.split(", "):
            assert form in promised
            parse(form)
    [dates] = re.findall(r"`([^`]+=2010-05-20; [^`]+)`", promised)
    assert len(kinds.special_dates(dates, partial(parsing.special_day))) == 2


# What it is for, and how it is installed


READMES = ["README.md", "README.zh-CN.md"]
INSTALLING = [*PAGES, ROOT / "Makefile", ROOT / ".ci/run", *ROOT.glob("scripts/*.py")]


@pytest.mark.parametrize("page", READMES)
def test_the_first_screen_says_what_it_is_for_before_it_says_how(page: str) -> None:
    first, how, _rest = read(page).partition("\n## ")
    assert how
    assert len(first.splitlines()) <= 25
    assert "Excel" in first
    assert not re.search(r"^ {4}|`", first, re.MULTILINE)


@pytest.mark.parametrize("page", READMES)
def test_it_is_installed_in_one_line_or_by_hash(page: str) -> None:
    by_hash = "~/tourcrm/bin/pip install --no-deps --require-hashes -r requirements/runtime.txt"
    lines = {line.strip() for line in read(page).splitlines() if line.startswith("    ")}
    assert {"pipx install .", "uv tool install .", by_hash} <= lines


def test_lists_of_requirements_are_installed_as_they_stand() -> None:
    """They are complete. Without --no-deps, some pips look for newer ones, which have no hash."""
    lists = re.compile(r"(?:-r|--requirement)[ =]?requirements/")
    found = {
        (file.name, line.strip())
        for file in INSTALLING
        for line in file.read_text("utf-8").splitlines()
        if lists.search(line)
    }
    assert {*READMES, "cron.md", "cron.zh-CN.md", "Makefile"} <= {name for name, _line in found}
    for name, line in found:
        assert "--no-deps --require-hashes" in line, name


# Pages that scripts write


def test_the_page_of_the_schema_is_up_to_date() -> None:
    assert schema.FILE.read_text("utf-8") == schema.page(), "run: make docs"


def test_every_column_has_its_meaning_and_no_other() -> None:
    tables = SQLModel.metadata.tables
    assert {name: set(columns) for name, (_about, columns) in schema.MEANINGS.items()} == {
        name: set(table.columns.keys()) for name, table in tables.items()
    }


@pytest.mark.parametrize(("question", "sql"), schema.QUERIES)
def test_the_questions_that_it_suggests_can_be_asked(
    tmp_path: Path, question: str, sql: str
) -> None:
    with engine.reading(agency(tmp_path)) as session:
        assert isinstance(session, Session)
        assert session.connection().execute(text(sql)).all() == [], question


def test_the_page_of_headers_is_up_to_date() -> None:
    assert headers.FILE.read_text("utf-8") == headers.page(), "run: make docs"


@pytest.mark.parametrize("language", settings.FILES)
def test_the_page_of_settings_is_up_to_date(language: str) -> None:
    file = settings.DOCS / settings.FILES[language]
    assert file.read_text("utf-8") == settings.page(language), "run: make docs"


def test_the_screens_are_what_the_program_prints(tmp_path: Path) -> None:
    for file, wanted in screens.written(screens.agency(tmp_path)).items():
        assert file.read_text("utf-8") == wanted, f"{file.name}: run: make docs"


# The map of the code, and the changes

SOURCE = ROOT / "src/tourcrm"
ROOMS = sorted(door.parent for door in SOURCE.rglob("__init__.py") if door.parent != SOURCE)


def rooms_on_the_map() -> list[str]:
    """What stands first in the rows of the table of rooms."""
    _, _, rest = read("CONTRIBUTING.md").partition("\n## The map\n")
    rows = re.findall(r"^\| (`[^|]+) \|", rest.partition("\n### ")[0], re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`(\w+)`", row)]


def test_the_map_has_a_line_for_each_room_and_for_nothing_else() -> None:
    there = {file.stem if file.suffix == ".py" else file.name for file in SOURCE.glob("[!_]*")}
    assert sorted(rooms_on_the_map()) == sorted({"__main__"} | there - {"py.typed"})


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: str(room.relative_to(SOURCE)))
def test_the_door_of_a_room_names_what_is_in_it(room: Path) -> None:
    told = ast.get_docstring(ast.parse((room / "__init__.py").read_text("utf-8"))) or ""
    inside = {file.stem for file in room.glob("*.py")} - {"__init__"}
    inside |= {file.parent.name for file in room.glob("*/__init__.py")}
    if room.name == "commands":  # its nouns stand in the table of cli.py
        inside -= {module.split(".")[2] for module, _text in (cli.GROUPS | cli.ROOT).values()}
    assert told
    assert {name for name in inside if not re.search(rf"\b{name}\b", told)} == set()


@pytest.mark.parametrize("page", ["docs/rules.md", "docs/rules.zh-CN.md"])
def test_every_rule_that_comes_with_the_program_is_told(page: str) -> None:
    told = re.findall(r"^\| (\w+)[,，]? ?[^|]*\|", read(page), re.MULTILINE)
    assert {one.id for one in parser.defaults()} <= set(told)


def test_the_changes_of_this_version_are_told() -> None:
    assert f"## [{__version__}]" in read("CHANGELOG.md")
