"""How a file is to be imported: the options of the `import` commands."""

from dataclasses import dataclass
from typing import Annotated, Literal

import typer

from tourcrm.base.errors import WrongUsage
from tourcrm.base.i18n import N_
from tourcrm.base.patterns import pattern
from tourcrm.commands import options

File = Annotated[
    str,
    typer.Argument(
        parser=str,  # a file's name may be bytes that are no text
        metavar=N_("FILE"),
        help=N_("a .csv, .tsv, .xlsx, .xls or .vcf file, or - for standard input"),
    ),
]
Map = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar=N_("HEADER=FIELD"),
        help=N_('which column is which field, like "单价=price"; "HEADER=" leaves one out'),
    ),
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar=N_("FIELD=VALUE"),
        help=N_('one value for all rows, of a field without a column: "departs_on=2026-11-27"'),
    ),
]
Word = Annotated[
    list[str] | None,
    typer.Option(
        "--word",
        metavar=N_("WORD=VALUE"),
        help=N_("what a word of the file means that is not known here, like “待出行=booked”"),
    ),
]
Profile = Annotated[
    str | None,
    typer.Option(
        help=N_("remember the --map and --word of this file under a name, or use one remembered")
    ),
]
SheetName = Annotated[
    str | None,
    typer.Option(
        "--sheet",
        metavar=N_("NAME"),
        help=N_("which sheet of a workbook; all: every one with the header of the first"),
    ),
]
Encoding = Annotated[
    str | None, typer.Option(help=N_("how a text file is encoded, if the guess is wrong"))
]
DateFormat = Annotated[
    Literal["dmy", "mdy"] | None,
    typer.Option(help=N_("what 5/3/2024 means: dmy is 5 March, mdy is May 3")),
]
OnDuplicate = Annotated[
    Literal["update", "fill", "skip", "error"],
    typer.Option(
        help=N_(
            "rows that are there already: update (cells of the file win), fill (only blanks), "
            "skip, or error (reject them)"
        )
    ),
]
EvenDecisions = Annotated[
    bool,
    typer.Option(
        "--even-decisions",
        help=N_(
            "let the sheet take back what was decided since: lost, deceased, consent, cancelled"
        ),
    ),
]
CreateCustomers = Annotated[
    bool,
    typer.Option(
        "--create-customers", help=N_("make unknown customers from the row's name and phone")
    ),
]
Rate = Annotated[
    list[str] | None,
    typer.Option(
        "--rate",
        metavar=N_("CURRENCY=RATE"),
        help=N_("what another currency is worth, like USD=7.1: amounts in it are converted"),
    ),
]
Source = Annotated[
    str | None,
    typer.Option(
        "--source",
        metavar=N_("NAME"),
        help=N_(
            "the booking site or shop that the file comes from, like ctrip: its customer numbers "
            "are then that source's, and not codes of yours"
        ),
    ),
]
Rows = Annotated[
    Literal["lines", "travellers", "itinerary"] | None,
    typer.Option(
        "--rows",
        help=N_(
            "lines: several rows of one order are its lines, and their amounts add up; travellers: "
            "a row is a traveller, the rows of one order number are one trip; itinerary: a row is "
            "what happens on a day of a departure or a trip"
        ),
    ),
]
People = Annotated[
    Literal["largest", "added"] | None,
    typer.Option(
        "--people",
        help=N_("with --rows lines: the people of an order are the largest number, or all added"),
    ),
]
NpsScale = Annotated[
    Literal["0-10"] | None,
    typer.Option(
        "--nps-scale",
        help=N_("say 0-10 if the form offered 0 to 10, though nobody chose more than 5"),
    ),
]

_NAME = pattern(r"[^=;；\x00-\x1f]{1,40}")


@dataclass(frozen=True, slots=True)
class Options:
    """How a file is to be imported: the options of the `import` commands, in their order."""

    map: Map = None
    set: Set = None
    word: Word = None
    profile: Profile = None
    on_duplicate: OnDuplicate = "update"
    even_decisions: EvenDecisions = False
    create_customers: CreateCustomers = False
    source: Source = None
    rate: Rate = None
    rows: Rows = None
    people: People = None
    nps_scale: NpsScale = None
    sheet: SheetName = None
    encoding: Encoding = None
    date_format: DateFormat = None
    dry_run: options.DryRun = False
    format: options.Format = "table"


# Options that only some have.
ONLY_OF = {
    "even_decisions": ("customers", "trips"),
    "create_customers": ("trips",),
    "source": ("customers", "trips"),
    "rate": ("trips",),
    "rows": ("trips",),
    "people": ("trips",),
    "nps_scale": ("surveys",),
}


def check(given: Options) -> None:
    """Refuse options that do not go together."""
    if given.even_decisions and given.on_duplicate != "update":
        raise WrongUsage(N_("--even-decisions goes with --on-duplicate update alone."))
    if given.source is not None and not _NAME.fullmatch(given.source.strip()):
        raise WrongUsage(N_("--source is a name of up to 40 characters, without = and ;"))
    if given.people is not None and given.rows != "lines":
        raise WrongUsage(N_("--people says how lines of an order add up: add --rows lines."))
