"""Handling a complaint, step by step: opened, answered, judged, resolved, closed, reopened.

Which step may follow is decided by `lifecycle`, what is given for it by `compensation`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from tourcrm.base.display import visible
from tourcrm.base.errors import Message, Refused, WrongUsage
from tourcrm.base.i18n import N_
from tourcrm.complaints import clock, compensation, fixes, policy, queries, steps
from tourcrm.complaints.lifecycle import CHECKLIST, WAIVED, require
from tourcrm.complaints.policy import REFUND
from tourcrm.complaints.steps import Act, Done
from tourcrm.customers import contacts
from tourcrm.db import codes, operations
from tourcrm.db.codes import id_of
from tourcrm.models import Complaint, Customer, Trip

# --- opened ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Opening:
    """What is said of a new complaint. at: when it came, now if nobody says; channel: how; more:
    further columns of it."""

    text: str
    severity: str = "routine"
    category: str = "other"
    channel: str = "phone"
    at: datetime | None = None
    in_charge: str | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


def open_(act: Act, who: Customer, said: Opening, about: Trip | None = None) -> Done:
    """Open a complaint, and log that the customer got in touch. about: a trip of this customer.

    The same words of the same customer, still open, are the same complaint: nothing is added.
    Raises Refused for a moment that has not come, and for those words with another trip, category,
    severity or person in charge.
    """
    for same in _same(act.session, who, said.text):
        known, _events = clock.course_of(act.session, same)
        if known.closed_at is None:
            _refuse_other(same, said, about)
            return steps.done(act, same, changed=False)
    if said.at is not None:
        steps.refuse_ahead(act, said.at)
    at = clock.stored_moment(said.at or act.now)
    day = at.astimezone(act.settings.zone).date()
    likely = None if about else clock.likely_trip(act.session, who, day)
    under_way = said.severity == "crisis" and likely is not None and _is_on(likely, day)
    about = likely if under_way else about
    identifier = codes.next_id(act.session, "complaint")
    row = Complaint(
        id=identifier,
        code=codes.code_of(identifier, "complaint"),
        customer_id=id_of(who),
        trip_id=id_of(about) if about else None,
        severity=said.severity,
        category=said.category,
        text=said.text,
        opened_at=at,
        in_charge=said.in_charge,
        operation_id=act.number(),
        **said.more,
    )
    operations.add(act.session, row)
    steps.record(act, row, "opened", at, text=said.text)
    if said.in_charge:
        steps.record(act, row, "in_charge", max(at, act.now), detail=said.in_charge)
    _contact(act, row, said.channel, "in", said.text, at)
    notes = (_trip_note(row, likely, taken=under_way),) if likely is not None else ()
    return steps.done(act, row, notes=notes)


def _is_on(about: Trip, day: date) -> bool:
    back = about.returns_on or about.departs_on
    return back is not None and back >= day


def _same(session: Session, who: Customer, text: str) -> list[Complaint]:
    return list(
        session.exec(
            select(Complaint).where(
                col(Complaint.customer_id) == id_of(who), col(Complaint.text) == text
            )
        )
    )


def _refuse_other(row: Complaint, said: Opening, about: Trip | None) -> None:
    """Refuse the words of an open complaint with something that it is not: it would be lost."""
    if (
        (said.severity == "crisis" and row.severity != "crisis")
        or said.category not in ("other", row.category)
        or (about is not None and about.id != row.trip_id)
        or said.in_charge not in (None, row.in_charge)
        or any(getattr(row, name) != value for name, value in said.more.items())
    ):
        raise Refused(
            N_(
                "{code} with the same words is open already. To change it: tourcrm complaints edit "
                "{code}; if it is another one, say it in other words."
            ),
            code=row.code,
        )


def _trip_note(row: Complaint, likely: Trip, *, taken: bool) -> Message:
    """Which trip it may be about; taken: that of a crisis on the way is taken for it."""
    return Message(
        N_(
            "Taken as about {trip} ({destination}, {day}), on which they are. If it is about "
            "another: tourcrm complaints edit {code} --trip TRIP"
        )
        if taken
        else N_(
            "No trip was named. If it is about {trip} ({destination}, {day}): "
            "tourcrm complaints edit {code} --trip {trip}"
        ),
        trip=visible(likely.code, 40),
        destination=visible(likely.destination or "?", 40),
        day=likely.departs_on,
        code=row.code,
    )


def _contact(
    act: Act, row: Complaint, channel: str | None, direction: str, text: str | None, at: datetime
) -> None:
    """Log that agency and customer were in touch, where somebody said how."""
    if channel is None:
        return
    values = {
        "at": at,
        "channel": channel,
        "direction": direction,
        "kind": "complaint",
        "summary": text,
        "staff": act.staff,
    }
    who = clock.customer_of(act.session, row)
    about = clock.trip_of(act.session, row)
    contacts.log(act.session, act.number, who, values, max(act.now, at), trip=about)


# --- answered -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    """What was done first. text: the solution that the customer was given; ticks: points of the
    checklist, with what there is to say about each."""

    text: str | None = None
    ticks: tuple[tuple[str, str | None], ...] = ()
    at: datetime | None = None
    channel: str | None = None


def respond(act: Act, row: Complaint, answer: Answer) -> Done:
    """Record the first answer, which stops the clock; of a crisis, points of its checklist.

    A crisis is answered once somebody is in charge, the customer was called and sent a message,
    was told the news, and has a plan B. Until then its clock runs, and what was ticked stands.
    Raises Refused where it was answered already, and for a moment that cannot be; WrongUsage where
    a routine complaint gets no answer.
    """
    now, _events = clock.course_of(act.session, row)
    require(now, "respond", row.code)
    if now.responded_at is not None:
        raise Refused(
            N_("{code} was answered already. To add to its story: tourcrm complaints note {code}"),
            code=row.code,
        )
    crisis = row.severity == "crisis"
    if not answer.text and not answer.ticks:
        raise WrongUsage(
            N_("Say what was ticked: --in-charge NAME --contacted --news TEXT --plan-b TEXT")
            if crisis
            else N_("Say which solution the customer was given.")
        )
    at = steps.moment(act, answer.at, now.opened_at)
    ticked = dict(now.ticks)
    for point, text in answer.ticks:
        if point == "in_charge":
            steps.record(act, row, point, at, detail=text)
            steps.edit(act, row, in_charge=text)
        else:
            steps.record(act, row, point, at, text=text)
        ticked[point] = at
    _contact(act, row, answer.channel, "out", answer.text, at)
    complete = all(point in ticked for point in CHECKLIST)
    if complete if crisis else bool(answer.text):
        # Ticks may be recorded in any order: the answer is there when the last of them is.
        last = max(at, *ticked.values()) if crisis else at
        steps.record(act, row, "responded", last, text=answer.text)
    elif answer.text:
        steps.record(act, row, "noted", at, text=answer.text)
    return steps.done(act, row)


# --- judged ---------------------------------------------------------------------------------------


def attribute(
    act: Act, row: Complaint, cause: str, *, supplier: str | None = None, text: str | None = None
) -> Done:
    """Say whose fault it was; as long as it is open, that may be changed.

    Where it turns out to be unfounded, what was given for a failure is taken back: a promise is
    reversed, a voucher withdrawn. What was paid or used already stays, and is named. Raises Refused
    where there was no answer yet, WrongUsage for a third party without its name.
    """
    now, events = clock.course_of(act.session, row)
    require(now, "attribute", row.code)
    if cause == "third_party" and not (supplier or row.supplier):
        raise WrongUsage(N_("Name the third party: --supplier NAME"))
    if supplier and cause != "third_party":
        raise WrongUsage(N_("--supplier goes with third_party."))
    named = (supplier or row.supplier) if cause == "third_party" else None
    if cause == now.cause and named == row.supplier and not text:
        return steps.done(act, row, changed=False)
    said = " · ".join(part for part in (named, text) if part)
    steps.record(
        act, row, "attributed", steps.moment(act, None, now.responded_at),
        detail=cause, text=said or None,
    )  # fmt: skip
    steps.edit(act, row, cause=cause, supplier=named)
    notes: tuple[Message, ...] = ()
    given = policy.compensations(act.session, row, events, act.today)
    if cause == "unfounded":
        notes = tuple(compensation.take_back(act, row, given))
    else:
        notes = tuple(
            Message(
                N_("{code} was given for another cause and still stands; to take it back: {how}"),
                code=one.code,
                how=compensation.how_to_take_back(one),
            )
            for one in given
            if one.owed is False
        )
    return steps.done(act, row, notes=notes)


# --- resolved, closed, reopened -------------------------------------------------------------------


def resolve(
    act: Act,
    row: Complaint,
    text: str,
    *,
    waived: str | None = None,
    fix: tuple[str, str] | None = None,
    at: datetime | None = None,
) -> Done:
    """Record what was done about it. waived: why what is owed is not given. fix: what the agency
    will mend inside, and whose work that is.

    Raises Refused where a step before it is missing, where it is resolved already, and where
    nothing is owed that could be waived.
    """
    now, _events = clock.course_of(act.session, row)
    owing = policy.is_due(act.session, row, now, act.settings)
    if waived and now.closed_at is None:
        needs = now.lacks(owing)
        if not {"response", "cause"} & set(needs) and {"compensation", "alternative"} & set(needs):
            steps.record(
                act, row, "noted", steps.moment(act, None, now.responded_at),
                detail=WAIVED, text=waived,
            )  # fmt: skip
            now, _events = clock.course_of(act.session, row)
        elif not needs or needs == ("resolution",):
            raise Refused(
                N_(
                    "For {code} nothing is owed that was not given, or waived already. "
                    "Leave --no-compensation out."
                ),
                code=row.code,
            )
    require(now, "resolve", row.code, due=owing)
    if now.resolved_at is not None:
        raise Refused(
            N_(
                "{code} is resolved already. To add to its story: tourcrm complaints note {code}; "
                "if it is not over after all: tourcrm complaints reopen {code} REASON"
            ),
            code=row.code,
        )
    steps.record(act, row, "resolved", steps.moment(act, at, now.responded_at), text=text)
    if fix is not None:
        fixes.promise(act, row, *fix)
    return steps.done(act, row)


def close(
    act: Act,
    row: Complaint,
    *,
    told: bool,
    satisfaction: int | None = None,
    at: datetime | None = None,
    channel: str | None = None,
) -> Done:
    """Close a complaint: the customer was told what was done, and perhaps said how satisfied they
    are (1 to 5), which they can only once they were told.

    Raises Refused for every step that is missing. An open fix inside does not keep it open.
    """
    now, _events = clock.course_of(act.session, row)
    if now.closed_at is not None and satisfaction in (None, now.satisfaction):
        return steps.done(act, row, changed=False)
    due = policy.is_due(act.session, row, now, act.settings)
    require(now, "close", row.code, due=due, told=told or satisfaction is not None)
    when = steps.moment(act, at, now.resolved_at)
    rated = None if satisfaction is None else str(satisfaction)
    steps.record(act, row, "closed", when, detail=rated)
    steps.edit(act, row, satisfaction=satisfaction)
    _contact(act, row, channel, "out", None, when)
    left = queries.fixes(act.session, act.today, id_of(row), undone=True)
    notes = tuple(
        Message(
            N_("Still open inside: {what} ({owner}). When it is done: {command}"),
            what=visible(fix.what, 200),
            owner=visible(fix.owner, 40),
            command=f"tourcrm complaints fix {row.code} {fix.number}",
        )
        for fix in left
    )
    return steps.done(act, row, notes=notes)


def reopen(act: Act, row: Complaint, reason: str) -> Done:
    """Go on with a complaint that was resolved or closed: its clock runs anew, and it needs a new
    answer, a new resolution, and that the customer is told. All that was stays.

    Raises Refused where it is open anyway.
    """
    now, _events = clock.course_of(act.session, row)
    if now.resolved_at is None and now.closed_at is None:
        raise Refused(N_("{code} is open; it can be reopened once it was resolved."), code=row.code)
    at = steps.moment(act, None, now.resolved_at, now.closed_at)
    steps.record(act, row, "reopened", at, text=reason)
    steps.edit(act, row, satisfaction=None)
    return steps.done(act, row)


# --- corrected ------------------------------------------------------------------------------------


def note(act: Act, row: Complaint, text: str) -> Done:
    """Add to the story of a complaint, at any time."""
    steps.record(act, row, "noted", max(act.now, row.opened_at), text=text)
    return steps.done(act, row)


def edit(
    act: Act,
    row: Complaint,
    *,
    about: Trip | None = None,
    severity: str | None = None,
    category: str | None = None,
    in_charge: str | None = None,
    **more: Any,
) -> Done:
    """Correct what is stored of a complaint; more: further columns. Raises Refused for one that is
    closed, and where the trip cannot change since a refund on the other one stands."""
    now, events = clock.course_of(act.session, row)
    require(now, "edit", row.code)
    changed = False
    if about is not None and row.trip_id != about.id:
        if compensation.standing(policy.compensations(act.session, row, events, act.today), REFUND):
            raise Refused(
                N_(
                    "{code} has a refund on another trip. Take it back first: "
                    "tourcrm payments reverse"
                ),
                code=row.code,
            )
        steps.edit(act, row, trip_id=about.id)
        changed = True
    for name, value in (("severity", severity), ("category", category)):
        if value is not None and getattr(row, name) != value:
            steps.edit(act, row, **{name: value})
            at = max(act.now, row.opened_at)
            steps.record(act, row, "noted", at, detail=f"{name}:{value}")
            changed = True
    if facts := {name: value for name, value in more.items() if getattr(row, name) != value}:
        steps.edit(act, row, **facts)
        changed = True
    if in_charge is not None and in_charge != now.in_charge:
        at = steps.moment(act, None, now.opened_at)
        steps.record(act, row, "in_charge", at, detail=in_charge)
        steps.edit(act, row, in_charge=in_charge)
        changed = True
    return steps.done(act, row, changed=changed)
