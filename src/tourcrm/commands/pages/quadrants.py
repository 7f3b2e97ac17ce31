"""What stands around the list of quadrants: what parts them, what each deserves, a picture."""

from tourcrm.analysis.population import LOYAL_UP_TO, Basis, Population
from tourcrm.base import vocabulary
from tourcrm.base.columns import QUADRANTS, Column
from tourcrm.base.i18n import N_, _, language
from tourcrm.base.money import format_amount
from tourcrm.commands.pages.segments import SHARES, notes, paragraph, period_text, treatments
from tourcrm.segment import Quadrants
from tourcrm.terminal import scatter
from tourcrm.terminal.help import wrap
from tourcrm.terminal.render import Shape, line_width, say, table

_FOUR = (Column("name", "word", "quadrant", "象限", words="quadrant"), *SHARES)
_SCALES = {
    "yearly_spend": N_("spend a year"),
    "value_per_trip": N_("value of a trip"),
    "party_size": N_("people on a trip"),
}


def brief_columns(scale_by: str) -> list[Column]:
    """What a terminal has room for: the quadrant says scale and loyalty; one amount is enough."""
    amount = "yearly_spend" if scale_by == "value_per_trip" else "value_per_trip"
    return [c for c in QUADRANTS if c.field not in ("scale", "loyalty", amount)]


def say_quadrants(found: Quadrants, shape: Shape) -> None:
    everybody = found.population
    say(period_text(everybody.basis))
    table(found.groups, _FOUR, shape, title=_("Quadrants"))
    treatments("quadrant", found.groups)
    paragraph(_scale_line(everybody, shape))
    paragraph(
        _(
            "Loyal: trips on two days or more, and lateness up to {lateness}. Lateness: days since "
            "the last return / days expected from trip to trip."
        ).format(lateness=LOYAL_UP_TO)
    )
    paragraph(_gap_line(everybody))
    paragraph(
        "  ".join(
            f"{vocabulary.label('cadence', name, language())} {count}"
            for name, count in found.cadences.items()
        )
    )
    notes(found.warnings)
    say("")
    for line in _picture(found, shape):
        say(line)
    say("")


def _scale_text(value: float, basis: Basis, shape: Shape) -> str:
    if basis.scale_by == "party_size":
        return f"{value:.2f}"
    return format_amount(round(value), shape.currency)


def _scale_line(everybody: Population, shape: Shape) -> str:
    basis = everybody.basis
    if everybody.scale_cut is None:
        return _("Scale: no price is known in the window, so all are small.")
    if basis.large_from is None:
        text = _(
            "Large: {scale} of {cut} or more, the median of the {count} customers with a trip in "
            "the window."
        )
    else:
        text = _("Large: {scale} of {cut} or more, as you said.")
    return text.format(
        scale=_(_SCALES[basis.scale_by]),
        cut=_scale_text(everybody.scale_cut, basis, shape),
        count=everybody.window_customers,
    )


def _gap_line(everybody: Population) -> str:
    if everybody.basis.gap is not None:
        text = _("Expected: {gap} days, as you said, mixed with each customer's own intervals.")
    elif everybody.gap_assumed:
        text = _("Expected: {gap} days, assumed, mixed with each customer's own intervals.")
    else:
        text = _(
            "Expected: {gap} days, the median of {count} intervals, mixed with each customer's own."
        )
    return text.format(gap=f"{everybody.gap:g}", count=everybody.gaps)


def _picture(found: Quadrants, shape: Shape) -> list[str]:
    """Everybody but first-timers who are not late: they have no loyalty to show yet."""
    everybody = found.population
    cut, basis = everybody.scale_cut, everybody.basis
    if not cut:
        return []
    counted = {group.name: group.customers for group in found.groups}

    def corner(quadrant: str) -> str:
        label = vocabulary.label("quadrant", quadrant, language())
        return _("{group}: {count}").format(group=label, count=counted.get(quadrant, 0))

    def label(value: float) -> str:
        return f"{value:g}" if basis.scale_by == "party_size" else _brief(value, shape.currency)

    cells = line_width()
    if cells < scatter.NARROWEST:
        text = _("The picture needs a line of {cells} characters.")
        return wrap(text.format(cells=scatter.NARROWEST), cells)
    lines = scatter.scatter(
        [
            (row.scale_value, row.lateness)
            for row in found.rows
            if row.scale_value is not None and row.quadrant != "new"
        ],
        scatter.Across(_(_SCALES[basis.scale_by]), cut, label),
        scatter.Down(_("lateness"), LOYAL_UP_TO, 4.0),
        scatter.Corners(*map(corner, ("small_high", "large_high", "small_low", "large_low"))),
        cells,
    )
    if lines and counted.get("new"):
        text = _("Not in the picture: new customers, with one trip and not late ({count}).")
        lines.append(text.format(count=counted["new"]))
    return lines


def _brief(fen: float, currency: str) -> str:
    """An amount short enough for an axis: ¥1.2万, USD 12k."""
    units = ((10**8, "亿"), (10**4, "万")) if language() == "zh" else ((10**6, "M"), (10**3, "k"))
    unit, sign = next(((unit, sign) for unit, sign in units if fen >= unit * 100), (1, ""))
    number = fen / 100 / unit
    digits = f"{number:.0f}" if number >= 100 else f"{number:.1f}".removesuffix(".0")
    return format_amount(0, currency).removesuffix("0.00") + digits + sign
