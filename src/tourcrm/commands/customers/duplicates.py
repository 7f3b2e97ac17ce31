"""`tourcrm customers duplicates` and `merge`: who is entered twice, found and made one."""

from typing import TYPE_CHECKING, Annotated

import typer

from tourcrm.base import parsing
from tourcrm.base.columns import CUSTOMER, DUPLICATE, SIDES
from tourcrm.base.display import mask_phone, visible
from tourcrm.base.errors import CellError, Refused, WrongUsage
from tourcrm.base.i18n import N_, _
from tourcrm.commands import options
from tourcrm.commands.fields import Limit, Who, emit_list, headers
from tourcrm.commands.pages.layout import listed, word
from tourcrm.customers import lookup
from tourcrm.db import operations
from tourcrm.terminal import context
from tourcrm.terminal.context import Desk
from tourcrm.terminal.render import Shape, emit, say, tell
from tourcrm.terminal.typer_i18n import ask, at_terminal, cli_group, confirm

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlmodel import Session

    from tourcrm.customers.duplicates import Pair
    from tourcrm.customers.merge import Merged
    from tourcrm.customers.service import Stored
    from tourcrm.models import Customer

app = cli_group()

_ENTRIES = "customers duplicates"
_MERGED = "customers merge"
_NAMED = 3  # whom somebody new may be


def _score(text: str) -> float:
    """A score from 0 to 1, also in percent. Raises CellError."""
    plain = parsing.clean(text)
    share = plain.endswith("%")
    try:
        found = float(plain.removesuffix("%")) / (100 if share else 1)
    except ValueError:
        found = -1.0
    if not 0 <= found <= 1:
        raise CellError(N_("a score is a number from 0 to 1, such as 0.6"))
    return found


@app.command(
    "duplicates",
    help=N_(
        "List who is likely entered twice, the likeliest first, with the reasons. --review "
        "asks about one pair after the other; whom you tell apart is never listed again."
    ),
    epilog=N_(
        "Example: tourcrm customers duplicates\n"
        "tourcrm customers duplicates --review\n"
        "tourcrm customers duplicates --from 0.5 --format csv"
    ),
)
def duplicates(
    start: Annotated[
        float | None,
        typer.Option(
            "--from",
            metavar=N_("SCORE"),
            parser=_score,
            help=N_("from this score on, of 0 to 1; without it from 0.75"),
        ),
    ] = None,
    review: Annotated[
        bool, typer.Option("--review", help=N_("ask about each: the same, not the same, later"))
    ] = False,
    limit: Limit = None,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    from tourcrm.customers import duplicates as finder
    from tourcrm.customers import likeness

    options.not_together({"--review": review, "--format": format != "table"})
    options.not_together({"--review": review, "--output": output is not None})
    if review and not at_terminal():
        raise WrongUsage(N_("--review asks at a terminal; there is none."))
    with context.reading() as desk:
        pairs = finder.find(desk.session, likeness.SHOWN if start is None else start)
        shape = options.shape(desk, format, output, excel)
    if review:
        _review(pairs[:limit], shape)
        return
    emit_list(
        lambda most: pairs[:most], lambda: len(pairs), limit, DUPLICATE, shape, _("Duplicates")
    )
    if pairs and format == "table" and output is None:
        first = pairs[0]
        text = _("One after the other: {review}; or make two one: {merge}")
        tell(
            text.format(
                review=context.command("customers", "duplicates", "--review"),
                merge=context.command("customers", "merge", first.customer, first.other),
            )
        )


@app.command(
    "merge",
    help=N_(
        "Make two entries of one customer one. The first stays, its blanks filled from the "
        "second; every trip, contact and voucher of the second becomes the first's, and its "
        "code still finds them. Taken back with: tourcrm undo"
    ),
    epilog=N_(
        "Example: tourcrm customers merge C000012 C000345\n"
        "tourcrm customers merge C000012 C000345 --take phone --take city --yes"
    ),
)
def merge(
    keep: Who,
    go: Annotated[
        str,
        typer.Argument(
            metavar=N_("OTHER"), help=N_("the entry that goes: a code, a phone or a name")
        ),
    ],
    take: Annotated[
        list[str] | None,
        typer.Option("--take", metavar=N_("FIELD"), help=N_("take this of the entry that goes")),
    ] = None,
    anyway: Annotated[
        bool,
        typer.Option(
            "--anyway",
            help=N_("though kind, ID number or death differ, or they were told apart"),
        ),
    ] = False,
    dry_run: options.DryRun = False,
    yes: options.Yes = False,
) -> None:
    from tourcrm.customers import merge as merging

    fields = merging.taken(take or ())
    with context.reading() as desk:
        one, other = _both(desk, keep, go)
        merging.refuse_doubtful(desk.session, one, other, anyway)
        shape = options.shape(desk)
        _show(desk, one, other, fields, shape)
        against = list(merging.cautions(desk.session, one, other))
        codes = one.code, other.code
    for caution in against:
        tell(_("Careful: {what}.").format(what=caution))
    if not dry_run and not yes:
        if not at_terminal():
            raise Refused(
                N_("Nobody is there to say yes, so nothing was merged. Say it with --yes")
            )
        if not confirm(_("Make {go} one with {keep}?").format(keep=codes[0], go=codes[1])):
            raise typer.Abort
    if dry_run:
        say(_("Dry run: nothing was changed. It would do this:"))
    _say_merged(_merged(*codes, fields, anyway=anyway, dry_run=dry_run), dry_run)


def _merged(
    keep: str, go: str, fields: tuple[str, ...], *, anyway: bool = False, dry_run: bool = False
) -> "Merged":
    from tourcrm.customers import merge as merging

    with context.writing(_MERGED, dry_run=dry_run) as desk:
        one, other = _both(desk, keep, go)
        done = merging.merge(desk.session, desk.number, one, other, fields, anyway=anyway)
        operations.finish(
            desk.session, desk.operation, {"updated": sum(done.moved.values()) + 1, "removed": 1}
        )
    return done


def _both(desk: Desk, keep: str, go: str) -> "tuple[Customer, Customer]":
    region = desk.settings["region"]
    one, other = (lookup.find_one(desk.session, who, region) for who in (keep, go))
    return one, other


def _show(
    desk: Desk, one: "Customer", other: "Customer", fields: tuple[str, ...], shape: Shape
) -> None:
    from tourcrm.commands.pages.merge import sides

    lines = list(sides(desk.session, one, other, fields, shape))
    title = _("{keep} stays, {go} goes").format(
        keep=visible(one.code, 40), go=visible(other.code, 40)
    )
    emit(lines, SIDES, shape, title=title)


def _say_merged(done: "Merged", dry_run: bool) -> None:
    from tourcrm.commands.pages.merge import moved

    text = _("{go} {go_name} is one with {keep} {keep_name} now, and {go} still finds them.")
    say(
        text.format(
            keep=visible(done.keep, 40),
            keep_name=visible(done.name, 40),
            go=visible(done.gone, 40),
            go_name=visible(done.gone_name, 40),
        )
    )
    if what := moved(done):
        say(_("Moved: {what}").format(what=what))
    if fields := headers(CUSTOMER, done.changed):
        say(_("Changed of the kept one: {fields}").format(fields=fields))
    for one in done.dropped:
        text = _("Not taken, since the kept one has such: {table} {what}")
        say(text.format(table=word("table", one.table), what=visible(one.what, 60)))
    if done.no_room:
        numbers = listed(map(mask_phone, done.no_room))
        say(_("No room for a third phone: {numbers} (--take phone)").format(numbers=numbers))
    if not dry_run:
        say(_("To take it back: {command}").format(command=context.command("undo")))


# --- whoever is being added ----------------------------------------------------------------------


def likely(session: "Session", id: int) -> list[str]:
    """Of somebody who is being added, what to say where they are likely there already."""
    from tourcrm.customers import duplicates as finder

    text = _("Likely entered already as {code} {name}: {reasons} (score {score}).")
    return [
        text.format(
            code=visible(other, 40),
            name=visible(name, 40),
            reasons=one.reasons,
            score=f"{one.score:.2f}",
        )
        for one in finder.of_one(session, id)[:_NAMED]
        for other, name in (
            [(one.other, one.other_name)] if one.id == id else [(one.customer, one.name)]
        )
    ]


def ask_first(store: "Callable[[bool], tuple[Stored, list[str]]]") -> "tuple[Stored, list[str]]":
    """Add somebody; at a terminal ask before, where they are likely there already. Nothing is
    locked while it waits for the answer."""
    if not at_terminal():
        return store(False)
    _tried, found = store(True)
    for line in found:
        tell(line)
    if found and not confirm(_("Add another customer nevertheless?")):
        raise typer.Abort
    return store(False)[0], []


# --- one after the other --------------------------------------------------------------------------


def _review(pairs: "list[Pair]", shape: Shape) -> None:
    if not pairs:
        say(_("Nothing to show."))
        return
    gone: set[int] = set()
    counts = {"same": 0, "apart": 0}
    for place, pair in enumerate(pairs, 1):
        if gone & {pair.id, pair.other_id}:
            continue
        head = _("Pair {n} of {all}, score {score}: {reasons}")
        say(head.format(n=place, all=len(pairs), score=f"{pair.score:.2f}", reasons=pair.reasons))
        answer = _asked(pair, shape)
        if answer == "quit":
            break
        if answer == "same":
            gone.add(_one_of(pair))
            counts["same"] += 1
        elif answer == "apart":
            _tell_apart(pair)
            counts["apart"] += 1
    text = _("Made one: {n}. Told apart: {apart}.")
    say(text.format(n=counts["same"], apart=counts["apart"]))


_ANSWERS = {
    **dict.fromkeys(("s", "same", "同", "是", "同一人"), "same"),
    **dict.fromkeys(("n", "not", "no", "不", "否", "不是"), "apart"),
    **dict.fromkeys(("l", "later", "", "以后", "跳过"), "later"),
    **dict.fromkeys(("q", "quit", "退出"), "quit"),
}


def _asked(pair: "Pair", shape: Shape) -> str:
    with context.reading() as desk:
        one, other = _both(desk, pair.customer, pair.other)
        _show(desk, one, other, (), shape)
    question = _("s the same, n not the same, l later, q quit")
    while True:
        answer = _ANSWERS.get(ask(question, "l").strip().lower())
        if answer:
            return answer


def _one_of(pair: "Pair") -> int:
    """Make a pair one, keeping the entry that the person chooses; returns the id that goes."""
    question = _("Which one stays, {first} or {second}?")
    answer = ask(question.format(first=pair.customer, second=pair.other), pair.customer)
    first = answer.strip().upper() != pair.other.upper()
    keep, go = (pair.customer, pair.other) if first else (pair.other, pair.customer)
    try:
        _say_merged(_merged(keep, go, ()), dry_run=False)
    except Refused as error:
        tell(str(error.message))
        return 0
    return pair.other_id if first else pair.id


def _tell_apart(pair: "Pair") -> None:
    from tourcrm.customers import duplicates as finder

    with context.writing(_ENTRIES) as desk:
        finder.tell_apart(desk.session, desk.number, pair.id, pair.other_id)
