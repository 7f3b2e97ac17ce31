"""Streams that are closed, pipes that end, terminals that are small or dumb.

Rows of reliability.md: "20 columns, stdout closed, TERM=dumb, NO_COLOR" and "output to a closed
pipe (`| head`): never claims success; no traceback; quiet on SIGPIPE".
"""

import fcntl
import os
import pty
import re
import struct
import termios
import threading
from pathlib import Path

import pytest

from tests.builders import add_customer, writing
from tests.faults.nursery import Nursery, contents


@pytest.mark.parametrize("closed", [(0, 1, 2), (1,), (2,), (0,)])
def test_what_is_printed_never_ends_up_in_the_database(
    busy: Path, nursery: Nursery, closed: tuple[int, ...]
) -> None:
    for code, value in ((0, "40"), (1, "x")):
        words = ("--db", busy, "settings", "cuts", value)
        assert nursery.run(*words, cwd=busy.parent, closed=closed).code == code
        assert dict(contents(busy)["setting"])["cuts"] == "40"


def test_an_error_is_told_even_without_standard_output(tmp_path: Path, nursery: Nursery) -> None:
    done = nursery.run("--db", "no.db", "followups", "due", cwd=tmp_path, closed=(0, 1))
    assert (done.code, done.err.count("\n")) == (5, 1)
    assert "no.db" in done.err


def test_a_reader_that_has_seen_enough_is_no_error(busy: Path, nursery: Nursery) -> None:
    with writing(busy) as session:
        for number in range(900):
            add_customer(session, f"K{number}", note="备注" * 40)
    pipe = busy.parent / "pipe"
    os.mkfifo(pipe)
    words = ("--db", busy, "customers", "export", "-f", "csv")
    child = nursery.start(*words, cwd=busy.parent, output=pipe)
    with pipe.open("rb") as head:  # waits until the child has opened its end
        assert head.read(5) == b"code,"
    ended = child.wait()
    assert (ended.code, ended.err) == (141, "")


def at_a_terminal(nursery: Nursery, db: Path, words: str, columns: int, **env: str) -> str:
    """What a terminal of this width gets to see."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    seen: list[bytes] = []

    def look() -> None:
        try:
            while some := os.read(ours, 65_536):
                seen.append(some)
        except OSError:  # how Linux says that the other end is closed
            pass

    looking = threading.Thread(target=look)
    looking.start()
    device = os.ttyname(theirs)
    try:
        ended = nursery.run("--db", db, *words.split(), cwd=db.parent, env=env, terminal=device)
    finally:  # else a failure is followed by waiting without end
        os.close(theirs)
        looking.join()
        os.close(ours)
    assert ended.code == 0, seen
    return b"".join(seen).decode("utf-8")


SCREENS = ["followups due", "customers list", "customers show C000001", "segments rfm", "--help"]


@pytest.mark.parametrize("words", SCREENS)
def test_the_smallest_terminal_works(busy: Path, nursery: Nursery, words: str) -> None:
    seen = at_a_terminal(nursery, busy, words, 20, TERM="xterm")
    assert "Traceback" not in seen
    assert "Internal" not in seen
    if words == "followups due":
        together = re.sub(r"\s|\x1b\[[\d;]*m", "", seen)
        assert re.search(r"客户\d+C0000\d\d138000000\d\d", together), together


def test_a_dumb_terminal_gets_no_codes_at_all(busy: Path, nursery: Nursery) -> None:
    for words in SCREENS:
        assert "\x1b" not in at_a_terminal(nursery, busy, words, 80, TERM="dumb"), words


def test_no_color_means_no_colour(busy: Path, nursery: Nursery) -> None:
    for words in SCREENS:
        seen = at_a_terminal(nursery, busy, words, 80, TERM="xterm-256color", NO_COLOR="1")
        codes = re.findall(r"\x1b\[([\d;]*)m", seen)
        assert not any(code.startswith(("3", "4", "9")) for code in codes), words


def test_nothing_of_a_terminal_is_left_in_a_pipe(busy: Path, nursery: Nursery) -> None:
    for words in SCREENS:
        done = nursery.run(
            "--db",
            busy,
            *words.split(),
            cwd=busy.parent,
            env={"TERM": "xterm-256color", "FORCE_COLOR": "1", "COLUMNS": "0"},
        )
        assert (done.code, "\x1b" in done.out) == (0, False), words
        assert len(done.out) > 100, words
