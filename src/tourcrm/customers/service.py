"""Customers: adding and editing by hand, tags, loss.

Who is the same customer (product design, section 5): the same code; else the same ID or passport
number; else the same phone or WeChat id under the same name. The same phone under another name is
another person of the household.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, cast

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select

from tourcrm.base import parsing, pinyin
from tourcrm.base.columns import CUSTOMER, option, plain, references
from tourcrm.base.display import visible
from tourcrm.base.errors import Message, Refused
from tourcrm.base.folding import folded, joined
from tourcrm.base.i18n import N_
from tourcrm.base.lunar import BIRTHDAY, SpecialDay
from tourcrm.base.parsing.former_regions import readings
from tourcrm.customers import (
    documents,
    lookup,
    newcomers,
    passports,
    referrals,
    special_days,
)
from tourcrm.db import codes, dialect, operations, setting
from tourcrm.db.codes import Number, id_of
from tourcrm.models import Customer, CustomerAlias, CustomerTag


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a request to write: the customer, the fields that changed, what to know."""

    id: int
    code: str
    name: str
    changed: tuple[str, ...] = ()
    notes: tuple[Message, ...] = ()


# --- adding and editing ---------------------------------------------------------------------------

# What an empty text means where a column may not be empty.
_CLEARED: Mapping[str, Any] = MappingProxyType(
    {"marketing_consent": "unknown", "do_not_contact": False}
)
_NEVER_EMPTY = ("code", "name", "kind", "status")
_PLAIN = frozenset(plain(CUSTOMER))


def add(
    session: Session,
    number: Number,
    values: Mapping[str, Any],
    today: date,
    region: str = "CN",
    again: bool = False,
) -> Stored:
    """Add a customer from checked values by column (typed.read). again: whoever was erased comes
    back of their own will.

    Raises Refused where the person is there already, or was erased, NotFound for an unknown company
    or referrer.
    """
    given = {field: value for field, value in values.items() if value is not None}
    facts = _facts(session, given, region)
    if not again:
        _refuse_erased(session, facts)
    notes = list(_refuse_known(session, facts))
    identifier = codes.next_id(session)
    facts.setdefault("code", codes.code_of(identifier))
    if "marketing_consent" in facts:
        facts.setdefault("consent_on", today)
    birthday = given.get("birthday")
    if "id_number" in facts:
        facts.setdefault("gender", parsing.gender_of(facts["id_number"]))
        _refuse_unborn(facts["id_number"], today)
        notes += documents.differing(facts["id_number"], birthday, facts["gender"])
        birthday = birthday or documents.birthday_in(facts["id_number"])
    if birthday:
        special_days.refuse_future(birthday, today)
    notes += passports.differing(facts["name"], facts.get("passport_name"), facts.get("phone"))
    spelled = pinyin.of_name(facts["name"])
    row = Customer(
        id=identifier,
        name_pinyin=spelled.full,
        name_initials=spelled.initials,
        entered_on=today,
        operation_id=number(),
        **facts,
    )
    operations.add(session, row)
    if birthday:
        special_days.remember(session, number, row, BIRTHDAY, birthday, today)
    if given.get("tags"):
        tag(session, number, row, given["tags"])
    return Stored(identifier, row.code, row.name, tuple(facts), tuple(notes))


def _refuse_erased(session: Session, facts: Mapping[str, Any]) -> None:
    day = newcomers.erased_on(session, [facts.get(field) for field in newcomers.NUMBERS])
    if day is not None:
        raise Refused(
            N_(
                "A person with this number had everything about them erased, on {day}. Only if "
                "they come back of their own will: the same command with --again."
            ),
            day=day,
        )


def edit(
    session: Session,
    number: Number,
    row: Customer,
    values: Mapping[str, Any],
    today: date,
    region: str = "CN",
) -> Stored:
    """Change a customer's columns; None clears one. Without a change nothing is recorded.

    Raises Refused for a column that cannot be empty, a code or ID number that another has, and a
    status other than active (see `lose`).
    """
    for field in _NEVER_EMPTY:
        if field in values and values[field] is None:
            raise Refused(N_("{option} cannot be empty."), option=option(field))
    facts = _facts(session, values, region, row)
    notes = list(_refuse_taken(session, facts, row))
    if facts.get("status", "active") != "active":
        raise Refused(
            N_("A customer is lost or deceased with: tourcrm customers lose {code}"), code=row.code
        )
    facts |= _consequences(row, facts, today)
    birthday = values.get("birthday")
    if facts.get("id_number"):
        _refuse_unborn(facts["id_number"], today)
        birthday, gender, differing = _told_by_document(session, row, values, facts)
        facts["gender"] = gender
        notes += differing
    if {"name", "passport_name"} & set(values):
        notes += passports.differing(*_passport_of(row, facts))
    changed = list(_set(session, number, row, facts))
    if birthday:
        special_days.refuse_future(birthday, today)
        if special_days.remember(session, number, row, BIRTHDAY, birthday, today):
            changed.append(BIRTHDAY)
    elif "birthday" in values and special_days.forget(session, number, row, BIRTHDAY):
        changed.append(BIRTHDAY)
    return Stored(id_of(row), row.code, row.name, tuple(changed), tuple(notes))


def _passport_of(row: Customer, facts: Mapping[str, Any]) -> tuple[str, str | None, str | None]:
    """Name, name in the passport and phone of a customer as these facts would have them."""
    name, in_passport, phone = (
        facts[field] if field in facts else getattr(row, field)
        for field in ("name", "passport_name", "phone")
    )
    return name, in_passport, phone


def _consequences(row: Customer, facts: Mapping[str, Any], today: date) -> dict[str, Any]:
    """What else changes where these facts do."""
    more: dict[str, Any] = {}
    # That somebody was lost stays known once they are back; that they died was a mistake then.
    if facts.get("status") and row.status == "deceased":
        more |= {"lost_on": None, "lost_reason": None, "rival": None}
    if "name" in facts and facts["name"] != row.name:
        spelled = pinyin.of_name(facts["name"])
        more |= {"name_pinyin": spelled.full, "name_initials": spelled.initials}
    consent = facts.get("marketing_consent", row.marketing_consent)
    if consent != row.marketing_consent and "consent_on" not in facts:
        more["consent_on"] = today
    return more


def _told_by_document(
    session: Session, row: Customer, values: Mapping[str, Any], facts: Mapping[str, Any]
) -> tuple[SpecialDay | None, str | None, list[Message]]:
    """Birthday and gender of a customer with another ID number, and where they differ from it."""
    document = facts["id_number"]
    gender = (
        facts["gender"]
        if "gender" in facts
        else documents.gender_after(row.gender, row.id_number, document)
    )
    if "birthday" in values:
        birthday = values["birthday"]
        return birthday, gender, list(documents.differing(document, birthday, gender))
    there = [special_days.day_of(one) for one in special_days.called(session, id_of(row), BIRTHDAY)]
    birthday = documents.birthday_after(there, row.id_number, document)
    known = birthday or next(iter(there), None)
    return birthday, gender, list(documents.differing(document, known, gender))


# What may be said of many at once; anything else is one person's.
FOR_MANY = (
    *("kind", "city", "source", "owner", "company", "referred_by", "language"),
    *("marketing_consent", "consent_on", "consent_source", "do_not_contact"),
)


def edit_many(
    session: Session,
    number: Number,
    ids: Sequence[int],
    values: Mapping[str, Any],
    today: date,
    region: str = "CN",
) -> int:
    """Change the same columns of many customers; returns how many were not like that already.

    Raises Refused for a column that is one person's, and NotFound for a company or referrer.
    """
    for field in values:
        if field not in FOR_MANY:
            raise Refused(
                N_("{option} is said of one customer, not of many."), option=option(field)
            )
    if "kind" in values and values["kind"] is None:
        raise Refused(N_("{option} cannot be empty."), option=option("kind"))
    facts = _facts(session, values, region)
    # Nobody is their own company or referrer, nor that of whoever brought the referrer.
    never = {column: {facts.get(column)} for column in references(CUSTOMER).values()}
    if facts.get("referred_by_id"):
        never["referred_by_id"] |= referrals.chain(session, facts["referred_by_id"])
    by_columns: dict[tuple[str, ...], list[operations.Edit]] = {}
    count = 0
    for start in range(0, len(ids), 500):
        chosen = col(Customer.id).in_(ids[start : start + 500])
        for row in session.exec(select(Customer).where(chosen).order_by(col(Customer.id))):
            new = {field: value for field, value in facts.items() if getattr(row, field) != value}
            for reference, some in never.items():
                if row.id in some:
                    new.pop(reference, None)
            if "marketing_consent" in new and "consent_on" not in facts:
                new["consent_on"] = today
            if new:
                before = {field: getattr(row, field) for field in new}
                edit_ = (id_of(row), row.id, before, new)
                by_columns.setdefault(tuple(new), []).append(edit_)
                count += 1
    for edits in by_columns.values():
        operations.edit_many(session, number, "customer", edits)
    return count


def _set(
    session: Session, number: Number, row: Customer, facts: Mapping[str, Any]
) -> tuple[str, ...]:
    if all(getattr(row, field) == value for field, value in facts.items()):
        return ()
    return operations.edit(session, number(), row, facts, row.id)


def _facts(
    session: Session, values: Mapping[str, Any], region: str, row: Customer | None = None
) -> dict[str, Any]:
    """Columns of the customer table for checked values; references become ids."""
    facts = {
        field: _CLEARED.get(field) if value is None else value
        for field, value in values.items()
        if field in _PLAIN
    }
    if facts.get("phone"):
        first, second = cast("tuple[str, str | None]", facts["phone"])
        facts["phone"] = first
        if second:
            facts.setdefault("phone2", second)
    for field, column in references(CUSTOMER).items():
        if field in values:
            facts[column] = None
            if values[field] is not None:
                other = lookup.find_one(session, values[field], region)
                if row is not None and other.id == row.id:
                    raise Refused(
                        N_(
                            "{code} cannot be its own company or referrer; "
                            "name another customer, or leave it out."
                        ),
                        code=row.code,
                    )
                if row is not None and field == "referred_by":
                    referrals.refuse_loop(session, row, other)
                facts[column] = other.id
    return facts


def _refuse_unborn(document: str, today: date) -> None:
    if parsing.birthday_of(document) > today:
        raise Refused(N_("The birth date inside the ID number lies ahead: check its digits."))


def _refuse_known(session: Session, facts: Mapping[str, Any]) -> Iterator[Message]:
    """Refuse a person who is there already; tell of others with the same phone or name."""
    _refuse_same_code(session, facts)
    for document in ("id_number", "passport_no"):
        for other in _others_with(session, document, facts):
            raise Refused(
                N_(
                    "{code} {name} has that ID or passport number already; nothing was added. "
                    "To change what is stored: tourcrm customers edit {code}"
                ),
                code=other.code,
                name=visible(other.name, 40),
            )
    sharing = _sharing(session, facts)
    for other in sharing:
        if joined(other.name) == joined(facts["name"]):
            raise Refused(
                N_(
                    "{code} {name} has that phone or WeChat id already; nothing was added. "
                    "To change what is stored: tourcrm customers edit {code}"
                ),
                code=other.code,
                name=visible(other.name, 40),
            )
    if sharing:
        yield _shared(sharing)
        return
    named = dialect.spelled(Customer.name, facts["name"])
    same_name = session.exec(select(Customer.code).where(named).order_by(col(Customer.id))).all()
    if same_name:
        yield Message(
            N_("Another customer has the same name: {codes}."), codes=operations.names(same_name)
        )


def _refuse_taken(session: Session, facts: Mapping[str, Any], row: Customer) -> Iterator[Message]:
    """Refuse a code or number that another customer has; tell who shares a new phone."""
    new = {field: value for field, value in facts.items() if value != getattr(row, field)}
    _refuse_same_code(session, new, row)
    for document in ("id_number", "passport_no"):
        for other in _others_with(session, document, new):
            raise Refused(
                N_(
                    "{code} {name} has that ID or passport number; nothing was changed. "
                    "Look who it is: tourcrm customers show {code}"
                ),
                code=other.code,
                name=visible(other.name, 40),
            )
    sharing = [other for other in _sharing(session, new) if other.id != row.id]
    if sharing:
        yield _shared(sharing)


def _refuse_same_code(
    session: Session, facts: Mapping[str, Any], row: Customer | None = None
) -> None:
    others = list(_others_with(session, "code", facts))
    if facts.get("code") and not others:
        known = select(CustomerAlias.customer_id).where(col(CustomerAlias.code) == facts["code"])
        others += session.exec(select(Customer).where(col(Customer.id).in_(known))).all()
        others = [other for other in others if row is None or other.id != row.id]
    for other in others:
        raise Refused(
            N_("The code {code} belongs to {name}; choose another, or leave it out."),
            code=other.code,
            name=visible(other.name, 40),
        )


def _others_with(session: Session, field: str, facts: Mapping[str, Any]) -> Sequence[Customer]:
    if not facts.get(field):
        return ()
    return session.exec(select(Customer).where(getattr(Customer, field) == facts[field])).all()


def _sharing(session: Session, facts: Mapping[str, Any]) -> Sequence[Customer]:
    numbers = [facts[field] for field in ("phone", "phone2") if facts.get(field)]
    same: list[ColumnElement[bool]] = []
    regions = setting.load(session).former_regions if numbers else ()
    if regions:  # the same number, as it was read before
        numbers += [one for number in numbers for one in readings(number, regions)]
    if numbers:
        same += [col(Customer.phone).in_(numbers), col(Customer.phone2).in_(numbers)]
    if facts.get("wechat"):
        same.append(col(Customer.wechat) == facts["wechat"])
    if not same:
        return ()
    return session.exec(select(Customer).where(or_(*same)).order_by(col(Customer.id))).all()


def _shared(sharing: Sequence[Customer]) -> Message:
    names = (f"{other.code} {visible(other.name, 40)}" for other in sharing)
    return Message(
        N_(
            "The phone or WeChat id is also that of {others}; taken as another person of the "
            "household."
        ),
        others=operations.names(names),
    )


# --- tags -----------------------------------------------------------------------------------------


def tag(session: Session, number: Number, row: Customer, tags: Iterable[str]) -> tuple[str, ...]:
    """Put tags on a customer; returns those that are new."""
    there = {folded(one.tag) for one in _tags_of(session, row)}
    spelled = {folded(tag): tag for tag in reversed(tuple(tags))}
    new = tuple(tag for tag in dict.fromkeys(tags) if tag in spelled.values())
    new = tuple(tag for tag in new if folded(tag) not in there)
    for one in new:
        session.add(CustomerTag(customer_id=id_of(row), tag=one, operation_id=number()))
    session.flush()
    return new


def untag(session: Session, number: Number, row: Customer, tags: Iterable[str]) -> tuple[str, ...]:
    """Take tags off a customer; returns those that were there."""
    meant = {folded(tag) for tag in tags}
    gone = [one for one in _tags_of(session, row) if folded(one.tag) in meant]
    for one in gone:
        operations.delete(session, number(), one, row.id)
    return tuple(one.tag for one in gone)


def tags_of(session: Session, row: Customer) -> tuple[str, ...]:
    """The tags of a customer, in their order."""
    return tuple(sorted(one.tag for one in _tags_of(session, row)))


def _tags_of(session: Session, row: Customer) -> Sequence[CustomerTag]:
    return session.exec(select(CustomerTag).where(col(CustomerTag.customer_id) == row.id)).all()


# --- loss -----------------------------------------------------------------------------------------


def lose(
    session: Session,
    number: Number,
    row: Customer,
    on: date,
    *,
    reason: str | None = None,
    rival: str | None = None,
    deceased: bool = False,
) -> Stored:
    """Mark a customer as lost (why, and to whom) or deceased; either silences follow-ups.

    Raises Refused for one who is deceased already.
    """
    if row.status == "deceased" and not deceased:
        raise Refused(
            N_(
                "{code} {name} is recorded as deceased. If that is a mistake: "
                "tourcrm customers edit {code} --status active"
            ),
            code=row.code,
            name=visible(row.name, 40),
        )
    status = "deceased" if deceased else "lost"
    facts: dict[str, Any] = {"status": status}
    if row.status != status:
        facts |= {"lost_on": on, "lost_reason": reason, "rival": rival}
    else:  # said again: only what is said anew
        facts |= {"lost_reason": reason or row.lost_reason, "rival": rival or row.rival}
    return Stored(id_of(row), row.code, row.name, _set(session, number, row, facts))


def come_back(session: Session, number: Number, row: Customer) -> bool:
    """Make a customer who was lost active again; when they were lost, and why, stays. Returns
    whether they were lost."""
    if row.status != "lost":
        return False
    _set(session, number, row, {"status": "active"})
    return True
