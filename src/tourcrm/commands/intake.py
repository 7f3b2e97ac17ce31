"""The `import` commands: what they share is everything but the entity."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from tourcrm import columns, context, importing, outfile, safe, setting
from tourcrm.columns import IMPORT_RESULT, REASON
from tourcrm.commands import options
from tourcrm.context import Desk
from tourcrm.digest import Terms
from tourcrm.errors import EXIT_PARTLY, Refused, WrongUsage
from tourcrm.i18n import N_, _, language
from tourcrm.importing import Request, Result
from tourcrm.render import emit, say
from tourcrm.sheet import Sheet, open_sheet

REASONS_SHOWN = 10

File = Annotated[
    str,
    typer.Argument(
        metavar=N_("FILE"), help=N_("a .csv, .tsv, .xlsx or .xls file, or - for standard input")
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
    beside: Path | None = None,
) -> None:
    """Import a file and say what was done; ends with exit code 4 where a row was rejected.

    Rejected rows are written beside the file, or beside `beside`.
    """
    known = importing.entity_columns(entity)
    verb = f"{entity} import"
    mapping = _mapping(map)

    def is_known(header: str) -> bool:
        return columns.field_of(header, known) is not None or header.strip() in mapping

    with (
        open_sheet(file, known=is_known, encoding=encoding) as sheet,
        context.writing(verb, dry_run=dry_run) as desk,
    ):
        mapping = _remembered(desk, entity, profile, mapping)
        with _progress(sheet) as progress:
            result = importing.run(
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
                    progress=progress,
                ),
            )
        rejected_file = None
        reasons: list[tuple[int, str]] = []
        if result.rejected:
            for line, _cells, reason in importing.rejects(desk.session):
                reasons.append((line, reason))
                if len(reasons) >= REASONS_SHOWN:
                    break
            if not dry_run:
                rejected_file = _write_rejects(desk, sheet, file, beside)
        how = options.shape(desk, format)
    if format == "table":
        report(entity, sheet, result, reasons, rejected_file, dry_run=dry_run)
    else:
        emit([_row(result, rejected_file, dry_run)], IMPORT_RESULT, how)
    if result.rejected:
        raise typer.Exit(EXIT_PARTLY)


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
                given=safe.visible(pair, 60),
            )
        mapping[header.strip()] = field.strip()
    return mapping


def _remembered(
    desk: Desk, entity: str, profile: str | None, mapping: dict[str, str]
) -> dict[str, str]:
    """The mapping to use; one that is given is remembered under the profile's name."""
    if profile is None:
        return mapping
    key = f"profile:{entity}:{profile}"
    if mapping:
        setting.store(desk.session, key, json.dumps(mapping, ensure_ascii=False))
        return mapping
    stored = desk.settings.values.get(key)
    if stored is None:
        raise Refused(
            N_("There is no profile {name} yet. Give --map once together with --profile {name}."),
            name=safe.visible(profile, 40),
        )
    return dict(json.loads(stored))


def _write_rejects(desk: Desk, sheet: Sheet, file: str, beside: Path | None) -> Path:
    """The rejected rows beside the file, as they were, each with its reason in front."""
    source = Path("stdin" if file == "-" else file)
    wanted = source.with_name(f"{source.stem}.rejected.csv")
    if file == "-":
        wanted = Path.cwd() / wanted.name
    elif beside is not None:
        wanted = beside.with_name(wanted.name)
    header = [REASON.header(language()), *sheet.header]
    for path in (wanted, Path.cwd() / wanted.name):
        try:
            free = outfile.numbered(path)
            outfile.write_csv(
                free,
                header,
                (
                    [_("line {line}: {reason}").format(line=line, reason=reason), *cells]
                    for line, cells, reason in importing.rejects(desk.session)
                ),
                bom=True,
            )
        except Refused:  # beside the file nothing can be written: in the current folder, then
            if path.parent.absolute() == Path.cwd():
                raise
            continue
        return free
    raise AssertionError("unreachable")


def report(
    entity: str,
    sheet: Sheet,
    result: Result,
    reasons: list[tuple[int, str]],
    rejected_file: Path | None,
    *,
    dry_run: bool,
) -> None:
    """What an import did, in words."""
    name = sheet.name
    if dry_run:
        say(_("Dry run: nothing was changed. An import would do this:"))
    say(
        _(
            "{file}: {read} rows read; {added} added, {updated} updated, {unchanged} unchanged, {rejected} rejected."
        ).format(
            file=name,
            read=result.read,
            added=result.added,
            updated=result.updated,
            unchanged=result.unchanged,
            rejected=result.rejected,
        )
    )
    if result.customers_added:
        say(_("  {n} customers were made for them.").format(n=result.customers_added))
    for note in _notes(sheet, result):
        say("  " + note)
    if result.rejected:
        say(_("Rejected:"))
        for line, reason in reasons:
            say(
                "  "
                + _("line {line}: {reason}").format(line=line, reason=safe.visible(reason, 400))
            )
        if result.rejected > len(reasons):
            say("  " + _("and {n} more").format(n=result.rejected - len(reasons)))
        if rejected_file is not None:
            say(
                _(
                    "All rejected rows, with reasons: {file}. Mend them there and import that file."
                ).format(file=safe.visible(str(rejected_file)))
            )
    if result.operation is not None and not dry_run:
        say(
            _("Operation {number}; `tourcrm imports undo {number}` takes it back.").format(
                number=result.operation
            )
        )
    elif not dry_run and not result.rejected:
        say(_("Nothing new: no operation was recorded."))


_INFERRED = {
    "status": N_("{n} without a status: taken as booked"),
    "service": N_("{n} without a service: taken as a tour"),
    "kind": N_("{n} without a kind: taken as a group trip"),
    "returns_on": N_("{n} without a return: taken as back on the day of departure"),
    "price": N_("{n} without a price: they count as trips, averages pass them over"),
    "lost": N_("{n} quotes that were open for more than 60 days: taken as lost"),
    "household": N_("{n} share a phone with another name: added as others of the household"),
    "company": N_("{n} name a company that is not among the customers: left blank"),
    "referred_by": N_("{n} name a referrer who is not among the customers: left blank"),
}


def _notes(sheet: Sheet, result: Result) -> list[str]:
    notes = [] if sheet.note is None else [str(sheet.note)]
    headers = result.headers
    if headers is not None and headers.unknown:
        notes.append(
            _('columns not used: {names} (--map "HEADER=FIELD" uses one)').format(
                names=safe.visible(", ".join(headers.unknown), 200)
            )
        )
    if headers is not None and headers.doubled:
        notes.append(
            _("columns not used, because another one says the same: {names}").format(
                names=safe.visible(", ".join(headers.doubled), 200)
            )
        )
    notes += [_(_INFERRED[name]).format(n=count) for name, count in result.inferred.items()]
    return notes


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


def _progress(sheet: Sheet) -> _Bar:
    return _Bar(sheet)


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
