"""Errors as they stand in the code: exit codes, and every field of a template is given."""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.catalogue import fields
from tourcrm.base import errors, i18n

PACKAGE = Path(errors.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
RAISED = {
    name
    for name, thing in vars(errors).items()
    if inspect.isclass(thing) and thing.__module__ == errors.__name__
}
MARKS = {"N_", "_", "translate", "ngettext"}


def test_exit_codes_are_those_that_are_promised() -> None:
    codes = {
        name: thing.exit_code
        for name, thing in vars(errors).items()
        if inspect.isclass(thing) and issubclass(thing, errors.TourcrmError)
    }
    assert codes == {
        "TourcrmError": 1,
        "Refused": 1,
        "WrongUsage": 2,
        "NotFound": 3,
        "Unusable": 5,
        "Unsure": 5,
    }


def test_an_error_speaks_the_language_of_who_reads_it() -> None:
    error = errors.NotFound("There is no command “{name}”.", name="{x}")
    assert str(error) == "There is no command “{x}”."
    i18n.use("zh")
    assert str(error) == "没有“{x}”这个命令。"


class Said:
    """One text that the code raises or formats, with the names of the fields that it gives."""

    def __init__(self, place: str, text: str, given: set[str], marked: bool) -> None:
        self.place = place
        self.text = text
        self.given = given
        self.marked = marked


def said_in(code: str, place: str) -> Iterator[Said]:
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Call) or any(word.arg is None for word in node.keywords):
            continue
        given = {word.arg for word in node.keywords if word.arg}
        where = f"{place}:{node.lineno}"
        if name_of(node.func) in RAISED and node.args:
            first = node.args[0]
            yield from (Said(where, text, given, True) for text in marked_texts(first))
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield Said(where, first.value, given, False)
        elif isinstance(node.func, ast.Attribute) and node.func.attr == "format" and not node.args:
            yield from (Said(where, text, given, True) for text in marked_texts(node.func.value))


def name_of(function: ast.expr) -> str:
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""


def marked_texts(node: ast.expr) -> Iterator[str]:
    """The texts of N_("..."), _("..."), ngettext("...", "...", n)."""
    if isinstance(node, ast.Call) and name_of(node.func) in MARKS:
        for word in node.args:
            if isinstance(word, ast.Constant) and isinstance(word.value, str):
                yield word.value


def mistakes(said: Said) -> Iterator[str]:
    if not said.marked and any(letter.isalpha() for letter in without_fields(said.text)):
        yield f"{said.place}: not marked with N_: {said.text!r}"
    missing = {name.partition(".")[0].partition("[")[0] for name in fields(said.text)} - said.given
    if missing:
        yield f"{said.place}: {sorted(missing)} not given to {said.text!r}"
    if said.given - fields(said.text):
        yield f"{said.place}: {sorted(said.given - fields(said.text))} not in {said.text!r}"


def without_fields(text: str) -> str:
    for name in fields(text):
        text = text.replace(f"{{{name}}}", "")
    return text


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_text_is_marked_and_its_fields_are_given(path: Path) -> None:
    found = said_in(path.read_text("utf-8"), path.name)
    assert [mistake for said in found for mistake in mistakes(said)] == []


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ('raise Refused(N_("{a} and {b}."), a=1)', "['b'] not given"),
        ('raise errors.Refused(N_("{a}."), a=1, b=2)', "['b'] not in"),
        ('Message("Not marked.")', "not marked"),
        ('_("{a}").format(b=1)', "['a'] not given"),
        ('ngettext("{n} row", "{m} rows", 2).format(n=2)', "['m'] not given"),
    ],
)
def test_a_mistake_is_found(code: str, wrong: str) -> None:
    assert wrong in " ".join(m for said in said_in(code, "x") for m in mistakes(said))


@pytest.mark.parametrize(
    "code",
    ['raise Refused(N_("{a}."), a=1)', 'Message("{why}", why=1)', 'CellError(N_("No."))', "f(a=1)"],
)
def test_what_is_right_passes(code: str) -> None:
    assert not [m for said in said_in(code, "x") for m in mistakes(said)]
