"""What somebody else put into a database of ours: triggers, views, tables, indexes.

SQLite would run a trigger of a stranger whenever we write. So a file with any is only read, is not
restored from nor brought up to date, until `health.repair` has removed them.
"""

import re
import sqlite3
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tourcrm.base.display import visible
from tourcrm.base.errors import Message
from tourcrm.base.i18n import N_
from tourcrm.base.patterns import pattern
from tourcrm.db import migrations
from tourcrm.db.migrations import Step

_KINDS = {
    "trigger": N_("the trigger {name}"),
    "view": N_("the view {name}"),
    "table": N_("the table {name}"),
    "index": N_("the index {name}"),
}
_SHOWN = 5
_CREATES = pattern(r"\s*CREATE\s+(?:UNIQUE\s+)?(TABLE|INDEX)\s+(\w+)", re.IGNORECASE)


class Stranger(NamedTuple):
    """An object of a schema that no step of ours makes. kind: as SQLite calls it."""

    kind: str
    name: str


def found(connection: sqlite3.Connection) -> list[Stranger]:
    """The strangers in a database, in the order in which they can be removed."""
    there = connection.execute("SELECT type, name FROM sqlite_master").fetchall()
    others = {one for one in set(there) - _made(migrations.STEPS) if not _internal(one[1])}
    strange = [Stranger(*one) for one in there if one in others]
    return sorted(strange, key=lambda one: list(_KINDS).index(one.kind))


@cache
def _made(steps: tuple[Step, ...]) -> frozenset[tuple[str, str]]:
    """What the steps of ours make, as SQLite lists it."""
    statements = (statement for step in steps for statement in step.statements)
    made = (_CREATES.match(statement) for statement in statements)
    return frozenset((match[1].lower(), match[2]) for match in made if match)


def _internal(name: str) -> bool:
    return name.startswith("sqlite_")  # SQLite reserves these names for itself


def called(strangers: Sequence[Stranger]) -> Message:
    """The names of strangers, the first ones of many."""
    text = Message("{name}", name="…") if len(strangers) > _SHOWN else None
    for kind, name in reversed(strangers[:_SHOWN]):
        one = Message(_KINDS[kind], name=visible(name, 40))
        text = one if text is None else Message(N_("{first}, {rest}"), first=one, rest=text)
    return text or Message("")


def caution(path: Path, strangers: Sequence[Stranger]) -> Message:
    """What is said of a file with strangers that is read."""
    return Message(
        N_(
            "{path} holds what tourcrm did not put there: {what}. It is read, but nothing is "
            "written to it until `tourcrm check --repair` has removed that."
        ),
        path=visible(str(path)),
        what=called(strangers),
    )
