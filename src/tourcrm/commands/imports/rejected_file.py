"""The rejected rows in a file beside the imported one: written, taken back, imported again."""

import filecmp
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlmodel import col, select

from tourcrm.base import display
from tourcrm.base.columns import REASON
from tourcrm.base.errors import Refused
from tourcrm.base.i18n import _, language
from tourcrm.base.patterns import pattern
from tourcrm.commands.imports.options import Options
from tourcrm.files import writer
from tourcrm.files.reader import Sheet
from tourcrm.imports import service
from tourcrm.imports.headings import is_reason
from tourcrm.models import RejectFile
from tourcrm.terminal import context
from tourcrm.terminal.context import Desk

_REJECTED = pattern(r"\.rejected(-[0-9]+)?$")


@contextmanager
def whole(written: list[Path]) -> Iterator[None]:
    """Take back the file of rejected rows where the import itself could not be stored."""
    try:
        yield
    except BaseException:
        if context.stored() is False:
            for path in written:
                path.unlink(missing_ok=True)
        raise


def write(desk: Desk, sheet: Sheet, file: str, beside: Path | None, written: list[Path]) -> Path:
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


def remember(desk: Desk, path: Path) -> None:
    """Keep where it lies: whoever is erased later goes from it, too."""
    place = str(path.absolute())
    if desk.session.exec(select(RejectFile).where(col(RejectFile.path) == place)).first() is None:
        desk.session.add(RejectFile(path=place, written_on=desk.today))
        desk.session.flush()


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


def again(entity: str, file: Path, given: Options, date_order: str | None) -> str:
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
        "--source": given.source,
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
