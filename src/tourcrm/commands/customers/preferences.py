"""`tourcrm customers prefer`: what somebody likes, as they said it."""

from typing import Annotated

import typer

from tourcrm.base import preferences as words
from tourcrm.base.display import visible
from tourcrm.base.errors import CellError, WrongUsage
from tourcrm.base.i18n import N_, _, language
from tourcrm.commands.fields import Who
from tourcrm.customers import lookup, preferences
from tourcrm.terminal import context
from tourcrm.terminal.render import say
from tourcrm.terminal.typer_i18n import cli_group

app = cli_group()


@app.command(
    "prefer",
    help=N_(
        "Note what a customer likes, as they said it: seat, diet, room, the rating of hotels, why "
        "they travel; reply= says how and when they want to be reached, and shows on every line "
        "of the list of the day. KEY= takes one back; without any, show what is noted. Keys of "
        "your own are kept as they are."
    ),
    epilog=N_(
        "Example: tourcrm customers prefer C000012 seat=aisle diet=halal hotel_min_rating=4.8\n"
        "tourcrm customers prefer C000012 reply=wechat@evening 出游动机=解压\n"
        "tourcrm customers prefer C000012 seat="
    ),
)
def prefer(
    who: Who,
    likes: Annotated[
        list[str] | None,
        typer.Argument(
            metavar=N_("KEY=VALUE"), help=N_("one or several, such as seat=aisle; KEY= forgets it")
        ),
    ] = None,
) -> None:
    said: dict[str, str] = {}
    for text in likes or ():
        try:
            key, value = words.pair(text)
        except CellError as reason:
            raise WrongUsage(
                N_("“{given}”: {reason}."), given=visible(text, 60), reason=reason
            ) from None
        if said.setdefault(key, value) != value:
            raise WrongUsage(N_("{key} is given twice."), key=visible(key, 40))
    opened = context.writing("customers prefer") if said else context.reading()
    with opened as desk:
        row = lookup.find_one(desk.session, who, desk.settings["region"])
        changed = preferences.prefer(desk.session, desk.number, row, tuple(said.items()))
        known = preferences.of_customer(desk.session, row)
        name = f"{visible(row.code)} {visible(row.name, 40)}"
    if said and not changed:
        say(_("Nothing changed."))
    text = _("{name} likes: {likes}")
    say(text.format(name=name, likes=told(known) or _("nothing is noted")))


def told(known: tuple[words.Pair, ...]) -> str:
    """What somebody likes, in words."""
    between = "；" if language() == "zh" else "; "
    return between.join(
        f"{visible(words.key_label(key, language()), 40)}: "
        f"{visible(words.value_label(key, value, language()), 200)}"
        for key, value in known
    )
