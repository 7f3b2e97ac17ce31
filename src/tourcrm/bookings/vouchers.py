"""Vouchers: what was promised for a later trip, issued, used once, or withdrawn.

Kinds: discount (what the customer pays of the price), amount (money off), gift, upgrade and
adviser (something in words). A voucher is open until it is used or withdrawn or its last day is
over. It is used for one trip, and only comes back to the customer where that trip is cancelled.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from sqlmodel import Session, col, select

from tourcrm.base import ratio
from tourcrm.base.display import visible
from tourcrm.base.errors import Message, Refused
from tourcrm.base.i18n import N_
from tourcrm.base.money import format_amount
from tourcrm.db import codes, operations
from tourcrm.db.codes import Number, id_of
from tourcrm.db.setting import Settings
from tourcrm.models import LARGEST_AMOUNT, Complaint, Customer, Trip, Voucher

EXAMPLE = 10_000_00  # fen: the price by which a discount is told


def find_one(session: Session, code: str) -> Voucher:
    """The voucher with this code. Raises NotFound."""
    none = N_("There is no voucher {code}. Look around with: tourcrm vouchers list --all")
    return codes.find_one(session, Voucher, code, none)


def expiry(settings: Settings, kind: str, day: date) -> date | None:
    """The last day of a voucher that is issued on a day (setting voucher_days); None: no last.

    An adviser of their own is a privilege that lasts.
    """
    days = 0 if kind == "adviser" else int(settings["voucher_days"])
    return day + timedelta(days) if days else None


# --- issued, used, withdrawn ----------------------------------------------------------------------


class Deceased(Refused):
    """No voucher is issued to somebody who is recorded as deceased."""


def issue(
    session: Session,
    number: Number,
    who: Customer,
    kind: str,
    *,
    day: date,
    pay_ratio: float | None = None,
    amount: int | None = None,
    what: str | None = None,
    expires_on: date | None = None,
    complaint_id: int | None = None,
    **more: Any,
) -> Voucher:
    """Promise a customer something for a later trip.

    kind: a word of voucher_kind. pay_ratio: of a discount, what the customer pays, 0.8 for 80 %.
    amount: fen. what: the gift or privilege in words. expires_on: the last day; None: it does not
    expire (`expiry` gives the usual day). more: further columns. Raises Refused where the kind
    lacks its worth, or has one that is not its own, and for a last day before `day`; Deceased for
    who cannot use it any more.
    """
    if who.status == "deceased":
        raise Deceased(
            N_("{code} {name} is recorded as deceased; no voucher was issued."),
            code=who.code,
            name=visible(who.name, 40),
        )
    _refuse_worth(kind, pay_ratio, amount, what)
    if expires_on is not None and expires_on < day:
        raise Refused(
            N_("A voucher of {day} cannot expire on {expires}."), day=day, expires=expires_on
        )
    identifier = codes.next_id(session, "voucher")
    row = Voucher(
        id=identifier,
        code=codes.code_of(identifier, "voucher"),
        customer_id=id_of(who),
        complaint_id=complaint_id,
        kind=kind,
        pay_ratio=pay_ratio,
        amount=amount,
        what=what,
        issued_on=day,
        expires_on=expires_on,
        operation_id=number(),
        **more,
    )
    return operations.add(session, row)


def _refuse_worth(kind: str, pay_ratio: float | None, amount: int | None, what: str | None) -> None:
    if (kind == "discount") != (pay_ratio is not None):
        raise Refused(
            N_("A discount says what the customer pays: --pay-ratio 8折 (or 80%, or 0.8).")
            if pay_ratio is None
            else N_("Only a discount has a --pay-ratio.")
        )
    if pay_ratio is not None and not 0 < pay_ratio < 1:
        raise Refused(N_("--pay-ratio lies between 0 and 1: 0.8 for a customer who pays 80 %."))
    if kind == "amount" and amount is None:
        raise Refused(N_("Say how much it takes off: --amount 500."))
    if amount is not None and kind != "amount":
        raise Refused(N_("Only a voucher of the kind amount has an --amount; say it in --what."))
    if amount is not None and not 0 < amount <= LARGEST_AMOUNT:
        raise Refused(N_("--amount is above zero; check its digits."))
    if kind in ("gift", "upgrade") and not what:
        raise Refused(N_("Say what it is: --what 真丝围巾"))


@dataclass(frozen=True, slots=True)
class Redeemed:
    """A voucher that was used for a trip.

    price: of the trip, as it stood before; charge: what the voucher leaves of it. None where the
    price is not known, or the voucher is none of money. left: fen of an amount that the price did
    not need. applied: the price was set to the charge. already: it had been used before, by whom
    if known. others: vouchers of money used for the same trip.
    """

    code: str
    trip: str
    on: date
    price: int | None
    charge: int | None
    left: int = 0
    applied: bool = False
    already: bool = False
    by: str | None = None
    others: tuple[str, ...] = ()


def redeem(
    session: Session,
    number: Number,
    voucher: Voucher,
    trip: Trip,
    *,
    day: date,
    apply: bool = False,
    sure: bool = False,
) -> Redeemed:
    """Use a voucher for a booked trip that is not over, once and for all.

    A company's voucher serves its employees' trips, too. One that was used for a trip that is
    cancelled can be used again. The trip's price stays as it is, unless `apply` sets it to what is
    left to pay. Used for the same trip before: nothing changes.

    Raises Refused for a voucher that is used, withdrawn or expired; for a trip that is another
    customer's, not booked, over, or the one that the voucher makes good; for a second discount on
    a trip; unless `sure`, for a trip that costs nothing; with `apply` where there is no price, or
    the voucher does not change one.
    """
    if _spent_on(session, voucher) is not None:
        return _redeemed_already(session, voucher, trip)
    _refuse_shut(voucher, day)
    _refuse_other(session, voucher, trip)
    _refuse_trip(session, voucher, trip, day)
    others = _money_on(session, trip)
    price, charge = trip.price, left_to_pay(voucher, trip.price)
    _refuse_price(voucher, trip, others, apply=apply, charge=charge)
    if price == 0 and is_money(voucher) and not sure:
        raise Refused(
            N_(
                "{trip} costs nothing, so {code} would be used up for nothing. If that is meant: "
                "--yes"
            ),
            trip=trip.code,
            code=voucher.code,
        )
    facts = {"redeemed_trip_id": trip.id, "redeemed_on": day}
    operations.edit(session, number(), voucher, facts, voucher.customer_id)
    if apply:
        operations.edit(session, number(), trip, {"price": charge}, trip.customer_id)
    return Redeemed(
        voucher.code,
        trip.code,
        day,
        price,
        charge,
        left=max(0, (voucher.amount or 0) - price)
        if charge is not None and price is not None
        else 0,
        applied=apply,
        others=tuple(other.code for other in others) if is_money(voucher) else (),
    )


def _refuse_price(
    voucher: Voucher, trip: Trip, others: list[Voucher], *, apply: bool, charge: int | None
) -> None:
    """Refuse a second discount, and a price that cannot be set."""
    for other in others:
        if voucher.kind == other.kind == "discount":
            raise Refused(
                N_("{trip} has a discount already, {other}; a trip takes one."),
                trip=trip.code,
                other=other.code,
            )
    if apply and not is_money(voucher):
        raise Refused(
            N_("{code} does not change a price; leave --apply-price out."), code=voucher.code
        )
    if apply and charge is None:
        raise Refused(
            N_(
                "The price of {trip} is not known. Say it first: "
                "tourcrm trips edit {trip} --price AMOUNT"
            ),
            trip=trip.code,
        )


def is_money(voucher: Voucher) -> bool:
    """Whether a voucher changes what a trip costs."""
    return voucher.kind in ("discount", "amount")


def left_to_pay(voucher: Voucher, price: int | None) -> int | None:
    """What a voucher leaves to pay of a price, in fen; None without a price, or for a gift."""
    if price is None or not is_money(voucher):
        return None
    if voucher.pay_ratio is not None:
        return ratio.of(price, voucher.pay_ratio)
    return max(0, price - (voucher.amount or 0))


def _spent_on(session: Session, row: Voucher) -> Trip | None:
    """The trip for which a voucher is used; None also where that trip was cancelled."""
    if row.redeemed_trip_id is None:
        return None
    trip = session.get_one(Trip, row.redeemed_trip_id)
    return None if trip.status == "cancelled" else trip


def _redeemed_already(session: Session, row: Voucher, trip: Trip) -> Redeemed:
    on = cast(date, row.redeemed_on)
    by = operations.author(session, "voucher", id_of(row), "redeemed_on")
    if row.redeemed_trip_id != trip.id:
        raise Refused(
            N_("{code} was used already, for {trip} on {day} (by {who}); it can be used once."),
            code=row.code,
            trip=session.get_one(Trip, row.redeemed_trip_id).code,
            day=on,
            who=visible(by or "?", 40),
        )
    return Redeemed(row.code, trip.code, on, trip.price, None, already=True, by=by)


def _refuse_shut(row: Voucher, day: date) -> None:
    if row.withdrawn_on is not None:
        raise Refused(
            N_(
                "{code} was withdrawn on {day}. Issue another, if it is still meant: "
                "tourcrm vouchers issue"
            ),
            code=row.code,
            day=row.withdrawn_on,
        )
    if row.expires_on is not None and row.expires_on < day:
        raise Refused(
            N_(
                "{code} expired: its last day was {last}. If it was used in time, say when: "
                "--on DATE; as a favour, issue another: tourcrm vouchers issue"
            ),
            code=row.code,
            last=row.expires_on,
        )
    if day < row.issued_on:
        raise Refused(
            N_("{code} was issued on {issued}; it cannot have been used on {day}."),
            code=row.code,
            issued=row.issued_on,
            day=day,
        )


def _refuse_other(session: Session, row: Voucher, trip: Trip) -> None:
    """Refuse a trip of another customer; a company's voucher is good for who belongs to it."""
    if row.customer_id == trip.customer_id:
        return
    traveller = session.get_one(Customer, trip.customer_id)
    owner = session.get_one(Customer, row.customer_id)
    if traveller.company_id != row.customer_id or owner.kind != "company":
        raise Refused(
            N_("{code} belongs to {owner} {name}, and {trip} is a trip of {other}."),
            code=row.code,
            owner=owner.code,
            name=visible(owner.name, 40),
            trip=trip.code,
            other=traveller.code,
        )


def _refuse_trip(session: Session, row: Voucher, trip: Trip, day: date) -> None:
    if trip.status != "booked":
        raise Refused(
            N_("{trip} is not booked; a voucher is used for a booked trip."), trip=trip.code
        )
    last = trip.returns_on or trip.departs_on
    if last is not None and last < day:
        raise Refused(
            N_("{trip} ended on {last}. If the voucher was used before that, say when: --on DATE"),
            trip=trip.code,
            last=last,
        )
    if row.complaint_id is not None:
        made_good = session.get_one(Complaint, row.complaint_id)
        if made_good.trip_id == trip.id:
            raise Refused(
                N_("{code} makes good what went wrong on {trip}; it is for a later trip."),
                code=row.code,
                trip=trip.code,
            )


def _money_on(session: Session, trip: Trip) -> list[Voucher]:
    used = select(Voucher).where(
        col(Voucher.redeemed_trip_id) == trip.id, col(Voucher.kind).in_(("discount", "amount"))
    )
    return list(session.exec(used.order_by(col(Voucher.id))))


@dataclass(frozen=True, slots=True)
class Unused:
    """A voucher whose use was taken back. trip: for which it had been used, None where it was not.
    price: what the trip costs again, in fen; None where its price was left as it is."""

    code: str
    trip: str | None
    price: int | None = None


def unredeem(session: Session, number: Number, voucher: Voucher) -> Unused:
    """Take back the use of a voucher; a price that was set with it is as before, unless somebody
    changed it since. One that is not used, or came back with a cancelled trip, stays as it is."""
    trip = _spent_on(session, voucher)
    if trip is None:
        return Unused(voucher.code, None)
    use = operations.last_setting(session, "voucher", id_of(voucher), "redeemed_on")
    priced = operations.change_of(session, use, "trip", trip.id, "price") if use else None
    facts = {"redeemed_trip_id": None, "redeemed_on": None}
    operations.edit(session, number(), voucher, facts, voucher.customer_id)
    if priced is None or trip.price != priced.after:
        return Unused(voucher.code, trip.code)
    operations.edit(session, number(), trip, {"price": priced.before}, trip.customer_id)
    return Unused(voucher.code, trip.code, priced.before)


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A voucher that was withdrawn, when, and by whom if that was before (already)."""

    code: str
    on: date
    already: bool = False
    by: str | None = None


def withdraw(
    session: Session, number: Number, voucher: Voucher, *, day: date, note: str | None = None
) -> Withdrawn:
    """Take a voucher back; note: why. Withdrawn before, it stays as it is.

    Raises Refused for one that was used, and for a day before it was issued.
    """
    trip = _spent_on(session, voucher)
    if trip is not None:
        raise Refused(
            N_("{code} was used for {trip} on {day}, and cannot be withdrawn."),
            code=voucher.code,
            trip=trip.code,
            day=voucher.redeemed_on,
        )
    if voucher.withdrawn_on is not None:
        by = operations.author(session, "voucher", id_of(voucher), "withdrawn_on")
        return Withdrawn(voucher.code, voucher.withdrawn_on, already=True, by=by)
    if day < voucher.issued_on:
        raise Refused(
            N_("{code} was issued on {issued}; it cannot have been withdrawn on {day}."),
            code=voucher.code,
            issued=voucher.issued_on,
            day=day,
        )
    facts = {"withdrawn_on": day, "note": note}
    operations.edit(session, number(), voucher, facts, voucher.customer_id)
    return Withdrawn(voucher.code, day)


# --- words ----------------------------------------------------------------------------------------


def worth(voucher: Any, currency: str) -> Message:
    """What a voucher, or a row of a list of them, is worth, in words that nobody can read the wrong
    way round."""
    what = visible(voucher.what or "", 200)
    match voucher.kind:
        case "discount":
            paid = cast(float, voucher.pay_ratio)
            return Message(
                N_("the customer pays {percent} of the price ({folds}): {less} instead of {full}"),
                percent=ratio.percent(paid),
                folds=ratio.folds(paid),
                less=format_amount(ratio.of(EXAMPLE, paid), currency),
                full=format_amount(EXAMPLE, currency),
            )
        case "amount":
            amount = format_amount(cast(int, voucher.amount), currency)
            return Message(N_("{amount} off the price"), amount=amount)
        case "gift":
            return Message(N_("a gift: {what}"), what=what)
        case "upgrade":
            return Message(N_("an upgrade: {what}"), what=what)
    if what:
        return Message(N_("an adviser of their own: {what}"), what=what)
    return Message(N_("an adviser of their own"))
