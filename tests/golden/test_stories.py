"""Sessions at the command line, from the first word to the last: every word of the answers counts.

A file of stories/ reads like a screen. `@ 2026-11-20 09:30` sets the clock (of Shanghai), `$ ...`
is a command, what follows is all that it says, and [1] its exit code where that is not 0. `> FILE`
writes the indented lines after it to a file. After a wanted change of the answers:
GOLDEN=write python -m pytest tests/golden, then look at the difference.
"""

import os
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine

from tests.builders import agency
from tests.conftest import Invoke
from tests.contacts import moment

STORIES = sorted(Path(__file__).with_name("stories").glob("*.txt"))


def entries(text: str) -> Iterator[tuple[str, list[str]]]:
    """What begins with a sign, to the end of its line, and the lines after it."""
    head, rest = "", list[str]()
    for line in text.splitlines():
        if line[:2] in ("@ ", "$ ", "> ", "# "):
            yield head, rest
            head, rest = line, []
        else:
            rest.append(line)
    yield head, rest


def tidy(lines: list[str]) -> str:
    """Without what cannot be seen: blanks at the ends of lines, and empty lines at the end."""
    return "\n".join(line.rstrip() for line in lines).rstrip()


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.stem)
def test_a_story(
    story: Path, invoke: Invoke, db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    agency(db)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOURCRM_DB", db.name)
    monkeypatch.setenv("TOURCRM_STAFF", "李娜")
    told = []
    with time_machine.travel(moment("2026-11-20 09:30"), tick=False) as clock:
        for head, rest in entries(story.read_text("utf-8")):
            said = rest
            match head[:1]:
                case "@":
                    clock.move_to(moment(head[2:]))
                case ">":
                    lines = [line.removeprefix("    ") for line in rest if line]
                    Path(head[2:]).write_text("\n".join(lines), "utf-8")
                case "$":
                    done = invoke(*shlex.split(head[2:]), database=None)
                    code = [f"[{done.exit_code}]"] if done.exit_code else []
                    said = done.output.splitlines() + code
            if os.environ.get("GOLDEN") != "write":
                assert tidy([head, *said]) == tidy([head, *rest])
            told.append(tidy([head, *said]))
    if os.environ.get("GOLDEN") == "write":
        story.write_text("\n\n".join(told).strip() + "\n", "utf-8")
