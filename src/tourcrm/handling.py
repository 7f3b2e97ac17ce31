"""Handling a complaint, step by step: opened, answered, judged, made good, resolved, closed.

Each step is an event with its time and who took it; none is ever deleted. Which step may follow is
decided by `course`. What the agency gives is booked where it belongs, as a payment or a voucher,
and stands in the complaint's story by its code.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from tourcrm import complaint, course, customer, interaction, operation, payment, trip, voucher
from tourcrm.complaint import DISCOUNT, REFUND, Compensation, number_of
from tourcrm.course import CHECKLIST, WAIVED, Course, require
from tourcrm.customer import Number
from tourcrm.errors import Message, Refused, WrongUsage
from tourcrm.i18n import N_
from tourcrm.models import Complaint, ComplaintEvent, ComplaintFix, Customer, Trip
from tourcrm.ratio import parse as parse_ratio
from tourcrm.safe import visible
from tourcrm.setting import Settings

PRIVILEGES = ("gift", "upgrade", "adviser")  # vouchers that may be given at any time
_MINUTE = timedelta(minutes=1)
LASTING = "adviser"  # and of them the one that does not expire


@dataclass(frozen=True, slots=True)
class Act:
    """Who acts, and when: what gives the operation's number, the day, the moment, the person."""

    number: Number
    today: date
    now: datetime
    staff: str


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a step: the complaint, its customer, what is worth knowing.

    changed: False where it stood like that already. needs: what is missing until it can be closed
    (names of course.py).
    """

    code: str
    customer: str
    name: str
    changed: bool = True
    needs: tuple[str, ...] = ()
    notes: tuple[Message, ...] = ()
    booked: tuple[Compensation, ...] = ()
    due_at: datetime | None = None
    unticked: tuple[str, ...] = field(default=())


def _done(
    session: Session,
    settings: Settings,
    row: Complaint,
    *,
    changed: bool = True,
    notes: tuple[Message, ...] = (),
    booked: tuple[Compensation, ...] = (),
) -> Done:
    now, _events = complaint.course_of(session, row)
    who = complaint.customer_of(session, row)
    running = now.responded_at is None
    return Done(
        code=row.code,
        customer=who.code,
        name=who.name,
        changed=changed,
        needs=() if now.closed_at else now.lacks(complaint.is_due(session, row, now, settings)),
        notes=notes,
        booked=booked,
        due_at=complaint.due_at(now.opened_at, row.severity, settings) if running else None,
        unticked=now.unticked if running and row.severity == "crisis" else (),
    )


def _record(
    session: Session,
    act: Act,
    row: Complaint,
    step: str,
    at: datetime,
    *,
    detail: str | None = None,
    text: str | None = None,
) -> None:
    event = ComplaintEvent(
        complaint_id=number_of(row),
        step=step,
        at=complaint.stored_moment(at),
        staff=act.staff,
        detail=detail,
        text=text,
        operation_id=act.number(),
    )
    session.add(event)
    session.flush()


def _moment(act: Act, said: datetime | None, *after: datetime | None) -> datetime:
    """When a step was taken: as somebody says, else now, but never before the steps it rests on.

    Raises Refused for a moment that has not come, and for one before those steps.
    """
    earliest = max(moment for moment in after if moment is not None)
    if said is None:
        return max(act.now, earliest)
    _refuse_ahead(act, said)
    if said <= earliest - _MINUTE:  # people say minutes, and steps are stored to the second
        raise Refused(N_("--at lies before the step that comes first; check it."))
    return max(said, earliest)


def _refuse_ahead(act: Act, said: datetime) -> None:
    if said > act.now:
        raise Refused(N_("--at lies ahead; say when it was."))


def _edit(session: Session, act: Act, row: Complaint, **facts: object) -> None:
    if any(getattr(row, name) != value for name, value in facts.items()):
        operation.edit(session, act.number(), row, facts, row.customer_id)


# --- opened ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Opening:
    """What is said of a new complaint. at: when it came, now if nobody says; channel: how."""

    text: str
    severity: str = "routine"
    category: str = "other"
    channel: str = "phone"
    at: datetime | None = None
    in_charge: str | None = None


def open_(
    session: Session,
    act: Act,
    settings: Settings,
    who: Customer,
    said: Opening,
    about: Trip | None = None,
) -> Done:
    """Open a complaint, and log that the customer got in touch. about: a trip of this customer.

    The same words of the same customer, still open, are the same complaint: nothing is added.
    Raises Refused for a moment that has not come.
    """
    for same in _same(session, who, said.text):
        known, _events = complaint.course_of(session, same)
        if known.closed_at is None:
            return _done(session, settings, same, changed=False)
    if said.at is not None:
        _refuse_ahead(act, said.at)
    at = complaint.stored_moment(said.at or act.now)
    identifier = customer.next_id(session, "complaint")
    row = Complaint(
        id=identifier,
        code=customer.code_of(identifier, "complaint"),
        customer_id=customer.id_of(who),
        trip_id=trip.id_of(about) if about else None,
        severity=said.severity,
        category=said.category,
        text=said.text,
        opened_at=at,
        in_charge=said.in_charge,
        operation_id=act.number(),
    )
    session.add(row)
    session.flush()
    _record(session, act, row, "opened", at, text=said.text)
    if said.in_charge:
        _record(session, act, row, "in_charge", max(at, act.now), detail=said.in_charge)
    _contact(session, act, row, said.channel, "in", said.text, at)
    return _done(session, settings, row, notes=tuple(_trip_note(session, row, who, act.today)))


def _same(session: Session, who: Customer, text: str) -> list[Complaint]:
    return list(
        session.exec(
            select(Complaint).where(
                col(Complaint.customer_id) == customer.id_of(who), col(Complaint.text) == text
            )
        )
    )


def _trip_note(session: Session, row: Complaint, who: Customer, today: date) -> Iterator[Message]:
    likely = None if row.trip_id else complaint.likely_trip(session, who, today)
    if likely is not None:
        yield Message(
            N_(
                "No trip was named. If it is about {trip} ({destination}, {day}): "
                "tourcrm complaints edit {code} --trip {trip}"
            ),
            trip=visible(likely.code, 40),
            destination=visible(likely.destination or "?", 40),
            day=likely.departs_on,
            code=row.code,
        )


def _contact(
    session: Session,
    act: Act,
    row: Complaint,
    channel: str | None,
    direction: str,
    text: str | None,
    at: datetime,
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
    who = complaint.customer_of(session, row)
    about = complaint.trip_of(session, row)
    interaction.log(session, act.number, who, values, max(act.now, at), trip=about)


# --- answered -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    """What was done first. text: the solution that the customer was given; ticks: points of the
    checklist, with what there is to say about each."""

    text: str | None = None
    ticks: tuple[tuple[str, str | None], ...] = ()
    at: datetime | None = None
    channel: str | None = None


def respond(
    session: Session, act: Act, settings: Settings, row: Complaint, answer: Answer
) -> Done:
    """Record the first answer, which stops the clock; of a crisis, points of its checklist.

    A crisis is answered once somebody is in charge, the customer was called and sent a message,
    was told the news, and has a plan B. Until then its clock runs, and what was ticked stands.
    Raises Refused where it was answered already, and for a moment that cannot be; WrongUsage where
    a routine complaint gets no answer.
    """
    now, _events = complaint.course_of(session, row)
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
    at = _moment(act, answer.at, now.opened_at)
    ticked = dict(now.ticks)
    for point, text in answer.ticks:
        if point == "in_charge":
            _record(session, act, row, point, at, detail=text)
            _edit(session, act, row, in_charge=text)
        else:
            _record(session, act, row, point, at, text=text)
        ticked[point] = at
    _contact(session, act, row, answer.channel, "out", answer.text, at)
    complete = all(point in ticked for point in CHECKLIST)
    if complete if crisis else bool(answer.text):
        # Ticks may be recorded in any order: the answer is there when the last of them is.
        last = max(at, *ticked.values()) if crisis else at
        _record(session, act, row, "responded", last, text=answer.text)
    elif answer.text:
        _record(session, act, row, "noted", at, text=answer.text)
    return _done(session, settings, row)


# --- judged ---------------------------------------------------------------------------------------


def attribute(
    session: Session,
    act: Act,
    settings: Settings,
    row: Complaint,
    cause: str,
    *,
    supplier: str | None = None,
    text: str | None = None,
) -> Done:
    """Say whose fault it was; as long as it is open, that may be changed.

    Where it turns out to be unfounded, what was given for a failure is taken back: a promise is
    reversed, a voucher withdrawn. What was paid or used already stays, and is named. Raises Refused
    where there was no answer yet, WrongUsage for a third party without its name.
    """
    now, events = complaint.course_of(session, row)
    require(now, "attribute", row.code)
    if cause == "third_party" and not (supplier or row.supplier):
        raise WrongUsage(N_("Name the third party: --supplier NAME"))
    if supplier and cause != "third_party":
        raise WrongUsage(N_("--supplier goes with third_party."))
    named = (supplier or row.supplier) if cause == "third_party" else None
    if cause == now.cause and named == row.supplier and not text:
        return _done(session, settings, row, changed=False)
    said = " · ".join(part for part in (named, text) if part)
    _record(
        session, act, row, "attributed", _moment(act, None, now.responded_at),
        detail=cause, text=said or None,
    )  # fmt: skip
    _edit(session, act, row, cause=cause, supplier=named)
    notes: tuple[Message, ...] = ()
    given = complaint.compensations(session, row, events, act.today)
    if cause == "unfounded":
        notes = tuple(_take_back(session, act, row, given))
    else:
        notes = tuple(
            Message(
                N_("{code} was given for another cause and still stands; to take it back: {how}"),
                code=one.code,
                how=_how_to_take_back(one),
            )
            for one in given
            if one.owed is False
        )
    return _done(session, settings, row, notes=notes)


def _how_to_take_back(one: Compensation) -> str:
    if one.kind == REFUND:
        return f"tourcrm payments reverse {one.code} --reason TEXT"
    return f"tourcrm vouchers withdraw {one.code} --reason TEXT"


def _take_back(
    session: Session, act: Act, row: Complaint, given: list[Compensation]
) -> Iterator[Message]:
    """Take back what was given for a failure that was none; yields what is to be said of it."""
    for one in given:
        if one.kind not in (REFUND, DISCOUNT):
            continue
        if one.state in ("paid", "used"):
            yield Message(
                N_(
                    "{code} stays: it was paid out already, on {day}. If the customer gives it "
                    "back: tourcrm payments reverse {code} --reason TEXT"
                )
                if one.state == "paid"
                else N_("{code} stays: it was used already, on {day}."),
                code=one.code,
                day=one.settled_on,
            )
        elif one.state in ("promised", "open", "expired"):
            note = row.code
            if one.kind == REFUND:
                line = payment.find_one(session, one.code)
                day = max(act.today, line.promised_on)
                payment.reverse(session, act.number, line, day=day, note=note)
            else:
                paper = voucher.find_one(session, one.code)
                day = max(act.today, paper.issued_on)
                voucher.withdraw(session, act.number, paper, day=day, note=note)
            _record(session, act, row, "reversed", act.now, detail=one.code)
            yield Message(N_("{code} was taken back."), code=one.code)


# --- made good ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offer:
    """What is to be given. amount: fen of the refund, instead of the usual share of the price.

    refund, discount: whether these may be among it. again: also what was given before. reason: why
    money is given though the cause owes none (override). privileges: gift, upgrade, adviser, with
    what each is.
    """

    amount: int | None = None
    pay_ratio: float | None = None
    refund: bool = True
    discount: bool = True
    again: bool = False
    override: bool = False
    reason: str | None = None
    alternative: str | None = None
    privileges: tuple[tuple[str, str], ...] = ()

    @property
    def by_cause(self) -> bool:
        """Whether what the cause owes is meant, and not only a gift or an alternative."""
        money = self.override or self.amount is not None or self.pay_ratio is not None
        return money or not (self.alternative or self.privileges)


def compensate(
    session: Session, act: Act, settings: Settings, row: Complaint, offer: Offer
) -> Done:
    """Give what the cause owes, or what is offered, each kind once unless `again`.

    A failure of the agency or of a supplier owes a refund and a discount; force majeure an
    alternative, and a refund only with `override` and its reason; an unfounded complaint nothing.
    Gifts and privileges may be given at any time. Raises Refused where the cause is not known or
    owes nothing, where no refund can be worked out, and for more than the price.
    """
    now, events = complaint.course_of(session, row)
    if offer.override and not offer.reason:
        raise WrongUsage(N_("--override needs its --reason TEXT."))
    before = complaint.compensations(session, row, events, act.today)
    codes: list[str] = []
    notes: list[Message] = []
    if offer.alternative:
        require(now, "note", row.code)
        _record(
            session, act, row, "alternative", _moment(act, None, now.opened_at),
            text=offer.alternative,
        )  # fmt: skip
    for kind, what in offer.privileges:
        if offer.again or not _standing(before, kind):
            codes.append(_privilege(session, act, settings, row, kind, what))
        else:
            notes.append(_given_already(_standing(before, kind)[-1]))
    if offer.by_cause:
        require(now, "compensate", row.code)
        for kind in _kinds(row, now, offer):
            known = _standing(before, kind)
            if known and not offer.again:
                notes.append(_given_already(known[-1]))
            elif kind == REFUND:
                spent = sum(one.amount or 0 for one in known)
                codes += _refund(session, act, settings, row, now, offer, spent, notes)
            else:
                codes.append(_discount(session, act, settings, row, offer))
    for code in codes:
        at = _moment(act, None, now.opened_at)
        _record(session, act, row, "compensated", at, detail=code, text=offer.reason)
    after, events = complaint.course_of(session, row)
    booked = complaint.compensations(session, row, events, act.today)
    return _done(
        session,
        settings,
        row,
        changed=bool(codes) or bool(offer.alternative),
        notes=tuple(notes),
        booked=tuple(one for one in booked if one.code in codes),
    )


def _standing(given: list[Compensation], kind: str) -> list[Compensation]:
    """What was given of a kind and not taken back."""
    return [one for one in given if one.kind == kind and one.state not in ("reversed", "withdrawn")]


def _given_already(one: Compensation) -> Message:
    return Message(
        N_("{code} was given already, on {day}; once more: --again"),
        code=one.code,
        day=one.given_on,
    )


def _kinds(row: Complaint, now: Course, offer: Offer) -> Iterator[str]:
    """The kinds that are given by the cause. Raises Refused where it owes none."""
    if now.cause == "unfounded":
        raise Refused(
            N_(
                "{code} is unfounded: the customer is owed an explanation and no money. "
                "A small gift all the same: --gift TEXT"
            ),
            code=row.code,
        )
    liable = now.cause in course.LIABLE
    if not liable and not offer.override:
        raise Refused(
            N_(
                "Force majeure owes no money; offer an alternative: --alternative TEXT. "
                "A refund all the same: --override --reason TEXT"
            )
        )
    if offer.refund:
        yield REFUND
    if offer.discount and (liable or offer.pay_ratio is not None):
        yield DISCOUNT


def _refund(
    session: Session,
    act: Act,
    settings: Settings,
    row: Complaint,
    now: Course,
    offer: Offer,
    spent: int,
    notes: list[Message],
) -> Iterator[str]:
    """Promise a refund; its code. spent: fen that were promised before and stand."""
    about = complaint.trip_of(session, row)
    if about is None:
        if offer.amount is not None:
            raise Refused(
                N_("A refund is of a trip. Name it: tourcrm complaints edit {code} --trip TRIP"),
                code=row.code,
            )
        notes.append(
            Message(
                N_(
                    "No refund, since no trip is named. If there was one: "
                    "tourcrm complaints edit {code} --trip TRIP, then compensate again."
                ),
                code=row.code,
            )
        )
        return
    amount = offer.amount
    if amount is None:
        if about.price is None:
            raise Refused(
                N_(
                    "The price of {trip} is not known, so say the refund: --amount 500. "
                    "Without any: --no-refund"
                ),
                trip=about.code,
            )
        amount = share(about.price, int(settings["refund_percent"]))
        if amount == 0:
            return
    if about.price is not None and spent + amount > about.price:
        raise Refused(
            N_("Refunds for {code} would be more than {trip} cost; check the amount."),
            code=row.code,
            trip=about.code,
        )
    line = payment.promise_refund(
        session,
        act.number,
        about,
        amount,
        reason=now.cause or "goodwill",
        day=act.today,
        complaint_id=number_of(row),
        note=offer.reason,
    )
    yield line.code


def share(price: int, percent: int) -> int:
    """So many percent of a price, in whole fen, half a fen up."""
    return (price * percent + 50) // 100


def _discount(
    session: Session, act: Act, settings: Settings, row: Complaint, offer: Offer
) -> str:
    return voucher.issue(
        session,
        act.number,
        complaint.customer_of(session, row),
        "discount",
        day=act.today,
        pay_ratio=offer.pay_ratio or parse_ratio(settings["voucher_ratio"]),
        expires_on=voucher.expiry(settings, act.today),
        complaint_id=number_of(row),
    ).code


def _privilege(
    session: Session, act: Act, settings: Settings, row: Complaint, kind: str, what: str
) -> str:
    return voucher.issue(
        session,
        act.number,
        complaint.customer_of(session, row),
        kind,
        day=act.today,
        what=what,
        expires_on=None if kind == LASTING else voucher.expiry(settings, act.today),
        complaint_id=number_of(row),
    ).code


# --- resolved, closed, reopened -------------------------------------------------------------------


def resolve(
    session: Session,
    act: Act,
    settings: Settings,
    row: Complaint,
    text: str,
    *,
    waived: str | None = None,
    fix: tuple[str, str] | None = None,
    at: datetime | None = None,
) -> Done:
    """Record what was done about it. waived: why what is owed is not given. fix: what the agency
    will mend inside, and whose work that is.

    Raises Refused where a step before it is missing, and where it is resolved already.
    """
    now, _events = complaint.course_of(session, row)
    owing = complaint.is_due(session, row, now, settings)
    if waived and now.closed_at is None:
        needs = now.lacks(owing)
        if not {"response", "cause"} & set(needs) and {"compensation", "alternative"} & set(needs):
            _record(
                session, act, row, "noted", _moment(act, None, now.responded_at),
                detail=WAIVED, text=waived,
            )  # fmt: skip
            now, _events = complaint.course_of(session, row)
    require(now, "resolve", row.code, due=owing)
    if now.resolved_at is not None:
        raise Refused(
            N_(
                "{code} is resolved already. To add to its story: tourcrm complaints note {code}; "
                "if it is not over after all: tourcrm complaints reopen {code} REASON"
            ),
            code=row.code,
        )
    _record(session, act, row, "resolved", _moment(act, at, now.responded_at), text=text)
    if fix is not None:
        promise_fix(session, act, row, *fix)
    return _done(session, settings, row)


def promise_fix(session: Session, act: Act, row: Complaint, what: str, owner: str) -> None:
    """Record what the agency will mend inside; the same words, still open, are the same promise."""
    for fix in complaint.fixes(session, date.max, number_of(row), undone=True):
        if fix.what == what:
            return
    session.add(
        ComplaintFix(
            complaint_id=number_of(row),
            what=what,
            owner=owner,
            promised_on=act.today,
            operation_id=act.number(),
        )
    )
    session.flush()


def fixed(
    session: Session, act: Act, row: Complaint, which: int | None, on: date, text: str | None = None
) -> tuple[str, ...]:
    """Record that what was to be mended is; returns what. which: its number, where it has several.

    Raises Refused where there is none, or several and nobody said which; and for a day that cannot
    be. What was done already stays as it is.
    """
    rows = session.exec(
        select(ComplaintFix)
        .where(col(ComplaintFix.complaint_id) == number_of(row))
        .order_by(col(ComplaintFix.id))
    ).all()
    if which is not None:
        chosen = [fix for number, fix in enumerate(rows, 1) if number == which]
    else:
        chosen = [fix for fix in rows if fix.done_on is None]
    if not chosen:
        raise Refused(N_("{code} has no such fix; see: tourcrm complaints show {code}"), code=row.code)
    if len(chosen) > 1:
        raise Refused(
            N_("{code} has {n} open fixes; say which by its number: {numbers}."),
            code=row.code,
            n=len(chosen),
            numbers=", ".join(
                f"{number} {visible(fix.what, 60)}"
                for number, fix in enumerate(rows, 1)
                if fix.done_on is None
            ),
        )
    [fix] = chosen
    if fix.done_on is not None:
        return ()
    if not fix.promised_on <= on <= max(act.today, fix.promised_on):
        raise Refused(
            N_("It was promised on {day} and cannot have been done on {on}."),
            day=fix.promised_on,
            on=on,
        )
    operation.edit(session, act.number(), fix, {"done_on": on}, row.customer_id)
    said = " · ".join(part for part in (fix.what, text) if part)
    _record(session, act, row, "fixed", max(act.now, row.opened_at), detail=fix.owner, text=said)
    return (fix.what,)


def close(
    session: Session,
    act: Act,
    settings: Settings,
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
    now, _events = complaint.course_of(session, row)
    if now.closed_at is not None and satisfaction in (None, now.satisfaction):
        return _done(session, settings, row, changed=False)
    due = complaint.is_due(session, row, now, settings)
    require(now, "close", row.code, due=due, told=told or satisfaction is not None)
    when = _moment(act, at, now.resolved_at)
    rated = None if satisfaction is None else str(satisfaction)
    _record(session, act, row, "closed", when, detail=rated)
    _edit(session, act, row, satisfaction=satisfaction)
    _contact(session, act, row, channel, "out", None, when)
    left = [fix for fix in complaint.fixes(session, act.today, number_of(row), undone=True)]
    notes = tuple(
        Message(
            N_("Still open inside: {what} ({owner}). When it is done: {command}"),
            what=visible(fix.what, 200),
            owner=visible(fix.owner, 40),
            command=f"tourcrm complaints fix {row.code} {fix.number}",
        )
        for fix in left
    )
    return _done(session, settings, row, notes=notes)


def reopen(session: Session, act: Act, settings: Settings, row: Complaint, reason: str) -> Done:
    """Go on with a complaint that was resolved or closed: its clock runs anew, and it needs a new
    answer, a new resolution, and that the customer is told. All that was stays.

    Raises Refused where it is open anyway.
    """
    now, _events = complaint.course_of(session, row)
    if now.resolved_at is None and now.closed_at is None:
        raise Refused(
            N_("{code} is open; it can be reopened once it was resolved."), code=row.code
        )
    at = _moment(act, None, now.resolved_at, now.closed_at)
    _record(session, act, row, "reopened", at, text=reason)
    _edit(session, act, row, satisfaction=None)
    return _done(session, settings, row)


# --- corrected ------------------------------------------------------------------------------------


def note(session: Session, act: Act, settings: Settings, row: Complaint, text: str) -> Done:
    """Add to the story of a complaint, at any time."""
    _record(session, act, row, "noted", max(act.now, row.opened_at), text=text)
    return _done(session, settings, row)


def edit(
    session: Session,
    act: Act,
    settings: Settings,
    row: Complaint,
    *,
    about: Trip | None = None,
    severity: str | None = None,
    category: str | None = None,
    in_charge: str | None = None,
) -> Done:
    """Correct what is stored of a complaint. Raises Refused for one that is closed, and where the
    trip cannot change since a refund on the other one stands."""
    now, events = complaint.course_of(session, row)
    require(now, "edit", row.code)
    changed = False
    if about is not None and row.trip_id != about.id:
        if _standing(complaint.compensations(session, row, events, act.today), REFUND):
            raise Refused(
                N_(
                    "{code} has a refund on another trip. Take it back first: "
                    "tourcrm payments reverse"
                ),
                code=row.code,
            )
        _edit(session, act, row, trip_id=about.id)
        changed = True
    for name, value in (("severity", severity), ("category", category)):
        if value is not None and getattr(row, name) != value:
            _edit(session, act, row, **{name: value})
            at = max(act.now, row.opened_at)
            _record(session, act, row, "noted", at, detail=f"{name}:{value}")
            changed = True
    if in_charge is not None and in_charge != now.in_charge:
        at = _moment(act, None, now.opened_at)
        _record(session, act, row, "in_charge", at, detail=in_charge)
        _edit(session, act, row, in_charge=in_charge)
        changed = True
    return _done(session, settings, row, changed=changed)


