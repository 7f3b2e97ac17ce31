"""init, check, settings, backup, restore: what is said, and with which exit code."""

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import time_machine

from tests.builders import NOW, TODAY, add_customer, agency, writing
from tests.conftest import Invoke
from tests.faults.nursery import contents


def sql(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(statement)


def stored(path: Path) -> dict[str, str]:
    return dict(contents(path)["setting"])


# --- init -----------------------------------------------------------------------------------------


def test_init_asks_nothing_with_yes(invoke: Invoke, db: Path) -> None:
    done = invoke("init", "--yes", env={"TZ": "Asia/Tokyo"})
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith(f"Created {db}.\n")
    assert "tourcrm customers import" in done.stdout
    assert stored(db) == {
        "time_zone": "Asia/Tokyo",
        "currency": "CNY",
        "region": "JP",
        "language": "en",
    }


def test_init_asks_what_changes_results(invoke: Invoke, db: Path) -> None:
    done = invoke("init", input="Europe/Berlin\neur\n\nzh\n")
    assert done.exit_code == 0
    assert stored(db) == {
        "time_zone": "Europe/Berlin",
        "currency": "EUR",
        "region": "DE",
        "language": "zh",
    }


@pytest.mark.parametrize(
    ("zone", "currency", "country"),
    [
        ("Asia/Shanghai", "CNY", "CN"),
        ("Asia/Hong_Kong", "HKD", "HK"),
        ("Europe/London", "CNY", "GB"),
        ("PRC", "CNY", "CN"),  # an old name, which no list of countries has
        ("Etc/UTC", "GBP", "GB"),
    ],
)
def test_the_country_of_phone_numbers_is_that_of_the_zone_or_the_currency(
    invoke: Invoke, db: Path, zone: str, currency: str, country: str
) -> None:
    assert invoke("init", "--yes", "--time-zone", zone, "--currency", currency).exit_code == 0
    assert stored(db)["region"] == country


def test_the_country_of_phone_numbers_can_be_said(invoke: Invoke, db: Path) -> None:
    assert invoke("init", "--yes", "--region", "gb").exit_code == 0
    assert stored(db)["region"] == "GB"
    assert invoke("customers", "add", "Ann", "--phone", "07911 123456").exit_code == 0


@pytest.mark.parametrize(
    "words", [["--time-zone", "Mars/X"], ["--currency", "yuan"]], ids=lambda words: words[0]
)
def test_init_takes_nothing_that_cannot_be(invoke: Invoke, db: Path, words: list[str]) -> None:
    done = invoke("init", "--yes", *words)
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert not db.exists()


def test_init_never_touches_a_database_that_is_there(invoke: Invoke, db: Path) -> None:
    agency(db)
    before = db.read_bytes()
    done = invoke("init", "--yes")
    assert (done.exit_code, done.stderr) == (
        1,
        f"{db} exists already; it was left as it is.\n",
    )
    assert db.read_bytes() == before


def test_init_warns_of_a_synchronised_folder(invoke: Invoke, tmp_path: Path) -> None:
    done = invoke("init", "--yes", database=tmp_path / "Dropbox" / "agency.db")
    assert done.exit_code == 0
    assert done.stderr.startswith("Careful: Dropbox synchronises this folder")


def test_init_shares_a_folder_of_its_own(invoke: Invoke, tmp_path: Path) -> None:
    import grp

    group = grp.getgrgid(os.getgid()).gr_name
    file = tmp_path / "team" / "agency.db"
    assert invoke("init", "--yes", "--shared", group, database=file).exit_code == 0
    assert file.stat().st_mode & 0o777 == 0o660


@pytest.mark.parametrize(("group", "says"), [(None, "other files"), ("nobody-such", "no group")])
def test_init_that_cannot_share_creates_nothing(
    invoke: Invoke, tmp_path: Path, group: str | None, says: str
) -> None:
    import grp

    (tmp_path / "diary.txt").touch()
    group = group or grp.getgrgid(os.getgid()).gr_name
    mode = tmp_path.stat().st_mode
    done = invoke("init", "--yes", "--shared", group)
    assert (done.exit_code, says in done.stderr) == (1, True), done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["diary.txt"]
    assert tmp_path.stat().st_mode == mode


# --- which database -------------------------------------------------------------------------------


def test_the_database_is_named_by_option_then_environment_then_home(
    invoke: Invoke, tmp_path: Path
) -> None:
    first, second = tmp_path / "first.db", tmp_path / "second.db"
    assert invoke("init", "--yes", database=first).exit_code == 0
    assert invoke("init", "--yes", database=None, env={"TOURCRM_DB": str(second)}).exit_code == 0
    assert (first.exists(), second.exists()) == (True, True)
    both = invoke("settings", "cuts", "9", database=first, env={"TOURCRM_DB": str(second)})
    assert both.exit_code == 0
    assert (stored(first).get("cuts"), stored(second).get("cuts")) == ("9", None)
    assert invoke("init", "--yes", database=None).exit_code == 0
    (own,) = (tmp_path / "home").rglob("agency.db")
    assert oct(own.parent.stat().st_mode & 0o777) == "0o700"


# --- check ----------------------------------------------------------------------------------------


def test_check_of_a_sound_database(invoke: Invoke, db: Path) -> None:
    agency(db)
    with writing(db) as session:
        add_customer(session, entered_on=TODAY)
    with time_machine.travel(NOW, tick=False):
        done = invoke("check")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == (
        f"Database: {db}\n"
        "It is not encrypted; `tourcrm encrypt` does that.\n"
        f"Today is {TODAY} in Asia/Shanghai.\n"
        "1 customers, 0 trips, 0 contacts.\n"
        "Everything is sound.\n"
    )


@pytest.mark.parametrize(
    "words",
    [
        ("check",),
        ("today",),
        ("followups", "due"),
        ("followups", "due", "--quiet"),
        ("followups", "due", "-f", "json"),
        ("followups", "list"),
        ("complaints", "watch"),
    ],
)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_fixed_day_is_warned_of(
    invoke: Invoke, db: Path, words: tuple[str, ...], lang: str
) -> None:
    agency(db, today=TODAY.isoformat())
    done = invoke(*words, lang=lang)
    assert done.exit_code == 0
    [line] = done.stderr.splitlines()
    assert str(TODAY) in line
    assert line.startswith("Careful" if lang == "en" else "注意")
    assert str(TODAY) not in invoke("settings", "today", "", lang=lang).stderr
    assert "Careful" not in invoke(*words).stderr


def test_check_tells_a_fixed_day_apart_from_what_is_sound(invoke: Invoke, db: Path) -> None:
    agency(db, today=TODAY.isoformat())
    assert invoke("check").stdout.endswith("Everything else is sound.\n")


@pytest.mark.parametrize(
    "words",
    ["customers list", "customers add 王芳", "segments tiers", "followups due --as-of 2026-12-01"],
)
def test_other_commands_do_not_warn_of_it(invoke: Invoke, db: Path, words: str) -> None:
    agency(db, today=TODAY.isoformat())
    with writing(db) as session:
        add_customer(session, name="李娜")
    assert "Careful" not in invoke(*words.split()).stderr


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("DROP INDEX trip_customer", "! Schema: trip_customer"),
        ("UPDATE customer SET operation_id = 77", "! Row 1 of customer"),
        ("INSERT INTO setting VALUES ('cuts', 'x')", "! cuts cannot be x"),
        ("INSERT INTO setting VALUES ('time_zone', 'Mars/X')", "! time_zone cannot be Mars/X"),
        ("INSERT INTO setting VALUES ('today', 'x\x1b[2J')", "! today cannot be"),
    ],
)
def test_check_tells_what_is_wrong(invoke: Invoke, db: Path, statement: str, says: str) -> None:
    agency(db)
    with writing(db) as session:
        add_customer(session)
    sql(db, statement)
    done = invoke("check")
    assert (done.exit_code, done.stderr) == (1, ""), done.stderr
    assert says in done.stdout
    assert "Everything is sound" not in done.stdout
    assert "\x1b" not in done.stdout


def test_check_warns_of_a_synchronised_folder(invoke: Invoke, tmp_path: Path) -> None:
    file = tmp_path / "坚果云" / "agency.db"
    invoke("init", "--yes", database=file)
    done = invoke("check", database=file)
    assert (done.exit_code, "坚果云" in done.stdout) == (1, True)


# --- settings -------------------------------------------------------------------------------------


def test_settings_are_shown_changed_and_recorded(invoke: Invoke, db: Path) -> None:
    agency(db)
    assert invoke("settings", "cuts", "40，70").stdout == "cuts is 40,70 (was 50,80,95).\n"
    assert invoke("settings", "on_duty", "").stdout == "on_duty is empty (was —).\n"
    shown = json.loads(invoke("settings", "-f", "json").stdout)
    assert {row["key"]: row["value"] for row in shown}["cuts"] == "40,70"
    assert len(json.loads(invoke("settings", "cuts", "-f", "json").stdout)) == 1
    assert len(contents(db)["operation"]) == 1
    invoke("settings", "cuts", "40,70")
    assert len(contents(db)["operation"]) == 1, "nothing changed, nothing is recorded"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("cuts", value) for value in ("x", "", "80,50", "0", "100", "50,50", "1,2,3,4", "٥٠")),
        *(("daily_capacity", value) for value in ("0", "1001", "1e2", "４０", "4.5")),
        *(("quiet_days", value) for value in ("366", "x")),
        *(("window", value) for value in ("0m", "m", "36", "1201m", "ALL")),
        *(("time_zone", value) for value in ("", "Mars/X", "../../etc/passwd", "asia/shanghai")),
        *(("today", value) for value in ("2026-02-30", "x")),
        *(("language", value) for value in ("fr", "")),
        *(("region", value) for value in ("CHN", "中国")),
        *(("currency", value) for value in ("CN", "人民币")),
        ("no_such_key", "1"),
        ("profile:customers:x", "1"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(
    invoke: Invoke, db: Path, key: str, value: str
) -> None:
    agency(db)
    before = db.read_bytes()
    done = invoke("settings", key, value)
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (1, "", 1), done.stderr
    assert db.read_bytes() == before


def test_a_setting_spoiled_by_hand_is_told_and_can_be_put_right(invoke: Invoke, db: Path) -> None:
    agency(db)
    for key, bad, good, words in (
        ("time_zone", "Mars/X", "Asia/Tokyo", "followups due"),
        ("time_zone", "../../etc/passwd", "Asia/Tokyo", "customers list"),
        ("cuts", "x", "60", "segments tiers"),
        ("daily_capacity", "many", "30", "followups due"),
        ("today", "yesterday", "2026-11-20", "followups due"),
        ("region", "x\x1b[2J", "CN", "customers show 13812345678"),
    ):
        sql(db, f"INSERT OR REPLACE INTO setting VALUES ('{key}', '{bad}')")
        spoiled = invoke(*words.split())
        assert (spoiled.exit_code, spoiled.stdout) == (1, ""), (key, spoiled.stderr)
        assert f"tourcrm settings {key} VALUE" in spoiled.stderr
        assert "\x1b" not in spoiled.stderr
        assert invoke("settings").exit_code == 0
        assert invoke("settings", key, good).exit_code == 0
        assert invoke(*words.split()).exit_code in (0, 3)


@pytest.mark.parametrize("name", ["\udcff\udcfe", "a\x1b[2Jb", "王芳", ""])
def test_whoever_it_is_can_be_recorded(invoke: Invoke, db: Path, name: str) -> None:
    """The name comes from the system, which lets it be any bytes."""
    agency(db)
    assert invoke("settings", "cuts", "9", env={"TOURCRM_STAFF": name}).exit_code == 0
    assert len(contents(db)["operation"]) == 1


# --- backup and restore ---------------------------------------------------------------------------


def test_backup_and_restore(invoke: Invoke, db: Path, tmp_path: Path) -> None:
    agency(db)
    copy = tmp_path / "副本.db"
    done = invoke("backup", copy)
    assert (done.exit_code, done.stderr) == (0, "")
    assert str(copy) in done.stdout
    invoke("settings", "cuts", "9")
    done = invoke("restore", copy, "--yes")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "agency.replaced.db" in done.stdout
    assert "cuts" not in stored(db)


def test_a_backup_into_a_folder_gets_a_name_of_its_own(
    invoke: Invoke, db: Path, tmp_path: Path
) -> None:
    agency(db)
    (tmp_path / "usb").mkdir()
    assert invoke("backup", tmp_path / "usb").exit_code == 0
    (copy,) = (tmp_path / "usb").iterdir()
    assert copy.name.startswith("agency-2")
    assert contents(copy) == contents(db)


def test_a_backup_replaces_only_when_told_to(invoke: Invoke, db: Path, tmp_path: Path) -> None:
    agency(db)
    copy = tmp_path / "copy.db"
    copy.write_text("mine")
    done = invoke("backup", copy)
    assert (done.exit_code, "--yes" in done.stderr, copy.read_text()) == (1, True, "mine")
    assert invoke("backup", copy, "--yes").exit_code == 0
    assert contents(copy) == contents(db)


@pytest.mark.parametrize("kind", ["itself", "dots", "link", "hard link", "log"])
@pytest.mark.parametrize("verb", ["backup", "restore"])
def test_a_copy_is_never_the_database_itself(
    invoke: Invoke, db: Path, tmp_path: Path, kind: str, verb: str
) -> None:
    agency(db)
    (tmp_path / "sub").mkdir()
    if kind == "link":
        (tmp_path / "link.db").symlink_to(db)
    if kind == "hard link":
        (tmp_path / "hard.db").hardlink_to(db)
    names = {
        "itself": db,
        "dots": tmp_path / "sub" / ".." / "agency.db",
        "link": tmp_path / "link.db",
        "hard link": tmp_path / "hard.db",
        "log": tmp_path / "agency.db-wal",
    }
    before = db.read_bytes()
    done = invoke(verb, names[kind], "--yes")
    assert (done.exit_code, done.stdout) == (5 if (verb, kind) == ("restore", "log") else 2, "")
    assert db.read_bytes() == before


def test_restore_asks_and_no_answer_is_no(invoke: Invoke, db: Path, tmp_path: Path) -> None:
    agency(db)
    invoke("backup", tmp_path / "copy.db")
    before = db.read_bytes()
    for answer in ("n\n", "", "\n"):
        done = invoke("restore", tmp_path / "copy.db", input=answer)
        assert done.exit_code == 1, done.output
        assert db.read_bytes() == before
    assert invoke("restore", tmp_path / "copy.db", input="y\n").exit_code == 0


def test_restore_brings_back_a_database_that_was_deleted(
    invoke: Invoke, db: Path, tmp_path: Path
) -> None:
    agency(db)
    before = contents(db)
    invoke("backup", tmp_path / "copy.db")
    db.unlink()
    assert invoke("restore", tmp_path / "copy.db").exit_code == 0
    assert contents(db) == before


def test_a_copy_that_is_not_there_is_told(invoke: Invoke, db: Path, tmp_path: Path) -> None:
    agency(db)
    done = invoke("restore", tmp_path / "no.db", "--yes")
    assert (done.exit_code, "no.db" in done.stderr, done.stderr.count("\n")) == (5, True, 1)


# --- what others put into it ----------------------------------------------------------------------

STRANGERS = {
    "trigger": 'CREATE TRIGGER "升""级" AFTER INSERT ON customer BEGIN DELETE FROM trip; END',
    "view": "CREATE VIEW customers AS SELECT * FROM customer",
    "table": "CREATE TABLE loot (phone TEXT PRIMARY KEY)",
    "index": "CREATE INDEX mine ON customer (city)",
}


@pytest.fixture(params=STRANGERS, name="strange")
def _strange(request: pytest.FixtureRequest, db: Path) -> str:
    agency(db)
    with closing(sqlite3.connect(db)) as connection:
        connection.execute(STRANGERS[request.param])
        connection.commit()
    return str(request.param)


def test_a_database_with_a_stranger_in_it_is_only_read(
    invoke: Invoke, db: Path, strange: str
) -> None:
    read = invoke("customers", "list")
    assert (read.exit_code, strange in read.stderr) == (0, True)
    before = contents(db)
    done = invoke("customers", "add", "王芳")
    assert (done.exit_code, "check --repair" in done.stderr) == (5, True)
    assert contents(db) == before
    assert (invoke("check").exit_code, strange in invoke("check").stdout) == (1, True)


def test_check_repair_removes_a_stranger_and_keeps_a_copy(
    invoke: Invoke, db: Path, strange: str, tmp_path: Path
) -> None:
    done = invoke("check", "--repair")
    assert (done.exit_code, done.stderr) == (0, "")
    assert f"Removed: the {strange}" in done.stdout
    assert "agency.before-repair.db" in done.stdout
    with closing(sqlite3.connect(tmp_path / "agency.before-repair.db")) as kept:
        assert kept.execute("SELECT 1 FROM sqlite_master WHERE type = ?", (strange,)).fetchone()
    done = invoke("customers", "add", "王芳")
    assert (done.exit_code, done.stderr) == (0, "")
    assert invoke("check", "--repair").stdout == invoke("check").stdout  # nothing more to remove


def test_a_copy_with_a_stranger_in_it_is_not_put_back(
    invoke: Invoke, db: Path, strange: str, tmp_path: Path
) -> None:
    db.rename(tmp_path / "copy.db")
    agency(db)
    before = db.read_bytes()
    done = invoke("restore", tmp_path / "copy.db", "--yes")
    assert (done.exit_code, strange in done.stderr, done.stdout) == (5, True, "")
    assert db.read_bytes() == before
