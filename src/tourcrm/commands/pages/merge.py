"""Two entries of one customer side by side, and which of their values is taken."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, SQLModel, col, func, select

from tourcrm.base.columns import CUSTOMER, Column, by_field, plain, references
from tourcrm.base.display import visible
from tourcrm.base.i18n import N_, _, language, translate
from tourcrm.commands.pages.layout import day_text, listed
from tourcrm.customers import merge, special_days
from tourcrm.customers import service as customers
from tourcrm.db.codes import id_of
from tourcrm.models import (
    Complaint,
    Customer,
    Interaction,
    SurveyResponse,
    Task,
    Trip,
    Voucher,
)
from tourcrm.terminal.render import Shape, person

# What is counted on each side, and comes together.
_COUNTED: tuple[tuple[str, type[Any]], ...] = (
    (N_("trips"), Trip),
    (N_("contacts"), Interaction),
    (N_("complaints"), Complaint),
    (N_("vouchers"), Voucher),
    (N_("answers"), SurveyResponse),
    (N_("tasks"), Task),
)
# What else moves, by its table; the rest is known by no name.
_MOVED = {str(table.__tablename__): label for label, table in _COUNTED} | {
    "customer": N_("customers who work for them or were brought by them"),
    "customer_tag": N_("tags given"),
    "special_date": N_("special days"),
    "traveller": N_("trips of others they are on"),
    "followup_outcome": N_("decisions on follow-ups"),
    "preference": N_("preferences"),
    "own_value": N_("own columns"),
    "customer_source": N_("numbers of sources"),
    "channel_consent": N_("consents"),
    "customer_alias": N_("former codes"),
}
_LONGEST = 60


def moved(done: merge.Merged) -> str:
    """What moved, in words: trips 3, contacts 12."""
    return listed(
        f"{translate(label)} {done.moved[table]}"
        for table, label in _MOVED.items()
        if done.moved[table]
    )


@dataclass(frozen=True, slots=True)
class Side:
    """One line: what it is about, the two values, and what is taken."""

    what: str
    keep: str
    go: str
    result: str


def sides(
    session: Session, keep: Customer, go: Customer, take: Collection[str], shape: Shape
) -> Iterator[Side]:
    """The lines of which at least one entry says something."""
    kept = merge.facts(session, keep, go, take)
    plain_columns = set(plain(CUSTOMER))
    for column in CUSTOMER:
        if column.field == "code":
            yield Side(_label(column), visible(keep.code, 64), visible(go.code, 64), keep.code)
        elif column.field in plain_columns:
            values = [getattr(row, column.field) for row in (keep, go)]
            if any(value not in (None, False) for value in values):
                result = kept.get(column.field, values[0])
                yield _side(column, values, result, shape)
    yield from _named(session, keep, go, kept)
    yield from _days(session, keep, go, "birthday" in take)
    yield from _tags(session, keep, go)
    yield from _counts(session, keep, go)


def _tags(session: Session, keep: Customer, go: Customer) -> Iterator[Side]:
    one, other = (
        listed(visible(tag, 30) for tag in customers.tags_of(session, row)) for row in (keep, go)
    )
    if one or other:
        taken = _("both") if one and other else _taken(one, other, one or other)
        yield Side(_label(by_field(CUSTOMER)["tags"]), one, other, taken)


def _label(column: Column) -> str:
    return column.header(language()).replace("_", " ")


def _side(column: Column, values: list[Any], result: Any, shape: Shape) -> Side:
    one, other = (visible(person(value, column, shape), _LONGEST) for value in values)
    return Side(_label(column), one, other, _taken(values[0], values[1], result))


def _taken(keep: Any, go: Any, result: Any) -> str:
    """Whose value is taken."""
    stored = [_stored(value) for value in (keep, go)]
    if stored[0] == stored[1]:
        return _("the same")
    if _stored(result) == stored[0]:
        return _("of the kept one")
    return _("of the other") if _stored(result) == stored[1] else _("both")


def _stored(value: Any) -> Any:
    """A value as the database has it."""
    if isinstance(value, bool):
        return int(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _named(session: Session, keep: Customer, go: Customer, kept: dict[str, Any]) -> Iterator[Side]:
    labels = by_field(CUSTOMER)
    for field, column in references(CUSTOMER).items():
        one, other = getattr(keep, column), getattr(go, column)
        if one or other:
            said = _name(session, one), _name(session, other)
            yield Side(_label(labels[field]), said[0], said[1], _taken(one, other, kept[column]))


def _name(session: Session, id: int | None) -> str:
    row = session.get(Customer, id) if id is not None else None
    return "" if row is None else f"{visible(row.code, 20)} {visible(row.name, 40)}"


def _days(session: Session, keep: Customer, go: Customer, birthday: bool) -> Iterator[Side]:
    both = [
        {(label, day.calendar): day for label, day in special_days.of_customer(session, id_of(row))}
        for row in (keep, go)
    ]
    for label, calendar in dict.fromkeys((*both[0], *both[1])):
        one, other = (days.get((label, calendar)) for days in both)
        result = other if one is None or (birthday and label == "birthday" and other) else one
        said = ["" if day is None else day_text(day) for day in (one, other)]
        name = special_days.label_name(label)
        yield Side(name, said[0], said[1], _taken(one, other, result))


def _counts(session: Session, keep: Customer, go: Customer) -> Iterator[Side]:
    for label, table in _COUNTED:
        one, other = (_count(session, table, row) for row in (keep, go))
        if one or other:
            yield Side(translate(label), str(one), str(other), str(one + other))


def _count(session: Session, table: type[SQLModel], row: Customer) -> int:
    of: Any = getattr(table, "customer_id")  # noqa: B009 - each of these tables has it
    return session.exec(select(func.count()).select_from(table).where(col(of) == row.id)).one()
