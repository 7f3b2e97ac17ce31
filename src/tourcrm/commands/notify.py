"""`tourcrm notify`: where to tell the colleagues who are on duty.

An address holds a secret: it is read from the input, never from the command line, and never shown.
"""

import getpass
import sys
from typing import Annotated

import typer

from tourcrm.base.columns import PLACES
from tourcrm.base.display import visible
from tourcrm.base.errors import Refused, WrongUsage
from tourcrm.base.i18n import N_, _, ngettext
from tourcrm.commands import options
from tourcrm.commands.pages.layout import listed
from tourcrm.terminal import context
from tourcrm.terminal.render import emit, say
from tourcrm.terminal.typer_i18n import cli_group

app = cli_group(
    epilog="tourcrm notify add 值班群\ntourcrm notify test 值班群\ntourcrm notify duty 小林"
)

Name = Annotated[
    str, typer.Argument(metavar=N_("PLACE"), help=N_("what the place is called, like 值班群"))
]
Whose = Annotated[
    str | None,
    typer.Option(
        "--owner",
        help=N_("whose own place it is: the day's list of that colleague goes there; '' for all"),
    ),
]
Phones = Annotated[
    bool | None,
    typer.Option(
        "--phones/--no-phones",
        help=N_("whether the day's list tells phone numbers there (what is in a chat stays there)"),
    ),
]


@app.command(
    "add",
    help=N_(
        "Add a place to send to: a group robot (WeCom, DingTalk, Feishu), a mailbox, or another "
        "service that apprise knows. Its address is asked for, or read from the input."
    ),
    epilog=N_(
        "Example: tourcrm notify add 值班群\n"
        "tourcrm notify add 小林 --owner 小林 --phones < address.txt"
    ),
)
def add(name: Name, owner: Whose = None, phones: Phones = None) -> None:
    from tourcrm.notifications import outbox, transport

    name = outbox.checked_name(name)
    address = transport.understood(_asked())
    with context.writing("notify add") as desk:
        outbox.add(desk.session, desk.number, desk.settings, name, address)
        outbox.mark(desk.session, desk.number, name, owner, phones)
    text = _("Added {name} ({service}). Try it: {command}")
    say(
        text.format(
            name=visible(name),
            service=transport.service(address),
            command=context.command("notify", "test", name),
        )
    )


def _asked() -> str:
    """An address, typed without being shown or piped in. Raises typer.Abort where there is none."""
    question = _("Address (webhook or apprise URL; it is not shown): ")
    seen = sys.stdin.isatty()
    address = getpass.getpass(question, sys.stderr) if seen else sys.stdin.readline()
    if not address.strip():
        raise typer.Abort
    return address


@app.command(
    "mark",
    help=N_("Say whose day's list goes to a place, and whether phone numbers are told there."),
    epilog=N_(
        "Example: tourcrm notify mark 小林 --owner 小林 --phones\n"
        "tourcrm notify mark 值班群 --no-phones"
    ),
)
def mark(name: Name, owner: Whose = None, phones: Phones = None) -> None:
    from tourcrm.notifications import outbox

    if owner is None and phones is None:
        raise WrongUsage(N_("Say --owner NAME, --phones or --no-phones."))
    with context.writing("notify mark") as desk:
        outbox.known(desk.settings, [name])
        outbox.mark(desk.session, desk.number, name, owner, phones)
    with context.reading() as desk:
        whose, told = desk.settings.place_owner(name), desk.settings.tells_phones(name)
    texts = {
        (False, False): N_("{name}: the lists of all who have no place of their own, no numbers."),
        (False, True): N_("{name}: the lists of all who have no place of their own, with numbers."),
        (True, False): N_("{name}: the list of {owner}, without phone numbers."),
        (True, True): N_("{name}: the list of {owner}, with phone numbers."),
    }
    text = _(texts[bool(whose), told])
    say(text.format(name=visible(name), owner=visible(whose or "", 60)))


@app.command(
    "list",
    help=N_(
        "List the places to send to, without their addresses: who is on duty, when something was "
        "last sent there, and what could not be sent."
    ),
    epilog=N_("Example: tourcrm notify list"),
)
def list_(
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    from tourcrm.notifications import outbox

    with context.reading() as desk:
        shape = options.shape(desk, format, output, excel)
        places = outbox.places(desk.session, desk.settings)
    if not places and format == "table" and output is None:
        say(_("There is no place to send to yet: tourcrm notify add PLACE"))
    else:
        emit(places, PLACES, shape, title=_("Places"))


@app.command(
    "test",
    help=N_("Send a test message to a place, or to all that are on duty, at once."),
    epilog=N_("Example: tourcrm notify test\ntourcrm notify test 值班群"),
)
def test(
    name: Annotated[
        str | None, typer.Argument(metavar=N_("PLACE"), help=N_("a place; all on duty if left out"))
    ] = None,
) -> None:
    from tourcrm.notifications import outbox, transport

    with context.reading() as desk:
        chosen = outbox.known(desk.settings, [name]) if name else desk.settings.on_duty
        addresses = [desk.settings.places[one] for one in chosen]
    if not chosen:
        raise Refused(N_("There is no place to send to yet: tourcrm notify add PLACE"))
    text = _("This is a test. Complaints whose time runs out are told here.")
    title = "tourcrm"
    found = transport.send([transport.Outgoing(one, title, (text,)) for one in addresses])
    failed = []
    for place, sent in zip(chosen, found, strict=True):
        if sent.why is None:
            say(_("Sent to {name}.").format(name=visible(place)))
        else:
            failed.append(f"{visible(place)}: {sent.why}")
    if failed:
        raise Refused(N_("Not sent. {reasons}"), reasons="; ".join(failed))


@app.command(
    "duty",
    help=N_("Say who is on duty: only these places are told, until you say otherwise."),
    epilog=N_("Example: tourcrm notify duty 值班群 小林\ntourcrm notify duty --all"),
)
def duty(
    names: Annotated[
        list[str] | None, typer.Argument(metavar=N_("PLACE"), help=N_("places that are told"))
    ] = None,
    everybody: Annotated[
        bool, typer.Option("--all", help=N_("all places, also those that are added later"))
    ] = False,
) -> None:
    from tourcrm.db import setting
    from tourcrm.notifications import outbox

    if bool(names) == everybody:
        raise WrongUsage(N_("Say either the names of places, or --all."))
    with context.writing("notify duty") as desk:
        value = ",".join(dict.fromkeys(outbox.known(desk.settings, names or [])))
        if desk.settings["on_duty"] != value:
            setting.store(desk.session, desk.number, "on_duty", value)
    if names:
        say(_("On duty: {names}.").format(names=listed(map(visible, dict.fromkeys(names)))))
    else:
        say(_("On duty: all places."))


@app.command(
    "remove",
    help=N_("Forget a place and its address."),
    epilog=N_("Example: tourcrm notify remove 值班群"),
)
def remove(name: Name) -> None:
    from tourcrm.notifications import outbox

    with context.writing("notify remove") as desk:
        unsent = outbox.remove(desk.session, desk.number, desk.settings, name)
    say(_("Removed {name}.").format(name=visible(name)))
    if unsent:
        text = ngettext(
            "{n} message that was waiting will not be sent there.",
            "{n} messages that were waiting will not be sent there.",
            unsent,
        )
        say(text.format(n=unsent))
