"""Birthdays that stand in the notes of customers: offered, never taken without being asked."""

import re
from collections.abc import Iterator

from tourcrm.base.errors import CellError
from tourcrm.base.parsing import special_day, special_day_text
from tourcrm.imports.pipeline import Intake

_LOOKED_AT = 1_000  # notes
_SPOKEN = re.compile(
    r"(?:生日|生辰|birthday|born)\s*(?:是|为|在|is|on|:|：|=|-)?\s*"
    r"((?:农历|阴历|公历|阳历|lunar\s)?\s*[0-9一二三四五六七八九十正冬腊初廿卅月日号年/.-]{3,20})",
    re.IGNORECASE,
)
_FIRST = re.compile(
    r"((?:农历|阴历|公历|阳历)?[0-9]{0,4}[年/.-]?[0-9一二三四五六七八九十正冬腊]{1,3}[月/.-]"
    r"[0-9一二三四五六七八九十初廿卅]{1,3}[日号]?)\s*(?:过?生日|生(?![产意成活气]))"
)


def birthdays(intake: Intake) -> None:
    """Remark customers whose note speaks of a birthday that is not stored."""
    if "note" not in intake.headers.fields:
        return
    rows = intake.connection.execute(
        """
        SELECT i.line, c.code, i.note FROM incoming i JOIN customer c ON c.id = i.row_id
        WHERE (i.note LIKE '%生日%' OR i.note LIKE '%birthday%' OR i.note LIKE '%月%生%')
            AND NOT EXISTS (SELECT 1 FROM special_date s
                WHERE s.customer_id = c.id AND s.label = 'birthday')
        ORDER BY i.line LIMIT ?
        """,
        (_LOOKED_AT,),
    ).fetchall()
    for line, code, note in rows:
        for day in _days(note):
            intake.reader.remarks.add("offer", code, line, day)
            break


def _days(note: str) -> Iterator[str]:
    for found in (*_SPOKEN.finditer(note), *_FIRST.finditer(note)):
        try:
            yield special_day_text(special_day(found[1].strip(" -.")))
        except CellError:
            continue
