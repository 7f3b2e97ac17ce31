"""What the tests of faults share: an agency with something to lose."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import quick
from tests.builders import TODAY, add_customer, add_special_date, add_trip, agency, writing


@pytest.fixture(autouse=True)
def _patient() -> Iterator[None]:
    """Here commits wait for the disk, as those of the program do."""
    with quick.as_it_is():
        yield


@pytest.fixture
def busy(db: Path, _once: Path) -> Path:
    """An agency with 40 customers, 120 trips, special dates, and follow-ups due today."""
    shutil.copy(_once, db)
    return db


@pytest.fixture(scope="session")
def _once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("busy") / "agency.db"
    with quick.as_it_is():
        agency(file, today=TODAY.isoformat(), time_zone="Asia/Shanghai", language="en")
    with writing(file) as session:
        for number in range(40):
            customer = add_customer(
                session, name=f"客户{number}", phone=f"+86138{number:08d}", owner="阿芳"
            )
            for year in (2023, 2024, 2025):
                day = f"{year}-{1 + number % 12:02d}-10"
                add_trip(session, customer, day, returns_on=day, price=100_000 * (number + 1))
            add_special_date(session, customer, "birthday", 11, 20)
    return file


def customers_sheet(path: Path, changed: int = 40, new: int = 60, rejected: int = 3) -> Path:
    """A sheet that changes customers of `busy`, adds others, and holds rows to be rejected."""
    lines = ["客户编号,姓名,手机,城市,标签,备注"]
    lines += [f"C{n + 1:06d},客户{n},,北京,VIP;老客,{'改' * 40}" for n in range(changed)]
    lines += [f"N{n},新客{n},139{n:08d},上海,新,{'备' * 40}" for n in range(new)]
    lines += [f"R{n},拒收{n},138****{n:04d},,," for n in range(rejected)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def trips_sheet(path: Path, rows: int = 150) -> Path:
    """A sheet of trips, some of them for customers that nobody knows yet."""
    lines = ["订单号,客户,姓名,目的地,出发日期,天数,团费"]
    lines += [
        f"D{n},139{n % 90:08d},旅客{n % 90},三亚,2026-{1 + n % 10:02d}-05,5,{1000 + n}"
        for n in range(rows)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
