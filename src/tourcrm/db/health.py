"""The database in its surroundings: whether it is sound, who may use it, where it lies."""

import os
import sqlite3
from contextlib import closing
from functools import cache
from itertools import islice
from pathlib import Path

from tourcrm.base.display import visible
from tourcrm.base.errors import Message, Refused, Unusable
from tourcrm.base.i18n import N_
from tourcrm.db import encryption, migrations, strangers
from tourcrm.db.faults import faults
from tourcrm.db.files import connect, copy, kept_name, read_header, run_steps
from tourcrm.db.migrations.step import Step
from tourcrm.db.strangers import Stranger
from tourcrm.files.writer import why

_TOLD = 20  # problems of a kind that are listed
_SCHEMA = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"


def problems(path: Path) -> list[Message]:
    """What is wrong inside the file: integrity, parents, schema, permissions, a synced folder."""
    with faults(path), closing(connect(path)) as connection:
        found = [
            *_integrity_problems(connection),
            *_reference_problems(connection),
            *_schema_problems(connection),
            *_strangers(connection),
        ]
    if os.name == "posix" and path.stat().st_mode & 0o007:
        found.append(
            Message(
                N_("Everybody on this machine can read {path}: chmod o= it."),
                path=visible(str(path)),
            )
        )
    if service := synced_folder(path):
        found.append(
            Message(
                N_(
                    "{path} lies in a folder that {service} synchronises: copies made there can "
                    "be damaged. Move it out, and keep `tourcrm backup` files there instead."
                ),
                path=visible(str(path)),
                service=service,
            )
        )
    return found


def _integrity_problems(connection: sqlite3.Connection) -> list[Message]:
    return [
        Message(N_("Integrity: {said}"), said=visible(said, 200))
        for (said,) in connection.execute(f"PRAGMA integrity_check({_TOLD})")
        if said != "ok"
    ]


def _reference_problems(connection: sqlite3.Connection) -> list[Message]:
    return [
        Message(
            N_("Row {row} of {table} names a row of {parent} that does not exist."),
            row=row[1],
            table=row[0],
            parent=row[2],
        )
        for row in islice(connection.execute("PRAGMA foreign_key_check"), _TOLD)
    ]


def _schema_problems(connection: sqlite3.Connection) -> list[Message]:
    there = dict(connection.execute(_SCHEMA).fetchall())
    return [
        Message(N_("Schema: {name} is missing or was changed by hand."), name=name)
        for name, sql in _made(migrations.STEPS).items()
        if there.get(name) != sql
    ]


@cache
def _made(steps: tuple[Step, ...]) -> dict[str, str]:
    """The schema that these steps make."""
    model = sqlite3.connect(":memory:")
    try:
        run_steps(model, 0, steps)
        return dict(model.execute(_SCHEMA).fetchall())
    finally:
        model.close()


def _strangers(connection: sqlite3.Connection) -> list[Message]:
    strange = strangers.found(connection)
    if not strange:
        return []
    text = N_("tourcrm did not put this there: {what}. To remove it: tourcrm check --repair")
    return [Message(text, what=strangers.called(strange))]


def repair(path: Path) -> tuple[list[Stranger], Path | None]:
    """Remove all strangers, in one transaction; before that, the file is copied beside it.

    Returns them, and where the copy is (None where there was nothing to remove).
    """
    read_header(path)
    with faults(path), closing(connect(path)) as connection:
        if not strangers.found(connection):
            return [], None
        kept = kept_name(path, ".before-repair")
        copy(path, kept)
        connection.execute("PRAGMA foreign_keys=OFF")  # dropping a table would delete row by row
        connection.execute("BEGIN IMMEDIATE")
        removed = []
        while strange := strangers.found(
            connection
        ):  # a table takes its triggers and indexes with it
            _drop(connection, strange[0])
            removed.append(strange[0])
        connection.execute("COMMIT")
    return removed, kept


def _drop(connection: sqlite3.Connection, one: Stranger) -> None:
    name = one.name.replace('"', '""')
    try:
        connection.execute(f'DROP {one.kind} "{name}"')
    except encryption.errors("OperationalError"):
        # A virtual table of a module that is not there. It has no page of its own.
        connection.execute("PRAGMA writable_schema=ON")
        sql = "DELETE FROM sqlite_master WHERE type = ? AND name = ? AND rootpage = 0"
        gone = connection.execute(sql, one).rowcount
        connection.execute("PRAGMA writable_schema=RESET")
        if not gone:
            raise


def share(path: Path, group: str) -> None:
    """Let a group of this machine's users read and write the database and its folder.

    Raises Refused where there is no such group or the system has none.
    """
    number = group_number(group)
    try:
        os.chown(path.parent, -1, number)
        os.chown(path, -1, number)
        # The set-group-ID bit hands the group on to the -wal and -shm files made beside it.
        path.parent.chmod(0o2770)
        path.chmod(0o660)
    except OSError as error:
        raise Unusable(
            N_("{path} cannot be given to group {group}: {why}."),
            path=visible(str(path)),
            group=visible(group, 40),
            why=why(error),
        ) from None


def group_number(group: str) -> int:
    """The number of a group of this machine's users. Raises Refused where there is none."""
    try:
        import grp

        return grp.getgrnam(group).gr_gid
    except (ImportError, KeyError):
        raise Refused(N_("This machine has no group {group}."), group=visible(group, 40)) from None


def refuse_sharing(path: Path, group: str) -> None:
    """Raise Refused where the database to be made at `path` cannot be shared with a group.

    The whole folder is given to the group, so nothing else may be in it.
    """
    group_number(group)
    folder = path.absolute().parent
    if folder.exists() and any(folder.iterdir()):
        raise Refused(
            N_(
                "{folder} holds other files, which the group {group} could then read and delete. "
                "Use a folder of its own: --db {folder}/tourcrm/{name}"
            ),
            folder=visible(str(folder)),
            group=visible(group, 40),
            name=visible(path.name),
        )


_SYNCED = {
    "dropbox": "Dropbox",
    "onedrive": "OneDrive",
    "icloud": "iCloud",
    "mobile documents": "iCloud",
    "google drive": "Google Drive",
    "坚果云": "坚果云",
    "nutstore": "坚果云",
    "百度网盘": "百度网盘",
    "baidunetdisk": "百度网盘",
    "syncthing": "Syncthing",
}


def synced_folder(path: Path) -> str | None:
    """The service that seems to synchronise the file's folder, by the names on its path."""
    for part in path.absolute().parent.parts:
        for mark, service in _SYNCED.items():
            if mark in part.casefold():
                return service
    return None
