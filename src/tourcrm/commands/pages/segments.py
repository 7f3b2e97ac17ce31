"""What stands around the lists of segments: periods, notes, treatments, the pyramid, trends."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from tourcrm.analysis.population import Basis
from tourcrm.analysis.trend import MONTHS, Trend
from tourcrm.base import vocabulary
from tourcrm.base.columns import Column
from tourcrm.base.display import visible
from tourcrm.base.errors import Message
from tourcrm.base.i18n import N_, _, language, ngettext
from tourcrm.base.money import format_amount
from tourcrm.commands.pages.layout import listed
from tourcrm.segment import Group, Tiers
from tourcrm.terminal.help import wrap
from tourcrm.terminal.render import Shape, line_width, say, table

SHARES = (
    Column("customers", "count", "customers", "客户数"),
    Column("share", "share", "of customers", "客户占比"),
    Column("revenue", "amount", "revenue", "收入"),
    Column("revenue_share", "share", "of sales", "收入占比"),
)
_PYRAMID = (
    Column("name", "word", "tier", "等级", words="tier"),
    *SHARES,
    Column("lowest", "amount", "revenue from", "收入起点"),
)
_TRENDS = (
    Column("trend", "word", "trend", "趋势", words="trend"),
    Column("customers", "count", "customers", "客户数"),
    Column("difference", "amount", "at stake", "增减金额"),
    Column("revenue", "amount", "last 12 months", "近12个月"),
    Column("revenue_before", "amount", "12 before", "再前12个月"),
)


def period_text(basis: Basis) -> str:
    """Which departures count, in words."""
    if basis.start is None:
        return _("All departures up to {day}.").format(day=basis.as_of)
    first = basis.start + timedelta(days=1)
    return _("Departures from {first} to {day}.").format(first=first, day=basis.as_of)


def paragraph(text: str) -> None:
    """A sentence, folded to the width of the terminal."""
    for line in wrap(text, line_width()):
        say(line)


def notes(notes: Iterable[Message]) -> None:
    for note in notes:
        paragraph(_("Note: {note}").format(note=note))


def treatments(table_of_words: str, groups: Iterable[Group]) -> None:
    for group in groups:
        if group.treatment is not None:
            label = vocabulary.label(table_of_words, group.name, language())
            paragraph(_("{group}: {treatment}").format(group=label, treatment=group.treatment))
    say("")


# --- the pyramid ----------------------------------------------------------------------------------


class _Ranked(NamedTuple):
    """The words of the pyramid for one that it ranks by."""

    title: str
    tiers: str
    cuts: str
    top: str
    headers: dict[str, tuple[str, str]]


TIERS_BY = {
    "revenue": _Ranked(
        N_("Customers by revenue"),
        N_("Tiers"),
        N_("The tiers part where the customers above bring {cuts} % of sales."),
        N_("The top 20 % of customers ({count} of {all}) bring {share} of sales."),
        {},
    ),
    "margin": _Ranked(
        N_("Customers by margin"),
        N_("Tiers by margin"),
        N_("The tiers part where the customers above bring {cuts} % of all margin."),
        N_("The top 20 % of customers ({count} of {all}) bring {share} of all margin."),
        {
            "revenue": ("margin", "毛利"),
            "revenue_share": ("of margin", "毛利占比"),
            "lowest": ("margin from", "毛利起点"),
        },
    ),
    "value": _Ranked(
        N_("Customers by value"),
        N_("Tiers by value"),
        N_("The tiers part where the customers above bring {cuts} % of all value."),
        N_("The top 20 % of customers ({count} of {all}) bring {share} of all value."),
        {
            "revenue": ("value", "价值"),
            "revenue_share": ("of value", "价值占比"),
            "lowest": ("value from", "价值起点"),
        },
    ),
}


def say_pyramid(found: Tiers, shape: Shape) -> None:
    basis = found.population.basis
    words = TIERS_BY[found.by]
    say(period_text(basis))
    columns = [
        replace(one, en=words.headers[one.field][0], zh=words.headers[one.field][1])
        if one.field in words.headers
        else one
        for one in _PYRAMID
    ]
    table(found.groups, columns, shape, title=_(words.tiers))
    paragraph(_(words.cuts).format(cuts=" / ".join(map(str, basis.cuts))))
    paragraph(
        _(words.top).format(
            count=found.top_customers, all=len(found.rows), share=f"{found.top_share:.1%}"
        )
    )
    notes((*found.warnings, *found.notes))
    say("")
    treatments("tier", found.groups)
    if found.stars:
        text = _("Rising stars of tier C, on time and with trips worth those of tier B: {names}.")
        paragraph(text.format(names=listed(visible(name, 30) for name in found.stars)))
        say("")


# --- trends ---------------------------------------------------------------------------------------


def say_trends(found: Trend, shape: Shape) -> None:
    """Which periods stand against each other, each trend together, and what is at stake."""
    first, last, before, until = found.periods
    text = _("Departures from {first} to {last}, against those from {before} to {until}.")
    paragraph(text.format(first=first, last=last, before=before, until=until))
    table(found.sums, _TRENDS, shape, title=_("Trends"))
    paragraph(
        _(
            "Rising: at least {percent}% more than before; losing: at least {percent}% less; new: "
            "the first trip of all in the last {months} months; gone: none in them."
        ).format(percent=found.percent, months=MONTHS)
    )
    if found.at_stake > 0:
        amount = format_amount(found.at_stake, shape.currency)
        paragraph(
            _("At stake: those who are losing or gone bring {amount} less than before.").format(
                amount=amount
            )
        )
    if found.unpriced:
        text = ngettext(
            "{count} trip has no price.", "{count} trips have no price.", found.unpriced
        )
        paragraph(text.format(count=found.unpriced))
    say("")
