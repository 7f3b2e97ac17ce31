"""What each command may load, seen in a clean interpreter. A row is one line of the table."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders import TODAY, add_customer, add_trip, agency, writing
from tests.conftest import BARE

STORE = {"sqlalchemy", "sqlmodel", "pydantic"}
FRAMES = {"pandas", "numpy"}
SCREEN = {"rich"}
FILES = {"python_calamine", "xlsxwriter"}
WORDS = {"phonenumbers", "borax", "pypinyin"}
SENDING = {"apprise", "requests"}
ALL = STORE | FRAMES | SCREEN | FILES | WORDS | SENDING

NOT_LOADED_BY = [
    ("--help", ALL),
    ("--version", ALL),
    ("--lang zh --help", ALL),
    ("nonsense", ALL),
    ("followups --help", ALL),
    ("followups due --help", ALL),
    ("customers import --help", FRAMES | FILES | WORDS),
    ("segments rfm --help", FRAMES | FILES | WORDS),
    (
        "followups due",
        {"pandas", "numpy.ma", "tourcrm.models"} | SCREEN | FILES | WORDS - {"borax"},
    ),
    ("complaints list", FRAMES | FILES | WORDS),  # numpy comes only with the tiers of somebody
    ("complaints watch", FRAMES | SCREEN | FILES | WORDS | SENDING),
    ("today", {"pandas", "numpy.ma", "icalendar"} | SCREEN | FILES | WORDS - {"borax"}),
]

SCRIPT = """
import json, sys
from tourcrm import cli
code = cli.run(sys.argv[1:])
print("\\n" + json.dumps([code, sorted(sys.modules)]))
"""


@pytest.fixture
def busy(db: Path) -> Path:
    """An agency with a customer who came home yesterday."""
    agency(db, today=TODAY.isoformat())
    with writing(db) as session:
        customer = add_customer(session, name="王芳", phone="+8613812345678")
        add_trip(session, customer, "2026-11-15", returns_on="2026-11-19", price=1_200_000)
    return db


def loaded(words: str, database: Path) -> set[str]:
    """The packages that a run of the command line loads, and our own modules."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, "--db", str(database), *words.split()],
        env=BARE,
        capture_output=True,
        check=True,
    )
    _code, names = json.loads(done.stdout.decode().splitlines()[-1])
    own = {name for name in names if name.startswith("tourcrm.")}
    own |= {"numpy.ma"} & set(names)  # a sixth of what numpy takes to load
    return own | {name.partition(".")[0] for name in names}


@pytest.mark.parametrize(("words", "heavy"), NOT_LOADED_BY, ids=[row[0] for row in NOT_LOADED_BY])
def test_a_command_loads_only_what_it_needs(words: str, heavy: set[str], busy: Path) -> None:
    assert sorted(loaded(words, busy) & heavy) == []


def test_a_command_that_needs_the_store_is_seen_to_load_it(busy: Path) -> None:
    """The check above can fail: it sees what is loaded."""
    assert loaded("customers list", busy) >= {"sqlalchemy", "tourcrm"}


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads are counted by Linux")
def test_numpy_starts_no_threads_for_what_nobody_uses() -> None:
    script = """
from tourcrm import process
process.prepare()
import numpy, os
print(len(os.listdir("/proc/self/task")))
"""
    done = subprocess.run([sys.executable, "-c", script], env=BARE, capture_output=True, check=True)
    assert done.stdout.split() == [b"1"]
