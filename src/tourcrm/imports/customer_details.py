"""What customers have beside their row: tags, days, numbers; and what ID numbers tell of them."""

import json
from typing import Any

from tourcrm.imports import sources
from tourcrm.imports.matching import BETWEEN
from tourcrm.imports.pipeline import Intake


def giving(intake: Intake, name: str) -> list[tuple[int, int, Any]]:
    """(line, customer, cell) of the rows that give something for a side table."""
    if intake.request.on_duplicate in ("skip", "error"):
        known = "AND row_id >= " + str(intake.first_new)
    else:
        known = ""
    return intake.connection.execute(
        f"SELECT line, row_id, {name} FROM incoming "  # noqa: S608 - our columns
        f"WHERE {name} IS NOT NULL {known} ORDER BY line"
    ).fetchall()


def add_tags(intake: Intake) -> set[int]:
    """Give customers the tags that they lack; returns the lines that did."""
    touched = set()
    for line, who, tags in giving(intake, "tags"):
        there = {
            tag
            for (tag,) in intake.connection.execute(
                "SELECT tag FROM customer_tag WHERE customer_id = ?", (who,)
            )
        }
        for tag in tags.split("\n"):
            if tag not in there:
                intake.connection.execute(
                    "INSERT INTO customer_tag (customer_id, tag, operation_id) VALUES (?, ?, ?)",
                    (who, tag, intake.operation),
                )
                touched.add(line)
    return touched


def add_sources(intake: Intake) -> set[int]:
    """Note the numbers that sources have for customers; returns the lines with a new one."""
    lines: list[int] = []
    numbers: list[tuple[int, sources.Number]] = []
    for line, who, cell in giving(intake, "sources"):
        for one in cell.split("\n"):
            source, number = one.split(BETWEEN, 1)
            lines.append(line)
            numbers.append((who, (source, number)))
    return {lines[place] for place in sources.store(intake, numbers)}


def add_days(intake: Intake) -> set[int]:
    """Write special days, and birthdays that ID numbers tell; returns the lines that did."""
    touched = set()
    for line, who, days in giving(intake, "days"):
        for label, month, day, year, calendar, leap in json.loads(days):
            there = intake.connection.execute(
                "SELECT id, month, day, year, leap FROM special_date "
                "WHERE customer_id = ? AND label = ? AND calendar = ?",
                (who, label, calendar),
            ).fetchone()
            if there is None:
                _insert_day(intake, who, label, month, day, year, calendar, leap)
                touched.add(line)
                continue
            present = dict(zip(("month", "day", "year", "leap"), there[1:], strict=True))
            wanted = {"month": month, "day": day, "year": year or there[3], "leap": leap}
            different = {n: v for n, v in wanted.items() if v != present[n]}
            if different and intake.request.on_duplicate == "update":
                intake.write_change(
                    "special_date", there[0], {n: present[n] for n in different}, different
                )
                touched.add(line)
    for line, who, born in giving(intake, "born"):
        if not intake.connection.execute(
            "SELECT 1 FROM special_date WHERE customer_id = ? AND label = 'birthday'", (who,)
        ).fetchone():
            year, month, day = map(int, born.split("-"))
            _insert_day(intake, who, "birthday", month, day, year, "solar", 0)
            touched.add(line)
    return touched


def _insert_day(intake: Intake, who: int, *day: Any) -> None:
    intake.connection.execute(
        "INSERT INTO special_date (customer_id, label, month, day, year, calendar, leap, "
        "operation_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (who, *day, intake.operation),
    )


def fill_genders(intake: Intake) -> set[int]:
    """Write genders that ID numbers tell where none is known; returns the lines that did."""
    touched = set()
    for line, who, sex in giving(intake, "sex"):
        known = intake.connection.execute(
            "SELECT gender FROM customer WHERE id = ?", (who,)
        ).fetchone()
        if known[0] is not None:
            continue
        if who >= intake.first_new:
            intake.connection.execute("UPDATE customer SET gender = ? WHERE id = ?", (sex, who))
        else:
            intake.write_change("customer", who, {"gender": None}, {"gender": sex})
        touched.add(line)
    return touched
