"""The `import` commands: what they share is everything but the entity."""

import filecmp
import inspect
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from tourcrm.base import columns, display
from tourcrm.base.columns import IMPORT_RESULT, REASON, Column
from tourcrm.base.errors import EXIT_PARTLY, Refused, WrongUsage
from tourcrm.base.i18n import N_, _, language
from tourcrm.base.kinds import Terms
from tourcrm.commands import options
from tourcrm.commands.imports import pairs, questions
from tourcrm.commands.imports.report import Told, notes, report, warnings
from tourcrm.db import setting
from tourcrm.files import writer
from tourcrm.files.reader import Sheet, open_sheet
from tourcrm.imports import currencies, service
from tourcrm.imports.headings import Headers, is_reason
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
    set: Set = None
    word: Word = None
    profile: Profile = None
    on_duplicate: OnDuplicate = "update"
    even_decisions: EvenDecisions = False
    create_customers: CreateCustomers = False
    rate: Rate = None
    rows: Rows = None
    people: People = None
    nps_scale: NpsScale = None
    sheet: SheetName = None
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
    _fixed(given.set)  # seen before the file is opened
    told_words = pairs.given(given.word, known)
    words = (pairs.remembered(entity, given.profile) or {}) | told_words
    remembered = {}
    if given.profile is not None and not mapping:
        remembered = _remembered(entity, given.profile, bool(words))
    stored = mapping if given.profile is not None else {}
    named = {columns.folded(header) for header in (*mapping, *remembered)}

    def is_known(header: str) -> bool:
        return columns.field_of(header, known) is not None or columns.folded(header) in named

    written: list[Path] = []
    with (
        open_sheet(file, known=is_known, encoding=given.encoding, sheet=given.sheet) as sheet,
        _whole(written),
    ):
        there = {columns.folded(header) for header in sheet.header}
        mapping |= {h: field for h, field in remembered.items() if columns.folded(h) in there}
        if asked := _asked(file, sheet, known, mapping, given):
            mapping |= asked
            name = questions.profile_name()
            stored = remembered | mapping if name else stored
            named_now = [f"{header}={field}" for header, field in mapping.items()]
            given = replace(given, map=named_now, profile=name)
        with context.writing(f"{entity} import", dry_run=given.dry_run) as desk:
            if given.profile is not None and stored:
                text = json.dumps(stored, ensure_ascii=False)
                setting.store(desk.session, _profile_key(entity, given.profile), text)
            if given.profile is not None and told_words:
                pairs.store(desk, entity, given.profile, words)
            result = _imported(desk, sheet, entity, mapping, words, given)
            groups = service.reasons(desk.session, GROUPS_SHOWN)
            rejected_file: Path | None = None
            if result.rejected and not given.dry_run:
                rejected_file = _write_rejects(desk, sheet, file, beside, written)
    again = rejected_file and _again(entity, rejected_file, given, result.date_order)
    told = Told(sheet, known, result, groups, rejected_file, again or None, given.dry_run)
    if given.format == "table":
        report(told)
    else:
        emit([_row(told)], IMPORT_RESULT, shape)
    if result.rejected:
        raise typer.Exit(EXIT_PARTLY)


def _check(given: Options) -> None:
    """Refuse options that do not go together."""
    if given.even_decisions and given.on_duplicate != "update":
        raise WrongUsage(N_("--even-decisions goes with --on-duplicate update alone."))
    if given.people is not None and given.rows != "lines":
        raise WrongUsage(N_("--people says how lines of an order add up: add --rows lines."))


def _asked(
    file: str, sheet: Sheet, known: tuple[Column, ...], mapping: Mapping[str, str], given: Options
) -> dict[str, str]:
    """What somebody at the terminal says of columns that nobody knows; nothing elsewhere."""
    if file == "-" or given.format != "table" or not questions.at_terminal():
        return {}
    with context.reading() as desk:
        terms = _terms(desk, given)
    return questions.answers(sheet, known, mapping, terms)


def _terms(desk: Desk, given: Options, words: Mapping[str, str] | None = None) -> Terms:
    return Terms(
        region=desk.settings["region"],
        currency=desk.settings["currency"],
        zone=desk.settings.zone,
        date_order=given.date_format,
        today=desk.today,
        words=tuple((words or {}).items()),
    )


def _imported(
    desk: Desk,
    sheet: Sheet,
    entity: str,
    mapping: dict[str, str],
    words: Mapping[str, str],
    given: Options,
) -> Result:
    """What became of the sheet in the desk's transaction."""
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
                terms=_terms(desk, given, words),
                mapping=mapping,
                fixed=_fixed(given.set),
                on_duplicate=given.on_duplicate,
                create_customers=given.create_customers,
                nps_scale=given.nps_scale is not None,
                even_decisions=given.even_decisions,
                rates=currencies.rates(given.rate or (), desk.settings["currency"]),
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
    for pair in given.set or ():
        words += ["--set", display.visible(pair)]
    for pair in given.word or ():
        words += ["--word", display.visible(pair)]
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
    found = result.headers or Headers({})
    header = told.sheet.header
    return {
        "operation": None if told.dry_run else result.operation,
        "read": result.read,
        "added": result.added,
        "updated": result.updated,
        "unchanged": result.unchanged,
        "rejected": result.rejected,
        "rejected_file": None if rejected_file is None else str(rejected_file),
        "columns_used": [
            f"{header[one.place]}={field}" for field, some in found.sources.items() for one in some
        ],
        "columns_not_used": found.unused,
        "warnings": warnings(result),
        "kept": result.kept,
        "notes": list(notes(told, machine=True)),
    }


def _mapping(given: list[str] | None) -> dict[str, str]:
    mapping: dict[str, str] = {}
    for pair in given or ():
        header, equals, field = (part.strip() for part in pair.rpartition("="))
        if not equals or not header:
            raise WrongUsage(
                N_('--map takes HEADER=FIELD, like "单价=price", not {given}.'),
                given=display.visible(pair, 60),
            )
        there = {columns.folded(one): said for one, said in mapping.items()}
        if there.get(columns.folded(header), field) != field:
            raise WrongUsage(
                N_("--map: column {name} is mapped to {first} and to {second}. Give one of them."),
                name=display.visible(header, 60),
                first=display.visible(there[columns.folded(header)] or '""', 40),
                second=display.visible(field or '""', 40),
            )
        mapping[header] = field
    return mapping


def _fixed(given: list[str] | None) -> dict[str, str]:
    """The values that --set gives, by their fields."""
    fixed: dict[str, str] = {}
    for pair in given or ():
        field, equals, value = (part.strip() for part in pair.partition("="))
        if not equals or not field:
            raise WrongUsage(
                N_('--set takes FIELD=VALUE, like "departs_on=2026-11-27", not {given}.'),
                given=display.visible(pair, 60),
            )
        if field in fixed:
            raise WrongUsage(N_("--set: {field} is given twice."), field=field)
        fixed[field] = value
    return fixed


def _profile_key(entity: str, profile: str) -> str:
    return f"{setting.PROFILE}{entity}:{profile}"


def _remembered(entity: str, profile: str, worded: bool = False) -> dict[str, str]:
    """The mapping that was given once under the profile's name. worded: it has words, at least."""
    with context.reading() as desk:
        stored = desk.settings.values.get(_profile_key(entity, profile))
    if stored is None and worded:
        return {}
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
