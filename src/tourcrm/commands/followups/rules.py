"""Which rules hold; check, try, load and dump those of one's own."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tourcrm.base.columns import FAULTS, RULES
from tourcrm.base.display import visible
from tourcrm.base.errors import EXIT_REFUSED, Refused, WrongUsage
from tourcrm.base.i18n import N_, _, ngettext
from tourcrm.commands import options
from tourcrm.commands.pages import rule_list
from tourcrm.terminal import context
from tourcrm.terminal.render import Shape, emit, say, tell
from tourcrm.terminal.typer_i18n import cli_group

if TYPE_CHECKING:
    from tourcrm.agenda.rulebook import Book, Loaded

app = cli_group()

# With which of --check, --try, --load, --dump ("": none of them) the other options go.
_GOES_WITH = {
    "--own": ("--dump",),
    "--as-of": ("--try",),
    "--format": ("", "--check", "--try"),
    "--excel": ("", "--check", "--try"),
    "--output": ("", "--check", "--try", "--dump"),
}


@app.command(
    "rules",
    help=N_(
        "List the rules that follow-ups come from. With an option: check a file of rules, try it "
        "on the last 12 months, load it, or write the rules down."
    ),
    epilog=N_(
        "Example: tourcrm followups rules\n"
        "tourcrm followups rules --dump -o rules.toml\n"
        "tourcrm followups rules --check rules.toml\n"
        "tourcrm followups rules --try rules.toml\n"
        "tourcrm followups rules --load rules.toml"
    ),
)
def rules(
    check: Annotated[
        str | None,
        typer.Option(
            "--check", metavar="FILE", help=N_("say all that is wrong in a file of rules")
        ),
    ] = None,
    try_: Annotated[
        str | None,
        typer.Option(
            "--try",
            metavar="FILE",
            help=N_("count what the rules of a file would have brought in the last 12 months"),
        ),
    ] = None,
    load: Annotated[
        str | None,
        typer.Option(
            "--load",
            metavar="FILE",
            help=N_("put the rules of a file in the place of your own; an empty file ends them"),
        ),
    ] = None,
    dump: Annotated[
        bool, typer.Option("--dump", help=N_("write all rules down, as a file to load"))
    ] = False,
    own: Annotated[
        bool, typer.Option("--own", help=N_("with --dump: only your own rules"))
    ] = False,
    as_of: options.AsOf = None,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    _go_together(
        {"--check": check, "--try": try_, "--load": load, "--dump": dump or None},
        {
            "--own": own,
            "--as-of": as_of is not None,
            "--format": format != "table",
            "--excel": excel,
            "--output": output is not None,
        },
    )
    if check is not None:
        _check(check, options.shape(None, format, output, excel))
    elif try_ is not None:
        _try(try_, as_of, format, output, excel)
    elif load is not None:
        _load(load)
    elif dump:
        _dump(own, output)
    else:
        _list(format, output, excel)


def _go_together(asked: Mapping[str, object], further: Mapping[str, bool]) -> None:
    """Refuse more than one thing asked for, and further options that do not go with it."""
    modes = [name for name, given in asked.items() if given is not None]
    if len(modes) > 1:
        raise WrongUsage(N_("Say one of {options}."), options=", ".join(modes))
    mode = modes[0] if modes else ""
    for name, given in further.items():
        if given and mode not in _GOES_WITH[name]:
            raise _misplaced(name, mode)


def _misplaced(name: str, mode: str) -> WrongUsage:
    if mode:
        return WrongUsage(N_("{option} does not go with {other}."), option=name, other=mode)
    others = ", ".join(_GOES_WITH[name])
    return WrongUsage(N_("{option} only goes with {other}."), option=name, other=others)


def _list(format: str, output: Path | None, excel: bool) -> None:
    from tourcrm.agenda import rulebook

    with context.reading() as desk:
        shape = options.shape(desk, format, output, excel)
        known = rulebook.known(desk.settings.own_rules)
    if format != "table" or output is not None:
        emit(rule_list.rows(known), RULES, shape, title=_("Rules"))
        return
    for line in rule_list.page(known):
        say(line)


# --- files ----------------------------------------------------------------------------------------


def _check(path: str, shape: Shape) -> None:
    from tourcrm.agenda import rulebook

    book = rulebook.checked(rulebook.read(path))
    if shape.format != "table" or shape.output is not None:
        emit(_faults(book), FAULTS, shape, title=_("Faults"))
    elif book.faults:
        for fault in book.faults:
            say(visible(str(fault.told(book.file.name))))
        count = len(book.faults)
        more = "+" if count == rulebook.MOST_FAULTS else ""
        text = ngettext("{n} fault; put it right.", "{n} faults; put them right.", count)
        say(text.format(n=f"{count}{more}"))
    else:
        _say_right(book)
    if book.faults:
        raise typer.Exit(EXIT_REFUSED)


def _faults(book: "Book") -> Iterator[dict[str, Any]]:
    for fault in book.faults:
        yield {
            "file": str(book.file.name),
            "line": fault.line,
            "rule": fault.rule or None,
            "step": fault.step or None,
            "key": fault.key or None,
            "why": fault.reason,
        }


def _say_right(book: "Book") -> None:
    from tourcrm.agenda import rulebook

    if not book.sections:
        say(_("No rule in it. Loaded, it leaves the built-in rules alone."))
        return
    count = len(book.rules)
    text = ngettext("{n} rule, and it is right.", "{n} rules, and they are right.", count)
    say(text.format(n=count))
    replacing, equal = rulebook.against_built_in(book)
    _say_ids(_("They replace built-in rules: {ids}"), replacing)
    _say_ids(_("As the built-in rules, and left to the program: {ids}"), equal)
    _say_ids(_("Switched off: {ids}"), sorted(book.off))
    _say_cautions(book)


def _say_cautions(book: "Book") -> None:
    from tourcrm.agenda import rulebook

    for caution in rulebook.cautions(book.would_hold()):
        rule_list.say_wrapped(str(caution))


def _say_ids(text: str, ids: Sequence[str]) -> None:
    if ids:
        say(text.format(ids=visible(", ".join(ids))))


def _load(path: str) -> None:
    from tourcrm.agenda import rulebook
    from tourcrm.db import operations

    book = rulebook.checked(rulebook.read(path))
    book.refuse_faults()
    with context.writing("followups rules") as desk:
        loaded = rulebook.store(desk.session, desk.number, desk.settings.own_rules, book)
        if not loaded.same:
            operations.finish(desk.session, desk.operation, loaded.counts)
    _say_loaded(book, loaded)


def _say_loaded(book: "Book", loaded: "Loaded") -> None:
    if loaded.same:
        say(_("Nothing changed: these rules hold already."))
        _say_cautions(book)
        return
    say(_("Loaded {file}.").format(file=book.file.name))
    _say_ids(_("New: {ids}"), loaded.came)
    _say_ids(_("Changed: {ids}"), loaded.changed)
    _say_ids(_("Switched off: {ids}"), loaded.off)
    _say_ids(_("Gone: {ids}"), loaded.gone)
    _say_ids(_("Built-in again: {ids}"), loaded.back)
    if not any(loaded.counts.values()) and not loaded.before:
        say(_("Only comments changed."))
    _say_ids(_("As the built-in rules, and left to the program: {ids}"), loaded.left)
    _say_cautions(book)
    if loaded.before:
        say("")
        say(_("What they said before; keep it if you may want it back:"))
        say("")
        for line in loaded.before.splitlines():
            say(visible(line))


def _dump(own: bool, output: Path | None) -> None:
    from tourcrm.agenda import rulebook
    from tourcrm.files import writer

    if output is not None and output.suffix.lower() != ".toml":
        raise WrongUsage(N_("{path} must end in .toml."), path=visible(str(output)))
    with context.reading() as desk:
        mine = desk.settings.own_rules
        text = mine if own else rulebook.dump(mine)
    if own and not mine:
        tell(_("There are no rules of your own; the built-in ones hold."))
    if output is not None:
        with writer.private(output, encoding="utf-8") as file:
            file.write(text)
        tell(_("The rules are in {path}.").format(path=visible(str(output))))
    elif sys.stdout.isatty():
        for line in text.splitlines():
            say(visible(line))
    else:
        sys.stdout.write(text)


# --- the trial ------------------------------------------------------------------------------------


def _try(path: str, as_of: str | None, format: str, output: Path | None, excel: bool) -> None:
    from tourcrm.agenda import rulebook, trial

    book = rulebook.checked(rulebook.read(path))
    book.refuse_faults()
    tried = book.holding()
    if not tried:
        raise Refused(N_("{file} has no rule to try."), file=book.file.name)
    with context.reading() as desk:
        shape = options.shape(desk, format, output, excel)
        day = options.day(desk, as_of)
        weeks = trial.trial(desk.session, desk.settings, tried, day, _progress)
    ids = [one.id for one in tried]
    if format != "table" or output is not None:
        emit(rule_list.weeks(weeks), rule_list.week_columns(ids), shape, title=_("Trial of rules"))
        return
    rule_list.say_weeks(weeks, ids, shape)
    if waiting := trial.only_waiting(tried):
        rule_list.say_only_waiting(waiting)


def _progress(done: int, of: int) -> None:
    """On standard error, at a terminal: how far it is; nothing stays of it."""
    if sys.stderr.isatty():
        text = "" if done == of else f"{done}/{of}"
        sys.stderr.write(f"\r{text:<12}\r{text}")
        sys.stderr.flush()
