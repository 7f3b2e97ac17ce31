"""Which small mistakes `make mutate` makes in a line, and where it makes none."""

from pathlib import Path

import pytest

from scripts.mutations import Change, Module


def mutated(text: str, tmp_path: Path) -> set[str]:
    file = tmp_path / "m.py"
    file.write_text(text, "utf-8")
    module = Module(file)
    return {
        (module.text[: one.start] + one.instead + module.text[one.end :]).encode("latin-1").decode()
        for one in module.changes
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = a < b", ["x = a <= b"]),
        ("x = a < b <= c", ["x = a <= b <= c", "x = a < b < c"]),
        ("x = '王' in 名", ["x = '王' not in 名"]),
        ("x = a is  not None", ["x = a is None"]),
        ("x = a and b", ["x = a or b", "x = True and b", "x = a and True"]),
        ("x = (a) or (b)", ["x = (a) and (b)", "x = (False) or (b)", "x = (a) or (False)"]),
        ("x = a or ''", ["x = a and ''", "x = False or ''"]),
        ("x = not a", ["x = (a)"]),
        ("x = a + b", ["x = a - b"]),
        ("x -= b", ["x += b"]),
        ("x = 7", ["x = 6", "x = 8"]),
        ("x = a[0]", ["x = a[1]"]),
        ("x = True", ["x = False"]),
        ("x = min(a, b)", ["x = max(a, b)"]),
        ("x = timedelta(days)", ["x = timedelta((days) + 1)"]),
        ("x = [a for a in b if c]", ["x = [a for a in b if True]"]),
        ("if a:\n    b()", ["if (not a):\n    b()", "if a:\n    pass"]),
        ("for a in b:\n    continue", ["for a in b:\n    pass"]),
        (
            "def f() -> int | None:\n    return a",
            ["def f() -> int | None:\n    return None"],
        ),
        ("x = 'SELECT a WHERE b > :c AND d'", [
            "x = 'SELECT a WHERE b >= :c AND d'", "x = 'SELECT a WHERE b > :c OR d'",
        ]),
        ("x = f'SELECT a WHERE {b < c} AND d'", ["x = f'SELECT a WHERE {b < c} OR d'"]),
    ],
)  # fmt: skip
def test_a_mistake_changes_one_thing(text: str, expected: list[str], tmp_path: Path) -> None:
    assert mutated(text, tmp_path) == set(expected)


@pytest.mark.parametrize(
    "text",
    [
        "'What it is: a > b AND c.'",
        "x = N_('a' if b > c else 'd')",
        "assert a > b",
        "if TYPE_CHECKING:\n    x = 1",
        "@dataclass(frozen=True)\nclass A:\n    a: Literal[1]",
        "def f(a: Literal[1]) -> Literal[2]:\n    return a",
        "x = zip(a, b, strict=True)",
        "x = 5_000",
        "x = 'one' + b",
        "session.flush()",
        "x = 'b > 3 and less'",
    ],
)
def test_nothing_is_changed_in_texts_and_types(text: str, tmp_path: Path) -> None:
    assert mutated(text, tmp_path) == set()


def test_the_function_of_a_change_is_the_inner_one_without_its_head(tmp_path: Path) -> None:
    file = tmp_path / "m.py"
    file.write_text("A = 1\ndef f(a=1):\n    b = 1\n    def g():\n        c = 1\n", "utf-8")
    module = Module(file)

    def lines(name: str) -> list[int]:
        return list(module.function(Change(module.text.index(name), 0, "")))

    assert (lines("A ="), lines("b ="), lines("c =")) == ([1, 2, 3, 4, 5], [3, 4, 5], [5])
