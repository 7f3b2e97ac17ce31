"""`tourcrm segments`, as people and scripts use it."""

import csv
import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.builders import TODAY, add_customer, add_trip, agency, writing
from tests.conftest import apart
from tourcrm.base.columns import QUADRANTS, RFM, TIERS
from tourcrm.base.display import width

Invoke = Callable[..., Any]
NASTY = "\x1b[31m=王[/b]\u202e"


@pytest.fixture
def full(db: Path, _once: Path) -> Path:
    """Forty customers with one to five trips, one of them with a hostile name; a fixed today."""
    shutil.copy(_once, db)
    return db


@pytest.fixture(scope="module")
def _once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    db = tmp_path_factory.mktemp("full") / "agency.db"
    agency(db, today=TODAY.isoformat(), currency="CNY")
    with writing(db) as session:
        for number in range(1, 41):
            name = NASTY if number == 1 else f"客户{number}"
            customer = add_customer(session, name=name, phone=f"+86138000000{number:02d}")
            for trip in range(number % 5 + 1):
                day = TODAY - timedelta(days=number * 6 + trip * 90)
                add_trip(session, customer, day, price=number * 1000_00, party_size=number % 4 + 1)
    return db


@pytest.mark.parametrize("verb", ["rfm", "quadrants"])
def test_who_is_booked_and_leaves_soon_is_not_merely_lapsed(
    invoke: Invoke, db: Path, verb: str
) -> None:
    agency(db, today=TODAY.isoformat())
    with writing(db) as session:
        soon, late = (add_customer(session, code) for code in ("SOON", "LATE"))
        for who in (soon, late):
            add_trip(session, who, "2024-03-01", price=100_00)
        add_trip(session, soon, TODAY + timedelta(days=40))
        add_trip(session, soon, TODAY + timedelta(days=2))
        add_trip(session, late, TODAY + timedelta(days=3), status="quoted")
        gone = {"status": "cancelled", "cancelled_on": TODAY.isoformat()}
        add_trip(session, late, TODAY + timedelta(days=3), **gone)
    rows = json.loads(invoke("segments", verb, "-f", "json").stdout)
    next_trip = {row["customer"]: row["next_trip"] for row in rows}
    assert next_trip == {"SOON": "2026-11-22", "LATE": None}
    assert "booked, leaves on" in invoke("segments", verb).stdout
    assert "已订，出发日" in invoke("segments", verb, lang="zh").stdout


VERBS = [("rfm", RFM), ("tiers", TIERS), ("quadrants", QUADRANTS)]


@pytest.mark.parametrize(("verb", "columns"), VERBS)
def test_csv_and_json_hold_the_promised_keys_and_nothing_else(
    invoke: Invoke, full: Path, verb: str, columns: Any
) -> None:
    keys = [column.field for column in columns]
    answer = invoke("segments", verb, "--format", "csv")
    assert (answer.exit_code, apart(answer.stderr)) == (0, "")
    rows = list(csv.DictReader(answer.stdout.splitlines()))
    assert len(rows) == 40
    assert list(rows[0]) == keys
    answer = invoke("segments", verb, "--format", "json")
    found = json.loads(answer.stdout)
    assert len(found) == 40
    assert all(list(row) == keys for row in found)
    lines = invoke("segments", verb, "-f", "jsonl").stdout.splitlines()
    assert [json.loads(line) for line in lines] == found


@pytest.mark.parametrize("verb", ["rfm", "tiers", "quadrants"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_table_is_safe_and_names_its_window(
    invoke: Invoke, full: Path, verb: str, lang: str
) -> None:
    answer = invoke("segments", verb, lang=lang)
    assert (answer.exit_code, apart(answer.stderr)) == (0, "")
    assert "\x1b" not in answer.stdout
    assert "\u202e" not in answer.stdout
    assert "=王[/b]" in answer.stdout
    for bound in ("2023-11-21", "2026-11-20"):
        assert bound in answer.stdout


def test_rfm_tells_what_its_scores_mean(invoke: Invoke, full: Path) -> None:
    out = invoke("segments", "rfm").stdout
    assert "5 or more" in out
    assert "below 2" in out
    assert "up to 52 days" in out  # the first fifth of 6, 12 ... 240 ends at 52.8
    assert "champions" in out


def test_rfm_warns_of_few_customers_and_of_equals(invoke: Invoke, db: Path) -> None:
    agency(db, today=TODAY.isoformat())
    with writing(db) as session:
        for _ in range(3):
            add_trip(session, add_customer(session), "2026-10-01", price=100)
    out = invoke("segments", "rfm").stdout
    assert "Only 3 customers" in out
    assert "M: many customers are equal, so nobody scores 2, 3, 4, 5." in out
    assert "F: many" not in out  # its scores are fixed
    by_fifths = invoke("segments", "rfm", "--scoring", "quantile").stdout
    assert "F: many customers are equal, so nobody scores 2, 3, 4, 5." in by_fifths


@pytest.mark.parametrize(("customers", "warned"), [(24, True), (25, False)])
def test_fewer_than_25_customers_are_few(
    customers: int, warned: bool, invoke: Invoke, db: Path
) -> None:
    agency(db, today=TODAY.isoformat())
    with writing(db) as session:
        for _ in range(customers):
            add_trip(session, add_customer(session), "2026-10-01", price=100)
    out = invoke("segments", "rfm").stdout
    assert (f"Only {customers} customers: scores compare few with few" in out) == warned


def test_tiers_show_the_pyramid_and_how_to_treat_it(invoke: Invoke, full: Path) -> None:
    out = invoke("segments", "tiers").stdout
    assert "The top 20 % of customers (8 of 40) bring" in out
    assert "A: a named adviser and visits by the owner" in out
    assert "D: self-service, prepayment" in out
    assert "50 / 80 / 95 % of sales" in out
    two = invoke("segments", "tiers", "--cuts", "80,95").stdout
    assert "80 / 95 % of sales" in two
    assert "D: self-service" not in two


def test_the_top_fifth_is_rounded_up(invoke: Invoke, db: Path) -> None:
    agency(db, today=TODAY.isoformat())
    with writing(db) as session:
        for price in (600, 300, 50, 30, 10, 10):
            add_trip(session, add_customer(session), "2026-10-01", price=price)
    out = invoke("segments", "tiers").stdout
    assert "The top 20 % of customers (2 of 6) bring 90.0% of sales." in out


def test_tiers_warn_where_equals_span_a_cut(invoke: Invoke, db: Path) -> None:
    agency(db, today=TODAY.isoformat())
    with writing(db) as session:
        for _ in range(4):
            add_trip(session, add_customer(session), "2026-10-01", price=100)
    out = invoke("segments", "tiers").stdout
    assert "4 customers have the same revenue just where a cut falls" in out


def test_rising_stars_are_on_time_and_spend_like_the_middle_of_tier_b(
    invoke: Invoke, db: Path
) -> None:
    agency(db, today=TODAY.isoformat())
    with writing(db) as session:
        for name, revenue, trips, day in (
            ("A", 500, 1, "2026-10-01"),
            # A trip of these is worth 30, 35, 40 and 60: the middle, of two the upper, is 40.
            ("B1", 90, 3, "2026-10-01"), ("B2", 80, 2, "2026-10-01"),
            ("B3", 70, 2, "2026-10-01"), ("B4", 60, 1, "2026-10-01"),
            ("升", 44, 1, "2026-10-01"),
            ("迟", 41, 1, "2025-11-19"),  # a day later than the 365 that are assumed
            ("平", 40, 1, "2025-11-20"),
            ("低", 39, 1, "2026-10-01"),
            ("D", 36, 1, "2026-10-01"),
        ):  # fmt: skip
            who = add_customer(session, name=name)
            for _ in range(trips):
                add_trip(session, who, day, price=revenue * 100 // trips)
    out = " ".join(invoke("segments", "tiers").stdout.split())
    assert "Rising stars of tier C, on time and with trips worth those of tier B: 升, 平." in out


def test_of_many_rising_stars_five_are_named(invoke: Invoke, db: Path) -> None:
    agency(db, today=TODAY.isoformat())
    with writing(db) as session:
        for name, revenue, trips in (
            ("A", 500, 1), ("B", 300, 10), *((f"升{one}", 60 - one, 1) for one in range(1, 7)),
        ):  # fmt: skip
            who = add_customer(session, name=name)
            for _ in range(trips):
                add_trip(session, who, "2026-10-01", price=revenue * 100 // trips)
    out = " ".join(invoke("segments", "tiers", "--cuts", "43,70,99").stdout.split())
    assert "those of tier B: 升1, 升2, 升3, 升4, 升5." in out


@pytest.mark.parametrize(("lang", "word"), [("en", "large, high"), ("zh", "大单高忠诚")])
def test_quadrants_show_a_picture_that_fits(
    invoke: Invoke, full: Path, lang: str, word: str
) -> None:
    out = invoke("segments", "quadrants", lang=lang).stdout
    lines = out.splitlines()
    picture = [line for line in lines if "|" in line]
    assert len(picture) >= 16
    assert max(map(width, picture)) <= 80
    counted = json.loads(invoke("segments", "quadrants", "-f", "json").stdout)
    high = sum(row["quadrant"] == "large_high" for row in counted)
    assert lines[lines.index(picture[0]) - 1].endswith(str(high))
    assert word in lines[lines.index(picture[0]) - 1]


def test_quadrants_explain_scale_and_interval(invoke: Invoke, full: Path) -> None:
    out = " ".join(invoke("segments", "quadrants").stdout.split())
    assert "the median of the 40 customers with a trip in the window" in out
    assert "Expected: 90 days, the median of 80 intervals" in out
    assert "large, high: the most profitable" in out
    assert "intervals between trips are known" not in out
    asked = " ".join(
        invoke(
            *("segments", "quadrants", "--gap", "180.5", "--large-from", "1.2万"),
            *("--scale-by", "value_per_trip"),
        ).stdout.split()
    )
    assert "Large: value of a trip of ¥12,000.00 or more, as you said." in asked
    assert "Expected: 180.5 days, as you said" in asked
    people = invoke("segments", "quadrants", "--scale-by", "party_size", "--large-from", "3").stdout
    assert "people on a trip of 3.00 or more" in people


def test_quadrants_say_when_the_interval_is_assumed(invoke: Invoke, db: Path) -> None:
    agency(db, today=TODAY.isoformat())
    with writing(db) as session:
        add_trip(session, add_customer(session), "2026-10-01", price=100)
    out = " ".join(invoke("segments", "quadrants").stdout.split())
    assert "Expected: 365 days, assumed" in out
    assert "Only 0 intervals between trips are known, 30 are needed" in out
    assert "new: the second trip decides" in out
    assert "|" not in out  # nobody to draw: a newcomer has no loyalty to show yet


def test_an_earlier_day_leaves_out_what_came_later(invoke: Invoke, full: Path) -> None:
    rows = json.loads(invoke("segments", "rfm", "--as-of", "2026-05-01", "-f", "json").stdout)
    assert 0 < len(rows) < 40
    every = json.loads(invoke("segments", "rfm", "--window", "all", "-f", "json").stdout)
    month = json.loads(invoke("segments", "rfm", "--window", "1m", "-f", "json").stdout)
    assert len(month) < len(every) == 40


def test_settings_are_the_defaults(invoke: Invoke, db: Path) -> None:
    agency(db, today=TODAY.isoformat(), window="1m", cuts="80,95")
    with writing(db) as session:
        for day, price in (("2026-11-10", 8000), ("2026-11-11", 2000), ("2026-01-01", 100)):
            add_trip(session, add_customer(session), day, price=price)
    rows = json.loads(invoke("segments", "tiers", "-f", "json").stdout)
    assert [row["tier"] for row in rows] == ["A", "B"]


def test_no_trips_yet_says_what_to_do(invoke: Invoke, db: Path) -> None:
    agency(db, today=TODAY.isoformat())
    for verb in ("rfm", "tiers", "quadrants"):
        answer = invoke("segments", verb)
        assert answer.exit_code == 0
        assert "tourcrm trips import" in answer.stdout
        answer = invoke("segments", verb, "-f", "json")
        assert json.loads(answer.stdout) == []
        assert "tourcrm trips import" in answer.stderr


def test_none_in_the_window_says_to_look_further_back(invoke: Invoke, db: Path) -> None:
    agency(db, today=TODAY.isoformat())
    with writing(db) as session:
        add_trip(session, add_customer(session), "2010-01-01", price=100)
    assert "--window all" in invoke("segments", "tiers").stdout
    assert "small, low" in invoke("segments", "quadrants").stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("rfm", "--scoring", "best"), "fixed, quantile, r"),
        (("rfm", "--window", "36"), "--window 36"),
        (("rfm", "--window", "0m"), "--window 0m"),
        (("tiers", "--cuts", "95,50"), "--cuts 95,50"),
        (("tiers", "--by", "colour"), "revenue"),
        (("quadrants", "--gap", "0"), "--gap 0"),
        (("quadrants", "--gap", "nan"), "nan"),
        (("quadrants", "--large-from", "$5"), "--large-from $5"),
        (("quadrants", "--scale-by", "height"), "yearly_spend, value_per_trip, party_size"),
        (("quadrants", "--as-of", "someday"), "--as-of someday"),
        (("quadrants", "--format", "pdf"), "pdf"),
    ],
)
def test_a_wrong_option_is_named(
    invoke: Invoke, full: Path, words: tuple[str, ...], told: str
) -> None:
    answer = invoke("segments", *words)
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert told in answer.stderr
    assert len(answer.stderr.splitlines()) <= 3


def test_a_file_gets_the_rows_only(invoke: Invoke, full: Path, tmp_path: Path) -> None:
    target = tmp_path / "tiers.csv"
    answer = invoke("segments", "tiers", "-o", target)
    assert (answer.exit_code, answer.stdout) == (0, "")
    rows = list(csv.reader(target.read_text(encoding="utf-8").splitlines()))
    assert rows[0] == [column.field for column in TIERS]
    assert len(rows) == 41
    assert invoke("segments", "quadrants", "-o", tmp_path / "四象限.xlsx").exit_code == 0
