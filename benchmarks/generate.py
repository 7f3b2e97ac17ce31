"""A big agency to measure with: the same rows from the same numbers, on every machine.

    python benchmarks/generate.py FOLDER TRIPS [CUSTOMERS]

writes into FOLDER
    customers.csv  ten trips each unless CUSTOMERS says otherwise; persons and companies with what
                   follow-ups go by: birthdays, weddings, owners, consent, who referred them
    contacts.csv   five contacts a customer, half of them in person
    trips.csv      with order codes, as an agency's system exports them
    uncoded.csv    the same trips without the codes
    digested.csv   the same trips as the table holds them: what a bare loader needs to be given
"""

import csv
import random
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

FIRST_DAY = date(2016, 1, 1)
LAST_DAY = date(2026, 12, 13)
TALKED_UNTIL = date(2026, 11, 19)
LONGEST = 14  # days
PLACES = (
    *(
        "北疆",
        "云南",
        "西藏",
        "日本",
        "新马泰",
        "欧洲五国",
        "冰岛",
        "三亚",
        "桂林",
        "张家界",
        "九寨沟",
    ),
    *("土耳其", "埃及", "肯尼亚", "澳大利亚", "新西兰"),
    *(f"线路{number}" for number in range(200)),
)
KINDS = ("group", "custom", "independent")
ADVISORS = ("小林", "阿芳", "大周")
CITIES = ("上海", "杭州", "苏州", "南京")

CUSTOMER_HEADER = (
    *("code", "name", "phone", "city", "birthday", "special_dates", "kind", "owner"),
    *("marketing_consent", "referred_by"),
)
TRIP_HEADER = (
    *("order_no", "customer", "destination", "departs_on", "returns_on", "party_size", "price"),
    *("status", "service", "kind", "advisor", "booked_on"),
)
# The table's columns in their order; a name of TRIP_HEADER where the file gives the cell.
TABLE = (
    *("id", "code", "customer_id", "destination", "abroad", "service", "kind", "status"),
    *("inquired_on", "quoted_on", "booked_on", "cancelled_on", "lost_on", "departs_on"),
    *("returns_on", "party_size", "price", "channel", "advisor", "guide", "lost_reason"),
    *("rival", "note", "operation_id", "departure_id", "queued_at", "needs", "fee"),
)


def customers(count: int) -> Iterator[list[Any]]:
    """The rows of customers.csv."""
    rng = random.Random(count)
    for number in range(count):
        born = date(1950, 1, 1) + timedelta(rng.randrange(20_000))
        person = rng.random() < 0.95
        yield [
            f"K{number:06d}",
            f"客户{number}",
            f"139{number:08d}",
            rng.choice(CITIES),
            born.isoformat() if person and rng.random() < 0.6 else "",
            f"wedding=2010-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
            if person and rng.random() < 0.1
            else "",
            "person" if person else "company",
            rng.choice(("", *ADVISORS)),
            rng.choices(("yes", "unknown", "no"), (3, 6, 1))[0],
            f"K{rng.randrange(number):06d}" if number and rng.random() < 0.05 else "",
        ]


def contacts(count: int) -> Iterator[list[Any]]:
    """The rows of contacts.csv, of so many customers."""
    rng = random.Random(count + 2)
    for _ in range(5 * count):
        day = TALKED_UNTIL - timedelta(rng.randrange(1800))
        hour, minute = rng.randint(9, 17), rng.randrange(60)
        yield [
            f"K{rng.randrange(count):06d}",
            f"{day} {hour:02}:{minute:02}",
            rng.choice(("phone", "wechat")),
            "想去北疆看看",
        ]


def trips(count: int, customers_: int) -> Iterator[dict[str, Any]]:
    """Trips with the cells of the file, and `customer_id` and `fen` as the table has them.

    Some customers travel often and most seldom; prices are whole tens of yuan.
    """
    rng = random.Random(count + 1)
    span = (LAST_DAY - FIRST_DAY).days
    days = [(FIRST_DAY + timedelta(number)).isoformat() for number in range(span + LONGEST + 1)]
    for number in range(count):
        who = int(customers_ * rng.random() ** 1.6)
        day = rng.randrange(span)
        fen = rng.randrange(50, 3000) * 1000
        yield {
            "order_no": f"D{number:08d}",
            "customer": f"K{who:06d}",
            "destination": rng.choice(PLACES),
            "departs_on": days[day],
            "returns_on": days[day + rng.randrange(1, LONGEST + 1)],
            "party_size": rng.randrange(1, 8),
            "price": f"{fen // 100}.00",
            "status": "booked",
            "service": "tour",
            "kind": rng.choice(KINDS),
            "advisor": rng.choice(ADVISORS),
            "booked_on": days[max(0, day - 30)],
            "customer_id": who + 1,
            "fen": fen,
        }


def _digested(number: int, trip: dict[str, Any]) -> list[Any]:
    own = {
        "id": number,
        "code": trip["order_no"],
        "abroad": 0,
        "price": trip["fen"],
        "operation_id": 1,
    }
    return [own.get(name, trip.get(name, "")) for name in TABLE]


def write(folder: Path, count: int, customers_: int) -> None:
    """All files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, header, rows in (
        ("customers.csv", CUSTOMER_HEADER, customers(customers_)),
        ("contacts.csv", ("customer", "at", "channel", "summary"), contacts(customers_)),
    ):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow(header)
            out.writerows(rows)
    names = ("trips.csv", "uncoded.csv", "digested.csv")
    files = [(folder / name).open("w", encoding="utf-8", newline="") for name in names]
    coded, uncoded, digested = map(csv.writer, files)
    coded.writerow(TRIP_HEADER)
    uncoded.writerow(TRIP_HEADER[1:])
    digested.writerow(TABLE)
    for number, trip in enumerate(trips(count, customers_), start=1):
        row = [trip[name] for name in TRIP_HEADER]
        coded.writerow(row)
        uncoded.writerow(row[1:])
        digested.writerow(_digested(number, trip))
    for one in files:
        one.close()


if __name__ == "__main__":
    rows = int(sys.argv[2])
    write(Path(sys.argv[1]), rows, int(sys.argv[3]) if len(sys.argv) > 3 else max(rows // 10, 1))
