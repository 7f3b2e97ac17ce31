"""What the ID numbers and passports of a sheet of customers tell of them."""

from tourcrm.base.lunar import SpecialDay
from tourcrm.customers import documents, passports
from tourcrm.imports.pipeline import Intake


def follow(intake: Intake) -> set[int]:
    """Let what an ID number told follow its correction, and count who differs from what it says;
    returns the lines that changed something."""
    corrected = intake.connection.execute(
        "SELECT i.line, i.row_id, json_extract(h.before, '$.id_number'), i.id_number, "
        "coalesce(i.days, '') LIKE '%\"birthday\"%', i.gender IS NOT NULL "
        "FROM change h JOIN incoming i ON i.row_id = h.row_id "
        "WHERE h.operation_id = ? AND h.table_name = 'customer' AND i.id_number IS NOT NULL "
        "AND json_extract(h.before, '$.id_number') IS NOT NULL",
        (intake.begun,),
    ).fetchall()
    touched = {line for line, *row in corrected if _correct(intake, *row)}
    differing = intake.connection.execute(
        """
        SELECT DISTINCT i.line FROM incoming i
        JOIN customer c ON c.id = i.row_id AND c.id_number = i.id_number
        LEFT JOIN special_date s ON s.customer_id = c.id AND s.label = 'birthday'
            AND s.calendar = 'solar'
        WHERE c.gender IS NOT i.sex OR s.month <> CAST(substr(i.born, 6, 2) AS INTEGER)
            OR s.day <> CAST(substr(i.born, 9) AS INTEGER)
            OR s.year <> CAST(substr(i.born, 1, 4) AS INTEGER)
        ORDER BY i.line
        """
    ).fetchall()
    for (line,) in differing:
        intake.reader.remarks.add("document", "", line, "")
    return touched


def _correct(
    intake: Intake, who: int, before: str, document: str, dated: bool, gendered: bool
) -> bool:
    """Let birthday and gender follow a corrected ID number, where they came from the old one and
    the row does not say them itself."""
    days = intake.connection.execute(
        "SELECT id, month, day, year FROM special_date WHERE customer_id = ? "
        "AND label = 'birthday' AND calendar = 'solar'",
        (who,),
    ).fetchall()
    changed = False
    old, new = documents.birthday_in(before), documents.birthday_in(document)
    for row_id, *day in days:
        if SpecialDay(*day) == old != new and not dated:
            there = dict(zip(("month", "day", "year"), day, strict=True))
            told = {"month": new.month, "day": new.day, "year": new.year}
            intake.write_change("special_date", row_id, there, told)
            changed = True
    (gender,) = intake.connection.execute(
        "SELECT gender FROM customer WHERE id = ?", (who,)
    ).fetchone()
    told_gender = documents.gender_after(gender, before, document)
    if told_gender != gender and not gendered:
        intake.write_change("customer", who, {"gender": gender}, {"gender": told_gender})
        changed = True
    return changed


def count_strange_passports(intake: Intake) -> None:
    """Remark the rows whose passport name is not that of the customer."""
    rows = intake.connection.execute(
        "SELECT i.line, c.name, i.passport_name, c.name_pinyin, c.phone FROM incoming i "
        "JOIN customer c ON c.id = i.row_id WHERE i.passport_name IS NOT NULL ORDER BY i.line"
    )
    header = intake.header_of("passport_name")
    for line, *row in rows:
        if passports.differs(*row):
            intake.reader.remarks.add("passport_name", header, line, "")
