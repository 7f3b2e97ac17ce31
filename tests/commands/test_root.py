"""The program as a whole: language, errors, exit codes, streams, signals."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands import samples
from tests.conftest import BARE, ROOT, Invoke, Run
from tests.foreground import heed
from tourcrm import __version__, cli

NOUN = ("tests.commands.samples", "Sample commands. For tests.")
# The program with the noun of samples.py, in a process of its own.
PROGRAM = (
    "import sys; from tourcrm import __main__, cli;"
    f"cli.GROUPS['samples'] = {NOUN!r};"
    "__main__.main()"
)
COMMAND = [sys.executable, "-c", PROGRAM]
ENVIRONMENT = {**BARE, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}


@pytest.fixture(autouse=True)
def _samples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(cli.GROUPS, "samples", NOUN)


def program(
    *words: str, env: dict[str, str], input: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*COMMAND, *words],
        env={**ENVIRONMENT, **env},
        input=input,
        capture_output=True,
        check=False,
        timeout=60,
    )


def shell(line: str) -> subprocess.CompletedProcess[bytes]:
    """A line of sh in which "$@" stands for the program."""
    return subprocess.run(
        ["/bin/sh", "-c", line, "sh", *COMMAND],
        env=ENVIRONMENT,
        capture_output=True,
        check=False,
        timeout=60,
    )


# Language


def test_the_version_is_told(run: Run) -> None:
    done = run("--version", lang=None, database=None)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"tourcrm {__version__}\n", "")


def database(path: Path, language: str, journal: str = "delete") -> Path:
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA journal_mode = {journal}")
        connection.execute("CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT)")
        connection.execute("INSERT INTO setting VALUES ('language', ?)", (language,))
    connection.close()
    return path


@pytest.mark.parametrize(
    ("words", "stored", "environ", "language"),
    [
        ("--lang zh --help", "en", {"TOURCRM_LANG": "en", "LANG": "en_US.UTF-8"}, "zh"),
        ("--lang=zh --help", None, {}, "zh"),
        ("--db {db} --lang zh --help", "en", {}, "zh"),
        ("--lang zh customers", None, {}, "zh"),
        ("--help", "en", {"TOURCRM_LANG": "zh"}, "zh"),
        ("--db {db} --help", "zh", {"LANG": "en_US.UTF-8"}, "zh"),
        ("--db={db} --help", "zh", {}, "zh"),
        ("--help", "zh", {"TOURCRM_DB": "{db}"}, "zh"),
        ("--db {db} --help", "zh", {"TOURCRM_LANG": "en"}, "en"),
        ("--db {db} --help", "nonsense", {"LC_ALL": "zh_CN.UTF-8"}, "zh"),
        ("--help", None, {"LANG": "zh_CN.UTF-8"}, "zh"),
        ("--help", None, {"LANG": "C"}, "en"),
        ("--help", None, {}, "en"),
        ("customers list --lang zh", None, {}, "en"),
    ],
)
def test_the_language_is_that_of_the_first_who_says_one(
    words: str, stored: str | None, environ: dict[str, str], language: str, db: Path
) -> None:
    if stored:
        database(db, stored)
    given = [word.format(db=db) for word in words.split()]
    assert cli.language_for(given, {k: v.format(db=db) for k, v in environ.items()}) == language


def test_the_users_own_database_tells_the_language(run: Run, tmp_path: Path) -> None:
    env = {"XDG_DATA_HOME": str(tmp_path)} if os.name == "posix" else {}
    home = tmp_path / "tourcrm"
    home.mkdir()
    database(home / "agency.db", "zh")
    if sys.platform == "linux":
        assert run("--help", lang=None, database=None, env=env).stdout.startswith("用法")


@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_reading_the_language_leaves_nothing_behind(db: Path, journal: str) -> None:
    database(db, "zh", journal)
    before = db.read_bytes()
    assert cli.language_for(["--db", str(db)], {}) == "zh"
    assert db.read_bytes() == before
    assert [path.name for path in db.parent.iterdir() if path.is_file()] == [db.name]


def test_a_language_set_a_moment_ago_is_seen_while_the_database_is_in_use(db: Path) -> None:
    database(db, "en", "wal")
    with sqlite3.connect(db) as other:
        other.execute("UPDATE setting SET value = 'zh'")
        other.commit()
        assert cli.language_for(["--db", str(db)], {}) == "zh"
    other.close()


@pytest.mark.parametrize(
    "content", [b"", b"not a database" * 100, b"SQLite format 3\0" + b"x" * 99]
)
def test_a_broken_database_tells_no_language_and_raises_nothing(db: Path, content: bytes) -> None:
    db.write_bytes(content)
    assert cli.language_for(["--db", str(db)], {}) == "en"
    assert cli.language_for(["--db", str(db.parent)], {}) == "en"


@pytest.mark.parametrize(
    ("words", "env"), [(["--lang", "fr", "--help"], {}), (["--help"], {"TOURCRM_LANG": "fr"})]
)
def test_an_unknown_language_is_refused(
    invoke: Invoke, words: list[str], env: dict[str, str]
) -> None:
    done = invoke(*words, lang=None, env=env)
    assert done.exit_code == 2
    assert "“fr”" in done.stderr
    assert "en or zh" in done.stderr
    assert done.stdout == ""


def test_an_option_of_the_program_after_the_command_is_told_its_place(invoke: Invoke) -> None:
    done = invoke("trips", "list", "--db", "x.db")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "--db stands before the command: tourcrm --db ... trips list\n" in done.stderr


def test_one_process_speaks_both_languages(invoke: Invoke) -> None:
    assert [invoke("--help", lang=lang).stdout[:2] for lang in ("en", "zh", "en")] == [
        "Us",
        "用法",
        "Us",
    ]


# Errors


@pytest.mark.parametrize(
    ("name", "code"),
    [("refused", 1), ("usage", 2), ("missing", 3), ("part", 4), ("unusable", 5), ("ctrl-c", 130)],
)
def test_an_error_is_an_exit_code(invoke: Invoke, name: str, code: int) -> None:
    assert invoke("samples", "fail", name).exit_code == code


def test_an_error_is_told_without_control_codes(invoke: Invoke) -> None:
    done = invoke("samples", "fail", "refused")
    assert done.stderr.splitlines() == ["No: ␛[31ma\\x9bb", "二"]
    assert done.stdout == ""


@pytest.mark.parametrize("name", ["bug", "denied"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_bug_is_told_in_two_lines_without_values(invoke: Invoke, name: str, lang: str) -> None:
    done = invoke("samples", "fail", name, lang=lang)
    assert done.exit_code == 1
    assert len(done.stderr.splitlines()) == 2
    assert samples.SECRET not in done.output
    assert ".py:" in done.stderr
    assert type(samples.FAILURES[name]).__name__ in done.stderr


def test_a_bug_shows_its_trace_only_when_asked(invoke: Invoke) -> None:
    done = invoke("samples", "fail", "bug", env={"TOURCRM_DEBUG": "1"})
    assert "Traceback" in done.stderr


def test_an_unanswered_question_does_nothing(invoke: Invoke) -> None:
    done = invoke("samples", "ask", input="")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "Name? [王芳]: \nNo answer, so nothing was done.\n"


@pytest.mark.parametrize(
    ("typed", "answers"),
    [("\n\n", "['王芳', False]"), ("李\ny\n", "['李', True]"), ("\n是\n", "['王芳', True]")],
)
def test_questions_are_answered(invoke: Invoke, typed: str, answers: str) -> None:
    assert invoke("samples", "ask", input=typed).stdout.splitlines()[-1] == answers


# The Tab key


def asked(*words: str) -> dict[str, str]:
    """What bash asks after `words`, the last of which is being typed."""
    return {
        "_TOURCRM_COMPLETE": "complete_bash",
        "COMP_WORDS": " ".join(["tourcrm", *words]),
        "COMP_CWORD": str(len(words)),
    }


def test_the_tab_key_completes_commands_options_and_choices(invoke: Invoke) -> None:
    def completions(*words: str) -> list[str]:
        done = invoke(env=asked(*words), lang=None, database=None)
        assert done.stderr == ""
        return done.stdout.split()

    assert completions("sa") == ["samples"]
    assert completions("samples", "ta") == ["take"]
    assert completions("samples", "take", "--t") == ["--times", "--tag"]
    assert completions("samples", "take", "a", "--colour", "r") == ["red"]
    assert set(completions("")) == {*cli.ROOT, *cli.GROUPS}
    done = program(env=asked("samples", "take", "a", "--colour", "r"))
    assert (done.returncode, done.stdout.split(), done.stderr) == (0, [b"red"], b"")


def test_the_tab_key_says_what_a_command_is_for_in_the_users_language(invoke: Invoke) -> None:
    env = {"_TOURCRM_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": "tourcrm follow"}
    for lang, word in (("en", "Whom to call"), ("zh", "客户跟进")):
        done = invoke(env={**env, "TOURCRM_LANG": lang}, lang=None, database=None)
        assert word in done.stdout


def test_completion_for_an_unknown_shell_is_refused(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "_get_shell_name", lambda: "cmd")
    for option in ("--show-completion", "--install-completion"):
        done = invoke(option)
        assert (done.exit_code, done.stdout) == (1, "")
        assert "bash, zsh, fish" in done.stderr


def test_completion_is_installed_for_the_shell_in_use(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "_get_shell_name", lambda: "bash")
    assert "complete_bash" in invoke("--show-completion").stdout
    assert "自动补全已写入" in invoke("--install-completion", lang="zh").stdout
    script = Path.home() / ".bash_completions" / "tourcrm.sh"
    assert "_TOURCRM_COMPLETE" in script.read_text("utf-8")


# Streams and signals: the real program

LOCALES: list[dict[str, str]] = [
    {},
    {"LANG": "C", "TERM": "dumb"},
    {"LC_ALL": "POSIX", "PYTHONIOENCODING": "ascii"},
    {"PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"},
]


@pytest.mark.skipif(os.name == "nt", reason="sh and /dev are Unix")
class TestStreams:
    @pytest.mark.parametrize("lines", [1, 100_000])
    def test_a_full_disk_is_told(self, lines: int) -> None:
        if not Path("/dev/full").exists():
            pytest.skip("this system has no /dev/full")
        done = shell(f'"$@" samples pour {lines} > /dev/full')
        assert (done.returncode, done.stderr) == (
            5,
            b"The output could not be written: the disk is full.\n",
        )

    def test_head_ends_it_quietly(self) -> None:
        done = shell('{ "$@" samples pour 200000; echo $? >&2; } | head -n 1')
        assert (done.stdout, done.stderr) == ("0 行 ☃\n".encode(), b"141\n")

    @pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
    def test_a_closed_stream_is_no_trouble(self, closed: str) -> None:
        done = shell(f'"$@" samples pour 3 {closed}')
        assert (done.returncode, done.stderr) == (0, b"")

    def test_nobody_hears_the_error_and_the_code_is_right(self) -> None:
        assert shell('"$@" samples fail missing 2>&-').returncode == 3
        assert shell('"$@" samples fail missing 2>/dev/full').returncode == 3

    @pytest.mark.parametrize("environ", LOCALES)
    def test_chinese_is_read_and_written_in_any_locale(self, environ: dict[str, str]) -> None:
        done = program("samples", "streams", input="王芳".encode(), env=environ)
        assert done.stdout.decode() == "utf-8 王芳 0o77\n"

    @pytest.mark.parametrize(
        ("columns", "environ"), list(zip(["0", "1", "20", "1000"], LOCALES, strict=True))
    )
    def test_help_fits_any_terminal_in_any_locale(
        self, columns: str, environ: dict[str, str]
    ) -> None:
        done = program("--lang", "zh", "--help", env={"COLUMNS": columns, **environ})
        assert done.returncode == 0
        assert done.stdout.decode().startswith("用法")
        assert "tourcrm followups due" in done.stdout.decode()


@pytest.mark.skipif(os.name == "nt", reason="signals are Unix")
class TestSignals:
    @staticmethod
    def stopped(tmp_path: Path, number: signal.Signals, *words: str) -> tuple[int, str, bool]:
        """Exit code, stderr, and whether the command cleaned up, after a signal."""
        mark = tmp_path / "mark"
        process = subprocess.Popen(
            [*COMMAND, "samples", "wait", str(mark), *words],
            env=ENVIRONMENT,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=heed,
        )
        wait_for(mark.exists)
        process.send_signal(number)
        _out, told = process.communicate(timeout=30)
        return process.returncode, told, not mark.exists()

    @pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
    def test_a_signal_ends_it_in_one_line_and_cleans_up(self, tmp_path: Path, name: str) -> None:
        number = signal.Signals[name]
        code, told, clean = self.stopped(tmp_path, number)
        assert (code, told, clean) == (128 + number, "Stopped. Nothing half-done is kept.\n", True)

    def test_a_signal_that_is_swallowed_ends_it_all_the_same(self, tmp_path: Path) -> None:
        assert self.stopped(tmp_path, signal.SIGTERM, "--deaf")[0] == 143

    def test_a_second_signal_ends_it_at_once(self, tmp_path: Path) -> None:
        mark = tmp_path / "mark"
        process = subprocess.Popen(
            [*COMMAND, "samples", "wait", str(mark), "--deaf"], env=ENVIRONMENT, preexec_fn=heed
        )
        wait_for(mark.exists)
        process.send_signal(signal.SIGINT)
        time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) in (-signal.SIGTERM, 130)


def wait_for(condition: Callable[[], bool]) -> None:
    for _ in range(3000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it did not happen in 30 seconds")
