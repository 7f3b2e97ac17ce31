"""A file of rules: every fault with its place, and what is kept of it."""

import re
import textwrap
from pathlib import Path

import pytest

from tests.agenda.test_rules_parser import DOCS, GOOD
from tourcrm.agenda import rulebook
from tourcrm.agenda.rulebook import File
from tourcrm.agenda.rules import parser, toml_lines
from tourcrm.agenda.rules.parser import DEFAULTS
from tourcrm.base.errors import NotFound, Refused

OFF = "[dormant]\nenabled = false\n"


def faults(source: str) -> list[str]:
    book = rulebook.checked(File("mine.toml", source))
    return [str(fault.told("mine.toml")) for fault in book.faults]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("a", "line 1: not TOML from column 2 on: an = is missing"),
        ('a = 1\nb = "x', "line 2: not TOML from column 7 on: a quotation mark"),
        ("a = ", "line 1: not TOML from column 5 on: there is no value"),
        ("[a]\n\n[a]\n", "line 3: not TOML from column 3 on: the table is given twice"),
        ("a = 1\na = 2\n", "the key is given twice"),
        ("a = 1 2", "something follows"),
        ("[a", "a ] is missing"),
        ('a = "\\q"', "backslash"),
        ("a = 2024-02-30", "no such day"),
        (f"a = {'9' * 5000}", "the number is too long"),
        (f"a = {'[' * 100_000}", "stand too deep"),
        ("a = {b = 1", "a curly bracket"),
        ("thanks = 5", "line 1, [thanks]: a rule is a table"),
        (GOOD + GOOD.replace("[thanks]", "[second]") + "steps = 5\n",
         "line 14, [second]: steps are tables"),
        (OFF.replace("dormant", "sleepy"), "line 1, [sleepy]: there is no built-in rule"),
        (OFF.replace("false", "0"), "line 2, [dormant] enabled: true or false"),
        (OFF.replace("false", "true"), "line 1, [dormant]: anchor is missing"),
        (GOOD.replace("channel", "chanel"), "line 7, [thanks] chanel: there is no such key; perha"),
        (GOOD.replace("channel", "zzz"), "[thanks] zzz: there is no such key; known: enabled"),
        (GOOD + "[[thanks.steps]]\npriority = 1\n", "[[thanks.steps]] 1 priority: this is said of"),
        (GOOD.replace("致谢", "致谢{"), "line 9, [thanks] title.zh: { stands alone"),
        (GOOD + 'tiers = ["A"]\ncadences = ["none"]\n', "line 15, [thanks] cadences: no customer"),
        (
            GOOD + "[[thanks.steps]]\n# all\n[[thanks.steps]]\n",
            "line 16, [[thanks.steps]] 2: the steps",
        ),
        (GOOD + "[[thanks.steps]]\n" * 31, "line 1, [thanks]: it has more than 30 steps"),
        ("".join(GOOD.replace("[thanks]", f"[r{n}]") for n in range(201)), "more than 200 rules"),
        ('thanks.anchor = "return"\n' + GOOD[GOOD.index("class") :].replace("\n", "\nthanks.", 10)
         .replace("class", "thanks.class"), "write it as a table [thanks]"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_place(source: str, said: str) -> None:
    found = faults(source)
    assert len(found) == 1
    assert found[0].startswith("mine.toml, line ")
    assert said in found[0]


def test_every_fault_is_told_in_the_order_of_lines() -> None:
    second = GOOD.replace("[thanks]", "[second]").replace('"return"', '"whim"')
    source = GOOD.replace("priority", "prio").replace("offset = 2", 'offset = "2"') + second
    places = [text.partition(": ")[0].removeprefix("mine.toml, ") for text in faults(source)]
    assert places == [
        "line 4, [thanks] prio",
        "line 5, [thanks] offset",
        "line 15, [second] anchor",
    ]


def test_as_many_rules_as_there_may_be_are_right() -> None:
    several = [GOOD.replace("[thanks]", f"[r{n}]") for n in range(rulebook.MOST_RULES)]
    assert faults("".join(several)) == []


def test_faults_without_end_are_told_up_to_a_number() -> None:
    keys = "".join(f"k{number} = 1\n" for number in range(500))
    assert len(faults(f"[thanks]\n{keys}")) == rulebook.MOST_FAULTS


def test_words_that_look_like_a_table_mislead_nobody() -> None:
    words = 'script.en = """\n[[x]]\n[[thanks.steps]]\nprio = 3\n"""'
    source = GOOD.replace('script.en = "Thank you, {name}[, for {destination}]!"', words)
    assert faults(source) == []
    assert "line 18, [thanks] prio" in faults(source + "prio = 3\n")[0]
    preamble, parts = toml_lines.sections(f"# ours\n\n# thanks\n{source}\n# off\n{OFF}")
    assert preamble == "# ours\n\n"
    assert [part.name for part in parts] == ["thanks", "dormant"]
    assert parts[0].text == f"# thanks\n{source}\n"
    assert parts[1].text == f"# off\n{OFF}"


def test_a_rule_can_be_switched_off() -> None:
    assert "dormant" in {one.id for one in parser.merged("")}
    assert {one.id for one in parser.merged(GOOD + OFF)} >= {"thanks", "handbook"}
    assert "dormant" not in {one.id for one in parser.merged(GOOD + OFF)}
    own = parser.merged(GOOD.replace("[thanks]", "[thanks]\nenabled = false"))
    assert own == parser.defaults()


@pytest.mark.parametrize(
    ("changed", "to", "replacing", "equal"),
    [
        ("x{99}", "", [], ["dormant"]),
        (r"priority = \d+", "priority = 1", ["dormant"], []),
        (r"\[dormant\]\n", "[dormant]\nenabled = false\n", [], []),
        (r"\[dormant", "[mine", [], []),
    ],
)
def test_own_rules_are_told_from_the_built_in(
    changed: str, to: str, replacing: list[str], equal: list[str]
) -> None:
    parts = toml_lines.sections(DEFAULTS.read_text("utf-8"))[1]
    source = next(part.text for part in parts if part.name == "dormant")
    book = rulebook.checked(File("mine.toml", re.sub(changed, to, source)))
    assert book.faults == ()
    assert rulebook.against_built_in(book) == (replacing, equal)


def test_own_rules_that_are_broken_name_the_way_out() -> None:
    with pytest.raises(Refused, match=r"own rules, line 4, \[thanks\] prio.*--dump --own -o"):
        parser.merged(GOOD.replace("priority", "prio"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[a]\nb = '\xff\xfe'", "line 2: the file is not UTF-8"),
        (GOOD.encode("gb18030"), "line 9: the file is not UTF-8"),
        (GOOD.encode("utf-16"), "line 1: the file is not UTF-8"),
        (b"\0" * 100, "line 1: not TOML"),
    ],
)
def test_a_file_in_another_encoding_is_a_fault(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    book = rulebook.checked(rulebook.read(str(path)))
    assert said in str(book.faults[0].told("mine.toml"))


def test_line_ends_and_byte_order_mark_of_windows_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    book = rulebook.checked(rulebook.read(str(path)))
    assert (book.faults, list(book.rules)) == ((), ["thanks"])


def test_what_is_no_file_of_rules_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no such file"):
        rulebook.read(str(tmp_path / "none.toml"))
    with pytest.raises(Refused, match="it is a folder"):
        rulebook.read(str(tmp_path))
    with pytest.raises(Refused, match="its name is not valid"):
        rulebook.read("a\0b")
    (tmp_path / "large.toml").write_bytes(b"#" * (rulebook.LARGEST + 1))
    with pytest.raises(Refused, match="too large"):
        rulebook.read(str(tmp_path / "large.toml"))
    (tmp_path / "large.toml").write_bytes(b"#" * rulebook.LARGEST)
    assert rulebook.checked(rulebook.read(str(tmp_path / "large.toml"))).faults == ()


@pytest.mark.parametrize("name", ["rules.md", "rules.zh-CN.md"])
def test_the_file_in_the_documentation_is_right(name: str) -> None:
    text = (DOCS / name).read_text(encoding="utf-8")
    example = re.search(r"^    ```toml\n(.*?)^    ```", text, re.S | re.M)
    assert example is not None
    book = rulebook.checked(File(name, textwrap.dedent(example[1])))
    assert book.faults == ()
    assert (list(book.rules), set(book.off)) == (["after_cruise"], {"dormant"})
