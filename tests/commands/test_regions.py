"""The country of phone numbers is changed later: nobody comes twice."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.builders import agency
from tests.conftest import Invoke

# A number as it is written, and as it is read for CN and for GB; None where it cannot be.
BOTH = ("020 7946 0018", "+862079460018", "+442079460018")
ONLY_CN = ("13800138000", "+8613800138000", None)


@pytest.fixture
def cn(db: Path) -> Path:
    return agency(db, region="CN")


def _sheet(tmp_path: Path, *lines: str) -> Path:
    file = tmp_path / "sheet.csv"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file


def _imported(invoke: Invoke, entity: str, file: Path, *more: str) -> dict[str, Any]:
    done = invoke(entity, "import", file, *more, "-f", "json")
    assert done.exit_code == 0, done.stderr
    return dict(json.loads(done.stdout)[0])


def _phones(invoke: Invoke) -> dict[str, Any]:
    rows = json.loads(invoke("customers", "list", "--reveal", "-f", "json").stdout)
    return {row["name"]: (row["phone"], row["phone2"]) for row in rows}


@pytest.mark.parametrize("number", [BOTH, ONLY_CN], ids=["read in both", "read in one"])
@pytest.mark.parametrize("way", ["update", "fill", "skip"])
def test_the_same_sheet_finds_the_same_customers_after_the_region_changed(
    invoke: Invoke, cn: Path, tmp_path: Path, number: tuple[str, str, str | None], way: str
) -> None:
    written, then, now = number
    file = _sheet(tmp_path, "Name,Mobile", f"Ann Lee,{written}")
    _imported(invoke, "customers", file)
    said = invoke("settings", "region", "GB").stdout
    assert "1 stored numbers begin with +86" in said

    again = _imported(invoke, "customers", file, "--on-duplicate", way)

    assert again["added"] == again["rejected"] == 0
    anew = way == "update" and now is not None
    assert _phones(invoke) == {"Ann Lee": (now if anew else then, None)}
    if now:
        assert any("another country" in note for note in again["notes"])
    assert _imported(invoke, "customers", file)["added"] == 0


def test_a_second_number_of_another_country_stays(invoke: Invoke, cn: Path, tmp_path: Path) -> None:
    file = _sheet(tmp_path, "Name,Mobile", "Ann Lee,020 7946 0018 / +65 61234567")
    _imported(invoke, "customers", file)
    invoke("settings", "region", "GB")
    _imported(invoke, "customers", file)
    assert _phones(invoke) == {"Ann Lee": ("+442079460018", "+6561234567")}


def test_another_name_at_the_number_of_before_is_another_person(
    invoke: Invoke, cn: Path, tmp_path: Path
) -> None:
    _imported(invoke, "customers", _sheet(tmp_path, "Name,Mobile", "Ann Lee,020 7946 0018"))
    invoke("settings", "region", "GB")
    again = _imported(invoke, "customers", _sheet(tmp_path, "Name,Mobile", "Tom Fox,020 7946 0018"))
    assert again["added"] == 1
    assert _phones(invoke) == {
        "Ann Lee": ("+862079460018", None),
        "Tom Fox": ("+442079460018", None),
    }


def test_region_and_back_again(invoke: Invoke, cn: Path, tmp_path: Path) -> None:
    file = _sheet(tmp_path, "Name,Mobile", "Ann Lee,020 7946 0018")
    _imported(invoke, "customers", file)
    for region in ("GB", "CN", "GB"):
        invoke("settings", "region", region)
        assert _imported(invoke, "customers", file)["added"] == 0
    assert _phones(invoke) == {"Ann Lee": ("+442079460018", None)}


def test_a_region_under_which_nothing_was_read_is_not_remembered(invoke: Invoke, cn: Path) -> None:
    said = invoke("settings", "region", "GB").stdout
    assert "stored numbers" not in said
    assert json.loads(invoke("settings", "former_regions", "-f", "json").stdout)[0]["value"] == ""


@pytest.mark.parametrize(
    ("entity", "header", "cells"),
    [
        ("trips", "customer phone,departs_on,destination", "2026-12-24,Rome"),
        ("trips", "customer,departs_on,destination", "2026-12-24,Rome"),
        ("interactions", "customer,at,channel,summary", "2026-01-05 10:00,phone,hello"),
        ("surveys", "customer,answered_on,csat", "2026-01-05,5"),
    ],
)
@pytest.mark.parametrize("number", [BOTH, ONLY_CN], ids=["read in both", "read in one"])
def test_other_sheets_name_customers_by_the_number_of_before(
    invoke: Invoke,
    cn: Path,
    tmp_path: Path,
    entity: str,
    header: str,
    cells: str,
    number: tuple[str, str, str | None],
) -> None:
    written = number[0]
    _imported(invoke, "customers", _sheet(tmp_path, "Name,Mobile", f"Ann Lee,{written}"))
    invoke("settings", "region", "GB")
    done = _imported(invoke, entity, _sheet(tmp_path, header, f"{written},{cells}"))
    assert (done["added"], done["rejected"]) == (1, 0)
    assert list(_phones(invoke)) == ["Ann Lee"]


@pytest.mark.parametrize("number", [BOTH, ONLY_CN], ids=["read in both", "read in one"])
def test_what_is_typed_finds_the_number_of_before(
    invoke: Invoke, cn: Path, tmp_path: Path, number: tuple[str, str, str | None]
) -> None:
    written = number[0]
    _imported(invoke, "customers", _sheet(tmp_path, "Name,Mobile", f"Ann Lee,{written}"))
    invoke("settings", "region", "GB")
    assert "Ann Lee" in invoke("customers", "show", written).stdout
    assert "Ann Lee" in invoke("customers", "find", written).stdout
    again = invoke("customers", "add", "Ann Lee", "--phone", written)
    assert again.exit_code != 0
    assert len(_phones(invoke)) == 1


def test_somebody_may_say_the_regions_of_before(invoke: Invoke, cn: Path, tmp_path: Path) -> None:
    file = _sheet(tmp_path, "Name,Mobile", "Ann Lee,020 7946 0018")
    _imported(invoke, "customers", file)
    invoke("settings", "region", "GB")
    assert invoke("settings", "former_regions", "").exit_code == 0
    assert _imported(invoke, "customers", file, "--dry-run")["added"] == 1
    assert invoke("settings", "former_regions", "cn").exit_code == 0
    assert _imported(invoke, "customers", file)["added"] == 0
    assert invoke("settings", "former_regions", "China").exit_code == 1
