"""Where nobody looks: cron, pipes, closed streams, no locale, no home, tiny terminals.

Rows of reliability.md: "no HOME, no TTY, LANG=C, TERM=dumb, 20 columns, stdout closed,
PYTHONIOENCODING=ascii, NO_COLOR" and "output to a full device or a closed pipe".
"""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.builders import TODAY, add_customer, add_special_date, add_trip, agency, writing
from tests.conftest import ROOT
from tests.faults.nursery import contents

SOURCE = {"PYTHONPATH": str(ROOT / "src")}
COMMAND = [sys.executable, "-m", "tourcrm"]


@pytest.fixture
def due(db: Path) -> Path:
    """A Chinese agency with somebody to call today."""
    agency(db, today=TODAY.isoformat(), language="zh")
    with writing(db) as session:
        for number in range(3):
            customer = add_customer(session, name=f"王芳{number}", phone=f"+861381234567{number}")
            add_trip(session, customer, "2026-11-12", returns_on="2026-11-19", destination="三亚")
            add_special_date(session, customer, "birthday", 11, 20)
    return db


def start(
    db: Path, words: str, env: Mapping[str, str] | None = None, shell: str = "", **how: object
) -> "subprocess.CompletedProcess[bytes]":
    """Run the program with nothing in its environment but `env`."""
    command = [*COMMAND, "--db", str(db), *words.split()]
    if shell:
        command = ["/bin/sh", "-c", f'"$0" "$@" {shell}', *command]
    how = {"stdin": subprocess.DEVNULL, "capture_output": True, **how}
    return subprocess.run(command, env={**SOURCE, **(env or {})}, check=False, **how)  # type: ignore[call-overload]  # options by name


def test_the_list_is_the_same_wherever_it_is_made(due: Path) -> None:
    bare = start(due, "followups due")
    assert (bare.returncode, bare.stderr) == (0, b"")
    text = bare.stdout.decode("utf-8")
    assert "王芳0" in text
    assert "138 1234 5670" in text
    assert "三亚" in text
    assert "\x1b" not in text
    for env in (
        {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "TERM": "dumb", "HOME": "/nonexistent"},
        {
            **{"LANG": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "COLUMNS": "20"},
            **{"NO_COLOR": "1", "TERM": "xterm-256color", "TZ": "America/New_York"},
        },
        {"LANG": "zh_CN.GB18030", "COLUMNS": "0", "FORCE_COLOR": "1", "PYTHONWARNINGS": "default"},
    ):
        there = start(due, "followups due", env)
        assert (there.returncode, there.stdout, there.stderr) == (0, bare.stdout, b""), env


def test_it_works_from_a_folder_that_is_gone(due: Path, tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    command = f'cd "{tmp_path}/gone" && rmdir "{tmp_path}/gone" && exec "$0" "$@"'
    words = ["/bin/sh", "-c", command, *COMMAND, "--db", str(due), "followups", "due"]
    done = subprocess.run(words, env=SOURCE, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_quiet_says_nothing_when_nothing_is_due(db: Path) -> None:
    agency(db, today=TODAY.isoformat())
    done = start(db, "followups due --quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_closed_streams_never_end_up_in_the_database(due: Path) -> None:
    for number, shell in enumerate(("<&- >&- 2>&-", ">&-", "2>&-")):
        done = start(due, f"settings cuts {number + 40}", shell=shell)
        assert done.returncode == 0, done
        assert done.stderr == b""
        assert dict(contents(due)["setting"])["cuts"] == str(number + 40)
    assert start(due, "settings cuts x", shell=">&- 2>&-").returncode == 1


def test_a_reader_that_has_seen_enough_is_no_error(due: Path) -> None:
    with writing(due) as session:
        for number in range(1_500):
            add_customer(session, f"K{number}", note="备注" * 20)
    command = [*COMMAND, "--db", str(due), "customers", "export", "-f", "csv"]
    process = subprocess.Popen(
        command, env=SOURCE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline().startswith(b"code,")
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 141


def at_a_terminal(db: Path, words: str, columns: int, env: Mapping[str, str]) -> str:
    """What a terminal of this width gets to see."""
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        [*COMMAND, "--db", str(db), *words.split()],
        env={**SOURCE, **env},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    seen = b""
    while True:
        try:
            some = os.read(ours, 65_536)
        except OSError:  # how Linux says that the other end is closed
            break
        if not some:
            break
        seen += some
    os.close(ours)
    assert process.wait() == 0, seen
    return seen.decode("utf-8")


@pytest.mark.parametrize("words", ["followups due", "customers list", "segments rfm"])
def test_the_smallest_terminal_shows_everything(due: Path, words: str) -> None:
    seen = at_a_terminal(due, words, 20, {"TERM": "xterm", "NO_COLOR": "1"})
    assert "Traceback" not in seen
    assert not re.search(r"\x1b\[[\d;]*m", seen.replace("\x1b[0m", "").replace("\x1b[1m", ""))
    if words == "followups due":
        together = re.sub(r"\s", "", seen)
        assert "王芳0" in together
        assert "13812345670" in together


def test_a_dumb_terminal_gets_no_codes(due: Path) -> None:
    for words in ("followups due", "customers list"):
        assert "\x1b" not in at_a_terminal(due, words, 80, {"TERM": "dumb"})


def test_an_error_is_told_even_without_standard_output(due: Path) -> None:
    done = start(due.with_name("no.db"), "followups due", shell=">&-")
    assert (done.returncode, done.stderr.count(b"\n")) == (5, 1)
    assert b"no.db" in done.stderr
