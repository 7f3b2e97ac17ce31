"""Help and usage errors, in both languages; and what every command's help must have."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer._click.core import Command, Context
from typer.core import TyperArgument, TyperGroup

from scripts import reference as writer
from tests.commands.test_root import NOUN
from tests.conftest import Invoke
from tourcrm import cli
from tourcrm.base import i18n
from tourcrm.base.display import width
from tourcrm.base.i18n import translate
from tourcrm.terminal import help, param_types
from tourcrm.terminal.typer_i18n import loaded

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def _samples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(cli.GROUPS, "samples", NOUN)


# The shim: one command with every kind of parameter


@pytest.mark.usefixtures("_samples")
class TestOneCommand:
    def test_its_page_in_english(self, invoke: Invoke) -> None:
        lines = invoke("samples", "take", "--help").stdout.splitlines()
        assert lines == [
            "Usage: tourcrm samples take [OPTIONS] CUSTOMER [FILE...]",
            "",
            "  Take one of everything. More about it.",
            "",
            "Arguments:",
            "  CUSTOMER  a code, phone number or name [required]",
            "  FILE...   files",
            "",
            "Options:",
            "  --times NUMBER      how often [default: 1]",
            "  --size NUMBER       how big",
            "  --day DATE          when",
            "  --colour red|green  which [default: red]",
            "  --way in|out        which way",
            "  -t, --tag TAG       tags [may be repeated]",
            "  --loud / --quiet    how loud [default: quiet]",
            "  -h, --help          show this page",
            "",
            "Examples:",
            "  tourcrm samples take 王芳",
        ]

    def test_its_page_in_chinese(self, invoke: Invoke) -> None:
        lines = invoke("samples", "take", "--help", lang="zh").stdout.splitlines()
        assert lines == [
            "用法：tourcrm samples take [选项] 客户 [文件...]",
            "",
            "  Take one of everything. More about it.",  # the sample's own words have no Chinese
            "",
            "参数：",
            "  客户     a code, phone number or name [必填]",
            "  文件...  files",
            "",
            "选项：",
            "  --times 数字        how often [默认：1]",
            "  --size 数字         how big",
            "  --day 日期          when",
            "  --colour red|green  which [默认：red]",
            "  --way in|out        which way",
            "  -t, --tag 标签      tags [可重复]",
            "  --loud / --quiet    how loud [默认：quiet]",
            "  -h, --help          显示本页",
            "",
            "示例：",
            "  tourcrm samples take 王芳",
        ]

    def test_the_noun_shows_its_line_and_its_verbs(self, invoke: Invoke) -> None:
        done = invoke("samples", "--help")
        assert "\n  Sample commands. For tests.\n" in done.stdout
        assert "\n  take     Take one of everything\n" in done.stdout
        assert done.stdout.endswith("Examples:\n  tourcrm samples take 王芳\n")

    def test_it_takes_what_it_says(self, invoke: Invoke) -> None:
        words = (
            "take 王芳 a.csv b.csv --times 3 --size 30.5 --day 2024-03-05 --colour GREEN"
            " --way in -t a --tag b --loud"
        )
        done = invoke("samples", *words.split())
        assert done.stdout == (
            "['王芳', [PosixPath('a.csv'), PosixPath('b.csv')], 3, Decimal('30.5'),"
            " datetime.date(2024, 3, 5), <Colour.GREEN: 'green'>, 'in', ['a', 'b'], True]\n"
        ).replace("PosixPath", type(Path()).__name__)
        done = invoke("samples", "take", "王芳")
        assert (
            done.stdout == "['王芳', None, 1, None, None, <Colour.RED: 'red'>, None, None, False]\n"
        )

    @pytest.mark.parametrize(
        ("words", "english", "chinese"),
        [
            ("samples", None, None),
            (
                "samples taek",
                "no command “taek”. Did you mean take?",
                "没有“taek”这个命令。您是不是想输入：take？",
            ),
            ("sample", "no command “sample”. Did you mean samples?", "您是不是想输入：samples？"),
            ("samples zzz", "no command “zzz”.", "没有“zzz”这个命令。"),
            ("samples --zzz", "no option --zzz.", "没有 --zzz 这个选项。"),
            ("samples take", "CUSTOMER is missing.", "缺少参数：客户。"),
            ("samples take a --tims 2", "no option --tims. Did you mean --times?", "--times？"),
            ("samples take a -x", "no option -x.", "没有 -x 这个选项。"),
            ("samples take a --times", "--times needs a value after it.", "--times 后面要写上值。"),
            ("samples take a --loud=1", "--loud takes no value.", "--loud 后面不能带值。"),
            ("samples take a --times x", "--times: “x” is not a whole number", "“x”不是整数"),
            ("samples take a --times 1e3", "--times: “1e3” is not a whole", "“1e3”不是整数"),
            ("samples take a --times 99", "--times: It must be between 1 and 9.", "在 1 到 9 之间"),
            ("samples take a --size 1,5", "--size: “1,5” is not a number", "“1,5”不是数字"),
            ("samples take a --size nan", "--size: “nan” is not a number", "“nan”不是数字"),
            ("samples take a --day 2024-02-30", "--day: ", "--day："),
            (
                "samples take a --colour blue",
                "“blue” is none of: red, green.",
                "可选范围内：red, green",
            ),
            ("samples fail a b c", "Too many words: b c.", "多出了：b c。"),
        ],
    )
    def test_wrong_usage_is_told_in_both_languages(
        self, invoke: Invoke, words: str, english: str | None, chinese: str | None
    ) -> None:
        for lang, text in (("en", english), ("zh", chinese)):
            done = invoke(*words.split(), lang=lang)
            assert (done.exit_code, done.stdout) == (2, "")
            if text is None:  # a noun alone shows what it can do
                assert done.stderr == invoke(*words.split(), "--help", lang=lang).stdout
                continue
            first, help = done.stderr.splitlines()
            assert text in first
            assert help.startswith({"en": "Help: tourcrm ", "zh": "查看帮助：tourcrm "}[lang])

    def test_wrong_usage_tells_no_english_to_the_chinese(self, invoke: Invoke) -> None:
        for words in ("take", "take a --times x", "take a --times 99", "take a b --zzz", "taek"):
            told = invoke("samples", *words.split(), lang="zh").stderr
            rest = re.sub(r"tourcrm samples( take)?|--\w+|“\w+”|take", "", told)
            assert not re.search(r"[A-Za-z]", rest), told

    def test_control_codes_in_arguments_do_not_come_back(self, invoke: Invoke) -> None:
        for words in (["tak\x1b[2J"], ["take", "a", "--times", "\x1b[2J"], ["fail", "a", "\x9b2J"]):
            done = invoke("samples", *words)
            assert done.exit_code == 2
            assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", done.stderr)

    def test_text_that_is_not_utf8_is_refused(self, invoke: Invoke) -> None:
        done = invoke("samples", "take", "\udcff")
        assert (done.exit_code, "not valid text" in done.stderr) == (2, True)


# Layout


@pytest.mark.parametrize("columns", [10, 25, 40, 80])
@pytest.mark.parametrize(
    "text",
    [
        "数据库文件；不写则用用户数据文件夹里的那个（Windows、macOS 和 Linux 各有不同）。",
        "the database; without it, the one in your user's data folder",
        "混排 mixed 文字 text，标点：不在行首。",
    ],
)
def test_lines_fit_and_lose_nothing(text: str, columns: int) -> None:
    lines = help.wrap(text, columns)
    longest = max(width(word) for word in re.findall(r"（?[!-~]+[，。；：）、]*", text))
    assert max(map(width, lines)) <= max(columns, longest)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert not any(line[0] in "，。；：）" for line in lines)
    assert not any(line != line.strip() for line in lines)


def test_a_number_stays_with_what_it_counts() -> None:
    assert help.wrap("已过 12 天，共 3 位", 8) == ["已过", "12 天，", "共 3 位"]


def test_a_long_word_stays_whole() -> None:
    assert help.wrap("see /a/very/long/path/to/a/file here", 12) == [
        "see",
        "/a/very/long/path/to/a/file",
        "here",
    ]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("List customers. Filters narrow it.", "List customers"),
        ("Read v1.2 files, e.g. old ones.", "Read v1.2 files, e.g"),
        ("One line", "One line"),
        ("列出客户。可以筛选。", "列出客户"),
        ("First\nsecond", "First"),
        ("", ""),
    ],
)
def test_the_summary_is_the_first_sentence(text: str, first: str) -> None:
    assert help.summary(text) == first


# Every command


def described() -> Iterator[tuple[str, Context, Command]]:
    for ctx, command in writer.walk():
        yield ctx.command_path, ctx, command


def test_every_command_has_help_and_an_example() -> None:
    for path, _ctx, command in described():
        assert command.help, path
        lines = help.examples(command)
        assert lines, path
        assert all(line.startswith(f"{cli.PROGRAM} ") for line in lines), path


def test_every_example_is_of_its_command() -> None:
    for path, _ctx, command in described():
        assert any(line.startswith(path) for line in help.examples(command)), path


def test_every_argument_and_option_has_help() -> None:
    for path, ctx, command in described():
        for param in help.parameters(command, ctx):
            assert param.help or param.hidden, (path, param.name)


def test_every_word_of_help_is_there_in_chinese() -> None:
    i18n.use("zh")
    for path, ctx, command in described():
        assert CHINESE.search(translate(command.help or "")), path
        for param in help.parameters(command, ctx):
            assert CHINESE.search(translate(param.help or "")), (path, param.name)
            if isinstance(param, TyperArgument):
                assert CHINESE.search(help.argument_name(param)), (path, param.name)
            elif not param.is_flag:
                name = help.metavar(param)
                chosen = param_types.choices(param.type_descriptor)  # words that are typed as such
                assert chosen or "|" in name or CHINESE.search(name), (path, param.name, name)


def test_the_table_says_what_each_root_command_says() -> None:
    commands = dict(ctx_command for ctx_command in _by_name())
    for name, (_module, text) in cli.ROOT.items():
        assert help.summary(commands[name].help or "") == help.summary(text)


def _by_name() -> Iterator[tuple[str, Command]]:
    for path, _ctx, command in described():
        if path.count(" ") == 1:
            yield path.split()[1], command


def test_the_usual_options_mean_the_same_everywhere() -> None:
    """One help text for an option name, whatever the command: --format, --as-of, --yes ..."""
    shared = {"--format", "--output", "--as-of", "--dry-run", "--yes", "--excel", "--reveal"}
    texts: dict[str, set[str]] = {}
    for _path, ctx, command in described():
        for param in help.parameters(command, ctx):
            for name in shared & set(param.opts):
                texts.setdefault(name, set()).add(param.help or "")
    assert {name: len(found) for name, found in texts.items() if len(found) > 1} == {}


def test_a_group_lists_its_verbs_and_no_other() -> None:
    for path, ctx, command in described():
        if isinstance(command, TyperGroup):
            page = command.get_help(ctx)
            for name in command.list_commands(ctx):
                assert re.search(rf"^  {name}\b", page, re.MULTILINE), (path, name)


def test_a_noun_in_parts_has_every_command_of_its_modules() -> None:
    """Its table says in which module each is: one that is missing there, nobody could call."""
    in_parts: list[str] = []
    for module, _line in cli.GROUPS.values():
        verbs = loaded(module).verbs
        assert {name for part in {*verbs.values()} for name in loaded(part).commands} == {*verbs}
        in_parts += verbs
    assert "export" in in_parts


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_the_command_reference_is_up_to_date(language: str) -> None:
    written = (writer.DOCS / writer.FILES[language]).read_text("utf-8")
    assert written == writer.reference(language), "run: make docs"
