"""Answers to surveys: taking one down.

An answer is that of a customer about a trip (or about none), and there is one for each: a second
one replaces the first, or is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from tourcrm.base import columns
from tourcrm.base.display import visible
from tourcrm.base.errors import Message, Refused
from tourcrm.base.i18n import N_
from tourcrm.base.ratings import RATED
from tourcrm.base.vocabulary import IN_PERSON, SELDOM_TRAVEL
from tourcrm.customers import contacts
from tourcrm.db import engine, operations
from tourcrm.db.codes import Number, id_of
from tourcrm.db.engine import Raw
from tourcrm.models import Customer, Interaction, SurveyResponse, Trip

RATINGS = RATED
ASPECTS = RATED[1:]
SCORES = ("nps", *RATINGS)
# What a customer says: all of an answer but its day and who took it down.
ANSWERS = tuple(
    field for field in columns.plain(columns.SURVEY) if field not in ("answered_on", "staff")
)


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer as it stands now. trip: None where it is about none. changed: of one replaced.
    past: the code and the last day of the trip that was over for too long to be meant."""

    customer: str
    name: str
    trip: str | None
    destination: str | None
    returned_on: date | None
    answered_on: date
    answers: Mapping[str, Any]
    new: bool
    changed: tuple[str, ...] = ()
    past: tuple[str, date] | None = None


LATELY = 180  # days from a return in which an answer is about that trip, unless somebody says so
# The trips from which somebody had returned by a day, visas and insurances aside.
RETURNED = (
    f"status = 'booked' AND service NOT IN {SELDOM_TRAVEL} AND coalesce(returns_on, departs_on) <= "
)


class _Last(NamedTuple):
    """The trip from which a customer had returned last, and whether that was long ago."""

    id: int
    code: str
    back: date
    long_ago: bool


def last_trip(
    connection: Raw, customer_id: int, day: date, *, whenever: bool = False
) -> int | None:
    """The trip from which a customer had returned last by a day; None where that was long ago,
    unless `whenever` says that this makes no difference."""
    last = _last_return(connection, customer_id, day)
    return None if last is None or (last.long_ago and not whenever) else last.id


def _last_return(connection: Raw, customer_id: int, day: date) -> _Last | None:
    found = connection.execute(
        f"""
        SELECT id, code, coalesce(returns_on, departs_on) AS back FROM trip
        WHERE customer_id = ? AND {RETURNED} ?
        ORDER BY back DESC, departs_on DESC, id DESC LIMIT 1
        """,  # noqa: S608 - a constant
        (customer_id, day.isoformat()),
    ).fetchone()
    if found is None:
        return None
    number, code, iso = found
    back = date.fromisoformat(iso)
    return _Last(int(number), code, back, (day - back).days > LATELY)


def add(
    session: Session,
    number: Number,
    who: Customer,
    values: Mapping[str, Any],
    *,
    now: datetime,
    zone: tzinfo,
    about: Trip | None = None,
    channel: str = "other",
    staff: str,
    replace: bool = False,
) -> Answered:
    """Take down what a customer answered, from checked values by column.

    about: one of this customer's trips; None = the one they returned from last, if that was
    lately. A new answer is
    also a contact, personal if it was given in a talk. Raises Refused without any answer, for a day
    that has not come, before a trip has begun, and for a second answer unless it is to `replace`
    the first: then what is given wins, and the rest stays.
    """
    today = now.astimezone(zone).date()
    day = values.get("answered_on") or today
    if day > today:
        raise Refused(N_("{day} lies ahead; say a day that has come."), day=day)
    past = None
    if about is not None:
        _check_travelled(about, day)
    else:
        about, past = _about_last(session, id_of(who), day)
    row = _standing(session, id_of(who), about, day)
    if row is None:
        row = _take_down(session, number, who, about, values, day, staff)
        at = now if day == today else noon(day, zone)
        of_answer = contact_of(_answers(row), channel) | {"trip_id": row.trip_id, "at": at}
        contacts.write(session, row.operation_id, id_of(who), staff=row.staff, **of_answer)
        return _answered(who, about, row, new=True, past=past)
    if not replace:
        raise Refused(
            N_(
                "{customer} has answered about {trip} already, on {day}: {answers}. "
                "To change that answer, add --replace to the same command."
            ),
            customer=who.code,
            trip="-" if about is None else about.code,
            day=row.answered_on,
            answers=visible(summary(_answers(row)), 120),
        )
    changed = _replace(session, number, row, values, today, zone)
    return _answered(who, about, row, changed=changed, past=past)


def _about_last(
    session: Session, customer_id: int, day: date
) -> tuple[Trip | None, tuple[str, date] | None]:
    """The trip that an answer of a day is about where nobody says it; or that which was over for
    too long, as Answered tells it."""
    last = _last_return(engine.raw(session), customer_id, day)
    if last is None:
        return None, None
    if last.long_ago:
        return None, (last.code, last.back)
    return session.get_one(Trip, last.id), None


def _take_down(
    session: Session,
    number: Number,
    who: Customer,
    about: Trip | None,
    said: Mapping[str, Any],
    day: date,
    staff: str,
) -> SurveyResponse:
    """Store a new answer. Raises Refused for one that says nothing."""
    if all(said.get(field) is None for field in ANSWERS):
        raise Refused(
            N_("What did they answer? Say at least one of: --nps 9, --csat 4, --guide 5, --comment")
        )
    row = SurveyResponse(
        customer_id=id_of(who),
        trip_id=None if about is None else about.id,
        answered_on=day,
        staff=said.get("staff") or staff,
        operation_id=number(),
        **{field: said.get(field) for field in ANSWERS},
    )
    return operations.add(session, row)


def _answered(
    who: Customer,
    about: Trip | None,
    row: SurveyResponse,
    *,
    new: bool = False,
    changed: tuple[str, ...] = (),
    past: tuple[str, date] | None = None,
) -> Answered:
    return Answered(
        customer=who.code,
        name=who.name,
        trip=None if about is None else about.code,
        destination=None if about is None else about.destination,
        returned_on=None if about is None else about.returns_on or about.departs_on,
        answered_on=row.answered_on,
        answers=_answers(row),
        new=new,
        changed=changed,
        past=past,
    )


def contact_of(answers: Mapping[str, Any], channel: str = "other") -> dict[str, Any]:
    """The contact that an answer is. Filling in a form is no talk."""
    return {
        "channel": channel,
        "direction": "in",
        "kind": "survey",
        "personal": channel in IN_PERSON,
        "summary": summary(answers),
    }


def _replace(
    session: Session,
    number: Number,
    row: SurveyResponse,
    values: Mapping[str, Any],
    today: date,
    zone: tzinfo,
) -> tuple[str, ...]:
    """Change an answer; what is given wins, None clears. Its contact says so. Returns the columns
    that changed."""
    facts = {
        field: value
        for field, value in values.items()
        if value is not None or field in ANSWERS  # there is always a day, and somebody
    }
    before = _answers(row)
    after = before | facts
    if all(after[field] is None for field in ANSWERS):
        raise Refused(N_("Nothing would be left of this answer; leave at least one of them."))
    if all(getattr(row, field) == value for field, value in facts.items()):
        return ()
    note_change(session, number, row, before, after, today, zone)
    return operations.edit(session, number(), row, facts, row.customer_id)


def note_change(
    session: Session,
    number: Number,
    row: SurveyResponse,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    today: date,
    zone: tzinfo,
) -> None:
    """Let the contact of an answer say that it is changed. before: with the day and the trip that
    it had then, where those change, too."""
    was, now = ({name: one.get(name) for name in ANSWERS} for one in (before, after))
    contact = _contact(session, row, before, zone) if was != now else None
    if contact is not None:
        said = Message(
            N_("{now} (changed on {day}; it was: {before})"),
            now=summary(now),
            day=today,
            before=summary(was),
        )
        operations.edit(session, number(), contact, {"summary": str(said)}, row.customer_id)


def _contact(
    session: Session, row: SurveyResponse, before: Mapping[str, Any], zone: tzinfo
) -> Interaction | None:
    """The contact that was logged with an answer: of its operation, its day and its trip."""
    day = before.get("answered_on", row.answered_on)
    trip = before.get("trip_id", row.trip_id)
    return session.exec(
        select(Interaction).where(
            col(Interaction.customer_id) == row.customer_id,
            col(Interaction.operation_id) == row.operation_id,
            col(Interaction.kind) == "survey",
            col(Interaction.trip_id).is_not_distinct_from(trip),
            col(Interaction.at) >= datetime.combine(day, time(), zone),
            col(Interaction.at) < datetime.combine(day + timedelta(1), time(), zone),
        )
    ).first()


def check_travels(about: Trip) -> None:
    """Raises Refused for a trip about which nobody can be asked: it was never made."""
    if about.status != "booked" or about.departs_on is None:
        raise Refused(
            N_("Nobody travels on {code}: it is not a booked trip. See: tourcrm trips show {code}"),
            code=about.code,
        )


def _check_travelled(about: Trip, day: date) -> None:
    check_travels(about)
    if about.departs_on is not None and about.departs_on > day:
        raise Refused(
            N_(
                "{code} departs on {departs}, after {day}; check the trip, or say the day: "
                "--on DATE"
            ),
            code=about.code,
            departs=about.departs_on,
            day=day,
        )


def _standing(
    session: Session, customer_id: int, about: Trip | None, day: date
) -> SurveyResponse | None:
    """The answer that there is about a trip; about none, that of the same day."""
    same = select(SurveyResponse).where(col(SurveyResponse.customer_id) == customer_id)
    if about is None:
        same = same.where(
            col(SurveyResponse.trip_id).is_(None), col(SurveyResponse.answered_on) == day
        )
    else:
        same = same.where(col(SurveyResponse.trip_id) == about.id)
    return session.exec(same.order_by(col(SurveyResponse.id).desc()).limit(1)).first()


def _answers(row: SurveyResponse) -> dict[str, Any]:
    return {field: getattr(row, field) for field in ANSWERS}


def noon(day: date, zone: tzinfo) -> datetime:
    """When an answer of a day came, where nobody said the time."""
    return datetime.combine(day, time(12), zone)


def summary(answers: Mapping[str, Any]) -> str:
    """An answer in one line, the same in every language: NPS 9, CSAT 4: the comment."""
    points = [
        f"{name} {answers[field]}"
        for field, name in (("nps", "NPS"), ("csat", "CSAT"))
        if answers.get(field) is not None
    ]
    rated = [f"{field} {answers[field]}" for field in ASPECTS if answers.get(field) is not None]
    text = ", ".join(points or rated)
    comment = answers.get("comment")
    return ": ".join(part for part in (text, comment) if part)
