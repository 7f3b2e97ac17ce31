"""Commands that speak both languages: their help pages, and what they say of wrong usage.

Command modules build their group with `cli_group`. Help texts are only marked with N_ there; they
are translated when shown.
"""

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import Any, cast

import typer
from typer._click import exceptions as usage
from typer._click.core import Command as AnyCommand
from typer._click.core import Context
from typer._click.shell_completion import CompletionItem
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.main import get_group

from tourcrm.base.i18n import N_, _
from tourcrm.terminal import help, param_types


class _Speaking(AnyCommand):
    """What commands and groups share: their pages, and parameters with our conversions."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        for param in self.params:
            if isinstance(param, param_types.Parameter):
                param_types.install(param)

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except usage.UsageError as error:
            error.ctx = error.ctx or ctx  # the parser forgets it, and with it where the help is
            raise

    def get_help(self, ctx: Context) -> str:
        return help.page(self, ctx)

    def get_usage(self, ctx: Context) -> str:
        return help.usage_line(self, ctx)

    def get_short_help_str(self, limit: int = 45) -> str:
        return help.summary(self.short_help or self.help or "")

    def get_help_option(self, ctx: Context) -> TyperOption | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = N_("show this page")
            param_types.install(option)
        return option

    def option_completions(self, ctx: Context, incomplete: str) -> list[CompletionItem]:
        """The options that begin with `incomplete`, each with one line about it."""
        found = AnyCommand.shell_complete(self, ctx, incomplete)
        for item in found:
            item.help = help.summary(item.help or "")
        return found


class Command(_Speaking, TyperCommand):
    """A verb."""

    allow_extra_args = True  # so that parse_args below says what is too much, in both languages

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        rest = super().parse_args(ctx, args)
        if rest and not ctx.resilient_parsing:
            text = _("Too many words: {words}. A name with blanks needs quotes around it.")
            ctx.fail(text.format(words=" ".join(rest)))
        return rest

    def shell_complete(self, ctx: Context, incomplete: str) -> list[CompletionItem]:
        return self.option_completions(ctx, incomplete)


class Group(_Speaking, TyperGroup):
    """A noun with its verbs, or the program with its nouns."""

    verbs: Mapping[str, str] = {}  # those that are elsewhere: name -> module, loaded when asked for

    def list_commands(self, ctx: Context) -> list[str]:
        return [*self.verbs, *super().list_commands(ctx)]

    def get_command(self, ctx: Context, name: str) -> AnyCommand | None:
        if name in self.verbs:
            return loaded(self.verbs[name]).commands[name]
        return super().get_command(ctx, name)

    def summaries(self, ctx: Context) -> list[help.Pair]:
        """Each command with one line about it."""
        commands = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        return [
            (name, command.get_short_help_str())
            for name, command in commands
            if command is not None and not command.hidden
        ]

    def get_help(self, ctx: Context) -> str:
        return help.page(self, ctx, self.summaries(ctx))

    def resolve_command(
        self, ctx: Context, args: list[str]
    ) -> tuple[str | None, AnyCommand | None, list[str]]:
        name = args[0]
        command = self.get_command(ctx, name)
        if command is None and not ctx.resilient_parsing:
            if name.startswith("-"):
                self.parse_args(ctx, args)  # an option that does not exist: say that instead
            text = _("There is no command “{name}”.").format(name=name)
            ctx.fail(text + did_you_mean(near(name, self.list_commands(ctx))))
        return name if command else None, command, args[1:]

    def invoke(self, ctx: Context) -> Any:
        if not ctx._protected_args and not self.invoke_without_command:
            ctx.fail(_("A command is missing."))
        return super().invoke(ctx)

    def shell_complete(self, ctx: Context, incomplete: str) -> list[CompletionItem]:
        verbs = [
            CompletionItem(name, help=text)
            for name, text in self.summaries(ctx)
            if name.startswith(incomplete)
        ]
        return verbs + self.option_completions(ctx, incomplete)


class Noun(typer.Typer):
    """A Typer app whose commands speak both languages. verbs: as of its group."""

    verbs: Mapping[str, str] = {}

    def command(
        self, name: str | None = None, *, cls: type[TyperCommand] | None = None, **settings: Any
    ) -> Callable[[Any], Any]:
        """Typer's decorator, with our class of command."""
        return super().command(name, cls=cls or Command, **settings)


def cli_group(
    help: str = "",
    *,
    epilog: str = "",
    package: str = "",
    verbs: Mapping[str, str] | None = None,
    **settings: Any,
) -> Noun:
    """A Typer app for one noun: `app = cli_group(N_("..."), epilog="tourcrm customers list")`.

    Without `help` it shows the noun's line in cli.py's table. `epilog` holds examples, one a line.
    verbs: in which module of the package each is, in the order of the noun's help; it is loaded
    when it is asked for.
    """
    noun = Noun(
        **{
            "cls": Group,
            "help": help,
            "epilog": epilog,
            "no_args_is_help": True,
            "add_completion": False,
            "rich_markup_mode": None,
            "pretty_exceptions_enable": False,
            **settings,
        }
    )
    noun.verbs = {name: f"{package}.{module}" for name, module in (verbs or {}).items()}
    return noun


def loaded(module: str) -> Group:
    """The commands of a module, which is loaded now."""
    noun: Noun = import_module(module).app
    group = cast(Group, get_group(noun))
    group.verbs = noun.verbs
    return group


def usage_text(error: usage.ClickException) -> str:
    """What is wrong with a command line, and where its help is: one or two lines."""
    lines = [_what_is_wrong(error)]
    ctx = error.ctx if isinstance(error, usage.UsageError) else None
    if ctx is not None:
        lines.append(_("Help: {command} --help").format(command=ctx.command_path))
    return "\n".join(lines)


def _what_is_wrong(error: usage.ClickException) -> str:
    if isinstance(error, usage.NoSuchOption):
        if error.ctx is not None and _is_of_program(error.ctx, error.option_name):
            text = _("{name} stands before the command: {program} {name} ... {command}")
            program = error.ctx.find_root().command_path
            command = error.ctx.command_path.removeprefix(program).lstrip()
            return text.format(name=error.option_name, program=program, command=command)
        text = _("There is no option {name}.").format(name=error.option_name)
        known = _options_of(error.ctx.command) if error.ctx is not None else ()
        return text + did_you_mean(near(error.option_name, known))
    if isinstance(error, usage.MissingParameter):
        return _missing(error)
    if isinstance(error, usage.BadParameter):
        return _("{name}: {reason}").format(name=_name(error), reason=error.message)
    if isinstance(error, usage.BadOptionUsage):
        if error.message.endswith("does not take a value."):
            return _("{name} takes no value.").format(name=error.option_name)
        return _("{name} needs a value after it.").format(name=error.option_name)
    return error.message  # said by this module, in the language in use


def _is_of_program(ctx: Context, option: str) -> bool:
    """Whether an option is one of the program, and was given to a command."""
    root = ctx.find_root()
    return ctx is not root and any(option in param.opts for param in root.command.params)


def _missing(error: usage.MissingParameter) -> str:
    text = _("{name} is missing.").format(name=_name(error))
    known = param_types.choices(error.param.type_descriptor) if error.param else ()
    if known:
        text += _(" Choose one of: {choices}.").format(choices=param_types.listed_choices(known))
    return text


def _name(error: usage.BadParameter) -> str:
    """What the user calls the parameter that an error is about."""
    if isinstance(error.param, TyperArgument):
        return help.argument_name(error.param)
    if isinstance(error.param, TyperOption):
        return max(error.param.opts, key=len)
    return _("The command line")


_ALIKE = (
    0.7  # at least, of what is offered for a mistyped word: --held for --helf, not --to for --on
)


def near(word: str, known: Iterable[str]) -> list[str]:
    """Up to three of the known words that a mistyped one may have meant, the nearest first.

    The dashes of options do not count: all have them. Of a beginning the whole is offered.
    """
    names = {one.lstrip("-"): one for one in known}
    typed = word.lstrip("-").casefold()
    begun = [name for name in names if len(typed) >= _BEGUN and name.startswith(typed)]
    alike = get_close_matches(typed, names, 3, _ALIKE)
    return [names[name] for name in dict.fromkeys((*alike, *begun))][:3]


_BEGUN = 3  # letters that say which word was begun


def _options_of(command: AnyCommand) -> list[str]:
    """The options that may be offered for a mistyped one; help is offered by the next line."""
    shown = [one for one in command.params if isinstance(one, TyperOption) and not one.hidden]
    return [name for one in shown for name in one.opts if name.startswith("--")]


def did_you_mean(near: Sequence[str]) -> str:
    """A question that offers names close to a mistyped one; empty if there are none."""
    return _(" Did you mean {names}?").format(names=", ".join(near)) if near else ""


def at_terminal() -> bool:
    """Whether somebody is there to answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def confirm(question: str) -> bool:
    """Ask a yes or no question; an empty answer is no. Raises typer.Abort where nobody answers."""
    return _answer(f"{question} [{_('y/N')}]").lower() in ("y", "yes", "是", "好", "对")


def ask(question: str, default: str) -> str:
    """Ask for a text; an empty answer is the default. Raises typer.Abort where nobody answers."""
    return _answer(f"{question} [{default}]") or default


def ask_hidden(question: object, *, piped: bool = False) -> str | None:
    """Ask for what must not be seen; None where nobody answers. piped: stdin may answer, too."""
    if piped and not sys.stdin.isatty():
        line = sys.stdin.readline()
        return line.rstrip("\r\n") if line else None
    if not (sys.stdin.isatty() or sys.stderr.isatty()):
        return None
    import getpass

    if os.name == "posix":
        try:
            os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
        except OSError:  # getpass would show what is typed
            return None
    try:
        return getpass.getpass(f"{question}{_(':')} ")
    except EOFError:
        return ""


def _answer(prompt: str) -> str:
    # On stderr, so that a question is seen and stays out of the result when stdout is a file.
    print(f"{prompt}{_(':')} ", end="", file=sys.stderr, flush=True)  # noqa: T201 - a question
    line = sys.stdin.readline()
    if not line:
        print(file=sys.stderr)  # noqa: T201 - the end of the question's line
        raise typer.Abort
    return line.strip()
