"""The `import` commands: what they share is everything but the entity."""

import filecmp
import inspect
import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from tourcrm.base import columns, display
from tourcrm.base.columns import IMPORT_RESULT, REASON
from tourcrm.base.errors import EXIT_PARTLY, Refused, WrongUsage
from tourcrm.base.i18n import N_, _, language
from tourcrm.base.kinds import Terms
from tourcrm.commands import options
from tourcrm.commands.intake_report import Told, remarks, report
from tourcrm.db import setting
from tourcrm.files import writer
from tourcrm.files.reader import Sheet, open_sheet
from tourcrm.imports import currencies, service
from tourcrm.imports.column_reader import is_reason
from tourcrm.imports.service import Line, Request, Result
from tourcrm.terminal import context
from tourcrm.terminal.context import Desk
from tourcrm.terminal.render import emit, tell
from tourcrm.terminal.typer_i18n import confirm

GROUPS_SHOWN = 10
_REJECTED = re.compile(r"\.rejected(-[0-9]+)?$")

File = Annotated[
    str,
    typer.Argument(
        parser=str,  # a file's name may be bytes that are no text
        metavar=N_("FILE"),
        help=N_("a .csv, .tsv, .xlsx or .xls file, or - for standard input"),
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
Profile = Annotated[
    str | None,
    typer.Option(help=N_("remember the --map of this file under a name, or use one remembered")),
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
Rows = Annotated[
    Literal["lines"] | None,
    typer.Option(
        "--rows",
        help=N_("lines: several rows of one order are its lines, and their amounts add up"),
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


@dataclass(frozen=True, slots=True)
class Options:
    """How a file is to be imported: the options of the `import` commands, in their order."""

    map: Map = None
    profile: Profile = None
    on_duplicate: OnDuplicate = "update"
    even_decisions: EvenDecisions = False
    create_customers: CreateCustomers = False
    rate: Rate = None
    rows: Rows = None
    people: People = None
    nps_scale: NpsScale = None
    encoding: Encoding = None
    date_format: DateFormat = None
    dry_run: options.DryRun = False
    format: options.Format = "table"


_ONLY_OF = {
    "even_decisions": ("customers", "trips"),
    "create_customers": ("trips",),
    "rate": ("trips",),
    "rows": ("trips",),
    "people": ("trips",),
    "nps_scale": ("surveys",),
}


def register(app: Any, entity: str, help: str, epilog: str) -> None:
    """Give a noun its `import` command, with the options that it has."""

    def command(file: str, **given: Any) -> None:
        run(entity, file, Options(**given))

    parameter = inspect.Parameter
    taken = [
        parameter(one.name, parameter.KEYWORD_ONLY, default=one.default, annotation=one.type)
        for one in fields(Options)
        if entity in _ONLY_OF.get(one.name, (entity,))
    ]
    named = parameter("file", parameter.POSITIONAL_OR_KEYWORD, annotation=File)
    command.__signature__ = inspect.Signature([named, *taken])  # type: ignore[attr-defined]  # where inspect looks first
    app.command("import", help=help, epilog=epilog)(command)


def run(entity: str, file: str, given: Options | None = None, beside: Path | None = None) -> None:
    """Import a file and say what was done; ends with exit code 4 where a row was rejected.

    Rejected rows are written beside the file, or beside `beside`.
    """
    given = given or Options()
    _check(given)
    shape = options.shape(None, given.format)
    known = service.entity_columns(entity)
    mapping = _mapping(given.map)
    remembered = {} if given.profile is None or mapping else _remembered(entity, given.profile)
    named = {columns.folded(header) for header in (*mapping, *remembered)}

    def is_known(header: str) -> bool:
        return columns.field_of(header, known) is not None or columns.folded(header) in named

    written: list[Path] = []
    with (
        open_sheet(file, known=is_known, encoding=given.encoding) as sheet,
        _whole(written),
        context.writing(f"{entity} import", dry_run=given.dry_run) as desk,
    ):
        if given.profile is not None and mapping:
            text = json.dumps(mapping, ensure_ascii=False)
            setting.store(desk.session, _profile_key(entity, given.profile), text)
        there = {columns.folded(header) for header in sheet.header}
        mapping |= {h: field for h, field in remembered.items() if columns.folded(h) in there}
        result = _imported(desk, sheet, entity, mapping, given)
        rejected_file: Path | None = None
        groups = service.reasons(desk.session, GROUPS_SHOWN)
        if result.rejected and not given.dry_run:
            rejected_file = _write_rejects(desk, sheet, file, beside, written)
    again = rejected_file and _again(entity, rejected_file, given, result.date_order)
    told = Told(
        sheet,
        known,
        result,
        groups,
        rejected_file,
        again or None,
        given.dry_run,
        given.format != "table",
    )
    if given.format == "table":
        report(told)
    else:
        emit([_row(replace(told, whole=True))], IMPORT_RESULT, shape)
    if result.rejected:
        raise typer.Exit(EXIT_PARTLY)


def _check(given: Options) -> None:
    """Refuse options that do not go together."""
    if given.even_decisions and given.on_duplicate != "update":
        raise WrongUsage(N_("--even-decisions goes with --on-duplicate update alone."))
    if given.people is not None and given.rows != "lines":
        raise WrongUsage(N_("--people says how lines of an order add up: add --rows lines."))


def _imported(
    desk: Desk, sheet: Sheet, entity: str, mapping: dict[str, str], given: Options
) -> Result:
    """What became of the sheet in the desk's transaction."""
    terms = Terms(
        region=desk.settings["region"],
        currency=desk.settings["currency"],
        zone=desk.settings.zone,
        date_order=given.date_format,
    )
    with _Bar(sheet) as progress:
        return service.run(
            desk.session,
            Request(
                sheet=sheet,
                entity=entity,
                verb=f"{entity} import",
                now=desk.now,
                today=desk.today,
                actor=desk.actor,
                terms=terms,
                mapping=mapping,
                on_duplicate=given.on_duplicate,
                create_customers=given.create_customers,
                nps_scale=given.nps_scale is not None,
                even_decisions=given.even_decisions,
                rates=currencies.rates(given.rate or (), terms.currency),
                rows=given.rows,
                people_added=given.people == "added",
                are_lines=_are_lines(desk) if _answers() else None,
                progress=progress,
            ),
        )


def _answers() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _are_lines(desk: Desk) -> Callable[[Sequence[Line]], bool]:
    """Asks whether rows that contradict one another are the lines of one order."""

    def ask(lines: Sequence[Line]) -> bool:
        tell(_("Several rows have the same order number, and differ:"))
        for one in lines:
            cells = ", ".join(
                f"{display.visible(header, 20)} {display.visible(str(value), 40)}"
                for header, value in one.cells.items()
                if value is not None
            )
            tell("  " + _("line {line}: {cells}").format(line=one.line, cells=cells))
        return confirm(_("Are these lines of one order, whose amounts add up?"))

    return ask


@contextmanager
def _whole(written: list[Path]) -> Iterator[None]:
    """Take back the file of rejected rows where the import itself could not be stored."""
    try:
        yield
    except BaseException:
        if context.stored() is False:
            for path in written:
                path.unlink(missing_ok=True)
        raise


def _again(entity: str, file: Path, given: Options, date_order: str | None) -> str:
    """The command that imports the mended file the same way."""
    words = [entity, "import", display.visible(str(file))]
    for pair in given.map or ():
        words += ["--map", display.visible(pair)]
    told = {
        "--profile": None if given.map else given.profile,
        "--date-format": given.date_format or date_order,
        "--rows": given.rows,
        "--people": given.people,
        "--on-duplicate": None if given.on_duplicate == "update" else given.on_duplicate,
    }
    for option, value in told.items():
        words += [option, value] if value is not None else []
    for pair in given.rate or ():
        words += ["--rate", display.visible(pair)]
    if given.even_decisions:
        words.append("--even-decisions")
    if given.create_customers:
        words.append("--create-customers")
    if given.nps_scale is not None:
        words += ["--nps-scale", given.nps_scale]
    return context.command(*words)


def _row(told: Told) -> dict[str, Any]:
    result, rejected_file = told.result, told.rejected_file
    return {
        "operation": None if told.dry_run else result.operation,
        "read": result.read,
        "added": result.added,
        "updated": result.updated,
        "unchanged": result.unchanged,
        "rejected": result.rejected,
        "rejected_file": None if rejected_file is None else str(rejected_file),
        "kept": result.kept,
        "remarks": "; ".join(remarks(told)) or None,
    }


def _mapping(given: list[str] | None) -> dict[str, str]:
    mapping = {}
    for pair in given or ():
        header, equals, field = pair.rpartition("=")
        if not equals or not header.strip():
            raise WrongUsage(
                N_('--map takes HEADER=FIELD, like "单价=price", not {given}.'),
                given=display.visible(pair, 60),
            )
        mapping[header.strip()] = field.strip()
    return mapping


def _profile_key(entity: str, profile: str) -> str:
    return f"{setting.PROFILE}{entity}:{profile}"


def _remembered(entity: str, profile: str) -> dict[str, str]:
    """The mapping that was given once under the profile's name."""
    with context.reading() as desk:
        stored = desk.settings.values.get(_profile_key(entity, profile))
    if stored is None:
        raise Refused(
            N_("There is no profile {name} yet. Give --map once together with --profile {name}."),
            name=display.visible(profile, 40),
        )
    return dict(json.loads(stored))


def _write_rejects(
    desk: Desk, sheet: Sheet, file: str, beside: Path | None, written: list[Path]
) -> Path:
    """The rejected rows beside the file, as they were, each with its reason in front.

    Where an earlier import left the very same file, it is that one; a new one goes to `written`.
    """
    source = Path("stdin" if file == "-" else file)
    stem = "".join(c if display.visible(c) == c else "_" for c in _REJECTED.sub("", source.stem))
    wanted = source.with_name(stem + ".rejected.csv")
    if file == "-":
        wanted = Path.cwd() / wanted.name
    elif beside is not None:
        wanted = beside.with_name(wanted.name)
    old = [place for place, name in enumerate(sheet.header) if is_reason(name)]

    def without_old(row: Sequence[str]) -> list[str]:  # the reasons of an import before
        return [cell for place, cell in enumerate(row) if place not in old]

    header = [REASON.header(language()), *without_old(sheet.header)]
    for path in (wanted, Path.cwd() / wanted.name):
        try:
            free = writer.numbered(path)
            writer.write_csv(
                free,
                header,
                (
                    [_("line {line}: {reason}").format(line=line, reason=why), *without_old(cells)]
                    for line, cells, why in service.rejects(desk.session)
                ),
                bom=True,
            )
        except Refused:  # beside the file nothing can be written: in the current folder, then
            if path.parent.absolute() == Path.cwd():
                raise
            continue
        there = _same_as_before(path, free)
        if there is None:
            written.append(free)
        return there or free
    raise AssertionError("unreachable")


def _same_as_before(wanted: Path, new: Path) -> Path | None:
    """An earlier file of rejected rows with the same bytes; the new one goes, then."""
    path, number = wanted, 1
    while path != new:
        with suppress(OSError):
            if path.is_file() and filecmp.cmp(path, new, shallow=False):
                new.unlink()
                return path
        number += 1
        path = wanted.with_name(f"{wanted.stem}-{number}{wanted.suffix}")
    return None


class _Bar:
    """A progress bar on standard error; only at a terminal, and only when it takes a while."""

    def __init__(self, sheet: Sheet) -> None:
        self._size = sheet.size
        self._shown = -1

    def __enter__(self) -> Callable[[float], None]:
        if not sys.stderr.isatty() or self._size < 4_000_000:
            return lambda share: None
        return self._show

    def _show(self, share: float) -> None:
        percent = min(int(share * 100), 100)
        if percent != self._shown:
            self._shown = percent
            filled = percent * 30 // 100
            sys.stderr.write(f"\r[{'#' * filled}{'.' * (30 - filled)}] {percent:3d} %")
            sys.stderr.flush()

    def __exit__(self, *error: object) -> None:
        if self._shown >= 0:
            sys.stderr.write("\r" + " " * 40 + "\r")
