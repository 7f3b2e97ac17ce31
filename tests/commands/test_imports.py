"""What was imported, and taking it back."""

import json
from datetime import date

import pytest

from tests.importer import Shop
from tourcrm.db import engine
from tourcrm.imports import undo

CUSTOMERS = (
    "code,name,phone,birthday,tags,city\nK1,王芳,13812345678,1985-03-05,a,北京\nK2,李强,,,,\n"
)
NAMELESS = "name,city\n赵六,广州\n"
TRIPS = "order_no,customer,departs_on,price\nA1,K1,2026-11-15,1\nA2,K2,2026-05-01,2\n"
CONTACTS = "customer,at,summary\nK1,2026-05-09 10:00,x\n"


def test_imports_are_listed_the_newest_first(shop: Shop) -> None:
    shop.take("customers", CUSTOMERS + "K3,孙七,123,,,\n")
    shop.take("trips", TRIPS)
    rows = json.loads(shop.run("imports", "list", "-f", "json").stdout)
    assert [(row["operation"], row["verb"], row["added"], row["rejected"]) for row in rows] == [
        (2, "trips import", 2, 0),
        (1, "customers import", 2, 1),
    ]
    assert "in.csv" in rows[0]["file"]


def test_an_import_shows_the_cells_that_it_overwrote(shop: Shop) -> None:
    shop.take("customers", CUSTOMERS)
    shop.take("customers", "code,name,city,phone\nK1,王小芳,上海,13912345678\n")
    rows = json.loads(shop.run("imports", "show", "2", "-f", "json").stdout)
    assert {(row["field"], row["before"], row["after"]) for row in rows} == {
        ("name", "王芳", "王小芳"),
        ("city", "北京", "上海"),
        ("phone", "138****5678", "139****5678"),
        ("phone2", None, "138****5678"),
    }
    shop.take("trips", TRIPS)
    shop.take("trips", "order_no,customer,price\nA1,K1,520.5\n")
    [row] = json.loads(shop.run("imports", "show", "4", "-f", "json").stdout)
    assert (row["row"], row["before"], row["after"]) == ("A1", "1.00", "520.50")
    assert "overwrote no cell" in shop.run("imports", "show", "1").stdout


@pytest.mark.parametrize("verb", ["show", "undo"])
@pytest.mark.parametrize("number", ["1", "99"])
def test_a_number_that_is_no_import_is_not_found(shop: Shop, verb: str, number: str) -> None:
    shop.run("customers", "add", "王芳")  # operation 1 is no import
    done = shop.run("imports", verb, number)
    assert done.exit_code == 3
    assert "imports list" in done.stderr


def test_undo_gives_the_database_as_it_was_step_by_step(shop: Shop) -> None:
    steps = [
        ("customers", CUSTOMERS),
        ("customers", NAMELESS),
        ("trips", TRIPS),
        ("interactions", CONTACTS),
        ("customers", "code,name,phone,birthday,tags,company,city\n"
                      "K1,王小芳,13912345678,1985-03-06,b,K3,\nK3,大地公司,,,,,\nK2,,,,x,,上海\n"),
        ("trips", "order_no,customer,departs_on,price,name\n"
                  "A1,K1,2026-11-14,9,\nA9,N1,2026-01-01,,新\n"),
    ]  # fmt: skip
    states = [shop.state()]
    for entity, text in steps:
        options = ["--create-customers"] if entity == "trips" else []
        said = shop.take(entity, text, *options)
        assert said["operation"] is not None
        states.append(shop.state())
    for number in range(len(steps), 0, -1):
        dry = shop.run("imports", "undo", str(number), "--dry-run")
        assert dry.exit_code == 0, dry.stderr
        assert shop.state() == states[number]
        done = shop.run("imports", "undo", str(number))
        assert done.exit_code == 0, done.stderr
        assert shop.state() == states[number - 1]
        assert dry.stdout.splitlines()[-1] == done.stdout.splitlines()[-1]
    listed = json.loads(shop.run("imports", "list", "-f", "json").stdout)
    assert all(row["undone_by"] for row in listed)


def test_an_import_is_taken_back_once(shop: Shop) -> None:
    shop.take("customers", CUSTOMERS)
    assert shop.run("imports", "undo", "1").exit_code == 0
    again = shop.run("imports", "undo", "1")
    assert again.exit_code == 1
    assert "already" in again.stderr


def test_after_taking_it_back_the_file_goes_in_again(shop: Shop) -> None:
    for text in (CUSTOMERS, NAMELESS):
        first = shop.take("customers", text)
        shop.run("imports", "undo", str(first["operation"]))
        again = shop.take("customers", text)
        assert again["added"] == first["added"]
    assert shop.one("SELECT count(*) FROM customer") == 3
    assert shop.one("SELECT min(id) FROM customer") > 2  # ids are not used twice


@pytest.mark.parametrize(
    "later",
    [
        ("customers", "edit", "K1", "--city", "上海"),
        ("customers", "tag", "K1", "new"),
        ("customers", "remember", "K1", "wedding", "05-20"),
        ("customers", "remember", "K1", "birthday", "1985-03-06"),
        ("trips", "add", "K1", "--departs-on", "2026-12-01", "--destination", "云南"),
        ("interactions", "log", "K1", "--summary", "x"),
        ("customers", "lose", "K1", "--reason", "x"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_what_was_touched_since_stands_in_the_way_by_name(
    shop: Shop, later: tuple[str, ...]
) -> None:
    shop.take("customers", CUSTOMERS)
    done = shop.run(*later)
    assert done.exit_code == 0, done.output
    before = shop.state()
    refused = shop.run("imports", "undo", "1")
    assert refused.exit_code == 1
    assert "K1" in refused.stderr
    assert "K2" not in refused.stderr
    assert "--keep-touched" in refused.stderr
    assert shop.state() == before
    kept = shop.run("imports", "undo", "1", "--keep-touched")
    assert kept.exit_code == 0, kept.stderr
    assert "K1" in kept.stdout
    assert shop.rows("SELECT code FROM customer") == [("K1",)]
    assert shop.one("SELECT count(*) FROM customer_tag WHERE tag = 'a'") == 1
    assert shop.one("SELECT count(*) FROM special_date WHERE label = 'birthday'") == 1
    assert shop.run("check").exit_code in (0, 1)
    assert shop.rows("PRAGMA foreign_key_check") == []


def test_a_cell_that_was_changed_since_stands_in_the_way(shop: Shop) -> None:
    shop.take("customers", CUSTOMERS)
    shop.take("customers", "code,name,city\nK1,王芳,上海\nK2,李强,广州\n")
    shop.run("customers", "edit", "K1", "--city", "深圳")
    refused = shop.run("imports", "undo", "2")
    assert refused.exit_code == 1
    assert "K1" in refused.stderr
    shop.run("imports", "undo", "2", "--keep-touched")
    assert shop.rows("SELECT code, city FROM customer") == [("K1", "深圳"), ("K2", None)]


def test_of_many_rows_in_the_way_eight_are_named_and_that_there_are_more(shop: Shop) -> None:
    sheet = ["code,name,city", *(f"K{number},客{number}," for number in range(1, 10))]
    shop.take("customers", "\n".join(sheet))
    for touched in (8, 9):
        rows = [row + "上海" for row in sheet[1 : touched + 1]]
        shop.take("customers", "\n".join([sheet[0], *rows]))
        refused = shop.run("imports", "undo", "1").stderr
        assert f"{touched} of its rows" in refused
        assert all(f"K{number}" in refused for number in range(1, 9))
        assert ("K8 ..." in refused) == (touched == 9), refused
        assert "K9" not in refused


def test_a_later_import_that_was_taken_back_does_not_stand_in_the_way(shop: Shop) -> None:
    empty = shop.state()
    shop.take("customers", CUSTOMERS)
    shop.take("customers", "code,name,city\nK1,王芳,上海\n")
    assert shop.run("imports", "undo", "1").exit_code == 1
    assert shop.run("imports", "undo", "2").exit_code == 0
    assert shop.run("imports", "undo", "1").exit_code == 0
    assert shop.state() == empty


def test_a_trip_is_touched_by_a_contact_about_it(shop: Shop) -> None:
    shop.take("customers", CUSTOMERS)
    shop.take("trips", TRIPS)
    shop.run("interactions", "log", "K1", "--trip", "A1", "--summary", "x")
    refused = shop.run("imports", "undo", "2")
    assert refused.exit_code == 1
    assert "A1" in refused.stderr
    assert "A2" not in refused.stderr


# What somebody did after the imports 1 and 2, as rows that hang on customer K1 and trip A1.
HANGING = {
    "complaint": (
        "INSERT INTO complaint (operation_id, code, customer_id, trip_id, severity, category, text,"
        " opened_at) VALUES (3, 'K00001', 1, 1, 'crisis', 'guide', 'x', '2026-11-20T01:30:00Z')"
    ),
    "payment": (
        "INSERT INTO payment (operation_id, code, trip_id, kind, amount, promised_on) "
        "VALUES (3, 'P0000001', 1, 'refund', -5, '2026-11-20')"
    ),
    "voucher": (
        "INSERT INTO voucher (operation_id, code, customer_id, kind, amount, issued_on, "
        "redeemed_trip_id, redeemed_on) "
        "VALUES (3, 'V00001', 1, 'amount', 5, '2026-11-20', 1, '2026-11-20')"
    ),
    "survey_response": (
        "INSERT INTO survey_response (operation_id, customer_id, trip_id, answered_on, nps) "
        "VALUES (3, 1, 1, '2026-11-20', 9)"
    ),
}


@pytest.mark.parametrize("table", HANGING)
def test_complaints_money_vouchers_and_answers_keep_what_they_hang_on(
    shop: Shop, table: str
) -> None:
    shop.take("customers", CUSTOMERS)
    shop.take("trips", TRIPS)
    with engine.writing(shop.db) as session:
        raw = engine.raw(session)
        raw.execute(
            "INSERT INTO operation (id, at, actor, verb, counts) "
            "VALUES (3, '2026-11-20T01:30:00Z', 'lin', 'test', '{}')"
        )
        raw.execute(HANGING[table])
    before = shop.state()
    for number, there, other in (("2", "A1", "A2"), ("1", "K1", "K9")):
        refused = shop.run("imports", "undo", number)
        assert refused.exit_code == 1
        assert there in refused.stderr
        assert other not in refused.stderr
    assert shop.state() == before
    for number in ("2", "1"):
        kept = shop.run("imports", "undo", number, "--keep-touched")
        assert kept.exit_code == 0, kept.stderr
    assert shop.rows("SELECT code FROM customer") == [("K1",)]
    assert shop.rows("SELECT code FROM trip") == [("A1",)]
    assert shop.one(f"SELECT count(*) FROM {table}") == 1
    assert shop.rows("PRAGMA foreign_key_check") == []


def test_whatever_hangs_on_a_customer_or_a_trip_is_known_to_undo(shop: Shop) -> None:
    """A table that comes later must not be left dangling: add it to undo.py, or here."""
    tables = [name for (name,) in shop.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    hanging = {
        (table, row[3], row[2])
        for table in tables
        for row in shop.rows(f"PRAGMA foreign_key_list({table})")
        if row[2] in ("customer", "trip")
    }
    known = {(table, "customer_id", "customer") for table in undo.CUSTOMERS_CHILDREN}
    known |= {(table, column, "trip") for table, column in undo.TRIPS_CHILDREN}
    # Company and referrer are emptied, and decisions go with their customer.
    known |= {("customer", column, "customer") for column in ("company_id", "referred_by_id")}
    known.add(("followup_outcome", "customer_id", "customer"))
    # So do looks; who was told apart from them is asked about as the first of the pair is.
    known |= {("look", "customer_id", "customer"), ("distinct_pair", "other_id", "customer")}
    assert hanging == known


def test_decisions_on_followups_never_stand_in_the_way(shop: Shop) -> None:
    empty = shop.state()
    shop.take("customers", CUSTOMERS)
    people = shop.state()
    trips = "order_no,customer,departs_on,returns_on\nA1,K1,2026-11-15,2026-11-19\n"
    shop.take("trips", trips)
    due = json.loads(shop.run("followups", "due", "-f", "json").stdout)
    assert due
    done = shop.run("followups", "done", due[0]["id"], "--note", "很满意")
    assert done.exit_code == 0, done.stderr
    assert shop.one("SELECT count(*) FROM followup_outcome") >= 1
    taken = shop.run("imports", "undo", "2")
    assert taken.exit_code == 0, taken.stderr
    assert shop.rows("SELECT * FROM trip") == []
    assert shop.run("imports", "undo", "1").exit_code == 0
    left = shop.state()
    assert {name for name in left if left[name] != empty[name]} == set()
    assert people != empty
    assert shop.rows("PRAGMA foreign_key_check") == []


def test_the_age_of_an_import_does_not_matter(shop: Shop) -> None:
    shop.take("customers", CUSTOMERS)
    shop.run("settings", "set", "today", date(2027, 6, 1).isoformat())
    assert shop.run("imports", "undo", "1").exit_code == 0


def test_files_that_disagree_are_told_of(shop: Shop) -> None:
    """What an import had set and another changes is counted; what was typed, or blank, is not."""
    shop.take("customers", "code,name,city,note\nC1,Ann,Rome,x\nC2,Bob,Rome,\n", name="a.csv")
    shop.run("customers", "edit", "C2", "--city", "Bonn")
    other = shop.sheet("code,name,city,note\nC1,Anna,Paris,x\nC2,Bob,Paris,y\n", "b.csv")
    said = shop.run("customers", "import", other, "--dry-run").stdout
    assert "2 cells changed that an earlier import had set\n" in said
    said = shop.run("customers", "import", other).stdout
    line = next(line for line in said.splitlines() if "had set" in line)
    assert line.strip().startswith("2 cells changed that an earlier import had set: tourcrm ")
    assert line.endswith("imports show 3")
    assert "had set" not in shop.run("customers", "import", other).stdout
    said = shop.run("customers", "import", shop.folder / "a.csv").stdout
    assert "3 cells changed that an earlier import had set" in said, "those of b.csv by now"
