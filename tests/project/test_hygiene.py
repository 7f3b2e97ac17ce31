"""What each command may load, seen in a clean interpreter. A row is one line of the table."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Sequence
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
SECRET = {"sqlcipher3", "keyring", "getpass"}
OTHERS = {  # rooms that an export has nothing to do with: half of what there is to load
    "tourcrm.imports.service", "tourcrm.agenda.planner", "tourcrm.complaints.queries",
    "tourcrm.reports.customer_profile", "tourcrm.surveys.service",
}  # fmt: skip
ALL = STORE | FRAMES | SCREEN | FILES | WORDS | SENDING | SECRET

# In the order in which one process runs them: what may be loaded only grows, so that what one has
# loaded hides nothing of the next.
NOT_LOADED_BY = [
    ("--help", ALL),
    ("--version", ALL),
    ("--lang zh --help", ALL),
    ("nonsense", ALL),
    ("followups --help", ALL),
    ("followups due --help", ALL),
    ("customers export", OTHERS | FRAMES | SCREEN | FILES | WORDS | SECRET),
    ("customers import --help", OTHERS | FRAMES | FILES | WORDS),
    ("segments rfm --help", FRAMES | FILES | WORDS),
    ("complaints watch", FRAMES | SCREEN | FILES | WORDS | SENDING | SECRET),
    ("complaints list", FRAMES | FILES | WORDS | SECRET),  # numpy comes with tiers
]
ON_THE_LIST = [
    (
        "followups due",
        {"pandas", "numpy.ma", "icalendar", "tourcrm.models"}
        | SCREEN
        | FILES
        | SECRET
        | WORDS - {"borax"},
    ),
    ("today", {"pandas", "numpy.ma", "icalendar"} | SCREEN | FILES | WORDS - {"borax"}),
]

SCRIPT = """
import json, sys
from tourcrm import cli
database, *runs = sys.argv[1:]
for words in runs:
    cli.run(["--db", database, *words.split()])
    print("\\n" + json.dumps([words, sorted(sys.modules)]))
"""


@pytest.fixture
def busy(db: Path) -> Path:
    """An agency with a customer who came home yesterday."""
    agency(db, today=TODAY.isoformat())
    with writing(db) as session:
        customer = add_customer(session, name="王芳", phone="+8613812345678")
        add_trip(session, customer, "2026-11-15", returns_on="2026-11-19", price=1_200_000)
    return db


def loaded(runs: Sequence[str], database: Path) -> dict[str, set[str]]:
    """The packages that are loaded after each of these runs in one process, and our own modules."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(database), *runs],
        env=BARE,
        capture_output=True,
        check=True,
    )
    found = {}
    for line in done.stdout.decode().splitlines():
        if line.startswith('["'):
            words, names = json.loads(line)
            own = {name for name in names if name.startswith("tourcrm.")}
            own |= {"numpy.ma"} & set(names)  # a sixth of what numpy takes to load
            found[words] = own | {name.partition(".")[0] for name in names}
    return found


@pytest.mark.parametrize(
    ("table", "at_least"),
    [(NOT_LOADED_BY, {"sqlalchemy"}), (ON_THE_LIST, {"numpy"})],
    ids=["plain", "on the list"],
)
def test_a_command_loads_only_what_it_needs(
    table: list[tuple[str, set[str]]], at_least: set[str], busy: Path
) -> None:
    seen = loaded([words for words, _heavy in table], busy)
    for words, heavy in table:
        assert sorted(seen[words] & heavy) == [], words
    # It can fail: what is loaded is seen.
    assert seen[table[-1][0]] >= {"tourcrm", *at_least}


def test_what_becomes_of_an_item_is_worked_out_without_a_database() -> None:
    script = (
        "import sys; from tourcrm.agenda import states; from tourcrm.agenda.rules import parser; "
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], env=BARE, capture_output=True, check=True)
    names = set(done.stdout.decode().split())
    assert "tourcrm.agenda.rules.parser" in names
    assert sorted(names & (STORE | {"sqlite3"})) == []


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads are counted by Linux")
def test_numpy_starts_no_threads_for_what_nobody_uses() -> None:
    script = """
from tourcrm.terminal import process
process.prepare()
import numpy, os
print(len(os.listdir("/proc/self/task")))
"""
    done = subprocess.run([sys.executable, "-c", script], env=BARE, capture_output=True, check=True)
    assert done.stdout.split() == [b"1"]


# What may be a name with an underscore of another module: such a file is worth a closer look.
SUSPECT = re.compile(
    r"from tourcrm[\w.]* import (?:\([^)]*|[^(\n]*)\b_[a-z]"
    r"|\b(?!(?:self|cls|row|other)\b)[a-z]\w*\._(?!asdict|replace|fields|_)"
)


def test_what_begins_with_an_underscore_stays_at_home() -> None:
    source = Path(__file__).parents[2] / "src"
    abroad = []
    for file in sorted(source.rglob("*.py")):
        text = file.read_text("utf-8")
        if not SUSPECT.search(text):
            continue
        modules = set()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tourcrm"):
                modules |= {one.asname or one.name for one in node.names if one.name.islower()}
                abroad += [
                    f"{file.name}: {one.name}"
                    for one in node.names
                    if one.name.startswith("_") and one.name not in ("_", "__version__")
                ]
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id in modules - {"_"}
                and node.attr.startswith("_")
                and not node.attr.startswith(("__", "_asdict", "_replace", "_fields"))
            ):
                abroad.append(f"{file.name}: {node.value.id}.{node.attr}")
    assert abroad == []
