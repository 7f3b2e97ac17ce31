"""The `import` commands: what they share is everything but the entity."""

import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from tourcrm.base import columns, display
from tourcrm.base.columns import IMPORT_RESULT, REASON
from tourcrm.base.errors import EXIT_PARTLY, Refused, WrongUsage
from tourcrm.base.i18n import N_, _, language
from tourcrm.base.kinds import Terms
from tourcrm.commands import options
from tourcrm.commands.intake_report import Told, report
from tourcrm.db import setting
from tourcrm.files import writer
from tourcrm.files.reader import Sheet, open_sheet
from tourcrm.imports import service
from tourcrm.imports.column_reader import is_reason
from tourcrm.imports.service import Request, Result
from tourcrm.terminal import context
from tourcrm.terminal.context import Desk
from tourcrm.terminal.render import emit

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
CreateCustomers = Annotated[
    bool,
    typer.Option(
        "--create-customers", help=N_("make unknown customers from the row's name and phone")
    ),
]


def run(
    entity: str,
    file: str,
    *,
    map: list[str] | None = None,
    profile: str | None = None,
    encoding: str | None = None,
    date_format: str | None = None,
    on_duplicate: str = "update",
    dry_run: bool = False,
    format: str = "table",
    create_customers: bool = False,
    nps_scale: str | None = None,
    beside: Path | None = None,
) -> None:
    """Import a file and say what was done; ends with exit code 4 where a row was rejected.

    Rejected rows are written beside the file, or beside `beside`.
    """
    how = options.shape(None, format)
    known = service.entity_columns(entity)
    verb = f"{entity} import"
    mapping = _mapping(map)
    remembered = {} if profile is None or mapping else _remembered(entity, profile)
    given = {columns.folded(header) for header in (*mapping, *remembered)}

    def is_known(header: str) -> bool:
        return columns.field_of(header, known) is not None or columns.folded(header) in given

    with (
        open_sheet(file, known=is_known, encoding=encoding) as sheet,
        _whole(written := []),
        context.writing(verb, dry_run=dry_run) as desk,
    ):
        if profile is not None and mapping:
            setting.store(
                desk.session, _profile_key(entity, profile), json.dumps(mapping, ensure_ascii=False)
            )
        there = {columns.folded(header) for header in sheet.header}
        mapping |= {h: field for h, field in remembered.items() if columns.folded(h) in there}
        with _Bar(sheet) as progress:
            result = service.run(
                desk.session,
                Request(
                    sheet=sheet,
                    entity=entity,
                    verb=verb,
                    now=desk.now,
                    today=desk.today,
                    actor=desk.actor,
                    terms=Terms(
                        region=desk.settings["region"],
                        currency=desk.settings["currency"],
                        zone=desk.settings.zone,
                        date_order=date_format,
                    ),
                    mapping=mapping,
                    on_duplicate=on_duplicate,
                    create_customers=create_customers,
                    nps_scale=nps_scale is not None,
                    progress=progress,
                ),
            )
        groups = service.reasons(desk.session, GROUPS_SHOWN)
        if result.rejected and not dry_run:
            written.append(_write_rejects(desk, sheet, file, beside))
    rejected_file = written[0] if written else None
    if format == "table":
        again = None
        if rejected_file is not None:
            order = date_format or result.date_order
            again = _again(
                entity,
                rejected_file,
                map,
                profile,
                order,
                on_duplicate,
                create_customers,
                nps_scale,
            )
        report(Told(sheet, known, result, groups, rejected_file, again, dry_run))
    else:
        emit([_row(result, rejected_file, dry_run)], IMPORT_RESULT, how)
    if result.rejected:
        raise typer.Exit(EXIT_PARTLY)


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


def _again(
    entity: str,
    file: Path,
    map: list[str] | None,
    profile: str | None,
    date_format: str | None,
    on_duplicate: str,
    create_customers: bool,
    nps_scale: str | None,
) -> str:
    """The command that imports the mended file the same way."""
    words = [entity, "import", display.visible(str(file))]
    for pair in map or ():
        words += ["--map", display.visible(pair)]
    if profile is not None and not map:
        words += ["--profile", profile]
    if date_format is not None:
        words += ["--date-format", date_format]
    if on_duplicate != "update":
        words += ["--on-duplicate", on_duplicate]
    if create_customers:
        words.append("--create-customers")
    if nps_scale is not None:
        words += ["--nps-scale", nps_scale]
    return context.command(*words)


def _row(result: Result, rejected_file: Path | None, dry_run: bool) -> dict[str, Any]:
    return {
        "operation": None if dry_run else result.operation,
        "read": result.read,
        "added": result.added,
        "updated": result.updated,
        "unchanged": result.unchanged,
        "rejected": result.rejected,
        "rejected_file": None if rejected_file is None else str(rejected_file),
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


def _write_rejects(desk: Desk, sheet: Sheet, file: str, beside: Path | None) -> Path:
    """The rejected rows beside the file, as they were, each with its reason in front."""
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
        return free
    raise AssertionError("unreachable")


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


def register(app: Any, entity: str, help: str, epilog: str) -> None:
    """Give a noun its `import` command."""

    def command(
        file: File,
        map: Map = None,
        profile: Profile = None,
        on_duplicate: OnDuplicate = "update",
        encoding: Encoding = None,
        date_format: DateFormat = None,
        dry_run: options.DryRun = False,
        format: options.Format = "table",
    ) -> None:
        run(
            entity,
            file,
            map=map,
            profile=profile,
            encoding=encoding,
            date_format=date_format,
            on_duplicate=on_duplicate,
            dry_run=dry_run,
            format=format,
        )

    def with_customers(
        file: File,
        map: Map = None,
        profile: Profile = None,
        on_duplicate: OnDuplicate = "update",
        create_customers: CreateCustomers = False,
        encoding: Encoding = None,
        date_format: DateFormat = None,
        dry_run: options.DryRun = False,
        format: options.Format = "table",
    ) -> None:
        run(
            entity,
            file,
            map=map,
            profile=profile,
            encoding=encoding,
            date_format=date_format,
            on_duplicate=on_duplicate,
            dry_run=dry_run,
            format=format,
            create_customers=create_customers,
        )

    app.command("import", help=help, epilog=epilog)(
        with_customers if entity == "trips" else command
    )
