"""The page one wants before a call: who it is, what we know, where they went, what is due.

Everything is as of a day. Personal documents are no part of it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from sqlmodel import Session, col, select

from tourcrm import followup
from tourcrm.agenda.wording import Line
from tourcrm.analysis.population import People
from tourcrm.base import lunar
from tourcrm.base import preferences as words
from tourcrm.base.columns import CUSTOMER, PLAIN, Column
from tourcrm.base.lunar import SpecialDay
from tourcrm.base.parsing import special_day_text
from tourcrm.base.preferences import Pair
from tourcrm.bookings import outstanding, receivables, travellers
from tourcrm.bookings.outstanding import Owed
from tourcrm.bookings.receivables import Debt, Terms
from tourcrm.bookings.status import decision_days, status_on, stood, was_booked
from tourcrm.complaints import queries
from tourcrm.complaints.queries import Row
from tourcrm.customers import contacts, own_fields, preferences, special_days
from tourcrm.customers import queries as roster
from tourcrm.customers import service as customers
from tourcrm.db import engine
from tourcrm.db.codes import id_of
from tourcrm.db.setting import Settings
from tourcrm.models import Customer, Trip
from tourcrm.reports import circle, portrait
from tourcrm.reports.circle import Circle
from tourcrm.reports.portrait import Often, Portrait
from tourcrm.surveys import queries as surveys

CONTACTS = 5
ANSWERS = 3  # of surveys
OPEN = 3
ALONG = 3  # journeys of others


@dataclass(frozen=True, slots=True)
class Person:
    """What the page tells of the customer in words; for the rest see `facts`."""

    code: str
    name: str
    name_pinyin: str | None
    kind: str
    status: str
    lost_on: date | None
    lost_reason: str | None
    rival: str | None
    gender: str | None
    phone: str | None
    phone2: str | None
    wechat: str | None
    email: str | None
    passport_expires_on: date | None
    city: str | None
    occupation: str | None
    owner: str | None
    marketing_consent: str
    do_not_contact: bool
    language: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Anniversary:
    """A special day, when it comes next, and how many years it will then be (None: unknown)."""

    label: str
    day: SpecialDay
    next_on: date
    years: int | None


@dataclass(frozen=True, slots=True)
class Named:
    """Another customer, as far as one is told."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Journey:
    """A trip, as far as one speaks of it. status: as it is shown, completed among them."""

    code: str
    destination: str | None
    departs_on: date | None
    returns_on: date | None
    status: str
    price: int | None
    advisor: str | None
    others: tuple[str, ...] = ()  # who else is on it


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a customer stands among all; see analysis.population for each number. cadence: whoever
    has a trip ahead is active, as the rules have it."""

    tier: str | None
    quadrant: str
    cadence: str
    lateness: float
    expected_gap: float
    recency_days: int
    trips: int
    first_on: date
    average_gap: float | None  # days between departures; None with fewer than two
    revenue: int
    yearly_spend: int | None
    value_per_trip: int | None


@dataclass(frozen=True, slots=True)
class CallSheet:
    """All of it. Contacts are the latest first, special days the next first."""

    who: Person
    facts: Mapping[str, Any]  # all that the rows of CUSTOMER say is told, by field
    as_of: date
    company: Named | None
    referred_by: Named | None
    tags: tuple[str, ...]
    likes: tuple[Pair, ...]  # what they said they like
    own: tuple[tuple[Column, Any], ...]  # the agency's own fields, and what they hold
    portrait: Portrait  # what their trips tell
    circle: Circle | None  # of a company or a channel
    anniversaries: tuple[Anniversary, ...]
    standing: Standing | None  # None before the first departure
    last_trip: Journey | None  # the latest that has departed; it may still be under way
    next_trip: Journey | None
    open: tuple[Journey, ...]  # inquiries and quotes
    decisions: tuple[int, ...]  # days from inquiry to booking, of the trips that tell both
    along: tuple[Journey, ...]  # the last journeys of others that they are on; others: whose
    contacts: tuple[Any, ...]  # rows of interaction.listed
    last_personal: datetime | None
    due: tuple[Line, ...]
    noted: tuple[Line, ...]  # tasks that are not due yet, or held; the next first
    complaints: tuple[Row, ...]  # the open ones first, by urgency; then the closed, latest first
    promised: Owed
    debts: tuple[Debt, ...]  # what they owe, and of a company its people; the oldest first
    answers: tuple[Any, ...]  # rows of survey.listed, the latest first


def build(
    session: Session,
    settings: Settings,
    who: Customer,
    as_of: date,
    language: str,
    now: datetime,
) -> CallSheet:
    """The page of one customer as of a day; what is due in the words of `language`.

    now: the moment of that day as of which the clocks of complaints are read.
    """
    identifier = id_of(who)
    people = followup.everybody(session, settings, as_of)
    standing = _standing(session, identifier, people)
    wanted = contacts.Wanted(zone=settings.zone, customer_id=identifier, last=as_of)
    spoken = list(contacts.listed(session, wanted))
    complained = queries.Wanted(closed=True, customer_id=identifier)
    answered = surveys.Wanted(customer_id=identifier, last=as_of, limit=ANSWERS)
    trips = list(session.exec(select(Trip).where(col(Trip.customer_id) == identifier)).all())
    past, ahead, open_trips = _trips(trips, as_of)
    if standing is not None and ahead:
        standing = replace(standing, cadence="active")
    return CallSheet(
        who=Person(**{field.name: getattr(who, field.name) for field in fields(Person)}),
        facts=_facts(session, who),
        as_of=as_of,
        company=_named(session, who.company_id),
        referred_by=_named(session, who.referred_by_id),
        tags=customers.tags_of(session, who),
        likes=preferences.of_customer(session, who),
        own=tuple(_own(session, who)),
        portrait=portrait.drawn(session, identifier, past, as_of),
        circle=circle.of_customer(session, settings, who, as_of),
        anniversaries=tuple(_anniversaries(session, identifier, as_of)),
        standing=standing,
        last_trip=_together(session, past[-1], as_of) if past else None,
        next_trip=_together(session, ahead[0], as_of) if ahead else None,
        open=tuple(journey(trip, as_of) for trip in open_trips[-OPEN:]),
        decisions=tuple(_decisions(trips, as_of)),
        along=tuple(_along(session, identifier, as_of)),
        contacts=tuple(spoken[:CONTACTS]),
        last_personal=next((one.at for one in spoken if one.personal), None),
        due=tuple(
            followup.for_customer(session, settings, as_of, identifier, language, people=people)
        ),
        noted=tuple(followup.noted(session, settings, as_of, identifier, language, people=people)),
        complaints=tuple(queries.listing(session, settings, now, complained, people=people)),
        promised=outstanding.owed(session, identifier, as_of),
        debts=tuple(receivables.due(session, _terms(settings), as_of, customer_id=identifier)),
        answers=tuple(surveys.listed(session, answered)),
    )


def _facts(session: Session, who: Customer) -> dict[str, Any]:
    """What the rows of CUSTOMER say is told, by field."""
    plain = {one.field: getattr(who, one.field) for one in TOLD if one.stored == PLAIN}
    return plain | {"sources": roster.sources_of(session, id_of(who))}


def _own(session: Session, who: Customer) -> Iterator[tuple[Column, Any]]:
    values = own_fields.of_customer(session, who)
    for column in own_fields.columns(session):
        yield column, values[column.field]


def _terms(settings: Settings) -> Terms:
    return Terms(int(settings["deposit_percent"]), int(settings["balance_days"]))


def _trips(trips: list[Trip], as_of: date) -> tuple[list[Trip], list[Trip], list[Trip]]:
    """The trips of a customer as of a day: begun, still ahead, not booked."""
    booked = sorted(
        (trip for trip in trips if trip.departs_on and stood(trip, as_of)),
        key=lambda trip: (trip.departs_on, trip.id),
    )
    past = [trip for trip in booked if trip.departs_on and trip.departs_on <= as_of]
    ahead = [trip for trip in booked[len(past) :] if was_booked(trip, as_of)]
    return past, ahead, [trip for trip in trips if trip.status in ("inquiry", "quoted")]


def _decisions(trips: Iterable[Trip], as_of: date) -> Iterator[int]:
    for trip in trips:
        days = decision_days(trip.inquired_on, trip.booked_on)
        if days is not None and was_booked(trip, as_of):
            yield days


def journey(trip: Trip, as_of: date) -> Journey:
    """A trip as it stood on a day."""
    stored = "booked" if stood(trip, as_of) else trip.status
    return Journey(
        code=trip.code,
        destination=trip.destination,
        departs_on=trip.departs_on,
        returns_on=trip.returns_on,
        status=status_on(stored, trip.departs_on, trip.returns_on, as_of),
        price=trip.price,
        advisor=trip.advisor,
    )


def _together(session: Session, trip: Trip, as_of: date) -> Journey:
    others = travellers.of_trip(session, trip)
    return replace(journey(trip, as_of), others=tuple(one.name for one in others))


def _along(session: Session, identifier: int, as_of: date) -> Iterator[Journey]:
    """The last journeys of others that a customer is on, as of a day."""
    rows = [row for row in travellers.trips_along(session, identifier) if was_booked(row, as_of)]
    for row in rows[-ALONG:]:
        whose = session.get_one(Customer, row.customer_id)
        yield replace(journey(row, as_of), others=(whose.name,))


def _named(session: Session, customer_id: int | None) -> Named | None:
    if customer_id is None:
        return None
    row = session.get_one(Customer, customer_id)
    return Named(row.code, row.name)


def _anniversaries(session: Session, customer_id: int, as_of: date) -> Iterator[Anniversary]:
    """Special days in the order in which they come next."""
    coming = []
    for label, day in special_days.of_customer(session, customer_id):
        # A lunar year has up to 385 days.
        found = lunar.occurrences(day, as_of, as_of + timedelta(days=385))
        if found:
            year, next_on = found[0]
            years = year - day.year if day.year and year > day.year else None
            coming.append(Anniversary(label, day, next_on, years))
    yield from sorted(coming, key=lambda one: one.next_on)


def _standing(session: Session, customer_id: int, people: People) -> Standing | None:
    people.put(people.places_of([customer_id]))
    found = engine.rows(
        session, "SELECT * FROM population WHERE customer_id = :customer", customer=customer_id
    )
    if not found:
        return None
    row = found[0]
    first_on, last_on = date.fromisoformat(row.first_on), date.fromisoformat(row.last_on)
    gaps = row.trip_days - 1
    return Standing(
        tier=row.tier,
        quadrant=row.quadrant,
        cadence=row.cadence,
        lateness=row.lateness,
        expected_gap=row.expected_gap,
        recency_days=row.recency_days,
        trips=row.trips,
        first_on=first_on,
        average_gap=(last_on - first_on).days / gaps if gaps else None,
        revenue=row.revenue,
        yearly_spend=None if row.yearly_spend is None else round(row.yearly_spend),
        value_per_trip=None if row.value_per_trip is None else round(row.value_per_trip),
    )


# --- one flat object, for scripts -----------------------------------------------------------------

# What is told of the person, in its order; revealed, for it is read out.
TOLD = tuple(
    replace(one, mask="") for one in sorted(CUSTOMER, key=lambda one: one.told) if one.told
)
COLUMNS = (
    *(replace(one, field="customer") if one.field == "code" else one for one in TOLD),
    *(
        Column(field, kind, field, zh, words=words)
        for field, kind, zh, words in (
            ("special_dates", "text", "纪念日", ""),
            ("next_special", "text", "下一个纪念日", ""),
            ("next_special_on", "day", "下一个纪念日日期", ""),
            ("tier", "word", "等级", "tier"),
            ("quadrant", "word", "象限", "quadrant"),
            ("cadence", "word", "活跃度", "cadence"),
            ("lateness", "number", "逾期比", ""),
            ("expected_gap_days", "number", "预计间隔(天)", ""),
            ("recency_days", "count", "距上次(天)", ""),
            ("trips", "count", "次数", ""),
            ("first_departs_on", "day", "首次出发", ""),
            ("average_gap_days", "number", "平均间隔(天)", ""),
            ("revenue", "amount", "收入", ""),
            ("yearly_spend", "amount", "年均消费", ""),
            ("value_per_trip", "amount", "次均消费", ""),
            ("decision_days", "number", "决策天数", ""),
            ("last_trip", "code", "上次订单", ""),
            ("last_destination", "text", "上次目的地", ""),
            ("last_departs_on", "day", "上次出发", ""),
            ("last_returns_on", "day", "上次返回", ""),
            ("next_trip", "code", "下次订单", ""),
            ("next_destination", "text", "下次目的地", ""),
            ("next_departs_on", "day", "下次出发", ""),
            ("next_returns_on", "day", "下次返回", ""),
            ("open_trips", "tags", "未成交订单", ""),
            ("last_travellers", "tags", "上次同行人", ""),
            ("next_travellers", "tags", "下次同行人", ""),
            ("along", "tags", "随行订单", ""),
            ("last_contact_at", "moment", "最近联系时间", ""),
            ("last_contact_channel", "word", "最近联系方式", "contact_channel"),
            ("last_contact_summary", "text", "最近联系内容", ""),
            ("last_personal_contact_at", "moment", "最近双向沟通", ""),
            ("complaints_open", "tags", "未结投诉", ""),
            ("complaints_closed", "count", "已结投诉", ""),
            ("refunds_promised", "amount", "待退款", ""),
            ("balance", "amount", "欠款", ""),
            ("overdue", "amount", "逾期金额", ""),
            ("vouchers", "tags", "可用券", ""),
            ("last_nps", "count", "最近推荐意愿", ""),
            ("last_answered_on", "day", "最近评价日期", ""),
            ("due", "tags", "待跟进", ""),
            ("due_ids", "tags", "待跟进编号", ""),
            ("noted", "tags", "以后的待办", ""),
            ("noted_ids", "tags", "以后的待办编号", ""),
            ("preferences", "preferences", "偏好", ""),
            ("usual_season", "word", "常去季节", "season"),
            ("usual_party", "number", "通常人数", ""),
            ("spend_a_head", "amount", "人均消费", ""),
            ("spend_a_head_a_day", "amount", "人均每天消费", ""),
            ("interval_days", "number", "出行间隔(天)", ""),
            ("favourite_kinds", "tags", "偏爱方式", ""),
            ("favourite_services", "tags", "偏爱产品", ""),
            ("favourite_places", "tags", "偏爱目的地", ""),
            ("price_sensitive", "flag", "价格敏感", ""),
            ("portrait_trips", "count", "画像依据(次)", ""),
            ("circle_customers", "count", "名下客户", ""),
            ("circle_trips", "count", "名下订单", ""),
            ("circle_revenue", "amount", "名下收入", ""),
            ("circle_ahead", "count", "名下未出发", ""),
        )
    ),
)
_OF_STANDING = (
    *("tier", "quadrant", "cadence", "lateness", "recency_days", "trips"),
    *("revenue", "yearly_spend", "value_per_trip"),
)


def flat(sheet: CallSheet) -> dict[str, Any]:
    """The page as one row with the fields of COLUMNS."""
    standing, contact = sheet.standing, sheet.contacts[0] if sheet.contacts else None
    coming = sheet.anniversaries[0] if sheet.anniversaries else None
    days = [(one.label, one.day) for one in sheet.anniversaries]
    row = dict(sheet.facts) | {field: getattr(standing, field, None) for field in _OF_STANDING}
    return row | {
        "customer": sheet.who.code,
        "company": getattr(sheet.company, "code", None),
        "referred_by": getattr(sheet.referred_by, "code", None),
        "tags": sheet.tags or None,
        "special_dates": special_days.text(days) or None,
        "next_special": f"{coming.label} {special_day_text(coming.day)}" if coming else None,
        "next_special_on": coming.next_on if coming else None,
        "expected_gap_days": getattr(standing, "expected_gap", None),
        "first_departs_on": getattr(standing, "first_on", None),
        "average_gap_days": getattr(standing, "average_gap", None),
        "decision_days": median(sheet.decisions) if sheet.decisions else None,
        **_trip_fields("last", sheet.last_trip),
        **_trip_fields("next", sheet.next_trip),
        "last_travellers": getattr(sheet.last_trip, "others", ()) or None,
        "next_travellers": getattr(sheet.next_trip, "others", ()) or None,
        "along": tuple(trip.code for trip in sheet.along) or None,
        "open_trips": tuple(trip.code for trip in sheet.open) or None,
        "last_contact_at": getattr(contact, "at", None),
        "last_contact_channel": getattr(contact, "channel", None),
        "last_contact_summary": getattr(contact, "summary", None),
        "last_personal_contact_at": sheet.last_personal,
        "complaints_open": tuple(one.code for one in sheet.complaints if not one.closed_at) or None,
        "complaints_closed": sum(one.closed_at is not None for one in sheet.complaints),
        "refunds_promised": sheet.promised.amount,
        "balance": sum(debt.balance for debt in sheet.debts),
        "overdue": sum(debt.overdue for debt in sheet.debts),
        "vouchers": tuple(one.code for one in sheet.promised.vouchers) or None,
        "last_nps": next((one.nps for one in sheet.answers if one.nps is not None), None),
        "last_answered_on": sheet.answers[0].answered_on if sheet.answers else None,
        "due": tuple(line.rule for line in sheet.due) or None,
        "due_ids": tuple(line.id for line in sheet.due) or None,
        "noted": tuple(f"{line.due_on} {line.title}" for line in sheet.noted) or None,
        "noted_ids": tuple(line.id for line in sheet.noted) or None,
        "preferences": words.text(sheet.likes) or None,
        **_told(sheet.portrait),
        **{
            f"circle_{name}": getattr(sheet.circle, field, None)
            for name, field in (("customers", "people"), *((one, one) for one in _OF_CIRCLE))
        },
        **{column.field: value for column, value in sheet.own},
    }


_OF_CIRCLE = ("trips", "revenue", "ahead")


def _told(found: Portrait) -> dict[str, Any]:
    def middle(name: str) -> Any:
        return getattr(getattr(found, name), "value", None)

    def favourites(often: Often | None) -> Any:
        return tuple(value for value, _count in often.values) if often else None

    return {
        "usual_season": found.season.values[0][0] if found.season else None,
        "usual_party": middle("party"),
        "spend_a_head": None if found.a_head is None else round(found.a_head.value),
        "spend_a_head_a_day": None if found.a_day is None else round(found.a_day.value),
        "interval_days": middle("interval"),
        "favourite_kinds": favourites(found.kinds),
        "favourite_services": favourites(found.services),
        "favourite_places": favourites(found.places),
        "price_sensitive": found.price.sensitive if found.trips else None,
        "portrait_trips": found.trips,
    }


def columns(sheet: CallSheet) -> tuple[Column, ...]:
    """The columns of the one row, the agency's own fields among them."""
    return (*COLUMNS, *(column for column, _value in sheet.own))


def _trip_fields(which: str, trip: Journey | None) -> dict[str, Any]:
    return {f"{which}_trip": getattr(trip, "code", None)} | {
        f"{which}_{field}": getattr(trip, field, None)
        for field in ("destination", "departs_on", "returns_on")
    }
