"""What has to be said around the table of `followups results`, so that nobody reads too much in."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from tourcrm.agenda.results import AGAIN_DAYS, FEW, Result
from tourcrm.base.i18n import _
from tourcrm.commands.pages.layout import room
from tourcrm.terminal.help import wrap


def before(first: date, last: date) -> Iterator[str]:
    """What the table shows."""
    yield from wrap(
        _("Follow-ups from {first} to {last}: who booked again within {days} days.").format(
            first=first, last=last, days=AGAIN_DAYS
        ),
        room(),
    )


def after(
    found: Sequence[Result], first: date, last: date, as_of: date, began: date | None
) -> Iterator[str]:
    """What the table does not show. began: the day of the first decision of all."""
    said = []
    if not found:
        said.append(_("Nothing was decided, and nothing lapsed, in these days."))
    else:
        said.append(
            _(
                "This is no experiment: whom you called was not chosen by lot. Those who can be "
                "reached, and those you like to call, may book more anyway. Where no day of "
                "booking is known, the day of departure stands for it."
            )
        )
    if {"settled", "never"} & {one.aftermath for one in found}:
        said.append(
            _(
                "“Settled by itself”: nobody had decided yet when they booked or were spoken "
                "to, so that the follow-up was no longer needed. It and “never decided” are "
                "worked out, with the rules of today, for four weeks at a time; a few "
                "customers, whose standing changed in these weeks, may be missing."
            )
        )
    if any(one.too_few for one in found):
        said.append(_("“Too few”: under {n} customers, where a share may be chance.").format(n=FEW))
    if last > as_of - timedelta(AGAIN_DAYS):
        said.append(
            _("Not all of the {days} days have passed yet for what is later than {day}.").format(
                days=AGAIN_DAYS, day=as_of - timedelta(AGAIN_DAYS)
            )
        )
    if began is None:
        said.append(_("No follow-up was ever decided: begin with tourcrm followups due."))
    elif began > first:
        said.append(
            _("Nobody decided anything before {day}: what lapsed by then is left out.").format(
                day=began
            )
        )
    for text in said:
        yield from wrap(text, room())
