"""What the steps of complaints share: options, what is typed, what is said."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tourcrm.base import columns
from tourcrm.base.columns import Column, by_field
from tourcrm.base.display import visible
from tourcrm.base.errors import CellError, WrongUsage
from tourcrm.base.i18n import N_, _, ngettext
from tourcrm.commands.fields import tell_notes
from tourcrm.terminal import context, render, typed
from tourcrm.terminal.context import Desk

if TYPE_CHECKING:
    from tourcrm.complaints.departures import Traveller
    from tourcrm.complaints.steps import Act, Done
    from tourcrm.models import Complaint

_MOST = 2000  # characters of a text
_COMPLAINT, _INTERACTION = by_field(columns.COMPLAINT), by_field(columns.INTERACTION)
CATEGORY, CAUSE, SEVERITY = map(_COMPLAINT.__getitem__, ("category", "cause", "severity"))
AT, CHANNEL = _INTERACTION["at"], _INTERACTION["channel"]
SATISFACTION = by_field(columns.SURVEY)["csat"]
PRICE = by_field(columns.TRIP)["price"]

Code = Annotated[
    str,
    typer.Argument(
        metavar=N_("COMPLAINT"),
        help=N_("its code, like K00001; or the customer: code, phone or name"),
    ),
]
Staff = Annotated[str | None, typer.Option("--staff", help=N_("who did it; you if left out"))]
At = Annotated[
    str | None,
    typer.Option(
        "--at",
        metavar=N_("MOMENT"),
        help=N_("when, for example “2026-11-20 22:10”; now if left out"),
    ),
]
TripCode = Annotated[
    str | None, typer.Option("--trip", metavar=N_("TRIP"), help=N_("the trip that it is about"))
]
Category = Annotated[
    str | None,
    typer.Option("--category", help=CATEGORY.help),
]
InCharge = Annotated[
    str | None,
    typer.Option("--in-charge", metavar=N_("NAME"), help=_COMPLAINT["in_charge"].help),
]
Reached = Annotated[
    str | None,
    typer.Option(
        "--channel",
        help=N_("how the customer was told (phone, wechat ...); then a contact is logged, too"),
    ),
]


# --- what is typed -------------------------------------------------------------------------------


@contextmanager
def acting(verb: str, staff: str | None) -> Iterator[tuple[Desk, "Act"]]:
    """A desk to write at, and who acts."""
    from tourcrm.complaints.steps import Act

    with context.writing(verb) as desk:
        who = option(staff, "--staff") or desk.actor
        place = desk.session, desk.settings, desk.number
        yield desk, Act(*place, desk.today, desk.now, who)


def complaint(desk: Desk, code: str, *, closed: bool = False) -> "Complaint":
    """The complaint with this code, or the one of this customer: one that is open, or closed.
    Raises NotFound."""
    from tourcrm.commands import named

    return named.complaint(desk, code, closed=closed)


def words(text: str, name: str) -> str:
    """What was typed, checked. Raises WrongUsage where it says nothing, or too much."""
    from tourcrm.base import parsing

    try:
        found = parsing.text(text, _MOST)
    except CellError as reason:
        raise WrongUsage(N_("{option}: {reason}."), option=_(name), reason=reason) from None
    if parsing.is_nothing(found, parsing.NO_TEXT):
        raise WrongUsage(N_("{option} is empty."), option=_(name))
    return found


def option(text: str | None, name: str) -> str | None:
    """As `words`; None where the option was left out."""
    return None if text is None else words(text, name)


def fix(what: str | None, owner: str | None, names: tuple[str, str]) -> tuple[str, str] | None:
    """What is to be mended, and whose work that is."""
    if what is None or owner is None:
        return None
    return words(what, names[0]), words(owner, names[1])


def value(desk: Desk, column: Column, text: str | None, name: str | None = None) -> Any:
    """The value of an option, by the kind of a column; None where it was left out."""
    return None if text is None else typed.value(column, text, desk.settings, name)


# --- what is said ---------------------------------------------------------------------------------


def say(done: "Done", text: str, **more: str) -> None:
    """What was done, or that nothing changed; then what is worth knowing."""
    names = {"code": done.code, "customer": done.customer, "name": visible(done.name, 40)}
    if not done.changed:
        text = _("Nothing changed: complaint {code} of {customer} {name} is like that already.")
    render.say(text.format(**names, **more))
    tell_notes(done.notes)


def say_until(done: "Done", zone: tzinfo, now: datetime) -> None:
    """Until when the customer must have an answer, or should have had one."""
    if done.due_at is not None:
        text = _("The customer must have an answer by {moment}.")
        if done.due_at <= now:
            text = _("The customer should have had an answer by {moment}: answer at once.")
        render.say(text.format(moment=f"{done.due_at.astimezone(zone):%Y-%m-%d %H:%M}"))


def say_next(done: "Done") -> None:
    """The command that comes next."""
    from tourcrm.complaints import lifecycle

    if not done.closed:
        command = lifecycle.command((*done.needs, "told")[0], done.code, done.unticked)
        render.say(_("Next: {command}").format(command=command))


def say_aboard(aboard: "Sequence[Traveller]") -> None:
    """Who is on the departure of a crisis, to be called."""
    if len(aboard) < 2:
        return
    from tourcrm.commands.pages import complaint

    text = ngettext(
        "On this departure is {n} customer; greetings and offers are held back until it is closed:",
        "On this departure are {n} customers; greetings and offers to all of them are held back "
        "until it is closed:",
        len(aboard),
    )
    render.say(text.format(n=len(aboard)))
    for one in aboard:
        render.say("  " + complaint.traveller_text(one))
