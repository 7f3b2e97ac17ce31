"""The tables. Facts only; conclusions (tier, quadrant, completed, due) are computed as of a day.

Money is a whole number of fen, days are ISO dates, moments are aware and stored in UTC.
No I/O here; the statements that create these tables are in db/migrations, and a test holds both
to one another.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Dialect, Index, Text, UniqueConstraint, text
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

from tourcrm.base import vocabulary
from tourcrm.base.moments import moment_of, moment_text

LARGEST_AMOUNT = 10**12  # fen


class Moment(TypeDecorator[datetime]):
    """An aware moment, stored as sortable UTC text, e.g. 2026-11-20T01:30:00Z."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else moment_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else moment_of(value)


def _one_of(column: str, table: str) -> CheckConstraint:
    # OR, not IN: SQLite builds the list of an IN anew for every row it checks.
    accepted = " OR ".join(f"{column} = '{value}'" for value in vocabulary.values(table))
    return CheckConstraint(accepted, name=f"{column}_known")


def _id() -> Any:
    return Field(default=None, primary_key=True)


def _text(default: str | None = None, **more: Any) -> Any:
    return Field(default=default, sa_type=Text, **more)


_AUTOINCREMENT = {"sqlite_autoincrement": True}


class _Table(SQLModel):
    """What all tables are. Their validators are never asked (SQLModel validates no row of a table),
    so that pydantic need not build them: a fifth of the time that this module takes to load."""

    model_config = {"defer_build": True}


# Changes of what a supplier is told of a traveller (customers.documents.PAPERS).
_OF_PAPERS = """
    table_name = 'customer' AND (
        instr(after, '"name"') OR instr(after, '"phone"') OR instr(after, '"id_number"')
        OR instr(after, '"passport_no"') OR instr(after, '"passport_name"')
        OR instr(after, '"passport_expires_on"')
    )
"""


class Operation(_Table, table=True):
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


class Change(_Table, table=True):
    """A row that an operation updated or deleted, before and after, as JSON objects.

    Rows that an operation inserted carry its number in operation_id instead.
    """

    __table_args__ = (
        Index("change_operation", "operation_id"),
        Index("change_papers", "operation_id", sqlite_where=text(_OF_PAPERS)),
        _AUTOINCREMENT,
    )
    id: int | None = _id()
    operation_id: int = Field(foreign_key="operation.id")
    table_name: str = Field(sa_type=Text)
    row_id: int
    customer_id: int | None = None
    before: str = Field(sa_type=Text)
    after: str | None = _text()


class Customer(_Table, table=True):
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
        Index("customer_limit", "credit_limit", sqlite_where=text("credit_limit IS NOT NULL")),
        Index("customer_lost", "lost_on", sqlite_where=text("lost_on IS NOT NULL")),
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
    needs: str | None = _text()
    credit_days: int | None = None
    credit_limit: int | None = Field(default=None, sa_type=BigInteger)
    erased_on: date | None = None
    company_type: str | None = _text()
    travel_policy: str | None = _text()
    valued: str | None = _text()


class CustomerTag(_Table, table=True):
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


class SpecialDate(_Table, table=True):
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


class Product(_Table, table=True):
    """What the agency sells again and again. list_price: fen a person."""

    __table_args__ = (
        UniqueConstraint("code", name="product_code"),
        _one_of("service", "service"),
        _one_of("kind", "trip_kind"),
        CheckConstraint("days BETWEEN 1 AND 366", name="days_known"),
        CheckConstraint(f"list_price BETWEEN 0 AND {LARGEST_AMOUNT}", name="list_price_known"),
        _AUTOINCREMENT,
    )
    id: int | None = _id()
    code: str = Field(sa_type=Text)
    name: str = Field(sa_type=Text)
    service: str = _text("tour", nullable=False)
    kind: str = _text("group", nullable=False)
    destination: str | None = _text()
    abroad: bool | None = None
    days: int | None = None
    list_price: int | None = Field(default=None, sa_type=BigInteger)
    note: str | None = _text()
    operation_id: int = Field(foreign_key="operation.id")


class Departure(_Table, table=True):
    """A dated run of what is sold, with seats. Those that are left are never stored: they follow
    from the trips that are booked on it. seats: None where nobody said how many."""

    __table_args__ = (
        UniqueConstraint("code", name="departure_code"),
        CheckConstraint("seats BETWEEN 0 AND 100000", name="seats_known"),
        CheckConstraint("returns_on >= departs_on", name="returns_after_departure"),
        Index("departure_departs", "departs_on"),
        Index("departure_product", "product_id"),
        _AUTOINCREMENT,
    )
    id: int | None = _id()
    code: str = Field(sa_type=Text)
    product_id: int | None = Field(default=None, foreign_key="product.id")
    destination: str | None = _text()
    departs_on: date
    returns_on: date
    seats: int | None = None
    guide: str | None = _text()
    note: str | None = _text()
    operation_id: int = Field(foreign_key="operation.id")


class Trip(_Table, table=True):
    """One customer's journey from inquiry to memory. price: fen, None where unknown. fee: what is
    owed although it was cancelled, in fen."""

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
        Index("trip_quoted", "quoted_on", sqlite_where=text("quoted_on IS NOT NULL")),
        Index("trip_open", "status", sqlite_where=text("status IN ('inquiry', 'quoted')")),
        Index(
            "trip_departure",
            *("departure_id", "status", "party_size", "queued_at"),
            sqlite_where=text("departure_id IS NOT NULL"),
        ),
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
    departure_id: int | None = Field(default=None, foreign_key="departure.id")
    queued_at: datetime | None = Field(default=None, sa_type=Moment)
    needs: str | None = _text()
    fee: int | None = Field(default=None, sa_type=BigInteger)


class Traveller(_Table, table=True):
    """Who else is on a trip, beside the customer whose trip it is."""

    __table_args__ = (
        UniqueConstraint("trip_id", "customer_id", name="traveller_once"),
        Index("traveller_customer", "customer_id"),
        _AUTOINCREMENT,
    )
    id: int | None = _id()
    trip_id: int = Field(foreign_key="trip.id")
    customer_id: int = Field(foreign_key="customer.id")
    operation_id: int = Field(foreign_key="operation.id")


class ItineraryLine(_Table, table=True):
    """What happens on a day of a trip, or of a departure and so of all its trips."""

    __tablename__ = "itinerary_line"
    __table_args__ = (
        CheckConstraint("(trip_id IS NULL) <> (departure_id IS NULL)", name="of_one"),
        Index("itinerary_line_trip", "trip_id", "on_day"),
        Index("itinerary_line_departure", "departure_id", "on_day"),
        _AUTOINCREMENT,
    )
    id: int | None = _id()
    trip_id: int | None = Field(default=None, foreign_key="trip.id")
    departure_id: int | None = Field(default=None, foreign_key="departure.id")
    on_day: date
    what: str = Field(sa_type=Text)
    operation_id: int = Field(foreign_key="operation.id")


class DestinationNote(_Table, table=True):
    """What those who go to a place should know: one text a topic."""

    __tablename__ = "destination_note"
    __table_args__ = (
        UniqueConstraint("destination", "topic", name="destination_note_once"),
        _one_of("topic", "destination_topic"),
        _AUTOINCREMENT,
    )
    id: int | None = _id()
    destination: str = Field(sa_type=Text)
    topic: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)
    operation_id: int = Field(foreign_key="operation.id")


class Installment(_Table, table=True):
    """A part of a trip's price, and the day by which it is to be paid: together they are its plan.
    amount: fen."""

    __table_args__ = (
        UniqueConstraint("trip_id", "kind", name="installment_once"),
        _one_of("kind", "installment_kind"),
        CheckConstraint(f"amount BETWEEN 1 AND {LARGEST_AMOUNT}", name="amount_known"),
        Index("installment_due", "due_on"),
        _AUTOINCREMENT,
    )
    id: int | None = _id()
    trip_id: int = Field(foreign_key="trip.id")
    kind: str = Field(sa_type=Text)
    amount: int = Field(sa_type=BigInteger)
    due_on: date
    operation_id: int = Field(foreign_key="operation.id")


class TripCost(_Table, table=True):
    """What a trip costs the agency, in fen. commission: the share of the amount that the supplier
    leaves to the agency, 0.1 for 10 %. Taken back by a line that names the one it undoes."""

    __tablename__ = "trip_cost"
    __table_args__ = (
        UniqueConstraint("reverses_id", name="trip_cost_reversed_once"),
        CheckConstraint(
            f"amount <> 0 AND amount BETWEEN -{LARGEST_AMOUNT} AND {LARGEST_AMOUNT}",
            name="amount_known",
        ),
        CheckConstraint("commission BETWEEN 0 AND 1", name="commission_known"),
        Index("trip_cost_trip", "trip_id"),
        Index("trip_cost_due", "due_on"),
        _AUTOINCREMENT,
    )
    id: int | None = _id()
    trip_id: int = Field(foreign_key="trip.id")
    reverses_id: int | None = Field(default=None, foreign_key="trip_cost.id")
    supplier: str | None = _text()
    what: str | None = _text()
    amount: int = Field(sa_type=BigInteger)
    commission: float | None = None
    noted_on: date
    due_on: date | None = None
    paid_on: date | None = None
    operation_id: int = Field(foreign_key="operation.id")


class Interaction(_Table, table=True):
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


class FollowupOutcome(_Table, table=True):
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


class Task(_Table, table=True):
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


class Complaint(_Table, table=True):
    """A complaint as it stands; its steps are its events. cause: None until it was found."""

    __table_args__ = (
        UniqueConstraint("code", name="complaint_code"),
        _one_of("severity", "severity"),
        _one_of("category", "complaint_category"),
        _one_of("cause", "cause"),
        CheckConstraint("satisfaction BETWEEN 1 AND 5", name="satisfaction_known"),
        Index("complaint_customer", "customer_id"),
        Index("complaint_trip", "trip_id"),
        Index("complaint_opened", "opened_at"),
        _AUTOINCREMENT,
    )
    id: int | None = _id()
    code: str = Field(sa_type=Text)
    customer_id: int = Field(foreign_key="customer.id")
    trip_id: int | None = Field(default=None, foreign_key="trip.id")
    severity: str = _text("routine", nullable=False)
    category: str = _text("other", nullable=False)
    text: str = Field(sa_type=Text)
    opened_at: datetime = Field(sa_type=Moment)
    cause: str | None = _text()
    supplier: str | None = _text()
    in_charge: str | None = _text()
    satisfaction: int | None = None
    operation_id: int = Field(foreign_key="operation.id")


class ComplaintEvent(_Table, table=True):
    """One step of a complaint; append-only. detail: what the step settled (a cause, a code). clock:
    of a step from which a clock runs, the minutes and hours by which it does (see deadlines)."""

    __tablename__ = "complaint_event"
    __table_args__ = (
        _one_of("step", "complaint_step"),
        Index("complaint_event_complaint", "complaint_id", "at"),
        Index("complaint_event_step", "step", "at"),
        _AUTOINCREMENT,
    )
    id: int | None = _id()
    complaint_id: int = Field(foreign_key="complaint.id")
    step: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Moment)
    staff: str = Field(sa_type=Text)
    detail: str | None = _text()
    text: str | None = _text()
    operation_id: int = Field(foreign_key="operation.id")
    clock: str | None = _text()


class ComplaintFix(_Table, table=True):
    """What the agency promised itself to mend after a complaint; open until done."""

    __tablename__ = "complaint_fix"
    __table_args__ = (
        Index("complaint_fix_complaint", "complaint_id"),
        Index("complaint_fix_open", "promised_on", sqlite_where=text("done_on IS NULL")),
        _AUTOINCREMENT,
    )
    id: int | None = _id()
    complaint_id: int = Field(foreign_key="complaint.id")
    what: str = Field(sa_type=Text)
    owner: str = Field(sa_type=Text)
    promised_on: date
    done_on: date | None = None
    operation_id: int = Field(foreign_key="operation.id")


class Payment(_Table, table=True):
    """One signed line of money, in fen: received positive, refunded negative. Never edited, but for
    the day on which a promise is paid; taken back by a reversal, which names the line it undoes."""

    __table_args__ = (
        UniqueConstraint("code", name="payment_code"),
        UniqueConstraint("reverses_id", name="payment_reversed_once"),
        _one_of("kind", "payment_kind"),
        _one_of("reason", "payment_reason"),
        CheckConstraint(
            f"amount <> 0 AND amount BETWEEN -{LARGEST_AMOUNT} AND {LARGEST_AMOUNT}",
            name="amount_known",
        ),
        CheckConstraint(
            "(kind IN ('deposit', 'balance') AND amount > 0) OR (kind = 'refund' AND amount < 0) "
            "OR (kind = 'reversal' AND reverses_id IS NOT NULL)",
            name="amount_signed",
        ),
        Index("payment_trip", "trip_id"),
        Index("payment_complaint", "complaint_id"),
        Index("payment_promised", "promised_on", sqlite_where=text("paid_on IS NULL")),
        _AUTOINCREMENT,
    )
    id: int | None = _id()
    code: str = Field(sa_type=Text)
    trip_id: int = Field(foreign_key="trip.id")
    complaint_id: int | None = Field(default=None, foreign_key="complaint.id")
    reverses_id: int | None = Field(default=None, foreign_key="payment.id")
    kind: str = Field(sa_type=Text)
    reason: str | None = _text()
    amount: int = Field(sa_type=BigInteger)
    promised_on: date
    paid_on: date | None = None
    method: str | None = _text()
    reference: str | None = _text()
    note: str | None = _text()
    operation_id: int = Field(foreign_key="operation.id")


class Voucher(_Table, table=True):
    """Something promised for a later trip. pay_ratio: what the customer pays, 0.8 for 80 %;
    amount: fen."""

    __table_args__ = (
        UniqueConstraint("code", name="voucher_code"),
        _one_of("kind", "voucher_kind"),
        CheckConstraint("pay_ratio > 0 AND pay_ratio < 1", name="pay_ratio_known"),
        CheckConstraint(f"amount BETWEEN 1 AND {LARGEST_AMOUNT}", name="amount_known"),
        CheckConstraint(
            "(kind = 'discount') = (pay_ratio IS NOT NULL) "
            "AND (kind <> 'amount' OR amount IS NOT NULL)",
            name="worth_known",
        ),
        CheckConstraint("expires_on >= issued_on", name="expires_after_issue"),
        Index("voucher_customer", "customer_id"),
        Index("voucher_complaint", "complaint_id"),
        Index("voucher_trip", "redeemed_trip_id"),
        _AUTOINCREMENT,
    )
    id: int | None = _id()
    code: str = Field(sa_type=Text)
    customer_id: int = Field(foreign_key="customer.id")
    complaint_id: int | None = Field(default=None, foreign_key="complaint.id")
    kind: str = Field(sa_type=Text)
    pay_ratio: float | None = None
    amount: int | None = Field(default=None, sa_type=BigInteger)
    what: str | None = _text()
    issued_on: date
    expires_on: date | None = None
    redeemed_trip_id: int | None = Field(default=None, foreign_key="trip.id")
    redeemed_on: date | None = None
    withdrawn_on: date | None = None
    note: str | None = _text()
    operation_id: int = Field(foreign_key="operation.id")


def _from_1_to_5(column: str) -> CheckConstraint:
    return CheckConstraint(f"{column} BETWEEN 1 AND 5", name=f"{column}_known")


class SurveyResponse(_Table, table=True):
    """An answer of a customer. nps: 0 to 10; csat and the aspects (guide ... price): 1 to 5."""

    __tablename__ = "survey_response"
    __table_args__ = (
        CheckConstraint("nps BETWEEN 0 AND 10", name="nps_known"),
        *map(
            _from_1_to_5,
            ("csat", "guide", "hotel", "meals", "transport", "itinerary", "price"),
        ),
        Index("survey_response_customer", "customer_id", "answered_on"),
        Index("survey_response_trip", "trip_id"),
        Index("survey_response_answered", "answered_on"),
        _AUTOINCREMENT,
    )
    id: int | None = _id()
    customer_id: int = Field(foreign_key="customer.id")
    trip_id: int | None = Field(default=None, foreign_key="trip.id")
    answered_on: date
    nps: int | None = None
    csat: int | None = None
    guide: int | None = None
    hotel: int | None = None
    meals: int | None = None
    transport: int | None = None
    itinerary: int | None = None
    price: int | None = None
    comment: str | None = _text()
    staff: str | None = _text()
    operation_id: int = Field(foreign_key="operation.id")


class Notice(_Table, table=True):
    """A message to the agency's own people that is to be sent, until it is. channel: the name of a
    place to send to, of the settings. subject_*: what it is about; once names what it says."""

    __table_args__ = (
        UniqueConstraint("channel", "subject_table", "subject_id", "once", name="notice_said_once"),
        Index("notice_unsent", "made_at", sqlite_where=text("sent_at IS NULL")),
        _AUTOINCREMENT,
    )
    id: int | None = _id()
    channel: str = Field(sa_type=Text)
    subject_table: str = Field(sa_type=Text)
    subject_id: int
    once: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)
    made_at: datetime = Field(sa_type=Moment)
    sent_at: datetime | None = Field(default=None, sa_type=Moment)
    given_up_at: datetime | None = Field(default=None, sa_type=Moment)
    tries: int = 0
    tried_at: datetime | None = Field(default=None, sa_type=Moment)
    error: str | None = _text()


class CalendarEntry(_Table, table=True):
    """What the calendar of a colleague, or that of all (owner ""), was told: it is told, too, when
    that is off. id: of its follow-up, or of the first one of a departure."""

    __tablename__ = "calendar_entry"
    __table_args__ = (Index("calendar_entry_day", "owner", "day"),)
    owner: str = Field(sa_type=Text, primary_key=True)
    id: str = Field(sa_type=Text, primary_key=True)
    day: date
    rule: str = Field(sa_type=Text)


class Look(_Table, table=True):
    """Somebody looked at what is hidden elsewhere. customer_id: of whom; none: of all in a list.
    what: the words of the command."""

    __table_args__ = (Index("look_customer", "customer_id"), _AUTOINCREMENT)
    id: int | None = _id()
    customer_id: int | None = Field(default=None, foreign_key="customer.id")
    what: str = Field(sa_type=Text)
    operation_id: int = Field(foreign_key="operation.id")


class CustomerAlias(_Table, table=True):
    """A code by which a customer was known before two were merged."""

    __tablename__ = "customer_alias"
    __table_args__ = (
        UniqueConstraint("code", name="customer_alias_code"),
        Index("customer_alias_customer", "customer_id"),
        _AUTOINCREMENT,
    )
    id: int | None = _id()
    customer_id: int = Field(foreign_key="customer.id")
    code: str = Field(sa_type=Text)
    operation_id: int = Field(foreign_key="operation.id")


class CustomerSource(_Table, table=True):
    """The number that a source (a booking site, a shop) has for a customer: an identity."""

    __tablename__ = "customer_source"
    __table_args__ = (
        UniqueConstraint("source", "number", name="customer_source_once"),
        Index("customer_source_customer", "customer_id"),
        _AUTOINCREMENT,
    )
    id: int | None = _id()
    customer_id: int = Field(foreign_key="customer.id")
    source: str = Field(sa_type=Text)
    number: str = Field(sa_type=Text)
    first_seen: date
    last_seen: date
    operation_id: int = Field(foreign_key="operation.id")


class Preference(_Table, table=True):
    """What a customer likes, as they said it, apart from what their trips tell: seat, aisle."""

    __table_args__ = (
        UniqueConstraint("customer_id", "key", name="preference_once"),
        Index("preference_key", "key", "value"),
        _AUTOINCREMENT,
    )
    id: int | None = _id()
    customer_id: int = Field(foreign_key="customer.id")
    key: str = Field(sa_type=Text)
    value: str = Field(sa_type=Text)
    operation_id: int = Field(foreign_key="operation.id")


class OwnField(_Table, table=True):
    """A column of customers that the agency added itself."""

    __tablename__ = "own_field"
    __table_args__ = (UniqueConstraint("name", name="own_field_name"), _AUTOINCREMENT)
    id: int | None = _id()
    name: str = Field(sa_type=Text)
    kind: str = _text("text", nullable=False)
    operation_id: int = Field(foreign_key="operation.id")


class OwnValue(_Table, table=True):
    """What such a column holds for a customer."""

    __tablename__ = "own_value"
    __table_args__ = (
        UniqueConstraint("customer_id", "field_id", name="own_value_once"),
        Index("own_value_field", "field_id", "value"),
        _AUTOINCREMENT,
    )
    id: int | None = _id()
    customer_id: int = Field(foreign_key="customer.id")
    field_id: int = Field(foreign_key="own_field.id")
    value: str = Field(sa_type=Text)
    operation_id: int = Field(foreign_key="operation.id")


class SavedFilter(_Table, table=True):
    """A selection of customers that has a name. options: JSON, the options of the command."""

    __tablename__ = "saved_filter"
    __table_args__ = (UniqueConstraint("name", name="saved_filter_name"), _AUTOINCREMENT)
    id: int | None = _id()
    name: str = Field(sa_type=Text)
    options: str = Field(sa_type=Text)
    operation_id: int = Field(foreign_key="operation.id")


class ChannelConsent(_Table, table=True):
    """Whether a customer agrees to be written to on a channel; the newest day counts."""

    __tablename__ = "channel_consent"
    __table_args__ = (
        UniqueConstraint("customer_id", "channel", name="channel_consent_once"),
        _one_of("channel", "contact_channel"),
        _one_of("answer", "consent"),
        _AUTOINCREMENT,
    )
    id: int | None = _id()
    customer_id: int = Field(foreign_key="customer.id")
    channel: str = Field(sa_type=Text)
    answer: str = Field(sa_type=Text)
    said_on: date
    source: str | None = _text()
    operation_id: int = Field(foreign_key="operation.id")


class DistinctPair(_Table, table=True):
    """Two customers who look alike and are not the same, as a person said. The lower id first."""

    __tablename__ = "distinct_pair"
    __table_args__ = (
        UniqueConstraint("customer_id", "other_id", name="distinct_pair_once"),
        Index("distinct_pair_other", "other_id"),
        _AUTOINCREMENT,
    )
    id: int | None = _id()
    customer_id: int = Field(foreign_key="customer.id")
    other_id: int = Field(foreign_key="customer.id")
    operation_id: int = Field(foreign_key="operation.id")


class Erased(_Table, table=True):
    """A number of somebody whose file was erased, as a keyed hash: who comes again is asked for."""

    __table_args__ = (UniqueConstraint("digest", name="erased_digest"), _AUTOINCREMENT)
    id: int | None = _id()
    digest: str = Field(sa_type=Text)
    erased_on: date
    operation_id: int = Field(foreign_key="operation.id")


class RejectFile(_Table, table=True):
    """A file of rejected rows that an import left behind: whoever is erased goes from it, too."""

    __tablename__ = "reject_file"
    __table_args__ = (UniqueConstraint("path", name="reject_file_path"), _AUTOINCREMENT)
    id: int | None = _id()
    path: str = Field(sa_type=Text)
    written_on: date


class ImportRow(_Table, table=True):
    """Which row a line without an identity became, so that the same line is known again."""

    __tablename__ = "import_row"
    fingerprint: str = Field(sa_type=Text, primary_key=True)
    table_name: str = Field(sa_type=Text)
    row_id: int
    operation_id: int = Field(foreign_key="operation.id")


class Setting(_Table, table=True):
    """What changes results and belongs to the agency, not to a machine."""

    key: str = Field(sa_type=Text, primary_key=True)
    value: str = Field(sa_type=Text)
