"""What `tourcrm check --data` lists: what is to be mended of customers, by person in charge."""

from collections.abc import Callable
from pathlib import Path

from tourcrm.analysis.population import Basis
from tourcrm.base.columns import COMPLETENESS, GAPS
from tourcrm.base.display import visible
from tourcrm.base.folding import folded
from tourcrm.base.i18n import _, language, ngettext
from tourcrm.commands import options
from tourcrm.db.setting import parse_window
from tourcrm.reports import data_quality
from tourcrm.reports.data_quality import Filled, Records
from tourcrm.terminal import context
from tourcrm.terminal.help import wrap
from tourcrm.terminal.render import Shape, emit, line_width, say, table, tell


def run(owner: str | None, fields: bool, format: str, output: Path | None, excel: bool) -> None:
    """List the gaps, or with `fields` how complete the file is."""
    with context.reading() as desk:
        basis = Basis(desk.today, parse_window(desk.settings["window"]), desk.settings.cuts)
        found = data_quality.build(desk.session, basis, owner)
        shape = options.shape(desk, format, output, excel)
    for_people = format == "table" and output is None
    if fields:
        rows = [_named(one) for one in (*found.fields, found.whole)]
        emit(rows, COMPLETENESS, shape, title=_("How complete the file is"))
        return
    if for_people:
        _by_owner(found, shape)
    else:
        emit(found.gaps, GAPS, shape, title=_("Customer records"))
    _complete(found.whole, found, say if for_people else tell)


def _named(one: Filled) -> dict[str, object]:
    field = data_quality.header(one.field, language()) if one.field else _("all")
    return {"field": field, "customers": one.customers, "filled": one.filled, "share": one.share}


def _by_owner(found: Records, shape: Shape) -> None:
    columns = [one for one in GAPS if one.field != "owner"]
    for owner, gaps in data_quality.by_owner(found.gaps):
        theirs = found.owners.get(folded(owner))
        title = _("{owner}: {count} to mend").format(
            owner=visible(owner, 40) or _("nobody in charge"), count=len(gaps)
        )
        if theirs is not None and theirs.share is not None:
            title += _("; {share} of their customers' fields are filled").format(
                share=_percent(theirs.share)
            )
        table(gaps, columns, shape, title=title)


def _complete(whole: Filled, found: Records, out: Callable[[str], None]) -> None:
    """How many customers have something to be mended, and how complete the file is."""
    who = len({one.customer for one in found.gaps})
    text = ngettext(
        "{count} customer has something to be mended.",
        "{count} customers have something to be mended.",
        who,
    )
    lines = [text.format(count=who) if who else _("Nothing hurts: no customer is to be mended.")]
    if whole.share is not None:
        text = _("The file is {share} complete: {fields}. Which fields count: {command}")
        fields = [one for one in found.fields if one.share is not None]
        between = "，" if language() == "zh" else ", "
        told = (
            f"{data_quality.header(one.field, language())} {_percent(one.share or 0)}"
            for one in fields
        )
        more = context.command("check", "--data", "--fields")
        share = _percent(whole.share)
        lines.append(text.format(share=share, fields=between.join(told), command=more))
    for line in lines:
        for part in wrap(line, line_width()):
            out(part)


def _percent(share: float) -> str:
    return f"{share:.1%}"
