"""How complaints are laid out for people: what the clock says, what comes next, the whole page."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from tourcrm.base import ratio
from tourcrm.base.columns import COMPLAINT, Column
from tourcrm.base.display import visible
from tourcrm.base.i18n import _, ngettext
from tourcrm.base.money import format_amount
from tourcrm.commands.pages.layout import (
    MINUTE,
    Pair,
    duration_text,
    joined,
    laid_out,
    listed,
    own_lines,
    room,
    word,
)
from tourcrm.complaints import lifecycle
from tourcrm.complaints.departures import Traveller
from tourcrm.complaints.lifecycle import CHECKLIST, Event
from tourcrm.complaints.policy import Compensation
from tourcrm.complaints.queries import Page, Row
from tourcrm.complaints.sla import ERROR, FEWEST, Report, Share
from tourcrm.terminal.help import wrap
from tourcrm.terminal.render import Shape, person

_PHONE = Column("phone", "phone", "phone", "电话")


def moment_text(at: datetime, shape: Shape) -> str:
    """A moment in the agency's zone."""
    return f"{at.astimezone(shape.zone):%Y-%m-%d %H:%M}"


def clock_text(row: Row) -> str:
    """What the clock of a complaint says."""
    if row.left is not None:
        if -MINUTE < row.left <= timedelta():
            return _("due now")
        text = _("overdue by {time}") if row.breached else _("{time} left")
        return text.format(time=duration_text(row.left))
    return _("answered in time") if row.in_time else _("answered late")


def next_text(row: Row) -> str:
    """What a complaint needs next."""
    if row.closed_at is not None:
        return word("complaint_state", "closed")
    return lifecycle.missing((*row.lacks, "told")[0])


def in_table(row: Row) -> dict[str, Any]:
    """A row as the table shows it."""
    said: dict[str, Any] = row._asdict() | {"clock": clock_text(row), "next": next_text(row)}
    return said | {"text": visible(row.text, 40)}


# --- the page -------------------------------------------------------------------------------------


def lines(page: Page, shape: Shape) -> Iterator[str]:
    """The whole page of a complaint."""
    row = page.row
    head = joined(
        row.code,
        word("severity", row.severity),
        word("complaint_category", row.category),
        word("complaint_state", row.state),
        _("{name} {code}").format(name=visible(row.name, 60), code=visible(row.customer)),
    )
    pairs = [
        *_who(page, shape),
        *_clock(page, shape),
        *_aboard(page),
        *_checklist(page, shape),
        *_judged(row),
        *_given(page, shape),
        *_fixes(page),
        *_ended(row, shape),
        *_story(page.events, shape),
        *_next(page),
    ]
    yield from laid_out(head, pairs)


def _who(page: Page, shape: Shape) -> Iterator[Pair]:
    row = page.row
    phone = person(page.phone, _PHONE, Shape(reveal=True)) if page.phone else ""
    tier = _("tier {tier}").format(tier=row.tier) if row.tier else ""
    owner = _("looked after by {name}").format(name=visible(row.owner, 40)) if row.owner else ""
    yield _("Customer"), joined(phone, tier, owner) or "—"
    if row.trip:
        price = "" if page.price is None else format_amount(page.price, shape.currency)
        yield _("Trip"), joined(visible(row.trip), visible(row.destination or "", 60), price)
    yield _("Complaint"), visible(row.text, 2000)
    yield from own_lines(COMPLAINT, row._asdict(), shape)


def _clock(page: Page, shape: Shape) -> Iterator[Pair]:
    row = page.row
    since = _("since {moment}") if not row.reopened else _("reopened {moment}")
    if page.escalated:
        since = _("a crisis since {moment}")
    until = _("answer due by {moment}").format(moment=moment_text(row.due_at, shape))
    yield (
        _("Clock"),
        joined(since.format(moment=moment_text(row.opened_at, shape)), until, clock_text(row)),
    )
    if row.in_charge:
        yield _("In charge"), visible(row.in_charge, 60)


def _checklist(page: Page, shape: Shape) -> Iterator[Pair]:
    if page.row.severity != "crisis":
        return
    label = _("Checklist")
    for point in CHECKLIST:
        at = page.ticks.get(point)
        state = moment_text(at, shape) if at else _("missing")
        text = _("{point}: {state}")
        yield label, text.format(point=word("complaint_step", point), state=state)
        label = ""


def _aboard(page: Page) -> Iterator[Pair]:
    label = _("On the departure")
    for one in page.aboard if len(page.aboard) > 1 else ():
        yield label, traveller_text(one)
        label = ""


def traveller_text(one: Traveller) -> str:
    """Somebody who is to be called, with the number in full."""
    phone = person(one.phone, _PHONE, Shape(reveal=True)) or _("no phone")
    some = ngettext("{n} traveller", "{n} travellers", one.travellers).format(n=one.travellers)
    return joined(
        f"{visible(one.name, 40)} {visible(one.customer, 20)}",
        phone,
        some if one.travellers > 1 else "",
        visible(one.trip, 30),
        visible(one.owner or "", 20),
    )


def _judged(row: Row) -> Iterator[Pair]:
    if row.cause:
        yield _("Cause"), joined(word("cause", row.cause), visible(row.supplier or "", 60))


def _given(page: Page, shape: Shape) -> Iterator[Pair]:
    label = _("Given")
    for one in page.compensations:
        yield label, compensation_text(one, shape)
        label = ""
    if page.due:
        kinds = listed(word("compensation", kind) for kind in sorted(page.due, reverse=True))
        yield _("Owed"), _owed(kinds, page.waived, shape)


def _owed(kinds: str, waived: Event | None, shape: Shape) -> str:
    """What became of kinds of compensation that are owed and were not given."""
    if waived is None:
        return _("{kinds}: not given yet").format(kinds=kinds)
    text = _("{kinds}: waived by {who} on {day}: “{why}”")
    day = waived.at.astimezone(shape.zone).date()
    return text.format(
        kinds=kinds, who=visible(waived.staff, 30), day=day, why=visible(waived.text or "", 400)
    )


def compensation_text(one: Compensation, shape: Shape) -> str:
    """A refund or voucher on one line: what it is, since when, how it stands."""
    if one.kind == "refund" and one.amount is not None:
        worth = format_amount(one.amount, shape.currency)
    elif one.pay_ratio is not None:
        worth = _("the customer pays {percent}").format(percent=ratio.percent(one.pay_ratio))
    elif one.amount is not None:
        worth = format_amount(one.amount, shape.currency)
    else:
        worth = ""
    state = word("compensation_state", one.state)
    settled = state if one.settled_on is None else f"{state} {one.settled_on}"
    until = ""
    if one.until is not None and one.state == "open":
        until = _("valid until {day}").format(day=one.until)
    return joined(
        f"{one.code} {word('compensation', one.kind)}",
        worth,
        visible(one.what or "", 200),
        str(one.given_on),
        settled,
        until,
        _("not owed by this cause") if one.owed is False else "",
    )


def _fixes(page: Page) -> Iterator[Pair]:
    label = _("Mend inside")
    for fix in page.fixes:
        done = _("done on {day}").format(day=fix.done_on) if fix.done_on else _("open")
        what = f"{fix.number} {visible(fix.what, 200)}"
        yield label, joined(what, visible(fix.owner, 40), done)
        label = ""


def _ended(row: Row, shape: Shape) -> Iterator[Pair]:
    if row.closed_at is not None:
        rated = ""
        if row.satisfaction is not None:
            rated = _("satisfaction {n} of 5").format(n=row.satisfaction)
        yield _("Closed"), joined(moment_text(row.closed_at, shape), rated)


def _story(events: Sequence[Event], shape: Shape) -> Iterator[Pair]:
    label = _("Story")
    for event in events:
        yield (
            label,
            joined(
                moment_text(event.at, shape),
                word("complaint_step", event.step),
                _detail(event),
                visible(event.text or "", 400),
                visible(event.staff, 30),
            ),
        )
        label = ""


def _detail(event: Event) -> str:
    """What a step settled, as a person reads it."""
    detail = event.detail or ""
    if event.step == "attributed":
        return word("cause", detail)
    if event.step == "closed" and detail:
        return _("satisfaction {n} of 5").format(n=visible(detail))
    if event.step == "noted" and detail == lifecycle.WAIVED:
        return _("what is owed is not given")
    if event.begins == lifecycle.ESCALATED:
        return _("it has become a crisis")
    if event.step == "noted" and detail.startswith("severity:"):
        return word("severity", detail.removeprefix("severity:"))
    if event.step == "noted" and detail.startswith("category:"):
        return word("complaint_category", detail.removeprefix("category:"))
    return visible(detail, 60)


def _next(page: Page) -> Iterator[Pair]:
    row = page.row
    if row.closed_at is None:
        lacks = (*row.lacks, "told")
        unticked = [point for point in CHECKLIST if point not in page.ticks]
        crisis = row.severity == "crisis"
        yield _("Missing"), listed(map(lifecycle.missing, lacks))
        yield _("Next"), lifecycle.command(lacks[0], row.code, unticked if crisis else ())


# --- in time? -------------------------------------------------------------------------------------


def group_text(share: Share) -> str:
    """The name of a group as a person reads it."""
    if share.group is None:
        return "—"
    tables = {"severity": "severity", "category": "complaint_category"}
    table = tables.get(share.by)
    return word(table, share.group) if table else visible(share.group, 60)


def conclusions(report: Report) -> Iterator[str]:
    """What the shares say, and how sure that is."""
    said = []
    if report.cases:
        share = f"{report.in_time / report.cases:.1%}"
        text = _("{in_time} of {n} answered in time ({share}).")
        said.append(text.format(in_time=report.in_time, n=report.cases, share=share))
    else:
        said.append(_("No complaint of these days had to be answered yet."))
    if report.running:
        text = ngettext(
            "{n} clock still runs and is not counted.",
            "{n} clocks still run and are not counted.",
            report.running,
        )
        said.append(text.format(n=report.running))
    for one in report.standing_out:
        text = _(
            "{by} {group} stands out: {late} of {n} late, of all others {rest_late} of {rest}. "
            "Chance alone would do that in {p} of cases."
        )
        said.append(
            text.format(
                by=word("complaint_grouping", one.by),
                group=group_text(one),
                late=one.late,
                n=one.cases,
                rest_late=one.rest - one.rest_in_time,
                rest=one.rest,
                p="<0.01%" if (one.p or 0.0) < 0.0001 else f"{one.p:.2%}",
            )
        )
    if report.cases and not report.compared:
        text = _(
            "Too few cases to compare groups: {fewest} of each, and of the others, are needed."
        )
        said.append(text.format(fewest=FEWEST))
    elif report.cases and not report.standing_out:
        said.append(
            _(
                "Nothing stands out: no group was late more often than chance explains "
                "({compared} compared, of {fewest} cases or more; Fisher's exact test, "
                "{error:.0%} for all together)."
            ).format(compared=report.compared, fewest=FEWEST, error=ERROR)
        )
    for text in said:
        yield from wrap(text, room())
