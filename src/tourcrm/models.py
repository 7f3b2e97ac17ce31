"""The tables. Facts only; conclusions (tier, quadrant, completed, due) are computed as of a day.

Money is a whole number of fen, days are ISO dates, moments are aware and stored in UTC.
No I/O here; the statements that create these tables are in migrations.py, and a test holds both
to one another.
"""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Dialect, Index, Text, UniqueConstraint, text
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

from tourcrm import words

LARGEST_AMOUNT = 10**12  # fen


class Moment(TypeDecorator[datetime]):
    """An aware moment, stored as sortable UTC text, e.g. 2026-11-20T01:30:00Z."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else moment_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else moment_of(value)


def moment_text(moment: datetime) -> str:
    """The stored form of an aware moment; a naive one is a mistake of the caller (ValueError)."""
    if moment.tzinfo is None:
        raise ValueError("a naive datetime names no moment")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment_of(text: str) -> datetime:
    """The aware moment that a stored text names."""
    return datetime.fromisoformat(text)


def _one_of(column: str, table: str) -> CheckConstraint:
    # OR, not IN: SQLite builds the list of an IN anew for every row it checks.
    accepted = " OR ".join(f"{column} = '{value}'" for value in words.values(table))
    return CheckConstraint(accepted, name=f"{column}_known")


def _id() -> Any:
    return Field(default=None, primary_key=True)


def _text(default: str | None = None, **more: Any) -> Any:
    return Field(default=default, sa_type=Text, **more)


_AUTOINCREMENT = {"sqlite_autoincrement": True}


class Operation(SQLModel, table=True):
    """What one command did."""

    __table_args__ = (_AUTOINCREMENT,)
    id: int | None = _id()
    at: datetime = Field(sa_type=Moment)
    actor: str = Field(sa_type=Text)
    verb: str = Field(sa_type=Text)
    file: str | None = _text()
    sha256: str | None = _text()
    counts: str = _text("{}", nullable=False)
    undone_by: int | None = Field(default=None, foreign_key="operation.id")


class Change(SQLModel, table=True):
    """A row that an operation updated or deleted, before and after, as JSON objects.

    Rows that an operation inserted carry its number in operation_id instead.
    """

    __table_args__ = (Index("change_operation", "operation_id"), _AUTOINCREMENT)
    id: int | None = _id()
    operation_id: int = Field(foreign_key="operation.id")
    table_name: str = Field(sa_type=Text)
    row_id: int
    customer_id: int | None = None
    before: str = Field(sa_type=Text)
    after: str | None = _text()


class Customer(SQLModel, table=True):
    """A person, company, channel or internal customer."""

    __table_args__ = (
        UniqueConstraint("code", name="customer_code"),
        _one_of("kind", "customer_kind"),
        _one_of("status", "customer_status"),
        _one_of("gender", "gender"),
        _one_of("marketing_consent", "consent"),
        _one_of("language", "language"),
        Index("customer_phone", "phone"),
        Index("customer_phone2", "phone2"),
        Index("customer_wechat", "wechat"),
        Index("customer_id_number", "id_number"),
        Index("customer_passport", "passport_no"),
        Index("customer_name", "name"),
        Index("customer_company", "company_id"),
        Index("customer_referrer", "referred_by_id"),
        _AUTOINCREMENT,
    )
    id: int | None = _id()
    code: str = Field(sa_type=Text)
    name: str = Field(sa_type=Text)
    kind: str = _text("person", nullable=False)
    status: str = _text("active", nullable=False)
    lost_on: date | None = None
    lost_reason: str | None = _text()
    rival: str | None = _text()
    gender: str | None = _text()
    phone: str | None = _text()
    phone2: str | None = _text()
    wechat: str | None = _text()
    email: str | None = _text()
    id_number: str | None = _text()
    passport_no: str | None = _text()
    passport_name: str | None = _text()
    passport_expires_on: date | None = None
    city: str | None = _text()
    address: str | None = _text()
    occupation: str | None = _text()
    source: str | None = _text()
    owner: str | None = _text()
    company_id: int | None = Field(default=None, foreign_key="customer.id")
    referred_by_id: int | None = Field(default=None, foreign_key="customer.id")
    marketing_consent: str = _text("unknown", nullable=False)
    consent_on: date | None = None
    consent_source: str | None = _text()
    do_not_contact: bool = False
    language: str | None = _text()
    note: str | None = _text()
    name_pinyin: str | None = _text()
    name_initials: str | None = _text()
    entered_on: date
    operation_id: int = Field(foreign_key="operation.id")


class CustomerTag(SQLModel, table=True):
    """A tag on a customer."""

    __tablename__ = "customer_tag"
    __table_args__ = (
        UniqueConstraint("customer_id", "tag", name="customer_tag_once"),
        Index("customer_tag_tag", "tag"),
        _AUTOINCREMENT,
    )
    id: int | None = _id()
    customer_id: int = Field(foreign_key="customer.id")
    tag: str = Field(sa_type=Text)
    operation_id: int = Field(foreign_key="operation.id")


class SpecialDate(SQLModel, table=True):
    """A yearly day of a customer: birthday, wedding; solar, or lunar (leap: of a leap month)."""

    __tablename__ = "special_date"
    __table_args__ = (
        UniqueConstraint("customer_id", "label", "calendar", name="special_date_once"),
        _one_of("calendar", "calendar"),
        CheckConstraint("month BETWEEN 1 AND 12", name="month_known"),
        CheckConstraint("day BETWEEN 1 AND 31", name="day_known"),
        Index("special_date_day", "calendar", "month", "day", "leap"),
        _AUTOINCREMENT,
    )
    id: int | None = _id()
    customer_id: int = Field(foreign_key="customer.id")
    label: str = Field(sa_type=Text)
    month: int
    day: int
    year: int | None = None
    calendar: str = _text("solar", nullable=False)
    leap: bool = False
    operation_id: int = Field(foreign_key="operation.id")


class Trip(SQLModel, table=True):
    """One customer's journey from inquiry to memory. price: fen, None where unknown."""

    __table_args__ = (
        UniqueConstraint("code", name="trip_code"),
        _one_of("status", "trip_status"),
        _one_of("service", "service"),
        _one_of("kind", "trip_kind"),
        CheckConstraint(f"price BETWEEN 0 AND {LARGEST_AMOUNT}", name="price_known"),
        CheckConstraint("returns_on >= departs_on", name="returns_after_departure"),
        Index(
            "trip_customer",
            *("customer_id", "departs_on", "status", "returns_on", "price", "cancelled_on"),
        ),
        Index("trip_departs", "departs_on"),
        Index("trip_returns", "returns_on"),
        _AUTOINCREMENT,
    )
    id: int | None = _id()
    code: str = Field(sa_type=Text)
    customer_id: int = Field(foreign_key="customer.id")
    destination: str | None = _text()
    abroad: bool | None = None
    service: str = _text("tour", nullable=False)
    kind: str = _text("group", nullable=False)
    status: str = _text("booked", nullable=False)
    inquired_on: date | None = None
    quoted_on: date | None = None
    booked_on: date | None = None
    cancelled_on: date | None = None
    lost_on: date | None = None
    departs_on: date | None = None
    returns_on: date | None = None
    party_size: int | None = None
    price: int | None = Field(default=None, sa_type=BigInteger)
    channel: str | None = _text()
    advisor: str | None = _text()
    guide: str | None = _text()
    lost_reason: str | None = _text()
    rival: str | None = _text()
    note: str | None = _text()
    operation_id: int = Field(foreign_key="operation.id")


class Interaction(SQLModel, table=True):
    """One contact, either way. personal: two-way, with the customer in person."""

    __table_args__ = (
        _one_of("channel", "contact_channel"),
        _one_of("direction", "direction"),
        _one_of("kind", "contact_kind"),
        Index("interaction_customer", "customer_id", "at"),
        Index("interaction_personal", "customer_id", "at", sqlite_where=text("personal")),
        Index("interaction_lately", "at", "customer_id", sqlite_where=text("personal")),
        Index("interaction_trip", "trip_id"),
        Index("interaction_outcome", "outcome_id"),
        _AUTOINCREMENT,
    )
    id: int | None = _id()
    customer_id: int = Field(foreign_key="customer.id")
    trip_id: int | None = Field(default=None, foreign_key="trip.id")
    at: datetime = Field(sa_type=Moment)
    channel: str = Field(sa_type=Text)
    direction: str = _text("out", nullable=False)
    kind: str = _text("followup", nullable=False)
    personal: bool = False
    summary: str | None = _text()
    staff: str | None = _text()
    outcome_id: int | None = Field(default=None, foreign_key="followup_outcome.id")
    operation_id: int = Field(foreign_key="operation.id")


class FollowupOutcome(SQLModel, table=True):
    """A decision about a due item; append-only, the latest up to a day counts."""

    __tablename__ = "followup_outcome"
    __table_args__ = (
        _one_of("status", "outcome"),
        Index("followup_outcome_key", "rule", "subject_table", "subject_id", "occurrence"),
        Index("followup_outcome_customer", "customer_id"),
        Index("followup_outcome_at", "at"),
        Index("followup_outcome_until", "until"),
        _AUTOINCREMENT,
    )
    id: int | None = _id()
    rule: str = Field(sa_type=Text)
    subject_table: str = Field(sa_type=Text)
    subject_id: int
    occurrence: str = Field(sa_type=Text)
    anchor_on: date
    customer_id: int = Field(foreign_key="customer.id")
    due_on: date
    status: str = Field(sa_type=Text)
    until: date | None = None
    note: str | None = _text()
    staff: str | None = _text()
    at: datetime = Field(sa_type=Moment)
    operation_id: int = Field(foreign_key="operation.id")


class Task(SQLModel, table=True):
    """Something that a colleague noted to do for a customer on a day."""

    __table_args__ = (
        Index("task_due", "due_on"),
        Index("task_customer", "customer_id"),
        Index("task_outcome", "outcome_id"),
        _AUTOINCREMENT,
    )
    id: int | None = _id()
    customer_id: int = Field(foreign_key="customer.id")
    trip_id: int | None = Field(default=None, foreign_key="trip.id")
    due_on: date
    what: str = Field(sa_type=Text)
    owner: str | None = _text()
    noted_on: date
    noted_by: str = Field(sa_type=Text)
    outcome_id: int | None = Field(default=None, foreign_key="followup_outcome.id")
    operation_id: int = Field(foreign_key="operation.id")


class ImportRow(SQLModel, table=True):
    """Which row a line without an identity became, so that the same line is known again."""

    __tablename__ = "import_row"
    fingerprint: str = Field(sa_type=Text, primary_key=True)
    table_name: str = Field(sa_type=Text)
    row_id: int
    operation_id: int = Field(foreign_key="operation.id")


class Setting(SQLModel, table=True):
    """What changes results and belongs to the agency, not to a machine."""

    key: str = Field(sa_type=Text, primary_key=True)
    value: str = Field(sa_type=Text)
