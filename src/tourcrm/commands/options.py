"""The options that many commands share, with one meaning everywhere."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tourcrm.base.display import visible
from tourcrm.base.errors import CellError, Refused, WrongUsage
from tourcrm.base.i18n import N_
from tourcrm.terminal import context, param_types
from tourcrm.terminal.context import Desk
from tourcrm.terminal.render import FORMATS, Shape

if TYPE_CHECKING:
    from tourcrm.base.parsing.spoken_days import Side


def _format(word: str) -> str:
    """A format by any of its names; `shape` refuses what is none."""
    return param_types.choice(word, FORMATS) or word


Format = Annotated[
    str,
    typer.Option(
        "--format",
        "-f",
        metavar="FORMAT",
        help=N_("table, json, jsonl or csv"),
        parser=_format,
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="FILE", help=N_("write to a .csv, .json, .jsonl or .xlsx file")
    ),
]
Excel = Annotated[
    bool,
    typer.Option(
        "--excel", help=N_("CSV for Excel: headers and words in your language, safe cells")
    ),
]
Reveal = Annotated[
    bool, typer.Option("--reveal", help=N_("phone, ID and passport numbers in full (recorded)"))
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help=N_("as of this day instead of today")),
]
First = Annotated[str | None, typer.Option("--from", metavar="DATE", help=N_("from this day on"))]
Last = Annotated[str | None, typer.Option("--to", metavar="DATE", help=N_("up to this day"))]
OfCustomer = Annotated[
    str | None, typer.Option("--customer", help=N_("only of this one: code, phone or name"))
]
SomeCustomer = Annotated[
    str | None,
    typer.Argument(
        metavar=N_("CUSTOMER"), help=N_("a code, a phone number, or a name that only one has")
    ),
]
SomeTrip = Annotated[
    str | None,
    typer.Argument(
        metavar=N_("TRIP"), help=N_("the order code; or the customer: code, phone or name")
    ),
]
OfDeparture = Annotated[
    str | None,
    typer.Option("--departure", metavar=N_("DEPARTURE"), help=N_("instead, a whole departure")),
]
On = Annotated[str | None, typer.Option("--on", metavar="DATE", help=N_("the day, if not today"))]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help=N_("say what would happen, change nothing"))
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help=N_("do not ask"))]


def shape(
    desk: Desk | None,
    format: str = "table",
    output: Path | None = None,
    excel: bool = False,
    reveal: bool = False,
) -> Shape:
    """How the result is to be given; without a desk, one that has no amounts and no moments.

    Raises WrongUsage for an unknown format, and for `excel` with what is no CSV.
    """
    if format not in FORMATS:
        raise WrongUsage(
            N_("--format takes {known}, not {given}."),
            known=param_types.listed_choices(FORMATS),
            given=visible(format, 40),
        )
    text = format if output is None else output.suffix.lower()
    if excel and text not in ("csv", ".csv", ".xlsx"):
        raise WrongUsage(N_("--excel is for CSV: add -f csv, or -o FILE.csv"))
    rows = context.world().table_rows
    plain = Shape(format=format, output=output, excel=excel, reveal=reveal, rows=rows)
    if desk is None:
        return plain
    return replace(
        plain,
        currency=desk.settings["currency"],
        region=desk.settings["region"],
        zone=desk.settings.zone,
    )


def day(desk: Desk, given: str | None, option: str = "--as-of", side: "Side | None" = None) -> date:
    """The day that an option names; today where it is absent. Raises WrongUsage."""
    return desk.today if given is None else parse_day(given, option, side)


def past_day(desk: Desk, given: str | None, option: str = "--on") -> date:
    """The day on which something was done; today where it is absent.

    Raises WrongUsage, and Refused for a day that lies ahead.
    """
    found = day(desk, given, option, "back")
    if found > desk.today:
        raise Refused(N_("{day} lies ahead; say a day that has come."), day=found)
    return found


def parse_day(given: str, option: str, side: "Side | None" = None) -> date:
    """The day that an option names, also in words; side: where Friday lies, if that is all that is
    said. Raises WrongUsage."""
    from tourcrm.base.parsing import day as parse
    from tourcrm.terminal import typed

    found: date = parse_with(lambda text: typed.day(text, parse, side), given, option)
    return found


def parse_with(parser: Any, given: str, option: str) -> Any:
    """What a cell parser makes of an option's value. Raises WrongUsage with its reason."""
    try:
        return parser(given)
    except CellError as reason:
        raise WrongUsage(
            N_("{option} {given}: {reason}"), option=option, given=given, reason=reason
        ) from None


def period(first: str | None, last: str | None) -> tuple[date | None, date | None]:
    """The days of --from and --to. Raises WrongUsage, also where they are the wrong way round."""
    start = parse_day(first, "--from") if first else None
    end = parse_day(last, "--to") if last else None
    if start and end and end < start:
        raise WrongUsage(N_("--to {last} is before --from {first}."), last=end, first=start)
    return start, end


def not_together(given: Mapping[str, bool]) -> None:
    """Raise WrongUsage where more than one of these options is given: none is left out silently."""
    said = [name for name, there in given.items() if there]
    if len(said) > 1:
        raise WrongUsage(N_("{option} does not go with {other}."), option=said[1], other=said[0])
