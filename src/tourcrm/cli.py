"""The entry point: root options, the table of commands that are loaded on demand, and the one
boundary at which every error becomes a few lines and an exit code.
"""

import errno
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

import typer
from typer._click.core import Command as AnyCommand
from typer._click.core import Context
from typer._click.exceptions import ClickException, NoArgsIsHelpError
from typer._completion_classes import completion_init
from typer._completion_shared import Shells, _get_shell_name, get_completion_script, install

from tourcrm import __version__
from tourcrm.base import i18n
from tourcrm.base.display import visible
from tourcrm.base.errors import (
    EXIT_DONE,
    EXIT_REFUSED,
    EXIT_UNUSABLE,
    EXIT_USAGE,
    Message,
    Refused,
    TourcrmError,
    WrongUsage,
)
from tourcrm.base.i18n import N_, _
from tourcrm.terminal import help, process, typer_i18n

PROGRAM = "tourcrm"
COMPLETE_VARIABLE = "_TOURCRM_COMPLETE"
# Faults of writing without a file's name come from stdout: files.writer tells its own.
WRITE_FAULTS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF}
# What a run leaves behind that ends early, by what had become of its changes (context.stored).
_STOPPED = {
    False: N_("Stopped. Nothing half-done is kept."),
    None: N_("Stopped while the changes were being stored: all of them are kept, or none."),
    True: N_("Stopped, but the changes are stored, all of them."),
}
_BROKEN = {
    False: N_("Internal error: {kind} at {place}. Nothing half-done is kept."),
    None: N_(
        "Internal error: {kind} at {place}, while the changes were being stored: all of them are "
        "kept, or none."
    ),
    True: N_("Internal error: {kind} at {place}. The changes are stored, all of them."),
}
_SEE = N_("{what} To see them: {command}")
EXIT_PIPE = 141  # 128 + SIGPIPE: the reader of a pipe, such as head, has seen enough

# Loaded when used: name -> module and one line of help. Help of the root imports none of them.
GROUPS = {
    "customers": ("tourcrm.commands.customers", N_("People and companies: import, find, edit.")),
    "trips": ("tourcrm.commands.trips", N_("Journeys from inquiry to memory: import, list, edit.")),
    "products": ("tourcrm.commands.products", N_("What is sold again and again.")),
    "departures": (
        "tourcrm.commands.departures",
        N_("Dated runs of what is sold: seats, who is on them, who waits."),
    ),
    "destinations": (
        "tourcrm.commands.destinations",
        N_("What those who go to a place should know."),
    ),
    "interactions": ("tourcrm.commands.interactions", N_("Contacts: log a call, import a log.")),
    "payments": (
        "tourcrm.commands.payments",
        N_("Money: received, owed, promised back, reversed."),
    ),
    "vouchers": ("tourcrm.commands.vouchers", N_("What was promised for a later trip.")),
    "segments": ("tourcrm.commands.segments", N_("Who deserves what: RFM, tiers, quadrants.")),
    "stats": ("tourcrm.commands.stats", N_("What sales bring, and from where they come.")),
    "followups": ("tourcrm.commands.followups", N_("Whom to call today, why, and what to say.")),
    "complaints": (
        "tourcrm.commands.complaints",
        N_("When something goes wrong: open, answer, make good, close."),
    ),
    "surveys": ("tourcrm.commands.surveys", N_("What customers think: ask, take down, count.")),
    "notify": ("tourcrm.commands.notify", N_("Where to tell whoever is on duty: add, test, list.")),
    "imports": (
        "tourcrm.commands.imports.history",
        N_("What was imported: list, show, take back."),
    ),
}
ROOT = {
    "init": ("tourcrm.commands.database", N_("Create the database.")),
    "today": ("tourcrm.commands.today", N_("Show the morning on one page.")),
    "demo": ("tourcrm.commands.demo", N_("Show everything with a sample agency.")),
    "check": ("tourcrm.commands.database", N_("Tell whether the set-up is sound.")),
    "settings": ("tourcrm.commands.database", N_("Show or change what changes results.")),
    "undo": ("tourcrm.commands.undo", N_("Take the last command back.")),
    "backup": ("tourcrm.commands.database", N_("Copy the database while it is in use.")),
    "restore": ("tourcrm.commands.database", N_("Put a copy back.")),
    "encrypt": ("tourcrm.commands.encryption", N_("Encrypt the database with a key.")),
    "decrypt": ("tourcrm.commands.encryption", N_("Make an encrypted database a plain one.")),
}


class Root(typer_i18n.Group):
    """The program: loads the command that is asked for, and ends in an exit code, never a trace."""

    verbs = MappingProxyType({name: module for name, (module, _line) in ROOT.items()})

    def list_commands(self, ctx: Context) -> list[str]:
        return [*super().list_commands(ctx), *GROUPS]

    def summaries(self, ctx: Context) -> list[help.Pair]:
        return [
            (name, help.summary(text)) for name, (_module, text) in [*ROOT.items(), *GROUPS.items()]
        ]

    def get_command(self, ctx: Context, name: str) -> AnyCommand | None:
        if name not in GROUPS:
            return super().get_command(ctx, name)
        module, help = GROUPS[name]
        group = typer_i18n.loaded(module)
        group.name = name
        group.help = group.help or help
        return group

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = False,
        **extra: Any,
    ) -> Any:
        """Run one command line and end with SystemExit, whatever happens.

        Arguments are taken literally: Typer would expand `*` and `%NAME%` in them on Windows.
        """
        words = list(sys.argv[1:] if args is None else args)
        sys.exit(self._exit_code(words, extra))

    def _exit_code(self, words: list[str], extra: dict[str, Any]) -> int:
        try:
            code = self._run(words, extra)
            if sys.stdout is not None:
                sys.stdout.flush()  # here a full disk is still an error that can be told
            return code
        except BrokenPipeError:
            process.silence(sys.stdout)
            return EXIT_PIPE
        except OSError as error:
            if error.filename is not None or error.errno not in WRITE_FAULTS:
                return _tell_internal(error)
            process.silence(sys.stdout)
            from tourcrm.files.writer import why

            tell(_("The output could not be written: {reason}.").format(reason=why(error)))
            return EXIT_UNUSABLE
        except KeyboardInterrupt as stopped:
            tell(_with_look(Message(_STOPPED[_stored()])))
            return getattr(stopped, "code", process.Stopped().code)
        except Exception as error:  # noqa: BLE001 - the last net: no traceback reaches a user
            return _tell_internal(error)

    def _run(self, words: list[str], extra: dict[str, Any]) -> int:
        """One command line; errors that were foreseen are told and become exit codes."""
        try:
            i18n.use(i18n.from_locale(os.environ) or "en")  # in case the next line refuses
            i18n.use(language_for(words, os.environ))
            if os.environ.get(COMPLETE_VARIABLE):
                completion_init()
                self._main_shell_completion(extra, PROGRAM)
            with self.make_context(PROGRAM, words, **extra) as ctx:
                self.invoke(ctx)
        except typer.Exit as end:
            return end.exit_code
        except NoArgsIsHelpError as error:
            tell(error.message)
            return EXIT_USAGE
        except ClickException as error:
            tell(typer_i18n.usage_text(error))
            return error.exit_code
        except typer.Abort:
            tell(_("No answer, so nothing was done."))
            return EXIT_REFUSED
        except TourcrmError as error:
            tell(str(error))
            return error.exit_code
        return EXIT_DONE


app = typer_i18n.cli_group(
    N_(
        "After-sales care for a small travel agency, in one SQLite file.\n\n"
        "Start with: tourcrm demo (a sample agency) or tourcrm init (your own)."
    ),
    epilog=(
        "tourcrm init\n"
        "tourcrm customers import customers.xlsx\n"
        "tourcrm trips import orders.csv\n"
        "tourcrm followups due"
    ),
    name=PROGRAM,
    cls=Root,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"{PROGRAM} {__version__}")
        raise typer.Exit


def _shell() -> str:
    """The shell in use; Refused if completion is not known for it."""
    known = [shell.value for shell in Shells]
    shell = _get_shell_name()
    if shell not in known:
        raise Refused(
            N_("Your shell was not recognised. Completion is known for: {shells}."),
            shells=", ".join(known),
        )
    return shell


def _install_completion(wanted: bool) -> None:
    if wanted:
        shell, path = install(shell=_shell(), prog_name=PROGRAM)
        text = _("Completion for {shell} is in {path}. It works in every terminal opened from now.")
        typer.echo(text.format(shell=shell, path=visible(str(path))))
        raise typer.Exit


def _show_completion(wanted: bool) -> None:
    if wanted:
        typer.echo(
            get_completion_script(prog_name=PROGRAM, complete_var=COMPLETE_VARIABLE, shell=_shell())
        )
        raise typer.Exit


@app.callback()
def root(
    db: Annotated[
        Path | None,
        typer.Option(
            "--db",
            envvar="TOURCRM_DB",
            help=N_("the database; without it, the one in your user's data folder"),
        ),
    ] = None,
    lang: Annotated[
        str | None,
        typer.Option(
            "--lang",
            metavar="en|zh",
            envvar="TOURCRM_LANG",
            help=N_("the language; without it, the database's setting, else the system's"),
        ),
    ] = None,
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_print_version,
            is_eager=True,
            help=N_("show the version"),
        ),
    ] = False,
    _install: Annotated[
        bool,
        typer.Option(
            "--install-completion",
            callback=_install_completion,
            is_eager=True,
            help=N_("let the Tab key complete commands in this shell"),
        ),
    ] = False,
    _show: Annotated[
        bool,
        typer.Option(
            "--show-completion",
            callback=_show_completion,
            is_eager=True,
            help=N_("show what --install-completion would give the shell"),
        ),
    ] = False,
) -> None:
    from tourcrm.terminal import context

    context.set_up(None if db is None else str(db), i18n.language())
    context.world().spoken = lang is not None


def language_for(words: Sequence[str], environ: Mapping[str, str]) -> str:
    """The language of a run: --lang, TOURCRM_LANG, the database's setting, the locale, English.

    Settled before anything is built, so that help and usage errors speak it too.
    Raises WrongUsage for a language that is not known.
    """
    said = dict(_root_options(words))
    for name, value in (
        ("--lang", said.get("--lang")),
        ("TOURCRM_LANG", environ.get("TOURCRM_LANG")),
    ):
        if value:
            language = i18n.known(value)
            if language is None:
                raise WrongUsage(
                    N_("{name}: “{value}” is not a language that tourcrm speaks. Choose en or zh."),
                    name=name,
                    value=value,
                )
            return language
    from tourcrm.db import peek
    from tourcrm.terminal import context

    chosen = said.get("--db") or environ.get("TOURCRM_DB")
    stored = peek.setting(lambda: Path(chosen or context.default_database()), "language")
    return i18n.known(stored) or i18n.from_locale(environ) or "en"


def _root_options(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The values of --db and --lang where they stand before the noun."""
    rest = iter(words)
    for word in rest:
        name, sign, value = word.partition("=")
        if not word.startswith("-") or word == "--":
            return
        if name in ("--db", "--lang"):
            yield name, value if sign else next(rest, "")


def tell(text: str) -> None:
    """Write lines to stderr, safe to show; a stderr that is gone is no reason to fail."""
    for line in text.splitlines():
        try:
            print(visible(line), file=sys.stderr, flush=True)  # noqa: T201 - the place that tells
        except (OSError, ValueError):
            process.silence(sys.stderr)


def _stored() -> bool | None:
    from tourcrm.terminal import context

    return context.stored()


def _with_look(what: Message) -> str:
    """What is told of a run that broke off, with the command that shows what it has stored."""
    from tourcrm.terminal import context

    done = context.stored()
    return str(what if done is False else context.look(what, _SEE if done else context.UNSURE))


def _tell_internal(error: Exception) -> int:
    """The last net: where it happened and what to do, but no value, which may be personal."""
    import traceback

    if os.environ.get("TOURCRM_DEBUG"):
        traceback.print_exception(error)
        return EXIT_REFUSED
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if f"{os.sep}{PROGRAM}{os.sep}" in frame.filename] or frames
    place = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else "?"
    kind = type(error).__name__
    if isinstance(error, OSError) and error.strerror:
        from tourcrm.files.writer import why

        kind += f" ({why(error)})"
    tell(_with_look(Message(_BROKEN[_stored()], kind=kind, place=place)))
    tell(_("Please report this line; TOURCRM_DEBUG=1 shows more."))
    return EXIT_REFUSED


def run(words: Sequence[str]) -> int:
    """Run one command line in this process and give its exit code."""
    try:
        app(list(words))
    except SystemExit as end:
        return int(end.code or EXIT_DONE)
    return EXIT_DONE
