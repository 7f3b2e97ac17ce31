"""Where nobody looks: cron has no home, no terminal, no locale, and sometimes no folder.

Row of reliability.md: "no HOME, no TTY, LANG=C, TERM=dumb, PYTHONIOENCODING=ascii, NO_COLOR": real
processes with nothing in their environment. Streams and terminals: tests/faults/test_streams.py.
"""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.builders import TODAY, add_customer, add_trip, agency, writing
from tests.conftest import ROOT, apart

SOURCE = {"PYTHONPATH": str(ROOT / "src")}


@pytest.fixture
def due(db: Path) -> Path:
    """A Chinese agency with somebody to call today."""
    agency(db, today=TODAY.isoformat(), language="zh")
    with writing(db) as session:
        customer = add_customer(session, name="王芳", gender="female", phone="+8613812345670")
        add_trip(session, customer, "2026-11-12", returns_on="2026-11-19", destination="三亚")
    return db


def start(
    db: Path, env: Mapping[str, str], shell: str = ""
) -> "subprocess.CompletedProcess[bytes]":
    """`followups due` with nothing in its environment but `env`."""
    command = [sys.executable, "-m", "tourcrm", "--db", str(db), "followups", "due"]
    if shell:
        command = ["/bin/sh", "-c", f'{shell} && exec "$0" "$@"', *command]
    return subprocess.run(
        command, env={**SOURCE, **env}, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )


def test_the_list_is_the_same_wherever_it_is_made(due: Path, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    bare = start(due, {}, shell=f'cd "{gone}" && rmdir "{gone}"')
    assert not gone.exists()
    assert (bare.returncode, apart(bare.stderr.decode())) == (0, "")
    said = bare.stdout, bare.stderr
    text = bare.stdout.decode("utf-8")
    assert "王芳" in text
    assert "138 1234 5670" in text
    assert "三亚" in text
    assert "王女士您好" in text
    assert "\x1b" not in text
    for env in (
        {
            "LC_ALL": "C",
            "PYTHONIOENCODING": "ascii",
            "PYTHONUTF8": "0",
            "COLUMNS": "20",
            "PYTHONCOERCECLOCALE": "0",
            "TERM": "dumb",
            "HOME": "/nonexistent",
            "NO_COLOR": "1",
        },
        {
            "LANG": "zh_CN.GB18030",
            "COLUMNS": "0",
            "FORCE_COLOR": "1",
            "TERM": "xterm-256color",
            "TZ": "America/New_York",
            "HOME": "",
            "PYTHONWARNINGS": "default",
            "PYTHONDEVMODE": "1",
        },
    ):
        there = start(due, env)
        assert (there.returncode, there.stdout, there.stderr) == (0, *said), env
