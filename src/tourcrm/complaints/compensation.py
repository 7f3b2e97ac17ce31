"""Making a complaint good: what is given for it, and taken back where it turns out to be unfounded.

What the agency gives is booked where it belongs, as a payment or a voucher, and stands in the
complaint's story by its code.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from tourcrm.base.display import visible
from tourcrm.base.errors import Message, Refused, WrongUsage
from tourcrm.base.i18n import N_
from tourcrm.base.money import format_amount
from tourcrm.base.ratio import parse as parse_ratio
from tourcrm.bookings import payments, vouchers
from tourcrm.complaints import clock, lifecycle, policy, steps
from tourcrm.complaints.lifecycle import Course, require
from tourcrm.complaints.policy import DISCOUNT, REFUND, Compensation
from tourcrm.complaints.steps import Act, Done
from tourcrm.db.codes import id_of
from tourcrm.models import Complaint, Trip


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


@dataclass(frozen=True, slots=True)
class _Case:
    """A complaint that is made good: by whom, where it stands, what is offered, what it was given
    before. notes: what is worth knowing."""

    act: Act
    row: Complaint
    now: Course
    offer: Offer
    before: list[Compensation]
    notes: list[Message] = field(default_factory=list)


def compensate(act: Act, row: Complaint, offer: Offer) -> Done:
    """Give what the cause owes, or what is offered, each kind once unless `again`.

    A failure of the agency or of a supplier owes a refund and a discount; force majeure an
    alternative, and a refund only with `override` and its reason; an unfounded complaint nothing.
    Gifts and privileges may be given at any time. Raises Refused where the cause is not known or
    owes nothing, where no refund can be worked out, for more than the price, and for a voucher of
    somebody who is deceased.
    """
    now, events = clock.course_of(act.session, row)
    if offer.override and not offer.reason:
        raise WrongUsage(N_("--override needs its --reason TEXT."))
    if offer.override and now.cause in lifecycle.LIABLE:
        raise Refused(
            N_("{code} is owed a refund by its cause; leave --override out."), code=row.code
        )
    before = policy.compensations(act.session, row, events, act.today)
    case = _Case(act, row, now, offer, before)
    codes: list[str] = []
    if offer.alternative:
        require(now, "note", row.code)
        steps.record(
            act, row, "alternative", steps.moment(act, None, now.opened_at),
            text=offer.alternative,
        )  # fmt: skip
    for kind, what in offer.privileges:
        codes += _give(case, kind, what)
    if offer.by_cause:
        require(now, "compensate", row.code)
        for kind in _kinds(row, now, offer):
            codes += _give(case, kind)
    for code in codes:
        at = steps.moment(act, None, now.opened_at)
        steps.record(act, row, "compensated", at, detail=code, text=offer.reason)
    _now, events = clock.course_of(act.session, row)
    booked = policy.compensations(act.session, row, events, act.today)
    return steps.done(
        act,
        row,
        changed=bool(codes) or bool(offer.alternative),
        notes=tuple(case.notes),
        booked=tuple(one for one in booked if one.code in codes),
    )


def standing(given: list[Compensation], kind: str) -> list[Compensation]:
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
    liable = now.cause in lifecycle.LIABLE
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


def _give(case: _Case, kind: str, what: str | None = None) -> Iterator[str]:
    """Book a kind of compensation, if it is not there already; yields its code. what: which gift or
    privilege it is."""
    known = standing(case.before, kind)
    if known and not case.offer.again:
        case.notes.append(_given_already(known[-1]))
    elif kind == REFUND:
        yield from _refund(case, sum(one.amount or 0 for one in known))
    else:
        yield _voucher(case, kind, what)


def _refund(case: _Case, spent: int) -> Iterator[str]:
    """Promise a refund; its code. spent: fen that were promised before and stand."""
    code = case.row.code
    about = clock.trip_of(case.act.session, case.row)
    if about is None and case.offer.amount is not None:
        raise Refused(
            N_("A refund is of a trip. Name it: tourcrm complaints edit {code} --trip TRIP"),
            code=code,
        )
    if about is None:
        text = N_(
            "No refund, since no trip is named. If there was one: "
            "tourcrm complaints edit {code} --trip TRIP, then compensate again."
        )
        case.notes.append(Message(text, code=code))
        return
    amount = case.offer.amount
    if amount is None:
        amount = _usual_refund(case, about)
        if amount == 0:
            return
    if about.price is not None and spent + amount > about.price:
        raise Refused(
            N_("Refunds for {code} would be more than {trip} cost; check the amount."),
            code=code,
            trip=about.code,
        )
    line = payments.promise_refund(
        case.act.session,
        case.act.number,
        about,
        amount,
        reason=case.now.cause or "goodwill",
        day=case.act.today,
        complaint_id=id_of(case.row),
        note=case.offer.reason,
    )
    yield line.code


def _usual_refund(case: _Case, about: Trip) -> int:
    """The share of the price that is refunded where nobody says how much, in fen."""
    percent = case.act.settings["refund_percent"]
    if about.price is None:
        raise Refused(
            N_(
                "The price of {trip} is not known, so say the refund: --amount 500. "
                "Without any: --no-refund"
            ),
            trip=about.code,
        )
    amount = share(about.price, int(percent))
    if amount:
        usual = Message(
            N_("The refund is {percent} % of the price of {trip}, {price}."),
            percent=percent,
            trip=visible(about.code, 40),
            price=format_amount(about.price, case.act.settings["currency"]),
        )
        case.notes.append(usual)
    return amount


def share(price: int, percent: int) -> int:
    """So many percent of a price, in whole fen, half a fen up."""
    return (price * percent + 50) // 100


def _voucher(case: _Case, kind: str, what: str | None) -> str:
    """Issue a voucher; its code."""
    today, settings, pay_ratio = case.act.today, case.act.settings, None
    if kind == DISCOUNT:
        pay_ratio = case.offer.pay_ratio or parse_ratio(settings["voucher_ratio"])
    try:
        voucher = vouchers.issue(
            case.act.session,
            case.act.number,
            clock.customer_of(case.act.session, case.row),
            kind,
            day=today,
            pay_ratio=pay_ratio,
            what=what,
            expires_on=vouchers.expiry(settings, kind, today),
            complaint_id=id_of(case.row),
        )
    except vouchers.Deceased as reason:
        if kind != DISCOUNT:
            raise
        raise Refused(
            N_(
                "{reason} For the family, a refund alone: "
                "tourcrm complaints compensate {code} --no-voucher\n"
                "If it is not wanted: {unwanted}"
            ),
            reason=reason,
            code=case.row.code,
            unwanted=lifecycle.Unwanted(case.row.code),
        ) from None
    return voucher.code


# --- taken back ---


def how_to_take_back(one: Compensation) -> Message:
    """The command that takes back what was given."""
    if one.kind == REFUND:
        return Message(N_("tourcrm payments reverse {code} --reason TEXT"), code=one.code)
    return Message(N_("tourcrm vouchers withdraw {code} --reason TEXT"), code=one.code)


def take_back(act: Act, row: Complaint, given: list[Compensation]) -> Iterator[Message]:
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
                line = payments.find_one(act.session, one.code)
                day = max(act.today, line.promised_on)
                payments.reverse(act.session, act.number, line, day=day, note=note)
            else:
                paper = vouchers.find_one(act.session, one.code)
                day = max(act.today, paper.issued_on)
                vouchers.withdraw(act.session, act.number, paper, day=day, note=note)
            steps.record(act, row, "reversed", act.now, detail=one.code)
            yield Message(N_("{code} was taken back."), code=one.code)
