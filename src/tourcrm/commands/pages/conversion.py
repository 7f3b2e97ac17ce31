"""What stands below the conversion of inquiries: why and to whom they were lost, who never buys."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from tourcrm.analysis.conversion import Asked, NeverBought, counted
from tourcrm.base.columns import LOSSES
from tourcrm.base.display import visible
from tourcrm.base.i18n import _, ngettext
from tourcrm.commands.pages.layout import listed
from tourcrm.terminal.help import wrap
from tourcrm.terminal.render import Shape, line_width, say, table

_MOST = 5  # that are named


def listed_texts(row: Any) -> dict[str, Any]:
    """The fields of a row; texts with how often they were said as one text, as files hold it."""
    values = {field.name: getattr(row, field.name) for field in fields(row)}
    for name in {"reasons", "rivals"} & values.keys():
        values[name] = "; ".join(f"{text} ({count})" for text, count in values[name]) or None
    return values


def say_losses(leads: Sequence[Asked], shape: Shape) -> None:
    """Why leads were lost, and to whom, all together."""
    lost = [one for one in leads if one.lost]
    _say_counted(_("Reasons lost"), [one.reason for one in lost], shape)
    _say_counted(_("Lost to"), [one.rival for one in lost], shape)


def _say_counted(title: str, texts: Iterable[str | None], shape: Shape) -> None:
    every = list(texts)
    if not any(every):
        return
    rows = [{"what": text, "count": count} for text, count in counted(filter(None, every))]
    if unsaid := sum(text is None for text in every):
        rows.append({"what": _("not said"), "count": unsaid})
    say("")
    table(rows, LOSSES, shape, title=title)


def say_never(often: Sequence[NeverBought], at_least: int) -> None:
    """Name those who ask most and never booked."""
    if not often:
        return
    names = listed(f"{visible(one.name, 30)} ({one.inquiries})" for one in often[:_MOST])
    text = ngettext(
        "{count} customer asked {least} times or more and never booked: {names}. "
        "The list: tourcrm stats conversion --never",
        "{count} customers asked {least} times or more and never booked: {names}. "
        "The list: tourcrm stats conversion --never",
        len(often),
    )
    say("")
    for line in wrap(text.format(count=len(often), least=at_least, names=names), line_width()):
        say(line)
