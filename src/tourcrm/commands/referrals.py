"""`tourcrm stats referrals`: who brought whom, and what came of it."""

from typing import Any

import typer

from tourcrm.analysis import referrals
from tourcrm.analysis.referrals import Branch
from tourcrm.base.columns import REFERRALS
from tourcrm.base.display import visible
from tourcrm.base.i18n import N_, _, ngettext
from tourcrm.base.money import format_amount
from tourcrm.commands import options
from tourcrm.commands.fields import Limit
from tourcrm.terminal import context
from tourcrm.terminal.render import emit, say, tell

_DEEPEST = 8  # levels by which a name is moved to the right


def register(app: typer.Typer) -> None:
    """Give `stats` its command `referrals`."""
    app.command(
        "referrals",
        help=N_(
            "Who brought whom, as a tree: how many, with which revenue. In files a row a customer, "
            "with level and path."
        ),
        epilog=N_(
            "Example: tourcrm stats referrals\ntourcrm stats referrals -f json --as-of 2026-06-30"
        ),
    )(_referrals)


def _referrals(
    limit: Limit = None,
    as_of: options.AsOf = None,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    with context.reading() as desk:
        found = referrals.trees(desk.session, options.day(desk, as_of))
        shape = options.shape(desk, format, output, excel)
    for_people = format == "table" and output is None
    rows: list[Any] = found.rows[:limit]
    emit(
        [_indented(one) for one in rows] if for_people else rows,
        REFERRALS,
        shape,
        title=_("Referrals"),
    )
    out = say if for_people else tell
    if found.rows:
        text = ngettext(
            "{count} customer brought others: {brought} of them, with {amount}.",
            "{count} customers brought others: {brought} of them, with {amount}.",
            sum(bool(one.below) for one in found.rows),
        )
        amount = sum(one.revenue for one in found.rows if one.referrer is not None)
        out(
            text.format(
                count=sum(bool(one.below) for one in found.rows),
                brought=len(found.rows) - found.roots,
                amount=format_amount(amount, shape.currency),
            )
        )
    for ring in found.loops:
        text = _(
            '{codes} brought one another; mend one: tourcrm customers edit {code} --referred-by ""'
        )
        if len(ring) == 1:
            text = _(
                "{code} is noted as brought by itself; mend it: tourcrm customers edit {code} "
                '--referred-by ""'
            )
        tell(text.format(codes=", ".join(map(visible, ring)), code=visible(ring[0])))


def _indented(one: Branch) -> dict[str, object]:
    found = {column.field: getattr(one, column.field) for column in REFERRALS}
    if one.level:
        found["name"] = "  " * (min(one.level, _DEEPEST) - 1) + "└ " + one.name
    return found
