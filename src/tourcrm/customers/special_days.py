"""The days of a customer that come every year, solar and lunar, and their labels."""

from collections.abc import Iterable, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlmodel import Session, col, select

from tourcrm.base import parsing
from tourcrm.base.display import visible
from tourcrm.base.errors import CellError, Refused
from tourcrm.base.folding import folded
from tourcrm.base.i18n import N_, translate
from tourcrm.base.lunar import BIRTHDAY, LABEL_NAMES, WEDDING, Calendar, SpecialDay
from tourcrm.base.parsing.characters import SIMPLIFIED
from tourcrm.db import operations
from tourcrm.db.codes import Number, id_of
from tourcrm.models import Customer, SpecialDate

_LABELS = MappingProxyType(
    {
        **dict.fromkeys(("birthday", "生日", "出生日期", "寿辰", "birth date"), BIRTHDAY),
        **dict.fromkeys(
            ("wedding", "结婚纪念日", "结婚", "婚礼", "wedding day", "wedding anniversary"), WEDDING
        ),
    }
)


def label_of(named: str) -> str:
    """The stored label of a special day: birthday and wedding by any of their names, else itself.

    Raises CellError for one that is empty, over 50 characters, or could not be exported.
    """
    label = parsing.text(named, 50)
    if any(c in "=;；\r\n" for c in label):
        raise CellError(N_("a label holds no = or ; and is one line"))
    return _LABELS.get(folded(label).translate(SIMPLIFIED), label)


def label_name(label: str) -> str:
    """What a person reads for a label, in the language in use, safe to show."""
    return translate(LABEL_NAMES[label]) if label in LABEL_NAMES else visible(label, 40)


def remember(
    session: Session, number: Number, row: Customer, label: str, day: SpecialDay, today: date
) -> bool:
    """Record a special day; it replaces the one of the same label and calendar.

    Returns whether anything changed. Raises Refused for a birthday that lies ahead.
    """
    if label == BIRTHDAY:
        refuse_future(day, today)
    facts: dict[str, Any] = {"month": day.month, "day": day.day, "year": day.year, "leap": day.leap}
    for there in called(session, id_of(row), label):
        if there.calendar == day.calendar:
            if all(getattr(there, field) == value for field, value in facts.items()):
                return False
            return bool(operations.edit(session, number(), there, facts, row.id))
    session.add(
        SpecialDate(
            customer_id=id_of(row),
            label=label,
            calendar=day.calendar,
            operation_id=number(),
            **facts,
        )
    )
    session.flush()
    return True


def forget(
    session: Session, number: Number, row: Customer, label: str, day: SpecialDay | None = None
) -> int:
    """Remove the special days of a label (only `day`, if given); returns how many there were."""
    gone = [
        there for there in called(session, id_of(row), label) if day is None or day_of(there) == day
    ]
    for one in gone:
        operations.delete(session, number(), one, row.id)
    return len(gone)


def day_of(row: SpecialDate) -> SpecialDay:
    """The yearly day that a stored row stands for."""
    calendar: Calendar = "lunar" if row.calendar == "lunar" else "solar"
    return SpecialDay(row.month, row.day, row.year, calendar, row.leap)


def of_customer(session: Session, customer_id: int) -> list[tuple[str, SpecialDay]]:
    """A customer's special days with their labels: birthdays first, solar before lunar."""
    return in_order(
        (row.label, day_of(row))
        for row in session.exec(
            select(SpecialDate).where(col(SpecialDate.customer_id) == customer_id)
        )
    )


def in_order(days: Iterable[tuple[str, SpecialDay]]) -> list[tuple[str, SpecialDay]]:
    """Special days as they are told: birthdays first, solar before lunar."""
    return sorted(days, key=lambda one: (one[0] != BIRTHDAY, one[0], one[1].calendar == "lunar"))


def text(days: Iterable[tuple[str, SpecialDay]]) -> str:
    """Special days with their labels in one cell: "wedding=05-20; birthday=lunar 08-15"."""
    return "; ".join(f"{label}={parsing.special_day_text(day)}" for label, day in days)


def called(session: Session, customer_id: int, label: str) -> Sequence[SpecialDate]:
    """The stored days of a customer under a label, in the order in which they were added."""
    wanted = select(SpecialDate).where(
        col(SpecialDate.customer_id) == customer_id, col(SpecialDate.label) == label
    )
    return session.exec(wanted.order_by(col(SpecialDate.id))).all()


def lies_ahead(day: SpecialDay, today: date) -> bool:
    """Whether the year of a special day makes it one that has not been yet."""
    year = day.year or 0
    after_today = (day.month, day.day) > (today.month, today.day)
    return year > today.year or (year == today.year and day.calendar == "solar" and after_today)


def refuse_future(day: SpecialDay, today: date) -> None:
    """Raise Refused where a birthday lies ahead."""
    if lies_ahead(day, today):
        raise Refused(N_("A birthday cannot lie ahead of today: check its year."))
