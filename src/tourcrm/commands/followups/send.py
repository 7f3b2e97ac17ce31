"""`tourcrm followups send`: for cron. Each colleague's list of the day, to where they read it.

A list is made once a day and stored as messages; what could not be sent is tried again by the next
run of the same day, from the message on that was not taken.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from tourcrm.base.display import visible
from tourcrm.base.errors import EXIT_REFUSED, NotFound, Refused
from tourcrm.base.folding import folded
from tourcrm.base.i18n import N_, _, language, ngettext
from tourcrm.commands import options
from tourcrm.terminal import context
from tourcrm.terminal.context import Desk
from tourcrm.terminal.render import say, tell
from tourcrm.terminal.typer_i18n import cli_group

if TYPE_CHECKING:
    from tourcrm.agenda.wording import Line
    from tourcrm.followup import DueList
    from tourcrm.models import Notice
    from tourcrm.notifications.outbox import Claimed

app = cli_group()

_DAY = "day"  # the subject of a list's messages, instead of a table: a day, by its number


@dataclass(frozen=True, slots=True)
class _Round:
    """The list of one colleague ("": of nobody's customers), and the places that get it."""

    owner: str
    places: tuple[str, ...]
    due: "DueList"
    lines: "Sequence[Line]"


@app.command(
    "send",
    help=N_(
        "Send each colleague the list of the day, to the place that is theirs (tourcrm notify "
        "mark), or else to those that are everybody's. For cron: once a day each, silent where "
        "nothing is due; what could not be sent is tried again by the next run."
    ),
    epilog=N_(
        "Example: tourcrm followups send\n"
        "tourcrm followups send --owner 李娜\n"
        "tourcrm followups send --dry-run"
    ),
)
def send(
    owner: Annotated[
        str | None, typer.Option("--owner", help=N_("only the list of this colleague"))
    ] = None,
    dry_run: options.DryRun = False,
) -> None:
    with context.reading() as desk:
        desk.warn_of_fixed_day()
        if not desk.settings.places:
            raise Refused(N_("There is no place to send to yet: tourcrm notify add PLACE"))
        rounds = list(_rounds(desk, owner))
        if dry_run:
            for text in _shown(desk, rounds):
                say(text)
    nowhere = [one for one in rounds if not one.places]
    for one in nowhere:
        tell(_no_place(one))
    failed = not dry_run and not _deliver(rounds)
    if nowhere or failed:
        raise typer.Exit(EXIT_REFUSED)


def _rounds(desk: Desk, owner: str | None) -> Iterator[_Round]:
    """The lists that are due. Raises NotFound for a colleague of whom nobody has heard."""
    from tourcrm import followup

    own: dict[str, tuple[str, list[str]]] = {}
    for place in desk.settings.places:
        if whose := desk.settings.place_owner(place):
            own.setdefault(folded(whose), (whose, []))[1].append(place)
    common = tuple(one for one in desk.settings.places if not desk.settings.place_owner(one))
    wanted: list[str | None] = [owner] if owner else [None, *(whose for whose, _p in own.values())]
    lists = followup.due_of_each(
        desk.session, desk.settings, desk.today, language(), wanted, desk.now
    )
    if owner:
        due = lists[owner]
        _known(desk, owner, due.lines, own)
        _name, places = own.get(folded(owner), (owner, common))
        lists, own = {}, {}
        if due.lines:
            yield _Round(owner, tuple(places), due, due.lines)
    for whose, places in own.values():
        if lists[whose].lines:
            yield _Round(whose, tuple(places), lists[whose], lists[whose].lines)
    rest: dict[str, list[Line]] = {}
    for line in lists[None].lines if lists else ():
        if (key := folded(line.owner or "")) not in own:
            rest.setdefault(key, []).append(line)
    for key, lines in rest.items():
        if key or common or not own:  # what is nobody's is on the list of each who has a place
            yield _Round(lines[0].owner or "", common, lists[None], lines)


def _known(
    desk: Desk, owner: str, lines: "Sequence[Line]", own: dict[str, tuple[str, list[str]]]
) -> None:
    from tourcrm.db import engine

    if folded(owner) in own or any(folded(line.owner or "") == folded(owner) for line in lines):
        return
    sql = "SELECT 1 FROM customer WHERE folded(owner) = folded(:owner) LIMIT 1"
    if not engine.rows(desk.session, sql, owner=owner):
        raise NotFound(
            N_(
                "{name} is in charge of no customer and has no place of their own. Who is: "
                "tourcrm customers list --owner NAME"
            ),
            name=visible(owner, 60),
        )


def _no_place(one: _Round) -> str:
    text = _("The list of {owner} ({count}) has no place to go. Say whose a place is: {command}")
    count = ngettext("{n} line", "{n} lines", len(one.lines)).format(n=len(one.lines))
    command = context.command("notify", "add", "PLACE", "--owner", one.owner)
    return text.format(owner=visible(one.owner, 40) or "-", count=count, command=command)


# --- messages -----------------------------------------------------------------------------------


def _messages(desk: Desk, one: _Round, place: str) -> list[str]:
    """The messages that a place is to get of a list, each with its title on the first line."""
    from tourcrm.commands.pages import brief
    from tourcrm.notifications import pieces, transport

    form, room = transport.form_of(desk.settings.places[place])
    phones = desk.settings.tells_phones(place)
    now = desk.now.astimezone(desk.settings.zone)
    title = brief.headline(one.due, one.owner, one.lines)
    said = brief.message(one.lines, one.owner, now, form, phones=phones)
    return pieces.cut(title, said, room)


def _shown(desk: Desk, rounds: Sequence[_Round]) -> Iterator[str]:
    for one in rounds:
        for place in one.places:
            for text in _messages(desk, one, place):
                yield f"--- {visible(place)}"
                yield from text.splitlines()


# --- sending ------------------------------------------------------------------------------------


def _deliver(rounds: Sequence[_Round]) -> bool:
    """Put what is new into the outbox and send what is in it; whether all of it got out."""
    claimed = _claim(rounds)
    if not claimed:
        return True
    from tourcrm.notifications import outbox, transport

    found = transport.send(
        [
            transport.Outgoing(one.address, "", one.texts, transport.form_of(one.address)[0])
            for one in claimed
        ]
    )
    with context.writing("followups send") as desk:
        for one, sent in zip(claimed, found, strict=True):
            outbox.settle(desk.session, one.ids[: sent.count], desk.now, None)
            outbox.settle(desk.session, one.ids[sent.count :], desk.now, str(sent.why))
    for one, sent in zip(claimed, found, strict=True):
        name = visible(one.channel)
        if sent.count:
            text = ngettext("{name}: {n} message sent.", "{name}: {n} messages sent.", sent.count)
            say(text.format(name=name, n=sent.count))
        if sent.why is not None:
            text = _("{name} could not be told, and it is tried again: {why}")
            tell(text.format(name=name, why=sent.why))
    return all(sent.why is None for sent in found)


def _claim(rounds: Sequence[_Round]) -> "list[Claimed]":
    """Two runs at once: whoever comes second finds the lists made, and their messages taken."""
    from tourcrm.notifications import outbox

    with context.writing("followups send") as desk:
        day = desk.today.toordinal()
        made = {once.rpartition("|")[0] for once in outbox.said_of(desk.session, _DAY, day)}
        for one in rounds:
            if folded(one.owner) in made or one.due.as_of != desk.today:
                continue
            for place in one.places:
                if place in desk.settings.places:
                    texts = _messages(desk, one, place)
                    outbox.put(
                        desk.session,
                        place,
                        [
                            (outbox.Word(_DAY, day, f"{folded(one.owner)}|{number}"), text)
                            for number, text in enumerate(texts, 1)
                        ],
                        desk.now,
                    )

        def text(notice: "Notice") -> str | None:
            return notice.text if notice.subject_id == day else None  # yesterday's list is over

        return outbox.claim(desk.session, desk.settings, desk.now, text, _DAY)
