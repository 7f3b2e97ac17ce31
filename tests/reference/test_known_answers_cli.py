"""The reference sheets through the command line, as they are: imported, then scored.

The columns have their sources' own names; --map says what they are.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from itertools import cycle
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from tests.importer import Shop

# folder -> (sheet, what to map, rows)
SHEETS = {
    "rfm_r_orders": (
        "orders.csv",
        ["order_date=departs_on", "customer_id=customer", "revenue=price", "email="],
        4906,
    ),
    "cdnow": (
        "cdnow_sample.csv",
        ["customer_id=customer", "date=departs_on", "amount=price"],
        6919,
    ),
    "argo_travel": (
        "hotels.csv",
        ["userCode=customer", "total=price", "price=", "days=", "name=", "travelCode="],
        40552,
    ),
}
CASES = [
    ("rfm_r_orders", "2006-12-31", "rfm.csv", "customer_id"),
    ("cdnow", "1998-07-01", "rfm_1998-07-01.csv", "customer_id"),
    ("argo_travel", "2023-07-14", "rfm.csv", "userCode"),
    ("argo_travel", "2020-12-31", "rfm_asof_2020-12-31.csv", "userCode"),
]
# 40,552 rows take 3 s to import; test_known_answers asks the same of them without a sheet.
LARGE = "argo_travel"


def cases(some: Iterable[tuple[str, ...]]) -> list[ParameterSet]:
    """These, of which those of the large sheet are for `make soak`."""
    long = {True: [pytest.mark.soak], False: []}
    return [pytest.param(*one, marks=long[one[0] == LARGE]) for one in some]


Open = Callable[[str], Shop]


def rows_of(text: str) -> Iterator[dict[str, str]]:
    return csv.DictReader(io.StringIO(text))


def answers(reference: Path, name: str, file: str, key: str) -> dict[str, dict[str, str]]:
    text = (reference / name / "expected" / file).read_text("utf-8")
    return {row[key]: row for row in rows_of(text)}


@pytest.fixture(scope="module")
def imported(reference: Path, tmp_path_factory: pytest.TempPathFactory) -> Open:
    """A function: the agency into which one of the reference sheets was imported."""
    shops: dict[str, Shop] = {}

    def shop_of(name: str) -> Shop:
        if name not in shops:
            shop = shops[name] = Shop.opened(tmp_path_factory.mktemp(name), today="2026-11-20")
            sheet, mapping, count = SHEETS[name]
            options = [word for pair in mapping for word in ("--map", pair)]
            if name == "argo_travel":
                users = reference / name / "input" / "users.csv"
                said = shop.take("customers", users, "--map", "age=")
                assert (said["added"], said["rejected"]) == (1340, 0)
            else:
                options.append("--create-customers")
            said = shop.take("trips", reference / name / "input" / sheet, *options)
            assert (said["added"], said["rejected"]) == (count, 0)
        return shops[name]

    return shop_of


def listed(shop: Shop, *words: str) -> dict[str, dict[str, str]]:
    done = shop.run("segments", *words, "--window", "all", "-f", "csv")
    assert done.exit_code == 0, done.stderr
    return {row["customer"]: row for row in rows_of(done.stdout)}


# Each sheet with one of the two: what either makes of every sheet is in test_known_answers.
@pytest.mark.parametrize(
    ("name", "as_of", "file", "key", "scoring", "column"),
    cases(
        (*case, *way)
        for case, way in zip(CASES, cycle((("r", "r"), ("quantile", "strict"))), strict=False)
    ),
)
def test_rfm(
    imported: Open, reference: Path, name: str, as_of: str, file: str, key: str,
    scoring: str, column: str,
) -> None:  # fmt: skip
    found = listed(imported(name), "rfm", "--scoring", scoring, "--as-of", as_of)
    assert {
        code: (
            row["recency_days"],
            row["frequency"],
            float(row["monetary"]),
            row["r"] + row["f"] + row["m"],
        )
        for code, row in found.items()
    } == {
        code: (
            row["recency_days"],
            row["frequency"],
            float(row["monetary"]),
            "".join(row[f"{letter}_{column}"] for letter in "RFM"),
        )
        for code, row in answers(reference, name, file, key).items()
    }


@pytest.mark.parametrize("cuts", ["50,80,95", "80,95"])
@pytest.mark.parametrize(("name", "as_of", "file", "key"), cases(CASES[:3]))
def test_tiers(
    imported: Open, reference: Path, name: str, as_of: str, file: str, key: str, cuts: str
) -> None:
    found = listed(imported(name), "tiers", "--cuts", cuts, "--as-of", as_of)
    column = "tier_" + cuts.replace(",", "_")
    without = "ABCDE"[cuts.count(",") + 2]  # the answers' letter for no revenue: no tier
    assert {code: row["tier"] or without for code, row in found.items()} == {
        code: row[column] for code, row in answers(reference, name, file, key).items()
    }


@pytest.mark.parametrize(("name", "as_of", "file", "key"), cases(CASES[1:]))
def test_quadrants(
    imported: Open, reference: Path, name: str, as_of: str, file: str, key: str
) -> None:
    [gaps] = rows_of((reference / name / "expected" / "population_gaps.csv").read_text("utf-8"))
    words = ["--scale-by", "value_per_trip", "--gap", gaps["median"], "--as-of", as_of]
    found = listed(imported(name), "quadrants", *words)
    expected = answers(reference, name, file, key)
    assert set(found) == set(expected)
    for code, row in found.items():
        answer = expected[code]
        assert float(row["lateness"]) == pytest.approx(
            float(answer["lateness"]), rel=1e-4, abs=2e-4
        )
        assert row["cadence"] == answer["status"]
        # The answers have no class for first-timers who are not late.
        plain = f"{row['scale']}_{row['loyalty']}" if row["quadrant"] == "new" else row["quadrant"]
        assert plain == answer["quadrant"]


def test_each_distinct_value_becomes_one_customer(imported: Open) -> None:
    shop = imported("rfm_r_orders")
    assert shop.one("SELECT count(*) FROM customer") == 995
    assert shop.one("SELECT count(*) FROM customer WHERE code <> name") == 0
    assert shop.one("SELECT name FROM customer WHERE code = 'TRUE Conroy' OR code = 'True Conroy'")
    assert imported("cdnow").one("SELECT count(*) FROM customer") == 2357


def test_the_sheets_again_change_nothing(imported: Open, reference: Path) -> None:
    for name in ("rfm_r_orders", "cdnow"):
        sheet, mapping, _count = SHEETS[name]
        options = [word for pair in mapping for word in ("--map", pair)]
        path = reference / name / "input" / sheet
        said = imported(name).take("trips", path, *options, "--create-customers")
        assert said["operation"] is None
