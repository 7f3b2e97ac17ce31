"""On the page of a customer: what they said they like, what their trips tell, who is theirs."""

from collections.abc import Iterator

from tourcrm.base import preferences
from tourcrm.base.display import visible
from tourcrm.base.i18n import _, language, ngettext
from tourcrm.base.money import format_amount
from tourcrm.commands.pages.layout import Pair, joined, listed, word
from tourcrm.reports.circle import Circle
from tourcrm.reports.customer_profile import CallSheet
from tourcrm.reports.portrait import Often, Portrait, Told
from tourcrm.terminal.render import Shape, person


def said(sheet: CallSheet, shape: Shape) -> Iterator[Pair]:
    """What they like, as they said it; and the agency's own fields."""
    likes = [
        f"{visible(preferences.key_label(key, language()), 40)}: "
        f"{visible(preferences.value_label(key, value, language()), 200)}"
        for key, value in sheet.likes
    ]
    if likes:
        yield _("Likes"), joined(*likes)
    for column, value in sheet.own:
        if value is not None:
            yield visible(column.field, 40), person(value, column, shape)


def of_company(sheet: CallSheet, shape: Shape) -> Iterator[Pair]:
    """What is to be known of a company first: what it allows, what it owes at most."""
    facts = sheet.facts
    if facts["travel_policy"]:
        yield _("Travel policy"), visible(facts["travel_policy"], 600)
    days, limit, terms = facts["credit_days"], facts["credit_limit"], []
    if days is not None:
        text = ngettext("pays within {n} day", "pays within {n} days", days)
        terms.append(text.format(n=days))
    if limit is not None:
        terms.append(_("up to {amount}").format(amount=format_amount(limit, shape.currency)))
    if terms:
        yield _("Credit"), joined(*terms)
    valued = facts["valued"]
    values = listed(word("valued", one) for one in valued.split(";")) if valued else ""
    about = joined(
        word("company_type", facts["company_type"]),
        _("values {what}").format(what=values) if values else "",
    )
    if about:
        yield _("Company"), about


def circle(found: Circle, kind: str, shape: Shape) -> Iterator[Pair]:
    """The people of a company, or whom a channel brought, and their trips together."""
    label = _("People") if kind == "company" else _("Brought")
    trips = ngettext("{n} trip", "{n} trips", found.trips).format(n=found.trips)
    people = ngettext("{n} customer", "{n} customers", found.people).format(n=found.people)
    ahead = ngettext("{n} ahead for {amount}", "{n} ahead for {amount}", found.ahead)
    yield (
        label,
        joined(
            people,
            _("together {trips} for {amount}").format(
                trips=trips, amount=format_amount(found.revenue, shape.currency)
            ),
            ahead.format(n=found.ahead, amount=format_amount(found.ahead_revenue, shape.currency))
            if found.ahead
            else "",
        ),
    )
    for one in found.members:
        count = ngettext("{n} trip", "{n} trips", one.trips).format(n=one.trips)
        amount = format_amount(one.revenue, shape.currency)
        name = f"{visible(one.name, 40)} {visible(one.code)}"
        yield "", joined(name, visible(one.occupation or "", 30), count, amount)
    if hidden := found.people - len(found.members):
        yield "", _("and {n} more").format(n=hidden)


def told(found: Portrait, shape: Shape) -> Iterator[Pair]:
    """What trips tell, each with how many of them do."""
    if not found.trips:
        return
    label = _("Trips tell")
    for text in _habits(found, shape), _favourites(found), _price(found, shape):
        if text:
            yield label, text
            label = ""


def _of(text: str, basis: int) -> str:
    trips = ngettext("{n} trip", "{n} trips", basis).format(n=basis)
    return _("{what} ({trips})").format(what=text, trips=trips)


def _amount(one: Told, shape: Shape) -> str:
    return format_amount(round(one.value), shape.currency)


def _habits(found: Portrait, shape: Shape) -> str:
    parts = []
    if found.season is not None:
        (season, count), *_rest = found.season.values
        parts.append(
            _("mostly in {season} ({count} of {n} trips)").format(
                season=word("season", season), count=count, n=found.season.of
            )
        )
    if found.party is not None:
        party = _("party of {n}").format(n=f"{found.party.value:g}")
        parts.append(_of(party, found.party.of))
    if found.a_head is not None:
        spend = _("{amount} a head").format(amount=_amount(found.a_head, shape))
        if found.a_day is not None:
            spend = joined(spend, _("{amount} a day").format(amount=_amount(found.a_day, shape)))
        parts.append(_of(spend, found.a_head.of))
    if found.interval is not None:
        days = _("every {days} days").format(days=f"{found.interval.value:g}")
        gaps = ngettext("{n} gap", "{n} gaps", found.interval.of).format(n=found.interval.of)
        parts.append(_("{what} ({trips})").format(what=days, trips=gaps))
    return joined(*parts)


def _favourites(found: Portrait) -> str:
    tables = (("trip_kind", found.kinds), ("service", found.services), ("", found.places))
    return joined(*(_counted(often, table) for table, often in tables if often))


def _counted(often: Often, table: str) -> str:
    return listed(
        f"{word(table, value) if table else visible(value, 30)} {count}"
        for value, count in often.values
    )


def _price(found: Portrait, shape: Shape) -> str:
    """Whether they look at the price, and why that is said; nothing where no trip tells."""
    price = found.price
    parts = []
    if price.cheap and price.rate is not None:
        rate = format_amount(round(price.rate), shape.currency)
        parts.append(
            _(
                "{amount} a person and day: the lowest quarter of {n} trips to the same places"
            ).format(amount=rate, n=price.compared)
        )
    if price.by_voucher:
        parts.append(
            _("a voucher used on {n} of {trips} trips").format(n=price.vouchers, trips=price.trips)
        )
    if parts:
        return _("looks at the price: {why}").format(why=joined(*parts))
    if price.shares:
        basis = _of(_("does not look at the price"), len(price.shares))
        return joined(basis, _("compared with {n}").format(n=price.compared))
    return ""
