"""`tourcrm demo`: everything at once, in a file of its own, as often as one likes."""

from pathlib import Path

from tests.builders import add_customer, agency, writing
from tests.conftest import Invoke
from tests.faults.nursery import contents
from tourcrm import sample
from tourcrm.db import health


def test_the_demo_shows_everything_and_can_be_shown_again(
    invoke: Invoke, db: Path, tmp_path: Path
) -> None:
    before = {path: path.read_bytes() for path in sample.FOLDER.iterdir() if path.is_file()}
    first = invoke("demo", lang="zh")
    assert (first.exit_code, first.stderr) == (0, "")
    for step in ("customers import", "trips import", "segments quadrants", "followups due"):
        assert f"$ tourcrm {step}" in first.stdout
    # What it says to type is about the demo, and not about the agency that may be there, too.
    assert f"tourcrm --db {db} imports undo 1" in first.stdout
    assert f"tourcrm --db {db} trips import " in first.stdout
    assert f"tourcrm --db {db} followups due" in first.stdout
    assert health.problems(db) == []
    assert {row[0]: row[1] for row in contents(db)["setting"]}["language"] == "zh"
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.glob("*.*"))
    again = invoke("demo", lang="zh")
    assert (again.exit_code, again.stderr) == (0, "")
    # An installed package may be read-only, and its files are nobody's to change.
    after = {path: path.read_bytes() for path in sample.FOLDER.iterdir() if path.is_file()}
    assert after == before


def test_the_demo_never_touches_an_agency(invoke: Invoke, db: Path) -> None:
    agency(db)
    with writing(db) as session:
        add_customer(session, name="王芳")
    before = db.read_bytes()
    done = invoke("demo")
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "--db" in done.stderr
    assert db.read_bytes() == before


def test_the_demo_leaves_a_database_that_has_no_customers_yet(invoke: Invoke, db: Path) -> None:
    assert invoke("init", "--yes").exit_code == 0
    assert invoke("settings", "daily_capacity", "7").exit_code == 0
    before = contents(db)
    done = invoke("demo")
    assert (done.exit_code, done.stdout) == (1, "")
    assert contents(db) == before


def test_the_demo_never_touches_what_is_not_ours(invoke: Invoke, db: Path) -> None:
    db.write_text("mine")
    assert invoke("demo").exit_code == 5
    assert db.read_text() == "mine"


def test_without_a_name_the_demo_has_its_own_file(invoke: Invoke, tmp_path: Path) -> None:
    assert invoke("init", "--yes", database=None).exit_code == 0
    assert invoke("demo", database=None).exit_code == 0
    assert len(list((tmp_path / "home").rglob("demo.db"))) == 1
    own = next((tmp_path / "home").rglob("agency.db"))
    assert contents(own)["customer"] == []
