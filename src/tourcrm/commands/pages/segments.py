"""What stands around the lists of segments: periods, notes, treatments, scores, the pyramid, value,
trends."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from tourcrm.analysis.population import Basis
from tourcrm.analysis.trend import MONTHS, Trend
from tourcrm.analysis.value import ValueRow
from tourcrm.base import vocabulary
from tourcrm.base.columns import Column
from tourcrm.base.display import visible
from tourcrm.base.errors import Message
from tourcrm.base.i18n import N_, _, language, ngettext
from tourcrm.base.money import format_amount
from tourcrm.commands.pages.layout import listed
from tourcrm.segment import SEGMENTS, Group, Rfm, Tiers
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


# --- scores ---------------------------------------------------------------------------------------

_SCORES = (
    Column("score", "count", "score", "得分"),
    Column("r", "text", "R: since the last return", "R：距上次返回"),
    Column("f", "text", "F: trips", "F：次数"),
    Column("m", "text", "M: revenue", "M：收入"),
)
_SEGMENTS = (
    Column("name", "word", "segment", "分群", words="segment"),
    Column("r", "text", "R", "R"),
    Column("f", "text", "F", "F"),
    *SHARES,
)


def say_scores(found: Rfm, shape: Shape) -> None:
    say(period_text(found.basis))
    days = [_days(low, below) for low, below in _bands(found.limits["r"])]
    trips = [_at_least(low, below, str) for low, below in _bands(found.limits["f"])]
    money = [
        _at_least(low, below, lambda fen: format_amount(fen, shape.currency))
        for low, below in _bands(found.limits["m"])
    ]
    scores = zip(range(5, 0, -1), days, reversed(trips), reversed(money), strict=True)
    table(
        [{"score": score, "r": r, "f": f, "m": m} for score, r, f, m in scores],
        _SCORES,
        shape,
        title=_("What the scores mean"),
    )
    covered = {name: {"r": _range(rs), "f": _range(fs)} for name, rs, fs in SEGMENTS}
    fields = [column.field for column in (_SEGMENTS[0], *SHARES)]
    table(
        [
            {**covered[group.name], **{field: getattr(group, field) for field in fields}}
            for group in found.groups
        ],
        _SEGMENTS,
        shape,
        title=_("Segments"),
    )
    notes(found.warnings)


def _bands(limits: Sequence[int]) -> list[tuple[int | None, int | None]]:
    """What the limits part: (lowest value, value that is too high), rising."""
    return list(zip((None, *limits), (*limits, None), strict=True))


def _days(low: int | None, below: int | None) -> str:
    if low == below:
        return "-"  # nobody can have this score
    if below is None:
        return _("{days} days or more").format(days=low)
    return _("up to {days} days").format(days=below - 1)


def _at_least(low: int | None, below: int | None, text: Callable[[int], str]) -> str:
    if low == below:
        return "-"
    if low is None:
        return _("below {value}").format(value=text(below or 0))
    return _("{value} or more").format(value=text(low))


def _range(scores: range) -> str:
    return str(scores[0]) if len(scores) == 1 else f"{scores[0]}-{scores[-1]}"


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


# --- value ----------------------------------------------------------------------------------------

_MOST = 3  # who are named


def falling(rows: Sequence[ValueRow]) -> Iterator[str]:
    """Of those who fall furthest from their rank by sales: both ranks, and how long they take."""
    found = [row for row in rows if row.rank_value > row.rank_revenue]
    found.sort(key=lambda row: (row.rank_revenue - row.rank_value, row.rank_revenue))
    for row in found[:_MOST]:
        text = _("{name}: by sales no. {sales}, by value no. {value}.")
        if row.days_to_pay:
            text = _("{name}: by sales no. {sales}, by value no. {value}: pays after {days} days.")
        yield text.format(
            name=visible(row.name, 40),
            sales=row.rank_revenue,
            value=row.rank_value,
            days=row.days_to_pay,
        )


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
