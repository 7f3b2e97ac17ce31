"""How the page of a customer is laid out for people: labels on the left, at most 80 cells wide."""

from collections.abc import Iterator
from datetime import date
from statistics import median

from tourcrm.base import ratings
from tourcrm.base.columns import Column
from tourcrm.base.display import sayable, visible
from tourcrm.base.i18n import N_, _, language, ngettext
from tourcrm.base.money import format_amount
from tourcrm.commands.pages import portrait, promises
from tourcrm.commands.pages.complaint import clock_text, next_text
from tourcrm.commands.pages.layout import Pair, day_text, joined, laid_out, listed, own_lines, word
from tourcrm.customers.special_days import label_name
from tourcrm.reports.customer_profile import TOLD, Anniversary, CallSheet, Journey, Named, Standing
from tourcrm.segment import QUADRANT_TREATMENTS
from tourcrm.terminal.render import Shape, person

CLOSED = 3  # complaints that are closed
OWED = 3  # trips that are not paid
_PHONE = Column("phone", "phone", "phone", "电话")


def lines(sheet: CallSheet, shape: Shape) -> Iterator[str]:
    """The page, line by line, safe to print."""
    pairs = [*identity(sheet, shape), *background(sheet, shape), *_due(sheet)]
    yield from laid_out(headline(sheet), pairs)


def background(sheet: CallSheet, shape: Shape) -> list[Pair]:
    """Where the customer stands, their trips, and the last contacts."""
    return [
        *_standing(sheet, shape),
        *_journeys(sheet, shape),
        *portrait.told(sheet.portrait, shape),
        *(portrait.circle(sheet.circle, sheet.who.kind, shape) if sheet.circle else ()),
        *_complaints(sheet, shape),
        *_debts(sheet, shape),
        *promises.pairs(sheet.promised, shape.currency),
        *_answers(sheet),
        *_contacts(sheet, shape),
    ]


def _debts(sheet: CallSheet, shape: Shape) -> Iterator[Pair]:
    """What is owed, by the customer and of a company by its people: all of it, then by trips."""
    if not sheet.debts:
        return
    whole = sum(debt.balance for debt in sheet.debts)
    late = sum(debt.overdue for debt in sheet.debts)
    told = _("{amount}, of which {late} is overdue") if late else "{amount}"
    amounts = {"amount": format_amount(whole, shape.currency)}
    yield _("Owes"), told.format(late=format_amount(late, shape.currency), **amounts)
    for debt in sheet.debts[:OWED]:
        text = _("{amount} for {trip} of {name}, due on {day}")
        amount = format_amount(debt.balance, shape.currency)
        name, trip = visible(debt.name, 40), visible(debt.trip)
        yield "", text.format(amount=amount, trip=trip, name=name, day=debt.due_on)


def headline(sheet: CallSheet) -> str:
    """Who it is."""
    who = sheet.who
    status = "" if who.status == "active" else word("customer_status", who.status)
    spelled = who.name_pinyin if who.name_pinyin and not who.name.isascii() else ""
    return joined(
        f"{visible(who.name, 60)} {visible(who.code)}",
        visible(spelled or "", 40),
        word("customer_kind", who.kind),
        word("gender", who.gender),
        visible(who.city or "", 40),
        status,
    )


def identity(sheet: CallSheet, shape: Shape) -> Iterator[Pair]:
    """What is known of the customer in person, how to reach them first."""
    who = sheet.who
    yield from portrait.of_company(sheet, shape)
    if who.status != "active":
        text = _("{status} since {day}").format(
            status=word("customer_status", who.status), day=who.lost_on or "?"
        )
        yield _("Status"), joined(text, visible(who.lost_reason or ""), visible(who.rival or ""))
    elif who.lost_on:
        text = _("on {day}").format(day=who.lost_on)
        yield (
            _("Lost before"),
            joined(text, visible(who.lost_reason or ""), visible(who.rival or "")),
        )
    if who.do_not_contact:
        yield _("Careful"), _("Do not contact, except for what a booked trip demands.")
    elif who.marketing_consent == "no":
        yield _("Careful"), _("Wants no marketing.")
    phones = [
        person(number, _PHONE, Shape(reveal=True)) for number in (who.phone, who.phone2) if number
    ]
    reach = [
        " / ".join(phones),
        _("WeChat {id}").format(id=visible(who.wechat)) if who.wechat else "",
        visible(who.email or ""),
    ]
    yield _("Phone"), joined(*reach) or "—"
    yield from own_lines(TOLD, sheet.facts, shape)
    people = [
        _about(_("looked after by {name}"), who.owner),
        _about(_("works for {name}"), _called(sheet.company)),
        visible(who.occupation or ""),
        _about(_("recommended by {name}"), _called(sheet.referred_by)),
        _about(_("speaks {name}"), word("language", who.language)),
    ]
    if any(people):
        yield _("Ties"), joined(*people)
    yield from portrait.said(sheet, shape)
    if sheet.tags:
        yield _("Tags"), visible("、".join(sheet.tags))
    for one in sheet.anniversaries:
        yield label_name(one.label), _anniversary(one, sheet.as_of)
    if who.passport_expires_on:
        yield _("Passport"), _("valid until {day}").format(day=who.passport_expires_on)
    if who.note:
        yield _("Note"), visible(who.note, 400)


def _about(text: str, name: str | None) -> str:
    return text.format(name=visible(name, 60)) if name else ""


def _called(other: Named | None) -> str | None:
    return f"{other.name} ({other.code})" if other else None


def _anniversary(one: Anniversary, as_of: date) -> str:
    days = (one.next_on - as_of).days
    when = _("today") if days == 0 else ngettext("in {n} day", "in {n} days", days).format(n=days)
    years = ""
    if one.years:
        years = ngettext("{n} year by then", "{n} years by then", one.years).format(n=one.years)
    coming = _("next on {day}, {when}").format(day=one.next_on, when=when)
    return joined(day_text(one.day), coming, years)


def _standing(sheet: CallSheet, shape: Shape) -> Iterator[Pair]:
    standing = sheet.standing
    if standing is None:
        yield _("Standing"), _("No departure yet.")
        return
    tier = _("tier {tier}").format(tier=standing.tier) if standing.tier else _("no tier")
    lateness = _("{cadence}: last trip {recency} days ago, the next expected after {gap} days")
    if sheet.next_trip is not None:
        lateness = _("{cadence}: last trip {recency} days ago, the next begins on {next}")
    yield (
        _("Standing"),
        joined(
            tier,
            word("quadrant", standing.quadrant),
            lateness.format(
                cadence=word("cadence", standing.cadence),
                recency=standing.recency_days,
                gap=round(standing.expected_gap),
                next=sheet.next_trip.departs_on if sheet.next_trip else "",
            ),
        ),
    )
    yield _("Treatment"), str(QUADRANT_TREATMENTS[standing.quadrant])
    yield _("Spend"), _spend(standing, shape)


def _spend(standing: Standing, shape: Shape) -> str:
    trips = ngettext("{n} trip", "{n} trips", standing.trips).format(n=standing.trips)
    since = _("{trips} since {day}").format(trips=trips, day=standing.first_on)
    every = ""
    if standing.average_gap is not None:
        every = _("every {days} days on average").format(days=round(standing.average_gap))
    a_trip = yearly = ""
    if standing.value_per_trip is not None:
        a_trip = _("{amount} a trip").format(
            amount=format_amount(standing.value_per_trip, shape.currency)
        )
    if standing.yearly_spend is not None:
        yearly = _("{amount} a year").format(
            amount=format_amount(standing.yearly_spend, shape.currency)
        )
    return joined(since, every, a_trip, yearly)


def _journeys(sheet: CallSheet, shape: Shape) -> Iterator[Pair]:
    last = sheet.last_trip
    if last is not None:
        away = (last.returns_on or sheet.as_of) >= sheet.as_of and last.status == "booked"
        yield _("On a trip") if away else _("Last trip"), _with_others(last, shape)
    if sheet.next_trip is not None:
        yield _("Next trip"), _with_others(sheet.next_trip, shape)
    if sheet.decisions:
        text = ngettext(
            "after {days} days, of {n} trip", "after {days} days, the middle of {n} trips",
            len(sheet.decisions),
        )  # fmt: skip
        yield (
            _("Decides"),
            text.format(days=f"{median(sheet.decisions):g}", n=len(sheet.decisions)),
        )
    for trip in sheet.open:
        yield word("trip_state", trip.status), journey_text(trip, shape)
    for trip in sheet.along:
        yield _("Goes along"), _with_others(trip, shape)


def _with_others(trip: Journey, shape: Shape) -> str:
    """A trip, and who is on it."""
    others = listed(visible(name, 40) for name in trip.others)
    return joined(
        journey_text(trip, shape), _("with {names}").format(names=others) if others else ""
    )


def journey_text(trip: Journey, shape: Shape) -> str:
    """A trip on one line."""
    ends = dict.fromkeys(str(day) for day in (trip.departs_on, trip.returns_on) if day)
    return joined(
        " – ".join(ends),
        visible(trip.destination or "", 60),
        "" if trip.price is None else format_amount(trip.price, shape.currency),
        visible(trip.advisor or "", 30),
        visible(trip.code),
    )


def _ago(days: int) -> str:
    return _("today") if days == 0 else ngettext("{n} day ago", "{n} days ago", days).format(n=days)


def _contacts(sheet: CallSheet, shape: Shape) -> Iterator[Pair]:
    personal = _("never in person")
    if sheet.last_personal is not None:
        day = sheet.last_personal.astimezone(shape.zone).date()
        personal = _("last in person on {day}, {when}").format(
            day=day, when=_ago((sheet.as_of - day).days)
        )
    yield _("Contacts"), personal
    for contact in sheet.contacts:
        at = contact.at.astimezone(shape.zone)
        yield (
            "",
            joined(
                f"{at:%Y-%m-%d %H:%M}",
                f"{word('contact_channel', contact.channel)} "
                f"{word('direction', contact.direction)}",
                word("contact_kind", contact.kind),
                visible(ratings.in_words(contact.summary or "", language()), 160),
                visible(contact.staff or "", 30),
            ),
        )


def _complaints(sheet: CallSheet, shape: Shape) -> Iterator[Pair]:
    """The open ones, with what their clocks say and what they need; the last that are closed."""
    label = _("Complaints")
    closed = [one for one in sheet.complaints if one.closed_at]
    for one in [*(one for one in sheet.complaints if not one.closed_at), *closed[:CLOSED]]:
        said = [visible(one.code), word("complaint_category", one.category)]
        if one.closed_at is None:
            said += [clock_text(one), next_text(one)]
        else:
            day = one.closed_at.astimezone(shape.zone).date()
            said.append(_("closed on {day}").format(day=day))
        yield label, joined(*said, visible(one.text, 100))
        label = ""


_POINTS = {"nps": N_("recommends us: {points} of 10"), "csat": N_("content: {points} of 5")}


def _answers(sheet: CallSheet) -> Iterator[Pair]:
    label = _("Answers")
    for one in sheet.answers:
        points = [
            _(text).format(points=points)
            for field, text in _POINTS.items()
            if (points := getattr(one, field)) is not None
        ]
        comment = visible(one.comment or "", 160)
        yield label, joined(str(one.answered_on), visible(one.trip or ""), *points, comment)
        label = ""


def _due(sheet: CallSheet) -> Iterator[Pair]:
    label = _("Due")
    if not sheet.due:
        yield label, _("Nothing is due.")
    for line in sheet.due:
        waits = f" ({line.why})" if line.state == "waiting" and line.why else ""
        yield label, f"{line.id} {visible(line.title)}{waits} · {visible(line.reason)}"
        yield "", sayable(line.script)
        label = ""
    yield from noted(sheet)


def noted(sheet: CallSheet) -> Iterator[Pair]:
    """What colleagues noted to do, and is not on the list of the day."""
    label = _("Noted")
    for line in sheet.noted:
        held = str(line.why) if line.state == "held" and line.why else ""
        what = f"{line.id} {line.due_on}"
        yield label, joined(what, visible(line.title), visible(line.reason), held)
        label = ""
