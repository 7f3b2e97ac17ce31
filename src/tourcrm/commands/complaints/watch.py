"""`tourcrm complaints watch`: for cron, every few minutes. Silent unless a clock runs out."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from tourcrm.base.columns import CLOCKS
from tourcrm.base.display import visible
from tourcrm.base.errors import EXIT_REFUSED
from tourcrm.base.i18n import N_, _
from tourcrm.commands import options
from tourcrm.commands.pages import clocks
from tourcrm.terminal import context
from tourcrm.terminal.context import Desk
from tourcrm.terminal.render import emit, say, tell
from tourcrm.terminal.typer_i18n import cli_group

if TYPE_CHECKING:
    from tourcrm.complaints.clock import Clock
    from tourcrm.models import Notice
    from tourcrm.notifications.outbox import Claimed, Word
    from tourcrm.notifications.transport import Sent

app = cli_group()

Ringing = Sequence[tuple["Clock", "Word"]]


@app.command(
    "watch",
    help=N_(
        "Say which complaints run out of time, each thing once, and tell whoever is on duty. For "
        "cron, every few minutes: prints nothing otherwise. Ends with 1 if somebody could not be "
        "told."
    ),
    epilog=N_(
        "Example: tourcrm complaints watch\n"
        "tourcrm complaints watch --all\n"
        "tourcrm settings warn_minutes 20"
    ),
)
def watch(
    everything: Annotated[
        bool, typer.Option("--all", help=N_("print also what was said before"))
    ] = False,
    format: options.Format = "table",
) -> None:
    from tourcrm.notifications import outbox

    with context.reading() as desk:
        desk.warn_of_fixed_day()
        shape = options.shape(desk, format)
        said = [word for _clock, word in _ringing(desk, ranked=False)]
        fresh = outbox.unsaid(desk.session, [outbox.OUTPUT], said)
        new = outbox.unsaid(desk.session, [outbox.OUTPUT, *desk.settings.on_duty], said)
        idle = not new and not outbox.waiting(desk.session, desk.now)
        printed = set(said) if everything else fresh
        ringing = _ringing(desk) if printed or not idle else ()
        shown = [clock for clock, word in ringing if word in printed]
        now = desk.now
    if format == "table":
        for clock in shown:
            for line in clocks.lines(clock, now, shape.zone):
                say(line)
    else:
        emit([clocks.row(clock) for clock in shown], CLOCKS, shape)
    if not idle and not _deliver(ringing):
        raise typer.Exit(EXIT_REFUSED)


def _ringing(desk: Desk, *, ranked: bool = True) -> Ringing:
    from tourcrm.complaints import clock

    warn = timedelta(minutes=int(desk.settings["warn_minutes"]))
    running = clock.clocks(desk.session, desk.settings, desk.now, ranked=ranked)
    return clock.ringing(running, desk.now, warn)


# --- telling --------------------------------------------------------------------------------------


def _deliver(ringing: Ringing) -> bool:
    """Put what is new into the outbox, and send what is in it; whether all of it got out.

    What was printed already is marked here: a run that is killed before says it twice, not never.
    """
    claimed = _claim(ringing)
    if not claimed:
        return True
    from tourcrm.notifications import outbox, transport

    title = _("tourcrm: complaints that wait for an answer")
    found = transport.send([transport.Outgoing(one.address, title, one.texts) for one in claimed])
    with context.writing("complaints watch") as desk:
        for one, sent in zip(claimed, found, strict=True):
            outbox.settle(desk.session, one.ids[: sent.count], desk.now, None)
            outbox.settle(desk.session, one.ids[sent.count :], desk.now, str(sent.why))
    for text in _failures(claimed, found):
        tell(text)
    return all(sent.why is None for sent in found)


def _claim(ringing: Ringing) -> "list[Claimed]":
    from tourcrm.notifications import outbox

    with context.writing("complaints watch") as desk:
        channels = (outbox.OUTPUT, *desk.settings.on_duty)
        outbox.make(desk.session, channels, [word for _clock, word in ringing], desk.now)
        now, zone = desk.now, desk.settings.zone
        texts = {
            (word.subject_id, word.once): " · ".join(clocks.about(clock, now, zone, phone=False))
            for clock, word in ringing
        }

        def text(notice: "Notice") -> str | None:
            return texts.get((notice.subject_id, notice.once))

        return outbox.claim(desk.session, desk.settings, now, text)


def _failures(claimed: "Sequence[Claimed]", found: "Sequence[Sent]") -> Iterator[str]:
    for one, sent in zip(claimed, found, strict=True):
        if sent.why is not None:
            text = _("{name} could not be told, and it is tried again: {why}")
            yield text.format(name=visible(one.channel), why=sent.why)
