"""A noun for tests only: commands that take every kind of value, and fail in every way."""

import os
import sys
import time
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Literal

import typer

from tourcrm.base import errors
from tourcrm.base.i18n import N_
from tourcrm.terminal import typer_i18n

app = typer_i18n.cli_group(epilog=N_("Example: tourcrm samples take 王芳"))

SECRET = "13812345678"


class Colour(Enum):
    RED = "red"
    GREEN = "green"


@app.command(help=N_("Take one of everything. More about it."), epilog="tourcrm samples take 王芳")
def take(
    customer: Annotated[str, typer.Argument(help=N_("a code, phone number or name"))],
    files: Annotated[list[Path] | None, typer.Argument(help=N_("files"), metavar="FILE")] = None,
    times: Annotated[int, typer.Option(help=N_("how often"), min=1, max=9)] = 1,
    size: Annotated[Decimal | None, typer.Option(help=N_("how big"))] = None,
    day: Annotated[date | None, typer.Option(help=N_("when"))] = None,
    colour: Annotated[Colour, typer.Option(help=N_("which"))] = Colour.RED,
    way: Annotated[Literal["in", "out"] | None, typer.Option(help=N_("which way"))] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", "-t", help=N_("tags"))] = None,
    loud: Annotated[bool, typer.Option("--loud/--quiet", help=N_("how loud"))] = False,
) -> None:
    print([customer, files, times, size, day, colour, way, tag, loud])


FAILURES = {
    "refused": errors.Refused("No: \x1b[31m{name}\n二", name="a\x9bb"),
    "usage": errors.WrongUsage("No."),
    "missing": errors.NotFound("No."),
    "unusable": errors.Unusable("No."),
    "bug": ValueError(f"customer {SECRET}"),
    "denied": PermissionError(13, "Permission denied", f"/home/{SECRET}"),
    "part": typer.Exit(4),
    "ctrl-c": KeyboardInterrupt(),
    "abort": typer.Abort(),
}


@app.command(help=N_("Fail."))
def fail(name: Annotated[str, typer.Argument(help=N_("how"))]) -> None:
    raise FAILURES[name]


@app.command(help=N_("Say much."))
def pour(lines: Annotated[int, typer.Argument(help=N_("how much"))]) -> None:
    for number in range(lines):
        print(number, "行 ☃")


@app.command(help=N_("Wait for a signal; clean up."))
def wait(
    mark: Annotated[Path, typer.Argument(help=N_("a file that is there meanwhile"))],
    deaf: Annotated[bool, typer.Option("--deaf", help=N_("swallow the signal"))] = False,
) -> None:
    try:
        mark.write_text("here")
        while True:
            try:
                time.sleep(60)
            except KeyboardInterrupt:
                if not deaf:
                    raise
    finally:
        mark.unlink()


@app.command(help=N_("Ask."))
def ask() -> None:
    print([typer_i18n.ask("Name?", "王芳"), typer_i18n.confirm("Sure?")])


@app.command(help=N_("Show the streams."))
def streams() -> None:
    print(sys.stdout.encoding, sys.stdin.readline(), oct(os.umask(0o077)))
