"""Write docs/commands.md and docs/commands.zh-CN.md: the help page of every command, as shown.

python scripts/reference.py            write both
"""

import os
from collections.abc import Iterator
from pathlib import Path

from typer._click.core import Command, Context
from typer.core import TyperGroup
from typer.main import get_command

from tourcrm import cli
from tourcrm.base import i18n
from tourcrm.base.i18n import _

FILES = {"en": "commands.md", "zh": "commands.zh-CN.md"}
DOCS = Path(__file__).parents[1] / "docs"
COLUMNS = "80"
INTRODUCTION = {
    "en": "The help pages of all commands, as `--help` shows them. Written by `make docs`.",
    "zh": "所有命令的帮助页面，与 `--help` 显示的相同。由 `make docs` 生成。",
}


def walk() -> Iterator[tuple[Context, Command]]:
    """Every command of the program with its context: the root, each noun, each verb."""
    root = get_command(cli.app)
    yield from _below(root, Context(root, info_name=cli.PROGRAM, **root.context_settings))


def _below(command: Command, ctx: Context) -> Iterator[tuple[Context, Command]]:
    yield ctx, command
    if isinstance(command, TyperGroup):
        for name in command.list_commands(ctx):
            child = command.get_command(ctx, name)
            if child is not None and not child.hidden:
                yield from _below(child, Context(child, parent=ctx, info_name=name))


def reference(language: str) -> str:
    """The command reference in one language, as Markdown."""
    before = i18n.language(), os.environ.get("COLUMNS")
    i18n.use(language)
    os.environ["COLUMNS"] = COLUMNS
    try:
        return "\n".join(_lines())
    finally:
        i18n.use(before[0])
        if before[1] is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = before[1]


def _lines() -> Iterator[str]:
    commands = list(walk())
    yield from (f"# {_('Commands')}", "")
    yield from (INTRODUCTION[i18n.language()], "")
    for ctx, _command in commands[1:]:
        depth = ctx.command_path.count(" ") - 1
        yield f"{'  ' * depth}- [{ctx.command_path}](#{ctx.command_path.replace(' ', '-')})"
    for ctx, command in commands:
        level = min(ctx.command_path.count(" ") + 2, 4)
        yield from ("", f"{'#' * level} {ctx.command_path}", "", "```text", command.get_help(ctx))
        yield "```"
    yield ""


def main() -> None:
    """Write the reference in both languages."""
    DOCS.mkdir(exist_ok=True)
    for language, name in FILES.items():
        (DOCS / name).write_text(reference(language), "utf-8")


if __name__ == "__main__":
    main()
