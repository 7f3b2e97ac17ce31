"""Putting a copy back in the place of a database, which is kept beside it."""

import os
import shutil
from contextlib import closing
from pathlib import Path

from tourcrm.base.display import visible
from tourcrm.base.errors import Unusable
from tourcrm.base.i18n import N_
from tourcrm.db import conversion, encryption, migrations, strangers
from tourcrm.db.faults import faults
from tourcrm.db.files import (
    address_of_copy,
    connect,
    copy,
    drafted,
    free_name,
    kept_name,
    open_copy,
    past_reading,
    read_header,
    ready,
    sync_folder,
    told_if_refused,
    verify,
)


def restore(path: Path, backup: Path) -> Path | None:
    """Put a backup in the place of the database; what was there is kept beside it.

    Returns where the replaced file is kept (None where there was none). A backup that is not
    sound, not ours or newer than this program is refused (Unusable), the database untouched.
    """
    os.umask(0o077)
    verify(backup)
    if read_header(backup).user_version > migrations.NEWEST:
        ready(backup)  # says so and raises
    _refuse_strangers(backup)
    kept = None
    if path.exists():
        kept = kept_name(path, ".replaced")
        if past_reading(path):
            return _swap(path, backup, kept)
        if bool(encryption.salt_of(path)) != bool(encryption.salt_of(backup)):
            _exchange(path, backup, kept)
            return kept
        copy(path, kept)
        with faults(path):
            source = open_copy(backup)
            into = connect(path)
            try:
                # Into the live file, in one transaction of SQLite's own: readers go on reading,
                # and a kill leaves the old state.
                source.backup(into, pages=-1)
                into.execute("PRAGMA journal_mode=WAL")
            finally:
                into.close()
                source.close()
    else:
        _swap(path, backup, None)
    return kept


def _exchange(path: Path, backup: Path, kept: Path) -> None:
    """Put a plain backup in the place of an encrypted database, or the other way round.

    What comes out is encrypted either way: with the database's key if it has one, else with that of
    the backup. SQLite cannot copy one into the other while others read.
    """
    with faults(path), drafted(path) as draft:
        with conversion.alone(path) as old:
            if salt := encryption.salt_of(path):
                raw = encryption.key_of(path, salt)
                address, module = address_of_copy(backup), encryption.driver(path)
                with closing(encryption.opened(module, None, address, uri=True)) as source:
                    conversion.fill(source, draft, raw)
            else:
                salt = encryption.salt_of(backup)
                copy(backup, draft, connect=open_copy)
            encryption.note(draft, salt)
            verify(draft)
            conversion.ready_to_swap(draft, path)
            old.give_way(draft, kept)
        encryption.note(path, salt)


def _refuse_strangers(path: Path) -> None:
    """Raise Unusable where a copy that nobody writes holds strangers."""
    with faults(path), closing(open_copy(path)) as connection:
        strange = strangers.found(connection)
    if strange:
        raise Unusable(
            N_(
                "{path} holds what tourcrm did not put there: {what}. It was not put back. If the "
                "copy is yours, remove that first: tourcrm --db {path} check --repair"
            ),
            path=visible(str(path)),
            what=strangers.called(strange),
        )


def _swap(path: Path, backup: Path, kept: Path | None) -> Path | None:
    """Put the backup in the place of a file that SQLite cannot read (or of none)."""
    with told_if_refused(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with drafted(path) as draft:
        copy(backup, draft, connect=open_copy)
        with told_if_refused(path):
            _put_away_log(path, kept)
            if kept is not None:
                shutil.copymode(path, draft)
                try:
                    kept.hardlink_to(path)  # so that at no moment there is no database
                except OSError:
                    path.replace(kept)
            draft.replace(path)
            sync_folder(path.parent)
    encryption.note(path, encryption.salt_of(backup))
    with faults(path):
        connection = connect(path)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        finally:
            connection.close()
    return kept


def _put_away_log(path: Path, kept: Path | None) -> None:
    """Move a write-ahead log out of the way, to its kept database if there is one.

    SQLite would replay it over the next database of that name.
    """
    for end in ("-wal", "-shm"):
        stale = path.with_name(path.name + end)
        if stale.exists():
            name = f"{stale.name}.old" if kept is None else f"{kept.name}{end}"
            stale.replace(free_name(path.with_name(name)))
