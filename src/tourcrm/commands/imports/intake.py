"""What `import` does: from a file and what was said of it to a result and an exit code."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import typer

from tourcrm.base import columns
from tourcrm.base.columns import IMPORT_RESULT, Column
from tourcrm.base.errors import EXIT_PARTLY
from tourcrm.base.kinds import Terms
from tourcrm.commands import options
from tourcrm.commands.imports import pairs, profiles, questions, rejected_file
from tourcrm.commands.imports.options import Options, check
from tourcrm.commands.imports.progress import Bar
from tourcrm.commands.imports.report import Told, report, row
from tourcrm.customers import former_regions, own_fields
from tourcrm.files.reader import Sheet, open_sheet
from tourcrm.imports import currencies, service
from tourcrm.imports.service import Request, Result
from tourcrm.terminal import context
from tourcrm.terminal.context import Desk
from tourcrm.terminal.render import emit
from tourcrm.terminal.typer_i18n import at_terminal

GROUPS_SHOWN = 10


def run(entity: str, file: str, given: Options | None = None, beside: Path | None = None) -> None:
    """Import a file and say what was done; ends with exit code 4 where a row was rejected.

    Rejected rows are written beside the file, or beside `beside`.
    """
    given = given or Options()
    check(given)
    shape = options.shape(None, given.format)
    noun, entity = entity, "itinerary" if given.rows == "itinerary" else entity
    known = (*_own(entity), *service.entity_columns(entity))
    mapping = pairs.mapping(given.map)
    pairs.fixed(given.set)  # seen before the file is opened
    told_words = pairs.words(given.word, known)
    words, remembered = _of_profile(entity, given.profile, mapping, told_words)
    named = {columns.folded(header) for header in (*mapping, *remembered)}

    def is_known(header: str) -> bool:
        return columns.field_of(header, known) is not None or columns.folded(header) in named

    written: list[Path] = []
    with (
        open_sheet(file, known=is_known, encoding=given.encoding, sheet=given.sheet) as sheet,
        rejected_file.whole(written),
    ):
        there = {columns.folded(header) for header in sheet.header}
        mapping |= {h: field for h, field in remembered.items() if columns.folded(h) in there}
        if asked := _asked(file, sheet, known, mapping, given):
            mapping |= asked
            mapped = [f"{header}={field}" for header, field in mapping.items()]
            given = replace(given, map=mapped, profile=questions.profile_name())
        with context.writing(f"{noun} import", dry_run=given.dry_run) as desk:
            if given.profile is not None:
                profiles.store(desk, entity, given.profile, mapping, words if told_words else {})
            result = _imported(desk, sheet, (noun, entity), mapping, words, given)
            groups = service.reasons(desk.session, GROUPS_SHOWN)
            path: Path | None = None
            if result.rejected and not given.dry_run:
                path = rejected_file.write(desk, sheet, file, beside, written)
                rejected_file.remember(desk, path)
    again = path and rejected_file.again(noun, path, given, result.date_order)
    told = Told(sheet, known, result, groups, path, again or None, given.dry_run)
    if given.format == "table":
        report(told)
    else:
        emit([row(told)], IMPORT_RESULT, shape)
    if result.rejected:
        raise typer.Exit(EXIT_PARTLY)


def _of_profile(
    entity: str, profile: str | None, mapping: Mapping[str, str], told: dict[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """The words, and the remembered --map, of a profile; what is told now goes before."""
    words = (profiles.words(entity, profile) or {}) | told
    if profile is None:
        return words, {}
    remembered = profiles.mapping(entity, profile, bool(words or mapping))
    return words, profiles.without(remembered, mapping)


def _own(entity: str) -> tuple[Column, ...]:
    """The columns that the agency added itself, of customers."""
    if entity != "customers":
        return ()
    with context.reading() as desk:
        return own_fields.columns(desk.session)


def _asked(
    file: str, sheet: Sheet, known: tuple[Column, ...], mapping: Mapping[str, str], given: Options
) -> dict[str, str]:
    """What somebody at the terminal says of columns that nobody knows; nothing elsewhere."""
    if file == "-" or given.format != "table" or not at_terminal():
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
        former=former_regions.former(desk.session),
    )


def _imported(
    desk: Desk,
    sheet: Sheet,
    named: tuple[str, str],
    mapping: dict[str, str],
    words: Mapping[str, str],
    given: Options,
) -> Result:
    """What became of the sheet in the desk's transaction. named: the noun of the command, and what
    the rows are."""
    noun, entity = named
    with Bar(sheet) as progress:
        return service.run(
            desk.session,
            Request(
                sheet=sheet,
                entity=entity,
                verb=f"{noun} import",
                now=desk.now,
                today=desk.today,
                actor=desk.actor,
                terms=_terms(desk, given, words),
                mapping=mapping,
                fixed=pairs.fixed(given.set),
                on_duplicate=given.on_duplicate,
                create_customers=given.create_customers,
                nps_scale=given.nps_scale is not None,
                even_decisions=given.even_decisions,
                rates=currencies.rates(given.rate or (), desk.settings["currency"]),
                source=given.source and given.source.strip(),
                rows=given.rows,
                people_added=given.people == "added",
                are_lines=questions.are_lines if at_terminal() else None,
                progress=progress,
            ),
        )
